//! Mutations that know what a token, a line and a bracket are.
//!
//! Half of the time libFuzzer's own mutations are used: they know the dictionary and compare operands. The others work
//! on the tokens of the lexer, so that most results still parse and many still check.

use libfuzzer_sys::fuzzer_mutate;
use sayso::stages::base::FileId;
use sayso::stages::syntax::lexer;
use sayso::stages::syntax::token::{TokenClass, TokenKind};
use std::ops::Range;

/// A small generator (xorshift): the same seed gives the same mutation.
pub struct Random(u64);

impl Random {
    /// A generator.
    pub fn new(seed: u32) -> Random {
        Random((u64::from(seed) << 20 | 0x9e37).wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1)
    }

    fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }

    /// A number below `bound`; 0 if that is 0.
    pub fn below(&mut self, bound: usize) -> usize {
        if bound == 0 { 0 } else { (self.next() >> 11) as usize % bound }
    }

    /// One of several.
    pub fn pick<'a, T: ?Sized>(&mut self, from: &[&'a T]) -> Option<&'a T> {
        from.get(self.below(from.len())).copied()
    }
}

/// Pieces of programs, of each construct one or several; put between tokens or lines.
pub const PIECES: &[&str] = &[
    "fn f(a: i64, b = 2) -> i64 { a + b }\n",
    "fn g<T>(x: T) -> [T] { [x] }\n",
    "fn h(x) { x }\n",
    "struct P<T> { x: T, mut y: i64 = 0 }\n",
    "enum E { A, B(i64), C { x: str } }\n",
    "trait T {}\n",
    "interface I { fn m(self) -> i64 }\n",
    "class C { n = 0\n init(self) { self.n = 1 }\n fn m(self) { self.n += 1 } }\n",
    "class D(C): T { fn m(self) { super.m() } }\n",
    "object O: T\n",
    "type A = i64 | str\n",
    "let x = 1\n",
    "let mut x = []\n",
    "let (a, b) = (1, 2)\n",
    "for i in 0..3 { println(i) }\n",
    "for (k, v) in [\"a\": 1] { println(k, v) }\n",
    "while x < 3 { x += 1 }\n",
    "outer: loop { break outer 5 }\n",
    "if let Some(y) = x { y } else { 0 }\n",
    "match x { 1 | 2 => 3, n: i64 if n > 3 => n, [a, ..r] => 1, P { x, .. } => x, _ => 0 }\n",
    "match x { Some(y) => y, None => 0 }\n",
    "try { throw \"e\" } catch e: str { e } catch e { println(e.message) }\n",
    "defer println(\"d\")\n",
    "fn gen() { yield 1\n yield 2 }\n",
    "comptime (1 + 2)",
    "println(\"{x:>8.2} {x:?}\")\n",
    "import math\n",
    "import json\n",
    "from iter import take\n",
    "test \"t\" { expect 1 == 1 }\n",
    "|a, b| a + b",
    "|x| x",
    "|| 1",
    "[1, 2, 3]",
    "[x; 3]",
    "[\"a\": 1]",
    "[:]",
    "%{ a: 1, b: \"s\" }",
    "(1, \"a\")",
    "0..=10",
    "#ok",
    "Some(1)",
    "None",
    "Ok(1)",
    "Err(\"e\")",
    "x as i64",
    "x is str",
    "x in xs",
    " ?? ",
    " or ",
    " |> ",
    "?.y",
    ".map(|x| x + 1)",
    ".filter(|x| x > 1)",
    ".len()",
    ".push(1)",
    ".sort()",
    ".to_str()",
    ".get(0)",
    "[0]",
    "[1..]",
    " is pure",
    " is io.fs + panic",
    ": any",
    ": fn(i64) -> i64",
    "-> never",
    "?",
    "9223372036854775807",
    "-9223372036854775808",
    "0.1",
    "1e308",
    "b'a'",
    "\"\"",
    "\"é🦀\"",
    "xs.push(xs)\n",
    "f(f)",
    "let y = x\n",
];

/// Names that mean something wherever they stand.
pub const NAMES: &[&str] = &[
    "println",
    "print",
    "len",
    "push",
    "pop",
    "map",
    "filter",
    "reduce",
    "assert",
    "sqrt",
    "abs",
    "type_of",
    "min",
    "max",
    "to",
    "parse",
    "compare",
    "hash",
    "iter",
    "next",
    "to_str",
    "debug",
    "equal?",
    "less?",
    "contains?",
    "i64",
    "f64",
    "bool",
    "byte",
    "str",
    "void",
    "any",
    "never",
    "Option",
    "Result",
    "Some",
    "None",
    "Ok",
    "Err",
    "Error",
    "Iter",
    "Seq",
    "Function",
    "Type",
    "Range",
    "x",
    "y",
    "f",
    "self",
    "T",
    "P",
    "E",
    "A",
    "main",
    "args",
    "math",
    "json",
    "sort",
    "join",
    "split",
    "repeat",
    "get",
    "insert",
    "remove",
    "keys",
    "values",
    "enumerate",
    "zip",
    "take",
    "skip",
    "fold",
    "collect",
    "chars",
    "bytes",
    "slice",
    "concat",
    "reverse",
    "find",
    "replace",
    "unwrap",
    "message",
    "trace",
    "cause",
];

/// A text and where its tokens stand.
struct Tokens<'a> {
    text: &'a str,
    kinds: Vec<TokenKind>,
    starts: Vec<usize>,
}

impl<'a> Tokens<'a> {
    fn new(text: &'a str) -> Tokens<'a> {
        let lexed = lexer::lex(FileId(0), text);
        let starts = lexed.starts.iter().map(|start| *start as usize).collect();
        Tokens { text, kinds: lexed.kinds, starts }
    }

    fn count(&self) -> usize {
        self.kinds.len()
    }

    /// Where the token begins; the end of the text for one past the last.
    fn start(&self, token: usize) -> usize {
        self.starts.get(token).copied().unwrap_or(self.text.len())
    }

    /// Some tokens, seldom many.
    fn range(&self, random: &mut Random) -> Range<usize> {
        let first = random.below(self.count() + 1);
        let most = if random.below(4) == 0 { 40 } else { 6 };
        let last = (first + 1 + random.below(most)).min(self.count());
        self.start(first.min(last))..self.start(last)
    }

    /// A bracket with what is in it, without the brackets half of the time.
    fn group(&self, random: &mut Random) -> Option<Range<usize>> {
        let opens = |kind: &TokenKind| kind.closer().is_some();
        let all: Vec<usize> = (0..self.count()).filter(|token| self.kinds.get(*token).is_some_and(opens)).collect();
        let open = *all.get(random.below(all.len()))?;
        let mut depth = 0usize;
        for token in open..self.count() {
            let kind = *self.kinds.get(token)?;
            if kind.closer().is_some() {
                depth += 1;
            } else if kind.is_closer() {
                depth -= 1;
                if depth == 0 {
                    let whole = random.below(2) == 0;
                    let (first, last) = if whole { (open, token + 1) } else { (open + 1, token) };
                    return Some(self.start(first)..self.start(last));
                }
            }
        }
        None
    }

    /// A line, its end included.
    fn line(&self, random: &mut Random) -> Range<usize> {
        let at = self.start(random.below(self.count() + 1));
        let before = self.text.get(..at).unwrap_or("");
        let start = before.rfind('\n').map_or(0, |end| end + 1);
        let behind = self.text.get(at..).unwrap_or("");
        let end = behind.find('\n').map_or(self.text.len(), |end| at + end + 1);
        start..end
    }

    /// A range of some kind.
    fn any(&self, random: &mut Random) -> Range<usize> {
        match random.below(4) {
            0 => self.line(random),
            1 => self.group(random).unwrap_or_else(|| self.range(random)),
            _ => self.range(random),
        }
    }

    /// Another token in place of one of the same group.
    fn replaced(&self, random: &mut Random) -> Option<(Range<usize>, String)> {
        let wanted: Vec<usize> =
            (0..self.count()).filter(|token| self.kinds.get(*token).is_some_and(|kind| !kind.is_trivia())).collect();
        let token = *wanted.get(random.below(wanted.len()))?;
        let place = self.start(token)..self.start(token + 1);
        let kind = *self.kinds.get(token)?;
        let same = |other: &TokenKind| other.class() == kind.class() && other.class() != TokenClass::Virtual;
        let new = if kind.class() == TokenClass::Value {
            // Another value of this text, or one that is known.
            let others: Vec<usize> = wanted
                .iter()
                .copied()
                .filter(|other| self.kinds.get(*other).is_some_and(|other| other.class() == TokenClass::Value))
                .collect();
            match random.below(3) {
                0 => random.pick(NAMES)?.to_owned(),
                _ => {
                    let other = *others.get(random.below(others.len()))?;
                    self.text.get(self.start(other)..self.start(other + 1))?.to_owned()
                }
            }
        } else {
            let all: Vec<&str> = TokenKind::ALL.iter().filter(|other| same(other)).map(|other| other.text()).collect();
            random.pick(&all)?.to_owned()
        };
        Some((place, new))
    }
}

fn spliced(text: &str, place: Range<usize>, new: &str) -> String {
    let mut out = String::with_capacity(text.len() + new.len());
    out.push_str(text.get(..place.start).unwrap_or(""));
    out.push_str(new);
    out.push_str(text.get(place.end..).unwrap_or(""));
    out
}

fn step(text: &str, random: &mut Random) -> String {
    let tokens = Tokens::new(text);
    let taken = |range: Range<usize>| text.get(range).unwrap_or("").to_owned();
    match random.below(10) {
        0 => spliced(text, tokens.any(random), ""),
        1 | 2 => {
            let from = taken(tokens.any(random));
            let to = tokens.any(random).start;
            spliced(text, to..to, &from)
        }
        3 | 4 => {
            let from = taken(tokens.any(random));
            spliced(text, tokens.any(random), &from)
        }
        5 | 6 => match tokens.replaced(random) {
            Some((place, new)) => spliced(text, place, &new),
            None => text.to_owned(),
        },
        7 => {
            let piece = random.pick(PIECES).unwrap_or("");
            let at = tokens.any(random).start;
            spliced(text, at..at, piece)
        }
        8 => {
            let piece = random.pick(PIECES).unwrap_or("");
            spliced(text, tokens.any(random), piece)
        }
        _ => {
            let place = tokens.any(random);
            let (open, close) = [
                ("(", ")"),
                ("{ ", " }"),
                ("[", "]"),
                ("if true { ", " } else { 0 }"),
                ("|x| (", ")"),
                ("\"{", "}\""),
                ("f(", ")"),
                ("try { ", " } catch e { e }"),
                ("match ", " { _ => 0 }"),
                ("comptime (", ")"),
                ("fn w() { ", " }\n"),
                ("for i in ", " { println(i) }\n"),
                ("let z = ", "\n"),
                ("Some(", ")"),
                ("defer ", "\n"),
            ][random.below(15)];
            let inner = taken(place.clone());
            spliced(text, place, &format!("{open}{inner}{close}"))
        }
    }
}

/// libFuzzer's custom mutator over source text.
pub fn mutate(data: &mut [u8], size: usize, max_size: usize, seed: u32) -> usize {
    let mut random = Random::new(seed);
    let text = match data.get(..size).map(std::str::from_utf8) {
        Some(Ok(text)) if random.below(3) != 0 => text,
        _ => return fuzzer_mutate(data, size, max_size),
    };
    let mut text = text.to_owned();
    for _ in 0..1 + random.below(4) {
        text = step(&text, &mut random);
        if text.len() > max_size {
            break;
        }
    }
    store(&text, data, max_size)
}

/// libFuzzer's custom crossover over source text: a piece of the second goes into the first.
pub fn cross(first: &[u8], second: &[u8], out: &mut [u8], seed: u32) -> usize {
    let (first, second) = (String::from_utf8_lossy(first), String::from_utf8_lossy(second));
    let mut random = Random::new(seed);
    let from = Tokens::new(&second);
    let piece = second.get(from.any(&mut random)).unwrap_or("");
    let into = Tokens::new(&first);
    let place = match random.below(4) {
        0 => first.len()..first.len(),
        1 | 2 => into.any(&mut random),
        _ => {
            let at = into.any(&mut random).start;
            at..at
        }
    };
    let text = if random.below(4) == 0 { format!("{first}\n{second}") } else { spliced(&first, place, piece) };
    let most = out.len();
    store(&text, out, most)
}

/// Writes as much of `text` as there is room for, in whole characters.
fn store(text: &str, data: &mut [u8], max_size: usize) -> usize {
    let mut end = text.len().min(max_size).min(data.len());
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    if let (Some(place), Some(bytes)) = (data.get_mut(..end), text.as_bytes().get(..end)) {
        place.copy_from_slice(bytes);
    }
    end
}
