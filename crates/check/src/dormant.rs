//! What the library declares and nobody has asked for yet.
//!
//! The library is large, and a program uses little of it. So its files are only outlined when they are loaded: a
//! declaration stays *dormant* until its name turns up in what is read (the program, heads and bodies of what woke
//! before), or until the checker asks for it (`+` asks for `add`, `catch` for `Error`). Then it is read and declared like
//! any other. Since nothing can be looked up under a name before the name is known, whoever looks finds all or nothing of
//! a name: every function of it, in all modules, and every import that brings it. With a type wake those declared below
//! it and the abstract functions that take it, since what holds of all of them is asked about it.
//!
//! Messages may list what there is (*did you mean*), so a check that finds an error is made again with all awake; see
//! `crate::program`. Bodies of functions are read when they are to be checked, whether the file was outlined or not.
//!
//! Always true: declarations wake in the order of modules and places; what wakes depends on the source alone.

use crate::hir::ModuleId;
use crate::tables::Checker;
use rustc_hash::FxHashSet;
use sayso_base::{FileId, Name, Span, names};
use sayso_syntax::ast::{BlockId, Ident, ImportName, Item, ItemId, ItemKind, Path, StmtKind};
use sayso_syntax::outline::{Outline, Piece, PieceKind, name_hash, parse_body, parse_piece};
use smallvec::SmallVec;
use std::ops::Range;
use std::sync::Arc;

/// All that is or was dormant.
#[derive(Clone, Default)]
pub struct Dormant {
    /// What there is; shared by the checks that one library serves.
    known: Arc<Known>,
    /// By number of a piece: whether it woke.
    awake: Vec<bool>,
    /// What is to be read in any case.
    due: Vec<u32>,
    /// Hashes of the names that have been asked for, which a file that comes later may declare.
    asked: Vec<u32>,
    /// Bodies of functions that have not been read.
    unread: FxHashSet<(ModuleId, BlockId)>,
    /// How many are awake.
    woken: usize,
}

/// The files, in the order in which they were outlined. Their pieces are numbered through.
#[derive(Clone, Default)]
struct Known {
    files: Vec<File>,
}

#[derive(Clone)]
struct File {
    module: ModuleId,
    /// The number of its first piece.
    first: u32,
    outline: Outline,
}

/// The types of `core` that are written without their names, or that the checker makes of others.
const ALWAYS: [Name; 4] = [names::OPTION, names::RESULT, names::RANGE, names::TYPE];

impl Known {
    /// The piece of a number, and its module.
    fn piece(&self, number: u32) -> Option<(ModuleId, &Piece)> {
        let file = self.files.partition_point(|file| file.first <= number).checked_sub(1)?;
        let file = self.files.get(file)?;
        Some((file.module, file.outline.pieces().get((number - file.first) as usize)?))
    }

    /// The numbers of the pieces that declare a name of this hash. Two names of one hash wake together, which does no
    /// harm.
    fn named(&self, hash: u32) -> impl Iterator<Item = u32> + '_ {
        self.files.iter().flat_map(move |file| file.outline.named(hash).map(|piece| file.first + piece))
    }
}

impl Checker<'_> {
    /// Takes a library module by its outline instead of parsing it. Reads its statements and what must always be there;
    /// the modules that it imports are loaded.
    pub(crate) fn outline_module(&mut self, module: ModuleId, text: &str) {
        let Some(data) = self.modules.get(module.0 as usize) else { return };
        let in_core = data.path == names::CORE;
        let outline = self.loader.outline(self.names.text(data.path)).cloned();
        let outline = outline.unwrap_or_else(|| Outline::of(text));
        let first = self.dormant.awake.len() as u32;
        let mut eager: Vec<Range<u32>> = Vec::new();
        let mut imports: SmallVec<[ModuleId; 8]> = SmallVec::new();
        let mut imported = 0..0;
        for (number, piece) in (first..).zip(outline.pieces()) {
            match &piece.kind {
                PieceKind::Type { name } if in_core => {
                    let name = text.get(name.start as usize..name.end as usize);
                    if name.is_some_and(|name| ALWAYS.iter().any(|always| name == self.names.text(*always))) {
                        self.dormant.due.push(number);
                    }
                }
                PieceKind::Import { path, .. } => {
                    if piece.range == imported {
                        continue;
                    }
                    imported = piece.range.clone();
                    let path = text.get(path.start as usize..path.end as usize).unwrap_or("");
                    match self.load_for_library(path) {
                        Some(target) if imports.contains(&target) => {}
                        Some(target) => imports.push(target),
                        None => eager.push(piece.range.clone()),
                    }
                }
                PieceKind::Function { .. } | PieceKind::Type { .. } | PieceKind::Test => {}
                PieceKind::Other => eager.push(piece.range.clone()),
            }
        }
        let asked = self.dormant.asked.iter().flat_map(|hash| outline.named(*hash));
        self.dormant.due.extend(asked.map(|piece| first + piece));
        self.dormant.awake.resize(first as usize + outline.pieces().len(), false);
        Arc::make_mut(&mut self.dormant.known).files.push(File { module, first, outline });
        for range in eager {
            self.read_piece(module, range, None);
        }
        if let Some(data) = self.modules.get_mut(module.0 as usize) {
            data.imports = imports.into_vec();
        }
    }

    /// Wakes and declares all that has been asked for by now. Not to be called while declarations are being made.
    pub(crate) fn wake(&mut self) {
        if self.names.has_fresh() || !self.dormant.due.is_empty() {
            self.declare_woken(&[]);
        }
    }

    /// Reads all that has been asked for by now; gives the items, in the order of modules and places.
    pub(crate) fn read_woken(&mut self) -> Vec<(ModuleId, ItemId)> {
        let known = self.dormant.known.clone();
        let mut woken = std::mem::take(&mut self.dormant.due);
        let mut found: Vec<(u32, ModuleId, ItemId)> = Vec::new();
        loop {
            for name in self.names.take_fresh() {
                let hash = name_hash(self.names.text(name));
                woken.extend(known.named(hash));
                self.dormant.asked.push(hash);
            }
            if woken.is_empty() {
                break;
            }
            for index in woken.drain(..) {
                let awake = self.dormant.awake.get_mut(index as usize).filter(|awake| !**awake);
                let (Some(awake), Some((module, piece))) = (awake, known.piece(index)) else { continue };
                *awake = true;
                self.dormant.woken += 1;
                found.extend(self.read_dormant(module, piece).into_iter().map(|item| (index, module, item)));
            }
        }
        // Pieces are numbered by module and place.
        found.sort_unstable();
        found.into_iter().map(|(_, module, item)| (module, item)).collect()
    }

    /// Wakes everything.
    pub(crate) fn wake_all(&mut self) {
        if self.any_asleep() {
            self.ask_for_all();
            self.wake();
        }
    }

    /// Lets everything wake the next time that something does.
    pub(crate) fn ask_for_all(&mut self) {
        self.dormant.due = (0..self.dormant.awake.len() as u32).collect();
    }

    /// Whether something is dormant.
    pub(crate) fn any_asleep(&self) -> bool {
        self.dormant.woken < self.dormant.awake.len()
    }

    /// Wakes what has a name that the checker itself asks for.
    pub(crate) fn ask_for(&mut self, name: Name) {
        self.names.mention(name);
        self.wake();
    }

    fn read_dormant(&mut self, module: ModuleId, piece: &Piece) -> Vec<ItemId> {
        match &piece.kind {
            PieceKind::Function { body, .. } => self.read_piece(module, piece.range.clone(), *body),
            PieceKind::Type { .. } | PieceKind::Test => self.read_piece(module, piece.range.clone(), None),
            PieceKind::Import { path, name, alias } => self.read_import(module, path, name, alias.as_ref()),
            // Was read when the file was outlined.
            PieceKind::Other => Vec::new(),
        }
    }

    /// One name that a module has by `from path import name as alias`.
    fn read_import(
        &mut self,
        module: ModuleId,
        path: &Range<u32>,
        name: &Range<u32>,
        alias: Option<&Range<u32>>,
    ) -> Vec<ItemId> {
        let Some(file) = self.modules.get(module.0 as usize).map(|data| data.file) else { return Vec::new() };
        let span = Span::new(file, path.start, path.end);
        let Some(text) = self.sources.get(file).map(|file| file.text.clone()) else { return Vec::new() };
        let target = text.get(path.start as usize..path.end as usize).and_then(|path| self.load_for_library(path));
        let Some(target) = target else { return Vec::new() };
        let path = self.written_path(span);
        let name = self.written_ident(file, name);
        let alias = alias.map(|alias| self.written_ident(file, alias));
        let span = path.span().to(alias.unwrap_or(name).span);
        let kind = ItemKind::FromImport { path, names: vec![ImportName { name, alias }] };
        let Some(data) = self.modules.get_mut(module.0 as usize) else { return Vec::new() };
        let item = Item { kind, docs: None, attributes: Vec::new(), span };
        let item = Arc::make_mut(&mut data.ast).push_item(item);
        data.import_targets.insert(item, Some(target));
        self.make_room(module);
        vec![item]
    }

    fn written_ident(&mut self, file: FileId, range: &Range<u32>) -> Ident {
        let span = Span::new(file, range.start, range.end);
        Ident { name: self.names.intern(self.sources.text(span)), span }
    }

    fn written_path(&mut self, span: Span) -> Path {
        let (file, mut start) = (span.file, span.start);
        let mut parts = Vec::new();
        for part in self.sources.text(span).split('.') {
            let end = start + part.len() as u32;
            parts.push(Ident { name: self.names.intern_unasked(part), span: Span::new(file, start, end) });
            start = end + 1;
        }
        Path::new(&parts, span)
    }

    /// Reads a piece of a module's file into its view; gives the items that stand in it.
    fn read_piece(&mut self, module: ModuleId, range: Range<u32>, body: Option<u32>) -> Vec<ItemId> {
        let Some(data) = self.modules.get_mut(module.0 as usize) else { return Vec::new() };
        let Some(text) = self.sources.get(data.file).map(|file| file.text.clone()) else { return Vec::new() };
        let ast = Arc::make_mut(&mut data.ast);
        let first = ast.body.len();
        let diagnostics = parse_piece(ast, &text, range, body, &mut self.names);
        if body.is_some() {
            // What stands for a body that is read later is the last block.
            self.dormant.unread.insert((module, BlockId((ast.blocks.len() as u32).saturating_sub(1))));
        }
        let items = ast.body.get(first..).unwrap_or(&[]).iter().filter_map(|stmt| match stmt.kind {
            StmtKind::Item(item) => Some(item),
            StmtKind::Let { .. } | StmtKind::Expr { .. } | StmtKind::Defer(_) | StmtKind::Error => None,
        });
        let items = items.collect();
        self.diagnostics.extend(diagnostics);
        self.make_room(module);
        items
    }

    /// Makes the tables of a module's items as long as its view has them.
    fn make_room(&mut self, module: ModuleId) {
        let Some(data) = self.modules.get_mut(module.0 as usize) else { return };
        let items = data.ast.items.len();
        data.function_of.resize(items, None);
        data.decl_of.resize(items, None);
    }

    /// Sees to it that a function's body has been read, and that what it names is awake.
    pub(crate) fn read_body(&mut self, module: ModuleId, body: BlockId) {
        if !self.dormant.unread.remove(&(module, body)) {
            return;
        }
        let Some(data) = self.modules.get_mut(module.0 as usize) else { return };
        let Some(text) = self.sources.get(data.file).map(|file| file.text.clone()) else { return };
        let ast = Arc::make_mut(&mut data.ast);
        let first = ast.blocks.len();
        let diagnostics = parse_body(ast, &text, body, &mut self.names);
        self.diagnostics.extend(diagnostics);
        self.make_room(module);
        self.wake();
        self.declare_blocks(module, body, first);
    }
}
