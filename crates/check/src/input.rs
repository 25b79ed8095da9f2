//! What a check takes and gives: source, loader, settings; program and diagnostics.
//!
//! The checker does no I/O. Modules come from a [`Loader`]: a host's table, the command line's files, the library.

use crate::hir::{FnId, Program};
use sayso_base::{Diagnostic, Interner, SourceMap, Text};
use sayso_syntax::ast::Ast;
use sayso_syntax::outline::Outline;
use std::sync::Arc;

/// Finds the text of modules.
pub trait Loader: Sync {
    /// The module at a dotted path (`a.b` is `a/b.say` or `a/b/mod.say`), first in the program's folder, then in the
    /// library.
    fn load(&self, path: &str) -> Loaded;
    /// The library's module at a path, whatever the program's folder holds: what the library itself imports.
    fn load_library(&self, path: &str) -> Loaded {
        let _ = path;
        Loaded::Missing
    }
    /// Whether all modules of the library are written as [`sayso_syntax::outline`] wants it, so that only what a program
    /// needs of them has to be read.
    fn outlined(&self) -> bool {
        false
    }
    /// The outline of a library module, if it is at hand; else it is made.
    fn outline(&self, path: &str) -> Option<&'static Outline> {
        let _ = path;
        None
    }
    /// The paths of modules that exist, for suggestions; may be incomplete.
    fn known(&self) -> Vec<String> {
        Vec::new()
    }
}

/// An answer of a [`Loader`].
#[derive(Clone, Debug)]
pub enum Loaded {
    /// There is no such module.
    Missing,
    /// It exists and cannot be read, for this reason.
    Failed(String),
    /// Its text.
    Source {
        /// The name shown in messages.
        name: String,
        /// The text.
        text: Text,
        /// Comes from the library or the host: may declare natives; checked only where reached.
        library: bool,
    },
}

/// A loader that knows no module.
#[derive(Clone, Copy, Debug, Default)]
pub struct NoModules;

impl Loader for NoModules {
    fn load(&self, _path: &str) -> Loaded {
        Loaded::Missing
    }
}

/// Settings of a check.
#[derive(Clone, Debug)]
pub struct Options {
    /// Results may be inferred through this many functions at once before an annotation is asked for.
    pub inference_depth: usize,
    /// Most types that a check may make.
    pub types: usize,
    /// Most bytes of source in one file.
    pub source_bytes: usize,
    /// Modules that a program may load.
    pub modules: usize,
    /// Check `test` and `bench` items and put them into the program; else they are left out.
    pub tests: bool,
    /// Check all of the library, reached or not: for the library's own tests.
    pub whole_library: bool,
    /// From so many functions on, half of them are inferred by a second thread.
    pub ahead: usize,
}

impl Default for Options {
    fn default() -> Self {
        Options {
            inference_depth: 64,
            types: 4_000_000,
            source_bytes: 64 << 20,
            modules: 10_000,
            tests: true,
            whole_library: false,
            ahead: 1_000,
        }
    }
}

/// What is to be checked.
pub struct Input<'a> {
    /// The name of the main file, shown in messages; without ending it is the module's.
    pub name: String,
    /// Its text.
    pub text: Text,
    /// Finds the modules that it imports.
    pub loader: &'a dyn Loader,
    /// Settings.
    pub options: Options,
}

/// What came out.
pub struct Output {
    /// The program, to be run only if no diagnostic is an error; with errors it holds what could be made of it.
    pub program: Program,
    /// Errors and warnings, by file and place.
    pub diagnostics: Vec<Diagnostic>,
    /// All names.
    pub names: Interner,
    /// All files.
    pub sources: SourceMap,
    /// The views of the modules, in the order of [`Program::modules`].
    pub asts: Vec<Arc<Ast>>,
    /// Functions that are written as such (no closure, constructor or hidden function), in the order of modules and
    /// places.
    pub declared: Vec<FnId>,
}

impl Output {
    /// Whether the program may run.
    pub fn is_ok(&self) -> bool {
        self.diagnostics.iter().all(|diagnostic| diagnostic.severity != sayso_base::Severity::Error)
    }
}
