//! Dynamic values: 64 bits, NaN-boxed.
//!
//! By the top 16 bits: `0x0000` an object's address as it is (so that a reference is a dynamic value without change);
//! `0x0001` a small constant, sub-tag in bits 40..48, payload below; `0x0002..=0xFFF2` a double, its bits plus 2⁴⁹ (all
//! NaNs are made one before); `0xFFFC..=0xFFFF` an integer of 50 bits, sign-extended. Integers outside ±2⁴⁹ are objects.
//! Zero is no value.

use crate::object::Ref;

/// A dynamic value.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
#[repr(transparent)]
pub struct Value(pub u64);

const DOUBLE_OFFSET: u64 = 1 << 49;
const INT_TAG: u64 = 0xFFFC << 48;
const INT_MASK: u64 = (1 << 50) - 1;
const SMALL_TAG: u64 = 1 << 48;
const CANONICAL_NAN: u64 = 0x7FF8_0000_0000_0000;

const fn small(sub: u64, payload: u32) -> Value {
    Value(SMALL_TAG | sub << 40 | payload as u64)
}

/// What an immediate or object value is, for code that handles all of them.
#[derive(Clone, Copy, PartialEq, Debug)]
pub enum Unpacked {
    /// An integer that needs no object.
    Int(i64),
    /// A float.
    Float(f64),
    /// `()`
    Unit,
    /// A bool.
    Bool(bool),
    /// A byte.
    Byte(u8),
    /// A symbol, by name number.
    Symbol(u32),
    /// A type, by number.
    Type(u32),
    /// No value yet, or a hole in a table.
    Unset,
    /// An object.
    Object(Ref),
}

impl Value {
    /// `()`
    pub const UNIT: Value = small(0, 0);
    /// `false`
    pub const FALSE: Value = small(1, 0);
    /// `true`
    pub const TRUE: Value = small(1, 1);
    /// What a slot holds that has no value yet. Never seen by programs.
    pub const UNSET: Value = small(5, 0);
    /// What is left of a removed table entry. Never seen by programs.
    pub const DELETED: Value = small(5, 1);

    /// A bool.
    #[inline(always)]
    pub const fn bool(b: bool) -> Value {
        Value(Value::FALSE.0 | b as u64)
    }
    /// A byte.
    #[inline(always)]
    pub const fn byte(b: u8) -> Value {
        small(2, b as u32)
    }
    /// A symbol, by name number.
    #[inline(always)]
    pub const fn symbol(name: u32) -> Value {
        small(3, name)
    }
    /// A type, by number.
    #[inline(always)]
    pub const fn type_number(ty: u32) -> Value {
        small(4, ty)
    }
    /// A float.
    #[inline(always)]
    pub fn float(f: f64) -> Value {
        let bits = if f.is_nan() { CANONICAL_NAN } else { f.to_bits() };
        Value(bits.wrapping_add(DOUBLE_OFFSET))
    }
    /// An integer, if it fits 50 bits.
    #[inline(always)]
    pub const fn small_int(i: i64) -> Option<Value> {
        if (i << 14) >> 14 == i { Some(Value(INT_TAG | (i as u64 & INT_MASK))) } else { None }
    }
    /// An object.
    #[inline(always)]
    pub fn object(r: Ref) -> Value {
        Value(r.bits())
    }

    /// Whether it is an object.
    #[inline(always)]
    pub const fn is_object(self) -> bool {
        self.0 >> 48 == 0
    }
    /// Whether it is an integer that needs no object.
    #[inline(always)]
    pub const fn is_small_int(self) -> bool {
        self.0 >= INT_TAG
    }
    /// Whether it is a float.
    #[inline(always)]
    pub const fn is_float(self) -> bool {
        self.0.wrapping_sub(DOUBLE_OFFSET) < INT_TAG - DOUBLE_OFFSET
    }
    /// Whether it is a bool.
    #[inline(always)]
    pub const fn is_bool(self) -> bool {
        self.0 & !1 == Value::FALSE.0
    }
    /// Whether it is a byte.
    #[inline(always)]
    pub const fn is_byte(self) -> bool {
        self.0 >> 40 == small(2, 0).0 >> 40
    }
    /// Whether it is a symbol.
    #[inline(always)]
    pub const fn is_symbol(self) -> bool {
        self.0 >> 40 == small(3, 0).0 >> 40
    }
    /// Whether it is a type.
    #[inline(always)]
    pub const fn is_type(self) -> bool {
        self.0 >> 40 == small(4, 0).0 >> 40
    }

    /// The integer; meaningless unless [`Value::is_small_int`].
    #[inline(always)]
    pub const fn as_small_int(self) -> i64 {
        ((self.0 << 14) as i64) >> 14
    }
    /// The float; meaningless unless [`Value::is_float`].
    #[inline(always)]
    pub fn as_float(self) -> f64 {
        f64::from_bits(self.0.wrapping_sub(DOUBLE_OFFSET))
    }
    /// The payload of a bool, byte, symbol or type.
    #[inline(always)]
    pub const fn payload(self) -> u32 {
        self.0 as u32
    }
    /// The object, if it is one.
    #[inline(always)]
    pub fn as_object(self) -> Option<Ref> {
        // SAFETY: obligation 1: the address in an object value is that of an object.
        if self.is_object() { unsafe { Ref::from_bits(self.0) } } else { None }
    }

    /// What it is.
    #[inline]
    pub fn unpack(self) -> Unpacked {
        if let Some(r) = self.as_object() {
            return Unpacked::Object(r);
        }
        if self.is_small_int() {
            return Unpacked::Int(self.as_small_int());
        }
        if self.is_float() {
            return Unpacked::Float(self.as_float());
        }
        match (self.0 >> 40) & 0xFF {
            0 => Unpacked::Unit,
            1 => Unpacked::Bool(self.0 & 1 == 1),
            2 => Unpacked::Byte(self.0 as u8),
            3 => Unpacked::Symbol(self.0 as u32),
            4 => Unpacked::Type(self.0 as u32),
            _ => Unpacked::Unset,
        }
    }
}

impl std::fmt::Debug for Value {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.unpack() {
            Unpacked::Object(r) => write!(f, "object {:#x}", r.bits()),
            other => write!(f, "{other:?}"),
        }
    }
}
