//! Cycles, depth, work and memory: every walk ends, and takes back what it charged.

use super::*;

#[test]
fn equality_order_and_hash_of_cycles_are_depth_errors() {
    let w = &mut World::new();
    let (a, b) = (w.cycle(), w.cycle());
    let before = w.heap.committed();
    assert_eq!(equal(&mut w.cx(), a, b), Err(ValueError::Depth));
    assert_eq!(equal(&mut w.cx(), a, a), Err(ValueError::Depth));
    assert_eq!(compare(&mut w.cx(), a, b), Err(ValueError::Depth));
    assert_eq!(hash(&mut w.cx(), a), Err(ValueError::Depth));
    let table = w.table(&[(int(1), int(1))]).as_object().unwrap();
    let before_table = w.heap.committed();
    assert_eq!(find(&mut w.cx(), table, a), Err(ValueError::Depth));
    assert_eq!(w.heap.committed(), before_table);
    assert!(before <= before_table);
    assert_eq!(ValueError::Depth.fault(), Some(FaultKind::Depth));
}

#[test]
fn depth_is_bounded_without_native_recursion() {
    let w = &mut World::new();
    let (a, b) = (w.nested(150_000, int(1)), w.nested(150_000, Value::float(1.0)));
    assert!(w.equal(a, b));
    assert_eq!(w.compare(a, b), Ordering::Equal);
    assert_eq!(w.hash(a), w.hash(b));
    w.depth = 1000;
    assert_eq!(equal(&mut w.cx(), a, b), Err(ValueError::Depth));
    assert_eq!(compare(&mut w.cx(), a, b), Err(ValueError::Depth));
    assert_eq!(hash(&mut w.cx(), a), Err(ValueError::Depth));
}

#[test]
fn deeply_nested_keys_need_no_native_recursion() {
    let w = &mut World::new();
    let nest = |w: &mut World, inner: Value| {
        (0..10_000).fold(inner, |key, _| {
            let table = w.heap.new_table(0, 1).unwrap();
            // The hash need not be right to be nested.
            w.heap.table_insert(table, 1, key, Value::UNIT).unwrap();
            Value::object(table)
        })
    };
    let (a, b) = (nest(w, int(1)), nest(w, int(1)));
    assert!(!w.equal(a, b));
    assert_eq!(w.compare(a, b), Ordering::Equal);
}

#[test]
fn a_value_that_holds_itself_often_uses_up_memory_or_work_only() {
    let mut w = World::new();
    w.heap.set_limit(4 << 20);
    // Fifty levels, each twice the one below.
    let mut bomb = w.ints(&[1]);
    let mut twin = w.ints(&[1]);
    for _ in 0..50 {
        bomb = w.array(&[bomb, bomb]);
        twin = w.array(&[twin, twin]);
    }
    let before = w.heap.committed();
    assert_eq!(display(&mut w.cx(), bomb, false), Err(ValueError::Memory));
    w.work = 1_000_000;
    assert_eq!(equal(&mut w.cx(), bomb, twin), Err(ValueError::Work));
    assert_eq!(compare(&mut w.cx(), bomb, twin), Err(ValueError::Work));
    assert_eq!(hash(&mut w.cx(), bomb), Err(ValueError::Work));
    assert_eq!(display(&mut w.cx(), bomb, true), Err(ValueError::Work));
    w.work = WORK;
    assert_eq!(display(&mut w.cx(), bomb, true), Err(ValueError::Memory));
    assert_eq!(w.heap.committed(), before);
}

#[test]
fn a_paused_walk_goes_on() {
    let mut w = World::new();
    let items: Vec<Value> = (0..1000).map(int).collect();
    let text = w.str("a \"quoted\" text");
    let mut items = items;
    items.push(text);
    let (a, b) = (w.array(&items), w.array(&items));
    let (t, u) = (w.some(a), w.some(b));
    let whole = w.debug(t);
    w.work = 3;
    let mut pauses = 0;
    let mut machine = Displayer::new(t, true);
    let shown = loop {
        match machine.step(&mut w.cx(), None) {
            Step::Pause => pauses += 1,
            Step::Done(text) => break text,
            other => panic!("{other:?}"),
        }
    };
    assert_eq!(shown, whole);
    assert!(pauses > 300);
    let mut machine = Equality::new(t, u);
    let verdict = loop {
        match machine.step(&mut w.cx(), None) {
            Step::Pause => {}
            Step::Done(verdict) => break verdict,
            other => panic!("{other:?}"),
        }
    };
    assert!(verdict);
    let mut machine = Order::new(t, u);
    while !matches!(machine.step(&mut w.cx(), None), Step::Done(Ordering::Equal)) {}
    let (mut one, mut two) = (Hasher::new(t), Hasher::new(u));
    let mut run = |machine: &mut Hasher| loop {
        if let Step::Done(hash) = machine.step(&mut w.cx(), None) {
            break hash;
        }
    };
    assert_eq!(run(&mut one), run(&mut two));
}

#[test]
fn short_memory_asks_for_a_collection_once() {
    let mut w = World::new();
    let text = w.str(&"x".repeat(100_000));
    let value = w.array(&[text, text]);
    w.heap.set_limit(w.heap.committed() + 150_000);
    let mut machine = Displayer::new(value, false);
    assert!(matches!(machine.step(&mut w.cx(), None), Step::Collect));
    // Something was freed meanwhile.
    w.heap.set_limit(LIMIT);
    let Step::Done(shown) = machine.step(&mut w.cx(), None) else { panic!("not done") };
    assert_eq!(shown.len(), 200_004);
    w.heap.set_limit(w.heap.committed() + 150_000);
    let before = w.heap.committed();
    let mut machine = Displayer::new(value, false);
    assert!(matches!(machine.step(&mut w.cx(), None), Step::Collect));
    assert!(matches!(machine.step(&mut w.cx(), None), Step::Failed(ValueError::Memory)));
    assert_eq!(w.heap.committed(), before);
}

#[test]
fn what_is_given_up_leaves_no_charge() {
    let mut w = World::new();
    let (a, b) = (w.nested(1000, int(1)), w.nested(1000, int(1)));
    let before = w.heap.committed();
    w.work = 500;
    let (mut equality, mut order, mut hasher) = (Equality::new(a, b), Order::new(a, b), Hasher::new(a));
    assert!(matches!(equality.step(&mut w.cx(), None), Step::Pause));
    assert!(matches!(order.step(&mut w.cx(), None), Step::Pause));
    assert!(matches!(hasher.step(&mut w.cx(), None), Step::Pause));
    assert!(w.heap.committed() > before);
    let mut roots = 0;
    equality.roots(&mut |_| roots += 1);
    assert!(roots >= 900);
    equality.abandon(&mut w.heap);
    order.abandon(&mut w.heap);
    hasher.abandon(&mut w.heap);
    assert_eq!(w.heap.committed(), before);
}
