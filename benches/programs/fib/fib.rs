//! Recursive Fibonacci: the cost of a call.

use std::hint::black_box;

const SIZE: i64 = 36;

fn fib(n: i64) -> i64 {
    if n < 2 { n } else { fib(n - 1) + fib(n - 2) }
}

fn main() {
    println!("fib({SIZE}) = {}", fib(black_box(SIZE)));
}
