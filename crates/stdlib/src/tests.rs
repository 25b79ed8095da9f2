//! The modules parse and check.

use crate::{modules, source};
use sayso_base::{FileId, Interner};

#[test]
fn modules_parse() {
    for path in modules() {
        let text = source(path).unwrap();
        let parse = sayso_syntax::parse(FileId(0), text, &mut Interner::new());
        let problems: Vec<String> = parse
            .diagnostics
            .iter()
            .map(|d| {
                let span = &d.labels;
                format!("{path}: {d:?} {span:?}")
            })
            .collect();
        assert!(problems.is_empty(), "{}", problems.join("\n"));
    }
}
