//! The examples print what stands beside them.

use sayso_testkit::run::{MODES, engine, run};
use sayso_testkit::{files, root, script};

#[test]
fn examples_print_what_stands_beside_them() {
    // Their paths are relative to the repository.
    std::env::set_current_dir(root()).unwrap();
    let mut wrong = Vec::new();
    let examples = files(&root().join("examples"), ".say");
    assert!(examples.len() >= 9);
    for file in examples {
        let text = std::fs::read_to_string(&file).unwrap();
        let wanted = std::fs::read_to_string(file.with_extension("out")).unwrap();
        let program = match engine(&file).compile(&file.display().to_string(), text.as_str()) {
            Ok(program) => program,
            Err(error) => {
                wrong.push(format!("{}:\n{error}", file.display()));
                continue;
            }
        };
        for mode in MODES {
            let outcome = run(&program, &script::expectations(&text), *mode);
            if outcome.output != wanted {
                wrong.push(format!("{} ({mode:?}) printed\n{}{}", file.display(), outcome.output, outcome.shown));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn the_same_source_gives_the_same_bytes() {
    std::env::set_current_dir(root()).unwrap();
    for file in files(&root().join("examples"), ".say") {
        let text = std::fs::read_to_string(&file).unwrap();
        let bytes = || engine(&file).compile("same.say", text.as_str()).unwrap().to_bytes();
        let first = bytes();
        assert!(first == bytes(), "{} compiles differently the second time", file.display());
        // What was written is read back as the same program.
        assert!(engine(&file).load(&first).unwrap().to_bytes() == first, "{} is read back changed", file.display());
    }
}
