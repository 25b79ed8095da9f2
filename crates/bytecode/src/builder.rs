//! Assembles the code of one function.
//!
//! Labels stand for places that are not known yet; [`FunctionBuilder::finish`] puts the offsets in. Most conditional
//! jumps have 16-bit offsets: one that would not fit becomes an inverted jump over a `jump`; a loop instruction
//! (`for_range`, …) gets a `jump` before it that it leads to. This may move other jumps out of range, so it is repeated
//! until nothing changes; lengths only grow, so it ends. A `jump` to a `return` returns at once,
//! one to the next instruction is none. Nothing here knows how
//! registers are allocated.
//!
//! ```
//! use sayso_bytecode::{FunctionBuilder, Insn, Op};
//! let mut b = FunctionBuilder::new();
//! let exit = b.new_label();
//! b.jump(Op::JumpGeImm, 0, 10, exit);
//! b.emit(Insn::abc(Op::AddI64Imm, 0, 0, 1));
//! b.bind(exit);
//! b.emit(Insn::abc(Op::Return, 0, 0, 0));
//! let assembled = b.finish(0).unwrap();
//! assert_eq!(assembled.code[0].sc(), 1);
//! ```

use crate::module::{Handler, HandlerKind, LocalInfo};
use crate::op::{Format, Insn, Op, OperandRule};
use sayso_base::Span;
use sayso_types::TypeId;

#[cfg(test)]
mod tests;

/// A place in the code of one [`FunctionBuilder`].
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Label(u32);

/// The position of an instruction that was emitted; jumps that become long do not change it.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Position(u32);

/// Why code could not be assembled: mistakes of the caller, and functions that are too long.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum BuildError {
    /// A jump, handler or local names a label that was never bound.
    UnboundLabel(Label),
    /// A label was bound a second time.
    BoundTwice(Label),
    /// [`FunctionBuilder::jump`] was given an operation that does not jump.
    NoJump(Op),
    /// The function has more than `i32::MAX` instructions.
    TooLong,
}

impl std::fmt::Display for BuildError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            BuildError::UnboundLabel(label) => write!(f, "label {} is used but not bound", label.0),
            BuildError::BoundTwice(label) => write!(f, "label {} is bound twice", label.0),
            BuildError::NoJump(op) => write!(f, "`{}` is no jump", op.mnemonic()),
            BuildError::TooLong => f.write_str("the function has more than 2147483647 instructions"),
        }
    }
}

impl std::error::Error for BuildError {}

/// What [`FunctionBuilder::finish`] gives: the parts of a [`crate::Function`] that mention code offsets.
#[derive(Clone, Debug, Default)]
pub struct Assembled {
    /// The instructions.
    pub code: Vec<Insn>,
    /// For [`crate::DebugInfo::spans`].
    pub spans: Vec<(u32, Span)>,
    /// To be appended to [`crate::Module::jump_tables`], whose length then was `finish`'s argument.
    pub jump_tables: Vec<(Vec<i32>, i32)>,
    /// For [`crate::Function::handlers`], in the order in which they were added; empty ranges are left out.
    pub handlers: Vec<Handler>,
    /// For [`crate::DebugInfo::locals`]; empty ranges are left out.
    pub locals: Vec<LocalInfo>,
}

const UNBOUND: u32 = u32::MAX;

#[derive(Clone, Copy)]
struct PendingJump {
    at: u32,
    label: Label,
    long: bool,
}

struct PendingSwitch {
    at: u32,
    targets: Vec<Label>,
    default: Label,
}

struct PendingHandler {
    start: Label,
    end: Label,
    target: Label,
    register: u16,
    kind: HandlerKind,
}

/// A variable's place with labels for its range; see [`LocalInfo`].
#[derive(Clone, Copy, Debug)]
pub struct LocalRange {
    /// Index into [`crate::Module::names`].
    pub name: u32,
    /// Its register.
    pub register: u16,
    /// Its static type.
    pub ty: TypeId,
    /// Whether the register holds a cell with the value.
    pub boxed: bool,
    /// First instruction at which it holds the value.
    pub start: Label,
    /// One past the last.
    pub end: Label,
}

/// Collects the code of one function.
#[derive(Default)]
pub struct FunctionBuilder {
    code: Vec<Insn>,
    /// Position of each label, or [`UNBOUND`].
    labels: Vec<u32>,
    /// Labels that are bound, in the order of their positions.
    bound: Vec<Label>,
    /// Ascending by position.
    jumps: Vec<PendingJump>,
    switches: Vec<PendingSwitch>,
    spans: Vec<(u32, Span)>,
    span: Option<Span>,
    handlers: Vec<PendingHandler>,
    locals: Vec<LocalRange>,
    /// Instructions before this position are final for the peephole: a label is bound behind them.
    barrier: u32,
    error: Option<BuildError>,
}

impl FunctionBuilder {
    /// No code yet.
    pub fn new() -> FunctionBuilder {
        FunctionBuilder::default()
    }

    /// A label that is not bound yet.
    pub fn new_label(&mut self) -> Label {
        self.labels.push(UNBOUND);
        Label(self.labels.len() as u32 - 1)
    }

    /// Binds a label to the next instruction. A `jump` to it that stands directly before is taken back.
    pub fn bind(&mut self, label: Label) {
        while self.take_back_jump(label) {}
        let here = self.code.len() as u32;
        self.barrier = here;
        match self.labels.get_mut(label.0 as usize) {
            Some(place) if *place == UNBOUND => {
                *place = here;
                self.bound.push(label);
            }
            _ => self.fail(BuildError::BoundTwice(label)),
        }
    }

    fn take_back_jump(&mut self, label: Label) -> bool {
        let Some(at) = self.code.len().checked_sub(1) else { return false };
        let jumps = self.jumps.last().is_some_and(|jump| jump.at as usize == at && jump.label == label);
        if !jumps || self.op_at(at as u32) != Some(Op::Jump) {
            return false;
        }
        self.code.pop();
        self.jumps.pop();
        self.forget_spans();
        // Labels behind it are labels of where it leads to.
        for label in self.bound.iter().rev() {
            match self.labels.get_mut(label.0 as usize) {
                Some(place) if *place as usize > at => *place = at as u32,
                _ => break,
            }
        }
        true
    }

    /// Drops the spans of instructions that were taken back.
    fn forget_spans(&mut self) {
        let here = self.code.len() as u32;
        while self.spans.last().is_some_and(|(start, _)| *start >= here) {
            self.spans.pop();
        }
    }

    /// A new label, bound to the next instruction.
    pub fn here(&mut self) -> Label {
        let label = self.new_label();
        self.bind(label);
        label
    }

    /// Whether a label is bound.
    pub fn is_bound(&self, label: Label) -> bool {
        self.labels.get(label.0 as usize).is_some_and(|place| *place != UNBOUND)
    }

    /// The span of the instructions that follow.
    pub fn set_span(&mut self, span: Span) {
        self.span = Some(span);
    }

    /// The span that instructions get now.
    pub fn span(&self) -> Option<Span> {
        self.span
    }

    /// How many words were emitted, before any jump becomes long.
    pub fn len(&self) -> usize {
        self.code.len()
    }

    /// Whether nothing was emitted.
    pub fn is_empty(&self) -> bool {
        self.code.is_empty()
    }

    /// Appends an instruction that neither jumps to a label nor has an `ext` word.
    pub fn emit(&mut self, insn: Insn) -> Position {
        let at = self.code.len() as u32;
        if let Some(span) = self.span {
            match self.spans.last_mut() {
                Some((_, last)) if *last == span => {}
                Some((start, last)) if *start == at => *last = span,
                _ => self.spans.push((at, span)),
            }
        }
        self.code.push(insn);
        Position(at)
    }

    /// Appends an instruction and the `ext` word that carries its 32-bit operand.
    pub fn emit_ext(&mut self, insn: Insn, k: u32) -> Position {
        let at = self.emit(insn);
        self.emit(Insn::ak(Op::Ext, 0, k));
        at
    }

    /// Appends a jump. `a` and `b` are the operands that `op` has besides the offset, 0 where it has none (`jump`,
    /// and the `b` of `jump_if`).
    pub fn jump(&mut self, op: Op, a: u16, b: u16, label: Label) -> Position {
        let insn = match (op.format(), op.operands()) {
            (Format::AK, [_, OperandRule::Jump32, _]) => Insn::ak(op, a, 0),
            (Format::ABC, [_, _, OperandRule::Jump16]) => Insn::abc(op, a, b, 0),
            _ => {
                self.fail(BuildError::NoJump(op));
                Insn::abc(op, a, b, 0)
            }
        };
        let at = self.emit(insn);
        self.jumps.push(PendingJump { at: at.0, label, long: false });
        at
    }

    /// Appends a `switch` on an integer register with a jump table of its own: value `i` leads to `targets[i]`,
    /// anything else to `default`.
    pub fn switch(&mut self, register: u16, targets: &[Label], default: Label) -> Position {
        let at = self.emit(Insn::ak(Op::Switch, register, 0));
        self.switches.push(PendingSwitch { at: at.0, targets: targets.to_vec(), default });
        at
    }

    /// Adds a handler; inner ones are added before outer ones. See [`Handler`].
    pub fn handler(&mut self, start: Label, end: Label, target: Label, register: u16, kind: HandlerKind) {
        self.handlers.push(PendingHandler { start, end, target, register, kind });
    }

    /// Adds a variable for debuggers.
    pub fn local(&mut self, local: LocalRange) {
        self.locals.push(local);
    }

    /// The instruction at a position.
    pub fn get(&self, at: Position) -> Option<Insn> {
        self.code.get(at.0 as usize).copied()
    }

    /// Replaces an instruction, not by or of a jump.
    pub fn patch(&mut self, at: Position, insn: Insn) {
        if let Some(place) = self.code.get_mut(at.0 as usize) {
            *place = insn;
        }
    }

    /// Replaces the operand in the `ext` word of the instruction at a position.
    pub fn patch_ext(&mut self, at: Position, k: u32) {
        self.patch(Position(at.0.saturating_add(1)), Insn::ak(Op::Ext, 0, k));
    }

    /// The last instruction if a peephole may change it: it is no jump, has no `ext` word, and no label is bound
    /// behind it.
    pub fn last(&self) -> Option<Insn> {
        let at = self.code.len().checked_sub(1)? as u32;
        let insn = self.code.last()?;
        let jumps = self.jumps.last().is_some_and(|jump| jump.at == at)
            || self.switches.last().is_some_and(|switch| switch.at == at);
        (at >= self.barrier && !jumps && insn.op_bits() != Op::Ext as u16).then_some(*insn)
    }

    /// Takes back what [`FunctionBuilder::last`] gives.
    pub fn pop(&mut self) -> Option<Insn> {
        let insn = self.last()?;
        self.code.pop();
        self.forget_spans();
        Some(insn)
    }

    /// Puts all offsets in. `first_jump_table` is how many jump tables the module has before those of this function.
    pub fn finish(mut self, first_jump_table: u32) -> Result<Assembled, BuildError> {
        if let Some(error) = self.error.take() {
            return Err(error);
        }
        // Each word becomes at most three.
        if self.code.len() > i32::MAX as usize / 3 {
            return Err(BuildError::TooLong);
        }
        self.check_labels()?;
        let moved = self.relax();
        let mut assembled = Assembled { code: self.place(&moved), ..Assembled::default() };
        for (index, switch) in self.switches.iter().enumerate() {
            let at = moved.of(switch.at);
            let offset = |label: Label| self.target(&moved, label) as i32 - (at as i32 + 1);
            let targets = switch.targets.iter().map(|label| offset(*label)).collect();
            assembled.jump_tables.push((targets, offset(switch.default)));
            if let Some(word) = assembled.code.get_mut(at as usize) {
                *word = Insn::ak(Op::Switch, word.a(), first_jump_table.saturating_add(index as u32));
            }
        }
        for h in &self.handlers {
            let (start, end) = (self.target(&moved, h.start), self.target(&moved, h.end));
            let target = self.target(&moved, h.target);
            if start < end {
                assembled.handlers.push(Handler { start, end, target, register: h.register, kind: h.kind });
            }
        }
        for local in &self.locals {
            let LocalRange { name, register, ty, boxed, start, end } = *local;
            let (start, end) = (self.target(&moved, start), self.target(&moved, end));
            if start < end {
                assembled.locals.push(LocalInfo { name, register, ty, boxed, start, end });
            }
        }
        assembled.spans = self.spans.iter().map(|(start, span)| (moved.of(*start), *span)).collect();
        Ok(assembled)
    }

    fn fail(&mut self, error: BuildError) {
        self.error.get_or_insert(error);
    }

    fn check_labels(&self) -> Result<(), BuildError> {
        let jumps = self.jumps.iter().map(|jump| jump.label);
        let switches = self.switches.iter().flat_map(|s| s.targets.iter().copied().chain([s.default]));
        let handlers = self.handlers.iter().flat_map(|h| [h.start, h.end, h.target]);
        let locals = self.locals.iter().flat_map(|local| [local.start, local.end]);
        match jumps.chain(switches).chain(handlers).chain(locals).find(|label| !self.is_bound(*label)) {
            Some(label) => Err(BuildError::UnboundLabel(label)),
            None => Ok(()),
        }
    }

    /// A label's place in the finished code.
    fn target(&self, moved: &Moved, label: Label) -> u32 {
        moved.of(self.labels.get(label.0 as usize).copied().unwrap_or(0))
    }

    /// Decides which jumps are long.
    fn relax(&mut self) -> Moved {
        let mut moved = self.moved();
        if moved.of(self.code.len() as u32) <= i16::MAX as u32 {
            return moved;
        }
        for round in 0.. {
            // Chains in which each long jump makes one other long are possible; they are not followed one by one.
            let slack = if round < 8 { 0 } else { i64::from(i16::MAX) };
            let mut changed = false;
            for index in 0..self.jumps.len() {
                let Some(&jump) = self.jumps.get(index) else { continue };
                if jump.long || !self.has_short_offset(jump) {
                    continue;
                }
                let distance = i64::from(self.target(&moved, jump.label)) - i64::from(moved.of(jump.at)) - 1;
                if distance.abs() + slack > i64::from(i16::MAX) {
                    changed = true;
                    self.set_long(index);
                }
            }
            if !changed {
                break;
            }
            moved = self.moved();
        }
        moved
    }

    fn set_long(&mut self, index: usize) {
        if let Some(jump) = self.jumps.get_mut(index) {
            jump.long = true;
        }
    }

    fn has_short_offset(&self, jump: PendingJump) -> bool {
        self.op_at(jump.at).is_some_and(|op| op.format() == Format::ABC)
    }

    fn op_at(&self, at: u32) -> Option<Op> {
        Op::from_bits(self.code.get(at as usize)?.op_bits())
    }

    fn moved(&self) -> Moved {
        if !self.jumps.iter().any(|jump| jump.long) {
            return Moved(Vec::new());
        }
        let mut places = Vec::with_capacity(self.code.len() + 1);
        let mut jumps = self.jumps.iter().filter(|jump| jump.long).peekable();
        let mut place = 0;
        for at in 0..self.code.len() as u32 {
            places.push(place);
            place += 1;
            if jumps.next_if(|jump| jump.at == at).is_some() {
                place += self.op_at(at).map_or(0, |op| if inverse(op).is_some() { 1 } else { 2 });
            }
        }
        places.push(place);
        Moved(places)
    }

    /// The code with all jumps but switches in place.
    fn place(&self, moved: &Moved) -> Vec<Insn> {
        let mut code = Vec::with_capacity(moved.of(self.code.len() as u32) as usize);
        let mut jumps = self.jumps.iter().peekable();
        for (at, &insn) in self.code.iter().enumerate() {
            let jump = jumps.next_if(|jump| jump.at as usize == at);
            let (Some(jump), Some(op)) = (jump, Op::from_bits(insn.op_bits())) else {
                code.push(insn);
                continue;
            };
            let target = self.target(moved, jump.label) as i32;
            let offset = |length: usize| target - (length as i32 + 1);
            let aim = self.labels.get(jump.label.0 as usize).and_then(|place| self.code.get(*place as usize));
            if let Some(returned) = aim.filter(|aim| op == Op::Jump && aim.op_bits() == Op::Return as u16) {
                code.push(*returned);
            } else if op.format() == Format::AK {
                code.push(Insn::ak(op, insn.a(), offset(code.len()) as u32));
            } else if !jump.long {
                code.push(Insn::abc(op, insn.a(), insn.b(), offset(code.len()) as i16 as u16));
            } else if let Some((inverse, swap)) = inverse(op) {
                let (a, b) = if swap { (insn.b(), insn.a()) } else { (insn.a(), insn.b()) };
                code.push(Insn::abc(inverse, a, b, 1));
                code.push(Insn::ak(Op::Jump, 0, offset(code.len()) as u32));
            } else {
                code.push(Insn::ak(Op::Jump, 0, 1));
                code.push(Insn::ak(Op::Jump, 0, offset(code.len()) as u32));
                code.push(Insn::abc(op, insn.a(), insn.b(), -2i16 as u16));
            }
        }
        code
    }
}

/// The place of each word in the finished code; empty if nothing moves.
struct Moved(Vec<u32>);

impl Moved {
    fn of(&self, at: u32) -> u32 {
        self.0.get(at as usize).copied().unwrap_or(at)
    }
}

/// The jump with a 16-bit offset that is taken exactly when `op` is not, and whether its registers are swapped. None
/// for those that do more than jump.
pub fn inverse(op: Op) -> Option<(Op, bool)> {
    Some(match op {
        Op::JumpEqInt => (Op::JumpNeInt, false),
        Op::JumpNeInt => (Op::JumpEqInt, false),
        Op::JumpLtInt => (Op::JumpLeInt, true),
        Op::JumpLeInt => (Op::JumpLtInt, true),
        Op::JumpEqImm => (Op::JumpNeImm, false),
        Op::JumpNeImm => (Op::JumpEqImm, false),
        Op::JumpLtImm => (Op::JumpGeImm, false),
        Op::JumpGeImm => (Op::JumpLtImm, false),
        Op::JumpGtImm => (Op::JumpLeImm, false),
        Op::JumpLeImm => (Op::JumpGtImm, false),
        Op::JumpEqF64 => (Op::JumpNeF64, false),
        Op::JumpNeF64 => (Op::JumpEqF64, false),
        Op::JumpLtF64 => (Op::JumpNltF64, false),
        Op::JumpNltF64 => (Op::JumpLtF64, false),
        Op::JumpLeF64 => (Op::JumpNleF64, false),
        Op::JumpNleF64 => (Op::JumpLeF64, false),
        Op::JumpVariant => (Op::JumpNotVariant, false),
        Op::JumpNotVariant => (Op::JumpVariant, false),
        _ => return None,
    })
}
