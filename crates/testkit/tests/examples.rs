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
