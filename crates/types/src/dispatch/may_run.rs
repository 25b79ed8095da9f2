//! What a call with these static types may run.

use super::{Dispatch, Signature};
use crate::store::{TypeId, TypeKind, TypeStore};

/// Into how many combinations of alternatives a call's argument types are split at most.
const MAX_COMBINATIONS: usize = 256;

impl TypeStore {
    /// The functions that some run-time argument types below the static ones may select, in order. Never too few;
    /// too many where disjointness cannot be shown.
    pub fn may_run(&mut self, args: &[TypeId], signatures: &[Signature]) -> Vec<usize> {
        self.targets(args, signatures).0
    }

    /// The one function that every run-time argument tuple below the static types selects, if there is one: such a
    /// call needs no dispatch.
    pub fn sole_target(&mut self, args: &[TypeId], signatures: &[Signature]) -> Option<usize> {
        match self.targets(args, signatures) {
            (targets, true) => match targets.as_slice() {
                [single] => Some(*single),
                _ => None,
            },
            (_, false) => None,
        }
    }

    /// Dispatch for each combination of the alternatives in the argument types: parts of unions, where a whole union
    /// finds no function, or is to be split for a better answer. A call is right if each finds one.
    pub fn dispatch_split(&mut self, args: &[TypeId], signatures: &[Signature]) -> Vec<(Vec<TypeId>, Dispatch)> {
        if args.iter().all(|&arg| !matches!(self.kind(arg), TypeKind::Union(_) | TypeKind::Never | TypeKind::Var(_))) {
            return vec![(args.to_vec(), self.dispatch(args, signatures))];
        }
        let combinations = self.combinations(args, false);
        combinations
            .into_iter()
            .map(|combination| {
                let outcome = self.dispatch(&combination, signatures);
                (combination, outcome)
            })
            .collect()
    }

    /// What may run, and whether for all arguments some function fits.
    fn targets(&mut self, args: &[TypeId], signatures: &[Signature]) -> (Vec<usize>, bool) {
        if args.iter().all(|&arg| self.is_exact(arg)) && !args.contains(&TypeId::NEVER) {
            return match self.dispatch(args, signatures) {
                Dispatch::One(index, _) => (vec![index], true),
                Dispatch::Ambiguous(best) => (best, false),
                Dispatch::None => (Vec::new(), false),
            };
        }
        let possible: Vec<usize> = (0..signatures.len())
            .filter(|&index| signatures.get(index).is_some_and(|signature| self.may_fit(args, signature)))
            .collect();
        if possible.is_empty() {
            return (possible, args.contains(&TypeId::NEVER));
        }
        let whole = self.targets_of(args, signatures, &possible);
        let splittable = args.iter().any(|&arg| self.alternatives(arg, true).len() > 1);
        if !splittable || whole.1 && whole.0.len() == 1 {
            return whole;
        }
        let (mut all, mut covered) = (Vec::new(), true);
        for combination in self.combinations(args, true) {
            let (targets, fits) = self.targets_of(&combination, signatures, &possible);
            all.extend(targets);
            covered &= fits;
        }
        all.sort_unstable();
        all.dedup();
        (all, covered)
    }

    fn targets_of(&mut self, args: &[TypeId], signatures: &[Signature], among: &[usize]) -> (Vec<usize>, bool) {
        let exact = args.iter().all(|&arg| self.is_exact(arg));
        let instance = self.runtime_instance(args);
        let mut possible: Vec<(usize, &Signature, bool)> = Vec::new();
        for &index in among {
            let Some(signature) = signatures.get(index) else { continue };
            let fits = self.fit(&instance, signature).is_some();
            if fits || !exact && self.may_fit(args, signature) {
                possible.push((index, signature, fits));
            }
        }
        let mut targets = Vec::new();
        for &(index, own, _) in &possible {
            let beaten =
                possible.iter().any(|&(other, better, fits)| fits && other != index && self.more_specific(better, own));
            if !beaten {
                targets.push(index);
            }
        }
        (targets, possible.iter().any(|candidate| candidate.2))
    }

    /// Whether some run-time types below these may fit the signature.
    fn may_fit(&mut self, args: &[TypeId], signature: &Signature) -> bool {
        args.len() == signature.params.len()
            && args.iter().zip(&signature.params).all(|(&arg, &param)| !self.disjoint(arg, param))
            && !self.must_differ(args, signature)
    }

    /// Whether two parameters are the same variable, which arguments that have no value in common cannot both be.
    fn must_differ(&mut self, args: &[TypeId], signature: &Signature) -> bool {
        for (index, (&arg, &param)) in args.iter().zip(&signature.params).enumerate() {
            let TypeKind::Var(var) = self.kind(param) else { continue };
            if !signature.vars.contains(var) {
                continue;
            }
            for (&other, &same) in args.iter().zip(&signature.params).skip(index + 1) {
                if same == param && self.disjoint(arg, other) {
                    return true;
                }
            }
        }
        false
    }

    /// All combinations of alternatives; arguments past the limit are left whole.
    fn combinations(&mut self, args: &[TypeId], enums: bool) -> Vec<Vec<TypeId>> {
        let mut all: Vec<Vec<TypeId>> = vec![Vec::with_capacity(args.len())];
        for &arg in args {
            let mut alternatives = self.alternatives(arg, enums);
            if alternatives.is_empty() || all.len() * alternatives.len() > MAX_COMBINATIONS {
                alternatives = vec![arg];
            }
            let mut next = Vec::with_capacity(all.len() * alternatives.len());
            for prefix in &all {
                for &alternative in &alternatives {
                    let mut combination = prefix.clone();
                    combination.push(alternative);
                    next.push(combination);
                }
            }
            all = next;
        }
        all
    }

    fn alternatives(&mut self, arg: TypeId, enums: bool) -> Vec<TypeId> {
        let mut all = Vec::new();
        for part in self.union_parts(arg) {
            let variants = if enums { self.variants(part) } else { Vec::new() };
            if variants.is_empty() { all.push(part) } else { all.extend(variants) }
        }
        if let TypeKind::Var(var) = self.kind(arg) {
            let upper = self.var(*var).upper;
            let inner =
                if matches!(self.kind(upper), TypeKind::Var(_)) { Vec::new() } else { self.alternatives(upper, enums) };
            if inner.len() > 1 {
                return inner;
            }
        }
        all
    }
}
