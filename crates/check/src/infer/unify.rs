//! Types of a body: inference variables, subtyping with them, and the check at the place where a value flows.

use super::body::{Body, Site};
use super::goal::{Goal, Place, PlaceKind};
use crate::hir::{CastReason, Constant, ExprId, ExprKind, GlobalId};
use crate::tables::Checker;
use sayso_base::{Diagnostic, Span};
use sayso_types::{InferId, Inference, Known, TypeId, TypeKind, TypeStore};
use smallvec::SmallVec;

impl Body<'_, '_> {
    fn with<R>(&mut self, act: impl FnOnce(&mut Inference, &mut TypeStore) -> R) -> R {
        let Checker { bodies, types, .. } = &mut *self.cx;
        act(&mut bodies.inference, types)
    }

    /// A type to be found out. `unknown` is what it is if nothing is ever known of it.
    pub fn fresh(&mut self, site: Site, unknown: TypeId) -> TypeId {
        let ty = self.loose();
        if let Some(&known) = self.known_sites.get(&site) {
            self.with(|inference, types| inference.unify(types, ty, known));
        }
        self.sites.push((site, ty, unknown));
        ty
    }

    /// An inference variable that no further reading needs to know about.
    pub fn loose(&mut self) -> TypeId {
        self.open_types = true;
        self.with(|inference, types| inference.fresh_type(types))
    }

    /// Decides a variable.
    pub fn decide(&mut self, variable: TypeId, ty: TypeId) {
        self.with(|inference, types| inference.unify(types, variable, ty));
    }

    /// The type with `any` for all that is still unknown.
    pub fn closed(&mut self, ty: TypeId) -> TypeId {
        if !self.cx.types.has_infer(ty) {
            return ty;
        }
        self.with(|inference, types| inference.resolve_with(types, ty, TypeId::ANY))
    }

    /// What a type is at its outermost constructor, as far as it is known.
    pub fn shallow(&mut self, ty: TypeId) -> TypeId {
        match self.cx.types.kind(ty) {
            TypeKind::Infer(_) => self.with(|inference, types| inference.shallow(types, ty)),
            _ => ty,
        }
    }

    /// As [`Body::shallow`], for a type that something is read by: what has flowed in so far, it is from then on.
    pub fn read_as_known(&mut self, ty: TypeId) -> TypeId {
        match self.cx.types.kind(ty) {
            TypeKind::Infer(_) => {
                self.fix(ty);
                self.shallow(ty)
            }
            _ => ty,
        }
    }

    /// The type with all put in that is known.
    pub fn zonk(&mut self, ty: TypeId) -> TypeId {
        if !self.cx.types.has_infer(ty) {
            return ty;
        }
        self.with(|inference, types| inference.resolve(types, ty))
    }

    /// What a type is where that decides what the program does: a variable becomes what has flowed into it. If nothing
    /// has, the body is read again with what its end knows; the last reading takes `any`.
    pub fn known(&mut self, ty: TypeId, _span: Span) -> TypeId {
        if !self.cx.types.has_infer(ty) {
            return ty;
        }
        let TypeKind::Infer(id) = self.cx.types.kind(ty) else { return self.fix(ty) };
        self.known_variable(*id, ty)
    }

    fn known_variable(&mut self, id: InferId, ty: TypeId) -> TypeId {
        let bound = match self.cx.bodies.inference.known(id) {
            Known::Fixed(_) => return self.zonk(ty),
            Known::Between(lower, _) if lower != TypeId::NEVER => lower,
            Known::Between(_, upper) if upper != TypeId::ANY => upper,
            Known::Between(..) | Known::Nothing if self.last_reading => TypeId::ANY,
            Known::Between(..) | Known::Nothing => {
                self.guessed = true;
                return TypeId::ERROR;
            }
        };
        self.with(|inference, types| inference.unify(types, ty, bound));
        self.zonk(ty)
    }

    /// As [`Body::known`], for all variables in a type.
    pub fn known_deep(&mut self, ty: TypeId, span: Span) -> TypeId {
        let mut current = self.known(ty, span);
        // Each turn fixes at least one variable.
        for _ in 0..64 {
            if !self.cx.types.has_infer(current) {
                return current;
            }
            let Some(open) = self.first_open(current) else { return current };
            if self.known(open, span) == TypeId::ERROR {
                return TypeId::ERROR;
            }
            current = self.zonk(current);
        }
        current
    }

    fn first_open(&self, ty: TypeId) -> Option<TypeId> {
        let mut open = vec![ty];
        while let Some(ty) = open.pop() {
            if !self.cx.types.has_infer(ty) {
                continue;
            }
            match self.cx.types.kind(ty) {
                TypeKind::Infer(_) => return Some(ty),
                _ => open.extend(direct_parts(self.cx.types.kind(ty))),
            }
        }
        None
    }

    /// Fixes what is known of the variables in a type: what has flowed in so far, they are from now on.
    pub fn fix(&mut self, ty: TypeId) -> TypeId {
        if !self.cx.types.has_infer(ty) {
            return ty;
        }
        let mut open = vec![ty];
        while let Some(ty) = open.pop() {
            if !self.cx.types.has_infer(ty) {
                continue;
            }
            let TypeKind::Infer(id) = self.cx.types.kind(ty) else {
                open.extend(direct_parts(self.cx.types.kind(ty)));
                continue;
            };
            match self.cx.bodies.inference.known(*id) {
                Known::Fixed(inner) => open.push(inner),
                Known::Between(lower, _) if lower != TypeId::NEVER => {
                    self.with(|inference, types| inference.unify(types, ty, lower));
                    open.push(lower);
                }
                Known::Between(..) | Known::Nothing => {}
            }
        }
        self.zonk(ty)
    }

    /// Makes `a` a subtype of `b` where variables allow it. After `false` nothing has changed.
    pub fn sub(&mut self, a: TypeId, b: TypeId) -> bool {
        if a == b {
            return true;
        }
        loop {
            let types = &mut self.cx.types;
            let open = types.has_infer(a) || types.has_infer(b);
            if if open { self.try_sub(a, b) } else { types.is_subtype(a, b) } {
                return true;
            }
            // Interfaces that the lattice did not know: asked again when they are found out.
            if self.cx.types.unknown_conformance.is_empty() || !self.cx.settle_conformance() {
                return false;
            }
        }
    }

    /// As [`Body::sub`].
    pub fn try_sub(&mut self, a: TypeId, b: TypeId) -> bool {
        self.with(|inference, types| {
            let before = inference.snapshot();
            let done = inference.constrain_subtype(types, a, b);
            if !done {
                inference.rollback(before);
            }
            done
        })
    }

    /// The type of values that are of one of two types. Where something in them is still to be found out, they are made
    /// one if they can be.
    pub fn merge_types(&mut self, a: TypeId, b: TypeId) -> TypeId {
        if a == b || b == TypeId::NEVER {
            return a;
        }
        if a == TypeId::NEVER {
            return b;
        }
        let types = &self.cx.types;
        if types.has_infer(a) || types.has_infer(b) {
            if self.try_sub(b, a) {
                return a;
            }
            if self.try_sub(a, b) {
                return b;
            }
        }
        self.union(a, b)
    }

    /// The parts of a union; of anything else itself.
    pub fn parts(&self, ty: TypeId) -> SmallVec<[TypeId; 4]> {
        match self.kind(ty) {
            TypeKind::Union(parts) => parts.iter().copied().collect(),
            _ => [ty].into_iter().collect(),
        }
    }

    // ---- the prelude's types

    /// What an Option holds.
    pub fn option_element(&mut self, ty: TypeId) -> Option<TypeId> {
        let option = self.cx.types.well_known.option?;
        let view = self.cx.types.supertype_view(ty, option)?;
        match self.kind(view) {
            TypeKind::Nominal(_, args) => args.first().copied(),
            _ => None,
        }
    }

    /// What a Result holds: value and error.
    pub fn result_parts(&mut self, ty: TypeId) -> Option<(TypeId, TypeId)> {
        let result = self.cx.types.well_known.result?;
        let view = self.cx.types.supertype_view(ty, result)?;
        match self.kind(view) {
            TypeKind::Nominal(_, args) => Some((args.first().copied()?, args.get(1).copied()?)),
            _ => None,
        }
    }

    pub fn result_type(&mut self, value: TypeId, error: TypeId) -> TypeId {
        match self.cx.types.well_known.result {
            Some(decl) => self.cx.types.nominal(decl, &[value, error]),
            None => TypeId::ERROR,
        }
    }

    pub fn none_type(&mut self) -> TypeId {
        match self.cx.types.well_known.none {
            Some(decl) => self.cx.types.nominal(decl, &[TypeId::NEVER]),
            None => TypeId::ERROR,
        }
    }

    pub fn err_type(&mut self, error: TypeId) -> TypeId {
        match self.cx.types.well_known.err {
            Some(decl) => self.cx.types.nominal(decl, &[TypeId::NEVER, error]),
            None => TypeId::ERROR,
        }
    }

    /// The only function type in a type.
    pub fn function_part(&mut self, ty: TypeId) -> Option<TypeId> {
        let ty = self.shallow(ty);
        let mut found = None;
        for part in self.parts(ty) {
            match self.kind(part) {
                TypeKind::Function { .. } if found.is_some() => return None,
                TypeKind::Function { .. } => found = Some(part),
                _ => {}
            }
        }
        found
    }

    /// The type of a top-level variable.
    pub fn type_of_global(&mut self, global: GlobalId) -> TypeId {
        if let Some((_, ty)) = self.own_globals.iter().find(|(own, _)| *own == global) {
            return *ty;
        }
        self.cx.global_type(global)
    }

    // ---- values that flow

    /// Makes a value one of a type: by what it is, by adapting a literal, or, from `any`, by a check at run time.
    pub fn coerce(&mut self, value: ExprId, want: TypeId, place: Place) -> ExprId {
        let ty = self.ty(value);
        if ty == want || want == TypeId::ANY || ty == TypeId::NEVER || ty == TypeId::ERROR || want == TypeId::ERROR {
            return value;
        }
        if self.sub(ty, want) {
            return value;
        }
        self.coerce_otherwise(value, want, place)
    }

    fn coerce_otherwise(&mut self, value: ExprId, want: TypeId, place: Place) -> ExprId {
        let (ty, want) = (self.ty(value), self.zonk(want));
        let ty = self.zonk(ty);
        if ty == TypeId::ANY {
            let text = self.place_text(place);
            let span = self.span(value);
            return self.push(ExprKind::Cast(value, CastReason::Boundary(text.into())), want, span);
        }
        let number = self.number_type(want);
        if ty == TypeId::I64 && self.convert_literal(value, number) {
            return value;
        }
        if self.cx.types.has_error(ty) || self.cx.types.has_error(want) {
            return value;
        }
        self.mismatch(value, ty, want, place);
        let span = self.span(value);
        self.push(ExprKind::Error, TypeId::ERROR, span)
    }

    fn mismatch(&mut self, value: ExprId, found: TypeId, want: TypeId, place: Place) {
        let span = self.span(value);
        let (found_text, want_text) = (self.show(found), self.show(want));
        let broken = self.decl.and_then(|decl| self.cx.functions.get(decl.0 as usize)).is_some_and(|decl| decl.broken);
        if broken && found_text == want_text {
            // Two type parameters of one name: said where they are declared.
            return;
        }
        let text = self.place_text(place);
        let mut diagnostic = match place.kind {
            PlaceKind::Condition | PlaceKind::Guard => {
                Diagnostic::error("type-mismatch", span, format!("{text} must be a `bool`, and this is `{found_text}`"))
            }
            _ => Diagnostic::error(
                "type-mismatch",
                span,
                format!("{text} must be `{want_text}`, and this is `{found_text}`"),
            ),
        };
        diagnostic = diagnostic.label(format!("this is `{found_text}`"));
        if let Some(declared) = place.declared {
            diagnostic = diagnostic.also(declared, format!("`{want_text}` is wanted because of this"));
        }
        let mut diagnostic = self.advise(diagnostic, value, found, want, place);
        if found_text == want_text {
            diagnostic = diagnostic.note(format!("there are two types `{want_text}`: the value is of the other one"));
        }
        self.report(diagnostic);
    }

    /// What to write instead, where that is clear.
    fn advise(
        &mut self,
        diagnostic: Diagnostic,
        value: ExprId,
        found: TypeId,
        want: TypeId,
        place: Place,
    ) -> Diagnostic {
        let span = self.span(value);
        let source = self.cx.sources.text(span).to_owned();
        let short = !source.is_empty() && source.len() < 60 && !source.contains('\n');
        if matches!(found, TypeId::I64 | TypeId::F64 | TypeId::BYTE)
            && matches!(want, TypeId::I64 | TypeId::F64 | TypeId::BYTE)
            && short
        {
            let want_text = self.show(want);
            return diagnostic.suggest("convert it", span, format!("to({want_text}, {source})"));
        }
        if let Some(inner) = self.option_element(want)
            && short
            && self.option_element(found).is_none()
            && self.cx.types.is_subtype(found, inner)
        {
            return diagnostic.suggest("wrap it", span, format!("Some({source})"));
        }
        let held = self.option_element(found).or_else(|| self.result_parts(found).map(|(held, _)| held));
        if held.is_some_and(|held| self.cx.types.is_subtype(held, want)) {
            return diagnostic.note("take the value out with `?`, `or` or `match`");
        }
        if matches!(place.kind, PlaceKind::Condition | PlaceKind::Guard) {
            if found == TypeId::VOID && source.contains('=') {
                return diagnostic.note("compare with `==`; `=` assigns");
            }
            return diagnostic.note("conditions are `bool` and nothing else: compare it with something");
        }
        if matches!(place.kind, PlaceKind::RangeEnd) && found == TypeId::STR {
            return diagnostic.note("`..` makes a range of numbers; text is joined by `+`");
        }
        let walks = matches!(self.kind(found), TypeKind::Array(_) | TypeKind::FixedArray(..) | TypeKind::Table(..))
            || self.cx.types.decl_of(found) == self.cx.types.well_known.range;
        if walks && self.cx.types.decl_of(want) == self.cx.types.well_known.iter {
            return diagnostic.note("`iter(xs)`, or `xs.iter()`, walks over what a collection holds");
        }
        if matches!(place.kind, PlaceKind::Index) && self.cx.types.decl_of(found) == self.cx.types.well_known.range {
            return diagnostic
                .note("a part is written with its range in the brackets, `xs[a..b]`, or `slice(xs, range)`");
        }
        if let (TypeKind::Array(own), TypeKind::Array(wanted)) = (self.kind(found), self.kind(want)) {
            let (own, wanted) = (*own, *wanted);
            if self.cx.types.is_subtype(own, wanted) {
                let own = self.show(want);
                return diagnostic.note(format!(
                    "arrays can be changed, so none is {} unless it was made as one: annotate it where it is made",
                    super::suggest::a(&own)
                ));
            }
        }
        let literal = matches!(
            self.frame.kind_of(value),
            Some(ExprKind::Shape(_) | ExprKind::New { .. } | ExprKind::Array(_) | ExprKind::Tuple(_))
        );
        if self.cx.types.is_subtype(want, found) && short && !literal {
            let want_text = self.show(want);
            let mut depth = 0;
            let simple = source.chars().all(|c| {
                match c {
                    '(' | '[' => depth += 1,
                    ')' | ']' => depth -= 1,
                    _ => {}
                }
                depth > 0 || c.is_alphanumeric() || matches!(c, '_' | '.' | ')' | ']')
            });
            let value = if simple { source } else { format!("({source})") };
            let cast = format!("{value} as {want_text}");
            // What stands behind the value binds tighter, and so does a sign before it.
            let text = self.cx.sources.get(span.file).map_or("", |file| file.text.as_ref());
            let before = text.get(..span.start as usize).unwrap_or("").chars().next_back();
            let behind = text.get(span.end as usize..).unwrap_or("").chars().next();
            let held = matches!(before, Some('-' | '!')) || matches!(behind, Some('.' | '?' | '[' | '('));
            let cast = if held { format!("({cast})") } else { cast };
            return diagnostic.suggest("check it at run time", span, cast);
        }
        if found == TypeId::VOID {
            return diagnostic.note("this gives no value");
        }
        diagnostic
    }

    /// `value as T`.
    pub fn cast(&mut self, value: sayso_syntax::ast::ExprId, ty: sayso_syntax::ast::TypeId, span: Span) -> ExprId {
        let want = self.written_type(ty);
        let value = self.infer(value, Goal::of_hint(Goal::Hint(want).hint()));
        let found = self.known(self.ty(value), span);
        if want == TypeId::ERROR || found == TypeId::ERROR {
            return self.push(ExprKind::Error, want, span);
        }
        if found == TypeId::I64 && self.is_literal_int(value) {
            let number = self.number_type(want);
            if self.convert_literal(value, number) {
                return value;
            }
        }
        if found != TypeId::NEVER && self.cx.types.disjoint(found, want) {
            self.impossible_cast(value, found, want, span);
        }
        self.push(ExprKind::Cast(value, CastReason::As), want, span)
    }

    fn is_literal_int(&self, value: ExprId) -> bool {
        matches!(self.frame.kind_of(value), Some(ExprKind::Constant(Constant::Int(_))))
    }

    fn impossible_cast(&mut self, value: ExprId, found: TypeId, want: TypeId, span: Span) {
        let (found_text, want_text) = (self.show(found), self.show(want));
        let mut diagnostic = Diagnostic::error(
            "impossible-cast",
            span,
            format!("no `{found_text}` is {}, and `as` never changes a value", super::suggest::a(&want_text)),
        )
        .label("always fails");
        let source = self.cx.sources.text(self.span(value)).to_owned();
        let number = |ty| matches!(ty, TypeId::I64 | TypeId::F64 | TypeId::BYTE);
        if number(found) && number(want) && source.len() < 60 && !source.contains('\n') {
            diagnostic = diagnostic.suggest("convert it", span, format!("to({want_text}, {source})"));
        } else if found == TypeId::STR && number(want) {
            diagnostic = diagnostic.note(format!("`parse({want_text}, text)` reads a number from text"));
        } else if want == TypeId::STR {
            diagnostic = diagnostic.note("`to_str(value)` gives text");
        }
        self.report(diagnostic);
    }
}

/// The direct parts of a type.
pub(crate) fn direct_parts(kind: &TypeKind) -> SmallVec<[TypeId; 4]> {
    let mut parts: SmallVec<[TypeId; 4]> = SmallVec::new();
    match kind {
        TypeKind::Array(part)
        | TypeKind::FixedArray(part, _)
        | TypeKind::Seq(part)
        | TypeKind::List(part)
        | TypeKind::Set(part)
        | TypeKind::Type(part) => parts.push(*part),
        TypeKind::Table(key, value) | TypeKind::Map(key, value) => parts.extend([*key, *value]),
        TypeKind::Tuple(all) | TypeKind::Union(all) | TypeKind::Intersection(all) | TypeKind::Nominal(_, all) => {
            parts.extend(all.iter().copied());
        }
        TypeKind::Shape(fields) => parts.extend(fields.iter().map(|field| field.1)),
        TypeKind::Function { params, result, .. } => {
            parts.extend(params.iter().copied());
            parts.push(*result);
        }
        TypeKind::Any
        | TypeKind::Never
        | TypeKind::Error
        | TypeKind::I64
        | TypeKind::F64
        | TypeKind::Bool
        | TypeKind::Byte
        | TypeKind::Str
        | TypeKind::Symbol(_)
        | TypeKind::AnyFunction
        | TypeKind::Var(_)
        | TypeKind::Infer(_) => {}
    }
    parts
}
