//! From text to tokens, losslessly: the tokens, white space and comments included, add up to the text.
//!
//! One pass, no recursion: strings with holes are handled by a stack of open strings. Beside the full list, from which
//! the tree is built, the lexer makes the list of *significant* tokens that the parser walks, each with what the layout
//! needs to know of its line. What cannot be read becomes a token too ([`TokenKind::Error`], or `Stray` if it can be
//! passed over), and is reported here; the parser stays silent about it.

mod report;
mod string;

use crate::token::TokenKind;
use sayso_base::{Diagnostic, FileId, Span};

/// The token is the first of its line.
pub const FIRST_OF_LINE: u8 = 1;
/// White space or a comment stands before the token.
pub const SPACE_BEFORE: u8 = 2;
/// The white space that begins the line has a tab in it.
pub const TAB_INDENTED: u8 = 4;

/// A token that the parser sees.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Significant {
    /// First byte.
    pub start: u32,
    /// One past the last byte.
    pub end: u32,
    /// Its index among all tokens.
    pub raw: u32,
    /// The width of the white space with which its line begins (the first line of a token of several lines).
    pub indent: u16,
    /// What it is.
    pub kind: TokenKind,
    /// `FIRST_OF_LINE`, `SPACE_BEFORE`, `TAB_INDENTED`.
    pub flags: u8,
}

impl Significant {
    /// Whether it is the first of its line.
    pub fn begins_line(&self) -> bool {
        self.flags & FIRST_OF_LINE != 0
    }

    /// Whether white space or a comment stands before it.
    pub fn spaced(&self) -> bool {
        self.flags & SPACE_BEFORE != 0
    }
}

/// What the lexer makes of a file.
#[derive(Clone, Debug, Default)]
pub struct Lexed {
    /// The kinds of all tokens.
    pub kinds: Vec<TokenKind>,
    /// Where each begins; it ends where the next begins.
    pub starts: Vec<u32>,
    /// Those that are not trivia, and a final `Eof`.
    pub significant: Vec<Significant>,
    /// What was wrong.
    pub diagnostics: Vec<Diagnostic>,
    /// `// sayso: allow(name)` comments: the line (from 1) and the byte range of the name.
    pub allows: Vec<(u32, u32, u32)>,
    /// The text ends inside a block comment or a triple-quoted string.
    pub unfinished: bool,
}

/// Splits `text` into tokens.
pub fn lex(file: FileId, text: &str) -> Lexed {
    let mut lexer = Lexer::new(file, text);
    lexer.run();
    lexer.out
}

/// Splits a part of `text`, which begins where a line or a block does, into tokens.
pub(crate) fn lex_part(file: FileId, text: &str, part: std::ops::Range<usize>) -> Lexed {
    let text = text.get(..part.end).unwrap_or(text);
    let start = part.start.min(text.len());
    let mut lexer = Lexer::with_room(file, text, text.len() - start);
    lexer.at = start;
    lexer.text_start = start;
    lexer.counted = (start, 1);
    lexer.run_from_here();
    lexer.out
}

/// A string that is open around the current position: the lexer is in one of its holes.
struct OpenString {
    triple: bool,
    /// Where the string begins.
    start: usize,
    /// Where the hole begins.
    hole: usize,
    /// How many brackets were open when the hole began.
    brackets: usize,
    /// Something in it was reported already.
    failed: bool,
}

struct Lexer<'a> {
    file: FileId,
    text: &'a str,
    bytes: &'a [u8],
    at: usize,
    out: Lexed,
    strings: Vec<OpenString>,
    /// Closing brackets awaited, inside holes only.
    brackets: Vec<u8>,
    fresh_line: bool,
    spaced: bool,
    /// Where the text begins: behind a byte order mark.
    text_start: usize,
    indent: u16,
    tab: bool,
    /// A part of a line up to its end, found last: a long line is searched once.
    line: (usize, usize),
    /// Up to here no `'` closes what an earlier one began.
    no_quote_before: usize,
    /// Up to where lines are counted, and how many: for `allow` comments.
    counted: (usize, u32),
}

const OTHER: u8 = 0;
const BLANK: u8 = 1;
const WORD: u8 = 2;
const DIGIT: u8 = 3;
const WIDE: u8 = 4;

static CLASS: [u8; 256] = {
    let mut table = [OTHER; 256];
    let mut byte = 0;
    while byte < 256 {
        table[byte] = match byte as u8 {
            b' ' | b'\t' | b'\r' | b'\n' => BLANK,
            b'a'..=b'z' | b'A'..=b'Z' | b'_' => WORD,
            b'0'..=b'9' => DIGIT,
            0x80.. => WIDE,
            _ => OTHER,
        };
        byte += 1;
    }
    table
};

fn class(byte: u8) -> u8 {
    CLASS.get(byte as usize).copied().unwrap_or(OTHER)
}

fn to_u32(at: usize) -> u32 {
    u32::try_from(at).unwrap_or(u32::MAX)
}

impl<'a> Lexer<'a> {
    fn new(file: FileId, text: &'a str) -> Lexer<'a> {
        Lexer::with_room(file, text, text.len())
    }

    /// For a part of this length.
    fn with_room(file: FileId, text: &'a str, length: usize) -> Lexer<'a> {
        let out = Lexed {
            // Room that is not used costs nothing, moving does.
            kinds: Vec::with_capacity(length / 2 + 8),
            starts: Vec::with_capacity(length / 2 + 8),
            significant: Vec::with_capacity(length / 3 + 8),
            ..Lexed::default()
        };
        Lexer {
            file,
            text,
            bytes: text.as_bytes(),
            at: 0,
            out,
            strings: Vec::new(),
            brackets: Vec::new(),
            fresh_line: true,
            spaced: false,
            text_start: 0,
            indent: 0,
            tab: false,
            line: (usize::MAX, 0),
            no_quote_before: 0,
            counted: (0, 1),
        }
    }

    fn run(&mut self) {
        if self.text.starts_with('\u{feff}') {
            self.at = 3;
            self.text_start = 3;
            self.push_trivia(TokenKind::Whitespace, 0);
            self.spaced = false;
        }
        if self.bytes.get(self.at..self.at + 2) == Some(b"#!".as_slice()) && self.peek(2) != b'[' {
            let start = self.at;
            self.at = self.line_end(start);
            self.push_trivia(TokenKind::LineComment, start);
        }
        self.run_from_here();
    }

    fn run_from_here(&mut self) {
        while self.at < self.bytes.len() {
            self.token();
        }
        self.close_strings_at_end();
        self.fresh_line = true;
        self.indent = 0;
        let raw = self.out.kinds.len();
        self.push_significant(TokenKind::Eof, self.at, raw);
    }

    /// The byte `offset` behind the current one; 0 past the end.
    fn peek(&self, offset: usize) -> u8 {
        self.bytes.get(self.at + offset).copied().unwrap_or(0)
    }

    /// Where the line of `from` ends: at its `\n` (or `\r\n`), or at the end of the text.
    fn line_end(&mut self, from: usize) -> usize {
        let (known_from, known_end) = self.line;
        if known_from <= from && from <= known_end {
            return known_end;
        }
        let rest = self.bytes.get(from..).unwrap_or(&[]);
        let end = match rest.iter().position(|&b| b == b'\n') {
            Some(length) if length > 0 && rest.get(length - 1) == Some(&b'\r') => from + length - 1,
            Some(length) => from + length,
            None => self.bytes.len(),
        };
        self.line = (from, end);
        end
    }

    fn push_trivia(&mut self, kind: TokenKind, start: usize) {
        self.spaced = true;
        self.out.kinds.push(kind);
        self.out.starts.push(to_u32(start));
    }

    /// Records the token from `start` to the current position.
    #[inline]
    fn push(&mut self, kind: TokenKind, start: usize) {
        let raw = self.out.kinds.len();
        self.out.kinds.push(kind);
        self.out.starts.push(to_u32(start));
        self.push_significant(kind, start, raw);
    }

    #[inline]
    fn push_significant(&mut self, kind: TokenKind, start: usize, raw: usize) {
        let mut flags = 0;
        if self.fresh_line {
            flags |= FIRST_OF_LINE;
            self.fresh_line = false;
        }
        if self.spaced {
            flags |= SPACE_BEFORE;
            self.spaced = false;
        }
        if self.tab {
            flags |= TAB_INDENTED;
        }
        self.out.significant.push(Significant {
            start: to_u32(start),
            end: to_u32(self.at),
            raw: to_u32(raw),
            indent: self.indent,
            kind,
            flags,
        });
    }

    fn token(&mut self) {
        let start = self.at;
        let byte = self.peek(0);
        match class(byte) {
            BLANK => self.blank(start),
            WORD => self.word(start),
            DIGIT => self.number(start),
            WIDE => self.wide(start),
            _ => self.sign(start, byte),
        }
    }

    fn blank(&mut self, start: usize) {
        let mut newline = None;
        while let Some(&byte) = self.bytes.get(self.at) {
            match byte {
                b'\n' => newline = Some(self.at),
                b' ' | b'\t' | b'\r' => {}
                _ => break,
            }
            self.at += 1;
        }
        let from = match newline {
            Some(at) => at + 1,
            None if start == self.text_start => start,
            None => {
                self.push_trivia(TokenKind::Whitespace, start);
                return;
            }
        };
        self.push_trivia(TokenKind::Whitespace, start);
        let blank = self.bytes.get(from..self.at).unwrap_or(&[]);
        self.fresh_line = true;
        // A tab is an error where indentation matters; it counts four columns so that what follows is still understood.
        let tabs = blank.iter().filter(|&&b| b == b'\t').count();
        self.indent = u16::try_from(blank.len() + tabs * 3).unwrap_or(u16::MAX);
        self.tab = tabs > 0;
        if newline.is_some() && !self.strings.is_empty() {
            self.line_ends_in_hole();
        }
    }

    fn word(&mut self, start: usize) {
        match (self.peek(0), self.peek(1)) {
            (b'r', b'"') => return self.raw_string(start),
            (b'b', b'\'') => return self.byte(start),
            _ => {}
        }
        self.at += 1;
        while let Some(&byte) = self.bytes.get(self.at) {
            match class(byte) {
                WORD | DIGIT => self.at += 1,
                WIDE => {
                    self.rest_of_wide_word();
                    break;
                }
                _ => break,
            }
        }
        self.finish_word(start);
    }

    /// Passes over the characters that may stand inside a name.
    fn rest_of_wide_word(&mut self) {
        for character in self.text.get(self.at..).unwrap_or("").chars() {
            if !unicode_ident::is_xid_continue(character) {
                break;
            }
            self.at += character.len_utf8();
        }
    }

    fn finish_word(&mut self, start: usize) {
        let mut kind = TokenKind::of_word(self.text.get(start..self.at).unwrap_or(""));
        let mark = self.peek(0);
        if (mark == b'?' || mark == b'!') && (kind.is_name()) {
            let next = self.peek(1);
            // `f?(` and `f!(` are names; `f!` alone is one too, since no operator reading exists, but for `a!=b`.
            if next == b'(' || (mark == b'!' && next != b'=') {
                self.at += 1;
                kind = TokenKind::Name;
            }
        }
        self.push(kind, start);
    }

    /// A character outside ASCII.
    fn wide(&mut self, start: usize) {
        let Some(character) = self.text.get(start..).and_then(|rest| rest.chars().next()) else {
            self.at += 1;
            return;
        };
        self.at += character.len_utf8();
        if unicode_ident::is_xid_start(character) {
            self.rest_of_wide_word();
            return self.finish_word(start);
        }
        self.unknown_character(start, character);
    }

    fn number(&mut self, start: usize) {
        let after_dot = self.out.kinds.last().is_some_and(|k| matches!(k, TokenKind::Dot | TokenKind::QuestionDot));
        if self.peek(0) == b'0' && !after_dot {
            let radix = match self.peek(1) {
                b'x' | b'X' => 16,
                b'b' | b'B' => 2,
                b'o' | b'O' => 8,
                _ => 10,
            };
            if radix != 10 {
                self.at += 2;
                self.word_tail();
                return self.finish_radix_number(start, radix);
            }
        }
        self.digits();
        let mut kind = TokenKind::Int;
        if !after_dot {
            if self.peek(0) == b'.' && self.peek(1).is_ascii_digit() {
                self.at += 1;
                self.digits();
                kind = TokenKind::Float;
            }
            if matches!(self.peek(0), b'e' | b'E') {
                let signed = usize::from(matches!(self.peek(1), b'+' | b'-'));
                if self.peek(1 + signed).is_ascii_digit() {
                    self.at += 1 + signed;
                    self.digits();
                    kind = TokenKind::Float;
                }
            }
        }
        let end = self.at;
        self.word_tail();
        if self.at > end {
            return self.number_with_tail(start, end);
        }
        if self.misplaced_underscore(start) {
            return;
        }
        self.push(kind, start);
    }

    fn digits(&mut self) {
        while matches!(self.peek(0), b'0'..=b'9' | b'_') {
            self.at += 1;
        }
    }

    /// Passes over letters and digits of any kind.
    fn word_tail(&mut self) {
        while matches!(class(self.peek(0)), WORD | DIGIT) {
            self.at += 1;
        }
        if class(self.peek(0)) == WIDE {
            self.rest_of_wide_word();
        }
    }

    fn line_comment(&mut self, start: usize) {
        self.at = self.line_end(start);
        let body = self.bytes.get(start..self.at).unwrap_or(&[]);
        let kind = match (body.get(2), body.get(3)) {
            (Some(b'/'), Some(b'/')) => TokenKind::LineComment,
            (Some(b'/'), _) => TokenKind::Doc,
            (Some(b'!'), _) => TokenKind::ModuleDoc,
            _ => TokenKind::LineComment,
        };
        if kind == TokenKind::LineComment {
            self.allow_comment(start);
        }
        self.push_trivia(kind, start);
    }

    /// Records the lints of `// sayso: allow(a, b)`.
    fn allow_comment(&mut self, start: usize) {
        let comment = self.text.get(start + 2..self.at).unwrap_or("");
        let Some(list) = comment.trim().strip_prefix("sayso:").map(str::trim) else { return };
        let Some(list) = list.strip_prefix("allow").map(str::trim_start) else { return };
        let Some(list) = list.strip_prefix('(').and_then(|l| l.strip_suffix(')')) else { return };
        let passed = self.bytes.get(self.counted.0..start).unwrap_or(&[]);
        let line = self.counted.1 + passed.iter().filter(|&&b| b == b'\n').count() as u32;
        self.counted = (start, line);
        for name in list.split(',').map(str::trim).filter(|name| !name.is_empty()) {
            let offset = name.as_ptr() as usize - self.text.as_ptr() as usize;
            self.out.allows.push((line, to_u32(offset), to_u32(offset + name.len())));
        }
    }

    fn block_comment(&mut self, start: usize) {
        self.at += 2;
        let mut depth = 1usize;
        let mut newline = false;
        while depth > 0 {
            match self.bytes.get(self.at) {
                None => {
                    self.out.unfinished = true;
                    self.unclosed_comment(start);
                    break;
                }
                Some(b'*') if self.peek(1) == b'/' => {
                    depth -= 1;
                    self.at += 2;
                }
                Some(b'/') if self.peek(1) == b'*' => {
                    depth += 1;
                    self.at += 2;
                }
                Some(&byte) => {
                    newline |= byte == b'\n';
                    self.at += 1;
                }
            }
        }
        self.push_trivia(TokenKind::BlockComment, start);
        // What follows the comment begins a line, indented as the line on which the comment began.
        self.fresh_line |= newline;
    }

    fn sign(&mut self, start: usize, byte: u8) {
        use TokenKind::*;
        let (second, third) = (self.peek(1), self.peek(2));
        let (kind, length) = match (byte, second, third) {
            (b'/', b'/', _) => return self.line_comment(start),
            (b'/', b'*', _) => return self.block_comment(start),
            (b'"', _, _) => return self.string(start),
            (b'(', _, _) => (LParen, 1),
            (b')', _, _) => (RParen, 1),
            (b'[', _, _) => (LBracket, 1),
            (b']', _, _) => (RBracket, 1),
            (b'{', _, _) => (LBrace, 1),
            (b'}', _, _) => (RBrace, 1),
            (b',', _, _) => (Comma, 1),
            (b';', b';', _) => (SemiSemi, 2),
            (b';', _, _) => (Semi, 1),
            (b':', b':', _) => (ColonColon, 2),
            (b':', _, _) => (Colon, 1),
            (b'.', b'.', b'=') => (DotDotEq, 3),
            (b'.', b'.', b'.') => return self.unknown_sign(start, 3),
            (b'.', b'.', _) => (DotDot, 2),
            (b'.', _, _) => (Dot, 1),
            (b'?', b'?', b'=') if self.spaced => (CoalesceEq, 3),
            (b'?', b'?', _) if self.spaced => (Coalesce, 2),
            (b'?', b'.', b'.') => (Question, 1),
            (b'?', b'.', _) => (QuestionDot, 2),
            (b'?', _, _) => (Question, 1),
            (b'@', _, _) => (At, 1),
            (b'-', b'>', _) => (Arrow, 2),
            (b'-', b'=', _) => (MinusEq, 2),
            (b'-', _, _) => (Minus, 1),
            (b'=', b'=', b'=') => (EqEqEq, 3),
            (b'=', b'=', _) => (EqEq, 2),
            (b'=', b'>', _) => (FatArrow, 2),
            (b'=', _, _) => (Eq, 1),
            (b'|', b'|', b'=') => return self.unknown_sign(start, 3),
            (b'|', b'|', _) => (BarBar, 2),
            (b'|', b'>', _) => (Pipe, 2),
            (b'|', b'=', _) => return self.unknown_sign(start, 2),
            (b'|', _, _) => (Bar, 1),
            (b'&', b'&', b'=') => return self.unknown_sign(start, 3),
            (b'&', b'&', _) => (AmpAmp, 2),
            (b'&', b'=', _) => return self.unknown_sign(start, 2),
            (b'&', _, _) => (Amp, 1),
            (b'^', b'=', _) => return self.unknown_sign(start, 2),
            (b'^', _, _) => (Caret, 1),
            (b'!', b'=', b'=') => return self.unknown_sign(start, 3),
            (b'!', b'=', _) => (NotEq, 2),
            (b'!', _, _) => (Bang, 1),
            (b'+', b'=', _) => (PlusEq, 2),
            (b'+', _, _) => (Plus, 1),
            (b'*', b'*', b'=') => (StarStarEq, 3),
            (b'*', b'*', _) => (StarStar, 2),
            (b'*', b'=', _) => (StarEq, 2),
            (b'*', _, _) => (Star, 1),
            (b'/', b'=', _) => (SlashEq, 2),
            (b'/', _, _) => (Slash, 1),
            (b'%', b'{', _) => (PercentBrace, 2),
            (b'%', b'=', _) => (PercentEq, 2),
            (b'%', _, _) => (Percent, 1),
            (b'<', b'<', b'=') => return self.unknown_sign(start, 3),
            (b'<', b'<', _) => (Shl, 2),
            (b'<', b'=', _) => (LtEq, 2),
            (b'<', _, _) => (Lt, 1),
            (b'>', _, _) => (Gt, 1),
            (b'#', b'[', _) => (HashBracket, 2),
            (b'#', _, _) => return self.symbol(start),
            (b'\'', _, _) => return self.quote(start, '\''),
            _ => return self.unknown_byte(start, byte),
        };
        if !self.strings.is_empty() && self.sign_in_hole(start, kind, byte) {
            return;
        }
        self.at += length;
        self.push(kind, start);
    }

    fn symbol(&mut self, start: usize) {
        self.at += 1;
        let first = self.text.get(self.at..).and_then(|rest| rest.chars().next());
        match first {
            Some(first) if first == '_' || unicode_ident::is_xid_start(first) => {
                self.at += first.len_utf8();
                self.word_tail();
                self.push(TokenKind::Symbol, start);
            }
            _ => self.lone_hash(start),
        }
    }

    fn span(&self, start: usize, end: usize) -> Span {
        Span::new(self.file, to_u32(start), to_u32(end))
    }
}
