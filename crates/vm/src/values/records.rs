//! What is known of a program's declared types before it runs: how their records lie in memory, are shown and ordered.

use super::hooks::{Hook, HookFilter};
use rustc_hash::FxHashMap;
use sayso_base::{Interner, Name};
use sayso_bytecode::{Class, Module};
use sayso_heap::{Ref, Value, hash};
use sayso_types::{Decl, DeclId, DeclKind, TypeId, TypeKind, TypeStore};

/// A field of a record.
#[derive(Clone, Copy, Debug)]
pub(super) struct FieldInfo {
    pub name: Name,
    pub slot: u16,
    pub class: Class,
}

/// A declared type whose values are records.
#[derive(Debug)]
pub(super) struct RecordInfo {
    pub decl: DeclId,
    pub name: Name,
    /// In the order of the declaration.
    pub fields: Vec<FieldInfo>,
    /// A variant whose payload has no names.
    pub positional: bool,
    /// Class instances are equal only to themselves.
    pub identity: bool,
    /// Orders the records of different declarations by the names of types; variants of one enum by their number.
    pub rank: u32,
    /// Where the hash of its records starts. Made of names, so that it does not change with unrelated declarations.
    pub seed: u64,
}

/// What was found out about a program's records and hooks. Made once for each program.
#[derive(Debug)]
pub struct Prepared {
    records: Box<[RecordInfo]>,
    /// By number of the declaration; `u32::MAX` for what has no records.
    by_decl: Box<[u32]>,
    pub(super) hooks: [HookFilter; 5],
}

impl Prepared {
    /// Looks at a program's declarations. `types` must be those of the module or an extension of them.
    pub fn new(module: &Module, types: &TypeStore, names: &Interner) -> Prepared {
        let layouts: FxHashMap<DeclId, &sayso_bytecode::DeclLayout> =
            module.layouts.iter().rev().map(|layout| (layout.decl, layout)).collect();
        let mut records = Vec::new();
        let mut by_decl = vec![u32::MAX; types.decl_count()];
        for (number, place) in by_decl.iter_mut().enumerate() {
            let id = DeclId(number as u32);
            let decl = types.decl(id);
            if has_records(decl) {
                *place = records.len() as u32;
                let fields = match layouts.get(&id) {
                    Some(layout) => placed(decl, &layout.slots, &layout.classes),
                    None => placed_by_rule(decl, types),
                };
                records.push(record(id, decl, fields, types, names));
            }
        }
        rank(&mut records, types, names);
        let hooks = std::array::from_fn(|index| HookFilter::new(module, types, index));
        Prepared { records: records.into(), by_decl: by_decl.into(), hooks }
    }

    /// Whether a function behind a hook is the language's own, which means what the machines do: then the answer to a
    /// [`super::Call`] is [`super::Answer::Declined`].
    pub fn is_builtin(&self, hook: Hook, function: sayso_bytecode::FunctionId) -> bool {
        self.hooks[hook as usize].is_builtin(function)
    }

    /// Whether a table key is found without any function of the program's, if [`sayso_heap::table::fast_hash`] has a
    /// hash for it.
    #[inline]
    pub fn is_plain_key(&self, types: &TypeStore, key: Value) -> bool {
        let item = super::items::unpack(key);
        !self.hooks[Hook::Hash as usize].may_take(self, types, item)
            && !self.hooks[Hook::Equal as usize].may_take_anywhere(self, types, item)
    }

    /// The number of the declaration that an object is a record of.
    #[inline]
    pub(super) fn find(&self, types: &TypeStore, object: Ref) -> Option<u32> {
        match types.kind(TypeId(object.type_number())) {
            TypeKind::Nominal(decl, _) => self.by_decl.get(decl.0 as usize).copied().filter(|index| *index != u32::MAX),
            _ => None,
        }
    }

    #[inline]
    pub(super) fn record(&self, index: u32) -> &RecordInfo {
        self.records.get(index as usize).unwrap_or(&MISSING)
    }

    /// What an object is a record of; something without fields for an object that is none.
    #[inline]
    pub(super) fn of(&self, types: &TypeStore, object: Ref) -> &RecordInfo {
        self.find(types, object).map_or(&MISSING, |index| self.record(index))
    }
}

static MISSING: RecordInfo = RecordInfo {
    decl: DeclId(u32::MAX),
    name: sayso_base::names::UNDERSCORE,
    fields: Vec::new(),
    positional: false,
    identity: true,
    rank: u32::MAX,
    seed: 0,
};

fn has_records(decl: &Decl) -> bool {
    match decl.kind {
        DeclKind::Struct | DeclKind::Object | DeclKind::Variant { .. } | DeclKind::Class | DeclKind::Opaque => true,
        DeclKind::Enum | DeclKind::Trait | DeclKind::Interface => false,
    }
}

fn placed(decl: &Decl, slots: &[u16], classes: &[Class]) -> Vec<FieldInfo> {
    let place = |(field, slot): (&sayso_types::Field, &u16)| {
        let class = classes.get(*slot as usize).copied()?;
        Some(FieldInfo { name: field.name, slot: *slot, class })
    };
    decl.fields.iter().zip(slots).filter_map(place).collect()
}

/// How records lie for which the module has no layout: references first, then what needs none.
fn placed_by_rule(decl: &Decl, types: &TypeStore) -> Vec<FieldInfo> {
    let class = |ty: TypeId| match types.kind(ty) {
        TypeKind::I64 => Class::I64,
        TypeKind::F64 => Class::F64,
        TypeKind::Bool => Class::Bool,
        TypeKind::Byte => Class::Byte,
        _ => Class::Dyn,
    };
    let refs = decl.fields.iter().filter(|field| !class(field.ty).is_raw()).count() as u16;
    let (mut next_ref, mut next_raw) = (0, refs);
    let mut place = |field: &sayso_types::Field| {
        let class = class(field.ty);
        let next = if class.is_raw() { &mut next_raw } else { &mut next_ref };
        let slot = *next;
        *next = next.saturating_add(1);
        FieldInfo { name: field.name, slot, class }
    };
    decl.fields.iter().map(&mut place).collect()
}

fn record(id: DeclId, decl: &Decl, fields: Vec<FieldInfo>, types: &TypeStore, names: &Interner) -> RecordInfo {
    let variant = matches!(decl.kind, DeclKind::Variant { .. });
    let positional = variant && decl.fields.first().is_some_and(|field| names.text(field.name) == "0");
    let (owner, _) = owner(id, types);
    let owner = types.decl(owner);
    let text = |hash: u64, name: Name| hash::combine(hash, hash::bytes(names.text(name).as_bytes()).into());
    let seed = text(text(text(hash::word(1), owner.module), owner.name), decl.name);
    let identity = matches!(decl.kind, DeclKind::Class | DeclKind::Opaque);
    RecordInfo { decl: id, name: decl.name, fields, positional, identity, rank: 0, seed }
}

/// The enum of a variant, and its number; of any other declaration itself.
fn owner(id: DeclId, types: &TypeStore) -> (DeclId, u32) {
    match types.decl(id).kind {
        DeclKind::Variant { of, index } => (of, index),
        _ => (id, 0),
    }
}

fn rank(records: &mut [RecordInfo], types: &TypeStore, names: &Interner) {
    let mut order: Vec<usize> = (0..records.len()).collect();
    order.sort_by_cached_key(|index| {
        let id = records.get(*index).map_or(DeclId(0), |record| record.decl);
        let (of, variant) = owner(id, types);
        let decl = types.decl(of);
        (names.text(decl.name).to_owned(), names.text(decl.module).to_owned(), of, variant)
    });
    for (rank, index) in order.into_iter().enumerate() {
        if let Some(record) = records.get_mut(index) {
            record.rank = rank as u32;
        }
    }
}
