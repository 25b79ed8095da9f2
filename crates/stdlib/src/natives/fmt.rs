//! `fmt`: numbers as text.

use super::{native, optional_int, table_of::*, value_error};
use crate::plain::number;

pub(super) fn natives() -> Vec<Native> {
    vec![
        native("fmt.fixed", &[F64, I64], Ref, |c, a| decimal(c, a, number::fixed).into()),
        native("fmt.scientific", &[F64, I64], Ref, |c, a| decimal(c, a, number::scientific).into()),
        native("fmt.base", &[I64, I64], Ref, |c, a| {
            base(c, a.int(1)).and_then(|base| c.str(&number::in_base(a.int(0), base))).into()
        }),
        native("fmt.parse_base", &[Dyn, I64], Ref, |c, a| parse_base(c, a).into()),
        native("fmt.grouped", &[I64, Dyn], Ref, |c, a| grouped(c, a).into()),
    ]
}

fn decimal(c: &mut NativeContext<'_>, a: Args<'_>, write: fn(f64, usize) -> String) -> Result<Handle, Thrown> {
    match usize::try_from(a.int(1)) {
        Ok(digits @ 0..=300) => {
            c.charge(digits as u64)?;
            c.str(&write(a.float(0), digits))
        }
        _ => value_error(c, format!("{} digits: there may be 0 to 300", a.int(1))),
    }
}

fn base(c: &mut NativeContext<'_>, base: i64) -> Result<u32, Thrown> {
    match u32::try_from(base) {
        Ok(base @ 2..=36) => Ok(base),
        _ => value_error(c, format!("the base {base}: it must be from 2 to 36")),
    }
}

fn parse_base(c: &mut NativeContext<'_>, a: Args<'_>) -> Result<Handle, Thrown> {
    let text = a.text(c, 0)?;
    let base = base(c, a.int(1))?;
    optional_int(c, number::from_base(text, base))
}

fn grouped(c: &mut NativeContext<'_>, a: Args<'_>) -> Result<Handle, Thrown> {
    let separator = a.text(c, 1)?;
    c.room(separator.len().saturating_mul(8))?;
    c.str(&number::grouped(a.int(0), separator))
}
