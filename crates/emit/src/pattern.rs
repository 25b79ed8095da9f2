//! Patterns: tests, bindings, `match`.

use crate::control::get_op;
use crate::function::{FunctionEmitter, Value};
use crate::link::ConstantKey;
use sayso_bytecode::builder::Label;
use sayso_bytecode::{Class, FaultKind, Insn, Op};
use sayso_check::hir::{Arm, Constant, ExprId, LocalId, PatternId, PatternKind};
use sayso_types::{DeclId, DeclKind, TypeId, TypeKind};

/// From how many arms on a `match` over variants or integers begins with a jump table.
const SWITCH_ARMS: usize = 4;
/// The greatest span of integers that a jump table covers.
const SWITCH_SPAN: i64 = 1024;

impl FunctionEmitter<'_, '_> {
    /// Puts a value into a new register for a local, in a cell if closures share it.
    pub(crate) fn bind_local(&mut self, local: LocalId, value: Value, class: Class) {
        let reg = self.alloc();
        if self.hir.local(local).boxed {
            self.convert(value.reg, value.class, reg, class);
            self.convert(reg, class, reg, Class::Dyn);
            self.put(Insn::abc(Op::NewCell, reg, reg, 0));
        } else {
            self.convert(value.reg, value.class, reg, class);
        }
        self.set_place(local, reg);
    }

    pub(crate) fn let_statement(&mut self, pattern: PatternId, value: ExprId, otherwise: Option<ExprId>) {
        if self.dead {
            return;
        }
        let hir = self.hir;
        if let (PatternKind::Bind(local, None), None) = (&hir.pattern(pattern).kind, otherwise) {
            let class = self.local_class(*local);
            let reg = self.alloc();
            if hir.local(*local).boxed {
                self.into(value, reg, Class::Dyn);
                self.put(Insn::abc(Op::NewCell, reg, reg, 0));
            } else {
                self.into(value, reg, class);
            }
            self.set_place(*local, reg);
            return;
        }
        if let (PatternKind::Wildcard, None) = (&hir.pattern(pattern).kind, otherwise) {
            self.effect(value);
            return;
        }
        let fail = self.label();
        let tried = match self.some_pattern(pattern).zip(self.table_search(value)) {
            Some((part, (table, key))) => {
                let entry = self.entry_value(table, key, fail);
                self.payload_pattern(part, entry, fail);
                None
            }
            None => {
                let value = self.value(value);
                self.pattern(pattern, value, fail);
                Some(value)
            }
        };
        if self.can_fail(pattern) {
            let go_on = self.label();
            self.goto(go_on);
            self.bind(fail);
            let mark = self.next;
            match otherwise {
                Some(otherwise) => self.effect(otherwise),
                None => self.no_match(pattern, tried),
            }
            self.dead = true;
            self.next = mark;
            self.bind(go_on);
        } else {
            self.bind(fail);
        }
    }

    /// The fault of a value that the pattern does not fit. It is not named if it was never made.
    fn no_match(&mut self, pattern: PatternId, value: Option<Value>) {
        let old = self.at(self.hir.pattern(pattern).span);
        match value {
            Some(value) => self.match_fault(value),
            None => self.fault_constant(FaultKind::Match, "the value does not fit this pattern"),
        }
        self.back_to(old);
    }

    fn match_fault(&mut self, value: Value) {
        let shown = self.alloc();
        self.convert(value.reg, value.class, shown, Class::Dyn);
        self.put(Insn::abc(Op::NoMatch, shown, 0, 0));
        self.dead = true;
    }

    /// A pattern that the checker knows to fit, or whose failure is a fault.
    pub(crate) fn irrefutable(&mut self, pattern: PatternId, value: Value) {
        let fail = self.label();
        self.pattern(pattern, value, fail);
        if self.can_fail(pattern) {
            let go_on = self.label();
            self.goto(go_on);
            self.bind(fail);
            self.no_match(pattern, Some(value));
            self.bind(go_on);
        } else {
            self.bind(fail);
        }
    }

    /// The same for a value in a register that is nobody else's: a plain name takes it over.
    pub(crate) fn irrefutable_owned(&mut self, pattern: PatternId, value: Value) {
        if let PatternKind::Bind(local, None) = self.hir.pattern(pattern).kind {
            if !self.hir.local(local).boxed && self.local_class(local) == value.class {
                self.set_place(local, value.reg);
                return;
            }
        }
        self.irrefutable(pattern, value);
    }

    /// Whether its code can jump to the failure label.
    fn can_fail(&self, pattern: PatternId) -> bool {
        let pattern = self.hir.pattern(pattern);
        match &pattern.kind {
            PatternKind::Wildcard => false,
            PatternKind::Bind(_, inner) => inner.is_some_and(|inner| self.can_fail(inner)),
            PatternKind::Tuple(parts) => {
                !matches!(self.linker.module.types.kind(pattern.ty), TypeKind::Tuple(_))
                    || parts.iter().any(|part| self.can_fail(*part))
            }
            PatternKind::Nominal(decl, fields) => {
                !self.surely(*decl, pattern.ty) || fields.iter().any(|(_, part)| self.can_fail(*part))
            }
            PatternKind::Or(parts) => parts.iter().all(|part| self.can_fail(*part)),
            PatternKind::Error
            | PatternKind::Constant(_)
            | PatternKind::Range(..)
            | PatternKind::Array { .. }
            | PatternKind::Type(..)
            | PatternKind::Equal(..) => true,
        }
    }

    /// Whether every value of a static type is of this declaration.
    fn surely(&self, decl: DeclId, ty: TypeId) -> bool {
        let types = &self.linker.module.types;
        match types.kind(ty) {
            TypeKind::Nominal(known, _) if *known == decl => true,
            TypeKind::Nominal(known, _) => {
                let DeclKind::Variant { of, .. } = types.decl(decl).kind else { return false };
                *known == of && types.decl(of).variants.len() == 1
            }
            _ => false,
        }
    }

    /// Tests a value against a pattern: jumps to `fail`, or binds its locals and falls through.
    pub(crate) fn pattern(&mut self, id: PatternId, value: Value, fail: Label) {
        if self.dead {
            return;
        }
        let hir = self.hir;
        let pattern = hir.pattern(id);
        match &pattern.kind {
            PatternKind::Error => self.goto(fail),
            PatternKind::Wildcard => {}
            PatternKind::Bind(local, inner) => {
                if let Some(inner) = inner {
                    self.pattern(*inner, value, fail);
                }
                let class = self.local_class(*local);
                match self.place(*local).filter(|_| self.in_or_pattern) {
                    Some(reg) => self.rebind(*local, reg, value, class),
                    None => self.bind_local(*local, value, class),
                }
            }
            PatternKind::Constant(constant) => self.equals(constant, value, fail),
            PatternKind::Range(start, end, inclusive) => {
                self.in_range(start.as_ref(), end.as_ref(), *inclusive, pattern.ty, value, fail);
            }
            PatternKind::Or(parts) => self.alternatives(parts, value, fail),
            PatternKind::Tuple(parts) => {
                if !matches!(self.linker.module.types.kind(pattern.ty), TypeKind::Tuple(_)) {
                    let ty = self.linker.module.types.tuple(&vec![TypeId::ANY; parts.len()]);
                    self.type_test(ty, value, fail);
                }
                let object = self.value_in(value, Class::Ref);
                for (index, part) in parts.iter().enumerate() {
                    self.element(object, index as u16, *part, fail);
                }
            }
            PatternKind::Nominal(decl, fields) => {
                let object = self.nominal_test(*decl, pattern.ty, value, fail);
                self.fields(object, *decl, fields, fail);
            }
            PatternKind::Type(ty, inner) => {
                self.type_test(*ty, value, fail);
                let class = self.linker.class(*ty);
                let reg = self.value_in(value, class);
                self.pattern(*inner, Value { reg, class }, fail);
            }
            PatternKind::Array { before, rest, after } => {
                self.array_pattern(pattern.ty, before, *rest, after, value, fail);
            }
            PatternKind::Equal(local, test) => {
                let class = self.local_class(*local);
                self.bind_local(*local, value, class);
                self.branch(*test, false, fail);
            }
        }
    }

    /// The pattern inside of `Some(…)`; `Some(None)` if nothing of it matters.
    pub(crate) fn some_pattern(&self, id: PatternId) -> Option<Option<PatternId>> {
        match &self.hir.pattern(id).kind {
            PatternKind::Nominal(decl, fields) if self.linker.module.types.well_known.some == Some(*decl) => {
                Some(fields.first().map(|(_, part)| *part))
            }
            _ => None,
        }
    }

    /// Tests a dynamic value against the pattern inside of `Some(…)`.
    pub(crate) fn payload_pattern(&mut self, part: Option<PatternId>, reg: u16, fail: Label) {
        let Some(part) = part.filter(|part| !matches!(self.hir.pattern(*part).kind, PatternKind::Wildcard)) else {
            return;
        };
        let class = self.linker.class(self.hir.pattern(part).ty);
        self.convert(reg, Class::Dyn, reg, class);
        if self.can_fail(part) {
            self.pattern(part, Value { reg, class }, fail);
        } else {
            self.irrefutable_owned(part, Value { reg, class });
        }
    }

    fn rebind(&mut self, local: LocalId, reg: u16, value: Value, class: Class) {
        self.convert(value.reg, value.class, reg, class);
        if self.hir.local(local).boxed {
            self.convert(reg, class, reg, Class::Dyn);
            self.put(Insn::abc(Op::NewCell, reg, reg, 0));
        }
    }

    fn element(&mut self, object: u16, slot: u16, part: PatternId, fail: Label) {
        if matches!(self.hir.pattern(part).kind, PatternKind::Wildcard) {
            return;
        }
        let class = self.linker.class(self.hir.pattern(part).ty);
        let reg = self.alloc();
        self.put(Insn::abc(Op::GetDyn, reg, object, slot));
        self.convert(reg, Class::Dyn, reg, class);
        self.pattern(part, Value { reg, class }, fail);
    }

    fn fields(&mut self, object: u16, decl: DeclId, fields: &[(u32, PatternId)], fail: Label) {
        for (field, part) in fields {
            if matches!(self.hir.pattern(*part).kind, PatternKind::Wildcard) {
                continue;
            }
            let class = self.linker.class(self.hir.pattern(*part).ty);
            let reg = self.alloc();
            self.get_slot(object, decl, *field, reg, class);
            self.pattern(*part, Value { reg, class }, fail);
        }
    }

    /// The alternatives bind the same locals, in registers that are set aside first.
    fn alternatives(&mut self, parts: &[PatternId], value: Value, fail: Label) {
        let mut locals = Vec::new();
        if let Some(first) = parts.first() {
            self.collect_locals(*first, &mut locals);
        }
        for local in &locals {
            let reg = self.alloc();
            self.set_place(*local, reg);
        }
        let outer = std::mem::replace(&mut self.in_or_pattern, true);
        let found = self.label();
        for (index, part) in parts.iter().enumerate() {
            let mark = self.next;
            if index + 1 == parts.len() {
                self.pattern(*part, value, fail);
            } else {
                let next = self.label();
                self.pattern(*part, value, next);
                self.goto(found);
                self.bind(next);
            }
            self.next = mark;
        }
        self.in_or_pattern = outer;
        self.bind(found);
    }

    fn collect_locals(&self, pattern: PatternId, out: &mut Vec<LocalId>) {
        match &self.hir.pattern(pattern).kind {
            PatternKind::Bind(local, inner) => {
                out.push(*local);
                if let Some(inner) = inner {
                    self.collect_locals(*inner, out);
                }
            }
            PatternKind::Or(parts) => {
                if let Some(first) = parts.first() {
                    self.collect_locals(*first, out);
                }
            }
            PatternKind::Tuple(parts) => parts.iter().for_each(|part| self.collect_locals(*part, out)),
            PatternKind::Array { before, rest, after } => {
                before.iter().chain(after).for_each(|part| self.collect_locals(*part, out));
                out.extend(rest.flatten());
            }
            PatternKind::Nominal(_, fields) => fields.iter().for_each(|(_, part)| self.collect_locals(*part, out)),
            PatternKind::Type(_, inner) => self.collect_locals(*inner, out),
            PatternKind::Error
            | PatternKind::Wildcard
            | PatternKind::Constant(_)
            | PatternKind::Range(..)
            | PatternKind::Equal(..) => {}
        }
    }

    fn type_test(&mut self, ty: TypeId, value: Value, fail: Label) {
        let mark = self.next;
        let reg = self.value_in(value, Class::Dyn);
        let number = self.alloc();
        self.load_type(ty, number);
        self.put(Insn::abc(Op::Is, number, reg, number));
        self.jump(Op::JumpIfNot, number, 0, fail);
        self.next = mark;
    }

    /// Tests that a value is of a declaration; gives the register of the object.
    fn nominal_test(&mut self, decl: DeclId, static_type: TypeId, value: Value, fail: Label) -> u16 {
        if self.surely(decl, static_type) {
            return self.value_in(value, Class::Ref);
        }
        let types = &self.linker.module.types;
        let info = types.decl(decl);
        if let DeclKind::Variant { of, index } = info.kind {
            if matches!(types.kind(static_type), TypeKind::Nominal(known, _) if *known == of) {
                let object = self.value_in(value, Class::Ref);
                if let Ok(number) = u16::try_from(index) {
                    self.jump(Op::JumpNotVariant, object, number, fail);
                }
                return object;
            }
        }
        let arity = info.params.len();
        let ty = self.linker.module.types.nominal(decl, &vec![TypeId::ANY; arity]);
        self.type_test(ty, value, fail);
        self.value_in(value, Class::Ref)
    }

    /// Goes on if the value equals the constant.
    fn equals(&mut self, constant: &Constant, value: Value, fail: Label) {
        let mark = self.next;
        match (constant, value.class) {
            (Constant::Int(n), Class::I64) => match i16::try_from(*n) {
                Ok(small) => self.jump(Op::JumpNeImm, value.reg, small as u16, fail),
                Err(_) => {
                    let reg = self.alloc();
                    self.constant(constant, reg, Class::I64);
                    self.jump(Op::JumpNeInt, value.reg, reg, fail);
                }
            },
            (Constant::Bool(b), Class::Bool) => self.jump(Op::JumpNeImm, value.reg, u16::from(*b), fail),
            (Constant::Byte(b), Class::Byte) => self.jump(Op::JumpNeImm, value.reg, u16::from(*b), fail),
            (Constant::Float(_), Class::F64) => {
                let reg = self.alloc();
                self.constant(constant, reg, Class::F64);
                self.jump(Op::JumpNeF64, value.reg, reg, fail);
            }
            (Constant::Int(n), Class::F64) => {
                let reg = self.alloc();
                self.constant(&Constant::Float(*n as f64), reg, Class::F64);
                self.jump(Op::JumpNeF64, value.reg, reg, fail);
            }
            (Constant::Str(_), Class::Ref) => {
                let reg = self.alloc();
                self.constant(constant, reg, Class::Ref);
                self.put(Insn::abc(Op::EqDyn, reg, value.reg, reg));
                self.jump(Op::JumpIfNot, reg, 0, fail);
            }
            (Constant::Symbol(name), _) => {
                let dynamic = self.value_in(value, Class::Dyn);
                let reg = self.alloc();
                self.load_constant(ConstantKey::Symbol(name.0), reg);
                self.put(Insn::abc(Op::Same, reg, dynamic, reg));
                self.jump(Op::JumpIfNot, reg, 0, fail);
            }
            _ => {
                let dynamic = self.value_in(value, Class::Dyn);
                let reg = self.alloc();
                self.constant(constant, reg, Class::Dyn);
                self.put(Insn::abc(Op::EqDyn, reg, dynamic, reg));
                self.jump(Op::JumpIfNot, reg, 0, fail);
            }
        }
        self.next = mark;
    }

    fn in_range(
        &mut self,
        start: Option<&Constant>,
        end: Option<&Constant>,
        inclusive: bool,
        ty: TypeId,
        value: Value,
        fail: Label,
    ) {
        let mark = self.next;
        if value.class == Class::Dyn {
            // A union or `any`: only values of the bounds' own kind are in the range.
            let kind = match start.or(end) {
                Some(Constant::Int(_)) => TypeId::I64,
                Some(Constant::Float(_)) => TypeId::F64,
                Some(Constant::Byte(_)) => TypeId::BYTE,
                _ => TypeId::STR,
            };
            self.type_test(kind, value, fail);
            let class = self.linker.class(kind);
            let reg = self.value_in(value, class);
            self.in_range(start, end, inclusive, kind, Value { reg, class }, fail);
            self.next = mark;
            return;
        }
        let _ = ty;
        let bound = self.alloc();
        for (constant, is_start) in [(start, true), (end, false)] {
            let Some(constant) = constant else { continue };
            let constant = match (constant, value.class) {
                (Constant::Int(n), Class::F64) => Constant::Float(*n as f64),
                (other, _) => other.clone(),
            };
            self.constant(&constant, bound, value.class);
            let (op, a, b) = match (value.class, is_start, inclusive) {
                (Class::F64, true, _) => (Op::JumpNleF64, bound, value.reg),
                (Class::F64, false, true) => (Op::JumpNleF64, value.reg, bound),
                (Class::F64, false, false) => (Op::JumpNltF64, value.reg, bound),
                (Class::Ref, ..) => {
                    self.put(Insn::abc(Op::CmpStr, bound, value.reg, bound));
                    let op = match (is_start, inclusive) {
                        (true, _) => Op::JumpLtImm,
                        (false, true) => Op::JumpGtImm,
                        (false, false) => Op::JumpGeImm,
                    };
                    (op, bound, 0)
                }
                (_, true, _) => (Op::JumpLtInt, value.reg, bound),
                (_, false, true) => (Op::JumpLtInt, bound, value.reg),
                (_, false, false) => (Op::JumpLeInt, bound, value.reg),
            };
            self.jump(op, a, b, fail);
        }
        self.next = mark;
    }

    fn array_pattern(
        &mut self,
        ty: TypeId,
        before: &[PatternId],
        rest: Option<Option<LocalId>>,
        after: &[PatternId],
        value: Value,
        fail: Label,
    ) {
        let types = &mut self.linker.module.types;
        let sequence = types.intern(TypeKind::Seq(TypeId::ANY));
        if !types.is_subtype(ty, sequence) {
            self.type_test(sequence, value, fail);
        }
        let array = self.value_in(value, Class::Ref);
        let length = self.alloc();
        self.put(Insn::abc(Op::ArrayLen, length, array, 0));
        let least = (before.len() + after.len()) as i64;
        if least > i64::from(i16::MAX) {
            self.refuse_size();
        }
        let op = if rest.is_some() { Op::JumpLtImm } else { Op::JumpNeImm };
        self.jump(op, length, least.min(i64::from(i16::MAX)) as u16, fail);
        let index = self.alloc();
        for (position, part) in before.iter().enumerate() {
            self.put(Insn::ak(Op::LoadInt, index, position as u32));
            self.array_element(ty, array, index, *part, fail);
        }
        for (position, part) in after.iter().enumerate() {
            let back = after.len() - position;
            self.put(Insn::abc(Op::AddI64Imm, index, length, (-(back as i64)) as i16 as u16));
            self.array_element(ty, array, index, *part, fail);
        }
        if let Some(Some(local)) = rest {
            let bounds = self.alloc();
            let end = self.alloc();
            self.put(Insn::ak(Op::LoadInt, bounds, before.len() as u32));
            self.put(Insn::abc(Op::AddI64Imm, end, length, (-(after.len() as i64)) as i16 as u16));
            let reg = self.alloc();
            self.put(Insn::abc(Op::ArrayCopy, reg, array, bounds));
            match self.place(local).filter(|_| self.in_or_pattern) {
                Some(place) => self.rebind(local, place, Value { reg, class: Class::Ref }, Class::Ref),
                None => self.bind_local(local, Value { reg, class: Class::Ref }, Class::Ref),
            }
        }
    }

    fn array_element(&mut self, ty: TypeId, array: u16, index: u16, part: PatternId, fail: Label) {
        if matches!(self.hir.pattern(part).kind, PatternKind::Wildcard) {
            return;
        }
        let class = self.linker.class(self.hir.pattern(part).ty);
        let got = self.array_class(ty, class);
        let reg = self.alloc();
        self.put(Insn::abc(get_op(got), reg, array, index));
        self.convert(reg, got, reg, class);
        self.pattern(part, Value { reg, class }, fail);
    }

    // ---- match

    pub(crate) fn match_arms(&mut self, expr: ExprId, scrutinee: ExprId, arms: &[Arm], dest: Option<Value>) {
        let outer = self.next;
        let value = self.value(scrutinee);
        let assigned = match self.hir.expr(scrutinee).kind {
            sayso_check::hir::ExprKind::Local(local) => self.assigned.get(local.0 as usize).copied().unwrap_or(false),
            _ => false,
        };
        let value = if assigned {
            // Arms may assign the variable while later patterns are still to be tested.
            let reg = self.alloc();
            self.put(Insn::abc(Op::Move, reg, value.reg, 0));
            Value { reg, class: value.class }
        } else {
            value
        };
        let end = self.label();
        let entries: Vec<Label> = arms.iter().map(|_| self.label()).collect();
        let tested: Vec<Label> = arms.iter().map(|_| self.label()).collect();
        let fail = self.label();
        let static_type = self.hir.expr(scrutinee).ty;
        self.switch_on(static_type, value, arms, &entries, &tested, fail);
        for (index, arm) in arms.iter().enumerate() {
            let next = entries.get(index + 1).copied().unwrap_or(fail);
            if let Some(entry) = entries.get(index) {
                self.bind(*entry);
            }
            let mark = self.next;
            self.arm_pattern(arm.pattern, value, tested.get(index).copied(), next);
            if let Some(guard) = arm.guard {
                self.branch(guard, false, next);
            }
            match dest {
                Some(dest) => self.into(arm.body, dest.reg, dest.class),
                None => self.effect(arm.body),
            }
            self.release(mark);
            self.goto(end);
        }
        self.bind(fail);
        if !self.dead {
            let old = self.at(self.hir.expr(expr).span);
            self.match_fault(value);
            self.back_to(old);
        }
        self.bind(end);
        self.release(outer);
    }

    /// A pattern whose variant test a jump table may have made already: it then leads to `tested`.
    fn arm_pattern(&mut self, id: PatternId, value: Value, tested: Option<Label>, fail: Label) {
        let hir = self.hir;
        if let (PatternKind::Nominal(decl, fields), Some(tested)) = (&hir.pattern(id).kind, tested) {
            let object = self.nominal_test(*decl, hir.pattern(id).ty, value, fail);
            self.bind(tested);
            self.fields(object, *decl, fields, fail);
            return;
        }
        if let (PatternKind::Constant(_), Some(tested)) = (&hir.pattern(id).kind, tested) {
            self.pattern(id, value, fail);
            self.bind(tested);
            return;
        }
        self.pattern(id, value, fail);
        if let Some(tested) = tested {
            self.bind(tested);
        }
    }

    /// A jump table over the variants or integers that the arms name; where there is none, the arms are tried in turn.
    fn switch_on(
        &mut self,
        static_type: TypeId,
        value: Value,
        arms: &[Arm],
        entries: &[Label],
        tested: &[Label],
        fail: Label,
    ) {
        if arms.len() < SWITCH_ARMS || self.dead {
            return;
        }
        let types = &self.linker.module.types;
        let variants = match types.kind(static_type) {
            TypeKind::Nominal(decl, _) if types.decl(*decl).kind == DeclKind::Enum => {
                i64::try_from(types.decl(*decl).variants.len()).unwrap_or(i64::MAX)
            }
            TypeKind::I64 => 0,
            _ => return,
        };
        let keys: Option<Vec<(Vec<i64>, bool)>> = arms.iter().map(|arm| self.switch_keys(arm.pattern)).collect();
        let Some(keys) = keys else { return };
        let count = if variants > 0 {
            variants
        } else {
            let mut all = keys.iter().flat_map(|(keys, _)| keys.iter().copied());
            let Some(first) = all.next() else { return };
            let (low, high) = all.fold((first, first), |(low, high), key| (low.min(key), high.max(key)));
            if low < 0 {
                return;
            }
            high.saturating_add(1)
        };
        if count > SWITCH_SPAN {
            return;
        }
        let rest = keys.iter().position(|(_, all)| *all).and_then(|index| entries.get(index)).copied().unwrap_or(fail);
        let mut targets = Vec::with_capacity(count as usize);
        for key in 0..count {
            let arm = keys.iter().position(|(keys, all)| *all || keys.contains(&key));
            let target = arm.and_then(|index| {
                // A single key: the test is done; several or none: the arm tests itself.
                let direct = keys.get(index).is_some_and(|(keys, all)| !*all && keys.len() == 1);
                if direct { tested.get(index) } else { entries.get(index) }
            });
            targets.push(target.copied().unwrap_or(fail));
        }
        let mark = self.next;
        let number = if variants > 0 {
            let reg = self.alloc();
            self.put(Insn::abc(Op::VariantIndex, reg, value.reg, 0));
            reg
        } else {
            value.reg
        };
        self.switch(number, &targets, rest);
        self.next = mark;
    }

    /// The variants or integers that a pattern can fit, and whether it fits all; none if it is of another kind.
    fn switch_keys(&self, pattern: PatternId) -> Option<(Vec<i64>, bool)> {
        let types = &self.linker.module.types;
        match &self.hir.pattern(pattern).kind {
            PatternKind::Wildcard | PatternKind::Bind(_, None) => Some((Vec::new(), true)),
            PatternKind::Nominal(decl, _) => match types.decl(*decl).kind {
                DeclKind::Variant { index, .. } => Some((vec![i64::from(index)], false)),
                _ => None,
            },
            PatternKind::Constant(Constant::Int(value)) => Some((vec![*value], false)),
            PatternKind::Or(parts) => {
                let mut keys = Vec::new();
                for part in parts {
                    let (part, all) = self.switch_keys(*part)?;
                    if all {
                        return Some((Vec::new(), true));
                    }
                    keys.extend(part);
                }
                // Two keys at least: the arm tests which itself.
                Some((keys, false))
            }
            _ => None,
        }
    }
}
