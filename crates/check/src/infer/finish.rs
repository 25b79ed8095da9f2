//! The end of a body: frames become functions.
//!
//! Captured variables move behind the parameters, variables that closures share and assign get cells, closures get
//! their function ids, and every type loses its inference variables. A body without closures and without inference
//! variables is taken as it is.

use super::frame::{Frame, FrameId, FrameKind, Local};
use crate::hir::{self, Comptime, ComptimeId, ExprKind, FnId, FunctionKind, LocalId, ModuleId};
use crate::renumber::Renumber;
use crate::tables::Checker;
use sayso_types::TypeId;

/// A function that has been read.
pub(crate) struct Function {
    frame: Frame,
    locals: Vec<hir::Local>,
}

/// Turns the frames of a body, in the order of their ids, into functions. `open` says that types may hold inference
/// variables.
pub(crate) fn functions(cx: &mut Checker<'_>, frames: Vec<(FrameId, Frame)>, open: bool) -> Vec<Function> {
    let Checker { bodies, types, .. } = &mut *cx;
    let mut zonk = |ty: TypeId| {
        if open && types.has_infer(ty) { bodies.inference.resolve_with(types, ty, TypeId::ANY) } else { ty }
    };
    let several = frames.len() > 1;
    let mut frames: Vec<Frame> = frames.into_iter().map(|(_, frame)| frame).collect();
    if let ([frame], false) = (frames.as_slice(), open) {
        // Nothing is captured, so every variable keeps its place.
        let plain = |local: &Local| hir::Local { name: local.name, ty: local.ty, boxed: false, span: local.span };
        let locals = frame.locals.iter().map(plain).collect();
        return frames.pop().map(|frame| Function { frame, locals }).into_iter().collect();
    }
    let boxed = boxed_locals(&frames);
    let places: Vec<Renumbering> = frames.iter().map(Renumbering::of).collect();
    let mut made = Vec::with_capacity(frames.len());
    for ((mut frame, boxed), places) in frames.drain(..).zip(&boxed).zip(&places) {
        let locals = places.sorted(&frame, boxed, &mut zonk);
        if open || several {
            Rewrite { zonk: &mut zonk, places }.frame(&mut frame);
        }
        made.push(Function { frame, locals });
    }
    made
}

/// Makes functions part of the program: the first is `root`, the others get ids of their own.
pub(crate) fn commit(cx: &mut Checker<'_>, root: FnId, module: ModuleId, functions: Vec<Function>) {
    if cx.types.lost_type() {
        // A type that nobody wrote became too large; what has it is `Error` now, and could not be compiled.
        let lost = functions.iter().flat_map(|function| &function.frame.exprs).find(|expr| expr.ty == TypeId::ERROR);
        let span = lost.map(|expr| expr.span).or_else(|| functions.first().map(|function| function.frame.span));
        if let Some(span) = span {
            cx.report_type_budget(span);
        }
    }
    let mut ids: Vec<FnId> = Vec::with_capacity(functions.len());
    let mut comptimes: Vec<ComptimeId> = Vec::with_capacity(functions.len());
    for (index, function) in functions.iter().enumerate() {
        ids.push(if index == 0 { root } else { cx.new_function(function.frame.name, module, function.frame.span) });
        comptimes.push(ComptimeId(u32::MAX));
    }
    // What is inside runs before what is around it.
    for (index, function) in functions.iter().enumerate().rev() {
        if function.frame.kind != FrameKind::Comptime {
            continue;
        }
        let (Some(id), Some(entry)) = (ids.get(index), comptimes.get_mut(index)) else { continue };
        *entry = ComptimeId(cx.comptimes.len() as u32);
        cx.comptimes.push(Comptime { function: *id, ty: function.frame.result, span: function.frame.span });
    }
    for (index, mut function) in functions.into_iter().enumerate() {
        for expr in &mut function.frame.exprs {
            match &mut expr.kind {
                ExprKind::Closure(id, _) => {
                    if let Some(own) = ids.get(id.0 as usize) {
                        *id = *own;
                    }
                }
                ExprKind::Comptime(id) => {
                    if let Some(own) = comptimes.get(id.0 as usize) {
                        *id = *own;
                    }
                }
                _ => {}
            }
        }
        let Some(id) = ids.get(index).copied() else { continue };
        if index > 0
            && let Some(reached) = cx.reached.get_mut(id.0 as usize)
        {
            *reached = true;
        }
        let Some(target) = cx.hir.get_mut(id.0 as usize) else { continue };
        let Function { mut frame, locals } = function;
        let buffers = frame.take_buffers();
        target.params = frame.params;
        target.captures = frame.captures.len() as u32;
        target.locals = locals;
        (target.exprs, target.patterns) = buffers.empty(&mut cx.bodies.spare_buffers);
        target.loops = frame.loop_count;
        target.generator = frame.generator;
        target.result = frame.result;
        target.type_vars = frame.type_vars;
        target.closure = frame.kind == FrameKind::Closure;
        target.kind = match frame.body {
            Some(body) => FunctionKind::Body(body),
            None => FunctionKind::Unused,
        };
    }
}

/// Which locals live in cells: those that are captured and assigned. Parents stand before their closures, so one pass
/// is enough.
fn boxed_locals(frames: &[Frame]) -> Vec<Vec<bool>> {
    let mut boxed: Vec<Vec<bool>> = Vec::with_capacity(frames.len());
    for frame in frames {
        let own = frame.locals.iter().map(|local| match (local.origin, frame.parent) {
            (Some(origin), Some(parent)) => {
                boxed.get(parent.0 as usize).and_then(|locals| locals.get(origin.0 as usize)).copied().unwrap_or(false)
            }
            _ => local.captured && local.assigned,
        });
        let own = own.collect();
        boxed.push(own);
    }
    boxed
}

/// The new place of each local: parameters, captured variables, all others.
struct Renumbering {
    places: Vec<u32>,
}

impl Renumbering {
    fn of(frame: &Frame) -> Renumbering {
        let mut places = vec![u32::MAX; frame.locals.len()];
        let mut next = 0;
        let mut place = |index: usize| {
            if let Some(slot) = places.get_mut(index)
                && *slot == u32::MAX
            {
                *slot = next;
                next += 1;
            }
        };
        (0..frame.params as usize).for_each(&mut place);
        frame.captures.iter().for_each(|local| place(local.0 as usize));
        (0..frame.locals.len()).for_each(&mut place);
        Renumbering { places }
    }

    fn at(&self, local: LocalId) -> LocalId {
        self.places.get(local.0 as usize).map_or(local, |place| LocalId(*place))
    }

    /// The locals in their new order.
    fn sorted(&self, frame: &Frame, boxed: &[bool], mut zonk: impl FnMut(TypeId) -> TypeId) -> Vec<hir::Local> {
        let mut order: Vec<(u32, usize)> =
            self.places.iter().enumerate().map(|(index, place)| (*place, index)).collect();
        order.sort_unstable();
        let locals = order.into_iter().filter_map(|(_, index)| {
            let local: &Local = frame.locals.get(index)?;
            let boxed = boxed.get(index).copied().unwrap_or(false);
            Some(hir::Local { name: local.name, ty: zonk(local.ty), boxed, span: local.span })
        });
        locals.collect()
    }
}

/// Rewrites all that a frame holds: types through `zonk`, locals through `places`.
struct Rewrite<'r, Z: FnMut(TypeId) -> TypeId> {
    zonk: Z,
    places: &'r Renumbering,
}

impl<Z: FnMut(TypeId) -> TypeId> Rewrite<'_, Z> {
    fn frame(&mut self, frame: &mut Frame) {
        // Nothing here says `None`.
        for expr in &mut frame.exprs {
            expr.ty = (self.zonk)(expr.ty);
            let _ = self.expr(&mut expr.kind);
        }
        for pattern in &mut frame.patterns {
            pattern.ty = (self.zonk)(pattern.ty);
            let _ = self.pattern(&mut pattern.kind);
        }
        frame.result = (self.zonk)(frame.result);
    }
}

impl<Z: FnMut(TypeId) -> TypeId> Renumber for Rewrite<'_, Z> {
    fn ty(&mut self, ty: &mut TypeId) -> Option<()> {
        *ty = (self.zonk)(*ty);
        Some(())
    }

    fn local(&mut self, local: &mut LocalId) -> Option<()> {
        *local = self.places.at(*local);
        Some(())
    }
}
