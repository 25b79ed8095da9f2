//! One function: registers, dead code, prologue.
//!
//! Registers are a stack. `next` is the first free one; whoever allocates remembers it and sets it back. Code behind a
//! jump, return or throw is dropped until a label that is used is bound (`dead`).

use crate::calls::Thunk;
use crate::cleanup::Scope;
use crate::fold::Folded;
use crate::link::{ConstantKey, Linker};
use rustc_hash::FxHashSet;
use sayso_base::{Diagnostic, Span};
use sayso_bytecode::builder::{Label, LocalRange};
use sayso_bytecode::{Class, Constant, Function, FunctionBuilder, HandlerKind, Insn, Op};
use sayso_check::hir::{self, ExprId, FnId, FunctionKind, LocalId};
use sayso_types::{TypeId, TypeKind, VarId};

pub(crate) type Reg = u16;

/// A register and what it holds.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Value {
    pub(crate) reg: Reg,
    pub(crate) class: Class,
}

/// What is made of a function.
#[derive(Clone, Copy)]
pub(crate) enum Shape {
    /// Its code; for a module's initialiser with the bookkeeping of that module.
    Plain { initialiser: Option<u32> },
    /// What a generator function does when called: it makes the generator.
    GeneratorStart,
    /// What the generator does when it is resumed.
    GeneratorBody,
    /// Looks whether the result for the arguments is remembered; else calls the body and remembers it.
    Memo,
}

/// A handler's range before the code is laid out.
pub(crate) struct Range {
    pub(crate) depth: usize,
    pub(crate) start: Label,
    pub(crate) end: Label,
    pub(crate) target: Label,
    pub(crate) register: Reg,
    pub(crate) kind: HandlerKind,
}

/// The greatest number of instructions in copies of deferred code: `defer` within `defer` doubles it with each level.
const MOST_COPIED: usize = 1 << 20;

/// The greatest number of registers; the rest of a `u16` is kept for calls' windows.
const MOST_REGISTERS: u32 = 65_000;

pub(crate) struct FunctionEmitter<'e, 'p> {
    pub(crate) linker: &'e mut Linker<'p>,
    pub(crate) hir: &'p hir::Function,
    pub(crate) code: FunctionBuilder,
    pub(crate) dead: bool,
    pub(crate) next: u32,
    most: u32,
    too_large: bool,
    /// How many instructions copies of deferred code have, and where the outermost copy begins that is being made.
    copied: usize,
    copying: Option<usize>,
    too_many_copies: bool,
    /// An expression that has been computed already, and where its value is.
    pub(crate) ready: Option<(ExprId, Value)>,
    used: FxHashSet<Label>,
    pub(crate) places: Vec<Option<Reg>>,
    pub(crate) assigned: Vec<bool>,
    pub(crate) scopes: Vec<Scope>,
    pub(crate) ranges: Vec<Range>,
    pub(crate) type_base: Option<Reg>,
    pub(crate) result: Class,
    pub(crate) folded: Vec<Folded>,
    pub(crate) in_or_pattern: bool,
    pub(crate) value_type: TypeId,
    pub(crate) span: Span,
    /// How many locals are in each register.
    local_counts: Vec<u32>,
    locals: Vec<(LocalId, Reg, Label)>,
    locals_done: Vec<(LocalId, Reg, Label, Label)>,
}

impl<'e, 'p> FunctionEmitter<'e, 'p> {
    pub(crate) fn new(linker: &'e mut Linker<'p>, hir: &'p hir::Function) -> Self {
        let mut assigned = vec![false; hir.locals.len()];
        for expr in &hir.exprs {
            if let hir::ExprKind::SetLocal(local, _) = expr.kind {
                if let Some(place) = assigned.get_mut(local.0 as usize) {
                    *place = true;
                }
            }
        }
        FunctionEmitter {
            linker,
            hir,
            code: FunctionBuilder::new(),
            dead: false,
            next: 0,
            most: 0,
            too_large: false,
            copied: 0,
            copying: None,
            too_many_copies: false,
            ready: None,
            used: FxHashSet::default(),
            places: vec![None; hir.locals.len()],
            assigned,
            scopes: Vec::new(),
            ranges: Vec::new(),
            type_base: None,
            result: Class::Dyn,
            folded: vec![Folded::Unknown; hir.exprs.len()],
            in_or_pattern: false,
            value_type: TypeId::FUNCTION,
            span: hir.span,
            local_counts: Vec::new(),
            locals: Vec::new(),
            locals_done: Vec::new(),
        }
    }

    /// The code of a function of the program.
    pub(crate) fn emit(linker: &'e mut Linker<'p>, function: FnId, shape: Shape) -> Function {
        let program = linker.program;
        let hir = program.function(function);
        let takes_types = linker.takes_types(function);
        let mut this = FunctionEmitter::new(linker, hir);
        let closure = this.is_closure(function);
        if closure {
            this.value_type = this.value_type_of(hir);
        }
        this.code.set_span(hir.span);
        let params = if closure { this.closure_prologue(takes_types) } else { this.plain_prologue(takes_types) };
        this.result = if closure { Class::Dyn } else { this.linker.class(hir.result) };
        match shape {
            Shape::Plain { initialiser } => this.body(initialiser),
            Shape::GeneratorStart => {
                let inner = this.linker.generator(function);
                let first = if closure { this.closure_arguments() } else { 0 };
                let dest = this.alloc();
                let ty = this.generator_type();
                this.load_type(ty, dest);
                this.put_ext(Insn::abc(Op::NewGenerator, dest, first, params.len() as Reg), inner);
                this.put(Insn::abc(Op::Return, dest, 0, 0));
            }
            Shape::Memo => this.remember(function, &params),
            Shape::GeneratorBody => {
                // Its end is the end of the iteration; the value is not seen.
                this.result = Class::Dyn;
                this.body(None);
            }
        }
        let captures = hir.captures as u16 + if closure && takes_types { hir.type_vars.len() as u16 } else { 0 };
        let type_vars = if takes_types { hir.type_vars.clone() } else { Vec::new() };
        this.finish(params, closure, if closure { captures } else { 0 }, type_vars, hir.name.0, Some(hir.span))
    }

    /// The code of a function with `@memo`: the key is its argument, or a tuple of its arguments.
    fn remember(&mut self, function: FnId, params: &[Class]) {
        let inner = self.linker.remembered(function);
        let count = params.len() as Reg;
        let result = self.result;
        let first = self.next as Reg;
        for (index, class) in params.iter().enumerate() {
            let reg = self.alloc();
            self.convert(index as Reg, *class, reg, Class::Dyn);
        }
        let types = &mut self.linker.module.types;
        let tuple = types.tuple(&vec![TypeId::ANY; params.len()]);
        let memory = types.intern(TypeKind::Table(TypeId::ANY, TypeId::ANY));
        let key = match count {
            1 => first,
            _ => self.alloc(),
        };
        match count {
            0 => self.put(Insn::abc(Op::LoadUnit, key, 0, 0)),
            1 => {}
            _ => self.put_ext(Insn::abc(Op::NewTuple, key, first, count), tuple.0),
        }
        let table = self.alloc();
        let constant = self.linker.push_constant(Constant::Memory(memory));
        self.put(Insn::ak(Op::LoadConst, table, constant));
        let found = self.alloc();
        self.put(Insn::abc(Op::TableFind, found, table, key));
        let missing = self.label();
        self.jump(Op::JumpUnset, found, 0, missing);
        let known = self.value_in(Value { reg: found, class: Class::Dyn }, result);
        self.put(Insn::abc(Op::Return, known, 0, 0));
        self.dead = true;
        self.bind(missing);
        let base = self.next as Reg;
        for index in 0..count {
            let reg = self.alloc();
            self.put(Insn::abc(Op::Move, reg, index, 0));
        }
        // A call without arguments needs a register for the result as well.
        self.reach(u32::from(base) + 1);
        self.put(Insn::ak(Op::Call, base, inner));
        self.next = u32::from(base) + 1;
        let boxed = self.value_in(Value { reg: base, class: result }, Class::Dyn);
        self.put(Insn::abc(Op::TableSet, table, key, boxed));
        self.put(Insn::abc(Op::Return, base, 0, 0));
        self.dead = true;
    }

    /// The type of a function as a value, with `any` for its variables.
    pub(crate) fn value_type_of(&mut self, function: &hir::Function) -> TypeId {
        let params: Vec<TypeId> = function.locals.iter().take(function.params as usize).map(|local| local.ty).collect();
        self.linker.module.types.function(&params, function.result, function.value_effects)
    }

    /// Whether a function exists only as a closure.
    fn is_closure(&self, function: FnId) -> bool {
        self.linker.program.function(function).closure
    }

    fn body(&mut self, initialiser: Option<u32>) {
        let FunctionKind::Body(body) = self.hir.kind else {
            // Never called: the checker has shown that no call can choose it.
            self.fault_constant(sayso_bytecode::FaultKind::Dispatch, "this function has no body");
            return;
        };
        if let Some(module) = initialiser {
            self.module_initialiser(body, module);
            return;
        }
        self.bind_parameters();
        let returns = self.hir.generator || self.returns_nothing(self.hir.result);
        if returns {
            self.effect(body);
            self.return_unit();
        } else {
            let value = self.value_as(body, self.result);
            self.put(Insn::abc(Op::Return, value, 0, 0));
            self.dead = true;
        }
    }

    /// The type of what a generator function makes, by what its result says of the elements.
    fn generator_type(&mut self) -> TypeId {
        let result = self.hir.result;
        let types = &mut self.linker.module.types;
        let known = types.well_known;
        let view = known.iter.and_then(|iter| types.supertype_view(result, iter));
        let element = match view.map(|view| types.kind(view)) {
            Some(TypeKind::Nominal(_, args)) => args.first().copied().unwrap_or(TypeId::ANY),
            _ => TypeId::ANY,
        };
        known.generator.map_or(TypeId::ANY, |decl| types.nominal(decl, &[element]))
    }

    pub(crate) fn returns_nothing(&self, ty: TypeId) -> bool {
        ty == TypeId::VOID
    }

    pub(crate) fn return_unit(&mut self) {
        if !self.dead {
            let reg = self.alloc();
            self.put(Insn::abc(Op::LoadUnit, reg, 0, 0));
            self.put(Insn::abc(Op::Return, reg, 0, 0));
            self.dead = true;
        }
    }

    /// Parameters of a function that is called directly: type arguments, then values of their classes.
    fn plain_prologue(&mut self, takes_types: bool) -> Vec<Class> {
        let mut params = Vec::new();
        if takes_types {
            self.type_base = Some(self.next as Reg);
            for _ in &self.hir.type_vars {
                self.alloc();
                params.push(Class::I64);
            }
        }
        for index in 0..self.hir.params {
            let local = LocalId(index);
            let class = self.linker.class(self.hir.local(local).ty);
            let reg = self.alloc();
            self.set_place(local, reg);
            params.push(class);
        }
        params
    }

    /// Parameters of a closure: the closure itself, then dynamic values; captured ones come out of the closure.
    fn closure_prologue(&mut self, takes_types: bool) -> Vec<Class> {
        let closure = self.alloc();
        let mut params = vec![Class::Ref];
        let hir = self.hir;
        for index in 0..hir.params {
            let local = LocalId(index);
            let class = self.linker.class(hir.local(local).ty);
            let reg = self.alloc();
            self.set_place(local, reg);
            params.push(Class::Dyn);
            self.convert(reg, Class::Dyn, reg, class);
        }
        let mut slot = 0;
        if takes_types {
            self.type_base = Some(self.next as Reg);
            for _ in &hir.type_vars {
                let reg = self.alloc();
                self.put(Insn::abc(Op::GetCapture, reg, closure, slot));
                self.put(Insn::abc(Op::UnboxI64, reg, reg, 0));
                slot += 1;
            }
        }
        for index in hir.params..hir.params + hir.captures {
            let local = LocalId(index);
            let info = hir.local(local);
            let class = if info.boxed { Class::Ref } else { self.linker.class(info.ty) };
            let reg = self.alloc();
            self.put(Insn::abc(Op::GetCapture, reg, closure, slot));
            self.convert(reg, Class::Dyn, reg, class);
            self.set_place(local, reg);
            slot += 1;
        }
        params
    }

    /// What a closure was called with, once more and as its callers pass it, in new registers behind each other.
    fn closure_arguments(&mut self) -> Reg {
        let first = self.alloc();
        self.put(Insn::abc(Op::Move, first, 0, 0));
        for index in 0..self.hir.params {
            let class = self.linker.class(self.hir.local(LocalId(index)).ty);
            let reg = self.alloc();
            self.convert(index as Reg + 1, class, reg, Class::Dyn);
        }
        first
    }

    /// Parameters that closures share and change live in cells.
    fn bind_parameters(&mut self) {
        let hir = self.hir;
        for index in 0..hir.params {
            let local = LocalId(index);
            if hir.local(local).boxed {
                if let Some(reg) = self.place(local) {
                    let class = self.linker.class(hir.local(local).ty);
                    self.convert(reg, class, reg, Class::Dyn);
                    self.put(Insn::abc(Op::NewCell, reg, reg, 0));
                }
            }
        }
    }

    pub(crate) fn finish(
        mut self,
        params: Vec<Class>,
        closure: bool,
        captures: u16,
        type_vars: Vec<VarId>,
        name: u32,
        span: Option<Span>,
    ) -> Function {
        if !self.dead {
            self.return_unit_any();
        }
        if self.too_large {
            let message = "this function needs more than 65,000 registers";
            let diagnostic =
                Diagnostic::error("function-too-large", self.hir.span, message).note("split it into several functions");
            self.linker.diagnostics.push(diagnostic);
        }
        if self.too_many_copies {
            let message = "the deferred code of this function becomes too large";
            let diagnostic = Diagnostic::error("function-too-large", self.hir.span, message)
                .note("it is copied to each way out of its block: move what is deferred into a function");
            self.linker.diagnostics.push(diagnostic);
        }
        self.forget_locals(0);
        self.ranges.sort_by_key(|range| std::cmp::Reverse(range.depth));
        for range in &self.ranges {
            self.code.handler(range.start, range.end, range.target, range.register, range.kind);
        }
        for (local, register, start, end) in &self.locals_done {
            let info = self.hir.local(*local);
            if info.name != sayso_base::names::EMPTY {
                self.code.local(LocalRange {
                    name: info.name.0,
                    register: *register,
                    ty: info.ty,
                    boxed: info.boxed,
                    start: *start,
                    end: *end,
                });
            }
        }
        let tables = &mut self.linker.module.jump_tables;
        let built = match self.code.finish(tables.len() as u32) {
            Ok(built) => built,
            Err(error) => {
                let message = format!("this function cannot be compiled: {error}");
                self.linker.diagnostics.push(Diagnostic::error("internal-error", self.hir.span, message));
                Default::default()
            }
        };
        tables.extend(built.jump_tables);
        Function {
            name,
            module: self.hir.module.0,
            params,
            result: self.result,
            type_vars,
            registers: self.most.min(u32::from(u16::MAX)) as u16,
            entry_cost: built.code.len().max(1) as u32,
            closure,
            captures,
            value_type: self.value_type,
            code: built.code,
            handlers: built.handlers,
            debug: sayso_bytecode::DebugInfo { spans: built.spans, locals: built.locals },
            span,
        }
    }

    fn return_unit_any(&mut self) {
        match self.result {
            Class::Dyn => self.return_unit(),
            _ => self.fault_constant(sayso_bytecode::FaultKind::State, "a function ended without a value"),
        }
    }

    // ---- registers

    pub(crate) fn alloc(&mut self) -> Reg {
        let reg = self.next;
        self.next += 1;
        self.reach(self.next);
        reg as Reg
    }

    /// What is to be compiled has more parts than instructions can count.
    pub(crate) fn refuse_size(&mut self) {
        self.too_large = true;
    }

    /// A copy of deferred code.
    pub(crate) fn deferred(&mut self, expr: ExprId) {
        let outermost = self.copying.is_none();
        let start = *self.copying.get_or_insert(self.code.len());
        self.effect(expr);
        if outermost {
            self.copying = None;
            self.copied += self.code.len().saturating_sub(start);
        }
    }

    /// Whether no more code is to be made, since there are too many copies of deferred code.
    pub(crate) fn is_full(&mut self) -> bool {
        let Some(start) = self.copying else { return false };
        if self.copied + self.code.len().saturating_sub(start) > MOST_COPIED {
            self.too_many_copies = true;
        }
        self.too_many_copies
    }

    /// Notes that registers below `end` are used.
    pub(crate) fn reach(&mut self, end: u32) {
        if end > MOST_REGISTERS {
            self.too_large = true;
            self.next = self.next.min(MOST_REGISTERS);
            return;
        }
        self.most = self.most.max(end);
    }

    pub(crate) fn place(&self, local: LocalId) -> Option<Reg> {
        self.places.get(local.0 as usize).copied().flatten()
    }

    /// Says that from here on the local is in this register.
    pub(crate) fn set_place(&mut self, local: LocalId, reg: Reg) {
        if let Some(place) = self.places.get_mut(local.0 as usize) {
            *place = Some(reg);
        }
        if self.local_counts.len() <= reg as usize {
            self.local_counts.resize(reg as usize + 1, 0);
        }
        if let Some(count) = self.local_counts.get_mut(reg as usize) {
            *count += 1;
        }
        let label = self.here();
        self.locals.push((local, reg, label));
    }

    /// Whether a local is in this register.
    pub(crate) fn holds_local(&self, reg: Reg) -> bool {
        self.local_counts.get(reg as usize).is_some_and(|count| *count > 0)
    }

    /// Sets `next` back; locals in registers from there on are gone.
    pub(crate) fn release(&mut self, mark: u32) {
        self.next = mark;
        self.forget_locals(mark);
    }

    fn forget_locals(&mut self, mark: u32) {
        let first = self.locals.iter().rposition(|(_, reg, _)| u32::from(*reg) < mark).map_or(0, |last| last + 1);
        if first == self.locals.len() {
            return;
        }
        let end = self.here();
        for (local, reg, start) in self.locals.split_off(first) {
            if let Some(count) = self.local_counts.get_mut(reg as usize) {
                *count -= 1;
            }
            self.locals_done.push((local, reg, start, end));
        }
    }

    // ---- code

    pub(crate) fn put(&mut self, insn: Insn) {
        if self.dead {
            return;
        }
        if insn.op_bits() == Op::Return as u16 {
            // What was moved to be returned is returned from where it was.
            let moved = |last: &Insn| last.op_bits() == Op::Move as u16 && last.a() == insn.a();
            if let Some(last) = self.code.last().filter(moved) {
                self.code.pop();
                self.code.emit(Insn::abc(Op::Return, last.b(), 0, 0));
                return;
            }
        }
        self.code.emit(insn);
    }

    pub(crate) fn put_ext(&mut self, insn: Insn, ext: u32) {
        if !self.dead {
            self.code.emit_ext(insn, ext);
        }
    }

    /// A jump with registers or immediates `a` and `b`; dead code behind an unconditional one.
    pub(crate) fn jump(&mut self, op: Op, a: u16, b: u16, label: Label) {
        if !self.dead {
            self.code.jump(op, a, b, label);
            self.used.insert(label);
            if op == Op::Jump {
                self.dead = true;
            }
        }
    }

    pub(crate) fn goto(&mut self, label: Label) {
        self.jump(Op::Jump, 0, 0, label);
    }

    pub(crate) fn label(&mut self) -> Label {
        self.code.new_label()
    }

    /// Binds a label here; code is alive again if something jumps to it.
    pub(crate) fn bind(&mut self, label: Label) {
        self.code.bind(label);
        if self.used.contains(&label) {
            self.dead = false;
        }
    }

    /// Binds a label that later code may jump back to.
    pub(crate) fn bind_loop(&mut self, label: Label) {
        self.code.bind(label);
    }

    /// A label for this place in the code, for tables.
    pub(crate) fn here(&mut self) -> Label {
        self.code.here()
    }

    /// A `switch` on an integer register.
    pub(crate) fn switch(&mut self, register: Reg, targets: &[Label], default: Label) {
        if !self.dead {
            self.code.switch(register, targets, default);
            self.used.extend(targets.iter().copied());
            self.used.insert(default);
            self.dead = true;
        }
    }

    /// Binds the beginning of a handler, which is reached whatever stands before it.
    pub(crate) fn bind_handler(&mut self, label: Label) {
        self.code.bind(label);
        self.dead = false;
    }

    pub(crate) fn at(&mut self, span: Span) -> Span {
        let old = std::mem::replace(&mut self.span, span);
        self.code.set_span(span);
        old
    }

    pub(crate) fn back_to(&mut self, span: Span) {
        self.span = span;
        self.code.set_span(span);
    }

    /// R[to] = R[from] in another class.
    pub(crate) fn convert(&mut self, from: Reg, class: Class, to: Reg, wanted: Class) {
        use Class::{Bool, Byte, Dyn, F64, I64, Ref};
        let op = match (class, wanted) {
            (I64, Dyn) => Op::BoxI64,
            (F64, Dyn) => Op::BoxF64,
            (Bool, Dyn) => Op::BoxBool,
            (Byte, Dyn) => Op::BoxByte,
            (Dyn, I64) => Op::UnboxI64,
            (Dyn, F64) => Op::UnboxF64,
            (Dyn, Bool) => Op::UnboxBool,
            (Dyn, Byte) => Op::UnboxByte,
            (Dyn, Ref) => Op::ToRef,
            (I64, F64) => Op::I64ToF64,
            (Byte, I64) => Op::ByteToI64,
            (Ref, Dyn) | (I64, I64) | (F64, F64) | (Bool, Bool) | (Byte, Byte) | (Ref, Ref) | (Dyn, Dyn) => {
                if from != to {
                    self.put(Insn::abc(Op::Move, to, from, 0));
                }
                return;
            }
            // No value belongs to both types: the code cannot be reached with one.
            (F64 | Bool | Ref, I64)
            | (Bool | Byte | Ref, F64)
            | (I64 | F64 | Byte | Ref, Bool)
            | (I64 | F64 | Bool | Ref, Byte)
            | (I64 | F64 | Bool | Byte, Ref) => {
                self.convert(from, class, to, Dyn);
                self.convert(to, Dyn, to, wanted);
                return;
            }
        };
        self.put(Insn::abc(op, to, from, 0));
    }

    pub(crate) fn load_constant(&mut self, key: ConstantKey, to: Reg) {
        let index = self.linker.constant(key);
        self.put(Insn::ak(Op::LoadConst, to, index));
    }

    /// The number of a type, into a register.
    pub(crate) fn load_type(&mut self, ty: TypeId, to: Reg) {
        if let (true, Some(base)) = (self.linker.open(ty), self.type_base) {
            // A bare variable is in a register already.
            if let TypeKind::Var(var) = self.linker.module.types.kind(ty) {
                if let Some(index) = self.hir.type_vars.iter().position(|own| own == var) {
                    self.put(Insn::abc(Op::Move, to, base.wrapping_add(index as u16), 0));
                    return;
                }
            }
            self.put_ext(Insn::abc(Op::SubstType, to, base, 0), ty.0);
        } else {
            self.put(Insn::ak(Op::LoadType, to, ty.0));
        }
    }

    pub(crate) fn fault_constant(&mut self, kind: sayso_bytecode::FaultKind, message: &str) {
        let index = self.linker.constant(ConstantKey::Str(message.into()));
        self.put(Insn::ak(Op::Fault, kind as u16, index));
        self.dead = true;
    }

    pub(crate) fn error(&mut self, code: &'static str, span: Span, message: impl Into<String>) {
        self.linker.diagnostics.push(Diagnostic::error(code, span, message));
    }

    /// Emits a function that exists only in bytecode.
    pub(crate) fn emit_thunk(linker: &'e mut Linker<'p>, thunk: &Thunk) -> Function {
        let function = thunk.function();
        let hir = linker.program.function(function);
        let mut this = FunctionEmitter::new(linker, hir);
        this.code.set_span(hir.span);
        this.thunk(thunk)
    }

    /// The class that an expression's own evaluation gives.
    pub(crate) fn natural(&mut self, expr: ExprId) -> Class {
        let ty = self.hir.expr(expr).ty;
        self.linker.class(ty)
    }
}
