//! Unification and subtype constraints.

use super::{Inference, MAX_CHAIN, Slot};
use crate::decl::Variance;
use crate::memo::Parts;
use crate::store::{InferId, TypeId, TypeKind, TypeStore};

impl Inference {
    /// Makes two types equal by fixing variables in them; `false` if that cannot be. After `false`, some variables
    /// may be bound: use [`Inference::snapshot`] where that matters.
    pub fn unify(&mut self, store: &mut TypeStore, a: TypeId, b: TypeId) -> bool {
        if !store.has_infer(a) && !store.has_infer(b) {
            return store.equivalent(a, b);
        }
        self.deeper(store, |inference, store| inference.unify_open(store, a, b))
    }

    /// Makes `a` a subtype of `b` by binding variables in them; `false` if that cannot be. After `false`, some
    /// variables may be bound: use [`Inference::snapshot`] where that matters.
    pub fn constrain_subtype(&mut self, store: &mut TypeStore, a: TypeId, b: TypeId) -> bool {
        if !store.has_infer(a) && !store.has_infer(b) {
            return store.is_subtype(a, b);
        }
        self.deeper(store, |inference, store| inference.constrain_open(store, a, b))
    }

    fn deeper(&mut self, store: &mut TypeStore, act: impl FnOnce(&mut Inference, &mut TypeStore) -> bool) -> bool {
        if self.depth >= MAX_CHAIN || !store.enter() {
            store.memo.exhausted();
            return false;
        }
        self.depth += 1;
        let answer = act(self, store);
        self.depth -= 1;
        store.leave();
        answer
    }

    /// As [`Inference::constrain_subtype`], binding nothing if it fails.
    fn attempt(&mut self, store: &mut TypeStore, a: TypeId, b: TypeId) -> bool {
        let before = self.snapshot();
        let done = self.constrain_subtype(store, a, b);
        if !done {
            self.rollback(before);
        }
        done
    }

    fn unify_open(&mut self, store: &mut TypeStore, a: TypeId, b: TypeId) -> bool {
        if a == b || a == TypeId::ERROR || b == TypeId::ERROR {
            return true;
        }
        match (store.kind(a), store.kind(b)) {
            (TypeKind::Infer(x), TypeKind::Infer(y)) => {
                let (x, y) = (*x, *y);
                self.merge(store, x, y)
            }
            (TypeKind::Infer(x), _) => {
                let x = *x;
                self.fix(store, x, b)
            }
            (_, TypeKind::Infer(y)) => {
                let y = *y;
                self.fix(store, y, a)
            }
            (TypeKind::Union(_) | TypeKind::Intersection(_), _)
            | (_, TypeKind::Union(_) | TypeKind::Intersection(_)) => {
                let (x, y) = (self.resolve(store, a), self.resolve(store, b));
                if x == y {
                    return true;
                }
                self.constrain_subtype(store, x, y) && self.constrain_subtype(store, y, x)
            }
            _ => {
                if !same_head(store.kind(a), store.kind(b)) {
                    return false;
                }
                let (xs, ys) = (store.parts_of(a), store.parts_of(b));
                xs.len() == ys.len() && xs.iter().zip(&ys).all(|(&x, &y)| self.unify(store, x, y))
            }
        }
    }

    /// Makes a variable this very type.
    fn fix(&mut self, store: &mut TypeStore, id: InferId, ty: TypeId) -> bool {
        let root = self.root(id);
        match self.slot(root) {
            Slot::Fixed(known) => self.unify(store, known, ty),
            Slot::Same(_) => false,
            Slot::Open { lower, upper } => {
                if self.occurs(store, root, ty) {
                    return false;
                }
                self.set(root, Slot::Fixed(ty));
                (lower == TypeId::NEVER || self.constrain_subtype(store, lower, ty))
                    && (upper == TypeId::ANY || self.constrain_subtype(store, ty, upper))
            }
        }
    }

    /// Makes two variables one.
    fn merge(&mut self, store: &mut TypeStore, a: InferId, b: InferId) -> bool {
        let (a, b) = (self.root(a), self.root(b));
        if a == b {
            return true;
        }
        let (first, second) = self.by_rank(a, b);
        match (self.slot(first), self.slot(second)) {
            (Slot::Fixed(x), Slot::Fixed(y)) => self.unify(store, x, y),
            (Slot::Fixed(ty), Slot::Open { .. }) => self.fix(store, second, ty),
            (Slot::Open { .. }, Slot::Fixed(ty)) => self.fix(store, first, ty),
            (Slot::Open { lower: x, upper: u }, Slot::Open { lower: y, upper: v }) => {
                if self.occurs(store, first, y) || self.occurs(store, first, v) {
                    return false;
                }
                if self.occurs(store, second, x) || self.occurs(store, second, u) {
                    return false;
                }
                let lower = self.join(store, x, y);
                let upper = store.intersection(&[u, v]);
                self.set(second, Slot::Same(first));
                self.set(first, Slot::Open { lower, upper });
                lower == TypeId::NEVER || upper == TypeId::ANY || self.constrain_subtype(store, lower, upper)
            }
            (Slot::Same(_), _) | (_, Slot::Same(_)) => false,
        }
    }

    /// Lets a type flow into a variable.
    fn flow_in(&mut self, store: &mut TypeStore, ty: TypeId, id: InferId) -> bool {
        let root = self.root(id);
        match self.slot(root) {
            Slot::Fixed(known) => self.constrain_subtype(store, ty, known),
            Slot::Same(_) => false,
            Slot::Open { lower, upper } => {
                if ty == TypeId::NEVER {
                    return true;
                }
                if self.occurs(store, root, ty) || upper != TypeId::ANY && !self.constrain_subtype(store, ty, upper) {
                    return false;
                }
                let lower = self.join(store, lower, ty);
                // Joining may have bound the variable itself.
                match self.slot(self.root(root)) {
                    Slot::Open { upper, .. } if !self.occurs(store, root, lower) => {
                        self.set(root, Slot::Open { lower, upper });
                        true
                    }
                    _ => self.constrain_subtype(store, ty, lower),
                }
            }
        }
    }

    /// Makes a variable stay within a type.
    fn flow_out(&mut self, store: &mut TypeStore, id: InferId, ty: TypeId) -> bool {
        let root = self.root(id);
        match self.slot(root) {
            Slot::Fixed(known) => self.constrain_subtype(store, known, ty),
            Slot::Same(_) => false,
            Slot::Open { lower, upper } => {
                if ty == TypeId::ANY {
                    return true;
                }
                if self.occurs(store, root, ty) {
                    return false;
                }
                let narrower = if store.has_infer(ty) && upper != TypeId::ANY {
                    // Two open demands: the first is kept, the second is met by it.
                    if !self.constrain_subtype(store, upper, ty) {
                        return false;
                    }
                    upper
                } else {
                    store.intersection(&[upper, ty])
                };
                if narrower == TypeId::NEVER && ty != TypeId::NEVER {
                    return false;
                }
                self.set(root, Slot::Open { lower, upper: narrower });
                lower == TypeId::NEVER || self.constrain_subtype(store, lower, ty)
            }
        }
    }

    /// The union, or where something in it is open the one that the other can be made to fit.
    fn join(&mut self, store: &mut TypeStore, a: TypeId, b: TypeId) -> TypeId {
        if store.has_infer(a) || store.has_infer(b) {
            if self.attempt(store, b, a) {
                return a;
            }
            if self.attempt(store, a, b) {
                return b;
            }
        }
        let (a, b) = (self.resolve(store, a), self.resolve(store, b));
        store.union(&[a, b])
    }

    fn constrain_open(&mut self, store: &mut TypeStore, a: TypeId, b: TypeId) -> bool {
        if a == b || a == TypeId::NEVER || b == TypeId::ANY || a == TypeId::ERROR || b == TypeId::ERROR {
            return true;
        }
        match (store.kind(a), store.kind(b)) {
            (TypeKind::Infer(x), TypeKind::Infer(y)) => {
                let (x, y) = (*x, *y);
                self.merge(store, x, y)
            }
            (TypeKind::Union(parts), _) => {
                let parts: Parts = parts.as_ref().into();
                parts.iter().all(|&part| self.constrain_subtype(store, part, b))
            }
            (_, TypeKind::Intersection(parts)) => {
                let parts: Parts = parts.as_ref().into();
                parts.iter().all(|&part| self.constrain_subtype(store, a, part))
            }
            (TypeKind::Infer(x), _) => {
                let x = *x;
                self.is_part(store, x, b) || self.flow_out(store, x, b)
            }
            (_, TypeKind::Infer(y)) => {
                let y = *y;
                self.is_part(store, y, a) || self.flow_in(store, a, y)
            }
            (_, TypeKind::Union(parts)) => {
                let parts: Parts = parts.as_ref().into();
                self.constrain_below_union(store, a, &parts)
            }
            (TypeKind::Var(var), _) => {
                let upper = store.var(*var).upper;
                self.constrain_subtype(store, upper, b)
            }
            (TypeKind::Intersection(parts), _) if !matches!(store.kind(b), TypeKind::Shape(_)) => {
                let parts: Parts = parts.as_ref().into();
                parts.iter().any(|&part| self.attempt(store, part, b))
            }
            _ => self.constrain_by_kind(store, a, b),
        }
    }

    /// Whether a variable is itself a part of a union (which is then above it) or an intersection (below it).
    fn is_part(&self, store: &TypeStore, id: InferId, ty: TypeId) -> bool {
        let (TypeKind::Union(parts) | TypeKind::Intersection(parts)) = store.kind(ty) else { return false };
        parts.iter().any(|&part| matches!(store.kind(part), TypeKind::Infer(own) if self.root(*own) == self.root(id)))
    }

    /// Parts without variables first, then those with structure, then a bare variable takes it.
    fn constrain_below_union(&mut self, store: &mut TypeStore, a: TypeId, parts: &[TypeId]) -> bool {
        let (mut bare, mut open) = (None, Parts::new());
        for &part in parts {
            if matches!(store.kind(part), TypeKind::Infer(_)) {
                bare = bare.or(Some(part));
            } else if store.has_infer(part) {
                open.push(part);
            } else if self.attempt(store, a, part) {
                return true;
            }
        }
        if open.iter().any(|&part| self.attempt(store, a, part)) {
            return true;
        }
        if let Some(bare) = bare {
            return self.constrain_subtype(store, a, bare);
        }
        let variants = store.variants(a);
        variants.len() > 1
            && variants.iter().all(|&variant| parts.iter().any(|&part| self.attempt(store, variant, part)))
    }

    fn constrain_by_kind(&mut self, store: &mut TypeStore, a: TypeId, b: TypeId) -> bool {
        match (store.kind(a), store.kind(b)) {
            (TypeKind::Array(_), TypeKind::Array(_))
            | (TypeKind::FixedArray(..), TypeKind::FixedArray(..))
            | (TypeKind::Table(..), TypeKind::Table(..))
            | (TypeKind::Type(_), TypeKind::Type(_)) => self.unify(store, a, b),
            (TypeKind::Map(k, v), TypeKind::Map(l, w)) => {
                let (k, v, l, w) = (*k, *v, *l, *w);
                self.unify(store, k, l) && self.constrain_subtype(store, v, w)
            }
            (
                TypeKind::Array(x) | TypeKind::FixedArray(x, _) | TypeKind::List(x) | TypeKind::Seq(x),
                TypeKind::Seq(y),
            )
            | (TypeKind::List(x), TypeKind::List(y))
            | (TypeKind::Set(x), TypeKind::Set(y)) => {
                let (x, y) = (*x, *y);
                self.constrain_subtype(store, x, y)
            }
            (TypeKind::Nominal(decl, _), TypeKind::Seq(y)) => {
                let (decl, y) = (*decl, *y);
                match store.seq_element(a, decl) {
                    Some(x) => self.constrain_subtype(store, x, y),
                    None => false,
                }
            }
            (TypeKind::Tuple(xs), TypeKind::Tuple(ys)) => {
                let (xs, ys): (Parts, Parts) = (xs.as_ref().into(), ys.as_ref().into());
                xs.len() == ys.len() && xs.iter().zip(&ys).all(|(&x, &y)| self.constrain_subtype(store, x, y))
            }
            (TypeKind::Function { .. }, TypeKind::AnyFunction) => true,
            (
                TypeKind::Function { params: xs, result: x, effects: own },
                TypeKind::Function { params: ys, result: y, effects: allowed },
            ) => {
                let fits = own.within(*allowed) && xs.len() == ys.len();
                let (xs, ys, x, y): (Parts, Parts, _, _) = (xs.as_ref().into(), ys.as_ref().into(), *x, *y);
                fits && xs.iter().zip(&ys).all(|(&x, &y)| self.constrain_subtype(store, y, x))
                    && self.constrain_subtype(store, x, y)
            }
            (_, TypeKind::Shape(_)) => {
                for (name, wanted) in store.shape_fields(b) {
                    let Some(field) = store.field(a, name) else { return false };
                    if !self.constrain_subtype(store, field.ty(), wanted) {
                        return false;
                    }
                }
                true
            }
            (_, TypeKind::Nominal(decl, _)) => {
                let decl = *decl;
                self.constrain_nominal(store, a, b, decl)
            }
            _ => {
                let (a, b) = (self.resolve(store, a), self.resolve(store, b));
                store.is_subtype(a, b)
            }
        }
    }

    fn constrain_nominal(&mut self, store: &mut TypeStore, a: TypeId, b: TypeId, decl: crate::DeclId) -> bool {
        let view = match store.supertype_view(a, decl) {
            Some(view) => view,
            None => {
                let (a, b) = (self.resolve(store, a), self.resolve(store, b));
                return store.is_subtype(a, b);
            }
        };
        let (xs, ys) = (store.args(view), store.args(b));
        if xs.len() != ys.len() {
            return false;
        }
        for (index, (&x, &y)) in xs.iter().zip(&ys).enumerate() {
            let holds = match store.variance(decl, index) {
                Variance::Invariant => self.unify(store, x, y),
                Variance::Covariant => self.constrain_subtype(store, x, y),
                Variance::Contravariant => self.constrain_subtype(store, y, x),
            };
            if !holds {
                return false;
            }
        }
        true
    }
}

fn same_head(a: &TypeKind, b: &TypeKind) -> bool {
    match (a, b) {
        (TypeKind::Nominal(x, _), TypeKind::Nominal(y, _)) => x == y,
        (TypeKind::FixedArray(_, n), TypeKind::FixedArray(_, m)) => n == m,
        (TypeKind::Function { effects: x, .. }, TypeKind::Function { effects: y, .. }) => x == y,
        (TypeKind::Symbol(x), TypeKind::Symbol(y)) => x == y,
        (TypeKind::Var(x), TypeKind::Var(y)) => x == y,
        (TypeKind::Shape(xs), TypeKind::Shape(ys)) => {
            xs.len() == ys.len() && xs.iter().zip(ys.iter()).all(|(x, y)| x.0 == y.0)
        }
        _ => std::mem::discriminant(a) == std::mem::discriminant(b),
    }
}
