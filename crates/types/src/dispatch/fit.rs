//! Fit: finding types for a signature's variables so that arguments are subtypes of its parameters.
//!
//! Argument and parameter are walked together; each variable of the signature takes the pieces of the arguments that
//! it meets. A piece from an invariant place is what the variable is. Else the pieces from covariant places must be
//! equal; but a variable that also stands in a contravariant place (`reduce(start: A, f: fn(A, T) -> A)`) is their
//! union, and one that stands in such places only is the intersection of those pieces. Then bounds are checked and
//! the arguments compared with the parameters that result. Where an argument is a union and the parameter is not,
//! each part is matched by itself, and the pieces are joined.

use super::Signature;
use crate::decl::Variance;
use crate::memo::Parts;
use crate::store::{TypeId, TypeKind, TypeStore, VarId};
use crate::substitute::Substitution;
use smallvec::SmallVec;

/// In what kind of place a piece was met.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Side {
    /// Covariant: the variable is at least that.
    Lower,
    /// Invariant: it is that.
    Exact,
    /// Contravariant: it is at most that.
    Upper,
}

impl Side {
    /// The side of a part in a place of this variance.
    pub(super) fn inside(self, variance: Variance) -> Side {
        match (self, variance) {
            (Side::Exact, _) | (_, Variance::Invariant) => Side::Exact,
            (side, Variance::Covariant) => side,
            (Side::Lower, Variance::Contravariant) => Side::Upper,
            (Side::Upper, Variance::Contravariant) => Side::Lower,
        }
    }
}

/// What a variable has met so far.
#[derive(Clone, Default, Debug)]
struct Pieces {
    exact: Option<TypeId>,
    lower: SmallVec<[TypeId; 2]>,
    upper: SmallVec<[TypeId; 2]>,
    /// `never` or an error gave no piece, but would fit any.
    weak: Option<TypeId>,
}

impl Pieces {
    fn is_empty(&self) -> bool {
        self.exact.is_none() && self.lower.is_empty() && self.upper.is_empty()
    }

    /// What the variable is; none if it met nothing, an error if nothing will do.
    fn chosen(&self, store: &mut TypeStore) -> Result<Option<TypeId>, ()> {
        if self.exact.is_some() {
            return Ok(self.exact);
        }
        match (self.lower.as_slice(), self.upper.as_slice()) {
            ([], []) => Ok(None),
            ([], upper) => Ok(Some(store.intersection(upper))),
            ([single], _) => Ok(Some(*single)),
            ([_, _, ..], []) => Err(()),
            (lower, _) => Ok(Some(store.union(lower))),
        }
    }
}

struct Assignment<'s> {
    vars: &'s [VarId],
    pieces: SmallVec<[Pieces; 4]>,
}

impl<'s> Assignment<'s> {
    fn empty(vars: &'s [VarId]) -> Assignment<'s> {
        Assignment { vars, pieces: SmallVec::from_elem(Pieces::default(), vars.len()) }
    }

    fn place(&mut self, var: VarId) -> Option<&mut Pieces> {
        let index = self.vars.iter().position(|own| *own == var)?;
        self.pieces.get_mut(index)
    }

    fn bind(&mut self, store: &mut TypeStore, var: VarId, ty: TypeId, side: Side) -> bool {
        let Some(place) = self.place(var) else { return true };
        let list = match side {
            Side::Exact => {
                let old = *place.exact.get_or_insert(ty);
                return old == ty || store.equivalent(old, ty);
            }
            Side::Lower => &mut place.lower,
            Side::Upper => &mut place.upper,
        };
        if !list.iter().any(|old| *old == ty || store.equivalent(*old, ty)) {
            list.push(ty);
        }
        true
    }

    fn weaken(&mut self, var: VarId, ty: TypeId) {
        if let Some(place) = self.place(var)
            && place.is_empty()
        {
            place.weak.get_or_insert(ty);
        }
    }
}

impl TypeStore {
    /// The types of a signature's variables, in their order, if argument types fit its parameters.
    pub fn fit(&mut self, args: &[TypeId], signature: &Signature) -> Option<Vec<TypeId>> {
        if args.len() != signature.params.len() {
            return None;
        }
        if signature.vars.is_empty() {
            let fits = args.iter().zip(&signature.params).all(|(&arg, &param)| self.is_subtype(arg, param));
            return fits.then(Vec::new);
        }
        let vars = &signature.vars;
        let mut assignment = Assignment::empty(vars);
        for (&arg, &param) in args.iter().zip(&signature.params) {
            if !self.collect(arg, param, Side::Lower, &mut assignment) {
                return None;
            }
        }
        let types = self.settle(&assignment)?;
        let with = Substitution::from_vars(vars, &types);
        for (&arg, &param) in args.iter().zip(&signature.params) {
            let param = self.substitute(param, &with);
            if !self.is_subtype(arg, param) {
                return None;
            }
        }
        Some(types)
    }

    /// The variables' types, bounds checked. A variable that met nothing is its lower bound.
    fn settle(&mut self, assignment: &Assignment<'_>) -> Option<Vec<TypeId>> {
        let mut with = Substitution::new();
        let mut open: SmallVec<[(VarId, Option<TypeId>); 4]> = SmallVec::new();
        for (&var, pieces) in assignment.vars.iter().zip(&assignment.pieces) {
            match pieces.chosen(self).ok()? {
                Some(ty) => with.insert(var, ty),
                None => open.push((var, pieces.weak)),
            }
        }
        for (var, weak) in open {
            let ty = if weak == Some(TypeId::ERROR) {
                TypeId::ERROR
            } else {
                let lower = self.var(var).lower;
                self.substitute(lower, &with)
            };
            with.insert(var, ty);
        }
        let mut types = Vec::with_capacity(assignment.vars.len());
        for &var in assignment.vars {
            let ty = with.get(var)?;
            let bounds = *self.var(var);
            let lower = self.substitute(bounds.lower, &with);
            let upper = self.substitute(bounds.upper, &with);
            if !self.is_subtype(ty, upper) || !self.is_subtype(lower, ty) {
                return None;
            }
            types.push(ty);
        }
        Some(types)
    }

    /// Walks an argument and a parameter type; `false` if they cannot match. `true` promises nothing yet.
    fn collect(&mut self, arg: TypeId, param: TypeId, side: Side, to: &mut Assignment<'_>) -> bool {
        if !self.mentions(param, to.vars) {
            return true;
        }
        if !self.enter() {
            return false;
        }
        let matched = self.collect_piece(arg, param, side, to);
        self.leave();
        matched
    }

    fn collect_piece(&mut self, arg: TypeId, param: TypeId, side: Side, to: &mut Assignment<'_>) -> bool {
        match self.kind(param) {
            TypeKind::Var(var) => {
                let var = *var;
                return to.bind(self, var, arg, side);
            }
            TypeKind::Union(parts) => {
                let parts: Parts = parts.as_ref().into();
                return self.collect_union(arg, &parts, side, to);
            }
            TypeKind::Intersection(parts) => {
                let parts: Parts = parts.as_ref().into();
                return parts.iter().all(|&part| self.collect(arg, part, side, to));
            }
            _ => {}
        }
        match self.kind(arg) {
            TypeKind::Never | TypeKind::Error => {
                for var in self.free_vars(param) {
                    to.weaken(var, arg);
                }
                true
            }
            TypeKind::Var(var) => {
                let upper = self.var(*var).upper;
                self.collect(upper, param, side, to)
            }
            TypeKind::Union(parts) => {
                let parts: Parts = parts.as_ref().into();
                self.collect_each(&parts, param, side, to)
            }
            TypeKind::Intersection(parts)
                if !matches!(self.kind(param), TypeKind::Shape(_) | TypeKind::Nominal(..)) =>
            {
                let parts: Parts = parts.as_ref().into();
                parts.iter().any(|&part| self.try_collect(part, param, side, to))
            }
            _ => self.collect_by_kind(arg, param, side, to),
        }
    }

    fn try_collect(&mut self, arg: TypeId, param: TypeId, side: Side, to: &mut Assignment<'_>) -> bool {
        let before = to.pieces.clone();
        let matched = self.collect(arg, param, side, to);
        if !matched {
            to.pieces = before;
        }
        matched
    }

    fn collect_by_kind(&mut self, arg: TypeId, param: TypeId, side: Side, to: &mut Assignment<'_>) -> bool {
        match (self.kind(arg), self.kind(param)) {
            (TypeKind::Nominal(decl, _), TypeKind::Seq(element)) => {
                let (decl, element) = (*decl, *element);
                match self.seq_element(arg, decl) {
                    Some(own) => self.collect(own, element, side, to),
                    None => false,
                }
            }
            (
                TypeKind::Array(own) | TypeKind::FixedArray(own, _) | TypeKind::List(own) | TypeKind::Seq(own),
                TypeKind::Seq(element),
            ) => {
                let (own, element) = (*own, *element);
                self.collect(own, element, side, to)
            }
            (_, TypeKind::Nominal(decl, _)) => {
                let decl = *decl;
                if self.is_interface(param) {
                    // Only the interface's own instances tell its arguments.
                    return self.decl_of(arg) != Some(decl) || self.collect_parts(arg, param, side, to);
                }
                match self.supertype_view(arg, decl) {
                    Some(view) => self.collect_parts(view, param, side, to),
                    None => false,
                }
            }
            (_, TypeKind::Shape(_)) => {
                for (name, wanted) in self.shape_fields(param) {
                    let Some(field) = self.field(arg, name) else { return false };
                    if !self.collect(field.ty(), wanted, side, to) {
                        return false;
                    }
                }
                true
            }
            (TypeKind::FixedArray(_, n), TypeKind::FixedArray(_, m)) if n != m => false,
            (own, wanted) if std::mem::discriminant(own) == std::mem::discriminant(wanted) => {
                self.collect_parts(arg, param, side, to)
            }
            _ => false,
        }
    }

    fn collect_parts(&mut self, arg: TypeId, param: TypeId, side: Side, to: &mut Assignment<'_>) -> bool {
        let (own, wanted) = (self.parts_of(arg), self.parts_of(param));
        own.len() == wanted.len()
            && own.iter().zip(&wanted).enumerate().all(|(index, (&own, &wanted))| {
                let variance = self.part_variance(param, index);
                self.collect(own, wanted, side.inside(variance), to)
            })
    }

    /// The variance of the place of a part in a type, by its number in the order of [`TypeStore::parts_of`].
    pub(super) fn part_variance(&self, ty: TypeId, index: usize) -> Variance {
        match self.kind(ty) {
            TypeKind::Array(_) | TypeKind::FixedArray(..) | TypeKind::Type(_) | TypeKind::Table(..) => {
                Variance::Invariant
            }
            TypeKind::Map(..) if index == 0 => Variance::Invariant,
            TypeKind::Function { params, .. } if index < params.len() => Variance::Contravariant,
            TypeKind::Nominal(decl, _) => self.variance(*decl, index),
            _ => Variance::Covariant,
        }
    }

    /// Several alternatives for one parameter: pieces are joined by the variable's position in it.
    fn collect_each(&mut self, args: &[TypeId], param: TypeId, side: Side, to: &mut Assignment<'_>) -> bool {
        let mut outcomes: SmallVec<[Assignment<'_>; 4]> = SmallVec::new();
        for &arg in args {
            let mut own = Assignment::empty(to.vars);
            if !self.collect(arg, param, side, &mut own) || own.pieces.iter().any(|own| own.chosen(self).is_err()) {
                return false;
            }
            outcomes.push(own);
        }
        for (index, &var) in to.vars.iter().enumerate() {
            let (mut lower, mut upper, mut weak) = (Parts::new(), Parts::new(), None);
            for outcome in &outcomes {
                let Some(pieces) = outcome.pieces.get(index) else { continue };
                if pieces.exact.is_some_and(|exact| !to.bind(self, var, exact, Side::Exact)) {
                    return false;
                }
                lower.extend(pieces.lower.iter().copied());
                upper.extend(pieces.upper.iter().copied());
                weak = weak.or(pieces.weak);
            }
            if !lower.is_empty() {
                let joined = self.union(&lower);
                to.bind(self, var, joined, Side::Lower);
            }
            if !upper.is_empty() {
                let joined = self.intersection(&upper);
                to.bind(self, var, joined, Side::Upper);
            }
            if let Some(weak) = weak {
                to.weaken(var, weak);
            }
        }
        true
    }

    /// A parameter `T | [U] | i64`: what is not inside the parts without variables goes to parts with structure that
    /// match it, and what is left to the bare variables.
    fn collect_union(&mut self, arg: TypeId, parts: &[TypeId], side: Side, to: &mut Assignment<'_>) -> bool {
        let (mut fixed, mut bare, mut structured) = (Parts::new(), SmallVec::<[VarId; 4]>::new(), Parts::new());
        for &part in parts {
            match self.kind(part) {
                TypeKind::Var(var) if to.vars.contains(var) => bare.push(*var),
                _ if self.mentions(part, to.vars) => structured.push(part),
                _ => fixed.push(part),
            }
        }
        let fixed = self.union(&fixed);
        let rest = self.subtract(arg, fixed);
        let mut groups: SmallVec<[Parts; 4]> = SmallVec::from_elem(Parts::new(), structured.len());
        let mut left = Parts::new();
        for part in self.union_parts(rest) {
            let mut place = None;
            for (group, &candidate) in groups.iter_mut().zip(&structured) {
                let mut alone = Assignment::empty(to.vars);
                if self.collect(part, candidate, side, &mut alone) {
                    place = Some(group);
                    break;
                }
            }
            place.unwrap_or(&mut left).push(part);
        }
        for (group, &candidate) in groups.iter().zip(&structured) {
            let group = self.union(group);
            if !self.collect(group, candidate, side, to) {
                return false;
            }
        }
        if left.is_empty() {
            bare.iter().for_each(|&var| to.weaken(var, TypeId::NEVER));
            return true;
        }
        let left = self.union(&left);
        !bare.is_empty() && bare.iter().all(|&var| to.bind(self, var, left, side))
    }

    /// Where a variable occurs in a type: only covariantly, only contravariantly, or otherwise (`Invariant`); `None`
    /// if nowhere.
    pub fn position_of(&self, var: VarId, ty: TypeId) -> Option<Variance> {
        if !self.has_var(ty) {
            return None;
        }
        let mut found: Option<Variance> = None;
        let mut add = |position: Option<Variance>| {
            found = match (found, position) {
                (known, None) => known,
                (None, new) => new,
                (Some(known), Some(new)) => Some(if known == new { known } else { Variance::Invariant }),
            };
        };
        let flip = |position: Option<Variance>| {
            position.map(|position| match position {
                Variance::Covariant => Variance::Contravariant,
                Variance::Contravariant => Variance::Covariant,
                Variance::Invariant => Variance::Invariant,
            })
        };
        let fix = |position: Option<Variance>| position.map(|_| Variance::Invariant);
        match self.kind(ty) {
            TypeKind::Var(own) => add((*own == var).then_some(Variance::Covariant)),
            TypeKind::Array(part) | TypeKind::FixedArray(part, _) | TypeKind::Type(part) => {
                add(fix(self.position_of(var, *part)));
            }
            TypeKind::Table(key, value) => {
                add(fix(self.position_of(var, *key)));
                add(fix(self.position_of(var, *value)));
            }
            TypeKind::Map(key, value) => {
                add(fix(self.position_of(var, *key)));
                add(self.position_of(var, *value));
            }
            TypeKind::Function { params, result, .. } => {
                params.iter().for_each(|param| add(flip(self.position_of(var, *param))));
                add(self.position_of(var, *result));
            }
            TypeKind::Nominal(decl, args) => {
                for (index, arg) in args.iter().enumerate() {
                    let inner = self.position_of(var, *arg);
                    add(match self.variance(*decl, index) {
                        Variance::Covariant => inner,
                        Variance::Contravariant => flip(inner),
                        Variance::Invariant => fix(inner),
                    });
                }
            }
            kind => crate::meta::for_each_part(kind, &mut |part| add(self.position_of(var, part))),
        }
        found
    }
}
