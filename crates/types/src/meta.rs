//! What the store records beside each type, and how types are hashed.

use crate::decl::DeclId;
use crate::store::{TypeId, TypeKind, TypeStore};
use rustc_hash::FxHasher;
use std::hash::{Hash, Hasher};

/// How deep a type may be nested. Functions that recurse over a type's structure rely on it.
pub const MAX_DEPTH: u16 = 100;
/// How many nodes a type may have when written out as a tree.
pub const MAX_SIZE: u32 = 1 << 15;

/// Depth, size and content flags of a type.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Meta {
    pub flags: u16,
    pub depth: u16,
    pub size: u32,
}

/// Contains a [`TypeKind::Var`].
pub(crate) const HAS_VAR: u16 = 1;
/// Contains a [`TypeKind::Infer`].
pub(crate) const HAS_INFER: u16 = 2;
/// Contains [`TypeKind::Error`].
pub(crate) const HAS_ERROR: u16 = 4;

/// Calls `visit` with each direct part of a type, in order.
pub(crate) fn for_each_part(kind: &TypeKind, visit: &mut dyn FnMut(TypeId)) {
    match kind {
        TypeKind::Any
        | TypeKind::Never
        | TypeKind::Error
        | TypeKind::I64
        | TypeKind::F64
        | TypeKind::Bool
        | TypeKind::Byte
        | TypeKind::Str
        | TypeKind::Symbol(_)
        | TypeKind::AnyFunction
        | TypeKind::Var(_)
        | TypeKind::Infer(_) => {}
        TypeKind::Array(part)
        | TypeKind::FixedArray(part, _)
        | TypeKind::Seq(part)
        | TypeKind::List(part)
        | TypeKind::Set(part)
        | TypeKind::Type(part) => visit(*part),
        TypeKind::Table(key, value) | TypeKind::Map(key, value) => {
            visit(*key);
            visit(*value);
        }
        TypeKind::Tuple(parts)
        | TypeKind::Union(parts)
        | TypeKind::Intersection(parts)
        | TypeKind::Nominal(_, parts) => parts.iter().for_each(|part| visit(*part)),
        TypeKind::Shape(fields) => fields.iter().for_each(|field| visit(field.1)),
        TypeKind::Function { params, result, .. } => {
            params.iter().for_each(|part| visit(*part));
            visit(*result);
        }
    }
}

pub(crate) fn hash_nominal(decl: DeclId, args: &[TypeId]) -> u64 {
    let mut hasher = FxHasher::default();
    (1u32, decl.0, args).hash(&mut hasher);
    hasher.finish()
}

pub(crate) fn hash_tuple(elements: &[TypeId]) -> u64 {
    let mut hasher = FxHasher::default();
    (2u32, elements).hash(&mut hasher);
    hasher.finish()
}

pub(crate) fn hash_kind(kind: &TypeKind) -> u64 {
    match kind {
        TypeKind::Nominal(decl, args) => hash_nominal(*decl, args),
        TypeKind::Tuple(elements) => hash_tuple(elements),
        other => {
            let mut hasher = FxHasher::default();
            other.hash(&mut hasher);
            hasher.finish()
        }
    }
}

impl TypeStore {
    pub(crate) fn meta_of(&self, kind: &TypeKind) -> Meta {
        let mut meta = Meta {
            flags: match kind {
                TypeKind::Var(_) => HAS_VAR,
                TypeKind::Infer(_) => HAS_INFER,
                TypeKind::Error => HAS_ERROR,
                _ => 0,
            },
            depth: 1,
            size: 1,
        };
        for_each_part(kind, &mut |part| {
            let inner = self.meta(part);
            meta.flags |= inner.flags;
            meta.depth = meta.depth.max(inner.depth.saturating_add(1));
            meta.size = meta.size.saturating_add(inner.size);
        });
        meta
    }

    /// Whether a type variable occurs in it.
    pub fn has_var(&self, ty: TypeId) -> bool {
        self.meta(ty).flags & HAS_VAR != 0
    }

    /// Whether something still to be inferred occurs in it.
    pub fn has_infer(&self, ty: TypeId) -> bool {
        self.meta(ty).flags & HAS_INFER != 0
    }

    /// Whether [`TypeId::ERROR`] occurs in it.
    pub fn has_error(&self, ty: TypeId) -> bool {
        self.meta(ty).flags & HAS_ERROR != 0
    }

    /// Whether it stands for one set of values: no variable, nothing to be inferred, no error in it.
    pub fn is_ground(&self, ty: TypeId) -> bool {
        self.meta(ty).flags == 0
    }
}
