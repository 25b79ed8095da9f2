//! Blocks: aligned memory cut into cells of one size, with a mark bit for every granule of 8 bytes.
//!
//! The block of an object is found by masking its address. An object too large for any cell size has a block of its
//! own, as long as it needs, whose only cell begins in the block's first [`BLOCK_SIZE`] bytes like any other.

use std::alloc::Layout;
use std::ptr::NonNull;

/// Size and alignment of a block. Small enough that a VM which uses ten cell sizes takes 320 KiB, large enough that
/// the mark bits (1/64) and the header are no burden.
pub const BLOCK_SIZE: usize = 32 * 1024;
const MARK_WORDS: usize = BLOCK_SIZE / 8 / 64;

/// Cell sizes. Steps of 8 where most objects are, then of a fifth at most; the last holds a record of 255 slots.
const CELL_SIZES: [u16; 25] = [
    16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 384, 448, 512, 640, 768, 1024, 1280, 1536,
    2064,
];
/// How many cell sizes there are.
pub const CLASS_COUNT: usize = CELL_SIZES.len();
/// The largest cell.
pub const MAX_CELL: usize = CELL_SIZES[CLASS_COUNT - 1] as usize;

const CLASS_OF: [u8; MAX_CELL / 8 + 1] = {
    let mut table = [0u8; MAX_CELL / 8 + 1];
    let (mut words, mut class) = (0, 0);
    while words < table.len() {
        if words * 8 > CELL_SIZES[class] as usize {
            class += 1;
        }
        table[words] = class as u8;
        words += 1;
    }
    table
};

/// The index of the smallest cell size that holds `bytes`; none if no cell does.
#[inline(always)]
pub const fn size_class(bytes: usize) -> Option<usize> {
    if bytes > MAX_CELL { None } else { Some(CLASS_OF[bytes.div_ceil(8)] as usize) }
}

/// The size of a class's cells.
#[inline(always)]
pub const fn class_bytes(class: usize) -> usize {
    CELL_SIZES[class] as usize
}

/// The head of a block; cells follow.
#[repr(C)]
pub(crate) struct Block {
    marks: [u64; MARK_WORDS],
    /// Bytes from cell to cell; for a large block all that follows the head.
    pub cell: usize,
    /// How many cells.
    pub count: u32,
    /// How many of them are marked.
    pub live: u32,
    /// Whether the objects own memory outside, so that dead ones must be dropped.
    pub owning: bool,
}

/// Where the first cell begins.
pub(crate) const FIRST_CELL: usize = size_of::<Block>().next_multiple_of(8);

/// A block's address.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) struct BlockPtr(NonNull<Block>);

impl BlockPtr {
    /// The block that an object lies in.
    ///
    /// # Safety
    /// Obligation 1: the address is that of an object.
    #[inline(always)]
    pub unsafe fn of(address: u64) -> BlockPtr {
        let base = address as usize & !(BLOCK_SIZE - 1);
        // SAFETY: an object lies in the first `BLOCK_SIZE` bytes of a block, which is aligned to that and not at 0.
        BlockPtr(unsafe { NonNull::new_unchecked(std::ptr::with_exposed_provenance_mut(base)) })
    }

    /// Allocates a block with cells of this size, or for one object of this size if that is larger than any cell.
    pub fn allocate(cell: usize, owning: bool) -> Option<BlockPtr> {
        let (layout, count) = BlockPtr::layout(cell)?;
        // SAFETY: the layout has a size.
        let memory = NonNull::new(unsafe { std::alloc::alloc(layout) })?;
        memory.as_ptr().expose_provenance();
        let block = BlockPtr(memory.cast());
        block.format(cell, count, owning);
        Some(block)
    }

    fn layout(cell: usize) -> Option<(Layout, u32)> {
        let (bytes, count) = if cell <= MAX_CELL {
            (BLOCK_SIZE, ((BLOCK_SIZE - FIRST_CELL) / cell) as u32)
        } else {
            (FIRST_CELL.checked_add(cell)?, 1)
        };
        Some((Layout::from_size_align(bytes, BLOCK_SIZE).ok()?, count))
    }

    /// Bytes that a block for this cell size takes.
    pub fn bytes_for(cell: usize) -> usize {
        if cell <= MAX_CELL { BLOCK_SIZE } else { FIRST_CELL.saturating_add(cell) }
    }

    /// Makes it an empty block with cells of this size; not between small and large.
    pub fn reformat(self, cell: usize, owning: bool) {
        self.format(cell, ((BLOCK_SIZE - FIRST_CELL) / cell) as u32, owning);
    }

    fn format(self, cell: usize, count: u32, owning: bool) {
        // SAFETY: the memory is this block's, and nothing points into it.
        unsafe {
            self.0.as_ptr().write(Block { marks: [0; MARK_WORDS], cell, count, live: 0, owning });
            if owning {
                for index in 0..count {
                    self.cell(index).cast::<u64>().write(0);
                }
            }
        }
    }

    /// Gives the memory back.
    ///
    /// # Safety
    /// Nothing refers to the block or its objects any more.
    pub unsafe fn free(self) {
        if let Some((layout, _)) = BlockPtr::layout(self.head().cell) {
            // SAFETY: it was allocated with this layout, which follows from the cell size.
            unsafe { std::alloc::dealloc(self.0.as_ptr().cast(), layout) }
        }
    }

    #[inline(always)]
    pub fn head<'a>(self) -> &'a mut Block {
        // SAFETY: blocks live until they are freed with nothing referring to them; heads are touched only by this
        // crate, which never holds two such references to one block.
        unsafe { &mut *self.0.as_ptr() }
    }

    pub fn address(self) -> usize {
        self.0.as_ptr().expose_provenance()
    }

    /// The address of a cell.
    #[inline(always)]
    pub fn cell(self, index: u32) -> *mut u8 {
        self.0.as_ptr().cast::<u8>().wrapping_add(FIRST_CELL + index as usize * self.head().cell)
    }

    /// Whether the cell with this index is marked.
    #[inline(always)]
    pub fn is_cell_marked(self, index: u32) -> bool {
        let head = self.head();
        let granule = (FIRST_CELL + index as usize * head.cell) / 8;
        head.marks[granule / 64] >> (granule % 64) & 1 != 0
    }

    /// Whether the object at this address is marked.
    #[inline(always)]
    pub fn is_marked(self, address: u64) -> bool {
        let granule = (address as usize % BLOCK_SIZE) / 8;
        self.head().marks[granule / 64] >> (granule % 64) & 1 != 0
    }

    /// Marks the object at this address; whether it was not marked.
    #[inline(always)]
    pub fn mark(self, address: u64) -> bool {
        let granule = (address as usize % BLOCK_SIZE) / 8;
        let head = self.head();
        let word = &mut head.marks[granule / 64];
        let bit = 1 << (granule % 64);
        // By branches, since rustc 1.95 loses a comparison that is kept as a bool, turned to a number and branched on.
        if *word & bit != 0 {
            return false;
        }
        *word |= bit;
        head.live += 1;
        true
    }

    /// Removes all marks.
    pub fn clear_marks(self) {
        let head = self.head();
        head.marks = [0; MARK_WORDS];
        head.live = 0;
    }

    /// The index of the cell at this address, if one begins there.
    pub fn cell_at(self, address: u64) -> Option<u32> {
        let offset = (address as usize).checked_sub(self.address() + FIRST_CELL)?;
        let head = self.head();
        (offset.is_multiple_of(head.cell) && offset / head.cell < head.count as usize)
            .then_some((offset / head.cell) as u32)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_size_gets_the_smallest_cell() {
        for bytes in 1..=MAX_CELL {
            let class = size_class(bytes).unwrap();
            assert!(class_bytes(class) >= bytes);
            assert!(class == 0 || class_bytes(class - 1) < bytes);
        }
        assert_eq!(size_class(MAX_CELL + 1), None);
    }
}
