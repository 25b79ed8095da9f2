//! Whole stores as bytes.
//!
//! A header, then types in the order of their ids, declarations, variables, the well-known declarations and known
//! conformances; numbers are LEB128. Ids are kept, names are written by number and mapped when read. The same store
//! always gives the same bytes. What is read is checked: every id in range, parts before what they are part of, no
//! type twice, unions and intersections of the form that the store keeps, variants and enums naming one another.

mod read;
mod write;

use crate::decl::{DeclId, DeclKind};
use crate::meta::for_each_part;
use crate::store::{TypeId, TypeKind, TypeStore};
use sayso_base::Name;

pub(crate) const MAGIC: &[u8; 4] = b"SYT1";
/// How many types every store begins with.
pub(crate) const FIXED_TYPES: u32 = TypeId::FUNCTION.0 + 1;

/// Why bytes are no store.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum DecodeError {
    /// They do not begin like one, or are of another version.
    NotTypes,
    /// They end too early.
    Truncated,
    /// Something in them contradicts what always holds.
    Malformed(&'static str),
}

impl std::fmt::Display for DecodeError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            DecodeError::NotTypes => f.write_str("not a table of types of this version"),
            DecodeError::Truncated => f.write_str("the table of types ends too early"),
            DecodeError::Malformed(what) => write!(f, "malformed table of types: {what}"),
        }
    }
}

impl std::error::Error for DecodeError {}

/// The order of these is part of the format.
macro_rules! tags {
    ($($name:ident = $value:literal),* $(,)?) => { $(pub(crate) const $name: u8 = $value;)* };
}

tags! {
    SYMBOL = 1, ARRAY = 2, FIXED_ARRAY = 3, SEQ = 4, TABLE = 5, LIST = 6, MAP = 7, SET = 8, TUPLE = 9, SHAPE = 10,
    FUNCTION = 11, UNION = 12, INTERSECTION = 13, NOMINAL = 14, VAR = 15, INFER = 16, TYPE = 17,
}

impl TypeStore {
    /// Appends the store to `out`; one that extends another is written whole, with what it extends.
    pub fn encode(&self, out: &mut Vec<u8>) {
        write::Writer { out }.store(self);
    }

    /// The store that [`TypeStore::encode`] wrote; `names` gives the name for each number in it.
    ///
    /// # Errors
    ///
    /// If the bytes are not exactly such a store.
    pub fn decode(bytes: &[u8], names: &mut impl FnMut(u32) -> Name) -> Result<TypeStore, DecodeError> {
        let store = read::Reader::new(bytes, names).store()?;
        store.check_decoded()?;
        Ok(store)
    }

    /// What can be checked only when all is read.
    fn check_decoded(&self) -> Result<(), DecodeError> {
        for id in (0..self.type_count() as u32).map(TypeId) {
            if let TypeKind::Nominal(decl, args) = self.kind(id)
                && self.decl(*decl).params.len() != args.len()
            {
                return Err(DecodeError::Malformed("wrong number of type arguments"));
            }
        }
        for id in (0..self.decl_count() as u32).map(DeclId) {
            self.check_decl(id)?;
        }
        self.check_inheritance()
    }

    fn check_decl(&self, id: DeclId) -> Result<(), DecodeError> {
        let decl = self.decl(id);
        match decl.kind {
            DeclKind::Variant { of, index } => {
                if self.decl(of).kind != DeclKind::Enum || self.decl(of).variants.get(index as usize) != Some(&id) {
                    return Err(DecodeError::Malformed("a variant that its enum does not list"));
                }
                if self.decl(of).params.len() != decl.params.len() {
                    return Err(DecodeError::Malformed("a variant and its enum differ in type parameters"));
                }
            }
            DeclKind::Enum => {
                for (place, &variant) in decl.variants.iter().enumerate() {
                    let expected = DeclKind::Variant { of: id, index: place as u32 };
                    if self.decl(variant).kind != expected {
                        return Err(DecodeError::Malformed("an enum lists what is not its variant"));
                    }
                }
                return Ok(());
            }
            _ => {}
        }
        if !decl.variants.is_empty() {
            return Err(DecodeError::Malformed("variants of something that is no enum"));
        }
        Ok(())
    }

    /// No declaration may inherit itself.
    fn check_inheritance(&self) -> Result<(), DecodeError> {
        let count = self.decl_count();
        let mut above: Vec<Vec<DeclId>> = Vec::with_capacity(count);
        for id in (0..count as u32).map(DeclId) {
            let mut supers = Vec::new();
            for &ty in &self.decl(id).supers {
                supers.extend(self.decl_of(ty));
                if matches!(self.kind(ty), TypeKind::Intersection(_)) {
                    for_each_part(self.kind(ty), &mut |part| supers.extend(self.decl_of(part)));
                }
            }
            above.push(supers);
        }
        // Declarations that inherit from none that is left are taken away until nothing is left.
        let mut waiting: Vec<usize> = above.iter().map(Vec::len).collect();
        let mut below: Vec<Vec<usize>> = vec![Vec::new(); count];
        for (id, supers) in above.iter().enumerate() {
            for supertype in supers {
                if let Some(list) = below.get_mut(supertype.0 as usize) {
                    list.push(id);
                }
            }
        }
        let mut ready: Vec<usize> = (0..count).filter(|&id| waiting.get(id) == Some(&0)).collect();
        let mut done = 0;
        while let Some(id) = ready.pop() {
            done += 1;
            for &child in below.get(id).into_iter().flatten() {
                if let Some(left) = waiting.get_mut(child) {
                    *left -= 1;
                    if *left == 0 {
                        ready.push(child);
                    }
                }
            }
        }
        if done == count { Ok(()) } else { Err(DecodeError::Malformed("a declaration inherits itself")) }
    }
}
