//! The virtual machine: runs verified bytecode.
//!
//! A [`Program`] is a verified module prepared to run, shared by any number of [`Vm`]s; a VM has a heap, stacks and
//! globals of its own. Script calls, callbacks of natives, generators, comparisons and display never recurse natively
//! without a bound. Input and output happen only through what the [`Host`] supplies.
//!
//! Unsafe code is needed because registers and objects are raw memory: that they hold what instructions take them for
//! follows from the bytecode verifier, from checks of object headers, and from the heap's obligations
//! ([`sayso_heap`]).
#![allow(unsafe_code)]

mod collect;
mod constants;
mod context;
mod dispatch;
mod display;
mod engine;
mod errors;
mod generators;
mod host;
mod library;
mod machine;
mod native;
mod numbers;
mod ops;
mod program;
mod records;
mod reload;
mod sequences;
mod structural;
mod types;
mod vm;

#[cfg(test)]
mod tests;

pub use engine::Engine;
pub use errors::{ErrorKind, Excess, Thrown, TraceFrame, VmError};
pub use host::{
    AbortHandle, Clock, Environment, Extensions, FileInfo, FileSystem, Host, HostFile, Limits, OpenMode, SharedBuffer,
};
pub use native::{
    Args, Array, CallRequest, Callee, Entry, Handle, IntoSlot, Native, NativeContext, NativeFn, NativeResult,
    Resumable, Slot,
};
pub use program::Program;
pub use sayso_bytecode::{Class, FaultKind};
pub use sayso_heap::{HostObject, Kind, Marker};
pub use vm::{Datum, ExitValue, Rooted, Usage, Vm, basic_natives, generator_natives};
