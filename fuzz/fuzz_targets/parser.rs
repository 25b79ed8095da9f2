//! Any bytes: the tree prints back, messages can be shown, an entry of an interactive session can be judged, and the
//! same text gives the same tree.
#![no_main]

use libfuzzer_sys::{fuzz_crossover, fuzz_mutator, fuzz_target};
use sayso::stages::base::{FileId, Interner, SourceMap, Style, render};
use sayso::stages::syntax;
use sayso_fuzz::{on_worker, tokens};

fuzz_target!(|data: &[u8]| {
    let text = String::from_utf8_lossy(data).into_owned();
    on_worker(data, move || {
        let mut names = Interner::new();
        let parse = syntax::parse(FileId(0), &text, &mut names);
        assert_eq!(parse.tree.source(), text, "the tree prints back");
        for one in &parse.diagnostics {
            let span = one.primary.span;
            let (start, end) = (span.start as usize, span.end as usize);
            assert!(start <= end && text.is_char_boundary(start) && text.is_char_boundary(end), "{one:?}");
        }
        let mut sources = SourceMap::new();
        let _ = sources.add("input.say", text.as_str());
        for one in parse.diagnostics.iter().take(5) {
            assert!(!render(one, &sources, Style::Plain).is_empty());
        }
        let dump = syntax::dump(&parse.ast, &names);
        let mut again = Interner::new();
        let second = syntax::parse(FileId(0), &text, &mut again);
        assert_eq!(dump, syntax::dump(&second.ast, &again), "the same text gives the same view");
        let _ = syntax::is_complete(&text);
    });
});

fuzz_mutator!(|data: &mut [u8], size: usize, max_size: usize, seed: u32| {
    tokens::mutate(data, size, max_size, seed)
});

fuzz_crossover!(|first: &[u8], second: &[u8], out: &mut [u8], seed: u32| { tokens::cross(first, second, out, seed) });
