//! Bytecode: the one meaning of a program.
//!
//! [`op`] declares every instruction once; enum, decoder, disassembler, verifier and documentation are expansions of
//! that table. [`module`] is the program image that holds code, constants, types and debug tables. A module from
//! outside is [verified](verify()) before it runs; code that passed needs no checks for what the verifier proves:
//! opcodes, registers, slot classes, jump targets, definite assignment. From the same data flow come the
//! [`reference_maps()`] of the collector.
//!
//! [`builder`] assembles functions, [`disassemble()`] lists them and [`assemble()`] reads listings, [`mod@format`] is the
//! form on disk. Nothing here panics or recurses deeply on any input, trusted or not.

pub mod assemble;
pub mod builder;
pub mod disassemble;
mod docs;
pub mod fault;
pub mod format;
pub mod module;
pub mod op;
pub mod reference_maps;
mod shown;
#[cfg(test)]
mod testing;
pub mod verify;

pub use assemble::{AssembleError, assemble};
pub use builder::{Assembled, BuildError, FunctionBuilder, Label, LocalRange, Position};
pub use disassemble::{disassemble, disassemble_function};
pub use docs::opcode_reference;
pub use fault::FaultKind;
pub use format::DecodeError;
pub use module::{
    Class, Constant, DebugInfo, DeclLayout, Function, FunctionId, Global, Handler, HandlerKind, LocalInfo, Module,
    ModuleInfo, Multi, MultiCandidate, NativeRef, Site, SourceText, TestInfo,
};
pub use op::{Format, Insn, Op, OperandRule, Table};
pub use reference_maps::{ReferenceMaps, ReferenceSet, reference_maps};
pub use verify::{Place, VerifyError, verify};
