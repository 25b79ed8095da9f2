//! `str`: text by code points and bytes.

use super::{charge_bytes, index_error, native, optional_int, optional_text, part_of, table_of::*, value_error};
use crate::plain::text::{self, Step};

pub(super) fn natives() -> Vec<Native> {
    vec![
        native("str.contains", &[Dyn, Dyn], Bool, |c, a| two(c, a, |text, part| text.contains(part)).into()),
        native("str.starts_with", &[Dyn, Dyn], Bool, |c, a| two(c, a, |text, part| text.starts_with(part)).into()),
        native("str.ends_with", &[Dyn, Dyn], Bool, |c, a| two(c, a, |text, part| text.ends_with(part)).into()),
        native("str.find", &[Dyn, Dyn], Ref, |c, a| {
            let found = two(c, a, text::find);
            found.and_then(|found| optional_int(c, found.map(|at| at as i64))).into()
        }),
        native("str.find_last", &[Dyn, Dyn], Ref, |c, a| {
            let found = two(c, a, text::find_last);
            found.and_then(|found| optional_int(c, found.map(|at| at as i64))).into()
        }),
        native("str.byte_find", &[Dyn, Dyn, I64], I64, |c, a| byte_find(c, a).into()),
        native("str.next_char", &[Dyn], Ref, |c, a| walk(c, a, text::next_char).into()),
        native("str.next_line", &[Dyn], Ref, |c, a| walk(c, a, text::next_line).into()),
        native("str.next_word", &[Dyn], Ref, |c, a| walk(c, a, text::next_word).into()),
        native("str.next_part", &[Dyn], Ref, |c, a| next_part(c, a).into()),
        native("str.bytes", &[Dyn], Ref, |c, a| bytes(c, a).into()),
        native("str.code_points", &[Dyn], Ref, |c, a| code_points(c, a).into()),
        native("str.byte_len", &[Dyn], I64, |c, a| a.text(c, 0).map(|text| text.len() as i64).into()),
        native("str.slice", &[Dyn, Dyn], Ref, |c, a| slice(c, a).into()),
        native("str.byte_slice", &[Dyn, Dyn], Ref, |c, a| byte_slice(c, a).into()),
        native("str.bad_utf8", &[Dyn], I64, |c, a| bad_utf8(c, a).into()),
        native("str.from_utf8", &[Dyn], Ref, |c, a| from_utf8(c, a).into()),
        native("str.char_of", &[I64], Ref, |c, a| char_of(c, a).into()),
        native("str.replace", &[Dyn, Dyn, Dyn], Ref, |c, a| replace(c, a).into()),
        native("str.trim", &[Dyn], Ref, |c, a| trim(c, a, str::trim).into()),
        native("str.trim_start", &[Dyn], Ref, |c, a| trim(c, a, str::trim_start).into()),
        native("str.trim_end", &[Dyn], Ref, |c, a| trim(c, a, str::trim_end).into()),
        native("str.repeat", &[Dyn, I64], Ref, |c, a| repeat(c, a).into()),
        native("str.to_upper", &[Dyn], Ref, |c, a| changed(c, a, 3, str::to_uppercase).into()),
        native("str.to_lower", &[Dyn], Ref, |c, a| changed(c, a, 3, str::to_lowercase).into()),
        native("str.reverse", &[Dyn], Ref, |c, a| changed(c, a, 1, |text| text.chars().rev().collect()).into()),
        native("str.join", &[Dyn, Dyn], Ref, |c, a| join(c, a).into()),
        native("str.letters", &[Dyn], Bool, |c, a| all(c, a, char::is_alphabetic).into()),
        native("str.digits", &[Dyn], Bool, |c, a| all(c, a, |c| c.is_ascii_digit()).into()),
        native("str.space", &[Dyn], Bool, |c, a| all(c, a, char::is_whitespace).into()),
        native("str.upper", &[Dyn], Bool, |c, a| one(c, a, |text| text::in_case(text, true)).into()),
        native("str.lower", &[Dyn], Bool, |c, a| one(c, a, |text| text::in_case(text, false)).into()),
        native("str.ascii", &[Dyn], Bool, |c, a| one(c, a, str::is_ascii).into()),
    ]
}

/// Something found out about a text.
fn one<T>(c: &mut NativeContext<'_>, a: Args<'_>, question: impl FnOnce(&str) -> T) -> Result<T, Thrown> {
    let text = a.text(c, 0)?;
    charge_bytes(c, text.len())?;
    Ok(question(text))
}

/// Something found out about a text and a part.
fn two<T>(c: &mut NativeContext<'_>, a: Args<'_>, question: impl FnOnce(&str, &str) -> T) -> Result<T, Thrown> {
    let (text, part) = (a.text(c, 0)?, a.text(c, 1)?);
    charge_bytes(c, text.len())?;
    Ok(question(text, part))
}

/// Whether there are characters, all of this kind.
fn all(c: &mut NativeContext<'_>, a: Args<'_>, kind: fn(char) -> bool) -> Result<bool, Thrown> {
    one(c, a, |text| !text.is_empty() && text.chars().all(kind))
}

fn byte_find(c: &mut NativeContext<'_>, a: Args<'_>) -> Result<i64, Thrown> {
    let (text, part) = (a.text(c, 0)?, a.text(c, 1)?);
    let Some((from, rest)) = usize::try_from(a.int(2)).ok().and_then(|from| Some((from, text.get(from..)?))) else {
        return Ok(-1);
    };
    let found = rest.find(part);
    charge_bytes(c, found.unwrap_or(rest.len()))?;
    Ok(found.map_or(-1, |at| (from + at) as i64))
}

// ---- iterators: records of the text (and the separator), then the byte where to go on

fn walk(c: &mut NativeContext<'_>, a: Args<'_>, step: fn(&str, usize) -> Option<Step>) -> Result<Handle, Thrown> {
    advance(c, a.value(0), 1, |text, _, at| step(text, at))
}

fn next_part(c: &mut NativeContext<'_>, a: Args<'_>) -> Result<Handle, Thrown> {
    advance(c, a.value(0), 2, text::next_part)
}

/// `slot` is that of the byte, behind the references.
fn advance(
    c: &mut NativeContext<'_>,
    it: Handle,
    slot: usize,
    step: impl FnOnce(&str, &str, usize) -> Option<Step>,
) -> Result<Handle, Thrown> {
    let Ok(at) = usize::try_from(c.record_int(it, slot)) else { return c.none() };
    let string = c.record_value(it, 0);
    let separator = c.record_value(it, slot - 1);
    let found = match (c.text(string), c.text(separator)) {
        (Some(text), Some(separator)) => step(text, separator, at),
        _ => None,
    };
    match found {
        Some(Step { start, end, next }) => {
            charge_bytes(c, next.saturating_sub(at))?;
            c.set_record_int(it, slot, next as i64);
            let part = c.str_part(string, start, end)?;
            c.some(part)
        }
        None => c.none(),
    }
}

// ---- bytes and code points

fn bytes(c: &mut NativeContext<'_>, a: Args<'_>) -> Result<Handle, Thrown> {
    let text = a.text(c, 0)?;
    charge_bytes(c, text.len())?;
    c.byte_array(text.as_bytes())
}

fn code_points(c: &mut NativeContext<'_>, a: Args<'_>) -> Result<Handle, Thrown> {
    let text = a.text(c, 0)?;
    c.charge(text.len() as u64)?;
    c.room(text.len().saturating_mul(16))?;
    let codes: Vec<i64> = text.chars().map(|c| i64::from(u32::from(c))).collect();
    c.int_array(&codes)
}

fn slice(c: &mut NativeContext<'_>, a: Args<'_>) -> Result<Handle, Thrown> {
    let text = a.text(c, 0)?;
    let len = if text.is_ascii() { text.len() } else { text.chars().count() };
    let (start, end) = part_of(c, a.value(1), len as i64)?;
    charge_bytes(c, text.len())?;
    match text::slice(text, start as usize, end as usize) {
        Some((from, to)) => c.str_part(a.value(0), from, to),
        None => index_error(c, format!("the part {start}..{end} is out of bounds: the length is {len}")),
    }
}

fn byte_slice(c: &mut NativeContext<'_>, a: Args<'_>) -> Result<Handle, Thrown> {
    let text = a.text(c, 0)?;
    let (start, end) = part_of(c, a.value(1), text.len() as i64)?;
    for at in [start, end] {
        if !text.is_char_boundary(at as usize) {
            return index_error(c, format!("byte {at} is inside a character"));
        }
    }
    c.str_part(a.value(0), start as usize, end as usize)
}

/// The bytes of any sequence of bytes.
fn collected(c: &mut NativeContext<'_>, sequence: Handle) -> Result<Vec<u8>, Thrown> {
    if let Some(len) = c.array_len(sequence) {
        charge_bytes(c, len)?;
        c.room(len)?;
        if let Some(bytes) = c.bytes(sequence) {
            return Ok(bytes);
        }
    }
    let len = c.seq_len(sequence)?;
    c.charge(len.unsigned_abs())?;
    c.room(usize::try_from(len).unwrap_or(usize::MAX))?;
    let mut bytes = Vec::new();
    for index in 0..len {
        let value = c.scope(|c| c.seq_get(sequence, index))?;
        if !value.value().is_byte() {
            return Err(c.fault(FaultKind::Cast, format!("element {index} is no byte")));
        }
        bytes.push(value.value().payload() as u8);
    }
    Ok(bytes)
}

fn bad_utf8(c: &mut NativeContext<'_>, a: Args<'_>) -> Result<i64, Thrown> {
    let bytes = collected(c, a.value(0))?;
    Ok(match std::str::from_utf8(&bytes) {
        Ok(_) => -1,
        Err(error) => error.valid_up_to() as i64,
    })
}

fn from_utf8(c: &mut NativeContext<'_>, a: Args<'_>) -> Result<Handle, Thrown> {
    let bytes = collected(c, a.value(0))?;
    match std::str::from_utf8(&bytes) {
        Ok(text) => c.str(text),
        Err(error) => value_error(c, format!("not UTF-8 from byte {}", error.valid_up_to())),
    }
}

fn char_of(c: &mut NativeContext<'_>, a: Args<'_>) -> Result<Handle, Thrown> {
    match u32::try_from(a.int(0)).ok().and_then(char::from_u32) {
        Some(char) => optional_text(c, Some(char.encode_utf8(&mut [0; 4]))),
        None => c.none(),
    }
}

// ---- changed text

fn replace(c: &mut NativeContext<'_>, a: Args<'_>) -> Result<Handle, Thrown> {
    let (text, part, other) = (a.text(c, 0)?, a.text(c, 1)?, a.text(c, 2)?);
    charge_bytes(c, text.len())?;
    let len = text::replaced_len(text, part, other).unwrap_or(usize::MAX);
    if !part.is_empty() && !text.contains(part) {
        return Ok(a.value(0));
    }
    charge_bytes(c, len)?;
    c.room(len.saturating_mul(2))?;
    c.str(&text.replace(part, other))
}

fn trim(c: &mut NativeContext<'_>, a: Args<'_>, trimmed: fn(&str) -> &str) -> Result<Handle, Thrown> {
    let text = a.text(c, 0)?;
    let part = trimmed(text);
    charge_bytes(c, text.len() - part.len())?;
    // A trimmed text is a part of the text: where it begins follows from where its end is left.
    let start = part.as_ptr().addr() - text.as_ptr().addr();
    c.str_part(a.value(0), start, start + part.len())
}

fn repeat(c: &mut NativeContext<'_>, a: Args<'_>) -> Result<Handle, Thrown> {
    let text = a.text(c, 0)?;
    let Ok(times) = usize::try_from(a.int(1)) else {
        return value_error(c, format!("cannot repeat a text {} times", a.int(1)));
    };
    if times == 1 {
        return Ok(a.value(0));
    }
    let len = text.len().saturating_mul(times);
    c.room(len.saturating_mul(2))?;
    charge_bytes(c, len)?;
    c.str(&text.repeat(times))
}

/// A text made of a text, at most `growth` times as long.
fn changed(
    c: &mut NativeContext<'_>,
    a: Args<'_>,
    growth: usize,
    change: fn(&str) -> String,
) -> Result<Handle, Thrown> {
    let text = a.text(c, 0)?;
    c.charge(text.len() as u64)?;
    c.room(text.len().saturating_mul(growth * 2))?;
    c.str(&change(text))
}

fn join(c: &mut NativeContext<'_>, a: Args<'_>) -> Result<Handle, Thrown> {
    let (parts, separator) = (a.value(0), a.text(c, 1)?);
    let Some(count) = c.array_len(parts) else { return Err(c.fault(FaultKind::Cast, "no array")) };
    c.charge(count as u64)?;
    let mut len = separator.len().saturating_mul(count.saturating_sub(1));
    for index in 0..count {
        len = len.saturating_add(c.scope(|c| {
            let part = c.array_get(parts, index)?;
            Ok(part.and_then(|part| c.text(part)).map_or(0, str::len))
        })?);
    }
    charge_bytes(c, len)?;
    c.room(len.saturating_mul(2))?;
    let mut joined = String::with_capacity(len);
    for index in 0..count {
        if index > 0 {
            joined.push_str(separator);
        }
        c.scope(|c| {
            if let Some(part) = c.array_get(parts, index)? {
                joined.push_str(c.text(part).unwrap_or(""));
            }
            Ok(())
        })?;
    }
    c.str(&joined)
}
