//! Work on plain Rust values: numbers, text, JSON, order. Knows nothing of the machine; the natives wrap it.

pub(crate) mod json;
pub(crate) mod number;
pub(crate) mod text;
