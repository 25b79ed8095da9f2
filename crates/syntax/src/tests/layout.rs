//! Where statements end, and blocks in their three forms.

use super::{check, messages, reports, same};
use crate::token::TokenKind;

#[test]
fn a_newline_ends_a_statement() {
    check("a\nb", "a; b");
    check("a\n\n// c\nb\n", "a; b");
    check("a\r\nb\r\n", "a; b");
    check("\u{feff}a\nb", "a; b");
    check("#!/usr/bin/env sayso\na", "a");
    check("a; b; c", "a; b; c");
    check("let x = 1; let y = 2", "(let x 1); (let y 2)");
    check("a /* x\ny */ b", "a; b");
}

#[test]
fn operators_continue_the_next_line() {
    let prefix_too = [TokenKind::Dot, TokenKind::Bar, TokenKind::BarBar];
    for kind in TokenKind::ALL.iter().filter(|kind| kind.operator().is_some()) {
        let sign = kind.text();
        if matches!(kind, TokenKind::Minus | TokenKind::NotIn) || prefix_too.contains(kind) {
            continue;
        }
        same(&format!("a\n    {sign} b"), &format!("a {sign} b"));
        same(&format!("a\n{sign} b"), &format!("a {sign} b"));
        same(&format!("a {sign}\n    b"), &format!("a {sign} b"));
        same(&format!("a {sign} // c\n\n    b"), &format!("a {sign} b"));
    }
    same("a\n    || b", "a || b");
    same("a\n    not in b", "a not in b");
    same("a\n    is not b", "a is not b");
    same("a -\n    b", "a - b");
    same("a\n    .b\n    .c()", "a.b.c()");
    same("a\n    ?.b", "a?.b");
    same("let x\n    = 1", "let x = 1");
    same("let x =\n    1", "let x = 1");
}

#[test]
fn some_tokens_begin_a_statement() {
    check("a\n-b", "a; (- b)");
    check("a\n(b)", "a; b");
    check("a\n[b]", "a; (array b)");
    check("a\n{ b }", "a; {b}");
    check("f()\n#[b]", "(call f); (list b)");
    check("a\n!b", "a; (! b)");
    check("not\nnot(a)", "not; (call not a)");
}

#[test]
fn signatures_and_lists_continue() {
    same("fn f() ->\n    T { a }", "fn f() -> T { a }");
    same("fn f()\n    -> T\n    is io { a }", "fn f() -> T is io { a }");
    same("from a import b,\n    c", "from a import b, c");
    same("type A = B\n    | C\n    | D", "type A = B | C | D");
    same("type A =\n    | B\n    | C", "type A = B | C");
    same("type A = Option<\n    B,\n    C\n>", "type A = Option<B, C>");
    check("type A = Option<B>\na", "(type A (Option B)); a");
    same("match x {\n  0\n    | 1 => a\n}", "match x { 0 | 1 => a }");
    same("class C: A,\n    B {}", "class C: A, B {}");
}

#[test]
fn inside_brackets_newlines_are_blank() {
    check("f(\n1,\n   2\n)", "(call f 1 2)");
    check("(a\n+ b\n- c)", "(- (+ a b) c)");
    check("(a\n-b)", "(- a b)");
    check("[\n1\n,\n2\n]", "(array 1 2)");
    check("(P\n{ x: 1 })", "(struct P x=1)");
    check("f(|| {\n  a\n  b\n})", "(call f (closure () {a; b}))");
    check("f({\n  let x = a\n  -x\n})", "(call f {(let x a); (- x)})");
    check("fn f(\n  a: A,\n  b: B,\n) { a }", "(fn f (a: A, b: B) {a})");
}

#[test]
fn a_brace_may_stand_on_the_next_line_of_its_head() {
    check("if a\n{ b }", "(if a {b})");
    check("if a\n{ b }\nelse\n{ c }", "(if a {b} else {c})");
    check("fn f()\n{ b }", "(fn f () {b})");
    check("loop\n{ b }", "(loop {b})");
    check("try\n{ a }\ncatch e\n{ b }", "(try {a} (catch e {b}))");
    check("match x\n{ _ => 1 }", "(match x (_ => 1))");
    check("struct S\n{ x: A }", "(struct S (field x: A))");
    check("defer\n{ a }", "(defer {a})");
    check("let x = f()\n{ b }", "(let x (call f)); {b}");
}

#[test]
fn indented_blocks() {
    check("if a:\n    b\n    c\nd", "(if a {b; c}); d");
    check("if a:\n b\nd", "(if a {b}); d");
    check("if a:\n    if b:\n        c\nd", "(if a {(if b {c})}); d");
    check("if a:\n    b\nelse if c:\n    d\nelse:\n    e", "(if a {b} c {d} else {e})");
    check("if a:\n    if b:\n        c\n    else:\n        d\nelse:\n    e", "(if a {(if b {c} else {d})} else {e})");
    check("if a:\n    if b:\n        c\nelse:\n    e", "(if a {(if b {c})} else {e})");
    check("while a:\n    b", "(while a {b})");
    check("for x in xs:\n    b", "(for x xs {b})");
    check("loop:\n    b", "(loop {b})");
    check("fn f() -> A:\n    b", "(fn f () -> A {b})");
    check(
        "try:\n    a\ncatch e: T:\n    b\ncatch e:\n    c\ncatch:\n    d",
        "(try {a} (catch e: T {b}) (catch e {c}) (catch {d}))",
    );
    check("defer:\n    a\n    b", "(defer {a; b})");
    check("test \"t\":\n    a", "(test \"t\" {a})");
    check("bench \"t\":\n    a", "(bench \"t\" {a})");
    check("spawn:\n    a", "(spawn {a})");
    check("let f = |x|:\n    a\n    b\nc", "(let f (closure (x) {a; b})); c");
    check("let f = |x| -> T:\n    a", "(let f (closure (x) -> T {a}))");
    check("struct S:\n    x: A\n    mut y: B = c\nd", "(struct S (field x: A) (field mut y: B = c)); d");
    check("struct S: T:\n    x: A", "(struct S (: T) (field x: A))");
    check("enum E:\n    A\n    B(T)", "(enum E (variant A) (variant B T))");
    check("trait T: U, V:\n    fn f(self)", "(trait T (: U V) (fn f (self)))");
    check("interface I:\n    fn f(self) -> A\n    x: B", "(interface I (field x: B) (fn f (self) -> A))");
    check(
        "class C(B): T:\n    x = 1\n    fn f(self):\n        a",
        "(class C (: T) base B (field x = 1) (fn f (self) {a}))",
    );
    check("match x:\n    1 => a\n    2 => b\nc", "(match x (1 => a) (2 => b)); c");
    check("match x:\n    1 =>\n        a\n        b\n    2 => c", "(match x (1 => {a; b}) (2 => c))");
    check("match x:\n    1 => if a:\n            b\n    2 => c", "(match x (1 => (if a {b})) (2 => c))");
}

#[test]
fn indented_blocks_inside_expressions() {
    check("let x = if a:\n    b\nelse:\n    c\nd", "(let x (if a {b} else {c})); d");
    check("let x =\n    if a:\n        b\n    else:\n        c\nd", "(let x (if a {b} else {c})); d");
    check("let x = match y:\n    1 => a\n    _ => b\nz", "(let x (match y (1 => a) (_ => b))); z");
    check("if a:\n    x = 1 +\n        2\n    b", "(if a {(= x (+ 1 2)); b})");
    check("if a:\n    b\n        .c()\n    d", "(if a {(call (. b c)); d})");
    check("if a\n    && b:\n    c", "(if (&& a b) {c})");
    check("if a: for x in xs:\n    b\nc", "(if a {(for x xs {b})}); c");
    check("if a:\n    f(\n1,\n)\n    b", "(if a {(call f 1); b})");
    check("if a:\n    if b {\n  c\n}\n    d", "(if a {(if b {c}); d})");
}

#[test]
fn blank_and_comment_lines_have_no_indentation() {
    check("if a:\n    b\n\n// x\n          // y\n    c\n  \nd", "(if a {b; c}); d");
    check("if a:\n    b\n  /* x\n y */\n    c", "(if a {b; c})");
    check("if a:   \n    b   \n    c", "(if a {b; c})");
    check("if a: // x\n    b", "(if a {b})");
    check("if a:\n    /* x */ b\n    c", "(if a {b; c})");
}

#[test]
fn one_line_blocks() {
    check("if a: b", "(if a {b})");
    check("if a: b; c\nd", "(if a {b; c}); d");
    check("if a: b;\nc", "(if a {b;}); c");
    check("if a: b\nelse: c", "(if a {b} else {c})");
    check("if a: b\nelse if c: d\nelse: e", "(if a {b} c {d} else {e})");
    check("fn f(): a", "(fn f () {a})");
    check("fn f() -> A is io: a", "(fn f () -> A is io {a})");
    check("match 2: 1 => a, 2 => b, _ => c", "(match 2 (1 => a) (2 => b) (_ => c))");
    check("match 2: 1 => a,\n    _ => c\nd", "(match 2 (1 => a) (_ => c)); d");
    check("if a: b +\n    c\nd", "(if a {(+ b c)}); d");
    check("if a: b\n    .c()\nd", "(if a {(call (. b c))}); d");
    check("if a: f(\n1\n); b\nc", "(if a {(call f 1); b}); c");
    check("if a: { b }", "(if a {{b}})");
    check("if a: [b]", "(if a {(array b)})");
    check("if a: return\nb", "(if a {(return)}); b");
}

#[test]
fn double_semicolons() {
    check("if a: b;; else: c", "(if a {b} else {c})");
    check("if a: if b: x();; else: y()", "(if a {(if b {(call x)} else {(call y)})})");
    check("if a: if b: x();;;; else: y()", "(if a {(if b {(call x)})} else {(call y)})");
    check("for i in xs: if a: b;; c\nd", "(for i xs {(if a {b}); c}); d");
    check("if a: b;; c", "(if a {b}); c");
    check("let x = if a: 1;; else: 2", "(let x (if a {1} else {2}))");
    check("let x = if a: 1;; else: 2;; + 3", "(let x (+ (if a {1} else {2}) 3))");
    check("if a: b;; (c)", "(if a {b}); c");
    check("if a: b;; -c", "(if a {b}); (- c)");
    check("if a: b\nelse: if c: d", "(if a {b} else {(if c {d})})");
    check("if a: if b: c\nelse: d", "(if a {(if b {c})} else {d})");
    check("f(if a: b;; else: c)", "(call f (if a {b} else {c}))");
    check("(if a: b;; else: c)", "(if a {b} else {c})");
    check("(if a: b\nelse: c)", "(if a {b} else {c})");
    check("[if a: b;; else: c, d]", "(array (if a {b} else {c}) d)");
    check("{ if a: b;; c }", "{(if a {b}); c}");
    check("{ if a: b\n c }", "{(if a {b}); c}");
    check("try: a;; catch e: b;; catch: c", "(try {a} (catch e {b}) (catch {c}))");
    check("match x: 1 => if a: b;; else: c, _ => d", "(match x (1 => (if a {b} else {c})) (_ => d))");
}

#[test]
fn declarations_with_supertypes() {
    check("class C: T {}", "(class C (: T))");
    check("class C: T", "(class C (: T))");
    check("class C", "(class C)");
    check("class C {}", "(class C)");
    check("class C<T>: A<T>, B:\n    x: T", "(class C<T> (: (A T) B) (field x: T))");
    check("trait A: B, %{ x: T }", "(trait A (: B (shape x: T)))");
    check("trait A: B { fn f(self) }", "(trait A (: B) (fn f (self)))");
    check("object O: T\na", "(object O (: T)); a");
    check("enum E: T { A }", "(enum E (: T) (variant A))");
    check("struct S: T { x: A }\nb", "(struct S (: T) (field x: A)); b");
}

#[test]
fn indentation_of_the_whole_text_does_not_matter() {
    check("    a\n    b\n", "a; b");
    check("\n  if a:\n    b\n  c", "(if a {b}); c");
}

#[test]
fn braces_switch_indentation_off() {
    check("fn f() {\n  a\n      b\n c\n}", "(fn f () {a; b; c})");
    check("if a {\nb\n} else {\nc\n}", "(if a {b} else {c})");
    check("fn f() {\n\ta\n\tb\n}", "(fn f () {a; b})");
}

#[test]
fn a_tab_in_an_indentation() {
    reports("if a:\n\tb", &["2:1 a tab in the indentation of this line; only spaces indent"]);
    reports("if a:\n\tb\n\tc\n\tif d:\n\t\te\nf", &["2:1 a tab in the indentation of this line; only spaces indent"]);
    reports("if a:\n    b\n\tc\nd", &["3:1 a tab in the indentation of this line; only spaces indent"]);
    check("if a:\tb\nc", "(if a {b}); c");
    check("let x = a +\n\tb", "(let x (+ a b))");
}

#[test]
fn a_dedent_that_matches_no_block() {
    reports("if a:\n        b\n    c", &["3:5 line 3 is indented by 4, where no open block is"]);
    reports("if a:\n        b\n    c\n    d\ne", &["3:5 line 3 is indented by 4, where no open block is"]);
    reports("if a:\n    if b:\n        c\n  d\n", &["4:3 line 4 is indented by 2, where no open block is"]);
    reports("  a\nb\nc", &["2:1 line 2 is indented by 0, where no open block is"]);
}

#[test]
fn a_line_deeper_than_its_block() {
    let message = "is indented deeper than its block, and nothing before it opens a block";
    reports("a\n    b", &[&format!("2:5 line 2 {message}")]);
    reports("a\n    b\n    c\nd", &[&format!("2:5 line 2 {message}")]);
    reports("if a:\n    b\n      c\n    d", &[&format!("3:7 line 3 {message}")]);
    reports("a\n    b\nc\n    d", &[&format!("2:5 line 2 {message}"), &format!("4:5 line 4 {message}")]);
}

#[test]
fn a_line_that_only_looks_continued() {
    for sign in ["-", "(", "["] {
        let close = match sign {
            "(" => ")",
            "[" => "]",
            _ => "",
        };
        let message = format!("2:5 line 2 looks continued, but a line that begins with `{sign}` begins a statement");
        reports(&format!("let a = 5\n    {sign}2{close}"), &[&message]);
    }
}

#[test]
fn a_missing_block() {
    reports("if a:\nb", &["1:5 the block of `if` is missing behind this `:`"]);
    reports("if a:\n    if b:\n    c", &["2:9 the block of `if` is missing behind this `:`"]);
    reports("if a:", &["1:5 the block of `if` is missing behind this `:`"]);
    reports("fn f():\n\nfn g(): a", &["1:7 the body of the function is missing behind this `:`"]);
    reports("class C:\nx", &["1:8 the members of the class are missing behind this `:`"]);
    reports("match x:\n    1 =>\n    2 => a", &["2:7 the body of the arm is missing behind this `=>`"]);
    reports("if a\n    b\nc", &["1:5 expected `{` or `:` and the block of `if`, found the end of the line"]);
    reports("if a\nc", &["1:5 expected `{` or `:` and the block of `if`, found the end of the line"]);
    reports("if a b\nc", &["1:6 expected `{` or `:` and the block of `if`, found `b`"]);
    reports("if a then b\nc", &["1:6 expected `{` or `:` and the block of `if`, found `then`"]);
    reports("if x = 5 { a }\nc", &["1:6 expected `{` or `:` and the block of `if`, found `=`"]);
    reports("loop\nc", &["1:5 expected `{` or `:` and the block of `loop`, found the end of the line"]);
    reports("if a: b;; else", &["1:15 expected `{` or `:` and the block of `else`, found the end of the file"]);
}

#[test]
fn an_indented_block_inside_brackets() {
    let lines = "cannot be indented lines here: indentation means nothing inside brackets and braces";
    reports("fn f() {\n    if a:\n        b\n    c\n}\nd", &[&format!("2:9 the block of `if` {lines}")]);
    reports("f(|x|:\n    a\n    b\n)\nc", &[&format!("1:6 the body of the closure {lines}")]);
}

#[test]
fn double_semicolons_without_a_block() {
    reports("a;; b", &["1:2 `;;` closes a one-line block, and none is open here"]);
    reports("if a:\n    b;;\nc", &["2:6 `;;` closes a one-line block, and none is open here"]);
    reports("if a: b;;;; c", &["1:10 `;;` closes a one-line block, and none is open here"]);
}

#[test]
fn else_on_the_line_of_its_block() {
    reports("if a: b else: c", &["1:9 `;;` must close the one-line block before this `else`"]);
    reports("try: a catch e: b", &["1:8 `;;` must close the one-line block before this `catch`"]);
}

#[test]
fn one_line_declarations() {
    reports("struct S: { x: A }", &["1:11 expected a type, found `{`"]);
    assert_eq!(messages("class C(B): T: x = 1").len(), 1);
}

#[test]
fn complete_entries() {
    for text in [
        "a",
        "if a { b }",
        "if a: b",
        "let x = (1 +\n 2)",
        "\"a\"",
        "a b",
        ")",
        "if a:\n    b\n\n",
        "// c",
        "",
        "class C {}",
    ] {
        assert!(crate::is_complete(text), "{text:?}");
    }
    for text in [
        "if a {",
        "f(",
        "f(1,",
        "[1",
        "let x =",
        "a +",
        "a |>",
        "if a:",
        "if a:\n",
        "if a:\n    b",
        "if a:\n    b\n",
        "\"\"\"abc",
        "/* a",
        "fn f()\n{",
        "match x {\n 1 => a",
        "%{ x: 1",
        "@memo",
        "try { a }",
        "x = {",
        "fn f() ->",
        "class C:",
        "|x|",
        "import",
        "from a import",
        "struct S {",
        "\"\"\"{x",
        "if a",
        "f(|x|",
    ] {
        assert!(!crate::is_complete(text), "{text:?}");
    }
}
