//! The engine for builds without optimisation, for wasm32 and for Miri: a loop around one `match`.

use super::internal::for_each_internal;
use super::{Fetched, Flow, Handler, run_slow};
use crate::context::Context;
use crate::ops::handlers;
use sayso_bytecode::{Op, for_each_op};

macro_rules! numbers {
    ($($variant:ident $text:literal $format:ident ($a:expr, $b:expr, $c:expr) [$ext:expr] $doc:literal;)*) => {
        /// Opcodes as constants, to be patterns.
        #[allow(non_upper_case_globals)]
        mod number {
            use super::Op;
            $(pub const $variant: u16 = Op::$variant as u16;)*
            pub const Halt: u16 = crate::engine::internal::HALT;
            pub const ResumeNative: u16 = crate::engine::internal::RESUME_NATIVE;
            pub const GeneratorDone: u16 = crate::engine::internal::GENERATOR_DONE;
            pub const LoadRawConst: u16 = crate::engine::internal::LOAD_RAW_CONST;
            pub const GetRawGlobal: u16 = crate::engine::internal::GET_RAW_GLOBAL;
            pub const SetRawGlobal: u16 = crate::engine::internal::SET_RAW_GLOBAL;
        }
    };
}
for_each_op!(numbers);

macro_rules! step {
    ($handler:ty, $pc:ident, $regs:ident, $context:ident, $insn:ident) => {{
        // SAFETY: verified code, and the state that the last instruction left.
        unsafe {
            match <$handler as Handler>::fast($pc, $regs, $context, Fetched::new($insn, $pc)) {
                Flow::Next(pc, regs) => ($pc, $regs) = (pc, regs),
                Flow::Slow => {
                    let step = run_slow::<$handler>($pc, $regs, $context, $insn);
                    ($pc, $regs) = (step.pc, step.regs);
                }
            }
        }
    }};
}

macro_rules! engine {
    ($($variant:ident $text:literal $format:ident ($a:expr, $b:expr, $c:expr) [$ext:expr] $doc:literal;)*) => {
        engine!(@all [$($variant)*]);
    };
    (@all [$($variant:ident)*]) => {
        for_each_internal!(engine_with_internal);
        pub(super) fn run(context: &mut Context) {
            let (mut pc, mut regs) = (context.next, context.regs);
            let context: *mut Context = context;
            loop {
                // SAFETY: `pc` is the place of an instruction: code is verified and ends by none that goes on.
                let insn = unsafe { *pc };
                match insn.op_bits() {
                    number::Halt => {
                        // SAFETY: nothing else refers to the context now.
                        unsafe { (*context).regs = regs };
                        return;
                    }
                    $(number::$variant => step!(handlers::$variant, pc, regs, context, insn),)*
                    other => match internal_step(other, pc, regs, context) {
                        Some(step) => (pc, regs) = (step.pc, step.regs),
                        None => return,
                    },
                }
            }
        }
    };
}

macro_rules! engine_with_internal {
    (Halt $($variant:ident)*) => {
        fn internal_step(op: u16, pc: super::Pc, regs: super::Regs, context: *mut Context) -> Option<super::Step> {
            let (mut pc, mut regs) = (pc, regs);
            // SAFETY: as in `run`.
            let insn = unsafe { *pc };
            match op {
                $(number::$variant => step!(handlers::$variant, pc, regs, context, insn),)*
                // No verified code has it.
                _ => return None,
            }
            Some(super::Step { pc, regs })
        }
    };
}
for_each_op!(engine);
