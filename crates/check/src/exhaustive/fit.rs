//! Which cases of a type a pattern fits, and what it asks of their parts.

use super::cases::{Case, Form, Head, Hit, Parts, Split};
use super::matrix::{Cell, Search};
use super::ordered::{self, Extent};
use crate::hir::{Constant, PatternId, PatternKind};
use sayso_types::{DeclKind, TypeId, TypeKind};

impl Search<'_> {
    /// Adds the cases that a cell fits.
    pub fn hits(&mut self, cell: Cell, split: &Split, hits: &mut Vec<Hit>) {
        let Some(head) = self.head(cell) else { return };
        if let (Some(pieces), Head::Other(kind)) = (&split.pieces, &head) {
            if let Extent::Between(from, to) = ordered::extent(kind, split.ty) {
                let run = pieces.run(&from, &to);
                self.spend(run.len());
                hits.extend(run.map(|index| Hit { case: split.tests + index, sure: true, parts: Parts::new() }));
            }
            return;
        }
        if let Head::Other(PatternKind::Nominal(decl, fields)) = &head
            && let DeclKind::Variant { index, .. } = self.types.decl(*decl).kind
            && let TypeKind::Nominal(of, _) = self.types.kind(split.ty)
        {
            let at = split.tests + index as usize;
            let direct = self.types.decl(*of).kind == DeclKind::Enum
                && matches!(split.cases.get(at).map(|case| &case.form), Some(Form::Nominal(own)) if own == decl);
            if direct && split.tests == 0 {
                hits.push(Hit { case: at, sure: true, parts: slots(fields) });
                return;
            }
        }
        for (index, case) in split.cases.iter().enumerate() {
            let mut sure = true;
            let parts = match case.form {
                Form::Narrow { .. } => {
                    let keeps = split.keeps || self.keeps_in_test(&head, case.ty, split.ty);
                    let fits = keeps && self.may_fit(&head, case.ty);
                    fits.then(|| [(0, cell)].into_iter().collect())
                }
                _ => self.fit(cell, case, &mut sure),
            };
            if let Some(parts) = parts {
                hits.push(Hit { case: index, sure, parts });
            }
            if self.outcome.exhausted {
                return;
            }
        }
    }

    /// Whether a cell may fit values of a type: false only if it is certain that it does not.
    fn may_fit(&mut self, head: &Head<'_>, ty: TypeId) -> bool {
        match head {
            Head::Type(wanted, _) => !self.is_disjoint(*wanted, ty),
            Head::Other(kind) => self.own_types(kind).into_iter().any(|own| !self.is_disjoint(own, ty)),
        }
    }

    /// Whether a cell is looked at inside of a test: if the test decides it, or holds all that it fits, or can be
    /// taken apart. All else has a test of its own.
    fn keeps_in_test(&mut self, head: &Head<'_>, test: TypeId, whole: TypeId) -> bool {
        match head {
            Head::Type(wanted, _) => {
                self.is_below(test, *wanted) || {
                    let both = self.types.intersection(&[whole, *wanted]);
                    self.is_below(both, test)
                }
            }
            Head::Other(kind) => {
                !self.is_open(test) || self.own_types(kind).into_iter().any(|own| self.is_below(own, test))
            }
        }
    }

    /// What a cell asks of the parts of a structural case; none if it does not take what lies there.
    fn fit(&mut self, mut cell: Cell, case: &Case, sure: &mut bool) -> Option<Parts> {
        loop {
            let kind = match self.head(cell)? {
                Head::Type(wanted, inner) => {
                    if self.is_below(case.ty, wanted) {
                        let Some(inner) = inner else { return Some(Parts::new()) };
                        match self.normalise(Cell::Pattern(inner), case.ty, sure) {
                            Some(next) => cell = next,
                            None => return Some(Parts::new()),
                        }
                        continue;
                    }
                    return self.by_parts(case, wanted, inner);
                }
                Head::Other(kind) => kind,
            };
            return match (kind, &case.form) {
                (PatternKind::Constant(Constant::Bool(value)), Form::Bool(own)) => (value == own).then(Parts::new),
                (PatternKind::Constant(Constant::Symbol(name)), Form::Symbol) => {
                    let same = matches!(self.types.kind(case.ty), TypeKind::Symbol(own) if own == name);
                    same.then(Parts::new)
                }
                (PatternKind::Nominal(decl, fields), Form::Nominal(own)) => {
                    (decl == own || self.types.inherits(*own, *decl)).then(|| slots(fields))
                }
                (PatternKind::Tuple(parts), Form::Tuple) => {
                    let length = match self.types.kind(case.ty) {
                        TypeKind::Tuple(elements) => elements.len(),
                        _ => return None,
                    };
                    (length == parts.len())
                        .then(|| (0..).zip(parts).map(|(index, part)| (index, Cell::Pattern(*part))).collect())
                }
                (PatternKind::Array { before, rest, after }, Form::Array { least, exact }) => {
                    elements(before, rest.is_some(), after, *least, *exact)
                }
                _ => None,
            };
        }
    }

    /// A type pattern on a tuple, or on a record whose type arguments are those of its fields, as patterns of the parts.
    pub fn by_parts(&mut self, case: &Case, wanted: TypeId, inner: Option<PatternId>) -> Option<Parts> {
        let plain = match inner {
            None => true,
            Some(inner) => {
                let mut sure = true;
                self.normalise(Cell::Pattern(inner), wanted, &mut sure).is_none() && sure
            }
        };
        if !plain {
            return None;
        }
        match (&case.form, self.types.kind(case.ty), self.types.kind(wanted)) {
            (Form::Tuple, TypeKind::Tuple(own), TypeKind::Tuple(elements)) if own.len() == elements.len() => {
                Some((0..).zip(elements.iter()).map(|(index, element)| (index, Cell::Test(*element))).collect())
            }
            (Form::Nominal(decl), _, TypeKind::Nominal(of, args)) => {
                let (decl, of) = (*decl, *of);
                let own = self.types.decl(decl);
                let is_variant = matches!(own.kind, DeclKind::Variant { of: parent, .. } if parent == of);
                let is_open = !own.params.is_empty() && own.params.iter().all(|param| param.open);
                let fields = own.fields.len() as u64;
                if !is_open || !(is_variant || decl == of) || fields > 64 {
                    return None;
                }
                let args = args.to_vec();
                let view = self.types.nominal(decl, &args);
                Some((0..fields).map(|slot| (slot, Cell::Test(self.field_type(view, decl, slot)))).collect())
            }
            _ => None,
        }
    }
}

fn slots(fields: &[(u32, PatternId)]) -> Parts {
    fields.iter().map(|(slot, part)| (u64::from(*slot), Cell::Pattern(*part))).collect()
}

/// What an array pattern asks of the elements of arrays of a length, or of at least that length.
fn elements(before: &[PatternId], rest: bool, after: &[PatternId], least: u64, exact: bool) -> Option<Parts> {
    let own = (before.len() + after.len()) as u64;
    let fits = if rest { own <= least } else { own == least && exact };
    if !fits {
        return None;
    }
    let front = (0..).zip(before).map(|(index, part)| (index, Cell::Pattern(*part)));
    let back = (0..after.len() as u64).zip(after).map(|(index, part)| {
        let from_end = after.len() as u64 - index;
        let place = if exact { least.saturating_sub(from_end) } else { u64::MAX - from_end };
        (place, Cell::Pattern(*part))
    });
    Some(front.chain(back).collect())
}
