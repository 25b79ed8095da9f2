//! Written types and effects.

use super::{List, Parser, listed};
use crate::ast::*;
use crate::literal;
use crate::token::TokenKind;
use crate::tree::NodeKind;
use sayso_base::{Diagnostic, names};
use smallvec::smallvec;
use thin_vec::ThinVec;

/// How loose a type may be, and where it stands.
#[derive(Clone, Copy)]
struct Limits {
    /// `A | B`
    union: bool,
    /// `A & B`
    intersection: bool,
    /// Behind `as` or `is`, where a `<` with white space before it compares.
    in_expression: bool,
    /// In a pattern, where `|` may begin an alternative.
    in_pattern: bool,
}

const WHOLE: Limits = Limits { union: true, intersection: true, in_expression: false, in_pattern: false };

impl Parser<'_> {
    /// A type.
    pub(super) fn ty(&mut self) -> TypeId {
        self.limited_type(WHOLE)
    }

    /// A type behind `is` (`intersections`) or `as`.
    pub(super) fn operand_type(&mut self, intersections: bool) -> TypeId {
        self.limited_type(Limits { union: false, intersection: intersections, in_expression: true, in_pattern: false })
    }

    /// The type of a closure's parameter: a union needs parentheses.
    pub(super) fn closure_param_type(&mut self) -> TypeId {
        self.limited_type(Limits { union: false, ..WHOLE })
    }

    /// The type in a pattern `name: T`.
    pub(super) fn pattern_type(&mut self) -> TypeId {
        self.limited_type(Limits { in_pattern: true, ..WHOLE })
    }

    fn limited_type(&mut self, limits: Limits) -> TypeId {
        let mark = self.mark();
        if !self.enter() {
            return self.too_deep_type(mark);
        }
        if limits.union && self.at(TokenKind::Bar) {
            self.bump_joining();
        }
        let first = self.intersection_type(limits);
        let ty = if limits.union && self.at_union_bar(limits) {
            let mut parts: List<TypeId> = smallvec![first];
            while self.at_union_bar(limits) {
                self.bump_joining();
                parts.push(self.intersection_type(limits));
            }
            self.type_node(TypeExprKind::Union(listed(parts)), mark)
        } else {
            first
        };
        self.leave();
        ty
    }

    fn at_union_bar(&self, limits: Limits) -> bool {
        let alternative = limits.in_pattern
            && (self.nth(1).is_name() || self.nth(1) == TokenKind::Underscore)
            && self.nth(2) == TokenKind::Colon;
        self.at(TokenKind::Bar) && !alternative
    }

    fn intersection_type(&mut self, limits: Limits) -> TypeId {
        let mark = self.mark();
        let first = self.option_type(limits);
        if !limits.intersection || !self.at(TokenKind::Amp) {
            return first;
        }
        let mut parts: List<TypeId> = smallvec![first];
        while self.at(TokenKind::Amp) {
            self.bump_joining();
            parts.push(self.option_type(limits));
        }
        self.type_node(TypeExprKind::Intersection(listed(parts)), mark)
    }

    fn option_type(&mut self, limits: Limits) -> TypeId {
        let mark = self.mark();
        let mut ty = self.type_atom(limits);
        let mut wraps = 0;
        while self.at(TokenKind::Question) && !self.token().spaced() {
            self.bump();
            wraps += 1;
            // Each `?` is a level of the view; two levels are kept for the union and the intersection around it.
            let fits = self.depth + wraps + 2 < MAX_DEPTH;
            if !fits {
                self.report_depth();
                wraps = 0;
            }
            ty = self.type_node(if fits { TypeExprKind::Option(ty) } else { TypeExprKind::Error }, mark);
        }
        ty
    }

    fn type_atom(&mut self, limits: Limits) -> TypeId {
        let mark = self.mark();
        match self.cur {
            kind if kind.is_name() => self.path_type(limits),
            TokenKind::Symbol => {
                let name = self.interner.intern(self.token_text(self.at).get(1..).unwrap_or(""));
                self.bump();
                self.type_node(TypeExprKind::Symbol(name), mark)
            }
            TokenKind::LBracket => self.bracket_type(),
            TokenKind::LParen => self.tuple_type(),
            TokenKind::PercentBrace => self.shape_type(),
            TokenKind::Fn => self.function_type(limits),
            _ => self.type_missing(limits),
        }
    }

    fn too_deep_type(&mut self, mark: super::Mark) -> TypeId {
        self.skip_nested();
        self.type_node(TypeExprKind::Error, mark)
    }

    /// Something that is no type, often another language's.
    fn type_missing(&mut self, limits: Limits) -> TypeId {
        let mark = self.mark();
        let span = self.here();
        match self.cur {
            TokenKind::Amp => {
                self.report(
                    Diagnostic::error("expected", span, "expected a type, found `&`: there are no references in types")
                        .suggest("write the type alone", span, ""),
                );
                self.bump();
                if self.at(TokenKind::Mut) {
                    self.bump();
                }
                return self.type_atom(limits);
            }
            TokenKind::Question => {
                let mut diagnostic = Diagnostic::error("expected", span, "expected a type, found `?`")
                    .note("a value that may be missing has the type `T?`");
                if self.nth(1).is_name() && !matches!(self.nth(2), TokenKind::Dot | TokenKind::Lt) {
                    let whole = span.to(self.token_span(self.at + 1));
                    diagnostic = diagnostic.suggest("write", whole, format!("{}?", self.token_text(self.at + 1)));
                }
                self.report(diagnostic);
                self.bump();
                if self.cur.is_name() {
                    return self.type_atom(limits);
                }
            }
            TokenKind::LBrace => {
                self.error(
                    Diagnostic::error("expected", span, "expected a type, found `{`").note(
                        "the shape of a value with the field `x` is `%{ x: i64 }`, a table's type is `[str: i64]`",
                    ),
                );
            }
            TokenKind::HashBracket => {
                self.error(
                    Diagnostic::error("expected", span, "expected a type, found `#[`")
                        .note("persistent collections have the types `List<T>` and `Map<K, V>`"),
                );
            }
            TokenKind::SelfWord => {
                self.error(
                    Diagnostic::error("expected", span, "expected a type, found `self`")
                        .note("write the name of the type"),
                );
                self.bump();
            }
            TokenKind::Int | TokenKind::Float | TokenKind::Str | TokenKind::StrOpen
                if self.previous() == TokenKind::LParen
                    && self.at.checked_sub(2).is_some_and(|index| self.token_at(index).kind == TokenKind::Type) =>
            {
                let found = self.found();
                self.error(
                    Diagnostic::error("expected", span, format!("expected a type, found {found}"))
                        .note("the type of a value is `type_of(value)`; `type(T)` makes a value of a type"),
                );
            }
            _ => self.expected("a type"),
        }
        self.type_node(TypeExprKind::Error, mark)
    }

    fn path_type(&mut self, limits: Limits) -> TypeId {
        let mark = self.mark();
        let path = self.path();
        let scalar = match path.parts() {
            [one] => matches!(
                one.name,
                names::I64
                    | names::F64
                    | names::BOOL
                    | names::BYTE
                    | names::STR
                    | names::VOID
                    | names::ANY
                    | names::NEVER
            ),
            _ => false,
        };
        let compares = limits.in_expression && (scalar || self.token().spaced());
        let args = if self.at(TokenKind::Lt) && !compares { self.type_args() } else { ThinVec::new() };
        self.type_node(TypeExprKind::Path(path, args), mark)
    }

    /// `a.b.C`
    pub(super) fn path(&mut self) -> Path {
        let mark = self.mark();
        let mut parts: List<Ident> = smallvec![self.take_name()];
        while self.at(TokenKind::Dot) {
            self.bump();
            match self.expect_name("a part of this path") {
                Some(part) => parts.push(part),
                None => break,
            }
        }
        self.node(NodeKind::Path, mark);
        Path::new(&parts, self.span(mark))
    }

    /// `<A, B>`
    fn type_args(&mut self) -> ThinVec<TypeId> {
        let opener = self.here();
        self.bump();
        // No bracket in the sense of the newline rule; only `<` and commas let the line end.
        self.join_line();
        let mut args = List::new();
        while !self.at(TokenKind::Gt) {
            args.push(self.ty());
            if !self.at(TokenKind::Comma) {
                break;
            }
            self.bump_joining();
        }
        let closing_line = self.at(TokenKind::Newline) && self.token().kind == TokenKind::Gt;
        if self.at(TokenKind::Gt) || closing_line {
            self.accept_line();
            self.bump();
        } else {
            let found = self.found();
            let place = self.missing_place();
            self.error(
                Diagnostic::error("expected", place, format!("expected `,` or `>`, found {found}"))
                    .also(opener, "in these type arguments"),
            );
        }
        listed(args)
    }

    /// `[T]`, `[T; N]`, `[K: V]`
    fn bracket_type(&mut self) -> TypeId {
        let mark = self.mark();
        let outer = self.open_bracket();
        let element = self.ty();
        let kind = match self.cur {
            TokenKind::Colon => {
                self.bump();
                TypeExprKind::Table(element, self.ty())
            }
            TokenKind::Semi => {
                self.bump();
                self.fixed_length(element)
            }
            TokenKind::Comma => {
                let span = self.here();
                self.error(
                    Diagnostic::error(
                        "expected",
                        span,
                        "expected `]`, found `,`: the elements of an array have one type",
                    )
                    .note("an array of several types is `[A | B]`, a tuple `(A, B)`, a table `[K: V]`"),
                );
                TypeExprKind::Error
            }
            _ => TypeExprKind::Array(element),
        };
        if !self.at(TokenKind::RBracket) && self.recovering {
            self.skip_element(outer);
            while self.eat(TokenKind::Comma) {
                self.skip_element(outer);
            }
        }
        self.close_bracket(outer);
        self.type_node(kind, mark)
    }

    fn fixed_length(&mut self, element: TypeId) -> TypeExprKind {
        if !self.at(TokenKind::Int) {
            let found = self.found();
            let place = self.missing_place();
            self.error(
                Diagnostic::error("expected", place, format!("expected the number of elements, found {found}")).note(
                    "the length in the type of a fixed array is a number, as in `[i64; 4]`; `[T]` has any length",
                ),
            );
            return TypeExprKind::Error;
        }
        let length = literal::int(self.token_text(self.at)).filter(|&length| length < 1 << 32);
        if length.is_none() {
            let span = self.here();
            self.report(Diagnostic::error("array-length", span, "an array type has fewer than 4294967296 elements"));
        }
        self.bump();
        length.map_or(TypeExprKind::Error, |length| TypeExprKind::FixedArray(element, length))
    }

    /// `(A, B)`, `(A,)`, `(A)`, `()`
    fn tuple_type(&mut self) -> TypeId {
        let mark = self.mark();
        let outer = self.open_bracket();
        let mut parts = List::new();
        let mut comma = false;
        self.elements(TokenKind::RParen, outer, |parser| {
            parts.push(parser.ty());
            comma = parser.at(TokenKind::Comma);
        });
        self.close_bracket(outer);
        match parts.as_slice() {
            [only] if !comma => *only,
            _ => self.type_node(TypeExprKind::Tuple(listed(parts)), mark),
        }
    }

    /// `%{ a: A }`
    fn shape_type(&mut self) -> TypeId {
        let mark = self.mark();
        let outer = self.open_bracket();
        let mut fields = List::new();
        self.elements(TokenKind::RBrace, outer, |parser| {
            let field_mark = parser.mark();
            let Some(name) = parser.expect_name("a field") else { return };
            if parser.expect(TokenKind::Colon, "and the type of the field") {
                fields.push((name, parser.ty()));
            }
            parser.node(NodeKind::Field, field_mark);
        });
        self.close_bracket(outer);
        self.type_node(TypeExprKind::Shape(listed(fields)), mark)
    }

    /// `fn(A, B) -> R is e`
    fn function_type(&mut self, limits: Limits) -> TypeId {
        let mark = self.mark();
        self.bump();
        if !self.at(TokenKind::LParen) {
            self.expected("`(` and the types of the parameters");
            return self.type_node(TypeExprKind::Error, mark);
        }
        let outer = self.open_bracket();
        let mut params = List::new();
        self.elements(TokenKind::RParen, outer, |parser| {
            let named = parser.cur.is_name() && parser.nth(1) == TokenKind::Colon;
            if named {
                let span = parser.here().to(parser.token_span(parser.at + 1));
                parser.report(
                    Diagnostic::error("expected", span, "the parameters of a function type have no names").suggest(
                        "write the type alone",
                        span.to(parser.token_span(parser.at + 2).at_start()),
                        "",
                    ),
                );
                parser.bump();
                parser.bump();
            }
            params.push(parser.ty());
        });
        self.close_bracket(outer);
        let result = if self.at(TokenKind::Arrow) {
            self.bump_joining();
            let inner = Limits { union: false, intersection: false, ..limits };
            Some(self.limited_type(inner))
        } else {
            None
        };
        let effects = self.effects().map(Box::new);
        self.type_node(TypeExprKind::Function { params: listed(params), result, effects }, mark)
    }

    /// `is pure`, `is io.fs + panic`, if it stands here.
    pub(super) fn effects(&mut self) -> Option<Effects> {
        if !self.at(TokenKind::Is) {
            return None;
        }
        self.bump_joining();
        let mark = self.mark();
        let mut parts = Vec::new();
        loop {
            let part_mark = self.mark();
            if self.at(TokenKind::Mut) {
                let ident = Ident { name: names::MUT, span: self.here() };
                self.bump();
                self.node(NodeKind::Path, part_mark);
                parts.push(Path::from(ident));
            } else if self.cur.is_name() {
                let path = self.path();
                let pure = matches!(path.parts(), [one] if one.name == names::PURE);
                if !pure {
                    parts.push(path);
                }
            } else {
                self.expected("an effect (`pure`, `io`, `alloc`, `mut`, `panic` or `async`)");
                break;
            }
            if self.at(TokenKind::Comma) && self.nth(1).is_name() && self.comma_between_effects() {
                continue;
            }
            if !self.at(TokenKind::Plus) {
                break;
            }
            self.bump_joining();
        }
        self.node(NodeKind::Effects, mark);
        Some(Effects { parts, span: self.span(mark) })
    }

    /// `is io, panic`
    fn comma_between_effects(&mut self) -> bool {
        let known = matches!(self.token_text(self.at + 1), "io" | "alloc" | "panic" | "async" | "pure");
        if known && self.nth(2) != TokenKind::Colon {
            let span = self.here();
            self.report(Diagnostic::error("expected", span, "effects are joined by `+`").suggest("write", span, " +"));
            self.bump();
            return true;
        }
        false
    }
}
