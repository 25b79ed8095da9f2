//! Tests of allocation and collection on object graphs made by hand.

use super::*;
use crate::object::Kind;

const LIMIT: usize = 64 << 20;

fn collect(heap: &mut Heap, full: bool, roots: &[Value]) {
    heap.collect(full, &mut |marker| roots.iter().for_each(|root| marker.value(*root)));
    heap.verify(roots).unwrap();
}

fn pair(heap: &mut Heap, a: Value, b: Value) -> Value {
    Value::object(heap.new_slots(Kind::Tuple, 0, 2, &[a.0, b.0], 0).unwrap())
}

fn list(heap: &mut Heap, n: i64) -> Value {
    (0..n).fold(Value::UNIT, |rest, i| pair(heap, Value::small_int(i).unwrap(), rest))
}

fn list_len(mut list: Value) -> usize {
    let mut n = 0;
    while let Some(object) = list.as_object() {
        list = object.ref_slot(1).unwrap();
        n += 1;
    }
    n
}

#[test]
fn values_keep_what_they_were_made_of() {
    for i in [0, 1, -1, (1 << 49) - 1, -(1 << 49)] {
        let value = Value::small_int(i).unwrap();
        assert!(value.is_small_int() && !value.is_float() && !value.is_object());
        assert_eq!(value.as_small_int(), i);
    }
    assert_eq!(Value::small_int(1 << 49), None);
    assert_eq!(Value::small_int(-(1 << 49) - 1), None);
    for f in [0.0, -0.0, 1.5, f64::MAX, f64::MIN, f64::INFINITY, f64::NEG_INFINITY, f64::MIN_POSITIVE] {
        let value = Value::float(f);
        assert!(value.is_float() && !value.is_small_int() && !value.is_object());
        assert_eq!(value.as_float().to_bits(), f.to_bits());
    }
    for nan in [f64::NAN, -f64::NAN, f64::from_bits(u64::MAX)] {
        assert!(Value::float(nan).is_float() && Value::float(nan).as_float().is_nan());
    }
    assert_eq!(Value::bool(true).unpack(), value::Unpacked::Bool(true));
    assert_eq!(Value::byte(255).unpack(), value::Unpacked::Byte(255));
    assert_eq!(Value::symbol(7).unpack(), value::Unpacked::Symbol(7));
    assert_eq!(Value::UNIT.unpack(), value::Unpacked::Unit);
}

#[test]
fn what_is_reachable_survives_and_the_rest_is_reused() {
    let mut heap = Heap::new(LIMIT);
    let kept = list(&mut heap, 10_000);
    for _ in 0..20 {
        list(&mut heap, 10_000);
        collect(&mut heap, false, &[kept]);
    }
    assert_eq!(list_len(kept), 10_000);
    assert!(heap.committed() < 3 << 20, "{}", heap.committed());
    collect(&mut heap, true, &[]);
    assert_eq!(heap.statistics().live, 0);
}

#[test]
fn old_objects_that_got_young_ones_are_looked_into() {
    let mut heap = Heap::new(LIMIT);
    heap.set_stress(true);
    let old = pair(&mut heap, Value::UNIT, Value::UNIT);
    collect(&mut heap, false, &[old]);
    for _ in 0..3 {
        let young = list(&mut heap, 100);
        assert!(heap.set_ref_slot(old.as_object().unwrap(), 0, young));
        collect(&mut heap, false, &[old]);
        assert_eq!(list_len(old.as_object().unwrap().ref_slot(0).unwrap()), 100);
    }
}

#[test]
fn verification_finds_a_store_without_barrier() {
    let mut heap = Heap::new(LIMIT);
    let old = pair(&mut heap, Value::UNIT, Value::UNIT);
    collect(&mut heap, false, &[old]);
    let young = list(&mut heap, 1);
    // SAFETY: the pair has two slots.
    unsafe { *old.as_object().unwrap().slots() = young.0 }
    assert!(heap.verify(&[old]).is_err());
}

#[test]
fn a_small_mark_stack_is_enough() {
    for limit in [0, 1, 2, 3, 7] {
        let mut heap = Heap::new(LIMIT);
        heap.set_mark_stack_limit(limit);
        let array = heap.new_array(Kind::ArrayDyn, 0, 0).unwrap();
        for n in 0..3000 {
            let element = list(&mut heap, n % 10);
            heap.array_push(array, element.0).unwrap();
        }
        let root = Value::object(array);
        collect(&mut heap, true, &[root]);
        let young = list(&mut heap, 5);
        heap.array_set(array, 1500, young.0);
        collect(&mut heap, false, &[root]);
        // SAFETY: nothing changes the array meanwhile.
        assert_eq!(list_len(Value(unsafe { array.array_words() }[1500])), 5);
        // SAFETY: the array was kept alive, and nothing changes it here.
        assert_eq!(list_len(Value(unsafe { array.array_words() }[2999])), 9);
    }
}

#[test]
fn the_limit_is_an_error_before_anything_is_taken() {
    let mut heap = Heap::new(1 << 20);
    let array = heap.new_array(Kind::ArrayI64, 0, 0).unwrap();
    let pushed = (0..1 << 20).take_while(|i| heap.array_push(array, *i).is_ok()).count();
    assert!(pushed > 32_000 && pushed * 8 < 1 << 20, "{pushed}");
    assert!(heap.new_array(Kind::ArrayI64, 0, usize::MAX).is_err());
    assert!(heap.new_array(Kind::ArrayI64, 0, 1 << 60).is_err());
    assert!(heap.committed() <= 1 << 20);
    collect(&mut heap, true, &[]);
    assert!(heap.new_array(Kind::ArrayI64, 0, 64 << 10).is_ok());
}

#[test]
fn appending_in_a_loop_keeps_every_string() {
    let mut heap = Heap::new(LIMIT);
    let piece = heap.new_str(0, "añb").unwrap();
    let mut all = heap.new_str(0, "").unwrap();
    let mut kept = Vec::new();
    for i in 0..20_000 {
        all = heap.str_concat(all, piece).unwrap();
        if i % 1000 == 0 {
            kept.push(Value::object(all));
        }
    }
    let fork = heap.str_concat(kept[5].as_object().unwrap(), piece).unwrap();
    // SAFETY: the strings are alive.
    unsafe {
        assert_eq!(all.str_text(), "añb".repeat(20_000));
        assert_eq!(fork.str_text(), "añb".repeat(5002));
        assert_eq!(kept[5].as_object().unwrap().str_text(), "añb".repeat(5001));
    }
    assert_eq!(all.str_chars(), 60_000);
    // Each string is a small object: quadratic copying would have met the limit.
    assert!(heap.committed() < 4 << 20, "{}", heap.committed());
    kept.push(Value::object(all));
    collect(&mut heap, true, &kept);
    // SAFETY: the string is alive.
    assert!(unsafe { all.str_text() }.ends_with("añb"));
}

#[test]
fn slices_share_and_keep_alive() {
    let mut heap = Heap::new(LIMIT);
    heap.set_stress(true);
    let text = "0123456789".repeat(20);
    let whole = heap.new_str(0, &text).unwrap();
    let part = heap.str_slice(whole, 10, 110).unwrap();
    let part = heap.str_slice(part, 5, 95).unwrap();
    collect(&mut heap, true, &[Value::object(part)]);
    // SAFETY: the string is alive.
    assert_eq!(unsafe { part.str_text() }, &text[15..105]);
}

#[test]
fn tables_keep_the_order_of_insertion() {
    let mut heap = Heap::new(LIMIT);
    let table = heap.new_table(0, 0).unwrap();
    let key = |i: i64| Value::small_int(i).unwrap();
    let find = |i: i64| table.table_find_fast(key(i), fast(i));
    fn fast(i: i64) -> u64 {
        table::fast_hash(Value::small_int(i).unwrap()).unwrap()
    }
    for i in 0..10_000 {
        assert_eq!(find(i * 7), None);
        heap.table_insert(table, fast(i * 7), key(i * 7), key(i)).unwrap();
    }
    for i in (0..10_000).step_by(2) {
        let at = find(i * 7).unwrap();
        assert!(heap.table_remove(table, fast(i * 7), at).is_some());
    }
    for i in 0..3_000 {
        heap.table_insert(table, fast(-i - 1), key(-i - 1), key(i)).unwrap();
    }
    let keys: Vec<i64> =
        (0..table.table_used()).filter_map(|at| table.table_entry(at)).map(|(k, _)| k.as_small_int()).collect();
    let expected: Vec<i64> =
        (0..10_000).filter(|i| i % 2 == 1).map(|i| i * 7).chain((0..3_000).map(|i| -i - 1)).collect();
    assert_eq!(keys, expected);
    for k in &keys {
        assert!(find(*k).is_some());
    }
    assert_eq!(find(0), None);
    let copy = heap.copy_table(table, 0).unwrap();
    assert_eq!(copy.table_len(), keys.len());
    heap.table_clear(table);
    assert_eq!(table.table_len(), 0);
    collect(&mut heap, true, &[Value::object(copy)]);
    assert!(copy.table_find_fast(key(7), fast(7)).is_some());
}

#[test]
fn a_table_does_what_a_list_of_entries_does() {
    let key = |i: u64| Value::small_int(i as i64).unwrap();
    // Good hashes, hashes that all but collide, hashes whose low or high halves are alike.
    let hashes: [fn(u64) -> u64; 4] =
        [|i| table::fast_hash(Value::small_int(i as i64).unwrap()).unwrap(), |i| i % 3, |i| i << 20, |i| i];
    for hash in hashes {
        let mut heap = Heap::new(LIMIT);
        let table = heap.new_table(0, 0).unwrap();
        let mut model: Vec<(u64, u64)> = Vec::new();
        let mut state = 7u64;
        for step in 0..6_000u64 {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            let (chosen, wish) = (state >> 33 & 255, state >> 50 & 7);
            let at = table.table_find(hash(chosen), |other| other == key(chosen));
            let known = model.iter().position(|entry| entry.0 == chosen);
            assert_eq!(at.is_some(), known.is_some(), "step {step}");
            match (at, known) {
                // Phases in which tables grow take turns with phases in which they shrink.
                (Some(at), Some(known)) if wish < if step / 500 % 2 == 0 { 2 } else { 6 } => {
                    let removed = heap.table_remove(table, hash(chosen), at);
                    assert_eq!(removed, Some((key(chosen), key(model.remove(known).1))));
                }
                (Some(at), Some(known)) => {
                    heap.table_set_value(table, at, key(step));
                    model[known].1 = step;
                }
                _ => {
                    heap.table_insert(table, hash(chosen), key(chosen), key(step)).unwrap();
                    model.push((chosen, step));
                }
            }
            assert_eq!(table.table_len(), model.len());
            if step % 97 == 0 {
                let found: Vec<_> = (0..table.table_used()).filter_map(|at| table.table_entry(at)).collect();
                let expected: Vec<_> = model.iter().map(|entry| (key(entry.0), key(entry.1))).collect();
                assert_eq!(found, expected);
            }
        }
        let bytes = heap.committed();
        heap.table_clear(table);
        assert!(heap.committed() < bytes);
    }
}

#[test]
fn equal_keys_have_equal_hashes() {
    let mut heap = Heap::new(LIMIT);
    let big = heap.int(1 << 60).unwrap();
    let pairs = [
        (Value::small_int(5).unwrap(), Value::float(5.0)),
        (Value::small_int(0).unwrap(), Value::float(-0.0)),
        (big, Value::float((1u64 << 60) as f64)),
    ];
    for (a, b) in pairs {
        assert_eq!(table::fast_equal(a, b), Some(true));
        assert_eq!(table::fast_hash(a), table::fast_hash(b));
    }
    assert_eq!(table::fast_equal(Value::float(f64::NAN), Value::float(f64::NAN)), Some(false));
    let near = heap.int((1 << 60) + 1).unwrap();
    assert_eq!(table::fast_equal(near, Value::float((1u64 << 60) as f64)), Some(false));
}

#[test]
fn records_of_any_size_keep_their_slots() {
    let mut heap = Heap::new(LIMIT);
    for count in [0usize, 1, 255, 256, 5000] {
        let inner = list(&mut heap, 3);
        let mut slots = vec![inner.0; count / 2];
        slots.extend((count / 2..count).map(|i| i as u64));
        let record = heap.new_slots(Kind::Record, 9, count / 2, &slots, 3).unwrap();
        let copy = heap.copy_slots(record).unwrap();
        collect(&mut heap, true, &[Value::object(copy)]);
        assert_eq!((copy.slot_count(), copy.ref_count(), copy.variant()), (count, count / 2, 3));
        if count > 1 {
            assert_eq!(list_len(copy.ref_slot(count / 2 - 1).unwrap()), 3);
            assert_eq!(copy.raw_slot(count - 1), count as u64 - 1);
            assert!(!copy.set_raw_slot(0, 1) && copy.set_raw_slot(count - 1, 1));
        }
        assert_eq!(copy.slot(count), None);
    }
}

#[test]
fn finalizers_run_once() {
    struct File;
    impl HostObject for File {
        fn finalize(&mut self) -> Option<String> {
            Some("a file was not closed".into())
        }
        fn name(&self) -> &str {
            "file"
        }
        fn as_any(&mut self) -> &mut dyn std::any::Any {
            self
        }
    }
    let mut heap = Heap::new(LIMIT);
    let kept = heap.new_host(0, Box::new(File)).unwrap();
    heap.new_host(0, Box::new(File)).unwrap();
    collect(&mut heap, false, &[Value::object(kept)]);
    collect(&mut heap, true, &[Value::object(kept)]);
    assert_eq!(heap.leaks.len(), 1);
    assert!(heap.host_object(kept).as_any().is::<File>());
}

#[test]
fn identities_last_as_long_as_their_objects() {
    let mut heap = Heap::new(LIMIT);
    let (a, b) = (list(&mut heap, 1), list(&mut heap, 1));
    let (a, b) = (a.as_object().unwrap(), b.as_object().unwrap());
    assert_eq!((heap.identity(a), heap.identity(b), heap.identity(a)), (0, 1, 0));
    collect(&mut heap, true, &[Value::object(b)]);
    assert_eq!(heap.identity(b), 1);
}

#[test]
fn generators_keep_what_their_bits_name() {
    let mut heap = Heap::new(LIMIT);
    heap.set_stress(true);
    let kept = list(&mut heap, 4);
    let generator = heap.new_generator(0, 1, 70).unwrap();
    // SAFETY: the generator is alive, and the bit is set for a reference.
    unsafe {
        let (registers, bits) = generator.generator_registers();
        registers[69] = kept.0;
        registers[0] = 12345;
        bits[1] = 1 << 5;
    }
    collect(&mut heap, true, &[Value::object(generator)]);
    // SAFETY: as above.
    assert_eq!(list_len(Value(unsafe { generator.generator_registers() }.0[69])), 4);
}
