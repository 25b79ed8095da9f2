//! The dispatch over all kinds of expressions.
//!
//! Compound expressions get the goal and see to it themselves; all others are read with the hint alone and settled
//! here. Each kind has a function of its own, so the native frame of the recursion stays small: the deepest source
//! nests [`sayso_syntax::ast::MAX_DEPTH`] levels.

use super::body::Body;
use super::goal::Goal;
use crate::hir::{self, ExprId};
use sayso_base::{Diagnostic, Span};
use sayso_syntax::ast::{self, ExprKind};
use sayso_types::TypeId;

impl Body<'_, '_> {
    /// Reads an expression.
    pub fn infer(&mut self, id: ast::ExprId, goal: Goal) -> ExprId {
        self.cx.bodies.depth += 1;
        let made = self.infer_deeper(id, goal);
        self.cx.bodies.depth -= 1;
        made
    }

    fn infer_deeper(&mut self, id: ast::ExprId, goal: Goal) -> ExprId {
        let ast = self.ast;
        let expr = ast.expr(id);
        if !self.step(expr.span) {
            return self.error(expr.span);
        }
        match &expr.kind {
            ExprKind::Block(block) => self.block(*block, goal, expr.span),
            ExprKind::If { branches, otherwise } => self.if_expr(branches, *otherwise, goal, expr.span),
            ExprKind::Match { value, arms } => self.match_expr(*value, arms, goal, expr.span),
            ExprKind::Loop { .. } | ExprKind::While { .. } | ExprKind::For { .. } => self.loop_expr(id, goal),
            ExprKind::TryCatch { body, catches } => self.try_catch(*body, catches, goal, expr.span),
            _ => {
                let found = self.leaf(id, expr, goal);
                self.settle(found, goal)
            }
        }
    }

    /// Makes a value fit its goal.
    pub fn settle(&mut self, found: ExprId, goal: Goal) -> ExprId {
        match goal {
            Goal::Must(want, place) => self.coerce(found, want, place),
            Goal::Free | Goal::Discard | Goal::Hint(_) => found,
        }
    }

    /// Expressions that have no other expressions' values as theirs.
    fn leaf(&mut self, id: ast::ExprId, expr: &ast::Expr, goal: Goal) -> ExprId {
        let hint = goal.hint();
        match &expr.kind {
            ExprKind::Int(_)
            | ExprKind::Float(_)
            | ExprKind::Bool(_)
            | ExprKind::Byte(_)
            | ExprKind::Str(_)
            | ExprKind::Symbol(_) => self.literal(expr, hint),
            ExprKind::Name(name) => self.name_expr(id, *name, hint, expr.span),
            ExprKind::Binary(..) | ExprKind::Let { .. } => self.chain_value(id, goal),
            ExprKind::Unary(op, operand) => self.unary(id, *op, *operand, goal, expr.span),
            ExprKind::Call { callee, args, paren } => {
                self.call_expr(id, *callee, args, Span { start: *paren, ..expr.span }, goal, expr.span)
            }
            ExprKind::Field(object, name) => self.field_expr(id, *object, *name, hint, expr.span),
            ExprKind::Index(object, index) => self.index_expr(*object, *index, expr.span),
            ExprKind::Assign { target, op, sign, value } => self.assign(*target, (*op, *sign), *value, expr.span),
            ExprKind::Closure { params, result, body } => self.closure(params, *result, *body, goal, expr.span),
            _ => self.rare_leaf(id, expr, goal),
        }
    }

    fn rare_leaf(&mut self, id: ast::ExprId, expr: &ast::Expr, goal: Goal) -> ExprId {
        let hint = goal.hint();
        let span = expr.span;
        match &expr.kind {
            ExprKind::Array(elements) => self.array(id, elements, goal, span),
            ExprKind::Repeat { value, count } => self.repeat(id, *value, *count, goal, span),
            ExprKind::Table(pairs) => self.table(id, pairs, goal, span),
            ExprKind::List(elements) => self.list(id, elements, goal, span),
            ExprKind::Map(pairs) => self.map(id, pairs, goal, span),
            ExprKind::Tuple(items) => self.tuple(items, goal, span),
            ExprKind::Shape(fields) => self.shape(fields, goal, span),
            ExprKind::Range { start, end, inclusive } => self.range(*start, *end, *inclusive, span),
            ExprKind::Struct(literal) => self.struct_literal(id, literal, hint, span),
            ExprKind::Cast(value, ty) => self.cast(*value, *ty, span),
            ExprKind::Is { .. } => self.chain_value(id, goal),
            ExprKind::In { value, container, negated } => self.contains(*value, *container, *negated, span),
            ExprKind::Coalesce(value, fallback) => self.or_else(*value, *fallback, true, hint, span),
            ExprKind::OrElse(value, fallback) => self.or_else(*value, *fallback, false, hint, span),
            ExprKind::Pipe(value, function) => self.pipe(id, *value, *function, goal, span),
            ExprKind::Try(value) => self.try_expr(*value, hint, span),
            ExprKind::OptionalField(..) => self.optional_chain(id, goal),
            ExprKind::Fixed(function, types) => self.fixed(*function, types, span),
            ExprKind::TypeValue(ty) => self.type_value(*ty, span),
            ExprKind::Return(value) => self.return_expr(*value, span),
            ExprKind::Break { label, value } => self.break_expr(label.as_deref().copied(), *value, span),
            ExprKind::Continue { label } => self.continue_expr(label.as_deref().copied(), span),
            ExprKind::Throw(value) => self.throw(*value, span),
            ExprKind::Yield(value) => self.yield_expr(*value, span),
            ExprKind::Spawn(call) => self.spawn(*call, span),
            ExprKind::Comptime(value) => self.comptime(*value, hint, span),
            ExprKind::Expect(value) => self.expect(*value, span),
            _ => self.error(span),
        }
    }

    /// The value of a chain of operators.
    fn chain_value(&mut self, id: ast::ExprId, goal: Goal) -> ExprId {
        let mark = self.scopes.mark();
        let condition = self.chain(id, goal.hint());
        let value = self.merge(condition);
        self.scopes.leave(mark);
        value
    }

    /// A written type in this place.
    pub fn written_type(&mut self, ty: ast::TypeId) -> TypeId {
        let names = self.type_names.clone();
        self.cx.type_of_annotation(self.scope, &names, ty)
    }

    /// Code behind something that never ends is not reached: said once per function, and not about what the checker
    /// made itself.
    pub fn warn_unreachable(&mut self, span: Span, after: Span) {
        if self.reported_unreachable {
            return;
        }
        self.reported_unreachable = true;
        self.report(
            Diagnostic::warning("unreachable-code", span, "this is never reached")
                .label("not reached")
                .also(after, "what stands here never comes to an end"),
        );
    }

    /// A block of statements whose value is the last.
    pub fn wrap(&mut self, stmts: Vec<hir::Stmt>, value: ExprId, span: Span) -> ExprId {
        let ty = self.ty(value);
        if stmts.is_empty() {
            return value;
        }
        self.push(hir::ExprKind::block(stmts, Some(value)), ty, span)
    }
}
