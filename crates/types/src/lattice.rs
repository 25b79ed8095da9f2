//! Building unions, intersections and differences.
//!
//! A union's parts are never unions; an intersection's parts are never unions or intersections (`&` distributes over
//! `|`, and over the variants of an enum). Parts are sorted by id, none lies inside another (for an intersection: none
//! around another), an enum stands for its variants where all are listed with equal arguments, and shapes under `&`
//! are one. So two types of the same meaning, as far as subtyping decides it, are the same type.

use crate::decl::{DeclId, DeclKind};
use crate::memo::{MAX_PARTS, Parts, pair};
use crate::store::{TypeId, TypeKind, TypeStore};
use sayso_base::Name;
use smallvec::SmallVec;

/// Enums with more variants are kept whole under `&`.
const MAX_EXPANDED_VARIANTS: usize = 64;

impl TypeStore {
    /// The union of types, simplified.
    pub fn union(&mut self, parts: &[TypeId]) -> TypeId {
        match *parts {
            [] => TypeId::NEVER,
            [single] => single,
            [a, b] => self.union_of_two(a, b),
            _ => self.build_union(parts),
        }
    }

    fn union_of_two(&mut self, a: TypeId, b: TypeId) -> TypeId {
        if a == b || b == TypeId::NEVER {
            return a;
        }
        if a == TypeId::NEVER {
            return b;
        }
        let key = pair(a.min(b), a.max(b));
        if let Some(&known) = self.memo.unions.get(&key) {
            return known;
        }
        let doubts = self.memo.doubts;
        let result = self.build_union(&[a, b]);
        if self.memo.doubts == doubts {
            self.memo.unions.insert(key, result);
        }
        result
    }

    fn build_union(&mut self, types: &[TypeId]) -> TypeId {
        let mut parts = Parts::new();
        for &ty in types {
            match self.kind(ty) {
                TypeKind::Union(inner) => parts.extend_from_slice(inner),
                TypeKind::Never => {}
                _ => parts.push(ty),
            }
        }
        if parts.contains(&TypeId::ERROR) {
            return TypeId::ERROR;
        }
        if parts.contains(&TypeId::ANY) {
            return TypeId::ANY;
        }
        sort(&mut parts);
        if parts.len() > MAX_PARTS {
            self.memo.lost();
            return TypeId::ERROR;
        }
        if parts.len() > 1 {
            self.drop_inner(&mut parts);
            self.expand_overlapped_enums(&mut parts);
            self.collapse_variants(&mut parts);
            sort(&mut parts);
        }
        match parts.as_slice() {
            [] => TypeId::NEVER,
            [single] => *single,
            _ => self.intern_simplified(TypeKind::Union(parts.as_slice().into())),
        }
    }

    /// Drops parts that lie inside another; of equal ones the last stays.
    fn drop_inner(&mut self, parts: &mut Parts) {
        self.drop_parts(parts, |store, part, other| store.is_subtype(part, other));
    }

    fn drop_parts(&mut self, parts: &mut Parts, dropped: impl Fn(&mut TypeStore, TypeId, TypeId) -> bool) {
        // Of two atoms none lies inside the other: in a union of many symbols there is nothing to compare.
        let mut composed: Parts = parts.iter().copied().filter(|part| !self.is_atom(*part)).collect();
        let mut index = 0;
        while let Some(&part) = parts.get(index) {
            let mut inside = false;
            let others = if self.is_atom(part) { &composed } else { &*parts };
            for &other in others.iter().filter(|other| **other != part) {
                if dropped(self, part, other) {
                    inside = true;
                    break;
                }
            }
            if inside {
                parts.remove(index);
                composed.retain(|other| *other != part);
            } else {
                index += 1;
            }
        }
    }

    /// Whether a type neither holds nor lies inside of another that is an atom too.
    fn is_atom(&self, ty: TypeId) -> bool {
        match self.kind(ty) {
            TypeKind::Symbol(_) => true,
            TypeKind::Nominal(decl, args) => {
                let kind = self.decl(*decl).kind;
                args.is_empty() && matches!(kind, DeclKind::Struct | DeclKind::Object | DeclKind::Variant { .. })
            }
            _ => false,
        }
    }

    /// Replaces an enum by its variants where one of these lies inside another part.
    fn expand_overlapped_enums(&mut self, parts: &mut Parts) {
        let mut index = 0;
        let mut changed = false;
        while let Some(&part) = parts.get(index) {
            index += 1;
            let Some(decl) = self.enum_decl(part) else { continue };
            let may_overlap = parts.iter().any(|&other| other != part && self.may_hold_variants(other, decl));
            if !may_overlap || self.decl(decl).variants.len() < 2 {
                continue;
            }
            let variants = self.variants(part);
            let overlapped = variants
                .iter()
                .any(|&variant| parts.iter().any(|&other| other != part && self.is_subtype(variant, other)));
            if overlapped {
                index -= 1;
                parts.remove(index);
                parts.extend_from_slice(&variants);
                changed = true;
            }
        }
        if changed {
            sort(parts);
            self.drop_inner(parts);
        }
    }

    /// Whether a type that does not hold the whole enum might hold one of its variants.
    fn may_hold_variants(&self, ty: TypeId, of: DeclId) -> bool {
        match self.kind(ty) {
            TypeKind::Shape(_) | TypeKind::Intersection(_) | TypeKind::Var(_) => true,
            TypeKind::Nominal(decl, _) => match self.decl(*decl).kind {
                DeclKind::Trait | DeclKind::Interface => true,
                DeclKind::Variant { of: other, .. } => other == of,
                DeclKind::Struct | DeclKind::Object | DeclKind::Enum | DeclKind::Class | DeclKind::Opaque => false,
            },
            _ => false,
        }
    }

    /// Replaces the variants of an enum, all there with equal arguments, by the enum.
    fn collapse_variants(&mut self, parts: &mut Parts) {
        let mut index = 0;
        while let Some(&part) = parts.get(index) {
            index += 1;
            let TypeKind::Nominal(decl, args) = self.kind(part) else { continue };
            let DeclKind::Variant { of, .. } = self.decl(*decl).kind else { continue };
            let all = &self.decl(of).variants;
            if all.len() < 2 || all.first() != Some(decl) && parts.len() < all.len() {
                continue;
            }
            let args: Parts = args.as_ref().into();
            let listed = |part: &TypeId| match self.kind(*part) {
                TypeKind::Nominal(decl, other) => all.contains(decl) && **other == *args,
                _ => false,
            };
            if parts.iter().filter(|part| listed(part)).count() < all.len() {
                continue;
            }
            let rest: Parts = parts.iter().copied().filter(|part| !listed(part)).collect();
            *parts = rest;
            parts.push(self.nominal(of, &args));
            index = 0;
        }
    }

    /// The intersection of types, simplified.
    pub fn intersection(&mut self, parts: &[TypeId]) -> TypeId {
        match *parts {
            [] => TypeId::ANY,
            [single] => single,
            [a, b] => self.intersection_of_two(a, b),
            _ => self.build_intersection(parts),
        }
    }

    fn intersection_of_two(&mut self, a: TypeId, b: TypeId) -> TypeId {
        if a == b || b == TypeId::ANY {
            return a;
        }
        if a == TypeId::ANY {
            return b;
        }
        let key = pair(a.min(b), a.max(b));
        if let Some(&known) = self.memo.intersections.get(&key) {
            return known;
        }
        let doubts = self.memo.doubts;
        let result = self.build_intersection(&[a, b]);
        if self.memo.doubts == doubts {
            self.memo.intersections.insert(key, result);
        }
        result
    }

    fn build_intersection(&mut self, types: &[TypeId]) -> TypeId {
        let mut parts = Parts::new();
        for &ty in types {
            match self.kind(ty) {
                TypeKind::Intersection(inner) => parts.extend_from_slice(inner),
                TypeKind::Any => {}
                _ => parts.push(ty),
            }
        }
        if parts.contains(&TypeId::ERROR) {
            return TypeId::ERROR;
        }
        if parts.contains(&TypeId::NEVER) {
            return TypeId::NEVER;
        }
        sort(&mut parts);
        if parts.len() > MAX_PARTS || !self.enter() {
            self.memo.lost();
            return TypeId::ERROR;
        }
        let result = if parts.iter().any(|&part| matches!(self.kind(part), TypeKind::Union(_))) {
            self.distribute(&parts)
        } else {
            self.meet(parts)
        };
        self.leave();
        result
    }

    /// `(A | B) & C` as `A & C | B & C`.
    fn distribute(&mut self, parts: &[TypeId]) -> TypeId {
        let mut ordered: Parts = parts.into();
        ordered.sort_by_key(|&part| matches!(self.kind(part), TypeKind::Union(_)));
        let mut sum: Vec<TypeId> = vec![TypeId::ANY];
        for part in ordered {
            let alternatives = self.union_parts(part);
            let mut next = Vec::new();
            for &left in &sum {
                for &right in &alternatives {
                    let both = self.intersection_of_two(left, right);
                    if both != TypeId::NEVER {
                        next.push(both);
                    }
                }
                if next.len() > MAX_PARTS {
                    self.memo.lost();
                    return TypeId::ERROR;
                }
            }
            next.sort_unstable();
            next.dedup();
            sum = next;
        }
        self.union(&sum)
    }

    /// The intersection of types that are no unions or intersections.
    fn meet(&mut self, mut parts: Parts) -> TypeId {
        if !self.merge_shapes(&mut parts) {
            return TypeId::NEVER;
        }
        self.drop_parts(&mut parts, |store, part, other| store.is_subtype(other, part));
        for (index, &a) in parts.iter().enumerate() {
            for &b in parts.iter().skip(index + 1) {
                if self.disjoint(a, b) {
                    return TypeId::NEVER;
                }
            }
        }
        if parts.len() > 1 {
            if let Some(split) = self.split_enum(&parts) {
                return split;
            }
            if !self.reduce_shape(&mut parts) {
                return TypeId::NEVER;
            }
        }
        sort(&mut parts);
        match parts.as_slice() {
            [] => TypeId::ANY,
            [single] => *single,
            _ => self.intern_simplified(TypeKind::Intersection(parts.as_slice().into())),
        }
    }

    /// Makes one shape of all; `false` if nothing can have it.
    fn merge_shapes(&mut self, parts: &mut Parts) -> bool {
        let shapes = parts.iter().filter(|part| matches!(self.kind(**part), TypeKind::Shape(_))).count();
        if shapes < 2 {
            return true;
        }
        let mut fields: Vec<(Name, TypeId)> = Vec::new();
        let mut rest = Parts::new();
        for &part in parts.iter() {
            match self.kind(part) {
                TypeKind::Shape(own) => fields.extend_from_slice(own),
                _ => rest.push(part),
            }
        }
        fields.sort_by_key(|field| field.0);
        let mut merged: Vec<(Name, TypeId)> = Vec::new();
        for (name, ty) in fields {
            match merged.last_mut() {
                Some(last) if last.0 == name => last.1 = self.intersection_of_two(last.1, ty),
                _ => merged.push((name, ty)),
            }
        }
        let shape = self.shape(&merged);
        rest.push(shape);
        *parts = rest;
        shape != TypeId::NEVER
    }

    /// `E & T` as the union of `V & T` over the variants of `E`, if an enum is among the parts.
    fn split_enum(&mut self, parts: &Parts) -> Option<TypeId> {
        let (index, whole) = parts.iter().copied().enumerate().find(|(_, part)| self.enum_decl(*part).is_some())?;
        let variants = self.variants(whole);
        if variants.is_empty() || variants.len() > MAX_EXPANDED_VARIANTS {
            return None;
        }
        let mut sum = Vec::with_capacity(variants.len());
        for variant in variants {
            let mut with = parts.clone();
            if let Some(place) = with.get_mut(index) {
                *place = variant;
            }
            sum.push(self.build_intersection(&with));
        }
        Some(self.union(&sum))
    }

    /// Makes the shape among the parts say what all parts together say of its fields, and only what the others do
    /// not say already; `false` if nothing can have it.
    fn reduce_shape(&mut self, parts: &mut Parts) -> bool {
        let Some(index) = parts.iter().position(|part| matches!(self.kind(*part), TypeKind::Shape(_))) else {
            return true;
        };
        let shape = parts.remove(index);
        let mut kept: SmallVec<[(Name, TypeId); 8]> = SmallVec::new();
        let fields: SmallVec<[(Name, TypeId); 8]> = self.shape_fields(shape);
        for &(name, wanted) in &fields {
            let mut others = Parts::new();
            for &part in parts.iter() {
                if let Some(field) = self.field(part, name) {
                    others.push(field.ty());
                }
            }
            if others.is_empty() {
                kept.push((name, wanted));
                continue;
            }
            let known = self.intersection(&others);
            let full = self.intersection_of_two(known, wanted);
            if full == TypeId::NEVER {
                return false;
            }
            if full != known && full != TypeId::ERROR {
                kept.push((name, full));
            }
        }
        if !kept.is_empty() || fields.is_empty() {
            let shape = self.shape(&kept);
            parts.push(shape);
        }
        true
    }

    /// The parts of `a` that do not lie inside `b`: of a union its parts, of an enum its variants. What is left may
    /// still overlap `b`.
    pub fn subtract(&mut self, a: TypeId, b: TypeId) -> TypeId {
        if a == TypeId::ERROR || b == TypeId::ERROR {
            return TypeId::ERROR;
        }
        let mut left = Vec::new();
        for part in self.union_parts(a) {
            if self.is_subtype(part, b) {
                continue;
            }
            if self.enum_decl(part).is_none() {
                left.push(part);
                continue;
            }
            let variants = self.variants(part);
            if variants.len() < 2 && !variants.iter().any(|&variant| self.is_subtype(variant, b)) {
                left.push(part);
                continue;
            }
            for variant in variants {
                if !self.is_subtype(variant, b) {
                    left.push(variant);
                }
            }
        }
        self.union(&left)
    }

    /// The parts of a union; of anything else, itself; of `never`, none.
    pub(crate) fn union_parts(&self, ty: TypeId) -> Parts {
        match self.kind(ty) {
            TypeKind::Union(parts) => parts.as_ref().into(),
            TypeKind::Never => Parts::new(),
            _ => Parts::from_slice(&[ty]),
        }
    }

    pub(crate) fn shape_fields(&self, ty: TypeId) -> SmallVec<[(Name, TypeId); 8]> {
        match self.kind(ty) {
            TypeKind::Shape(fields) => fields.iter().copied().collect(),
            _ => SmallVec::new(),
        }
    }
}

fn sort(parts: &mut Parts) {
    parts.sort_unstable();
    parts.dedup();
}
