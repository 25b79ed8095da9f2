//! Values as text, where nobody specialised it.
//!
//! Nested at most [`MAX_NESTING`] deep, which bounds the recursion here; what is deeper, or contains itself, is `…`.

use crate::context::Context;
use crate::errors::Thrown;
use crate::numbers;
use crate::sequences::element_class;
use sayso_heap::value::Unpacked;
use sayso_heap::{Kind, Ref, Value};
use sayso_types::{DeclKind, TypeId, TypeKind};
use std::fmt::Write;

/// How deep values are shown.
const MAX_NESTING: usize = 64;

struct Writer {
    out: String,
    debug: bool,
    /// Objects around the place.
    path: Vec<Ref>,
}

impl Context {
    /// A value as text.
    pub(crate) fn text_of(&mut self, value: Value, debug: bool) -> Result<String, Thrown> {
        let mut writer = Writer { out: String::new(), debug, path: Vec::new() };
        self.write_value(&mut writer, value)?;
        self.charge(writer.out.len() as u64 / 4)?;
        Ok(writer.out)
    }

    fn write_value(&mut self, w: &mut Writer, value: Value) -> Result<(), Thrown> {
        match value.unpack() {
            Unpacked::Int(i) => self.write_fmt_int(w, i),
            Unpacked::Float(f) => w.out.push_str(&numbers::float_text(f, w.debug)),
            Unpacked::Unit => w.out.push_str("()"),
            Unpacked::Bool(b) => w.out.push_str(if b { "true" } else { "false" }),
            Unpacked::Byte(b) if w.debug => w.out.push_str(&numbers::byte_literal(b)),
            Unpacked::Byte(b) => self.write_fmt_int(w, i64::from(b)),
            Unpacked::Symbol(name) => {
                w.out.push('#');
                w.out.push_str(self.program.name(name));
            }
            Unpacked::Type(ty) => {
                let shown = self.shown_type(TypeId(ty));
                w.out.push_str(&shown);
            }
            Unpacked::Unset => w.out.push('?'),
            Unpacked::Object(object) => return self.write_object(w, object),
        }
        Ok(())
    }

    fn write_fmt_int(&self, w: &mut Writer, i: i64) {
        let _ = write!(w.out, "{i}");
    }

    fn write_object(&mut self, w: &mut Writer, object: Ref) -> Result<(), Thrown> {
        self.charge(1)?;
        if w.out.len() > self.heap.limit() - self.heap.committed().min(self.heap.limit()) {
            return Err(self.out_of_memory());
        }
        match object.kind() {
            Kind::Str | Kind::View => {
                // SAFETY: the string is alive, and its text is used only here.
                let text = unsafe { object.str_text() };
                if w.debug { numbers::quote(text, &mut w.out) } else { w.out.push_str(text) }
                return Ok(());
            }
            Kind::BoxedInt => {
                self.write_fmt_int(w, object.boxed_int());
                return Ok(());
            }
            _ => {}
        }
        if w.path.len() >= MAX_NESTING || w.path.contains(&object) {
            w.out.push('…');
            return Ok(());
        }
        w.path.push(object);
        let written = self.write_parts(w, object);
        w.path.pop();
        written
    }

    fn write_parts(&mut self, w: &mut Writer, object: Ref) -> Result<(), Thrown> {
        match object.kind() {
            kind if kind.is_array() => {
                w.out.push('[');
                for index in 0..object.array_len() {
                    if index > 0 {
                        w.out.push_str(", ");
                    }
                    match object.array_raw(index) {
                        Some(bits) if kind == Kind::ArrayI64 => self.write_fmt_int(w, bits as i64),
                        Some(bits) => {
                            let value = self.box_slot(element_class(kind), bits)?;
                            self.write_value(w, value)?;
                        }
                        None => {}
                    }
                }
                w.out.push(']');
                Ok(())
            }
            Kind::Tuple => {
                w.out.push('(');
                self.write_slots(w, object)?;
                w.out.push_str(if object.ref_count() == 1 { ",)" } else { ")" });
                Ok(())
            }
            Kind::Table => self.write_table(w, object),
            Kind::Range => {
                let (start, end) = object.range_bounds();
                if let Some(start) = start {
                    self.write_fmt_int(w, start);
                }
                w.out.push_str(if object.range_inclusive() { "..=" } else { ".." });
                if let Some(end) = end {
                    self.write_fmt_int(w, end);
                }
                Ok(())
            }
            Kind::Shape => self.write_shape(w, object),
            Kind::Record | Kind::OpenRecord => self.write_record(w, object),
            Kind::Error => {
                w.out.push_str("Error { message: ");
                let message = object.ref_slot(0).unwrap_or(Value::UNIT);
                self.write_value(w, message)?;
                w.out.push_str(" }");
                Ok(())
            }
            Kind::Closure => {
                let function = self.program.module().functions.get(object.closure_function() as usize);
                let name = function.map_or("?", |function| self.program.name(function.name));
                let _ = write!(w.out, "<fn {name}>");
                Ok(())
            }
            Kind::Host => {
                let name = self.heap.host_object(object).name().to_string();
                let _ = write!(w.out, "<{name}>");
                Ok(())
            }
            Kind::Generator => {
                w.out.push_str("<iter>");
                Ok(())
            }
            _ => {
                let shown = self.shown_type(TypeId(object.type_number()));
                let _ = write!(w.out, "<{shown}>");
                Ok(())
            }
        }
    }

    fn write_slots(&mut self, w: &mut Writer, object: Ref) -> Result<(), Thrown> {
        for index in 0..object.ref_count() {
            if index > 0 {
                w.out.push_str(", ");
            }
            self.write_value(w, object.ref_slot(index).unwrap_or(Value::UNIT))?;
        }
        Ok(())
    }

    fn write_table(&mut self, w: &mut Writer, table: Ref) -> Result<(), Thrown> {
        if table.table_len() == 0 {
            w.out.push_str("[:]");
            return Ok(());
        }
        w.out.push('[');
        let mut first = true;
        for position in 0..table.table_used() {
            let Some((key, value)) = table.table_entry(position) else { continue };
            if !std::mem::take(&mut first) {
                w.out.push_str(", ");
            }
            self.write_value(w, key)?;
            w.out.push_str(": ");
            self.write_value(w, value)?;
        }
        w.out.push(']');
        Ok(())
    }

    fn write_shape(&mut self, w: &mut Writer, object: Ref) -> Result<(), Thrown> {
        let mut names: Vec<(u32, usize)> = match self.types.store.kind(TypeId(object.type_number())) {
            TypeKind::Shape(fields) => fields.iter().enumerate().map(|(at, field)| (field.0.0, at)).collect(),
            _ => Vec::new(),
        };
        names.sort_by_key(|(name, _)| self.program.name_rank(*name));
        w.out.push_str("%{");
        for (place, (name, slot)) in names.into_iter().enumerate() {
            w.out.push_str(if place > 0 { ", " } else { " " });
            w.out.push_str(self.program.name(name));
            w.out.push_str(": ");
            self.write_value(w, object.ref_slot(slot).unwrap_or(Value::UNIT))?;
        }
        w.out.push_str(" }");
        Ok(())
    }

    fn write_record(&mut self, w: &mut Writer, object: Ref) -> Result<(), Thrown> {
        let program = self.program.clone();
        let Some(decl) = self.types.decl_of(TypeId(object.type_number())) else { return Ok(()) };
        let (name, kind) = (self.types.store.decl(decl).name, self.decl_kind(decl));
        w.out.push_str(program.names.text(name));
        let fields: Vec<&str> =
            self.types.store.decl(decl).fields.iter().map(|field| program.names.text(field.name)).collect();
        if fields.is_empty() {
            return Ok(());
        }
        let positional = matches!(kind, DeclKind::Variant { .. } | DeclKind::Struct)
            && fields.iter().all(|name| name.bytes().all(|b| b.is_ascii_digit()));
        w.out.push_str(if positional { "(" } else { " { " });
        for (index, field) in fields.iter().enumerate() {
            if index > 0 {
                w.out.push_str(", ");
            }
            if !positional {
                w.out.push_str(field);
                w.out.push_str(": ");
            }
            let slot = self.field_slot(decl, index as u32);
            let value = self.slot_value(object, slot)?.unwrap_or(Value::UNSET);
            self.write_value(w, value)?;
        }
        w.out.push_str(if positional { ")" } else { " }" });
        Ok(())
    }
}
