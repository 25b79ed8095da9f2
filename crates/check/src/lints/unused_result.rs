//! `unused_result`: an expression whose only purpose is its value, and nothing takes the value.
//!
//! Literals, variables and fields as statements, or at the end of a function without result.
//! Calls of pure functions (operators and constructors too), where no argument is a function that does something; and
//! iterators, which do nothing until something walks them. Typical: `text.trim()` for `text = text.trim()`, `x == 1` for
//! `x = 1`, a new list that was taken for the old one.

use super::{Context, Lint, Run, body};
use crate::hir::{Callee, Expr, ExprId, ExprKind, FnId, Function, Stmt};
use crate::infer::suggest::a;
use crate::walk;
use sayso_base::{Diagnostic, Span, names};
use sayso_types::{DeclId, TypeId, TypeKind};

pub(super) const LINT: Lint = Lint {
    name: "unused_result",
    doc: "A literal, variable or call of a pure function whose value nothing takes.",
    run: Run::Function(run),
};

/// What is wrong.
enum Found {
    /// The call of this function, with this type.
    Pure(FnId, TypeId),
    /// A record that is made.
    Record(DeclId),
    /// A literal, a variable or a field.
    Value(TypeId),
    /// `==` as a statement.
    Comparison,
    /// A generator or a lazy adapter, by its name.
    Iterator(FnId),
}

fn run(context: &mut Context<'_, '_>, id: FnId) {
    let Some(function) = context.function(id) else { return };
    let Some(root) = body(function) else { return };
    let mut dropped: Vec<ExprId> = Vec::new();
    walk::reach(function, root, |_, expr, _| {
        if let ExprKind::Block(stmts, value) = &expr.kind {
            if value.is_none() && is_discard(context.text(expr.span)) {
                return;
            }
            // What ends a block that is never reached is somebody else's business.
            let count = stmts.len() - usize::from(expr.ty == TypeId::NEVER && !stmts.is_empty());
            dropped.extend(stmts.iter().take(count).filter_map(|stmt| match stmt {
                Stmt::Expr(value) => Some(*value),
                Stmt::Let { .. } | Stmt::Defer(_) => None,
            }));
        }
    });
    let mut found: Vec<(Span, Found)> = Vec::new();
    for value in dropped {
        let Some(function) = context.program.functions.get(id.0 as usize) else { continue };
        let Some(expr) = function.exprs.get(value.0 as usize) else { continue };
        if let Some(what) = look_at(context, function, expr) {
            found.push((expr.span, what));
        }
    }
    for (span, what) in found {
        report(context, span, &what);
    }
}

/// Whether a text is `_ = …`.
fn is_discard(text: &str) -> bool {
    let value = text.strip_prefix('_').and_then(|rest| rest.trim_start().strip_prefix('='));
    value.is_some_and(|value| !value.starts_with('='))
}

fn look_at(context: &Context<'_, '_>, function: &Function, expr: &Expr) -> Option<Found> {
    let nothing = matches!(expr.ty, TypeId::VOID | TypeId::NEVER | TypeId::ERROR);
    if nothing || context.text(expr.span).is_empty() || context.is_revealed(expr.span) {
        return None;
    }
    if let ExprKind::New { decl, fields, .. } = &expr.kind {
        return (!fields.is_empty()).then_some(Found::Record(*decl));
    }
    if let ExprKind::Constant(_) | ExprKind::Local(_) | ExprKind::Global(_) | ExprKind::Field(..) = &expr.kind {
        return Some(Found::Value(expr.ty));
    }
    let ExprKind::Call { callee, args, .. } = &expr.kind else { return None };
    let callees = context.callees(callee, args.len())?;
    let first = *callees.first()?;
    if is_lazy(context, &callees, expr.ty) {
        return Some(Found::Iterator(first));
    }
    let pure = callees.iter().all(|callee| context.function(*callee).is_some_and(|callee| callee.effects.is_pure()));
    if !pure || !args.iter().all(|arg| is_harmless(context, function, *arg)) {
        return None;
    }
    let equal = |id: FnId| context.function(id).is_some_and(|function| function.name == names::EQUAL);
    let compares = callees.iter().all(|callee| context.is_library(*callee) && equal(*callee));
    Some(if compares { Found::Comparison } else { Found::Pure(first, expr.ty) })
}

/// Whether the calls make an iterator that has done nothing yet: generators, and what the library makes of iterators.
fn is_lazy(context: &Context<'_, '_>, callees: &[FnId], ty: TypeId) -> bool {
    let generator = |id: &FnId| context.function(*id).is_some_and(|function| function.generator);
    let types = &context.program.types;
    let iterator = matches!(types.kind(ty), TypeKind::Nominal(decl, _) if types.well_known.iter == Some(*decl));
    callees.iter().all(generator)
        || iterator && callees.iter().all(|callee| context.is_library(*callee) && is_of_iter(context, *callee))
}

fn is_of_iter(context: &Context<'_, '_>, id: FnId) -> bool {
    let module = context.function(id).and_then(|function| context.program.modules.get(function.module.0 as usize));
    module.is_some_and(|module| context.names().text(module.name) == "iter")
}

/// Whether passing an argument does nothing: it is no function, or a pure one.
fn is_harmless(context: &Context<'_, '_>, function: &Function, arg: ExprId) -> bool {
    let Some(expr) = function.exprs.get(arg.0 as usize) else { return false };
    let pure = |id: FnId| context.function(id).is_some_and(|function| function.effects.is_pure());
    match &expr.kind {
        ExprKind::Closure(closure, _) => pure(*closure),
        ExprKind::FunctionValue { callee: Callee::Function(callee), .. } => pure(*callee),
        _ => match context.program.types.kind(expr.ty) {
            TypeKind::Function { effects, .. } => effects.is_pure(),
            TypeKind::AnyFunction => false,
            _ => true,
        },
    }
}

impl Context<'_, '_> {
    /// Whether a place is the argument of `reveal`, which asks for its type alone.
    fn is_revealed(&self, span: Span) -> bool {
        let before = self.cx.sources.get(span.file).and_then(|file| file.text.get(..span.start as usize));
        before.is_some_and(|before| before.trim_end().ends_with("reveal("))
    }
}

fn report(context: &mut Context<'_, '_>, span: Span, found: &Found) {
    let diagnostic = match found {
        Found::Comparison => {
            Diagnostic::warning(LINT.name, span, "this comparison is made, and nothing takes its result")
                .label("a `bool` that is dropped")
                .note("`=` assigns, `==` compares")
        }
        Found::Iterator(id) => {
            let name = context.short_name(*id);
            Diagnostic::warning(LINT.name, span, format!("the iterator that `{name}` makes is never walked"))
                .label("does nothing yet")
                .note("an iterator runs when something asks for its values: a `for`, `collect()`, `count()`, …")
        }
        Found::Value(ty) => {
            let ty = context.program.types.display(*ty, context.names());
            Diagnostic::warning(LINT.name, span, "this does nothing but give a value, which nothing takes")
                .label(format!("{} that is dropped", a(&ty)))
                .note("to give it as the function's result, declare that: `-> …`; if it is meant, write `_ = …`")
        }
        Found::Record(decl) => {
            let name = context.names().text(context.program.types.decl(*decl).name);
            Diagnostic::warning(LINT.name, span, format!("{} is made, and nothing takes it", a(name)))
                .label("dropped at once")
                .suggest("if that is meant, say so", span.at_start(), "_ = ")
        }
        Found::Pure(id, ty) => {
            let name = context.short_name(*id);
            let ty = context.program.types.display(*ty, context.names());
            Diagnostic::warning(LINT.name, span, format!("`{name}` does nothing but give a value, which nothing takes"))
                .label(format!("{} that is dropped", a(&ty)))
                .suggest("if that is meant, say so", span.at_start(), "_ = ")
        }
    };
    context.report(diagnostic);
}
