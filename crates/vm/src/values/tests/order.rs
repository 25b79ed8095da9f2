//! The default order.

use super::*;
use Ordering::{Equal, Greater, Less};

/// Each value is less than all behind it, and equal to itself.
#[track_caller]
fn check_ascending(w: &mut World, values: &[Value]) {
    for (i, a) in values.iter().enumerate() {
        for (j, b) in values.iter().enumerate() {
            assert_eq!(w.compare(*a, *b), i.cmp(&j), "{} and {}", w.debug(*a), w.debug(*b));
        }
    }
}

#[test]
fn kinds() {
    let w = &mut World::new();
    let all = [
        Value::float(f64::NEG_INFINITY),
        int(3),
        Value::float(f64::NAN),
        Value::FALSE,
        Value::TRUE,
        w.str(""),
        w.str("z"),
        Value::byte(0),
        w.symbol("a"),
        Value::UNIT,
        w.tuple(&[int(9)]),
        w.tuple(&[int(1), int(2)]),
        w.ints(&[]),
        w.floats(&[5.0]),
        w.range(Some(0), Some(1), false),
        w.table(&[]),
        w.shape(&[("a", int(1))]),
        w.record("Empty", &[], &[]),
        Value::type_number(TypeId::F64.0),
        Value::type_number(TypeId::I64.0),
        w.closure(1, &[]),
        w.counter(2, "b"),
        w.counter(1, "a"),
    ];
    // Identities are in the order of asking, which is here the order of comparing.
    check_ascending(w, &all);
}

#[test]
fn numbers_exactly_with_nan_last() {
    let w = &mut World::new();
    let (large, more, max) = (w.int(9007199254740992), w.int(9007199254740993), w.int(i64::MAX));
    let all = [
        Value::float(-1e300),
        int(-1),
        Value::float(-0.5),
        int(0),
        Value::float(0.25),
        int(1),
        large,
        more,
        Value::float(9007199254740994.0),
        max,
        Value::float(9223372036854775808.0),
        Value::float(f64::INFINITY),
        Value::float(f64::NAN),
    ];
    check_ascending(w, &all);
    assert_eq!(w.compare(int(2), Value::float(2.0)), Equal);
    assert_eq!(w.compare(Value::float(-0.0), int(0)), Equal);
}

#[test]
fn text_and_symbols() {
    let w = &mut World::new();
    let all = ["", "Z", "a", "a\u{0}", "ab", "é", "日"].map(|text| w.str(text));
    check_ascending(w, &all);
    // By name, not by when the name came up.
    let all = ["zz", "aa", "mm"].map(|text| w.symbol(text));
    check_ascending(w, &[all[1], all[2], all[0]]);
}

#[test]
fn tuples_by_length_arrays_by_elements() {
    let w = &mut World::new();
    let all = [w.tuple(&[int(9)]), w.tuple(&[int(1), int(3)]), w.tuple(&[int(2), int(0)])];
    check_ascending(w, &all);
    let all = [w.ints(&[]), w.ints(&[-1]), w.ints(&[1]), w.ints(&[1, 0]), w.ints(&[1, 5]), w.ints(&[2])];
    check_ascending(w, &all);
    let all = [w.floats(&[-1.5]), w.ints(&[-1]), w.array(&[int(-1), int(0)]), w.floats(&[0.0]), w.floats(&[f64::NAN])];
    check_ascending(w, &all);
    let all = [w.bytes(Kind::ArrayByte, &[1]), w.bytes(Kind::ArrayByte, &[1, 0]), w.bytes(Kind::ArrayByte, &[200])];
    check_ascending(w, &all);
    let (a, b) = (w.floats(&[f64::NAN]), w.floats(&[f64::NAN]));
    assert_eq!(w.compare(a, b), Equal);
}

#[test]
fn ranges_by_start_then_end() {
    let w = &mut World::new();
    let all = [
        (None, None, false),
        (None, Some(1), false),
        (Some(0), None, false),
        (Some(0), Some(1), false),
        (Some(0), Some(1), true),
        (Some(1), Some(0), false),
    ]
    .map(|(start, end, inclusive)| w.range(start, end, inclusive));
    check_ascending(w, &all);
}

#[test]
fn tables_by_sorted_entries() {
    let w = &mut World::new();
    let (a, b, c) = (w.str("a"), w.str("b"), w.str("c"));
    let all = [
        w.table(&[]),
        w.table(&[(a, int(1))]),
        w.table(&[(b, int(2)), (a, int(1))]),
        w.table(&[(a, int(1)), (b, int(3))]),
        w.table(&[(b, int(0)), (a, int(2))]),
        w.table(&[(b, int(0))]),
        w.table(&[(c, int(0)), (b, int(1))]),
    ];
    check_ascending(w, &all);
    let (one, two) = (w.table(&[(a, int(1)), (b, int(2))]), w.table(&[(b, int(2)), (a, int(1))]));
    assert_eq!(w.compare(one, two), Equal);
}

#[test]
fn tables_with_structured_keys_are_sorted_too() {
    let w = &mut World::new();
    for n in 0..20 {
        let keys: Vec<Value> = (0..n).map(|i| w.point(i * 7 % 20, 0.0)).collect();
        let mut sorted = keys.clone();
        sorted.sort_by(|a, b| w.compare(*a, *b));
        let entries = |keys: &[Value]| keys.iter().map(|key| (*key, int(1))).collect::<Vec<_>>();
        let (one, two) = (w.table(&entries(&keys)), w.table(&entries(&sorted)));
        assert_eq!(w.compare(one, two), Equal);
        if let Some(last) = sorted.last() {
            let table = w.table(&entries(&sorted[..sorted.len() - 1]));
            assert_eq!(w.compare(table, one), Less);
            let mut changed = entries(&sorted);
            changed.last_mut().unwrap().1 = int(2);
            changed.rotate_left(n as usize / 2);
            let table = w.table(&changed);
            assert_eq!(w.compare(table, one), Greater, "{last:?}");
        }
    }
}

#[test]
fn shapes_by_count_names_values() {
    let w = &mut World::new();
    let all = [
        w.shape(&[("b", int(1))]),
        w.shape(&[("c", int(0))]),
        w.shape(&[("b", int(5)), ("a", int(1))]),
        w.shape(&[("a", int(2)), ("b", int(0))]),
        w.shape(&[("a", int(0)), ("c", int(0))]),
    ];
    check_ascending(w, &all);
}

#[test]
fn records_by_name_then_fields_or_variant() {
    let w = &mut World::new();
    let all = [
        w.record("Aardvark", &[], &[9, 0]),
        w.record("Empty", &[], &[]),
        // The enum's name counts, and in it the order of the variants.
        w.circle(9.0),
        w.rect(1, Value::UNIT),
        w.rect(2, Value::FALSE),
        w.record("Dot", &[], &[]),
        w.some(int(0)),
        w.point(0, 9.0),
        w.point(1, -1.0),
    ];
    check_ascending(w, &all);
}

#[test]
fn identity_order() {
    let w = &mut World::new();
    let (a, b) = (w.counter(1, "a"), w.counter(1, "a"));
    assert_eq!(w.compare(b, a), Less);
    assert_eq!(w.compare(a, b), Greater);
    assert_eq!(w.compare(a, a), Equal);
    let (f, g, h) = (w.closure(2, &[]), w.closure(1, &[]), w.closure(0, &[Value::UNIT.0]));
    check_ascending(w, &[g, f, h]);
}
