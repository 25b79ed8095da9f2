//! Values as text: `to_str` and `debug`.
//!
//! Cycles, and what is nested deeper than [`MAX_NESTING`], are shown as `…`; so the stack is bounded, and a value that
//! holds itself many times makes its text large but never endless: the text is charged to the heap as it grows.

use super::escape;
use super::hooks::Hook;
use super::items::{array_item, boxed, field_item, shape_names, slot_item, unpack, visit_item};
use super::numbers::{push_f64, push_i64};
use super::records::RecordInfo;
use super::stack::{Shortage, Text};
use super::{Answer, Call, Context, Step};
use sayso_base::Name;
use sayso_bytecode::FaultKind;
use sayso_heap::value::Unpacked;
use sayso_heap::{Heap, Kind, OutOfMemory, Ref, Value};
use sayso_types::TypeId;
use smallvec::SmallVec;

/// How many collections and records may stand inside each other.
pub const MAX_NESTING: usize = 64;
/// Room for any number and for the punctuation around it. The longest number has 327 characters.
const SMALL: usize = 512;

/// A collection or record of which some parts are shown already.
struct Frame {
    object: Ref,
    walk: Walk,
    /// The next part.
    index: usize,
    /// Whether a part was shown.
    begun: bool,
}

enum Walk {
    Array,
    /// Whether the value of the entry at the index is next.
    Table(bool),
    Tuple,
    /// Names and slots in the order of the names' texts.
    Shape(Box<[(Name, u16)]>),
    /// The number of the record's declaration.
    Record(u32),
}

/// What comes next.
enum Next {
    /// A value, of which the program may be asked if it is not the first.
    Item { item: Unpacked, ask: bool },
    /// The answer of the program.
    Asked(Unpacked),
    /// What the program answered.
    Reply(Ref),
    /// The next part of the topmost frame.
    Advance,
}

/// A value on its way to text. See [`super`] for how machines are driven.
pub struct Displayer {
    debug: bool,
    calls: bool,
    next: Next,
    stack: SmallVec<[Frame; 4]>,
    text: Text,
    shortage: Shortage,
}

impl Displayer {
    /// For `to_str` or `debug` of a value.
    pub fn new(value: Value, debug: bool) -> Displayer {
        Displayer {
            debug,
            calls: true,
            next: Next::Item { item: unpack(value), ask: false },
            stack: SmallVec::new(),
            text: Text::default(),
            shortage: Shortage::default(),
        }
    }

    /// One that never asks the program.
    pub fn without_calls(mut self) -> Displayer {
        self.calls = false;
        self
    }

    /// All values that it holds.
    pub fn roots(&self, visit: &mut dyn FnMut(Value)) {
        self.stack.iter().for_each(|frame| visit(Value::object(frame.object)));
        match self.next {
            Next::Item { item, .. } | Next::Asked(item) => visit_item(item, visit),
            Next::Reply(text) => visit(Value::object(text)),
            Next::Advance => {}
        }
    }

    /// Gives up what it charged. It must not go on after that.
    pub fn abandon(&mut self, heap: &mut Heap) {
        self.text.release(heap);
        self.stack.clear();
    }

    /// Goes on, with the answer to the call that it asked for last.
    pub fn step(&mut self, cx: &mut Context<'_>, answer: Option<Answer>) -> Step<String> {
        if let Next::Asked(item) = self.next {
            self.next = match answer {
                Some(Answer::Text(text)) if text.is_str() => Next::Reply(text),
                _ => Next::Item { item, ask: false },
            };
        }
        loop {
            let ready = match self.next {
                Next::Item { item, ask: true } if self.may_be_asked(cx, item) => match boxed(cx.heap, item) {
                    Ok(value) => {
                        self.next = Next::Asked(item);
                        return Step::Call(Call { hook: self.hook(), args: [value, value] });
                    }
                    Err(OutOfMemory) => return self.short(cx),
                },
                Next::Item { item, .. } => self.item(cx, item),
                Next::Reply(text) => self.reply(cx, text),
                Next::Asked(_) | Next::Advance => Ok(()),
            };
            if ready.is_err() {
                return self.short(cx);
            }
            self.shortage.over();
            self.next = Next::Advance;
            if self.stack.is_empty() {
                return Step::Done(self.text.finish(cx.heap));
            }
            if !cx.tick() {
                return Step::Pause;
            }
            if self.advance(cx).is_err() {
                return self.short(cx);
            }
        }
    }

    fn short(&mut self, cx: &mut Context<'_>) -> Step<String> {
        let step = self.shortage.met();
        if matches!(step, Step::Failed(_)) {
            self.abandon(cx.heap);
        }
        step
    }

    fn hook(&self) -> Hook {
        if self.debug { Hook::Debug } else { Hook::ToStr }
    }

    fn may_be_asked(&self, cx: &Context<'_>, item: Unpacked) -> bool {
        self.calls && cx.prepared.hooks[self.hook() as usize].may_take(cx.prepared, cx.types, item)
    }

    fn reply(&mut self, cx: &mut Context<'_>, reply: Ref) -> Result<(), OutOfMemory> {
        self.text.reserve(cx.heap, reply.str_len())?;
        // SAFETY: obligation 3: `step` takes strings only; 1: it is alive, since the caller keeps our roots.
        self.text.out().push_str(unsafe { reply.str_text() });
        cx.tick_bytes(reply.str_len());
        Ok(())
    }

    /// Shows a value, or its beginning. On failure nothing was done.
    fn item(&mut self, cx: &mut Context<'_>, item: Unpacked) -> Result<(), OutOfMemory> {
        if let Unpacked::Object(object) = item {
            return self.object(cx, object);
        }
        if let Unpacked::Symbol(name) = item {
            self.text.reserve(cx.heap, cx.names.text(Name(name)).len() + 1)?;
        }
        self.text.reserve(cx.heap, SMALL)?;
        let out = self.text.out();
        match item {
            Unpacked::Int(i) => push_i64(out, i),
            Unpacked::Float(f) => push_f64(out, f, self.debug),
            Unpacked::Unit => out.push_str("()"),
            Unpacked::Bool(b) => out.push_str(if b { "true" } else { "false" }),
            Unpacked::Byte(byte) if self.debug => escape::push_byte(out, byte),
            Unpacked::Byte(byte) => push_i64(out, byte.into()),
            Unpacked::Symbol(name) => {
                out.push('#');
                out.push_str(cx.names.text(Name(name)));
            }
            Unpacked::Type(ty) => out.push_str(&cx.types.display(TypeId(ty), cx.names)),
            Unpacked::Unset | Unpacked::Object(_) => out.push('_'),
        }
        Ok(())
    }

    fn object(&mut self, cx: &mut Context<'_>, object: Ref) -> Result<(), OutOfMemory> {
        match object.kind() {
            Kind::Str | Kind::View => self.string(cx, object),
            Kind::ArrayI64 | Kind::ArrayF64 | Kind::ArrayBool | Kind::ArrayByte | Kind::ArrayDyn => {
                self.open(cx, object, Walk::Array, "[", "")
            }
            Kind::Table if object.table_len() == 0 => self.word(cx, "[:]", "", ""),
            Kind::Table => self.open(cx, object, Walk::Table(false), "[", ""),
            Kind::Tuple => self.open(cx, object, Walk::Tuple, "(", ""),
            Kind::Shape => {
                let mut fields: Box<[(Name, u16)]> =
                    shape_names(cx.types, object).into_iter().map(Name).zip(0..).collect();
                fields.sort_by_key(|field| cx.names.text(field.0));
                self.open(cx, object, Walk::Shape(fields), "%{", "")
            }
            Kind::Record | Kind::OpenRecord | Kind::Error => self.record(cx, object),
            Kind::Range => self.range(cx, object),
            Kind::Closure => {
                let function = cx.module.functions.get(object.closure_function() as usize);
                let name = function.and_then(|function| cx.module.names.get(function.name as usize));
                match name {
                    Some(name) if !name.is_empty() => self.word(cx, "<fn ", name, ">"),
                    _ => self.word(cx, "<fn>", "", ""),
                }
            }
            Kind::Host => {
                let name = cx.heap.host_object(object).name().to_owned();
                self.word(cx, "<", &name, ">")
            }
            Kind::Generator => self.word(cx, "<generator>", "", ""),
            Kind::Iterator => self.word(cx, "<iterator>", "", ""),
            Kind::Task => self.word(cx, "<task>", "", ""),
            Kind::Channel => self.word(cx, "<channel>", "", ""),
            Kind::List => self.word(cx, "<list>", "", ""),
            Kind::Map => self.word(cx, "<map>", "", ""),
            Kind::Set => self.word(cx, "<set>", "", ""),
            // `unpack` takes boxed integers apart; the others are never values.
            Kind::BoxedInt | Kind::Free | Kind::Buffer | Kind::Cell | Kind::Node => self.word(cx, "_", "", ""),
        }
    }

    fn word(&mut self, cx: &mut Context<'_>, before: &str, name: &str, after: &str) -> Result<(), OutOfMemory> {
        self.text.reserve(cx.heap, before.len() + name.len() + after.len())?;
        let out = self.text.out();
        [before, name, after].iter().for_each(|part| out.push_str(part));
        Ok(())
    }

    fn string(&mut self, cx: &mut Context<'_>, object: Ref) -> Result<(), OutOfMemory> {
        // SAFETY: obligation 3: the caller has looked; 1: it is alive, since our caller keeps our roots.
        let text = unsafe { object.str_text() };
        cx.tick_bytes(text.len());
        if self.debug {
            self.text.reserve(cx.heap, escape::quoted_len(text))?;
            escape::push_quoted(self.text.out(), text);
        } else {
            self.text.reserve(cx.heap, text.len())?;
            self.text.out().push_str(text);
        }
        Ok(())
    }

    fn range(&mut self, cx: &mut Context<'_>, object: Ref) -> Result<(), OutOfMemory> {
        self.text.reserve(cx.heap, SMALL)?;
        let out = self.text.out();
        let (start, end) = object.range_bounds();
        if let Some(start) = start {
            push_i64(out, start);
        }
        out.push_str(if object.range_inclusive() { "..=" } else { ".." });
        if let Some(end) = end {
            push_i64(out, end);
        }
        Ok(())
    }

    fn record(&mut self, cx: &mut Context<'_>, object: Ref) -> Result<(), OutOfMemory> {
        let Some(index) = cx.prepared.find(cx.types, object) else {
            // A fault in a program without the library's classes: the kind stands behind the references.
            let kind = object.slot(object.ref_count()).and_then(|bits| FaultKind::from_bits(bits as u16));
            let name = kind.filter(|_| object.is(Kind::Error)).map_or("_", FaultKind::class_name);
            return self.word(cx, name, "", "");
        };
        let info = cx.prepared.record(index);
        let name = cx.names.text(info.name);
        match &*info.fields {
            [] => self.word(cx, name, "", ""),
            _ if info.positional => self.open(cx, object, Walk::Record(index), name, "("),
            _ => self.open(cx, object, Walk::Record(index), name, " {"),
        }
    }

    /// Begins a collection or record, unless it stands inside itself or too deep.
    fn open(
        &mut self,
        cx: &mut Context<'_>,
        object: Ref,
        walk: Walk,
        name: &str,
        bracket: &str,
    ) -> Result<(), OutOfMemory> {
        if self.stack.len() >= MAX_NESTING || self.stack.iter().any(|frame| frame.object == object) {
            return self.word(cx, "…", "", "");
        }
        self.word(cx, name, bracket, "")?;
        self.stack.push(Frame { object, walk, index: 0, begun: false });
        Ok(())
    }

    /// Shows what stands before the next part of the topmost frame, which then is the next item, or closes the frame.
    /// On failure nothing was done.
    fn advance(&mut self, cx: &mut Context<'_>) -> Result<(), OutOfMemory> {
        let Some(frame) = self.stack.last_mut() else { return Ok(()) };
        let Some((name, item)) = frame.part(cx) else {
            self.text.reserve(cx.heap, SMALL)?;
            let close = frame.close(cx);
            self.text.out().push_str(close);
            self.stack.pop();
            return Ok(());
        };
        let name = name.map(|name| cx.names.text(name));
        self.text.reserve(cx.heap, SMALL + name.map_or(0, str::len))?;
        let out = self.text.out();
        out.push_str(match (frame.begun, name, &frame.walk) {
            (_, _, Walk::Table(true)) => ": ",
            (true, ..) => ", ",
            (false, Some(_), _) => " ",
            (false, None, _) => "",
        });
        if let Some(name) = name {
            out.push_str(name);
            out.push_str(": ");
        }
        frame.begun = true;
        frame.index += 1;
        if let Walk::Table(value) = &mut frame.walk {
            *value = !*value;
            // The value of the same entry is next.
            frame.index -= usize::from(*value);
        }
        self.next = Next::Item { item, ask: true };
        Ok(())
    }
}

impl Frame {
    /// The next part, with its name if it is shown.
    fn part(&mut self, cx: &Context<'_>) -> Option<(Option<Name>, Unpacked)> {
        let (object, index) = (self.object, self.index);
        match &self.walk {
            Walk::Array => Some((None, array_item(object, index)?)),
            Walk::Tuple => Some((None, slot_item(object, index)?)),
            Walk::Table(true) => {
                let value = object.table_entry(index).map_or(Value::UNSET, |entry| entry.1);
                Some((None, unpack(value)))
            }
            Walk::Table(false) => {
                let used = object.table_used();
                let (index, key) = (index..used).find_map(|index| Some((index, object.table_entry(index)?.0)))?;
                self.index = index;
                Some((None, unpack(key)))
            }
            Walk::Shape(fields) => {
                let (name, slot) = fields.get(index)?;
                Some((Some(*name), slot_item(object, *slot as usize)?))
            }
            Walk::Record(info) => {
                let info: &RecordInfo = cx.prepared.record(*info);
                let field = info.fields.get(index)?;
                Some(((!info.positional).then_some(field.name), field_item(object, field)))
            }
        }
    }

    fn close(&self, cx: &Context<'_>) -> &'static str {
        match &self.walk {
            Walk::Array | Walk::Table(_) => "]",
            Walk::Tuple if self.index == 1 => ",)",
            Walk::Tuple => ")",
            Walk::Shape(_) if !self.begun => "}",
            Walk::Shape(_) => " }",
            Walk::Record(info) if cx.prepared.record(*info).positional => ")",
            Walk::Record(_) => " }",
        }
    }
}
