//! Numbers as text.
//!
//! Floats get the fewest digits that read back as the same float, which is what Rust's formatting gives. There is no
//! exponent below 1e21, as in JavaScript: the numbers people meet look like numbers.

use std::fmt::Write as _;

/// From here on floats are written with an exponent.
const EXPONENT_FROM: f64 = 1e21;

const PAIRS: [u8; 200] = {
    let mut pairs = [0u8; 200];
    let mut n = 0;
    while n < 100 {
        pairs[n * 2] = b'0' + (n / 10) as u8;
        pairs[n * 2 + 1] = b'0' + (n % 10) as u8;
        n += 1;
    }
    pairs
};

/// Appends an integer in decimal.
pub fn push_i64(out: &mut String, i: i64) {
    let mut buffer = [0u8; 20];
    let mut start = buffer.len();
    let mut rest = i.unsigned_abs();
    while rest >= 10 {
        let pair = (rest % 100) as usize * 2;
        rest /= 100;
        start -= 2;
        buffer[start] = PAIRS[pair];
        buffer[start + 1] = PAIRS[pair + 1];
    }
    if rest > 0 || start == buffer.len() {
        start -= 1;
        buffer[start] = b'0' + rest as u8;
    }
    if i < 0 {
        out.push('-');
    }
    // Digits only, so this never fails.
    out.push_str(std::str::from_utf8(&buffer[start..]).unwrap_or_default());
}

/// Appends a float. With `point`, whole ones without exponent get `.0`, as `debug` shows them.
pub fn push_f64(out: &mut String, f: f64, point: bool) {
    if f.is_nan() {
        return out.push_str("NaN");
    }
    if f.is_infinite() {
        return out.push_str(if f > 0.0 { "inf" } else { "-inf" });
    }
    // Writing to a string never fails.
    if f.abs() >= EXPONENT_FROM {
        let _ = write!(out, "{f:e}");
        return;
    }
    let whole = f.trunc() == f;
    if whole && f.abs() < 9e15 {
        if f == 0.0 && f.is_sign_negative() {
            out.push('-');
        }
        push_i64(out, f as i64);
    } else {
        let _ = write!(out, "{f}");
    }
    if whole && point {
        out.push_str(".0");
    }
}

/// An integer as text.
pub fn i64_text(i: i64) -> String {
    let mut out = String::new();
    push_i64(&mut out, i);
    out
}

/// A float as `to_str` shows it.
pub fn f64_text(f: f64) -> String {
    let mut out = String::new();
    push_f64(&mut out, f, false);
    out
}

/// The order of floats in which NaN comes last, and equals itself.
pub fn compare_f64(a: f64, b: f64) -> std::cmp::Ordering {
    a.partial_cmp(&b).unwrap_or_else(|| a.is_nan().cmp(&b.is_nan()))
}
