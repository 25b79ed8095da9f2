//! Numbers and text as text.

use sayso_bytecode::module::FormatSpec;
use std::fmt::Write;

/// A float as `to_str` shows it: the shortest decimal that reads back, without exponent below 1e21.
pub(crate) fn float_text(f: f64, debug: bool) -> String {
    if f.is_nan() {
        return "NaN".into();
    }
    if f.is_infinite() {
        return if f > 0.0 { "inf".into() } else { "-inf".into() };
    }
    if f.abs() >= 1e21 {
        return format!("{f:e}");
    }
    let mut text = format!("{f}");
    if debug && f == f.trunc() {
        text.push_str(".0");
    }
    text
}

/// Text in quotes, with escapes.
pub(crate) fn quote(text: &str, out: &mut String) {
    out.push('"');
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\t' => out.push_str("\\t"),
            '\r' => out.push_str("\\r"),
            '\0' => out.push_str("\\0"),
            '{' => out.push_str("\\{"),
            '}' => out.push_str("\\}"),
            c if c.is_control() => {
                let _ = write!(out, "\\u{{{:x}}}", c as u32);
            }
            c => out.push(c),
        }
    }
    out.push('"');
}

/// A byte as `debug` shows it.
pub(crate) fn byte_literal(b: u8) -> String {
    match b {
        b'\'' => "b'\\''".into(),
        b'\\' => "b'\\\\'".into(),
        b'\n' => "b'\\n'".into(),
        b'\t' => "b'\\t'".into(),
        b'\r' => "b'\\r'".into(),
        0 => "b'\\0'".into(),
        0x20..=0x7e => format!("b'{}'", b as char),
        _ => format!("b'\\x{b:02x}'"),
    }
}

/// What a format is applied to.
pub(crate) enum Formatted<'a> {
    Int(i64),
    Float(f64),
    /// A byte; unsigned.
    Byte(u8),
    Text(&'a str),
}

/// A value by a format.
pub(crate) fn format(value: &Formatted<'_>, spec: &FormatSpec) -> String {
    let (sign, prefix, digits, numeric) = match value {
        Formatted::Int(i) => integer(*i, i.unsigned_abs(), spec),
        Formatted::Byte(b) => integer(i64::from(*b), u64::from(*b), spec),
        Formatted::Float(f) => float(*f, spec),
        Formatted::Text(text) => {
            let text = match spec.precision {
                Some(most) => text.chars().take(most as usize).collect(),
                None => (*text).to_string(),
            };
            ("", "", text, false)
        }
    };
    pad(sign, prefix, &digits, numeric, spec)
}

fn integer(i: i64, magnitude: u64, spec: &FormatSpec) -> (&'static str, &'static str, String, bool) {
    // In other bases negative numbers are shown by their bits, as Rust does.
    let bits = i as u64;
    let based = |prefix: &'static str, digits: String| ("", if spec.alternate { prefix } else { "" }, digits, true);
    match spec.kind {
        Some('x') => based("0x", format!("{bits:x}")),
        Some('X') => based("0x", format!("{bits:X}")),
        Some('b') => based("0b", format!("{bits:b}")),
        Some('o') => based("0o", format!("{bits:o}")),
        Some('e') => {
            let text = match spec.precision {
                Some(digits) => format!("{:.*e}", digits as usize, magnitude),
                None => format!("{magnitude:e}"),
            };
            (sign(i < 0, spec), "", text, true)
        }
        _ if spec.precision.is_some() => float(i as f64, spec),
        _ => (sign(i < 0, spec), "", magnitude.to_string(), true),
    }
}

fn float(f: f64, spec: &FormatSpec) -> (&'static str, &'static str, String, bool) {
    let negative = f.is_sign_negative() && !f.is_nan();
    let magnitude = if f.is_nan() { f } else { f.abs() };
    let text = match (spec.kind, spec.precision) {
        _ if !f.is_finite() => float_text(magnitude, false),
        (Some('e'), Some(digits)) => format!("{:.*e}", digits as usize, magnitude),
        (Some('e'), None) => format!("{magnitude:e}"),
        (_, Some(digits)) => format!("{:.*}", digits as usize, magnitude),
        (kind, None) => float_text(magnitude, kind == Some('?')),
    };
    (sign(negative, spec), "", text, f.is_finite())
}

fn sign(negative: bool, spec: &FormatSpec) -> &'static str {
    if negative {
        "-"
    } else if spec.plus {
        "+"
    } else {
        ""
    }
}

fn pad(sign: &str, prefix: &str, digits: &str, numeric: bool, spec: &FormatSpec) -> String {
    let len = sign.len() + prefix.len() + digits.chars().count();
    let missing = (spec.width.unwrap_or(0) as usize).saturating_sub(len);
    if missing == 0 {
        return format!("{sign}{prefix}{digits}");
    }
    if spec.zero && numeric {
        return format!("{sign}{prefix}{}{digits}", "0".repeat(missing));
    }
    let fill = spec.fill.unwrap_or(' ');
    let before = match spec.align {
        Some(-1) => 0,
        Some(0) => missing / 2,
        Some(_) => missing,
        None if numeric || matches!(digits, "NaN" | "inf") => missing,
        None => 0,
    };
    let mut out = String::with_capacity(len + missing * fill.len_utf8());
    out.extend(std::iter::repeat_n(fill, before));
    out.push_str(sign);
    out.push_str(prefix);
    out.push_str(digits);
    out.extend(std::iter::repeat_n(fill, missing - before));
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn floats_are_shown_short_and_without_exponent() {
        let shown = |f| float_text(f, false);
        assert_eq!(shown(1.0), "1");
        assert_eq!(shown(-0.0), "-0");
        assert_eq!(shown(0.1), "0.1");
        assert_eq!(shown(1e-7), "0.0000001");
        assert_eq!(shown(1e20), "100000000000000000000");
        assert_eq!(shown(1e21), "1e21");
        assert_eq!(shown(f64::NAN), "NaN");
        assert_eq!(shown(f64::NEG_INFINITY), "-inf");
        assert_eq!(float_text(2.0, true), "2.0");
        assert_eq!(float_text(1e300, true), "1e300");
    }

    #[test]
    fn formats_follow_rust() {
        let spec = FormatSpec { width: Some(6), ..FormatSpec::default() };
        assert_eq!(format(&Formatted::Int(42), &spec), "    42");
        assert_eq!(format(&Formatted::Text("ab"), &spec), "ab    ");
        let zero = FormatSpec { zero: true, precision: Some(2), ..spec };
        assert_eq!(format(&Formatted::Float(-1.5), &zero), "-01.50");
        let hex = FormatSpec { kind: Some('x'), alternate: true, zero: true, ..spec };
        assert_eq!(format(&Formatted::Int(255), &hex), "0x00ff");
        let exponent = FormatSpec { kind: Some('e'), ..FormatSpec::default() };
        assert_eq!(format(&Formatted::Float(1234.5), &exponent), "1.2345e3");
    }
}
