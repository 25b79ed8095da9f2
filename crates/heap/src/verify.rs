//! Walks all that is reachable and checks what must hold, for tests.
//!
//! Checked: each reference leads to the start of a cell of a block of this heap, in which an object of a valid kind
//! stands whose size fits; arrays, strings, tables and closures are consistent; an old object that was not logged refers
//! to old objects only.

use crate::block::{BLOCK_SIZE, BlockPtr};
use crate::heap::Heap;
use crate::object::{Kind, LOG, Ref};
use crate::value::Value;
use rustc_hash::{FxHashMap, FxHashSet};

impl Heap {
    /// Checks everything reachable from these roots; the first thing found wrong.
    pub fn verify(&self, roots: &[Value]) -> Result<usize, String> {
        let mut blocks = FxHashMap::default();
        for block in self.spaces.iter().flat_map(|space| space.blocks.iter()).chain(&self.large) {
            blocks.insert(block.address(), *block);
        }
        let mut seen = FxHashSet::default();
        let mut work: Vec<(Option<Ref>, u64)> = Vec::new();
        let push = |from: Option<Ref>, value: Value, work: &mut Vec<(Option<Ref>, u64)>| {
            if value.is_object() {
                work.push((from, value.0));
            }
        };
        roots.iter().for_each(|root| push(None, *root, &mut work));
        while let Some((from, address)) = work.pop() {
            let origin = || from.map_or("a root".to_string(), |f| format!("{:?} {:#x}", f.kind(), f.bits()));
            let block = check_address(&blocks, address).map_err(|what| format!("{what}, from {}", origin()))?;
            // SAFETY: a cell of a block of this heap begins there.
            let object = unsafe { Ref::from_bits_unchecked(address) };
            if let Some(from) = from {
                // SAFETY: it was checked before.
                let old = unsafe { BlockPtr::of(from.bits()) }.is_marked(from.bits());
                if old && from.kind_byte() & LOG != 0 && !block.is_marked(address) {
                    return Err(format!("an old object refers to a young one without being logged: {}", origin()));
                }
            }
            if !seen.insert(address) {
                continue;
            }
            self.check_object(object, block).map_err(|what| format!("{what}: {:#x}, from {}", address, origin()))?;
            each_child(object, &mut |child| push(Some(object), child, &mut work));
        }
        Ok(seen.len())
    }

    fn check_object(&self, object: Ref, block: BlockPtr) -> Result<(), String> {
        let kind = Kind::from_bits(object.kind_bits()).filter(|kind| *kind != Kind::Free);
        let Some(kind) = kind else { return Err("no object stands there".into()) };
        if kind.owns_memory() != block.head().owning {
            return Err(format!("{kind:?} in a wrong block"));
        }
        let size = match kind {
            Kind::Str => 20 + object.str_len(),
            Kind::View => 40,
            Kind::Closure => 16 + object.capture_count() * 8,
            kind if kind.has_slots() => 8 + object.slot_count() * 8,
            _ => 16,
        };
        if size > block.head().cell {
            return Err(format!("{kind:?} is larger than its cell"));
        }
        if kind.has_slots() && object.ref_count() > object.slot_count() {
            return Err("more reference slots than slots".into());
        }
        if kind.is_array() && object.array_len() > object.array_capacity() {
            return Err("an array is longer than its memory".into());
        }
        // SAFETY: the kind was checked, and nothing changes meanwhile.
        if kind.is_str() && std::str::from_utf8(unsafe { object.str_bytes() }).is_err() {
            return Err("a string is no text".into());
        }
        if kind == Kind::Table {
            let live = (0..object.table_used()).filter(|at| object.table_entry(*at).is_some()).count();
            if live != object.table_len() {
                return Err("a table's count is wrong".into());
            }
        }
        Ok(())
    }
}

fn check_address(blocks: &FxHashMap<usize, BlockPtr>, address: u64) -> Result<BlockPtr, String> {
    let base = address as usize & !(BLOCK_SIZE - 1);
    let Some(block) = blocks.get(&base) else { return Err(format!("{address:#x} is in no block")) };
    match block.cell_at(address) {
        Some(_) => Ok(*block),
        None => Err(format!("{address:#x} is no cell's address")),
    }
}

/// Calls `visit` with all that an object refers to.
fn each_child(object: Ref, visit: &mut dyn FnMut(Value)) {
    match object.kind() {
        kind if kind.has_slots() => {
            (0..object.ref_count()).filter_map(|index| object.ref_slot(index)).for_each(visit);
        }
        // SAFETY: the kind was checked, and nothing changes meanwhile.
        Kind::ArrayDyn => unsafe { object.array_words() }.iter().for_each(|bits| visit(Value(*bits))),
        Kind::Closure => (0..object.capture_count()).filter_map(|index| object.capture(index)).for_each(visit),
        Kind::View => visit(Value::object(object.view_owner())),
        Kind::Table => {
            for position in 0..object.table_used() {
                if let Some((key, value)) = object.table_entry(position) {
                    visit(key);
                    visit(value);
                }
            }
        }
        Kind::Generator => {
            // SAFETY: the kind was checked, and nothing changes meanwhile.
            let (registers, bits) = unsafe { object.generator_registers() };
            for (index, register) in registers.iter().enumerate() {
                if bits[index / 64] >> (index % 64) & 1 != 0 {
                    visit(Value(*register));
                }
            }
        }
        _ => {}
    }
}
