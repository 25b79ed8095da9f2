//! `sayso test` and `sayso bench`.
//!
//! Each test runs in a VM of its own, so that none sees what another left behind.

use crate::arguments::Select;
use crate::files::Folder;
use crate::output::{Show, out};
use crate::run::{compile, finish, limits, report, set_up};
use sayso::stages::bytecode::TestInfo;
use sayso::stages::stdlib::real_host;
use sayso::{Engine, Program, Vm, VmError};
use std::process::ExitCode;
use std::time::{Duration, Instant};

fn program(options: &Select, show: Show) -> Option<Program> {
    let engine =
        Engine::builder().loader(Folder::of(&options.file)).limits(limits(&options.limits)).tests(true).build();
    compile(&engine, &options.file, show)
}

fn selected<'a>(items: &'a [TestInfo], options: &Select) -> Vec<&'a TestInfo> {
    let wanted = |item: &&TestInfo| options.filter.as_ref().is_none_or(|part| item.name.contains(part.as_str()));
    items.iter().filter(wanted).collect()
}

/// A fresh VM whose modules' top-level statements have run.
fn machine(program: &Program, options: &Select) -> Result<Vm, VmError> {
    let mut machine = program.instantiate_with(real_host(Vec::new()))?;
    set_up(&mut machine, &options.limits);
    machine.run_init()?;
    Ok(machine)
}

/// Runs tests; status 1 if one fails.
pub fn test(options: &Select, show: Show) -> ExitCode {
    let Some(program) = program(options, show) else { return ExitCode::FAILURE };
    let all = &program.module().tests;
    let tests = selected(all, options);
    let (mut passed, mut failed) = (0, 0);
    for item in &tests {
        let outcome = machine(&program, options).and_then(|mut machine| {
            let result = machine.call(item.function, &[]);
            finish(&mut machine);
            result.map(drop)
        });
        match outcome {
            Ok(()) => {
                passed += 1;
                out(&format!("ok      {}\n", item.name));
            }
            Err(error) => {
                failed += 1;
                out(&format!("FAILED  {}\n", item.name));
                report(&error, &program, show);
            }
        }
    }
    out(&format!("\n{passed} passed, {failed} failed, {} not selected\n", all.len() - tests.len()));
    if failed == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// How long a bench warms up, and how long it is measured.
const WARM_UP: Duration = Duration::from_millis(300);
const MEASURE: Duration = Duration::from_millis(1000);

/// Runs benches and prints the time of one run of each.
pub fn bench(options: &Select, show: Show) -> ExitCode {
    let Some(program) = program(options, show) else { return ExitCode::FAILURE };
    let mut failed = false;
    for item in selected(&program.module().benches, options) {
        let outcome = machine(&program, options).and_then(|mut machine| {
            let mut run = |time: Duration| -> Result<Vec<Duration>, VmError> {
                let begin = Instant::now();
                let mut times = Vec::new();
                while begin.elapsed() < time || times.is_empty() {
                    let start = Instant::now();
                    machine.call(item.function, &[])?;
                    times.push(start.elapsed());
                }
                Ok(times)
            };
            run(WARM_UP)?;
            let times = run(MEASURE);
            finish(&mut machine);
            times
        });
        match outcome {
            Ok(mut times) => {
                times.sort_unstable();
                let median = times.get(times.len() / 2).copied().unwrap_or_default();
                let least = times.first().copied().unwrap_or_default();
                out(&format!("{}: median {median:?}, least {least:?}, {} runs\n", item.name, times.len()));
            }
            Err(error) => {
                failed = true;
                out(&format!("{}: FAILED\n", item.name));
                report(&error, &program, show);
            }
        }
    }
    if failed { ExitCode::FAILURE } else { ExitCode::SUCCESS }
}
