//! Compiled programs.

use crate::engine::Engine;
use sayso_base::{Diagnostic, SourceMap};
use sayso_bytecode::Module;
use sayso_types::TypeId;
use sayso_vm::{Host, Limits, Vm, VmError};
use std::sync::Arc;

/// A compiled program: immutable, cheap to clone, shareable between threads.
#[derive(Clone)]
pub struct Program {
    engine: Engine,
    code: Arc<sayso_vm::Program>,
    sources: Arc<SourceMap>,
    warnings: Arc<[Diagnostic]>,
}

impl Program {
    pub(crate) fn new(
        engine: Engine,
        code: Arc<sayso_vm::Program>,
        sources: SourceMap,
        warnings: Vec<Diagnostic>,
    ) -> Program {
        Program { engine, code, sources: Arc::new(sources), warnings: warnings.into() }
    }

    /// A VM without any host: what the program prints is lost, there are no files, no clock, no arguments. It gets the
    /// engine's limits.
    ///
    /// # Errors
    /// The program needs a native that there is not.
    pub fn instantiate(&self) -> Result<Vm, VmError> {
        self.instantiate_with(Host::new())
    }

    /// A VM on a host.
    ///
    /// # Errors
    /// The program needs a native that there is not.
    pub fn instantiate_with(&self, host: Host) -> Result<Vm, VmError> {
        let limits: Limits = self.engine.limits().clone();
        Vm::new(self.code.clone(), &sayso_stdlib::natives(), host, limits)
    }

    /// What the compiler warned of.
    pub fn warnings(&self) -> &[Diagnostic] {
        &self.warnings
    }

    /// The files that the program was made of, for messages.
    pub fn sources(&self) -> &SourceMap {
        &self.sources
    }

    /// What VMs run.
    pub(crate) fn code(&self) -> Arc<sayso_vm::Program> {
        self.code.clone()
    }

    /// A type of the program as it is written.
    pub(crate) fn shown_type(&self, ty: TypeId) -> String {
        self.code.shown_type(ty)
    }

    /// The program image.
    pub fn module(&self) -> &Module {
        self.code.module()
    }

    /// The program in the form that [`Engine::load`] reads.
    pub fn to_bytes(&self) -> Vec<u8> {
        self.module().encode()
    }

    /// The same without the text of its files: smaller, but messages show no excerpts.
    pub fn to_stripped_bytes(&self) -> Vec<u8> {
        let mut module = self.module().clone();
        module.files.iter_mut().for_each(|file| file.text = None);
        module.encode()
    }
}

impl Engine {
    /// A program from [`Program::to_bytes`]. It is verified like any other code.
    ///
    /// # Errors
    /// What is wrong with it, as text.
    pub fn load(&self, bytes: &[u8]) -> Result<Program, String> {
        let module = Module::decode(bytes).map_err(|error| error.to_string())?;
        let sources = module.source_map();
        let code = sayso_vm::Program::new(module).map_err(|error| error.to_string())?;
        Ok(Program::new(self.clone(), code, sources, Vec::new()))
    }
}
