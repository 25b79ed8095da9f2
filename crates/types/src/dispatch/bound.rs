//! What a function's variables can be at most when it runs for arguments of given static types.

use super::Signature;
use crate::decl::Variance;
use crate::memo::Parts;
use crate::store::{TypeId, TypeKind, TypeStore, VarId};
use crate::substitute::Substitution;

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
        let mut bounds: Vec<Option<TypeId>> = vec![None; signature.vars.len()];
        for (&arg, &param) in args.iter().zip(&signature.params) {
            self.bound_pieces(arg, param, &signature.vars, &mut bounds);
        }
        let mut with = Substitution::new();
        for (&var, bound) in signature.vars.iter().zip(&bounds) {
            let upper = self.var(var).upper;
            // A bound that names a later variable says nothing yet.
            let open = self.free_vars(upper).iter().any(|var| signature.vars.contains(var) && with.get(*var).is_none());
            let upper = if open { TypeId::ANY } else { self.substitute(upper, &with) };
            let ty = match bound {
                Some(bound) => self.intersection(&[*bound, upper]),
                None => upper,
            };
            with.insert(var, ty);
        }
        signature.vars.iter().map(|&var| with.get(var).unwrap_or(TypeId::ANY)).collect()
    }

    /// Walks a static type and a parameter that may be narrower; what a variable meets bounds it from above.
    fn bound_pieces(&mut self, arg: TypeId, param: TypeId, vars: &[VarId], to: &mut [Option<TypeId>]) {
        if !self.mentions(param, vars) || self.disjoint(arg, param) || !self.enter() {
            return;
        }
        self.bound_piece(arg, param, vars, to);
        self.leave();
    }

    fn bound_piece(&mut self, arg: TypeId, param: TypeId, vars: &[VarId], to: &mut [Option<TypeId>]) {
        match (self.kind(arg), self.kind(param)) {
            (_, TypeKind::Var(var)) => {
                let place = vars.iter().position(|own| own == var).and_then(|index| to.get_mut(index));
                let Some(place) = place else { return };
                *place = Some(match *place {
                    Some(known) => self.intersection(&[known, arg]),
                    None => arg,
                });
            }
            // One of these may be what meets the variable; together they are above it.
            (TypeKind::Union(parts), _) => {
                let parts: Parts = parts.as_ref().into();
                self.bound_by_any(&parts, param, vars, to);
            }
            (_, TypeKind::Intersection(parts)) => {
                let parts: Parts = parts.as_ref().into();
                parts.iter().for_each(|&part| self.bound_pieces(arg, part, vars, to));
            }
            (TypeKind::Var(var), _) => {
                let upper = self.var(*var).upper;
                self.bound_pieces(upper, param, vars, to);
            }
            (TypeKind::Intersection(parts), _) => {
                let parts: Parts = parts.as_ref().into();
                parts.iter().for_each(|&part| self.bound_pieces(part, param, vars, to));
            }
            (TypeKind::Tuple(own), TypeKind::Tuple(wanted)) => {
                let (own, wanted): (Parts, Parts) = (own.as_ref().into(), wanted.as_ref().into());
                own.iter().zip(&wanted).for_each(|(&own, &wanted)| self.bound_pieces(own, wanted, vars, to));
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
                let (x, y) = (*x, *y);
                self.bound_pieces(x, y, vars, to);
            }
            (TypeKind::Table(k, v), TypeKind::Table(l, w)) | (TypeKind::Map(k, v), TypeKind::Map(l, w)) => {
                let (k, v, l, w) = (*k, *v, *l, *w);
                self.bound_pieces(k, l, vars, to);
                self.bound_pieces(v, w, vars, to);
            }
            (TypeKind::Function { result: x, .. }, TypeKind::Function { result: y, .. }) => {
                let (x, y) = (*x, *y);
                self.bound_pieces(x, y, vars, to);
            }
            (_, TypeKind::Shape(_)) => {
                for (name, wanted) in self.shape_fields(param) {
                    if let Some(field) = self.field(arg, name) {
                        self.bound_pieces(field.ty(), wanted, vars, to);
                    }
                }
            }
            (TypeKind::Nominal(own, _), TypeKind::Nominal(wanted, _)) => {
                let (own, wanted) = (*own, *wanted);
                self.bound_nominal((arg, own), (param, wanted), vars, to);
            }
            _ => {}
        }
    }

    /// Either may be declared below the other.
    fn bound_nominal(
        &mut self,
        (arg, own): (TypeId, crate::DeclId),
        (param, wanted): (TypeId, crate::DeclId),
        vars: &[VarId],
        to: &mut [Option<TypeId>],
    ) {
        let (arg, param, decl) = if let Some(view) = self.supertype_view(arg, wanted) {
            (view, param, wanted)
        } else if let Some(view) = self.supertype_view(param, own) {
            (arg, view, own)
        } else {
            return;
        };
        let (xs, ys) = (self.args(arg), self.args(param));
        for (index, (&x, &y)) in xs.iter().zip(&ys).enumerate() {
            if self.variance(decl, index) != Variance::Contravariant {
                self.bound_pieces(x, y, vars, to);
            }
        }
    }

    /// Pieces from alternatives are joined; one that gives none leaves the variable unbounded.
    fn bound_by_any(&mut self, parts: &[TypeId], param: TypeId, vars: &[VarId], to: &mut [Option<TypeId>]) {
        let mut joined: Option<Vec<Option<TypeId>>> = None;
        for &part in parts {
            if self.disjoint(part, param) {
                continue;
            }
            let mut own = vec![None; to.len()];
            self.bound_pieces(part, param, vars, &mut own);
            joined = Some(match joined {
                None => own,
                Some(before) => before
                    .into_iter()
                    .zip(own)
                    .map(|pair| match pair {
                        (Some(x), Some(y)) => Some(self.union(&[x, y])),
                        _ => None,
                    })
                    .collect(),
            });
        }
        for (place, new) in to.iter_mut().zip(joined.into_iter().flatten()) {
            *place = match (*place, new) {
                (Some(x), Some(y)) => Some(self.intersection(&[x, y])),
                (known, new) => known.or(new),
            };
        }
    }
}
