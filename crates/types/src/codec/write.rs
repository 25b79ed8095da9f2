//! Writing.

use super::{
    ARRAY, FIXED_ARRAY, FIXED_TYPES, FUNCTION, INFER, INTERSECTION, LIST, MAGIC, MAP, NOMINAL, SEQ, SET, SHAPE, SYMBOL,
    TABLE, TUPLE, TYPE, UNION, VAR,
};
use crate::decl::{Decl, DeclId, DeclKind, Variance};
use crate::memo::WellKnown;
use crate::store::{TypeId, TypeKind, TypeStore, VarId};

pub(super) struct Writer<'o> {
    pub out: &'o mut Vec<u8>,
}

impl Writer<'_> {
    fn byte(&mut self, byte: u8) {
        self.out.push(byte);
    }

    fn number(&mut self, mut value: u64) {
        while value >= 0x80 {
            self.out.push(value as u8 | 0x80);
            value >>= 7;
        }
        self.out.push(value as u8);
    }

    fn id(&mut self, id: u32) {
        self.number(u64::from(id));
    }

    fn types(&mut self, types: &[TypeId]) {
        self.number(types.len() as u64);
        types.iter().for_each(|ty| self.id(ty.0));
    }

    pub fn store(&mut self, store: &TypeStore) {
        self.out.extend_from_slice(MAGIC);
        self.number(store.type_count() as u64);
        self.number(store.decl_count() as u64);
        self.number(store.var_count() as u64);
        for id in (FIXED_TYPES..store.type_count() as u32).map(TypeId) {
            self.kind(store.kind(id));
        }
        for id in (0..store.decl_count() as u32).map(DeclId) {
            self.decl(store.decl(id));
        }
        for id in (0..store.var_count() as u32).map(VarId) {
            let info = store.var(id);
            self.id(info.name.0);
            self.id(info.upper.0);
            self.id(info.lower.0);
        }
        self.well_known(&store.well_known);
        let mut known = store.all_conformances();
        known.sort_unstable();
        self.number(known.len() as u64);
        for (ty, interface, holds) in known {
            self.id(ty.0);
            self.id(interface.0);
            self.byte(u8::from(holds));
        }
    }

    fn kind(&mut self, kind: &TypeKind) {
        match kind {
            TypeKind::Any
            | TypeKind::Never
            | TypeKind::Error
            | TypeKind::I64
            | TypeKind::F64
            | TypeKind::Bool
            | TypeKind::Byte
            | TypeKind::Str
            | TypeKind::AnyFunction => {
                // Fixed types come first in every store and are not written.
                self.byte(0);
            }
            TypeKind::Symbol(name) => {
                self.byte(SYMBOL);
                self.id(name.0);
            }
            TypeKind::Array(part) => self.with_part(ARRAY, *part),
            TypeKind::Seq(part) => self.with_part(SEQ, *part),
            TypeKind::List(part) => self.with_part(LIST, *part),
            TypeKind::Set(part) => self.with_part(SET, *part),
            TypeKind::Type(part) => self.with_part(TYPE, *part),
            TypeKind::FixedArray(part, length) => {
                self.with_part(FIXED_ARRAY, *part);
                self.number(*length);
            }
            TypeKind::Table(key, value) => {
                self.with_part(TABLE, *key);
                self.id(value.0);
            }
            TypeKind::Map(key, value) => {
                self.with_part(MAP, *key);
                self.id(value.0);
            }
            TypeKind::Tuple(parts) => self.with_parts(TUPLE, parts),
            TypeKind::Union(parts) => self.with_parts(UNION, parts),
            TypeKind::Intersection(parts) => self.with_parts(INTERSECTION, parts),
            TypeKind::Shape(fields) => {
                self.byte(SHAPE);
                self.number(fields.len() as u64);
                for (name, ty) in fields.iter() {
                    self.id(name.0);
                    self.id(ty.0);
                }
            }
            TypeKind::Function { params, result, effects } => {
                self.with_parts(FUNCTION, params);
                self.id(result.0);
                self.number(u64::from(effects.0));
            }
            TypeKind::Nominal(decl, args) => {
                self.byte(NOMINAL);
                self.id(decl.0);
                self.types(args);
            }
            TypeKind::Var(var) => {
                self.byte(VAR);
                self.id(var.0);
            }
            TypeKind::Infer(id) => {
                self.byte(INFER);
                self.id(id.0);
            }
        }
    }

    fn with_part(&mut self, tag: u8, part: TypeId) {
        self.byte(tag);
        self.id(part.0);
    }

    fn with_parts(&mut self, tag: u8, parts: &[TypeId]) {
        self.byte(tag);
        self.types(parts);
    }

    fn decl(&mut self, decl: &Decl) {
        match decl.kind {
            DeclKind::Struct => self.byte(0),
            DeclKind::Object => self.byte(1),
            DeclKind::Enum => self.byte(2),
            DeclKind::Variant { of, index } => {
                self.byte(3);
                self.id(of.0);
                self.id(index);
            }
            DeclKind::Trait => self.byte(4),
            DeclKind::Interface => self.byte(5),
            DeclKind::Class => self.byte(6),
            DeclKind::Opaque => self.byte(7),
        }
        self.id(decl.name.0);
        self.id(decl.module.0);
        match decl.span {
            None => self.byte(0),
            Some(span) => {
                self.byte(1);
                self.id(span.file.0);
                self.id(span.start);
                self.id(span.end);
            }
        }
        self.number(decl.params.len() as u64);
        for param in &decl.params {
            self.id(param.var.0);
            self.byte(match param.variance {
                Variance::Invariant => 0,
                Variance::Covariant => 1,
                Variance::Contravariant => 2,
            });
            self.byte(u8::from(param.open));
        }
        self.types(&decl.supers);
        self.number(decl.fields.len() as u64);
        for field in &decl.fields {
            self.id(field.name.0);
            self.id(field.ty.0);
            self.byte(u8::from(field.mutable) | u8::from(field.open) << 1 | u8::from(field.has_default) << 2);
        }
        self.number(decl.variants.len() as u64);
        decl.variants.iter().for_each(|variant| self.id(variant.0));
        self.number(decl.members.len() as u64);
        for member in &decl.members {
            self.id(member.name.0);
            self.types(&member.params);
            self.id(member.result.0);
            self.number(u64::from(member.effects.0));
        }
        self.byte(u8::from(decl.by_reference));
    }

    fn well_known(&mut self, known: &WellKnown) {
        for decl in known.in_order() {
            self.number(decl.map_or(0, |decl| u64::from(decl.0) + 1));
        }
    }
}
