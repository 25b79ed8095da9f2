//! Mistakes: each gives one message that says what to write, and what follows is still understood.

use super::{messages, parse, reports};

#[test]
fn missing_brackets() {
    reports("f(1, 2\nlet y = 3\ng()", &["1:2 this `(` is not closed"]);
    reports("let a = [1, 2\nf(a)\n", &["1:9 this `[` is not closed"]);
    reports("fn f() {\n    g(x\n}\nh()", &["3:1 expected `)` to close `(`, found `}`"]);
    reports("f(1, 2]\ng()", &["1:7 expected `)` to close `(`, found `]`"]);
    reports("fn f() {\n    if x {\n        y\n}\nfn g() { z }", &["1:8 this `{` is not closed"]);
    reports("f(1))\ng()", &["1:5 this `)` closes nothing"]);
    reports("}\nf()", &["1:1 this `}` closes nothing"]);
    reports("fn f() { g) }\nh()", &["1:11 this `)` closes nothing"]);
    reports("struct S { x: A\nfn f() { a }\nlet y = 1", &["1:10 this `{` is not closed"]);
    reports("fn f(\nfn g() { a }", &["1:5 this `(` is not closed"]);
}

#[test]
fn missing_commas_and_elements() {
    reports("let u = [1 2 3]", &["1:11 expected `,` or `]`, found the number 2"]);
    reports("f(a b)", &["1:4 expected `,` or `)`, found `b`"]);
    reports("f(, 1)", &["1:3 expected an expression, found `,`"]);
    reports("f(1,, 2)", &["1:5 expected an expression, found `,`"]);
    reports(
        "f(1 +, 2 +, 3)",
        &["1:6 expected an expression behind `+`, found `,`", "1:11 expected an expression behind `+`, found `,`"],
    );
    reports("xs[1, 2]", &["1:5 expected `]`, found `,`: there is one index in brackets"]);
    reports("xs[]", &["1:4 expected an index or a range, found `]`"]);
    reports("f(a; b)", &["1:4 expected `,` or `)`, found `;`"]);
}

#[test]
fn missing_operands() {
    reports("let x = 5 +\nlet y = 6", &["1:12 expected an expression behind `+`, found the end of the line"]);
    reports("let y = * 3", &["1:9 expected an expression behind `=`, found `*`"]);
    reports("let z = (1 + )", &["1:14 expected an expression behind `+`, found `)`"]);
    reports("let x =\nlet y = 1", &["1:8 expected an expression behind `=`, found the end of the line"]);
    reports("if { x }", &["1:4 expected a condition behind `if`, found `{`"]);
    reports("a.\nb", &["1:3 expected a name for a field or function, found the end of the line"]);
    reports("throw\nb", &["1:6 expected an expression behind `throw`, found the end of the line"]);
    reports("a == \nelse", &["2:1 expected an expression behind `==`, found the keyword `else`"]);
}

#[test]
fn ten_mistakes_give_ten_messages() {
    let text = "let = 1\nlet x 2\nfn () {}\nf(1 2)\nif a b\nmatch x { 1 -> 2 }\nlet y: = 3\na b\nstruct { x: A }\nreturn )\nlet z = 1\n";
    let found = messages(text);
    let lines: Vec<&str> = found.iter().map(|m| m.split(':').next().unwrap_or("")).collect();
    assert_eq!(lines, ["1", "2", "3", "4", "5", "6", "7", "8", "9", "10"], "{found:#?}");
}

#[test]
fn words_of_other_languages() {
    for word in [
        "var x = 1",
        "const x = 1",
        "def f(x): x",
        "function f() { x }",
        "print \"x\"",
        "pub fn f() {}",
        "new Foo()",
        "elif x: y",
    ] {
        let found = messages(word);
        let first = word.split(' ').next().unwrap_or("");
        assert_eq!(found, [format!("1:1 `{first}` is not a keyword")], "{word}");
    }
    reports("def f(x):\n    return x\n    if y:\n        z\ng()", &["1:1 `def` is not a keyword"]);
    reports("class A:\n    def f(self):\n        return 1\n    x = 2", &["2:5 `def` is not a keyword"]);
    reports("let e = not x", &["1:9 `not` stands only before `in` and behind `is`"]);
    reports("if x and y { z }", &["1:6 expected `{` or `:` and the block of `if`, found `and`"]);
    reports(
        "for (i = 0; i < 10; i++) {\n    f(i)\n}",
        &["1:5 a `for` walks over what it is given: `for pattern in values`"],
    );
    reports("for k, v in t { f(k) }", &["1:6 expected `in` behind the pattern, found `,`"]);
    reports("while x do\n    y", &["1:9 expected `{` or `:` and the block of `while`, found `do`"]);
    reports("let x = a ? b : c", &["1:13 expected the end of the statement, found `b`"]);
    reports("f(a ? b : c)", &["1:6 expected `,` or `)`, found `b`"]);
    reports("xs.map(x => x + 1)", &["1:10 expected `,` or `)`, found `=>`"]);
    reports("f<T>(x)", &["1:4 calls have no type arguments, and comparisons do not chain"]);
    reports("f::<T>(x)", &["1:4 expected `[` behind `::`, found `<`"]);
    reports("std::io", &["1:4 expected `[` behind `::`, found a name"]);
    reports("fn f() = 5", &["1:8 the body of a function does not begin with `=`"]);
    reports("fn f(mut x) {}", &["1:6 `mut` is no part of a pattern"]);
    reports("fn f(...xs) {}", &["1:6 `...` is not an operator"]);
    reports("fn f(..xs) {}", &["1:6 a rest parameter is marked by a star"]);
    reports("struct Q(A, B)", &["1:9 the fields of a struct stand in braces and have names"]);
    reports("struct S { let x: A }", &["1:12 a field is declared without `let`"]);
    reports("enum E { A = 1, B }", &["1:12 a variant has no number of its own"]);
    reports("enum E { A(x: T) }", &["1:12 what a variant holds in parentheses has no names"]);
    reports("let x := 5", &["1:7 `:=` is not an operator"]);
    reports("x: i64 = 5", &["1:2 expected the end of the statement, found `:`"]);
    reports("#[\"a\": 1]", &["1:6 the entries of a persistent map are written `key -> value`"]);
}

#[test]
fn wrong_arms() {
    reports(
        "match x { 1 -> a, 2: b, 3 = c }",
        &[
            "1:13 expected `=>` behind the pattern, found `->`",
            "1:20 expected `=>` behind the pattern, found `:`",
            "1:27 expected `=>` behind the pattern, found `=`",
        ],
    );
    reports("match x {\n 1 a\n 2 => b\n}", &["2:4 expected `=>` behind the pattern, found `a`"]);
    reports("match x { 1 => a; 2 => b }", &["1:17 expected `,` or the end of the line behind an arm, found `;`"]);
    reports("match x {\n 1 =>\n 2 => b\n}\nc", &["3:4 expected `,` or the end of the line behind an arm, found `=>`"]);
    reports(
        "match x {\n 1 =>\n  a\n  b\n 2 => c\n}",
        &["4:4 expected `=>` behind the pattern, found the end of the line"],
    );
}

#[test]
fn wrong_clauses() {
    reports("else { x }\ny", &["1:1 this `else` belongs to no `if`"]);
    reports("else:\n    x\ny", &["1:1 this `else` belongs to no `if`"]);
    reports("catch e { y }", &["1:1 this `catch` belongs to no `try`"]);
    reports("try { x }\ny", &["1:10 expected `catch` behind the block of `try`, found the end of the line"]);
    reports("try { x } catch (e) { y }", &["1:17 the name of an error stands without parentheses"]);
    reports("if a { b } else if { c }", &["1:20 expected a condition behind `if`, found `{`"]);
}

#[test]
fn struct_literals_that_are_not() {
    reports(
        "let s = P { 1, 2 }",
        &[
            "1:13 expected the name of a field, found the number 1",
            "1:16 expected the name of a field, found the number 2",
        ],
    );
    reports("let r = P { x = 1 }", &["1:15 the fields of a literal are written `name: value`"]);
    reports("let t = { a: 1 }", &["1:12 expected the end of the statement, found `:`"]);
}

#[test]
fn what_follows_a_mistake_is_understood() {
    let (parse, interner) = parse("let x = (\nlet y = 2\nfn f() { a b }\nfn g() {}\n");
    let view = crate::dump(&parse.ast, &interner);
    assert_eq!(view, "(let x <error>)\n(let y 2)\n(fn f () {a})\n(fn g () {})\n");
}

#[test]
fn suggestions_mend_the_program() {
    // Each text has one mistake; what its suggestion makes of it has none.
    for text in [
        "let x = \"abc",
        "let s = \"a {x\"",
        "1 < 2 < 3",
        "5 | 2",
        "f(a b)",
        "if a\n    b",
        "let x i64 = 5",
        "fn f(x i64, y: i64) {}",
        "if (x) y = 3",
        "if a: b else: c",
        "let x := 5",
        "enum E { A, }\nmatch x { 1 -> a }",
        "match x { 1 => a; 2 => b }",
        "x: [i64] = 1".strip_prefix("x: ").map_or("", |_| "f(a = 1)"),
        "let x = 'abc'",
        "let x = “abc”",
        "let x = 1_",
        "let x = 1__0",
        "let x = .5",
        "let x = 1.5f64",
        "a::b",
        "P { x = 1 }",
        "#[1: 2]",
        "class C { fn init(self) {} }",
        "let x = +1",
        "fn f() = 5",
        "fn f(..xs) {}",
        "struct S { let x: A }",
        "let x: &T = 1",
        "fn f(g: fn(a: A) -> B) {}",
        "fn f() is io, panic {}",
        "trait A: B + C {}",
        "let e = not x",
        "if x and y { z }",
        "if a:\n\tb",
        "a;; b",
        "f(1))",
        "let for = 1",
        "while x do y",
        "let x\u{200b} = 1",
        "\"\\xff\"",
        "a – b",
        "import a, b",
        "if not x { y }",
        "f(x）",
        "let mut (mut a, b) = t",
    ] {
        let (parse, _) = parse(text);
        let [diagnostic] = parse.diagnostics.as_slice() else { panic!("{text:?} gives {:#?}", messages(text)) };
        let suggestion = diagnostic.suggestion.as_ref().unwrap_or_else(|| panic!("{text:?} has no suggestion"));
        let mut mended = text.to_string();
        for edit in suggestion.edits.iter().rev() {
            mended.replace_range(edit.span.start as usize..edit.span.end as usize, &edit.text);
        }
        assert_eq!(messages(&mended), [""; 0], "{text:?} became {mended:?}");
    }
}

#[test]
fn keywords_as_names() {
    reports("let class = 1", &["1:5 `class` is a keyword and cannot name a variable"]);
    reports("fn match() {}", &["1:4 `match` is a keyword and cannot name a function"]);
    reports("x.type", &["1:3 `type` is a keyword and cannot name a field or function"]);
    reports("struct S { type: A, x: B }", &["1:12 `type` is a keyword and cannot name a field"]);
}

#[test]
fn many_mistakes_are_bounded() {
    let text = "let = \n".repeat(10_000);
    assert!(parse(&text).0.diagnostics.len() <= crate::MAX_DIAGNOSTICS);
    let text = "$ ".repeat(100_000);
    assert!(parse(&text).0.diagnostics.len() <= crate::MAX_DIAGNOSTICS);
}

#[test]
fn one_mistake_gives_one_message() {
    let block = "expected `{` or `:` and the block of `if`";
    reports("fn f() { if n 1 } else { 2 } }\ng()", &[&format!("1:15 {block}, found the number 1")]);
    reports("let x = if n 1 }\n    else { 2 }\ng()", &[&format!("1:14 {block}, found the number 1")]);
    reports("if a if b: x;; else: y\ng()", &[&format!("1:6 {block}, found the keyword `if`")]);
    reports("fn f n: i64) -> i64 { n }\ng()", &["1:6 expected `(` and the parameters of the function, found `n`"]);
    reports("match {\n  1 => 2\n  _ => 3\n}\ng()", &["1:7 expected a value behind `match`, found `{`"]);
    reports("for x in { y }\ng()", &["1:10 expected a value behind `in`, found `{`"]);
    reports("f(len(;;t))\ng()", &["1:7 expected an expression, found `;;`"]);
    reports("for k, v) in t { f(k) }\ng()", &["1:6 expected `in` behind the pattern, found `,`"]);
    reports("f(1)))\ng()", &["1:5 this `)` closes nothing"]);
    reports("f(\"a\", \"b\"\" \"c\")\ng()", &["1:15 this string is not closed: its line ends before a `\"`"]);
}
