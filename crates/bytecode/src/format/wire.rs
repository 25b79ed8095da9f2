//! Values as bytes and back: numbers, strings, lists, options, tuples.
//!
//! A list is refused before it is allocated if the bytes left could not hold as many of the smallest items, so that
//! decoding never takes more memory than a small multiple of its input.

use super::DecodeError;
use sayso_base::Text;
use std::sync::Arc;

/// The bytes of one section and the place in it.
pub(super) struct Reader<'b> {
    pub(super) section: &'static str,
    pub(super) rest: &'b [u8],
    /// Where the section ends in the file.
    pub(super) end: usize,
}

impl<'b> Reader<'b> {
    #[cold]
    pub(super) fn error<T>(&self, found: impl ToString, expected: impl ToString) -> Result<T, DecodeError> {
        Err(DecodeError::Malformed {
            section: self.section,
            offset: self.end.saturating_sub(self.rest.len()),
            found: found.to_string(),
            expected: expected.to_string(),
        })
    }

    #[inline]
    pub(super) fn byte(&mut self) -> Result<u8, DecodeError> {
        match self.rest.split_first() {
            Some((byte, rest)) => {
                self.rest = rest;
                Ok(*byte)
            }
            None => self.error("the end", "more"),
        }
    }

    pub(super) fn bytes(&mut self, length: usize) -> Result<&'b [u8], DecodeError> {
        match self.rest.split_at_checked(length) {
            Some((bytes, rest)) => {
                self.rest = rest;
                Ok(bytes)
            }
            None => self.error(format_args!("{} bytes", self.rest.len()), format_args!("{length}")),
        }
    }

    /// A number that is at most `limit`.
    #[inline]
    pub(super) fn number(&mut self, limit: u64) -> Result<u64, DecodeError> {
        let first = self.byte()?;
        let value = if first < 0x80 { u64::from(first) } else { self.long_number(first)? };
        if value <= limit {
            Ok(value)
        } else {
            self.error(format_args!("number {value}"), format_args!("at most {limit}"))
        }
    }

    fn long_number(&mut self, first: u8) -> Result<u64, DecodeError> {
        let mut value = u64::from(first & 0x7f);
        for shift in (7..64).step_by(7) {
            let byte = self.byte()?;
            value |= u64::from(byte & 0x7f) << shift;
            if byte < 0x80 {
                if byte == 0 || shift == 63 && byte > 1 {
                    return self.error("a number in a longer form than it needs, or of more than 64 bits", "a number");
                }
                return Ok(value);
            }
        }
        self.error("a number of more than 64 bits", "a number")
    }

    /// The length of a list whose items take at least `least` bytes.
    pub(super) fn count(&mut self, least: usize) -> Result<usize, DecodeError> {
        let count = self.number(u64::MAX)?;
        let room = self.rest.len() / least.max(1);
        match usize::try_from(count) {
            Ok(count) if count <= room => Ok(count),
            _ => self.error(format_args!("a list of {count}"), format_args!("at most {room} in what is left")),
        }
    }

    /// A number of a case below `cases`.
    pub(super) fn case(&mut self, what: &str, cases: u8) -> Result<u8, DecodeError> {
        let case = self.byte()?;
        if case < cases {
            Ok(case)
        } else {
            self.error(format_args!("{what} {case}"), format_args!("less than {cases}"))
        }
    }

    /// What a section must end with.
    pub(super) fn finish(&self) -> Result<(), DecodeError> {
        match self.rest.len() {
            0 => Ok(()),
            more => self.error(format_args!("{more} bytes more"), "the end of the section"),
        }
    }
}

/// A value with an encoding.
pub(super) trait Wire: Sized {
    /// How many bytes it takes at least; not 0.
    const LEAST: usize;
    /// Appends it.
    fn put(&self, out: &mut Vec<u8>);
    /// Reads it.
    fn get(reader: &mut Reader) -> Result<Self, DecodeError>;
}

/// Appends a number.
#[inline]
pub(super) fn put_number(mut value: u64, out: &mut Vec<u8>) {
    while value >= 0x80 {
        out.push(value as u8 | 0x80);
        value >>= 7;
    }
    out.push(value as u8);
}

macro_rules! unsigned {
    ($($ty:ident)*) => {
        $(impl Wire for $ty {
            const LEAST: usize = 1;
            #[inline]
            fn put(&self, out: &mut Vec<u8>) {
                put_number(u64::from(*self), out);
            }
            #[inline]
            fn get(reader: &mut Reader) -> Result<Self, DecodeError> {
                reader.number(u64::from($ty::MAX)).map(|value| value as $ty)
            }
        })*
    };
}
unsigned!(u16 u32 u64);

impl Wire for u8 {
    const LEAST: usize = 1;
    fn put(&self, out: &mut Vec<u8>) {
        out.push(*self);
    }
    fn get(reader: &mut Reader) -> Result<Self, DecodeError> {
        reader.byte()
    }
}

impl Wire for i64 {
    const LEAST: usize = 1;
    fn put(&self, out: &mut Vec<u8>) {
        put_number((*self << 1 ^ *self >> 63) as u64, out);
    }
    fn get(reader: &mut Reader) -> Result<Self, DecodeError> {
        let value = reader.number(u64::MAX)?;
        Ok((value >> 1) as i64 ^ -((value & 1) as i64))
    }
}

impl Wire for i32 {
    const LEAST: usize = 1;
    fn put(&self, out: &mut Vec<u8>) {
        i64::from(*self).put(out);
    }
    fn get(reader: &mut Reader) -> Result<Self, DecodeError> {
        let value = i64::get(reader)?;
        i32::try_from(value).or_else(|_| reader.error(format_args!("number {value}"), "a number of 32 bits"))
    }
}

impl Wire for bool {
    const LEAST: usize = 1;
    fn put(&self, out: &mut Vec<u8>) {
        out.push(u8::from(*self));
    }
    fn get(reader: &mut Reader) -> Result<Self, DecodeError> {
        Ok(reader.case("bool", 2)? == 1)
    }
}

impl Wire for char {
    const LEAST: usize = 1;
    fn put(&self, out: &mut Vec<u8>) {
        u32::from(*self).put(out);
    }
    fn get(reader: &mut Reader) -> Result<Self, DecodeError> {
        let value = u32::get(reader)?;
        char::from_u32(value).map_or_else(|| reader.error(format_args!("number {value}"), "a character"), Ok)
    }
}

fn put_text(text: &str, out: &mut Vec<u8>) {
    put_number(text.len() as u64, out);
    out.extend_from_slice(text.as_bytes());
}

impl Wire for Arc<str> {
    const LEAST: usize = 1;
    fn put(&self, out: &mut Vec<u8>) {
        put_text(self, out);
    }
    fn get(reader: &mut Reader) -> Result<Self, DecodeError> {
        let length = reader.count(1)?;
        let bytes = reader.bytes(length)?;
        std::str::from_utf8(bytes).map_or_else(|_| reader.error("bytes that are no UTF-8", "UTF-8"), |s| Ok(s.into()))
    }
}

impl Wire for Text {
    const LEAST: usize = <Arc<str>>::LEAST;
    fn put(&self, out: &mut Vec<u8>) {
        put_text(self, out);
    }
    fn get(reader: &mut Reader) -> Result<Self, DecodeError> {
        <Arc<str>>::get(reader).map(Text::from)
    }
}

impl<T: Wire> Wire for Option<T> {
    const LEAST: usize = 1;
    fn put(&self, out: &mut Vec<u8>) {
        self.is_some().put(out);
        if let Some(value) = self {
            value.put(out);
        }
    }
    fn get(reader: &mut Reader) -> Result<Self, DecodeError> {
        if bool::get(reader)? { T::get(reader).map(Some) } else { Ok(None) }
    }
}

impl<T: Wire> Wire for Vec<T> {
    const LEAST: usize = 1;
    fn put(&self, out: &mut Vec<u8>) {
        put_list(self, out);
    }
    fn get(reader: &mut Reader) -> Result<Self, DecodeError> {
        let count = reader.count(T::LEAST)?;
        let mut list = Vec::with_capacity(count);
        for _ in 0..count {
            list.push(T::get(reader)?);
        }
        Ok(list)
    }
}

impl<T: Wire> Wire for Arc<[T]> {
    const LEAST: usize = 1;
    fn put(&self, out: &mut Vec<u8>) {
        put_list(self, out);
    }
    fn get(reader: &mut Reader) -> Result<Self, DecodeError> {
        Vec::get(reader).map(Arc::from)
    }
}

fn put_list<T: Wire>(list: &[T], out: &mut Vec<u8>) {
    put_number(list.len() as u64, out);
    for item in list {
        item.put(out);
    }
}

impl<T: Wire, const N: usize> Wire for [Option<T>; N] {
    const LEAST: usize = N;
    fn put(&self, out: &mut Vec<u8>) {
        self.iter().for_each(|item| item.put(out));
    }
    fn get(reader: &mut Reader) -> Result<Self, DecodeError> {
        let mut items = [const { None }; N];
        for item in &mut items {
            *item = Option::get(reader)?;
        }
        Ok(items)
    }
}

impl<A: Wire, B: Wire> Wire for (A, B) {
    const LEAST: usize = A::LEAST + B::LEAST;
    fn put(&self, out: &mut Vec<u8>) {
        self.0.put(out);
        self.1.put(out);
    }
    fn get(reader: &mut Reader) -> Result<Self, DecodeError> {
        Ok((A::get(reader)?, B::get(reader)?))
    }
}

impl<A: Wire, B: Wire, C: Wire> Wire for (A, B, C) {
    const LEAST: usize = A::LEAST + B::LEAST + C::LEAST;
    fn put(&self, out: &mut Vec<u8>) {
        self.0.put(out);
        self.1.put(out);
        self.2.put(out);
    }
    fn get(reader: &mut Reader) -> Result<Self, DecodeError> {
        Ok((A::get(reader)?, B::get(reader)?, C::get(reader)?))
    }
}
