//! Specificity, and dispatch itself.
//!
//! `a` is more specific than `b` if every tuple of run-time types that fits `a` fits `b`, and not the reverse. To ask
//! it of types instead of tuples, each place in `a`'s parameters where run-time types may differ gets a variable of
//! its own (a *skolem*) with that place's type as bound: `(any, any)` becomes `(X, Y)`, which does not fit `(T, T)`.
//! The same goes for a variable of `a` where another place decides what it is: of `(Seq<T>, [T])` the array does, and
//! the sequence's elements are of some type below, so it does not fit `(Seq<U>, Seq<U>)`.

use super::{Dispatch, Signature};
use crate::decl::{DeclKind, Variance};
use crate::memo::Parts;
use crate::store::{TypeId, TypeKind, TypeStore, VarId, VarInfo};
use sayso_base::names;
use smallvec::SmallVec;

/// The variables that may be narrower in a covariant place.
#[derive(Clone, Copy)]
enum Narrower<'a> {
    All,
    These(&'a [VarId]),
}

impl TypeStore {
    /// Whether every tuple of run-time types that fits `a` fits `b`.
    pub fn at_least_as_specific(&mut self, a: &Signature, b: &Signature) -> bool {
        if a.params.len() != b.params.len() {
            return false;
        }
        if b.vars.is_empty() {
            return a.params.iter().zip(&b.params).all(|(&own, &other)| self.is_subtype(own, other));
        }
        let loose = self.loose_vars(a);
        let instance = self.instances(&a.params, &loose);
        self.fit(&instance, b).is_some()
    }

    /// Whether `a` is strictly more specific than `b`.
    pub fn more_specific(&mut self, a: &Signature, b: &Signature) -> bool {
        self.at_least_as_specific(a, b) && !self.at_least_as_specific(b, a)
    }

    /// Pairs of signatures that the same arguments fit: of two such functions neither can ever be called.
    pub fn duplicates(&mut self, signatures: &[Signature]) -> Vec<(usize, usize)> {
        let mut pairs = Vec::new();
        for (i, a) in signatures.iter().enumerate() {
            for (j, b) in signatures.iter().enumerate().skip(i + 1) {
                if self.at_least_as_specific(a, b) && self.at_least_as_specific(b, a) {
                    pairs.push((i, j));
                }
            }
        }
        pairs
    }

    /// Dispatch on argument types as they are: of the signatures that fit, the one that is more specific than every
    /// other. Unions are not split; see [`TypeStore::dispatch_split`].
    pub fn dispatch(&mut self, args: &[TypeId], signatures: &[Signature]) -> Dispatch {
        let mut fitting: SmallVec<[(usize, &Signature, Vec<TypeId>); 4]> = SmallVec::new();
        for (index, signature) in signatures.iter().enumerate() {
            if let Some(types) = self.fit(args, signature) {
                fitting.push((index, signature, types));
            }
        }
        let mut best: SmallVec<[usize; 4]> = SmallVec::new();
        for (place, (_, own, _)) in fitting.iter().enumerate() {
            let beaten = fitting
                .iter()
                .enumerate()
                .any(|(other_place, (_, other, _))| other_place != place && self.more_specific(other, own));
            if !beaten {
                best.push(place);
            }
        }
        match best.as_slice() {
            [] => Dispatch::None,
            [place] => match fitting.into_iter().nth(*place) {
                Some((index, _, types)) => Dispatch::One(index, types),
                None => Dispatch::None,
            },
            _ => Dispatch::Ambiguous(best.iter().filter_map(|&place| fitting.get(place)).map(|fit| fit.0).collect()),
        }
    }

    /// Types of which each stands for an arbitrary run-time type of the corresponding static one. A variable in them is
    /// some static type, of which two values need not be of one run-time type.
    pub(crate) fn runtime_instance(&mut self, types: &[TypeId]) -> Vec<TypeId> {
        self.instances_of(types, Narrower::All)
    }

    /// The same of parameters: a variable stands for one type, but where it is in `loose` a covariant place may be narrower.
    pub(crate) fn instances(&mut self, types: &[TypeId], loose: &[VarId]) -> Vec<TypeId> {
        self.instances_of(types, Narrower::These(loose))
    }

    fn instances_of(&mut self, types: &[TypeId], narrower: Narrower<'_>) -> Vec<TypeId> {
        let mut next = 0;
        types.iter().map(|&ty| self.instance(ty, narrower, &mut next)).collect()
    }

    /// The variables that stand in places that are not covariant, too: these, or all places together, decide what the
    /// variable is, and its covariant places need not agree (see [`TypeStore::fit`]).
    pub(crate) fn loose_vars(&self, signature: &Signature) -> SmallVec<[VarId; 4]> {
        let decided_elsewhere = |&var: &VarId| {
            let mut positions = signature.params.iter().filter_map(|&param| self.position_of(var, param));
            positions.any(|position| position != Variance::Covariant)
        };
        signature.vars.iter().copied().filter(decided_elsewhere).collect()
    }

    fn instance(&mut self, ty: TypeId, narrower: Narrower<'_>, next: &mut u32) -> TypeId {
        match (self.kind(ty), narrower) {
            (TypeKind::Var(_), Narrower::All) => return self.skolem(ty, TypeId::NEVER, next),
            (TypeKind::Var(var), Narrower::These(loose)) if loose.contains(var) => {
                // Of a variable with a lower bound all places together are above it; each is taken to be.
                let lower = self.var(*var).lower;
                return self.skolem(ty, lower, next);
            }
            _ => {}
        }
        match self.kind(ty) {
            TypeKind::Any | TypeKind::AnyFunction => self.skolem(ty, TypeId::NEVER, next),
            TypeKind::Seq(_) | TypeKind::Shape(_) | TypeKind::Union(_) | TypeKind::Intersection(_) => {
                let upper = self.map_parts(ty, &mut |store, part| store.instance(part, narrower, next));
                self.skolem(upper, TypeId::NEVER, next)
            }
            TypeKind::Tuple(_) | TypeKind::List(_) | TypeKind::Set(_) => {
                self.map_parts(ty, &mut |store, part| store.instance(part, narrower, next))
            }
            TypeKind::Map(key, value) => {
                let (key, value) = (*key, *value);
                let value = self.instance(value, narrower, next);
                self.intern(TypeKind::Map(key, value))
            }
            TypeKind::Function { params, result, effects } => {
                let (mut params, result, effects): (Parts, _, _) = (params.as_ref().into(), *result, *effects);
                for param in &mut params {
                    *param = self.skolem(TypeId::ANY, *param, next);
                }
                let result = self.instance(result, narrower, next);
                self.function(&params, result, effects)
            }
            TypeKind::Nominal(decl, args) => {
                let (decl, mut args): (_, Parts) = (*decl, args.as_ref().into());
                for (index, arg) in args.iter_mut().enumerate() {
                    *arg = match self.variance(decl, index) {
                        Variance::Invariant => *arg,
                        Variance::Covariant => self.instance(*arg, narrower, next),
                        Variance::Contravariant => self.skolem(TypeId::ANY, *arg, next),
                    };
                }
                let upper = self.nominal(decl, &args);
                let info = self.decl(decl);
                let exact = matches!(info.kind, DeclKind::Struct | DeclKind::Object | DeclKind::Variant { .. })
                    && !info.fields.iter().any(|field| field.open);
                if exact { upper } else { self.skolem(upper, TypeId::NEVER, next) }
            }
            // One run-time type for one static one; a variable stands for one already.
            _ => ty,
        }
    }

    /// The `next`-th variable between these bounds. The same ones serve every comparison.
    pub(crate) fn skolem(&mut self, upper: TypeId, lower: TypeId, next: &mut u32) -> TypeId {
        let key = (upper, lower, *next);
        *next += 1;
        let var = match self.known_skolem(&key) {
            Some(var) => var,
            None => {
                let var = self.add_var(VarInfo { name: names::EMPTY, upper, lower });
                self.memo.skolems.insert(key, var);
                var
            }
        };
        self.variable(var)
    }

    fn known_skolem(&self, key: &(TypeId, TypeId, u32)) -> Option<VarId> {
        let own = self.memo.skolems.get(key).copied();
        own.or_else(|| self.base.as_ref().and_then(|base| base.known_skolem(key)))
    }
}
