//! For tests: a world of declarations and types written as text.
//!
//! A declaration a line: `trait Box<+T>: Animal, %{ name: str }`, `struct Fox: Animal { name: str, mut age: i64 }`,
//! `object Sun`, `class Puppy(Dog): Swimmer { … }`, `enum Shape { Circle(f64), Square { side: f64 }, Dot }`,
//! `opaque Range: Seq<i64>`, `interface Show`, `var T: Animal >: Fox`. Types as in the language; `_0`, `_1`, … are
//! inference variables.

use crate::{
    Decl, DeclId, DeclKind, Effects, Field, InferId, Signature, TypeId, TypeKind, TypeParam, TypeStore, VarId, VarInfo,
    Variance,
};
use sayso_base::{Interner, Name, names};
use std::collections::HashMap;

pub(crate) const PRELUDE: &str = "
enum Option<+T> { Some(open T), None }
enum Result<+T, +E> { Ok(open T), Err(open E) }
opaque Range: Seq<i64>
opaque Iter<+T>
opaque Type
class Error { message: str }
";

#[derive(Clone)]
pub(crate) struct World {
    pub store: TypeStore,
    pub interner: Interner,
    decls: HashMap<String, DeclId>,
    vars: HashMap<String, VarId>,
}

impl World {
    pub fn new(declarations: &str) -> World {
        let mut world =
            World { store: TypeStore::new(), interner: Interner::new(), decls: HashMap::new(), vars: HashMap::new() };
        let lines: Vec<&str> =
            PRELUDE.lines().chain(declarations.lines()).map(str::trim).filter(|line| !line.is_empty()).collect();
        let heads: Vec<Vec<DeclId>> = lines.iter().map(|line| world.head(line)).collect();
        let known = |world: &World, name: &str| world.decls.get(name).copied();
        world.store.well_known = crate::WellKnown {
            option: known(&world, "Option"),
            some: known(&world, "Option.Some"),
            none: known(&world, "Option.None"),
            result: known(&world, "Result"),
            ok: known(&world, "Result.Ok"),
            err: known(&world, "Result.Err"),
            iter: known(&world, "Iter"),
            range: known(&world, "Range"),
            task: None,
            error: known(&world, "Error"),
            any_type: known(&world, "Type"),
            generator: known(&world, "Generator"),
        };
        // Supertypes before fields: fields' types are simplified by them.
        for fields in [false, true] {
            for (line, ids) in lines.iter().zip(&heads) {
                world.body(line, ids, fields);
            }
        }
        world
    }

    fn head(&mut self, line: &str) -> Vec<DeclId> {
        let mut parser = Parser { world: self, text: line, scope: Vec::new() };
        let word = parser.word();
        let name = parser.word();
        if word == "var" {
            let info = VarInfo { name: parser.world.interner.intern(&name), upper: TypeId::ANY, lower: TypeId::NEVER };
            let var = parser.world.store.add_var(info);
            parser.world.vars.insert(name, var);
            return Vec::new();
        }
        let kind = match word.as_str() {
            "trait" => DeclKind::Trait,
            "struct" => DeclKind::Struct,
            "object" => DeclKind::Object,
            "class" => DeclKind::Class,
            "enum" => DeclKind::Enum,
            "opaque" => DeclKind::Opaque,
            "interface" => DeclKind::Interface,
            other => panic!("unknown declaration {other}"),
        };
        let params = parser.params();
        let mut ids = vec![parser.declare(&name, &name, kind, params.clone())];
        if kind == DeclKind::Enum {
            let (of, body) = (ids[0], &line[line.find('{').unwrap() + 1..line.rfind('}').unwrap()]);
            for (index, part) in split(body).into_iter().enumerate() {
                let short: String = part.trim().chars().take_while(|c| c.is_alphanumeric()).collect();
                let kind = DeclKind::Variant { of, index: index as u32 };
                let params = params
                    .iter()
                    .map(|param| {
                        let info = *self.store.var(param.var);
                        TypeParam { var: self.store.add_var(info), ..*param }
                    })
                    .collect();
                let mut parser = Parser { world: self, text: "", scope: Vec::new() };
                let id = parser.declare(&short, &format!("{name}.{short}"), kind, params);
                self.store.decl_mut(of).variants.push(id);
                ids.push(id);
            }
        }
        ids
    }

    fn body(&mut self, line: &str, ids: &[DeclId], fields: bool) {
        let (head, body) = match line.find('{').filter(|at| *at == 0 || &line[at - 1..*at] != "%") {
            Some(at) => (&line[..at], Some(&line[at + 1..line.rfind('}').unwrap()])),
            None => (line, None),
        };
        let Some(&id) = ids.first() else {
            if !fields {
                self.bounds_of_var(head);
            }
            return;
        };
        if !fields {
            let mut parser = Parser { world: self, text: head, scope: Vec::new() };
            parser.word();
            parser.word();
            let scope = parser.bounds(id);
            parser.scope = scope;
            let mut supers = Vec::new();
            if parser.eat("(") {
                supers.push(parser.ty());
                assert!(parser.eat(")"));
            }
            if parser.eat(":") {
                supers.push(parser.ty());
                while parser.eat(",") {
                    supers.push(parser.ty());
                }
            }
            assert!(parser.text.trim().is_empty(), "left over: {}", parser.text);
            self.store.decl_mut(id).supers = supers;
            for &variant in &ids[1..] {
                let vars: Vec<_> = self.store.decl(variant).params.iter().map(|param| param.var).collect();
                let args: Vec<_> = vars.into_iter().map(|var| self.store.variable(var)).collect();
                let whole = self.store.nominal(id, &args);
                self.store.decl_mut(variant).supers = vec![whole];
            }
        } else if ids.len() > 1 {
            for (part, &variant) in split(body.unwrap()).into_iter().zip(&ids[1..]) {
                let part = part.trim();
                if let Some(at) = part.find(['(', '{']) {
                    self.fields(&part[at + 1..part.len() - 1], variant);
                }
            }
        } else if let Some(body) = body {
            let base: Vec<Field> = match self.store.decl(id).supers.first().and_then(|ty| self.store.decl_of(*ty)) {
                Some(base) if self.store.decl(base).kind == DeclKind::Class => self.store.decl(base).fields.clone(),
                _ => Vec::new(),
            };
            self.store.decl_mut(id).fields = base;
            self.fields(body, id);
        } else if let Some(base) = self.store.decl(id).supers.first().and_then(|ty| self.store.decl_of(*ty))
            && self.store.decl(base).kind == DeclKind::Class
        {
            self.store.decl_mut(id).fields = self.store.decl(base).fields.clone();
        }
    }

    fn bounds_of_var(&mut self, head: &str) {
        let mut parser = Parser { world: self, text: head, scope: Vec::new() };
        parser.word();
        let name = parser.word();
        let upper = if parser.eat(":") { parser.ty() } else { TypeId::ANY };
        let lower = if parser.eat(">:") { parser.ty() } else { TypeId::NEVER };
        let var = self.vars[&name];
        let info = self.store.var_mut(var);
        (info.upper, info.lower) = (upper, lower);
    }

    fn fields(&mut self, text: &str, id: DeclId) {
        let scope: Vec<(String, VarId)> = self
            .store
            .decl(id)
            .params
            .iter()
            .map(|param| (self.interner.text(self.store.var(param.var).name).to_owned(), param.var))
            .collect();
        for (index, part) in split(text).into_iter().enumerate() {
            let mut part = part.trim();
            let mut flag = |word: &str| match part.strip_prefix(word) {
                Some(rest) => {
                    part = rest.trim();
                    true
                }
                None => false,
            };
            let (open, mutable) = (flag("open "), flag("mut "));
            let (name, text) = match part.split_once(':') {
                Some((name, text)) if name.trim().chars().all(char::is_alphanumeric) => (name.trim().to_owned(), text),
                _ => (index.to_string(), part),
            };
            let name = self.interner.intern(&name);
            let ty = Parser { world: self, text, scope: scope.clone() }.ty();
            let decl = self.store.decl_mut(id);
            decl.fields.push(Field { name, ty, mutable, open: open && decl.params.is_empty(), has_default: false });
            decl.by_reference |= mutable;
        }
    }

    pub fn ty(&mut self, text: &str) -> TypeId {
        let mut parser = Parser { world: self, text, scope: Vec::new() };
        let ty = parser.ty();
        assert!(parser.text.trim().is_empty(), "left over: {}", parser.text);
        ty
    }

    pub fn types(&mut self, text: &str) -> Vec<TypeId> {
        split(text).into_iter().map(|part| self.ty(part)).collect()
    }

    /// `<T, U>(T, [U])`: variables that the world declares; or `(i64, str)`.
    pub fn signature(&mut self, text: &str) -> Signature {
        let (vars, params) = match text.strip_prefix('<') {
            Some(rest) => rest.split_once('>').unwrap(),
            None => ("", text),
        };
        let vars = vars.split(',').map(str::trim).filter(|name| !name.is_empty()).map(|name| self.vars[name]).collect();
        let params = params.trim().strip_prefix('(').unwrap().strip_suffix(')').unwrap();
        Signature { vars, params: self.types(params) }
    }

    pub fn signatures(&mut self, texts: &[&str]) -> Vec<Signature> {
        texts.iter().map(|text| self.signature(text)).collect()
    }

    pub fn name(&mut self, text: &str) -> Name {
        self.interner.intern(text)
    }

    pub fn decl(&self, name: &str) -> DeclId {
        self.decls[name]
    }

    pub fn var(&self, name: &str) -> VarId {
        self.vars[name]
    }

    pub fn show(&self, ty: TypeId) -> String {
        self.store.display(ty, &self.interner)
    }

    pub fn show_all(&self, types: &[TypeId]) -> String {
        types.iter().map(|ty| self.show(*ty)).collect::<Vec<_>>().join(", ")
    }
}

/// Splits at commas outside all brackets.
fn split(text: &str) -> Vec<&str> {
    let (mut parts, mut depth, mut start, mut previous) = (Vec::new(), 0i32, 0, ' ');
    for (at, c) in text.char_indices() {
        match c {
            '(' | '[' | '{' | '<' => depth += 1,
            ')' | ']' | '}' => depth -= 1,
            '>' if previous != '-' => depth -= 1,
            ',' if depth == 0 => {
                parts.push(&text[start..at]);
                start = at + 1;
            }
            _ => {}
        }
        previous = c;
    }
    if !text[start..].trim().is_empty() {
        parts.push(&text[start..]);
    }
    parts
}

struct Parser<'w, 't> {
    world: &'w mut World,
    text: &'t str,
    scope: Vec<(String, VarId)>,
}

impl Parser<'_, '_> {
    fn eat(&mut self, token: &str) -> bool {
        let text = self.text.trim_start();
        match text.strip_prefix(token) {
            Some(rest) => {
                self.text = rest;
                true
            }
            None => false,
        }
    }

    fn word(&mut self) -> String {
        let text = self.text.trim_start();
        let end = text.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(text.len());
        self.text = &text[end..];
        text[..end].to_owned()
    }

    fn declare(&mut self, name: &str, key: &str, kind: DeclKind, params: Vec<TypeParam>) -> DeclId {
        let name = self.world.interner.intern(name);
        let id = self.world.store.add_decl(Decl {
            kind,
            name,
            module: names::MAIN,
            span: None,
            params,
            supers: Vec::new(),
            fields: Vec::new(),
            variants: Vec::new(),
            members: Vec::new(),
            by_reference: kind == DeclKind::Class,
        });
        self.world.decls.insert(key.to_owned(), id);
        id
    }

    fn params(&mut self) -> Vec<TypeParam> {
        let mut params = Vec::new();
        if !self.eat("<") {
            return params;
        }
        loop {
            let open = self.eat("open ");
            let variance = if self.eat("+") {
                Variance::Covariant
            } else if self.eat("-") {
                Variance::Contravariant
            } else {
                Variance::Invariant
            };
            let name = self.word();
            let name = self.world.interner.intern(&name);
            let var = self.world.store.add_var(VarInfo { name, upper: TypeId::ANY, lower: TypeId::NEVER });
            params.push(TypeParam { var, variance, open });
            // Bounds are read when all names are known.
            let rest = self.text;
            let end = split_at_comma(rest);
            self.text = &rest[end..];
            if !self.eat(",") {
                assert!(self.eat(">"));
                return params;
            }
        }
    }

    /// Reads the parameters again, with their bounds.
    fn bounds(&mut self, id: DeclId) -> Vec<(String, VarId)> {
        let params = self.world.store.decl(id).params.clone();
        let scope: Vec<_> = params
            .iter()
            .map(|param| (self.world.interner.text(self.world.store.var(param.var).name).to_owned(), param.var))
            .collect();
        self.scope.clone_from(&scope);
        if params.is_empty() {
            return scope;
        }
        assert!(self.eat("<"));
        for param in params {
            self.eat("open ");
            let _ = self.eat("+") || self.eat("-");
            self.word();
            let upper = if self.eat(":") { self.ty() } else { TypeId::ANY };
            let lower = if self.text.starts_with(" >:") && self.eat(">:") { self.ty() } else { TypeId::NEVER };
            let info = self.world.store.var_mut(param.var);
            (info.upper, info.lower) = (upper, lower);
            self.eat(",");
        }
        assert!(self.eat(">"));
        scope
    }

    fn ty(&mut self) -> TypeId {
        let mut parts = vec![self.intersection()];
        while self.eat("|") {
            parts.push(self.intersection());
        }
        self.world.store.union(&parts)
    }

    fn intersection(&mut self) -> TypeId {
        let mut parts = vec![self.postfix()];
        while self.eat("&") {
            parts.push(self.postfix());
        }
        self.world.store.intersection(&parts)
    }

    fn postfix(&mut self) -> TypeId {
        let mut ty = self.atom();
        while self.eat("?") {
            ty = self.world.store.option_of(ty);
        }
        ty
    }

    fn list(&mut self, end: &str) -> Vec<TypeId> {
        let mut types = Vec::new();
        while !self.eat(end) {
            types.push(self.ty());
            self.eat(",");
        }
        types
    }

    fn atom(&mut self) -> TypeId {
        if self.eat("[") {
            let first = self.ty();
            let kind = if self.eat(";") {
                TypeKind::FixedArray(first, self.word().parse().unwrap())
            } else if self.eat(":") {
                TypeKind::Table(first, self.ty())
            } else {
                TypeKind::Array(first)
            };
            assert!(self.eat("]"));
            return self.world.store.intern(kind);
        }
        if self.eat("%{") {
            let mut fields = Vec::new();
            while !self.eat("}") {
                let name = self.word();
                let name = self.world.interner.intern(&name);
                assert!(self.eat(":"));
                fields.push((name, self.ty()));
                self.eat(",");
            }
            return self.world.store.shape(&fields);
        }
        if self.eat("(") {
            let mut comma = self.eat(")");
            if comma {
                return TypeId::VOID;
            }
            let mut elements = vec![self.ty()];
            while !self.eat(")") {
                comma |= self.eat(",");
                if self.eat(")") {
                    break;
                }
                elements.push(self.ty());
            }
            return if comma { self.world.store.tuple(&elements) } else { elements[0] };
        }
        if self.eat("#") {
            let name = self.word();
            let name = self.world.interner.intern(&name);
            return self.world.store.intern(TypeKind::Symbol(name));
        }
        if self.eat("fn(") {
            let params = self.list(")");
            assert!(self.eat("->"));
            let result = self.ty();
            let mut effects = Effects::ALL;
            if self.eat("is ") {
                effects = Effects::PURE;
                loop {
                    let mut name = self.word();
                    if self.eat(".") {
                        name = format!("{name}.{}", self.word());
                    }
                    effects = effects.union(Effects::from_name(&name).unwrap());
                    if !self.eat("+") {
                        break;
                    }
                }
            }
            return self.world.store.function(&params, result, effects);
        }
        self.named()
    }

    fn named(&mut self) -> TypeId {
        let mut name = self.word();
        if let Some(number) = name.strip_prefix('_') {
            return self.world.store.intern(TypeKind::Infer(InferId(number.parse().unwrap())));
        }
        if self.eat(".") {
            name = format!("{name}.{}", self.word());
        }
        if let Some(var) = self.scope.iter().find(|own| own.0 == name).map(|own| own.1) {
            return self.world.store.variable(var);
        }
        if let Some(&var) = self.world.vars.get(&name) {
            return self.world.store.variable(var);
        }
        let mut has_args = self.eat("<");
        let args = if has_args { self.list(">") } else { Vec::new() };
        let store = &mut self.world.store;
        let kind = match (name.as_str(), args.as_slice()) {
            ("any", []) => return TypeId::ANY,
            ("never", []) => return TypeId::NEVER,
            ("error", []) => return TypeId::ERROR,
            ("i64", []) => return TypeId::I64,
            ("f64", []) => return TypeId::F64,
            ("bool", []) => return TypeId::BOOL,
            ("byte", []) => return TypeId::BYTE,
            ("str", []) => return TypeId::STR,
            ("void", []) => return TypeId::VOID,
            ("Function", []) => return TypeId::FUNCTION,
            ("Seq", [a]) => TypeKind::Seq(*a),
            ("List", [a]) => TypeKind::List(*a),
            ("Set", [a]) => TypeKind::Set(*a),
            ("Map", [a, b]) => TypeKind::Map(*a, *b),
            ("Type", [a]) => TypeKind::Type(*a),
            _ => {
                has_args = false;
                TypeKind::Any
            }
        };
        if has_args {
            return store.intern(kind);
        }
        let alias = ["Option", "Result"].into_iter().map(|of| format!("{of}.{name}"));
        let found = self
            .world
            .decls
            .get(&name)
            .copied()
            .or_else(|| alias.filter_map(|key| self.world.decls.get(&key).copied()).next());
        let decl = found.unwrap_or_else(|| panic!("unknown type {name}"));
        self.world.store.nominal(decl, &args)
    }
}

/// Where the first comma or closing `>` outside all brackets stands.
fn split_at_comma(text: &str) -> usize {
    let (mut depth, mut previous) = (0i32, 'x');
    for (at, c) in text.char_indices() {
        match c {
            '(' | '[' | '{' | '<' => depth += 1,
            ')' | ']' | '}' => depth -= 1,
            '>' if previous != '-' && !(previous == ' ' && text[at..].starts_with(">:")) => {
                if depth == 0 {
                    return at;
                }
                depth -= 1;
            }
            ',' if depth == 0 => return at,
            _ => {}
        }
        previous = c;
    }
    text.len()
}
