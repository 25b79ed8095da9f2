//! The modules parse and check.

use crate::{modules, source};
use sayso_base::{Interner, SourceMap, Style, render};

#[test]
fn modules_parse() {
    for path in modules() {
        let path = *path;
        let text = source(path).unwrap_or("");
        let mut sources = SourceMap::new();
        let file = sources.add(format!("{path}.say"), text);
        let parse = sayso_syntax::parse(file, text, &mut Interner::new());
        let problems: String = parse.diagnostics.iter().map(|d| render(d, &sources, Style::Plain)).collect();
        assert!(problems.is_empty(), "{problems}");
    }
}
