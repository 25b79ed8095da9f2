//! Numbers, strings, holes, bytes, symbols.

use super::{check, reports};

#[test]
fn integers() {
    check("42", "42");
    check("1_000", "1000");
    check("0xFF", "255");
    check("0Xff_ff", "65535");
    check("0b1010", "10");
    check("0o17", "15");
    check("007", "7");
    check("9223372036854775807", "9223372036854775807");
    check("-9223372036854775808", "(- 9223372036854775808)");
    check("9223372036854775809", "<too large>");
    check("99999999999999999999999999", "<too large>");
    check("0xffffffffffffffffff", "<too large>");
}

#[test]
fn floats() {
    check("1.5", "1.5");
    check("1e9", "1000000000.0");
    check("2.5e-3", "0.0025");
    check("1_0.2_5E+2", "1025.0");
    check("1..2", "(.. 1 2)");
    check("1.e", "(. 1 e)");
    reports("1e999", &["1:1 this number is too large for an `f64`"]);
    reports("x = .5", &["1:5 a number begins with a digit"]);
}

#[test]
fn malformed_numbers() {
    reports("12abc", &["1:1 `12abc` is not a number"]);
    reports("1e", &["1:1 `1e` is not a number"]);
    reports("1.5f64", &["1:1 `1.5f64` is not a number"]);
    reports("0xG", &["1:3 `G` is not a hexadecimal digit"]);
    reports("0b12", &["1:4 `2` is not a binary digit"]);
    reports("0o8", &["1:3 `8` is not an octal digit"]);
    reports("0x", &["1:1 a hexadecimal number without digits"]);
    reports("1__0", &["1:2 an underscore in a number stands singly between two digits, as in `1_000`"]);
    reports("1_", &["1:2 an underscore in a number stands singly between two digits, as in `1_000`"]);
}

#[test]
fn plain_strings() {
    check(r#""""#, r#""""#);
    check(r#""a b""#, r#""a b""#);
    check(r#""a } b""#, r#""a } b""#);
    check(r#""\n\t\r\0\\\"\'\{\}\x41\u{e9}\u{1F600}""#, "\"\\n\\t\\r\\0\\\\\\\"'{}Aé😀\"");
    check("\"é日本\"", "\"é日本\"");
    check("\"// no comment\"", "\"// no comment\"");
}

#[test]
fn raw_strings() {
    check(r#"r"a\n{b}""#, r#""a\\n{b}""#);
    check(r#"len(r"\")"#, r#"(call len "\\")"#);
    reports("r\"a\nb", &["1:1 this string is not closed: its line ends before a `\"`"]);
}

#[test]
fn bytes_and_symbols() {
    check("b'a'", "b97");
    check(r"b'\n'", "b10");
    check(r"b'\''", "b39");
    check(r"b'\xff'", "b255");
    check("b'\"'", "b34");
    check("b'{'", "b123");
    check("#ok", "#ok");
    check("#not_found", "#not_found");
    check("#in", "#in");
    reports("b'é'", &["1:3 `é` takes 2 bytes; a byte literal holds one ASCII character"]);
    reports("b'ab'", &["1:3 a byte literal holds one character"]);
    reports("b''", &["1:1 a byte without a character in it"]);
    reports(r"b'\q'", &[r"1:3 `\q` is no escape"]);
    reports("b'a", &["1:1 this byte is not closed by a `'`"]);
    reports("#", &["1:1 a `#` without a name behind it"]);
}

#[test]
fn wrong_escapes() {
    reports(r#""a\qb""#, &[r"1:3 `\q` is no escape"]);
    reports(r#""\q \w""#, &[r"1:2 `\q` is no escape", r"1:5 `\w` is no escape"]);
    reports(r#""\x4""#, &[r"1:2 `\x` needs two hexadecimal digits, as in `\x7f`"]);
    reports(r#""\xff""#, &[r"1:2 `\xff` is past 7F: a string is text, not bytes"]);
    reports(r#""\u{110000}""#, &[r"1:2 `\u{110000}` is no character: they go up to 10FFFF, without D800 to DFFF"]);
    reports(r#""\u{d800}""#, &[r"1:2 `\u{d800}` is no character: they go up to 10FFFF, without D800 to DFFF"]);
    reports(r#""\u{}""#, &[r"1:2 `\u` needs hexadecimal digits in braces, as in `\u{1F600}`"]);
    reports(r#""\u41""#, &[r"1:2 `\u` needs hexadecimal digits in braces, as in `\u{1F600}`"]);
    reports(r#""{x} \q""#, &[r"1:6 `\q` is no escape"]);
    reports("\"\"\"\n    \\q\n    \"\"\"", &[r"2:5 `\q` is no escape"]);
}

#[test]
fn holes() {
    check(r#""a {x} b""#, r#"(str "a " {x} " b")"#);
    check(r#""{a}{b}""#, "(str {a} {b})");
    check(r#""{f("x", "{y}")}""#, r#"(str {(call f "x" (str {y}))})"#);
    check(r#""{if ok { "yes" } else { "no" }}""#, r#"(str {(if ok {"yes"} else {"no"})})"#);
    check(r#""{["a": 1]}""#, r#"(str {(table "a"=>1)})"#);
    check(r#""{f(x: 1)}""#, "(str {(call f x:1)})");
    check(r#""{k::[A](1)}""#, "(str {(call (:: k A) 1)})");
    check(r#""{P { x: 1 }}""#, "(str {(struct P x=1)})");
    check(r#""a{"b{"c{n}"}"}d""#, r#"(str "a" {(str "b" {(str "c" {n})})} "d")"#);
    check(r#""{x?}""#, "(str {(? x)})");
    check(r#""{empty?(x)}""#, "(str {(call empty? x)})");
    check(r#""{b'}'}""#, "(str {b125})");
    check(r#""{"}"}""#, r#"(str {"}"})"#);
    check(r#""\u{41}{x}""#, r#"(str "A" {x})"#);
    check(r#""{x /* } */}""#, "(str {x})");
}

#[test]
fn format_specifications() {
    check(r#""{x:>8.2}""#, "(str {x:>8.2})");
    check(r#""{x:*^+#08.3e}""#, "(str {x:*^+#08.3e})");
    check(r#""{x:?}""#, "(str {x:?})");
    check(r#""{x:05}""#, "(str {x:05})");
    check(r#""{x:<<5}""#, "(str {x:<<5})");
    check(r#""{x:x} {x:X} {x:b} {x:o}""#, r#"(str {x:x} " " {x:X} " " {x:b} " " {x:o})"#);
    check(r#""{f(times: 2):>5}""#, "(str {(call f times:2):>5})");
    check(r#""{(|x: i64| x)(1):3}""#, "(str {(call (closure (x: i64) x) 1):3})");
    check(r#""{x:}""#, "(str {x})");
    reports(r#""{x:>>>q}""#, &["1:7 `:>>>q` is no format specification: `>` has no meaning here"]);
    reports(r#""{x:5.}""#, &["1:6 digits are missing behind the `.` of this format, as in `.2`"]);
    reports(r#""{x:99999999}""#, &["1:5 a width or precision in a format specification is at most 65535"]);
    reports(r#""{x:xx}""#, &["1:6 `:xx` is no format specification: the format ends at its letter"]);
}

#[test]
fn wrong_holes() {
    reports(r#"f("a {} b")"#, &["1:6 a hole needs an expression in it"]);
    reports(r#"f("a {:5} b")"#, &["1:6 a hole needs an expression in it"]);
    reports(
        "f(\"a {1 + \")\nb",
        &["1:6 this hole is not closed: a `{` in a string begins an expression that ends at `}`"],
    );
    reports("f(\"a {x)\nb", &["1:6 this hole is not closed: a `{` in a string begins an expression that ends at `}`"]);
    reports(
        "f(\"a {x\")\nb",
        &["1:6 this hole is not closed: a `{` in a string begins an expression that ends at `}`"],
    );
    reports("f(\"a {x\nb", &["1:6 this hole is not closed: a `{` in a string begins an expression that ends at `}`"]);
    reports(
        "f(\"a {g(x\nb\nc",
        &["1:6 this hole is not closed: a `{` in a string begins an expression that ends at `}`"],
    );
    reports("f(\"a {g(x}\")\nb", &["1:10 expected `,` or `)`, found `}`"]);
    reports("f(\"a {x b}\")\nc", &["1:9 expected `}`, found `b`"]);
    reports("f(\"{\\\"a\\\": 1}\")\nb", &[r"1:5 `\` means nothing here"]);
    reports("f(\"{+}\")\nb", &["1:5 a plus sign stands between two values, not before one"]);
}

#[test]
fn unclosed_strings() {
    let message = "this string is not closed: its line ends before a `\"`";
    reports("f(\"open)\nb", &[&format!("1:3 {message}")]);
    reports("let x = \"a\nlet y = \"b\nlet z = 3", &[&format!("1:9 {message}"), &format!("2:9 {message}")]);
    reports("f(\"open, 1)\ng(2)\nh(\"x\")", &[&format!("1:3 {message}")]);
    reports("\"a {x} b", &[&format!("1:1 {message}")]);
    reports("a\n\"\"\"b\nc", &["2:1 this string is not closed: the file ends before its `\"\"\"`"]);
}

#[test]
fn triple_quoted_strings() {
    check("\"\"\"a \"b\" c\"\"\"", r#""a \"b\" c""#);
    check("\"\"\"\n    a\n      b\n\n    c\n    \"\"\"", r#""a\n  b\n\nc""#);
    check("\"\"\"\r\n  a\r\n  b\r\n  \"\"\"", r#""a\nb""#);
    check("\"\"\"\n\"\"\"", r#""""#);
    check("\"\"\"\n    \"\"\"", r#""""#);
    check("\"\"\"\"\"\"", r#""""#);
    check("\"\"\"\n  a {x}\n  {y} b\n  \"\"\"", r#"(str "a " {x} "\n" {y} " b")"#);
    check("\"\"\"\n  a\\n\\\"\n  \"\"\"", r#""a\n\"""#);
    check("\"\"\"a\n  b\n  \"\"\"", r#""a\nb""#);
    check("\"\"\"a\n  b\"\"\"", r#""a\nb""#);
    check("\"\"\"\n  {f(\n1\n)}\n  \"\"\"", "(str {(call f 1)})");
    check("f(\"\"\"\n    a\n    \"\"\")\nb", r#"(call f "a"); b"#);
    check("if a:\n    x = \"\"\"\nb\n\"\"\"\n    c", r#"(if a {(= x "b"); c})"#);
    reports("\"\"\"\n  a\n    \"\"\"", &["2:3 this line is indented by 2, less than the closing quotes (4)"]);
}

#[test]
fn booleans_and_void() {
    check("true", "true");
    check("false", "false");
    check("()", "(tuple)");
}
