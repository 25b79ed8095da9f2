//! Programs of unusual form: long chains, wide declarations, deep nesting. Each must be checked without a panic or an
//! overflow of the (small) stack of a test's thread, and in reasonable time.

use sayso_check::{Input, Loaded, Loader, Options, Output, check, print};
use std::fmt::Write as _;
use std::time::{Duration, Instant};

struct Core;

impl Loader for Core {
    fn load(&self, path: &str) -> Loaded {
        self.load_library(path)
    }

    fn load_library(&self, path: &str) -> Loaded {
        if path != "core" {
            return Loaded::Missing;
        }
        Loaded::Source { name: "core.say".into(), text: include_str!("core.say").into(), library: true }
    }
}

/// Checks a program and prints it as well: the printers must stand it too.
fn checked(text: String) -> Output {
    let start = Instant::now();
    let output =
        check(Input { name: "main.say".into(), text: text.into(), loader: &Core, options: Options::default() });
    for diagnostic in output.diagnostics.iter().take(20) {
        let _ = sayso_base::render(diagnostic, &output.sources, sayso_base::Style::Plain);
    }
    let _ = print::dump_hir(&output.program, &output.names, false);
    let _ = print::dump_types(&output);
    let took = start.elapsed();
    println!("{took:?}");
    assert!(took < Duration::from_secs(30), "{took:?}");
    output
}

fn lines(count: usize, mut line: impl FnMut(usize) -> String) -> String {
    (0..count).fold(String::new(), |mut text, index| {
        let _ = writeln!(text, "{}", line(index));
        text
    })
}

fn codes(output: &Output) -> Vec<&'static str> {
    let mut codes: Vec<&'static str> = output.diagnostics.iter().map(|diagnostic| diagnostic.code).collect();
    codes.sort_unstable();
    codes.dedup();
    codes
}

#[test]
fn long_chain_of_traits() {
    let text = lines(5_000, |n| if n == 0 { "trait T0".into() } else { format!("trait T{n}: T{}", n - 1) });
    assert!(codes(&checked(text)).contains(&"inheritance-depth"));
}

#[test]
fn long_chain_of_classes() {
    let text = lines(5_000, |n| {
        let base = if n == 0 { String::new() } else { format!("(C{})", n - 1) };
        format!("class C{n}{base} {{ f{n}: i64 = {n} }}")
    });
    assert!(codes(&checked(text)).contains(&"inheritance-depth"));
}

#[test]
fn cycle_of_many_traits() {
    let text = lines(5_000, |n| format!("trait T{n}: T{}", (n + 1) % 5_000));
    assert!(codes(&checked(text)).contains(&"inheritance-cycle"));
}

#[test]
fn many_supertypes() {
    let mut text = lines(2_000, |n| format!("trait T{n}"));
    let all: Vec<String> = (0..2_000).map(|n| format!("T{n}")).collect();
    let _ =
        writeln!(text, "struct S: {} {{ x: i64 }}\nfn S.f(self) -> i64 {{ 1 }}\nlet s: i64 = S(1).f()", all.join(", "));
    assert!(checked(text).is_ok());
}

#[test]
fn long_chain_of_aliases() {
    checked(lines(5_000, |n| format!("type A{n} = A{}", n + 1)));
    checked(lines(5_000, |n| if n == 0 { "type A0 = i64".into() } else { format!("type A{n} = (A{}, i64)", n - 1) }));
    assert!(codes(&checked(lines(100, |n| format!("type A{n} = [A{}]", (n + 1) % 100)))).contains(&"recursive-alias"));
}

#[test]
fn types_that_double() {
    checked(lines(
        100,
        |n| if n == 0 { "type A0 = i64".into() } else { format!("type A{n} = (A{}, A{})", n - 1, n - 1) },
    ));
}

#[test]
fn long_chain_of_structs() {
    let text = lines(10_000, |n| format!("struct S{n} {{ s: S{} }}", (n + 1) % 10_000));
    assert!(codes(&checked(text)).contains(&"infinite-struct"));
}

#[test]
fn structs_that_grow() {
    let text = "struct Box<T> { v: T }\nstruct P<T> { next: P<(T, T)>? }\nstruct Q<T> { b: Box<Q<(T, T)>> }\n".into();
    assert!(codes(&checked(text)).contains(&"infinite-struct"));
}

#[test]
fn long_chain_of_results() {
    let text = lines(5_000, |n| format!("fn f{n}(x: i64) {{ f{}(x) }}", n + 1)) + "fn f5000(x: i64) { x }\n";
    assert!(checked(text).is_ok());
    checked(lines(2_000, |n| format!("fn f{n}(x: i64) {{ f{}(x) }}", (n + 1) % 2_000)));
}

#[test]
fn long_chain_of_variables() {
    let text = lines(3_000, |n| format!("let v{n} = g{}()\nfn g{n}() {{ v{n} }}", n + 1)) + "fn g3000() { 1 }\n";
    checked(text);
}

#[test]
fn wide_declarations() {
    let fields: Vec<String> = (0..3_000).map(|n| format!("f{n}: i64 = {n}")).collect();
    let variants: Vec<String> = (0..3_000).map(|n| format!("V{n}(i64)")).collect();
    let params: Vec<String> = (0..500).map(|n| format!("p{n}: i64 = {n}")).collect();
    let mut text = format!("struct S {{ {} }}\n", fields.join(", "));
    let _ = writeln!(text, "enum E {{ {} }}", variants.join(", "));
    let _ = writeln!(text, "fn f({}) -> i64 {{ p0 }}\nlet a = f()\nlet b = f(1, 2)", params.join(", "));
    let _ = writeln!(text, "let s = S()\nlet t = S(1)\nfn g(e: E) -> i64 {{ 1 }}");
    assert!(checked(text).is_ok());
}

#[test]
fn many_functions_of_one_name() {
    let mut text = lines(2_000, |n| format!("struct S{n} {{ x: i64 }}\nfn show(s: S{n}) -> i64 {{ s.x }}"));
    text.push_str(&lines(2_000, |n| format!("let v{n} = show(S{n}(1))")));
    assert!(checked(text).is_ok());
}

#[test]
fn many_functions_that_take_anything() {
    let text = lines(300, |n| {
        format!("struct S{n} {{ x: i64 }}\nfn f(a: S{n}, b: any) -> i64 {{ 1 }}\nfn f(a: any, b: S{n}) -> i64 {{ 2 }}")
    });
    checked(text);
}

#[test]
fn blocks_with_items_in_blocks() {
    let mut text = String::new();
    for depth in 0..100 {
        let _ = writeln!(text, "fn f{depth}() {{ struct S{depth} {{ x: i64 }}");
    }
    text.push_str(&"}".repeat(100));
    checked(text);
}

#[test]
fn interfaces_that_lead_to_interfaces() {
    let mut text = lines(1_000, |n| format!("interface I{n} {{ fn next(self) -> I{} }}", (n + 1) % 1_000));
    text.push_str("struct S { x: i64 }\nfn S.next(self) -> S { self }\nfn take(i: I0) {}\ntake(S(1))\n");
    checked(text);
}

#[test]
fn nothing_and_less() {
    for text in ["", "\n", "fn", "struct", "class C(", "enum E {", "import", "from x import", "@", "trait T:"] {
        checked(text.into());
    }
}
