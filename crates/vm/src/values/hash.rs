//! Hashes that agree with equality.
//!
//! A number's hash is that of its exact value; arrays hash alike whatever their elements' storage; a table's hash does
//! not depend on the order of its entries; records start from the names of their type. Class instances and whatever
//! else is compared by identity hash by a number that the heap gives out in the order of asking, so that hashes are the
//! same in every run.

use super::hooks::Hook;
use super::items::{array_item, boxed, field_item, immediate, shape_names, slot_item, unpack, visit_item};
use super::stack::{Shortage, Stack};
use super::{Answer, Call, Context, Step, ValueError};
use sayso_heap::value::Unpacked;
use sayso_heap::{Heap, Kind, Ref, Value, hash};

const ARRAY: u64 = 0x51;
const TUPLE: u64 = 0x52;
const SHAPE: u64 = 0x53;
const TABLE: u64 = 0x54;
const RANGE: u64 = 0x55;
const FUNCTION: u64 = 0x56;
const IDENTITY: u64 = 0x57;

struct Frame {
    object: Ref,
    walk: Walk,
    index: usize,
    hash: u64,
}

#[derive(Clone, Copy)]
enum Walk {
    Array,
    Slots,
    Record(u32),
    /// The key of the current entry, once it is hashed.
    Table(Option<u64>),
}

enum Next {
    /// A value, of which the program may be asked.
    Item {
        item: Unpacked,
        ask: bool,
    },
    Asked(Unpacked),
    /// The hash of a part, for the topmost frame.
    Hash(u64),
    /// The next part of the topmost frame.
    Advance,
}

/// A value on its way to a hash. See [`super`] for how machines are driven.
pub struct Hasher {
    calls: bool,
    next: Next,
    stack: Stack<Frame>,
    shortage: Shortage,
}

impl Hasher {
    /// For the hash of a value.
    pub fn new(value: Value) -> Hasher {
        Hasher {
            calls: true,
            next: Next::Item { item: unpack(value), ask: false },
            stack: Stack::default(),
            shortage: Shortage::default(),
        }
    }

    /// For the hash of a value for which the program may have its own function.
    pub(super) fn asking(value: Value, calls: bool) -> Hasher {
        let mut hasher = Hasher::new(value);
        hasher.calls = calls;
        hasher.next = Next::Item { item: unpack(value), ask: true };
        hasher
    }

    /// One that never asks the program.
    pub fn without_calls(mut self) -> Hasher {
        self.calls = false;
        self
    }

    /// All values that it holds.
    pub fn roots(&self, visit: &mut dyn FnMut(Value)) {
        self.stack.iter().for_each(|frame| visit(Value::object(frame.object)));
        if let Next::Item { item, .. } | Next::Asked(item) = self.next {
            visit_item(item, visit);
        }
    }

    /// Gives up what it charged. It must not go on after that.
    pub fn abandon(&mut self, heap: &mut Heap) {
        self.stack.release(heap);
    }

    /// Goes on, with the answer to the call that it asked for last.
    pub fn step(&mut self, cx: &mut Context<'_>, answer: Option<Answer>) -> Step<u64> {
        if let Next::Asked(item) = self.next {
            self.next = match answer {
                Some(Answer::Hash(hash)) => Next::Hash(hash),
                _ => Next::Item { item, ask: false },
            };
        }
        let step = self.run(cx);
        if matches!(step, Step::Done(_) | Step::Failed(_)) {
            self.stack.release(cx.heap);
        }
        step
    }

    fn run(&mut self, cx: &mut Context<'_>) -> Step<u64> {
        loop {
            if self.stack.reserve(cx.heap).is_err() {
                return self.shortage.met();
            }
            match self.next {
                Next::Item { item, ask: true } if self.may_be_asked(cx, item) => match boxed(cx.heap, item) {
                    Ok(value) => {
                        self.next = Next::Asked(item);
                        return Step::Call(Call { hook: Hook::Hash, args: [value, value] });
                    }
                    Err(_) => return self.shortage.met(),
                },
                Next::Item { item, .. } => match self.item(cx, item) {
                    Some(hash) => self.next = Next::Hash(hash),
                    None if self.stack.len() > cx.depth => return Step::Failed(ValueError::Depth),
                    None => self.next = Next::Advance,
                },
                Next::Hash(hash) => match self.stack.last_mut() {
                    Some(frame) => {
                        frame.take(hash);
                        self.next = Next::Advance;
                    }
                    None => return Step::Done(hash),
                },
                Next::Asked(_) | Next::Advance => {
                    if !cx.tick() {
                        return Step::Pause;
                    }
                    self.advance(cx);
                }
            }
            self.shortage.over();
        }
    }

    fn may_be_asked(&self, cx: &Context<'_>, item: Unpacked) -> bool {
        self.calls && cx.prepared.hooks[Hook::Hash as usize].may_take(cx.prepared, cx.types, item)
    }

    fn advance(&mut self, cx: &mut Context<'_>) {
        let asks = self.calls && cx.module.hooks[Hook::Hash as usize].is_some();
        let Some(frame) = self.stack.last_mut() else { return };
        loop {
            let Some(item) = frame.part(cx) else {
                self.next = Next::Hash(frame.finish());
                self.stack.pop();
                return;
            };
            match small(item) {
                Some(hash) if !asks && cx.tick() => frame.take(hash),
                _ => {
                    self.next = Next::Item { item, ask: true };
                    return;
                }
            }
        }
    }

    /// The hash of a value, or none if its parts come next.
    fn item(&mut self, cx: &mut Context<'_>, item: Unpacked) -> Option<u64> {
        if let Some(hash) = small(item) {
            return Some(hash);
        }
        let Unpacked::Object(object) = item else { return Some(0) };
        let (walk, hash) = match object.kind() {
            Kind::ArrayI64 | Kind::ArrayF64 | Kind::ArrayBool | Kind::ArrayByte | Kind::ArrayDyn => {
                (Walk::Array, hash::word(ARRAY))
            }
            Kind::Tuple => (Walk::Slots, hash::word(TUPLE)),
            Kind::Shape => {
                let name = |hash, name: u32| {
                    let text = cx.names.text(sayso_base::Name(name));
                    hash::combine(hash, hash::bytes(text.as_bytes()).into())
                };
                (Walk::Slots, shape_names(cx.types, object).into_iter().fold(hash::word(SHAPE), name))
            }
            Kind::Table => (Walk::Table(None), hash::word(TABLE)),
            Kind::Range => {
                let (start, end) = object.range_bounds();
                let part = |hash, part: Option<i64>| hash::combine(hash, part.map_or(1, hash::int));
                let hash = hash::combine(hash::word(RANGE), object.range_inclusive().into());
                return Some(part(part(hash, start), end));
            }
            Kind::Closure if object.capture_count() == 0 => {
                return Some(hash::combine(FUNCTION, object.closure_function().into()));
            }
            Kind::Record | Kind::OpenRecord => match cx.prepared.find(cx.types, object) {
                Some(index) if !cx.prepared.record(index).identity => {
                    (Walk::Record(index), cx.prepared.record(index).seed)
                }
                _ => return Some(identity(cx, object)),
            },
            _ => return Some(identity(cx, object)),
        };
        self.stack.push(Frame { object, walk, index: 0, hash });
        None
    }
}

fn identity(cx: &mut Context<'_>, object: Ref) -> u64 {
    hash::combine(IDENTITY, cx.heap.identity(object))
}

/// The hash of a value without parts: what [`sayso_heap::table::fast_hash`] says of it.
#[inline]
fn small(item: Unpacked) -> Option<u64> {
    match item {
        Unpacked::Int(i) => Some(hash::int(i)),
        Unpacked::Float(f) => Some(hash::float(f)),
        Unpacked::Object(object) if object.is_str() => Some(hash::word(object.str_hash().into())),
        Unpacked::Object(_) => None,
        other => Some(hash::word(immediate(other).0)),
    }
}

impl Frame {
    fn part(&mut self, cx: &Context<'_>) -> Option<Unpacked> {
        let (object, index) = (self.object, self.index);
        match self.walk {
            Walk::Array => array_item(object, index),
            Walk::Slots => slot_item(object, index),
            Walk::Record(info) => cx.prepared.record(info).fields.get(index).map(|field| field_item(object, field)),
            Walk::Table(Some(_)) => Some(unpack(object.table_entry(index).map_or(Value::UNSET, |entry| entry.1))),
            Walk::Table(None) => {
                let used = object.table_used();
                let (index, key) = (index..used).find_map(|index| Some((index, object.table_entry(index)?.0)))?;
                self.index = index;
                Some(unpack(key))
            }
        }
    }

    fn take(&mut self, hash: u64) {
        match &mut self.walk {
            Walk::Table(key @ None) => *key = Some(hash),
            Walk::Table(Some(key)) => {
                self.hash = self.hash.wrapping_add(hash::combine(*key, hash));
                self.walk = Walk::Table(None);
                self.index += 1;
            }
            Walk::Array | Walk::Slots | Walk::Record(_) => {
                self.hash = hash::combine(self.hash, hash);
                self.index += 1;
            }
        }
    }

    fn finish(&self) -> u64 {
        let count = if self.object.is(Kind::Table) { self.object.table_len() } else { self.index };
        hash::combine(self.hash, count as u64)
    }
}
