//! Text by code points and by bytes.

/// The byte at which code point number `index` begins; the length for the one behind the last; none beyond.
pub(crate) fn byte_of(text: &str, index: usize) -> Option<usize> {
    if text.is_ascii() {
        return (index <= text.len()).then_some(index);
    }
    match text.char_indices().nth(index) {
        Some((at, _)) => Some(at),
        None => (text.chars().count() == index).then_some(text.len()),
    }
}

/// The part between two code points, given how many there are.
pub(crate) fn slice(text: &str, start: usize, end: usize) -> Option<(usize, usize)> {
    let from = byte_of(text, start)?;
    let rest = text.get(from..)?;
    let length = byte_of(rest, end.checked_sub(start)?)?;
    Some((from, from + length))
}

/// The number of the code point where a part stands first.
pub(crate) fn find(text: &str, part: &str) -> Option<usize> {
    let at = text.find(part)?;
    Some(text.get(..at)?.chars().count())
}

/// The number of the code point where a part stands last.
pub(crate) fn find_last(text: &str, part: &str) -> Option<usize> {
    let at = text.rfind(part)?;
    Some(text.get(..at)?.chars().count())
}

/// A step of an iterator over parts of a text: the part's bytes, and where to go on.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Step {
    /// Where the part begins.
    pub start: usize,
    /// Where it ends.
    pub end: usize,
    /// Where the next step begins.
    pub next: usize,
}

/// The character at a byte.
pub(crate) fn next_char(text: &str, at: usize) -> Option<Step> {
    let c = text.get(at..)?.chars().next()?;
    let end = at + c.len_utf8();
    Some(Step { start: at, end, next: end })
}

/// The line at a byte, without its end.
pub(crate) fn next_line(text: &str, at: usize) -> Option<Step> {
    let rest = text.get(at..).filter(|rest| !rest.is_empty())?;
    let (line, next) = match memchr(b'\n', rest.as_bytes()) {
        Some(end) => (rest.get(..end)?, at + end + 1),
        None => (rest, text.len()),
    };
    // Only a line that is ended by `\n` has a `\r` that belongs to the end.
    let line = if next > at + line.len() { line.strip_suffix('\r').unwrap_or(line) } else { line };
    Some(Step { start: at, end: at + line.len(), next })
}

/// The part at a byte up to the next separator, which is not empty; behind the last part `next` is beyond the length.
pub(crate) fn next_part(text: &str, separator: &str, at: usize) -> Option<Step> {
    let rest = text.get(at..)?;
    let found = match separator.as_bytes() {
        [single] => memchr(*single, rest.as_bytes()),
        _ => rest.find(separator),
    };
    Some(match found {
        Some(end) => Step { start: at, end: at + end, next: at + end + separator.len() },
        None => Step { start: at, end: text.len(), next: text.len() + 1 },
    })
}

/// The word at or behind a byte.
pub(crate) fn next_word(text: &str, at: usize) -> Option<Step> {
    let rest = text.get(at..)?;
    let start = at + rest.find(|c: char| !c.is_whitespace())?;
    let rest = text.get(start..)?;
    let end = start + rest.find(char::is_whitespace).unwrap_or(rest.len());
    Some(Step { start, end, next: end })
}

/// Where a byte stands first: eight at a time.
fn memchr(byte: u8, bytes: &[u8]) -> Option<usize> {
    const LOW: u64 = 0x0101_0101_0101_0101;
    const HIGH: u64 = 0x8080_8080_8080_8080;
    let wanted = LOW * u64::from(byte);
    let (words, rest) = bytes.as_chunks::<8>();
    for (index, word) in words.iter().enumerate() {
        let difference = u64::from_le_bytes(*word) ^ wanted;
        let zeros = difference.wrapping_sub(LOW) & !difference & HIGH;
        if zeros != 0 {
            return Some(index * 8 + zeros.trailing_zeros() as usize / 8);
        }
    }
    rest.iter().position(|b| *b == byte).map(|at| words.len() * 8 + at)
}

/// The length of a text after `part` was replaced by `other`; none if it is beyond what can be counted.
pub(crate) fn replaced_len(text: &str, part: &str, other: &str) -> Option<usize> {
    let places = if part.is_empty() { text.chars().count() + 1 } else { text.matches(part).count() };
    (text.len() - places * part.len()).checked_add(places.checked_mul(other.len())?)
}

/// Whether letters that have two cases are all capital (or all small), and there are letters.
pub(crate) fn in_case(text: &str, upper: bool) -> bool {
    let mut letters = false;
    for c in text.chars() {
        if c.is_alphabetic() {
            letters = true;
            if if upper { c.is_lowercase() } else { c.is_uppercase() } {
                return false;
            }
        }
    }
    letters
}

#[cfg(test)]
mod tests {
    use super::*;

    fn walk(text: &str, step: impl Fn(&str, usize) -> Option<Step>) -> Vec<&str> {
        let (mut at, mut out) = (0, Vec::new());
        while let Some(part) = step(text, at) {
            out.push(&text[part.start..part.end]);
            at = part.next;
        }
        out
    }

    #[test]
    fn slices_by_code_points() {
        let at = |text, start, end| slice(text, start, end);
        assert_eq!(at("héllo", 1, 3), Some((1, 4)));
        assert_eq!(at("abc", 0, 3), Some((0, 3)));
        assert_eq!(at("日本語", 3, 3), Some((9, 9)));
        assert_eq!(at("abc", 1, 9), None);
        assert_eq!(at("日本語", 4, 4), None);
        assert_eq!(at("abc", 2, 1), None);
    }

    #[test]
    fn lines_with_and_without_end() {
        assert_eq!(walk("one\ntwo\n", next_line), ["one", "two"]);
        assert_eq!(walk("a\r\n\r\nb", next_line), ["a", "", "b"]);
        assert_eq!(walk("a\r", next_line), ["a\r"]);
        assert_eq!(walk("", next_line), [""; 0]);
        assert_eq!(walk("\n", next_line), [""]);
        let long = "x".repeat(30) + "\n" + &"y".repeat(5);
        assert_eq!(walk(&long, next_line).len(), 2);
    }

    #[test]
    fn parts_between_separators() {
        let by = |separator: &'static str| move |text: &str, at: usize| next_part(text, separator, at);
        assert_eq!(walk("a,b,,c", by(",")), ["a", "b", "", "c"]);
        assert_eq!(walk("a--b-", by("--")), ["a", "b-"]);
        assert_eq!(walk("", by(",")), [""]);
        assert_eq!(walk(",", by(",")), ["", ""]);
        assert_eq!(walk("añb", by("ñ")), ["a", "b"]);
    }

    #[test]
    fn words_and_characters() {
        assert_eq!(walk("  one two\n", next_word), ["one", "two"]);
        assert_eq!(walk(" \t", next_word), [""; 0]);
        assert_eq!(walk("añ日", next_char), ["a", "ñ", "日"]);
    }

    #[test]
    fn memchr_agrees_with_a_plain_search() {
        for len in 0..40 {
            for at in 0..len {
                let mut bytes = vec![0x80u8; len];
                bytes[at] = 0x7F;
                assert_eq!(memchr(0x7F, &bytes), Some(at));
                assert_eq!(memchr(0x81, &bytes), None);
            }
        }
    }

    #[test]
    fn lengths_of_replacements() {
        for (text, part, other) in [("a-b-c", "-", "+++"), ("aaa", "aa", ""), ("añ", "", "."), ("", "x", "y")] {
            assert_eq!(replaced_len(text, part, other), Some(text.replace(part, other).len()));
        }
    }

    #[test]
    fn cases() {
        assert!(in_case("ABC 1", true) && !in_case("AbC", true) && !in_case("1", true));
        assert!(in_case("añ", false) && !in_case("", false));
    }
}
