//! Measures the front end: `sayso check` on a generated project of many modules; and what comes after it: the time to
//! compile the project to an image, and the time until the image has been loaded, verified and run.
//!
//! Time is that on the wall, as the front end may use several threads; memory is the process's peak.

mod generator;

use std::env;
use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{self as this_process, Command};
use std::time::Duration;

use clap::Args;

use crate::failure::{Context, Result};
use crate::language::{Language, SaysoOptions, Tool};
use crate::measure::{median, milliseconds};
use crate::process::{self, Run};
use crate::section;
use generator::Project;

/// What the front end is measured on, and how.
#[derive(Debug, Args)]
pub struct Arguments {
    /// At least so many lines.
    #[arg(long, value_name = "N", default_value_t = 200_000, value_parser = clap::value_parser!(u32).range(1..))]
    lines: u32,
    /// How often the project is checked.
    #[arg(long, value_name = "N", default_value_t = 5, value_parser = clap::value_parser!(u32).range(1..))]
    runs: u32,
    /// The Sayso binary [default: the repository's release build, else the one on the search path].
    #[arg(long, value_name = "PATH")]
    sayso: Option<PathBuf>,
    /// Leave the project in this folder instead of a temporary one.
    #[arg(long, value_name = "FOLDER")]
    keep: Option<PathBuf>,
    /// Only generate the project; needs `--keep`.
    #[arg(long, requires = "keep")]
    generate_only: bool,
    /// Seconds that one run may take.
    #[arg(long, value_name = "SECONDS", default_value_t = 120)]
    timeout: u64,
    /// Replace the section between `<!-- bench-frontend:start -->` and `<!-- bench-frontend:end -->` in this file.
    #[arg(long, value_name = "FILE")]
    write: Option<PathBuf>,
}

/// Generates the project, checks it and prints what that cost.
pub fn measure(arguments: &Arguments) -> Result<()> {
    let temporary = env::temp_dir().join(format!("sayso-frontend-{}", this_process::id()));
    let folder = arguments.keep.as_ref().unwrap_or(&temporary);
    let done = measure_in(folder, arguments);
    if arguments.keep.is_none() && temporary.is_dir() {
        fs::remove_dir_all(&temporary).context(|| format!("cannot remove {}", temporary.display()))?;
    }
    done
}

fn measure_in(folder: &Path, arguments: &Arguments) -> Result<()> {
    let project = generator::write(folder, arguments.lines as usize)?;
    println!("{} lines, {} bytes, {} modules", project.lines, project.bytes, project.modules);
    if arguments.generate_only {
        return Ok(());
    }
    let options = SaysoOptions { path: arguments.sayso.clone(), ..SaysoOptions::default() };
    let sayso = Tool::find(Language::Sayso, &options)?;
    let timeout = Duration::from_secs(arguments.timeout);
    let mut wall = Vec::new();
    let mut cpu = Vec::new();
    let mut memory = Vec::new();
    let (mut build, mut load) = (Vec::new(), Vec::new());
    let (main, image) = (folder.join(generator::MAIN_FILE), folder.join("project.sayb"));
    for _ in 0..arguments.runs {
        let run = sayso_run(&sayso, &[OsStr::new("check"), main.as_ref()], timeout)?;
        wall.push(milliseconds(run.wall));
        cpu.push(milliseconds(run.cpu));
        memory.push(run.peak_memory as f64);
        let options = [OsStr::new("build"), main.as_ref(), OsStr::new("-o"), image.as_ref()];
        build.push(milliseconds(sayso_run(&sayso, &options, timeout)?.wall));
        load.push(milliseconds(sayso_run(&sayso, &[OsStr::new("run"), image.as_ref()], timeout)?.wall));
    }
    let size = fs::metadata(&image).context(|| format!("cannot see {}", image.display()))?.len();
    let result = format!(
        "{}; `sayso build` takes {:.0} ms; the image of {:.1} MiB is loaded, verified and run in {:.0} ms",
        summary(&project, median(wall), median(cpu), median(memory)),
        median(build),
        size as f64 / (1024.0 * 1024.0),
        median(load)
    );
    println!("{result}");
    match &arguments.write {
        Some(path) => section::write(path, "bench-frontend", &result),
        None => Ok(()),
    }
}

fn sayso_run(sayso: &Tool, arguments: &[&OsStr], timeout: Duration) -> Result<Run> {
    let mut command = Command::new(sayso.program());
    command.args(arguments);
    process::run(&mut command, timeout)
        .and_then(Run::succeeded)
        .context(|| format!("`sayso {}` fails (see the project with --keep)", arguments[0].to_string_lossy()))
}

fn summary(project: &Project, wall: f64, cpu: f64, memory: f64) -> String {
    let lines = project.lines as f64;
    format!(
        "`sayso check` of {} lines in {} modules: {:.0} lines/s ({wall:.0} ms on the wall, {cpu:.0} ms of processor \
         time), {:.0} bytes of peak memory per line ({:.1} MiB)",
        project.lines,
        project.modules,
        lines / wall * 1000.0,
        memory / lines,
        memory / (1024.0 * 1024.0)
    )
}
