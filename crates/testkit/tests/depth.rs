//! Recursion as deep as the host allows: a million activations, of whatever kind of call, are memory of the VM and
//! nothing more; what goes beyond the limit is an error that a script catches and goes on from.

use sayso::{Engine, ErrorKind, Host, Limits, SharedBuffer, Vm, VmError};

/// What a program prints within these limits, and the VM afterwards.
fn run(depth: u32, memory: usize, text: &str) -> (Result<String, VmError>, Vm) {
    let limits = Limits { depth, memory, fuel: Some(2_000_000_000), ..Limits::default() };
    let engine = Engine::builder().limits(limits).build();
    let program = engine.compile("deep.say", text).unwrap_or_else(|error| panic!("{error:?}"));
    let output = SharedBuffer::new();
    let host = Host { stdout: Box::new(output.clone()), ..Host::default() };
    let mut vm = program.instantiate_with(host).unwrap();
    let result = vm.run_main(&[]).map(|_| output.text());
    (result, vm)
}

fn prints(depth: u32, text: &str, expected: &str) {
    let (result, vm) = run(depth, 2 << 30, text);
    assert_eq!(result.map_err(|error| error.to_string()).as_deref(), Ok(expected));
    vm.verify_heap().unwrap();
}

const COUNT: &str = "fn down(n: i64) -> i64 { if n == 0 { 0 } else { 1 + down(n - 1) } }\n";

#[test]
fn a_million_plain_calls() {
    let text = format!("{COUNT}fn main() {{ println(\"{{down(1_000_000)}}\") }}");
    prints(1_000_100, &text, "1000000\n");
}

#[test]
fn a_million_calls_that_allocate_before_and_after() {
    let text = r#"
struct Link { next: Link?, value: i64 }
fn build(n: i64) -> Link? {
    if n == 0 { return None }
    let text = "node {n}"
    let rest = build(n - 1)
    Some(Link { next: rest, value: n + len(text) })
}
fn main() {
    let mut at = build(1_000_000)
    let mut sum = 0
    while let Some(link) = at { sum += link.value; at = link.next }
    println("{sum}")
}"#;
    prints(1_000_100, text, "500011388896\n");
}

#[test]
fn a_million_calls_of_closures() {
    let text = r#"
fn apply(n: i64) -> i64 { if n == 0 { 0 } else { call(|x| x + apply(n - 1), 1) } }
fn call(f: fn(i64) -> i64, x: i64) -> i64 { f(x) }
fn main() { println("{apply(400_000)}") }"#;
    prints(1_300_000, text, "400000\n");
}

#[test]
fn a_million_calls_that_dispatch() {
    let text = r#"
trait Step {}
struct Odd: Step {}
struct Even: Step {}
fn down(step: Step, n: i64) -> i64
fn down(step: Odd, n: i64) -> i64 { if n == 0 { 0 } else { 1 + down(turn(n), n - 1) } }
fn down(step: Even, n: i64) -> i64 { if n == 0 { 0 } else { 1 + down(turn(n), n - 1) } }
fn turn(n: i64) -> Step { if n % 2 == 0 { Even {} } else { Odd {} } }
fn main() { println("{down(turn(1), 1_000_000)}") }"#;
    prints(1_000_100, text, "1000000\n");
}

#[test]
fn callbacks_of_the_library_nest() {
    let text = r#"
fn down(n: i64) -> i64 { if n == 0 { 0 } else { [n].map(|x| down(x - 1) + 1)[0] } }
fn main() { println("{down(350_000)}") }"#;
    prints(1_100_000, text, "350000\n");
}

#[test]
fn equality_that_the_program_specialises_nests() {
    let text = r#"
struct Level { n: i64 }
fn Level.equal?(self, other: Level) -> bool {
    if self.n == 0 { other.n == 7 } else { [Level { n: self.n - 1 }] == [Level { n: other.n - 1 }] }
}
fn main() {
    println("{Level { n: 100_000 } == Level { n: 100_007 }}, {Level { n: 100_000 } == Level { n: 100_008 }}")
}"#;
    prints(1_000_000, text, "true, false\n");
}

#[test]
fn deferred_code_of_a_million_activations_runs() {
    let text = r#"
let mut count = 0
fn down(n: i64) {
    defer { count += 1 }
    if n == 0 { throw ValueError("bottom") } else { down(n - 1) }
}
fn main() { try { down(1_000_000) } catch error: ValueError { println("{error.message}, {count}") } }"#;
    prints(1_000_100, text, "bottom, 1000001\n");
}

#[test]
fn too_deep_is_caught_and_the_program_goes_on() {
    let text = format!(
        "{COUNT}
fn main() {{
    for _ in 0..3 {{
        try {{ println(\"{{down(5_000_000)}}\") }} catch error: DepthError {{ println(error.message) }}
        println(\"{{down(900_000)}}\")
    }}
}}"
    );
    let once = "calls are nested deeper than 1000000\n900000\n";
    prints(1_000_000, &text, &once.repeat(3));
}

#[test]
fn a_limit_of_memory_bounds_depth_too() {
    let text = format!("{COUNT}fn main() {{ println(\"{{down(1_000_000)}}\") }}");
    let (result, mut vm) = run(u32::MAX, 16 << 20, &text);
    let error = result.unwrap_err();
    assert!(matches!(error.kind, ErrorKind::Limit(_)), "{error}");
    assert!(vm.usage().peak_memory <= 16 << 20, "{}", vm.usage().peak_memory);
    vm.collect();
    vm.verify_heap().unwrap();
}
