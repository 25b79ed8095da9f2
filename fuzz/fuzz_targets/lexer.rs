//! Any bytes: the tokens add up to the text, their places are those of characters, and so are those of messages.
#![no_main]

use libfuzzer_sys::{fuzz_crossover, fuzz_mutator, fuzz_target};
use sayso::stages::base::FileId;
use sayso::stages::syntax::lexer;
use sayso::stages::syntax::token::TokenKind;
use sayso_fuzz::tokens;

fuzz_target!(|data: &[u8]| {
    let text = String::from_utf8_lossy(data);
    let lexed = lexer::lex(FileId(0), &text);
    assert_eq!(lexed.kinds.len(), lexed.starts.len());
    assert!(lexed.starts.first().is_none_or(|first| *first == 0), "nothing stands before the first token");
    assert!(lexed.starts.is_sorted());
    let at_character = |at: u32| text.is_char_boundary(at as usize);
    assert!(lexed.starts.iter().all(|at| at_character(*at)));
    for token in &lexed.significant {
        assert!(token.start <= token.end && at_character(token.start) && at_character(token.end));
        if token.kind != TokenKind::Eof {
            assert_eq!(lexed.starts[token.raw as usize], token.start);
            assert_eq!(lexed.kinds[token.raw as usize], token.kind);
        }
    }
    assert_eq!(lexed.significant.last().map(|token| token.kind), Some(TokenKind::Eof));
    for one in &lexed.diagnostics {
        let span = one.primary.span;
        assert!(span.start <= span.end && at_character(span.start) && at_character(span.end), "{one:?}");
    }
});

fuzz_mutator!(|data: &mut [u8], size: usize, max_size: usize, seed: u32| {
    tokens::mutate(data, size, max_size, seed)
});

fuzz_crossover!(|first: &[u8], second: &[u8], out: &mut [u8], seed: u32| { tokens::cross(first, second, out, seed) });
