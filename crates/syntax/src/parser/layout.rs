//! The layout: where statements end and which lines form a block.
//!
//! It is not a pass of its own but the way in which the parser sees tokens. The parser tells it what is open (a
//! *frame*), and it answers with the current token or, before the first token of a line that does not go on with the
//! statement, with a virtual `Newline`. The grammar proper therefore knows only statements and bodies, whatever their
//! form. Three decisions need the parser, which is why the two are one: a `:` ends a head only where the head's
//! expression or type is complete; a `{` at the start of a line is a block only if a head still lacks one; and a `>` at
//! a line's end is an operator or closes a type.
//!
//! Frames: inside `( )`, `[ ]` and the braces of literals newlines are blank (`Bracket`). In a brace block they end
//! statements and indentation means nothing (`Brace`). In an indented block (`Indent`) a line further left ends it. The
//! block behind a colon on its line (`OneLine`) ends with the line or at `;;`.

use super::{Parser, Restrict};
use crate::lexer::{Significant, TAB_INDENTED};
use crate::token::TokenKind;
use sayso_base::Diagnostic;

/// What encloses the current token.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Frame {
    /// Newlines are blank.
    Bracket,
    /// Newlines end statements.
    Brace,
    /// Newlines end statements, a line further left ends the block.
    Indent(u16),
    /// A newline ends the block.
    OneLine,
    /// A hole of a plain string: if a line ends in it, it is not closed, and the lexer has said so.
    Hole,
}

/// What a bracket or block puts aside while it is open.
#[derive(Clone, Copy)]
pub(super) struct Outer {
    frame: Frame,
    free: bool,
    restrict: Restrict,
    /// The opening token.
    pub(super) opener: usize,
}

/// The construct whose block is to be read.
#[derive(Clone, Copy)]
pub(super) struct Head {
    /// Its first token: its line's indentation is what the block must be deeper than.
    pub(super) start: usize,
    /// What messages call it, as in "the body of the function".
    pub(super) what: &'static str,
}

/// A body that is open, in one of its three forms.
pub(super) struct Body {
    pub(super) form: Form,
    outer: Outer,
    /// The lines are deeper than they should be and that, or the mistake that led to it, was reported already.
    excused: bool,
    /// The first token inside.
    first: usize,
    /// A token that begins a line but goes on with the line before: behind the comma of an arm.
    pub(super) joined: usize,
}

/// The form of a body.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Form {
    /// `{ … }`
    Brace,
    /// Lines of this indentation.
    Indent(u16),
    /// Behind a colon on its line.
    OneLine,
    /// The whole file; lines of this indentation.
    File(u16),
    /// A mistake was reported; there is nothing in it.
    Missing,
}

/// Whether an error in the form of a body says what may stand there.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Forms {
    /// Braces, indented lines, or the rest of the line.
    All,
    /// Not on one line: classes, structs and the like.
    NotOneLine,
}

impl Parser<'_> {
    // ---- the current token

    /// Finds out what the current token is in the current frame.
    pub(super) fn refresh(&mut self) {
        let token = self.token();
        let new_line = token.begins_line() && self.at != self.joined && token.kind != TokenKind::Eof;
        self.cur = if new_line && self.ends_statement(token) {
            TokenKind::Newline
        } else if self.at == self.resumed
            && self.at != self.joined
            && self.frame != Frame::Bracket
            && opens_anew(token.kind)
        {
            // Behind `;;` the construct goes on as it would on a new line.
            TokenKind::Newline
        } else {
            token.kind
        };
    }

    /// Whether the first token of a line is not part of the statement before it.
    fn ends_statement(&self, token: Significant) -> bool {
        let continues = || match token.kind {
            TokenKind::Not => self.nth(1) == TokenKind::In,
            kind => kind.continues_a_line(),
        };
        match self.frame {
            Frame::Bracket => false,
            Frame::Hole => true,
            Frame::Brace => !continues(),
            Frame::Indent(indent) => token.indent < indent || !continues(),
            // `else` and `catch` belong to the construct that begins the line, not to one inside its block.
            Frame::OneLine => matches!(token.kind, TokenKind::Else | TokenKind::Catch) || !continues(),
        }
    }

    /// Behind an operator, `=`, `->`, `=>` or comma: the statement goes on even if the line ends.
    pub(super) fn join_line(&mut self) {
        if self.cur == TokenKind::Newline
            && self.frame != Frame::Hole
            && !self.is_dedent()
            && !begins_only_statements(self.token().kind)
        {
            self.joined = self.at;
            self.refresh();
        }
    }

    /// Takes the current token; the statement goes on behind it.
    pub(super) fn bump_joining(&mut self) {
        self.bump();
        self.join_line();
    }

    /// Lets the first token of a line begin a statement.
    pub(super) fn accept_line(&mut self) {
        self.joined = self.at;
        self.refresh();
    }

    /// Whether the current token begins a line further left than the block.
    fn is_dedent(&self) -> bool {
        let token = self.token();
        matches!(self.frame, Frame::Indent(indent) if token.begins_line() && token.indent < indent)
    }

    /// Whether a `{` for a head stands here, perhaps on the next line.
    fn at_block_brace(&self) -> bool {
        self.cur == TokenKind::LBrace
            || (self.cur == TokenKind::Newline && self.token().kind == TokenKind::LBrace && !self.is_dedent())
    }

    /// The width of the white space with which the line of a token begins.
    pub(super) fn indent_of(&self, token: usize) -> u16 {
        self.token_at(token).indent
    }

    // ---- brackets

    fn outer(&self) -> Outer {
        Outer { frame: self.frame, free: self.free, restrict: self.restrict, opener: self.at }
    }

    /// Takes an opening bracket inside which newlines are blank.
    pub(super) fn open_bracket(&mut self) -> Outer {
        let outer = self.outer();
        if let Some(closer) = self.token().kind.closer() {
            self.brackets.push(closer);
        }
        self.frame = Frame::Bracket;
        self.free = false;
        self.restrict = Restrict::default();
        self.bump();
        outer
    }

    /// Takes the closing bracket, or reports that it is missing.
    pub(super) fn close_bracket(&mut self, outer: Outer) {
        let closer = self.brackets.pop().unwrap_or(TokenKind::RParen);
        if self.token().kind == closer {
            self.restore(outer);
            return self.bump_closed();
        }
        self.unclosed(outer, closer);
        self.restore(outer);
        // A wrong closer that nothing else awaits was meant for this bracket.
        if self.token().kind.is_closer() && !self.brackets.contains(&self.token().kind) {
            return self.bump_closed();
        }
        self.refresh();
    }

    /// Takes a token that closes something, even at the start of a line.
    fn bump_closed(&mut self) {
        self.joined = self.at;
        self.bump();
    }

    fn restore(&mut self, outer: Outer) {
        self.frame = outer.frame;
        self.free = outer.free;
        self.restrict = outer.restrict;
    }

    /// Takes the opening brace of a hole; a hole of a plain string stays on its line.
    pub(super) fn open_hole(&mut self, triple: bool) -> Outer {
        let outer = self.open_bracket();
        if !triple {
            self.frame = Frame::Hole;
            self.refresh();
        }
        outer
    }

    /// Whether the current token ends a hole that is not closed.
    pub(super) fn is_broken_hole(&self) -> bool {
        let ends = matches!(self.token().kind, TokenKind::StrText | TokenKind::StrClose);
        ends || (self.frame == Frame::Hole && matches!(self.cur, TokenKind::Newline | TokenKind::Eof))
    }

    /// Takes the opening quotes of a string in pieces.
    pub(super) fn open_string(&mut self) -> Outer {
        let outer = self.outer();
        self.frame = Frame::Bracket;
        self.free = false;
        self.restrict = Restrict::default();
        self.bump();
        outer
    }

    /// Takes the closing quotes, if they are there.
    pub(super) fn close_string(&mut self, outer: Outer, closed: bool) {
        self.restore(outer);
        if closed { self.bump() } else { self.refresh() }
    }

    // ---- bodies

    /// The whole file as a body.
    pub(super) fn open_file(&mut self) -> Body {
        let indent = self.token().indent;
        self.frame = Frame::Indent(indent);
        self.indents.push(indent);
        self.check_tab();
        self.refresh();
        Body { form: Form::File(indent), outer: self.outer(), excused: false, first: self.at, joined: usize::MAX }
    }

    /// Opens the body of a head, in whatever form it is written; reports if there is none.
    pub(super) fn open_body(&mut self, head: Head, forms: Forms) -> Body {
        let outer = self.outer();
        let form = if self.at_block_brace() {
            self.brackets.push(TokenKind::RBrace);
            self.frame = Frame::Brace;
            self.free = false;
            self.bump_closed();
            Form::Brace
        } else if self.at(TokenKind::Colon) {
            self.colon_body(head, forms)
        } else {
            self.body_without_mark(head, forms)
        };
        self.restrict = Restrict::default();
        Body { form, outer, excused: false, first: self.at, joined: usize::MAX }
    }

    /// The body behind a `:`.
    fn colon_body(&mut self, head: Head, forms: Forms) -> Form {
        let colon = self.at;
        self.bump_closed();
        if self.token().begins_line() || self.token().kind == TokenKind::Eof {
            return self.indented_body(head, colon);
        }
        if forms == Forms::NotOneLine {
            self.report_one_line_declaration(head);
            return Form::Missing;
        }
        let empty = matches!(self.token().kind, TokenKind::Comma | TokenKind::SemiSemi | TokenKind::HoleClose);
        if empty || self.token().kind.is_closer() {
            self.report_missing_lines(head, colon);
        }
        self.frame = Frame::OneLine;
        self.refresh();
        Form::OneLine
    }

    /// The lines of an arm behind `=>` at a line's end, if they form a block.
    pub(super) fn open_arm_lines(&mut self, head: Head) -> Option<Body> {
        if !self.free || !self.token().begins_line() || self.previous() != TokenKind::FatArrow {
            return None;
        }
        let outer = self.outer();
        let form = self.indented_body(head, self.at - 1);
        self.restrict = Restrict::default();
        Some(Body { form, outer, excused: false, first: self.at, joined: usize::MAX })
    }

    /// The lines behind a mark (`:` or `=>`) that ends its line.
    fn indented_body(&mut self, head: Head, mark: usize) -> Form {
        let token = self.token();
        if token.kind == TokenKind::Eof || token.indent <= self.indent_of(head.start) {
            self.report_missing_lines(head, mark);
            return Form::Missing;
        }
        if token.kind.is_closer() {
            self.report_missing_lines(head, mark);
            return Form::Missing;
        }
        if !self.free {
            self.report_lines_in_brackets(head, mark);
            self.recovering = false;
        }
        self.open_indent()
    }

    fn open_indent(&mut self) -> Form {
        self.check_tab();
        let indent = self.token().indent;
        self.indents.push(indent);
        self.frame = Frame::Indent(indent);
        self.refresh();
        Form::Indent(indent)
    }

    /// The body of a head that has neither brace nor colon: an error, but what follows is often clear.
    fn body_without_mark(&mut self, head: Head, forms: Forms) -> Form {
        self.report_missing_block(head, forms);
        if self.cur != TokenKind::Newline && self.cur != TokenKind::Eof {
            self.skip_to_block();
            if self.at(TokenKind::LBrace) {
                self.recovering = false;
                self.brackets.push(TokenKind::RBrace);
                self.frame = Frame::Brace;
                self.free = false;
                self.bump_closed();
                return Form::Brace;
            }
            if self.at(TokenKind::Colon) {
                self.recovering = false;
                return self.colon_body(head, forms);
            }
            if self.at(TokenKind::SemiSemi) {
                self.frame = Frame::OneLine;
                return Form::OneLine;
            }
            let goes_on = matches!(self.nth(1), TokenKind::Else | TokenKind::Catch);
            if self.at(TokenKind::RBrace) && (goes_on || !self.brackets.contains(&TokenKind::RBrace)) {
                // The opening brace is what is missing: the closing one is here.
                self.bump();
                return Form::Missing;
            }
        }
        let token = self.token();
        let deeper = token.begins_line() && token.indent > self.indent_of(head.start);
        if self.free && deeper && !token.kind.is_closer() && token.kind != TokenKind::Eof {
            self.recovering = false;
            return self.open_indent();
        }
        Form::Missing
    }

    /// At the start of a statement, arm or member: whether the body ends here. Reports lines that are indented wrongly
    /// and lets the line begin.
    pub(super) fn body_ends(&mut self, body: &mut Body) -> bool {
        loop {
            let token = self.token();
            if token.kind == TokenKind::Eof || body.form == Form::Missing {
                return true;
            }
            let new_line = token.begins_line() && self.at != body.first && self.at != body.joined;
            // A mistake silences what follows it on its line.
            self.recovering &= !new_line;
            match body.form {
                Form::Brace => {
                    if token.kind == TokenKind::RBrace || self.closes_outer(token.kind) {
                        return true;
                    }
                }
                Form::OneLine => {
                    let ends = matches!(
                        token.kind,
                        TokenKind::SemiSemi
                            | TokenKind::Comma
                            | TokenKind::FatArrow
                            | TokenKind::Else
                            | TokenKind::Catch
                    );
                    if new_line || ends || self.closes_outer(token.kind) {
                        return true;
                    }
                }
                Form::Indent(indent) => {
                    if self.closes_outer(token.kind) {
                        return true;
                    }
                    if new_line && self.line_leaves(indent) {
                        self.check_dedent();
                        return true;
                    }
                    if new_line {
                        self.check_line(indent, body);
                    }
                }
                Form::File(indent) => {
                    if new_line {
                        if self.line_leaves(indent) {
                            self.check_dedent();
                            let indent = token.indent;
                            body.form = Form::File(indent);
                            self.frame = Frame::Indent(indent);
                            self.indents.clear();
                            self.indents.push(indent);
                        }
                        self.check_line(indent, body);
                    }
                }
                Form::Missing => {}
            }
            if !token.kind.is_closer() && token.kind != TokenKind::HoleClose {
                self.accept_line();
                return false;
            }
            self.accept_line();
            self.stray_closer();
        }
    }

    /// Whether a statement at the margin shows that the brace of a body without statements was never closed.
    pub(super) fn breaks_out(&self, body: &Body) -> bool {
        let token = self.token();
        body.form == Form::Brace
            && token.begins_line()
            && token.indent <= self.indent_of(body.outer.opener)
            && token.kind != TokenKind::At
            && begins_only_statements(token.kind)
            && !token.kind.is_closer()
    }

    /// Whether a closing token belongs to a bracket around the current body.
    fn closes_outer(&self, kind: TokenKind) -> bool {
        match kind {
            TokenKind::HoleSpec => self.brackets.contains(&TokenKind::HoleClose),
            TokenKind::RParen | TokenKind::RBracket | TokenKind::RBrace | TokenKind::HoleClose => {
                self.brackets.contains(&kind)
            }
            _ => false,
        }
    }

    /// After a statement with a mistake, lines below it that are deeper most likely belong to it.
    pub(super) fn excuse_lines(&mut self, body: &mut Body) {
        body.excused |= self.recovering;
    }

    fn line_leaves(&self, indent: u16) -> bool {
        self.token().indent < indent
    }

    /// Ends a body: takes its brace or `;;`.
    pub(super) fn close_body(&mut self, body: Body) {
        match body.form {
            Form::Brace => {
                self.suspect_brace(body.outer.opener);
                self.close_bracket(body.outer);
            }
            Form::Indent(_) => {
                self.indents.pop();
                self.open_block_at_end |= self.token().kind == TokenKind::Eof;
                self.restore(body.outer);
                self.refresh();
            }
            Form::OneLine => {
                self.restore(body.outer);
                if self.token().kind == TokenKind::SemiSemi && !self.token().begins_line() {
                    if self.at + 1 < self.tokens.len() {
                        self.at += 1;
                    }
                    self.resumed = self.at;
                }
                self.refresh();
            }
            Form::File(_) | Form::Missing => {
                self.restore(body.outer);
                self.refresh();
            }
        }
    }

    /// Remembers the first `}` that is not indented like the line of its `{`: if one is missing, it is most likely there.
    fn suspect_brace(&mut self, opener: usize) {
        let token = self.token();
        let differs = token.begins_line() && token.indent != self.indent_of(opener);
        if self.suspect.is_none() && token.kind == TokenKind::RBrace && differs {
            self.suspect = Some((opener, self.at));
        }
    }

    // ---- mistakes of indentation

    /// Reports the first tab in an indentation that matters.
    fn check_tab(&mut self) {
        let token = self.token();
        if token.flags & TAB_INDENTED == 0 || self.tab_reported || !self.free {
            return;
        }
        self.tab_reported = true;
        self.layout_reported = self.at;
        // Once for a file: the text before it may be searched.
        let before = self.text.get(..token.start as usize).unwrap_or("");
        let line = before.rfind('\n').map_or(0, |at| at + 1);
        let Some(offset) = before.get(line..).and_then(|blank| blank.find('\t')) else { return };
        let tab = (line + offset) as u32;
        let span = sayso_base::Span::new(self.file, tab, tab + 1);
        self.report(
            Diagnostic::error("tab-indentation", span, "a tab in the indentation of this line; only spaces indent")
                .label(format!("column {}", offset + 1))
                .note("how wide a tab is differs from editor to editor; further tabs in this file are not reported")
                .suggest("use spaces", span, "    "),
        );
    }

    /// A line further left than its block: it must stand where an open block stands.
    fn check_dedent(&mut self) {
        self.check_tab();
        let token = self.token();
        let known = !self.free || self.layout_reported == self.at;
        if known || token.kind.continues_a_line() || self.indents.contains(&token.indent) {
            return;
        }
        self.layout_reported = self.at;
        let mut open: Vec<String> = self.indents.iter().map(u16::to_string).collect();
        open.dedup();
        let (line, column) = self.line_column(token.start);
        let span = self.here();
        self.report(
            Diagnostic::error(
                "dedent",
                span,
                format!("line {line} is indented by {}, where no open block is", token.indent),
            )
            .label(format!("column {column}"))
            .note(match open.as_slice() {
                [one] => format!("the lines of the block around it are indented by {one}"),
                _ => format!("the open blocks are indented by {}", open.join(", ")),
            }),
        );
    }

    /// A line of a block: it must be indented as the others are.
    fn check_line(&mut self, indent: u16, body: &mut Body) {
        self.check_tab();
        let token = self.token();
        if token.indent <= indent {
            body.excused = false;
            return;
        }
        // One message for a run of lines that are too deep.
        if std::mem::replace(&mut body.excused, true) || self.layout_reported == self.at {
            return;
        }
        self.layout_reported = self.at;
        let (line, column) = self.line_column(token.start);
        let span = self.here();
        let sign = token.kind.text();
        let diagnostic = match token.kind {
            TokenKind::Minus | TokenKind::LParen | TokenKind::LBracket | TokenKind::LBrace => Diagnostic::error(
                "looks-continued",
                span,
                format!("line {line} looks continued, but a line that begins with `{sign}` begins a statement"),
            )
            .label(format!("column {column}: indented by {}, its block by {indent}", token.indent))
            .note(format!(
                "to go on with the line before, end that line with the operator or put the whole in parentheses; for a \
                 new statement indent it by {indent}"
            )),
            _ => Diagnostic::error(
                "deeper-line",
                span,
                format!("line {line} is indented deeper than its block, and nothing before it opens a block"),
            )
            .label(format!("column {column}: indented by {}, its block by {indent}", token.indent))
            .note("a block begins behind a `:` at the end of a line; a closure that begins a line needs parentheses"),
        };
        self.report(diagnostic);
    }

    /// The line and column (from 1, in characters) of a byte.
    pub(super) fn line_column(&mut self, offset: u32) -> (usize, usize) {
        if self.line_starts.is_empty() {
            let ends = self.text.bytes().enumerate().filter(|&(_, byte)| byte == b'\n');
            self.line_starts = std::iter::once(0).chain(ends.map(|(at, _)| at as u32 + 1)).collect();
        }
        let line = self.line_starts.partition_point(|&start| start <= offset);
        let start = line.checked_sub(1).and_then(|index| self.line_starts.get(index)).copied().unwrap_or(0);
        let column = self.text.get(start as usize..offset as usize).unwrap_or("").chars().count() + 1;
        (line, column)
    }
}

/// Tokens that could go on with an expression, but do not behind `;;`, as at the start of a line.
fn opens_anew(kind: TokenKind) -> bool {
    use TokenKind::*;
    matches!(kind, LParen | LBracket | LBrace | Minus | Question | ColonColon)
}

/// Words that begin a statement and nothing else: no operand is expected there.
fn begins_only_statements(kind: TokenKind) -> bool {
    use TokenKind::*;
    matches!(kind, Let | Fn | Struct | Enum | Trait | Interface | Class | Import | Defer | At | Else | Catch | RBrace)
}
