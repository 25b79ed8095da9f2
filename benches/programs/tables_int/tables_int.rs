//! Tables with integer keys: counting, looking up (half of the keys are absent), removing, walking.

use std::collections::HashMap;

const UPDATES: i64 = 3_000_000;
const KEYS: i64 = 200_000;
const SPREAD: i64 = 7919;

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
    let mut counts: HashMap<i64, i64> = HashMap::new();
    for _ in 0..UPDATES {
        *counts.entry(lcg.draw(KEYS) * SPREAD).or_insert(0) += 1;
    }

    let mut found = 0;
    for _ in 0..UPDATES {
        if let Some(n) = counts.get(&(lcg.draw(2 * KEYS) * SPREAD)) {
            found += n;
        }
    }

    for i in 0..KEYS / 3 {
        counts.remove(&(3 * i * SPREAD));
    }

    let mut checksum = 0;
    for (key, n) in &counts {
        checksum += key % 1009 * n;
    }
    println!("found {found}, left {}, checksum {checksum}", counts.len());
}
