//! Mistakes in declarations, from files of cases: `declarations/*.say`.
//!
//! A case begins with `//// name`. What stands behind `//// module path` is another module of it. A line that ends in
//! `// error[code] text` (or `warning`) is where a diagnostic with that code must begin, whose message, labels and
//! notes hold the text; several are separated by ` // `. No other error may appear. Behind `//// types` stands what
//! `print::dump_types` must give.

use sayso_base::{Diagnostic, Severity, SourceMap};
use sayso_check::{Input, Loaded, Loader, Options, Output, check, print};
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::path::Path;

#[derive(Default)]
struct Case {
    name: String,
    main: String,
    modules: BTreeMap<String, String>,
    types: Option<String>,
}

struct Modules<'a> {
    case: &'a Case,
    core: &'a str,
}

impl Loader for Modules<'_> {
    fn load(&self, path: &str) -> Loaded {
        match self.case.modules.get(path) {
            Some(text) => Loaded::Source { name: format!("{path}.say"), text: text.as_str().into(), library: false },
            None => self.load_library(path),
        }
    }

    fn load_library(&self, path: &str) -> Loaded {
        if path == "core" {
            return Loaded::Source { name: "core.say".into(), text: self.core.into(), library: true };
        }
        Loaded::Missing
    }

    fn known(&self) -> Vec<String> {
        self.case.modules.keys().cloned().collect()
    }
}

fn parse_cases(text: &str) -> Vec<Case> {
    let mut cases: Vec<Case> = Vec::new();
    enum Into {
        Main,
        Module(String),
        Types,
    }
    let mut into = Into::Main;
    for line in text.lines() {
        if let Some(head) = line.strip_prefix("//// ") {
            if let Some(path) = head.strip_prefix("module ") {
                into = Into::Module(path.to_string());
            } else if head == "types" {
                into = Into::Types;
            } else {
                cases.push(Case { name: head.to_string(), ..Case::default() });
                into = Into::Main;
            }
            continue;
        }
        let Some(case) = cases.last_mut() else { continue };
        let target = match &into {
            Into::Main => &mut case.main,
            Into::Module(path) => case.modules.entry(path.clone()).or_default(),
            Into::Types => case.types.get_or_insert_with(String::new),
        };
        target.push_str(line);
        target.push('\n');
    }
    cases
}

fn expected(file: &str, text: &str, list: &mut Vec<(String, u32, String)>) {
    for (index, line) in text.lines().enumerate() {
        for mark in line.split("// ").skip(1) {
            let mark = mark.trim();
            if mark.starts_with("error[") || mark.starts_with("warning[") {
                list.push((file.to_string(), index as u32 + 1, mark.to_string()));
            }
        }
    }
}

fn fits(diagnostic: &Diagnostic, mark: &str) -> bool {
    let word = match diagnostic.severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
    };
    let Some(rest) = mark.strip_prefix(word).and_then(|rest| rest.strip_prefix('[')) else { return false };
    let Some((code, text)) = rest.split_once(']') else { return false };
    let mut all = diagnostic.message.clone();
    for label in std::iter::once(&diagnostic.primary).chain(&diagnostic.secondary) {
        let _ = write!(all, "\n{}", label.text);
    }
    for note in &diagnostic.notes {
        let _ = write!(all, "\n{note}");
    }
    if let Some(suggestion) = &diagnostic.suggestion {
        let _ = write!(all, "\n{}", suggestion.message);
        for edit in &suggestion.edits {
            let _ = write!(all, "\n{}", edit.text);
        }
    }
    code == diagnostic.code && all.contains(text.trim())
}

fn place(diagnostic: &Diagnostic, sources: &SourceMap) -> (String, u32) {
    let span = diagnostic.primary.span;
    sources.get(span.file).map_or((String::new(), 0), |file| (file.name.clone(), file.line_column(span.start).line))
}

fn run_case(case: &Case, core: &str) -> Result<(), String> {
    let loader = Modules { case, core };
    let output = check(Input {
        name: "main.say".into(),
        text: case.main.as_str().into(),
        loader: &loader,
        options: Options::default(),
    });
    let mut wanted = Vec::new();
    expected("main.say", &case.main, &mut wanted);
    for (path, text) in &case.modules {
        expected(&format!("{path}.say"), text, &mut wanted);
    }
    let mut report = String::new();
    for diagnostic in &output.diagnostics {
        let (file, line) = place(diagnostic, &output.sources);
        let found = wanted.iter().position(|(f, l, mark)| *f == file && *l == line && fits(diagnostic, mark));
        match found {
            Some(index) => {
                wanted.remove(index);
            }
            // Lints about the bodies of these cases are not what they are for.
            None if diagnostic.severity == Severity::Warning => {}
            None => report.push_str(&sayso_base::render(diagnostic, &output.sources, sayso_base::Style::Plain)),
        }
    }
    for (file, line, mark) in wanted {
        let _ = writeln!(report, "missing: {file}:{line}: {mark}");
    }
    if let Some(types) = &case.types {
        let found = types_of(&output);
        if found.trim() != types.trim() {
            let _ = writeln!(report, "types are:\n{found}");
        }
    }
    if report.is_empty() { Ok(()) } else { Err(format!("---- {}\n{report}", case.name)) }
}

fn types_of(output: &Output) -> String {
    print::dump_types(output)
}

#[test]
fn declarations() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests");
    let core = fs::read_to_string(folder.join("core.say")).expect("core.say");
    let mut files: Vec<_> = fs::read_dir(folder.join("declarations"))
        .expect("folder")
        .map(|entry| entry.expect("entry").path())
        .filter(|path| path.extension().is_some_and(|ending| ending == "say"))
        .collect();
    files.sort();
    let mut failures = String::new();
    let mut count = 0;
    for file in files {
        let text = fs::read_to_string(&file).expect("file");
        for case in parse_cases(&text) {
            count += 1;
            if let Err(report) = run_case(&case, &core) {
                let _ = writeln!(failures, "{}: {report}", file.file_name().unwrap_or_default().to_string_lossy());
            }
        }
    }
    assert!(count > 0);
    assert!(failures.is_empty(), "\n{failures}");
}
