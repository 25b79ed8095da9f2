//! What the command line accepts.

use clap::{Args, Parser, Subcommand, ValueEnum};
use std::path::PathBuf;
use std::time::Duration;

/// The Sayso language: typed, sandboxed by effects, fast.
#[derive(Parser)]
#[command(name = "sayso", version, about, max_term_width = 100)]
pub struct Arguments {
    /// Whether messages are coloured.
    #[arg(long, global = true, value_enum, default_value_t = Color::Auto)]
    pub color: Color,
    /// How messages are written.
    #[arg(long, global = true, value_enum, default_value_t = MessageFormat::Text)]
    pub message_format: MessageFormat,
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// When to colour.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Color {
    /// If standard error is a terminal.
    Auto,
    /// Always.
    Always,
    /// Never.
    Never,
}

/// How messages are written.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum MessageFormat {
    /// For people.
    Text,
    /// One JSON object a line, on standard error.
    Json,
}

/// The subcommands.
#[derive(Subcommand)]
pub enum Command {
    /// Check, compile and run a program.
    Run(Run),
    /// Report errors and warnings.
    Check(Check),
    /// Compile a program to a .sayb file.
    Build(Build),
    /// Run the `test` items of a program.
    Test(Select),
    /// Run the `bench` items of a program.
    Bench(Select),
    /// Talk to the language: a program entered piece by piece.
    Repl(Repl),
    /// Show what a stage of the compiler makes of a program.
    Dump(Dump),
}

/// Limits that a run gets.
#[derive(Args, Clone)]
pub struct Limits {
    /// Most memory of the program's heap, in bytes; K, M and G are understood.
    #[arg(long, value_name = "BYTES", default_value = "1G", value_parser = bytes)]
    pub memory: u64,
    /// Most frames of nested calls.
    #[arg(long, value_name = "FRAMES", default_value_t = 200_000)]
    pub depth: u32,
    /// Most fuel: about one unit for an instruction.
    #[arg(long, value_name = "UNITS")]
    pub fuel: Option<u64>,
    /// Most time, in seconds.
    #[arg(long, value_name = "SECONDS", value_parser = seconds)]
    pub deadline: Option<Duration>,
    /// Which of the two interpreter engines runs the program.
    #[arg(long, value_enum, default_value_t = EngineKind::Default, hide = true)]
    pub engine: EngineKind,
    /// Collect garbage at every allocation: slow, finds mistakes of Sayso itself.
    #[arg(long, hide = true)]
    pub stress: bool,
}

/// The interpreter engines.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum EngineKind {
    /// The faster one that this build has.
    Default,
    /// One loop over a `match`.
    Match,
    /// Handlers that jump to each other.
    Threaded,
}

/// `sayso run`
#[derive(Args)]
pub struct Run {
    /// Limits.
    #[command(flatten)]
    pub limits: Limits,
    /// The effects that the program may have, without `io.`: such as console,fs. All if not given.
    #[arg(long, value_name = "EFFECTS", value_delimiter = ',')]
    pub grant: Option<Vec<String>>,
    /// The program: a .say file, a .sayb file, or - for standard input.
    pub file: PathBuf,
    /// Arguments of the program.
    #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
    pub args: Vec<String>,
}

/// `sayso check`
#[derive(Args)]
pub struct Check {
    /// Print the inferred effects of every function.
    #[arg(long)]
    pub effects: bool,
    /// The program, or - for standard input.
    pub file: PathBuf,
}

/// `sayso build`
#[derive(Args)]
pub struct Build {
    /// Where to write the bytecode; the program's name with .sayb if not given.
    #[arg(short, long, value_name = "FILE")]
    pub output: Option<PathBuf>,
    /// Leave out the source text, which messages show excerpts of.
    #[arg(long)]
    pub strip: bool,
    /// The program, or - for standard input.
    pub file: PathBuf,
}

/// `sayso test`, `sayso bench`
#[derive(Args)]
pub struct Select {
    /// Limits.
    #[command(flatten)]
    pub limits: Limits,
    /// Only items whose name contains this.
    #[arg(long, value_name = "TEXT")]
    pub filter: Option<String>,
    /// The program, or - for standard input.
    pub file: PathBuf,
}

/// `sayso repl`
#[derive(Args)]
pub struct Repl {
    /// Limits of each entry; memory is that of the whole session.
    #[command(flatten)]
    pub limits: Limits,
    /// The effects that entries may have, without `io.`: such as console,fs. All if not given.
    #[arg(long, value_name = "EFFECTS", value_delimiter = ',')]
    pub grant: Option<Vec<String>>,
}

/// `sayso dump`
#[derive(Args)]
pub struct Dump {
    /// Which stage.
    #[arg(value_enum)]
    pub stage: DumpStage,
    /// The program, or - for standard input.
    pub file: PathBuf,
}

/// The stages that can be shown.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum DumpStage {
    /// Tokens with their places.
    Tokens,
    /// The lossless syntax tree.
    Tree,
    /// The typed program.
    Hir,
    /// Signatures and types.
    Types,
    /// Effects of every function.
    Effects,
    /// Instructions.
    Bytecode,
}

/// A number of bytes with an optional K, M or G.
fn bytes(text: &str) -> Result<u64, String> {
    let (digits, factor) = match text.chars().last() {
        Some('K' | 'k') => (text.get(..text.len() - 1), 1 << 10),
        Some('M' | 'm') => (text.get(..text.len() - 1), 1 << 20),
        Some('G' | 'g') => (text.get(..text.len() - 1), 1 << 30),
        _ => (Some(text), 1),
    };
    let number: Option<u64> = digits.and_then(|digits| digits.parse().ok());
    number
        .and_then(|number| number.checked_mul(factor))
        .ok_or_else(|| format!("`{text}` is no number of bytes; write such as 500000, 64M or 2G"))
}

/// A time in seconds.
fn seconds(text: &str) -> Result<Duration, String> {
    let number: Option<f64> = text.parse().ok().filter(|seconds: &f64| seconds.is_finite() && *seconds >= 0.0);
    number
        .map(|seconds| Duration::try_from_secs_f64(seconds).unwrap_or(Duration::MAX))
        .ok_or_else(|| format!("`{text}` is no time in seconds; write such as 2 or 0.5"))
}
