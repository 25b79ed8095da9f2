//! The grammar in the reference is the parser's: sentences made of its rules at random parse without an error.
//!
//! Words are separated by blanks and blocks are in braces, so layout takes no part. What the grammar says in comments
//! is built in here: where struct values, blocks and function types do not stand. `SAYSO_GRAMMAR_ROUNDS` says how
//! many sentences are made.

use sayso::stages::base::{Interner, Severity, SourceMap};
use sayso::stages::syntax;
use sayso_testkit::root;
use std::collections::HashMap;

/// What stands on the right of a rule.
#[derive(Clone, Debug)]
enum Form {
    Text(String),
    Rule(String),
    All(Vec<Form>),
    One(Vec<Form>),
    Maybe(Box<Form>),
    Many(Box<Form>),
}

/// The rules of the `ebnf` blocks.
fn rules(text: &str) -> HashMap<String, Form> {
    let blocks = text.split("```ebnf\n").skip(1).map(|rest| rest.split("```").next().unwrap_or(""));
    let mut grammar: String = blocks.collect();
    while let Some(start) = grammar.find("(*") {
        let end = grammar[start..].find("*)").unwrap() + start + 2;
        grammar.replace_range(start..end, "");
    }
    // A word in quotes holds no blank, so blanks separate all words.
    let mut words = grammar.split_whitespace().peekable();
    let mut rules = HashMap::new();
    while let Some(name) = words.next() {
        assert_eq!(words.next(), Some("="), "behind {name}");
        let form = alternatives(&mut words);
        assert_eq!(words.next(), Some(";"), "at the end of {name}");
        assert!(rules.insert(name.to_string(), form).is_none(), "two rules {name}");
    }
    rules
}

type Words<'a> = std::iter::Peekable<std::str::SplitWhitespace<'a>>;

fn alternatives(words: &mut Words<'_>) -> Form {
    let mut all = vec![sequence(words)];
    while words.next_if_eq(&"|").is_some() {
        all.push(sequence(words));
    }
    if all.len() == 1 { all.remove(0) } else { Form::One(all) }
}

fn sequence(words: &mut Words<'_>) -> Form {
    let mut parts = Vec::new();
    while let Some(word) = words.next_if(|word| !["|", ")", "]", "}", ";"].contains(word)) {
        let closed = |form: Form, words: &mut Words<'_>, closer: &str| {
            assert_eq!(words.next(), Some(closer));
            form
        };
        parts.push(match word {
            "(" => {
                let inner = alternatives(words);
                closed(inner, words, ")")
            }
            "[" => {
                let inner = alternatives(words);
                closed(Form::Maybe(Box::new(inner)), words, "]")
            }
            "{" => {
                let inner = alternatives(words);
                closed(Form::Many(Box::new(inner)), words, "}")
            }
            _ => match word.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')) {
                Some(text) => Form::Text(text.to_string()),
                None => Form::Rule(word.to_string()),
            },
        });
    }
    Form::All(parts)
}

struct Maker {
    rules: HashMap<String, Form>,
    /// The fewest levels of rules below each rule.
    least: HashMap<String, usize>,
    random: u64,
    out: Vec<String>,
    /// In the head of a block, outside of brackets.
    head: bool,
    /// Behind `is` or `as`.
    operand_type: bool,
    /// The rule that is being followed.
    rule: String,
}

const FAR: usize = 1_000;

/// What a block may follow that is no operand.
const OWN_BLOCK: &[&str] = &["comptime", "spawn", "defer", "=>", "|", "||"];

impl Maker {
    fn new(rules: HashMap<String, Form>) -> Maker {
        let mut maker = Maker {
            least: HashMap::new(),
            rules,
            random: 1,
            out: Vec::new(),
            head: false,
            operand_type: false,
            rule: String::new(),
        };
        for _ in 0..60 {
            let found: Vec<(String, usize)> =
                maker.rules.iter().map(|(name, form)| (name.clone(), maker.levels(form) + 1)).collect();
            maker.least.extend(found);
        }
        maker
    }

    /// The fewest levels of rules that a form needs; too many for what stands for layout.
    fn levels(&self, form: &Form) -> usize {
        match form {
            Form::Text(_) | Form::Maybe(_) | Form::Many(_) => 0,
            Form::Rule(name) => match name.as_str() {
                "INDENT" | "DEDENT" | "NEWLINE" | "LABEL" => FAR,
                name if is_token(name) => 0,
                name => self.least.get(name).copied().unwrap_or(FAR),
            },
            Form::All(parts) => parts.iter().map(|part| self.levels(part)).max().unwrap_or(0),
            Form::One(parts) => parts.iter().map(|part| self.levels(part)).min().unwrap_or(0),
        }
    }

    fn below(&mut self, end: usize) -> usize {
        self.random ^= self.random << 13;
        self.random ^= self.random >> 7;
        self.random ^= self.random << 17;
        (self.random >> 20) as usize % end.max(1)
    }

    fn make(&mut self, form: &Form, room: usize) {
        match form {
            // Type arguments begin without a blank: behind `is` and `as` one would compare.
            Form::Text(text) if text == "<" && self.rule == "type_atom" => self.out.push("\u{1}<".into()),
            Form::Text(text) => self.out.push(text.clone()),
            Form::All(parts) => parts.iter().for_each(|part| self.make(part, room)),
            Form::One(parts) => {
                let head = self.head;
                let fits = |maker: &Maker, part: &&Form| {
                    let barred = match part {
                        Form::All(parts) => match parts.first() {
                            // A block right in a head would be taken for the head's own.
                            Some(Form::Rule(name)) => match name.as_str() {
                                "struct_value" => head,
                                // Nor would one here be an operand: it is a block of what stands before it.
                                "braces" => {
                                    head || maker.out.last().is_some_and(|word| OWN_BLOCK.contains(&word.as_str()))
                                }
                                _ => false,
                            },
                            Some(Form::Text(text)) => maker.operand_type && text == "fn",
                            _ => false,
                        },
                        _ => false,
                    };
                    !barred && maker.levels(part) <= room
                };
                let open: Vec<&Form> = parts.iter().filter(|part| fits(self, part)).collect();
                let chosen = match open.len() {
                    0 => parts.iter().min_by_key(|part| self.levels(part)).unwrap(),
                    count => open[self.below(count)],
                };
                self.make(chosen, room);
            }
            Form::Maybe(inner) => {
                if self.levels(inner) <= room && self.below(3) == 0 {
                    self.make(inner, room);
                }
            }
            Form::Many(inner) => {
                while self.levels(inner) <= room && self.below(3) == 0 {
                    self.make(inner, room);
                }
            }
            Form::Rule(name) => self.follow(name, room),
        }
    }

    fn follow(&mut self, name: &str, room: usize) {
        let word = match name {
            "NAME" => ["a", "b", "c", "P", "Q"][self.below(5)],
            "INT" => ["0", "1", "0xF"][self.below(3)],
            "FLOAT" => "1.5",
            "BYTE" => "b'a'",
            "STRING" => "\"text\"",
            "RAW_STRING" => "r\"raw\"",
            "SYMBOL" => "#ok",
            _ => {
                let form = self.rules.get(name).unwrap_or_else(|| panic!("there is no rule {name}")).clone();
                let (head, operand_type) = (self.head, self.operand_type);
                match name {
                    "head" | "condition" => self.head = true,
                    "tested" | "converted" => self.operand_type = true,
                    "braces" | "arm" | "arg" | "element" | "index" | "type" => {
                        (self.head, self.operand_type) = (false, false);
                    }
                    _ => {}
                }
                let outer = std::mem::replace(&mut self.rule, name.to_string());
                self.make(&form, room.saturating_sub(1));
                self.rule = outer;
                (self.head, self.operand_type) = (head, operand_type);
                return;
            }
        };
        self.out.push(word.to_string());
    }

    /// A sentence of a rule.
    fn sentence(&mut self, rule: &str, room: usize) -> String {
        self.out.clear();
        self.follow(rule, room);
        let mut text = String::new();
        for word in &self.out {
            let glued = word == "?" || word.starts_with('\u{1}');
            if !glued && !text.is_empty() {
                text.push(' ');
            }
            text.push_str(word.trim_start_matches('\u{1}'));
        }
        text
    }
}

fn is_token(name: &str) -> bool {
    matches!(name, "NAME" | "INT" | "FLOAT" | "BYTE" | "STRING" | "RAW_STRING" | "SYMBOL")
}

#[test]
fn sentences_of_the_grammar_parse() {
    let text = std::fs::read_to_string(root().join("docs/reference/grammar.md")).unwrap();
    let rounds: usize = std::env::var("SAYSO_GRAMMAR_ROUNDS").ok().and_then(|n| n.parse().ok()).unwrap_or(3_000);
    let mut maker = Maker::new(rules(&text));
    let mut wrong = Vec::new();
    for round in 0..rounds {
        maker.random = (round as u64 + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1;
        let (before, rule, behind) = [
            ("", "file", ""),
            ("", "item", ""),
            ("x = ", "expr", ""),
            ("match x { ", "pattern", " => 1 }"),
            ("let x: ", "type", " = 1"),
        ][round % 5];
        let sentence = format!("{before}{}{behind}\n", maker.sentence(rule, 8 + round % 12));
        let words: Vec<&str> = sentence.split(' ').collect();
        let names = words.windows(2).any(|pair| {
            matches!(pair[0], "return" | "break" | "continue" | "yield") && matches!(pair[1], "as" | "not")
        });
        if names {
            continue;
        }
        let mut sources = SourceMap::new();
        let file = sources.add("sentence.say", sentence.as_str());
        let parsed = syntax::parse(file, &sentence, &mut Interner::new());
        let error = parsed.diagnostics.iter().find(|one| one.severity == Severity::Error);
        // `fn f(): fn() -> T { … }` is read as a result type where other languages write it.
        let foreign = |error: &&sayso::Diagnostic| error.message.starts_with("the result of a function stands behind");
        if let Some(error) = error.filter(|error| error.code != "nesting" && !foreign(error)) {
            wrong.push(format!("{rule}: {}: {}\n    {}", error.code, error.message, sentence.trim()));
        }
    }
    wrong.sort_by_key(|one| one.len());
    let shown: Vec<&str> = wrong.iter().take(25).map(String::as_str).collect();
    assert!(wrong.is_empty(), "{} of {rounds} sentences:\n{}", wrong.len(), shown.join("\n"));
}
