//! `reflect`: types and fields.

use super::{native, table_of::*};
use sayso_types::{DeclKind, TypeKind};

pub(super) fn natives() -> Vec<Native> {
    vec![
        native("reflect.subtype", &[Dyn, Dyn], Bool, |c, a| subtype(c, a).into()),
        native("reflect.fields", &[Dyn], Ref, |c, a| fields(c, a).into()),
        native("reflect.field", &[Dyn, Dyn], Ref, |c, a| {
            let found = a.text(c, 1).and_then(|name| c.field(a.value(0), name));
            found.and_then(|found| c.option(found)).into()
        }),
        native("reflect.variant", &[Dyn], I64, |c, a| variant(c, a.value(0)).into()),
    ]
}

fn subtype(c: &mut NativeContext<'_>, a: Args<'_>) -> Result<bool, Thrown> {
    match (c.as_type(a.value(0)), c.as_type(a.value(1))) {
        (Some(sub), Some(sup)) => {
            c.charge(20)?;
            Ok(c.types().is_subtype(sub, sup))
        }
        _ => Err(c.fault(FaultKind::Cast, "no type")),
    }
}

fn fields(c: &mut NativeContext<'_>, a: Args<'_>) -> Result<Handle, Thrown> {
    let names = c.field_names(a.value(0));
    c.charge(names.len() as u64)?;
    let ty = c.result_type(a);
    let array = c.array(ty, names.len())?;
    for name in names {
        let name = c.str(&name)?;
        c.array_push(array, name)?;
    }
    Ok(array)
}

fn variant(c: &mut NativeContext<'_>, value: Handle) -> Result<i64, Thrown> {
    let ty = c.type_of(value)?;
    let TypeKind::Nominal(decl, _) = c.types().kind(ty) else { return Ok(-1) };
    let decl = *decl;
    Ok(match c.types().decl(decl).kind {
        DeclKind::Variant { index, .. } => i64::from(index),
        _ => -1,
    })
}
