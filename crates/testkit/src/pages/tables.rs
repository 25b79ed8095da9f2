//! Tables within pages of the reference, between `<!-- made: NAME -->` and `<!-- end -->`, and the page of the bytecode.

use super::Page;
use crate::{files, root};
use sayso::stages::bytecode::FaultKind;
use sayso::stages::bytecode::opcode_reference;
use sayso::stages::check::LINTS;
use sayso::stages::syntax::token::{Assoc, OPERATORS, TokenClass, TokenKind};
use sayso::stages::types::Effects;
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::PathBuf;

/// Where each table stands, and what makes it.
const TABLES: &[(&str, &str, fn() -> String)] = &[
    ("docs/reference/operators.md", "operators", operators),
    ("docs/reference/source.md", "keywords", keywords),
    ("docs/reference/errors.md", "faults", faults),
    ("docs/reference/effects.md", "effects", effects),
    ("docs/reference/lints.md", "lints", lints),
    ("docs/reference/diagnostics.md", "codes", codes),
];

pub(super) fn pages() -> Result<Vec<Page>, String> {
    let mut pages: Vec<Page> = Vec::new();
    for (path, name, make) in TABLES {
        let before = match pages.iter().position(|page| page.path.to_str() == Some(path)) {
            Some(at) => pages.swap_remove(at).text,
            None => std::fs::read_to_string(root().join(path)).map_err(|error| format!("{path}: {error}"))?,
        };
        pages.push(Page { path: PathBuf::from(path), text: replaced(path, &before, name, &make())? });
    }
    pages.push(Page { path: PathBuf::from("docs/reference/bytecode.md"), text: opcode_reference() });
    Ok(pages)
}

/// A page with the table of this name as it should be.
fn replaced(path: &str, page: &str, name: &str, table: &str) -> Result<String, String> {
    let start = format!("<!-- made: {name} -->\n");
    let parts = page.split_once(&start).and_then(|(before, rest)| Some((before, rest.split_once("<!-- end -->")?.1)));
    let (before, behind) = parts.ok_or_else(|| format!("{path} has no place for the table `{name}`"))?;
    Ok(format!("{before}{start}\n{table}\n<!-- end -->{behind}"))
}

fn operators() -> String {
    let mut levels: Vec<(u8, Assoc, Vec<&str>)> = Vec::new();
    for operator in OPERATORS {
        match levels.last_mut().filter(|(precedence, ..)| *precedence == operator.precedence) {
            Some((.., signs)) => signs.push(operator.token.text()),
            None => levels.push((operator.precedence, operator.assoc, vec![operator.token.text()])),
        }
    }
    let mut text = String::from("| level | operators | grouping |\n|--:|---|---|\n");
    for (precedence, assoc, signs) in levels {
        let signs: Vec<String> = signs.iter().map(|sign| format!("`{}`", sign.replace('|', "\\|"))).collect();
        let grouping = match assoc {
            Assoc::Left => "from the left",
            Assoc::Right => "from the right",
            Assoc::None => "none: they do not chain",
        };
        let _ = writeln!(text, "| {precedence} | {} | {grouping} |", signs.join(" "));
    }
    text
}

fn keywords() -> String {
    let words = |class: TokenClass| {
        let all = TokenKind::ALL.iter().filter(|kind| kind.class() == class);
        all.map(|kind| format!("`{}`", kind.text())).collect::<Vec<_>>().join(" ")
    };
    format!(
        "Reserved: {}.\n\nWith a meaning in their place, names elsewhere: {}.\n",
        words(TokenClass::Keyword),
        words(TokenClass::Contextual)
    )
}

/// The classes that the machine raises, with the documentation of their declarations in `core`.
fn faults() -> String {
    let core = sayso::stages::stdlib::source("core").unwrap_or("");
    let lines: Vec<&str> = core.lines().collect();
    let mut text = String::from("| class | raised for |\n|---|---|\n");
    for kind in FaultKind::ALL {
        let class = kind.class_name();
        let declared = lines.windows(2).find(|pair| pair[1].starts_with(&format!("class {class}(Error)")));
        let said = match declared.and_then(|pair| pair[0].strip_prefix("/// ")) {
            Some(doc) => doc.trim_end_matches('.'),
            None => "what is none of the others: `panic`, and the class of all of them",
        };
        let _ = writeln!(text, "| `{class}` | {said} |");
    }
    text
}

fn effects() -> String {
    let said = |name: &str| match name {
        "io.console" => "reads standard input, writes standard output or error",
        "io.fs" => "reads or writes files and folders",
        "io.net" => "uses the network",
        "io.env" => "reads or writes the environment of the process, its arguments included",
        "io.clock" => "reads a clock",
        "io.random" => "uses randomness that no seed decides",
        "io.other" => "does anything else to the world outside: a host's function that says no more",
        "alloc" => "grows or shrinks a collection that it was given",
        "mut" => "writes in another way to something that it was given, or that outlives the call",
        "panic" => "may give up by `panic`, `assert`, `throw`, `unwrap` or a function ending in `!`",
        "async" => "may suspend the task",
        _ => "",
    };
    let mut text = String::from("| effect | a function that has it |\n|---|---|\n");
    for (name, _) in Effects::NAMES {
        let _ = writeln!(text, "| `{name}` | {} |", said(name));
    }
    text
}

fn lints() -> String {
    let mut text = String::from("| name | warns of |\n|---|---|\n");
    for lint in LINTS {
        let _ = writeln!(text, "| `{}` | {} |", lint.name, lint.doc.trim_end_matches('.'));
    }
    text
}

/// Every code that a case of `tests/ui` shows, with the first message that has it.
fn codes() -> String {
    let mut all: BTreeMap<String, (bool, String)> = BTreeMap::new();
    for file in files(&root().join("tests/ui"), ".txt") {
        let text = std::fs::read_to_string(&file).unwrap_or_default();
        for line in text.lines() {
            for (word, is_error) in [("error[", true), ("warning[", false)] {
                let Some((code, message)) = line.strip_prefix(word).and_then(|rest| rest.split_once("]: ")) else {
                    continue;
                };
                all.entry(code.to_string()).or_insert_with(|| (is_error, message.to_string()));
            }
        }
    }
    let mut text = String::new();
    for (title, wanted) in [("Errors", true), ("Warnings", false)] {
        let _ = write!(text, "### {title}\n\n| code | for example |\n|---|---|\n");
        for (code, (_, message)) in all.iter().filter(|(_, (is_error, _))| *is_error == wanted) {
            let _ = writeln!(text, "| `{code}` | {} |", message.replace('|', "\\|").replace('<', "&lt;"));
        }
        text.push('\n');
    }
    text.truncate(text.trim_end().len() + 1);
    text
}
