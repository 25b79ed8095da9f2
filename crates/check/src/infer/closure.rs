//! Closures and the other functions inside a body: `comptime` expressions, spawned blocks.

use super::body::Body;
use super::flow::Facts;
use super::frame::FrameKind;
use super::goal::{Goal, Place, PlaceKind};
use super::pattern::Binds;
use super::scan;
use crate::hir::{self, Callee, ExprId, ExprKind, FnId, LocalId, Stmt};
use sayso_base::{Diagnostic, Name, Span};
use sayso_syntax::ast;
use sayso_types::{Effects, TypeId, TypeKind};
use thin_vec::ThinVec;

/// A parameter that is a pattern: the pattern, and the hidden parameter that it takes apart.
struct Destructured {
    pattern: ast::PatternId,
    local: LocalId,
    ty: TypeId,
    span: Span,
}

/// What is expected of a closure.
struct Expected {
    params: Vec<TypeId>,
    result: TypeId,
    effects: Effects,
}

impl Body<'_, '_> {
    pub fn closure(
        &mut self,
        params: &[ast::Param],
        result: Option<ast::TypeId>,
        body: ast::ExprId,
        goal: Goal,
        span: Span,
    ) -> ExprId {
        let expected = self.expected_function(goal);
        let saved = self.begin_closure(FrameKind::Closure, self.cx.bodies.names.closure, span);
        self.frame.generator = self.may_yield && scan::yields(self.ast, scan::Node::Expr(body));
        let destructured = self.closure_params(params, expected.as_ref());
        self.closure_returns(result, expected.as_ref(), goal);
        let mark = self.scopes.mark();
        let stmts = self.destructure(&destructured);
        let value = self.function_body(body, span);
        let value = self.wrap(stmts, value, span);
        self.scopes.leave(mark);
        self.frame.body = Some(value);
        let result = self.frame_result(span);
        self.frame.result = result;
        let own: Vec<TypeId> =
            self.frame.locals.iter().take(self.frame.params as usize).map(|local| local.ty).collect();
        let effects = match expected {
            Some(expected) if expected.effects != Effects::ALL => expected.effects,
            _ => self.frame_effects(),
        };
        let ty = self.cx.types.function(&own, result, effects);
        self.end_closure(saved, ty, span)
    }

    /// Opens a frame for a function that starts with what cannot change around it.
    pub fn begin_closure(&mut self, kind: FrameKind, name: Name, span: Span) -> (Facts, super::scope::Mark) {
        let facts = self.flow.clone();
        let mutable: Vec<_> = facts.iter().filter(|fact| self.is_mutable(fact.frame, fact.local)).collect();
        for fact in mutable {
            self.flow.forget(fact.frame, fact.local);
        }
        self.flow.dead = false;
        let mark = self.scopes.mark();
        self.enter_frame(kind, name, span);
        (facts, mark)
    }

    /// Closes the frame and makes the closure.
    pub fn end_closure(&mut self, saved: (Facts, super::scope::Mark), ty: TypeId, span: Span) -> ExprId {
        let captures: Vec<LocalId> = self
            .frame
            .captures
            .iter()
            .filter_map(|own| self.frame.local(*own).and_then(|local| local.origin))
            .collect();
        self.scopes.leave(saved.1);
        let id = self.leave_frame();
        self.flow = saved.0;
        self.push(ExprKind::Closure(FnId(id.0), captures), ty, span)
    }

    fn expected_function(&mut self, goal: Goal) -> Option<Expected> {
        let hint = goal.hint()?;
        let hint = self.zonk(hint);
        let hint = self.function_part(hint)?;
        match self.kind(hint) {
            TypeKind::Function { params, result, effects } => {
                Some(Expected { params: params.to_vec(), result: *result, effects: *effects })
            }
            _ => None,
        }
    }

    fn closure_params(&mut self, params: &[ast::Param], expected: Option<&Expected>) -> Vec<Destructured> {
        let mut destructured = Vec::new();
        for (index, param) in params.iter().enumerate() {
            let ty = match param.ty {
                Some(written) => self.written_type(written),
                None => {
                    let hint = expected.and_then(|expected| expected.params.get(index).copied());
                    hint.map_or(TypeId::ANY, |hint| self.param_hint(hint, param.span))
                }
            };
            if let Some(default) = param.default {
                let at = self.ast.expr(default).span;
                self.report(Diagnostic::error("closure-parameter", at, "a closure's parameter has no default"));
            }
            if param.rest {
                self.report(Diagnostic::error("closure-parameter", param.span, "a closure has no rest parameter"));
            }
            self.param(param.pattern, ty, param.span, &mut destructured);
        }
        self.frame.params = params.len() as u32;
        destructured
    }

    /// The type that a parameter takes from the expectation: what is known of it now.
    fn param_hint(&mut self, hint: TypeId, span: Span) -> TypeId {
        let fixed = self.fix(hint);
        if !self.cx.types.has_infer(fixed) {
            return fixed;
        }
        let _ = span;
        // Nothing is known yet: the uses in the closure decide, as for `let xs = []`.
        fixed
    }

    /// Declares one parameter. All hidden ones come before what patterns bind, so parameters are the first locals.
    fn param(&mut self, pattern: ast::PatternId, ty: TypeId, span: Span, destructured: &mut Vec<Destructured>) {
        match &self.ast.pattern(pattern).kind {
            ast::PatternKind::Bind { name, pattern: None } if !self.is_capitalised(name.name) => {
                self.declare(name.name, ty, super::frame::LocalKind::Param, false, name.span);
            }
            ast::PatternKind::Wildcard => {
                self.frame.hidden(ty, span);
            }
            _ => {
                let local = self.frame.hidden(ty, span);
                destructured.push(Destructured { pattern, local, ty, span });
            }
        }
    }

    /// Takes parameters apart that are patterns.
    fn destructure(&mut self, params: &[Destructured]) -> Vec<Stmt> {
        let mut stmts = Vec::with_capacity(params.len());
        for param in params {
            let value = self.push(ExprKind::Local(param.local), param.ty, param.span);
            let pattern = self.pattern(param.pattern, param.ty, Binds::Param);
            stmts.push(Stmt::Let { pattern, value, otherwise: None });
        }
        stmts
    }

    /// Declares the parameters of a declared function.
    pub fn declare_params(&mut self, params: &[(Option<ast::PatternId>, Name, TypeId, Span)]) -> Vec<Stmt> {
        let mut destructured = Vec::new();
        for (pattern, name, ty, span) in params {
            match pattern {
                Some(pattern) => self.param(*pattern, *ty, *span, &mut destructured),
                None => {
                    self.declare(*name, *ty, super::frame::LocalKind::Param, false, *span);
                }
            }
        }
        self.frame.params = params.len() as u32;
        self.destructure(&destructured)
    }

    fn closure_returns(&mut self, result: Option<ast::TypeId>, expected: Option<&Expected>, goal: Goal) {
        self.frame.returns.place = PlaceKind::ClosureResult;
        if let Some(written) = result {
            let ty = self.written_type(written);
            self.frame.returns.annotation = Some(self.ast.ty(written).span);
            self.demand_result(ty);
            return;
        }
        let Some(expected) = expected else { return };
        let wanted = self.zonk(expected.result);
        match self.kind(wanted) {
            TypeKind::Infer(_) | TypeKind::Any | TypeKind::Error => {}
            _ if self.cx.types.has_infer(wanted) => self.frame.returns.expected = Some(wanted),
            _ => match goal {
                Goal::Must(..) => self.demand_result(wanted),
                _ => self.frame.returns.expected = Some(wanted),
            },
        }
    }

    /// What the frame has to give: of a generator, what it yields.
    pub fn demand_result(&mut self, ty: TypeId) {
        if self.frame.generator {
            if let Some(element) = self.iter_element(ty) {
                self.frame.yield_goal = (element != TypeId::ANY).then_some(element);
            } else if ty != TypeId::ERROR && ty != TypeId::ANY {
                let shown = self.show(ty);
                let span = self.frame.returns.annotation.unwrap_or(self.frame.span);
                self.report(Diagnostic::error(
                    "generator-result",
                    span,
                    format!("this yields, so it gives an `Iter`, and not `{shown}`"),
                ));
            }
            self.frame.returns.expected = Some(ty);
            return;
        }
        self.frame.returns.expected = Some(ty);
        self.frame.returns.annotated = true;
    }

    fn iter_element(&mut self, ty: TypeId) -> Option<TypeId> {
        let iter = self.cx.types.well_known.iter?;
        let view = self.cx.types.supertype_view(ty, iter)?;
        match self.kind(view) {
            TypeKind::Nominal(_, args) => args.first().copied(),
            _ => None,
        }
    }

    /// The value of a function's body, against what it has to give.
    fn function_body(&mut self, body: ast::ExprId, span: Span) -> ExprId {
        let goal = self.body_goal();
        let value = self.infer(body, goal);
        self.body_value(value, goal, span)
    }

    pub fn body_goal(&self) -> Goal {
        let returns = &self.frame.returns;
        if self.frame.generator {
            return Goal::Discard;
        }
        match returns.expected {
            // What is not wanted is dropped.
            Some(TypeId::VOID) => Goal::Discard,
            Some(expected) if returns.annotated => Goal::Must(expected, returns.place()),
            Some(expected) => Goal::Hint(expected),
            None => Goal::Free,
        }
    }

    pub fn body_value(&mut self, value: ExprId, goal: Goal, span: Span) -> ExprId {
        if !matches!(goal, Goal::Discard) {
            return value;
        }
        let ty = if self.flow.dead { TypeId::NEVER } else { TypeId::VOID };
        if self.ty(value) == ty {
            return value;
        }
        self.push(ExprKind::block(vec![Stmt::Expr(value)], None), ty, span)
    }

    /// The type of what the frame gives, when its body has been read.
    pub fn frame_result(&mut self, span: Span) -> TypeId {
        if self.frame.generator {
            return self.generator_result();
        }
        if self.frame.returns.annotated {
            return self.frame.returns.expected.unwrap_or(TypeId::ERROR);
        }
        if self.frame.returns.expected == Some(TypeId::VOID) && self.frame.returns.seen.is_empty() {
            return TypeId::VOID;
        }
        let body = self.frame.body.map_or(TypeId::VOID, |body| self.ty(body));
        let mut sum = self.widen(body);
        let seen = std::mem::take(&mut self.frame.returns.seen);
        for (ty, _) in &seen {
            let ty = self.widen(*ty);
            sum = self.merge_types(sum, ty);
        }
        self.frame.returns.seen = seen;
        if let Some(expected) = self.frame.returns.expected {
            self.sub(sum, expected);
        }
        let _ = span;
        self.tidy_result(sum)
    }

    /// `Result<i64, never> | Result<never, E>` as one.
    fn tidy_result(&mut self, ty: TypeId) -> TypeId {
        let ty = self.zonk(ty);
        if !matches!(self.kind(ty), TypeKind::Union(_)) {
            return ty;
        }
        if let Some((value, error)) = self.result_parts(ty) {
            return self.result_type(value, error);
        }
        match self.option_element(ty) {
            Some(element) => self.cx.types.option_of(element),
            None => ty,
        }
    }

    fn generator_result(&mut self) -> TypeId {
        if let Some(expected) = self.frame.returns.expected
            && self.iter_element(expected).is_some()
        {
            return expected;
        }
        let element = self.frame.yields.unwrap_or(TypeId::NEVER);
        match self.cx.types.well_known.iter {
            Some(decl) => self.cx.types.nominal(decl, &[element]),
            None => TypeId::ERROR,
        }
    }

    // ---- comptime

    pub fn comptime(&mut self, value: ast::ExprId, hint: Option<TypeId>, span: Span) -> ExprId {
        let saved = self.begin_closure(FrameKind::Comptime, self.cx.bodies.names.comptime, span);
        self.flow = Facts::default();
        let value = self.infer(value, Goal::of_hint(hint));
        let found = self.ty(value);
        let ty = self.widen(found);
        self.frame.body = Some(value);
        self.frame.result = ty;
        self.scopes.leave(saved.1);
        let id = self.leave_frame();
        self.flow = saved.0;
        self.push(ExprKind::Comptime(hir::ComptimeId(id.0)), ty, span)
    }

    // ---- spawn

    /// `spawn e`: of a call, callee and arguments are evaluated now; anything else becomes a closure.
    pub fn spawn(&mut self, call: ast::ExprId, span: Span) -> ExprId {
        let is_call = matches!(self.ast.expr(call).kind, ast::ExprKind::Call { .. });
        if !is_call {
            return self.spawn_closure(call, span);
        }
        let made = self.infer(call, Goal::Free);
        let result = self.ty(made);
        let result = self.widen(result);
        let ty = self.task_type(result);
        if self.turn_to_spawn(made, ty) {
            return made;
        }
        if result != TypeId::ERROR {
            self.report(
                Diagnostic::error("spawn", span, "there is nothing here to run as a task: this only makes a value")
                    .note("`spawn` takes a call of a function, or a block"),
            );
        }
        self.error(span)
    }

    /// Makes a task of a call that has been read. A block around it stays.
    fn turn_to_spawn(&mut self, id: ExprId, ty: TypeId) -> bool {
        let mut at = id;
        let mut around = Vec::new();
        loop {
            match self.frame.kind_of(at) {
                Some(ExprKind::Block(_, Some(value))) => {
                    around.push(at);
                    at = *value;
                }
                Some(ExprKind::Call { .. }) => break,
                _ => return false,
            }
        }
        around.push(at);
        for id in around {
            if let Some(expr) = self.frame.exprs.get_mut(id.0 as usize) {
                expr.ty = ty;
            }
        }
        if let Some(expr) = self.frame.exprs.get_mut(at.0 as usize)
            && let ExprKind::Call { callee, type_args, args } = &mut expr.kind
        {
            expr.kind = ExprKind::Spawn {
                callee: callee.clone(),
                type_args: std::mem::take(type_args),
                args: std::mem::take(args),
            };
        }
        true
    }

    fn spawn_closure(&mut self, body: ast::ExprId, span: Span) -> ExprId {
        let saved = self.begin_closure(FrameKind::Closure, self.cx.bodies.names.closure, span);
        self.frame.returns.place = PlaceKind::ClosureResult;
        let value = self.infer(body, Goal::Free);
        self.frame.body = Some(value);
        let result = self.frame_result(span);
        self.frame.result = result;
        let ty = self.cx.types.function(&[], result, Effects::ALL);
        let closure = self.end_closure(saved, ty, span);
        let ty = self.task_type(result);
        self.push(
            ExprKind::Spawn { callee: Callee::Value(closure), type_args: ThinVec::new(), args: ThinVec::new() },
            ty,
            span,
        )
    }

    fn task_type(&mut self, result: TypeId) -> TypeId {
        match self.cx.types.well_known.task {
            Some(decl) => self.cx.types.nominal(decl, &[result]),
            None => TypeId::ERROR,
        }
    }

    // ---- expect

    /// `expect e`: of a comparison both sides are shown if it fails.
    pub fn expect(&mut self, value: ast::ExprId, span: Span) -> ExprId {
        let ast = self.ast;
        let text = self.cx.sources.text(ast.expr(value).span).to_owned();
        let at = ast.expr(value).span;
        if let ast::ExprKind::Binary(op, op_span, left, right) = ast.expr(value).kind {
            use ast::BinaryOp::{Eq, Ge, Gt, Identical, Le, Lt, Ne};
            if matches!(op, Eq | Ne | Lt | Le | Gt | Ge | Identical) {
                return self.expect_comparison(op, op_span, left, right, span);
            }
        }
        let (condition, split) = self.condition(value, PlaceKind::Expect);
        self.flow = split.holds;
        let text = self.constant(hir::Constant::Str(text.into()), TypeId::STR, at);
        let live = self.flow.clone();
        let failed = self.failing_call(&[text], span);
        self.flow = live;
        let condition = self.not(condition, at);
        self.push(ExprKind::If(condition, failed, None), TypeId::VOID, span)
    }

    fn failing_call(&mut self, args: &[ExprId], span: Span) -> ExprId {
        let name = self.cx.bodies.names.expect_failed;
        let call = self.core_call(name, args, TypeId::VOID, span);
        let ty = self.ty(call);
        if ty == TypeId::VOID || ty == TypeId::NEVER {
            return call;
        }
        self.push(ExprKind::block(vec![Stmt::Expr(call)], None), TypeId::VOID, span)
    }

    fn expect_comparison(
        &mut self,
        op: ast::BinaryOp,
        op_span: Span,
        left: ast::ExprId,
        right: ast::ExprId,
        span: Span,
    ) -> ExprId {
        let mark = self.scopes.mark();
        let left = self.infer(left, Goal::Free);
        let left_type = self.ty(left);
        let right = self.infer(right, Goal::of_hint(Goal::Hint(left_type).hint()));
        let (first, left) = self.hidden_let(left);
        let (second, right) = self.hidden_let(right);
        let test = self.binary(op, op_span, left, right, span);
        let test = self.coerce(test, TypeId::BOOL, Place::new(PlaceKind::Expect));
        let test = self.not(test, span);
        let symbol = super::operator::symbol_of(op);
        let mut shown = vec![self.constant(hir::Constant::Str(symbol.into()), TypeId::STR, op_span)];
        for side in [left, right] {
            let (ty, at) = (self.ty(side), self.span(side));
            let Some(ExprKind::Local(local)) = self.frame.kind_of(side) else { continue };
            let kind = ExprKind::Local(*local);
            shown.push(self.push(kind, ty, at));
        }
        let live = self.flow.clone();
        let failed = self.failing_call(&shown, span);
        self.flow = live;
        let check = self.push(ExprKind::If(test, failed, None), TypeId::VOID, span);
        self.scopes.leave(mark);
        self.push(ExprKind::block(vec![first, second, Stmt::Expr(check)], None), TypeId::VOID, span)
    }
}
