//! What a native may do: make values, read them, change collections, compare, raise faults.

use super::{Args, Array, Entry, Handle, NativeResult};
use crate::context::Context;
use crate::display::Display;
use crate::errors::Thrown;
use crate::host::Host;
use crate::machine;
use crate::structural::{Compare, FindKey, Hash, Mode};
use sayso_bytecode::FaultKind;
use sayso_heap::{HostObject, Kind, Ref, Value};
use sayso_types::{TypeId, TypeStore};
use std::any::Any;
use std::sync::Arc;

/// What a native may do.
pub struct NativeContext<'a> {
    pub(crate) context: &'a mut Context,
    /// Which native of the module runs.
    pub(crate) native: u32,
}

impl<'a> NativeContext<'a> {
    pub(crate) fn new(context: &'a mut Context) -> NativeContext<'a> {
        NativeContext { context, native: u32::MAX }
    }

    /// What the native was registered with.
    pub fn data(&self) -> Option<Arc<dyn Any + Send + Sync>> {
        self.context.natives.get(self.native as usize).and_then(|native| native.data.clone())
    }
    /// The host.
    pub fn host(&mut self) -> &mut Host {
        &mut self.context.host
    }
    /// Charges for work: one unit is about an instruction.
    pub fn charge(&mut self, units: u64) -> Result<(), Thrown> {
        self.context.charge(units)
    }
    /// Raises a fault.
    pub fn fault(&mut self, kind: FaultKind, message: impl Into<String>) -> Thrown {
        self.context.fault(kind, message)
    }
    /// Raises the fault whose class has this name; an `Error` if none has.
    pub fn fault_named(&mut self, class: &str, message: &str) -> Thrown {
        let kind = FaultKind::ALL.iter().copied().find(|kind| kind.class_name() == class).unwrap_or(FaultKind::Error);
        self.context.fault(kind, message)
    }
    /// Throws a value.
    pub fn throw(&mut self, value: Handle) -> Thrown {
        self.context.throw(value.0)
    }
    /// Runs `body`; what becomes a handle in it and is not its result is no handle afterwards.
    pub fn scope<T>(&mut self, body: impl FnOnce(&mut NativeContext<'_>) -> T) -> T {
        let mark = self.context.handles.len();
        let result = body(&mut NativeContext { context: self.context, native: self.native });
        self.context.handles.truncate(mark);
        result
    }
    /// As [`NativeContext::scope`], for a body that gives a handle, which stays one.
    pub fn scope_keep(
        &mut self,
        body: impl FnOnce(&mut NativeContext<'_>) -> Result<Handle, Thrown>,
    ) -> Result<Handle, Thrown> {
        let result = self.scope(body)?;
        Ok(self.keep(result.0))
    }

    /// Makes a value a handle.
    pub(crate) fn keep(&mut self, value: Value) -> Handle {
        if value.is_object() {
            self.context.handles.push(value);
        }
        Handle(value)
    }

    // ---- types

    /// The types of the program and those that arose since.
    pub fn types(&mut self) -> &mut TypeStore {
        &mut self.context.types.store
    }
    /// A type as it is written.
    pub fn shown_type(&mut self, ty: TypeId) -> String {
        self.context.shown_type(ty)
    }
    /// A name's text.
    pub fn name(&self, index: u32) -> String {
        self.context.program.name(index).to_string()
    }
    /// The run-time type of a value.
    pub fn type_of(&mut self, value: Handle) -> Result<TypeId, Thrown> {
        self.context.type_of(value.0)
    }
    /// Whether a value belongs to a type.
    pub fn is(&mut self, value: Handle, ty: TypeId) -> Result<bool, Thrown> {
        self.context.is(value.0, ty)
    }
    /// The type of the native's result, with the type arguments (its first arguments) put in.
    pub fn result_type(&mut self, args: Args<'_>) -> TypeId {
        let program = self.context.program();
        let Some(native) = program.module().natives.get(self.native as usize) else { return TypeId::ANY };
        if native.type_vars.is_empty() {
            return native.result_type;
        }
        let types: Vec<TypeId> = (0..native.type_vars.len()).map(|index| args.type_arg(index)).collect();
        self.context.types.substitute(native.result_type, &native.type_vars, &types)
    }

    // ---- making values

    /// An integer as a dynamic value.
    pub fn int(&mut self, i: i64) -> Result<Handle, Thrown> {
        let value = self.context.int(i)?;
        Ok(self.keep(value))
    }
    /// A string.
    pub fn str(&mut self, text: &str) -> Result<Handle, Thrown> {
        let string = self.context.string(text)?;
        Ok(self.keep(Value::object(string)))
    }
    /// `None`
    pub fn none(&mut self) -> Result<Handle, Thrown> {
        let none = self.context.none()?;
        Ok(self.keep(none))
    }
    /// `Some(value)`
    pub fn some(&mut self, value: Handle) -> Result<Handle, Thrown> {
        let some = self.context.some(value.0)?;
        Ok(self.keep(some))
    }
    /// `Some` or `None`
    pub fn option(&mut self, value: Option<Handle>) -> Result<Handle, Thrown> {
        match value {
            Some(value) => self.some(value),
            None => self.none(),
        }
    }
    /// `Ok(value)`
    pub fn ok(&mut self, value: Handle) -> Result<Handle, Thrown> {
        let made = self.context.variant_of(self.context.program.known.ok, value.0)?;
        Ok(self.keep(made))
    }
    /// `Err(value)`
    pub fn err(&mut self, value: Handle) -> Result<Handle, Thrown> {
        let made = self.context.variant_of(self.context.program.known.err, value.0)?;
        Ok(self.keep(made))
    }
    /// An empty array of this type.
    pub fn array(&mut self, ty: TypeId, capacity: usize) -> Result<Handle, Thrown> {
        let array = self.context.new_array(ty, capacity)?;
        Ok(self.keep(Value::object(array)))
    }
    /// An array of bytes.
    pub fn byte_array(&mut self, bytes: &[u8]) -> Result<Handle, Thrown> {
        let ty = self.context.types.store.array(TypeId::BYTE);
        let array = self.context.alloc(|heap| heap.new_byte_array(Kind::ArrayByte, ty.0, bytes))?;
        Ok(self.keep(Value::object(array)))
    }
    /// An array of integers.
    pub fn int_array(&mut self, ints: &[i64]) -> Result<Handle, Thrown> {
        let ty = self.context.types.store.array(TypeId::I64);
        let words: Vec<u64> = ints.iter().map(|i| *i as u64).collect();
        let array = self.context.alloc(|heap| heap.new_array_from(Kind::ArrayI64, ty.0, &words))?;
        Ok(self.keep(Value::object(array)))
    }
    /// A tuple of this static type (`any` elements if none is given).
    pub fn tuple(&mut self, ty: Option<TypeId>, elements: &[Handle]) -> Result<Handle, Thrown> {
        let ty = match ty {
            Some(ty) => ty,
            None => self.context.types.store.tuple(&vec![TypeId::ANY; elements.len()]),
        };
        let slots: Vec<u64> = elements.iter().map(|element| element.0.0).collect();
        if slots.is_empty() {
            return Ok(Handle::UNIT);
        }
        let tuple = self.context.alloc(|heap| heap.new_slots(Kind::Tuple, ty.0, slots.len(), &slots, 0))?;
        Ok(self.keep(Value::object(tuple)))
    }
    /// An empty table of this type.
    pub fn table(&mut self, ty: TypeId, capacity: usize) -> Result<Handle, Thrown> {
        let table = self.context.alloc(|heap| heap.new_table(ty.0, capacity))?;
        Ok(self.keep(Value::object(table)))
    }
    /// A range.
    pub fn range(&mut self, start: Option<i64>, end: Option<i64>, inclusive: bool) -> Result<Handle, Thrown> {
        let ty = self.context.program.known.range.unwrap_or(TypeId::ANY);
        let range = self.context.alloc(|heap| heap.new_range(ty.0, start, end, inclusive))?;
        Ok(self.keep(Value::object(range)))
    }
    /// A symbol.
    pub fn symbol(&self, text: &str) -> Option<Handle> {
        self.context.program.names().lookup(text).map(|name| Handle(Value::symbol(name.0)))
    }
    /// A type as a value.
    pub fn type_value(&self, ty: TypeId) -> Handle {
        Handle(Value::type_number(ty.0))
    }
    /// An object that holds something of the host's.
    pub fn host_object(&mut self, ty: TypeId, object: Box<dyn HostObject>) -> Result<Handle, Thrown> {
        let mut object = Some(object);
        let made = self.context.alloc(|heap| match object.take() {
            Some(object) => heap.new_host(ty.0, object),
            None => Err(sayso_heap::OutOfMemory),
        })?;
        Ok(self.keep(Value::object(made)))
    }

    // ---- reading values

    /// The text of a string; none for another value.
    pub fn text(&self, value: Handle) -> Option<&str> {
        let object = value.object()?;
        // SAFETY: the handle keeps the string alive as long as the context is borrowed.
        if object.is_str() { Some(unsafe { object.str_text() }) } else { None }
    }
    /// The type that a value is.
    pub fn as_type(&self, value: Handle) -> Option<TypeId> {
        value.0.is_type().then(|| TypeId(value.0.payload()))
    }
    /// The name that a symbol is.
    pub fn as_symbol(&self, value: Handle) -> Option<u32> {
        value.0.is_symbol().then(|| value.0.payload())
    }
    /// The length of an array; none for another value.
    pub fn array_len(&self, array: Handle) -> Option<usize> {
        array.object().filter(|object| object.kind().is_array()).map(Ref::array_len)
    }
    /// An element as a dynamic value.
    pub fn array_get(&mut self, array: Handle, index: usize) -> Result<Option<Handle>, Thrown> {
        let Some(object) = array.object().filter(|object| object.kind().is_array()) else { return Ok(None) };
        if index >= object.array_len() {
            return Ok(None);
        }
        let value = self.context.array_value(object, index)?;
        Ok(Some(self.keep(value)))
    }
    /// The elements of an array of integers, copied; none for another value.
    pub fn ints(&self, array: Handle) -> Option<Vec<i64>> {
        let object = array.object().filter(|object| object.is(Kind::ArrayI64))?;
        // SAFETY: the handle keeps the array alive, and nothing changes it during the copy.
        Some(unsafe { object.array_words() }.iter().map(|bits| *bits as i64).collect())
    }
    /// The elements of an array of bytes, copied; none for another value.
    pub fn bytes(&self, array: Handle) -> Option<Vec<u8>> {
        let object = array.object().filter(|object| object.is(Kind::ArrayByte))?;
        // SAFETY: the handle keeps the array alive, and nothing changes it during the copy.
        Some(unsafe { object.array_bytes() }.to_vec())
    }
    /// Appends to an array; a `CastError` if it cannot hold the value, a `StateError` if it is fixed or frozen.
    pub fn array_push(&mut self, array: Handle, value: Handle) -> Result<(), Thrown> {
        self.context.array_push_value(array.0, value.0)
    }
    /// Replaces an element; faults as indexing does.
    pub fn array_set(&mut self, array: Handle, index: i64, value: Handle) -> Result<(), Thrown> {
        self.context.array_set_value(array.0, index, value.0)
    }
    /// Changes a growable array's memory: for natives that do more than append. Faults if it is none that may change.
    pub fn growable(&mut self, array: Handle) -> Result<Array<'_>, Thrown> {
        let object = self.context.growable_array(array.0)?;
        Ok(Array { context: self.context, object })
    }
    /// Changes an array's elements but not its length. Faults if it is none that may change.
    pub fn changeable(&mut self, array: Handle) -> Result<Array<'_>, Thrown> {
        let object = self.context.changeable_array(array.0)?;
        Ok(Array { context: self.context, object })
    }
    /// The part `start..end` of any sequence as a new array of this type, in bounds or a fault.
    pub fn slice(&mut self, sequence: Handle, ty: TypeId, start: i64, end: i64) -> Result<Handle, Thrown> {
        let array = self.context.slice_sequence(sequence.0, ty, start, end)?;
        Ok(self.keep(Value::object(array)))
    }
    /// The length of any sequence: array, range, list.
    pub fn seq_len(&mut self, sequence: Handle) -> Result<i64, Thrown> {
        self.context.seq_len(sequence.0)
    }
    /// An element of any sequence.
    pub fn seq_get(&mut self, sequence: Handle, index: i64) -> Result<Handle, Thrown> {
        let value = self.context.seq_get(sequence.0, index)?;
        Ok(self.keep(value))
    }
    /// Start, end and whether the end belongs to it, of a range; none for another value.
    pub fn range_parts(&self, range: Handle) -> Option<(Option<i64>, Option<i64>, bool)> {
        let object = range.object().filter(|object| object.is(Kind::Range))?;
        let (start, end) = object.range_bounds();
        Some((start, end, object.range_inclusive()))
    }
    /// Element `index` of a tuple; none if there is none.
    pub fn tuple_get(&mut self, tuple: Handle, index: usize) -> Option<Handle> {
        let object = tuple.object().filter(|object| object.is(Kind::Tuple))?;
        let value = object.ref_slot(index)?;
        Some(self.keep(value))
    }
    /// What a `Some` holds.
    pub fn some_value(&mut self, option: Handle) -> Option<Handle> {
        let value = self.context.some_value(option.0)?;
        Some(self.keep(value))
    }
    /// The variant number of a record.
    pub fn variant(&self, value: Handle) -> Option<u32> {
        value.object().filter(|object| object.kind().has_slots()).map(Ref::variant)
    }
    /// The names of the fields of a struct, variant, class instance or shape, in order.
    pub fn field_names(&mut self, value: Handle) -> Vec<String> {
        self.context.field_names(value.0)
    }
    /// A field by name.
    pub fn field(&mut self, value: Handle, name: &str) -> Result<Option<Handle>, Thrown> {
        let Some(name) = self.context.program.names().lookup(name) else { return Ok(None) };
        match self.context.get_field(value.0, name.0)? {
            Some(value) => Ok(Some(self.keep(value))),
            None => Ok(None),
        }
    }
    /// Replaces a field by name, checked against its type.
    pub fn set_field(&mut self, value: Handle, name: &str, new: Handle) -> Result<(), Thrown> {
        match self.context.program.names().lookup(name) {
            Some(name) => self.context.set_field(value.0, name.0, new.0),
            None => Err(self.fault(FaultKind::Field, format!("there is no field `{name}`"))),
        }
    }
    /// Slot `index` of a record, as a dynamic value by its declaration's classes.
    pub fn slot(&mut self, record: Handle, index: usize) -> Result<Option<Handle>, Thrown> {
        let Some(object) = record.object().filter(|object| object.kind().has_slots()) else { return Ok(None) };
        match self.context.slot_value(object, index)? {
            Some(value) => Ok(Some(self.keep(value))),
            None => Ok(None),
        }
    }
    /// How many entries a table has; none for another value.
    pub fn table_len(&self, table: Handle) -> Option<usize> {
        table.object().filter(|object| object.is(Kind::Table)).map(Ref::table_len)
    }
    /// How often keys of a table were added or removed.
    pub fn table_version(&self, table: Handle) -> Option<u64> {
        table.object().filter(|object| object.is(Kind::Table)).map(Ref::table_version)
    }
    /// The value of a key.
    pub fn table_get(&mut self, table: Handle, key: Handle) -> Result<Option<Handle>, Thrown> {
        match self.context.table_lookup(table.0, key.0)? {
            Some(value) => Ok(Some(self.keep(value))),
            None => Ok(None),
        }
    }
    /// Inserts or replaces an entry.
    pub fn table_set(&mut self, table: Handle, key: Handle, value: Handle) -> Result<(), Thrown> {
        self.context.table_store(table.0, key.0, value.0)
    }
    /// Removes an entry and gives its value.
    pub fn table_remove(&mut self, table: Handle, key: Handle) -> Result<Option<Handle>, Thrown> {
        match self.context.table_remove(table.0, key.0)? {
            Some(value) => Ok(Some(self.keep(value))),
            None => Ok(None),
        }
    }
    /// Removes all entries.
    pub fn table_clear(&mut self, table: Handle) -> Result<(), Thrown> {
        self.context.table_clear(table.0)
    }
    /// The first entry at or behind a position, and the position behind it. Positions begin at 0 and stay valid while no
    /// key is added or removed.
    pub fn table_entry(&mut self, table: Handle, position: usize) -> Option<(Handle, Handle, usize)> {
        let object = table.object().filter(|object| object.is(Kind::Table))?;
        for at in position..object.table_used() {
            if let Some((key, value)) = object.table_entry(at) {
                return Some((self.keep(key), self.keep(value), at + 1));
            }
        }
        None
    }
    /// What the host put into an object.
    pub fn host_data<T: Any>(&mut self, object: Handle) -> Option<&mut T> {
        let object = object.object().filter(|object| object.is(Kind::Host))?;
        self.context.heap.host_object(object).as_any().downcast_mut()
    }

    // ---- comparing, hashing, displaying with the program's own functions for nested values

    /// Goes on with whether two values are equal. `held` are handles that `then` uses.
    pub fn equal_then(
        &mut self,
        a: Handle,
        b: Handle,
        held: &[Handle],
        then: impl FnOnce(&mut NativeContext<'_>, bool) -> NativeResult + Send + 'static,
    ) -> NativeResult {
        let held = held.iter().map(|handle| handle.0).collect();
        machine::start(self, Compare::new(a.0, b.0, Mode::Equal), held, |context, ordering| {
            then(context, ordering.is_eq())
        })
    }
    /// Goes on with the order of two values.
    pub fn compare_then(
        &mut self,
        a: Handle,
        b: Handle,
        held: &[Handle],
        then: impl FnOnce(&mut NativeContext<'_>, std::cmp::Ordering) -> NativeResult + Send + 'static,
    ) -> NativeResult {
        let held = held.iter().map(|handle| handle.0).collect();
        machine::start(self, Compare::new(a.0, b.0, Mode::Order), held, then)
    }
    /// Goes on with a value's hash.
    pub fn hash_then(
        &mut self,
        value: Handle,
        held: &[Handle],
        then: impl FnOnce(&mut NativeContext<'_>, i64) -> NativeResult + Send + 'static,
    ) -> NativeResult {
        let held = held.iter().map(|handle| handle.0).collect();
        machine::start(self, Hash::new(value.0), held, |context, hash| then(context, hash as i64))
    }
    /// Goes on with a value as text.
    pub fn text_then(
        &mut self,
        value: Handle,
        debug: bool,
        held: &[Handle],
        then: impl FnOnce(&mut NativeContext<'_>, String) -> NativeResult + Send + 'static,
    ) -> NativeResult {
        let held = held.iter().map(|handle| handle.0).collect();
        machine::start(self, Display::new(value.0, debug), held, then)
    }
    /// Goes on with the entry of a key in a table: [`Entry`] can be read, replaced, removed. Natives on tables use this,
    /// since keys may be of types with a `hash` or `equal?` of their own.
    pub fn entry_then(
        &mut self,
        table: Handle,
        key: Handle,
        held: &[Handle],
        then: impl FnOnce(&mut NativeContext<'_>, Entry) -> NativeResult + Send + 'static,
    ) -> NativeResult {
        let object = match self.context.table_of(table.0) {
            Ok(object) => object,
            Err(thrown) => return NativeResult::Throw(thrown),
        };
        let mut all: Vec<Value> = held.iter().map(|handle| handle.0).collect();
        all.extend([table.0, key.0]);
        machine::start(self, FindKey::new(object, key.0), all, move |context, found| {
            then(context, Entry { table: object, key: key.0, found })
        })
    }

    // ---- comparing, hashing, displaying as the machine does

    /// Structural equality, where nobody specialised it.
    pub fn equal(&mut self, a: Handle, b: Handle) -> Result<bool, Thrown> {
        self.context.equal(a.0, b.0)
    }
    /// The default order.
    pub fn compare(&mut self, a: Handle, b: Handle) -> Result<std::cmp::Ordering, Thrown> {
        self.context.compare(a.0, b.0)
    }
    /// The hash that agrees with [`NativeContext::equal`].
    pub fn hash(&mut self, value: Handle) -> Result<i64, Thrown> {
        self.context.hash_of(value.0)
    }
    /// A value as text, where nobody specialised that.
    pub fn to_text(&mut self, value: Handle, debug: bool) -> Result<String, Thrown> {
        self.context.text_of(value.0, debug)
    }
}
