//! Hashing that is the same on every machine and in every run.
//!
//! Multiplication of 64 by 64 bits, both halves folded together, as in wyhash.

const A: u64 = 0x9E37_79B9_7F4A_7C15;
const B: u64 = 0xD1B5_4A32_D192_ED03;

/// Mixes two words.
#[inline(always)]
pub const fn fold(a: u64, b: u64) -> u64 {
    let product = a as u128 * b as u128;
    product as u64 ^ (product >> 64) as u64
}

/// The hash of one word.
#[inline(always)]
pub const fn word(x: u64) -> u64 {
    fold(x ^ B, A)
}

/// Adds a word to a hash.
#[inline(always)]
pub const fn combine(hash: u64, x: u64) -> u64 {
    fold(hash ^ x, A ^ hash.rotate_left(23))
}

/// The hash of an integer and of the float that equals it.
#[inline(always)]
pub const fn int(i: i64) -> u64 {
    word(i as u64)
}

/// The hash of a float: that of the integer which it equals, if there is one.
#[inline]
pub fn float(f: f64) -> u64 {
    const LIMIT: f64 = 9_223_372_036_854_775_808.0;
    if (-LIMIT..LIMIT).contains(&f) {
        let i = f as i64;
        if i as f64 == f {
            return int(i);
        }
    }
    combine(B, if f.is_nan() { 0x7FF8 << 48 } else { f.to_bits() })
}

/// The hash of text; never 0.
pub fn bytes(data: &[u8]) -> u32 {
    let mut hash = fold(data.len() as u64 ^ A, B);
    let mut chunks = data.chunks_exact(8);
    for chunk in &mut chunks {
        hash = fold(hash ^ u64::from_le_bytes(chunk.try_into().unwrap_or([0; 8])), A);
    }
    let rest = chunks.remainder();
    if !rest.is_empty() {
        let mut last = [0u8; 8];
        last[..rest.len()].copy_from_slice(rest);
        hash = fold(hash ^ u64::from_le_bytes(last), B);
    }
    let hash = fold(hash, A ^ B);
    ((hash >> 32) as u32 ^ hash as u32).max(1)
}
