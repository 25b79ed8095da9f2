//! Which registers of a function hold references, and where: the collector's precise roots.
//!
//! The sets come from the verifier's data flow and are computed when a collection first meets the function. They are
//! kept for every instruction, not for safepoints alone, since each that can fail allocates the error. One entry stands
//! for a run of instructions with one set; sets are trees of 32-bit words with equal parts shared, and for a function of
//! at most 32 registers a set is one word.

use crate::module::Module;
use crate::verify::flow::Flow;
use crate::verify::form::Form;
use crate::verify::rules::DYN;
use crate::verify::state::{Arena, Root};
use rustc_hash::FxHashMap;

#[cfg(test)]
mod tests;

/// Registers in a word, which is a set without a tree.
const WORD: u32 = 32;
/// Children of a node.
const FAN: usize = 8;

/// For each instruction of a function the registers that hold a `ref` or `dyn` before it.
///
/// In a frame that waits for a callee, only registers below the callee's window count: the callee may have written to
/// the others.
#[derive(Clone, Default, Debug)]
pub struct ReferenceMaps {
    /// First instruction of each run, ascending.
    starts: Vec<u32>,
    /// The set of each run: a word, or the number of a node with `levels` levels below it.
    sets: Vec<u32>,
    /// Children are words on the lowest level, else nodes; node 0 is the empty one.
    nodes: Vec<[u32; FAN]>,
    levels: u32,
}

/// The registers with references at one instruction.
#[derive(Clone, Copy, Debug)]
pub struct ReferenceSet<'m> {
    maps: &'m ReferenceMaps,
    set: u32,
}

impl ReferenceMaps {
    /// The set before the instruction at `pc`; empty for what cannot be reached.
    pub fn at(&self, pc: u32) -> ReferenceSet<'_> {
        let index = self.starts.partition_point(|start| *start <= pc).checked_sub(1);
        let set = index.and_then(|index| self.sets.get(index)).copied().unwrap_or(0);
        ReferenceSet { maps: self, set }
    }

    /// How many bytes it takes.
    pub fn size(&self) -> usize {
        size_of::<ReferenceMaps>() + (self.starts.len() + self.sets.len() + self.nodes.len() * FAN) * size_of::<u32>()
    }

    /// The word with the registers from `first` on, a multiple of 32.
    fn word(&self, set: u32, first: u32) -> u32 {
        let mut value = set;
        for level in (0..self.levels).rev() {
            let index = first / WORD / (FAN as u32).pow(level) % FAN as u32;
            value = self.nodes.get(value as usize).and_then(|node| node.get(index as usize)).copied().unwrap_or(0);
        }
        if self.levels == 0 && first >= WORD { 0 } else { value }
    }

    fn reach(&self) -> u32 {
        WORD * (FAN as u32).pow(self.levels)
    }
}

impl<'m> ReferenceSet<'m> {
    /// Whether a register is in it.
    pub fn contains(self, register: u16) -> bool {
        let register = u32::from(register);
        register < self.maps.reach() && self.maps.word(self.set, register / WORD * WORD) >> (register % WORD) & 1 != 0
    }

    /// The registers below `limit` in it, ascending.
    pub fn below(self, limit: u16) -> impl Iterator<Item = u16> + 'm {
        let limit = u32::from(limit);
        let words = (0..limit.min(self.maps.reach())).step_by(WORD as usize);
        words.flat_map(move |first| {
            let word = self.maps.word(self.set, first);
            let word = if limit - first < WORD { word & ((1 << (limit - first)) - 1) } else { word };
            Bits(word).map(move |bit| (first + bit) as u16)
        })
    }

    /// All registers in it, ascending.
    pub fn iter(self) -> impl Iterator<Item = u16> + 'm {
        let last = self.maps.reach() > u32::from(u16::MAX) && self.contains(u16::MAX);
        self.below(u16::MAX).chain(last.then_some(u16::MAX))
    }
}

struct Bits(u32);

impl Iterator for Bits {
    type Item = u32;
    fn next(&mut self) -> Option<u32> {
        let bit = (self.0 != 0).then(|| self.0.trailing_zeros())?;
        self.0 &= self.0 - 1;
        Some(bit)
    }
}

/// Computes the sets of a function of a verified module. For one that would be refused they are empty.
pub fn reference_maps(module: &Module, function: u32) -> ReferenceMaps {
    let mut maps = ReferenceMaps::default();
    let Some(code) = module.functions.get(function as usize) else { return maps };
    let (mut form, mut flow) = (Form::new(module), Flow::new(module));
    if form.check(code).is_err() || flow.check(code, &form.layout).is_err() {
        return maps;
    }
    while maps.reach() < u32::from(code.registers) {
        maps.levels += 1;
    }
    let mut translation = Translation::default();
    let mut last = None;
    maps.nodes.push([0; FAN]);
    flow.replay(code, &form.layout, |pc, states, root| {
        if last.replace(root) == Some(root) {
            return;
        }
        let levels = maps.levels;
        let set = translation.set(&mut maps, states, levels, root);
        if maps.sets.last() != Some(&set) {
            maps.starts.push(pc);
            maps.sets.push(set);
        }
    });
    maps.starts.shrink_to_fit();
    maps.sets.shrink_to_fit();
    maps.nodes.shrink_to_fit();
    maps
}

/// Sets by the states that they were made from, and nodes by what is in them.
#[derive(Default)]
struct Translation {
    by_state: FxHashMap<(u32, Root), u32>,
    by_children: FxHashMap<[u32; FAN], u32>,
}

impl Translation {
    fn set(&mut self, maps: &mut ReferenceMaps, states: &Arena, level: u32, state: Root) -> u32 {
        if state == 0 {
            return 0;
        }
        if level == 0 {
            let bits = states.leaf(state).into_iter().enumerate();
            return bits.fold(0, |word, (index, bits)| word | u32::from(bits & DYN != 0) << index);
        }
        if let Some(set) = self.by_state.get(&(level, state)) {
            return *set;
        }
        let children = states.node(state).map(|child| self.set(maps, states, level - 1, child));
        let set = match self.by_children.get(&children) {
            Some(set) => *set,
            None if children == [0; FAN] => 0,
            None => {
                maps.nodes.push(children);
                let set = maps.nodes.len() as u32 - 1;
                self.by_children.insert(children, set);
                set
            }
        };
        self.by_state.insert((level, state), set);
        set
    }
}
