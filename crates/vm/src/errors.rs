//! Errors: raising, unwinding, traces, and what the host gets.
//!
//! Whatever fails returns [`Thrown`]; what was thrown waits in `Context::pending`. The engine then unwinds: handlers of
//! the current activation, then of its callers. Errors are records of the classes that module `core` declares; in a
//! module without them they are objects of [`Kind::Error`] with the same slots. Limits and aborts have no value: only
//! cleanup handlers see them.

use crate::context::{Context, Then};
use crate::engine::internal;
use crate::native::NativeContext;
use sayso_base::{FileId, Span};
use sayso_bytecode::{FaultKind, FunctionId, HandlerKind};
use sayso_heap::{Kind, Ref, Value};
use sayso_types::TypeId;
use std::fmt;

/// Something was thrown; it waits in the VM.
#[derive(Debug)]
#[must_use]
pub struct Thrown(pub(crate) ());

/// Slots of `core.Error` and the classes below it.
pub(crate) mod slot {
    pub const MESSAGE: usize = 0;
    pub const LOCATION: usize = 1;
    pub const TRACE: usize = 2;
    pub const CAUSE: usize = 3;
    pub const COUNT: usize = 4;
}

/// A limit that was met, or an abort.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Excess {
    /// No fuel is left.
    Fuel,
    /// No memory is left.
    Memory,
    /// The time is over.
    Deadline,
    /// The host ended the run.
    Abort,
}

/// A place in a trace.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct TraceEntry {
    pub function: FunctionId,
    pub offset: u32,
}

/// What is being thrown.
#[derive(Clone)]
pub(crate) struct Pending {
    pub value: Value,
    pub excess: Option<Excess>,
    /// A generator is being closed: no error, but its deferred code runs.
    pub closing: bool,
    pub trace: Vec<TraceEntry>,
    pub omitted: u32,
    /// Errors in code that this one deferred.
    pub attached: Vec<Pending>,
}

impl Pending {
    fn is_uncatchable(&self) -> bool {
        self.excess.is_some() || self.closing
    }
}

/// Deferred code that runs while something unwinds.
pub(crate) struct Cleanup {
    pub frame: usize,
    pub register: u16,
    pub pending: Box<Pending>,
}

/// So many places at either end of a trace are kept.
const TRACE_INNER: usize = 32;
const TRACE_OUTER: usize = 8;
/// So many errors are kept that were attached to one.
const MAX_ATTACHED: usize = 16;

/// Line starts of source files, found when first asked for.
#[derive(Default)]
pub(crate) struct Lines {
    files: Vec<Option<Box<[u32]>>>,
}

impl Context {
    /// Raises a fault.
    #[cold]
    pub(crate) fn fault(&mut self, kind: FaultKind, message: impl Into<String>) -> Thrown {
        let message = message.into();
        match self.new_error(kind, &message) {
            Ok(error) => self.throw(Value::object(error)),
            Err(thrown) => thrown,
        }
    }

    /// Something in the machine itself is wrong; never by a program's doing.
    #[cold]
    pub(crate) fn internal_error(&mut self, what: &str) -> Thrown {
        self.fault(FaultKind::Error, format!("internal error: {what}"))
    }

    /// An error object.
    pub(crate) fn new_error(&mut self, kind: FaultKind, message: &str) -> Result<Ref, Thrown> {
        let mark = self.handles.len();
        let made = self.make_error(kind, message);
        self.handles.truncate(mark);
        made
    }

    fn make_error(&mut self, kind: FaultKind, message: &str) -> Result<Ref, Thrown> {
        let text = self.string(message)?;
        self.handles.push(Value::object(text));
        let empty = self.string("")?;
        self.handles.push(Value::object(empty));
        let array_type = self.program.known.array_of_str.unwrap_or(TypeId::ANY);
        let trace = self.alloc(|heap| heap.new_array(Kind::ArrayDyn, array_type.0, 0))?;
        self.handles.push(Value::object(trace));
        let none = self.none()?;
        self.handles.push(none);
        let slots = [text.bits(), empty.bits(), trace.bits(), none.0];
        match self.program.fault_types.get(kind as usize).copied().flatten() {
            Some(ty) => self.alloc(|heap| heap.new_slots(Kind::Record, ty.0, slot::COUNT, &slots, 0)),
            None => {
                let slots = [slots[0], slots[1], slots[2], slots[3], kind as u64];
                self.alloc(|heap| heap.new_slots(Kind::Error, TypeId::ANY.0, slot::COUNT, &slots, 0))
            }
        }
    }

    /// Whether a value is an error object: one with the slots of `core.Error`.
    pub(crate) fn as_error(&mut self, value: Value) -> Option<Ref> {
        let object = value.as_object()?;
        match object.kind() {
            Kind::Error => Some(object),
            Kind::Record if object.ref_count() >= slot::COUNT => {
                let error = self.program.known.error?;
                self.types.inherits(object.type_number(), error).then_some(object)
            }
            _ => None,
        }
    }

    /// Throws a value. An error that was thrown before keeps its trace.
    pub(crate) fn throw(&mut self, value: Value) -> Thrown {
        if let Some(last) = self.last_caught.take() {
            if last.value == value {
                self.pending = Some(last);
                return Thrown(());
            }
        }
        let (trace, omitted) = self.capture_trace();
        self.pending =
            Some(Box::new(Pending { value, excess: None, closing: false, trace, omitted, attached: Vec::new() }));
        if let Some(error) = self.as_error(value) {
            self.fill_trace(error);
        }
        Thrown(())
    }

    /// A limit was met.
    #[cold]
    pub(crate) fn exceed(&mut self, excess: Excess) -> Thrown {
        let (trace, omitted) = self.capture_trace();
        let pending =
            Pending { value: Value::UNIT, excess: Some(excess), closing: false, trace, omitted, attached: Vec::new() };
        self.pending = Some(Box::new(pending));
        Thrown(())
    }

    /// A generator's activation begins to be left, its deferred code run.
    pub(crate) fn begin_closing(&mut self) -> Thrown {
        let (value, trace) = (Value::UNIT, Vec::new());
        let pending = Pending { value, excess: None, closing: true, trace, omitted: 0, attached: Vec::new() };
        self.pending = Some(Box::new(pending));
        Thrown(())
    }

    #[cold]
    pub(crate) fn out_of_memory(&mut self) -> Thrown {
        self.exceed(Excess::Memory)
    }

    // ---- traces

    fn capture_trace(&self) -> (Vec<TraceEntry>, u32) {
        // The middle of a deep stack is not even looked at: throwing costs the same at any depth.
        let count = self.frame_index();
        let omitted = count.saturating_sub(TRACE_INNER + TRACE_OUTER);
        let inner = (count - count.min(TRACE_INNER) + 1)..=count;
        let outer = 1..=(count - omitted).saturating_sub(TRACE_INNER);
        let entry = |index| self.program.place(self.activation_pc(index));
        let trace = inner.rev().chain(outer.rev()).filter_map(entry);
        (trace.map(|(function, offset)| TraceEntry { function, offset }).collect(), omitted as u32)
    }

    /// Puts location and trace into an error that has none yet.
    fn fill_trace(&mut self, error: Ref) {
        let Some(location) = error.ref_slot(slot::LOCATION).and_then(Value::as_object).filter(|s| s.is_str()) else {
            return;
        };
        if location.str_len() != 0 {
            return;
        }
        let mark = self.handles.len();
        self.handles.push(Value::object(error));
        // Without room for its trace an error goes on without one.
        let pending = self.pending.take();
        if let Some(pending) = &pending {
            let _ = self.write_trace(error, pending);
        }
        self.pending = pending;
        self.handles.truncate(mark);
    }

    fn write_trace(&mut self, error: Ref, pending: &Pending) -> Result<(), Thrown> {
        self.handles.push(pending.value);
        let lines: Vec<String> = pending.trace.iter().map(|entry| self.shown_entry(*entry)).collect();
        let location = pending.trace.first().map_or(String::new(), |entry| self.shown_place(*entry));
        let location = self.string(&location)?;
        self.heap.set_ref_slot(error, slot::LOCATION, Value::object(location));
        let ty = self.program.known.array_of_str.unwrap_or(TypeId::ANY);
        let array = self.alloc(|heap| heap.new_array(Kind::ArrayDyn, ty.0, lines.len()))?;
        self.heap.set_ref_slot(error, slot::TRACE, Value::object(array));
        for (index, line) in lines.iter().enumerate() {
            self.push_line(array, line)?;
            if index + 1 == TRACE_INNER && pending.omitted > 0 {
                self.push_line(array, &format!("… {} more …", pending.omitted))?;
            }
        }
        Ok(())
    }

    /// Appends text to an array that a handle keeps alive.
    fn push_line(&mut self, array: Ref, line: &str) -> Result<(), Thrown> {
        let line = self.string(line)?;
        // Making room may collect.
        self.handles.push(Value::object(line));
        let pushed = self.alloc(|heap| heap.array_push(array, line.bits()));
        self.handles.pop();
        pushed
    }

    fn shown_entry(&mut self, entry: TraceEntry) -> String {
        let module = self.program.module();
        let name = module.functions.get(entry.function as usize).map_or("?", |f| self.program.name(f.name)).to_string();
        format!("{name} ({})", self.shown_place(entry))
    }

    /// `file:line:column`, or what of it is known.
    fn shown_place(&mut self, entry: TraceEntry) -> String {
        let program = self.program();
        let Some(span) = program.span(entry.function, entry.offset) else { return "?".into() };
        let Some(file) = program.module().files.get(span.file.0 as usize) else { return "?".into() };
        let Some(text) = &file.text else { return file.name.to_string() };
        let starts = self.lines.starts(span.file.0 as usize, text);
        let line = starts.partition_point(|start| *start <= span.start).max(1);
        let before = text.get(starts[line - 1] as usize..span.start as usize).unwrap_or("");
        format!("{}:{}:{}", file.name, line, before.chars().count() + 1)
    }

    /// The place that [`Context::shown_place`] shows so.
    fn span_of_place(&mut self, place: &str) -> Option<Span> {
        let (rest, column) = place.rsplit_once(':')?;
        let (name, line) = rest.rsplit_once(':')?;
        let (line, column): (usize, usize) = (line.parse().ok()?, column.parse().ok()?);
        let program = self.program();
        let file = program.module().files.iter().position(|file| *file.name == *name)?;
        let text = program.module().files.get(file)?.text.as_ref()?;
        let start = *self.lines.starts(file, text).get(line.checked_sub(1)?)?;
        let (before, _) = text.get(start as usize..)?.char_indices().nth(column.checked_sub(1)?)?;
        let at = start + before as u32;
        Some(Span::new(FileId(file as u32), at, at))
    }

    // ---- unwinding

    /// Finds who handles what is pending; the engine goes on there, or stops.
    #[cold]
    #[inline(never)]
    pub(crate) fn unwind(&mut self) {
        let mut pc = self.pc;
        loop {
            if let Some((function, offset)) = self.program.place(pc) {
                if self.enter_handler(function, offset) {
                    return;
                }
            }
            let index = self.frame_index();
            while self.cleanups.last().is_some_and(|cleanup| cleanup.frame >= index) {
                self.merge_cleanup();
            }
            // SAFETY: the frame is in use.
            let frame = unsafe { *self.frame };
            let mut waiting = frame.ret.wrapping_sub(1);
            let mut generator = None;
            while self.continuations.last().is_some_and(|c| c.frame >= index) {
                if let Some(continuation) = self.continuations.pop() {
                    waiting = continuation.pc;
                    generator = matches!(continuation.then, Then::Generator(_)).then_some(continuation.pc);
                    self.abandon(continuation.then);
                }
            }
            self.frame = self.frame.wrapping_sub(1);
            self.regs = frame.caller;
            if let (Some(closer), true) = (generator, self.pending.as_ref().is_some_and(|pending| pending.closing)) {
                self.pending = None;
                self.pc = closer;
                if self.give(closer, Value::UNIT.0).is_ok() {
                    return;
                }
            }
            if std::ptr::eq(frame.ret, internal::halt()) {
                self.failed = true;
                self.next = internal::halt();
                return;
            }
            pc = waiting;
        }
    }

    fn abandon(&mut self, then: Then) {
        match then {
            Then::Native { mut native, .. } => native.abandoned(&mut NativeContext::new(self)),
            Then::Generator(generator) => generator.set_generator(sayso_heap::GeneratorState::Done, 0),
        }
    }

    /// Enters the innermost handler around an instruction of the current activation, if one takes what is pending.
    fn enter_handler(&mut self, function: FunctionId, offset: u32) -> bool {
        let program = self.program();
        let Some(code) = program.module().functions.get(function as usize) else { return false };
        let index = self.frame_index();
        for handler in &code.handlers {
            if offset < handler.start || offset >= handler.end {
                continue;
            }
            // Handlers of deferred code that runs now lie above the register of what it interrupted.
            while self.cleanups.last().is_some_and(|c| c.frame == index && c.register >= handler.register) {
                self.merge_cleanup();
            }
            let Some(pending) = &self.pending else { return false };
            if pending.is_uncatchable() && handler.kind == HandlerKind::Catch {
                continue;
            }
            let Some(pending) = self.pending.take() else { return false };
            self.set_reg(handler.register, pending.value.0);
            self.next = program.pc(function, handler.target);
            match handler.kind {
                HandlerKind::Catch => self.last_caught = Some(pending),
                HandlerKind::Cleanup => {
                    // Deferred code that returned without rethrowing, as only made-up bytecode does.
                    while self.cleanups.last().is_some_and(|cleanup| cleanup.frame > index) {
                        self.cleanups.pop();
                    }
                    if pending.excess.is_some() {
                        self.open_reserve();
                    }
                    self.cleanups.push(Cleanup { frame: index, register: handler.register, pending });
                }
            }
            return true;
        }
        false
    }

    /// An error leaves deferred code: what that interrupted goes on, with the new one attached, unless that is a limit.
    fn merge_cleanup(&mut self) {
        let (Some(cleanup), Some(new)) = (self.cleanups.pop(), self.pending.take()) else { return };
        let mut first = cleanup.pending;
        let mut new = new;
        if first.closing {
            // An error in the deferred code of a generator is that of whoever closes it.
            self.pending = Some(new);
            return;
        }
        if new.excess.is_some() && first.excess.is_none() {
            std::mem::swap(&mut first, &mut new);
        }
        // What was attached to the new one is attached beside it, so that they never nest.
        let nested = std::mem::take(&mut new.attached);
        for one in std::iter::once(*new).chain(nested) {
            if first.attached.len() < MAX_ATTACHED {
                first.attached.push(one);
            }
        }
        self.pending = Some(first);
    }

    /// `rethrow`: what a handler was entered with goes on.
    pub(crate) fn rethrow(&mut self, register: u16) -> Thrown {
        let (index, value) = (self.frame_index(), self.value(register));
        while self.cleanups.last().is_some_and(|c| c.frame > index) {
            self.cleanups.pop();
        }
        if self.cleanups.last().is_some_and(|c| c.frame == index && c.register == register) {
            if let Some(cleanup) = self.cleanups.pop() {
                self.pending = Some(cleanup.pending);
                return Thrown(());
            }
        }
        self.throw(value)
    }

    // ---- for the host

    /// What was thrown, as data; nothing is pending afterwards.
    pub(crate) fn take_error(&mut self) -> VmError {
        match self.pending.take() {
            Some(pending) => self.describe(&pending, 0),
            None => VmError {
                kind: ErrorKind::Thrown,
                class: "Error".into(),
                message: "internal error: nothing was thrown".into(),
                trace: Vec::new(),
                omitted: 0,
                cause: None,
                attached: Vec::new(),
            },
        }
    }

    fn describe(&mut self, pending: &Pending, depth: u32) -> VmError {
        let mark = self.handles.len();
        self.handles.push(pending.value);
        let (kind, class, message, cause) = match pending.excess {
            Some(excess) => (ErrorKind::Limit(excess), excess.class().to_string(), self.excess_message(excess), None),
            None => {
                let (class, message, cause) = self.describe_value(pending.value, depth);
                (ErrorKind::Thrown, class, message, cause)
            }
        };
        let mut trace: Vec<TraceFrame> = pending.trace.iter().map(|entry| self.frame_info(*entry)).collect();
        if trace.is_empty() {
            // The calls of a cause are over, but it has noted where it was raised.
            let place = self.as_error(pending.value).map_or(String::new(), |error| text_in(error, slot::LOCATION));
            let span = self.span_of_place(&place);
            trace.extend(span.map(|span| TraceFrame { function: String::new(), span: Some(span) }));
        }
        let attached = match depth {
            0 => pending.attached.iter().map(|other| self.describe(other, 1)).collect(),
            _ => Vec::new(),
        };
        self.handles.truncate(mark);
        VmError { kind, class, message, trace, omitted: pending.omitted, cause, attached }
    }

    fn describe_value(&mut self, value: Value, depth: u32) -> (String, String, Option<Box<VmError>>) {
        let Some(error) = self.as_error(value) else {
            let class = match self.type_of(value) {
                Ok(ty) => self.shown_type(ty),
                Err(_) => "any".into(),
            };
            self.pending = None;
            return (class, self.text_of(value, false).unwrap_or_default(), None);
        };
        let class = if error.is(Kind::Error) {
            FaultKind::from_bits(error.raw_slot(slot::COUNT) as u16).map_or("Error", FaultKind::class_name).to_string()
        } else {
            self.shown_type(TypeId(error.type_number()))
        };
        let message = text_in(error, slot::MESSAGE);
        let cause = match error.ref_slot(slot::CAUSE).and_then(|cause| self.some_value(cause)) {
            Some(cause) if depth < 8 => {
                let pending = Pending {
                    value: cause,
                    excess: None,
                    closing: false,
                    trace: Vec::new(),
                    omitted: 0,
                    attached: Vec::new(),
                };
                Some(Box::new(self.describe(&pending, depth + 1)))
            }
            _ => None,
        };
        (class, message, cause)
    }

    fn excess_message(&self, excess: Excess) -> String {
        match excess {
            Excess::Fuel => "the program has used up its fuel".into(),
            Excess::Memory => format!("the program needs more than its {} bytes of memory", self.limits.memory),
            Excess::Deadline => "the program has run longer than it may".into(),
            Excess::Abort => "the host has ended the program".into(),
        }
    }

    fn frame_info(&self, entry: TraceEntry) -> TraceFrame {
        let function = self.program.module().functions.get(entry.function as usize);
        TraceFrame {
            function: function.map_or("?", |f| self.program.name(f.name)).to_string(),
            span: self.program.span(entry.function, entry.offset),
        }
    }
}

impl Excess {
    /// The name that messages use like a class.
    pub fn class(self) -> &'static str {
        match self {
            Excess::Fuel => "FuelError",
            Excess::Memory => "MemoryError",
            Excess::Deadline => "DeadlineError",
            Excess::Abort => "AbortError",
        }
    }
}

impl Lines {
    fn starts(&mut self, file: usize, text: &str) -> &[u32] {
        if self.files.len() <= file {
            self.files.resize_with(file + 1, || None);
        }
        self.files[file].get_or_insert_with(|| {
            let breaks = text.bytes().enumerate().filter(|(_, byte)| *byte == b'\n').map(|(at, _)| at as u32 + 1);
            std::iter::once(0).chain(breaks).collect()
        })
    }
}

/// What ended a run.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum ErrorKind {
    /// A program threw it and nobody caught it.
    Thrown,
    /// A limit, or the host.
    Limit(Excess),
    /// The program or its host is not set up for what was asked.
    Setup,
}

/// The text in a field of an error, or nothing.
fn text_in(error: Ref, slot: usize) -> String {
    match error.ref_slot(slot).and_then(Value::as_object) {
        // SAFETY: nothing is allocated before the text is copied, so it stays alive.
        Some(text) if text.is_str() => unsafe { text.str_text() }.to_string(),
        _ => String::new(),
    }
}

/// A place where a call was active.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct TraceFrame {
    /// The function's name.
    pub function: String,
    /// The call or instruction.
    pub span: Option<Span>,
}

/// An error that left the program.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct VmError {
    /// Why it ended.
    pub kind: ErrorKind,
    /// The class of what was thrown, or its type.
    pub class: String,
    /// What it says.
    pub message: String,
    /// Active calls, innermost first.
    pub trace: Vec<TraceFrame>,
    /// How many were left out in the middle.
    pub omitted: u32,
    /// The error that led to it.
    pub cause: Option<Box<VmError>>,
    /// Errors that deferred code threw meanwhile.
    pub attached: Vec<VmError>,
}

impl VmError {
    /// A mistake of the host's, or of what it was given: nothing was run.
    pub fn setup(message: impl Into<String>) -> VmError {
        VmError {
            kind: ErrorKind::Setup,
            class: "SetupError".into(),
            message: message.into(),
            trace: Vec::new(),
            omitted: 0,
            cause: None,
            attached: Vec::new(),
        }
    }
    /// The innermost place that is known.
    pub fn span(&self) -> Option<Span> {
        self.trace.iter().find_map(|frame| frame.span)
    }
}

impl fmt::Display for VmError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.class, self.message)
    }
}

impl std::error::Error for VmError {}
