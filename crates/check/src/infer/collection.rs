//! Literals of collections, tuples, shapes and ranges.

use super::body::Body;
use super::goal::{Goal, Place, PlaceKind};
use crate::hir::{Element, ExprId, ExprKind};
use sayso_base::{Diagnostic, Name, Span, names};
use sayso_syntax::ast;
use sayso_types::{TypeId, TypeKind};

impl Body<'_, '_> {
    /// The only part of the expected type of which `pick` finds something.
    fn expected<T>(&mut self, goal: Goal, pick: impl Fn(&TypeKind) -> Option<T>) -> Option<T> {
        let hint = goal.hint()?;
        let hint = self.zonk(hint);
        let mut found = None;
        for part in self.parts(hint) {
            if let Some(own) = pick(self.kind(part)) {
                if found.is_some() {
                    return None;
                }
                found = Some(own);
            }
        }
        found
    }

    /// The element type that is expected, if it says anything yet.
    fn settled(&self, ty: TypeId) -> Option<TypeId> {
        (!matches!(self.kind(ty), TypeKind::Infer(_) | TypeKind::Any | TypeKind::Error)).then_some(ty)
    }

    // ---- arrays and lists

    pub fn array(&mut self, id: ast::ExprId, elements: &[ast::Element], goal: Goal, span: Span) -> ExprId {
        let expected = self.expected(goal, |kind| match kind {
            TypeKind::Array(element) | TypeKind::Seq(element) => Some((*element, None)),
            TypeKind::FixedArray(element, length) => Some((*element, Some(*length))),
            _ => None,
        });
        let (element, length) = expected.map_or((None, None), |(element, length)| (Some(element), length));
        let (made, ty) = self.elements(id, elements, element, goal, TypeId::ANY);
        let spreads = elements.iter().any(|element| element.spread);
        let array = match length {
            Some(length) if !spreads && length == elements.len() as u64 => {
                self.cx.types.intern(TypeKind::FixedArray(ty, length))
            }
            Some(length) if !spreads => {
                self.wrong_length(length, elements.len() as u64, span);
                self.cx.types.intern(TypeKind::FixedArray(ty, length))
            }
            _ => self.cx.types.array(ty),
        };
        self.push(ExprKind::Array(made), array, span)
    }

    fn wrong_length(&mut self, wanted: u64, found: u64, span: Span) {
        let plural = |count: u64| if count == 1 { "element" } else { "elements" };
        self.report(
            Diagnostic::error(
                "array-length",
                span,
                format!("an array of {wanted} {} is wanted, and this has {found}", plural(wanted)),
            )
            .label(format!("{found} {}", plural(found))),
        );
    }

    pub fn list(&mut self, id: ast::ExprId, elements: &[ast::Element], goal: Goal, span: Span) -> ExprId {
        let element = self.expected(goal, |kind| match kind {
            TypeKind::List(element) | TypeKind::Seq(element) => Some(*element),
            _ => None,
        });
        let (made, ty) = self.elements(id, elements, element, goal, TypeId::NEVER);
        let list = self.cx.types.intern(TypeKind::List(ty));
        self.push(ExprKind::List(made), list, span)
    }

    /// Elements and their type: the expected one, or the union of what they are.
    fn elements(
        &mut self,
        id: ast::ExprId,
        elements: &[ast::Element],
        expected: Option<TypeId>,
        goal: Goal,
        unknown: TypeId,
    ) -> (Vec<Element>, TypeId) {
        let mut made = Vec::with_capacity(elements.len());
        // An expected `any` is no expectation of the elements, but the type of the collection all the same.
        let any = expected == Some(TypeId::ANY) && matches!(goal, Goal::Must(..));
        let expected = expected.and_then(|expected| self.settled(expected));
        let mut sum = TypeId::NEVER;
        for element in elements {
            let own = match expected {
                Some(want) if !element.spread => goal.part(want, PlaceKind::Element),
                _ => Goal::Free,
            };
            let value =
                if element.spread { self.spread(element.value, expected) } else { self.infer(element.value, own) };
            let ty = if element.spread { self.spread_type(value) } else { self.ty(value) };
            let ty = self.widen(ty);
            sum = self.merge_types(sum, ty);
            made.push(Element { spread: element.spread, value });
        }
        let ty = match expected {
            Some(want) if matches!(goal, Goal::Must(..)) => want,
            Some(want) if self.sub(sum, want) => want,
            _ if any => TypeId::ANY,
            _ if elements.is_empty() => self.fresh((id, 0), unknown),
            _ => sum,
        };
        (made, ty)
    }

    /// What `..value` spreads, as an array.
    pub fn spread(&mut self, value: ast::ExprId, element: Option<TypeId>) -> ExprId {
        let hint = element.map(|element| self.cx.types.array(element));
        let value = self.infer(value, Goal::of_hint(hint));
        let span = self.span(value);
        let ty = self.known(self.ty(value), span);
        let sequence = self.cx.types.intern(TypeKind::Seq(TypeId::ANY));
        let is_sequence = self.cx.types.is_subtype(ty, sequence);
        let iterator = match self.kind(ty) {
            TypeKind::Array(_) | TypeKind::FixedArray(..) | TypeKind::Error | TypeKind::Never => return value,
            // By the type's own `iter`, as `for` walks it; an iterator gives itself.
            TypeKind::Nominal(..) if !is_sequence => self.core_call(names::ITER_FN, &[value], TypeId::ERROR, span),
            _ => value,
        };
        let names = self.cx.bodies.names;
        let collect = match ty {
            TypeId::ANY => names.collect_any,
            _ if is_sequence => names.collect_seq,
            _ => names.collect,
        };
        match self.library_multi(names.iter, collect) {
            Some(multi) => self.call_values(&[multi], &[iterator], None, span),
            None => self.core_call(collect, &[iterator], TypeId::ERROR, span),
        }
    }

    fn spread_type(&mut self, value: ExprId) -> TypeId {
        let ty = self.read_as_known(self.ty(value));
        match self.kind(ty) {
            TypeKind::Array(element) | TypeKind::FixedArray(element, _) => *element,
            _ => self.sequence_element(ty).unwrap_or(TypeId::ERROR),
        }
    }

    pub fn repeat(
        &mut self,
        id: ast::ExprId,
        value: ast::ExprId,
        count: ast::ExprId,
        goal: Goal,
        span: Span,
    ) -> ExprId {
        let _ = id;
        let expected = self.expected(goal, |kind| match kind {
            TypeKind::Array(element) | TypeKind::Seq(element) => Some((*element, None)),
            TypeKind::FixedArray(element, length) => Some((*element, Some(*length))),
            _ => None,
        });
        let (element, length) = expected.map_or((None, None), |(element, length)| (Some(element), length));
        let element = element.filter(|element| *element == TypeId::ANY || self.settled(*element).is_some());
        let own = match element {
            Some(want) => goal.part(want, PlaceKind::Element),
            None => Goal::Free,
        };
        let value = self.infer(value, own);
        let ty = match element {
            Some(want) if matches!(goal, Goal::Must(..)) => want,
            _ => {
                let found = self.ty(value);
                let found = self.widen(found);
                match element {
                    Some(want) if self.sub(found, want) => want,
                    _ => found,
                }
            }
        };
        let written = match self.ast.expr(count).kind {
            ast::ExprKind::Int(value) => value,
            _ => None,
        };
        let count = self.check(count, TypeId::I64, Place::new(PlaceKind::Count));
        let array = match (length, written) {
            (Some(length), Some(written)) => {
                if length != written {
                    self.wrong_length(length, written, span);
                }
                self.cx.types.intern(TypeKind::FixedArray(ty, length))
            }
            _ => self.cx.types.array(ty),
        };
        self.push(ExprKind::Repeat(value, count), array, span)
    }

    // ---- tables and maps

    pub fn table(&mut self, id: ast::ExprId, pairs: &[(ast::ExprId, ast::ExprId)], goal: Goal, span: Span) -> ExprId {
        let expected = self.expected(goal, |kind| match kind {
            TypeKind::Table(key, value) => Some((*key, *value)),
            _ => None,
        });
        let (made, key, value) = self.pairs(id, pairs, expected, goal, TypeId::ANY);
        let table = self.cx.types.intern(TypeKind::Table(key, value));
        self.push(ExprKind::Table(made), table, span)
    }

    pub fn map(&mut self, id: ast::ExprId, pairs: &[(ast::ExprId, ast::ExprId)], goal: Goal, span: Span) -> ExprId {
        let expected = self.expected(goal, |kind| match kind {
            TypeKind::Map(key, value) => Some((*key, *value)),
            _ => None,
        });
        let (made, key, value) = self.pairs(id, pairs, expected, goal, TypeId::NEVER);
        let map = self.cx.types.intern(TypeKind::Map(key, value));
        self.push(ExprKind::Map(made), map, span)
    }

    fn pairs(
        &mut self,
        id: ast::ExprId,
        pairs: &[(ast::ExprId, ast::ExprId)],
        expected: Option<(TypeId, TypeId)>,
        goal: Goal,
        unknown: TypeId,
    ) -> (Vec<(ExprId, ExprId)>, TypeId, TypeId) {
        let (key_want, value_want) = (expected.map(|pair| pair.0), expected.map(|pair| pair.1));
        let mut made = Vec::with_capacity(pairs.len());
        let (mut keys, mut values) = (TypeId::NEVER, TypeId::NEVER);
        for (key, value) in pairs {
            let (key, key_type) = self.pair_part(*key, key_want, goal, PlaceKind::Key);
            let (value, value_type) = self.pair_part(*value, value_want, goal, PlaceKind::Value);
            keys = self.merge_types(keys, key_type);
            values = self.merge_types(values, value_type);
            made.push((key, value));
        }
        let empty = pairs.is_empty();
        let key = self.pair_type(keys, key_want, goal, empty, (id, 0), TypeId::ANY);
        let value = self.pair_type(values, value_want, goal, empty, (id, 1), unknown);
        (made, key, value)
    }

    fn pair_part(&mut self, part: ast::ExprId, want: Option<TypeId>, goal: Goal, kind: PlaceKind) -> (ExprId, TypeId) {
        let own = match want.and_then(|want| self.settled(want)) {
            Some(want) => goal.part(want, kind),
            None => Goal::Free,
        };
        let value = self.infer(part, own);
        let ty = self.ty(value);
        (value, self.widen(ty))
    }

    fn pair_type(
        &mut self,
        sum: TypeId,
        want: Option<TypeId>,
        goal: Goal,
        empty: bool,
        site: super::body::Site,
        unknown: TypeId,
    ) -> TypeId {
        let any = want == Some(TypeId::ANY) && matches!(goal, Goal::Must(..));
        match want.and_then(|want| self.settled(want)) {
            Some(want) if matches!(goal, Goal::Must(..)) => want,
            Some(want) if self.sub(sum, want) => want,
            _ if any => TypeId::ANY,
            _ if empty => self.fresh(site, unknown),
            _ => sum,
        }
    }

    // ---- tuples, shapes, ranges

    pub fn tuple(&mut self, items: &[ast::ExprId], goal: Goal, span: Span) -> ExprId {
        if items.is_empty() {
            return self.unit(span);
        }
        let expected: Option<Vec<TypeId>> = self.expected(goal, |kind| match kind {
            TypeKind::Tuple(elements) if elements.len() == items.len() => Some(elements.to_vec()),
            _ => None,
        });
        let mut made = Vec::with_capacity(items.len());
        let mut types = Vec::with_capacity(items.len());
        for (index, item) in items.iter().enumerate() {
            let want = expected.as_ref().and_then(|all| all.get(index).copied());
            let own = want.map_or(Goal::Free, |want| goal.part(want, PlaceKind::Element));
            let value = self.infer(*item, own);
            let ty = self.ty(value);
            types.push(self.widen(ty));
            made.push(value);
        }
        let ty = self.cx.types.tuple(&types);
        self.push(ExprKind::Tuple(made), ty, span)
    }

    pub fn shape(&mut self, fields: &[ast::FieldInit], goal: Goal, span: Span) -> ExprId {
        let expected: Option<Vec<(Name, TypeId)>> = self.expected(goal, |kind| match kind {
            TypeKind::Shape(fields) => Some(fields.to_vec()),
            _ => None,
        });
        let mut made: Vec<(Name, ExprId)> = Vec::with_capacity(fields.len());
        let mut types: Vec<(Name, TypeId)> = Vec::with_capacity(fields.len());
        for field in fields {
            if types.iter().any(|(name, _)| *name == field.name.name) {
                let text = self.text(field.name.name).to_owned();
                self.report(Diagnostic::error(
                    "field-twice",
                    field.name.span,
                    format!("the field `{text}` stands here twice"),
                ));
            }
            let want = expected.as_ref().and_then(|all| all.iter().find(|(name, _)| *name == field.name.name));
            let own = match want {
                Some((name, ty)) => goal.part(*ty, PlaceKind::Field(*name)),
                None => Goal::Free,
            };
            let value = self.infer(field.value, own);
            let ty = self.ty(value);
            types.push((field.name.name, self.widen(ty)));
            made.push((field.name.name, value));
        }
        let ty = self.cx.types.shape(&types);
        self.push(ExprKind::Shape(made), ty, span)
    }

    pub fn range(
        &mut self,
        start: Option<ast::ExprId>,
        end: Option<ast::ExprId>,
        inclusive: bool,
        span: Span,
    ) -> ExprId {
        let place = Place::new(PlaceKind::RangeEnd);
        let start = start.map(|start| self.check(start, TypeId::I64, place));
        let end = end.map(|end| self.check(end, TypeId::I64, place));
        let ty = match self.cx.types.well_known.range {
            Some(decl) => self.cx.types.nominal(decl, &[]),
            None => TypeId::ERROR,
        };
        self.push(ExprKind::Range(start, end, inclusive), ty, span)
    }

    /// `value in container`.
    pub fn contains(&mut self, value: ast::ExprId, container: ast::ExprId, negated: bool, span: Span) -> ExprId {
        let value = self.infer(value, Goal::Free);
        let (stmt, value) = if self.is_simple(value) {
            (None, value)
        } else {
            let at = self.span(value);
            let (stmt, local) = self.bind_hidden(value, at);
            (Some(stmt), self.read_local(local, at))
        };
        let container = self.infer(container, Goal::Free);
        let found = self.core_call(sayso_base::names::CONTAINS, &[container, value], TypeId::BOOL, span);
        let found = self.wrap(stmt.into_iter().collect(), found, span);
        if negated { self.not(found, span) } else { found }
    }
}
