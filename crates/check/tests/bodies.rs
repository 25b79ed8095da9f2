//! Types of expressions and mistakes in bodies, from files of cases: `bodies/*.say`, with the real library.
//!
//! A case begins with `//// name`. A line with `reveal(…)` that ends in `// type` shows that type; one that ends in
//! `// error: text` begins an error whose message, labels or notes hold the text. No other error may appear.

mod library;

use library::LibraryFiles;
use sayso_base::{Diagnostic, Severity};
use sayso_check::{Input, Loaded, Loader, Options, check};
use std::fmt::Write as _;
use std::fs;
use std::path::Path;

fn all_text(diagnostic: &Diagnostic) -> String {
    let mut text = format!("{} {} {}", diagnostic.code, diagnostic.message, diagnostic.primary.text);
    for label in &diagnostic.secondary {
        let _ = write!(text, " {}", label.text);
    }
    for note in &diagnostic.notes {
        let _ = write!(text, " {note}");
    }
    text
}

/// What is wrong with a case, if anything.
fn complaints(source: &str) -> String {
    let output = check(Input {
        name: "case.say".to_owned(),
        text: source.into(),
        loader: &LibraryFiles,
        options: Options::default(),
    });
    let mut wrong = String::new();
    let line_of = |diagnostic: &Diagnostic| {
        let span = diagnostic.primary.span;
        output.sources.get(span.file).map_or(0, |file| file.line_column(span.start).line as usize)
    };
    let mut expected_errors = Vec::new();
    for (index, line) in source.lines().enumerate() {
        let number = index + 1;
        let here = output.diagnostics.iter().filter(|diagnostic| line_of(diagnostic) == number);
        if let Some((_, wanted)) = line.split_once("// error: ") {
            expected_errors.push(number);
            let mut errors = here.filter(|diagnostic| diagnostic.severity == Severity::Error);
            if !errors.any(|diagnostic| all_text(diagnostic).contains(wanted)) {
                let _ = writeln!(wrong, "line {number}: no error with `{wanted}`");
            }
        } else if let Some((_, wanted)) = line.rsplit_once("// ").filter(|_| line.contains("reveal(")) {
            let shown: Vec<&str> =
                here.filter(|diagnostic| diagnostic.code == "reveal").map(|one| one.message.as_str()).collect();
            if shown != [wanted] {
                let _ = writeln!(wrong, "line {number}: `{wanted}` expected, found {shown:?}");
            }
        }
    }
    for diagnostic in &output.diagnostics {
        let line = line_of(diagnostic);
        if diagnostic.severity == Severity::Error && !expected_errors.contains(&line) {
            let _ = writeln!(wrong, "line {line}: unexpected: {}", all_text(diagnostic));
        }
    }
    wrong
}

#[test]
fn cases() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/bodies");
    let mut files: Vec<_> =
        fs::read_dir(folder).expect("the folder of cases").flatten().map(|entry| entry.path()).collect();
    files.sort();
    let mut failed = String::new();
    let mut count = 0;
    for file in files {
        let text = fs::read_to_string(&file).expect("a file of cases");
        for case in text.split("//// ").skip(1) {
            let (name, source) = case.split_once('\n').unwrap_or((case, ""));
            count += 1;
            let wrong = complaints(source);
            if !wrong.is_empty() {
                let _ = writeln!(failed, "{}: {name}\n{wrong}", file.display());
            }
        }
    }
    assert!(count > 0, "no cases");
    assert!(failed.is_empty(), "{failed}");
}
