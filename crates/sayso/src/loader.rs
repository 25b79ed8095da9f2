//! Where a program's modules come from.

use sayso_base::Text;
use sayso_check::input;
use sayso_syntax::outline::Outline;
use std::sync::Arc;

/// An answer of a [`ModuleLoader`].
#[derive(Clone, Debug)]
pub enum Loaded {
    /// There is no such module.
    Missing,
    /// It exists but cannot be read, for this reason.
    Failed(String),
    /// Its text and the name that messages show.
    Source {
        /// A path or the like.
        name: String,
        /// The text.
        text: Arc<str>,
    },
}

/// Finds the modules that a program imports. The library's modules are found without it.
pub trait ModuleLoader: Send + Sync {
    /// The module at a dotted path.
    fn load(&self, path: &str) -> Loaded;
}

/// A loader without modules: only the library can be imported.
#[derive(Clone, Copy, Debug, Default)]
pub struct NoModules;

impl ModuleLoader for NoModules {
    fn load(&self, _path: &str) -> Loaded {
        Loaded::Missing
    }
}

/// The host's modules first, then the library's.
pub(crate) struct WithLibrary<'a>(pub(crate) &'a dyn ModuleLoader);

impl input::Loader for WithLibrary<'_> {
    fn load(&self, path: &str) -> input::Loaded {
        match self.0.load(path) {
            Loaded::Missing => self.load_library(path),
            Loaded::Failed(reason) => input::Loaded::Failed(reason),
            Loaded::Source { name, text } => input::Loaded::Source { name, text: text.into(), library: false },
        }
    }

    fn load_library(&self, path: &str) -> input::Loaded {
        match sayso_stdlib::source(path) {
            Some(text) => {
                input::Loaded::Source { name: format!("<library>/{path}.say"), text: Text::fixed(text), library: true }
            }
            None => input::Loaded::Missing,
        }
    }

    fn outlined(&self) -> bool {
        true
    }

    fn outline(&self, path: &str) -> Option<&'static Outline> {
        sayso_stdlib::outline(path)
    }

    fn known(&self) -> Vec<String> {
        sayso_stdlib::modules().iter().map(|path| (*path).to_owned()).collect()
    }
}
