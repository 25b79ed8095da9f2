//! Whether a class's `init` gives every field a value, on every way through, and reads none before.
//!
//! Follows control flow over the typed body with the set of fields that surely have a value; ways that meet keep what
//! both have. A loop's body is followed once: what it finds set at its first turn it finds set at later ones. What other
//! code does with `self` meanwhile is not followed: a field that it reads too early is 0, `false` or empty.

use crate::hir::{Callee, ExprId, ExprKind, FieldAccess, FnId, Function, FunctionKind, LocalId, LoopId, Program, Stmt};
use crate::tables::{Checker, FnDeclKind};
use crate::walk;
use rustc_hash::{FxHashMap, FxHashSet};
use sayso_base::{Diagnostic, Span};
use sayso_types::{DeclId, TypeId};

/// Checks all constructors that are written.
pub(crate) fn check(cx: &Checker<'_>, program: &Program, diagnostics: &mut Vec<Diagnostic>) {
    let mut inits: FxHashMap<FnId, DeclId> = FxHashMap::default();
    for decl in &cx.functions {
        if let FnDeclKind::Init(class, _) = decl.kind {
            inits.insert(decl.function, class);
        }
    }
    // Calls that leave arguments out go through functions that fill them in.
    for ((decl, _), thunk) in &cx.thunks {
        if let Some(FnDeclKind::Init(class, _)) = cx.functions.get(decl.0 as usize).map(|decl| &decl.kind) {
            inits.insert(*thunk, *class);
        }
    }
    for decl in &cx.functions {
        let FnDeclKind::Init(class, _) = decl.kind else { continue };
        let Some(function) = program.functions.get(decl.function.0 as usize) else { continue };
        let FunctionKind::Body(body) = function.kind else { continue };
        let Some(info) = cx.decls.get(class.0 as usize) else { continue };
        let fields = &program.types.decl(class).fields;
        let preset = info.defaults.iter().map(|default| default.expr.is_some()).chain(std::iter::repeat(false));
        let mut pass = Pass {
            program,
            function,
            inits: &inits,
            known: Some(preset.take(fields.len()).collect()),
            returned: None,
            breaks: FxHashMap::default(),
            early: Vec::new(),
        };
        pass.visit(body);
        let end = met(pass.known.take(), pass.returned.take());
        let name = |slot: usize| fields.get(slot).map_or("?", |field| cx.names.text(field.name)).to_owned();
        let mut said = FxHashSet::default();
        for (slot, span) in pass.early {
            if said.insert(slot) {
                let name = name(slot);
                let message = format!("`self.{name}` is read before it has a value");
                diagnostics.push(
                    Diagnostic::error("unset-field", span, message)
                        .label("has none yet")
                        .note(format!("set it first, or give it a default where it is declared: `{name}: … = …`")),
                );
            }
        }
        // A constructor that never ends by itself leaves nothing unset.
        let Some(end) = end else { continue };
        let missing: Vec<usize> = (0..fields.len()).filter(|slot| !end.get(*slot).copied().unwrap_or(true)).collect();
        if missing.is_empty() {
            continue;
        }
        let own = |slot: &usize| info.defaults.get(*slot).is_none_or(|default| default.declared_in.0 == class);
        let list: Vec<String> = missing.iter().map(|slot| format!("`{}`", name(*slot))).collect();
        let message = format!("`init` may end without a value for {}", list.join(", "));
        let mut diagnostic = Diagnostic::error("unset-field", decl.head_span, message);
        if let Some(field) = missing.first().and_then(|slot| info.defaults.get(*slot)) {
            diagnostic = diagnostic.also(field.span, "declared here");
        }
        diagnostic = if missing.iter().all(|slot| !own(slot)) {
            diagnostic.note("these are fields of the base: `super(…)` runs its `init`")
        } else {
            diagnostic.note(
                "every field needs a value on every way through: set it, or give it a default where it is declared",
            )
        };
        diagnostics.push(diagnostic);
    }
}

/// The fields that have a value; none where no way leads.
type Known = Option<Vec<bool>>;

fn met(a: Known, b: Known) -> Known {
    match (a, b) {
        (Some(a), Some(b)) => Some(a.into_iter().zip(b).map(|(a, b)| a && b).collect()),
        (a, b) => a.or(b),
    }
}

struct Pass<'a> {
    program: &'a Program,
    function: &'a Function,
    inits: &'a FxHashMap<FnId, DeclId>,
    known: Known,
    returned: Known,
    breaks: FxHashMap<LoopId, Known>,
    /// Reads before a value is there.
    early: Vec<(usize, Span)>,
}

enum Step {
    Enter(ExprId),
    Leave(ExprId),
}

impl Pass<'_> {
    /// Follows an expression. Chains of operators are as deep as they are long, so parts are kept on a stack of its own;
    /// control flow is nested as deep as the source is.
    fn visit(&mut self, expr: ExprId) {
        let mut steps = vec![Step::Enter(expr)];
        while let Some(step) = steps.pop() {
            match step {
                Step::Leave(id) => self.leave(id),
                Step::Enter(id) => {
                    let function = self.function;
                    let Some(expr) = function.exprs.get(id.0 as usize) else { continue };
                    if self.control(&expr.kind) {
                        continue;
                    }
                    steps.push(Step::Leave(id));
                    let first = steps.len();
                    walk::children(expr, |child| steps.push(Step::Enter(child)));
                    if let Some(children) = steps.get_mut(first..) {
                        children.reverse();
                    }
                }
            }
        }
    }

    fn is_self(&self, id: ExprId) -> bool {
        let expr = self.function.exprs.get(id.0 as usize);
        matches!(expr.map(|expr| &expr.kind), Some(ExprKind::Local(LocalId(0))))
    }

    /// Behind the parts of an expression.
    fn leave(&mut self, id: ExprId) {
        let Some(expr) = self.function.exprs.get(id.0 as usize) else { return };
        match &expr.kind {
            ExprKind::SetField(object, FieldAccess::Slot(_, slot), _) if self.is_self(*object) => {
                if let Some(field) = self.known.as_mut().and_then(|known| known.get_mut(*slot as usize)) {
                    *field = true;
                }
            }
            ExprKind::Field(object, FieldAccess::Slot(_, slot)) if self.is_self(*object) => {
                let set = self.known.as_ref().and_then(|known| known.get(*slot as usize));
                if set == Some(&false) {
                    self.early.push((*slot as usize, expr.span));
                }
            }
            ExprKind::Call { callee: Callee::Function(function), args, .. } => {
                let base = self.inits.get(function).filter(|_| args.first().is_some_and(|first| self.is_self(*first)));
                if let (Some(base), Some(known)) = (base, self.known.as_mut()) {
                    let count = self.program.types.decl(*base).fields.len();
                    known.iter_mut().take(count).for_each(|field| *field = true);
                }
            }
            ExprKind::Break(id, _) => {
                let known = self.known.take();
                let before = self.breaks.remove(id).flatten();
                self.breaks.insert(*id, met(before, known));
            }
            ExprKind::Continue(_) | ExprKind::Throw(_) => self.known = None,
            ExprKind::Return(_) => {
                let known = self.known.take();
                self.returned = met(self.returned.take(), known);
            }
            ExprKind::Try(_) => self.returned = met(self.returned.take(), self.known.clone()),
            _ if expr.ty == TypeId::NEVER => self.known = None,
            _ => {}
        }
    }

    /// Follows one of several ways that begin with `before`.
    fn way(&mut self, before: &Known, expr: ExprId) -> Known {
        self.known = before.clone();
        self.visit(expr);
        self.known.take()
    }

    /// What may be done or not, once or more often.
    fn perhaps(&mut self, expr: ExprId) {
        let before = self.known.clone();
        let after = self.way(&before, expr);
        self.known = met(before, after);
    }

    fn turns(&mut self, id: LoopId, body: ExprId) {
        self.perhaps(body);
        let broken = self.breaks.remove(&id).flatten();
        self.known = met(self.known.take(), broken);
    }

    /// Follows an expression of several ways; false if it is none.
    fn control(&mut self, kind: &ExprKind) -> bool {
        match kind {
            ExprKind::Block(stmts, value) => {
                for stmt in stmts {
                    match stmt {
                        Stmt::Expr(expr) => self.visit(*expr),
                        Stmt::Let { value, otherwise, .. } => {
                            self.visit(*value);
                            if let Some(otherwise) = otherwise {
                                let before = self.known.clone();
                                self.visit(*otherwise);
                                self.known = before;
                            }
                        }
                        // It runs when the block is left: nothing here may rely on it, and it may read what is set by then.
                        Stmt::Defer(_) => {}
                    }
                }
                value.iter().for_each(|value| self.visit(*value));
            }
            ExprKind::If(condition, then, otherwise) => {
                self.visit(*condition);
                let before = self.known.take();
                let then = self.way(&before, *then);
                let otherwise = match otherwise {
                    Some(otherwise) => self.way(&before, *otherwise),
                    None => before,
                };
                self.known = met(then, otherwise);
            }
            ExprKind::And(first, second) | ExprKind::Or(first, second) | ExprKind::OrElse(first, second) => {
                self.visit(*first);
                self.perhaps(*second);
            }
            ExprKind::Match(value, arms) => {
                self.visit(*value);
                let before = self.known.take();
                let mut after = None;
                for arm in arms {
                    self.known = before.clone();
                    arm.guard.iter().for_each(|guard| self.visit(*guard));
                    self.visit(arm.body);
                    after = met(after, self.known.take());
                }
                self.known = after;
            }
            ExprKind::Loop(id, body) => {
                self.visit(*body);
                self.known = self.breaks.remove(id).flatten();
            }
            ExprKind::While(id, condition, body) => {
                self.visit(*condition);
                self.turns(*id, *body);
            }
            ExprKind::ForRange { id, start, end, body, .. } => {
                self.visit(*start);
                end.iter().for_each(|end| self.visit(*end));
                self.turns(*id, *body);
            }
            ExprKind::ForArray { id, array, body, .. } => {
                self.visit(*array);
                self.turns(*id, *body);
            }
            ExprKind::ForIter(of) => {
                self.visit(of.init);
                self.turns(of.id, of.body);
            }
            ExprKind::TryCatch(body, catches) => {
                let before = self.known.clone();
                self.visit(*body);
                let mut after = self.known.take();
                for catch in catches {
                    let caught = self.way(&before, catch.body);
                    after = met(after, caught);
                }
                self.known = after;
            }
            ExprKind::OptionalChain { receiver, body, .. } => {
                self.visit(*receiver);
                self.perhaps(*body);
            }
            _ => return false,
        }
        true
    }
}
