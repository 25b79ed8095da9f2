//! Tokens: their kinds, their bounds, what is reported about text that is none.

use super::reports;
use crate::lexer::lex;
use crate::token::TokenKind;
use sayso_base::FileId;

/// Checks the significant tokens of a text, as `Kind text` separated by blanks.
#[track_caller]
fn tokens(text: &str, expected: &str) {
    let lexed = lex(FileId(0), text);
    let of = |t: &crate::lexer::Significant| format!("{:?}`{}`", t.kind, &text[t.start as usize..t.end as usize]);
    let found: Vec<String> = lexed.significant.iter().filter(|t| t.kind != TokenKind::Eof).map(of).collect();
    assert_eq!(found.join(" "), expected, "in {text:?}");
}

#[test]
fn every_fixed_token_is_read_as_itself() {
    use crate::token::TokenClass;
    for &kind in TokenKind::ALL {
        if matches!(kind.class(), TokenClass::Sign | TokenClass::Keyword | TokenClass::Contextual) {
            let text = format!(" {} ", kind.text());
            let lexed = lex(FileId(0), &text);
            assert_eq!(lexed.significant[0].kind, kind);
            assert_eq!(lexed.significant.len(), 2, "{kind:?}");
            assert!(lexed.diagnostics.is_empty());
        }
    }
}

#[test]
fn longest_signs_win() {
    tokens("a..=b", "Name`a` DotDotEq`..=` Name`b`");
    tokens("a===b", "Name`a` EqEqEq`===` Name`b`");
    tokens("a>>b", "Name`a` Gt`>` Gt`>` Name`b`");
    tokens("a>=b", "Name`a` Gt`>` Eq`=` Name`b`");
    tokens("|x|->T", "Bar`|` Name`x` Bar`|` Arrow`->` Name`T`");
    tokens("a||b", "Name`a` BarBar`||` Name`b`");
    tokens("**=", "StarStarEq`**=`");
    tokens(";;;;", "SemiSemi`;;` SemiSemi`;;`");
    tokens("%{#[", "PercentBrace`%{` HashBracket`#[`");
}

#[test]
fn question_marks() {
    tokens("e??", "Name`e` Question`?` Question`?`");
    tokens("e ?? f", "Name`e` Coalesce`??` Name`f`");
    tokens("e ??= f", "Name`e` CoalesceEq`??=` Name`f`");
    tokens("e/**/?? f", "Name`e` BlockComment`/**/` Coalesce`??` Name`f`".replace("BlockComment`/**/` ", "").as_str());
    tokens("x?.y", "Name`x` QuestionDot`?.` Name`y`");
    tokens("x?..y", "Name`x` Question`?` DotDot`..` Name`y`");
    tokens("f?(x)", "Name`f?` LParen`(` Name`x` RParen`)`");
    tokens("f?", "Name`f` Question`?`");
    tokens("self?(x)", "SelfWord`self` Question`?` LParen`(` Name`x` RParen`)`");
}

#[test]
fn exclamation_marks() {
    tokens("f!(x)", "Name`f!` LParen`(` Name`x` RParen`)`");
    tokens("map(get!)", "Name`map` LParen`(` Name`get!` RParen`)`");
    tokens("a!=b", "Name`a` NotEq`!=` Name`b`");
    tokens("return!x", "Return`return` Bang`!` Name`x`");
}

#[test]
fn numbers_and_dots() {
    tokens("1..2", "Int`1` DotDot`..` Int`2`");
    tokens("1.5.x", "Float`1.5` Dot`.` Name`x`");
    tokens("t.0.1", "Name`t` Dot`.` Int`0` Dot`.` Int`1`");
    tokens("t?.0.1", "Name`t` QuestionDot`?.` Int`0` Dot`.` Int`1`");
    tokens("1.max", "Int`1` Dot`.` Name`max`");
    tokens("1e5", "Float`1e5`");
    tokens("0b12", "Error`0b12`");
}

#[test]
fn words() {
    tokens("größe 数 _x x1 _", "Name`größe` Name`数` Name`_x` Name`x1` Underscore`_`");
    tokens("r rx b bx", "Name`r` Name`rx` Name`b` Name`bx`");
    tokens("lets iff", "Name`lets` Name`iff`");
}

#[test]
fn strings_in_pieces() {
    tokens(
        "\"a{x:?}b\"",
        "StrOpen`\"` StrText`a` HoleOpen`{` Name`x` HoleSpec`:?` HoleClose`}` StrText`b` StrClose`\"`",
    );
    tokens("\"{\"y\"}\"", "StrOpen`\"` HoleOpen`{` Str`\"y\"` HoleClose`}` StrClose`\"`");
    tokens(
        "\"{[a: {b}]}\"",
        "StrOpen`\"` HoleOpen`{` LBracket`[` Name`a` Colon`:` LBrace`{` Name`b` RBrace`}` RBracket`]` HoleClose`}` StrClose`\"`",
    );
    tokens("\"\"\"\"a\"\"\"", "StrOpen`\"\"\"` StrText`\"a` StrClose`\"\"\"`");
}

#[test]
fn comments_nest() {
    tokens("a /* b /* c */ d */ e // f\ng", "Name`a` Name`e` Name`g`");
    reports("a\n/* b /* c */", &["2:1 this comment is not closed: the file ends before its `*/`"]);
}

#[test]
fn unknown_characters() {
    reports("a $ b", &["1:3 `$` means nothing here"]);
    reports("let x = ~y", &["1:9 `~` means nothing here"]);
    reports("let x = `y`", &["1:9 a string stands in double quotes"]);
    reports(
        "a\0b",
        &["1:2 a NUL byte outside strings and comments", "1:3 expected the end of the statement, found `b`"],
    );
    reports("a \0\n", &["1:3 a NUL byte outside strings and comments"]);
    reports("let x\u{200b} = 1", &["1:6 an invisible character, U+200B, outside strings and comments"]);
    reports("let\u{a0}x = 1", &["1:4 an unusual blank, U+00A0, outside strings and comments"]);
    reports("a – b", &["1:3 `–` (U+2013) only looks like `-`"]);
    reports("f（x）", &["1:2 `（` (U+FF08) only looks like `(`", "1:4 `）` (U+FF09) only looks like `)`"]);
    reports("let x = “a b”", &["1:9 a string stands in straight quotes"]);
    reports("let x = ☃", &["1:9 `☃` (U+2603) means nothing here"]);
    reports("let x = 'abc'", &["1:9 a string stands in double quotes"]);
    reports("'a: loop {}", &["1:1 a `'` begins nothing here"]);
}

#[test]
fn signs_of_other_languages() {
    reports("let x = a !== b", &["1:11 `!==` is not an operator"]);
    reports("f(...xs)", &["1:3 `...` is not an operator"]);
    reports("x &&= y", &["1:3 `&&=` is not an operator"]);
    reports("x |= y", &["1:3 `|=` is not an operator"]);
    reports("x <<= y", &["1:3 `<<=` is not an operator"]);
    reports("x++", &["1:2 there is no operator `++`"]);
    reports("x--\ny", &["1:2 there is no operator `--`"]);
    reports("let x = +1", &["1:9 a plus sign stands between two values, not before one"]);
}
