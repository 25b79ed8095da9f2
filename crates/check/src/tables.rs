//! What the checker knows about a program: its modules, scopes, declared types, functions and multi-functions.
//!
//! [`Checker`] is the one context that all passes share. The passes fill it in this order: loading, names, supertypes,
//! fields and bounds, signatures, multi-functions, then bodies on demand. Everything is found by index; nothing borrows
//! from a file's view, so a pass clones the `Arc<Ast>` of the module that it reads and keeps `&mut Checker` beside it.
//! What is walked in order lives in vectors; hash maps are only looked up, so results never depend on hash order.
//!
//! Bodies are the business of `crate::infer`, which offers:
//!
//! | function | does |
//! |---|---|
//! | `check_function(cx, FnDeclId)` | checks a `Body` or `Init`, fills `cx.hir[fn]`, calls [`Checker::finish_result`] if the result was to be inferred |
//! | `infer_result(cx, FnDeclId) -> TypeId` | the result of a function without annotation, which may depend on itself |
//! | `check_init(cx, ModuleId)` | the module's top-level statements behind the `InitModule`s of `cx.modules[m].imports` |
//! | `infer_global(cx, GlobalId) -> TypeId` | finds the type of a `let` without annotation; calls [`Checker::finish_global`] for each name it binds |
//! | `check_default(cx, FnDeclId, parameter, FnId)` | a parameter's default: a function of the parameters before it |
//! | `check_field_default(cx, DeclId, slot, FnId) -> TypeId` | a field's default: a function without parameters; the type of its value, widened as for a `let` |
//! | `check_block(cx, ModuleId, BlockId, FnId)` | the body of a `test` or `bench`: takes nothing, gives `void` |
//!
//! In return a body pass says what it uses: [`Checker::use_function`] for each function that it names,
//! [`Checker::use_multi`] for each dispatch. Results are asked for by [`Checker::result_of`], types of globals by
//! [`Checker::global_type`]; both start the inference of what is not known yet.

use crate::hir::{self, FnId, GlobalId, ModuleId, MultiId};
use crate::input::{Loader, Options};
use rustc_hash::FxHashMap;
use sayso_base::{Diagnostic, FileId, Interner, Name, SourceMap, Span};
use sayso_syntax::ast::{self, Ast};
use sayso_types::{DeclId, Effects, Signature, TypeId, TypeStore, VarId};
use smallvec::SmallVec;
use std::sync::Arc;

macro_rules! ids {
    ($($(#[$doc:meta])* $id:ident),* $(,)?) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
        pub struct $id(pub u32);
    )*};
}

ids! {
    /// Index into [`Checker::functions`]: a function as declared (thunks, closures and the like have only a [`FnId`]).
    FnDeclId,
    /// Index into [`Checker::scopes`].
    ScopeId,
    /// Index into [`Checker::aliases`].
    AliasId,
}

/// The state of a check.
pub struct Checker<'a> {
    /// Settings and limits.
    pub options: Options,
    /// Where modules come from.
    pub loader: &'a dyn Loader,
    /// All names.
    pub names: Interner,
    /// All files.
    pub sources: SourceMap,
    /// All types.
    pub types: TypeStore,
    /// What has been found so far.
    pub diagnostics: Vec<Diagnostic>,
    /// Modules in the order in which they were loaded.
    pub modules: Vec<ModuleData>,
    /// Modules by dotted path, the library's (`true`) apart from the program's.
    pub module_ids: FxHashMap<(Name, bool), ModuleId>,
    /// Scopes of modules and of blocks that hold items.
    pub scopes: Vec<Scope>,
    /// The scope of a block that holds items; ask [`Checker::block_scope`].
    pub block_scopes: FxHashMap<(ModuleId, ast::BlockId), ScopeId>,
    /// The scope of all that needs no import: names of `core` and `prelude`.
    pub prelude: Vec<ScopeId>,
    /// By [`DeclId`].
    pub decls: Vec<DeclInfo>,
    /// By [`DeclId`]: how many steps the longest way up has.
    pub depths: Vec<u32>,
    /// `type` items.
    pub aliases: Vec<Alias>,
    /// Functions as declared.
    pub functions: Vec<FnDecl>,
    /// By [`FnId`]: the declaration that this is the function of.
    pub declared: Vec<Option<FnDeclId>>,
    /// Multi-functions, by [`MultiId`].
    pub multis: Vec<MultiDecl>,
    /// The multi-function of a name in a module.
    pub module_multis: FxHashMap<(ModuleId, Name), MultiId>,
    /// Functions without `self` by the type that they belong to.
    pub statics: FxHashMap<(TypeHead, Name), MultiId>,
    /// Functions that take part in uniform calls, by name, in the order of declaration.
    pub by_name: FxHashMap<Name, SmallVec<[FnDeclId; 2]>>,
    /// Top-level variables, by [`GlobalId`].
    pub globals: Vec<GlobalDecl>,
    /// The functions of the program under construction, by [`FnId`].
    pub hir: Vec<hir::Function>,
    /// `comptime` expressions found so far, in an order in which they can run.
    pub comptimes: Vec<hir::Comptime>,
    /// `test` items of the program's own modules.
    pub tests: Vec<hir::TestItem>,
    /// `bench` items.
    pub benches: Vec<hir::TestItem>,
    /// The program's own module.
    pub main_module: ModuleId,
    /// Candidates of a multi-function by the number of arguments; ask [`Checker::candidates`].
    pub plain_shapes: FxHashMap<(MultiId, u32), Arc<Candidates>>,
    /// The same of calls with named arguments.
    pub shapes: FxHashMap<(MultiId, CallShape), Arc<Candidates>>,
    /// Those of large multi-functions by what they want first; ask [`Checker::candidates_for`].
    pub narrowed: FxHashMap<(MultiId, CallShape, TypeHead), Arc<Candidates>>,
    /// Functions that fill in defaults; ask [`Checker::thunk_for`].
    pub thunks: FxHashMap<(FnDeclId, CallShape), FnId>,
    /// Functions for parameters' defaults; ask [`Checker::param_default`].
    pub param_defaults: FxHashMap<(FnDeclId, u32), FnId>,
    /// What functions without declaration are made for; they are built when they are reached.
    pub hidden: FxHashMap<FnId, Hidden>,
    /// Multi-functions for calls with named arguments; ask [`Checker::use_multi`].
    pub shaped: FxHashMap<(MultiId, CallShape), MultiId>,
    /// Multi-functions made for calls on `any` receivers; ask [`Checker::dynamic_method`].
    pub dynamic_methods: FxHashMap<(ScopeId, Name), MultiId>,
    /// The modules whose functions belong to a type; ask [`Checker::method_candidates`].
    pub homes: FxHashMap<TypeHead, SmallVec<[ModuleId; 2]>>,
    /// What is still to be checked because something reaches it.
    pub work: Vec<FnId>,
    /// By [`FnId`]: whether it was put on the list.
    pub reached: Vec<bool>,
    /// Used arities of multi-functions, ascending.
    pub used_arities: FxHashMap<MultiId, SmallVec<[u32; 4]>>,
    /// Bounds of type arguments to be checked when all supertypes are known.
    pub pending_bounds: Vec<PendingBound>,
    /// `import` items whose names are still to be bound.
    pub pending_imports: Vec<PendingImport>,
    /// Whether all supertypes and fields are known, so that subtyping can be asked about.
    pub lattice_ready: bool,
    /// Library modules that what is reached needs to have run.
    pub needed_modules: Vec<ModuleId>,
    /// Fields without a written type, whose defaults give it: declaration and slot.
    pub untyped_fields: Vec<(DeclId, u32)>,
    /// Scratch tables of the body pass.
    pub bodies: crate::infer::State,
    /// How many fields classes have inherited so far.
    pub inherited: usize,
    /// How deep written types and aliases are nested at the moment.
    pub type_depth: usize,
    /// What the library declares and nobody has asked for.
    pub dormant: crate::dormant::Dormant,
    /// Modules whose files are still to be parsed.
    pub unparsed: Vec<ModuleId>,
}

/// A module.
#[derive(Clone)]
pub struct ModuleData {
    /// Dotted path (`geometry.plane`); the main module's is its file name without ending.
    pub path: Name,
    /// Its file.
    pub file: FileId,
    /// Its view.
    pub ast: Arc<Ast>,
    /// `// sayso: allow(lint)` comments: the line of the comment (from 1), and the lint.
    pub allows: Vec<(u32, Name)>,
    /// Comes from the library: checked only where reached, may declare natives.
    pub library: bool,
    /// Its view has only those of its declarations that are awake; see `crate::dormant`.
    pub outlined: bool,
    /// Its names.
    pub scope: ScopeId,
    /// Modules whose statements run before its own, in order, without repetition (top-level imports only).
    pub imports: Vec<ModuleId>,
    /// Runs imports and statements.
    pub init: FnId,
    /// What each `import` item names, those in blocks too; none if it could not be loaded.
    pub import_targets: FxHashMap<ast::ItemId, Option<ModuleId>>,
    /// Globals bound by each top-level `let`: by the pattern of the binding.
    pub global_of: FxHashMap<ast::PatternId, GlobalId>,
    /// By item: the declaration of a function.
    pub function_of: Vec<Option<FnDeclId>>,
    /// By item: the declaration of a type; for an enum the enum itself.
    pub decl_of: Vec<Option<DeclId>>,
    /// Objects with fields: the variables that hold them, and the functions that make them, in order. The module's
    /// `init` sets them behind its imports and before its statements.
    pub objects: Vec<(GlobalId, FnDeclId)>,
}

/// The names that a module or a block declares or imports.
#[derive(Clone, Default)]
pub struct Scope {
    /// Its module.
    pub module: Option<ModuleId>,
    /// The block around it; none for a module's scope, behind which comes the prelude.
    pub parent: Option<ScopeId>,
    /// Types.
    pub types: FxHashMap<Name, Bound<TypeDef>>,
    /// Values, objects among them. Several functions, or several top-level variables of one name in the order of their
    /// statements (the last hides the others), or what several imports give.
    pub values: FxHashMap<Name, SmallVec<[Bound<ValueDef>; 1]>>,
    /// Multi-functions of methods that are declared here: functions like others, but hidden by any value of their name.
    pub methods: FxHashMap<Name, SmallVec<[MultiId; 1]>>,
    /// Modules, by the name that stands for them.
    pub modules: FxHashMap<Name, Bound<ModuleId>>,
    /// Modules by the dotted path that was imported.
    pub paths: FxHashMap<Name, Bound<ModuleId>>,
    /// Variants of enums that are in scope, by name: usable where nothing else has the name.
    pub variants: FxHashMap<Name, SmallVec<[DeclId; 1]>>,
}

/// A thing under a name of a scope.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Bound<T> {
    /// The thing.
    pub item: T,
    /// Where the name is declared or imported.
    pub span: Span,
    /// By an import.
    pub imported: bool,
}

/// What a type's name stands for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum TypeDef {
    /// A declared type.
    Decl(DeclId),
    /// `type Name<X> = …`
    Alias(AliasId),
    /// A type without parameters that the language knows: `i64`, `any`, `Function`, …
    Builtin(TypeId),
    /// A generic type that the language knows.
    Generic(GenericType),
    /// A type parameter.
    Var(VarId),
}

/// Types with arguments that the language knows by name.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub enum GenericType {
    /// `Seq<+T>`
    Seq,
    /// `List<+T>`
    List,
    /// `Map<K, +V>`
    Map,
    /// `Set<+T>`
    Set,
    /// `Type<T>`; without argument `Type<any>`'s supertype, see the store
    Type,
}

/// What a value's name stands for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum ValueDef {
    /// A multi-function.
    Multi(MultiId),
    /// A top-level variable.
    Global(GlobalId),
    /// An object.
    Object(DeclId),
}

/// The type constructor of a type: what functions without `self` belong to, and what tells a type's home module.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub enum TypeHead {
    /// A declared type.
    Decl(DeclId),
    /// `any`, and whatever has no home of its own
    Any,
    /// `i64`
    I64,
    /// `f64`
    F64,
    /// `bool`
    Bool,
    /// `byte`
    Byte,
    /// `str`
    Str,
    /// `#name`
    Symbol,
    /// `[T]` and `[T; N]`
    Array,
    /// `Seq<T>`
    Seq,
    /// `[K: V]`
    Table,
    /// `List<T>`
    List,
    /// `Map<K, V>`
    Map,
    /// `Set<T>`
    Set,
    /// `(A, B)`
    Tuple,
    /// `%{ a: A }`
    Shape,
    /// functions
    Function,
    /// `Type<T>`
    Type,
}

/// What the checker knows about a declared type besides [`sayso_types::Decl`].
#[derive(Clone)]
pub struct DeclInfo {
    /// Its module.
    pub module: ModuleId,
    /// Its item; a variant's is its enum's.
    pub item: ast::ItemId,
    /// Where its types' names are looked up.
    pub scope: ScopeId,
    /// Its name's place.
    pub name_span: Span,
    /// Its type parameters by name.
    pub vars: SmallVec<[(Name, VarId); 2]>,
    /// The type itself, applied to its own parameters.
    pub self_type: TypeId,
    /// Its constructor (struct, variant, class); none for others.
    pub constructor: Option<FnDeclId>,
    /// The multi-function that its constructor belongs to.
    pub constructors: Option<MultiId>,
    /// A class's own `init`.
    pub init: Option<FnDeclId>,
    /// Functions declared in it or on it, `self` or not, in order.
    pub functions: Vec<FnDeclId>,
    /// By slot: the function that gives a field's default; made by [`Checker::field_default`].
    pub defaults: Vec<FieldDefault>,
    /// An object with fields lives in this variable; one without is made anew wherever it is named.
    pub instance: Option<GlobalId>,
    /// How far its supertypes are known.
    pub supers_state: State,
    /// How far its fields are known.
    pub fields_state: State,
}

/// A field's default.
#[derive(Clone, Copy, Debug)]
pub struct FieldDefault {
    /// The module of the expression (that of the class that declares the field).
    pub module: ModuleId,
    /// The declaration and slot where it was written: inherited fields have it from the base.
    pub declared_in: (DeclId, u32),
    /// The expression, if there is one.
    pub expr: Option<ast::ExprId>,
    /// The hidden function, when something asked for it.
    pub function: Option<FnId>,
    /// Whether the type is annotated; if not, it is that of the default.
    pub annotated: bool,
    /// The field's name.
    pub span: Span,
}

/// How far something that may depend on itself is known.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum State {
    /// Not looked at.
    NotStarted,
    /// Being looked at: whoever finds this has found a cycle.
    InProgress,
    /// Known.
    Done,
}

/// A `type` item.
#[derive(Clone)]
pub struct Alias {
    /// Its name.
    pub name: Name,
    /// Its module.
    pub module: ModuleId,
    /// Where its names are looked up.
    pub scope: ScopeId,
    /// Its item.
    pub item: ast::ItemId,
    /// Its name's place.
    pub span: Span,
    /// Its parameters.
    pub vars: SmallVec<[(Name, VarId); 2]>,
    /// What it stands for, once `state` is `Done`.
    pub ty: TypeId,
    /// How far it is known.
    pub state: State,
}

/// A function as declared.
#[derive(Clone)]
pub struct FnDecl {
    /// Its own name (`dist`); a constructor's is its type's.
    pub name: Name,
    /// Its module: where its names are looked up.
    pub module: ModuleId,
    /// The scope that its head and body see.
    pub scope: ScopeId,
    /// What the names of its types are: its type parameters and those of the declaration around it.
    pub vars: SmallVec<[(Name, VarId); 2]>,
    /// Its type variables, in order: those of the declaration around it (with `self`, or a constructor) first. The same
    /// as `cx.hir[fn].type_vars`.
    pub type_vars: SmallVec<[VarId; 2]>,
    /// The type that it is declared in or on.
    pub owner: Option<TypeHead>,
    /// Whether its first parameter is `self`.
    pub has_self: bool,
    /// Its item; none for constructors.
    pub item: Option<ast::ItemId>,
    /// The function of the program.
    pub function: FnId,
    /// Its parameters.
    pub params: Arc<[Param]>,
    /// Its result.
    pub result: ResultType,
    /// The written bound of its effects.
    pub effects: Option<Effects>,
    /// What it is.
    pub kind: FnDeclKind,
    /// `comptime fn`
    pub comptime: bool,
    /// Declared inside a block of another function.
    pub nested: bool,
    /// The multi-functions that it belongs to; empty for `init`.
    pub multis: SmallVec<[MultiId; 1]>,
    /// `@deprecated("…")`
    pub deprecated: Option<Arc<str>>,
    /// `///`
    pub docs: Option<Arc<str>>,
    /// Its name's place.
    pub name_span: Span,
    /// From `fn` to the result.
    pub head_span: Span,
    /// Whether an error in its head makes it unfit to be reasoned about.
    pub broken: bool,
}

/// A parameter.
#[derive(Clone, Debug)]
pub struct Param {
    /// Its name; [`sayso_base::names::EMPTY`] for a pattern.
    pub name: Name,
    /// What it binds; none for constructors.
    pub pattern: Option<ast::PatternId>,
    /// Its type; for a rest parameter the array.
    pub ty: TypeId,
    /// For a rest parameter what each further argument must be.
    pub element: Option<TypeId>,
    /// Whether the type was written (or is that of `self`).
    pub annotated: bool,
    /// Its default.
    pub default: ParamDefault,
    /// `*rest`
    pub rest: bool,
    /// A function type without written effects: the function has those of its argument.
    pub effect_polymorphic: bool,
    /// Where.
    pub span: Span,
}

/// A parameter's default.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum ParamDefault {
    /// None: the argument must be given.
    None,
    /// An expression that may use the parameters before it.
    Expr(ast::ExprId),
    /// A constructor's: that of this field.
    Field(DeclId, u32),
    /// A class's constructor's: that of this parameter of its `init`.
    Init(FnDeclId, u32),
}

/// The result of a function.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum ResultType {
    /// Written, or known from what the function is.
    Annotated(TypeId),
    /// Not asked for yet.
    NotStarted,
    /// Being inferred; in the meantime it is this (an inference variable of the body pass, or `Error`).
    InProgress(TypeId),
    /// Inferred.
    Done(TypeId),
}

/// What a declared function is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum FnDeclKind {
    /// Has this body.
    Body(ast::BlockId),
    /// A class's `init`, with its body: called by the constructor and by `super(…)` only.
    Init(DeclId, ast::BlockId),
    /// No body: every concrete case must be covered.
    Abstract,
    /// `@native("key")`
    Native(Name),
    /// `@intrinsic("name")`
    Intrinsic(Name),
    /// Makes a value of a struct, variant or class.
    Constructor(DeclId),
}

/// A multi-function.
#[derive(Clone, Debug)]
pub struct MultiDecl {
    /// Its name.
    pub name: Name,
    /// The module that it is of; for one of a type's functions that type's.
    pub module: ModuleId,
    /// What it is made for.
    pub kind: MultiKind,
    /// Its functions in the order of declaration.
    pub functions: SmallVec<[FnDeclId; 2]>,
}

/// What a multi-function is made for.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum MultiKind {
    /// The functions of one name of a module.
    Module,
    /// The functions without `self` of one name of a type.
    Static(TypeHead),
    /// The constructor of a variant.
    Variant(DeclId),
    /// The functions of one name of a block.
    Block(ScopeId),
    /// All functions that a call `x.name(…)` on an `any` may mean.
    Dynamic,
    /// Those of another multi-function that accept calls of this form, their parameters in the order of the call.
    Shaped(MultiId, CallShape),
}

/// A function that the checker makes, without a declaration of its own.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Hidden {
    /// Takes the arguments of a call of this form, fills in the others, calls the function.
    Thunk(FnDeclId, CallShape),
    /// Gives a parameter's default from the parameters before it.
    ParamDefault(FnDeclId, u32),
    /// Gives a field's default.
    FieldDefault(DeclId, u32),
    /// A module's imports and statements.
    Init(ModuleId),
    /// The body of a `test` or `bench`.
    Block(ModuleId, ast::BlockId),
}

/// The form of a call: how many arguments are given by position, and the names of the others in their order.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct CallShape {
    /// Arguments without names.
    pub positional: u32,
    /// Names of those behind them.
    pub named: SmallVec<[Name; 2]>,
}

/// The functions of a multi-function that accept calls of one form.
#[derive(Clone, Debug, Default)]
pub struct Candidates {
    /// In the order of declaration.
    pub list: Vec<Candidate>,
    /// Their variables and parameters once more, in the same order, for the questions of the type lattice.
    pub signatures: Vec<Signature>,
}

/// A function as a call of one form sees it.
#[derive(Clone, Debug)]
pub struct Candidate {
    /// The declaration.
    pub decl: FnDeclId,
    /// Its type variables.
    pub vars: SmallVec<[VarId; 2]>,
    /// The types wanted of the arguments, in the order of the call.
    pub params: SmallVec<[TypeId; 4]>,
    /// For each argument the index of the parameter that it goes to (a rest parameter may occur several times).
    pub slots: SmallVec<[u32; 4]>,
    /// Whether all parameters are given in order and none is a rest parameter: then the function itself is called; else
    /// the one that [`Checker::thunk_for`] gives.
    pub direct: bool,
}

/// A top-level variable.
#[derive(Clone, Debug)]
pub struct GlobalDecl {
    /// Its name.
    pub name: Name,
    /// Its module.
    pub module: ModuleId,
    /// Its type so far.
    pub ty: ResultType,
    /// `let mut`
    pub mutable: bool,
    /// Where it is bound.
    pub span: Span,
    /// The statement that binds it: an index into the module's `body`.
    pub stmt: usize,
    /// The pattern that binds it; none for an object's instance.
    pub pattern: Option<ast::PatternId>,
    /// The object that lives in it.
    pub object: Option<DeclId>,
}

/// An `import` item.
#[derive(Clone, Copy, Debug)]
pub struct PendingImport {
    /// Where its names go.
    pub scope: ScopeId,
    /// Its module.
    pub module: ModuleId,
    /// The item.
    pub item: ast::ItemId,
    /// What it imports.
    pub target: ModuleId,
}

/// A type argument whose bound is still to be checked.
#[derive(Clone, Debug)]
pub struct PendingBound {
    /// The parameter.
    pub var: VarId,
    /// All parameters of the declaration with their arguments, for bounds that mention them.
    pub with: SmallVec<[(VarId, TypeId); 2]>,
    /// The argument.
    pub arg: TypeId,
    /// Where it is written.
    pub span: Span,
    /// Whose parameter it is.
    pub of: Name,
}

/// What a name means as a value.
#[derive(Clone, PartialEq, Debug)]
pub enum Found {
    /// Nothing.
    Nothing,
    /// Multi-functions: nearest first.
    Functions(FoundFunctions),
    /// A top-level variable.
    Global(GlobalId),
    /// An object.
    Object(DeclId),
    /// Variants of that name; more than one if several enums in scope have it.
    Variants(SmallVec<[DeclId; 1]>),
    /// A type as a value; calling it calls `constructors` (more than one if several imports give functions of the name).
    Type {
        /// The type.
        def: TypeDef,
        /// Constructors and functions of that name.
        constructors: FoundFunctions,
    },
    /// Found through several imports, and not all are functions: an error that names the places.
    Ambiguous(Vec<Span>),
}

/// Multi-functions under one name. A call takes the one of `near` that type-checks (two that do are an error naming both);
/// if `near` is empty or none of it can be meant, those of `far`.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct FoundFunctions {
    /// Of the innermost scope that has the name: block, or module with its imports.
    pub near: SmallVec<[MultiId; 2]>,
    /// Of the prelude, behind a module's own.
    pub far: SmallVec<[MultiId; 2]>,
}

/// What a dotted path means.
#[derive(Clone, PartialEq, Debug)]
pub enum Resolved {
    /// Nothing; an error has been reported.
    Error,
    /// A module.
    Module(ModuleId),
    /// A type; for a variant its declaration.
    Type(TypeDef),
    /// A value.
    Value(Found),
}
