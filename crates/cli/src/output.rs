//! Messages to people and programs.

use crate::arguments::{Color, MessageFormat};
use sayso::{Diagnostic, Severity, SourceMap, Span, Style, render};
use serde_json::{Value, json};
use std::io::IsTerminal;

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
                eprintln!("{}", to_json(one, sources));
                continue;
            }
            if index > 0 {
                eprintln!();
            }
            eprint!("{}", render(one, sources, self.style));
        }
        let errors = diagnostics.iter().filter(|one| one.severity == Severity::Error).count();
        if errors > 1 && !self.json {
            eprintln!("\n{errors} errors");
        }
    }

    /// Shows a message that has no place in a source.
    pub fn error(self, message: &str) {
        if self.json {
            eprintln!("{}", json!({ "severity": "error", "message": message }));
        } else {
            eprintln!("error: {message}");
        }
    }

    /// Whether output is coloured.
    pub fn colored(self) -> bool {
        matches!(self.style, Style::Color)
    }

    /// The style of messages.
    pub fn style(self) -> Style {
        self.style
    }
}

fn place(span: Span, sources: &SourceMap) -> Value {
    let Some(file) = sources.get(span.file) else { return Value::Null };
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
