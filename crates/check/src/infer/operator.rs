//! Operators: calls of the functions of `core`, with a short way for machine types.
//!
//! Both operands of most operators are numbers of one type. For these pairs the function is found once and kept in a
//! table, so the common case costs a few loads. All others go through overload resolution like any call.

use super::body::Body;
use super::call::Operand;
use super::flow::{Condition, Split};
use super::goal::{Goal, Place, PlaceKind};
use crate::hir::{Constant, ExprId, ExprKind, FnId};
use crate::tables::CallShape;
use sayso_base::{Diagnostic, Name, Span, names};
use sayso_syntax::ast::{self, BinaryOp, UnaryOp};
use sayso_types::TypeId;
use smallvec::SmallVec;
use thin_vec::{ThinVec, thin_vec};

/// The machine types in the order of their ids.
const MACHINE: [TypeId; 5] = [TypeId::I64, TypeId::F64, TypeId::BOOL, TypeId::BYTE, TypeId::STR];

/// What the table of operators on machine types says.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) enum Fast {
    #[default]
    Unknown,
    /// No function takes exactly these types.
    Missing,
    Known(FnId, TypeId),
}

/// The functions for operators on machine types, by operator and both types; filled as they are used.
#[derive(Debug, Default)]
pub(crate) struct FastTable {
    entries: Vec<Fast>,
}

fn machine_index(ty: TypeId) -> Option<usize> {
    let index = ty.0.checked_sub(TypeId::I64.0)? as usize;
    (index < MACHINE.len()).then_some(index)
}

/// The function behind an operator, whether its operands change places, and whether its result is negated.
fn function_of(op: BinaryOp, own: &super::env::CoreNames) -> (Name, bool, bool) {
    match op {
        BinaryOp::Pow => (names::POW, false, false),
        BinaryOp::Mul => (names::MUL, false, false),
        BinaryOp::Div => (names::DIV, false, false),
        BinaryOp::Rem => (names::REM, false, false),
        BinaryOp::Add => (names::ADD, false, false),
        BinaryOp::Sub => (names::SUB, false, false),
        BinaryOp::Shl => (names::SHL, false, false),
        BinaryOp::Shr => (names::SHR, false, false),
        BinaryOp::BitAnd => (names::BIT_AND, false, false),
        BinaryOp::BitXor => (names::BIT_XOR, false, false),
        BinaryOp::Eq => (names::EQUAL, false, false),
        BinaryOp::Ne => (names::EQUAL, false, true),
        BinaryOp::Lt => (names::LESS, false, false),
        BinaryOp::Gt => (names::LESS, true, false),
        BinaryOp::Le => (own.less_equal, false, false),
        BinaryOp::Ge => (own.less_equal, true, false),
        BinaryOp::Identical => (own.identical, false, false),
        BinaryOp::And | BinaryOp::Or => (names::EMPTY, false, false),
    }
}

/// How an operator is written.
pub(crate) fn symbol_of(op: BinaryOp) -> &'static str {
    match op {
        BinaryOp::Pow => "**",
        BinaryOp::Mul => "*",
        BinaryOp::Div => "/",
        BinaryOp::Rem => "%",
        BinaryOp::Add => "+",
        BinaryOp::Sub => "-",
        BinaryOp::Shl => "<<",
        BinaryOp::Shr => ">>",
        BinaryOp::BitAnd => "&",
        BinaryOp::BitXor => "^",
        BinaryOp::Eq => "==",
        BinaryOp::Ne => "!=",
        BinaryOp::Lt => "<",
        BinaryOp::Le => "<=",
        BinaryOp::Gt => ">",
        BinaryOp::Ge => ">=",
        BinaryOp::Identical => "===",
        BinaryOp::And => "&&",
        BinaryOp::Or => "||",
    }
}

fn is_arithmetic(op: BinaryOp) -> bool {
    matches!(op, BinaryOp::Pow | BinaryOp::Mul | BinaryOp::Div | BinaryOp::Rem | BinaryOp::Add | BinaryOp::Sub)
}

fn compares(op: BinaryOp) -> bool {
    matches!(op, BinaryOp::Eq | BinaryOp::Ne | BinaryOp::Lt | BinaryOp::Le | BinaryOp::Gt | BinaryOp::Ge)
}

impl Body<'_, '_> {
    /// A chain of binary operators: down its left side without recursion, then up again.
    pub fn chain(&mut self, id: ast::ExprId, hint: Option<TypeId>) -> Condition {
        let ast = self.ast;
        let mut nodes: SmallVec<[ast::ExprId; 8]> = SmallVec::new();
        let mut current = id;
        let mut arithmetic = true;
        while let ast::ExprKind::Binary(op, _, left, _) = &ast.expr(current).kind {
            arithmetic &= is_arithmetic(*op);
            nodes.push(current);
            current = *left;
        }
        // What is expected of a sum of literals is expected of each of them.
        let hint = hint.filter(|_| arithmetic && self.only_literals(id));
        let mut done = self.condition_leaf(current, hint);
        while let Some(node) = nodes.pop() {
            let expr = ast.expr(node);
            let ast::ExprKind::Binary(op, op_span, _, right) = &expr.kind else { continue };
            if !self.step(expr.span) {
                return Condition { expr: self.error(expr.span), split: None };
            }
            done = match op {
                BinaryOp::And => self.and(done, *right, expr.span),
                BinaryOp::Or => self.or(done, *right, expr.span),
                _ => {
                    let left = self.merge(done);
                    let expr = self.binary_with(*op, *op_span, left, *right, hint, expr.span);
                    Condition { expr, split: None }
                }
            };
        }
        done
    }

    /// Whether an arithmetic chain is made of number literals alone.
    fn only_literals(&self, id: ast::ExprId) -> bool {
        let mut current = id;
        loop {
            match &self.ast.expr(current).kind {
                ast::ExprKind::Binary(op, _, left, right) if is_arithmetic(*op) => {
                    if !self.is_number_literal(*right) {
                        return false;
                    }
                    current = *left;
                }
                _ => return self.is_number_literal(current),
            }
        }
    }

    pub fn is_number_literal(&self, id: ast::ExprId) -> bool {
        match &self.ast.expr(id).kind {
            ast::ExprKind::Int(_) | ast::ExprKind::Float(_) => true,
            ast::ExprKind::Unary(UnaryOp::Neg, inner) => {
                matches!(self.ast.expr(*inner).kind, ast::ExprKind::Int(_) | ast::ExprKind::Float(_))
            }
            _ => false,
        }
    }

    /// Forgets the difference between holding and failing: the value alone is used.
    pub fn merge(&mut self, condition: Condition) -> ExprId {
        if let Some(split) = condition.split {
            self.flow = self.join(split.holds, split.fails);
        }
        condition.expr
    }

    /// The facts of both outcomes.
    pub fn split(&mut self, condition: Condition) -> (ExprId, Split) {
        let split = match condition.split {
            Some(split) => *split,
            None => Split { holds: self.flow.clone(), fails: std::mem::take(&mut self.flow) },
        };
        (condition.expr, split)
    }

    fn and(&mut self, left: Condition, right: ast::ExprId, span: Span) -> Condition {
        let (left, first) = self.split(left);
        let left = self.coerce(left, TypeId::BOOL, Place::new(PlaceKind::Operand("&&")));
        self.flow = first.holds;
        let right = self.chain(right, Some(TypeId::BOOL));
        let (right, second) = self.split(right);
        let right = self.coerce(right, TypeId::BOOL, Place::new(PlaceKind::Operand("&&")));
        let fails = self.join(first.fails, second.fails);
        let expr = self.push(ExprKind::And(left, right), TypeId::BOOL, span);
        Condition { expr, split: Some(Box::new(Split { holds: second.holds, fails })) }
    }

    fn or(&mut self, left: Condition, right: ast::ExprId, span: Span) -> Condition {
        let (left, first) = self.split(left);
        let left = self.coerce(left, TypeId::BOOL, Place::new(PlaceKind::Operand("||")));
        self.flow = first.fails;
        let right = self.chain(right, Some(TypeId::BOOL));
        let (right, second) = self.split(right);
        let right = self.coerce(right, TypeId::BOOL, Place::new(PlaceKind::Operand("||")));
        let holds = self.join(first.holds, second.holds);
        let expr = self.push(ExprKind::Or(left, right), TypeId::BOOL, span);
        Condition { expr, split: Some(Box::new(Split { holds, fails: second.fails })) }
    }

    fn binary_with(
        &mut self,
        op: BinaryOp,
        op_span: Span,
        left: ExprId,
        right: ast::ExprId,
        hint: Option<TypeId>,
        span: Span,
    ) -> ExprId {
        let left_type = self.read_as_known(self.ty(left));
        // A literal takes the type of what stands beside it; what is compared is expected to be of like types.
        let goal = match left_type {
            TypeId::F64 | TypeId::BYTE if op != BinaryOp::Shl && op != BinaryOp::Shr => {
                if self.is_number_literal(right) { Goal::Hint(left_type) } else { Goal::Free }
            }
            _ if matches!(op, BinaryOp::Eq | BinaryOp::Ne) => Goal::of_hint(Goal::Hint(left_type).hint()),
            _ => Goal::of_hint(hint),
        };
        let right = self.infer(right, goal);
        self.binary(op, op_span, left, right, span)
    }

    /// An operator on two values.
    pub fn binary(&mut self, op: BinaryOp, op_span: Span, left: ExprId, right: ExprId, span: Span) -> ExprId {
        let a = self.read_as_known(self.ty(left));
        let b = self.read_as_known(self.ty(right));
        if a != b && (machine_index(a).is_some() || machine_index(b).is_some()) {
            self.adapt_literal(left, b, op);
            self.adapt_literal(right, a, op);
        }
        if let Some(folded) = self.fold(op, op_span, left, right, span) {
            return folded;
        }
        let (a, b) = (self.read_as_known(self.ty(left)), self.read_as_known(self.ty(right)));
        let (name, swapped, negated) = function_of(op, &self.cx.bodies.names);
        let (first, second) = if swapped { (b, a) } else { (a, b) };
        let mut stmts = Vec::new();
        let (x, y) = if swapped { self.swap(left, right, &mut stmts) } else { (left, right) };
        let value = match self.fast(op, first, second) {
            Some((function, ty)) => self.call(function, ThinVec::new(), thin_vec![x, y], ty, span),
            None => self.operator_call(name, symbol_of(op), op_span, &[x, y], swapped, span),
        };
        let value = self.wrap(stmts, value, span);
        if negated { self.not(value, span) } else { value }
    }

    /// Both operands in the other order, evaluated in this one.
    fn swap(&mut self, left: ExprId, right: ExprId, stmts: &mut Vec<crate::hir::Stmt>) -> (ExprId, ExprId) {
        if self.is_simple(left) || self.is_simple(right) {
            return (right, left);
        }
        let span = self.span(left);
        let (stmt, local) = self.bind_hidden(left, span);
        stmts.push(stmt);
        (right, self.read_local(local, span))
    }

    /// Gives an integer literal the type of the other operand.
    fn adapt_literal(&mut self, literal: ExprId, other: TypeId, op: BinaryOp) {
        if !(is_arithmetic(op) || compares(op) || matches!(op, BinaryOp::BitAnd | BinaryOp::BitXor)) {
            return;
        }
        self.convert_literal(literal, other);
    }

    /// Turns an integer constant into one of another number type, if it has its value there exactly.
    pub fn convert_literal(&mut self, literal: ExprId, wanted: TypeId) -> bool {
        let Some(expr) = self.frame.exprs.get_mut(literal.0 as usize) else { return false };
        let ExprKind::Constant(Constant::Int(int)) = expr.kind else { return false };
        match wanted {
            TypeId::F64 if int.unsigned_abs() <= 1 << 53 => {
                expr.kind = ExprKind::Constant(Constant::Float(int as f64));
                expr.ty = TypeId::F64;
                true
            }
            TypeId::BYTE => match u8::try_from(int) {
                Ok(byte) => {
                    expr.kind = ExprKind::Constant(Constant::Byte(byte));
                    expr.ty = TypeId::BYTE;
                    true
                }
                Err(_) => false,
            },
            _ => false,
        }
    }

    /// Integer expressions of literals are computed here, so that an overflow is an error of the program.
    fn fold(&mut self, op: BinaryOp, op_span: Span, left: ExprId, right: ExprId, span: Span) -> Option<ExprId> {
        let (Some(ExprKind::Constant(Constant::Int(a))), Some(ExprKind::Constant(Constant::Int(b)))) =
            (self.frame.kind_of(left), self.frame.kind_of(right))
        else {
            return None;
        };
        let (a, b) = (*a, *b);
        let value = match op {
            BinaryOp::Add => a.checked_add(b),
            BinaryOp::Sub => a.checked_sub(b),
            BinaryOp::Mul => a.checked_mul(b),
            // A negative exponent is a fault when it runs.
            BinaryOp::Pow if b < 0 => return None,
            BinaryOp::Pow => u32::try_from(b).ok().map_or_else(|| tiny_power(a, b), |b| a.checked_pow(b)),
            BinaryOp::Div if b != 0 => a.checked_div(b),
            BinaryOp::Rem if b != 0 => a.checked_rem(b),
            _ => return None,
        };
        Some(match value {
            Some(value) => self.constant(Constant::Int(value), TypeId::I64, span),
            None => {
                let shown = format!("`{a} {} {b}` does not fit an `i64`", symbol_of(op));
                self.report(
                    Diagnostic::error("literal-overflow", op_span, shown)
                        .label("overflows")
                        .note("write one operand with a point for an `f64`"),
                );
                self.constant(Constant::Int(0), TypeId::I64, span)
            }
        })
    }

    /// The function for an operator on exactly these machine types.
    fn fast(&mut self, op: BinaryOp, a: TypeId, b: TypeId) -> Option<(FnId, TypeId)> {
        let index = (op as usize * MACHINE.len() + machine_index(a)?) * MACHINE.len() + machine_index(b)?;
        match self.cx.bodies.fast.entries.get(index) {
            Some(Fast::Known(function, ty)) => return Some((*function, *ty)),
            Some(Fast::Missing) => return None,
            Some(Fast::Unknown) | None => {}
        }
        let found = self.find_fast(function_of(op, &self.cx.bodies.names).0, &[a, b]);
        let entries = &mut self.cx.bodies.fast.entries;
        if entries.len() <= index {
            entries.resize(index + 1, Fast::Unknown);
        }
        if let Some(entry) = entries.get_mut(index) {
            *entry = found.map_or(Fast::Missing, |(function, ty)| Fast::Known(function, ty));
        }
        found
    }

    fn find_fast(&mut self, name: Name, types: &[TypeId]) -> Option<(FnId, TypeId)> {
        let multi = self.core_multi(name)?;
        let shape = CallShape { positional: types.len() as u32, named: SmallVec::new() };
        let candidates = self.cx.candidates(multi, &shape);
        let exact = candidates.list.iter().find(|one| one.vars.is_empty() && one.params.as_slice() == types)?;
        let function = self.cx.thunk_for(exact.decl, &shape)?;
        Some((function, self.cx.result_of(exact.decl)))
    }

    /// `!value`, as a call.
    pub fn not(&mut self, value: ExprId, span: Span) -> ExprId {
        if self.ty(value) == TypeId::BOOL {
            let known = match self.cx.bodies.not {
                Some(known) => Some(known),
                None => self.find_fast(names::NOT, &[TypeId::BOOL]).map(|(function, _)| function),
            };
            self.cx.bodies.not = known;
            if let Some(function) = known {
                return self.call(function, ThinVec::new(), thin_vec![value], TypeId::BOOL, span);
            }
        }
        self.operator_call(names::NOT, "!", span, &[value], false, span)
    }

    /// `-e` and `!e` as values.
    pub fn unary(&mut self, id: ast::ExprId, op: UnaryOp, operand: ast::ExprId, goal: Goal, span: Span) -> ExprId {
        match op {
            UnaryOp::Not => {
                let condition = self.condition_leaf(id, None);
                self.merge(condition)
            }
            UnaryOp::Neg => match &self.ast.expr(operand).kind {
                ast::ExprKind::Int(value) => self.int_literal(*value, true, goal.hint(), span),
                _ => {
                    let value = self.infer(operand, Goal::of_hint(goal.hint()));
                    self.negate(value, span)
                }
            },
        }
    }

    fn negate(&mut self, value: ExprId, span: Span) -> ExprId {
        match self.frame.kind_of(value) {
            Some(ExprKind::Constant(Constant::Float(float))) => {
                let negated = Constant::Float(-*float);
                return self.constant(negated, TypeId::F64, span);
            }
            Some(ExprKind::Constant(Constant::Int(int))) => {
                if let Some(negated) = int.checked_neg() {
                    return self.constant(Constant::Int(negated), TypeId::I64, span);
                }
            }
            _ => {}
        }
        let ty = self.read_as_known(self.ty(value));
        match self.fast_negation(ty) {
            Some((function, ty)) => self.call(function, ThinVec::new(), thin_vec![value], ty, span),
            None => self.operator_call(names::NEG, "-", span, &[value], false, span),
        }
    }

    /// The function for a minus before an `i64` or `f64`.
    fn fast_negation(&mut self, ty: TypeId) -> Option<(FnId, TypeId)> {
        let slot = match ty {
            TypeId::I64 => 0,
            TypeId::F64 => 1,
            _ => return None,
        };
        match self.cx.bodies.unary.get(slot) {
            Some(Fast::Known(function, ty)) => return Some((*function, *ty)),
            Some(Fast::Missing) | None => return None,
            Some(Fast::Unknown) => {}
        }
        let found = self.find_fast(names::NEG, &[ty]);
        if let Some(entry) = self.cx.bodies.unary.get_mut(slot) {
            *entry = found.map_or(Fast::Missing, |(function, ty)| Fast::Known(function, ty));
        }
        found
    }

    /// A call of a function of `core` by an operator; what goes wrong is said of the operator.
    fn operator_call(
        &mut self,
        name: Name,
        symbol: &'static str,
        op_span: Span,
        args: &[ExprId],
        swapped: bool,
        span: Span,
    ) -> ExprId {
        let Some(multi) = self.core_multi(name) else { return self.error(span) };
        self.call_values(&[multi], args, Some(Operand { symbol, span: op_span, swapped }), span)
    }

    /// A call of a function of `core` that takes any value, with a fixed type of result.
    pub fn core_call(&mut self, name: Name, args: &[ExprId], fallback: TypeId, span: Span) -> ExprId {
        match self.core_multi(name) {
            Some(multi) => self.call_values(&[multi], args, None, span),
            None => {
                let shown = self.text(name).to_owned();
                self.report(Diagnostic::error("missing-core", span, format!("the module `core` has no `{shown}`")));
                self.push(ExprKind::Error, fallback, span)
            }
        }
    }
}

/// Powers with exponents past 2³²: only of -1, 0 and 1 are they representable.
fn tiny_power(base: i64, exponent: i64) -> Option<i64> {
    match base {
        0 | 1 => Some(base),
        -1 => Some(if exponent % 2 == 0 { 1 } else { -1 }),
        _ => None,
    }
}
