//! Values with an order: numbers, bytes and text, cut into stretches that every pattern takes or leaves as a whole.
//!
//! A literal or a range is a stretch between two [`Cut`]s. The cuts of all patterns of a column, sorted, divide the
//! whole order into pieces; a pattern covers a run of pieces. Integers and bytes have a next value, so that `..5` and
//! `5..` meet; floats and text have not. `NaN` lies outside of the order.

use crate::hir::{Constant, PatternKind};
use sayso_types::TypeId;
use std::cmp::Ordering;
use std::sync::Arc;

/// A value of an ordered type. Values that are compared are of one type.
#[derive(Clone, Debug)]
pub(super) enum Key {
    Int(i64),
    Byte(u8),
    Float(f64),
    Str(Arc<str>),
}

impl Key {
    fn order(&self, other: &Key) -> Ordering {
        match (self, other) {
            (Key::Int(a), Key::Int(b)) => a.cmp(b),
            (Key::Byte(a), Key::Byte(b)) => a.cmp(b),
            (Key::Float(a), Key::Float(b)) => a.total_cmp(b),
            (Key::Str(a), Key::Str(b)) => a.cmp(b),
            (Key::Int(_) | Key::Byte(_) | Key::Float(_) | Key::Str(_), _) => Ordering::Equal,
        }
    }
}

/// A place between two values.
#[derive(Clone, Debug)]
pub(super) enum Cut {
    /// Before all values.
    Start,
    Before(Key),
    After(Key),
    /// Behind all values.
    End,
}

impl Cut {
    /// The cut before a value, in its one form.
    fn before(key: Key) -> Cut {
        match key {
            Key::Int(i64::MIN) | Key::Byte(0) => Cut::Start,
            Key::Float(float) if float == f64::NEG_INFINITY => Cut::Start,
            Key::Str(ref text) if text.is_empty() => Cut::Start,
            key => Cut::Before(key),
        }
    }

    /// The cut behind a value, in its one form.
    fn after(key: Key) -> Cut {
        match key {
            Key::Int(value) => value.checked_add(1).map_or(Cut::End, |next| Cut::Before(Key::Int(next))),
            Key::Byte(value) => value.checked_add(1).map_or(Cut::End, |next| Cut::Before(Key::Byte(next))),
            Key::Float(float) if float == f64::INFINITY => Cut::End,
            key => Cut::After(key),
        }
    }

    fn order(&self, other: &Cut) -> Ordering {
        match (self, other) {
            (Cut::Start, Cut::Start) | (Cut::End, Cut::End) => Ordering::Equal,
            (Cut::Start, _) | (_, Cut::End) => Ordering::Less,
            (_, Cut::Start) | (Cut::End, _) => Ordering::Greater,
            (Cut::Before(a), Cut::Before(b)) | (Cut::After(a), Cut::After(b)) => a.order(b),
            (Cut::Before(a), Cut::After(b)) => a.order(b).then(Ordering::Less),
            (Cut::After(a), Cut::Before(b)) => a.order(b).then(Ordering::Greater),
        }
    }
}

/// What a literal or range takes of a type's values.
#[derive(Clone, Debug)]
pub(super) enum Extent {
    /// Nothing.
    Nothing,
    /// Perhaps some: how values of the two types compare is not known here.
    Unknown,
    /// What lies between.
    Between(Cut, Cut),
}

/// What a pattern takes of an ordered type; `Nothing` for patterns of other kinds.
pub(super) fn extent(kind: &PatternKind, ty: TypeId) -> Extent {
    match kind {
        PatternKind::Constant(constant) => match key(constant, ty) {
            Found::Key(key) => Extent::Between(Cut::before(key.clone()), Cut::after(key)),
            Found::Nothing => Extent::Nothing,
            Found::Unknown => Extent::Unknown,
        },
        PatternKind::Range(start, end, inclusive) => range(start.as_ref(), end.as_ref(), *inclusive, ty),
        PatternKind::Error
        | PatternKind::Wildcard
        | PatternKind::Bind(..)
        | PatternKind::Or(_)
        | PatternKind::Tuple(_)
        | PatternKind::Array { .. }
        | PatternKind::Nominal(..)
        | PatternKind::Type(..)
        | PatternKind::Equal(..) => Extent::Nothing,
    }
}

/// A range holds only values of the type of its ends.
fn range(start: Option<&Constant>, end: Option<&Constant>, inclusive: bool, ty: TypeId) -> Extent {
    let own = |constant: &Constant| constant_type(constant) == Some(ty);
    match (start, end) {
        (None, None) => return Extent::Between(Cut::Start, Cut::End),
        (Some(only), None) | (None, Some(only)) if !own(only) => return Extent::Nothing,
        (Some(a), Some(b)) if !own(a) && !own(b) => return Extent::Nothing,
        (Some(a), Some(b)) if !own(a) || !own(b) => return Extent::Unknown,
        _ => {}
    }
    let from = start.map(|start| key(start, ty));
    let to = end.map(|end| key(end, ty));
    let from = match from {
        None => Cut::Start,
        Some(Found::Key(key)) => Cut::before(key),
        Some(Found::Nothing | Found::Unknown) => return Extent::Nothing,
    };
    let to = match to {
        None => Cut::End,
        Some(Found::Key(key)) if inclusive => Cut::after(key),
        Some(Found::Key(key)) => Cut::before(key),
        Some(Found::Nothing | Found::Unknown) => return Extent::Nothing,
    };
    if from.order(&to) == Ordering::Less { Extent::Between(from, to) } else { Extent::Nothing }
}

/// The ordered type of a constant.
pub(super) fn constant_type(constant: &Constant) -> Option<TypeId> {
    match constant {
        Constant::Int(_) => Some(TypeId::I64),
        Constant::Float(_) => Some(TypeId::F64),
        Constant::Byte(_) => Some(TypeId::BYTE),
        Constant::Str(_) => Some(TypeId::STR),
        Constant::Unit | Constant::Bool(_) | Constant::Symbol(_) | Constant::Type(_) => None,
    }
}

enum Found {
    Key(Key),
    Nothing,
    Unknown,
}

/// The value of a type that equals a constant. Integers and floats compare by value.
fn key(constant: &Constant, ty: TypeId) -> Found {
    match (constant, ty) {
        (Constant::Int(value), TypeId::I64) => Found::Key(Key::Int(*value)),
        (Constant::Byte(value), TypeId::BYTE) => Found::Key(Key::Byte(*value)),
        (Constant::Str(text), TypeId::STR) => Found::Key(Key::Str(text.clone())),
        (Constant::Float(value), TypeId::F64) if value.is_nan() => Found::Nothing,
        // `0.0` and `-0.0` are equal.
        (Constant::Float(value), TypeId::F64) => Found::Key(Key::Float(value + 0.0)),
        (Constant::Int(value), TypeId::F64) => {
            let float = *value as f64;
            if value.unsigned_abs() <= 1 << 53 { Found::Key(Key::Float(float)) } else { Found::Unknown }
        }
        (Constant::Float(value), TypeId::I64) => {
            if value.fract() != 0.0 || !value.is_finite() {
                Found::Nothing
            } else if value.abs() <= (1u64 << 53) as f64 {
                Found::Key(Key::Int(*value as i64))
            } else {
                Found::Unknown
            }
        }
        (Constant::Int(_) | Constant::Float(_), TypeId::BYTE) | (Constant::Byte(_), TypeId::I64 | TypeId::F64) => {
            Found::Unknown
        }
        _ => Found::Nothing,
    }
}

/// A type's values divided into pieces.
#[derive(Clone, Debug)]
pub(super) struct Pieces {
    /// Sorted; the first is the start and the last the end of the order.
    cuts: Vec<Cut>,
}

impl Pieces {
    /// The pieces that the cuts of these stretches make.
    pub fn new(mut cuts: Vec<Cut>) -> Pieces {
        cuts.extend([Cut::Start, Cut::End]);
        cuts.sort_by(Cut::order);
        cuts.dedup_by(|a, b| a.order(b) == Ordering::Equal);
        Pieces { cuts }
    }

    pub fn len(&self) -> usize {
        self.cuts.len().saturating_sub(1)
    }

    /// The pieces of a stretch whose ends are among the cuts.
    pub fn run(&self, from: &Cut, to: &Cut) -> std::ops::Range<usize> {
        let index = |cut: &Cut| self.cuts.partition_point(|own| own.order(cut) == Ordering::Less);
        index(from)..index(to).min(self.len())
    }

    /// The ends of a piece.
    pub fn piece(&self, index: usize) -> Option<(Cut, Cut)> {
        Some((self.cuts.get(index)?.clone(), self.cuts.get(index + 1)?.clone()))
    }
}

/// A piece as a pattern; `None` for one that has no such form (all of the order, or pieces of floats and text that no
/// range describes).
pub(super) fn shown(from: &Cut, to: &Cut) -> Option<String> {
    match (from, to) {
        (Cut::Start, Cut::End) => None,
        (Cut::Start, Cut::Before(key)) => Some(format!("..{}", literal(key)?)),
        (Cut::Before(key), Cut::End) => Some(format!("{}..", literal(key)?)),
        (Cut::Before(first), Cut::After(last)) => {
            let (first_text, last_text) = (literal(first)?, literal(last)?);
            Some(if first.order(last) == Ordering::Equal { first_text } else { format!("{first_text}..={last_text}") })
        }
        (Cut::Before(first), Cut::Before(next)) => match (last_before(next), first) {
            (Some(last), first) if last.order(first) == Ordering::Equal => literal(first),
            (Some(last), first) => Some(format!("{}..={}", literal(first)?, literal(&last)?)),
            (None, first) => Some(format!("{}..{}", literal(first)?, literal(next)?)),
        },
        (Cut::Start, Cut::After(key)) => Some(format!("..={}", literal(key)?)),
        (Cut::After(_) | Cut::End, _) | (_, Cut::Start) => None,
    }
}

/// The integer or byte before another.
fn last_before(key: &Key) -> Option<Key> {
    match key {
        Key::Int(value) => value.checked_sub(1).map(Key::Int),
        Key::Byte(value) => value.checked_sub(1).map(Key::Byte),
        Key::Float(_) | Key::Str(_) => None,
    }
}

fn literal(key: &Key) -> Option<String> {
    match key {
        Key::Int(value) => Some(value.to_string()),
        Key::Byte(value) => Some(byte_literal(*value)),
        Key::Float(value) => {
            let text = value.to_string();
            if !value.is_finite() {
                return None;
            }
            Some(if text.contains(['.', 'e']) { text } else { format!("{text}.0") })
        }
        Key::Str(text) => (text.chars().count() <= 40).then(|| format!("\"{}\"", escaped(text))),
    }
}

fn byte_literal(value: u8) -> String {
    match value {
        b'\n' => "b'\\n'".to_owned(),
        b'\r' => "b'\\r'".to_owned(),
        b'\t' => "b'\\t'".to_owned(),
        b'\'' | b'\\' => format!("b'\\{}'", char::from(value)),
        0x20..=0x7e => format!("b'{}'", char::from(value)),
        _ => format!("b'\\x{value:02x}'"),
    }
}

fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            '\0' => out.push_str("\\0"),
            '"' | '\\' | '{' => {
                out.push('\\');
                out.push(c);
            }
            c => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn int(value: i64) -> PatternKind {
        PatternKind::Constant(Constant::Int(value))
    }

    fn cuts(kind: &PatternKind, ty: TypeId) -> (Cut, Cut) {
        match extent(kind, ty) {
            Extent::Between(from, to) => (from, to),
            other => panic!("no stretch: {other:?}"),
        }
    }

    #[test]
    fn integers_meet_and_floats_do_not() {
        let (a, b) = cuts(&int(5), TypeId::I64);
        let (c, d) = cuts(&int(6), TypeId::I64);
        assert_eq!(Pieces::new(vec![a, b, c, d]).len(), 4, "before 5, 5, 6, behind 6");
        let (a, b) = cuts(&int(5), TypeId::F64);
        let (c, d) = cuts(&int(6), TypeId::F64);
        assert_eq!(Pieces::new(vec![a, b, c, d]).len(), 5, "and what lies between 5.0 and 6.0");
    }

    #[test]
    fn the_greatest_value_ends_the_order() {
        let (_, end) = cuts(&int(i64::MAX), TypeId::I64);
        assert!(matches!(end, Cut::End));
        let (start, _) = cuts(&int(i64::MIN), TypeId::I64);
        assert!(matches!(start, Cut::Start));
    }

    #[test]
    fn pieces_are_shown_as_patterns() {
        let ends = |from: i64, to: i64| (Cut::before(Key::Int(from)), Cut::after(Key::Int(to)));
        let text = |(from, to): (Cut, Cut)| shown(&from, &to);
        assert_eq!(text(ends(3, 3)).as_deref(), Some("3"));
        assert_eq!(text(ends(3, 7)).as_deref(), Some("3..=7"));
        assert_eq!(text(ends(i64::MIN, -1)).as_deref(), Some("..0"));
        assert_eq!(text(ends(5, i64::MAX)).as_deref(), Some("5.."));
        assert_eq!(text((Cut::Start, Cut::End)), None);
        let byte = (Cut::before(Key::Byte(b'a')), Cut::after(Key::Byte(b'z')));
        assert_eq!(text(byte).as_deref(), Some("b'a'..=b'z'"));
    }
}
