//! Types, constants and signatures as short text for listings.
//!
//! Types are written with the module's own names; nesting and length are cut off, so text stays small for any module.

use crate::module::{Class, Constant, Module};
use sayso_types::{TypeId, TypeKind};
use std::fmt::Write as _;

/// Deeper parts are shown as `…`.
const DEPTH: u32 = 5;
/// More parts are shown as `…`.
const PARTS: usize = 8;
/// Text beyond this length is not added to: a few parts may hold one another many times over.
const LENGTH: usize = 160;
/// Longer strings are cut.
const LETTERS: usize = 60;

/// An entry of [`Module::names`].
pub(crate) fn name(module: &Module, index: u32) -> &str {
    module.names.get(index as usize).map_or("?", |name| name)
}

/// `(i64, ref)`
pub(crate) fn classes(classes: &[Class]) -> String {
    let names: Vec<&str> = classes.iter().map(|class| class.name()).collect();
    format!("({})", names.join(", "))
}

/// `name(i64, ref) -> dyn`
pub(crate) fn signature(name: &str, params: &[Class], result: Class) -> String {
    format!("{name}{} -> {}", classes(params), result.name())
}

/// A type.
pub(crate) fn ty(module: &Module, ty: TypeId) -> String {
    let mut text = String::new();
    write_type(module, ty, DEPTH, &mut text);
    text
}

/// A constant.
pub(crate) fn constant(module: &Module, index: u32) -> String {
    let mut text = String::new();
    write_constant(module, index, DEPTH, &mut text);
    text
}

/// Writes items with a separator between them.
fn join<T>(items: &[T], separator: &str, text: &mut String, mut item: impl FnMut(&T, &mut String)) {
    for (index, value) in items.iter().enumerate() {
        if index > 0 {
            text.push_str(separator);
        }
        if index == PARTS {
            text.push('…');
            return;
        }
        item(value, text);
    }
}

fn write_type(module: &Module, ty: TypeId, depth: u32, text: &mut String) {
    let Some(below) = depth.checked_sub(1).filter(|_| text.len() <= LENGTH) else {
        text.push('…');
        return;
    };
    let mut one = |before: &str, part: TypeId, after: &str| {
        text.push_str(before);
        write_type(module, part, below, text);
        text.push_str(after);
    };
    match module.types.kind(ty) {
        TypeKind::Any => text.push_str("any"),
        TypeKind::Never => text.push_str("never"),
        TypeKind::Error => text.push('?'),
        TypeKind::I64 => text.push_str("i64"),
        TypeKind::F64 => text.push_str("f64"),
        TypeKind::Bool => text.push_str("bool"),
        TypeKind::Byte => text.push_str("byte"),
        TypeKind::Str => text.push_str("str"),
        TypeKind::Symbol(symbol) => {
            text.push('#');
            text.push_str(name(module, symbol.0));
        }
        TypeKind::Array(element) => one("[", *element, "]"),
        TypeKind::FixedArray(element, length) => one("[", *element, &format!("; {length}]")),
        TypeKind::Seq(element) => one("Seq<", *element, ">"),
        TypeKind::List(element) => one("List<", *element, ">"),
        TypeKind::Set(element) => one("Set<", *element, ">"),
        TypeKind::Type(ty) => one("Type<", *ty, ">"),
        TypeKind::Table(key, value) => {
            one("[", *key, ": ");
            one("", *value, "]");
        }
        TypeKind::Map(key, value) => {
            one("Map<", *key, ", ");
            one("", *value, ">");
        }
        TypeKind::Tuple(elements) if elements.is_empty() => text.push_str("void"),
        TypeKind::Tuple(elements) => {
            text.push('(');
            join(elements, ", ", text, |part, text| write_type(module, *part, below, text));
            text.push_str(if elements.len() == 1 { ",)" } else { ")" });
        }
        TypeKind::Shape(fields) => {
            text.push_str("%{ ");
            join(fields, ", ", text, |(field, part), text| {
                let _ = write!(text, "{}: ", name(module, field.0));
                write_type(module, *part, below, text);
            });
            text.push_str(" }");
        }
        TypeKind::Function { params, result, effects } => {
            text.push_str("fn(");
            join(params, ", ", text, |part, text| write_type(module, *part, below, text));
            text.push_str(") -> ");
            write_type(module, *result, below, text);
            let _ = write!(text, " is {effects}");
        }
        TypeKind::AnyFunction => text.push_str("Function"),
        TypeKind::Union(parts) | TypeKind::Intersection(parts) => {
            let union = matches!(module.types.kind(ty), TypeKind::Union(_));
            text.push('(');
            join(parts, if union { " | " } else { " & " }, text, |part, text| write_type(module, *part, below, text));
            text.push(')');
        }
        TypeKind::Nominal(decl, arguments) => {
            text.push_str(name(module, module.types.decl(*decl).name.0));
            if !arguments.is_empty() {
                text.push('<');
                join(arguments, ", ", text, |part, text| write_type(module, *part, below, text));
                text.push('>');
            }
        }
        TypeKind::Var(var) => text.push_str(name(module, module.types.var(*var).name.0)),
        TypeKind::Infer(_) => text.push('_'),
    }
}

/// A string in quotes, cut if it is long.
pub(crate) fn quoted(string: &str) -> String {
    let mut letters = string.chars();
    let start: String = letters.by_ref().take(LETTERS).collect();
    format!("{start:?}{}", if letters.next().is_some() { "…" } else { "" })
}

/// A float with all its digits; never like an integer.
pub(crate) fn float(value: f64) -> String {
    format!("{value:?}")
}

fn write_constant(module: &Module, index: u32, depth: u32, text: &mut String) {
    let below = depth.checked_sub(1).filter(|_| text.len() <= LENGTH);
    let (Some(below), Some(constant)) = (below, module.constants.get(index as usize)) else {
        text.push('…');
        return;
    };
    let parts = |parts: &[u32], text: &mut String| {
        join(parts, ", ", text, |part, text| write_constant(module, *part, below, text));
    };
    let _ = match constant {
        Constant::I64(value) => write!(text, "{value}"),
        Constant::F64(value) => write!(text, "{}", float(*value)),
        Constant::Str(string) => write!(text, "{}", quoted(string)),
        Constant::Symbol(symbol) => write!(text, "#{}", name(module, *symbol)),
        Constant::Function(function) => {
            let function = module.functions.get(*function as usize).map_or(u32::MAX, |function| function.name);
            write!(text, "fn {}", name(module, function))
        }
        Constant::Nullary(layout) => write!(text, "{}", layout_name(module, *layout)),
        Constant::Type(value) => write!(text, "type({})", ty(module, *value)),
        Constant::Unit => write!(text, "()"),
        Constant::Bool(value) => write!(text, "{value}"),
        Constant::Byte(value) => write!(text, "byte {value}"),
        Constant::Array(of, elements) => {
            text.push('[');
            parts(elements, text);
            write!(text, "] {}", ty(module, *of))
        }
        Constant::ArrayI64(of, values) => {
            text.push('[');
            join(values, ", ", text, |value, text| text.push_str(&value.to_string()));
            write!(text, "] {}", ty(module, *of))
        }
        Constant::ArrayF64(of, values) => {
            text.push('[');
            join(values, ", ", text, |bits, text| text.push_str(&float(f64::from_bits(*bits))));
            write!(text, "] {}", ty(module, *of))
        }
        Constant::ArrayByte(of, values) => {
            text.push('[');
            join(values, ", ", text, |value, text| text.push_str(&value.to_string()));
            write!(text, "] {}", ty(module, *of))
        }
        Constant::Record(layout, _, slots) => {
            text.push_str(layout_name(module, *layout));
            text.push_str(" { ");
            parts(slots, text);
            write!(text, " }}")
        }
        Constant::Tuple(_, elements) => {
            text.push('(');
            parts(elements, text);
            write!(text, ")")
        }
        Constant::Memory(of) => write!(text, "memory {}", ty(module, *of)),
        Constant::Table(of, entries) => {
            text.push('[');
            parts(entries, text);
            write!(text, "] {}", ty(module, *of))
        }
        Constant::Shape(of, fields) => {
            text.push_str("%{ ");
            parts(fields, text);
            write!(text, " }} {}", ty(module, *of))
        }
    };
}

/// The name of the type that a layout is for.
pub(crate) fn layout_name(module: &Module, layout: u32) -> &str {
    let layout = module.layouts.get(layout as usize);
    layout.map_or("?", |layout| name(module, module.types.decl(layout.decl).name.0))
}
