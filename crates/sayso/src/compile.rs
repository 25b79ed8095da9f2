//! From source to a program: the stages in order.

use crate::engine::Engine;
use crate::loader::WithLibrary;
use crate::program::Program;
use sayso_base::{Diagnostic, Severity, SourceMap, Span, Style, render};
use sayso_check::input::{Input, Output};
use std::fmt;
use std::sync::Arc;

/// Which part of the compiler found an error.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Stage {
    /// Syntax, names, types, effects.
    Check,
    /// Constants, sizes, compile-time expressions.
    Emit,
    /// The compiler made code that the verifier refuses: a mistake of Sayso's, reported as such.
    Verify,
}

/// Why there is no program.
#[derive(Clone)]
pub struct CompileError {
    /// Errors, and warnings found on the way.
    pub diagnostics: Vec<Diagnostic>,
    /// The files that they speak of.
    pub sources: SourceMap,
    /// Where compilation ended.
    pub stage: Stage,
}

impl CompileError {
    /// What a check found.
    pub(crate) fn of_check(output: Output) -> CompileError {
        CompileError { diagnostics: output.diagnostics, sources: output.sources, stage: Stage::Check }
    }

    /// All diagnostics as text.
    pub fn render(&self, style: Style) -> String {
        let texts: Vec<String> = self.diagnostics.iter().map(|one| render(one, &self.sources, style)).collect();
        texts.join("\n")
    }
}

impl fmt::Display for CompileError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.render(Style::Plain))
    }
}

impl fmt::Debug for CompileError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "CompileError at {:?}:\n{self}", self.stage)
    }
}

impl std::error::Error for CompileError {}

impl Engine {
    /// Checks a program without making code of it.
    pub fn check(&self, name: &str, text: impl Into<Arc<str>>) -> Output {
        let loader = WithLibrary(&*self.settings.loader);
        let input = Input {
            name: name.to_owned(),
            text: text.into().into(),
            loader: &loader,
            options: self.settings.options(),
        };
        self.settings.library().check(input)
    }

    /// Compiles a program. `name` is what messages call the file.
    ///
    /// # Errors
    /// All errors of the program, with the warnings found on the way.
    pub fn compile(&self, name: &str, text: impl Into<Arc<str>>) -> Result<Program, CompileError> {
        let output = self.check(name, text);
        self.finish(output)
    }

    /// Makes a program of what a check gave.
    ///
    /// # Errors
    /// As [`Engine::compile`].
    pub fn finish(&self, output: Output) -> Result<Program, CompileError> {
        let failed =
            |diagnostics: Vec<Diagnostic>, sources: SourceMap, stage| CompileError { diagnostics, sources, stage };
        let mut output = output;
        if output.is_ok() {
            let grant = self.settings.grant;
            sayso_check::effects::check_grant(&output.program, grant, &output.names, &mut output.diagnostics);
        }
        if !output.is_ok() {
            return Err(failed(output.diagnostics, output.sources, Stage::Check));
        }
        let emitted = sayso_emit::emit(&output.program, &output.names, &output.sources);
        let mut diagnostics = output.diagnostics;
        diagnostics.extend(emitted.diagnostics);
        if diagnostics.iter().any(|one| one.severity == Severity::Error) {
            return Err(failed(diagnostics, output.sources, Stage::Emit));
        }
        let mut module = emitted.module;
        if !module.comptimes.is_empty() {
            // They run before the program is finished, on code that has to be sound as well.
            if let Err(error) = sayso_bytecode::verify(&module) {
                diagnostics.push(internal_error(module.functions.iter().find_map(|function| function.span), &error));
                return Err(failed(diagnostics, output.sources, Stage::Verify));
            }
            if let Err(errors) = crate::comptime::run(&mut module, &output.program.comptimes) {
                diagnostics.extend(errors);
                return Err(failed(diagnostics, output.sources, Stage::Emit));
            }
        }
        let span = module.functions.iter().find_map(|function| function.span);
        match sayso_vm::Program::new(module) {
            Ok(code) => Ok(Program::new(self.clone(), code, output.sources, diagnostics)),
            Err(error) => {
                diagnostics.push(internal_error(span, &error));
                Err(failed(diagnostics, output.sources, Stage::Verify))
            }
        }
    }
}

fn internal_error(span: Option<Span>, error: &sayso_bytecode::VerifyError) -> Diagnostic {
    let span = span.unwrap_or(Span::new(sayso_base::FileId(0), 0, 0));
    Diagnostic::error("internal-error", span, format!("the compiler made code that the verifier refuses: {error}"))
        .note("this is a mistake of Sayso itself; please report it with the program that shows it")
}
