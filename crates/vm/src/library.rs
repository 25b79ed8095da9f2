//! What natives of the library need beyond values and collections as a whole: parts of strings, slots of records,
//! positions in tables, room for what is built outside the heap.

use crate::errors::Thrown;
use crate::native::{Handle, NativeContext};
use sayso_bytecode::FaultKind;
use sayso_heap::{Kind, Value};
use sayso_types::TypeId;

impl NativeContext<'_> {
    /// The bytes `start..end` of a string as a string that may share its memory. An `IndexError` unless both are
    /// boundaries of characters in it.
    pub fn str_part(&mut self, string: Handle, start: usize, end: usize) -> Result<Handle, Thrown> {
        let object = match string.object().filter(|object| object.is_str()) {
            Some(object) if self.text(string).is_some_and(|text| text.get(start..end).is_some()) => object,
            _ => return Err(self.fault(FaultKind::Index, format!("bytes {start}..{end} are no part of the text"))),
        };
        let part = self.context.alloc(|heap| heap.str_slice(object, start, end))?;
        Ok(self.keep(Value::object(part)))
    }

    /// Ends the run by its limit unless so many bytes are free: for what is built outside the heap. Nothing is held.
    pub fn room(&mut self, bytes: usize) -> Result<(), Thrown> {
        let fits = |heap: &sayso_heap::Heap| heap.committed().checked_add(bytes).is_some_and(|sum| sum <= heap.limit());
        if fits(&self.context.heap) {
            return Ok(());
        }
        self.context.collect(true);
        if fits(&self.context.heap) { Ok(()) } else { Err(self.context.out_of_memory()) }
    }

    /// Whether the program specialises `to_str`, `debug`, `equal?`, `less?` or `hash` (0 to 4, as in
    /// [`sayso_bytecode::Module::hooks`]).
    pub fn specialised(&self, hook: usize) -> bool {
        self.context.program.module().hooks.get(hook).is_some_and(Option::is_some)
    }

    /// A raw slot of a record as an integer; 0 if there is none.
    pub fn record_int(&self, record: Handle, slot: usize) -> i64 {
        let object = record.object().filter(|object| object.is(Kind::Record) && slot >= object.ref_count());
        object.map_or(0, |object| object.raw_slot(slot) as i64)
    }
    /// Sets a raw slot of a record that holds an integer.
    pub fn set_record_int(&mut self, record: Handle, slot: usize, value: i64) {
        if let Some(object) = record.object().filter(|object| object.is(Kind::Record)) {
            object.set_raw_slot(slot, value as u64);
        }
    }
    /// A reference slot of a record; `()` if there is none.
    pub fn record_value(&mut self, record: Handle, slot: usize) -> Handle {
        let value = record.object().filter(|object| object.is(Kind::Record)).and_then(|object| object.ref_slot(slot));
        self.keep(value.unwrap_or(Value::UNIT))
    }

    /// The position of a key in a table.
    pub fn table_find(&mut self, table: Handle, key: Handle) -> Result<Option<usize>, Thrown> {
        let table = self.context.table_of(table.value())?;
        Ok(self.context.table_position(table, key.value())?.1)
    }
    /// A copy of a table, of this type.
    pub fn table_copy(&mut self, table: Handle, ty: TypeId) -> Result<Handle, Thrown> {
        let table = self.context.table_of(table.value())?;
        let copy = self.context.alloc(|heap| heap.copy_table(table, ty.0))?;
        Ok(self.keep(Value::object(copy)))
    }
}
