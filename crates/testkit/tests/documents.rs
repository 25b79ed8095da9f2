//! Blocks of code in documents: the tutorial's programs run, the type tests' types are as they say.

use sayso::{Engine, Severity};
use sayso_testkit::literate::{blocks, reveals};
use sayso_testkit::run::{Mode, limits, run, said};
use sayso_testkit::script::expectations;
use sayso_testkit::{files, root};

#[test]
fn programs_of_the_tutorial_print_what_they_say() {
    let text = std::fs::read_to_string(root().join("docs/tutorial.md")).unwrap();
    let mut wrong = Vec::new();
    let all = blocks(&text);
    assert!(all.len() > 10);
    for block in all {
        let at = format!("docs/tutorial.md:{}", block.line);
        match Engine::builder().limits(limits()).build().compile(&at, block.code.as_str()) {
            Ok(program) => {
                let expected = expectations(&block.code);
                let outcome = run(&program, &expected, Mode::Plain);
                if outcome.output.lines().ne(expected.output.iter().map(String::as_str)) || outcome.status != 0 {
                    wrong.push(format!("{at} printed\n{}{}", outcome.output, outcome.shown));
                }
            }
            Err(error) => wrong.push(format!("{at}:\n{error}")),
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
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
