//! Listings of modules and functions: stable text for tests and for `sayso dump bytecode`.
//!
//! A line is an offset, the operation, its operands, and behind `;` what these stand for. [`crate::assemble()`] reads the
//! same text. Any module can be listed, sound or not.

use crate::module::{Function, FunctionId, HandlerKind, Module};
use crate::op::{Format, Insn, Op, OperandRule, Table};
use crate::shown;
use sayso_base::SourceMap;
use sayso_types::TypeId;
use std::fmt::Write as _;

#[cfg(test)]
mod tests;

/// What an operand is for those who read or write it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Operand {
    Unused,
    Register,
    Unsigned,
    Signed,
    Index(Table),
    /// An offset, shown as a label.
    Jump,
}

/// The operands of an operation: `a`, `b` (or `k`), `c`, and that of the `ext` word.
pub(crate) fn operands(op: Op) -> [Operand; 4] {
    let signed =
        matches!(op, Op::LoadInt | Op::AddI64Imm | Op::MulI64Imm | Op::DivI64Imm | Op::RemI64Imm | Op::AndI64Imm)
            || matches!(
                op,
                Op::JumpEqImm | Op::JumpNeImm | Op::JumpLtImm | Op::JumpLeImm | Op::JumpGtImm | Op::JumpGeImm
            );
    let [a, b, c] = op.operands();
    [a, b, c, op.ext()].map(|rule| match rule {
        OperandRule::None => Operand::Unused,
        OperandRule::Read(_) | OperandRule::Write(_) => Operand::Register,
        OperandRule::ReadInt | OperandRule::ReadRaw | OperandRule::ReadAny => Operand::Register,
        OperandRule::Imm if signed => Operand::Signed,
        OperandRule::Imm => Operand::Unsigned,
        OperandRule::Jump16 | OperandRule::Jump32 => Operand::Jump,
        OperandRule::Index(table) => Operand::Index(table),
        OperandRule::Special => match op {
            Op::AddF64Const | Op::SubF64Const | Op::MulF64Const | Op::DivF64Const => Operand::Index(Table::Constants),
            Op::Ext => Operand::Unsigned,
            _ => Operand::Register,
        },
    })
}

/// The word before the number in operands that index a table: `const:3`.
pub(crate) fn prefix(table: Table) -> &'static str {
    match table {
        Table::Constants => "const",
        Table::Globals => "global",
        Table::Functions => "fn",
        Table::Natives => "native",
        Table::Sites => "site",
        Table::Types => "type",
        Table::Layouts => "layout",
        Table::JumpTables => "table",
        Table::Formats => "format",
        Table::Names => "name",
        Table::Modules => "module",
        Table::Comptimes => "comptime",
    }
}

/// Lists all functions of a module, with source lines if the files are given.
pub fn disassemble(module: &Module, sources: Option<&SourceMap>) -> String {
    let mut text = String::new();
    for id in 0..module.functions.len() as u32 {
        if id > 0 {
            text.push('\n');
        }
        text.push_str(&disassemble_function(module, id, sources));
    }
    text
}

/// Lists one function, with source lines if the files are given; empty if there is none of this number.
pub fn disassemble_function(module: &Module, id: FunctionId, sources: Option<&SourceMap>) -> String {
    let Some(function) = module.functions.get(id as usize) else { return String::new() };
    let mut locals: Vec<_> = function.debug.locals.iter().map(|l| (l.register, l.start, l.end, l.name)).collect();
    locals.sort_unstable();
    let mut listing =
        Listing { module, function, sources, labels: Vec::new(), locals, text: String::new(), line: None };
    listing.find_labels();
    listing.head(id);
    listing.code();
    listing.tables();
    listing.text
}

struct Listing<'m> {
    module: &'m Module,
    function: &'m Function,
    sources: Option<&'m SourceMap>,
    /// Offsets that something leads to, ascending.
    labels: Vec<u32>,
    /// Variables by register and start: register, start, end, name.
    locals: Vec<(u16, u32, u32, u32)>,
    text: String,
    /// The source line shown last.
    line: Option<(u32, u32)>,
}

impl Listing<'_> {
    fn find_labels(&mut self) {
        for (pc, insn) in instructions(self.function) {
            if let Some(op) = Op::from_bits(insn.op_bits()) {
                self.labels.extend(self.targets(pc, insn, op));
            }
        }
        for handler in &self.function.handlers {
            self.labels.extend([handler.start, handler.end, handler.target]);
        }
        self.labels.sort_unstable();
        self.labels.dedup();
    }

    fn targets(&self, pc: u32, insn: Insn, op: Op) -> Vec<u32> {
        let to = |offset: i32| u32::try_from(i64::from(pc) + 1 + i64::from(offset)).unwrap_or(u32::MAX);
        match (op, op.operands()) {
            (Op::Switch, _) => {
                let table = self.module.jump_tables.get(insn.k() as usize);
                table.into_iter().flat_map(|(all, default)| all.iter().chain([default])).map(|o| to(*o)).collect()
            }
            (_, [_, OperandRule::Jump32, _]) => vec![to(insn.sk())],
            (_, [_, _, OperandRule::Jump16]) => vec![to(i32::from(insn.sc()))],
            _ => Vec::new(),
        }
    }

    fn head(&mut self, id: FunctionId) {
        let function = self.function;
        let name = shown::name(self.module, function.name);
        let signature = shown::signature(name, &function.params, function.result);
        let _ = write!(self.text, "fn {signature}, registers {}, cost {}", function.registers, function.entry_cost);
        if function.closure {
            let _ = write!(self.text, ", closure, captures {}", function.captures);
        }
        if !function.type_vars.is_empty() {
            let vars: Vec<String> = function.type_vars.iter().map(|var| var.0.to_string()).collect();
            let _ = write!(self.text, ", vars {}", vars.join(" "));
        }
        let _ = writeln!(self.text, "  ; fn:{id}");
    }

    fn code(&mut self) {
        for (pc, insn) in instructions(self.function) {
            self.source_line(pc);
            if self.labels.binary_search(&pc).is_ok() {
                let _ = writeln!(self.text, "L{pc}:");
            }
            let line = self.instruction(pc, insn);
            let _ = writeln!(self.text, "{:6}  {}", pc, line.trim_end());
        }
        let end = self.function.code.len() as u32;
        if self.labels.binary_search(&end).is_ok() {
            let _ = writeln!(self.text, "L{end}:");
        }
    }

    fn source_line(&mut self, pc: u32) {
        let (Some(sources), Some(span)) = (self.sources, self.function.debug.span(pc)) else { return };
        let Some(file) = sources.get(span.file) else { return };
        let line = file.line(span.start);
        if self.line != Some((span.file.0, line)) {
            self.line = Some((span.file.0, line));
            let _ = writeln!(self.text, "; {}:{line}: {}", file.name, file.line_text(line).trim());
        }
    }

    fn instruction(&self, pc: u32, insn: Insn) -> String {
        let Some(op) = Op::from_bits(insn.op_bits()) else { return format!("word {:#018x}", insn.0) };
        let ext = self.function.code.get(pc as usize + 1).filter(|word| op.has_ext() && is_ext(Some(word)));
        let mut shown_operands = Vec::new();
        let mut notes = Vec::new();
        let next = pc + 1 + u32::from(op.has_ext());
        let values = match op.format() {
            Format::ABC => [u32::from(insn.a()), u32::from(insn.b()), u32::from(insn.c())],
            Format::AK => [u32::from(insn.a()), insn.k(), 0],
        };
        let values = [values[0], values[1], values[2], ext.map_or(0, |word| word.k())];
        let writes = matches!(op.operands()[0], OperandRule::Write(_));
        for (index, (operand, value)) in operands(op).into_iter().zip(values).enumerate() {
            match operand {
                Operand::Unused if value == 0 => {}
                Operand::Unused => notes.push(format!("unused operand {value}")),
                Operand::Register => {
                    let at = if index == 0 && writes { next } else { pc };
                    shown_operands.push(format!("r{value}{}", self.local(value, at)));
                }
                Operand::Unsigned => shown_operands.push(value.to_string()),
                Operand::Signed if op.format() == Format::AK => shown_operands.push((value as i32).to_string()),
                Operand::Signed => shown_operands.push((value as u16 as i16).to_string()),
                Operand::Jump => shown_operands.extend(self.targets(pc, insn, op).iter().map(|to| format!("L{to}"))),
                Operand::Index(Table::JumpTables) => shown_operands.push(self.jump_table(pc, insn, op)),
                Operand::Index(table) => {
                    shown_operands.push(format!("{}:{value}", prefix(table)));
                    notes.push(self.note(table, value));
                }
            }
        }
        let line = format!("{:<18} {}", op.mnemonic(), shown_operands.join(", "));
        notes.retain(|note| !note.is_empty());
        if notes.is_empty() { line } else { format!("{line:<44}  ; {}", notes.join(", ")) }
    }

    /// `:name` of the variable in a register.
    fn local(&self, register: u32, pc: u32) -> String {
        let index = self.locals.partition_point(|(r, start, ..)| (u32::from(*r), *start) <= (register, pc));
        match index.checked_sub(1).and_then(|index| self.locals.get(index)) {
            Some((r, _, end, name)) if u32::from(*r) == register && pc < *end => {
                format!(":{}", shown::name(self.module, *name))
            }
            _ => String::new(),
        }
    }

    fn jump_table(&self, pc: u32, insn: Insn, op: Op) -> String {
        let targets: Vec<String> = self.targets(pc, insn, op).iter().map(|to| format!("L{to}")).collect();
        match targets.split_last() {
            Some((default, targets)) => format!("[{}], {default}", targets.join(", ")),
            None => format!("table:{}", insn.k()),
        }
    }

    /// What an entry of a table is.
    fn note(&self, table: Table, index: u32) -> String {
        let module = self.module;
        let name = |index: u32| shown::name(module, index);
        let at = index as usize;
        match table {
            Table::Constants => shown::constant(module, index),
            Table::Globals => module.globals.get(at).map_or(String::new(), |global| name(global.name).to_string()),
            Table::Functions => match module.functions.get(at) {
                Some(function) => shown::signature(name(function.name), &function.params, function.result),
                None => String::new(),
            },
            Table::Natives => match module.natives.get(at) {
                Some(native) => shown::signature(name(native.key), &native.params, native.result),
                None => String::new(),
            },
            Table::Sites => match module.sites.get(at).and_then(|site| module.multis.get(site.multi as usize)) {
                Some(multi) => shown::signature(name(multi.name), &multi.params, multi.result),
                None => String::new(),
            },
            Table::Types => shown::ty(module, TypeId(index)),
            Table::Layouts => match module.layouts.get(at) {
                Some(layout) => {
                    format!("{}{}", shown::layout_name(module, index), shown::classes(&layout.classes))
                }
                None => String::new(),
            },
            Table::Formats => module.formats.get(at).map_or(String::new(), |format| format.to_string()),
            Table::Names => name(index).to_string(),
            Table::Modules => module.modules.get(at).map_or(String::new(), |info| name(info.name).to_string()),
            Table::Comptimes | Table::JumpTables => String::new(),
        }
    }

    fn tables(&mut self) {
        for h in &self.function.handlers {
            let kind = match h.kind {
                HandlerKind::Catch => "catch",
                HandlerKind::Cleanup => "cleanup",
            };
            let _ = writeln!(self.text, "  {kind} L{}..L{} to L{}, r{}", h.start, h.end, h.target, h.register);
        }
        for local in &self.function.debug.locals {
            let name = shown::name(self.module, local.name);
            let ty = shown::ty(self.module, local.ty);
            let boxed = if local.boxed { ", in a cell" } else { "" };
            let range = format!("{}..{}", local.start, local.end);
            let _ = writeln!(self.text, "  ; r{} is {name}: {ty} at {range}{boxed}", local.register);
        }
    }
}

/// Instructions without their `ext` words.
fn instructions(function: &Function) -> impl Iterator<Item = (u32, Insn)> {
    let code = &function.code;
    let mut pc = 0;
    std::iter::from_fn(move || {
        let at = pc;
        let insn = *code.get(at)?;
        pc += 1 + usize::from(Op::from_bits(insn.op_bits()).is_some_and(Op::has_ext) && is_ext(code.get(at + 1)));
        Some((at as u32, insn))
    })
}

fn is_ext(word: Option<&Insn>) -> bool {
    word.is_some_and(|word| word.op_bits() == Op::Ext as u16)
}

impl std::fmt::Display for crate::module::FormatSpec {
    /// As it is written in a string.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        if let Some(fill) = self.fill {
            write!(f, "{fill}")?;
        }
        f.write_str(match self.align {
            Some(-1) => "<",
            Some(0) => "^",
            Some(_) => ">",
            None => "",
        })?;
        for (is, sign) in [(self.plus, "+"), (self.alternate, "#"), (self.zero, "0")] {
            f.write_str(if is { sign } else { "" })?;
        }
        if let Some(width) = self.width {
            write!(f, "{width}")?;
        }
        if let Some(precision) = self.precision {
            write!(f, ".{precision}")?;
        }
        self.kind.map_or(Ok(()), |kind| write!(f, "{kind}"))
    }
}
