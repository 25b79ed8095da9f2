//! Rules that hold across the repository and that no compiler checks.
//!
//! Each rule lists all its findings; the task fails if there is one.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;

/// Which crates of the workspace a crate may use. A crate exists to forbid an arrow.
const ARROWS: &[(&str, &[&str])] = &[
    ("sayso-base", &[]),
    ("sayso-syntax", &["sayso-base"]),
    ("sayso-fmt", &["sayso-base", "sayso-syntax"]),
    ("sayso-types", &["sayso-base"]),
    ("sayso-bytecode", &["sayso-base", "sayso-types"]),
    ("sayso-check", &["sayso-base", "sayso-syntax", "sayso-types"]),
    ("sayso-emit", &["sayso-base", "sayso-types", "sayso-check", "sayso-bytecode"]),
    ("sayso-heap", &["sayso-base", "sayso-types"]),
    ("sayso-vm", &["sayso-base", "sayso-types", "sayso-bytecode", "sayso-heap"]),
    ("sayso-stdlib", &["sayso-base", "sayso-syntax", "sayso-types", "sayso-heap", "sayso-vm"]),
    (
        "sayso",
        &[
            "sayso-base",
            "sayso-syntax",
            "sayso-types",
            "sayso-check",
            "sayso-emit",
            "sayso-bytecode",
            "sayso-heap",
            "sayso-vm",
            "sayso-stdlib",
        ],
    ),
    ("sayso-cli", &["sayso", "sayso-fmt"]),
    ("sayso-testkit", &["sayso"]),
    ("xtask", &[]),
];

/// Crates that may contain `unsafe`.
const UNSAFE: &[&str] = &["heap", "vm", "jit"];

/// A file of this many lines, tests not counted, fails; one of [`LONG`] is named.
const LONGEST: usize = 1_500;
const LONG: usize = 800;

/// Words that say that something is unfinished.
const UNFINISHED: &[&str] = &["todo!", "unimplemented!", "TODO", "FIXME", "XXX"];

/// Runs all rules.
pub fn run(root: &Path) -> Result<(), String> {
    let mut findings = Vec::new();
    arrows(root, &mut findings)?;
    let files = tracked(root)?;
    for file in files.iter().filter(|file| file.extension().is_some_and(|ending| ending == "rs")) {
        let text = std::fs::read_to_string(root.join(file)).map_err(|error| format!("{}: {error}", file.display()))?;
        rust_file(file, &text, &mut findings);
    }
    if findings.is_empty() {
        println!("tidy: {} files, no findings", files.len());
        return Ok(());
    }
    let mut report = String::new();
    for finding in &findings {
        let _ = writeln!(report, "tidy: {finding}");
    }
    Err(report)
}

/// The files under version control, and new ones that are not ignored.
fn tracked(root: &Path) -> Result<Vec<PathBuf>, String> {
    let output = Command::new("git")
        .current_dir(root)
        .args(["ls-files", "--cached", "--others", "--exclude-standard"])
        .output()
        .map_err(|error| format!("git cannot be started: {error}"))?;
    let text = String::from_utf8_lossy(&output.stdout);
    Ok(text.lines().map(PathBuf::from).filter(|file| root.join(file).is_file()).collect())
}

fn arrows(root: &Path, findings: &mut Vec<String>) -> Result<(), String> {
    let cargo = std::env::var("CARGO").unwrap_or_else(|_| "cargo".into());
    let output = Command::new(cargo)
        .current_dir(root)
        .args(["metadata", "--no-deps", "--format-version", "1"])
        .output()
        .map_err(|error| format!("cargo metadata cannot be started: {error}"))?;
    let metadata: serde_json::Value =
        serde_json::from_slice(&output.stdout).map_err(|error| format!("cargo metadata is no JSON: {error}"))?;
    let allowed: BTreeMap<&str, &[&str]> = ARROWS.iter().copied().collect();
    let packages = metadata["packages"].as_array().cloned().unwrap_or_default();
    let names: Vec<&str> = packages.iter().filter_map(|package| package["name"].as_str()).collect();
    for package in &packages {
        let Some(name) = package["name"].as_str() else { continue };
        let Some(targets) = allowed.get(name) else {
            findings.push(format!("crate `{name}` is not in the table of arrows (xtask/src/tidy.rs)"));
            continue;
        };
        for dependency in package["dependencies"].as_array().into_iter().flatten() {
            let Some(target) = dependency["name"].as_str().filter(|target| names.contains(target)) else { continue };
            let for_tests = dependency["kind"].as_str() == Some("dev");
            if !for_tests && !targets.contains(&target) {
                findings.push(format!("crate `{name}` may not use `{target}`"));
            }
        }
    }
    Ok(())
}

fn rust_file(file: &Path, text: &str, findings: &mut Vec<String>) {
    let shown = file.display();
    let in_tests = file.components().any(|part| part.as_os_str() == "tests") || file.ends_with("tests.rs");
    let code = text.split("#[cfg(test)]\nmod tests {").next().unwrap_or(text);
    let lines = code.lines().count();
    if lines > LONGEST && !in_tests {
        findings.push(format!("{shown}: {lines} lines; split it (at most {LONGEST})"));
    } else if lines > LONG && !in_tests {
        println!("tidy: note: {shown} has {lines} lines (aim for at most {LONG})");
    }
    if !file.starts_with("xtask") {
        for (number, line) in text.lines().enumerate() {
            if let Some(word) = UNFINISHED.iter().find(|word| line.contains(**word)) {
                findings.push(format!("{shown}:{}: `{word}`", number + 1));
            }
        }
    }
    let first = text.lines().next().unwrap_or("");
    if !first.starts_with("//!") && !in_tests && file.starts_with("crates") {
        findings.push(format!("{shown}: begins without a `//!` comment that says what it is for"));
    }
    let crate_name = file.components().nth(1).and_then(|part| part.as_os_str().to_str()).unwrap_or("");
    if file.starts_with("crates") && !UNSAFE.contains(&crate_name) && text.contains("unsafe {") {
        findings.push(format!("{shown}: `unsafe` outside of {UNSAFE:?}"));
    }
}
