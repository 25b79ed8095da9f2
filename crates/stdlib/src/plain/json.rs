//! JSON (RFC 8259), without recursion and without knowing how values are made.

pub(crate) mod parse;
pub(crate) mod write;

/// How deep arrays and objects may nest, reading and writing.
pub(crate) const MAX_DEPTH: usize = 512;
