//! Diagnostics as text, by `annotate-snippets`.

use crate::diagnostic::{Diagnostic, Label, Severity};
use crate::source::{FileId, SourceFile, SourceMap, Span};
use annotate_snippets::{AnnotationKind, Group, Level, Patch, Renderer, Snippet};
use std::fmt::Write as _;

/// How to render.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Style {
    /// No escape sequences.
    Plain,
    /// Terminal colours.
    Color,
}

/// A line longer than this is not shown, only named: rendering must not cost more than reading it.
const LONGEST_LINE: usize = 2_000;

/// Renders one diagnostic, with a final newline.
pub fn render(diagnostic: &Diagnostic, sources: &SourceMap, style: Style) -> String {
    let renderer = match style {
        Style::Plain => Renderer::plain(),
        Style::Color => Renderer::styled(),
    };
    let level = match diagnostic.severity {
        Severity::Error => Level::ERROR,
        Severity::Warning => Level::WARNING,
    };
    let Some(file) = sources.get(diagnostic.primary.span.file).filter(|f| fits(f, diagnostic)) else {
        return render_bare(diagnostic, sources);
    };
    let title = level.primary_title(diagnostic.message.as_str());
    let title = if diagnostic.code.is_empty() { title } else { title.id(diagnostic.code) };
    let mut title = Group::with_title(title);
    let own = std::iter::once((&diagnostic.primary, AnnotationKind::Primary))
        .chain(diagnostic.secondary.iter().map(|label| (label, AnnotationKind::Context)));
    let mut snippet = Snippet::source(&*file.text).path(file.name.as_str()).line_start(1);
    for (label, kind) in own.clone().filter(|(label, _)| label.span.file == diagnostic.primary.span.file) {
        snippet = snippet.annotation(annotation(label, kind, file));
    }
    title = title.element(snippet);
    for (other, labels) in other_files(diagnostic) {
        let Some(file) = sources.get(other) else { continue };
        let mut snippet = Snippet::source(&*file.text).path(file.name.as_str()).line_start(1);
        for label in labels {
            snippet = snippet.annotation(annotation(label, AnnotationKind::Context, file));
        }
        title = title.element(snippet);
    }
    for note in &diagnostic.notes {
        title = title.element(Level::NOTE.message(note.as_str()));
    }
    let mut groups = vec![title];
    if let Some(suggestion) = &diagnostic.suggestion {
        let mut group = Group::with_title(Level::HELP.secondary_title(suggestion.message.as_str()));
        let edited = suggestion.edits.first().and_then(|edit| sources.get(edit.span.file));
        if let Some(file) = edited {
            let mut snippet = Snippet::source(&*file.text).path(file.name.as_str()).line_start(1);
            for edit in &suggestion.edits {
                snippet = snippet.patch(Patch::new(clip(edit.span, file), edit.text.as_str()));
            }
            group = group.element(snippet);
        }
        groups.push(group);
    }
    let mut text = renderer.render(&groups).to_string();
    text.push('\n');
    text
}

/// Whether every line that would be shown is short enough to be shown.
fn fits(file: &SourceFile, diagnostic: &Diagnostic) -> bool {
    let first = file.line_column(diagnostic.primary.span.start).line;
    file.line_text(first).len() <= LONGEST_LINE
        && diagnostic.secondary.iter().all(|label| {
            label.span.file != diagnostic.primary.span.file
                || file.line_text(file.line_column(label.span.start).line).len() <= LONGEST_LINE
        })
}

/// Severity, message and position alone, for places that cannot be shown.
fn render_bare(diagnostic: &Diagnostic, sources: &SourceMap) -> String {
    let word = match diagnostic.severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
    };
    let code = if diagnostic.code.is_empty() { String::new() } else { format!("[{}]", diagnostic.code) };
    let mut text = format!("{word}{code}: {}\n", diagnostic.message);
    if let Some(file) = sources.get(diagnostic.primary.span.file) {
        let at = file.line_column(diagnostic.primary.span.start);
        let _ = writeln!(text, " --> {}:{}:{}", file.name, at.line, at.column);
    }
    for note in &diagnostic.notes {
        let _ = writeln!(text, "  = note: {note}");
    }
    if let Some(suggestion) = &diagnostic.suggestion {
        let _ = writeln!(text, "  = help: {}", suggestion.message);
    }
    text
}

fn other_files(diagnostic: &Diagnostic) -> Vec<(FileId, Vec<&Label>)> {
    let mut files: Vec<(FileId, Vec<&Label>)> = Vec::new();
    for label in &diagnostic.secondary {
        if label.span.file == diagnostic.primary.span.file {
            continue;
        }
        match files.iter_mut().find(|(file, _)| *file == label.span.file) {
            Some((_, labels)) => labels.push(label),
            None => files.push((label.span.file, vec![label])),
        }
    }
    files
}

fn annotation<'a>(label: &'a Label, kind: AnnotationKind, file: &SourceFile) -> annotate_snippets::Annotation<'a> {
    let annotation = kind.span(clip(label.span, file));
    if label.text.is_empty() { annotation } else { annotation.label(label.text.as_str()) }
}

/// The span as a range that lies within the text and on character boundaries.
fn clip(span: Span, file: &SourceFile) -> std::ops::Range<usize> {
    let floor = |mut at: usize| {
        at = at.min(file.text.len());
        while !file.text.is_char_boundary(at) {
            at -= 1;
        }
        at
    };
    let start = floor(span.start as usize);
    start..floor(span.end as usize).max(start)
}
