//! Whether a `match` has an arm for every value, and which arms no value reaches.
//!
//! [`check`] looks at every `match`, and at the patterns of `let`, `if let`, `for` and parameters as at a `match` with one
//! arm. `matrix` searches, `cases` takes types apart, `fit` compares patterns with the cases, `ordered` does so for numbers and text, `witness` writes missing
//! values as patterns, `report` says what is wrong.
//!
//! Always true: what is reported missing belongs, as far as the types tell, to the subject's type; a pattern that the
//! types do not decide counts as taking nothing, so an arm is called unreachable only if it is. Work is bounded by a
//! budget for each `match` and one for the program; past it, there is one error that says so.

mod cases;
mod fit;
mod matrix;
mod ordered;
mod outcome;
mod report;
#[cfg(test)]
mod tests;
mod witness;

use crate::hir::{ExprId, ExprKind, FnId, Function, FunctionKind, LocalId, PatternId, PatternKind, Program, Stmt};
use crate::walk;
use matrix::{ArmPattern, Budget, Search};
use outcome::Outcome;
use report::Reporter;
use sayso_base::{Diagnostic, Interner, SourceMap, Span, names};
use sayso_types::{TypeId, TypeStore};

/// Steps of work for a whole program, beyond those that its size pays for.
const PROGRAM_BUDGET: u64 = 40_000_000;
/// Steps of work that an expression pays for.
const BUDGET_PER_EXPR: u64 = 60;

/// Checks the patterns of the program's own modules. Calls `also` for each function on the way: whoever looks at all of
/// them finds them in the processor's cache.
pub(crate) fn check(
    program: &Program,
    types: &mut TypeStore,
    names: &Interner,
    sources: &SourceMap,
    diagnostics: &mut Vec<Diagnostic>,
    also: impl FnMut(FnId, &Function),
) {
    check_modules(program, types, names, sources, diagnostics, false, also);
}

/// Checks the patterns of all modules, the library's too if `library`.
pub(crate) fn check_modules(
    program: &Program,
    types: &mut TypeStore,
    names: &Interner,
    sources: &SourceMap,
    diagnostics: &mut Vec<Diagnostic>,
    library: bool,
    mut also: impl FnMut(FnId, &Function),
) {
    let Program { functions, modules, .. } = program;
    let exprs: u64 = functions.iter().map(|function| function.exprs.len() as u64).sum();
    let mut budget = Budget::new(PROGRAM_BUDGET.saturating_add(exprs.saturating_mul(BUDGET_PER_EXPR)));
    let unknown = types.unknown_conformance.len();
    for (index, function) in functions.iter().enumerate() {
        let own = modules.get(function.module.0 as usize).is_some_and(|module| library || !module.library);
        let FunctionKind::Body(body) = function.kind else { continue };
        if own {
            let mut checker = PatternChecker { types, names, sources, function, budget: &mut budget, diagnostics };
            checker.function(body);
            also(FnId(index as u32), function);
        }
    }
    // Questions asked here change nothing for later ones.
    types.unknown_conformance.truncate(unknown);
}

/// Where a pattern stands that has no other beside it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Place {
    /// `let p = e`
    Let,
    /// `let p = e else { … }`
    LetElse,
    /// `if let p = e`, `while let p = e`
    Condition,
    /// `for p in e`
    For,
    /// A parameter.
    Parameter,
}

struct PatternChecker<'a, 'd> {
    types: &'a mut TypeStore,
    names: &'a Interner,
    sources: &'a SourceMap,
    function: &'a Function,
    budget: &'a mut Budget,
    diagnostics: &'d mut Vec<Diagnostic>,
}

/// What stands in a function that has patterns.
enum Site {
    Match(ExprId),
    Single(PatternId, Place),
}

impl PatternChecker<'_, '_> {
    fn function(&mut self, body: ExprId) {
        let function = self.function;
        let mut sites = Vec::new();
        walk::reach(function, body, |id, expr, _| match &expr.kind {
            ExprKind::Match(..) => sites.push(Site::Match(id)),
            ExprKind::Block(stmts, _) => {
                for stmt in stmts {
                    if let Stmt::Let { pattern, value, otherwise } = stmt {
                        let place = match otherwise {
                            Some(_) => Place::LetElse,
                            None if is_parameter(function, *value) => Place::Parameter,
                            None => Place::Let,
                        };
                        sites.push(Site::Single(*pattern, place));
                    }
                }
            }
            ExprKind::Let(pattern, _) => sites.push(Site::Single(*pattern, Place::Condition)),
            ExprKind::ForRange { pattern, .. } | ExprKind::ForArray { pattern, .. } => {
                sites.push(Site::Single(*pattern, Place::For));
            }
            ExprKind::ForIter(of) => sites.push(Site::Single(of.pattern, Place::For)),
            _ => {}
        });
        for site in sites {
            match site {
                Site::Match(id) => self.check_match(id),
                Site::Single(pattern, place) => self.check_single(pattern, place),
            }
        }
    }

    fn search(&mut self, arms: &[ArmPattern], ty: TypeId, impossible_too: bool) -> Outcome {
        let over = self.types.over_budget();
        let mut outcome = Search::run(self.types, self.names, self.function, arms, ty, impossible_too, self.budget);
        if !over && self.types.over_budget() {
            self.types.reset_budget();
            outcome.exhausted = true;
        }
        outcome
    }

    fn reporter(&mut self) -> Reporter<'_> {
        Reporter {
            types: self.types,
            names: self.names,
            sources: self.sources,
            function: self.function,
            diagnostics: self.diagnostics,
        }
    }

    fn check_match(&mut self, id: ExprId) {
        let function = self.function;
        let Some(expr) = function.exprs.get(id.0 as usize) else { return };
        let ExprKind::Match(subject, arms) = &expr.kind else { return };
        let Some(value) = function.exprs.get(subject.0 as usize) else { return };
        // The patterns are read against the subject's type widened; what is known of the value may be narrower.
        let first = arms.first().and_then(|arm| function.patterns.get(arm.pattern.0 as usize));
        let whole = first.map_or(value.ty, |pattern| pattern.ty);
        let whole = if whole == TypeId::ERROR { value.ty } else { whole };
        if value.ty == TypeId::NEVER || value.ty == TypeId::ERROR || whole == TypeId::ERROR {
            return;
        }
        let rows: Vec<ArmPattern> =
            arms.iter().map(|arm| ArmPattern { pattern: arm.pattern, guarded: arm.guard.is_some() }).collect();
        let mut outcome = self.search(&rows, whole, false);
        if value.ty != whole && (!outcome.missing.is_empty() || outcome.exhausted) {
            let narrow = self.search(&rows, value.ty, false);
            outcome = Outcome {
                missing: narrow.missing,
                missing_count: narrow.missing_count,
                broken: outcome.broken || narrow.broken,
                exhausted: outcome.exhausted && narrow.exhausted,
                ..outcome
            };
        }
        if outcome.exhausted {
            // With a last arm for everything only warnings are lost.
            let all = rows.last().is_some_and(|row| !row.guarded && self.fits_all(row.pattern));
            if !all {
                self.reporter().too_complicated(expr.span);
            }
            return;
        }
        if outcome.broken {
            return;
        }
        let ty = value.ty;
        let mut reporter = self.reporter();
        if !outcome.missing.is_empty() {
            reporter.missing(expr, value, arms, ty, &outcome);
        }
        reporter.unreachable(arms, &outcome);
    }

    /// Whether a pattern is a name or `_`.
    fn fits_all(&self, mut id: PatternId) -> bool {
        while let Some(pattern) = self.function.patterns.get(id.0 as usize) {
            match &pattern.kind {
                PatternKind::Wildcard | PatternKind::Bind(_, None) => return true,
                PatternKind::Bind(_, Some(inner)) => id = *inner,
                _ => return false,
            }
        }
        false
    }

    fn check_single(&mut self, id: PatternId, place: Place) {
        let function = self.function;
        let Some(pattern) = function.patterns.get(id.0 as usize) else { return };
        if self.fits_all(id) && !matches!(place, Place::LetElse | Place::Condition) {
            return;
        }
        if pattern.ty == TypeId::NEVER || pattern.ty == TypeId::ERROR {
            return;
        }
        let rows = [ArmPattern { pattern: id, guarded: false }];
        // An `if let Ok(x) = …` is no mistake where the error's type happens to be `never`.
        let impossible_too = matches!(place, Place::LetElse | Place::Condition);
        let outcome = self.search(&rows, pattern.ty, impossible_too);
        if outcome.exhausted {
            self.reporter().too_complicated(pattern.span);
            return;
        }
        if !outcome.broken {
            self.reporter().single(id, pattern, place, &outcome);
        }
    }
}

/// Whether a value is a parameter that has no name: one that a pattern takes apart.
fn is_parameter(function: &Function, value: ExprId) -> bool {
    match function.exprs.get(value.0 as usize).map(|expr| &expr.kind) {
        Some(ExprKind::Local(LocalId(index))) => {
            *index < function.params
                && function.locals.get(*index as usize).is_some_and(|local| local.name == names::EMPTY)
        }
        _ => false,
    }
}

/// The text of a span.
fn source(sources: &SourceMap, span: Span) -> &str {
    sources.text(span)
}
