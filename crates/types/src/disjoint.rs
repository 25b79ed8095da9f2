//! Which types provably have no value in common, and other properties of types alone.
//!
//! "Disjoint" must be certain: structs, objects, variants and library types are final and name all they inherit;
//! classes inherit one class; a value has one array type. Traits, interfaces and variables leave everything open that
//! their bounds do not exclude.

use crate::decl::{DeclId, DeclKind, Variance};
use crate::memo::Parts;
use crate::store::{TypeId, TypeKind, TypeStore};
use sayso_base::Name;
use smallvec::SmallVec;

/// How deep fields' types are compared; recursive types have no end.
const MAX_FIELD_DEPTH: u32 = 6;

impl TypeStore {
    /// Whether it is certain that no value belongs to both.
    pub fn disjoint(&mut self, a: TypeId, b: TypeId) -> bool {
        self.is_disjoint(a, b, 0)
    }

    fn is_disjoint(&mut self, a: TypeId, b: TypeId, depth: u32) -> bool {
        if a == TypeId::NEVER || b == TypeId::NEVER {
            return true;
        }
        if a == b || a == TypeId::ANY || b == TypeId::ANY || a == TypeId::ERROR || b == TypeId::ERROR {
            return false;
        }
        if !self.enter() {
            return false;
        }
        let answer = self.decide_disjoint(a, b, depth);
        self.leave();
        answer
    }

    fn decide_disjoint(&mut self, a: TypeId, b: TypeId, depth: u32) -> bool {
        for (one, other) in [(a, b), (b, a)] {
            match self.kind(one) {
                TypeKind::Union(parts) => {
                    let parts: Parts = parts.as_ref().into();
                    return parts.iter().all(|&part| self.is_disjoint(part, other, depth));
                }
                TypeKind::Infer(_) => return false,
                TypeKind::Var(var) => {
                    let upper = self.var(*var).upper;
                    return self.is_disjoint(upper, other, depth);
                }
                _ => {}
            }
        }
        for (one, other) in [(a, b), (b, a)] {
            if let TypeKind::Intersection(parts) = self.kind(one) {
                let parts: Parts = parts.as_ref().into();
                return parts.iter().any(|&part| self.is_disjoint(part, other, depth));
            }
        }
        self.disjoint_by_kind(a, b, depth)
    }

    fn disjoint_by_kind(&mut self, a: TypeId, b: TypeId, depth: u32) -> bool {
        match (self.kind(a), self.kind(b)) {
            (TypeKind::Symbol(x), TypeKind::Symbol(y)) => x != y,
            (TypeKind::Array(x), TypeKind::Array(y)) | (TypeKind::Type(x), TypeKind::Type(y)) => {
                let (x, y) = (*x, *y);
                !self.could_be_equal(x, y)
            }
            (TypeKind::FixedArray(x, n), TypeKind::FixedArray(y, m)) => {
                let (x, y, same) = (*x, *y, n == m);
                !same || !self.could_be_equal(x, y)
            }
            (TypeKind::Table(k, v), TypeKind::Table(l, w)) => {
                let (k, v, l, w) = (*k, *v, *l, *w);
                !self.could_be_equal(k, l) || !self.could_be_equal(v, w)
            }
            (TypeKind::Map(k, _), TypeKind::Map(l, _)) => {
                let (k, l) = (*k, *l);
                !self.could_be_equal(k, l)
            }
            // Empty ones belong to both.
            (TypeKind::List(_), TypeKind::List(_) | TypeKind::Seq(_))
            | (TypeKind::Seq(_), TypeKind::List(_) | TypeKind::Seq(_))
            | (TypeKind::Set(_), TypeKind::Set(_)) => false,
            (TypeKind::Seq(y), TypeKind::Array(x) | TypeKind::FixedArray(x, _))
            | (TypeKind::Array(x) | TypeKind::FixedArray(x, _), TypeKind::Seq(y)) => {
                let (x, y) = (*x, *y);
                self.is_ground(x) && self.is_ground(y) && !self.is_subtype(x, y)
            }
            (TypeKind::Tuple(xs), TypeKind::Tuple(ys)) => {
                if xs.len() != ys.len() {
                    return true;
                }
                let (xs, ys): (Parts, Parts) = (xs.as_ref().into(), ys.as_ref().into());
                xs.iter().zip(&ys).any(|(&x, &y)| self.is_disjoint(x, y, depth))
            }
            (TypeKind::Function { params: xs, .. }, TypeKind::Function { params: ys, .. }) => xs.len() != ys.len(),
            (TypeKind::AnyFunction, TypeKind::Function { .. } | TypeKind::Type(_))
            | (TypeKind::Function { .. } | TypeKind::Type(_), TypeKind::AnyFunction) => false,
            // A type of the library may be both.
            (TypeKind::Shape(_), TypeKind::Seq(_)) | (TypeKind::Seq(_), TypeKind::Shape(_)) => false,
            (TypeKind::Shape(_), TypeKind::Shape(_)) => self.disagree_on_fields(a, b, depth),
            (TypeKind::Nominal(x, _), TypeKind::Nominal(y, _)) => {
                let (x, y) = (*x, *y);
                self.disjoint_nominals(a, x, b, y, depth)
            }
            (TypeKind::Nominal(..), TypeKind::Shape(_)) => self.disjoint_from_shape(a, b, depth),
            (TypeKind::Shape(_), TypeKind::Nominal(..)) => self.disjoint_from_shape(b, a, depth),
            (TypeKind::Nominal(decl, _), _) => {
                let decl = *decl;
                self.disjoint_from_builtin(a, decl, b)
            }
            (_, TypeKind::Nominal(decl, _)) => {
                let decl = *decl;
                self.disjoint_from_builtin(b, decl, a)
            }
            // Everything else is of different kinds: no value is of two of these.
            _ => true,
        }
    }

    /// Whether some field that both shapes ask for cannot have both types.
    fn disagree_on_fields(&mut self, a: TypeId, b: TypeId, depth: u32) -> bool {
        let (xs, ys): (Fields, Fields) = (self.shape_fields(a), self.shape_fields(b));
        xs.iter().any(|x| ys.iter().any(|y| x.0 == y.0 && self.is_disjoint(x.1, y.1, depth)))
    }

    fn disjoint_from_shape(&mut self, ty: TypeId, shape: TypeId, depth: u32) -> bool {
        let Some(decl) = self.decl_of(ty) else { return false };
        let kind = self.decl(decl).kind;
        if kind == DeclKind::Enum {
            let variants = self.variants(ty);
            return !variants.is_empty() && variants.iter().all(|&variant| self.is_disjoint(variant, shape, depth));
        }
        let closed = matches!(kind, DeclKind::Struct | DeclKind::Object | DeclKind::Variant { .. } | DeclKind::Opaque);
        for (name, wanted) in self.shape_fields(shape) {
            match self.field(ty, name) {
                None if closed => return true,
                Some(field) if depth < MAX_FIELD_DEPTH && self.is_disjoint(field.ty(), wanted, depth + 1) => {
                    return true;
                }
                _ => {}
            }
        }
        false
    }

    fn disjoint_from_builtin(&mut self, ty: TypeId, decl: DeclId, builtin: TypeId) -> bool {
        if self.decl(decl).kind == DeclKind::Interface {
            return false;
        }
        match self.kind(builtin) {
            TypeKind::Type(_) => self.well_known.any_type != Some(decl),
            TypeKind::Seq(element) => {
                let element = *element;
                match self.seq_element(ty, decl) {
                    Some(own) => self.is_ground(own) && self.is_ground(element) && !self.is_subtype(own, element),
                    None => self.decl(decl).kind != DeclKind::Trait,
                }
            }
            _ => true,
        }
    }

    fn disjoint_nominals(&mut self, a: TypeId, x: DeclId, b: TypeId, y: DeclId, depth: u32) -> bool {
        if x == y {
            return self.disjoint_instances(a, b, x, depth);
        }
        let (first, second) = (self.decl(x).kind, self.decl(y).kind);
        if first == DeclKind::Interface || second == DeclKind::Interface {
            return false;
        }
        match (first, second) {
            (DeclKind::Variant { of, .. }, DeclKind::Enum) if of == y => {
                return self.disjoint_from_own_enum(a, x, b, depth);
            }
            (DeclKind::Enum, DeclKind::Variant { of, .. }) if of == x => {
                return self.disjoint_from_own_enum(b, y, a, depth);
            }
            _ => {}
        }
        for (ty, kind, other, other_decl) in [(a, first, b, y), (b, second, a, x)] {
            if let Some(view) = self.supertype_view(ty, other_decl) {
                return self.disjoint_instances(view, other, other_decl, depth);
            }
            if kind == DeclKind::Enum && self.decl(other_decl).kind == DeclKind::Trait {
                let variants = self.variants(ty);
                return !variants.is_empty() && variants.iter().all(|&variant| self.is_disjoint(variant, other, depth));
            }
        }
        // Neither inherits the other: a common value needs a common subtype.
        let open = |kind: DeclKind| matches!(kind, DeclKind::Trait | DeclKind::Class);
        !(open(first) && open(second)) || first == DeclKind::Class && second == DeclKind::Class
    }

    fn disjoint_from_own_enum(&mut self, variant: TypeId, decl: DeclId, whole: TypeId, depth: u32) -> bool {
        let args = self.args(whole);
        let other = self.nominal(decl, &args);
        self.disjoint_instances(variant, other, decl, depth)
    }

    /// Whether two instances of one declaration have no common value.
    fn disjoint_instances(&mut self, a: TypeId, b: TypeId, decl: DeclId, depth: u32) -> bool {
        if a == b {
            return false;
        }
        let (xs, ys) = (self.args(a), self.args(b));
        for (index, (&x, &y)) in xs.iter().zip(&ys).enumerate() {
            if self.variance(decl, index) == Variance::Invariant && !self.could_be_equal(x, y) {
                return true;
            }
        }
        if depth >= MAX_FIELD_DEPTH {
            return false;
        }
        match self.decl(decl).kind {
            DeclKind::Enum => {
                let (xs, ys) = (self.variants(a), self.variants(b));
                !xs.is_empty() && xs.iter().zip(&ys).all(|(&x, &y)| self.is_disjoint(x, y, depth + 1))
            }
            DeclKind::Struct | DeclKind::Variant { .. } => {
                let names: SmallVec<[Name; 8]> = self.decl(decl).fields.iter().map(|field| field.name).collect();
                names.into_iter().any(|name| match (self.field(a, name), self.field(b, name)) {
                    (Some(x), Some(y)) => self.is_disjoint(x.ty(), y.ty(), depth + 1),
                    _ => false,
                })
            }
            _ => false,
        }
    }

    /// Whether two types might be equal for some types in place of their variables.
    pub(crate) fn could_be_equal(&mut self, a: TypeId, b: TypeId) -> bool {
        if a == b || self.has_error(a) || self.has_error(b) {
            return true;
        }
        if self.is_ground(a) && self.is_ground(b) {
            return false;
        }
        for (one, other) in [(a, b), (b, a)] {
            if let TypeKind::Var(var) = self.kind(one) {
                let upper = self.var(*var).upper;
                return other == TypeId::NEVER
                    || !self.is_ground(other)
                    || !self.is_ground(upper)
                    || self.is_subtype(other, upper);
            }
        }
        let open =
            |kind: &TypeKind| matches!(kind, TypeKind::Infer(_) | TypeKind::Union(_) | TypeKind::Intersection(_));
        if open(self.kind(a)) || open(self.kind(b)) {
            return true;
        }
        if std::mem::discriminant(self.kind(a)) != std::mem::discriminant(self.kind(b)) {
            // Both may become `never` through a part.
            let fragile = |kind: &TypeKind| matches!(kind, TypeKind::Tuple(_) | TypeKind::Shape(_) | TypeKind::Never);
            return fragile(self.kind(a)) && fragile(self.kind(b));
        }
        let same_head = match (self.kind(a), self.kind(b)) {
            (TypeKind::Nominal(x, _), TypeKind::Nominal(y, _)) => x == y,
            (TypeKind::FixedArray(_, n), TypeKind::FixedArray(_, m)) => n == m,
            (TypeKind::Function { effects: x, .. }, TypeKind::Function { effects: y, .. }) => x == y,
            (TypeKind::Tuple(_) | TypeKind::Shape(_), _) => return true,
            _ => true,
        };
        let (xs, ys) = (self.parts_of(a), self.parts_of(b));
        same_head && xs.len() == ys.len() && xs.iter().zip(&ys).all(|(&x, &y)| self.could_be_equal(x, y))
    }

    pub(crate) fn parts_of(&self, ty: TypeId) -> Parts {
        let mut parts = Parts::new();
        crate::meta::for_each_part(self.kind(ty), &mut |part| parts.push(part));
        parts
    }
}

type Fields = SmallVec<[(Name, TypeId); 8]>;
