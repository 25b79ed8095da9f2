//! `table`: entries by key and by position.

use super::{hashes_alone, native, table_of::*};

pub(super) fn natives() -> Vec<Native> {
    vec![
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
        native("table.clear", &[I64, I64, Dyn], Dyn, |c, a| c.table_clear(a.value(2)).into()),
        native("table.keys", &[I64, I64, Dyn], Ref, |c, a| listed(c, a, Part::Keys).into()),
        native("table.values", &[I64, I64, Dyn], Ref, |c, a| listed(c, a, Part::Values).into()),
        native("table.entries", &[I64, I64, Dyn], Ref, |c, a| listed(c, a, Part::Entries).into()),
        native("table.copy", &[I64, I64, Dyn], Ref, |c, a| copy(c, a).into()),
        native("table.version", &[I64, I64, Dyn], I64, |c, a| version(c, a.value(2)).into()),
        native("table.next_entry", &[I64, I64, Dyn], Ref, |c, a| next_entry(c, a).into()),
    ]
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
