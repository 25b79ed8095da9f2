//! The VM as its host sees it.

use crate::context::{ComptimeState, Context, ModuleState};
use crate::engine::{self, Engine, internal};
use crate::errors::VmError;
use crate::host::{AbortHandle, Host, Limits};
use crate::native::{IntoSlot, Native, Slot};
use crate::program::Program;
use crate::reload::table_of;
use sayso_bytecode::{Class, Constant, FunctionId};
use sayso_heap::value::Unpacked;
use sayso_heap::{Kind, Value};
use sayso_types::{TypeId, TypeKind};
use std::sync::Arc;

/// How a program ended.
#[derive(Clone, PartialEq, Debug)]
pub enum ExitValue {
    /// Without a result that counts.
    Done,
    /// By an `i64`, the exit status.
    Status(i64),
    /// By an `Err`; what it holds, as text.
    Failed(String),
}

/// A value on its way between host and program.
#[derive(Clone, PartialEq, Debug)]
pub enum Datum {
    /// `()`
    Unit,
    /// `i64`
    Int(i64),
    /// `f64`
    Float(f64),
    /// `bool`
    Bool(bool),
    /// `byte`
    Byte(u8),
    /// `str`
    Str(String),
    /// `#name`
    Symbol(String),
    /// Anything else, kept in the VM.
    Object(Rooted),
}

/// A value that the host holds. It is kept alive until this is dropped.
pub struct Rooted {
    inner: Arc<RootedInner>,
}

struct RootedInner {
    index: u32,
    released: Arc<std::sync::Mutex<Vec<u32>>>,
}

impl Drop for RootedInner {
    fn drop(&mut self) {
        self.released.lock().unwrap_or_else(std::sync::PoisonError::into_inner).push(self.index);
    }
}
impl Clone for Rooted {
    fn clone(&self) -> Self {
        Rooted { inner: self.inner.clone() }
    }
}
impl PartialEq for Rooted {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.inner, &other.inner)
    }
}
impl std::fmt::Debug for Rooted {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Rooted({})", self.inner.index)
    }
}

/// What a VM has used.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Usage {
    /// Fuel since it was given.
    pub fuel: u64,
    /// Bytes now.
    pub memory: usize,
    /// The most bytes at any time so far.
    pub peak_memory: usize,
    /// Collections so far.
    pub collections: u64,
}

/// One run of a program: its own heap, globals and stacks. It stays usable after an error.
pub struct Vm {
    context: Box<Context>,
    engine: Engine,
}

impl Vm {
    /// A VM of a program.
    ///
    /// # Errors
    /// A native that the program needs is missing or another than it needs; not enough memory.
    pub fn new(program: Arc<Program>, natives: &[Native], host: Host, limits: Limits) -> Result<Vm, VmError> {
        let table = natives_of(&program, natives)?;
        let context = Context::new(program, table, host, limits)
            .map_err(|_| VmError::setup("the memory limit is too small for this program"))?;
        Ok(Vm { context, engine: Engine::default() })
    }

    /// Goes on with another program: variables keep what they hold, modules whose statements have run are not run again,
    /// values that the host holds stay what they are. `rebuild` is a function of the new program that takes a table and
    /// gives a new one with the same entries: tables whose keys may have other hashes in the new program (symbols, types,
    /// and all that is made of several values) are made anew by it.
    ///
    /// # Errors
    /// As [`Vm::new`]; code is running; the new program lacks a type, function or symbol that a value or variable needs;
    /// there are such tables and no `rebuild`. The VM is as it was then. An error while tables are made anew (a limit, or
    /// the program's own `hash`) leaves the VM with the new program, in which the rest of them do not find their keys.
    pub fn reload(
        &mut self,
        program: Arc<Program>,
        natives: &[Native],
        rebuild: Option<FunctionId>,
    ) -> Result<(), VmError> {
        let natives = natives_of(&program, natives)?;
        let tables = self.context.reload(program, natives, rebuild.is_some())?;
        let Some(rebuild) = rebuild else { return Ok(()) };
        let held: Vec<Datum> = tables.iter().map(|table| self.rooted(*table)).collect();
        for (table, held) in tables.into_iter().zip(held) {
            let made = self.call(rebuild, &[held])?;
            let made = self.to_value(&made)?;
            if let (Some(old), Some(new)) = (table_of(table), table_of(made)) {
                self.context.heap.swap_tables(old, new);
            }
        }
        Ok(())
    }

    fn rooted(&mut self, value: Value) -> Datum {
        let index = self.context.roots.add(value);
        let released = self.context.roots.released();
        Datum::Object(Rooted { inner: Arc::new(RootedInner { index, released }) })
    }

    fn global_index(&self, name: &str) -> Option<usize> {
        let program = &self.context.program;
        let globals = &program.module().globals;
        let index = globals.iter().rposition(|global| program.name(global.name) == name)?;
        self.context.global_is_set(index).then_some(index)
    }

    /// Whether the last top-level variable of this name (`module.name`) has a value.
    pub fn has_global(&self, name: &str) -> bool {
        self.global_index(name).is_some()
    }

    /// Calls a function with what the last top-level variable of this name holds; none if that has no value.
    ///
    /// # Errors
    /// As [`Vm::call`].
    pub fn call_with_global(&mut self, function: FunctionId, name: &str) -> Result<Option<Datum>, VmError> {
        let Some(index) = self.global_index(name) else { return Ok(None) };
        let class = self.context.program.module().globals[index].class;
        let value = self.context.box_slot(class, self.context.global_slot(index));
        let value = value.map_err(|_| self.context.take_error())?;
        let held = self.rooted(value);
        self.call(function, &[held]).map(Some)
    }

    /// Chooses the engine.
    pub fn set_engine(&mut self, engine: Engine) {
        self.engine = engine;
    }
    /// Collects at every allocation and poisons what is freed, to find mistakes.
    pub fn set_stress(&mut self, on: bool) {
        self.context.heap.set_stress(on);
    }
    /// The program.
    pub fn program(&self) -> &Arc<Program> {
        &self.context.program
    }
    /// The host.
    pub fn host(&mut self) -> &mut Host {
        &mut self.context.host
    }
    /// Ends runs of this VM from any thread.
    pub fn abort_handle(&self) -> AbortHandle {
        self.context.abort.clone()
    }
    /// Gives fuel anew; none for no bound.
    pub fn set_fuel(&mut self, fuel: Option<u64>) {
        self.context.limits.fuel = fuel;
        self.context.set_fuel(fuel);
    }
    /// What it has used.
    pub fn usage(&self) -> Usage {
        let statistics = self.context.heap.statistics();
        Usage {
            fuel: self.context.fuel_used(),
            memory: self.context.heap.committed(),
            peak_memory: self.context.heap.peak(),
            collections: statistics.minor + statistics.full,
        }
    }
    /// Collects garbage.
    pub fn collect(&mut self) {
        self.context.pc = std::ptr::null();
        self.context.collect(true);
    }
    /// Reports of objects that were dropped without having been closed.
    pub fn take_leaks(&mut self) -> Vec<String> {
        std::mem::take(&mut self.context.heap.leaks)
    }
    /// Checks the whole heap: how many objects there are, or what is wrong.
    ///
    /// # Errors
    /// What was found wrong.
    pub fn verify_heap(&self) -> Result<usize, String> {
        self.context.verify_heap()
    }

    /// Runs the top-level statements of the program's module (and of those it imports), then `main`.
    ///
    /// # Errors
    /// What nobody caught, or a limit.
    pub fn run_main(&mut self, args: &[String]) -> Result<ExitValue, VmError> {
        self.context.start_clock();
        let program = self.context.program();
        let module = program.module();
        let main_module = module.main_module as usize;
        if self.context.modules.get(main_module) == Some(&ModuleState::New) {
            self.context.modules[main_module] = ModuleState::Running;
            let init = module.modules[main_module].init;
            self.invoke(init, &[])?;
            self.context.modules[main_module] = ModuleState::Done;
        }
        let Some((main, takes_args, result)) = module.main else { return Ok(ExitValue::Done) };
        let bits = if takes_args {
            let args = self.string_array(args)?;
            self.invoke(main, &[args.0])?
        } else {
            self.invoke(main, &[])?
        };
        match result {
            Some(ty) => self.exit_value(main, bits, ty),
            None => Ok(ExitValue::Done),
        }
    }

    /// Runs the top-level statements of the program's module unless they have run.
    ///
    /// # Errors
    /// As [`Vm::run_main`].
    pub fn run_init(&mut self) -> Result<(), VmError> {
        self.context.start_clock();
        let program = self.context.program();
        let main_module = program.module().main_module as usize;
        if self.context.modules.get(main_module) == Some(&ModuleState::New) {
            self.context.modules[main_module] = ModuleState::Running;
            self.invoke(program.module().modules[main_module].init, &[])?;
            self.context.modules[main_module] = ModuleState::Done;
        }
        Ok(())
    }

    fn exit_value(&mut self, main: FunctionId, bits: u64, ty: TypeId) -> Result<ExitValue, VmError> {
        let class = self.context.program.module().functions[main as usize].result;
        if ty == TypeId::I64 && class == Class::I64 {
            return Ok(ExitValue::Status(bits as i64));
        }
        let Some(object) = (!class.is_raw()).then_some(Value(bits)).and_then(Value::as_object) else {
            return Ok(ExitValue::Done);
        };
        let decl = self.context.types.decl_of(TypeId(object.type_number()));
        let err = self.context.program.known.err.and_then(|err| self.context.types.decl_of(err.0));
        if decl.is_none() || decl != err || !object.is(Kind::OpenRecord) {
            return Ok(match (self.result_int(object), ty) {
                (Some(status), _) => ExitValue::Status(status),
                _ => ExitValue::Done,
            });
        }
        let held = object.ref_slot(0).unwrap_or(Value::UNIT);
        match self.context.text_of(held, false) {
            Ok(text) => Ok(ExitValue::Failed(text)),
            Err(_) => Err(self.context.take_error()),
        }
    }

    /// The integer that an `Ok` holds.
    fn result_int(&self, object: sayso_heap::Ref) -> Option<i64> {
        let ok = self.context.program.known.ok.and_then(|ok| self.context.types.decl_of(ok.0))?;
        let same = self.context.types.decl_of(TypeId(object.type_number())) == Some(ok);
        if same { sayso_heap::table::as_int(object.ref_slot(0)?) } else { None }
    }

    fn string_array(&mut self, texts: &[String]) -> Result<Value, VmError> {
        let context = &mut *self.context;
        let mark = context.handles.len();
        let mut make = || {
            let ty = context.types.store.array(TypeId::STR);
            let array = context.new_array(ty, texts.len())?;
            context.handles.push(Value::object(array));
            for text in texts {
                let text = context.string(text)?;
                context.array_push_value(Value::object(array), Value::object(text))?;
            }
            Ok(Value::object(array))
        };
        let made: Result<Value, crate::errors::Thrown> = make();
        self.context.handles.truncate(mark);
        made.map_err(|_| self.context.take_error())
    }

    /// Calls a function.
    ///
    /// # Errors
    /// Arguments of wrong number or class; what nobody caught; a limit.
    pub fn call(&mut self, function: FunctionId, args: &[Datum]) -> Result<Datum, VmError> {
        self.context.start_clock();
        let program = self.context.program();
        let Some(info) = program.module().functions.get(function as usize) else {
            return Err(VmError::setup("there is no such function"));
        };
        if info.params.len() != args.len() {
            let wanted = info.params.len();
            return Err(VmError::setup(format!("the function takes {wanted} arguments, not {}", args.len())));
        }
        let mark = self.context.handles.len();
        let mut slots = Vec::with_capacity(args.len());
        for (arg, class) in args.iter().zip(&info.params) {
            let value = self.to_value(arg)?;
            self.context.handles.push(value);
            match Context::unbox_slot(*class, value) {
                Some(bits) => slots.push(bits),
                None => {
                    self.context.handles.truncate(mark);
                    return Err(VmError::setup(format!("an argument of class {class:?} was expected")));
                }
            }
        }
        let result = self.invoke(function, &slots);
        self.context.handles.truncate(mark);
        let bits = result?;
        self.to_datum(info.result, bits)
    }

    /// The value of a compile-time expression, computed unless it has been, as constants appended to `out`, which should
    /// be the module's. None if it cannot be a constant.
    ///
    /// # Errors
    /// As [`Vm::call`].
    pub fn run_comptime(&mut self, index: u32, out: &mut Vec<Constant>) -> Result<Option<u32>, VmError> {
        let program = self.context.program();
        let Some(&(function, class)) = program.module().comptimes.get(index as usize) else {
            return Err(VmError::setup("there is no such compile-time expression"));
        };
        self.context.start_clock();
        let bits = match self.context.comptimes[index as usize] {
            ComptimeState::Done(bits) => bits,
            ComptimeState::Running => return Err(VmError::setup("the expression is being computed")),
            ComptimeState::New => {
                self.context.comptimes[index as usize] = ComptimeState::Running;
                let result = self.invoke(function, &[]);
                self.context.comptimes[index as usize] = match &result {
                    Ok(bits) => ComptimeState::Done(*bits),
                    Err(_) => ComptimeState::New,
                };
                result?
            }
        };
        let constants = match self.context.box_slot(class, bits) {
            Ok(value) => {
                self.context.handles.push(value);
                let constants = self.context.to_constants(value, out);
                self.context.handles.pop();
                constants
            }
            Err(thrown) => Err(thrown),
        };
        constants.map_err(|_| self.context.take_error())
    }

    /// Text of a value, as a program would display it.
    ///
    /// # Errors
    /// A limit.
    pub fn display(&mut self, datum: &Datum) -> Result<String, VmError> {
        let value = self.to_value(datum)?;
        self.context.text_of(value, false).map_err(|_| self.context.take_error())
    }

    fn to_value(&mut self, datum: &Datum) -> Result<Value, VmError> {
        let made = match datum {
            Datum::Unit => Ok(Value::UNIT),
            Datum::Int(i) => self.context.int(*i),
            Datum::Float(f) => Ok(Value::float(*f)),
            Datum::Bool(b) => Ok(Value::bool(*b)),
            Datum::Byte(b) => Ok(Value::byte(*b)),
            Datum::Str(text) => self.context.string(text).map(Value::object),
            Datum::Symbol(text) => match self.context.program.names().lookup(text) {
                Some(name) => Ok(Value::symbol(name.0)),
                None => return Err(VmError::setup(format!("the program knows no symbol `#{text}`"))),
            },
            Datum::Object(rooted) => {
                let own = Arc::ptr_eq(&rooted.inner.released, &self.context.roots.released());
                if !own {
                    return Err(VmError::setup("a value of another VM"));
                }
                Ok(self.context.roots.get(rooted.inner.index))
            }
        };
        made.map_err(|_| self.context.take_error())
    }

    fn to_datum(&mut self, class: Class, bits: u64) -> Result<Datum, VmError> {
        let value = match class {
            Class::I64 => return Ok(Datum::Int(bits as i64)),
            _ => self.context.box_slot(class, bits).map_err(|_| self.context.take_error())?,
        };
        Ok(match value.unpack() {
            Unpacked::Int(i) => Datum::Int(i),
            Unpacked::Float(f) => Datum::Float(f),
            Unpacked::Unit | Unpacked::Unset => Datum::Unit,
            Unpacked::Bool(b) => Datum::Bool(b),
            Unpacked::Byte(b) => Datum::Byte(b),
            Unpacked::Symbol(name) => Datum::Symbol(self.context.program.name(name).to_string()),
            Unpacked::Type(ty) => Datum::Str(self.context.shown_type(TypeId(ty))),
            // SAFETY: the value was just returned, and its text is copied at once.
            Unpacked::Object(object) if object.is_str() => Datum::Str(unsafe { object.str_text() }.to_string()),
            Unpacked::Object(object) if object.is(Kind::BoxedInt) => Datum::Int(object.boxed_int()),
            Unpacked::Object(_) => self.rooted(value),
        })
    }

    /// The number of an exported function, `module.name`.
    pub fn export(&self, name: &str) -> Option<FunctionId> {
        let module = self.context.program.module();
        module
            .exports
            .iter()
            .find(|(index, _)| self.context.program.name(*index) == name)
            .map(|(_, function)| *function)
    }

    /// The static type of a function value, where the program says it.
    pub fn is_function_type(&self, ty: TypeId) -> bool {
        matches!(self.context.types.store.kind(ty), TypeKind::Function { .. })
    }

    /// Runs a function until it returns; the bits of its result.
    fn invoke(&mut self, function: FunctionId, args: &[u64]) -> Result<u64, VmError> {
        let context = &mut *self.context;
        context.failed = false;
        let cleanups = context.cleanups.len();
        let outer = context.stack_index(context.regs);
        context.pc = internal::halt();
        let base = if context.frame == context.frames { context.stack } else { context.free_window() };
        let entered = context.ready(function, base).map(|base| {
            for (index, bits) in args.iter().enumerate() {
                // SAFETY: the window has room for all registers of the function.
                unsafe { *base.add(index) = *bits }
            }
            context.push_frame(function, base, internal::halt());
        });
        if entered.is_err() {
            let error = self.context.take_error();
            self.finish();
            return Err(error);
        }
        let base = self.context.stack_index(self.context.regs);
        engine::run(&mut self.context, self.engine);
        let context = &mut *self.context;
        context.cleanups.truncate(cleanups);
        context.regs = context.stack.wrapping_add(outer);
        context.pc = internal::halt();
        if context.failed {
            context.failed = false;
            let error = context.take_error();
            self.finish();
            return Err(error);
        }
        // SAFETY: the result stands at the beginning of the window.
        let bits = unsafe { *context.stack.add(base) };
        self.finish();
        Ok(bits)
    }

    fn finish(&mut self) {
        self.context.last_caught = None;
        self.context.close_reserve();
    }
}

/// The natives that a program needs, in its order.
fn natives_of(program: &Program, natives: &[Native]) -> Result<Vec<Native>, VmError> {
    let mut table = Vec::with_capacity(program.module().natives.len());
    for wanted in &program.module().natives {
        let key = program.name(wanted.key);
        let Some(native) = natives.iter().find(|native| native.key == key) else {
            return Err(VmError::setup(format!("the program needs the native `{key}`, which there is not")));
        };
        if let Some(mismatch) = native.mismatch(wanted) {
            return Err(VmError::setup(mismatch));
        }
        table.push(native.clone());
    }
    Ok(table)
}

/// Natives that need nothing but standard output.
pub fn basic_natives() -> Vec<Native> {
    fn print(context: &mut crate::NativeContext<'_>, args: crate::Args<'_>) -> crate::NativeResult {
        write_text(context, args, "").into()
    }
    fn println(context: &mut crate::NativeContext<'_>, args: crate::Args<'_>) -> crate::NativeResult {
        write_text(context, args, "\n").into()
    }
    vec![
        Native::new("io.print", &[Class::Ref], Class::Dyn, print),
        Native::new("io.println", &[Class::Ref], Class::Dyn, println),
    ]
}

/// The natives behind `next` and `close` of generators.
pub fn generator_natives() -> Vec<Native> {
    use crate::{Args, NativeContext, NativeResult};
    fn next(_context: &mut NativeContext<'_>, args: Args<'_>) -> NativeResult {
        NativeResult::Next(args.value(1))
    }
    fn close(_context: &mut NativeContext<'_>, args: Args<'_>) -> NativeResult {
        NativeResult::Close(args.value(0))
    }
    vec![
        Native::new("core.generator_next", &[Class::I64, Class::Ref], Class::Ref, next),
        Native::new("core.generator_close", &[Class::Ref], Class::Dyn, close),
    ]
}

fn write_text(context: &mut crate::NativeContext<'_>, args: crate::Args<'_>, end: &str) -> Result<Slot, crate::Thrown> {
    let text = args.text(context, 0)?;
    context.charge(text.len() as u64 / 16)?;
    let out = &mut context.host().stdout;
    let written = out.write_all(text.as_bytes()).and_then(|()| out.write_all(end.as_bytes()));
    match written {
        Ok(()) => Ok(().into_slot()),
        Err(error) => Err(context.fault(sayso_bytecode::FaultKind::Io, format!("cannot write: {error}"))),
    }
}
