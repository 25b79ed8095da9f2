//! Types as they are written in the language.

use crate::decl::{DeclId, DeclKind};
use crate::effects::Effects;
use crate::store::{TypeId, TypeKind, TypeStore};
use sayso_base::Interner;
use std::fmt::Write as _;

/// How many bytes a type's text may have, about; what is past it is `…`.
const MAX_LENGTH: usize = 400;

/// How deep types may be nested in the text, bounds of nameless variables included.
const MAX_NESTING: u16 = 2 * crate::MAX_DEPTH;

/// How tightly a type's text must hold together where it stands.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Tightness {
    Union,
    Intersection,
    /// Where `fn(A) -> B` needs parentheses: before `&` and `|`.
    Function,
    Postfix,
}

impl TypeStore {
    /// The type as it is written in the language; very long ones are cut short with `…`.
    pub fn display(&self, ty: TypeId, names: &Interner) -> String {
        self.display_up_to(ty, names, MAX_LENGTH)
    }

    /// As [`TypeStore::display`], with about that many bytes at most.
    pub fn display_up_to(&self, ty: TypeId, names: &Interner, length: usize) -> String {
        let mut writer = Writer { store: self, names, out: String::new(), length, depth: 0 };
        writer.ty(ty, Tightness::Union);
        writer.out
    }

    /// Several types, in parentheses, as in a list of arguments.
    pub fn display_list(&self, types: &[TypeId], names: &Interner) -> String {
        let mut writer = Writer { store: self, names, out: String::new(), length: MAX_LENGTH, depth: 0 };
        writer.out.push('(');
        writer.list(types);
        writer.out.push(')');
        writer.out
    }
}

struct Writer<'a> {
    store: &'a TypeStore,
    names: &'a Interner,
    out: String,
    length: usize,
    depth: u16,
}

impl Writer<'_> {
    fn ty(&mut self, ty: TypeId, tightness: Tightness) {
        if self.out.len() >= self.length || self.depth > MAX_NESTING {
            if !self.out.ends_with('…') {
                self.out.push('…');
            }
            return;
        }
        self.depth += 1;
        self.whole(ty, tightness);
        self.depth -= 1;
    }

    fn whole(&mut self, ty: TypeId, tightness: Tightness) {
        match self.store.kind(ty) {
            TypeKind::Any => self.out.push_str("any"),
            TypeKind::Never => self.out.push_str("never"),
            TypeKind::Error => self.out.push_str("{error}"),
            TypeKind::I64 => self.out.push_str("i64"),
            TypeKind::F64 => self.out.push_str("f64"),
            TypeKind::Bool => self.out.push_str("bool"),
            TypeKind::Byte => self.out.push_str("byte"),
            TypeKind::Str => self.out.push_str("str"),
            TypeKind::AnyFunction => self.out.push_str("Function"),
            TypeKind::Infer(_) => self.out.push('_'),
            TypeKind::Symbol(name) => {
                self.out.push('#');
                self.out.push_str(self.names.text(*name));
            }
            TypeKind::Array(element) => self.wrap("[", &[*element], "]"),
            TypeKind::FixedArray(element, length) => {
                self.out.push('[');
                self.ty(*element, Tightness::Union);
                let _ = match *length {
                    crate::dispatch::ANY_LENGTH => write!(self.out, "; _]"),
                    length => write!(self.out, "; {length}]"),
                };
            }
            TypeKind::Table(key, value) => {
                self.out.push('[');
                self.ty(*key, Tightness::Union);
                self.out.push_str(": ");
                self.ty(*value, Tightness::Union);
                self.out.push(']');
            }
            TypeKind::Seq(element) => self.wrap("Seq<", &[*element], ">"),
            TypeKind::List(element) => self.wrap("List<", &[*element], ">"),
            TypeKind::Set(element) => self.wrap("Set<", &[*element], ">"),
            TypeKind::Map(key, value) => self.wrap("Map<", &[*key, *value], ">"),
            TypeKind::Type(ty) => self.wrap("Type<", &[*ty], ">"),
            TypeKind::Tuple(elements) => match &**elements {
                [] => self.out.push_str("void"),
                [single] => self.wrap("(", &[*single], ",)"),
                elements => self.wrap("(", elements, ")"),
            },
            TypeKind::Shape(fields) => {
                self.out.push_str("%{");
                for (index, (name, ty)) in fields.iter().enumerate() {
                    self.out.push_str(if index == 0 { " " } else { ", " });
                    self.out.push_str(self.names.text(*name));
                    self.out.push_str(": ");
                    self.ty(*ty, Tightness::Union);
                    if self.out.len() >= self.length {
                        break;
                    }
                }
                self.out.push_str(" }");
            }
            TypeKind::Function { params, result, effects } => {
                let open = tightness > Tightness::Union;
                self.out.push_str(if open { "(fn(" } else { "fn(" });
                self.list(params);
                self.out.push_str(") -> ");
                let specific = *effects != Effects::ALL;
                self.ty(*result, if specific { Tightness::Function } else { Tightness::Union });
                if specific {
                    let _ = write!(self.out, " is {effects}");
                }
                if open {
                    self.out.push(')');
                }
            }
            TypeKind::Union(parts) => self.joined(parts, " | ", Tightness::Intersection, tightness > Tightness::Union),
            TypeKind::Intersection(parts) => {
                self.joined(parts, " & ", Tightness::Function, tightness > Tightness::Intersection);
            }
            TypeKind::Nominal(decl, args) => self.nominal(*decl, args),
            TypeKind::Var(var) => {
                let info = self.store.var(*var);
                match self.names.text(info.name) {
                    // Stands for any type within its bounds.
                    "" if info.upper != TypeId::ANY || info.lower == TypeId::NEVER => self.ty(info.upper, tightness),
                    "" => self.ty(info.lower, tightness),
                    name => self.out.push_str(name),
                }
            }
        }
    }

    fn wrap(&mut self, open: &str, parts: &[TypeId], close: &str) {
        self.out.push_str(open);
        self.list(parts);
        self.out.push_str(close);
    }

    fn list(&mut self, types: &[TypeId]) {
        for (index, &ty) in types.iter().enumerate() {
            if index > 0 {
                self.out.push_str(", ");
            }
            self.ty(ty, Tightness::Union);
            if self.out.len() >= self.length && index + 1 < types.len() {
                self.out.push_str(if self.out.ends_with('…') { "" } else { "…" });
                return;
            }
        }
    }

    fn joined(&mut self, parts: &[TypeId], between: &str, tightness: Tightness, parentheses: bool) {
        if parentheses {
            self.out.push('(');
        }
        for (index, &part) in parts.iter().enumerate() {
            if index > 0 {
                self.out.push_str(between);
            }
            self.ty(part, tightness);
            if self.out.len() >= self.length && index + 1 < parts.len() {
                self.out.push_str(if self.out.ends_with('…') { "" } else { "…" });
                break;
            }
        }
        if parentheses {
            self.out.push(')');
        }
    }

    fn nominal(&mut self, id: DeclId, args: &[TypeId]) {
        let decl = self.store.decl(id);
        if self.store.well_known.option == Some(id)
            && let [value] = args
        {
            // `T??` would be read as an operator.
            let nested = matches!(self.store.kind(*value), TypeKind::Nominal(inner, _) if *inner == id);
            if nested {
                self.wrap("Option<", args, ">");
            } else {
                self.ty(*value, Tightness::Postfix);
                self.out.push('?');
            }
            return;
        }
        if let DeclKind::Variant { of, .. } = decl.kind {
            let known = &self.store.well_known;
            if ![known.option, known.result].contains(&Some(of)) {
                self.out.push_str(self.names.text(self.store.decl(of).name));
                self.out.push('.');
            }
        }
        self.out.push_str(self.names.text(decl.name));
        let unknown = |ty: &TypeId| matches!(self.store.kind(*ty), TypeKind::Infer(_));
        let bare = matches!(decl.kind, DeclKind::Variant { .. }) && decl.fields.is_empty() && args.iter().all(unknown);
        if !args.is_empty() && !bare {
            self.wrap("<", args, ">");
        }
    }
}
