//! The search: which arms are reached, which values no arm takes.
//!
//! A [`Task`] is a part of the values of the subject together with the rows that may take them, in order. A row is an arm
//! (or one alternative of it); its cells are what it still asks of columns. A step takes the first cell of the first row,
//! splits the type of that column into cases and makes a task of each case. A row without cells takes all values of its
//! task; a task without rows has values that nothing takes.
//!
//! The source of the algorithm: L. Maranget, "Warnings for pattern matching" (2007), in the form that answers for all rows
//! in one walk. The stack is explicit, and every row that a step copies is paid for from a [`Budget`].

use super::cases::Case;
use crate::hir::{Function, PatternId, PatternKind};
use rustc_hash::{FxHashMap, FxHashSet};
use sayso_base::Interner;
use sayso_types::{TypeId, TypeStore};
use smallvec::SmallVec;
use std::rc::Rc;

/// How many steps of work one `match` may cause.
const MATCH_BUDGET: u64 = 2_000_000;
/// How many witnesses are kept; the others are counted.
const MAX_WITNESSES: usize = 16;
/// How many covering patterns are remembered for a covered one.
const MAX_COVERERS: usize = 3;

/// What is left for all matches of a program.
#[derive(Clone, Copy, Debug)]
pub(super) struct Budget {
    pub program: u64,
    own: u64,
}

impl Budget {
    pub fn new(program: u64) -> Budget {
        Budget { program, own: 0 }
    }
}

/// What a row asks of a column.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Cell {
    /// That this pattern fits.
    Pattern(PatternId),
    /// That it is of this type.
    Test(TypeId),
}

/// An arm, or one alternative of it, with what it still asks.
#[derive(Clone, Debug)]
pub(super) struct Row {
    pub arm: u32,
    /// Whether it takes all values that satisfy its cells: not if it has a guard or a test that nothing is known of.
    pub sure: bool,
    /// By column; what is not listed is not asked.
    pub cells: Vec<(u32, Cell)>,
    /// The last alternative that was chosen on the way here.
    alternative: Option<u32>,
}

impl Row {
    pub fn cell(&self, column: u32) -> Option<Cell> {
        self.cells.iter().find(|cell| cell.0 == column).map(|cell| cell.1)
    }

    /// The row with other cells in place of that of a column.
    fn with(&self, column: u32, cells: impl IntoIterator<Item = (u32, Cell)>, sure: bool) -> Row {
        let mut made = Vec::with_capacity(self.cells.len() + 1);
        let at = self.cells.iter().position(|cell| cell.0 == column).unwrap_or(self.cells.len());
        made.extend_from_slice(self.cells.get(..at).unwrap_or(&[]));
        made.extend(cells);
        made.extend_from_slice(self.cells.get(at + 1..).unwrap_or(&[]));
        Row { arm: self.arm, sure: self.sure && sure, cells: made, alternative: self.alternative }
    }
}

/// An alternative of an or-pattern on the way to a row.
#[derive(Clone, Copy, Debug)]
struct Alternative {
    or: PatternId,
    part: PatternId,
    outer: Option<u32>,
}

/// A case of a column that was chosen.
#[derive(Clone, Debug)]
pub(super) struct Decision {
    pub column: u32,
    /// One case, or several that no row tells apart; none stands for all.
    pub cases: Rc<[Case]>,
    /// The columns of its parts, by place.
    pub parts: Rc<[(u64, u32)]>,
    outer: Option<u32>,
}

/// A part of the values and the rows that may take them.
struct Task {
    rows: Vec<Rc<Row>>,
    decision: Option<u32>,
    /// Whether values that no row takes are missing; not where they are found elsewhere too.
    collect: bool,
}

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

/// An arm.
#[derive(Clone, Copy, Debug)]
pub(super) struct ArmPattern {
    pub pattern: PatternId,
    pub guarded: bool,
}

/// The search for one `match`.
pub(super) struct Search<'a> {
    pub types: &'a mut TypeStore,
    pub names: &'a Interner,
    pub function: &'a Function,
    pub outcome: Outcome,
    /// The type of each column.
    pub columns: Vec<TypeId>,
    /// Whether records that cannot exist count as if they could.
    pub impossible_too: bool,
    pub decisions: Vec<Decision>,
    arms: &'a [ArmPattern],
    alternatives: Vec<Alternative>,
    stack: Vec<Task>,
    budget: &'a mut Budget,
}

impl<'a> Search<'a> {
    /// Finds out what the arms of a `match` on a value of type `ty` reach and miss.
    pub fn run(
        types: &'a mut TypeStore,
        names: &'a Interner,
        function: &'a Function,
        arms: &'a [ArmPattern],
        ty: TypeId,
        impossible_too: bool,
        budget: &'a mut Budget,
    ) -> Outcome {
        budget.own = MATCH_BUDGET.min(budget.program);
        let before = budget.own;
        let mut search = Search {
            types,
            names,
            function,
            outcome: Outcome { reached: vec![false; arms.len()], ..Outcome::default() },
            columns: vec![ty],
            impossible_too,
            decisions: Vec::new(),
            arms,
            alternatives: Vec::new(),
            stack: Vec::new(),
            budget,
        };
        let mut rows = Vec::with_capacity(arms.len());
        for (index, arm) in arms.iter().enumerate() {
            let mut sure = !arm.guarded;
            let cell = search.normalise(Cell::Pattern(arm.pattern), ty, &mut sure);
            let cells = cell.into_iter().map(|cell| (0, cell)).collect();
            rows.push(Rc::new(Row { arm: index as u32, sure, cells, alternative: None }));
        }
        search.stack.push(Task { rows, decision: None, collect: true });
        while let Some(task) = search.stack.pop() {
            search.step(task);
            if search.outcome.exhausted {
                break;
            }
        }
        let spent = before.saturating_sub(search.budget.own);
        search.budget.program = search.budget.program.saturating_sub(spent);
        search.outcome
    }

    /// Pays for work; notes when nothing is left.
    pub fn spend(&mut self, units: usize) {
        match self.budget.own.checked_sub(units as u64) {
            Some(rest) => self.budget.own = rest,
            None => {
                self.budget.own = 0;
                self.outcome.exhausted = true;
            }
        }
    }

    /// What a cell asks of a column of this type, names and tests that always hold left out; `None` if that is nothing.
    /// `sure` falls if it asks something that nothing is known of.
    pub fn normalise(&mut self, mut cell: Cell, ty: TypeId, sure: &mut bool) -> Option<Cell> {
        if ty == TypeId::NEVER || ty == TypeId::ERROR {
            self.outcome.broken |= ty == TypeId::ERROR;
            *sure = false;
            self.reach_inside(cell);
            return None;
        }
        let function = self.function;
        loop {
            let id = match cell {
                Cell::Test(wanted) if self.is_below(ty, wanted) => return None,
                Cell::Test(_) => return Some(cell),
                Cell::Pattern(id) => id,
            };
            let Some(pattern) = function.patterns.get(id.0 as usize) else {
                self.outcome.broken = true;
                return None;
            };
            match &pattern.kind {
                PatternKind::Wildcard | PatternKind::Bind(_, None) | PatternKind::Range(None, None, _) => return None,
                PatternKind::Bind(_, Some(inner)) => cell = Cell::Pattern(*inner),
                PatternKind::Type(wanted, inner) if self.is_below(ty, *wanted) => cell = Cell::Pattern(*inner),
                PatternKind::Error => {
                    self.outcome.broken = true;
                    return None;
                }
                PatternKind::Equal(..) => {
                    *sure = false;
                    return None;
                }
                PatternKind::Constant(_) | PatternKind::Range(..) => {
                    if matches!(super::ordered::extent(&pattern.kind, ty), super::ordered::Extent::Unknown) {
                        *sure = false;
                        return None;
                    }
                    return Some(cell);
                }
                PatternKind::Type(..)
                | PatternKind::Or(_)
                | PatternKind::Tuple(_)
                | PatternKind::Array { .. }
                | PatternKind::Nominal(..) => return Some(cell),
            }
        }
    }

    /// Whether values of one type all are of another; costs more than a step.
    pub fn is_below(&mut self, a: TypeId, b: TypeId) -> bool {
        if a == b || b == TypeId::ANY {
            return true;
        }
        self.spend(2);
        self.types.is_subtype(a, b)
    }

    pub fn is_disjoint(&mut self, a: TypeId, b: TypeId) -> bool {
        if a == b {
            return a == TypeId::NEVER;
        }
        self.spend(2);
        self.types.disjoint(a, b)
    }

    // ---- steps

    fn step(&mut self, task: Task) {
        let Task { rows, decision, collect } = task;
        let mut first = 0;
        while let Some(row) = rows.get(first).filter(|row| row.cells.is_empty()).cloned() {
            first += 1;
            self.reach(&row);
            if row.sure {
                self.cover(&row, rows.get(first..).unwrap_or(&[]));
                return;
            }
        }
        let rows = rows.get(first..).unwrap_or(&[]);
        let Some(column) = rows.first().and_then(|row| row.cells.first()).map(|cell| cell.0) else {
            if collect {
                self.miss(decision);
            }
            return;
        };
        let rows = self.expand(rows, column);
        if rows.iter().any(|row| row.cell(column).is_some()) {
            self.split(&rows, column, decision, collect);
        } else {
            self.stack.push(Task { rows, decision, collect });
        }
    }

    /// Makes a row of each alternative that stands in a column.
    fn expand(&mut self, rows: &[Rc<Row>], column: u32) -> Vec<Rc<Row>> {
        let ty = self.column_type(column);
        let mut made = Vec::with_capacity(rows.len());
        for row in rows {
            match row.cell(column).and_then(|cell| self.alternatives_of(cell)) {
                Some(_) => self.expand_row(row, column, ty, &mut made),
                None => made.push(row.clone()),
            }
            if self.outcome.exhausted {
                break;
            }
        }
        self.spend(made.len());
        made
    }

    fn alternatives_of(&self, cell: Cell) -> Option<(PatternId, &'a [PatternId])> {
        let function = self.function;
        let Cell::Pattern(id) = cell else { return None };
        match &function.patterns.get(id.0 as usize)?.kind {
            PatternKind::Or(parts) => Some((id, parts)),
            _ => None,
        }
    }

    fn expand_row(&mut self, row: &Row, column: u32, ty: TypeId, made: &mut Vec<Rc<Row>>) {
        let mut open = vec![row.clone()];
        while let Some(row) = open.pop() {
            let Some((or, parts)) = row.cell(column).and_then(|cell| self.alternatives_of(cell)) else {
                made.push(Rc::new(row));
                continue;
            };
            self.spend(parts.len());
            if self.outcome.exhausted {
                return;
            }
            for &part in parts.iter().rev() {
                let mut sure = true;
                let cell = self.normalise(Cell::Pattern(part), ty, &mut sure);
                let mut next = row.with(column, cell.map(|cell| (column, cell)), sure);
                next.alternative = Some(self.alternatives.len() as u32);
                self.alternatives.push(Alternative { or, part, outer: row.alternative });
                open.push(next);
            }
        }
    }

    pub fn column_type(&self, column: u32) -> TypeId {
        self.columns.get(column as usize).copied().unwrap_or(TypeId::ERROR)
    }

    /// Makes the tasks of a column's cases, the first on top of the stack.
    fn split(&mut self, rows: &[Rc<Row>], column: u32, decision: Option<u32>, collect: bool) {
        let ty = self.column_type(column);
        let split = self.cases(ty, rows, column);
        let mut tasks: Vec<CaseTask> = split.cases.iter().map(|_| CaseTask::default()).collect();
        let mut hits: Vec<super::cases::Hit> = Vec::new();
        let mut ends = Vec::with_capacity(rows.len());
        for row in rows {
            if let Some(cell) = row.cell(column) {
                self.hits(cell, &split, &mut hits);
            }
            ends.push(hits.len());
            if self.outcome.exhausted {
                return;
            }
        }
        for hit in &hits {
            if let Some(task) = tasks.get_mut(hit.case) {
                task.explicit = true;
                task.places.extend(hit.parts.iter().map(|part| part.0));
            }
        }
        for (task, case) in tasks.iter_mut().zip(&split.cases) {
            task.places.sort_unstable();
            task.places.dedup();
            task.first_column = self.columns.len() as u32;
            for place in &task.places {
                let part = self.part_type(case, *place);
                self.columns.push(part);
            }
        }
        // What no row tells apart is one task.
        let mut others = CaseTask::default();
        let mut from = 0;
        for (row, end) in rows.iter().zip(ends) {
            let own = hits.get(from..end).unwrap_or(&[]);
            from = end;
            if row.cell(column).is_none() {
                for task in tasks.iter_mut().filter(|task| task.explicit).chain([&mut others]) {
                    self.give(task, row.clone());
                }
                continue;
            }
            for hit in own {
                let Some(task) = tasks.get_mut(hit.case) else { continue };
                let mut sure = hit.sure;
                let mut cells: SmallVec<[(u32, Cell); 4]> = SmallVec::new();
                for (place, cell) in &hit.parts {
                    let Ok(index) = task.places.binary_search(place) else { continue };
                    let part = task.first_column + index as u32;
                    let part_type = self.column_type(part);
                    cells.extend(self.normalise(*cell, part_type, &mut sure).map(|cell| (part, cell)));
                }
                let made = Rc::new(row.with(column, cells, sure));
                self.give(task, made);
            }
        }
        self.push_tasks(split.cases, tasks, others, column, decision, collect);
    }

    /// Adds a row to a task, unless a row before it takes all.
    fn give(&mut self, task: &mut CaseTask, row: Rc<Row>) {
        self.spend(1 + row.cells.len() / 8);
        match &task.closed {
            Some(closed) => {
                let closed = closed.clone();
                self.cover(&closed, &[row]);
            }
            None => {
                if row.sure && row.cells.is_empty() {
                    task.closed = Some(row.clone());
                }
                task.rows.push(row);
            }
        }
    }

    fn push_tasks(
        &mut self,
        cases: Vec<Case>,
        tasks: Vec<CaseTask>,
        others: CaseTask,
        column: u32,
        outer: Option<u32>,
        collect: bool,
    ) {
        let explicit = tasks.iter().zip(&cases).any(|(task, case)| task.explicit && case.collect);
        let left: Vec<Case> = if explicit {
            let left = tasks.iter().zip(&cases).filter(|(task, case)| !task.explicit && case.collect);
            left.map(|(_, case)| case.clone()).collect()
        } else {
            Vec::new()
        };
        let collect_left = collect && tasks.iter().zip(&cases).any(|(task, case)| !task.explicit && case.collect);
        // The others first: what they miss is simplest to say.
        let mut made = Vec::new();
        if tasks.iter().any(|task| !task.explicit) {
            let decision = self.decide(column, left.as_slice().into(), Rc::from([]), outer);
            made.push(Task { rows: others.rows, decision, collect: collect_left });
        }
        for (task, case) in tasks.into_iter().zip(cases).filter(|(task, _)| task.explicit) {
            let parts: Rc<[(u64, u32)]> = task
                .places
                .iter()
                .enumerate()
                .map(|(index, place)| (*place, task.first_column + index as u32))
                .collect();
            let own = collect && case.collect;
            let decision = self.decide(column, Rc::from([case]), parts, outer);
            made.push(Task { rows: task.rows, decision, collect: own });
        }
        self.stack.extend(made.into_iter().rev());
    }

    fn decide(&mut self, column: u32, cases: Rc<[Case]>, parts: Rc<[(u64, u32)]>, outer: Option<u32>) -> Option<u32> {
        self.decisions.push(Decision { column, cases, parts, outer });
        Some(self.decisions.len() as u32 - 1)
    }

    // ---- results

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
    fn reach_inside(&mut self, cell: Cell) {
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
    fn cover(&mut self, by: &Row, rows: &[Rc<Row>]) {
        self.spend(rows.len());
        let arms = self.arms;
        let root = |row: &Row| arms.get(row.arm as usize).map(|arm| arm.pattern);
        let Some(by_root) = root(by) else { return };
        for row in rows {
            if by.arm != row.arm && !self.outcome.reached.get(row.arm as usize).copied().unwrap_or(true) {
                if let Some(covered) = root(row) {
                    self.add_coverer(covered, by_root);
                }
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
    fn miss(&mut self, decision: Option<u32>) {
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
        let found = self.witnesses(&path, room);
        for text in found.texts {
            if !self.outcome.missing.contains(&text) {
                self.outcome.missing.push(text);
            }
        }
        self.outcome.missing_count = self.outcome.missing_count.saturating_add(found.count);
    }
}

/// A case's rows while they are gathered.
#[derive(Default)]
struct CaseTask {
    /// Some row asks for it.
    explicit: bool,
    places: Vec<u64>,
    first_column: u32,
    rows: Vec<Rc<Row>>,
    /// The row that takes all of it.
    closed: Option<Rc<Row>>,
}
