//! `json`: values from text and back, both without recursion.

use super::{charge_bytes, native, optional_text, table_of::*};
use crate::plain::json::{MAX_DEPTH, parse, write};
use sayso_types::{DeclKind, TypeId, TypeKind};
use sayso_vm::Kind;

pub(super) fn natives() -> Vec<Native> {
    vec![
        native("json.parse", &[Dyn, Dyn], Ref, |c, a| read(c, a).into()),
        native("json.stringify", &[Dyn], Ref, |c, a| text_of(c, a.value(0), None).into()),
        native("json.stringify_pretty", &[Dyn, I64], Ref, |c, a| {
            text_of(c, a.value(0), Some(usize::try_from(a.int(1)).unwrap_or(0))).into()
        }),
    ]
}

// ---- reading

/// How many names are remembered, so that objects of one form share theirs.
const NAMES: usize = 128;

/// Makes values. Everything is put into its array or object as soon as it exists, so the array `root` keeps it alive:
/// its element 0 is the value, element `d` the name for which an object `d` deep waits for a value.
struct Builder<'c, 'n> {
    c: &'c mut NativeContext<'n>,
    root: Handle,
    array: TypeId,
    table: TypeId,
    open: Vec<Open>,
    names: Vec<Option<Handle>>,
}

#[derive(Clone, Copy)]
enum Open {
    Array(Handle),
    /// With the name whose value comes next.
    Object(Handle, Handle),
}

fn read(c: &mut NativeContext<'_>, a: Args<'_>) -> Result<Handle, Thrown> {
    let text = a.text(c, 0)?;
    charge_bytes(c, text.len())?;
    let array = c.types().array(TypeId::ANY);
    let table = c.types().intern(TypeKind::Table(TypeId::STR, TypeId::ANY));
    let mut builder = Builder { c, root: a.value(1), array, table, open: Vec::new(), names: vec![None; NAMES] };
    let read = parse::parse(text, &mut builder);
    match read {
        Ok(()) => c.none(),
        Err(parse::Stop::Sink(thrown)) => Err(thrown),
        Err(stop @ parse::Stop::Syntax(..)) => optional_text(c, stop.message(text).as_deref()),
    }
}

impl Builder<'_, '_> {
    /// Makes a value and puts it where it belongs.
    fn add(&mut self, make: impl FnOnce(&mut NativeContext<'_>) -> Result<Handle, Thrown>) -> Result<Handle, Thrown> {
        self.c.charge(2)?;
        let (root, place) = (self.root, self.open.last().copied());
        self.c.scope(|c| {
            let value = make(c)?;
            match place {
                None if c.array_len(root) == Some(0) => c.array_push(root, value)?,
                None => c.array_set(root, 0, value)?,
                Some(Open::Array(array)) => c.array_push(array, value)?,
                Some(Open::Object(table, name)) => c.table_set(table, name, value)?,
            }
            Ok(value)
        })
    }

    fn leaf(&mut self, make: impl FnOnce(&mut NativeContext<'_>) -> Result<Handle, Thrown>) -> Result<(), Thrown> {
        self.add(make).map(|_| ())
    }
}

impl parse::Sink for Builder<'_, '_> {
    type Error = Thrown;

    fn null(&mut self) -> Result<(), Thrown> {
        self.leaf(|c| c.none())
    }
    fn bool(&mut self, value: bool) -> Result<(), Thrown> {
        self.leaf(|_| Ok(Handle::bool(value)))
    }
    fn int(&mut self, value: i64) -> Result<(), Thrown> {
        self.leaf(|c| c.int(value))
    }
    fn float(&mut self, value: f64) -> Result<(), Thrown> {
        self.leaf(|_| Ok(Handle::float(value)))
    }
    fn str(&mut self, value: &str) -> Result<(), Thrown> {
        self.leaf(|c| c.str(value))
    }
    fn begin_array(&mut self) -> Result<(), Thrown> {
        let ty = self.array;
        let array = self.add(|c| c.array(ty, 0))?;
        self.open.push(Open::Array(array));
        Ok(())
    }
    fn begin_object(&mut self) -> Result<(), Thrown> {
        let ty = self.table;
        let table = self.add(|c| c.table(ty, 0))?;
        self.open.push(Open::Object(table, Handle::UNIT));
        Ok(())
    }
    fn key(&mut self, name: &str) -> Result<(), Thrown> {
        let place = name.bytes().fold(name.len(), |sum, b| sum.wrapping_mul(31).wrapping_add(usize::from(b))) % NAMES;
        let known = self.names.get(place).copied().flatten().filter(|known| self.c.text(*known) == Some(name));
        let (root, depth) = (self.root, self.open.len());
        let key = match known {
            Some(known) => known,
            None => self.c.scope(|c| {
                let key = c.str(name)?;
                while c.array_len(root).is_some_and(|len| len <= depth) {
                    c.array_push(root, Handle::UNIT)?;
                }
                c.array_set(root, depth as i64, key)?;
                Ok(key)
            })?,
        };
        // A name that stands in a table already is replaced there by its value only: the key stays the older string.
        let mut kept = known.is_some();
        if let Some(Open::Object(table, waiting)) = self.open.last_mut() {
            *waiting = key;
            kept = kept || self.c.table_find(*table, key)?.is_none();
        }
        if kept && let Some(slot) = self.names.get_mut(place) {
            *slot = Some(key);
        }
        Ok(())
    }
    fn end(&mut self) -> Result<(), Thrown> {
        self.open.pop();
        Ok(())
    }
}

// ---- writing

/// A value whose parts are being written.
enum Part {
    /// A sequence: how many elements there are, and which comes next.
    Sequence(Handle, i64, i64),
    /// A tuple and the element that comes next.
    Tuple(Handle, usize),
    /// A table, the position of the entry that comes next, and whether it is the first.
    Table(Handle, usize, bool),
    /// A record, the names of its fields, and which comes next.
    Record(Handle, Vec<String>, usize),
}

/// What is to be written next. What a value is taken from keeps it alive, or it is written at once.
enum Step {
    Value(Handle),
    Close(char, bool),
}

struct Writer<'c, 'n> {
    c: &'c mut NativeContext<'n>,
    layout: write::Layout,
    open: Vec<Part>,
    out: String,
    /// The length at which room is asked for again.
    checked: usize,
    /// `Option<any>`
    option: Option<TypeId>,
}

fn text_of(c: &mut NativeContext<'_>, value: Handle, indent: Option<usize>) -> Result<Handle, Thrown> {
    let option = c.types().well_known.option;
    let option = option.map(|decl| c.types().nominal(decl, &[TypeId::ANY]));
    let layout = write::Layout { indent };
    let mut writer = Writer { c, layout, open: Vec::new(), out: String::new(), checked: 4096, option };
    writer.value(value)?;
    while let Some(step) = writer.step()? {
        match step {
            Step::Value(value) => writer.value(value)?,
            Step::Close(bracket, empty) => {
                writer.open.pop();
                if !empty {
                    writer.layout.before_close(writer.open.len(), &mut writer.out);
                }
                writer.out.push(bracket);
            }
        }
    }
    let out = writer.out;
    c.str(&out)
}

impl Writer<'_, '_> {
    /// The next part of what is open innermost; none if nothing is open.
    fn step(&mut self) -> Result<Option<Step>, Thrown> {
        let depth = self.open.len();
        let Some(part) = self.open.last_mut() else { return Ok(None) };
        let step = match part {
            Part::Sequence(sequence, len, next) => {
                if *next >= *len {
                    return Ok(Some(Step::Close(']', *len == 0)));
                }
                self.layout.before_item(*next == 0, depth, &mut self.out);
                *next += 1;
                let (sequence, index) = (*sequence, *next - 1);
                Step::Value(self.c.scope(|c| c.seq_get(sequence, index))?)
            }
            Part::Tuple(tuple, next) => match self.c.scope(|c| c.tuple_get(*tuple, *next)) {
                Some(element) => {
                    self.layout.before_item(*next == 0, depth, &mut self.out);
                    *next += 1;
                    Step::Value(element)
                }
                None => return Ok(Some(Step::Close(']', *next == 0))),
            },
            Part::Table(table, at, first) => match self.c.scope(|c| c.table_entry(*table, *at)) {
                Some((key, value, next)) => {
                    self.layout.before_item(*first, depth, &mut self.out);
                    (*at, *first) = (next, false);
                    name(self.c, key, &mut self.out)?;
                    self.layout.colon(&mut self.out);
                    Step::Value(value)
                }
                None => return Ok(Some(Step::Close('}', *first))),
            },
            Part::Record(record, names, next) => match names.get(*next) {
                Some(field) => {
                    self.layout.before_item(*next == 0, depth, &mut self.out);
                    *next += 1;
                    write::string(field, &mut self.out);
                    self.layout.colon(&mut self.out);
                    match self.c.scope(|c| c.field(*record, field))? {
                        Some(value) => Step::Value(value),
                        None => Step::Value(Handle::UNIT),
                    }
                }
                None => return Ok(Some(Step::Close('}', names.is_empty()))),
            },
        };
        Ok(Some(step))
    }

    fn begin(&mut self, bracket: char, part: Part) -> Result<(), Thrown> {
        if self.open.len() >= MAX_DEPTH {
            let message = format!("JSON of a value that is nested more than {MAX_DEPTH} deep, or in itself");
            return Err(self.c.fault(FaultKind::Value, message));
        }
        self.out.push(bracket);
        self.open.push(part);
        Ok(())
    }

    /// Writes a value, or opens it.
    fn value(&mut self, value: Handle) -> Result<(), Thrown> {
        let before = self.out.len();
        self.c.charge(2)?;
        let mut value = value;
        // `Some(x)` is written as `x`.
        while let Some(option) = self.option
            && value.kind() == Some(Kind::OpenRecord)
            && self.c.is(value, option)?
        {
            match self.c.scope(|c| c.some_value(value)) {
                Some(inner) => value = inner,
                None => {
                    self.out.push_str("null");
                    return Ok(());
                }
            }
        }
        if let Some(int) = value.as_int() {
            write::int(int, &mut self.out);
        } else if let Some(float) = value.as_float() {
            if !float.is_finite() {
                return Err(self.c.fault(FaultKind::Value, "there is no JSON for `NaN` and infinite numbers"));
            }
            write::float(float, &mut self.out);
        } else if let Some(bool) = value.as_bool() {
            self.out.push_str(if bool { "true" } else { "false" });
        } else if value.value().is_byte() {
            write::int(i64::from(value.value().payload()), &mut self.out);
        } else if let Some(symbol) = self.c.as_symbol(value) {
            let text = self.c.name(symbol);
            write::string(&text, &mut self.out);
        } else if let Some(text) = self.c.text(value) {
            write::string(text, &mut self.out);
        } else {
            self.open_value(value)?;
        }
        charge_bytes(self.c, self.out.len() - before)?;
        if self.out.len() > self.checked {
            self.c.room(self.out.len().saturating_mul(3))?;
            self.checked = self.out.len().saturating_mul(2);
        }
        Ok(())
    }

    fn open_value(&mut self, value: Handle) -> Result<(), Thrown> {
        match value.kind() {
            Some(kind) if kind.is_array() || matches!(kind, Kind::Range | Kind::List) => {
                let len = self.c.seq_len(value)?;
                self.begin('[', Part::Sequence(value, len, 0))
            }
            Some(Kind::Tuple) => self.begin('[', Part::Tuple(value, 0)),
            Some(Kind::Table) => self.begin('{', Part::Table(value, 0, true)),
            Some(Kind::Shape | Kind::Record | Kind::OpenRecord | Kind::Error) if !self.is_variant(value)? => {
                let names = self.c.field_names(value);
                self.begin('{', Part::Record(value, names, 0))
            }
            _ => {
                let ty = self.c.type_of(value)?;
                let shown = self.c.shown_type(ty);
                Err(self.c.fault(FaultKind::Value, format!("there is no JSON for a value of type `{shown}`")))
            }
        }
    }

    fn is_variant(&mut self, value: Handle) -> Result<bool, Thrown> {
        let ty = self.c.type_of(value)?;
        let TypeKind::Nominal(decl, _) = self.c.types().kind(ty) else { return Ok(false) };
        let decl = *decl;
        Ok(matches!(self.c.types().decl(decl).kind, DeclKind::Variant { .. }))
    }
}

/// A key as a name.
fn name(c: &mut NativeContext<'_>, key: Handle, out: &mut String) -> Result<(), Thrown> {
    if let Some(text) = c.text(key) {
        write::string(text, out);
        return Ok(());
    }
    if key.as_int().is_some() || key.as_float().is_some() || key.value().is_byte() {
        let text = c.to_text(key, false)?;
        write::string(&text, out);
        return Ok(());
    }
    if let Some(symbol) = c.as_symbol(key) {
        let text = c.name(symbol);
        write::string(&text, out);
        return Ok(());
    }
    let ty = c.type_of(key)?;
    let shown = c.shown_type(ty);
    Err(c.fault(FaultKind::Value, format!("a JSON object needs names of text, and this key is of type `{shown}`")))
}
