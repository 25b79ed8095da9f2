//! Declarations: functions, types, imports, tests.

use super::layout::Head;
use super::members::Place;
use super::{List, Parser};
use crate::ast::*;
use crate::token::TokenKind;
use crate::tree::NodeKind;
use sayso_base::{Diagnostic, Span, names};
use std::sync::Arc;

impl Parser<'_> {
    /// Whether a declaration begins at the current token.
    pub(super) fn at_item(&self) -> bool {
        use TokenKind::*;
        let next = self.nth(1);
        let same_line = !self.token_at(self.at + 1).begins_line();
        match self.cur {
            Fn | Struct | Enum | Trait | Interface | Class | Import | At => true,
            Comptime => next == Fn,
            Type => next != LParen,
            Test | Bench => matches!(next, Str | RawStr | StrOpen) && same_line,
            // `object as T` and `from not in xs` are expressions.
            Object | From => next.is_name() && !matches!(next, As | Not) && same_line,
            _ => false,
        }
    }

    pub(super) fn item(&mut self) -> ItemId {
        let mark = self.mark();
        let mut docs = self.docs_before(self.at);
        let attributes = self.attributes();
        if docs.is_none() && !attributes.is_empty() {
            docs = self.docs_before(self.at);
        }
        let (node, kind) = self.item_kind();
        self.node(node, mark);
        self.add_item(kind, docs, attributes, mark)
    }

    pub(super) fn add_item(
        &mut self,
        kind: ItemKind,
        docs: Option<Arc<str>>,
        attributes: Vec<Attribute>,
        mark: super::Mark,
    ) -> ItemId {
        let span = self.span(mark);
        self.ast.items.push(Item { kind, docs, attributes, span });
        ItemId(self.ast.items.len() as u32 - 1)
    }

    fn item_kind(&mut self) -> (NodeKind, ItemKind) {
        match self.cur {
            TokenKind::Fn | TokenKind::Comptime if self.at(TokenKind::Fn) || self.nth(1) == TokenKind::Fn => {
                (NodeKind::FnItem, ItemKind::Fn(Box::new(self.function(true))))
            }
            TokenKind::Struct => (NodeKind::StructItem, self.struct_item(false)),
            TokenKind::Object if self.nth(1).is_name() => (NodeKind::StructItem, self.struct_item(true)),
            TokenKind::Enum => (NodeKind::EnumItem, self.enum_item()),
            TokenKind::Trait => (NodeKind::TraitItem, self.trait_item()),
            TokenKind::Interface => (NodeKind::InterfaceItem, self.interface_item()),
            TokenKind::Class => (NodeKind::ClassItem, self.class_item()),
            TokenKind::Type => (NodeKind::TypeAliasItem, self.alias_item()),
            TokenKind::Import => (NodeKind::ImportItem, self.import_item()),
            TokenKind::From if self.nth(1).is_name() => (NodeKind::FromImportItem, self.selective_import_item()),
            TokenKind::Test => (NodeKind::TestItem, self.test_item()),
            TokenKind::Bench => (NodeKind::BenchItem, self.test_item()),
            _ => {
                self.expected("a declaration behind the attribute");
                (NodeKind::ErrorItem, ItemKind::Error)
            }
        }
    }

    // ---- attributes

    /// `@name(args)`, each perhaps on a line of its own.
    pub(super) fn attributes(&mut self) -> Vec<Attribute> {
        let mut attributes = Vec::new();
        while self.at(TokenKind::At) {
            attributes.push(self.attribute());
            let goes_on = self.token().kind == TokenKind::At || self.cur == TokenKind::Newline;
            if goes_on && self.token().kind != TokenKind::Eof && !self.token().kind.is_closer() {
                self.accept_line();
            }
        }
        attributes
    }

    fn attribute(&mut self) -> Attribute {
        let mark = self.mark();
        self.bump();
        let name = self.expect_name("an attribute").unwrap_or_else(|| self.missing_ident());
        let mut args = Vec::new();
        if self.at(TokenKind::LParen) {
            let outer = self.open_bracket();
            self.elements(TokenKind::RParen, outer, |parser| args.push(parser.expr()));
            self.close_bracket(outer);
        }
        self.node(NodeKind::Attribute, mark);
        Attribute { name, args, span: self.span(mark) }
    }

    // ---- functions

    /// A function, from `fn` or `comptime fn` on; without `with_body` a body is an error.
    pub(super) fn function(&mut self, with_body: bool) -> FnItem {
        let mark = self.mark();
        let head = Head { start: self.at, what: "the body of the function" };
        let comptime = self.eat(TokenKind::Comptime);
        self.bump();
        let (owner, name) = self.function_name();
        let type_params = self.type_params();
        let mut function = self.signature(owner, name, type_params, mark);
        function.comptime = comptime;
        if with_body && self.lines_without_colon(head) {
            function.body = Some(self.block(head));
        } else if with_body {
            function.body = self.function_body(head);
        } else if self.at(TokenKind::LBrace) || self.at(TokenKind::Colon) {
            let span = self.here();
            self.report(
                Diagnostic::error("interface-body", span, "a function of an interface has no body")
                    .note("an interface lists what a type must offer; a trait may hold functions with bodies"),
            );
            self.block(head);
        }
        function
    }

    /// The parameters, result and effects of a function.
    pub(super) fn signature(
        &mut self,
        owner: Option<Path>,
        name: Ident,
        type_params: Vec<TypeParam>,
        mark: super::Mark,
    ) -> FnItem {
        let params = self.params();
        let result = if self.at(TokenKind::Arrow) {
            self.bump_joining();
            Some(self.ty())
        } else if self.result_behind_colon() {
            let span = self.here();
            self.report(
                Diagnostic::error("expected", span, "the result of a function stands behind `->`, not behind `:`")
                    .suggest("write", span, " ->"),
            );
            self.bump();
            Some(self.ty())
        } else {
            None
        };
        let effects = self.effects();
        let head_span = self.span(mark);
        FnItem { owner, name, comptime: false, type_params, params, result, effects, body: None, head_span }
    }

    /// Whether a type stands behind a `:` here, and a block behind that: `fn f(): i64 { … }`.
    fn result_behind_colon(&self) -> bool {
        if !self.at(TokenKind::Colon) || self.token_at(self.at + 1).begins_line() || !self.type_of_catch_follows() {
            return false;
        }
        let literal = self.nth(2) == TokenKind::LBrace
            && (matches!(self.nth(3), TokenKind::RBrace | TokenKind::DotDot)
                || (self.nth(3).is_name()
                    && matches!(self.nth(4), TokenKind::Colon | TokenKind::Comma | TokenKind::RBrace)));
        let scalar = matches!(self.token_text(self.at + 1), "i64" | "f64" | "bool" | "byte" | "str" | "void" | "any");
        scalar || !literal
    }

    /// `a.b.name`
    fn function_name(&mut self) -> (Option<Path>, Ident) {
        let mark = self.mark();
        if !self.cur.is_name() {
            if self.at(TokenKind::LParen) {
                let span = self.here();
                self.error(
                    Diagnostic::error("expected", span, "expected a name for a function, found `(`")
                        .note("a function as a value is written `|x| x + 1`"),
                );
            }
            self.name_missing("a function");
            return (None, self.missing_ident());
        }
        let mut parts: List<Ident> = List::new();
        let mut last = self.take_marked_name();
        let mut owner_end = self.at;
        while self.at(TokenKind::Dot) {
            owner_end = self.at;
            parts.push(last);
            self.bump();
            match self.cur {
                kind if kind.is_name() => last = self.take_marked_name(),
                _ => {
                    self.name_missing("a function");
                    last = self.missing_ident();
                    break;
                }
            }
        }
        self.node(NodeKind::Path, mark);
        if parts.is_empty() {
            return (None, last);
        }
        let span = self.token_span(mark.token).to(self.token_span(owner_end.saturating_sub(1)));
        (Some(Path::new(&parts, span)), last)
    }

    fn params(&mut self) -> Vec<Param> {
        let mark = self.mark();
        let mut params = Vec::new();
        if !self.at(TokenKind::LParen) {
            let message = format!("expected `(` and the parameters of the function, found {}", self.found());
            let (place, end) = (self.missing_place(), self.behind());
            self.error(Diagnostic::error("expected", place, message).suggest(
                "a function without parameters has empty parentheses",
                end,
                "()",
            ));
            // Its body is read all the same, so that the mistakes in it are found.
            self.skip_to_block();
            return params;
        }
        let outer = self.open_bracket();
        self.elements(TokenKind::RParen, outer, |parser| params.push(parser.param(false)));
        self.close_bracket(outer);
        self.node(NodeKind::Params, mark);
        params
    }

    /// A parameter of a function, or, with `closure`, of a closure.
    pub(super) fn param(&mut self, closure: bool) -> Param {
        let mark = self.mark();
        if self.at(TokenKind::LBrace) && !closure {
            self.expected("a parameter or `)`");
        }
        let rest = self.eat(TokenKind::Star);
        if self.at(TokenKind::DotDot) {
            let span = self.here();
            self.report(
                Diagnostic::error("expected", span, "a rest parameter is marked by a star").suggest("write", span, "*"),
            );
            self.bump();
        }
        let pattern = if self.at(TokenKind::SelfWord) {
            let pattern_mark = self.mark();
            let name = Ident { name: names::SELF, span: self.here() };
            self.bump();
            self.pattern_node(PatternKind::Bind { name, pattern: None }, pattern_mark)
        } else if self.cur.is_name() && self.nth(1).is_name() && self.at_type_before_param(closure) {
            self.param_with_type_first()
        } else {
            self.param_pattern()
        };
        let ty = if closure && self.at(TokenKind::Colon) {
            self.bump();
            Some(self.closure_param_type())
        } else {
            self.annotation()
        };
        let default = if self.at(TokenKind::Eq) && closure {
            let span = self.here();
            self.error(
                Diagnostic::error("expected", span, "the parameters of a closure have no defaults")
                    .note("declare a function by `fn` for that"),
            );
            None
        } else if self.at(TokenKind::Eq) {
            self.bump_joining();
            Some(self.expr())
        } else {
            None
        };
        self.node(NodeKind::Param, mark);
        Param { pattern, ty, default, rest, span: self.span(mark) }
    }

    /// Whether two names are a parameter as other languages have it.
    fn at_type_before_param(&self, closure: bool) -> bool {
        let ends = match self.nth(2) {
            TokenKind::Comma | TokenKind::Eq => true,
            TokenKind::Bar => closure,
            TokenKind::RParen => !closure,
            _ => false,
        };
        ends && !self.token_at(self.at + 1).begins_line()
    }

    /// `i64 x`
    fn param_with_type_first(&mut self) -> PatternId {
        let (ty, name) = (self.token_text(self.at), self.token_text(self.at + 1));
        let whole = self.here().to(self.token_span(self.at + 1));
        self.report(
            Diagnostic::error("expected", whole, format!("expected `,` or `:`, found `{name}`"))
                .note("the type of a parameter stands behind its name")
                .suggest("write", whole, format!("{name}: {ty}")),
        );
        self.bump();
        self.param_pattern()
    }

    /// The body of a function, if it has one.
    pub(super) fn function_body(&mut self, head: Head) -> Option<BlockId> {
        let brace_below = self.at(TokenKind::Newline) && self.token().kind == TokenKind::LBrace;
        if !self.at(TokenKind::LBrace) && !self.at(TokenKind::Colon) && !brace_below {
            self.body_by_other_sign();
            return None;
        }
        let labels = std::mem::take(&mut self.labels);
        let body = self.block(head);
        self.labels = labels;
        Some(body)
    }

    /// `fn f() = e`, `fn f() => e`
    fn body_by_other_sign(&mut self) {
        if matches!(self.cur, TokenKind::Eq | TokenKind::FatArrow) {
            let span = self.here();
            let sign = self.cur.text();
            let place = self.behind().to(span);
            self.error(
                Diagnostic::error("expected", span, format!("the body of a function does not begin with `{sign}`"))
                    .suggest("write", place, ":"),
            );
            self.skip_statement();
        }
    }

    /// `<T, +U: Upper, V >: Lower>`, if it stands here.
    pub(super) fn type_params(&mut self) -> Vec<TypeParam> {
        let mut params = Vec::new();
        if !self.at(TokenKind::Lt) {
            return params;
        }
        let mark = self.mark();
        self.bump_joining();
        while !self.at(TokenKind::Gt) {
            let Some(param) = self.type_param() else { break };
            params.push(param);
            if !self.at(TokenKind::Comma) {
                break;
            }
            self.bump_joining();
        }
        if self.at(TokenKind::Newline) && self.token().kind == TokenKind::Gt {
            self.accept_line();
        }
        self.expect(TokenKind::Gt, "behind the type parameters");
        self.node(NodeKind::TypeParams, mark);
        params
    }

    fn type_param(&mut self) -> Option<TypeParam> {
        let mark = self.mark();
        let open = self.at(TokenKind::Open)
            && (self.nth(1).is_name() || matches!(self.nth(1), TokenKind::Plus | TokenKind::Minus));
        if open {
            self.bump();
        }
        let variance = match self.cur {
            TokenKind::Plus => Variance::Covariant,
            TokenKind::Minus => Variance::Contravariant,
            _ => Variance::Invariant,
        };
        if variance != Variance::Invariant {
            self.bump();
        }
        let name = self.expect_name("a type parameter")?;
        let mut upper = None;
        let mut lower = None;
        loop {
            // `T >: Lower` has white space before its sign, `class C<T>: Super` none.
            let lower_bound = self.at(TokenKind::Gt)
                && self.nth(1) == TokenKind::Colon
                && self.next_is_adjacent()
                && self.token().spaced();
            if lower_bound {
                self.bump();
                self.bump();
                lower = Some(self.ty());
            } else if self.at(TokenKind::Colon) {
                self.bump();
                upper = Some(self.ty());
            } else {
                break;
            }
        }
        self.node(NodeKind::TypeParam, mark);
        Some(TypeParam { name, variance, open, upper, lower })
    }

    // ---- types

    fn struct_item(&mut self, object: bool) -> ItemKind {
        let what = if object { "the members of the object" } else { "the fields of the struct" };
        let head = Head { start: self.at, what };
        self.bump();
        let name = self.declared_name(if object { "an object" } else { "a struct" });
        let type_params = self.type_params();
        if self.at(TokenKind::LParen) {
            self.fields_in_parentheses();
        }
        let supers = self.supers();
        let members = self.members(head, if object { Place::Object } else { Place::Struct });
        ItemKind::Struct { name, type_params, supers, fields: members.fields, functions: members.functions, object }
    }

    /// `struct P(A, B)`
    fn fields_in_parentheses(&mut self) {
        let span = self.here();
        self.error(
            Diagnostic::error("expected", span, "the fields of a struct stand in braces and have names")
                .note("write `struct Point { x: i64, y: i64 }`; `Point(1, 2)` makes one"),
        );
        self.skip_statement();
    }

    fn enum_item(&mut self) -> ItemKind {
        let head = Head { start: self.at, what: "the variants of the enum" };
        self.bump();
        let name = self.declared_name("an enum");
        let type_params = self.type_params();
        let supers = self.supers();
        let members = self.members(head, Place::Enum);
        ItemKind::Enum { name, type_params, supers, variants: members.variants, functions: members.functions }
    }

    fn trait_item(&mut self) -> ItemKind {
        let head = Head { start: self.at, what: "the functions of the trait" };
        self.bump();
        let name = self.declared_name("a trait");
        let type_params = self.type_params();
        let supers = self.supers();
        let members = self.members(head, Place::Trait);
        ItemKind::Trait { name, type_params, supers, functions: members.functions }
    }

    fn interface_item(&mut self) -> ItemKind {
        let head = Head { start: self.at, what: "the functions and fields of the interface" };
        self.bump();
        let name = self.declared_name("an interface");
        let type_params = self.type_params();
        let members = self.members(head, Place::Interface);
        ItemKind::Interface { name, type_params, functions: members.functions, fields: members.fields }
    }

    fn class_item(&mut self) -> ItemKind {
        let head = Head { start: self.at, what: "the members of the class" };
        self.bump();
        let name = self.declared_name("a class");
        let type_params = self.type_params();
        let mut base = None;
        if self.at(TokenKind::LParen) {
            let outer = self.open_bracket();
            if !self.at(TokenKind::RParen) {
                base = Some(self.ty());
            }
            if self.at(TokenKind::Comma) {
                let span = self.here();
                self.error(
                    Diagnostic::error("expected", span, "expected `)`, found `,`: a class has one base")
                        .note("traits stand behind a colon: `class C(Base): Show, Eq`"),
                );
                while self.eat(TokenKind::Comma) {
                    self.skip_element(outer);
                }
            }
            self.close_bracket(outer);
        }
        let supers = self.supers();
        let members = self.members(head, Place::Class);
        ItemKind::Class {
            name,
            type_params,
            base,
            supers,
            fields: members.fields,
            init: members.init,
            functions: members.functions,
        }
    }

    fn declared_name(&mut self, what: &str) -> Ident {
        self.expect_name(what).unwrap_or_else(|| self.missing_ident())
    }

    /// `: A, B` with something behind the colon on its line.
    fn supers(&mut self) -> Vec<TypeId> {
        let mut supers = Vec::new();
        let next = self.token_at(self.at + 1);
        if !self.at(TokenKind::Colon) || next.begins_line() || next.kind == TokenKind::Eof {
            return supers;
        }
        let mark = self.mark();
        self.bump();
        loop {
            supers.push(self.ty());
            match self.cur {
                TokenKind::Comma => {
                    self.bump_joining();
                    if matches!(self.cur, TokenKind::LBrace | TokenKind::Colon | TokenKind::Newline) {
                        break;
                    }
                }
                TokenKind::Plus => {
                    let span = self.here();
                    self.report(Diagnostic::error("expected", span, "supertypes are separated by commas").suggest(
                        "write",
                        self.behind().to(span),
                        ",",
                    ));
                    self.bump_joining();
                }
                _ => break,
            }
        }
        self.node(NodeKind::Supers, mark);
        supers
    }

    fn alias_item(&mut self) -> ItemKind {
        self.bump();
        let name = self.declared_name("a type");
        let type_params = self.type_params();
        let ty = if self.at(TokenKind::Eq) {
            self.bump_joining();
            self.ty()
        } else {
            if matches!(self.cur, TokenKind::LBrace | TokenKind::Colon) && !self.recovering {
                let span = self.here();
                self.error(
                    Diagnostic::error("expected", span, format!("expected `=` and a type, found {}", self.found()))
                        .note("a type with fields is declared by `struct`, one with variants by `enum`"),
                );
            } else {
                self.expected("`=` and a type");
            }
            let mark = self.mark();
            self.type_node(TypeExprKind::Error, mark)
        };
        ItemKind::TypeAlias { name, type_params, ty }
    }

    // ---- modules and tests

    fn import_item(&mut self) -> ItemKind {
        self.bump();
        let from = self.nth(1) == TokenKind::From && self.nth(2).is_name();
        if self.cur.is_name() && from && !self.token_at(self.at + 1).begins_line() {
            return self.import_in_other_order();
        }
        let path = self.module_path();
        let alias = if self.eat(TokenKind::As) { self.expect_name("the module here") } else { None };
        if self.at(TokenKind::Comma) {
            let span = self.here();
            self.error(
                Diagnostic::error("expected", span, "one `import` names one module").suggest("write", span, "; import"),
            );
            self.skip_statement();
        }
        ItemKind::Import { path, alias }
    }

    /// `import x from a.b`
    fn import_in_other_order(&mut self) -> ItemKind {
        let whole = self.mark();
        let name = self.take_marked_name();
        let from = self.here();
        self.bump();
        let path = self.module_path();
        let text = |span: Span| self.text.get(span.start as usize..span.end as usize).unwrap_or("");
        let mended = format!("from {} import {}", text(path.span()), text(name.span));
        let import = self.token_span(whole.token.saturating_sub(1));
        self.report(
            Diagnostic::error("expected", from, "the module stands before the names that are imported from it")
                .suggest("write", import.to(path.span()), mended),
        );
        ItemKind::FromImport { path, names: vec![ImportName { name, alias: None }] }
    }

    fn module_path(&mut self) -> Path {
        if self.cur.is_name() {
            let mut path = self.path();
            while self.at(TokenKind::Slash) && self.nth(1).is_name() {
                let slash = self.here();
                self.report(
                    Diagnostic::error("expected", slash, "the parts of a module's path are joined by dots")
                        .suggest("write", slash, "."),
                );
                self.bump();
                let rest = self.path();
                path = Path::new(&[path.parts(), rest.parts()].concat(), path.span().to(rest.span()));
            }
            return path;
        }
        if matches!(self.cur, TokenKind::Str | TokenKind::RawStr | TokenKind::StrOpen) {
            let span = self.here();
            self.error(
                Diagnostic::error("expected", span, "a module is named, not quoted: `import shapes.circle`")
                    .note("its file `shapes/circle.say` is found from the main program's folder"),
            );
            self.string();
        } else if self.at(TokenKind::LBrace) {
            let span = self.here();
            self.error(
                Diagnostic::error("expected", span, "expected the name of a module, found `{`")
                    .note("names of a module are imported by `from module import a, b`"),
            );
        } else {
            self.expected("the name of a module");
        }
        let ident = self.missing_ident();
        Path::from(ident)
    }

    fn selective_import_item(&mut self) -> ItemKind {
        self.bump();
        let path = self.module_path();
        let mut import_names = Vec::new();
        if !self.expect(TokenKind::Import, "and names behind the module") {
            return ItemKind::FromImport { path, names: import_names };
        }
        loop {
            let mark = self.mark();
            match self.cur {
                kind if kind.is_name() => {
                    let name = self.take_marked_name();
                    let alias = if self.eat(TokenKind::As) {
                        if self.cur.is_name() { Some(self.take_marked_name()) } else { self.expect_name("it here") }
                    } else {
                        None
                    };
                    self.node(NodeKind::ImportName, mark);
                    import_names.push(ImportName { name, alias });
                }
                TokenKind::Star => {
                    let span = self.here();
                    self.error(
                        Diagnostic::error("expected", span, "names are imported one by one, not by `*`")
                            .note("`import a.b` makes everything in it reachable as `b.name`"),
                    );
                    self.bump();
                }
                TokenKind::LParen => {
                    let span = self.here();
                    self.error(
                        Diagnostic::error("expected", span, "imported names stand without parentheses")
                            .note("a line that ends in a comma goes on in the next"),
                    );
                    self.skip_statement();
                }
                _ => self.expected("a name to import"),
            }
            if !self.at(TokenKind::Comma) {
                break;
            }
            self.bump_joining();
            if self.at(TokenKind::Newline) {
                break;
            }
        }
        ItemKind::FromImport { path, names: import_names }
    }

    /// `test "name" { … }`, `bench "name" { … }`
    fn test_item(&mut self) -> ItemKind {
        let is_test = self.at(TokenKind::Test);
        let what = if is_test { "the body of the test" } else { "the body of the benchmark" };
        let head = Head { start: self.at, what };
        self.bump();
        let name = if matches!(self.cur, TokenKind::Str | TokenKind::RawStr | TokenKind::StrOpen) {
            self.string_without_holes(if is_test { "the name of a test" } else { "the name of a benchmark" })
        } else {
            self.expected("a name in quotes");
            Arc::from("")
        };
        let labels = std::mem::take(&mut self.labels);
        let body = self.block(head);
        self.labels = labels;
        if is_test { ItemKind::Test { name, body } } else { ItemKind::Bench { name, body } }
    }
}
