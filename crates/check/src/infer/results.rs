//! Results of functions and types of top-level variables that are not written.
//!
//! Each is inferred when it is first asked for, by reading a body, which may ask for others. Those that lead to each
//! other form a knot: the outermost one (its *head*) is read with `never` assumed of all, then with what came out, until
//! nothing changes. What the others give in the meantime is provisional; they are read for good when the head is known.
//!
//! Native recursion is bounded: past a depth of nested expressions, over all bodies being read, all readings back out,
//! and what is needed is inferred first. So a chain of any number of functions is no problem.

use super::entry::{self, Reading};
use crate::hir::GlobalId;
use crate::tables::{Checker, FnDeclId, FnDeclKind, ResultType};
use sayso_base::Diagnostic;
use sayso_types::TypeId;

/// What is asked for.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub(crate) enum Need {
    /// The result of a function.
    Result(FnDeclId),
    /// The type of a top-level variable.
    Global(GlobalId),
}

/// What is being inferred.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Entry {
    need: Need,
    /// The smallest place on the stack that its body has led back to.
    low: usize,
}

/// A type that holds only for now.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Provisional {
    ty: TypeId,
    low: usize,
}

/// How often a knot is read before an annotation is asked for.
const MOST_TURNS: u32 = 8;
/// No place on the stack.
const NOWHERE: usize = usize::MAX;
/// How many expressions may be open, one in the other, when a further body is read.
const MOST_DEPTH: u32 = 200;

/// The result of a function that is not annotated.
pub(crate) fn infer_result(cx: &mut Checker<'_>, id: FnDeclId) -> TypeId {
    demand(cx, Need::Result(id))
}

/// The type of a top-level variable that is not annotated.
pub(crate) fn infer_global(cx: &mut Checker<'_>, id: GlobalId) -> TypeId {
    demand(cx, Need::Global(id))
}

fn demand(cx: &mut Checker<'_>, need: Need) -> TypeId {
    if !cx.bodies.stack.is_empty() || cx.bodies.needs.is_some() {
        return inside(cx, need);
    }
    let mut wanted = vec![need];
    while let Some(next) = wanted.last().copied() {
        let ty = inside(cx, next);
        let Some(needed) = cx.bodies.needs.take() else {
            wanted.pop();
            if wanted.is_empty() {
                return ty;
            }
            continue;
        };
        // What was found on the way leant on what was given up.
        cx.bodies.provisional.clear();
        cx.bodies.assumed.clear();
        if wanted.contains(&needed) {
            // A knot of more than are read at once.
            ask_for_annotation(cx, needed);
        } else {
            wanted.push(needed);
        }
    }
    TypeId::ERROR
}

fn ask_for_annotation(cx: &mut Checker<'_>, need: Need) {
    let diagnostic = match need {
        Need::Result(id) => {
            let Some(decl) = cx.functions.get(id.0 as usize) else { return };
            let name = cx.names.text(decl.name);
            Diagnostic::error("result-unknown", decl.head_span, format!("the result of `{name}` cannot be inferred"))
                .label("depends on itself")
                .note("annotate it, as in `-> i64`")
        }
        Need::Global(id) => {
            let Some(global) = cx.globals.get(id.0 as usize) else { return };
            let name = cx.names.text(global.name);
            Diagnostic::error("global-unknown", global.span, format!("the type of `{name}` cannot be inferred"))
                .label("depends on itself")
                .note("annotate it, as in `let x: i64 = …`")
        }
    };
    cx.diagnostics.push(diagnostic);
    finish(cx, need, TypeId::ERROR);
}

fn state(cx: &Checker<'_>, need: Need) -> ResultType {
    match need {
        Need::Result(id) => cx.functions.get(id.0 as usize).map(|decl| decl.result),
        Need::Global(id) => cx.globals.get(id.0 as usize).map(|global| global.ty),
    }
    .unwrap_or(ResultType::Done(TypeId::ERROR))
}

fn set_state(cx: &mut Checker<'_>, need: Need, new: ResultType) {
    let slot = match need {
        Need::Result(id) => cx.functions.get_mut(id.0 as usize).map(|decl| &mut decl.result),
        Need::Global(id) => cx.globals.get_mut(id.0 as usize).map(|global| &mut global.ty),
    };
    if let Some(slot) = slot
        && !matches!(slot, ResultType::Annotated(_) | ResultType::Done(_))
    {
        *slot = new;
    }
}

fn finish(cx: &mut Checker<'_>, need: Need, ty: TypeId) {
    match need {
        Need::Result(id) => cx.finish_result(id, ty),
        Need::Global(id) => cx.finish_global(id, ty),
    }
}

fn inside(cx: &mut Checker<'_>, need: Need) -> TypeId {
    match state(cx, need) {
        ResultType::Annotated(ty) | ResultType::Done(ty) => return ty,
        ResultType::InProgress(meanwhile) => return in_progress(cx, need, meanwhile),
        ResultType::NotStarted => {}
    }
    if let Need::Result(id) = need {
        let body = cx.functions.get(id.0 as usize).is_some_and(|decl| matches!(decl.kind, FnDeclKind::Body(_)));
        if !body {
            // Declarations without body that say nothing promise nothing.
            cx.finish_result(id, TypeId::ANY);
            return TypeId::ANY;
        }
    }
    if let Some(known) = cx.bodies.provisional.get(&need).copied() {
        if let Some(top) = cx.bodies.stack.last_mut() {
            top.low = top.low.min(known.low);
        }
        return known.ty;
    }
    if cx.bodies.needs.is_some() {
        return TypeId::ERROR;
    }
    let deep = cx.bodies.depth > MOST_DEPTH || cx.bodies.stack.len() >= cx.options.inference_depth.clamp(2, 64);
    if deep && !cx.bodies.stack.is_empty() {
        cx.bodies.needs = Some(need);
        return TypeId::ERROR;
    }
    infer(cx, need)
}

/// What is being inferred already: what is assumed of it.
fn in_progress(cx: &mut Checker<'_>, need: Need, meanwhile: TypeId) -> TypeId {
    if let Need::Global(id) = need
        && let Some(open) = cx.bodies.open_globals.iter().find(|(own, _)| *own == id).map(|(_, ty)| *ty)
    {
        // A function needs to know now: the type is what is known so far.
        let Checker { bodies, types, .. } = &mut *cx;
        let ty = bodies.inference.resolve_with(types, open, TypeId::ANY);
        bodies.inference.unify(types, open, ty);
        cx.finish_global(id, ty);
        return ty;
    }
    let index = cx.bodies.stack.iter().position(|entry| entry.need == need);
    if let (Some(index), Some(top)) = (index, cx.bodies.stack.last_mut()) {
        top.low = top.low.min(index);
    }
    meanwhile
}

/// What one reading gave.
struct Found {
    ty: TypeId,
    /// Of a function: what becomes part of the program when the type is settled.
    reading: Option<Reading>,
    /// Of a variable: that only the uses in its module's statements tell its type.
    open: bool,
}

fn read(cx: &mut Checker<'_>, need: Need) -> Option<Found> {
    match need {
        Need::Result(id) => {
            let reading = entry::read_function(cx, id)?;
            Some(Found { ty: reading.result, reading: Some(reading), open: false })
        }
        Need::Global(id) => {
            let (ty, open) = entry::lone_global(cx, id)?;
            Some(Found { ty, reading: None, open })
        }
    }
}

fn infer(cx: &mut Checker<'_>, need: Need) -> TypeId {
    let index = cx.bodies.stack.len();
    cx.bodies.stack.push(Entry { need, low: NOWHERE });
    let mut assumed = cx.bodies.assumed.get(&need).copied().unwrap_or(TypeId::NEVER);
    for turn in 0..MOST_TURNS {
        set_state(cx, need, ResultType::InProgress(assumed));
        let found = read(cx, need);
        let low = cx.bodies.stack.get(index).map_or(NOWHERE, |entry| entry.low);
        if cx.bodies.needs.is_some() {
            break;
        }
        if let ResultType::Done(ty) = state(cx, need) {
            // Given up meanwhile.
            cx.bodies.stack.truncate(index);
            return ty;
        }
        let Some(found) = found else { break };
        if low < index {
            // It depends on one further out: what it gives holds for that one's turn.
            cx.bodies.stack.truncate(index);
            set_state(cx, need, ResultType::NotStarted);
            cx.bodies.provisional.insert(need, Provisional { ty: found.ty, low });
            if let Some(top) = cx.bodies.stack.last_mut() {
                top.low = top.low.min(low);
            }
            return found.ty;
        }
        let changed = take_back(cx, index) | (low == index && found.ty != assumed);
        if low == NOWHERE || !changed || found.ty == TypeId::ERROR {
            return settle(cx, need, index, low, found);
        }
        if turn + 1 == MOST_TURNS {
            cx.bodies.stack.truncate(index);
            ask_for_annotation(cx, need);
            return TypeId::ERROR;
        }
        assumed = found.ty;
        if let Some(entry) = cx.bodies.stack.get_mut(index) {
            entry.low = NOWHERE;
        }
    }
    cx.bodies.stack.truncate(index);
    set_state(cx, need, ResultType::NotStarted);
    TypeId::ERROR
}

/// Ends a turn: what was provisional in it becomes what the next one assumes. Whether something changed.
fn take_back(cx: &mut Checker<'_>, index: usize) -> bool {
    let bodies = &mut cx.bodies;
    let mut changed = false;
    let assumed = &mut bodies.assumed;
    bodies.provisional.retain(|need, known| {
        if known.low < index {
            return true;
        }
        changed |= assumed.insert(*need, known.ty).unwrap_or(TypeId::NEVER) != known.ty;
        false
    });
    changed
}

fn settle(cx: &mut Checker<'_>, need: Need, index: usize, low: usize, found: Found) -> TypeId {
    if let Need::Global(id) = need {
        if low != NOWHERE && found.ty == TypeId::NEVER {
            cx.bodies.stack.truncate(index);
            ask_for_annotation(cx, need);
            return TypeId::ERROR;
        }
        if found.open {
            return settle_open(cx, id, index, found.ty);
        }
    }
    cx.bodies.stack.truncate(index);
    finish(cx, need, found.ty);
    if let Some(reading) = found.reading {
        reading.commit(cx);
    }
    if index == 0 {
        cx.bodies.assumed.clear();
    }
    found.ty
}

/// A variable whose type follows from its uses: its module's statements are read. `alone` is what it is without them.
fn settle_open(cx: &mut Checker<'_>, id: GlobalId, index: usize, alone: TypeId) -> TypeId {
    let need = Need::Global(id);
    let Some(module) = cx.globals.get(id.0 as usize).map(|global| global.module) else { return TypeId::ERROR };
    if !cx.bodies.open_inits.contains(&module) {
        if index > 0 {
            // Statements are read for good, so nothing that is only assumed may be around.
            cx.bodies.needs = Some(need);
            cx.bodies.stack.truncate(index);
            set_state(cx, need, ResultType::NotStarted);
            return TypeId::ERROR;
        }
        cx.bodies.stack.truncate(index);
        set_state(cx, need, ResultType::InProgress(alone));
        entry::check_init(cx, module);
        if let ResultType::Done(ty) = state(cx, need) {
            return ty;
        }
    }
    cx.bodies.stack.truncate(index);
    finish(cx, need, alone);
    alone
}
