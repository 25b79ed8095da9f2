//! Operators, operands, control flow and closures.

use super::{check, reports, same};

#[test]
fn precedence_from_tight_to_loose() {
    check("-a.b ** 2", "(- (** (. a b) 2))");
    check("-2 ** 2", "(- (** 2 2))");
    check("2 ** -1", "(** 2 (- 1))");
    check("2 ** 3 ** 4", "(** 2 (** 3 4))");
    check("-n as i64", "(as (- n) i64)");
    check("!a as bool ** 2", "(** (as (! a) bool) 2)");
    check("2 ** v as i64", "(** 2 (as v i64))");
    check("--x", "(- (- x))");
    check("comptime a + b", "(+ (comptime a) b)");
    check("comptime f(x)?", "(comptime (? (call f x)))");
    check("a * b + c", "(+ (* a b) c)");
    check("a + b * c % d", "(+ a (% (* b c) d))");
    check("a - b - c", "(- (- a b) c)");
    check("a << b + c", "(<< a (+ b c))");
    check("a & b << c", "(& a (<< b c))");
    check("a ^ b & c", "(^ a (& b c))");
    check("a ^ b..c", "(.. (^ a b) c)");
    check("x in a..b", "(in x (.. a b))");
    check("x is T == y", "(== (is x T) y)");
    check("a == b && c", "(&& (== a b) c)");
    check("a || b && c", "(|| a (&& b c))");
    check("a ?? b || c", "(?? a (|| b c))");
    check("a ?? b ?? c", "(?? a (?? b c))");
    check("a |> f ?? g", "(|> a (?? f g))");
    check("a |> f |> g(x)", "(|> (|> a f) (call g x))");
    check("a or b |> f", "(or a (|> b f))");
    check("a or b or c", "(or a (or b c))");
    check("x = a or b", "(= x (or a b))");
}

#[test]
fn glued_operators() {
    check("a >= b", "(>= a b)");
    check("a >> b > c", "(> (>> a b) c)");
    check("a > b", "(> a b)");
    check("a > -b", "(> a (- b))");
    check("x not in xs", "(not-in x xs)");
    check("x is not str", "(is-not x str)");
    check("a === b", "(=== a b)");
    check("a <= b", "(<= a b)");
    check("a!=b", "(!= a b)");
}

#[test]
fn types_behind_as_and_is() {
    check("x is A & B", "(is x (& A B))");
    check("x is (A | B)", "(is x (| A B))");
    check("x as i64 < 3", "(< (as x i64) 3)");
    check("x as i64<3", "(< (as x i64) 3)");
    check("x as List<i64>", "(as x (List i64))");
    check("x as Foo < y", "(< (as x Foo) y)");
    check("x as i64?", "(as x (? i64))");
    check("x as i64 & 3", "(& (as x i64) 3)");
    check("x is [i64] && y", "(&& (is x (array i64)) y)");
    check("x is fn(A) -> B is pure && y", "(&& (is x (fn ( A) -> B is pure)) y)");
}

#[test]
fn comparisons_and_ranges_do_not_chain() {
    reports("1 < 2 < 3", &["1:7 comparisons do not chain: this one would compare a `bool`"]);
    reports("a == b == c == d", &["1:8 comparisons do not chain: this one would compare a `bool`"]);
    reports("a < b == c", &["1:7 comparisons do not chain: this one would compare a `bool`"]);
    reports("0..1..2", &["1:5 ranges do not chain: a range has two ends"]);
    check("(a < b) == c", "(== (< a b) c)");
    check("a < b && c < d", "(&& (< a b) (< c d))");
}

#[test]
fn ranges() {
    check("a..b", "(.. a b)");
    check("a..=b", "(..= a b)");
    check("xs[a..]", "(index xs (.. a _))");
    check("xs[..b]", "(index xs (.. _ b))");
    check("xs[..]", "(index xs (.. _ _))");
    check("a + 1..b * 2", "(.. (+ a 1) (* b 2))");
    check("for i in 0.. { i }", "(for i (.. 0 _) {i})");
    check("e?..b", "(.. (? e) b)");
    check("1..2", "(.. 1 2)");
    check("x = ..", "(= x (.. _ _))");
    reports("xs[a..=]", &["1:8 expected the last value of the range behind `..=`, found `]`"]);
}

#[test]
fn postfix_operators() {
    check("a.b.c", "(. (. a b) c)");
    check("t.0.1", "(. (. t 0) 1)");
    check("a?.b", "(?. a b)");
    check("a?.f(x)", "(call (?. a f) x)");
    check("e?", "(? e)");
    check("e??", "(? (? e))");
    check("e??.x", "(?. (? e) x)");
    check("a ?? b", "(?? a b)");
    check("f()?", "(? (call f))");
    check("f(a)(b)[c]", "(index (call (call f a) b) c)");
    check("f(x, y: 1, ..zs,)", "(call f x y:1 ..zs)");
    check("f::[A, [B]](x)", "(call (:: f A (array B)) x)");
    check("x.f::[A]", "(:: (. x f) A)");
    check("1.max(2)", "(call (. 1 max) 2)");
    check("\"a\".len()", "(call (. \"a\" len))");
    check("super.m(x)", "(call (. super m) x)");
    check("super(x)", "(call super x)");
    check("match x { _ => 1 }.f()", "(call (. (match x (_ => 1)) f))");
    check("type([i64])", "(type (array i64))");
    check("type(A | B) == t", "(== (type (| A B)) t)");
}

#[test]
fn names_with_marks() {
    check("empty?(x)", "(call empty? x)");
    check("get!(x)", "(call get! x)");
    check("xs.empty?()", "(call (. xs empty?))");
    check("filter(empty?)", "(call filter (? empty))");
    check("map(get!)", "(call map get!)");
    check("empty?::[A]", "(:: empty? A)");
    check("x.empty?::[A]", "(:: (. x empty?) A)");
    check("a != b", "(!= a b)");
    check("fn any?<T>(x: T) {}", "(fn any?<T> (x: T) {})");
    check("from m import empty?, get! as get", "(from m empty? get! as get)");
    check("x?.y", "(?. x y)");
}

#[test]
fn contextual_keywords_are_names() {
    for word in ["init", "test", "bench", "open", "object", "from", "as", "not"] {
        check(&format!("let {word} = {word}"), &format!("(let {word} {word})"));
        check(&format!("f({word}: {word}.{word})"), &format!("(call f {word}:(. {word} {word}))"));
    }
    check("as as as", "(as as as)");
    check("open(path)", "(call open path)");
    check("not(x)", "(call not x)");
    check("object as i64", "(as object i64)");
    check("from not in xs", "(not-in from xs)");
}

#[test]
fn collections() {
    check("[1, 2,]", "(array 1 2)");
    check("[]", "(array)");
    check("[..a, b, ..c]", "(array ..a b ..c)");
    check("[v; n + 1]", "(repeat v (+ n 1))");
    check("[\"a\": 1, \"b\": 2,]", "(table \"a\"=>1 \"b\"=>2)");
    check("[:]", "(table)");
    check("[a: 1]", "(table a=>1)");
    check("[a: loop { break 1 }]", "(table a=>(loop {(break 1)}))");
    check("#[1, ..xs]", "(list 1 ..xs)");
    check("#[]", "(list)");
    check("#[->]", "(map)");
    check("#[\"a\" -> 1, b -> 2]", "(map \"a\"=>1 b=>2)");
    check("(a, b)", "(tuple a b)");
    check("(a,)", "(tuple a)");
    check("(a)", "a");
    check("()", "(tuple)");
    check("%{ x: 1, y }", "(shape x=1 y=y)");
    check("%{}", "(shape)");
    check("%{\n  x\n  : 1\n  ,\n}", "(shape x=1)");
}

#[test]
fn struct_literals() {
    check("P { x: 1, y }", "(struct P x=1 y=y)");
    check("P {}", "(struct P)");
    check("a.b.P { ..old }", "(struct a.b.P ..old)");
    check("P { x: 1, ..old, }", "(struct P x=1 ..old)");
    check("Shape.Rect { w: 1 }.w", "(. (struct Shape.Rect w=1) w)");
    check("P {\n  x\n    : 1,\n  y:\n    2\n}", "(struct P x=1 y=2)");
    check("f(P { x: 1 })", "(call f (struct P x=1))");
    check("point { x: 1 }", "(struct point x=1)");
}

#[test]
fn heads_take_no_struct_literal() {
    check("if a == b { c }", "(if (== a b) {c})");
    check("if !done { c }", "(if (! done) {c})");
    check("if -a < b { c }", "(if (< (- a) b) {c})");
    check("if x |> f { c }", "(if (|> x f) {c})");
    check("if (P { x: 1 }) == p { c }", "(if (== (struct P x=1) p) {c})");
    check("if f(P { x: 1 }) { c }", "(if (call f (struct P x=1)) {c})");
    check("if xs[P { x: 1 }.x] { c }", "(if (index xs (. (struct P x=1) x)) {c})");
    check("while P { c }", "(while P {c})");
    check("match P { _ => 1 }", "(match P (_ => 1))");
    check("for x in P { c }", "(for x P {c})");
    check("if x is P { c }", "(if (is x P) {c})");
    check("if f(|x| { x }) { c }", "(if (call f (closure (x) {x})) {c})");
    check("if match a { _ => true } { c }", "(if (match a (_ => true)) {c})");
}

#[test]
fn assignment() {
    check("x = 1", "(= x 1)");
    check("x.y += 1", "(+= (. x y) 1)");
    check("xs[0] **= 2", "(**= (index xs 0) 2)");
    check("x -= 1; x *= 2; x /= 3; x %= 4", "(-= x 1); (*= x 2); (/= x 3); (%= x 4)");
    check("v ??= e", "(??= v e)");
    check("_ = f()", "(= _ (call f))");
    reports("f() = 1", &["1:1 cannot assign to the result of a call"]);
    reports("1 = x", &["1:1 cannot assign to a literal"]);
    reports("(a, b) = t", &["1:1 cannot assign to several variables at once"]);
    reports("self = x", &["1:1 cannot assign to `self`"]);
    reports("a = b = c", &["1:7 an assignment has no value, so `=` cannot follow"]);
    reports("f(a = 1)", &["1:5 an assignment is no argument"]);
}

#[test]
fn if_and_let_conditions() {
    check("if a { 1 } else if b { 2 } else { 3 }", "(if a {1} b {2} else {3})");
    check("if let Some(x) = e { x }", "(if (let (variant Some x) e) {x})");
    check("if let p = e && c { x }", "(if (&& (let p e) c) {x})");
    check("if a && let p = e ?? f && c { x }", "(if (&& (&& a (let p (?? e f))) c) {x})");
    check("while let Some(x) = it.next() { x }", "(while (let (variant Some x) (call (. it next))) {x})");
    check("let x = if a { 1 } else { 2 } + 3", "(let x (+ (if a {1} else {2}) 3))");
    reports("x = let y = 1", &["1:5 `let` is no expression here"]);
    reports("if a || let p = e { x }", &["1:9 `let` is no expression here"]);
}

#[test]
fn loops_and_labels() {
    check("loop { break v }", "(loop {(break v)})");
    check("outer: for (k, v) in t { continue outer }", "(for 'outer (tuple k v) t {(continue 'outer)})");
    check("a: while x { break a }", "(while 'a x {(break 'a)})");
    check("let r = s: loop { break s 1 }", "(let r (loop 's {(break 's 1)}))");
    check("loop { break value }", "(loop {(break value)})");
    check("a: loop { f(|| { break a }) }", "(loop 'a {(call f (closure () {(break a)}))})");
    check("a: loop {}; break a", "(loop 'a {}); (break a)");
    check("for _ in xs {}", "(for _ xs {})");
    check("for P { x, .. } in ps { x }", "(for (struct P x=x ..) ps {x})");
}

#[test]
fn jumps_are_expressions() {
    check("return", "(return)");
    check("return a or b", "(return (or a b))");
    check("x ?? return 1", "(?? x (return 1))");
    check("x or throw e", "(or x (throw e))");
    check("match x { 1 => return, _ => break }", "(match x (1 => (return)) (_ => (break)))");
    check("yield x", "(yield x)");
    check("let a = yield", "(let a (yield))");
    check("return\nx", "(return); x");
    check("{ return }", "{(return)}");
    check("spawn f(x)", "(spawn (call f x))");
    check("spawn { f() }", "(spawn {(call f)})");
    check("spawn: f()", "(spawn {(call f)})");
    check("expect a == b", "(expect (== a b))");
    check("defer close(f)", "(defer (call close f))");
    check("defer x = 1", "(defer (= x 1))");
    check("defer { a; b }", "(defer {a; b})");
    check("comptime { a }", "(comptime {a})");
    check("comptime:\n    a\n    b", "(comptime {a; b})");
}

#[test]
fn try_and_catch() {
    check(
        "try { x } catch e: T { y } catch e { z } catch { w }",
        "(try {x} (catch e: T {y}) (catch e {z}) (catch {w}))",
    );
    check(
        "try: x\ncatch e: T: y\ncatch e: f()\ncatch: w",
        "(try {x} (catch e: T {y}) (catch e {(call f)}) (catch {w}))",
    );
    check("try: x\ncatch e: a.B<i64>?: y", "(try {x} (catch e: (? (a.B i64)) {y}))");
    check("try: x\ncatch e: (A | B) { y }", "(try {x} (catch e: (| A B) {y}))");
    check("try: x\ncatch e: if a: b", "(try {x} (catch e {(if a {b})}))");
    check("try: x\ncatch e: throw e", "(try {x} (catch e {(throw e)}))");
    check("try: x\ncatch e: y + 1", "(try {x} (catch e {(+ y 1)}))");
    check("try: x\ncatch e: (f)(x)", "(try {x} (catch e {(call f x)}))");
    check("try: x\ncatch e: [1, 2]", "(try {x} (catch e {(array 1 2)}))");
    check("try: x;; catch e: y;; z", "(try {x} (catch e {y})); z");
    check("try: x\ncatch _:\n    y", "(try {x} (catch _ {y}))");
}

#[test]
fn matches() {
    check("match x { 1 => a, 2 => b }", "(match x (1 => a) (2 => b))");
    check("match x {\n  1 => a\n  2 => { b }\n  _ => c,\n}", "(match x (1 => a) (2 => {b}) (_ => c))");
    check("match x { 1 => { a } 2 => b }", "(match x (1 => {a}) (2 => b))");
    check("match x { n if n > 1 && p => a }", "(match x (n if (&& (> n 1) p) => a))");
    check("match x { 1 => y = 2 }", "(match x (1 => (= y 2)))");
    check("match x { A => P { x: 1 } }", "(match x (A => (struct P x=1)))");
    check("match x {}", "(match x)");
    check("1 + match 3 { _ => 6 } * 2", "(+ 1 (* (match 3 (_ => 6)) 2))");
    check("match x { 1 =>\n  a\n  2 => b }", "(match x (1 => a) (2 => b))");
}

#[test]
fn closures() {
    check("|x| x + 1", "(closure (x) (+ x 1))");
    check("|| 1", "(closure () 1)");
    check("|x: i64, y| -> i64 { x }", "(closure (x: i64, y) -> i64 {x})");
    check("|k: A| k", "(closure (k: A) k)");
    check("|k: (A | B)| k", "(closure (k: (| A B)) k)");
    check("|(a, b)| a", "(closure ((tuple a b)) a)");
    check("|a| |b| a", "(closure (a) (closure (b) a))");
    check("|a||b| a", "(closure (a) (closure (b) a))");
    check("|| || 1", "(closure () (closure () 1))");
    check("f(|x| n += x, 1)", "(call f (closure (x) (+= n x)) 1)");
    check("|x|: x", "(closure (x) {x})");
    check("|x| -> T: x", "(closure (x) -> T {x})");
}

#[test]
fn sections() {
    check("xs |> map(.name)", "(|> xs (call map (closure (_.) (. _. name))))");
    check("map(.a.b)", "(call map (closure (_.) (. (. _. a) b)))");
    check("map(.len())", "(call map (closure (_.) (call (. _. len))))");
    check("map(.0)", "(call map (closure (_.) (. _. 0)))");
}

#[test]
fn bars_between_values() {
    reports("5 | 2", &["1:3 `|` is no operator on values"]);
    reports("f(a | b, c | d)", &["1:5 `|` is no operator on values", "1:12 `|` is no operator on values"]);
    reports(
        "f()\n|x| x",
        &["2:1 a line that begins with `|` goes on with the line before, and `|` is no operator on values"],
    );
}

#[test]
fn blocks_are_expressions() {
    check("let x = { a; b }", "(let x {a; b})");
    check("{ a }", "{a}");
    check("{ a; }", "{a;}");
    check("{ a;\n}", "{a;}");
    check("{ a; b }", "{a; b}");
    check("{}", "{}");
    same("let x = (a)", "let x = a");
}

#[test]
fn let_statements() {
    check("let x = 1", "(let x 1)");
    check("let mut x: i64 = 1", "(let mut x: i64 1)");
    check("let (a, b): (A, B) = t", "(let (tuple a b): (tuple A B) t)");
    check("let Some(x) = e else { return }", "(let (variant Some x) e else {(return)})");
    check("let Some(x) = e else: return", "(let (variant Some x) e else {(return)})");
    check("let [a, ..] = xs", "(let (array a ..) xs)");
    check("let P { x, y: z } = p", "(let (struct P x=x y=z) p)");
}
