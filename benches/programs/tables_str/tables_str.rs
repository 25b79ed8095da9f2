//! Tables with string keys: counting under keys made on the spot, then looking up with keys made before.

use std::collections::HashMap;

const UPDATES: i64 = 1_000_000;
const KEYS: i64 = 40_000;
const ROUNDS: i64 = 60;

struct Lcg {
    state: i64,
}

impl Lcg {
    fn draw(&mut self, limit: i64) -> i64 {
        self.state = self.state * 48271 % 2147483647;
        self.state % limit
    }
}

fn main() {
    let mut lcg = Lcg { state: 42 };
    let mut counts: HashMap<String, i64> = HashMap::new();
    for _ in 0..UPDATES {
        *counts.entry(format!("item {}", lcg.draw(KEYS))).or_insert(0) += 1;
    }

    let names: Vec<String> = (0..KEYS).map(|i| format!("item {}", i * 2)).collect();
    let mut found = 0;
    for round in 0..ROUNDS {
        for name in &names {
            if let Some(n) = counts.get(name) {
                found += n * round;
            }
        }
    }

    let mut checksum = 0;
    for (name, n) in &counts {
        checksum += name.len() as i64 * n;
    }
    println!("found {found}, keys {}, checksum {checksum}", counts.len());
}
