//! `shadowed_variable`: a variable of an inner block with the name of one around it.
//!
//! The classic slip is `let total = total + n` in a loop, which makes a new variable each turn. Not reported: a second
//! `let` in the same block, a function's block against its parameters, parameters of closures, `let x = x`, and patterns
//! that take apart the very variable they hide (`if let Some(x) = x`). In functions a top-level variable may be hidden
//! unless it can be assigned or the new value is made of it.

use super::uses::{each_binding, is_parameter};
use super::{Context, Lint, Run, body};
use crate::hir::{Callee, ExprId, ExprKind, FnId, Function, GlobalId, LocalId, PatternId, Stmt};
use crate::walk;
use rustc_hash::FxHashMap;
use sayso_base::{Diagnostic, Name, Span, names};
use smallvec::SmallVec;

pub(super) const LINT: Lint = Lint {
    name: "shadowed_variable",
    doc: "A variable of an inner block that hides one around it.",
    run: Run::Function(run),
};

/// How many expressions of a value are looked at for a mention of the hidden variable.
const LOOKED_AT: usize = 200;

/// A variable in scope.
#[derive(Clone, Copy)]
struct Binding {
    function: FnId,
    local: LocalId,
    depth: u32,
    span: Span,
}

/// What is still to be walked, last first.
enum Step {
    Expr(FnId, ExprId),
    /// A block whose bindings belong to the scope around.
    Open(FnId, ExprId),
    Enter,
    Leave,
    /// A pattern and the value that it takes apart.
    Bind(FnId, PatternId, Option<ExprId>, bool),
    BindLocal(FnId, LocalId),
    /// Parameters, which are not reported.
    Params(FnId),
}

/// What is still to be done, the next last.
type Steps = SmallVec<[Step; 16]>;

/// A hidden variable.
enum Hidden {
    Local(Binding),
    Global(GlobalId),
}

struct Walk<'w, 'a, 'c> {
    context: &'w Context<'a, 'c>,
    scopes: FxHashMap<Name, Vec<Binding>>,
    /// Names bound so far, to be taken back.
    bound: Vec<Name>,
    marks: Vec<usize>,
    depth: u32,
    /// Whether the walk is in a module's own statements.
    toplevel: bool,
    found: Vec<Diagnostic>,
}

fn run(context: &mut Context<'_, '_>, id: FnId) {
    let Some(function) = context.function(id).filter(|function| !function.closure) else { return };
    let module = context.program.modules.get(function.module.0 as usize);
    let toplevel = module.is_some_and(|module| module.init == id);
    let Some(root) = body(function) else { return };
    let mut walk = Walk {
        context,
        scopes: FxHashMap::default(),
        bound: Vec::new(),
        marks: Vec::new(),
        depth: 0,
        toplevel,
        found: Vec::new(),
    };
    walk.run(id, root);
    let found = walk.found;
    found.into_iter().for_each(|diagnostic| context.report(diagnostic));
}

impl<'w> Walk<'w, '_, '_> {
    fn run(&mut self, id: FnId, root: ExprId) {
        let mut steps = Steps::new();
        steps.extend([Step::Open(id, root), Step::Params(id)]);
        while let Some(step) = steps.pop() {
            match step {
                Step::Enter => {
                    self.depth += 1;
                    self.marks.push(self.bound.len());
                }
                Step::Leave => self.leave(),
                Step::Params(function) => self.params(function),
                Step::Bind(function, pattern, value, plain) => self.bind(function, pattern, value, plain),
                Step::BindLocal(function, local) => self.bind_local(function, local, None, false),
                Step::Open(function, expr) => self.open(function, expr, &mut steps),
                Step::Expr(function, expr) => self.expr(function, expr, &mut steps),
            }
        }
    }

    fn function(&self, id: FnId) -> Option<&'w Function> {
        self.context.function(id)
    }

    fn leave(&mut self) {
        self.depth = self.depth.saturating_sub(1);
        let mark = self.marks.pop().unwrap_or(0);
        for name in self.bound.drain(mark..) {
            if let Some(bindings) = self.scopes.get_mut(&name) {
                bindings.pop();
            }
        }
    }

    /// The steps of the outermost block of a function: its bindings stand beside the parameters.
    fn open(&mut self, id: FnId, expr: ExprId, steps: &mut Steps) {
        let kind = self.function(id).and_then(|function| function.exprs.get(expr.0 as usize)).map(|expr| &expr.kind);
        match kind {
            Some(ExprKind::Block(stmts, value)) => {
                let takes_apart = self.function(id).is_some_and(|function| {
                    stmts.iter().all(|stmt| matches!(stmt, Stmt::Let { value, .. } if is_parameter(function, *value)))
                });
                steps.extend(value.map(
                    |value| {
                        if takes_apart { Step::Open(id, value) } else { Step::Expr(id, value) }
                    },
                ));
                self.stmts(id, stmts, steps);
            }
            _ => steps.push(Step::Expr(id, expr)),
        }
    }

    fn stmts(&self, id: FnId, stmts: &[Stmt], steps: &mut Steps) {
        for stmt in stmts.iter().rev() {
            match stmt {
                Stmt::Expr(expr) | Stmt::Defer(expr) => steps.push(Step::Expr(id, *expr)),
                Stmt::Let { pattern, value, otherwise } => {
                    steps.push(Step::Bind(id, *pattern, Some(*value), true));
                    steps.extend(otherwise.map(|otherwise| Step::Expr(id, otherwise)));
                    steps.push(Step::Expr(id, *value));
                }
            }
        }
    }

    fn expr(&mut self, id: FnId, expr: ExprId, steps: &mut Steps) {
        let Some(found) = self.function(id).and_then(|function| function.exprs.get(expr.0 as usize)) else { return };
        match &found.kind {
            ExprKind::Block(stmts, value) => {
                steps.push(Step::Leave);
                steps.extend(value.map(|value| Step::Expr(id, value)));
                self.stmts(id, stmts, steps);
                steps.push(Step::Enter);
            }
            ExprKind::If(condition, then, otherwise) => {
                steps.extend(otherwise.map(|otherwise| Step::Expr(id, otherwise)));
                steps.extend([Step::Leave, Step::Expr(id, *then), Step::Expr(id, *condition), Step::Enter]);
            }
            ExprKind::While(_, condition, body) => {
                steps.extend([Step::Leave, Step::Expr(id, *body), Step::Expr(id, *condition), Step::Enter]);
            }
            ExprKind::Let(pattern, value) => {
                steps.extend([Step::Bind(id, *pattern, Some(*value), false), Step::Expr(id, *value)]);
            }
            ExprKind::Match(value, arms) => {
                for arm in arms.iter().rev() {
                    steps.extend([Step::Leave, Step::Expr(id, arm.body)]);
                    steps.extend(arm.guard.map(|guard| Step::Expr(id, guard)));
                    steps.extend([Step::Bind(id, arm.pattern, Some(*value), false), Step::Enter]);
                }
                steps.push(Step::Expr(id, *value));
            }
            ExprKind::ForRange { pattern, start, end, body, .. } => {
                steps.extend([Step::Leave, Step::Expr(id, *body), Step::Bind(id, *pattern, None, false), Step::Enter]);
                steps.extend(end.map(|end| Step::Expr(id, end)));
                steps.push(Step::Expr(id, *start));
            }
            ExprKind::ForArray { pattern, array, body, .. } => {
                let bind = Step::Bind(id, *pattern, Some(*array), false);
                steps.extend([Step::Leave, Step::Expr(id, *body), bind, Step::Enter, Step::Expr(id, *array)]);
            }
            ExprKind::ForIter(of) => {
                let bind = Step::Bind(id, of.pattern, Some(of.init), false);
                steps.extend([Step::Leave, Step::Expr(id, of.body), bind, Step::Enter, Step::Expr(id, of.init)]);
            }
            ExprKind::TryCatch(tried, catches) => {
                for catch in catches.iter().rev() {
                    steps.extend([Step::Leave, Step::Expr(id, catch.body)]);
                    steps.extend(catch.local.map(|local| Step::BindLocal(id, local)));
                    steps.push(Step::Enter);
                }
                steps.push(Step::Expr(id, *tried));
            }
            ExprKind::Closure(closure, _) => {
                if let Some(root) = self.function(*closure).and_then(body) {
                    steps.extend([Step::Leave, Step::Open(*closure, root), Step::Params(*closure), Step::Enter]);
                }
            }
            _ => {
                let first = steps.len();
                walk::children(found, |child| steps.push(Step::Expr(id, child)));
                steps.get_mut(first..).unwrap_or(&mut []).reverse();
            }
        }
    }

    // ---- bindings

    fn params(&mut self, id: FnId) {
        let Some(function) = self.function(id) else { return };
        for index in 0..function.params {
            self.add(id, LocalId(index));
        }
    }

    fn bind(&mut self, id: FnId, pattern: PatternId, value: Option<ExprId>, is_let: bool) {
        let Some(function) = self.function(id) else { return };
        if value.is_some_and(|value| is_let && is_parameter(function, value)) {
            each_binding(function, pattern, |local| self.add(id, local));
            return;
        }
        let mut locals: SmallVec<[LocalId; 8]> = SmallVec::new();
        each_binding(function, pattern, |local| locals.push(local));
        locals.sort_unstable();
        locals.dedup();
        for local in locals {
            self.bind_local(id, local, value, is_let);
        }
    }

    fn bind_local(&mut self, id: FnId, local: LocalId, value: Option<ExprId>, is_let: bool) {
        if let Some(hidden) = self.hidden(id, local)
            && !self.is_deliberate(id, &hidden, value, is_let)
        {
            self.report(id, local, &hidden, is_let);
        }
        self.add(id, local);
    }

    fn add(&mut self, id: FnId, local: LocalId) {
        let Some(data) = self.function(id).and_then(|function| function.locals.get(local.0 as usize)) else { return };
        if data.name == names::EMPTY {
            return;
        }
        let binding = Binding { function: id, local, depth: self.depth, span: data.span };
        self.scopes.entry(data.name).or_default().push(binding);
        self.bound.push(data.name);
    }

    /// What a variable hides, if that stands in an outer block.
    fn hidden(&self, id: FnId, local: LocalId) -> Option<Hidden> {
        let function = self.function(id)?;
        let data = function.locals.get(local.0 as usize)?;
        let text = self.context.names().text(data.name);
        if text.is_empty() || text.starts_with('_') {
            return None;
        }
        if let Some(outer) = self.scopes.get(&data.name).and_then(|bindings| bindings.last()) {
            return (outer.depth < self.depth).then_some(Hidden::Local(*outer));
        }
        let globals = self.context.uses.globals.get(&(function.module, data.name))?;
        let before = globals.iter().rev().find(|global| {
            let global = self.context.program.globals.get(global.0 as usize);
            global.is_some_and(|global| !self.toplevel || global.span.start < data.span.start)
        });
        before.map(|global| Hidden::Global(*global))
    }

    fn is_deliberate(&self, id: FnId, hidden: &Hidden, value: Option<ExprId>, is_let: bool) -> bool {
        let mentions = value.is_some_and(|value| self.mentions(id, value, hidden));
        let exact = value.is_some_and(|value| self.is_exactly(id, value, hidden));
        let deliberate = if is_let { exact } else { mentions };
        match hidden {
            Hidden::Local(_) => deliberate,
            Hidden::Global(global) => {
                let mutable = self.context.program.globals.get(global.0 as usize).is_some_and(|global| global.mutable);
                deliberate || !self.toplevel && !(is_let && (mutable || mentions))
            }
        }
    }

    fn is_exactly(&self, id: FnId, value: ExprId, hidden: &Hidden) -> bool {
        let Some(function) = self.function(id) else { return false };
        let Some(expr) = function.exprs.get(value.0 as usize) else { return false };
        match (&expr.kind, hidden) {
            (ExprKind::Local(local), Hidden::Local(outer)) => {
                let same = outer.function == id && outer.local == *local;
                // A captured variable has the place of the one that it is.
                same || function.locals.get(local.0 as usize).is_some_and(|local| local.span == outer.span)
            }
            (ExprKind::Global(global), Hidden::Global(outer)) => global == outer,
            _ => false,
        }
    }

    fn mentions(&self, id: FnId, value: ExprId, hidden: &Hidden) -> bool {
        let Some(function) = self.function(id) else { return false };
        let mut open = vec![value];
        let mut looked_at = 0;
        while let Some(next) = open.pop() {
            looked_at += 1;
            if self.is_exactly(id, next, hidden) || looked_at > LOOKED_AT {
                return true;
            }
            let Some(expr) = function.exprs.get(next.0 as usize) else { continue };
            walk::children(expr, |child| open.push(child));
            if let ExprKind::Call { callee: Callee::Value(callee), .. } = &expr.kind {
                open.push(*callee);
            }
        }
        false
    }

    fn report(&mut self, id: FnId, local: LocalId, hidden: &Hidden, is_let: bool) {
        let Some(data) = self.function(id).and_then(|function| function.locals.get(local.0 as usize)) else { return };
        let name = self.context.names().text(data.name);
        let outer = match hidden {
            Hidden::Local(outer) => outer.span,
            Hidden::Global(global) => match self.context.program.globals.get(global.0 as usize) {
                Some(global) => global.span,
                None => return,
            },
        };
        let mut diagnostic =
            Diagnostic::warning(LINT.name, data.span, format!("this `{name}` hides the `{name}` around it"))
                .label("another variable of that name")
                .also(outer, "hidden from here on");
        let assignable = self.context.uses.mutable.contains_key(&outer);
        if let Some(keyword) = self.keyword(data.span).filter(|_| is_let && assignable) {
            diagnostic = diagnostic.suggest("to change the outer one, assign it", keyword, "");
        } else {
            diagnostic = diagnostic.note("give it a name of its own, if both are wanted");
        }
        self.found.push(diagnostic);
    }

    /// `let ` or `let mut ` before a name.
    fn keyword(&self, name: Span) -> Option<Span> {
        let file = self.context.cx.sources.get(name.file)?;
        let before = file.text.get(..name.start as usize)?;
        let head = before.trim_end();
        let head = head.strip_suffix("mut").map_or(head, str::trim_end);
        let start = head.strip_suffix("let")?.len();
        Some(Span::new(name.file, u32::try_from(start).ok()?, name.start))
    }
}
