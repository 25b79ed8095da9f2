//! Answers that a store remembers, and the budget that keeps questions finite.
//!
//! An answer is remembered only if it is certain: not if it leant on an unknown conformance, on a question that is
//! still open further out, or on a budget that ran out. Each of these raises [`Memo::doubts`].

use crate::decl::DeclId;
use crate::store::{TypeId, TypeStore, VarId};
use rustc_hash::FxHashMap;
use smallvec::SmallVec;

/// A short list of types that is copied out of the store to be walked while the store changes.
pub(crate) type Parts = SmallVec<[TypeId; 8]>;

/// The library's types that the lattice has to know: set by whoever declares the prelude.
#[derive(Clone, Copy, Default, PartialEq, Eq, Debug)]
#[allow(missing_docs)]
pub struct WellKnown {
    pub option: Option<DeclId>,
    pub some: Option<DeclId>,
    pub none: Option<DeclId>,
    pub result: Option<DeclId>,
    pub ok: Option<DeclId>,
    pub err: Option<DeclId>,
    pub iter: Option<DeclId>,
    /// A subtype of `Seq<i64>`.
    pub range: Option<DeclId>,
    pub task: Option<DeclId>,
    pub error: Option<DeclId>,
    /// `Type` without argument: the supertype of every `Type<T>`.
    pub any_type: Option<DeclId>,
    /// What a function with `yield` makes: an `Iter`.
    pub generator: Option<DeclId>,
}

impl WellKnown {
    /// All, in the order in which they are written down.
    pub(crate) fn in_order(&self) -> [Option<DeclId>; 12] {
        let mut copy = *self;
        copy.in_order_mut().map(|place| *place)
    }

    pub(crate) fn in_order_mut(&mut self) -> [&mut Option<DeclId>; 12] {
        let WellKnown { option, some, none, result, ok, err, iter, range, task, error, any_type, generator } = self;
        [option, some, none, result, ok, err, iter, range, task, error, any_type, generator]
    }
}

/// How deep questions about types may lead to further questions.
pub(crate) const MAX_QUESTION_DEPTH: u32 = 160;
/// How many questions one question may lead to.
pub(crate) const MAX_QUESTIONS: u32 = 200_000;
/// How many parts a union or intersection may have.
pub const MAX_PARTS: usize = 2_000;
/// How many types a store may have unless [`TypeStore::set_type_limit`] says otherwise.
const MAX_TYPES: u32 = 1 << 22;
/// How many answers are remembered before all are forgotten, so that memory stays bounded.
const MAX_REMEMBERED: usize = 1 << 22;

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Answer {
    No,
    Yes,
    /// Asked and not yet answered.
    Open,
}

#[derive(Clone, Debug)]
pub(crate) struct Memo {
    pub subtypes: FxHashMap<u64, Answer>,
    pub unions: FxHashMap<u64, TypeId>,
    pub intersections: FxHashMap<u64, TypeId>,
    /// Views of types as declared supertypes; [`TypeId::NEVER`] for none.
    pub views: FxHashMap<u64, TypeId>,
    /// Variables that stand for the run-time type of an argument; see `dispatch/order.rs`.
    pub skolems: FxHashMap<(TypeId, TypeId, u32), VarId>,
    /// Direct subtypes of declarations.
    pub children: Option<FxHashMap<DeclId, Vec<DeclId>>>,
    pub children_of: usize,
    pub doubts: u64,
    pub depth: u32,
    pub questions: u32,
    pub max_types: u32,
    pub over_budget: bool,
    pub lost_type: bool,
}

impl Default for Memo {
    fn default() -> Self {
        Memo {
            subtypes: FxHashMap::default(),
            unions: FxHashMap::default(),
            intersections: FxHashMap::default(),
            views: FxHashMap::default(),
            skolems: FxHashMap::default(),
            children: None,
            children_of: 0,
            doubts: 0,
            depth: 0,
            questions: 0,
            max_types: MAX_TYPES,
            over_budget: false,
            lost_type: false,
        }
    }
}

impl Memo {
    /// Forgets all answers: a declaration or bound is about to change.
    pub fn forget(&mut self) {
        self.children = None;
        forget_map(&mut self.subtypes);
        forget_map(&mut self.unions);
        forget_map(&mut self.intersections);
        forget_map(&mut self.views);
    }

    /// About how many bytes the answers take.
    pub fn bytes(&self) -> usize {
        let answers = self.subtypes.capacity() + self.unions.capacity() + self.intersections.capacity();
        // A word of key, a word of answer and a byte of the table.
        17 * (answers + self.views.capacity() + 2 * self.skolems.capacity())
    }

    /// A type is too large: `Error` stands for it.
    pub fn lost(&mut self) {
        self.lost_type = true;
        self.exhausted();
    }

    pub fn exhausted(&mut self) {
        self.over_budget = true;
        self.doubts += 1;
    }
}

/// Large tables are dropped instead of cleared, so that clearing them again and again costs nothing.
fn forget_map<V>(map: &mut FxHashMap<u64, V>) {
    if map.capacity() > 4096 {
        *map = FxHashMap::default();
    } else if !map.is_empty() {
        map.clear();
    }
}

pub(crate) fn pair(a: TypeId, b: TypeId) -> u64 {
    (u64::from(a.0) << 32) | u64::from(b.0)
}

impl TypeStore {
    /// Enters a question that may lead to others; `false` if the budget forbids it. Every `true` needs a
    /// [`TypeStore::leave`].
    pub(crate) fn enter(&mut self) -> bool {
        let memo = &mut self.memo;
        if memo.depth == 0 {
            memo.questions = 0;
        }
        memo.questions += 1;
        if memo.depth >= MAX_QUESTION_DEPTH || memo.questions > MAX_QUESTIONS {
            memo.exhausted();
            return false;
        }
        memo.depth += 1;
        true
    }

    pub(crate) fn leave(&mut self) {
        self.memo.depth = self.memo.depth.saturating_sub(1);
    }

    /// The remembered answer to "is `a` a subtype of `b`", here or in the base.
    pub(crate) fn remembered(&self, a: TypeId, b: TypeId) -> Option<Answer> {
        if a.0 < self.first_type() && b.0 < self.first_type() {
            let known = self.base.as_ref().and_then(|base| base.remembered(a, b));
            if known.is_some() {
                return known;
            }
        }
        self.memo.subtypes.get(&pair(a, b)).copied()
    }

    pub(crate) fn remember(&mut self, a: TypeId, b: TypeId, answer: Answer) {
        if self.memo.subtypes.len() >= MAX_REMEMBERED {
            self.memo.subtypes = FxHashMap::default();
        }
        self.memo.subtypes.insert(pair(a, b), answer);
    }
}
