//! Tests of the whole crate: every check parses a text, compares what was understood with what was meant, and makes
//! sure that the tree prints the text back.

mod depth;
mod errors;
mod expressions;
mod items;
mod layout;
mod lexer;
mod literals;
mod patterns;
mod soup;
mod tree;
mod types;

use crate::Parse;
use sayso_base::{FileId, Interner};

fn parse(text: &str) -> (Parse, Interner) {
    let mut interner = Interner::new();
    let parse = crate::parse(FileId(0), text, &mut interner);
    assert_eq!(parse.tree.source(), text, "the tree must print the text back");
    tree::verify(&parse.tree);
    (parse, interner)
}

/// What was understood of a correct text, statements separated by `; `.
fn understood(text: &str) -> String {
    let (parse, interner) = parse(text);
    let messages: Vec<&str> = parse.diagnostics.iter().map(|d| d.message.as_str()).collect();
    assert!(messages.is_empty(), "{text:?} gave {messages:#?}");
    crate::dump(&parse.ast, &interner).trim_end().replace('\n', "; ")
}

/// Checks that a text is understood as `expected`, without a message.
#[track_caller]
fn check(text: &str, expected: &str) {
    assert_eq!(understood(text), expected, "in {text:?}");
}

/// Checks that two texts mean the same.
#[track_caller]
fn same(text: &str, other: &str) {
    assert_eq!(understood(text), understood(other), "{text:?} and {other:?}");
}

/// The messages of a text, each as `line:column message`.
fn messages(text: &str) -> Vec<String> {
    let (parse, _) = parse(text);
    let place = |offset: u32| {
        let before = text.get(..offset as usize).unwrap_or("");
        let column = before.rsplit('\n').next().unwrap_or("").chars().count() + 1;
        format!("{}:{column}", before.matches('\n').count() + 1)
    };
    parse.diagnostics.iter().map(|d| format!("{} {}", place(d.primary.span.start), d.message)).collect()
}

/// Checks that a text gives exactly these messages.
#[track_caller]
fn reports(text: &str, expected: &[&str]) {
    assert_eq!(messages(text), expected, "in {text:?}");
}
