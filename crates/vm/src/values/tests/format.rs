//! Format specifications, compared with what Rust makes of them.

use super::*;
use sayso_bytecode::module::FormatSpec;

/// A specification as it is written in the language.
fn spec(text: &str) -> FormatSpec {
    let mut chars = text.chars().peekable();
    let mut spec = FormatSpec::default();
    let align = |ch: char| match ch {
        '<' => Some(-1),
        '^' => Some(0),
        '>' => Some(1),
        _ => None,
    };
    let mut ahead = text.chars();
    let (first, second) = (ahead.next(), ahead.next());
    if let Some(side) = second.and_then(align) {
        spec.fill = first;
        spec.align = Some(side);
        chars.next();
        chars.next();
    } else if let Some(side) = first.and_then(align) {
        spec.align = Some(side);
        chars.next();
    }
    spec.plus = chars.next_if_eq(&'+').is_some();
    spec.alternate = chars.next_if_eq(&'#').is_some();
    spec.zero = chars.next_if_eq(&'0').is_some();
    let number = |chars: &mut std::iter::Peekable<std::str::Chars<'_>>| {
        let mut digits = String::new();
        while let Some(digit) = chars.next_if(char::is_ascii_digit) {
            digits.push(digit);
        }
        digits.parse().ok()
    };
    spec.width = number(&mut chars);
    if chars.next_if_eq(&'.').is_some() {
        spec.precision = number(&mut chars);
    }
    spec.kind = chars.next();
    assert_eq!(chars.next(), None, "{text}");
    spec
}

fn formatted(w: &mut World, text: &str, value: Value) -> Result<String, ValueError> {
    super::super::format(&mut w.heap, &spec(text), value)
}

/// Compares with Rust for each value and specification.
macro_rules! same {
    ($w:expr, $make:expr, $values:expr, [$($spec:literal),*]) => {
        for shown in $values {
            let value = $make(&mut *$w, shown);
            $(assert_eq!(
                formatted($w, $spec, value).unwrap(),
                format!(concat!("{:", $spec, "}"), shown),
                "{shown:?} as {}", $spec
            );)*
        }
    };
}

#[test]
fn integers_as_in_rust() {
    let w = &mut World::new();
    let make = |w: &mut World, i: i64| w.int(i);
    same!(
        w,
        make,
        [0i64, 1, -1, 42, -42, 255, 1234, 1200, -995, i64::MAX, i64::MIN],
        [
            "", "5", "<5", ">5", "^6", "^7", "*>4", "-^5", "0<3", "+", "+5", "05", "+05", "<05", "*^+08", "x", "X",
            "#x", "#X", "#06x", "#010x", "b", "08b", "#b", "#012b", "o", "#o", "+x", "+#x", "e", "+e", "12e", "012e",
            ".2e", ".0e", ".1e", "012.3e", ".25e", "?", "5?", "+08?", "é>9", "日^9", "25", "025"
        ]
    );
}

#[test]
fn bytes_as_numbers() {
    let w = &mut World::new();
    let make = |_: &mut World, b: u8| Value::byte(b);
    same!(w, make, [0u8, 9, 97, 255], ["", "5", "<5", "+", "05", "x", "#X", "#06x", "b", "#b", "o", "e", ".1e"]);
    assert_eq!(formatted(w, "?", Value::byte(97)).unwrap(), "b'a'");
    assert_eq!(formatted(w, "*>6?", Value::byte(97)).unwrap(), "**b'a'");
}

#[test]
fn floats_as_in_rust() {
    let w = &mut World::new();
    let make = |_: &mut World, f: f64| Value::float(f);
    same!(
        w,
        make,
        [
            0.0f64,
            -0.0,
            1.0,
            -1.0,
            1.5,
            3.24159,
            1.005,
            2.5,
            -995.0,
            1234.5,
            1e-7,
            0.1,
            1e20,
            5e-324,
            f64::INFINITY,
            -f64::INFINITY,
            f64::NAN
        ],
        [
            "", "8", "<8", ">8", "^9", "*^9", "+", "+8", "08", "+08", ".0", ".1", ".2", ".3", "8.2", "06.2", "<8.1",
            "+.2", "+09.3", "e", ".0e", ".2e", "+e", "012e", "012.2e", "*<14.1e", "#", ".30", ".400"
        ]
    );
    same!(
        w,
        make,
        [0.0f64, -0.0, 1.0, 1.5, 1234.5, f64::INFINITY, f64::NAN],
        ["?", "8?", "08?", "+?", ".2?", "+08.1?"]
    );
    same!(w, make, [1e300f64, f64::MAX, f64::MIN_POSITIVE, 5e-324], ["e", ".2", ".2e", ".800e", ".1100", "050.2e"]);
    // Without precision a float looks as everywhere.
    assert_eq!(formatted(w, ">6", Value::float(1e21)).unwrap(), "  1e21");
}

#[test]
fn text_and_bools_as_in_rust() {
    let w = &mut World::new();
    let make = |w: &mut World, s: &str| w.str(s);
    same!(
        w,
        make,
        ["", "ab", "abcdef", "é日e\u{301}"],
        ["", "5", "<4", ">4", "^4", "*^7", "-^6", ".3", ".0", ">5.2", "<5.2", "05", "+5", "#5", "é>7"]
    );
    let make = |_: &mut World, b: bool| Value::bool(b);
    same!(w, make, [true, false], ["", "6", ">6", "^7", "*<8", ".2", "06", "?"]);
    let quoted = w.str("a\"b");
    assert_eq!(formatted(w, "?", quoted).unwrap(), r#""a\"b""#);
    assert_eq!(formatted(w, ">8?", quoted).unwrap(), r#"  "a\"b""#);
}

#[test]
fn what_does_not_fit_is_an_error() {
    let w = &mut World::new();
    let text = w.str("a");
    let array = w.array(&[]);
    for (value, spec, message) in [
        (Value::float(1.0), "x", "the format `x` is for `i64` and `byte`, and this is of type `f64`"),
        (Value::TRUE, "e", "the format `e` is for numbers, and this is of type `bool`"),
        (text, "b", "the format `b` is for `i64` and `byte`, and this is of type `str`"),
        (array, "o", "the format `o` is for `i64` and `byte`, and this is of type `any`"),
    ] {
        let error = formatted(w, spec, value).unwrap_err();
        assert_eq!(error.to_string(), message);
        assert_eq!(error.fault(), Some(FaultKind::Value));
    }
}

#[test]
fn huge_widths_and_precisions_are_bounded_by_memory() {
    let w = &mut World::new();
    let text = w.str("a");
    for (spec, value) in [
        ("4000000000", int(1)),
        ("日>4000000000", text),
        (".4000000000", Value::float(1.5)),
        (".4000000000e", Value::float(1.5)),
        (".4000000000e", int(1)),
    ] {
        assert_eq!(formatted(w, spec, value), Err(ValueError::Memory), "{spec}");
    }
    assert_eq!(formatted(w, ".100000", Value::float(1.5)).unwrap().len(), 100_002);
    assert_eq!(formatted(w, ".100000e", int(7)).unwrap().len(), 100_004);
    assert_eq!(formatted(w, ".100000", Value::float(f64::NAN)).unwrap(), "NaN");
}
