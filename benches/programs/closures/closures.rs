//! Closures: map, filter and reduce over a million elements, each step making its vector.

use std::hint::black_box;

const SIZE: i64 = 1_000_000;
const ROUNDS: i64 = 5;

fn main() {
    let values: Vec<i64> = (0..black_box(SIZE)).collect();
    let mut checksum = 0;
    for round in 1..=ROUNDS {
        let mapped: Vec<i64> = values.iter().map(|x| x * round + 3).collect();
        let kept: Vec<i64> = mapped.into_iter().filter(|x| x % 7 < round).collect();
        checksum += kept.iter().fold(0, |sum, x| (sum + x) % 1_000_000_007);
    }
    println!("checksum {checksum}");
}
