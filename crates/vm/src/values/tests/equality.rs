//! Equality, and the hashes that go with it.

use super::*;

#[track_caller]
fn check_equal(w: &mut World, a: Value, b: Value) {
    assert!(w.equal(a, b) && w.equal(b, a));
    assert_eq!(w.hash(a), w.hash(b));
}

#[track_caller]
fn check_unequal(w: &mut World, a: Value, b: Value) {
    assert!(!w.equal(a, b) && !w.equal(b, a));
}

#[test]
fn numbers_by_their_exact_values() {
    let w = &mut World::new();
    check_equal(w, int(5), Value::float(5.0));
    check_equal(w, Value::float(-0.0), Value::float(0.0));
    check_equal(w, int(0), Value::float(-0.0));
    check_unequal(w, Value::float(f64::NAN), Value::float(f64::NAN));
    let large = w.int(9007199254740993);
    check_unequal(w, large, Value::float(9007199254740992.0));
    let (one, two) = (w.int(i64::MAX), w.int(i64::MAX));
    check_equal(w, one, two);
    check_equal(w, one, one);
    check_unequal(w, one, Value::float(9223372036854775808.0));
    let least = w.int(i64::MIN);
    check_equal(w, least, Value::float(-9223372036854775808.0));
}

#[test]
fn different_kinds_are_different() {
    let w = &mut World::new();
    let (text, tuple, array, shape) = (w.str("1"), w.tuple(&[int(1)]), w.ints(&[1]), w.shape(&[("x", int(1))]));
    let (symbol, ty, range) = (w.symbol("a"), Value::type_number(TypeId::I64.0), w.range(Some(1), Some(2), false));
    let (table, point, dot) = (w.table(&[(int(1), int(1))]), w.point(1, 1.0), w.record("Dot", &[], &[]));
    let all = [
        int(1),
        Value::TRUE,
        Value::byte(1),
        Value::UNIT,
        text,
        tuple,
        array,
        shape,
        symbol,
        ty,
        range,
        table,
        point,
        dot,
    ];
    for (i, a) in all.iter().enumerate() {
        for (j, b) in all.iter().enumerate() {
            assert_eq!(w.equal(*a, *b), i == j, "{i} {j}");
        }
    }
}

#[test]
fn strings() {
    let w = &mut World::new();
    let (a, b, c) = (w.str("text"), w.str("text"), w.str("texts"));
    check_equal(w, a, b);
    check_equal(w, a, a);
    check_unequal(w, a, c);
    let long = w.str(&"x".repeat(100)).as_object().unwrap();
    let view = Value::object(w.heap.str_slice(long, 0, 60).unwrap());
    let other = w.str(&"x".repeat(60));
    check_equal(w, view, other);
}

#[test]
fn arrays_whatever_their_storage() {
    let w = &mut World::new();
    let (ints, floats, dynamic) = (w.ints(&[1, 2]), w.floats(&[1.0, 2.0]), w.array(&[int(1), Value::float(2.0)]));
    check_equal(w, ints, floats);
    check_equal(w, ints, dynamic);
    check_equal(w, floats, dynamic);
    let fixed = w.ints(&[1, 2]);
    fixed.as_object().unwrap().fix(0);
    check_equal(w, ints, fixed);
    let (shorter, longer) = (w.ints(&[1]), w.ints(&[1, 2, 3]));
    check_unequal(w, ints, shorter);
    check_unequal(w, ints, longer);
    let (empty, bytes) = (w.array(&[]), w.bytes(Kind::ArrayByte, &[]));
    check_equal(w, empty, bytes);
    let (bools, bytes) = (w.bytes(Kind::ArrayBool, &[1, 0]), w.bytes(Kind::ArrayByte, &[1, 0]));
    check_unequal(w, bools, bytes);
    let mixed = w.array(&[Value::TRUE, Value::FALSE]);
    check_equal(w, bools, mixed);
}

#[test]
fn nan_inside_makes_unequal_even_to_itself() {
    let w = &mut World::new();
    let floats = w.floats(&[f64::NAN]);
    check_unequal(w, floats, floats);
    let tuple = w.tuple(&[Value::float(f64::NAN)]);
    check_unequal(w, tuple, tuple);
    let (zeros, negative) = (w.floats(&[0.0]), w.floats(&[-0.0]));
    check_equal(w, zeros, negative);
}

#[test]
fn tuples_and_shapes() {
    let w = &mut World::new();
    let (a, b, c) = (w.tuple(&[int(1), int(2)]), w.tuple(&[Value::float(1.0), int(2)]), w.tuple(&[int(1)]));
    check_equal(w, a, b);
    check_unequal(w, a, c);
    let empty = w.tuple(&[]);
    check_equal(w, empty, Value::UNIT);
    let (a, b) = (w.shape(&[("x", int(1)), ("y", int(2))]), w.shape(&[("y", int(2)), ("x", int(1))]));
    check_equal(w, a, b);
    let (c, d) = (w.shape(&[("x", int(1)), ("z", int(2))]), w.shape(&[("x", int(1)), ("y", int(3))]));
    check_unequal(w, a, c);
    check_unequal(w, a, d);
}

#[test]
fn records_part_by_part_and_classes_by_identity() {
    let w = &mut World::new();
    let (a, b, c) = (w.point(1, 2.0), w.point(1, 2.0), w.point(1, 3.0));
    check_equal(w, a, b);
    check_unequal(w, a, c);
    // The same fields in another type.
    let other = w.record("Aardvark", &[], &[1, 2.0f64.to_bits()]);
    check_unequal(w, a, other);
    let (inner, again) = (w.ints(&[1]), w.floats(&[1.0]));
    let (some, same, none) = (w.some(inner), w.some(again), w.some(Value::UNIT));
    check_equal(w, some, same);
    check_unequal(w, some, none);
    // Type arguments do not count: the static type in the header differs, the declaration does not.
    let decl = w.types.decl_count() as u32 - 5;
    let wide = w.types.nominal(DeclId(decl), &[TypeId::ANY]);
    assert_eq!(w.names.text(w.types.decl(DeclId(decl)).name), "Option");
    let some_decl = DeclId(decl + 1);
    let wide_some = w.types.nominal(some_decl, &[wide]);
    let object = w.heap.new_slots(Kind::OpenRecord, wide_some.0, 1, &[inner.0], 1).unwrap();
    check_equal(w, some, Value::object(object));
    let (one, two) = (w.counter(1, "a"), w.counter(1, "a"));
    check_equal(w, one, one);
    check_unequal(w, one, two);
    assert_ne!(w.hash(one), w.hash(two));
}

#[test]
fn ranges_and_functions() {
    let w = &mut World::new();
    let (a, b) = (w.range(Some(0), Some(5), false), w.range(Some(0), Some(5), false));
    check_equal(w, a, b);
    for other in [(Some(0), Some(4), true), (Some(0), None, false), (None, Some(5), false), (Some(0), Some(5), true)] {
        let other = w.range(other.0, other.1, other.2);
        check_unequal(w, a, other);
    }
    let (f, g, h) = (w.closure(3, &[]), w.closure(3, &[]), w.closure(4, &[]));
    check_equal(w, f, g);
    check_unequal(w, f, h);
    let (f, g) = (w.closure(3, &[Value::UNIT.0]), w.closure(3, &[Value::UNIT.0]));
    check_equal(w, f, f);
    check_unequal(w, f, g);
}

#[test]
fn tables_whatever_their_order() {
    let w = &mut World::new();
    let (a, b) = (w.str("a"), w.str("b"));
    let one = w.table(&[(a, int(1)), (b, int(2))]);
    let two = w.table(&[(b, Value::float(2.0)), (a, int(1))]);
    check_equal(w, one, two);
    let (three, four) = (w.table(&[(a, int(1))]), w.table(&[(a, int(1)), (b, int(3))]));
    check_unequal(w, one, three);
    check_unequal(w, one, four);
    let five = w.table(&[(a, int(1)), (int(2), int(2))]);
    check_unequal(w, one, five);
    let (empty, removed) = (w.table(&[]), w.table(&[(a, int(1))]));
    let hash = w.hash(a);
    w.heap.table_remove(removed.as_object().unwrap(), hash, 0);
    check_equal(w, empty, removed);
}

#[test]
fn a_table_hash_does_not_count_holes() {
    let w = &mut World::new();
    let one = w.table(&[(int(1), int(1)), (int(2), int(2))]);
    let two = w.table(&[(int(3), int(1)), (int(1), int(1)), (int(2), int(2))]);
    let hash = w.hash(int(3));
    w.heap.table_remove(two.as_object().unwrap(), hash, 0);
    check_equal(w, one, two);
}

#[test]
fn tables_with_structured_keys() {
    let w = &mut World::new();
    let keys: Vec<Value> = (0..50).map(|i| w.point(i, 0.5)).collect();
    let same: Vec<Value> = (0..50).rev().map(|i| w.point(i, 0.5)).collect();
    let entries = |keys: &[Value]| keys.iter().map(|key| (*key, Value::TRUE)).collect::<Vec<_>>();
    let (one, two) = (w.table(&entries(&keys)), w.table(&entries(&same)));
    check_equal(w, one, two);
    let table = one.as_object().unwrap();
    let (key, other) = (w.point(7, 0.5), w.point(7, 0.25));
    let found = find(&mut w.cx(), table, key).unwrap();
    assert_eq!(found.position, Some(7));
    assert_eq!(find(&mut w.cx(), table, other).unwrap().position, None);
    // Tables as keys of tables.
    let (k1, k2) = (w.table(&[(keys[0], int(1))]), w.table(&[(same[49], Value::float(1.0))]));
    let (one, two) = (w.table(&[(k1, int(1))]), w.table(&[(k2, int(1))]));
    check_equal(w, one, two);
    let three = w.table(&[(one, Value::UNIT)]);
    assert_eq!(find(&mut w.cx(), three.as_object().unwrap(), two).unwrap().position, Some(0));
}

#[test]
fn hashes_of_keys_are_those_that_tables_use() {
    let w = &mut World::new();
    let text = w.str("key");
    for value in [int(3), Value::float(2.5), text, Value::UNIT, Value::TRUE, Value::byte(3), Value::symbol(4)] {
        let mut machine = Hasher::new(value);
        let Step::Done(hash) = machine.step(&mut w.cx(), None) else { panic!("not done") };
        assert_eq!(Some(hash), sayso_heap::table::fast_hash(value));
    }
}
