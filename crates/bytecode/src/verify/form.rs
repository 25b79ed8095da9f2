//! What can be seen of code without following it: opcodes, `ext` words, operands, jump targets, handlers.
//!
//! One pass over all words, reachable or not. It leaves a [`Layout`] for the data flow: where blocks begin and which
//! handler is the innermost where.

use super::rules::{Control, Rule, TABLES, rule_of, table_number};
use super::{CodeError, Mismatch, check_index, mismatch};
use crate::fault::FaultKind;
use crate::module::{Class, Constant, Function, Module};
use crate::op::{Insn, Op, Table};
use sayso_types::{TypeId, TypeKind};

/// No handler.
pub(crate) const NO_HANDLER: u32 = u32::MAX;

/// What the data flow has to know of a function's code.
#[derive(Default)]
pub(crate) struct Layout {
    /// Where something jumps to, or a handler's range begins or ends: one bit for each word.
    pub(crate) leaders: Vec<u64>,
    /// Which words are `ext` words.
    ext: Vec<u64>,
    /// First word of each run with one innermost handler, ascending, and that handler.
    segments: Vec<(u32, u32)>,
    /// For each handler the next one around it.
    pub(crate) parents: Vec<u32>,
    /// How many steps the data flow may take.
    pub(crate) budget: u64,
}

impl Layout {
    /// Whether a block begins here.
    #[inline(always)]
    pub(crate) fn is_leader(&self, pc: u32) -> bool {
        has_bit(&self.leaders, pc)
    }

    /// The innermost handler of an instruction.
    pub(crate) fn handler(&self, pc: u32) -> u32 {
        let index = self.segments.partition_point(|(start, _)| *start <= pc);
        index.checked_sub(1).and_then(|index| self.segments.get(index)).map_or(NO_HANDLER, |(_, handler)| *handler)
    }
}

#[inline(always)]
fn has_bit(set: &[u64], index: u32) -> bool {
    set.get(index as usize / 64).is_some_and(|word| word >> (index % 64) & 1 != 0)
}

#[inline(always)]
fn set_bit(set: &mut [u64], index: u32) {
    if let Some(word) = set.get_mut(index as usize / 64) {
        *word |= 1 << (index % 64);
    }
}

fn reset_bits(set: &mut Vec<u64>, bits: usize) {
    set.clear();
    set.resize(bits.div_ceil(64), 0);
}

/// The place that a jump with this offset leads to.
#[inline(always)]
pub(crate) fn target(pc: u32, offset: i32) -> i64 {
    i64::from(pc) + 1 + i64::from(offset)
}

/// Checks functions one after the other.
pub(crate) struct Form<'m> {
    module: &'m Module,
    /// The length of each table, by [`table_number`].
    limits: [u64; TABLES],
    /// Jump tables that some switch has.
    taken_tables: Vec<u64>,
    /// Of the function that was checked last.
    pub(crate) layout: Layout,
}

impl<'m> Form<'m> {
    pub(crate) fn new(module: &'m Module) -> Form<'m> {
        let mut limits = [u64::MAX; TABLES];
        for (table, length) in [
            (Table::Constants, module.constants.len()),
            (Table::Globals, module.globals.len()),
            (Table::Functions, module.functions.len()),
            (Table::Natives, module.natives.len()),
            (Table::Sites, module.sites.len()),
            (Table::Types, module.types.type_count()),
            (Table::Layouts, module.layouts.len()),
            (Table::JumpTables, module.jump_tables.len()),
            (Table::Formats, module.formats.len()),
            (Table::Names, module.names.len()),
            (Table::Modules, module.modules.len()),
            (Table::Comptimes, module.comptimes.len()),
        ] {
            if let Some(limit) = limits.get_mut(table_number(table) as usize) {
                *limit = length as u64;
            }
        }
        let mut taken_tables = Vec::new();
        reset_bits(&mut taken_tables, module.jump_tables.len());
        Form { module, limits, taken_tables, layout: Layout::default() }
    }

    /// Checks a function's code and handlers.
    pub(crate) fn check(&mut self, function: &Function) -> Result<(), CodeError> {
        let length = function.code.len();
        if length > i32::MAX as usize {
            let expected = format_args!("at most {}", i32::MAX);
            let error = mismatch(format_args!("{length} instructions"), expected);
            return error.map_err(|mismatch| CodeError { offset: None, mismatch });
        }
        reset_bits(&mut self.layout.leaders, length + 1);
        reset_bits(&mut self.layout.ext, length + 1);
        self.layout.budget = 256 * (length as u64 + u64::from(function.registers)) + (1 << 20);
        let mut pc = 0;
        while let Some(&insn) = function.code.get(pc as usize) {
            pc += match self.instruction(function, pc, insn) {
                Ok(words) => words,
                Err(mismatch) => return Err(CodeError { offset: Some(pc), mismatch }),
            };
        }
        self.handlers(function).map_err(|mismatch| CodeError { offset: None, mismatch })?;
        self.targets(function)
    }

    #[inline(always)]
    fn instruction(&mut self, function: &Function, pc: u32, insn: Insn) -> Result<u32, Mismatch> {
        let Some(rule) = rule_of(insn.op_bits()) else {
            return mismatch(format_args!("opcode {}", insn.op_bits()), format_args!("less than {}", Op::ALL.len()));
        };
        let register = |operand: u16, mask: u32| (u32::from(operand) + 1) & mask;
        let [a, b, c] = rule.registers;
        let highest = register(insn.a(), a).max(register(insn.b(), b)).max(register(insn.c(), c));
        if insn.0 & rule.zero != 0 || highest > u32::from(function.registers) || rule.op == Op::Ext {
            return self.bad_operand(function, insn, rule);
        }
        let mut ext = 0;
        if rule.has_ext {
            ext = self.ext_word(function, pc)?;
        }
        self.check_table(rule.k_table, insn.k())?;
        self.check_table(rule.ext_table, ext)?;
        match rule.control {
            Control::Branch16 => self.jump(function, pc, i32::from(insn.sc()), rule)?,
            Control::Branch32 | Control::Jump => self.jump(function, pc, insn.sk(), rule)?,
            Control::Next | Control::Switch | Control::End => {}
        }
        if rule.special_form {
            self.special(function, pc, insn, ext, rule)?;
        }
        Ok(1 + u32::from(rule.has_ext))
    }

    #[cold]
    fn bad_operand(&self, function: &Function, insn: Insn, rule: &Rule) -> Result<u32, Mismatch> {
        if rule.op == Op::Ext {
            return mismatch("an `ext` word of no instruction", "an instruction");
        }
        if insn.0 & rule.zero != 0 {
            return mismatch(format_args!("word {:#018x}", insn.0), "0 in all operands that are not used");
        }
        let operands = [insn.a(), insn.b(), insn.c()].into_iter().zip(rule.registers);
        let highest = operands.filter(|(_, mask)| *mask != 0).map(|(operand, _)| operand).max().unwrap_or(0);
        mismatch(format_args!("r{highest}"), format_args!("a register below r{}", function.registers))
    }

    fn ext_word(&mut self, function: &Function, pc: u32) -> Result<u32, Mismatch> {
        match function.code.get(pc as usize + 1) {
            Some(word) if word.op_bits() == Op::Ext as u16 && word.a() == 0 => {
                set_bit(&mut self.layout.ext, pc + 1);
                Ok(word.k())
            }
            Some(word) => mismatch(format_args!("word {:#018x} behind it", word.0), "an `ext` word with a = 0"),
            None => mismatch("the end of the code behind it", "an `ext` word"),
        }
    }

    #[inline(always)]
    fn check_table(&self, table: u8, index: u32) -> Result<(), Mismatch> {
        let limit = self.limits.get(table as usize).copied().unwrap_or(0);
        if u64::from(index) < limit {
            return Ok(());
        }
        let what =
            Op::ALL.iter().flat_map(|op| op.operands().into_iter().chain([op.ext()])).find_map(|rule| match rule {
                crate::op::OperandRule::Index(t) if table_number(t) == table => Some(t),
                _ => None,
            });
        let what = what.map_or_else(String::new, |table| format!("{table:?}").to_lowercase());
        mismatch(format_args!("index {index} into {what}"), format_args!("less than {limit}"))
    }

    #[inline(always)]
    fn jump(&mut self, function: &Function, pc: u32, offset: i32, rule: &Rule) -> Result<(), Mismatch> {
        let target = target(pc, offset);
        if target < 0 || target >= function.code.len() as i64 {
            return mismatch(
                format_args!("a jump to offset {target}"),
                format_args!("an offset from 0 to {}", function.code.len() as i64 - 1),
            );
        }
        if offset >= 0 && rule.only_backwards {
            return mismatch("a jump forwards", "a jump backwards");
        }
        set_bit(&mut self.layout.leaders, target as u32);
        Ok(())
    }

    /// Jumps and handlers must not lead to `ext` words.
    fn targets(&self, function: &Function) -> Result<(), CodeError> {
        let both = self.layout.leaders.iter().zip(&self.layout.ext).position(|(leader, ext)| leader & ext != 0);
        if both.is_none() {
            return Ok(());
        }
        let bad = |at: i64| u32::try_from(at).is_ok_and(|at| has_bit(&self.layout.ext, at));
        for (pc, insn) in function.code.iter().enumerate() {
            let pc = pc as u32;
            let Some(rule) = rule_of(insn.op_bits()).filter(|_| !has_bit(&self.layout.ext, pc)) else { continue };
            let to = match rule.control {
                Control::Branch16 => Some(target(pc, i32::from(insn.sc()))).filter(|at| bad(*at)),
                Control::Branch32 | Control::Jump => Some(target(pc, insn.sk())).filter(|at| bad(*at)),
                Control::Switch => {
                    let table = self.module.jump_tables.get(insn.k() as usize);
                    let offsets = table.into_iter().flat_map(|(offsets, default)| offsets.iter().chain([default]));
                    offsets.map(|offset| target(pc, *offset)).find(|at| bad(*at))
                }
                Control::Next | Control::End => None,
            };
            if let Some(to) = to {
                let error = mismatch(format_args!("a jump to offset {to}, an `ext` word"), "an instruction");
                return error.map_err(|mismatch| CodeError { offset: Some(pc), mismatch });
            }
        }
        mismatch("a handler with a bound or target at an `ext` word", "an instruction")
            .map_err(|mismatch| CodeError { offset: None, mismatch })
    }

    fn handlers(&mut self, function: &Function) -> Result<(), Mismatch> {
        self.layout.segments.clear();
        self.layout.parents.clear();
        if function.handlers.is_empty() {
            return Ok(());
        }
        let length = function.code.len() as u32;
        for (index, h) in function.handlers.iter().enumerate() {
            if h.start >= h.end || h.end > length {
                let found = format_args!("handler {index} for {}..{}", h.start, h.end);
                return mismatch(found, format_args!("a range that is not empty, up to {length}"));
            }
            if h.target < h.end || h.target >= length {
                let found = format_args!("handler {index} for {}..{} at {}", h.start, h.end, h.target);
                return mismatch(found, format_args!("a handler behind its range, below {length}"));
            }
            if h.register >= function.registers {
                let found = format_args!("handler {index} with register r{}", h.register);
                return mismatch(found, format_args!("a register below r{}", function.registers));
            }
            for at in [h.start, h.end, h.target] {
                set_bit(&mut self.layout.leaders, at);
            }
        }
        self.nest(function)
    }

    /// Finds each handler's parent, and which handler is innermost where.
    fn nest(&mut self, function: &Function) -> Result<(), Mismatch> {
        let handlers = &function.handlers;
        let mut order: Vec<usize> = (0..handlers.len()).collect();
        order.sort_by_key(|index| {
            handlers.get(*index).map(|h| (h.start, std::cmp::Reverse(h.end), std::cmp::Reverse(*index)))
        });
        self.layout.parents.resize(handlers.len(), NO_HANDLER);
        // Handlers around the current place, the innermost last, with the end of their ranges.
        let mut open: Vec<(usize, u32)> = Vec::new();
        let segments = &mut self.layout.segments;
        let close = |open: &mut Vec<(usize, u32)>, up_to: u32, segments: &mut Vec<(u32, u32)>| {
            while let Some((_, end)) = open.pop_if(|(_, end)| *end <= up_to) {
                let handler = open.last().map_or(NO_HANDLER, |(index, _)| *index as u32);
                segments.pop_if(|(start, _)| *start == end);
                segments.push((end, handler));
            }
        };
        for index in order {
            let Some(h) = handlers.get(index) else { continue };
            close(&mut open, h.start, segments);
            if let Some(&(outer, end)) = open.last() {
                if h.end > end {
                    let found = format_args!("handlers {outer} and {index} that overlap");
                    return mismatch(found, "ranges apart from each other or one in the other");
                }
                if outer < index {
                    let found = format_args!("handler {index} inside the range of handler {outer}");
                    return mismatch(found, "inner handlers before outer ones");
                }
                if let Some(parent) = self.layout.parents.get_mut(index) {
                    *parent = outer as u32;
                }
            }
            open.push((index, h.end));
            segments.pop_if(|(start, _)| *start == h.start);
            segments.push((h.start, index as u32));
        }
        close(&mut open, u32::MAX, segments);
        Ok(())
    }

    /// Operands that have rules of their own.
    fn special(&mut self, function: &Function, pc: u32, insn: Insn, ext: u32, rule: &Rule) -> Result<(), Mismatch> {
        let module = self.module;
        let window = |first: u16, count: usize| window(function, first, count);
        match rule.op {
            Op::LoadType if module.types.has_var(TypeId(insn.k())) => {
                mismatch(format_args!("type {}, which has variables", insn.k()), "a type without variables")
            }
            Op::DivI64Imm | Op::RemI64Imm => match insn.sc() {
                0 | -1 => mismatch(format_args!("division by {}", insn.sc()), "neither 0 nor -1"),
                _ => Ok(()),
            },
            Op::ShlI64Imm | Op::ShrI64Imm => at_most("a shift by", u32::from(insn.c()), 63),
            Op::WrapI64 => at_most("operation", ext, 2),
            Op::DynToStr => at_most("c =", u32::from(insn.c()), 1),
            Op::ModuleDone => at_most("a =", u32::from(insn.a()), 1),
            Op::AddF64Const | Op::SubF64Const | Op::MulF64Const | Op::DivF64Const => {
                let index = u32::from(insn.c());
                check_index("constant", index, module.constants.len())?;
                self.constant(index, "a float", |constant| matches!(constant, Constant::F64(_)))
            }
            Op::Fault => {
                at_most("fault", u32::from(insn.a()), FaultKind::ALL.len() as u32 - 1)?;
                self.constant(insn.k(), "a string", |constant| matches!(constant, Constant::Str(_)))
            }
            Op::Cast => self.constant(ext, "a string", |constant| matches!(constant, Constant::Str(_))),
            Op::ArrayConst => self.constant(ext, "an array", is_array),
            Op::Switch => self.switch(function, pc, insn.k()),
            Op::SubstType => window(insn.b(), function.type_vars.len()),
            Op::Call => {
                window(insn.a(), module.functions.get(insn.k() as usize).map_or(0, |callee| callee.params.len()))
            }
            Op::CallNative => {
                window(insn.a(), module.natives.get(insn.k() as usize).map_or(0, |native| native.params.len()))
            }
            Op::CallSite => {
                let site = module.sites.get(insn.k() as usize);
                let multi = site.and_then(|site| module.multis.get(site.multi as usize));
                window(insn.a(), multi.map_or(0, |multi| multi.params.len()))
            }
            Op::CallValue => window(insn.a(), (insn.k() as usize).saturating_add(1)),
            Op::New | Op::NewTyped => {
                window(insn.b(), module.layouts.get(ext as usize).map_or(0, |layout| layout.classes.len()))
            }
            Op::NewTuple | Op::NewShape | Op::ArrayOf => {
                window(insn.b(), insn.c() as usize)?;
                self.parts(rule.op, TypeId(ext), insn.c() as usize)
            }
            Op::ConcatN => window(insn.b(), insn.c() as usize),
            Op::NewRange => {
                at_most("c =", u32::from(insn.c()), 1)?;
                window(insn.b(), 2)
            }
            Op::Spawn => window(insn.b(), insn.c() as usize + 1),
            Op::ArrayCopy => window(insn.c(), 2),
            Op::NewClosure => {
                window(insn.b(), insn.c() as usize)?;
                match module.functions.get(ext as usize) {
                    Some(callee) if callee.closure && callee.captures == insn.c() => Ok(()),
                    Some(callee) if callee.closure => mismatch(
                        format_args!("{} captured values", insn.c()),
                        format_args!("{}, as function {ext} captures", callee.captures),
                    ),
                    _ => mismatch(format_args!("function {ext}, which is no closure"), "a closure"),
                }
            }
            Op::NewGenerator => {
                window(insn.b(), insn.c() as usize + 1)?;
                let params = module.functions.get(ext as usize).map_or(0, |callee| callee.params.len());
                if params == insn.c() as usize {
                    return Ok(());
                }
                mismatch(format_args!("{} arguments", insn.c()), format_args!("{params}, as function {ext} takes"))
            }
            _ => Ok(()),
        }
    }

    fn constant(&self, index: u32, expected: &str, is: impl Fn(&Constant) -> bool) -> Result<(), Mismatch> {
        match self.module.constants.get(index as usize) {
            Some(constant) if is(constant) => Ok(()),
            _ => mismatch(format_args!("constant {index} of another kind"), expected),
        }
    }

    fn switch(&mut self, function: &Function, pc: u32, table: u32) -> Result<(), Mismatch> {
        let Some((offsets, default)) = self.module.jump_tables.get(table as usize) else { return Ok(()) };
        if has_bit(&self.taken_tables, table) {
            return mismatch(format_args!("jump table {table}, which another switch has"), "a table of its own");
        }
        set_bit(&mut self.taken_tables, table);
        self.layout.budget = self.layout.budget.saturating_add(256 * offsets.len() as u64);
        for offset in offsets.iter().chain([default]) {
            let target = target(pc, *offset);
            if *offset < 0 || target >= function.code.len() as i64 {
                let found = format_args!("jump table {table} with a jump to offset {target}");
                return mismatch(
                    found,
                    format_args!("an offset from {} to {}", pc + 1, function.code.len() as i64 - 1),
                );
            }
            set_bit(&mut self.layout.leaders, target as u32);
        }
        Ok(())
    }

    /// The type of a new tuple, shape or array has as many parts as there are values.
    fn parts(&self, op: Op, ty: TypeId, count: usize) -> Result<(), Mismatch> {
        let (parts, expected) = match (op, self.module.types.kind(ty)) {
            (Op::NewTuple, TypeKind::Tuple(elements)) => (Some(elements.len()), "a tuple type"),
            (Op::NewTuple, _) => (None, "a tuple type"),
            (Op::NewShape, TypeKind::Shape(fields)) => (Some(fields.len()), "a shape type"),
            (Op::NewShape, _) => (None, "a shape type"),
            (_, TypeKind::Array(_)) => (Some(count), "an array type"),
            (_, TypeKind::FixedArray(_, length)) => (usize::try_from(*length).ok(), "an array type"),
            _ => (None, "an array type"),
        };
        match parts {
            Some(parts) if parts == count => Ok(()),
            Some(parts) => mismatch(format_args!("{count} values"), format_args!("{parts}, as type {} has", ty.0)),
            None => mismatch(format_args!("type {}", ty.0), expected),
        }
    }
}

fn at_most(what: &str, number: u32, limit: u32) -> Result<(), Mismatch> {
    if number <= limit { Ok(()) } else { mismatch(format_args!("{what} {number}"), format_args!("at most {limit}")) }
}

fn window(function: &Function, first: u16, count: usize) -> Result<(), Mismatch> {
    if (first as usize).saturating_add(count) <= function.registers as usize {
        return Ok(());
    }
    let found = format_args!("{count} registers from r{first} on");
    mismatch(found, format_args!("registers below r{}", function.registers))
}

fn is_array(constant: &Constant) -> bool {
    matches!(constant, Constant::Array(..) | Constant::ArrayI64(..) | Constant::ArrayF64(..) | Constant::ArrayByte(..))
}

/// The class of an array's elements in registers.
pub(crate) fn element_class(module: &Module, array: TypeId) -> Class {
    let element = match module.types.kind(array) {
        TypeKind::Array(element) | TypeKind::FixedArray(element, _) => *element,
        _ => TypeId::ANY,
    };
    match element {
        TypeId::I64 => Class::I64,
        TypeId::F64 => Class::F64,
        TypeId::BOOL => Class::Bool,
        TypeId::BYTE => Class::Byte,
        _ => Class::Dyn,
    }
}
