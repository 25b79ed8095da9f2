//! Struct literals: `P { x: 1, ..old }`, of structs and variants.

use super::body::Body;
use super::goal::{Goal, Place, PlaceKind};
use super::suggest;
use crate::hir::{ExprId, ExprKind};
use crate::tables::{Found, Resolved, TypeDef};
use rustc_hash::FxHashSet;
use sayso_base::{Diagnostic, Name, Span};
use sayso_syntax::ast;
use sayso_types::{DeclId, DeclKind, FieldAccess, TypeId};
use smallvec::SmallVec;

impl Body<'_, '_> {
    pub fn struct_literal(
        &mut self,
        id: ast::ExprId,
        literal: &ast::StructLiteral,
        hint: Option<TypeId>,
        span: Span,
    ) -> ExprId {
        let ast::StructLiteral { path, fields, base } = literal;
        let Some((decl, known)) = self.literal_decl(path, hint) else {
            for field in fields {
                self.read_and_drop(field.value);
            }
            if let Some(base) = *base {
                self.read_and_drop(base);
            }
            return self.error(span);
        };
        let ty = known.unwrap_or_else(|| self.fresh_nominal(id, decl));
        if let Some(hint) = hint {
            self.expect_of(ty, hint);
        }
        let mut made: Vec<(u32, ExprId)> = Vec::with_capacity(fields.len());
        for field in fields {
            self.literal_field(decl, ty, field, &mut made);
        }
        let base = base.map(|base| {
            let place = Place::new(PlaceKind::Operand(".."));
            self.check(base, ty, place)
        });
        if base.is_none() {
            self.fill_defaults(decl, ty, path, &mut made, span);
        }
        let ty = self.fix(ty);
        self.push(ExprKind::new_record(decl, made, base), ty, span)
    }

    /// The declaration that a literal's path names, and its type where that is an alias with arguments.
    fn literal_decl(&mut self, path: &ast::Path, hint: Option<TypeId>) -> Option<(DeclId, Option<TypeId>)> {
        let parts: SmallVec<[Name; 4]> = path.parts().iter().map(|part| part.name).collect();
        let text = self.path_text(path);
        let (decl, known) = match self.cx.resolve_path(self.scope, &parts) {
            Some(Resolved::Type(def)) => {
                let known = match def {
                    TypeDef::Alias(_) => Some(self.type_of_def(def, path.span())),
                    _ => None,
                };
                (self.decl_of_def(def)?, known)
            }
            Some(Resolved::Value(Found::Variants(variants))) => {
                (self.choose_variant(&variants, hint, path.span())?, None)
            }
            Some(Resolved::Error) => return None,
            Some(Resolved::Module(_) | Resolved::Value(_)) | None => {
                let near = self.near_names(&text);
                let diagnostic =
                    Diagnostic::error("unknown-name", path.span(), format!("there is no struct `{text}` here"));
                let diagnostic = match near.first() {
                    Some(near) => diagnostic.suggest(format!("did you mean `{near}`?"), path.span(), near.as_str()),
                    None => diagnostic.label("not found"),
                };
                self.report(diagnostic);
                return None;
            }
        };
        match self.cx.types.decl(decl).kind {
            DeclKind::Struct | DeclKind::Variant { .. } => Some((decl, known)),
            DeclKind::Class => {
                self.report(
                    Diagnostic::error(
                        "not-a-struct",
                        path.span(),
                        format!("`{text}` is a class, and classes are made by calls"),
                    )
                    .note(format!("write `{text}(…)`")),
                );
                None
            }
            DeclKind::Object | DeclKind::Enum | DeclKind::Trait | DeclKind::Interface | DeclKind::Opaque => {
                let what = match self.cx.types.decl(decl).kind {
                    DeclKind::Object => "an object: its name alone is its one value",
                    DeclKind::Enum => "an enum: one of its variants is made",
                    DeclKind::Trait => "a trait: a value of a type below it is made",
                    DeclKind::Interface => "an interface: a value of any type that offers its functions is made",
                    DeclKind::Opaque | DeclKind::Struct | DeclKind::Class | DeclKind::Variant { .. } => "no struct",
                };
                self.report(Diagnostic::error("not-a-struct", path.span(), format!("`{text}` is {what}")));
                None
            }
        }
    }

    fn literal_field(&mut self, decl: DeclId, ty: TypeId, field: &ast::FieldInit, made: &mut Vec<(u32, ExprId)>) {
        let name = field.name;
        let found = match self.cx.types.field(ty, name.name) {
            Some(FieldAccess::Slot { index, ty, .. }) => Some((index, ty)),
            Some(FieldAccess::Dynamic { .. }) | None => None,
        };
        let Some((slot, want)) = found else {
            self.unknown_literal_field(decl, name);
            self.read_and_drop(field.value);
            return;
        };
        if made.iter().any(|(known, _)| *known == slot) {
            let text = self.text(name.name).to_owned();
            self.report(Diagnostic::error("field-twice", name.span, format!("the field `{text}` stands here twice")));
        }
        let declared = self.field_span(crate::hir::FieldAccess::Slot(decl, slot));
        let place = Place { kind: PlaceKind::Field(name.name), declared };
        let value = if self.cx.types.has_infer(want) {
            let value = self.infer(field.value, Goal::of_hint(Goal::Hint(want).hint()));
            // What a field holds is the enum, not the one variant that was written.
            let found = self.ty(value);
            let wide = self.widen(found);
            if !self.sub(wide, want) { self.coerce(value, want, place) } else { value }
        } else {
            self.check(field.value, want, place)
        };
        made.push((slot, value));
    }

    fn unknown_literal_field(&mut self, decl: DeclId, name: ast::Ident) {
        let text = self.text(name.name).to_owned();
        let info = self.cx.types.decl(decl);
        let (owner, place) = (info.name, info.span);
        let texts: Vec<&str> = info.fields.iter().map(|field| self.cx.names.text(field.name)).collect();
        let near: Vec<String> = suggest::nearest(&text, texts.iter().copied()).into_iter().map(str::to_owned).collect();
        let owner = self.text(owner).to_owned();
        let mut diagnostic = Diagnostic::error("unknown-field", name.span, format!("`{owner}` has no field `{text}`"));
        diagnostic = match near.first() {
            Some(near) => diagnostic.suggest(format!("did you mean `{near}`?"), name.span, near.as_str()),
            None if !texts.is_empty() && texts.len() <= 8 => {
                diagnostic.note(format!("it has {}", suggest::all(&texts)))
            }
            None => diagnostic,
        };
        if let Some(place) = place {
            diagnostic = diagnostic.also(place, "declared here");
        }
        self.report(diagnostic);
    }

    /// The defaults of fields that are left out; those without are missing.
    fn fill_defaults(&mut self, decl: DeclId, ty: TypeId, path: &ast::Path, made: &mut Vec<(u32, ExprId)>, span: Span) {
        let fields: Vec<(Name, bool)> =
            self.cx.types.decl(decl).fields.iter().map(|field| (field.name, field.has_default)).collect();
        let mut missing: Vec<Name> = Vec::new();
        let given: FxHashSet<u32> = made.iter().map(|(slot, _)| *slot).collect();
        for (slot, (name, has_default)) in fields.into_iter().enumerate() {
            let slot = slot as u32;
            if given.contains(&slot) {
                continue;
            }
            if !has_default {
                missing.push(name);
                continue;
            }
            let known = self.fix(ty);
            if let Some(value) = self.default_value(decl, slot, known, span) {
                made.push((slot, value));
            }
        }
        if missing.is_empty() {
            return;
        }
        let text = self.path_text(path);
        let texts: Vec<&str> = missing.iter().map(|name| self.cx.names.text(*name)).collect();
        let list = texts.iter().map(|text| format!("`{text}`")).collect::<Vec<_>>().join(", ");
        let (word, verb) = if texts.len() == 1 { ("field", "is") } else { ("fields", "are") };
        let mut diagnostic =
            Diagnostic::error("missing-field", path.span(), format!("{word} {list} of `{text}` {verb} missing"));
        if let Some(place) = self.cx.types.decl(decl).span {
            diagnostic = diagnostic.also(place, "declared here");
        }
        self.report(diagnostic);
    }
}
