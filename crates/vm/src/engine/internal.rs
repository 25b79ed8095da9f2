//! Instructions that only the VM knows: forms that preparation puts in place of others, and places to return to that
//! belong to no function.

use sayso_bytecode::{Insn, Op};

const FIRST: u16 = Op::ALL.len() as u16;

/// Calls the macro with the VM's own instructions, in the order of their numbers, which follow those of [`Op`].
macro_rules! for_each_internal {
    ($m:ident) => {
        $m! { Halt ResumeNative GeneratorDone LoadRawConst GetRawGlobal SetRawGlobal }
    };
}
pub(crate) use for_each_internal;

pub(crate) const HALT: u16 = FIRST;
pub(crate) const RESUME_NATIVE: u16 = FIRST + 1;
pub(crate) const GENERATOR_DONE: u16 = FIRST + 2;
pub(crate) const LOAD_RAW_CONST: u16 = FIRST + 3;
pub(crate) const GET_RAW_GLOBAL: u16 = FIRST + 4;
pub(crate) const SET_RAW_GLOBAL: u16 = FIRST + 5;
/// How many instructions the engines know.
#[cfg_attr(
    not(all(not(debug_assertions), not(miri), any(target_arch = "x86_64", target_arch = "aarch64"))),
    allow(dead_code)
)]
pub(crate) const COUNT: usize = FIRST as usize + 6;

static PLACES: [Insn; 3] = [Insn(HALT as u64), Insn(RESUME_NATIVE as u64), Insn(GENERATOR_DONE as u64)];

/// Where activations return to that were entered from outside: the engine stops.
pub(crate) fn halt() -> *const Insn {
    &raw const PLACES[0]
}
/// Where activations return to that a native asked for.
pub(crate) fn resume() -> *const Insn {
    &raw const PLACES[1]
}
/// Where a generator's activation returns to.
pub(crate) fn generator_done() -> *const Insn {
    &raw const PLACES[2]
}
