//! What the lexer says about text that it cannot read: one message for each way to be wrong.

use super::{Lexer, OpenString};
use crate::token::TokenKind;
use sayso_base::Diagnostic;

/// Characters that look like signs of the language, and what they are meant for.
const LOOKALIKES: &[(char, &str)] = &[
    ('“', "\""),
    ('”', "\""),
    ('„', "\""),
    ('«', "\""),
    ('»', "\""),
    ('‘', "\""),
    ('’', "\""),
    ('–', "-"),
    ('—', "-"),
    ('−', "-"),
    ('×', "*"),
    ('·', "*"),
    ('÷', "/"),
    ('≠', "!="),
    ('≤', "<="),
    ('≥', ">="),
    ('…', ".."),
    ('→', "->"),
    ('⇒', "=>"),
    ('∧', "&&"),
    ('∨', "||"),
    ('¬', "!"),
    ('（', "("),
    ('）', ")"),
    ('［', "["),
    ('］', "]"),
    ('｛', "{"),
    ('｝', "}"),
    ('，', ","),
    ('；', ";"),
    ('：', ":"),
    ('．', "."),
    ('！', "!"),
    ('？', "?"),
    ('＝', "="),
];

impl Lexer<'_> {
    fn report(&mut self, diagnostic: Diagnostic) {
        if self.out.diagnostics.len() < crate::MAX_DIAGNOSTICS {
            self.out.diagnostics.push(diagnostic);
        }
    }

    pub(super) fn unclosed_string(&mut self, start: usize) {
        let rest = self.text.get(start..).unwrap_or("");
        let (message, quotes) = if rest.starts_with("\"\"\"") {
            ("this string is not closed: the file ends before its `\"\"\"`", "\"\"\"")
        } else {
            ("this string is not closed: its line ends before a `\"`", "\"")
        };
        let opening = if rest.starts_with('r') { 2 } else { quotes.len() };
        let mut diagnostic = Diagnostic::error("unclosed-string", self.span(start, start + opening), message)
            .label("the string begins here");
        if quotes.len() == 1 {
            let end = self.end_of_open_string(start);
            diagnostic = diagnostic
                .suggest("close it", self.span(end, end), quotes)
                .note("a string of several lines stands between `\"\"\"` and `\"\"\"`");
        }
        self.report(diagnostic);
    }

    /// Where a string that its line does not close was most likely to end: before the brackets that close what is open
    /// before it.
    fn end_of_open_string(&mut self, start: usize) -> usize {
        let end = self.line_end(start);
        let line = self.text.get(..start).and_then(|before| before.rfind('\n')).map_or(0, |at| at + 1);
        let (before, rest) = (self.text.get(line..start).unwrap_or(""), self.text.get(start..end).unwrap_or(""));
        let count = |signs: [char; 3]| before.matches(signs).count();
        if count(['(', '[', '{']) <= count([')', ']', '}']) {
            return start + rest.trim_end().len();
        }
        start + rest.trim_end_matches([')', ']', ',', ';', ' ']).len()
    }

    pub(super) fn report_open_hole(&mut self, string: &OpenString) {
        if string.failed {
            return;
        }
        let diagnostic = Diagnostic::error(
            "unclosed-hole",
            self.span(string.hole, string.hole + 1),
            "this hole is not closed: a `{` in a string begins an expression that ends at `}`",
        )
        .label("the hole begins here")
        .suggest(
            "to write a brace as text, put a backslash before it",
            self.span(string.hole, string.hole),
            "\\",
        );
        let diagnostic = if string.triple {
            diagnostic
        } else {
            diagnostic.note("a string in plain quotes stays on its line, its holes too; `\"\"\"` may span lines")
        };
        self.report(diagnostic);
    }

    pub(super) fn unclosed_byte(&mut self, start: usize) {
        let content = self.text.get(start + 2..self.at).unwrap_or("").trim_end();
        let mut diagnostic =
            Diagnostic::error("unclosed-byte", self.span(start, start + 2), "this byte is not closed by a `'`")
                .label("the byte begins here")
                .note("a byte is one character of ASCII or an escape: `b'a'`, `b'\\n'`");
        if content.len() == 1 {
            let end = start + 3;
            diagnostic = diagnostic.suggest("close it", self.span(end, end), "'");
        }
        self.report(diagnostic);
    }

    pub(super) fn unclosed_comment(&mut self, start: usize) {
        self.report(
            Diagnostic::error(
                "unclosed-comment",
                self.span(start, start + 2),
                "this comment is not closed: the file ends before its `*/`",
            )
            .label("the comment begins here")
            .note("comments nest: each `/*` inside needs its own `*/`"),
        );
    }

    /// A number that goes on with letters: `12abc`, `1e`, `1.5x`.
    pub(super) fn number_with_tail(&mut self, start: usize, end: usize) {
        let digits = self.text.get(start..end).unwrap_or("");
        let tail = self.text.get(end..self.at).unwrap_or("");
        let span = self.span(start, self.at);
        let diagnostic = Diagnostic::error("malformed-number", span, format!("`{digits}{tail}` is not a number"));
        let diagnostic = match tail {
            "e" | "E" => diagnostic.label("digits are missing behind the exponent").note("as in `1e9` or `2.5e-3`"),
            "f" | "f32" | "f64" | "i64" | "i32" | "u8" | "u64" | "u32" | "usize" => diagnostic
                .label("numbers have no suffix")
                .note("an integer literal takes the type that is expected of it: `let x: f64 = 3`")
                .suggest("leave the suffix out", self.span(end, self.at), ""),
            _ if tail.starts_with(|c: char| c.is_ascii_digit()) => diagnostic.label("these are not digits"),
            _ => diagnostic
                .label(format!("`{tail}` follows the digits directly"))
                .note("a name does not begin with a digit; a product is written `2 * x`"),
        };
        self.report(diagnostic);
        self.push(TokenKind::Error, start);
    }

    pub(super) fn finish_radix_number(&mut self, start: usize, radix: u32) {
        let digits = self.text.get(start + 2..self.at).unwrap_or("");
        let name = match radix {
            16 => "a hexadecimal",
            8 => "an octal",
            _ => "a binary",
        };
        let wrong = digits.char_indices().find(|&(_, c)| c != '_' && !c.is_digit(radix));
        if let Some((offset, character)) = wrong {
            let at = start + 2 + offset;
            self.report(
                Diagnostic::error(
                    "malformed-number",
                    self.span(at, at + character.len_utf8()),
                    format!("`{character}` is not {name} digit"),
                )
                .label(match radix {
                    16 => "the digits are 0 to 9 and a to f",
                    8 => "the digits are 0 to 7",
                    _ => "the digits are 0 and 1",
                }),
            );
            return self.push(TokenKind::Error, start);
        }
        if digits.chars().all(|c| c == '_') {
            self.report(
                Diagnostic::error(
                    "malformed-number",
                    self.span(start, self.at),
                    format!("{name} number without digits"),
                )
                .label(format!("digits are missing behind `{}`", self.text.get(start..start + 2).unwrap_or(""))),
            );
            return self.push(TokenKind::Error, start);
        }
        if !self.misplaced_underscore(start) {
            self.push(TokenKind::Int, start);
        }
    }

    /// Reports `1__0` and `1_`; says whether there was something to report.
    pub(super) fn misplaced_underscore(&mut self, start: usize) -> bool {
        let text = self.text.get(start..self.at).unwrap_or("");
        let wrong = |at: usize| !text.as_bytes().get(at + 1).is_some_and(u8::is_ascii_hexdigit);
        let Some(at) = text.bytes().enumerate().find(|&(at, b)| b == b'_' && wrong(at)).map(|(at, _)| at) else {
            return false;
        };
        let length = text.bytes().skip(at).take_while(|&b| b == b'_').count();
        let between = text.as_bytes().get(at + length).is_some_and(u8::is_ascii_digit);
        let mended = if between { "_" } else { "" };
        self.report(
            Diagnostic::error(
                "malformed-number",
                self.span(start + at, start + at + length),
                "an underscore in a number stands singly between two digits, as in `1_000`",
            )
            .suggest("write", self.span(start + at, start + at + length), mended),
        );
        self.push(TokenKind::Error, start);
        true
    }

    /// A sign that other languages have.
    pub(super) fn unknown_sign(&mut self, start: usize, length: usize) {
        self.at += length;
        let sign = self.text.get(start..self.at).unwrap_or("");
        let error = |message: &str| Diagnostic::error("unknown-sign", self.span(start, start + length), message);
        let diagnostic = match sign {
            "..." => error("`...` is not an operator")
                .note("`..` makes a range without its end, `..=` one with it; `..xs` spreads `xs` in a list"),
            "!==" => error("`!==` is not an operator").note("write `!(a === b)`"),
            _ => {
                let operator = sign.trim_end_matches('=');
                let call = if operator == "|" { "x = bor(x, y)".to_string() } else { format!("x = x {operator} y") };
                error(&format!("`{sign}` is not an operator")).note(format!("write `{call}`"))
            }
        };
        self.report(diagnostic);
        self.push(TokenKind::Error, start);
    }

    pub(super) fn lone_hash(&mut self, start: usize) {
        let span = self.span(start, start + 1);
        let mut diagnostic = Diagnostic::error("unknown-sign", span, "a `#` without a name behind it")
            .note("`#name` is a symbol, `#[1, 2]` a persistent list");
        let before = self.text.get(..start).unwrap_or("");
        if self.peek(0) == b'"' && before.ends_with('r') {
            diagnostic.notes =
                vec!["a raw string is `r\"…\"`; text with quotes in it stands between `\"\"\"`".to_owned()];
        } else if !before.ends_with('"') && matches!(self.peek(0), b' ' | b'!' | b'#' | b'\n' | b'\r') {
            diagnostic = diagnostic.suggest("a comment begins with `//`", span, "//");
        }
        self.report(diagnostic);
        self.push(TokenKind::Error, start);
    }

    /// A `'` that begins no byte, or a backquote: other languages' characters, strings and labels.
    pub(super) fn quote(&mut self, start: usize, sign: char) {
        let end = self.line_end(start);
        let line = if start < self.no_quote_before { "" } else { self.text.get(start + 1..end).unwrap_or("") };
        let mut escaped = false;
        let close = line.char_indices().find(|&(_, c)| {
            let found = c == sign && !escaped;
            escaped = c == '\\' && !escaped;
            found
        });
        let Some((length, _)) = close else {
            self.at += 1;
            self.no_quote_before = end;
            let (name, note) = if sign == '`' {
                ("a backquote", "strings stand in `\"…\"`")
            } else {
                ("a `'`", "strings stand in `\"…\"`, bytes in `b'…'`; labels are written without a quote: `outer: for`")
            };
            self.report(
                Diagnostic::error("unknown-sign", self.span(start, start + 1), format!("{name} begins nothing here"))
                    .note(note),
            );
            return self.push(TokenKind::Error, start);
        };
        self.at = start + 1 + length + 1;
        let span = self.span(start, self.at);
        let content = line.get(..length).unwrap_or("");
        let mut diagnostic = Diagnostic::error("single-quotes", span, "a string stands in double quotes").suggest(
            "write",
            span,
            format!("\"{}\"", content.replace('"', "\\\"")),
        );
        if sign == '\'' && content.chars().count() == 1 && content.is_ascii() {
            diagnostic = diagnostic.note(format!("a byte is written `b'{content}'`"));
        }
        self.report(diagnostic);
        self.push(TokenKind::Error, start);
    }

    /// A byte of ASCII that begins no token.
    pub(super) fn unknown_byte(&mut self, start: usize, byte: u8) {
        if byte == b'`' {
            return self.quote(start, '`');
        }
        self.at += 1;
        let span = self.span(start, self.at);
        if byte < b' ' || byte == 0x7f {
            let name = match byte {
                0 => "a NUL byte".to_string(),
                0x0c => "a form feed".to_string(),
                _ => format!("the control character U+{byte:04X}"),
            };
            self.report(
                Diagnostic::error("stray-character", span, format!("{name} outside strings and comments")).suggest(
                    "remove it",
                    span,
                    "",
                ),
            );
            return self.push_trivia(TokenKind::Stray, start);
        }
        let sign = byte as char;
        let diagnostic = Diagnostic::error("unknown-sign", span, format!("`{sign}` means nothing here"));
        let in_hole = self.strings.last().map(|string| string.hole);
        let diagnostic = match (byte, in_hole) {
            (b'\\', Some(hole)) => diagnostic.note("a `{` in a string begins a hole with an expression in it").suggest(
                "to write a brace as text, put a backslash before it",
                self.span(hole, hole),
                "\\",
            ),
            (b'\\', None) => diagnostic.note(
                "a statement goes on in the next line behind an operator or comma, inside brackets, or if that line \
                 begins with an operator",
            ),
            (b'~', _) if self.peek(0) == b'=' => {
                let both = self.span(start, self.at + 1);
                diagnostic.suggest("what differs is compared by", both, "!=")
            }
            (b'~', _) => diagnostic.note("all bits are inverted by `x ^ -1`"),
            (b'$', _) => diagnostic.note("a string takes in a value as `\"{value}\"`"),
            _ => diagnostic,
        };
        self.report(diagnostic);
        self.push(TokenKind::Error, start);
        // The brace was meant as text, so the rest of the string is read as text.
        if byte == b'\\'
            && let Some(mut string) = self.strings.pop()
        {
            self.brackets.truncate(string.brackets);
            string.failed = true;
            self.at = start + 1;
            self.string_text_after_backslash(string);
        }
    }

    /// A string in typographic quotes, if they are closed on their line.
    fn curly_string(&mut self, start: usize) -> bool {
        let end = self.line_end(start);
        let line = self.text.get(self.at..end).unwrap_or("");
        // Far away the closing quote is another's.
        let close = line.char_indices().take(200).find(|(_, c)| matches!(c, '”' | '“' | '»' | '’' | '‘'));
        let Some((close, _)) = close else { return false };
        let content = line.get(..close).unwrap_or("");
        let quote = line.get(close..).and_then(|rest| rest.chars().next()).map_or(0, char::len_utf8);
        self.at += close + quote;
        let span = self.span(start, self.at);
        self.report(Diagnostic::error("lookalike", span, "a string stands in straight quotes").suggest(
            "write",
            span,
            format!("\"{content}\""),
        ));
        self.push(TokenKind::Error, start);
        true
    }

    /// A character outside ASCII that begins no name.
    pub(super) fn unknown_character(&mut self, start: usize, character: char) {
        let code = character as u32;
        if matches!(character, '“' | '”' | '„' | '«' | '‘' | '’') && self.curly_string(start) {
            return;
        }
        let span = self.span(start, self.at);
        if let Some(&(_, meant)) = LOOKALIKES.iter().find(|(c, _)| *c == character) {
            self.report(
                Diagnostic::error("lookalike", span, format!("`{character}` (U+{code:04X}) only looks like `{meant}`"))
                    .suggest("write", span, meant),
            );
            return self.push(TokenKind::Error, start);
        }
        let invisible = character.is_whitespace()
            || character.is_control()
            || matches!(code, 0xad | 0x200b..=0x200f | 0x202a..=0x202e | 0x2060..=0x206f | 0xfeff | 0xfff9..=0xfffb);
        if invisible {
            let blank = if character.is_whitespace() { " " } else { "" };
            let what = if blank.is_empty() { "invisible character" } else { "unusual blank" };
            self.report(
                Diagnostic::error(
                    "stray-character",
                    span,
                    format!("an {what}, U+{code:04X}, outside strings and comments"),
                )
                .suggest(
                    if blank.is_empty() { "remove it" } else { "write an ordinary blank" },
                    span,
                    blank,
                ),
            );
            return self.push_trivia(TokenKind::Stray, start);
        }
        self.report(
            Diagnostic::error("unknown-sign", span, format!("`{character}` (U+{code:04X}) means nothing here"))
                .note("names consist of letters, digits and `_`"),
        );
        self.push(TokenKind::Error, start);
    }
}
