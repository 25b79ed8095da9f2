use super::ZOO;
use crate::testing::World;
use crate::{DeclKind, DecodeError, TypeId, TypeStore};
use sayso_base::{Interner, Name};

fn encoded(store: &TypeStore) -> Vec<u8> {
    let mut bytes = Vec::new();
    store.encode(&mut bytes);
    bytes
}

fn decode(bytes: &[u8]) -> Result<TypeStore, DecodeError> {
    TypeStore::decode(bytes, &mut Name)
}

#[test]
fn declarations_come_back() {
    let mut world = World::new(ZOO);
    let (fox, show) = (world.ty("Fox"), world.ty("Show"));
    world.store.set_conformance(fox, show, true);
    let decoded = decode(&encoded(&world.store)).unwrap();
    assert_eq!(decoded.type_count(), world.store.type_count());
    assert_eq!(decoded.well_known, world.store.well_known);
    assert_eq!(decoded.known_conformance(fox, show), Some(true));
    for name in ["Puppy", "Shape", "Shape.Square", "Var", "Source"] {
        let id = world.decl(name);
        assert_eq!(format!("{:?}", decoded.decl(id)), format!("{:?}", world.store.decl(id)));
    }
    assert_eq!(format!("{:?}", decoded.var(world.var("L"))), format!("{:?}", world.store.var(world.var("L"))));
}

#[test]
fn names_are_mapped() {
    let mut world = World::new("struct S { beta: i64, alpha: str }");
    let shape = world.ty("%{ beta: i64, alpha: str }");
    let bytes = encoded(&world.store);
    // An interner in which the same texts have other numbers.
    let mut other = Interner::new();
    for text in ["zulu", "alpha", "beta"] {
        other.intern(text);
    }
    let mut decoded = TypeStore::decode(&bytes, &mut |number| other.intern(world.interner.text(Name(number)))).unwrap();
    assert_eq!(decoded.display(shape, &other), "%{ alpha: str, beta: i64 }");
    let s = decoded.nominal(world.decl("S"), &[]);
    assert!(decoded.is_subtype(s, shape));
}

#[test]
fn a_store_on_another_is_written_whole() {
    let mut world = World::new(ZOO);
    let before = world.ty("[Fox]");
    world.store = TypeStore::extend(std::sync::Arc::new(world.store));
    let after = world.ty("Map<str, [Fox]>");
    let decoded = decode(&encoded(&world.store)).unwrap();
    assert_eq!(decoded.kind(before), world.store.kind(before));
    assert_eq!(decoded.kind(after), world.store.kind(after));
}

#[test]
fn every_cut_is_noticed() {
    let world = World::new(ZOO);
    let bytes = encoded(&world.store);
    for end in 0..bytes.len() {
        assert!(decode(&bytes[..end]).is_err(), "cut at {end}");
    }
    let mut longer = bytes.clone();
    longer.push(0);
    assert_eq!(decode(&longer).unwrap_err(), DecodeError::Malformed("more bytes than expected"));
    assert_eq!(decode(b"ELF!").unwrap_err(), DecodeError::NotTypes);
}

/// Header: types, declarations, variables; then what is given.
fn store_of(types: u8, decls: u8, vars: u8, rest: &[u8]) -> Result<TypeStore, DecodeError> {
    let mut bytes = super::super::codec::MAGIC.to_vec();
    bytes.extend([10 + types, decls, vars]);
    bytes.extend(rest);
    bytes.extend([0; 13]);
    decode(&bytes)
}

#[test]
fn malformed_types_are_refused() {
    assert!(store_of(0, 0, 0, &[]).is_ok());
    assert!(store_of(1, 0, 0, &[2, 3]).is_ok(), "[i64]");
    for (rest, what) in [
        (&[2, 10][..], "an array of itself"),
        (&[2, 200, 1][..], "an id out of range"),
        (&[12, 2, 4, 3][..], "a union out of order"),
        (&[12, 1, 3][..], "a union of one"),
        (&[12, 2, 1, 3][..], "a union with never"),
        (&[9, 2, 1, 3][..], "a tuple with never"),
        (&[9, 0][..], "the empty tuple again"),
        (&[14, 0, 0][..], "a declaration that is not there"),
        (&[15, 0][..], "a variable that is not there"),
        (&[10, 2, 5, 3, 5, 4][..], "a shape with a field twice"),
        (&[11, 0, 3, 255, 255, 3][..], "unknown effects"),
        (&[99][..], "an unknown kind"),
        (&[9, 255, 255, 255, 255, 15][..], "a huge tuple"),
    ] {
        assert!(store_of(1, 0, 0, rest).is_err(), "{what}");
    }
}

#[test]
fn contradicting_declarations_are_refused() {
    let change = |change: &dyn Fn(&mut World)| {
        let mut world = World::new("trait X\ntrait Y: X\nenum E { A, B }\nenum F { C }\nstruct S<T> { a: T }");
        assert!(decode(&encoded(&world.store)).is_ok());
        change(&mut world);
        decode(&encoded(&world.store)).map(|_| ())
    };
    assert!(change(&|world| world.store.decl_mut(world.decl("E")).variants.reverse()).is_err());
    assert!(change(&|world| world.store.decl_mut(world.decl("E.A")).kind = DeclKind::Struct).is_err());
    assert!(change(&|world| world.store.decl_mut(world.decl("E")).variants.truncate(1)).is_err());
    assert!(
        change(&|world| {
            world.store.nominal(world.decl("S"), &[]);
        })
        .is_err()
    );
    assert!(
        change(&|world| {
            let y = world.ty("Y");
            world.store.decl_mut(world.decl("X")).supers.push(y);
        })
        .is_err()
    );
    assert!(change(&|world| world.store.decl_mut(world.decl("X")).supers.push(TypeId(9_999))).is_err());
}
