//! Reading, which trusts nothing.

use super::{
    ARRAY, DecodeError, FIXED_ARRAY, FIXED_TYPES, FUNCTION, INFER, INTERSECTION, LIST, MAGIC, MAP, NOMINAL, SEQ, SET,
    SHAPE, SYMBOL, TABLE, TUPLE, TYPE, UNION, VAR,
};
use crate::decl::{Decl, DeclId, DeclKind, Field, Member, TypeParam, Variance};
use crate::effects::Effects;
use crate::memo::{MAX_PARTS, WellKnown};
use crate::store::{InferId, TypeId, TypeKind, TypeStore, VarId, VarInfo};
use sayso_base::{FileId, Name, Span};

type Result<T> = std::result::Result<T, DecodeError>;

pub(super) struct Reader<'b, N> {
    bytes: &'b [u8],
    names: N,
    types: u32,
    decls: u32,
    vars: u32,
}

impl<'b, N: FnMut(u32) -> Name> Reader<'b, N> {
    pub fn new(bytes: &'b [u8], names: N) -> Reader<'b, N> {
        Reader { bytes, names, types: 0, decls: 0, vars: 0 }
    }

    fn byte(&mut self) -> Result<u8> {
        let (&first, rest) = self.bytes.split_first().ok_or(DecodeError::Truncated)?;
        self.bytes = rest;
        Ok(first)
    }

    fn number(&mut self) -> Result<u64> {
        let mut value = 0u64;
        for shift in (0..64).step_by(7) {
            let byte = self.byte()?;
            let bits = u64::from(byte & 0x7f);
            if shift == 63 && bits > 1 {
                break;
            }
            value |= bits << shift;
            if byte & 0x80 == 0 {
                return Ok(value);
            }
        }
        Err(DecodeError::Malformed("a number is too large"))
    }

    fn small(&mut self) -> Result<u32> {
        u32::try_from(self.number()?).map_err(|_| DecodeError::Malformed("a number is too large"))
    }

    fn flag(&mut self) -> Result<bool> {
        match self.byte()? {
            0 => Ok(false),
            1 => Ok(true),
            _ => Err(DecodeError::Malformed("a flag is neither 0 nor 1")),
        }
    }

    /// A count of things of which each takes at least one byte.
    fn count(&mut self) -> Result<usize> {
        let count = self.number()?;
        if count > self.bytes.len() as u64 {
            return Err(DecodeError::Truncated);
        }
        Ok(count as usize)
    }

    fn name(&mut self) -> Result<Name> {
        let number = self.small()?;
        Ok((self.names)(number))
    }

    fn below(&mut self, limit: u32) -> Result<u32> {
        let id = self.small()?;
        if id < limit { Ok(id) } else { Err(DecodeError::Malformed("an id is out of range")) }
    }

    fn any_type(&mut self) -> Result<TypeId> {
        Ok(TypeId(self.below(self.types)?))
    }

    fn decl_id(&mut self) -> Result<DeclId> {
        Ok(DeclId(self.below(self.decls)?))
    }

    fn var_id(&mut self) -> Result<VarId> {
        Ok(VarId(self.below(self.vars)?))
    }

    fn types_below(&mut self, limit: u32) -> Result<Vec<TypeId>> {
        let count = self.count()?;
        (0..count).map(|_| Ok(TypeId(self.below(limit)?))).collect()
    }

    fn list<T>(&mut self, read: impl Fn(&mut Self) -> Result<T>) -> Result<Vec<T>> {
        let count = self.count()?;
        (0..count).map(|_| read(self)).collect()
    }

    fn effects(&mut self) -> Result<Effects> {
        match u16::try_from(self.number()?).map(Effects) {
            Ok(effects) if effects.within(Effects::ALL) => Ok(effects),
            _ => Err(DecodeError::Malformed("unknown effects")),
        }
    }

    pub fn store(&mut self) -> Result<TypeStore> {
        self.bytes = self.bytes.strip_prefix(MAGIC.as_slice()).ok_or(DecodeError::NotTypes)?;
        (self.types, self.decls, self.vars) = (self.small()?, self.small()?, self.small()?);
        let mut store = TypeStore::new();
        let own = u64::from(self.types.saturating_sub(FIXED_TYPES));
        let total = own + u64::from(self.decls) + u64::from(self.vars);
        if self.types < FIXED_TYPES || total > self.bytes.len() as u64 {
            return Err(DecodeError::Truncated);
        }
        for id in FIXED_TYPES..self.types {
            let kind = self.kind(&store, id)?;
            if store.intern_simplified(kind) != TypeId(id) {
                return Err(DecodeError::Malformed("a type is there twice, or too large"));
            }
        }
        for _ in 0..self.decls {
            let decl = self.decl()?;
            store.add_decl(decl);
        }
        for _ in 0..self.vars {
            let info = VarInfo { name: self.name()?, upper: self.any_type()?, lower: self.any_type()? };
            store.add_var(info);
        }
        store.well_known = self.well_known()?;
        for _ in 0..self.count()? {
            let (ty, interface, holds) = (self.any_type()?, self.any_type()?, self.flag()?);
            store.conformance.insert((ty, interface), holds);
        }
        if self.bytes.is_empty() { Ok(store) } else { Err(DecodeError::Malformed("more bytes than expected")) }
    }

    fn kind(&mut self, store: &TypeStore, id: u32) -> Result<TypeKind> {
        let tag = self.byte()?;
        let part = |reader: &mut Self| Ok(TypeId(reader.below(id)?));
        Ok(match tag {
            SYMBOL => TypeKind::Symbol(self.name()?),
            ARRAY => TypeKind::Array(part(self)?),
            FIXED_ARRAY => TypeKind::FixedArray(part(self)?, self.number()?),
            SEQ => TypeKind::Seq(part(self)?),
            TABLE => TypeKind::Table(part(self)?, part(self)?),
            LIST => TypeKind::List(part(self)?),
            MAP => TypeKind::Map(part(self)?, part(self)?),
            SET => TypeKind::Set(part(self)?),
            TUPLE => TypeKind::Tuple(possible(self.types_below(id)?)?.into()),
            SHAPE => TypeKind::Shape(self.shape(id)?.into()),
            FUNCTION => TypeKind::Function {
                params: self.types_below(id)?.into(),
                result: part(self)?,
                effects: self.effects()?,
            },
            UNION => TypeKind::Union(self.several(store, id, false)?.into()),
            INTERSECTION => TypeKind::Intersection(self.several(store, id, true)?.into()),
            NOMINAL => TypeKind::Nominal(self.decl_id()?, self.types_below(id)?.into()),
            VAR => TypeKind::Var(self.var_id()?),
            INFER => TypeKind::Infer(InferId(self.small()?)),
            TYPE => TypeKind::Type(part(self)?),
            _ => return Err(DecodeError::Malformed("an unknown kind of type")),
        })
    }

    fn shape(&mut self, id: u32) -> Result<Vec<(Name, TypeId)>> {
        let mut fields = self.list(|reader| Ok((reader.name()?, TypeId(reader.below(id)?))))?;
        fields.sort_by_key(|field| field.0);
        if !fields.is_sorted_by(|a, b| a.0 < b.0) || fields.iter().any(|field| field.1 == TypeId::NEVER) {
            return Err(DecodeError::Malformed("a shape has a field twice, or one of type never"));
        }
        Ok(fields)
    }

    /// The parts of a union or intersection.
    fn several(&mut self, store: &TypeStore, id: u32, intersection: bool) -> Result<Vec<TypeId>> {
        let parts = self.types_below(id)?;
        let plain = parts.iter().all(|&part| match store.kind(part) {
            TypeKind::Any | TypeKind::Never | TypeKind::Error | TypeKind::Union(_) => false,
            TypeKind::Intersection(_) => !intersection,
            _ => true,
        });
        if !plain || parts.len() < 2 || parts.len() > MAX_PARTS || !parts.is_sorted_by(|a, b| a < b) {
            return Err(DecodeError::Malformed("a union or intersection is not simplified"));
        }
        Ok(parts)
    }

    fn decl(&mut self) -> Result<Decl> {
        let kind = match self.byte()? {
            0 => DeclKind::Struct,
            1 => DeclKind::Object,
            2 => DeclKind::Enum,
            3 => DeclKind::Variant { of: self.decl_id()?, index: self.small()? },
            4 => DeclKind::Trait,
            5 => DeclKind::Interface,
            6 => DeclKind::Class,
            7 => DeclKind::Opaque,
            _ => return Err(DecodeError::Malformed("an unknown kind of declaration")),
        };
        Ok(Decl {
            kind,
            name: self.name()?,
            module: self.name()?,
            span: match self.flag()? {
                false => None,
                true => Some(Span { file: FileId(self.small()?), start: self.small()?, end: self.small()? }),
            },
            params: self.list(Self::param)?,
            supers: self.list(Self::any_type)?,
            fields: self.list(Self::field)?,
            variants: self.list(Self::decl_id)?,
            members: self.list(Self::member)?,
            by_reference: self.flag()?,
        })
    }

    fn param(&mut self) -> Result<TypeParam> {
        let var = self.var_id()?;
        let variance = match self.byte()? {
            0 => Variance::Invariant,
            1 => Variance::Covariant,
            2 => Variance::Contravariant,
            _ => return Err(DecodeError::Malformed("an unknown variance")),
        };
        Ok(TypeParam { var, variance, open: self.flag()? })
    }

    fn field(&mut self) -> Result<Field> {
        let (name, ty, flags) = (self.name()?, self.any_type()?, self.byte()?);
        if flags > 7 {
            return Err(DecodeError::Malformed("unknown flags of a field"));
        }
        Ok(Field { name, ty, mutable: flags & 1 != 0, open: flags & 2 != 0, has_default: flags & 4 != 0 })
    }

    fn member(&mut self) -> Result<Member> {
        Ok(Member {
            name: self.name()?,
            params: self.list(Self::any_type)?,
            result: self.any_type()?,
            effects: self.effects()?,
        })
    }

    fn well_known(&mut self) -> Result<WellKnown> {
        let mut known = WellKnown::default();
        for place in known.in_order_mut() {
            let number = self.small()?;
            if number > self.decls {
                return Err(DecodeError::Malformed("an id is out of range"));
            }
            *place = number.checked_sub(1).map(DeclId);
        }
        Ok(known)
    }
}

fn possible(elements: Vec<TypeId>) -> Result<Vec<TypeId>> {
    if elements.contains(&TypeId::NEVER) {
        return Err(DecodeError::Malformed("a tuple has an element of type never"));
    }
    Ok(elements)
}
