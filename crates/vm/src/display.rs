//! Values as text.
//!
//! [`Display`] writes a value part by part. Values nested deeper than [`MAX_NESTING`], and those that contain themselves,
//! are `…`. Nested values for which the program specialises `to_str` or `debug` are shown by its function.

use crate::context::Context;
use crate::errors::Thrown;
use crate::machine::{Ask, Hook, Machine};
use crate::native::Slot;
use crate::numbers;
use crate::sequences::element_class;
use sayso_bytecode::FaultKind;
use sayso_heap::value::Unpacked;
use sayso_heap::{Kind, Ref, Value};
use sayso_types::{DeclId, DeclKind, TypeId, TypeKind};
use std::fmt::Write;
use std::sync::Arc;

/// How deep values are shown.
const MAX_NESTING: usize = 64;
/// How many bytes of a value a message shows at most.
const BRIEF: usize = 80;

/// What an object that is being shown consists of.
enum Parts {
    Elements,
    Slots,
    Entries {
        value: bool,
        first: bool,
    },
    /// Names (none for fields by position) and slots.
    Fields(Arc<[(Option<u32>, usize)]>),
}

struct Frame {
    object: Ref,
    next: usize,
    parts: Parts,
    close: &'static str,
}

/// Writes a value as text.
pub(crate) struct Display {
    value: Value,
    debug: bool,
    out: String,
    stack: Vec<Frame>,
    /// After so many bytes it ends with `…`.
    at_most: usize,
}

impl Display {
    pub fn new(value: Value, debug: bool) -> Display {
        Display { value, debug, out: String::new(), stack: Vec::new(), at_most: usize::MAX }
    }

    /// Ends if enough is shown.
    fn cut(&mut self) {
        if self.out.len() > self.at_most {
            let end = self.out.floor_char_boundary(self.at_most);
            self.out.truncate(end);
            self.out.push('…');
            self.stack.clear();
        }
    }

    fn hook(&self) -> Hook {
        if self.debug { Hook::Debug } else { Hook::ToStr }
    }

    fn int(&mut self, i: i64) {
        let _ = write!(self.out, "{i}");
    }

    /// Writes a value, or begins to; a call if the program is to be asked.
    fn value(&mut self, context: &mut Context, value: Value, root: bool) -> Result<Option<Ask<String>>, Thrown> {
        match value.unpack() {
            Unpacked::Int(i) => self.int(i),
            Unpacked::Float(f) => self.out.push_str(&numbers::float_text(f, self.debug)),
            Unpacked::Bool(b) => self.out.push_str(if b { "true" } else { "false" }),
            Unpacked::Byte(b) if self.debug => self.out.push_str(&numbers::byte_literal(b)),
            Unpacked::Byte(b) => self.int(i64::from(b)),
            Unpacked::Unset => self.out.push('?'),
            Unpacked::Unit => self.out.push_str("()"),
            Unpacked::Type(ty) => {
                let shown = context.shown_type(TypeId(ty));
                self.out.push_str(&shown);
            }
            Unpacked::Symbol(name) => {
                if let (false, Some(multi)) = (root, context.hooked(self.hook(), &[value])?) {
                    return Ok(Some(Ask::Call(multi, vec![value])));
                }
                self.out.push('#');
                self.out.push_str(context.program.name(name));
            }
            Unpacked::Object(object) => return self.object(context, object, root),
        }
        Ok(None)
    }

    fn object(&mut self, context: &mut Context, object: Ref, root: bool) -> Result<Option<Ask<String>>, Thrown> {
        context.charge(1)?;
        if self.out.len() > context.heap.limit().saturating_sub(context.heap.committed()) {
            return Err(context.out_of_memory());
        }
        match object.kind() {
            Kind::Str | Kind::View => {
                // SAFETY: the string is alive, and its text is used only here.
                let text = unsafe { object.str_text() };
                let text = &text[..text.floor_char_boundary(self.at_most.saturating_add(1))];
                if self.debug {
                    numbers::quote(text, &mut self.out)
                } else {
                    self.out.push_str(text)
                }
                return Ok(None);
            }
            Kind::BoxedInt => {
                self.int(object.boxed_int());
                return Ok(None);
            }
            _ => {}
        }
        if self.stack.len() >= MAX_NESTING || self.stack.iter().any(|frame| frame.object == object) {
            self.out.push('…');
            return Ok(None);
        }
        if !root {
            let value = Value::object(object);
            if let Some(multi) = context.hooked(self.hook(), &[value])? {
                return Ok(Some(Ask::Call(multi, vec![value])));
            }
        }
        self.open(context, object);
        Ok(None)
    }

    /// Begins an object.
    fn open(&mut self, context: &mut Context, object: Ref) {
        let ty = TypeId(object.type_number());
        let (open, parts, close) = match object.kind() {
            kind if kind.is_array() => ("[", Parts::Elements, "]"),
            Kind::Tuple => ("(", Parts::Slots, if object.ref_count() == 1 { ",)" } else { ")" }),
            Kind::Table if object.table_len() == 0 => ("[:", Parts::Slots, "]"),
            Kind::Table => ("[", Parts::Entries { value: false, first: true }, "]"),
            Kind::Range => {
                self.range(object);
                return;
            }
            Kind::Shape => ("%{ ", Parts::Fields(context.shape_parts(ty)), " }"),
            Kind::Record | Kind::OpenRecord => {
                let Some(decl) = context.types.decl_of(ty) else { return };
                let name = context.types.store.decl(decl).name;
                self.out.push_str(context.program.name(name.0));
                let fields = context.record_parts(decl);
                match fields.first() {
                    None => return,
                    Some((None, _)) => ("(", Parts::Fields(fields), ")"),
                    Some((Some(_), _)) => (" { ", Parts::Fields(fields), " }"),
                }
            }
            Kind::Error => {
                self.out.push_str("Error");
                let message = context.program.names().lookup("message").map(|name| name.0);
                (" { ", Parts::Fields(Arc::new([(message, 0)])), " }")
            }
            Kind::Closure => {
                let function = context.program.module().functions.get(object.closure_function() as usize);
                let name = function.map_or("?", |function| context.program.name(function.name));
                let _ = write!(self.out, "<fn {name}>");
                return;
            }
            Kind::Host => {
                let name = context.heap.host_object(object).name().to_string();
                let _ = write!(self.out, "<{name}>");
                return;
            }
            Kind::Generator => {
                self.out.push_str("<iter>");
                return;
            }
            _ => {
                let shown = context.shown_type(ty);
                let _ = write!(self.out, "<{shown}>");
                return;
            }
        };
        self.out.push_str(open);
        self.stack.push(Frame { object, next: 0, parts, close });
    }

    fn range(&mut self, object: Ref) {
        let (start, end) = object.range_bounds();
        if let Some(start) = start {
            self.int(start);
        }
        self.out.push_str(if object.range_inclusive() { "..=" } else { ".." });
        if let Some(end) = end {
            self.int(end);
        }
    }

    /// The next part of the innermost object; none at its end. Writes what stands before it.
    fn next_part(&mut self, context: &mut Context) -> Result<Option<Value>, Thrown> {
        let Some(frame) = self.stack.last_mut() else { return Ok(None) };
        let (object, index) = (frame.object, frame.next);
        frame.next += 1;
        let separator = if index > 0 { ", " } else { "" };
        match &mut frame.parts {
            Parts::Elements => {
                let Some(bits) = object.array_raw(index) else { return Ok(None) };
                self.out.push_str(separator);
                context.box_slot(element_class(object.kind()), bits).map(Some)
            }
            Parts::Slots => {
                let Some(value) = object.ref_slot(index) else { return Ok(None) };
                self.out.push_str(separator);
                Ok(Some(value))
            }
            Parts::Entries { value, first } => {
                let second = std::mem::replace(value, !*value);
                if second {
                    frame.next = index;
                    let entry = object.table_entry(index - 1);
                    self.out.push_str(": ");
                    return Ok(Some(entry.map_or(Value::UNSET, |entry| entry.1)));
                }
                let at = (index..object.table_used()).find(|at| object.table_entry(*at).is_some());
                let Some((at, (key, _))) = at.and_then(|at| Some((at, object.table_entry(at)?))) else {
                    return Ok(None);
                };
                frame.next = at + 1;
                self.out.push_str(if std::mem::take(first) { "" } else { ", " });
                Ok(Some(key))
            }
            Parts::Fields(fields) => {
                let Some(&(name, slot)) = fields.get(index) else { return Ok(None) };
                self.out.push_str(separator);
                if let Some(name) = name {
                    self.out.push_str(context.program.name(name));
                    self.out.push_str(": ");
                }
                Ok(Some(context.slot_value(object, slot)?.unwrap_or(Value::UNSET)))
            }
        }
    }
}

impl Machine for Display {
    type Output = String;

    fn run(&mut self, context: &mut Context, answer: Option<Slot>) -> Result<Ask<String>, Thrown> {
        match answer {
            None => {
                if let Some(ask) = self.value(context, self.value, true)? {
                    return Ok(ask);
                }
            }
            Some(slot) => match Value(slot.0).as_object().filter(|object| object.is_str()) {
                // SAFETY: the result of a call is a handle, so the text is alive.
                Some(text) => self.out.push_str(unsafe { text.str_text() }),
                None => {
                    return Err(context.fault(FaultKind::Cast, "a value was displayed as something that is no `str`"));
                }
            },
        }
        self.cut();
        while !self.stack.is_empty() {
            match self.next_part(context)? {
                Some(part) => {
                    if let Some(ask) = self.value(context, part, false)? {
                        return Ok(ask);
                    }
                }
                None => {
                    if let Some(frame) = self.stack.pop() {
                        self.out.push_str(frame.close);
                    }
                }
            }
            self.cut();
        }
        context.charge(self.out.len() as u64 / 4)?;
        Ok(Ask::Done(std::mem::take(&mut self.out)))
    }

    fn values(&self, visit: &mut dyn FnMut(Value)) {
        visit(self.value);
        self.stack.iter().for_each(|frame| visit(Value::object(frame.object)));
    }
}

impl Context {
    /// A value as text, whatever the program specialises.
    pub(crate) fn text_of(&mut self, value: Value, debug: bool) -> Result<String, Thrown> {
        self.without_hooks(Display::new(value, debug))
    }

    /// The beginning of a value as it is written in a program, for a message.
    pub(crate) fn brief(&mut self, value: Value) -> Result<String, Thrown> {
        self.without_hooks(Display { at_most: BRIEF, ..Display::new(value, true) })
    }

    fn without_hooks(&mut self, mut display: Display) -> Result<String, Thrown> {
        let hooks = std::mem::replace(&mut self.hooks_off, true);
        let done = display.run(self, None);
        self.hooks_off = hooks;
        match done? {
            Ask::Done(text) => Ok(text),
            Ask::Call(..) => Err(self.internal_error("a display without calls asked for one")),
        }
    }

    /// Fields of a shape by name, in the order of the names.
    fn shape_parts(&mut self, ty: TypeId) -> Arc<[(Option<u32>, usize)]> {
        let mut parts: Vec<(Option<u32>, usize)> = match self.types.store.kind(ty) {
            TypeKind::Shape(fields) => fields.iter().enumerate().map(|(at, field)| (Some(field.0.0), at)).collect(),
            _ => Vec::new(),
        };
        parts.sort_by_key(|(name, _)| name.map_or(0, |name| self.program.name_rank(name)));
        parts.into()
    }

    /// Fields of a declared type in order, without names if they have none.
    fn record_parts(&mut self, decl: DeclId) -> Arc<[(Option<u32>, usize)]> {
        if let Some(known) = self.types.shown_fields.get(&decl) {
            return known.clone();
        }
        let info = self.types.store.decl(decl);
        let text =
            |field: &sayso_types::Field| self.program.names().text(field.name).bytes().all(|b| b.is_ascii_digit());
        let positional =
            matches!(info.kind, DeclKind::Variant { .. } | DeclKind::Struct) && info.fields.iter().all(text);
        let fields = info.fields.iter().enumerate();
        let parts: Arc<[_]> = fields
            .map(|(at, field)| ((!positional).then_some(field.name.0), self.field_slot(decl, at as u32)))
            .collect();
        self.types.shown_fields.insert(decl, parts.clone());
        parts
    }
}
