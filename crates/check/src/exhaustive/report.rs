//! What is said about missing values, unreachable arms and patterns that may fail.

use super::Place;
use super::outcome::Outcome;
use crate::hir::{Arm, Expr, Function, Pattern, PatternId, PatternKind};
use sayso_base::{Diagnostic, Edit, Interner, SourceMap, Span, Suggestion};
use sayso_types::{TypeId, TypeStore};

/// The most missing patterns that a message lists.
const LISTED: usize = 4;
/// The most arms that a suggestion adds.
const SUGGESTED: usize = 8;

pub(super) struct Reporter<'a> {
    pub types: &'a TypeStore,
    pub names: &'a Interner,
    pub sources: &'a SourceMap,
    pub function: &'a Function,
    pub diagnostics: &'a mut Vec<Diagnostic>,
}

impl Reporter<'_> {
    fn span_of(&self, id: PatternId) -> Option<Span> {
        self.function.patterns.get(id.0 as usize).map(|pattern| pattern.span)
    }

    pub fn too_complicated(&mut self, span: Span) {
        self.diagnostics.push(
            Diagnostic::error(
                "check-budget",
                span,
                "these patterns are too complicated to be checked for missing cases",
            )
            .note("end the `match` by an arm `_`, or split it into several"),
        );
    }

    // ---- missing arms

    /// Values of the subject's type come to no arm.
    pub fn missing(&mut self, whole: &Expr, subject: &Expr, arms: &[Arm], ty: TypeId, outcome: &Outcome) {
        let shown_type = self.types.display(ty, self.names);
        let others = outcome.missing.iter().any(|text| text == "_");
        let guarded = arms.iter().any(|arm| arm.guard.is_some());
        let mut diagnostic = if others {
            Diagnostic::error("missing-arm", subject.span, format!("this `match` does not cover every `{shown_type}`"))
                .label("other values come here too")
                .note("a `match` has an arm for every value; `_` takes all that the arms before it leave")
        } else {
            let label = match outcome.missing_count {
                1 => format!("this `{shown_type}` may be that too"),
                _ => format!("this `{shown_type}` may be one of these too"),
            };
            let listed = list(&outcome.missing, outcome.missing_count);
            Diagnostic::error("missing-arm", subject.span, format!("this `match` does not cover {listed}")).label(label)
        };
        if guarded {
            diagnostic = diagnostic.note("an arm with a guard covers nothing for certain, since its guard may fail");
        }
        let few = !others && outcome.missing_count == outcome.missing.len() && outcome.missing.len() <= SUGGESTED;
        let patterns: Vec<&str> = if few { outcome.missing.iter().map(String::as_str).collect() } else { vec!["_"] };
        diagnostic.suggestion = self.new_arms(whole, arms, &patterns);
        self.diagnostics.push(diagnostic);
    }

    /// An edit that adds arms behind the last one.
    fn new_arms(&self, whole: &Expr, arms: &[Arm], patterns: &[&str]) -> Option<Suggestion> {
        let body = if whole.ty == TypeId::VOID { "{}" } else { "panic(\"not handled\")" };
        let text = super::source(self.sources, whole.span);
        let message = match patterns {
            ["_"] => "add an arm for all others".to_owned(),
            [_] => "add the missing arm".to_owned(),
            _ => "add the missing arms".to_owned(),
        };
        let braces = text.ends_with('}');
        let inner = if braces { text.get(..text.len() - 1)? } else { text };
        let kept = inner.trim_end();
        let at = whole.span.start + u32::try_from(kept.len()).ok()?;
        let place = Span::new(whole.span.file, at, at);
        let arms_text = |before: &str, between: &str| {
            let mut made = String::new();
            for (index, pattern) in patterns.iter().enumerate() {
                made.push_str(if index == 0 { before } else { between });
                made.push_str(pattern);
                made.push_str(" => ");
                made.push_str(body);
            }
            made
        };
        let last = arms.last().and_then(|arm| self.span_of(arm.pattern));
        let text = match last.and_then(|last| self.own_line(last)) {
            Some(indent) => {
                let next = format!("\n{indent}");
                arms_text(&next, &next)
            }
            None if kept.ends_with(',') || kept.ends_with('{') => arms_text(" ", ", "),
            None => arms_text(", ", ", "),
        };
        Some(Suggestion { message, edits: vec![Edit { span: place, text }] })
    }

    /// The indentation before a place, if nothing else stands before it on its line.
    fn own_line(&self, span: Span) -> Option<&str> {
        let file = self.sources.get(span.file)?;
        let before = file.text.get(..span.start as usize)?;
        let line = before.get(before.rfind('\n')? + 1..)?;
        line.trim().is_empty().then_some(line)
    }

    // ---- unreachable arms

    pub fn unreachable(&mut self, arms: &[Arm], outcome: &Outcome) {
        for (arm, reached) in arms.iter().zip(&outcome.reached) {
            if *reached {
                self.alternatives(arm.pattern, outcome);
            } else {
                self.unreachable_arm(arm, outcome);
            }
        }
    }

    fn unreachable_arm(&mut self, arm: &Arm, outcome: &Outcome) {
        let Some(span) = self.span_of(arm.pattern) else { return };
        let diagnostic = Diagnostic::warning("unreachable_arm", span, "this arm is never reached");
        let coverers = outcome.coverers.get(&arm.pattern).map_or(&[][..], |coverers| coverers.as_slice());
        let mut diagnostic = self.covered(diagnostic, coverers);
        let end = self.function.exprs.get(arm.body.0 as usize).map(|body| body.span);
        let edit = end.and_then(|end| self.arm_lines(span, end));
        let behind_all = matches!(coverers, [single] if self.takes_all(*single));
        if behind_all {
            diagnostic = diagnostic.note("the first arm that fits is taken: an arm for all values comes last");
        }
        if let Some(edit) = edit.filter(|_| !behind_all) {
            diagnostic = diagnostic.suggest("remove it", edit, "");
        }
        self.diagnostics.push(diagnostic);
    }

    fn takes_all(&self, id: PatternId) -> bool {
        let kind = self.function.patterns.get(id.0 as usize).map(|pattern| &pattern.kind);
        matches!(kind, Some(PatternKind::Wildcard | PatternKind::Bind(_, None)))
    }

    fn covered(&self, mut diagnostic: Diagnostic, coverers: &[PatternId]) -> Diagnostic {
        match coverers {
            [] => return diagnostic.label("no value fits it"),
            [_] => diagnostic = diagnostic.label("no value is left for it"),
            _ => diagnostic = diagnostic.label("no value is left for it by the patterns before"),
        }
        let text = if coverers.len() == 1 { "takes all values that fit it" } else { "takes some of its values" };
        for coverer in coverers {
            if let Some(span) = self.span_of(*coverer) {
                diagnostic = diagnostic.also(span, text);
            }
        }
        diagnostic
    }

    /// The lines of an arm, if it has them to itself.
    fn arm_lines(&self, pattern: Span, body: Span) -> Option<Span> {
        let indent = self.own_line(pattern)?;
        let file = self.sources.get(pattern.file)?;
        let behind = file.text.get(body.end as usize..)?;
        let line = behind.get(..behind.find('\n')?)?;
        let free = matches!(line.trim(), "" | "," | ";") || line.trim_start().starts_with("//");
        let start = pattern.start - u32::try_from(indent.len()).ok()?;
        let end = body.end + u32::try_from(line.len()).ok()? + 1;
        (free && pattern.end <= body.start).then(|| Span::new(pattern.file, start, end))
    }

    /// Alternatives of a pattern that no value reaches.
    fn alternatives(&mut self, root: PatternId, outcome: &Outcome) {
        let function = self.function;
        let mut open = vec![root];
        while let Some(id) = open.pop() {
            let Some(pattern) = function.patterns.get(id.0 as usize) else { continue };
            let PatternKind::Or(parts) = &pattern.kind else {
                let first = open.len();
                crate::walk::pattern_children(pattern, |part| open.push(part));
                open.get_mut(first..).unwrap_or(&mut []).reverse();
                continue;
            };
            for (index, part) in parts.iter().enumerate() {
                if !outcome.alternatives.contains(part) {
                    self.unreachable_alternative(*part, parts, index, outcome);
                }
            }
            open.extend(parts.iter().rev().filter(|part| outcome.alternatives.contains(part)));
        }
    }

    fn unreachable_alternative(&mut self, id: PatternId, parts: &[PatternId], index: usize, outcome: &Outcome) {
        let Some(span) = self.span_of(id) else { return };
        let diagnostic = Diagnostic::warning("unreachable_alternative", span, "this alternative is never reached");
        let coverers = outcome.coverers.get(&id).map_or(&[][..], |coverers| coverers.as_slice());
        let mut diagnostic = self.covered(diagnostic, coverers);
        let near = |at: Option<usize>| at.and_then(|at| parts.get(at)).and_then(|part| self.span_of(*part));
        let edit = match (near(index.checked_sub(1)), near(Some(index + 1))) {
            (Some(before), _) if before.end <= span.start => Some(Span::new(span.file, before.end, span.end)),
            (None, Some(next)) if span.end <= next.start => Some(Span::new(span.file, span.start, next.start)),
            _ => None,
        };
        if let Some(edit) = edit {
            diagnostic = diagnostic.suggest("remove it", edit, "");
        }
        self.diagnostics.push(diagnostic);
    }

    // ---- single patterns

    /// A pattern that has no other beside it.
    pub fn single(&mut self, id: PatternId, pattern: &Pattern, place: Place, outcome: &Outcome) {
        if outcome.reached.first() == Some(&true) {
            self.alternatives(id, outcome);
        }
        match place {
            // A `let` that fails is a fault when it runs.
            Place::Let => {}
            Place::LetElse | Place::Condition => {
                if outcome.missing.is_empty() {
                    self.always_fits(pattern, place);
                }
            }
            Place::For | Place::Parameter => {
                if outcome.closed_missing {
                    self.may_fail(pattern, place, outcome);
                }
            }
        }
    }

    fn always_fits(&mut self, pattern: &Pattern, place: Place) {
        let diagnostic = Diagnostic::warning("irrefutable_pattern", pattern.span, "this pattern always fits");
        self.diagnostics.push(match place {
            Place::LetElse => diagnostic.label("fits every value").note("its `else` never runs: leave it out"),
            Place::Let | Place::Condition | Place::For | Place::Parameter => {
                diagnostic.label("fits every value").note("as a condition it always holds: write a plain `let` before")
            }
        });
    }

    fn may_fail(&mut self, pattern: &Pattern, place: Place, outcome: &Outcome) {
        let listed = list(&outcome.missing, outcome.missing_count);
        let ty = self.types.display(pattern.ty, self.names);
        let (what, label, note) = match place {
            Place::Parameter => (
                "a parameter's pattern fits every argument",
                format!("an argument of type `{ty}` may be that"),
                "name the parameter, and `match` on it in the function",
            ),
            Place::For | Place::Let | Place::LetElse | Place::Condition => (
                "the pattern of a `for` fits every element",
                format!("an element of type `{ty}` may be that"),
                "name the element, and use `if let` or `match` on it in the loop",
            ),
        };
        self.diagnostics.push(
            Diagnostic::error("refutable-pattern", pattern.span, format!("{what}, and this one does not fit {listed}"))
                .label(label)
                .note(note),
        );
    }
}

/// `a`, `b` and 3 more
fn list(patterns: &[String], count: usize) -> String {
    let shown = if count <= LISTED { patterns.len().min(LISTED) } else { LISTED - 1 };
    let mut text = String::new();
    for (index, pattern) in patterns.iter().take(shown).enumerate() {
        let last = index + 1 == shown && count <= shown;
        text.push_str(match index {
            0 => "",
            _ if last => " and ",
            _ => ", ",
        });
        text.push('`');
        text.push_str(pattern);
        text.push('`');
    }
    if count > shown {
        text.push_str(&format!(" and {} more", count - shown));
    }
    text
}
