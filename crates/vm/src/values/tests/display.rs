//! Each kind of value as text.

use super::*;
use sayso_heap::HostObject;

#[track_caller]
fn check(make: impl FnOnce(&mut World) -> Value, shown: &str, debugged: &str) {
    let mut w = World::new();
    let value = make(&mut w);
    assert_eq!(w.show(value), shown);
    assert_eq!(w.debug(value), debugged);
    assert_eq!(w.heap.committed(), committed_by(&mut w, value), "a charge is left");
}

fn committed_by(w: &mut World, value: Value) -> usize {
    let before = w.heap.committed();
    w.show(value);
    before
}

#[test]
fn scalars() {
    check(|_| int(-42), "-42", "-42");
    check(|w| w.int(i64::MIN), "-9223372036854775808", "-9223372036854775808");
    check(|_| Value::float(2.0), "2", "2.0");
    check(|_| Value::TRUE, "true", "true");
    check(|_| Value::UNIT, "()", "()");
    check(|_| Value::byte(97), "97", "b'a'");
    check(|_| Value::byte(0), "0", "b'\\0'");
    check(|_| Value::byte(39), "39", "b'\\''");
    check(|_| Value::byte(255), "255", "b'\\xff'");
    check(|w| w.symbol("ok"), "#ok", "#ok");
    check(|_| Value::type_number(TypeId::I64.0), "i64", "i64");
    check(|w| Value::type_number(w.types.array(TypeId::STR).0), "[str]", "[str]");
}

#[test]
fn strings_are_bare_at_any_depth_and_quoted_in_debug() {
    check(|w| w.str("a b"), "a b", "\"a b\"");
    check(|w| w.str("tab\tquote\"back\\\n\r\0"), "tab\tquote\"back\\\n\r\0", r#""tab\tquote\"back\\\n\r\0""#);
    check(
        |w| w.str("{x} 'é' 日本 \u{7} e\u{301} \u{200b}"),
        "{x} 'é' 日本 \u{7} e\u{301} \u{200b}",
        "\"\\{x} 'é' 日本 \\u{7} e\u{301} \\u{200b}\"",
    );
    check(
        |w| {
            let a = w.str("a");
            let (array, tuple, some) = (w.array(&[a]), w.tuple(&[a]), w.some(a));
            w.array(&[array, tuple, some])
        },
        "[[a], (a,), Some(a)]",
        r#"[["a"], ("a",), Some("a")]"#,
    );
}

#[test]
fn arrays_of_all_kinds() {
    check(|w| w.ints(&[1, -2, i64::MAX]), "[1, -2, 9223372036854775807]", "[1, -2, 9223372036854775807]");
    check(|w| w.floats(&[1.0, 2.5]), "[1, 2.5]", "[1.0, 2.5]");
    check(|w| w.bytes(Kind::ArrayBool, &[1, 0]), "[true, false]", "[true, false]");
    check(|w| w.bytes(Kind::ArrayByte, &[65, 10]), "[65, 10]", "[b'A', b'\\n']");
    check(|w| w.array(&[]), "[]", "[]");
    check(|w| w.array(&[int(1), Value::UNIT, Value::float(1.0)]), "[1, (), 1]", "[1, (), 1.0]");
}

#[test]
fn tables() {
    check(|w| w.table(&[]), "[:]", "[:]");
    check(
        |w| {
            let (a, b) = (w.str("a"), w.str("b"));
            w.table(&[(a, int(1)), (b, Value::float(2.0))])
        },
        "[a: 1, b: 2]",
        r#"["a": 1, "b": 2.0]"#,
    );
    check(
        |w| {
            let table = w.table(&[(int(1), int(1)), (int(2), int(2)), (int(3), int(3))]);
            let (object, hash) = (table.as_object().unwrap(), w.hash(int(1)));
            let position = object.table_find_fast(int(1), hash).unwrap();
            w.heap.table_remove(object, hash, position);
            table
        },
        "[2: 2, 3: 3]",
        "[2: 2, 3: 3]",
    );
}

#[test]
fn tuples_and_shapes() {
    check(|w| w.tuple(&[int(1)]), "(1,)", "(1,)");
    check(|w| w.tuple(&[int(1), Value::FALSE]), "(1, false)", "(1, false)");
    check(|w| w.tuple(&[]), "()", "()");
    // Sorted by name, whatever the order in which names came up.
    check(
        |w| w.shape(&[("zeta", int(1)), ("alpha", Value::float(2.0))]),
        "%{ alpha: 2, zeta: 1 }",
        "%{ alpha: 2.0, zeta: 1 }",
    );
    check(|w| w.shape(&[]), "%{}", "%{}");
}

#[test]
fn records() {
    check(|w| w.point(1, 2.0), "Point { x: 1, y: 2 }", "Point { x: 1, y: 2.0 }");
    check(|w| w.record("Empty", &[], &[]), "Empty", "Empty");
    check(|w| w.circle(5.0), "Circle(5)", "Circle(5.0)");
    check(|w| w.rect(1, Value::UNIT), "Rect { w: 1, tag: () }", "Rect { w: 1, tag: () }");
    check(|w| w.record("Dot", &[], &[]), "Dot", "Dot");
    check(|w| w.counter(1, "a"), "Counter { count: 1, name: a }", r#"Counter { count: 1, name: "a" }"#);
    // Fields in the order of the declaration, not of the slots.
    check(
        |w| {
            let name = w.str("Ann");
            w.record("Person", &[name, Value::UNSET], &[1, 65])
        },
        "Person { alive: true, name: Ann, grade: 65, extra: _ }",
        r#"Person { alive: true, name: "Ann", grade: b'A', extra: _ }"#,
    );
    check(|w| Value::object(w.heap.new_slots(Kind::Record, 0, 0, &[], 0).unwrap()), "_", "_");
}

#[test]
fn ranges() {
    check(|w| w.range(Some(0), Some(5), false), "0..5", "0..5");
    check(|w| w.range(Some(-1), Some(5), true), "-1..=5", "-1..=5");
    check(|w| w.range(Some(2), None, false), "2..", "2..");
    check(|w| w.range(None, Some(2), false), "..2", "..2");
    check(|w| w.range(None, None, false), "..", "..");
}

struct Door;
impl HostObject for Door {
    fn name(&self) -> &str {
        "file \"p\""
    }
    fn as_any(&mut self) -> &mut dyn std::any::Any {
        self
    }
}

#[test]
fn functions_and_host_objects() {
    let mut w = World::with(|module, _, names| {
        add_function(module, names, "double");
        add_function(module, names, "");
    });
    for (function, shown) in [(0, "<fn double>"), (1, "<fn>"), (9, "<fn>")] {
        let value = w.closure(function, &[]);
        assert_eq!(w.show(value), shown);
    }
    let door = Value::object(w.heap.new_host(0, Box::new(Door)).unwrap());
    assert_eq!(w.show(door), "<file \"p\">");
    let generator = Value::object(w.heap.new_generator(0, 0, 3).unwrap());
    assert_eq!(w.debug(generator), "<generator>");
}

#[test]
fn a_cycle_is_cut() {
    check(|w| w.cycle(), "[1, …]", "[1, …]");
    check(
        |w| {
            let table = w.table(&[(int(1), int(2))]);
            let some = w.some(table);
            w.heap.table_set_value(table.as_object().unwrap(), 0, some);
            some
        },
        "Some([1: …])",
        "Some([1: …])",
    );
    // Twice the same is no cycle.
    check(
        |w| {
            let inner = w.ints(&[1]);
            w.tuple(&[inner, inner])
        },
        "([1], [1])",
        "([1], [1])",
    );
}

#[test]
fn nesting_past_64_is_cut() {
    let brackets = |n: usize, inner: &str| format!("{}{inner}{}", "[".repeat(n), "]".repeat(n));
    check(|w| w.nested(64, int(1)), &brackets(64, "1"), &brackets(64, "1"));
    check(|w| w.nested(65, int(1)), &brackets(64, "…"), &brackets(64, "…"));
    check(|w| w.nested(100_000, int(1)), &brackets(64, "…"), &brackets(64, "…"));
}
