//! Equality: structural, but for what has an identity.
//!
//! Numbers are equal if their exact values are, NaN to nothing. Strings, tuples, arrays (whatever the storage of their
//! elements, growable or fixed), ranges, shape values and records of one declaration are equal part by part; tables if
//! they have equal values under equal keys, in any order. Class instances, functions with captured values and host
//! objects are equal only to themselves. Type arguments do not count.
//!
//! There is no short cut for one object on both sides: it may hold NaN. Cyclic values end at [`Context::depth`].

use super::hash::Hasher;
use super::hooks::Hook;
use super::items::{array_item, boxed, field_item, shape_names, slot_item, unpack, visit_item};
use super::stack::{Shortage, Stack};
use super::{Answer, Call, Context, Step, ValueError};
use sayso_heap::table::{compare_int_float, fast_hash};
use sayso_heap::value::Unpacked;
use sayso_heap::{Heap, Kind, OutOfMemory, Ref, Value};
use std::cmp::Ordering;

/// What has to be equal in all parts, or found.
enum Frame {
    Array(Ref, Ref, usize),
    Slots(Ref, Ref, usize),
    Record(Ref, Ref, usize, u32),
    /// The entry of the first table at this position is to be looked for in the second.
    Table(Ref, Ref, usize),
    /// A key to be looked for in a table, being hashed.
    Hash(Box<Hasher>, Value, Ref),
    /// A key, and the keys of a table with the same hash, one of which may be equal.
    Key(Value, Ref, Box<Candidates>),
}

struct Candidates {
    hash: u64,
    keys: Vec<Value>,
    next: usize,
}

enum Next {
    /// Two values, of which the program may be asked.
    Pair {
        a: Unpacked,
        b: Unpacked,
        ask: bool,
    },
    Asked(Unpacked, Unpacked),
    /// Whether the two values before are equal.
    Verdict(bool),
    /// A key, to be looked for in a table.
    Find(Value, Ref),
    /// Whether a key was found: its hash, and the position.
    Found(u64, Option<usize>),
    Advance,
}

/// What became of a key that was looked for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Found {
    /// The key's hash.
    pub hash: u64,
    /// The position of its entry, if the table has it.
    pub position: Option<usize>,
}

enum Outcome {
    Verdict(bool),
    Found(Found),
}

/// Two values on their way to a verdict. See [`super`] for how machines are driven.
pub struct Equality {
    calls: bool,
    next: Next,
    stack: Stack<Frame>,
    shortage: Shortage,
}

impl Equality {
    /// For whether two values are equal.
    pub fn new(a: Value, b: Value) -> Equality {
        Equality::begin(Next::Pair { a: unpack(a), b: unpack(b), ask: false })
    }

    fn begin(next: Next) -> Equality {
        Equality { calls: true, next, stack: Stack::default(), shortage: Shortage::default() }
    }

    /// One that never asks the program.
    pub fn without_calls(mut self) -> Equality {
        self.calls = false;
        self
    }

    /// All values that it holds.
    pub fn roots(&self, visit: &mut dyn FnMut(Value)) {
        for frame in self.stack.iter() {
            match frame {
                Frame::Array(a, b, _) | Frame::Slots(a, b, _) | Frame::Record(a, b, ..) | Frame::Table(a, b, _) => {
                    visit(Value::object(*a));
                    visit(Value::object(*b));
                }
                Frame::Hash(hasher, key, table) => {
                    hasher.roots(visit);
                    visit(*key);
                    visit(Value::object(*table));
                }
                Frame::Key(key, table, candidates) => {
                    visit(*key);
                    visit(Value::object(*table));
                    candidates.keys.iter().for_each(|key| visit(*key));
                }
            }
        }
        match self.next {
            Next::Pair { a, b, .. } | Next::Asked(a, b) => {
                visit_item(a, visit);
                visit_item(b, visit);
            }
            Next::Find(key, table) => {
                visit(key);
                visit(Value::object(table));
            }
            Next::Verdict(_) | Next::Found(..) | Next::Advance => {}
        }
    }

    /// Gives up what it charged. It must not go on after that.
    pub fn abandon(&mut self, heap: &mut Heap) {
        while let Some(frame) = self.stack.pop() {
            if let Frame::Hash(mut hasher, ..) = frame {
                hasher.abandon(heap);
            }
        }
        self.stack.release(heap);
    }

    /// Goes on, with the answer to the call that it asked for last.
    pub fn step(&mut self, cx: &mut Context<'_>, answer: Option<Answer>) -> Step<bool> {
        match self.go_on(cx, answer) {
            Step::Done(Outcome::Verdict(verdict)) => Step::Done(verdict),
            Step::Done(Outcome::Found(found)) => Step::Done(found.position.is_some()),
            Step::Call(call) => Step::Call(call),
            Step::Pause => Step::Pause,
            Step::Collect => Step::Collect,
            Step::Failed(error) => Step::Failed(error),
        }
    }

    fn go_on(&mut self, cx: &mut Context<'_>, mut answer: Option<Answer>) -> Step<Outcome> {
        if let Next::Asked(a, b) = self.next {
            self.next = match answer.take() {
                Some(Answer::Bool(verdict)) => Next::Verdict(verdict),
                _ => Next::Pair { a, b, ask: false },
            };
        }
        let step = self.run(cx, answer);
        if matches!(step, Step::Done(_) | Step::Failed(_)) {
            self.abandon(cx.heap);
        }
        step
    }

    fn run(&mut self, cx: &mut Context<'_>, mut answer: Option<Answer>) -> Step<Outcome> {
        loop {
            if self.stack.reserve(cx.heap).is_err() {
                return self.shortage.met();
            }
            match self.next {
                Next::Pair { a, b, ask: true } if self.may_be_asked(cx, a, b) => {
                    let Ok(args) = both_boxed(cx.heap, a, b) else { return self.shortage.met() };
                    self.next = Next::Asked(a, b);
                    return Step::Call(Call { hook: Hook::Equal, args });
                }
                Next::Pair { a, b, .. } => match self.pair(cx, a, b) {
                    Some(verdict) => self.next = Next::Verdict(verdict),
                    None if self.stack.len() > cx.depth => return Step::Failed(ValueError::Depth),
                    None => self.next = Next::Advance,
                },
                Next::Verdict(verdict) => {
                    if let Some(outcome) = self.verdict(cx, verdict) {
                        return Step::Done(outcome);
                    }
                }
                Next::Find(key, table) => {
                    let hasher = Box::new(Hasher::asking(key, self.calls));
                    self.stack.push(Frame::Hash(hasher, key, table));
                    self.next = Next::Advance;
                }
                Next::Found(hash, position) => {
                    if let Some(found) = self.found(hash, position) {
                        return Step::Done(Outcome::Found(found));
                    }
                }
                Next::Asked(..) | Next::Advance => {
                    if !cx.tick() {
                        return Step::Pause;
                    }
                    if let Some(step) = self.advance(cx, answer.take()) {
                        return step;
                    }
                }
            }
            self.shortage.over();
        }
    }

    fn may_be_asked(&self, cx: &Context<'_>, a: Unpacked, b: Unpacked) -> bool {
        self.calls && cx.prepared.hooks[Hook::Equal as usize].may_take_both(cx.prepared, cx.types, a, b)
    }

    /// Hands a verdict to the topmost frame; the outcome if there is none.
    fn verdict(&mut self, cx: &mut Context<'_>, verdict: bool) -> Option<Outcome> {
        if !verdict {
            // Unequal parts make the whole unequal, up to a search, which goes on with its next candidate.
            while let Some(frame) = self.stack.last_mut() {
                match frame {
                    Frame::Key(..) => break,
                    Frame::Hash(hasher, ..) => hasher.abandon(cx.heap),
                    _ => {}
                }
                self.stack.pop();
            }
        }
        match self.stack.last_mut() {
            None => return Some(Outcome::Verdict(verdict)),
            Some(Frame::Key(_, table, candidates)) if verdict => {
                let hash = candidates.hash;
                let key = candidates.next.checked_sub(1).and_then(|last| candidates.keys.get(last)).copied();
                let position = table.table_find(hash, |other| Some(other) == key);
                self.stack.pop();
                self.next = Next::Found(hash, position);
            }
            Some(_) => self.next = Next::Advance,
        }
        None
    }

    /// Hands what was found to the frame of the table that asked; the outcome if there is none.
    fn found(&mut self, hash: u64, position: Option<usize>) -> Option<Found> {
        let Some(Frame::Table(a, b, at)) = self.stack.last_mut() else { return Some(Found { hash, position }) };
        let value = a.table_entry(*at).map(|entry| entry.1);
        let other = position.and_then(|position| b.table_entry(position)).map(|entry| entry.1);
        *at += 1;
        self.next = match (value, other) {
            (Some(a), Some(b)) => Next::Pair { a: unpack(a), b: unpack(b), ask: true },
            _ => Next::Verdict(false),
        };
        None
    }

    /// Goes on with the topmost frame.
    fn advance(&mut self, cx: &mut Context<'_>, answer: Option<Answer>) -> Option<Step<Outcome>> {
        let asks = self.calls && cx.module.hooks[Hook::Equal as usize].is_some();
        let frame = self.stack.last_mut()?;
        if let Frame::Hash(hasher, key, table) = frame {
            let (key, table) = (*key, *table);
            return match hasher.step(cx, answer) {
                Step::Done(hash) => {
                    self.stack.pop();
                    let mut keys = Vec::new();
                    table.table_find(hash, |other| {
                        keys.push(other);
                        false
                    });
                    self.stack.push(Frame::Key(key, table, Box::new(Candidates { hash, keys, next: 0 })));
                    None
                }
                Step::Call(call) => Some(Step::Call(call)),
                Step::Pause => Some(Step::Pause),
                Step::Collect => Some(Step::Collect),
                Step::Failed(error) => Some(Step::Failed(error)),
            };
        }
        let all_parts_count = !matches!(frame, Frame::Key(..));
        loop {
            match frame.part(cx) {
                Part::Pair(a, b) => match small(a, b) {
                    Some(true) if all_parts_count && !asks && cx.tick() => {}
                    _ => {
                        self.next = Next::Pair { a, b, ask: true };
                        return None;
                    }
                },
                Part::Key(key, table) => {
                    let plain = !self.calls || cx.prepared.is_plain_key(cx.types, key);
                    self.next = match fast_hash(key).filter(|_| plain) {
                        Some(hash) => Next::Found(hash, table.table_find_fast(key, hash)),
                        None => Next::Find(key, table),
                    };
                    return None;
                }
                Part::End(verdict) => {
                    self.next = match frame {
                        Frame::Key(_, _, candidates) => Next::Found(candidates.hash, None),
                        _ => Next::Verdict(verdict),
                    };
                    self.stack.pop();
                    return None;
                }
            }
        }
    }

    /// Whether two values are equal, or none if their parts come next.
    fn pair(&mut self, cx: &mut Context<'_>, a: Unpacked, b: Unpacked) -> Option<bool> {
        if let Some(verdict) = small(a, b) {
            return Some(verdict);
        }
        let (Unpacked::Object(x), Unpacked::Object(y)) = (a, b) else { return Some(false) };
        let (kind, other) = (x.kind(), y.kind());
        if kind.is_array() && other.is_array() {
            return arrays(cx, x, y).or_else(|| self.push(Frame::Array(x, y, 0)));
        }
        match (kind, other) {
            (Kind::Tuple, Kind::Tuple) if x.ref_count() == y.ref_count() => self.push(Frame::Slots(x, y, 0)),
            (Kind::Shape, Kind::Shape) if x.ref_count() == y.ref_count() => {
                let same = x.type_number() == y.type_number() || shape_names(cx.types, x) == shape_names(cx.types, y);
                if same { self.push(Frame::Slots(x, y, 0)) } else { Some(false) }
            }
            (Kind::Table, Kind::Table) if x.table_len() == y.table_len() => self.push(Frame::Table(x, y, 0)),
            (Kind::Range, Kind::Range) => {
                Some(x.range_bounds() == y.range_bounds() && x.range_inclusive() == y.range_inclusive())
            }
            (Kind::Record | Kind::OpenRecord, Kind::Record | Kind::OpenRecord) => {
                match (cx.prepared.find(cx.types, x), cx.prepared.find(cx.types, y)) {
                    (Some(one), Some(two)) if one == two && !cx.prepared.record(one).identity => {
                        self.push(Frame::Record(x, y, 0, one))
                    }
                    _ => Some(x == y),
                }
            }
            (Kind::Closure, Kind::Closure) => Some(same_function(x, y)),
            _ => Some(x == y),
        }
    }

    fn push(&mut self, frame: Frame) -> Option<bool> {
        self.stack.push(frame);
        None
    }
}

/// Whether two functions are one: functions that capture nothing are if their code is.
pub(super) fn same_function(a: Ref, b: Ref) -> bool {
    a == b || a.capture_count() == 0 && b.capture_count() == 0 && a.closure_function() == b.closure_function()
}

fn both_boxed(heap: &mut Heap, a: Unpacked, b: Unpacked) -> Result<[Value; 2], OutOfMemory> {
    Ok([boxed(heap, a)?, boxed(heap, b)?])
}

/// Whether two values are equal, if neither has parts to be looked at.
#[inline]
fn small(a: Unpacked, b: Unpacked) -> Option<bool> {
    match (a, b) {
        (Unpacked::Int(i), Unpacked::Float(f)) | (Unpacked::Float(f), Unpacked::Int(i)) => {
            Some(compare_int_float(i, f) == Some(Ordering::Equal))
        }
        (Unpacked::Object(x), Unpacked::Object(y)) => {
            (x.is_str() || y.is_str()).then(|| x.is_str() && y.is_str() && x.str_equal(y))
        }
        // Of floats as IEEE 754 says.
        _ => Some(a == b),
    }
}

/// Whether two arrays are equal, if it can be told from their memory.
fn arrays(cx: &mut Context<'_>, x: Ref, y: Ref) -> Option<bool> {
    let len = x.array_len();
    if len != y.array_len() {
        return Some(false);
    }
    if len == 0 {
        return Some(true);
    }
    if x.kind() != y.kind() {
        return None;
    }
    // SAFETY: obligation 3: the kinds are looked at; 4: the slices are gone before anything changes.
    let verdict = unsafe {
        match x.kind() {
            Kind::ArrayI64 => x.array_words() == y.array_words(),
            Kind::ArrayBool | Kind::ArrayByte => x.array_bytes() == y.array_bytes(),
            Kind::ArrayF64 => {
                let pairs = x.array_words().iter().zip(y.array_words());
                pairs.into_iter().all(|(a, b)| f64::from_bits(*a) == f64::from_bits(*b))
            }
            _ => return None,
        }
    };
    cx.tick_bytes(len * 8);
    Some(verdict)
}

enum Part {
    Pair(Unpacked, Unpacked),
    /// A key that the table must have.
    Key(Value, Ref),
    /// There is no more to compare.
    End(bool),
}

impl Frame {
    fn part(&mut self, cx: &Context<'_>) -> Part {
        let (index, parts) = match self {
            Frame::Array(a, b, index) => {
                let parts = (array_item(*a, *index), array_item(*b, *index));
                (index, parts)
            }
            Frame::Slots(a, b, index) => {
                let parts = (slot_item(*a, *index), slot_item(*b, *index));
                (index, parts)
            }
            Frame::Record(a, b, index, info) => {
                let field = cx.prepared.record(*info).fields.get(*index);
                let parts = (field.map(|field| field_item(*a, field)), field.map(|field| field_item(*b, field)));
                (index, parts)
            }
            Frame::Table(a, b, index) => {
                let used = a.table_used();
                let entry = (*index..used).find_map(|at| Some((at, a.table_entry(at)?.0)));
                let Some((at, key)) = entry else { return Part::End(true) };
                *index = at;
                return Part::Key(key, *b);
            }
            Frame::Key(key, _, candidates) => {
                let Some(candidate) = candidates.keys.get(candidates.next) else { return Part::End(false) };
                candidates.next += 1;
                return Part::Pair(unpack(*candidate), unpack(*key));
            }
            Frame::Hash(..) => return Part::End(false),
        };
        *index += 1;
        match parts {
            (Some(a), Some(b)) => Part::Pair(a, b),
            (None, None) => Part::End(true),
            _ => Part::End(false),
        }
    }
}

/// A key on its way to its entry in a table. See [`super`] for how machines are driven.
pub struct Finder(Equality);

impl Finder {
    /// For the place of a key in a table.
    pub fn new(table: Ref, key: Value) -> Finder {
        Finder(Equality::begin(Next::Find(key, table)))
    }

    /// One that never asks the program.
    pub fn without_calls(self) -> Finder {
        Finder(self.0.without_calls())
    }

    /// All values that it holds.
    pub fn roots(&self, visit: &mut dyn FnMut(Value)) {
        self.0.roots(visit);
    }

    /// Gives up what it charged. It must not go on after that.
    pub fn abandon(&mut self, heap: &mut Heap) {
        self.0.abandon(heap);
    }

    /// Goes on, with the answer to the call that it asked for last.
    pub fn step(&mut self, cx: &mut Context<'_>, answer: Option<Answer>) -> Step<Found> {
        match self.0.go_on(cx, answer) {
            Step::Done(Outcome::Found(found)) => Step::Done(found),
            Step::Done(Outcome::Verdict(_)) => Step::Failed(ValueError::Depth),
            Step::Call(call) => Step::Call(call),
            Step::Pause => Step::Pause,
            Step::Collect => Step::Collect,
            Step::Failed(error) => Step::Failed(error),
        }
    }
}
