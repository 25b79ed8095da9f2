//! Bytecode: the one meaning of a program.
//!
//! [`op`] declares every instruction once; enum, decoder, disassembler, verifier and documentation are expansions of
//! that table. [`module`] is the program image that holds code, constants, types and debug tables. A module from
//! outside is [`verify`](module::Module)-ed before it runs; code that passed needs no checks for what the verifier
//! proves: opcodes, registers, slot classes, jump targets, definite assignment.

pub mod module;
pub mod op;

pub use module::{
    Class, Constant, DebugInfo, DeclLayout, Function, FunctionId, Global, Handler, HandlerKind, LocalInfo, Module,
    ModuleInfo, Multi, MultiCandidate, NativeRef, Site, TestInfo,
};
pub use op::{Format, Insn, Op, OperandRule};
