//! A program is the same whether half of it is inferred ahead or not: every script of the specification is checked both
//! ways.

mod library;

use library::LibraryFiles;
use sayso_check::print::{dump_hir, dump_types};
use sayso_check::{Input, Loaded, Loader, Options, check};
use std::fs;
use std::path::{Path, PathBuf};

fn scripts(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).expect("the folder of scripts").map(|entry| entry.expect("an entry").path()) {
        if entry.is_dir() {
            scripts(&entry, found);
        } else if entry.extension().is_some_and(|ending| ending == "say") {
            found.push(entry);
        }
    }
}

/// What is said of a program, its types and its code.
fn shown(text: &str, ahead: usize) -> (Vec<String>, String, String) {
    let options = Options { ahead, ..Options::default() };
    let output = check(Input { name: "main.say".to_owned(), text: text.into(), loader: &LibraryFiles, options });
    let messages = output.diagnostics.iter().map(|one| format!("{:?} {}", one.primary.span, one.message)).collect();
    (messages, dump_types(&output), dump_hir(&output.program, &output.names, false))
}

#[test]
fn what_is_inferred_ahead_is_the_same() {
    let mut all = Vec::new();
    scripts(&Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/spec"), &mut all);
    all.sort();
    assert!(all.len() > 100, "{} scripts", all.len());
    for script in all.iter().step_by(3) {
        let text = fs::read_to_string(script).expect("a script");
        let (messages, types, code) = shown(&text, usize::MAX);
        let (messages_ahead, types_ahead, code_ahead) = shown(&text, 1);
        assert_eq!(messages, messages_ahead, "{}", script.display());
        assert_eq!(types, types_ahead, "{}", script.display());
        assert_eq!(code.lines().count(), code_ahead.lines().count(), "{}", script.display());
    }
}
