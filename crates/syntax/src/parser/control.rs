//! Expressions that begin with a keyword, and closures.

use super::layout::{Body, Form, Forms, Head};
use super::{List, Mark, Parser, listed};
use crate::ast::*;
use crate::token::TokenKind;
use crate::tree::NodeKind;
use sayso_base::{Diagnostic, Edit, Suggestion, names};

impl Parser<'_> {
    // ---- if

    pub(super) fn if_expr(&mut self) -> ExprId {
        let mark = self.mark();
        let mut branches = List::new();
        let mut otherwise = None;
        let mut head = Head { start: self.at, what: "the block of `if`" };
        loop {
            let branch_mark = self.mark();
            self.bump();
            let condition = self.head_condition("if");
            let body = self.block(head);
            self.node(NodeKind::Branch, branch_mark);
            branches.push(Branch { condition, body });
            if !self.at(TokenKind::Else) {
                break;
            }
            head = Head { start: self.at, what: "the block of `else`" };
            self.bump();
            if !self.at(TokenKind::If) {
                otherwise = Some(self.block(head));
                break;
            }
            head.what = "the block of `else if`";
        }
        self.expr_node(ExprKind::If { branches: listed(branches), otherwise }, mark)
    }

    /// The condition of a head; a brace at once means that it is missing.
    fn head_condition(&mut self, word: &str) -> ExprId {
        if self.at(TokenKind::LBrace) {
            let span = self.here();
            self.report(
                Diagnostic::error("expected", span, format!("expected a condition behind `{word}`, found `{{`"))
                    .note("a block as a condition needs parentheses around it"),
            );
            return self.error_expr();
        }
        self.condition()
    }

    /// The value in the head of a `match` or `for`; a brace at once means that it is missing.
    fn value_of_head(&mut self, word: &str) -> ExprId {
        if self.at(TokenKind::LBrace) {
            let span = self.here();
            self.report(
                Diagnostic::error("expected", span, format!("expected a value behind `{word}`, found `{{`"))
                    .note("a block as a value needs parentheses here"),
            );
            return self.error_expr();
        }
        self.head_value()
    }

    // ---- match

    pub(super) fn match_expr(&mut self) -> ExprId {
        let mark = self.mark();
        let head = Head { start: self.at, what: "the arms of `match`" };
        self.bump();
        let value = self.value_of_head("match");
        let arms_mark = self.mark();
        if !self.enter() {
            return self.too_deep_operand(mark);
        }
        let mut body = self.open_body(head, Forms::All);
        let mut arms = List::new();
        while !self.body_ends(&mut body) {
            self.recovering = false;
            if self.breaks_out(&body) {
                break;
            }
            let before = self.at;
            arms.push(self.arm());
            self.end_arm(&mut body);
            self.excuse_lines(&mut body);
            if self.at == before {
                self.force_progress();
            }
        }
        self.end_recovery();
        self.close_body(body);
        self.leave();
        self.node(NodeKind::Arms, arms_mark);
        self.expr_node(ExprKind::Match { value, arms: listed(arms) }, mark)
    }

    fn arm(&mut self) -> Arm {
        let mark = self.mark();
        let head = Head { start: self.at, what: "the body of the arm" };
        let pattern = self.pattern();
        let guard = if self.eat(TokenKind::If) { Some(self.expr()) } else { None };
        let body = if self.at(TokenKind::FatArrow) {
            self.bump();
            self.arm_body(head)
        } else {
            self.arrow_missing(head.start);
            if self.recovering { self.error_expr() } else { self.arm_body(head) }
        };
        self.node(NodeKind::Arm, mark);
        Arm { pattern, guard, body, span: self.span(mark) }
    }

    fn arm_body(&mut self, head: Head) -> ExprId {
        let mark = self.mark();
        if let Some(block) = self.arm_lines(head) {
            return self.expr_node(ExprKind::Block(block), mark);
        }
        self.join_line();
        if self.at(TokenKind::LBrace) || self.at(TokenKind::Colon) {
            let block = self.block(head);
            return self.expr_node(ExprKind::Block(block), mark);
        }
        self.expression(0, true)
    }

    fn arrow_missing(&mut self, head: usize) {
        let span = self.here();
        let meant = matches!(self.cur, TokenKind::Arrow | TokenKind::Colon | TokenKind::Eq);
        if meant && !self.recovering {
            let found = self.found();
            self.report(
                Diagnostic::error("expected", span, format!("expected `=>` behind the pattern, found {found}"))
                    .suggest("write", span, if self.at(TokenKind::Colon) { " =>" } else { "=>" }),
            );
            self.bump();
            return;
        }
        if let Some(foreign) = self.foreign_word_before() {
            self.error(foreign);
        } else if !self.recovering && self.token_text(head) == "default" {
            let span = self.token_span(head);
            self.error(
                Diagnostic::error("foreign-word", span, "`default` is not a keyword")
                    .note("the arm for everything else is written `_ => …`"),
            );
        }
        if !self.recovering {
            let found = self.found();
            let place = self.missing_place();
            let mut diagnostic =
                Diagnostic::error("expected", place, format!("expected `=>` behind the pattern, found {found}"));
            if !self.free && self.cur == TokenKind::Newline {
                diagnostic = diagnostic.note("inside braces an arm of several statements needs braces of its own");
            }
            self.error(diagnostic);
        }
        self.skip_arm();
    }

    /// Passes over the rest of an arm.
    fn skip_arm(&mut self) {
        let mark = self.mark();
        while !matches!(self.cur, TokenKind::Comma | TokenKind::Newline) {
            let before = self.at;
            self.skip_nested();
            if matches!(self.cur, TokenKind::FatArrow) {
                self.bump();
            }
            if self.at == before {
                break;
            }
        }
        if self.at > mark.token {
            self.node(NodeKind::Skipped, mark);
        }
    }

    /// Checks that an arm ends where it may.
    fn end_arm(&mut self, body: &mut Body) {
        let form = body.form;
        match self.cur {
            TokenKind::Newline | TokenKind::Eof => {}
            TokenKind::Comma if form == Form::OneLine => {
                self.bump_joining();
                body.joined = self.joined;
            }
            TokenKind::Comma => self.bump(),
            TokenKind::Semi => {
                let span = self.here();
                self.report(
                    Diagnostic::error("expected", span, "expected `,` or the end of the line behind an arm, found `;`")
                        .suggest("write", span, ",")
                        .note("an arm of several statements needs braces"),
                );
                self.bump();
            }
            TokenKind::SemiSemi | TokenKind::Else | TokenKind::Catch if form == Form::OneLine => {}
            kind if kind.is_closer() || kind == TokenKind::HoleClose || kind == TokenKind::HoleSpec => {}
            _ if self.previous() == TokenKind::RBrace || self.resumed == self.at => {}
            _ => {
                if self.at(TokenKind::FatArrow) && !self.recovering {
                    let span = self.here();
                    self.error(
                        Diagnostic::error(
                            "expected",
                            span,
                            "expected `,` or the end of the line behind an arm, found `=>`",
                        )
                        .note(
                            "a pattern stands before each `=>`, a body behind it; perhaps the arm before has no body",
                        ),
                    );
                } else if !self.recovering && self.nth(1) == TokenKind::FatArrow {
                    let found = self.found();
                    let message = format!("expected `,` or the end of the line behind an arm, found {found}");
                    let place = self.behind();
                    self.error(Diagnostic::error("missing-comma", self.here(), message).suggest(
                        "separate the arms by a comma",
                        place,
                        ",",
                    ));
                } else if !self.recovering {
                    self.expected("`,` or the end of the line behind an arm");
                }
                self.skip_arm();
                self.eat(TokenKind::Comma);
            }
        }
    }

    // ---- loops

    pub(super) fn loop_expr(&mut self, label: Option<Ident>, mark: Mark) -> ExprId {
        let keyword = self.cur;
        let what = match keyword {
            TokenKind::Loop => "the block of `loop`",
            TokenKind::While => "the block of `while`",
            _ => "the block of `for`",
        };
        let head = Head { start: mark.token, what };
        self.bump();
        if let Some(label) = label {
            self.labels.push(label.name);
        }
        let labelled = label.is_some();
        let label = label.map(Box::new);
        let kind = match keyword {
            TokenKind::Loop => ExprKind::Loop { label, body: self.block(head) },
            TokenKind::While => {
                let condition = self.head_condition("while");
                ExprKind::While { label, condition, body: self.block(head) }
            }
            _ => {
                let pattern = self.for_pattern();
                let iterable = if self.for_in() { self.value_of_head("in") } else { self.error_expr() };
                ExprKind::For { label, pattern, iterable, body: self.block(head) }
            }
        };
        if labelled {
            self.labels.pop();
        }
        self.expr_node(kind, mark)
    }

    /// The pattern of a `for`; `for (i = 0; …)` is told apart.
    fn for_pattern(&mut self) -> PatternId {
        let counts = self.at(TokenKind::LParen)
            && (self.nth(1) == TokenKind::Let || (self.nth(1).is_name() && self.nth(2) == TokenKind::Eq));
        // `for (x in xs)`, `for (x of xs)`: no tuple goes on so.
        let walks = self.at(TokenKind::LParen) && self.nth(1).is_name() && {
            self.nth(2) == TokenKind::In || (self.nth(2).is_name() && self.token_text(self.at + 2) == "of")
        };
        if counts || walks {
            let span = self.here();
            let note = if walks {
                "it stands without parentheses"
            } else {
                "a loop over numbers is written `for i in 0..10`; others by `while`"
            };
            self.error(
                Diagnostic::error("expected", span, "a `for` walks over what it is given: `for pattern in values`")
                    .note(note),
            );
            let mark = self.mark();
            self.skip_to_block();
            return self.pattern_node(PatternKind::Error, mark);
        }
        self.pattern()
    }

    /// The `in` of a `for`; says whether something to walk over follows.
    fn for_in(&mut self) -> bool {
        if self.at(TokenKind::In) {
            self.bump_joining();
            return true;
        }
        if self.at(TokenKind::Comma) && !self.recovering {
            let span = self.here();
            self.error(
                Diagnostic::error("expected", span, "expected `in` behind the pattern, found `,`")
                    .note("several variables stand in parentheses: `for (key, value) in table`"),
            );
        } else if matches!(self.cur, TokenKind::Eq | TokenKind::Semi) && !self.recovering {
            let found = self.found();
            let span = self.here();
            self.error(
                Diagnostic::error("expected", span, format!("expected `in` behind the pattern, found {found}"))
                    .note("a loop over numbers is written `for i in 0..10`"),
            );
        } else {
            self.expected("`in` behind the pattern of `for`");
        }
        while !matches!(self.cur, TokenKind::In | TokenKind::LBrace | TokenKind::Colon) {
            let before = self.at;
            if matches!(self.cur, TokenKind::Comma) {
                self.bump();
            } else {
                self.skip_element_of_head();
            }
            if self.at == before {
                break;
            }
        }
        self.eat(TokenKind::In)
    }

    /// Passes over one token of a head that is not understood, if the head goes on.
    fn skip_element_of_head(&mut self) {
        let ends = matches!(self.cur, TokenKind::Newline | TokenKind::Eof | TokenKind::Semi | TokenKind::SemiSemi);
        let awaited = self.cur == TokenKind::HoleClose || (self.cur.is_closer() && self.brackets.contains(&self.cur));
        if !ends && !awaited {
            let mark = self.mark();
            if self.cur.closer().is_some() {
                self.skip_balanced()
            } else {
                self.bump()
            }
            self.node(NodeKind::Skipped, mark);
        }
    }

    // ---- try

    pub(super) fn try_expr(&mut self) -> ExprId {
        let mark = self.mark();
        let head = Head { start: self.at, what: "the block of `try`" };
        let word = self.here();
        self.bump();
        let body = self.block(head);
        let mut catches = List::new();
        while self.at(TokenKind::Catch) {
            catches.push(self.catch());
        }
        // A `catch` that was found inside the block was reported there.
        let misplaced =
            self.diagnostics.iter().any(|one| one.code == "stray-clause" && one.primary.span.start > word.start);
        let foreign = matches!(self.token_text(self.at), "except" | "finally");
        if catches.is_empty() && !self.recovering && !misplaced && !foreign {
            let place = self.missing_place();
            let found = self.found();
            self.error(
                Diagnostic::error(
                    "missing-catch",
                    place,
                    format!("expected `catch` behind the block of `try`, found {found}"),
                )
                .also(word, "belonging to this `try`")
                .note("write `catch e { … }`, or `catch e: SomeError { … }` for errors of one type"),
            );
            self.recovering = !matches!(self.cur, TokenKind::Newline | TokenKind::Eof);
        }
        self.expr_node(ExprKind::TryCatch { body, catches: listed(catches) }, mark)
    }

    fn catch(&mut self) -> Catch {
        let mark = self.mark();
        self.ask_for_keyword();
        let head = Head { start: self.at, what: "the block of `catch`" };
        self.bump();
        let name = match self.cur {
            kind if kind.is_name() => Some(self.take_name()),
            TokenKind::Underscore => {
                let span = self.here();
                self.bump();
                Some(Ident { name: names::UNDERSCORE, span })
            }
            TokenKind::LParen if self.nth(1).is_name() && self.nth(2) == TokenKind::RParen => {
                let (open, close) = (self.here(), self.token_span(self.at + 2));
                let mut diagnostic =
                    Diagnostic::error("expected", open, "the name of an error stands without parentheses");
                let edits = [open, close].map(|span| Edit { span, text: String::new() }).to_vec();
                diagnostic.suggestion = Some(Suggestion { message: "leave them out".to_string(), edits });
                self.report(diagnostic);
                self.bump();
                let name = self.take_name();
                self.bump();
                Some(name)
            }
            TokenKind::LParen => {
                let span = self.here();
                self.error(
                    Diagnostic::error("expected", span, "the name of an error stands without parentheses")
                        .note("write `catch e { … }` or `catch e: SomeError { … }`"),
                );
                None
            }
            _ => None,
        };
        let ty = if name.is_some() && self.at(TokenKind::Colon) && self.type_of_catch_follows() {
            self.bump();
            Some(self.ty())
        } else {
            None
        };
        let body = self.block(head);
        self.node(NodeKind::Catch, mark);
        Catch { name, ty, body, span: self.span(mark) }
    }

    /// Whether `catch e:` goes on with a type: something that reads as one, and then a colon or brace.
    pub(super) fn type_of_catch_follows(&self) -> bool {
        use TokenKind::*;
        let mut index = self.at + 1;
        let mut open = 0usize;
        loop {
            let token = self.token_at(index);
            if open == 0 && token.begins_line() {
                return token.kind == LBrace && index > self.at + 1;
            }
            match token.kind {
                Colon | LBrace if open == 0 => return index > self.at + 1,
                LParen | LBracket | PercentBrace | Lt => open += 1,
                RParen | RBracket | RBrace | Gt => match open.checked_sub(1) {
                    Some(left) => open = left,
                    None => return false,
                },
                Dot | Bar | Amp | Question | Symbol | Fn | Arrow | Is | Plus | Comma | Colon | Semi | Int => {
                    if open == 0 && matches!(token.kind, Comma | Semi | Int) {
                        return false;
                    }
                }
                kind if kind.is_name() => {
                    // Two names, or a call: an expression.
                    if self.token_at(index + 1).kind == LParen || self.token_at(index + 1).kind.is_name() {
                        return false;
                    }
                }
                _ => return false,
            }
            index += 1;
        }
    }

    // ---- jumps and prefix words

    /// `return e`, `break label e`, `continue label`, `throw e`, `yield e`, `spawn e`, `expect e`
    pub(super) fn jump(&mut self) -> ExprId {
        let mark = self.mark();
        let keyword = self.cur;
        let head = Head { start: self.at, what: "the block of `spawn`" };
        self.ask_for_keyword();
        self.bump();
        let kind = match keyword {
            TokenKind::Return => ExprKind::Return(self.optional_value()),
            TokenKind::Yield => ExprKind::Yield(self.optional_value()),
            TokenKind::Break => {
                let label = self.label_in_scope().map(Box::new);
                ExprKind::Break { label, value: self.optional_value() }
            }
            TokenKind::Continue => {
                let label = if self.cur.is_name() { Some(Box::new(self.take_name())) } else { None };
                ExprKind::Continue { label }
            }
            TokenKind::Throw => ExprKind::Throw(self.expr()),
            TokenKind::Spawn => {
                if !self.enter() {
                    return self.too_deep_operand(mark);
                }
                let value = self.block_or(head, Parser::expr);
                self.leave();
                ExprKind::Spawn(value)
            }
            _ => ExprKind::Expect(self.expr()),
        };
        self.expr_node(kind, mark)
    }

    fn optional_value(&mut self) -> Option<ExprId> {
        let block = self.restrict.no_struct && self.at(TokenKind::LBrace);
        if self.at_operand() && !block { Some(self.expr()) } else { None }
    }

    /// The name behind `break`, if it is a label of a loop around.
    fn label_in_scope(&mut self) -> Option<Ident> {
        if !self.cur.is_name() {
            return None;
        }
        let name = self.interner.lookup(self.token_text(self.at))?;
        if self.labels.contains(&name) { Some(self.take_name()) } else { None }
    }

    // ---- closures

    /// `|x, y: T| -> R { … }`, `|| e`
    pub(super) fn closure(&mut self) -> ExprId {
        let mark = self.mark();
        let head = Head { start: self.at, what: "the body of the closure" };
        let mut params = List::new();
        if !self.eat(TokenKind::BarBar) {
            self.bump();
            self.closure_params(&mut params);
        }
        self.closure_tail(params, head, mark)
    }

    fn closure_params(&mut self, params: &mut List<Param>) {
        while !matches!(self.cur, TokenKind::Bar | TokenKind::BarBar) {
            let before = self.at;
            params.push(self.param(true));
            if !self.at(TokenKind::Comma) {
                break;
            }
            self.bump_joining();
            if self.at == before {
                break;
            }
        }
    }

    /// What follows the parameters of a closure.
    fn closure_tail(&mut self, params: List<Param>, head: Head, mark: Mark) -> ExprId {
        let labels = std::mem::take(&mut self.labels);
        let empty = self.previous() == TokenKind::BarBar && params.is_empty();
        let body_mark = self.mark();
        // `|a||b| a + b`: the two bars close one list and open the next.
        let glued = !empty && self.at(TokenKind::BarBar) && self.nth(1).is_name();
        let mut result = None;
        let body = if !self.enter() {
            self.too_deep_operand(body_mark)
        } else {
            let body = if glued {
                let inner = Head { start: self.at, what: head.what };
                self.bump();
                let mut params = List::new();
                self.closure_params(&mut params);
                self.closure_tail(params, inner, body_mark)
            } else {
                if !empty && !self.eat(TokenKind::Bar) {
                    self.expected("`|` behind the parameters of the closure");
                }
                if self.at(TokenKind::Arrow) {
                    self.bump_joining();
                    result = Some(self.ty());
                }
                self.closure_body(head, result.is_some())
            };
            self.leave();
            body
        };
        self.labels = labels;
        self.expr_node(ExprKind::Closure { params: listed(params), result, body }, mark)
    }

    fn closure_body(&mut self, head: Head, typed: bool) -> ExprId {
        self.join_line();
        if typed && !matches!(self.cur, TokenKind::LBrace | TokenKind::Colon) && !self.recovering {
            let found = self.found();
            let place = self.missing_place();
            self.error(
                Diagnostic::error(
                    "missing-block",
                    place,
                    format!("expected `{{` or `:` behind the result type of the closure, found {found}"),
                )
                .note("without a result type the body may be a bare expression: `|x| x + 1`"),
            );
        }
        self.block_or(head, |parser| parser.expression(0, true))
    }
}
