//! Values that hold themselves, are nested without end or shared without measure: printed, compared, hashed, sorted,
//! used as keys, written as JSON, asked for their type.

use crate::harness::run;

const CYCLE: &str = "let xs: [any] = [1]\nxs.push(xs)\nlet ys: [any] = [1]\nys.push(ys)\n";
/// Tries an expression; a `DepthError` is one of the right answers.
const TRY: &str = "fn attempt(f) { try { println(f()) } catch e: DepthError { println(\"deep\") } }\n";

#[test]
fn an_array_that_holds_itself() {
    run("print", format!("{CYCLE}println(xs)\nprintln(\"{{xs:?}}\", to_str(ys))\n")).printed("[1, …]\n[1, …] [1, …]");
    run("compare", format!("{CYCLE}{TRY}attempt(|| xs == ys)\nattempt(|| xs < ys)\nattempt(|| compare(xs, ys))\n"))
        .printed("deep\ndeep\ndeep");
    run("hash", format!("{CYCLE}println(hash(xs) == hash(xs))\n")).printed("true");
    run("key", format!("{CYCLE}{TRY}let t: [any: any] = [:]\nt[xs] = 1\nattempt(|| t[ys])\nprintln(len(t))\n"))
        .printed("deep\n1");
    run("sort", format!("{CYCLE}{TRY}attempt(|| len([xs, ys, xs].sort()))\nattempt(|| [xs].contains?(ys))\n"))
        .printed("deep\ndeep");
    run("JSON", format!("import json\n{CYCLE}println(json.stringify(xs))\n")).failed("ValueError", "in itself");
    run("type", format!("{CYCLE}xs.push((xs, Some(xs)))\nprintln(type_of(xs), type_of((xs, Some(xs))))\n"))
        .printed("[any] ([any], Some<[any]>)");
    run("thrown", format!("{CYCLE}throw xs\n")).failed("[any]", "[1, …]");
}

#[test]
fn cycles_through_other_things() {
    let class = "class N { next: any = None }\nlet a = N()\nlet b = N()\na.next = b\nb.next = a\n";
    run("objects", format!("{class}println(a, a == a, a == b)\nlet t: [any: any] = [:]\nt[a] = 1\nprintln(t[a])\n"))
        .printed("N { next: N { next: … } } true false\n1");
    let record = "struct S { mut x: any }\nlet a = S(1)\na.x = a\nlet b = S(1)\nb.x = b\n";
    run("structs", format!("{record}{TRY}println(a)\nattempt(|| a == b)\n")).printed("S { x: … }\ndeep");
    let table = "let t: [str: any] = [\"a\": 1]\nt[\"t\"] = t\nlet u: [str: any] = [\"a\": 1]\nu[\"t\"] = u\n";
    run("tables", format!("{table}{TRY}println(t)\nattempt(|| t == u)\n")).printed("[a: 1, t: …]\ndeep");
    run("keys", format!("{TRY}let t: [any: any] = [:]\nt[t] = t\nlet u: [any: any] = [:]\nu[u] = u\nprintln(t)\nattempt(|| t == u)\n"))
        .any();
    run("closures", "let mut f: any = 1\nlet g = || f\nf = g\nprintln(f == g, g)\n".into())
        .printed("true <fn closure>");
    let errors = "class E(Error) { }\nlet a = E(\"a\")\nlet b = E(\"b\")\na.cause = Some(b)\nb.cause = Some(a)\n";
    run("causes", format!("{errors}throw a\n")).failed("E", "a");
}

#[test]
fn deep_values() {
    let deep = |what: &str, count: usize| format!("let mut x: any = 1\nfor i in 0..{count} {{ x = {what} }}\n");
    for what in ["[x]", "Some(x)", "(x, i)", "%{ a: x }", "[1: x]"] {
        let uses = "println(len(\"{x}\") > 9, len(\"{type_of(x)}\") > 2, hash(x) == hash(x))\n";
        run(what, format!("{}{uses}", deep(what, 100_000))).printed("true true true");
        let other = deep(what, 300_000).replace("x", "y");
        run(what, format!("{}{other}{TRY}attempt(|| x == y)\n", deep(what, 300_000))).printed("deep");
    }
    run("collected", format!("{}println(1)\n", deep("[x]", 1_000_000))).printed("1");
}

#[test]
fn values_with_shared_parts() {
    let shared = |what: &str| format!("let mut x: any = 1\nlet mut y: any = 1\nfor i in 0..60 {{ x = {what} }}\n");
    run("hash", format!("{}println(hash(x) == hash(x))\n", shared("[x, x]"))).printed("true");
    for what in ["(x, x)", "Some((x, x))", "%{ a: x, b: x }"] {
        let dispatch = "fn f(a: any, b: any) { 1 }\nfn f(a: i64, b: i64) { 2 }\nprintln(f(x, x), x is any)\n";
        run(what, format!("{}{dispatch}", shared(what))).printed("1 true");
        let often = "let mut n = 0\nwhile true { if x is (i64, any) { n += 1 } }\n";
        run(what, format!("{}{often}", shared(what))).limited("Fuel");
    }
    let equal = "for i in 0..60 { y = [y, y] }\nprintln(x == y)\n";
    run("equality", format!("{}{equal}", shared("[x, x]"))).limited("Fuel");
    let json = "import json\nprintln(len(json.stringify(x)))\n";
    run("JSON", format!("{}{json}", shared("[x, x]"))).limited("");
}
