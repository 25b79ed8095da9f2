//! Hostile imports.

use crate::harness::{End, run_by, soon};
use sayso::{Engine, Loaded, ModuleLoader};
use std::sync::Arc;

/// Modules by number: `m5` imports `m6` and so on, to the end.
struct Chain {
    length: usize,
    cyclic: bool,
}

impl ModuleLoader for Chain {
    fn load(&self, path: &str) -> Loaded {
        let Some(number) = path.strip_prefix('m').and_then(|number| number.parse::<usize>().ok()) else {
            return Loaded::Missing;
        };
        let next = match number + 1 {
            next if next < self.length => format!("import m{next}\nfn value() -> i64 {{ m{next}.value() }}\n"),
            _ if self.cyclic => "import m0\nfn value() -> i64 { 7 }\n".to_owned(),
            _ => "fn value() -> i64 { 7 }\n".to_owned(),
        };
        Loaded::Source { name: format!("{path}.say"), text: Arc::from(next) }
    }
}

fn imported(name: &str, loader: impl ModuleLoader + 'static, text: &str) -> End {
    soon(name, || {
        let engine = Engine::builder().loader(loader).build();
        run_by(&engine, text.to_owned())
    })
}

#[test]
fn modules_that_import_each_other_ten_thousand_deep() {
    let text = "import m0\nprintln(m0.value())\n";
    imported("chain", Chain { length: 9_000, cyclic: false }, text).printed("7");
    imported("cycle", Chain { length: 5_000, cyclic: true }, text).printed("7");
    imported("too many", Chain { length: 20_000, cyclic: false }, text).refused("modules");
}

/// A module that imports itself, and one that makes up new modules without end.
struct Endless;

impl ModuleLoader for Endless {
    fn load(&self, path: &str) -> Loaded {
        let text = match path {
            "own" => "import own\nfn f() { 1 }\n".to_owned(),
            _ if path.starts_with("wide") => (0..20).map(|i| format!("import {path}{i}\n")).collect(),
            _ => return Loaded::Missing,
        };
        Loaded::Source { name: path.to_owned(), text: Arc::from(text) }
    }
}

#[test]
fn imports_of_itself_and_without_end() {
    imported("itself", Endless, "import own\nprintln(own.f())\n").printed("1");
    imported("the main program", Endless, "import hostile\nprintln(1)\n").any();
    imported("without end", Endless, "import wide\nprintln(1)\n").refused("modules");
}

/// Notes what it is asked for.
struct Watching(Arc<std::sync::Mutex<Vec<String>>>);

impl ModuleLoader for Watching {
    fn load(&self, path: &str) -> Loaded {
        self.0.lock().expect("not poisoned").push(path.to_owned());
        Loaded::Missing
    }
}

#[test]
fn paths_that_lead_elsewhere() {
    let asked = Arc::new(std::sync::Mutex::new(Vec::new()));
    for text in
        ["import ..secret\n", "import a...b\n", "import ../x\n", "import /etc/passwd\n", "import .a\n", "import a.\n"]
    {
        imported(text, Watching(asked.clone()), text).refused("");
    }
    let asked = asked.lock().expect("not poisoned");
    let names = |path: &String| path.split('.').all(|part| !part.is_empty() && !part.contains(['/', '\\']));
    assert!(asked.iter().all(names), "a loader sees names alone: {asked:?}");
}
