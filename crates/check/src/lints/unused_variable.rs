//! `unused_variable`: a variable whose value nothing reads.
//!
//! Mostly a slip (another variable was meant), or the rest of an earlier version. Names that begin with `_` say that it
//! is meant. Parameters are part of what a function promises and are left alone; so are top-level variables, which other
//! modules may read.

use super::{Context, Lint, Run};
use crate::hir::{FnId, LocalId};
use sayso_base::{Diagnostic, Span};

pub(super) const LINT: Lint =
    Lint { name: "unused_variable", doc: "A variable whose value nothing reads.", run: Run::Function(run) };

/// Types whose names look like those of variables.
const SCALARS: [&str; 5] = ["i64", "f64", "bool", "byte", "str"];

fn run(context: &mut Context<'_, '_>, id: FnId) {
    let Some(function) = context.function(id) else { return };
    let first = function.params + function.captures;
    let found: Vec<(LocalId, Span, &str)> = (0..)
        .zip(&function.locals)
        .skip(first as usize)
        .map(|(index, local)| (LocalId(index), local.span, context.names().text(local.name)))
        .filter(|(local, _, name)| is_unused(context, id, *local, name))
        .collect();
    for (local, span, name) in found {
        report(context, id, local, span, name);
    }
}

fn is_unused(context: &Context<'_, '_>, function: FnId, local: LocalId, name: &str) -> bool {
    let own = context.uses.local(function, local);
    !name.is_empty() && !name.starts_with('_') && own.binders > 0 && !own.read && !own.required
}

fn report(context: &mut Context<'_, '_>, function: FnId, local: LocalId, span: Span, name: &str) {
    let own = context.uses.local(function, local);
    let mut diagnostic = if own.assigned {
        Diagnostic::warning(LINT.name, span, format!("`{name}` is assigned, but nothing reads it"))
            .label("its value goes nowhere")
    } else {
        Diagnostic::warning(LINT.name, span, format!("`{name}` is never used")).label("nothing reads it")
    };
    let edited = context.text(span) == name;
    diagnostic = if own.assigned {
        diagnostic
    } else if edited && SCALARS.contains(&name) {
        // `match v { i64 => … }`: all values fit.
        let help = format!("`{name}` is a new variable here; to ask for the type, write");
        diagnostic.suggest(help, span, format!("_: {name}"))
    } else if own.binders > 1 || !edited {
        diagnostic.note(format!("if that is meant, call it `_{name}`"))
    } else if context.uses.shorthand.contains(&span) {
        diagnostic.suggest("leave the value out, if that is meant", span, format!("{name}: _"))
    } else {
        diagnostic.suggest("if that is meant, give it a name that begins with `_`", span, format!("_{name}"))
    };
    context.report(diagnostic);
}
