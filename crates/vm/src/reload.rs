//! A VM goes on with another program and keeps its state: what an interactive session does with every entry, and a host
//! that reloads changed sources.
//!
//! The two programs number types, functions and names in ways of their own. What is the same in both is found by what a
//! source says: declared types by module and name, functions by their place in the source, variables by module and name.
//! First everything that is alive is looked up in the new program; only if all of it is there, the objects get their new
//! numbers where they stand, and the VM's tables are made anew. So a reload that is refused has changed nothing.
//!
//! A generator that is suspended goes on if its function has the same instructions as before; else it cannot be asked
//! for more (`StateError`).

use crate::context::{Context, ModuleState};
use crate::errors::VmError;
use crate::program::Program;
use crate::types::RunTypes;
use rustc_hash::FxHashMap;
use sayso_base::{Name, Span};
use sayso_bytecode::{Class, Function, Op};
use sayso_heap::{Kind, Ref, Renumber, Value};
use sayso_types::{DeclId, TypeId, TypeKind, TypeStore};
use std::collections::hash_map::Entry;
use std::sync::Arc;

/// What tells a function from others, numbers left out.
#[derive(PartialEq, Eq, Hash)]
struct FunctionKey {
    name: Arc<str>,
    place: Option<(Arc<str>, u32, u32)>,
    params: Vec<Class>,
    result: Class,
    captures: u16,
    closure: bool,
    yields: bool,
    shown_params: String,
    /// How many functions before it have the same key so far.
    occurrence: u32,
}

fn function_keys(program: &Program) -> Vec<FunctionKey> {
    let module = program.module();
    let mut seen: FxHashMap<(Arc<str>, Option<Span>, String), u32> = FxHashMap::default();
    let mut keys = Vec::with_capacity(module.functions.len());
    for function in &module.functions {
        let name: Arc<str> = program.name(function.name).into();
        // Without effects and result, which may change with functions that are added.
        let shown_params = match module.types.kind(function.value_type) {
            TypeKind::Function { params, .. } => {
                params.iter().map(|ty| module.types.display(*ty, program.names()) + ", ").collect()
            }
            _ => String::new(),
        };
        let place = function.span.map(|span| {
            let file = module.files.get(span.file.0 as usize).map_or_else(|| Arc::from(""), |file| file.name.clone());
            (file, span.start, span.end)
        });
        let yields = yields(function);
        let discriminator = format!(
            "{shown_params} {:?} {:?} {} {} {yields}",
            function.params, function.result, function.captures, function.closure
        );
        let occurrence = seen.entry((name.clone(), function.span, discriminator)).or_insert(0);
        let key = FunctionKey {
            name,
            place,
            params: function.params.clone(),
            result: function.result,
            captures: function.captures,
            closure: function.closure,
            yields,
            shown_params,
            occurrence: *occurrence,
        };
        *occurrence += 1;
        keys.push(key);
    }
    keys
}

/// The opcodes of a function, in order.
fn ops(function: &Function) -> impl Iterator<Item = Option<Op>> {
    let mut at = 0;
    std::iter::from_fn(move || {
        let op = Op::from_bits(function.code.get(at)?.op_bits());
        at += if op.is_some_and(Op::has_ext) { 2 } else { 1 };
        Some(op)
    })
}

fn yields(function: &Function) -> bool {
    ops(function).any(|op| op == Some(Op::Yield))
}

/// A variable's text and its occurrence among those of that text.
fn global_keys(program: &Program) -> Vec<(Arc<str>, u32)> {
    let mut seen: FxHashMap<Arc<str>, u32> = FxHashMap::default();
    let names = program.module().globals.iter().map(|global| Arc::<str>::from(program.name(global.name)));
    names
        .map(|name| {
            let count = seen.entry(name.clone()).or_insert(0);
            *count += 1;
            (name, *count - 1)
        })
        .collect()
}

/// The new numbers of what the old program numbered, as far as it is asked for.
struct Mapping<'p> {
    old: &'p Program,
    old_types: &'p TypeStore,
    new: &'p Program,
    new_types: RunTypes,
    decls: FxHashMap<(Arc<str>, Arc<str>, Option<DeclId>), DeclId>,
    types: FxHashMap<u32, TypeId>,
    functions: Vec<Option<u32>>,
    names: FxHashMap<u32, Option<u32>>,
    /// What the new program lacks.
    missing: Vec<String>,
}

impl<'p> Mapping<'p> {
    fn new(old: &'p Program, old_types: &'p TypeStore, new: &'p Program) -> Mapping<'p> {
        let new_types = RunTypes::new(new.types.clone());
        let mut decls = FxHashMap::default();
        for index in 0..new.types.decl_count() as u32 {
            let decl = new.types.decl(DeclId(index));
            let key =
                (new.name(decl.module.0).into(), new.name(decl.name.0).into(), enum_of(&new.types, DeclId(index)));
            // Two declarations of one name in one module stand in different blocks: neither is taken for the other.
            match decls.entry(key) {
                Entry::Vacant(place) => {
                    place.insert(DeclId(index));
                }
                Entry::Occupied(mut place) => *place.get_mut() = DeclId(u32::MAX),
            }
        }
        let keys: FxHashMap<FunctionKey, u32> =
            function_keys(new).into_iter().enumerate().map(|(index, key)| (key, index as u32)).collect();
        let functions = function_keys(old).iter().map(|key| keys.get(key).copied()).collect();
        Mapping {
            old,
            old_types,
            new,
            new_types,
            decls,
            types: FxHashMap::default(),
            functions,
            names: FxHashMap::default(),
            missing: Vec::new(),
        }
    }

    fn lacks(&mut self, what: String) {
        if self.missing.len() < 16 && !self.missing.contains(&what) {
            self.missing.push(what);
        }
    }

    fn decl(&mut self, decl: DeclId) -> Option<DeclId> {
        let info = self.old_types.decl(decl);
        let of = match enum_of(self.old_types, decl) {
            Some(of) => Some(self.decl(of)?),
            None => None,
        };
        let key = (self.old.name(info.module.0).into(), self.old.name(info.name.0).into(), of);
        let found = self.decls.get(&key).copied().filter(|found| found.0 != u32::MAX);
        let found = found.filter(|found| {
            let other = self.new.types.decl(*found);
            other.kind == info.kind
                && other.params.len() == info.params.len()
                && other.fields.len() == info.fields.len()
                && self.same_layout(decl, *found)
        });
        if found.is_none() {
            self.lacks(format!("the type `{}` of module `{}` as it was", key.1, key.0));
        }
        found
    }

    /// Whether records of both declarations lie in memory in the same way. One that only one program makes will do.
    fn same_layout(&self, old: DeclId, new: DeclId) -> bool {
        match (self.old.decls.get(&old), self.new.decls.get(&new)) {
            (Some(a), Some(b)) => a.slots == b.slots && a.classes == b.classes,
            _ => true,
        }
    }

    fn name(&mut self, name: u32) -> Option<u32> {
        if let Some(known) = self.names.get(&name) {
            return *known;
        }
        let text = self.old.name(name).to_owned();
        let found = self.new.names().lookup(&text).map(|name| name.0);
        if found.is_none() {
            self.lacks(format!("the symbol `#{text}`"));
        }
        self.names.insert(name, found);
        found
    }

    /// Types are nested at most as deep as the store admits, which bounds the recursion.
    fn ty(&mut self, ty: TypeId) -> Option<TypeId> {
        if let Some(known) = self.types.get(&ty.0) {
            return Some(*known);
        }
        if ty.0 as usize >= self.old_types.type_count() {
            return None;
        }
        let kind = match self.old_types.kind(ty).clone() {
            kind @ (TypeKind::Any
            | TypeKind::Never
            | TypeKind::Error
            | TypeKind::I64
            | TypeKind::F64
            | TypeKind::Bool
            | TypeKind::Byte
            | TypeKind::Str
            | TypeKind::AnyFunction) => kind,
            TypeKind::Symbol(name) => TypeKind::Symbol(Name(self.name(name.0)?)),
            TypeKind::Array(of) => TypeKind::Array(self.ty(of)?),
            TypeKind::FixedArray(of, length) => TypeKind::FixedArray(self.ty(of)?, length),
            TypeKind::Seq(of) => TypeKind::Seq(self.ty(of)?),
            TypeKind::Table(key, value) => TypeKind::Table(self.ty(key)?, self.ty(value)?),
            TypeKind::List(of) => TypeKind::List(self.ty(of)?),
            TypeKind::Map(key, value) => TypeKind::Map(self.ty(key)?, self.ty(value)?),
            TypeKind::Set(of) => TypeKind::Set(self.ty(of)?),
            TypeKind::Tuple(parts) => TypeKind::Tuple(self.all(&parts)?),
            TypeKind::Shape(fields) => {
                let mut mapped = Vec::with_capacity(fields.len());
                for (name, ty) in fields {
                    mapped.push((Name(self.name(name.0)?), self.ty(ty)?));
                }
                TypeKind::Shape(mapped.into())
            }
            TypeKind::Function { params, result, effects } => {
                TypeKind::Function { params: self.all(&params)?, result: self.ty(result)?, effects }
            }
            TypeKind::Union(parts) => TypeKind::Union(self.all(&parts)?),
            TypeKind::Intersection(parts) => TypeKind::Intersection(self.all(&parts)?),
            TypeKind::Nominal(decl, args) => TypeKind::Nominal(self.decl(decl)?, self.all(&args)?),
            TypeKind::Type(of) => TypeKind::Type(self.ty(of)?),
            TypeKind::Var(_) | TypeKind::Infer(_) => {
                self.lacks("a type that is not known whole".into());
                return None;
            }
        };
        let mapped = self.new_types.store.intern(kind);
        self.types.insert(ty.0, mapped);
        Some(mapped)
    }

    fn all(&mut self, types: &[TypeId]) -> Option<Box<[TypeId]>> {
        types.iter().map(|ty| self.ty(*ty)).collect()
    }

    /// The instruction at which a suspended generator goes on in the new program.
    fn resumption(&self, function: u32) -> Option<u32> {
        let target = self.functions.get(function as usize).copied().flatten()?;
        let old = self.old.module().functions.get(function as usize)?;
        let new = self.new.module().functions.get(target as usize)?;
        let same = old.registers == new.registers && old.code.len() == new.code.len() && ops(old).eq(ops(new));
        // Type arguments are numbers in registers that nobody can tell from other numbers.
        (same && old.type_vars.is_empty()).then_some(target)
    }
}

fn enum_of(types: &TypeStore, decl: DeclId) -> Option<DeclId> {
    match types.decl(decl).kind {
        sayso_types::DeclKind::Variant { of, .. } => Some(of),
        _ => None,
    }
}

/// First pass over the heap: everything is looked up, nothing is changed.
struct LookUp<'m, 'p>(&'m mut Mapping<'p>);

impl LookUp<'_, '_> {
    fn function_name(&self, function: u32) -> String {
        let old = self.0.old;
        old.module().functions.get(function as usize).map_or("?", |function| old.name(function.name)).to_owned()
    }
}

impl Renumber for LookUp<'_, '_> {
    fn ty(&mut self, ty: u32) -> u32 {
        self.0.ty(TypeId(ty));
        ty
    }
    fn function(&mut self, function: u32) -> u32 {
        if self.0.functions.get(function as usize).copied().flatten().is_none() {
            let name = self.function_name(function);
            self.0.lacks(format!("the function `{name}` as it was, which a value refers to"));
        }
        function
    }
    fn name(&mut self, name: u32) -> u32 {
        self.0.name(name);
        name
    }
    fn type_captures(&mut self, function: u32) -> usize {
        type_captures(self.0.old, function)
    }
    fn generator(&mut self, function: u32, pc: u32) -> Option<(u32, u32)> {
        Some((function, pc))
    }
}

/// Second pass: what the first found.
struct Apply<'m, 'p>(&'m mut Mapping<'p>);

impl Renumber for Apply<'_, '_> {
    fn ty(&mut self, ty: u32) -> u32 {
        self.0.ty(TypeId(ty)).map_or(TypeId::ANY.0, |ty| ty.0)
    }
    fn function(&mut self, function: u32) -> u32 {
        self.0.functions.get(function as usize).copied().flatten().unwrap_or(0)
    }
    fn name(&mut self, name: u32) -> u32 {
        self.0.name(name).unwrap_or(0)
    }
    fn type_captures(&mut self, function: u32) -> usize {
        type_captures(self.0.old, function)
    }
    fn generator(&mut self, function: u32, pc: u32) -> Option<(u32, u32)> {
        self.0.resumption(function).map(|function| (function, pc))
    }
}

fn type_captures(program: &Program, function: u32) -> usize {
    let module = program.module();
    module.functions.get(function as usize).map_or(0, |function| function.type_vars.len())
}

impl Context {
    /// Goes on with another program. Tables whose keys may have other hashes now are given back.
    ///
    /// # Errors
    /// Code is running; the new program lacks what a value refers to; there are such tables and `may_rebuild` is false; the
    /// memory limit is too small. Nothing has changed then.
    pub(crate) fn reload(
        &mut self,
        program: Arc<Program>,
        natives: Vec<crate::native::Native>,
        may_rebuild: bool,
    ) -> Result<Vec<Value>, VmError> {
        if self.frame != self.frames || !self.continuations.is_empty() || !self.handles.is_empty() {
            return Err(VmError::setup("a program cannot be replaced while it is running"));
        }
        self.last_caught = None;
        self.pending = None;
        self.pc = std::ptr::null();
        // Constants are made anew; what only they refer to is garbage.
        self.forget_constants();
        self.collect(true);

        let old = self.program.clone();
        let old_types = std::mem::take(&mut self.types.store);
        let mut mapping = Mapping::new(&old, &old_types, &program);
        let mut heap = std::mem::replace(&mut self.heap, sayso_heap::Heap::new(0));
        let rehashed = heap.renumber(&mut LookUp(&mut mapping));
        if !rehashed.is_empty() && !may_rebuild {
            mapping.lacks("a function that makes tables anew whose keys have other hashes in it".into());
        }
        let globals = self.moved_globals(&mut mapping);
        let roots: Vec<Value> = self.roots.values().to_vec();
        for value in &roots {
            renumber_value(*value, &mut LookUp(&mut mapping));
        }
        let extra = (program.module().constants.len() + program.module().globals.len()) * 8;
        let charged = heap.charge(extra);
        if !mapping.missing.is_empty() || charged.is_err() {
            let missing = std::mem::take(&mut mapping.missing);
            if charged.is_ok() {
                heap.uncharge(extra);
            }
            self.heap = heap;
            self.types.store = old_types;
            let message = match missing.is_empty() {
                true => "the memory limit is too small for the new program".to_owned(),
                false => format!("the new program lacks {}", missing.join(", ")),
            };
            return Err(VmError::setup(message));
        }

        let tables = heap.renumber(&mut Apply(&mut mapping)).into_iter().map(Value::object).collect();
        let mut map = Apply(&mut mapping);
        for value in self.roots.values_mut() {
            *value = renumber_value(*value, &mut map);
        }
        let (slots, flags) = globals;
        let slots = slots
            .into_iter()
            .map(|(bits, class)| if class.is_raw() { bits } else { renumber_value(Value(bits), &mut map).0 })
            .collect();
        let states = self.moved_states(&program);
        let new_types = mapping.new_types;
        heap.uncharge((old.module().constants.len() + old.module().globals.len()) * 8);
        self.heap = heap;
        self.types = new_types;
        self.install(program, natives, slots, flags, states);
        Ok(tables)
    }

    /// The variables of the new program with what those of the same name hold.
    fn moved_globals(&self, mapping: &mut Mapping<'_>) -> (Vec<(u64, Class)>, Box<[u8]>) {
        let (old, new) = (mapping.old, mapping.new);
        let known: FxHashMap<(Arc<str>, u32), usize> =
            global_keys(old).into_iter().enumerate().map(|(index, key)| (key, index)).collect();
        let mut slots = Vec::with_capacity(new.module().globals.len());
        let mut flags = vec![0u8; new.module().globals.len()];
        for (index, (key, global)) in global_keys(new).into_iter().zip(&new.module().globals).enumerate() {
            let from = known.get(&key).copied();
            let held = from.and_then(|from| Some((from, old.module().globals.get(from)?)));
            let Some((from, before)) = held.filter(|(from, _)| self.global_is_set(*from)) else {
                slots.push((0, global.class));
                continue;
            };
            let bits = self.global_slot(from);
            // A variable keeps its value only while it keeps its type: the code relies on it.
            let same = before.class == global.class && mapping.ty(before.ty) == Some(global.ty);
            if !same {
                mapping.lacks(format!("the variable `{}` of the type that it had", key.0));
            }
            if !global.class.is_raw() {
                renumber_value(Value(bits), &mut LookUp(mapping));
            }
            slots.push((bits, global.class));
            if let Some(flag) = flags.get_mut(index) {
                *flag = 1;
            }
        }
        (slots, flags.into())
    }

    /// How far the modules of the new program are: as far as those of the same name.
    fn moved_states(&self, program: &Program) -> Box<[ModuleState]> {
        let old = &self.program;
        let mut known: FxHashMap<(&str, bool), ModuleState> = FxHashMap::default();
        for (info, state) in old.module().modules.iter().zip(&self.modules) {
            known.insert((old.name(info.name), info.library), *state);
        }
        let modules = program.module().modules.iter();
        modules
            .map(|info| {
                let state = known.get(&(program.name(info.name), info.library)).copied();
                // One whose statements failed may be run again, if it is asked for.
                state.filter(|state| *state == ModuleState::Done).unwrap_or(ModuleState::New)
            })
            .collect()
    }
}

fn renumber_value(value: Value, map: &mut dyn Renumber) -> Value {
    use sayso_heap::value::Unpacked;
    match value.unpack() {
        Unpacked::Symbol(name) => Value::symbol(map.name(name)),
        Unpacked::Type(ty) => Value::type_number(map.ty(ty)),
        _ => value,
    }
}

/// The table in a value.
pub(crate) fn table_of(value: Value) -> Option<Ref> {
    value.as_object().filter(|object| object.is(Kind::Table))
}
