//! What the library declares and nobody has asked for yet.
//!
//! The library is large, and a program uses little of it. So its files are only outlined when they are loaded: a
//! declaration stays *dormant* until its name turns up in what is read (the program, heads and bodies of what woke
//! before), or until the checker asks for it (`+` asks for `add`). Then it is read and declared like any other. Since
//! nothing can be looked up under a name before the name is known, whoever looks finds all or nothing of a name: every
//! function of it, in all modules, and every import that brings it.
//!
//! Messages may list what there is (*did you mean*), so a check that finds an error is made again with all awake; see
//! `crate::program`. Bodies of functions are read when they are to be checked, whether the file was outlined or not.
//!
//! Always true: declarations wake in the order of modules and places; what wakes depends on the source alone.

use crate::hir::ModuleId;
use crate::tables::Checker;
use rustc_hash::{FxHashMap, FxHashSet, FxHasher};
use sayso_base::{FileId, Name, Span, names};
use sayso_syntax::ast::{BlockId, Ident, ImportName, Item, ItemId, ItemKind, Path, StmtKind};
use sayso_syntax::outline::{PieceKind, outline, parse_body, parse_piece};
use smallvec::SmallVec;
use std::hash::Hasher;
use std::ops::Range;
use std::sync::Arc;

/// All that is or was dormant.
#[derive(Clone, Default)]
pub struct Dormant {
    /// What there is; shared by the checks that one library serves.
    known: Arc<Known>,
    /// By index of [`Known::pieces`]: whether it woke.
    awake: Vec<bool>,
    /// What is to be read in any case.
    due: Vec<u32>,
    /// Bodies of functions that have not been read.
    unread: FxHashSet<(ModuleId, BlockId)>,
    /// How many are awake.
    woken: usize,
}

#[derive(Clone, Default)]
struct Known {
    pieces: Vec<Dormancy>,
    /// Pieces by the hash of a name that they declare. Two names of one hash wake together, which does no harm.
    by_name: FxHashMap<u64, SmallVec<[u32; 2]>>,
}

#[derive(Clone)]
struct Dormancy {
    module: ModuleId,
    form: Form,
}

#[derive(Clone)]
enum Form {
    /// Bytes of the file; where a function's body begins.
    Text(Range<u32>, Option<u32>),
    /// A name that the module has by `from path import name as alias`.
    Import { target: ModuleId, path: Range<u32>, name: Range<u32>, alias: Option<Range<u32>> },
}

fn hash(text: &str) -> u64 {
    let mut hasher = FxHasher::default();
    hasher.write(text.as_bytes());
    hasher.finish()
}

impl Known {
    /// Makes room at once for as much as a library has.
    fn reserve(&mut self, pieces: usize) {
        self.pieces.reserve(pieces);
        self.by_name.reserve(pieces);
    }

    fn add(&mut self, module: ModuleId, form: Form, names: &[&str]) -> u32 {
        let index = self.pieces.len() as u32;
        self.pieces.push(Dormancy { module, form });
        for name in names {
            self.by_name.entry(hash(name)).or_default().push(index);
        }
        index
    }
}

impl Checker<'_> {
    /// Outlines a library module instead of parsing it. Reads its statements and what must always be there; the modules
    /// that it imports are loaded.
    pub(crate) fn outline_module(&mut self, module: ModuleId, text: &str) {
        let pieces = outline(text);
        Arc::make_mut(&mut self.dormant.known).reserve(pieces.len());
        let in_core = self.modules.get(module.0 as usize).is_some_and(|data| data.path == names::CORE);
        let mut eager: Vec<Range<u32>> = Vec::new();
        let mut types: Option<Range<u32>> = None;
        let mut due: Vec<Range<u32>> = Vec::new();
        let mut imports: SmallVec<[ModuleId; 8]> = SmallVec::new();
        for piece in pieces {
            let range = piece.range;
            match piece.kind {
                PieceKind::Function { name, body, is_abstract } => {
                    let index = self.put_to_sleep(module, Form::Text(range, body), &[name]);
                    if is_abstract {
                        self.dormant.due.push(index);
                    }
                }
                // Faults need the types of `core`, so they are read in any case: neighbours at once.
                PieceKind::Type(_) if in_core => match &mut types {
                    Some(before) if before.end == range.start => before.end = range.end,
                    _ => due.extend(types.replace(range)),
                },
                PieceKind::Type(names) => {
                    self.put_to_sleep(module, Form::Text(range, None), &names);
                }
                PieceKind::Import { path, names } => {
                    let of = |range: &Range<u32>| text.get(range.start as usize..range.end as usize).unwrap_or("");
                    let Some(target) = self.load_for_library(of(&path)) else {
                        eager.push(range);
                        continue;
                    };
                    if !imports.contains(&target) {
                        imports.push(target);
                    }
                    for (name, alias) in names {
                        let known = of(alias.as_ref().unwrap_or(&name));
                        let form = Form::Import { target, path: path.clone(), name, alias };
                        self.put_to_sleep(module, form, &[known]);
                    }
                }
                PieceKind::Test => {
                    self.put_to_sleep(module, Form::Text(range, None), &[]);
                }
                PieceKind::Other => eager.push(range),
            }
        }
        due.extend(types);
        for range in due {
            let index = self.put_to_sleep(module, Form::Text(range, None), &[]);
            self.dormant.due.push(index);
        }
        for range in eager {
            self.read_piece(module, range, None);
        }
        if let Some(data) = self.modules.get_mut(module.0 as usize) {
            data.imports = imports.into_vec();
        }
    }

    fn put_to_sleep(&mut self, module: ModuleId, form: Form, names: &[&str]) -> u32 {
        self.dormant.awake.push(false);
        Arc::make_mut(&mut self.dormant.known).add(module, form, names)
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
                woken.extend(known.by_name.get(&hash(self.names.text(name))).into_iter().flatten());
            }
            if woken.is_empty() {
                break;
            }
            for index in woken.drain(..) {
                let awake = self.dormant.awake.get_mut(index as usize).filter(|awake| !**awake);
                let (Some(awake), Some(piece)) = (awake, known.pieces.get(index as usize)) else { continue };
                *awake = true;
                self.dormant.woken += 1;
                found.extend(self.read_dormant(piece).into_iter().map(|item| (index, piece.module, item)));
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

    fn read_dormant(&mut self, piece: &Dormancy) -> Vec<ItemId> {
        match &piece.form {
            Form::Text(range, body) => self.read_piece(piece.module, range.clone(), *body),
            Form::Import { target, path, name, alias } => {
                let Some(file) = self.modules.get(piece.module.0 as usize).map(|data| data.file) else {
                    return Vec::new();
                };
                let path = self.written_path(file, path);
                let name = self.written_ident(file, name);
                let alias = alias.as_ref().map(|alias| self.written_ident(file, alias));
                let span = path.span.to(alias.unwrap_or(name).span);
                let kind = ItemKind::FromImport { path, names: vec![ImportName { name, alias }] };
                let Some(data) = self.modules.get_mut(piece.module.0 as usize) else { return Vec::new() };
                let item = Item { kind, docs: None, attributes: Vec::new(), span };
                let item = Arc::make_mut(&mut data.ast).push_item(item);
                data.import_targets.insert(item, Some(*target));
                self.make_room(piece.module);
                vec![item]
            }
        }
    }

    fn written_ident(&mut self, file: FileId, range: &Range<u32>) -> Ident {
        let span = Span::new(file, range.start, range.end);
        Ident { name: self.names.intern(self.sources.text(span)), span }
    }

    fn written_path(&mut self, file: FileId, range: &Range<u32>) -> Path {
        let span = Span::new(file, range.start, range.end);
        let mut parts = Vec::new();
        let mut start = range.start;
        for part in self.sources.text(span).split('.') {
            let end = start + part.len() as u32;
            parts.push(Ident { name: self.names.intern_unasked(part), span: Span::new(file, start, end) });
            start = end + 1;
        }
        Path { parts, span }
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
