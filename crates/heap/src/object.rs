//! Objects: the header, the kinds, and slots.
//!
//! The header is one word: type number (bits 0..32), kind and flags (32..40), count of reference slots (40..48), count
//! of all slots (48..56), variant number (56..64). Objects made of slots ([`Kind::has_slots`]) hold their reference
//! slots first (class ref or dyn, an immediate value allowed), then raw ones; the counts in the header make a slot
//! access safe by one compare. With [`BIG`] set both counts are 0 and stand in a word of their own before the slots.
//! All other kinds have counts of 0, so that slot access on them fails.

use crate::value::Value;
use std::num::NonZeroU64;

/// An object's address. See the obligations in the crate's documentation.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
#[repr(transparent)]
pub struct Ref(NonZeroU64);

macro_rules! kinds {
    ($($variant:ident = $number:literal $doc:literal;)*) => {
        /// What an object is.
        #[derive(Clone, Copy, PartialEq, Eq, Debug)]
        #[repr(u8)]
        pub enum Kind { $(#[doc = $doc] $variant = $number),* }

        impl Kind {
            /// The kind with this number.
            pub const fn from_bits(bits: u8) -> Option<Kind> {
                match bits { $($number => Some(Kind::$variant),)* _ => None }
            }
        }
    };
}

kinds! {
    Free = 0 "A free cell of a block whose objects own memory.";
    OpenRecord = 1 "A record whose run-time type depends on its contents.";
    Tuple = 2 "A tuple: reference slots.";
    Shape = 3 "A shape value: reference slots in the order of the type's fields.";
    Record = 4 "A struct, variant, singleton or class instance.";
    ArrayI64 = 5 "An array of integers.";
    ArrayF64 = 6 "An array of floats.";
    ArrayBool = 7 "An array of bools, a byte each.";
    ArrayByte = 8 "An array of bytes.";
    ArrayDyn = 9 "An array of dynamic values.";
    Table = 10 "A hash table in insertion order.";
    Str = 11 "A string with its bytes inside.";
    View = 12 "A string whose bytes are part of another object.";
    Buffer = 13 "Room for strings that grow at their end; never a value.";
    Closure = 14 "A function with captured values.";
    Cell = 15 "A variable shared by closures: one reference slot.";
    Range = 16 "Raw slots: start, end, and what of them there is.";
    BoxedInt = 17 "An integer outside 50 bits: one raw slot.";
    Error = 18 "A fault.";
    Host = 19 "A host's object.";
    Generator = 20 "A suspended activation.";
    List = 21 "A persistent list.";
    Map = 22 "A persistent map.";
    Set = 23 "A persistent set.";
    Node = 24 "Part of a persistent collection or iterator; never a value.";
    Iterator = 25 "An iterator of the library.";
    Task = 26 "A task.";
    Channel = 27 "A channel.";
}

/// The bits of the kind in its byte.
pub const KIND_MASK: u8 = 0x1F;
/// The object is old and has not been logged since the last collection: a store into it must log it.
pub const LOG: u8 = 0x20;
/// The object may not be changed.
pub const FROZEN: u8 = 0x40;
/// Objects of slots: counts stand in the word behind the header.
pub const BIG: u8 = 0x80;
/// Arrays: the length is fixed. The same bit as [`BIG`].
pub const FIXED: u8 = 0x80;
/// What [`crate::verify`] must never meet: the kind of poisoned memory.
pub const POISON_BYTE: u8 = 0xDF;

impl Kind {
    /// Whether it is made of slots.
    pub const fn has_slots(self) -> bool {
        matches!(
            self,
            Kind::OpenRecord
                | Kind::Tuple
                | Kind::Shape
                | Kind::Record
                | Kind::Cell
                | Kind::Range
                | Kind::BoxedInt
                | Kind::Error
                | Kind::List
                | Kind::Map
                | Kind::Set
                | Kind::Node
                | Kind::Iterator
                | Kind::Task
                | Kind::Channel
        )
    }
    /// Whether such objects own memory outside their cell.
    pub const fn owns_memory(self) -> bool {
        matches!(
            self,
            Kind::ArrayI64
                | Kind::ArrayF64
                | Kind::ArrayBool
                | Kind::ArrayByte
                | Kind::ArrayDyn
                | Kind::Table
                | Kind::Host
                | Kind::Generator
        )
    }
    /// Whether it is an array.
    pub const fn is_array(self) -> bool {
        (self as u8) >= Kind::ArrayI64 as u8 && (self as u8) <= Kind::ArrayDyn as u8
    }
    /// Whether it is a string.
    pub const fn is_str(self) -> bool {
        matches!(self, Kind::Str | Kind::View)
    }
}

/// A header word from its parts.
#[inline(always)]
pub const fn header(ty: u32, kind: u8, refs: u8, slots: u8, variant: u8) -> u64 {
    ty as u64 | (kind as u64) << 32 | (refs as u64) << 40 | (slots as u64) << 48 | (variant as u64) << 56
}

impl Ref {
    /// The object at an address; none for 0.
    ///
    /// # Safety
    /// Obligation 1: a live object stands there.
    #[inline(always)]
    pub const unsafe fn from_bits(bits: u64) -> Option<Ref> {
        match NonZeroU64::new(bits) {
            Some(bits) => Some(Ref(bits)),
            None => None,
        }
    }
    /// The object at an address that is not 0.
    ///
    /// # Safety
    /// Obligation 1: a live object stands there.
    #[inline(always)]
    pub const unsafe fn from_bits_unchecked(bits: u64) -> Ref {
        // SAFETY: no object stands at 0, so `bits` is not 0.
        Ref(unsafe { NonZeroU64::new_unchecked(bits) })
    }
    /// The address.
    #[inline(always)]
    pub const fn bits(self) -> u64 {
        self.0.get()
    }
    /// As a pointer to the word with this index, the header being word 0.
    #[inline(always)]
    pub(crate) fn word(self, index: usize) -> *mut u64 {
        std::ptr::with_exposed_provenance_mut::<u64>(self.bits() as usize).wrapping_add(index)
    }
    /// As a pointer to its first byte.
    #[inline(always)]
    pub fn as_ptr(self) -> *mut u8 {
        std::ptr::with_exposed_provenance_mut(self.bits() as usize)
    }
    /// The header.
    #[inline(always)]
    pub fn header(self) -> u64 {
        // SAFETY: obligation 1: a live object begins with its header.
        unsafe { *self.word(0) }
    }
    #[inline(always)]
    pub(crate) fn set_header(self, header: u64) {
        // SAFETY: as above; headers are only written by this crate and between accesses of others.
        unsafe { *self.word(0) = header }
    }
    /// The number of its static type.
    #[inline(always)]
    pub fn type_number(self) -> u32 {
        self.header() as u32
    }
    /// Kind and flags.
    #[inline(always)]
    pub fn kind_byte(self) -> u8 {
        (self.header() >> 32) as u8
    }
    /// The number of its kind.
    #[inline(always)]
    pub fn kind_bits(self) -> u8 {
        self.kind_byte() & KIND_MASK
    }
    /// Whether it is of a kind.
    #[inline(always)]
    pub fn is(self, kind: Kind) -> bool {
        self.kind_bits() == kind as u8
    }
    /// Its kind. [`Kind::Free`] for memory that is no object.
    #[inline(always)]
    pub fn kind(self) -> Kind {
        Kind::from_bits(self.kind_bits()).unwrap_or(Kind::Free)
    }
    /// Whether it is a string.
    #[inline(always)]
    pub fn is_str(self) -> bool {
        self.kind_bits().wrapping_sub(Kind::Str as u8) <= 1
    }
    /// Whether it may not be changed.
    #[inline(always)]
    pub fn is_frozen(self) -> bool {
        self.kind_byte() & FROZEN != 0
    }
    /// From now on it may not be changed.
    pub fn freeze(self) {
        self.set_header(self.header() | (FROZEN as u64) << 32);
    }
    /// Replaces the static type.
    pub fn set_type_number(self, ty: u32) {
        self.set_header(self.header() & !0xFFFF_FFFF | u64::from(ty));
    }
    /// The variant number of a record, whatever its size.
    #[inline]
    pub fn variant(self) -> u32 {
        if self.has_big_slots() {
            // SAFETY: a big object has a word of counts and one of its variant behind the header.
            unsafe { *self.word(2) as u32 }
        } else {
            (self.header() >> 56) as u32
        }
    }
    #[inline(always)]
    fn has_big_slots(self) -> bool {
        self.kind_byte() & BIG != 0 && self.kind().has_slots()
    }

    /// How many reference slots it has.
    #[inline]
    pub fn ref_count(self) -> usize {
        if self.has_big_slots() {
            // SAFETY: a big object has a word of counts behind the header.
            unsafe { *self.word(1) as u32 as usize }
        } else {
            (self.header() >> 40) as u8 as usize
        }
    }
    /// How many slots it has.
    #[inline]
    pub fn slot_count(self) -> usize {
        if self.has_big_slots() {
            // SAFETY: a big object has a word of counts behind the header.
            unsafe { (*self.word(1) >> 32) as usize }
        } else {
            (self.header() >> 48) as u8 as usize
        }
    }
    /// A pointer to its slots.
    #[inline]
    pub fn slots(self) -> *mut u64 {
        self.word(if self.has_big_slots() { 3 } else { 1 })
    }
    /// A slot's bits, if there is one with this index.
    #[inline]
    pub fn slot(self, index: usize) -> Option<u64> {
        // SAFETY: the count says how many slots there are.
        (index < self.slot_count()).then(|| unsafe { *self.slots().add(index) })
    }
    /// A reference slot's value, if there is one with this index.
    #[inline]
    pub fn ref_slot(self, index: usize) -> Option<Value> {
        // SAFETY: the count says how many reference slots there are.
        (index < self.ref_count()).then(|| Value(unsafe { *self.slots().add(index) }))
    }
    /// Sets a raw slot; false if there is none with this index.
    #[inline]
    pub fn set_raw_slot(self, index: usize, bits: u64) -> bool {
        let fits = index >= self.ref_count() && index < self.slot_count();
        if fits {
            // SAFETY: the counts say that this is a raw slot.
            unsafe { *self.slots().add(index) = bits }
        }
        fits
    }
    /// A raw slot as an integer; 0 if there is none.
    #[inline]
    pub fn raw_slot(self, index: usize) -> u64 {
        self.slot(index).unwrap_or(0)
    }

    /// The integer of a [`Kind::BoxedInt`].
    #[inline(always)]
    pub fn boxed_int(self) -> i64 {
        debug_assert!(self.is(Kind::BoxedInt));
        self.raw_slot(0) as i64
    }

    /// Closures: the function's number.
    #[inline(always)]
    pub fn closure_function(self) -> u32 {
        debug_assert!(self.is(Kind::Closure));
        // SAFETY: obligation 3: a closure has this word.
        unsafe { *self.word(1) as u32 }
    }
    /// Closures: how many values are captured.
    #[inline(always)]
    pub fn capture_count(self) -> usize {
        debug_assert!(self.is(Kind::Closure));
        // SAFETY: obligation 3: a closure has this word.
        unsafe { (*self.word(1) >> 32) as usize }
    }
    /// Closures: a captured value, if there is one with this index.
    #[inline(always)]
    pub fn capture(self, index: usize) -> Option<Value> {
        // SAFETY: the count says how many there are.
        (index < self.capture_count()).then(|| Value(unsafe { *self.word(2 + index) }))
    }

    /// The part of a range that is there: start and end.
    pub fn range_bounds(self) -> (Option<i64>, Option<i64>) {
        let flags = self.raw_slot(2);
        let part = |bit: u64, index: usize| (flags & bit != 0).then(|| self.raw_slot(index) as i64);
        (part(1, 0), part(2, 1))
    }
    /// Whether a range's end belongs to it.
    pub fn range_inclusive(self) -> bool {
        self.raw_slot(2) & 4 != 0
    }
}
