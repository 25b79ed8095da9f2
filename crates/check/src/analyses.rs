//! What is checked of a finished program as a whole: effects, exhaustiveness, lints.
//!
//! Only of programs without errors: these analyses rely on complete types and calls.

use crate::effects::{self, DeclaredEffects};
use crate::exhaustive;
use crate::hir::{FnId, Function, Program};
use crate::lints;
use crate::parallel;
use crate::tables::{Checker, FnDecl};
use crate::unset_fields;
use sayso_base::{Diagnostic, Name, Severity, names};
use sayso_types::{Effects, Signature, TypeId, TypeKind, TypeStore};
use std::sync::Mutex;

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

/// Runs all analyses. On the way it frees `spent`, which takes a while.
pub(crate) fn run(cx: &Checker<'_>, program: &mut Program, diagnostics: &mut Vec<Diagnostic>, spent: impl Send) {
    if diagnostics.iter().any(|one| one.severity == Severity::Error) {
        lints::silence(cx, diagnostics);
        return;
    }
    unset_fields::check(cx, program, diagnostics);
    let declared = declared_effects(cx, program);
    let mut types = std::mem::take(&mut program.types);
    let choices = effects::Choices::find(program, &mut types, &declared);
    program.types = types;
    let (uses, analysis) = if parallel::worthwhile(program) {
        let whole: &Program = program;
        // The search for missing cases asks types that nobody needs afterwards.
        let spent = Mutex::new(Some(spent));
        let search = || {
            drop(spent.lock().ok().and_then(|mut spent| spent.take()));
            let (mut types, mut found) = (whole.types.clone(), Vec::new());
            let uses = patterns_and_uses(cx, whole, &mut types, &mut found);
            (found, uses)
        };
        let effects = || effects::Analysis::run(whole, &cx.names, &declared, choices);
        let ((found, uses), analysis) = parallel::join(search, effects);
        diagnostics.extend(found);
        (uses, analysis)
    } else {
        let mut types = std::mem::take(&mut program.types);
        let uses = patterns_and_uses(cx, program, &mut types, diagnostics);
        program.types = types;
        (uses, effects::Analysis::run(program, &cx.names, &declared, choices))
    };
    effects::record(program, &analysis, &cx.names, diagnostics);
    check_specialisations(cx, program, &declared, diagnostics);
    check_memo(cx, program, diagnostics);
    lints::run(cx, program, &uses, diagnostics);
}

/// Looks for missing cases, and at what becomes of variables.
fn patterns_and_uses(
    cx: &Checker<'_>,
    program: &Program,
    types: &mut TypeStore,
    diagnostics: &mut Vec<Diagnostic>,
) -> lints::Uses {
    let mut uses = lints::Gathering::new(program);
    let gather = |id: FnId, function: &Function| uses.add(id, function);
    exhaustive::check(program, types, &cx.names, &cx.sources, diagnostics, gather);
    uses.finish(cx, program)
}

/// A function may not have effects beyond those that a more general one of its name states: callers of that one rely on
/// the statement.
fn check_specialisations(
    cx: &Checker<'_>,
    program: &mut Program,
    declared: &[Option<DeclaredEffects>],
    diagnostics: &mut Vec<Diagnostic>,
) {
    for multi in cx.multis.iter().filter(|multi| multi.functions.len() > 1) {
        let decls = || multi.functions.iter().filter_map(|id| cx.functions.get(id.0 as usize));
        let library = |decl: &FnDecl| cx.modules.get(decl.module.0 as usize).is_some_and(|module| module.library);
        for general in decls().filter(|decl| decl.effects.is_some() && !decl.broken) {
            let Some(bound) = general.effects.filter(|bound| *bound != Effects::ALL) else { continue };
            let wide = signature(general);
            for special in decls().filter(|decl| !library(decl) && decl.function != general.function && !decl.broken) {
                let has = program.functions.get(special.function.0 as usize).map_or(Effects::PURE, |f| f.effects);
                let excess = has.minus(bound);
                let narrow = signature(special);
                let implied = declared.get(special.function.0 as usize).is_some_and(|d| d.is_some_and(|d| d.implied));
                if excess.is_pure()
                    || implied
                    || narrow.params.len() != wide.params.len()
                    || !program.types.more_specific(&narrow, &wide)
                {
                    continue;
                }
                let name = cx.names.text(special.name);
                let message = format!(
                    "this `{name}` has the effect `{excess}`, but the more general one may have only `{bound}`"
                );
                diagnostics.push(
                    Diagnostic::error("effect", special.head_span, message)
                        .also(general.head_span, format!("the bound `{bound}` is set here, and calls rely on it"))
                        .note(format!(
                            "widen the general bound to `is {}`, or do it without the effect",
                            bound.union(excess)
                        )),
                );
            }
        }
    }
}

/// What `@memo` remembers must depend on the arguments alone, and neither they nor it may change.
fn check_memo(cx: &Checker<'_>, program: &mut Program, diagnostics: &mut Vec<Diagnostic>) {
    for decl in &cx.functions {
        let Some(function) = program.functions.get(decl.function.0 as usize).filter(|one| one.memo) else { continue };
        let name = cx.names.text(decl.name);
        let excess = function.effects.minus(Effects::PANIC);
        if !excess.is_pure() {
            let message = format!("`@memo` needs a pure function, and `{name}` has the effect `{excess}`");
            diagnostics.push(
                Diagnostic::error("memo-effect", decl.head_span, message)
                    .note("its results are remembered, so the effect would happen at some calls only"),
            );
            continue;
        }
        if function.generator {
            let message = format!("`@memo` cannot remember `{name}`, which gives an iterator");
            diagnostics.push(
                Diagnostic::error("memo-type", decl.head_span, message)
                    .note("an iterator is used up by whoever asks it first"),
            );
            continue;
        }
        let (result, count) = (function.result, function.params as usize);
        let params: Vec<TypeId> = function.locals.iter().take(count).map(|local| local.ty).collect();
        for (param, ty) in decl.params.iter().zip(params) {
            if !program.types.is_immutable(ty) || mixes_numbers(&program.types, ty) {
                let shown = program.types.display(ty, &cx.names);
                let message = format!("`@memo` needs parameters that cannot change, and this is `{shown}`");
                diagnostics.push(Diagnostic::error("memo-type", param.span, message).note(
                    "arguments are compared with those of earlier calls: numbers of one type, texts, symbols, and tuples, \
                     structs and enums of these will do",
                ));
            }
        }
        if !program.types.is_immutable(result) {
            let shown = program.types.display(result, &cx.names);
            let message = format!("`@memo` needs a result that cannot change, and `{name}` gives `{shown}`");
            diagnostics.push(
                Diagnostic::error("memo-type", decl.head_span, message)
                    .note("all callers with the same arguments would share one value, and see what others do to it"),
            );
        }
    }
}

/// Whether numbers of several types, which may be equal, belong to a type.
fn mixes_numbers(types: &TypeStore, ty: TypeId) -> bool {
    match types.kind(ty) {
        TypeKind::Union(parts) => {
            parts.iter().filter(|part| [TypeId::I64, TypeId::F64, TypeId::BYTE].contains(part)).count() > 1
        }
        _ => false,
    }
}

fn signature(decl: &FnDecl) -> Signature {
    Signature { vars: decl.type_vars.to_vec(), params: decl.params.iter().map(|param| param.ty).collect() }
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
