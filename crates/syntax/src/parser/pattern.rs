//! Patterns.

use super::{List, Mark, Parser, listed};
use crate::ast::*;
use crate::token::TokenKind;
use crate::tree::NodeKind;
use sayso_base::{Diagnostic, names};
use smallvec::smallvec;
use thin_vec::ThinVec;

/// What a pattern may be where it stands.
#[derive(Clone, Copy)]
struct Limits {
    /// `a | b`
    alternatives: bool,
    /// `name: T`
    typed: bool,
}

impl Parser<'_> {
    /// A pattern of any kind.
    pub(super) fn pattern(&mut self) -> PatternId {
        self.limited_pattern(Limits { alternatives: true, typed: true })
    }

    /// The pattern of a `let`: a colon behind it begins the annotation.
    pub(super) fn pattern_before_annotation(&mut self) -> PatternId {
        self.limited_pattern(Limits { alternatives: true, typed: false })
    }

    /// The pattern of a parameter.
    pub(super) fn param_pattern(&mut self) -> PatternId {
        // A name alone declares a variable, unless it may be that of a variant.
        let ends = matches!(self.nth(1), TokenKind::Colon | TokenKind::Comma | TokenKind::RParen | TokenKind::Eq);
        if ends && self.cur.is_name() && self.token_text(self.at).starts_with(|first: char| first.is_ascii_lowercase())
        {
            let mark = self.mark();
            let name = self.take_declared_name();
            return self.pattern_node(PatternKind::Bind { name, pattern: None }, mark);
        }
        self.limited_pattern(Limits { alternatives: false, typed: false })
    }

    fn limited_pattern(&mut self, limits: Limits) -> PatternId {
        let mark = self.mark();
        if !self.enter() {
            self.skip_nested();
            return self.pattern_node(PatternKind::Error, mark);
        }
        if limits.alternatives && self.at(TokenKind::Bar) {
            self.bump_joining();
        }
        let first = self.pattern_atom(limits);
        let pattern = if limits.alternatives && self.at(TokenKind::Bar) {
            let mut parts: List<PatternId> = smallvec![first];
            while self.at(TokenKind::Bar) {
                self.bump_joining();
                parts.push(self.pattern_atom(limits));
            }
            self.pattern_node(PatternKind::Or(listed(parts)), mark)
        } else {
            first
        };
        self.leave();
        pattern
    }

    fn pattern_atom(&mut self, limits: Limits) -> PatternId {
        use TokenKind::*;
        let mark = self.mark();
        match self.cur {
            Underscore => {
                let name = Ident { name: names::UNDERSCORE, span: self.here() };
                self.bump();
                if limits.typed && self.at(Colon) {
                    return self.typed_pattern(name, mark);
                }
                self.pattern_node(PatternKind::Wildcard, mark)
            }
            kind if kind.is_name() => self.named_pattern(limits),
            Int | Float | Str | RawStr | StrOpen | Byte | Symbol | True | False | Minus => self.literal_pattern(),
            DotDot | DotDotEq => self.open_range_pattern(),
            LParen => self.tuple_pattern(),
            LBracket => self.array_pattern(),
            Mut => {
                let span = self.here();
                self.report(
                    Diagnostic::error("expected", span, "`mut` is no part of a pattern")
                        .note("`let mut` makes every name of its pattern mutable; parameters are never mutable")
                        .suggest("leave it out", self.with_blank(), ""),
                );
                self.bump();
                self.pattern_atom(limits)
            }
            _ => self.pattern_missing(),
        }
    }

    fn pattern_missing(&mut self) -> PatternId {
        let mark = self.mark();
        let span = self.here();
        match self.cur {
            TokenKind::HashBracket => {
                self.error(
                    Diagnostic::error("expected", span, "a persistent collection has no pattern")
                        .note("take elements out by `xs.get(i)` or `xs.first()`"),
                );
            }
            TokenKind::PercentBrace | TokenKind::LBrace => {
                self.error(
                    Diagnostic::error("expected", span, format!("expected a pattern, found `{}`", self.cur.text()))
                        .note("fields are taken out by the name of a struct: `Point { x, y }`"),
                );
            }
            TokenKind::Star => {
                self.error(
                    Diagnostic::error("expected", span, "expected a pattern, found `*`")
                        .note("the rest of an array is `[first, ..rest]`"),
                );
            }
            TokenKind::Amp => {
                self.error(
                    Diagnostic::error("expected", span, "expected a pattern, found `&`")
                        .note("there are no references: write the name alone"),
                );
            }
            kind if kind.is_keyword() && !(kind == TokenKind::In && self.previous() == TokenKind::For) => {
                self.name_missing("a variable");
            }
            _ if self.previous() == TokenKind::Let || self.previous() == TokenKind::Mut => {
                self.expected("a name or a pattern behind `let`");
            }
            _ if self.previous() == TokenKind::For => self.expected("a name or a pattern behind `for`"),
            _ => self.expected("a pattern"),
        }
        self.pattern_node(PatternKind::Error, mark)
    }

    /// What begins with a name: a variable, a variant, a struct.
    fn named_pattern(&mut self, limits: Limits) -> PatternId {
        let mark = self.mark();
        if self.nth(1) == TokenKind::Dot {
            let path = self.path();
            return self.path_pattern(path, mark);
        }
        let name = self.take_name();
        match self.cur {
            TokenKind::LParen | TokenKind::LBrace => {
                self.node(NodeKind::Path, mark);
                self.path_pattern(Path::from(name), mark)
            }
            TokenKind::At => {
                self.bump();
                let inner = self.inner_pattern(limits);
                self.pattern_node(PatternKind::Bind { name, pattern: Some(inner) }, mark)
            }
            TokenKind::Colon if limits.typed => self.typed_pattern(name, mark),
            _ => self.pattern_node(PatternKind::Bind { name, pattern: None }, mark),
        }
    }

    /// The pattern behind `name @`.
    fn inner_pattern(&mut self, limits: Limits) -> PatternId {
        let mark = self.mark();
        if !self.enter() {
            self.skip_nested();
            return self.pattern_node(PatternKind::Error, mark);
        }
        let pattern = self.pattern_atom(limits);
        self.leave();
        pattern
    }

    fn typed_pattern(&mut self, name: Ident, mark: Mark) -> PatternId {
        self.bump();
        let ty = self.pattern_type();
        self.pattern_node(PatternKind::Typed { name, ty }, mark)
    }

    /// What follows a dotted name: `(…)`, `{ … }` or nothing.
    fn path_pattern(&mut self, path: Path, mark: Mark) -> PatternId {
        match self.cur {
            TokenKind::LParen => {
                let outer = self.open_bracket();
                let mut args = List::new();
                let mut rest = false;
                self.elements(TokenKind::RParen, outer, |parser| {
                    if parser.rest_ends_list(&mut rest, TokenKind::RParen) {
                        return;
                    }
                    args.push(parser.pattern());
                });
                self.close_bracket(outer);
                self.pattern_node(PatternKind::Variant { path: Box::new(path), args: listed(args), rest }, mark)
            }
            TokenKind::LBrace => {
                let outer = self.open_bracket();
                let mut fields = List::new();
                let mut rest = false;
                self.elements(TokenKind::RBrace, outer, |parser| {
                    if parser.rest_ends_list(&mut rest, TokenKind::RBrace) {
                        return;
                    }
                    if let Some(field) = parser.field_pattern() {
                        fields.push(field);
                    }
                });
                self.close_bracket(outer);
                self.pattern_node(PatternKind::Struct { path: Box::new(path), fields: listed(fields), rest }, mark)
            }
            _ => self.pattern_node(PatternKind::Path(path), mark),
        }
    }

    /// `..` as the last of a list of patterns.
    fn rest_ends_list(&mut self, rest: &mut bool, closer: TokenKind) -> bool {
        if !self.at(TokenKind::DotDot) {
            return false;
        }
        use TokenKind::{Byte, Float, Int, Minus, RawStr, Str, StrOpen};
        let begins_range = matches!(self.nth(1), Int | Float | Byte | Minus | Str | RawStr | StrOpen);
        if begins_range {
            return false;
        }
        *rest = true;
        let span = self.here();
        self.bump();
        let last = self.at(closer) || (self.at(TokenKind::Comma) && self.nth(1) == closer);
        if !last {
            self.report(
                Diagnostic::error("expected", span, "`..` is the last of a pattern's fields or payload")
                    .note("it stands for all that are not named"),
            );
        }
        true
    }

    /// `name` or `name: pattern`
    fn field_pattern(&mut self) -> Option<FieldPattern> {
        let mark = self.mark();
        let name = self.expect_name("a field")?;
        let pattern = if self.eat(TokenKind::Colon) {
            self.pattern()
        } else {
            let bind = Mark { token: mark.token, ..self.mark() };
            self.pattern_node(PatternKind::Bind { name, pattern: None }, bind)
        };
        self.node(NodeKind::FieldPattern, mark);
        Some(FieldPattern { name, pattern })
    }

    fn tuple_pattern(&mut self) -> PatternId {
        let mark = self.mark();
        let outer = self.open_bracket();
        let mut parts = List::new();
        let mut comma = false;
        self.elements(TokenKind::RParen, outer, |parser| {
            parts.push(parser.pattern());
            comma = parser.at(TokenKind::Comma);
        });
        self.close_bracket(outer);
        match parts.as_slice() {
            [only] if !comma => *only,
            [] => {
                let unit = self.expr_node(ExprKind::Tuple(ThinVec::new()), mark);
                self.pattern_node(PatternKind::Literal(unit), mark)
            }
            _ => self.pattern_node(PatternKind::Tuple(listed(parts)), mark),
        }
    }

    /// `[a, ..rest, b]`
    fn array_pattern(&mut self) -> PatternId {
        let mark = self.mark();
        let outer = self.open_bracket();
        let mut before = List::new();
        let mut after = List::new();
        let mut rest: Option<Option<Ident>> = None;
        self.elements(TokenKind::RBracket, outer, |parser| {
            let begins_rest = parser.at(TokenKind::DotDot)
                && (parser.nth(1).is_name()
                    || matches!(parser.nth(1), TokenKind::Comma | TokenKind::RBracket | TokenKind::Underscore));
            if begins_rest {
                let span = parser.here();
                parser.bump();
                let name = if parser.cur.is_name() { Some(parser.take_name()) } else { None };
                parser.eat(TokenKind::Underscore);
                if rest.replace(name).is_some() {
                    parser.report(Diagnostic::error("second-rest", span, "an array pattern has one `..` at most"));
                }
                return;
            }
            let pattern = parser.pattern();
            if rest.is_some() { after.push(pattern) } else { before.push(pattern) }
        });
        self.close_bracket(outer);
        self.pattern_node(
            PatternKind::Array { before: listed(before), rest: rest.map(Box::new), after: listed(after) },
            mark,
        )
    }

    // ---- literals and ranges

    fn literal_pattern(&mut self) -> PatternId {
        let mark = self.mark();
        let value = self.pattern_literal();
        if !matches!(self.cur, TokenKind::DotDot | TokenKind::DotDotEq) {
            return self.pattern_node(PatternKind::Literal(value), mark);
        }
        let inclusive = self.at(TokenKind::DotDotEq);
        self.bump();
        let end = self.pattern_range_end(inclusive);
        self.pattern_node(PatternKind::Range { start: Some(value), end, inclusive }, mark)
    }

    fn open_range_pattern(&mut self) -> PatternId {
        let mark = self.mark();
        let inclusive = self.at(TokenKind::DotDotEq);
        self.bump();
        let end = self.pattern_range_end(inclusive);
        if end.is_none() && !inclusive {
            let span = self.span(mark);
            self.report(
                Diagnostic::error("expected", span, "expected a number behind `..`")
                    .note("`..` alone stands only inside an array pattern, as in `[first, ..]`; `_` matches anything"),
            );
        }
        self.pattern_node(PatternKind::Range { start: None, end, inclusive }, mark)
    }

    fn pattern_range_end(&mut self, inclusive: bool) -> Option<ExprId> {
        use TokenKind::*;
        if matches!(self.cur, Int | Float | Str | RawStr | StrOpen | Byte | Minus) {
            return Some(self.pattern_literal());
        }
        if inclusive {
            self.expected("the last value of the range behind `..=`");
        } else if self.cur.is_name() {
            let span = self.here();
            self.error(
                Diagnostic::error("expected", span, "the ends of a range in a pattern are literals")
                    .note("compare in a guard: `n if n >= low && n < high => …`"),
            );
        }
        None
    }

    /// A literal, perhaps with a minus.
    fn pattern_literal(&mut self) -> ExprId {
        use TokenKind::*;
        let mark = self.mark();
        if self.at(Minus) {
            self.bump();
            let value = if matches!(self.cur, Int | Float) {
                self.literal()
            } else {
                self.expected("a number behind `-`");
                self.error_expr()
            };
            return self.expr_node(ExprKind::Unary(UnaryOp::Neg, value), mark);
        }
        let value = self.literal();
        if let Some(ExprKind::Str(parts)) = self.kind_of(value)
            && parts.iter().any(|part| matches!(part, StrPart::Hole { .. }))
        {
            let span = self.span(mark);
            self.report_hole_in(span, "a string in a pattern");
        }
        value
    }
}
