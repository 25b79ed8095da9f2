//! Slot classes of types, and layouts of records.

use crate::link::Linker;
use sayso_base::{Diagnostic, FileId, Span};
use sayso_bytecode::{Class, DeclLayout};
use sayso_types::{DeclId, DeclKind, TypeId, TypeKind, TypeStore};

/// How many fields a type may have: they have to fit into the registers of a function that makes one.
const MOST_FIELDS: usize = 60_000;

/// The slot class of values whose static type is `ty`.
pub(crate) fn class_of(types: &TypeStore, ty: TypeId) -> Class {
    match types.kind(ty) {
        TypeKind::I64 => Class::I64,
        TypeKind::F64 => Class::F64,
        TypeKind::Bool => Class::Bool,
        TypeKind::Byte => Class::Byte,
        TypeKind::Str
        | TypeKind::Array(_)
        | TypeKind::FixedArray(..)
        | TypeKind::Seq(_)
        | TypeKind::Table(..)
        | TypeKind::List(_)
        | TypeKind::Map(..)
        | TypeKind::Set(_)
        | TypeKind::Shape(_)
        | TypeKind::Function { .. }
        | TypeKind::AnyFunction => Class::Ref,
        TypeKind::Tuple(elements) => {
            if elements.is_empty() {
                Class::Dyn
            } else {
                Class::Ref
            }
        }
        // Types as values are immediate.
        TypeKind::Nominal(decl, _) if types.well_known.any_type == Some(*decl) => Class::Dyn,
        TypeKind::Nominal(decl, _) => match types.decl(*decl).kind {
            DeclKind::Interface => Class::Dyn,
            DeclKind::Struct
            | DeclKind::Object
            | DeclKind::Enum
            | DeclKind::Variant { .. }
            | DeclKind::Trait
            | DeclKind::Class
            | DeclKind::Opaque => Class::Ref,
        },
        TypeKind::Union(parts) => {
            if parts.iter().all(|part| class_of(types, *part) == Class::Ref) {
                Class::Ref
            } else {
                Class::Dyn
            }
        }
        TypeKind::Intersection(parts) => {
            if parts.iter().any(|part| class_of(types, *part) == Class::Ref) {
                Class::Ref
            } else {
                Class::Dyn
            }
        }
        TypeKind::Any
        | TypeKind::Never
        | TypeKind::Error
        | TypeKind::Symbol(_)
        | TypeKind::Var(_)
        | TypeKind::Infer(_)
        | TypeKind::Type(_) => Class::Dyn,
    }
}

/// Whether a type mentions a type variable.
pub(crate) fn is_open(types: &TypeStore, ty: TypeId) -> bool {
    let any = |list: &[TypeId]| list.iter().any(|part| is_open(types, *part));
    match types.kind(ty) {
        TypeKind::Var(_) => true,
        TypeKind::Array(t)
        | TypeKind::FixedArray(t, _)
        | TypeKind::Seq(t)
        | TypeKind::List(t)
        | TypeKind::Set(t)
        | TypeKind::Type(t) => is_open(types, *t),
        TypeKind::Table(k, v) | TypeKind::Map(k, v) => is_open(types, *k) || is_open(types, *v),
        TypeKind::Tuple(parts) | TypeKind::Union(parts) | TypeKind::Intersection(parts) => any(parts),
        TypeKind::Shape(fields) => fields.iter().any(|(_, t)| is_open(types, *t)),
        TypeKind::Function { params, result, .. } => any(params) || is_open(types, *result),
        TypeKind::Nominal(_, args) => any(args),
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
        | TypeKind::Infer(_) => false,
    }
}

impl Linker<'_> {
    /// The slot class of a type.
    pub(crate) fn class(&mut self, ty: TypeId) -> Class {
        let index = ty.0 as usize;
        if let Some(Some(class)) = self.class_cache.get(index) {
            return *class;
        }
        let class = class_of(&self.module.types, ty);
        if self.class_cache.len() <= index {
            self.class_cache.resize(index + 1, None);
        }
        if let Some(cell) = self.class_cache.get_mut(index) {
            *cell = Some(class);
        }
        class
    }

    /// Whether a type mentions a type variable.
    pub(crate) fn open(&self, ty: TypeId) -> bool {
        is_open(&self.module.types, ty)
    }

    /// Class and slot of a declaration's field, by its position in the declaration.
    pub(crate) fn field_slot(&mut self, decl: DeclId, field: u32) -> (Class, u16) {
        let layout = self.layout(decl, None);
        let layout = &self.module.layouts[layout as usize];
        let slot = layout.slots.get(field as usize).copied().unwrap_or(0);
        (layout.classes.get(slot as usize).copied().unwrap_or(Class::Dyn), slot)
    }

    /// The layout of records of `decl` whose type is `ty`, or the declaration's own if none is given or if all
    /// its parameters are open (then the contents tell the type).
    pub(crate) fn layout(&mut self, decl: DeclId, ty: Option<TypeId>) -> u32 {
        let info = self.module.types.decl(decl);
        let ty = ty.filter(|_| !info.params.iter().all(|param| param.open));
        if let Some(&index) = self.layouts.get(&(decl, ty)) {
            return index;
        }
        let arity = info.params.len();
        if info.fields.len() > MOST_FIELDS {
            let message = format!("a type has {} fields; at most {MOST_FIELDS} are possible", info.fields.len());
            let span = self.program.functions.first().map_or(Span::new(FileId(0), 0, 0), |function| function.span);
            self.diagnostics.push(Diagnostic::error("type-too-large", span, message));
        }
        let variant = match info.kind {
            DeclKind::Variant { index, .. } => index,
            _ => 0,
        };
        let own = match ty {
            Some(ty) => ty,
            None => self.module.types.nominal(decl, &vec![TypeId::ANY; arity]),
        };
        let classes = self.field_classes(decl);
        let references = classes.iter().filter(|class| !class.is_raw()).count();
        let references = self.reference_slots(decl, references);
        let mut slots = vec![0u16; classes.len()];
        let mut order: Vec<Class> = Vec::with_capacity(classes.len());
        for raw in [false, true] {
            for (field, class) in classes.iter().enumerate().filter(|(_, class)| class.is_raw() == raw) {
                if let Some(slot) = slots.get_mut(field) {
                    *slot = order.len() as u16;
                }
                order.push(*class);
            }
            if !raw {
                // Room for what classes of the same hierarchy have more.
                order.resize(references.max(order.len()), Class::Dyn);
            }
        }
        let refs = order.iter().filter(|class| !class.is_raw()).count() as u16;
        let index = self.module.layouts.len() as u32;
        self.module.layouts.push(DeclLayout { decl, ty: own, refs, classes: order, slots, variant });
        self.layouts.insert((decl, ty), index);
        index
    }
}
