//! Fields that a type is known to have.

use crate::decl::DeclKind;
use crate::memo::Parts;
use crate::store::{TypeId, TypeKind, TypeStore};
use crate::substitute::Substitution;
use sayso_base::Name;

/// How a field of a type is reached.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum FieldAccess {
    /// At the same slot in every value of the type.
    Slot {
        /// The slot: the position in [`crate::Decl::fields`].
        index: u32,
        /// The field's type.
        ty: TypeId,
        /// May be assigned.
        mutable: bool,
    },
    /// To be looked up by name in the value at hand.
    Dynamic {
        /// The field's type.
        ty: TypeId,
        /// May be assigned.
        mutable: bool,
    },
}

impl FieldAccess {
    /// The field's type.
    pub fn ty(self) -> TypeId {
        match self {
            FieldAccess::Slot { ty, .. } | FieldAccess::Dynamic { ty, .. } => ty,
        }
    }

    /// Whether it may be assigned.
    pub fn mutable(self) -> bool {
        match self {
            FieldAccess::Slot { mutable, .. } | FieldAccess::Dynamic { mutable, .. } => mutable,
        }
    }

    fn with(self, ty: TypeId, mutable: bool) -> FieldAccess {
        match self {
            FieldAccess::Slot { index, .. } => FieldAccess::Slot { index, ty, mutable },
            FieldAccess::Dynamic { .. } => FieldAccess::Dynamic { ty, mutable },
        }
    }
}

impl TypeStore {
    /// The field of a type, if every value of the type has it: of a declared type with its arguments put in; of a
    /// trait what its shapes demand; of an enum or union what all variants or parts have; of an intersection what any
    /// part has; of a variable what its upper bound has.
    pub fn field(&mut self, ty: TypeId, name: Name) -> Option<FieldAccess> {
        if !self.enter() {
            return None;
        }
        let found = self.find_field(ty, name);
        self.leave();
        found
    }

    fn find_field(&mut self, ty: TypeId, name: Name) -> Option<FieldAccess> {
        match self.kind(ty) {
            TypeKind::Error => Some(FieldAccess::Dynamic { ty: TypeId::ERROR, mutable: true }),
            TypeKind::Shape(fields) => {
                let field = fields.iter().find(|field| field.0 == name)?;
                Some(FieldAccess::Dynamic { ty: field.1, mutable: false })
            }
            TypeKind::Var(var) => {
                let upper = self.var(*var).upper;
                self.field(upper, name)
            }
            TypeKind::Union(parts) => {
                let parts: Parts = parts.as_ref().into();
                self.common_field(&parts, name)
            }
            TypeKind::Intersection(parts) => {
                let parts: Parts = parts.as_ref().into();
                self.any_field(&parts, name)
            }
            TypeKind::Nominal(..) => self.nominal_field(ty, name),
            _ => None,
        }
    }

    fn nominal_field(&mut self, ty: TypeId, name: Name) -> Option<FieldAccess> {
        if let Some(own) = self.declared_field(ty, name) {
            return Some(own);
        }
        let decl = self.decl(self.decl_of(ty)?);
        let (kind, inherits) = (decl.kind, !decl.supers.is_empty());
        match kind {
            // All fields of these are listed, inherited ones included.
            DeclKind::Struct | DeclKind::Object | DeclKind::Class | DeclKind::Variant { .. } => None,
            DeclKind::Enum => {
                let variants = self.variants(ty);
                self.common_field(&variants, name).or_else(|| self.inherited_field(ty, name))
            }
            DeclKind::Trait | DeclKind::Interface | DeclKind::Opaque => {
                inherits.then(|| self.inherited_field(ty, name)).flatten()
            }
        }
    }

    fn declared_field(&mut self, ty: TypeId, name: Name) -> Option<FieldAccess> {
        let TypeKind::Nominal(id, args) = self.kind(ty) else { return None };
        let decl = self.decl(*id);
        let (index, field) = decl.fields.iter().enumerate().find(|(_, field)| field.name == name)?;
        let (kind, field_type, mutable) = (decl.kind, field.ty, field.mutable);
        let ty = if decl.params.is_empty() || !self.has_var(field_type) {
            field_type
        } else {
            let with = Substitution::from_params(&decl.params, args);
            self.substitute(field_type, &with)
        };
        Some(match kind {
            DeclKind::Trait | DeclKind::Interface | DeclKind::Enum => FieldAccess::Dynamic { ty, mutable },
            _ => FieldAccess::Slot { index: index as u32, ty, mutable },
        })
    }

    fn inherited_field(&mut self, ty: TypeId, name: Name) -> Option<FieldAccess> {
        let mut found = Parts::new();
        let mut mutable = false;
        for above in self.ancestors(ty).into_iter().skip(1) {
            match self.kind(above) {
                TypeKind::Shape(fields) => {
                    found.extend(fields.iter().find(|field| field.0 == name).map(|field| field.1))
                }
                TypeKind::Nominal(..) => {
                    if let Some(field) = self.declared_field(above, name) {
                        mutable |= field.mutable();
                        found.push(field.ty());
                    }
                }
                _ => {}
            }
        }
        if found.is_empty() {
            return None;
        }
        let ty = self.intersection(&found);
        Some(FieldAccess::Dynamic { ty, mutable: mutable && found.iter().all(|&one| one == ty) })
    }

    /// Assignable only if it is so in all parts, with equal types.
    fn common_field(&mut self, parts: &[TypeId], name: Name) -> Option<FieldAccess> {
        let mut types = Parts::new();
        let mut mutable = true;
        for &part in parts {
            let field = self.field(part, name)?;
            mutable &= field.mutable() && types.first().is_none_or(|&first| first == field.ty());
            types.push(field.ty());
        }
        if types.is_empty() {
            return None;
        }
        let ty = self.union(&types);
        Some(FieldAccess::Dynamic { ty, mutable })
    }

    fn any_field(&mut self, parts: &[TypeId], name: Name) -> Option<FieldAccess> {
        let mut best: Option<FieldAccess> = None;
        let mut types = Parts::new();
        let mut mutable = true;
        for &part in parts {
            let Some(field) = self.field(part, name) else { continue };
            mutable &= field.mutable() && types.first().is_none_or(|&first| first == field.ty());
            types.push(field.ty());
            if best.is_none() || matches!(field, FieldAccess::Slot { .. }) {
                best = Some(field);
            }
        }
        let ty = self.intersection(&types);
        best.map(|best| best.with(ty, mutable))
    }
}
