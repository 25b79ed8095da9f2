//! `core`: faults, hashes, numbers read from text, ranges, generators.

use super::{hashes_alone, native, optional_int, table_of::*, value_error};
use crate::plain::number;

pub(super) fn natives() -> Vec<Native> {
    vec![
        native("core.panic", &[Dyn], Dyn, |c, a| raise(c, a, FaultKind::Error)),
        native("core.assert_failed", &[Dyn], Dyn, |c, a| raise(c, a, FaultKind::Assert)),
        native("core.fault", &[Dyn, Dyn], Dyn, |c, a| {
            let thrown = match (a.text(c, 0), a.text(c, 1)) {
                (Ok(class), Ok(message)) => c.fault_named(class, message),
                (Err(thrown), _) | (_, Err(thrown)) => thrown,
            };
            NativeResult::Throw(thrown)
        }),
        native("core.hash", &[Dyn], I64, |c, a| match hashes_alone(c, a.value(0)) {
            true => c.hash(a.value(0)).into(),
            false => c.hash_then(a.value(0), &[], |_, hash| Ok(hash).into()),
        }),
        native("core.parse_i64", &[Dyn], Ref, |c, a| parse_i64(c, a).into()),
        native("core.parse_f64", &[Dyn], Ref, |c, a| parse_f64(c, a).into()),
        native("core.digits", &[Dyn], Bool, |c, a| a.text(c, 0).map(number::is_integer).into()),
        native("core.range_contains", &[Dyn, Dyn], Bool, |c, a| {
            let whole = match (a.value(1).as_int(), a.value(1).as_float()) {
                (Some(int), _) => Some(int),
                (None, Some(float)) => number::exact_int(float),
                (None, None) => None,
            };
            match whole {
                Some(int) => contains(c, a.value(0), int).into(),
                None => Ok(false).into(),
            }
        }),
        native("core.range_contains_i64", &[Dyn, I64], Bool, |c, a| contains(c, a.value(0), a.int(1)).into()),
        native("core.range_first", &[Dyn], I64, |c, a| bounds(c, a.value(0)).map(|(first, _)| first).into()),
        native("core.range_last", &[Dyn], I64, |c, a| bounds(c, a.value(0)).map(|(_, last)| last).into()),
        native("core.generator_next", &[I64, Dyn], Ref, |_, a| NativeResult::Next(a.value(1))),
        native("core.generator_close", &[Dyn], Dyn, |_, a| NativeResult::Close(a.value(0))),
    ]
}

fn raise(c: &mut NativeContext<'_>, a: Args<'_>, kind: FaultKind) -> NativeResult {
    NativeResult::Throw(match a.text(c, 0) {
        Ok(message) => c.fault(kind, message),
        Err(thrown) => thrown,
    })
}

fn parse_i64(c: &mut NativeContext<'_>, a: Args<'_>) -> Result<Handle, Thrown> {
    let value = number::parse_i64(a.text(c, 0)?);
    optional_int(c, value)
}

fn parse_f64(c: &mut NativeContext<'_>, a: Args<'_>) -> Result<Handle, Thrown> {
    let text = a.text(c, 0)?;
    c.charge(text.len() as u64)?;
    let value = number::parse_f64(text).map(Handle::float);
    c.option(value)
}

fn contains(c: &mut NativeContext<'_>, range: Handle, int: i64) -> Result<bool, Thrown> {
    let Some((start, end, inclusive)) = c.range_parts(range) else {
        return Err(c.fault(FaultKind::Cast, "no range"));
    };
    let before_end = end.is_none_or(|end| if inclusive { int <= end } else { int < end });
    Ok(start.is_none_or(|start| start <= int) && before_end)
}

/// The first and the last integer; the last is smaller if there is none.
fn bounds(c: &mut NativeContext<'_>, range: Handle) -> Result<(i64, i64), Thrown> {
    let Some((start, end, inclusive)) = c.range_parts(range) else {
        return Err(c.fault(FaultKind::Cast, "no range"));
    };
    let Some(first) = start else {
        return value_error(c, "a range without a start cannot be walked");
    };
    let last = match end {
        None => Some(i64::MAX),
        Some(end) if inclusive => Some(end),
        Some(end) => end.checked_sub(1),
    };
    Ok(match last {
        Some(last) => (first, last),
        None => (1, 0),
    })
}
