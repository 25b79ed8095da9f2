//! The embedded modules: all files under `say/`, with the outlines that the build made of them.

use sayso_syntax::outline::{Outline, Piece, PieceKind};

/// A module of the library.
struct Module {
    path: &'static str,
    text: &'static str,
    outline: Outline,
}

// `MODULES`, sorted by path, and `PATHS`; written by `build.rs`.
include!(concat!(env!("OUT_DIR"), "/modules.rs"));

fn module(path: &str) -> Option<&'static Module> {
    MODULES.binary_search_by(|module| module.path.cmp(path)).ok().and_then(|index| MODULES.get(index))
}

/// The text of the library's module at a path.
pub fn source(path: &str) -> Option<&'static str> {
    module(path).map(|module| module.text)
}

/// The outline of that text.
pub fn outline(path: &str) -> Option<&'static Outline> {
    module(path).map(|module| &module.outline)
}

/// The paths of the library's modules, sorted.
pub fn modules() -> &'static [&'static str] {
    PATHS
}
