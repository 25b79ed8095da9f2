//! The typed program that the checker makes and the emitter reads.
//!
//! Everything is resolved: names are indices, calls name the functions that may run, types are complete (no inference
//! variable and no `Error` is left in a program without errors). Expressions live in an arena per function; only the
//! *first* argument of a [`ExprKind::Call`] and the left side of [`ExprKind::And`]/[`ExprKind::Or`] may nest without
//! limit (long operator chains); whoever walks them does so in a loop. All else nests at most a few hundred deep.
//!
//! What is implicit: where a value of one static type flows to a place of another (argument, field, `let`, result,
//! branch), the emitter converts the slot class by itself (see [`crate::hir::Program`]); the checker has proved that the
//! value belongs to the type, or has put an [`ExprKind::Cast`] there.

use sayso_base::{FileId, Name, Span};
pub use sayso_syntax::ast::{Align, FormatKind, FormatSpec};
use sayso_types::{DeclId, Effects, TypeId, TypeStore, VarId};
use std::sync::Arc;
use thin_vec::ThinVec;

macro_rules! ids {
    ($($(#[$doc:meta])* $id:ident),* $(,)?) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
        pub struct $id(pub u32);
    )*};
}

ids! {
    /// Index into [`Program::functions`].
    FnId,
    /// Index into [`Program::multis`].
    MultiId,
    /// Index into [`Program::globals`].
    GlobalId,
    /// Index into [`Program::modules`].
    ModuleId,
    /// Index into [`Program::comptimes`].
    ComptimeId,
    /// Index into [`Function::exprs`].
    ExprId,
    /// Index into [`Function::patterns`].
    PatternId,
    /// Index into [`Function::locals`].
    LocalId,
    /// A loop of one function, numbered from 0.
    LoopId,
}

/// A whole program: the main module and all that it imports, the used part of the library included.
#[derive(Clone, Debug)]
pub struct Program {
    /// All types.
    pub types: TypeStore,
    /// Modules; the main one is [`Program::main_module`].
    pub modules: Vec<Module>,
    /// The program's own module.
    pub main_module: ModuleId,
    /// All functions; those of the library only if they are reachable (others have [`FunctionKind::Unused`]).
    pub functions: Vec<Function>,
    /// Sets of functions that are dispatched on at run time.
    pub multis: Vec<Multi>,
    /// Top-level variables.
    pub globals: Vec<Global>,
    /// `main` of the program's module, with zero or one parameter.
    pub main: Option<FnId>,
    /// The result that is written at `main`: only then an `i64` or `Err` decides the exit status.
    pub main_result: Option<TypeId>,
    /// `test` items of the program's own modules (none of the library's).
    pub tests: Vec<TestItem>,
    /// `bench` items.
    pub benches: Vec<TestItem>,
    /// Expressions to run at compile time, each after those it needs.
    pub comptimes: Vec<Comptime>,
    /// Named functions of the program's own module without type variables, which a host may call by name.
    pub exports: Vec<FnId>,
    /// Multi-functions that the VM calls by itself.
    pub hooks: Hooks,
}

/// Multi-functions of `core` that values are displayed, compared and hashed by.
#[derive(Clone, Copy, Debug, Default)]
pub struct Hooks {
    /// `to_str(x) -> str`
    pub to_str: Option<MultiId>,
    /// `debug(x) -> str`
    pub debug: Option<MultiId>,
    /// `equal?(a, b) -> bool`
    pub equal: Option<MultiId>,
    /// `less?(a, b) -> bool`
    pub less: Option<MultiId>,
    /// `hash(x) -> i64`
    pub hash: Option<MultiId>,
    /// Whether the program (not the library) specialises `to_str`, `debug`, `equal?`, `less?`, `hash` at all, in this
    /// order: where it does not, the VM's own structural code decides alone.
    pub specialised: [bool; 5],
}

/// A module.
#[derive(Clone, Debug)]
pub struct Module {
    /// Its dotted path; the main module's is its file name without ending.
    pub name: Name,
    /// Its file.
    pub file: FileId,
    /// Runs its imports' and its own top-level statements; takes nothing, gives `void`.
    pub init: FnId,
    /// Whether it is the library's.
    pub library: bool,
}

/// A top-level variable.
#[derive(Clone, Debug)]
pub struct Global {
    /// Its name.
    pub name: Name,
    /// Its module.
    pub module: ModuleId,
    /// Its type.
    pub ty: TypeId,
    /// `let mut`
    pub mutable: bool,
    /// Where it is declared.
    pub span: Span,
}

/// A `test` or `bench` item.
#[derive(Clone, Debug)]
pub struct TestItem {
    /// Its text.
    pub name: Arc<str>,
    /// Its module.
    pub module: ModuleId,
    /// The body: takes nothing, gives `void`.
    pub function: FnId,
    /// Where.
    pub span: Span,
}

/// A `comptime` expression.
#[derive(Clone, Debug)]
pub struct Comptime {
    /// The expression as a function that takes nothing.
    pub function: FnId,
    /// Its type.
    pub ty: TypeId,
    /// Where.
    pub span: Span,
}

/// The functions of one name that a run-time call chooses from.
#[derive(Clone, Debug)]
pub struct Multi {
    /// The name.
    pub name: Name,
    /// By arity, ascending. A function with defaults or a rest parameter stands in each arity that calls use, as a
    /// [`FunctionKind::Body`] of its own that fills in the rest.
    pub arities: Vec<(u32, Vec<Candidate>)>,
}

/// One function of a [`Multi`].
#[derive(Clone, Debug)]
pub struct Candidate {
    /// The type variables of the function.
    pub vars: Vec<VarId>,
    /// The parameter types.
    pub params: Vec<TypeId>,
    /// The function. May be [`FunctionKind::Abstract`]: choosing it at run time is a `DispatchError`.
    pub function: FnId,
}

/// A function, closure, method, constructor, module initialiser, test body, …
#[derive(Clone, Debug)]
pub struct Function {
    /// Shown in traces: `area`, `Point.dist`, `closure`, `test "name"`.
    pub name: Name,
    /// Its module.
    pub module: ModuleId,
    /// The head.
    pub span: Span,
    /// Its type variables. A call passes one type for each ([`ExprKind::Call`]), so that they are known at run time.
    /// A closure sees those of the function around it: they are the first of its list.
    pub type_vars: Vec<VarId>,
    /// The parameters: the first locals, in order.
    pub params: u32,
    /// The result type.
    pub result: TypeId,
    /// Inferred effects (with those of the annotation, if it has one).
    pub effects: Effects,
    /// What a call of a value of it may do, whatever functions it was given or captured.
    pub value_effects: Effects,
    /// What it is.
    pub kind: FunctionKind,
    /// Variables: parameters first, then, for closures, captured variables, then all others.
    pub locals: Vec<Local>,
    /// For closures: the captured variables (locals of this function, behind the parameters), in the order in which
    /// [`ExprKind::Closure`] gives them.
    pub captures: u32,
    /// Expressions.
    pub exprs: Vec<Expr>,
    /// Patterns.
    pub patterns: Vec<Pattern>,
    /// How many [`LoopId`]s there are.
    pub loops: u32,
    /// Whether it is a closure: made by [`ExprKind::Closure`] and called only as a value.
    pub closure: bool,
    /// Whether its body has `yield`: a call makes an `Iter<T>`.
    pub generator: bool,
    /// `@memo`
    pub memo: bool,
}

/// What a function is.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum FunctionKind {
    /// This expression; its value is the result.
    Body(ExprId),
    /// No body: never runs.
    Abstract,
    /// A native of the host or the library, by key (`math.sin`).
    Native(Name),
    /// An operation of the machine, by name (`add_i64`, `array_get`): the emitter knows it.
    Intrinsic(Name),
    /// Library code that nothing reaches.
    Unused,
}

/// A variable.
#[derive(Clone, Debug)]
pub struct Local {
    /// Its name; [`sayso_base::names::EMPTY`] for those that the checker made.
    pub name: Name,
    /// Its type.
    pub ty: TypeId,
    /// Lives in a cell of its own, because a closure shares it and it is assigned after it was made.
    pub boxed: bool,
    /// Where it is bound.
    pub span: Span,
}

/// An expression.
#[derive(Clone, Debug)]
pub struct Expr {
    /// What it is.
    pub kind: ExprKind,
    /// Its static type.
    pub ty: TypeId,
    /// Where.
    pub span: Span,
}

/// A value known when compiling.
#[derive(Clone, PartialEq, Debug)]
pub enum Constant {
    /// `()`
    Unit,
    /// `i64`
    Int(i64),
    /// `f64`
    Float(f64),
    /// `bool`
    Bool(bool),
    /// `byte`
    Byte(u8),
    /// `str`
    Str(Arc<str>),
    /// `#name`
    Symbol(Name),
    /// A type as a value. May mention type variables of the function.
    Type(TypeId),
}

/// What a call calls.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Callee {
    /// This function and no other: no value of the argument types could choose differently.
    Function(FnId),
    /// The most specific function for the run-time types, of the arity of the arguments.
    Dispatch(MultiId),
    /// A function value.
    Value(ExprId),
}

/// An element of an array or list literal.
#[derive(Clone, Copy, Debug)]
pub struct Element {
    /// `..value`: a value of an array type (the checker converts other iterables to arrays by a call).
    pub spread: bool,
    /// The value.
    pub value: ExprId,
}

/// A piece of an interpolated string.
#[derive(Clone, Debug)]
pub enum StrPart {
    /// Text.
    Text(Arc<str>),
    /// A value of type `i64`, `f64`, `bool`, `byte` or `str`; others have been turned to `str` by a call of `to_str`
    /// or `debug`, whose `spec` then is applied to that text.
    Value(ExprId, FormatSpec),
}

/// A statement of a block.
#[derive(Clone, Debug)]
pub enum Stmt {
    /// Evaluated for its effect.
    Expr(ExprId),
    /// `let`: binds the locals of the pattern.
    Let {
        /// What is bound.
        pattern: PatternId,
        /// The value.
        value: ExprId,
        /// Of type `never`; runs if the pattern fails. Without it a pattern that fails is a `MatchError`.
        otherwise: Option<ExprId>,
    },
    /// Runs when the block is left.
    Defer(ExprId),
}

/// `iterator` is made once, `next` gives an `Option` each turn.
#[derive(Clone, Debug)]
pub struct ForIter {
    /// The loop.
    pub id: LoopId,
    /// Holds the iterator.
    pub iterator: LocalId,
    /// Makes it: the call of `iter`.
    pub init: ExprId,
    /// The call of `next` on `iterator`.
    pub next: ExprId,
    /// Bound each turn to what `Some` holds.
    pub pattern: PatternId,
    /// The body.
    pub body: ExprId,
    /// Run when the loop is left otherwise than by `None`: the call of `close` on `iterator`.
    pub close: Option<ExprId>,
}

/// An arm of a `match`.
#[derive(Clone, Copy, Debug)]
pub struct Arm {
    /// The pattern.
    pub pattern: PatternId,
    /// The guard.
    pub guard: Option<ExprId>,
    /// The body.
    pub body: ExprId,
}

/// A `catch` clause.
#[derive(Clone, Copy, Debug)]
pub struct Catch {
    /// Holds what was caught, an `any` or a value of `ty`.
    pub local: Option<LocalId>,
    /// Only values of this type; all if none.
    pub ty: Option<TypeId>,
    /// The handler.
    pub body: ExprId,
}

/// How a field is found.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum FieldAccess {
    /// The declaration's slot; the object's static type is a struct, object, class or variant (or an enum whose
    /// variants all have it there).
    Slot(DeclId, u32),
    /// By name at run time: unions, traits, shapes, intersections, interfaces, `any`.
    Name(Name),
    /// A tuple's element.
    Tuple(u32),
}

/// Why a [`ExprKind::Cast`] stands there.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum CastReason {
    /// Written `as`.
    As,
    /// An `any` flows to a typed place: what that is, as in "argument `x` of `f`".
    Boundary(Arc<str>),
}

/// The kinds of expressions.
#[derive(Clone, Debug)]
pub enum ExprKind {
    /// An error has been reported.
    Error,
    /// A value known now.
    Constant(Constant),
    /// A variable.
    Local(LocalId),
    /// A top-level variable; before it has a value, a `StateError`.
    Global(GlobalId),
    /// `local = value`; gives `void`, as do the other assignments
    SetLocal(LocalId, ExprId),
    /// `global = value`, also the initialisation
    SetGlobal(GlobalId, ExprId),
    /// `object.field = value`
    SetField(ExprId, FieldAccess, ExprId),
    /// Statements, then the value (`void` without one); defers run when it is left.
    Block(ThinVec<Stmt>, Option<ExprId>),
    /// `if condition { then } else { otherwise }`; without `otherwise` it gives `void`. The condition may bind locals
    /// by [`ExprKind::Let`] in its [`ExprKind::And`]s.
    If(ExprId, ExprId, Option<ExprId>),
    /// `let pattern = value` as a condition: a `bool`
    Let(PatternId, ExprId),
    /// `a && b`
    And(ExprId, ExprId),
    /// `a || b`
    Or(ExprId, ExprId),
    /// First arm that fits; a `MatchError` if none does.
    Match(ExprId, Vec<Arm>),
    /// `loop`; its value is that of its `break`s
    Loop(LoopId, ExprId),
    /// `while`: condition as of `If`, body
    While(LoopId, ExprId, ExprId),
    /// Over `i64`s from `start` to `end` without making a range.
    ForRange {
        /// The loop.
        id: LoopId,
        /// Bound each turn (an `i64`).
        pattern: PatternId,
        /// The first.
        start: ExprId,
        /// The end; none counts up for ever.
        end: Option<ExprId>,
        /// `..=`
        inclusive: bool,
        /// The body.
        body: ExprId,
    },
    /// Over an array (`[T]` or `[T; N]`), by index; sees what is pushed meanwhile.
    ForArray {
        /// The loop.
        id: LoopId,
        /// Bound each turn.
        pattern: PatternId,
        /// The array.
        array: ExprId,
        /// The body.
        body: ExprId,
    },
    /// Over anything else.
    ForIter(Box<ForIter>),
    /// `break value`
    Break(LoopId, Option<ExprId>),
    /// `continue`
    Continue(LoopId),
    /// `return value`
    Return(Option<ExprId>),
    /// `throw value`
    Throw(ExprId),
    /// `try … catch …`
    TryCatch(ExprId, Vec<Catch>),
    /// `value?`: what `Some`/`Ok` holds, else returns the `None`/`Err` itself.
    Try(ExprId),
    /// `value or fallback`, `value ?? fallback` on an Option or Result
    OrElse(ExprId, ExprId),
    /// `receiver?.…`: if the Option `receiver` is `Some`, binds what it holds and evaluates `body`, which is wrapped in
    /// `Some` unless `flatten` (then it is an Option itself); else `None`.
    OptionalChain {
        /// An Option.
        receiver: ExprId,
        /// Holds its value in `body`.
        local: LocalId,
        /// What follows.
        body: ExprId,
        /// `body` is an Option.
        flatten: bool,
    },
    /// A call. Arguments are evaluated left to right, a function value before them.
    Call {
        /// What is called.
        callee: Callee,
        /// For [`Callee::Function`]: one type for each of its type variables.
        type_args: ThinVec<TypeId>,
        /// The arguments, all parameters filled.
        args: ThinVec<ExprId>,
    },
    /// A function value of a named function or multi-function: what it calls, and its type arguments.
    FunctionValue {
        /// Not `Value`. For `Dispatch` the arity is that of this expression's type.
        callee: Callee,
        /// For [`Callee::Function`].
        type_args: ThinVec<TypeId>,
    },
    /// A closure: its function and, for each capture, the local of this function.
    Closure(FnId, Vec<LocalId>),
    /// `[a, ..b]`; the type is `[T]` or `[T; N]`
    Array(Vec<Element>),
    /// `[value; count]`: `value` is evaluated `count` times
    Repeat(ExprId, ExprId),
    /// `["k": v]`
    Table(Vec<(ExprId, ExprId)>),
    /// `#[a, b]`
    List(Vec<Element>),
    /// `#["k" -> v]`
    Map(Vec<(ExprId, ExprId)>),
    /// `(a, b)`
    Tuple(Vec<ExprId>),
    /// `%{ a: 1 }`
    Shape(Vec<(Name, ExprId)>),
    /// A range as a value: start, end, inclusive.
    Range(Option<ExprId>, Option<ExprId>, bool),
    /// A struct, object or variant of this expression's type: each slot's value, in the order of evaluation; slots not
    /// named come from `base`.
    New {
        /// The declaration.
        decl: DeclId,
        /// Slot and value.
        fields: ThinVec<(u32, ExprId)>,
        /// `..base`, evaluated behind the fields.
        base: Option<ExprId>,
    },
    /// `object.field`
    Field(ExprId, FieldAccess),
    /// `value is type`
    Is(ExprId, TypeId),
    /// Checked: a `CastError` unless the value belongs to this expression's type.
    Cast(ExprId, CastReason),
    /// A string with holes.
    Interpolate(Vec<StrPart>),
    /// The value of a `comptime` expression.
    Comptime(ComptimeId),
    /// Runs a module's top-level statements unless they have run.
    InitModule(ModuleId),
    /// `yield value`
    Yield(ExprId),
    /// `spawn`: what is called and with what; gives a `Task`.
    Spawn {
        /// What is called.
        callee: Callee,
        /// As of `Call`.
        type_args: ThinVec<TypeId>,
        /// The arguments.
        args: ThinVec<ExprId>,
    },
}

/// A pattern.
#[derive(Clone, Debug)]
pub struct Pattern {
    /// What it is.
    pub kind: PatternKind,
    /// The static type of what is matched.
    pub ty: TypeId,
    /// Where.
    pub span: Span,
}

/// The kinds of patterns.
#[derive(Clone, Debug)]
pub enum PatternKind {
    /// An error has been reported.
    Error,
    /// Fits all.
    Wildcard,
    /// Binds, if the other fits.
    Bind(LocalId, Option<PatternId>),
    /// Equal to this; never `Unit` or `Type`. Numbers fit by value, `5` fits `5.0` of a union or `any`.
    Constant(Constant),
    /// Between these, numbers, bytes or strings; `None` is open; `true`: the end belongs to it.
    Range(Option<Constant>, Option<Constant>, bool),
    /// Any of these. All bind the same locals.
    Or(Vec<PatternId>),
    /// A tuple of this length.
    Tuple(Vec<PatternId>),
    /// An array or other `Seq`.
    Array {
        /// From the front.
        before: Vec<PatternId>,
        /// `..`: if none, the length must be exact; the local gets a copy of the middle.
        rest: Option<Option<LocalId>>,
        /// From the back.
        after: Vec<PatternId>,
    },
    /// A struct, object or variant of this declaration with these slots.
    Nominal(DeclId, Vec<(u32, PatternId)>),
    /// A value of this type that fits this pattern (in which it has this type).
    Type(TypeId, PatternId),
    /// Equal, by this call of `equal?`, to a constant: the local holds what is matched, the expression is a `bool`.
    Equal(LocalId, ExprId),
}

impl ExprKind {
    /// A [`ExprKind::Block`].
    pub fn block(stmts: Vec<Stmt>, value: Option<ExprId>) -> ExprKind {
        ExprKind::Block(exact(stmts), value)
    }

    /// A [`ExprKind::New`].
    pub fn new_record(decl: DeclId, fields: Vec<(u32, ExprId)>, base: Option<ExprId>) -> ExprKind {
        ExprKind::New { decl, fields: exact(fields), base }
    }
}

/// The same without room for more.
fn exact<T>(list: Vec<T>) -> ThinVec<T> {
    let mut exact = ThinVec::with_capacity(list.len());
    exact.extend(list);
    exact
}

impl Function {
    /// The expression with this id.
    pub fn expr(&self, id: ExprId) -> &Expr {
        &self.exprs[id.0 as usize]
    }
    /// The pattern with this id.
    pub fn pattern(&self, id: PatternId) -> &Pattern {
        &self.patterns[id.0 as usize]
    }
    /// The local with this id.
    pub fn local(&self, id: LocalId) -> &Local {
        &self.locals[id.0 as usize]
    }
}

impl Program {
    /// The function with this id.
    pub fn function(&self, id: FnId) -> &Function {
        &self.functions[id.0 as usize]
    }
}

/// Programs have many expressions: what makes one larger shows in the time that checking takes.
#[cfg(target_pointer_width = "64")]
const _: () = assert!(size_of::<Expr>() <= 48);
