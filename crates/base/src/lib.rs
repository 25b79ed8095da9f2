//! What every other crate stands on: source files and spans, interned names, diagnostics as data.
//!
//! Nothing here knows the language. A [`Diagnostic`] is built by the lexer, the parser and the checker and is
//! rendered by [`render`]; a host may read the data instead. There are no statics: every table belongs to a value
//! that the caller owns, so two engines in one process share nothing.

mod diagnostic;
mod interner;
mod render;
mod source;
mod text;

pub use diagnostic::{Diagnostic, Edit, Label, Severity, Suggestion};
pub use interner::{Interner, Name, names};
pub use render::{Style, render};
pub use source::{FileId, LineColumn, SourceFile, SourceMap, Span};
pub use text::Text;
