//! Patterns: what they bind, what they test, and what they leave over.
//!
//! A pattern is read against the type of what it meets. Names of variants are looked for in that type first, so
//! `None` or `Circle(r)` needs no path. Alternatives of `|` share their variables: the first declares them, the others
//! find them in [`Body::rebind`].

use super::body::Body;
use super::frame::LocalKind;
use super::goal::Goal;
use super::literal::signed;
use crate::hir::{Constant, ExprKind, LocalId, PatternId, PatternKind};
use sayso_base::{Diagnostic, Name, Span, names};
use sayso_syntax::ast;
use sayso_types::{TypeId, TypeKind};

/// How the names of a pattern are bound.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Binds {
    /// By `match`, `for`, `if let`.
    Fixed,
    /// By `let`; the span is where `mut ` would go.
    Let(Span),
    /// By `let mut`.
    Mutable,
    /// By a parameter.
    Param,
}

/// What a pattern says about the values it meets.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Covers {
    /// Values that fit are of this type.
    pub matches: TypeId,
    /// Values of this type fit.
    pub always: TypeId,
}

impl Body<'_, '_> {
    /// Reads a pattern for values of a type and declares what it binds.
    pub fn pattern(&mut self, id: ast::PatternId, ty: TypeId, binds: Binds) -> PatternId {
        if self.pattern_depth == 0 {
            self.pattern_mark = self.scopes.mark();
        }
        self.pattern_depth += 1;
        let made = self.pattern_part(id, ty, binds);
        self.pattern_depth -= 1;
        made
    }

    fn pattern_part(&mut self, id: ast::PatternId, ty: TypeId, binds: Binds) -> PatternId {
        let ast = self.ast;
        let pattern = ast.pattern(id);
        let span = pattern.span;
        if !self.step(span) {
            return self.frame.push_pattern(PatternKind::Error, TypeId::ERROR, span);
        }
        match &pattern.kind {
            ast::PatternKind::Bind { name, pattern: None } => self.bind_pattern(*name, ty, binds),
            ast::PatternKind::Bind { name, pattern: Some(inner) } => {
                let inner = self.pattern(*inner, ty, binds);
                let covers = self.pattern_covers(inner);
                let local = self.bind_name(*name, covers.matches, binds);
                self.frame.push_pattern(PatternKind::Bind(local, Some(inner)), ty, span)
            }
            ast::PatternKind::Wildcard => self.frame.push_pattern(PatternKind::Wildcard, ty, span),
            ast::PatternKind::Typed { name, ty: written } => self.typed_pattern(*name, *written, ty, binds, span),
            ast::PatternKind::Tuple(items) => self.tuple_pattern(items, ty, binds, span),
            ast::PatternKind::Struct { path, fields, rest } => {
                self.struct_pattern(path, fields, *rest, ty, binds, span)
            }
            ast::PatternKind::Variant { path, args, rest } => self.variant_pattern(path, args, *rest, ty, binds, span),
            ast::PatternKind::Path(path) => self.path_pattern(path, ty, span),
            ast::PatternKind::Or(alternatives) => self.or_pattern(alternatives, ty, binds, span),
            ast::PatternKind::Array { before, rest, after } => {
                self.array_pattern(before, rest.as_deref().copied(), after, ty, binds, span)
            }
            ast::PatternKind::Literal(literal) => self.literal_pattern(*literal, ty, span),
            ast::PatternKind::Range { start, end, inclusive } => self.range_pattern(*start, *end, *inclusive, ty, span),
            ast::PatternKind::Error => self.frame.push_pattern(PatternKind::Error, TypeId::ERROR, span),
        }
    }

    pub fn error_pattern(&mut self, span: Span) -> PatternId {
        self.frame.push_pattern(PatternKind::Error, TypeId::ERROR, span)
    }

    // ---- names

    fn bind_pattern(&mut self, name: ast::Ident, ty: TypeId, binds: Binds) -> PatternId {
        let span = name.span;
        if let Some(found) = self.bare_variant(name, ty) {
            return found;
        }
        if name.name != names::SELF && self.is_capitalised(name.name) {
            return self.constant_pattern(&[name], ty, span);
        }
        let local = self.bind_name(name, ty, binds);
        self.frame.push_pattern(PatternKind::Bind(local, None), ty, span)
    }

    pub fn is_capitalised(&self, name: Name) -> bool {
        self.text(name).chars().next().is_some_and(char::is_uppercase)
    }

    /// A nullary variant of the type that is met.
    fn bare_variant(&mut self, name: ast::Ident, ty: TypeId) -> Option<PatternId> {
        let decl = self.variant_of(ty, name.name)?;
        let count = self.cx.types.decl(decl).fields.len();
        if count > 0 {
            if !self.is_capitalised(name.name) {
                return None;
            }
            let text = self.text(name.name).to_owned();
            self.report(
                Diagnostic::error("variant-payload", name.span, format!("the variant `{text}` carries values"))
                    .suggest("name or skip them", name.span, format!("{text}(..)")),
            );
        }
        Some(self.frame.push_pattern(PatternKind::Nominal(decl, Vec::new()), ty, name.span))
    }

    /// Declares a name, or finds it among those that the alternatives before have declared.
    pub fn bind_name(&mut self, name: ast::Ident, ty: TypeId, binds: Binds) -> LocalId {
        let known = self.rebind.as_ref().and_then(|names| names.iter().find(|(known, _)| *known == name.name).copied());
        if let Some((_, local)) = known {
            self.rebound.push(name.name);
            self.check_rebound(name, local, ty);
            return local;
        }
        if let Some(first) = self.scopes.bound_since(name.name, self.pattern_mark)
            && name.name != names::UNDERSCORE
            && first.frame == self.frame_id
        {
            let text = self.text(name.name).to_owned();
            let place = self.frame.local(first.local).map(|local| local.span);
            let mut diagnostic =
                Diagnostic::error("bound-twice", name.span, format!("`{text}` is bound twice in one pattern"));
            if let Some(place) = place {
                diagnostic = diagnostic.also(place, "bound here already");
            }
            self.report(diagnostic);
        }
        let (kind, mutable) = match binds {
            Binds::Fixed => (LocalKind::Pattern, false),
            Binds::Let(place) => (LocalKind::Let(place), false),
            Binds::Mutable => (LocalKind::Let(name.span), true),
            Binds::Param => (LocalKind::Param, false),
        };
        self.declare(name.name, ty, kind, mutable, name.span)
    }

    fn check_rebound(&mut self, name: ast::Ident, local: LocalId, ty: TypeId) {
        let Some(known) = self.frame.local(local).copied() else { return };
        let (first, second) = (self.zonk(known.ty), self.zonk(ty));
        if first == second || first == TypeId::ERROR || second == TypeId::ERROR {
            return;
        }
        let text = self.text(name.name).to_owned();
        let (first, second) = (self.show(first), self.show(second));
        self.report(
            Diagnostic::error(
                "alternatives-differ",
                name.span,
                format!("`{text}` is `{second}` here and `{first}` in the first alternative"),
            )
            .also(known.span, format!("here `{first}`"))
            .note("alternatives of one pattern bind the same names with the same types"),
        );
    }

    // ---- alternatives

    fn or_pattern(&mut self, alternatives: &[ast::PatternId], ty: TypeId, binds: Binds, span: Span) -> PatternId {
        let Some((first, rest)) = alternatives.split_first() else { return self.error_pattern(span) };
        let mark = self.scopes.mark();
        let mut made = vec![self.pattern(*first, ty, binds)];
        let mut bound: Vec<(Name, LocalId)> =
            self.scopes.since(mark).iter().map(|binding| (binding.name, binding.local)).collect();
        // Inside an alternative of an outer pattern, the names of that one are shared too.
        let outer = self.rebind.take();
        let outer_rebound = std::mem::take(&mut self.rebound);
        for name in &outer_rebound {
            if let Some(known) = outer.as_ref().and_then(|names| names.iter().find(|(known, _)| known == name)) {
                bound.push(*known);
            }
        }
        for alternative in rest {
            self.rebind = Some(bound.clone());
            self.rebound.clear();
            let mark = self.scopes.mark();
            made.push(self.pattern(*alternative, ty, binds));
            let place = self.ast.pattern(*alternative).span;
            let extra: Vec<(Name, LocalId)> =
                self.scopes.since(mark).iter().map(|binding| (binding.name, binding.local)).collect();
            for (name, local) in extra {
                let at = self.frame.local(local).map_or(place, |local| local.span);
                self.report_unshared(name, at, "the first alternative does not bind it");
            }
            let missing: Vec<Name> =
                bound.iter().map(|(name, _)| *name).filter(|name| !self.rebound.contains(name)).collect();
            for name in missing {
                self.report_unshared(name, place, "this alternative does not bind it");
            }
        }
        self.rebind = outer;
        self.rebound = outer_rebound;
        if self.rebind.is_some() {
            self.rebound.extend(bound.iter().map(|(name, _)| *name));
        }
        self.frame.push_pattern(PatternKind::Or(made), ty, span)
    }

    fn report_unshared(&mut self, name: Name, span: Span, label: &str) {
        let text = self.text(name).to_owned();
        self.report(
            Diagnostic::error("alternatives-differ", span, format!("not every alternative binds `{text}`"))
                .label(label)
                .note("alternatives of one pattern bind the same names with the same types"),
        );
    }

    /// The type that a pattern is held against. A pattern of an arm that fits only what the arms before have taken is held
    /// against the type of the whole: it is right, and will be shown to be never reached.
    pub fn met_by(&mut self, ty: TypeId, fits: impl Fn(&mut Self, TypeId) -> bool) -> TypeId {
        let Some((seen, whole)) = self.arm_types else { return ty };
        if ty == seen && ty != whole && !fits(self, ty) && fits(self, whole) { whole } else { ty }
    }

    // ---- types, tuples, arrays

    fn typed_pattern(
        &mut self,
        name: ast::Ident,
        written: ast::TypeId,
        ty: TypeId,
        binds: Binds,
        span: Span,
    ) -> PatternId {
        let wanted = self.written_type(written);
        let ty = self.met_by(ty, |this, ty| !this.cx.types.disjoint(wanted, ty));
        let both = if wanted == TypeId::ERROR { wanted } else { self.cx.types.intersection(&[ty, wanted]) };
        if both == TypeId::NEVER && ty != TypeId::NEVER {
            let (found, wanted) = (self.show(ty), self.show(wanted));
            self.report(
                Diagnostic::error("pattern-mismatch", span, format!("no `{found}` is {}", super::suggest::a(&wanted)))
                    .label("never fits"),
            );
        }
        let narrowed = if both == TypeId::NEVER { wanted } else { both };
        let inner = if name.name == names::UNDERSCORE {
            self.frame.push_pattern(PatternKind::Wildcard, narrowed, name.span)
        } else {
            let local = self.bind_name(name, narrowed, binds);
            self.frame.push_pattern(PatternKind::Bind(local, None), narrowed, name.span)
        };
        self.frame.push_pattern(PatternKind::Type(wanted, inner), ty, span)
    }

    fn tuple_pattern(&mut self, items: &[ast::PatternId], ty: TypeId, binds: Binds, span: Span) -> PatternId {
        let ty = self.met_by(ty, |this, ty| this.tuple_elements(ty, items.len()).is_some());
        let elements = self.tuple_elements(ty, items.len());
        if elements.is_none() && ty != TypeId::ERROR && ty != TypeId::NEVER {
            let shown = self.show(ty);
            let count = items.len();
            let elements = if count == 1 { "element" } else { "elements" };
            let diagnostic =
                Diagnostic::error("pattern-mismatch", span, format!("no `{shown}` is a tuple of {count} {elements}"))
                    .label("never fits");
            self.report(match self.kind(ty) {
                TypeKind::Array(_) | TypeKind::FixedArray(..) => {
                    diagnostic.note("an array is taken apart by `[a, b]`; that `let` faults if it has another length")
                }
                TypeKind::Tuple(_) => diagnostic,
                _ if count == 2 => {
                    diagnostic.note("in a `for`, `xs.enumerate()` gives pairs of an index and an element")
                }
                _ => diagnostic,
            });
        }
        let mut made = Vec::with_capacity(items.len());
        for (index, item) in items.iter().enumerate() {
            let element =
                elements.as_ref().map_or(TypeId::ERROR, |all| all.get(index).copied().unwrap_or(TypeId::ERROR));
            made.push(self.pattern(*item, element, binds));
        }
        self.frame.push_pattern(PatternKind::Tuple(made), ty, span)
    }

    /// The element types of the tuples of that length in a type; none if it has none.
    fn tuple_elements(&mut self, ty: TypeId, count: usize) -> Option<Vec<TypeId>> {
        if ty == TypeId::ANY {
            return Some(vec![TypeId::ANY; count]);
        }
        let mut all: Option<Vec<TypeId>> = None;
        for part in self.parts(ty) {
            let own: Vec<TypeId> = match self.kind(part) {
                TypeKind::Tuple(elements) if elements.len() == count => elements.to_vec(),
                TypeKind::Any => vec![TypeId::ANY; count],
                _ => continue,
            };
            all = Some(match all {
                None => own,
                Some(before) => {
                    let mut joined = Vec::with_capacity(count);
                    for (a, b) in before.into_iter().zip(own) {
                        joined.push(self.union(a, b));
                    }
                    joined
                }
            });
        }
        all
    }

    fn array_pattern(
        &mut self,
        before: &[ast::PatternId],
        rest: Option<Option<ast::Ident>>,
        after: &[ast::PatternId],
        ty: TypeId,
        binds: Binds,
        span: Span,
    ) -> PatternId {
        let ty = self.met_by(ty, |this, ty| this.sequence_element(ty).is_some());
        let element = self.sequence_element(ty);
        if element.is_none() && ty != TypeId::ERROR && ty != TypeId::NEVER {
            let shown = self.show(ty);
            self.report(
                Diagnostic::error("pattern-mismatch", span, format!("no `{shown}` is an array")).label("never fits"),
            );
        }
        let element = element.unwrap_or(TypeId::ERROR);
        let before = before.iter().map(|item| self.pattern(*item, element, binds)).collect();
        let rest = rest.map(|name| {
            name.filter(|name| name.name != names::UNDERSCORE).map(|name| {
                let ty = self.cx.types.array(element);
                self.bind_name(name, ty, binds)
            })
        });
        let after = after.iter().map(|item| self.pattern(*item, element, binds)).collect();
        self.frame.push_pattern(PatternKind::Array { before, rest, after }, ty, span)
    }

    /// The element type of the sequences in a type.
    pub fn sequence_element(&mut self, ty: TypeId) -> Option<TypeId> {
        if ty == TypeId::ANY {
            return Some(TypeId::ANY);
        }
        let mut all = None;
        for part in self.parts(ty) {
            let own = match self.kind(part) {
                TypeKind::Array(element)
                | TypeKind::FixedArray(element, _)
                | TypeKind::List(element)
                | TypeKind::Seq(element) => *element,
                TypeKind::Any => TypeId::ANY,
                TypeKind::Nominal(decl, _) if self.cx.types.well_known.range == Some(*decl) => TypeId::I64,
                _ => continue,
            };
            all = Some(match all {
                None => own,
                Some(before) => self.union(before, own),
            });
        }
        all
    }

    // ---- literals

    fn literal_pattern(&mut self, literal: ast::ExprId, ty: TypeId, span: Span) -> PatternId {
        let Some(constant) = self.literal_constant(literal, ty) else { return self.error_pattern(span) };
        let own = self.constant_type(&constant);
        if matches!(constant, Constant::Unit) {
            let inner = self.frame.push_pattern(PatternKind::Wildcard, TypeId::VOID, span);
            self.check_literal(TypeId::VOID, ty, span);
            return self.frame.push_pattern(PatternKind::Type(TypeId::VOID, inner), ty, span);
        }
        self.check_literal(own, ty, span);
        self.frame.push_pattern(PatternKind::Constant(constant), ty, span)
    }

    /// Says so if a literal can never be equal to what is met.
    fn check_literal(&mut self, own: TypeId, ty: TypeId, span: Span) {
        if ty == TypeId::NEVER || ty == TypeId::ERROR {
            return;
        }
        let fits = |this: &mut Self, ty: TypeId| {
            let numbers = [TypeId::I64, TypeId::F64, TypeId::BYTE];
            if numbers.contains(&own) {
                numbers.iter().any(|&number| !this.cx.types.disjoint(number, ty))
            } else {
                !this.cx.types.disjoint(own, ty)
            }
        };
        let ty = self.met_by(ty, fits);
        if !fits(self, ty) {
            let (found, own) = (self.show(ty), self.show(own));
            self.report(
                Diagnostic::error("pattern-mismatch", span, format!("no `{found}` is equal to this `{own}`"))
                    .label("never fits"),
            );
        }
    }

    fn constant_type(&mut self, constant: &Constant) -> TypeId {
        match constant {
            Constant::Unit => TypeId::VOID,
            Constant::Int(_) => TypeId::I64,
            Constant::Float(_) => TypeId::F64,
            Constant::Bool(_) => TypeId::BOOL,
            Constant::Byte(_) => TypeId::BYTE,
            Constant::Str(_) => TypeId::STR,
            Constant::Symbol(name) => self.cx.types.intern(TypeKind::Symbol(*name)),
            Constant::Type(ty) => self.cx.types.intern(TypeKind::Type(*ty)),
        }
    }

    /// The value of a literal in a pattern, an integer as the number type that is met.
    fn literal_constant(&mut self, literal: ast::ExprId, ty: TypeId) -> Option<Constant> {
        let expr = self.ast.expr(literal);
        match &expr.kind {
            ast::ExprKind::Tuple(items) if items.is_empty() => Some(Constant::Unit),
            ast::ExprKind::Unary(ast::UnaryOp::Neg, inner) => match self.ast.expr(*inner).kind {
                ast::ExprKind::Float(value) => Some(Constant::Float(-value)),
                ast::ExprKind::Int(value) => self.number_constant(value, true, ty, expr.span),
                _ => None,
            },
            ast::ExprKind::Int(value) => self.number_constant(*value, false, ty, expr.span),
            _ => {
                let made = self.infer(literal, Goal::Free);
                match self.frame.kind_of(made) {
                    Some(ExprKind::Constant(constant)) => Some(constant.clone()),
                    _ => None,
                }
            }
        }
    }

    fn number_constant(&mut self, value: Option<u64>, negative: bool, ty: TypeId, span: Span) -> Option<Constant> {
        if matches!(ty, TypeId::F64 | TypeId::BYTE) || value.and_then(|value| signed(value, negative)).is_none() {
            let made = self.int_literal(value, negative, Some(ty), span);
            return match self.frame.kind_of(made) {
                Some(ExprKind::Constant(constant)) => Some(constant.clone()),
                _ => None,
            };
        }
        value.and_then(|value| signed(value, negative)).map(Constant::Int)
    }

    fn range_pattern(
        &mut self,
        start: Option<ast::ExprId>,
        end: Option<ast::ExprId>,
        inclusive: bool,
        ty: TypeId,
        span: Span,
    ) -> PatternId {
        let first = start.and_then(|start| self.literal_constant(start, ty));
        let last = end.and_then(|end| self.literal_constant(end, ty));
        if start.is_some() && first.is_none() || end.is_some() && last.is_none() {
            return self.error_pattern(span);
        }
        for constant in first.iter().chain(&last) {
            let own = self.constant_type(constant);
            if matches!(own, TypeId::I64 | TypeId::F64 | TypeId::BYTE | TypeId::STR) {
                self.check_literal(own, ty, span);
            } else {
                self.report(Diagnostic::error(
                    "pattern-range",
                    span,
                    "the ends of a range are numbers, bytes or strings",
                ));
                return self.error_pattern(span);
            }
        }
        if let (Some(first), Some(last)) = (&first, &last) {
            self.check_range(first, last, inclusive, span);
        }
        self.frame.push_pattern(PatternKind::Range(first, last, inclusive), ty, span)
    }

    fn check_range(&mut self, first: &Constant, last: &Constant, inclusive: bool, span: Span) {
        let order = match (first, last) {
            (Constant::Int(a), Constant::Int(b)) => Some(a.cmp(b)),
            (Constant::Byte(a), Constant::Byte(b)) => Some(a.cmp(b)),
            (Constant::Str(a), Constant::Str(b)) => Some(a.cmp(b)),
            (Constant::Float(a), Constant::Float(b)) => a.partial_cmp(b),
            (Constant::Int(a), Constant::Float(b)) => (*a as f64).partial_cmp(b),
            (Constant::Float(a), Constant::Int(b)) => a.partial_cmp(&(*b as f64)),
            _ => {
                self.report(Diagnostic::error("pattern-range", span, "the ends of a range are of one kind"));
                return;
            }
        };
        let empty = match order {
            Some(std::cmp::Ordering::Less) => false,
            Some(std::cmp::Ordering::Equal) => !inclusive,
            Some(std::cmp::Ordering::Greater) | None => true,
        };
        if empty {
            self.report(Diagnostic::error("pattern-range", span, "this range is empty").label("never fits"));
        }
    }

    // ---- what it covers

    /// Which values a pattern takes.
    pub fn pattern_covers(&mut self, id: PatternId) -> Covers {
        let Some(pattern) = self.frame.patterns.get(id.0 as usize) else {
            return Covers { matches: TypeId::ERROR, always: TypeId::NEVER };
        };
        let ty = pattern.ty;
        let some = Covers { matches: ty, always: TypeId::NEVER };
        match &pattern.kind {
            PatternKind::Wildcard | PatternKind::Bind(_, None) => Covers { matches: ty, always: ty },
            PatternKind::Bind(_, Some(inner)) => {
                let inner = *inner;
                self.pattern_covers(inner)
            }
            PatternKind::Type(wanted, inner) => {
                let (wanted, inner) = (*wanted, *inner);
                let narrowed = self.pattern_type(inner);
                let covers = self.pattern_covers(inner);
                let always = if covers.always == narrowed { wanted } else { TypeId::NEVER };
                Covers { matches: covers.matches, always }
            }
            PatternKind::Constant(Constant::Symbol(name)) => {
                let name = *name;
                let own = self.cx.types.intern(TypeKind::Symbol(name));
                Covers { matches: own, always: own }
            }
            PatternKind::Constant(Constant::Str(_)) => Covers { matches: TypeId::STR, always: TypeId::NEVER },
            PatternKind::Constant(Constant::Bool(_)) => Covers { matches: TypeId::BOOL, always: TypeId::NEVER },
            PatternKind::Nominal(decl, slots) => {
                let decl = *decl;
                let inner: Vec<PatternId> = slots.iter().map(|(_, inner)| *inner).collect();
                let all = inner.into_iter().all(|inner| self.is_irrefutable(inner));
                let own = self.part_of_decl(decl, ty);
                // The pattern of a base class tells nothing new of what is of a class below it.
                let matches = match own {
                    Some(own) if self.cx.types.is_subtype(own, ty) => own,
                    Some(own) => self.cx.types.intersection(&[ty, own]),
                    None => ty,
                };
                Covers { matches, always: own.filter(|_| all).unwrap_or(TypeId::NEVER) }
            }
            PatternKind::Tuple(items) => {
                let items = items.clone();
                let count = items.len();
                let all = items.into_iter().all(|inner| self.is_irrefutable(inner));
                let elements = vec![TypeId::ANY; count];
                let tuple = self.cx.types.tuple(&elements);
                let matches = if ty == TypeId::ANY { tuple } else { self.cx.types.intersection(&[ty, tuple]) };
                Covers { matches, always: if all { tuple } else { TypeId::NEVER } }
            }
            PatternKind::Or(items) => {
                let items = items.clone();
                let mut sum = Covers { matches: TypeId::NEVER, always: TypeId::NEVER };
                for item in items {
                    let own = self.pattern_covers(item);
                    sum.matches = self.union(sum.matches, own.matches);
                    sum.always = self.union(sum.always, own.always);
                }
                sum
            }
            PatternKind::Error
            | PatternKind::Constant(_)
            | PatternKind::Range(..)
            | PatternKind::Array { .. }
            | PatternKind::Equal(..) => some,
        }
    }

    fn pattern_type(&self, id: PatternId) -> TypeId {
        self.frame.patterns.get(id.0 as usize).map_or(TypeId::ERROR, |pattern| pattern.ty)
    }

    fn is_irrefutable(&mut self, id: PatternId) -> bool {
        let ty = self.pattern_type(id);
        let covers = self.pattern_covers(id);
        covers.always == ty || self.cx.types.is_subtype(ty, covers.always)
    }

    /// Says of a pattern that was read against a part of a type that it meets values of the whole.
    pub fn retag(&mut self, id: PatternId, whole: TypeId) {
        let mut open = vec![id];
        while let Some(id) = open.pop() {
            let Some(pattern) = self.frame.patterns.get_mut(id.0 as usize) else { continue };
            pattern.ty = whole;
            match &pattern.kind {
                PatternKind::Or(items) => open.extend(items),
                PatternKind::Bind(_, Some(inner)) => open.push(*inner),
                _ => {}
            }
        }
    }
}
