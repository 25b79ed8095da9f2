//! Any bytes as a program: what compiles passes the verifier, survives its form on disk, and does the same in both
//! engines, at the same cost, and with a collection at every allocation.
#![no_main]

use libfuzzer_sys::{fuzz_crossover, fuzz_mutator, fuzz_target};
use sayso::{Stage, Style};
use sayso_fuzz::{check, on_worker, run, tokens};

fuzz_target!(|data: &[u8]| {
    let text = String::from_utf8_lossy(data).into_owned();
    on_worker(data, move || {
        let checked = check(&text);
        if !checked.is_ok() {
            return;
        }
        let engine = run::engine();
        let program = match engine.finish(checked) {
            Ok(program) => program,
            Err(error) => {
                let shown = error.render(Style::Plain);
                assert!(error.stage != Stage::Verify && !shown.contains("internal-error"), "{shown}");
                return;
            }
        };
        let bytes = program.to_bytes();
        let again = engine.load(&bytes).expect("what was written can be read");
        assert!(again.to_bytes() == bytes, "a program has one form on disk");
        run::agree(&program, true);
    });
});

fuzz_mutator!(|data: &mut [u8], size: usize, max_size: usize, seed: u32| {
    tokens::mutate(data, size, max_size, seed)
});

fuzz_crossover!(|first: &[u8], second: &[u8], out: &mut [u8], seed: u32| { tokens::cross(first, second, out, seed) });
