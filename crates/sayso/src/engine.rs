//! Settings.

use crate::loader::{ModuleLoader, NoModules, WithLibrary};
use sayso_check::{Library, Options};
use sayso_types::Effects;
use sayso_vm::Limits;
use std::sync::{Arc, OnceLock};

/// Settings that programs are compiled and run with. Cheap to clone, shareable between threads.
#[derive(Clone)]
pub struct Engine {
    pub(crate) settings: Arc<Settings>,
}

pub(crate) struct Settings {
    pub(crate) loader: Box<dyn ModuleLoader>,
    pub(crate) grant: Effects,
    pub(crate) limits: Limits,
    pub(crate) tests: bool,
    whole_library: bool,
    /// The library, declared for the first program and used by all.
    library: OnceLock<Library>,
}

impl Settings {
    pub(crate) fn options(&self) -> Options {
        Options { tests: self.tests, ..Options::default() }
    }

    pub(crate) fn library(&self) -> &Library {
        let make = if self.whole_library { Library::whole } else { Library::new };
        self.library.get_or_init(|| make(&WithLibrary(&*self.loader), self.options()))
    }
}

/// Makes an [`Engine`].
pub struct EngineBuilder {
    settings: Settings,
}

impl Engine {
    /// A builder: no modules but the library's, all effects granted that the host object of a VM offers, finite limits.
    pub fn builder() -> EngineBuilder {
        EngineBuilder {
            settings: Settings {
                loader: Box::new(NoModules),
                grant: Effects::ALL,
                limits: Limits::default(),
                tests: false,
                whole_library: false,
                library: OnceLock::new(),
            },
        }
    }

    /// The limits that VMs get.
    pub fn limits(&self) -> &Limits {
        &self.settings.limits
    }
}

impl EngineBuilder {
    /// Where imported modules come from.
    #[must_use]
    pub fn loader(mut self, loader: impl ModuleLoader + 'static) -> EngineBuilder {
        self.settings.loader = Box::new(loader);
        self
    }

    /// The effects that a program may have; one that may need more is refused by `compile`.
    #[must_use]
    pub fn grant(mut self, effects: Effects) -> EngineBuilder {
        self.settings.grant = effects;
        self
    }

    /// The limits of a VM.
    #[must_use]
    pub fn limits(mut self, limits: Limits) -> EngineBuilder {
        self.settings.limits = limits;
        self
    }

    /// Whether `test` and `bench` items are compiled into programs.
    #[must_use]
    pub fn tests(mut self, tests: bool) -> EngineBuilder {
        self.settings.tests = tests;
        self
    }

    /// Whether all of the library is read for the first program, instead of what each program uses when it is compiled.
    /// Nothing but time and memory depends on it: the first compilation takes longer, later ones less.
    #[must_use]
    pub fn whole_library(mut self, whole: bool) -> EngineBuilder {
        self.settings.whole_library = whole;
        self
    }

    /// The engine.
    pub fn build(self) -> Engine {
        Engine { settings: Arc::new(self.settings) }
    }
}
