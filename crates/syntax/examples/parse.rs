//! Parses the files named on the command line and prints what was wrong with them.
//!
//! `--tree` prints the tree, `--tokens` the tokens, `--view` the typed view; `--quiet` one line for each file with mistakes.

use sayso_base::{Interner, SourceMap, Style, render};

fn main() {
    let mut flags = Vec::new();
    let mut files = Vec::new();
    for argument in std::env::args().skip(1) {
        if argument.starts_with("--") { flags.push(argument) } else { files.push(argument) }
    }
    let has = |flag: &str| flags.iter().any(|f| f == flag);
    for name in files {
        let text = match std::fs::read_to_string(&name) {
            Ok(text) => text,
            Err(error) => {
                eprintln!("{name}: {error}");
                continue;
            }
        };
        let mut sources = SourceMap::new();
        let file = sources.add(name.clone(), text.as_str());
        let mut interner = Interner::new();
        let parse = sayso_syntax::parse(file, &text, &mut interner);
        assert_eq!(parse.tree.source(), text, "{name} does not print back");
        if has("--tokens") {
            print!("{}", parse.tree.dump_tokens());
        }
        if has("--tree") {
            print!("{}", parse.tree);
        }
        if has("--view") {
            print!("{}", sayso_syntax::dump(&parse.ast, &interner));
        }
        if has("--quiet") {
            if let Some(first) = parse.diagnostics.first() {
                let at = sources.get(file).map(|f| f.line_column(first.primary.span.start));
                let line = at.map_or(0, |at| at.line);
                println!("{name}:{line}: {} ({} in all)", first.message, parse.diagnostics.len());
            }
        } else {
            for diagnostic in &parse.diagnostics {
                print!("{}", render(diagnostic, &sources, Style::Plain));
            }
        }
    }
}
