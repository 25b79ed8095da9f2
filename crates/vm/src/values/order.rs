//! The default order of all values.
//!
//! By kind first: numbers, bool, str, byte, symbol, tuple, array, list, range, table, map, set, shape, records (structs,
//! objects, variants), types, functions, class instances. Inside a kind:
//! - numbers by their exact values, NaN last and beside itself; strings by code points, symbols by name;
//! - tuples by length, then elements; arrays by elements, then length;
//! - ranges by start, then end (a missing one first), then exclusive before inclusive;
//! - tables by their entries in the order of the keys, key before value, then by how many there are;
//! - shapes by how many fields they have, then the names, then the values, both in the order of the names;
//! - records by the name of their type (and its module), variants by their number in the enum, then fields as declared;
//! - types by their text; what is left by identity, in the order in which identities were asked for.
//!
//! It is total and agrees with equality, except that NaN stands beside itself though it is not equal.

use super::equal::same_function;
use super::hooks::{Head, Hook};
use super::items::{array_item, boxed, field_item, shape_names, slot_item, unpack, visit_item};
use super::numbers::compare_f64;
use super::stack::{Shortage, Stack};
use super::table_order::Sorting;
use super::{Answer, Call, Context, Step, ValueError};
use sayso_base::Name;
use sayso_heap::table::compare_int_float;
use sayso_heap::value::Unpacked;
use sayso_heap::{Heap, Kind, Ref, Value};
use sayso_types::TypeId;
use std::cmp::Ordering;

enum Frame {
    Array(Ref, Ref, usize),
    Slots(Ref, Ref, usize),
    /// Slots of both in the order of the names.
    Shape(Ref, Ref, usize, Box<[(u16, u16)]>),
    Record(Ref, Ref, usize, u32),
    Tables(Box<Tables>),
}

struct Tables {
    tables: [Ref; 2],
    sides: [Sorting; 2],
    index: usize,
    /// Whether the values of the entries at the index are next.
    value: bool,
    /// Which side is waiting for the order of two keys.
    asking: Option<usize>,
    charged: usize,
}

enum Next {
    /// Two values, of which the program may be asked.
    Pair {
        a: Unpacked,
        b: Unpacked,
        ask: bool,
    },
    /// Whether the first is less or, if it is reversed, the second.
    Asked {
        a: Unpacked,
        b: Unpacked,
        reversed: bool,
    },
    /// How the two values before stand.
    Verdict(Ordering),
    Advance,
}

/// Two values on their way to an order. See [`super`] for how machines are driven.
pub struct Order {
    calls: bool,
    next: Next,
    stack: Stack<Frame>,
    shortage: Shortage,
}

impl Order {
    /// For how two values stand.
    pub fn new(a: Value, b: Value) -> Order {
        Order {
            calls: true,
            next: Next::Pair { a: unpack(a), b: unpack(b), ask: false },
            stack: Stack::default(),
            shortage: Shortage::default(),
        }
    }

    /// One that never asks the program.
    pub fn without_calls(mut self) -> Order {
        self.calls = false;
        self
    }

    /// All values that it holds.
    pub fn roots(&self, visit: &mut dyn FnMut(Value)) {
        for frame in self.stack.iter() {
            let (a, b) = match frame {
                Frame::Array(a, b, _) | Frame::Slots(a, b, _) | Frame::Shape(a, b, ..) | Frame::Record(a, b, ..) => {
                    (*a, *b)
                }
                Frame::Tables(tables) => {
                    tables.sides.iter().for_each(|side| side.roots(visit));
                    (tables.tables[0], tables.tables[1])
                }
            };
            visit(Value::object(a));
            visit(Value::object(b));
        }
        if let Next::Pair { a, b, .. } | Next::Asked { a, b, .. } = self.next {
            visit_item(a, visit);
            visit_item(b, visit);
        }
    }

    /// Gives up what it charged. It must not go on after that.
    pub fn abandon(&mut self, heap: &mut Heap) {
        while self.pop(heap) {}
        self.stack.release(heap);
    }

    fn pop(&mut self, heap: &mut Heap) -> bool {
        let popped = self.stack.pop();
        if let Some(Frame::Tables(tables)) = &popped {
            heap.uncharge(tables.charged);
        }
        popped.is_some()
    }

    /// Goes on, with the answer to the call that it asked for last.
    pub fn step(&mut self, cx: &mut Context<'_>, answer: Option<Answer>) -> Step<Ordering> {
        let mut reverse = false;
        if let Next::Asked { a, b, reversed } = self.next {
            self.next = match answer {
                Some(Answer::Bool(true)) => Next::Verdict(if reversed { Ordering::Greater } else { Ordering::Less }),
                Some(Answer::Bool(false)) if reversed => Next::Verdict(Ordering::Equal),
                Some(Answer::Bool(false)) => {
                    reverse = true;
                    Next::Pair { a, b, ask: true }
                }
                _ => Next::Pair { a, b, ask: false },
            };
        }
        let step = match (&self.next, reverse) {
            (Next::Pair { a, b, .. }, true) => self.ask(cx, *a, *b, true),
            _ => self.run(cx),
        };
        if matches!(step, Step::Done(_) | Step::Failed(_)) {
            self.abandon(cx.heap);
        }
        step
    }

    fn ask(&mut self, cx: &mut Context<'_>, a: Unpacked, b: Unpacked, reversed: bool) -> Step<Ordering> {
        let (Ok(x), Ok(y)) = (boxed(cx.heap, a), boxed(cx.heap, b)) else { return self.shortage.met() };
        self.next = Next::Asked { a, b, reversed };
        Step::Call(Call { hook: Hook::Less, args: if reversed { [y, x] } else { [x, y] } })
    }

    fn run(&mut self, cx: &mut Context<'_>) -> Step<Ordering> {
        loop {
            if self.stack.reserve(cx.heap).is_err() {
                return self.shortage.met();
            }
            match self.next {
                Next::Pair { a, b, ask: true } if self.may_be_asked(cx, a, b) => return self.ask(cx, a, b, false),
                Next::Pair { a, b, .. } => match self.pair(cx, a, b) {
                    Ok(Some(order)) => self.next = Next::Verdict(order),
                    Ok(None) if self.stack.len() > cx.depth => return Step::Failed(ValueError::Depth),
                    Ok(None) => self.next = Next::Advance,
                    Err(_) => return self.shortage.met(),
                },
                Next::Verdict(order) => {
                    if self.verdict(cx.heap, order) {
                        return Step::Done(order);
                    }
                    self.next = Next::Advance;
                }
                Next::Asked { .. } | Next::Advance => {
                    if !cx.tick() {
                        return Step::Pause;
                    }
                    self.advance(cx);
                }
            }
            self.shortage.over();
        }
    }

    fn may_be_asked(&self, cx: &Context<'_>, a: Unpacked, b: Unpacked) -> bool {
        let filter = &cx.prepared.hooks[Hook::Less as usize];
        // In either order: one function may take them as they are, the other the other way round.
        self.calls
            && (filter.may_take_both(cx.prepared, cx.types, a, b) || filter.may_take_both(cx.prepared, cx.types, b, a))
    }

    /// Hands an order to whoever waits for it; true if nobody does.
    fn verdict(&mut self, heap: &mut Heap, order: Ordering) -> bool {
        while let Some(frame) = self.stack.last_mut() {
            if let Frame::Tables(tables) = frame
                && let Some(side) = tables.asking.take()
            {
                if let Some(side) = tables.sides.get_mut(side) {
                    side.take(order);
                }
                return false;
            }
            if order == Ordering::Equal {
                return false;
            }
            self.pop(heap);
        }
        true
    }

    fn advance(&mut self, cx: &mut Context<'_>) {
        let asks = self.calls && cx.module.hooks[Hook::Less as usize].is_some();
        let Some(frame) = self.stack.last_mut() else { return };
        let plain = !matches!(frame, Frame::Tables(_));
        loop {
            match frame.part(cx) {
                Ok((a, b)) => match small(a, b) {
                    Some(Ordering::Equal) if plain && !asks && cx.tick() => {}
                    _ => {
                        self.next = Next::Pair { a, b, ask: true };
                        return;
                    }
                },
                Err(order) => {
                    self.next = Next::Verdict(order);
                    self.pop(cx.heap);
                    return;
                }
            }
        }
    }

    /// How two values stand, or none if their parts come next.
    fn pair(
        &mut self,
        cx: &mut Context<'_>,
        a: Unpacked,
        b: Unpacked,
    ) -> Result<Option<Ordering>, sayso_heap::OutOfMemory> {
        if let Some(order) = small(a, b) {
            return Ok(Some(order));
        }
        let head = Head::of(cx.prepared, cx.types, a);
        let ranks = head.rank().cmp(&Head::of(cx.prepared, cx.types, b).rank());
        if ranks != Ordering::Equal {
            return Ok(Some(ranks));
        }
        let (x, y) = match (a, b) {
            (Unpacked::Object(x), Unpacked::Object(y)) => (x, y),
            (Unpacked::Symbol(x), Unpacked::Symbol(y)) => {
                return Ok(Some(cx.names.text(Name(x)).cmp(cx.names.text(Name(y)))));
            }
            (Unpacked::Type(x), Unpacked::Type(y)) => return Ok(Some(types(cx, TypeId(x), TypeId(y)))),
            // The empty tuple, and what is no value.
            (Unpacked::Object(_), _) => return Ok(Some(Ordering::Greater)),
            (_, Unpacked::Object(_)) => return Ok(Some(Ordering::Less)),
            _ => return Ok(Some(Ordering::Equal)),
        };
        let order = match head {
            Head::Tuple => match x.ref_count().cmp(&y.ref_count()) {
                Ordering::Equal => return Ok(self.push(Frame::Slots(x, y, 0))),
                order => order,
            },
            Head::Array => match arrays(cx, x, y) {
                Some(order) => order,
                None => return Ok(self.push(Frame::Array(x, y, 0))),
            },
            Head::Range => {
                let key = |range: Ref| (range.range_bounds(), range.range_inclusive());
                key(x).cmp(&key(y))
            }
            Head::Table => return self.tables(cx, x, y),
            Head::Shape => match shapes(cx, x, y) {
                Ok(slots) => return Ok(self.push(Frame::Shape(x, y, 0, slots))),
                Err(order) => order,
            },
            Head::Record => match (cx.prepared.find(cx.types, x), cx.prepared.find(cx.types, y)) {
                (Some(one), Some(two)) if one == two => return Ok(self.push(Frame::Record(x, y, 0, one))),
                (Some(one), Some(two)) => cx.prepared.record(one).rank.cmp(&cx.prepared.record(two).rank),
                (one, two) => one.cmp(&two),
            },
            Head::Function => functions(cx, x, y),
            _ => identities(cx, x, y),
        };
        Ok(Some(order))
    }

    fn push(&mut self, frame: Frame) -> Option<Ordering> {
        self.stack.push(frame);
        None
    }

    fn tables(&mut self, cx: &mut Context<'_>, x: Ref, y: Ref) -> Result<Option<Ordering>, sayso_heap::OutOfMemory> {
        let charged = Sorting::size(x) + Sorting::size(y) + size_of::<Tables>();
        cx.heap.charge(charged)?;
        cx.tick_bytes(charged * 8);
        let at_once = !(self.calls && cx.module.hooks[Hook::Less as usize].is_some());
        let sides = [Sorting::new(x, at_once), Sorting::new(y, at_once)];
        let tables = Tables { tables: [x, y], sides, index: 0, value: false, asking: None, charged };
        Ok(self.push(Frame::Tables(Box::new(tables))))
    }
}

impl Frame {
    /// The next two parts, or how the values stand of which there are no more.
    fn part(&mut self, cx: &Context<'_>) -> Result<(Unpacked, Unpacked), Ordering> {
        let (a, b, index) = match self {
            Frame::Array(a, b, index) => (array_item(*a, *index), array_item(*b, *index), index),
            Frame::Slots(a, b, index) => (slot_item(*a, *index), slot_item(*b, *index), index),
            Frame::Shape(a, b, index, slots) => match slots.get(*index) {
                Some((one, two)) => (slot_item(*a, *one as usize), slot_item(*b, *two as usize), index),
                None => return Err(Ordering::Equal),
            },
            Frame::Record(a, b, index, info) => match cx.prepared.record(*info).fields.get(*index) {
                Some(field) => (Some(field_item(*a, field)), Some(field_item(*b, field)), index),
                None => return Err(Ordering::Equal),
            },
            Frame::Tables(tables) => return tables.part(),
        };
        *index += 1;
        match (a, b) {
            (Some(a), Some(b)) => Ok((a, b)),
            (a, b) => Err(a.is_some().cmp(&b.is_some())),
        }
    }
}

impl Tables {
    fn part(&mut self) -> Result<(Unpacked, Unpacked), Ordering> {
        for (number, side) in self.sides.iter_mut().enumerate() {
            if let Some((a, b)) = side.pair() {
                self.asking = Some(number);
                return Ok((unpack(a), unpack(b)));
            }
        }
        let [left, right] = &self.sides;
        match (left.entry(self.index), right.entry(self.index)) {
            (Some(a), Some(b)) if self.value => {
                self.value = false;
                self.index += 1;
                Ok((unpack(a.1), unpack(b.1)))
            }
            (Some(a), Some(b)) => {
                self.value = true;
                Ok((unpack(a.0), unpack(b.0)))
            }
            (a, b) => Err(a.is_some().cmp(&b.is_some())),
        }
    }
}

/// The place of a value's kind, if it is one that [`small`] compares.
#[inline]
pub(super) fn small_rank(item: Unpacked) -> Option<u8> {
    let head = match item {
        Unpacked::Int(_) | Unpacked::Float(_) => Head::Float,
        Unpacked::Bool(_) => Head::Bool,
        Unpacked::Byte(_) => Head::Byte,
        Unpacked::Object(object) if object.is_str() => Head::Str,
        _ => return None,
    };
    Some(head.rank())
}

/// How two values stand, if both are numbers, strings, bools or bytes.
#[inline]
pub(super) fn small(a: Unpacked, b: Unpacked) -> Option<Ordering> {
    let behind_nan = || Ordering::Less;
    Some(match (a, b) {
        (Unpacked::Int(a), Unpacked::Int(b)) => a.cmp(&b),
        (Unpacked::Float(a), Unpacked::Float(b)) => compare_f64(a, b),
        (Unpacked::Int(a), Unpacked::Float(b)) => compare_int_float(a, b).unwrap_or_else(behind_nan),
        (Unpacked::Float(a), Unpacked::Int(b)) => compare_int_float(b, a).unwrap_or_else(behind_nan).reverse(),
        (Unpacked::Bool(a), Unpacked::Bool(b)) => a.cmp(&b),
        (Unpacked::Byte(a), Unpacked::Byte(b)) => a.cmp(&b),
        // SAFETY: obligation 3: both are strings; 1: both are alive, since the caller holds them.
        (Unpacked::Object(a), Unpacked::Object(b)) if a.is_str() && b.is_str() => unsafe {
            a.str_bytes().cmp(b.str_bytes())
        },
        _ => small_rank(a)?.cmp(&small_rank(b)?),
    })
}

/// How two arrays stand, if it can be told from their memory.
fn arrays(cx: &mut Context<'_>, x: Ref, y: Ref) -> Option<Ordering> {
    if x.kind() != y.kind() {
        return None;
    }
    // SAFETY: obligation 3: the kinds are looked at; 4: the slices are gone before anything changes.
    let order = unsafe {
        match x.kind() {
            Kind::ArrayI64 => {
                let (x, y) = (x.array_words(), y.array_words());
                x.iter().map(|word| *word as i64).cmp(y.iter().map(|word| *word as i64))
            }
            Kind::ArrayF64 => {
                let (x, y) = (x.array_words(), y.array_words());
                let pairs = x.iter().zip(y).map(|(a, b)| compare_f64(f64::from_bits(*a), f64::from_bits(*b)));
                let first = pairs.into_iter().find(|order| *order != Ordering::Equal);
                first.unwrap_or_else(|| x.len().cmp(&y.len()))
            }
            Kind::ArrayBool | Kind::ArrayByte => x.array_bytes().cmp(y.array_bytes()),
            _ => return None,
        }
    };
    cx.tick_bytes(x.array_len().min(y.array_len()) * 8);
    Some(order)
}

/// The slots of two shape values with the same names, in the order of the names; else how they stand.
fn shapes(cx: &Context<'_>, x: Ref, y: Ref) -> Result<Box<[(u16, u16)]>, Ordering> {
    let sorted = |object: Ref| {
        let names = shape_names(cx.types, object).into_iter();
        let mut fields: Vec<(&str, u16)> = names.map(|name| cx.names.text(Name(name))).zip(0..).collect();
        fields.sort_unstable();
        fields
    };
    let (one, two) = (sorted(x), sorted(y));
    let names = || one.iter().map(|field| field.0).cmp(two.iter().map(|field| field.0));
    match one.len().cmp(&two.len()).then_with(names) {
        Ordering::Equal => Ok(one.iter().zip(&two).map(|(a, b)| (a.1, b.1)).collect()),
        order => Err(order),
    }
}

fn types(cx: &Context<'_>, x: TypeId, y: TypeId) -> Ordering {
    if x == y {
        return Ordering::Equal;
    }
    let text = |ty| cx.types.display(ty, cx.names);
    text(x).cmp(&text(y)).then(x.cmp(&y))
}

fn functions(cx: &mut Context<'_>, x: Ref, y: Ref) -> Ordering {
    if same_function(x, y) {
        return Ordering::Equal;
    }
    let (plain, other) = (x.capture_count() == 0, y.capture_count() == 0);
    match (plain, other) {
        (true, true) => x.closure_function().cmp(&y.closure_function()),
        (false, false) => identities(cx, x, y),
        // Functions without captured values come first.
        _ => other.cmp(&plain),
    }
}

fn identities(cx: &mut Context<'_>, x: Ref, y: Ref) -> Ordering {
    if x == y {
        return Ordering::Equal;
    }
    let x = cx.heap.identity(x);
    x.cmp(&cx.heap.identity(y))
}
