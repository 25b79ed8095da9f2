//! Makes the first corpora and the dictionary: `corpus/TARGET/*` and `sayso.dict` from the scripts, cases, examples and
//! library of this repository.

use sayso::stages::syntax::token::{TokenClass, TokenKind};
use sayso_fuzz::{run, tokens};
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

/// Longer files make slow seeds.
const LONGEST: u64 = 16 << 10;

fn main() {
    let here = PathBuf::from(env!("CARGO_MANIFEST_DIR"));
    let root = here.parent().expect("a folder above").to_owned();
    let mut files = Vec::new();
    for folder in ["tests/spec", "tests/ui", "examples", "crates/stdlib/src/say"] {
        collect(&root.join(folder), &mut files);
    }
    files.sort();
    let corpus = |target: &str| {
        let folder = here.join("corpus").join(target);
        std::fs::create_dir_all(&folder).expect("a folder can be made");
        folder
    };
    let (lexer, parser, checker) = (corpus("lexer"), corpus("parser"), corpus("checker"));
    let (run, image) = (corpus("run"), corpus("image"));
    let mut images = 0;
    for file in &files {
        let text = std::fs::read(file).expect("a file can be read");
        let path = file.strip_prefix(&root).unwrap_or(file).display().to_string();
        let name = path.replace(['/', '.'], "_");
        for folder in [&lexer, &parser, &checker, &run] {
            std::fs::write(folder.join(&name), &text).expect("a seed can be written");
        }
        let Ok(program) = run::engine().compile("input.say", String::from_utf8_lossy(&text)) else { continue };
        std::fs::write(image.join(&name), program.to_stripped_bytes()).expect("a seed can be written");
        images += 1;
    }
    std::fs::write(here.join("sayso.dict"), dictionary()).expect("the dictionary can be written");
    println!("{} seeds, {images} images", files.len());
}

fn collect(folder: &Path, into: &mut Vec<PathBuf>) {
    let Ok(entries) = std::fs::read_dir(folder) else { return };
    for entry in entries.flatten() {
        let path = entry.path();
        if path.is_dir() {
            collect(&path, into);
        } else if path.extension().is_some_and(|ending| ending == "say")
            && entry.metadata().is_ok_and(|data| data.len() <= LONGEST)
        {
            into.push(path);
        }
    }
}

/// The language's words and signs, names of the library, pieces of programs.
fn dictionary() -> String {
    let words = TokenKind::ALL
        .iter()
        .filter(|kind| matches!(kind.class(), TokenClass::Keyword | TokenClass::Contextual | TokenClass::Sign))
        .map(|kind| kind.text());
    let mut out = String::new();
    for word in words.chain(tokens::NAMES.iter().copied()).chain(tokens::PIECES.iter().copied()) {
        out.push('"');
        for byte in word.bytes() {
            match byte {
                b'"' | b'\\' => {
                    out.push('\\');
                    out.push(char::from(byte));
                }
                b' '..=b'~' => out.push(char::from(byte)),
                _ => drop(write!(out, "\\x{byte:02x}")),
            }
        }
        out.push_str("\"\n");
    }
    out
}
