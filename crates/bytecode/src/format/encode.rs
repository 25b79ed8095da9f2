//! A module as bytes.

use super::records::for_each_section;
use super::wire::{Wire, put_number};
use super::{FINGERPRINT, HEADER, MAGIC, VERSION, xxh64};
use crate::module::Module;

/// The header of a file whose rest has this length and checksum.
pub(super) fn header(length: u64, checksum: u64) -> [u8; HEADER] {
    let mut header = [0; HEADER];
    let fields = [
        &MAGIC[..],
        &VERSION.to_le_bytes(),
        &FINGERPRINT.to_le_bytes(),
        &length.to_le_bytes(),
        &checksum.to_le_bytes(),
    ];
    for (place, byte) in header.iter_mut().zip(fields.into_iter().flatten()) {
        *place = *byte;
    }
    header
}

/// The encoding of the section of a field; the types have one of their own.
macro_rules! put {
    (types, $module:ident, $section:ident) => {
        $module.types.encode(&mut $section)
    };
    ($field:ident, $module:ident, $section:ident) => {
        $module.$field.put(&mut $section)
    };
}

macro_rules! sections {
    ($($number:literal $name:literal $field:ident: $ty:ty;)*) => {
        fn put_sections(module: &Module, out: &mut Vec<u8>) {
            $(
                let mut section = Vec::new();
                put!($field, module, section);
                out.push($number);
                put_number(section.len() as u64, out);
                out.append(&mut section);
            )*
        }
    };
}
for_each_section!(sections);

impl Module {
    /// The bytes of a `.sayb` file; the same for equal modules.
    pub fn encode(&self) -> Vec<u8> {
        let mut out = vec![0; HEADER];
        put_sections(self, &mut out);
        if let Some((head, rest)) = out.split_first_chunk_mut::<HEADER>() {
            *head = header(rest.len() as u64, xxh64(rest));
        }
        out
    }
}
