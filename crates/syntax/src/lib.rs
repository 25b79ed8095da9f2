//! From text to a lossless tree and its typed view.
pub mod ast;
