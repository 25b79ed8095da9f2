//! Any bytes as a program image: decoding and verifying never panic; what is verified runs within its limits, leaves a
//! sound heap, and does the same in both engines.
#![no_main]

use libfuzzer_sys::{fuzz_mutator, fuzz_target};
use sayso::stages::bytecode::format;
use sayso_fuzz::{image, on_worker, run};

fuzz_target!(|data: &[u8]| {
    let data = data.to_vec();
    on_worker(&data.clone(), move || {
        format::fuzz(&data);
        let Ok(program) = run::engine().load(&format::mended(&data)) else { return };
        run::agree(&program, true);
    });
});

fuzz_mutator!(|data: &mut [u8], size: usize, max_size: usize, seed: u32| { image::mutate(data, size, max_size, seed) });
