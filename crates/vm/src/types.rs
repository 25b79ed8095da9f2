//! Types at run time: what type a value is of, whether it belongs to a type, type arguments put in.
//!
//! Most objects carry their type. That of tuples, shapes and records with open parameters follows from their contents
//! and is computed when asked for. Types are nested at most [`MAX_DEPTH`] deep; below that an element counts as what
//! its container's header says, so the recursion here is bounded.

use crate::context::Context;
use crate::errors::Thrown;
use rustc_hash::FxHashMap;
use sayso_base::Name;
use sayso_bytecode::FaultKind;
use sayso_heap::value::Unpacked;
use sayso_heap::{Kind, Ref, Value};
use sayso_types::{DeclId, DeclKind, Signature, Substitution, TypeId, TypeKind, TypeStore, VarId};
use std::sync::Arc;

/// How deep into nested values their types are computed.
pub(crate) const MAX_DEPTH: u32 = 40;
/// How many nested values are looked at for one type: a value that holds itself twice, forty levels deep, has 2⁴⁰ parts.
const MAX_NODES: u32 = 2_000;
/// So many are free; more cost fuel, this much each.
const FREE_NODES: u32 = 64;
const NODE_COST: u64 = 8;
const CACHE: usize = 1024;

/// How the argument of an open parameter is found.
#[derive(Clone, Debug)]
enum OpenPart {
    /// It occurs in no field: nothing is known of it.
    Absent,
    /// It is the type of this field.
    Field(u32),
    /// It is part of the type of this field.
    Inside(u32, Signature),
}

/// The type that was found of an object; the wider one in its header if that would be too large.
fn or_header(found: TypeId, header: TypeId) -> TypeId {
    if found == TypeId::ERROR { header } else { found }
}

/// The types of one VM.
pub(crate) struct RunTypes {
    pub store: TypeStore,
    substituted: FxHashMap<(TypeId, Vec<TypeId>), TypeId>,
    /// By record type and types of its fields.
    opened: FxHashMap<(TypeId, Vec<TypeId>), TypeId>,
    /// The bytes of lists in the keys of the two.
    key_bytes: usize,
    open_parts: FxHashMap<DeclId, Arc<[OpenPart]>>,
    /// Direct-mapped answers to "is this type a subtype of that".
    subtypes: Box<[(u32, u32, bool)]>,
    inherits: FxHashMap<(u32, DeclId), bool>,
    /// How many nested values may still be looked at for the type that is being computed.
    nodes: u32,
    /// Names and slots of fields, for display.
    pub shown_fields: FxHashMap<DeclId, Arc<[(Option<u32>, usize)]>>,
}

impl RunTypes {
    pub fn new(base: Arc<TypeStore>) -> RunTypes {
        RunTypes {
            store: TypeStore::extend(base),
            substituted: FxHashMap::default(),
            opened: FxHashMap::default(),
            key_bytes: 0,
            open_parts: FxHashMap::default(),
            subtypes: vec![(u32::MAX, u32::MAX, false); CACHE].into(),
            inherits: FxHashMap::default(),
            nodes: 0,
            shown_fields: FxHashMap::default(),
        }
    }

    /// About how many bytes the types and what is remembered of them take.
    pub fn bytes(&self) -> usize {
        // Of an entry the key's list, too.
        let entry = size_of::<((TypeId, Vec<TypeId>), TypeId)>() + 17;
        self.store.own_bytes()
            + (self.substituted.capacity() + self.opened.capacity()) * entry
            + self.key_bytes
            + self.inherits.capacity() * 13
    }

    /// Makes room by forgetting what can be found again.
    pub fn forget(&mut self) {
        self.store.forget_answers();
        self.substituted = FxHashMap::default();
        self.opened = FxHashMap::default();
        self.inherits = FxHashMap::default();
        self.key_bytes = 0;
    }

    /// A type with types for its variables.
    pub fn substitute(&mut self, ty: TypeId, vars: &[VarId], types: &[TypeId]) -> TypeId {
        if let Some(known) = self.substituted.get(&(ty, types.to_vec())) {
            return *known;
        }
        let done = self.store.substitute(ty, &Substitution::from_vars(vars, types));
        self.key_bytes += 16 + size_of_val(types);
        self.substituted.insert((ty, types.to_vec()), done);
        done
    }

    /// Whether values of this type are instances of a class.
    pub fn inherits(&mut self, ty: u32, ancestor: DeclId) -> bool {
        if let Some(known) = self.inherits.get(&(ty, ancestor)) {
            return *known;
        }
        let decl = match self.store.kind(TypeId(ty)) {
            TypeKind::Nominal(decl, _) => Some(*decl),
            _ => None,
        };
        let answer = decl.is_some_and(|decl| decl == ancestor || self.store.inherits(decl, ancestor));
        self.inherits.insert((ty, ancestor), answer);
        answer
    }

    /// The declaration of a type that has one.
    pub fn decl_of(&self, ty: TypeId) -> Option<DeclId> {
        match self.store.kind(ty) {
            TypeKind::Nominal(decl, _) => Some(*decl),
            _ => None,
        }
    }

    fn open_parts(&mut self, decl: DeclId) -> Arc<[OpenPart]> {
        if let Some(known) = self.open_parts.get(&decl) {
            return known.clone();
        }
        let info = self.store.decl(decl).clone();
        let mut parts = Vec::new();
        for param in &info.params {
            if !param.open {
                parts.push(OpenPart::Absent);
                continue;
            }
            let field = info.fields.iter().position(|field| self.store.mentions(field.ty, &[param.var]));
            parts.push(match field {
                None => OpenPart::Absent,
                Some(index) => {
                    let ty = info.fields[index].ty;
                    if *self.store.kind(ty) == TypeKind::Var(param.var) {
                        OpenPart::Field(index as u32)
                    } else {
                        OpenPart::Inside(index as u32, Signature { vars: vec![param.var], params: vec![ty] })
                    }
                }
            });
        }
        let parts: Arc<[OpenPart]> = parts.into();
        self.open_parts.insert(decl, parts.clone());
        parts
    }
}

impl Context {
    /// The run-time type of a value.
    pub(crate) fn type_of(&mut self, value: Value) -> Result<TypeId, Thrown> {
        Ok(self.type_at(value, MAX_DEPTH))
    }

    #[inline]
    pub(crate) fn type_at(&mut self, value: Value, depth: u32) -> TypeId {
        if value.is_small_int() {
            return TypeId::I64;
        }
        match value.unpack() {
            Unpacked::Object(object) => {
                let kind = object.kind_bits();
                if kind >= Kind::Record as u8 && kind < Kind::Str as u8 {
                    TypeId(object.type_number())
                } else {
                    self.type_of_object(object, depth)
                }
            }
            Unpacked::Int(_) => TypeId::I64,
            Unpacked::Float(_) => TypeId::F64,
            Unpacked::Bool(_) => TypeId::BOOL,
            Unpacked::Byte(_) => TypeId::BYTE,
            Unpacked::Unit => TypeId::VOID,
            Unpacked::Symbol(name) => self.types.store.intern(TypeKind::Symbol(Name(name))),
            Unpacked::Type(ty) => self.types.store.intern(TypeKind::Type(TypeId(ty))),
            Unpacked::Unset => TypeId::NEVER,
        }
    }

    fn type_of_object(&mut self, object: Ref, depth: u32) -> TypeId {
        if depth < MAX_DEPTH {
            self.types.nodes = self.types.nodes.saturating_sub(1);
            let depth = if self.types.nodes == 0 { 0 } else { depth };
            return self.type_of_part(object, depth);
        }
        self.types.nodes = MAX_NODES;
        let ty = self.type_of_part(object, depth);
        let seen = MAX_NODES - self.types.nodes;
        if seen > FREE_NODES {
            // The next charge sees whether any is left.
            self.fuel = self.fuel.saturating_sub_unsigned(u64::from(seen) * NODE_COST);
        }
        ty
    }

    fn type_of_part(&mut self, object: Ref, depth: u32) -> TypeId {
        let header = TypeId(object.type_number());
        match object.kind() {
            Kind::Str | Kind::View => TypeId::STR,
            Kind::BoxedInt => TypeId::I64,
            Kind::Closure if header == TypeId::ANY => self.closure_type(object),
            Kind::Tuple | Kind::Shape | Kind::OpenRecord if depth == 0 => header,
            Kind::Tuple => {
                let types: Vec<TypeId> = self.slot_types(object, depth);
                or_header(self.types.store.tuple(&types), header)
            }
            Kind::Shape => {
                let names: Vec<Name> = match self.types.store.kind(header) {
                    TypeKind::Shape(fields) => fields.iter().map(|field| field.0).collect(),
                    _ => return header,
                };
                let types = self.slot_types(object, depth);
                let fields: Vec<(Name, TypeId)> = names.into_iter().zip(types).collect();
                or_header(self.types.store.shape(&fields), header)
            }
            Kind::OpenRecord => self.open_record_type(object, header, depth),
            _ => header,
        }
    }

    fn slot_types(&mut self, object: Ref, depth: u32) -> Vec<TypeId> {
        (0..object.ref_count())
            .map(|index| object.ref_slot(index).map_or(TypeId::NEVER, |value| self.type_at(value, depth - 1)))
            .collect()
    }

    fn open_record_type(&mut self, object: Ref, header: TypeId, depth: u32) -> TypeId {
        let (decl, mut args) = match self.types.store.kind(header) {
            TypeKind::Nominal(decl, args) => (*decl, args.to_vec()),
            _ => return header,
        };
        let parts = self.types.open_parts(decl);
        let mut found = Vec::with_capacity(parts.len());
        for part in parts.iter() {
            found.push(match part {
                OpenPart::Absent => TypeId::NEVER,
                OpenPart::Field(field) | OpenPart::Inside(field, _) => {
                    self.field_type_at(object, decl, *field, depth - 1)
                }
            });
        }
        if let Some(known) = self.types.opened.get(&(header, found.clone())) {
            return *known;
        }
        for (index, part) in parts.iter().enumerate() {
            let open = self.types.store.decl(decl).params.get(index).is_some_and(|param| param.open);
            if !open {
                continue;
            }
            let ty = match part {
                OpenPart::Inside(_, signature) => {
                    self.types.store.fit(&[found[index]], signature).and_then(|types| types.first().copied())
                }
                _ => Some(found[index]),
            };
            if let (Some(ty), Some(arg)) = (ty, args.get_mut(index)) {
                *arg = ty;
            }
        }
        let ty = or_header(self.types.store.nominal(decl, &args), header);
        self.types.key_bytes += 16 + size_of_val(&found[..]);
        self.types.opened.insert((header, found), ty);
        ty
    }

    /// The run-time type of a field, by its position in the declaration.
    fn field_type_at(&mut self, object: Ref, decl: DeclId, field: u32, depth: u32) -> TypeId {
        let slot = self.field_slot(decl, field);
        match self.raw_class(decl, slot) {
            Some(class) => match class {
                sayso_bytecode::Class::I64 => TypeId::I64,
                sayso_bytecode::Class::F64 => TypeId::F64,
                sayso_bytecode::Class::Bool => TypeId::BOOL,
                _ => TypeId::BYTE,
            },
            None => object.ref_slot(slot).map_or(TypeId::NEVER, |value| self.type_at(value, depth)),
        }
    }

    /// Whether a value belongs to a type.
    pub(crate) fn is(&mut self, value: Value, ty: TypeId) -> Result<bool, Thrown> {
        match ty {
            TypeId::ANY => return Ok(true),
            TypeId::I64 => return Ok(sayso_heap::table::as_int(value).is_some()),
            TypeId::F64 => return Ok(value.is_float()),
            TypeId::BOOL => return Ok(value.is_bool()),
            TypeId::BYTE => return Ok(value.is_byte()),
            TypeId::STR => return Ok(value.as_object().is_some_and(Ref::is_str)),
            TypeId::VOID => return Ok(value == Value::UNIT),
            TypeId::FUNCTION => return Ok(value.as_object().is_some_and(|object| object.is(Kind::Closure))),
            _ => {}
        }
        let own = self.type_of(value)?;
        Ok(self.is_subtype(own, ty))
    }

    /// Whether one type is a subtype of another, interfaces included.
    pub(crate) fn is_subtype(&mut self, a: TypeId, b: TypeId) -> bool {
        if a == b {
            return true;
        }
        let place = (a.0.wrapping_mul(0x9E37_79B9) ^ b.0.wrapping_mul(0x85EB_CA6B)) as usize >> 3 & (CACHE - 1);
        let cached = self.types.subtypes[place];
        if (cached.0, cached.1) == (a.0, b.0) {
            return cached.2;
        }
        let answer = self.settled(|store| store.is_subtype(a, b));
        self.types.subtypes[place] = (a.0, b.0, answer);
        answer
    }

    /// Asks the lattice, finding out about interfaces that it does not know of.
    pub(crate) fn settled<T>(&mut self, mut ask: impl FnMut(&mut TypeStore) -> T) -> T {
        self.types.store.reset_budget();
        for _ in 0..8 {
            self.types.store.unknown_conformance.clear();
            let answer = ask(&mut self.types.store);
            let unknown = std::mem::take(&mut self.types.store.unknown_conformance);
            if unknown.is_empty() {
                return answer;
            }
            for (ty, interface) in unknown {
                self.find_conformance(ty, interface);
            }
        }
        self.types.store.unknown_conformance.clear();
        ask(&mut self.types.store)
    }

    /// Whether a type has all calls and fields that an interface lists.
    fn find_conformance(&mut self, ty: TypeId, interface: TypeId) {
        if self.types.store.known_conformance(ty, interface).is_some() {
            return;
        }
        // A question that leads to itself is answered by yes.
        self.types.store.set_conformance(ty, interface, true);
        let holds = self.conforms(ty, interface);
        if !holds {
            self.types.store.set_conformance(ty, interface, false);
        }
    }

    fn conforms(&mut self, ty: TypeId, interface: TypeId) -> bool {
        let TypeKind::Nominal(decl, args) = self.types.store.kind(interface).clone() else { return false };
        let info = self.types.store.decl(decl).clone();
        let mut with = Substitution::from_params(&info.params, &args);
        let program = self.program();
        for field in &info.fields {
            let wanted = self.types.store.substitute(field.ty, &with);
            match self.types.store.field(ty, field.name) {
                Some(access) if self.types.store.is_subtype(access.ty(), wanted) => {}
                _ => return false,
            }
        }
        let own = self.types.store.own_type(decl);
        with = Substitution::from_params(&info.params, &args);
        for member in &info.members {
            let params: Vec<TypeId> =
                member
                    .params
                    .iter()
                    .map(|param| {
                        if *param == own || *param == interface {
                            ty
                        } else {
                            self.types.store.substitute(*param, &with)
                        }
                    })
                    .collect();
            let found = program.module().multis.iter().any(|multi| {
                multi.name == member.name.0
                    && multi.arity as usize == params.len()
                    && multi.candidates.iter().any(|candidate| {
                        let signature = Signature { vars: candidate.vars.clone(), params: candidate.params.clone() };
                        self.types.store.fit(&params, &signature).is_some()
                    })
            });
            if !found {
                return false;
            }
        }
        true
    }

    /// A type number from a register, if it is that of a type.
    pub(crate) fn checked_type(&mut self, bits: u64) -> Result<TypeId, Thrown> {
        match u32::try_from(bits) {
            Ok(number) if (number as usize) < self.types.store.type_count() => Ok(TypeId(number)),
            _ => Err(self.fault(FaultKind::Cast, "there is no type of this number")),
        }
    }

    /// A type as it is written.
    pub(crate) fn shown_type(&mut self, ty: TypeId) -> String {
        self.types.store.display_up_to(ty, self.program.names(), 200)
    }

    /// The type of a value as it is written.
    pub(crate) fn shown_type_of(&mut self, value: Value) -> String {
        let ty = self.type_at(value, MAX_DEPTH);
        self.shown_type(ty)
    }

    /// The type of a function value: that of its function, with the type arguments that it captured put in.
    fn closure_type(&mut self, closure: Ref) -> TypeId {
        let function = closure.closure_function() as usize;
        let program = self.program();
        let Some(function) = program.module().functions.get(function) else { return TypeId::FUNCTION };
        let (ty, vars) = (function.value_type, &function.type_vars);
        if !self.types.store.has_var(ty) {
            return ty;
        }
        let captured = |index| closure.capture(index).and_then(sayso_heap::table::as_int);
        let types: Option<Vec<TypeId>> =
            (0..vars.len()).map(|index| captured(index).map(|number| TypeId(number as u32))).collect();
        match types {
            Some(types) => self.types.substitute(ty, vars, &types),
            None => TypeId::FUNCTION,
        }
    }

    pub(crate) fn decl_kind(&self, decl: DeclId) -> DeclKind {
        self.types.store.decl(decl).kind
    }
}
