//! Lints: warnings about programs that run, and probably do not do what was meant.
//!
//! A lint is a file here (what it finds, what it says) and its line in [`LINTS`]. Warnings of other passes have a line
//! too, so that every warning has a name that silences it: `// sayso: allow(name)` on the line before, or `@allow(name)`
//! on the item around ([`allow`]). Lints run on programs without errors, on the program's own modules, behind the
//! inference of effects; each walks every function once.
//!
//! A lint that may be wrong says nothing: whoever is warned without need stops reading warnings.

mod allow;
mod disjoint_comparison;
mod shadowed_variable;
#[cfg(test)]
mod tests;
mod unclosed_handle;
mod unused_import;
mod unused_mut;
mod unused_result;
mod unused_variable;
mod uses;

use crate::hir::{Callee, ExprId, FnId, Function, FunctionKind, Module, ModuleId, Program};
use crate::parallel;
use crate::tables::Checker;
pub(crate) use allow::silence;
use sayso_base::{Diagnostic, Interner, Span};
use uses::Uses;

/// A lint.
pub struct Lint {
    /// Its stable name.
    pub name: &'static str,
    /// What it warns of, in a sentence.
    pub doc: &'static str,
    /// Finds it; none if another pass does.
    run: Option<fn(&mut Context<'_, '_>)>,
}

/// All lints, in the order in which they run; then the warnings of other passes.
pub const LINTS: &[Lint] = &[
    unused_variable::LINT,
    unused_mut::LINT,
    unused_import::LINT,
    unused_result::LINT,
    shadowed_variable::LINT,
    unclosed_handle::LINT,
    disjoint_comparison::LINT,
    elsewhere("ambiguous_functions", "Two functions that some arguments fit equally well."),
    elsewhere("deprecated", "A call of a function that is marked `@deprecated`."),
    elsewhere("impossible_test", "A test `x is T` that never holds."),
    elsewhere("irrefutable_pattern", "A condition `let p = e`, or a `let … else`, whose pattern always fits."),
    elsewhere("shadowed_label", "A loop with the label of a loop around it."),
    elsewhere("unknown_lint", "An `allow` of a lint that does not exist."),
    elsewhere("unreachable_alternative", "An alternative of a pattern that no value reaches."),
    elsewhere("unreachable_arm", "An arm of a `match` that no value reaches."),
    elsewhere("unreachable_code", "Statements behind a `return`, `break`, `throw` or a call that never returns."),
];

const fn elsewhere(name: &'static str, doc: &'static str) -> Lint {
    Lint { name, doc, run: None }
}

/// What a lint looks at.
pub(crate) struct Context<'a, 'c> {
    /// The checker's tables; the program's own parts have moved to `program`.
    cx: &'a Checker<'c>,
    program: &'a Program,
    uses: &'a Uses,
    diagnostics: Vec<Diagnostic>,
}

/// Runs all lints and takes out the warnings that are silenced.
pub(crate) fn run(cx: &Checker<'_>, program: &Program, diagnostics: &mut Vec<Diagnostic>) {
    let uses = Uses::of(cx, program);
    let runs: Vec<fn(&mut Context<'_, '_>)> = LINTS.iter().filter_map(|lint| lint.run).collect();
    // Each on its own, so that they can run side by side.
    let found = parallel::map(&runs, parallel::worthwhile(program), |run| {
        let mut context = Context { cx, program, uses: &uses, diagnostics: Vec::new() };
        run(&mut context);
        context.diagnostics
    });
    diagnostics.extend(found.into_iter().flatten());
    silence(cx, diagnostics);
}

impl<'a> Context<'a, '_> {
    fn names(&self) -> &'a Interner {
        let cx = self.cx;
        &cx.names
    }

    fn text(&self, span: Span) -> &'a str {
        let cx = self.cx;
        cx.sources.text(span)
    }

    /// The program's own functions with bodies, closures too.
    fn own_functions(&self) -> Vec<FnId> {
        let own =
            self.program.functions.iter().enumerate().filter(|(_, function)| is_own(&self.program.modules, function));
        own.map(|(index, _)| FnId(index as u32)).collect()
    }

    fn function(&self, id: FnId) -> Option<&Function> {
        self.program.functions.get(id.0 as usize)
    }

    fn is_library(&self, id: FnId) -> bool {
        let module = self.function(id).and_then(|function| self.program.modules.get(function.module.0 as usize));
        module.is_some_and(|module| module.library)
    }

    /// The name of a function without what stands before its last dot.
    fn short_name(&self, id: FnId) -> &'a str {
        let name = self.function(id).map_or("", |function| self.names().text(function.name));
        name.rsplit('.').next().unwrap_or(name)
    }

    /// The functions that a call may run; none if it calls a value.
    fn callees(&self, callee: &Callee, arity: usize) -> Option<Vec<FnId>> {
        match callee {
            Callee::Function(function) => Some(vec![*function]),
            Callee::Dispatch(multi) => {
                let multi = self.program.multis.get(multi.0 as usize)?;
                let arity = multi.arities.iter().find(|one| one.0 as usize == arity)?;
                Some(arity.1.iter().map(|candidate| candidate.function).collect())
            }
            Callee::Value(_) => None,
        }
    }

    /// The indentation before a place, if nothing else stands before it on its line.
    fn indentation(&self, span: Span) -> Option<&'a str> {
        let cx = self.cx;
        let before = cx.sources.get(span.file)?.text.get(..span.start as usize)?;
        let line = before.rsplit('\n').next()?;
        line.trim().is_empty().then_some(line)
    }

    fn report(&mut self, diagnostic: Diagnostic) {
        self.diagnostics.push(diagnostic);
    }
}

/// Whether a function has a body of the program's own.
fn is_own(modules: &[Module], function: &Function) -> bool {
    let ModuleId(module) = function.module;
    matches!(function.kind, FunctionKind::Body(_)) && modules.get(module as usize).is_some_and(|module| !module.library)
}

/// The body of a function.
fn body(function: &Function) -> Option<ExprId> {
    match function.kind {
        FunctionKind::Body(body) => Some(body),
        FunctionKind::Abstract | FunctionKind::Native(_) | FunctionKind::Intrinsic(_) | FunctionKind::Unused => None,
    }
}
