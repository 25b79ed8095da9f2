//! The interpreter: handlers written once ([`crate::ops`]), run by two engines.
//!
//! Each instruction has a fast form, a function from machine state by value to [`Flow`], inlined into both engines, and a
//! slow form, an ordinary function on the [`Context`] that does the whole instruction whatever the case. The fast form
//! either finishes or declines without having changed anything. [`plain`] is a loop around one `match`; [`threaded`] has
//! a function for each instruction that ends by jumping to the next one's, which needs sibling calls from the compiler
//! and so exists in optimised native builds only. Both mean the same.

pub(crate) mod internal;
mod plain;
#[cfg(all(not(debug_assertions), not(miri), any(target_arch = "x86_64", target_arch = "aarch64")))]
mod threaded;

use crate::context::Context;
use crate::errors::Thrown;
use sayso_bytecode::Insn;
#[cfg(all(not(debug_assertions), not(miri), any(target_arch = "x86_64", target_arch = "aarch64")))]
pub(crate) use threaded::Handlers;

/// What contexts hold for the threaded engine: nothing where there is none.
#[cfg(not(all(not(debug_assertions), not(miri), any(target_arch = "x86_64", target_arch = "aarch64"))))]
pub(crate) struct Handlers;
#[cfg(not(all(not(debug_assertions), not(miri), any(target_arch = "x86_64", target_arch = "aarch64"))))]
impl Handlers {
    pub(crate) fn new() -> Handlers {
        Handlers
    }
}

/// Which engine runs.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Engine {
    /// A loop around one `match`.
    Plain,
    /// A function for each instruction. Where it does not exist, [`Engine::Plain`] runs.
    #[default]
    Threaded,
}

/// The place of an instruction.
pub(crate) type Pc = *const Insn;
/// The current window.
pub(crate) type Regs = *mut u64;

/// An instruction in a fast form: its word, and its place for the operand that is sooner read again than taken out of
/// the middle of the word.
#[derive(Clone, Copy)]
pub(crate) struct Fetched {
    word: Insn,
    pc: Pc,
}

impl Fetched {
    /// # Safety
    /// `pc` is the place of the instruction `word`.
    #[inline(always)]
    pub(crate) unsafe fn new(word: Insn, pc: Pc) -> Fetched {
        Fetched { word, pc }
    }
    #[inline(always)]
    pub(crate) fn a(self) -> u16 {
        self.word.a()
    }
    #[inline(always)]
    pub(crate) fn b(self) -> u16 {
        if cfg!(target_endian = "big") {
            return self.word.b();
        }
        // SAFETY: the instruction is there, and `b` is the third of its parts.
        unsafe { *self.pc.cast::<u16>().add(2) }
    }
    #[inline(always)]
    pub(crate) fn c(self) -> u16 {
        self.word.c()
    }
    #[inline(always)]
    pub(crate) fn sb(self) -> i16 {
        self.b() as i16
    }
    #[inline(always)]
    pub(crate) fn sc(self) -> i16 {
        self.word.sc()
    }
    #[inline(always)]
    pub(crate) fn k(self) -> u32 {
        self.word.k()
    }
    #[inline(always)]
    pub(crate) fn sk(self) -> i32 {
        self.word.sk()
    }
}

/// What a fast form says.
pub(crate) enum Flow {
    /// Go on there.
    Next(Pc, Regs),
    /// Nothing was done: the slow form is to do it.
    Slow,
}

/// Where to go on.
#[derive(Clone, Copy)]
#[repr(C)]
pub(crate) struct Step {
    pub pc: Pc,
    pub regs: Regs,
}

/// An instruction's two forms.
pub(crate) trait Handler {
    /// # Safety
    /// `pc` is the place of the instruction `insn` in verified code, `regs` the window of the current activation of
    /// `context` (invariant 1 of [`Context`]).
    #[inline(always)]
    unsafe fn fast(pc: Pc, regs: Regs, context: *mut Context, insn: Fetched) -> Flow {
        let _ = (pc, regs, context, insn);
        Flow::Slow
    }

    /// Does the instruction; sets `next` (and `regs`) unless it goes on with the instruction behind it.
    fn slow(context: &mut Context, insn: Insn) -> Result<(), Thrown>;
}

/// Runs a slow form; errors are unwound.
///
/// # Safety
/// As [`Handler::fast`].
#[cold]
#[inline(never)]
unsafe fn run_slow<H: Handler>(pc: Pc, regs: Regs, context: *mut Context, insn: Insn) -> Step {
    // SAFETY: nothing else refers to the context while the engine is here.
    let context = unsafe { &mut *context };
    context.pc = pc;
    context.regs = regs;
    context.next = pc.wrapping_add(Context::length_at(pc));
    if H::slow(context, insn).is_err() {
        context.unwind();
    }
    Step { pc: context.next, regs: context.regs }
}

/// Runs from `next` until the activation that was entered from outside returns or fails.
pub(crate) fn run(context: &mut Context, engine: Engine) {
    match engine {
        Engine::Plain => plain::run(context),
        #[cfg(all(not(debug_assertions), not(miri), any(target_arch = "x86_64", target_arch = "aarch64")))]
        Engine::Threaded => threaded::run(context),
        #[cfg(not(all(not(debug_assertions), not(miri), any(target_arch = "x86_64", target_arch = "aarch64"))))]
        Engine::Threaded => plain::run(context),
    }
}
