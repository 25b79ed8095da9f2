//! Arrays of every kind, and what else is a sequence.

use super::build::*;
use crate::Datum::{self, *};
use sayso_bytecode::Constant;
use sayso_types::{TypeId, TypeKind};
use std::sync::Arc;

/// Types 10 to 18: `[i64] [f64] [bool] [byte] [any] [str] [i64; 3] [any; 1]`, a table.
fn with_types(listing: &str) -> Build {
    let mut b = Build::new(listing);
    for element in [TypeId::I64, TypeId::F64, TypeId::BOOL, TypeId::BYTE, TypeId::ANY, TypeId::STR] {
        b.module.types.array(element);
    }
    assert_eq!(b.module.types.intern(TypeKind::FixedArray(TypeId::I64, 3)).0, 16);
    assert_eq!(b.module.types.intern(TypeKind::FixedArray(TypeId::ANY, 1)).0, 17);
    assert_eq!(b.module.types.intern(TypeKind::Table(TypeId::STR, TypeId::ANY)).0, 18);
    b
}

fn go(listing: &str, args: &[Datum]) -> Result<Datum, String> {
    with_types(listing).run(args).map_err(|error| error.to_string())
}

#[test]
fn elements_of_every_class() {
    for (ty, class, suffix, datum) in [
        (10, "i64", "i64", Int(i64::MIN)),
        (11, "f64", "f64", Float(2.5)),
        (12, "bool", "bool", Bool(true)),
        (13, "byte", "byte", Byte(250)),
        (14, "dyn", "dyn", Int(1 << 60)),
        (15, "dyn", "dyn", Str("text".into())),
    ] {
        let listing = format!(
            "fn f({class}) -> {class}, registers 6
                load_type r1, type:{ty}
                new_array r1, r1, 1
                array_push_{suffix} r1, r0
                array_push_{suffix} r1, r0
                load_int r2, 1
                array_set_{suffix} r1, r2, r0
                array_get_{suffix} r3, r1, r2
                return r3"
        );
        assert_eq!(go(&listing, std::slice::from_ref(&datum)), Ok(datum.clone()));
        // Through dynamic access as well.
        let listing = format!(
            "fn f(dyn) -> dyn, registers 6
                load_type r1, type:{ty}
                new_array r1, r1, 0
                array_push_dyn r1, r0
                load_int r2, 0
                array_set_dyn r1, r2, r0
                array_get_dyn r3, r1, r2
                return r3"
        );
        assert_eq!(go(&listing, std::slice::from_ref(&datum)), Ok(datum));
    }
}

#[test]
fn indices_are_checked() {
    for (line, classes) in [
        ("array_get_i64 r2, r1, r0", "i64"),
        ("array_get_dyn r2, r1, r0", "i64"),
        ("array_set_i64 r1, r0, r0", "i64"),
        ("box_i64 r2, r0\n array_set_dyn r1, r0, r2", "i64"),
    ] {
        for index in [3, -1, i64::MAX, i64::MIN] {
            let listing = format!(
                "fn f({classes}) -> dyn, registers 4
                    load_int r1, 1
                    load_int r2, 2
                    load_int r3, 3
                    array_of r1, [r1, 3], type:10
                    {line}
                    load_unit r2
                    return r2"
            );
            let error = go(&listing, &[Int(index)]).unwrap_err();
            assert_eq!(error, format!("IndexError: index {index} is out of bounds: the length is 3"));
        }
    }
}

#[test]
fn other_objects_are_refused() {
    for line in [
        "array_get_i64 r3, r0, r1",
        "array_get_f64 r3, r0, r1",
        "array_get_bool r3, r0, r1",
        "array_get_byte r3, r0, r1",
        "array_get_ref r3, r0, r1",
        "array_get_dyn r3, r0, r1",
        "array_set_i64 r0, r1, r1",
        "array_set_dyn r0, r1, r2",
        "array_push_i64 r0, r1",
        "array_push_dyn r0, r2",
        "array_fill r0, r1, r2",
        "array_extend r0, r0",
        "array_len r3, r0",
        "load_type r3, type:16\n array_fix r3, r0, r3",
        "array_copy r3, r0, [r4]",
        "table_len r3, r0",
        "table_get r3, r0, r2",
        "table_set r0, r2, r2",
        "eq_str r3, r0, r6",
        "cmp_str r3, r6, r0",
        "get_dyn r3, r6, 0",
        "get_ref r3, r6, 0",
        "get_i64 r3, r6, 0",
        "get_bool r3, r6, 0",
        "set_dyn r6, 0, r2",
        "set_raw r6, 0, r1",
        "variant_index r3, r6",
        "str_len r3, r6",
        "concat r3, r0, r6",
        "concat_n r3, [r6, 1]",
        "copy_record r3, r6, layout:0",
        "cell_get r3, r0",
        "call_value r0, 0",
    ] {
        let listing = format!(
            "fn f(ref) -> dyn, registers 9
                load_int r1, 0
                load_unit r2
                load_int r4, 0
                load_int r5, 0
                load_int r7, 1
                load_type r6, type:14
                new_array r6, r6, 1
                {line}
                load_unit r3
                return r3"
        );
        let mut b = with_types(&listing);
        b.module.layouts.push(sayso_bytecode::DeclLayout {
            decl: sayso_types::DeclId(0),
            ty: TypeId::ANY,
            refs: 0,
            classes: vec![],
            slots: vec![],
            variant: 0,
        });
        b.module.types.add_decl(super::objects::decl(sayso_types::DeclKind::Struct, "Nothing", &[]));
        let error = b.run(&[Str("some text".into())]).expect_err(line).to_string();
        assert!(error.starts_with("CastError"), "{line}: {error}");
    }
}

#[test]
fn fixed_arrays_keep_their_length() {
    let listing = "
    fn f(i64) -> ref, registers 5
        array_of r1, [r0, 1], type:10
        array_push_i64 r1, r0
        array_push_i64 r1, r0
        load_type r2, type:16
        array_fix r1, r1, r2
        LINE
        return r1";
    let with = |line: &str| go(&listing.replace("LINE", line), &[Int(4)]);
    assert_eq!(with("load_int r2, 1\n array_set_i64 r1, r2, r2"), Ok(Str("[4, 1, 4]".into())));
    assert!(with("array_push_i64 r1, r0").unwrap_err().contains("fixed length"));
    assert!(with("box_i64 r2, r0\n array_push_dyn r1, r2").unwrap_err().contains("fixed length"));
    let short = "fn f(i64) -> ref, registers 3
        array_of r1, [r0, 1], type:10
        load_type r2, type:16
        array_fix r1, r1, r2
        return r1";
    assert_eq!(go(short, &[Int(4)]), Err("ValueError: an array of 3 elements was expected, this one has 1".into()));
}

#[test]
fn fill_extend_and_copy() {
    let listing = "
    fn f(i64, i64, i64) -> ref, registers 8
        load_type r3, type:10
        new_array r3, r3, 0
        box_i64 r4, r0
        load_int r5, 3
        array_fill r3, r5, r4
        array_push_i64 r3, r1
        array_extend r3, r3
        array_copy r6, r3, [r1]
        return r6";
    assert_eq!(go(listing, &[Int(7), Int(2), Int(5)]), Ok(Str("[7, 2, 7]".into())));
    let error = go(listing, &[Int(7), Int(2), Int(9)]).unwrap_err();
    assert_eq!(error, "IndexError: slice 2..9 is out of bounds: the length is 8");
    assert!(go(listing, &[Int(7), Int(5), Int(2)]).is_err());
    let negative = "
    fn f(i64, dyn) -> ref, registers 4
        load_type r2, type:14
        new_array r2, r2, 0
        array_fill r2, r0, r1
        return r2";
    assert!(go(negative, &[Int(-1), Unit]).unwrap_err().starts_with("ValueError"));
    assert_eq!(go(negative, &[Int(2), Str("x".into())]), Ok(Str("[x, x]".into())));
}

#[test]
fn constants_are_frozen_and_their_copies_are_not() {
    let listing = "
    fn f(i64) -> ref, registers 3
        LOAD
        load_int r2, 0
        array_set_i64 r1, r2, r0
        return r1";
    let with = |load: &str| {
        let mut b = with_types(&listing.replace("LOAD", load));
        b.constant(Constant::ArrayI64(TypeId(10), Arc::new([1, 2])));
        b.run(&[Int(9)]).map_err(|error| error.to_string())
    };
    assert_eq!(with("array_const r1, const:0"), Ok(Str("[9, 2]".into())));
    assert!(with("load_const r1, const:0").unwrap_err().starts_with("StateError"));
}

#[test]
fn loops_see_what_is_pushed_meanwhile() {
    let listing = "
    fn f(i64) -> ref, registers 4
        array_of r1, [r0, 1], type:10
        load_int r2, 0
    again:
        array_get_i64 r3, r1, r2
        jump_le_imm r3, 0, small
        add_i64_imm r3, r3, -1
        array_push_i64 r1, r3
    small:
        for_array r2, r1, again
        return r1";
    assert_eq!(go(listing, &[Int(3)]), Ok(Str("[3, 2, 1, 0]".into())));
}

#[test]
fn ranges_are_sequences() {
    let listing = "
    fn f(dyn, dyn, i64) -> dyn, registers 8
        new_range r3, [r0], CLOSED
        array_len r4, r3
        array_get_dyn r5, r3, r2
        load_type r6, type:14
        new_array r6, r6, 0
        box_i64 r4, r4
        array_push_dyn r6, r3
        array_push_dyn r6, r4
        array_push_dyn r6, r5
        return r6";
    let with = |closed: &str, args: &[Datum]| go(&listing.replace("CLOSED", closed), args);
    assert_eq!(with("0", &[Int(2), Int(6), Int(3)]), Ok(Str("[2..6, 4, 5]".into())));
    assert_eq!(with("1", &[Int(2), Int(6), Int(4)]), Ok(Str("[2..=6, 5, 6]".into())));
    assert!(with("0", &[Int(2), Int(6), Int(4)]).unwrap_err().starts_with("IndexError"));
    assert!(with("0", &[Unit, Int(6), Int(4)]).unwrap_err().starts_with("ValueError"));
    assert!(with("0", &[Int(i64::MIN), Int(i64::MAX), Int(4)]).unwrap_err().starts_with("OverflowError"));
    assert!(with("0", &[Str("x".into()), Int(1), Int(4)]).unwrap_err().starts_with("CastError"));
}

#[test]
fn type_numbers_in_registers_are_not_trusted() {
    for number in [-1, 1 << 40, 1_000_000, 0, 18] {
        let listing = "fn f(i64) -> ref, registers 2\n new_array r1, r0, 0\n return r1";
        assert!(go(listing, &[Int(number)]).unwrap_err().starts_with("CastError"), "{number}");
    }
    for number in [-1, 1 << 40, 10] {
        let listing = "fn f(i64) -> ref, registers 2\n new_table r1, r0, 0\n return r1";
        assert!(go(listing, &[Int(number)]).unwrap_err().starts_with("CastError"), "{number}");
    }
}

#[test]
fn arrays_are_compared_by_elements() {
    let listing = "
    fn f(i64, i64) -> ref, registers 8
        array_of r2, [r0, 2], type:10
        box_i64 r3, r0
        box_i64 r4, r1
        array_of r3, [r3, 2], type:14
        eq_dyn r4, r2, r3
        box_bool r4, r4
        array_push_dyn r3, r4
        cmp_dyn r5, r2, r3
        box_i64 r5, r5
        array_push_dyn r3, r5
        return r3";
    assert_eq!(go(listing, &[Int(1), Int(2)]), Ok(Str("[1, 2, true, -1]".into())));
}

#[test]
fn cyclic_arrays_are_shown_but_not_compared() {
    let listing = "
    fn f() -> ref, registers 4
        load_type r0, type:14
        new_array r1, r0, 0
        array_push_dyn r1, r1
        new_array r2, r0, 0
        array_push_dyn r2, r2
        LINE
        return r1";
    let with = |line: &str| go(&listing.replace("LINE", line), &[]);
    assert_eq!(with("nop"), Ok(Str("[…]".into())));
    assert!(with("eq_dyn r3, r1, r2").unwrap_err().starts_with("DepthError"));
    assert!(with("cmp_dyn r3, r1, r2").unwrap_err().starts_with("DepthError"));
}
