//! Strings, raw strings and bytes; the holes of strings.
//!
//! A plain string, its holes included, stays on its line; a triple-quoted one ends at its closing quotes. While a hole
//! is open its string is on the stack and the ordinary rules of tokens hold, but that brackets are matched, so that the
//! closing brace and the colon of a format specification are found.

use super::{Lexer, OpenString};
use crate::token::TokenKind;

impl Lexer<'_> {
    /// A string at a `"`.
    pub(super) fn string(&mut self, start: usize) {
        if self.peek(1) == b'"' && self.peek(2) == b'"' {
            self.at += 3;
            self.push(TokenKind::StrOpen, start);
            return self.string_text(OpenString {
                triple: true,
                start,
                hole: start,
                brackets: self.brackets.len(),
                failed: false,
            });
        }
        let mut at = start + 1;
        loop {
            match self.bytes.get(at) {
                Some(b'"') => {
                    self.at = at + 1;
                    return self.push(TokenKind::Str, start);
                }
                Some(b'\\') => at += self.escape_length(at),
                Some(b'{') => {
                    self.at = start + 1;
                    self.push(TokenKind::StrOpen, start);
                    return self.string_text(OpenString {
                        triple: false,
                        start,
                        hole: start,
                        brackets: self.brackets.len(),
                        failed: false,
                    });
                }
                None | Some(b'\n') => break,
                Some(_) => at += 1,
            }
        }
        // Inside a hole of a plain string the quote more likely ends that string: its hole lacks the brace.
        if let Some(outer) = self.strings.pop_if(|outer| !outer.triple) {
            self.report_open_hole(&outer);
            self.brackets.truncate(outer.brackets);
            self.at = start + 1;
            return self.push(TokenKind::StrClose, start);
        }
        self.at = self.line_end(start);
        self.unclosed_string(start);
        self.push(TokenKind::Error, start);
    }

    /// The text of a string up to its end or its next hole.
    pub(super) fn string_text(&mut self, mut string: OpenString) {
        let start = self.at;
        loop {
            match self.bytes.get(self.at) {
                Some(b'"') if !string.triple || (self.peek(1) == b'"' && self.peek(2) == b'"') => {
                    self.push_text(start);
                    let quote = self.at;
                    self.at += if string.triple { 3 } else { 1 };
                    return self.push(TokenKind::StrClose, quote);
                }
                Some(b'\\') => self.at += self.escape_length(self.at),
                Some(b'{') => {
                    self.push_text(start);
                    string.hole = self.at;
                    string.brackets = self.brackets.len();
                    self.at += 1;
                    self.push(TokenKind::HoleOpen, string.hole);
                    self.strings.push(string);
                    return;
                }
                None => {
                    self.push_text(start);
                    self.out.unfinished |= string.triple;
                    // In an open hole this string is one by mistake: its quotes were to end the outer one.
                    if !string.failed && self.strings.is_empty() {
                        self.unclosed_string(string.start);
                    }
                    return;
                }
                Some(b'\n') if !string.triple => {
                    self.push_text(start);
                    if !string.failed {
                        self.unclosed_string(string.start);
                    }
                    return;
                }
                Some(_) => self.at += 1,
            }
        }
    }

    /// How much of the escape at a backslash must not be looked at: the brace of `\u{` begins no hole.
    fn escape_length(&self, at: usize) -> usize {
        match (self.bytes.get(at + 1), self.bytes.get(at + 2)) {
            (None | Some(b'\n' | b'\r'), _) => 1,
            (Some(b'u'), Some(b'{')) => 3,
            _ => 2,
        }
    }

    /// The text of a string behind a backslash that was read as a token of its own.
    pub(super) fn string_text_after_backslash(&mut self, string: OpenString) {
        let start = self.at;
        if self.at < self.bytes.len() && !matches!(self.peek(0), b'\n' | b'\r') {
            self.at += 1;
        }
        self.push_text(start);
        self.string_text(string);
    }

    fn push_text(&mut self, start: usize) {
        // Skipping the character behind a backslash may end inside one of several bytes.
        while !self.text.is_char_boundary(self.at) {
            self.at += 1;
        }
        if self.at > start {
            self.push(TokenKind::StrText, start);
        }
    }

    /// Deals with a sign inside a hole; says whether that made a token already.
    pub(super) fn sign_in_hole(&mut self, start: usize, kind: TokenKind, byte: u8) -> bool {
        let Some(base) = self.strings.last().map(|string| string.brackets) else { return false };
        let outside = self.brackets.len() == base;
        match kind {
            TokenKind::LParen => self.brackets.push(b')'),
            TokenKind::LBracket | TokenKind::HashBracket => self.brackets.push(b']'),
            TokenKind::LBrace | TokenKind::PercentBrace => self.brackets.push(b'}'),
            TokenKind::RParen | TokenKind::RBracket if outside => {
                // The bracket belongs to what is around the string, or to its text: the hole lacks its brace.
                if let Some(mut string) = self.strings.pop() {
                    self.report_open_hole(&string);
                    string.failed = true;
                    self.string_text(string);
                }
                return true;
            }
            TokenKind::RParen | TokenKind::RBracket | TokenKind::RBrace => {
                while self.brackets.len() > base {
                    if self.brackets.pop() == Some(byte) {
                        return false;
                    }
                }
                if kind == TokenKind::RBrace {
                    self.close_hole(start);
                    return true;
                }
            }
            TokenKind::Colon if outside => {
                self.format_spec(start);
                return true;
            }
            _ => {}
        }
        false
    }

    fn close_hole(&mut self, start: usize) {
        self.at += 1;
        self.push(TokenKind::HoleClose, start);
        if let Some(string) = self.strings.pop() {
            self.string_text(string);
        }
    }

    fn format_spec(&mut self, start: usize) {
        while !matches!(self.peek(0), b'}' | b'"' | b'\n' | b'\r') && self.at < self.bytes.len() {
            self.at += 1;
        }
        self.push(TokenKind::HoleSpec, start);
        if self.peek(0) == b'}' {
            return self.close_hole(self.at);
        }
        if let Some(mut string) = self.strings.pop() {
            self.report_open_hole(&string);
            string.failed = true;
            self.string_text(string);
        }
    }

    /// A line ended while a hole is open: plain strings end with it.
    pub(super) fn line_ends_in_hole(&mut self) {
        let mut reported = false;
        while let Some(string) = self.strings.pop_if(|string| !string.triple) {
            if !reported && !string.failed {
                self.report_open_hole(&string);
                reported = true;
            }
            self.brackets.truncate(string.brackets);
        }
    }

    /// The text ended while holes are open.
    pub(super) fn close_strings_at_end(&mut self) {
        let mut reported = false;
        while let Some(string) = self.strings.pop() {
            self.out.unfinished |= string.triple;
            if !reported && !string.failed {
                self.report_open_hole(&string);
                reported = true;
            }
        }
    }

    pub(super) fn raw_string(&mut self, start: usize) {
        let line_end = self.line_end(start);
        let body = self.bytes.get(start + 2..line_end).unwrap_or(&[]);
        match body.iter().position(|&b| b == b'"') {
            Some(length) => {
                self.at = start + 2 + length + 1;
                self.push(TokenKind::RawStr, start);
            }
            None => {
                self.at = line_end;
                self.unclosed_string(start);
                self.push(TokenKind::Error, start);
            }
        }
    }

    /// `b'a'`: the token goes from `b` to the closing quote; what is in it is checked when it is read.
    pub(super) fn byte(&mut self, start: usize) {
        let line_end = self.line_end(start);
        let mut at = start + 2;
        // `b'''` is a quote that was not escaped; read it as a whole.
        if self.bytes.get(at) == Some(&b'\'') && self.bytes.get(at + 1) == Some(&b'\'') {
            at += 1;
        }
        while at < line_end {
            match self.bytes.get(at) {
                Some(b'\'') => {
                    self.at = at + 1;
                    return self.push(TokenKind::Byte, start);
                }
                Some(b'\\') => at += 2,
                _ => at += 1,
            }
        }
        self.at = line_end;
        self.unclosed_byte(start);
        self.push(TokenKind::Error, start);
    }
}
