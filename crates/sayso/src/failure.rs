//! Errors of a run as text: class, message, excerpt, trace.

use sayso_base::{Diagnostic, FileId, SourceMap, Span, Style, render};
use sayso_vm::{TraceFrame, VmError};
use std::fmt::Write as _;

/// How many frames a trace shows.
const LONGEST_TRACE: usize = 20;

/// An error that ended a run, with the place where it was raised and the calls that were active.
pub fn render_error(error: &VmError, sources: &SourceMap, style: Style) -> String {
    let mut text = String::new();
    write_error(&mut text, error, sources, style);
    let mut cause = error.cause.as_deref();
    let mut depth = 0;
    while let Some(inner) = cause.filter(|_| depth < 8) {
        text.push_str("\nits cause:\n");
        write_error(&mut text, inner, sources, style);
        cause = inner.cause.as_deref();
        depth += 1;
    }
    for attached in error.attached.iter().take(8) {
        text.push_str("\nthrown meanwhile by deferred code:\n");
        write_error(&mut text, attached, sources, style);
    }
    text
}

/// The class, message and place of an error that ended a run, without trace and causes.
pub fn error_summary(error: &VmError, sources: &SourceMap) -> Diagnostic {
    let message =
        if error.message.is_empty() { error.class.clone() } else { format!("{}: {}", error.class, error.message) };
    // A place in the program says more than one in the library.
    let own = error
        .trace
        .iter()
        .filter_map(|frame| frame.span)
        .find(|span| sources.get(span.file).is_some_and(|file| !file.name.starts_with("<library>")));
    let span = own.or_else(|| error.span()).unwrap_or(Span::new(FileId(u32::MAX), 0, 0));
    let mut lines = message.lines();
    let mut one = Diagnostic::error("", span, lines.next().unwrap_or(""));
    one.notes.extend(lines.map(str::to_owned));
    one
}

fn write_error(text: &mut String, error: &VmError, sources: &SourceMap, style: Style) {
    text.push_str(&render(&error_summary(error, sources), sources, style));
    if error.trace.len() < 2 {
        return;
    }
    text.push_str("calls, innermost first:\n");
    let mut shown = 0;
    let mut frames = error.trace.iter().peekable();
    while let Some(frame) = frames.next() {
        let mut count = 1;
        while frames.next_if(|next| *next == frame).is_some() {
            count += 1;
        }
        let again = if count > 1 { format!(" ({count} times)") } else { String::new() };
        let _ = writeln!(text, "  {}{again}", place(frame, sources));
        shown += 1;
        if shown == LONGEST_TRACE {
            let rest = frames.count();
            if rest > 0 {
                let _ = writeln!(text, "  … and {rest} more");
            }
            break;
        }
    }
    if error.omitted > 0 {
        let _ = writeln!(text, "  ({} calls in the middle are left out)", error.omitted);
    }
}

fn place(frame: &TraceFrame, sources: &SourceMap) -> String {
    let file = frame.span.and_then(|span| sources.get(span.file).map(|file| (file, span)));
    match file {
        Some((file, span)) if !file.holds(span) => format!("{} in {}", frame.function, file.name),
        Some((file, span)) => {
            let at = file.line_column(span.start);
            format!("{} at {}:{}:{}", frame.function, file.name, at.line, at.column)
        }
        None => frame.function.clone(),
    }
}
