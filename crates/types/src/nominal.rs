//! Declared types: what they inherit, and which variants and subtypes they have.

use crate::decl::{DeclId, DeclKind, Variance};
use crate::memo::{Parts, pair};
use crate::store::{TypeId, TypeKind, TypeStore};
use crate::substitute::Substitution;
use rustc_hash::{FxHashMap, FxHashSet};

/// How many supertypes a type may have; more come from declarations such as `class A<T>(B<A<A<T>>>)`.
const MAX_ANCESTORS: usize = 1_000;
/// How many variables may bound one another in a chain.
const MAX_BOUND_CHAIN: u32 = 50;

/// A supertype that a declaration reaches with different arguments for an invariant parameter.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct InheritanceConflict {
    /// The declaration of the supertype.
    pub supertype: DeclId,
    /// One instance that is reached.
    pub first: TypeId,
    /// Another.
    pub second: TypeId,
}

impl TypeStore {
    /// The declared type itself and all it inherits, with arguments, nearest first: declared types, shapes, built-in
    /// ones. Intersections among supertypes are taken apart.
    pub fn ancestors(&mut self, ty: TypeId) -> Vec<TypeId> {
        let mut all = vec![ty];
        let mut seen: FxHashSet<TypeId> = FxHashSet::default();
        seen.insert(ty);
        let mut next = 0;
        while let Some(&current) = all.get(next) {
            next += 1;
            for above in self.direct_supertypes(current) {
                if seen.insert(above) {
                    all.push(above);
                }
            }
            if all.len() > MAX_ANCESTORS {
                self.memo.exhausted();
                break;
            }
        }
        all
    }

    /// The direct supertypes of a declared type, its arguments put in; an intersection's are its parts.
    pub fn direct_supertypes(&mut self, ty: TypeId) -> Parts {
        match self.kind(ty) {
            TypeKind::Intersection(parts) => parts.as_ref().into(),
            TypeKind::Nominal(decl, args) => {
                let decl = self.decl(*decl);
                let mut supers: Parts = decl.supers.as_slice().into();
                if !decl.params.is_empty() && !supers.is_empty() {
                    let with = Substitution::from_params(&decl.params, args);
                    for above in &mut supers {
                        *above = self.substitute(*above, &with);
                    }
                }
                supers
            }
            _ => Parts::new(),
        }
    }

    /// The type seen as a declared supertype of it, with that one's arguments. Where it is reached several times, the
    /// arguments are merged: covariant ones by `&`, contravariant ones by `|`; of different invariant ones the nearest
    /// counts ([`TypeStore::inheritance_conflicts`] finds these). A union is seen as what all its parts are.
    pub fn supertype_view(&mut self, ty: TypeId, decl: DeclId) -> Option<TypeId> {
        self.view(ty, decl, 0)
    }

    fn view(&mut self, ty: TypeId, decl: DeclId, depth: u32) -> Option<TypeId> {
        if depth > MAX_BOUND_CHAIN {
            self.memo.exhausted();
            return None;
        }
        match self.kind(ty) {
            TypeKind::Nominal(own, args) => {
                if *own == decl {
                    return Some(ty);
                }
                if let DeclKind::Variant { of, .. } = self.decl(*own).kind
                    && of == decl
                {
                    let args: Parts = args.as_ref().into();
                    return Some(self.nominal(decl, &args));
                }
                self.nominal_view(ty, decl)
            }
            TypeKind::Var(var) => {
                let upper = self.var(*var).upper;
                self.view(upper, decl, depth + 1)
            }
            TypeKind::Intersection(parts) => {
                let parts: Parts = parts.as_ref().into();
                parts.iter().find_map(|&part| self.view(part, decl, depth + 1))
            }
            TypeKind::Union(parts) => {
                let parts: Parts = parts.as_ref().into();
                let mut views = Parts::new();
                for part in parts {
                    views.push(self.view(part, decl, depth + 1)?);
                }
                self.merge_views(decl, &views, true)
            }
            _ => None,
        }
    }

    fn nominal_view(&mut self, ty: TypeId, decl: DeclId) -> Option<TypeId> {
        let key = pair(ty, TypeId(decl.0));
        if let Some(&known) = self.memo.views.get(&key) {
            return (known != TypeId::NEVER).then_some(known);
        }
        let doubts = self.memo.doubts;
        let mut found = Parts::new();
        for above in self.ancestors(ty) {
            if matches!(self.kind(above), TypeKind::Nominal(d, _) if *d == decl) {
                found.push(above);
            }
        }
        let merged = match found.as_slice() {
            [] => None,
            [single] => Some(*single),
            _ => self.merge_views(decl, &found, false),
        };
        if self.memo.doubts == doubts {
            self.memo.views.insert(key, merged.unwrap_or(TypeId::NEVER));
        }
        merged
    }

    /// One instance of a declaration for several: below all of them, or (`upwards`) above all of them.
    fn merge_views(&mut self, decl: DeclId, views: &[TypeId], upwards: bool) -> Option<TypeId> {
        let first = *views.first()?;
        let mut merged = self.args(first);
        for index in 0..merged.len() {
            let column: Parts = views.iter().filter_map(|&view| self.arg(view, index)).collect();
            let arg = match (self.variance(decl, index), upwards) {
                (Variance::Covariant, false) | (Variance::Contravariant, true) => self.intersection(&column),
                (Variance::Contravariant, false) | (Variance::Covariant, true) => self.union(&column),
                (Variance::Invariant, _) => {
                    let same = column.iter().all(|arg| column.first() == Some(arg));
                    if upwards && !same {
                        return None;
                    }
                    *column.first()?
                }
            };
            if let Some(place) = merged.get_mut(index) {
                *place = arg;
            }
        }
        Some(self.nominal(decl, &merged))
    }

    /// The arguments of a declared type.
    pub(crate) fn args(&self, ty: TypeId) -> Parts {
        match self.kind(ty) {
            TypeKind::Nominal(_, args) => args.as_ref().into(),
            _ => Parts::new(),
        }
    }

    pub(crate) fn arg(&self, ty: TypeId, index: usize) -> Option<TypeId> {
        match self.kind(ty) {
            TypeKind::Nominal(_, args) => args.get(index).copied(),
            _ => None,
        }
    }

    /// The declaration of a declared type.
    pub fn decl_of(&self, ty: TypeId) -> Option<DeclId> {
        match self.kind(ty) {
            TypeKind::Nominal(decl, _) => Some(*decl),
            _ => None,
        }
    }

    /// The declaration's own type: its variables as arguments.
    pub fn own_type(&mut self, decl: DeclId) -> TypeId {
        let vars: Vec<_> = self.decl(decl).params.iter().map(|param| param.var).collect();
        let args: Parts = vars.into_iter().map(|var| self.variable(var)).collect();
        self.nominal(decl, &args)
    }

    /// The invariant parameters of supertypes that a declaration reaches with different arguments: errors.
    pub fn inheritance_conflicts(&mut self, decl: DeclId) -> Vec<InheritanceConflict> {
        let own = self.own_type(decl);
        let mut reached: FxHashMap<DeclId, TypeId> = FxHashMap::default();
        let mut conflicts = Vec::new();
        for above in self.ancestors(own) {
            let Some(supertype) = self.decl_of(above) else { continue };
            let first = *reached.entry(supertype).or_insert(above);
            let differs = (0..self.args(above).len()).any(|index| {
                self.variance(supertype, index) == Variance::Invariant
                    && self.arg(first, index) != self.arg(above, index)
            });
            if differs {
                conflicts.push(InheritanceConflict { supertype, first, second: above });
            }
        }
        conflicts
    }

    /// The enum that a type is (not a variant of), by declaration.
    pub(crate) fn enum_decl(&self, ty: TypeId) -> Option<DeclId> {
        match self.kind(ty) {
            TypeKind::Nominal(decl, _) if self.decl(*decl).kind == DeclKind::Enum => Some(*decl),
            _ => None,
        }
    }

    /// The variants of an enum type, with its arguments, in order; none for other types.
    pub fn variants(&mut self, enum_type: TypeId) -> Vec<TypeId> {
        let Some(decl) = self.enum_decl(enum_type) else { return Vec::new() };
        let args = self.args(enum_type);
        let variants = self.decl(decl).variants.clone();
        variants.into_iter().map(|variant| self.nominal(variant, &args)).collect()
    }

    /// The enum type of a variant type.
    pub fn enum_of(&mut self, variant_type: TypeId) -> Option<TypeId> {
        let DeclKind::Variant { of, .. } = self.decl(self.decl_of(variant_type)?).kind else { return None };
        let args = self.args(variant_type);
        Some(self.nominal(of, &args))
    }

    /// The type that a `let`, an element, a field or a branch has for a value of type `ty`: variants become their
    /// enums, in unions too.
    pub fn widen_variants(&mut self, ty: TypeId) -> TypeId {
        match self.kind(ty) {
            TypeKind::Nominal(..) => self.enum_of(ty).unwrap_or(ty),
            TypeKind::Union(parts) => {
                let mut parts: Parts = parts.as_ref().into();
                for part in &mut parts {
                    *part = self.enum_of(*part).unwrap_or(*part);
                }
                self.union(&parts)
            }
            _ => ty,
        }
    }

    /// The declarations that name this one among their direct supertypes, in order; for an enum its variants.
    pub fn direct_subtypes(&mut self, decl: DeclId) -> Vec<DeclId> {
        let count = self.decl_count();
        if self.memo.children.is_none() || self.memo.children_of != count {
            let index = self.index_subtypes();
            self.memo.children = Some(index);
            self.memo.children_of = count;
        }
        self.memo.children.as_ref().and_then(|index| index.get(&decl)).cloned().unwrap_or_default()
    }

    fn index_subtypes(&self) -> FxHashMap<DeclId, Vec<DeclId>> {
        let mut index: FxHashMap<DeclId, Vec<DeclId>> = FxHashMap::default();
        for id in (0..self.decl_count() as u32).map(DeclId) {
            let decl = self.decl(id);
            let mut above: Vec<DeclId> = Vec::new();
            if let DeclKind::Variant { of, .. } = decl.kind {
                above.push(of);
            }
            for &ty in &decl.supers {
                match self.kind(ty) {
                    TypeKind::Intersection(parts) => above.extend(parts.iter().filter_map(|&part| self.decl_of(part))),
                    _ => above.extend(self.decl_of(ty)),
                }
            }
            above.sort_unstable();
            above.dedup();
            for supertype in above {
                index.entry(supertype).or_default().push(id);
            }
        }
        index
    }

    /// Whether `ancestor` is `decl` or among what it inherits, whatever the arguments.
    pub fn inherits(&mut self, decl: DeclId, ancestor: DeclId) -> bool {
        if decl == ancestor {
            return true;
        }
        let own = self.own_type(decl);
        self.supertype_view(own, ancestor).is_some()
    }
}
