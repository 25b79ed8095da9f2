//! What the registers hold, at one point ([`Flat`]) and at many points at once ([`Arena`]).
//!
//! Within a block the state is a plain array. At block starts it is kept in a persistent tree: 32 registers to a leaf,
//! 8 children to a node, so that states that differ in few registers share nearly everything, and a function with 65,535
//! registers and 100,000 blocks costs a few nodes a block instead of 64 KiB. Id 0 is the node without set registers on
//! every level. A state is written to the tree by the leaves that were written to since it was read from there
//! ("dirty"), and merging walks only where two trees differ, with a small cache for pairs that were merged before.

use super::rules::{DYN, UNSET};

/// Registers in a leaf.
const LEAF: usize = 32;
/// Children of a node.
const FAN: usize = 8;
/// Entries of the cache of merges; a power of two.
const CACHE: usize = 1024;

/// The id of a state in an [`Arena`].
pub(crate) type Root = u32;

/// Marks a place that was not reached.
pub(crate) const NO_STATE: Root = u32::MAX;

/// The bits of each register, as an array.
#[derive(Default)]
pub(crate) struct Flat {
    leaves: Vec<[u8; LEAF]>,
    /// Leaves that may differ from the tree.
    dirty: Vec<u64>,
    /// Leaves that may have set registers.
    live: Vec<u64>,
}

fn words(bits: usize) -> usize {
    bits.div_ceil(64)
}

impl Flat {
    /// No register set, nothing dirty.
    pub(crate) fn reset(&mut self, registers: usize) {
        let leaves = registers.div_ceil(LEAF).max(1);
        self.leaves.clear();
        self.leaves.resize(leaves, [UNSET; LEAF]);
        for set in [&mut self.dirty, &mut self.live] {
            set.clear();
            set.resize(words(leaves), 0);
        }
    }

    /// The bits of a register; unset if there is none of this number.
    #[inline(always)]
    pub(crate) fn get(&self, register: u16) -> u8 {
        match self.leaves.get(register as usize / LEAF) {
            Some(leaf) => leaf[register as usize % LEAF],
            None => UNSET,
        }
    }

    fn leaf(&self, index: usize) -> [u8; LEAF] {
        self.leaves.get(index).copied().unwrap_or([UNSET; LEAF])
    }

    #[inline(always)]
    fn mark(set: &mut [u64], leaf: usize) {
        if let Some(word) = set.get_mut(leaf / 64) {
            *word |= 1 << (leaf % 64);
        }
    }

    /// Sets a register.
    #[inline(always)]
    pub(crate) fn set(&mut self, register: u16, bits: u8) {
        let index = register as usize / LEAF;
        if let Some(leaf) = self.leaves.get_mut(index) {
            let place = &mut leaf[register as usize % LEAF];
            if *place != bits {
                *place = bits;
                Flat::mark(&mut self.dirty, index);
                Flat::mark(&mut self.live, index);
            }
        }
    }

    /// Unsets all registers from this one on.
    pub(crate) fn clear_from(&mut self, register: u16) {
        let first = register as usize / LEAF;
        let Some(leaf) = self.leaves.get_mut(first) else { return };
        let rest = leaf.get_mut(register as usize % LEAF..).unwrap_or_default();
        if rest.iter().any(|bits| *bits != UNSET) {
            rest.fill(UNSET);
            Flat::mark(&mut self.dirty, first);
        }
        while let Some(index) = self.next_live(first + 1) {
            if let Some(leaf) = self.leaves.get_mut(index) {
                *leaf = [UNSET; LEAF];
            }
            Flat::mark(&mut self.dirty, index);
            if let Some(word) = self.live.get_mut(index / 64) {
                *word &= !(1 << (index % 64));
            }
        }
    }

    /// The first leaf from this one on that may have set registers.
    fn next_live(&self, from: usize) -> Option<usize> {
        next_bit(&self.live, from)
    }

    /// Whether one of `count` leaves from `first` on is dirty. Both are multiples of the same power of eight.
    fn any_dirty(&self, first: usize, count: usize) -> bool {
        let Some(word) = self.dirty.get(first / 64) else { return false };
        if count >= 64 {
            let words = self.dirty.get(first / 64..).unwrap_or_default();
            return words.iter().take(count / 64).any(|word| *word != 0);
        }
        word >> (first % 64) & ((1 << count) - 1) != 0
    }

    /// Whether it differs from the tree.
    pub(crate) fn is_dirty(&self) -> bool {
        self.dirty.iter().any(|word| *word != 0)
    }

    fn clean(&mut self) {
        self.dirty.fill(0);
    }

    /// Makes room for the lowest state of a block whose registers are `of`; see [`Flat::lower`].
    pub(crate) fn reset_lowest(&mut self, of: &Flat) {
        if self.leaves.len() != of.leaves.len() {
            self.reset(of.leaves.len() * LEAF);
        }
        self.clean();
    }

    fn touch(&mut self, of: &Flat, leaf: usize) {
        let dirty = self.dirty.get(leaf / 64).is_some_and(|word| word >> (leaf % 64) & 1 != 0);
        if let (false, Some(place)) = (dirty, self.leaves.get_mut(leaf)) {
            *place = of.leaf(leaf);
            Flat::mark(&mut self.dirty, leaf);
        }
    }

    /// Keeps, in `self`, what holds at each point of a block: to be called before register `register` of the block's
    /// state `of` becomes `bits`. Leaves of `self` that are not dirty are those at the start of the block.
    pub(crate) fn lower(&mut self, of: &Flat, register: u16, bits: u8) {
        let index = register as usize / LEAF;
        self.touch(of, index);
        if let Some(leaf) = self.leaves.get_mut(index) {
            leaf[register as usize % LEAF] &= bits;
        }
    }

    /// The same for all registers from one on, which become unset.
    pub(crate) fn lower_from(&mut self, of: &Flat, register: u16) {
        let first = register as usize / LEAF;
        self.touch(of, first);
        if let Some(rest) = self.leaves.get_mut(first).and_then(|leaf| leaf.get_mut(register as usize % LEAF..)) {
            rest.fill(UNSET);
        }
        let mut from = first + 1;
        while let Some(index) = of.next_live(from) {
            self.touch(of, index);
            if let Some(leaf) = self.leaves.get_mut(index) {
                *leaf = [UNSET; LEAF];
            }
            from = index + 1;
        }
    }
}

/// The first set bit from `from` on.
pub(crate) fn next_bit(set: &[u64], from: usize) -> Option<usize> {
    let mut index = from / 64;
    let mut word = set.get(index)? & (u64::MAX << (from % 64));
    while word == 0 {
        index += 1;
        word = *set.get(index)?;
    }
    Some(index * 64 + word.trailing_zeros() as usize)
}

/// The states at block starts of one function.
#[derive(Default)]
pub(crate) struct Arena {
    leaves: Vec<[u8; LEAF]>,
    nodes: Vec<[u32; FAN]>,
    /// `(level, a, b, merged)`; an entry with `a` 0 is empty.
    cache: Vec<(u32, u32, u32, u32)>,
    /// How many levels of nodes are above the leaves.
    levels: u32,
    /// How many nodes were visited: what the work is measured by.
    pub(crate) steps: u64,
}

impl Arena {
    /// Forgets all states.
    pub(crate) fn reset(&mut self, registers: usize) {
        self.leaves.clear();
        self.nodes.clear();
        self.leaves.push([UNSET; LEAF]);
        self.nodes.push([0; FAN]);
        self.levels = 0;
        let mut reach = LEAF;
        while reach < registers {
            reach *= FAN;
            self.levels += 1;
        }
        self.cache.clear();
        if self.levels > 0 {
            self.cache.resize(CACHE, (0, 0, 0, 0));
        }
        self.steps = 0;
    }

    /// The registers in a leaf of a state.
    pub(crate) fn leaf(&self, id: u32) -> [u8; LEAF] {
        self.leaves.get(id as usize).copied().unwrap_or([UNSET; LEAF])
    }

    /// The children of a state with levels below it, the lowest ones leaves.
    pub(crate) fn node(&self, id: u32) -> [u32; FAN] {
        self.nodes.get(id as usize).copied().unwrap_or([0; FAN])
    }

    /// The id of a leaf; `like` is one that it may be equal to.
    fn leaf_id(&mut self, leaf: [u8; LEAF], like: u32) -> u32 {
        if leaf == self.leaf(like) {
            like
        } else if leaf == [UNSET; LEAF] {
            0
        } else {
            self.leaves.push(leaf);
            self.leaves.len() as u32 - 1
        }
    }

    fn node_id(&mut self, node: [u32; FAN], like: u32) -> u32 {
        if node == self.node(like) {
            like
        } else if node == [0; FAN] {
            0
        } else {
            self.nodes.push(node);
            self.nodes.len() as u32 - 1
        }
    }

    /// Writes the dirty leaves of `flat`, which otherwise is as `base`, into the tree, and makes them clean.
    pub(crate) fn store(&mut self, flat: &mut Flat, base: Root) -> Root {
        if !flat.is_dirty() {
            return base;
        }
        let root = self.store_at(flat, self.levels, base, 0);
        flat.clean();
        root
    }

    fn store_at(&mut self, flat: &Flat, level: u32, id: u32, first: usize) -> u32 {
        let reach = FAN.pow(level);
        if !flat.any_dirty(first, reach) {
            return id;
        }
        self.steps += 1;
        if level == 0 {
            return self.leaf_id(flat.leaf(first), id);
        }
        let mut node = self.node(id);
        for (index, child) in node.iter_mut().enumerate() {
            *child = self.store_at(flat, level - 1, *child, first + index * (reach / FAN));
        }
        self.node_id(node, id)
    }

    /// Makes `flat`, which apart from dirty leaves is as `base`, the state `root`.
    pub(crate) fn load(&mut self, flat: &mut Flat, base: Root, root: Root) {
        if base != root || flat.is_dirty() {
            self.load_at(flat, self.levels, base, root, 0);
            flat.clean();
        }
    }

    fn load_at(&mut self, flat: &mut Flat, level: u32, old: u32, new: u32, first: usize) {
        let reach = FAN.pow(level);
        if old == new && !flat.any_dirty(first, reach) {
            return;
        }
        self.steps += 1;
        if level == 0 {
            let leaf = self.leaf(new);
            if let Some(place) = flat.leaves.get_mut(first) {
                *place = leaf;
                Flat::mark(&mut flat.live, first);
            }
            return;
        }
        for (index, (old, new)) in self.node(old).into_iter().zip(self.node(new)).enumerate() {
            self.load_at(flat, level - 1, old, new, first + index * (reach / FAN));
        }
    }

    /// What holds in both states; `a` itself if that is it.
    pub(crate) fn merge(&mut self, a: Root, b: Root) -> Root {
        self.merge_at(self.levels, a, b)
    }

    fn merge_at(&mut self, level: u32, a: u32, b: u32) -> u32 {
        if a == b || a == 0 {
            return a;
        }
        if b == 0 {
            return 0;
        }
        self.steps += 1;
        let slot = (a.wrapping_mul(0x9e37_79b1) ^ b.wrapping_mul(0x85eb_ca77) ^ level) as usize % CACHE;
        if let Some((l, x, y, merged)) = self.cache.get(slot)
            && (*l, *x, *y) == (level, a, b)
        {
            return *merged;
        }
        let merged = if level == 0 {
            let (mut x, y) = (self.leaf(a), self.leaf(b));
            x.iter_mut().zip(y).for_each(|(x, y)| *x &= y);
            if x == y && x != self.leaf(a) { b } else { self.leaf_id(x, a) }
        } else {
            let (mut x, y) = (self.node(a), self.node(b));
            for (x, y) in x.iter_mut().zip(y) {
                *x = self.merge_at(level - 1, *x, y);
            }
            if x == self.node(a) {
                a
            } else if x == y {
                b
            } else {
                self.node_id(x, a)
            }
        };
        if let Some(entry) = self.cache.get_mut(slot) {
            *entry = (level, a, b, merged);
        }
        merged
    }

    /// A handler's state: as `root`, but `register` is dynamic and those behind it are unset.
    pub(crate) fn at_handler(&mut self, root: Root, register: u16) -> Root {
        self.cut_at(self.levels, root, register as usize)
    }

    fn cut_at(&mut self, level: u32, id: u32, register: usize) -> u32 {
        self.steps += 1;
        if level == 0 {
            let mut leaf = self.leaf(id);
            for (index, bits) in leaf.iter_mut().enumerate().skip(register) {
                *bits = if index == register { DYN } else { UNSET };
            }
            return self.leaf_id(leaf, id);
        }
        let reach = LEAF * FAN.pow(level - 1);
        let mut node = self.node(id);
        for (index, child) in node.iter_mut().enumerate().skip(register / reach) {
            *child = if index == register / reach { self.cut_at(level - 1, *child, register % reach) } else { 0 };
        }
        self.node_id(node, id)
    }
}
