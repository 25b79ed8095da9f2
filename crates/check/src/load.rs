//! Loading: the main module, all that it imports, and the modules that are there without import.
//!
//! A module is known by its path and by whether it is the library's: a program's own `core.say` hides the library's from
//! the program, not from the library. Modules are loaded breadth first, so their order depends on the source alone.

use crate::hir::ModuleId;
use crate::infer::suggest::{alternatives, nearest};
use crate::input::Loaded;
use crate::parallel;
use crate::tables::{Checker, ModuleData, PendingImport, Scope, ScopeId};
use rustc_hash::FxHashMap;
use sayso_base::{Diagnostic, FileId, Name, Span, Text, names};
use sayso_syntax::Tokens;
use sayso_syntax::ast::{self, ItemKind, StmtKind};
use sayso_syntax::outline::empty_view;
use std::sync::{Arc, Mutex};

/// Files of fewer bytes are parsed before a thread has begun.
const FEW_BYTES: usize = 100_000;

/// Library modules that are loaded for every program: whose functions uniform calls find without import. Those that a
/// library lacks are left out.
pub(crate) const HOME_MODULES: &[&str] = &[
    "core", "prelude", "math", "str", "array", "list", "table", "map", "set", "iter", "option", "result", "range",
    "task", "channel", "error", "io", "reflect",
];

impl Checker<'_> {
    /// Loads the modules that need no import.
    pub(crate) fn load_home_modules(&mut self) {
        for path in HOME_MODULES {
            let name = self.names.intern_unasked(path);
            if let Loaded::Source { name: file, text, .. } = self.loader.load_library(path) {
                self.add_module(name, file, text, true);
            }
        }
        for path in [names::PRELUDE, names::CORE] {
            let module = self.library_module(path);
            self.prelude.extend(module.map(|module| self.scope_of(module)));
        }
    }

    /// Loads the main module: a file named `name` with this text.
    pub(crate) fn load_main(&mut self, name: &str, text: Text) {
        let stem = name.rsplit(['/', '\\']).next().unwrap_or(name);
        let stem = stem.strip_suffix(".say").unwrap_or(stem);
        let path = self.names.intern(stem);
        self.main_module = self.add_module(path, name.to_string(), text, false);
        self.parse_files();
    }

    /// Loads what the modules from `first` on import, and what that imports, until nothing is missing.
    pub(crate) fn load_imports(&mut self, first: usize) {
        let mut next = first;
        while next < self.modules.len() {
            let module = ModuleId(next as u32);
            // Modules are numbered in the order in which they come up here.
            if self.unparsed.first().is_some_and(|first| *first <= module) {
                self.parse_files();
            }
            self.load_imports_of(module);
            next += 1;
        }
    }

    fn load_imports_of(&mut self, module: ModuleId) {
        let Some(data) = self.modules.get(module.0 as usize) else { return };
        if data.outlined {
            let text = self.sources.get(data.file).map(|file| file.text.clone());
            self.outline_module(module, &text.unwrap_or_default());
        }
        let Some(data) = self.modules.get(module.0 as usize) else { return };
        let (ast, library) = (data.ast.clone(), data.library);
        for (index, item) in ast.items.iter().enumerate() {
            let path = match &item.kind {
                ItemKind::Import { path, .. } | ItemKind::FromImport { path, .. } => path,
                ItemKind::Fn(_)
                | ItemKind::Struct { .. }
                | ItemKind::Enum { .. }
                | ItemKind::Trait { .. }
                | ItemKind::Interface { .. }
                | ItemKind::Class { .. }
                | ItemKind::TypeAlias { .. }
                | ItemKind::Test { .. }
                | ItemKind::Bench { .. }
                | ItemKind::Error => continue,
            };
            let target = self.load(path, library);
            if let Some(data) = self.modules.get_mut(module.0 as usize) {
                data.import_targets.insert(ast::ItemId(index as u32), target);
            }
        }
        let mut imports: Vec<ModuleId> =
            self.modules.get_mut(module.0 as usize).map(|data| std::mem::take(&mut data.imports)).unwrap_or_default();
        let targets = self.modules.get(module.0 as usize).map(|data| &data.import_targets);
        for stmt in &ast.body {
            if let StmtKind::Item(item) = &stmt.kind
                && let Some(Some(target)) = targets.and_then(|targets| targets.get(item))
                && !imports.contains(target)
            {
                imports.push(*target);
            }
        }
        if let Some(data) = self.modules.get_mut(module.0 as usize) {
            data.imports = imports;
        }
    }

    /// The module that a library module imports, loaded if need be.
    pub(crate) fn load_for_library(&mut self, path: &str) -> Option<ModuleId> {
        let name = self.names.intern_unasked(path);
        if let Some(known) = self.module_ids.get(&(name, true)) {
            return Some(*known);
        }
        match self.loader.load_library(path) {
            Loaded::Source { name: file, text, .. } => Some(self.add_module(name, file, text, true)),
            Loaded::Missing | Loaded::Failed(_) => None,
        }
    }

    /// The module at a path, loaded if need be; reports why not.
    fn load(&mut self, path: &ast::Path, library: bool) -> Option<ModuleId> {
        if path.parts().iter().any(|part| part.name == names::EMPTY) {
            return None;
        }
        let mut text = String::new();
        for (index, part) in path.parts().iter().enumerate() {
            if index > 0 {
                text.push('.');
            }
            text.push_str(self.names.text(part.name));
        }
        let name = self.names.intern(&text);
        if let Some(known) = self.module_ids.get(&(name, library)) {
            return Some(*known);
        }
        let loaded = if library { self.loader.load_library(&text) } else { self.loader.load(&text) };
        match loaded {
            Loaded::Source { name: file, text: source, library: from_library } => {
                let from_library = from_library || library;
                if let Some(known) = self.module_ids.get(&(name, from_library)).copied() {
                    self.module_ids.insert((name, library), known);
                    return Some(known);
                }
                if self.modules.len() >= self.options.modules {
                    self.report(
                        Diagnostic::error("too-many-modules", path.span(), "the program has too many modules")
                            .note(format!("at most {} may be loaded", self.options.modules)),
                    );
                    return None;
                }
                let module = self.add_module(name, file, source, from_library);
                self.module_ids.insert((name, library), module);
                Some(module)
            }
            Loaded::Missing => {
                self.report_missing(&text, path.span());
                None
            }
            Loaded::Failed(reason) => {
                self.report(
                    Diagnostic::error("module-unreadable", path.span(), format!("module `{text}` cannot be read"))
                        .note(reason),
                );
                None
            }
        }
    }

    fn report_missing(&mut self, text: &str, span: Span) {
        let file = text.replace('.', "/");
        let mut diagnostic = Diagnostic::error("unknown-module", span, format!("there is no module `{text}`"))
            .label("not found")
            .note(format!(
                "looked for `{file}.say` and `{file}/mod.say` in the main program's folder, then in the library"
            ));
        let known = self.loader.known();
        if let Some((module, name)) = text.rsplit_once('.')
            && known.iter().any(|known| known == module)
        {
            self.report(
                diagnostic.note(format!("what module `{module}` holds is imported by `from {module} import {name}`")),
            );
            return;
        }
        let near = nearest(text, known.iter().map(String::as_str));
        if let Some(first) = near.first() {
            diagnostic = diagnostic.suggest(format!("did you mean {}?", alternatives(&near)), span, *first);
        }
        self.report(diagnostic);
    }

    /// Makes the module of a file, empty of names. The file is parsed by [`Checker::parse_files`].
    pub(crate) fn add_module(&mut self, path: Name, file: String, text: Text, library: bool) -> ModuleId {
        let too_large = !library && text.len() > self.options.source_bytes;
        let text = if too_large { Text::default() } else { text };
        let file = self.sources.add(file, text.clone());
        if too_large {
            let message = format!("the file is larger than {} bytes", self.options.source_bytes);
            self.report(Diagnostic::error("file-too-large", Span::new(file, 0, 0), message));
        }
        let outlined = library && self.loader.outlined();
        let ast = empty_view(file);
        let module = ModuleId(self.modules.len() as u32);
        let scope = ScopeId(self.scopes.len() as u32);
        self.scopes.push(Scope { module: Some(module), ..Scope::default() });
        let init = self.new_function(path, module, Span::new(file, 0, 0));
        if !outlined {
            self.unparsed.push(module);
        }
        self.modules.push(ModuleData {
            path,
            file,
            ast: Arc::new(ast),
            allows: Vec::new(),
            library,
            outlined,
            scope,
            imports: Vec::new(),
            init,
            import_targets: FxHashMap::default(),
            global_of: FxHashMap::default(),
            function_of: Vec::new(),
            decl_of: Vec::new(),
            objects: Vec::new(),
        });
        self.module_ids.entry((path, library)).or_insert(module);
        module
    }

    /// Parses the files that wait for it, side by side if they are large.
    fn parse_files(&mut self) {
        let modules = std::mem::take(&mut self.unparsed);
        let files: Vec<(FileId, Text)> = modules
            .iter()
            .filter_map(|module| self.modules.get(module.0 as usize))
            .map(|data| (data.file, self.sources.get(data.file).map(|file| file.text.clone()).unwrap_or_default()))
            .collect();
        let many = files.iter().map(|(_, text)| text.len()).sum::<usize>() > FEW_BYTES;
        let mut lexed = parallel::map(&files, many, |(file, text)| sayso_syntax::lex(*file, text));
        for (tokens, (_, text)) in lexed.iter_mut().zip(&files) {
            tokens.intern(text, &mut self.names);
        }
        let work: Vec<(&str, Mutex<Option<Tokens>>)> =
            files.iter().zip(lexed).map(|((_, text), tokens)| (&**text, Mutex::new(Some(tokens)))).collect();
        let names = &self.names;
        let views = parallel::map(&work, many, |(text, tokens)| {
            let tokens = tokens.lock().ok().and_then(|mut tokens| tokens.take());
            tokens.and_then(|tokens| tokens.parse(text, names))
        });
        drop(work);
        for ((module, (file, text)), view) in modules.into_iter().zip(&files).zip(views) {
            let view = view.unwrap_or_else(|| sayso_syntax::parse_view(*file, text, &mut self.names));
            self.diagnostics.extend(view.diagnostics);
            let Some(data) = self.modules.get_mut(module.0 as usize) else { continue };
            data.function_of = vec![None; view.ast.items.len()];
            data.decl_of = vec![None; view.ast.items.len()];
            data.ast = Arc::new(view.ast);
            data.allows = view.allows;
        }
    }

    /// The scope of a module's own names.
    pub(crate) fn scope_of(&self, module: ModuleId) -> ScopeId {
        self.modules.get(module.0 as usize).map_or(ScopeId(0), |data| data.scope)
    }

    /// Remembers an `import` item of a scope, to bind its names when all modules' names are known.
    pub(crate) fn defer_import(&mut self, scope: ScopeId, module: ModuleId, item: ast::ItemId) {
        let target = self.modules.get(module.0 as usize).and_then(|data| data.import_targets.get(&item)).copied();
        if let Some(Some(target)) = target {
            self.pending_imports.push(PendingImport { scope, module, item, target });
        }
    }
}
