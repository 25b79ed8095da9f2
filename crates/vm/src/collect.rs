//! The roots of a collection: registers of all activations by their reference maps, globals, constants, and what
//! natives, errors and the host hold.

use crate::context::{ComptimeState, Context, Then};
use crate::errors::Pending;
use sayso_heap::{Marker, Value};

/// Values that the host holds, by number; given back when it lets go.
#[derive(Default)]
pub(crate) struct Roots {
    values: Vec<Value>,
    free: Vec<u32>,
    /// Numbers that were let go from elsewhere.
    released: std::sync::Arc<std::sync::Mutex<Vec<u32>>>,
}

impl Roots {
    pub fn add(&mut self, value: Value) -> u32 {
        self.take_released();
        match self.free.pop() {
            Some(index) => {
                self.values[index as usize] = value;
                index
            }
            None => {
                self.values.push(value);
                self.values.len() as u32 - 1
            }
        }
    }
    pub fn get(&self, index: u32) -> Value {
        self.values.get(index as usize).copied().unwrap_or(Value::UNSET)
    }
    pub fn values(&self) -> &[Value] {
        &self.values
    }
    /// To be replaced by others of the same objects only.
    pub fn values_mut(&mut self) -> &mut [Value] {
        &mut self.values
    }
    pub fn released(&self) -> std::sync::Arc<std::sync::Mutex<Vec<u32>>> {
        self.released.clone()
    }
    fn take_released(&mut self) {
        let mut released = self.released.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        for index in released.drain(..) {
            if let Some(value) = self.values.get_mut(index as usize) {
                *value = Value::UNSET;
                self.free.push(index);
            }
        }
    }
}

impl Context {
    /// Collects garbage.
    #[cold]
    #[inline(never)]
    pub(crate) fn collect(&mut self, full: bool) {
        self.roots.take_released();
        // The heap is taken out for the time, so that the roots can be read while it is written.
        let mut heap = std::mem::replace(&mut self.heap, sayso_heap::Heap::new(0));
        heap.collect(full, &mut |marker| self.mark_roots(marker));
        self.heap = heap;
    }

    /// All roots as values, for the heap's verifier.
    pub(crate) fn mark_roots(&self, marker: &mut Marker<'_>) {
        self.each_root(&mut |value| marker.value(value));
        for continuation in &self.continuations {
            if let Then::Native { native, .. } = &continuation.then {
                native.trace(marker);
            }
        }
    }

    /// Calls `visit` with all roots but those of waiting natives.
    pub(crate) fn each_root(&self, visit: &mut dyn FnMut(Value)) {
        let module = self.program.module();
        for (index, constant) in module.constants.iter().enumerate() {
            if !crate::constants::is_raw(constant) {
                // SAFETY: there are as many slots as constants; 0 is one that is not made yet.
                visit(Value(unsafe { *self.constants.add(index) }));
            }
        }
        for (index, global) in module.globals.iter().enumerate() {
            if !global.class.is_raw() {
                // SAFETY: there are as many slots as globals; 0 is one that has no value yet.
                visit(Value(unsafe { *self.globals.add(index) }));
            }
        }
        for (index, comptime) in module.comptimes.iter().enumerate() {
            if let (false, ComptimeState::Done(bits)) = (comptime.1.is_raw(), self.comptimes[index]) {
                visit(Value(bits));
            }
        }
        self.handles.iter().chain(&self.roots.values).for_each(|value| visit(*value));
        self.pending.iter().chain(&self.last_caught).for_each(|pending| visit_pending(pending, visit));
        self.cleanups.iter().for_each(|cleanup| visit_pending(&cleanup.pending, visit));
        for continuation in &self.continuations {
            if let Then::Generator(generator) = continuation.then {
                visit(Value::object(generator));
            }
        }
        self.visit_registers(visit);
    }

    fn visit_registers(&self, visit: &mut dyn FnMut(Value)) {
        self.each_activation(&mut |pc, regs, inner| {
            // In the innermost activation all registers count, in its callers those below the next window.
            let limit = inner.map_or(u16::MAX, |inner| {
                u16::try_from((inner as usize).wrapping_sub(regs as usize) / 8).unwrap_or(u16::MAX)
            });
            if let Some((function, offset)) = self.program.place(pc) {
                for register in self.program.maps(function).at(offset).below(limit) {
                    // SAFETY: the register belongs to the activation's window, and holds a reference there.
                    visit(Value(unsafe { *regs.add(register as usize) }));
                }
            }
        });
    }

    /// Checks the whole heap; for tests.
    pub(crate) fn verify_heap(&self) -> Result<usize, String> {
        let mut roots = Vec::new();
        self.each_root(&mut |value| {
            if value.0 != 0 {
                roots.push(value);
            }
        });
        self.heap.verify(&roots)
    }
}

fn visit_pending(pending: &Pending, visit: &mut dyn FnMut(Value)) {
    visit(pending.value);
    pending.attached.iter().for_each(|attached| visit_pending(attached, visit));
}
