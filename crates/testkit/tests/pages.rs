//! Pages made from the sources are up to date: the library's, and the tables of the reference.
//!
//! `SAYSO_BLESS=1` (`cargo xtask docs`) rewrites them.

use sayso::stages::syntax::token::{TokenClass, TokenKind};
use sayso_testkit::pages::{gaps, pages};
use sayso_testkit::{files, root};

#[test]
fn made_pages_are_up_to_date() {
    let bless = std::env::var_os("SAYSO_BLESS").is_some();
    let mut stale = Vec::new();
    let all = pages().unwrap();
    for page in &all {
        let file = root().join(&page.path);
        let now = std::fs::read_to_string(&file).unwrap_or_default();
        if bless && now != page.text {
            if let Some(folder) = file.parent() {
                std::fs::create_dir_all(folder).unwrap();
            }
            std::fs::write(&file, &page.text).unwrap();
        } else if now != page.text {
            let differs = now.lines().zip(page.text.lines()).take_while(|(a, b)| a == b).count();
            let line = |text: &str| text.lines().nth(differs).unwrap_or("(its end)").to_string();
            let (is, should) = (line(&now), line(&page.text));
            stale.push(format!("{}:{}\n  is      {is}\n  should  {should}", page.path.display(), differs + 1));
        }
    }
    let made = |file: &std::path::PathBuf| all.iter().any(|page| root().join(&page.path) == *file);
    for file in files(&root().join("docs/library"), ".md") {
        if !made(&file) {
            stale.push(format!("{}: there is no such module", file.display()));
        }
    }
    assert!(stale.is_empty(), "`cargo xtask docs` brings these up to date:\n{}", stale.join("\n"));
}

#[test]
fn the_grammar_has_every_word_and_sign() {
    let page = |name: &str| std::fs::read_to_string(root().join("docs/reference").join(name)).unwrap();
    let (grammar, operators) = (page("grammar.md"), page("operators.md").replace('\\', ""));
    let written = TokenKind::ALL
        .iter()
        .filter(|kind| matches!(kind.class(), TokenClass::Keyword | TokenClass::Contextual | TokenClass::Sign));
    let missing: Vec<&str> = written
        .map(|kind| kind.text())
        .filter(|text| !grammar.contains(&format!("\"{text}\"")) && !operators.contains(&format!("`{text}`")))
        .collect();
    assert!(missing.is_empty(), "docs/reference/grammar.md lacks {missing:?}");
}

#[test]
fn everything_public_in_the_library_has_a_text_and_functions_an_example() {
    let gaps = gaps().unwrap();
    assert!(gaps.is_empty(), "{} gaps:\n{}", gaps.len(), gaps.join("\n"));
}

#[test]
fn the_depth_of_nesting_is_stated_as_it_is() {
    let depth = sayso::stages::syntax::ast::MAX_DEPTH;
    for (page, text) in [
        ("limits.md", format!("| nesting of expressions, blocks, patterns, types | {depth} |")),
        ("source.md", format!("may nest {depth} levels deep")),
    ] {
        let path = root().join("docs/reference").join(page);
        let page = std::fs::read_to_string(&path).expect("the page");
        assert!(page.contains(&text), "{} has no `{text}`", path.display());
    }
}
