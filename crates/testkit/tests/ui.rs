//! The messages about programs, as they are shown: `tests/ui/AREA/CASE.say` with the rendered text in `CASE.txt`.
//!
//! Each case is checked and, if it has no errors, compiled; everything that is said about it is rendered and compared.
//! `SAYSO_BLESS=1` rewrites the texts. Files in a folder `modules` are no cases but what the cases beside it import
//! (`host_….say`: as modules of a host). A first line `// options: NAME=VALUE, …` sets
//! limits of the checker, or `grant=EFFECT+EFFECT` what a host allows.
//!
//! Beyond the texts: every suggestion, carried out, mends what it is about; every code that the
//! sources name is shown by some case; hostile texts end in a few messages, without a panic.

use sayso_base::{Diagnostic, FileId, Severity, SourceMap, Style, Suggestion};
use sayso_check::{Input, Loaded, Loader, Options, Output};
use sayso_types::Effects;
use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

/// Codes that no case brings forth: what is said when the implementation itself is wrong, and about what would be too
/// large a file.
const NOT_SHOWN: &[&str] = &["internal-error", "missing-core", "function-too-large", "not-yet"];

/// Codes whose suggestion mends one of several places, of which only the first is reported.
const PARTIAL: &[&str] = &["tab-indentation"];

fn folder() -> PathBuf {
    sayso_testkit::root().join("tests/ui")
}

/// The modules beside a case, then the library's.
struct Modules {
    folder: PathBuf,
    /// How messages call the folder.
    name: String,
}

impl Loader for Modules {
    fn load(&self, path: &str) -> Loaded {
        if path == "unreadable" {
            return Loaded::Failed("permission denied".to_string());
        }
        let file = format!("{}.say", path.replace('.', "/"));
        match std::fs::read_to_string(self.folder.join(&file)) {
            Ok(text) => {
                let library = file.starts_with("host_");
                Loaded::Source { name: format!("{}/{file}", self.name), text: text.into(), library }
            }
            Err(_) => self.load_library(path),
        }
    }

    fn load_library(&self, path: &str) -> Loaded {
        match sayso_stdlib::source(path) {
            Some(text) => Loaded::Source { name: format!("<library>/{path}.say"), text: text.into(), library: true },
            None => Loaded::Missing,
        }
    }

    fn known(&self) -> Vec<String> {
        sayso_stdlib::modules().iter().map(|path| path.to_string()).collect()
    }
}

struct Case {
    /// Relative to the suite, with `/` between folders.
    name: String,
    path: PathBuf,
    text: String,
}

fn cases() -> Vec<Case> {
    let root = folder();
    let mut cases = Vec::new();
    for path in sayso_testkit::files(&root, ".say") {
        let relative = path.strip_prefix(&root).unwrap_or(&path);
        if relative.iter().any(|part| part == "modules") {
            continue;
        }
        let name = relative.iter().map(|part| part.to_string_lossy()).collect::<Vec<_>>().join("/");
        let text = std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{name}: {error}"));
        cases.push(Case { name, path, text });
    }
    assert!(!cases.is_empty(), "no cases in {}", root.display());
    cases
}

/// The settings in the first line of a case, `// options: NAME=VALUE, …`.
fn settings(text: &str) -> impl Iterator<Item = (&str, &str)> {
    let line = text.lines().next().and_then(|line| line.strip_prefix("// options: ")).unwrap_or("");
    line.split(", ").filter_map(|setting| setting.split_once('='))
}

/// The limits in the first line of a case.
fn options(text: &str) -> Options {
    let mut options = Options::default();
    for (name, value) in settings(text).filter(|(name, _)| *name != "grant") {
        let value = value.parse().unwrap_or_else(|_| panic!("{value:?} is no number"));
        match name {
            "inference_depth" => options.inference_depth = value,
            "types" => options.types = value,
            "source_bytes" => options.source_bytes = value,
            "modules" => options.modules = value,
            other => panic!("unknown option {other:?}"),
        }
    }
    options
}

/// The effects that a case is granted.
fn grant(text: &str) -> Effects {
    let written = settings(text).find(|(name, _)| *name == "grant").map(|(_, value)| value);
    let effect = |name: &str| Effects::from_name(name).unwrap_or_else(|| panic!("there is no effect {name:?}"));
    written.map_or(Effects::ALL, |written| written.split('+').fold(Effects::PURE, |all, name| all.union(effect(name))))
}

fn check(name: &str, path: &Path, text: &str) -> Output {
    let area = name.rsplit_once('/').map_or("", |(area, _)| area);
    let modules = path.parent().unwrap_or(path).join("modules");
    let loader = Modules { folder: modules, name: format!("{area}/modules") };
    let options = options(text);
    sayso_check::check(Input { name: name.to_string(), text: text.into(), loader: &loader, options })
}

/// Everything that is said about a program.
fn diagnostics(name: &str, path: &Path, text: &str) -> (Vec<Diagnostic>, SourceMap) {
    let mut output = check(name, path, text);
    if output.is_ok() {
        sayso_check::effects::check_grant(&output.program, grant(text), &output.names, &mut output.diagnostics);
        let emitted = sayso_emit::emit(&output.program, &output.names, &output.sources);
        output.diagnostics.extend(emitted.diagnostics);
    }
    (output.diagnostics, output.sources)
}

/// A diagnostic as it is shown. Places in the library are shown without line numbers, which change often.
fn render(diagnostic: &Diagnostic, sources: &SourceMap) -> String {
    let in_library = |file: FileId| sources.get(file).filter(|file| file.name.starts_with("<library>"));
    let mut diagnostic = diagnostic.clone();
    let mut text = String::new();
    if in_library(diagnostic.primary.span.file).is_none() {
        let (library, own) = diagnostic.secondary.into_iter().partition(|label| in_library(label.span.file).is_some());
        diagnostic.secondary = own;
        for label in library {
            let Some(file) = in_library(label.span.file) else { continue };
            let line = file.line_text(file.line_column(label.span.start).line).trim();
            let _ = writeln!(text, "  ::: {} | {line} | {}", file.name, label.text);
        }
    }
    sayso_base::render(&diagnostic, sources, Style::Plain) + &text
}

fn rendered(case: &Case) -> String {
    let (diagnostics, sources) = diagnostics(&case.name, &case.path, &case.text);
    let all: Vec<String> = diagnostics.iter().map(|diagnostic| render(diagnostic, &sources)).collect();
    all.join("\n")
}

#[test]
fn messages_are_as_recorded() {
    let bless = std::env::var_os("SAYSO_BLESS").is_some();
    let mut wrong = String::new();
    let mut expected_files = BTreeSet::new();
    for case in cases() {
        let got = rendered(&case);
        let file = case.path.with_extension("txt");
        let expected = std::fs::read_to_string(&file).unwrap_or_default();
        if got.is_empty() {
            let _ = writeln!(wrong, "==== {}: nothing is said about it\n", case.name);
        } else if bless && got != expected {
            std::fs::write(&file, &got).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
        } else if got != expected {
            let _ = writeln!(wrong, "==== {}\n---- recorded\n{expected}\n---- now\n{got}", case.name);
        }
        expected_files.insert(file);
    }
    for file in sayso_testkit::files(&folder(), ".txt") {
        if !expected_files.contains(&file) {
            let _ = writeln!(wrong, "==== {} belongs to no case", file.display());
        }
    }
    assert!(wrong.is_empty(), "{wrong}\n(SAYSO_BLESS=1 records what is said now)");
}

/// The text of a file with a suggestion carried out; `None` if it is about another file.
fn mended(file: FileId, text: &str, suggestion: &Suggestion) -> Option<String> {
    let mut out = String::new();
    let mut at = 0;
    for edit in &suggestion.edits {
        let (start, end) = (edit.span.start as usize, edit.span.end as usize);
        if edit.span.file != file {
            return None;
        }
        out.push_str(text.get(at..start)?);
        out.push_str(&edit.text);
        at = end;
    }
    out.push_str(text.get(at..)?);
    Some(out)
}

/// Whether a suggestion of `one` helped: less is said than before, or at least other things, such as what the mistake had
/// kept from being seen.
fn helped(one: &Diagnostic, before: &[Diagnostic], after: &[Diagnostic]) -> bool {
    let errors = |all: &[Diagnostic]| all.iter().filter(|one| one.severity == Severity::Error).count();
    let same = |all: &[Diagnostic]| all.iter().filter(|own| own.code == one.code && own.message == one.message).count();
    (errors(after), after.len()) < (errors(before), before.len())
        || (errors(after) <= errors(before) && same(after) < same(before))
}

#[test]
fn suggestions_mend() {
    let mut wrong = String::new();
    for case in cases() {
        let (found, sources) = diagnostics(&case.name, &case.path, &case.text);
        for diagnostic in &found {
            let Some(suggestion) = &diagnostic.suggestion else { continue };
            let Some(file) = sources.get(diagnostic.primary.span.file).filter(|file| file.name == case.name) else {
                continue;
            };
            let Some(text) = mended(diagnostic.primary.span.file, &file.text, suggestion) else { continue };
            let (left, left_sources) = diagnostics(&case.name, &case.path, &text);
            if !PARTIAL.contains(&diagnostic.code) && !helped(diagnostic, &found, &left) {
                let shown: Vec<String> = left.iter().map(|diagnostic| render(diagnostic, &left_sources)).collect();
                let _ = writeln!(
                    wrong,
                    "==== {}: the suggestion {:?} of `{}` ({}) does not help:\n{text}\n---- then\n{}",
                    case.name,
                    suggestion.message,
                    diagnostic.code,
                    diagnostic.message,
                    shown.join("\n"),
                );
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
}

/// The codes that a source file gives to diagnostics.
fn codes(source: &str) -> Vec<String> {
    let mut found = Vec::new();
    for call in ["Diagnostic::error(", "Diagnostic::warning(", "Mistake::new(", "self.error("] {
        for (at, _) in source.match_indices(call) {
            let rest = source.get(at + call.len()..).unwrap_or("").trim_start();
            if let Some((code, _)) = rest.strip_prefix('"').and_then(|rest| rest.split_once('"')) {
                found.push(code.to_string());
            }
        }
    }
    for (at, _) in source.match_indices("Lint {") {
        let rest = source.get(at..).unwrap_or("");
        let name = rest.split_once("name: \"").and_then(|(_, rest)| rest.split_once('"'));
        found.extend(name.map(|(name, _)| name.to_string()));
    }
    found
}

#[test]
fn a_function_with_too_many_variables_is_refused() {
    let mut text = String::from("fn f() -> i64 {\n");
    for index in 0..70_000 {
        let _ = writeln!(text, "    let x{index} = f()");
    }
    text.push_str("    x0\n}\nprintln(f())\n");
    let (found, _) = diagnostics("large.say", Path::new("large.say"), &text);
    let errors = found.iter().filter(|one| one.severity == Severity::Error);
    let messages: Vec<&str> = errors.map(|one| one.message.as_str()).collect();
    assert_eq!(messages, ["this function needs more than 65,000 registers"]);
}

#[test]
fn every_code_is_shown() {
    let mut known = BTreeSet::new();
    for part in ["syntax", "check", "emit"] {
        for path in sayso_testkit::files(&sayso_testkit::root().join(format!("crates/{part}/src")), ".rs") {
            if path.iter().any(|part| part == "tests" || part == "tests.rs") {
                continue;
            }
            known.extend(codes(&std::fs::read_to_string(&path).unwrap_or_default()));
        }
    }
    let shown: String = sayso_testkit::files(&folder(), ".txt")
        .iter()
        .map(|path| std::fs::read_to_string(path).unwrap_or_default())
        .collect();
    let missing: Vec<&String> = known
        .iter()
        .filter(|code| !NOT_SHOWN.contains(&code.as_str()) && !shown.contains(&format!("[{code}]: ")))
        .collect();
    assert!(known.len() > 100, "the sources name more codes than {known:?}");
    assert!(missing.is_empty(), "no case in tests/ui shows {missing:?}");
}
