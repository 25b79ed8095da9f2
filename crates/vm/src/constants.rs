//! Constants of the module as values, made when first needed; and values as constants, for what was computed when
//! compiling.
//!
//! A constant's slot in the VM is 0 until it is made. Raw constants (integers, floats) are there from the start and are
//! loaded by an instruction of their own, since 0 is one of them.

use crate::context::Context;
use crate::errors::Thrown;
use rustc_hash::FxHashMap;
use sayso_bytecode::{Constant, FaultKind};
use sayso_heap::value::Unpacked;
use sayso_heap::{Kind, Ref, Value};
use sayso_types::TypeId;
use std::sync::Arc;

/// How deep constants may be nested.
const MAX_NESTING: u32 = 200;

/// Constants that are being made of values, each object once.
struct Constants<'a> {
    all: &'a mut Vec<Constant>,
    known: FxHashMap<u64, u32>,
}

pub(crate) fn is_raw(constant: &Constant) -> bool {
    matches!(constant, Constant::I64(_) | Constant::F64(_))
}

/// The bits of a raw constant, 0 for others.
pub(crate) fn raw_bits(constant: &Constant) -> u64 {
    match constant {
        Constant::I64(i) => *i as u64,
        Constant::F64(f) => f.to_bits(),
        _ => 0,
    }
}

impl Context {
    /// The bits of a constant in a register of its class.
    pub(crate) fn constant(&mut self, index: u32) -> Result<u64, Thrown> {
        self.constant_at(index, 0)
    }

    fn constant_at(&mut self, index: u32, depth: u32) -> Result<u64, Thrown> {
        let program = self.program();
        let Some(constant) = program.module().constants.get(index as usize) else {
            return Err(self.internal_error("a constant is missing"));
        };
        if is_raw(constant) {
            return Ok(raw_bits(constant));
        }
        // SAFETY: there are as many slots as constants.
        let known = unsafe { *self.constants.add(index as usize) };
        if known != 0 {
            return Ok(known);
        }
        if depth > MAX_NESTING {
            return Err(self.internal_error("constants are nested too deeply"));
        }
        let mark = self.handles.len();
        let made = self.make_constant(constant, depth);
        self.handles.truncate(mark);
        let bits = made?;
        // SAFETY: as above.
        unsafe { *self.constants.add(index as usize) = bits }
        Ok(bits)
    }

    /// A constant as a dynamic value; it stays a handle until the caller's mark.
    fn constant_value(&mut self, index: u32, depth: u32) -> Result<Value, Thrown> {
        let program = self.program();
        let bits = self.constant_at(index, depth + 1)?;
        let value = match program.module().constants.get(index as usize) {
            Some(Constant::I64(i)) => self.int(*i)?,
            Some(Constant::F64(f)) => Value::float(*f),
            _ => Value(bits),
        };
        self.handles.push(value);
        Ok(value)
    }

    fn constant_values(&mut self, parts: &[u32], depth: u32) -> Result<Vec<Value>, Thrown> {
        parts.iter().map(|part| self.constant_value(*part, depth)).collect()
    }

    fn make_constant(&mut self, constant: &Constant, depth: u32) -> Result<u64, Thrown> {
        let object = match constant {
            Constant::I64(_) | Constant::F64(_) => return Ok(raw_bits(constant)),
            Constant::Symbol(name) => return Ok(Value::symbol(*name).0),
            Constant::Type(ty) => return Ok(Value::type_number(ty.0).0),
            Constant::Unit => return Ok(Value::UNIT.0),
            Constant::Bool(b) => return Ok(Value::bool(*b).0),
            Constant::Byte(b) => return Ok(Value::byte(*b).0),
            Constant::Str(text) => self.string(text)?,
            Constant::Function(function) => {
                // Its type is the function's.
                self.alloc(|heap| heap.new_closure(TypeId::ANY.0, *function, &[]))?
            }
            Constant::Nullary(layout) => {
                let program = self.program();
                let Some(layout) = program.layouts.get(*layout as usize) else {
                    return Err(self.internal_error("a layout is missing"));
                };
                if layout.slots != 0 {
                    return Err(self.internal_error("a constant without fields has fields"));
                }
                self.alloc(|heap| heap.new_slots(layout.kind, layout.ty.0, 0, &[], layout.variant))?
            }
            Constant::ArrayI64(ty, elements) => {
                let words: Vec<u64> = elements.iter().map(|i| *i as u64).collect();
                self.frozen_array(Kind::ArrayI64, *ty, &words)?
            }
            Constant::ArrayF64(ty, elements) => self.frozen_array(Kind::ArrayF64, *ty, elements)?,
            Constant::ArrayByte(ty, elements) => {
                let kind = self.array_kind(*ty)?;
                let words: Vec<u64> = elements.iter().map(|b| u64::from(*b)).collect();
                self.frozen_array(kind, *ty, &words)?
            }
            Constant::Array(ty, parts) => {
                let kind = self.array_kind(*ty)?;
                let values = self.constant_values(parts, depth)?;
                let class = crate::sequences::element_class(kind);
                let words: Option<Vec<u64>> = values.iter().map(|v| Context::unbox_slot(class, *v)).collect();
                match words {
                    Some(words) => self.frozen_array(kind, *ty, &words)?,
                    None => return Err(self.internal_error("a constant array holds a wrong value")),
                }
            }
            Constant::Tuple(ty, parts) => self.constant_slots(Kind::Tuple, *ty, parts, depth)?,
            Constant::Shape(ty, parts) => self.constant_slots(Kind::Shape, *ty, parts, depth)?,
            Constant::Record(layout, ty, parts) => self.constant_record(*layout, *ty, parts, depth)?,
            Constant::Memory(ty) => self.alloc(|heap| heap.new_table(ty.0, 0))?,
            Constant::Table(ty, parts) => {
                let values = self.constant_values(parts, depth)?;
                let table = self.alloc(|heap| heap.new_table(ty.0, values.len() / 2))?;
                self.handles.push(Value::object(table));
                for pair in values.chunks_exact(2) {
                    self.table_store(Value::object(table), pair[0], pair[1])?;
                }
                table.freeze();
                table
            }
        };
        Ok(object.bits())
    }

    fn frozen_array(&mut self, kind: Kind, ty: TypeId, words: &[u64]) -> Result<Ref, Thrown> {
        let wanted = self.array_kind(ty)?;
        if wanted != kind {
            return Err(self.internal_error("a constant array is of a wrong type"));
        }
        let array = self.alloc(|heap| heap.new_array_from(kind, ty.0, words))?;
        if matches!(self.types.store.kind(ty), sayso_types::TypeKind::FixedArray(..)) {
            array.fix(ty.0);
        }
        array.freeze();
        Ok(array)
    }

    fn constant_slots(&mut self, kind: Kind, ty: TypeId, parts: &[u32], depth: u32) -> Result<Ref, Thrown> {
        let slots: Vec<u64> = self.constant_values(parts, depth)?.iter().map(|value| value.0).collect();
        self.alloc(|heap| heap.new_slots(kind, ty.0, slots.len(), &slots, 0))
    }

    fn constant_record(&mut self, layout: u32, ty: TypeId, parts: &[u32], depth: u32) -> Result<Ref, Thrown> {
        let program = self.program();
        let (Some(info), Some(classes)) =
            (program.layouts.get(layout as usize), program.module().layouts.get(layout as usize).map(|l| &l.classes))
        else {
            return Err(self.internal_error("a layout is missing"));
        };
        let values = self.constant_values(parts, depth)?;
        let slots: Option<Vec<u64>> =
            values.iter().zip(classes).map(|(value, class)| Context::unbox_slot(*class, *value)).collect();
        match slots {
            Some(slots) if slots.len() == info.slots => {
                let record = self.alloc(|heap| heap.new_slots(info.kind, ty.0, info.refs, &slots, info.variant))?;
                record.freeze();
                Ok(record)
            }
            _ => Err(self.internal_error("a constant record holds a wrong value")),
        }
    }

    // ---- values as constants

    /// A value as constants appended to a list, of which the last is the value itself; none for what cannot be a
    /// constant: functions with captures, class instances, handles of the host, cyclic or very deep values.
    pub(crate) fn to_constants(&mut self, value: Value, out: &mut Vec<Constant>) -> Result<Option<u32>, Thrown> {
        self.value_constant(value, &mut Constants { all: out, known: FxHashMap::default() }, 0)
    }

    fn value_constant(&mut self, value: Value, out: &mut Constants<'_>, depth: u32) -> Result<Option<u32>, Thrown> {
        self.charge(1)?;
        if depth > MAX_NESTING {
            return Err(self.fault(FaultKind::Depth, "the value is nested too deeply to be a constant"));
        }
        let constant = match value.unpack() {
            Unpacked::Int(i) => Constant::I64(i),
            Unpacked::Float(f) => Constant::F64(f),
            Unpacked::Unit => Constant::Unit,
            Unpacked::Bool(b) => Constant::Bool(b),
            Unpacked::Byte(b) => Constant::Byte(b),
            Unpacked::Symbol(name) => Constant::Symbol(name),
            Unpacked::Type(ty) if (ty as usize) < self.program.types.type_count() => Constant::Type(TypeId(ty)),
            Unpacked::Type(_) | Unpacked::Unset => return Ok(None),
            Unpacked::Object(object) => {
                if let Some(known) = out.known.get(&value.0) {
                    return Ok(Some(*known));
                }
                match self.object_constant(object, out, depth)? {
                    Some(constant) => constant,
                    None => return Ok(None),
                }
            }
        };
        let index = out.all.len() as u32;
        out.all.push(constant);
        // A boxed integer may have been made just now, and its place be another's soon.
        if value.as_object().is_some_and(|object| !object.is(Kind::BoxedInt)) {
            out.known.insert(value.0, index);
        }
        Ok(Some(index))
    }

    fn object_constant(
        &mut self,
        object: Ref,
        out: &mut Constants<'_>,
        depth: u32,
    ) -> Result<Option<Constant>, Thrown> {
        let ty = TypeId(object.type_number());
        // A type that arose while running is none of the program's.
        let known = (ty.0 as usize) < self.program.types.type_count();
        Ok(match object.kind() {
            // SAFETY: the object is alive, and its text is copied at once.
            Kind::Str | Kind::View => Some(Constant::Str(Arc::from(unsafe { object.str_text() }))),
            Kind::BoxedInt => Some(Constant::I64(object.boxed_int())),
            Kind::Closure if object.capture_count() == 0 => Some(Constant::Function(object.closure_function())),
            _ if !known => None,
            Kind::Record | Kind::OpenRecord => self.record_constant(object, ty, out, depth)?,
            Kind::Tuple => {
                let parts = self.slot_constants(object, out, depth)?;
                parts.map(|parts| Constant::Tuple(ty, parts))
            }
            Kind::Shape => {
                let parts = self.slot_constants(object, out, depth)?;
                parts.map(|parts| Constant::Shape(ty, parts))
            }
            Kind::ArrayI64 => {
                // SAFETY: the array is alive, and its elements are copied at once.
                Some(Constant::ArrayI64(ty, unsafe { object.array_words() }.iter().map(|w| *w as i64).collect()))
            }
            // SAFETY: as above.
            Kind::ArrayF64 => Some(Constant::ArrayF64(ty, unsafe { object.array_words() }.into())),
            // SAFETY: as above.
            Kind::ArrayBool | Kind::ArrayByte => Some(Constant::ArrayByte(ty, unsafe { object.array_bytes() }.into())),
            Kind::ArrayDyn => {
                let mut parts = Vec::new();
                for index in 0..object.array_len() {
                    let element = self.array_value(object, index)?;
                    match self.value_constant(element, out, depth + 1)? {
                        Some(part) => parts.push(part),
                        None => return Ok(None),
                    }
                }
                Some(Constant::Array(ty, parts.into()))
            }
            Kind::Table => {
                let mut parts = Vec::new();
                for position in 0..object.table_used() {
                    let Some((key, value)) = object.table_entry(position) else { continue };
                    for value in [key, value] {
                        match self.value_constant(value, out, depth + 1)? {
                            Some(part) => parts.push(part),
                            None => return Ok(None),
                        }
                    }
                }
                Some(Constant::Table(ty, parts.into()))
            }
            _ => None,
        })
    }

    fn slot_constants(
        &mut self,
        object: Ref,
        out: &mut Constants<'_>,
        depth: u32,
    ) -> Result<Option<Arc<[u32]>>, Thrown> {
        let mut parts = Vec::new();
        for index in 0..object.slot_count() {
            let mark = self.handles.len();
            let Some(value) = self.slot_value(object, index)? else { return Ok(None) };
            self.handles.push(value);
            let part = self.value_constant(value, out, depth + 1);
            self.handles.truncate(mark);
            match part? {
                Some(part) => parts.push(part),
                None => return Ok(None),
            }
        }
        Ok(Some(parts.into()))
    }

    fn record_constant(
        &mut self,
        object: Ref,
        ty: TypeId,
        out: &mut Constants<'_>,
        depth: u32,
    ) -> Result<Option<Constant>, Thrown> {
        let Some(decl) = self.types.decl_of(ty).filter(|_| !self.by_identity(ty)) else { return Ok(None) };
        let Some(layout) = self.program.decls.get(&decl).and_then(|info| info.layout) else { return Ok(None) };
        let program = self.program();
        let exact = program.layouts.iter().position(|layout| layout.decl == decl && layout.ty == ty);
        if let (0, Some(exact)) = (object.slot_count(), exact) {
            return Ok(Some(Constant::Nullary(exact as u32)));
        }
        let parts = self.slot_constants(object, out, depth)?;
        Ok(parts.map(|parts| Constant::Record(exact.map_or(layout, |exact| exact as u32), ty, parts)))
    }
}
