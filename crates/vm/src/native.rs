//! Natives: functions in Rust under a key, and what they may do.
//!
//! A native gets its arguments ([`Args`]) and a [`NativeContext`]. It never calls back into the program by itself: to do
//! so it returns [`NativeResult::Call`] with a [`Resumable`] that gets the result, so that calls never nest natively.
//!
//! References: arguments stay alive for the whole call. Whatever a context makes or takes out of a collection is a handle
//! and stays alive until the native returns (or until the end of the [`NativeContext::scope`] around it), whatever is
//! collected meanwhile. What outlives that must be in a [`Resumable`], which is asked for its references.

use crate::context::{Context, Continuation, Then};
use crate::display::Display;
use crate::engine::internal;
use crate::errors::Thrown;
use crate::host::Host;
use crate::machine;
use crate::structural::{Compare, FindKey, Found, Hash, Mode};
use sayso_bytecode::{Class, FaultKind, NativeRef, Op};
use sayso_heap::{HostObject, Kind, Marker, Ref, Value};
use sayso_types::{TypeId, TypeStore};
use std::any::Any;
use std::marker::PhantomData;
use std::sync::Arc;

/// The bits of a register; its class says what they mean.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[repr(transparent)]
pub struct Slot(pub(crate) u64);

impl Slot {
    /// An integer of class `i64`.
    pub fn int(i: i64) -> Slot {
        Slot(i as u64)
    }
    /// A float of class `f64`.
    pub fn float(f: f64) -> Slot {
        Slot(f.to_bits())
    }
    /// A bool of class `bool`.
    pub fn bool(b: bool) -> Slot {
        Slot(u64::from(b))
    }
    /// A byte of class `byte`.
    pub fn byte(b: u8) -> Slot {
        Slot(u64::from(b))
    }
}

/// What a native returns.
pub enum NativeResult {
    /// Its result, of the class that it is declared with.
    Return(Slot),
    /// An error.
    Throw(Thrown),
    /// It wants a function called first.
    Call(Box<CallRequest>),
    /// The next value of a generator, an `Option`, is the result.
    Next(Handle),
    /// A generator is to be ended; the result is `()`.
    Close(Handle),
}

impl From<Thrown> for NativeResult {
    fn from(thrown: Thrown) -> NativeResult {
        NativeResult::Throw(thrown)
    }
}

impl<T: IntoSlot> From<Result<T, Thrown>> for NativeResult {
    fn from(result: Result<T, Thrown>) -> NativeResult {
        match result {
            Ok(value) => NativeResult::Return(value.into_slot()),
            Err(thrown) => NativeResult::Throw(thrown),
        }
    }
}

/// What natives return as a slot; the type says the class.
pub trait IntoSlot {
    /// The slot.
    fn into_slot(self) -> Slot;
}
impl IntoSlot for i64 {
    fn into_slot(self) -> Slot {
        Slot::int(self)
    }
}
impl IntoSlot for f64 {
    fn into_slot(self) -> Slot {
        Slot::float(self)
    }
}
impl IntoSlot for bool {
    fn into_slot(self) -> Slot {
        Slot::bool(self)
    }
}
impl IntoSlot for u8 {
    fn into_slot(self) -> Slot {
        Slot::byte(self)
    }
}
impl IntoSlot for () {
    fn into_slot(self) -> Slot {
        Slot(Value::UNIT.0)
    }
}
impl IntoSlot for Handle {
    fn into_slot(self) -> Slot {
        Slot(self.0.0)
    }
}
impl IntoSlot for Slot {
    fn into_slot(self) -> Slot {
        self
    }
}

/// What is called for a native.
pub struct CallRequest {
    /// The function.
    pub callee: Callee,
    /// Its arguments: of class `dyn` for a value, else of the function's classes.
    pub args: Vec<u64>,
    /// Gets the result.
    pub then: Box<dyn Resumable>,
}

/// Which function is called for a native.
#[derive(Clone, Copy)]
pub enum Callee {
    /// A function value.
    Value(Value),
    /// The function of this multi-function that fits the arguments best.
    Multi(u32),
    /// This function.
    Function(u32),
}

/// A native that waits for the result of a call.
pub trait Resumable: Send {
    /// Goes on with the result, of class `dyn` if a function value was called.
    fn resume(self: Box<Self>, context: &mut NativeContext<'_>, result: Slot) -> NativeResult;
    /// Marks all references that it holds.
    fn trace(&self, marker: &mut Marker<'_>);
    /// The call ended by an error: `resume` will not be called.
    fn abandoned(&mut self, context: &mut NativeContext<'_>) {
        let _ = context;
    }
}

/// A native function.
pub type NativeFn = for<'a> fn(&mut NativeContext<'a>, Args<'a>) -> NativeResult;

/// A native function with what has to be known of it.
#[derive(Clone)]
pub struct Native {
    /// Its key, such as `math.sin`.
    pub key: &'static str,
    /// Classes of its parameters, type arguments (as `i64`) first.
    pub params: &'static [Class],
    /// Class of its result.
    pub result: Class,
    /// Fuel for a call; what it does beyond is charged by [`NativeContext::charge`].
    pub cost: u32,
    /// The function.
    pub function: NativeFn,
    /// Given to the function as [`NativeContext::data`].
    pub data: Option<Arc<dyn Any + Send + Sync>>,
}

impl Native {
    /// A native without data that costs a little.
    pub const fn new(key: &'static str, params: &'static [Class], result: Class, function: NativeFn) -> Native {
        Native { key, params, result, cost: 4, function, data: None }
    }

    /// Why it is not what a module asks for, if it is not.
    pub(crate) fn mismatch(&self, wanted: &NativeRef) -> Option<String> {
        let fits = |have: Class, want: Class| have == want || (!have.is_raw() && !want.is_raw());
        let params = self.params.len() == wanted.params.len()
            && self
                .params
                .iter()
                .zip(&wanted.params)
                .all(|(have, want)| *have == *want || (*have == Class::Dyn && *want == Class::Ref));
        if params && fits(self.result, wanted.result) && (self.result != Class::Dyn || wanted.result == Class::Dyn) {
            return None;
        }
        Some(format!(
            "native `{}` is {:?} -> {:?}, the program wants {:?} -> {:?}",
            self.key, self.params, self.result, wanted.params, wanted.result
        ))
    }
}

/// The arguments of a native. They stay alive and as they are for the whole call.
#[derive(Clone, Copy)]
pub struct Args<'a> {
    slots: *const u64,
    classes: &'a [Class],
    lifetime: PhantomData<&'a [u64]>,
}

impl<'a> Args<'a> {
    /// How many there are, type arguments included.
    pub fn len(self) -> usize {
        self.classes.len()
    }
    /// Whether there is none.
    pub fn is_empty(self) -> bool {
        self.classes.is_empty()
    }
    #[inline(always)]
    fn bits(self, index: usize, wanted: Class) -> u64 {
        let class = self.classes.get(index).copied();
        assert!(
            class == Some(wanted) || (wanted == Class::Dyn && class == Some(Class::Ref)),
            "a native reads argument {index} as {wanted:?}, which is {class:?}"
        );
        // SAFETY: the caller's window holds as many arguments as there are classes.
        unsafe { *self.slots.add(index) }
    }
    /// An `i64` argument.
    pub fn int(self, index: usize) -> i64 {
        self.bits(index, Class::I64) as i64
    }
    /// An `f64` argument.
    pub fn float(self, index: usize) -> f64 {
        f64::from_bits(self.bits(index, Class::F64))
    }
    /// A `bool` argument.
    pub fn bool(self, index: usize) -> bool {
        self.bits(index, Class::Bool) & 1 != 0
    }
    /// A `byte` argument.
    pub fn byte(self, index: usize) -> u8 {
        self.bits(index, Class::Byte) as u8
    }
    /// A type argument.
    pub fn type_arg(self, index: usize) -> TypeId {
        TypeId(self.bits(index, Class::I64) as u32)
    }
    /// A `dyn` or `ref` argument.
    pub fn value(self, index: usize) -> Handle {
        Handle(Value(self.bits(index, Class::Dyn)))
    }
    /// The text of a string argument; none for another object.
    pub fn str(self, index: usize) -> Option<&'a str> {
        let object = Value(self.bits(index, Class::Dyn)).as_object()?;
        // SAFETY: the argument keeps the string alive for the whole call, and strings do not change.
        if object.is_str() { Some(unsafe { object.str_text() }) } else { None }
    }
    /// The text of a string argument, or a fault.
    pub fn text(self, context: &mut NativeContext<'_>, index: usize) -> Result<&'a str, Thrown> {
        self.str(index).ok_or_else(|| context.fault(FaultKind::Cast, format!("argument {index} is no string")))
    }
}

/// A value that is kept alive while a native runs.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[repr(transparent)]
pub struct Handle(pub(crate) Value);

impl Handle {
    /// The value's bits as a dynamic value.
    pub fn value(self) -> Value {
        self.0
    }
    /// `()`
    pub const UNIT: Handle = Handle(Value::UNIT);
    /// A bool as a dynamic value.
    pub fn bool(b: bool) -> Handle {
        Handle(Value::bool(b))
    }
    /// A byte as a dynamic value.
    pub fn byte(b: u8) -> Handle {
        Handle(Value::byte(b))
    }
    /// A float as a dynamic value.
    pub fn float(f: f64) -> Handle {
        Handle(Value::float(f))
    }
    /// The integer, if it is one.
    pub fn as_int(self) -> Option<i64> {
        sayso_heap::table::as_int(self.0)
    }
    /// The float, if it is one.
    pub fn as_float(self) -> Option<f64> {
        self.0.is_float().then(|| self.0.as_float())
    }
    /// The bool, if it is one.
    pub fn as_bool(self) -> Option<bool> {
        self.0.is_bool().then(|| self.0 == Value::TRUE)
    }
    /// Whether it is `()`.
    pub fn is_unit(self) -> bool {
        self.0 == Value::UNIT
    }
    pub(crate) fn object(self) -> Option<Ref> {
        self.0.as_object()
    }
    /// What kind of object it is, if it is one.
    pub fn kind(self) -> Option<Kind> {
        self.object().map(Ref::kind)
    }
}

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
        self.context.program.names.lookup(text).map(|name| Handle(Value::symbol(name.0)))
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
        let Some(name) = self.context.program.names.lookup(name) else { return Ok(None) };
        match self.context.get_field(value.0, name.0)? {
            Some(value) => Ok(Some(self.keep(value))),
            None => Ok(None),
        }
    }
    /// Replaces a field by name, checked against its type.
    pub fn set_field(&mut self, value: Handle, name: &str, new: Handle) -> Result<(), Thrown> {
        match self.context.program.names.lookup(name) {
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

/// The place of a key in a table.
pub struct Entry {
    table: Ref,
    key: Value,
    found: Found,
}

impl Entry {
    /// The value, if there is one.
    pub fn get(&self, context: &mut NativeContext<'_>) -> Option<Handle> {
        let (_, value) = self.table.table_entry(self.found.position?)?;
        Some(context.keep(value))
    }
    /// Inserts or replaces the value.
    pub fn set(self, context: &mut NativeContext<'_>, value: Handle) -> Result<(), Thrown> {
        let table = context.context.changeable_table(Value::object(self.table))?;
        context.context.table_put(table, self.found, self.key, value.0)
    }
    /// Removes the entry and gives its value.
    pub fn remove(self, context: &mut NativeContext<'_>) -> Result<Option<Handle>, Thrown> {
        let table = context.context.changeable_table(Value::object(self.table))?;
        let Some(position) = self.found.position else { return Ok(None) };
        let entry = context.context.heap.table_remove(table, self.found.hash, position);
        Ok(entry.map(|(_, value)| context.keep(value)))
    }
}

/// An array that a native changes.
pub struct Array<'c> {
    context: &'c mut Context,
    object: Ref,
}

impl Array<'_> {
    /// The length.
    #[allow(clippy::len_without_is_empty)]
    pub fn len(&self) -> usize {
        self.object.array_len()
    }
    /// Removes and gives the last element.
    pub fn pop(&mut self) -> Result<Option<Handle>, Thrown> {
        let Some(last) = self.len().checked_sub(1) else { return Ok(None) };
        let value = self.context.array_value(self.object, last)?;
        self.context.handles.push(value);
        self.context.heap.array_truncate(self.object, last);
        Ok(Some(Handle(value)))
    }
    /// Shortens it.
    pub fn truncate(&mut self, len: usize) {
        self.context.heap.array_truncate(self.object, len);
    }
    /// Removes the elements `start..end`; `false` if these are not in range.
    pub fn remove(&mut self, start: usize, end: usize) -> bool {
        let fits = start <= end && end <= self.len();
        if fits {
            self.context.heap.array_remove(self.object, start, end);
        }
        fits
    }
    /// Inserts an element; `false` if the index is beyond the end.
    pub fn insert(&mut self, index: usize, value: Handle) -> Result<bool, Thrown> {
        let bits = self.context.element_bits(self.object, value.0)?;
        let object = self.object;
        self.context.alloc(|heap| heap.array_insert(object, index, bits))
    }
    /// Appends bytes to an array of bytes; `false` if it is none.
    pub fn extend_bytes(&mut self, bytes: &[u8]) -> Result<bool, Thrown> {
        if !self.object.is(Kind::ArrayByte) {
            return Ok(false);
        }
        let object = self.object;
        self.context.alloc(|heap| heap.array_reserve(object, bytes.len()))?;
        for byte in bytes {
            self.context.alloc_ready(|heap| heap.array_push(object, u64::from(*byte)))?;
        }
        Ok(true)
    }
    /// Appends the elements of another array; `false` if its elements are of another kind.
    pub fn extend(&mut self, other: Handle) -> Result<bool, Thrown> {
        let Some(from) = other.object().filter(|from| from.kind() == self.object.kind()) else { return Ok(false) };
        let object = self.object;
        self.context.alloc(|heap| heap.array_extend(object, from))?;
        Ok(true)
    }
    /// Reverses the order.
    pub fn reverse(&mut self) {
        let object = self.object;
        if matches!(object.kind(), Kind::ArrayBool | Kind::ArrayByte) {
            let mut bytes: Vec<u64> = (0..object.array_len()).filter_map(|at| object.array_raw(at)).collect();
            bytes.reverse();
            bytes.iter().enumerate().for_each(|(at, bits)| {
                self.context.heap.array_set(object, at, *bits);
            });
        } else {
            // SAFETY: the array is alive, and nothing else uses its elements meanwhile.
            unsafe { self.context.heap.array_words_mut(object) }.reverse();
        }
    }
    /// The elements of an array of integers, in place; none for others.
    pub fn ints(&mut self) -> Option<&mut [i64]> {
        if !self.object.is(Kind::ArrayI64) {
            return None;
        }
        // SAFETY: the array is alive and borrowed through the context; `i64` and `u64` have one layout.
        let words = unsafe { self.context.heap.array_words_mut(self.object) };
        // SAFETY: as above.
        Some(unsafe { std::slice::from_raw_parts_mut(words.as_mut_ptr().cast::<i64>(), words.len()) })
    }
    /// The elements of an array of floats, in place; none for others.
    pub fn floats(&mut self) -> Option<&mut [f64]> {
        if !self.object.is(Kind::ArrayF64) {
            return None;
        }
        // SAFETY: the array is alive and borrowed through the context; every word is some float.
        let words = unsafe { self.context.heap.array_words_mut(self.object) };
        // SAFETY: as above.
        Some(unsafe { std::slice::from_raw_parts_mut(words.as_mut_ptr().cast::<f64>(), words.len()) })
    }
    /// The elements of an array of dynamic values, copied; none for others.
    pub fn values(&self) -> Option<Vec<Handle>> {
        if !self.object.is(Kind::ArrayDyn) {
            return None;
        }
        // SAFETY: the array is alive, and nothing changes it during the copy.
        Some(unsafe { self.object.array_words() }.iter().map(|bits| Handle(Value(*bits))).collect())
    }
    /// Puts the elements of an array of dynamic values into another order: `order[i]` is the index of what comes to `i`.
    /// Nothing happens unless `order` is a permutation of the indices.
    pub fn permute(&mut self, order: &[usize]) {
        let object = self.object;
        let len = object.array_len();
        let mut seen = vec![false; len];
        let valid = order.len() == len
            && order.iter().all(|index| seen.get_mut(*index).is_some_and(|seen| !std::mem::replace(seen, true)));
        if !valid {
            return;
        }
        let old: Vec<u64> = (0..len).filter_map(|at| object.array_raw(at)).collect();
        for (to, from) in order.iter().enumerate() {
            self.context.heap.array_set(object, to, old[*from]);
        }
    }
}

impl Context {
    /// As `alloc`, for what has been reserved: does not collect.
    fn alloc_ready<T>(
        &mut self,
        make: impl FnOnce(&mut sayso_heap::Heap) -> Result<T, sayso_heap::OutOfMemory>,
    ) -> Result<T, Thrown> {
        make(&mut self.heap).map_err(|_| self.out_of_memory())
    }

    /// Runs a native with arguments from register `first` on.
    pub(crate) fn call_native(&mut self, native: u32, first: u16) -> Result<(), Thrown> {
        let program = self.program();
        let Some(wanted) = program.module().natives.get(native as usize) else {
            return Err(self.internal_error("a native is missing"));
        };
        let (cost, function) = {
            let found = &self.natives[native as usize];
            (found.cost, found.function)
        };
        self.charge(u64::from(cost))?;
        let mark = self.handles.len();
        let args = Args {
            slots: self.regs.wrapping_add(first as usize).cast_const(),
            classes: &wanted.params,
            lifetime: PhantomData,
        };
        let result = function(&mut NativeContext { context: self, native }, args);
        let done = self.finish_native(result, self.pc);
        self.handles.truncate(mark);
        done
    }

    /// Does what a native asks for; `pc` is the instruction that called it.
    pub(crate) fn finish_native(
        &mut self,
        result: NativeResult,
        pc: *const sayso_bytecode::Insn,
    ) -> Result<(), Thrown> {
        match result {
            NativeResult::Return(slot) => self.give(pc, slot.0),
            NativeResult::Throw(thrown) => Err(thrown),
            NativeResult::Call(request) => self.call_for_native(*request, pc),
            NativeResult::Next(generator) => self.resume_generator(generator.0, pc),
            NativeResult::Close(generator) => self.close_generator(generator.0, pc),
        }
    }

    /// The result of a waiting instruction, behind which the engine goes on. What natives and generators give to a
    /// register of class `ref` has to be an object.
    pub(crate) fn give(&mut self, pc: *const sayso_bytecode::Insn, bits: u64) -> Result<(), Thrown> {
        // SAFETY: `pc` is the place of an instruction of the current activation.
        let insn = unsafe { *pc };
        if insn.op_bits() == Op::CallNative as u16 && !Value(bits).is_object() {
            let native = self.program.module().natives.get(insn.k() as usize);
            if native.is_some_and(|native| native.result == Class::Ref) {
                let key = native.map_or("?", |native| self.program.name(native.key)).to_string();
                return Err(self.internal_error(&format!("`{key}` gave no object")));
            }
        }
        self.set_reg(insn.a(), bits);
        self.next = pc.wrapping_add(Context::length_at(pc));
        Ok(())
    }

    fn call_for_native(&mut self, request: CallRequest, pc: *const sayso_bytecode::Insn) -> Result<(), Thrown> {
        self.pc = pc;
        let mark = self.handles.len();
        // The continuation is not among the roots yet, the arguments may be references.
        self.keep_arguments(&request);
        let base = self.free_window();
        let entered = self.enter_callee(&request, base);
        self.handles.truncate(mark);
        entered?;
        let function = self.program.module().functions.get(self.function_id() as usize);
        let reference = function.is_some_and(|function| !function.result.is_raw());
        let continuation = Continuation {
            frame: self.frame_index(),
            pc,
            base: self.stack_index(self.regs),
            then: Then::Native { native: request.then, reference },
        };
        self.continuations.push(continuation);
        Ok(())
    }

    fn keep_arguments(&mut self, request: &CallRequest) {
        let module = self.program.module();
        let classes: &[Class] = match request.callee {
            Callee::Value(value) => {
                self.handles.push(value);
                self.handles.extend(request.args.iter().map(|bits| Value(*bits)));
                return;
            }
            Callee::Multi(multi) => module.multis.get(multi as usize).map_or(&[], |multi| &multi.params),
            Callee::Function(function) => module.functions.get(function as usize).map_or(&[], |f| &f.params),
        };
        let references = classes.iter().zip(&request.args).filter(|(class, _)| !class.is_raw());
        self.handles.extend(references.map(|(_, bits)| Value(*bits)));
    }

    fn enter_callee(&mut self, request: &CallRequest, base: *mut u64) -> Result<(), Thrown> {
        let (function, leading) = match request.callee {
            Callee::Function(function) => (function, Vec::new()),
            Callee::Value(value) => {
                let function = self.function_of_value(value, request.args.len())?;
                (function, vec![value.0])
            }
            Callee::Multi(multi) => {
                let chosen = self.dispatch_slots(multi, &request.args)?;
                (chosen.function, chosen.types.iter().map(|ty| u64::from(ty.0)).collect())
            }
        };
        let Some(info) = self.program.functions.get(function as usize).copied() else {
            return Err(self.internal_error("a native calls a function that does not exist"));
        };
        if info.params as usize != leading.len() + request.args.len() {
            return Err(self.internal_error("a native calls a function with a wrong number of arguments"));
        }
        let base = self.ready(function, base)?;
        for (index, bits) in leading.iter().chain(&request.args).enumerate() {
            // SAFETY: the window has room for all parameters.
            unsafe { *base.add(index) = *bits }
        }
        self.push_frame(function, base, internal::resume());
        Ok(())
    }

    /// An activation that a native asked for has returned.
    pub(crate) fn resume_native(&mut self) -> Result<(), Thrown> {
        let Some(continuation) = self.continuations.pop() else {
            return Err(self.internal_error("nothing to go on with"));
        };
        self.pc = continuation.pc;
        let Then::Native { native, reference } = continuation.then else {
            return Err(self.internal_error("a generator went on as a native"));
        };
        // SAFETY: the window began there, and its first slot holds the result.
        let result = Slot(unsafe { *self.stack.add(continuation.base) });
        let mark = self.handles.len();
        if reference {
            self.handles.push(Value(result.0));
        }
        let result = native.resume(&mut NativeContext::new(self), result);
        let done = self.finish_native(result, continuation.pc);
        self.handles.truncate(mark);
        done
    }
}
