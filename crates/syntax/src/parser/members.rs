//! The members of types: fields, variants, functions, `init`.

use super::Parser;
use super::layout::{Form, Forms, Head};
use crate::ast::*;
use crate::token::TokenKind;
use crate::tree::NodeKind;
use sayso_base::{Diagnostic, names};

/// What kind of declaration the members belong to.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Place {
    Struct,
    Object,
    Enum,
    Trait,
    Interface,
    Class,
    /// A variant with named fields.
    Variant,
}

/// The members found in a body.
#[derive(Default)]
pub(super) struct Members {
    pub(super) fields: Vec<FieldDecl>,
    pub(super) variants: Vec<VariantDecl>,
    pub(super) functions: Vec<ItemId>,
    pub(super) init: Option<ItemId>,
}

impl Parser<'_> {
    /// The body of a type, if it has one.
    pub(super) fn members(&mut self, head: Head, place: Place) -> Members {
        let mut members = Members::default();
        let brace_below = self.at(TokenKind::Newline) && self.token().kind == TokenKind::LBrace;
        let marked = self.at(TokenKind::LBrace) || self.at(TokenKind::Colon) || brace_below;
        let opens = marked || self.lines_without_colon(head);
        if !opens {
            // A struct, class, object or trait may be empty; a declaration that goes on wrongly is reported by its end.
            if place == Place::Enum || place == Place::Interface {
                self.report_missing_block(head, Forms::NotOneLine);
                self.recovering = !matches!(self.cur, TokenKind::Newline | TokenKind::Eof);
            }
            return members;
        }
        let mark = self.mark();
        if !self.enter() {
            self.skip_nested();
            return members;
        }
        let mut body = self.open_body(head, Forms::NotOneLine);
        while !self.body_ends(&mut body) {
            self.recovering = false;
            if matches!(self.cur, TokenKind::Semi) {
                self.bump();
                continue;
            }
            if !self.at(TokenKind::Fn) && self.breaks_out(&body) {
                break;
            }
            let before = self.at;
            self.member(place, &mut members);
            self.end_member();
            if self.recovering
                && let Form::Indent(indent) = body.form
            {
                self.skip_deeper_lines(indent);
            }
            if self.at == before {
                self.force_progress();
            }
        }
        self.end_recovery();
        self.close_body(body);
        self.leave();
        self.node(NodeKind::Members, mark);
        members
    }

    fn member(&mut self, place: Place, members: &mut Members) {
        match self.cur {
            TokenKind::At | TokenKind::Fn => self.member_function(place, members),
            TokenKind::Comptime if self.nth(1) == TokenKind::Fn => self.member_function(place, members),
            TokenKind::Init if self.nth(1) == TokenKind::LParen => self.init(place, members),
            _ if place == Place::Enum => {
                if let Some(variant) = self.variant() {
                    members.variants.push(variant);
                }
            }
            _ if place == Place::Trait => self.not_in_trait(),
            _ => {
                if let Some(field) = self.field_decl(place) {
                    members.fields.push(field);
                }
            }
        }
    }

    fn not_in_trait(&mut self) {
        let span = self.here();
        if self.cur.is_name() || self.at(TokenKind::Mut) {
            self.error(
                Diagnostic::error("trait-field", span, "a trait has functions, not fields")
                    .note("it demands fields by a shape among its supertypes: `trait Named: %{ name: str }`"),
            );
        } else {
            self.expected("a function of the trait");
        }
        self.skip_statement();
    }

    fn member_function(&mut self, place: Place, members: &mut Members) {
        if place == Place::Variant {
            self.expected("a field of the variant");
            return self.skip_statement();
        }
        let mark = self.mark();
        let docs = self.docs_before(self.at);
        let attributes = self.attributes();
        let comptime_fn = self.at(TokenKind::Comptime) && self.nth(1) == TokenKind::Fn;
        if !self.at(TokenKind::Fn) && !comptime_fn {
            self.expected("a function behind the attribute");
            return self.skip_statement();
        }
        let fn_token = self.here();
        let function = self.function(place != Place::Interface);
        if place == Place::Class && function.owner.is_none() && function.name.name == names::INIT {
            let drop = fn_token.to(function.name.span.at_start());
            self.report(
                Diagnostic::error(
                    "fn-init",
                    fn_token,
                    "the constructor of a class is declared by `init` alone, without `fn`",
                )
                .suggest("leave `fn` out", drop, ""),
            );
            self.node(NodeKind::FnItem, mark);
            let init = self.add_item(ItemKind::Fn(Box::new(function)), docs, attributes, mark);
            members.init = members.init.or(Some(init));
            return;
        }
        self.node(NodeKind::FnItem, mark);
        let item = self.add_item(ItemKind::Fn(Box::new(function)), docs, attributes, mark);
        members.functions.push(item);
    }

    /// `init(self, …) { … }`
    fn init(&mut self, place: Place, members: &mut Members) {
        let mark = self.mark();
        let docs = self.docs_before(self.at);
        let head = Head { start: self.at, what: "the body of `init`" };
        let span = self.here();
        if place != Place::Class {
            self.report(
                Diagnostic::error("misplaced-init", span, "only a class has an `init`")
                    .note("a struct is made by `S { a: 1 }` or `S(1)`; other ways are functions: `fn S.make() -> S`"),
            );
        }
        let name = self.take_name();
        let mut function = self.signature(None, name, Vec::new(), mark);
        function.body = self.function_body(head);
        if function.body.is_none() && !self.recovering {
            self.report_missing_block(head, Forms::All);
        }
        self.node(NodeKind::FnItem, mark);
        let item = self.add_item(ItemKind::Fn(Box::new(function)), docs, Vec::new(), mark);
        if members.init.is_some() {
            self.report(
                Diagnostic::error("second-init", span, "a class has one `init`")
                    .note("parameters with defaults make several ways to call it"),
            );
        } else {
            members.init = Some(item);
        }
    }

    /// `[mut] [open] name [: T] [= value]`
    fn field_decl(&mut self, place: Place) -> Option<FieldDecl> {
        let mark = self.mark();
        let docs = self.docs_before(self.at);
        let (mut mutable, mut open) = (false, false);
        let first = self.at;
        loop {
            let modifier = self.nth(1).is_name() || self.nth(1) == TokenKind::Mut;
            match self.cur {
                TokenKind::Mut if !mutable => mutable = true,
                TokenKind::Open if modifier && !open => open = true,
                TokenKind::Let => self.let_before_field(),
                _ => break,
            }
            self.bump();
        }
        if mutable && open {
            let span = self.token_span(first).to(self.token_span(self.at.saturating_sub(1)));
            self.report(
                Diagnostic::error("open-mut", span, "a field cannot be both `open` and `mut`")
                    .note("the run-time type of a value with an open field is the field's own, so it must not change"),
            );
        }
        let name = if self.cur.is_name() { self.take_declared_name() } else { self.expect_name("a field")? };
        let ty = self.annotation();
        let default = if self.at(TokenKind::Eq) {
            self.bump_joining();
            Some(self.expr())
        } else {
            None
        };
        if ty.is_none() && (place != Place::Class || default.is_none()) && !self.recovering {
            self.field_without_type(place);
        }
        self.node(NodeKind::Field, mark);
        Some(FieldDecl { name, mutable, open, ty, default, docs })
    }

    fn let_before_field(&mut self) {
        let span = self.here();
        self.report(Diagnostic::error("expected", span, "a field is declared without `let`").suggest(
            "leave it out",
            self.with_blank(),
            "",
        ));
    }

    fn field_without_type(&mut self, place: Place) {
        if let Some(instead) = self.foreign_word_before() {
            self.error(instead);
            return self.skip_member();
        }
        let place_missing = self.missing_place();
        let found = self.found();
        let note = if self.at(TokenKind::LParen) {
            "a method is declared by `fn name(self)`"
        } else if place == Place::Class {
            "a field of a class has a type, a default or both: `name: str`, `count = 0`"
        } else {
            "a field is written `name: Type`"
        };
        let mut diagnostic = Diagnostic::error(
            "expected",
            place_missing,
            format!("expected `:` and the type of the field, found {found}"),
        )
        .note(note);
        if self.at(TokenKind::LParen) {
            diagnostic = diagnostic.suggest("write", self.token_span(self.at.saturating_sub(1)).at_start(), "fn ");
        }
        self.error(diagnostic);
        self.skip_member();
    }

    /// `A`, `B(T)`, `C { x: T }`
    fn variant(&mut self) -> Option<VariantDecl> {
        let mark = self.mark();
        let docs = self.docs_before(self.at);
        let head = Head { start: self.at, what: "the fields of the variant" };
        let name = self.expect_name("a variant")?;
        let payload = match self.cur {
            TokenKind::LParen => {
                let outer = self.open_bracket();
                let mut types = Vec::new();
                self.elements(TokenKind::RParen, outer, |parser| {
                    parser.name_before_type();
                    types.push(parser.ty());
                });
                self.close_bracket(outer);
                Payload::Positional(types)
            }
            TokenKind::LBrace => Payload::Named(self.members(head, Place::Variant).fields),
            _ => Payload::None,
        };
        if self.at(TokenKind::Eq) {
            let span = self.here();
            self.error(
                Diagnostic::error("expected", span, "a variant has no number of its own")
                    .note("a function can give one: `fn code(c: Color) -> i64 { match c { … } }`"),
            );
            self.skip_member();
        }
        self.node(NodeKind::Variant, mark);
        Some(VariantDecl { name, payload, docs })
    }

    /// `Circle(radius: f64)`
    fn name_before_type(&mut self) {
        if self.cur.is_name() && self.nth(1) == TokenKind::Colon {
            let span = self.here().to(self.token_span(self.at + 1));
            self.report(
                Diagnostic::error("expected", span, "what a variant holds in parentheses has no names")
                    .note("named fields stand in braces: `Circle { radius: f64 }`"),
            );
            self.bump();
            self.bump();
        }
    }

    /// Passes over the rest of a member.
    fn skip_member(&mut self) {
        self.skip_nested();
    }

    /// Checks that a member ends where it may.
    fn end_member(&mut self) {
        match self.cur {
            TokenKind::Newline | TokenKind::Eof => {}
            TokenKind::Comma | TokenKind::Semi => self.bump(),
            kind if kind.is_closer() => {}
            _ if self.previous() == TokenKind::RBrace || self.resumed == self.at => {}
            // `A, B fn f(self)`: a function begins a member wherever it stands.
            TokenKind::Fn | TokenKind::At if !self.recovering => {}
            _ => {
                if !self.recovering && self.cur.is_name() && self.nth(1) == TokenKind::Colon {
                    let found = self.found();
                    let message = format!("expected `,` or the end of the line behind a member, found {found}");
                    let place = self.behind();
                    self.error(Diagnostic::error("missing-comma", self.here(), message).suggest(
                        "separate them by a comma",
                        place,
                        ",",
                    ));
                } else if !self.recovering {
                    self.expected("`,` or the end of the line behind a member");
                }
                self.skip_member();
                self.eat(TokenKind::Comma);
            }
        }
    }
}
