//! What happens when blocks are left: deferred code, handlers, loops.
//!
//! Every open block with a `defer`, every `try` and every loop is a [`Scope`]. Leaving scopes by a jump runs the
//! deferred code inline, innermost first; an error runs it in a cleanup handler that then goes on unwinding. While
//! deferred code runs inline, the ranges of the handlers that it leaves are closed, so that no handler runs twice.

use crate::function::{FunctionEmitter, Range, Reg, Value};
use sayso_bytecode::builder::Label;
use sayso_bytecode::{Class, HandlerKind, Insn, Op};
use sayso_check::hir::{Catch, ExprId, LoopId, Stmt};

/// A handler that is open.
pub(crate) struct Region {
    start: Label,
    target: Label,
    register: Reg,
    kind: HandlerKind,
}

/// A thing that is left.
pub(crate) enum Scope {
    /// A deferred expression, from its statement to the end of its block.
    Defer { expr: ExprId, region: Region },
    /// The body of a `try`.
    Try { region: Region },
    /// A loop.
    Loop { id: LoopId, leave: Label, next: Label, result: Option<Value>, close: Option<ExprId> },
    /// Code that runs when a loop over an iterator is left otherwise than at its end.
    Close { expr: ExprId, region: Region },
}

impl Scope {
    fn region(&self) -> Option<&Region> {
        match self {
            Scope::Defer { region, .. } | Scope::Try { region } | Scope::Close { region, .. } => Some(region),
            Scope::Loop { .. } => None,
        }
    }

    fn region_mut(&mut self) -> Option<&mut Region> {
        match self {
            Scope::Defer { region, .. } | Scope::Try { region } | Scope::Close { region, .. } => Some(region),
            Scope::Loop { .. } => None,
        }
    }
}

impl FunctionEmitter<'_, '_> {
    pub(crate) fn open_region(&mut self, kind: HandlerKind) -> Region {
        let start = self.here();
        let target = self.label();
        Region { start, target, register: self.next as Reg, kind }
    }

    /// Ends the ranges of the scopes from `depth` on.
    fn close_range(&mut self, depth: usize) {
        let end = self.here();
        let Some(region) = self.scopes.get(depth).and_then(Scope::region) else { return };
        let range = Range {
            depth,
            start: region.start,
            end,
            target: region.target,
            register: region.register,
            kind: region.kind,
        };
        self.ranges.push(range);
    }

    /// A range begins again here.
    fn reopen_range(&mut self, depth: usize) {
        let start = self.here();
        if let Some(region) = self.scopes.get_mut(depth).and_then(Scope::region_mut) {
            region.start = start;
        }
    }

    /// Runs what the scopes from `depth` on have to run when they are left by a jump. The scopes stay open for the
    /// code behind the jump.
    pub(crate) fn leave_scopes(&mut self, depth: usize) {
        let mark = self.next;
        // Deferred code may leave scopes of its own; it must not see those that are being left.
        let mut left = Vec::new();
        while self.scopes.len() > depth {
            let top = self.scopes.len() - 1;
            self.close_range(top);
            let Some(scope) = self.scopes.pop() else { break };
            match &scope {
                Scope::Defer { expr, .. } | Scope::Close { expr, .. } => self.deferred(*expr),
                Scope::Try { .. } | Scope::Loop { .. } => {}
            }
            left.push(scope);
        }
        self.release(mark);
        while let Some(scope) = left.pop() {
            self.scopes.push(scope);
        }
    }

    /// After the jump for which scopes were left: their handlers hold again.
    pub(crate) fn resume_scopes(&mut self, depth: usize) {
        for scope in depth..self.scopes.len() {
            self.reopen_range(scope);
        }
    }

    /// A block: statements, then a value into `dest`, or none.
    pub(crate) fn block(&mut self, stmts: &[Stmt], value: Option<ExprId>, dest: Option<Value>) {
        let mark = self.next;
        let depth = self.scopes.len();
        for stmt in stmts {
            match stmt {
                Stmt::Expr(expr) => self.effect(*expr),
                Stmt::Let { pattern, value, otherwise } => self.let_statement(*pattern, *value, *otherwise),
                Stmt::Defer(expr) => {
                    if !self.dead {
                        let region = self.open_region(HandlerKind::Cleanup);
                        self.scopes.push(Scope::Defer { expr: *expr, region });
                    }
                }
            }
        }
        match (value, dest) {
            (Some(value), Some(dest)) => self.into(value, dest.reg, dest.class),
            (Some(value), None) => self.effect(value),
            (None, Some(dest)) => {
                if !self.dead {
                    self.put(Insn::abc(Op::LoadUnit, dest.reg, 0, 0));
                    self.convert(dest.reg, Class::Dyn, dest.reg, dest.class);
                }
            }
            (None, None) => {}
        }
        self.end_scopes(depth);
        self.release(mark);
    }

    /// The end of a block: its deferred code, in reverse, then the handlers.
    pub(crate) fn end_scopes(&mut self, depth: usize) {
        while self.scopes.len() > depth {
            let top = self.scopes.len() - 1;
            self.close_range(top);
            let Some(scope) = self.scopes.pop() else { break };
            if let Scope::Defer { expr, region } | Scope::Close { expr, region } = scope {
                self.cleanup(expr, region.target, region.register);
            }
        }
    }

    /// Deferred code at the end of its block, and the handler that runs it after an error.
    fn cleanup(&mut self, expr: ExprId, target: Label, register: Reg) {
        let after = self.label();
        if !self.dead {
            self.deferred(expr);
            self.goto(after);
        }
        let mark = self.next;
        self.next = self.next.max(u32::from(register));
        self.bind_handler(target);
        // The error waits in `register` while the deferred code runs.
        self.next = u32::from(register) + 1;
        self.reach(self.next);
        self.deferred(expr);
        self.put(Insn::abc(Op::Rethrow, register, 0, 0));
        self.dead = true;
        self.next = mark;
        self.bind(after);
    }

    /// The end of a walk over an iterator: it is not closed, but an error inside has to close it.
    pub(crate) fn end_iteration(&mut self, depth: usize, leave: Label) {
        self.close_range(depth);
        let Some(Scope::Close { expr, region }) = self.scopes.pop() else { return };
        self.goto(leave);
        let mark = self.next;
        self.bind_handler(region.target);
        self.next = u32::from(region.register) + 1;
        self.reach(self.next);
        self.deferred(expr);
        self.put(Insn::abc(Op::Rethrow, region.register, 0, 0));
        self.dead = true;
        self.next = mark;
    }

    pub(crate) fn try_catch(&mut self, body: ExprId, catches: &[Catch], dest: Option<Value>) {
        let end = self.label();
        let region = self.open_region(HandlerKind::Catch);
        let (target, register) = (region.target, region.register);
        self.scopes.push(Scope::Try { region });
        match dest {
            Some(dest) => self.into(body, dest.reg, dest.class),
            None => self.effect(body),
        }
        let top = self.scopes.len() - 1;
        self.close_range(top);
        self.scopes.pop();
        self.goto(end);
        self.bind_handler(target);
        let mark = self.next;
        self.next = u32::from(register) + 1;
        self.reach(self.next);
        let inner = self.next;
        for catch in catches {
            let next = self.label();
            if let Some(ty) = catch.ty {
                let number = self.alloc();
                self.load_type(ty, number);
                self.put(Insn::abc(Op::Is, number, register, number));
                self.jump(Op::JumpIfNot, number, 0, next);
            }
            self.release(inner);
            if let Some(local) = catch.local {
                let class = self.local_class(local);
                self.bind_local(local, Value { reg: register, class: Class::Dyn }, class);
            }
            match dest {
                Some(dest) => self.into(catch.body, dest.reg, dest.class),
                None => self.effect(catch.body),
            }
            self.release(inner);
            self.goto(end);
            self.bind(next);
        }
        // Nothing caught it.
        self.put(Insn::abc(Op::Rethrow, register, 0, 0));
        self.dead = true;
        self.next = mark;
        self.bind(end);
    }

    /// A module's top-level statements: afterwards the module has run, unless they failed.
    pub(crate) fn module_initialiser(&mut self, body: ExprId, module: u32) {
        let start = self.here();
        self.effect(body);
        let end = self.here();
        self.put(Insn::ak(Op::ModuleDone, 1, module));
        self.return_unit();
        let target = self.label();
        self.bind_handler(target);
        self.next = 1;
        self.reach(1);
        self.put(Insn::ak(Op::ModuleDone, 0, module));
        self.put(Insn::abc(Op::Rethrow, 0, 0, 0));
        self.dead = true;
        self.ranges.push(Range { depth: 0, start, end, target, register: 0, kind: HandlerKind::Cleanup });
    }

    pub(crate) fn return_value(&mut self, value: Option<ExprId>) {
        let depth = 0;
        let nothing = self.hir.generator || (self.result == Class::Dyn && value.is_none());
        let mark = self.next;
        if nothing {
            if let Some(value) = value {
                self.effect(value);
            }
            self.leave_scopes(depth);
            self.return_unit();
        } else if let Some(value) = value {
            let reg = if self.scopes.is_empty() {
                self.value_as(value, self.result)
            } else {
                // Deferred code must not change what is returned.
                let reg = self.alloc();
                self.into(value, reg, self.result);
                reg
            };
            self.leave_scopes(depth);
            self.put(Insn::abc(Op::Return, reg, 0, 0));
            self.dead = true;
        } else {
            self.leave_scopes(depth);
            self.return_unit();
        }
        self.resume_scopes(depth);
        self.release(mark);
    }

    /// Returns what is in a register.
    pub(crate) fn return_register(&mut self, value: Value) {
        let mark = self.next;
        let reg = if self.scopes.is_empty() {
            self.value_in(value, self.result)
        } else {
            let reg = self.alloc();
            self.convert(value.reg, value.class, reg, self.result);
            reg
        };
        self.leave_scopes(0);
        self.put(Insn::abc(Op::Return, reg, 0, 0));
        self.dead = true;
        self.resume_scopes(0);
        self.release(mark);
    }

    fn find_loop(&self, id: LoopId) -> Option<usize> {
        self.scopes.iter().rposition(|scope| matches!(scope, Scope::Loop { id: own, .. } if *own == id))
    }

    pub(crate) fn break_loop(&mut self, id: LoopId, value: Option<ExprId>) {
        let Some(depth) = self.find_loop(id) else { return };
        let Some(Scope::Loop { leave, result, close, .. }) = self.scopes.get(depth) else { return };
        let (leave, result, close) = (*leave, *result, *close);
        match (value, result) {
            (Some(value), Some(result)) => self.into(value, result.reg, result.class),
            (Some(value), None) => self.effect(value),
            (None, Some(result)) => {
                self.put(Insn::abc(Op::LoadUnit, result.reg, 0, 0));
                self.convert(result.reg, Class::Dyn, result.reg, result.class);
            }
            (None, None) => {}
        }
        // The iterator's own scope lies just outside of the loop's.
        let outer = if close.is_some() { depth - 1 } else { depth };
        self.leave_scopes(outer);
        self.goto(leave);
        self.resume_scopes(outer);
    }

    pub(crate) fn continue_loop(&mut self, id: LoopId) {
        let Some(depth) = self.find_loop(id) else { return };
        let Some(Scope::Loop { next, .. }) = self.scopes.get(depth) else { return };
        let next = *next;
        self.leave_scopes(depth + 1);
        self.goto(next);
        self.resume_scopes(depth + 1);
    }
}
