//! The state of one body while it is read, and the small operations that everything else is made of.
//!
//! A body is a function, a module's statements or a default with all closures inside. `frame` is the function being
//! written to; the frames around it wait in `outer`, those of finished closures in `done`, until the whole body ends
//! and [`super::finish`] takes them.

use super::flow::Facts;
use super::frame::{Frame, FrameId, FrameKind, LocalKind};
use super::goal::{Goal, Place};
use super::scan;
use super::scope::{Mark, Scopes};
use crate::hir::{self, Callee, Constant, ExprId, ExprKind, FnId, GlobalId, LocalId, ModuleId};
use crate::tables::{Checker, FnDeclId, ScopeId};
use rustc_hash::{FxHashMap, FxHashSet};
use sayso_base::{Diagnostic, Name, Span, names};
use sayso_syntax::ast::{self, Ast};
use sayso_types::{DeclId, Effects, TypeId, TypeKind, VarId};
use smallvec::SmallVec;
use thin_vec::ThinVec;

/// Of how many types one is known to be the variable's, at most, where ways meet.
const MOST_FACTS: usize = 64;

/// Where in the syntax an inference variable arose, so that a second reading can start with what the first found out:
/// the expression and the number of the variable there.
pub(crate) type Site = (ast::ExprId, u32);

/// A body being read.
pub(crate) struct Body<'b, 'a> {
    pub cx: &'b mut Checker<'a>,
    pub ast: &'b Ast,
    pub module: ModuleId,
    /// Names that are no local variables are looked up here.
    pub scope: ScopeId,
    /// Type parameters in sight.
    pub type_names: SmallVec<[(Name, VarId); 2]>,
    /// The function being checked, if it is one.
    pub decl: Option<FnDeclId>,
    /// The class around a method or `init`: what `super` refers to.
    pub class: Option<DeclId>,
    pub frame: Frame,
    pub frame_id: FrameId,
    pub outer: Vec<(FrameId, Frame)>,
    pub done: Vec<(FrameId, Frame)>,
    pub frame_count: u32,
    pub scopes: Scopes,
    pub flow: Facts,
    /// Variables of literals and calls, by where they arose.
    pub sites: Vec<(Site, TypeId, TypeId)>,
    /// What an earlier reading found out about them.
    pub known_sites: FxHashMap<Site, TypeId>,
    /// Something was needed before it was known: if the end of the body knows it, the body is read again.
    pub guessed: bool,
    /// Whether this is the last reading: what is not known when it is needed becomes `any`.
    pub last_reading: bool,
    /// The syntax of the whole body, for questions about it.
    pub roots: SmallVec<[scan::Node; 1]>,
    /// Names of variables that closures of this body assign; found when first asked for.
    pub closure_assigned: Option<FxHashSet<Name>>,
    /// How much work the body may still cause.
    pub fuel: u64,
    pub out_of_fuel: bool,
    /// Whether unreachable code was reported in this body.
    pub reported_unreachable: bool,
    /// Whether `return` and `?` have a function to leave.
    pub returns_allowed: bool,
    /// The top-level statement that is being read: names mean what the statements before it declare.
    pub toplevel_stmt: Option<usize>,
    /// The module's variables whose types this body finds out.
    pub own_globals: Vec<(GlobalId, TypeId)>,
    /// Names that the alternatives before the current one have bound, and those of them that it has bound too.
    pub rebind: Option<Vec<(Name, LocalId)>>,
    pub rebound: Vec<Name>,
    /// Where the names of the current pattern begin, and how deep in it we are.
    pub pattern_mark: Mark,
    /// For the pattern of an arm: the type that the arms before leave, and that of all that is matched.
    pub arm_types: Option<(TypeId, TypeId)>,
    pub pattern_depth: u32,
    /// Whether the file has a `yield`.
    pub may_yield: bool,
    /// What is wrong in it, said only if this reading counts.
    pub diagnostics: Vec<Diagnostic>,
    /// Whether types may hold inference variables.
    pub open_types: bool,
    /// `reveal`s, said when all is known.
    pub reveals: Vec<(ExprId, FrameId, Span)>,
}

/// How many steps (expressions read, candidates tried) one body may take per reading.
const FUEL: u64 = 40_000_000;

impl<'b, 'a> Body<'b, 'a> {
    pub fn new(
        cx: &'b mut Checker<'a>,
        ast: &'b Ast,
        module: ModuleId,
        scope: ScopeId,
        name: Name,
        span: Span,
    ) -> Self {
        let scopes = cx.bodies.spare_scopes.pop().unwrap_or_default();
        let pattern_mark = scopes.mark();
        if !cx.bodies.named {
            cx.bodies.names = super::env::CoreNames::new(&mut cx.names);
            cx.bodies.named = true;
        }
        cx.bodies.open_bodies += 1;
        let mut frame = Frame::new(FrameKind::Function, None, name, span);
        frame.give_buffers(cx.bodies.spare_buffers.pop());
        Body {
            cx,
            ast,
            module,
            scope,
            type_names: SmallVec::new(),
            decl: None,
            class: None,
            frame,
            frame_id: FrameId(0),
            outer: Vec::new(),
            done: Vec::new(),
            frame_count: 1,
            scopes,
            flow: Facts::default(),
            sites: Vec::new(),
            known_sites: FxHashMap::default(),
            guessed: false,
            last_reading: false,
            roots: SmallVec::new(),
            closure_assigned: None,
            fuel: FUEL,
            out_of_fuel: false,
            reported_unreachable: false,
            returns_allowed: true,
            toplevel_stmt: None,
            own_globals: Vec::new(),
            rebind: None,
            rebound: Vec::new(),
            pattern_mark,
            arm_types: None,
            pattern_depth: 0,
            may_yield: true,
            diagnostics: Vec::new(),
            open_types: false,
            reveals: Vec::new(),
        }
    }

    // ---- nodes

    pub fn push(&mut self, kind: ExprKind, ty: TypeId, span: Span) -> ExprId {
        self.frame.push(kind, ty, span)
    }

    pub fn ty(&self, id: ExprId) -> TypeId {
        self.frame.ty(id)
    }

    pub fn span(&self, id: ExprId) -> Span {
        self.frame.span_of(id)
    }

    pub fn error(&mut self, span: Span) -> ExprId {
        self.push(ExprKind::Error, TypeId::ERROR, span)
    }

    pub fn unit(&mut self, span: Span) -> ExprId {
        self.push(ExprKind::Constant(Constant::Unit), TypeId::VOID, span)
    }

    pub fn constant(&mut self, constant: Constant, ty: TypeId, span: Span) -> ExprId {
        self.push(ExprKind::Constant(constant), ty, span)
    }

    pub fn read_local(&mut self, local: LocalId, span: Span) -> ExprId {
        let ty = self.frame.local(local).map_or(TypeId::ERROR, |local| local.ty);
        self.push(ExprKind::Local(local), ty, span)
    }

    /// A call of one function.
    pub fn call(
        &mut self,
        function: FnId,
        type_args: ThinVec<TypeId>,
        args: ThinVec<ExprId>,
        ty: TypeId,
        span: Span,
    ) -> ExprId {
        self.push(ExprKind::Call { callee: Callee::Function(function), type_args, args }, ty, span)
    }

    /// Binds a value to a hidden variable: the statement and the variable.
    pub fn bind_hidden(&mut self, value: ExprId, span: Span) -> (hir::Stmt, LocalId) {
        let ty = self.ty(value);
        let local = self.frame.hidden(ty, span);
        let pattern = self.frame.push_pattern(hir::PatternKind::Bind(local, None), ty, span);
        (hir::Stmt::Let { pattern, value, otherwise: None }, local)
    }

    /// Whether reading a value again costs nothing and gives the same: then it needs no variable.
    pub fn is_simple(&self, id: ExprId) -> bool {
        match self.frame.kind_of(id) {
            Some(ExprKind::Constant(_)) => true,
            Some(ExprKind::Local(local)) => {
                self.frame.local(*local).is_some_and(|local| !local.mutable && local.origin.is_none())
            }
            _ => false,
        }
    }

    // ---- messages

    pub fn report(&mut self, diagnostic: Diagnostic) {
        if self.cx.bodies.needs.is_none() {
            self.diagnostics.push(diagnostic);
        }
    }

    pub fn text(&self, name: Name) -> &str {
        self.cx.names.text(name)
    }

    pub fn show(&mut self, ty: TypeId) -> String {
        let ty = self.zonk(ty);
        self.cx.types.display(ty, &self.cx.names)
    }

    pub fn place_text(&self, place: Place) -> String {
        place.kind.text(|name| self.cx.names.text(name).to_owned())
    }

    /// Spends a step; `false` when nothing is left, which is reported once.
    pub fn step(&mut self, span: Span) -> bool {
        if self.cx.bodies.needs.is_some() {
            return false;
        }
        match self.fuel.checked_sub(1) {
            Some(rest) => {
                self.fuel = rest;
                true
            }
            None => {
                if !self.out_of_fuel {
                    self.out_of_fuel = true;
                    self.report(
                        Diagnostic::error("check-budget", span, "this function is too large to be checked")
                            .note("split it into several functions, or annotate types"),
                    );
                }
                false
            }
        }
    }

    // ---- variables

    pub fn declare(&mut self, name: Name, ty: TypeId, kind: LocalKind, mutable: bool, span: Span) -> LocalId {
        let local = self.frame.push_local(name, ty, kind, mutable, span);
        if name != names::UNDERSCORE && name != names::EMPTY {
            self.scopes.bind(name, self.frame_id, local);
        }
        local
    }

    /// Opens a frame inside the current one.
    pub fn enter_frame(&mut self, kind: FrameKind, name: Name, span: Span) {
        let id = FrameId(self.frame_count);
        self.frame_count += 1;
        let mut frame = Frame::new(kind, Some(self.frame_id), name, span);
        frame.give_buffers(self.cx.bodies.spare_buffers.pop());
        frame.type_vars.clone_from(&self.frame.type_vars);
        let around = std::mem::replace(&mut self.frame, frame);
        self.outer.push((self.frame_id, around));
        self.frame_id = id;
    }

    /// Closes the current frame: its id, for whoever makes the closure.
    pub fn leave_frame(&mut self) -> FrameId {
        let id = self.frame_id;
        if let Some((outer_id, outer)) = self.outer.pop() {
            let inner = std::mem::replace(&mut self.frame, outer);
            self.done.push((id, inner));
            self.frame_id = outer_id;
        }
        id
    }

    // ---- types

    pub fn kind(&self, ty: TypeId) -> &TypeKind {
        self.cx.types.kind(ty)
    }

    pub fn union(&mut self, a: TypeId, b: TypeId) -> TypeId {
        if a == b || b == TypeId::NEVER {
            return a;
        }
        if a == TypeId::NEVER {
            return b;
        }
        let (a, b) = (self.zonk(a), self.zonk(b));
        self.cx.types.union(&[a, b])
    }

    /// What holds where two ways meet.
    pub fn join(&mut self, a: Facts, b: Facts) -> Facts {
        let types = &mut self.cx.types;
        // What could be one of very many things is as good as not known, and far cheaper.
        a.join(b, |x, y| {
            let both = types.union(&[x, y]);
            let many = matches!(types.kind(both), TypeKind::Union(parts) if parts.len() > MOST_FACTS);
            (!many).then_some(both)
        })
    }

    /// The type that a value takes in a variable, field, element or branch: a variant's is its enum.
    pub fn widen(&mut self, ty: TypeId) -> TypeId {
        let ty = self.read_as_known(ty);
        match self.cx.types.kind(ty) {
            TypeKind::Nominal(..) | TypeKind::Union(_) => self.cx.types.widen_variants(ty),
            TypeKind::Function { effects, .. } if *effects != Effects::ALL => self.all_effects(ty),
            _ => ty,
        }
    }

    /// The type of a variable that is never assigned: of a closure, it keeps what the closure is known to do.
    pub fn widen_fixed(&mut self, ty: TypeId) -> TypeId {
        let ty = self.read_as_known(ty);
        match self.cx.types.kind(ty) {
            TypeKind::Function { .. } => ty,
            _ => self.widen(ty),
        }
    }

    fn all_effects(&mut self, ty: TypeId) -> TypeId {
        match self.cx.types.kind(ty) {
            TypeKind::Function { params, result, .. } => {
                let (params, result) = (params.to_vec(), *result);
                self.cx.types.function(&params, result, Effects::ALL)
            }
            _ => ty,
        }
    }

    // ---- the one entry for expressions

    /// An expression that has to belong to a type.
    pub fn check(&mut self, id: ast::ExprId, want: TypeId, place: Place) -> ExprId {
        self.infer(id, Goal::Must(want, place))
    }
}
