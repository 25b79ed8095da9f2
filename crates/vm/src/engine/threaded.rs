//! The engine for optimised native builds: a function for each instruction, which ends by calling the next one's in
//! tail position. The compiler makes jumps of these calls: all functions have one signature, arguments that fit
//! registers, and nothing to be dropped. A test runs a loop long enough that it would overflow the native stack if a
//! jump were a call.

use super::internal::{self, for_each_internal};
use super::{Fetched, Flow, Handler, Pc, Regs, run_slow};
use crate::context::Context;
use crate::ops::handlers;
use sayso_bytecode::{Insn, for_each_op};

type Code = unsafe fn(Pc, Regs, *mut Context, Insn);

/// Goes on with the instruction at `pc`.
#[inline(always)]
unsafe fn dispatch(pc: Pc, regs: Regs, context: *mut Context) {
    // SAFETY: `pc` is the place of an instruction of verified code, whose opcode is below the table's length.
    unsafe {
        let insn = *pc;
        let code = *(&raw const (*context).handlers.0).cast::<Code>().add(insn.op_bits() as usize);
        code(pc, regs, context, insn)
    }
}

unsafe fn fast<H: Handler>(pc: Pc, regs: Regs, context: *mut Context, insn: Insn) {
    // SAFETY: verified code, and the state that the last instruction left.
    unsafe {
        match H::fast(pc, regs, context, Fetched::new(insn, pc)) {
            Flow::Next(pc, regs) => dispatch(pc, regs, context),
            Flow::Slow => slow::<H>(pc, regs, context, insn),
        }
    }
}

#[cold]
#[inline(never)]
unsafe fn slow<H: Handler>(pc: Pc, regs: Regs, context: *mut Context, insn: Insn) {
    // SAFETY: as above.
    unsafe {
        let step = run_slow::<H>(pc, regs, context, insn);
        dispatch(step.pc, step.regs, context)
    }
}

unsafe fn halt(_pc: Pc, regs: Regs, context: *mut Context, _insn: Insn) {
    // SAFETY: nothing else refers to the context now.
    unsafe { (*context).regs = regs }
}

/// The function of each instruction. It is part of the context, so that an address is found with what is at hand.
pub(crate) struct Handlers([Code; internal::COUNT]);

impl Handlers {
    pub(crate) fn new() -> Handlers {
        const TABLE: [Code; internal::COUNT] = table();
        Handlers(TABLE)
    }
}

const fn table() -> [Code; internal::COUNT] {
    let mut table: [Code; internal::COUNT] = [halt; internal::COUNT];
    let mut next = 0;
    macro_rules! add {
        ($($variant:ident)*) => {
            $(
                table[next] = fast::<handlers::$variant>;
                next += 1;
            )*
        };
    }
    macro_rules! add_all {
        ($($variant:ident $text:literal $f:ident ($a:expr, $b:expr, $c:expr) [$ext:expr] $doc:literal;)*) => {
            add!($($variant)*);
        };
    }
    macro_rules! add_internal {
        (Halt $($variant:ident)*) => {
            next += 1;
            add!($($variant)*);
        };
    }
    for_each_op!(add_all);
    for_each_internal!(add_internal);
    assert!(next == internal::COUNT);
    table
}

pub(super) fn run(context: &mut Context) {
    let (pc, regs) = (context.next, context.regs);
    // SAFETY: the context is set up to run from there, and code is verified.
    unsafe { dispatch(pc, regs, context) }
}
