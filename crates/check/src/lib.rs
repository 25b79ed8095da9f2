//! From typed views of files to a typed program: names, types, dispatch, effects, exhaustiveness, lints.
//!
//! [`check`] is the way in. It loads the main module and what it imports, declares all names and types, checks bodies as
//! far as they are reached, and gives a [`hir::Program`] with diagnostics.
//!
//! Always true: nothing here panics, whatever the source; the order of results depends on the source alone, never on
//! hashes; recursion is bounded by `sayso_syntax::ast::MAX_DEPTH` or by a limit of its own; nothing here does I/O.

mod ahead;
mod analyses;
mod calls;
mod collect;
mod conformance;
mod coverage;
mod declare;
pub mod dormant;
pub mod effects;
mod exhaustive;
mod hidden;
pub mod hir;
mod imports;
pub(crate) mod infer;
pub mod input;
mod lints;
mod load;
mod lookup;
mod methods;
mod multis;
mod parallel;
pub mod print;
mod program;
mod renumber;
mod results;
pub mod session;
mod signatures;
pub mod tables;
mod unset_fields;
pub mod walk;
mod wellformed;
mod written;

#[cfg(test)]
#[path = "../tests/library/mod.rs"]
mod library_files;

pub use input::{Input, Loaded, Loader, NoModules, Options, Output};
pub use lints::{LINTS, Lint};
pub use program::{Library, check};
pub use session::Entry;
