//! Which functions need to know their type arguments at run time.
//!
//! A generic function gets a hidden argument for each type variable only if it, or a function that it passes its
//! variables on to, makes or tests something of a type that mentions one. Found by a fixed point over the calls.

use crate::classes::is_open;
use rustc_hash::FxHashMap;
use sayso_check::hir::{Callee, Constant, ExprKind, FnId, Function, FunctionKind, PatternKind, Program};
use sayso_types::{DeclId, TypeId, TypeStore};

/// For each function whether it takes its type arguments.
pub(crate) fn functions_with_types(program: &Program) -> Vec<bool> {
    let mut needs: Vec<bool> = vec![false; program.functions.len()];
    let mut callers: FxHashMap<FnId, Vec<u32>> = FxHashMap::default();
    let mut work = Vec::new();
    for (index, function) in program.functions.iter().enumerate() {
        if function.type_vars.is_empty() {
            continue;
        }
        let direct = match function.kind {
            FunctionKind::Native(_) => true,
            FunctionKind::Body(_) => scan(program, function, index as u32, &mut callers),
            FunctionKind::Abstract | FunctionKind::Intrinsic(_) | FunctionKind::Unused => false,
        };
        if direct {
            needs[index] = true;
            work.push(FnId(index as u32));
        }
    }
    while let Some(function) = work.pop() {
        for caller in callers.remove(&function).unwrap_or_default() {
            if let Some(need) = needs.get_mut(caller as usize).filter(|need| !**need) {
                *need = true;
                work.push(FnId(caller));
            }
        }
    }
    needs
}

/// Whether a record of this declaration and type has its type arguments in its header.
fn header_tells(types: &TypeStore, decl: DeclId) -> bool {
    !types.decl(decl).params.iter().all(|param| param.open)
}

/// Whether the function itself needs its variables; notes whom it passes them on to.
fn scan(program: &Program, function: &Function, index: u32, callers: &mut FxHashMap<FnId, Vec<u32>>) -> bool {
    let types = &program.types;
    let open = |ty: TypeId| is_open(types, ty);
    let mut direct = false;
    let mut note = |target: FnId| {
        let list = callers.entry(target).or_default();
        if list.last() != Some(&index) {
            list.push(index);
        }
    };
    let passed = |callee: &Callee, args: &[TypeId]| match callee {
        Callee::Function(target) if args.iter().any(|ty| open(*ty)) => Some(*target),
        _ => None,
    };
    for expr in &function.exprs {
        match &expr.kind {
            ExprKind::Array(_)
            | ExprKind::Repeat(..)
            | ExprKind::Table(_)
            | ExprKind::List(_)
            | ExprKind::Map(_)
            | ExprKind::Tuple(_)
            | ExprKind::Shape(_)
            | ExprKind::Cast(..)
            | ExprKind::Range(..) => direct |= open(expr.ty),
            ExprKind::New { decl, .. } => direct |= open(expr.ty) && header_tells(types, *decl),
            ExprKind::Is(_, ty) => direct |= open(*ty),
            ExprKind::Constant(Constant::Type(ty)) => direct |= open(*ty),
            ExprKind::TryCatch(_, catches) => direct |= catches.iter().any(|c| c.ty.is_some_and(open)),
            ExprKind::Call { callee, type_args, .. } | ExprKind::Spawn { callee, type_args, .. } => {
                // A slice or copy that the machine makes has the type of the expression.
                if let Callee::Function(target) = callee {
                    if matches!(program.function(*target).kind, FunctionKind::Intrinsic(_)) {
                        direct |= open(expr.ty) && crate::intrinsics::makes_typed(program, *target);
                    }
                }
                passed(callee, type_args).into_iter().for_each(&mut note);
            }
            // The value captures the types that its own type mentions.
            ExprKind::FunctionValue { callee, type_args } => {
                direct |= match callee {
                    Callee::Function(_) => type_args.iter().any(|ty| open(*ty)),
                    Callee::Dispatch(_) => open(expr.ty),
                    Callee::Value(_) => false,
                };
                passed(callee, type_args).into_iter().for_each(&mut note);
            }
            // The closure's own list begins with this function's variables.
            ExprKind::Closure(target, _) => note(*target),
            _ => {}
        }
    }
    // A closure knows its own type.
    let own = |function: &Function| {
        let params = function.locals.iter().take(function.params as usize);
        open(function.result) || params.into_iter().any(|param| open(param.ty))
    };
    direct
        || function.closure && own(function)
        || function.generator && open(function.result)
        || function.patterns.iter().any(|pattern| match &pattern.kind {
            PatternKind::Type(ty, _) => open(*ty),
            PatternKind::Array { rest: Some(Some(_)), .. } => open(pattern.ty),
            _ => false,
        })
}
