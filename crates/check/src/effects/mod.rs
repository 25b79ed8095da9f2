//! Effect inference.
//!
//! For each function a `Summary` says what a call may do: effects of its own, which parameters it calls, which
//! parameters (or captured variables) it changes. Summaries grow to a fixed point over the call graph, so recursion of
//! any shape is sound and the result does not depend on any order. At a call, what the callee does to its parameters is
//! traced to the arguments: changing what the caller itself made is no effect (`roots`), calling a function that the
//! caller was given is the caller's own polymorphism.
//!
//! An annotation is an upper bound: the body is checked against it, callers see the annotation.

mod choices;
mod explain;
mod roots;
mod summary;

use crate::hir::{ExprKind, FnId, FunctionKind, Program};
pub(crate) use choices::Choices;
use explain::Explainer;
use sayso_base::{Diagnostic, Interner, Span};
use sayso_types::{Effects, TypeKind};
pub(crate) use summary::Analysis;

/// A written bound.
#[derive(Clone, Copy, Debug)]
pub struct DeclaredEffects {
    /// The effects.
    pub effects: Effects,
    /// `is …`, or the head of a function that must be pure for what it specialises.
    pub span: Span,
    /// Set if nobody wrote it: functions that specialise operators, equality, order, hash and display must be pure.
    pub implied: bool,
}

/// Finds the effects of all functions and reports those that break a bound.
pub fn infer(
    program: &mut Program,
    declared: &[Option<DeclaredEffects>],
    names: &Interner,
    diagnostics: &mut Vec<Diagnostic>,
) {
    let mut types = std::mem::take(&mut program.types);
    let choices = Choices::find(program, &mut types, declared);
    program.types = types;
    let analysis = Analysis::run(program, names, declared, choices);
    record(program, &analysis, names, diagnostics);
}

/// Writes what was found into the program, and reports what breaks a bound.
pub(crate) fn record(program: &mut Program, analysis: &Analysis, names: &Interner, diagnostics: &mut Vec<Diagnostic>) {
    for index in 0..program.functions.len() {
        let function = FnId(index as u32);
        let inferred = analysis.summary(function).total();
        let effects = analysis.declared(function).map_or(inferred, |declared| declared.effects);
        if let Some(function) = program.functions.get_mut(index) {
            function.effects = effects;
        }
    }
    record_value_effects(program, analysis);
    let explainer = Explainer { program, analysis, names };
    for index in 0..program.functions.len() {
        explainer.check_function(FnId(index as u32), diagnostics);
    }
    for comptime in &program.comptimes {
        explainer.check_comptime(comptime, diagnostics);
    }
}

/// As a value, a function that calls what it is given may do anything; a closure that calls what it captures, what its
/// type says.
fn record_value_effects(program: &mut Program, analysis: &Analysis) {
    let calls_given = |function: FnId| !analysis.summary(function).calls.is_empty();
    let mut stated = Vec::new();
    for expr in program.functions.iter().flat_map(|function| &function.exprs) {
        if let ExprKind::Closure(target, _) = expr.kind {
            if let (true, TypeKind::Function { effects, .. }) = (calls_given(target), program.types.kind(expr.ty)) {
                stated.push((target, *effects));
            }
        }
    }
    for (index, function) in program.functions.iter_mut().enumerate() {
        function.value_effects = if calls_given(FnId(index as u32)) { Effects::ALL } else { function.effects };
    }
    for (target, effects) in stated {
        if let Some(function) = program.functions.get_mut(target.0 as usize) {
            function.value_effects = function.effects.union(effects);
        }
    }
}

/// Reports what a program may do beyond the effects that its host grants. Call it behind [`infer`].
pub fn check_grant(program: &Program, grant: Effects, names: &Interner, diagnostics: &mut Vec<Diagnostic>) {
    if Effects::ALL.within(grant) {
        return;
    }
    let choices = Choices::find(program, &mut program.types.clone(), &[]);
    let analysis = Analysis::run(program, names, &[], choices);
    let explainer = Explainer { program, analysis: &analysis, names };
    let starts = program.modules.iter().map(|module| module.init).chain(program.main);
    for start in starts {
        explainer.check_grant(start, grant, diagnostics);
    }
}

/// The effects of every function that has a body, one line each: `name: effects`, in the order of the source.
pub fn table(program: &Program, names: &Interner) -> String {
    let mut lines = Vec::new();
    for function in &program.functions {
        let library = program.modules.get(function.module.0 as usize).is_none_or(|module| module.library);
        let named = names.text(function.name);
        if library || function.closure || named.is_empty() || !matches!(function.kind, FunctionKind::Body(_)) {
            continue;
        }
        lines.push((function.span, format!("{named}: {}\n", function.effects)));
    }
    lines.sort_by_key(|(span, _)| *span);
    lines.into_iter().map(|(_, line)| line).collect()
}
