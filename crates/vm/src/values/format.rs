//! Numbers, bools, bytes and strings by a format specification: `{x:>8.2}`.
//!
//! The result is what Rust's `std::fmt` gives for the same specification, but that floats without precision look as
//! `to_str` and `debug` show them, that quoted strings are padded too, and that `?` of a byte is `b'a'`. Width counts
//! code points. The checker refuses most specifications that do not fit; what it cannot see is an error here.

use super::ValueError;
use super::escape;
use super::items::unpack;
use super::numbers::push_f64;
use sayso_bytecode::module::FormatSpec;
use sayso_heap::value::Unpacked;
use sayso_heap::{Heap, Value};
use std::fmt::Write as _;

/// No float has more digits behind the point.
const MAX_FRACTION: u32 = 1074;
/// No float has more digits in all.
const MAX_DIGITS: u32 = 767;

/// A value as text by a specification. The text must have room in the heap, but is not charged for.
///
/// # Errors
/// [`ValueError::NotFormattable`]; [`ValueError::Memory`], behind which a collection may help.
pub fn format(heap: &mut Heap, spec: &FormatSpec, value: Value) -> Result<String, ValueError> {
    let digits = spec.precision.unwrap_or(0) as usize;
    let width = (spec.width.unwrap_or(0) as usize).saturating_mul(spec.fill.unwrap_or(' ').len_utf8());
    let item = unpack(value);
    match item {
        Unpacked::Int(i) => {
            require(heap, width.saturating_add(digits))?;
            Ok(integer(spec, i < 0, i as u64, i.unsigned_abs()).pad(spec))
        }
        Unpacked::Byte(byte) if spec.kind == Some('?') => {
            require(heap, width)?;
            let mut out = Parts { numeric: true, ..Parts::default() };
            escape::push_byte(&mut out.body, byte);
            Ok(out.pad(&FormatSpec { zero: false, ..*spec }))
        }
        Unpacked::Byte(byte) => {
            require(heap, width.saturating_add(digits))?;
            Ok(integer(spec, false, byte.into(), byte.into()).pad(spec))
        }
        Unpacked::Float(f) => {
            require(heap, width.saturating_add(digits))?;
            Ok(float(spec, f)?.pad(spec))
        }
        Unpacked::Bool(b) => {
            require(heap, width)?;
            text(spec, if b { "true" } else { "false" }, false, "bool")
        }
        Unpacked::Object(object) if object.is_str() => {
            // SAFETY: obligation 3: it is a string; 1: it is alive, since the caller holds it.
            let string = unsafe { object.str_text() };
            let quoted = if spec.kind == Some('?') { escape::quoted_len(string) } else { string.len() };
            require(heap, width.saturating_add(quoted))?;
            text(spec, string, true, "str")
        }
        _ => Err(ValueError::NotFormattable { kind: spec.kind.unwrap_or('?'), ty: type_name(item) }),
    }
}

/// Whether the heap has room for so many bytes more, and some.
fn require(heap: &mut Heap, bytes: usize) -> Result<(), ValueError> {
    let bytes = bytes.saturating_add(64);
    heap.charge(bytes).map_err(|_| ValueError::Memory)?;
    heap.uncharge(bytes);
    Ok(())
}

fn type_name(item: Unpacked) -> &'static str {
    match item {
        Unpacked::Int(_) => "i64",
        Unpacked::Float(_) => "f64",
        Unpacked::Unit => "void",
        Unpacked::Bool(_) => "bool",
        Unpacked::Byte(_) => "byte",
        Unpacked::Symbol(_) => "symbol",
        Unpacked::Type(_) => "Type",
        Unpacked::Unset | Unpacked::Object(_) => "any",
    }
}

/// A number's pieces, between which zeros go.
#[derive(Default)]
struct Parts {
    sign: &'static str,
    prefix: &'static str,
    body: String,
    numeric: bool,
}

fn sign(spec: &FormatSpec, negative: bool) -> &'static str {
    match (negative, spec.plus) {
        (true, _) => "-",
        (false, true) => "+",
        (false, false) => "",
    }
}

/// An integer; `bits` is what hexadecimal and the like show.
fn integer(spec: &FormatSpec, negative: bool, bits: u64, magnitude: u64) -> Parts {
    let (prefix, body) = match spec.kind {
        Some('x') => ("0x", format!("{bits:x}")),
        Some('X') => ("0x", format!("{bits:X}")),
        Some('b') => ("0b", format!("{bits:b}")),
        Some('o') => ("0o", format!("{bits:o}")),
        Some('e') => (
            "",
            exponent(spec.precision, |digits| match digits {
                Some(digits) => format!("{magnitude:.digits$e}"),
                None => format!("{magnitude:e}"),
            }),
        ),
        _ => ("", magnitude.to_string()),
    };
    let signed = !matches!(spec.kind, Some('x' | 'X' | 'b' | 'o'));
    let prefix = if spec.alternate { prefix } else { "" };
    Parts { sign: sign(spec, negative && signed), prefix, body, numeric: true }
}

fn float(spec: &FormatSpec, f: f64) -> Result<Parts, ValueError> {
    if let Some(kind @ ('x' | 'X' | 'b' | 'o')) = spec.kind {
        return Err(ValueError::NotFormattable { kind, ty: "f64" });
    }
    let magnitude = f.abs();
    let mut body = String::new();
    match (spec.kind, spec.precision) {
        (Some('e'), precision) if f.is_finite() => {
            body = exponent(precision, |digits| match digits {
                Some(digits) => format!("{magnitude:.digits$e}"),
                None => format!("{magnitude:e}"),
            });
        }
        (_, Some(precision)) if f.is_finite() => {
            let digits = precision.min(MAX_FRACTION) as usize;
            // Writing to a string never fails.
            let _ = write!(body, "{magnitude:.digits$}");
            body.extend(std::iter::repeat_n('0', (precision - digits as u32) as usize));
        }
        (kind, _) => push_f64(&mut body, magnitude, kind == Some('?')),
    }
    let sign = if f.is_nan() { "" } else { sign(spec, f.is_sign_negative()) };
    Ok(Parts { sign, prefix: "", body, numeric: true })
}

/// Digits with an exponent. Of a very large precision the zeros that it adds are put in here, since `std::fmt` has a
/// bound.
fn exponent(precision: Option<u32>, write: impl Fn(Option<usize>) -> String) -> String {
    let digits = precision.map(|precision| precision.min(MAX_DIGITS));
    let mut body = write(digits.map(|digits| digits as usize));
    if let (Some(precision), Some(digits), Some(at)) = (precision, digits, body.find('e'))
        && precision > digits
    {
        body.insert_str(at, &"0".repeat((precision - digits) as usize));
    }
    body
}

/// Text, cut to the precision; with `quotes` for `?` it is quoted instead.
fn text(spec: &FormatSpec, text: &str, quotes: bool, ty: &'static str) -> Result<String, ValueError> {
    let mut parts = Parts::default();
    match spec.kind {
        Some('?') if quotes => escape::push_quoted(&mut parts.body, text),
        None | Some('?') => {
            let end = spec.precision.and_then(|most| text.char_indices().nth(most as usize));
            parts.body.push_str(end.map_or(text, |(end, _)| &text[..end]));
        }
        Some(kind) => return Err(ValueError::NotFormattable { kind, ty }),
    }
    Ok(parts.pad(spec))
}

impl Parts {
    fn pad(self, spec: &FormatSpec) -> String {
        let len = self.sign.len() + self.prefix.len() + self.body.chars().count();
        let missing = (spec.width.unwrap_or(0) as usize).saturating_sub(len);
        let zeros = if spec.zero && self.numeric { missing } else { 0 };
        let blanks = missing - zeros;
        let before = match spec.align {
            Some(-1) => 0,
            Some(0) => blanks / 2,
            Some(_) => blanks,
            None if self.numeric => blanks,
            None => 0,
        };
        if missing == 0 && self.sign.is_empty() && self.prefix.is_empty() {
            return self.body;
        }
        let fill = spec.fill.unwrap_or(' ');
        let mut out = String::with_capacity(self.body.len() + 4 + zeros + blanks * fill.len_utf8());
        out.extend(std::iter::repeat_n(fill, before));
        out.push_str(self.sign);
        out.push_str(self.prefix);
        out.extend(std::iter::repeat_n('0', zeros));
        out.push_str(&self.body);
        out.extend(std::iter::repeat_n(fill, blanks - before));
        out
    }
}
