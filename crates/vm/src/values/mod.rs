//! What values mean whatever their type: text, equality, order, hash.
//!
//! Each of the four is a machine with a stack of its own ([`Displayer`], [`Equality`] and [`Finder`], [`Order`],
//! [`Hasher`]): it walks a value step by step and stops where the program has a function of its own for a value inside
//! ([`Step::Call`]), where its share of work is used up, or where memory is short. So no walk recurses natively, none
//! runs unbounded, and the program's functions are called by whoever drives the machine. The value that a machine is
//! started with is never asked for: dispatch chose the machine's meaning for it already (but a [`Finder`] asks for its
//! key). The functions of this file run a machine to its end and never call.
//!
//! What whoever drives a machine owes: the values of [`Displayer::roots`] and its likes are roots of every collection
//! between two steps, and a machine that is given up half-way is told so ([`Displayer::abandon`]), since it has charged
//! the heap for its stack.

mod display;
mod drive;
mod equal;
mod escape;
pub mod format;
mod hash;
mod hooks;
mod items;
pub mod numbers;
mod order;
mod records;
mod stack;
mod table_order;
#[cfg(test)]
mod tests;

pub use display::Displayer;
pub use equal::{Equality, Finder, Found};
pub use format::format;
pub use hash::Hasher;
pub use hooks::Hook;
pub use order::Order;
pub use records::Prepared;

use sayso_base::Interner;
use sayso_bytecode::{FaultKind, Module};
use sayso_heap::{Heap, Ref, Value};
use sayso_types::TypeStore;
use std::cmp::Ordering;
use std::fmt;

/// What the machines need to know.
pub struct Context<'a> {
    /// Holds the values. Obligation 1 of the heap holds for all values handed in.
    pub heap: &'a mut Heap,
    /// The types that objects' type numbers stand for.
    pub types: &'a TypeStore,
    /// The names in types and symbols.
    pub names: &'a Interner,
    /// The program: its functions' names.
    pub module: &'a Module,
    /// What was found out about the program's records and hooks.
    pub prepared: &'a Prepared,
    /// Units of work until a machine pauses; counts down.
    pub work: u64,
    /// How deep values may be nested in equality, order and hash.
    pub depth: usize,
}

/// What a machine has come to.
#[derive(Debug)]
pub enum Step<T> {
    /// The result.
    Done(T),
    /// The program may have a function for a value inside: call it, and go on with its answer.
    Call(Call),
    /// [`Context::work`] is used up. Give it more and go on, or give up.
    Pause,
    /// There is no room. Collect and go on; if it did not help, the next step fails.
    Collect,
    /// It ended without a result.
    Failed(ValueError),
}

/// A call of a function that the program may have specialised.
#[derive(Clone, Copy, Debug)]
pub struct Call {
    /// Which function.
    pub hook: Hook,
    /// Its arguments; of functions of one parameter the first counts.
    pub args: [Value; 2],
}

impl Call {
    /// The arguments.
    pub fn args(&self) -> &[Value] {
        &self.args[..self.hook.arity()]
    }
}

/// What came of a [`Call`].
#[derive(Clone, Copy, Debug)]
pub enum Answer {
    /// `to_str` and `debug`: this string.
    Text(Ref),
    /// `equal?` and `less?`.
    Bool(bool),
    /// `hash`.
    Hash(u64),
    /// The program has no function of its own for these values.
    Declined,
}

/// Why there is no result.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum ValueError {
    /// Nested deeper than [`Context::depth`], as cyclic values are.
    Depth,
    /// No memory is left.
    Memory,
    /// [`Context::work`] was used up, and the walk cannot pause.
    Work,
    /// A format that the value's type has not.
    NotFormattable {
        /// The letter of the format.
        kind: char,
        /// The value's type.
        ty: &'static str,
    },
}

impl ValueError {
    /// The kind of fault that it is; none for limits, which no program catches.
    pub fn fault(self) -> Option<FaultKind> {
        match self {
            ValueError::Depth => Some(FaultKind::Depth),
            ValueError::NotFormattable { .. } => Some(FaultKind::Value),
            ValueError::Memory | ValueError::Work => None,
        }
    }
}

impl fmt::Display for ValueError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            ValueError::Depth => f.write_str("a value is nested too deeply; it may contain itself"),
            ValueError::Memory => f.write_str("out of memory"),
            ValueError::Work => f.write_str("out of fuel"),
            ValueError::NotFormattable { kind, ty } => {
                let wants = if *kind == 'e' { "numbers" } else { "`i64` and `byte`" };
                write!(f, "the format `{kind}` is for {wants}, and this is of type `{ty}`")
            }
        }
    }
}

impl std::error::Error for ValueError {}

impl Context<'_> {
    /// Takes units of work; false if there are none.
    #[inline(always)]
    fn tick(&mut self) -> bool {
        if self.work == 0 {
            return false;
        }
        self.work -= 1;
        true
    }

    /// Takes the work of walking through so many bytes; that much may be overdrawn.
    #[inline(always)]
    fn tick_bytes(&mut self, bytes: usize) {
        self.work = self.work.saturating_sub(bytes as u64 / 64);
    }
}

fn finish<T>(step: Step<T>) -> Result<T, ValueError> {
    match step {
        Step::Done(result) => Ok(result),
        Step::Failed(error) => Err(error),
        Step::Pause => Err(ValueError::Work),
        // A machine that must not call never does.
        Step::Collect | Step::Call(_) => Err(ValueError::Memory),
    }
}

/// A value as text: as `to_str` gives it or, with `debug`, as `debug` does.
///
/// # Errors
/// [`ValueError::Memory`], [`ValueError::Work`].
pub fn display(cx: &mut Context<'_>, value: Value, debug: bool) -> Result<String, ValueError> {
    let mut machine = Displayer::new(value, debug).without_calls();
    let step = machine.step(cx, None);
    machine.abandon(cx.heap);
    finish(step)
}

/// Whether two values are equal.
///
/// # Errors
/// [`ValueError::Depth`], [`ValueError::Memory`], [`ValueError::Work`].
pub fn equal(cx: &mut Context<'_>, a: Value, b: Value) -> Result<bool, ValueError> {
    if let Some(verdict) = sayso_heap::table::fast_equal(a, b) {
        return Ok(verdict);
    }
    let mut machine = Equality::new(a, b).without_calls();
    let step = machine.step(cx, None);
    machine.abandon(cx.heap);
    finish(step)
}

/// How two values stand in the default order.
///
/// # Errors
/// [`ValueError::Depth`], [`ValueError::Memory`], [`ValueError::Work`].
pub fn compare(cx: &mut Context<'_>, a: Value, b: Value) -> Result<Ordering, ValueError> {
    let mut machine = Order::new(a, b).without_calls();
    let step = machine.step(cx, None);
    machine.abandon(cx.heap);
    finish(step)
}

/// A number that is the same for equal values, on every machine and in every run.
///
/// # Errors
/// [`ValueError::Depth`], [`ValueError::Memory`], [`ValueError::Work`].
pub fn hash(cx: &mut Context<'_>, value: Value) -> Result<u64, ValueError> {
    if let Some(hash) = sayso_heap::table::fast_hash(value) {
        return Ok(hash);
    }
    let mut machine = Hasher::new(value).without_calls();
    let step = machine.step(cx, None);
    machine.abandon(cx.heap);
    finish(step)
}

/// Where a table has a key.
///
/// # Errors
/// [`ValueError::Depth`], [`ValueError::Memory`], [`ValueError::Work`].
pub fn find(cx: &mut Context<'_>, table: Ref, key: Value) -> Result<Found, ValueError> {
    if let Some(hash) = sayso_heap::table::fast_hash(key) {
        return Ok(Found { hash, position: table.table_find_fast(key, hash) });
    }
    let mut machine = Finder::new(table, key).without_calls();
    let step = machine.step(cx, None);
    machine.abandon(cx.heap);
    finish(step)
}
