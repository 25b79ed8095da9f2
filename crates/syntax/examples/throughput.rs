//! Measures how fast the lexer and the parser are on the files named on the command line, repeated to about 8 MB.

use sayso_base::{FileId, Interner};
use std::time::{Duration, Instant};

/// How much text is measured, in bytes.
const SIZE: usize = 8 << 20;

fn main() {
    let mut corpus = String::new();
    for name in std::env::args().skip(1) {
        match std::fs::read_to_string(&name) {
            Ok(text) => {
                corpus.push_str(&text);
                corpus.push('\n');
            }
            Err(error) => eprintln!("{name}: {error}"),
        }
    }
    if corpus.is_empty() {
        corpus.push_str("fn square(n: i64) -> i64 { n * n }\nprintln(\"{square(4)} and {square(5):>4}\")\n");
    }
    let text = corpus.repeat(SIZE / corpus.len() + 1);
    let lines = text.bytes().filter(|&b| b == b'\n').count();
    let lexing = best(|| {
        let lexed = sayso_syntax::lexer::lex(FileId(0), &text);
        std::hint::black_box(lexed.significant.len());
    });
    let mut diagnostics = 0;
    let parsing = best(|| {
        let mut interner = Interner::new();
        let parse = sayso_syntax::parse(FileId(0), &text, &mut interner);
        diagnostics = parse.diagnostics.len();
        std::hint::black_box(parse.ast.exprs.len());
    });
    println!("{:.1} MB, {lines} lines, {diagnostics} diagnostics", text.len() as f64 / 1e6);
    for (what, time) in [("lexing", lexing), ("lexing and parsing", parsing)] {
        let seconds = time.as_secs_f64();
        let (mega, line) = (text.len() as f64 / 1e6 / seconds, lines as f64 / 1e6 / seconds);
        println!("{what}: {:.1} ms, {mega:.0} MB/s, {line:.2} M lines/s", seconds * 1e3);
    }
}

/// The shortest of seven runs.
fn best(mut run: impl FnMut()) -> Duration {
    let timed = (0..7).map(|_| {
        let start = Instant::now();
        run();
        start.elapsed()
    });
    timed.min().unwrap_or_default()
}
