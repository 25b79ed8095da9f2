//! Records, tuples, shapes, fields by name, types at run time.

use super::build::*;
use crate::Datum::{self, *};
use sayso_base::Name;
use sayso_bytecode::{Class, DeclLayout};
use sayso_types::{Decl, DeclId, DeclKind, Field, TypeId};

fn name_of(text: &str) -> Name {
    Name(sayso_base::names::ALL.iter().position(|name| *name == text).map_or(u32::MAX, |index| index as u32))
}

/// A declaration with these fields, all mutable; names must be well-known ones, or are replaced by `add_decl`.
pub(super) fn decl(kind: DeclKind, _name: &str, fields: &[(&str, TypeId)]) -> Decl {
    let field = |(name, ty): &(&str, TypeId)| Field {
        name: name_of(name),
        ty: *ty,
        mutable: true,
        open: false,
        has_default: false,
    };
    Decl {
        kind,
        name: Name(0),
        module: Name(0),
        span: None,
        params: Vec::new(),
        supers: Vec::new(),
        fields: fields.iter().map(field).collect(),
        variants: Vec::new(),
        members: Vec::new(),
        by_reference: true,
    }
}

/// Declares `Point { from: dyn, to: i64, get: f64, index: bool, hash: byte, add: str }` as layout 0 of type 10.
fn with_point(kind: DeclKind, listing: &str) -> Build {
    let mut b = Build::new(listing);
    let fields = [
        ("from", TypeId::ANY),
        ("to", TypeId::I64),
        ("get", TypeId::F64),
        ("index", TypeId::BOOL),
        ("hash", TypeId::BYTE),
        ("add", TypeId::STR),
    ];
    let mut point = decl(kind, "Point", &fields);
    point.name = Name(b.name("Point"));
    let id = b.module.types.add_decl(point);
    let ty = b.module.types.nominal(id, &[]);
    assert_eq!(ty.0, 10);
    b.module.layouts.push(DeclLayout {
        decl: id,
        ty,
        refs: 2,
        classes: vec![Class::Dyn, Class::Ref, Class::I64, Class::F64, Class::Bool, Class::Byte],
        slots: vec![0, 2, 3, 4, 5, 1],
        variant: 0,
    });
    b
}

const MAKE: &str = "
fn f(dyn, ref, i64, f64, bool, byte) -> dyn, registers 12
    new r6, [r0], layout:0
";
fn args() -> Vec<Datum> {
    vec![Int(1 << 60), Str("s".into()), Int(-1), Float(0.5), Bool(true), Byte(7)]
}
fn point(code: &str) -> Result<Datum, String> {
    with_point(DeclKind::Struct, &format!("{MAKE}{code}")).run(&args()).map_err(|error| error.to_string())
}

#[test]
fn slots_keep_their_values() {
    let shown = "Point { from: 1152921504606846976, to: -1, get: 0.5, index: true, hash: 7, add: s }";
    assert_eq!(point("return r6"), Ok(Str(shown.into())));
    assert_eq!(point("get_dyn r7, r6, 0\n return r7"), Ok(Int(1 << 60)));
    assert_eq!(point("get_ref r7, r6, 1\n return r7"), Ok(Str("s".into())));
    assert_eq!(point("get_i64 r7, r6, 2\n box_i64 r7, r7\n return r7"), Ok(Int(-1)));
    assert_eq!(point("get_f64 r7, r6, 3\n box_f64 r7, r7\n return r7"), Ok(Float(0.5)));
    assert_eq!(point("get_bool r7, r6, 4\n box_bool r7, r7\n return r7"), Ok(Bool(true)));
    assert_eq!(point("get_byte r7, r6, 5\n box_byte r7, r7\n return r7"), Ok(Byte(7)));
}

#[test]
fn slots_that_are_not_there_are_refused() {
    for line in [
        "get_dyn r7, r6, 2",
        "get_ref r7, r6, 6",
        "get_i64 r7, r6, 6",
        "set_dyn r6, 2, r0",
        "set_raw r6, 1, r2",
        "set_raw r6, 6, r2",
    ] {
        assert!(point(&format!("{line}\n return r6")).unwrap_err().starts_with("CastError"), "{line}");
    }
    assert!(
        point("load_unit r7\n set_dyn r6, 0, r7\n get_ref r7, r6, 0\n return r7")
            .unwrap_err()
            .starts_with("StateError")
    );
}

#[test]
fn assignments_and_copies() {
    let code = "
        copy_record r7, r6, layout:0
        set_dyn r6, 0, r1
        load_int r8, 3
        set_raw r6, 2, r8
        get_dyn r8, r7, 0
        set_dyn r6, 1, r7
        get_i64 r9, r7, 2
        box_i64 r9, r9
        new_tuple r8, [r8, 2], type:11
        return r8";
    let mut b = with_point(DeclKind::Struct, &format!("{MAKE}{code}"));
    b.module.types.tuple(&[TypeId::ANY, TypeId::ANY]);
    assert_eq!(b.run(&args()), Ok(Str("(1152921504606846976, -1)".into())));
}

#[test]
fn fields_by_name() {
    let name = |text: &str| name_of(text).0;
    for (field, expected) in [
        ("from", Int(1 << 60)),
        ("to", Int(-1)),
        ("get", Float(0.5)),
        ("index", Bool(true)),
        ("hash", Byte(7)),
        ("add", Str("s".into())),
    ] {
        assert_eq!(point(&format!("get_named r7, r6, name:{}\n return r7", name(field))), Ok(expected));
    }
    let missing = point(&format!("get_named r7, r6, name:{}\n return r7", name("sub")));
    assert_eq!(missing, Err("FieldError: a value of type `Point` has no field `sub`".into()));
    let set = |field: &str, value: &str| {
        point(&format!(
            "{value}\n set_named r6, r7, name:{}\n get_named r7, r6, name:{}\n return r7",
            name(field),
            name(field)
        ))
    };
    assert_eq!(set("to", "move r7, r0"), Ok(Int(1 << 60)));
    assert_eq!(set("add", "move r7, r1"), Ok(Str("s".into())));
    assert!(set("to", "load_unit r7").unwrap_err().starts_with("CastError"));
    assert!(set("add", "load_unit r7").unwrap_err().starts_with("CastError"));
    assert!(set("sub", "load_unit r7").unwrap_err().starts_with("FieldError"));
}

#[test]
fn structs_are_compared_by_fields_and_classes_by_identity() {
    let code = "
        copy_record r7, r6, layout:0
        eq_dyn r8, r6, r7
        box_bool r8, r8
        set_raw r7, 2, r3
        cmp_dyn r9, r6, r7
        box_i64 r9, r9
        new_tuple r8, [r8, 2], type:11
        return r8";
    for (kind, expected) in [(DeclKind::Struct, "(true, 1)"), (DeclKind::Class, "(false, -1)")] {
        let mut b = with_point(
            kind,
            &format!("{MAKE}{}", code.replace("r3", "r10").replace("copy", "load_int r10, -2\n copy")),
        );
        b.module.types.tuple(&[TypeId::ANY, TypeId::ANY]);
        assert_eq!(b.run(&args()), Ok(Str(expected.into())), "{kind:?}");
    }
}

#[test]
fn records_of_any_size() {
    // 300 slots, half of them references: the counts do not fit the header.
    let classes: Vec<Class> = (0..300).map(|i| if i < 150 { Class::Dyn } else { Class::I64 }).collect();
    let mut listing = String::from("fn f(dyn, i64) -> dyn, registers 310\n");
    for slot in 0..300 {
        listing.push_str(&format!("move r{}, r{}\n", slot + 2, u32::from(slot >= 150)));
    }
    listing.push_str(
        "new r302, [r2], layout:0
         set_dyn r302, 149, r302
         set_raw r302, 299, r1
         get_dyn r303, r302, 148
         get_i64 r304, r302, 299
         box_i64 r304, r304
         variant_index r305, r302
         box_i64 r305, r305
         jump_variant r302, 7, yes
         load_unit r305
     yes:
         new_tuple r303, [r303, 3], type:11
         return r303",
    );
    let mut b = Build::new(&listing);
    let id = b.module.types.add_decl(decl(DeclKind::Struct, "Large", &[("from", TypeId::ANY); 300]));
    let ty = b.module.types.nominal(id, &[]);
    let slots = (0..300).collect();
    b.module.layouts.push(DeclLayout { decl: id, ty, refs: 150, classes, slots, variant: 7 });
    b.module.types.tuple(&[TypeId::ANY; 3]);
    assert_eq!(b.run(&[Str("x".into()), Int(5)]), Ok(Str("(x, 5, 7)".into())));
}

#[test]
fn variants_are_told_apart() {
    let mut b = Build::new(
        "fn f(dyn) -> i64, registers 4
            new r1, [r0], layout:1
            jump_not_variant r1, 1, no
            jump_variant r1, 0, no
            jump_variant r1, 1, yes
        no:
            load_int r2, -1
            return r2
        yes:
            variant_index r2, r1
            return r2",
    );
    for index in 0..2 {
        let id = b.module.types.add_decl(decl(DeclKind::Variant { of: DeclId(9), index }, "V", &[("0", TypeId::ANY)]));
        let ty = b.module.types.nominal(id, &[]);
        b.module.layouts.push(DeclLayout {
            decl: id,
            ty,
            refs: 1,
            classes: vec![Class::Dyn],
            slots: vec![0],
            variant: index,
        });
    }
    assert_eq!(b.run(&[Str("x".into())]), Ok(Int(1)));
}

#[test]
fn shapes_are_shown_by_name() {
    let mut b = Build::new("fn f(dyn, dyn) -> dyn, registers 4\n new_shape r2, [r0, 2], type:10\n return r2");
    let (z, a) = (b.name("zeta"), b.name("alpha"));
    b.module.types.shape(&[(Name(z), TypeId::ANY), (Name(a), TypeId::ANY)]);
    assert_eq!(b.run(&[Int(1), Int(2)]), Ok(Str("%{ alpha: 2, zeta: 1 }".into())));
}

#[test]
fn deep_values_are_handled_without_recursion() {
    // A list of pairs, 100,000 deep.
    let listing = "
    fn list(i64) -> dyn, registers 6
        load_int r1, 0
        load_unit r3
    again:
        box_i64 r2, r1
        new_tuple r3, [r2, 2], type:10
        for_range r1, r0, again
        return r3
    fn f(i64) -> bool, registers 6
        move r1, r0
        call r1, fn:1
        move r2, r0
        call r2, fn:1
        eq_dyn r3, r1, r2
        type_of r4, r1
        dyn_to_str r4, r1, 0
        return r3";
    let mut b = Build::new(listing);
    b.module.types.tuple(&[TypeId::ANY, TypeId::ANY]);
    let (mut vm, _) = b.vm(&[], crate::Limits::default());
    assert_eq!(vm.call(2, &[Int(100_000)]), Ok(Bool(true)));
    vm.verify_heap().unwrap();
}
