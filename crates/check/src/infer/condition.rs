//! Conditions and what they tell: `is`, `let`, `!`, and the heads of `if` and `while`.

use super::body::Body;
use super::flow::{Condition, Facts, Split};
use super::frame::FrameId;
use super::goal::{Goal, Place, PlaceKind};
use super::scan;
use crate::hir::{Constant, ExprId, ExprKind, GlobalId, LocalId};
use crate::tables::Found;
use sayso_base::{Diagnostic, Span};
use sayso_syntax::ast::{self, UnaryOp};
use sayso_types::TypeId;

/// A variable that facts can be known about: by its owner.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Narrowable {
    pub frame: FrameId,
    pub local: LocalId,
}

/// The frame that top-level variables count as locals of.
const GLOBALS: FrameId = FrameId(u32::MAX);

impl Narrowable {
    pub fn global(global: GlobalId) -> Narrowable {
        Narrowable { frame: GLOBALS, local: LocalId(global.0) }
    }
}

impl Body<'_, '_> {
    /// The head of an `if` or `while`, a guard: a `bool`, with what it tells either way.
    pub fn condition(&mut self, id: ast::ExprId, place: PlaceKind) -> (ExprId, Split) {
        let condition = self.chain(id, Some(TypeId::BOOL));
        let (expr, split) = self.split(condition);
        let expr = self.coerce(expr, TypeId::BOOL, Place::new(place));
        (expr, split)
    }

    /// An expression that is no binary operator, as the start of a chain of them.
    pub fn condition_leaf(&mut self, id: ast::ExprId, hint: Option<TypeId>) -> Condition {
        let expr = self.ast.expr(id);
        let span = expr.span;
        match &expr.kind {
            ast::ExprKind::Unary(UnaryOp::Not, inner) => self.not_condition(*inner, span),
            ast::ExprKind::Is { value, ty, negated } => self.is_condition(*value, *ty, *negated, span),
            ast::ExprKind::Let { pattern, value } => self.let_condition(*pattern, *value, span),
            ast::ExprKind::Bool(value) => {
                let value = *value;
                let expr = self.constant(Constant::Bool(value), TypeId::BOOL, span);
                let live = self.flow.clone();
                let (holds, fails) = if value { (live, Facts::dead()) } else { (Facts::dead(), live) };
                Condition { expr, split: Some(Box::new(Split { holds, fails })) }
            }
            _ => Condition { expr: self.infer(id, Goal::of_hint(hint)), split: None },
        }
    }

    fn not_condition(&mut self, inner: ast::ExprId, span: Span) -> Condition {
        let inner = self.chain(inner, Some(TypeId::BOOL));
        let split = inner.split.map(|split| Box::new(Split { holds: split.fails, fails: split.holds }));
        Condition { expr: self.not(inner.expr, span), split }
    }

    fn is_condition(&mut self, value: ast::ExprId, ty: ast::TypeId, negated: bool, span: Span) -> Condition {
        let place = self.narrowable(value);
        let tested = self.infer(value, Goal::Free);
        let wanted = self.written_type(ty);
        let found = self.known(self.ty(tested), self.span(tested));
        let test = self.push(ExprKind::Is(tested, wanted), TypeId::BOOL, span);
        let expr = if negated { self.not(test, span) } else { test };
        self.warn_impossible(found, wanted, span);
        let Some(place) = place else { return Condition { expr, split: None } };
        let (yes, no) = self.narrowed(place, found, wanted);
        let (holds, fails) = if negated { (no, yes) } else { (yes, no) };
        Condition { expr, split: Some(Box::new(Split { holds, fails })) }
    }

    fn warn_impossible(&mut self, found: TypeId, wanted: TypeId, span: Span) {
        if found == TypeId::ERROR || wanted == TypeId::ERROR || found == TypeId::NEVER || wanted == TypeId::NEVER {
            return;
        }
        if self.cx.types.disjoint(found, wanted) {
            let (found, wanted) = (self.show(found), self.show(wanted));
            self.report(
                Diagnostic::warning("impossible-test", span, format!("no `{found}` is {}", super::suggest::a(&wanted)))
                    .label("this test always comes out the same"),
            );
        }
    }

    /// What is known of a variable of type `found` where it is a `wanted`, and where it is not.
    pub fn narrowed(&mut self, place: Narrowable, found: TypeId, wanted: TypeId) -> (Facts, Facts) {
        let mut yes = self.flow.clone();
        let mut no = self.flow.clone();
        if found == TypeId::ERROR || wanted == TypeId::ERROR {
            return (yes, no);
        }
        let both = self.cx.types.intersection(&[found, wanted]);
        if both == TypeId::NEVER {
            yes = Facts::dead();
        } else if both != found && both != TypeId::ERROR {
            yes.set(place.frame, place.local, both);
        }
        let rest = self.cx.types.subtract(found, wanted);
        if rest == TypeId::NEVER {
            no = Facts::dead();
        } else if rest != found && rest != TypeId::ERROR {
            no.set(place.frame, place.local, rest);
        }
        (yes, no)
    }

    fn let_condition(&mut self, pattern: ast::PatternId, value: ast::ExprId, span: Span) -> Condition {
        let place = self.narrowable(value);
        let value = self.infer(value, Goal::Free);
        let matched = self.known(self.ty(value), self.span(value));
        let before = self.flow.clone();
        let pattern = self.pattern(pattern, matched, super::pattern::Binds::Fixed);
        let mut holds = std::mem::take(&mut self.flow);
        let mut fails = before;
        if let Some(place) = place {
            let covers = self.pattern_covers(pattern);
            if covers.matches != matched && covers.matches != TypeId::NEVER {
                holds.set(place.frame, place.local, covers.matches);
            }
            let rest = self.cx.types.subtract(matched, covers.always);
            if rest == TypeId::NEVER {
                fails = Facts::dead();
            } else if rest != matched && rest != TypeId::ERROR {
                fails.set(place.frame, place.local, rest);
            }
        }
        let expr = self.push(ExprKind::Let(pattern, value), TypeId::BOOL, span);
        Condition { expr, split: Some(Box::new(Split { holds, fails })) }
    }

    /// The variable that an expression reads, if what is known about it stays true until it is assigned.
    pub fn narrowable(&mut self, id: ast::ExprId) -> Option<Narrowable> {
        let ast::ExprKind::Name(name) = self.ast.expr(id).kind else { return None };
        let Some(binding) = self.scopes.lookup(name) else {
            let Found::Global(global) = self.lookup(name) else { return None };
            return self.global_is_narrowable(global).then_some(Narrowable::global(global));
        };
        if self.is_mutable(binding.frame, binding.local) {
            if self.closure_assigned.is_none() {
                let ast = self.ast;
                let names = self.roots.iter().flat_map(|root| scan::names_assigned_in_closures(ast, *root)).collect();
                self.closure_assigned = Some(names);
            }
            let lost = self.closure_assigned.as_ref().is_some_and(|names| names.contains(&name));
            // Inside a closure, what holds for a variable of the function around it may end at any call.
            if lost || binding.frame != self.frame_id {
                return None;
            }
        }
        Some(Narrowable { frame: binding.frame, local: binding.local })
    }

    /// Whether a variable may be assigned behind its declaration.
    pub fn is_mutable(&self, frame: FrameId, local: LocalId) -> bool {
        if frame == GLOBALS {
            return self.cx.globals.get(local.0 as usize).is_none_or(|global| global.mutable);
        }
        let owner = if frame == self.frame_id {
            Some(&self.frame)
        } else {
            self.outer.iter().find(|(id, _)| *id == frame).map(|(_, frame)| frame)
        };
        owner.and_then(|frame| frame.local(local)).is_none_or(|local| local.mutable)
    }
}
