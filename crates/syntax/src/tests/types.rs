//! Written types.

use super::{check, reports};

#[track_caller]
fn ty(text: &str, expected: &str) {
    check(&format!("let x: {text} = 1"), &format!("(let x: {expected} 1)"));
}

#[test]
fn names_and_arguments() {
    ty("i64", "i64");
    ty("a.b.C", "a.b.C");
    ty("List<i64>", "(List i64)");
    ty("Map<K, List<V>>", "(Map K (List V))");
    ty("A<B<C<D>>>", "(A (B (C D)))");
    ty("A<\n  B,\n  C,\n>", "(A B C)");
    ty("#ok", "#ok");
    ty("#a | #b", "(| #a #b)");
    check("let x: A<B>= 1", "(let x: (A B) 1)");
    check("let x: A<B<C>>= 1", "(let x: (A (B C)) 1)");
}

#[test]
fn collections() {
    ty("[T]", "(array T)");
    ty("[T; 3]", "(array T; 3)");
    ty("[K: V]", "(table K V)");
    ty("[[T]; 0x10]", "(array (array T); 16)");
    ty("(A, B)", "(tuple A B)");
    ty("(A,)", "(tuple A)");
    ty("()", "(tuple)");
    ty("(A)", "A");
    ty("%{ a: A, b: B }", "(shape a: A b: B)");
    ty("[A | B]", "(array (| A B))");
}

#[test]
fn operators() {
    ty("A | B & C", "(| A (& B C))");
    ty("(A | B) & C", "(& (| A B) C)");
    ty("A?", "(? A)");
    ty("A??", "(? (? A))");
    ty("A | B?", "(| A (? B))");
    ty("[A]?", "(? (array A))");
    ty("A\n    | B\n    | C", "(| A B C)");
}

#[test]
fn functions() {
    ty("fn()", "(fn ())");
    ty("fn(A, B) -> C", "(fn ( A B) -> C)");
    ty("fn(A) -> B | C", "(| (fn ( A) -> B) C)");
    ty("fn(A) -> B & C", "(& (fn ( A) -> B) C)");
    ty("fn(A) -> B?", "(fn ( A) -> (? B))");
    ty("(fn(A) -> B)?", "(? (fn ( A) -> B))");
    ty("fn(A) -> fn(B) -> C is io", "(fn ( A) -> (fn ( B) -> C is io))");
    ty("fn(A) is io.fs + panic", "(fn ( A) is io.fs panic)");
    ty("fn(A) -> B is pure", "(fn ( A) -> B is pure)");
    check("fn f(g: fn(A) -> B) -> C is io", "(fn f (g: (fn ( A) -> B)) -> C is io)");
}

#[test]
fn what_is_no_type() {
    reports("let x: &T = 1", &["1:8 expected a type, found `&`: there are no references in types"]);
    reports("let x: [A, B] = 1", &["1:10 expected `]`, found `,`: the elements of an array have one type"]);
    reports("let x: { a: A } = 1", &["1:8 expected a type, found `{`"]);
    reports("let x: #[T] = 1", &["1:8 expected a type, found `#[`"]);
    reports("let x: ?T = 1", &["1:8 expected a type, found `?`"]);
    reports("let x: 5 = 1", &["1:8 expected a type, found the number 5"]);
    reports("let x: fn(a: A) -> B = 1", &["1:11 the parameters of a function type have no names"]);
    reports("let x: A<B = 1", &["1:12 expected `,` or `>`, found `=`"]);
    reports("let x: [T; n] = 1", &["1:12 expected the number of elements, found `n`"]);
    reports("fn f() is io, panic {}", &["1:13 effects are joined by `+`"]);
    reports(
        "fn f() is 5 {}",
        &["1:11 expected an effect (`pure`, `io`, `alloc`, `mut`, `panic` or `async`), found the number 5"],
    );
}
