//! Reads listings: functions as text, for tests of whatever runs or reads bytecode.
//!
//! The text is that of [`crate::disassemble()`]: a line `fn name(classes) -> class, registers n`, then one instruction a
//! line with operands `r0`, numbers, `word:number` for indices and labels for jumps, and handlers. Offsets before
//! instructions, names behind registers (`r0:x`) and comments from `;` on are ignored; the cost is the number of
//! instructions unless it is given. Nothing is checked beyond what is needed to read it, so that wrong code can be
//! written too.
//!
//! ```
//! let mut module = sayso_bytecode::Module::default();
//! sayso_bytecode::assemble(&mut module, "
//!     fn double(i64) -> i64, registers 2
//!         add_i64 r1, r0, r0
//!         return r1
//! ").unwrap();
//! assert_eq!(module.functions[0].code.len(), 2);
//! ```

use crate::builder::{FunctionBuilder, Label};
use crate::disassemble::{Operand, operands};
use crate::module::{Class, DebugInfo, Function, HandlerKind, Module};
use crate::op::{Format, Insn, Op};
use rustc_hash::FxHashMap;
use sayso_types::VarId;

/// Why text is no listing: line (from 1) and message.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct AssembleError {
    /// The line, from 1.
    pub line: usize,
    /// What is wrong there.
    pub message: String,
}

impl std::fmt::Display for AssembleError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "line {}: {}", self.line, self.message)
    }
}

impl std::error::Error for AssembleError {}

/// Appends the functions in `text` to a module, all in its source module 0.
pub fn assemble(module: &mut Module, text: &str) -> Result<(), AssembleError> {
    let mut current: Option<Unfinished> = None;
    let mut last = 0;
    for (number, line) in text.lines().enumerate() {
        let line = line.split(" ;").next().unwrap_or("").trim();
        last = number + 1;
        let at = |message: String| AssembleError { line: number + 1, message };
        if line.is_empty() || line.starts_with(';') {
            continue;
        }
        if let Some(head) = line.strip_prefix("fn ") {
            if let Some(done) = current.take() {
                done.finish(module).map_err(at)?;
            }
            current = Some(Unfinished::new(module, head).map_err(at)?);
        } else if let Some(function) = &mut current {
            function.line(line).map_err(at)?;
        } else {
            return Err(at("expected `fn`".to_string()));
        }
    }
    match current {
        Some(done) => done.finish(module).map_err(|message| AssembleError { line: last, message }),
        None => Ok(()),
    }
}

struct Unfinished {
    function: Function,
    builder: FunctionBuilder,
    labels: FxHashMap<String, Label>,
    handlers: Vec<(String, HandlerKind)>,
}

impl Unfinished {
    fn new(module: &mut Module, head: &str) -> Result<Unfinished, String> {
        let (name, rest) = head.split_once('(').ok_or("expected `(`")?;
        let (params, rest) = rest.split_once(')').ok_or("expected `)`")?;
        let rest = rest.trim().strip_prefix("->").ok_or("expected `->`")?;
        let mut parts = rest.split(',').map(str::trim);
        let mut function = Function {
            name: module.names.len() as u32,
            module: 0,
            params: words(params).map(class).collect::<Result<_, _>>()?,
            result: class(parts.next().unwrap_or(""))?,
            type_vars: Vec::new(),
            registers: 0,
            entry_cost: 0,
            closure: false,
            captures: 0,
            value_type: sayso_types::TypeId::FUNCTION,
            code: Vec::new(),
            handlers: Vec::new(),
            debug: DebugInfo::default(),
            span: None,
        };
        module.names.push(name.trim().into());
        for part in parts {
            let (key, value) = part.split_once(' ').unwrap_or((part, ""));
            match key {
                "registers" => function.registers = number(value)? as u16,
                "cost" => function.entry_cost = number(value)? as u32,
                "closure" => function.closure = true,
                "captures" => function.captures = number(value)? as u16,
                "vars" => {
                    let vars = value.split_whitespace().map(|var| number(var).map(|var| VarId(var as u32)));
                    function.type_vars = vars.collect::<Result<_, _>>()?;
                }
                _ => return Err(format!("unknown `{part}`")),
            }
        }
        let builder = FunctionBuilder::new();
        Ok(Unfinished { function, builder, labels: FxHashMap::default(), handlers: Vec::new() })
    }

    fn label(&mut self, name: &str) -> Label {
        let builder = &mut self.builder;
        *self.labels.entry(name.to_string()).or_insert_with(|| builder.new_label())
    }

    fn line(&mut self, line: &str) -> Result<(), String> {
        if let Some(label) = line.strip_suffix(':') {
            let label = self.label(label);
            self.builder.bind(label);
            return Ok(());
        }
        let (first, rest) = line.split_once(char::is_whitespace).unwrap_or((line, ""));
        match first {
            "catch" => self.handlers.push((rest.to_string(), HandlerKind::Catch)),
            "cleanup" => self.handlers.push((rest.to_string(), HandlerKind::Cleanup)),
            "word" => {
                let bits = rest.trim().trim_start_matches("0x");
                self.emit(Insn(u64::from_str_radix(bits, 16).map_err(|_| "expected a hexadecimal word")?));
            }
            offset if offset.bytes().all(|byte| byte.is_ascii_digit()) => return self.line(rest.trim()),
            mnemonic => {
                let op = Op::ALL.iter().copied().find(|op| op.mnemonic() == mnemonic);
                let op = op.ok_or_else(|| format!("unknown operation `{mnemonic}`"))?;
                return self.instruction(op, rest);
            }
        }
        Ok(())
    }

    fn emit(&mut self, insn: Insn) {
        self.builder.emit(insn);
    }

    fn instruction(&mut self, op: Op, text: &str) -> Result<(), String> {
        let mut texts = words(text);
        let mut next = || texts.next().ok_or_else(|| format!("`{}` has more operands", op.mnemonic()));
        if op == Op::Switch {
            let register = operand(next()?)? as u16;
            let mut targets: Vec<Label> = texts.map(|target| self.label(target)).collect();
            let default = targets.pop().ok_or("`switch` has a default target")?;
            self.builder.switch(register, &targets, default);
            return Ok(());
        }
        let mut values = [0i64; 4];
        let mut target = None;
        for (operand_kind, value) in operands(op).into_iter().zip(&mut values) {
            match operand_kind {
                Operand::Unused => {}
                Operand::Jump => target = Some(next()?.to_string()),
                Operand::Register | Operand::Unsigned | Operand::Signed | Operand::Index(_) => {
                    *value = operand(next()?)?
                }
            }
        }
        if let Some(more) = texts.next() {
            return Err(format!("`{}` has no operand `{more}`", op.mnemonic()));
        }
        let [a, b, c, ext] = values;
        if let Some(target) = target {
            // An offset as a number is taken as it is.
            if let Ok(offset) = target.parse::<i64>() {
                self.emit(match op.format() {
                    Format::AK => Insn::ak(op, a as u16, offset as u32),
                    Format::ABC => Insn::abc(op, a as u16, b as u16, offset as u16),
                });
                return Ok(());
            }
            let label = self.label(&target);
            self.builder.jump(op, a as u16, b as u16, label);
            return Ok(());
        }
        self.emit(match op.format() {
            Format::AK => Insn::ak(op, a as u16, b as u32),
            Format::ABC => Insn::abc(op, a as u16, b as u16, c as u16),
        });
        if op.has_ext() {
            self.emit(Insn::ak(Op::Ext, 0, ext as u32));
        }
        Ok(())
    }

    fn finish(mut self, module: &mut Module) -> Result<(), String> {
        for (text, kind) in std::mem::take(&mut self.handlers) {
            let (range, rest) = text.split_once(" to ").ok_or("expected `start..end to label, register`")?;
            let (start, end) = range.split_once("..").ok_or("expected `start..end`")?;
            let (target, register) = rest.split_once(',').ok_or("expected a register")?;
            let [start, end, target] = [start, end, target].map(|name| self.label(name.trim()));
            let register = operand(register.trim())? as u16;
            self.builder.handler(start, end, target, register, kind);
        }
        let assembled = self.builder.finish(module.jump_tables.len() as u32).map_err(|error| error.to_string())?;
        module.jump_tables.extend(assembled.jump_tables);
        let mut function = self.function;
        if function.entry_cost == 0 {
            function.entry_cost = assembled.code.len().max(1) as u32;
        }
        function.code = assembled.code;
        function.handlers = assembled.handlers;
        module.functions.push(function);
        Ok(())
    }
}

/// Operands without the commas and brackets between them.
fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c: char| c == ',' || c == '[' || c == ']' || c.is_whitespace()).filter(|word| !word.is_empty())
}

fn class(text: &str) -> Result<Class, String> {
    let classes = [Class::I64, Class::F64, Class::Bool, Class::Byte, Class::Ref, Class::Dyn];
    classes.into_iter().find(|class| class.name() == text).ok_or_else(|| format!("unknown class `{text}`"))
}

fn number(text: &str) -> Result<i64, String> {
    text.trim().parse().map_err(|_| format!("expected a number, found `{text}`"))
}

/// `r1`, `r1:name`, `const:1`, `-1`
fn operand(text: &str) -> Result<i64, String> {
    match (text.strip_prefix('r'), text.split_once(':')) {
        (Some(register), _) => number(register.split(':').next().unwrap_or("")),
        (None, Some((_, index))) => number(index),
        (None, None) => number(text),
    }
}
