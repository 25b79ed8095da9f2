//! Fannkuch: over all permutations of 0..SIZE, how often the prefix that the first element names can be reversed
//! until a 0 leads.

use std::hint::black_box;

const SIZE: usize = 9;

fn count_flips(start: &[usize]) -> i64 {
    let mut deck = start.to_vec();
    let mut flips = 0;
    while deck[0] != 0 {
        let mut low = 0;
        let mut high = deck[0];
        while low < high {
            deck.swap(low, high);
            low += 1;
            high -= 1;
        }
        flips += 1;
    }
    flips
}

/// The next permutation in place, given how many rotations of each prefix are left; false after the last one.
fn advance(deck: &mut [usize], left: &mut [usize]) -> bool {
    for last in 1..deck.len() {
        let first = deck[0];
        for i in 0..last {
            deck[i] = deck[i + 1];
        }
        deck[last] = first;
        left[last] -= 1;
        if left[last] > 0 {
            return true;
        }
        left[last] = last + 1;
    }
    false
}

fn fannkuch(size: usize) -> (i64, i64) {
    let mut deck: Vec<usize> = (0..size).collect();
    let mut left: Vec<usize> = (1..=size).collect();
    let mut checksum = 0;
    let mut most = 0;
    let mut even = true;
    loop {
        let flips = count_flips(&deck);
        most = most.max(flips);
        checksum += if even { flips } else { -flips };
        even = !even;
        if !advance(&mut deck, &mut left) {
            return (checksum, most);
        }
    }
}

fn main() {
    let (checksum, most) = fannkuch(black_box(SIZE));
    println!("checksum {checksum}, most flips {most}");
}
