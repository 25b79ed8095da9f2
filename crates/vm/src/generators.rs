//! Generators: activations that are suspended by `yield` and live in the heap meanwhile.
//!
//! Asked for its next value, a generator's registers are copied into a window above the caller's, and a frame is entered
//! that returns to [`internal::generator_done`]. `yield` copies them back, with the bits that say which hold references,
//! leaves the frame and gives its value to whoever asked.

use crate::context::{Context, Continuation, Then};
use crate::engine::internal;
use crate::errors::Thrown;
use sayso_bytecode::{FaultKind, Insn};
use sayso_heap::{GeneratorState, Kind, Ref, Value};
use sayso_types::{TypeId, TypeKind};

impl Context {
    /// A generator over a function with these arguments, behind which its type stands.
    pub(crate) fn new_generator(&mut self, function: u32, first: u16, count: usize) -> Result<Ref, Thrown> {
        let registers = self.program.functions[function as usize].registers as usize;
        let ty = self.checked_type(self.reg(first + count as u16))?;
        let ty = match self.types.store.kind(ty) {
            TypeKind::Nominal(decl, _) if self.program.known.generator == Some(*decl) => ty,
            _ => TypeId::ANY,
        };
        let generator = self.alloc(|heap| heap.new_generator(ty.0, function, registers))?;
        let program = self.program();
        let classes = &program.module().functions[function as usize].params;
        // SAFETY: the generator is new, and nothing else uses its registers; bits are set for references only.
        let (saved, bits) = unsafe { generator.generator_registers() };
        for (index, (value, class)) in self.window(first, count).iter().zip(classes).enumerate() {
            saved[index] = *value;
            if !class.is_raw() {
                bits[index / 64] |= 1 << (index % 64);
            }
        }
        Ok(generator)
    }

    fn generator_of(&mut self, value: Value) -> Result<Ref, Thrown> {
        if let Some(object) = value.as_object().filter(|object| object.is(Kind::Generator)) {
            return Ok(object);
        }
        let found = self.shown_type_of(value);
        Err(self.fault(FaultKind::Cast, format!("a value of type `{found}` is no generator")))
    }

    /// Goes on with a generator; what it yields, or `None`, is the result of the instruction at `pc`.
    pub(crate) fn resume_generator(&mut self, generator: Value, pc: *const Insn) -> Result<(), Thrown> {
        self.pc = pc;
        let generator = self.generator_of(generator)?;
        match generator.generator_state() {
            GeneratorState::Done => {
                let none = self.none()?;
                self.give(pc, none.0)
            }
            GeneratorState::Running => {
                Err(self.fault(FaultKind::State, "a generator cannot go on while it is running"))
            }
            GeneratorState::Suspended => self.enter_generator(generator, pc),
        }
    }

    fn enter_generator(&mut self, generator: Ref, pc: *const Insn) -> Result<(), Thrown> {
        let function = generator.generator_function();
        if function as usize >= self.program.functions.len() {
            let message = "the generator cannot go on: its function was replaced by another since it began";
            return Err(self.fault(FaultKind::State, message));
        }
        self.handles.push(Value::object(generator));
        let base = self.free_window();
        let ready = self.ready(function, base);
        self.handles.pop();
        let base = ready?;
        // SAFETY: the window has room for all registers of the function; nothing else uses the generator's.
        unsafe {
            let (saved, _) = generator.generator_registers();
            std::ptr::copy_nonoverlapping(saved.as_ptr(), base, saved.len());
        }
        let offset = generator.generator_pc();
        generator.set_generator(GeneratorState::Running, offset);
        self.push_frame(function, base, internal::generator_done());
        self.next = self.program.pc(function, offset);
        let base = self.stack_index(base);
        let frame = self.frame_index();
        self.continuations.push(Continuation { frame, pc, base, then: Then::Generator(generator) });
        Ok(())
    }

    /// `yield`
    pub(crate) fn yield_value(&mut self, register: u16) -> Result<(), Thrown> {
        let index = self.frame_index();
        let generator = match self.continuations.last() {
            Some(Continuation { frame, then: Then::Generator(generator), .. }) if *frame == index => *generator,
            _ => return Err(self.fault(FaultKind::State, "`yield` outside of a generator")),
        };
        if self.cleanups.last().is_some_and(|cleanup| cleanup.frame == index) {
            return Err(self.fault(FaultKind::State, "`yield` in deferred code that an error or `close` runs"));
        }
        let value = self.value(register);
        let Some((function, offset)) = self.program.place(self.next) else {
            return Err(self.internal_error("`yield` at the end of code"));
        };
        let program = self.program();
        self.heap.barrier(generator);
        // SAFETY: nothing else uses the generator's registers; bits are set for references only; the store is behind the
        // barrier.
        unsafe {
            let (saved, bits) = generator.generator_registers();
            std::ptr::copy_nonoverlapping(self.regs, saved.as_mut_ptr(), saved.len());
            bits.fill(0);
            for reference in program.maps(function).at(offset).below(saved.len() as u16) {
                bits[reference as usize / 64] |= 1 << (reference % 64);
            }
        }
        generator.set_generator(GeneratorState::Suspended, offset);
        let Some(continuation) = self.continuations.pop() else { return Ok(()) };
        self.leave_frame();
        self.pc = continuation.pc;
        self.give(continuation.pc, value.0)
    }

    fn leave_frame(&mut self) {
        // SAFETY: the frame is in use.
        let frame = unsafe { *self.frame };
        self.frame = self.frame.wrapping_sub(1);
        self.regs = frame.caller;
    }

    /// The body of a generator has returned.
    pub(crate) fn generator_done(&mut self) -> Result<(), Thrown> {
        let Some(Continuation { pc, then: Then::Generator(generator), .. }) = self.continuations.pop() else {
            return Err(self.internal_error("no generator has ended"));
        };
        generator.set_generator(GeneratorState::Done, 0);
        self.pc = pc;
        let none = self.none()?;
        self.give(pc, none.0)
    }

    /// Ends a generator, whose deferred code runs; the result of the instruction at `pc` is `()`.
    pub(crate) fn close_generator(&mut self, generator: Value, pc: *const Insn) -> Result<(), Thrown> {
        self.pc = pc;
        let generator = self.generator_of(generator)?;
        match generator.generator_state() {
            GeneratorState::Running => {
                Err(self.fault(FaultKind::State, "a generator cannot be closed while it is running"))
            }
            GeneratorState::Suspended if generator.generator_pc() > 0 => {
                self.enter_generator(generator, pc)?;
                // It goes on by unwinding from its `yield`.
                self.pc = self.next.wrapping_sub(1);
                Err(self.begin_closing())
            }
            GeneratorState::Suspended | GeneratorState::Done => {
                generator.set_generator(GeneratorState::Done, 0);
                self.give(pc, Value::UNIT.0)
            }
        }
    }
}
