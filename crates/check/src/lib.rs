//! From typed views of files to a typed program: names, types, dispatch, effects, exhaustiveness, lints.
pub mod hir;
