//! Nesting: far past the limit, and right up to it, where every stage has to walk what is there.

use crate::harness::{End, run};

const MANY: usize = 1_000_000;
/// For what differs little from something tried with [`MANY`].
const SOME: usize = 50_000;
/// Near what the parser allows.
const FULL: usize = sayso::stages::syntax::ast::MAX_DEPTH - 6;

/// `open` many times, `inner`, `close` as often, in `before` and `behind`: refused when it nests very deep; and in
/// an orderly way whatever comes of it when it nests as deep as may be.
#[track_caller]
fn nests(before: &str, open: &str, inner: &str, close: &str, behind: &str) {
    let text = |count: usize| format!("{before}{}{inner}{}{behind}", open.repeat(count), close.repeat(count));
    let name = |count: usize| format!("{open:?} × {count}");
    run(&name(SOME), text(SOME)).refused("nests deeper than");
    for count in [FULL, FULL / 2, FULL / 3, FULL / 4] {
        let end = run(&name(count), text(count));
        if let End::Refused(messages) = &end {
            assert!(messages.len() <= 2 * FULL, "{} messages: {:.500?}", messages.len(), messages);
        }
    }
}

#[test]
fn a_million_levels() {
    let pairs = [
        ("(", ")"),
        ("[", "]"),
        ("{ ", " }"),
        ("if a { ", " }"),
        ("if a: ", ""),
        ("match a { _ => ", " }"),
        ("|x| ", ""),
        ("!", ""),
        ("\"{", "}\""),
        ("f(", ")"),
    ];
    for (open, close) in pairs {
        let text = format!("let a = true\nlet b = {}a{}\n", open.repeat(MANY), close.repeat(MANY));
        run(open, text).refused("nests deeper than");
    }
    run("types", format!("fn f(x: {}i64{}) {{ x }}\n", "[".repeat(MANY), "]".repeat(MANY))).refused("nests deeper");
    run("patterns", format!("let {}a{} = 1\n", "(".repeat(MANY), ",)".repeat(MANY))).refused("nests deeper than");
    run("fields", format!("let x = 1\nprintln(x{})\n", ".x".repeat(MANY))).refused("nests deeper than");
    run("open brackets", "(".repeat(MANY)).refused("nests deeper than");
}

#[test]
fn brackets() {
    nests("println(", "(", "1", ")", ")\n");
    nests("println(", "[", "1", "]", ")\n");
    nests("println(", "#[", "1", "]", ")\n");
    nests("println(", "(1, ", "1", ")", ")\n");
    nests("println(", "[1: ", "1", "]", ")\n");
    nests("println(", "%{ x: ", "1", " }", ")\n");
    nests("fn f(x) { x }\nprintln(", "f(", "1", ")", ")\n");
    nests("let xs = [0, 0]\nprintln(", "xs[", "1", "]", ")\n");
    nests("println(", "Some(", "1", ")", ")\n");
    nests("", "{ ", "1", " }", "\n");
    nests("println(", "[0, ..", "[1]", "]", ")\n");
    nests("println(", "[1; ", "1", "]", ")\n");
}

#[test]
fn heads() {
    nests("let a = true\n", "if a { ", "1", " }", "\n");
    nests("let a = true\nlet b = ", "if a { ", "1", " } else { 2 }", "\n");
    nests("let a = true\nlet b = ", "if a { 1 } else { ", "1", " }", "\n");
    nests("let a = true\n", "if a: ", "println(1)", "", "\n");
    nests("let a = 1\nlet b = ", "match a { _ => ", "1", " }", "\n");
    nests("let a = 1\nlet b = ", "match ", "1", " { x => x }", "\n");
    nests("let a = 1\nlet b = ", "match a { 1 => 2, x => ", "\"\"", " }", "\n");
    nests("", "for i in 0..1 { ", "println(1)", " }", "\n");
    nests("", "while true { ", "break", "; break }", "\n");
    nests("let b = ", "loop { break ", "1", " }", "\n");
    nests("", "try { ", "println(1)", " } catch e { 1 }", "\n");
    nests("", "try { 1 } catch e { ", "println(1)", " }", "\n");
    nests("", "defer { ", "println(1)", " }", "\n");
    nests("let b = ", "comptime { ", "1", " }", "\n");
    nests("", "fn f() { ", "1", " }", "\n");
    nests("let b = Some(1)\n", "if let Some(x) = b { ", "1", " }", "\n");
}

#[test]
fn an_indented_head_a_thousand_deep() {
    let mut text = String::from("let a = true\n");
    for level in 0..1000 {
        text.push_str(&" ".repeat(level));
        text.push_str("if a:\n");
    }
    text.push_str(&" ".repeat(1000));
    text.push_str("println(1)\n");
    run("indented ifs", text).refused("nests deeper than");
}

#[test]
fn closures() {
    nests("let f = ", "|x| ", "x", "", "\n");
    nests("let f = ", "|x: i64| ", "x", "", "\n");
    nests("let f = ", "|x| { let y = x; ", "1", " }", "\n");
    nests("let f = ", "|| ", "1", "", "\n");
    nests("fn id(f) { f }\nlet f = ", "id(|x| ", "x", ")", "\n");
    nests("fn id<T>(f: T) -> T { f }\nlet f = ", "id(|x| ", "x", ")", "\n");
    nests("let f = ", "[1].map(|x| ", "[1]", ")", "\n");
}

#[test]
fn prefix_operators() {
    nests("let a = true\nprintln(", "!", "a", "", ")\n");
    nests("let a = 1\nprintln(", "-", "a", "", ")\n");
    nests("let a = 1\nprintln(", "- -", "a", "", ")\n");
    nests("", "throw ", "1", "", "\n");
    nests("fn f() { ", "return ", "1", "", " }\n");
    nests("let a = ", "2 ** ", "1", "", "\n");
    nests("let n = None\nlet a = ", "n ?? ", "1", "", "\n");
    nests("let a = ", "comptime ", "1", "", "\n");
    nests("", "spawn ", "1", "", "\n");
}

#[test]
fn strings_in_holes() {
    nests("println(", "\"{", "1", "}\"", ")\n");
    nests("println(", "\"a{\"b\"}{", "1", "}c\"", ")\n");
}

#[test]
fn types() {
    nests("fn f(x: ", "[", "i64", "]", ") { x }\n");
    nests("fn f(x: ", "(", "i64", ",)", ") { x }\n");
    nests("fn f(x: ", "(i64, ", "i64", ")", ") { x }\n");
    nests("fn f(x: ", "Option<", "i64", ">", ") { x }\n");
    nests("fn f(x: ", "%{ a: ", "i64", " }", ") { x }\n");
    nests("fn f(x: ", "fn() -> ", "i64", "", ") { x }\n");
    nests("fn f(x: ", "fn(", "i64", ")", ") { x }\n");
    nests("fn f(x: ", "fn(", "i64", ") -> i64", ") { x }\n");
    nests("fn f(x: ", "[str: ", "i64", "]", ") { x }\n");
    nests("fn f(x: i64", "?", "", "", ") { x }\n");
    nests("fn f(x: ", "(i64 | ", "str", ")", ") { x }\n");
    nests("fn f(x) { x is ", "[", "i64", "]", " }\n");
    nests("fn f(x) { x as ", "(i64, ", "i64", ")", " }\n");
}

#[test]
fn patterns() {
    nests("fn f(v) { match v { ", "(", "y", ",)", " => 1, _ => 2 } }\nf(1)\n");
    nests("fn f(v) { match v { ", "(1, ", "y", ")", " => 1, _ => 2 } }\nf(1)\n");
    nests("fn f(v) { match v { ", "[", "y", "]", " => 1, _ => 2 } }\nf(1)\n");
    nests("fn f(v) { match v { ", "Some(", "y", ")", " => 1, _ => 2 } }\nf(1)\n");
    nests("struct P { x: any }\nfn f(v) { match v { ", "P { x: ", "y", " }", " => 1, _ => 2 } }\nf(1)\n");
    nests("fn f(v) { match v { ", "x @ ", "y", "", " => 1, _ => 2 } }\nf(1)\n");
    nests("fn f(v) { match v { ", "(1 | ", "2", ")", " => 1, _ => 2 } }\nf(1)\n");
    nests("let ", "(a, ", "b", ")", " = 1\n");
}

#[test]
fn postfix_operators() {
    nests("let x = %{ x: 1 }\nprintln(x", ".x", "", "", ")\n");
    nests("fn x(x: any) -> any { x }\nprintln(1", ".x()", "", "", ")\n");
    nests("fn x(y) { x }\nprintln(x", "(1)", "", "", ")\n");
    nests("let x = [1]\nprintln(x", "[0]", "", "", ")\n");
    nests("let x = 1\nprintln(x", " as i64", "", "", ")\n");
    nests("fn f(x) { x }\nprintln(1", " |> f", "", "", ")\n");
    nests("let x = Some(1)\nprintln(x", "?.x", "", "", ")\n");
    nests("fn f() -> i64? { let x = Some(1)\nx", "?", "", "", " }\n");
    nests("let x = 1\nprintln(x", " is i64", "", "", ")\n");
}
