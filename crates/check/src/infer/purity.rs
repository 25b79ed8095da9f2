//! What a closure may do, as far as its body shows at once.
//!
//! The effects of all functions are inferred later, over the whole program. A closure's own type needs a bound now; this
//! is the bound that declared effects and the kinds of expressions give, and all effects where they do not tell.

use super::body::Body;
use crate::hir::{Callee, ExprKind, FnId, MultiId};
use crate::tables::FnDeclKind;
use sayso_types::Effects;

impl Body<'_, '_> {
    /// A bound of what the current frame does.
    pub fn frame_effects(&self) -> Effects {
        let mut sum = Effects::PURE;
        for expr in &self.frame.exprs {
            sum = sum.union(self.expr_effects(&expr.kind));
            if sum == Effects::ALL {
                break;
            }
        }
        sum
    }

    fn expr_effects(&self, kind: &ExprKind) -> Effects {
        match kind {
            ExprKind::Call { callee: Callee::Function(function), .. } => self.function_effects(*function),
            ExprKind::Call { callee: Callee::Dispatch(multi), .. } => self.multi_effects(*multi),
            ExprKind::Call { callee: Callee::Value(_), .. }
            | ExprKind::Spawn { .. }
            | ExprKind::InitModule(_)
            | ExprKind::ForIter(_)
            | ExprKind::TryCatch(..)
            | ExprKind::Yield(_)
            | ExprKind::Error => Effects::ALL,
            ExprKind::SetGlobal(..) | ExprKind::SetField(..) => Effects::MUT,
            ExprKind::SetLocal(local, _) => match self.frame.local(*local) {
                Some(local) if local.origin.is_none() => Effects::PURE,
                _ => Effects::MUT,
            },
            ExprKind::Throw(_) => Effects::PANIC,
            ExprKind::Constant(_)
            | ExprKind::Local(_)
            | ExprKind::Global(_)
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
            | ExprKind::Try(_)
            | ExprKind::OrElse(..)
            | ExprKind::OptionalChain { .. }
            | ExprKind::FunctionValue { .. }
            | ExprKind::Closure(..)
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
            | ExprKind::Is(..)
            | ExprKind::Cast(..)
            | ExprKind::Interpolate(_)
            | ExprKind::Comptime(_) => Effects::PURE,
        }
    }

    fn function_effects(&self, function: FnId) -> Effects {
        let declared = self.cx.declared.get(function.0 as usize).copied().flatten();
        declared.and_then(|id| self.cx.functions.get(id.0 as usize)).map_or(Effects::ALL, |decl| match decl.kind {
            // A function given to it may do anything.
            _ if decl.params.iter().any(|param| param.effect_polymorphic) => Effects::ALL,
            FnDeclKind::Native(_) | FnDeclKind::Intrinsic(_) => decl.effects.unwrap_or(Effects::PURE),
            FnDeclKind::Body(_) | FnDeclKind::Init(..) | FnDeclKind::Abstract | FnDeclKind::Constructor(_) => {
                decl.effects.unwrap_or(Effects::ALL)
            }
        })
    }

    fn multi_effects(&self, multi: MultiId) -> Effects {
        let Some(multi) = self.cx.multis.get(multi.0 as usize) else { return Effects::ALL };
        let mut sum = Effects::PURE;
        for id in &multi.functions {
            let Some(decl) = self.cx.functions.get(id.0 as usize) else { return Effects::ALL };
            sum = sum.union(self.function_effects(decl.function));
        }
        if multi.functions.is_empty() { Effects::ALL } else { sum }
    }
}
