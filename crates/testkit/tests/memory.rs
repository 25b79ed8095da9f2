//! Garbage does not add up: programs that allocate without end run in flat memory.

use sayso::{Engine, Host, Limits, SharedBuffer};

/// Runs a program that makes and drops ten million objects; gives its output and the most bytes it had.
fn run(text: &str) -> (String, usize) {
    let limits = Limits { fuel: Some(2_000_000_000), ..Limits::default() };
    let engine = Engine::builder().limits(limits).build();
    let program = engine.compile("objects.say", text).unwrap_or_else(|error| panic!("{error:?}"));
    let output = SharedBuffer::new();
    let host = Host { stdout: Box::new(output.clone()), ..Host::default() };
    let mut vm = program.instantiate_with(host).unwrap();
    vm.run_main(&[]).unwrap_or_else(|error| panic!("{error}"));
    vm.verify_heap().unwrap();
    (output.text(), vm.usage().peak_memory)
}

/// A tenth of what the objects of one run would take without collections.
const FLAT: usize = 32 << 20;

#[test]
fn ten_million_small_objects_take_flat_memory() {
    let program = std::fs::read_to_string(sayso_testkit::root().join("benches/memory/objects.say")).unwrap();
    let small = program.replace("1_000_000_000", "10_000_000");
    assert_ne!(small, program);
    let (output, peak) = run(&small);
    assert_eq!(output, "10000000 objects, sum 49999995000000\n");
    assert!(peak < FLAT, "{peak} bytes");
}

#[test]
fn objects_that_own_memory_and_strings_take_flat_memory() {
    let text = r#"
fn main() {
    let mut sum = 0
    for i in 0..1_000_000 {
        let numbers = [i, i + 1, i + 2]
        numbers.push(i)
        let table = ["n": i]
        sum += numbers[3] + len("number {i}") + table["n"] - i
    }
    println("{sum}")
}"#;
    let (output, peak) = run(text);
    assert_eq!(output, "500012388890\n");
    assert!(peak < FLAT, "{peak} bytes");
}

#[test]
fn survivors_that_are_replaced_take_flat_memory() {
    let text = r#"
struct Cell { value: i64, next: Cell? }
fn main() {
    let window: [Cell?] = [None; 1000]
    for i in 0..5_000_000 {
        window[i % 1000] = Some(Cell { value: i, next: None })
    }
    let mut sum = 0
    for cell in window { if let Some(found) = cell { sum += found.value } }
    println("{sum}")
}"#;
    let (output, peak) = run(text);
    assert_eq!(output, "4999499500\n");
    assert!(peak < FLAT, "{peak} bytes");
}
