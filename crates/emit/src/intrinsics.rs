//! Operations of the machine.
//!
//! A library function marked `@intrinsic("name")` is an operation named here. Which instruction it becomes depends on
//! the static types of the arguments; small constants become immediates.

use crate::control::get_op;
use crate::expr::push_op;
use crate::function::{FunctionEmitter, Reg, Value};
use sayso_base::Name;
use sayso_bytecode::builder::Label;
use sayso_bytecode::{Class, Insn, Op};
use sayso_check::hir::{Callee, Constant, ExprId, ExprKind, FnId, Program};
use sayso_types::TypeId;

/// From which length on a chain of operators is computed in a loop.
const LONG_CHAIN: usize = 32;
/// How many strings one instruction joins.
const MOST_JOINED: usize = 64;

/// Whether an operation makes an object whose type is that of the call.
pub(crate) fn makes_typed(program: &Program, function: FnId) -> bool {
    // Slices and the like are natives, which take their type arguments: no operation does so now.
    let _ = (program, function);
    false
}

impl FunctionEmitter<'_, '_> {
    /// Emits an intrinsic call into `dest`, in the natural class of the expression; false if it is none.
    pub(crate) fn intrinsic(&mut self, expr: ExprId, callee: &Callee, args: &[ExprId], dest: Reg) -> bool {
        let Some(name) = self.intrinsic_name(callee) else { return false };
        if self.linker.interner.text(name) == "concat" && self.join(expr, dest) {
            return true;
        }
        let left = args.first().and_then(|first| self.take_ready(*first));
        self.operation(expr, left, dest);
        true
    }

    /// Where an expression is the last of a long chain of operations on each other's results (`a + b + …`,
    /// `a.f().g()…`), all before it are computed here, in a loop instead of by recursion, and the last of them waits in
    /// `ready`.
    pub(crate) fn long_chain(&mut self, expr: ExprId) {
        let mut chain = Vec::new();
        let mut at = self.first_part(expr);
        while let Some(first) = at {
            if self.is_ready(first) || self.fold(first).is_some() {
                break;
            }
            at = self.first_part(first);
            if at.is_some() {
                chain.push(first);
            }
        }
        if chain.len() < LONG_CHAIN || self.joined(expr).is_some() {
            return;
        }
        let held = self.alloc();
        // A register between it and the windows of calls, which begin with type arguments.
        self.alloc();
        let mark = self.next;
        while let Some(inner) = chain.pop() {
            let class = self.natural(inner);
            self.into(inner, held, class);
            self.ready = (!self.dead).then_some((inner, Value { reg: held, class }));
            self.release(mark);
        }
    }

    fn is_ready(&self, expr: ExprId) -> bool {
        self.ready.is_some_and(|(ready, _)| ready == expr)
    }

    /// What an operation is applied to first.
    fn first_part(&self, expr: ExprId) -> Option<ExprId> {
        match &self.hir.expr(expr).kind {
            ExprKind::Call { callee: Callee::Function(_) | Callee::Dispatch(_), args, .. } => args.first().copied(),
            ExprKind::Cast(value, _) => Some(*value),
            _ => None,
        }
    }

    /// The value of an expression that was computed before it is asked for.
    pub(crate) fn take_ready(&mut self, expr: ExprId) -> Option<Value> {
        let (_, value) = self.ready.take_if(|(ready, _)| *ready == expr)?;
        Some(value)
    }

    /// `a + b + c` on strings: one instruction.
    fn join(&mut self, expr: ExprId, dest: Reg) -> bool {
        let Some(parts) = self.joined(expr) else { return false };
        let first = self.run_of(&parts, Class::Ref);
        self.put(Insn::abc(Op::ConcatN, dest, first, parts.len() as u16));
        true
    }

    /// The strings that an expression joins, if one instruction can do so.
    fn joined(&mut self, expr: ExprId) -> Option<Vec<ExprId>> {
        let mut parts = Vec::new();
        let mut at = expr;
        while let ExprKind::Call { callee, args, .. } = &self.hir.expr(at).kind {
            let Some(name) = self.intrinsic_name(callee) else { break };
            let [left, right] = args.as_slice() else { break };
            let ends = self.linker.interner.text(name) != "concat" || self.is_ready(at) || self.fold(at).is_some();
            if ends || parts.len() >= MOST_JOINED {
                break;
            }
            parts.push(*right);
            at = *left;
        }
        if parts.len() < 2 || parts.len() >= MOST_JOINED {
            return None;
        }
        parts.push(at);
        parts.reverse();
        Some(parts)
    }

    /// One operation, whose first argument may be in a register already.
    fn operation(&mut self, expr: ExprId, left: Option<Value>, dest: Reg) {
        let hir = self.hir;
        let ExprKind::Call { callee, args, .. } = &hir.expr(expr).kind else { return };
        let Some(name) = self.intrinsic_name(callee) else { return };
        let natural = self.natural(expr);
        let old = self.at(hir.expr(expr).span);
        if !self.immediate(name, args, left, dest) && !self.sum_of_product(name, args, left, dest) {
            let mut values = Vec::with_capacity(args.len());
            for (index, arg) in args.iter().enumerate() {
                let unused = index == 0
                    && self.linker.interner.text(name) == "convert"
                    && matches!(hir.expr(*arg).kind, ExprKind::Constant(Constant::Type(_)));
                values.push(match left {
                    Some(left) if index == 0 => left,
                    // A type that only says which conversion is meant.
                    _ if unused => Value { reg: dest, class: Class::Dyn },
                    _ => self.stable_value(*arg, args.get(index + 1..).unwrap_or(&[])),
                });
            }
            let types: Vec<TypeId> = args.iter().map(|arg| hir.expr(*arg).ty).collect();
            self.code.set_span(hir.expr(expr).span);
            match self.intrinsic_on(name, &values, &types, hir.expr(expr).ty, dest) {
                Some(class) => self.convert(dest, class, dest, natural),
                None => {
                    let text = self.linker.interner.text(name).to_owned();
                    let message = format!("the operation `{text}` is not known for these arguments");
                    self.error("internal-error", hir.expr(expr).span, message);
                }
            }
        }
        self.back_to(old);
    }

    /// Forms with a small constant; false if there is none.
    fn immediate(&mut self, name: Name, args: &[ExprId], left: Option<Value>, dest: Reg) -> bool {
        let [first, second] = args else { return false };
        let text = self.linker.interner.text(name);
        let integer = |constant: Option<Constant>| match constant {
            Some(Constant::Int(value)) => Some(value),
            _ => None,
        };
        let small = |value: i64| i16::try_from(value).ok();
        if matches!(text, "add_f64" | "sub_f64" | "mul_f64" | "div_f64") {
            return self.float_constant(text, *first, *second, left, dest);
        }
        let right = integer(self.fold(*second));
        let (op, operand, value) = match text {
            "add_i64" => match (right.and_then(small), left) {
                (Some(value), _) => (Op::AddI64Imm, *first, value),
                (None, None) => match integer(self.fold(*first)).and_then(small) {
                    Some(value) => (Op::AddI64Imm, *second, value),
                    None => return false,
                },
                (None, Some(_)) => return false,
            },
            "sub_i64" => match right.and_then(i64::checked_neg).and_then(small) {
                Some(value) => (Op::AddI64Imm, *first, value),
                None => return false,
            },
            "mul_i64" => match (right.and_then(small), left) {
                (Some(value), _) => (Op::MulI64Imm, *first, value),
                (None, None) => match integer(self.fold(*first)).and_then(small) {
                    Some(value) => (Op::MulI64Imm, *second, value),
                    None => return false,
                },
                (None, Some(_)) => return false,
            },
            "div_i64" => match right.filter(|v| *v != 0 && *v != -1).and_then(small) {
                Some(value) => (Op::DivI64Imm, *first, value),
                None => return false,
            },
            "rem_i64" => match right.filter(|v| *v != 0 && *v != -1).and_then(small) {
                Some(value) => (Op::RemI64Imm, *first, value),
                None => return false,
            },
            "and_i64" => match right.and_then(small) {
                Some(value) => (Op::AndI64Imm, *first, value),
                None => return false,
            },
            "shl_i64" => match right.filter(|v| (0..=63).contains(v)).and_then(small) {
                Some(value) => (Op::ShlI64Imm, *first, value),
                None => return false,
            },
            "shr_i64" => match right.filter(|v| (0..=63).contains(v)).and_then(small) {
                Some(value) => (Op::ShrI64Imm, *first, value),
                None => return false,
            },
            _ => return false,
        };
        let value_of = match left {
            Some(left) if operand == *first => self.value_in(left, Class::I64),
            _ => self.value_as(operand, Class::I64),
        };
        self.code.set_span(self.span);
        self.put(Insn::abc(op, dest, value_of, value as u16));
        true
    }

    /// `a + b * c` or `a - b * c` of floats, if `a` may be computed into the result's register first; false if it is no
    /// such expression.
    fn sum_of_product(&mut self, name: Name, args: &[ExprId], left: Option<Value>, dest: Reg) -> bool {
        let op = match self.linker.interner.text(name) {
            "add_f64" => Op::MulAddF64,
            "sub_f64" => Op::MulSubF64,
            _ => return false,
        };
        let [first, second] = args else { return false };
        let ExprKind::Call { callee, args: factors, .. } = &self.hir.expr(*second).kind else { return false };
        let product = self.intrinsic_name(callee).is_some_and(|name| self.linker.interner.text(name) == "mul_f64");
        let [x, y] = factors.as_slice() else { return false };
        let float = |constant: Option<Constant>| matches!(constant, Some(Constant::Float(_) | Constant::Int(_)));
        if !product || float(self.fold(*second)) || float(self.fold(*x)) || float(self.fold(*y)) {
            return false;
        }
        match (left, &self.hir.expr(*first).kind) {
            (Some(left), _) if left.reg == dest && left.class == Class::F64 => {}
            (None, ExprKind::Local(local)) if self.place(*local) == Some(dest) && !self.hir.local(*local).boxed => {
                // The variable that is assigned: its value must not change before it is read.
                if !self.is_simple(*second, 4) {
                    return false;
                }
            }
            (None, ExprKind::Local(_)) | (Some(_), _) => return false,
            // A variable keeps its value until nothing can fail any more.
            (None, _) if self.natural(*first) == Class::F64 && !self.holds_local(dest) => {
                self.into(*first, dest, Class::F64);
            }
            (None, _) => return false,
        }
        let x = self.stable_value(*x, &[*y]);
        let x = self.value_in(x, Class::F64);
        let y = self.value_as(*y, Class::F64);
        self.code.set_span(self.span);
        self.put(Insn::abc(op, dest, x, y));
        true
    }

    fn float_constant(&mut self, text: &str, first: ExprId, second: ExprId, left: Option<Value>, dest: Reg) -> bool {
        let float = |constant: Option<Constant>| match constant {
            Some(Constant::Float(value)) => Some(value),
            Some(Constant::Int(value)) => Some(value as f64),
            _ => None,
        };
        let (operand, value) = match float(self.fold(second)) {
            Some(value) => (first, value),
            None => match (float(self.fold(first)), text, left) {
                (Some(value), "add_f64" | "mul_f64", None) => (second, value),
                _ => return false,
            },
        };
        let index = self.linker.constant(crate::link::ConstantKey::F64(value.to_bits()));
        let Ok(index) = u16::try_from(index) else { return false };
        let op = match text {
            "add_f64" => Op::AddF64Const,
            "sub_f64" => Op::SubF64Const,
            "mul_f64" => Op::MulF64Const,
            _ => Op::DivF64Const,
        };
        let reg = match left {
            Some(left) if operand == first => self.value_in(left, Class::F64),
            _ => self.value_as(operand, Class::F64),
        };
        self.put(Insn::abc(op, dest, reg, index));
        true
    }

    /// An intrinsic whose value is not wanted: assignments and appending. False if it is none of these.
    pub(crate) fn intrinsic_statement(&mut self, expr: ExprId, callee: &Callee, args: &[ExprId]) -> bool {
        let Some(name) = self.intrinsic_name(callee) else { return false };
        if !matches!(self.linker.interner.text(name), "array_set" | "table_set" | "array_push") {
            let class = self.natural(expr);
            let reg = self.alloc();
            self.into(expr, reg, class);
            return true;
        }
        let mut values = Vec::with_capacity(args.len());
        for (index, arg) in args.iter().enumerate() {
            values.push(self.stable_value(*arg, args.get(index + 1..).unwrap_or(&[])));
        }
        let types: Vec<TypeId> = args.iter().map(|arg| self.hir.expr(*arg).ty).collect();
        self.code.set_span(self.span);
        self.store(name, &values, &types);
        true
    }

    /// `xs[i] = v`, `t[k] = v`, `push(xs, v)`
    fn store(&mut self, name: Name, values: &[Value], types: &[TypeId]) {
        match (self.linker.interner.text(name), values) {
            ("array_set", [array, index, value]) => {
                let array_reg = self.value_in(*array, Class::Ref);
                let index = self.value_in(*index, Class::I64);
                let class = types.first().map_or(Class::Dyn, |ty| self.element_class(*ty));
                let value = self.value_in(*value, class);
                let op = match class {
                    Class::I64 => Op::ArraySetI64,
                    Class::F64 => Op::ArraySetF64,
                    Class::Bool => Op::ArraySetBool,
                    Class::Byte => Op::ArraySetByte,
                    Class::Ref | Class::Dyn => Op::ArraySetDyn,
                };
                self.put(Insn::abc(op, array_reg, index, value));
            }
            ("table_set", [table, key, value]) => {
                let table = self.value_in(*table, Class::Ref);
                let key = self.value_in(*key, Class::Dyn);
                let value = self.value_in(*value, Class::Dyn);
                self.put(Insn::abc(Op::TableSet, table, key, value));
            }
            ("array_push", [array, value]) => {
                let array_reg = self.value_in(*array, Class::Ref);
                let class = types.first().map_or(Class::Dyn, |ty| self.element_class(*ty));
                let value = self.value_in(*value, class);
                self.put(Insn::abc(push_op(class), array_reg, value, 0));
            }
            _ => {}
        }
    }

    /// An intrinsic on values in registers, into `dest`; gives the class that it leaves there.
    pub(crate) fn intrinsic_on(
        &mut self,
        name: Name,
        values: &[Value],
        types: &[TypeId],
        result: TypeId,
        dest: Reg,
    ) -> Option<Class> {
        let interner = self.linker.interner;
        let text = interner.text(name);
        if let Some((op, class, out)) = simple(text) {
            let mut regs = [0; 2];
            for (slot, value) in regs.iter_mut().zip(values) {
                *slot = self.value_in(*value, class);
            }
            self.put(Insn::abc(op, dest, regs[0], regs[1]));
            return Some(out);
        }
        match (text, values) {
            (
                "add_byte" | "sub_byte" | "mul_byte" | "div_byte" | "rem_byte" | "and_byte" | "or_byte" | "xor_byte",
                [a, b],
            ) => {
                let op = match text {
                    "add_byte" => Op::AddI64,
                    "sub_byte" => Op::SubI64,
                    "mul_byte" => Op::MulI64,
                    "div_byte" => Op::DivI64,
                    "rem_byte" => Op::RemI64,
                    "and_byte" => Op::AndI64,
                    "or_byte" => Op::OrI64,
                    _ => Op::XorI64,
                };
                let (a, b) = (self.value_in(*a, Class::Byte), self.value_in(*b, Class::Byte));
                let (x, y) = (self.alloc(), self.alloc());
                self.put(Insn::abc(Op::ByteToI64, x, a, 0));
                self.put(Insn::abc(Op::ByteToI64, y, b, 0));
                self.put(Insn::abc(op, x, x, y));
                self.put(Insn::abc(Op::I64ToByte, dest, x, 0));
                Some(Class::Byte)
            }
            ("eq_int" | "lt_int" | "le_int", [a, b]) => {
                let op = match text {
                    "eq_int" => Op::EqInt,
                    "lt_int" => Op::LtInt,
                    _ => Op::LeInt,
                };
                let class = self.integer_class(types);
                let (a, b) = (self.value_in(*a, class), self.value_in(*b, class));
                self.put(Insn::abc(op, dest, a, b));
                Some(Class::Bool)
            }
            ("eq_mixed" | "lt_mixed" | "le_mixed", [a, b]) => {
                self.mixed(text, *a, *b, types, dest);
                Some(Class::Bool)
            }
            ("lt_str" | "le_str", [a, b]) => {
                let (a, b) = (self.value_in(*a, Class::Ref), self.value_in(*b, Class::Ref));
                self.three_way(Op::CmpStr, a, b, text == "le_str", dest);
                Some(Class::Bool)
            }
            ("less_any", [a, b]) => {
                let (a, b) = (self.value_in(*a, Class::Dyn), self.value_in(*b, Class::Dyn));
                self.three_way(Op::CmpDyn, a, b, false, dest);
                Some(Class::Bool)
            }
            ("wrapping_add" | "wrapping_sub" | "wrapping_mul", [a, b]) => {
                let which = match text {
                    "wrapping_add" => 0,
                    "wrapping_sub" => 1,
                    _ => 2,
                };
                let (a, b) = (self.value_in(*a, Class::I64), self.value_in(*b, Class::I64));
                self.put_ext(Insn::abc(Op::WrapI64, dest, a, b), which);
                Some(Class::I64)
            }
            ("to_str", [value]) => {
                self.text_of(*value, types.first() == Some(&TypeId::STR), dest);
                Some(Class::Ref)
            }
            ("debug", [value]) => {
                let value = self.value_in(*value, Class::Dyn);
                self.put(Insn::abc(Op::DynToStr, dest, value, 1));
                Some(Class::Ref)
            }
            ("seq_index", [array, index]) => {
                let ty = types.first().copied().unwrap_or(TypeId::ANY);
                let wanted = self.linker.class(result);
                let array = self.value_in(*array, Class::Ref);
                let index = self.value_in(*index, Class::I64);
                let class = self.array_class(ty, wanted);
                self.put(Insn::abc(get_op(class), dest, array, index));
                Some(class)
            }
            ("table_index", [table, key]) => {
                let table = self.value_in(*table, Class::Ref);
                let key = self.value_in(*key, Class::Dyn);
                self.put(Insn::abc(Op::TableGet, dest, table, key));
                Some(Class::Dyn)
            }
            ("table_find", [table, key]) => {
                let table = self.value_in(*table, Class::Ref);
                let key = self.value_in(*key, Class::Dyn);
                let found = self.alloc();
                let (missing, end) = (self.label(), self.label());
                self.put(Insn::abc(Op::TableFind, found, table, key));
                self.jump(Op::JumpUnset, found, 0, missing);
                self.some(found, dest);
                self.goto(end);
                self.bind(missing);
                self.none(dest);
                self.bind(end);
                Some(Class::Ref)
            }
            ("array_set" | "table_set" | "array_push", _) => {
                self.store(name, values, types);
                self.put(Insn::abc(Op::LoadUnit, dest, 0, 0));
                Some(Class::Dyn)
            }
            ("convert", [_, value]) => {
                let wanted = self.linker.class(result);
                let class = types.get(1).map_or(value.class, |ty| self.linker.class(*ty));
                let reg = self.value_in(*value, class);
                self.to_number(Value { reg, class }, wanted, dest)
            }
            ("type_of", [value]) => {
                let value = self.value_in(*value, Class::Dyn);
                let number = self.alloc();
                self.put(Insn::abc(Op::TypeOf, number, value, 0));
                self.put(Insn::abc(Op::TypeValue, dest, number, 0));
                Some(Class::Dyn)
            }
            _ => None,
        }
    }

    /// `to(T, x)` between machine types; none if there is no such conversion.
    fn to_number(&mut self, value: Value, wanted: Class, dest: Reg) -> Option<Class> {
        let op = match (value.class, wanted) {
            (Class::I64, Class::F64) => Op::I64ToF64,
            (Class::F64, Class::I64) => Op::F64ToI64,
            (Class::Byte, Class::I64) => Op::ByteToI64,
            (Class::I64, Class::Byte) => Op::I64ToByte,
            (Class::F64, Class::Byte) => {
                self.put(Insn::abc(Op::F64ToI64, dest, value.reg, 0));
                self.put(Insn::abc(Op::I64ToByte, dest, dest, 0));
                return Some(Class::Byte);
            }
            (Class::Byte, Class::F64) => {
                self.put(Insn::abc(Op::ByteToI64, dest, value.reg, 0));
                self.put(Insn::abc(Op::I64ToF64, dest, dest, 0));
                return Some(Class::F64);
            }
            (same, wanted) if same == wanted => {
                self.convert(value.reg, same, dest, same);
                return Some(wanted);
            }
            _ => return None,
        };
        self.put(Insn::abc(op, dest, value.reg, 0));
        Some(wanted)
    }

    /// Text of a value of a class.
    fn text_of(&mut self, value: Value, is_str: bool, dest: Reg) {
        let op = match value.class {
            Class::I64 => Op::I64ToStr,
            Class::F64 => Op::F64ToStr,
            Class::Bool => Op::BoolToStr,
            Class::Byte => Op::ByteToStr,
            Class::Ref if is_str => {
                self.convert(value.reg, Class::Ref, dest, Class::Ref);
                return;
            }
            Class::Ref | Class::Dyn => Op::DynToStr,
        };
        self.put(Insn::abc(op, dest, value.reg, 0));
    }

    fn integer_class(&mut self, types: &[TypeId]) -> Class {
        let class = types.first().map_or(Class::I64, |ty| self.linker.class(*ty));
        if class.is_raw() && class != Class::F64 { class } else { Class::I64 }
    }

    /// An exact comparison of an integer and a float.
    fn mixed(&mut self, text: &str, a: Value, b: Value, types: &[TypeId], dest: Reg) {
        let integer_first = types.first() == Some(&TypeId::I64);
        let (integer, float) = if integer_first { (a, b) } else { (b, a) };
        let integer = self.value_in(integer, Class::I64);
        let float = self.value_in(float, Class::F64);
        let order = self.alloc();
        self.put(Insn::abc(Op::CmpI64F64, order, integer, float));
        let other = self.alloc();
        // The order is -1, 0, 1 or, for NaN, 2.
        let (op, constant) = match (text, integer_first) {
            ("eq_mixed", _) => (Op::EqInt, 0),
            ("lt_mixed", true) => (Op::EqInt, -1),
            ("lt_mixed", false) => (Op::EqInt, 1),
            (_, true) => (Op::LeInt, 0),
            (_, false) => {
                self.put(Insn::abc(Op::ShrI64Imm, order, order, 1));
                (Op::EqInt, 0)
            }
        };
        self.put(Insn::ak(Op::LoadInt, other, constant as u32));
        self.put(Insn::abc(op, dest, order, other));
    }

    fn three_way(&mut self, op: Op, a: Reg, b: Reg, or_equal: bool, dest: Reg) {
        let (order, zero) = (self.alloc(), self.alloc());
        self.put(Insn::abc(op, order, a, b));
        self.put(Insn::ak(Op::LoadInt, zero, 0));
        self.put(Insn::abc(if or_equal { Op::LeInt } else { Op::LtInt }, dest, order, zero));
    }

    /// A comparison as a conditional jump; false if it is none.
    pub(crate) fn branch_intrinsic(&mut self, callee: &Callee, args: &[ExprId], wanted: bool, label: Label) -> bool {
        let Some(name) = self.intrinsic_name(callee) else { return false };
        let interner = self.linker.interner;
        match (interner.text(name), args) {
            ("not", [arg]) => {
                self.branch(*arg, !wanted, label);
                true
            }
            (text @ ("eq_int" | "lt_int" | "le_int"), [a, b]) => {
                self.branch_integers(text, *a, *b, wanted, label);
                true
            }
            (text @ ("eq_f64" | "lt_f64" | "le_f64"), [a, b]) => {
                let op = match (text, wanted) {
                    ("eq_f64", true) => Op::JumpEqF64,
                    ("eq_f64", false) => Op::JumpNeF64,
                    ("lt_f64", true) => Op::JumpLtF64,
                    ("lt_f64", false) => Op::JumpNltF64,
                    (_, true) => Op::JumpLeF64,
                    (_, false) => Op::JumpNleF64,
                };
                let mark = self.next;
                let left = self.stable_value(*a, &[*b]);
                let left = self.value_in(left, Class::F64);
                let right = self.value_as(*b, Class::F64);
                self.jump(op, left, right, label);
                self.release(mark);
                true
            }
            (text @ ("lt_str" | "le_str"), [a, b]) => {
                let mark = self.next;
                let left = self.stable_value(*a, &[*b]);
                let left = self.value_in(left, Class::Ref);
                let right = self.value_as(*b, Class::Ref);
                let order = self.alloc();
                self.put(Insn::abc(Op::CmpStr, order, left, right));
                let op = match (text, wanted) {
                    ("lt_str", true) => Op::JumpLtImm,
                    ("lt_str", false) => Op::JumpGeImm,
                    (_, true) => Op::JumpLeImm,
                    (_, false) => Op::JumpGtImm,
                };
                self.jump(op, order, 0, label);
                self.release(mark);
                true
            }
            _ => false,
        }
    }

    fn branch_integers(&mut self, text: &str, a: ExprId, b: ExprId, wanted: bool, label: Label) {
        let small = |constant: Option<Constant>| match constant {
            Some(Constant::Int(value)) => i16::try_from(value).ok(),
            Some(Constant::Bool(value)) => Some(i16::from(value)),
            Some(Constant::Byte(value)) => Some(i16::from(value)),
            _ => None,
        };
        let types = [self.hir.expr(a).ty, self.hir.expr(b).ty];
        let class = self.integer_class(&types);
        let mark = self.next;
        if let Some(value) = small(self.fold(b)) {
            let op = match (text, wanted) {
                ("eq_int", true) => Op::JumpEqImm,
                ("eq_int", false) => Op::JumpNeImm,
                ("lt_int", true) => Op::JumpLtImm,
                ("lt_int", false) => Op::JumpGeImm,
                (_, true) => Op::JumpLeImm,
                (_, false) => Op::JumpGtImm,
            };
            let reg = self.value_as(a, class);
            self.jump(op, reg, value as u16, label);
        } else if let Some(value) = small(self.fold(a)) {
            // The constant stands first: the comparison is turned round.
            let op = match (text, wanted) {
                ("eq_int", true) => Op::JumpEqImm,
                ("eq_int", false) => Op::JumpNeImm,
                ("lt_int", true) => Op::JumpGtImm,
                ("lt_int", false) => Op::JumpLeImm,
                (_, true) => Op::JumpGeImm,
                (_, false) => Op::JumpLtImm,
            };
            let reg = self.value_as(b, class);
            self.jump(op, reg, value as u16, label);
        } else {
            let left = self.stable_value(a, &[b]);
            let left = self.value_in(left, class);
            let right = self.value_as(b, class);
            let (op, x, y) = match (text, wanted) {
                ("eq_int", true) => (Op::JumpEqInt, left, right),
                ("eq_int", false) => (Op::JumpNeInt, left, right),
                ("lt_int", true) => (Op::JumpLtInt, left, right),
                ("lt_int", false) => (Op::JumpLeInt, right, left),
                (_, true) => (Op::JumpLeInt, left, right),
                (_, false) => (Op::JumpLtInt, right, left),
            };
            self.jump(op, x, y, label);
        }
        self.release(mark);
    }
}

/// Operations that are one instruction on operands of one class.
fn simple(text: &str) -> Option<(Op, Class, Class)> {
    use Class::{Bool, Byte, Dyn, F64, I64, Ref};
    Some(match text {
        "add_i64" => (Op::AddI64, I64, I64),
        "sub_i64" => (Op::SubI64, I64, I64),
        "mul_i64" => (Op::MulI64, I64, I64),
        "div_i64" => (Op::DivI64, I64, I64),
        "rem_i64" => (Op::RemI64, I64, I64),
        "pow_i64" => (Op::PowI64, I64, I64),
        "neg_i64" => (Op::NegI64, I64, I64),
        "and_i64" => (Op::AndI64, I64, I64),
        "or_i64" => (Op::OrI64, I64, I64),
        "xor_i64" => (Op::XorI64, I64, I64),
        "shl_i64" => (Op::ShlI64, I64, I64),
        "shr_i64" => (Op::ShrI64, I64, I64),
        "add_f64" => (Op::AddF64, F64, F64),
        "sub_f64" => (Op::SubF64, F64, F64),
        "mul_f64" => (Op::MulF64, F64, F64),
        "div_f64" => (Op::DivF64, F64, F64),
        "rem_f64" => (Op::RemF64, F64, F64),
        "pow_f64" => (Op::PowF64, F64, F64),
        "neg_f64" => (Op::NegF64, F64, F64),
        "sqrt_f64" => (Op::SqrtF64, F64, F64),
        "abs_f64" => (Op::AbsF64, F64, F64),
        "floor_f64" => (Op::FloorF64, F64, F64),
        "eq_f64" => (Op::EqF64, F64, Bool),
        "lt_f64" => (Op::LtF64, F64, Bool),
        "le_f64" => (Op::LeF64, F64, Bool),
        "not" => (Op::Not, Bool, Bool),
        "concat" => (Op::Concat, Ref, Ref),
        "eq_str" => (Op::EqStr, Ref, Bool),
        "same" => (Op::Same, Dyn, Bool),
        "equal_any" => (Op::EqDyn, Dyn, Bool),
        "compare_any" => (Op::CmpDyn, Dyn, I64),
        "str_len" => (Op::StrLen, Ref, I64),
        "seq_len" => (Op::ArrayLen, Ref, I64),
        "table_len" => (Op::TableLen, Ref, I64),
        "i64_to_f64" => (Op::I64ToF64, I64, F64),
        "f64_to_i64" => (Op::F64ToI64, F64, I64),
        "byte_to_i64" => (Op::ByteToI64, Byte, I64),
        "i64_to_byte" => (Op::I64ToByte, I64, Byte),
        _ => return None,
    })
}
