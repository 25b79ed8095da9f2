//! Patterns.

use super::{check, reports};

#[track_caller]
fn pattern(text: &str, expected: &str) {
    check(&format!("match v {{ {text} => 1 }}"), &format!("(match v ({expected} => 1))"));
}

#[test]
fn literals_and_ranges() {
    pattern("0", "0");
    pattern("-1", "(- 1)");
    pattern("-1.5", "(- 1.5)");
    pattern("\"a\"", "\"a\"");
    pattern("r\"a\"", "\"a\"");
    pattern("b'a'", "b97");
    pattern("#ok", "#ok");
    pattern("true", "true");
    pattern("()", "(tuple)");
    pattern("0..10", "(.. 0 10)");
    pattern("-1..=5", "(..= (- 1) 5)");
    pattern("5..", "(.. 5 _)");
    pattern("..5", "(.. _ 5)");
    pattern("..=5", "(..= _ 5)");
    pattern("b'a'..=b'z'", "(..= b97 b122)");
    reports("match v { \"{x}\" => 1 }", &["1:11 a string in a pattern has no holes"]);
    reports("match v { 1..n => 1 }", &["1:14 the ends of a range in a pattern are literals"]);
    reports("match v { .. => 1 }", &["1:11 expected a number behind `..`"]);
}

#[test]
fn names_and_types() {
    pattern("x", "x");
    pattern("_", "_");
    pattern("x @ 0..5", "(@ x (.. 0 5))");
    pattern("x @ Some(y)", "(@ x (variant Some y))");
    pattern("n: i64", "(n: i64)");
    pattern("_: i64", "(_: i64)");
    pattern("n: i64 | str", "(n: (| i64 str))");
    pattern("n: i64 | s: str", "(| (n: i64) (s: str))");
    pattern("a.B", "a.B");
    pattern("LIMIT", "LIMIT");
}

#[test]
fn structured() {
    pattern("(a, _, 0)", "(tuple a _ 0)");
    pattern("(a,)", "(tuple a)");
    pattern("(a)", "a");
    pattern("(a | b)", "(| a b)");
    pattern("(n: i64, x)", "(tuple (n: i64) x)");
    pattern("[]", "(array)");
    pattern("[a, b]", "(array a b)");
    pattern("[a, ..]", "(array a ..)");
    pattern("[a, ..rest, b]", "(array a ..rest b)");
    pattern("[..rest]", "(array ..rest)");
    pattern("[..5]", "(array (.. _ 5))");
    pattern("P { x, y: 0, .. }", "(struct P x=x y=0 ..)");
    pattern("a.P {}", "(struct a.P)");
    pattern("P {\n x\n , y: 1 }", "(struct P x=x y=1)");
    pattern("Some(x)", "(variant Some x)");
    pattern("Circle(..)", "(variant Circle ..)");
    pattern("Pair(a, ..)", "(variant Pair a ..)");
    pattern("Red()", "(variant Red)");
    pattern("a.B(Some((x, 0)))", "(variant a.B (variant Some (tuple x 0)))");
    reports("match v { P(.., x) => 1 }", &["1:13 `..` is the last of a pattern's fields or payload"]);
    reports("match v { [..a, ..b] => 1 }", &["1:17 an array pattern has one `..` at most"]);
}

#[test]
fn alternatives_and_guards() {
    pattern("1 | 2 | 3", "(| 1 2 3)");
    pattern("| 1 | 2", "(| 1 2)");
    pattern("Some(1 | 2) | None", "(| (variant Some (| 1 2)) None)");
    pattern("x if x > 1 && y", "x if (&& (> x 1) y)");
    pattern("[a, ..] if len(a) == 2", "(array a ..) if (== (call len a) 2)");
}

#[test]
fn what_is_no_pattern() {
    reports("let mut (mut a, b) = t", &["1:10 `mut` is no part of a pattern"]);
    reports("match v { a + b => 1 }", &["1:13 expected `=>` behind the pattern, found `+`"]);
    reports("match v { #[a] => 1, b => 2 }", &["1:11 a persistent collection has no pattern"]);
    reports("let for = 1", &["1:5 `for` is a keyword and cannot name a variable"]);
    reports("fn f(type: T) {}", &["1:6 `type` is a keyword and cannot name a variable"]);
}
