//! Messages to people and programs.

use crate::arguments::{Color, MessageFormat};
use sayso::{Diagnostic, Severity, SourceMap, Span, Style, VmError, error_summary, render, render_error};
use serde_json::{Value, json};
use std::io::{IsTerminal, Write};

/// How many causes of an error are shown.
const MOST_CAUSES: usize = 8;

/// Writes to standard output. That nobody may be there to read it (a closed pipe) is no error of the command's.
pub fn out(text: &str) {
    let _ = std::io::stdout().write_all(text.as_bytes());
}

/// Writes to standard error, likewise.
fn err(text: &str) {
    let _ = std::io::stderr().write_all(text.as_bytes());
}

/// How messages are shown.
#[derive(Clone, Copy)]
pub struct Show {
    style: Style,
    json: bool,
}

impl Show {
    /// By the options of the command line.
    pub fn new(color: Color, format: MessageFormat) -> Show {
        let colored = match color {
            Color::Always => true,
            Color::Never => false,
            Color::Auto => std::io::stderr().is_terminal() && std::env::var_os("NO_COLOR").is_none(),
        };
        Show { style: if colored { Style::Color } else { Style::Plain }, json: format == MessageFormat::Json }
    }

    /// Shows diagnostics on standard error; at the end says how many there are.
    pub fn diagnostics(self, diagnostics: &[Diagnostic], sources: &SourceMap) {
        for (index, one) in diagnostics.iter().enumerate() {
            if self.json {
                err(&format!("{}\n", to_json(one, sources)));
                continue;
            }
            let blank = if index > 0 { "\n" } else { "" };
            err(&format!("{blank}{}", render(one, sources, self.style)));
        }
        let errors = diagnostics.iter().filter(|one| one.severity == Severity::Error).count();
        if errors > 1 && !self.json {
            err(&format!("\n{errors} errors\n"));
        }
    }

    /// Shows a message that has no place in a source.
    pub fn error(self, message: &str) {
        self.bare("error", message);
    }

    /// Shows a warning that has no place in a source.
    pub fn warning(self, message: &str) {
        self.bare("warning", message);
    }

    fn bare(self, severity: &str, message: &str) {
        if self.json {
            let object = json!({
                "severity": severity,
                "code": "",
                "message": message,
                "primary": { "place": null, "text": "" },
                "secondary": [],
                "notes": [],
                "suggestion": null,
            });
            err(&format!("{object}\n"));
        } else {
            err(&format!("{severity}: {message}\n"));
        }
    }

    /// Shows an error that ended a run.
    pub fn failure(self, error: &VmError, sources: &SourceMap) {
        if self.json {
            err(&format!("{}\n", failure_to_json(error, sources, MOST_CAUSES)));
        } else {
            err(&render_error(error, sources, self.style));
        }
    }

    /// Whether output is coloured.
    pub fn colored(self) -> bool {
        matches!(self.style, Style::Color)
    }
}

fn place(span: Span, sources: &SourceMap) -> Value {
    let Some(file) = sources.get(span.file) else { return Value::Null };
    if !file.holds(span) {
        let byte = |offset: u32| json!({ "byte": offset, "line": null, "column": null });
        return json!({ "file": file.name, "start": byte(span.start), "end": byte(span.end) });
    }
    let (start, end) = (file.line_column(span.start), file.line_column(span.end));
    json!({
        "file": file.name,
        "start": { "byte": span.start, "line": start.line, "column": start.column },
        "end": { "byte": span.end, "line": end.line, "column": end.column },
    })
}

fn to_json(one: &Diagnostic, sources: &SourceMap) -> Value {
    let label = |span: Span, text: &str| json!({ "place": place(span, sources), "text": text });
    json!({
        "severity": match one.severity { Severity::Error => "error", Severity::Warning => "warning" },
        "code": one.code,
        "message": one.message,
        "primary": label(one.primary.span, &one.primary.text),
        "secondary": one.secondary.iter().map(|other| label(other.span, &other.text)).collect::<Vec<_>>(),
        "notes": one.notes,
        "suggestion": one.suggestion.as_ref().map(|suggestion| json!({
            "message": suggestion.message,
            "edits": suggestion.edits.iter().map(|edit| label(edit.span, &edit.text)).collect::<Vec<_>>(),
        })),
    })
}

/// An error of a run: as a diagnostic whose code is the class of what was thrown, with the calls that led there.
fn failure_to_json(error: &VmError, sources: &SourceMap, causes: usize) -> Value {
    let mut object = to_json(&error_summary(error, sources), sources);
    let trace: Vec<Value> = error
        .trace
        .iter()
        .map(|frame| {
            let place = frame.span.map_or(Value::Null, |span| place(span, sources));
            json!({ "function": frame.function, "place": place })
        })
        .collect();
    let cause = error.cause.as_deref().filter(|_| causes > 0);
    let cause = cause.map(|cause| failure_to_json(cause, sources, causes - 1));
    let attached = error.attached.iter().take(causes).map(|other| failure_to_json(other, sources, 0));
    let attached: Vec<Value> = attached.collect();
    if let Value::Object(fields) = &mut object {
        fields.insert("code".into(), error.class.clone().into());
        fields.insert("message".into(), error.message.clone().into());
        fields.insert("trace".into(), trace.into());
        fields.insert("omitted".into(), error.omitted.into());
        fields.insert("cause".into(), cause.unwrap_or(Value::Null));
        fields.insert("attached".into(), attached.into());
    }
    object
}
