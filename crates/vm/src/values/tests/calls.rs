//! Walks that stop for the program's own functions.

use super::*;

/// A world in which a hook is specialised for points.
fn world(hook: Hook) -> World {
    World::with(|module, types, names| {
        let name = names.intern("Point");
        let id = (0..types.decl_count() as u32).map(DeclId).find(|id| types.decl(*id).name == name).unwrap();
        let point = types.nominal(id, &[]);
        specialise(module, hook, &vec![point; hook.arity()]);
    })
}

/// The `x` of a point.
fn x(value: Value) -> i64 {
    value.as_object().unwrap().raw_slot(0) as i64
}

/// Runs a machine; `answer` plays the program. All that is not kept is collected at each call.
macro_rules! drive {
    ($w:expr, $kept:expr, $machine:expr, $answer:expr) => {{
        let mut machine = $machine;
        let mut answer = None;
        loop {
            match machine.step(&mut $w.cx(), answer.take()) {
                Step::Call(call) => {
                    // What is collected here must not be missed by the machine.
                    let mut roots: Vec<Value> = call.args().to_vec();
                    roots.extend($kept);
                    machine.roots(&mut |root| roots.push(root));
                    $w.heap.collect(true, &mut |marker| roots.iter().for_each(|root| marker.value(*root)));
                    answer = Some($answer(&mut $w, call));
                }
                Step::Done(result) => break result,
                other => panic!("{other:?}"),
            }
        }
    }};
}

#[test]
fn text_of_parts_is_asked_for_but_not_of_the_whole() {
    for (hook, debug) in [(Hook::ToStr, false), (Hook::Debug, true)] {
        let mut w = world(hook);
        w.heap.set_stress(true);
        let (p, q) = (w.point(1, 0.0), w.point(2, 0.0));
        let table = w.table(&[(q, int(7))]);
        let value = w.array(&[p, int(5), table]);
        let answer = |w: &mut World, call: Call| {
            assert_eq!(call.hook, hook);
            assert_eq!(call.args().len(), 1);
            let text = format!("<{}>", x(call.args[0]));
            Answer::Text(w.heap.new_str(0, &text).unwrap())
        };
        assert_eq!(drive!(w, [value, p], Displayer::new(value, debug), answer), "[<1>, 5, [<2>: 7]]");
        assert!(drive!(w, [value], Displayer::new(p, debug), answer).starts_with("Point { x: 1"));
        let declined = drive!(w, [value, p], Displayer::new(value, debug), |_: &mut World, _| Answer::Declined);
        assert!(declined.starts_with("[Point { x: 1"), "{declined}");
        assert_eq!(w.show(value), "[Point { x: 1, y: 0 }, 5, [Point { x: 2, y: 0 }: 7]]");
    }
}

#[test]
fn equality_of_parts() {
    let mut w = world(Hook::Equal);
    w.heap.set_stress(true);
    // Points count as equal here if their difference is even.
    let answer = |_: &mut World, call: Call| Answer::Bool((x(call.args[0]) - x(call.args[1])) % 2 == 0);
    let (one, two, three) = (w.point(1, 0.0), w.point(2, 0.0), w.point(3, 0.0));
    let (a, b, c) = (w.array(&[int(0), one]), w.array(&[int(0), three]), w.array(&[int(0), two]));
    assert!(drive!(w, [a, b, c], Equality::new(a, b), answer));
    assert!(!drive!(w, [a, b], Equality::new(a, c), answer));
    assert!(!drive!(w, [a, b], Equality::new(one, three), answer), "the whole is not asked for");
    assert!(!drive!(w, [a, b, c], Equality::new(a, b), |_: &mut World, _| Answer::Declined));
    assert!(!w.equal(a, b));
}

#[test]
fn order_of_parts() {
    let mut w = world(Hook::Less);
    w.heap.set_stress(true);
    // Points stand the other way round here.
    let answer = |_: &mut World, call: Call| Answer::Bool(x(call.args[0]) > x(call.args[1]));
    let (one, two) = (w.point(1, 0.0), w.point(2, 0.0));
    let (a, b, c) = (w.array(&[one, int(1)]), w.array(&[two, int(0)]), w.array(&[one, int(2)]));
    assert_eq!(drive!(w, [a, b, c], Order::new(a, b), answer), Ordering::Greater);
    assert_eq!(drive!(w, [a, b, c], Order::new(b, a), answer), Ordering::Less);
    assert_eq!(drive!(w, [a, b, c], Order::new(a, c), answer), Ordering::Less);
    assert_eq!(drive!(w, [a, b, c], Order::new(a, b), |_: &mut World, _| Answer::Declined), Ordering::Less);
    // As keys of tables that have to be sorted for it.
    let keys: Vec<Value> = [5, 3, 9, 1, 7].map(|n| w.point(n, 0.0)).into();
    let entries: Vec<(Value, Value)> = keys.iter().map(|key| (*key, int(x(*key)))).collect();
    let mut turned = entries.clone();
    turned.reverse();
    let (t, u, less) = (w.table(&entries), w.table(&turned), w.table(&entries[..3]));
    assert_eq!(drive!(w, [t, u, less], Order::new(t, u), answer), Ordering::Equal);
    assert_eq!(drive!(w, [t, u, less], Order::new(t, less), answer), Ordering::Less);
}

#[test]
fn hashes_of_parts_and_of_keys() {
    let mut w = World::with(|module, types, names| {
        let name = names.intern("Point");
        let id = (0..types.decl_count() as u32).map(DeclId).find(|id| types.decl(*id).name == name).unwrap();
        let point = types.nominal(id, &[]);
        specialise(module, Hook::Hash, &[point]);
        specialise(module, Hook::Equal, &[point, point]);
    });
    w.heap.set_stress(true);
    let answer = |_: &mut World, call: Call| match call.hook {
        Hook::Hash => Answer::Hash(x(call.args[0]) as u64 % 10),
        Hook::Equal => Answer::Bool(x(call.args[0]) % 10 == x(call.args[1]) % 10),
        other => panic!("{other:?}"),
    };
    let (one, eleven, two) = (w.point(1, 0.0), w.point(11, 0.0), w.point(2, 0.0));
    let (a, b) = (w.tuple(&[one]), w.tuple(&[eleven]));
    let mut kept = vec![a, b, two];
    assert_eq!(
        drive!(w, kept.iter().copied(), Hasher::new(a), answer),
        drive!(w, kept.iter().copied(), Hasher::new(b), answer)
    );
    assert_ne!(w.hash(a), w.hash(b));
    let table = w.heap.new_table(0, 4).unwrap();
    kept.push(Value::object(table));
    for key in [two, one] {
        let found = drive!(w, kept.iter().copied(), Finder::new(table, key), answer);
        assert_eq!(found, Found { hash: x(key) as u64, position: None });
        w.heap.table_insert(table, found.hash, key, Value::UNIT).unwrap();
    }
    assert_eq!(
        drive!(w, kept.iter().copied(), Finder::new(table, eleven), answer),
        Found { hash: 1, position: Some(1) }
    );
    // Several keys of one hash.
    let same = w.heap.new_table(0, 4).unwrap();
    kept.push(Value::object(same));
    for key in [two, one] {
        w.heap.table_insert(same, 1, key, Value::UNIT).unwrap();
    }
    assert_eq!(drive!(w, kept.iter().copied(), Finder::new(same, eleven), answer).position, Some(1));
    let thirteen = w.point(13, 0.0);
    assert_eq!(drive!(w, kept.iter().copied(), Finder::new(same, thirteen), answer).position, None);
    // Tables are compared by such keys too.
    let other = w.heap.new_table(0, 4).unwrap();
    let twelve = w.point(12, 0.0);
    for (key, hash) in [(eleven, 1), (twelve, 2)] {
        w.heap.table_insert(other, hash, key, Value::UNIT).unwrap();
    }
    kept.push(Value::object(other));
    assert!(drive!(w, kept.iter().copied(), Equality::new(Value::object(table), Value::object(other)), answer));
    w.heap.table_set_value(other, 0, Value::TRUE);
    assert!(!drive!(w, kept.iter().copied(), Equality::new(Value::object(table), Value::object(other)), answer));
}

#[test]
fn numbers_are_asked_for_where_the_program_says_so() {
    let mut w = World::with(|module, _, _| specialise(module, Hook::Debug, &[TypeId::I64]));
    let (large, text) = (i64::MAX, w.str("n"));
    let value = w.ints(&[1, large]);
    let value = w.tuple(&[value, text]);
    let answer = |w: &mut World, call: Call| {
        let n = sayso_heap::table::as_int(call.args[0]).unwrap();
        Answer::Text(w.heap.new_str(0, &format!("{n}!")).unwrap())
    };
    assert_eq!(drive!(w, [value], Displayer::new(value, true), answer), "([1!, 9223372036854775807!], \"n\")");
}

#[test]
fn what_the_program_takes_out_of_a_collection_stays_alive_while_it_is_walked() {
    let mut w = world(Hook::ToStr);
    w.heap.set_stress(true);
    let (p, text) = (w.point(1, 0.0), w.str("a rather long string"));
    let inner = w.array(&[p, text]);
    let outer = w.array(&[inner, text]);
    let answer = |w: &mut World, _| {
        w.heap.array_truncate(outer.as_object().unwrap(), 0);
        Answer::Text(w.heap.new_str(0, "P").unwrap())
    };
    // The inner array is no longer part of the outer one when the collection comes.
    let mut machine = Displayer::new(outer, false);
    assert!(matches!(machine.step(&mut w.cx(), None), Step::Call(_)));
    let reply = answer(&mut w, ());
    let Answer::Text(reply_text) = reply else { unreachable!() };
    let mut roots = vec![Value::object(reply_text)];
    machine.roots(&mut |root| roots.push(root));
    w.heap.collect(true, &mut |marker| roots.iter().for_each(|root| marker.value(*root)));
    let Step::Done(shown) = machine.step(&mut w.cx(), Some(reply)) else { panic!("not done") };
    assert_eq!(shown, "[[P, a rather long string]]");
}
