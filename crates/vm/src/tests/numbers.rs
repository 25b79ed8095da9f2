//! Arithmetic, comparisons, values between classes.

use super::build::*;
use crate::Datum::{self, *};

/// `op` on two integers.
fn ints(op: &str, b: i64, c: i64) -> Result<Datum, String> {
    let listing = format!("fn f(i64, i64) -> i64, registers 3\n {op} r2, r0, r1\n return r2");
    run(&listing, &[Int(b), Int(c)]).map_err(|error| error.to_string())
}

#[track_caller]
fn check_ints(op: &str, b: i64, c: i64, expected: i64) {
    assert_eq!(ints(op, b, c), Ok(Int(expected)), "{op} {b} {c}");
}

#[track_caller]
fn check_fault(op: &str, b: i64, c: i64, expected: &str) {
    let error = ints(op, b, c).expect_err("it should fail");
    assert!(error.contains(expected), "{error}");
}

#[test]
fn integers_are_checked() {
    check_ints("add_i64", 40, 2, 42);
    check_ints("sub_i64", 40, 2, 38);
    check_ints("mul_i64", -6, 7, -42);
    check_fault("add_i64", i64::MAX, 1, "OverflowError");
    check_fault("sub_i64", i64::MIN, 1, "OverflowError");
    check_fault("mul_i64", i64::MAX, 2, "OverflowError");
}

#[test]
fn division_truncates() {
    check_ints("div_i64", -7, 2, -3);
    check_ints("rem_i64", -7, 2, -1);
    check_ints("rem_i64", i64::MIN, -1, 0);
    check_fault("div_i64", 1, 0, "DivisionError: division of 1 by zero");
    check_fault("rem_i64", 1, 0, "DivisionError");
    check_fault("div_i64", i64::MIN, -1, "OverflowError");
}

#[test]
fn powers() {
    check_ints("pow_i64", 2, 62, 1 << 62);
    check_ints("pow_i64", -1, i64::MAX, -1);
    check_ints("pow_i64", 0, i64::MAX, 0);
    check_ints("pow_i64", 7, 0, 1);
    check_fault("pow_i64", 2, 63, "OverflowError");
    check_fault("pow_i64", 2, i64::MAX, "OverflowError");
    check_fault("pow_i64", 2, -1, "ValueError");
}

#[test]
fn bits_and_shifts() {
    check_ints("and_i64", 6, 3, 2);
    check_ints("or_i64", 6, 3, 7);
    check_ints("xor_i64", 6, 3, 5);
    check_ints("shl_i64", 1, 63, i64::MIN);
    check_ints("shr_i64", -8, 1, -4);
    check_fault("shl_i64", 1, 64, "ValueError: shift by 64");
    check_fault("shr_i64", 1, -1, "ValueError: shift by -1");
}

#[test]
fn immediate_forms() {
    let one = |op: &str, b: i64, c: i64| {
        run(&format!("fn f(i64) -> i64, registers 2\n {op} r1, r0, {c}\n return r1"), &[Int(b)])
    };
    for (op, b, c, expected) in [
        ("add_i64_imm", 5, -3, 2),
        ("mul_i64_imm", 5, -3, -15),
        ("div_i64_imm", -7, 2, -3),
        ("rem_i64_imm", -7, 2, -1),
        ("and_i64_imm", 13, 7, 5),
        ("shl_i64_imm", 3, 4, 48),
        ("shr_i64_imm", -48, 4, -3),
    ] {
        assert_eq!(one(op, b, c), Ok(Int(expected)), "{op}");
    }
    assert!(one("add_i64_imm", i64::MAX, 1).is_err());
    assert!(one("mul_i64_imm", i64::MAX, 2).is_err());
}

#[test]
fn negation_and_wrapping() {
    let one = |op: &str, b: i64| run(&format!("fn f(i64) -> i64, registers 2\n {op} r1, r0\n return r1"), &[Int(b)]);
    assert_eq!(one("neg_i64", 5), Ok(Int(-5)));
    assert!(one("neg_i64", i64::MIN).is_err());
    for (operation, expected) in [(0, i64::MIN), (1, i64::MAX - 1), (2, i64::MAX)] {
        let listing = format!("fn f(i64, i64) -> i64, registers 3\n wrap_i64 r2, r0, r1, {operation}\n return r2");
        assert_eq!(run(&listing, &[Int(i64::MAX), Int(1)]), Ok(Int(expected)));
    }
}

#[test]
fn floats() {
    let two = |op: &str, b: f64, c: f64| {
        run(&format!("fn f(f64, f64) -> f64, registers 3\n {op} r2, r0, r1\n return r2"), &[Float(b), Float(c)])
    };
    for (op, b, c, expected) in [
        ("add_f64", 1.5, 2.0, 3.5),
        ("sub_f64", 1.5, 2.0, -0.5),
        ("mul_f64", 1.5, 2.0, 3.0),
        ("div_f64", 3.0, 2.0, 1.5),
        ("div_f64", 1.0, 0.0, f64::INFINITY),
        ("rem_f64", -7.5, 2.0, -1.5),
        ("pow_f64", 2.0, 0.5, std::f64::consts::SQRT_2),
    ] {
        assert_eq!(two(op, b, c), Ok(Float(expected)), "{op}");
    }
    let one = |op: &str, b: f64| run(&format!("fn f(f64) -> f64, registers 2\n {op} r1, r0\n return r1"), &[Float(b)]);
    assert_eq!(one("neg_f64", 1.5), Ok(Float(-1.5)));
    assert_eq!(one("sqrt_f64", 9.0), Ok(Float(3.0)));
    assert_eq!(one("abs_f64", -9.0), Ok(Float(9.0)));
    assert_eq!(one("floor_f64", -1.5), Ok(Float(-2.0)));
    for (op, expected) in
        [("add_f64_const", 7.0), ("sub_f64_const", 3.0), ("mul_f64_const", 10.0), ("div_f64_const", 2.5)]
    {
        let mut b = Build::new(&format!("fn f(f64) -> f64, registers 2\n {op} r1, r0, const:0\n return r1"));
        b.constant(sayso_bytecode::Constant::F64(2.0));
        assert_eq!(b.run(&[Float(5.0)]), Ok(Float(expected)), "{op}");
    }
}

#[test]
fn comparisons() {
    let ints = |op: &str, b: i64, c: i64| {
        run(&format!("fn f(i64, i64) -> bool, registers 3\n {op} r2, r0, r1\n return r2"), &[Int(b), Int(c)])
    };
    assert_eq!(ints("eq_int", 2, 2), Ok(Bool(true)));
    assert_eq!(ints("lt_int", -1, 2), Ok(Bool(true)));
    assert_eq!(ints("le_int", 3, 2), Ok(Bool(false)));
    let floats = |op: &str, b: f64, c: f64| {
        run(&format!("fn f(f64, f64) -> bool, registers 3\n {op} r2, r0, r1\n return r2"), &[Float(b), Float(c)])
    };
    assert_eq!(floats("eq_f64", f64::NAN, f64::NAN), Ok(Bool(false)));
    assert_eq!(floats("lt_f64", 1.0, 2.0), Ok(Bool(true)));
    assert_eq!(floats("le_f64", f64::NAN, 2.0), Ok(Bool(false)));
    assert_eq!(run("fn f(bool) -> bool, registers 2\n not r1, r0\n return r1", &[Bool(true)]), Ok(Bool(false)));
    let mixed = |b: i64, c: f64| {
        run("fn f(i64, f64) -> i64, registers 3\n cmp_i64_f64 r2, r0, r1\n return r2", &[Int(b), Float(c)])
    };
    assert_eq!(mixed(1, 1.0), Ok(Int(0)));
    assert_eq!(mixed(i64::MAX, 9_223_372_036_854_775_807.0), Ok(Int(-1)));
    assert_eq!(mixed(2, 1.5), Ok(Int(1)));
    assert_eq!(mixed(2, f64::NAN), Ok(Int(2)));
}

#[test]
fn values_keep_their_meaning_in_boxes() {
    for (class, op, datum) in [
        ("i64", "i64", Int(-5)),
        ("i64", "i64", Int(i64::MIN)),
        ("i64", "i64", Int(1 << 49)),
        ("f64", "f64", Float(-0.5)),
        ("bool", "bool", Bool(true)),
        ("byte", "byte", Byte(200)),
    ] {
        let listing =
            format!("fn f({class}) -> {class}, registers 3\n box_{op} r1, r0\n unbox_{op} r2, r1\n return r2");
        assert_eq!(run(&listing, std::slice::from_ref(&datum)), Ok(datum));
    }
    for (op, wrong) in [("i64", Float(1.0)), ("f64", Int(1)), ("bool", Byte(1)), ("byte", Int(1))] {
        let listing = format!("fn f(dyn) -> {op}, registers 2\n unbox_{op} r1, r0\n return r1");
        assert!(fails(&listing, &[wrong]).starts_with("CastError"));
    }
    assert!(fails("fn f(dyn) -> ref, registers 2\n to_ref r1, r0\n return r1", &[Int(1)]).starts_with("CastError"));
    assert_eq!(
        run("fn f(dyn) -> ref, registers 2\n to_ref r1, r0\n return r1", &[Str("a".into())]),
        Ok(Str("a".into()))
    );
}

#[test]
fn conversions() {
    let listing = "fn f(f64) -> i64, registers 2\n f64_to_i64 r1, r0\n return r1";
    assert_eq!(run(listing, &[Float(-3.9)]), Ok(Int(-3)));
    for out in [9_223_372_036_854_775_808.0, f64::NAN, f64::NEG_INFINITY] {
        assert!(fails(listing, &[Float(out)]).starts_with("OverflowError"));
    }
    assert_eq!(run("fn f(i64) -> f64, registers 2\n i64_to_f64 r1, r0\n return r1", &[Int(3)]), Ok(Float(3.0)));
    let byte = "fn f(i64) -> byte, registers 2\n i64_to_byte r1, r0\n return r1";
    assert_eq!(run(byte, &[Int(255)]), Ok(Byte(255)));
    assert!(fails(byte, &[Int(256)]).starts_with("OverflowError"));
    assert!(fails(byte, &[Int(-1)]).starts_with("OverflowError"));
    assert_eq!(run("fn f(byte) -> i64, registers 2\n byte_to_i64 r1, r0\n return r1", &[Byte(9)]), Ok(Int(9)));
}

#[test]
fn loads_and_moves() {
    let b = |class: &str, line: &str| {
        run(&format!("fn f() -> {class}, registers 2\n {line}\n move r1, r0\n return r1"), &[])
    };
    assert_eq!(b("i64", "load_int r0, -7"), Ok(Int(-7)));
    assert_eq!(b("bool", "load_bool r0, 1"), Ok(Bool(true)));
    assert_eq!(b("byte", "load_byte r0, 200"), Ok(Byte(200)));
    assert_eq!(b("dyn", "load_unit r0"), Ok(Unit));
    assert_eq!(b("i64", "nop\n load_type r0, type:3"), Ok(Int(3)));
}

#[test]
fn dynamic_values_are_compared_by_meaning() {
    let two = |op: &str, class: &str, b: Datum, c: Datum| {
        run(&format!("fn f(dyn, dyn) -> {class}, registers 3\n {op} r2, r0, r1\n return r2"), &[b, c])
    };
    let equal = |b, c| two("eq_dyn", "bool", b, c);
    assert_eq!(equal(Int(5), Float(5.0)), Ok(Bool(true)));
    assert_eq!(equal(Int(i64::MAX), Int(i64::MAX)), Ok(Bool(true)));
    assert_eq!(equal(Int(i64::MAX), Float(9_223_372_036_854_775_807.0)), Ok(Bool(false)));
    assert_eq!(equal(Float(f64::NAN), Float(f64::NAN)), Ok(Bool(false)));
    assert_eq!(equal(Str("a".into()), Str("a".into())), Ok(Bool(true)));
    assert_eq!(equal(Str("a".into()), Int(1)), Ok(Bool(false)));
    assert_eq!(equal(Byte(1), Int(1)), Ok(Bool(false)));
    assert_eq!(equal(Unit, Unit), Ok(Bool(true)));
    let compare = |b, c| two("cmp_dyn", "i64", b, c);
    let order = [
        Int(i64::MIN),
        Float(-1.5),
        Int(0),
        Float(0.5),
        Int(i64::MAX),
        Float(f64::INFINITY),
        Float(f64::NAN),
        Bool(false),
        Bool(true),
        Str("a".into()),
        Str("b".into()),
        Byte(0),
        Byte(9),
        Symbol("add".into()),
        Symbol("sub".into()),
        Unit,
    ];
    for (i, x) in order.iter().enumerate() {
        for (j, y) in order.iter().enumerate() {
            let expected = i.cmp(&j) as i64;
            assert_eq!(compare(x.clone(), y.clone()), Ok(Int(expected)), "{x:?} {y:?}");
        }
    }
    let same = |b, c| two("same", "bool", b, c);
    assert_eq!(same(Int(1 << 60), Int(1 << 60)), Ok(Bool(true)));
    assert_eq!(same(Int(1), Float(1.0)), Ok(Bool(false)));
    assert_eq!(same(Str("a".into()), Str("a".into())), Ok(Bool(false)));
}

#[test]
fn a_product_is_added_or_subtracted_rounded_twice() {
    let listing = |op: &str| format!("fn f(f64, f64, f64) -> f64, registers 3\n {op} r0, r1, r2\n return r0");
    // Exactly, the product is 1 - ε²: rounded it is 1, which an operation that rounds once would not see.
    let (b, c) = (1.0 + f64::EPSILON, 1.0 - f64::EPSILON);
    for (op, a) in [("mul_add_f64", -1.0), ("mul_sub_f64", 1.0)] {
        assert_eq!(Build::new(&listing(op)).run(&[Float(a), Float(b), Float(c)]).unwrap(), Float(0.0), "{op}");
    }
}
