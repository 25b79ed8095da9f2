//! Whether the functions that specialise an abstract one cover all its concrete inputs.

use super::Signature;
use crate::decl::{DeclId, DeclKind, Variance};
use crate::memo::Parts;
use crate::store::{TypeId, TypeKind, TypeStore, VarId};
use crate::substitute::Substitution;
use rustc_hash::FxHashSet;
use smallvec::SmallVec;

/// How many inputs are looked at before the budget counts as spent.
const MAX_INPUTS: usize = 20_000;
/// The length that stands for any in a fixed array that a `Seq` may be.
pub(crate) const ANY_LENGTH: u64 = u64::MAX;

impl TypeStore {
    /// The concrete inputs of the abstract function `signatures[index]` for which no strictly more specific function
    /// fits. Traits are taken apart into the types that declare them as supertypes, enums into variants, unions into
    /// parts, until a function covers the input or it is concrete.
    pub fn missing_cases(&mut self, signatures: &[Signature], index: usize) -> Vec<Vec<TypeId>> {
        let Some(whole) = signatures.get(index) else { return Vec::new() };
        let mut covers: Vec<&Signature> = Vec::new();
        for (other, signature) in signatures.iter().enumerate() {
            if other != index && self.more_specific(signature, whole) {
                covers.push(signature);
            }
        }
        // A variable that an invariant place decides stays: `[T]` is an array of anything, not an array of `any`.
        let loose = self.loose_vars(whole);
        let free: SmallVec<[VarId; 4]> = whole.vars.iter().copied().filter(|var| !loose.contains(var)).collect();
        let input: Vec<TypeId> = whole.params.iter().map(|&param| self.bounded(param, &free)).collect();
        let mut missing = Vec::new();
        let mut seen: FxHashSet<Vec<TypeId>> = FxHashSet::default();
        let mut open = vec![input];
        while let Some(input) = open.pop() {
            if !seen.insert(input.clone()) {
                continue;
            }
            if seen.len() > MAX_INPUTS {
                self.memo.exhausted();
                break;
            }
            let instance = self.instances(&input, &loose);
            if covers.iter().any(|cover| self.fit(&instance, cover).is_some()) {
                continue;
            }
            match self.first_split(&input) {
                Some((place, parts)) => open.extend(parts.into_iter().rev().map(|part| {
                    let mut narrower = input.clone();
                    if let Some(slot) = narrower.get_mut(place) {
                        *slot = part;
                    }
                    narrower
                })),
                None => missing.push(input.into_iter().map(|ty| self.bounded(ty, &loose)).collect()),
            }
        }
        missing
    }

    /// The type with variables of the signature replaced by their upper bounds.
    pub(crate) fn bounded(&mut self, ty: TypeId, vars: &[crate::VarId]) -> TypeId {
        let mut with = Substitution::new();
        for &var in vars {
            let upper = self.var(var).upper;
            // A bound that names an earlier variable uses that one's bound.
            let upper = self.substitute(upper, &with);
            with.insert(var, upper);
        }
        self.substitute(ty, &with)
    }

    fn first_split(&mut self, input: &[TypeId]) -> Option<(usize, Vec<TypeId>)> {
        input.iter().enumerate().find_map(|(place, &ty)| self.narrower(ty).map(|parts| (place, parts)))
    }

    /// The declared types directly below an abstract type that together make it up; `None` if it is concrete or
    /// cannot be taken apart.
    pub(crate) fn narrower(&mut self, ty: TypeId) -> Option<Vec<TypeId>> {
        match self.kind(ty) {
            TypeKind::Union(parts) => Some(parts.to_vec()),
            TypeKind::Var(var) => {
                let upper = self.var(*var).upper;
                // Bounds may go in circles.
                if !self.enter() {
                    return None;
                }
                let parts = self.narrower(upper);
                self.leave();
                let parts = parts?;
                Some(parts.into_iter().map(|part| self.intersection(&[ty, part])).collect())
            }
            TypeKind::Seq(element) => {
                let element = *element;
                Some(self.sequences(element))
            }
            TypeKind::Tuple(elements) => {
                let elements = elements.to_vec();
                let (place, parts) = self.first_split(&elements)?;
                Some(self.with_each(&elements, place, parts))
            }
            TypeKind::Nominal(decl, _) => {
                let decl = *decl;
                match self.decl(decl).kind {
                    DeclKind::Enum if !self.decl(decl).variants.is_empty() => Some(self.variants(ty)),
                    DeclKind::Trait => Some(self.instances_below(ty, decl)),
                    _ => None,
                }
            }
            TypeKind::Intersection(parts) => {
                let parts: Parts = parts.as_ref().into();
                self.narrower_intersection(&parts)
            }
            _ => None,
        }
    }

    fn with_each(&mut self, elements: &[TypeId], place: usize, parts: Vec<TypeId>) -> Vec<TypeId> {
        let mut tuples = Vec::with_capacity(parts.len());
        for part in parts {
            let mut narrower = elements.to_vec();
            if let Some(slot) = narrower.get_mut(place) {
                *slot = part;
            }
            tuples.push(self.tuple(&narrower));
        }
        tuples
    }

    fn sequences(&mut self, element: TypeId) -> Vec<TypeId> {
        let own = if self.is_ground(element) && self.is_exact(element) {
            element
        } else {
            self.skolem(element, TypeId::NEVER, &mut 0)
        };
        let mut all = vec![self.array(own)];
        all.push(self.intern(TypeKind::FixedArray(own, ANY_LENGTH)));
        all.push(self.intern(TypeKind::List(element)));
        if let Some(range) = self.well_known.range
            && self.is_subtype(TypeId::I64, element)
        {
            all.push(self.nominal(range, &[]));
        }
        all
    }

    /// An intersection with a trait or class is narrowed at that part, as far as what comes out may exist.
    fn narrower_intersection(&mut self, parts: &Parts) -> Option<Vec<TypeId>> {
        if let Some(tuple) = self.merged_tuple(parts) {
            return self.narrower(tuple);
        }
        for (index, &part) in parts.iter().enumerate() {
            let Some(decl) = self.decl_of(part) else { continue };
            let below = match self.decl(decl).kind {
                // A class that is not all of the intersection: only its declared subclasses may be.
                DeclKind::Class if parts.len() > 1 && parts.iter().any(|&other| self.is_trait(other)) => {
                    self.instances_below(part, decl)
                }
                _ => match self.narrower(part) {
                    Some(below) => below,
                    None => continue,
                },
            };
            let mut narrower = Vec::new();
            for ty in below {
                let mut with = parts.clone();
                if let Some(slot) = with.get_mut(index) {
                    *slot = ty;
                }
                let both = self.intersection(&with);
                if both != TypeId::NEVER {
                    narrower.push(both);
                }
            }
            return Some(narrower);
        }
        None
    }

    /// One tuple that has the values of all, if all are tuples of one length.
    pub(crate) fn merged_tuple(&mut self, parts: &[TypeId]) -> Option<TypeId> {
        let TypeKind::Tuple(first) = self.kind(*parts.first()?) else { return None };
        let mut merged: Parts = first.as_ref().into();
        for &part in parts.iter().skip(1) {
            let TypeKind::Tuple(elements) = self.kind(part) else { return None };
            if elements.len() != merged.len() {
                return None;
            }
            let elements: Parts = elements.as_ref().into();
            for (place, element) in merged.iter_mut().zip(elements) {
                *place = self.intersection(&[*place, element]);
            }
        }
        Some(self.tuple(&merged))
    }

    fn is_trait(&self, ty: TypeId) -> bool {
        self.decl_of(ty).is_some_and(|decl| self.decl(decl).kind == DeclKind::Trait)
    }

    /// For each declaration directly below `target`'s, its most general instance that is a subtype of `target`.
    pub(crate) fn instances_below(&mut self, target: TypeId, decl: DeclId) -> Vec<TypeId> {
        let mut all = Vec::new();
        for below in self.direct_subtypes(decl) {
            let instance = self.most_general(below, target, decl);
            if self.is_subtype(instance, target) {
                all.push(instance);
            }
        }
        all
    }

    /// The most general instance of `below` that may be a subtype of `target`, an instance of `above`.
    fn most_general(&mut self, below: DeclId, target: TypeId, above: DeclId) -> TypeId {
        let params = self.decl(below).params.clone();
        if params.is_empty() {
            return self.nominal(below, &[]);
        }
        let own = self.own_type(below);
        let pattern = self.supertype_view(own, above);
        let mut next = 0;
        let mut with = Substitution::new();
        for param in &params {
            let bounds = *self.var(param.var);
            let mut upper = self.substitute(bounds.upper, &with);
            let mut lower = self.substitute(bounds.lower, &with);
            let mut exact = None;
            let wanted = self.args(target);
            for (index, &wanted) in wanted.iter().enumerate() {
                let place = pattern.and_then(|pattern| self.arg(pattern, index));
                if !place.is_some_and(|place| matches!(self.kind(place), TypeKind::Var(var) if *var == param.var)) {
                    continue;
                }
                match self.variance(above, index) {
                    Variance::Covariant => upper = self.intersection(&[upper, wanted]),
                    Variance::Contravariant => lower = self.union(&[lower, wanted]),
                    Variance::Invariant => exact = Some(wanted),
                }
            }
            let arg = match (exact, param.variance) {
                (Some(exact), _) => exact,
                (None, Variance::Covariant) => upper,
                (None, Variance::Contravariant) => lower,
                (None, Variance::Invariant) => self.skolem(upper, lower, &mut next),
            };
            with.insert(param.var, arg);
        }
        let args: Parts = params.iter().filter_map(|param| with.get(param.var)).collect();
        self.nominal(below, &args)
    }
}
