//! Type-checker bombs: small programs whose types, overloads or patterns multiply.

use crate::harness::run;

fn many(count: usize, piece: impl Fn(usize) -> String) -> String {
    (0..count).map(piece).collect()
}

#[test]
fn doubling() {
    let nested = format!("{}1{}", "d(".repeat(60), ")".repeat(60));
    run("calls", format!("fn d<T>(x: T) -> (T, T) {{ (x, x) }}\nlet x = {nested}\n")).refused("larger or deeper");
    let lets = many(80, |i| format!("let x{} = (x{i}, x{i})\n", i + 1));
    run("variables", format!("let x0 = 1\n{lets}println(1)\n")).refused("larger or deeper");
    let closures = many(60, |i| format!("let f{} = |x: i64| (f{i}(x), f{i}(x))\n", i + 1));
    run("closures", format!("let f0 = |x: i64| (x, x)\n{closures}println(1)\n")).refused("larger or deeper");
    let inferred = many(60, |i| format!("let f{} = |x| f{i}(f{i}((x, x)))\n", i + 1));
    run("inferred closures", format!("let f0 = |x| (x, x)\n{inferred}println(1)\n")).any();
    let arrays = format!("{}1{}", "[".repeat(150), "]".repeat(150));
    run("arrays", format!("let x = {arrays}\n")).refused("larger or deeper");
    let lambdas = format!("{}|x| x{}", "(|f| |x| f(f(x)))(".repeat(40), ")".repeat(40));
    run("lambdas", format!("let t = {lambdas}\nprintln(1)\n")).any();
}

#[test]
fn exponential_unions() {
    let structs = many(30, |i| format!("struct A{i} {{}}\nstruct B{i} {{}}\n"));
    let parts = many(30, |i| format!("A{i} | B{i}, "));
    let pattern = many(30, |i| format!("a{i}: A{i}, "));
    run("tuple of unions", format!("{structs}fn f(x: ({parts})) {{ match x {{ ({pattern}) => 1 }} }}\n"))
        .refused("does not cover");
    let meets = many(16, |i| format!("(A{i} | B{i}) & "));
    run("meets", format!("{structs}fn f(x: {meets}any) {{ 1 }}\nprintln(1)\n")).any();
    let functions = many(16, |i| format!("fn(A{i} | B{i}) -> "));
    run("functions", format!("{structs}fn f(x: {functions}i64) {{ 1 }}\nprintln(1)\n")).printed("1");
}

#[test]
fn exponential_patterns() {
    let (names, row) = (many(20, |i| format!("a{i}: E, ")), many(20, |i| format!("a{i}, ")));
    let arms = many(20, |i| format!("({}) => {i}\n", many(20, |j| if i == j { "A, " } else { "_, " }.to_owned())));
    run("diagonal", format!("enum E {{ A, B, C, D }}\nfn f({names}) {{ match ({row}) {{\n{arms}}} }}\n"))
        .refused("does not cover");
    let (names, row) = (many(24, |i| format!("a{i}: bool, ")), many(24, |i| format!("a{i}, ")));
    let cell = |i: usize, j: usize| match (i + j) % 3 {
        0 => "_, ",
        _ if (i >> (j % 5)) & 1 == 1 => "true, ",
        _ => "false, ",
    };
    let arms = many(40, |i| format!("({}) => {i}\n", many(24, |j| cell(i, j).to_owned())));
    run("booleans", format!("fn f({names}) {{ match ({row}) {{\n{arms}}} }}\n")).refused("does not cover");
    let spread = many(14, |i| format!("[{}..] => {i}\n", "1 | 2 | 3, ".repeat(i + 1)));
    run("arrays", format!("fn f(x: [i64]) {{ match x {{\n{spread}_ => 0 }} }}\nprintln(f([1]))\n")).printed("0");
}

#[test]
fn recursive_declarations() {
    run(
        "aliases",
        "type A = A\ntype B = [B]\ntype E<T> = E<[T]>\ntype G = fn(G) -> G\nfn f(x: B, y: E<i64>) { 1 }\n".into(),
    )
    .refused("stands for itself");
    let chain = many(5_000, |i| format!("type A{i} = A{}\n", i + 1));
    run("long alias", format!("{chain}type A5000 = i64\nfn f(x: A0) {{ x }}\nprintln(f(1))\n")).any();
    run("growing generic", "struct N<T> { x: T, next: Option<N<(T, T)>> }\nfn f<T>(n: N<T>) { match n.next { Some(m) => f(m), None => 1 } }\nprintln(f(N { x: 1, next: None }))\n".into())
        .printed("1");
    let grow = "fn f<T>(x: T, n: i64) -> i64 { if n == 0 { 0 } else { f([x], n - 1) } }\n";
    run("growing at run time", format!("{grow}println(f(1, 50))\ntry {{ f(1, 10000) }} catch e {{ println(2) }}\n"))
        .any();
    let grow = "fn f<T>(x: T, n: i64) -> i64 { if n == 0 { 0 } else { f((x, x), n - 1) } }\n";
    run("doubling at run time", format!("{grow}try {{ f(1, 10000) }} catch e {{ println(2) }}\n")).any();
    run("supertypes", "trait A<T>: B<[T]>\ntrait B<T>: A<(T, T)>\nstruct S: A<i64> {}\n".into())
        .refused("its own supertype");
    run("classes", "class A<T>(B<(T, T)>) { }\nclass B<T>(A<[T]>) { }\n".into()).refused("its own supertype");
    let interfaces = "interface I { fn m(self, x: J) -> I }\ninterface J { fn m(self, x: I) -> J }\n";
    run(
        "interfaces",
        format!(
            "{interfaces}struct S {{}}\nfn S.m(self, x: any) -> S {{ self }}\nfn f(x: I) {{ 1 }}\nprintln(f(S {{}}))\n"
        ),
    )
    .any();
    let classes = many(5_000, |i| format!("class C{}(C{i}) {{ }}\n", i + 1));
    run("a long line of classes", format!("class C0 {{ x = 0 }}\n{classes}println(1)\n")).refused("too many levels");
}

#[test]
fn deep_inference() {
    let results = many(40, |i| {
        let (next, after) = ((i + 1) % 40, (i + 2) % 40);
        format!(
            "fn r{i}(x) {{ if x == 0 {{ {i} }} else if x == 1 {{ (r{next}(x), r{after}(x)) }} else {{ [r{next}(x)] }} }}\n"
        )
    });
    run("results of each other", format!("{results}println(r0(0))\n")).any();
    run("growing results", "fn a(x) { b([x]) }\nfn b(x) { c((x, x)) }\nfn c(x) { a(Some(x)) }\nprintln(1)\n".into())
        .any();
    let compose = "fn c<A, B, C>(f: fn(A) -> B, g: fn(B) -> C) -> fn(A) -> C { |x| g(f(x)) }\n";
    run("compositions", format!("{compose}let h = {}|x| x{}\nprintln(h(1))\n", "c(|x| x, ".repeat(60), ")".repeat(60)))
        .printed("1");
    let types = ["i64", "str", "any", "bool", "[i64]"];
    let overloads =
        many(125, |i| format!("fn f(x: {}, y: {}, z: {}) {{ {i} }}\n", types[i % 5], types[i / 5 % 5], types[i / 25]));
    let calls = format!("{}1{}", "f(1, 2, ".repeat(40), ")".repeat(40));
    run("overloads", format!("{overloads}println({calls} is i64)\n")).printed("true");
    let kinds = many(1_000, |i| format!("struct S{i}: T {{}}\nfn g(x: S{i}) {{ {i} }}\n"));
    run("a thousand functions of one name", format!("trait T\n{kinds}fn h(x) {{ g(x) }}\nprintln(h(S7()))\n"))
        .printed("7");
}

#[test]
fn compile_time_code_without_end() {
    run("loop", "let x = comptime { while true {}\n 1 }\n".into()).refused("FuelError");
    run("recursion", "fn f(n: i64) -> i64 { f(n + 1) }\nlet x = comptime f(0)\n".into()).refused("DepthError");
    let grow = "fn f() { let xs: [i64] = []\n while true { xs.push(1) }\n 1 }\n";
    run("allocation", format!("{grow}let x = comptime f()\n")).refused("MemoryError");
    run("large", "let x = comptime [7; 1000000]\nprintln(len(x))\n".into()).printed("1000000");
    let held = "fn f() { let xs: [any] = [1]\n xs.push(xs)\n xs }\n";
    run("cycle", format!("{held}let x = comptime f()\n")).refused("too deeply");
    let shared = "fn f() { let mut x: any = 1\n for i in 0..60 { x = [x, x] }\n x }\n";
    run("shared parts", format!("{shared}let x = comptime f()\nprintln(x[0] == x[0])\n")).any();
    let texts = "fn f() { let s = \"x\".repeat(1000000)\n [s; 100000] }\n";
    run("shared texts", format!("{texts}let x = comptime f()\nprintln(len(x))\n")).printed("100000");
}
