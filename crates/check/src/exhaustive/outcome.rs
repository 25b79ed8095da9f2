//! What a search finds out: arms and alternatives that are reached, what covers the others, what is missing.

use super::matrix::{Cell, Row, Search};
use crate::hir::{PatternId, PatternKind};
use rustc_hash::{FxHashMap, FxHashSet};
use smallvec::SmallVec;
use std::rc::Rc;

/// How many witnesses are kept; the others are counted.
const MAX_WITNESSES: usize = 16;
/// How many covering patterns are remembered for a covered one.
const MAX_COVERERS: usize = 3;

/// What came out.
#[derive(Clone, Default, Debug)]
pub(super) struct Outcome {
    /// By arm.
    pub reached: Vec<bool>,
    /// Alternatives that take some value.
    pub alternatives: FxHashSet<PatternId>,
    /// For arms (by their pattern) and alternatives: what takes the values before them.
    pub coverers: FxHashMap<PatternId, SmallVec<[PatternId; MAX_COVERERS]>>,
    /// Patterns of values that no arm takes.
    pub missing: Vec<String>,
    /// How many there are, those beyond `missing` included.
    pub missing_count: usize,
    /// Whether some of them are told apart by closed types alone, not by lengths, numbers, text or what is not known.
    pub closed_missing: bool,
    /// An error was reported inside: what is missing is not known.
    pub broken: bool,
    /// The budget ran out.
    pub exhausted: bool,
}

impl Search<'_> {
    /// A row takes some value.
    pub fn reach(&mut self, row: &Row) {
        if let Some(reached) = self.outcome.reached.get_mut(row.arm as usize) {
            *reached = true;
        }
        let mut next = row.alternative;
        while let Some(alternative) = next.and_then(|index| self.alternatives.get(index as usize)).copied() {
            self.outcome.alternatives.insert(alternative.part);
            next = alternative.outer;
        }
    }

    /// Nothing is known of what a row still asks: it takes some value, and so may all alternatives in it.
    pub fn give_up(&mut self, row: &Row) {
        self.reach(row);
        for (_, cell) in &row.cells {
            self.reach_inside(*cell);
        }
    }

    /// All alternatives inside of a pattern may take some value.
    pub fn reach_inside(&mut self, cell: Cell) {
        let function = self.function;
        let Cell::Pattern(root) = cell else { return };
        let mut open = vec![root];
        while let Some(pattern) = open.pop().and_then(|id| function.patterns.get(id.0 as usize)) {
            if let PatternKind::Or(parts) = &pattern.kind {
                self.outcome.alternatives.extend(parts.iter().copied());
            }
            self.spend(1);
            crate::walk::pattern_children(pattern, |part| open.push(part));
        }
    }

    /// A row takes all values that come to these.
    pub fn cover(&mut self, by: &Row, rows: &[Rc<Row>]) {
        self.spend(rows.len());
        let arms = self.arms;
        let root = |row: &Row| arms.get(row.arm as usize).map(|arm| arm.pattern);
        let Some(by_root) = root(by) else { return };
        for row in rows {
            let reached = self.outcome.reached.get(row.arm as usize).copied().unwrap_or(true);
            if let Some(covered) = root(row).filter(|_| by.arm != row.arm && !reached) {
                self.add_coverer(covered, by_root);
            }
            let mut next = row.alternative;
            while let Some(own) = next.and_then(|index| self.alternatives.get(index as usize)).copied() {
                next = own.outer;
                if self.outcome.alternatives.contains(&own.part) {
                    continue;
                }
                let coverer = if by.arm == row.arm { self.alternative_in(by, own.or) } else { Some(by_root) };
                if let Some(coverer) = coverer.filter(|coverer| *coverer != own.part) {
                    self.add_coverer(own.part, coverer);
                }
            }
        }
    }

    fn add_coverer(&mut self, covered: PatternId, by: PatternId) {
        let coverers = self.outcome.coverers.entry(covered).or_default();
        if coverers.len() < MAX_COVERERS && !coverers.contains(&by) {
            coverers.push(by);
        }
    }

    /// The alternative of an or-pattern that a row stands for.
    fn alternative_in(&self, row: &Row, or: PatternId) -> Option<PatternId> {
        let mut next = row.alternative;
        while let Some(own) = next.and_then(|index| self.alternatives.get(index as usize)) {
            if own.or == or {
                return Some(own.part);
            }
            next = own.outer;
        }
        None
    }

    /// No row takes the values of a task.
    pub fn miss(&mut self, decision: Option<u32>) {
        let mut path: FxHashMap<u32, u32> = FxHashMap::default();
        let mut next = decision;
        let mut closed = true;
        while let Some(index) = next {
            let Some(decision) = self.decisions.get(index as usize) else { break };
            path.insert(decision.column, index);
            closed &= decision.cases.iter().any(|case| case.form.is_closed());
            next = decision.outer;
        }
        self.outcome.closed_missing |= closed;
        self.spend(path.len());
        let room = MAX_WITNESSES.saturating_sub(self.outcome.missing.len());
        if room == 0 {
            self.outcome.missing_count = self.outcome.missing_count.saturating_add(1);
            return;
        }
        let found = self.witnesses(&path, room);
        for text in found.texts {
            if !self.outcome.missing.contains(&text) {
                self.outcome.missing.push(text);
            }
        }
        self.outcome.missing_count = self.outcome.missing_count.saturating_add(found.count);
    }
}
