//! Properties of single types.

use crate::decl::{DeclId, DeclKind};
use crate::memo::Parts;
use crate::store::{TypeId, TypeKind, TypeStore};
use rustc_hash::FxHashSet;

/// How many variables' bounds are followed.
const MAX_BOUNDS: u32 = 10;

impl TypeStore {
    /// Whether a type is abstract: traits, enums, unions, interfaces and `Seq` are; a tuple is if an element is; an
    /// intersection is if all its parts but shapes are (and there is one); everything else is concrete.
    pub fn is_abstract(&self, ty: TypeId) -> bool {
        match self.kind(ty) {
            TypeKind::Union(_) | TypeKind::Seq(_) => true,
            TypeKind::Tuple(elements) => elements.iter().any(|&element| self.is_abstract(element)),
            TypeKind::Intersection(parts) => {
                let mut rest = parts.iter().filter(|part| !matches!(self.kind(**part), TypeKind::Shape(_))).peekable();
                rest.peek().is_some() && rest.all(|&part| self.is_abstract(part))
            }
            TypeKind::Nominal(decl, _) => {
                matches!(self.decl(*decl).kind, DeclKind::Trait | DeclKind::Enum | DeclKind::Interface)
            }
            _ => false,
        }
    }

    /// The opposite of [`TypeStore::is_abstract`].
    pub fn is_concrete(&self, ty: TypeId) -> bool {
        !self.is_abstract(ty)
    }

    /// Whether a run-time value whose static type is `ty` has exactly the run-time type `ty`: nothing is below it
    /// but `never`.
    pub fn is_exact(&self, ty: TypeId) -> bool {
        match self.kind(ty) {
            TypeKind::I64
            | TypeKind::F64
            | TypeKind::Bool
            | TypeKind::Byte
            | TypeKind::Str
            | TypeKind::Symbol(_)
            | TypeKind::Never => true,
            TypeKind::Array(part) | TypeKind::FixedArray(part, _) | TypeKind::Type(part) => self.is_ground(*part),
            TypeKind::Table(key, value) => self.is_ground(*key) && self.is_ground(*value),
            TypeKind::Tuple(elements) => elements.iter().all(|&element| self.is_exact(element)),
            TypeKind::Nominal(decl, args) => {
                let info = self.decl(*decl);
                let is_final = match info.kind {
                    DeclKind::Struct | DeclKind::Object | DeclKind::Variant { .. } => true,
                    DeclKind::Opaque => info.params.is_empty(),
                    DeclKind::Trait | DeclKind::Interface | DeclKind::Enum | DeclKind::Class => false,
                };
                is_final
                    && !info.fields.iter().any(|field| field.open)
                    && args.iter().enumerate().all(|(index, &arg)| match self.variance(*decl, index) {
                        crate::Variance::Invariant => self.is_ground(arg),
                        crate::Variance::Covariant => {
                            arg == TypeId::NEVER || self.is_exact(arg) && self.is_held(*decl, index)
                        }
                        crate::Variance::Contravariant => arg == TypeId::ANY,
                    })
            }
            _ => false,
        }
    }

    /// Whether a field's type is the parameter of that number, so that a value fixes the argument.
    fn is_held(&self, decl: DeclId, index: usize) -> bool {
        let info = self.decl(decl);
        info.params.get(index).is_some_and(|param| {
            info.fields.iter().any(|field| matches!(self.kind(field.ty), TypeKind::Var(var) if *var == param.var))
        })
    }

    /// Whether all values of a type are compared by what they hold and may be copied: none has an identity.
    pub fn by_value(&self, ty: TypeId) -> bool {
        self.is_by_value(ty, 0)
    }

    fn is_by_value(&self, ty: TypeId, bounds: u32) -> bool {
        match self.kind(ty) {
            TypeKind::Never
            | TypeKind::Error
            | TypeKind::I64
            | TypeKind::F64
            | TypeKind::Bool
            | TypeKind::Byte
            | TypeKind::Str
            | TypeKind::Symbol(_)
            | TypeKind::List(_)
            | TypeKind::Map(..)
            | TypeKind::Set(_)
            | TypeKind::Tuple(_)
            | TypeKind::Type(_) => true,
            TypeKind::Any
            | TypeKind::Array(_)
            | TypeKind::FixedArray(..)
            | TypeKind::Seq(_)
            | TypeKind::Table(..)
            | TypeKind::Shape(_)
            | TypeKind::Function { .. }
            | TypeKind::AnyFunction
            | TypeKind::Infer(_) => false,
            TypeKind::Union(parts) => parts.iter().all(|&part| self.is_by_value(part, bounds)),
            TypeKind::Intersection(parts) => parts.iter().any(|&part| self.is_by_value(part, bounds)),
            TypeKind::Var(var) => bounds < MAX_BOUNDS && self.is_by_value(self.var(*var).upper, bounds + 1),
            TypeKind::Nominal(decl, _) => self.decl_by_value(*decl),
        }
    }

    fn decl_by_value(&self, decl: DeclId) -> bool {
        let info = self.decl(decl);
        match info.kind {
            DeclKind::Struct | DeclKind::Object | DeclKind::Variant { .. } => !info.by_reference,
            DeclKind::Enum => info.variants.iter().all(|&variant| !self.decl(variant).by_reference),
            DeclKind::Opaque => self.well_known.range == Some(decl) || self.well_known.any_type == Some(decl),
            DeclKind::Trait | DeclKind::Interface | DeclKind::Class => false,
        }
    }

    /// Whether nothing reachable from any value of a type can ever change.
    pub fn is_immutable(&mut self, ty: TypeId) -> bool {
        if !self.enter() {
            return false;
        }
        let answer = self.reaches_nothing_mutable(ty);
        self.leave();
        answer
    }

    fn reaches_nothing_mutable(&mut self, ty: TypeId) -> bool {
        let mut seen = FxHashSet::default();
        let mut open = vec![ty];
        while let Some(ty) = open.pop() {
            if !seen.insert(ty) {
                continue;
            }
            if seen.len() > 1_000 || !self.by_value(ty) {
                return false;
            }
            match self.kind(ty) {
                TypeKind::Type(_) => {}
                TypeKind::Var(var) => open.push(self.var(*var).upper),
                TypeKind::Intersection(parts) => {
                    // One part that promises it is enough.
                    let parts: Parts = parts.as_ref().into();
                    if !parts.iter().any(|&part| self.is_immutable(part)) {
                        return false;
                    }
                }
                TypeKind::Nominal(decl, _) => {
                    let decl = self.decl(*decl);
                    let names: Vec<_> = decl.fields.iter().map(|field| field.name).collect();
                    if decl.kind == DeclKind::Enum {
                        open.extend(self.variants(ty));
                        continue;
                    }
                    for name in names {
                        open.extend(self.field(ty, name).map(|field| field.ty()));
                    }
                }
                _ => open.extend(self.parts_of(ty)),
            }
        }
        true
    }
}
