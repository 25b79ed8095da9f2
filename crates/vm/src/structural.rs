//! Equality, the default order and hashes of all values, as they are where nobody specialised them.
//!
//! Two values are compared by a machine with a stack of its own: pairs of objects that are half compared. Its depth is
//! bounded like that of calls, so values nested too deeply, cyclic ones among them, are a `DepthError`. Hashes look at
//! the upper levels and the first elements only, which agrees with equality just as well.

use crate::context::Context;
use crate::errors::Thrown;
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

/// What the machine finds out.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Mode {
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

/// How many levels and elements a hash looks at.
const HASH_DEPTH: u32 = 6;
const HASH_PARTS: usize = 32;
/// How deep tables may be keys of tables that are compared.
const MAX_KEY_NESTING: u32 = 50;

impl Context {
    /// Whether two values are equal.
    #[inline]
    pub(crate) fn equal(&mut self, a: Value, b: Value) -> Result<bool, Thrown> {
        match fast_equal(a, b) {
            Some(answer) => Ok(answer),
            None => Ok(self.run(Datum::Value(a), Datum::Value(b), Mode::Equal)? == Ordering::Equal),
        }
    }

    /// The default order; `NaN` stands behind all other numbers.
    pub(crate) fn compare(&mut self, a: Value, b: Value) -> Result<Ordering, Thrown> {
        self.run(Datum::Value(a), Datum::Value(b), Mode::Order)
    }

    fn run(&mut self, a: Datum, b: Datum, mode: Mode) -> Result<Ordering, Thrown> {
        let mut stack: Vec<Pair> = Vec::new();
        let mut answer = self.step(a, b, mode, &mut stack)?;
        loop {
            if answer != Ordering::Equal {
                return Ok(answer);
            }
            let Some(pair) = stack.last_mut() else { return Ok(Ordering::Equal) };
            if pair.next == pair.count {
                answer = pair.otherwise;
                stack.pop();
                continue;
            }
            let (a, b, index) = (pair.a, pair.b, pair.next);
            pair.next += 1;
            if stack.len() > self.limits.depth as usize {
                return Err(self.fault(FaultKind::Depth, "the values are nested too deeply, or cyclic"));
            }
            self.charge(1)?;
            let parts = match (mode, a.kind()) {
                (Mode::Equal, Kind::Table) => match self.table_parts(a, b, index)? {
                    Some(parts) => parts,
                    None => return Ok(Ordering::Less),
                },
                _ => (self.part(a, index), self.part(b, index)),
            };
            answer = match parts {
                (Some(x), Some(y)) => self.step(x, y, mode, &mut stack)?,
                // Something was removed meanwhile: only natives could do that, and none runs.
                (x, y) => x.is_some().cmp(&y.is_some()),
            };
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

    /// The values of one key in two tables; none if the second has not got the key.
    fn table_parts(&mut self, a: Ref, b: Ref, position: usize) -> Result<Option<(Option<Datum>, Option<Datum>)>, Thrown> {
        let Some((key, value)) = a.table_entry(position) else {
            return Ok(Some((Some(Datum::Int(0)), Some(Datum::Int(0)))));
        };
        self.key_nesting += 1;
        let found = if self.key_nesting > MAX_KEY_NESTING {
            Err(self.fault(FaultKind::Depth, "the values are nested too deeply, or cyclic"))
        } else {
            self.table_position(b, key)
        };
        self.key_nesting -= 1;
        let other = found?.1.and_then(|position| b.table_entry(position));
        Ok(other.map(|other| (Some(Datum::Value(value)), Some(Datum::Value(other.1)))))
    }

    /// Compares two values, but pushes a pair if they have parts.
    fn step(&mut self, a: Datum, b: Datum, mode: Mode, stack: &mut Vec<Pair>) -> Result<Ordering, Thrown> {
        if let (Some(x), Some(y)) = (number(a), number(b)) {
            return Ok(match mode {
                Mode::Equal => equal_numbers(x, y),
                Mode::Order => compare_numbers(x, y),
            });
        }
        let (Datum::Value(a), Datum::Value(b)) = (a, b) else { return Ok(self.by_rank(a, b)) };
        if mode == Mode::Equal {
            if let Some(answer) = fast_equal(a, b) {
                return Ok(if answer { Ordering::Equal } else { Ordering::Less });
            }
        }
        let ranks = (self.rank(a), self.rank(b));
        if ranks.0 != ranks.1 {
            return Ok(ranks.0.cmp(&ranks.1));
        }
        match (a.as_object(), b.as_object()) {
            (Some(x), Some(y)) => self.step_objects(x, y, mode, stack),
            // `()` is a tuple without elements.
            (Some(_), None) => Ok(Ordering::Greater),
            (None, Some(_)) => Ok(Ordering::Less),
            (None, None) => Ok(match (a.unpack(), b.unpack()) {
                (Unpacked::Symbol(x), Unpacked::Symbol(y)) => {
                    self.program.name_rank(x).cmp(&self.program.name_rank(y))
                }
                _ => a.0.cmp(&b.0),
            }),
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
        let text = |name| self.program.names.text(name);
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

    // ---- hashes

    /// The hash that programs see.
    pub(crate) fn hash_of(&mut self, value: Value) -> Result<i64, Thrown> {
        Ok(self.structural_hash(value)? as i64)
    }

    /// A hash that agrees with [`Context::equal`].
    pub(crate) fn structural_hash(&mut self, value: Value) -> Result<u64, Thrown> {
        self.charge(1)?;
        Ok(self.hash_at(Datum::Value(value), HASH_DEPTH))
    }

    fn hash_at(&mut self, datum: Datum, depth: u32) -> u64 {
        let value = match datum {
            Datum::Int(i) => return hash::int(i),
            Datum::Value(value) => value,
        };
        if let Some(known) = fast_hash(value) {
            return known;
        }
        let Some(object) = value.as_object() else { return hash::word(value.0) };
        let (seed, count) = match object.kind() {
            Kind::Tuple => (5, object.ref_count()),
            kind if kind.is_array() => (6, object.array_len()),
            Kind::Range => (8, 3),
            Kind::Table => return self.hash_table(object, depth),
            Kind::Shape => (12, object.ref_count()),
            Kind::Record | Kind::OpenRecord if !self.by_identity(TypeId(object.type_number())) => {
                let decl = self.types.decl_of(TypeId(object.type_number())).map_or(0, |decl| decl.0);
                (hash::combine(13, u64::from(decl)), self.field_count(object))
            }
            Kind::Closure if object.capture_count() == 0 => (hash::combine(15, u64::from(object.closure_function())), 0),
            _ => (hash::combine(16, self.heap.identity(object)), 0),
        };
        let mut sum = hash::combine(seed, count as u64);
        if depth > 0 {
            for index in 0..count.min(HASH_PARTS) {
                if let Some(part) = self.part(object, index) {
                    sum = hash::combine(sum, self.hash_at(part, depth - 1));
                }
            }
        }
        sum
    }

    /// The same whatever the order of the entries.
    fn hash_table(&mut self, table: Ref, depth: u32) -> u64 {
        let mut sum = 0u64;
        if depth > 0 && table.table_len() <= HASH_PARTS {
            for position in 0..table.table_used() {
                if let Some((key, value)) = table.table_entry(position) {
                    let key = self.hash_at(Datum::Value(key), depth - 1);
                    let value = self.hash_at(Datum::Value(value), depth - 1);
                    sum = sum.wrapping_add(hash::combine(key, value));
                }
            }
        }
        hash::combine(hash::combine(9, table.table_len() as u64), sum)
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
