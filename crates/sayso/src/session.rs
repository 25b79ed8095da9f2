//! Interactive sessions: a program that is entered piece by piece, as in a terminal or a notebook.

use crate::compile::CompileError;
use crate::engine::Engine;
use crate::loader::WithLibrary;
use crate::program::Program;
use sayso_base::{Diagnostic, SourceMap, Text};
use sayso_check::input::{Input, Options, Output};
use sayso_check::session::{Entry, RESULT};
use sayso_check::{Library, hir};
use sayso_types::TypeId;
use sayso_vm::{AbortHandle, Datum, Host, Vm, VmError};
use std::fmt;

/// What every session begins with: how values are shown, and how tables are made anew.
const PRELUDE: &str = "\
fn _shown(value: any) -> str { core.debug(value) }
fn _rebuilt(table: [any: any]) -> [any: any] {
    let fresh: [any: any] = [:]
    for (key, value) in table { fresh[key] = value }
    fresh
}
";

/// A session. Each entry sees the names of those before it, may hide them by its own, and leaves what it did to
/// variables, objects and the host to the next. Earlier entries are never run again.
pub struct Session {
    engine: Engine,
    library: Library,
    vm: Vm,
    program: Program,
    entries: Vec<Entry>,
    /// How many entries there were, those included that were refused.
    count: usize,
    names: Names,
}

/// Names in sight.
#[derive(Default)]
struct Names {
    /// Declared in the session.
    own: Vec<String>,
    /// These and the prelude's.
    all: Vec<String>,
}

/// What came of an entry.
#[derive(Clone, Debug)]
pub struct Entered {
    /// The value of the expression at its end as `debug` shows it, and its type. It is also in the variable `it`. None if
    /// the entry does not end with an expression that has a value.
    pub value: Option<(String, String)>,
    /// What the compiler warns of.
    pub warnings: Vec<Diagnostic>,
    /// The files that warnings speak of.
    pub sources: SourceMap,
}

/// Why an entry came to no end.
#[derive(Debug)]
pub enum EntryError {
    /// It was refused: the session is as it was.
    Refused(CompileError),
    /// It was run and failed.
    Failed(Box<FailedEntry>),
}

/// A failure: what the entry had done up to there stays, and so do its functions, types, and those of its variables that
/// had got their values.
#[derive(Debug)]
pub struct FailedEntry {
    /// What happened.
    pub error: VmError,
    /// What the compiler warned of.
    pub warnings: Vec<Diagnostic>,
    /// The files that traces speak of.
    pub sources: SourceMap,
}

impl fmt::Display for EntryError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            EntryError::Refused(error) => error.fmt(f),
            EntryError::Failed(failed) => failed.error.fmt(f),
        }
    }
}

impl std::error::Error for EntryError {}

impl Session {
    /// A session on a host.
    ///
    /// # Errors
    /// The limits do not even leave room for an empty program.
    pub fn new(engine: &Engine, host: Host) -> Result<Session, VmError> {
        let loader = WithLibrary(&*engine.settings.loader);
        let library = Library::whole(&loader, options());
        let prelude = Entry { name: "session".into(), text: Text::fixed(PRELUDE), unset: Vec::new() };
        let (output, names) = checked(engine, &library, &[], &prelude);
        let program = engine.finish(output).map_err(|error| VmError::setup(error.to_string()))?;
        let mut vm = program.instantiate_with(host)?;
        vm.run_init()?;
        Ok(Session { engine: engine.clone(), library, vm, program, entries: vec![prelude], count: 0, names })
    }

    /// Checks, compiles and runs an entry.
    ///
    /// # Errors
    /// See [`EntryError`]. The session can be used further in any case.
    pub fn enter(&mut self, text: &str) -> Result<Entered, EntryError> {
        self.count += 1;
        let mut entry = Entry { name: format!("entry {}", self.count), text: text.into(), unset: Vec::new() };
        let (output, names) = checked(&self.engine, &self.library, &self.entries, &entry);
        let program = self.engine.finish(output).map_err(EntryError::Refused)?;
        let warnings = program.warnings().to_vec();
        let sources = program.sources().clone();
        let failed = |error| {
            EntryError::Failed(Box::new(FailedEntry { error, warnings: warnings.clone(), sources: sources.clone() }))
        };
        self.vm.set_fuel(self.engine.limits().fuel);
        let rebuild = function(&program, "_rebuilt");
        if let Err(error) = self.vm.reload(program.code(), &sayso_stdlib::natives(), rebuild) {
            return Err(failed(error));
        }
        let shown = function(&program, "_shown");
        self.program = program;
        let run = self.vm.run_init();
        self.forget_unset(&mut entry);
        let result = format!("{}.{RESULT}", entry.name);
        let ty = self.variable_type(&result).filter(|ty| *ty != TypeId::VOID && *ty != TypeId::NEVER);
        if ty.is_none() {
            entry.unset.push(RESULT.to_owned());
        }
        self.entries.push(entry);
        self.names = names;
        run.map_err(failed)?;
        let value = match (ty, shown) {
            (Some(ty), Some(shown)) => match self.vm.call_with_global(shown, &result).map_err(failed)? {
                Some(Datum::Str(text)) => Some((text, self.program.shown_type(ty))),
                _ => None,
            },
            _ => None,
        };
        Ok(Entered { value, warnings, sources })
    }

    /// The type that an expression would have as the next entry; none if the text does not end with one that has a value.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn type_of(&self, text: &str) -> Result<Option<String>, CompileError> {
        let entry = Entry { name: "entry".into(), text: text.into(), unset: Vec::new() };
        let (output, _) = checked(&self.engine, &self.library, &self.entries, &entry);
        let result = output.names.lookup(RESULT);
        let main = output.program.main_module;
        let global = output.program.globals.iter().rfind(|one| one.module == main && Some(one.name) == result);
        let shown = global.map(|global| output.program.types.display(global.ty, &output.names));
        if !output.is_ok() {
            return Err(CompileError::of_check(output));
        }
        Ok(shown)
    }

    /// Names that the next entry may use, for completion: those of the session and of the prelude.
    pub fn names(&self) -> &[String] {
        &self.names.all
    }

    /// Those of them that were declared in the session.
    pub fn own_names(&self) -> &[String] {
        &self.names.own
    }

    /// Ends what runs, from any thread. To be reset before the next entry.
    pub fn abort_handle(&self) -> AbortHandle {
        self.vm.abort_handle()
    }

    /// The VM: its host, its usage, its leak reports.
    pub fn vm(&mut self) -> &mut Vm {
        &mut self.vm
    }

    /// The program as far as it was entered.
    pub fn program(&self) -> &Program {
        &self.program
    }

    fn variable_type(&self, name: &str) -> Option<TypeId> {
        let module = self.program.module();
        let named = |index: u32| module.names.get(index as usize).is_some_and(|text| **text == *name);
        module.globals.iter().rfind(|global| named(global.name)).map(|global| global.ty)
    }

    /// Notes which of an entry's variables have no value.
    fn forget_unset(&mut self, entry: &mut Entry) {
        let module = self.program.module();
        let prefix = format!("{}.", entry.name);
        let names = module.globals.iter().filter_map(|global| module.names.get(global.name as usize));
        let own: Vec<String> = names.filter_map(|name| name.strip_prefix(&prefix)).map(str::to_owned).collect();
        for name in own {
            if !self.vm.has_global(&format!("{prefix}{name}")) {
                entry.unset.push(name);
            }
        }
    }
}

fn options() -> Options {
    Options { tests: false, ..Options::default() }
}

/// Checks an entry; the names that are in sight behind it.
fn checked(engine: &Engine, library: &Library, earlier: &[Entry], entry: &Entry) -> (Output, Names) {
    let loader = WithLibrary(&*engine.settings.loader);
    let input = Input { name: entry.name.clone(), text: entry.text.clone(), loader: &loader, options: options() };
    let output = library.check_entry(earlier, input);
    let names = names(&output, earlier.len() + 1);
    (output, names)
}

/// The names of the session's entries, which are the first modules that are not the library's, and of the prelude.
fn names(output: &Output, entries: usize) -> Names {
    let program = &output.program;
    let modules = || program.modules.iter().enumerate();
    let own: Vec<hir::ModuleId> = modules()
        .filter(|(_, module)| !module.library)
        .take(entries)
        .map(|(index, _)| hir::ModuleId(index as u32))
        .collect();
    let prelude: Vec<hir::ModuleId> = modules()
        .filter(|(_, module)| module.library && matches!(output.names.text(module.name), "core" | "prelude"))
        .map(|(index, _)| hir::ModuleId(index as u32))
        .collect();
    let paths: Vec<_> = own.iter().filter_map(|id| program.modules.get(id.0 as usize)).map(|one| one.name).collect();
    let functions = |wanted: &[hir::ModuleId]| -> Vec<sayso_base::Name> {
        let declared = output.declared.iter().filter_map(|id| program.functions.get(id.0 as usize));
        declared.filter(|one| wanted.contains(&one.module)).map(|one| one.name).collect()
    };
    let variables = program.globals.iter().filter(|one| own.contains(&one.module)).map(|one| one.name);
    let types = (0..program.types.decl_count() as u32).map(|index| program.types.decl(sayso_types::DeclId(index)));
    let types = types.filter(|decl| paths.contains(&decl.module)).map(|decl| decl.name);
    let shown = |names: Vec<sayso_base::Name>| -> Vec<String> {
        let mut texts: Vec<String> = names.into_iter().map(|name| output.names.text(name).to_owned()).collect();
        texts.retain(|name| !name.starts_with('_') && name.chars().all(|c| c.is_alphanumeric() || "_?!".contains(c)));
        texts.sort();
        texts.dedup();
        texts
    };
    let declared: Vec<_> = functions(&own).into_iter().chain(variables).chain(types).collect();
    let all = declared.iter().copied().chain(functions(&prelude)).collect();
    Names { own: shown(declared), all: shown(all) }
}

/// The number of a function of the session's own beginning.
fn function(program: &Program, name: &str) -> Option<u32> {
    let module = program.module();
    let text = |index: u32| module.names.get(index as usize).map(|text| &**text);
    let found = module.functions.iter().position(|function| {
        let home = module.modules.get(function.module as usize);
        text(function.name) == Some(name) && home.is_some_and(|home| text(home.name) == Some("session"))
    });
    found.map(|index| index as u32)
}
