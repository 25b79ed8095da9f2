//! Sayso, a statically typed scripting language for embedding.
//!
//! [`Engine`] holds settings and is cheap to clone; [`Engine::compile`] gives a [`Program`], checked, immutable and
//! shareable; [`Program::instantiate`] gives a [`Vm`] that runs it. Nothing here is global: two engines in one process
//! share nothing.

mod compile;
mod comptime;
mod engine;
mod failure;
mod loader;
mod program;
mod session;

pub use compile::{CompileError, Stage};
pub use engine::{Engine, EngineBuilder};
pub use failure::{error_summary, render_error};
pub use loader::{Loaded, ModuleLoader, NoModules};
pub use program::Program;
pub use sayso_base::{Diagnostic, Severity, SourceMap, Span, Style, render};
pub use sayso_types::Effects;
pub use sayso_vm::{AbortHandle, Datum, ErrorKind, ExitValue, Host, Limits, SharedBuffer, Vm, VmError};
pub use session::{Entered, EntryError, FailedEntry, Session};

/// What tools need besides the embedding API: the stages, one by one. No semver promise.
pub mod stages {
    pub use sayso_base as base;
    pub use sayso_bytecode as bytecode;
    pub use sayso_check as check;
    pub use sayso_emit as emit;
    pub use sayso_stdlib as stdlib;
    pub use sayso_syntax as syntax;
    pub use sayso_types as types;
    pub use sayso_vm as vm;
}
