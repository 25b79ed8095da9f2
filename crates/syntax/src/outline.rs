//! Reading a file piece by piece: what it declares, without reading what that consists of.
//!
//! The library is large and each program uses little of it, so its files are not parsed from end to end. [`Outline::of`]
//! finds the declarations by the form in which well-kept files are written: each begins at the start of a line, and no
//! other line but those of comments and closing brackets begins there. [`parse_piece`] reads one of them into the view
//! of its file, a function without its body, and the body when somebody wants it. Nothing that is in the view moves.
//!
//! An outline consists of numbers only, so that one made when a program is built is there without any work when it
//! starts ([`Outline::fixed`]).
//!
//! A file that is not written in that form must be parsed whole; that an outline finds what the parser does is for the
//! tests of whoever relies on it.

use crate::ast::{Ast, Block, BlockId, Item, ItemId, ItemKind, Stmt, StmtKind};
use crate::{lexer, parser};
use sayso_base::{Diagnostic, FileId, Interner, Span};
use std::borrow::Cow;
use std::ops::Range;
use thin_vec::ThinVec;

/// What a file declares.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Outline {
    pieces: Cow<'static, [Piece]>,
    /// Hashes of the names that pieces are read for, with the pieces' indices, by bucket: those of bucket `b` stand from
    /// `buckets[b]` to `buckets[b + 1]`, in the order of the pieces.
    names: Cow<'static, [(u32, u32)]>,
    buckets: Cow<'static, [u32]>,
}

/// A piece of a file.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Piece {
    /// Its bytes, `///` comments included. Pieces that are one import of several names have the same.
    pub range: Range<u32>,
    /// What it is.
    pub kind: PieceKind,
}

/// What a piece is. Names are given by their places.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum PieceKind {
    /// A function.
    Function {
        /// Its name, without what stands before the dot.
        name: Range<u32>,
        /// Where the brace of its body stands. None if the body has another form, or there is none.
        body: Option<u32>,
        /// Has neither a body nor an attribute that stands for one. It is read for the types of its parameters as well:
        /// whatever is below them must have such a function.
        is_abstract: bool,
    },
    /// A type or object. It is read for its variants, the functions inside it, and what it is declared below as well.
    Type {
        /// Its name.
        name: Range<u32>,
    },
    /// One name of `from path import names`.
    Import {
        /// The path.
        path: Range<u32>,
        /// The name there.
        name: Range<u32>,
        /// The name here, if it is another.
        alias: Option<Range<u32>>,
    },
    /// `test` or `bench`.
    Test,
    /// Anything else: statements and imports of modules.
    Other,
}

/// How many buckets the names of a file are put into.
const BUCKETS: usize = 256;

/// What names are found by; the same on every machine. Two names of one hash are found together.
pub fn name_hash(name: &str) -> u32 {
    // FNV-1a, with the halves put together: the bucket is taken from the low bits.
    let hash = name
        .bytes()
        .fold(0xCBF2_9CE4_8422_2325, |hash: u64, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01B3));
    (hash ^ (hash >> 32)) as u32
}

impl Outline {
    /// The outline of a file.
    pub fn of(text: &str) -> Outline {
        let (pieces, named) = scan(text);
        let mut names: Vec<(u32, u32)> = Vec::with_capacity(named.len());
        let mut buckets = vec![0; BUCKETS + 1];
        for (bucket, start) in buckets.iter_mut().enumerate() {
            *start = names.len() as u32;
            names.extend(named.iter().filter(|(hash, _)| *hash as usize % BUCKETS == bucket));
        }
        Outline { pieces: pieces.into(), names: names.into(), buckets: buckets.into() }
    }

    /// An outline from what [`Outline::written`] wrote.
    pub const fn fixed(pieces: &'static [Piece], names: &'static [(u32, u32)], buckets: &'static [u32]) -> Outline {
        Outline { pieces: Cow::Borrowed(pieces), names: Cow::Borrowed(names), buckets: Cow::Borrowed(buckets) }
    }

    /// The outline as a Rust expression, for a build script. The names of this module must be in scope.
    pub fn written(&self) -> String {
        format!("Outline::fixed(&{:?}, &{:?}, &{:?})", self.pieces, self.names, self.buckets)
            .replace("kind: ", "kind: PieceKind::")
    }

    /// The pieces, in the order of the file.
    pub fn pieces(&self) -> &[Piece] {
        &self.pieces
    }

    /// The indices of the pieces that are to be read if a name of this hash is mentioned, ascending: those that declare
    /// it; and of a type those below it, which a value of it may be, and what is asked of all of them.
    pub fn named(&self, hash: u32) -> impl Iterator<Item = u32> + '_ {
        let bucket = hash as usize % BUCKETS;
        let place = |index: usize| self.buckets.get(index).map_or(0, |place| *place as usize);
        let names = self.names.get(place(bucket)..place(bucket + 1)).unwrap_or(&[]);
        names.iter().filter(move |(known, _)| *known == hash).map(|(_, piece)| *piece)
    }
}

/// The pieces of a file, in order, and the hashes of the names that they are read for.
fn scan(text: &str) -> (Vec<Piece>, Vec<(u32, u32)>) {
    let mut pieces: Vec<Piece> = Vec::new();
    let mut names: Vec<(u32, u32)> = Vec::new();
    let bytes = text.as_bytes();
    let mut docs: Option<usize> = None;
    let mut at = 0;
    // The pieces of the declaration before.
    let mut last = 0..0;
    while let Some(&first) = bytes.get(at) {
        if first == b'@' || first.is_ascii_lowercase() {
            let start = docs.take().unwrap_or(at);
            for piece in pieces.get_mut(last.clone()).unwrap_or_default() {
                piece.range.end = start as u32;
            }
            let mut scan = Scan { text, at };
            let found = scan.piece();
            at = scan.at.max(at);
            last = pieces.len()..pieces.len() + found.len();
            for (kind, wanted) in found {
                names.extend(wanted.iter().map(|name| (name_hash(scan.of(name)), pieces.len() as u32)));
                pieces.push(Piece { range: start as u32..text.len() as u32, kind });
            }
        } else if first != b' ' {
            let is_doc = bytes.get(at..at + 3) == Some(b"///".as_slice());
            docs = if is_doc { docs.or(Some(at)) } else { None };
        }
        match memchr::memchr(b'\n', bytes.get(at..).unwrap_or(&[])) {
            Some(length) => at += length + 1,
            None => break,
        }
    }
    (pieces, names)
}

/// A piece, and the places of the names that it is read for.
type Found = (PieceKind, Vec<Range<u32>>);

/// Reads the head of a piece.
struct Scan<'t> {
    text: &'t str,
    at: usize,
}

impl<'t> Scan<'t> {
    fn byte(&self) -> u8 {
        self.text.as_bytes().get(self.at).copied().unwrap_or(0)
    }

    fn blanks(&mut self) {
        while matches!(self.byte(), b' ' | b'\n' | b'\r' | b'\t') {
            self.at += 1;
        }
    }

    /// The word that stands here, with the mark that belongs to a name.
    fn word(&mut self) -> Range<u32> {
        let start = self.at;
        while self.byte().is_ascii_alphanumeric() || self.byte() == b'_' {
            self.at += 1;
        }
        if self.at > start && matches!(self.byte(), b'?' | b'!') {
            self.at += 1;
        }
        start as u32..self.at as u32
    }

    fn of(&self, range: &Range<u32>) -> &'t str {
        self.text.get(range.start as usize..range.end as usize).unwrap_or("")
    }

    /// Passes over a string; its first quote stands here.
    fn string(&mut self) {
        self.at += 1;
        while self.at < self.text.len() && self.byte() != b'"' {
            self.at += if self.byte() == b'\\' { 2 } else { 1 };
        }
        self.at += 1;
    }

    /// Passes over the brackets that open here.
    fn brackets(&mut self) {
        let mut depth = 0;
        while self.at < self.text.len() {
            match self.byte() {
                b'"' => {
                    self.string();
                    continue;
                }
                b'(' | b'[' | b'{' => depth += 1,
                b')' | b']' | b'}' => depth -= 1,
                _ => {}
            }
            self.at += 1;
            if depth == 0 {
                return;
            }
        }
    }

    /// The pieces of a declaration: one, or those of an import.
    fn piece(&mut self) -> Vec<Found> {
        let mut marked = false;
        while self.byte() == b'@' {
            marked = true;
            self.at += 1;
            self.word();
            if self.byte() == b'(' {
                self.brackets();
            }
            self.blanks();
        }
        let mut word = self.word();
        if self.of(&word) == "comptime" {
            self.blanks();
            word = self.word();
        }
        self.blanks();
        match self.of(&word) {
            "fn" => vec![self.function(marked)],
            "struct" | "trait" | "interface" | "class" | "object" | "type" => vec![self.declared_type(false)],
            "enum" => vec![self.declared_type(true)],
            "test" | "bench" if self.byte() == b'"' => vec![(PieceKind::Test, Vec::new())],
            "from" => self.import().unwrap_or_else(|| vec![(PieceKind::Other, Vec::new())]),
            _ => vec![(PieceKind::Other, Vec::new())],
        }
    }

    fn function(&mut self, marked: bool) -> Found {
        let mut name = self.word();
        let head = name.start;
        while self.byte() == b'.' {
            self.at += 1;
            name = self.word();
        }
        let mut params = false;
        let mut body = None;
        let mut ends = false;
        while self.at < self.text.len() {
            match self.byte() {
                b'"' => {
                    self.string();
                    continue;
                }
                b'(' | b'[' => {
                    params |= self.byte() == b'(';
                    self.brackets();
                    continue;
                }
                b'{' if self.at > 0 && self.text.as_bytes().get(self.at - 1) == Some(&b'%') => {
                    self.brackets();
                    continue;
                }
                b'{' => {
                    body = Some(self.at as u32);
                    break;
                }
                // A body of lines.
                b':' if params => {
                    ends = true;
                    break;
                }
                b'\n' if !matches!(self.text.as_bytes().get(self.at + 1), Some(b' ' | b'\t')) => break,
                _ => {}
            }
            self.at += 1;
        }
        let is_abstract = body.is_none() && !ends && !marked;
        let mut names = vec![name.clone()];
        if is_abstract {
            names.extend(self.types_in_head(head, &name, true));
        }
        (PieceKind::Function { name, body, is_abstract }, names)
    }

    /// The types that the head of a declaration mentions from `start` on, besides its own name and type parameters: those
    /// of parameters, or the supertypes. With `inner` also what stands between `<` and `>`.
    fn types_in_head(&self, start: u32, name: &Range<u32>, inner: bool) -> Vec<Range<u32>> {
        let mut scan = Scan { text: self.text, at: start as usize };
        let mut own: Vec<&str> = Vec::new();
        let mut found = Vec::new();
        let mut in_own = false;
        let mut depth = 0;
        while !matches!(scan.byte(), 0 | b'{' | b'\n' | b'=') && scan.text.get(scan.at..scan.at + 2) != Some("->") {
            match scan.byte() {
                b'<' => {
                    in_own |= scan.at == name.end as usize;
                    depth += 1;
                }
                b'>' => {
                    depth -= 1;
                    in_own &= depth > 0;
                }
                byte if byte.is_ascii_alphabetic() || byte == b'_' => {
                    let word = scan.word();
                    if in_own && byte.is_ascii_uppercase() {
                        own.push(scan.of(&word));
                    } else if byte.is_ascii_uppercase()
                        && word != *name
                        && (inner || depth == 0)
                        && !own.contains(&scan.of(&word))
                    {
                        found.push(word);
                    }
                    continue;
                }
                _ => {}
            }
            scan.at += 1;
        }
        found
    }

    /// A type: its own name, and those of its variants and of the functions inside it.
    fn declared_type(&mut self, variants: bool) -> Found {
        let mut function = false;
        let name = self.word();
        let mut names = vec![name.clone()];
        names.extend(self.types_in_head(name.start, &name, false));
        let mut depth = 0;
        while self.at < self.text.len() {
            match self.byte() {
                b'"' => {
                    self.string();
                    continue;
                }
                b'(' | b'[' | b'{' => depth += 1,
                b')' | b']' | b'}' => depth -= 1,
                b'/' if self.text.get(self.at..).is_some_and(|rest| rest.starts_with("//")) => {
                    while self.at < self.text.len() && self.byte() != b'\n' {
                        self.at += 1;
                    }
                    continue;
                }
                b'\n' if depth == 0 => break,
                byte if byte.is_ascii_alphabetic() || byte == b'_' => {
                    let word = self.word();
                    let text = self.of(&word);
                    let declares = function || (variants && depth == 1 && byte.is_ascii_uppercase());
                    if depth > 0 && declares && !names.iter().any(|name| self.of(name) == text) {
                        names.push(word);
                    }
                    // Not of a function type: `fn(T)`.
                    function = text == "fn" && self.byte() != b'(';
                    continue;
                }
                _ => {}
            }
            self.at += 1;
        }
        (PieceKind::Type { name }, names)
    }

    fn import(&mut self) -> Option<Vec<Found>> {
        let start = self.at;
        while self.byte().is_ascii_alphanumeric() || matches!(self.byte(), b'_' | b'.') {
            self.at += 1;
        }
        let path = start as u32..self.at as u32;
        self.blanks();
        let keyword = self.word();
        if self.of(&keyword) != "import" {
            return None;
        }
        let mut found = Vec::new();
        loop {
            self.blanks();
            let name = self.word();
            if name.is_empty() {
                return None;
            }
            let mut alias = None;
            if self.text.get(self.at..).is_some_and(|rest| rest.starts_with(" as ")) {
                self.at += 4;
                alias = Some(self.word());
            }
            let known = alias.clone().unwrap_or(name.clone());
            found.push((PieceKind::Import { path: path.clone(), name, alias }, vec![known]));
            match self.byte() {
                b',' => self.at += 1,
                b'\n' | 0 => return Some(found),
                _ => return None,
            }
        }
    }
}

/// An empty view of a file, to be filled by [`parse_piece`].
pub fn empty_view(file: FileId) -> Ast {
    Ast {
        file,
        docs: None,
        body: ThinVec::new(),
        exprs: Vec::new(),
        blocks: Vec::new(),
        patterns: Vec::new(),
        types: Vec::new(),
        items: Vec::new(),
    }
}

/// Reads a piece into the view of its file: all of it, or, with `body`, what stands before that place. Such a function's
/// body is an empty block, which [`parse_body`] fills. What is declared or stated goes behind [`Ast::body`].
pub fn parse_piece(
    ast: &mut Ast,
    text: &str,
    range: Range<u32>,
    body: Option<u32>,
    interner: &mut Interner,
) -> Vec<Diagnostic> {
    let end = body.unwrap_or(range.end) as usize;
    let lexed = lexer::lex_part(ast.file, text, range.start as usize..end);
    let first = ast.body.len();
    let diagnostics = parser::parse_statements(ast, text.get(..end).unwrap_or(text), interner, lexed);
    if let Some(body) = body {
        let span = Span::new(ast.file, body, range.end);
        let item = match ast.body.get(first).map(|stmt| &stmt.kind) {
            Some(StmtKind::Item(item)) => ast.items.get_mut(item.0 as usize),
            _ => None,
        };
        if let Some(Item { kind: ItemKind::Fn(function), .. }) = item {
            function.body = Some(BlockId(ast.blocks.len() as u32));
            ast.blocks.push(Block { stmts: ThinVec::new(), span });
        }
    }
    diagnostics
}

/// Reads the body of a function of which [`parse_piece`] has read the head.
pub fn parse_body(ast: &mut Ast, text: &str, body: BlockId, interner: &mut Interner) -> Vec<Diagnostic> {
    let Some(span) = ast.blocks.get(body.0 as usize).map(|block| block.span) else { return Vec::new() };
    let (start, end) = (span.start as usize, span.end as usize);
    let lexed = lexer::lex_part(ast.file, text, start..end);
    let (read, diagnostics) = parser::parse_body(ast, text.get(..end).unwrap_or(text), interner, lexed);
    let read = read.and_then(|read| ast.blocks.get_mut(read.0 as usize));
    let taken = read.map(|read| (std::mem::take(&mut read.stmts), read.span));
    if let (Some((stmts, span)), Some(block)) = (taken, ast.blocks.get_mut(body.0 as usize)) {
        *block = Block { stmts, span };
    }
    diagnostics
}

impl Ast {
    /// Puts an item behind all statements.
    pub fn push_item(&mut self, item: Item) -> ItemId {
        let id = ItemId(self.items.len() as u32);
        let span = item.span;
        self.items.push(item);
        self.body.push(Stmt { kind: StmtKind::Item(id), span });
        id
    }
}
