//! Numbers as text.

use super::super::numbers::*;
use std::cmp::Ordering;

fn debug(f: f64) -> String {
    let mut out = String::new();
    push_f64(&mut out, f, true);
    out
}

#[test]
fn integers_are_decimal() {
    for i in [0, 1, -1, 9, 10, 11, 99, 100, 101, 109, 1000, -12345, i64::MAX, i64::MIN, i64::MIN + 1] {
        assert_eq!(i64_text(i), i.to_string());
    }
    for shift in 0..63 {
        for i in [1i64 << shift, (1 << shift) - 1, -(1 << shift)] {
            assert_eq!(i64_text(i), i.to_string());
        }
    }
}

#[test]
fn floats_are_shortest_without_exponent_below_1e21() {
    for (f, text) in [
        (0.0, "0"),
        (-0.0, "-0"),
        (1.0, "1"),
        (0.1, "0.1"),
        (0.1 + 0.2, "0.30000000000000004"),
        (1e-7, "0.0000001"),
        (2.5e-9, "0.0000000025"),
        (123456789.125, "123456789.125"),
        (9007199254740993.0, "9007199254740992"),
        (1e20, "100000000000000000000"),
        (-1e20, "-100000000000000000000"),
        (999999999999999900000.0, "999999999999999900000"),
        (1e21, "1e21"),
        (-1.5e300, "-1.5e300"),
        (f64::MAX, "1.7976931348623157e308"),
        (f64::INFINITY, "inf"),
        (f64::NEG_INFINITY, "-inf"),
        (f64::NAN, "NaN"),
        (-f64::NAN, "NaN"),
    ] {
        assert_eq!(f64_text(f), text);
    }
    assert_eq!(f64_text(5e-324).len(), 2 + 324);
}

#[test]
fn debug_keeps_the_point_of_whole_floats() {
    for (f, text) in [
        (2.0, "2.0"),
        (-0.0, "-0.0"),
        (2.5, "2.5"),
        (1e20, "100000000000000000000.0"),
        (1e21, "1e21"),
        (f64::NAN, "NaN"),
    ] {
        assert_eq!(debug(f), text);
    }
}

#[test]
fn float_text_reads_back() {
    let mut bits = 0x1234_5678_9ABC_DEF1u64;
    for _ in 0..200_000 {
        bits = bits.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
        // All exponents, and numbers as people write them.
        for f in [f64::from_bits(bits ^ bits >> 29), (bits >> 20) as i64 as f64 / 1000.0] {
            if f.is_nan() {
                continue;
            }
            assert_eq!(f64_text(f).parse::<f64>().unwrap().to_bits(), f.to_bits());
            assert_eq!(debug(f).parse::<f64>().unwrap().to_bits(), f.to_bits());
        }
    }
}

#[test]
fn nan_comes_last() {
    assert_eq!(compare_f64(f64::NAN, f64::INFINITY), Ordering::Greater);
    assert_eq!(compare_f64(1.0, f64::NAN), Ordering::Less);
    assert_eq!(compare_f64(f64::NAN, f64::NAN), Ordering::Equal);
    assert_eq!(compare_f64(-0.0, 0.0), Ordering::Equal);
}
