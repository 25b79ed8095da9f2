//! The heap: accounting, allocation of cells and of memory that objects own, the write barrier.
//!
//! Every byte is charged before it is taken: whole blocks, and memory that objects own to the byte. Cells are handed
//! out by moving a cursor through intervals of free cells ([`Bump`]); intervals are found lazily by looking for
//! unmarked cells. So a plain dead object costs nothing; only blocks whose objects own memory are swept.

use crate::block::{self, BlockPtr, CLASS_COUNT};
use crate::object::{self, FROZEN, Kind, LOG, Ref};
use crate::value::Value;
use rustc_hash::FxHashMap;
use std::alloc::Layout;
use std::any::Any;

/// The limit is met, or the system has no memory. Collect and try again, or give up.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct OutOfMemory;

/// The interval of free cells that allocation of one class goes through.
#[derive(Clone, Copy)]
#[repr(C)]
pub struct Bump {
    /// The next free cell.
    pub cursor: *mut u8,
    /// The end of the interval.
    pub end: *mut u8,
}

const EMPTY_BUMP: Bump = Bump { cursor: std::ptr::null_mut(), end: std::ptr::null_mut() };

/// What a [`Kind::Host`] object holds.
pub trait HostObject: Any + Send {
    /// Called when the object is collected without having been closed: what is to be reported of it, if anything.
    fn finalize(&mut self) -> Option<String> {
        None
    }
    /// Shown as `<name>`.
    fn name(&self) -> &str;
    /// Bytes to be charged for it.
    fn size(&self) -> usize {
        64
    }
    /// For downcasting.
    fn as_any(&mut self) -> &mut dyn Any;
}

/// All blocks of one cell size and kind, and the place up to which intervals were handed out.
#[derive(Default)]
pub(crate) struct Space {
    pub blocks: Vec<BlockPtr>,
    block: usize,
    cell: u32,
}

/// Least allocation between two collections: what fits into a second-level cache.
pub(crate) const NURSERY: usize = 1 << 20;
/// How many empty blocks are kept for reuse.
pub(crate) const KEPT_BLOCKS: usize = 64;

/// All objects of one VM.
#[repr(C)]
pub struct Heap {
    /// Intervals by class; those of objects that own memory behind the others.
    pub bump: [Bump; CLASS_COUNT * 2],
    pub(crate) spaces: Vec<Space>,
    pub(crate) large: Vec<BlockPtr>,
    pub(crate) empty: Vec<BlockPtr>,
    committed: usize,
    peak: usize,
    limit: usize,
    /// Bytes handed out since the last collection.
    pub(crate) since: usize,
    pub(crate) threshold: usize,
    pub(crate) full_threshold: usize,
    /// Bytes of marked cells.
    pub(crate) live: usize,
    /// Bytes that objects own outside of their cells.
    pub(crate) owned: usize,
    pub(crate) remembered: Vec<Ref>,
    pub(crate) force_full: bool,
    stress: bool,
    pub(crate) mark_stack: Vec<u64>,
    pub(crate) mark_stack_limit: usize,
    pub(crate) statistics: crate::Statistics,
    /// Numbers of objects whose identity was asked for, in the order of asking.
    pub(crate) identities: FxHashMap<u64, u64>,
    next_identity: u64,
    /// What finalizers had to report.
    pub leaks: Vec<String>,
}

// SAFETY: all memory a heap points to is its own, and host objects are `Send`.
unsafe impl Send for Heap {}

impl Heap {
    /// An empty heap that may take so many bytes.
    pub fn new(limit: usize) -> Heap {
        Heap {
            bump: [EMPTY_BUMP; CLASS_COUNT * 2],
            spaces: (0..CLASS_COUNT * 2).map(|_| Space::default()).collect(),
            large: Vec::new(),
            empty: Vec::new(),
            committed: 0,
            peak: 0,
            limit,
            since: 0,
            threshold: NURSERY,
            full_threshold: 8 * NURSERY,
            live: 0,
            owned: 0,
            remembered: Vec::new(),
            force_full: false,
            stress: false,
            mark_stack: Vec::new(),
            mark_stack_limit: usize::MAX,
            statistics: crate::Statistics::default(),
            identities: FxHashMap::default(),
            next_identity: 0,
            leaks: Vec::new(),
        }
    }

    /// In stress mode [`Heap::wants_collection`] is always true, each interval is one cell, and freed cells are
    /// poisoned.
    pub fn set_stress(&mut self, on: bool) {
        self.stress = on;
    }
    /// Whether stress mode is on.
    pub fn stress(&self) -> bool {
        self.stress
    }
    /// Lets the stack of the marker hold so many entries only: for tests of what it does then.
    pub fn set_mark_stack_limit(&mut self, entries: usize) {
        self.mark_stack_limit = entries;
    }
    /// Bytes taken.
    pub fn committed(&self) -> usize {
        self.committed
    }
    /// The most bytes that were taken at any time.
    pub fn peak(&self) -> usize {
        self.peak
    }
    /// The most that may be taken.
    pub fn limit(&self) -> usize {
        self.limit
    }
    /// Changes the limit.
    pub fn set_limit(&mut self, limit: usize) {
        self.limit = limit;
    }
    /// What collections have done so far.
    pub fn statistics(&self) -> crate::Statistics {
        self.statistics
    }
    /// Whether enough was allocated that a collection should come before the next allocation.
    #[inline(always)]
    pub fn wants_collection(&self) -> bool {
        self.since >= self.threshold || self.stress
    }

    /// Charges bytes that are about to be taken.
    #[inline]
    pub fn charge(&mut self, bytes: usize) -> Result<(), OutOfMemory> {
        match self.committed.checked_add(bytes) {
            Some(sum) if sum <= self.limit => {
                self.committed = sum;
                self.peak = self.peak.max(sum);
                Ok(())
            }
            _ => Err(OutOfMemory),
        }
    }
    /// Charges bytes that were taken already, even past the limit: then nothing more can be had.
    pub fn owe(&mut self, bytes: usize) {
        self.committed = self.committed.saturating_add(bytes);
        self.peak = self.peak.max(self.committed);
    }
    /// Takes a charge back.
    #[inline]
    pub fn uncharge(&mut self, bytes: usize) {
        self.committed = self.committed.saturating_sub(bytes);
    }

    /// A cell for an object of this size. Its contents are undefined, but for the first word of a cell in an owning
    /// block, which is 0.
    #[inline(always)]
    pub(crate) fn allocate(&mut self, bytes: usize, owning: bool) -> Result<*mut u64, OutOfMemory> {
        let Some(class) = block::size_class(bytes) else { return self.allocate_large(bytes) };
        self.allocate_class(class + if owning { CLASS_COUNT } else { 0 })
    }

    #[inline(always)]
    fn allocate_class(&mut self, class: usize) -> Result<*mut u64, OutOfMemory> {
        let bump = &mut self.bump[class];
        if bump.cursor >= bump.end {
            return self.refill(class);
        }
        let cell = bump.cursor;
        bump.cursor = cell.wrapping_add(block::class_bytes(class % CLASS_COUNT));
        Ok(cell.cast())
    }

    /// Finds the next interval of free cells and takes its first. In stress mode an interval is one cell, so that
    /// nothing is left in [`Heap::bump`] for those who look there first.
    #[cold]
    #[inline(never)]
    fn refill(&mut self, class: usize) -> Result<*mut u64, OutOfMemory> {
        let size = block::class_bytes(class % CLASS_COUNT);
        let single = self.stress;
        loop {
            let space = &mut self.spaces[class];
            let Some(&block) = space.blocks.get(space.block) else {
                let block = self.take_block(size, class >= CLASS_COUNT)?;
                self.spaces[class].blocks.push(block);
                continue;
            };
            let (count, live) = (block.head().count, block.head().live);
            let mut start = if live == count { count } else { space.cell };
            while start < count && live != 0 && block.is_cell_marked(start) {
                start += 1;
            }
            if start == count {
                space.block += 1;
                space.cell = 0;
                continue;
            }
            let mut end = if live == 0 { count } else { start + 1 };
            while end < count && !block.is_cell_marked(end) {
                end += 1;
            }
            if single {
                end = start + 1;
            }
            space.cell = end;
            let cursor = block.cell(start);
            let bytes = (end - start) as usize * size;
            self.bump[class] = Bump { cursor: cursor.wrapping_add(size), end: cursor.wrapping_add(bytes) };
            self.since += bytes;
            return Ok(cursor.cast());
        }
    }

    fn take_block(&mut self, cell: usize, owning: bool) -> Result<BlockPtr, OutOfMemory> {
        if let Some(block) = self.empty.pop() {
            block.reformat(cell, owning);
            return Ok(block);
        }
        self.charge(BlockPtr::bytes_for(cell))?;
        BlockPtr::allocate(cell, owning).ok_or_else(|| {
            self.uncharge(BlockPtr::bytes_for(cell));
            OutOfMemory
        })
    }

    #[cold]
    fn allocate_large(&mut self, bytes: usize) -> Result<*mut u64, OutOfMemory> {
        let bytes = bytes.checked_next_multiple_of(8).ok_or(OutOfMemory)?;
        let total = BlockPtr::bytes_for(bytes);
        self.large.try_reserve(1).map_err(|_| OutOfMemory)?;
        self.charge(total)?;
        let Some(block) = BlockPtr::allocate(bytes, false) else {
            self.uncharge(total);
            return Err(OutOfMemory);
        };
        self.large.push(block);
        self.since += total;
        Ok(block.cell(0).cast())
    }

    /// Starts interval search anew, behind a collection.
    pub(crate) fn reset_intervals(&mut self) {
        self.bump = [EMPTY_BUMP; CLASS_COUNT * 2];
        for space in &mut self.spaces {
            space.block = 0;
            space.cell = 0;
        }
    }

    // ---- memory that objects own

    /// Memory outside of cells, 8-aligned; null for no bytes.
    pub(crate) fn own(&mut self, bytes: usize) -> Result<*mut u8, OutOfMemory> {
        if bytes == 0 {
            return Ok(std::ptr::null_mut());
        }
        let layout = Layout::from_size_align(bytes, 8).map_err(|_| OutOfMemory)?;
        self.charge(bytes)?;
        // SAFETY: the size is not 0.
        let memory = unsafe { std::alloc::alloc(layout) };
        if memory.is_null() {
            self.uncharge(bytes);
            return Err(OutOfMemory);
        }
        memory.expose_provenance();
        self.note_owned(bytes);
        Ok(memory)
    }

    /// Changes the size of memory from [`Heap::own`]. On failure the old one stays.
    pub(crate) fn reown(&mut self, memory: *mut u8, old: usize, new: usize) -> Result<*mut u8, OutOfMemory> {
        if memory.is_null() {
            return self.own(new);
        }
        let grown = new.saturating_sub(old);
        Layout::from_size_align(new, 8).map_err(|_| OutOfMemory)?;
        self.charge(grown)?;
        // SAFETY: `own` allocated it with this layout; `new` is a valid size and not 0.
        let moved = unsafe { std::alloc::realloc(memory, Layout::from_size_align_unchecked(old, 8), new) };
        if moved.is_null() {
            self.uncharge(grown);
            return Err(OutOfMemory);
        }
        moved.expose_provenance();
        if new < old {
            self.uncharge(old - new);
            self.owned -= old - new;
        }
        self.note_owned(grown);
        Ok(moved)
    }

    /// Gives memory from [`Heap::own`] back.
    pub(crate) fn disown(&mut self, memory: *mut u8, bytes: usize) {
        if memory.is_null() {
            return;
        }
        // SAFETY: `own` or `reown` made it with this size.
        unsafe { std::alloc::dealloc(memory, Layout::from_size_align_unchecked(bytes, 8)) }
        self.uncharge(bytes);
        self.owned -= bytes;
    }

    pub(crate) fn note_owned(&mut self, bytes: usize) {
        self.owned += bytes;
        self.since += bytes;
    }

    // ---- barrier

    /// To be called for each store of a reference into an object that existed before the store.
    #[inline(always)]
    pub fn barrier(&mut self, object: Ref) {
        if object.kind_byte() & LOG != 0 {
            self.log(object);
        }
    }

    #[cold]
    #[inline(never)]
    fn log(&mut self, object: Ref) {
        object.set_header(object.header() & !((LOG as u64) << 32));
        if self.remembered.try_reserve(1).is_err() {
            self.force_full = true;
            return;
        }
        self.remembered.push(object);
    }

    // ---- objects made of slots

    /// A new object of slots, the first `refs` of which are references. `slots` are all of them.
    #[inline]
    pub fn new_slots(
        &mut self,
        kind: Kind,
        ty: u32,
        refs: usize,
        slots: &[u64],
        variant: u32,
    ) -> Result<Ref, OutOfMemory> {
        let (header, skip) = self.slots_header(kind, ty, refs, slots.len(), variant);
        let cell = self.allocate((slots.len() + skip) * 8, false)?;
        // SAFETY: the cell has room for the header and all slots.
        unsafe {
            cell.write(header);
            if skip == 3 {
                cell.add(1).write(refs as u64 | (slots.len() as u64) << 32);
                cell.add(2).write(u64::from(variant));
            }
            std::ptr::copy_nonoverlapping(slots.as_ptr(), cell.add(skip), slots.len());
            Ok(Ref::from_bits_unchecked(cell as usize as u64))
        }
    }

    fn slots_header(&self, kind: Kind, ty: u32, refs: usize, slots: usize, variant: u32) -> (u64, usize) {
        debug_assert!(kind.has_slots() && refs <= slots);
        if slots <= 255 && variant <= 255 {
            (object::header(ty, kind as u8, refs as u8, slots as u8, variant as u8), 1)
        } else {
            (object::header(ty, kind as u8 | object::BIG, 0, 0, 0), 3)
        }
    }

    /// A copy of an object of slots.
    pub fn copy_slots(&mut self, from: Ref) -> Result<Ref, OutOfMemory> {
        let count = from.slot_count();
        // SAFETY: an object of slots has so many; it stays alive, and a new cell lies elsewhere.
        let slots = unsafe { std::slice::from_raw_parts(from.slots(), count) };
        self.new_slots(from.kind(), from.type_number(), from.ref_count(), slots, from.variant())
    }

    /// Sets a reference slot; false if there is none with this index or the object is frozen.
    #[inline]
    pub fn set_ref_slot(&mut self, object: Ref, index: usize, value: Value) -> bool {
        if index >= object.ref_count() || object.kind_byte() & FROZEN != 0 {
            return false;
        }
        self.barrier(object);
        // SAFETY: the count says that there is such a slot.
        unsafe { *object.slots().add(index) = value.0 }
        true
    }

    /// An integer as a dynamic value.
    #[inline]
    pub fn int(&mut self, i: i64) -> Result<Value, OutOfMemory> {
        match Value::small_int(i) {
            Some(value) => Ok(value),
            None => Ok(Value::object(self.new_slots(Kind::BoxedInt, 0, 0, &[i as u64], 0)?)),
        }
    }

    /// A closure over a function.
    pub fn new_closure(&mut self, ty: u32, function: u32, captures: &[u64]) -> Result<Ref, OutOfMemory> {
        let cell = self.allocate((captures.len() + 2) * 8, false)?;
        // SAFETY: the cell has room for the header, the word of function and count, and the captures.
        unsafe {
            cell.write(object::header(ty, Kind::Closure as u8, 0, 0, 0));
            cell.add(1).write(u64::from(function) | (captures.len() as u64) << 32);
            std::ptr::copy_nonoverlapping(captures.as_ptr(), cell.add(2), captures.len());
            Ok(Ref::from_bits_unchecked(cell as usize as u64))
        }
    }

    /// A range.
    pub fn new_range(
        &mut self,
        ty: u32,
        start: Option<i64>,
        end: Option<i64>,
        inclusive: bool,
    ) -> Result<Ref, OutOfMemory> {
        let flags = u64::from(start.is_some()) | u64::from(end.is_some()) << 1 | u64::from(inclusive) << 2;
        let slots = [start.unwrap_or(0) as u64, end.unwrap_or(0) as u64, flags];
        self.new_slots(Kind::Range, ty, 0, &slots, 0)
    }

    /// A number that is this object's own, the same whenever asked; smaller for those asked for earlier.
    pub fn identity(&mut self, object: Ref) -> u64 {
        let next = self.next_identity;
        let identity = *self.identities.entry(object.bits()).or_insert(next);
        if identity == next {
            self.next_identity += 1;
        }
        identity
    }

    // ---- host objects

    /// An object that holds something of the host's.
    pub fn new_host(&mut self, ty: u32, object: Box<dyn HostObject>) -> Result<Ref, OutOfMemory> {
        let size = object.size();
        self.charge(size)?;
        let cell = match self.allocate(24, true) {
            Ok(cell) => cell,
            Err(error) => {
                self.uncharge(size);
                return Err(error);
            }
        };
        self.note_owned(size);
        let boxed: Box<(usize, Box<dyn HostObject>)> = Box::new((size, object));
        // SAFETY: the cell has room for two words.
        unsafe {
            cell.add(1).write(Box::into_raw(boxed).expose_provenance() as u64);
            cell.write(object::header(ty, Kind::Host as u8, 0, 0, 0));
            Ok(Ref::from_bits_unchecked(cell as usize as u64))
        }
    }

    /// What a host object holds. Obligation 4 holds for it.
    pub fn host_object(&mut self, object: Ref) -> &mut dyn HostObject {
        debug_assert!(object.is(Kind::Host));
        // SAFETY: obligation 3: the word is the pointer that `new_host` put there.
        unsafe {
            let pointer =
                std::ptr::with_exposed_provenance_mut::<(usize, Box<dyn HostObject>)>(*object.word(1) as usize);
            &mut *(*pointer).1
        }
    }

    /// Frees what a dead object owns.
    pub(crate) fn drop_object(&mut self, object: Ref) {
        match object.kind() {
            kind if kind.is_array() => self.drop_array(object),
            Kind::Table => self.drop_table(object),
            Kind::Generator => self.drop_generator(object),
            Kind::Host => {
                // SAFETY: the word is the pointer that `new_host` put there; the object is dead.
                let mut boxed = unsafe {
                    Box::from_raw(std::ptr::with_exposed_provenance_mut::<(usize, Box<dyn HostObject>)>(
                        *object.word(1) as usize,
                    ))
                };
                if let Some(report) = boxed.1.finalize() {
                    self.leaks.push(report);
                }
                self.uncharge(boxed.0);
                self.owned -= boxed.0;
            }
            _ => {}
        }
    }

    // ---- generators

    /// A suspended activation of a function with so many registers, all of them unset.
    pub fn new_generator(&mut self, ty: u32, function: u32, registers: usize) -> Result<Ref, OutOfMemory> {
        let bytes = (registers + registers.div_ceil(64)) * 8;
        let memory = self.own(bytes)?;
        let cell = match self.allocate(48, true) {
            Ok(cell) => cell,
            Err(error) => {
                self.disown(memory, bytes);
                return Err(error);
            }
        };
        // SAFETY: the cell has room for six words, the memory for the registers and their bits.
        unsafe {
            if bytes != 0 {
                std::ptr::write_bytes(memory, 0, bytes);
            }
            cell.add(1).write(u64::from(function));
            cell.add(2).write(0);
            cell.add(3).write(memory as usize as u64);
            cell.add(4).write(registers as u64);
            cell.write(object::header(ty, Kind::Generator as u8, 0, 0, 0));
            Ok(Ref::from_bits_unchecked(cell as usize as u64))
        }
    }

    fn drop_generator(&mut self, object: Ref) {
        // SAFETY: a generator has these words.
        let (memory, registers) = unsafe { (*object.word(3), *object.word(4) as usize) };
        let bytes = (registers + registers.div_ceil(64)) * 8;
        self.disown(std::ptr::with_exposed_provenance_mut(memory as usize), bytes);
    }
}

/// What a generator is doing.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[repr(u32)]
pub enum GeneratorState {
    /// Has not begun or is suspended at a `yield`.
    Suspended = 0,
    /// Runs.
    Running = 1,
    /// Has ended.
    Done = 2,
}

impl Ref {
    /// Generators: the function.
    pub fn generator_function(self) -> u32 {
        debug_assert!(self.is(Kind::Generator));
        // SAFETY: obligation 3: a generator has this word.
        unsafe { *self.word(1) as u32 }
    }
    /// Generators: sets the function.
    pub(crate) fn set_generator_function(self, function: u32) {
        debug_assert!(self.is(Kind::Generator));
        // SAFETY: obligation 3: a generator has this word.
        unsafe { *self.word(1) = u64::from(function) }
    }
    /// Generators: the instruction at which it goes on.
    pub fn generator_pc(self) -> u32 {
        // SAFETY: obligation 3: a generator has this word.
        unsafe { *self.word(2) as u32 }
    }
    /// Generators: what it is doing.
    pub fn generator_state(self) -> GeneratorState {
        // SAFETY: obligation 3: a generator has this word.
        match unsafe { *self.word(2) >> 32 } {
            0 => GeneratorState::Suspended,
            1 => GeneratorState::Running,
            _ => GeneratorState::Done,
        }
    }
    /// Generators: sets what it is doing and where it goes on.
    pub fn set_generator(self, state: GeneratorState, pc: u32) {
        debug_assert!(self.is(Kind::Generator));
        // SAFETY: obligation 3: a generator has this word.
        unsafe { *self.word(2) = u64::from(pc) | (state as u64) << 32 }
    }
    /// Generators: the saved registers and the bits that say which of them hold references.
    ///
    /// # Safety
    /// Obligations 3 and 4; bits may be set only for registers that hold references or dynamic values, and stores of
    /// these go through the barrier.
    #[allow(clippy::mut_from_ref)]
    pub unsafe fn generator_registers<'a>(self) -> (&'a mut [u64], &'a mut [u64]) {
        debug_assert!(self.is(Kind::Generator));
        // SAFETY: obligation 3: a generator has these words, and its memory is so long.
        unsafe {
            let count = *self.word(4) as usize;
            if count == 0 {
                return (&mut [], &mut []);
            }
            let memory: *mut u64 = std::ptr::with_exposed_provenance_mut(*self.word(3) as usize);
            (
                std::slice::from_raw_parts_mut(memory, count),
                std::slice::from_raw_parts_mut(memory.add(count), count.div_ceil(64)),
            )
        }
    }
}

impl Drop for Heap {
    fn drop(&mut self) {
        self.drop_all();
    }
}
