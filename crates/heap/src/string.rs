//! Strings: immutable UTF-8 with cached hash and number of code points.
//!
//! Two forms with a common beginning `header, length u32, hash u32 (0: not computed), code points u32 (MAX: not
//! counted)`: [`Kind::Str`] has its bytes behind it; [`Kind::View`] points to bytes of another object, which it keeps
//! alive. A string that is the result of a concatenation and grows again moves into a [`Kind::Buffer`] with room to
//! spare, where the next piece is appended in place if nothing else was; so appending in a loop is linear, and every
//! string's bytes are in one piece.

use crate::hash;
use crate::heap::{Heap, OutOfMemory};
use crate::object::{self, Kind, Ref};

/// Bytes before the text of a [`Kind::Str`].
const HEAD: usize = 20;
/// Shorter results of concatenation are always copied.
const BUFFER_FROM: usize = 64;
/// Shorter parts are copied instead of viewed.
const VIEW_FROM: usize = 40;
/// The longest string.
pub const MAX_LEN: usize = u32::MAX as usize - 64;
const UNCOUNTED: u32 = u32::MAX;
/// In the variant byte of the header: made by concatenation.
const JOINED: u8 = 1;

impl Ref {
    #[inline(always)]
    fn half(self, index: usize) -> *mut u32 {
        self.as_ptr().cast::<u32>().wrapping_add(index)
    }
    /// Strings: the length in bytes.
    #[inline(always)]
    pub fn str_len(self) -> usize {
        debug_assert!(self.is_str());
        // SAFETY: obligation 3: strings have this field.
        unsafe { *self.half(2) as usize }
    }
    /// Strings: the bytes, for as long as the string is alive.
    ///
    /// # Safety
    /// Obligations 1 (for `'a`) and 3.
    #[inline(always)]
    pub unsafe fn str_bytes<'a>(self) -> &'a [u8] {
        debug_assert!(self.is_str());
        let data = if self.is(Kind::Str) {
            self.as_ptr().wrapping_add(HEAD)
        } else {
            // SAFETY: a view has this word.
            std::ptr::with_exposed_provenance_mut(unsafe { *self.word(3) } as usize)
        };
        // SAFETY: a string has so many bytes there, which never change.
        unsafe { std::slice::from_raw_parts(data, self.str_len()) }
    }
    /// Strings: the text, for as long as the string is alive.
    ///
    /// # Safety
    /// Obligations 1 (for `'a`) and 3.
    #[inline(always)]
    pub unsafe fn str_text<'a>(self) -> &'a str {
        // SAFETY: strings are made of text only, and parts begin and end at characters.
        unsafe { std::str::from_utf8_unchecked(self.str_bytes()) }
    }
    /// Strings: the hash of the bytes.
    #[inline]
    pub fn str_hash(self) -> u32 {
        // SAFETY: strings have this field; the bytes are used only here.
        unsafe {
            let cached = self.half(3);
            if *cached == 0 {
                *cached = hash::bytes(self.str_bytes());
            }
            *cached
        }
    }
    /// Strings: how many code points.
    #[inline]
    pub fn str_chars(self) -> usize {
        // SAFETY: strings have this field; the bytes are used only here.
        unsafe {
            let cached = self.half(4);
            if *cached == UNCOUNTED {
                *cached = self.str_text().chars().count() as u32;
            }
            *cached as usize
        }
    }
    /// Strings: whether every byte is a code point.
    #[inline]
    pub fn str_is_ascii(self) -> bool {
        self.str_chars() == self.str_len()
    }
    pub(crate) fn view_owner(self) -> Ref {
        debug_assert!(self.is(Kind::View));
        // SAFETY: a view has this word, which names an object that it keeps alive.
        unsafe { Ref::from_bits_unchecked(*self.word(4)) }
    }
    /// Strings: whether two are equal.
    #[inline]
    pub fn str_equal(self, other: Ref) -> bool {
        if self == other {
            return true;
        }
        // SAFETY: strings have this field; the bytes are used only here.
        unsafe {
            let (a, b) = (*self.half(3), *other.half(3));
            self.str_len() == other.str_len() && (a == b || a == 0 || b == 0) && self.str_bytes() == other.str_bytes()
        }
    }
    fn buffer_used(self) -> *mut u64 {
        debug_assert!(self.is(Kind::Buffer));
        self.word(1)
    }
    fn buffer_capacity(self) -> usize {
        // SAFETY: a buffer has this word.
        unsafe { *self.word(2) as usize }
    }
    fn buffer_data(self) -> *mut u8 {
        self.as_ptr().wrapping_add(24)
    }
}

impl Heap {
    /// A string with this text.
    #[inline]
    pub fn new_str(&mut self, ty: u32, text: &str) -> Result<Ref, OutOfMemory> {
        let string = self.str_of_parts(ty, &[text.as_bytes()], text.len())?;
        if text.len() < 16 && text.is_ascii() {
            // SAFETY: strings have this field.
            unsafe { *string.half(4) = text.len() as u32 }
        }
        Ok(string)
    }

    /// A string whose bytes are those of the parts, which together have `len` and are text.
    fn str_of_parts(&mut self, ty: u32, parts: &[&[u8]], len: usize) -> Result<Ref, OutOfMemory> {
        if len > MAX_LEN {
            return Err(OutOfMemory);
        }
        let cell = self.allocate(HEAD + len, false)?;
        // SAFETY: the cell has room for the head and the bytes.
        unsafe {
            cell.write(object::header(ty, Kind::Str as u8, 0, 0, 0));
            let string = Ref::from_bits_unchecked(cell as usize as u64);
            *string.half(2) = len as u32;
            *string.half(3) = 0;
            *string.half(4) = UNCOUNTED;
            let mut to = string.as_ptr().wrapping_add(HEAD);
            for part in parts {
                std::ptr::copy_nonoverlapping(part.as_ptr(), to, part.len());
                to = to.wrapping_add(part.len());
            }
            Ok(string)
        }
    }

    /// The part `start..end` of a string, in bytes; both must be on character boundaries.
    pub fn str_slice(&mut self, string: Ref, start: usize, end: usize) -> Result<Ref, OutOfMemory> {
        // SAFETY: obligation 3; the text is used only here, and the string stays alive.
        let text = unsafe { string.str_text() };
        let Some(part) = text.get(start..end) else { return Err(OutOfMemory) };
        if part.len() == text.len() {
            return Ok(string);
        }
        if part.len() < VIEW_FROM {
            return self.new_str(string.type_number(), part);
        }
        let owner = if string.is(Kind::View) { string.view_owner() } else { string };
        self.new_view(string.type_number(), part.as_ptr(), part.len(), owner, 0)
    }

    fn new_view(&mut self, ty: u32, data: *const u8, len: usize, owner: Ref, flags: u8) -> Result<Ref, OutOfMemory> {
        let cell = self.allocate(40, false)?;
        // SAFETY: the cell has room for five words.
        unsafe {
            cell.write(object::header(ty, Kind::View as u8, 0, 0, flags));
            let string = Ref::from_bits_unchecked(cell as usize as u64);
            *string.half(2) = len as u32;
            *string.half(3) = 0;
            *string.half(4) = UNCOUNTED;
            cell.add(3).write(data.expose_provenance() as u64);
            cell.add(4).write(owner.bits());
            Ok(string)
        }
    }

    /// Two strings joined.
    pub fn str_concat(&mut self, left: Ref, right: Ref) -> Result<Ref, OutOfMemory> {
        if right.str_len() == 0 {
            return Ok(left);
        }
        if left.str_len() == 0 {
            return Ok(right);
        }
        // SAFETY: obligation 3; the bytes are used only in this call, and both strings stay alive.
        let bytes = unsafe { right.str_bytes() };
        self.str_append(left, &[bytes], bytes.len())
    }

    /// Strings joined. There must be at least one.
    pub fn str_concat_all(&mut self, ty: u32, strings: &[u64]) -> Result<Ref, OutOfMemory> {
        // SAFETY: obligations 1 and 3: the words are addresses of strings, which stay alive during this call.
        let refs = || strings.iter().map(|bits| unsafe { Ref::from_bits_unchecked(*bits) });
        let len = refs().try_fold(0usize, |sum, s| sum.checked_add(s.str_len())).ok_or(OutOfMemory)?;
        let mut small: [&[u8]; 8] = [&[]; 8];
        let mut large = Vec::new();
        let parts: &[&[u8]] = if strings.len() <= small.len() {
            // SAFETY: as above.
            refs().zip(&mut small).for_each(|(s, part)| *part = unsafe { s.str_bytes() });
            &small[..strings.len()]
        } else {
            large.try_reserve_exact(strings.len()).map_err(|_| OutOfMemory)?;
            // SAFETY: as above.
            large.extend(refs().map(|s| unsafe { s.str_bytes() }));
            &large
        };
        match refs().next() {
            Some(first) if first.str_len() >= BUFFER_FROM => self.str_append(first, &parts[1..], len - first.str_len()),
            _ => self.str_of_parts(ty, parts, len),
        }
    }

    /// A string followed by `more` bytes of the parts, in its buffer if that has room behind it.
    fn str_append(&mut self, left: Ref, parts: &[&[u8]], more: usize) -> Result<Ref, OutOfMemory> {
        // SAFETY: obligation 3; the bytes are used only in this call, and the string stays alive.
        let bytes = unsafe { left.str_bytes() };
        let len = bytes.len().checked_add(more).filter(|len| *len <= MAX_LEN).ok_or(OutOfMemory)?;
        let ty = left.type_number();
        if left.is(Kind::View) && left.view_owner().is(Kind::Buffer) {
            let buffer = left.view_owner();
            // SAFETY: a buffer has these words.
            let used = unsafe { *buffer.buffer_used() as usize };
            let at_end = bytes.as_ptr_range().end == buffer.buffer_data().wrapping_add(used).cast_const();
            if at_end && buffer.buffer_capacity() - used >= more {
                let string = self.new_view(ty, bytes.as_ptr(), len, buffer, JOINED)?;
                self.fill_buffer(buffer, parts);
                return Ok(string);
            }
        }
        let joined = (left.header() >> 56) as u8 & JOINED != 0;
        if !joined || len < BUFFER_FROM {
            let string = if let [part] = parts {
                self.str_of_parts(ty, &[bytes, part], len)?
            } else {
                let mut all = Vec::new();
                all.try_reserve_exact(parts.len() + 1).map_err(|_| OutOfMemory)?;
                all.push(bytes);
                all.extend_from_slice(parts);
                self.str_of_parts(ty, &all, len)?
            };
            string.set_header(string.header() | (JOINED as u64) << 56);
            return Ok(string);
        }
        let buffer = self.new_buffer(len.saturating_mul(2)).or_else(|_| self.new_buffer(len))?;
        self.fill_buffer(buffer, &[bytes]);
        let string = self.new_view(ty, buffer.buffer_data(), len, buffer, JOINED)?;
        self.fill_buffer(buffer, parts);
        Ok(string)
    }

    fn new_buffer(&mut self, capacity: usize) -> Result<Ref, OutOfMemory> {
        let cell = self.allocate(24 + capacity, false)?;
        // SAFETY: the cell has room for three words.
        unsafe {
            cell.write(object::header(0, Kind::Buffer as u8, 0, 0, 0));
            cell.add(1).write(0);
            cell.add(2).write(capacity as u64);
            Ok(Ref::from_bits_unchecked(cell as usize as u64))
        }
    }

    /// Appends to a buffer that has room for it.
    fn fill_buffer(&mut self, buffer: Ref, parts: &[&[u8]]) {
        for part in parts {
            // SAFETY: the caller has seen to the room; the bytes written are not part of any string yet.
            unsafe {
                let used = *buffer.buffer_used() as usize;
                debug_assert!(buffer.buffer_capacity() - used >= part.len());
                std::ptr::copy_nonoverlapping(part.as_ptr(), buffer.buffer_data().wrapping_add(used), part.len());
                *buffer.buffer_used() += part.len() as u64;
            }
        }
    }
}
