//! Pairs of functions between which a declared type leaves no choice.

use super::{Dispatch, Signature};
use crate::decl::{DeclId, DeclKind};
use crate::memo::Parts;
use crate::store::{TypeId, TypeKind, TypeStore};
use rustc_hash::FxHashSet;

/// How many types are tried for one parameter.
const MAX_CANDIDATES: usize = 24;
/// How many tuples are tried for one pair of functions.
const MAX_TUPLES: usize = 1_000;
/// How many tuples are tried for one multi-function.
const MAX_TRIES: usize = 100_000;

/// How many supertypes lie between a parameter's type and the types that are tried for it.
const MAX_STEPS_DOWN: u32 = 40;

/// The types to try for one parameter, and all that was looked at to find them.
#[derive(Default)]
struct Candidates {
    types: Vec<TypeId>,
    seen: FxHashSet<TypeId>,
}

impl TypeStore {
    /// Pairs of signatures that some tuple of declared concrete types makes ambiguous, with one such tuple. Concrete
    /// types are structs, objects, variants, classes, scalars, symbols and tuples of these.
    pub fn ambiguities(&mut self, signatures: &[Signature]) -> Vec<(usize, usize, Vec<TypeId>)> {
        let mut found = Vec::new();
        let mut tries = 0;
        for (i, a) in signatures.iter().enumerate() {
            for (j, b) in signatures.iter().enumerate().skip(i + 1) {
                if a.params.len() != b.params.len() || self.never_both(a, b) {
                    continue;
                }
                if self.at_least_as_specific(a, b) || self.at_least_as_specific(b, a) {
                    continue;
                }
                if let Some(witness) = self.witness(signatures, (i, a), (j, b), &mut tries) {
                    found.push((i, j, witness));
                }
                if tries > MAX_TRIES {
                    return found;
                }
            }
        }
        found
    }

    fn never_both(&mut self, a: &Signature, b: &Signature) -> bool {
        a.params.iter().zip(&b.params).any(|(&own, &other)| self.disjoint(own, other))
    }

    fn witness(
        &mut self,
        signatures: &[Signature],
        (i, a): (usize, &Signature),
        (j, b): (usize, &Signature),
        tries: &mut usize,
    ) -> Option<Vec<TypeId>> {
        let mut columns = Vec::with_capacity(a.params.len());
        for (&own, &other) in a.params.iter().zip(&b.params) {
            let both = match (self.mentions(own, &a.vars), self.mentions(other, &b.vars)) {
                (false, false) => self.intersection(&[own, other]),
                (true, false) => other,
                (false, true) => own,
                (true, true) => self.bounded(own, &a.vars),
            };
            let mut column = Candidates::default();
            self.concrete_below(both, &mut column, 0);
            columns.push(column.types);
        }
        let total = columns.iter().map(Vec::len).try_fold(1usize, usize::checked_mul).unwrap_or(usize::MAX);
        for number in 0..total.min(MAX_TUPLES) {
            *tries += 1;
            let tuple = nth_tuple(&columns, number)?;
            if self.fit(&tuple, a).is_none() || self.fit(&tuple, b).is_none() {
                continue;
            }
            if let Dispatch::Ambiguous(best) = self.dispatch(&tuple, signatures)
                && best.contains(&i)
                && best.contains(&j)
            {
                return Some(tuple);
            }
        }
        None
    }

    /// Declared concrete types below a type, up to a number.
    fn concrete_below(&mut self, ty: TypeId, into: &mut Candidates, depth: u32) {
        if into.types.len() >= MAX_CANDIDATES || depth > MAX_STEPS_DOWN || !into.seen.insert(ty) {
            return;
        }
        match self.kind(ty) {
            TypeKind::Any => {
                into.types.extend([TypeId::I64, TypeId::STR, TypeId::F64, TypeId::BOOL, TypeId::BYTE, TypeId::VOID]);
            }
            TypeKind::Never | TypeKind::Error | TypeKind::Infer(_) => {}
            TypeKind::Var(var) => {
                let upper = self.var(*var).upper;
                self.concrete_below(upper, into, depth + 1);
            }
            TypeKind::Shape(_) => {
                for decl in (0..self.decl_count() as u32).map(DeclId) {
                    let kind = self.decl(decl).kind;
                    let concrete = matches!(kind, DeclKind::Struct | DeclKind::Object | DeclKind::Class);
                    if !concrete || !self.decl(decl).params.is_empty() || into.types.len() >= MAX_CANDIDATES {
                        continue;
                    }
                    let own = self.nominal(decl, &[]);
                    if self.is_subtype(own, ty) {
                        into.types.push(own);
                    }
                }
            }
            TypeKind::Tuple(elements) => {
                let elements: Parts = elements.as_ref().into();
                self.concrete_tuples(&elements, into, depth);
            }
            TypeKind::Intersection(parts)
                if parts.iter().all(|&part| matches!(self.kind(part), TypeKind::Tuple(_))) =>
            {
                let parts: Parts = parts.as_ref().into();
                if let Some(tuple) = self.merged_tuple(&parts) {
                    self.concrete_below(tuple, into, depth + 1);
                }
            }
            // What is a function of both types is no declared type.
            TypeKind::Intersection(parts)
                if parts.iter().any(|&part| matches!(self.kind(part), TypeKind::Function { .. })) => {}
            TypeKind::Nominal(decl, _) if self.decl(*decl).kind == DeclKind::Class => {
                let decl = *decl;
                into.types.push(ty);
                for below in self.instances_below(ty, decl) {
                    self.concrete_below(below, into, depth + 1);
                }
            }
            TypeKind::Nominal(decl, _) if self.decl(*decl).kind == DeclKind::Interface => {}
            _ => match self.narrower(ty) {
                Some(parts) => parts.into_iter().for_each(|part| self.concrete_below(part, into, depth + 1)),
                None if self.is_concrete(ty) => into.types.push(ty),
                None => {}
            },
        }
    }

    fn concrete_tuples(&mut self, elements: &[TypeId], into: &mut Candidates, depth: u32) {
        let mut columns = Vec::with_capacity(elements.len());
        for &element in elements {
            let mut column = Candidates::default();
            self.concrete_below(element, &mut column, depth + 1);
            columns.push(column.types);
        }
        let mut number = 0;
        while into.types.len() < MAX_CANDIDATES {
            let Some(tuple) = nth_tuple(&columns, number) else { break };
            if columns.iter().map(Vec::len).try_fold(1usize, usize::checked_mul).is_some_and(|total| number >= total) {
                break;
            }
            let tuple = self.tuple(&tuple);
            into.types.push(tuple);
            number += 1;
        }
    }
}

/// The tuple of that number when all are counted, the first column fastest; `None` if a column is empty.
fn nth_tuple(columns: &[Vec<TypeId>], mut number: usize) -> Option<Vec<TypeId>> {
    let mut tuple = Vec::with_capacity(columns.len());
    for column in columns {
        tuple.push(*column.get(number.checked_rem(column.len())?)?);
        number /= column.len();
    }
    Some(tuple)
}
