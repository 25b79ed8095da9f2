//! The program as a whole: roots, numbering, tables of the image.

use crate::calls::Thunk;
use crate::function::{FunctionEmitter, Shape};
use crate::hierarchies::Hierarchies;
use crate::reified::functions_with_types;
use rustc_hash::FxHashMap;
use sayso_base::{Diagnostic, Interner, Name, SourceMap};
use sayso_bytecode::{
    Class, Constant, Function, FunctionId, Global, Module, ModuleInfo, Multi, MultiCandidate, NativeRef, Site,
    SourceText, TestInfo,
};
use sayso_check::hir::{self, FnId, FunctionKind, MultiId, Program};
use sayso_types::{DeclId, TypeId};
use std::sync::Arc;

/// What [`emit`] gives.
#[derive(Debug)]
pub struct Emitted {
    /// The image. Its compile-time expressions are still to be run; see [`Module::comptimes`].
    pub module: Module,
    /// Errors found while emitting: overflow in constants, functions too large.
    pub diagnostics: Vec<Diagnostic>,
}

/// What is still to be emitted.
enum Work {
    /// A function as itself.
    Function(FnId, FunctionId),
    /// The generator body of a generator function.
    Generator(FnId, FunctionId),
    /// The body of a function whose results are remembered.
    Remembered(FnId, FunctionId),
    /// A function made here.
    Thunk(Thunk, FunctionId),
}

pub(crate) struct Linker<'p> {
    pub(crate) program: &'p Program,
    pub(crate) interner: &'p Interner,
    pub(crate) module: Module,
    pub(crate) diagnostics: Vec<Diagnostic>,
    pub(crate) takes_types: Vec<bool>,
    pub(crate) class_cache: Vec<Option<Class>>,
    pub(crate) layouts: FxHashMap<(DeclId, Option<TypeId>), u32>,
    functions: FxHashMap<FnId, FunctionId>,
    generators: FxHashMap<FnId, FunctionId>,
    thunks: FxHashMap<Thunk, FunctionId>,
    natives: FxHashMap<FnId, u32>,
    multis: FxHashMap<(MultiId, u16, u64), u32>,
    constants: FxHashMap<ConstantKey, u32>,
    extra_names: FxHashMap<Arc<str>, u32>,
    formats: FxHashMap<hir::FormatSpec, u32>,
    /// Found when the first class is laid out.
    pub(crate) hierarchies: Option<Hierarchies>,
    initialisers: FxHashMap<FnId, u32>,
    work: Vec<Work>,
}

/// Constants by meaning: floats by their bits.
#[derive(Clone, PartialEq, Eq, Hash)]
pub(crate) enum ConstantKey {
    I64(i64),
    F64(u64),
    Str(Arc<str>),
    Symbol(u32),
    Function(FunctionId),
    Nullary(u32),
    Type(TypeId),
    Bool(bool),
    Byte(u8),
}

/// Makes the image of a program without errors.
pub fn emit(program: &Program, interner: &Interner, sources: &SourceMap) -> Emitted {
    let mut module = Module { types: program.types.clone(), ..Module::default() };
    module.names = (0..interner.len() as u32).map(|i| interner.shared(Name(i))).collect();
    let mut linker = Linker {
        program,
        interner,
        module,
        diagnostics: Vec::new(),
        takes_types: functions_with_types(program),
        class_cache: Vec::new(),
        layouts: FxHashMap::default(),
        functions: FxHashMap::default(),
        generators: FxHashMap::default(),
        thunks: FxHashMap::default(),
        natives: FxHashMap::default(),
        multis: FxHashMap::default(),
        constants: FxHashMap::default(),
        extra_names: FxHashMap::default(),
        formats: FxHashMap::default(),
        hierarchies: None,
        initialisers: FxHashMap::default(),
        work: Vec::new(),
    };
    linker.link_modules(sources);
    linker.link_globals();
    linker.link_roots();
    linker.run();
    Emitted { module: linker.module, diagnostics: linker.diagnostics }
}

impl<'p> Linker<'p> {
    fn link_modules(&mut self, sources: &SourceMap) {
        self.module.files = sources
            .files()
            .map(|(_, file)| SourceText { name: Arc::from(file.name.as_str()), text: Some(file.text.clone()) })
            .collect();
        for (index, module) in self.program.modules.iter().enumerate() {
            self.initialisers.insert(module.init, index as u32);
            let init = self.function(module.init);
            let file = sources.get(module.file).map_or("?", |file| file.name.as_str());
            let file = self.name(file);
            self.module.modules.push(ModuleInfo { name: module.name.0, init, file, library: module.library });
        }
        self.module.main_module = self.program.main_module.0;
    }

    fn link_globals(&mut self) {
        for global in &self.program.globals {
            let class = self.class(global.ty);
            let module = self.program.modules.get(global.module.0 as usize).map_or("?", |m| self.interner.text(m.name));
            let name = format!("{module}.{}", self.interner.text(global.name));
            let name = self.name(&name);
            self.module.globals.push(Global { name, class, ty: global.ty });
        }
    }

    fn link_roots(&mut self) {
        if let Some(main) = self.program.main {
            let function = self.program.function(main);
            let result = self.program.main_result;
            let takes_args = function.params == 1;
            let id = self.function(main);
            self.module.main = Some((id, takes_args, result));
        }
        let tests = self.test_infos(&self.program.tests);
        self.module.tests = tests;
        let benches = self.test_infos(&self.program.benches);
        self.module.benches = benches;
        for comptime in &self.program.comptimes {
            let class = self.class(comptime.ty);
            let id = self.function(comptime.function);
            self.module.comptimes.push((id, class));
        }
        let hooks = &self.program.hooks;
        let specialised = hooks.specialised;
        let named = [(hooks.to_str, 1), (hooks.debug, 1), (hooks.equal, 2), (hooks.less, 2), (hooks.hash, 1)];
        for (slot, (multi, arity)) in named.into_iter().enumerate() {
            if let (Some(multi), true) = (multi, specialised[slot]) {
                self.module.hooks[slot] = self.multi(multi, arity, 0);
            }
        }
        self.link_exports();
    }

    /// Plain functions of the main module can be called by the host.
    fn link_exports(&mut self) {
        for &export in &self.program.exports {
            let Some(function) = self.program.functions.get(export.0 as usize) else { continue };
            let plain = matches!(function.kind, FunctionKind::Body(_))
                && function.type_vars.is_empty()
                && function.captures == 0
                && !self.initialisers.contains_key(&export);
            if plain {
                let id = self.function(export);
                self.module.exports.push((function.name.0, id));
            }
        }
    }

    fn test_infos(&mut self, items: &[hir::TestItem]) -> Vec<TestInfo> {
        items
            .iter()
            .map(|item| TestInfo {
                name: item.name.clone(),
                module: item.module.0,
                function: self.function(item.function),
                span: item.span,
            })
            .collect()
    }

    fn run(&mut self) {
        // Numbers are given when a function is first named, so the table is in the order of discovery.
        let mut done = 0;
        while done < self.work.len() {
            let work = match &self.work[done] {
                Work::Function(function, id) => Work::Function(*function, *id),
                Work::Generator(function, id) => Work::Generator(*function, *id),
                Work::Remembered(function, id) => Work::Remembered(*function, *id),
                Work::Thunk(thunk, id) => Work::Thunk(thunk.clone(), *id),
            };
            done += 1;
            let (id, code) = match work {
                Work::Function(function, id) => {
                    let hir = self.program.function(function);
                    let initialiser = self.initialisers.get(&function).copied();
                    let shape = match (hir.generator, hir.memo) {
                        (true, _) => Shape::GeneratorStart,
                        (false, true) => Shape::Memo,
                        (false, false) => Shape::Plain { initialiser },
                    };
                    (id, FunctionEmitter::emit(self, function, shape))
                }
                Work::Generator(function, id) => (id, FunctionEmitter::emit(self, function, Shape::GeneratorBody)),
                Work::Remembered(function, id) => {
                    (id, FunctionEmitter::emit(self, function, Shape::Plain { initialiser: None }))
                }
                Work::Thunk(thunk, id) => (id, FunctionEmitter::emit_thunk(self, &thunk)),
            };
            if let Some(place) = self.module.functions.get_mut(id as usize) {
                *place = code;
            }
        }
    }

    fn reserve(&mut self) -> FunctionId {
        let id = self.module.functions.len() as u32;
        self.module.functions.push(Function {
            name: 0,
            module: 0,
            params: Vec::new(),
            result: Class::Dyn,
            type_vars: Vec::new(),
            registers: 0,
            entry_cost: 1,
            closure: false,
            captures: 0,
            value_type: TypeId::FUNCTION,
            code: Vec::new(),
            handlers: Vec::new(),
            debug: Default::default(),
            span: None,
        });
        id
    }

    /// The number of a function with a body.
    pub(crate) fn function(&mut self, function: FnId) -> FunctionId {
        if let Some(&id) = self.functions.get(&function) {
            return id;
        }
        let id = self.reserve();
        self.functions.insert(function, id);
        self.work.push(Work::Function(function, id));
        id
    }

    /// The number of the body of a generator function.
    pub(crate) fn generator(&mut self, function: FnId) -> FunctionId {
        if let Some(&id) = self.generators.get(&function) {
            return id;
        }
        let id = self.reserve();
        self.generators.insert(function, id);
        self.work.push(Work::Generator(function, id));
        id
    }

    /// The number of the body of a function whose results are remembered.
    pub(crate) fn remembered(&mut self, function: FnId) -> FunctionId {
        let id = self.reserve();
        self.work.push(Work::Remembered(function, id));
        id
    }

    /// The number of a function that is made here.
    pub(crate) fn thunk(&mut self, thunk: Thunk) -> FunctionId {
        if let Some(&id) = self.thunks.get(&thunk) {
            return id;
        }
        let id = self.reserve();
        self.thunks.insert(thunk.clone(), id);
        self.work.push(Work::Thunk(thunk, id));
        id
    }

    /// Whether a function takes its type arguments as hidden arguments.
    pub(crate) fn takes_types(&self, function: FnId) -> bool {
        self.takes_types.get(function.0 as usize).copied().unwrap_or(false)
    }

    /// The number of a native.
    pub(crate) fn native(&mut self, function: FnId, key: Name) -> u32 {
        if let Some(&id) = self.natives.get(&function) {
            return id;
        }
        let hir = self.program.function(function);
        let mut params = vec![Class::I64; hir.type_vars.len()];
        params.extend(self.param_classes(function));
        let result = self.class(hir.result);
        let id = self.module.natives.len() as u32;
        let type_vars = hir.type_vars.clone();
        self.module.natives.push(NativeRef { key: key.0, params, result, result_type: hir.result, type_vars });
        self.natives.insert(function, id);
        id
    }

    /// Classes of a function's declared parameters.
    pub(crate) fn param_classes(&mut self, function: FnId) -> Vec<Class> {
        let program = self.program;
        let hir = program.function(function);
        hir.locals.iter().take(hir.params as usize).map(|local| self.class(local.ty)).collect()
    }

    /// The number of a multi-function at an arity; none if no function has that arity. A bit of `dynamic` is set for
    /// each of the first arguments that the caller knows as dynamic only: whether they fit is for the dispatch to say.
    pub(crate) fn multi(&mut self, multi: MultiId, arity: u16, dynamic: u64) -> Option<u32> {
        if let Some(&id) = self.multis.get(&(multi, arity, dynamic)) {
            return Some(id);
        }
        let program = self.program;
        let hir = program.multis.get(multi.0 as usize)?;
        let (_, candidates) = hir.arities.iter().find(|(n, _)| *n == u32::from(arity))?;
        // Where all functions agree on a class the call uses it; else the values are dynamic.
        let known_as = |index: u16| (index < 64 && dynamic >> index & 1 == 1).then_some(Class::Dyn);
        let mut params: Vec<Option<Class>> = (0..arity).map(known_as).collect();
        let mut result: Option<Class> = None;
        let join = |known: &mut Option<Class>, class: Class| {
            *known = match *known {
                None => Some(class),
                Some(other) if other == class => Some(class),
                Some(_) => Some(Class::Dyn),
            };
        };
        for candidate in candidates {
            for (slot, ty) in params.iter_mut().zip(&candidate.params) {
                join(slot, self.class(*ty));
            }
            join(&mut result, self.class(program.function(candidate.function).result));
        }
        let params: Vec<Class> = params.into_iter().map(|class| class.unwrap_or(Class::Dyn)).collect();
        let result = result.unwrap_or(Class::Dyn);
        let id = self.module.multis.len() as u32;
        self.multis.insert((multi, arity, dynamic), id);
        self.module.multis.push(Multi {
            name: hir.name.0,
            arity,
            params: params.clone(),
            result,
            candidates: Vec::new(),
        });
        let mut list = Vec::with_capacity(candidates.len());
        for candidate in candidates {
            let function = candidate.function;
            let takes_types = self.takes_types(function) && !candidate.vars.is_empty();
            let shown = self.shown(hir.name, &candidate.params);
            let mut made = MultiCandidate {
                vars: candidate.vars.clone(),
                params: candidate.params.clone(),
                function: None,
                takes_types,
                shown,
            };
            let classes = self.param_classes(function);
            let fits = classes.len() == params.len()
                && classes.iter().zip(&params).enumerate().all(|(index, (own, given))| {
                    own == given
                        || (Class::Ref, Class::Dyn) == (*own, *given) && made.takes_objects(&self.module.types, index)
                });
            made.function = match &program.function(function).kind {
                FunctionKind::Abstract | FunctionKind::Unused => None,
                FunctionKind::Body(_) if fits && self.class(program.function(function).result) == result => {
                    Some(self.function(function))
                }
                FunctionKind::Body(_) | FunctionKind::Native(_) | FunctionKind::Intrinsic(_) => {
                    Some(self.thunk(Thunk::Joint { function, params: params.clone(), result }))
                }
            };
            list.push(made);
        }
        self.module.multis[id as usize].candidates = list;
        Some(id)
    }

    fn shown(&self, name: Name, params: &[TypeId]) -> Arc<str> {
        let mut text = String::from(self.interner.text(name));
        text.push('(');
        for (index, ty) in params.iter().enumerate() {
            if index > 0 {
                text.push_str(", ");
            }
            text.push_str(&self.module.types.display(*ty, self.interner));
        }
        text.push(')');
        Arc::from(text)
    }

    /// A call site that dispatches.
    pub(crate) fn site(&mut self, multi: u32) -> u32 {
        self.module.sites.push(Site { multi });
        self.module.sites.len() as u32 - 1
    }

    /// The index of a name, which may be none of the program's own.
    pub(crate) fn name(&mut self, text: &str) -> u32 {
        if let Some(name) = self.interner.lookup(text) {
            return name.0;
        }
        if let Some(&index) = self.extra_names.get(text) {
            return index;
        }
        let shared: Arc<str> = Arc::from(text);
        let index = self.module.names.len() as u32;
        self.module.names.push(shared.clone());
        self.extra_names.insert(shared, index);
        index
    }

    /// The index of a constant.
    pub(crate) fn constant(&mut self, key: ConstantKey) -> u32 {
        if let Some(&index) = self.constants.get(&key) {
            return index;
        }
        let value = match &key {
            ConstantKey::I64(v) => Constant::I64(*v),
            ConstantKey::F64(v) => Constant::F64(f64::from_bits(*v)),
            ConstantKey::Str(v) => Constant::Str(v.clone()),
            ConstantKey::Symbol(v) => Constant::Symbol(*v),
            ConstantKey::Function(v) => Constant::Function(*v),
            ConstantKey::Nullary(v) => Constant::Nullary(*v),
            ConstantKey::Type(v) => Constant::Type(*v),
            ConstantKey::Bool(v) => Constant::Bool(*v),
            ConstantKey::Byte(v) => Constant::Byte(*v),
        };
        let index = self.module.constants.len() as u32;
        self.module.constants.push(value);
        self.constants.insert(key, index);
        index
    }

    /// A constant that is not shared.
    pub(crate) fn push_constant(&mut self, constant: Constant) -> u32 {
        self.module.constants.push(constant);
        self.module.constants.len() as u32 - 1
    }

    /// The index of a format specification.
    pub(crate) fn format(&mut self, spec: hir::FormatSpec) -> u32 {
        if let Some(&index) = self.formats.get(&spec) {
            return index;
        }
        let index = self.module.formats.len() as u32;
        self.module.formats.push(sayso_bytecode::module::FormatSpec {
            fill: spec.fill,
            align: spec.align.map(|align| match align {
                hir::Align::Left => -1,
                hir::Align::Center => 0,
                hir::Align::Right => 1,
            }),
            plus: spec.plus,
            alternate: spec.alternate,
            zero: spec.zero,
            width: spec.width,
            precision: spec.precision,
            kind: match spec.kind {
                hir::FormatKind::Display => None,
                hir::FormatKind::Debug => Some('?'),
                hir::FormatKind::LowerHex => Some('x'),
                hir::FormatKind::UpperHex => Some('X'),
                hir::FormatKind::Binary => Some('b'),
                hir::FormatKind::Octal => Some('o'),
                hir::FormatKind::Exponent => Some('e'),
            },
        });
        self.formats.insert(spec, index);
        index
    }
}
