//! How natives are called, what becomes of their results, and how they go on after a call that they asked for.

use super::{Args, CallRequest, Callee, NativeContext, NativeResult, Slot};
use crate::context::{Context, Continuation, Then};
use crate::engine::internal;
use crate::errors::Thrown;
use sayso_bytecode::{Class, Op};
use sayso_heap::Value;
use std::marker::PhantomData;

impl Context {
    /// As `alloc`, for what has been reserved: does not collect.
    pub(super) fn alloc_ready<T>(
        &mut self,
        make: impl FnOnce(&mut sayso_heap::Heap) -> Result<T, sayso_heap::OutOfMemory>,
    ) -> Result<T, Thrown> {
        make(&mut self.heap).map_err(|_| self.out_of_memory())
    }

    /// Runs a native with arguments from register `first` on.
    pub(crate) fn call_native(&mut self, native: u32, first: u16) -> Result<(), Thrown> {
        let program = self.program();
        let Some(wanted) = program.module().natives.get(native as usize) else {
            return Err(self.internal_error("a native is missing"));
        };
        let (cost, function) = {
            let found = &self.natives[native as usize];
            (found.cost, found.function)
        };
        self.charge(u64::from(cost))?;
        let mark = self.handles.len();
        let args = Args {
            slots: self.regs.wrapping_add(first as usize).cast_const(),
            classes: &wanted.params,
            lifetime: PhantomData,
        };
        let result = function(&mut NativeContext { context: self, native }, args);
        let done = self.finish_native(result, self.pc);
        self.handles.truncate(mark);
        done
    }

    /// Does what a native asks for; `pc` is the instruction that called it.
    pub(crate) fn finish_native(
        &mut self,
        result: NativeResult,
        pc: *const sayso_bytecode::Insn,
    ) -> Result<(), Thrown> {
        match result {
            NativeResult::Return(slot) => self.give(pc, slot.0),
            NativeResult::Throw(thrown) => Err(thrown),
            NativeResult::Call(request) => self.call_for_native(*request, pc),
            NativeResult::Next(generator) => self.resume_generator(generator.0, pc),
            NativeResult::Close(generator) => self.close_generator(generator.0, pc),
        }
    }

    /// The result of a waiting instruction, behind which the engine goes on. What natives and generators give to a
    /// register of class `ref` has to be an object.
    pub(crate) fn give(&mut self, pc: *const sayso_bytecode::Insn, bits: u64) -> Result<(), Thrown> {
        // SAFETY: `pc` is the place of an instruction of the current activation.
        let insn = unsafe { *pc };
        if insn.op_bits() == Op::CallNative as u16 && !Value(bits).is_object() {
            let native = self.program.module().natives.get(insn.k() as usize);
            if native.is_some_and(|native| native.result == Class::Ref) {
                let key = native.map_or("?", |native| self.program.name(native.key)).to_string();
                return Err(self.internal_error(&format!("`{key}` gave no object")));
            }
        }
        self.set_reg(insn.a(), bits);
        self.next = pc.wrapping_add(Context::length_at(pc));
        Ok(())
    }

    fn call_for_native(&mut self, request: CallRequest, pc: *const sayso_bytecode::Insn) -> Result<(), Thrown> {
        self.pc = pc;
        let mark = self.handles.len();
        // The continuation is not among the roots yet, the arguments may be references.
        self.keep_arguments(&request);
        let base = self.free_window();
        let entered = self.enter_callee(&request, base);
        self.handles.truncate(mark);
        entered?;
        let function = self.program.module().functions.get(self.function_id() as usize);
        let reference = function.is_some_and(|function| !function.result.is_raw());
        let continuation = Continuation {
            frame: self.frame_index(),
            pc,
            base: self.stack_index(self.regs),
            then: Then::Native { native: request.then, reference },
        };
        self.continuations.push(continuation);
        Ok(())
    }

    fn keep_arguments(&mut self, request: &CallRequest) {
        let module = self.program.module();
        let classes: &[Class] = match request.callee {
            Callee::Value(value) => {
                self.handles.push(value);
                self.handles.extend(request.args.iter().map(|bits| Value(*bits)));
                return;
            }
            Callee::Multi(multi) => module.multis.get(multi as usize).map_or(&[], |multi| &multi.params),
            Callee::Function(function) => module.functions.get(function as usize).map_or(&[], |f| &f.params),
        };
        let references = classes.iter().zip(&request.args).filter(|(class, _)| !class.is_raw());
        self.handles.extend(references.map(|(_, bits)| Value(*bits)));
    }

    fn enter_callee(&mut self, request: &CallRequest, base: *mut u64) -> Result<(), Thrown> {
        let (function, leading) = match request.callee {
            Callee::Function(function) => (function, Vec::new()),
            Callee::Value(value) => {
                let function = self.function_of_value(value, request.args.len())?;
                (function, vec![value.0])
            }
            Callee::Multi(multi) => {
                let chosen = self.dispatch_slots(multi, &request.args)?;
                (chosen.function, chosen.types.iter().map(|ty| u64::from(ty.0)).collect())
            }
        };
        let Some(info) = self.program.functions.get(function as usize).copied() else {
            return Err(self.internal_error("a native calls a function that does not exist"));
        };
        if info.params as usize != leading.len() + request.args.len() {
            return Err(self.internal_error("a native calls a function with a wrong number of arguments"));
        }
        let base = self.ready(function, base)?;
        for (index, bits) in leading.iter().chain(&request.args).enumerate() {
            // SAFETY: the window has room for all parameters.
            unsafe { *base.add(index) = *bits }
        }
        self.push_frame(function, base, internal::resume());
        Ok(())
    }

    /// An activation that a native asked for has returned.
    pub(crate) fn resume_native(&mut self) -> Result<(), Thrown> {
        let Some(continuation) = self.continuations.pop() else {
            return Err(self.internal_error("nothing to go on with"));
        };
        self.pc = continuation.pc;
        let Then::Native { native, reference } = continuation.then else {
            return Err(self.internal_error("a generator went on as a native"));
        };
        // SAFETY: the window began there, and its first slot holds the result.
        let result = Slot(unsafe { *self.stack.add(continuation.base) });
        let mark = self.handles.len();
        if reference {
            self.handles.push(Value(result.0));
        }
        let result = native.resume(&mut NativeContext::new(self), result);
        let done = self.finish_native(result, continuation.pc);
        self.handles.truncate(mark);
        done
    }
}
