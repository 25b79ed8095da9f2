//! Measures Sayso side by side with other languages on the programs in `benches/programs`, and its front end on a
//! generated project.
//!
//! What always holds: outputs are compared before times are; the languages take turns; start-up is measured apart.

mod failure;
mod frontend;
mod language;
mod measure;
mod objects;
mod process;
mod program;
mod report;
mod section;

use std::env;
use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Duration;

use clap::{Args, Parser, Subcommand};

use failure::{Context, Failure, Result};
use language::{Language, SaysoOptions, Tool};
use measure::{Clock, Outcome, Settings};
use report::Report;

/// Measures Sayso side by side with other languages.
#[derive(Debug, Parser)]
#[command(name = "bench", args_conflicts_with_subcommands = true)]
struct Arguments {
    #[command(subcommand)]
    task: Option<Task>,
    #[command(flatten)]
    programs: ProgramArguments,
}

#[derive(Debug, Subcommand)]
enum Task {
    /// Check a generated project of many modules: lines per second, bytes per line.
    Frontend(frontend::Arguments),
    /// Make a thousand million small objects: time and peak memory.
    Memory(objects::Arguments),
    /// Only the time from the start of a process to its first output.
    Startup(CommonArguments),
}

#[derive(Debug, Args)]
struct ProgramArguments {
    #[command(flatten)]
    common: CommonArguments,
    /// Only programs whose name holds this; may be given several times.
    #[arg(long, value_name = "NAME")]
    filter: Vec<String>,
    /// Which time counts: processor time is steadier on a busy machine.
    #[arg(long, value_enum, default_value_t = Clock::Cpu)]
    clock: Clock,
    /// Replace the section between `<!-- bench:start -->` and `<!-- bench:end -->` in this Markdown file.
    #[arg(long, value_name = "FILE", conflicts_with = "filter")]
    write: Option<PathBuf>,
}

#[derive(Debug, Args)]
struct CommonArguments {
    /// How often each program runs in each language.
    #[arg(long, value_name = "N", default_value_t = 5, value_parser = clap::value_parser!(u32).range(1..))]
    runs: u32,
    /// The languages, the one that the others' outputs must equal first.
    #[arg(
        long,
        value_enum,
        value_delimiter = ',',
        value_name = "NAMES",
        default_value = "rust,sayso,luajit,js,lua,python"
    )]
    langs: Vec<Language>,
    /// The Sayso binary [default: the repository's release build, else the one on the search path].
    #[arg(long, value_name = "PATH")]
    sayso: Option<PathBuf>,
    /// One more argument for `sayso run`; may be given several times.
    #[arg(long, value_name = "ARGUMENT", allow_hyphen_values = true)]
    sayso_arg: Vec<OsString>,
    /// The argument of `sayso run` that `sayso-interp` stands for.
    #[arg(long, value_name = "ARGUMENT", allow_hyphen_values = true, default_value = "--no-jit")]
    interp_arg: OsString,
    /// Seconds that one run may take.
    #[arg(long, value_name = "SECONDS", default_value_t = 120)]
    timeout: u64,
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let done = match arguments.task {
        None => measure_programs(&arguments.programs),
        Some(Task::Frontend(arguments)) => frontend::measure(&arguments),
        Some(Task::Memory(arguments)) => objects::measure(&arguments),
        Some(Task::Startup(arguments)) => measure_start_up(&arguments),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            eprintln!("error: {failure}");
            ExitCode::FAILURE
        }
    }
}

fn measure_programs(arguments: &ProgramArguments) -> Result<()> {
    let settings = settings(&arguments.common, arguments.clock)?;
    let tools = find_tools(&arguments.common)?;
    let programs = program::discover(&repository().join("benches/programs"), &arguments.filter)?;
    let (tools, start_up) = start_up(tools, &settings)?;

    let mut report = Report { tools, start_up, rows: Vec::new() };
    let mut failures = 0;
    for program in &programs {
        eprintln!("{} …", program.name);
        let outcomes = measure::program(program, &report.tools, &settings);
        for (tool, outcome) in report.tools.iter().zip(&outcomes) {
            if let Outcome::Failed(failure) = outcome {
                failures += 1;
                eprintln!("error: {} in {}: {failure}", program.name, tool.language.name());
            }
        }
        report.rows.push((program.name.clone(), outcomes));
    }

    println!("{}", report.text().trim_end());
    let verdicts = report.verdicts();
    if !verdicts.is_empty() {
        println!("\nMore than twice as long as Rust, or longer than the fastest peer:\n\n{}", verdicts.join("\n"));
    }
    if failures > 0 {
        return Err(Failure::new(format!("{failures} of the programs failed or printed something else; see above")));
    }
    match &arguments.write {
        Some(path) => section::write(path, "bench", &report.markdown(&settings)),
        None => Ok(()),
    }
}

fn measure_start_up(arguments: &CommonArguments) -> Result<()> {
    let settings = settings(arguments, Clock::Wall)?;
    let (tools, start_up) = start_up(find_tools(arguments)?, &settings)?;
    for (tool, start) in tools.iter().zip(start_up) {
        let name = tool.language.name();
        println!("{name:<14}  {:6.2} ms to first output, {:6.2} ms in all", start.first_output, start.empty);
    }
    Ok(())
}

/// Start-ups of the tools that can run an empty program; the others are reported and left out.
fn start_up(tools: Vec<Tool>, settings: &Settings) -> Result<(Vec<Tool>, Vec<measure::StartUp>)> {
    let starts = measure::start_up(&tools, settings);
    let mut started = (Vec::new(), Vec::new());
    for (tool, start) in tools.into_iter().zip(starts) {
        match start {
            Ok(start) => {
                started.0.push(tool);
                started.1.push(start);
            }
            Err(failure) => eprintln!("warning: {} is left out: {failure}", tool.language.name()),
        }
    }
    if started.0.is_empty() { Err(Failure::new("no language is left to measure")) } else { Ok(started) }
}

fn find_tools(arguments: &CommonArguments) -> Result<Vec<Tool>> {
    let sayso = SaysoOptions {
        path: arguments.sayso.clone(),
        arguments: arguments.sayso_arg.clone(),
        interpreter_argument: arguments.interp_arg.clone(),
    };
    let mut tools: Vec<Tool> = Vec::new();
    for &language in &arguments.langs {
        match Tool::find(language, &sayso) {
            Ok(tool) if tools.iter().any(|known| known.language == language) => drop(tool),
            Ok(tool) => tools.push(tool),
            Err(failure) => eprintln!("warning: {failure}"),
        }
    }
    if tools.is_empty() { Err(Failure::new("none of the languages is installed")) } else { Ok(tools) }
}

fn settings(arguments: &CommonArguments, clock: Clock) -> Result<Settings> {
    let build_folder = build_folder();
    fs::create_dir_all(&build_folder).context(|| format!("cannot make {}", build_folder.display()))?;
    let timeout = Duration::from_secs(arguments.timeout);
    Ok(Settings { runs: arguments.runs as usize, clock, timeout, build_folder })
}

/// Where compiled programs go: beside what Cargo builds of this harness.
fn build_folder() -> PathBuf {
    let target = env::var_os("CARGO_TARGET_DIR").map(PathBuf::from);
    target.unwrap_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("target")).join("bench-programs")
}

/// The folder that holds `benches` and this harness.
fn repository() -> PathBuf {
    let harness = Path::new(env!("CARGO_MANIFEST_DIR"));
    harness.parent().unwrap_or(harness).to_path_buf()
}
