//! Repository tasks: `cargo xtask tidy`, `cargo xtask docs`, `cargo xtask bench`.

mod tidy;

use clap::{Parser, Subcommand};
use std::path::PathBuf;
use std::process::{Command, ExitCode};

#[derive(Parser)]
#[command(about = "Tasks of this repository")]
struct Arguments {
    #[command(subcommand)]
    task: Task,
}

#[derive(Subcommand)]
enum Task {
    /// Checks what the compiler does not: which crate may use which, sizes of files, wording.
    Tidy,
    /// Brings the pages that are made from the sources up to date: the library's, and tables of the reference.
    Docs {
        /// Only say which are not.
        #[arg(long)]
        check: bool,
    },
    /// Builds the release binary and measures it beside other languages; arguments go to the harness.
    Bench {
        /// Arguments of the harness, such as `--filter fib --runs 3` or `frontend`.
        #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
        arguments: Vec<String>,
    },
}

fn main() -> ExitCode {
    let result = match Arguments::parse().task {
        Task::Tidy => tidy::run(&root()),
        Task::Docs { check } => docs(check),
        Task::Bench { arguments } => bench(&arguments),
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            eprintln!("{message}");
            ExitCode::FAILURE
        }
    }
}

/// The repository's folder.
fn root() -> PathBuf {
    let here = PathBuf::from(env!("CARGO_MANIFEST_DIR"));
    here.parent().map(PathBuf::from).unwrap_or(here)
}

/// The pages are compared, and rewritten, by a test, which may use the compiler's crates; this crate stays quick to build.
fn docs(check: bool) -> Result<(), String> {
    let cargo = std::env::var("CARGO").unwrap_or_else(|_| "cargo".into());
    let mut test = Command::new(cargo);
    test.current_dir(root()).args(["test", "--quiet", "--package", "sayso-testkit", "--test", "pages"]);
    if !check {
        test.env("SAYSO_BLESS", "1");
    }
    succeed(test)
}

fn bench(arguments: &[String]) -> Result<(), String> {
    let cargo = std::env::var("CARGO").unwrap_or_else(|_| "cargo".into());
    let mut build = Command::new(&cargo);
    build.current_dir(root()).args(["build", "--release", "--package", "sayso-cli"]);
    succeed(build)?;
    let mut harness = Command::new(&cargo);
    harness.current_dir(root()).args([
        "run",
        "--quiet",
        "--release",
        "--manifest-path",
        "xtask-bench/Cargo.toml",
        "--",
    ]);
    harness.args(arguments);
    succeed(harness)
}

fn succeed(mut command: Command) -> Result<(), String> {
    match command.status() {
        Ok(status) if status.success() => Ok(()),
        Ok(status) => Err(format!("{command:?} failed: {status}")),
        Err(error) => Err(format!("{command:?} cannot be started: {error}")),
    }
}
