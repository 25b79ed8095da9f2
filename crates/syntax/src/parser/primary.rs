//! Operands: literals, names, brackets and closures; what begins with a keyword is in `control.rs`.

use super::layout::Head;
use super::{List, Mark, Parser, listed};
use crate::ast::*;
use crate::literal;
use crate::token::TokenKind;
use crate::tree::NodeKind;
use sayso_base::{Diagnostic, names};
use thin_vec::{ThinVec, thin_vec};

impl Parser<'_> {
    /// Whether an operand can begin at the current token.
    pub(super) fn at_operand(&self) -> bool {
        use TokenKind::*;
        match self.cur {
            Int | Float | Byte | Symbol | Str | RawStr | StrOpen | Error => true,
            LParen | LBracket | LBrace | HashBracket | PercentBrace | Bar | BarBar | Minus | Bang | DotDot
            | DotDotEq => true,
            Dot => true,
            If | While | For | Return | Break | Continue | Match | Type | True | False | SelfWord | Super => true,
            Loop | Try | Throw | Yield | Spawn | Comptime | Expect | Underscore => true,
            kind => kind.is_name(),
        }
    }

    /// An operand with its prefix and postfix operators.
    pub(super) fn operand(&mut self) -> ExprId {
        use TokenKind::*;
        let mark = self.mark();
        let first = match self.cur {
            kind if kind.is_name() => self.name_or_label(),
            Minus | Bang => return self.unary(),
            Plus => return self.unary_plus(),
            Comptime => return self.comptime(),
            DotDot | DotDotEq => return self.prefix_range(),
            Bar | BarBar => return self.closure(),
            Return | Break | Continue | Throw | Yield | Spawn | Expect => return self.jump(),
            Dot => return self.section(),
            Int | Float | Str | RawStr | StrOpen | Byte | Symbol | True | False => self.literal(),
            SelfWord | Super => {
                let name = if self.at(SelfWord) { names::SELF } else { names::SUPER };
                self.bump();
                self.expr_node(ExprKind::Name(name), mark)
            }
            LParen => self.parenthesised(),
            LBracket => self.bracketed(),
            HashBracket => self.list_or_map(),
            PercentBrace => self.shape(),
            LBrace => {
                let block = self.block(Head { start: self.at, what: "the block" });
                self.expr_node(ExprKind::Block(block), mark)
            }
            If => self.if_expr(),
            Match => self.match_expr(),
            Loop | While | For => self.loop_expr(None, mark),
            Try => self.try_expr(),
            Type => self.type_value(),
            Underscore => return self.underscore(),
            _ => return self.operand_missing(),
        };
        self.postfix(first, mark)
    }

    /// A literal of one token, or a string.
    pub(super) fn literal(&mut self) -> ExprId {
        use TokenKind::*;
        let mark = self.mark();
        match self.cur {
            Int => self.int(),
            Float => self.float(),
            Byte => self.byte(),
            Symbol => {
                let name = self.interner.intern(self.token_text(self.at).get(1..).unwrap_or(""));
                self.bump();
                self.expr_node(ExprKind::Symbol(name), mark)
            }
            True | False => {
                let value = self.at(True);
                self.bump();
                self.expr_node(ExprKind::Bool(value), mark)
            }
            _ => self.string(),
        }
    }

    fn name_or_label(&mut self) -> ExprId {
        let mark = self.mark();
        let labels = self.nth(1) == TokenKind::Colon && !self.restrict.no_label;
        if labels && matches!(self.nth(2), TokenKind::For | TokenKind::While | TokenKind::Loop) {
            let label = self.take_name();
            self.bump();
            return self.loop_expr(Some(label), mark);
        }
        let ident = self.take_name();
        self.expr_node(ExprKind::Name(ident.name), mark)
    }

    fn int(&mut self) -> ExprId {
        let mark = self.mark();
        let value = literal::int(self.token_text(self.at));
        self.bump();
        self.expr_node(ExprKind::Int(value), mark)
    }

    fn float(&mut self) -> ExprId {
        let mark = self.mark();
        let value = literal::float(self.token_text(self.at));
        if value.is_infinite() {
            let span = self.here();
            self.report(
                Diagnostic::error("float-too-large", span, "this number is too large for an `f64`")
                    .label("the largest is about 1.8e308"),
            );
        }
        self.bump();
        self.expr_node(ExprKind::Float(value), mark)
    }

    fn byte(&mut self) -> ExprId {
        let mark = self.mark();
        let token = self.token();
        let value = match literal::byte(self.token_text(self.at)) {
            Ok(value) => value,
            Err(mistake) => {
                self.literal_mistake(mistake, token.start);
                0
            }
        };
        self.bump();
        self.expr_node(ExprKind::Byte(value), mark)
    }

    /// Reports what is wrong inside a literal that begins at byte `base`.
    pub(super) fn literal_mistake(&mut self, mistake: literal::Mistake, base: u32) {
        let at = |offset: usize| base + offset as u32;
        let span = sayso_base::Span::new(self.file, at(mistake.start), at(mistake.end));
        let mut diagnostic = Diagnostic::error(mistake.code, span, mistake.message);
        if let Some(note) = mistake.note {
            diagnostic = diagnostic.note(note);
        }
        if let Some(text) = mistake.mended {
            diagnostic = diagnostic.suggest("write", span, text);
        }
        self.report(diagnostic);
    }

    fn underscore(&mut self) -> ExprId {
        let mark = self.mark();
        let span = self.here();
        if self.nth(1) != TokenKind::Eq {
            self.report(
                Diagnostic::error("underscore-value", span, "`_` discards a value and has none to read")
                    .note("give the variable a name to use it; a name that begins with `_` may stay unused"),
            );
        }
        self.bump();
        self.expr_node(ExprKind::Name(names::UNDERSCORE), mark)
    }

    fn operand_missing(&mut self) -> ExprId {
        let what = match self.at.checked_sub(1).map(|index| self.token_at(index).kind) {
            Some(kind) if kind.operator().is_some() || kind.assignment().is_some() => {
                format!("an expression behind `{}`", self.token_text(self.at - 1))
            }
            Some(kind @ (TokenKind::If | TokenKind::While)) => format!("a condition behind `{}`", kind.text()),
            Some(kind) if kind.is_keyword() => format!("an expression behind `{}`", kind.text()),
            _ => "an expression".to_string(),
        };
        let keyword = self.cur.is_keyword();
        let note = match self.cur {
            TokenKind::Amp => Some("there are no references: values are passed as they are"),
            TokenKind::Star => Some("there are no pointers: values are used as they are"),
            TokenKind::Mut => Some("a variable is declared by `let mut x = 1`"),
            TokenKind::Fn => Some("a function as a value is written `|x| x + 1`"),
            TokenKind::Gt if self.previous() == TokenKind::Lt => Some("what differs is compared by `!=`"),
            _ => None,
        };
        let found = self.found();
        let mut diagnostic =
            Diagnostic::error("expected", self.missing_place(), format!("expected {what}, found {found}"));
        if let Some(note) = note {
            diagnostic = diagnostic.note(note);
        }
        self.error(diagnostic);
        let node = self.error_expr();
        // A keyword that cannot begin anything here would stop the parser again and again.
        if keyword && matches!(self.cur, TokenKind::Mut | TokenKind::In | TokenKind::Is | TokenKind::Or) {
            let mark = self.mark();
            self.bump();
            self.node(NodeKind::Skipped, mark);
        }
        node
    }

    /// `.f`: the function that takes a value and gives its field (and so on, for the whole chain).
    fn section(&mut self) -> ExprId {
        let mark = self.mark();
        if matches!(self.nth(1), TokenKind::Int | TokenKind::Float) && self.next_is_adjacent() && !self.is_argument() {
            return self.number_without_zero();
        }
        // The parameter's name cannot be written, so nothing inside can mean it.
        let name = self.interner.intern(super::UNWRITABLE);
        let span = self.here().at_start();
        let pattern = self.pattern_node(PatternKind::Bind { name: Ident { name, span }, pattern: None }, mark);
        if !self.enter() {
            return self.too_deep_operand(mark);
        }
        let value = self.expr_node(ExprKind::Name(name), mark);
        let body = self.postfix(value, mark);
        self.leave();
        let param = Param { pattern, ty: None, default: None, rest: false, span };
        self.expr_node(ExprKind::Closure { params: thin_vec![param], result: None, body }, mark)
    }

    /// Whether a `.0` here is an argument, so that the field of a tuple is meant and not a number.
    fn is_argument(&self) -> bool {
        matches!(self.previous(), TokenKind::LParen | TokenKind::Comma | TokenKind::Pipe | TokenKind::Colon)
    }

    /// `.5`
    fn number_without_zero(&mut self) -> ExprId {
        let mark = self.mark();
        let span = self.here().to(self.token_span(self.at + 1));
        let digits = self.token_text(self.at + 1).to_string();
        self.report(Diagnostic::error("malformed-number", span, "a number begins with a digit").suggest(
            "write",
            span,
            format!("0.{digits}"),
        ));
        self.bump();
        self.bump();
        let value = literal::float(&format!("0.{digits}"));
        self.expr_node(ExprKind::Float(value), mark)
    }

    pub(super) fn too_deep_operand(&mut self, mark: Mark) -> ExprId {
        self.skip_nested();
        self.expr_node(ExprKind::Error, mark)
    }

    // ---- brackets

    /// `(e)`, `(a, b)`, `(a,)`, `()`
    fn parenthesised(&mut self) -> ExprId {
        let mark = self.mark();
        let outer = self.open_bracket();
        let mut items = List::new();
        let mut comma = false;
        self.elements(TokenKind::RParen, outer, |parser| {
            items.push(parser.expression(0, true));
            comma = parser.at(TokenKind::Comma);
        });
        self.close_bracket(outer);
        match items.as_slice() {
            [] if self.recovering => self.expr_node(ExprKind::Error, mark),
            [only] if !comma => {
                let only = *only;
                self.node(NodeKind::ParenExpr, mark);
                only
            }
            _ => self.expr_node(ExprKind::Tuple(listed(items)), mark),
        }
    }

    /// `[a, b]`, `[v; n]`, `["k": v]`, `[:]`, `[]`
    fn bracketed(&mut self) -> ExprId {
        let mark = self.mark();
        let outer = self.open_bracket();
        self.restrict.no_label = true;
        if self.at(TokenKind::Colon) && self.nth(1) == TokenKind::RBracket {
            self.bump();
            self.close_bracket(outer);
            return self.expr_node(ExprKind::Table(ThinVec::new()), mark);
        }
        let mut elements: List<Element> = List::new();
        let mut entries: List<(ExprId, ExprId)> = List::new();
        let mut count = None;
        self.elements(TokenKind::RBracket, outer, |parser| {
            let element_mark = parser.mark();
            let element = parser.element();
            if parser.at(TokenKind::Colon) && (elements.is_empty() || !entries.is_empty()) {
                parser.bump();
                let value = parser.expr();
                parser.node(NodeKind::Entry, element_mark);
                entries.push((element.value, value));
            } else if parser.at(TokenKind::Semi) && elements.is_empty() && count.is_none() {
                parser.bump();
                count = Some(parser.expr());
                elements.push(element);
            } else if !entries.is_empty() {
                parser.expected("`:` and the value of this key");
            } else {
                parser.node(NodeKind::Element, element_mark);
                elements.push(element);
            }
        });
        self.close_bracket(outer);
        let kind = match (count, elements.first()) {
            (Some(count), Some(element)) => ExprKind::Repeat { value: element.value, count },
            _ if !entries.is_empty() => ExprKind::Table(listed(entries)),
            _ => ExprKind::Array(listed(elements)),
        };
        self.expr_node(kind, mark)
    }

    /// `e` or `..e`
    fn element(&mut self) -> Element {
        let spread = self.eat(TokenKind::DotDot);
        Element { spread, value: self.expr() }
    }

    /// `#[a, b]`, `#["k" -> v]`, `#[->]`, `#[]`
    fn list_or_map(&mut self) -> ExprId {
        let mark = self.mark();
        let outer = self.open_bracket();
        self.restrict.no_label = true;
        if self.at(TokenKind::Arrow) && self.nth(1) == TokenKind::RBracket {
            self.bump();
            self.close_bracket(outer);
            return self.expr_node(ExprKind::Map(ThinVec::new()), mark);
        }
        let mut elements = List::new();
        let mut entries = List::new();
        self.elements(TokenKind::RBracket, outer, |parser| {
            let element_mark = parser.mark();
            let element = parser.element();
            if parser.at(TokenKind::Arrow) && elements.is_empty() {
                parser.bump();
                let value = parser.expr();
                parser.node(NodeKind::Entry, element_mark);
                entries.push((element.value, value));
            } else if !entries.is_empty() {
                parser.expected("`->` and the value of this key");
            } else {
                if parser.at(TokenKind::Colon) {
                    let span = parser.here();
                    parser.error(
                        Diagnostic::error(
                            "expected",
                            span,
                            "the entries of a persistent map are written `key -> value`",
                        )
                        .suggest("write", span, " ->"),
                    );
                }
                parser.node(NodeKind::Element, element_mark);
                elements.push(element);
            }
        });
        self.close_bracket(outer);
        let kind = if entries.is_empty() { ExprKind::List(listed(elements)) } else { ExprKind::Map(listed(entries)) };
        self.expr_node(kind, mark)
    }

    /// `%{ x: 1 }`
    fn shape(&mut self) -> ExprId {
        let mark = self.mark();
        let outer = self.open_bracket();
        let mut fields = List::new();
        self.elements(TokenKind::RBrace, outer, |parser| {
            if let Some(field) = parser.field_init() {
                fields.push(field);
            }
        });
        self.close_bracket(outer);
        self.expr_node(ExprKind::Shape(listed(fields)), mark)
    }

    /// `name: value` or `name`
    pub(super) fn field_init(&mut self) -> Option<FieldInit> {
        let mark = self.mark();
        let name = self.expect_name("a field")?;
        let value =
            if self.eat(TokenKind::Colon) {
                self.expr()
            } else {
                if self.at(TokenKind::Eq) {
                    let span = self.here();
                    self.error(
                        Diagnostic::error("expected", span, "the fields of a literal are written `name: value`")
                            .suggest("write", self.behind().to(span), ":"),
                    );
                }
                let value_mark = Mark { token: mark.token, ..self.mark() };
                self.expr_node(ExprKind::Name(name.name), value_mark)
            };
        self.node(NodeKind::FieldInit, mark);
        Some(FieldInit { name, value })
    }

    /// `type(T)`
    fn type_value(&mut self) -> ExprId {
        let mark = self.mark();
        self.bump();
        if !self.at(TokenKind::LParen) {
            self.expected("`(` and a type behind `type`");
            return self.expr_node(ExprKind::Error, mark);
        }
        let outer = self.open_bracket();
        let ty = self.ty();
        self.eat(TokenKind::Comma);
        self.close_bracket(outer);
        self.expr_node(ExprKind::TypeValue(ty), mark)
    }

    /// `comptime e`, `comptime { … }`
    fn comptime(&mut self) -> ExprId {
        let mark = self.mark();
        let head = Head { start: self.at, what: "the block of `comptime`" };
        self.bump();
        if !self.enter() {
            return self.too_deep_operand(mark);
        }
        let value = self.block_or(head, Parser::operand);
        self.leave();
        self.expr_node(ExprKind::Comptime(value), mark)
    }

    /// A block in any form as an expression, or what `otherwise` reads.
    pub(super) fn block_or(&mut self, head: Head, otherwise: fn(&mut Self) -> ExprId) -> ExprId {
        let mark = self.mark();
        let brace_below = self.at(TokenKind::Newline) && self.token().kind == TokenKind::LBrace;
        if self.at(TokenKind::LBrace) || self.at(TokenKind::Colon) || brace_below {
            let block = self.block(head);
            return self.expr_node(ExprKind::Block(block), mark);
        }
        otherwise(self)
    }
}
