//! Work and memory of the library are charged: programs that ask for too much end by their limits, soon and in order.

use sayso::Engine;
use sayso::stages::{base, vm};
use std::time::{Duration, Instant};

/// How a program ends with these limits.
fn end(code: &str, fuel: Option<u64>, memory: usize) -> vm::ErrorKind {
    let limits = vm::Limits { fuel, memory, ..vm::Limits::default() };
    let engine = Engine::builder().limits(limits).build();
    let program = match engine.compile("limits.say", code) {
        Ok(program) => program,
        Err(error) => panic!("{}", error.render(base::Style::Plain)),
    };
    let start = Instant::now();
    let kind = match program.instantiate().and_then(|mut machine| machine.run_main(&[])) {
        Ok(value) => panic!("ended by {value:?}: {code}"),
        Err(error) => error.kind,
    };
    assert!(start.elapsed() < Duration::from_secs(20), "took too long: {code}");
    kind
}

#[test]
fn memory() {
    for code in [
        "println(\"x\".repeat(3_000_000_000))",
        "println(\"x\".repeat(9_223_372_036_854_775_807))",
        "println(\"a\".repeat(1000).replace(\"\", \"b\".repeat(1_000_000)))",
        "println([\"a\".repeat(500_000); 100].join(\"b\".repeat(500_000)))",
        "println(len(iter(0..).collect()))",
        "import iter\nprintln(len(iter.repeat(\"x\").collect()))",
        "println(len([..0..1_000_000_000]))",
        "println((0..1_000_000_000)[..])",
        "println(\"ab\".repeat(2_000_000).code_points().len())",
        "println(\"ab\".repeat(2_000_000).bytes().map(|b| [b]).len())",
        "println(\"ß\".repeat(1_500_000).to_upper().to_upper().bytes().len())",
        "import json\nprintln(json.parse(\"[\" + \"[],\".repeat(500_000) + \"1]\"))",
        "import json\nlet xs: [any] = [\"x\".repeat(1_000_000); 1]\nlet ys = [xs; 100]\nprintln(len(json.stringify(ys)))",
        "import json\nprintln(len(json.stringify(0..1_000_000_000)))",
        "let t: [i64: str] = [:]\nfor i in 0.. { t[i] = \"x\" }",
        "import fmt\nprintln(fmt.grouped(1_000_000_000, \"x\".repeat(3_000_000)).repeat(2))",
        "println(\"x\".pad_start(1_000_000_000, \"ab\"))",
        "let xs = [0]\nfor _ in 0..40 { xs.extend(xs) }",
        "println((0..3_000_000).map(|n| \"{n}\").group_by(|s| s).keys().len())",
    ] {
        assert_eq!(end(code, None, 8 << 20), vm::ErrorKind::Limit(vm::Excess::Memory), "{code}");
    }
}

#[test]
fn fuel() {
    for code in [
        "let text = \"x\".repeat(4_000_000)\nlet mut n = 0\nloop { n += len(text.find(\"y\") ?? 1) }\nfn len(n: i64) -> i64 { n }",
        "let xs = (0..100_000).map(|n| -n).collect()\nloop { println(xs.sort()[0]) }",
        "loop { println(\"ab\".repeat(100_000).to_upper() == \"\") }",
        "import json\nlet text = \"[\" + \"1,\".repeat(100_000) + \"1]\"\nloop { println(json.parse(text).ok?()) }",
        "let t = [:]\nfor i in 0..10_000 { t[i] = i }\nloop { println(t.entries().len()) }",
        "println((0..).any?(|n| n < 0))",
        "println((0..).filter(|n| n < 0).next())",
        "println((0..9_223_372_036_854_775_807).sum())",
        "println(-1 in iter(0..))",
    ] {
        assert_eq!(end(code, Some(30_000_000), 64 << 20), vm::ErrorKind::Limit(vm::Excess::Fuel), "{code}");
    }
}
