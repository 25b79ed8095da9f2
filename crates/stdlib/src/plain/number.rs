//! Numbers read from text and written to it.

/// An integer: an optional sign and digits.
pub(crate) fn parse_i64(text: &str) -> Option<i64> {
    if is_integer(text) { text.parse().ok() } else { None }
}

/// Whether a text is an optional sign and digits.
pub(crate) fn is_integer(text: &str) -> bool {
    let digits = text.strip_prefix(['-', '+']).unwrap_or(text);
    !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit())
}

/// A float: an optional sign, digits with an optional point among or before or behind them, an optional exponent; or
/// `inf`, `-inf`, `NaN`, as floats are displayed.
pub(crate) fn parse_f64(text: &str) -> Option<f64> {
    match text {
        "inf" => return Some(f64::INFINITY),
        "-inf" => return Some(f64::NEG_INFINITY),
        "NaN" => return Some(f64::NAN),
        _ => {}
    }
    // What is left of Rust's grammar are spellings of infinity and NaN, which have other letters.
    let plain = text.bytes().all(|b| matches!(b, b'0'..=b'9' | b'+' | b'-' | b'.' | b'e' | b'E'));
    if plain { text.parse().ok() } else { None }
}

/// The integer that a float equals, if there is one.
pub(crate) fn exact_int(x: f64) -> Option<i64> {
    const LIMIT: f64 = 9_223_372_036_854_775_808.0;
    ((-LIMIT..LIMIT).contains(&x) && x.trunc() == x).then_some(x as i64)
}

/// With so many digits behind the point.
pub(crate) fn fixed(x: f64, digits: usize) -> String {
    if x.is_finite() { format!("{x:.digits$}") } else { special(x).to_string() }
}

/// As digit, fraction and power of ten.
pub(crate) fn scientific(x: f64, digits: usize) -> String {
    if x.is_finite() { format!("{x:.digits$e}") } else { special(x).to_string() }
}

fn special(x: f64) -> &'static str {
    if x.is_nan() {
        "NaN"
    } else if x > 0.0 {
        "inf"
    } else {
        "-inf"
    }
}

/// An integer in a base from 2 to 36.
pub(crate) fn in_base(n: i64, base: u32) -> String {
    let mut digits = [0u8; 65];
    let mut start = digits.len();
    let mut rest = n.unsigned_abs();
    loop {
        start -= 1;
        let digit = char::from_digit((rest % u64::from(base)) as u32, base).unwrap_or('0');
        digits[start] = digit as u8;
        rest /= u64::from(base);
        if rest == 0 {
            break;
        }
    }
    if n < 0 {
        start -= 1;
        digits[start] = b'-';
    }
    String::from_utf8_lossy(&digits[start..]).into_owned()
}

/// An integer read in a base from 2 to 36.
pub(crate) fn from_base(text: &str, base: u32) -> Option<i64> {
    i64::from_str_radix(text, base).ok()
}

/// An integer in groups of three digits.
pub(crate) fn grouped(n: i64, separator: &str) -> String {
    let digits = n.unsigned_abs().to_string();
    let mut out = String::with_capacity(digits.len() + digits.len() / 3 * separator.len() + 1);
    if n < 0 {
        out.push('-');
    }
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            out.push_str(separator);
        }
        out.push(digit);
    }
    out
}

/// Rounded to so many digits behind the point, or before it if negative; halves away from zero.
pub(crate) fn round_to(x: f64, digits: i64) -> f64 {
    if !x.is_finite() || digits > 17 + 308 {
        return x;
    }
    if digits < -308 {
        return 0.0 * x;
    }
    // Powers of ten up to 22 are exact.
    let scaled = |x: f64, digits: i64| {
        let power = libm::pow(10.0, digits.unsigned_abs().min(308) as f64);
        if digits >= 0 { x * power } else { x / power }
    };
    let large = scaled(x, digits);
    // Past 2⁵³ there are no fractions left to round.
    if !large.is_finite() || large.abs() >= 9_007_199_254_740_992.0 { x } else { scaled(large.round(), -digits) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn integers_are_signs_and_digits() {
        assert_eq!(parse_i64("42"), Some(42));
        assert_eq!(parse_i64("-9223372036854775808"), Some(i64::MIN));
        assert_eq!(parse_i64("+7"), Some(7));
        for bad in ["", "-", "4x", " 1", "1 ", "1_000", "0x10", "9223372036854775808", "1.0", "٣"] {
            assert_eq!(parse_i64(bad), None, "{bad}");
        }
        assert!(is_integer("9223372036854775808"));
    }

    #[test]
    fn floats_have_no_words_but_those_displayed() {
        assert_eq!(parse_f64("2.5e3"), Some(2500.0));
        assert_eq!(parse_f64(".5"), Some(0.5));
        assert_eq!(parse_f64("5."), Some(5.0));
        assert_eq!(parse_f64("-inf"), Some(f64::NEG_INFINITY));
        assert!(parse_f64("NaN").is_some_and(f64::is_nan));
        for bad in ["", ".", "nan", "infinity", "Inf", "+inf", "e5", "1e", "1 ", "0x1"] {
            assert_eq!(parse_f64(bad), None, "{bad}");
        }
    }

    #[test]
    fn bases_go_both_ways() {
        for n in [0, 1, -1, 255, i64::MAX, i64::MIN] {
            for base in [2, 7, 10, 16, 36] {
                assert_eq!(from_base(&in_base(n, base), base), Some(n));
            }
        }
        assert_eq!(in_base(-255, 16), "-ff");
    }

    #[test]
    fn groups_of_three() {
        assert_eq!(grouped(1_234_567, "_"), "1_234_567");
        assert_eq!(grouped(-123, ","), "-123");
        assert_eq!(grouped(i64::MIN, ","), "-9,223,372,036,854,775,808");
    }

    #[test]
    fn rounding_to_digits() {
        assert_eq!(round_to(0.125, 2), 0.13);
        assert_eq!(round_to(-2.5, 0), -3.0);
        assert_eq!(round_to(1234.0, -2), 1200.0);
        assert_eq!(round_to(1e300, 5), 1e300);
        assert_eq!(round_to(5e-324, 400), 5e-324);
        assert_eq!(round_to(7.0, -400), 0.0);
    }

    #[test]
    fn special_floats() {
        assert_eq!(fixed(f64::NEG_INFINITY, 2), "-inf");
        assert_eq!(fixed(2.0, 3), "2.000");
        assert_eq!(scientific(1234.5, 2), "1.23e3");
    }
}
