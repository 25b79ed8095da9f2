//! A program prepared to run: shared, immutable, verified.
//!
//! Preparation puts the code of all functions into one piece, in which each instruction keeps its place relative to its
//! function's start, and replaces some instructions by forms that only the VM knows ([`crate::engine::internal`]):
//! those that would have to ask at run time what the module says already.

use crate::engine::internal;
use rustc_hash::FxHashMap;
use sayso_base::{Interner, Name, Span};
use sayso_bytecode::{
    Class, Constant, FaultKind, Function, FunctionId, Insn, Module, Op, ReferenceMaps, VerifyError, reference_maps,
};
use sayso_heap::{Kind, class_bytes, object, size_class};
use sayso_types::{DeclId, DeclKind, TypeId, TypeStore};
use std::sync::{Arc, OnceLock};

/// What a call needs to know of a function.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub(crate) struct FunctionInfo {
    /// Its first instruction.
    pub code: *const Insn,
    /// How many registers its window has.
    pub registers: u32,
    /// Fuel for a call.
    pub entry_cost: u32,
    /// If it may be called as a value, how many arguments there are, the closure included; else `u32::MAX`.
    pub value_arity: u32,
    /// How many parameters.
    pub params: u32,
}

/// What making a record of a layout needs.
#[repr(C)]
#[derive(Clone, Debug)]
pub(crate) struct LayoutInfo {
    /// The header; 0 if the record is a big one.
    pub header: u64,
    /// The size class of its cells, and their size.
    pub class: u16,
    pub bytes: u16,
    pub kind: Kind,
    pub decl: DeclId,
    pub ty: TypeId,
    pub refs: usize,
    pub slots: usize,
    pub variant: u32,
}

/// A declared type as the VM sees its records.
#[derive(Clone, Debug, Default)]
pub(crate) struct DeclInfo {
    /// Slot of each field, in the order of the declaration.
    pub slots: Vec<u16>,
    /// Class of each slot.
    pub classes: Vec<Class>,
    /// The first layout that the module has for it.
    pub layout: Option<u32>,
}

/// The library's declarations that the VM makes values of.
#[derive(Clone, Copy, Default, Debug)]
pub(crate) struct Known {
    pub none: Option<TypeId>,
    pub some: Option<(TypeId, u32)>,
    pub ok: Option<(TypeId, u32)>,
    pub err: Option<(TypeId, u32)>,
    pub range: Option<TypeId>,
    pub generator: Option<DeclId>,
    pub file: Option<TypeId>,
    pub error: Option<DeclId>,
    pub array_of_str: Option<TypeId>,
}

/// A program that VMs run. One serves any number of them, on any threads.
pub struct Program {
    module: Module,
    pub(crate) types: Arc<TypeStore>,
    /// Made of the module's names when somebody asks: most programs show no type.
    names: OnceLock<Interner>,
    pub(crate) code: Box<[Insn]>,
    /// Start of each function in `code`, and the end.
    starts: Box<[u32]>,
    pub(crate) functions: Box<[FunctionInfo]>,
    pub(crate) layouts: Box<[LayoutInfo]>,
    pub(crate) decls: FxHashMap<DeclId, DeclInfo>,
    pub(crate) known: Known,
    pub(crate) fault_types: Box<[Option<TypeId>]>,
    maps: Box<[OnceLock<ReferenceMaps>]>,
    /// Rank of each name in the order of their texts: symbols are ordered by it.
    name_order: OnceLock<Box<[u32]>>,
}

// SAFETY: the pointers in `functions` lead into `code`, which is never changed.
unsafe impl Send for Program {}
// SAFETY: as above.
unsafe impl Sync for Program {}

impl Program {
    /// Verifies and prepares a module.
    ///
    /// # Errors
    /// What the verifier found.
    pub fn new(mut module: Module) -> Result<Arc<Program>, VerifyError> {
        sayso_bytecode::verify(&module)?;
        let (known, fault_types) = find_known(&mut module);
        let types = Arc::new(std::mem::take(&mut module.types));
        module.types = TypeStore::extend(types.clone());
        let (code, starts) = prepare_code(&module);
        let functions = module
            .functions
            .iter()
            .zip(&starts)
            .map(|(function, start)| FunctionInfo {
                code: code.as_ptr().wrapping_add(*start as usize),
                registers: u32::from(function.registers),
                entry_cost: function.entry_cost,
                value_arity: value_arity(function),
                params: function.params.len() as u32,
            })
            .collect();
        let (layouts, decls) = prepare_layouts(&module, &types);
        let maps = module.functions.iter().map(|_| OnceLock::new()).collect();
        Ok(Arc::new(Program {
            module,
            types,
            names: OnceLock::new(),
            code,
            starts,
            functions,
            layouts,
            decls,
            known,
            fault_types,
            maps,
            name_order: OnceLock::new(),
        }))
    }

    /// The module. Its type store is an extension of the program's, in which all of its types are.
    pub fn module(&self) -> &Module {
        &self.module
    }

    /// A name's text.
    pub fn name(&self, index: u32) -> &str {
        self.module.names.get(index as usize).map_or("?", |name| name)
    }

    pub(crate) fn names(&self) -> &Interner {
        self.names.get_or_init(|| Interner::numbered(&self.module.names))
    }

    /// A type as it is written.
    pub fn shown_type(&self, ty: TypeId) -> String {
        self.module.types.display_up_to(ty, self.names(), 200)
    }

    pub(crate) fn name_rank(&self, index: u32) -> u32 {
        let order = self.name_order.get_or_init(|| {
            let mut by_text: Vec<u32> = (0..self.module.names.len() as u32).collect();
            by_text.sort_by_key(|index| self.name(*index));
            let mut ranks = vec![0; by_text.len()];
            for (rank, index) in by_text.iter().enumerate() {
                ranks[*index as usize] = rank as u32;
            }
            ranks.into()
        });
        order.get(index as usize).copied().unwrap_or(u32::MAX)
    }

    /// The function that an instruction belongs to, and its place in it.
    pub(crate) fn place(&self, pc: *const Insn) -> Option<(FunctionId, u32)> {
        let offset = (pc as usize).checked_sub(self.code.as_ptr() as usize)? / size_of::<Insn>();
        if offset >= self.code.len() {
            return None;
        }
        let function = self.starts.partition_point(|start| *start as usize <= offset).checked_sub(1)?;
        Some((function as FunctionId, offset as u32 - self.starts[function]))
    }

    pub(crate) fn pc(&self, function: FunctionId, offset: u32) -> *const Insn {
        self.functions[function as usize].code.wrapping_add(offset as usize)
    }

    pub(crate) fn maps(&self, function: FunctionId) -> &ReferenceMaps {
        self.maps[function as usize].get_or_init(|| reference_maps(&self.module, function))
    }

    /// Where an instruction comes from.
    pub fn span(&self, function: FunctionId, offset: u32) -> Option<Span> {
        self.module.functions.get(function as usize)?.debug.span(offset)
    }
}

/// The declarations that the machine itself makes values of, by their names.
fn find_decls(module: &Module) -> FxHashMap<(&str, &str), DeclId> {
    let text = |name: Name| module.names.get(name.0 as usize).map_or("?", |text| &**text);
    // Backwards, so that of two the first is found.
    (0..module.types.decl_count() as u32)
        .rev()
        .map(DeclId)
        .filter_map(|id| {
            let decl = module.types.decl(id);
            let from = text(decl.module);
            matches!(from, "core" | "io").then(|| ((from, text(decl.name)), id))
        })
        .collect()
}

fn value_arity(function: &Function) -> u32 {
    let dynamic = function.params.iter().skip(1).all(|class| *class == Class::Dyn) && function.result == Class::Dyn;
    if function.closure && dynamic && !function.params.is_empty() { function.params.len() as u32 } else { u32::MAX }
}

fn find_known(module: &mut Module) -> (Known, Box<[Option<TypeId>]>) {
    let well = module.types.well_known;
    let decls = find_decls(module);
    let core = |name: &'static str| decls.get(&("core", name)).copied();
    let (error, generator) = (well.error.or_else(|| core("Error")), core("Generator"));
    let file = decls.get(&("io", "File")).copied();
    let faults: Vec<Option<DeclId>> = FaultKind::ALL.iter().map(|kind| core(kind.class_name())).collect();
    let types = &mut module.types;
    let mut opened = |decl: Option<DeclId>| {
        let decl = decl?;
        let args = vec![TypeId::ANY; types.decl(decl).params.len()];
        let index = match types.decl(decl).kind {
            DeclKind::Variant { index, .. } => index,
            _ => 0,
        };
        Some((types.nominal(decl, &args), index))
    };
    let mut known = Known {
        none: opened(well.none).map(|found| found.0),
        some: opened(well.some),
        ok: opened(well.ok),
        err: opened(well.err),
        range: opened(well.range).map(|found| found.0),
        ..Known::default()
    };
    known.array_of_str = Some(types.array(TypeId::STR));
    known.error = error;
    known.generator = generator;
    known.file = file.map(|decl| types.nominal(decl, &[]));
    let faults = faults.into_iter().map(|decl| decl.map(|decl| types.nominal(decl, &[]))).collect();
    (known, faults)
}

fn prepare_layouts(module: &Module, types: &TypeStore) -> (Box<[LayoutInfo]>, FxHashMap<DeclId, DeclInfo>) {
    let mut decls: FxHashMap<DeclId, DeclInfo> = FxHashMap::default();
    let mut layouts = Vec::with_capacity(module.layouts.len());
    for (index, layout) in module.layouts.iter().enumerate() {
        let open = types.decl(layout.decl).params.iter().any(|param| param.open);
        let kind = if open { Kind::OpenRecord } else { Kind::Record };
        let (refs, slots) = (layout.refs as usize, layout.classes.len());
        let (class, bytes) =
            size_class(8 + slots * 8).map_or((0, 0), |class| (class as u16, class_bytes(class) as u16));
        let header = if slots <= 255 && layout.variant <= 255 {
            object::header(layout.ty.0, kind as u8, refs as u8, slots as u8, layout.variant as u8)
        } else {
            0
        };
        let (decl, ty, variant) = (layout.decl, layout.ty, layout.variant);
        layouts.push(LayoutInfo { header, class, bytes, kind, decl, ty, refs, slots, variant });
        decls.entry(layout.decl).or_insert_with(|| DeclInfo {
            slots: layout.slots.clone(),
            classes: layout.classes.clone(),
            layout: Some(index as u32),
        });
    }
    (layouts.into(), decls)
}

fn prepare_code(module: &Module) -> (Box<[Insn]>, Box<[u32]>) {
    let mut code = Vec::with_capacity(module.functions.iter().map(|f| f.code.len()).sum());
    let mut starts = Vec::with_capacity(module.functions.len() + 1);
    for function in &module.functions {
        starts.push(code.len() as u32);
        let mut at = 0;
        while let Some(&insn) = function.code.get(at) {
            code.push(prepare(module, insn));
            at += 1;
            if Op::from_bits(insn.op_bits()).is_some_and(Op::has_ext) {
                code.extend(function.code.get(at));
                at += 1;
            }
        }
    }
    starts.push(code.len() as u32);
    (code.into(), starts.into())
}

fn prepare(module: &Module, insn: Insn) -> Insn {
    let replaced = |op: u16| Insn(insn.0 & !0xFFFF | u64::from(op));
    match Op::from_bits(insn.op_bits()) {
        Some(Op::LoadConst) => match module.constants.get(insn.k() as usize) {
            Some(Constant::I64(_) | Constant::F64(_)) => replaced(internal::LOAD_RAW_CONST),
            _ => insn,
        },
        Some(Op::GetGlobal) => match module.globals.get(insn.k() as usize) {
            Some(global) if global.class.is_raw() => replaced(internal::GET_RAW_GLOBAL),
            _ => insn,
        },
        Some(Op::SetGlobal) => match module.globals.get(insn.k() as usize) {
            Some(global) if global.class.is_raw() => replaced(internal::SET_RAW_GLOBAL),
            _ => insn,
        },
        _ => insn,
    }
}
