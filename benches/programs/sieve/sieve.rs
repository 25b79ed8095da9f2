//! Sieve of Eratosthenes: one flat array of booleans.

use std::hint::black_box;

const LIMIT: usize = 8_000_000;

fn primes_below(limit: usize) -> Vec<bool> {
    let mut prime = vec![true; limit];
    prime[0] = false;
    prime[1] = false;
    let mut n = 2;
    while n * n < limit {
        if prime[n] {
            let mut multiple = n * n;
            while multiple < limit {
                prime[multiple] = false;
                multiple += n;
            }
        }
        n += 1;
    }
    prime
}

fn main() {
    let mut count = 0;
    let mut largest = 0;
    for (n, &is_prime) in primes_below(black_box(LIMIT)).iter().enumerate() {
        if is_prime {
            count += 1;
            largest = n;
        }
    }
    println!("{count} primes below {LIMIT}, the largest {largest}");
}
