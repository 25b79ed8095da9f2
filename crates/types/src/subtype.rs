//! Subtyping.
//!
//! The rules, in order: equal types, `any`, `never`, and what an error left behind; a union on the left (every part);
//! a variable on the left (its upper bound); an intersection on the right (every part); a union on the right (some
//! part, or every variant of an enum on the left); a variable on the right (its lower bound); an intersection on the
//! left (some part; for a shape, field by field over all parts); then by kind. Not decided: whether all
//! implementors of a trait make up the trait; tuples and collections of unions against unions of these.

use crate::decl::{DeclId, DeclKind, Variance};
use crate::memo::{Answer, Parts};
use crate::store::{TypeId, TypeKind, TypeStore};

/// Fixed types below this are unrelated to one another once `any`, `never` and `Error` are dealt with.
const FIXED: u32 = TypeId::FUNCTION.0 + 1;

impl TypeStore {
    /// Whether every value of `a` is one of `b`, as far as the rules decide it.
    #[inline]
    pub fn is_subtype(&mut self, a: TypeId, b: TypeId) -> bool {
        if a == b || b == TypeId::ANY || a == TypeId::NEVER || a == TypeId::ERROR || b == TypeId::ERROR {
            return true;
        }
        if a.0 < FIXED && b.0 < FIXED { false } else { self.is_subtype_of_other(a, b) }
    }

    fn is_subtype_of_other(&mut self, a: TypeId, b: TypeId) -> bool {
        if let Some(answer) = self.quick_answer(a, b) {
            return answer;
        }
        match self.remembered(a, b) {
            Some(Answer::Yes) => return true,
            Some(Answer::No) => return false,
            Some(Answer::Open) => {
                self.memo.doubts += 1;
                return false;
            }
            None => {}
        }
        self.ask(a, b)
    }

    /// Whether both say the same; types left behind by errors agree with all.
    pub fn equivalent(&mut self, a: TypeId, b: TypeId) -> bool {
        a == b || (self.has_error(a) || self.has_error(b)) && self.is_subtype(a, b) && self.is_subtype(b, a)
    }

    /// The frequent cases that need no memory.
    fn quick_answer(&self, a: TypeId, b: TypeId) -> Option<bool> {
        match (self.kind(a), self.kind(b)) {
            (TypeKind::Symbol(_), TypeKind::Symbol(_)) => Some(false),
            (TypeKind::Array(x), TypeKind::Array(y)) if !self.has_error(*x) && !self.has_error(*y) => Some(x == y),
            (TypeKind::Nominal(x, _), TypeKind::Nominal(y, _)) if x != y => {
                let wide = self.decl(*y).kind;
                match wide {
                    DeclKind::Struct | DeclKind::Object | DeclKind::Variant { .. } => Some(false),
                    DeclKind::Enum => match self.decl(*x).kind {
                        DeclKind::Variant { of, .. } if of == *y => None,
                        _ => Some(false),
                    },
                    DeclKind::Trait | DeclKind::Interface | DeclKind::Class | DeclKind::Opaque => None,
                }
            }
            (
                TypeKind::I64 | TypeKind::F64 | TypeKind::Bool | TypeKind::Byte | TypeKind::Str | TypeKind::Symbol(_),
                TypeKind::Array(_)
                | TypeKind::Table(..)
                | TypeKind::List(_)
                | TypeKind::Tuple(_)
                | TypeKind::Shape(_)
                | TypeKind::Function { .. }
                | TypeKind::Symbol(_),
            ) => Some(false),
            _ => None,
        }
    }

    fn ask(&mut self, a: TypeId, b: TypeId) -> bool {
        if !self.enter() {
            return false;
        }
        let doubts = self.memo.doubts;
        self.remember(a, b, Answer::Open);
        let answer = self.decide(a, b);
        if self.memo.doubts == doubts {
            self.remember(a, b, if answer { Answer::Yes } else { Answer::No });
        } else {
            self.memo.subtypes.remove(&crate::memo::pair(a, b));
        }
        self.leave();
        answer
    }

    fn decide(&mut self, a: TypeId, b: TypeId) -> bool {
        if let TypeKind::Union(parts) = self.kind(a) {
            let parts: Parts = parts.as_ref().into();
            return parts.iter().all(|&part| self.is_subtype(part, b));
        }
        if let TypeKind::Var(var) = self.kind(a) {
            let upper = self.var(*var).upper;
            if self.is_subtype(upper, b) {
                return true;
            }
        }
        match self.kind(b) {
            TypeKind::Intersection(parts) => {
                let parts: Parts = parts.as_ref().into();
                parts.iter().all(|&part| self.is_subtype(a, part))
            }
            TypeKind::Union(parts) => {
                let parts: Parts = parts.as_ref().into();
                self.is_below_union(a, b, &parts)
            }
            TypeKind::Var(var) => {
                let lower = self.var(*var).lower;
                lower != TypeId::NEVER && self.is_subtype(a, lower)
                    || matches!(self.kind(a), TypeKind::Intersection(_)) && self.some_part_is_below(a, b)
            }
            _ => self.decide_by_kind(a, b),
        }
    }

    fn is_below_union(&mut self, a: TypeId, b: TypeId, parts: &[TypeId]) -> bool {
        if parts.iter().any(|&part| self.is_subtype(a, part)) {
            return true;
        }
        match self.kind(a) {
            TypeKind::Nominal(..) if self.enum_decl(a).is_some() => {
                let variants = self.variants(a);
                variants.len() > 1
                    && variants.iter().all(|&variant| parts.iter().any(|&part| self.is_subtype(variant, part)))
            }
            TypeKind::Intersection(_) => self.some_part_is_below(a, b),
            _ => false,
        }
    }

    fn some_part_is_below(&mut self, a: TypeId, b: TypeId) -> bool {
        let TypeKind::Intersection(parts) = self.kind(a) else { return false };
        let parts: Parts = parts.as_ref().into();
        parts.iter().any(|&part| self.is_subtype(part, b))
    }

    /// `b` is no union, intersection, variable, `any`; `a` no union.
    fn decide_by_kind(&mut self, a: TypeId, b: TypeId) -> bool {
        if self.is_interface(b) {
            return self.is_below_interface(a, b);
        }
        match (self.kind(a), self.kind(b)) {
            (TypeKind::Intersection(_), TypeKind::Shape(_)) => {
                self.some_part_is_below(a, b) || self.has_fields_of(a, b)
            }
            (TypeKind::Intersection(_), _) => self.some_part_is_below(a, b),
            (TypeKind::Array(x), TypeKind::Array(y)) | (TypeKind::Type(x), TypeKind::Type(y)) => {
                let (x, y) = (*x, *y);
                self.equivalent(x, y)
            }
            (TypeKind::FixedArray(x, n), TypeKind::FixedArray(y, m)) => {
                let (x, y, same) = (*x, *y, n == m);
                same && self.equivalent(x, y)
            }
            (TypeKind::Table(k, v), TypeKind::Table(l, w)) => {
                let (k, v, l, w) = (*k, *v, *l, *w);
                self.equivalent(k, l) && self.equivalent(v, w)
            }
            (TypeKind::Map(k, v), TypeKind::Map(l, w)) => {
                let (k, v, l, w) = (*k, *v, *l, *w);
                self.equivalent(k, l) && self.is_subtype(v, w)
            }
            (
                TypeKind::Array(x) | TypeKind::FixedArray(x, _) | TypeKind::List(x) | TypeKind::Seq(x),
                TypeKind::Seq(y),
            )
            | (TypeKind::List(x), TypeKind::List(y))
            | (TypeKind::Set(x), TypeKind::Set(y)) => {
                let (x, y) = (*x, *y);
                self.is_subtype(x, y)
            }
            (TypeKind::Nominal(decl, _), TypeKind::Seq(y)) => {
                let (decl, y) = (*decl, *y);
                self.nominal_is_below_seq(a, decl, y)
            }
            (TypeKind::Tuple(xs), TypeKind::Tuple(ys)) => {
                if xs.len() != ys.len() {
                    return false;
                }
                let (xs, ys): (Parts, Parts) = (xs.as_ref().into(), ys.as_ref().into());
                xs.iter().zip(&ys).all(|(&x, &y)| self.is_subtype(x, y))
            }
            (TypeKind::Function { .. }, TypeKind::AnyFunction) => true,
            (TypeKind::Function { .. }, TypeKind::Function { .. }) => self.is_function_below(a, b),
            (TypeKind::Shape(_), TypeKind::Shape(_)) => self.has_fields_of(a, b),
            (TypeKind::Nominal(..), TypeKind::Shape(_)) => self.has_fields_of(a, b),
            (TypeKind::Nominal(x, _), TypeKind::Nominal(y, _)) => {
                let (x, y) = (*x, *y);
                self.is_nominal_below(a, x, b, y)
            }
            (TypeKind::Type(_), TypeKind::Nominal(decl, _)) => self.well_known.any_type == Some(*decl),
            _ => false,
        }
    }

    fn is_function_below(&mut self, a: TypeId, b: TypeId) -> bool {
        let (
            TypeKind::Function { params, result, effects },
            TypeKind::Function { params: wanted, result: wanted_result, effects: allowed },
        ) = (self.kind(a), self.kind(b))
        else {
            return false;
        };
        if params.len() != wanted.len() || !effects.within(*allowed) {
            return false;
        }
        let (params, wanted): (Parts, Parts) = (params.as_ref().into(), wanted.as_ref().into());
        let (result, wanted_result) = (*result, *wanted_result);
        params.iter().zip(&wanted).all(|(&own, &given)| self.is_subtype(given, own))
            && self.is_subtype(result, wanted_result)
    }

    /// Whether a type has every field that a shape asks for, of a smaller or equal type.
    fn has_fields_of(&mut self, a: TypeId, shape: TypeId) -> bool {
        if self.is_interface(a) && self.interface_has_no_fields(a) {
            return false;
        }
        for (name, wanted) in self.shape_fields(shape) {
            let Some(field) = self.field(a, name) else { return false };
            if !self.is_subtype(field.ty(), wanted) {
                return false;
            }
        }
        match self.kind(a) {
            TypeKind::Intersection(_) => !self.shape_fields(shape).is_empty(),
            _ => true,
        }
    }

    fn interface_has_no_fields(&self, ty: TypeId) -> bool {
        match self.kind(ty) {
            TypeKind::Nominal(decl, _) => self.decl(*decl).fields.is_empty(),
            _ => true,
        }
    }

    pub(crate) fn is_interface(&self, ty: TypeId) -> bool {
        match self.kind(ty) {
            TypeKind::Nominal(decl, _) => self.decl(*decl).kind == DeclKind::Interface,
            _ => false,
        }
    }

    fn is_below_interface(&mut self, a: TypeId, b: TypeId) -> bool {
        if let (TypeKind::Nominal(x, _), TypeKind::Nominal(y, _)) = (self.kind(a), self.kind(b))
            && x == y
        {
            let decl = *x;
            if self.args_are_below(decl, a, b) {
                return true;
            }
        }
        if self.some_part_is_below(a, b) {
            return true;
        }
        match self.known_conformance(a, b) {
            Some(holds) => holds,
            // The variable's upper bound was asked before; nothing more is known of it.
            None if matches!(self.kind(a), TypeKind::Var(_)) || self.has_infer(a) || self.has_infer(b) => false,
            None => {
                self.memo.doubts += 1;
                if !self.unknown_conformance.contains(&(a, b)) {
                    self.unknown_conformance.push((a, b));
                }
                false
            }
        }
    }

    fn is_nominal_below(&mut self, a: TypeId, x: DeclId, b: TypeId, y: DeclId) -> bool {
        if x == y {
            return self.args_are_below(x, a, b);
        }
        if let Some(view) = self.supertype_view(a, y)
            && self.args_are_below(y, view, b)
        {
            return true;
        }
        // Variants may have supertypes of their own that the enum has not.
        if self.decl(x).kind == DeclKind::Enum && self.variants_have_supertypes(x) {
            let variants = self.variants(a);
            return variants.len() > 1 && variants.iter().all(|&variant| self.is_subtype(variant, b));
        }
        false
    }

    fn variants_have_supertypes(&self, decl: DeclId) -> bool {
        self.decl(decl).variants.iter().any(|&variant| self.decl(variant).supers.len() > 1)
    }

    /// Whether two instances of one declaration are subtypes by its parameters' variance.
    pub(crate) fn args_are_below(&mut self, decl: DeclId, a: TypeId, b: TypeId) -> bool {
        let (TypeKind::Nominal(_, xs), TypeKind::Nominal(_, ys)) = (self.kind(a), self.kind(b)) else { return false };
        if xs.len() != ys.len() {
            return false;
        }
        let (xs, ys): (Parts, Parts) = (xs.as_ref().into(), ys.as_ref().into());
        for (index, (&x, &y)) in xs.iter().zip(&ys).enumerate() {
            let below = match self.variance(decl, index) {
                Variance::Invariant => self.equivalent(x, y),
                Variance::Covariant => self.is_subtype(x, y),
                Variance::Contravariant => self.is_subtype(y, x),
            };
            if !below {
                return false;
            }
        }
        true
    }

    /// The variance of a declaration's parameter; invariant if there is none of that number.
    pub(crate) fn variance(&self, decl: DeclId, index: usize) -> Variance {
        self.decl(decl).params.get(index).map_or(Variance::Invariant, |param| param.variance)
    }

    fn nominal_is_below_seq(&mut self, a: TypeId, decl: DeclId, element: TypeId) -> bool {
        match self.seq_element(a, decl) {
            Some(own) => self.is_subtype(own, element),
            None => false,
        }
    }

    /// The element type of a declared type that is a sequence.
    pub(crate) fn seq_element(&mut self, ty: TypeId, decl: DeclId) -> Option<TypeId> {
        if self.well_known.range == Some(decl) {
            return Some(TypeId::I64);
        }
        if matches!(self.decl(decl).kind, DeclKind::Struct | DeclKind::Object) && self.decl(decl).supers.is_empty() {
            return None;
        }
        self.ancestors(ty).iter().find_map(|&above| match self.kind(above) {
            TypeKind::Seq(element) => Some(*element),
            _ => None,
        })
    }
}
