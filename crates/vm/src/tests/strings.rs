//! Strings and formats.

use super::build::*;
use crate::Datum::*;
use sayso_bytecode::module::FormatSpec;

#[test]
fn joining_and_measuring() {
    let listing = "
    fn f(ref, ref) -> ref, registers 8
        concat r2, r0, r1
        move r3, r0
        move r4, r1
        move r5, r2
        concat_n r2, [r3, 3]
        str_len r3, r2
        i64_to_str r3, r3
        concat_n r2, [r2, 2]
        return r2";
    assert_eq!(run(listing, &[Str("añ".into()), Str("b".into())]), Ok(Str("añbañb6".into())));
    assert_eq!(run("fn f() -> ref, registers 1\n concat_n r0, [r0, 0]\n return r0", &[]), Ok(Str(String::new())));
}

#[test]
fn appending_in_a_loop() {
    let listing = "
    fn f(i64) -> i64, registers 5
        load_int r1, 0
        i64_to_str r2, r1
        i64_to_str r3, r0
    again:
        concat r2, r2, r3
        for_range r1, r0, again
        str_len r4, r2
        return r4";
    assert_eq!(run(listing, &[Int(2000)]), Ok(Int(8001)));
}

#[test]
fn comparing() {
    let two = |op: &str, class: &str, a: &str, b: &str| {
        let listing = format!("fn f(ref, ref) -> {class}, registers 3\n {op} r2, r0, r1\n return r2");
        run(&listing, &[Str(a.into()), Str(b.into())])
    };
    assert_eq!(two("eq_str", "bool", "abc", "abc"), Ok(Bool(true)));
    assert_eq!(two("eq_str", "bool", "abc", "abd"), Ok(Bool(false)));
    assert_eq!(two("cmp_str", "i64", "abc", "abd"), Ok(Int(-1)));
    assert_eq!(two("cmp_str", "i64", "b", "abd"), Ok(Int(1)));
    assert_eq!(two("cmp_str", "i64", "é", "z"), Ok(Int(1)));
}

#[test]
fn values_as_text() {
    for (class, op, datum, expected) in [
        ("i64", "i64_to_str", Int(i64::MIN), "-9223372036854775808"),
        ("f64", "f64_to_str", Float(1.0), "1"),
        ("bool", "bool_to_str", Bool(false), "false"),
        ("byte", "byte_to_str", Byte(65), "65"),
    ] {
        let listing = format!("fn f({class}) -> ref, registers 2\n {op} r1, r0\n return r1");
        assert_eq!(run(&listing, &[datum]), Ok(Str(expected.into())));
    }
    for (datum, plain, debug) in [
        (Str("a\"\n".into()), "a\"\n", "\"a\\\"\\n\""),
        (Float(2.0), "2", "2.0"),
        (Byte(b'a'), "97", "b'a'"),
        (Unit, "()", "()"),
        (Symbol("add".into()), "#add", "#add"),
        (Int(1 << 60), "1152921504606846976", "1152921504606846976"),
    ] {
        for (c, expected) in [(0, plain), (1, debug)] {
            let listing = format!("fn f(dyn) -> ref, registers 2\n dyn_to_str r1, r0, {c}\n return r1");
            assert_eq!(run(&listing, std::slice::from_ref(&datum)), Ok(Str(expected.into())));
        }
    }
}

#[test]
fn formats() {
    let with = |spec: FormatSpec, datum: crate::Datum| {
        let mut b = Build::new("fn f(dyn) -> ref, registers 2\n format r1, r0, format:0\n return r1");
        b.module.formats.push(spec);
        b.run(&[datum]).map_err(|error| error.to_string())
    };
    let plain = FormatSpec::default();
    assert_eq!(with(FormatSpec { width: Some(5), ..plain }, Int(42)), Ok(Str("   42".into())));
    assert_eq!(with(FormatSpec { width: Some(5), ..plain }, Str("ab".into())), Ok(Str("ab   ".into())));
    assert_eq!(with(FormatSpec { kind: Some('x'), ..plain }, Int(1 << 60)), Ok(Str("1000000000000000".into())));
    assert_eq!(with(FormatSpec { kind: Some('?'), ..plain }, Float(2.0)), Ok(Str("2.0".into())));
    let quoted = Ok(Str("a".into()));
    assert_eq!(with(FormatSpec { kind: Some('?'), ..plain }, Str("a".into())), quoted, "text is quoted before");
    assert_eq!(with(FormatSpec { precision: Some(1), ..plain }, Float(2.25)), Ok(Str("2.2".into())));
    let huge = FormatSpec { width: Some(u32::MAX), ..plain };
    assert!(with(huge, Int(1)).is_err());
}
