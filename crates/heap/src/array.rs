//! Arrays: growable or fixed, elements unboxed where their type allows.
//!
//! The object is `header, data, length, capacity` (in elements); the data is memory that the object owns, null while
//! there is no capacity. The kind says what an element is. Growth doubles.

use crate::heap::{Heap, OutOfMemory};
use crate::object::{self, FIXED, FROZEN, Kind, Ref};
use crate::value::Value;

/// Word of the data pointer.
pub const DATA: usize = 1;
/// Word of the length.
pub const LEN: usize = 2;
/// Word of the capacity.
pub const CAPACITY: usize = 3;

/// Bytes of an element.
#[inline(always)]
pub const fn element_size(kind: Kind) -> usize {
    match kind {
        Kind::ArrayBool | Kind::ArrayByte => 1,
        _ => 8,
    }
}

impl Ref {
    /// Arrays: the length.
    #[inline(always)]
    pub fn array_len(self) -> usize {
        debug_assert!(self.kind().is_array());
        // SAFETY: obligation 3: an array has this word.
        unsafe { *self.word(LEN) as usize }
    }
    /// Arrays: the elements' memory.
    #[inline(always)]
    pub fn array_data(self) -> *mut u8 {
        debug_assert!(self.kind().is_array());
        // SAFETY: obligation 3: an array has this word.
        std::ptr::with_exposed_provenance_mut(unsafe { *self.word(DATA) } as usize)
    }
    /// Arrays: how many elements there is room for.
    #[inline(always)]
    pub fn array_capacity(self) -> usize {
        debug_assert!(self.kind().is_array());
        // SAFETY: obligation 3: an array has this word.
        unsafe { *self.word(CAPACITY) as usize }
    }
    /// Arrays: sets the length; elements up to it must have been written.
    #[inline(always)]
    pub(crate) fn set_array_len(self, len: usize) {
        debug_assert!(len <= self.array_capacity());
        // SAFETY: obligation 3: an array has this word.
        unsafe { *self.word(LEN) = len as u64 }
    }
    /// Whether it is an array whose length may change.
    pub fn is_growable(self) -> bool {
        self.kind().is_array() && self.kind_byte() & (FIXED | FROZEN) == 0
    }
    /// Whether it is an array of fixed length.
    pub fn is_fixed(self) -> bool {
        self.kind().is_array() && self.kind_byte() & FIXED != 0
    }
    /// From now on the array's length is fixed.
    pub fn fix(self, ty: u32) {
        debug_assert!(self.kind().is_array());
        self.set_header(self.header() | (FIXED as u64) << 32);
        self.set_type_number(ty);
    }
    /// The elements of an array of integers, floats (as bits) or dynamic values.
    ///
    /// # Safety
    /// Obligations 3 and 4.
    #[inline(always)]
    pub unsafe fn array_words<'a>(self) -> &'a [u64] {
        debug_assert!(element_size(self.kind()) == 8);
        let (data, len) = (self.array_data(), self.array_len());
        if len == 0 {
            return &[];
        }
        // SAFETY: so many elements have been written.
        unsafe { std::slice::from_raw_parts(data.cast::<u64>(), len) }
    }
    /// The elements of an array of bytes or bools.
    ///
    /// # Safety
    /// Obligations 3 and 4.
    #[inline(always)]
    pub unsafe fn array_bytes<'a>(self) -> &'a [u8] {
        debug_assert!(element_size(self.kind()) == 1);
        let (data, len) = (self.array_data(), self.array_len());
        if len == 0 {
            return &[];
        }
        // SAFETY: so many elements have been written.
        unsafe { std::slice::from_raw_parts(data, len) }
    }
    /// An element's bits, whatever the kind.
    #[inline]
    pub fn array_raw(self, index: usize) -> Option<u64> {
        if index >= self.array_len() {
            return None;
        }
        // SAFETY: `index` is below the length.
        Some(unsafe {
            if element_size(self.kind()) == 1 {
                u64::from(*self.array_data().add(index))
            } else {
                *self.array_data().cast::<u64>().add(index)
            }
        })
    }
}

impl Heap {
    /// An empty array with room for so many elements.
    pub fn new_array(&mut self, kind: Kind, ty: u32, capacity: usize) -> Result<Ref, OutOfMemory> {
        debug_assert!(kind.is_array());
        let bytes = capacity.checked_mul(element_size(kind)).ok_or(OutOfMemory)?;
        let data = self.own(bytes)?;
        let cell = match self.allocate(32, true) {
            Ok(cell) => cell,
            Err(error) => {
                self.disown(data, bytes);
                return Err(error);
            }
        };
        // SAFETY: the cell has room for four words.
        unsafe {
            cell.write(object::header(ty, kind as u8, 0, 0, 0));
            cell.add(DATA).write(data as usize as u64);
            cell.add(LEN).write(0);
            cell.add(CAPACITY).write(capacity as u64);
            Ok(Ref::from_bits_unchecked(cell as usize as u64))
        }
    }

    /// An array with these elements: bits of 8-byte elements, or values below 256 of 1-byte ones.
    pub fn new_array_from(&mut self, kind: Kind, ty: u32, elements: &[u64]) -> Result<Ref, OutOfMemory> {
        let array = self.new_array(kind, ty, elements.len())?;
        let data = array.array_data();
        // SAFETY: there is room for all of them, and the memory is new.
        unsafe {
            if element_size(kind) == 1 {
                for (index, element) in elements.iter().enumerate() {
                    *data.add(index) = *element as u8;
                }
            } else {
                std::ptr::copy_nonoverlapping(elements.as_ptr(), data.cast::<u64>(), elements.len());
            }
        }
        array.set_array_len(elements.len());
        Ok(array)
    }

    /// An array of bytes or bools with these elements.
    pub fn new_byte_array(&mut self, kind: Kind, ty: u32, elements: &[u8]) -> Result<Ref, OutOfMemory> {
        debug_assert!(element_size(kind) == 1);
        let array = self.new_array(kind, ty, elements.len())?;
        // SAFETY: there is room for all of them, and the memory is new.
        unsafe { std::ptr::copy_nonoverlapping(elements.as_ptr(), array.array_data(), elements.len()) }
        array.set_array_len(elements.len());
        Ok(array)
    }

    /// An array with the elements `start..end` of another; both must be in range.
    pub fn copy_array(&mut self, from: Ref, ty: u32, start: usize, end: usize) -> Result<Ref, OutOfMemory> {
        debug_assert!(start <= end && end <= from.array_len());
        let size = element_size(from.kind());
        let array = self.new_array(from.kind(), ty, end - start)?;
        // SAFETY: the range lies inside the old elements, and the new memory has room for it.
        unsafe {
            let source = from.array_data().wrapping_add(start * size);
            std::ptr::copy_nonoverlapping(source, array.array_data(), (end - start) * size);
        }
        array.set_array_len(end - start);
        Ok(array)
    }

    /// Makes room for so many more elements.
    #[inline]
    pub fn array_reserve(&mut self, array: Ref, more: usize) -> Result<(), OutOfMemory> {
        if array.array_capacity() - array.array_len() >= more { Ok(()) } else { self.array_grow(array, more) }
    }

    #[cold]
    #[inline(never)]
    fn array_grow(&mut self, array: Ref, more: usize) -> Result<(), OutOfMemory> {
        let size = element_size(array.kind());
        let (len, old) = (array.array_len(), array.array_capacity());
        let needed = len.checked_add(more).ok_or(OutOfMemory)?;
        let wanted = needed.max(old.saturating_mul(2)).max(4);
        // If doubling meets the limit, what is needed may still fit.
        self.array_set_capacity(array, size, old, wanted).or_else(|_| self.array_set_capacity(array, size, old, needed))
    }

    fn array_set_capacity(&mut self, array: Ref, size: usize, old: usize, new: usize) -> Result<(), OutOfMemory> {
        let bytes = new.checked_mul(size).ok_or(OutOfMemory)?;
        let data = self.reown(array.array_data(), old * size, bytes)?;
        // SAFETY: an array has these words.
        unsafe {
            *array.word(DATA) = data as usize as u64;
            *array.word(CAPACITY) = new as u64;
        }
        Ok(())
    }

    /// Appends an element: its bits, or a value below 256 for 1-byte elements. References go through the barrier.
    #[inline]
    pub fn array_push(&mut self, array: Ref, element: u64) -> Result<(), OutOfMemory> {
        self.array_reserve(array, 1)?;
        let len = array.array_len();
        let kind = array.kind();
        if kind == Kind::ArrayDyn {
            self.barrier(array);
        }
        // SAFETY: there is room for it.
        unsafe {
            if element_size(kind) == 1 {
                *array.array_data().add(len) = element as u8;
            } else {
                *array.array_data().cast::<u64>().add(len) = element;
            }
        }
        array.set_array_len(len + 1);
        Ok(())
    }

    /// Replaces an element; false if there is none with this index.
    #[inline]
    pub fn array_set(&mut self, array: Ref, index: usize, element: u64) -> bool {
        if index >= array.array_len() {
            return false;
        }
        let kind = array.kind();
        if kind == Kind::ArrayDyn {
            self.barrier(array);
        }
        // SAFETY: `index` is below the length.
        unsafe {
            if element_size(kind) == 1 {
                *array.array_data().add(index) = element as u8;
            } else {
                *array.array_data().cast::<u64>().add(index) = element;
            }
        }
        true
    }

    /// Appends all elements that another array of the same kind has now; it may be the same array.
    pub fn array_extend(&mut self, array: Ref, from: Ref) -> Result<(), OutOfMemory> {
        debug_assert!(array.kind() == from.kind());
        let (len, more, size) = (array.array_len(), from.array_len(), element_size(array.kind()));
        self.array_reserve(array, more)?;
        if array.is(Kind::ArrayDyn) {
            self.barrier(array);
        }
        // SAFETY: there is room for so many, and the target lies behind what is copied.
        unsafe {
            std::ptr::copy_nonoverlapping(from.array_data(), array.array_data().wrapping_add(len * size), more * size);
        }
        array.set_array_len(len + more);
        Ok(())
    }

    /// Shortens an array.
    pub fn array_truncate(&mut self, array: Ref, len: usize) {
        array.set_array_len(len.min(array.array_len()));
    }

    /// Inserts an element at an index up to the length; false if it is beyond.
    pub fn array_insert(&mut self, array: Ref, index: usize, element: u64) -> Result<bool, OutOfMemory> {
        let len = array.array_len();
        if index > len {
            return Ok(false);
        }
        self.array_push(array, element)?;
        self.array_move(array, index, index + 1, len - index);
        self.array_set(array, index, element);
        Ok(true)
    }

    /// Removes the elements `start..end`, which must be in range.
    pub fn array_remove(&mut self, array: Ref, start: usize, end: usize) {
        let len = array.array_len();
        debug_assert!(start <= end && end <= len);
        if array.is(Kind::ArrayDyn) {
            self.barrier(array);
        }
        self.array_move(array, end, start, len - end);
        array.set_array_len(len - (end - start));
    }

    fn array_move(&mut self, array: Ref, from: usize, to: usize, count: usize) {
        let size = element_size(array.kind());
        let data = array.array_data();
        // SAFETY: callers keep both ranges inside the length.
        unsafe { std::ptr::copy(data.wrapping_add(from * size), data.wrapping_add(to * size), count * size) }
    }

    /// The elements of an array of integers, floats (as bits) or dynamic values, to change them in place. Not to put
    /// other references in.
    ///
    /// # Safety
    /// Obligations 3 and 4.
    pub unsafe fn array_words_mut(&mut self, array: Ref) -> &mut [u64] {
        if array.array_len() == 0 {
            return &mut [];
        }
        if array.is(Kind::ArrayDyn) {
            self.barrier(array);
        }
        // SAFETY: so many elements have been written.
        unsafe { std::slice::from_raw_parts_mut(array.array_data().cast::<u64>(), array.array_len()) }
    }

    pub(crate) fn drop_array(&mut self, array: Ref) {
        let bytes = array.array_capacity() * element_size(array.kind());
        self.disown(array.array_data(), bytes);
    }

    /// An element as a dynamic value; none past the end. Integers may need an object.
    pub fn array_value(&mut self, array: Ref, index: usize) -> Option<Result<Value, OutOfMemory>> {
        let bits = array.array_raw(index)?;
        Some(match array.kind() {
            Kind::ArrayI64 => self.int(bits as i64),
            Kind::ArrayF64 => Ok(Value::float(f64::from_bits(bits))),
            Kind::ArrayBool => Ok(Value::bool(bits != 0)),
            Kind::ArrayByte => Ok(Value::byte(bits as u8)),
            _ => Ok(Value(bits)),
        })
    }
}
