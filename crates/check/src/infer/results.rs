//! Results that are not written.
//!
//! A result is inferred when it is first asked for, by reading the function's body, which may ask for others. Functions
//! that lead to each other form a knot: the outermost one (its *head*) is read with `never` assumed of all, then with
//! what came out, until nothing changes. What the others give in the meantime is provisional; they are read for good
//! when the head is known. Native recursion is bounded: past a depth, all readings back out, and the function that is
//! needed is inferred first.

use super::entry::{self, Reading};
use crate::hir::GlobalId;
use crate::tables::{Checker, FnDeclId, FnDeclKind, ResultType};
use sayso_base::Diagnostic;
use sayso_types::TypeId;

/// A function whose result is being inferred.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Entry {
    function: FnDeclId,
    /// The smallest place on the stack that its body has led back to.
    low: usize,
}

/// A result that holds only for now.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Provisional {
    result: TypeId,
    low: usize,
}

/// How often a knot is read before an annotation is asked for.
const MOST_TURNS: u32 = 8;
/// A result past this size is growing without end.
const NOTHING: usize = usize::MAX;

/// The result of a function that is not annotated.
pub(crate) fn infer_result(cx: &mut Checker<'_>, id: FnDeclId) -> TypeId {
    if !cx.bodies.stack.is_empty() || cx.bodies.needs.is_some() {
        return result_inside(cx, id);
    }
    let mut wanted = vec![id];
    while let Some(next) = wanted.last().copied() {
        let result = result_inside(cx, next);
        let needs = cx.bodies.needs.take();
        if needs.is_some() {
            // What was found on the way leant on functions that were given up.
            cx.bodies.provisional.clear();
            cx.bodies.assumed.clear();
        }
        match needs {
            None => {
                wanted.pop();
                if wanted.is_empty() {
                    return result;
                }
            }
            Some(needed) if wanted.contains(&needed) => {
                // A knot of more functions than are read at once.
                ask_for_annotation(cx, needed);
            }
            Some(needed) => wanted.push(needed),
        }
    }
    TypeId::ERROR
}

fn ask_for_annotation(cx: &mut Checker<'_>, id: FnDeclId) {
    let Some(decl) = cx.functions.get(id.0 as usize) else { return };
    let (name, span) = (cx.names.text(decl.name).to_owned(), decl.head_span);
    cx.diagnostics.push(
        Diagnostic::error("result-unknown", span, format!("the result of `{name}` cannot be inferred"))
            .label("depends on itself")
            .note("annotate it, as in `-> i64`"),
    );
    cx.finish_result(id, TypeId::ERROR);
}

fn result_inside(cx: &mut Checker<'_>, id: FnDeclId) -> TypeId {
    let Some(decl) = cx.functions.get(id.0 as usize) else { return TypeId::ERROR };
    match decl.result {
        ResultType::Annotated(ty) | ResultType::Done(ty) => return ty,
        ResultType::InProgress(ty) => {
            let index = cx.bodies.stack.iter().position(|entry| entry.function == id);
            if let (Some(index), Some(top)) = (index, cx.bodies.stack.last_mut()) {
                top.low = top.low.min(index);
            }
            return ty;
        }
        ResultType::NotStarted => {}
    }
    if !matches!(decl.kind, FnDeclKind::Body(_)) {
        // Declarations without body that say nothing promise nothing.
        cx.finish_result(id, TypeId::ANY);
        return TypeId::ANY;
    }
    if let Some(known) = cx.bodies.provisional.get(&id).copied() {
        if let Some(top) = cx.bodies.stack.last_mut() {
            top.low = top.low.min(known.low);
        }
        return known.result;
    }
    if cx.bodies.needs.is_some() {
        return TypeId::ERROR;
    }
    if cx.bodies.stack.len() >= cx.options.inference_depth.clamp(2, 64) {
        cx.bodies.needs = Some(id);
        return TypeId::ERROR;
    }
    infer(cx, id)
}

fn set_state(cx: &mut Checker<'_>, id: FnDeclId, state: ResultType) {
    if let Some(decl) = cx.functions.get_mut(id.0 as usize) {
        if !matches!(decl.result, ResultType::Annotated(_) | ResultType::Done(_)) {
            decl.result = state;
        }
    }
}

fn infer(cx: &mut Checker<'_>, id: FnDeclId) -> TypeId {
    let index = cx.bodies.stack.len();
    cx.bodies.stack.push(Entry { function: id, low: NOTHING });
    let mut assumed = cx.bodies.assumed.get(&id).copied().unwrap_or(TypeId::NEVER);
    let diagnostics = cx.diagnostics.len();
    for turn in 0..MOST_TURNS {
        set_state(cx, id, ResultType::InProgress(assumed));
        let reading = entry::read_function(cx, id);
        let low = cx.bodies.stack.get(index).map_or(NOTHING, |entry| entry.low);
        if cx.bodies.needs.is_some() {
            cx.diagnostics.truncate(diagnostics);
            break;
        }
        let Some(reading) = reading else { break };
        let result = reading.result;
        if low < index {
            // It depends on one further out: what it gives holds for that one's turn.
            cx.diagnostics.truncate(diagnostics);
            cx.bodies.stack.truncate(index);
            set_state(cx, id, ResultType::NotStarted);
            cx.bodies.provisional.insert(id, Provisional { result, low });
            if let Some(top) = cx.bodies.stack.last_mut() {
                top.low = top.low.min(low);
            }
            return result;
        }
        let changed = take_back(cx, index) | (low == index && result != assumed);
        if low == NOTHING || !changed || result == TypeId::ERROR {
            return settle(cx, id, index, reading);
        }
        cx.diagnostics.truncate(diagnostics);
        if turn + 1 == MOST_TURNS {
            cx.bodies.stack.truncate(index);
            ask_for_annotation(cx, id);
            return TypeId::ERROR;
        }
        assumed = result;
        if let Some(entry) = cx.bodies.stack.get_mut(index) {
            entry.low = NOTHING;
        }
    }
    cx.bodies.stack.truncate(index);
    set_state(cx, id, ResultType::NotStarted);
    TypeId::ERROR
}

/// Ends a turn: what was provisional in it becomes what the next one assumes. Whether something changed.
fn take_back(cx: &mut Checker<'_>, index: usize) -> bool {
    let bodies = &mut cx.bodies;
    let mut changed = false;
    let assumed = &mut bodies.assumed;
    bodies.provisional.retain(|id, known| {
        if known.low < index {
            return true;
        }
        changed |= assumed.insert(*id, known.result).unwrap_or(TypeId::NEVER) != known.result;
        false
    });
    changed
}

fn settle(cx: &mut Checker<'_>, id: FnDeclId, index: usize, reading: Reading) -> TypeId {
    let result = reading.result;
    cx.bodies.stack.truncate(index);
    cx.finish_result(id, result);
    reading.commit(cx);
    if index == 0 {
        cx.bodies.assumed.clear();
    }
    result
}

/// The type of a top-level variable that is not annotated.
pub(crate) fn infer_global(cx: &mut Checker<'_>, id: GlobalId) -> TypeId {
    let Some(global) = cx.globals.get(id.0 as usize) else { return TypeId::ERROR };
    match global.ty {
        ResultType::Annotated(ty) | ResultType::Done(ty) => ty,
        ResultType::InProgress(_) => {
            if let Some(open) = cx.bodies.open_globals.iter().find(|(own, _)| *own == id).map(|(_, ty)| *ty) {
                // Another body needs to know now: it is what is known so far.
                let ty = fix_global(cx, open);
                cx.finish_global(id, ty);
                return ty;
            }
            let (name, span) = (cx.names.text(global.name).to_owned(), global.span);
            cx.diagnostics.push(
                Diagnostic::error("global-unknown", span, format!("the type of `{name}` depends on itself"))
                    .note("annotate it, as in `let x: i64 = …`"),
            );
            cx.finish_global(id, TypeId::ERROR);
            TypeId::ERROR
        }
        ResultType::NotStarted => entry::read_global(cx, id),
    }
}

/// What a type that is still open is, decided now.
fn fix_global(cx: &mut Checker<'_>, open: TypeId) -> TypeId {
    let Checker { bodies, types, .. } = &mut *cx;
    let ty = bodies.inference.resolve_with(types, open, TypeId::ANY);
    bodies.inference.unify(types, open, ty);
    ty
}
