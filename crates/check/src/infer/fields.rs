//! Reading fields, indexing.

use super::body::Body;
use super::goal::{Goal, Place, PlaceKind};
use super::suggest;
use crate::hir::{ExprId, ExprKind, FieldAccess};
use crate::tables::Found;
use sayso_base::{Diagnostic, Name, Span, names};
use sayso_syntax::ast;
use sayso_types::{self as types, TypeId, TypeKind};
use thin_vec::thin_vec;

/// A field that a value's type has.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Member {
    pub access: FieldAccess,
    pub ty: TypeId,
    pub mutable: bool,
}

impl Body<'_, '_> {
    /// `object.name`, not called.
    pub fn field_expr(
        &mut self,
        id: ast::ExprId,
        object: ast::ExprId,
        name: ast::Ident,
        hint: Option<TypeId>,
        span: Span,
    ) -> ExprId {
        let found = self.static_member(id);
        if found != Found::Nothing {
            return self.static_value(id, found, name, hint, span);
        }
        if let Some(error) = self.missing_static(object, name) {
            return error;
        }
        if matches!(self.ast.expr(object).kind, ast::ExprKind::Name(names::SUPER)) {
            return self.super_field(name, span);
        }
        let object = self.infer(object, Goal::Free);
        self.field_of(object, name, hint, span)
    }

    /// The error for `module.name` or `Type.name` that names nothing.
    pub fn missing_static(&mut self, object: ast::ExprId, name: ast::Ident) -> Option<ExprId> {
        let path = self.static_path(object)?;
        let named: Vec<Name> = path.iter().map(|part| part.name).collect();
        // A type is a value too: what its values of `Type` offer stays possible.
        if !self.is_namespace(&named) || self.cx.has_function_named(name.name) && self.type_at(&named).is_some() {
            return None;
        }
        Some(self.unknown_member(&named, name))
    }

    fn super_field(&mut self, name: ast::Ident, span: Span) -> ExprId {
        let text = self.text(name.name).to_owned();
        self.report(
            Diagnostic::error("misplaced-super", span, "`super` only calls")
                .note(format!("a field is `self.{text}`; a function of the base is called by `super.{text}(…)`")),
        );
        self.error(span)
    }

    /// A field of a value, else a function bound to it.
    pub fn field_of(&mut self, object: ExprId, name: ast::Ident, hint: Option<TypeId>, span: Span) -> ExprId {
        let ty = self.known(self.ty(object), self.span(object));
        if ty == TypeId::ERROR || ty == TypeId::NEVER {
            return self.push(ExprKind::Error, ty, span);
        }
        if let Some(member) = self.member(ty, name.name) {
            return self.push(ExprKind::Field(object, member.access), member.ty, span);
        }
        if ty == TypeId::ANY {
            return self.push(ExprKind::Field(object, FieldAccess::Name(name.name)), TypeId::ANY, span);
        }
        if let Some(bound) = self.bound_function(object, ty, name, hint, span) {
            return bound;
        }
        self.unknown_field(ty, name);
        self.error(span)
    }

    /// The field of that name of a type's values.
    pub fn member(&mut self, ty: TypeId, name: Name) -> Option<Member> {
        if let Some(element) = self.tuple_member(ty, name) {
            return Some(element);
        }
        let found = self.cx.types.field(ty, name)?;
        let access = match (found, self.slot_owner(ty)) {
            (types::FieldAccess::Slot { index, .. }, Some(decl)) => FieldAccess::Slot(decl, index),
            _ => FieldAccess::Name(name),
        };
        Some(Member { access, ty: found.ty(), mutable: found.mutable() })
    }

    /// The declaration whose slots a type's values have.
    fn slot_owner(&self, ty: TypeId) -> Option<types::DeclId> {
        match self.kind(ty) {
            TypeKind::Nominal(decl, _) => Some(*decl),
            TypeKind::Var(var) => {
                let upper = self.cx.types.var(*var).upper;
                match self.kind(upper) {
                    TypeKind::Nominal(decl, _) => Some(*decl),
                    _ => None,
                }
            }
            _ => None,
        }
    }

    fn tuple_member(&mut self, ty: TypeId, name: Name) -> Option<Member> {
        if !matches!(self.kind(ty), TypeKind::Tuple(_) | TypeKind::Union(_)) {
            return None;
        }
        let index: u32 = self.text(name).parse().ok()?;
        let mut sum = TypeId::NEVER;
        for part in self.parts(ty) {
            let TypeKind::Tuple(elements) = self.kind(part) else { return None };
            let element = *elements.get(index as usize)?;
            sum = self.union(sum, element);
        }
        Some(Member { access: FieldAccess::Tuple(index), ty: sum, mutable: false })
    }

    pub fn unknown_field(&mut self, ty: TypeId, name: ast::Ident) {
        let text = self.text(name.name).to_owned();
        let shown = self.show(ty);
        let function = self.function_for_field(&text, ty).map(|name| format!("{name}()"));
        let candidates = self.member_names_of(ty);
        let texts: Vec<&str> = candidates.iter().map(|name| self.cx.names.text(*name)).collect();
        let near: Vec<String> = suggest::nearest(&text, texts.iter().copied()).into_iter().map(str::to_owned).collect();
        let numbered = text.chars().all(|c| c.is_ascii_digit());
        let message = if numbered {
            format!("`{shown}` has no element {text}")
        } else {
            format!("`{shown}` has no field `{text}`, and no function of that name takes it")
        };
        let mut diagnostic = Diagnostic::error("unknown-field", name.span, message);
        diagnostic = match near.first().or(function.as_ref()) {
            Some(near) => diagnostic.suggest(format!("did you mean `{near}`?"), name.span, near.as_str()),
            None if !texts.is_empty() && texts.len() <= 8 => {
                diagnostic.label("not found").note(format!("it has {}", suggest::all(&texts)))
            }
            None => diagnostic.label("not found"),
        };
        if let TypeKind::Table(TypeId::STR, _) = self.kind(ty)
            && diagnostic.suggestion.is_none()
        {
            diagnostic = diagnostic.note(format!("the value of a key is `table[\"{text}\"]`"));
        }
        if let Some(inner) = self.option_element(ty)
            && self.member(inner, name.name).is_some()
        {
            diagnostic.suggestion = None;
            diagnostic = diagnostic.note(format!("`?.{text}` reaches into an `Option`"));
        } else if self.option_element(ty).is_some() && diagnostic.suggestion.is_none() {
            diagnostic = diagnostic.note("take the value out with `?`, `??`, `match` or `if let Some(x) = …`");
        }
        self.report(diagnostic);
    }

    /// The names of a type's fields, for suggestions.
    fn member_names_of(&self, ty: TypeId) -> Vec<Name> {
        match self.kind(ty) {
            TypeKind::Nominal(decl, _) => self.cx.types.decl(*decl).fields.iter().map(|field| field.name).collect(),
            TypeKind::Shape(fields) => fields.iter().map(|field| field.0).collect(),
            TypeKind::Intersection(parts) => parts.iter().flat_map(|part| self.member_names_of(*part)).collect(),
            _ => Vec::new(),
        }
    }

    // ---- indexing

    /// `object[index]`.
    pub fn index_expr(&mut self, object: ast::ExprId, index: ast::ExprId, span: Span) -> ExprId {
        let object = self.infer(object, Goal::Free);
        self.index_of(object, index, span)
    }

    pub fn index_of(&mut self, object: ExprId, index: ast::ExprId, span: Span) -> ExprId {
        let ty = self.known(self.ty(object), self.span(object));
        if let ast::ExprKind::Range { start, end, inclusive } = self.ast.expr(index).kind {
            let at = self.ast.expr(index).span;
            let range = self.range(start, end, inclusive, at);
            return self.core_call(names::SLICE, &[object, range], TypeId::ERROR, span);
        }
        let index = match self.key_type(ty) {
            Some((want, kind)) => self.check(index, want, Place::new(kind)),
            None => self.infer(index, Goal::Free),
        };
        self.read_index(object, index, span)
    }

    /// What `[…]` behind a type takes.
    pub fn key_type(&mut self, ty: TypeId) -> Option<(TypeId, PlaceKind)> {
        match self.kind(ty) {
            TypeKind::Array(_) | TypeKind::FixedArray(..) | TypeKind::List(_) => Some((TypeId::I64, PlaceKind::Index)),
            TypeKind::Table(key, _) | TypeKind::Map(key, _) => Some((*key, PlaceKind::Key)),
            _ => None,
        }
    }

    pub fn read_index(&mut self, object: ExprId, index: ExprId, span: Span) -> ExprId {
        let ty = self.read_as_known(self.ty(object));
        if let TypeKind::Array(element) | TypeKind::FixedArray(element, _) = self.kind(ty) {
            let element = *element;
            if self.ty(index) == TypeId::I64
                && let Some(function) = self.index_function(names::INDEX, false)
            {
                return self.call(function, thin_vec![element], thin_vec![object, index], element, span);
            }
        }
        if let Some((key, value)) = self.table_at(ty, index)
            && let Some(function) = self.index_function(names::INDEX, true)
        {
            return self.call(function, thin_vec![key, value], thin_vec![object, index], value, span);
        }
        self.core_call(names::INDEX, &[object, index], TypeId::ERROR, span)
    }

    /// Key and value of a table that a key belongs to.
    pub fn table_at(&mut self, ty: TypeId, key: ExprId) -> Option<(TypeId, TypeId)> {
        let TypeKind::Table(own, value) = self.kind(ty) else { return None };
        let (own, value) = (*own, *value);
        let given = self.ty(key);
        self.sub(given, own).then_some((own, value))
    }
}
