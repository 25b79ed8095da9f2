//! The benchmark programs: a folder each, holding one source file per language, all named after the folder.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use crate::failure::{Context, Failure, Result};
use crate::language::{Language, Tool};
use crate::process::{self, Run};

/// One benchmark, in all its languages.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Program {
    /// The name of its folder and, before the ending, of its files.
    pub name: String,
    folder: PathBuf,
}

impl Program {
    /// The program of this name in the folder of that name.
    pub fn new(name: &str, folder: &Path) -> Program {
        Program { name: name.to_string(), folder: folder.to_path_buf() }
    }

    /// The source in `language`.
    pub fn source(&self, language: Language) -> PathBuf {
        self.folder.join(&self.name).with_extension(language.extension())
    }

    /// What `tool` runs: the source or, for Rust, what it compiles into `build_folder` first.
    pub fn prepare(&self, tool: &Tool, build_folder: &Path) -> Result<PathBuf> {
        let source = self.source(tool.language);
        if !source.is_file() {
            return Err(Failure::new(format!("there is no {}", source.display())));
        }
        if tool.language == Language::Rust {
            compile(tool, &source, &build_folder.join(&self.name))
        } else {
            Ok(source)
        }
    }
}

/// All programs below `folder` whose name holds one of the `filters`, or simply all, by name.
pub fn discover(folder: &Path, filters: &[String]) -> Result<Vec<Program>> {
    let reading = || format!("cannot list {}", folder.display());
    let mut programs = Vec::new();
    for entry in fs::read_dir(folder).context(reading)? {
        let path = entry.context(reading)?.path();
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let wanted = filters.is_empty() || filters.iter().any(|filter| name.contains(filter));
        if path.is_dir() && wanted {
            programs.push(Program::new(&name, &path));
        }
    }
    programs.sort_by(|a, b| a.name.cmp(&b.name));
    if programs.is_empty() {
        return Err(Failure::new(format!("no program in {} matches {}", folder.display(), filters.join(", "))));
    }
    Ok(programs)
}

fn compile(rustc: &Tool, source: &Path, binary: &Path) -> Result<PathBuf> {
    let mut command = Command::new(rustc.program());
    command.args(["--edition", "2024", "-O", "-o"]).arg(binary).arg(source);
    process::run(&mut command, Duration::from_secs(300))
        .and_then(Run::succeeded)
        .context(|| format!("cannot compile {}", source.display()))?;
    Ok(binary.to_path_buf())
}

/// What differs between two outputs, or nothing.
pub fn difference(expected_by: &str, expected: &str, found_by: &str, found: &str) -> Option<String> {
    if expected == found {
        return None;
    }
    let mut expected_lines = expected.lines();
    let mut found_lines = found.lines();
    for line in 1.. {
        match (expected_lines.next(), found_lines.next()) {
            (None, None) => break,
            (a, b) if a == b => {}
            (a, b) => {
                let width = expected_by.len().max(found_by.len());
                let shown = |text: Option<&str>| text.map_or("(nothing)".to_string(), |text| format!("`{text}`"));
                return Some(format!(
                    "outputs differ in line {line}:\n    {expected_by:width$}  {}\n    {found_by:width$}  {}",
                    shown(a),
                    shown(b)
                ));
            }
        }
    }
    Some(format!("the outputs of {expected_by} and {found_by} differ in line ends only"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_outputs_do_not_differ() {
        assert_eq!(difference("rust", "1\n2\n", "lua", "1\n2\n"), None);
    }

    #[test]
    fn the_first_differing_line_is_shown() {
        let found = difference("rust", "1\n2\n3\n", "lua", "1\n5\n4\n");
        assert_eq!(found.as_deref(), Some("outputs differ in line 2:\n    rust  `2`\n    lua   `5`"));
    }

    #[test]
    fn a_missing_line_is_shown() {
        let found = difference("rust", "1\n2\n", "lua", "1\n");
        assert_eq!(found.as_deref(), Some("outputs differ in line 2:\n    rust  `2`\n    lua   (nothing)"));
    }

    #[test]
    fn a_missing_last_line_end_is_a_difference() {
        assert!(difference("rust", "1\n", "lua", "1").is_some());
    }
}
