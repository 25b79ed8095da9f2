//! The typed view of a parsed file: what the checker reads.
//!
//! The lossless tree keeps every byte; this view keeps the meaning. It is an arena per file: nodes refer to each other
//! by index, so it is dropped, cloned and compared without recursion. What the parser could not read is an
//! [`ExprKind::Error`] (or its like), for which a diagnostic exists already; later stages stay silent about it.
//!
//! Depth: along any path the view is at most [`MAX_DEPTH`] nodes deep, except for the left operands of
//! [`ExprKind::Binary`] (and `And`, `Or`), whose chains may be as long as the file; whoever walks them does so in a loop.

use sayso_base::{FileId, Name, Span};
use std::sync::Arc;
use thin_vec::ThinVec;

/// How deep expressions, blocks, patterns and types may nest; the parser reports what is deeper.
pub const MAX_DEPTH: usize = 256;

macro_rules! ids {
    ($($(#[$doc:meta])* $id:ident),* $(,)?) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
        pub struct $id(pub u32);
    )*};
}

ids! {
    /// Index into [`Ast::exprs`].
    ExprId,
    /// Index into [`Ast::blocks`].
    BlockId,
    /// Index into [`Ast::patterns`].
    PatternId,
    /// Index into [`Ast::types`].
    TypeId,
    /// Index into [`Ast::items`].
    ItemId,
}

/// One file.
#[derive(Clone, Debug)]
pub struct Ast {
    /// The file.
    pub file: FileId,
    /// `//!` comments, joined by newlines, without the markers.
    pub docs: Option<Arc<str>>,
    /// Items and top-level statements in source order.
    pub body: ThinVec<Stmt>,
    /// All expressions.
    pub exprs: Vec<Expr>,
    /// All blocks.
    pub blocks: Vec<Block>,
    /// All patterns.
    pub patterns: Vec<Pattern>,
    /// All written types.
    pub types: Vec<TypeExpr>,
    /// All items, nested ones too.
    pub items: Vec<Item>,
}

impl Ast {
    /// The expression with this id.
    pub fn expr(&self, id: ExprId) -> &Expr {
        &self.exprs[id.0 as usize]
    }
    /// The block with this id.
    pub fn block(&self, id: BlockId) -> &Block {
        &self.blocks[id.0 as usize]
    }
    /// The pattern with this id.
    pub fn pattern(&self, id: PatternId) -> &Pattern {
        &self.patterns[id.0 as usize]
    }
    /// The written type with this id.
    pub fn ty(&self, id: TypeId) -> &TypeExpr {
        &self.types[id.0 as usize]
    }
    /// The item with this id.
    pub fn item(&self, id: ItemId) -> &Item {
        &self.items[id.0 as usize]
    }
}

/// A name and where it stands.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Ident {
    /// The name, with a final `?` or `!` that belongs to it.
    pub name: Name,
    /// Where.
    pub span: Span,
}

/// A dotted name: `Point`, `Shape.Circle`, `geometry.plane.Point`. At least one part.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Path(PathParts);

/// Nearly all paths are one name, which needs no memory of its own.
#[derive(Clone, PartialEq, Eq, Debug)]
enum PathParts {
    One(Ident),
    More(Box<(Vec<Ident>, Span)>),
}

impl Path {
    /// These parts, which take up this place.
    pub fn new(parts: &[Ident], span: Span) -> Path {
        match parts {
            [one] if one.span == span => Path::from(*one),
            parts => Path(PathParts::More(Box::new((parts.to_vec(), span)))),
        }
    }

    /// The parts in order.
    pub fn parts(&self) -> &[Ident] {
        match &self.0 {
            PathParts::One(one) => std::slice::from_ref(one),
            PathParts::More(more) => &more.0,
        }
    }

    /// Where the whole stands.
    pub fn span(&self) -> Span {
        match &self.0 {
            PathParts::One(one) => one.span,
            PathParts::More(more) => more.1,
        }
    }
}

impl From<Ident> for Path {
    fn from(name: Ident) -> Path {
        Path(PathParts::One(name))
    }
}

/// `{ statements }` in whatever form it was written.
#[derive(Clone, Debug)]
pub struct Block {
    /// The statements; if the last is [`StmtKind::Expr`] without a `;` behind it on its line, it is the value.
    pub stmts: ThinVec<Stmt>,
    /// From the head's end to the last statement or closing brace.
    pub span: Span,
}

/// A statement.
#[derive(Clone, Debug)]
pub struct Stmt {
    /// What it is.
    pub kind: StmtKind,
    /// Where.
    pub span: Span,
}

/// The kinds of statements.
#[derive(Clone, Debug)]
pub enum StmtKind {
    /// `let [mut] pattern [: type] = value [else { … }]`. `mutable` is `let mut`; it applies to every name bound.
    Let {
        /// What is bound.
        pattern: PatternId,
        /// `let mut`.
        mutable: bool,
        /// The annotation.
        ty: Option<TypeId>,
        /// The value; `Error` if missing.
        value: ExprId,
        /// The block for a pattern that fails.
        otherwise: Option<BlockId>,
    },
    /// An expression; `semicolon` if a `;` follows it on its line and nothing else of the block does (value discarded).
    Expr {
        /// The expression.
        expr: ExprId,
        /// Whether its value is discarded by a `;` before `}`.
        semicolon: bool,
    },
    /// `defer e` or `defer { … }` (then a `Block` expression).
    Defer(ExprId),
    /// A declaration.
    Item(ItemId),
    /// What could not be read.
    Error,
}

/// An expression.
#[derive(Clone, Debug)]
pub struct Expr {
    /// What it is.
    pub kind: ExprKind,
    /// Where.
    pub span: Span,
}

/// A piece of a string literal.
#[derive(Clone, Debug)]
pub enum StrPart {
    /// Text with escapes resolved.
    Text(Arc<str>),
    /// `{expr}` or `{expr:spec}`.
    Hole {
        /// The expression.
        expr: ExprId,
        /// The format specification, `Default` if none is written.
        spec: FormatSpec,
        /// From brace to brace.
        span: Span,
    },
}

/// `[[fill]align][+][#][0][width][.precision][?|x|X|b|o|e]`, as in Rust's `std::fmt`.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Hash)]
pub struct FormatSpec {
    /// The fill character; blank if none.
    pub fill: Option<char>,
    /// `<`, `^` or `>`.
    pub align: Option<Align>,
    /// `+`.
    pub plus: bool,
    /// `#`.
    pub alternate: bool,
    /// `0`.
    pub zero: bool,
    /// Least width in code points.
    pub width: Option<u32>,
    /// Digits after the point; for strings the greatest length.
    pub precision: Option<u32>,
    /// The letter.
    pub kind: FormatKind,
}

/// Where text stands in a wider field.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Hash)]
pub enum Align {
    /// `<`
    Left,
    /// `^`
    Center,
    /// `>`
    Right,
}

/// The letter of a format specification.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Hash)]
pub enum FormatKind {
    /// None: `to_str`.
    #[default]
    Display,
    /// `?`: `debug`.
    Debug,
    /// `x`
    LowerHex,
    /// `X`
    UpperHex,
    /// `b`
    Binary,
    /// `o`
    Octal,
    /// `e`
    Exponent,
}

/// Binary operators that are calls of `core` functions (or, for `And` and `Or`, control flow).
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum BinaryOp {
    /// `**`
    Pow,
    /// `*`
    Mul,
    /// `/`
    Div,
    /// `%`
    Rem,
    /// `+`
    Add,
    /// `-`
    Sub,
    /// `<<`
    Shl,
    /// `>>`
    Shr,
    /// `&`
    BitAnd,
    /// `^`
    BitXor,
    /// `==`
    Eq,
    /// `!=`
    Ne,
    /// `<`
    Lt,
    /// `<=`
    Le,
    /// `>`
    Gt,
    /// `>=`
    Ge,
    /// `===`
    Identical,
    /// `&&`
    And,
    /// `||`
    Or,
}

/// Prefix operators.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum UnaryOp {
    /// `!`
    Not,
    /// `-`
    Neg,
}

/// One argument of a call.
#[derive(Clone, Copy, Debug)]
pub struct Arg {
    /// `name: value`.
    pub name: Option<Ident>,
    /// `..value`.
    pub spread: bool,
    /// The value.
    pub value: ExprId,
}

/// One element of an array or list literal.
#[derive(Clone, Copy, Debug)]
pub struct Element {
    /// `..value`.
    pub spread: bool,
    /// The value.
    pub value: ExprId,
}

/// `name: value` in a struct or shape literal; `name` alone stands for `name: name`.
#[derive(Clone, Copy, Debug)]
pub struct FieldInit {
    /// The field.
    pub name: Ident,
    /// The value.
    pub value: ExprId,
}

/// `Path { field: value, ..base }`
#[derive(Clone, Debug)]
pub struct StructLiteral {
    /// A struct or variant.
    pub path: Path,
    /// The fields written.
    pub fields: ThinVec<FieldInit>,
    /// `..base`
    pub base: Option<ExprId>,
}

/// One arm of a `match`.
#[derive(Clone, Copy, Debug)]
pub struct Arm {
    /// The pattern.
    pub pattern: PatternId,
    /// `if guard`.
    pub guard: Option<ExprId>,
    /// The body; a `Block` expression if it was a block.
    pub body: ExprId,
    /// The whole arm.
    pub span: Span,
}

/// One `if` or `else if`.
#[derive(Clone, Copy, Debug)]
pub struct Branch {
    /// The condition: an expression, possibly with [`ExprKind::Let`] in it.
    pub condition: ExprId,
    /// What runs.
    pub body: BlockId,
}

/// `catch [name [: type]] { … }`.
#[derive(Clone, Copy, Debug)]
pub struct Catch {
    /// The name of the value caught.
    pub name: Option<Ident>,
    /// Only values of this type are caught.
    pub ty: Option<TypeId>,
    /// The handler.
    pub body: BlockId,
    /// The whole clause.
    pub span: Span,
}

/// A parameter of a function or closure.
#[derive(Clone, Debug)]
pub struct Param {
    /// What is bound: nearly always [`PatternKind::Bind`]. `self` is a `Bind` of that name.
    pub pattern: PatternId,
    /// The annotation.
    pub ty: Option<TypeId>,
    /// `= value`.
    pub default: Option<ExprId>,
    /// `*rest`.
    pub rest: bool,
    /// The whole parameter.
    pub span: Span,
}

/// A written upper bound of effects: `is pure`, `is io.fs + panic`.
#[derive(Clone, Debug)]
pub struct Effects {
    /// The parts, each a dotted name; empty for `pure`.
    pub parts: Vec<Path>,
    /// After `is`.
    pub span: Span,
}

/// The kinds of expressions.
#[derive(Clone, Debug)]
pub enum ExprKind {
    /// What could not be read.
    Error,
    /// An integer without sign, up to 2⁶³ (which is valid only behind a minus) or, `None`, larger.
    Int(Option<u64>),
    /// A float.
    Float(f64),
    /// `true`, `false`
    Bool(bool),
    /// `b'a'`
    Byte(u8),
    /// A string of any form; no parts for `""`. Adjacent texts are joined.
    Str(ThinVec<StrPart>),
    /// `#name`
    Symbol(Name),
    /// A name (`self` and `super` too).
    Name(Name),
    /// `[a, ..b]`
    Array(ThinVec<Element>),
    /// `[value; count]`
    Repeat {
        /// Evaluated once per element.
        value: ExprId,
        /// How many.
        count: ExprId,
    },
    /// `["k": v]`, `[:]`
    Table(ThinVec<(ExprId, ExprId)>),
    /// `#[a, ..b]`
    List(ThinVec<Element>),
    /// `#["k" -> v]`, `#[->]`
    Map(ThinVec<(ExprId, ExprId)>),
    /// `(a, b)`, `(a,)`, `()`
    Tuple(ThinVec<ExprId>),
    /// `%{ x: 1 }`
    Shape(ThinVec<FieldInit>),
    /// `a..b`, `a..=b`, `a..`, `..b`, `..`
    Range {
        /// The first.
        start: Option<ExprId>,
        /// The end.
        end: Option<ExprId>,
        /// `..=`
        inclusive: bool,
    },
    /// `Path { field: value, ..base }`
    Struct(Box<StructLiteral>),
    /// `!e`, `-e`
    Unary(UnaryOp, ExprId),
    /// `a + b`; the operator's place too
    Binary(BinaryOp, Span, ExprId, ExprId),
    /// `e as T`
    Cast(ExprId, TypeId),
    /// `e is T`, `e is not T`
    Is {
        /// The value.
        value: ExprId,
        /// The type.
        ty: TypeId,
        /// `is not`
        negated: bool,
    },
    /// `x in c`, `x not in c`
    In {
        /// The value.
        value: ExprId,
        /// Where it may be.
        container: ExprId,
        /// `not in`
        negated: bool,
    },
    /// `a ?? b`
    Coalesce(ExprId, ExprId),
    /// `a or b`
    OrElse(ExprId, ExprId),
    /// `a |> f`, `a |> f(b)`: the right side is a `Call` or any other expression
    Pipe(ExprId, ExprId),
    /// `target = value`, `target += value`
    Assign {
        /// Where to.
        target: ExprId,
        /// For compound assignment; `??=` is [`AssignOp::Coalesce`].
        op: AssignOp,
        /// Where the sign stands.
        sign: Span,
        /// What.
        value: ExprId,
    },
    /// `e?`
    Try(ExprId),
    /// `e.name`; for tuples the name is a number (`t.0`)
    Field(ExprId, Ident),
    /// `e?.name`
    OptionalField(ExprId, Ident),
    /// `f(a, b)`; a call of a `Field` is the uniform call, of an `OptionalField` the optional one
    Call {
        /// What is called.
        callee: ExprId,
        /// The arguments.
        args: ThinVec<Arg>,
        /// Where `(` stands; the expression ends behind `)`.
        paren: u32,
    },
    /// `f::[A, B]`
    Fixed(ExprId, ThinVec<TypeId>),
    /// `e[i]`
    Index(ExprId, ExprId),
    /// `type([i64])`: a type as a value; the parser makes it of `type(` with a type in parentheses
    TypeValue(TypeId),
    /// `{ … }` as an expression
    Block(BlockId),
    /// `if … else if … else …`
    If {
        /// At least one.
        branches: ThinVec<Branch>,
        /// `else`
        otherwise: Option<BlockId>,
    },
    /// `let pattern = value` in the condition of `if` or `while`, alone or joined by `&&`
    Let {
        /// What is bound.
        pattern: PatternId,
        /// The value.
        value: ExprId,
    },
    /// `match`
    Match {
        /// What is matched.
        value: ExprId,
        /// The arms.
        arms: ThinVec<Arm>,
    },
    /// `loop { … }`
    Loop {
        /// `label:`
        label: Option<Box<Ident>>,
        /// The body.
        body: BlockId,
    },
    /// `while condition { … }`
    While {
        /// `label:`
        label: Option<Box<Ident>>,
        /// As of `if`.
        condition: ExprId,
        /// The body.
        body: BlockId,
    },
    /// `for pattern in iterable { … }`
    For {
        /// `label:`
        label: Option<Box<Ident>>,
        /// What is bound each turn.
        pattern: PatternId,
        /// What is walked.
        iterable: ExprId,
        /// The body.
        body: BlockId,
    },
    /// `try { … } catch …`
    TryCatch {
        /// What is tried.
        body: BlockId,
        /// At least one.
        catches: ThinVec<Catch>,
    },
    /// `|x, y: T| -> R { … }`
    Closure {
        /// The parameters.
        params: ThinVec<Param>,
        /// `-> R`
        result: Option<TypeId>,
        /// The body.
        body: ExprId,
    },
    /// `return e`
    Return(Option<ExprId>),
    /// `break label e`
    Break {
        /// The loop meant.
        label: Option<Box<Ident>>,
        /// Its value.
        value: Option<ExprId>,
    },
    /// `continue label`
    Continue {
        /// The loop meant.
        label: Option<Box<Ident>>,
    },
    /// `throw e`
    Throw(ExprId),
    /// `yield e`
    Yield(Option<ExprId>),
    /// `spawn e`
    Spawn(ExprId),
    /// `comptime e`
    Comptime(ExprId),
    /// `expect e`
    Expect(ExprId),
}

/// What an assignment does before storing.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum AssignOp {
    /// `=`
    Set,
    /// `+=` and the like
    Binary(BinaryOp),
    /// `??=`
    Coalesce,
}

/// A pattern.
#[derive(Clone, Debug)]
pub struct Pattern {
    /// What it is.
    pub kind: PatternKind,
    /// Where.
    pub span: Span,
}

/// One field of a struct pattern; `name` alone stands for `name: name`.
#[derive(Clone, Copy, Debug)]
pub struct FieldPattern {
    /// The field.
    pub name: Ident,
    /// What it must be.
    pub pattern: PatternId,
}

/// The kinds of patterns.
#[derive(Clone, Debug)]
pub enum PatternKind {
    /// What could not be read.
    Error,
    /// `_`
    Wildcard,
    /// `name`, `name @ pattern`. A bare name may mean a nullary variant or a constant: the checker decides.
    Bind {
        /// The name.
        name: Ident,
        /// What it must be.
        pattern: Option<PatternId>,
    },
    /// `name: T`
    Typed {
        /// The name (may be `_`).
        name: Ident,
        /// Its type.
        ty: TypeId,
    },
    /// A literal: `Int`, `Float`, `Bool`, `Byte`, `Str` without holes, `Symbol`, a minus before a number, or `()`.
    Literal(ExprId),
    /// `a..b`, `a..=b`, `a..`, `..b`; the ends are literals
    Range {
        /// The first.
        start: Option<ExprId>,
        /// The end.
        end: Option<ExprId>,
        /// `..=`
        inclusive: bool,
    },
    /// `a | b`
    Or(ThinVec<PatternId>),
    /// `(a, b)`
    Tuple(ThinVec<PatternId>),
    /// `[a, ..rest, b]`; the rest may have no name
    Array {
        /// Before the rest.
        before: ThinVec<PatternId>,
        /// `..` or `..name`
        rest: Option<Box<Option<Ident>>>,
        /// Behind it.
        after: ThinVec<PatternId>,
    },
    /// `Path { x, y: p, .. }`
    Struct {
        /// A struct or variant.
        path: Box<Path>,
        /// The fields.
        fields: ThinVec<FieldPattern>,
        /// `..`
        rest: bool,
    },
    /// `Path(p, q)`; `..` as the last is `rest`
    Variant {
        /// A variant or struct.
        path: Box<Path>,
        /// The payload.
        args: ThinVec<PatternId>,
        /// `..`
        rest: bool,
    },
    /// `a.B`: a dotted name without payload
    Path(Path),
}

/// A written type.
#[derive(Clone, Debug)]
pub struct TypeExpr {
    /// What it is.
    pub kind: TypeExprKind,
    /// Where.
    pub span: Span,
}

/// The kinds of written types.
#[derive(Clone, Debug)]
pub enum TypeExprKind {
    /// What could not be read.
    Error,
    /// `Name`, `a.Name`, `Name<A, B>`
    Path(Path, ThinVec<TypeId>),
    /// `#name`
    Symbol(Name),
    /// `[T]`
    Array(TypeId),
    /// `[T; N]`
    FixedArray(TypeId, u64),
    /// `[K: V]`
    Table(TypeId, TypeId),
    /// `(A, B)`, `(A,)`, `()`
    Tuple(ThinVec<TypeId>),
    /// `%{ a: A }`
    Shape(ThinVec<(Ident, TypeId)>),
    /// `fn(A, B) -> R is e`
    Function {
        /// The parameters.
        params: ThinVec<TypeId>,
        /// The result; none is `void`.
        result: Option<TypeId>,
        /// The bound.
        effects: Option<Box<Effects>>,
    },
    /// `A | B`
    Union(ThinVec<TypeId>),
    /// `A & B`
    Intersection(ThinVec<TypeId>),
    /// `T?`
    Option(TypeId),
}

/// A type parameter: `+T`, `T: Upper`, `T >: Lower`.
#[derive(Clone, Debug)]
pub struct TypeParam {
    /// The name.
    pub name: Ident,
    /// `+` or `-`.
    pub variance: Variance,
    /// `open`
    pub open: bool,
    /// `: Upper`
    pub upper: Option<TypeId>,
    /// `>: Lower`
    pub lower: Option<TypeId>,
}

/// The variance written on a type parameter.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Variance {
    /// None.
    Invariant,
    /// `+`
    Covariant,
    /// `-`
    Contravariant,
}

/// `@name(args)`.
#[derive(Clone, Debug)]
pub struct Attribute {
    /// The name.
    pub name: Ident,
    /// The arguments.
    pub args: Vec<ExprId>,
    /// The whole.
    pub span: Span,
}

/// A declaration.
#[derive(Clone, Debug)]
pub struct Item {
    /// What it is.
    pub kind: ItemKind,
    /// `///` comments, joined by newlines, without the markers.
    pub docs: Option<Arc<str>>,
    /// `@name(…)`.
    pub attributes: Vec<Attribute>,
    /// The whole.
    pub span: Span,
}

/// `fn Path.name<T>(params) -> R is e { … }`.
#[derive(Clone, Debug)]
pub struct FnItem {
    /// What stands before the last dot: a type or a module.
    pub owner: Option<Path>,
    /// The name.
    pub name: Ident,
    /// `comptime fn`
    pub comptime: bool,
    /// The type parameters.
    pub type_params: Vec<TypeParam>,
    /// The parameters.
    pub params: Vec<Param>,
    /// `-> R`
    pub result: Option<TypeId>,
    /// `is e`
    pub effects: Option<Effects>,
    /// The body; none for an abstract function.
    pub body: Option<BlockId>,
    /// From `fn` to the result or effects.
    pub head_span: Span,
}

/// A field of a struct, class, variant or interface.
#[derive(Clone, Debug)]
pub struct FieldDecl {
    /// The name.
    pub name: Ident,
    /// `mut`
    pub mutable: bool,
    /// `open`
    pub open: bool,
    /// The type; classes may leave it out before a default.
    pub ty: Option<TypeId>,
    /// `= value`
    pub default: Option<ExprId>,
    /// `///`
    pub docs: Option<Arc<str>>,
}

/// What a variant carries.
#[derive(Clone, Debug)]
pub enum Payload {
    /// Nothing.
    None,
    /// `(A, B)`
    Positional(Vec<TypeId>),
    /// `{ x: A }`
    Named(Vec<FieldDecl>),
}

/// A variant of an enum.
#[derive(Clone, Debug)]
pub struct VariantDecl {
    /// The name.
    pub name: Ident,
    /// What it carries.
    pub payload: Payload,
    /// `///`
    pub docs: Option<Arc<str>>,
}

/// A name of a `from` import.
#[derive(Clone, Copy, Debug)]
pub struct ImportName {
    /// What is imported.
    pub name: Ident,
    /// `as alias`
    pub alias: Option<Ident>,
}

/// The kinds of declarations.
#[derive(Clone, Debug)]
pub enum ItemKind {
    /// `fn`
    Fn(Box<FnItem>),
    /// `struct Name<T>: Traits { fields }`, `object Name: Traits { … }` (then `object` is set)
    Struct {
        /// The name.
        name: Ident,
        /// The type parameters.
        type_params: Vec<TypeParam>,
        /// The supertypes.
        supers: Vec<TypeId>,
        /// The fields.
        fields: Vec<FieldDecl>,
        /// Functions written inside the body.
        functions: Vec<ItemId>,
        /// Declared by `object`.
        object: bool,
    },
    /// `enum`
    Enum {
        /// The name.
        name: Ident,
        /// The type parameters.
        type_params: Vec<TypeParam>,
        /// The supertypes.
        supers: Vec<TypeId>,
        /// The variants.
        variants: Vec<VariantDecl>,
        /// Functions written inside the body.
        functions: Vec<ItemId>,
    },
    /// `trait Name<T>: Supers { functions }`
    Trait {
        /// The name.
        name: Ident,
        /// The type parameters.
        type_params: Vec<TypeParam>,
        /// Supertraits and demanded shapes.
        supers: Vec<TypeId>,
        /// Functions written inside the body.
        functions: Vec<ItemId>,
    },
    /// `interface Name { fn f(self) -> R, x: T }`
    Interface {
        /// The name.
        name: Ident,
        /// The type parameters.
        type_params: Vec<TypeParam>,
        /// Functions without bodies.
        functions: Vec<ItemId>,
        /// Fields.
        fields: Vec<FieldDecl>,
    },
    /// `class Name(Base): Traits { … }`
    Class {
        /// The name.
        name: Ident,
        /// The type parameters.
        type_params: Vec<TypeParam>,
        /// The base class.
        base: Option<TypeId>,
        /// The traits.
        supers: Vec<TypeId>,
        /// The fields.
        fields: Vec<FieldDecl>,
        /// `init(self, …) { … }`, as a function of that name.
        init: Option<ItemId>,
        /// The functions.
        functions: Vec<ItemId>,
    },
    /// `type Name<X> = T`
    TypeAlias {
        /// The name.
        name: Ident,
        /// The type parameters.
        type_params: Vec<TypeParam>,
        /// What it stands for.
        ty: TypeId,
    },
    /// `import a.b`, `import a.b as c`
    Import {
        /// The module.
        path: Path,
        /// `as c`
        alias: Option<Ident>,
    },
    /// `from a.b import x, y as z`
    FromImport {
        /// The module.
        path: Path,
        /// What is imported.
        names: Vec<ImportName>,
    },
    /// `test "name" { … }`
    Test {
        /// The name.
        name: Arc<str>,
        /// The body.
        body: BlockId,
    },
    /// `bench "name" { … }`
    Bench {
        /// The name.
        name: Arc<str>,
        /// The body.
        body: BlockId,
    },
    /// What could not be read.
    Error,
}

/// Files have many of these: what makes one larger shows in the time that checking takes.
#[cfg(target_pointer_width = "64")]
const _: () = {
    assert!(size_of::<Expr>() <= 40);
    assert!(size_of::<Stmt>() <= 40);
    assert!(size_of::<Block>() <= 24);
    assert!(size_of::<Pattern>() <= 48);
    assert!(size_of::<TypeExpr>() <= 48);
};
