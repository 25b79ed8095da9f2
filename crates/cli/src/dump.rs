//! `sayso dump`.

use crate::arguments::{Dump, DumpStage};
use crate::check::{engine, source};
use crate::files;
use crate::output::{Show, out};
use sayso::stages::base::{Interner, SourceMap};
use sayso::stages::{bytecode, check, emit, syntax};
use std::process::ExitCode;

/// Shows a stage.
pub fn dump(options: &Dump, show: Show) -> ExitCode {
    let text = match source(&options.file) {
        Ok(text) => text,
        Err(message) => {
            show.error(&message);
            return ExitCode::FAILURE;
        }
    };
    let name = files::shown(&options.file);
    if matches!(options.stage, DumpStage::Tokens | DumpStage::Tree) {
        let mut sources = SourceMap::new();
        let file = sources.add(name, text.as_str());
        let parsed = syntax::parse(file, &text, &mut Interner::new());
        show.diagnostics(&parsed.diagnostics, &sources);
        match options.stage {
            DumpStage::Tokens => out(&parsed.tree.dump_tokens()),
            _ => out(&parsed.tree.to_string()),
        }
        return if parsed.has_errors() { ExitCode::FAILURE } else { ExitCode::SUCCESS };
    }
    let output = engine(&options.file).check(&name, text);
    show.diagnostics(&output.diagnostics, &output.sources);
    match options.stage {
        DumpStage::Hir => out(&check::print::dump_hir(&output.program, &output.names, false)),
        DumpStage::Types => out(&check::print::dump_types(&output)),
        DumpStage::Effects => out(&check::effects::table(&output.program, &output.names)),
        DumpStage::Bytecode if output.is_ok() => {
            let emitted = emit::emit(&output.program, &output.names, &output.sources);
            show.diagnostics(&emitted.diagnostics, &output.sources);
            out(&bytecode::disassemble(&emitted.module, Some(&output.sources)));
        }
        DumpStage::Bytecode | DumpStage::Tokens | DumpStage::Tree => {}
    }
    if output.is_ok() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}
