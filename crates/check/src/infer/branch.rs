//! `if`, `match`, `try … catch`: expressions with several ways through, whose value is that of the way taken.

use super::body::Body;
use super::condition::Narrowable;
use super::flow::Facts;
use super::frame::LocalKind;
use super::goal::{Goal, Place, PlaceKind};
use super::pattern::Binds;
use super::scan;
use crate::hir::{self, ExprId, ExprKind};
use crate::tables::{Found, FoundFunctions};
use sayso_base::{Diagnostic, Name, Span};
use sayso_syntax::ast;
use sayso_types::TypeId;
use smallvec::SmallVec;

/// The value of an expression with several ways, while they are read.
pub(crate) struct Ways {
    goal: Goal,
    ty: TypeId,
    /// What is known behind the ways that have been read.
    exit: Facts,
    started: bool,
}

impl Ways {
    fn new(goal: Goal) -> Ways {
        Ways { goal, ty: TypeId::NEVER, exit: Facts::dead(), started: false }
    }

    /// What is wanted of the next way.
    fn goal(&self) -> Goal {
        match self.goal {
            // A way without expectation may take its element types, not its number types, from the ways before it:
            // `if c { [1] } else { [] }` is an `[i64]`, `if c { 1.5 } else { 1 }` is an `f64 | i64`.
            Goal::Free if self.started && !matches!(self.ty, TypeId::F64 | TypeId::BYTE | TypeId::NEVER) => {
                Goal::Hint(self.ty)
            }
            goal => goal,
        }
    }
}

impl Body<'_, '_> {
    /// A value that is not used: of type `void`, or `never`.
    fn discarded(&mut self, value: ExprId) -> ExprId {
        let ty = if self.flow.dead { TypeId::NEVER } else { TypeId::VOID };
        if self.ty(value) == ty {
            return value;
        }
        let span = self.span(value);
        self.push(ExprKind::block(vec![hir::Stmt::Expr(value)], None), ty, span)
    }

    /// Ends one way.
    fn way(&mut self, ways: &mut Ways, value: ExprId) -> ExprId {
        let value = if matches!(ways.goal, Goal::Discard) { self.discarded(value) } else { value };
        let found = self.ty(value);
        let widened = self.widen(found);
        ways.ty = match ways.goal {
            Goal::Must(want, _) if widened != TypeId::NEVER => want,
            _ => self.merge_types(ways.ty, widened),
        };
        ways.started = true;
        let here = std::mem::take(&mut self.flow);
        let before = std::mem::replace(&mut ways.exit, Facts::dead());
        ways.exit = self.join(before, here);
        value
    }

    fn end(&mut self, ways: Ways) -> TypeId {
        self.flow = ways.exit;
        match ways.goal {
            Goal::Discard if self.flow.dead => TypeId::NEVER,
            Goal::Discard => TypeId::VOID,
            _ => ways.ty,
        }
    }

    // ---- if

    pub fn if_expr(
        &mut self,
        branches: &[ast::Branch],
        otherwise: Option<ast::BlockId>,
        goal: Goal,
        span: Span,
    ) -> ExprId {
        let own_goal = if otherwise.is_some() { goal } else { Goal::Discard };
        let mut ways = Ways::new(own_goal);
        let mut read: Vec<(ExprId, ExprId, Span)> = Vec::with_capacity(branches.len());
        for branch in branches {
            let mark = self.scopes.mark();
            let (condition, split) = self.condition(branch.condition, PlaceKind::Condition);
            self.flow = split.holds;
            let body_span = self.ast.block(branch.body).span;
            let body = self.block(branch.body, ways.goal(), body_span);
            self.scopes.leave(mark);
            let body = self.way(&mut ways, body);
            self.flow = split.fails;
            read.push((condition, body, self.ast.expr(branch.condition).span));
        }
        let mut rest = None;
        match otherwise {
            Some(block) => {
                let body_span = self.ast.block(block).span;
                let body = self.block(block, ways.goal(), body_span);
                rest = Some(self.way(&mut ways, body));
            }
            None => {
                let fails = std::mem::take(&mut self.flow);
                let before = std::mem::replace(&mut ways.exit, Facts::dead());
                ways.exit = self.join(before, fails);
            }
        }
        let ty = self.end(ways);
        let mut result = None;
        while let Some((condition, body, start)) = read.pop() {
            let own_span = if read.is_empty() { span } else { start.to(span.at_end()) };
            let made = self.push(ExprKind::If(condition, body, rest), ty, own_span);
            rest = Some(made);
            result = Some(made);
        }
        let result = result.unwrap_or_else(|| self.error(span));
        if otherwise.is_none() { self.if_without_else(result, goal, span) } else { result }
    }

    /// Without `else` the value is `void`.
    fn if_without_else(&mut self, result: ExprId, goal: Goal, span: Span) -> ExprId {
        match goal {
            Goal::Must(want, place) if self.ty(result) == TypeId::VOID && !self.sub(TypeId::VOID, want) => {
                let shown = self.show(want);
                let place_text = self.place_text(place);
                let mut diagnostic = Diagnostic::error(
                    "missing-value",
                    span,
                    format!("{place_text} must be `{shown}`, and an `if` without `else` gives none"),
                )
                .label("gives nothing where the condition fails")
                .note("add an `else` with the value for that case");
                if let Some(declared) = place.declared {
                    diagnostic = diagnostic.also(declared, format!("`{shown}` is wanted because of this"));
                }
                self.report(diagnostic);
                self.error(span)
            }
            _ => result,
        }
    }

    // ---- match

    pub fn match_expr(&mut self, value: ast::ExprId, arms: &[ast::Arm], goal: Goal, span: Span) -> ExprId {
        let place = self.narrowable(value);
        let value = self.infer(value, Goal::Free);
        let whole = self.known(self.ty(value), self.span(value));
        let whole = self.widen(whole);
        let mut rest = whole;
        let mut ways = Ways::new(goal);
        let before = std::mem::take(&mut self.flow);
        let mut made = Vec::with_capacity(arms.len());
        for arm in arms {
            self.flow = before.clone();
            let seen = if rest == TypeId::NEVER { whole } else { rest };
            let (arm, always) = self.arm(arm, place, whole, seen, &mut ways);
            made.push(arm);
            if let Some(always) = always {
                rest = self.cx.types.subtract(seen, always);
            }
        }
        if arms.is_empty() {
            ways.exit = before;
            ways.exit.dead = true;
        }
        let ty = self.end(ways);
        self.push(ExprKind::Match(value, made), ty, span)
    }

    /// One arm, and the values that never come behind it.
    fn arm(
        &mut self,
        arm: &ast::Arm,
        place: Option<Narrowable>,
        whole: TypeId,
        seen: TypeId,
        ways: &mut Ways,
    ) -> (hir::Arm, Option<TypeId>) {
        let mark = self.scopes.mark();
        let around = self.arm_types.replace((seen, whole));
        let pattern = self.pattern(arm.pattern, seen, Binds::Fixed);
        self.arm_types = around;
        let covers = self.pattern_covers(pattern);
        self.retag(pattern, whole);
        if let Some(place) = place
            && covers.matches != whole
            && covers.matches != TypeId::NEVER
            && covers.matches != TypeId::ERROR
        {
            self.flow.set(place.frame, place.local, covers.matches);
        }
        let guard = arm.guard.map(|guard| {
            let (guard, split) = self.condition(guard, PlaceKind::Guard);
            self.flow = split.holds;
            guard
        });
        let body = self.infer(arm.body, ways.goal());
        self.scopes.leave(mark);
        let body = self.way(ways, body);
        (hir::Arm { pattern, guard, body }, guard.is_none().then_some(covers.always))
    }

    // ---- try

    pub fn try_catch(&mut self, body: ast::BlockId, catches: &[ast::Catch], goal: Goal, span: Span) -> ExprId {
        let mut ways = Ways::new(goal);
        // Anything may have been assigned when an error arrives.
        let mut thrown = self.flow.clone();
        let body_span = self.ast.block(body).span;
        let tried = self.block(body, goal, body_span);
        let tried = self.way(&mut ways, tried);
        std::mem::swap(&mut self.flow, &mut thrown);
        self.forget_assigned(scan::Node::Block(body));
        let thrown = std::mem::take(&mut self.flow);
        let mut made = Vec::with_capacity(catches.len());
        for catch in catches {
            self.flow = thrown.clone();
            made.push(self.catch(catch, &mut ways));
        }
        let ty = self.end(ways);
        self.push(ExprKind::TryCatch(tried, made), ty, span)
    }

    fn catch(&mut self, catch: &ast::Catch, ways: &mut Ways) -> hir::Catch {
        let mark = self.scopes.mark();
        let ty = catch.ty.map(|ty| self.written_type(ty));
        let local = catch
            .name
            .map(|name| self.declare(name.name, ty.unwrap_or(TypeId::ANY), LocalKind::Pattern, false, name.span));
        let span = self.ast.block(catch.body).span;
        let body = self.block(catch.body, ways.goal(), span);
        self.scopes.leave(mark);
        let body = self.way(ways, body);
        hir::Catch { local, ty, body }
    }

    // ---- or, ??, ?

    /// `value or fallback`, `value ?? fallback`.
    pub fn or_else(
        &mut self,
        value: ast::ExprId,
        fallback: ast::ExprId,
        coalesce: bool,
        hint: Option<TypeId>,
        span: Span,
    ) -> ExprId {
        let operator = if coalesce { "??" } else { "or" };
        let value = self.infer(value, Goal::Free);
        let Some((value, held)) = self.held_value(value, !coalesce, operator) else {
            let before = self.flow.clone();
            let fallback = self.infer(fallback, Goal::of_hint(hint));
            self.flow = before;
            let ty = self.ty(fallback);
            let _ = ty;
            return self.error(span);
        };
        let before = self.flow.clone();
        let held = self.widen(held);
        let goal = match Goal::Hint(held).hint() {
            Some(held) if held != TypeId::NEVER => Goal::Hint(held),
            _ => Goal::of_hint(hint),
        };
        let fallback = self.infer(fallback, goal);
        let after = std::mem::take(&mut self.flow);
        self.flow = self.join(before, after);
        let other = self.ty(fallback);
        let other = self.widen(other);
        let ty = self.merge_types(held, other);
        self.push(ExprKind::OrElse(value, fallback), ty, span)
    }

    /// An Option (or, if allowed, a Result) and what it holds. An `any` is checked to be one.
    fn held_value(&mut self, value: ExprId, results: bool, operator: &str) -> Option<(ExprId, TypeId)> {
        let span = self.span(value);
        let ty = self.known(self.ty(value), span);
        if ty == TypeId::ERROR {
            return None;
        }
        if ty == TypeId::NEVER {
            return Some((value, TypeId::NEVER));
        }
        if ty == TypeId::ANY {
            let option = self.cx.types.option_of(TypeId::ANY);
            let want = if results {
                let result = self.result_type(TypeId::ANY, TypeId::ANY);
                self.cx.types.union(&[option, result])
            } else {
                option
            };
            let place = Place::new(PlaceKind::Operand(if results { "or" } else { "??" }));
            return Some((self.coerce(value, want, place), TypeId::ANY));
        }
        if let Some(held) = self.option_element(ty) {
            return Some((value, held));
        }
        if results && let Some((held, _)) = self.result_parts(ty) {
            return Some((value, held));
        }
        let shown = self.show(ty);
        let is_result = self.result_parts(ty).is_some();
        let source = self.cx.sources.text(span);
        let indexed = source.ends_with(']') && !source.starts_with('[');
        let wants = if results { "an `Option` or a `Result`" } else { "an `Option`" };
        let mut diagnostic = Diagnostic::error(
            "not-optional",
            span,
            format!("`{operator}` needs {wants} on its left, and this is `{shown}`"),
        );
        diagnostic = if is_result {
            diagnostic.note("for a `Result` write `or`")
        } else if ty == TypeId::BOOL && operator == "or" {
            diagnostic.note("conditions are joined by `||`")
        } else if indexed {
            diagnostic.label("always has a value").note("`x.get(key)` gives an `Option` where `x[key]` fails")
        } else {
            diagnostic.label("always has a value")
        };
        self.report(diagnostic);
        None
    }

    /// `value?`.
    pub fn try_expr(&mut self, value: ast::ExprId, hint: Option<TypeId>, span: Span) -> ExprId {
        if let Some((name, functions)) = self.question_name(value) {
            return self.function_value(&functions, name, hint, span);
        }
        let value = self.infer(value, Goal::Free);
        let ty = self.known(self.ty(value), self.span(value));
        if ty == TypeId::ERROR || ty == TypeId::NEVER {
            return self.push(ExprKind::Try(value), ty, span);
        }
        if ty == TypeId::ANY {
            let want = self.propagated_kind();
            let value = self.coerce(value, want, Place::new(PlaceKind::Operand("?")));
            return self.propagate(value, want, span);
        }
        self.propagate(value, ty, span)
    }

    /// The functions `name?` or `module.name?`, if what stands before the `?` names nothing itself.
    pub fn question_name(&mut self, value: ast::ExprId) -> Option<(Name, FoundFunctions)> {
        let (name, found) = match self.ast.expr(value).kind {
            ast::ExprKind::Name(name) => {
                if self.scopes.lookup(name).is_some() || self.lookup(name) != Found::Nothing {
                    return None;
                }
                let marked = self.marked(name)?;
                (marked, self.lookup(marked))
            }
            ast::ExprKind::Field(_, name) => {
                let mut path: SmallVec<[Name; 4]> = self.static_path(value)?.iter().map(|part| part.name).collect();
                if self.static_member_at(&path) != Found::Nothing {
                    return None;
                }
                let marked = self.marked(name.name)?;
                *path.last_mut()? = marked;
                (marked, self.static_member_at(&path))
            }
            _ => return None,
        };
        match found {
            Found::Functions(functions) => Some((name, functions)),
            _ => None,
        }
    }

    /// The name with a `?` behind it, if the program knows that.
    fn marked(&self, name: Name) -> Option<Name> {
        self.cx.names.lookup(&format!("{}?", self.text(name)))
    }

    /// What an `any` before `?` has to be: an Option where the function gives one, else a Result.
    fn propagated_kind(&mut self) -> TypeId {
        let option = self.cx.types.option_of(TypeId::ANY);
        let expected = self.frame.returns.expected;
        match expected.and_then(|expected| self.option_element(expected)) {
            Some(_) => option,
            None => self.result_type(TypeId::ANY, TypeId::ANY),
        }
    }

    fn propagate(&mut self, value: ExprId, ty: TypeId, span: Span) -> ExprId {
        let (held, returned) = if let Some(held) = self.option_element(ty) {
            (held, self.none_type())
        } else if let Some((held, error)) = self.result_parts(ty) {
            (held, self.err_type(error))
        } else {
            let shown = self.show(ty);
            self.report(
                Diagnostic::error(
                    "not-optional",
                    span,
                    format!("`?` needs an `Option` or a `Result`, and this is `{shown}`"),
                )
                .label("cannot fail"),
            );
            return self.error(span);
        };
        self.leave_with(returned, span);
        self.push(ExprKind::Try(value), held, span)
    }

    /// What leaves with a `?`, in words.
    fn left_text(&mut self, returned: TypeId) -> String {
        match self.result_parts(returned) {
            Some((_, error)) => format!("an `Err` that holds `{}`", self.show(error)),
            None => format!("`{}`", self.show(returned)),
        }
    }

    /// Checks that the `None` or `Err` of a `?` may leave here.
    fn leave_with(&mut self, returned: TypeId, span: Span) {
        if !self.may_return("?", span) {
            return;
        }
        if self.frame.generator {
            self.report(
                Diagnostic::error("misplaced-try", span, "`?` cannot leave a generator, which gives what it yields")
                    .note("match on the value, or use `or`"),
            );
            return;
        }
        let expected = self.frame.returns.expected.filter(|_| self.frame.returns.annotated);
        let Some(expected) = expected else {
            self.frame.returns.seen.push((returned, span));
            return;
        };
        if self.sub(returned, expected) {
            return;
        }
        let (expected_text, returned_text) = (self.show(expected), self.left_text(returned));
        let mut diagnostic = Diagnostic::error(
            "try-mismatch",
            span,
            format!("`?` may leave with {returned_text} here, and this function gives `{expected_text}`"),
        )
        .label("leaves the function if there is no value");
        if let Some(written) = self.frame.returns.annotation {
            diagnostic = diagnostic.also(written, "the result");
        }
        let fits = self.option_element(expected).is_some() || self.result_parts(expected).is_some();
        diagnostic = if fits {
            diagnostic.note("convert the error first, or widen the function's result")
        } else {
            diagnostic.note("give the function an `Option` or `Result` as its result, or use `or` or `match`")
        };
        self.report(diagnostic);
    }
}
