//! The command line: `sayso run | check | build | test | bench | repl | dump`.
//!
//! An adapter: it reads files and arguments, calls the embedding API and prints. Exit statuses: 0 success, 1 the program
//! was refused or failed, 2 wrong usage; an annotated `i64` result of `main` is the status.

mod arguments;
mod check;
mod dump;
mod files;
mod output;
mod repl;
mod run;
mod tests_and_benches;

use arguments::{Arguments, Command};
use clap::Parser;
use std::process::ExitCode;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let show = output::Show::new(arguments.color, arguments.message_format);
    let source = match &arguments.command {
        Command::Check(options) => Some(&options.file),
        Command::Build(options) => Some(&options.file),
        Command::Test(options) | Command::Bench(options) => Some(&options.file),
        Command::Dump(options) => Some(&options.file),
        Command::Run(_) | Command::Repl(_) => None,
    };
    if let Some(file) = source.filter(|file| files::compiled(file)) {
        show.error(&format!(
            "`{}` is a compiled program, which only `sayso run` takes; name the `.say` file",
            file.display()
        ));
        return ExitCode::from(2);
    }
    match arguments.command {
        Command::Run(options) => run::run(&options, show),
        Command::Check(options) => check::check(&options, show),
        Command::Build(options) => run::build(&options, show),
        Command::Test(options) => tests_and_benches::test(&options, show),
        Command::Bench(options) => tests_and_benches::bench(&options, show),
        Command::Repl(options) => repl::repl(&options, show),
        Command::Dump(options) => dump::dump(&options, show),
    }
}
