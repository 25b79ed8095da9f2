//! Tests on small modules made of listings, each run by both engines, with and without collecting at every allocation.

mod build;

use crate::{Datum, Limits};
use build::*;

const FIB: &str = "
fn fib(i64) -> i64, registers 4
    jump_ge_imm r0, 2, more
    return r0
more:
    add_i64_imm r1, r0, -1
    call r1, fn:1
    add_i64_imm r2, r0, -2
    call r2, fn:1
    add_i64 r1, r1, r2
    return r1";

#[test]
fn calls_return_to_their_callers() {
    assert_eq!(run(FIB, &[Datum::Int(15)]), Ok(Datum::Int(610)));
}

#[test]
fn a_long_loop_does_not_grow_the_native_stack() {
    let listing = "
    fn loop() -> i64, registers 2
        load_int r0, 0
        load_int r1, 20000000
    again:
        for_range r0, r1, again
        return r0";
    assert_eq!(run(listing, &[]), Ok(Datum::Int(20_000_000)));
}

#[test]
#[ignore]
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
        for engine in [crate::Engine::Plain, crate::Engine::Threaded] {
            let (mut vm, _) = Build::new(listing).vm(&[], Limits { fuel: None, ..Limits::default() });
            vm.set_engine(engine);
            let start = std::time::Instant::now();
            vm.call(1, &[Datum::Int(arg)]).unwrap();
            println!("{engine:?}: {name} {:?}", start.elapsed());
        }
    }
}
