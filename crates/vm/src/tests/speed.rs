//! Timings, to be looked at.

use super::build::*;
use super::control::FIB;
use crate::Datum::*;
use crate::{Engine, Limits};

/// Processor time of this thread in seconds, where the system tells it.
fn time() -> f64 {
    let text = std::fs::read_to_string("/proc/thread-self/schedstat").unwrap_or_default();
    text.split(' ').next().and_then(|first| first.parse::<f64>().ok()).unwrap_or(0.0) / 1e9
}

#[test]
#[ignore = "prints measurements"]
fn speed() {
    let loops = "
    fn loop(i64) -> i64, registers 5
        load_int r1, 0
        load_int r2, 0
    again:
        mul_i64_imm r3, r2, 3
        xor_i64 r3, r3, r2
        add_i64 r1, r1, r3
        for_range r2, r0, again
        return r1";
    for (name, listing, arg) in [("fib(35)", FIB, 35), ("100M turns of 4", loops, 100_000_000)] {
        for engine in [Engine::Plain, Engine::Threaded] {
            let (mut vm, _) = Build::new(listing).vm(&[], Limits { fuel: None, ..Limits::default() });
            vm.set_engine(engine);
            let start = time();
            vm.call(1, &[Int(arg)]).unwrap();
            println!("{engine:?}: {name} {:.3} s", time() - start);
        }
    }
}
