//! Which functions each call that dispatches may run, where that matters for effects.
//!
//! A call names a multi-function; the types of its arguments rule some of the functions out. Asked for once, before the
//! fixed point, since the answer does not change with what the functions do, and only where it could make a difference:
//! most calls that dispatch are operators, whose functions are all pure.

use super::DeclaredEffects;
use crate::hir::{Callee, ExprId, ExprKind, FnId, FunctionKind, MultiId, Program};
use rustc_hash::FxHashMap;
use sayso_types::{Signature, TypeId, TypeStore};

/// The functions that calls may run; calls that are not here may run all of their name and arity.
#[derive(Default)]
pub(crate) struct Choices {
    calls: FxHashMap<(FnId, ExprId), Vec<FnId>>,
}

impl Choices {
    /// `types` is the program's store, or a copy of it: the questions make types that nobody needs afterwards.
    pub(crate) fn find(program: &Program, types: &mut TypeStore, declared: &[Option<DeclaredEffects>]) -> Choices {
        let mut open: FxHashMap<(MultiId, usize), Option<Vec<Signature>>> = FxHashMap::default();
        let mut choices = Choices::default();
        for (index, function) in program.functions.iter().enumerate() {
            let library = program.modules.get(function.module.0 as usize).is_some_and(|module| module.library);
            let trusted = library && declared.get(index).is_some_and(Option::is_some);
            if trusted || !matches!(function.kind, FunctionKind::Body(_)) {
                continue;
            }
            for (place, expr) in function.exprs.iter().enumerate() {
                let ExprKind::Call { callee: Callee::Dispatch(multi), args, .. } = &expr.kind else { continue };
                let signatures = open
                    .entry((*multi, args.len()))
                    .or_insert_with(|| signatures_of(program, *multi, args.len(), declared));
                let Some(signatures) = signatures else { continue };
                let given: Vec<TypeId> = args.iter().map(|arg| function.expr(*arg).ty).collect();
                let may_run = types.may_run(&given, signatures);
                if may_run.len() == signatures.len() {
                    continue;
                }
                let all = candidates(program, *multi, args.len());
                let chosen = may_run.into_iter().filter_map(|index| all.get(index).copied()).collect();
                choices.calls.insert((FnId(index as u32), ExprId(place as u32)), chosen);
            }
        }
        choices
    }

    /// The functions that a call in a function may run, if the types of its arguments rule any out.
    pub(crate) fn of(&self, function: FnId, call: ExprId) -> Option<&[FnId]> {
        self.calls.get(&(function, call)).map(Vec::as_slice)
    }
}

fn candidates(program: &Program, multi: MultiId, arity: usize) -> Vec<FnId> {
    let Some(multi) = program.multis.get(multi.0 as usize) else { return Vec::new() };
    let chosen = multi.arities.iter().filter(|(n, _)| *n as usize == arity);
    chosen.flat_map(|(_, candidates)| candidates.iter().map(|candidate| candidate.function)).collect()
}

/// The signatures of the functions of a name and arity; none if it makes no difference which of them is called.
fn signatures_of(
    program: &Program,
    multi: MultiId,
    arity: usize,
    declared: &[Option<DeclaredEffects>],
) -> Option<Vec<Signature>> {
    let pure = |id: &FnId| declared.get(id.0 as usize).copied().flatten().is_some_and(|one| one.effects.is_pure());
    let all = candidates(program, multi, arity);
    if all.len() < 2 || all.iter().all(pure) {
        return None;
    }
    let (_, list) = program.multis.get(multi.0 as usize)?.arities.iter().find(|(n, _)| *n as usize == arity)?;
    Some(list.iter().map(|one| Signature { vars: one.vars.clone(), params: one.params.clone() }).collect())
}
