//! Sorting records with a comparison that the program supplies.

use std::cmp::Ordering;

const SIZE: i64 = 300_000;

struct Record {
    id: i64,
    group: i64,
    score: f64,
}

struct Lcg {
    state: i64,
}

impl Lcg {
    fn draw(&mut self, limit: i64) -> i64 {
        self.state = self.state * 48271 % 2147483647;
        self.state % limit
    }
}

/// By group, then from the highest score down, then by id, so that no two records are equal.
fn compare(a: &Record, b: &Record) -> Ordering {
    a.group.cmp(&b.group).then_with(|| b.score.total_cmp(&a.score)).then_with(|| a.id.cmp(&b.id))
}

fn main() {
    let mut lcg = Lcg { state: 42 };
    let mut records: Vec<Record> = (0..SIZE)
        .map(|id| Record { id, group: lcg.draw(100), score: lcg.draw(10_000) as f64 / 16.0 })
        .collect();
    records.sort_by(compare);
    let mut checksum = 0;
    for (i, record) in (1..).zip(&records) {
        checksum = (checksum + record.id * i) % 1_000_000_007;
    }
    println!("first {}, last {}, checksum {checksum}", records[0].id, records[records.len() - 1].id);
}
