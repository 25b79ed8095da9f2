//! What a function's variables can be at most when it runs for arguments of given static types.

use super::Signature;
use super::fit::Side;
use crate::decl::Variance;
use crate::memo::Parts;
use crate::store::{TypeId, TypeKind, TypeStore, VarId};
use crate::substitute::Substitution;
use std::cmp::Ordering;

/// What is known of a variable from above.
#[derive(Clone, Copy, Default)]
struct Bounds {
    /// It is at most what met it in an invariant place.
    exact: Option<TypeId>,
    /// Every type that meets it in a covariant place is at most that: the intersection over these places …
    each: Option<TypeId>,
    /// … and their union.
    any: Option<TypeId>,
    /// How many covariant places were met.
    met: usize,
}

/// In which places of the parameters a variable stands.
#[derive(Default)]
struct Places {
    covariant: usize,
    contravariant: bool,
    exact: bool,
    /// An invariant place need not meet an argument: another part of a union may, and interfaces meet none.
    perhaps: bool,
}

impl TypeStore {
    /// For each variable of a signature, a type above all that it can stand for when run-time arguments below the
    /// static types `args` select the function. Where the static types fit, that is what they assign; where the
    /// function is for narrower arguments, what these may be: of a `Seq<Animal>`, a function of `<T>([T])` takes
    /// only arrays with `T` below `Animal`. With it, the function's result type covers what the call may give, except
    /// where a variable occurs in it other than covariantly.
    pub fn upper_assignment(&mut self, args: &[TypeId], signature: &Signature) -> Vec<TypeId> {
        if let Some(types) = self.fit(args, signature) {
            return types;
        }
        let mut bounds = vec![Bounds::default(); signature.vars.len()];
        for (&arg, &param) in args.iter().zip(&signature.params) {
            self.bound_pieces(arg, param, Side::Lower, &signature.vars, &mut bounds);
        }
        let mut with = Substitution::new();
        for (&var, bounds) in signature.vars.iter().zip(&bounds) {
            let bound = self.known_bound(var, *bounds, &signature.params);
            let upper = self.var(var).upper;
            // A bound that names a later variable says nothing yet.
            let open = self.free_vars(upper).iter().any(|var| signature.vars.contains(var) && with.get(*var).is_none());
            let upper = if open { TypeId::ANY } else { self.substitute(upper, &with) };
            let ty = match bound {
                Some(bound) => self.intersection(&[bound, upper]),
                None => upper,
            };
            with.insert(var, ty);
        }
        signature.vars.iter().map(|&var| with.get(var).unwrap_or(TypeId::ANY)).collect()
    }

    /// What bounds the variable, by the places that decide what it is (see [`TypeStore::fit`]).
    fn known_bound(&self, var: VarId, bounds: Bounds, params: &[TypeId]) -> Option<TypeId> {
        let mut places = Places::default();
        for &param in params {
            self.find_places(var, param, Side::Lower, false, &mut places);
        }
        match places {
            Places { exact: true, perhaps, .. } => bounds.exact.filter(|_| !perhaps),
            Places { contravariant: true, covariant, .. } => bounds.any.filter(|_| bounds.met == covariant),
            _ => bounds.each,
        }
    }

    fn find_places(&self, var: VarId, ty: TypeId, side: Side, perhaps: bool, to: &mut Places) {
        if !self.has_var(ty) {
            return;
        }
        match self.kind(ty) {
            TypeKind::Var(own) if *own == var => match side {
                Side::Lower => to.covariant += 1,
                Side::Upper => to.contravariant = true,
                Side::Exact => {
                    to.exact = true;
                    to.perhaps |= perhaps;
                }
            },
            TypeKind::Var(_) => {}
            kind => {
                let perhaps = perhaps || matches!(kind, TypeKind::Union(_)) || self.is_interface(ty);
                for (index, part) in self.parts_of(ty).into_iter().enumerate() {
                    self.find_places(var, part, side.inside(self.part_variance(ty, index)), perhaps, to);
                }
            }
        }
    }

    /// Walks a static type and a parameter that may be narrower; what a variable meets bounds it from above.
    fn bound_pieces(&mut self, arg: TypeId, param: TypeId, side: Side, vars: &[VarId], to: &mut [Bounds]) {
        if !self.mentions(param, vars) || self.disjoint(arg, param) || !self.enter() {
            return;
        }
        self.bound_piece(arg, param, side, vars, to);
        self.leave();
    }

    fn bound_piece(&mut self, arg: TypeId, param: TypeId, side: Side, vars: &[VarId], to: &mut [Bounds]) {
        match (self.kind(arg), self.kind(param)) {
            (_, TypeKind::Var(var)) => {
                let place = vars.iter().position(|own| own == var).and_then(|index| to.get_mut(index));
                let Some(place) = place else { return };
                let bounds = match side {
                    Side::Lower => Bounds { each: Some(arg), any: Some(arg), met: 1, ..Bounds::default() },
                    Side::Exact => Bounds { exact: Some(arg), ..Bounds::default() },
                    Side::Upper => return,
                };
                *place = self.further(*place, bounds);
            }
            // One of these may be what meets the variable; together they are above it.
            (TypeKind::Union(parts), _) => {
                let parts: Parts = parts.as_ref().into();
                self.bound_by_any(&parts, param, side, vars, to);
            }
            (_, TypeKind::Intersection(parts)) => {
                let parts: Parts = parts.as_ref().into();
                parts.iter().for_each(|&part| self.bound_pieces(arg, part, side, vars, to));
            }
            (TypeKind::Var(var), _) => {
                let upper = self.var(*var).upper;
                self.bound_pieces(upper, param, side, vars, to);
            }
            (TypeKind::Intersection(parts), _) => {
                let parts: Parts = parts.as_ref().into();
                self.bound_by_all(&parts, param, side, vars, to);
            }
            (TypeKind::Tuple(own), TypeKind::Tuple(wanted)) => {
                let (own, wanted): (Parts, Parts) = (own.as_ref().into(), wanted.as_ref().into());
                own.iter().zip(&wanted).for_each(|(&own, &wanted)| self.bound_pieces(own, wanted, side, vars, to));
            }
            (TypeKind::Array(x), TypeKind::Array(y))
            | (TypeKind::FixedArray(x, _), TypeKind::FixedArray(y, _))
            | (TypeKind::List(x), TypeKind::List(y))
            | (TypeKind::Set(x), TypeKind::Set(y))
            | (TypeKind::Type(x), TypeKind::Type(y))
            | (
                TypeKind::Seq(x) | TypeKind::Array(x) | TypeKind::FixedArray(x, _) | TypeKind::List(x),
                TypeKind::Seq(y),
            )
            | (TypeKind::Seq(x), TypeKind::Array(y) | TypeKind::FixedArray(y, _) | TypeKind::List(y)) => {
                let (x, y, side) = (*x, *y, side.inside(self.part_variance(param, 0)));
                self.bound_pieces(x, y, side, vars, to);
            }
            (TypeKind::Table(k, v), TypeKind::Table(l, w)) | (TypeKind::Map(k, v), TypeKind::Map(l, w)) => {
                let (k, v, l, w) = (*k, *v, *l, *w);
                let value_side = side.inside(self.part_variance(param, 1));
                self.bound_pieces(k, l, Side::Exact, vars, to);
                self.bound_pieces(v, w, value_side, vars, to);
            }
            (TypeKind::Function { result: x, .. }, TypeKind::Function { result: y, .. }) => {
                let (x, y) = (*x, *y);
                self.bound_pieces(x, y, side, vars, to);
            }
            (_, TypeKind::Shape(_)) => {
                for (name, wanted) in self.shape_fields(param) {
                    if let Some(field) = self.field(arg, name) {
                        self.bound_pieces(field.ty(), wanted, side, vars, to);
                    }
                }
            }
            (TypeKind::Nominal(own, _), TypeKind::Nominal(wanted, _)) => {
                let (own, wanted) = (*own, *wanted);
                self.bound_nominal((arg, own), (param, wanted), side, vars, to);
            }
            _ => {}
        }
    }

    /// Either may be declared below the other.
    fn bound_nominal(
        &mut self,
        (arg, own): (TypeId, crate::DeclId),
        (param, wanted): (TypeId, crate::DeclId),
        side: Side,
        vars: &[VarId],
        to: &mut [Bounds],
    ) {
        let (arg, param, decl, side) = if let Some(view) = self.supertype_view(arg, wanted) {
            (view, param, wanted, side)
        } else if let Some(view) = self.supertype_view(param, own) {
            // The places are those of the parameter as it is written.
            let exact = (0..self.args(param).len()).all(|index| self.variance(wanted, index) == Variance::Invariant);
            (arg, view, own, if exact { Side::Exact } else { side })
        } else {
            return;
        };
        let (xs, ys) = (self.args(arg), self.args(param));
        for (index, (&x, &y)) in xs.iter().zip(&ys).enumerate() {
            let variance = self.variance(decl, index);
            if variance != Variance::Contravariant {
                self.bound_pieces(x, y, side.inside(variance), vars, to);
            }
        }
    }

    /// Bounds from alternatives are joined; one that gives none leaves the variable unbounded.
    fn bound_by_any(&mut self, parts: &[TypeId], param: TypeId, side: Side, vars: &[VarId], to: &mut [Bounds]) {
        self.bound_by_parts(parts, param, side, vars, to, &mut |store, x, y| Bounds {
            exact: x.exact.zip(y.exact).map(|(x, y)| store.union(&[x, y])),
            each: x.each.zip(y.each).map(|(x, y)| store.union(&[x, y])),
            any: x.any.zip(y.any).map(|(x, y)| store.union(&[x, y])),
            met: x.met.min(y.met),
        });
    }

    /// Bounds from types that hold all at once, for the same places.
    fn bound_by_all(&mut self, parts: &[TypeId], param: TypeId, side: Side, vars: &[VarId], to: &mut [Bounds]) {
        self.bound_by_parts(parts, param, side, vars, to, &mut |store, x, y| Bounds {
            exact: store.both(x.exact, y.exact),
            each: store.both(x.each, y.each),
            any: match x.met.cmp(&y.met) {
                Ordering::Less => y.any,
                Ordering::Equal => store.both(x.any, y.any),
                Ordering::Greater => x.any,
            },
            met: x.met.max(y.met),
        });
    }

    fn bound_by_parts(
        &mut self,
        parts: &[TypeId],
        param: TypeId,
        side: Side,
        vars: &[VarId],
        to: &mut [Bounds],
        combine: &mut dyn FnMut(&mut TypeStore, Bounds, Bounds) -> Bounds,
    ) {
        let mut combined: Option<Vec<Bounds>> = None;
        for &part in parts {
            if self.disjoint(part, param) {
                continue;
            }
            let mut own = vec![Bounds::default(); to.len()];
            self.bound_pieces(part, param, side, vars, &mut own);
            combined = Some(match combined {
                None => own,
                Some(before) => before.into_iter().zip(own).map(|(x, y)| combine(self, x, y)).collect(),
            });
        }
        for (place, new) in to.iter_mut().zip(combined.into_iter().flatten()) {
            *place = self.further(*place, new);
        }
    }

    /// What is known after further places were met.
    fn further(&mut self, known: Bounds, new: Bounds) -> Bounds {
        Bounds {
            exact: self.both(known.exact, new.exact),
            each: self.both(known.each, new.each),
            any: match (known.any, new.any) {
                (Some(x), Some(y)) => Some(self.union(&[x, y])),
                (x, y) => x.or(y),
            },
            met: known.met + new.met,
        }
    }

    fn both(&mut self, x: Option<TypeId>, y: Option<TypeId>) -> Option<TypeId> {
        match (x, y) {
            (Some(x), Some(y)) => Some(self.intersection(&[x, y])),
            (x, y) => x.or(y),
        }
    }
}
