//! A function under construction: its arenas, its variables, its loops.
//!
//! One body (a function with all closures inside it) makes several frames: one for the function, one per closure and
//! per `comptime` expression. They stay open until the body ends, because what a closure shares with the function
//! around it (types still to be found, variables assigned later) is known only then. [`super::finish`] turns them
//! into [`hir::Function`]s.
//!
//! Always holds: the first `params` locals are the parameters; a captured variable is a local of each frame between
//! its owner and its use, linked by [`Local::origin`].

use super::flow::Facts;
use super::goal::{Goal, Place, PlaceKind};
use crate::hir::{self, ExprId, LocalId, LoopId, PatternId};
use sayso_base::{Name, Span, names};
use sayso_types::{TypeId, VarId};

/// The index of a frame in its body.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub(crate) struct FrameId(pub u32);

/// A variable while its frame is open.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Local {
    pub name: Name,
    pub ty: TypeId,
    pub span: Span,
    /// `let mut`.
    pub mutable: bool,
    /// What made it, for messages about assignments to it.
    pub origin_kind: LocalKind,
    /// A closure shares it.
    pub captured: bool,
    /// It is assigned behind its declaration, here or in a closure.
    pub assigned: bool,
    /// For a captured variable: the local of the frame around this one.
    pub origin: Option<LocalId>,
}

/// How a variable came to be.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum LocalKind {
    /// By `let`; the span is where `mut ` goes to make it assignable.
    Let(Span),
    /// A parameter.
    Param,
    /// By a pattern of `match`, `for`, `if let`, or by `catch`.
    Pattern,
    /// Made by the checker.
    Hidden,
}

/// What kind of function a frame becomes.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum FrameKind {
    /// A declared function, an initialiser, a test.
    Function,
    /// A closure.
    Closure,
    /// A `comptime` expression: sees no variables of the frames around it.
    Comptime,
}

/// A loop whose body is being read.
#[derive(Clone, Debug)]
pub(crate) struct Loop {
    pub id: LoopId,
    pub label: Option<Name>,
    /// `loop`, whose `break`s may carry values; the others give `void`.
    pub gives_value: bool,
    /// What is wanted of the values.
    pub goal: Goal,
    /// The type of the values of the `break`s seen so far; none if there was no `break`.
    pub value: Option<TypeId>,
    /// What is known at the `break`s seen so far.
    pub exit: Facts,
    /// How many `defer`s are around it: a `break` inside a `defer` cannot leave it.
    pub depth: u32,
}

/// What a frame returns.
#[derive(Clone, Debug)]
pub(crate) struct Returns {
    /// What is written or expected.
    pub expected: Option<TypeId>,
    /// Whether `expected` is demanded, so that what does not fit is an error here.
    pub annotated: bool,
    /// Where the annotation stands.
    pub annotation: Option<Span>,
    /// What a result is called in messages.
    pub place: PlaceKind,
    /// The types of the `return`s (and of `?`s) seen so far, with their places.
    pub seen: Vec<(TypeId, Span)>,
}

impl Returns {
    pub fn place(&self) -> Place {
        Place { kind: self.place, declared: self.annotation }
    }
}

/// A function under construction.
#[derive(Debug)]
pub(crate) struct Frame {
    pub kind: FrameKind,
    pub parent: Option<FrameId>,
    pub name: Name,
    pub span: Span,
    pub type_vars: Vec<VarId>,
    pub params: u32,
    pub locals: Vec<Local>,
    pub captures: Vec<LocalId>,
    pub exprs: Vec<hir::Expr>,
    pub patterns: Vec<hir::Pattern>,
    pub loops: Vec<Loop>,
    pub loop_count: u32,
    pub returns: Returns,
    /// Whether the body has `yield`.
    pub generator: bool,
    /// What has to be yielded, if that is written or expected.
    pub yield_goal: Option<TypeId>,
    /// What is yielded so far.
    pub yields: Option<TypeId>,
    /// The body, once it is read.
    pub body: Option<ExprId>,
    /// The result, once it is known.
    pub result: TypeId,
    /// How many `defer`red expressions are around.
    pub defer_depth: u32,
}

/// Where frames write: taken from ended frames, so that they grow once and not with every function.
#[derive(Debug, Default)]
pub(crate) struct Buffers {
    locals: Vec<Local>,
    exprs: Vec<hir::Expr>,
    patterns: Vec<hir::Pattern>,
}

/// Buffers for more expressions are not kept: what is in them is taken as it is.
const LARGEST_SPARE: usize = 10_000;

impl Buffers {
    /// What is in them, in no more memory than it needs; the buffers become spare.
    pub fn empty(mut self, spare: &mut Vec<Buffers>) -> (Vec<hir::Expr>, Vec<hir::Pattern>) {
        if self.exprs.len() > LARGEST_SPARE {
            return (self.exprs, self.patterns);
        }
        let mut exprs = Vec::with_capacity(self.exprs.len());
        exprs.append(&mut self.exprs);
        let mut patterns = Vec::with_capacity(self.patterns.len());
        patterns.append(&mut self.patterns);
        self.locals.clear();
        spare.push(self);
        (exprs, patterns)
    }
}

impl Frame {
    /// Lets a new frame write to buffers of an ended one.
    pub fn give_buffers(&mut self, buffers: Option<Buffers>) {
        if let Some(Buffers { locals, exprs, patterns }) = buffers {
            (self.locals, self.exprs, self.patterns) = (locals, exprs, patterns);
        }
    }

    /// Takes out what has been written.
    pub fn take_buffers(&mut self) -> Buffers {
        let Frame { locals, exprs, patterns, .. } = self;
        let (locals, exprs, patterns) = (std::mem::take(locals), std::mem::take(exprs), std::mem::take(patterns));
        Buffers { locals, exprs, patterns }
    }

    pub fn new(kind: FrameKind, parent: Option<FrameId>, name: Name, span: Span) -> Frame {
        Frame {
            kind,
            parent,
            name,
            span,
            type_vars: Vec::new(),
            params: 0,
            locals: Vec::new(),
            captures: Vec::new(),
            exprs: Vec::new(),
            patterns: Vec::new(),
            loops: Vec::new(),
            loop_count: 0,
            returns: Returns {
                expected: None,
                annotated: false,
                annotation: None,
                place: PlaceKind::Result(name),
                seen: Vec::new(),
            },
            generator: false,
            yield_goal: None,
            yields: None,
            body: None,
            result: TypeId::VOID,
            defer_depth: 0,
        }
    }

    pub fn push(&mut self, kind: hir::ExprKind, ty: TypeId, span: Span) -> ExprId {
        let id = ExprId(self.exprs.len() as u32);
        self.exprs.push(hir::Expr { kind, ty, span });
        id
    }

    pub fn push_pattern(&mut self, kind: hir::PatternKind, ty: TypeId, span: Span) -> PatternId {
        let id = PatternId(self.patterns.len() as u32);
        self.patterns.push(hir::Pattern { kind, ty, span });
        id
    }

    pub fn push_local(&mut self, name: Name, ty: TypeId, kind: LocalKind, mutable: bool, span: Span) -> LocalId {
        let id = LocalId(self.locals.len() as u32);
        self.locals.push(Local {
            name,
            ty,
            span,
            mutable,
            origin_kind: kind,
            captured: false,
            assigned: false,
            origin: None,
        });
        id
    }

    /// A variable that only the checker knows of.
    pub fn hidden(&mut self, ty: TypeId, span: Span) -> LocalId {
        self.push_local(names::EMPTY, ty, LocalKind::Hidden, false, span)
    }

    pub fn ty(&self, id: ExprId) -> TypeId {
        self.exprs.get(id.0 as usize).map_or(TypeId::ERROR, |expr| expr.ty)
    }

    pub fn span_of(&self, id: ExprId) -> Span {
        self.exprs.get(id.0 as usize).map_or(self.span, |expr| expr.span)
    }

    pub fn kind_of(&self, id: ExprId) -> Option<&hir::ExprKind> {
        self.exprs.get(id.0 as usize).map(|expr| &expr.kind)
    }

    pub fn local(&self, id: LocalId) -> Option<&Local> {
        self.locals.get(id.0 as usize)
    }

    pub fn new_loop(&mut self) -> LoopId {
        let id = LoopId(self.loop_count);
        self.loop_count += 1;
        id
    }
}
