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
    let shown = own.clone().filter(|(label, _)| label.span.file == diagnostic.primary.span.file);
    let window = Window::around(file, shown.clone().map(|(label, _)| label.span));
    let mut snippet = window.snippet();
    for (label, kind) in shown {
        snippet = snippet.annotation(annotation(label, kind, &window));
    }
    title = title.element(snippet);
    for (other, labels) in other_files(diagnostic) {
        let Some(file) = sources.get(other) else { continue };
        let window = Window::around(file, labels.iter().map(|label| label.span));
        let mut snippet = window.snippet();
        for label in labels {
            snippet = snippet.annotation(annotation(label, AnnotationKind::Context, &window));
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
            let window = Window::around(file, suggestion.edits.iter().map(|edit| edit.span));
            let mut snippet = window.snippet();
            for edit in &suggestion.edits {
                snippet = snippet.patch(Patch::new(window.clip(edit.span), edit.text.as_str()));
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
    if !file.holds(diagnostic.primary.span) {
        return false;
    }
    let first = file.line(diagnostic.primary.span.start);
    file.line_text(first).len() <= LONGEST_LINE
        && diagnostic.secondary.iter().all(|label| {
            label.span.file != diagnostic.primary.span.file
                || file.line_text(file.line(label.span.start)).len() <= LONGEST_LINE
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
    match sources.get(diagnostic.primary.span.file) {
        Some(file) if file.holds(diagnostic.primary.span) => {
            let at = file.line_column(diagnostic.primary.span.start);
            let _ = writeln!(text, " --> {}:{}:{}", file.name, at.line, at.column);
        }
        Some(file) => {
            let _ = writeln!(text, " --> {}", file.name);
        }
        None => {}
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

fn annotation<'a>(label: &'a Label, kind: AnnotationKind, window: &Window<'_>) -> annotate_snippets::Annotation<'a> {
    let annotation = kind.span(window.clip(label.span));
    if label.text.is_empty() { annotation } else { annotation.label(label.text.as_str()) }
}

/// The lines of a file that are needed: the renderer walks all text that it is given.
struct Window<'a> {
    file: &'a SourceFile,
    /// Its first line, from 1.
    line: u32,
    start: usize,
    end: usize,
}

impl<'a> Window<'a> {
    /// Lines kept before and behind, for what the renderer shows around an edit.
    const MARGIN: u32 = 3;

    fn around(file: &'a SourceFile, spans: impl Iterator<Item = Span>) -> Window<'a> {
        let (mut first, mut last) = (u32::MAX, 0);
        for span in spans {
            let (start, end) = (span.start.min(span.end), span.end.max(span.start));
            first = first.min(start);
            last = last.max(end);
        }
        let bytes = file.text.as_bytes();
        let mut start = (first.min(last) as usize).min(bytes.len());
        let mut end = (last as usize).min(bytes.len());
        for _ in 0..=Window::MARGIN {
            let before = bytes.get(..start.saturating_sub(1)).unwrap_or(&[]);
            start = before.iter().rposition(|byte| *byte == b'\n').map_or(0, |newline| newline + 1);
            let behind = bytes.get(end..).unwrap_or(&[]);
            end += behind.iter().position(|byte| *byte == b'\n').map_or(behind.len(), |newline| newline + 1);
        }
        Window { file, line: file.line(start as u32), start, end }
    }

    fn snippet<T: Clone>(&self) -> Snippet<'a, T> {
        let text = self.file.text.get(self.start..self.end).unwrap_or("");
        Snippet::source(text).path(self.file.name.as_str()).line_start(self.line as usize)
    }

    /// The span as a range that lies within the text and on character boundaries.
    fn clip(&self, span: Span) -> std::ops::Range<usize> {
        let floor = |at: u32| {
            let mut at = (at as usize).clamp(self.start, self.end);
            while !self.file.text.is_char_boundary(at) {
                at -= 1;
            }
            at - self.start
        };
        let start = floor(span.start);
        start..floor(span.end).max(start)
    }
}
