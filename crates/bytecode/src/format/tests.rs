//! Round trips, damage of every kind, and what errors say.

use super::*;
use crate::module::{Constant, FormatSpec};
use crate::testing::sample;
use crate::verify::verify;
use proptest::prelude::*;

/// All tables but the types, as text.
fn shown(m: &Module) -> String {
    let tables = format!("{:?}\n{:?}\n{:?}\n{:?}\n{:?}", m.names, m.files, m.natives, m.globals, m.multis);
    let more = format!("{:?}\n{:?}\n{:?}\n{:?}\n{:?}", m.sites, m.layouts, m.jump_tables, m.formats, m.modules);
    let rest = format!("{:?}\n{:?}\n{:?}\n{:?}\n{:?}", m.functions, m.comptimes, m.main_module, m.main, m.tests);
    format!("{tables}\n{more}\n{rest}\n{:?}\n{:?}\n{:?}\n{:?}", m.benches, m.exports, m.hooks, m.constants)
}

/// Bytes with the header that belongs to them.
fn sealed(mut bytes: Vec<u8>) -> Vec<u8> {
    let (head, rest) = bytes.split_first_chunk_mut::<HEADER>().unwrap();
    *head = encode::header(rest.len() as u64, xxh64(rest));
    bytes
}

fn message(bytes: &[u8]) -> String {
    Module::decode(bytes).unwrap_err().to_string()
}

#[test]
fn a_module_survives_the_way_to_disk_and_back() {
    let module = sample();
    let bytes = module.encode();
    let back = Module::decode(&bytes).unwrap();
    assert_eq!(shown(&back), shown(&module));
    assert_eq!(back.encode(), bytes);
    assert_eq!(back.types.type_count(), module.types.type_count());
    assert_eq!(back.types.decl_count(), module.types.decl_count());
    assert_eq!(verify(&back), Ok(()));
}

#[test]
fn the_empty_module_too() {
    let bytes = Module::default().encode();
    assert_eq!(Module::decode(&bytes).unwrap().encode(), bytes);
}

#[test]
fn numbers_at_their_limits() {
    let mut module = sample();
    module.constants = vec![
        Constant::I64(i64::MIN),
        Constant::I64(i64::MAX),
        Constant::I64(-1),
        Constant::F64(-0.0),
        Constant::F64(f64::from_bits(0x7ff8_0000_dead_beef)),
        Constant::Str("\u{10ffff}\0".into()),
        Constant::Byte(255),
    ];
    module.jump_tables = vec![(vec![i32::MIN, i32::MAX, 0, -1], i32::MIN)];
    module.formats = vec![FormatSpec {
        fill: Some(char::MAX),
        align: Some(-1),
        plus: true,
        alternate: true,
        zero: true,
        width: Some(u32::MAX),
        precision: Some(0),
        kind: Some('x'),
    }];
    module.functions[1].registers = u16::MAX;
    module.functions[1].entry_cost = u32::MAX;
    let back = Module::decode(&module.encode()).unwrap();
    assert_eq!(shown(&back), shown(&module));
}

#[test]
fn more_constants_than_two_bytes_count() {
    let mut module = sample();
    module.constants.extend((0..70_000).map(Constant::I64));
    let back = Module::decode(&module.encode()).unwrap();
    assert_eq!(back.constants, module.constants);
}

#[test]
fn files_of_a_loaded_module_show_excerpts_where_their_text_came_along() {
    let module = Module::decode(&sample().encode()).unwrap();
    let sources = module.source_map();
    let span = module.functions[6].span.unwrap();
    assert_eq!(sources.text(span), "area(");
    let secret = sources.get(sayso_base::FileId(1)).unwrap();
    assert_eq!((secret.name.as_str(), &*secret.text), ("secret.say", ""));
}

#[test]
fn what_is_no_module_is_told_apart() {
    let bytes = sample().encode();
    assert_eq!(message(b""), DecodeError::NotBytecode.to_string());
    assert_eq!(message(b"\x7fELF............................"), DecodeError::NotBytecode.to_string());
    let with = |at: usize, byte: u8| {
        let mut bytes = bytes.clone();
        bytes[at] = byte;
        bytes
    };
    assert!(message(&with(4, 77)).contains("format version 77; this is version"));
    assert!(message(&with(8, bytes[8] ^ 1)).contains("other instructions"));
    assert!(message(&with(16, bytes[16] ^ 1)).contains("damaged compiled program"));
    assert!(message(&with(24, bytes[24] ^ 1)).contains("checksum"));
    assert!(message(&with(40, bytes[40] ^ 1)).contains("checksum"));
    assert!(message(&bytes[..bytes.len() - 1]).contains("bytes; expected"));
    assert!(message(b"SAYB").contains("in the header: 0 bytes; expected 4"));
    let mut longer = bytes.clone();
    longer.push(0);
    assert!(message(&longer).contains("bytes; expected"));
}

#[test]
fn each_cut_is_refused() {
    let bytes = sample().encode();
    for length in 0..bytes.len() {
        assert!(Module::decode(&bytes[..length]).is_err());
        if length >= HEADER {
            let cut = message(&sealed(bytes[..length].to_vec()));
            assert!(cut.contains("malformed compiled program: byte"), "{cut}");
        }
    }
}

#[test]
fn a_list_that_cannot_be_there_is_not_allocated() {
    // Section 1, the names, of 6 bytes: a list of 2^34 strings.
    let mut bytes = vec![0; HEADER];
    bytes.extend([1, 6, 0x80, 0x80, 0x80, 0x80, 0x40, 0]);
    let text = message(&sealed(bytes));
    assert!(text.contains("byte 39, in names: a list of 17179869184; expected at most 1"), "{text}");
}

#[test]
fn numbers_have_one_form() {
    let refused = |number: &[u8]| {
        let mut bytes = vec![0; HEADER];
        bytes.extend([1, number.len() as u8]);
        bytes.extend(number);
        message(&sealed(bytes))
    };
    assert!(refused(&[0x80, 0]).contains("a longer form"));
    assert!(refused(&[0xff; 10]).contains("more than 64 bits"));
    assert!(refused(&[0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 2]).contains("more than 64 bits"));
}

#[test]
fn the_fingerprint_depends_on_the_table() {
    assert_ne!(FINGERPRINT, 0xcbf2_9ce4_8422_2325);
    assert_ne!(rule(OperandRule::Read(crate::Class::Dyn)), rule(OperandRule::Read(crate::Class::Ref)));
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, ..ProptestConfig::default() })]

    #[test]
    fn mutated_modules_never_panic(changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..12)) {
        let mut bytes = sample().encode();
        for (place, byte) in changes {
            let place = place.index(bytes.len() - HEADER) + HEADER;
            if let Some(old) = bytes.get_mut(place) {
                *old = byte;
            }
        }
        fuzz(&bytes);
    }

    #[test]
    fn spliced_modules_never_panic(from in any::<prop::sample::Index>(), length in 0usize..64, to in any::<prop::sample::Index>()) {
        let bytes = sample().encode();
        let (from, to) = (from.index(bytes.len()), to.index(bytes.len()));
        let piece: Vec<u8> = bytes.iter().copied().skip(from).take(length).collect();
        let mut spliced = bytes.clone();
        spliced.splice(to..to, piece);
        fuzz(&spliced);
    }

    #[test]
    fn any_bytes_never_panic(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
        fuzz(&bytes);
    }
}
