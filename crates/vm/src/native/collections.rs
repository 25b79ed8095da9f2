//! Entries of tables and arrays that natives change in place.

use super::{Handle, NativeContext};
use crate::context::Context;
use crate::errors::Thrown;
use crate::structural::Found;
use sayso_heap::{Kind, Ref, Value};

/// The place of a key in a table.
pub struct Entry {
    pub(super) table: Ref,
    pub(super) key: Value,
    pub(super) found: Found,
}

impl Entry {
    /// The value, if there is one.
    pub fn get(&self, context: &mut NativeContext<'_>) -> Option<Handle> {
        let (_, value) = self.table.table_entry(self.found.position?)?;
        Some(context.keep(value))
    }
    /// Inserts or replaces the value.
    pub fn set(self, context: &mut NativeContext<'_>, value: Handle) -> Result<(), Thrown> {
        let table = context.context.changeable_table(Value::object(self.table))?;
        context.context.table_put(table, self.found, self.key, value.0)
    }
    /// Removes the entry and gives its value.
    pub fn remove(self, context: &mut NativeContext<'_>) -> Result<Option<Handle>, Thrown> {
        let table = context.context.changeable_table(Value::object(self.table))?;
        let Some(position) = self.found.position else { return Ok(None) };
        let entry = context.context.heap.table_remove(table, self.found.hash, position);
        Ok(entry.map(|(_, value)| context.keep(value)))
    }
}

/// An array that a native changes.
pub struct Array<'c> {
    pub(super) context: &'c mut Context,
    pub(super) object: Ref,
}

impl Array<'_> {
    /// The length.
    #[allow(clippy::len_without_is_empty)]
    pub fn len(&self) -> usize {
        self.object.array_len()
    }
    /// Removes and gives the last element.
    pub fn pop(&mut self) -> Result<Option<Handle>, Thrown> {
        let Some(last) = self.len().checked_sub(1) else { return Ok(None) };
        let value = self.context.array_value(self.object, last)?;
        self.context.handles.push(value);
        self.context.heap.array_truncate(self.object, last);
        Ok(Some(Handle(value)))
    }
    /// Shortens it.
    pub fn truncate(&mut self, len: usize) {
        self.context.heap.array_truncate(self.object, len);
    }
    /// Removes the elements `start..end`; `false` if these are not in range.
    pub fn remove(&mut self, start: usize, end: usize) -> bool {
        let fits = start <= end && end <= self.len();
        if fits {
            self.context.heap.array_remove(self.object, start, end);
        }
        fits
    }
    /// Inserts an element; `false` if the index is beyond the end.
    pub fn insert(&mut self, index: usize, value: Handle) -> Result<bool, Thrown> {
        let bits = self.context.element_bits(self.object, value.0)?;
        let object = self.object;
        self.context.alloc(|heap| heap.array_insert(object, index, bits))
    }
    /// Appends bytes to an array of bytes; `false` if it is none.
    pub fn extend_bytes(&mut self, bytes: &[u8]) -> Result<bool, Thrown> {
        if !self.object.is(Kind::ArrayByte) {
            return Ok(false);
        }
        let object = self.object;
        self.context.alloc(|heap| heap.array_reserve(object, bytes.len()))?;
        for byte in bytes {
            self.context.alloc_ready(|heap| heap.array_push(object, u64::from(*byte)))?;
        }
        Ok(true)
    }
    /// Appends the elements of another array; `false` if its elements are of another kind.
    pub fn extend(&mut self, other: Handle) -> Result<bool, Thrown> {
        let Some(from) = other.object().filter(|from| from.kind() == self.object.kind()) else { return Ok(false) };
        let object = self.object;
        self.context.alloc(|heap| heap.array_extend(object, from))?;
        Ok(true)
    }
    /// Reverses the order.
    pub fn reverse(&mut self) {
        let object = self.object;
        if matches!(object.kind(), Kind::ArrayBool | Kind::ArrayByte) {
            let mut bytes: Vec<u64> = (0..object.array_len()).filter_map(|at| object.array_raw(at)).collect();
            bytes.reverse();
            bytes.iter().enumerate().for_each(|(at, bits)| {
                self.context.heap.array_set(object, at, *bits);
            });
        } else {
            // SAFETY: the array is alive, and nothing else uses its elements meanwhile.
            unsafe { self.context.heap.array_words_mut(object) }.reverse();
        }
    }
    /// The elements of an array of integers, in place; none for others.
    pub fn ints(&mut self) -> Option<&mut [i64]> {
        if !self.object.is(Kind::ArrayI64) {
            return None;
        }
        // SAFETY: the array is alive and borrowed through the context; `i64` and `u64` have one layout.
        let words = unsafe { self.context.heap.array_words_mut(self.object) };
        // SAFETY: as above.
        Some(unsafe { std::slice::from_raw_parts_mut(words.as_mut_ptr().cast::<i64>(), words.len()) })
    }
    /// The elements of an array of floats, in place; none for others.
    pub fn floats(&mut self) -> Option<&mut [f64]> {
        if !self.object.is(Kind::ArrayF64) {
            return None;
        }
        // SAFETY: the array is alive and borrowed through the context; every word is some float.
        let words = unsafe { self.context.heap.array_words_mut(self.object) };
        // SAFETY: as above.
        Some(unsafe { std::slice::from_raw_parts_mut(words.as_mut_ptr().cast::<f64>(), words.len()) })
    }
    /// The elements of an array of dynamic values, copied; none for others.
    pub fn values(&self) -> Option<Vec<Handle>> {
        if !self.object.is(Kind::ArrayDyn) {
            return None;
        }
        // SAFETY: the array is alive, and nothing changes it during the copy.
        Some(unsafe { self.object.array_words() }.iter().map(|bits| Handle(Value(*bits))).collect())
    }
    /// Puts the elements of an array of dynamic values into another order: `order[i]` is the index of what comes to `i`.
    /// Nothing happens unless `order` is a permutation of the indices.
    pub fn permute(&mut self, order: &[usize]) {
        let object = self.object;
        let len = object.array_len();
        let mut seen = vec![false; len];
        let valid = order.len() == len
            && order.iter().all(|index| seen.get_mut(*index).is_some_and(|seen| !std::mem::replace(seen, true)));
        if !valid {
            return;
        }
        let old: Vec<u64> = (0..len).filter_map(|at| object.array_raw(at)).collect();
        for (to, from) in order.iter().enumerate() {
            self.context.heap.array_set(object, to, old[*from]);
        }
    }
}
