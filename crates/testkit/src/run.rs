//! Running a script in-process, in the modes that must agree.

use crate::script::Expectations;
use sayso::stages::stdlib;
use sayso::stages::vm::Engine as Interpreter;
use sayso::{
    Engine, ErrorKind, ExitValue, Host, Limits, Loaded, ModuleLoader, Program, Severity, SharedBuffer, render_error,
};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// How a script is run.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Mode {
    /// The loop over a `match`.
    Plain,
    /// The threaded engine, where the build has it.
    Threaded,
    /// A collection at every allocation, with freed memory poisoned and the heap checked at the end.
    Stress,
}

/// All modes.
pub const MODES: &[Mode] = &[Mode::Plain, Mode::Threaded, Mode::Stress];

/// What a run did.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Outcome {
    /// Standard output.
    pub output: String,
    /// Exit status.
    pub status: i32,
    /// Class and message of the error that ended it.
    pub fault: Option<(String, String)>,
    /// The line of it: of the innermost call that is not the library's.
    pub fault_line: Option<u32>,
    /// That error as it is shown.
    pub shown: String,
    /// Fuel used.
    pub fuel: u64,
}

/// Modules beside a file.
pub struct Beside(pub PathBuf);

impl ModuleLoader for Beside {
    fn load(&self, path: &str) -> Loaded {
        let relative: PathBuf = path.split('.').collect();
        for file in [self.0.join(&relative).with_extension("say"), self.0.join(&relative).join("mod.say")] {
            if let Ok(text) = std::fs::read_to_string(&file) {
                return Loaded::Source { name: file.display().to_string(), text: Arc::from(text) };
            }
        }
        Loaded::Missing
    }
}

/// The limits of a test: generous, but no test hangs.
pub fn limits() -> Limits {
    Limits { fuel: Some(200_000_000), memory: 512 << 20, ..Limits::default() }
}

/// An engine for a script in a file.
pub fn engine(file: &Path) -> Engine {
    builder(file).build()
}

fn builder(file: &Path) -> sayso::EngineBuilder {
    let folder = file.parent().map_or_else(PathBuf::new, Path::to_path_buf);
    Engine::builder().loader(Beside(folder)).limits(limits()).tests(true)
}

/// Runs a program.
pub fn run(program: &Program, expected: &Expectations, mode: Mode) -> Outcome {
    let output = SharedBuffer::new();
    let mut host: Host = stdlib::real_host(expected.args.clone());
    host.stdout = Box::new(output.clone());
    host.stdin = Box::new(std::io::Cursor::new(expected.input.clone().into_bytes()));
    let mut machine = match program.instantiate_with(host) {
        Ok(machine) => machine,
        Err(error) => return failed(&output, error.class.clone(), error.to_string(), error.to_string()),
    };
    machine.set_engine(if mode == Mode::Threaded { Interpreter::Threaded } else { Interpreter::Plain });
    machine.set_stress(mode == Mode::Stress);
    let result = machine.run_main(&expected.args);
    let fuel = machine.usage().fuel;
    if mode == Mode::Stress {
        if let Err(message) = machine.verify_heap() {
            return failed(&output, "heap".into(), message.clone(), message);
        }
    }
    match result {
        Ok(ExitValue::Status(status)) => Outcome {
            output: output.text(),
            status: status as i32,
            fault: None,
            fault_line: None,
            shown: String::new(),
            fuel,
        },
        Ok(ExitValue::Failed(text)) => {
            Outcome { output: output.text(), status: 1, fault: None, fault_line: None, shown: text, fuel }
        }
        Ok(_) => {
            Outcome { output: output.text(), status: 0, fault: None, fault_line: None, shown: String::new(), fuel }
        }
        Err(error) => {
            let shown = render_error(&error, program.sources(), sayso::Style::Plain);
            let class = if error.kind == ErrorKind::Setup { "SetupError".into() } else { error.class.clone() };
            let own = error.trace.iter().filter_map(|frame| frame.span).find_map(|span| {
                let file = program.sources().get(span.file)?;
                (!file.name.starts_with("<library>")).then(|| file.line(span.start))
            });
            Outcome { fuel, fault_line: own, ..failed(&output, class, error.message.clone(), shown) }
        }
    }
}

fn failed(output: &SharedBuffer, class: String, message: String, shown: String) -> Outcome {
    Outcome { output: output.text(), status: 1, fault: Some((class, message)), fault_line: None, shown, fuel: 0 }
}

/// Checks a script against its comments; what differs, as text.
pub fn check_script(file: &Path) -> Result<(), String> {
    let text = std::fs::read_to_string(file).map_err(|error| error.to_string())?;
    check_text(&engine(file), &file.display().to_string(), &text)
}

/// Checks that a script has the same messages, effects and result whether the library is read as far as the script asks
/// for it, or whole.
///
/// # Errors
/// What differs, as text.
pub fn check_reading(file: &Path) -> Result<(), String> {
    let text = std::fs::read_to_string(file).map_err(|error| error.to_string())?;
    let expected = crate::script::expectations(&text);
    let name = file.display().to_string();
    let [asked, whole] = [false, true].map(|whole| {
        let engine = builder(file).whole_library(whole).build();
        let checked = engine.check(&name, text.as_str());
        let effects = sayso::stages::check::effects::table(&checked.program, &checked.names);
        let compiled = if checked.is_ok() { engine.finish(checked) } else { Err(compile_error(checked)) };
        let (diagnostics, outcome) = match compiled {
            Ok(program) => (program.warnings().to_vec(), Some(run(&program, &expected, Mode::Plain))),
            Err(error) => (error.diagnostics, None),
        };
        let said: Vec<_> = diagnostics.iter().map(|one| (one.code, one.primary.span, said(one))).collect();
        (said, effects, outcome)
    });
    if asked.0 != whole.0 {
        return Err(format!("messages differ: {:#?} and, with the whole library, {:#?}", asked.0, whole.0));
    }
    if asked.1 != whole.1 {
        return Err(format!("effects differ:\n{}\nand, with the whole library,\n{}", asked.1, whole.1));
    }
    if asked.2 != whole.2 {
        return Err(format!("results differ: {:#?} and, with the whole library, {:#?}", asked.2, whole.2));
    }
    Ok(())
}

/// Checks a program's text against its comments, in all modes.
///
/// # Errors
/// What differs, as text.
pub fn check_text(engine: &Engine, name: &str, text: &str) -> Result<(), String> {
    let expected = crate::script::expectations(text);
    let checked = engine.check(name, text);
    let compiled = if checked.is_ok() { engine.finish(checked) } else { Err(compile_error(checked)) };
    let (diagnostics, sources, program) = match compiled {
        Ok(program) => (program.warnings().to_vec(), program.sources().clone(), Some(program)),
        Err(error) => (error.diagnostics, error.sources, None),
    };
    let found = |severity: Severity| -> Vec<(u32, String)> {
        diagnostics
            .iter()
            .filter(|one| one.severity == severity)
            .map(|one| {
                let file = sources.get(one.primary.span.file);
                let own = file.filter(|file| file.name == name);
                (own.map_or(0, |file| file.line(one.primary.span.start)), said(one))
            })
            .collect()
    };
    let mut wrong = Vec::new();
    let mut errors = found(Severity::Error);
    for wanted in &expected.errors {
        let at = errors.iter().position(|(line, message)| *line == wanted.line && message.contains(&wanted.part));
        match at {
            Some(at) => drop(errors.swap_remove(at)),
            None => wrong.push(format!("no error on line {} with `{}`", wanted.line, wanted.part)),
        }
    }
    // One mistake may show on one of several marked lines; what is not marked at all is wrong.
    errors.retain(|(line, _)| !expected.errors.iter().any(|wanted| wanted.line == *line));
    wrong.extend(errors.iter().map(|(line, message)| format!("error on line {line}: {message}")));
    let warnings = found(Severity::Warning);
    for wanted in &expected.warnings {
        if !warnings.iter().any(|(line, message)| *line == wanted.line && message.contains(&wanted.part)) {
            wrong.push(format!("no warning on line {} with `{}`", wanted.line, wanted.part));
        }
    }
    if let (Some(program), true) = (&program, expected.errors.is_empty()) {
        let mut fuel = None;
        for mode in MODES {
            let outcome = run(program, &expected, *mode);
            wrong.extend(differences(&expected, &outcome).into_iter().map(|text| format!("{mode:?}: {text}")));
            if fuel.is_some_and(|fuel| fuel != outcome.fuel) {
                wrong.push(format!("{mode:?}: used {} units of fuel, {fuel:?} before", outcome.fuel));
            }
            fuel = Some(outcome.fuel);
        }
    }
    if wrong.is_empty() { Ok(()) } else { Err(wrong.join("\n    ")) }
}

/// All that a diagnostic says.
pub fn said(one: &sayso::Diagnostic) -> String {
    let mut text = format!("{} {}", one.message, one.primary.text);
    for label in &one.secondary {
        text.push(' ');
        text.push_str(&label.text);
    }
    for note in &one.notes {
        text.push(' ');
        text.push_str(note);
    }
    text
}

fn compile_error(checked: sayso::stages::check::Output) -> sayso::CompileError {
    sayso::CompileError { diagnostics: checked.diagnostics, sources: checked.sources, stage: sayso::Stage::Check }
}

fn differences(expected: &Expectations, outcome: &Outcome) -> Vec<String> {
    let mut wrong = Vec::new();
    let lines: Vec<&str> = outcome.output.lines().collect();
    if lines != expected.output {
        let at = lines.iter().zip(&expected.output).take_while(|(a, b)| *a == b).count();
        wrong.push(format!(
            "line {} of the output: expected {:?}, found {:?}",
            at + 1,
            expected.output.get(at),
            lines.get(at)
        ));
    }
    match (&expected.fault, &outcome.fault) {
        (Some((class, part)), Some((found, message))) if class == found && message.contains(part) => {}
        (None, None) => {}
        (wanted, found) => wrong.push(format!("expected the fault {wanted:?}, found {found:?}")),
    }
    if expected.fault_line.is_some() && outcome.fault.is_some() && expected.fault_line != outcome.fault_line {
        let (wanted, found) = (expected.fault_line, outcome.fault_line);
        wrong.push(format!("expected the fault on line {wanted:?}, found it on {found:?}"));
    }
    let status = expected.status.unwrap_or(i32::from(expected.fault.is_some()));
    if status != outcome.status {
        wrong.push(format!("expected the status {status}, found {} ({})", outcome.status, outcome.shown.trim()));
    }
    wrong
}
