//! The way of a check: load, declare, check bodies from the work list, put the program together.
//!
//! Bodies of the program's own modules are all checked. Of the library only what is reached is, which keeps start-up
//! independent of the library's size; the rest stays [`FunctionKind::Unused`].

use crate::hir::{self, FnId, FunctionKind, GlobalId, Hooks, ModuleId, MultiId, Program};
use crate::infer;
use crate::input::{Input, Loader, NoModules, Options, Output};
use crate::parallel;
use crate::session::Entry;
use crate::tables::{Checker, FnDeclId, FnDeclKind, Hidden, MultiKind, ResultType};
use rustc_hash::{FxHashMap, FxHashSet};
use sayso_base::{Diagnostic, FileId, Interner, Name, Severity, SourceMap, Span, names};
use sayso_syntax::ast::{BlockId, ItemId, ItemKind, PatternKind, StmtKind};
use sayso_types::{DeclId, DeclKind, TypeId, TypeStore};
use std::sync::Mutex;

/// A host may leave out this many arguments that have defaults (a call in the program as many as there are).
const MOST_LEFT_OUT: u32 = 16;

/// From this many functions on a checker is copied by two threads.
const MANY_FUNCTIONS: usize = 10_000;

/// Where the tables stood before a batch of modules was added.
#[derive(Clone, Copy, Default)]
struct Marks {
    modules: usize,
    decls: usize,
    functions: usize,
    globals: usize,
    aliases: usize,
}

/// A program that is declared.
struct Begun {
    main: Option<FnDeclId>,
    /// The first of its own functions.
    first_function: usize,
    /// How many diagnostics are those of reading and loading.
    unread: usize,
    /// Whether declaring it found errors.
    failed: bool,
}

/// Checks a program. Reads the library anew; see [`Library`] for checks that share it.
pub fn check(input: Input<'_>) -> Output {
    let fresh = || {
        let mut checker = Checker::new(input.loader, input.options.clone());
        checker.declare_library();
        checker
    };
    checked(&input, None, fresh)
}

/// Checks a program on top of a library; once more with all of the library awake if messages need it.
fn checked<'a>(input: &Input<'a>, session: Option<&[Entry]>, fresh: impl Fn() -> Checker<'a>) -> Output {
    let mut checker = fresh();
    // Programs of one session number the library's parts alike.
    let mut begun = checker.declare_program(input, session, session.is_some());
    if begun.failed && checker.any_asleep() {
        checker = fresh();
        begun = checker.declare_program(input, session, true);
    }
    checker.check_program(&begun, session.is_some())
}

/// The library's modules that need no import, declared once for many checks.
pub struct Library {
    checker: Checker<'static>,
}

impl Library {
    /// Loads and declares them.
    pub fn new(loader: &dyn Loader, options: Options) -> Library {
        let mut checker = Checker::new(loader, options);
        checker.declare_library();
        Library { checker: checker.with_loader(&NoModules) }
    }

    /// The same with all that they declare at hand, for programs that use much of it, or must agree in its numbers.
    pub fn whole(loader: &dyn Loader, options: Options) -> Library {
        let mut library = Library::new(loader, options);
        library.checker.wake_all();
        library
    }

    /// As [`check`], with this library.
    pub fn check(&self, input: Input<'_>) -> Output {
        self.checked(input, None)
    }

    /// Checks an entry of a session: the program is what was entered before, and the entry, which is the main module.
    pub fn check_entry(&self, earlier: &[Entry], input: Input<'_>) -> Output {
        self.checked(input, Some(earlier))
    }

    fn checked(&self, input: Input<'_>, session: Option<&[Entry]>) -> Output {
        checked(&input, session, || self.checker.fork(input.loader, input.options.clone()))
    }

    /// Mistakes in the library itself.
    pub fn diagnostics(&self) -> &[Diagnostic] {
        &self.checker.diagnostics
    }
}

impl<'a> Checker<'a> {
    /// An empty state.
    pub(crate) fn new(loader: &'a dyn Loader, options: Options) -> Checker<'a> {
        let mut types = TypeStore::new();
        types.set_type_limit(u32::try_from(options.types).unwrap_or(u32::MAX));
        Checker {
            options,
            loader,
            names: Interner::new(),
            sources: SourceMap::new(),
            types,
            diagnostics: Vec::new(),
            modules: Vec::new(),
            module_ids: FxHashMap::default(),
            scopes: Vec::new(),
            block_scopes: FxHashMap::default(),
            prelude: Vec::new(),
            decls: Vec::new(),
            depths: Vec::new(),
            aliases: Vec::new(),
            functions: Vec::new(),
            declared: Vec::new(),
            multis: Vec::new(),
            module_multis: FxHashMap::default(),
            statics: FxHashMap::default(),
            by_name: FxHashMap::default(),
            globals: Vec::new(),
            hir: Vec::new(),
            comptimes: Vec::new(),
            tests: Vec::new(),
            benches: Vec::new(),
            main_module: ModuleId(0),
            plain_shapes: FxHashMap::default(),
            shapes: FxHashMap::default(),
            narrowed: FxHashMap::default(),
            thunks: FxHashMap::default(),
            param_defaults: FxHashMap::default(),
            hidden: FxHashMap::default(),
            shaped: FxHashMap::default(),
            dynamic_methods: FxHashMap::default(),
            homes: FxHashMap::default(),
            work: Vec::new(),
            reached: Vec::new(),
            used_arities: FxHashMap::default(),
            pending_bounds: Vec::new(),
            pending_imports: Vec::new(),
            lattice_ready: false,
            needed_modules: Vec::new(),
            untyped_fields: Vec::new(),
            bodies: infer::State::default(),
            inherited: 0,
            type_depth: 0,
            dormant: crate::dormant::Dormant::default(),
            unparsed: Vec::new(),
        }
    }

    /// A copy of the declarations, for one more check; what comes of bodies starts empty.
    pub(crate) fn fork<'b>(&self, loader: &'b dyn Loader, options: Options) -> Checker<'b> {
        let mut types = self.types.clone();
        types.set_type_limit(u32::try_from(options.types).unwrap_or(u32::MAX));
        // Copying a large program takes long enough for a second thread.
        let tables = || (with_room(&self.functions), with_room(&self.hir), with_room(&self.multis));
        let others = || Checker {
            options,
            loader,
            names: self.names.clone(),
            sources: self.sources.clone(),
            types,
            diagnostics: self.diagnostics.clone(),
            modules: self.modules.clone(),
            module_ids: self.module_ids.clone(),
            scopes: self.scopes.clone(),
            block_scopes: self.block_scopes.clone(),
            prelude: self.prelude.clone(),
            decls: self.decls.clone(),
            depths: self.depths.clone(),
            aliases: self.aliases.clone(),
            functions: Vec::new(),
            declared: with_room(&self.declared),
            multis: Vec::new(),
            module_multis: self.module_multis.clone(),
            statics: self.statics.clone(),
            by_name: self.by_name.clone(),
            globals: self.globals.clone(),
            hir: Vec::new(),
            comptimes: Vec::new(),
            tests: Vec::new(),
            benches: Vec::new(),
            main_module: self.main_module,
            plain_shapes: FxHashMap::default(),
            shapes: FxHashMap::default(),
            narrowed: FxHashMap::default(),
            thunks: FxHashMap::default(),
            param_defaults: FxHashMap::default(),
            hidden: FxHashMap::default(),
            shaped: FxHashMap::default(),
            dynamic_methods: FxHashMap::default(),
            homes: FxHashMap::default(),
            work: Vec::new(),
            reached: vec![false; self.hir.len()],
            used_arities: FxHashMap::default(),
            pending_bounds: Vec::new(),
            pending_imports: Vec::new(),
            lattice_ready: self.lattice_ready,
            needed_modules: Vec::new(),
            untyped_fields: self.untyped_fields.clone(),
            bodies: infer::State::default(),
            inherited: 0,
            type_depth: 0,
            dormant: self.dormant.clone(),
            unparsed: Vec::new(),
        };
        let ((functions, hir, multis), copy) =
            if self.functions.len() < MANY_FUNCTIONS { (tables(), others()) } else { parallel::join(tables, others) };
        Checker { functions, hir, multis, ..copy }
    }

    /// The same with another loader.
    fn with_loader<'b>(self, loader: &'b dyn Loader) -> Checker<'b> {
        macro_rules! moved {
            ($($field:ident,)*) => { Checker { loader, $($field: self.$field),* } };
        }
        moved! {
                options, names, sources, types, diagnostics, modules, module_ids, scopes, block_scopes,
                prelude, decls, depths, aliases, functions, declared, multis, module_multis, statics,
                by_name, globals, hir, comptimes, tests, benches, main_module, plain_shapes, shapes, narrowed,
                thunks,
                param_defaults, hidden, shaped, dynamic_methods, homes, work, reached, used_arities,
                pending_bounds, pending_imports, lattice_ready, needed_modules, untyped_fields, bodies,
                inherited, type_depth, dormant, unparsed,
        }
    }

    fn declare_library(&mut self) {
        self.load_home_modules();
        self.load_imports(0);
        self.declare_batch(Marks::default());
    }

    /// Declares the program on top of the library, with all of the library awake if `all` says so.
    fn declare_program(&mut self, input: &Input<'_>, session: Option<&[Entry]>, all: bool) -> Begun {
        if self.options.whole_library {
            self.wake_all();
            self.check_declarations(0, 0);
        }
        let modules = self.modules.len();
        let earlier = session.unwrap_or_default();
        self.load_earlier(earlier);
        self.load_main(&input.name, input.text.clone());
        if session.is_some() {
            self.bind_result();
        }
        self.nest_entries(modules, earlier.len());
        self.load_imports(modules);
        let unread = self.diagnostics.len();
        let is_outlined = |module: &ModuleId| self.modules.get(module.0 as usize).is_some_and(|data| data.outlined);
        let outlined: Vec<ModuleId> =
            (modules..self.modules.len()).map(|index| ModuleId(index as u32)).filter(is_outlined).collect();
        if all {
            self.ask_for_all();
        }
        self.declare_woken(&outlined);
        let marks = Marks { modules, ..self.marks() };
        self.declare_batch(marks);
        self.gather_overloads(marks.modules, earlier.len());
        self.hide_unset(marks.modules, earlier);
        self.check_declarations(marks.decls, marks.functions);
        self.check_multis(marks.decls);
        self.check_attributes(marks.modules);
        let main = self.find_main();
        self.settle_untyped_fields();
        let failed = self.diagnostics.iter().skip(unread).any(|one| one.severity == Severity::Error);
        Begun { main, first_function: marks.functions, unread, failed }
    }

    /// Checks the bodies of a declared program.
    fn check_program(mut self, begun: &Begun, in_session: bool) -> Output {
        self.start_with_own(begun.first_function);
        let copy = self.drain_halves();
        let mut rest = || {
            self.drain_work();
            self.check_specialisations();
            self.drain_work();
            self.drop_consequences(begun.unread);
        };
        match copy {
            Some(copy) => drop_beside(copy, rest),
            None => rest(),
        }
        self.finish(begun.main, in_session)
    }

    fn marks(&self) -> Marks {
        Marks {
            modules: self.modules.len(),
            decls: self.decls.len(),
            functions: self.functions.len(),
            globals: self.globals.len(),
            aliases: self.aliases.len(),
        }
    }

    /// Declares what the modules from the marks on contain.
    fn declare_batch(&mut self, marks: Marks) {
        self.lattice_ready = false;
        self.make_tables_room(marks.modules);
        for index in marks.modules..self.modules.len() {
            let first = marks.modules == 0;
            if first || self.modules.get(index).is_some_and(|data| !data.outlined) {
                self.collect_module(ModuleId(index as u32));
            }
        }
        if marks.modules == 0 {
            for (module, item) in self.read_woken() {
                self.collect_top_item(module, item);
            }
            self.set_well_known();
        }
        self.declare_collected(marks);
    }

    /// Makes room for what the modules from `first` on declare: tables of a large program take long to move.
    fn make_tables_room(&mut self, first: usize) {
        let items: usize = self.modules.iter().skip(first).map(|data| data.ast.items.len()).sum();
        // Constructors come to the functions, closures later.
        let functions = items + items / 2;
        self.functions.reserve(functions);
        self.hir.reserve(2 * functions);
        self.declared.reserve(2 * functions);
        self.reached.reserve(2 * functions);
        self.multis.reserve(functions);
        self.module_multis.reserve(items);
        self.by_name.reserve(items);
    }

    /// Declares what has been asked for, and what these outlined modules hold in any case.
    pub(crate) fn declare_woken(&mut self, modules: &[ModuleId]) {
        let marks = self.marks();
        // What of them is read by now is there in any case.
        for module in modules {
            self.collect_module(*module);
        }
        let items = self.read_woken();
        if items.is_empty() && modules.is_empty() {
            return;
        }
        self.lattice_ready = false;
        for (module, item) in items {
            self.collect_top_item(module, item);
        }
        self.set_well_known();
        self.declare_collected(marks);
    }

    /// Declares the items of blocks that have just been read: `one` and those from `first` on.
    pub(crate) fn declare_blocks(&mut self, module: ModuleId, one: BlockId, first: usize) {
        let marks = self.marks();
        let Some(data) = self.modules.get(module.0 as usize) else { return };
        let (ast, scope, scopes) = (data.ast.clone(), data.scope, self.scopes.len());
        self.collect_blocks(&ast, module, scope, Some(one), first);
        drop(ast);
        if self.scopes.len() > scopes {
            self.lattice_ready = false;
            self.declare_collected(marks);
        }
    }

    fn declare_collected(&mut self, marks: Marks) {
        self.bind_imported_types();
        self.declare_types(marks.decls);
        for index in marks.aliases..self.aliases.len() {
            let span = self.aliases.get(index).map(|alias| alias.span);
            if let Some(span) = span {
                self.alias_type(crate::tables::AliasId(index as u32), span);
            }
        }
        let foreign = self.read_signatures(marks.functions);
        self.assign_multis(marks.functions, &foreign);
        self.declare_constructors(marks.decls);
        self.bind_imported_values();
        // From here on it is known which calls resolve, so interfaces can be asked about.
        self.lattice_ready = true;
        self.check_pending_bounds();
        self.declare_globals(marks.globals);
    }

    /// Reads the annotations of top-level variables.
    fn declare_globals(&mut self, first: usize) {
        for index in first..self.globals.len() {
            let Some(global) = self.globals.get(index) else { continue };
            let (module, stmt, Some(pattern)) = (global.module, global.stmt, global.pattern) else { continue };
            let Some(ast) = self.ast_of(module) else { continue };
            let own = match ast.patterns.get(pattern.0 as usize).map(|pattern| &pattern.kind) {
                Some(PatternKind::Typed { ty, .. }) => Some(*ty),
                _ => None,
            };
            let whole = match ast.body.get(stmt).map(|stmt| &stmt.kind) {
                Some(StmtKind::Let { pattern: outer, ty, .. }) if *outer == pattern => *ty,
                _ => None,
            };
            let Some(written) = own.or(whole) else { continue };
            let scope = self.scope_of(module);
            let ty = self.lower_type(&ast, scope, &[], written);
            if let Some(global) = self.globals.get_mut(index) {
                global.ty = ResultType::Annotated(ty);
            }
        }
    }

    /// Unknown attributes, and attributes where they mean nothing.
    fn check_attributes(&mut self, first: usize) {
        const KNOWN: [Name; 7] = [
            names::MEMO,
            names::INLINE,
            names::DEPRECATED,
            names::ALLOW,
            names::EXPORT,
            names::NATIVE,
            names::INTRINSIC,
        ];
        for index in first..self.modules.len() {
            let Some(ast) = self.ast_of(ModuleId(index as u32)) else { continue };
            for attribute in ast.items.iter().flat_map(|item| &item.attributes) {
                let name = attribute.name.name;
                if KNOWN.contains(&name) {
                    continue;
                }
                let text = self.names.text(name).to_string();
                let near = infer::suggest::nearest(&text, KNOWN.iter().map(|known| self.names.text(*known)));
                let mut diagnostic = Diagnostic::error(
                    "unknown-attribute",
                    attribute.name.span,
                    format!("there is no attribute `@{text}`"),
                );
                if let Some(near) = near.first() {
                    diagnostic = diagnostic.suggest(format!("did you mean `@{near}`?"), attribute.name.span, *near);
                } else {
                    diagnostic =
                        diagnostic.note("the attributes are `@memo @inline @deprecated(\"…\") @allow(lint) @export`");
                }
                self.report(diagnostic);
            }
        }
    }

    /// `main` of the program's module.
    fn find_main(&mut self) -> Option<FnDeclId> {
        let multi = *self.module_multis.get(&(self.main_module, names::MAIN))?;
        let functions = self.multis.get(multi.0 as usize)?.functions.clone();
        let mut mains = functions.into_iter().filter(|id| {
            self.functions
                .get(id.0 as usize)
                .is_some_and(|decl| decl.owner.is_none() && decl.module == self.main_module)
        });
        let main = mains.next()?;
        let second = mains.next();
        let decl = self.functions.get(main.0 as usize)?;
        let (span, generic) = (decl.head_span, !decl.type_vars.is_empty());
        let types: Vec<TypeId> = decl.params.iter().map(|param| param.ty).collect();
        let is_abstract = decl.kind == FnDeclKind::Abstract;
        if let Some(second) = second.and_then(|second| self.functions.get(second.0 as usize)) {
            let diagnostic = Diagnostic::error("bad-main", second.head_span, "the program has two functions `main`")
                .also(span, "the other is here");
            self.report(diagnostic);
            return None;
        }
        let arguments = self.types.array(TypeId::STR);
        let fits = match types.as_slice() {
            [] => true,
            [ty] => *ty == TypeId::ERROR || self.is_subtype(arguments, *ty),
            _ => false,
        };
        if !fits || generic || is_abstract {
            let diagnostic = Diagnostic::error("bad-main", span, "this is not how the program's `main` is declared")
                .note("write `fn main()`, or `fn main(args: [str])` to get the arguments of the command line");
            self.report(diagnostic);
            return None;
        }
        Some(main)
    }

    /// Finds out the types of class fields that only have a default.
    fn settle_untyped_fields(&mut self) {
        for (decl, slot) in std::mem::take(&mut self.untyped_fields) {
            let Some(function) = self.field_default(decl, slot) else { continue };
            let ty = infer::check_field_default(self, decl, slot, function);
            self.set_field_type(decl, slot, ty);
        }
    }

    /// Sets the type of a field in the class that declares it and in those below.
    fn set_field_type(&mut self, decl: sayso_types::DeclId, slot: u32, ty: TypeId) {
        if let Some(field) = self.types.decl_mut(decl).fields.get_mut(slot as usize) {
            field.ty = ty;
        }
        let holders: Vec<usize> = self
            .decls
            .iter()
            .enumerate()
            .filter(|(_, info)| info.defaults.get(slot as usize).is_some_and(|d| d.declared_in == (decl, slot)))
            .map(|(index, _)| index)
            .collect();
        for index in holders {
            if let Some(field) = self.types.decl_mut(sayso_types::DeclId(index as u32)).fields.get_mut(slot as usize) {
                field.ty = ty;
            }
        }
    }

    // ---- bodies

    /// Puts all that is the program's own on the work list.
    fn start_with_own(&mut self, first_function: usize) {
        for index in 0..self.modules.len() {
            let module = ModuleId(index as u32);
            if !self.is_library(module) {
                self.use_module(module);
            }
        }
        for index in first_function..self.functions.len() {
            let Some(decl) = self.functions.get(index) else { continue };
            let function = decl.function;
            if !self.is_library(decl.module) {
                self.use_function(function);
            }
        }
        if self.options.whole_library {
            for index in 0..self.functions.len() {
                if let Some(decl) = self.functions.get(index) {
                    self.use_function(decl.function);
                }
            }
        }
        self.collect_tests();
        self.use_own_arities();
        self.use_hooks();
    }

    /// Checks all that is reached, in the order in which it was.
    pub(crate) fn drain_work(&mut self) {
        loop {
            let batch = std::mem::take(&mut self.work);
            if batch.is_empty() {
                return;
            }
            for function in batch {
                self.check_reached(function);
            }
        }
    }

    pub(crate) fn check_reached(&mut self, function: FnId) {
        if self.hir.get(function.0 as usize).is_none_or(|data| data.kind != FunctionKind::Unused) {
            return;
        }
        if let Some(Some(id)) = self.declared.get(function.0 as usize).copied() {
            self.check_declared(id);
            return;
        }
        match self.hidden.get(&function).cloned() {
            Some(Hidden::Thunk(decl, shape)) => self.build_thunk(function, decl, &shape),
            Some(Hidden::ParamDefault(decl, index)) => infer::check_default(self, decl, index, function),
            Some(Hidden::FieldDefault(decl, slot)) => {
                infer::check_field_default(self, decl, slot, function);
            }
            Some(Hidden::Init(module)) => self.check_module_init(module, function),
            Some(Hidden::Block(module, block)) => infer::check_block(self, module, block, function),
            None => {
                let module = self.modules.iter().position(|data| data.init == function);
                if let Some(module) = module {
                    self.check_module_init(ModuleId(module as u32), function);
                }
            }
        }
    }

    fn check_declared(&mut self, id: FnDeclId) {
        let Some(decl) = self.functions.get(id.0 as usize) else { return };
        let kind = match decl.kind {
            FnDeclKind::Body(_) | FnDeclKind::Init(..) => {
                infer::check_function(self, id);
                return;
            }
            FnDeclKind::Constructor(of) => {
                self.build_constructor(id, of);
                return;
            }
            FnDeclKind::Abstract => FunctionKind::Abstract,
            FnDeclKind::Native(key) => FunctionKind::Native(key),
            FnDeclKind::Intrinsic(name) => FunctionKind::Intrinsic(name),
        };
        self.write_head(id, kind);
    }

    fn check_module_init(&mut self, module: ModuleId, init: FnId) {
        let Some(data) = self.modules.get(module.0 as usize) else { return };
        let statements = data.ast.body.iter().any(|stmt| !matches!(stmt.kind, StmtKind::Item(_) | StmtKind::Error));
        let imports = data.imports.clone();
        let empty = !statements && data.objects.is_empty() && imports.is_empty();
        let objects: Vec<FnDeclId> = data.objects.iter().map(|(_, constructor)| *constructor).collect();
        for import in imports {
            self.use_module(import);
        }
        for constructor in objects {
            let function = self.functions.get(constructor.0 as usize).map(|decl| decl.function);
            if let Some(function) = function {
                self.use_function(function);
            }
        }
        if empty { self.build_empty_init(init) } else { infer::check_init(self, module) }
    }

    fn collect_tests(&mut self) {
        for index in 0..self.modules.len() {
            let module = ModuleId(index as u32);
            if self.is_library(module) || !self.options.tests {
                continue;
            }
            let Some(ast) = self.ast_of(module) else { continue };
            for stmt in &ast.body {
                let StmtKind::Item(item) = &stmt.kind else { continue };
                let Some(item) = ast.items.get(item.0 as usize) else { continue };
                let (word, name, body) = match &item.kind {
                    ItemKind::Test { name, body } => ("test", name, *body),
                    ItemKind::Bench { name, body } => ("bench", name, *body),
                    _ => continue,
                };
                let shown = self.names.intern(&format!("{word} \"{name}\""));
                let function = self.new_function(shown, module, item.span);
                self.hidden.insert(function, Hidden::Block(module, body));
                self.use_function(function);
                let test = hir::TestItem { name: name.clone(), module, function, span: item.span };
                if word == "test" { self.tests.push(test) } else { self.benches.push(test) }
            }
        }
    }

    /// A host may call any function of the program, and a value of it may be dispatched on: each arity that it takes.
    fn use_own_arities(&mut self) {
        let mut used: Vec<(MultiId, u32)> = Vec::new();
        for (index, multi) in self.multis.iter().enumerate() {
            match multi.kind {
                MultiKind::Module => {}
                MultiKind::Static(_)
                | MultiKind::Block(_)
                | MultiKind::Variant(_)
                | MultiKind::Dynamic
                | MultiKind::Shaped(..) => continue,
            }
            if self.is_library(multi.module) {
                continue;
            }
            for function in &multi.functions {
                let constructs = self
                    .functions
                    .get(function.0 as usize)
                    .is_none_or(|decl| matches!(decl.kind, FnDeclKind::Constructor(_)));
                let Some((least, most)) = self.arity_range(*function) else { continue };
                let least = if constructs { most } else { least.max(most.saturating_sub(MOST_LEFT_OUT)) };
                used.extend((least..=most).map(|arity| (MultiId(index as u32), arity)));
            }
        }
        used.sort_unstable();
        used.dedup();
        for (multi, arity) in used {
            self.use_multi(multi, &crate::tables::CallShape::plain(arity));
        }
    }

    // ---- the program

    /// The multi-functions that the VM calls by itself, with the arity that it calls them with.
    fn hooks(&self) -> [(Option<MultiId>, u32); 5] {
        let core = self.library_module(names::CORE);
        let multi = |name: Name| core.and_then(|core| self.module_multis.get(&(core, name))).copied();
        [
            (multi(names::TO_STR), 1),
            (multi(names::DEBUG), 1),
            (multi(names::EQUAL), 2),
            (multi(names::LESS), 2),
            (multi(names::HASH), 1),
        ]
    }

    fn specialises(&self, multi: Option<MultiId>) -> bool {
        let functions = multi.and_then(|multi| self.multis.get(multi.0 as usize)).map(|multi| &multi.functions);
        functions.is_some_and(|functions| functions.iter().any(|id| self.is_own(*id)))
    }

    fn use_hooks(&mut self) {
        for (multi, arity) in self.hooks() {
            if let Some(multi) = multi.filter(|multi| self.specialises(Some(*multi))) {
                self.use_multi(multi, &crate::tables::CallShape::plain(arity));
            }
        }
    }

    /// The names of a file that imports were to bring and did not.
    fn unbound_names(&self) -> FxHashSet<(FileId, Name)> {
        let mut names = FxHashSet::default();
        let failed: FxHashSet<Span> = self
            .diagnostics
            .iter()
            .filter(|one| matches!(one.code, "unknown-import" | "private-name"))
            .map(|one| one.primary.span)
            .collect();
        for module in self.modules.iter().filter(|module| !module.library) {
            for (index, item) in module.ast.items.iter().enumerate() {
                let missing = module.import_targets.get(&ItemId(index as u32)).is_some_and(Option::is_none);
                match &item.kind {
                    ItemKind::Import { path, alias } if missing => {
                        let ends = path.parts().first().into_iter().chain(path.parts().last());
                        names.extend(ends.chain(alias).map(|ident| (module.file, ident.name)));
                    }
                    ItemKind::FromImport { names: imported, .. } => {
                        let lost = imported.iter().filter(|one| missing || failed.contains(&one.name.span));
                        names.extend(lost.map(|one| (module.file, one.alias.unwrap_or(one.name).name)));
                    }
                    _ => {}
                }
            }
        }
        names
    }

    /// Whether a diagnostic says that one of these names is unknown.
    fn is_unbound(&self, one: &Diagnostic, names: &FxHashSet<(FileId, Name)>) -> bool {
        let span = one.primary.span;
        let first = self.sources.text(span).split('.').next().unwrap_or("");
        one.code.starts_with("unknown-")
            && !matches!(one.code, "unknown-import" | "unknown-module")
            && self.names.lookup(first).is_some_and(|name| names.contains(&(span.file, name)))
    }

    /// Drops what follows from other mistakes: what is said of lines that could not be read, and of names that an import
    /// was to bring. The first `unread` diagnostics are those of reading and loading.
    fn drop_consequences(&mut self, unread: usize) {
        let unbound = self.unbound_names();
        if !unbound.is_empty() {
            let kept: Vec<bool> = self.diagnostics.iter().map(|one| !self.is_unbound(one, &unbound)).collect();
            let mut kept = kept.into_iter();
            self.diagnostics.retain(|_| kept.next().unwrap_or(true));
        }
        let line = |span: Span| Some((span.file, self.sources.get(span.file)?.line(span.start)));
        let read = self.diagnostics.iter().take(unread).filter(|one| one.severity == Severity::Error);
        let mut lines: FxHashSet<_> = FxHashSet::default();
        for (code, (file, line)) in read.filter_map(|one| Some((one.code, line(one.primary.span)?))) {
            lines.insert((file, line));
            // The line before was meant to go on.
            if code == "looks-continued" {
                lines.insert((file, line.saturating_sub(1)));
            }
        }
        if lines.is_empty() {
            return;
        }
        let kept: Vec<bool> = self
            .diagnostics
            .iter()
            .enumerate()
            .map(|(index, one)| {
                // Warnings about a program that could not be read whole are of no use either.
                let sure = one.severity == Severity::Error;
                index < unread || (sure && line(one.primary.span).is_none_or(|line| !lines.contains(&line)))
            })
            .collect();
        let mut kept = kept.into_iter();
        self.diagnostics.retain(|_| kept.next().unwrap_or(true));
    }

    fn finish(mut self, main: Option<FnDeclId>, session: bool) -> Output {
        let main_init = self.modules.get(self.main_module.0 as usize).map(|data| data.init);
        if let Some(init) = main_init {
            self.prepend_needed_modules(init);
        }
        for index in 0..self.functions.len() {
            self.copy_result(FnDeclId(index as u32));
        }
        self.settle_interfaces();
        let multis = (0..self.multis.len()).map(|index| self.finish_multi(MultiId(index as u32))).collect();
        let globals = (0..self.globals.len()).map(|index| self.finish_hir_global(GlobalId(index as u32))).collect();
        let hooks = self.hooks();
        let hooks = Hooks {
            to_str: hooks[0].0,
            debug: hooks[1].0,
            equal: hooks[2].0,
            less: hooks[3].0,
            hash: hooks[4].0,
            specialised: hooks.map(|(multi, _)| self.specialises(multi)),
        };
        let exports = self.exports();
        let modules = self
            .modules
            .iter()
            .map(|data| hir::Module { name: data.path, file: data.file, init: data.init, library: data.library })
            .collect();
        let main_decl = main.and_then(|main| self.functions.get(main.0 as usize));
        let main_result = main_decl.and_then(|decl| match decl.result {
            ResultType::Annotated(ty) => Some(ty),
            ResultType::NotStarted | ResultType::InProgress(_) | ResultType::Done(_) => None,
        });
        let mut program = Program {
            modules,
            main_module: self.main_module,
            main: main_decl.map(|decl| decl.function),
            main_result,
            functions: std::mem::take(&mut self.hir),
            multis,
            globals,
            tests: std::mem::take(&mut self.tests),
            benches: std::mem::take(&mut self.benches),
            comptimes: std::mem::take(&mut self.comptimes),
            exports,
            hooks,
            types: std::mem::take(&mut self.types),
        };
        let mut diagnostics = std::mem::take(&mut self.diagnostics);
        // Only inference asks these.
        let spent = (
            std::mem::take(&mut self.plain_shapes),
            std::mem::take(&mut self.shapes),
            std::mem::take(&mut self.narrowed),
        );
        crate::analyses::run(&self, &mut program, &mut diagnostics, spent);
        if session {
            self.drop_old_warnings(&program, &mut diagnostics);
        }
        Output {
            program,
            diagnostics: in_order(diagnostics),
            asts: self.modules.iter().map(|data| data.ast.clone()).collect(),
            declared: self.functions.iter().filter(|decl| decl.item.is_some()).map(|decl| decl.function).collect(),
            names: self.names,
            sources: self.sources,
        }
    }

    /// Finds out which types belong to which interfaces, so that a running program can ask (`x is I`).
    fn settle_interfaces(&mut self) {
        let mut interfaces = Vec::new();
        let mut concrete = vec![TypeId::I64, TypeId::F64, TypeId::BOOL, TypeId::BYTE, TypeId::STR];
        for index in 0..self.types.decl_count() {
            let decl = DeclId(index as u32);
            let (kind, plain) = {
                let info = self.types.decl(decl);
                (info.kind, info.params.is_empty())
            };
            match kind {
                DeclKind::Interface if plain => interfaces.push(self.types.nominal(decl, &[])),
                DeclKind::Struct | DeclKind::Object | DeclKind::Variant { .. } | DeclKind::Class if plain => {
                    concrete.push(self.types.nominal(decl, &[]));
                }
                _ => {}
            }
        }
        for interface in interfaces {
            for ty in &concrete {
                self.is_subtype(*ty, interface);
            }
        }
    }

    /// What is known of a result now, also for functions that nothing reached.
    fn copy_result(&mut self, id: FnDeclId) {
        let Some(decl) = self.functions.get(id.0 as usize) else { return };
        let result = match decl.result {
            ResultType::Annotated(ty) | ResultType::Done(ty) => ty,
            ResultType::NotStarted | ResultType::InProgress(_) => TypeId::ANY,
        };
        let generator = self.hir.get(decl.function.0 as usize).is_some_and(|function| function.generator);
        if let Some(function) = self.hir.get_mut(decl.function.0 as usize).filter(|_| !generator) {
            function.result = result;
        }
    }

    fn finish_multi(&mut self, id: MultiId) -> hir::Multi {
        let Some(multi) = self.multis.get(id.0 as usize) else {
            return hir::Multi { name: names::EMPTY, arities: Vec::new() };
        };
        let name = multi.name;
        let (of, shape) = match &multi.kind {
            MultiKind::Shaped(of, shape) => (*of, Some(shape.clone())),
            MultiKind::Module
            | MultiKind::Static(_)
            | MultiKind::Variant(_)
            | MultiKind::Block(_)
            | MultiKind::Dynamic => (id, None),
        };
        let used = self.used_arities.get(&id).cloned().unwrap_or_default();
        let mut arities = Vec::with_capacity(used.len());
        for arity in used {
            let shape = shape.clone().unwrap_or_else(|| crate::tables::CallShape::plain(arity));
            let functions = self.multis.get(of.0 as usize).map(|multi| multi.functions.clone()).unwrap_or_default();
            let mut list = Vec::with_capacity(functions.len());
            for id in functions {
                let Some(candidate) = self.candidate_of(id, &shape) else { continue };
                if let Some(function) = self.thunk_for(id, &shape) {
                    let (vars, params) = (candidate.vars.to_vec(), candidate.params.to_vec());
                    list.push(hir::Candidate { vars, params, function });
                }
            }
            arities.push((arity, list));
        }
        hir::Multi { name, arities }
    }

    fn finish_hir_global(&self, id: GlobalId) -> hir::Global {
        let Some(global) = self.globals.get(id.0 as usize) else {
            return hir::Global {
                name: names::EMPTY,
                module: self.main_module,
                ty: TypeId::ERROR,
                mutable: false,
                span: Span::new(sayso_base::FileId(0), 0, 0),
            };
        };
        let ty = match global.ty {
            ResultType::Annotated(ty) | ResultType::Done(ty) => ty,
            ResultType::NotStarted | ResultType::InProgress(_) => TypeId::ANY,
        };
        hir::Global { name: global.name, module: global.module, ty, mutable: global.mutable, span: global.span }
    }

    /// Named functions of the main module that a host may call by name; in a session those of all entries, the newest
    /// first.
    fn exports(&self) -> Vec<FnId> {
        let mut exporting: FxHashMap<ModuleId, usize> = FxHashMap::default();
        for (age, scope) in self.scopes_from(self.scope_of(self.main_module)).enumerate() {
            if let Some(module) = scope.module {
                exporting.entry(module).or_insert(age);
            }
        }
        let mut found = Vec::new();
        for decl in &self.functions {
            let Some(age) = exporting.get(&decl.module) else { continue };
            let free = !decl.nested && decl.owner.is_none();
            let callable = matches!(decl.kind, FnDeclKind::Body(_)) && decl.type_vars.is_empty();
            if free && callable {
                found.push((*age, decl.function));
            }
        }
        found.sort_by_key(|(age, _)| *age);
        found.into_iter().map(|(_, function)| function).collect()
    }
}

/// Frees a checker, which takes a while, while something else is done.
fn drop_beside(checker: Checker<'_>, other: impl FnOnce()) {
    let checker = Mutex::new(Some(checker));
    parallel::join(|| drop(checker.lock().ok().and_then(|mut checker| checker.take())), other);
}

/// A copy that need not move when half as much comes to it.
fn with_room<T: Clone>(list: &[T]) -> Vec<T> {
    let mut copy = Vec::with_capacity(list.len() + list.len() / 2);
    copy.extend_from_slice(list);
    copy
}

/// How many errors, and how many warnings, are listed; nobody reads more.
const MOST_DIAGNOSTICS: usize = 1_000;

/// Diagnostics by file and place, each once.
fn in_order(mut diagnostics: Vec<Diagnostic>) -> Vec<Diagnostic> {
    diagnostics.sort_by_key(|diagnostic| {
        let span = diagnostic.primary.span;
        (span.file, span.start, span.end)
    });
    let mut seen: FxHashSet<(&'static str, Span, String)> = FxHashSet::default();
    diagnostics
        .retain(|diagnostic| seen.insert((diagnostic.code, diagnostic.primary.span, diagnostic.message.clone())));
    for severity in [Severity::Error, Severity::Warning] {
        let mut count = 0;
        diagnostics.retain(|diagnostic| {
            count += usize::from(diagnostic.severity == severity);
            diagnostic.severity != severity || count <= MOST_DIAGNOSTICS
        });
        let last = diagnostics.iter_mut().rfind(|diagnostic| diagnostic.severity == severity);
        if let (Some(last), Some(more)) = (last, count.checked_sub(MOST_DIAGNOSTICS).filter(|more| *more > 0)) {
            last.notes.push(format!("{more} more like this and others are not listed"));
        }
    }
    diagnostics
}
