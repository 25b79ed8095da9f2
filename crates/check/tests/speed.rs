//! How fast declarations are checked. Not run by default: `cargo test --release -p sayso-check --test speed -- --ignored
//! --nocapture`.

use sayso_check::{Input, Library, Loaded, Loader, Options};
use std::fmt::Write as _;
use std::fs;
use std::path::Path;
use std::time::Instant;

struct Folder;

impl Loader for Folder {
    fn load(&self, path: &str) -> Loaded {
        self.load_library(path)
    }

    fn load_library(&self, path: &str) -> Loaded {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../stdlib/src/say");
        match fs::read_to_string(folder.join(format!("{path}.say"))) {
            Ok(text) => Loaded::Source { name: format!("{path}.say"), text: text.into(), library: true },
            Err(_) => Loaded::Missing,
        }
    }
}

/// About 20 lines for each of `count` groups.
fn program(count: usize) -> String {
    let mut text = String::from("trait Shape\nfn area(s: Shape) -> f64\n");
    for index in 0..count {
        let _ = write!(
            text,
            "/// A record.
struct P{index} {{
    x: i64
    mut y: f64
    name: str?
}}

fn P{index}.sum(self, by: i64 = 1) -> i64 {{
    let a = self.x + by
    let b = a * 2
    if b > 10 {{ a }} else {{ b }}
}}

enum E{index} {{ A{index}, B{index}(i64), C{index} {{ p: P{index} }} }}

fn use{index}(p: P{index}, q: [P{index}], f: fn(i64) -> i64) -> i64 {{
    let n = f(p.x)
    let m = p.sum()
    n + m + len(q)
}}

"
        );
    }
    text
}

#[test]
#[ignore = "measures"]
fn speed() {
    let start = Instant::now();
    let library = Library::new(&Folder, Options::default());
    println!("library: {:?}", start.elapsed());
    for round in 0..5 {
        let start = Instant::now();
        let output = library.check(Input {
            name: "main.say".into(),
            text: "let x = 1\n".into(),
            loader: &Folder,
            options: Options::default(),
        });
        println!("empty program {round}: {:?} ({} diagnostics)", start.elapsed(), output.diagnostics.len());
    }
    let only: Option<usize> = std::env::var("SPEED_GROUPS").ok().and_then(|text| text.parse().ok());
    for count in only.map_or(vec![100, 1_000, 5_000], |count| vec![count]) {
        let text = program(count);
        let lines = text.lines().count();
        let start = Instant::now();
        let mut names = sayso_base::Interner::new();
        let parse = sayso_syntax::parse(sayso_base::FileId(0), &text, &mut names);
        let parsed = start.elapsed();
        drop(parse);
        let start = Instant::now();
        let output = library.check(Input {
            name: "main.say".into(),
            text: text.into(),
            loader: &Folder,
            options: Options::default(),
        });
        let checked = start.elapsed();
        println!(
            "{lines} lines: parse {parsed:?}, all {checked:?}, {:.0} lines/s, {} diagnostics",
            lines as f64 / checked.as_secs_f64(),
            output.diagnostics.len()
        );
        for diagnostic in output.diagnostics.iter().take(3) {
            print!("{}", sayso_base::render(diagnostic, &output.sources, sayso_base::Style::Plain));
        }
    }
}
