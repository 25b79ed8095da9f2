//! Running what was compiled, in all ways that must agree.

use sayso::stages::vm::Engine as Interpreter;
use sayso::{AbortHandle, Engine, ErrorKind, Limits, Program, SharedBuffer};
use std::time::Duration;

/// What a run may use: little, so that many fit into a second.
pub fn limits() -> Limits {
    Limits { fuel: Some(40_000), memory: 8 << 20, depth: 300, deadline: None::<Duration> }
}

/// An engine with these limits.
pub fn engine() -> Engine {
    Engine::builder().limits(limits()).tests(true).build()
}

/// What a run did: all that the engines must agree on.
#[derive(PartialEq, Eq, Debug)]
pub struct Outcome {
    /// Standard output.
    pub output: String,
    /// How it ended.
    pub end: String,
    /// Fuel used.
    pub fuel: u64,
    /// Whether a limit, memory for one, ended it.
    pub limited: bool,
}

/// Runs a program once.
pub fn run(program: &Program, interpreter: Interpreter, stress: bool) -> Outcome {
    let output = SharedBuffer::new();
    let mut host = sayso::Host::new();
    host.stdout = Box::new(output.clone());
    host.seed = Some(7);
    host.args = vec!["a".to_owned(), "12".to_owned()];
    let mut vm = match program.instantiate_with(host) {
        Ok(vm) => vm,
        Err(error) => return Outcome { output: String::new(), end: error.to_string(), fuel: 0, limited: true },
    };
    vm.set_engine(interpreter);
    vm.set_stress(stress);
    let _: AbortHandle = vm.abort_handle();
    let result = vm.run_main(&["a".to_owned(), "12".to_owned()]);
    let fuel = vm.usage().fuel;
    vm.verify_heap().expect("the heap is sound after a run");
    let limited = result.as_ref().is_err_and(|error| error.kind != ErrorKind::Thrown);
    let end = match &result {
        Ok(value) => format!("{value:?}"),
        Err(error) => {
            let shown = sayso::render_error(error, program.sources(), sayso::Style::Plain);
            assert!(!error.class.contains("internal") && !error.message.starts_with("internal error"), "{shown}");
            format!("{:?} {}: {}\n{shown}", error.kind, error.class, error.message)
        }
    };
    Outcome { output: output.text(), end, fuel, limited }
}

/// Runs a program in all ways and compares. Collecting at every allocation uses less memory, so a run that a limit
/// ended may go on there.
pub fn agree(program: &Program, stress: bool) {
    let plain = run(program, Interpreter::Plain, false);
    let threaded = run(program, Interpreter::Threaded, false);
    assert_eq!(plain, threaded, "both engines do the same");
    if stress {
        let stressed = run(program, Interpreter::Plain, true);
        if !plain.limited && !stressed.limited {
            assert_eq!(plain, stressed, "collecting at every allocation changes nothing");
        }
    }
}
