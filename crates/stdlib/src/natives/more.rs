//! What the natives need of a context, from what every context offers: slower than the machine's own ways, which take
//! precedence where they exist.

use super::table_of::*;
use sayso_types::TypeId;

/// See the module.
pub(super) trait More {
    /// The bytes `start..end` of a string.
    fn str_part(&mut self, string: Handle, start: usize, end: usize) -> Result<Handle, Thrown>;
    /// Fails unless so many bytes are free.
    fn room(&mut self, bytes: usize) -> Result<(), Thrown>;
    /// Whether the program specialises `to_str`, `debug`, `equal?`, `less?` or `hash` (0 to 4).
    fn specialised(&self, hook: usize) -> bool;
    /// A raw slot of a record as an integer.
    fn record_int(&mut self, record: Handle, slot: usize) -> i64;
    /// Sets a raw slot of a record.
    fn set_record_int(&mut self, record: Handle, slot: usize, value: i64);
    /// A reference slot of a record.
    fn record_value(&mut self, record: Handle, slot: usize) -> Handle;
    /// The position of a key in a table.
    fn table_find(&mut self, table: Handle, key: Handle) -> Result<Option<usize>, Thrown>;
    /// Replaces the value at a position.
    fn table_set_value_at(&mut self, table: Handle, position: usize, value: Handle) -> Result<(), Thrown>;
    /// A copy of a table.
    fn table_copy(&mut self, table: Handle, ty: TypeId) -> Result<Handle, Thrown>;
}

impl More for NativeContext<'_> {
    fn str_part(&mut self, string: Handle, start: usize, end: usize) -> Result<Handle, Thrown> {
        match self.text(string).and_then(|text| text.get(start..end)).map(str::to_owned) {
            Some(part) => self.str(&part),
            None => Err(self.fault(FaultKind::Index, format!("bytes {start}..{end} are no part of the text"))),
        }
    }
    fn room(&mut self, bytes: usize) -> Result<(), Thrown> {
        if bytes > 1 << 32 { Err(self.fault(FaultKind::Value, "the result would be too large")) } else { Ok(()) }
    }
    fn specialised(&self, _hook: usize) -> bool {
        true
    }
    fn record_int(&mut self, record: Handle, slot: usize) -> i64 {
        record.value().as_object().map_or(0, |object| object.raw_slot(slot) as i64)
    }
    fn set_record_int(&mut self, record: Handle, slot: usize, value: i64) {
        if let Some(object) = record.value().as_object() {
            object.set_raw_slot(slot, value as u64);
        }
    }
    fn record_value(&mut self, record: Handle, slot: usize) -> Handle {
        self.slot(record, slot).ok().flatten().unwrap_or(Handle::UNIT)
    }
    fn table_find(&mut self, table: Handle, key: Handle) -> Result<Option<usize>, Thrown> {
        if self.table_get(table, key)?.is_none() {
            return Ok(None);
        }
        let mut at = 0;
        while let Some((own, _, next)) = self.table_entry(table, at) {
            if self.equal(own, key)? {
                return Ok(Some(next - 1));
            }
            at = next;
        }
        Ok(None)
    }
    fn table_set_value_at(&mut self, table: Handle, position: usize, value: Handle) -> Result<(), Thrown> {
        match self.table_entry(table, position) {
            Some((key, _, _)) => self.table_set(table, key, value),
            None => Ok(()),
        }
    }
    fn table_copy(&mut self, table: Handle, ty: TypeId) -> Result<Handle, Thrown> {
        let copy = self.table(ty, self.table_len(table).unwrap_or(0))?;
        let mut at = 0;
        while let Some((key, value, next)) = self.table_entry(table, at) {
            self.table_set(copy, key, value)?;
            at = next;
        }
        Ok(copy)
    }
}
