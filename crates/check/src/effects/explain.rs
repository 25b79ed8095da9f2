//! Messages about effects: which call, through which functions, reaches which effect, and who set the bound.

use super::summary::Analysis;
use crate::hir::{Comptime, ExprKind, FnId, FunctionKind, Program};
use sayso_base::{Diagnostic, Interner, Span};
use sayso_types::{Effects, TypeKind};

pub(crate) struct Explainer<'a> {
    pub(crate) program: &'a Program,
    pub(crate) analysis: &'a Analysis,
    pub(crate) names: &'a Interner,
}

/// A step of a chain: where a call stands and what it calls.
struct Step {
    at: Span,
    callee: Option<FnId>,
    value: Option<sayso_base::Name>,
}

/// Longer chains are cut in the middle of the message.
const LONGEST_CHAIN: usize = 8;

impl Explainer<'_> {
    pub(crate) fn check_function(&self, id: FnId, diagnostics: &mut Vec<Diagnostic>) {
        let Some(function) = self.program.functions.get(id.0 as usize) else { return };
        let library = self.program.modules.get(function.module.0 as usize).is_some_and(|module| module.library);
        if library || !matches!(function.kind, FunctionKind::Body(_)) {
            return;
        }
        if let Some(declared) = self.analysis.declared(id) {
            let excess = self.analysis.summary(id).total().minus(declared.effects);
            if !excess.is_pure() {
                diagnostics.push(self.broken_bound(id, declared.effects, declared.span, declared.implied, excess));
            }
        }
        for (index, expr) in function.exprs.iter().enumerate() {
            if !matches!(expr.kind, ExprKind::Closure(..) | ExprKind::FunctionValue { .. }) {
                continue;
            }
            let TypeKind::Function { effects: bound, .. } = self.program.types.kind(expr.ty) else { continue };
            if *bound == Effects::ALL {
                continue;
            }
            let value = crate::hir::ExprId(index as u32);
            let (effects, given) = self.analysis.value_effects(self.program, self.names, id, value);
            let excess = effects.minus(*bound);
            if let Some(given) = given {
                let local = function.local(given);
                let name = self.names.text(local.name);
                let message =
                    format!("this function calls `{name}`, which may do anything, but `{bound}` is wanted here");
                let ty = self.program.types.display(local.ty, self.names);
                let one = Diagnostic::error("effect", expr.span, message)
                    .also(local.span, format!("`{name}` is declared here"));
                diagnostics.push(one.note(format!("say what it may do in its type: `{name}: {ty} is {bound}`")));
            } else if !excess.is_pure() {
                let message = format!("this function has the effects `{effects}`, but `{bound}` is wanted here");
                let mut one = Diagnostic::error("effect", expr.span, message);
                if let ExprKind::Closure(target, _) = &expr.kind {
                    let chain = self.chain(*target, excess);
                    one = self.with_chain(one, &chain, excess);
                }
                diagnostics.push(one);
            }
        }
    }

    pub(crate) fn check_comptime(&self, comptime: &Comptime, diagnostics: &mut Vec<Diagnostic>) {
        let excess = self.analysis.summary(comptime.function).total().minus(Effects::PANIC);
        if excess.is_pure() {
            return;
        }
        let message = format!("a compile-time expression may have no effects, but this one has `{excess}`");
        let one = Diagnostic::error("comptime-effect", comptime.span, message);
        let chain = self.chain(comptime.function, excess);
        diagnostics.push(self.with_chain(one, &chain, excess));
    }

    pub(crate) fn check_grant(&self, start: FnId, grant: Effects, diagnostics: &mut Vec<Diagnostic>) {
        let excess = self.analysis.summary(start).total().minus(grant).minus(Effects::PANIC);
        let excess = excess.minus(Effects::ALLOC).minus(Effects::MUT).minus(Effects::ASYNC);
        if excess.is_pure() {
            return;
        }
        let Some(function) = self.program.functions.get(start.0 as usize) else { return };
        let message = format!("this program may have the effects `{excess}`, which are not granted");
        let chain = self.chain(start, excess);
        let at = chain.first().map_or(function.span, |step| step.at);
        let mut one = Diagnostic::error("not-granted", at, message);
        one.notes.push(format!("granted: `{grant}`"));
        diagnostics.push(self.with_chain(one, &chain, excess));
    }

    fn broken_bound(&self, id: FnId, bound: Effects, span: Span, implied: bool, excess: Effects) -> Diagnostic {
        let name = self.name(id);
        let chain = self.chain(id, excess);
        let at = chain.first().map_or(span, |step| step.at);
        let what = match chain.first().and_then(|step| step.callee) {
            Some(callee) => format!("calls `{}`, which has the effect `{excess}`", self.name(callee)),
            None => match chain.first().and_then(|step| step.value) {
                Some(value) => {
                    let value = self.names.text(value);
                    format!("calls `{value}`, a function that may have any effect: `{excess}`")
                }
                None => format!("has the effect `{excess}`"),
            },
        };
        let message = if bound.is_pure() {
            format!("pure function `{name}` {what}")
        } else {
            format!("function `{name}`, bound to `{bound}`, {what}")
        };
        let mut one = Diagnostic::error("effect", at, message);
        one = if implied {
            one.also(span, "it must be pure: it specialises an operator, equality, order, hash or display")
        } else {
            one.also(span, format!("the bound `{bound}` is set here"))
        };
        one = self.with_chain(one, &chain, excess);
        if !implied {
            let whole = self.analysis.summary(id).total().union(bound);
            one = one.note(format!("write `is {whole}`, or leave the effect out of the body"));
        } else {
            let short = name.rsplit('.').next().unwrap_or(&name);
            one = one.note(format!(
                "on a type, `{short}` says what it means in the language; if that is not meant, call it otherwise"
            ));
        }
        one
    }

    /// The calls from a function to the source of one of these effects.
    fn chain(&self, start: FnId, effects: Effects) -> Vec<Step> {
        let mut steps = Vec::new();
        let mut seen = vec![start];
        let mut at = start;
        let mut wanted = effects;
        loop {
            let found = self.analysis.contributions(self.program, self.names, at, wanted);
            let Some(next) = found.first() else { break };
            wanted = next.effects;
            let span = self.program.function(at).expr(next.at).span;
            steps.push(Step { at: span, callee: next.callee, value: next.value });
            match next.callee {
                Some(callee) if !seen.contains(&callee) => {
                    seen.push(callee);
                    at = callee;
                }
                _ => break,
            }
        }
        steps
    }

    fn with_chain(&self, mut one: Diagnostic, chain: &[Step], effects: Effects) -> Diagnostic {
        let mut named: Vec<String> =
            chain.iter().filter_map(|step| step.callee).map(|callee| format!("`{}`", self.name(callee))).collect();
        // A function and what stands for it when defaults are left out.
        named.dedup();
        if named.len() > 1 || (named.len() == 1 && one.code == "comptime-effect") {
            let shown = if named.len() > LONGEST_CHAIN {
                let (first, last) = named.split_at(LONGEST_CHAIN / 2);
                let last = &last[last.len() - LONGEST_CHAIN / 2..];
                format!("{} → … → {}", first.join(" → "), last.join(" → "))
            } else {
                named.join(" → ")
            };
            one.notes.push(format!("the effect `{effects}` comes through {shown}"));
        }
        let library = |step: &Step| {
            let in_library = |id: FnId| {
                let module = self.program.function(id).module;
                self.program.modules.get(module.0 as usize).is_some_and(|module| module.library)
            };
            step.callee.is_some_and(in_library)
        };
        if let Some(last) = chain.iter().skip(1).find(|step| library(step) || step.callee.is_none()) {
            if last.at != one.primary.span {
                one = one.also(last.at, format!("`{effects}` happens here"));
            }
        }
        one
    }

    fn name(&self, id: FnId) -> String {
        match self.program.functions.get(id.0 as usize) {
            Some(function) if function.closure => "a closure".to_owned(),
            Some(function) => self.names.text(function.name).to_owned(),
            None => "?".to_owned(),
        }
    }
}
