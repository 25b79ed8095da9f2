//! The data flow over a function's registers.
//!
//! Blocks are visited from low to high offsets; a block is visited again when a jump backwards, or another path found
//! later, takes something away from the state at its start. A handler's state is what holds before every instruction of
//! its range, without what a call that fails has overwritten: within a block it is gathered in `lowest`.
//! [`Flow::replay`] then goes once over the blocks with the states found.

use super::form::{Layout, NO_HANDLER, element_class, target};
use super::rules::{Control, DYN, Rule, UNSET, accepts, bits, held, rule_of, wanted};
use super::state::{Arena, Flat, NO_STATE, Root, next_bit};
use super::{CodeError, Mismatch, mismatch};
use crate::module::{Class, Function, Module};
use crate::op::{Insn, Op};

/// Checks functions one after the other, with the same buffers.
pub(crate) struct Flow<'m> {
    module: &'m Module,
    arena: Arena,
    registers: Flat,
    /// The state in the arena from which `registers` differs in dirty leaves only.
    base: Root,
    /// What held at each point of the block so far; in use where a handler is.
    lowest: Flat,
    lowest_base: Root,
    watched: bool,
    /// The state at the start of each block, by its offset.
    entries: Vec<Root>,
    /// What holds all over each handler's range, as far as it was seen.
    ranges: Vec<Root>,
    /// Blocks to be visited: a bit for each offset.
    pending: Vec<u64>,
    /// No block below is pending.
    cursor: usize,
}

impl<'m> Flow<'m> {
    pub(crate) fn new(module: &'m Module) -> Flow<'m> {
        Flow {
            module,
            arena: Arena::default(),
            registers: Flat::default(),
            base: 0,
            lowest: Flat::default(),
            lowest_base: 0,
            watched: false,
            entries: Vec::new(),
            ranges: Vec::new(),
            pending: Vec::new(),
            cursor: 0,
        }
    }

    /// Checks what registers hold in a function whose form was checked.
    pub(crate) fn check(&mut self, function: &Function, layout: &Layout) -> Result<(), CodeError> {
        let length = function.code.len();
        self.arena.reset(function.registers as usize);
        self.registers.reset(function.registers as usize);
        self.base = 0;
        for buffer in [&mut self.entries, &mut self.ranges] {
            buffer.clear();
        }
        self.entries.resize(length, NO_STATE);
        self.ranges.resize(function.handlers.len(), NO_STATE);
        self.pending.clear();
        self.pending.resize(length.div_ceil(64), 0);
        self.cursor = 0;
        for (register, class) in function.params.iter().enumerate() {
            self.registers.set(register as u16, bits(*class));
        }
        let start = self.store();
        if length == 0 {
            return off_the_end(None);
        }
        self.merge_into(0, start);
        let mut budget = layout.budget;
        while let Some(block) = next_bit(&self.pending, self.cursor) {
            self.cursor = block;
            if let Some(word) = self.pending.get_mut(block / 64) {
                *word &= !(1 << (block % 64));
            }
            let visited = self.block(function, layout, block as u32)?;
            if budget < self.arena.steps + visited {
                let error = mismatch("code too intricate to be verified", "fewer changes of registers between blocks");
                return error.map_err(|mismatch| CodeError { offset: None, mismatch });
            }
            budget -= visited;
        }
        Ok(())
    }

    /// Calls `at` with the state before instructions that can be reached, in the order of the code: at each start of a
    /// block and wherever the state changed. The function must be the one that was checked last, without error.
    pub(crate) fn replay(&mut self, function: &Function, layout: &Layout, mut at: impl FnMut(u32, &Arena, Root)) {
        self.watched = false;
        for start in 0..self.entries.len() {
            let Some(entry) = self.entries.get(start).copied().filter(|entry| *entry != NO_STATE) else { continue };
            self.load(entry);
            let mut pc = start as u32;
            while let Some((insn, rule)) = instruction(function, pc) {
                if pc == start as u32 || self.registers.is_dirty() {
                    let state = self.store();
                    at(pc, &self.arena, state);
                }
                let ext = ext_word(function, pc, rule);
                if self.execute(function, insn, ext, rule).is_err() {
                    break;
                }
                pc += 1 + u32::from(rule.has_ext);
                let ends = matches!(rule.control, Control::Jump | Control::Switch | Control::End);
                if ends || layout.is_leader(pc) {
                    break;
                }
            }
        }
    }

    fn store(&mut self) -> Root {
        self.base = self.arena.store(&mut self.registers, self.base);
        self.base
    }

    fn load(&mut self, state: Root) {
        self.arena.load(&mut self.registers, self.base, state);
        self.base = state;
    }

    /// Visits a block; gives how many instructions it has.
    fn block(&mut self, function: &Function, layout: &Layout, start: u32) -> Result<u64, CodeError> {
        self.load(self.entries.get(start as usize).copied().unwrap_or(0));
        let handler = if function.handlers.is_empty() { NO_HANDLER } else { layout.handler(start) };
        self.watched = handler != NO_HANDLER;
        if self.watched {
            self.lowest.reset_lowest(&self.registers);
            self.lowest_base = self.base;
        }
        let mut visited = 0;
        let mut pc = start;
        loop {
            let Some((insn, rule)) = instruction(function, pc) else { return off_the_end(Some(pc)) };
            visited += 1;
            let next = pc + 1 + u32::from(rule.has_ext);
            let ends = matches!(rule.control, Control::Jump | Control::Switch | Control::End);
            let last = ends || layout.is_leader(next);
            if self.watched {
                if rule.calls {
                    self.lowest.lower_from(&self.registers, insn.a());
                }
                if last {
                    self.enter_handlers(function, layout, handler);
                    self.watched = false;
                }
            }
            let ext = ext_word(function, pc, rule);
            let executed = self.execute(function, insn, ext, rule);
            executed.map_err(|mismatch| CodeError { offset: Some(pc), mismatch })?;
            self.leave(pc, insn, rule);
            if ends {
                return Ok(visited);
            }
            if next as usize >= function.code.len() {
                return off_the_end(Some(pc));
            }
            if last {
                let state = self.store();
                self.merge_into(next, state);
                return Ok(visited);
            }
            pc = next;
        }
    }

    /// Takes the state along the jumps of an instruction.
    fn leave(&mut self, pc: u32, insn: Insn, rule: &Rule) {
        let offset = match rule.control {
            Control::Next | Control::End => return,
            Control::Branch16 => i32::from(insn.sc()),
            Control::Branch32 | Control::Jump => insn.sk(),
            Control::Switch => {
                let state = self.store();
                let module = self.module;
                let Some((offsets, default)) = module.jump_tables.get(insn.k() as usize) else { return };
                for offset in offsets.iter().chain([default]) {
                    self.arena.steps += 1;
                    self.merge_into(target(pc, *offset) as u32, state);
                }
                return;
            }
        };
        let state = self.store();
        self.merge_into(target(pc, offset) as u32, state);
    }

    /// A path with this state leads to a block.
    fn merge_into(&mut self, block: u32, state: Root) {
        let Some(entry) = self.entries.get_mut(block as usize) else { return };
        let merged = if *entry == NO_STATE { state } else { self.arena.merge(*entry, state) };
        if merged == *entry {
            return;
        }
        *entry = merged;
        if let Some(word) = self.pending.get_mut(block as usize / 64) {
            *word |= 1 << (block % 64);
        }
        self.cursor = self.cursor.min(block as usize);
    }

    /// The block may be left at each of its points for the handlers around it.
    fn enter_handlers(&mut self, function: &Function, layout: &Layout, innermost: u32) {
        let state = self.arena.store(&mut self.lowest, self.lowest_base);
        let mut index = innermost;
        while let (Some(handler), Some(range)) =
            (function.handlers.get(index as usize), self.ranges.get(index as usize).copied())
        {
            self.arena.steps += 1;
            let merged = if range == NO_STATE { state } else { self.arena.merge(range, state) };
            if merged == range {
                return;
            }
            if let Some(range) = self.ranges.get_mut(index as usize) {
                *range = merged;
            }
            let entry = self.arena.at_handler(merged, handler.register);
            self.merge_into(handler.target, entry);
            index = layout.parents.get(index as usize).copied().unwrap_or(NO_HANDLER);
        }
    }

    /// Checks what an instruction reads and changes the state by what it writes.
    #[inline(always)]
    fn execute(&mut self, function: &Function, insn: Insn, ext: u32, rule: &Rule) -> Result<(), Mismatch> {
        let [a, b, c] = rule.read;
        let unfit = |held: u8, accepted: u8| accepted != 0 && held & accepted == 0;
        if unfit(self.registers.get(insn.a()), a)
            || unfit(self.registers.get(insn.b()), b)
            || unfit(self.registers.get(insn.c()), c)
        {
            return self.unfit_operand(insn, rule);
        }
        if rule.special_flow {
            self.special(function, insn, ext, rule.op)?;
        }
        if rule.write != UNSET {
            self.set(insn.a(), rule.write);
        }
        Ok(())
    }

    #[cold]
    fn unfit_operand(&self, insn: Insn, rule: &Rule) -> Result<(), Mismatch> {
        for (register, accepted) in [insn.a(), insn.b(), insn.c()].into_iter().zip(rule.read) {
            if accepted != 0 {
                self.read(register, accepted)?;
            }
        }
        Ok(())
    }

    #[inline(always)]
    fn set(&mut self, register: u16, bits: u8) {
        if self.watched {
            self.lowest.lower(&self.registers, register, bits);
        }
        self.registers.set(register, bits);
    }

    fn read(&self, register: u16, accepted: u8) -> Result<(), Mismatch> {
        let bits = self.registers.get(register);
        if bits & accepted != 0 {
            return Ok(());
        }
        mismatch(format_args!("r{register} is {}", held(bits)), wanted(accepted))
    }

    fn read_as(&self, register: u16, class: Class) -> Result<(), Mismatch> {
        self.read(register, accepts(class))
    }

    fn window(&self, first: u16, classes: impl Iterator<Item = Class>) -> Result<(), Mismatch> {
        let mut register = first;
        for class in classes {
            self.read_as(register, class)?;
            register = register.saturating_add(1);
        }
        Ok(())
    }

    fn dyn_window(&self, first: u16, count: usize) -> Result<(), Mismatch> {
        self.window(first, std::iter::repeat_n(Class::Dyn, count))
    }

    /// A call with arguments from `first` on.
    fn call(&mut self, first: u16, params: &[Class], result: Class) -> Result<(), Mismatch> {
        self.window(first, params.iter().copied())?;
        self.registers.clear_from(first);
        self.set(first, bits(result));
        Ok(())
    }

    fn special(&mut self, function: &Function, insn: Insn, ext: u32, op: Op) -> Result<(), Mismatch> {
        let module = self.module;
        let (a, b, c) = (insn.a(), insn.b(), insn.c());
        match op {
            Op::Move => self.set(a, self.registers.get(b)),
            Op::LoadConst => {
                let class = module.constants.get(insn.k() as usize).map_or(Class::Dyn, |constant| constant.class());
                self.set(a, bits(class));
            }
            Op::LoadComptime => {
                let class = module.comptimes.get(insn.k() as usize).map_or(Class::Dyn, |(_, class)| *class);
                self.set(a, bits(class));
            }
            Op::GetGlobal | Op::SetGlobal => {
                let class = module.globals.get(insn.k() as usize).map_or(Class::Dyn, |global| global.class);
                if op == Op::SetGlobal {
                    return self.read_as(a, class);
                }
                self.set(a, bits(class));
            }
            Op::SubstType => {
                self.window(b, std::iter::repeat_n(Class::I64, function.type_vars.len()))?;
            }
            Op::WrapI64 => self.read_as(c, Class::I64)?,
            Op::ArrayCopy => self.window(c, [Class::I64; 2].into_iter())?,
            Op::Call => {
                if let Some(callee) = module.functions.get(insn.k() as usize) {
                    self.call(a, &callee.params, callee.result)?;
                }
            }
            Op::CallNative => {
                if let Some(native) = module.natives.get(insn.k() as usize) {
                    self.call(a, &native.params, native.result)?;
                }
            }
            Op::CallSite => {
                let site = module.sites.get(insn.k() as usize);
                if let Some(multi) = site.and_then(|site| module.multis.get(site.multi as usize)) {
                    self.call(a, &multi.params, multi.result)?;
                }
            }
            Op::CallValue => {
                self.dyn_window(a, (insn.k() as usize).saturating_add(1))?;
                self.registers.clear_from(a);
                self.set(a, DYN);
            }
            Op::InitModule => self.registers.clear_from(a),
            Op::Return => self.read_as(a, function.result)?,
            Op::New | Op::NewTyped => {
                if let Some(layout) = module.layouts.get(ext as usize) {
                    self.window(b, layout.classes.iter().copied())?;
                }
            }
            Op::NewTuple | Op::NewShape | Op::NewClosure => self.dyn_window(b, c as usize)?,
            Op::NewRange => self.dyn_window(b, 2)?,
            Op::Spawn => self.dyn_window(b, c as usize + 1)?,
            Op::ArrayOf => {
                let class = element_class(module, sayso_types::TypeId(ext));
                self.window(b, std::iter::repeat_n(class, c as usize))?;
            }
            Op::ConcatN => self.window(b, std::iter::repeat_n(Class::Ref, c as usize))?,
            Op::NewGenerator => {
                if let Some(callee) = module.functions.get(ext as usize) {
                    self.window(b, callee.params.iter().copied().chain([Class::I64]))?;
                }
            }
            Op::AddF64Const | Op::SubF64Const | Op::MulF64Const | Op::DivF64Const => {}
            _ => return mismatch("an operation that the verifier has no rule for", "another"),
        }
        Ok(())
    }
}

#[inline(always)]
fn instruction(function: &Function, pc: u32) -> Option<(Insn, &'static Rule)> {
    let insn = *function.code.get(pc as usize)?;
    Some((insn, rule_of(insn.op_bits())?))
}

#[inline(always)]
fn ext_word(function: &Function, pc: u32, rule: &Rule) -> u32 {
    if !rule.has_ext {
        return 0;
    }
    function.code.get(pc as usize + 1).map_or(0, |word| word.k())
}

#[cold]
fn off_the_end<T>(offset: Option<u32>) -> Result<T, CodeError> {
    let error = mismatch("the end of the code behind it", "a jump, return, throw or fault");
    error.map_err(|mismatch| CodeError { offset, mismatch })
}
