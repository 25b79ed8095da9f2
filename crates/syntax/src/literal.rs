//! The values of literals: numbers, escapes, bytes, triple-quoted strings, format specifications.
//!
//! Works on the text of single tokens; places in it are byte offsets from its beginning.

use crate::ast::{Align, FormatKind, FormatSpec};

/// What is wrong inside a literal.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Mistake {
    pub(crate) code: &'static str,
    pub(crate) message: String,
    pub(crate) note: Option<&'static str>,
    /// What to write in place of `start..end`.
    pub(crate) mended: Option<String>,
    pub(crate) start: usize,
    pub(crate) end: usize,
}

impl Mistake {
    fn new(code: &'static str, start: usize, end: usize, message: impl Into<String>) -> Mistake {
        Mistake { code, message: message.into(), note: None, mended: None, start, end }
    }
}

/// The value of an integer literal, if it is at most 2⁶³.
pub(crate) fn int(text: &str) -> Option<u64> {
    let (radix, digits) = match text.as_bytes() {
        [b'0', b'x' | b'X', ..] => (16, text.get(2..)?),
        [b'0', b'b' | b'B', ..] => (2, text.get(2..)?),
        [b'0', b'o' | b'O', ..] => (8, text.get(2..)?),
        _ => (10, text),
    };
    let mut value: u64 = 0;
    for digit in digits.chars().filter(|&c| c != '_') {
        value = value.checked_mul(radix.into())?.checked_add(digit.to_digit(radix)?.into())?;
    }
    (value <= 1 << 63).then_some(value)
}

/// The value of a float literal; infinite if it is too large.
pub(crate) fn float(text: &str) -> f64 {
    let parsed = if text.contains('_') { text.replace('_', "").parse() } else { text.parse() };
    parsed.unwrap_or(0.0)
}

/// The value of `b'…'`.
pub(crate) fn byte(text: &str) -> Result<u8, Mistake> {
    let content = text.get(2..text.len().saturating_sub(1)).unwrap_or("");
    let end = 2 + content.len();
    let mut chars = content.chars();
    let value = match chars.next() {
        None => {
            let mut mistake = Mistake::new("malformed-byte", 0, text.len(), "a byte without a character in it");
            mistake.note = Some("a byte is one character of ASCII or an escape: `b'a'`, `b'\\n'`");
            return Err(mistake);
        }
        Some('\\') => {
            let escape = escape(content, 0, Place::Byte).map_err(|mistake| shifted(mistake, 2))?;
            chars = content.get(escape.length..).unwrap_or("").chars();
            u8::try_from(escape.value as u32).unwrap_or(0)
        }
        Some(c) if c.is_ascii() => c as u8,
        Some(c) => {
            let mut mistake = Mistake::new(
                "malformed-byte",
                2,
                2 + c.len_utf8(),
                format!("`{c}` takes {} bytes; a byte literal holds one ASCII character", c.len_utf8()),
            );
            mistake.note = Some("bytes past 127 are written `b'\\xHH'`; the bytes of a text are `\"…\".bytes()`");
            return Err(mistake);
        }
    };
    if chars.next().is_some() {
        let mut mistake = Mistake::new("malformed-byte", 2, end, "a byte literal holds one character");
        mistake.note = Some("a text stands in double quotes");
        return Err(mistake);
    }
    Ok(value)
}

fn shifted(mut mistake: Mistake, by: usize) -> Mistake {
    mistake.start += by;
    mistake.end += by;
    mistake
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Place {
    Text,
    Byte,
}

struct Escape {
    value: char,
    length: usize,
}

/// The escape at `at` (a backslash) of `text`.
fn escape(text: &str, at: usize, place: Place) -> Result<Escape, Mistake> {
    let rest = text.get(at + 1..).unwrap_or("");
    let Some(letter) = rest.chars().next() else {
        return Err(Mistake::new("unknown-escape", at, at + 1, "a backslash without a letter behind it"));
    };
    let value = match letter {
        'n' => '\n',
        't' => '\t',
        'r' => '\r',
        '0' => '\0',
        '\\' => '\\',
        '"' => '"',
        '\'' => '\'',
        '{' if place == Place::Text => '{',
        '}' if place == Place::Text => '}',
        'x' => return hex_escape(text, at, place),
        'u' if place == Place::Text => return unicode_escape(text, at),
        _ => {
            let end = at + 1 + letter.len_utf8();
            let mut mistake = Mistake::new("unknown-escape", at, end, format!("`\\{letter}` is no escape"));
            mistake.note = Some(match place {
                Place::Text => {
                    "the escapes are `\\n \\t \\r \\0 \\\\ \\\" \\' \\{ \\} \\xHH \\u{…}`; a raw string `r\"…\"` has none"
                }
                Place::Byte => "the escapes of bytes are `\\n \\t \\r \\0 \\\\ \\\" \\' \\xHH`",
            });
            return Err(mistake);
        }
    };
    Ok(Escape { value, length: 2 })
}

fn hex_escape(text: &str, at: usize, place: Place) -> Result<Escape, Mistake> {
    let digits: String = text.get(at + 2..).unwrap_or("").chars().take(2).take_while(char::is_ascii_hexdigit).collect();
    let end = at + 2 + digits.len();
    if digits.len() < 2 {
        return Err(Mistake::new("malformed-escape", at, end, "`\\x` needs two hexadecimal digits, as in `\\x7f`"));
    }
    let value = u8::from_str_radix(&digits, 16).unwrap_or(0);
    if place == Place::Text && value > 0x7f {
        let mut mistake =
            Mistake::new("malformed-escape", at, end, format!("`\\x{digits}` is past 7F: a string is text, not bytes"));
        mistake.mended = Some(format!("\\u{{{digits}}}"));
        return Err(mistake);
    }
    Ok(Escape { value: value as char, length: 4 })
}

fn unicode_escape(text: &str, at: usize) -> Result<Escape, Mistake> {
    let rest = text.get(at + 2..).unwrap_or("");
    let digits: String = rest.strip_prefix('{').unwrap_or("").chars().take_while(char::is_ascii_hexdigit).collect();
    let end = at + 2 + if rest.starts_with('{') { 1 + digits.len() } else { 0 };
    let closed = text.get(end..).is_some_and(|rest| rest.starts_with('}'));
    if digits.is_empty() || !closed {
        let message = "`\\u` needs hexadecimal digits in braces, as in `\\u{1F600}`";
        let mut mistake = Mistake::new("malformed-escape", at, end + usize::from(closed), message);
        let bare: String = rest.chars().take(4).take_while(char::is_ascii_hexdigit).collect();
        if bare.len() == 4 {
            mistake.end = at + 2 + bare.len();
            mistake.mended = Some(format!("\\u{{{bare}}}"));
        }
        return Err(mistake);
    }
    let value = if digits.len() <= 6 { u32::from_str_radix(&digits, 16).ok() } else { None };
    let Some(value) = value.and_then(char::from_u32) else {
        let message = format!("`\\u{{{digits}}}` is no character: they go up to 10FFFF, without D800 to DFFF");
        return Err(Mistake::new("malformed-escape", at, end + 1, message));
    };
    Ok(Escape { value, length: end + 1 - at })
}

/// Appends a piece of a string with its escapes resolved.
pub(crate) fn unescape(text: &str, out: &mut String, mistakes: &mut Vec<Mistake>) {
    let mut rest = 0;
    while let Some(offset) = text.get(rest..).and_then(|tail| tail.find(['\\', '\r'])) {
        let at = rest + offset;
        out.push_str(text.get(rest..at).unwrap_or(""));
        if text.as_bytes().get(at) == Some(&b'\r') {
            // CRLF is one newline wherever it stands.
            if text.as_bytes().get(at + 1) != Some(&b'\n') {
                out.push('\r');
            }
            rest = at + 1;
            continue;
        }
        match escape(text, at, Place::Text) {
            Ok(escape) => {
                out.push(escape.value);
                rest = at + escape.length;
            }
            Err(mistake) => {
                rest = mistake.end.max(at + 1);
                mistakes.push(mistake);
            }
        }
    }
    out.push_str(text.get(rest..).unwrap_or(""));
}

/// Strips the indentation of a triple-quoted string, piece by piece.
pub(crate) struct Margin {
    /// How many bytes of blanks are stripped.
    width: usize,
    at_line_start: bool,
    reported: bool,
}

impl Margin {
    /// The margin for a closing line that begins with `width` bytes of blanks; a string that begins directly behind its
    /// quotes begins inside a line.
    pub(crate) fn new(width: usize) -> Margin {
        Margin { width, at_line_start: false, reported: false }
    }

    /// The first piece without the blank rest of the opening line, if the string begins on the next line.
    pub(crate) fn after_opening<'a>(&mut self, text: &'a str) -> &'a str {
        match text.split_once('\n') {
            Some((line, rest)) if line.trim().is_empty() => {
                self.at_line_start = true;
                rest
            }
            _ => text,
        }
    }

    /// Appends a piece, stripped and with its escapes resolved.
    pub(crate) fn piece(&mut self, text: &str, out: &mut String, mistakes: &mut Vec<Mistake>) {
        let mut offset = 0;
        for line in text.split_inclusive('\n') {
            let mut body = line;
            let mut start = offset;
            if self.at_line_start {
                let blanks = line.bytes().take_while(|&b| b == b' ' || b == b'\t').count();
                let blank_line = line.trim_end_matches(['\n', '\r']).len() == blanks && line.ends_with('\n');
                let cut = blanks.min(self.width);
                if cut < self.width && !blank_line && !self.reported {
                    self.reported = true;
                    let first = line.get(blanks..).and_then(|rest| rest.chars().next()).map_or(0, char::len_utf8);
                    let mut mistake = Mistake::new(
                        "string-margin",
                        offset + blanks,
                        offset + blanks + first,
                        format!("this line is indented by {blanks}, less than the closing quotes ({})", self.width),
                    );
                    mistake.note = Some("the indentation of the closing quotes is stripped from every line");
                    mistakes.push(mistake);
                }
                body = line.get(cut..).unwrap_or("");
                start = offset + cut;
            }
            let first = mistakes.len();
            unescape(body, out, mistakes);
            for mistake in mistakes.iter_mut().skip(first) {
                mistake.start += start;
                mistake.end += start;
            }
            self.at_line_start = line.ends_with('\n');
            offset += line.len();
        }
    }

    /// What comes next follows a hole, so it is inside a line.
    pub(crate) fn after_hole(&mut self) {
        self.at_line_start = false;
    }
}

/// A format specification, without its colon.
pub(crate) fn format_spec(text: &str) -> Result<FormatSpec, Mistake> {
    let mut spec = FormatSpec::default();
    let align_of = |c: char| match c {
        '<' => Some(Align::Left),
        '^' => Some(Align::Center),
        '>' => Some(Align::Right),
        _ => None,
    };
    let mut rest = text;
    let mut chars = text.chars();
    let (first, second) = (chars.next(), chars.next());
    if let (Some(fill), Some(align)) = (first, second.and_then(align_of)) {
        spec.fill = Some(fill);
        spec.align = Some(align);
        rest = chars.as_str();
    } else if let Some(align) = first.and_then(align_of) {
        spec.align = Some(align);
        rest = rest.get(1..).unwrap_or("");
    }
    let mut flag = |sign: char| {
        let found = rest.starts_with(sign);
        if found {
            rest = rest.get(1..).unwrap_or("");
        }
        found
    };
    spec.plus = flag('+');
    spec.alternate = flag('#');
    spec.zero = flag('0');
    let number = |rest: &mut &str| -> Result<Option<u32>, Mistake> {
        let length = rest.bytes().take_while(u8::is_ascii_digit).count();
        let digits = rest.get(..length).unwrap_or("");
        let start = text.len() - rest.len();
        *rest = rest.get(length..).unwrap_or("");
        match digits.parse::<u32>() {
            Ok(value) if value <= 65_535 => Ok(Some(value)),
            _ if digits.is_empty() => Ok(None),
            _ => Err(Mistake::new(
                "format-spec",
                start,
                start + length,
                "a width or precision in a format specification is at most 65535",
            )),
        }
    };
    spec.width = number(&mut rest)?;
    if let Some(behind) = rest.strip_prefix('.') {
        let at = text.len() - rest.len();
        rest = behind;
        spec.precision = number(&mut rest)?;
        if spec.precision.is_none() {
            let message = "digits are missing behind the `.` of this format, as in `.2`";
            return Err(Mistake::new("format-spec", at, at + 1, message));
        }
    }
    let kind = match rest.chars().next() {
        None => return Ok(spec),
        Some('?') => FormatKind::Debug,
        Some('x') => FormatKind::LowerHex,
        Some('X') => FormatKind::UpperHex,
        Some('b') => FormatKind::Binary,
        Some('o') => FormatKind::Octal,
        Some('e') => FormatKind::Exponent,
        Some(c) => return Err(unknown_format(text, rest, &format!("`{c}` has no meaning here"))),
    };
    spec.kind = kind;
    rest = rest.get(1..).unwrap_or("");
    if rest.is_empty() { Ok(spec) } else { Err(unknown_format(text, rest, "the format ends at its letter")) }
}

fn unknown_format(text: &str, rest: &str, why: &str) -> Mistake {
    let start = text.len() - rest.len();
    let mut mistake =
        Mistake::new("format-spec", start, text.len(), format!("`:{text}` is no format specification: {why}"));
    mistake.note = Some(
        "the form is `[[fill]align][+][#][0][width][.precision][?|x|X|b|o|e]`; an expression with a colon of its own \
         needs parentheses, and a brace meant as text a backslash",
    );
    mistake
}
