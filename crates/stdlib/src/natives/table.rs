//! `table`: entries by key and by position.

use super::{hashes_alone, native, table_of::*};

pub(super) fn natives() -> Vec<Native> {
    vec![
        native("table.get", &[I64, I64, Dyn, Dyn], Ref, |c, a| {
            let (table, key) = (a.value(2), a.value(3));
            if hashes_alone(c, key) {
                let found = c.table_get(table, key);
                return found.and_then(|found| c.option(found)).into();
            }
            c.entry_then(table, key, &[], |c, entry| {
                let found = entry.get(c);
                c.option(found).into()
            })
        }),
        native("table.contains", &[I64, I64, Dyn, Dyn], Bool, |c, a| {
            let (table, key) = (a.value(2), a.value(3));
            if hashes_alone(c, key) {
                return c.table_find(table, key).map(|found| found.is_some()).into();
            }
            c.entry_then(table, key, &[], |c, entry| Ok(entry.get(c).is_some()).into())
        }),
        native("table.remove", &[I64, I64, Dyn, Dyn], Ref, |c, a| {
            let (table, key) = (a.value(2), a.value(3));
            if hashes_alone(c, key) {
                let removed = c.table_remove(table, key);
                return removed.and_then(|removed| c.option(removed)).into();
            }
            c.entry_then(table, key, &[], |c, entry| {
                let removed = entry.remove(c);
                removed.and_then(|removed| c.option(removed)).into()
            })
        }),
        native("table.slot", &[I64, I64, Dyn, Dyn], I64, |c, a| {
            let (table, key) = (a.value(2), a.value(3));
            if hashes_alone(c, key) {
                return c.table_find(table, key).map(|found| found.map_or(-1, |at| at as i64)).into();
            }
            Ok(-2i64).into()
        }),
        native("table.value_at", &[I64, I64, Dyn, I64], Dyn, |c, a| value_at(c, a).into()),
        native("table.set_at", &[I64, I64, Dyn, I64, Dyn, Dyn], Dyn, |c, a| set_at(c, a).into()),
        native("table.clear", &[I64, I64, Dyn], Dyn, |c, a| c.table_clear(a.value(2)).into()),
        native("table.keys", &[I64, I64, Dyn], Ref, |c, a| listed(c, a, Part::Keys).into()),
        native("table.values", &[I64, I64, Dyn], Ref, |c, a| listed(c, a, Part::Values).into()),
        native("table.entries", &[I64, I64, Dyn], Ref, |c, a| listed(c, a, Part::Entries).into()),
        native("table.copy", &[I64, I64, Dyn], Ref, |c, a| copy(c, a).into()),
        native("table.version", &[I64, I64, Dyn], I64, |c, a| version(c, a.value(2)).into()),
        native("table.next_entry", &[I64, I64, Dyn], Ref, |c, a| next_entry(c, a).into()),
    ]
}

fn value_at(c: &mut NativeContext<'_>, a: Args<'_>) -> Result<Handle, Thrown> {
    match usize::try_from(a.int(3)).ok().and_then(|at| c.table_entry(a.value(2), at)) {
        Some((_, value, next)) if next as i64 == a.int(3) + 1 => Ok(value),
        _ => Err(c.fault(FaultKind::State, "the table's keys were changed meanwhile")),
    }
}

fn set_at(c: &mut NativeContext<'_>, a: Args<'_>) -> Result<(), Thrown> {
    let (table, at, key, value) = (a.value(2), a.int(3), a.value(4), a.value(5));
    if let Ok(at) = usize::try_from(at) {
        if let Some((there, _, next)) = c.table_entry(table, at) {
            if next == at + 1 && same_key(c, there, key) {
                return c.table_set_value_at(table, at, value);
            }
        }
    }
    c.table_set(table, key, value)
}

/// Whether two keys are certainly equal: the same object, or equal text.
fn same_key(c: &NativeContext<'_>, a: Handle, b: Handle) -> bool {
    a == b && a.as_float().is_none() || c.text(a).is_some_and(|text| c.text(b) == Some(text))
}

enum Part {
    Keys,
    Values,
    Entries,
}

fn listed(c: &mut NativeContext<'_>, a: Args<'_>, part: Part) -> Result<Handle, Thrown> {
    let table = a.value(2);
    let Some(len) = c.table_len(table) else { return Err(c.fault(FaultKind::Cast, "no table")) };
    c.charge(len as u64)?;
    let ty = c.result_type(a);
    let array = c.array(ty, len)?;
    let pair = c.types().tuple(&[a.type_arg(0), a.type_arg(1)]);
    let mut at = 0;
    loop {
        let next = c.scope(|c| {
            let Some((key, value, next)) = c.table_entry(table, at) else { return Ok(None) };
            let element = match part {
                Part::Keys => key,
                Part::Values => value,
                Part::Entries => c.tuple(Some(pair), &[key, value])?,
            };
            c.array_push(array, element)?;
            Ok(Some(next))
        })?;
        match next {
            Some(next) => at = next,
            None => return Ok(array),
        }
    }
}

fn copy(c: &mut NativeContext<'_>, a: Args<'_>) -> Result<Handle, Thrown> {
    let Some(len) = c.table_len(a.value(2)) else { return Err(c.fault(FaultKind::Cast, "no table")) };
    c.charge(len as u64)?;
    let ty = c.result_type(a);
    c.table_copy(a.value(2), ty)
}

fn version(c: &mut NativeContext<'_>, table: Handle) -> Result<i64, Thrown> {
    match c.table_version(table) {
        Some(version) => Ok(version as i64),
        None => Err(c.fault(FaultKind::Cast, "no table")),
    }
}

/// Slots of `TableIter`: the table, then raw ones.
mod slot {
    pub(super) const TABLE: usize = 0;
    pub(super) const VERSION: usize = 1;
    pub(super) const AT: usize = 2;
}

fn next_entry(c: &mut NativeContext<'_>, a: Args<'_>) -> Result<Handle, Thrown> {
    let it = a.value(2);
    let table = c.record_value(it, slot::TABLE);
    let Ok(at) = usize::try_from(c.record_int(it, slot::AT)) else { return c.none() };
    if at == i64::MAX as usize {
        return c.none();
    }
    if version(c, table)? != c.record_int(it, slot::VERSION) {
        return Err(c.fault(FaultKind::State, "keys were added to the table or removed while it was walked"));
    }
    match c.table_entry(table, at) {
        Some((key, value, next)) => {
            c.set_record_int(it, slot::AT, next as i64);
            let ty = c.types().tuple(&[a.type_arg(0), a.type_arg(1)]);
            let pair = c.tuple(Some(ty), &[key, value])?;
            c.some(pair)
        }
        None => {
            c.set_record_int(it, slot::AT, i64::MAX);
            c.none()
        }
    }
}
