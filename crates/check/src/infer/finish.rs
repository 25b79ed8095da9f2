//! The end of a body: frames become functions.
//!
//! Captured variables move behind the parameters, variables that closures share and assign get cells, closures get
//! their function ids, and every type loses its inference variables. A body without closures and without inference
//! variables is taken as it is.

use super::frame::{Frame, FrameId, Local};
use crate::hir::{
    self, Catch, Constant, Element, Expr, ExprKind, FnId, LocalId, PatternKind, Stmt, StrPart,
};
use sayso_types::TypeId;

/// What a frame becomes, but for what the checker adds (module, effects).
pub(crate) struct Finished {
    pub frame: FrameId,
    pub locals: Vec<hir::Local>,
    pub captures: u32,
}

/// Which locals live in cells: those that are captured and assigned. Parents stand before their closures, so one pass
/// is enough.
pub(crate) fn boxed_locals(frames: &[Frame]) -> Vec<Vec<bool>> {
    let mut boxed: Vec<Vec<bool>> = Vec::with_capacity(frames.len());
    for frame in frames {
        let own = frame.locals.iter().map(|local| match (local.origin, frame.parent) {
            (Some(origin), Some(parent)) => boxed
                .get(parent.0 as usize)
                .and_then(|locals| locals.get(origin.0 as usize))
                .copied()
                .unwrap_or(false),
            _ => local.captured && local.assigned,
        });
        let own = own.collect();
        boxed.push(own);
    }
    boxed
}

/// The new place of each local: parameters, captured variables, all others.
pub(crate) struct Renumbering {
    places: Vec<u32>,
}

impl Renumbering {
    pub fn of(frame: &Frame) -> Renumbering {
        let mut places = vec![u32::MAX; frame.locals.len()];
        let mut next = 0;
        let mut place = |index: usize| {
            if let Some(slot) = places.get_mut(index) {
                if *slot == u32::MAX {
                    *slot = next;
                    next += 1;
                }
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
    pub fn sorted(&self, frame: &Frame, boxed: &[bool], mut zonk: impl FnMut(TypeId) -> TypeId) -> Vec<hir::Local> {
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

/// Rewrites all that a frame holds: types through `zonk`, locals through `places`, closures (which name frames until
/// now) through `functions`.
pub(crate) struct Rewrite<'r, Z: FnMut(TypeId) -> TypeId> {
    pub zonk: Z,
    pub places: &'r Renumbering,
    /// For each local of a frame, where it ends up; closures list the locals of the frame that makes them.
    pub functions: &'r [FnId],
}

impl<Z: FnMut(TypeId) -> TypeId> Rewrite<'_, Z> {
    pub fn frame(&mut self, frame: &mut Frame) {
        for expr in &mut frame.exprs {
            self.expr(expr);
        }
        for pattern in &mut frame.patterns {
            pattern.ty = (self.zonk)(pattern.ty);
            self.pattern(&mut pattern.kind);
        }
        frame.result = (self.zonk)(frame.result);
    }

    fn types(&mut self, types: &mut [TypeId]) {
        for ty in types {
            *ty = (self.zonk)(*ty);
        }
    }

    fn expr(&mut self, expr: &mut Expr) {
        expr.ty = (self.zonk)(expr.ty);
        match &mut expr.kind {
            ExprKind::Constant(Constant::Type(ty)) | ExprKind::Is(_, ty) => *ty = (self.zonk)(*ty),
            ExprKind::Local(local) | ExprKind::SetLocal(local, _) => *local = self.places.at(*local),
            ExprKind::OptionalChain { local, .. } | ExprKind::ForIter { iterator: local, .. } => {
                *local = self.places.at(*local);
            }
            ExprKind::TryCatch(_, catches) => {
                for Catch { local, ty, .. } in catches {
                    *local = local.map(|local| self.places.at(local));
                    *ty = ty.map(|ty| (self.zonk)(ty));
                }
            }
            ExprKind::Call { type_args, .. }
            | ExprKind::FunctionValue { type_args, .. }
            | ExprKind::Spawn { type_args, .. } => self.types(type_args),
            ExprKind::Closure(function, captures) => {
                if let Some(id) = self.functions.get(function.0 as usize) {
                    *function = *id;
                }
                for local in captures {
                    *local = self.places.at(*local);
                }
            }
            ExprKind::Error
            | ExprKind::Constant(_)
            | ExprKind::Global(_)
            | ExprKind::SetGlobal(..)
            | ExprKind::SetField(..)
            | ExprKind::Block(..)
            | ExprKind::If(..)
            | ExprKind::Let(..)
            | ExprKind::And(..)
            | ExprKind::Or(..)
            | ExprKind::Match(..)
            | ExprKind::Loop(..)
            | ExprKind::While(..)
            | ExprKind::ForRange { .. }
            | ExprKind::ForArray { .. }
            | ExprKind::Break(..)
            | ExprKind::Continue(_)
            | ExprKind::Return(_)
            | ExprKind::Throw(_)
            | ExprKind::Try(_)
            | ExprKind::OrElse(..)
            | ExprKind::Array(_)
            | ExprKind::Repeat(..)
            | ExprKind::Table(_)
            | ExprKind::List(_)
            | ExprKind::Map(_)
            | ExprKind::Tuple(_)
            | ExprKind::Shape(_)
            | ExprKind::Range(..)
            | ExprKind::New { .. }
            | ExprKind::Field(..)
            | ExprKind::Cast(..)
            | ExprKind::Interpolate(_)
            | ExprKind::Comptime(_)
            | ExprKind::InitModule(_)
            | ExprKind::Yield(_) => {}
        }
    }

    fn pattern(&mut self, kind: &mut PatternKind) {
        match kind {
            PatternKind::Bind(local, _) | PatternKind::Equal(local, _) => *local = self.places.at(*local),
            PatternKind::Array { rest: Some(Some(local)), .. } => *local = self.places.at(*local),
            PatternKind::Type(ty, _) => *ty = (self.zonk)(*ty),
            PatternKind::Error
            | PatternKind::Wildcard
            | PatternKind::Constant(_)
            | PatternKind::Range(..)
            | PatternKind::Or(_)
            | PatternKind::Tuple(_)
            | PatternKind::Array { .. }
            | PatternKind::Nominal(..) => {}
        }
    }
}
