//! Random text: whatever it is, nothing panics, the tree prints it back, and the view is not too deep.

use super::{depth, parse};
use crate::ast::MAX_DEPTH;
use crate::token::{TokenClass, TokenKind};
use proptest::prelude::*;

/// Pieces that open, close and join things in all ways.
const PIECES: &[&str] = &[
    "x",
    "y1",
    "empty?",
    "get!",
    "42",
    "1.5",
    "0xFF",
    "b'a'",
    "#sym",
    "\"s\"",
    "\"a {",
    "}\"",
    "\"",
    "\"\"\"",
    "r\"raw\"",
    "\n",
    "\n    ",
    "\n        ",
    "\n  ",
    "\n\t",
    " ",
    "  ",
    "\r\n",
    ";",
    ";;",
    ";;;;",
    ":",
    ":\n    ",
    ": ",
    "::[",
    "=>\n",
    "// c\n",
    "/// d\n",
    "//! m\n",
    "/* c */",
    "/*",
    "*/",
    "\\",
    "'",
    "$",
    "~",
    "`",
    "\0",
    "é",
    "“",
    "\u{200b}",
    "\u{feff}",
    "fn f(",
    "fn f()",
    "if a:",
    "if a {",
    "else:",
    "else",
    "match x {",
    "1 => ",
    "|x|",
    "||",
    "catch e:",
    "try:",
    "class C(B): T",
    "P { x: 1 }",
    "{x:>8.2}",
    "T<A<B>>",
    "x as T",
    "is not",
    "not in",
    "-> R is io + panic",
    "@memo ",
    "..",
    "..=",
    "??",
    " ?? ",
    "outer: for",
    "break outer",
    "let mut x =",
    "comptime ",
    "%{ a: 1 }",
    "#[1 -> 2]",
    "[v; n]",
    "[:]",
    "test \"t\" ",
];

fn piece() -> impl Strategy<Value = String> {
    let signs: Vec<&'static str> = TokenKind::ALL
        .iter()
        .filter(|kind| matches!(kind.class(), TokenClass::Sign | TokenClass::Keyword | TokenClass::Contextual))
        .map(|kind| kind.text())
        .collect();
    prop_oneof![
        4 => proptest::sample::select(PIECES).prop_map(str::to_string),
        4 => proptest::sample::select(signs).prop_map(|sign| format!("{sign} ")),
        1 => any::<char>().prop_map(|c| c.to_string()),
    ]
}

fn holds(text: &str) {
    let (parse, _) = parse(text);
    assert!(depth::depth_of(&parse.ast) <= MAX_DEPTH);
    for diagnostic in &parse.diagnostics {
        let span = diagnostic.primary.span;
        assert!(span.start <= span.end && span.end as usize <= text.len(), "{diagnostic:?}");
        assert!(
            text.is_char_boundary(span.start as usize) && text.is_char_boundary(span.end as usize),
            "{diagnostic:?}"
        );
    }
    crate::is_complete(text);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 3000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn token_soup_prints_back(pieces in proptest::collection::vec(piece(), 0..60)) {
        holds(&pieces.concat());
    }

    #[test]
    fn any_text_prints_back(text in "\\PC{0,80}") {
        holds(&text);
    }

    #[test]
    fn a_damaged_program_prints_back(from in 0usize..2000, length in 0usize..40, put in piece()) {
        let program = PROGRAM;
        let floor = |mut at: usize| {
            at = at.min(program.len());
            while !program.is_char_boundary(at) {
                at -= 1;
            }
            at
        };
        let (start, end) = (floor(from), floor(from + length));
        holds(&format!("{}{put}{}", &program[..start], &program[end..]));
    }

    #[test]
    fn a_cut_program_prints_back(at in 0usize..2000) {
        let mut at = at.min(PROGRAM.len());
        while !PROGRAM.is_char_boundary(at) {
            at -= 1;
        }
        holds(&PROGRAM[..at]);
        holds(&PROGRAM[at..]);
    }
}

const PROGRAM: &str = r##"//! A module.
import a.b as c
from d import x?, y as z

/// A point.
struct Point<T>: Show, Eq { x: T, mut y: T = 0 }
enum Shape { Circle(f64), Rect { w: f64, h: f64 }, Empty }
trait Area: %{ name: str } { fn area(self) -> f64 }
class Counter(Base): Show {
    count = 0
    init(self, name) { super(name); self.name = name }
    fn tick(self): self.count += 1
}
@memo fn fib(n: i64) -> i64 is pure { if n < 2 { n } else { fib(n - 1) + fib(n - 2) } }
fn Point.dist(self, to: Point | None = None, *rest: [any]) -> f64? is io.fs + panic:
    let Point { x, .. } = self else: return None
    let t = ["a": 1, "b": [v; 3][0..2]]
    for (k, v) in t:
        if v > 1 && k != "b": println("{k:>8} {v + 1}");; else: continue
    match self:
        Circle(r) | Rect { w: r, .. } if r > 0 => r ** 2
        n: i64 | str =>
            let q = |a, b: (A | B)| -> T { a ?? b }
            q(1, 2) |> f |> g(x)
        [first, ..rest, last] => -1
        _ => outer: loop { break outer 5 }
    try:
        throw "x"
    catch e: Error:
        defer close(e)
        x?.y?.z() or 3
    """
    text {with("holes")} and \u{e9}
    """
test "one" { expect 1 + 1 == 2 }
let s = #[1, ..xs] == #["a" -> b'a'] || x is not (A | B) && y not in 0..=9
s ??= comptime { 1 << 2 >> 3 }
"##;

#[test]
fn the_program_that_is_damaged_is_correct() {
    assert!(parse(PROGRAM).0.diagnostics.is_empty(), "{:#?}", parse(PROGRAM).0.diagnostics);
}
