//! Which values a program may have specialised `to_str` and its likes for.
//!
//! A filter: it says no only if no function of the program can take the value, so that walks need not ask the program
//! for each number of an array. Whether one does take it is dispatch's to say ([`super::Answer::Declined`]).

use super::records::Prepared;
use rustc_hash::FxHashSet;
use sayso_bytecode::{FunctionId, Module};
use sayso_heap::value::Unpacked;
use sayso_heap::{Kind, Ref};
use sayso_types::{DeclId, DeclKind, TypeId, TypeKind, TypeStore};

/// A function that programs specialise; the number is its index in [`Module::hooks`].
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[repr(u8)]
pub enum Hook {
    /// `to_str`
    ToStr = 0,
    /// `debug`
    Debug = 1,
    /// `equal?`
    Equal = 2,
    /// `less?`
    Less = 3,
    /// `hash`
    Hash = 4,
}

impl Hook {
    const ALL: [Hook; 5] = [Hook::ToStr, Hook::Debug, Hook::Equal, Hook::Less, Hook::Hash];
    /// How many arguments it takes.
    pub fn arity(self) -> usize {
        match self {
            Hook::Equal | Hook::Less => 2,
            Hook::ToStr | Hook::Debug | Hook::Hash => 1,
        }
    }
}

/// The kinds of values that the language tells apart, in the default order (but integers and floats are one there).
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
#[repr(u8)]
pub(super) enum Head {
    Int,
    Float,
    Bool,
    Str,
    Byte,
    Symbol,
    Tuple,
    Array,
    List,
    Range,
    Table,
    Map,
    Set,
    Shape,
    /// Structs, objects, variants.
    Record,
    Type,
    Function,
    /// Class instances and all that is opaque: compared by identity.
    Instance,
    /// No value yet.
    Unset,
}

impl Head {
    pub fn of(prepared: &Prepared, types: &TypeStore, item: Unpacked) -> Head {
        match item {
            Unpacked::Int(_) => Head::Int,
            Unpacked::Float(_) => Head::Float,
            Unpacked::Unit => Head::Tuple,
            Unpacked::Bool(_) => Head::Bool,
            Unpacked::Byte(_) => Head::Byte,
            Unpacked::Symbol(_) => Head::Symbol,
            Unpacked::Type(_) => Head::Type,
            Unpacked::Unset => Head::Unset,
            Unpacked::Object(object) => Head::of_object(prepared, types, object),
        }
    }

    fn of_object(prepared: &Prepared, types: &TypeStore, object: Ref) -> Head {
        match object.kind() {
            Kind::Str | Kind::View => Head::Str,
            Kind::Tuple => Head::Tuple,
            Kind::ArrayI64 | Kind::ArrayF64 | Kind::ArrayBool | Kind::ArrayByte | Kind::ArrayDyn => Head::Array,
            Kind::List => Head::List,
            Kind::Range => Head::Range,
            Kind::Table => Head::Table,
            Kind::Map => Head::Map,
            Kind::Set => Head::Set,
            Kind::Shape => Head::Shape,
            Kind::BoxedInt => Head::Int,
            Kind::Closure => Head::Function,
            Kind::Record | Kind::OpenRecord if !prepared.of(types, object).identity => Head::Record,
            Kind::Record
            | Kind::OpenRecord
            | Kind::Error
            | Kind::Host
            | Kind::Generator
            | Kind::Iterator
            | Kind::Task
            | Kind::Channel => Head::Instance,
            Kind::Free | Kind::Buffer | Kind::Cell | Kind::Node => Head::Unset,
        }
    }

    /// Its place in the default order.
    pub fn rank(self) -> u8 {
        (if self == Head::Int { Head::Float } else { self }) as u8
    }

    const fn bit(self) -> u32 {
        1 << self as u32
    }
}

const ALL_HEADS: u32 = u32::MAX;

/// A superset of the values of some types.
#[derive(Clone, Debug, Default)]
struct Heads {
    bits: u32,
    /// If `bits` has no [`Head::Record`]: records of these declarations.
    decls: FxHashSet<DeclId>,
}

impl Heads {
    fn has(&self, prepared: &Prepared, types: &TypeStore, item: Unpacked) -> bool {
        let head = Head::of(prepared, types, item);
        if self.bits & head.bit() != 0 {
            return true;
        }
        match (head, item) {
            (Head::Record, Unpacked::Object(object)) if !self.decls.is_empty() => {
                self.decls.contains(&prepared.of(types, object).decl)
            }
            _ => false,
        }
    }

    fn add(&mut self, types: &TypeStore, ty: TypeId) {
        self.bits |= match types.kind(ty) {
            TypeKind::Never => 0,
            TypeKind::I64 => Head::Int.bit(),
            TypeKind::F64 => Head::Float.bit(),
            TypeKind::Bool => Head::Bool.bit(),
            TypeKind::Byte => Head::Byte.bit(),
            TypeKind::Str => Head::Str.bit(),
            TypeKind::Symbol(_) => Head::Symbol.bit(),
            TypeKind::Array(_) | TypeKind::FixedArray(..) => Head::Array.bit(),
            TypeKind::Seq(_) => Head::Array.bit() | Head::List.bit() | Head::Range.bit(),
            TypeKind::Table(..) => Head::Table.bit(),
            TypeKind::List(_) => Head::List.bit(),
            TypeKind::Map(..) => Head::Map.bit(),
            TypeKind::Set(_) => Head::Set.bit(),
            TypeKind::Tuple(_) => Head::Tuple.bit(),
            TypeKind::Shape(_) => Head::Shape.bit() | Head::Record.bit() | Head::Instance.bit(),
            TypeKind::Function { .. } | TypeKind::AnyFunction => Head::Function.bit() | Head::Type.bit(),
            TypeKind::Type(_) => Head::Type.bit(),
            TypeKind::Union(parts) => return parts.iter().for_each(|part| self.add(types, *part)),
            TypeKind::Nominal(decl, _) => self.nominal(types, *decl),
            TypeKind::Any | TypeKind::Error | TypeKind::Intersection(_) | TypeKind::Var(_) | TypeKind::Infer(_) => {
                ALL_HEADS
            }
        };
    }

    fn nominal(&mut self, types: &TypeStore, id: DeclId) -> u32 {
        if types.well_known.range == Some(id) {
            return Head::Range.bit();
        }
        if types.well_known.any_type == Some(id) {
            return Head::Type.bit();
        }
        let decl = types.decl(id);
        match decl.kind {
            DeclKind::Struct | DeclKind::Object | DeclKind::Variant { .. } => {
                self.decls.insert(id);
                0
            }
            DeclKind::Enum => {
                self.decls.extend(&decl.variants);
                0
            }
            DeclKind::Class | DeclKind::Opaque => Head::Instance.bit(),
            DeclKind::Trait => Head::Record.bit() | Head::Instance.bit(),
            DeclKind::Interface => ALL_HEADS,
        }
    }
}

/// The filter of one hook.
#[derive(Debug, Default)]
pub(super) struct HookFilter {
    /// For each parameter; none where the program specialises nothing.
    params: Option<Box<[Heads; 2]>>,
    /// The language's own functions, which mean what the machines do.
    builtin: Vec<FunctionId>,
}

impl HookFilter {
    pub fn new(module: &Module, types: &TypeStore, index: usize) -> HookFilter {
        let multi = module.hooks.get(index).copied().flatten().and_then(|multi| module.multis.get(multi as usize));
        let (Some(multi), Some(&hook)) = (multi, Hook::ALL.get(index)) else { return HookFilter::default() };
        let mut params: Box<[Heads; 2]> = Box::default();
        let mut builtin = Vec::new();
        for candidate in &multi.candidates {
            if is_builtin(hook, &candidate.params) {
                builtin.extend(candidate.function);
                continue;
            }
            for (heads, ty) in params.iter_mut().zip(&candidate.params) {
                heads.add(types, *ty);
            }
        }
        HookFilter { params: Some(params), builtin }
    }

    /// Whether a function is the language's own.
    pub fn is_builtin(&self, function: FunctionId) -> bool {
        self.builtin.contains(&function)
    }

    /// Whether the program may have a function for this value.
    #[inline]
    pub fn may_take(&self, prepared: &Prepared, types: &TypeStore, item: Unpacked) -> bool {
        self.params.as_ref().is_some_and(|params| params[0].has(prepared, types, item))
    }

    /// Whether the program may have a function that takes this value as any of its arguments.
    pub fn may_take_anywhere(&self, prepared: &Prepared, types: &TypeStore, item: Unpacked) -> bool {
        let Some(params) = &self.params else { return false };
        params.iter().any(|heads| heads.has(prepared, types, item))
    }

    /// Whether the program may have a function for these two values.
    #[inline]
    pub fn may_take_both(&self, prepared: &Prepared, types: &TypeStore, a: Unpacked, b: Unpacked) -> bool {
        let Some(params) = &self.params else { return false };
        params[0].has(prepared, types, a) && params[1].has(prepared, types, b)
    }
}

/// Whether these are the parameters of one of the language's own functions, which mean what the machines do. No
/// program can have another one with the same.
fn is_builtin(hook: Hook, params: &[TypeId]) -> bool {
    let number = |ty: TypeId| ty == TypeId::I64 || ty == TypeId::F64;
    let scalar = |ty: TypeId| [TypeId::I64, TypeId::F64, TypeId::BOOL, TypeId::BYTE, TypeId::STR].contains(&ty);
    match (hook, params) {
        (Hook::ToStr, [ty]) => *ty == TypeId::ANY || scalar(*ty),
        (Hook::Debug | Hook::Hash, [ty]) => *ty == TypeId::ANY,
        (Hook::Equal | Hook::Less, [a, b]) => {
            (a == b && (*a == TypeId::ANY || scalar(*a))) || (number(*a) && number(*b))
        }
        _ => false,
    }
}
