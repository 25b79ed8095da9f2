//! Cases as files: `tests/*.say`.
//!
//! A case begins with `//// name`; what stands behind `//// module path` is another module of it. A line that ends in
//! `// warning[name] text` is where such a warning must begin, whose message, labels and notes hold the text; several are
//! separated by ` // `. No other diagnostic may appear, and what a warning suggests must silence it.

use super::LINTS;
use crate::library_files::LibraryFiles;
use crate::{Input, Library, Loaded, Loader, Options, Output};
use sayso_base::{Diagnostic, Severity};
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

#[derive(Clone, Default)]
struct Case {
    name: String,
    main: String,
    modules: BTreeMap<String, String>,
}

struct Modules<'a>(&'a Case);

impl Loader for Modules<'_> {
    fn load(&self, path: &str) -> Loaded {
        match self.0.modules.get(path) {
            Some(text) => Loaded::Source { name: format!("{path}.say"), text: text.as_str().into(), library: false },
            None => self.load_library(path),
        }
    }

    fn load_library(&self, path: &str) -> Loaded {
        LibraryFiles.load_library(path)
    }
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("src/lints/tests")
}

fn files() -> Vec<(String, String)> {
    let mut files: Vec<(String, String)> = fs::read_dir(folder())
        .expect("the cases")
        .map(|entry| entry.expect("a file").path())
        .filter(|path| path.extension().is_some_and(|ending| ending == "say"))
        .map(|path| {
            let name = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
            (name, fs::read_to_string(path).expect("text"))
        })
        .collect();
    files.sort();
    files
}

fn read_cases(text: &str) -> Vec<Case> {
    let mut cases: Vec<Case> = Vec::new();
    let mut module: Option<String> = None;
    for line in text.lines() {
        if let Some(head) = line.strip_prefix("//// ") {
            match head.strip_prefix("module ") {
                Some(path) => module = Some(path.to_owned()),
                None => {
                    module = None;
                    cases.push(Case { name: head.to_owned(), ..Case::default() });
                }
            }
            continue;
        }
        let Some(case) = cases.last_mut() else { continue };
        let target = match &module {
            None => &mut case.main,
            Some(path) => case.modules.entry(path.clone()).or_default(),
        };
        target.push_str(line);
        target.push('\n');
    }
    cases
}

/// File, line, name and text of each expected warning.
fn expected(case: &Case) -> Vec<(String, u32, String, String)> {
    let mut found = Vec::new();
    let main = [("main.say".to_owned(), &case.main)];
    let others = case.modules.iter().map(|(path, text)| (format!("{path}.say"), text));
    for (file, text) in main.into_iter().chain(others) {
        for (index, line) in text.lines().enumerate() {
            for part in line.split("// ").skip(1) {
                let Some(rest) = part.strip_prefix("warning[") else { continue };
                let (name, text) = rest.split_once(']').expect("a name in brackets");
                found.push((file.clone(), index as u32 + 1, name.to_owned(), text.trim().to_owned()));
            }
        }
    }
    found
}

fn library() -> Library {
    let none = Case::default();
    let library = Library::new(&Modules(&none), Options::default());
    assert!(library.diagnostics().is_empty(), "{:#?}", library.diagnostics());
    library
}

fn run(library: &Library, case: &Case) -> Output {
    library.check(Input {
        name: "main.say".to_owned(),
        text: case.main.as_str().into(),
        loader: &Modules(case),
        options: Options::default(),
    })
}

fn place(output: &Output, diagnostic: &Diagnostic) -> (String, u32) {
    let span = diagnostic.primary.span;
    let file = output.sources.get(span.file).expect("a file");
    (file.name.clone(), file.line_column(span.start).line)
}

fn all_texts(diagnostic: &Diagnostic) -> String {
    let mut text = format!("{}\n{}\n", diagnostic.message, diagnostic.primary.text);
    diagnostic.secondary.iter().for_each(|label| text.push_str(&format!("{}\n", label.text)));
    diagnostic.notes.iter().for_each(|note| text.push_str(&format!("{note}\n")));
    diagnostic.suggestion.iter().for_each(|suggestion| text.push_str(&suggestion.message));
    text
}

fn failures(library: &Library, case: &Case) -> String {
    let output = run(library, case);
    let mut failures = String::new();
    let mut wanted = expected(case);
    for diagnostic in &output.diagnostics {
        let (file, line) = place(&output, diagnostic);
        let at = wanted.iter().position(|(f, l, name, text)| {
            *f == file && *l == line && name == diagnostic.code && all_texts(diagnostic).contains(text.as_str())
        });
        match at {
            Some(at) if diagnostic.severity == Severity::Warning => {
                wanted.swap_remove(at);
            }
            _ => {
                let _ = writeln!(
                    failures,
                    "  not expected: {file}:{line} [{}] {}",
                    diagnostic.code,
                    all_texts(diagnostic).replace('\n', "; ")
                );
            }
        }
    }
    for (file, line, name, text) in wanted {
        let _ = writeln!(failures, "  missing: {file}:{line} [{name}] {text}");
    }
    failures
}

#[test]
fn lints_warn_where_cases_say() {
    let library = library();
    let mut all = String::new();
    for (file, text) in files() {
        for case in read_cases(&text) {
            let found = failures(&library, &case);
            if !found.is_empty() {
                let _ = writeln!(all, "{file}: {}\n{found}", case.name);
            }
        }
    }
    assert!(all.is_empty(), "{all}");
}

#[test]
fn suggestions_silence_what_they_mend() {
    let library = library();
    let mut mended = 0;
    for (file, text) in files() {
        for case in read_cases(&text) {
            let output = run(&library, &case);
            for diagnostic in &output.diagnostics {
                let Some(suggestion) = &diagnostic.suggestion else { continue };
                let (name, _) = place(&output, diagnostic);
                let mut changed = case.clone();
                let text = match name.strip_suffix(".say").filter(|name| *name != "main") {
                    Some(module) => changed.modules.get_mut(module).expect("a module"),
                    None => &mut changed.main,
                };
                for edit in suggestion.edits.iter().rev() {
                    text.replace_range(edit.span.start as usize..edit.span.end as usize, &edit.text);
                }
                let again = run(&library, &changed);
                let errors: Vec<&Diagnostic> =
                    again.diagnostics.iter().filter(|one| one.severity == Severity::Error).collect();
                let count =
                    |output: &Output| output.diagnostics.iter().filter(|one| one.code == diagnostic.code).count();
                assert!(errors.is_empty(), "{file}: {}\n{}\n{errors:#?}", case.name, changed.main);
                assert!(count(&again) < count(&output), "{file}: {}\n{}", case.name, changed.main);
                mended += 1;
            }
        }
    }
    assert!(mended >= 20, "{mended} suggestions");
}

#[test]
fn every_lint_has_at_least_five_cases() {
    let files = files();
    for lint in LINTS.iter().filter(|lint| !matches!(lint.run, super::Run::Elsewhere)) {
        let text = files.iter().find(|(name, _)| name == lint.name).map(|(_, text)| read_cases(text).len());
        assert!(text.is_some_and(|cases| cases >= 5), "{}: {text:?} cases", lint.name);
    }
}

#[test]
fn names_are_in_one_form_and_once() {
    for (index, lint) in LINTS.iter().enumerate() {
        assert!(lint.name.chars().all(|c| c.is_ascii_lowercase() || c == '_'), "{}", lint.name);
        assert!(lint.doc.ends_with('.'), "{}", lint.name);
        assert!(LINTS.iter().skip(index + 1).all(|other| other.name != lint.name), "{}", lint.name);
    }
}

#[test]
fn a_comment_that_allows_no_lint_is_warned_of() {
    let main = "fn f() {\n    // sayso: allow(unused_varable)\n    let a = 1\n}\nf()\n".to_owned();
    let output = run(&library(), &Case { main, ..Case::default() });
    let found: Vec<(&str, &str)> =
        output.diagnostics.iter().map(|one| (one.code, output.sources.text(one.primary.span))).collect();
    assert_eq!(found, [("unknown_lint", "unused_varable"), ("unused_variable", "a")]);
}
