//! `unclosed_handle`: a file that is opened, used in the same function, and never closed there.
//!
//! Looked at: `let file = open(…)` (and whatever else of the library gives a `File`). A handle that goes anywhere but into
//! a function of the library that is done with it (returned, stored, captured, passed to a function of the program,
//! walked lazily elsewhere) may be closed there, and nothing is said. Any `close(file)`, deferred or not, is enough.

use super::{Context, Lint, Run, body};
use crate::hir::{ExprId, ExprKind, FnId, Function, LocalId, PatternKind, Stmt};
use crate::walk;
use rustc_hash::FxHashMap;
use sayso_base::{Diagnostic, Span};
use sayso_types::{DeclKind, TypeId, TypeKind};

pub(super) const LINT: Lint =
    Lint { name: "unclosed_handle", doc: "A file that is opened and never closed.", run: Run::Function(run) };

/// A `let` that opens a file.
struct Opened {
    local: LocalId,
    name: Span,
    value: ExprId,
    plain: bool,
}

fn run(context: &mut Context<'_, '_>, id: FnId) {
    let mut found = Vec::new();
    if let Some(function) = context.function(id) {
        let opened = opened(context, function);
        if !opened.is_empty() {
            let parents = parents(function);
            found.extend(opened.into_iter().filter(|one| stays_open(context, id, one.local, &parents)));
        }
    }
    for one in found {
        report(context, id, &one);
    }
}

fn is_file(context: &Context<'_, '_>, ty: TypeId) -> bool {
    let types = &context.program.types;
    let TypeKind::Nominal(decl, _) = types.kind(ty) else { return false };
    let decl = types.decl(*decl);
    decl.kind == DeclKind::Opaque && context.names().text(decl.name) == "File"
}

fn opened(context: &Context<'_, '_>, function: &Function) -> Vec<Opened> {
    let mut found = Vec::new();
    let Some(root) = body(function) else { return found };
    walk::reach(function, root, |_, expr, _| {
        let ExprKind::Block(stmts, _) = &expr.kind else { return };
        for stmt in stmts {
            let Stmt::Let { pattern, value, otherwise } = stmt else { continue };
            let Some(pattern) = function.patterns.get(pattern.0 as usize) else { continue };
            let PatternKind::Bind(local, None) = pattern.kind else { continue };
            let made = function.locals.get(local.0 as usize).is_some_and(|local| is_file(context, local.ty))
                && opens(context, function, *value);
            if made {
                found.push(Opened { local, name: pattern.span, value: *value, plain: otherwise.is_none() });
            }
        }
    });
    found
}

/// Whether a value is a call of the library, perhaps with `?` or `or …` behind it.
fn opens(context: &Context<'_, '_>, function: &Function, mut value: ExprId) -> bool {
    while let Some(expr) = function.exprs.get(value.0 as usize) {
        match &expr.kind {
            ExprKind::Try(inner) | ExprKind::OrElse(inner, _) => value = *inner,
            ExprKind::Call { callee, args, .. } => {
                return context.callees(callee, args.len()).is_some_and(|callees| {
                    !callees.is_empty() && callees.iter().all(|callee| context.is_library(*callee))
                });
            }
            _ => return false,
        }
    }
    false
}

/// The expression that each expression of a body stands in.
fn parents(function: &Function) -> FxHashMap<ExprId, ExprId> {
    let mut parents = FxHashMap::default();
    if let Some(root) = body(function) {
        walk::reach(function, root, |id, expr, _| {
            walk::children(expr, |child| {
                parents.insert(child, id);
            });
        });
    }
    parents
}

/// Whether a handle is neither closed nor gone elsewhere.
fn stays_open(context: &Context<'_, '_>, id: FnId, local: LocalId, parents: &FxHashMap<ExprId, ExprId>) -> bool {
    let Some(function) = context.function(id) else { return false };
    let Some(root) = body(function) else { return false };
    let mut open = true;
    walk::reach(function, root, |at, expr, _| match &expr.kind {
        ExprKind::Closure(_, captured) if captured.contains(&local) => open = false,
        ExprKind::SetLocal(assigned, _) if *assigned == local => open = false,
        ExprKind::Local(read) if *read == local => open &= is_used_up(context, function, at, parents),
        _ => {}
    });
    open
}

/// Whether a handle is used where it is read, and goes nowhere: it is given to functions of the library alone, until
/// what they give holds it no longer. A call of `close` is not such a use.
fn is_used_up(
    context: &Context<'_, '_>,
    function: &Function,
    read: ExprId,
    parents: &FxHashMap<ExprId, ExprId>,
) -> bool {
    let mut value = read;
    while let Some(parent) = parents.get(&value) {
        let Some(expr) = function.exprs.get(parent.0 as usize) else { return false };
        match &expr.kind {
            ExprKind::Call { callee, args, .. } => {
                let Some(callees) = context.callees(callee, args.len()) else { return false };
                let library = callees.iter().all(|callee| context.is_library(*callee));
                let closes = callees.iter().any(|callee| context.short_name(*callee) == "close");
                if !library || callees.is_empty() || closes {
                    return false;
                }
                if holds_nothing(context, expr.ty) {
                    return true;
                }
            }
            ExprKind::ForIter(of) => return of.init == value,
            _ => return false,
        }
        value = *parent;
    }
    false
}

/// Whether values of a type cannot hold a handle: text, numbers, and collections and results of these.
fn holds_nothing(context: &Context<'_, '_>, ty: TypeId) -> bool {
    let types = &context.program.types;
    let mut open = vec![ty];
    while let Some(ty) = open.pop() {
        match types.kind(ty) {
            TypeKind::I64
            | TypeKind::F64
            | TypeKind::Bool
            | TypeKind::Byte
            | TypeKind::Str
            | TypeKind::Symbol(_)
            | TypeKind::Never => {}
            TypeKind::Array(element) | TypeKind::FixedArray(element, _) | TypeKind::List(element) => {
                open.push(*element);
            }
            TypeKind::Tuple(parts) | TypeKind::Union(parts) => open.extend(parts.iter()),
            TypeKind::Table(key, value) => open.extend([key, value]),
            TypeKind::Nominal(decl, args) => {
                let known = [types.well_known.option, types.well_known.result];
                let whole = match types.decl(*decl).kind {
                    DeclKind::Variant { of, .. } => of,
                    _ => *decl,
                };
                if !known.contains(&Some(whole)) {
                    return false;
                }
                open.extend(args.iter());
            }
            _ => return false,
        }
    }
    true
}

fn report(context: &mut Context<'_, '_>, id: FnId, found: &Opened) {
    let name = context.text(found.name);
    let value = context.function(id).and_then(|function| function.exprs.get(found.value.0 as usize));
    let mut diagnostic =
        Diagnostic::warning(LINT.name, found.name, format!("the file `{name}` is opened and never closed"))
            .label("stays open when this block is left");
    let close = format!("defer close({name})");
    if let Some(value) = value.filter(|_| found.plain) {
        let end = value.span.at_end();
        let behind = context.cx.sources.get(end.file).and_then(|file| file.text.get(end.start as usize..));
        let ends_line =
            behind.is_some_and(|behind| behind.split('\n').next().is_none_or(|line| line.trim().is_empty()));
        let line_start = context.line_indentation(found.name);
        let text = match line_start.filter(|_| ends_line) {
            Some(indentation) => format!("\n{indentation}{close}"),
            None => format!("; {close}"),
        };
        diagnostic = diagnostic.suggest("close it when the block is left", end, text);
    } else {
        diagnostic = diagnostic.note(format!("`{close}` closes it when the block is left"));
    }
    context.report(diagnostic);
}

impl<'a> Context<'a, '_> {
    /// The indentation of the line that a place is on, if only `let ` stands before the place.
    fn line_indentation(&self, span: Span) -> Option<&'a str> {
        let cx = self.cx;
        let before = cx.sources.get(span.file)?.text.get(..span.start as usize)?;
        let line = before.rsplit('\n').next()?;
        let indentation = line.get(..line.len() - line.trim_start().len())?;
        let head = line.trim();
        matches!(head, "let" | "let mut").then_some(indentation)
    }
}
