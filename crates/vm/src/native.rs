//! Natives: functions in Rust under a key, and what they may do.
//!
//! A native gets its arguments ([`Args`]) and a [`NativeContext`]. It never calls back into the program by itself: to do
//! so it returns [`NativeResult::Call`] with a [`Resumable`] that gets the result, so that calls never nest natively.
//!
//! References: arguments stay alive for the whole call. Whatever a context makes or takes out of a collection is a handle
//! and stays alive until the native returns (or until the end of the [`NativeContext::scope`] around it), whatever is
//! collected meanwhile. What outlives that must be in a [`Resumable`], which is asked for its references.

mod calling;
mod collections;
mod context;

use crate::errors::Thrown;
pub use collections::{Array, Entry};
pub use context::NativeContext;
use sayso_bytecode::{Class, FaultKind, NativeRef};
use sayso_heap::{Kind, Marker, Ref, Value};
use sayso_types::TypeId;
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
    pub(super) slots: *const u64,
    pub(super) classes: &'a [Class],
    pub(super) lifetime: PhantomData<&'a [u64]>,
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
