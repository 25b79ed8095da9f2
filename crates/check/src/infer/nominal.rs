//! Patterns of declared types, and constants in patterns.

use super::body::Body;
use super::pattern::Binds;
use super::suggest;
use crate::hir::{ExprKind, PatternId, PatternKind};
use crate::tables::{Found, Resolved, TypeDef};
use sayso_base::{Diagnostic, Name, Span, names};
use sayso_syntax::ast;
use sayso_types::{DeclId, DeclKind, FieldAccess, TypeId, TypeKind};
use smallvec::SmallVec;

impl Body<'_, '_> {
    /// The variant of that name among the variants in a type.
    pub fn variant_of(&mut self, ty: TypeId, name: Name) -> Option<DeclId> {
        let types = &self.cx.types;
        self.parts(ty).into_iter().find_map(|part| {
            let decl = types.decl_of(part)?;
            match types.decl(decl).kind {
                DeclKind::Enum => {
                    types.decl(decl).variants.iter().copied().find(|variant| types.decl(*variant).name == name)
                }
                DeclKind::Variant { .. } => (types.decl(decl).name == name).then_some(decl),
                _ => None,
            }
        })
    }

    /// The names of the variants in a type, for suggestions.
    fn variant_names(&self, ty: TypeId) -> Vec<Name> {
        let types = &self.cx.types;
        let mut all = Vec::new();
        for part in self.parts(ty) {
            let Some(decl) = types.decl_of(part) else { continue };
            match types.decl(decl).kind {
                DeclKind::Enum => all.extend(types.decl(decl).variants.iter().map(|variant| types.decl(*variant).name)),
                DeclKind::Variant { .. } => all.push(types.decl(decl).name),
                _ => {}
            }
        }
        all
    }

    /// The values of a declared type that a type may hold, as a type: with the arguments that are known from there.
    /// None if the arguments cannot be known.
    pub fn part_of_decl(&mut self, decl: DeclId, ty: TypeId) -> Option<TypeId> {
        let kind = self.cx.types.decl(decl).kind;
        let mut found = TypeId::NEVER;
        for part in self.parts(ty) {
            let args: SmallVec<[TypeId; 4]> = match self.kind(part) {
                TypeKind::Nominal(own, args) => {
                    let fits = *own == decl || matches!(kind, DeclKind::Variant { of, .. } if of == *own);
                    if !fits {
                        continue;
                    }
                    args.iter().copied().collect()
                }
                _ => continue,
            };
            let own = self.cx.types.nominal(decl, &args);
            found = self.union(found, own);
        }
        if found != TypeId::NEVER {
            return Some(found);
        }
        self.cx.types.decl(decl).params.is_empty().then(|| self.cx.types.nominal(decl, &[]))
    }

    /// The type that a nominal pattern's fields are read from: what is known of the arguments, and `any` for the others.
    fn read_as(&mut self, decl: DeclId, ty: TypeId) -> TypeId {
        if let Some(known) = self.part_of_decl(decl, ty) {
            return known;
        }
        let count = self.cx.types.decl(decl).params.len();
        self.cx.types.nominal(decl, &vec![TypeId::ANY; count])
    }

    /// The declaration that a path in a pattern means: a variant of what is met, else what the path names.
    fn pattern_decl(&mut self, path: &ast::Path, ty: TypeId) -> Option<DeclId> {
        if let [single] = path.parts()
            && let Some(variant) = self.variant_of(ty, single.name)
        {
            return Some(variant);
        }
        let parts: SmallVec<[Name; 4]> = path.parts().iter().map(|part| part.name).collect();
        let found = self.cx.resolve_path(self.scope, &parts);
        match found {
            Some(Resolved::Type(def)) => match self.decl_of_def(def) {
                Some(decl) => Some(decl),
                None => {
                    self.not_a_pattern(path, false);
                    None
                }
            },
            Some(Resolved::Value(Found::Variants(variants))) => {
                self.ambiguous_variant(path.span(), &variants);
                None
            }
            Some(Resolved::Error) => None,
            _ => {
                self.unknown_pattern(path, ty);
                None
            }
        }
    }

    /// The declaration behind a type's name, through aliases.
    pub fn decl_of_def(&self, def: TypeDef) -> Option<DeclId> {
        self.cx.alias_target(def)
    }

    /// A path alone can be mended where it stands; behind one with fields it is for the reader to do.
    fn not_a_pattern(&mut self, path: &ast::Path, alone: bool) {
        let text = self.path_text(path);
        let diagnostic = Diagnostic::error("pattern-type", path.span(), format!("`{text}` has no fields to match"));
        self.report(if alone {
            diagnostic.suggest("test the type", path.span(), format!("value: {text}"))
        } else {
            diagnostic.note(format!("a type is tested by `value: {text}`"))
        });
    }

    pub fn path_text(&self, path: &ast::Path) -> String {
        let parts: Vec<&str> = path.parts().iter().map(|part| self.cx.names.text(part.name)).collect();
        parts.join(".")
    }

    fn unknown_pattern(&mut self, path: &ast::Path, ty: TypeId) {
        let text = self.path_text(path);
        let shown = self.show(ty);
        let candidates = self.variant_names(ty);
        let texts: Vec<&str> = candidates.iter().map(|name| self.cx.names.text(*name)).collect();
        let near: Vec<String> = suggest::nearest(&text, texts.iter().copied()).into_iter().map(str::to_owned).collect();
        let mut diagnostic =
            Diagnostic::error("unknown-variant", path.span(), format!("there is no variant or struct `{text}` here"));
        diagnostic = match near.first() {
            Some(near) => diagnostic.suggest(format!("did you mean `{near}`?"), path.span(), near.as_str()),
            None if !texts.is_empty() && texts.len() <= 12 => {
                let all = suggest::all(&texts);
                diagnostic.note(format!("`{shown}` has {all}"))
            }
            None => diagnostic.label(format!("not found for {}", suggest::a(&shown))),
        };
        self.report(diagnostic);
    }

    /// Several enums in scope have a variant of this name.
    pub fn ambiguous_variant(&mut self, span: Span, variants: &[DeclId]) {
        let mut owners = Vec::new();
        let mut name = names::EMPTY;
        for variant in variants {
            let info = self.cx.types.decl(*variant);
            name = info.name;
            if let DeclKind::Variant { of, .. } = info.kind {
                let owner = self.cx.types.decl(of).name;
                owners.push(format!("{}.{}", self.text(owner), self.text(name)));
            }
        }
        let text = self.text(name).to_owned();
        let list: Vec<&str> = owners.iter().map(String::as_str).collect();
        let all = suggest::alternatives(&list);
        self.report(
            Diagnostic::error("ambiguous-variant", span, format!("`{text}` is a variant of several enums"))
                .label(format!("write {all}")),
        );
    }

    /// Says so if no value of what is met can be of the pattern's type; gives the type to hold the pattern against.
    fn check_reachable(&mut self, decl: DeclId, ty: TypeId, span: Span) -> TypeId {
        if ty == TypeId::ERROR || ty == TypeId::NEVER {
            return ty;
        }
        let ty = self.met_by(ty, |this, ty| {
            let own = this.read_as(decl, ty);
            !this.cx.types.disjoint(own, ty)
        });
        let own = self.read_as(decl, ty);
        if self.cx.types.disjoint(own, ty) {
            let (found, own) = (self.show(ty), self.text(self.cx.types.decl(decl).name).to_owned());
            self.report(
                Diagnostic::error("pattern-mismatch", span, format!("no `{found}` is {}", suggest::a(&own)))
                    .label("never fits"),
            );
        }
        ty
    }

    // ---- struct patterns

    pub fn struct_pattern(
        &mut self,
        path: &ast::Path,
        fields: &[ast::FieldPattern],
        rest: bool,
        ty: TypeId,
        binds: Binds,
        span: Span,
    ) -> PatternId {
        let Some(decl) = self.pattern_decl(path, ty) else {
            self.skip_fields(fields.iter().map(|field| field.pattern), binds);
            return self.error_pattern(span);
        };
        let ty = self.check_reachable(decl, ty, path.span());
        let own = self.read_as(decl, ty);
        let mut made: Vec<(u32, PatternId)> = Vec::with_capacity(fields.len());
        let mut unknown = false;
        for field in fields {
            let Some((slot, field_type)) = self.field_slot(own, field.name) else {
                unknown = true;
                self.skip_fields(std::iter::once(field.pattern), binds);
                continue;
            };
            if made.iter().any(|(known, _)| *known == slot) {
                let text = self.text(field.name.name).to_owned();
                self.report(Diagnostic::error(
                    "bound-twice",
                    field.name.span,
                    format!("the field `{text}` is matched twice"),
                ));
            }
            let inner = self.pattern(field.pattern, field_type, binds);
            made.push((slot, inner));
        }
        // One that is not found was meant as one of those that are missing.
        if !rest && !unknown {
            self.check_all_fields(decl, &made, path, span);
        }
        self.frame.push_pattern(PatternKind::Nominal(decl, made), ty, span)
    }

    /// Reads patterns whose place is unknown, for the names that they bind.
    fn skip_fields(&mut self, patterns: impl Iterator<Item = ast::PatternId>, binds: Binds) {
        for pattern in patterns {
            self.pattern(pattern, TypeId::ERROR, binds);
        }
    }

    fn field_slot(&mut self, own: TypeId, name: ast::Ident) -> Option<(u32, TypeId)> {
        match self.cx.types.field(own, name.name) {
            Some(FieldAccess::Slot { index, ty, .. }) => Some((index, ty)),
            Some(FieldAccess::Dynamic { .. }) | None => {
                self.unknown_field(own, name);
                None
            }
        }
    }

    fn check_all_fields(&mut self, decl: DeclId, made: &[(u32, PatternId)], path: &ast::Path, span: Span) {
        let fields = &self.cx.types.decl(decl).fields;
        let missing: Vec<Name> = fields
            .iter()
            .enumerate()
            .filter(|(slot, _)| !made.iter().any(|(known, _)| *known as usize == *slot))
            .map(|(_, field)| field.name)
            .collect();
        if missing.is_empty() {
            return;
        }
        let texts: Vec<&str> = missing.iter().map(|name| self.cx.names.text(*name)).collect();
        let text = self.path_text(path);
        let listed = suggest::alternatives(&texts);
        self.report(
            Diagnostic::error(
                "missing-field-pattern",
                span,
                format!("this pattern of `{text}` does not say what becomes of {listed}"),
            )
            .label("add `..` to skip them"),
        );
    }

    // ---- variant patterns

    pub fn variant_pattern(
        &mut self,
        path: &ast::Path,
        args: &[ast::PatternId],
        rest: bool,
        ty: TypeId,
        binds: Binds,
        span: Span,
    ) -> PatternId {
        let Some(decl) = self.pattern_decl(path, ty) else {
            self.skip_fields(args.iter().copied(), binds);
            return self.error_pattern(span);
        };
        let ty = self.check_reachable(decl, ty, path.span());
        let own = self.read_as(decl, ty);
        let fields: Vec<Name> = self.cx.types.decl(decl).fields.iter().map(|field| field.name).collect();
        if args.len() > fields.len() || !rest && args.len() < fields.len() {
            self.wrong_count(decl, path, args.len(), fields.len(), rest, span);
        }
        let mut made = Vec::with_capacity(args.len());
        for (index, arg) in args.iter().enumerate() {
            let field_type = match fields.get(index).and_then(|name| self.cx.types.field(own, *name)) {
                Some(field) => field.ty(),
                None => TypeId::ERROR,
            };
            let inner = self.pattern(*arg, field_type, binds);
            if index < fields.len() {
                made.push((index as u32, inner));
            }
        }
        self.frame.push_pattern(PatternKind::Nominal(decl, made), ty, span)
    }

    fn wrong_count(&mut self, decl: DeclId, path: &ast::Path, given: usize, has: usize, rest: bool, span: Span) {
        let text = self.path_text(path);
        let plural = |count: usize| if count == 1 { "value" } else { "values" };
        let mut diagnostic = Diagnostic::error(
            "pattern-arity",
            span,
            format!("`{text}` carries {has} {}, and this pattern has {given}", plural(has)),
        );
        if given < has && !rest {
            diagnostic = diagnostic.label("add `..` to skip the others");
        }
        if let Some(place) = self.cx.types.decl(decl).span {
            diagnostic = diagnostic.also(place, "declared here");
        }
        self.report(diagnostic);
    }

    // ---- paths and constants

    pub fn path_pattern(&mut self, path: &ast::Path, ty: TypeId, span: Span) -> PatternId {
        let parts: SmallVec<[Name; 4]> = path.parts().iter().map(|part| part.name).collect();
        if let Some(Resolved::Type(def)) = self.cx.resolve_path(self.scope, &parts)
            && let Some(decl) = self.decl_of_def(def)
        {
            return self.nullary_pattern(decl, path, ty, span);
        }
        self.constant_pattern(path.parts(), ty, span)
    }

    fn nullary_pattern(&mut self, decl: DeclId, path: &ast::Path, ty: TypeId, span: Span) -> PatternId {
        let info = self.cx.types.decl(decl);
        let (kind, count) = (info.kind, info.fields.len());
        let text = self.path_text(path);
        match kind {
            DeclKind::Object => {}
            DeclKind::Variant { .. } | DeclKind::Struct if count == 0 => {}
            DeclKind::Variant { .. } | DeclKind::Struct => {
                self.report(Diagnostic::error("variant-payload", span, format!("`{text}` carries values")).suggest(
                    "name or skip them",
                    span,
                    format!("{text}(..)"),
                ));
            }
            DeclKind::Enum | DeclKind::Trait | DeclKind::Interface | DeclKind::Class | DeclKind::Opaque => {
                self.report(
                    Diagnostic::error("pattern-type", span, format!("the type `{text}` alone is no pattern")).suggest(
                        "test the type",
                        span,
                        format!("_: {text}"),
                    ),
                );
                return self.error_pattern(span);
            }
        }
        let ty = self.check_reachable(decl, ty, span);
        self.frame.push_pattern(PatternKind::Nominal(decl, Vec::new()), ty, span)
    }

    /// A constant in scope, compared by `==`; or a variant, struct without fields or object of that name.
    pub fn constant_pattern(&mut self, parts: &[ast::Ident], ty: TypeId, span: Span) -> PatternId {
        let path = ast::Path::new(parts, span);
        let named: SmallVec<[Name; 4]> = parts.iter().map(|part| part.name).collect();
        if let [single] = parts
            && let Some(binding) = self.scopes.lookup(single.name)
        {
            let constant = self.read_binding(binding, span);
            return self.equal_pattern(constant, ty, span);
        }
        match self.cx.resolve_path(self.scope, &named) {
            Some(Resolved::Type(def)) => match self.decl_of_def(def) {
                Some(decl) => self.nullary_pattern(decl, &path, ty, span),
                None => {
                    self.not_a_pattern(&path, true);
                    self.error_pattern(span)
                }
            },
            Some(Resolved::Value(Found::Global(global))) => {
                let constant = self.read_global(global, span);
                self.equal_pattern(constant, ty, span)
            }
            Some(Resolved::Value(Found::Variants(variants))) => {
                self.ambiguous_variant(span, &variants);
                self.error_pattern(span)
            }
            Some(Resolved::Error) => self.error_pattern(span),
            Some(Resolved::Module(_) | Resolved::Value(_)) | None => {
                if ty != TypeId::ERROR {
                    self.unknown_constant(&path, ty);
                }
                self.error_pattern(span)
            }
        }
    }

    fn unknown_constant(&mut self, path: &ast::Path, ty: TypeId) {
        let text = self.path_text(path);
        // Of the variants some may be ruled out by the arms before.
        let ty = self.widen(ty);
        let shown = self.show(ty);
        let candidates = self.variant_names(ty);
        let texts: Vec<&str> = candidates.iter().map(|name| self.cx.names.text(*name)).collect();
        let near: Vec<String> = suggest::nearest(&text, texts.iter().copied()).into_iter().map(str::to_owned).collect();
        let mut diagnostic = Diagnostic::error(
            "unknown-variant",
            path.span(),
            format!("`{text}` is no variant of `{shown}` and no constant in scope"),
        );
        diagnostic = match near.first() {
            Some(near) => diagnostic.suggest(format!("did you mean `{near}`?"), path.span(), near.as_str()),
            None => {
                diagnostic.note("a capitalised name in a pattern is never a new variable: begin it with a small letter")
            }
        };
        self.report(diagnostic);
    }

    /// What is met, compared by `==`.
    fn equal_pattern(&mut self, constant: crate::hir::ExprId, ty: TypeId, span: Span) -> PatternId {
        let local = self.frame.hidden(ty, span);
        let met = self.push(ExprKind::Local(local), ty, span);
        let test = self.binary(ast::BinaryOp::Eq, span, met, constant, span);
        self.frame.push_pattern(PatternKind::Equal(local, test), ty, span)
    }
}
