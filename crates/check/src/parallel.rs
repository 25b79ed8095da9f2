//! Work on several threads, where there are any.
//!
//! Results are in the order of what they were made of, whatever thread made them, so nothing depends on how many there
//! are. A thread that cannot be had is done without: the browser has none.

use crate::hir::Program;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

/// Programs of fewer expressions are done before a thread has begun.
const FEW_EXPRESSIONS: usize = 20_000;

/// More threads than this do not help: the work is bound by memory.
const MOST_THREADS: usize = 8;

/// As deep as the main thread's, as a rule.
const STACK: usize = 8 << 20;

/// Whether a program is large enough for several threads.
pub(crate) fn worthwhile(program: &Program) -> bool {
    let mut left = FEW_EXPRESSIONS;
    program.functions.iter().any(|function| {
        left = left.saturating_sub(function.exprs.len());
        left == 0
    })
}

fn threads(wanted: bool) -> usize {
    if !wanted || cfg!(target_family = "wasm") {
        return 1;
    }
    std::thread::available_parallelism().map_or(1, |count| count.get().min(MOST_THREADS))
}

/// What `make` makes of each of the items, in their order.
pub(crate) fn map<T: Sync, R: Send>(items: &[T], wanted: bool, make: impl Fn(&T) -> R + Sync) -> Vec<R> {
    let count = threads(wanted).min(items.len());
    if count < 2 {
        return items.iter().map(make).collect();
    }
    let next = AtomicUsize::new(0);
    let done: Mutex<Vec<(usize, R)>> = Mutex::new(Vec::with_capacity(items.len()));
    let work = || {
        while let Some((index, item)) = {
            let index = next.fetch_add(1, Ordering::Relaxed);
            items.get(index).map(|item| (index, item))
        } {
            let made = make(item);
            done.lock().unwrap_or_else(std::sync::PoisonError::into_inner).push((index, made));
        }
    };
    std::thread::scope(|scope| {
        for _ in 1..count {
            let _ = std::thread::Builder::new().stack_size(STACK).spawn_scoped(scope, work);
        }
        work();
    });
    let mut done = done.into_inner().unwrap_or_else(std::sync::PoisonError::into_inner);
    done.sort_unstable_by_key(|(index, _)| *index);
    done.into_iter().map(|(_, made)| made).collect()
}

/// Does two things side by side, where that is possible.
pub(crate) fn join<A: Send, B>(first: impl Fn() -> A + Sync, second: impl FnOnce() -> B) -> (A, B) {
    if threads(true) < 2 {
        return (first(), second());
    }
    std::thread::scope(|scope| {
        let thread = std::thread::Builder::new().stack_size(STACK).spawn_scoped(scope, &first);
        let second = second();
        let made = match thread {
            Ok(thread) => thread.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)),
            Err(_) => first(),
        };
        (made, second)
    })
}
