//! Declarations, attributes, doc comments, imports, tests.

use super::{check, parse, reports};

#[test]
fn functions() {
    check("fn f() {}", "(fn f () {})");
    check("fn f(a: A) -> B is pure { a }", "(fn f (a: A) -> B is pure {a})");
    check("fn f(a: A) -> B", "(fn f (a: A) -> B)");
    check("fn f(a: A) -> B\nfn f(a: C) -> B { a }", "(fn f (a: A) -> B); (fn f (a: C) -> B {a})");
    check("fn Point.dist(self, to: Point) -> f64 { a }", "(fn Point.dist (self, to: Point) -> f64 {a})");
    check("fn a.b.name() {}", "(fn a.b.name () {})");
    check("fn greet(name = \"you\", times: i64 = 1) {}", "(fn greet (name = \"you\", times: i64 = 1) {})");
    check("fn log(*parts: [any]) is io {}", "(fn log (*parts: (array any)) is io {})");
    check("fn f(P { x, y }: P, (a, b)) {}", "(fn f ((struct P x=x y=y): P, (tuple a b)) {})");
    check("fn f(_) {}", "(fn f (_) {})");
    check("fn f() is io.fs + panic + mut {}", "(fn f () is io.fs panic mut {})");
    check("fn f() -> A | B is io {}", "(fn f () -> (| A B) is io {})");
    check("comptime fn f() {}", "(comptime fn f () {})");
    check("fn even?(n: i64) -> bool: n % 2 == 0", "(fn even? (n: i64) -> bool {(== (% n 2) 0)})");
    check("fn not(a: bool) -> bool", "(fn not (a: bool) -> bool)");
    check("fn f() { fn g() {} }", "(fn f () {(fn g () {})})");
}

#[test]
fn type_parameters() {
    check("fn f<T, U: A | B, V >: C>(x: T) {}", "(fn f<T, U: (| A B), V >: C> (x: T) {})");
    check("struct S<+T, -U, open +V> {}", "(struct S<+T, -U, open +V>)");
    check("class C<T>: A<T> {}", "(class C<T> (: (A T)))");
    check("enum E<open> {}", "(enum E<open>)");
    check("trait T<A: B<C<D>>> {}", "(trait T<A: (B (C D))>)");
}

#[test]
fn structs_and_objects() {
    check(
        "struct P { x: A, mut y: B = c, open z: C }",
        "(struct P (field x: A) (field mut y: B = c) (field open z: C))",
    );
    check("struct P { x: A\n y: B\n\n fn f(self) {} }", "(struct P (field x: A) (field y: B) (fn f (self) {}))");
    check("struct P", "(struct P)");
    check("struct P { open: A }", "(struct P (field open: A))");
    check("object O: T { fn f(self) {} }", "(object O (: T) (fn f (self) {}))");
    check("object O", "(object O)");
    reports("struct P { open mut x: A }", &["1:12 a field cannot be both `open` and `mut`"]);
}

#[test]
fn enums() {
    check(
        "enum E { A, B(T, U), C { x: T, y: U = 1 }, }",
        "(enum E (variant A) (variant B T U) (variant C (field x: T) (field y: U = 1)))",
    );
    check("enum E { A\n B\n fn f(self) {} }", "(enum E (variant A) (variant B) (fn f (self) {}))");
    check("enum E { A, B fn f(self) {} }", "(enum E (variant A) (variant B) (fn f (self) {}))");
    check("enum E<T> { A {\n x: T\n y: T\n } }", "(enum E<T> (variant A (field x: T) (field y: T)))");
}

#[test]
fn traits_and_interfaces() {
    check("trait T { fn f(self)\n fn g(self) { a } }", "(trait T (fn f (self)) (fn g (self) {a}))");
    check("trait T: %{ name: str }", "(trait T (: (shape name: str)))");
    check("interface I { fn f(self) -> R, x: T }", "(interface I (field x: T) (fn f (self) -> R))");
    check("interface I<T> {\n fn f(self)\n fn g(self) is io\n}", "(interface I<T> (fn f (self)) (fn g (self) is io))");
    reports("interface I { fn f(self) { a } }", &["1:26 a function of an interface has no body"]);
    reports("trait T { x: A\n fn f(self) }", &["1:11 a trait has functions, not fields"]);
}

#[test]
fn classes() {
    check(
        "class Counter(Base): Show {\n count = 0\n name: str\n init(self, name) { super(name); self.name = name }\n fn tick(self) { self.count += 1 }\n}",
        "(class Counter (: Show) base Base (field count = 0) (field name: str) init (fn init (self, name) {(call super name); (= (. self name) name)}) (fn tick (self) {(+= (. self count) 1)}))",
    );
    check("class C(a.B<T>) {}", "(class C base (a.B T))");
    check("class C { init = 1 }", "(class C (field init = 1))");
    reports(
        "class C { fn init(self) {} }",
        &["1:11 the constructor of a class is declared by `init` alone, without `fn`"],
    );
    reports("class C { x\n y = 1 }", &["1:12 expected `:` and the type of the field, found the end of the line"]);
    reports("class C { init(self) {}\n init(self, x) {} }", &["2:2 a class has one `init`"]);
    reports("class C(A, B) {}", &["1:10 expected `)`, found `,`: a class has one base"]);
    reports("struct S { init(self) {} }", &["1:12 only a class has an `init`"]);
}

#[test]
fn aliases_and_imports() {
    check("type Name<X> = [X]", "(type Name<X> (array X))");
    check("import a.b", "(import a.b)");
    check("import a.b as c", "(import a.b as c)");
    check("from a.b import x, y as z", "(from a.b x y as z)");
    check("fn f() { import a\n from b import c }", "(fn f () {(import a); (from b c)})");
    check("from a import open, as as as", "(from a open as as as)");
    reports("from a import *", &["1:15 names are imported one by one, not by `*`"]);
    reports("import \"a.say\"", &["1:8 a module is named, not quoted: `import shapes.circle`"]);
}

#[test]
fn tests_and_benches() {
    check("test \"a b\" { expect x }", "(test \"a b\" {(expect x)})");
    check("bench \"a\" { x }", "(bench \"a\" {x})");
    check("test(\"a\")", "(call test \"a\")");
    reports("test \"a {b}\" { x }", &["1:6 the name of a test has no holes"]);
}

#[test]
fn attributes() {
    check("@memo fn f() {}", "@memo (fn f () {})");
    check("@a @b(1, x)\n@c\nfn f() {}", "@a @b( 1 x) @c (fn f () {})");
    check("class C { @memo\n fn f(self) {} }", "(class C @memo (fn f (self) {}))");
    check("if x:\n    @memo\n    fn f(): a\n    b", "(if x {@memo (fn f () {a}); b})");
    reports("@memo\nlet x = 1", &["2:1 expected a declaration behind the attribute, found the keyword `let`"]);
}

#[test]
fn doc_comments() {
    check("/// One\n/// two\nfn f() {}", "(doc \"One\\ntwo\") (fn f () {})");
    check("/// One\n@memo\nfn f() {}", "(doc \"One\") @memo (fn f () {})");
    check("@memo\n/// One\nfn f() {}", "(doc \"One\") @memo (fn f () {})");
    check("///   indented\n///\n/// end\nfn f() {}", "(doc \"  indented\\n\\nend\") (fn f () {})");
    check("//// no doc\nfn f() {}", "(fn f () {})");
    check(
        "struct S {\n /// x\n x: A\n /// f\n fn f(self) {} }",
        "(struct S (field (doc \"x\") x: A) (doc \"f\") (fn f (self) {}))",
    );
    check("enum E { /// a\n A }", "(enum E (variant (doc \"a\") A))");
    let (file, _) = parse("//! One\n//! two\n\n// other\nlet x = 1");
    assert_eq!(file.ast.docs.as_deref(), Some("One\ntwo"));
}

#[test]
fn allow_comments() {
    let (file, interner) = parse("a\n// sayso: allow(unused, shadowed)\nb // sayso: allow(x)\n// sayso allow(y)\n");
    let allows: Vec<(u32, &str)> = file.allows.iter().map(|&(line, name)| (line, interner.text(name))).collect();
    assert_eq!(allows, [(2, "unused"), (2, "shadowed"), (3, "x")]);
}

#[test]
fn spans_are_of_the_written_text() {
    let text = "fn f(a: A) -> B is io { a + b }";
    let (file, _) = parse(text);
    let item = &file.ast.items[0];
    assert_eq!((item.span.start, item.span.end), (0, text.len() as u32));
    let crate::ast::ItemKind::Fn(function) = &item.kind else { panic!("a function") };
    assert_eq!((function.head_span.start, function.head_span.end), (0, 21));
    let body = file.ast.block(function.body.expect("a body"));
    assert_eq!((body.span.start, body.span.end), (22, 31));
    assert_eq!(function.name.span.start, 3);
}
