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
use super::outcome::Outcome;
use crate::hir::{Function, PatternId, PatternKind};
use sayso_base::Interner;
use sayso_types::{TypeId, TypeStore};
use smallvec::SmallVec;
use std::rc::Rc;

/// How many steps of work one `match` may cause.
const MATCH_BUDGET: u64 = 2_000_000;

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
    pub alternative: Option<u32>,
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
pub(super) struct Alternative {
    pub or: PatternId,
    pub part: PatternId,
    pub outer: Option<u32>,
}

/// A case of a column that was chosen.
#[derive(Clone, Debug)]
pub(super) struct Decision {
    pub column: u32,
    /// One case, or several that no row tells apart; none stands for all.
    pub cases: Rc<[Case]>,
    /// The columns of its parts, by place.
    pub parts: Rc<[(u64, u32)]>,
    pub outer: Option<u32>,
}

/// A part of the values and the rows that may take them.
struct Task {
    rows: Vec<Rc<Row>>,
    decision: Option<u32>,
    /// Whether values that no row takes are missing; not where they are found elsewhere too.
    collect: bool,
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
    pub arms: &'a [ArmPattern],
    pub alternatives: Vec<Alternative>,
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
