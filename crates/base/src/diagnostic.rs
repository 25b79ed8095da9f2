//! Errors and warnings as data.

use crate::source::Span;

/// How serious a [`Diagnostic`] is.
#[derive(Clone, Copy, PartialEq, Eq, Debug, PartialOrd, Ord)]
pub enum Severity {
    /// The program is refused.
    Error,
    /// The program runs.
    Warning,
}

/// A text attached to a place.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Label {
    /// Where.
    pub span: Span,
    /// What is to be said there; may be empty.
    pub text: String,
}

/// One replacement of a [`Suggestion`].
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Edit {
    /// What is replaced; empty to insert.
    pub span: Span,
    /// By what.
    pub text: String,
}

/// A change that would mend the program.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Suggestion {
    /// What it does, as in "write `let mut`".
    pub message: String,
    /// The replacements, in order, not overlapping.
    pub edits: Vec<Edit>,
}

/// An error or a warning about a program.
///
/// The message says what was found and what was expected; notes say why; the suggestion says what to write.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Diagnostic {
    /// A stable code such as `type-mismatch`; a lint's name for lints; empty for errors of a run.
    pub code: &'static str,
    /// Error or warning.
    pub severity: Severity,
    /// One line without a final stop.
    pub message: String,
    /// Where it is.
    pub primary: Label,
    /// Other places that explain it.
    pub secondary: Vec<Label>,
    /// Further sentences.
    pub notes: Vec<String>,
    /// A change that would mend it.
    pub suggestion: Option<Suggestion>,
}

impl Diagnostic {
    /// An error with a label-less primary span.
    pub fn error(code: &'static str, span: Span, message: impl Into<String>) -> Diagnostic {
        Diagnostic {
            code,
            severity: Severity::Error,
            message: message.into(),
            primary: Label { span, text: String::new() },
            secondary: Vec::new(),
            notes: Vec::new(),
            suggestion: None,
        }
    }

    /// The same as a warning.
    pub fn warning(code: &'static str, span: Span, message: impl Into<String>) -> Diagnostic {
        Diagnostic { severity: Severity::Warning, ..Diagnostic::error(code, span, message) }
    }

    /// Sets the text at the primary span.
    #[must_use]
    pub fn label(mut self, text: impl Into<String>) -> Diagnostic {
        self.primary.text = text.into();
        self
    }

    /// Adds a secondary label.
    #[must_use]
    pub fn also(mut self, span: Span, text: impl Into<String>) -> Diagnostic {
        self.secondary.push(Label { span, text: text.into() });
        self
    }

    /// Adds a note.
    #[must_use]
    pub fn note(mut self, text: impl Into<String>) -> Diagnostic {
        self.notes.push(text.into());
        self
    }

    /// Suggests one replacement.
    #[must_use]
    pub fn suggest(mut self, message: impl Into<String>, span: Span, text: impl Into<String>) -> Diagnostic {
        self.suggestion = Some(Suggestion { message: message.into(), edits: vec![Edit { span, text: text.into() }] });
        self
    }
}
