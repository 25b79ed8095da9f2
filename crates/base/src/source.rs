//! Source files and byte spans into them.
//!
//! A span is three `u32`s: file, start and end byte. Files of 4 GiB and more are refused by [`SourceMap::add`].

use crate::text::Text;
use std::sync::OnceLock;

/// The index of a file in its [`SourceMap`].
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub struct FileId(pub u32);

/// A half-open range of bytes, `start..end`, in one file.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub struct Span {
    /// The file.
    pub file: FileId,
    /// First byte.
    pub start: u32,
    /// One past the last byte.
    pub end: u32,
}

impl Span {
    /// A span of `file` from `start` to `end` (bytes).
    pub fn new(file: FileId, start: u32, end: u32) -> Span {
        Span { file, start, end }
    }

    /// The smallest span holding both; `self` if they are of different files.
    pub fn to(self, other: Span) -> Span {
        if self.file != other.file {
            return self;
        }
        Span { file: self.file, start: self.start.min(other.start), end: self.end.max(other.end) }
    }

    /// The empty span at the start of this one.
    pub fn at_start(self) -> Span {
        Span { end: self.start, ..self }
    }

    /// The empty span at the end of this one.
    pub fn at_end(self) -> Span {
        Span { start: self.end, ..self }
    }
}

/// A position for people: both numbers start at 1, the column counts characters.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct LineColumn {
    /// Line, from 1.
    pub line: u32,
    /// Column in characters, from 1.
    pub column: u32,
}

/// One file's name and text.
#[derive(Clone, Debug)]
pub struct SourceFile {
    /// The name shown in messages (a path, or such as `<input>`).
    pub name: String,
    /// The whole text.
    pub text: Text,
    /// Where lines begin; found when somebody asks.
    line_starts: OnceLock<Vec<u32>>,
}

impl SourceFile {
    fn line_starts(&self) -> &[u32] {
        self.line_starts.get_or_init(|| {
            let ends = self.text.match_indices('\n').map(|(index, _)| index as u32 + 1);
            std::iter::once(0).chain(ends).collect()
        })
    }

    /// The line and column of a byte offset; offsets past the end give the last position.
    pub fn line_column(&self, offset: u32) -> LineColumn {
        let offset = offset.min(self.text.len() as u32);
        let line = self.line(offset);
        let start = self.line_starts().get(line as usize - 1).copied().unwrap_or(0);
        let before = self.text.get(start as usize..offset as usize).unwrap_or("");
        LineColumn { line, column: before.chars().count() as u32 + 1 }
    }

    /// The line (from 1) of a byte offset. Unlike the column it costs the same on lines of any length.
    pub fn line(&self, offset: u32) -> u32 {
        let offset = offset.min(self.text.len() as u32);
        (self.line_starts().partition_point(|&start| start <= offset) as u32).max(1)
    }

    /// The text of a line (from 1) without its line end, or `""` past the end.
    pub fn line_text(&self, line: u32) -> &str {
        let index = line.saturating_sub(1) as usize;
        let Some(&start) = self.line_starts().get(index) else { return "" };
        let end = self.line_starts().get(index + 1).copied().unwrap_or(self.text.len() as u32);
        self.text.get(start as usize..end as usize).unwrap_or("").trim_end_matches(['\n', '\r'])
    }

    /// Whether the text that a span is of is here: compiled programs may come without.
    pub fn holds(&self, span: Span) -> bool {
        span.end as usize <= self.text.len()
    }

    /// How many lines the file has (at least 1).
    pub fn line_count(&self) -> usize {
        self.line_starts().len()
    }
}

/// All files of one compilation.
#[derive(Clone, Default, Debug)]
pub struct SourceMap {
    files: Vec<SourceFile>,
}

impl SourceMap {
    /// An empty map.
    pub fn new() -> SourceMap {
        SourceMap::default()
    }

    /// Adds a file. Text of 4 GiB and more is kept as empty text, so that spans always fit; callers limit the
    /// size of what they read long before that.
    pub fn add(&mut self, name: impl Into<String>, text: impl Into<Text>) -> FileId {
        let mut text: Text = text.into();
        if u32::try_from(text.len()).is_err() {
            text = Text::default();
        }
        self.files.push(SourceFile { name: name.into(), text, line_starts: OnceLock::new() });
        FileId(self.files.len() as u32 - 1)
    }

    /// The file, if it is one of this map.
    pub fn get(&self, id: FileId) -> Option<&SourceFile> {
        self.files.get(id.0 as usize)
    }

    /// The text of a span, or `""` if it is not one of this map.
    pub fn text(&self, span: Span) -> &str {
        self.get(span.file).and_then(|f| f.text.get(span.start as usize..span.end as usize)).unwrap_or("")
    }

    /// All files in the order of their ids.
    pub fn files(&self) -> impl Iterator<Item = (FileId, &SourceFile)> {
        self.files.iter().enumerate().map(|(i, f)| (FileId(i as u32), f))
    }
}
