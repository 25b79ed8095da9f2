//! All of the library checks, whether a program reaches it or not, and each public function is documented.

use sayso::stages::{base, check, stdlib};
use std::sync::Arc;

struct Library;

impl check::Loader for Library {
    fn load(&self, path: &str) -> check::Loaded {
        self.load_library(path)
    }
    fn load_library(&self, path: &str) -> check::Loaded {
        match stdlib::source(path) {
            Some(text) => check::Loaded::Source { name: format!("{path}.say"), text: text.into(), library: true },
            None => check::Loaded::Missing,
        }
    }
}

#[test]
fn the_whole_library_checks() {
    let imports: String = stdlib::modules().iter().map(|module| format!("import {module}\n")).collect();
    let options = check::Options { whole_library: true, ..check::Options::default() };
    let input = check::Input { name: "all.say".into(), text: Arc::from(imports), loader: &Library, options };
    let output = check::check(input);
    let own = |diagnostic: &&base::Diagnostic| {
        output.sources.get(diagnostic.primary.span.file).is_some_and(|file| file.name != "all.say")
    };
    let found: String = output
        .diagnostics
        .iter()
        .filter(own)
        .map(|diagnostic| base::render(diagnostic, &output.sources, base::Style::Plain))
        .collect();
    assert!(found.is_empty(), "{found}");
}

/// The name of the function that a line declares.
fn declared(line: &str) -> Option<&str> {
    let line = match line.strip_prefix('@') {
        Some(attribute) => attribute.split_once(") ")?.1,
        None => line,
    };
    let rest = line.strip_prefix("fn ")?;
    rest.split(['(', '<']).next()
}

#[test]
fn public_functions_are_documented() {
    let mut missing = Vec::new();
    for module in stdlib::modules() {
        let text = stdlib::source(module).unwrap_or("");
        let (mut documented, mut last) = (false, "");
        for line in text.lines() {
            if line.starts_with("///") {
                documented = true;
            } else if let Some(name) = declared(line) {
                // Further functions of a name follow the first, iterators' own are those of `core`.
                if !documented && name != last && !name.starts_with('_') && !name.contains('.') {
                    missing.push(format!("{module}.{name}"));
                }
                (documented, last) = (false, name);
            } else if !line.starts_with([' ', '}']) {
                documented = false;
            }
        }
    }
    assert!(missing.is_empty(), "without documentation: {missing:?}");
}
