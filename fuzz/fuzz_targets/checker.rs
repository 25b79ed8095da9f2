//! Any bytes through the whole front end: no panic on a stack of 2 MiB, messages that can be shown and that are the same
//! each time, a typed program that is the same each time.
#![no_main]

use libfuzzer_sys::{fuzz_crossover, fuzz_mutator, fuzz_target};
use sayso::stages::base::{Style, render};
use sayso::stages::check::print::dump_hir;
use sayso_fuzz::{check, on_worker, tokens};

fuzz_target!(|data: &[u8]| {
    let text = String::from_utf8_lossy(data).into_owned();
    on_worker(data, move || {
        let first = check(&text);
        for one in first.diagnostics.iter().take(20) {
            assert!(!render(one, &first.sources, Style::Plain).is_empty());
        }
        let second = check(&text);
        assert_eq!(first.diagnostics, second.diagnostics, "the same text gives the same messages");
        let printed = |output: &sayso::stages::check::Output| dump_hir(&output.program, &output.names, false);
        assert_eq!(printed(&first), printed(&second), "the same text gives the same program");
    });
});

fuzz_mutator!(|data: &mut [u8], size: usize, max_size: usize, seed: u32| {
    tokens::mutate(data, size, max_size, seed)
});

fuzz_crossover!(|first: &[u8], second: &[u8], out: &mut [u8], seed: u32| { tokens::cross(first, second, out, seed) });
