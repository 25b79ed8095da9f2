//! The languages that are measured: where their tools are found, and how each runs a program.
//!
//! A new language is a new variant and its answer in each of the matches below.

use std::env;
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use clap::ValueEnum;

use crate::failure::{Failure, Result};
use crate::process;

/// A language, or a second way to run one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Language {
    /// Sayso as it runs by default.
    Sayso,
    /// Sayso without native code.
    SaysoInterp,
    /// Lua 5.4.
    Lua,
    /// LuaJIT.
    Luajit,
    /// LuaJIT without native code.
    LuajitInterp,
    /// CPython.
    Python,
    /// JavaScript under Node.
    Js,
    /// Rust, optimised.
    Rust,
}

impl Language {
    /// The name on the command line and in tables.
    pub fn name(self) -> &'static str {
        match self {
            Language::Sayso => "sayso",
            Language::SaysoInterp => "sayso-interp",
            Language::Lua => "lua",
            Language::Luajit => "luajit",
            Language::LuajitInterp => "luajit-interp",
            Language::Python => "python",
            Language::Js => "js",
            Language::Rust => "rust",
        }
    }

    /// Whether Sayso is to be ahead of it: true of the other scripting languages as their users run them.
    pub fn is_peer(self) -> bool {
        match self {
            Language::Lua | Language::Luajit | Language::Python | Language::Js => true,
            Language::Sayso | Language::SaysoInterp | Language::LuajitInterp | Language::Rust => false,
        }
    }

    /// The ending of its source files.
    pub fn extension(self) -> &'static str {
        match self {
            Language::Sayso | Language::SaysoInterp => "say",
            Language::Lua | Language::Luajit | Language::LuajitInterp => "lua",
            Language::Python => "py",
            Language::Js => "js",
            Language::Rust => "rs",
        }
    }

    /// A program that does nothing.
    pub fn empty_program(self) -> &'static str {
        match self {
            Language::Sayso | Language::SaysoInterp | Language::Rust => "fn main() {}\n",
            Language::Lua | Language::Luajit | Language::LuajitInterp | Language::Python | Language::Js => "",
        }
    }

    /// A program that prints `ready`.
    pub fn ready_program(self) -> &'static str {
        match self {
            Language::Sayso | Language::SaysoInterp => "fn main() {\n    println(\"ready\")\n}\n",
            Language::Lua | Language::Luajit | Language::LuajitInterp | Language::Python => "print(\"ready\")\n",
            Language::Js => "console.log(\"ready\");\n",
            Language::Rust => "fn main() {\n    println!(\"ready\");\n}\n",
        }
    }

    /// The names under which its tool may be installed, the first choice first.
    fn tool_names(self) -> &'static [&'static str] {
        match self {
            Language::Sayso | Language::SaysoInterp => &["sayso"],
            Language::Lua => &["lua5.4", "lua54", "lua-5.4", "lua"],
            Language::Luajit | Language::LuajitInterp => &["luajit"],
            Language::Python => &["python3", "python"],
            Language::Js => &["node", "nodejs"],
            Language::Rust => &["rustc"],
        }
    }

    fn version_argument(self) -> &'static str {
        match self {
            Language::Lua | Language::Luajit | Language::LuajitInterp => "-v",
            _ => "--version",
        }
    }

    /// What the version line of the right tool begins with.
    fn version_prefix(self) -> &'static str {
        match self {
            Language::Sayso | Language::SaysoInterp => "",
            Language::Lua => "Lua 5.4",
            Language::Luajit | Language::LuajitInterp => "LuaJIT",
            Language::Python => "Python 3",
            Language::Js => "v",
            Language::Rust => "rustc",
        }
    }
}

/// How Sayso is found and started.
#[derive(Debug, Clone, Default)]
pub struct SaysoOptions {
    /// The binary, instead of the repository's release build or the one on the search path.
    pub path: Option<PathBuf>,
    /// Arguments between `sayso run` and the file.
    pub arguments: Vec<OsString>,
    /// The argument that turns native code off.
    pub interpreter_argument: OsString,
}

/// A language whose tool is there.
#[derive(Debug, Clone)]
pub struct Tool {
    /// The language it runs.
    pub language: Language,
    /// The first line of what the tool says of its version.
    pub version: String,
    program: PathBuf,
    arguments: Vec<OsString>,
}

impl Tool {
    /// Looks for the language's tool.
    pub fn find(language: Language, sayso: &SaysoOptions) -> Result<Tool> {
        let candidates = candidates(language, sayso);
        let mut tried = Vec::new();
        for candidate in candidates {
            match version(language, &candidate) {
                Ok(version) => {
                    let program = without_wrapper(language, candidate);
                    return Ok(Tool { language, version, program, arguments: arguments(language, sayso) });
                }
                Err(failure) => tried.push(format!("{failure}")),
            }
        }
        Err(Failure::new(format!("{} is left out: {}", language.name(), tried.join("; "))))
    }

    /// The tool itself.
    pub fn program(&self) -> &Path {
        &self.program
    }

    /// The command that runs a program: its source, or for Rust what was compiled from it.
    pub fn command(&self, runnable: &Path) -> Command {
        if self.language == Language::Rust {
            return Command::new(runnable);
        }
        let mut command = Command::new(&self.program);
        command.args(&self.arguments).arg(runnable);
        command
    }
}

fn arguments(language: Language, sayso: &SaysoOptions) -> Vec<OsString> {
    let run_with = |extra: &[OsString]| [&["run".into()], extra, sayso.arguments.as_slice()].concat();
    match language {
        Language::Sayso => run_with(&[]),
        Language::SaysoInterp => run_with(std::slice::from_ref(&sayso.interpreter_argument)),
        Language::LuajitInterp => vec!["-joff".into()],
        Language::Lua | Language::Luajit | Language::Python | Language::Js | Language::Rust => Vec::new(),
    }
}

fn candidates(language: Language, sayso: &SaysoOptions) -> Vec<PathBuf> {
    let on_search_path = language.tool_names().iter().map(PathBuf::from);
    if !matches!(language, Language::Sayso | Language::SaysoInterp) {
        return on_search_path.collect();
    }
    match &sayso.path {
        Some(path) => vec![path.clone()],
        None => release_build().into_iter().chain(on_search_path).collect(),
    }
}

/// The binary that `cargo build --release` makes of this repository, if it is there.
fn release_build() -> Option<PathBuf> {
    let target =
        env::var_os("CARGO_TARGET_DIR").map(PathBuf::from).unwrap_or_else(|| crate::repository().join("target"));
    let binary = target.join("release").join(format!("sayso{}", env::consts::EXE_SUFFIX));
    binary.is_file().then_some(binary)
}

fn version(language: Language, tool: &Path) -> Result<String> {
    let run = process::run(Command::new(tool).arg(language.version_argument()), Duration::from_secs(20))?;
    let printed = if run.output.trim().is_empty() { run.errors } else { run.output };
    let line = printed.lines().next().unwrap_or_default().trim();
    if !run.status.success() || !line.starts_with(language.version_prefix()) {
        return Err(Failure::new(format!("`{}` says `{line}`", tool.display())));
    }
    let named = if language == Language::Js { format!("Node {line}") } else { line.to_string() };
    Ok(match named.split_once(" -- ").or_else(|| named.split_once("  Copyright")) {
        Some((version, _)) => version.to_string(),
        None => named,
    })
}

/// Version managers put scripts before Python; their own time is not Python's.
fn without_wrapper(language: Language, tool: PathBuf) -> PathBuf {
    if language != Language::Python {
        return tool;
    }
    let script = "import sys; print(sys.executable)";
    let run = process::run(Command::new(&tool).args(["-c", script]), Duration::from_secs(20));
    match run {
        Ok(run) if run.status.success() && Path::new(run.output.trim()).is_file() => run.output.trim().into(),
        _ => tool,
    }
}
