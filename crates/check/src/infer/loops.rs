//! Loops, and what leaves them: `break`, `continue`, `return`, `throw`.

use super::body::Body;
use super::flow::Facts;
use super::frame::{FrameKind, Loop};
use super::goal::{Goal, Place, PlaceKind};
use super::pattern::Binds;
use super::scan;
use crate::hir::{ExprId, ExprKind, ForIter, LoopId};
use sayso_base::{Diagnostic, Name, Span, names};
use sayso_syntax::ast;
use sayso_types::{TypeId, TypeKind};

impl Body<'_, '_> {
    pub fn loop_expr(&mut self, id: ast::ExprId, goal: Goal) -> ExprId {
        let expr = self.ast.expr(id);
        match &expr.kind {
            ast::ExprKind::Loop { label, body } => self.endless_loop(label.as_deref().copied(), *body, goal, expr.span),
            ast::ExprKind::While { label, condition, body } => {
                let made = self.while_loop(label.as_deref().copied(), *condition, *body, expr.span);
                self.settle(made, goal)
            }
            ast::ExprKind::For { label, pattern, iterable, body } => {
                let made = self.for_loop(label.as_deref().copied(), *pattern, *iterable, *body, expr.span);
                self.settle(made, goal)
            }
            _ => self.error(expr.span),
        }
    }

    fn enter_loop(&mut self, label: Option<ast::Ident>, gives_value: bool, goal: Goal) -> LoopId {
        let id = self.frame.new_loop();
        if let Some(label) = label {
            self.warn_shadowed_label(label);
        }
        let depth = self.frame.defer_depth;
        self.frame.loops.push(Loop {
            id,
            label: label.map(|label| label.name),
            gives_value,
            goal,
            value: None,
            exit: Facts::dead(),
            depth,
        });
        id
    }

    fn warn_shadowed_label(&mut self, label: ast::Ident) {
        if self.frame.loops.iter().any(|outer| outer.label == Some(label.name)) {
            let text = self.text(label.name).to_owned();
            self.report(
                Diagnostic::warning(
                    "shadowed-label",
                    label.span,
                    format!("a loop around this one is labelled `{text}` too"),
                )
                .label("hides the outer label"),
            );
        }
    }

    /// The facts at the `break`s, and the type of their values.
    fn leave_loop(&mut self) -> (Facts, Option<TypeId>) {
        self.frame.loops.pop().map_or((Facts::dead(), None), |own| (own.exit, own.value))
    }

    fn endless_loop(&mut self, label: Option<ast::Ident>, body: ast::BlockId, goal: Goal, span: Span) -> ExprId {
        self.forget_assigned(scan::Node::Block(body));
        let id = self.enter_loop(label, true, goal);
        let body_span = self.ast.block(body).span;
        let body = self.block(body, Goal::Discard, body_span);
        let (exit, value) = self.leave_loop();
        self.flow = exit;
        let ty = match (value, goal) {
            (None, _) => TypeId::NEVER,
            (Some(_), Goal::Discard) => TypeId::VOID,
            (Some(_), Goal::Must(want, _)) => want,
            (Some(ty), _) => ty,
        };
        self.push(ExprKind::Loop(id, body), ty, span)
    }

    fn while_loop(
        &mut self,
        label: Option<ast::Ident>,
        condition: ast::ExprId,
        body: ast::BlockId,
        span: Span,
    ) -> ExprId {
        self.forget_assigned(scan::Node::Expr(condition));
        self.forget_assigned(scan::Node::Block(body));
        let mark = self.scopes.mark();
        let (condition, split) = self.condition(condition, PlaceKind::Condition);
        self.flow = split.holds;
        let id = self.enter_loop(label, false, Goal::Discard);
        let body_span = self.ast.block(body).span;
        let body = self.block(body, Goal::Discard, body_span);
        self.scopes.leave(mark);
        let (exit, _) = self.leave_loop();
        self.flow = self.join(split.fails, exit);
        let ty = if self.flow.dead { TypeId::NEVER } else { TypeId::VOID };
        self.push(ExprKind::While(id, condition, body), ty, span)
    }

    fn for_loop(
        &mut self,
        label: Option<ast::Ident>,
        pattern: ast::PatternId,
        iterable: ast::ExprId,
        body: ast::BlockId,
        span: Span,
    ) -> ExprId {
        if let ast::ExprKind::Range { start: Some(start), end, inclusive } = self.ast.expr(iterable).kind {
            let place = Place::new(PlaceKind::RangeEnd);
            let start = self.check(start, TypeId::I64, place);
            let end = end.map(|end| self.check(end, TypeId::I64, place));
            let (id, pattern, body) = self.for_body(label, pattern, TypeId::I64, body);
            return self.push(ExprKind::ForRange { id, pattern, start, end, inclusive, body }, TypeId::VOID, span);
        }
        let walked = self.infer(iterable, Goal::Free);
        let ty = self.known(self.ty(walked), self.span(walked));
        if let TypeKind::Array(element) | TypeKind::FixedArray(element, _) = self.kind(ty) {
            let element = *element;
            let (id, pattern, body) = self.for_body(label, pattern, element, body);
            return self.push(ExprKind::ForArray { id, pattern, array: walked, body }, TypeId::VOID, span);
        }
        self.for_iterator(label, pattern, walked, body, span)
    }

    /// Any other loop: `iter` makes an iterator, `next` steps it.
    fn for_iterator(
        &mut self,
        label: Option<ast::Ident>,
        pattern: ast::PatternId,
        walked: ExprId,
        body: ast::BlockId,
        span: Span,
    ) -> ExprId {
        let at = self.span(walked);
        let init = self.core_call(names::ITER_FN, &[walked], TypeId::ERROR, at);
        let ty = self.known(self.ty(init), at);
        let iterator = self.frame.hidden(ty, at);
        let receiver = self.read_local(iterator, at);
        let next = self.core_call(names::NEXT, &[receiver], TypeId::ERROR, at);
        let step = self.known(self.ty(next), at);
        let (next, element) = match self.option_element(step) {
            Some(element) => (next, element),
            None if step == TypeId::ANY => {
                let option = self.cx.types.option_of(TypeId::ANY);
                (self.coerce(next, option, Place::new(PlaceKind::Result(names::NEXT))), TypeId::ANY)
            }
            None => {
                if step != TypeId::ERROR && step != TypeId::NEVER {
                    let shown = self.show(step);
                    self.report(Diagnostic::error(
                        "not-iterable",
                        at,
                        format!("`next` of this iterator gives `{shown}`, and a `for` needs an `Option`"),
                    ));
                }
                (next, TypeId::ERROR)
            }
        };
        let close = self.closing_call(iterator, ty, at);
        let (id, pattern, body) = self.for_body(label, pattern, element, body);
        let kind = ExprKind::ForIter(Box::new(ForIter { id, iterator, init, next, pattern, body, close }));
        self.push(kind, TypeId::VOID, span)
    }

    /// Binds the pattern and reads the body. What it assigns is unknown at its start.
    fn for_body(
        &mut self,
        label: Option<ast::Ident>,
        pattern: ast::PatternId,
        element: TypeId,
        body: ast::BlockId,
    ) -> (LoopId, crate::hir::PatternId, ExprId) {
        self.forget_assigned(scan::Node::Block(body));
        let before = self.flow.clone();
        let mark = self.scopes.mark();
        let pattern = self.pattern(pattern, element, Binds::Fixed);
        let id = self.enter_loop(label, false, Goal::Discard);
        let span = self.ast.block(body).span;
        let body = self.block(body, Goal::Discard, span);
        self.scopes.leave(mark);
        let (exit, _) = self.leave_loop();
        self.flow = self.join(before, exit);
        (id, pattern, body)
    }

    // ---- leaving

    /// The loop that a `break` or `continue` means: its place in the stack.
    fn target_loop(&mut self, label: Option<ast::Ident>, word: &str, span: Span) -> Option<usize> {
        let found = match label {
            Some(label) => self.frame.loops.iter().rposition(|own| own.label == Some(label.name)),
            None => self.frame.loops.len().checked_sub(1),
        };
        let depth = found.and_then(|index| self.frame.loops.get(index)).map(|own| own.depth);
        match (found, depth) {
            (Some(index), Some(depth)) if depth == self.frame.defer_depth => return Some(index),
            (Some(_), _) => {
                self.report(
                    Diagnostic::error("misplaced-jump", span, format!("`{word}` cannot leave a `defer`"))
                        .note("a deferred expression runs when its block is left already"),
                );
            }
            (None, _) => self.no_such_loop(label, word, span),
        }
        None
    }

    fn no_such_loop(&mut self, label: Option<ast::Ident>, word: &str, span: Span) {
        let closure = self.frame.kind != FrameKind::Function;
        let diagnostic = match label {
            Some(label) => {
                let text = self.text(label.name).to_owned();
                let labels: Vec<Name> = self.frame.loops.iter().filter_map(|own| own.label).collect();
                let texts: Vec<&str> = labels.iter().map(|label| self.cx.names.text(*label)).collect();
                let near = super::suggest::nearest(&text, texts.iter().copied());
                let diagnostic =
                    Diagnostic::error("unknown-label", label.span, format!("no loop around this is labelled `{text}`"));
                match near.first() {
                    Some(near) => diagnostic.suggest(format!("did you mean `{near}`?"), label.span, *near),
                    None => diagnostic,
                }
            }
            None if closure => Diagnostic::error("misplaced-jump", span, format!("`{word}` cannot leave a closure"))
                .note("`return` ends the closure's own turn"),
            None => Diagnostic::error("misplaced-jump", span, format!("`{word}` stands in no loop")),
        };
        self.report(diagnostic);
    }

    pub fn break_expr(&mut self, label: Option<ast::Ident>, value: Option<ast::ExprId>, span: Span) -> ExprId {
        let Some(index) = self.target_loop(label, "break", span) else {
            if let Some(value) = value {
                self.infer(value, Goal::Free);
            }
            self.flow = Facts::dead();
            return self.push(ExprKind::Error, TypeId::NEVER, span);
        };
        let (id, gives_value, goal) = match self.frame.loops.get(index) {
            Some(own) => (own.id, own.gives_value, own.goal),
            None => return self.error(span),
        };
        let value = match value {
            Some(value) if gives_value => Some(self.infer(value, goal)),
            Some(value) => {
                let at = self.ast.expr(value).span;
                self.infer(value, Goal::Free);
                self.report(
                    Diagnostic::error("break-value", at, "only a `loop` has a value; `while` and `for` give none")
                        .label("a value for nothing"),
                );
                None
            }
            None => {
                if let (true, Goal::Must(want, place)) = (gives_value, goal) {
                    let unit = self.unit(span);
                    let _ = self.coerce(unit, want, place);
                }
                None
            }
        };
        let ty = value.map_or(TypeId::VOID, |value| self.ty(value));
        let ty = self.widen(ty);
        let before = self.frame.loops.get(index).and_then(|own| own.value);
        let ty = match before {
            Some(before) => self.merge_types(before, ty),
            None => ty,
        };
        let here = std::mem::replace(&mut self.flow, Facts::dead());
        let exit = self.frame.loops.get_mut(index).map(|own| std::mem::replace(&mut own.exit, Facts::dead()));
        let exit = self.join(exit.unwrap_or_else(Facts::dead), here);
        if let Some(own) = self.frame.loops.get_mut(index) {
            own.value = Some(ty);
            own.exit = exit;
        }
        self.push(ExprKind::Break(id, value), TypeId::NEVER, span)
    }

    pub fn continue_expr(&mut self, label: Option<ast::Ident>, span: Span) -> ExprId {
        let target = self.target_loop(label, "continue", span);
        self.flow = Facts::dead();
        match target.and_then(|index| self.frame.loops.get(index)).map(|own| own.id) {
            Some(id) => self.push(ExprKind::Continue(id), TypeId::NEVER, span),
            None => self.push(ExprKind::Error, TypeId::NEVER, span),
        }
    }

    /// Whether `return` and `?` have a function to leave here; reported if not.
    pub fn may_return(&mut self, word: &str, span: Span) -> bool {
        let message = if self.frame.defer_depth > 0 {
            format!("`{word}` cannot leave a `defer`")
        } else if self.frame.kind == FrameKind::Comptime {
            format!("`{word}` cannot leave a `comptime` expression")
        } else if self.frame.kind == FrameKind::Function && !self.returns_allowed {
            format!("`{word}` stands in no function")
        } else {
            return true;
        };
        let mut diagnostic = Diagnostic::error("misplaced-jump", span, message);
        if word == "?" {
            diagnostic = diagnostic.note("deal with it here: by `or`, `??` or `match`");
        }
        self.report(diagnostic);
        false
    }

    pub fn return_expr(&mut self, value: Option<ast::ExprId>, span: Span) -> ExprId {
        let allowed = self.may_return("return", span);
        let value = if allowed { self.returned(value, span) } else { value.map(|value| self.infer(value, Goal::Free)) };
        self.flow = Facts::dead();
        let kind = if allowed { ExprKind::Return(value) } else { ExprKind::Error };
        self.push(kind, TypeId::NEVER, span)
    }

    fn returned(&mut self, value: Option<ast::ExprId>, span: Span) -> Option<ExprId> {
        let returns = &self.frame.returns;
        if self.frame.generator {
            let given = value?;
            let at = self.ast.expr(given).span;
            self.infer(given, Goal::Free);
            self.report(
                Diagnostic::error("generator-return", at, "`return` in a generator only ends it and takes no value")
                    .note("`yield` the value before"),
            );
            return None;
        }
        let goal = match returns.expected {
            Some(expected) if returns.annotated => Goal::Must(expected, returns.place()),
            Some(expected) => Goal::Hint(expected),
            None => Goal::Free,
        };
        let found = match value {
            Some(value) => Some(self.infer(value, goal)),
            None => {
                if let Goal::Must(want, place) = goal
                    && !self.sub(TypeId::VOID, want)
                {
                    self.empty_return(want, place, span);
                }
                None
            }
        };
        if !matches!(goal, Goal::Must(..)) {
            let ty = found.map_or(TypeId::VOID, |found| self.ty(found));
            let ty = self.widen(ty);
            self.frame.returns.seen.push((ty, span));
        }
        found
    }

    fn empty_return(&mut self, want: TypeId, place: Place, span: Span) {
        let shown = self.show(want);
        let text = self.place_text(place);
        let mut diagnostic =
            Diagnostic::error("missing-value", span, format!("{text} must be `{shown}`, and this `return` gives none"))
                .label("without a value");
        if let Some(declared) = place.declared {
            diagnostic = diagnostic.also(declared, format!("`{shown}` is wanted because of this"));
        }
        self.report(diagnostic);
    }

    pub fn throw(&mut self, value: ast::ExprId, span: Span) -> ExprId {
        let value = self.infer(value, Goal::Free);
        self.flow = Facts::dead();
        self.push(ExprKind::Throw(value), TypeId::NEVER, span)
    }

    pub fn yield_expr(&mut self, value: Option<ast::ExprId>, span: Span) -> ExprId {
        if !self.frame.generator || self.frame.defer_depth > 0 {
            if let Some(value) = value {
                self.infer(value, Goal::Free);
            }
            let message = if self.frame.defer_depth > 0 {
                "`yield` cannot stand in a `defer`"
            } else {
                "`yield` stands in no function or closure that can yield"
            };
            self.report(Diagnostic::error("misplaced-yield", span, message));
            return self.error(span);
        }
        let goal = match self.frame.yield_goal {
            Some(want) => Goal::Must(want, Place::new(PlaceKind::Yield)),
            None => Goal::Free,
        };
        let value = match value {
            Some(value) => self.infer(value, goal),
            None => {
                let unit = self.unit(span);
                self.settle(unit, goal)
            }
        };
        let ty = self.ty(value);
        let ty = self.widen(ty);
        let all = match self.frame.yields {
            Some(before) => self.merge_types(before, ty),
            None => ty,
        };
        self.frame.yields = Some(all);
        self.push(ExprKind::Yield(value), TypeId::VOID, span)
    }
}
