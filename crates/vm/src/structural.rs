//! Equality, the default order and hashes of all values.
//!
//! [`Compare`] compares two values with a stack of pairs of objects that are half compared. Its depth is bounded like
//! that of calls, so values nested too deeply, cyclic ones among them, are a `DepthError`. [`Hash`] looks at the upper
//! levels and the first elements only, which agrees with equality just as well. [`FindKey`] looks a key up in a table.
//! For nested values the functions of a program that specialises `equal?`, `less?` or `hash` are asked.

use crate::context::Context;
use crate::errors::Thrown;
use crate::machine::{Ask, Hook, Machine};
use crate::native::Slot;
use crate::sequences::element_class;
use sayso_bytecode::{Class, FaultKind};
use sayso_heap::hash;
use sayso_heap::table::{as_int, compare_int_float, fast_equal, fast_hash};
use sayso_heap::value::Unpacked;
use sayso_heap::{Kind, Ref, Value};
use sayso_types::{DeclKind, TypeId, TypeKind};
use std::cmp::Ordering;

/// A value whose integers need no object.
#[derive(Clone, Copy)]
enum Datum {
    Int(i64),
    Value(Value),
}

/// What a comparison finds out.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Mode {
    /// Whether they are equal: any answer but `Equal` means that they are not.
    Equal,
    /// Which stands before the other.
    Order,
}

/// Two objects that are being compared.
struct Pair {
    a: Ref,
    b: Ref,
    next: usize,
    /// How many parts are to be compared.
    count: usize,
    /// The answer if all of them are equal.
    otherwise: Ordering,
}

/// What a comparison waits for.
enum Waiting {
    Nothing,
    /// `equal?(a, b)`
    Equal,
    /// `less?(a, b)`; after a no, `less?(b, a)` is to be asked.
    Less(Value, Value),
    /// `less?(b, a)`
    Greater,
    /// The key of an entry in the other table; then the values are compared.
    Key {
        find: Box<FindKey>,
        value: Value,
    },
}

/// Compares two values.
pub(crate) struct Compare {
    a: Value,
    b: Value,
    mode: Mode,
    stack: Vec<Pair>,
    waiting: Waiting,
    /// How many tables are keys of tables around this comparison.
    nesting: u32,
}

/// Fuel for two parts that are compared: as much as some instructions.
const COST: u64 = 4;
/// How many levels and elements a hash looks at.
const HASH_DEPTH: usize = 6;
const HASH_PARTS: usize = 32;
/// How deep tables may be keys of tables that are compared.
const MAX_KEY_NESTING: u32 = 50;

impl Compare {
    pub fn new(a: Value, b: Value, mode: Mode) -> Compare {
        Compare { a, b, mode, stack: Vec::new(), waiting: Waiting::Nothing, nesting: 0 }
    }

    /// Goes on when a pair of parts has this answer.
    fn go_on(&mut self, context: &mut Context, mut answer: Ordering) -> Result<Ask<Ordering>, Thrown> {
        loop {
            if answer != Ordering::Equal {
                return Ok(Ask::Done(answer));
            }
            let Some(pair) = self.stack.last_mut() else { return Ok(Ask::Done(Ordering::Equal)) };
            if pair.next == pair.count {
                answer = pair.otherwise;
                self.stack.pop();
                continue;
            }
            let (a, b, index) = (pair.a, pair.b, pair.next);
            pair.next += 1;
            if self.stack.len() > context.limits.depth as usize {
                return Err(context.fault(FaultKind::Depth, "the values are nested too deeply, or cyclic"));
            }
            context.charge(COST)?;
            if self.mode == Mode::Equal && a.is(Kind::Table) {
                let Some((key, value)) = a.table_entry(index) else { continue };
                if self.nesting >= MAX_KEY_NESTING {
                    return Err(context.fault(FaultKind::Depth, "the values are nested too deeply, or cyclic"));
                }
                let find = Box::new(FindKey::nested(b, key, self.nesting + 1));
                self.waiting = Waiting::Key { find, value };
                match self.find_entry(context, None)? {
                    Ok(next) => answer = next,
                    Err(ask) => return Ok(ask),
                }
                continue;
            }
            let parts = (context.part(a, index), context.part(b, index));
            answer = match parts {
                (Some(x), Some(y)) => match self.step(context, x, y, false)? {
                    Ok(answer) => answer,
                    Err(ask) => return Ok(ask),
                },
                // Something was removed meanwhile.
                (x, y) => x.is_some().cmp(&y.is_some()),
            };
        }
    }

    /// Looks for an entry's key in the other table, then compares the values.
    #[allow(clippy::type_complexity)]
    fn find_entry(
        &mut self,
        context: &mut Context,
        answer: Option<Slot>,
    ) -> Result<Result<Ordering, Ask<Ordering>>, Thrown> {
        let Waiting::Key { mut find, value } = std::mem::replace(&mut self.waiting, Waiting::Nothing) else {
            return Ok(Ok(Ordering::Equal));
        };
        match find.run(context, answer)? {
            Ask::Call(multi, args) => {
                self.waiting = Waiting::Key { find, value };
                Ok(Err(Ask::Call(multi, args)))
            }
            Ask::Done(found) => match found.position.and_then(|position| find.table.table_entry(position)) {
                Some((_, other)) => self.step(context, Datum::Value(value), Datum::Value(other), false),
                None => Ok(Ok(Ordering::Less)),
            },
        }
    }

    /// Compares two values, but pushes a pair if they have parts; a call if the program is to be asked.
    fn step(
        &mut self,
        context: &mut Context,
        a: Datum,
        b: Datum,
        root: bool,
    ) -> Result<Result<Ordering, Ask<Ordering>>, Thrown> {
        if let (Some(x), Some(y)) = (number(a), number(b)) {
            return Ok(Ok(match self.mode {
                Mode::Equal => equal_numbers(x, y),
                Mode::Order => compare_numbers(x, y),
            }));
        }
        let (Datum::Value(a), Datum::Value(b)) = (a, b) else { return Ok(Ok(context.by_rank(a, b))) };
        if self.mode == Mode::Equal {
            if let Some(answer) = fast_equal(a, b) {
                if a.as_object().is_none_or(Ref::is_str) || b.as_object().is_none_or(Ref::is_str) {
                    return Ok(Ok(if answer { Ordering::Equal } else { Ordering::Less }));
                }
            }
        }
        if !root && a.is_object() && b.is_object() {
            let hook = if self.mode == Mode::Equal { Hook::Equal } else { Hook::Less };
            if let Some(multi) = context.hooked(hook, &[a, b])? {
                self.waiting = if self.mode == Mode::Equal { Waiting::Equal } else { Waiting::Less(a, b) };
                return Ok(Err(Ask::Call(multi, vec![a, b])));
            }
        }
        let ranks = (context.rank(a), context.rank(b));
        if ranks.0 != ranks.1 {
            return Ok(Ok(ranks.0.cmp(&ranks.1)));
        }
        Ok(Ok(match (a.as_object(), b.as_object()) {
            (Some(x), Some(y)) => context.step_objects(x, y, self.mode, &mut self.stack)?,
            // `()` is a tuple without elements.
            (Some(_), None) => Ordering::Greater,
            (None, Some(_)) => Ordering::Less,
            (None, None) => match (a.unpack(), b.unpack()) {
                (Unpacked::Symbol(x), Unpacked::Symbol(y)) => {
                    context.program.name_rank(x).cmp(&context.program.name_rank(y))
                }
                _ => a.0.cmp(&b.0),
            },
        }))
    }
}

impl Machine for Compare {
    type Output = Ordering;

    fn run(&mut self, context: &mut Context, answer: Option<Slot>) -> Result<Ask<Ordering>, Thrown> {
        let yes = answer.is_some_and(|slot| slot.0 & 1 != 0);
        let first = match std::mem::replace(&mut self.waiting, Waiting::Nothing) {
            Waiting::Nothing => self.step(context, Datum::Value(self.a), Datum::Value(self.b), true)?,
            Waiting::Equal => Ok(if yes { Ordering::Equal } else { Ordering::Less }),
            Waiting::Less(..) if yes => Ok(Ordering::Less),
            Waiting::Less(a, b) => match context.hooked(Hook::Less, &[b, a])? {
                Some(multi) => {
                    self.waiting = Waiting::Greater;
                    Err(Ask::Call(multi, vec![b, a]))
                }
                None => Ok(Ordering::Equal),
            },
            Waiting::Greater => Ok(if yes { Ordering::Greater } else { Ordering::Equal }),
            waiting @ Waiting::Key { .. } => {
                self.waiting = waiting;
                self.find_entry(context, answer)?
            }
        };
        match first {
            Ok(answer) => self.go_on(context, answer),
            Err(ask) => Ok(ask),
        }
    }

    fn values(&self, visit: &mut dyn FnMut(Value)) {
        visit(self.a);
        visit(self.b);
        for pair in &self.stack {
            visit(Value::object(pair.a));
            visit(Value::object(pair.b));
        }
        match &self.waiting {
            Waiting::Less(a, b) => {
                visit(*a);
                visit(*b);
            }
            Waiting::Key { find, value } => {
                visit(*value);
                find.values(visit);
            }
            Waiting::Nothing | Waiting::Equal | Waiting::Greater => {}
        }
    }
}

/// An object whose hash is being computed.
struct Level {
    object: Ref,
    next: usize,
    count: usize,
    sum: u64,
    /// Entries of a table are summed up, so that their order does not count.
    key: Option<u64>,
}

/// Computes the hash of a value.
pub(crate) struct Hash {
    value: Value,
    stack: Vec<Level>,
    asked: bool,
}

impl Hash {
    pub fn new(value: Value) -> Hash {
        Hash { value, stack: Vec::new(), asked: false }
    }

    /// The hash of a value, or begins to compute it.
    fn begin(
        &mut self,
        context: &mut Context,
        datum: Datum,
        root: bool,
    ) -> Result<Result<Option<u64>, Ask<u64>>, Thrown> {
        let value = match datum {
            Datum::Int(i) => return Ok(Ok(Some(hash::int(i)))),
            Datum::Value(value) => value,
        };
        if let Some(known) = fast_hash(value) {
            return Ok(Ok(Some(known)));
        }
        let Some(object) = value.as_object() else { return Ok(Ok(Some(hash::word(value.0)))) };
        if !root {
            if let Some(multi) = context.hooked(Hook::Hash, &[value])? {
                self.asked = true;
                return Ok(Err(Ask::Call(multi, vec![value])));
            }
        }
        context.charge(1)?;
        let (seed, count) = context.hash_seed(object);
        let sum = hash::combine(seed, count as u64);
        if self.stack.len() >= HASH_DEPTH || count == 0 {
            return Ok(Ok(Some(sum)));
        }
        let count = match object.kind() {
            Kind::Table if count > HASH_PARTS => return Ok(Ok(Some(sum))),
            Kind::Table => object.table_used() * 2,
            _ => count.min(HASH_PARTS),
        };
        self.stack.push(Level { object, next: 0, count, sum, key: None });
        Ok(Ok(None))
    }

    fn go_on(&mut self, context: &mut Context, mut part: Option<u64>) -> Result<Ask<u64>, Thrown> {
        loop {
            let Some(level) = self.stack.last_mut() else { return Ok(Ask::Done(part.unwrap_or(0))) };
            if let Some(part) = part.take() {
                if !level.object.is(Kind::Table) {
                    level.sum = hash::combine(level.sum, part);
                } else if let Some(key) = level.key.take() {
                    level.sum = level.sum.wrapping_add(hash::combine(key, part));
                } else {
                    level.key = Some(part);
                }
            }
            if level.next >= level.count {
                part = Some(hash::combine(level.sum, 1));
                self.stack.pop();
                continue;
            }
            let (object, index) = (level.object, level.next);
            level.next += 1;
            let datum = if object.is(Kind::Table) {
                object
                    .table_entry(index / 2)
                    .map(|(key, value)| Datum::Value(if index.is_multiple_of(2) { key } else { value }))
            } else {
                context.part(object, index)
            };
            let Some(datum) = datum else { continue };
            match self.begin(context, datum, false)? {
                Ok(known) => part = known,
                Err(ask) => return Ok(ask),
            }
        }
    }
}

impl Machine for Hash {
    type Output = u64;

    fn run(&mut self, context: &mut Context, answer: Option<Slot>) -> Result<Ask<u64>, Thrown> {
        let part = match answer {
            Some(slot) if std::mem::take(&mut self.asked) => Some(hash::int(slot.0 as i64)),
            _ => match self.begin(context, Datum::Value(self.value), true)? {
                Ok(known) => known,
                Err(ask) => return Ok(ask),
            },
        };
        self.go_on(context, part)
    }

    fn values(&self, visit: &mut dyn FnMut(Value)) {
        visit(self.value);
        self.stack.iter().for_each(|level| visit(Value::object(level.object)));
    }
}

/// Where a key is in a table.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Found {
    /// The key's hash.
    pub hash: u64,
    /// Its entry's position, if there is one.
    pub position: Option<usize>,
}

enum Search {
    Start,
    /// `hash(key)` was asked for.
    UserHash,
    Hash(Box<Hash>),
    /// Entries with the key's hash; the next to be compared, which is being compared.
    Entries {
        hash: u64,
        positions: Vec<usize>,
        next: usize,
        compare: Option<Box<Compare>>,
        asked: bool,
    },
}

/// Looks a key up in a table, by the program's own `hash` and `equal?` where it has them for the key.
pub(crate) struct FindKey {
    table: Ref,
    key: Value,
    nesting: u32,
    search: Search,
}

impl FindKey {
    pub fn new(table: Ref, key: Value) -> FindKey {
        FindKey::nested(table, key, 0)
    }
    fn nested(table: Ref, key: Value, nesting: u32) -> FindKey {
        FindKey { table, key, nesting, search: Search::Start }
    }

    fn with_hash(&mut self, hash: u64) {
        let mut positions = Vec::new();
        self.table.table_find_all(hash, &mut |position| positions.push(position));
        self.search = Search::Entries { hash, positions, next: 0, compare: None, asked: false };
    }
}

impl Machine for FindKey {
    type Output = Found;

    fn run(&mut self, context: &mut Context, mut answer: Option<Slot>) -> Result<Ask<Found>, Thrown> {
        loop {
            match &mut self.search {
                Search::Start => {
                    if let Some(hash) = fast_hash(self.key) {
                        let position = self.table.table_find_fast(self.key, hash);
                        return Ok(Ask::Done(Found { hash, position }));
                    }
                    if let Some(multi) = context.hooked(Hook::Hash, &[self.key])? {
                        self.search = Search::UserHash;
                        return Ok(Ask::Call(multi, vec![self.key]));
                    }
                    self.search = Search::Hash(Box::new(Hash::new(self.key)));
                }
                Search::UserHash => {
                    let Some(slot) = answer.take() else { return Err(context.internal_error("no hash was given")) };
                    self.with_hash(hash::int(slot.0 as i64));
                }
                Search::Hash(machine) => match machine.run(context, answer.take())? {
                    Ask::Done(hash) => self.with_hash(hash),
                    Ask::Call(multi, args) => return Ok(Ask::Call(multi, args)),
                },
                Search::Entries { hash, positions, next, compare, asked } => {
                    let Some(&position) = positions.get(*next) else {
                        return Ok(Ask::Done(Found { hash: *hash, position: None }));
                    };
                    let Some((other, _)) = self.table.table_entry(position) else {
                        *next += 1;
                        continue;
                    };
                    let same = if std::mem::take(asked) {
                        answer.take().is_some_and(|slot| slot.0 & 1 != 0)
                    } else {
                        if compare.is_none() {
                            if let Some(multi) = context.hooked(Hook::Equal, &[other, self.key])? {
                                *asked = true;
                                return Ok(Ask::Call(multi, vec![other, self.key]));
                            }
                            let mut machine = Compare::new(other, self.key, Mode::Equal);
                            machine.nesting = self.nesting;
                            *compare = Some(Box::new(machine));
                        }
                        match compare.as_mut().map(|machine| machine.run(context, answer.take())) {
                            Some(Ok(Ask::Done(ordering))) => ordering == Ordering::Equal,
                            Some(Ok(Ask::Call(multi, args))) => return Ok(Ask::Call(multi, args)),
                            Some(Err(thrown)) => return Err(thrown),
                            None => false,
                        }
                    };
                    *compare = None;
                    *next += 1;
                    if same {
                        // Unless the table changed meanwhile, it is still there.
                        let still = self.table.table_entry(position).is_some_and(|entry| entry.0 == other);
                        return Ok(Ask::Done(Found { hash: *hash, position: still.then_some(position) }));
                    }
                }
            }
        }
    }

    fn values(&self, visit: &mut dyn FnMut(Value)) {
        visit(Value::object(self.table));
        visit(self.key);
        match &self.search {
            Search::Hash(machine) => machine.values(visit),
            Search::Entries { compare: Some(machine), .. } => machine.values(visit),
            _ => {}
        }
    }
}

impl Context {
    /// Runs a machine without asking the program.
    fn alone<M: Machine>(&mut self, mut machine: M) -> Result<M::Output, Thrown> {
        let hooks = std::mem::replace(&mut self.hooks_off, true);
        let done = machine.run(self, None);
        self.hooks_off = hooks;
        match done? {
            Ask::Done(output) => Ok(output),
            Ask::Call(..) => Err(self.internal_error("work without calls asked for one")),
        }
    }

    /// Whether two values are equal, whatever the program specialises.
    #[inline]
    pub(crate) fn equal(&mut self, a: Value, b: Value) -> Result<bool, Thrown> {
        match fast_equal(a, b) {
            Some(answer) => Ok(answer),
            None => Ok(self.alone(Compare::new(a, b, Mode::Equal))? == Ordering::Equal),
        }
    }

    /// The default order, whatever the program specialises; `NaN` stands behind all other numbers.
    pub(crate) fn compare(&mut self, a: Value, b: Value) -> Result<Ordering, Thrown> {
        self.alone(Compare::new(a, b, Mode::Order))
    }

    /// The hash that agrees with [`Context::equal`].
    pub(crate) fn hash_of(&mut self, value: Value) -> Result<i64, Thrown> {
        Ok(self.alone(Hash::new(value))? as i64)
    }

    /// Where a key is in a table, whatever the program specialises.
    pub(crate) fn find_key(&mut self, table: Ref, key: Value) -> Result<Found, Thrown> {
        self.alone(FindKey::new(table, key))
    }

    /// What the hash of an object begins with, and how many parts it has.
    fn hash_seed(&mut self, object: Ref) -> (u64, usize) {
        match object.kind() {
            Kind::Tuple => (5, object.ref_count()),
            kind if kind.is_array() => (6, object.array_len()),
            Kind::Range => (8, 3),
            Kind::Table => (9, object.table_len()),
            Kind::Shape => (12, object.ref_count()),
            Kind::Record | Kind::OpenRecord if !self.by_identity(TypeId(object.type_number())) => {
                let decl = self.types.decl_of(TypeId(object.type_number())).map_or(0, |decl| decl.0);
                (hash::combine(13, u64::from(decl)), self.field_count(object))
            }
            Kind::Closure if object.capture_count() == 0 => {
                (hash::combine(15, u64::from(object.closure_function())), 0)
            }
            _ => (hash::combine(16, self.heap.identity(object)), 0),
        }
    }

    /// Part `index` of an object: elements, slots, keys and values in turn.
    fn part(&self, object: Ref, index: usize) -> Option<Datum> {
        match object.kind() {
            kind if kind.is_array() => Some(datum(element_class(kind), object.array_raw(index)?)),
            Kind::Table => {
                let mut entries = (0..object.table_used()).filter_map(|position| object.table_entry(position));
                let (key, value) = entries.nth(index / 2)?;
                Some(Datum::Value(if index.is_multiple_of(2) { key } else { value }))
            }
            Kind::Range => Some(Datum::Int(object.raw_slot(index) as i64)),
            Kind::Record | Kind::OpenRecord => {
                let decl = self.types.decl_of(TypeId(object.type_number()))?;
                let slot = self.field_slot(decl, index as u32);
                Some(datum(self.slot_class(object, slot), object.slot(slot)?))
            }
            _ => object.ref_slot(index).map(Datum::Value),
        }
    }

    fn by_rank(&self, a: Datum, b: Datum) -> Ordering {
        let rank = |datum| match datum {
            Datum::Int(_) => 0,
            Datum::Value(value) => self.rank(value),
        };
        match rank(a).cmp(&rank(b)) {
            Ordering::Equal => Ordering::Less,
            other => other,
        }
    }

    /// The place of a value's kind in the default order.
    fn rank(&self, value: Value) -> u8 {
        match value.unpack() {
            Unpacked::Int(_) | Unpacked::Float(_) => 0,
            Unpacked::Bool(_) => 1,
            Unpacked::Byte(_) => 3,
            Unpacked::Symbol(_) => 4,
            Unpacked::Unit => 5,
            Unpacked::Type(_) => 14,
            Unpacked::Unset => 20,
            Unpacked::Object(object) => match object.kind() {
                Kind::BoxedInt => 0,
                Kind::Str | Kind::View => 2,
                Kind::Tuple => 5,
                kind if kind.is_array() => 6,
                Kind::List => 7,
                Kind::Range => 8,
                Kind::Table => 9,
                Kind::Map => 10,
                Kind::Set => 11,
                Kind::Shape => 12,
                Kind::Record | Kind::OpenRecord if !self.by_identity(TypeId(object.type_number())) => 13,
                Kind::Closure => 15,
                _ => 16,
            },
        }
    }

    /// Two objects of one rank.
    fn step_objects(&mut self, a: Ref, b: Ref, mode: Mode, stack: &mut Vec<Pair>) -> Result<Ordering, Thrown> {
        let lengths = |a: usize, b: usize| (a.min(b), a.cmp(&b));
        let (count, otherwise) = match a.kind() {
            Kind::Str | Kind::View => {
                // SAFETY: both strings are alive, and the bytes are used only here.
                return Ok(unsafe { a.str_bytes().cmp(b.str_bytes()) });
            }
            Kind::Tuple => match a.ref_count().cmp(&b.ref_count()) {
                Ordering::Equal => (a.ref_count(), Ordering::Equal),
                other => return Ok(other),
            },
            kind if kind.is_array() => {
                if mode == Mode::Equal && a.array_len() != b.array_len() {
                    return Ok(Ordering::Less);
                }
                if let Some(answer) = self.compare_flat(a, b)? {
                    return Ok(answer);
                }
                lengths(a.array_len(), b.array_len())
            }
            Kind::Range => (3, Ordering::Equal),
            Kind::Table if mode == Mode::Equal => {
                if a.table_len() != b.table_len() {
                    return Ok(Ordering::Less);
                }
                (a.table_used(), Ordering::Equal)
            }
            Kind::Table => {
                let (count, otherwise) = lengths(a.table_len(), b.table_len());
                (count * 2, otherwise)
            }
            Kind::Shape => match self.shape_order(a, b) {
                Ordering::Equal => (a.ref_count(), Ordering::Equal),
                other => return Ok(other),
            },
            Kind::Record | Kind::OpenRecord if !self.by_identity(TypeId(a.type_number())) => {
                match self.decl_order(a, b) {
                    Ordering::Equal => (self.field_count(a), Ordering::Equal),
                    other => return Ok(other),
                }
            }
            Kind::Closure
                if b.is(Kind::Closure)
                    && a.closure_function() == b.closure_function()
                    && a.capture_count() + b.capture_count() == 0 =>
            {
                return Ok(Ordering::Equal);
            }
            _ if a == b => return Ok(Ordering::Equal),
            _ if mode == Mode::Equal => return Ok(Ordering::Less),
            _ => return Ok(self.heap.identity(a).cmp(&self.heap.identity(b))),
        };
        if count == 0 {
            return Ok(otherwise);
        }
        stack.push(Pair { a, b, next: 0, count, otherwise });
        Ok(Ordering::Equal)
    }

    /// Arrays whose elements are compared at once.
    fn compare_flat(&mut self, a: Ref, b: Ref) -> Result<Option<Ordering>, Thrown> {
        if a.kind() != b.kind() {
            return Ok(None);
        }
        let shared = a.array_len().min(b.array_len());
        // SAFETY: both arrays are alive, and nothing changes them meanwhile.
        let answer = unsafe {
            match a.kind() {
                Kind::ArrayI64 => {
                    let (x, y) = (a.array_words(), b.array_words());
                    x.iter().map(|w| *w as i64).cmp(y.iter().map(|w| *w as i64))
                }
                Kind::ArrayBool | Kind::ArrayByte => a.array_bytes().cmp(b.array_bytes()),
                _ => return Ok(None),
            }
        };
        self.charge(shared as u64 / 8)?;
        Ok(Some(answer))
    }

    fn shape_order(&self, a: Ref, b: Ref) -> Ordering {
        let names = |object: Ref| match self.types.store.kind(TypeId(object.type_number())) {
            TypeKind::Shape(fields) => fields.iter().map(|field| self.program.name_rank(field.0.0)).collect(),
            _ => Vec::new(),
        };
        a.ref_count().cmp(&b.ref_count()).then_with(|| names(a).cmp(&names(b)))
    }

    /// By the name of struct or enum, then by variant. Two declarations of one name are told apart by their modules.
    fn decl_order(&self, a: Ref, b: Ref) -> Ordering {
        let decls = (self.types.decl_of(TypeId(a.type_number())), self.types.decl_of(TypeId(b.type_number())));
        let (Some(x), Some(y)) = decls else { return a.type_number().cmp(&b.type_number()) };
        if x == y {
            return Ordering::Equal;
        }
        let owner = |decl| match self.decl_kind(decl) {
            DeclKind::Variant { of, .. } => of,
            _ => decl,
        };
        let (m, n) = (self.types.store.decl(owner(x)), self.types.store.decl(owner(y)));
        let text = |name| self.program.names().text(name);
        text(m.name)
            .cmp(text(n.name))
            .then_with(|| text(m.module).cmp(text(n.module)))
            .then_with(|| a.variant().cmp(&b.variant()))
            .then_with(|| x.cmp(&y))
    }

    fn field_count(&self, object: Ref) -> usize {
        match self.types.decl_of(TypeId(object.type_number())) {
            Some(decl) => self.types.store.decl(decl).fields.len().min(object.slot_count()),
            None => 0,
        }
    }
}

fn datum(class: Class, bits: u64) -> Datum {
    match class {
        Class::I64 => Datum::Int(bits as i64),
        Class::F64 => Datum::Value(Value::float(f64::from_bits(bits))),
        Class::Bool => Datum::Value(Value::bool(bits & 1 != 0)),
        Class::Byte => Datum::Value(Value::byte(bits as u8)),
        Class::Ref | Class::Dyn => Datum::Value(Value(bits)),
    }
}

enum Number {
    Int(i64),
    Float(f64),
}

fn number(datum: Datum) -> Option<Number> {
    match datum {
        Datum::Int(i) => Some(Number::Int(i)),
        Datum::Value(value) if value.is_float() => Some(Number::Float(value.as_float())),
        Datum::Value(value) => as_int(value).map(Number::Int),
    }
}

fn equal_numbers(x: Number, y: Number) -> Ordering {
    let same = match (x, y) {
        (Number::Int(x), Number::Int(y)) => x == y,
        (Number::Float(x), Number::Float(y)) => x == y,
        (Number::Int(i), Number::Float(f)) | (Number::Float(f), Number::Int(i)) => {
            compare_int_float(i, f) == Some(Ordering::Equal)
        }
    };
    if same { Ordering::Equal } else { Ordering::Less }
}

fn compare_numbers(x: Number, y: Number) -> Ordering {
    match (x, y) {
        (Number::Int(x), Number::Int(y)) => x.cmp(&y),
        (Number::Float(x), Number::Float(y)) => compare_floats(x, y),
        (Number::Int(i), Number::Float(f)) => compare_int_float(i, f).unwrap_or(Ordering::Less),
        (Number::Float(f), Number::Int(i)) => compare_int_float(i, f).map_or(Ordering::Greater, Ordering::reverse),
    }
}

/// Floats with `NaN` last; zeros are equal.
pub(crate) fn compare_floats(x: f64, y: f64) -> Ordering {
    x.partial_cmp(&y).unwrap_or_else(|| x.is_nan().cmp(&y.is_nan()))
}
