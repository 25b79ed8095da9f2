//! What each instruction does.
//!
//! `op!` gives an instruction its two forms; see [`crate::engine::Handler`]. Fast forms read and write registers through
//! raw pointers only and touch the context field by field; slow forms have it all.

pub(crate) mod handlers {
    //! A type for each instruction, to name its forms.
    use crate::engine::internal::for_each_internal;
    use sayso_bytecode::for_each_op;
    macro_rules! types {
        ($($variant:ident $text:literal $format:ident ($a:expr, $b:expr, $c:expr) [$ext:expr] $doc:literal;)*) => {
            $(pub(crate) struct $variant;)*
        };
    }
    for_each_op!(types);
    macro_rules! internal_types {
        (Halt $($variant:ident)*) => { $(pub(crate) struct $variant;)* };
    }
    for_each_internal!(internal_types);
}

/// Gives an instruction its forms.
macro_rules! op {
    ($name:ident, fast($pc:ident, $regs:ident, $context:ident, $insn:ident) $fast:block) => {
        op!($name, fast($pc, $regs, $context, $insn) $fast slow(context, _insn) {
            Err(context.internal_error(concat!("`", stringify!($name), "` declined")))
        });
    };
    ($name:ident, slow($slow_context:ident, $slow_insn:ident) $slow:block) => {
        impl crate::engine::Handler for crate::ops::handlers::$name {
            fn slow(
                $slow_context: &mut crate::context::Context,
                $slow_insn: sayso_bytecode::Insn,
            ) -> Result<(), crate::errors::Thrown> {
                $slow
            }
        }
    };
    ($name:ident, fast($pc:ident, $regs:ident, $context:ident, $insn:ident) $fast:block
     slow($slow_context:ident, $slow_insn:ident) $slow:block) => {
        impl crate::engine::Handler for crate::ops::handlers::$name {
            #[inline(always)]
            #[allow(unused_variables)]
            unsafe fn fast(
                $pc: crate::engine::Pc,
                $regs: crate::engine::Regs,
                $context: *mut crate::context::Context,
                $insn: crate::engine::Fetched,
            ) -> crate::engine::Flow {
                // SAFETY: as of `Handler::fast`: verified code names registers and table entries that exist, and of
                // the classes that it reads them as.
                unsafe { $fast }
            }
            fn slow(
                $slow_context: &mut crate::context::Context,
                $slow_insn: sayso_bytecode::Insn,
            ) -> Result<(), crate::errors::Thrown> {
                $slow
            }
        }
    };
}

/// Reads a register.
macro_rules! get {
    ($regs:ident, $register:expr) => {
        *$regs.add($register as usize)
    };
}

/// Writes a register and goes on with the next instruction.
macro_rules! set_next {
    ($pc:ident, $regs:ident, $register:expr, $value:expr) => {{
        let value = $value;
        *$regs.add($register as usize) = value;
        crate::engine::Flow::Next($pc.add(1), $regs)
    }};
}

mod arrays;
mod calls;
mod functions;
mod jumps;
mod moves;
mod numbers;
mod records;
mod strings;
