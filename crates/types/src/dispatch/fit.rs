//! Fit: finding types for a signature's variables so that arguments are subtypes of its parameters.
//!
//! Argument and parameter are walked together; each variable of the signature takes the piece of the argument that
//! it meets. Repeated variables must meet equal pieces. Then bounds are checked and the arguments compared with the
//! parameters that result. Where an argument is a union and the parameter is not, each part is matched by itself,
//! and the pieces are joined where the variable's position allows it.

use super::Signature;
use crate::decl::Variance;
use crate::memo::Parts;
use crate::store::{TypeId, TypeKind, TypeStore, VarId};
use crate::substitute::Substitution;
use smallvec::SmallVec;

/// What a variable has met so far.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Piece {
    Nothing,
    /// `never` or an error gave no piece, but would fit any.
    Weak(TypeId),
    Is(TypeId),
}

struct Assignment<'s> {
    vars: &'s [VarId],
    pieces: SmallVec<[Piece; 4]>,
}

impl<'s> Assignment<'s> {
    fn empty(vars: &'s [VarId]) -> Assignment<'s> {
        Assignment { vars, pieces: SmallVec::from_elem(Piece::Nothing, vars.len()) }
    }

    fn place(&mut self, var: VarId) -> Option<&mut Piece> {
        let index = self.vars.iter().position(|own| *own == var)?;
        self.pieces.get_mut(index)
    }

    fn bind(&mut self, store: &mut TypeStore, var: VarId, ty: TypeId) -> bool {
        match self.place(var) {
            Some(Piece::Is(old)) => {
                let old = *old;
                store.equivalent(old, ty)
            }
            Some(place) => {
                *place = Piece::Is(ty);
                true
            }
            None => true,
        }
    }

    fn weaken(&mut self, var: VarId, ty: TypeId) {
        if let Some(place) = self.place(var)
            && *place == Piece::Nothing
        {
            *place = Piece::Weak(ty);
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
            if !self.collect(arg, param, &mut assignment) {
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
        for (&var, piece) in assignment.vars.iter().zip(&assignment.pieces) {
            if let Piece::Is(ty) = piece {
                with.insert(var, *ty);
            }
        }
        for (&var, piece) in assignment.vars.iter().zip(&assignment.pieces) {
            let ty = match piece {
                Piece::Is(_) => continue,
                Piece::Weak(TypeId::ERROR) => TypeId::ERROR,
                Piece::Weak(_) | Piece::Nothing => {
                    let lower = self.var(var).lower;
                    self.substitute(lower, &with)
                }
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
    fn collect(&mut self, arg: TypeId, param: TypeId, to: &mut Assignment<'_>) -> bool {
        if !self.mentions(param, to.vars) {
            return true;
        }
        if !self.enter() {
            return false;
        }
        let matched = self.collect_piece(arg, param, to);
        self.leave();
        matched
    }

    fn collect_piece(&mut self, arg: TypeId, param: TypeId, to: &mut Assignment<'_>) -> bool {
        match self.kind(param) {
            TypeKind::Var(var) => {
                let var = *var;
                return to.bind(self, var, arg);
            }
            TypeKind::Union(parts) => {
                let parts: Parts = parts.as_ref().into();
                return self.collect_union(arg, &parts, to);
            }
            TypeKind::Intersection(parts) => {
                let parts: Parts = parts.as_ref().into();
                return parts.iter().all(|&part| self.collect(arg, part, to));
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
                self.collect(upper, param, to)
            }
            TypeKind::Union(parts) => {
                let parts: Parts = parts.as_ref().into();
                self.collect_each(&parts, param, to)
            }
            TypeKind::Intersection(parts)
                if !matches!(self.kind(param), TypeKind::Shape(_) | TypeKind::Nominal(..)) =>
            {
                let parts: Parts = parts.as_ref().into();
                parts.iter().any(|&part| self.try_collect(part, param, to))
            }
            _ => self.collect_by_kind(arg, param, to),
        }
    }

    fn try_collect(&mut self, arg: TypeId, param: TypeId, to: &mut Assignment<'_>) -> bool {
        let before = to.pieces.clone();
        let matched = self.collect(arg, param, to);
        if !matched {
            to.pieces = before;
        }
        matched
    }

    fn collect_by_kind(&mut self, arg: TypeId, param: TypeId, to: &mut Assignment<'_>) -> bool {
        match (self.kind(arg), self.kind(param)) {
            (TypeKind::Nominal(decl, _), TypeKind::Seq(element)) => {
                let (decl, element) = (*decl, *element);
                match self.seq_element(arg, decl) {
                    Some(own) => self.collect(own, element, to),
                    None => false,
                }
            }
            (
                TypeKind::Array(own) | TypeKind::FixedArray(own, _) | TypeKind::List(own) | TypeKind::Seq(own),
                TypeKind::Seq(element),
            ) => {
                let (own, element) = (*own, *element);
                self.collect(own, element, to)
            }
            (_, TypeKind::Nominal(decl, _)) => {
                let decl = *decl;
                if self.is_interface(param) {
                    // Only the interface's own instances tell its arguments.
                    return self.decl_of(arg) != Some(decl) || self.collect_parts(arg, param, to);
                }
                match self.supertype_view(arg, decl) {
                    Some(view) => self.collect_parts(view, param, to),
                    None => false,
                }
            }
            (_, TypeKind::Shape(_)) => {
                for (name, wanted) in self.shape_fields(param) {
                    let Some(field) = self.field(arg, name) else { return false };
                    if !self.collect(field.ty(), wanted, to) {
                        return false;
                    }
                }
                true
            }
            (TypeKind::FixedArray(_, n), TypeKind::FixedArray(_, m)) if n != m => false,
            (own, wanted) if std::mem::discriminant(own) == std::mem::discriminant(wanted) => {
                self.collect_parts(arg, param, to)
            }
            _ => false,
        }
    }

    fn collect_parts(&mut self, arg: TypeId, param: TypeId, to: &mut Assignment<'_>) -> bool {
        let (own, wanted) = (self.parts_of(arg), self.parts_of(param));
        own.len() == wanted.len() && own.iter().zip(&wanted).all(|(&own, &wanted)| self.collect(own, wanted, to))
    }

    /// Several alternatives for one parameter: pieces are joined by the variable's position in it.
    fn collect_each(&mut self, args: &[TypeId], param: TypeId, to: &mut Assignment<'_>) -> bool {
        let mut outcomes: SmallVec<[Assignment<'_>; 4]> = SmallVec::new();
        for &arg in args {
            let mut own = Assignment::empty(to.vars);
            if !self.collect(arg, param, &mut own) {
                return false;
            }
            outcomes.push(own);
        }
        for index in 0..to.vars.len() {
            let mut pieces = Parts::new();
            let mut weak = None;
            for outcome in &outcomes {
                match outcome.pieces.get(index) {
                    Some(Piece::Is(ty)) => pieces.push(*ty),
                    Some(Piece::Weak(ty)) => weak = Some(*ty),
                    _ => {}
                }
            }
            let (Some(&var), Some(&first)) = (to.vars.get(index), pieces.first()) else {
                if let (Some(&var), Some(weak)) = (to.vars.get(index), weak) {
                    to.weaken(var, weak);
                }
                continue;
            };
            let joined = if pieces.iter().all(|piece| *piece == first) {
                first
            } else {
                match self.position_of(var, param) {
                    Some(Variance::Covariant) => self.union(&pieces),
                    Some(Variance::Contravariant) => self.intersection(&pieces),
                    Some(Variance::Invariant) | None => return false,
                }
            };
            if !to.bind(self, var, joined) {
                return false;
            }
        }
        true
    }

    /// A parameter `T | [U] | i64`: what is not inside the parts without variables goes to parts with structure that
    /// match it, and what is left to the bare variables.
    fn collect_union(&mut self, arg: TypeId, parts: &[TypeId], to: &mut Assignment<'_>) -> bool {
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
                if self.collect(part, candidate, &mut alone) {
                    place = Some(group);
                    break;
                }
            }
            place.unwrap_or(&mut left).push(part);
        }
        for (group, &candidate) in groups.iter().zip(&structured) {
            let group = self.union(group);
            if !self.collect(group, candidate, to) {
                return false;
            }
        }
        if left.is_empty() {
            bare.iter().for_each(|&var| to.weaken(var, TypeId::NEVER));
            return true;
        }
        let left = self.union(&left);
        !bare.is_empty() && bare.iter().all(|&var| to.bind(self, var, left))
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
