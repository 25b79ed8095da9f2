//! String literals: pieces of text and holes.

use super::{Mark, Parser};
use crate::ast::*;
use crate::literal::{self, Margin};
use crate::token::TokenKind;
use crate::tree::NodeKind;
use sayso_base::{Diagnostic, Span};
use std::sync::Arc;
use thin_vec::{ThinVec, thin_vec};

/// A piece of a string as it is read; texts are resolved when the whole is known.
enum Piece {
    /// The index of its token.
    Text(usize),
    Hole(StrPart),
}

impl Parser<'_> {
    pub(super) fn string(&mut self) -> ExprId {
        let mark = self.mark();
        let index = self.at;
        match self.cur {
            TokenKind::RawStr => {
                let text = self.token_text(index);
                let content = text.get(2..text.len() - 1).unwrap_or("");
                self.bump();
                self.expr_node(ExprKind::Str(text_part(content)), mark)
            }
            TokenKind::Str => {
                let text = self.string_text(index);
                self.bump();
                self.expr_node(ExprKind::Str(text_part(&text)), mark)
            }
            _ => self.string_in_pieces(mark),
        }
    }

    /// The text of a plain string without holes.
    pub(super) fn string_text(&mut self, index: usize) -> String {
        let text = self.token_text(index);
        let content = text.get(1..text.len() - 1).unwrap_or("");
        let mut out = String::with_capacity(content.len());
        let mut mistakes = Vec::new();
        literal::unescape(content, &mut out, &mut mistakes);
        let base = self.token_at(index).start + 1;
        for mistake in mistakes {
            self.literal_mistake(mistake, base);
        }
        out
    }

    fn string_in_pieces(&mut self, mark: Mark) -> ExprId {
        if !self.enter() {
            return self.too_deep_string(mark);
        }
        let triple = self.token_text(self.at).len() == 3;
        // The pieces stand in brackets of their own: newlines in them are no newlines of the program.
        let outer = self.open_string();
        let mut pieces = Vec::new();
        loop {
            match self.token().kind {
                TokenKind::StrText => {
                    pieces.push(Piece::Text(self.at));
                    self.bump();
                }
                TokenKind::HoleOpen => pieces.push(Piece::Hole(self.hole(triple))),
                _ => break,
            }
        }
        let closed = self.token().kind == TokenKind::StrClose;
        let close = self.token().start;
        self.close_string(outer, closed);
        if !closed {
            // The lexer has said so.
            self.recovering = true;
        }
        let parts = if triple { self.triple_parts(pieces, mark, close) } else { self.plain_parts(pieces) };
        self.leave();
        self.expr_node(ExprKind::Str(parts), mark)
    }

    fn too_deep_string(&mut self, mark: Mark) -> ExprId {
        self.skip_string();
        self.expr_node(ExprKind::Error, mark)
    }

    /// Passes over a string in pieces.
    pub(super) fn skip_string(&mut self) {
        let mut open = 0usize;
        loop {
            match self.token().kind {
                TokenKind::Eof => break,
                TokenKind::StrOpen => open += 1,
                TokenKind::StrClose => open = open.saturating_sub(1),
                _ => {}
            }
            self.bump();
            if open == 0 {
                break;
            }
        }
    }

    fn hole(&mut self, triple: bool) -> StrPart {
        let mark = self.mark();
        let outer_recovering = self.recovering;
        let outer = self.open_hole(triple);
        let expr =
            match self.cur {
                TokenKind::HoleClose | TokenKind::HoleSpec => {
                    let span = self.token_span(mark.token).to(self.here());
                    self.report(Diagnostic::error("empty-hole", span, "a hole needs an expression in it").note(
                        "the value stands in it, as in `\"{name}: {price:.2}\"`; a brace as text is written `\\{`",
                    ));
                    self.error_expr()
                }
                _ => self.expr(),
            };
        if !matches!(self.cur, TokenKind::HoleClose | TokenKind::HoleSpec) {
            if !self.recovering {
                self.hole_goes_on(self.token_span(mark.token).start);
            }
            self.skip_hole();
        }
        let spec = if self.at(TokenKind::HoleSpec) { self.spec() } else { FormatSpec::default() };
        let closed = self.token().kind == TokenKind::HoleClose;
        // What is wrong in a hole stays in it; an open one was reported by the lexer.
        self.recovering = true;
        self.close_bracket(outer);
        self.recovering = outer_recovering || !closed;
        self.node(NodeKind::Hole, mark);
        StrPart::Hole { expr, spec, span: self.span(mark) }
    }

    fn hole_goes_on(&mut self, start: u32) {
        let is_this = |one: &Diagnostic| one.code == "unclosed-hole" && one.primary.span.start == start;
        let reported = self.diagnostics.iter().take(self.lexical).any(is_this);
        if reported || self.is_broken_hole() || self.at(TokenKind::Eof) {
            // The lexer has reported that the hole is not closed.
            self.recovering = true;
        } else {
            let note = "a hole holds one expression and perhaps a format: `{x:>8.2}`; a brace as text is written `\\{`";
            let found = self.found();
            let span = self.here();
            self.error(Diagnostic::error("expected", span, format!("expected `}}`, found {found}")).note(note));
        }
    }

    /// Passes over the rest of a hole.
    fn skip_hole(&mut self) {
        let mark = self.mark();
        let mut strings = 0usize;
        loop {
            if self.at(TokenKind::Newline) {
                break;
            }
            match self.token().kind {
                TokenKind::Eof => break,
                TokenKind::HoleClose | TokenKind::HoleSpec | TokenKind::StrText | TokenKind::StrClose
                    if strings == 0 =>
                {
                    break;
                }
                TokenKind::StrOpen => strings += 1,
                TokenKind::StrClose => strings -= 1,
                _ => {}
            }
            self.bump();
        }
        if self.at > mark.token {
            self.node(NodeKind::Skipped, mark);
        }
    }

    fn spec(&mut self) -> FormatSpec {
        let base = self.token().start + 1;
        let text = self.token_text(self.at).get(1..).unwrap_or("");
        let spec = match literal::format_spec(text) {
            Ok(spec) => spec,
            Err(mistake) => {
                self.literal_mistake(mistake, base);
                FormatSpec::default()
            }
        };
        self.bump();
        spec
    }

    // ---- texts

    fn plain_parts(&mut self, pieces: Vec<Piece>) -> ThinVec<StrPart> {
        let mut parts = ThinVec::with_capacity(pieces.len());
        for piece in pieces {
            match piece {
                Piece::Hole(hole) => parts.push(hole),
                Piece::Text(index) => {
                    let text = self.token_text(index);
                    let mut out = String::with_capacity(text.len());
                    let mut mistakes = Vec::new();
                    literal::unescape(text, &mut out, &mut mistakes);
                    self.text_mistakes(mistakes, self.token_at(index).start);
                    push_text(&mut parts, &out);
                }
            }
        }
        parts
    }

    fn text_mistakes(&mut self, mistakes: Vec<literal::Mistake>, base: u32) {
        for mistake in mistakes {
            self.literal_mistake(mistake, base);
        }
    }

    /// The parts of a triple-quoted string whose closing quotes stand at byte `close`.
    fn triple_parts(&mut self, pieces: Vec<Piece>, mark: Mark, close: u32) -> ThinVec<StrPart> {
        let opening = self.token_at(mark.token).end as usize;
        let inside = self.text.get(opening..close as usize).unwrap_or("");
        let closing_line = inside.rsplit_once('\n').map(|(_, line)| line);
        let blanks = |line: &str| line.bytes().take_while(|&b| b == b' ' || b == b'\t').count();
        let mut margin = Margin::new(closing_line.map_or(0, blanks));
        let own_line = closing_line.is_some_and(|line| line.trim().is_empty());
        let last = pieces.len().saturating_sub(1);
        let mut parts = ThinVec::with_capacity(pieces.len());
        for (position, piece) in pieces.into_iter().enumerate() {
            match piece {
                Piece::Hole(hole) => {
                    margin.after_hole();
                    parts.push(hole);
                }
                Piece::Text(index) => {
                    let whole = self.token_text(index);
                    let mut text = if position == 0 { margin.after_opening(whole) } else { whole };
                    let skipped = whole.len() - text.len();
                    if position == last && own_line {
                        // The newline before the closing quotes is not part of the string.
                        text = text.rsplit_once('\n').map_or("", |(text, _)| text);
                        text = text.strip_suffix('\r').unwrap_or(text);
                    }
                    let mut out = String::with_capacity(text.len());
                    let mut mistakes = Vec::new();
                    margin.piece(text, &mut out, &mut mistakes);
                    self.text_mistakes(mistakes, self.token_at(index).start + skipped as u32);
                    push_text(&mut parts, &out);
                }
            }
        }
        parts
    }

    /// The text of a string that may have no holes, with its place: the name of a test.
    pub(super) fn string_without_holes(&mut self, what: &str) -> Arc<str> {
        let expr = self.string();
        let span = self.ast.exprs.get(expr.0 as usize).map_or(self.here(), |expr| expr.span);
        match self.kind_of(expr) {
            Some(ExprKind::Str(parts)) => match parts.as_slice() {
                [] => Arc::from(""),
                [StrPart::Text(text)] => text.clone(),
                _ => {
                    self.report_hole_in(span, what);
                    Arc::from("")
                }
            },
            _ => Arc::from(""),
        }
    }

    pub(super) fn report_hole_in(&mut self, span: Span, what: &str) {
        self.report(
            Diagnostic::error("hole", span, format!("{what} has no holes")).note("a brace as text is written `\\{`"),
        );
    }
}

fn text_part(text: &str) -> ThinVec<StrPart> {
    if text.is_empty() { ThinVec::new() } else { thin_vec![StrPart::Text(Arc::from(text))] }
}

/// Adds a text, joined to one before it.
fn push_text(parts: &mut ThinVec<StrPart>, text: &str) {
    if text.is_empty() {
        return;
    }
    if let Some(StrPart::Text(before)) = parts.last_mut() {
        *before = Arc::from(format!("{before}{text}"));
        return;
    }
    parts.push(StrPart::Text(Arc::from(text)));
}
