//! Collection: marking from the roots, then dropping what owns memory.
//!
//! Generations by sticky mark bits: a minor collection keeps all marks, so what survived once counts as live and is not
//! looked into again unless the write barrier logged it. A full one clears the marks first. What always holds between
//! collections: a marked object with [`LOG`] set refers only to marked objects.

use crate::block::BlockPtr;
use crate::heap::{Heap, KEPT_BLOCKS, NURSERY};
use crate::object::{self, Kind, LOG, Ref};
use crate::value::Value;

/// What collections have done.
#[derive(Clone, Copy, Default, Debug, PartialEq, Eq)]
pub struct Statistics {
    /// Minor collections.
    pub minor: u64,
    /// Full collections.
    pub full: u64,
    /// Bytes of cells and owned memory that were live behind the last collection.
    pub live: usize,
}

/// Marks from roots; handed to the closure given to [`Heap::collect`].
pub struct Marker<'h> {
    heap: &'h mut Heap,
    stack: Vec<u64>,
    overflow: bool,
}

/// So many elements of an array are looked at at once, so that the stack stays short.
const CHUNK: usize = 1024;

impl Marker<'_> {
    /// A root that is a dynamic value.
    #[inline(always)]
    pub fn value(&mut self, value: Value) {
        if value.is_object() && value.0 != 0 {
            self.mark(value.0);
        }
    }
    /// A root that is an object.
    #[inline(always)]
    pub fn object(&mut self, object: Ref) {
        self.mark(object.bits());
    }

    #[inline(always)]
    fn mark(&mut self, address: u64) {
        // SAFETY: obligation 1: it is an object's address.
        let block = unsafe { BlockPtr::of(address) };
        if block.mark(address) {
            self.heap.live += block.head().cell;
            self.found(address);
        }
    }

    /// An object that was just marked: pushes it if it refers to others.
    #[inline(always)]
    fn found(&mut self, address: u64) {
        // SAFETY: obligation 1.
        let object = unsafe { Ref::from_bits_unchecked(address) };
        let header = object.header();
        let byte = (header >> 32) as u8;
        let traced = match byte & object::KIND_MASK {
            k if k == Kind::Str as u8 || k == Kind::Buffer as u8 => false,
            k if k >= Kind::ArrayI64 as u8 && k <= Kind::ArrayByte as u8 => false,
            k if k == Kind::Host as u8 || k == Kind::BoxedInt as u8 || k == Kind::Range as u8 => false,
            k if k == Kind::Record as u8 => (header >> 40) as u8 != 0 || byte & object::BIG != 0,
            _ => true,
        };
        if traced {
            object.set_header(header | (LOG as u64) << 32);
            self.push(address);
        }
    }

    #[inline(always)]
    fn push(&mut self, entry: u64) {
        if self.stack.len() == self.stack.capacity() && !self.grow() {
            return;
        }
        self.stack.push(entry);
    }

    #[cold]
    fn grow(&mut self) -> bool {
        let more = self.stack.len().max(1024).min(self.heap.mark_stack_limit.saturating_sub(self.stack.len()));
        if more == 0 || self.stack.try_reserve_exact(more).is_err() {
            self.overflow = true;
            return false;
        }
        true
    }

    fn drain(&mut self) {
        self.drain_stack();
        while std::mem::take(&mut self.overflow) {
            self.trace_all_marked();
        }
    }

    fn drain_stack(&mut self) {
        while let Some(entry) = self.stack.pop() {
            // SAFETY: obligation 1: an entry is an object's address, or with its lowest bit set that of an array, below
            // which lies the index to go on from.
            unsafe {
                if entry & 1 == 1 {
                    let start = self.stack.pop().unwrap_or(0) as usize;
                    self.trace_array(Ref::from_bits_unchecked(entry & !1), start);
                } else {
                    self.trace(Ref::from_bits_unchecked(entry));
                }
            }
        }
    }

    /// The stack was too small at some time: some marked object may not have been looked into.
    fn trace_all_marked(&mut self) {
        let spaces = self.heap.spaces.iter().flat_map(|space| space.blocks.iter());
        let blocks: Vec<BlockPtr> = spaces.chain(&self.heap.large).copied().collect();
        for block in blocks {
            for index in 0..block.head().count {
                if block.is_cell_marked(index) {
                    // SAFETY: marked cells are objects.
                    self.trace(unsafe { Ref::from_bits_unchecked(block.cell(index) as usize as u64) });
                    self.drain_stack();
                }
            }
        }
    }

    /// Marks what an object refers to.
    fn trace(&mut self, object: Ref) {
        match object.kind() {
            kind if kind.has_slots() => {
                let slots = object.slots();
                for index in 0..object.ref_count() {
                    // SAFETY: the count says that there are so many reference slots.
                    self.value(Value(unsafe { *slots.add(index) }));
                }
            }
            Kind::ArrayDyn => self.trace_array(object, 0),
            Kind::Closure => {
                for index in 0..object.capture_count() {
                    if let Some(value) = object.capture(index) {
                        self.value(value);
                    }
                }
            }
            Kind::View => self.object(object.view_owner()),
            Kind::Table => {
                for position in 0..object.table_used() {
                    if let Some((key, value)) = object.table_entry(position) {
                        self.value(key);
                        self.value(value);
                    }
                }
            }
            Kind::Generator => {
                // SAFETY: nothing else uses the registers meanwhile.
                let (registers, bits) = unsafe { object.generator_registers() };
                for (index, register) in registers.iter().enumerate() {
                    if bits[index / 64] >> (index % 64) & 1 != 0 {
                        self.value(Value(*register));
                    }
                }
            }
            _ => {}
        }
    }

    fn trace_array(&mut self, array: Ref, start: usize) {
        let len = array.array_len();
        let end = len.min(start.saturating_add(CHUNK));
        let data = array.array_data().cast::<u64>();
        if end < len {
            // Both words or none: a lone one would be taken for an object.
            let room = |stack: &Vec<u64>| stack.capacity() - stack.len() >= 2;
            let overflow = self.overflow;
            if room(&self.stack) || (self.grow() && room(&self.stack)) {
                self.stack.push(end as u64);
                self.stack.push(array.bits() | 1);
            } else {
                self.overflow = overflow;
                for index in end..len {
                    // SAFETY: `index` is below the length. What finds no room on the stack is found again later.
                    self.value(Value(unsafe { *data.add(index) }));
                }
            }
        }
        for index in start..end {
            // SAFETY: `index` is below the length, and the elements are dynamic values.
            self.value(Value(unsafe { *data.add(index) }));
        }
    }
}

impl Heap {
    /// Whether the next collection is to be a full one.
    pub fn wants_full(&self) -> bool {
        self.force_full || self.live + self.owned >= self.full_threshold
    }

    /// Collects. `roots` marks everything that is alive by itself.
    pub fn collect(&mut self, full: bool, roots: &mut dyn FnMut(&mut Marker<'_>)) {
        let full = full || self.wants_full();
        let remembered = std::mem::take(&mut self.remembered);
        if full {
            self.clear_marks();
        }
        let stack = std::mem::take(&mut self.mark_stack);
        let mut marker = Marker { heap: self, stack, overflow: false };
        if !full {
            for object in &remembered {
                object.set_header(object.header() | (LOG as u64) << 32);
                marker.push(object.bits());
                if std::mem::take(&mut marker.overflow) {
                    marker.trace(*object);
                    marker.drain();
                }
            }
        }
        roots(&mut marker);
        marker.drain();
        let mut stack = marker.stack;
        if stack.capacity() > 1 << 16 {
            stack = Vec::new();
        }
        self.mark_stack = stack;
        self.remembered = remembered;
        self.remembered.clear();
        self.sweep(full);
        self.finish(full);
    }

    fn clear_marks(&mut self) {
        self.live = 0;
        self.force_full = false;
        for space in &self.spaces {
            space.blocks.iter().for_each(|block| block.clear_marks());
        }
        self.large.iter().for_each(|block| block.clear_marks());
    }

    fn sweep(&mut self, full: bool) {
        self.identities.retain(|address, _| {
            // SAFETY: the object was alive at the last collection, so its block still exists.
            unsafe { BlockPtr::of(*address) }.is_marked(*address)
        });
        for class in 0..self.spaces.len() {
            let blocks = std::mem::take(&mut self.spaces[class].blocks);
            for block in &blocks {
                if block.head().owning {
                    self.sweep_owning(*block, false);
                }
                if self.stress() {
                    poison(*block);
                }
            }
            self.spaces[class].blocks = blocks;
            if full {
                self.release_empty_blocks(class);
            }
        }
        self.sweep_large();
    }

    /// Drops the dead objects of a block, or all.
    fn sweep_owning(&mut self, block: BlockPtr, all: bool) {
        for index in 0..block.head().count {
            if !all && block.is_cell_marked(index) {
                continue;
            }
            let cell = block.cell(index).cast::<u64>();
            // SAFETY: in an owning block each cell begins with a header or 0.
            unsafe {
                if *cell != 0 {
                    self.drop_object(Ref::from_bits_unchecked(cell as usize as u64));
                    *cell = 0;
                }
            }
        }
    }

    fn release_empty_blocks(&mut self, class: usize) {
        let blocks = std::mem::take(&mut self.spaces[class].blocks);
        let mut kept = Vec::new();
        for block in blocks {
            if block.head().live != 0 {
                kept.push(block);
            } else if self.empty.len() < KEPT_BLOCKS {
                self.empty.push(block);
            } else {
                self.uncharge(BlockPtr::bytes_for(block.head().cell));
                // SAFETY: nothing in it is alive.
                unsafe { block.free() }
            }
        }
        self.spaces[class].blocks = kept;
    }

    fn sweep_large(&mut self) {
        let large = std::mem::take(&mut self.large);
        let mut kept = Vec::with_capacity(large.len());
        for block in large {
            if block.head().live != 0 {
                kept.push(block);
            } else {
                self.uncharge(BlockPtr::bytes_for(block.head().cell));
                // SAFETY: its object is dead.
                unsafe { block.free() }
            }
        }
        self.large = kept;
    }

    fn finish(&mut self, full: bool) {
        self.reset_intervals();
        self.since = 0;
        let live = self.live + self.owned;
        if full {
            self.full_threshold = (live * 2).max(8 * NURSERY);
            self.statistics.full += 1;
        } else {
            self.statistics.minor += 1;
        }
        self.threshold = (live / 4).clamp(NURSERY, 64 * NURSERY);
        self.statistics.live = live;
    }

    /// Drops everything, at the end.
    pub(crate) fn drop_all(&mut self) {
        for class in 0..self.spaces.len() {
            let blocks = std::mem::take(&mut self.spaces[class].blocks);
            for block in blocks {
                if block.head().owning {
                    self.sweep_owning(block, true);
                }
                // SAFETY: the heap is going away, and nothing outlives it.
                unsafe { block.free() }
            }
        }
        for block in std::mem::take(&mut self.large).into_iter().chain(std::mem::take(&mut self.empty)) {
            // SAFETY: as above.
            unsafe { block.free() }
        }
    }
}

/// Overwrites all dead cells, so that a use of one shows.
fn poison(block: BlockPtr) {
    let head = block.head();
    let skip = if head.owning { 8 } else { 0 };
    for index in 0..head.count {
        if !block.is_cell_marked(index) {
            // SAFETY: the cell is dead; the first word of an owning block's cell stays 0.
            unsafe { std::ptr::write_bytes(block.cell(index).add(skip), object::POISON_BYTE, head.cell - skip) }
        }
    }
}
