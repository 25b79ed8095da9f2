//! Lints: warnings about programs that run, and probably do not do what was meant.
//!
//! A lint is a file here (what it finds, what it says) and its line in [`LINTS`]. Warnings of other passes have a line
//! too, so that every warning has a name that silences it: `// sayso: allow(name)` on the line before, or `@allow(name)`
//! on the item around ([`allow`]). Lints run on programs without errors, on the program's own modules, behind the
//! inference of effects. Most look at one function after the other; all of them look at a few functions before any goes on,
//! while these are at hand: a large program does not fit into the processor's caches.
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
use smallvec::SmallVec;
pub(crate) use uses::{Gathering, Uses};

/// A lint.
pub struct Lint {
    /// Its stable name.
    pub name: &'static str,
    /// What it warns of, in a sentence.
    pub doc: &'static str,
    run: Run,
}

/// Who finds what a lint warns of.
enum Run {
    /// It does, function by function.
    Function(fn(&mut Context<'_, '_>, FnId)),
    /// It does, in the program as a whole.
    Whole(fn(&mut Context<'_, '_>)),
    /// Another pass does.
    Elsewhere,
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
    Lint { name, doc, run: Run::Elsewhere }
}

/// What a lint looks at.
pub(crate) struct Context<'a, 'c> {
    /// The checker's tables; the program's own parts have moved to `program`.
    cx: &'a Checker<'c>,
    program: &'a Program,
    uses: &'a Uses,
    diagnostics: Vec<Diagnostic>,
}

/// A part of the work, to be done on any thread.
enum Part {
    Whole(fn(&mut Context<'_, '_>)),
    Functions(Vec<FnId>),
}

/// How many functions are looked at by one lint after the other.
const FUNCTIONS_AT_ONCE: usize = 16;

/// Runs all lints and takes out the warnings that are silenced.
pub(crate) fn run(cx: &Checker<'_>, program: &Program, uses: &Uses, diagnostics: &mut Vec<Diagnostic>) {
    let mut parts: Vec<Part> = Vec::new();
    let mut by_function: Vec<fn(&mut Context<'_, '_>, FnId)> = Vec::new();
    for lint in LINTS {
        match lint.run {
            Run::Whole(run) => parts.push(Part::Whole(run)),
            Run::Function(run) => by_function.push(run),
            Run::Elsewhere => {}
        }
    }
    let own = own_functions(program);
    parts.extend(own.chunks(FUNCTIONS_AT_ONCE).map(|some| Part::Functions(some.to_vec())));
    let found = parallel::map(&parts, parallel::worthwhile(program), |part| {
        let mut context = Context { cx, program, uses, diagnostics: Vec::new() };
        match part {
            Part::Whole(run) => run(&mut context),
            Part::Functions(functions) => {
                for run in &by_function {
                    functions.iter().for_each(|function| run(&mut context, *function));
                }
            }
        }
        context.diagnostics
    });
    diagnostics.extend(found.into_iter().flatten());
    silence(cx, diagnostics);
}

/// The program's own functions with bodies, closures too.
fn own_functions(program: &Program) -> Vec<FnId> {
    let own = program.functions.iter().enumerate().filter(|(_, function)| is_own(&program.modules, function));
    own.map(|(index, _)| FnId(index as u32)).collect()
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
    fn callees(&self, callee: &Callee, arity: usize) -> Option<SmallVec<[FnId; 4]>> {
        match callee {
            Callee::Function(function) => Some(SmallVec::from_iter([*function])),
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
