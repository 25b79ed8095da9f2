//! Laws, on values made at random: the order is total and agrees with equality, equal values hash equally, and what is
//! shown alike in debug form is equal.

use super::*;

struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        sayso_heap::hash::word(self.0)
    }
    fn below(&mut self, n: u64) -> u64 {
        self.next() % n
    }
    fn pick<T: Copy>(&mut self, from: &[T]) -> T {
        from[self.below(from.len() as u64) as usize]
    }
}

impl World {
    /// A value without NaN. There are few different ones, so that equal ones come up.
    fn random(&mut self, r: &mut Random, depth: u32) -> Value {
        let kinds = if depth == 0 { 9 } else { 20 };
        match r.below(kinds) {
            0 => int(r.below(3) as i64 - 1),
            1 => Value::float(r.pick(&[-1.0, -0.5, -0.0, 0.0, 1.0, 0.5, f64::INFINITY])),
            2 => Value::bool(r.below(2) == 0),
            3 => Value::byte(r.below(2) as u8),
            4 => {
                let text = r.pick(&["", "a", "b", "ab"]);
                self.str(text)
            }
            5 => {
                let name = r.pick(&["x", "y"]);
                self.symbol(name)
            }
            6 => Value::UNIT,
            7 => {
                let i = r.pick(&[i64::MAX, i64::MIN, 1 << 53, (1 << 53) + 1]);
                self.int(i)
            }
            8 => Value::float(r.pick(&[9007199254740992.0, 9223372036854775808.0, -9223372036854775808.0])),
            9 | 10 => {
                let items = self.randoms(r, depth, 3);
                self.array(&items)
            }
            11 => {
                let items: Vec<i64> = (0..r.below(3)).map(|_| r.below(2) as i64).collect();
                self.ints(&items)
            }
            12 => {
                let items: Vec<f64> = (0..r.below(3)).map(|_| r.below(3) as f64 / 2.0).collect();
                self.floats(&items)
            }
            13 => {
                let items = self.randoms(r, depth, 3);
                self.tuple(&items)
            }
            14 => {
                let value = self.random(r, depth - 1);
                self.some(value)
            }
            15 => self.point(r.below(2) as i64, r.below(2) as f64),
            16 => {
                let tag = self.random(r, depth - 1);
                self.rect(r.below(2) as i64, tag)
            }
            17 => {
                let value = self.random(r, depth - 1);
                let name = r.pick(&["x", "y"]);
                self.shape(&[(name, value)])
            }
            18 => {
                let table = self.heap.new_table(0, 0).unwrap();
                for _ in 0..r.below(4) {
                    let (key, value) = (self.random(r, depth - 1), self.random(r, 0));
                    let found = find(&mut self.cx(), table, key).unwrap();
                    match found.position {
                        Some(at) => self.heap.table_set_value(table, at, value),
                        None => self.heap.table_insert(table, found.hash, key, value).unwrap(),
                    }
                }
                Value::object(table)
            }
            _ => self.range(Some(r.below(2) as i64), Some(2).filter(|_| r.below(2) == 0), r.below(2) == 0),
        }
    }

    fn randoms(&mut self, r: &mut Random, depth: u32, most: u64) -> Vec<Value> {
        (0..r.below(most)).map(|_| self.random(r, depth - 1)).collect()
    }
}

#[test]
fn order_equality_and_hash_agree() {
    for seed in 0..60 {
        let (mut w, mut r) = (World::new(), Random(seed));
        let values: Vec<Value> = (0..40).map(|_| w.random(&mut r, 3)).collect();
        for a in &values {
            for b in &values {
                let order = w.compare(*a, *b);
                let equal = w.equal(*a, *b);
                let texts = || format!("seed {seed}: {} and {}", w.debug(*a), w.debug(*b));
                let mut texts = texts;
                assert_eq!(order == Ordering::Equal, equal, "{}", texts());
                assert_eq!(order, w.compare(*b, *a).reverse());
                if equal {
                    assert_eq!(w.hash(*a), w.hash(*b));
                }
            }
        }
    }
}

#[test]
fn the_order_is_transitive() {
    for seed in 100..130 {
        let (mut w, mut r) = (World::new(), Random(seed));
        let mut values: Vec<Value> = (0..60).map(|_| w.random(&mut r, 2)).collect();
        values.extend([Value::float(f64::NAN), Value::float(f64::NAN)]);
        // A sort that panics on an order that is not total, and then each against each.
        values.sort_by(|a, b| w.compare(*a, *b));
        for (i, a) in values.iter().enumerate() {
            for b in &values[i..] {
                assert_ne!(w.compare(*a, *b), Ordering::Greater, "seed {seed}: {} and {}", w.debug(*a), w.debug(*b));
            }
        }
    }
}

#[test]
fn unequal_values_rarely_hash_equally() {
    let (mut w, mut r) = (World::new(), Random(7));
    let mut values: Vec<Value> = (0..400).map(|_| w.random(&mut r, 3)).collect();
    values.sort_by(|a, b| w.compare(*a, *b));
    values.dedup_by(|a, b| w.equal(*a, *b));
    let mut hashes: Vec<u32> = values.iter().map(|value| w.hash(*value) as u32).collect();
    hashes.sort_unstable();
    hashes.dedup();
    assert!(hashes.len() + 1 >= values.len(), "{} of {}", hashes.len(), values.len());
}

#[test]
fn finding_a_key_agrees_with_equality() {
    for seed in 200..220 {
        let (mut w, mut r) = (World::new(), Random(seed));
        let table = w.heap.new_table(0, 0).unwrap();
        let mut keys: Vec<Value> = Vec::new();
        for _ in 0..60 {
            let key = w.random(&mut r, 2);
            let known = keys.iter().position(|other| w.equal(*other, key));
            let found = find(&mut w.cx(), table, key).unwrap();
            assert_eq!(found.position, known, "seed {seed}: {}", w.debug(key));
            if known.is_none() {
                keys.push(key);
                w.heap.table_insert(table, found.hash, key, Value::UNIT).unwrap();
            }
        }
    }
}
