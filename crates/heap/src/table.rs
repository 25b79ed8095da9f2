//! Hash tables in insertion order.
//!
//! The object owns one piece of memory of three parts: entries (key, value) in the order of insertion, 32 bits of hash
//! for each of them, and an open-addressed index of 32-bit words. An index of 2ⁿ words is entered at the low n bits of
//! the hash; its words have the other bits above the entry's position plus one (0: free; all n bits set: removed). So
//! the index is small enough to stay in near caches, and hashes are only read when a table is rebuilt. A removed entry
//! leaves [`Value::DELETED`] as its key until the entries are packed. The caller computes hashes and compares keys;
//! [`fast_hash`] and [`fast_equal`] do it for all keys that need no look inside.
//!
//! Words: 1 entries, 2 index, 3 live and used entries, 4 used index words and size of the index, 5 version: how often
//! the set of keys was changed.

use crate::hash;
use crate::heap::{Heap, OutOfMemory};
use crate::object::{self, Kind, Ref};
use crate::value::{Unpacked, Value};
use std::cmp::Ordering;

/// The smallest index.
const MIN_INDEX: usize = 8;
/// The most entries; the positions of so many leave a bit of an index word for the hash.
const MAX_ENTRIES: usize = 1 << 30;

/// The least index for so many entries.
fn index_for(entries: usize) -> usize {
    if entries == 0 {
        return 0;
    }
    let size = entries.next_power_of_two().max(MIN_INDEX);
    if entries_of(size) >= entries { size } else { size * 2 }
}

/// How many entries an index of this size serves: it is at most 13/16 full, so that a search that fails stays within
/// a cache line or two, and positions plus one have never all bits set.
const fn entries_of(index: usize) -> usize {
    if index <= MIN_INDEX { index / 4 * 3 } else { index / 16 * 13 }
}

/// The bytes of a table's memory: entries, hashes, index.
const fn bytes_of(index: usize) -> usize {
    entries_of(index) * 20 + index * 4
}

const fn tag_of(hash: u64) -> u32 {
    (hash ^ hash >> 32) as u32
}

/// The order of an integer and a float, exactly; none for NaN.
#[inline]
pub fn compare_int_float(i: i64, f: f64) -> Option<Ordering> {
    const LIMIT: f64 = 9_223_372_036_854_775_808.0;
    if f.is_nan() {
        return None;
    }
    if f >= LIMIT {
        return Some(Ordering::Less);
    }
    if f < -LIMIT {
        return Some(Ordering::Greater);
    }
    let whole = f.trunc();
    Some(i.cmp(&(whole as i64)).then_with(|| {
        // Equal up to the point: the part behind it decides.
        let rest = f - whole;
        if rest > 0.0 {
            Ordering::Less
        } else if rest < 0.0 {
            Ordering::Greater
        } else {
            Ordering::Equal
        }
    }))
}

/// The integer of a value that is one.
#[inline(always)]
pub fn as_int(value: Value) -> Option<i64> {
    if value.is_small_int() {
        return Some(value.as_small_int());
    }
    value.as_object().filter(|object| object.is(Kind::BoxedInt)).map(Ref::boxed_int)
}

/// The hash of a value that is no object, an integer or a string.
#[inline]
pub fn fast_hash(value: Value) -> Option<u64> {
    if value.is_small_int() {
        return Some(hash::int(value.as_small_int()));
    }
    match value.unpack() {
        Unpacked::Object(object) if object.is_str() => Some(hash::word(u64::from(object.str_hash()))),
        Unpacked::Object(object) if object.is(Kind::BoxedInt) => Some(hash::int(object.boxed_int())),
        Unpacked::Object(_) => None,
        Unpacked::Float(f) => Some(hash::float(f)),
        _ => Some(hash::word(value.0)),
    }
}

/// Whether two values are equal, if neither need be looked into: all but pairs of collections, records and the like.
#[inline]
pub fn fast_equal(a: Value, b: Value) -> Option<bool> {
    if a.0 == b.0 {
        return if a.is_object() { None } else { Some(!(a.is_float() && a.as_float().is_nan())) };
    }
    match (a.as_object(), b.as_object()) {
        (Some(x), Some(y)) => {
            if x.is_str() || y.is_str() {
                return Some(x.is_str() && y.is_str() && x.str_equal(y));
            }
            if x.is(Kind::BoxedInt) || y.is(Kind::BoxedInt) {
                return Some(x.kind() == y.kind() && x.boxed_int() == y.boxed_int());
            }
            None
        }
        _ => Some(match (as_int(a), as_int(b)) {
            (Some(i), None) if b.is_float() => compare_int_float(i, b.as_float()) == Some(Ordering::Equal),
            (None, Some(i)) if a.is_float() => compare_int_float(i, a.as_float()) == Some(Ordering::Equal),
            (None, None) if a.is_float() && b.is_float() => a.as_float() == b.as_float(),
            _ => false,
        }),
    }
}

impl Ref {
    #[inline(always)]
    fn table_halves(self, word: usize) -> (usize, usize) {
        debug_assert!(self.is(Kind::Table));
        // SAFETY: obligation 3: a table has this word.
        let bits = unsafe { *self.word(word) };
        (bits as u32 as usize, (bits >> 32) as usize)
    }
    fn set_table_halves(self, word: usize, low: usize, high: usize) {
        debug_assert!(self.is(Kind::Table));
        // SAFETY: obligation 3: a table has this word.
        unsafe { *self.word(word) = low as u64 | (high as u64) << 32 }
    }
    #[inline(always)]
    fn table_pointer(self, word: usize) -> *mut u64 {
        debug_assert!(self.is(Kind::Table));
        // SAFETY: obligation 3: a table has this word.
        std::ptr::with_exposed_provenance_mut(unsafe { *self.word(word) } as usize)
    }
    /// Tables: how many entries.
    #[inline(always)]
    pub fn table_len(self) -> usize {
        self.table_halves(3).0
    }
    /// Tables: positions are below this; some may be empty.
    #[inline(always)]
    pub fn table_used(self) -> usize {
        self.table_halves(3).1
    }
    /// Tables: how often keys were added or removed.
    pub fn table_version(self) -> u64 {
        debug_assert!(self.is(Kind::Table));
        // SAFETY: obligation 3: a table has this word.
        unsafe { *self.word(5) }
    }
    fn bump_version(self) {
        // SAFETY: as above.
        unsafe { *self.word(5) += 1 }
    }
    /// Tables: the entry at a position, unless it is empty or there is none.
    #[inline]
    pub fn table_entry(self, position: usize) -> Option<(Value, Value)> {
        if position >= self.table_used() {
            return None;
        }
        let entry = self.table_pointer(1).wrapping_add(position * 2);
        // SAFETY: the position is one of those in use.
        let (key, value) = unsafe { (Value(*entry), Value(*entry.add(1))) };
        (key != Value::DELETED).then_some((key, value))
    }
    /// Tables: the index, and its size less one, which masks the position out of its words.
    #[inline(always)]
    fn table_index(self) -> Option<(*mut u32, u32)> {
        let size = self.table_halves(4).1;
        (size != 0).then(|| (self.table_pointer(2).cast(), (size - 1) as u32))
    }
    /// Tables: the hashes of entries by position.
    fn table_hashes(self) -> *mut u32 {
        self.table_pointer(1).wrapping_add(entries_of(self.table_halves(4).1) * 2).cast()
    }
    /// Tables: replaces key and value of an entry by values without references, or by the same references.
    pub(crate) fn set_table_entry(self, position: usize, key: Value, value: Value) {
        debug_assert!(position < self.table_used());
        let entry = self.table_pointer(1).wrapping_add(position * 2);
        // SAFETY: the position is one of those in use.
        unsafe {
            *entry = key.0;
            *entry.add(1) = value.0;
        }
    }
    /// Tables: the position of the entry with this hash whose key `is` the one that is looked for.
    #[inline(always)]
    pub fn table_find(self, hash: u64, is: impl FnMut(Value) -> bool) -> Option<usize> {
        self.table_search(hash, &mut 0, is)
    }
    /// The same; adds how many places were looked at to `steps`. They are few but for keys made to collide.
    #[inline(always)]
    fn table_search(self, hash: u64, steps: &mut u64, mut is: impl FnMut(Value) -> bool) -> Option<usize> {
        let (index, mask) = self.table_index()?;
        let (entries, tag) = (self.table_pointer(1), tag_of(hash));
        let mut place = tag & mask;
        loop {
            // SAFETY: `place` is masked to the index; positions in it are those of entries. There is a free word.
            unsafe {
                let word = *index.add(place as usize);
                if word == 0 {
                    return None;
                }
                *steps += 1;
                if (word ^ tag) & !mask == 0 && word & mask != mask {
                    let position = (word & mask) as usize - 1;
                    if is(Value(*entries.add(position * 2))) {
                        return Some(position);
                    }
                }
            }
            place = (place + 1) & mask;
        }
    }
    /// Tables: calls `visit` with the positions of all entries whose keys may have this hash.
    pub fn table_find_all(self, hash: u64, visit: &mut dyn FnMut(usize)) {
        let Some((index, mask)) = self.table_index() else { return };
        let (hashes, tag) = (self.table_hashes(), tag_of(hash));
        let mut place = tag & mask;
        loop {
            // SAFETY: `place` is masked to the index, in which there is a free word; each entry has a hash.
            unsafe {
                let word = *index.add(place as usize);
                if word == 0 {
                    return;
                }
                if (word ^ tag) & !mask == 0 && word & mask != mask {
                    let position = (word & mask) as usize - 1;
                    if *hashes.add(position) == tag {
                        visit(position);
                    }
                }
            }
            place = (place + 1) & mask;
        }
    }
    /// Tables: replaces the value at a position that holds an entry, in a table that is logged or was born since the
    /// last collection; else gives false.
    #[inline(always)]
    pub fn table_replace_logged(self, position: usize, value: Value) -> bool {
        let logged = self.kind_byte() & object::LOG == 0 && position < self.table_used();
        if logged {
            // SAFETY: the position is one of those in use.
            unsafe { *self.table_pointer(1).add(position * 2 + 1) = value.0 }
        }
        logged
    }
    /// Tables: the position of a key for which [`fast_hash`] holds, and whose equals are found by [`fast_equal`].
    #[inline(always)]
    pub fn table_find_fast(self, key: Value, hash: u64) -> Option<usize> {
        self.table_search_fast(key, hash, &mut 0)
    }
    /// The same; adds how many places were looked at to `steps`.
    #[inline(always)]
    pub fn table_search_fast(self, key: Value, hash: u64, steps: &mut u64) -> Option<usize> {
        self.table_search(hash, steps, |other| other == key && !key.is_float() || fast_equal(other, key) == Some(true))
    }
}

impl Heap {
    /// An empty table with room for so many entries.
    pub fn new_table(&mut self, ty: u32, capacity: usize) -> Result<Ref, OutOfMemory> {
        let cell = self.allocate(48, true)?;
        // SAFETY: the cell has room for six words.
        unsafe {
            for word in 1..6 {
                cell.add(word).write(0);
            }
            cell.write(object::header(ty, Kind::Table as u8, 0, 0, 0));
            let table = Ref::from_bits_unchecked(cell as usize as u64);
            if capacity > 0 {
                self.table_resize(table, index_for(capacity.min(MAX_ENTRIES)))?;
            }
            Ok(table)
        }
    }

    /// A copy of a table.
    pub fn copy_table(&mut self, from: Ref, ty: u32) -> Result<Ref, OutOfMemory> {
        let table = self.new_table(ty, from.table_len())?;
        for position in 0..from.table_used() {
            if let Some((key, value)) = from.table_entry(position) {
                // SAFETY: each entry has a hash.
                let hash = unsafe { *from.table_hashes().add(position) };
                self.table_insert(table, u64::from(hash), key, value)?;
            }
        }
        Ok(table)
    }

    /// Moves the entries to memory for an index of this size, packed.
    fn table_resize(&mut self, table: Ref, size: usize) -> Result<(), OutOfMemory> {
        let used = table.table_used();
        let old_size = table.table_halves(4).1;
        debug_assert!(entries_of(size) >= table.table_len());
        let entries = self.own(bytes_of(size))?.cast::<u64>();
        let hashes = entries.wrapping_add(entries_of(size) * 2).cast::<u32>();
        let index = hashes.wrapping_add(entries_of(size));
        let mask = (size - 1) as u32;
        let mut count = 0;
        // SAFETY: the memory is new and large enough for all live entries.
        unsafe {
            std::ptr::write_bytes(index, 0, size);
            let old_hashes = table.table_hashes();
            for position in 0..used {
                let Some((key, value)) = table.table_entry(position) else { continue };
                let tag = *old_hashes.add(position);
                entries.add(count * 2).write(key.0);
                entries.add(count * 2 + 1).write(value.0);
                hashes.add(count).write(tag);
                count += 1;
                let mut place = tag & mask;
                while *index.add(place as usize) != 0 {
                    place = (place + 1) & mask;
                }
                *index.add(place as usize) = tag & !mask | count as u32;
            }
            self.disown(table.table_pointer(1).cast(), bytes_of(old_size));
            *table.word(1) = entries.expose_provenance() as u64;
            *table.word(2) = index.expose_provenance() as u64;
        }
        table.set_table_halves(3, count, count);
        table.set_table_halves(4, count, size);
        Ok(())
    }

    /// Adds an entry whose key is not there yet.
    pub fn table_insert(&mut self, table: Ref, hash: u64, key: Value, value: Value) -> Result<(), OutOfMemory> {
        let (len, used) = table.table_halves(3);
        let (filled, size) = table.table_halves(4);
        let room = entries_of(size);
        if filled >= room || used >= room {
            if len >= MAX_ENTRIES {
                return Err(OutOfMemory);
            }
            // Packing alone will do if a third or more was removed.
            let wanted = if room > 0 && len * 3 <= room * 2 { (len + len / 2 + 1).min(room) } else { room + 1 };
            self.table_resize(table, index_for(wanted))?;
        }
        let (len, used) = table.table_halves(3);
        let (filled, size) = table.table_halves(4);
        self.barrier(table);
        let (index, mask, tag) = (table.table_pointer(2).cast::<u32>(), (size - 1) as u32, tag_of(hash));
        let mut place = tag & mask;
        // SAFETY: there is a free word in the index and room for an entry.
        unsafe {
            let mut word = *index.add(place as usize);
            while word != 0 && word & mask != mask {
                place = (place + 1) & mask;
                word = *index.add(place as usize);
            }
            *index.add(place as usize) = tag & !mask | (used as u32 + 1);
            let entry = table.table_pointer(1).add(used * 2);
            entry.write(key.0);
            entry.add(1).write(value.0);
            table.table_hashes().add(used).write(tag);
            table.set_table_halves(4, filled + usize::from(word == 0), size);
        }
        table.set_table_halves(3, len + 1, used + 1);
        table.bump_version();
        Ok(())
    }

    /// Replaces the value at a position that holds an entry.
    pub fn table_set_value(&mut self, table: Ref, position: usize, value: Value) {
        debug_assert!(position < table.table_used());
        self.barrier(table);
        // SAFETY: the caller found the position in the table.
        unsafe { *table.table_pointer(1).add(position * 2 + 1) = value.0 }
    }

    /// Removes the entry at a position, whose key has this hash.
    pub fn table_remove(&mut self, table: Ref, hash: u64, position: usize) -> Option<(Value, Value)> {
        let entry = table.table_entry(position)?;
        let (len, mut used) = table.table_halves(3);
        let (index, mask) = table.table_index()?;
        let mut place = tag_of(hash) & mask;
        // SAFETY: the entry stands in the index; places are masked.
        unsafe {
            loop {
                let word = *index.add(place as usize);
                if word == 0 {
                    debug_assert!(false, "an entry is missing from its table's index");
                    break;
                }
                if (word & mask) as usize == position + 1 {
                    *index.add(place as usize) = mask;
                    break;
                }
                place = (place + 1) & mask;
            }
            let entries = table.table_pointer(1);
            *entries.add(position * 2) = Value::DELETED.0;
            *entries.add(position * 2 + 1) = Value::UNSET.0;
            while used > 0 && *entries.add((used - 1) * 2) == Value::DELETED.0 {
                used -= 1;
            }
        }
        table.set_table_halves(3, len - 1, used);
        table.bump_version();
        Some(entry)
    }

    /// Removes all entries.
    pub fn table_clear(&mut self, table: Ref) {
        self.drop_table(table);
        // SAFETY: obligation 3: a table has these words.
        unsafe {
            *table.word(1) = 0;
            *table.word(2) = 0;
        }
        table.set_table_halves(3, 0, 0);
        table.set_table_halves(4, 0, 0);
        table.bump_version();
    }

    pub(crate) fn drop_table(&mut self, table: Ref) {
        let size = table.table_halves(4).1;
        self.disown(table.table_pointer(1).cast(), bytes_of(size));
    }
}
