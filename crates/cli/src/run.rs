//! `sayso run` and `sayso build`.

use crate::arguments::{Build, EngineKind, Limits, Run};
use crate::check::source;
use crate::files::{self, Folder};
use crate::output::Show;
use sayso::stages::stdlib::real_host;
use sayso::stages::vm;
use sayso::{Effects, Engine, ErrorKind, ExitValue, Program, Vm, VmError};
use std::io::Write;
use std::path::Path;
use std::process::ExitCode;

/// The limits of the command line as the engine's.
pub fn limits(options: &Limits) -> sayso::Limits {
    sayso::Limits {
        fuel: options.fuel,
        memory: usize::try_from(options.memory).unwrap_or(usize::MAX),
        depth: options.depth,
        deadline: options.deadline,
    }
}

/// An engine for what runs: modules beside the program, limits, the effects of `--grant` or all.
pub fn engine(file: &Path, options: &Limits, grant: Option<&[String]>) -> Result<Engine, String> {
    let builder = Engine::builder().loader(Folder::of(file)).limits(limits(options));
    Ok(match grant {
        Some(names) => builder.grant(granted(names)?).build(),
        None => builder.build(),
    })
}

/// Sets what is not a limit.
pub fn set_up(machine: &mut Vm, options: &Limits) {
    match options.engine {
        EngineKind::Default => {}
        EngineKind::Match => machine.set_engine(vm::Engine::Plain),
        EngineKind::Threaded => machine.set_engine(vm::Engine::Threaded),
    }
    machine.set_stress(options.stress);
}

/// Runs a program.
pub fn run(options: &Run, show: Show) -> ExitCode {
    let engine = match engine(&options.file, &options.limits, options.grant.as_deref()) {
        Ok(engine) => engine,
        Err(message) => {
            show.error(&message);
            return ExitCode::from(2);
        }
    };
    let Some(program) = compile(&engine, &options.file, show) else { return ExitCode::FAILURE };
    let mut machine = match program.instantiate_with(real_host(options.args.clone())) {
        Ok(machine) => machine,
        Err(error) => {
            show.error(&error.to_string());
            return ExitCode::FAILURE;
        }
    };
    set_up(&mut machine, &options.limits);
    let result = machine.run_main(&options.args);
    finish(&mut machine);
    let status = match result {
        Ok(ExitValue::Status(status)) => ExitCode::from(status.rem_euclid(256) as u8),
        Ok(ExitValue::Failed(text)) => {
            show.error(&text);
            ExitCode::FAILURE
        }
        Ok(_) => ExitCode::SUCCESS,
        Err(error) => {
            report(&error, &program, show);
            ExitCode::FAILURE
        }
    };
    for leak in machine.take_leaks() {
        show.warning(&leak.to_string());
    }
    // The process ends: freeing every object first would only cost time.
    std::mem::forget((machine, program, engine));
    status
}

/// Hands on what the program printed. That it may be impossible (a closed pipe) is nobody's error here.
pub fn finish(machine: &mut Vm) {
    let _ = machine.host().stdout.flush();
    let _ = machine.host().stderr.flush();
}

/// Shows an error of a run.
pub fn report(error: &VmError, program: &Program, show: Show) {
    if error.kind == ErrorKind::Setup {
        show.error(&error.message);
    } else {
        show.failure(error, program.sources());
    }
}

/// The effects of `--grant`.
fn granted(names: &[String]) -> Result<Effects, String> {
    let always = Effects::ALLOC.union(Effects::MUT).union(Effects::PANIC).union(Effects::ASYNC);
    let mut all = always;
    for name in names {
        let full = format!("io.{name}");
        match Effects::from_name(name).or_else(|| Effects::from_name(&full)) {
            Some(effects) => all = all.union(effects),
            None => {
                let known: Vec<&str> = Effects::NAMES.iter().filter_map(|(name, _)| name.strip_prefix("io.")).collect();
                return Err(format!("`{name}` is no effect; there are {}", known.join(", ")));
            }
        }
    }
    Ok(all)
}

/// A program from source or bytecode; what is wrong with it is shown.
pub fn compile(engine: &Engine, file: &Path, show: Show) -> Option<Program> {
    if files::compiled(file) {
        let loaded = files::read(file).and_then(|bytes| {
            engine.load(&bytes).map_err(|error| format!("`{}` cannot be run: {error}", file.display()))
        });
        return match loaded {
            Ok(program) => Some(program),
            Err(message) => {
                show.error(&message);
                None
            }
        };
    }
    let text = match source(file) {
        Ok(text) => text,
        Err(message) => {
            show.error(&message);
            return None;
        }
    };
    match engine.compile(&files::shown(file), text) {
        Ok(program) => {
            show.diagnostics(program.warnings(), program.sources());
            Some(program)
        }
        Err(error) => {
            show.diagnostics(&error.diagnostics, &error.sources);
            None
        }
    }
}

/// Writes a program's bytecode.
pub fn build(options: &Build, show: Show) -> ExitCode {
    let engine = Engine::builder().loader(Folder::of(&options.file)).build();
    let Some(program) = compile(&engine, &options.file, show) else { return ExitCode::FAILURE };
    let output = match &options.output {
        Some(output) => output.clone(),
        None if options.file == Path::new("-") => {
            show.error("say where to write: `sayso build - -o program.sayb`");
            return ExitCode::from(2);
        }
        None => options.file.with_extension("sayb"),
    };
    let bytes = if options.strip { program.to_stripped_bytes() } else { program.to_bytes() };
    match std::fs::write(&output, bytes) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            show.error(&format!("`{}` cannot be written: {error}", output.display()));
            ExitCode::FAILURE
        }
    }
}
