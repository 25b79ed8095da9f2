//! The machines inside a VM: fuel, collections and limits, and calls of what the program specialises.
//!
//! A machine that wants the program called becomes a native that waits for the result ([`Resumable`]), whichever
//! instruction or native has started it. Its values are roots of collections from then on; before, and whenever it runs
//! again, they are put among the handles for the time.

use super::{
    Answer, Call, Context, Displayer, Equality, Finder, Found, Hasher, Hook, Order, Step, ValueError, format,
};
use crate::context::Context as Vm;
use crate::errors::{Excess, Thrown};
use crate::native::{CallRequest, Callee, Handle, NativeContext, NativeResult, Resumable, Slot};
use sayso_bytecode::module::FormatSpec;
use sayso_bytecode::Class;
use sayso_heap::table::{as_int, fast_equal, fast_hash};
use sayso_heap::{Heap, Marker, Ref, Value};
use std::cmp::Ordering;

/// What all machines have in common.
pub(crate) trait Machine: Send + 'static {
    type Output;
    fn step(&mut self, cx: &mut Context<'_>, answer: Option<Answer>) -> Step<Self::Output>;
    fn roots(&self, visit: &mut dyn FnMut(Value));
    fn abandon(&mut self, heap: &mut Heap);
}

macro_rules! machines {
    ($($machine:ty => $output:ty),*) => {
        $(impl Machine for $machine {
            type Output = $output;
            fn step(&mut self, cx: &mut Context<'_>, answer: Option<Answer>) -> Step<$output> {
                <$machine>::step(self, cx, answer)
            }
            fn roots(&self, visit: &mut dyn FnMut(Value)) {
                <$machine>::roots(self, visit);
            }
            fn abandon(&mut self, heap: &mut Heap) {
                <$machine>::abandon(self, heap);
            }
        })*
    };
}
machines!(Displayer => String, Equality => bool, Order => Ordering, Hasher => u64, Finder => Found);

/// What becomes of a machine's result.
pub(crate) trait Finish<T>: Send + 'static {
    fn finish(self, context: &mut NativeContext<'_>, result: T) -> NativeResult;
    /// Values that it needs.
    fn roots(&self, visit: &mut dyn FnMut(Value)) {
        let _ = visit;
    }
}

impl<T, F: FnOnce(&mut NativeContext<'_>, T) -> NativeResult + Send + 'static> Finish<T> for F {
    fn finish(self, context: &mut NativeContext<'_>, result: T) -> NativeResult {
        self(context, result)
    }
}

/// A machine that waits for an answer of the program.
struct Walk<M: Machine, F> {
    machine: M,
    asked: Hook,
    then: F,
}

impl<M: Machine, F: Finish<M::Output>> Resumable for Walk<M, F> {
    fn resume(self: Box<Self>, context: &mut NativeContext<'_>, result: Slot) -> NativeResult {
        let answer = context.context.answer(self.asked, result);
        context.context.walk(self.machine, Some(answer), self.then)
    }
    fn trace(&self, marker: &mut Marker<'_>) {
        self.machine.roots(&mut |value| marker.value(value));
        self.then.roots(&mut |value| marker.value(value));
    }
    fn abandoned(&mut self, context: &mut NativeContext<'_>) {
        self.machine.abandon(&mut context.context.heap);
    }
}

enum Progress<T> {
    Done(T),
    /// The program is to be asked.
    Ask(Call, u32),
}

impl Vm {
    fn values(&mut self) -> Context<'_> {
        let depth = (self.limits.depth as usize).saturating_sub(self.frame_index());
        Context {
            work: u64::try_from(self.fuel).unwrap_or(0),
            heap: &mut self.heap,
            types: &self.types.store,
            names: &self.program.names,
            module: self.program.module(),
            prepared: &self.program.prepared,
            depth,
        }
    }

    /// Runs a machine until it is done or wants the program asked. `roots` are further values to be kept.
    fn drive<M: Machine>(
        &mut self,
        machine: &mut M,
        mut answer: Option<Answer>,
        roots: &dyn Fn(&mut dyn FnMut(Value)),
    ) -> Result<Progress<M::Output>, Thrown> {
        loop {
            let mut cx = self.values();
            let before = cx.work;
            let step = machine.step(&mut cx, answer.take());
            let used = before - cx.work;
            self.fuel = self.fuel.saturating_sub_unsigned(used);
            let mark = self.handles.len();
            machine.roots(&mut |value| self.handles.push(value));
            roots(&mut |value| self.handles.push(value));
            let failed = match step {
                Step::Done(result) => {
                    self.handles.truncate(mark);
                    return Ok(Progress::Done(result));
                }
                Step::Call(call) => match self.specialisation(&call) {
                    // The handles stay until the machine is among the continuations.
                    Ok(Some(multi)) => return Ok(Progress::Ask(call, multi)),
                    Ok(None) => {
                        answer = Some(Answer::Declined);
                        None
                    }
                    Err(thrown) => Some(thrown),
                },
                Step::Pause => self.charge(1).err(),
                Step::Collect => {
                    self.collect(true);
                    None
                }
                Step::Failed(error) => Some(self.value_error(error)),
            };
            self.handles.truncate(mark);
            if let Some(thrown) = failed {
                machine.abandon(&mut self.heap);
                return Err(thrown);
            }
        }
    }

    /// The multi-function to be called, if dispatch chooses a function of the program's there.
    fn specialisation(&mut self, call: &Call) -> Result<Option<u32>, Thrown> {
        let program = self.program.clone();
        let Some(multi) = program.module().hooks.get(call.hook as usize).copied().flatten() else { return Ok(None) };
        let dynamic = |class: &Class| !class.is_raw();
        if !program.module().multis.get(multi as usize).is_some_and(|multi| multi.params.iter().all(dynamic)) {
            return Ok(None);
        }
        self.handles.extend(call.args());
        let args: Vec<u64> = call.args().iter().map(|value| value.0).collect();
        let chosen = self.dispatch_slots(multi, &args)?;
        Ok((!program.prepared.is_builtin(call.hook, chosen.function)).then_some(multi))
    }

    fn answer(&self, hook: Hook, result: Slot) -> Answer {
        let module = self.program.module();
        let multi = module.hooks.get(hook as usize).copied().flatten();
        let class = multi.and_then(|multi| module.multis.get(multi as usize)).map_or(Class::Dyn, |multi| multi.result);
        let value = Value(result.0);
        let answer = match (hook, class) {
            (Hook::ToStr | Hook::Debug, Class::Ref | Class::Dyn) => {
                value.as_object().filter(|object| object.is_str()).map(Answer::Text)
            }
            (Hook::Equal | Hook::Less, Class::Bool) => Some(Answer::Bool(result.0 & 1 != 0)),
            (Hook::Equal | Hook::Less, Class::Dyn) => value.is_bool().then(|| Answer::Bool(value == Value::TRUE)),
            (Hook::Hash, Class::I64) => Some(Answer::Hash(result.0)),
            (Hook::Hash, Class::Dyn) => as_int(value).map(|hash| Answer::Hash(hash as u64)),
            _ => None,
        };
        answer.unwrap_or(Answer::Declined)
    }

    /// A failure of a machine as an error.
    fn value_error(&mut self, error: ValueError) -> Thrown {
        match (error.fault(), error) {
            (Some(kind), _) => self.fault(kind, error.to_string()),
            (None, ValueError::Work) => self.exceed(Excess::Fuel),
            (None, _) => self.out_of_memory(),
        }
    }

    /// Runs a machine to its end, through any calls; `then` makes the native's result of its result. Handles may be
    /// left behind.
    pub(crate) fn walk<M: Machine, F: Finish<M::Output>>(
        &mut self,
        mut machine: M,
        answer: Option<Answer>,
        then: F,
    ) -> NativeResult {
        match self.drive(&mut machine, answer, &|visit| then.roots(visit)) {
            Ok(Progress::Done(result)) => then.finish(&mut NativeContext::new(self), result),
            Ok(Progress::Ask(call, multi)) => NativeResult::Call(Box::new(CallRequest {
                callee: Callee::Multi(multi),
                args: call.args().iter().map(|value| value.0).collect(),
                then: Box::new(Walk { machine, asked: call.hook, then }),
            })),
            Err(thrown) => NativeResult::Throw(thrown),
        }
    }

    /// Runs a machine that never calls.
    fn run<M: Machine>(&mut self, machine: &mut M) -> Result<M::Output, Thrown> {
        match self.drive(machine, None, &|_| ())? {
            Progress::Done(result) => Ok(result),
            Progress::Ask(..) => Err(self.internal_error("a walk that must not call did")),
        }
    }

    // ---- where nobody specialised

    /// A value as text.
    pub(crate) fn text_of(&mut self, value: Value, debug: bool) -> Result<String, Thrown> {
        self.run(&mut Displayer::new(value, debug).without_calls())
    }

    /// Whether two values are equal.
    #[inline]
    pub(crate) fn equal(&mut self, a: Value, b: Value) -> Result<bool, Thrown> {
        match fast_equal(a, b) {
            Some(verdict) => Ok(verdict),
            None => self.run(&mut Equality::new(a, b).without_calls()),
        }
    }

    /// The default order.
    pub(crate) fn compare(&mut self, a: Value, b: Value) -> Result<Ordering, Thrown> {
        self.run(&mut Order::new(a, b).without_calls())
    }

    /// The hash that programs see.
    pub(crate) fn hash_of(&mut self, value: Value) -> Result<i64, Thrown> {
        match fast_hash(value) {
            Some(hash) => Ok(hash as i64),
            None => Ok(self.run(&mut Hasher::new(value).without_calls())? as i64),
        }
    }

    /// The hash of a key and its position, if it is there.
    pub(crate) fn table_position(&mut self, table: Ref, key: Value) -> Result<(u64, Option<usize>), Thrown> {
        if let Some(hash) = fast_hash(key) {
            return Ok((hash, table.table_find_fast(key, hash)));
        }
        let found = self.run(&mut Finder::new(table, key).without_calls())?;
        Ok((found.hash, found.position))
    }

    /// A value as text by a format; what has no format of its own is formatted as text.
    pub(crate) fn formatted(&mut self, spec: &FormatSpec, value: Value) -> Result<String, Thrown> {
        self.charge(u64::from(spec.width.unwrap_or(0).max(spec.precision.unwrap_or(0))) / 8)?;
        let mut result = format(&mut self.heap, spec, value);
        if result == Err(ValueError::Memory) {
            self.collect(true);
            result = format(&mut self.heap, spec, value);
        }
        result.map_err(|error| self.value_error(error))
    }

    // ---- instructions, which ask the program about what is inside

    /// Runs a machine for the instruction at `pc`; its result goes into the instruction's first register.
    fn instruction<M: Machine, F: Finish<M::Output>>(&mut self, machine: M, then: F) -> Result<(), Thrown> {
        let (pc, mark) = (self.pc, self.handles.len());
        let result = self.walk(machine, None, then);
        let done = self.finish_native(result, pc);
        self.handles.truncate(mark);
        done
    }

    /// `dyn_to_str`
    pub(crate) fn text_instruction(&mut self, value: Value, debug: bool) -> Result<(), Thrown> {
        self.instruction(Displayer::new(value, debug), give_text)
    }

    /// `eq_dyn`
    pub(crate) fn equal_instruction(&mut self, a: Value, b: Value) -> Result<(), Thrown> {
        self.instruction(Equality::new(a, b), |_: &mut NativeContext<'_>, equal: bool| {
            NativeResult::Return(Slot::bool(equal))
        })
    }

    /// `cmp_dyn`
    pub(crate) fn compare_instruction(&mut self, a: Value, b: Value) -> Result<(), Thrown> {
        self.instruction(Order::new(a, b), |_: &mut NativeContext<'_>, order: Ordering| {
            NativeResult::Return(Slot::int(order as i64))
        })
    }

    /// `table_get`
    pub(crate) fn table_get_instruction(&mut self, table: Ref, key: Value) -> Result<(), Thrown> {
        self.instruction(Finder::new(table, key), Get { table, key })
    }

    /// `table_set`
    pub(crate) fn table_set_instruction(&mut self, table: Ref, key: Value, value: Value) -> Result<(), Thrown> {
        self.instruction(Finder::new(table, key), Set { table, key, value })
    }

    /// The hash of a key that is found without any function of the program's and without a machine.
    #[inline]
    pub(crate) fn plain_key(&self, key: Value) -> Option<u64> {
        fast_hash(key).filter(|_| self.program.prepared.is_plain_key(&self.types.store, key))
    }
}

/// Makes a string the result.
pub(crate) fn give_text(context: &mut NativeContext<'_>, text: String) -> NativeResult {
    match context.context.string(&text) {
        Ok(string) => NativeResult::Return(Slot(string.bits())),
        Err(thrown) => NativeResult::Throw(thrown),
    }
}

/// Gives the value of a key that was looked for.
struct Get {
    table: Ref,
    key: Value,
}

impl Finish<Found> for Get {
    fn finish(self, context: &mut NativeContext<'_>, found: Found) -> NativeResult {
        match found.position.and_then(|position| self.table.table_entry(position)) {
            Some((_, value)) => NativeResult::Return(Slot(value.0)),
            None => NativeResult::Throw(context.context.key_fault(self.key)),
        }
    }
    fn roots(&self, visit: &mut dyn FnMut(Value)) {
        visit(Value::object(self.table));
        visit(self.key);
    }
}

/// Sets the value of a key that was looked for. The result is the table, whose register is the instruction's first.
struct Set {
    table: Ref,
    key: Value,
    value: Value,
}

impl Finish<Found> for Set {
    fn finish(self, context: &mut NativeContext<'_>, found: Found) -> NativeResult {
        let vm = &mut *context.context;
        if self.table.is_frozen() {
            return NativeResult::Throw(vm.frozen());
        }
        self.roots(&mut |value| vm.handles.push(value));
        // The program's function may have changed the table meanwhile.
        match found.position.filter(|position| self.table.table_entry(*position).is_some()) {
            Some(position) => vm.heap.table_set_value(self.table, position, self.value),
            None => {
                if let Err(thrown) =
                    vm.alloc(|heap| heap.table_insert(self.table, found.hash, self.key, self.value))
                {
                    return NativeResult::Throw(thrown);
                }
            }
        }
        NativeResult::Return(Slot(self.table.bits()))
    }
    fn roots(&self, visit: &mut dyn FnMut(Value)) {
        visit(Value::object(self.table));
        visit(self.key);
        visit(self.value);
    }
}

impl NativeContext<'_> {
    /// The hash of a value as a native's result; the program is asked about what is inside.
    pub fn hash_result(&mut self, value: Handle) -> NativeResult {
        self.context.walk(Hasher::new(value.0), None, |_: &mut NativeContext<'_>, hash: u64| {
            NativeResult::Return(Slot::int(hash as i64))
        })
    }

    /// Looks a key up as the machine does, asking the program about it, and goes on with the position of its entry.
    /// `then` gets what it needs of the native's arguments in `kept`.
    pub fn find_then<const N: usize>(
        &mut self,
        table: Handle,
        key: Handle,
        kept: [Handle; N],
        then: fn(&mut NativeContext<'_>, [Handle; N], Option<usize>) -> NativeResult,
    ) -> NativeResult {
        match self.context.table_of(table.0) {
            Ok(table) => self.context.walk(Finder::new(table, key.0), None, Kept { kept, then }),
            Err(thrown) => NativeResult::Throw(thrown),
        }
    }
}

struct Kept<const N: usize> {
    kept: [Handle; N],
    then: fn(&mut NativeContext<'_>, [Handle; N], Option<usize>) -> NativeResult,
}

impl<const N: usize> Finish<Found> for Kept<N> {
    fn finish(self, context: &mut NativeContext<'_>, found: Found) -> NativeResult {
        self.roots(&mut |value| context.context.handles.push(value));
        (self.then)(context, self.kept, found.position)
    }
    fn roots(&self, visit: &mut dyn FnMut(Value)) {
        self.kept.iter().for_each(|handle| visit(handle.0));
    }
}
