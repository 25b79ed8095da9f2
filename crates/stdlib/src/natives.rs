//! The natives: one file for each module that has some.
//!
//! Parameters that are objects are declared of class `dyn`, which takes references too; type arguments come first. All
//! work that grows with the arguments is charged, and so is memory before it is taken. Nothing here panics: what cannot
//! be is a fault.

mod array;
mod core;
mod env;
mod file;
mod fmt;
mod fs;
mod io;
mod json;
mod math;
mod reflect;
mod str;
mod table;

use sayso_vm::{Args, Handle, Native, NativeContext, NativeResult, Thrown};
use sayso_vm::{Class, FaultKind};

/// All natives of the library.
pub fn natives() -> Vec<Native> {
    let mut all = Vec::new();
    for part in [
        array::natives,
        core::natives,
        env::natives,
        fmt::natives,
        fs::natives,
        io::natives,
        json::natives,
        math::natives,
        reflect::natives,
        str::natives,
        table::natives,
    ] {
        all.extend(part());
    }
    all
}

/// Short names for the tables of natives.
mod table_of {
    pub(super) use sayso_vm::Class::{Bool, Dyn, F64, I64, Ref};
    pub(super) use sayso_vm::FaultKind;
    pub(super) use sayso_vm::{Args, Handle, Native, NativeContext, NativeResult, Thrown};
}

/// How many bytes are worth one unit of fuel.
const BYTES_PER_UNIT: usize = 8;

/// Charges for work on so many bytes.
fn charge_bytes(context: &mut NativeContext<'_>, bytes: usize) -> Result<(), Thrown> {
    context.charge((bytes / BYTES_PER_UNIT) as u64)
}

/// The fault of an argument that makes no sense.
fn value_error<T>(context: &mut NativeContext<'_>, message: impl Into<String>) -> Result<T, Thrown> {
    Err(context.fault(FaultKind::Value, message))
}

/// The fault of an index or a part out of bounds.
fn index_error<T>(context: &mut NativeContext<'_>, message: impl Into<String>) -> Result<T, Thrown> {
    Err(context.fault(FaultKind::Index, message))
}

/// The bounds that a range cuts out of something of this length, start before end.
fn part_of(context: &mut NativeContext<'_>, range: Handle, len: i64) -> Result<(i64, i64), Thrown> {
    let Some((start, end, inclusive)) = context.range_parts(range) else {
        return Err(context.fault(FaultKind::Cast, "a part must be a range"));
    };
    let from = start.unwrap_or(0);
    let to = match end {
        Some(end) if inclusive => end.checked_add(1),
        Some(end) => Some(end),
        None => Some(len),
    };
    match to {
        Some(to) if 0 <= from && from <= to && to <= len => Ok((from, to)),
        _ => {
            let mut shown = String::new();
            if let Some(start) = start {
                shown.push_str(&start.to_string());
            }
            shown.push_str(if inclusive { "..=" } else { ".." });
            if let Some(end) = end {
                shown.push_str(&end.to_string());
            }
            index_error(context, format!("the part {shown} is out of bounds: the length is {len}"))
        }
    }
}

/// The places of functions that a program may specialise, as the machine counts them.
mod hook {
    pub(super) const EQUAL: usize = 2;
    pub(super) const LESS: usize = 3;
    pub(super) const HASH: usize = 4;
}

/// Whether the machine hashes and compares a value by itself: it is immediate, a number or text, or the program has no
/// `hash` and `equal?` of its own.
fn hashes_alone(context: &NativeContext<'_>, value: Handle) -> bool {
    !value.value().is_object()
        || value.as_int().is_some()
        || context.text(value).is_some()
        || !(context.specialised(hook::EQUAL) || context.specialised(hook::HASH))
}

/// A `str?`.
fn optional_text(context: &mut NativeContext<'_>, text: Option<&str>) -> Result<Handle, Thrown> {
    match text {
        Some(text) => {
            let text = context.str(text)?;
            context.some(text)
        }
        None => context.none(),
    }
}

/// An `i64?`.
fn optional_int(context: &mut NativeContext<'_>, int: Option<i64>) -> Result<Handle, Thrown> {
    match int {
        Some(int) => {
            let int = context.int(int)?;
            context.some(int)
        }
        None => context.none(),
    }
}

/// A native that only computes.
const fn native(
    key: &'static str,
    params: &'static [Class],
    result: Class,
    function: for<'a> fn(&mut NativeContext<'a>, Args<'a>) -> NativeResult,
) -> Native {
    Native::new(key, params, result, function)
}
