//! Putting types in place of variables.

use crate::decl::TypeParam;
use crate::memo::Parts;
use crate::meta::for_each_part;
use crate::store::{TypeId, TypeKind, TypeStore, VarId};
use sayso_base::Name;
use smallvec::SmallVec;

/// Types for variables. Few enough that looking through all is fastest.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Substitution {
    pairs: SmallVec<[(VarId, TypeId); 4]>,
}

impl Substitution {
    /// Nothing for nothing.
    pub fn new() -> Substitution {
        Substitution::default()
    }

    /// The first variable by the first type, and so on; what is left over on either side is left out.
    pub fn from_vars(vars: &[VarId], types: &[TypeId]) -> Substitution {
        Substitution { pairs: vars.iter().copied().zip(types.iter().copied()).collect() }
    }

    /// A declaration's parameters by the arguments of one of its types.
    pub fn from_params(params: &[TypeParam], args: &[TypeId]) -> Substitution {
        Substitution { pairs: params.iter().map(|param| param.var).zip(args.iter().copied()).collect() }
    }

    /// Adds a pair, or replaces the type of a variable.
    pub fn insert(&mut self, var: VarId, ty: TypeId) {
        match self.pairs.iter_mut().find(|pair| pair.0 == var) {
            Some(pair) => pair.1 = ty,
            None => self.pairs.push((var, ty)),
        }
    }

    /// The type for a variable.
    pub fn get(&self, var: VarId) -> Option<TypeId> {
        self.pairs.iter().find(|pair| pair.0 == var).map(|pair| pair.1)
    }

    /// Whether it changes nothing.
    pub fn is_empty(&self) -> bool {
        self.pairs.is_empty()
    }

    /// All pairs.
    pub fn pairs(&self) -> &[(VarId, TypeId)] {
        &self.pairs
    }
}

impl TypeStore {
    /// The type with variables replaced, simplified anew.
    pub fn substitute(&mut self, ty: TypeId, with: &Substitution) -> TypeId {
        if with.is_empty() || !self.has_var(ty) {
            return ty;
        }
        if let TypeKind::Var(var) = self.kind(ty) {
            return with.get(*var).unwrap_or(ty);
        }
        self.map_parts(ty, &mut |store, part| store.substitute(part, with))
    }

    /// The type with each direct part replaced by what `map` gives for it, simplified anew.
    pub(crate) fn map_parts(&mut self, ty: TypeId, map: &mut dyn FnMut(&mut TypeStore, TypeId) -> TypeId) -> TypeId {
        let mut parts = Parts::new();
        for_each_part(self.kind(ty), &mut |part| parts.push(part));
        let mut changed = false;
        for part in &mut parts {
            let new = map(self, *part);
            changed |= new != *part;
            *part = new;
        }
        if changed { self.with_parts(ty, &parts) } else { ty }
    }

    /// The type built like `ty` from other parts, as [`for_each_part`] lists them.
    pub(crate) fn with_parts(&mut self, ty: TypeId, parts: &[TypeId]) -> TypeId {
        let kind = match (self.kind(ty), parts) {
            (TypeKind::Array(_), [a]) => TypeKind::Array(*a),
            (TypeKind::FixedArray(_, n), [a]) => TypeKind::FixedArray(*a, *n),
            (TypeKind::Seq(_), [a]) => TypeKind::Seq(*a),
            (TypeKind::List(_), [a]) => TypeKind::List(*a),
            (TypeKind::Set(_), [a]) => TypeKind::Set(*a),
            (TypeKind::Type(_), [a]) => TypeKind::Type(*a),
            (TypeKind::Table(..), [a, b]) => TypeKind::Table(*a, *b),
            (TypeKind::Map(..), [a, b]) => TypeKind::Map(*a, *b),
            (TypeKind::Tuple(_), _) => return self.tuple(parts),
            (TypeKind::Union(_), _) => return self.union(parts),
            (TypeKind::Intersection(_), _) => return self.intersection(parts),
            (TypeKind::Nominal(decl, _), _) => {
                let decl = *decl;
                return self.nominal(decl, parts);
            }
            (TypeKind::Shape(fields), _) => {
                let fields: SmallVec<[(Name, TypeId); 8]> =
                    fields.iter().zip(parts).map(|(field, part)| (field.0, *part)).collect();
                return self.shape(&fields);
            }
            (TypeKind::Function { effects, .. }, [params @ .., result]) => {
                TypeKind::Function { params: params.into(), result: *result, effects: *effects }
            }
            _ => return ty,
        };
        self.intern(kind)
    }

    /// The variables that occur in a type, each once, in the order of their first occurrence.
    pub fn free_vars(&self, ty: TypeId) -> Vec<VarId> {
        let mut vars = Vec::new();
        self.collect_vars(ty, &mut vars);
        vars
    }

    fn collect_vars(&self, ty: TypeId, vars: &mut Vec<VarId>) {
        if !self.has_var(ty) {
            return;
        }
        match self.kind(ty) {
            TypeKind::Var(var) => {
                if !vars.contains(var) {
                    vars.push(*var);
                }
            }
            kind => for_each_part(kind, &mut |part| self.collect_vars(part, vars)),
        }
    }

    /// Whether one of these variables occurs in a type.
    pub fn mentions(&self, ty: TypeId, vars: &[VarId]) -> bool {
        if vars.is_empty() || !self.has_var(ty) {
            return false;
        }
        match self.kind(ty) {
            TypeKind::Var(var) => vars.contains(var),
            kind => {
                let mut found = false;
                for_each_part(kind, &mut |part| found = found || self.mentions(part, vars));
                found
            }
        }
    }

    /// The type with its unions and intersections simplified by what is known now: for types that were built before
    /// the declarations they name were complete.
    pub fn resimplify(&mut self, ty: TypeId) -> TypeId {
        let mut parts = Parts::new();
        for_each_part(self.kind(ty), &mut |part| parts.push(part));
        if parts.is_empty() {
            return ty;
        }
        for part in &mut parts {
            *part = self.resimplify(*part);
        }
        self.with_parts(ty, &parts)
    }
}
