//! Records and their fields: slots by declaration, fields by name, options and the like.

use crate::context::Context;
use crate::errors::Thrown;
use sayso_base::Name;
use sayso_bytecode::{Class, FaultKind};
use sayso_heap::object::FROZEN;
use sayso_heap::{Kind, Ref, Value};
use sayso_types::{DeclId, DeclKind, TypeId, TypeKind};

impl Context {
    /// The slot of a declaration's field.
    pub(crate) fn field_slot(&self, decl: DeclId, field: u32) -> usize {
        match self.program.decls.get(&decl) {
            Some(info) => info.slots.get(field as usize).map_or(usize::MAX, |slot| *slot as usize),
            None => field as usize,
        }
    }

    /// The class of a slot if it is a raw one.
    pub(crate) fn raw_class(&self, decl: DeclId, slot: usize) -> Option<Class> {
        let class = self.program.decls.get(&decl)?.classes.get(slot).copied()?;
        class.is_raw().then_some(class)
    }

    /// Bits of a class as a dynamic value.
    pub(crate) fn box_slot(&mut self, class: Class, bits: u64) -> Result<Value, Thrown> {
        Ok(match class {
            Class::I64 => return self.int(bits as i64),
            Class::F64 => Value::float(f64::from_bits(bits)),
            Class::Bool => Value::bool(bits & 1 != 0),
            Class::Byte => Value::byte(bits as u8),
            Class::Ref | Class::Dyn => Value(bits),
        })
    }

    /// A dynamic value as bits of a class, if it is of that class.
    pub(crate) fn unbox_slot(class: Class, value: Value) -> Option<u64> {
        match class {
            Class::I64 => sayso_heap::table::as_int(value).map(|i| i as u64),
            Class::F64 => value.is_float().then(|| value.as_float().to_bits()),
            Class::Bool => value.is_bool().then_some(value.0 & 1),
            Class::Byte => value.is_byte().then_some(value.0 & 255),
            Class::Ref => value.is_object().then_some(value.0),
            Class::Dyn => Some(value.0),
        }
    }

    /// A slot of an object as a dynamic value.
    pub(crate) fn slot_value(&mut self, object: Ref, index: usize) -> Result<Option<Value>, Thrown> {
        if let Some(value) = object.ref_slot(index) {
            return Ok(Some(value));
        }
        let Some(bits) = object.slot(index) else { return Ok(None) };
        let decl = self.types.decl_of(TypeId(object.type_number()));
        let class = decl.and_then(|decl| self.raw_class(decl, index)).unwrap_or(Class::I64);
        self.box_slot(class, bits).map(Some)
    }

    /// A slot's value without allocating, as the structural algorithms compare it.
    pub(crate) fn slot_class(&self, object: Ref, index: usize) -> Class {
        if index < object.ref_count() {
            return Class::Dyn;
        }
        let decl = self.types.decl_of(TypeId(object.type_number()));
        decl.and_then(|decl| self.raw_class(decl, index)).unwrap_or(Class::I64)
    }

    // ---- options and results

    /// `None`
    pub(crate) fn none(&mut self) -> Result<Value, Thrown> {
        match self.program.known.none {
            Some(ty) => self.alloc(|heap| heap.new_slots(Kind::OpenRecord, ty.0, 0, &[], 0)).map(Value::object),
            None => Ok(Value::UNIT),
        }
    }

    /// `Some(value)`
    pub(crate) fn some(&mut self, value: Value) -> Result<Value, Thrown> {
        self.variant_of(self.program.known.some, value)
    }

    /// A variant with one field, which is open.
    pub(crate) fn variant_of(&mut self, variant: Option<(TypeId, u32)>, value: Value) -> Result<Value, Thrown> {
        let Some((ty, index)) = variant else { return Ok(value) };
        self.handles.push(value);
        let made = self.alloc(|heap| heap.new_slots(Kind::OpenRecord, ty.0, 1, &[value.0], index));
        self.handles.pop();
        made.map(Value::object)
    }

    /// What a `Some` holds.
    pub(crate) fn some_value(&self, option: Value) -> Option<Value> {
        let object = option.as_object().filter(|object| object.is(Kind::OpenRecord))?;
        let (some, _) = self.program.known.some?;
        let same = self.types.decl_of(TypeId(object.type_number())) == self.types.decl_of(some);
        if same { object.ref_slot(0) } else { None }
    }

    // ---- fields by name

    /// Where a field of an object lies.
    fn find_field(&self, object: Ref, name: u32) -> Option<usize> {
        match object.kind() {
            Kind::Shape => match self.types.store.kind(TypeId(object.type_number())) {
                TypeKind::Shape(fields) => fields.iter().position(|field| field.0 == Name(name)),
                _ => None,
            },
            Kind::Error => {
                let text = self.program.name(name);
                ["message", "location", "trace", "cause"].iter().position(|field| *field == text)
            }
            Kind::Record | Kind::OpenRecord => {
                let decl = self.types.decl_of(TypeId(object.type_number()))?;
                let fields = &self.types.store.decl(decl).fields;
                let field = fields.iter().position(|field| field.name == Name(name))?;
                Some(self.field_slot(decl, field as u32))
            }
            _ => None,
        }
    }

    /// A field by name; none if the value has no such field.
    pub(crate) fn get_field(&mut self, value: Value, name: u32) -> Result<Option<Value>, Thrown> {
        let Some(object) = value.as_object() else { return Ok(None) };
        match object.kind() {
            Kind::Tuple => {
                let index = self.program.name(name).parse::<usize>().ok();
                Ok(index.and_then(|index| object.ref_slot(index)))
            }
            _ => match self.find_field(object, name) {
                Some(slot) => self.slot_value(object, slot),
                None => Ok(None),
            },
        }
    }

    pub(crate) fn no_field(&mut self, value: Value, name: u32) -> Thrown {
        let found = self.shown_type_of(value);
        let name = self.program.name(name).to_string();
        self.fault(FaultKind::Field, format!("a value of type `{found}` has no field `{name}`"))
    }

    /// Sets a field by name, checked against its type.
    pub(crate) fn set_field(&mut self, value: Value, name: u32, new: Value) -> Result<(), Thrown> {
        let Some((object, slot)) = value.as_object().and_then(|o| Some((o, self.find_field(o, name)?))) else {
            return Err(self.no_field(value, name));
        };
        let text = self.program.name(name).to_string();
        let ty = TypeId(object.type_number());
        let declared = match self.types.store.field(ty, Name(name)) {
            Some(access) if access.mutable() && object.is(Kind::Record) => access.ty(),
            _ if object.is(Kind::OpenRecord) || object.is(Kind::Record) => {
                let mutable = self.types.decl_of(ty).is_some_and(|decl| {
                    let decl = self.types.store.decl(decl);
                    decl.fields.iter().any(|field| field.name == Name(name) && field.mutable)
                });
                if !mutable {
                    return Err(self.fault(FaultKind::Field, format!("field `{text}` may not be assigned")));
                }
                TypeId::ANY
            }
            _ => return Err(self.fault(FaultKind::Field, format!("field `{text}` may not be assigned"))),
        };
        if object.kind_byte() & FROZEN != 0 {
            return Err(self.frozen());
        }
        if !self.is(new, declared)? {
            let (wanted, found) = (self.shown_type(declared), self.shown_type_of(new));
            return Err(self.fault(FaultKind::Cast, format!("field `{text}` takes `{wanted}`, not `{found}`")));
        }
        let class = self.slot_class(object, slot);
        match Context::unbox_slot(class, new) {
            Some(bits) if class.is_raw() => {
                object.set_raw_slot(slot, bits);
                Ok(())
            }
            Some(_) => {
                self.heap.set_ref_slot(object, slot, new);
                Ok(())
            }
            None => Err(self.fault(FaultKind::Cast, format!("field `{text}` takes values of another type"))),
        }
    }

    pub(crate) fn frozen(&mut self) -> Thrown {
        self.fault(FaultKind::State, "a value computed at compile time may not be changed")
    }

    /// The names of a value's fields, in order.
    pub(crate) fn field_names(&mut self, value: Value) -> Vec<String> {
        let Some(object) = value.as_object() else { return Vec::new() };
        let text = |name: Name| self.program.names().text(name).to_string();
        let ty = TypeId(object.type_number());
        match (object.kind(), self.types.store.kind(ty)) {
            (Kind::Shape, TypeKind::Shape(fields)) => fields.iter().map(|field| text(field.0)).collect(),
            (Kind::Record | Kind::OpenRecord, TypeKind::Nominal(decl, _)) => {
                self.types.store.decl(*decl).fields.iter().map(|field| text(field.name)).collect()
            }
            (Kind::Error, _) => vec!["message".into(), "location".into(), "trace".into(), "cause".into()],
            _ => Vec::new(),
        }
    }

    /// Whether records of a type are compared by identity.
    pub(crate) fn by_identity(&self, ty: TypeId) -> bool {
        self.types.decl_of(ty).is_some_and(|decl| matches!(self.decl_kind(decl), DeclKind::Class))
    }
}
