//! Measures the collector: a program that makes small objects without end has to run in flat memory.

use std::path::PathBuf;
use std::time::Duration;

use clap::Args;

use crate::failure::{Context, Failure, Result};
use crate::language::{Language, SaysoOptions, Tool};
use crate::measure::milliseconds;
use crate::process::{self, Run};
use crate::{repository, section};

/// How many objects the program makes.
const OBJECTS: f64 = 1e9;

/// Which binary makes the objects.
#[derive(Debug, Args)]
pub struct Arguments {
    /// The Sayso binary [default: the repository's release build, else the one on the search path].
    #[arg(long, value_name = "PATH")]
    sayso: Option<PathBuf>,
    /// Seconds that the run may take.
    #[arg(long, value_name = "SECONDS", default_value_t = 300)]
    timeout: u64,
    /// Replace the section between `<!-- bench-memory:start -->` and `<!-- bench-memory:end -->` in this file.
    #[arg(long, value_name = "FILE")]
    write: Option<PathBuf>,
}

/// Runs the program once and prints what that cost.
pub fn measure(arguments: &Arguments) -> Result<()> {
    let options = SaysoOptions { path: arguments.sayso.clone(), ..SaysoOptions::default() };
    let sayso = Tool::find(Language::Sayso, &options)?;
    let program = repository().join("benches/memory/objects.say");
    let run = process::run(&mut sayso.command(&program), Duration::from_secs(arguments.timeout))
        .and_then(Run::succeeded)
        .context(|| program.display().to_string())?;
    if run.output.trim() != "1000000000 objects, sum 499999999500000000" {
        return Err(Failure::new(format!("the program printed `{}`", run.output.trim())));
    }
    let cpu = milliseconds(run.cpu);
    let result = format!(
        "`benches/memory/objects.say` makes 1,000,000,000 objects of two fields in {:.1} s of processor time ({:.1} ns \
         each) with a peak of {:.1} MiB",
        cpu / 1e3,
        cpu * 1e6 / OBJECTS,
        run.peak_memory as f64 / (1024.0 * 1024.0)
    );
    println!("{result}");
    match &arguments.write {
        Some(path) => section::write(path, "bench-memory", &result),
        None => Ok(()),
    }
}
