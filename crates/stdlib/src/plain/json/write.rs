//! Writing: pieces of text for whoever walks the values.

/// A string in quotes, escaped.
pub(crate) fn string(text: &str, out: &mut String) {
    out.push('"');
    let mut start = 0;
    for (at, b) in text.bytes().enumerate() {
        let escape: Option<&str> = match b {
            b'"' => Some("\\\""),
            b'\\' => Some("\\\\"),
            b'\n' => Some("\\n"),
            b'\r' => Some("\\r"),
            b'\t' => Some("\\t"),
            0x08 => Some("\\b"),
            0x0C => Some("\\f"),
            0..0x20 => None,
            _ => continue,
        };
        out.push_str(text.get(start..at).unwrap_or(""));
        match escape {
            Some(escape) => out.push_str(escape),
            None => {
                const HEX: [char; 16] =
                    ['0', '1', '2', '3', '4', '5', '6', '7', '8', '9', 'a', 'b', 'c', 'd', 'e', 'f'];
                out.push_str("\\u00");
                out.push(HEX[usize::from(b >> 4)]);
                out.push(HEX[usize::from(b & 15)]);
            }
        }
        start = at + 1;
    }
    out.push_str(text.get(start..).unwrap_or(""));
    out.push('"');
}

/// A finite float, which reads back as a float: with a point or an exponent.
pub(crate) fn float(x: f64, out: &mut String) {
    use std::fmt::Write;
    // Writing to a string does not fail.
    let _ = write!(out, "{x:?}");
}

/// An integer.
pub(crate) fn int(n: i64, out: &mut String) {
    use std::fmt::Write;
    let _ = write!(out, "{n}");
}

/// Where a value stands in what is written.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Layout {
    /// Blanks for each level, or none: all in one line.
    pub indent: Option<usize>,
}

impl Layout {
    /// What stands before an element or member: the `depth` counts the brackets open around it.
    pub(crate) fn before_item(self, first: bool, depth: usize, out: &mut String) {
        if !first {
            out.push(',');
        }
        self.new_line(depth, out);
    }

    /// What stands before the closing bracket of something that is not empty.
    pub(crate) fn before_close(self, depth: usize, out: &mut String) {
        self.new_line(depth, out);
    }

    /// What stands between a name and its value.
    pub(crate) fn colon(self, out: &mut String) {
        out.push_str(if self.indent.is_some() { ": " } else { ":" });
    }

    fn new_line(self, depth: usize, out: &mut String) {
        if let Some(indent) = self.indent {
            out.push('\n');
            for _ in 0..indent * depth {
                out.push(' ');
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(write: impl FnOnce(&mut String)) -> String {
        let mut out = String::new();
        write(&mut out);
        out
    }

    #[test]
    fn strings_are_escaped() {
        assert_eq!(written(|out| string("a\"b\\c\n\u{1}\u{1f}ñ/", out)), r#""a\"b\\c\n\u0001\u001fñ/""#);
        assert_eq!(written(|out| string("", out)), "\"\"");
    }

    #[test]
    fn floats_stay_floats() {
        assert_eq!(written(|out| float(2.0, out)), "2.0");
        assert_eq!(written(|out| float(0.1, out)), "0.1");
        assert_eq!(written(|out| float(1e300, out)), "1e300");
        assert_eq!(written(|out| float(-0.0, out)), "-0.0");
    }
}
