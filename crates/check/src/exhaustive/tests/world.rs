//! Programs of one `match`, built without the front end: declarations, types and patterns written as text.
//!
//! A declaration a line: `enum E<+T> { A(T), B { x: i64 }, C }`, `struct S: Trait { x: i64 }`, `class C(Base): Trait { … }`,
//! `trait T`, `object O`, `var X: Upper`. Before a parameter `open` makes it open. In patterns `=x` is a comparison with a
//! constant that nothing is known of, and `!` a mistake that was reported.

use crate::hir::{
    Arm, Constant, Expr, ExprId, ExprKind, FnId, Function, FunctionKind, Hooks, Local, LocalId, Module, ModuleId,
    Pattern, PatternId, PatternKind, Program,
};
use sayso_base::{FileId, Interner, Name, SourceMap, Span, names};
use sayso_types::{
    Decl, DeclId, DeclKind, Effects, Field, TypeId, TypeKind, TypeParam, TypeStore, VarId, VarInfo, Variance,
};
use std::collections::HashMap;

const PRELUDE: &str = "
enum Option<open +T> { None, Some(T) }
enum Result<open +T, open +E> { Ok(T), Err(E) }
";

/// Names, types, and the `match` under construction.
pub struct World {
    pub types: TypeStore,
    pub names: Interner,
    pub sources: SourceMap,
    decls: HashMap<String, DeclId>,
    vars: HashMap<String, TypeId>,
    exprs: Vec<Expr>,
    patterns: Vec<Pattern>,
    locals: Vec<Local>,
}

struct Reader<'w, 't> {
    world: &'w mut World,
    text: &'t str,
    at: usize,
    file: FileId,
    scope: Vec<(String, VarId)>,
}

impl World {
    pub fn new(declarations: &[&str]) -> World {
        let mut world = World {
            types: TypeStore::new(),
            names: Interner::new(),
            sources: SourceMap::new(),
            decls: HashMap::new(),
            vars: HashMap::new(),
            exprs: Vec::new(),
            patterns: Vec::new(),
            locals: Vec::new(),
        };
        for line in PRELUDE.lines().chain(declarations.iter().copied()).filter(|line| !line.trim().is_empty()) {
            world.declare(line.trim());
        }
        world.types.well_known.option = world.decls.get("Option").copied();
        world.types.well_known.some = world.decls.get("Some").copied();
        world.types.well_known.none = world.decls.get("None").copied();
        world.types.well_known.result = world.decls.get("Result").copied();
        world
    }

    fn reader<'w, 't>(&'w mut self, text: &'t str) -> Reader<'w, 't> {
        Reader { world: self, text, at: 0, file: FileId(0), scope: Vec::new() }
    }

    fn add(&mut self, name: &str, kind: DeclKind, params: Vec<TypeParam>) -> DeclId {
        let decl = Decl {
            kind,
            name: self.names.intern(name),
            module: names::EMPTY,
            span: None,
            params,
            supers: Vec::new(),
            fields: Vec::new(),
            variants: Vec::new(),
            members: Vec::new(),
            by_reference: kind == DeclKind::Class,
        };
        let id = self.types.add_decl(decl);
        self.decls.insert(name.to_owned(), id);
        id
    }

    fn declare(&mut self, line: &str) {
        let mut reader = self.reader(line);
        let word = reader.word();
        let name = reader.word();
        if word == "var" {
            let upper = if reader.eat(":") { reader.ty() } else { TypeId::ANY };
            let name_id = self.names.intern(&name);
            let var = self.types.add_var(VarInfo { name: name_id, upper, lower: TypeId::NEVER });
            let ty = self.types.variable(var);
            self.vars.insert(name, ty);
            return;
        }
        let (params, scope) = reader.params();
        reader.scope.clone_from(&scope);
        let kind = match word.as_str() {
            "enum" => DeclKind::Enum,
            "struct" => DeclKind::Struct,
            "class" => DeclKind::Class,
            "trait" => DeclKind::Trait,
            "object" => DeclKind::Object,
            other => panic!("no declaration begins with {other}"),
        };
        let id = reader.world.add(&name, kind, params.clone());
        let mut supers = Vec::new();
        if reader.eat("(") {
            supers.push(reader.ty());
            reader.expect(")");
        }
        if reader.eat(":") {
            supers.push(reader.ty());
            while reader.eat(",") {
                supers.push(reader.ty());
            }
        }
        let base = supers.first().and_then(|above| reader.world.types.decl_of(*above));
        let base = base.filter(|base| reader.world.types.decl(*base).kind == DeclKind::Class);
        let mut fields = base.map_or_else(Vec::new, |base| reader.world.types.decl(base).fields.clone());
        reader.world.types.decl_mut(id).supers = supers;
        if !reader.eat("{") {
            return;
        }
        if kind != DeclKind::Enum {
            fields.extend(reader.fields("}"));
            reader.world.types.decl_mut(id).fields = fields;
            return;
        }
        let args: Vec<TypeId> = scope.iter().map(|(_, var)| reader.world.types.variable(*var)).collect();
        let whole = reader.world.types.nominal(id, &args);
        let mut index = 0;
        while !reader.eat("}") {
            let name = reader.word();
            let variant = reader.world.add(&name, DeclKind::Variant { of: id, index }, params.clone());
            index += 1;
            reader.world.types.decl_mut(id).variants.push(variant);
            reader.world.types.decl_mut(variant).supers = vec![whole];
            let mut fields = Vec::new();
            if reader.eat("(") {
                while !reader.eat(")") {
                    let ty = reader.ty();
                    let name = reader.world.names.intern(&fields.len().to_string());
                    fields.push(Field { name, ty, mutable: false, open: false, has_default: false });
                    reader.eat(",");
                }
            } else if reader.eat("{") {
                fields = reader.fields("}");
            }
            reader.world.types.decl_mut(variant).fields = fields;
            reader.eat(",");
        }
    }

    pub fn type_of(&mut self, text: &str) -> TypeId {
        let mut reader = self.reader(text);
        let ty = reader.ty();
        assert!(reader.rest().trim().is_empty(), "left over of the type: {}", reader.rest());
        ty
    }

    fn expr(&mut self, kind: ExprKind, ty: TypeId, span: Span) -> ExprId {
        self.exprs.push(Expr { kind, ty, span });
        ExprId(self.exprs.len() as u32 - 1)
    }

    fn local(&mut self, ty: TypeId, span: Span) -> LocalId {
        self.locals.push(Local { name: names::UNDERSCORE, ty, boxed: false, span });
        LocalId(self.locals.len() as u32 - 1)
    }

    /// A program whose only function is a `match` on a value of a type (known to be of `narrow`), with the arms of a
    /// text `match x { … }`.
    pub fn program(&mut self, text: &str, ty: TypeId, narrow: TypeId) -> Program {
        let file = self.sources.add("test.say", text);
        let whole = Span::new(file, 0, text.trim_end().len() as u32);
        let subject = Span::new(file, 6, 7);
        self.exprs.clear();
        self.patterns.clear();
        self.locals.clear();
        let subject_local = self.local(ty, subject);
        let value = self.expr(ExprKind::Local(subject_local), narrow, subject);
        let open = text.find('{').expect("a brace");
        let close = text.rfind('}').expect("a brace");
        let mut arms = Vec::new();
        let mut reader = Reader { world: self, text: &text[..close], at: open + 1, file, scope: Vec::new() };
        while !reader.rest().trim().is_empty() {
            let pattern = reader.pattern(ty);
            let guard = reader.eat("if").then(|| {
                let at = reader.span_from(reader.at);
                reader.word();
                reader.world.expr(ExprKind::Constant(Constant::Bool(true)), TypeId::BOOL, at)
            });
            reader.expect("=>");
            reader.skip();
            let start = reader.at;
            let end = reader.rest().find([',', '\n']).map_or(reader.text.len(), |end| start + end);
            let end = start + reader.text[start..end].trim_end().len();
            reader.at = end;
            reader.eat(",");
            let span = Span::new(file, start as u32, end as u32);
            let body = reader.world.expr(ExprKind::Constant(Constant::Int(1)), TypeId::I64, span);
            arms.push(Arm { pattern, guard, body });
        }
        let body = self.expr(ExprKind::Match(value, arms), TypeId::I64, whole);
        self.finish(body, file, 1)
    }

    /// A program whose only function is this expression.
    fn finish(&mut self, body: ExprId, file: FileId, params: u32) -> Program {
        let span = Span::new(file, 0, 0);
        let function = Function {
            name: names::MAIN,
            module: ModuleId(0),
            span,
            type_vars: Vec::new(),
            params,
            result: TypeId::I64,
            effects: Effects::PURE,
            value_effects: Effects::PURE,
            kind: FunctionKind::Body(body),
            locals: std::mem::take(&mut self.locals),
            captures: 0,
            exprs: std::mem::take(&mut self.exprs),
            patterns: std::mem::take(&mut self.patterns),
            loops: 1,
            closure: false,
            generator: false,
            memo: false,
        };
        Program {
            types: std::mem::take(&mut self.types),
            modules: vec![Module { name: names::MAIN, file, init: FnId(0), library: false }],
            main_module: ModuleId(0),
            functions: vec![function],
            multis: Vec::new(),
            globals: Vec::new(),
            main: None,
            main_result: None,
            tests: Vec::new(),
            benches: Vec::new(),
            comptimes: Vec::new(),
            exports: Vec::new(),
            hooks: Hooks::default(),
        }
    }

    /// A program whose only function has one pattern alone: `make` makes the expression that holds it.
    pub fn single(
        &mut self,
        text: &str,
        ty: TypeId,
        make: impl FnOnce(PatternId, ExprId, ExprId) -> ExprKind,
    ) -> Program {
        let file = self.sources.add("test.say", text);
        let span = Span::new(file, 0, text.len() as u32);
        let parameter = self.local(ty, span);
        self.locals[0].name = names::EMPTY;
        let value = self.expr(ExprKind::Local(parameter), ty, span);
        let unit = self.expr(ExprKind::Constant(Constant::Unit), TypeId::VOID, span);
        let mut reader = Reader { world: self, text, at: 0, file, scope: Vec::new() };
        let pattern = reader.pattern(ty);
        let body = self.expr(make(pattern, value, unit), TypeId::VOID, span);
        self.finish(body, file, 1)
    }
}

impl<'t> Reader<'_, 't> {
    fn rest(&self) -> &'t str {
        &self.text[self.at..]
    }

    fn skip(&mut self) {
        self.at += self.rest().len() - self.rest().trim_start().len();
    }

    fn eat(&mut self, token: &str) -> bool {
        self.skip();
        let found = self.rest().starts_with(token)
            && !(token == "|" && self.rest().starts_with("||"))
            && !(token.chars().all(char::is_alphabetic)
                && self.rest()[token.len()..].starts_with(|c: char| c.is_alphanumeric()));
        if found {
            self.at += token.len();
        }
        found
    }

    fn expect(&mut self, token: &str) {
        assert!(self.eat(token), "`{token}` expected before `{}`", self.rest());
    }

    fn word(&mut self) -> String {
        self.skip();
        let end = self.rest().find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(self.rest().len());
        let word = self.rest()[..end].to_owned();
        self.at += end;
        word
    }

    fn peek(&mut self) -> char {
        self.skip();
        self.rest().chars().next().unwrap_or('\0')
    }

    fn span_from(&self, start: usize) -> Span {
        Span::new(self.file, start as u32, self.at as u32)
    }

    fn params(&mut self) -> (Vec<TypeParam>, Vec<(String, VarId)>) {
        let (mut params, mut scope) = (Vec::new(), Vec::new());
        if !self.eat("<") {
            return (params, scope);
        }
        while !self.eat(">") {
            let open = self.eat("open");
            let variance = if self.eat("+") { Variance::Covariant } else { Variance::Invariant };
            let name = self.word();
            let id = self.world.names.intern(&name);
            let var = self.world.types.add_var(VarInfo { name: id, upper: TypeId::ANY, lower: TypeId::NEVER });
            params.push(TypeParam { var, variance, open });
            scope.push((name, var));
            self.eat(",");
        }
        (params, scope)
    }

    fn fields(&mut self, end: &str) -> Vec<Field> {
        let mut fields = Vec::new();
        while !self.eat(end) {
            let name = self.word();
            self.expect(":");
            let ty = self.ty();
            let name = self.world.names.intern(&name);
            fields.push(Field { name, ty, mutable: false, open: false, has_default: false });
            self.eat(",");
        }
        fields
    }

    // ---- types

    fn ty(&mut self) -> TypeId {
        let mut parts = vec![self.intersection()];
        while self.eat("|") {
            parts.push(self.intersection());
        }
        self.world.types.union(&parts)
    }

    fn intersection(&mut self) -> TypeId {
        let mut parts = vec![self.postfix()];
        while self.eat("&") {
            parts.push(self.postfix());
        }
        self.world.types.intersection(&parts)
    }

    fn postfix(&mut self) -> TypeId {
        let mut ty = self.simple();
        while self.eat("?") {
            let option = self.world.decls["Option"];
            ty = self.world.types.nominal(option, &[ty]);
        }
        ty
    }

    fn simple(&mut self) -> TypeId {
        if self.eat("#") {
            let name = self.word();
            let name = self.world.names.intern(&name);
            return self.world.types.intern(TypeKind::Symbol(name));
        }
        if self.eat("[") {
            let element = self.ty();
            if self.eat(";") {
                let length: u64 = self.word().parse().expect("a length");
                self.expect("]");
                return self.world.types.intern(TypeKind::FixedArray(element, length));
            }
            self.expect("]");
            return self.world.types.array(element);
        }
        if self.eat("(") {
            let mut parts = Vec::new();
            let mut tuple = false;
            while !self.eat(")") {
                parts.push(self.ty());
                tuple |= self.eat(",");
            }
            return if parts.len() == 1 && !tuple { parts[0] } else { self.world.types.tuple(&parts) };
        }
        let name = self.word();
        let mut args = Vec::new();
        if self.eat("<") {
            while !self.eat(">") {
                args.push(self.ty());
                self.eat(",");
            }
        }
        if let Some((_, var)) = self.scope.iter().find(|(own, _)| *own == name) {
            return self.world.types.variable(*var);
        }
        match (name.as_str(), args.as_slice()) {
            ("any", _) => TypeId::ANY,
            ("never", _) => TypeId::NEVER,
            ("i64", _) => TypeId::I64,
            ("f64", _) => TypeId::F64,
            ("bool", _) => TypeId::BOOL,
            ("byte", _) => TypeId::BYTE,
            ("str", _) => TypeId::STR,
            ("void", _) => TypeId::VOID,
            ("error", _) => TypeId::ERROR,
            ("Seq", [element]) => self.world.types.intern(TypeKind::Seq(*element)),
            ("List", [element]) => self.world.types.intern(TypeKind::List(*element)),
            _ => match self.world.decls.get(&name).copied() {
                Some(decl) => self.world.types.nominal(decl, &args),
                None => *self.world.vars.get(&name).unwrap_or_else(|| panic!("no type `{name}`")),
            },
        }
    }

    // ---- patterns

    fn push(&mut self, kind: PatternKind, ty: TypeId, start: usize) -> PatternId {
        let end = start + self.text[start..self.at].trim_end().len();
        let span = Span::new(self.file, start as u32, end as u32);
        self.world.patterns.push(Pattern { kind, ty, span });
        PatternId(self.world.patterns.len() as u32 - 1)
    }

    fn pattern(&mut self, ty: TypeId) -> PatternId {
        self.skip();
        let start = self.at;
        let first = self.single(ty);
        if self.peek() != '|' {
            return first;
        }
        let mut parts = vec![first];
        while self.eat("|") {
            parts.push(self.single(ty));
        }
        self.push(PatternKind::Or(parts), ty, start)
    }

    /// Types inside of a pattern are left to the check: all are `any`.
    fn patterns_until(&mut self, end: &str) -> Vec<PatternId> {
        let mut parts = Vec::new();
        while !self.eat(end) {
            parts.push(self.pattern(TypeId::ANY));
            self.eat(",");
        }
        parts
    }

    fn single(&mut self, ty: TypeId) -> PatternId {
        self.skip();
        let start = self.at;
        let next = self.peek();
        if self.eat("=") {
            self.word();
            let span = self.span_from(start);
            let local = self.world.local(ty, span);
            let test = self.world.expr(ExprKind::Constant(Constant::Bool(true)), TypeId::BOOL, span);
            return self.push(PatternKind::Equal(local, test), ty, start);
        }
        if self.eat("!") {
            return self.push(PatternKind::Error, ty, start);
        }
        if self.eat("()") {
            let inner = self.push(PatternKind::Wildcard, TypeId::VOID, start);
            return self.push(PatternKind::Type(TypeId::VOID, inner), ty, start);
        }
        if self.eat("(") {
            let parts = self.patterns_until(")");
            return self.push(PatternKind::Tuple(parts), ty, start);
        }
        if self.eat("[") {
            return self.array(ty, start);
        }
        if self.eat("#") {
            let name = self.word();
            let name = self.world.names.intern(&name);
            return self.push(PatternKind::Constant(Constant::Symbol(name)), ty, start);
        }
        if next.is_ascii_digit() || next == '-' || next == '"' || self.rest().starts_with("..") {
            return self.literal_or_range(ty, start);
        }
        if self.rest().starts_with("b'") {
            return self.literal_or_range(ty, start);
        }
        let name = self.word();
        match name.as_str() {
            "true" | "false" => {
                return self.push(PatternKind::Constant(Constant::Bool(name == "true")), ty, start);
            }
            "_" if self.peek() != ':' => return self.push(PatternKind::Wildcard, ty, start),
            _ => {}
        }
        if self.eat("@") {
            let inner = self.single(ty);
            let span = self.span_from(start);
            let local = self.world.local(ty, span);
            return self.push(PatternKind::Bind(local, Some(inner)), ty, start);
        }
        if self.eat(":") {
            let wanted = self.ty();
            let inner = self.push(PatternKind::Wildcard, wanted, start);
            return self.push(PatternKind::Type(wanted, inner), ty, start);
        }
        let Some(decl) = self.world.decls.get(&name).copied().filter(|_| next.is_uppercase()) else {
            let span = self.span_from(start);
            let local = self.world.local(ty, span);
            return self.push(PatternKind::Bind(local, None), ty, start);
        };
        let fields = self.payload(decl);
        self.push(PatternKind::Nominal(decl, fields), ty, start)
    }

    fn payload(&mut self, decl: DeclId) -> Vec<(u32, PatternId)> {
        let mut fields = Vec::new();
        if self.eat("(") {
            while !self.eat(")") {
                if self.eat("..") {
                    continue;
                }
                let part = self.pattern(TypeId::ANY);
                fields.push((fields.len() as u32, part));
                self.eat(",");
            }
        } else if self.eat("{") {
            while !self.eat("}") {
                if self.eat("..") {
                    continue;
                }
                let name = self.word();
                self.expect(":");
                let part = self.pattern(TypeId::ANY);
                let name: Name = self.world.names.intern(&name);
                let known = &self.world.types.decl(decl).fields;
                let slot = known.iter().position(|field| field.name == name).expect("a field");
                fields.push((slot as u32, part));
                self.eat(",");
            }
        }
        fields
    }

    fn array(&mut self, ty: TypeId, start: usize) -> PatternId {
        let (mut before, mut after, mut rest) = (Vec::new(), Vec::new(), None);
        while !self.eat("]") {
            if self.eat("..") {
                let bare = matches!(self.peek(), ',' | ']');
                rest = Some(if bare {
                    None
                } else {
                    self.word();
                    let span = self.span_from(start);
                    Some(self.world.local(ty, span))
                });
            } else if rest.is_some() {
                after.push(self.pattern(TypeId::ANY));
            } else {
                before.push(self.pattern(TypeId::ANY));
            }
            self.eat(",");
        }
        self.push(PatternKind::Array { before, rest, after }, ty, start)
    }

    fn literal(&mut self) -> Option<Constant> {
        let next = self.peek();
        if self.eat("\"") {
            let end = self.rest().find('"').expect("a quote");
            let text = self.rest()[..end].to_owned();
            self.at += end + 1;
            return Some(Constant::Str(text.into()));
        }
        if self.eat("b'") {
            let byte = if self.eat("\\x") {
                let digits = self.rest()[..2].to_owned();
                self.at += 2;
                u8::from_str_radix(&digits, 16).expect("two digits")
            } else {
                let byte = self.rest().bytes().next().expect("a byte");
                self.at += 1;
                byte
            };
            self.expect("'");
            return Some(Constant::Byte(byte));
        }
        if !next.is_ascii_digit() && next != '-' {
            return None;
        }
        let rest = self.rest();
        let mut end = rest.find(|c: char| !c.is_ascii_digit() && c != '-').unwrap_or(rest.len());
        let float = rest[end..].starts_with('.') && !rest[end..].starts_with("..");
        if float {
            end += 1 + rest[end + 1..].find(|c: char| !c.is_ascii_digit()).unwrap_or(rest.len() - end - 1);
        }
        let text = rest[..end].to_owned();
        self.at += end;
        Some(if float {
            Constant::Float(text.parse().expect("a float"))
        } else {
            Constant::Int(text.parse().expect("an integer"))
        })
    }

    fn literal_or_range(&mut self, ty: TypeId, start: usize) -> PatternId {
        let first = self.literal();
        let inclusive = self.eat("..=");
        if !inclusive && !self.eat("..") {
            return self.push(PatternKind::Constant(first.expect("a literal")), ty, start);
        }
        let last = self.literal();
        self.push(PatternKind::Range(first, last, inclusive), ty, start)
    }
}
