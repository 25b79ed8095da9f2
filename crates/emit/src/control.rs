//! Conditions, branches and loops.

use crate::cleanup::Scope;
use crate::function::{FunctionEmitter, Reg, Value};
use sayso_bytecode::builder::Label;
use sayso_bytecode::{Class, HandlerKind, Insn, Op};
use sayso_check::hir::{Callee, Constant, ExprId, ExprKind, ForIter, LocalId, LoopId, PatternId, PatternKind, Stmt};
use sayso_types::{DeclKind, TypeId, TypeKind};

/// Variant numbers of `Some` and `Ok` in their enums, as `core` declares them.
const SOME: u16 = 1;
const OK: u16 = 0;

impl FunctionEmitter<'_, '_> {
    /// Jumps to `label` if the condition is `wanted`, else falls through. Locals that it binds stay allocated.
    pub(crate) fn branch(&mut self, expr: ExprId, wanted: bool, label: Label) {
        if self.dead {
            return;
        }
        let old = self.at(self.hir.expr(expr).span);
        if let Some(Constant::Bool(value)) = self.fold(expr) {
            if value == wanted {
                self.goto(label);
            }
        } else {
            self.branch_kind(expr, wanted, label);
        }
        self.back_to(old);
    }

    fn branch_kind(&mut self, expr: ExprId, wanted: bool, label: Label) {
        let hir = self.hir;
        match &hir.expr(expr).kind {
            ExprKind::And(..) => self.branch_chain(expr, wanted, label, true),
            ExprKind::Or(..) => self.branch_chain(expr, wanted, label, false),
            ExprKind::Let(pattern, value) => {
                let found = self.some_pattern(*pattern).zip(self.table_search(*value));
                if let Some((part, (table, key))) = found.filter(|_| wanted || !self.code.is_bound(label)) {
                    let missing = if wanted { self.label() } else { label };
                    let entry = self.entry_value(table, key, missing);
                    self.payload_pattern(part, entry, missing);
                    if wanted {
                        self.goto(label);
                        self.bind(missing);
                    }
                    return;
                }
                let value = self.value(*value);
                if wanted {
                    let fail = self.label();
                    self.pattern(*pattern, value, fail);
                    self.goto(label);
                    self.bind(fail);
                } else {
                    self.pattern(*pattern, value, label);
                }
            }
            ExprKind::Call { callee, args, .. } if self.intrinsic_name(callee).is_some() => {
                if !self.branch_intrinsic(callee, args, wanted, label) {
                    self.branch_value(expr, wanted, label);
                }
            }
            ExprKind::Is(value, ty) => {
                let static_type = hir.expr(*value).ty;
                if let Some(number) = self.variant_number(*ty, static_type) {
                    let mark = self.next;
                    let object = self.value_as(*value, Class::Ref);
                    let op = if wanted { Op::JumpVariant } else { Op::JumpNotVariant };
                    self.jump(op, object, number, label);
                    self.release(mark);
                } else {
                    self.branch_value(expr, wanted, label);
                }
            }
            // Operands that were put into hidden variables first.
            ExprKind::Block(stmts, Some(value)) if self.only_binds(stmts) => {
                let mark = self.next;
                self.bind_all(stmts, *value);
                self.branch(*value, wanted, label);
                self.release(mark);
            }
            _ => self.branch_value(expr, wanted, label),
        }
    }

    /// Whether statements do nothing but give values names.
    fn only_binds(&self, stmts: &[Stmt]) -> bool {
        stmts.iter().all(|stmt| match stmt {
            Stmt::Let { pattern, otherwise: None, .. } => {
                matches!(self.hir.pattern(*pattern).kind, PatternKind::Bind(_, None))
            }
            Stmt::Let { .. } | Stmt::Expr(_) | Stmt::Defer(_) => false,
        })
    }

    /// The statements of a block that only give names; `value` is what follows them.
    fn bind_all(&mut self, stmts: &[Stmt], value: ExprId) {
        for stmt in stmts {
            let Stmt::Let { pattern, value: bound, .. } = stmt else { continue };
            if stmts.len() > 1 || !self.alias(*pattern, *bound, value) {
                self.let_statement(*pattern, *bound, None);
            }
        }
    }

    /// Takes a local's register for a hidden variable whose only use is in `value`; false if that could assign the local.
    fn alias(&mut self, pattern: PatternId, bound: ExprId, value: ExprId) -> bool {
        let hir = self.hir;
        let (PatternKind::Bind(hidden, None), ExprKind::Local(local)) =
            (&hir.pattern(pattern).kind, &hir.expr(bound).kind)
        else {
            return false;
        };
        let plain = |local: LocalId| !hir.local(local).boxed;
        let named = hir.local(*hidden).name != sayso_base::names::EMPTY;
        if named || !plain(*hidden) || !plain(*local) || !self.is_simple(value, 4) {
            return false;
        }
        match self.place(*local).filter(|_| self.local_class(*local) == self.local_class(*hidden)) {
            Some(reg) => {
                if let Some(place) = self.places.get_mut(hidden.0 as usize) {
                    *place = Some(reg);
                }
                true
            }
            None => false,
        }
    }

    fn branch_value(&mut self, expr: ExprId, wanted: bool, label: Label) {
        let mark = self.next;
        let reg = self.value_as(expr, Class::Bool);
        self.jump(if wanted { Op::JumpIf } else { Op::JumpIfNot }, reg, 0, label);
        self.release(mark);
    }

    /// `a && b && c` or `a || b || c` of any length.
    fn branch_chain(&mut self, expr: ExprId, wanted: bool, label: Label, and: bool) {
        let mut parts = Vec::new();
        let mut at = expr;
        while let (ExprKind::And(left, right), true) | (ExprKind::Or(left, right), false) =
            (&self.hir.expr(at).kind, and)
        {
            parts.push(*right);
            at = *left;
        }
        parts.push(at);
        parts.reverse();
        if and != wanted {
            // Any part decides: `&&` is false, `||` is true.
            for part in parts {
                self.branch(part, wanted, label);
            }
            return;
        }
        let skip = self.label();
        let last = parts.pop();
        for part in parts {
            self.branch(part, !wanted, skip);
        }
        if let Some(last) = last {
            self.branch(last, wanted, label);
        }
        self.bind(skip);
    }

    /// A condition as a `bool`.
    pub(crate) fn condition_value(&mut self, expr: ExprId, dest: Reg) {
        let (no, end) = (self.label(), self.label());
        self.branch(expr, false, no);
        self.put(Insn::ak(Op::LoadBool, dest, 1));
        self.goto(end);
        self.bind(no);
        self.put(Insn::ak(Op::LoadBool, dest, 0));
        self.bind(end);
    }

    pub(crate) fn if_else(&mut self, condition: ExprId, then: ExprId, otherwise: Option<ExprId>, dest: Option<Value>) {
        // `else if` chains are flat here.
        let end = self.label();
        let (mut condition, mut then, mut otherwise) = (condition, then, otherwise);
        loop {
            let next = self.label();
            let mark = self.next;
            self.branch(condition, false, next);
            match dest {
                Some(dest) => self.into(then, dest.reg, dest.class),
                None => self.effect(then),
            }
            self.release(mark);
            let last = otherwise.is_none() && dest.is_none();
            if !last {
                self.goto(end);
            }
            self.bind(next);
            match otherwise {
                Some(expr) => match &self.hir.expr(expr).kind {
                    ExprKind::If(c, t, o) => (condition, then, otherwise) = (*c, *t, *o),
                    _ => {
                        match dest {
                            Some(dest) => self.into(expr, dest.reg, dest.class),
                            None => self.effect(expr),
                        }
                        break;
                    }
                },
                None => {
                    if let Some(dest) = dest {
                        if !self.dead {
                            self.put(Insn::abc(Op::LoadUnit, dest.reg, 0, 0));
                            self.convert(dest.reg, Class::Dyn, dest.reg, dest.class);
                        }
                    }
                    break;
                }
            }
        }
        self.bind(end);
    }

    pub(crate) fn loop_forever(&mut self, id: LoopId, body: ExprId, result: Option<Value>) {
        let (head, leave) = (self.label(), self.label());
        self.bind_loop(head);
        self.scopes.push(Scope::Loop { id, leave, next: head, result, close: None });
        self.effect(body);
        self.scopes.pop();
        self.goto(head);
        self.bind(leave);
    }

    /// The condition stands behind the body, so that an iteration has one jump; before it if it binds variables.
    pub(crate) fn while_loop(&mut self, id: LoopId, condition: ExprId, body: ExprId) {
        match self.fold(condition) {
            Some(Constant::Bool(true)) => self.loop_forever(id, body, None),
            Some(Constant::Bool(false)) => {}
            _ if self.binds(condition) => self.while_let(id, condition, body),
            _ => {
                let (head, next, leave) = (self.label(), self.label(), self.label());
                self.goto(next);
                self.dead = false;
                self.bind_loop(head);
                let mark = self.next;
                self.scopes.push(Scope::Loop { id, leave, next, result: None, close: None });
                self.effect(body);
                self.scopes.pop();
                self.release(mark);
                self.bind(next);
                self.branch(condition, true, head);
                self.bind(leave);
            }
        }
    }

    fn while_let(&mut self, id: LoopId, condition: ExprId, body: ExprId) {
        let (head, leave) = (self.label(), self.label());
        self.bind_loop(head);
        let mark = self.next;
        self.branch(condition, false, leave);
        self.scopes.push(Scope::Loop { id, leave, next: head, result: None, close: None });
        self.effect(body);
        self.scopes.pop();
        self.release(mark);
        self.goto(head);
        self.bind(leave);
    }

    /// Whether a condition binds variables for what follows it.
    fn binds(&self, condition: ExprId) -> bool {
        let mut parts = vec![condition];
        while let Some(part) = parts.pop() {
            match &self.hir.expr(part).kind {
                ExprKind::Let(..) => return true,
                ExprKind::And(left, right) | ExprKind::Or(left, right) => parts.extend([*left, *right]),
                _ => {}
            }
        }
        false
    }

    /// The counter of a loop is the variable itself if nothing else changes or shares it.
    fn counter_is_local(&self, pattern: PatternId) -> Option<LocalId> {
        match self.hir.pattern(pattern).kind {
            PatternKind::Bind(local, None) if !self.hir.local(local).boxed => {
                let assigned = self.assigned.get(local.0 as usize).copied().unwrap_or(true);
                (!assigned && self.hir.local(local).ty == TypeId::I64).then_some(local)
            }
            _ => None,
        }
    }

    pub(crate) fn for_range(
        &mut self,
        id: LoopId,
        pattern: PatternId,
        start: ExprId,
        end: Option<ExprId>,
        inclusive: bool,
        body: ExprId,
    ) {
        let (head, next, leave) = (self.label(), self.label(), self.label());
        let counter = self.alloc();
        self.into(start, counter, Class::I64);
        let limit = end.map(|end| {
            let limit = self.alloc();
            self.into(end, limit, Class::I64);
            limit
        });
        if let Some(limit) = limit {
            let op = if inclusive { Op::JumpLtInt } else { Op::JumpLeInt };
            self.jump(op, limit, counter, leave);
        }
        self.bind_loop(head);
        let mark = self.next;
        match self.counter_is_local(pattern) {
            Some(local) => self.set_place(local, counter),
            None => self.irrefutable(pattern, Value { reg: counter, class: Class::I64 }),
        }
        self.scopes.push(Scope::Loop { id, leave, next, result: None, close: None });
        self.effect(body);
        self.scopes.pop();
        self.release(mark);
        self.bind(next);
        match limit {
            Some(limit) => {
                let op = if inclusive { Op::ForRangeTo } else { Op::ForRange };
                self.jump(op, counter, limit, head);
            }
            None => {
                self.put(Insn::abc(Op::AddI64Imm, counter, counter, 1));
                self.goto(head);
            }
        }
        self.bind(leave);
    }

    pub(crate) fn for_array(&mut self, id: LoopId, pattern: PatternId, array: ExprId, body: ExprId) {
        let (head, next, leave) = (self.label(), self.label(), self.label());
        let array_type = self.hir.expr(array).ty;
        let held = self.alloc();
        self.into(array, held, Class::Ref);
        let index = self.alloc();
        self.put(Insn::ak(Op::LoadInt, index, u32::MAX));
        self.goto(next);
        self.dead = false;
        self.bind_loop(head);
        let mark = self.next;
        let element = self.hir.pattern(pattern).ty;
        let class = self.linker.class(element);
        let got = self.array_class(array_type, class);
        let reg = self.alloc();
        self.put(Insn::abc(get_op(got), reg, held, index));
        self.convert(reg, got, reg, class);
        self.irrefutable_owned(pattern, Value { reg, class });
        self.scopes.push(Scope::Loop { id, leave, next, result: None, close: None });
        self.effect(body);
        self.scopes.pop();
        self.release(mark);
        self.bind(next);
        self.jump(Op::ForArray, index, held, head);
        self.bind(leave);
    }

    /// In which class elements of an array come out: machine types only where the static type says so.
    pub(crate) fn array_class(&mut self, array: TypeId, element: Class) -> Class {
        let stored = self.element_class(array);
        let known = matches!(self.linker.module.types.kind(array), TypeKind::Array(_) | TypeKind::FixedArray(..));
        match (known, stored) {
            (true, Class::I64 | Class::F64 | Class::Bool | Class::Byte) => stored,
            (true, _) if element == Class::Ref => Class::Ref,
            _ => Class::Dyn,
        }
    }

    pub(crate) fn for_iter(&mut self, of: &ForIter) {
        let ForIter { id, iterator, init, next: next_call, pattern, body, close } = *of;
        let (head, leave) = (self.label(), self.label());
        let class = self.local_class(iterator);
        let held = self.alloc();
        self.into(init, held, class);
        self.set_place(iterator, held);
        let depth = self.scopes.len();
        if let Some(expr) = close {
            let region = self.open_region(HandlerKind::Cleanup);
            self.scopes.push(Scope::Close { expr, region });
        }
        let done = self.label();
        self.bind_loop(head);
        let mark = self.next;
        let step = self.alloc();
        self.into(next_call, step, Class::Ref);
        self.jump(Op::JumpNotVariant, step, SOME, done);
        let element = self.hir.pattern(pattern).ty;
        let class = self.linker.class(element);
        self.payload(step, step, class);
        self.irrefutable_owned(pattern, Value { reg: step, class });
        self.scopes.push(Scope::Loop { id, leave, next: head, result: None, close });
        self.effect(body);
        self.scopes.pop();
        self.release(mark);
        self.goto(head);
        self.bind(done);
        if close.is_some() {
            // `None` ended it: there is nothing to close, only the handler to end.
            self.end_iteration(depth, leave);
        }
        self.bind(leave);
    }

    /// What `Some`, `Ok` or `Err` holds.
    pub(crate) fn payload(&mut self, object: Reg, dest: Reg, class: Class) {
        let op = if class == Class::Ref { Op::GetRef } else { Op::GetDyn };
        self.put(Insn::abc(op, dest, object, 0));
        if class != Class::Ref {
            self.convert(dest, Class::Dyn, dest, class);
        }
    }

    /// The number of the variant that means success in an Option or Result.
    fn success(&self, ty: TypeId) -> u16 {
        let types = &self.linker.module.types;
        let decl = match types.kind(ty) {
            TypeKind::Nominal(decl, _) => *decl,
            _ => return SOME,
        };
        let owner = match types.decl(decl).kind {
            DeclKind::Variant { of, .. } => of,
            _ => decl,
        };
        if types.decl(owner).name == sayso_base::names::RESULT { OK } else { SOME }
    }

    pub(crate) fn try_value(&mut self, expr: ExprId, value: ExprId, dest: Reg) {
        let natural = self.natural(expr);
        let success = self.success(self.hir.expr(value).ty);
        let object = self.value_as(value, Class::Ref);
        let good = self.label();
        self.jump(Op::JumpVariant, object, success, good);
        self.return_register(Value { reg: object, class: Class::Ref });
        self.bind(good);
        self.payload(object, dest, natural);
    }

    pub(crate) fn or_else(&mut self, expr: ExprId, value: ExprId, fallback: ExprId, dest: Reg, class: Class) {
        let natural = self.natural(expr);
        if let Some((table, key)) = self.table_search(value) {
            let (missing, end) = (self.label(), self.label());
            let found = self.entry_value(table, key, missing);
            self.convert(found, Class::Dyn, dest, class);
            self.goto(end);
            self.bind(missing);
            self.into(fallback, dest, class);
            self.bind(end);
            return;
        }
        let success = self.success(self.hir.expr(value).ty);
        let object = self.value_as(value, Class::Ref);
        let (bad, end) = (self.label(), self.label());
        self.jump(Op::JumpNotVariant, object, success, bad);
        let held = self.alloc();
        self.payload(object, held, natural);
        self.convert(held, natural, dest, class);
        self.goto(end);
        self.bind(bad);
        self.into(fallback, dest, class);
        self.bind(end);
    }

    /// Table and key of a search whose result is an Option.
    pub(crate) fn table_search(&self, expr: ExprId) -> Option<(ExprId, ExprId)> {
        let ExprKind::Call { callee, args, .. } = &self.hir.expr(expr).kind else { return None };
        let name = self.intrinsic_name(callee)?;
        match args.as_slice() {
            [table, key] if self.linker.interner.text(name) == "table_find" => Some((*table, *key)),
            _ => None,
        }
    }

    /// The value of a table's entry in a register of class `dyn`; jumps to `missing` if there is none. No Option is made.
    pub(crate) fn entry_value(&mut self, table: ExprId, key: ExprId, missing: Label) -> Reg {
        let found = self.alloc();
        let mark = self.next;
        let table = self.stable_value(table, &[key]);
        let table = self.value_in(table, Class::Ref);
        let key = self.value_as(key, Class::Dyn);
        self.put(Insn::abc(Op::TableFind, found, table, key));
        self.release(mark);
        self.jump(Op::JumpUnset, found, 0, missing);
        found
    }

    pub(crate) fn optional_chain(&mut self, receiver: ExprId, local: LocalId, body: ExprId, flatten: bool, dest: Reg) {
        let object = self.value_as(receiver, Class::Ref);
        let (none, end) = (self.label(), self.label());
        self.jump(Op::JumpNotVariant, object, SOME, none);
        let class = self.local_class(local);
        let held = self.alloc();
        self.payload(object, held, class);
        self.bind_local(local, Value { reg: held, class }, class);
        if flatten {
            self.into(body, dest, Class::Ref);
        } else {
            let value = self.value_as(body, Class::Dyn);
            self.some(value, dest);
        }
        self.goto(end);
        self.bind(none);
        self.convert(object, Class::Ref, dest, Class::Ref);
        self.bind(end);
    }

    /// `Some` of a dynamic value.
    pub(crate) fn some(&mut self, value: Reg, dest: Reg) {
        let Some(decl) = self.some_decl() else {
            self.fault_constant(sayso_bytecode::FaultKind::State, "`core` declares no `Some`");
            return;
        };
        let layout = self.linker.layout(decl, None);
        let first = self.alloc();
        self.put(Insn::abc(Op::Move, first, value, 0));
        self.put_ext(Insn::abc(Op::New, dest, first, 0), layout);
    }

    /// `None`.
    pub(crate) fn none(&mut self, dest: Reg) {
        let Some(decl) = self.linker.module.types.well_known.none else {
            self.fault_constant(sayso_bytecode::FaultKind::State, "`core` declares no `None`");
            return;
        };
        let layout = self.linker.layout(decl, None);
        self.load_constant(crate::link::ConstantKey::Nullary(layout), dest);
    }

    fn some_decl(&self) -> Option<sayso_types::DeclId> {
        self.linker.module.types.well_known.some
    }

    /// Whether a call is of an intrinsic, and which.
    pub(crate) fn intrinsic_name(&self, callee: &Callee) -> Option<sayso_base::Name> {
        let Callee::Function(function) = callee else { return None };
        match self.linker.program.function(*function).kind {
            sayso_check::hir::FunctionKind::Intrinsic(name) => Some(name),
            _ => None,
        }
    }

    pub(crate) fn is_intrinsic(&self, callee: &Callee) -> bool {
        self.intrinsic_name(callee).is_some()
    }
}

/// The instruction that reads an array's element.
pub(crate) fn get_op(class: Class) -> Op {
    match class {
        Class::I64 => Op::ArrayGetI64,
        Class::F64 => Op::ArrayGetF64,
        Class::Bool => Op::ArrayGetBool,
        Class::Byte => Op::ArrayGetByte,
        Class::Ref => Op::ArrayGetRef,
        Class::Dyn => Op::ArrayGetDyn,
    }
}
