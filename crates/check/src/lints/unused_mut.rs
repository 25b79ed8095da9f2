//! `unused_mut`: a `let mut` whose variables are never assigned.
//!
//! `mut` lets a name stand for another value later. What an array, a table or an object holds changes without it, which
//! is easily taken for the same.

use super::uses::MutableLet;
use super::{Context, Lint, Run, own_functions};
use crate::hir::LocalId;
use rustc_hash::{FxHashMap, FxHashSet};
use sayso_base::{Diagnostic, Name, Span};
use sayso_types::{TypeId, TypeKind};

pub(super) const LINT: Lint =
    Lint { name: "unused_mut", doc: "A `let mut` whose variables are never assigned.", run: Run::Whole(run) };

/// A variable that could do without.
struct Found {
    declared: MutableLet,
    span: Span,
    name: Name,
    ty: TypeId,
}

fn run(context: &mut Context<'_, '_>) {
    let mut needed: FxHashSet<usize> = FxHashSet::default();
    let mut found: Vec<Found> = Vec::new();
    let globals: FxHashMap<Span, usize> =
        context.program.globals.iter().enumerate().map(|(index, global)| (global.span, index)).collect();
    for (span, declared) in &context.uses.mutable {
        let Some(index) = globals.get(span) else { continue };
        let Some(global) = context.program.globals.get(*index) else { continue };
        let assignments = context.uses.global_assignments.get(&crate::hir::GlobalId(*index as u32)).copied();
        if assignments.unwrap_or(0) > 1 {
            needed.insert(declared.index);
        } else {
            found.push(Found { declared: *declared, span: *span, name: global.name, ty: global.ty });
        }
    }
    for id in own_functions(context.program) {
        let Some(function) = context.function(id) else { continue };
        let own = (0..).zip(&function.locals).skip((function.params + function.captures) as usize);
        for (index, local) in own {
            let Some(declared) = context.uses.mutable.get(&local.span).copied() else { continue };
            let uses = context.uses.local(id, LocalId(index));
            // What nothing reads is reported as such.
            if uses.assigned || !uses.read {
                needed.insert(declared.index);
            } else {
                found.push(Found { declared, span: local.span, name: local.name, ty: local.ty });
            }
        }
    }
    found.sort_by_key(|one| one.span);
    for one in found {
        // One of several names that a `let mut` binds may need it.
        if needed.insert(one.declared.index) {
            report(context, &one);
        }
    }
}

fn report(context: &mut Context<'_, '_>, found: &Found) {
    let name = context.names().text(found.name);
    let mut diagnostic =
        Diagnostic::warning(LINT.name, found.span, format!("`{name}` is never assigned, so it needs no `mut`"))
            .label("keeps its first value")
            .suggest("leave out `mut`", found.declared.keyword, "");
    let what = match context.program.types.kind(found.ty) {
        TypeKind::Array(_) | TypeKind::FixedArray(..) => Some("an array"),
        TypeKind::Table(..) => Some("a table"),
        TypeKind::Nominal(decl, _) if context.program.types.decl(*decl).by_reference => Some("an object"),
        _ => None,
    };
    if let Some(what) = what {
        diagnostic = diagnostic.note(format!("what {what} holds can change without it"));
    }
    context.report(diagnostic);
}
