//! From text to a lossless tree and its typed view.
//!
//! [`parse`] never fails: it gives a tree that prints back byte for byte, the view that later stages read, and what was
//! wrong. The lexer makes tokens, the parser asks for them through the layout, which adds the ends of statements; one
//! pass makes tree and view together, so they cannot disagree.
//!
//! Always true: no input makes anything here panic or recurse deeper than [`ast::MAX_DEPTH`] allows; time and memory are
//! linear in the length of the text.

pub mod ast;
mod dump;
pub mod lexer;
mod literal;
pub mod outline;
mod parser;
pub mod token;
pub mod tree;

#[cfg(test)]
mod tests;

pub use dump::dump;

use sayso_base::{Diagnostic, FileId, Interner, Name, Severity};

/// How many diagnostics a file may have; what goes beyond is not kept.
pub(crate) const MAX_DIAGNOSTICS: usize = 500;

/// What a file is made into.
#[derive(Clone, Debug)]
pub struct Parse {
    /// The lossless tree.
    pub tree: tree::Tree,
    /// The typed view.
    pub ast: ast::Ast,
    /// Errors and warnings, in the order of their places.
    pub diagnostics: Vec<Diagnostic>,
    /// The `// sayso: allow(lint)` comments: the line of the comment (from 1) and the lint; it is silenced on the next
    /// line.
    pub allows: Vec<(u32, Name)>,
}

impl Parse {
    /// Whether a mistake was found, so that the program must not run.
    pub fn has_errors(&self) -> bool {
        self.diagnostics.iter().any(|diagnostic| diagnostic.severity == Severity::Error)
    }
}

/// What a file is made into for those who do not need its tree.
#[derive(Clone, Debug)]
pub struct View {
    /// The typed view.
    pub ast: ast::Ast,
    /// As [`Parse::diagnostics`].
    pub diagnostics: Vec<Diagnostic>,
    /// As [`Parse::allows`].
    pub allows: Vec<(u32, Name)>,
}

/// A file's tokens, to be parsed in steps: [`lex`] and [`Tokens::parse`] may run for many files at once, between them
/// [`Tokens::intern`] one file after the other, so that names are numbered in the order of the files.
#[derive(Debug)]
pub struct Tokens {
    file: FileId,
    lexed: lexer::Lexed,
    names: Vec<Name>,
    allows: Vec<(u32, Name)>,
}

/// Splits a file into tokens.
pub fn lex(file: FileId, text: &str) -> Tokens {
    Tokens { file, lexed: lexer::lex(file, text), names: Vec::new(), allows: Vec::new() }
}

impl Tokens {
    /// Interns the names among the tokens.
    pub fn intern(&mut self, text: &str, interner: &mut Interner) {
        self.allows = parser::allows(text, interner, &self.lexed);
        self.names = parser::intern_tokens(text, interner, &self.lexed);
    }

    /// Makes the view. None if a name is missing: the file has to be parsed by [`parse_view`].
    pub fn parse(self, text: &str, interner: &Interner) -> Option<View> {
        let names = parser::Names::Known { interner, of_token: self.names, missed: false };
        let (ast, diagnostics) = parser::parse_view(text, names, self.file, self.lexed)?;
        Some(View { ast, diagnostics, allows: self.allows })
    }
}

/// Parses a file without making its tree.
pub fn parse_view(file: FileId, text: &str, interner: &mut Interner) -> View {
    let lexed = lexer::lex(file, text);
    let allows = parser::allows(text, interner, &lexed);
    let names = parser::Names::Open(interner);
    let (ast, diagnostics) =
        parser::parse_view(text, names, file, lexed).unwrap_or_else(|| (outline::empty_view(file), Vec::new()));
    View { ast, diagnostics, allows }
}

/// Parses a file.
pub fn parse(file: FileId, text: &str, interner: &mut Interner) -> Parse {
    parser::parse(file, text, interner).0
}

/// Whether `text`, an entry of an interactive session, is complete: false if a bracket, string, comment or statement is
/// open at its end, or an indented block that no empty line has ended.
pub fn is_complete(text: &str) -> bool {
    let mut interner = Interner::new();
    let (_, ending) = parser::parse(FileId(0), text, &mut interner);
    match ending {
        parser::Ending::Complete => true,
        parser::Ending::OpenBlock => {
            let mut lines = text.rsplit('\n').skip(1);
            text.ends_with('\n') && lines.next().is_some_and(|line| line.trim().is_empty())
        }
        parser::Ending::Incomplete => false,
    }
}
