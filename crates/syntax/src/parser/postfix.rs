//! What follows an operand: fields, calls, indices, `?`, struct literals; and lists between brackets.

use super::layout::Outer;
use super::recover::starts_anew;
use super::{List, Mark, Parser, listed};
use crate::ast::*;
use crate::token::TokenKind;
use crate::tree::NodeKind;
use sayso_base::Diagnostic;

impl Parser<'_> {
    pub(super) fn postfix(&mut self, mut left: ExprId, mark: Mark) -> ExprId {
        loop {
            left = match self.cur {
                TokenKind::Dot | TokenKind::QuestionDot => self.field(left, mark),
                TokenKind::LParen => self.call(left, mark),
                TokenKind::LBracket => self.index(left, mark),
                TokenKind::Question => {
                    self.bump();
                    self.wrap(ExprKind::Try(left), mark)
                }
                TokenKind::ColonColon => self.fixed(left, mark),
                TokenKind::LBrace if self.begins_struct_literal(left) => self.struct_literal(left, mark),
                _ => return left,
            };
        }
    }

    /// `.name`, `?.name`, `.0`
    fn field(&mut self, left: ExprId, mark: Mark) -> ExprId {
        let optional = self.at(TokenKind::QuestionDot);
        self.bump();
        let name = match self.cur {
            TokenKind::Int => Some(self.take_name()),
            kind if kind.is_name() => Some(self.take_name()),
            TokenKind::LParen if optional => {
                let span = self.here();
                self.error(
                    Diagnostic::error("expected", span, "expected a name behind `?.`, found `(`")
                        .note("a function that may be missing is taken out first: `if let Some(f) = f { f(x) }`"),
                );
                None
            }
            _ => {
                self.name_missing("a field or function");
                None
            }
        };
        let Some(name) = name else {
            let ident = self.missing_ident();
            return self.wrap(ExprKind::Field(left, ident), mark);
        };
        self.wrap(if optional { ExprKind::OptionalField(left, name) } else { ExprKind::Field(left, name) }, mark)
    }

    fn call(&mut self, callee: ExprId, mark: Mark) -> ExprId {
        let args_mark = self.mark();
        let outer = self.open_bracket();
        let mut args = List::new();
        self.elements(TokenKind::RParen, outer, |parser| args.push(parser.arg()));
        self.close_bracket(outer);
        self.node(NodeKind::Args, args_mark);
        let paren = self.token_at(args_mark.token).start;
        self.wrap(ExprKind::Call { callee, args: listed(args), paren }, mark)
    }

    fn arg(&mut self) -> Arg {
        let mark = self.mark();
        let name = if self.cur.is_name() && self.nth(1) == TokenKind::Colon {
            let name = self.take_name();
            self.bump();
            Some(name)
        } else {
            None
        };
        let spread = name.is_none() && self.eat(TokenKind::DotDot);
        let value = self.expr();
        if self.at(TokenKind::Eq) {
            let span = self.here();
            let mut diagnostic = Diagnostic::error("assignment-value", span, "an assignment is no argument");
            if matches!(self.kind_of(value), Some(ExprKind::Name(_))) {
                let place = self.behind().to(span);
                diagnostic = diagnostic.suggest("an argument is named with a colon", place, ":");
            }
            self.error(diagnostic);
        }
        self.node(NodeKind::Arg, mark);
        Arg { name, spread, value }
    }

    /// `xs[1:2]`, as some languages write parts.
    fn colon_in_index(&mut self) {
        let span = self.here();
        self.error(
            Diagnostic::error("expected", span, "an index has no `:`")
                .note("a part is written with a range: `xs[1..3]`, `xs[..3]`, `xs[1..]`, `xs[..]`"),
        );
    }

    fn index(&mut self, left: ExprId, mark: Mark) -> ExprId {
        let outer = self.open_bracket();
        let index = if self.at(TokenKind::RBracket) {
            self.expected("an index or a range");
            self.error_expr()
        } else if self.at(TokenKind::Colon) {
            self.colon_in_index();
            self.error_expr()
        } else {
            self.expr()
        };
        if self.at(TokenKind::Comma) {
            let span = self.here();
            self.error(
                Diagnostic::error("expected", span, "expected `]`, found `,`: there is one index in brackets")
                    .note("elements of nested arrays are `xs[i][j]`; a tuple as a key is `t[(a, b)]`"),
            );
            self.skip_list(outer);
        } else if self.at(TokenKind::Colon) && !self.recovering {
            self.colon_in_index();
            self.skip_list(outer);
        } else if !self.at(TokenKind::RBracket) {
            self.unclosed(outer, TokenKind::RBracket);
            self.skip_list(outer);
        }
        self.close_bracket(outer);
        self.wrap(ExprKind::Index(left, index), mark)
    }

    /// `f::[A, B]`
    fn fixed(&mut self, left: ExprId, mark: Mark) -> ExprId {
        let left = self.without_try(left, mark);
        let colons = self.here();
        self.bump();
        match self.cur {
            TokenKind::LBracket => {}
            TokenKind::Lt => {
                self.error(Diagnostic::error("expected", self.here(), "expected `[` behind `::`, found `<`").note(
                    "`f::[A, B]` is the function that is chosen for arguments of these types; calls have no \
                               type arguments",
                ));
                self.skip_nested();
                return self.wrap(ExprKind::Error, mark);
            }
            kind if kind.is_name() => {
                self.report(Diagnostic::error("expected", colons, "expected `[` behind `::`, found a name").suggest(
                    "a module or type is left by a dot",
                    colons,
                    ".",
                ));
                let name = self.take_name();
                return self.wrap(ExprKind::Field(left, name), mark);
            }
            _ => {
                self.expected("`[` and types behind `::`");
                return self.wrap(ExprKind::Error, mark);
            }
        }
        let outer = self.open_bracket();
        let mut types = List::new();
        self.elements(TokenKind::RBracket, outer, |parser| types.push(parser.ty()));
        self.close_bracket(outer);
        self.wrap(ExprKind::Fixed(left, listed(types)), mark)
    }

    /// `empty?::[A]`: before `::` the `?` cannot be an operator, so it belongs to the name.
    fn without_try(&mut self, left: ExprId, mark: Mark) -> ExprId {
        let Some(ExprKind::Try(inner)) = self.kind_of(left).cloned() else { return left };
        let question = self.at.saturating_sub(1);
        if self.token_at(question).spaced() {
            return left;
        }
        let marked = |parser: &mut Self, text: &str| parser.interner.intern(text);
        let word = self.token_text(question.saturating_sub(1));
        let text = format!("{word}?");
        match self.kind_of(inner).cloned() {
            Some(ExprKind::Name(_)) => {
                let name = marked(self, &text);
                self.expr_node(ExprKind::Name(name), mark)
            }
            Some(ExprKind::Field(base, ident)) => {
                let name = Ident { name: marked(self, &text), span: ident.span.to(self.token_span(question)) };
                self.expr_node(ExprKind::Field(base, name), mark)
            }
            _ => left,
        }
    }

    // ---- struct literals

    /// Whether the `{` behind an expression begins a struct literal.
    fn begins_struct_literal(&self, left: ExprId) -> bool {
        if self.restrict.no_struct {
            return false;
        }
        // Only a dotted name can be a struct; what it is called tells a literal from a forgotten separator.
        let mut expr = left;
        let mut last = None;
        loop {
            match self.kind_of(expr) {
                Some(ExprKind::Name(name)) => {
                    last = last.or(Some(*name));
                    break;
                }
                Some(ExprKind::Field(base, ident)) => {
                    last = last.or(Some(ident.name));
                    expr = *base;
                }
                _ => return false,
            }
        }
        let capital = last.is_some_and(|name| self.interner.text(name).starts_with(char::is_uppercase));
        let field = self.nth(1).is_name()
            && matches!(self.nth(2), TokenKind::Colon | TokenKind::Comma | TokenKind::RBrace)
            && self.nth(3) != TokenKind::Colon;
        capital || field || (self.nth(1) == TokenKind::DotDot && self.nth(2).is_name())
    }

    /// `Path { field: value, ..base }`
    fn struct_literal(&mut self, left: ExprId, mark: Mark) -> ExprId {
        let path = self.take_path(left);
        let outer = self.open_bracket();
        let mut fields = List::new();
        let mut base = None;
        self.elements(TokenKind::RBrace, outer, |parser| {
            if parser.at(TokenKind::DotDot) {
                let base_mark = parser.mark();
                parser.bump();
                let value = parser.expr();
                if base.replace(value).is_some() {
                    let span = parser.span(base_mark);
                    parser.report(Diagnostic::error(
                        "second-base",
                        span,
                        "a literal takes its fields from one value only",
                    ));
                }
            } else if let Some(field) = parser.literal_field() {
                fields.push(field);
            }
        });
        self.close_bracket(outer);
        self.wrap(ExprKind::Struct(Box::new(StructLiteral { path, fields: listed(fields), base })), mark)
    }

    fn literal_field(&mut self) -> Option<FieldInit> {
        if !self.cur.is_name() && !self.cur.is_keyword() && self.at_operand() {
            let span = self.here();
            self.error(
                Diagnostic::error("expected", span, format!("expected the name of a field, found {}", self.found()))
                    .note("fields in braces are named: `Point { x: 1 }`; in parentheses they stand in order: `Point(1, 2)`"),
            );
            return None;
        }
        self.field_init()
    }

    /// Makes the path of a dotted name that was read as an expression, and takes those expressions back.
    fn take_path(&mut self, left: ExprId) -> Path {
        let span = self.ast.exprs.get(left.0 as usize).map_or(self.behind(), |expr| expr.span);
        let mut parts = List::new();
        let mut expr = left;
        loop {
            match self.ast.exprs.get(expr.0 as usize) {
                Some(Expr { kind: ExprKind::Field(base, ident), .. }) => {
                    parts.push(*ident);
                    expr = *base;
                }
                Some(Expr { kind: ExprKind::Name(name), span }) => {
                    parts.push(Ident { name: *name, span: *span });
                    break;
                }
                _ => break,
            }
        }
        parts.reverse();
        // They were added last, so the view keeps no expression that nothing refers to.
        self.ast.exprs.truncate(expr.0 as usize);
        Path::new(&parts, span)
    }

    // ---- lists

    /// Reads elements separated by commas up to, not including, the closing bracket. Every element that is not
    /// understood gives one message, and the next is read afresh.
    pub(super) fn elements(&mut self, closer: TokenKind, outer: Outer, mut element: impl FnMut(&mut Self)) {
        let mut comma_reported = false;
        while self.cur != closer {
            if matches!(self.cur, TokenKind::Eof | TokenKind::HoleSpec | TokenKind::StrClose) || self.cur.is_closer() {
                return;
            }
            // A declaration at the margin is no element: the bracket is not closed.
            let token = self.token();
            if token.begins_line() && token.indent <= self.indent_of(outer.opener) && starts_anew(token.kind) {
                return;
            }
            let before = self.at;
            element(self);
            if self.cur == closer {
                return;
            }
            if self.recovering {
                self.skip_element(outer);
            }
            if self.at(TokenKind::Comma) {
                if !self.recovering && self.at == before {
                    self.expected("an element before `,`");
                }
                self.bump();
                self.recovering = false;
                continue;
            }
            // One message for a list without commas.
            let silent = comma_reported && self.at_operand() && !self.token().begins_line();
            if self.recovering || (!silent && !self.comma_missing(outer, closer)) {
                return;
            }
            comma_reported = true;
            if self.at == before {
                self.force_progress();
            }
        }
    }

    /// Neither comma nor closing bracket: if another element seems to follow, the comma is missing.
    fn comma_missing(&mut self, outer: Outer, closer: TokenKind) -> bool {
        let new_line = self.token().begins_line() && self.indent_of(self.at) <= self.indent_of(outer.opener);
        let ends = self.cur == TokenKind::Eof || self.cur.is_closer() || new_line;
        if ends || !self.at_operand() || matches!(self.cur, TokenKind::Error | TokenKind::LBrace) {
            if !ends {
                let opener = self.token_span(outer.opener);
                let found = self.found();
                let diagnostic = Diagnostic::error(
                    "expected",
                    self.here(),
                    format!("expected `,` or `{}`, found {found}", closer.text()),
                )
                .also(opener, "in this list");
                self.error(self.element_hint(diagnostic));
                self.skip_element(outer);
                if self.at(TokenKind::Comma) {
                    self.bump();
                    self.recovering = false;
                    return true;
                }
            }
            return false;
        }
        let place = self.behind();
        let found = self.found();
        let opener = self.token_span(outer.opener);
        if self.string_swallows(opener) || self.string_follows() {
            self.recovering = true;
            self.skip_element(outer);
            return true;
        }
        let diagnostic =
            Diagnostic::error("missing-comma", place, format!("expected `,` or `{}`, found {found}", closer.text()))
                .also(opener, "in this list");
        let ternary = self.previous() == TokenKind::Question;
        let comprehension = self.at(TokenKind::For);
        let diagnostic = if ternary {
            diagnostic.note("a choice is written `if condition { a } else { b }`; `e?` hands an error on")
        } else if self.at_lettered_string() {
            diagnostic.note(super::statement::LETTERED_STRING)
        } else if comprehension {
            diagnostic
                .note("an array is made from another by `xs.map(|x| …)`, a part of it taken by `xs.filter(|x| …)`")
        } else {
            diagnostic.suggest("separate them by a comma", place, ",")
        };
        if ternary || comprehension {
            self.error(diagnostic);
            self.skip_element(outer);
        } else {
            self.report(diagnostic);
        }
        true
    }

    fn element_hint(&self, diagnostic: Diagnostic) -> Diagnostic {
        match self.cur {
            TokenKind::FatArrow => diagnostic.note("a function value is written `|x| x + 1`"),
            TokenKind::Semi | TokenKind::SemiSemi => {
                diagnostic.note("inside parentheses values are separated by commas")
            }
            TokenKind::Let => diagnostic.note("statements stand in a block: `{ let x = 1; x + 1 }`"),
            _ => diagnostic,
        }
    }

    /// Passes over the rest of a list whose closing bracket is still to come.
    fn skip_list(&mut self, outer: Outer) {
        loop {
            self.skip_element(outer);
            if !self.eat(TokenKind::Comma) {
                return;
            }
        }
    }
}
