//! Every example in the documentation of the library runs, and what it expects holds.

use sayso::Engine;
use sayso::stages::{base, stdlib, vm};

/// The code blocks of a module's doc comments, each with the number of its first line.
fn examples(text: &str) -> Vec<(usize, String)> {
    let (mut found, mut open) = (Vec::new(), None);
    for (index, line) in text.lines().enumerate() {
        let Some(doc) = line.strip_prefix("///").map(|doc| doc.strip_prefix(' ').unwrap_or(doc)) else { continue };
        match (&mut open, doc.trim_end() == "```") {
            (None, true) => open = Some((index + 2, String::new())),
            (Some(_), true) => found.extend(open.take()),
            (Some((_, code)), false) => {
                code.push_str(doc);
                code.push('\n');
            }
            (None, false) => {}
        }
    }
    found
}

/// Runs an example as the body of a test that knows its module; what went wrong.
fn run(engine: &Engine, module: &str, code: &str) -> Result<(), String> {
    let import = if matches!(module, "core" | "prelude") { String::new() } else { format!("import {module}\n") };
    let program = engine
        .compile("example.say", format!("{import}test \"example\" {{\n{code}}}\n"))
        .map_err(|error| error.render(base::Style::Plain))?;
    let mut machine = program.instantiate().map_err(|error| error.to_string())?;
    machine.run_init().map_err(|error| error.to_string())?;
    let [test] = program.module().tests.as_slice() else { return Err("there is not one test".into()) };
    let function = test.function;
    match machine.call(function, &[]) {
        Ok(_) => Ok(()),
        Err(error) => {
            Err(format!("{error}\n{:?}", error.trace.iter().map(|frame| &frame.function).collect::<Vec<_>>()))
        }
    }
}

#[test]
fn examples_hold() {
    let engine = Engine::builder().limits(vm::Limits::default()).tests(true).build();
    let (mut count, mut failed) = (0, Vec::new());
    for module in stdlib::modules() {
        let text = stdlib::source(module).unwrap_or("");
        for (line, code) in examples(text) {
            count += 1;
            if let Err(problem) = run(&engine, module, &code) {
                failed.push(format!("{module}.say:{line}\n{code}{problem}\n"));
            }
        }
    }
    assert!(count > 200, "only {count} examples were found");
    assert!(failed.is_empty(), "{} of {count} examples fail:\n\n{}", failed.len(), failed.join("\n"));
}
