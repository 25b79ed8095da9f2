//! Small modules made of listings, run in all modes.

use crate::{Datum, Engine, Host, Limits, Native, Program, SharedBuffer, Vm, VmError};
use sayso_bytecode::{Constant, Module, ModuleInfo, assemble};
use std::sync::Arc;

/// Makes a module.
#[derive(Default)]
pub struct Build {
    pub module: Module,
}

impl Build {
    /// A module whose functions are these, after one that initialises nothing (so the first has number 1).
    pub fn new(listing: &str) -> Build {
        let mut build = Build::default();
        for text in sayso_base::names::ALL {
            build.module.names.push(Arc::from(*text));
        }
        let name = build.name("main");
        build.module.modules.push(ModuleInfo { name, init: 0, file: name, library: false });
        build.add("fn init() -> dyn, registers 1\n load_unit r0\n return r0");
        build.add(listing);
        build
    }

    pub fn add(&mut self, listing: &str) {
        assemble(&mut self.module, listing).unwrap_or_else(|error| panic!("{error} in:\n{listing}"));
    }

    pub fn name(&mut self, text: &str) -> u32 {
        if let Some(index) = self.module.names.iter().position(|name| &**name == text) {
            return index as u32;
        }
        self.module.names.push(Arc::from(text));
        self.module.names.len() as u32 - 1
    }

    pub fn constant(&mut self, constant: Constant) -> u32 {
        self.module.constants.push(constant);
        self.module.constants.len() as u32 - 1
    }

    pub fn str(&mut self, text: &str) -> u32 {
        self.constant(Constant::Str(Arc::from(text)))
    }

    pub fn program(self) -> Arc<Program> {
        match Program::new(self.module) {
            Ok(program) => program,
            Err(error) => panic!("{error}"),
        }
    }

    pub fn vm(self, natives: &[Native], limits: Limits) -> (Vm, SharedBuffer) {
        let out = SharedBuffer::new();
        let host = Host { stdout: Box::new(out.clone()), ..Host::default() };
        (Vm::new(self.program(), natives, host, limits).unwrap(), out)
    }

    /// Calls the last function in every mode; all must agree.
    pub fn run(self, args: &[Datum]) -> Result<Datum, VmError> {
        self.run_with(&crate::basic_natives(), args)
    }

    pub fn run_with(self, natives: &[Native], args: &[Datum]) -> Result<Datum, VmError> {
        let program = self.program();
        let function = program.module().functions.len() as u32 - 1;
        let mut results = Vec::new();
        for engine in [Engine::Plain, Engine::Threaded] {
            for stress in [false, true] {
                let mut vm = Vm::new(program.clone(), natives, Host::default(), Limits::default()).unwrap();
                vm.set_engine(engine);
                vm.set_stress(stress);
                let result = vm.call(function, args);
                vm.verify_heap().unwrap();
                let shown = match result {
                    Ok(datum) => {
                        let shown = vm.display(&datum).unwrap();
                        let datum = if let Datum::Object(_) = datum { Datum::Str(shown.clone()) } else { datum };
                        Ok((shown, datum))
                    }
                    Err(error) => Err(error),
                };
                results.push((shown, vm.usage().fuel));
            }
        }
        let (first, fuel) = results.remove(0);
        for (other, other_fuel) in results {
            match (&first, &other) {
                (Ok((shown, _)), Ok((other, _))) => assert_eq!(shown, other),
                (Err(error), Err(other)) => assert_eq!(error, other),
                _ => panic!("modes disagree: {first:?} {other:?}"),
            }
            assert_eq!(fuel, other_fuel, "fuel");
        }
        first.map(|(_, datum)| datum)
    }
}

/// What the last function of a listing gives.
pub fn run(listing: &str, args: &[Datum]) -> Result<Datum, VmError> {
    Build::new(listing).run(args)
}

/// The class and message of the error that it ends by.
pub fn fails(listing: &str, args: &[Datum]) -> String {
    run(listing, args).expect_err("it should fail").to_string()
}
