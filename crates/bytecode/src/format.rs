//! Programs on disk: `.sayb` files.
//!
//! A file is a header of 32 bytes, then the tables of a [`Module`] as sections, each with its number and length. The
//! header has the magic word, the version of the format, a fingerprint of the instruction table (opcodes are numbered by
//! their position in it, so another table means another machine), the length of the rest and its checksum (XXH64).
//! Numbers are LEB128 in their shortest form, signed ones zigzag; instructions are 8 bytes each. A module has exactly
//! one encoding. Decoding checks form alone: what it gives is to be [verified](crate::verify::verify).
//!
//! The text of each table is declared once, in `records`, for both directions.

use crate::module::Module;
use crate::op::{Format, Op, OperandRule};
use std::fmt;

mod checksum;
mod decode;
mod encode;
mod records;
#[cfg(test)]
mod tests;
mod wire;

pub use checksum::xxh64;

/// The first bytes of a file.
pub const MAGIC: [u8; 4] = *b"SAYB";

/// The version of the format; it changes with every change of the header, a section or a record.
pub const VERSION: u32 = 3;

const HEADER: usize = 32;

/// Why bytes are no module of this version.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum DecodeError {
    /// They do not begin as a file of this format does.
    NotBytecode,
    /// They are of another version of the format.
    Version {
        /// Theirs.
        found: u32,
    },
    /// They were made for another instruction table.
    OtherInstructions,
    /// They are shorter or longer than their header says.
    Length {
        /// How many bytes there are.
        found: u64,
        /// How many there should be.
        expected: u64,
    },
    /// They were changed since they were written.
    Checksum,
    /// Something in them is not as it should be.
    Malformed {
        /// The section it is in.
        section: &'static str,
        /// Where, in bytes from the start of the file.
        offset: usize,
        /// What is there.
        found: String,
        /// What should be there.
        expected: String,
    },
}

impl fmt::Display for DecodeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            DecodeError::NotBytecode => f.write_str("not a compiled program: it does not begin with `SAYB`"),
            DecodeError::Version { found } => {
                write!(f, "a compiled program of format version {found}; this is version {VERSION}: compile it again")
            }
            DecodeError::OtherInstructions => {
                f.write_str("compiled by another version, with other instructions: compile it again")
            }
            DecodeError::Length { found, expected } => {
                write!(f, "a damaged compiled program: {found} bytes; expected {expected}")
            }
            DecodeError::Checksum => f.write_str("a damaged compiled program: its checksum does not match"),
            DecodeError::Malformed { section, offset, found, expected } => {
                write!(f, "a malformed compiled program: byte {offset}, in {section}: {found}; expected {expected}")
            }
        }
    }
}

impl std::error::Error for DecodeError {}

/// A number that differs between instruction tables: of the operations' names, formats and operands.
pub const FINGERPRINT: u64 = {
    let mut hash = 0xcbf2_9ce4_8422_2325;
    let mut index = 0;
    while index < Op::ALL.len() {
        let op = Op::ALL[index];
        let name = op.mnemonic().as_bytes();
        let mut letter = 0;
        while letter < name.len() {
            hash = mix(hash, name[letter]);
            letter += 1;
        }
        hash = mix(hash, matches!(op.format(), Format::AK) as u8);
        let [a, b, c] = op.operands();
        hash = mix(mix(mix(mix(hash, rule(a)), rule(b)), rule(c)), rule(op.ext()));
        index += 1;
    }
    hash
};

const fn mix(hash: u64, byte: u8) -> u64 {
    (hash ^ byte as u64).wrapping_mul(0x0100_0000_01b3)
}

const fn rule(rule: OperandRule) -> u8 {
    match rule {
        OperandRule::None => 0,
        OperandRule::ReadInt => 1,
        OperandRule::ReadRaw => 2,
        OperandRule::ReadAny => 3,
        OperandRule::Imm => 4,
        OperandRule::Jump16 => 5,
        OperandRule::Jump32 => 6,
        OperandRule::Special => 7,
        OperandRule::Read(class) => 16 + class as u8,
        OperandRule::Write(class) => 32 + class as u8,
        OperandRule::Index(table) => 64 + table as u8,
    }
}

/// The same bytes with a right header, if they are long enough to have one; for fuzzing.
pub fn mended(bytes: &[u8]) -> Vec<u8> {
    let mut mended = bytes.to_vec();
    if let Some((header, rest)) = mended.split_at_mut_checked(HEADER) {
        let (length, checksum) = (rest.len() as u64, xxh64(rest));
        for (place, byte) in header.iter_mut().zip(encode::header(length, checksum)) {
            *place = byte;
        }
    }
    mended
}

/// What becomes of any bytes: decoding, verifying, and for what passed the listing and the maps of references. Never
/// panics, whatever the bytes; for fuzzing. Bytes that begin with a right header apart from length and checksum get
/// these mended, so that mutations reach the tables.
pub fn fuzz(bytes: &[u8]) {
    for bytes in [bytes, &mended(bytes)] {
        let Ok(module) = Module::decode(bytes) else { continue };
        let again = module.encode();
        let same = Module::decode(&again).is_ok_and(|module| module.encode() == again);
        assert!(same, "a module is what its encoding says");
        if crate::verify::verify(&module).is_ok() {
            let _ = crate::disassemble::disassemble(&module, None);
            for function in 0..module.functions.len() as u32 {
                let _ = crate::reference_maps::reference_maps(&module, function);
            }
        }
    }
}
