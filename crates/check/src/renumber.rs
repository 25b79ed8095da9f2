//! Every number in an expression or a pattern that stands for something outside the function's own tree: types, locals,
//! functions and the like. Expressions and patterns inside it are numbered by their function and stay.
//!
//! Always true: a new kind of expression must be placed here before the crate compiles.

use crate::hir::{
    Callee, CastReason, Catch, ComptimeId, Constant, ExprKind, FieldAccess, FnId, GlobalId, LocalId, ModuleId, MultiId,
    PatternKind,
};
use sayso_base::Name;
use sayso_types::{DeclId, TypeId};

/// Looks at numbers and may write others in their place; `None` stops the walk. Numbers without a method of one's own
/// stay as they are.
pub(crate) trait Renumber {
    fn ty(&mut self, ty: &mut TypeId) -> Option<()>;

    fn local(&mut self, _: &mut LocalId) -> Option<()> {
        Some(())
    }
    fn global(&mut self, _: &mut GlobalId) -> Option<()> {
        Some(())
    }
    fn function(&mut self, _: &mut FnId) -> Option<()> {
        Some(())
    }
    /// The function of a closure.
    fn closure(&mut self, _: &mut FnId) -> Option<()> {
        Some(())
    }
    fn multi(&mut self, _: &mut MultiId) -> Option<()> {
        Some(())
    }
    fn module(&mut self, _: &mut ModuleId) -> Option<()> {
        Some(())
    }
    fn decl(&mut self, _: &mut DeclId) -> Option<()> {
        Some(())
    }
    fn name(&mut self, _: &mut Name) -> Option<()> {
        Some(())
    }
    fn comptime(&mut self, _: &mut ComptimeId) -> Option<()> {
        Some(())
    }

    /// Walks an expression's numbers; not its own type.
    fn expr(&mut self, kind: &mut ExprKind) -> Option<()> {
        match kind {
            ExprKind::Constant(constant) => self.constant(constant),
            ExprKind::Local(local) | ExprKind::SetLocal(local, _) | ExprKind::OptionalChain { local, .. } => {
                self.local(local)
            }
            ExprKind::ForIter(of) => self.local(&mut of.iterator),
            ExprKind::Global(global) | ExprKind::SetGlobal(global, _) => self.global(global),
            ExprKind::SetField(_, access, _) | ExprKind::Field(_, access) => match access {
                FieldAccess::Slot(decl, _) => self.decl(decl),
                FieldAccess::Name(name) => self.name(name),
                FieldAccess::Tuple(_) => Some(()),
            },
            ExprKind::TryCatch(_, catches) => catches.iter_mut().try_for_each(|Catch { local, ty, .. }| {
                local.iter_mut().try_for_each(|local| self.local(local))?;
                ty.iter_mut().try_for_each(|ty| self.ty(ty))
            }),
            ExprKind::Call { callee, type_args, .. }
            | ExprKind::FunctionValue { callee, type_args }
            | ExprKind::Spawn { callee, type_args, .. } => {
                match callee {
                    Callee::Function(function) => self.function(function)?,
                    Callee::Dispatch(multi) => self.multi(multi)?,
                    Callee::Value(_) => {}
                }
                type_args.iter_mut().try_for_each(|ty| self.ty(ty))
            }
            ExprKind::Closure(function, captures) => {
                self.closure(function)?;
                captures.iter_mut().try_for_each(|local| self.local(local))
            }
            ExprKind::Shape(fields) => fields.iter_mut().try_for_each(|(name, _)| self.name(name)),
            ExprKind::New { decl, .. } => self.decl(decl),
            ExprKind::Is(_, ty) => self.ty(ty),
            ExprKind::Cast(_, CastReason::As | CastReason::Boundary(_)) => Some(()),
            ExprKind::InitModule(module) => self.module(module),
            ExprKind::Comptime(number) => self.comptime(number),
            ExprKind::Error
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
            | ExprKind::Range(..)
            | ExprKind::Interpolate(_)
            | ExprKind::Yield(_) => Some(()),
        }
    }

    /// Walks a pattern's numbers; not its own type.
    fn pattern(&mut self, kind: &mut PatternKind) -> Option<()> {
        match kind {
            PatternKind::Bind(local, _) | PatternKind::Equal(local, _) => self.local(local),
            PatternKind::Array { rest, .. } => rest.iter_mut().flatten().try_for_each(|local| self.local(local)),
            PatternKind::Constant(constant) => self.constant(constant),
            PatternKind::Range(start, end, _) => {
                start.iter_mut().chain(end).try_for_each(|constant| self.constant(constant))
            }
            PatternKind::Nominal(decl, _) => self.decl(decl),
            PatternKind::Type(ty, _) => self.ty(ty),
            PatternKind::Error | PatternKind::Wildcard | PatternKind::Or(_) | PatternKind::Tuple(_) => Some(()),
        }
    }

    fn constant(&mut self, constant: &mut Constant) -> Option<()> {
        match constant {
            Constant::Symbol(name) => self.name(name),
            Constant::Type(ty) => self.ty(ty),
            Constant::Unit
            | Constant::Int(_)
            | Constant::Float(_)
            | Constant::Bool(_)
            | Constant::Byte(_)
            | Constant::Str(_) => Some(()),
        }
    }
}
