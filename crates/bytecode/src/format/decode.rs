//! Bytes as a module.

use super::records::for_each_section;
use super::wire::{Reader, Wire};
use super::{DecodeError, FINGERPRINT, HEADER, MAGIC, VERSION, xxh64};
use crate::module::*;
use sayso_base::{Name, SourceMap};
use sayso_types::{TypeId, TypeStore};
use std::sync::Arc;

/// The content of a section.
macro_rules! get {
    (types, $ty:ty, $reader:ident, $module:ident) => {{
        let bytes = std::mem::take(&mut $reader.rest);
        decode_types(bytes, $module.names.len(), &$reader)?
    }};
    ($field:ident, $ty:ty, $reader:ident, $module:ident) => {
        <$ty>::get(&mut $reader)?
    };
}

macro_rules! sections {
    ($($number:literal $name:literal $field:ident: $ty:ty;)*) => {
        fn get_sections(file: &[u8]) -> Result<Module, DecodeError> {
            let mut module = Module::default();
            let rest = file.get(HEADER..).unwrap_or_default();
            let mut file = Reader { section: "the list of sections", rest, end: file.len() };
            $({
                match file.byte()? {
                    $number => {}
                    other => return file.error(format_args!("section {other}"), concat!($number, " (", $name, ")")),
                }
                let length = file.count(1)?;
                let bytes = file.bytes(length)?;
                #[allow(unused_mut)]
                let mut reader = Reader { section: $name, rest: bytes, end: file.end - file.rest.len() };
                module.$field = get!($field, $ty, reader, module);
                reader.finish()?;
            })*
            file.finish()?;
            Ok(module)
        }
    };
}
for_each_section!(sections);

/// The types, whose names are indices into the module's names.
fn decode_types(bytes: &[u8], names: usize, reader: &Reader) -> Result<TypeStore, DecodeError> {
    let mut unknown = None;
    let mut name = |index: u32| {
        if index as usize >= names {
            unknown.get_or_insert(index);
        }
        Name(index)
    };
    let types = TypeStore::decode(bytes, &mut name);
    match (unknown, types) {
        (Some(index), _) => reader.error(format_args!("name {index}"), format_args!("less than {names}")),
        (None, Ok(types)) => Ok(types),
        (None, Err(error)) => reader.error(error, "a table of types"),
    }
}

impl Module {
    /// Reads a `.sayb` file. What it holds is well-formed, but to be [verified](crate::verify::verify) before it runs.
    pub fn decode(file: &[u8]) -> Result<Module, DecodeError> {
        let mut header = Reader { section: "the header", rest: file, end: file.len() };
        if header.rest.get(..MAGIC.len()) != Some(&MAGIC) {
            return Err(DecodeError::NotBytecode);
        }
        header.bytes(MAGIC.len())?;
        let version = fixed(&mut header, 4)? as u32;
        if version != VERSION {
            return Err(DecodeError::Version { found: version });
        }
        if fixed(&mut header, 8)? != FINGERPRINT {
            return Err(DecodeError::OtherInstructions);
        }
        let (length, checksum) = (fixed(&mut header, 8)?, fixed(&mut header, 8)?);
        if length != header.rest.len() as u64 {
            let expected = length.saturating_add(HEADER as u64);
            return Err(DecodeError::Length { found: file.len() as u64, expected });
        }
        if checksum != xxh64(header.rest) {
            return Err(DecodeError::Checksum);
        }
        get_sections(file)
    }

    /// The files that the spans of this module are in, for messages; without text where that did not travel along.
    pub fn source_map(&self) -> SourceMap {
        let mut sources = SourceMap::new();
        for file in &self.files {
            sources.add(&*file.name, file.text.clone().unwrap_or_default());
        }
        sources
    }
}

/// A number of a fixed count of bytes.
fn fixed(reader: &mut Reader, bytes: usize) -> Result<u64, DecodeError> {
    let bytes = reader.bytes(bytes)?;
    Ok(bytes.iter().rev().fold(0, |number, byte| number << 8 | u64::from(*byte)))
}
