//! The table of types.
//!
//! What always holds: a type's parts have smaller ids than the type; unions and intersections are simplified (see
//! `lattice.rs`); a tuple or shape with a part of type `never` is `never`; no type is deeper than [`MAX_DEPTH`] or
//! larger than [`MAX_SIZE`], so recursion over a type's structure needs no bound of its own.

use crate::decl::{Decl, DeclId, DeclKind};
use crate::effects::Effects;
use crate::memo::{Memo, WellKnown};
use crate::meta::{self, MAX_DEPTH, MAX_SIZE, Meta};
use hashbrown::HashTable;
use rustc_hash::FxHashMap;
use sayso_base::{Name, names};
use std::sync::Arc;

/// A type of a [`TypeStore`].
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub struct TypeId(pub u32);

/// A type variable: a parameter of one declaration or function.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub struct VarId(pub u32);

/// A type that the checker has still to find out. Never left in a finished program.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub struct InferId(pub u32);

/// A variable's name and bounds.
#[derive(Clone, Copy, Debug)]
pub struct VarInfo {
    /// As written.
    pub name: Name,
    /// `T: Upper`; [`TypeId::ANY`] if none.
    pub upper: TypeId,
    /// `T >: Lower`; [`TypeId::NEVER`] if none.
    pub lower: TypeId,
}

/// What a type is. Lists inside unions and intersections are sorted and simplified by the store.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub enum TypeKind {
    /// Every value.
    Any,
    /// No value.
    Never,
    /// What an error left behind: fits everything, and nothing is said about it.
    Error,
    /// 64-bit integers.
    I64,
    /// IEEE 754 doubles.
    F64,
    /// `true` and `false`.
    Bool,
    /// 0 to 255.
    Byte,
    /// Immutable UTF-8 text.
    Str,
    /// One symbol.
    Symbol(Name),
    /// `[T]`
    Array(TypeId),
    /// `[T; N]`
    FixedArray(TypeId, u64),
    /// `Seq<T>`: arrays, lists, ranges.
    Seq(TypeId),
    /// `[K: V]`
    Table(TypeId, TypeId),
    /// `List<T>`
    List(TypeId),
    /// `Map<K, V>`
    Map(TypeId, TypeId),
    /// `Set<T>`
    Set(TypeId),
    /// A tuple; the empty one is `void`.
    Tuple(Box<[TypeId]>),
    /// A shape, fields sorted by name id.
    Shape(Box<[(Name, TypeId)]>),
    /// `fn(A) -> R is e`
    Function {
        /// Parameters.
        params: Box<[TypeId]>,
        /// Result.
        result: TypeId,
        /// Upper bound of effects.
        effects: Effects,
    },
    /// `Function`: everything callable.
    AnyFunction,
    /// At least two parts, none a subtype of another.
    Union(Box<[TypeId]>),
    /// At least two parts, none a supertype of another.
    Intersection(Box<[TypeId]>),
    /// A declared type with its arguments.
    Nominal(DeclId, Box<[TypeId]>),
    /// A type variable.
    Var(VarId),
    /// To be inferred.
    Infer(InferId),
    /// `Type<T>`: the type `T` as a value.
    Type(TypeId),
}

impl TypeKind {
    /// The bytes of parts outside of the kind itself, with what an allocator adds.
    fn boxed_bytes(&self) -> usize {
        let parts = match self {
            TypeKind::Tuple(parts) | TypeKind::Union(parts) | TypeKind::Intersection(parts) => parts.len(),
            TypeKind::Nominal(_, args) => args.len(),
            TypeKind::Function { params, .. } => params.len(),
            TypeKind::Shape(fields) => 2 * fields.len(),
            _ => 0,
        };
        if parts == 0 { 0 } else { 16 + parts * size_of::<TypeId>() }
    }
}

macro_rules! fixed_types {
    ($($constant:ident = $kind:expr),* $(,)?) => {
        impl TypeId {
            fixed_types!(@ids 0u32; $($constant)*);
        }
        fn fixed_kinds() -> Vec<TypeKind> {
            vec![$($kind),*]
        }
    };
    (@ids $n:expr; $head:ident $($tail:ident)*) => {
        #[doc = concat!("The type `", stringify!($head), "`, the same in every store.")]
        pub const $head: TypeId = TypeId($n);
        fixed_types!(@ids $n + 1u32; $($tail)*);
    };
    (@ids $n:expr;) => {};
}

fixed_types! {
    ANY = TypeKind::Any,
    NEVER = TypeKind::Never,
    ERROR = TypeKind::Error,
    I64 = TypeKind::I64,
    F64 = TypeKind::F64,
    BOOL = TypeKind::Bool,
    BYTE = TypeKind::Byte,
    STR = TypeKind::Str,
    VOID = TypeKind::Tuple(Box::new([])),
    FUNCTION = TypeKind::AnyFunction,
}

/// All types, declarations and variables of a program, or of a VM on top of a program's.
///
/// Supertypes, variants and bounds must be complete before unions and intersections that involve them are built, since
/// these are simplified by what is known then ([`TypeStore::resimplify`] mends one that was built too early).
#[derive(Clone, Debug)]
pub struct TypeStore {
    pub(crate) base: Option<Arc<TypeStore>>,
    pub(crate) kinds: Vec<TypeKind>,
    pub(crate) metas: Vec<Meta>,
    ids: HashTable<TypeId>,
    /// The bytes of parts that kinds have boxed.
    part_bytes: usize,
    pub(crate) decls: Vec<Decl>,
    pub(crate) vars: Vec<VarInfo>,
    first_type: u32,
    first_decl: u32,
    first_var: u32,
    spare_decl: Option<Box<Decl>>,
    spare_var: Option<Box<VarInfo>>,
    /// The library's types that the lattice knows.
    pub well_known: WellKnown,
    /// Whether a type belongs to an interface, as the checker or the VM found out; see
    /// [`TypeStore::set_conformance`].
    pub conformance: FxHashMap<(TypeId, TypeId), bool>,
    /// Pairs of a type and an interface that were asked for and not in [`TypeStore::conformance`]. They counted as
    /// false: find out, set them, and ask again.
    pub unknown_conformance: Vec<(TypeId, TypeId)>,
    pub(crate) memo: Memo,
}

impl Default for TypeStore {
    fn default() -> Self {
        TypeStore::new()
    }
}

static MISSING_DECL: Decl = Decl {
    kind: DeclKind::Opaque,
    name: names::UNDERSCORE,
    module: names::EMPTY,
    span: None,
    params: Vec::new(),
    supers: Vec::new(),
    fields: Vec::new(),
    variants: Vec::new(),
    members: Vec::new(),
    by_reference: false,
};

static MISSING_VAR: VarInfo = VarInfo { name: names::UNDERSCORE, upper: TypeId::ANY, lower: TypeId::NEVER };

impl TypeStore {
    /// A store of the fixed types.
    pub fn new() -> TypeStore {
        let mut store = TypeStore::empty();
        for kind in fixed_kinds() {
            store.intern(kind);
        }
        store
    }

    /// A store without even the fixed types.
    pub(crate) fn empty() -> TypeStore {
        TypeStore {
            base: None,
            kinds: Vec::new(),
            metas: Vec::new(),
            ids: HashTable::new(),
            part_bytes: 0,
            decls: Vec::new(),
            vars: Vec::new(),
            first_type: 0,
            first_decl: 0,
            first_var: 0,
            spare_decl: None,
            spare_var: None,
            well_known: WellKnown::default(),
            conformance: FxHashMap::default(),
            unknown_conformance: Vec::new(),
            memo: Memo::default(),
        }
    }

    /// A store on top of a frozen one.
    pub fn extend(base: Arc<TypeStore>) -> TypeStore {
        TypeStore {
            first_type: base.type_count() as u32,
            first_decl: base.decl_count() as u32,
            first_var: base.var_count() as u32,
            well_known: base.well_known,
            base: Some(base),
            ..TypeStore::empty()
        }
    }

    /// How many types there are; ids are below it.
    pub fn type_count(&self) -> usize {
        self.first_type as usize + self.kinds.len()
    }

    /// How many declarations there are; ids are below it.
    pub fn decl_count(&self) -> usize {
        self.first_decl as usize + self.decls.len()
    }

    /// How many variables there are; ids are below it.
    pub fn var_count(&self) -> usize {
        self.first_var as usize + self.vars.len()
    }

    /// About how many bytes this store takes, without its base and its declarations.
    pub fn own_bytes(&self) -> usize {
        self.kinds.capacity() * size_of::<TypeKind>()
            + self.metas.capacity() * size_of::<Meta>()
            + self.ids.capacity() * 5
            + self.vars.capacity() * size_of::<VarInfo>()
            + self.conformance.capacity() * 10
            + self.part_bytes
            + self.memo.bytes()
    }

    /// Forgets all answers, which makes room; they are found again when somebody asks.
    pub fn forget_answers(&mut self) {
        self.memo.forget();
    }

    /// The number of types that belong to the base: ids below it are the base's.
    pub(crate) fn first_type(&self) -> u32 {
        self.first_type
    }

    /// The id of a kind. Fields of a shape may be in any order; unions and intersections are simplified.
    ///
    /// Past the limits on size, depth or number of types it is [`TypeId::ERROR`], and [`TypeStore::over_budget`].
    pub fn intern(&mut self, mut kind: TypeKind) -> TypeId {
        match &mut kind {
            TypeKind::Union(parts) => {
                let parts = std::mem::take(parts);
                return self.union(&parts);
            }
            TypeKind::Intersection(parts) => {
                let parts = std::mem::take(parts);
                return self.intersection(&parts);
            }
            TypeKind::Tuple(elements) if elements.contains(&TypeId::NEVER) => return TypeId::NEVER,
            TypeKind::Shape(fields) => {
                if fields.iter().any(|field| field.1 == TypeId::NEVER) {
                    return TypeId::NEVER;
                }
                if !fields.is_sorted_by(|a, b| a.0 < b.0) {
                    let mut sorted = fields.to_vec();
                    sorted.sort_by_key(|field| field.0);
                    sorted.dedup_by_key(|field| field.0);
                    *fields = sorted.into();
                }
            }
            _ => {}
        }
        self.intern_simplified(kind)
    }

    /// The id of a kind that is in its simplified form already.
    pub(crate) fn intern_simplified(&mut self, kind: TypeKind) -> TypeId {
        let hash = meta::hash_kind(&kind);
        match self.find(hash, &|other| *other == kind) {
            Some(id) => id,
            None => self.insert(hash, kind),
        }
    }

    fn insert(&mut self, hash: u64, kind: TypeKind) -> TypeId {
        let meta = self.meta_of(&kind);
        if meta.depth > MAX_DEPTH || meta.size > MAX_SIZE || self.type_count() >= self.memo.max_types as usize {
            self.memo.over_budget = true;
            self.memo.lost_type = true;
            return TypeId::ERROR;
        }
        let id = TypeId(self.type_count() as u32);
        self.part_bytes += kind.boxed_bytes();
        self.kinds.push(kind);
        self.metas.push(meta);
        let (kinds, first) = (&self.kinds, self.first_type);
        self.ids.insert_unique(hash, id, |id| kinds.get((id.0 - first) as usize).map_or(0, meta::hash_kind));
        id
    }

    fn find(&self, hash: u64, is: &dyn Fn(&TypeKind) -> bool) -> Option<TypeId> {
        if let Some(found) = self.base.as_ref().and_then(|base| base.find(hash, is)) {
            return Some(found);
        }
        self.ids.find(hash, |id| self.kinds.get((id.0 - self.first_type) as usize).is_some_and(is)).copied()
    }

    /// What a type is.
    pub fn kind(&self, id: TypeId) -> &TypeKind {
        if id.0 < self.first_type {
            match &self.base {
                Some(base) => base.kind(id),
                None => &TypeKind::Error,
            }
        } else {
            self.kinds.get((id.0 - self.first_type) as usize).unwrap_or(&TypeKind::Error)
        }
    }

    /// What is known of a type without looking inside.
    pub(crate) fn meta(&self, id: TypeId) -> Meta {
        if id.0 < self.first_type {
            self.base.as_ref().map_or(Meta::default(), |base| base.meta(id))
        } else {
            self.metas.get((id.0 - self.first_type) as usize).copied().unwrap_or_default()
        }
    }

    /// Adds a declaration.
    pub fn add_decl(&mut self, decl: Decl) -> DeclId {
        self.decls.push(decl);
        DeclId(self.decl_count() as u32 - 1)
    }

    /// A declaration; an empty one for an id that is not of this store.
    pub fn decl(&self, id: DeclId) -> &Decl {
        if id.0 < self.first_decl {
            return self.base.as_ref().map_or(&MISSING_DECL, |base| base.decl(id));
        }
        self.decls.get((id.0 - self.first_decl) as usize).unwrap_or(&MISSING_DECL)
    }

    /// A declaration of this store itself (not of its base), to complete it. What was found out about types so far is
    /// forgotten.
    pub fn decl_mut(&mut self, id: DeclId) -> &mut Decl {
        self.memo.forget();
        let index = id.0.wrapping_sub(self.first_decl) as usize;
        match self.decls.get_mut(index) {
            Some(decl) => decl,
            None => self.spare_decl.insert(Box::new(MISSING_DECL.clone())),
        }
    }

    /// Adds a variable.
    pub fn add_var(&mut self, info: VarInfo) -> VarId {
        self.vars.push(info);
        VarId(self.var_count() as u32 - 1)
    }

    /// A variable's name and bounds; an unbounded one for an id that is not of this store.
    pub fn var(&self, id: VarId) -> &VarInfo {
        if id.0 < self.first_var {
            return self.base.as_ref().map_or(&MISSING_VAR, |base| base.var(id));
        }
        self.vars.get((id.0 - self.first_var) as usize).unwrap_or(&MISSING_VAR)
    }

    /// A variable of this store itself, to complete its bounds. What was found out about types so far is forgotten.
    pub fn var_mut(&mut self, id: VarId) -> &mut VarInfo {
        self.memo.forget();
        let index = id.0.wrapping_sub(self.first_var) as usize;
        match self.vars.get_mut(index) {
            Some(info) => info,
            None => self.spare_var.insert(Box::new(MISSING_VAR)),
        }
    }

    /// `[T]`
    pub fn array(&mut self, element: TypeId) -> TypeId {
        self.intern_simplified(TypeKind::Array(element))
    }

    /// `(A, B)`
    pub fn tuple(&mut self, elements: &[TypeId]) -> TypeId {
        if elements.contains(&TypeId::NEVER) {
            return TypeId::NEVER;
        }
        let hash = meta::hash_tuple(elements);
        let same = |kind: &TypeKind| matches!(kind, TypeKind::Tuple(other) if **other == *elements);
        match self.find(hash, &same) {
            Some(id) => id,
            None => self.insert(hash, TypeKind::Tuple(elements.into())),
        }
    }

    /// A declared type with its arguments.
    pub fn nominal(&mut self, decl: DeclId, args: &[TypeId]) -> TypeId {
        let hash = meta::hash_nominal(decl, args);
        let same = |kind: &TypeKind| matches!(kind, TypeKind::Nominal(d, other) if *d == decl && **other == *args);
        match self.find(hash, &same) {
            Some(id) => id,
            None => self.insert(hash, TypeKind::Nominal(decl, args.into())),
        }
    }

    /// `fn(A) -> R is e`
    pub fn function(&mut self, params: &[TypeId], result: TypeId, effects: Effects) -> TypeId {
        self.intern_simplified(TypeKind::Function { params: params.into(), result, effects })
    }

    /// `%{ a: A }`; fields in any order (of two with one name, the first counts).
    pub fn shape(&mut self, fields: &[(Name, TypeId)]) -> TypeId {
        self.intern(TypeKind::Shape(fields.into()))
    }

    /// A type variable as a type.
    pub fn variable(&mut self, var: VarId) -> TypeId {
        self.intern_simplified(TypeKind::Var(var))
    }

    /// `T?`, if the prelude's `Option` is known.
    pub fn option_of(&mut self, value: TypeId) -> TypeId {
        match self.well_known.option {
            Some(decl) => self.nominal(decl, &[value]),
            None => TypeId::ERROR,
        }
    }

    /// Whether a limit was met since the start or [`TypeStore::reset_budget`]: some answer was "no" or
    /// [`TypeId::ERROR`] for want of budget, which has to be reported.
    pub fn over_budget(&self) -> bool {
        self.memo.over_budget
    }

    /// Whether, since the start or [`TypeStore::reset_budget`], [`TypeId::ERROR`] was given for a type that is too large.
    /// Other limits only leave a question open.
    pub fn lost_type(&self) -> bool {
        self.memo.lost_type
    }

    /// Forgets that a limit was met.
    pub fn reset_budget(&mut self) {
        self.memo.over_budget = false;
        self.memo.lost_type = false;
    }

    /// Sets how many types there may be, those of the base included.
    pub fn set_type_limit(&mut self, limit: u32) {
        self.memo.max_types = limit;
    }

    /// Says whether a type belongs to an interface.
    pub fn set_conformance(&mut self, ty: TypeId, interface: TypeId, holds: bool) {
        if self.conformance.insert((ty, interface), holds).is_some_and(|old| old != holds) {
            self.memo.forget();
        }
    }

    /// What [`TypeStore::set_conformance`] said, here or in the base.
    pub fn known_conformance(&self, ty: TypeId, interface: TypeId) -> Option<bool> {
        let own = self.conformance.get(&(ty, interface)).copied();
        own.or_else(|| self.base.as_ref().and_then(|base| base.known_conformance(ty, interface)))
    }

    /// All that [`TypeStore::set_conformance`] said, here and in the base.
    pub(crate) fn all_conformances(&self) -> Vec<(TypeId, TypeId, bool)> {
        let mut all = self.base.as_ref().map_or_else(Vec::new, |base| base.all_conformances());
        all.retain(|known| !self.conformance.contains_key(&(known.0, known.1)));
        all.extend(self.conformance.iter().map(|(pair, holds)| (pair.0, pair.1, *holds)));
        all
    }
}
