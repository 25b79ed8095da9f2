//! Arrays, ranges as sequences, and tables: what is behind the fast paths of their instructions, and what natives use.

use crate::context::Context;
use crate::errors::Thrown;
use crate::structural::Found;
use sayso_bytecode::{Class, FaultKind};
use sayso_heap::object::{FIXED, FROZEN};
use sayso_heap::{Kind, Ref, Value, table};
use sayso_types::{TypeId, TypeKind};

/// Places that a search in a table looks at without a charge. Tables are at most 13/16 full: even then hardly any
/// search looks at so many, unless keys were made to collide.
pub(crate) const FREE_STEPS: u64 = 128;

/// The class of elements of arrays of a kind.
pub(crate) fn element_class(kind: Kind) -> Class {
    match kind {
        Kind::ArrayI64 => Class::I64,
        Kind::ArrayF64 => Class::F64,
        Kind::ArrayBool => Class::Bool,
        Kind::ArrayByte => Class::Byte,
        _ => Class::Dyn,
    }
}

impl Context {
    /// The kind of arrays of a type.
    pub(crate) fn array_kind(&mut self, ty: TypeId) -> Result<Kind, Thrown> {
        let element = match self.types.store.kind(ty) {
            TypeKind::Array(element) | TypeKind::FixedArray(element, _) => *element,
            _ => {
                let shown = self.shown_type(ty);
                return Err(self.fault(FaultKind::Cast, format!("`{shown}` is no array type")));
            }
        };
        Ok(match element {
            TypeId::I64 => Kind::ArrayI64,
            TypeId::F64 => Kind::ArrayF64,
            TypeId::BOOL => Kind::ArrayBool,
            TypeId::BYTE => Kind::ArrayByte,
            _ => Kind::ArrayDyn,
        })
    }

    /// An empty array of a type.
    pub(crate) fn new_array(&mut self, ty: TypeId, capacity: usize) -> Result<Ref, Thrown> {
        let kind = self.array_kind(ty)?;
        self.alloc(|heap| heap.new_array(kind, ty.0, capacity))
    }

    /// An element of an array as a dynamic value; the index must be in range.
    pub(crate) fn array_value(&mut self, array: Ref, index: usize) -> Result<Value, Thrown> {
        let bits = array.array_raw(index).unwrap_or(0);
        self.box_slot(element_class(array.kind()), bits)
    }

    pub(crate) fn index_fault(&mut self, index: i64, len: usize) -> Thrown {
        self.fault(FaultKind::Index, format!("index {index} is out of bounds: the length is {len}"))
    }

    fn no_sequence(&mut self, value: Value) -> Thrown {
        let found = self.shown_type_of(value);
        self.fault(FaultKind::Cast, format!("a value of type `{found}` is no sequence"))
    }

    /// The first element of a range and how many there are.
    fn range_extent(&mut self, range: Ref) -> Result<(i64, i128), Thrown> {
        let (Some(start), end) = range.range_bounds() else {
            return Err(self.fault(FaultKind::Value, "a range without a start has no elements"));
        };
        let end = match end {
            Some(end) => i128::from(end) + i128::from(range.range_inclusive()),
            None => i128::from(i64::MAX) + 1,
        };
        Ok((start, (end - i128::from(start)).max(0)))
    }

    /// The length of any sequence.
    pub(crate) fn seq_len(&mut self, value: Value) -> Result<i64, Thrown> {
        match value.as_object() {
            Some(object) if object.kind().is_array() => Ok(object.array_len() as i64),
            Some(object) if object.is(Kind::Range) => {
                let (_, len) = self.range_extent(object)?;
                i64::try_from(len)
                    .map_err(|_| self.fault(FaultKind::Overflow, "overflow: the range has too many elements"))
            }
            _ => Err(self.no_sequence(value)),
        }
    }

    /// An element of any sequence.
    pub(crate) fn seq_get(&mut self, value: Value, index: i64) -> Result<Value, Thrown> {
        match value.as_object() {
            Some(object) if object.kind().is_array() => {
                let len = object.array_len();
                match usize::try_from(index) {
                    Ok(at) if at < len => self.array_value(object, at),
                    _ => Err(self.index_fault(index, len)),
                }
            }
            Some(object) if object.is(Kind::Range) => {
                let (start, len) = self.range_extent(object)?;
                if index < 0 || i128::from(index) >= len {
                    let len = usize::try_from(len).unwrap_or(usize::MAX);
                    return Err(self.index_fault(index, len));
                }
                self.int(start + index)
            }
            _ => Err(self.no_sequence(value)),
        }
    }

    /// The part `start..end` of any sequence as a new array of this type.
    pub(crate) fn slice_sequence(&mut self, value: Value, ty: TypeId, start: i64, end: i64) -> Result<Ref, Thrown> {
        let len = self.seq_len(value)?;
        if start < 0 || start > end || end > len {
            let message = format!("slice {start}..{end} is out of bounds: the length is {len}");
            return Err(self.fault(FaultKind::Index, message));
        }
        let kind = self.array_kind(ty)?;
        let count = (end - start) as usize;
        self.charge(count as u64 / 8)?;
        if let Some(array) = value.as_object().filter(|object| object.kind() == kind) {
            return self.alloc(|heap| heap.copy_array(array, ty.0, start as usize, end as usize));
        }
        let made = self.alloc(|heap| heap.new_array(kind, ty.0, count))?;
        self.handles.push(Value::object(made));
        let filled = (start..end).try_for_each(|index| {
            let element = self.seq_get(value, index)?;
            self.array_push_value(Value::object(made), element)
        });
        self.handles.pop();
        filled.map(|()| made)
    }

    // ---- changing arrays

    /// An array whose length may change, or why it is none.
    pub(crate) fn growable_array(&mut self, value: Value) -> Result<Ref, Thrown> {
        let array = self.changeable_array(value)?;
        if array.kind_byte() & FIXED != 0 {
            return Err(self.fault(FaultKind::Cast, "an array of fixed length cannot grow or shrink"));
        }
        Ok(array)
    }

    /// An array whose elements may change, or why it is none.
    pub(crate) fn changeable_array(&mut self, value: Value) -> Result<Ref, Thrown> {
        match value.as_object().filter(|object| object.kind().is_array()) {
            Some(array) if array.kind_byte() & FROZEN != 0 => Err(self.frozen()),
            Some(array) => Ok(array),
            None => {
                let found = self.shown_type_of(value);
                Err(self.fault(FaultKind::Cast, format!("a value of type `{found}` is no array")))
            }
        }
    }

    /// A value as an element of an array.
    pub(crate) fn element_bits(&mut self, array: Ref, value: Value) -> Result<u64, Thrown> {
        match Context::unbox_slot(element_class(array.kind()), value) {
            Some(bits) => Ok(bits),
            None => {
                let (ty, found) = (self.shown_type(TypeId(array.type_number())), self.shown_type_of(value));
                Err(self
                    .fault(FaultKind::Cast, format!("an array of type `{ty}` cannot hold a value of type `{found}`")))
            }
        }
    }

    pub(crate) fn array_push_value(&mut self, array: Value, value: Value) -> Result<(), Thrown> {
        let array = self.growable_array(array)?;
        let bits = self.element_bits(array, value)?;
        self.handles.push(value);
        let pushed = self.alloc(|heap| heap.array_push(array, bits));
        self.handles.pop();
        pushed
    }

    pub(crate) fn array_set_value(&mut self, array: Value, index: i64, value: Value) -> Result<(), Thrown> {
        let array = self.changeable_array(array)?;
        let bits = self.element_bits(array, value)?;
        let len = array.array_len();
        match usize::try_from(index) {
            Ok(at) if at < len => {
                self.heap.array_set(array, at, bits);
                Ok(())
            }
            _ => Err(self.index_fault(index, len)),
        }
    }

    // ---- tables

    pub(crate) fn table_of(&mut self, value: Value) -> Result<Ref, Thrown> {
        match value.as_object().filter(|object| object.is(Kind::Table)) {
            Some(table) => Ok(table),
            None => {
                let found = self.shown_type_of(value);
                Err(self.fault(FaultKind::Cast, format!("a value of type `{found}` is no table")))
            }
        }
    }

    pub(crate) fn changeable_table(&mut self, value: Value) -> Result<Ref, Thrown> {
        let table = self.table_of(value)?;
        if table.kind_byte() & FROZEN != 0 { Err(self.frozen()) } else { Ok(table) }
    }

    /// The position of a key that is hashed and compared without a look inside. A search among keys that were made to
    /// collide is charged for.
    pub(crate) fn table_search(&mut self, table: Ref, key: Value, hash: u64) -> Result<Option<usize>, Thrown> {
        let mut steps = 0;
        let position = table.table_search_fast(key, hash, &mut steps);
        if steps > FREE_STEPS {
            self.charge(steps / FREE_STEPS)?;
        }
        Ok(position)
    }

    /// The hash of a key and its position, if it is there.
    pub(crate) fn table_position(&mut self, table: Ref, key: Value) -> Result<(u64, Option<usize>), Thrown> {
        if let Some(hash) = table::fast_hash(key) {
            return Ok((hash, self.table_search(table, key, hash)?));
        }
        let found = self.find_key(table, key)?;
        Ok((found.hash, found.position))
    }

    pub(crate) fn table_lookup(&mut self, table: Value, key: Value) -> Result<Option<Value>, Thrown> {
        let table = self.table_of(table)?;
        let (_, position) = self.table_position(table, key)?;
        Ok(position.and_then(|position| table.table_entry(position)).map(|entry| entry.1))
    }

    pub(crate) fn table_store(&mut self, table: Value, key: Value, value: Value) -> Result<(), Thrown> {
        let table = self.changeable_table(table)?;
        let (hash, position) = self.table_position(table, key)?;
        self.table_put(table, Found { hash, position }, key, value)
    }

    /// Replaces the value of an entry that was found, or adds one.
    pub(crate) fn table_put(&mut self, table: Ref, found: Found, key: Value, value: Value) -> Result<(), Thrown> {
        if let Some(position) = found.position {
            self.heap.table_set_value(table, position, value);
            return Ok(());
        }
        self.handles.extend([Value::object(table), key, value]);
        let inserted = self.alloc(|heap| heap.table_insert(table, found.hash, key, value));
        self.handles.truncate(self.handles.len() - 3);
        inserted
    }

    pub(crate) fn table_remove(&mut self, table: Value, key: Value) -> Result<Option<Value>, Thrown> {
        let table = self.changeable_table(table)?;
        let (hash, position) = self.table_position(table, key)?;
        Ok(position.and_then(|position| self.heap.table_remove(table, hash, position)).map(|entry| entry.1))
    }

    pub(crate) fn table_clear(&mut self, table: Value) -> Result<(), Thrown> {
        let table = self.changeable_table(table)?;
        self.heap.table_clear(table);
        Ok(())
    }

    pub(crate) fn key_fault(&mut self, key: Value) -> Thrown {
        match self.brief(key) {
            Ok(shown) => self.fault(FaultKind::Key, format!("there is no key {shown}")),
            Err(thrown) => thrown,
        }
    }
}
