//! Runners of the repository's test suites.
//!
//! - `tests/spec/**/*.say`: scripts whose comments say what they print or which errors they have ([`script`]).
//! - `tests/types/*.md`: literate type tests ([`literate`]).
//! - `tests/ui/**/*.say`: one file for each diagnostic, the rendered text beside it.
//! - `tests/bytecode/*.say`: one file for each promise of the emitter, the instructions beside it.
//! - `examples/*.say`: programs with their output beside them.
//! - `docs/library/*.md` and tables of `docs/reference`: made from the sources ([`pages`]).
//!
//! The suites themselves are integration tests of this crate.

pub mod literate;
pub mod pages;
pub mod run;
pub mod script;

use std::path::{Path, PathBuf};

/// The Rust programs of the README are tests.
#[cfg(doctest)]
#[doc = include_str!("../../../README.md")]
pub struct Readme;

/// So are those of `docs/embedding.md`.
#[cfg(doctest)]
#[doc = include_str!("../../../docs/embedding.md")]
pub struct Embedding;

/// The repository's folder.
pub fn root() -> PathBuf {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    here.ancestors().nth(2).map_or_else(|| here.to_path_buf(), Path::to_path_buf)
}

/// All files below a folder whose name ends so, in order.
pub fn files(folder: &Path, ending: &str) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut folders = vec![folder.to_path_buf()];
    while let Some(folder) = folders.pop() {
        let Ok(entries) = std::fs::read_dir(&folder) else { continue };
        for entry in entries.flatten() {
            let path = entry.path();
            if path.is_dir() {
                folders.push(path);
            } else if path.to_string_lossy().ends_with(ending) {
                found.push(path);
            }
        }
    }
    found.sort();
    found
}
