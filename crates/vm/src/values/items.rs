//! What objects consist of, element by element. Nothing here allocates, fails or looks at what it is not sure to find.
//!
//! Parts are handed on as [`Unpacked`], in which an integer is an integer however it is stored, and the empty tuple is
//! `Unit`.

use super::records::FieldInfo;
use sayso_bytecode::Class;
use sayso_heap::value::Unpacked;
use sayso_heap::{Heap, Kind, OutOfMemory, Ref, Value};
use sayso_types::TypeId;
use smallvec::SmallVec;

/// A value's parts unified: see the file's head.
#[inline]
pub(super) fn unpack(value: Value) -> Unpacked {
    match value.unpack() {
        Unpacked::Object(object) if object.is(Kind::BoxedInt) => Unpacked::Int(object.boxed_int()),
        Unpacked::Object(object) if object.is(Kind::Tuple) && object.ref_count() == 0 => Unpacked::Unit,
        other => other,
    }
}

/// A part as a value. Large integers need an object.
pub(super) fn boxed(heap: &mut Heap, item: Unpacked) -> Result<Value, OutOfMemory> {
    match item {
        Unpacked::Int(i) => heap.int(i),
        other => Ok(immediate(other)),
    }
}

/// A part that is no integer as a value.
pub(super) fn immediate(item: Unpacked) -> Value {
    match item {
        Unpacked::Int(i) => Value::small_int(i).unwrap_or(Value::UNSET),
        Unpacked::Float(f) => Value::float(f),
        Unpacked::Unit => Value::UNIT,
        Unpacked::Bool(b) => Value::bool(b),
        Unpacked::Byte(b) => Value::byte(b),
        Unpacked::Symbol(name) => Value::symbol(name),
        Unpacked::Type(ty) => Value::type_number(ty),
        Unpacked::Unset => Value::UNSET,
        Unpacked::Object(object) => Value::object(object),
    }
}

/// An element of an array.
#[inline]
pub(super) fn array_item(array: Ref, index: usize) -> Option<Unpacked> {
    let bits = array.array_raw(index)?;
    Some(match array.kind() {
        Kind::ArrayI64 => Unpacked::Int(bits as i64),
        Kind::ArrayF64 => Unpacked::Float(f64::from_bits(bits)),
        Kind::ArrayBool => Unpacked::Bool(bits != 0),
        Kind::ArrayByte => Unpacked::Byte(bits as u8),
        _ => unpack(Value(bits)),
    })
}

/// An element of a tuple or shape value.
#[inline]
pub(super) fn slot_item(object: Ref, index: usize) -> Option<Unpacked> {
    object.ref_slot(index).map(unpack)
}

/// A field of a record.
#[inline]
pub(super) fn field_item(object: Ref, field: &FieldInfo) -> Unpacked {
    let slot = field.slot as usize;
    if !field.class.is_raw() {
        return object.ref_slot(slot).map_or(Unpacked::Unset, unpack);
    }
    let Some(bits) = object.slot(slot) else { return Unpacked::Unset };
    match field.class {
        Class::I64 => Unpacked::Int(bits as i64),
        Class::F64 => Unpacked::Float(f64::from_bits(bits)),
        Class::Bool => Unpacked::Bool(bits & 1 != 0),
        Class::Byte => Unpacked::Byte(bits as u8),
        Class::Ref | Class::Dyn => Unpacked::Unset,
    }
}

/// The names of a shape value's fields in the order of its slots.
pub(super) fn shape_names(types: &sayso_types::TypeStore, object: Ref) -> SmallVec<[u32; 8]> {
    match types.kind(TypeId(object.type_number())) {
        sayso_types::TypeKind::Shape(fields) => fields.iter().take(object.ref_count()).map(|field| field.0.0).collect(),
        _ => SmallVec::new(),
    }
}

/// Calls `visit` with the object that a part is, if it is one.
pub(super) fn visit_item(item: Unpacked, visit: &mut dyn FnMut(Value)) {
    if let Unpacked::Object(object) = item {
        visit(Value::object(object));
    }
}
