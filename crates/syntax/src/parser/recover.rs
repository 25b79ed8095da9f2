//! Reporting mistakes and going on behind them.
//!
//! `error` reports what keeps a function from going on and silences what follows from it; `report` is for mistakes
//! after which everything is still clear. Skipping never recurses and stops at what most likely begins something new:
//! the end of the statement, a comma or closer of the list, and, inside brackets, a line that is not indented deeper
//! than the line of the opening bracket.

use super::Parser;
use super::layout::{Forms, Frame, Head, Outer};
use crate::ast::MAX_DEPTH;
use crate::token::{TokenClass, TokenKind};
use crate::tree::NodeKind;
use sayso_base::{Diagnostic, Severity, Span};

impl Parser<'_> {
    /// Reports a mistake after which everything is still clear.
    pub(super) fn report(&mut self, diagnostic: Diagnostic) {
        if !self.recovering && self.diagnostics.len() < crate::MAX_DIAGNOSTICS {
            self.diagnostics.push(diagnostic);
        }
    }

    /// Reports a mistake and silences those that follow from it.
    pub(super) fn error(&mut self, diagnostic: Diagnostic) {
        // The lexer has spoken about what it could not read.
        let unreadable =
            self.token().kind == TokenKind::Error || self.previous() == TokenKind::Error || self.is_broken_hole();
        // Two messages about one token are one mistake.
        if !self.recovering && !unreadable && self.error_at != self.at {
            let first = self.diagnostics.iter().all(|d| d.severity != Severity::Error);
            self.unfinished |= first && self.token().kind == TokenKind::Eof;
            self.report(diagnostic);
            self.error_at = self.at;
        }
        self.recovering = true;
    }

    /// At the end of a body: what comes next is not silenced by a mistake inside, unless nothing was taken since.
    pub(super) fn end_recovery(&mut self) {
        self.recovering &= self.error_at == self.at;
    }

    /// What a message calls the current token: `` `foo` ``, `the number 12`, `the end of the line`.
    pub(super) fn found(&self) -> String {
        let token = self.token();
        if self.cur == TokenKind::Newline && self.at != self.resumed {
            return "the end of the line".to_string();
        }
        let text = self.token_text(self.at);
        match token.kind.class() {
            TokenClass::Keyword if token.kind == TokenKind::Underscore => "`_`".to_string(),
            TokenClass::Value | TokenClass::Contextual => match token.kind {
                TokenKind::Int | TokenKind::Float if text.len() <= 20 => format!("the number {text}"),
                TokenKind::Str | TokenKind::RawStr | TokenKind::StrOpen => "a string".to_string(),
                TokenKind::Error => "unreadable text".to_string(),
                kind if text.is_empty() || text.len() > 40 || text.contains('\n') => kind.describe(),
                _ => format!("`{text}`"),
            },
            TokenClass::Keyword => format!("the keyword `{text}`"),
            TokenClass::Sign | TokenClass::Virtual | TokenClass::Trivia => token.kind.describe(),
        }
    }

    /// The place to point at when something is missing before the current token: behind the last token if a line ends
    /// there, else the token that stands instead.
    pub(super) fn missing_place(&self) -> Span {
        let ends = matches!(self.cur, TokenKind::Newline | TokenKind::Eof) && self.at != self.resumed;
        if ends && self.at > 0 { self.token_span(self.at - 1).at_end() } else { self.here() }
    }

    /// The current token and the blanks behind it, for a suggestion to leave it out.
    pub(super) fn with_blank(&self) -> Span {
        let next = self.token_at(self.at + 1);
        if next.begins_line() { self.here() } else { self.here().to(self.token_span(self.at + 1).at_start()) }
    }

    /// Whether lines follow that are indented as a block of this head, whose line ends here without a `:`.
    pub(super) fn lines_without_colon(&self, head: Head) -> bool {
        let token = self.token();
        self.cur == TokenKind::Newline
            && self.free
            && token.kind != TokenKind::Eof
            && token.indent > self.indent_of(head.start)
    }

    /// Reports that `what` was expected where the current token stands.
    pub(super) fn expected(&mut self, what: &str) {
        let found = self.found();
        let place = self.missing_place();
        self.error(Diagnostic::error("expected", place, format!("expected {what}, found {found}")));
    }

    /// Takes a token of this kind or reports that it is missing.
    pub(super) fn expect(&mut self, kind: TokenKind, why: &str) -> bool {
        if self.eat(kind) {
            return true;
        }
        let expected = if why.is_empty() { kind.describe() } else { format!("{} {why}", kind.describe()) };
        self.expected(&expected);
        false
    }

    /// A name is missing; a keyword in its place has its own message.
    pub(super) fn name_missing(&mut self, what: &str) {
        let token = self.token();
        if self.cur.is_keyword() && self.cur != TokenKind::Underscore {
            let word = self.token_text(self.at);
            let span = self.here();
            let begins_more = matches!(self.nth(1), kind if kind.is_name() || kind.is_keyword());
            if !token.begins_line() && !begins_more {
                let diagnostic =
                    Diagnostic::error("keyword-name", span, format!("`{word}` is a keyword and cannot name {what}"));
                self.error(if self.cur == TokenKind::Else && self.nth(1) == TokenKind::FatArrow {
                    diagnostic.suggest("what takes the rest is", span, "_")
                } else {
                    diagnostic.suggest("write another name, such as", span, format!("{word}_"))
                });
                self.bump();
                return;
            }
        }
        self.expected(&format!("a name for {what}"));
    }

    // ---- brackets

    /// A closing bracket is missing where the current token stands.
    pub(super) fn unclosed(&mut self, outer: Outer, closer: TokenKind) {
        let opener = self.token_span(outer.opener);
        if self.string_swallows(opener) {
            self.recovering = true;
            return;
        }
        let sign = self.token_text(outer.opener).to_string();
        let found = self.found();
        let token = self.token();
        let here = self.here();
        let diagnostic = if token.kind.is_closer() {
            Diagnostic::error(
                "mismatched-bracket",
                here,
                format!("expected `{}` to close `{sign}`, found {found}", closer.text()),
            )
            .also(opener, "opened here")
        } else if token.kind == TokenKind::Eof || token.begins_line() {
            Diagnostic::error("unclosed-bracket", opener, format!("this `{sign}` is not closed"))
                .label(format!("a `{}` is missing", closer.text()))
                .also(if token.kind == TokenKind::Eof { self.behind() } else { here }, format!("{found} comes first"))
        } else {
            Diagnostic::error("unclosed-bracket", here, format!("expected `{}`, found {found}", closer.text()))
                .also(opener, format!("to close this `{sign}`"))
        };
        let diagnostic = match self.suspect {
            Some((open, close)) if closer == TokenKind::RBrace && open > outer.opener => diagnostic
                .also(self.token_span(open), "perhaps this one is meant to be closed")
                .also(self.token_span(close), "by another `}` than this, which is indented differently"),
            _ => diagnostic,
        };
        self.error(diagnostic);
    }

    /// Whether a string that is not closed stands behind a bracket or on its line: it may have swallowed the closer.
    pub(super) fn string_swallows(&self, opener: Span) -> bool {
        let here = self.here().start;
        self.diagnostics.iter().take(self.lexical).any(|diagnostic| {
            let start = diagnostic.primary.span.start;
            let before = self.text.get(start.min(opener.start) as usize..opener.start as usize).unwrap_or("");
            diagnostic.code.starts_with("unclosed") && start < here && !before.contains('\n')
        })
    }

    /// Whether a string that is not closed stands further right on the line: a quote may be missing before it as well.
    pub(super) fn string_follows(&self) -> bool {
        let here = self.here().start;
        self.diagnostics.iter().take(self.lexical).any(|diagnostic| {
            let start = diagnostic.primary.span.start;
            let between = self.text.get(here as usize..start as usize);
            diagnostic.code == "unclosed-string" && between.is_some_and(|text| !text.contains('\n'))
        })
    }

    /// A closing bracket that nothing awaits.
    pub(super) fn stray_closer(&mut self) {
        let span = self.here();
        let sign = self.token_text(self.at).to_string();
        let mark = self.mark();
        self.error(Diagnostic::error("stray-bracket", span, format!("this `{sign}` closes nothing")).suggest(
            "remove it",
            span,
            "",
        ));
        self.bump();
        self.node(NodeKind::Skipped, mark);
    }

    // ---- skipping

    /// Passes over the rest of a statement.
    pub(super) fn skip_statement(&mut self) {
        let mark = self.mark();
        loop {
            match self.cur {
                TokenKind::Newline | TokenKind::Eof | TokenKind::Semi | TokenKind::SemiSemi => break,
                kind if kind.is_closer() || kind == TokenKind::HoleClose => {
                    if self.brackets.contains(&kind) {
                        break;
                    }
                    self.bump();
                }
                TokenKind::StrOpen => self.skip_string(),
                kind if kind.closer().is_some() => self.skip_balanced(),
                _ => self.bump(),
            }
        }
        self.skipped(mark);
    }

    /// Passes over the rest of a list element, up to the comma or closing bracket.
    pub(super) fn skip_element(&mut self, outer: Outer) {
        let mark = self.mark();
        let base = self.indent_of(outer.opener);
        loop {
            match self.cur {
                TokenKind::Newline | TokenKind::Eof | TokenKind::Comma | TokenKind::SemiSemi | TokenKind::HoleSpec => {
                    break;
                }
                kind if kind.is_closer() || kind == TokenKind::HoleClose || kind == TokenKind::StrClose => break,
                _ if self.token().begins_line() && self.indent_of(self.at) <= base => break,
                TokenKind::StrOpen => self.skip_string(),
                kind if kind.closer().is_some() => self.skip_balanced(),
                _ => self.bump(),
            }
        }
        self.skipped(mark);
    }

    /// Passes over an opening bracket and everything up to its closing one.
    pub(super) fn skip_balanced(&mut self) {
        let base = self.indent_of(self.at);
        let mut open = 0usize;
        let start = self.at;
        loop {
            let token = self.token();
            let closes = token.kind.is_closer() || token.kind == TokenKind::HoleClose;
            if token.kind == TokenKind::Eof {
                break;
            }
            if token.begins_line() && token.indent <= base && !closes && self.at != start && starts_anew(token.kind) {
                break;
            }
            if token.kind.closer().is_some() {
                open += 1;
            } else if closes {
                open -= 1;
            }
            self.bump();
            if open == 0 {
                break;
            }
        }
    }

    /// Passes over the rest of a head, up to its block.
    pub(super) fn skip_to_block(&mut self) {
        let mark = self.mark();
        loop {
            match self.cur {
                TokenKind::Newline | TokenKind::Eof | TokenKind::Semi | TokenKind::SemiSemi => break,
                TokenKind::LBrace => break,
                TokenKind::Colon if self.token_at(self.at + 1).begins_line() => break,
                // One that nothing awaits belongs to what is passed over.
                TokenKind::RParen | TokenKind::RBracket if !self.brackets.contains(&self.cur) => self.bump(),
                kind if kind.is_closer() || kind == TokenKind::HoleClose => break,
                TokenKind::StrOpen => self.skip_string(),
                kind if kind.closer().is_some() => self.skip_balanced(),
                _ => self.bump(),
            }
        }
        self.skipped(mark);
    }

    /// Passes over what nests too deeply: the rest of the operand's surroundings.
    pub(super) fn skip_nested(&mut self) {
        let mark = self.mark();
        loop {
            match self.cur {
                TokenKind::Newline | TokenKind::Eof | TokenKind::Comma | TokenKind::Semi | TokenKind::SemiSemi => break,
                TokenKind::HoleSpec | TokenKind::StrClose | TokenKind::FatArrow => break,
                kind if kind.is_closer() || kind == TokenKind::HoleClose => break,
                TokenKind::StrOpen => self.skip_string(),
                kind if kind.closer().is_some() => self.skip_balanced(),
                _ => self.bump(),
            }
        }
        self.skipped(mark);
    }

    /// Passes over the lines that are deeper than a head, for a block that nests too deeply.
    pub(super) fn skip_lines(&mut self, head: Head) {
        self.skip_deeper_lines(self.indent_of(head.start));
    }

    /// Passes over everything up to a line that is not indented deeper than `base`.
    pub(super) fn skip_deeper_lines(&mut self, base: u16) {
        let mark = self.mark();
        loop {
            let token = self.token();
            if token.kind == TokenKind::Eof || (token.begins_line() && token.indent <= base) {
                break;
            }
            self.bump();
        }
        self.skipped(mark);
    }

    fn skipped(&mut self, mark: super::Mark) {
        if self.at > mark.token {
            self.node(NodeKind::Skipped, mark);
        }
    }

    pub(super) fn report_depth(&mut self) {
        if !self.depth_reported {
            self.depth_reported = true;
            let span = self.here();
            self.error(
                Diagnostic::error("nesting", span, format!("this nests deeper than {MAX_DEPTH} levels"))
                    .note("give parts of it names of their own: variables, functions, types"),
            );
        }
        self.recovering = true;
    }

    // ---- blocks

    /// A head's line ends with `:` or `=>`, but no deeper line follows.
    pub(super) fn report_missing_lines(&mut self, head: Head, mark: usize) {
        let place = self.token_span(mark);
        let indent = self.indent_of(head.start);
        let sign = self.token_text(mark).to_string();
        let several = head.what.split(' ').nth(1).is_some_and(|word| word.ends_with('s'));
        let verb = if several { "are" } else { "is" };
        let eof = self.token().kind == TokenKind::Eof;
        if self.token().kind == TokenKind::Eof {
            self.unfinished |= self.diagnostics.is_empty();
        }
        let mut diagnostic =
            Diagnostic::error("missing-block", place, format!("{} {verb} missing behind this `{sign}`", head.what));
        if self.token().begins_line() && !eof {
            let (line, column) = self.line_column(self.token().start);
            diagnostic = diagnostic.label("lines indented deeper are expected").also(
                self.here(),
                format!("line {line}, column {column}: must be indented by more than {indent} to belong to it"),
            );
        }
        self.report(diagnostic.note("a block that does nothing is written `{}`"));
    }

    /// An indented block inside brackets or braces.
    pub(super) fn report_lines_in_brackets(&mut self, head: Head, mark: usize) {
        let span = self.token_span(mark);
        self.error(
            Diagnostic::error(
                "block-in-brackets",
                span,
                format!(
                    "{} cannot be indented lines here: indentation means nothing inside brackets and braces",
                    head.what
                ),
            )
            .note("write `{` … `}`, or put the whole block on this line"),
        );
    }

    pub(super) fn report_one_line_declaration(&mut self, head: Head) {
        let span = self.here();
        self.error(
            Diagnostic::error("missing-block", span, format!("{} cannot stand on the line of its head", head.what))
                .note("write `{ … }`, or indented lines below"),
        );
        self.skip_statement();
    }

    /// Neither `{` nor `:` behind a head.
    pub(super) fn report_missing_block(&mut self, head: Head, forms: Forms) {
        let found = self.found();
        let place = self.missing_place();
        let mut diagnostic =
            Diagnostic::error("missing-block", place, format!("expected `{{` or `:` and {}, found {found}", head.what));
        if self.cur == TokenKind::Newline {
            let token = self.token();
            if token.indent > self.indent_of(head.start) && self.free {
                diagnostic = diagnostic.suggest("a colon opens the indented lines below", place, ":");
            }
        } else if self.at(TokenKind::Eq) && forms == Forms::All {
            diagnostic = diagnostic.note("`==` compares, `=` assigns").suggest("to compare, write", self.here(), "==");
        } else if self.at(TokenKind::Eq) && head.what == "the variants of the enum" {
            diagnostic = diagnostic.note("variants stand in braces: `enum Color { Red, Green }`");
        } else if forms == Forms::All && self.frame != Frame::Bracket {
            diagnostic = self.block_hint(diagnostic, place);
        }
        self.error(diagnostic);
    }
}

impl Parser<'_> {
    /// What may be meant by what stands behind a head in place of its block.
    fn block_hint(&self, diagnostic: Diagnostic, place: Span) -> Diagnostic {
        let word = self.token_text(self.at);
        let before = self.at.checked_sub(1).map_or("", |index| self.token_text(index));
        match (before, word) {
            (_, "then" | "do") => diagnostic.suggest("write a colon instead", self.behind().to(place), ":"),
            (_, "and") => diagnostic.suggest("conditions are joined by `&&`", place, "&&"),
            (_, "instanceof") => diagnostic.suggest("the type of a value is asked by", place, "is"),
            ("not", _) => {
                let word = self.token_span(self.at.saturating_sub(1));
                diagnostic.suggest("negation is written `!`", word.to(place.at_start()), "!")
            }
            _ if self.at_operand() && matches!(self.previous(), TokenKind::RParen | TokenKind::Else) => {
                diagnostic.suggest("a colon opens a block on the same line", self.behind(), ":")
            }
            _ => diagnostic,
        }
    }
}

/// Words with which a line most likely begins a new declaration or statement.
pub(super) fn starts_anew(kind: TokenKind) -> bool {
    use TokenKind::*;
    matches!(
        kind,
        Let | Fn
            | Struct
            | Enum
            | Trait
            | Interface
            | Class
            | Type
            | Import
            | From
            | Defer
            | Test
            | Bench
            | Object
            | At
    )
}
