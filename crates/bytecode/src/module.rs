//! The program image.
//!
//! One [`Module`] holds a whole program: the code of all its source modules and of the library functions they use. It
//! is immutable and shared by all VMs that run it. Its on-disk form carries version and checksum.

use crate::op::Insn;
use sayso_base::{Span, Text};
use sayso_types::{DeclId, DeclKind, TypeId, TypeKind, TypeStore, VarId};
use std::sync::Arc;

/// What a register holds.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Class {
    /// Two's complement, 64 bits.
    I64,
    /// IEEE 754 double.
    F64,
    /// 0 or 1.
    Bool,
    /// 0 to 255.
    Byte,
    /// An object's address; never null.
    Ref,
    /// A NaN-boxed value of any type. An address is the same bits as of class `Ref`.
    Dyn,
}

impl Class {
    /// Whether it is `I64`, `F64`, `Bool` or `Byte`.
    pub fn is_raw(self) -> bool {
        !matches!(self, Class::Ref | Class::Dyn)
    }

    /// The name in listings and messages.
    pub const fn name(self) -> &'static str {
        match self {
            Class::I64 => "i64",
            Class::F64 => "f64",
            Class::Bool => "bool",
            Class::Byte => "byte",
            Class::Ref => "ref",
            Class::Dyn => "dyn",
        }
    }
}

/// Index into [`Module::functions`].
pub type FunctionId = u32;

/// A constant.
#[derive(Clone, PartialEq, Debug)]
pub enum Constant {
    /// Class `i64`.
    I64(i64),
    /// Class `f64`.
    F64(f64),
    /// Class `ref`: a string.
    Str(Arc<str>),
    /// Class `dyn`: a symbol, index into [`Module::names`].
    Symbol(u32),
    /// Class `ref`: a closure without captures over this function.
    Function(FunctionId),
    /// Class `ref`: the one record of a layout without slots (nullary variant, object without fields).
    Nullary(u32),
    /// Class `dyn`: a type as a value.
    Type(TypeId),
    /// Class `dyn`: `()`.
    Unit,
    /// Class `dyn`.
    Bool(bool),
    /// Class `dyn`.
    Byte(u8),
    /// Class `ref`: an array of this type; as a register constant it is frozen, for `array_const` it is copied.
    /// Elements are constants of the module.
    Array(TypeId, Arc<[u32]>),
    /// Class `ref`: an array of `i64`.
    ArrayI64(TypeId, Arc<[i64]>),
    /// Class `ref`: an array of `f64` (bits).
    ArrayF64(TypeId, Arc<[u64]>),
    /// Class `ref`: an array of `byte` or `bool`.
    ArrayByte(TypeId, Arc<[u8]>),
    /// Class `ref`: a frozen record: layout, run-time type, slots in layout order as constants.
    Record(u32, TypeId, Arc<[u32]>),
    /// Class `ref`: a tuple of this type.
    Tuple(TypeId, Arc<[u32]>),
    /// Class `ref`: a frozen table of this type: keys and values in turn.
    Table(TypeId, Arc<[u32]>),
    /// Class `ref`: a shape value of this type.
    Shape(TypeId, Arc<[u32]>),
    /// Class `ref`: a table of this type, empty at first and the same whenever it is loaded in a VM: what a function with
    /// `@memo` remembers.
    Memory(TypeId),
}

/// How records of a declared type lie in memory: reference slots (`ref` and `dyn`) first, then raw ones.
#[derive(Clone, Debug)]
pub struct DeclLayout {
    /// The declaration.
    pub decl: DeclId,
    /// The type that values get when no other is given.
    pub ty: TypeId,
    /// How many reference slots.
    pub refs: u16,
    /// The class of each slot: `refs` of `Ref`/`Dyn`, then raw ones.
    pub classes: Vec<Class>,
    /// For each field in the order of the declaration, its slot.
    pub slots: Vec<u16>,
    /// For a variant its number, else 0.
    pub variant: u32,
}

impl Constant {
    /// The class of a register that it is loaded into.
    pub fn class(&self) -> Class {
        match self {
            Constant::I64(_) => Class::I64,
            Constant::F64(_) => Class::F64,
            Constant::Symbol(_) | Constant::Type(_) | Constant::Unit | Constant::Bool(_) | Constant::Byte(_) => {
                Class::Dyn
            }
            Constant::Str(_) | Constant::Function(_) | Constant::Nullary(_) | Constant::Array(..) => Class::Ref,
            Constant::ArrayI64(..) | Constant::ArrayF64(..) | Constant::ArrayByte(..) => Class::Ref,
            Constant::Record(..) | Constant::Tuple(..) | Constant::Table(..) | Constant::Shape(..) => Class::Ref,
            Constant::Memory(_) => Class::Ref,
        }
    }
}

/// A top-level variable.
#[derive(Clone, Debug)]
pub struct Global {
    /// `module.name`, stable across reloads; index into [`Module::names`].
    pub name: u32,
    /// Class of its slot.
    pub class: Class,
    /// Its static type.
    pub ty: TypeId,
}

/// A native function that the module needs.
#[derive(Clone, PartialEq, Debug)]
pub struct NativeRef {
    /// Its key, such as `math.sin`; index into [`Module::names`].
    pub key: u32,
    /// Classes of its parameters, type arguments (as `i64`) first.
    pub params: Vec<Class>,
    /// Class of its result.
    pub result: Class,
    /// Static type of the result, which may mention the type variables.
    pub result_type: TypeId,
    /// The type variables in the order of the type arguments.
    pub type_vars: Vec<VarId>,
}

/// A function that a multi-function may choose.
#[derive(Clone, Debug)]
pub struct MultiCandidate {
    /// Its type variables.
    pub vars: Vec<VarId>,
    /// Its parameter types.
    pub params: Vec<TypeId>,
    /// Its code, with the classes of the multi-function, but for [`MultiCandidate::takes_objects`]; none if it is
    /// abstract.
    pub function: Option<FunctionId>,
    /// Whether its code takes its type arguments first.
    pub takes_types: bool,
    /// How it is shown in messages: `area(s: Circle)`.
    pub shown: Arc<str>,
}

/// The functions of one name and arity.
#[derive(Clone, Debug)]
pub struct Multi {
    /// Index into [`Module::names`].
    pub name: u32,
    /// How many arguments.
    pub arity: u16,
    /// Class of each argument.
    pub params: Vec<Class>,
    /// Class of the result.
    pub result: Class,
    /// The functions.
    pub candidates: Vec<MultiCandidate>,
}

impl MultiCandidate {
    /// Whether a function that takes an object as this argument may be given a dynamic value: dispatch has found that it
    /// is of the parameter's type, and only objects are.
    pub fn takes_objects(&self, types: &TypeStore, index: usize) -> bool {
        match self.params.get(index).map(|ty| types.kind(*ty)) {
            Some(TypeKind::Str | TypeKind::Array(_) | TypeKind::FixedArray(..) | TypeKind::Table(..)) => true,
            // A type as a value is immediate, and of the interface that it belongs to anything may be.
            Some(TypeKind::Nominal(decl, _)) => {
                types.well_known.any_type != Some(*decl) && types.decl(*decl).kind != DeclKind::Interface
            }
            _ => false,
        }
    }
}

/// A call that dispatches at run time. Its index is also that of its cache in each VM.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Site {
    /// Index into [`Module::multis`].
    pub multi: u32,
}

/// Why a handler is entered.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum HandlerKind {
    /// `catch`: errors that a program may catch.
    Catch,
    /// Deferred code: also when a limit or an abort unwinds.
    Cleanup,
}

/// What happens when an error is raised between `start` and `end`. Inner handlers stand before outer ones.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Handler {
    /// First instruction.
    pub start: u32,
    /// One past the last.
    pub end: u32,
    /// Where the handler begins.
    pub target: u32,
    /// The register that gets the thrown value (class `dyn`). Registers above it are unset there; those below keep
    /// what they had.
    pub register: u16,
    /// Why.
    pub kind: HandlerKind,
}

/// A variable's place, for debuggers.
#[derive(Clone, Debug)]
pub struct LocalInfo {
    /// Index into [`Module::names`].
    pub name: u32,
    /// Its register.
    pub register: u16,
    /// Its static type.
    pub ty: TypeId,
    /// Whether the register holds a cell with the value.
    pub boxed: bool,
    /// First instruction at which it holds the value.
    pub start: u32,
    /// One past the last.
    pub end: u32,
}

/// Where code comes from.
#[derive(Clone, Debug, Default)]
pub struct DebugInfo {
    /// First instruction of each run of one span, ascending.
    pub spans: Vec<(u32, Span)>,
    /// Variables.
    pub locals: Vec<LocalInfo>,
}

impl DebugInfo {
    /// The span of an instruction.
    pub fn span(&self, pc: u32) -> Option<Span> {
        let index = self.spans.partition_point(|(start, _)| *start <= pc);
        self.spans.get(index.checked_sub(1)?).map(|(_, span)| *span)
    }
}

/// A function's code.
#[derive(Clone, Debug)]
pub struct Function {
    /// Shown in traces; index into [`Module::names`].
    pub name: u32,
    /// Index into [`Module::modules`].
    pub module: u32,
    /// Classes of the parameters: they are in `R[0]`, `R[1]`, … on entry (for closures `R[0]` is the closure).
    pub params: Vec<Class>,
    /// Class of the result.
    pub result: Class,
    /// The variables that `subst_type` replaces.
    pub type_vars: Vec<VarId>,
    /// How many registers its window has, outgoing arguments included.
    pub registers: u16,
    /// Fuel that a call of it costs; not less than its instructions are, so that fuel bounds what runs.
    pub entry_cost: u32,
    /// Whether it is called as a value: `R[0]` is the closure, all else dynamic.
    pub closure: bool,
    /// How many values its closures capture.
    pub captures: u16,
    /// For a closure: the run-time type of its values. If it mentions [`Function::type_vars`], their values have the
    /// numbers of the types for these (integers) as the first captured values.
    pub value_type: TypeId,
    /// The instructions.
    pub code: Vec<Insn>,
    /// Handlers, inner before outer.
    pub handlers: Vec<Handler>,
    /// Debug tables.
    pub debug: DebugInfo,
    /// The whole function in the source.
    pub span: Option<Span>,
}

/// A source module.
#[derive(Clone, Debug)]
pub struct ModuleInfo {
    /// Its dotted path; index into [`Module::names`].
    pub name: u32,
    /// The function that runs its top-level statements.
    pub init: FunctionId,
    /// The file's name as shown; index into [`Module::names`].
    pub file: u32,
    /// Whether it is the library's.
    pub library: bool,
}

/// A `test` or `bench` item.
#[derive(Clone, Debug)]
pub struct TestInfo {
    /// Its text.
    pub name: Arc<str>,
    /// Index into [`Module::modules`].
    pub module: u32,
    /// Takes nothing.
    pub function: FunctionId,
    /// Where.
    pub span: Span,
}

/// A source file, for messages.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct SourceText {
    /// As shown.
    pub name: Arc<str>,
    /// The whole text, if it travels with the program.
    pub text: Option<Text>,
}

/// A program.
#[derive(Clone, Debug, Default)]
pub struct Module {
    /// Strings that are names; symbols are ordered by them.
    pub names: Vec<Arc<str>>,
    /// All types. Names in it are indices into [`Module::names`].
    pub types: TypeStore,
    /// All functions.
    pub functions: Vec<Function>,
    /// All constants.
    pub constants: Vec<Constant>,
    /// Natives.
    pub natives: Vec<NativeRef>,
    /// Top-level variables.
    pub globals: Vec<Global>,
    /// Multi-functions, one for each name and arity.
    pub multis: Vec<Multi>,
    /// Call sites that dispatch.
    pub sites: Vec<Site>,
    /// Layouts of records.
    pub layouts: Vec<DeclLayout>,
    /// Offsets (from the instruction behind the switch) by value from 0, and the default.
    pub jump_tables: Vec<(Vec<i32>, i32)>,
    /// Format specifications.
    pub formats: Vec<FormatSpec>,
    /// Source files, by the file ids of the spans in this module; may be empty in a program that was not loaded.
    pub files: Vec<SourceText>,
    /// Source modules.
    pub modules: Vec<ModuleInfo>,
    /// Compile-time expressions: the function and the class of its result. Empty in a finished program.
    pub comptimes: Vec<(FunctionId, Class)>,
    /// Index of the program's own module.
    pub main_module: u32,
    /// `main`, whether it takes the arguments, and its static result type if that is annotated.
    pub main: Option<(FunctionId, bool, Option<TypeId>)>,
    /// `test` items.
    pub tests: Vec<TestInfo>,
    /// `bench` items.
    pub benches: Vec<TestInfo>,
    /// Functions that may be called by the host by name: `module.name` (index into names), function.
    pub exports: Vec<(u32, FunctionId)>,
    /// Indices into [`Module::multis`] of `to_str`, `debug`, `equal?`, `less?`, `hash`, in this order, where the
    /// program specialises them.
    pub hooks: [Option<u32>; 5],
}

/// A format specification, `[[fill]align][+][#][0][width][.precision][kind]`.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct FormatSpec {
    /// The fill character; blank if none.
    pub fill: Option<char>,
    /// `<` is -1, `^` is 0, `>` is 1.
    pub align: Option<i8>,
    /// `+`
    pub plus: bool,
    /// `#`
    pub alternate: bool,
    /// `0`
    pub zero: bool,
    /// Least width in code points.
    pub width: Option<u32>,
    /// Digits after the point; for strings the greatest length.
    pub precision: Option<u32>,
    /// `?`, `x`, `X`, `b`, `o`, `e`; none for plain.
    pub kind: Option<char>,
}
