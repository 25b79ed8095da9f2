//! `sayso check`.

use crate::arguments::Check;
use crate::files::{self, Folder};
use crate::output::{Show, out};
use sayso::Engine;
use std::path::Path;
use std::process::ExitCode;

/// An engine for tools: modules beside the program, tests included.
pub fn engine(file: &Path) -> Engine {
    Engine::builder().loader(Folder::of(file)).tests(true).build()
}

/// A program's text, or a message.
pub fn source(file: &Path) -> Result<String, String> {
    files::read(file).and_then(|bytes| files::text(file, bytes))
}

/// Reports what is wrong with a program.
pub fn check(options: &Check, show: Show) -> ExitCode {
    let text = match source(&options.file) {
        Ok(text) => text,
        Err(message) => {
            show.error(&message);
            return ExitCode::FAILURE;
        }
    };
    let engine = engine(&options.file);
    let output = engine.check(&files::shown(&options.file), text);
    show.diagnostics(&output.diagnostics, &output.sources);
    if options.effects {
        out(&sayso::stages::check::effects::table(&output.program, &output.names));
    }
    let status = if output.is_ok() { ExitCode::SUCCESS } else { ExitCode::FAILURE };
    // The process ends: freeing all of it piece by piece first would only cost time.
    std::mem::forget((engine, output));
    status
}
