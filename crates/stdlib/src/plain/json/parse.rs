//! Reading: one pass over the bytes that tells a [`Sink`] what it finds.

use super::MAX_DEPTH;

/// Makes values of what is read. An error ends the reading.
pub(crate) trait Sink {
    /// Why no value could be made.
    type Error;
    /// `null`
    fn null(&mut self) -> Result<(), Self::Error>;
    /// `true` or `false`
    fn bool(&mut self, value: bool) -> Result<(), Self::Error>;
    /// A number without point and exponent that fits.
    fn int(&mut self, value: i64) -> Result<(), Self::Error>;
    /// Any other number.
    fn float(&mut self, value: f64) -> Result<(), Self::Error>;
    /// A string.
    fn str(&mut self, value: &str) -> Result<(), Self::Error>;
    /// `[`
    fn begin_array(&mut self) -> Result<(), Self::Error>;
    /// `{`
    fn begin_object(&mut self) -> Result<(), Self::Error>;
    /// A member's name; its value follows.
    fn key(&mut self, name: &str) -> Result<(), Self::Error>;
    /// `]` or `}`
    fn end(&mut self) -> Result<(), Self::Error>;
}

/// Why reading ended early.
#[derive(PartialEq, Debug)]
pub(crate) enum Stop<E> {
    /// The text is no JSON, and what is wrong at which byte.
    Syntax(String, usize),
    /// The sink said so.
    Sink(E),
}

impl<E> Stop<E> {
    /// The message for a mistake in the text, with line and column (in code points), both from 1.
    pub(crate) fn message(&self, text: &str) -> Option<String> {
        let Stop::Syntax(what, at) = self else { return None };
        let before = text.as_bytes().get(..*at).unwrap_or(text.as_bytes());
        let line = before.iter().filter(|b| **b == b'\n').count() + 1;
        let start = before.iter().rposition(|b| *b == b'\n').map_or(0, |at| at + 1);
        let in_line = before.get(start..).unwrap_or(&[]);
        let column = in_line.iter().filter(|b| **b & 0xC0 != 0x80).count() + 1;
        Some(format!("line {line}, column {column}: {what}"))
    }
}

/// What may stand next.
#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    /// A value.
    Value,
    /// A value or `]`.
    FirstElement,
    /// A name or `}`.
    FirstName,
    /// A name.
    Name,
    /// `,` or the bracket that closes, or the end.
    AfterValue,
}

struct Reader<'t, 's, S> {
    text: &'t str,
    bytes: &'t [u8],
    at: usize,
    sink: &'s mut S,
    /// For each open bracket whether it is `{`.
    open: Vec<bool>,
    /// Strings with escapes are put together here.
    scratch: String,
}

/// Reads a text, which must be one value and white space.
pub(crate) fn parse<S: Sink>(text: &str, sink: &mut S) -> Result<(), Stop<S::Error>> {
    let mut reader = Reader { text, bytes: text.as_bytes(), at: 0, sink, open: Vec::new(), scratch: String::new() };
    let mut state = State::Value;
    loop {
        reader.skip_space();
        state = match state {
            State::Value | State::FirstElement => {
                if state == State::FirstElement && reader.peek() == Some(b']') {
                    reader.close()?
                } else {
                    reader.value()?
                }
            }
            State::FirstName if reader.peek() == Some(b'}') => reader.close()?,
            State::FirstName | State::Name => reader.name(state == State::FirstName)?,
            State::AfterValue => match (reader.open.last().copied(), reader.peek()) {
                (None, None) => return Ok(()),
                (None, Some(_)) => return Err(reader.expected("the end")),
                (Some(object), Some(b',')) => {
                    reader.at += 1;
                    if object { State::Name } else { State::Value }
                }
                (Some(false), Some(b']')) | (Some(true), Some(b'}')) => reader.close()?,
                (Some(object), _) => return Err(reader.expected(if object { "`,` or `}`" } else { "`,` or `]`" })),
            },
        };
    }
}

impl<S: Sink> Reader<'_, '_, S> {
    #[inline]
    fn peek(&self) -> Option<u8> {
        self.bytes.get(self.at).copied()
    }

    #[inline]
    fn skip_space(&mut self) {
        while let Some(b' ' | b'\n' | b'\r' | b'\t') = self.peek() {
            self.at += 1;
        }
    }

    #[cold]
    fn expected(&self, what: &str) -> Stop<S::Error> {
        let found = match self.text.get(self.at..).and_then(|rest| rest.chars().next()) {
            None => "the end".to_string(),
            Some(c) if c.is_control() || c.is_whitespace() => format!("the character U+{:04X}", u32::from(c)),
            Some(c) => format!("`{c}`"),
        };
        self.wrong(format!("expected {what}, found {found}"))
    }

    #[cold]
    fn wrong(&self, what: String) -> Stop<S::Error> {
        Stop::Syntax(what, self.at)
    }

    fn open(&mut self, object: bool) -> Result<(), Stop<S::Error>> {
        if self.open.len() >= MAX_DEPTH {
            return Err(self.wrong(format!("nested more than {MAX_DEPTH} deep")));
        }
        self.at += 1;
        self.open.push(object);
        Ok(())
    }

    fn close(&mut self) -> Result<State, Stop<S::Error>> {
        self.at += 1;
        self.open.pop();
        self.sink.end().map_err(Stop::Sink)?;
        Ok(State::AfterValue)
    }

    fn value(&mut self) -> Result<State, Stop<S::Error>> {
        match self.peek() {
            Some(b'"') => {
                self.string(false)?;
            }
            Some(b'-' | b'0'..=b'9') => self.number()?,
            Some(b'{') => {
                self.open(true)?;
                self.sink.begin_object().map_err(Stop::Sink)?;
                return Ok(State::FirstName);
            }
            Some(b'[') => {
                self.open(false)?;
                self.sink.begin_array().map_err(Stop::Sink)?;
                return Ok(State::FirstElement);
            }
            Some(b't') => {
                self.word("true")?;
                self.sink.bool(true).map_err(Stop::Sink)?;
            }
            Some(b'f') => {
                self.word("false")?;
                self.sink.bool(false).map_err(Stop::Sink)?;
            }
            Some(b'n') => {
                self.word("null")?;
                self.sink.null().map_err(Stop::Sink)?;
            }
            _ => return Err(self.expected("a value")),
        }
        Ok(State::AfterValue)
    }

    fn word(&mut self, word: &str) -> Result<(), Stop<S::Error>> {
        if self.bytes.get(self.at..self.at + word.len()) != Some(word.as_bytes()) {
            return Err(self.wrong(format!("expected `{word}`")));
        }
        self.at += word.len();
        Ok(())
    }

    fn name(&mut self, first: bool) -> Result<State, Stop<S::Error>> {
        if self.peek() != Some(b'"') {
            return Err(self.expected(if first { "a name in quotes or `}`" } else { "a name in quotes" }));
        }
        self.string(true)?;
        self.skip_space();
        if self.peek() != Some(b':') {
            return Err(self.expected("`:`"));
        }
        self.at += 1;
        Ok(State::Value)
    }

    fn number(&mut self) -> Result<(), Stop<S::Error>> {
        let start = self.at;
        if self.peek() == Some(b'-') {
            self.at += 1;
        }
        let first = self.peek();
        let digits = self.digits("a digit")?;
        if first == Some(b'0') && digits > 1 {
            self.at -= digits;
            return Err(self.wrong("a number begins with 0".to_string()));
        }
        let mut whole = true;
        if self.peek() == Some(b'.') {
            whole = false;
            self.at += 1;
            self.digits("a digit behind the point")?;
        }
        if let Some(b'e' | b'E') = self.peek() {
            whole = false;
            self.at += 1;
            if let Some(b'+' | b'-') = self.peek() {
                self.at += 1;
            }
            self.digits("a digit of the exponent")?;
        }
        let text = self.text.get(start..self.at).unwrap_or("");
        if whole && let Some(value) = small_int(text.as_bytes()).or_else(|| text.parse().ok()) {
            return self.sink.int(value).map_err(Stop::Sink);
        }
        match text.parse() {
            Ok(value) => self.sink.float(value).map_err(Stop::Sink),
            Err(_) => Err(self.wrong("not a number".to_string())),
        }
    }

    /// Skips digits, of which there must be one, and counts them.
    fn digits(&mut self, what: &str) -> Result<usize, Stop<S::Error>> {
        let start = self.at;
        while let Some(b'0'..=b'9') = self.peek() {
            self.at += 1;
        }
        if self.at == start { Err(self.expected(what)) } else { Ok(self.at - start) }
    }

    /// A string, told to the sink as name or value.
    fn string(&mut self, is_name: bool) -> Result<(), Stop<S::Error>> {
        self.at += 1;
        let start = self.at;
        self.plain_part();
        if self.peek() == Some(b'"') {
            let text = self.text.get(start..self.at).unwrap_or("");
            self.at += 1;
            let told = if is_name { self.sink.key(text) } else { self.sink.str(text) };
            return told.map_err(Stop::Sink);
        }
        let mut whole = std::mem::take(&mut self.scratch);
        whole.clear();
        whole.push_str(self.text.get(start..self.at).unwrap_or(""));
        loop {
            match self.peek() {
                Some(b'"') => break,
                Some(b'\\') => {
                    let c = self.escape()?;
                    whole.push(c);
                }
                Some(_) => return Err(self.expected("an escape (`\\n`, `\\u000a`, …)")),
                None => return Err(self.expected("`\"`")),
            }
            let start = self.at;
            self.plain_part();
            whole.push_str(self.text.get(start..self.at).unwrap_or(""));
        }
        self.at += 1;
        let told = if is_name { self.sink.key(&whole) } else { self.sink.str(&whole) };
        self.scratch = whole;
        told.map_err(Stop::Sink)
    }

    /// Skips what is neither quote nor escape nor control character.
    fn plain_part(&mut self) {
        const LOW: u64 = 0x0101_0101_0101_0101;
        const HIGH: u64 = 0x8080_8080_8080_8080;
        // A byte is special if it is below 0x20, `"` or `\`: found eight at a time. Bytes above 0x7F never look so.
        let has = |word: u64, byte: u8| {
            let x = word ^ (LOW * u64::from(byte));
            x.wrapping_sub(LOW) & !x & HIGH
        };
        while let Some(chunk) = self.bytes.get(self.at..self.at + 8).and_then(|chunk| chunk.first_chunk::<8>()) {
            let word = u64::from_le_bytes(*chunk);
            let low = word.wrapping_sub(LOW * 0x20) & !word & HIGH;
            let special = low | has(word, b'"') | has(word, b'\\');
            if special != 0 {
                self.at += special.trailing_zeros() as usize / 8;
                return;
            }
            self.at += 8;
        }
        while let Some(b) = self.peek() {
            if b < 0x20 || b == b'"' || b == b'\\' {
                return;
            }
            self.at += 1;
        }
    }

    fn escape(&mut self) -> Result<char, Stop<S::Error>> {
        self.at += 1;
        let c = match self.peek() {
            Some(b'"') => '"',
            Some(b'\\') => '\\',
            Some(b'/') => '/',
            Some(b'b') => '\u{8}',
            Some(b'f') => '\u{c}',
            Some(b'n') => '\n',
            Some(b'r') => '\r',
            Some(b't') => '\t',
            Some(b'u') => {
                self.at += 1;
                return self.code_point();
            }
            _ => return Err(self.expected("one of `\" \\ / b f n r t u` behind `\\`")),
        };
        self.at += 1;
        Ok(c)
    }

    fn code_point(&mut self) -> Result<char, Stop<S::Error>> {
        let start = self.at - 2;
        let first = self.four_digits()?;
        let code = match first {
            0xD800..=0xDBFF => {
                if self.bytes.get(self.at..self.at + 2) != Some(b"\\u") {
                    self.at = start;
                    return Err(self.wrong("half of a surrogate pair".to_string()));
                }
                self.at += 2;
                let second = self.four_digits()?;
                if !(0xDC00..=0xDFFF).contains(&second) {
                    self.at = start;
                    return Err(self.wrong("half of a surrogate pair".to_string()));
                }
                0x10000 + ((first - 0xD800) << 10) + (second - 0xDC00)
            }
            code => code,
        };
        char::from_u32(code).ok_or_else(|| {
            self.at = start;
            self.wrong("half of a surrogate pair".to_string())
        })
    }

    fn four_digits(&mut self) -> Result<u32, Stop<S::Error>> {
        let mut code = 0;
        for _ in 0..4 {
            let digit = self.peek().and_then(|b| char::from(b).to_digit(16));
            match digit {
                Some(digit) => code = code * 16 + digit,
                None => return Err(self.expected("four hexadecimal digits")),
            }
            self.at += 1;
        }
        Ok(code)
    }
}

/// An integer of at most 18 digits, of which nothing else is left to check.
fn small_int(text: &[u8]) -> Option<i64> {
    let (negative, digits) = match text {
        [b'-', digits @ ..] => (true, digits),
        digits => (false, digits),
    };
    if digits.len() > 18 {
        return None;
    }
    let value = digits.iter().fold(0i64, |value, digit| value * 10 + i64::from(digit - b'0'));
    Some(if negative { -value } else { value })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Writes what it is told, and fails at the text `fail`.
    #[derive(Default)]
    struct Told(String);

    impl Sink for Told {
        type Error = ();
        fn null(&mut self) -> Result<(), ()> {
            self.0 += "null ";
            Ok(())
        }
        fn bool(&mut self, value: bool) -> Result<(), ()> {
            self.0 += &format!("{value} ");
            Ok(())
        }
        fn int(&mut self, value: i64) -> Result<(), ()> {
            self.0 += &format!("{value} ");
            Ok(())
        }
        fn float(&mut self, value: f64) -> Result<(), ()> {
            self.0 += &format!("{value:?} ");
            Ok(())
        }
        fn str(&mut self, value: &str) -> Result<(), ()> {
            self.0 += &format!("{value:?} ");
            if value == "fail" { Err(()) } else { Ok(()) }
        }
        fn begin_array(&mut self) -> Result<(), ()> {
            self.0 += "[ ";
            Ok(())
        }
        fn begin_object(&mut self) -> Result<(), ()> {
            self.0 += "{ ";
            Ok(())
        }
        fn key(&mut self, name: &str) -> Result<(), ()> {
            self.0 += &format!("{name:?}: ");
            Ok(())
        }
        fn end(&mut self) -> Result<(), ()> {
            self.0 += "end ";
            Ok(())
        }
    }

    fn told(text: &str) -> String {
        let mut sink = Told::default();
        match parse(text, &mut sink) {
            Ok(()) => sink.0.trim_end().to_string(),
            Err(stop) => stop.message(text).unwrap_or("stopped".to_string()),
        }
    }

    #[test]
    fn values() {
        assert_eq!(told(" [1, -2.5e3, true, null, \"a\"] "), "[ 1 -2500.0 true null \"a\" end");
        assert_eq!(told("{\"a\": {}, \"b\": []}"), "{ \"a\": { end \"b\": [ end end");
        assert_eq!(told("9223372036854775807"), "9223372036854775807");
        assert_eq!(
            told("9223372036854775808"),
            "9.223372036854775808e18".parse::<f64>().map_or(String::new(), |f| format!("{f:?}"))
        );
        assert_eq!(told("-0"), "0");
        assert_eq!(told("-0.0"), "-0.0");
        assert_eq!(told("1e400"), "inf");
    }

    #[test]
    fn strings() {
        assert_eq!(told(r#""a\n\u00e9\ud83d\ude00\"x and so on""#), "\"a\\né😀\\\"x and so on\"");
        assert_eq!(told("\"plain text with ñ in the middle\""), "\"plain text with ñ in the middle\"");
        assert_eq!(told(r#""\ud83d""#), "line 1, column 2: half of a surrogate pair");
        assert_eq!(told(r#""\udc00""#), "line 1, column 2: half of a surrogate pair");
        assert_eq!(
            told("\"a\nb\""),
            "line 1, column 3: expected an escape (`\\n`, `\\u000a`, …), found the character U+000A"
        );
        assert_eq!(told("\"abc"), "line 1, column 5: expected `\"`, found the end");
        assert_eq!(told(r#""\x""#), "line 1, column 3: expected one of `\" \\ / b f n r t u` behind `\\`, found `x`");
        assert_eq!(told(r#""\u12g4""#), "line 1, column 6: expected four hexadecimal digits, found `g`");
    }

    #[test]
    fn mistakes_have_places() {
        assert_eq!(told("[1, 2"), "line 1, column 6: expected `,` or `]`, found the end");
        assert_eq!(told("{\n  \"é\": tru\n}"), "line 2, column 8: expected `true`");
        assert_eq!(told("[1,]"), "line 1, column 4: expected a value, found `]`");
        assert_eq!(told("{\"a\":1,}"), "line 1, column 8: expected a name in quotes, found `}`");
        assert_eq!(told("{a:1}"), "line 1, column 2: expected a name in quotes or `}`, found `a`");
        assert_eq!(told("{\"a\" 1}"), "line 1, column 6: expected `:`, found `1`");
        assert_eq!(told("01"), "line 1, column 1: a number begins with 0");
        assert_eq!(told("1."), "line 1, column 3: expected a digit behind the point, found the end");
        assert_eq!(told("-"), "line 1, column 2: expected a digit, found the end");
        assert_eq!(told(""), "line 1, column 1: expected a value, found the end");
        assert_eq!(told("1 2"), "line 1, column 3: expected the end, found `2`");
        assert_eq!(told("[1}"), "line 1, column 3: expected `,` or `]`, found `}`");
        assert_eq!(told("NaN"), "line 1, column 1: expected a value, found `N`");
    }

    #[test]
    fn nesting_is_limited() {
        assert!(told(&("[".repeat(MAX_DEPTH) + &"]".repeat(MAX_DEPTH))).ends_with("end"));
        assert_eq!(told(&"[".repeat(100_000)), "line 1, column 513: nested more than 512 deep");
    }

    #[test]
    fn a_sink_can_stop() {
        assert_eq!(told("[\"fail\", 1]"), "stopped");
    }
}
