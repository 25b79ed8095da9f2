//! Long and wide programs: chains, lists, lines, files.

use crate::harness::{run, soon};
use sayso::Engine;
use std::fmt::Write as _;

const MANY: usize = 1_000_000;

/// `count` pieces, made by number.
fn many(count: usize, piece: impl Fn(usize) -> String) -> String {
    (0..count).map(piece).collect()
}

#[test]
fn chains_of_operators() {
    run("sum", format!("let x = 1\nprintln(x{})\n", " + 1".repeat(MANY))).printed("1000001");
    run("and", format!("let x = true\nprintln(x{})\n", " && x".repeat(MANY / 10))).printed("true");
    run("any", format!("fn f(x) {{ x{} }}\nprintln(f(1))\n", " + 1".repeat(10_000))).printed("10001");
    run("strings", format!("let x = \"a\"\nprintln(len(x{}))\n", " + \"b\"".repeat(10_000))).printed("10001");
    let cast = "fn f(x: i64) -> any { x }\nfn g(x: any) { x";
    run("mixed", format!("{cast}{} }}\nprintln(g(1))\n", " + f(1) - 1 * 1".repeat(10_000))).printed("1");
    run("compared", format!("let x = 1\nprintln(x{} == 10001)\n", " + x".repeat(10_000))).printed("true");
}

#[test]
fn chains_of_calls() {
    let text = |count: usize| format!("fn f(x: i64) -> i64 {{ x + 1 }}\nprintln(1{})\n", ".f()".repeat(count));
    run("120 calls", text(120)).printed("121");
    run("10,000 calls", text(10_000)).refused("nests deeper than");
    let piped = |count: usize| format!("fn f(x: i64) -> i64 {{ x + 1 }}\nprintln(1{})\n", " |> f".repeat(count));
    run("200 pipes", piped(200)).printed("201");
    run("1,000,000 pipes", piped(MANY)).refused("nests deeper than");
}

#[test]
fn a_name_bound_again_and_again() {
    let lines = |count: usize| "let q = q + 1\n".repeat(count);
    run("top level", format!("let q = 0\n{}println(q)\n", lines(200_000))).printed("200000");
    run("in a block", format!("fn f() -> i64 {{\nlet q = 0\n{}q\n}}\nprintln(f())\n", lines(50_000))).printed("50000");
}

#[test]
fn mistakes_on_one_long_line() {
    run("unknown names", format!("let a = 1; {}\n", "foo(bar); ".repeat(50_000))).refused("foo");
}

#[test]
fn else_if_chains() {
    let braces = many(100_000, |i| format!(" else if a == {i} {{ println({i}) }}"));
    run("braces", format!("let a = 99_999\nif a == -1 {{ 0 }}{braces}\n")).printed("99999");
    let lines = many(100_000, |i| format!("else if a == {i}: println({i})\n"));
    run("lines", format!("let a = 99_999\nif a == -1: println(0)\n{lines}")).printed("99999");
}

#[test]
fn long_lines_and_texts() {
    run("line", format!("let x = 1; {}\n", "x; ".repeat(10 * MANY / 3))).any();
    run("string", format!("let s = \"{}\"\nprintln(len(s))\n", "a".repeat(10 * MANY))).printed("10000000");
    run("comment", format!("// {}\nprintln(1)\n", "a".repeat(10 * MANY))).printed("1");
    run("name", format!("let {} = 1\nprintln(2)\n", "a".repeat(10 * MANY))).any();
    run("blank lines", "\n".repeat(10 * MANY)).printed("");
    run("a mistake in a long line", format!("let x = {}; y\n", "1; ".repeat(MANY))).refused("there is no `y` here");
}

#[test]
fn many_lines() {
    run("assignments", format!("let mut x = 0\n{}println(x)\n", "x += 1\n".repeat(MANY))).printed("1000000");
    run("variables", format!("fn f() {{\n{}}}\nf()\n", many(100_000, |i| format!("let x{i} = {i}\n"))))
        .refused("more than 65,000 registers");
    run("top-level variables", format!("{}println(x7)\n", many(100_000, |i| format!("let x{i} = {i}\n")))).printed("7");
    run("signs", "$ ".repeat(MANY)).refused("means nothing here");
    run("brackets", ") ".repeat(MANY)).refused("closes nothing");
    run("semicolons", ";".repeat(MANY)).refused("expected an expression");
    run("quotes", "\"".repeat(MANY)).any();
    run("comments", "/*".repeat(MANY)).refused("not closed");
}

#[test]
fn many_functions() {
    let functions = many(50_000, |i| format!("fn f{i}() {{ {i} }}\n"));
    run("called", format!("{functions}{}println(f7())\n", many(50_000, |i| format!("f{i}()\n")))).printed("7");
    let chain = many(10_000, |i| format!("fn f{i}() {{ f{}() }}\n", i + 1));
    run("each other", format!("{chain}fn f10000() {{ 1 }}\nprintln(f0())\n")).printed("1");
    let parameters = |count: usize| {
        let (names, values) = (many(count, |i| format!("p{i}, ")), "1, ".repeat(count));
        format!("fn f({names}) {{ p3 }}\nprintln(f({values}))\n")
    };
    run("1,000 parameters", parameters(1_000)).printed("1");
    run("100,000 parameters", parameters(100_000)).refused("more than 65,000 registers");
    run("holes", format!("let a = 1\nprintln(\"{}\")\n", "{a}".repeat(100_000))).refused("more than 65,000 registers");
}

#[test]
fn very_many_functions() {
    let text = many(MANY / 4, |i| format!("fn f{i}() {{ 1 }}\n"));
    let output = soon("very many functions", || {
        let engine = Engine::builder().build();
        engine.check("hostile.say", text).diagnostics.len()
    });
    assert_eq!(output, 0);
}

#[test]
fn many_elements() {
    let numbers = many(MANY, |i| format!("{i}, "));
    run("array", format!("let xs = [{numbers}]\nprintln(len(xs), xs[77])\n")).printed("1000000 77");
    let pairs = many(100_000, |i| format!("{i}: {i}, "));
    run("table", format!("let t = [{pairs}]\nprintln(len(t), t[77])\n")).printed("100000 77");
    let mixed = many(100_000, |i| ["1, ", "\"a\", ", "1.5, ", "#b, "][i % 4].to_owned());
    run("kinds", format!("let xs = [{mixed}]\nprintln(len(xs))\n")).printed("100000");
    let symbols = many(10_000, |i| format!("#s{i}, "));
    run("symbols", format!("let xs = [{symbols}]\nprintln(len(xs))\n")).refused("larger or deeper");
    run("tuple", format!("let t = ({})\nprintln(t.5)\n", "1, ".repeat(100_000))).any();
    run("arguments", format!("fn f(*xs: [any]) {{ len(xs) }}\nf({})\n", "1, ".repeat(20_000))).any();
}

#[test]
fn many_fields() {
    let fields = |count: usize| many(count, |i| format!("a{i}: i64 = {i}, "));
    run("10,000", format!("struct S {{ {} }}\nprintln(S {{ a1: 2 }}.a5)\n", fields(10_000))).printed("5");
    run("70,000", format!("struct S {{ {} }}\nprintln(S {{ a1: 2 }}.a5)\n", fields(70_000))).refused("at most 60000");
    let shape = many(20_000, |i| format!("a{i}: {i}, "));
    run("shape", format!("let t = %{{ {shape} }}\nprintln(t.a5)\n")).any();
}

#[test]
fn many_cases() {
    let program = |count: usize, arms: usize| {
        let mut text =
            format!("enum E {{ {} }}\nfn f(e: E) -> i64 {{ match e {{\n", many(count, |i| format!("V{i}, ")));
        for arm in 0..arms {
            let _ = writeln!(text, "V{arm} => {arm}");
        }
        text + "} }\nprintln(f(V77))\n"
    };
    run("1,000 variants", program(1_000, 1_000)).printed("77");
    run("a missing one", program(1_000, 990)).refused("does not cover");
    run("100,000 variants", program(100_000, 100_000)).any();
    let numbers = many(100_000, |i| format!("{i} => {i}\n"));
    run("numbers", format!("fn f(x: i64) {{ match x {{\n{numbers}_ => 2 }} }}\nprintln(f(77))\n")).printed("77");
    let texts = many(20_000, |i| format!("\"s{i}\" => {i}\n"));
    run("strings", format!("fn f(x: str) {{ match x {{\n{texts}_ => 2 }} }}\nprintln(f(\"s7\"))\n")).printed("7");
    let one_of = many(100_000, |i| format!("{i} | "));
    run("alternatives", format!("fn f(x) {{ match x {{ {one_of}-1 => 1, _ => 2 }} }}\nprintln(f(5))\n")).printed("1");
    let symbols = many(10_000, |i| format!("#s{i} | "));
    run("union", format!("type A = {symbols}#x\nfn f(a: A) {{ a }}\n")).refused("larger or deeper");
}

#[test]
fn many_defers_and_ways_out() {
    run("defers", format!("fn g() {{}}\nfn f() {{ {} }}\nf()\n", "defer g()\n".repeat(50_000))).any();
    let both = "defer g()\nif x == 1 { return 1 }\n".repeat(300);
    run("defers and returns", format!("fn g() {{}}\nfn f(x: i64) {{ {both} 2 }}\nprintln(f(1))\n")).printed("1");
    let both = "defer g()\nif x == 1 { return 1 }\n".repeat(3_000);
    run("too many", format!("fn g() {{}}\nfn f(x: i64) {{ {both} 2 }}\nprintln(f(1))\n")).refused("becomes too large");
    run("nested", format!("{}1{}\n", "defer { ".repeat(60), " }".repeat(60))).refused("becomes too large");
    run("catches", format!("try {{ 1 }} {}\n", "catch e: str { 2 } ".repeat(10_000))).printed("");
}

#[test]
fn odd_bytes() {
    run("NUL", "let x = 1\0\nprintln(x)\n".into()).refused("NUL");
    run("BOM", "\u{feff}println(1)\n".into()).printed("1");
    run("CRLF", "if true:\r\n    println(1)\r\nprintln(2)\r\n".into()).printed("1\n2");
    run("CR", "println(1)\rprintln(2)\r".into()).any();
    run("directions", "println(\"\u{202e}\u{2066}\")\n\u{200b}\n".into()).any();
    // As the command line and loaders do with bytes that are no text.
    let bytes = b"let x = \"\xff\xfe\"\nprintln(\xc3)\n";
    run("no UTF-8", String::from_utf8_lossy(bytes).into_owned()).any();
}
