//! The library's source files, for the tests that stand inside the crate and beside it.

use super::{Loaded, Loader};
use std::path::Path;

/// Loads modules of the library, and no others.
pub struct LibraryFiles;

impl Loader for LibraryFiles {
    fn load(&self, path: &str) -> Loaded {
        self.load_library(path)
    }

    fn load_library(&self, path: &str) -> Loaded {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../stdlib/src/say");
        match std::fs::read_to_string(folder.join(format!("{}.say", path.replace('.', "/")))) {
            Ok(text) => Loaded::Source { name: format!("{path}.say"), text: text.into(), library: true },
            Err(_) => Loaded::Missing,
        }
    }
}
