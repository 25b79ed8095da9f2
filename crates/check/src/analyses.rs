//! What is checked of a finished program as a whole: effects, exhaustiveness.
//!
//! Only of programs without errors: these analyses rely on complete types and calls.

use crate::effects::{self, DeclaredEffects};
use crate::exhaustive;
use crate::hir::Program;
use crate::tables::Checker;
use sayso_base::{Diagnostic, Name, Severity, names};
use sayso_types::Effects;

/// Functions of `core` whose specialisations must be pure.
const PURE_FUNCTIONS: &[Name] = &[
    names::ADD,
    names::SUB,
    names::MUL,
    names::DIV,
    names::REM,
    names::POW,
    names::NEG,
    names::NOT,
    names::SHL,
    names::SHR,
    names::BIT_AND,
    names::BIT_XOR,
    names::BOR,
    names::EQUAL,
    names::LESS,
    names::COMPARE,
    names::HASH,
    names::TO_STR,
    names::DEBUG,
];

/// Runs all analyses.
pub(crate) fn run(cx: &Checker<'_>, program: &mut Program, diagnostics: &mut Vec<Diagnostic>) {
    if diagnostics.iter().any(|one| one.severity == Severity::Error) {
        return;
    }
    exhaustive::check(program, &cx.names, &cx.sources, diagnostics);
    let declared = declared_effects(cx, program);
    effects::infer(program, &declared, &cx.names, diagnostics);
}

/// The written bounds, and those that follow from what a function specialises.
fn declared_effects(cx: &Checker<'_>, program: &Program) -> Vec<Option<DeclaredEffects>> {
    let mut declared = vec![None; program.functions.len()];
    for decl in &cx.functions {
        let Some(place) = declared.get_mut(decl.function.0 as usize) else { continue };
        let library = cx.modules.get(decl.module.0 as usize).is_some_and(|module| module.library);
        let of_core = || {
            decl.multis.iter().filter_map(|multi| cx.multis.get(multi.0 as usize)).any(|multi| {
                multi.module != decl.module
                    && cx.modules.get(multi.module.0 as usize).is_some_and(|module| module.library)
            })
        };
        *place = match decl.effects {
            Some(effects) => Some(DeclaredEffects { effects, span: decl.head_span, implied: false }),
            None if !library && PURE_FUNCTIONS.contains(&decl.name) && of_core() => {
                Some(DeclaredEffects { effects: Effects::PURE, span: decl.head_span, implied: true })
            }
            None => None,
        };
    }
    declared
}
