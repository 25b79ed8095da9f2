//! Fuel, memory, deadline, abort.

use super::build::*;
use super::control::FIB;
use crate::Datum::*;
use crate::{Clock, Engine, ErrorKind, Excess, Host, Limits, Vm};
use std::time::Duration;

const LOOP: &str = "
fn f() -> i64, registers 2
    load_int r0, 0
again:
    add_i64_imm r0, r0, 1
    jump again";

#[test]
fn fuel_is_exact_and_the_same_in_both_engines() {
    // The entry costs 8 for each of the 25 calls of fib(6), and nothing jumps back.
    for fuel in [199, 200] {
        for engine in [Engine::Plain, Engine::Threaded] {
            let (mut vm, _) = Build::new(FIB).vm(&[], Limits { fuel: Some(fuel), ..Limits::default() });
            vm.set_engine(engine);
            let result = vm.call(1, &[Int(6)]);
            assert_eq!(result.is_ok(), fuel == 200, "{result:?}");
            assert_eq!(vm.usage().fuel, fuel);
        }
    }
}

#[test]
fn fuel_ends_at_the_same_place_whatever_the_slices() {
    for fuel in [10, 19_999, 20_000, 20_001, 100_003] {
        let (mut vm, _) = Build::new(LOOP).vm(&[], Limits { fuel: Some(fuel), ..Limits::default() });
        let error = vm.call(1, &[]).unwrap_err();
        assert_eq!(error.kind, ErrorKind::Limit(Excess::Fuel));
        assert_eq!(vm.usage().fuel, fuel);
    }
}

#[test]
fn memory_is_a_limit() {
    let listing = "
    fn f(ref) -> ref, registers 1
    again:
        concat r0, r0, r0
        jump again";
    let (mut vm, _) = Build::new(listing).vm(&[], Limits { memory: 4 << 20, ..Limits::default() });
    let error = vm.call(1, &[Str("x".into())]).unwrap_err();
    assert_eq!(error.kind, ErrorKind::Limit(Excess::Memory));
    assert!(vm.usage().memory <= 4 << 20);
    vm.collect();
    assert!(vm.usage().memory < 1 << 20, "{}", vm.usage().memory);
}

#[test]
fn garbage_does_not_count() {
    let listing = "
    fn f(i64) -> ref, registers 3
        load_int r1, 0
    again:
        i64_to_str r2, r1
        for_range r1, r0, again
        return r2";
    let (mut vm, _) = Build::new(listing).vm(&[], Limits { memory: 2 << 20, ..Limits::default() });
    assert_eq!(vm.call(1, &[Int(1_000_000)]), Ok(Str("999999".into())));
    assert!(vm.usage().collections > 0);
    vm.verify_heap().unwrap();
}

#[test]
fn tiny_memory_is_refused_or_enough() {
    for memory in [0, 1000, 20_000, 100_000, 200_000, 300_000] {
        let program = Build::new(FIB).program();
        match Vm::new(program, &[], Host::default(), Limits { memory, ..Limits::default() }) {
            Ok(mut vm) => assert_eq!(vm.call(1, &[Int(10)]), Ok(Int(55))),
            Err(error) => assert_eq!(error.kind, ErrorKind::Setup),
        }
    }
}

#[test]
fn deep_recursion_meets_the_memory_limit_as_an_error() {
    let listing = "fn down(i64) -> i64, registers 60000\n call r0, fn:1\n return r0";
    let (mut vm, _) = Build::new(listing).vm(&[], Limits { memory: 8 << 20, ..Limits::default() });
    let error = vm.call(1, &[Int(0)]).unwrap_err();
    assert_eq!(error.kind, ErrorKind::Limit(Excess::Memory));
}

#[test]
fn an_abort_ends_the_run() {
    let (mut vm, _) = Build::new(LOOP).vm(&[], Limits { fuel: None, ..Limits::default() });
    let handle = vm.abort_handle();
    let waiter = std::thread::spawn(move || {
        std::thread::sleep(Duration::from_millis(20));
        handle.abort();
    });
    let error = vm.call(1, &[]).unwrap_err();
    assert_eq!(error.kind, ErrorKind::Limit(Excess::Abort));
    waiter.join().unwrap();
    vm.abort_handle().reset();
}

#[test]
fn a_deadline_ends_the_run() {
    struct Ticking(std::sync::atomic::AtomicU64);
    impl Clock for Ticking {
        fn monotonic(&self) -> Duration {
            Duration::from_millis(self.0.fetch_add(1, std::sync::atomic::Ordering::Relaxed))
        }
        fn wall(&self) -> Duration {
            Duration::ZERO
        }
    }
    let program = Build::new(LOOP).program();
    let host = Host { clock: Some(Box::new(Ticking(Default::default()))), ..Host::default() };
    let limits = Limits { fuel: None, deadline: Some(Duration::from_millis(100)), ..Limits::default() };
    let mut vm = Vm::new(program, &[], host, limits).unwrap();
    for _ in 0..2 {
        let error = vm.call(1, &[]).unwrap_err();
        assert_eq!(error.kind, ErrorKind::Limit(Excess::Deadline));
    }
}

#[test]
fn vms_are_independent_and_may_move_to_other_threads() {
    let program = Build::new(FIB).program();
    let threads: Vec<_> = (0..2)
        .map(|_| {
            let mut vm = Vm::new(program.clone(), &[], Host::default(), Limits::default()).unwrap();
            std::thread::spawn(move || vm.call(1, &[Int(15)]))
        })
        .collect();
    for thread in threads {
        assert_eq!(thread.join().unwrap(), Ok(Int(610)));
    }
}
