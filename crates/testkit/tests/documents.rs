//! Blocks of code in documents: programs of the tutorial and of the reference do what their comments say, the type
//! tests' types are as they say.

use sayso::{Engine, EntryError, Host, Loaded, ModuleLoader, Session, Severity, SharedBuffer};
use sayso_testkit::literate::{blocks, reveals};
use sayso_testkit::run::{check_text, limits, said};
use sayso_testkit::script::expectations;
use sayso_testkit::{files, root};
use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// The modules that a document has shown so far, by path.
#[derive(Clone, Default)]
struct Shown(HashMap<String, Arc<str>>);

impl ModuleLoader for Shown {
    fn load(&self, path: &str) -> Loaded {
        match self.0.get(path) {
            Some(text) => Loaded::Source { name: format!("{path}.say"), text: text.clone() },
            None => Loaded::Missing,
        }
    }
}

/// Runs the programs of a document; gives their number, and adds what differs.
fn run_document(file: &Path, wrong: &mut Vec<String>) -> usize {
    let name = file.strip_prefix(root()).unwrap_or(file).display().to_string();
    let mut modules = Shown::default();
    let mut count = 0;
    for block in blocks(&std::fs::read_to_string(file).unwrap()) {
        if let Some(file) = &block.file {
            let path = file.trim_end_matches(".say").trim_end_matches("/mod").replace('/', ".");
            modules.0.insert(path, Arc::from(block.code.as_str()));
            continue;
        }
        count += 1;
        let engine = Engine::builder().loader(modules.clone()).limits(limits()).tests(true).build();
        let check = |code: &str, wrong: &mut Vec<String>| {
            if let Err(difference) = check_text(&engine, "block.say", code) {
                wrong.push(format!("{name}:{}\n    {difference}", block.line));
            }
        };
        check(&block.code, wrong);
        let expected = expectations(&block.code);
        if let Ok(program) = engine.compile("block.say", block.code.as_str()) {
            let unsaid =
                program.warnings().iter().filter(|one| !expected.warnings.iter().any(|e| said(one).contains(&e.part)));
            wrong.extend(unsaid.map(|one| format!("{name}:{}\n    is warned of: {}", block.line, one.message)));
        }
        if !expected.errors.is_empty() && !expected.output.is_empty() {
            // It prints what it says without the lines that are wrong.
            let wrong_lines: Vec<u32> = expected.errors.iter().map(|error| error.line).collect();
            let numbered = block.code.lines().zip(1..);
            let rest: Vec<&str> =
                numbered.filter(|(_, number)| !wrong_lines.contains(number)).map(|(line, _)| line).collect();
            check(&rest.join("\n"), wrong);
        }
    }
    count
}

#[test]
fn programs_of_the_documents_do_what_they_say() {
    let mut wrong = Vec::new();
    let only = std::env::var("SAYSO_DOCUMENT").unwrap_or_default();
    let mut all: Vec<PathBuf> = files(&root().join("docs/reference"), ".md");
    all.extend(["docs/tutorial.md", "README.md"].map(|file| root().join(file)));
    all.retain(|file| file.display().to_string().contains(&only));
    let count: usize = all.iter().map(|file| run_document(file, &mut wrong)).sum();
    assert!(wrong.is_empty(), "{} of {count} programs:\n{}", wrong.len(), wrong.join("\n"));
    assert!(count > 90 || !only.is_empty(), "only {count} programs were found");
}

/// What a session answers to the entries of a transcript: lines behind `> ` (and `  ...> ` where an entry goes on).
fn answers(transcript: &str) -> String {
    let output = SharedBuffer::new();
    let host = Host { stdout: Box::new(output.clone()), ..Host::default() };
    let mut session = Session::new(&Engine::builder().limits(limits()).build(), host).unwrap();
    let mut answered = String::new();
    let mut lines = transcript.lines().peekable();
    let mut seen = 0;
    while let Some(line) = lines.next() {
        let Some(entry) = line.strip_prefix("> ") else { continue };
        answered.push_str(&format!("> {entry}\n"));
        let mut entry = entry.to_owned();
        while let Some(more) = lines.next_if(|line| line.starts_with("  ...> ")) {
            answered.push_str(&format!("{more}\n"));
            entry.push_str(&format!("\n{}", more.trim_start_matches("  ...> ")));
        }
        let result = session.enter(&entry);
        let _ = session.vm().host().stdout.flush();
        let text = output.text();
        answered.push_str(&text[seen..]);
        seen = text.len();
        match result {
            Ok(entered) => {
                if let Some((value, ty)) = entered.value {
                    answered.push_str(&format!("{value} : {ty}\n"));
                }
            }
            Err(EntryError::Refused(error)) => {
                let errors = error.diagnostics.iter().filter(|one| one.severity == Severity::Error);
                errors.for_each(|one| answered.push_str(&format!("error[{}]: {}\n", one.code, one.message)));
            }
            Err(EntryError::Failed(failed)) => {
                answered.push_str(&format!("error: {}: {}\n", failed.error.class, failed.error.message));
            }
        }
    }
    answered
}

#[test]
fn sessions_answer_as_the_documents_say() {
    let mut count = 0;
    for file in files(&root().join("docs"), ".md") {
        let text = std::fs::read_to_string(&file).unwrap();
        for transcript in text.split("```session\n").skip(1) {
            let transcript = transcript.split("```").next().unwrap_or("");
            assert_eq!(answers(transcript), transcript, "{}", file.display());
            count += 1;
        }
    }
    assert!(count > 2);
}

#[test]
fn types_are_as_the_documents_say() {
    let mut wrong = Vec::new();
    let mut count = 0;
    for file in files(&root().join("tests/types"), ".md") {
        let text = std::fs::read_to_string(&file).unwrap();
        let name = file.file_name().unwrap().to_string_lossy().into_owned();
        for block in blocks(&text) {
            count += 1;
            let engine = Engine::builder().limits(limits()).build();
            let mut checked = engine.check("block.say", block.code.as_str());
            if checked.is_ok() && block.code.contains("comptime") {
                // Compile-time expressions run behind the check.
                if let Err(error) = engine.compile("block.say", block.code.as_str()) {
                    checked.diagnostics = error.diagnostics;
                }
            }
            let line = |one: &sayso::Diagnostic| {
                let file = checked.sources.get(one.primary.span.file);
                file.filter(|file| file.name == "block.say").map_or(0, |f| f.line_column(one.primary.span.start).line)
            };
            let at = |line: u32| format!("{name}:{}", block.line + line - 1);
            let expected = expectations(&block.code);
            for (at_line, ty) in reveals(&block.code) {
                let shown: Vec<&str> = checked
                    .diagnostics
                    .iter()
                    .filter(|one| one.code == "reveal" && line(one) == at_line)
                    .map(|one| one.message.as_str())
                    .collect();
                if !shown.contains(&ty.as_str()) {
                    wrong.push(format!("{}: expected `{ty}`, found {shown:?}", at(at_line)));
                }
            }
            for one in checked.diagnostics.iter().filter(|one| one.severity == Severity::Error) {
                let marked = expected.errors.iter().any(|e| e.line == line(one) && said(one).contains(&e.part));
                if !marked {
                    wrong.push(format!("{}: error: {}", at(line(one).max(1)), one.message));
                }
            }
            for wanted in &expected.errors {
                let mut errors = checked.diagnostics.iter().filter(|one| one.severity == Severity::Error);
                if !errors.any(|one| line(one) == wanted.line) {
                    wrong.push(format!("{}: no error with `{}`", at(wanted.line), wanted.part));
                }
            }
        }
    }
    assert!(count > 100);
    assert!(wrong.is_empty(), "{} differences\n{}", wrong.len(), wrong.join("\n"));
}

/// The anchors of a document's headings, as the usual renderers make them.
fn anchors(text: &str) -> Vec<String> {
    let mut found: Vec<String> = Vec::new();
    let mut code = false;
    for line in text.lines() {
        code ^= line.starts_with("```");
        if let Some(heading) = line.strip_prefix('#').filter(|_| !code) {
            let plain = heading.trim_start_matches('#').trim().to_lowercase().replace(' ', "-");
            let plain: String = plain.chars().filter(|c| c.is_alphanumeric() || matches!(c, '-' | '_')).collect();
            let before = found.iter().filter(|one| **one == plain || one.starts_with(&format!("{plain}-"))).count();
            let numbered = format!("{plain}-{before}");
            found.push(if found.contains(&plain) { numbered } else { plain });
        }
    }
    found
}

/// A document without its code, in blocks and in lines. What stands in a link's brackets as code is gone too.
fn prose(text: &str) -> String {
    let mut out = String::new();
    let mut code = false;
    for line in text.lines() {
        code ^= line.starts_with("```");
        if !code {
            out.extend(line.split('`').step_by(2));
            out.push('\n');
        }
    }
    out
}

#[test]
fn links_lead_somewhere() {
    let mut all = files(&root().join("docs"), ".md");
    all.extend(["README.md", "ARCHITECTURE.md", "CONTRIBUTING.md", "SECURITY.md"].map(|file| root().join(file)));
    let mut wrong = Vec::new();
    for file in &all {
        let text = prose(&std::fs::read_to_string(file).unwrap());
        for (at, _) in text.match_indices("](") {
            let target = text[at + 2..].split(')').next().unwrap_or("");
            if target.contains("://") || target.contains(char::is_whitespace) {
                continue;
            }
            let (path, anchor) = target.split_once('#').unwrap_or((target, ""));
            let other = if path.is_empty() { file.clone() } else { file.with_file_name("").join(path) };
            let found = std::fs::read_to_string(&other);
            let led = found.is_ok_and(|text| anchor.is_empty() || anchors(&text).iter().any(|one| one == anchor));
            if !led {
                wrong.push(format!("{}: {target}", file.display()));
            }
        }
    }
    assert!(wrong.is_empty(), "links that lead nowhere:\n{}", wrong.join("\n"));
}
