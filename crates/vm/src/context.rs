//! The state of a VM: stacks, tables, heap, and what cold code and the engines hand each other.
//!
//! What always holds while an engine runs:
//! 1. `frame` is the current activation's frame; its window begins at the engine's `regs`; the window's registers lie
//!    below `stack_end`.
//! 2. Before cold code runs, the engine stores `pc` (the instruction), `regs` and `next` (the instruction behind it);
//!    it goes on at `next` with `regs`, which cold code may have changed.
//! 3. Everything that cold code needs across an allocation is reachable: from the registers, or from `handles`.

use crate::collect::Roots;
use crate::dispatch::{Dispatcher, SharedChoice, SiteCache};
use crate::engine::Handlers;
use crate::errors::{Cleanup, Pending, Thrown};
use crate::host::{AbortHandle, Host, Limits};
use crate::native::{Native, Resumable};
use crate::program::{FunctionInfo, LayoutInfo, Program};
use crate::types::RunTypes;
use sayso_bytecode::{FaultKind, Insn, Op};
use sayso_heap::{Heap, OutOfMemory, Ref, Value};
use std::sync::Arc;
use std::time::Duration;

/// An activation.
#[repr(C)]
#[derive(Clone, Copy)]
pub(crate) struct Frame {
    /// Where the caller goes on.
    pub ret: *const Insn,
    /// The caller's window.
    pub caller: *mut u64,
    /// The function that is active.
    pub function: u32,
}

/// What goes on when a certain activation returns, instead of bytecode.
pub(crate) struct Continuation {
    /// The index of that activation's frame.
    pub frame: usize,
    /// The instruction that is waiting, in the activation below.
    pub pc: *const Insn,
    /// Where the window of the activation begins, as an index into the stack.
    pub base: usize,
    pub then: Then,
}

/// Who is waiting.
pub(crate) enum Then {
    /// A native, and whether the result that it waits for is of class `ref` or `dyn`.
    Native { native: Box<dyn Resumable>, reference: bool },
    /// Whoever asked a generator for its next value, or closed it.
    Generator(Ref),
}

/// So much fuel is used between two looks at clock and abort flag.
const SLICE: i64 = 20_000;
/// What deferred code may use when a limit unwinds.
const RESERVE_FUEL: u64 = 100_000;
const RESERVE_MEMORY: usize = 256 << 10;
const FIRST_STACK: usize = 2048;
const FIRST_FRAMES: usize = 64;

/// How far a module's top-level statements are.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum ModuleState {
    New,
    Running,
    Done,
}

/// What is known of a compile-time expression.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum ComptimeState {
    New,
    Running,
    Done(u64),
}

/// See the file's head.
#[repr(C)]
pub struct Context {
    // What handlers use comes first.
    pub(crate) fuel: i64,
    pub(crate) frame: *mut Frame,
    pub(crate) frame_end: *mut Frame,
    pub(crate) stack_end: *mut u64,
    pub(crate) functions: *const FunctionInfo,
    pub(crate) constants: *mut u64,
    pub(crate) globals: *mut u64,
    pub(crate) globals_set: *mut u8,
    pub(crate) layouts: *const LayoutInfo,
    pub(crate) sites: *mut SiteCache,
    pub(crate) shared_choices: *const SharedChoice,
    #[cfg_attr(any(debug_assertions, miri), allow(dead_code))]
    pub(crate) handlers: Handlers,
    pub(crate) heap: Heap,
    // What engines and cold code hand each other.
    pub(crate) pc: *const Insn,
    pub(crate) next: *const Insn,
    pub(crate) regs: *mut u64,
    /// The engine stopped because an error left the last activation.
    pub(crate) failed: bool,
    // Stacks.
    pub(crate) stack: *mut u64,
    stack_len: usize,
    pub(crate) frames: *mut Frame,
    frames_len: usize,
    pub(crate) continuations: Vec<Continuation>,
    /// Values that natives and cold code hold.
    pub(crate) handles: Vec<Value>,
    /// Values that the host holds; free places are unset.
    pub(crate) roots: Roots,
    // Tables.
    pub(crate) program: Arc<Program>,
    pub(crate) types: RunTypes,
    /// Bytes of types and choices that are charged to the heap.
    types_charged: usize,
    pub(crate) dispatcher: Dispatcher,
    pub(crate) natives: Vec<Native>,
    constant_slots: Box<[u64]>,
    global_slots: Box<[u64]>,
    global_flags: Box<[u8]>,
    pub(crate) modules: Box<[ModuleState]>,
    pub(crate) comptimes: Box<[ComptimeState]>,
    // Errors.
    pub(crate) pending: Option<Box<Pending>>,
    pub(crate) cleanups: Vec<Cleanup>,
    pub(crate) last_caught: Option<Box<Pending>>,
    // Limits.
    pub(crate) limits: Limits,
    reserve: u64,
    fuel_given: u64,
    deadline: Option<Duration>,
    pub(crate) abort: AbortHandle,
    reserve_open: bool,
    /// The fuel that was left when the reserve was opened.
    left_before: u64,
    pub(crate) host: Host,
    pub(crate) lines: crate::errors::Lines,
    /// Nobody is asked: display and comparison are the machine's own.
    pub(crate) hooks_off: bool,
}

impl Context {
    pub(crate) fn new(
        program: Arc<Program>,
        natives: Vec<Native>,
        host: Host,
        limits: Limits,
    ) -> Result<Box<Context>, OutOfMemory> {
        let module = program.module();
        let constants: Box<[u64]> = module.constants.iter().map(crate::constants::raw_bits).collect();
        let globals = vec![0u64; module.globals.len()].into_boxed_slice();
        let flags = vec![0u8; module.globals.len()].into_boxed_slice();
        let mut context = Box::new(Context {
            fuel: 0,
            frame: std::ptr::null_mut(),
            frame_end: std::ptr::null_mut(),
            stack_end: std::ptr::null_mut(),
            functions: program.functions.as_ptr(),
            constants: std::ptr::null_mut(),
            globals: std::ptr::null_mut(),
            globals_set: std::ptr::null_mut(),
            layouts: program.layouts.as_ptr(),
            sites: std::ptr::null_mut(),
            shared_choices: std::ptr::null(),
            handlers: Handlers::new(),
            heap: Heap::new(limits.memory),
            pc: std::ptr::null(),
            next: std::ptr::null(),
            regs: std::ptr::null_mut(),
            failed: false,
            stack: std::ptr::null_mut(),
            stack_len: 0,
            frames: std::ptr::null_mut(),
            frames_len: 0,
            continuations: Vec::new(),
            handles: Vec::new(),
            roots: Roots::default(),
            types: RunTypes::new(program.types.clone()),
            types_charged: 0,
            dispatcher: Dispatcher::new(&program),
            natives,
            constant_slots: constants,
            global_slots: globals,
            global_flags: flags,
            modules: vec![ModuleState::New; module.modules.len()].into(),
            comptimes: vec![ComptimeState::New; module.comptimes.len()].into(),
            pending: None,
            cleanups: Vec::new(),
            last_caught: None,
            reserve: 0,
            fuel_given: limits.fuel.unwrap_or(u64::MAX / 4),
            deadline: None,
            abort: AbortHandle::new(),
            reserve_open: false,
            left_before: 0,
            limits,
            host,
            lines: crate::errors::Lines::default(),
            hooks_off: false,
            program,
        });
        context.reserve = context.fuel_given;
        context.constants = context.constant_slots.as_mut_ptr();
        context.globals = context.global_slots.as_mut_ptr();
        context.globals_set = context.global_flags.as_mut_ptr();
        context.sites = context.dispatcher.sites_ptr();
        context.shared_choices = context.dispatcher.shared_ptr();
        context.heap.charge((context.constant_slots.len() + context.global_slots.len()) * 8)?;
        context.resize_stack(FIRST_STACK)?;
        context.resize_frames(FIRST_FRAMES.min((context.limits.depth as usize).max(1) + 1))?;
        context.frame = context.frames;
        context.regs = context.stack;
        Ok(context)
    }

    /// Constants are to be made anew when they are needed.
    pub(crate) fn forget_constants(&mut self) {
        let program = self.program.clone();
        for (slot, constant) in self.constant_slots.iter_mut().zip(&program.module().constants) {
            *slot = crate::constants::raw_bits(constant);
        }
    }

    /// What a top-level variable holds.
    pub(crate) fn global_slot(&self, index: usize) -> u64 {
        self.global_slots.get(index).copied().unwrap_or(0)
    }

    /// Whether a top-level variable has a value. Raw ones have a flag for it; the bits of a reference are never 0.
    pub(crate) fn global_is_set(&self, index: usize) -> bool {
        let raw = self.program.module().globals.get(index).is_some_and(|global| global.class.is_raw());
        if raw { self.global_flags.get(index).is_some_and(|flag| *flag != 0) } else { self.global_slot(index) != 0 }
    }

    /// Makes this the context of another program. No code is running; types and heap are those of the new program.
    pub(crate) fn install(
        &mut self,
        program: Arc<Program>,
        natives: Vec<Native>,
        globals: Box<[u64]>,
        flags: Box<[u8]>,
        modules: Box<[ModuleState]>,
    ) {
        let module = program.module();
        self.constant_slots = module.constants.iter().map(crate::constants::raw_bits).collect();
        self.global_slots = globals;
        self.global_flags = flags;
        self.modules = modules;
        self.comptimes = vec![ComptimeState::New; module.comptimes.len()].into();
        self.dispatcher = Dispatcher::new(&program);
        self.natives = natives;
        self.lines = crate::errors::Lines::default();
        self.program = program;
        self.functions = self.program.functions.as_ptr();
        self.layouts = self.program.layouts.as_ptr();
        self.constants = self.constant_slots.as_mut_ptr();
        self.globals = self.global_slots.as_mut_ptr();
        self.globals_set = self.global_flags.as_mut_ptr();
        self.sites = self.dispatcher.sites_ptr();
        self.shared_choices = self.dispatcher.shared_ptr();
    }

    /// The program. It lives as long as the context, whatever the borrow.
    #[inline(always)]
    pub(crate) fn program<'p>(&self) -> &'p Program {
        // SAFETY: the context keeps its program until it is dropped itself, and no result of this outlives a call into it.
        unsafe { &*Arc::as_ptr(&self.program) }
    }

    // ---- registers

    /// A register of the current window.
    #[inline(always)]
    pub(crate) fn reg(&self, register: u16) -> u64 {
        // SAFETY: invariant 1: verified code names registers of its window only.
        unsafe { *self.regs.add(register as usize) }
    }
    /// A register as a dynamic value.
    #[inline(always)]
    pub(crate) fn value(&self, register: u16) -> Value {
        Value(self.reg(register))
    }
    /// A register as an object.
    #[inline(always)]
    pub(crate) fn object(&self, register: u16) -> Ref {
        // SAFETY: verified code reads registers of class `ref` only where they hold an object.
        unsafe { Ref::from_bits_unchecked(self.reg(register)) }
    }
    #[inline(always)]
    pub(crate) fn set_reg(&mut self, register: u16, bits: u64) {
        // SAFETY: as for `reg`.
        unsafe { *self.regs.add(register as usize) = bits }
    }
    #[inline(always)]
    pub(crate) fn set_object(&mut self, register: u16, object: Ref) {
        self.set_reg(register, object.bits());
    }
    /// Registers from `first` on. Not to be held while registers change.
    #[inline(always)]
    pub(crate) fn window<'a>(&self, first: u16, count: usize) -> &'a [u64] {
        // SAFETY: the verifier has checked that the window holds so many.
        unsafe { std::slice::from_raw_parts(self.regs.add(first as usize), count) }
    }
    /// The operand in the word behind the current instruction.
    #[inline(always)]
    pub(crate) fn ext(&self) -> u32 {
        // SAFETY: called for instructions that have this word only.
        unsafe { (*self.pc.add(1)).k() }
    }
    pub(crate) fn function_id(&self) -> u32 {
        // SAFETY: invariant 1.
        unsafe { (*self.frame).function }
    }
    pub(crate) fn frame_index(&self) -> usize {
        (self.frame as usize - self.frames as usize) / size_of::<Frame>()
    }
    pub(crate) fn stack_index(&self, place: *mut u64) -> usize {
        (place as usize - self.stack as usize) / 8
    }
    /// Calls `visit` with each activation from the innermost out: its place, its window, and where the window of the
    /// next inner one begins.
    pub(crate) fn each_activation(&self, visit: &mut dyn FnMut(*const Insn, *mut u64, Option<*mut u64>)) {
        let (mut pc, mut regs, mut inner) = (self.pc, self.regs, None);
        let mut continuations = self.continuations.iter().rev().peekable();
        for index in (1..=self.frame_index()).rev() {
            visit(pc, regs, inner);
            // SAFETY: the frame is in use.
            let frame = unsafe { *self.frames.add(index) };
            let waiting = continuations.next_if(|continuation| continuation.frame == index);
            pc = waiting.map_or(frame.ret.wrapping_sub(1), |continuation| continuation.pc);
            inner = Some(regs);
            regs = frame.caller;
        }
    }

    /// The place of the activation with this number, from 1 for the outermost.
    pub(crate) fn activation_pc(&self, index: usize) -> *const Insn {
        if index >= self.frame_index() {
            return self.pc;
        }
        match self.continuations.binary_search_by_key(&(index + 1), |continuation| continuation.frame) {
            Ok(waiting) => self.continuations[waiting].pc,
            // SAFETY: the frame is in use, since it is not above the current one.
            Err(_) => unsafe { (*self.frames.add(index + 1)).ret.wrapping_sub(1) },
        }
    }

    /// Where a new window may begin without touching the current one.
    pub(crate) fn free_window(&self) -> *mut u64 {
        let registers = self.program.functions.get(self.function_id() as usize).map_or(0, |f| f.registers);
        self.regs.wrapping_add(registers as usize)
    }

    // ---- stacks

    fn resize_stack(&mut self, len: usize) -> Result<(), OutOfMemory> {
        // Both stacks exist for a moment.
        self.heap.charge(len * 8)?;
        let mut memory: Vec<u64> = Vec::new();
        if memory.try_reserve_exact(len).is_err() {
            self.heap.uncharge(len * 8);
            return Err(OutOfMemory);
        }
        memory.resize(len, 0);
        let new = Box::into_raw(memory.into_boxed_slice()).cast::<u64>();
        let old = self.stack;
        let moved = |place: *mut u64| -> *mut u64 {
            if place.is_null() { place } else { new.wrapping_add((place as usize - old as usize) / 8) }
        };
        if !old.is_null() {
            // SAFETY: the old stack has `stack_len` slots, the new one more; frames point into the old one.
            unsafe {
                std::ptr::copy_nonoverlapping(old, new, self.stack_len);
                let mut frame = self.frames;
                while frame <= self.frame {
                    (*frame).caller = moved((*frame).caller);
                    frame = frame.add(1);
                }
                drop(Box::from_raw(std::ptr::slice_from_raw_parts_mut(old, self.stack_len)));
            }
        }
        self.heap.uncharge(self.stack_len * 8);
        self.regs = if old.is_null() { new } else { moved(self.regs) };
        self.stack = new;
        self.stack_len = len;
        self.stack_end = new.wrapping_add(len);
        Ok(())
    }

    fn resize_frames(&mut self, len: usize) -> Result<(), OutOfMemory> {
        let bytes = len * size_of::<Frame>();
        self.heap.charge(bytes)?;
        let mut memory: Vec<Frame> = Vec::new();
        if memory.try_reserve_exact(len).is_err() {
            self.heap.uncharge(bytes);
            return Err(OutOfMemory);
        }
        memory.resize(len, Frame { ret: std::ptr::null(), caller: std::ptr::null_mut(), function: 0 });
        let new = Box::into_raw(memory.into_boxed_slice()).cast::<Frame>();
        if !self.frames.is_null() {
            let used = self.frame_index() + 1;
            // SAFETY: so many frames are in use.
            unsafe {
                std::ptr::copy_nonoverlapping(self.frames, new, used);
                drop(Box::from_raw(std::ptr::slice_from_raw_parts_mut(self.frames, self.frames_len)));
            }
            self.frame = new.wrapping_add(used - 1);
        }
        self.heap.uncharge(self.frames_len * size_of::<Frame>());
        self.frames = new;
        self.frames_len = len;
        self.frame_end = new.wrapping_add(len);
        Ok(())
    }

    /// Makes room for a window of so many registers at `place`, which may move with the stack.
    pub(crate) fn reserve_window(&mut self, place: *mut u64, registers: usize) -> Result<*mut u64, Thrown> {
        let needed = self.stack_index(place) + registers;
        if needed > self.stack_len {
            let index = self.stack_index(place);
            let len = needed.max(self.stack_len.saturating_mul(2));
            let done = self.resize_stack(len).or_else(|_| {
                self.collect(true);
                self.resize_stack(len).or_else(|_| self.resize_stack(needed))
            });
            done.map_err(|_| self.out_of_memory())?;
            return Ok(self.stack.wrapping_add(index));
        }
        Ok(place)
    }

    /// Makes everything ready for a call of a function whose window begins at `base`, which may move with the stack.
    /// Afterwards [`Context::push_frame`] cannot fail. The current activation still counts as it was before the call.
    pub(crate) fn ready(&mut self, function: u32, base: *mut u64) -> Result<*mut u64, Thrown> {
        let info = self.program.functions[function as usize];
        self.charge(u64::from(info.entry_cost))?;
        let base = self.reserve_window(base, info.registers as usize)?;
        if self.frame.wrapping_add(1) < self.frame_end {
            return Ok(base);
        }
        let depth = (self.limits.depth as usize).max(1) + 1;
        if self.frames_len >= depth {
            return Err(self.fault(FaultKind::Depth, format!("calls are nested deeper than {}", self.limits.depth)));
        }
        let len = (self.frames_len * 2).min(depth);
        let index = self.stack_index(base);
        let done = self.resize_frames(len).or_else(|_| {
            self.collect(true);
            self.resize_frames(len)
        });
        done.map_err(|_| self.out_of_memory())?;
        Ok(self.stack.wrapping_add(index))
    }

    /// Enters a function; the engine goes on there.
    pub(crate) fn push_frame(&mut self, function: u32, base: *mut u64, ret: *const Insn) {
        debug_assert!(self.frame.wrapping_add(1) < self.frame_end);
        self.frame = self.frame.wrapping_add(1);
        // SAFETY: `ready` has seen to the room for a frame.
        unsafe { *self.frame = Frame { ret, caller: self.regs, function } }
        self.regs = base;
        self.next = self.program.functions[function as usize].code;
    }

    /// Enters a function whose arguments stand at `base`.
    pub(crate) fn enter(&mut self, function: u32, base: *mut u64, ret: *const Insn) -> Result<(), Thrown> {
        let base = self.ready(function, base)?;
        self.push_frame(function, base, ret);
        Ok(())
    }

    // ---- allocation

    /// Allocates, collecting before if it is time and again if there is no room.
    #[inline]
    pub(crate) fn alloc<T>(&mut self, mut make: impl FnMut(&mut Heap) -> Result<T, OutOfMemory>) -> Result<T, Thrown> {
        if self.heap.wants_collection() {
            self.collect(false);
        }
        match make(&mut self.heap) {
            Ok(made) => Ok(made),
            Err(OutOfMemory) => {
                self.collect(true);
                make(&mut self.heap).map_err(|_| self.out_of_memory())
            }
        }
    }

    /// An integer as a dynamic value.
    #[inline]
    pub(crate) fn int(&mut self, i: i64) -> Result<Value, Thrown> {
        match Value::small_int(i) {
            Some(value) => Ok(value),
            None => self.alloc(|heap| heap.int(i)),
        }
    }

    /// A string.
    pub(crate) fn string(&mut self, text: &str) -> Result<Ref, Thrown> {
        self.alloc(|heap| heap.new_str(sayso_types::TypeId::STR.0, text))
    }

    // ---- fuel and limits

    /// Charges for work.
    #[inline(always)]
    pub(crate) fn charge(&mut self, cost: u64) -> Result<(), Thrown> {
        self.fuel = self.fuel.saturating_sub_unsigned(cost);
        if self.fuel < 0 { self.poll() } else { Ok(()) }
    }

    /// The slice is used up: looks at abort flag, clock and fuel, and gives out another slice.
    #[cold]
    pub(crate) fn poll(&mut self) -> Result<(), Thrown> {
        use crate::errors::Excess;
        let left = i128::from(self.reserve) + i128::from(self.fuel);
        if left < 0 {
            self.reserve = 0;
            self.fuel = 0;
            return Err(self.exceed(Excess::Fuel));
        }
        let slice = left.min(i128::from(SLICE)) as i64;
        self.fuel = slice;
        self.reserve = (left - i128::from(slice)) as u64;
        if self.abort.is_aborted() && !self.reserve_open {
            return Err(self.exceed(Excess::Abort));
        }
        if let (Some(deadline), Some(clock), false) = (self.deadline, &self.host.clock, self.reserve_open) {
            if clock.monotonic() >= deadline {
                return Err(self.exceed(Excess::Deadline));
            }
        }
        self.charge_types()
    }

    /// Charges the memory of types and choices that have been made since the last time: a program can make any number of
    /// them. Nothing of theirs is freed by a collection, so what would go past the limit is forgotten, or ends the run.
    fn charge_types(&mut self) -> Result<(), Thrown> {
        self.owe_types();
        if self.heap.committed() <= self.heap.limit() {
            return Ok(());
        }
        self.types.forget();
        self.dispatcher.forget();
        self.owe_types();
        // Garbage counts as well until the next allocation collects it, which may take a while: the types alone decide.
        if self.types_charged > self.heap.limit() / 2 { Err(self.out_of_memory()) } else { Ok(()) }
    }

    /// Brings the charge for types and choices up to date.
    pub(crate) fn owe_types(&mut self) {
        let bytes = self.types.bytes() + self.dispatcher.bytes();
        self.heap.uncharge(self.types_charged);
        self.heap.owe(bytes);
        self.types_charged = bytes;
    }

    /// What is left of the fuel.
    pub(crate) fn fuel_left(&self) -> u64 {
        (i128::from(self.reserve) + i128::from(self.fuel)).clamp(0, i128::from(u64::MAX)) as u64
    }
    pub(crate) fn fuel_used(&self) -> u64 {
        self.fuel_given.saturating_sub(self.fuel_left())
    }
    /// Sets how much fuel is left; none for no bound.
    pub(crate) fn set_fuel(&mut self, fuel: Option<u64>) {
        self.fuel_given = fuel.unwrap_or(u64::MAX / 4);
        self.reserve = self.fuel_given;
        self.fuel = 0;
    }
    /// A run begins: the deadline counts from now.
    pub(crate) fn start_clock(&mut self) {
        self.deadline = match (self.limits.deadline, &self.host.clock) {
            (Some(limit), Some(clock)) => Some(clock.monotonic().saturating_add(limit)),
            _ => None,
        };
    }
    /// Lets deferred code run a little longer when a limit unwinds.
    pub(crate) fn open_reserve(&mut self) {
        if !std::mem::replace(&mut self.reserve_open, true) {
            self.left_before = self.fuel_left();
            self.fuel = 0;
            self.reserve = RESERVE_FUEL;
            self.heap.set_limit(self.limits.memory.saturating_add(RESERVE_MEMORY));
        }
    }
    pub(crate) fn close_reserve(&mut self) {
        if std::mem::replace(&mut self.reserve_open, false) {
            self.heap.set_limit(self.limits.memory);
            let used = RESERVE_FUEL.saturating_sub(self.fuel_left());
            self.fuel = 0;
            self.reserve = self.left_before.saturating_sub(used);
        }
    }

    /// How many words an instruction has.
    pub(crate) fn length_at(pc: *const Insn) -> usize {
        // SAFETY: callers pass the place of an instruction.
        let op = unsafe { (*pc).op_bits() };
        LENGTHS.get(op as usize).copied().unwrap_or(1) as usize
    }
}

/// How many words each instruction has.
static LENGTHS: [u8; Op::ALL.len()] = {
    let mut lengths = [1; Op::ALL.len()];
    let mut op = 0;
    while op < lengths.len() {
        if Op::ALL[op].has_ext() {
            lengths[op] = 2;
        }
        op += 1;
    }
    lengths
};

impl Drop for Context {
    fn drop(&mut self) {
        // SAFETY: both were made from boxed slices of these lengths.
        unsafe {
            if !self.stack.is_null() {
                drop(Box::from_raw(std::ptr::slice_from_raw_parts_mut(self.stack, self.stack_len)));
            }
            if !self.frames.is_null() {
                drop(Box::from_raw(std::ptr::slice_from_raw_parts_mut(self.frames, self.frames_len)));
            }
        }
    }
}

// SAFETY: all pointers lead to memory that the context owns or to the program, which is shared for good; natives are
// functions, and what continuations hold is `Send`.
unsafe impl Send for Context {}
