//! Text as it is written in the language: quoted, with escapes.

/// Appends a string in quotes. What `"…"` reads back is the same string, so `{` is escaped too.
pub(super) fn push_quoted(out: &mut String, text: &str) {
    out.push('"');
    let mut plain = 0;
    for (at, ch) in text.char_indices() {
        if is_plain(ch) {
            continue;
        }
        out.push_str(&text[plain..at]);
        push_escaped(out, ch);
        plain = at + ch.len_utf8();
    }
    out.push_str(&text[plain..]);
    out.push('"');
}

/// The length in bytes of what [`push_quoted`] appends.
pub(super) fn quoted_len(text: &str) -> usize {
    let more: usize = text.chars().map(|ch| if is_plain(ch) { 0 } else { escape_len(ch) - ch.len_utf8() }).sum();
    text.len() + 2 + more
}

/// Appends a byte as `b'a'`.
pub(super) fn push_byte(out: &mut String, byte: u8) {
    out.push_str("b'");
    match byte {
        b'\'' => out.push_str("\\'"),
        b'"' | b'{' => out.push(byte as char),
        0x20..=0x7E if is_plain(byte as char) => out.push(byte as char),
        b'\n' | b'\t' | b'\r' | b'\0' | b'\\' => push_escaped(out, byte as char),
        _ => {
            out.push_str("\\x");
            out.extend([byte >> 4, byte & 15].map(|digit| char::from_digit(digit.into(), 16).unwrap_or('0')));
        }
    }
    out.push('\'');
}

fn is_plain(ch: char) -> bool {
    match ch {
        '"' | '\\' | '{' => false,
        ' '..='~' => true,
        // Rust's table of what can be printed; marks that join the character before them can.
        _ => matches!(ch.escape_debug().next(), Some(first) if first != '\\') || is_joining(ch),
    }
}

/// Escaped by Rust when alone, but printed well behind another character.
fn is_joining(ch: char) -> bool {
    matches!(ch, '\u{300}'..='\u{36F}' | '\u{200D}' | '\u{FE00}'..='\u{FE0F}' | '\u{20D0}'..='\u{20FF}')
}

fn short(ch: char) -> Option<char> {
    Some(match ch {
        '\n' => 'n',
        '\t' => 't',
        '\r' => 'r',
        '\0' => '0',
        '"' | '\\' | '{' => ch,
        _ => return None,
    })
}

fn push_escaped(out: &mut String, ch: char) {
    match short(ch) {
        Some(letter) => out.extend(['\\', letter]),
        None => out.extend(ch.escape_unicode()),
    }
}

fn escape_len(ch: char) -> usize {
    if short(ch).is_some() { 2 } else { ch.escape_unicode().len() }
}
