//! Work on values that may have to ask the program in between.
//!
//! Display, equality, order and hashes look into values of any depth; where the program specialises them for a nested
//! value, its function decides. A [`Machine`] does such work with a stack of its own and says when it needs a call; it
//! goes on with the answer. So neither depth nor callbacks nest natively. What a machine holds across a call is traced by
//! the collector; while it runs, the values that it has met are handles or reachable from such.

use crate::context::Context;
use crate::errors::Thrown;
use crate::native::{CallRequest, Callee, NativeContext, NativeResult, Resumable, Slot};
use sayso_bytecode::Insn;
use sayso_heap::{Marker, Value};

/// Functions that programs specialise, in the order of [`sayso_bytecode::Module::hooks`].
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Hook {
    ToStr = 0,
    Debug = 1,
    Equal = 2,
    Less = 3,
    Hash = 4,
}

/// What a machine says when it stops.
pub(crate) enum Ask<T> {
    Done(T),
    /// The function of this multi-function is to be called with these values.
    Call(u32, Vec<Value>),
}

/// Work that may ask.
pub(crate) trait Machine: Send + 'static {
    type Output;
    /// Starts, or goes on with the answer to what was asked.
    fn run(&mut self, context: &mut Context, answer: Option<Slot>) -> Result<Ask<Self::Output>, Thrown>;
    /// Calls `visit` with all values that it holds.
    fn values(&self, visit: &mut dyn FnMut(Value));
}

/// What is done with a machine's result.
pub(crate) trait Finish<T>: FnOnce(&mut NativeContext<'_>, T) -> NativeResult + Send + 'static {}
impl<T, F: FnOnce(&mut NativeContext<'_>, T) -> NativeResult + Send + 'static> Finish<T> for F {}

struct Waiting<M, F> {
    machine: M,
    finish: F,
    /// Values that `finish` needs.
    held: Vec<Value>,
}

impl<M: Machine, F: Finish<M::Output>> Resumable for Waiting<M, F> {
    fn resume(self: Box<Self>, context: &mut NativeContext<'_>, result: Slot) -> NativeResult {
        let mut waiting = *self;
        waiting.machine.values(&mut |value| context.context.handles.push(value));
        context.context.handles.extend_from_slice(&waiting.held);
        let asked = waiting.machine.run(context.context, Some(result));
        settle(context, asked, waiting)
    }
    fn trace(&self, marker: &mut Marker<'_>) {
        self.machine.values(&mut |value| marker.value(value));
        self.held.iter().for_each(|value| marker.value(*value));
    }
}

fn settle<M: Machine, F: Finish<M::Output>>(
    context: &mut NativeContext<'_>,
    asked: Result<Ask<M::Output>, Thrown>,
    waiting: Waiting<M, F>,
) -> NativeResult {
    match asked {
        Ok(Ask::Done(output)) => (waiting.finish)(context, output),
        Ok(Ask::Call(multi, args)) => NativeResult::Call(Box::new(CallRequest {
            callee: Callee::Multi(multi),
            args: args.iter().map(|value| value.0).collect(),
            then: Box::new(waiting),
        })),
        Err(thrown) => NativeResult::Throw(thrown),
    }
}

/// Runs a machine for a native; `held` are the values that `finish` needs.
pub(crate) fn start<M: Machine, F: Finish<M::Output>>(
    context: &mut NativeContext<'_>,
    mut machine: M,
    held: Vec<Value>,
    finish: F,
) -> NativeResult {
    let asked = machine.run(context.context, None);
    settle(context, asked, Waiting { machine, finish, held })
}

impl Context {
    /// Runs a machine for the current instruction, whose result is what `finish` returns.
    pub(crate) fn run_machine<M: Machine, F: Finish<M::Output>>(
        &mut self,
        machine: M,
        held: Vec<Value>,
        finish: F,
    ) -> Result<(), Thrown> {
        let pc: *const Insn = self.pc;
        let mark = self.handles.len();
        let result = start(&mut NativeContext::new(self), machine, held, finish);
        let done = self.finish_native(result, pc);
        self.handles.truncate(mark);
        done
    }

    /// The multi-function to be asked if the program's own function decides for these values.
    pub(crate) fn hooked(&mut self, hook: Hook, values: &[Value]) -> Result<Option<u32>, Thrown> {
        let Some(multi) = self.program.module().hooks[hook as usize].filter(|_| !self.hooks_off) else {
            return Ok(None);
        };
        let args: smallvec::SmallVec<[u64; 2]> = values.iter().map(|value| value.0).collect();
        let choice = self.dispatch_slots(multi, &args)?;
        let program = self.program();
        let function = program.module().functions.get(choice.function as usize);
        let library = function.and_then(|f| program.module().modules.get(f.module as usize)).is_some_and(|m| m.library);
        Ok((!library).then_some(multi))
    }
}
