//! Walking the typed program.

use crate::hir::{Callee, Expr, ExprId, ExprKind, Function, Pattern, PatternId, PatternKind, Stmt, StrPart};
use std::cell::Cell;

/// Calls `f` with each expression directly inside of `expr`, in the order of evaluation. Expressions inside of patterns
/// ([`PatternKind::Equal`]) are found by [`pattern_children`].
pub fn children(expr: &Expr, mut f: impl FnMut(ExprId)) {
    match &expr.kind {
        ExprKind::Error
        | ExprKind::Constant(_)
        | ExprKind::Local(_)
        | ExprKind::Global(_)
        | ExprKind::Continue(_)
        | ExprKind::Closure(..)
        | ExprKind::Comptime(_)
        | ExprKind::InitModule(_) => {}
        ExprKind::SetLocal(_, value)
        | ExprKind::SetGlobal(_, value)
        | ExprKind::Let(_, value)
        | ExprKind::Loop(_, value)
        | ExprKind::Throw(value)
        | ExprKind::Try(value)
        | ExprKind::Field(value, _)
        | ExprKind::Is(value, _)
        | ExprKind::Cast(value, _)
        | ExprKind::Yield(value) => f(*value),
        ExprKind::SetField(a, _, b)
        | ExprKind::And(a, b)
        | ExprKind::Or(a, b)
        | ExprKind::While(_, a, b)
        | ExprKind::OrElse(a, b)
        | ExprKind::Repeat(a, b) => {
            f(*a);
            f(*b);
        }
        ExprKind::Block(stmts, value) => {
            for stmt in stmts {
                match stmt {
                    Stmt::Expr(expr) | Stmt::Defer(expr) => f(*expr),
                    Stmt::Let { value, otherwise, .. } => {
                        f(*value);
                        otherwise.iter().for_each(|expr| f(*expr));
                    }
                }
            }
            value.iter().for_each(|expr| f(*expr));
        }
        ExprKind::If(condition, then, otherwise) => {
            f(*condition);
            f(*then);
            otherwise.iter().for_each(|expr| f(*expr));
        }
        ExprKind::Match(value, arms) => {
            f(*value);
            for arm in arms {
                arm.guard.iter().for_each(|expr| f(*expr));
                f(arm.body);
            }
        }
        ExprKind::ForRange { start, end, body, .. } => {
            f(*start);
            end.iter().for_each(|expr| f(*expr));
            f(*body);
        }
        ExprKind::ForArray { array, body, .. } => {
            f(*array);
            f(*body);
        }
        ExprKind::ForIter(of) => {
            f(of.init);
            f(of.next);
            f(of.body);
            of.close.iter().for_each(|expr| f(*expr));
        }
        ExprKind::Break(_, value) | ExprKind::Return(value) => value.iter().for_each(|expr| f(*expr)),
        ExprKind::TryCatch(body, catches) => {
            f(*body);
            catches.iter().for_each(|catch| f(catch.body));
        }
        ExprKind::OptionalChain { receiver, body, .. } => {
            f(*receiver);
            f(*body);
        }
        ExprKind::Call { callee, args, .. } | ExprKind::Spawn { callee, args, .. } => {
            if let Callee::Value(value) = callee {
                f(*value);
            }
            args.iter().for_each(|arg| f(*arg));
        }
        ExprKind::FunctionValue { callee, .. } => {
            if let Callee::Value(value) = callee {
                f(*value);
            }
        }
        ExprKind::Array(elements) | ExprKind::List(elements) => elements.iter().for_each(|element| f(element.value)),
        ExprKind::Table(entries) | ExprKind::Map(entries) => {
            for (key, value) in entries {
                f(*key);
                f(*value);
            }
        }
        ExprKind::Tuple(elements) => elements.iter().for_each(|element| f(*element)),
        ExprKind::Shape(fields) => fields.iter().for_each(|(_, value)| f(*value)),
        ExprKind::Range(start, end, _) => start.iter().chain(end).for_each(|expr| f(*expr)),
        ExprKind::New { fields, base, .. } => {
            fields.iter().for_each(|(_, value)| f(*value));
            base.iter().for_each(|expr| f(*expr));
        }
        ExprKind::Interpolate(parts) => {
            for part in parts {
                if let StrPart::Value(value, _) = part {
                    f(*value);
                }
            }
        }
    }
}

/// Calls `f` with each pattern that an expression has itself.
pub fn patterns(expr: &Expr, mut f: impl FnMut(PatternId)) {
    match &expr.kind {
        ExprKind::Block(stmts, _) => {
            for stmt in stmts {
                if let Stmt::Let { pattern, .. } = stmt {
                    f(*pattern);
                }
            }
        }
        ExprKind::Let(pattern, _) | ExprKind::ForRange { pattern, .. } | ExprKind::ForArray { pattern, .. } => {
            f(*pattern)
        }
        ExprKind::ForIter(of) => f(of.pattern),
        ExprKind::Match(_, arms) => arms.iter().for_each(|arm| f(arm.pattern)),
        _ => {}
    }
}

/// Calls `f` with each pattern directly inside of `pattern`.
pub fn pattern_children(pattern: &Pattern, mut f: impl FnMut(PatternId)) {
    match &pattern.kind {
        PatternKind::Error
        | PatternKind::Wildcard
        | PatternKind::Constant(_)
        | PatternKind::Range(..)
        | PatternKind::Equal(..) => {}
        PatternKind::Bind(_, inner) => inner.iter().for_each(|inner| f(*inner)),
        PatternKind::Or(parts) | PatternKind::Tuple(parts) => parts.iter().for_each(|part| f(*part)),
        PatternKind::Array { before, after, .. } => before.iter().chain(after).for_each(|part| f(*part)),
        PatternKind::Nominal(_, fields) => fields.iter().for_each(|(_, part)| f(*part)),
        PatternKind::Type(_, inner) => f(*inner),
    }
}

/// What [`reach`] still has to visit; kept, since it is asked for some ten times of every function.
#[derive(Default)]
struct Waiting {
    exprs: Vec<(ExprId, bool)>,
    inner: Vec<(ExprId, bool)>,
    patterns: Vec<PatternId>,
}

thread_local! {
    static WAITING: Cell<Waiting> = Cell::default();
}

/// Calls `f` with each expression that is reached from `root`, parents before children, and whether it stands inside of
/// a `try` that catches everything (started from `root`).
pub fn reach(function: &Function, root: ExprId, mut f: impl FnMut(ExprId, &Expr, bool)) {
    let mut waiting = WAITING.take();
    let Waiting { exprs, inner, patterns: open } = &mut waiting;
    exprs.push((root, false));
    while let Some((id, caught)) = exprs.pop() {
        let expr = function.expr(id);
        f(id, expr, caught);
        match &expr.kind {
            ExprKind::TryCatch(body, catches) => {
                let all = catches.iter().any(|catch| catch.ty.is_none());
                inner.push((*body, caught || all));
                inner.extend(catches.iter().map(|catch| (catch.body, caught)));
            }
            _ => children(expr, |child| inner.push((child, caught))),
        }
        // Tests in patterns are expressions too.
        patterns(expr, |pattern| {
            open.push(pattern);
            while let Some(pattern) = open.pop() {
                let pattern = function.pattern(pattern);
                if let PatternKind::Equal(_, test) = pattern.kind {
                    inner.push((test, caught));
                }
                pattern_children(pattern, |part| open.push(part));
            }
        });
        while let Some(next) = inner.pop() {
            exprs.push(next);
        }
    }
    WAITING.set(waiting);
}
