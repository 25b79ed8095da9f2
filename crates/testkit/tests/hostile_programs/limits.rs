//! Limits: what runs without end is stopped by each of them, soon; what was printed stays; a program may catch a
//! `DepthError` and nothing else.

use crate::harness::{End, limits, run, run_within, soon};
use sayso::{Engine, ErrorKind, Host, Limits, SharedBuffer, Vm};
use std::time::{Duration, Instant};

/// Programs that end only by a limit, each after having printed something.
const ENDLESS: &[(&str, &str)] = &[
    ("loop", "while true {}\n"),
    ("loop with work", "let mut x = 0.5\nwhile true { x = sqrt(x + 1.0) }\n"),
    ("calls", "fn f(n: i64) -> i64 { n }\nwhile true { f(1) }\n"),
    ("recursion", "fn f(n: i64) -> i64 { if n == 0 { 0 } else { f(n - 1) } }\nwhile true { f(1000) }\n"),
    ("errors", "while true { try { throw \"x\" } catch e { } }\n"),
    ("faults", "let xs = [1]\nwhile true { try { xs[5] } catch e { } }\n"),
    (
        "deep errors",
        "fn f(n: i64) { if n == 0 { while true { try { throw \"x\" } catch e { } } } else { f(n - 1) } }\nf(150_000)\n",
    ),
    ("deferred", "fn f() { defer { while true {} }\n while true {} }\nf()\n"),
    ("sort", "[3, 1, 2].sort_with(|a, b| { while true {}\n true })\n"),
    ("closures", "let f = |x| x\nwhile true { f(1) }\n"),
    (
        "dispatch",
        "fn f(x: i64) { 1 }\nfn f(x: str) { 2 }\nlet xs: [any] = [1, \"a\"]\nwhile true { f(xs[0])\n f(xs[1]) }\n",
    ),
    ("generator", "fn g() { while true { yield 1 } }\nfor x in g() { }\n"),
    ("find", "let s = \"a\".repeat(1000000)\nlet p = \"a\".repeat(500000) + \"b\"\nwhile true { s.find(p) }\n"),
    ("texts", "while true { let s = \"{1} {2.5} {[1, 2]}\" }\n"),
    ("compare", "let a = [0; 100000]\nlet b = [0; 100000]\nwhile true { a == b }\n"),
    ("slices", "let a = [0; 100000]\nwhile true { a[..] }\n"),
    ("strings", "let s = \"ab\".repeat(100000)\nwhile true { s.replace(\"a\", \"c\") }\n"),
    ("parse", "import json\nlet s = \"[\" + \"1,\".repeat(100000) + \"1]\"\nwhile true { json.parse(s) }\n"),
    ("keys", "let t: [any: i64] = [:]\nlet k = [\"a\".repeat(100000)]\nwhile true { t[k] = 1 }\n"),
];

/// Programs that make ever new types at run time, and keep no values.
const TYPES: &[(&str, &str)] = &[
    (
        "type arguments",
        "fn g<T>(x: T, n: i64) -> i64 { if n == 0 { len([x]) } else { g((x, 1), n - 1) + g((1, x), n - 1) } }\ng(1, 40)\n",
    ),
    (
        "types of values",
        "fn g(x: any, n: i64) -> i64 {\n if n == 0 { if x is (any, str) { 1 } else { 0 } }\n else { g((x, 1), n - 1) + g((1, x), \
         n - 1) }\n}\ng(1, 40)\n",
    ),
    (
        "dispatch",
        "fn f(x: (any, i64)) { 1 }\nfn f(x: (i64, any)) { 2 }\nfn f(x: (i64, i64)) { 3 }\nfn g(x: any, n: i64) -> i64 {\n if n == 0 \
         { 0 } else { f((x, 1))\n f((1, x))\n g((x, 1), n - 1) + g((1, x), n - 1) }\n}\ng(1, 40)\n",
    ),
    (
        "open parameters",
        "fn g(x: any, n: i64) -> i64 {\n if n == 0 { if Some(x) is Option.Some<str> { 1 } else { 0 } }\n else { g(Some(x), n - 1) + g(Ok(x), \
         n - 1) }\n}\ng(1, 30)\n",
    ),
    (
        "functions that are given types",
        "fn g<T>(t: Type<T>, n: i64) -> i64 { if n == 0 { 0 } else { g(type((T, i64)), n - 1) + g(type([T]), n - 1) } }\ng(i64, 40)\n",
    ),
];

/// A machine on a program, with a clock, and what it prints.
fn machine(text: &str, limits: Limits) -> (Vm, SharedBuffer) {
    let engine = Engine::builder().limits(limits).build();
    let program = engine.compile("hostile.say", format!("println(\"before\")\n{text}")).expect("it compiles");
    let output = SharedBuffer::new();
    let mut host: Host = sayso::stages::stdlib::real_host(Vec::new());
    host.stdout = Box::new(output.clone());
    (program.instantiate_with(host).expect("it is set up"), output)
}

#[test]
fn fuel() {
    for (name, text) in ENDLESS {
        let end =
            run_within(name, format!("println(\"before\")\n{text}"), Limits { fuel: Some(20_000_000), ..limits() });
        end.limited("Fuel");
        assert!(matches!(end, End::Limited(_, output) if output == "before\n"), "what was printed stays");
    }
}

#[test]
fn types_take_memory() {
    for (name, text) in TYPES {
        let given = Limits { fuel: Some(2_000_000_000), memory: 16 << 20, ..limits() };
        run_within(name, (*text).to_owned(), given).limited("Memory");
    }
}

#[test]
fn a_deadline() {
    for (name, text) in ENDLESS {
        let deadline = Some(Duration::from_millis(100));
        soon(name, || {
            let (mut vm, output) = machine(text, Limits { fuel: None, deadline, ..limits() });
            let start = Instant::now();
            let error = vm.run_main(&[]).expect_err("it does not end by itself");
            assert!(matches!(error.kind, ErrorKind::Limit(_)), "{error}");
            assert!(error.class.contains("Deadline") || error.class.contains("Time"), "{error}");
            assert!(start.elapsed() < Duration::from_secs(5), "{name} stopped after {:?}", start.elapsed());
            assert_eq!(output.text(), "before\n");
        });
    }
}

#[test]
fn an_abort() {
    for (name, text) in ENDLESS {
        soon(name, || {
            let (mut vm, output) = machine(text, Limits { fuel: None, ..limits() });
            let handle = vm.abort_handle();
            let start = std::thread::scope(|scope| {
                let stop = scope.spawn(move || {
                    std::thread::sleep(Duration::from_millis(50));
                    handle.abort();
                    Instant::now()
                });
                let error = vm.run_main(&[]).expect_err("it does not end by itself");
                assert!(error.class.contains("Abort"), "{error}");
                stop.join().expect("no panic")
            });
            assert!(start.elapsed() < Duration::from_secs(5), "{name} stopped {:?} later", start.elapsed());
            assert_eq!(output.text(), "before\n");
        });
    }
}

#[test]
fn memory() {
    let programs = [
        ("array", "let xs: [i64] = []\nwhile true { xs.push(1) }\n"),
        ("table", "let t: [i64: i64] = [:]\nlet mut i = 0\nwhile true { t[i] = i\n i += 1 }\n"),
        ("string", "let mut s = \"x\"\nwhile true { s = s.repeat(2) }\n"),
        ("added", "let mut s = \"\"\nwhile true { s += \"abcdefgh\" }\n"),
        ("closures", "let mut f: any = 1\nwhile true { let g = f\n f = || g }\n"),
        ("records", "let mut x: any = 1\nwhile true { x = Some(x) }\n"),
        ("repeat", "\"x\".repeat(1_000_000_000_000)\n"),
        ("elements", "[[1, 2]; 10_000_000]\n"),
        ("join", "let xs = [\"x\".repeat(1000000); 100000]\nprintln(len(xs.join(\",\")))\n"),
        ("generators", "fn g() { yield 1 }\nlet xs: [any] = []\nwhile true { let i = g()\n i.next()\n xs.push(i) }\n"),
        ("replace", "let s = \"a\".repeat(10000000)\ns.replace(\"a\", \"b\".repeat(1000))\n"),
        ("printed", "class C { fn to_str(self) { \"y\".repeat(1000000) } }\nprintln(len(\"{[C(); 1000]}\"))\n"),
    ];
    for (name, text) in programs {
        let limits = Limits { fuel: None, memory: 64 << 20, ..limits() };
        run_within(name, format!("println(\"before\")\n{text}"), limits).limited("Memory");
    }
    for text in [
        "println([0; 1_000_000_000_000])\n",
        "println([..(0..1_000_000_000_000)])\n",
        "(0..1_000_000_000_000).collect()\n",
    ] {
        let end = run(text, format!("import iter\n{text}"));
        assert!(matches!(end, End::Limited(..)), "{end:?}");
    }
}

#[test]
fn depth() {
    let count = "fn f(n: i64) -> i64 { if n == 0 { 0 } else { 1 + f(n - 1) } }\n";
    let deep = format!("{count}try {{ println(f(1_000_000)) }} catch e: DepthError {{ println(\"deep\") }}\n");
    run_within("1,000,000", deep.clone(), Limits { depth: 1_000_010, ..limits() }).printed("1000000");
    run_within("200,000", deep.clone(), limits()).printed("deep");
    run_within("10", deep, Limits { depth: 10, ..limits() }).printed("deep");
    let ways = [
        ("equality", "class C { x = 1\n fn equal?(self, o: C) { [self] == [o] } }\nfn go() { [C()] == [C()] }\n"),
        ("display", "class C { x = 1\n fn to_str(self) { \"{[self]}\" } }\nfn go() { to_str(C()) }\n"),
        ("init", "class C { x: any\n init(self) { self.x = C() } }\nfn go() { C() }\n"),
        ("generators", "fn g(n: i64) -> Iter<i64> { for x in g(n + 1) { yield x } }\nfn go() { for x in g(0) { } }\n"),
        ("sort", "fn f(a, b) -> bool { [1, 2, 3].sort_with(f)\n true }\nfn go() { [1, 2].sort_with(f) }\n"),
        ("deferred", "fn go() { defer go()\n 1 }\n"),
        (
            "deferred and thrown",
            "fn f() { defer f()\n throw \"x\" }\nfn go() { try { f() } catch e: str { throw DepthError(e) } }\n",
        ),
        ("hash", "class C { x = 1\n fn hash(self) { hash([self]) } }\nfn go() { hash([C()]) }\n"),
    ];
    for (name, text) in ways {
        let text = format!("{text}try {{ go() }} catch e: DepthError {{ println(\"deep\") }}\nprintln(\"on\")\n");
        run(name, text).printed("deep\non");
    }
}

#[test]
fn great_numbers_in_natives() {
    let refused = [
        ("let x = 5\nprintln(\"{x:>1000000000}\")\n", "at most 65535"),
        ("let x = 1.5\nprintln(\"{x:.1000000000}\")\n", "at most 65535"),
    ];
    for (text, part) in refused {
        run(text, text.into()).refused(part);
    }
    let ends = [
        "import fmt\nprintln(fmt.fixed(1.5, 1_000_000_000))\n",
        "println(0.5 ** 9223372036854775807)\n",
        "println(\"a\".pad_start(9223372036854775807))\n",
        "println([1, 2][9223372036854775806..9223372036854775807])\n",
        "println(\"abc\".slice(-9223372036854775807..9223372036854775807))\n",
        "println([1, 2, 3].sort_with(|a, b| true), [1, 2, 3].sort_with(|a, b| false))\n",
        "import json\nprintln(json.parse(\"[\".repeat(1_000_000)))\n",
        "import json\nprintln(json.parse(\"1\".repeat(1_000_000)))\n",
        "import json\nprintln(json.parse(\"{\\\"a\\\":\".repeat(1_000_000)))\n",
        "import json\nprintln(json.stringify_pretty([1], 1_000_000_000))\n",
        "println(parse(f64, \"1e999999999999\"), parse(f64, \"0.\" + \"0\".repeat(1000000) + \"1\"))\n",
        "println(\"{0..9223372036854775807}\", len(0..9223372036854775807))\n",
        "for i in 9223372036854775800..=9223372036854775807 { println(i) }\n",
        "println((0..=9223372036854775807).next)\n",
    ];
    for text in ends {
        run(text, text.into()).any();
    }
}
