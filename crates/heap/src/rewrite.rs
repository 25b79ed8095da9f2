//! New numbers for types, functions and names in all live objects, when a VM goes on with another program.
//!
//! Objects keep their places, so nothing that refers to them changes.

use crate::heap::Heap;
use crate::object::{Kind, Ref};
use crate::value::{Unpacked, Value};

/// The new numbers for the old ones.
pub trait Renumber {
    /// Of a type in a header or a value.
    fn ty(&mut self, ty: u32) -> u32;
    /// Of a closure's function.
    fn function(&mut self, function: u32) -> u32;
    /// Of a symbol's name.
    fn name(&mut self, name: u32) -> u32;
    /// How many of a closure's first captured values are type numbers, by the function's old number.
    fn type_captures(&mut self, function: u32) -> usize;
    /// Of a generator's function and the instruction at which it goes on; none if it can go on nowhere.
    fn generator(&mut self, function: u32, pc: u32) -> Option<(u32, u32)>;
}

impl Heap {
    /// Gives all objects that the last collection found new numbers. To be called right behind a full collection.
    ///
    /// Returns the tables whose keys may have other hashes now.
    pub fn renumber(&mut self, map: &mut dyn Renumber) -> Vec<Ref> {
        let mut tables = Vec::new();
        let spaces = self.spaces.iter().flat_map(|space| space.blocks.iter());
        let blocks: Vec<_> = spaces.chain(&self.large).copied().collect();
        for block in blocks {
            for index in 0..block.head().count {
                if !block.is_cell_marked(index) {
                    continue;
                }
                let address = block.cell(index).expose_provenance() as u64;
                // SAFETY: a marked cell holds a live object.
                let object = unsafe { Ref::from_bits_unchecked(address) };
                if renumber_object(object, map) {
                    tables.push(object);
                }
            }
        }
        tables
    }

    /// Exchanges the entries of two tables.
    pub fn swap_tables(&mut self, a: Ref, b: Ref) {
        debug_assert!(a.is(Kind::Table) && b.is(Kind::Table));
        self.barrier(a);
        self.barrier(b);
        for word in 1..5 {
            // SAFETY: obligation 3: tables have these words; what they own is charged to the heap as a whole.
            unsafe { std::ptr::swap(a.word(word), b.word(word)) }
        }
    }
}

fn renumbered(value: Value, map: &mut dyn Renumber) -> Value {
    match value.unpack() {
        Unpacked::Symbol(name) => Value::symbol(map.name(name)),
        Unpacked::Type(ty) => Value::type_number(map.ty(ty)),
        Unpacked::Int(_)
        | Unpacked::Float(_)
        | Unpacked::Unit
        | Unpacked::Bool(_)
        | Unpacked::Byte(_)
        | Unpacked::Unset
        | Unpacked::Object(_) => value,
    }
}

fn renumber_word(word: &mut u64, map: &mut dyn Renumber) {
    *word = renumbered(Value(*word), map).0;
}

/// Whether it is a table whose keys may have other hashes now.
fn renumber_object(object: Ref, map: &mut dyn Renumber) -> bool {
    let kind = object.kind();
    match kind {
        Kind::Free | Kind::Str | Kind::View | Kind::Buffer | Kind::BoxedInt => return false,
        _ => object.set_type_number(map.ty(object.type_number())),
    }
    match kind {
        kind if kind.has_slots() => {
            for index in 0..object.ref_count() {
                // SAFETY: the count says that there is such a slot; nothing else looks at it meanwhile.
                renumber_word(unsafe { &mut *object.slots().add(index) }, map);
            }
        }
        Kind::ArrayDyn => {
            for index in 0..object.array_len() {
                // SAFETY: so many elements are there; nothing else looks at them meanwhile.
                renumber_word(unsafe { &mut *object.array_data().cast::<u64>().add(index) }, map);
            }
        }
        Kind::Closure => {
            let function = object.closure_function();
            let types = map.type_captures(function);
            let count = object.capture_count();
            for index in 0..count {
                // SAFETY: the count says that there is such a word.
                let word = unsafe { &mut *object.word(2 + index) };
                match Value(*word) {
                    number if index < types && number.is_small_int() => {
                        let ty = map.ty(number.as_small_int() as u32);
                        *word = Value::small_int(i64::from(ty)).unwrap_or(number).0;
                    }
                    _ => renumber_word(word, map),
                }
            }
            let function = map.function(function);
            // SAFETY: obligation 3: a closure has this word.
            unsafe { *object.word(1) = u64::from(function) | (count as u64) << 32 }
        }
        Kind::Table => {
            let mut changed = false;
            for position in 0..object.table_used() {
                let Some((key, value)) = object.table_entry(position) else { continue };
                let plain = match key.unpack() {
                    Unpacked::Object(key) => key.is_str() || key.is(Kind::BoxedInt),
                    Unpacked::Symbol(_) | Unpacked::Type(_) => false,
                    _ => true,
                };
                changed |= !plain;
                object.set_table_entry(position, renumbered(key, map), renumbered(value, map));
            }
            return changed;
        }
        Kind::Generator => {
            // SAFETY: the kind was checked; nothing else looks at the registers meanwhile, and only immediates change.
            let (registers, bits) = unsafe { object.generator_registers() };
            for (index, register) in registers.iter_mut().enumerate() {
                if bits[index / 64] >> (index % 64) & 1 != 0 {
                    renumber_word(register, map);
                }
            }
            let (function, pc) =
                map.generator(object.generator_function(), object.generator_pc()).unwrap_or((u32::MAX, 0));
            object.set_generator_function(function);
            object.set_generator(object.generator_state(), pc);
        }
        _ => {}
    }
    false
}
