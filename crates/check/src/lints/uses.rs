//! What becomes of each variable, and how it was written: read, assigned, bound how often, by which `let`.

use super::body;
use crate::hir::{ExprKind, FnId, Function, GlobalId, LocalId, ModuleId, PatternId, PatternKind, Program};
use crate::tables::Checker;
use crate::walk;
use rustc_hash::{FxHashMap, FxHashSet};
use sayso_base::{Name, Span};
use sayso_syntax::ast::{self, Ast, StmtKind};
use smallvec::SmallVec;

/// What becomes of a variable, in closures too.
#[derive(Clone, Copy, Default, Debug)]
pub(crate) struct Use {
    pub read: bool,
    /// Assigned behind its declaration.
    pub assigned: bool,
    /// How many patterns bind it: several for alternatives, none for a parameter.
    pub binders: u32,
    /// Bound where a name has to be: by a parameter's pattern, or by `catch name: T`.
    pub required: bool,
}

/// A `let mut`.
#[derive(Clone, Copy, Debug)]
pub(crate) struct MutableLet {
    /// `mut ` with the blanks behind it.
    pub keyword: Span,
    /// A number for each `let`, so that names bound by one are found together.
    pub index: usize,
}

/// Facts about variables.
#[derive(Default, Debug)]
pub(crate) struct Uses {
    /// By function and local; empty for functions that are not the program's own.
    locals: Vec<Vec<Use>>,
    /// Top-level variables by module and name, in the order of their declarations.
    pub globals: FxHashMap<(ModuleId, Name), Vec<GlobalId>>,
    /// How often each top-level variable is assigned, its declaration included.
    pub global_assignments: FxHashMap<GlobalId, u32>,
    /// The names that `let mut` binds, by place.
    pub mutable: FxHashMap<Span, MutableLet>,
    /// Names in patterns that stand for `name: name`.
    pub shorthand: FxHashSet<Span>,
}

/// Facts about variables while they are gathered.
pub(crate) struct Gathering {
    uses: Uses,
    /// Of each closure, where it is made and what it captures.
    made: FxHashMap<FnId, (FnId, Vec<LocalId>)>,
}

impl Gathering {
    pub fn new(program: &Program) -> Gathering {
        let mut uses = Uses { locals: vec![Vec::new(); program.functions.len()], ..Uses::default() };
        for (index, global) in program.globals.iter().enumerate() {
            uses.globals.entry((global.module, global.name)).or_default().push(GlobalId(index as u32));
        }
        Gathering { uses, made: FxHashMap::default() }
    }

    /// Adds a function of the program's own.
    pub fn add(&mut self, id: FnId, function: &Function) {
        let own = self.uses.function(id, function, &mut self.made);
        if let Some(place) = self.uses.locals.get_mut(id.0 as usize) {
            *place = own;
        }
    }

    /// What all functions together say.
    pub fn finish(self, cx: &Checker<'_>, program: &Program) -> Uses {
        let Gathering { mut uses, made } = self;
        uses.share(program, &made);
        for module in cx.modules.iter().filter(|module| !module.library) {
            uses.syntax(cx, &module.ast);
        }
        uses
    }
}

impl Uses {
    pub fn local(&self, function: FnId, local: LocalId) -> Use {
        self.locals
            .get(function.0 as usize)
            .and_then(|locals| locals.get(local.0 as usize))
            .copied()
            .unwrap_or_default()
    }

    fn function(
        &mut self,
        id: FnId,
        function: &Function,
        made: &mut FxHashMap<FnId, (FnId, Vec<LocalId>)>,
    ) -> Vec<Use> {
        let mut locals = vec![Use::default(); function.locals.len()];
        let Some(root) = body(function) else { return locals };
        let bind = |local: LocalId, required: bool, locals: &mut Vec<Use>| {
            if let Some(own) = locals.get_mut(local.0 as usize) {
                own.binders += 1;
                own.required |= required;
            }
        };
        walk::reach(function, root, |_, expr, _| {
            let parameters = parameter_patterns(function, &expr.kind);
            walk::patterns(expr, |pattern| {
                let required = parameters.contains(&pattern);
                each_binding(function, pattern, |local| bind(local, required, &mut locals));
            });
            match &expr.kind {
                ExprKind::Local(local) => {
                    if let Some(own) = locals.get_mut(local.0 as usize) {
                        own.read = true;
                    }
                }
                ExprKind::SetLocal(local, _) => {
                    if let Some(own) = locals.get_mut(local.0 as usize) {
                        own.assigned = true;
                    }
                }
                ExprKind::SetGlobal(global, _) => *self.global_assignments.entry(*global).or_default() += 1,
                ExprKind::TryCatch(_, catches) => {
                    for catch in catches {
                        if let Some(local) = catch.local {
                            bind(local, catch.ty.is_some(), &mut locals);
                        }
                    }
                }
                ExprKind::Closure(closure, captured) => {
                    made.insert(*closure, (id, captured.clone()));
                }
                _ => {}
            }
        });
        locals
    }

    /// What a closure does with a captured variable is done to the variable.
    fn share(&mut self, program: &Program, made: &FxHashMap<FnId, (FnId, Vec<LocalId>)>) {
        for (index, function) in program.functions.iter().enumerate() {
            for capture in 0..function.captures {
                let local = LocalId(function.params + capture);
                let own = self.local(FnId(index as u32), local);
                if own.read || own.assigned {
                    self.share_up(program, made, FnId(index as u32), capture, own);
                }
            }
        }
    }

    fn share_up(
        &mut self,
        program: &Program,
        made: &FxHashMap<FnId, (FnId, Vec<LocalId>)>,
        mut function: FnId,
        mut capture: u32,
        own: Use,
    ) {
        while let Some((outer, captured)) = made.get(&function) {
            let Some(local) = captured.get(capture as usize) else { return };
            let Some(known) = self.locals.get_mut(outer.0 as usize).and_then(|locals| locals.get_mut(local.0 as usize))
            else {
                return;
            };
            if (known.read || !own.read) && (known.assigned || !own.assigned) {
                return;
            }
            known.read |= own.read;
            known.assigned |= own.assigned;
            let Some(data) = program.functions.get(outer.0 as usize) else { return };
            match local.0.checked_sub(data.params) {
                Some(next) if next < data.captures => (function, capture) = (*outer, next),
                _ => return,
            }
        }
    }

    /// How variables are written in a file.
    fn syntax(&mut self, cx: &Checker<'_>, ast: &Ast) {
        for pattern in &ast.patterns {
            let ast::PatternKind::Struct { fields, .. } = &pattern.kind else { continue };
            for field in fields {
                let inner = ast.patterns.get(field.pattern.0 as usize);
                if inner.is_some_and(|inner| inner.span == field.name.span) {
                    self.shorthand.insert(field.name.span);
                }
            }
        }
        let blocks = ast.blocks.iter().map(|block| &block.stmts);
        for stmt in blocks.chain([&ast.body]).flatten() {
            let StmtKind::Let { pattern, mutable: true, .. } = stmt.kind else { continue };
            let Some(start) = ast.patterns.get(pattern.0 as usize).map(|pattern| pattern.span.start) else { continue };
            let head = Span::new(stmt.span.file, stmt.span.start, start);
            let Some(at) = cx.sources.text(head).rfind("mut") else { continue };
            let keyword = Span::new(head.file, head.start + at as u32, start);
            let index = self.mutable.len();
            let mut open = vec![pattern];
            while let Some(pattern) = open.pop().and_then(|id| ast.patterns.get(id.0 as usize)) {
                if let ast::PatternKind::Bind { name, .. } | ast::PatternKind::Typed { name, .. } = &pattern.kind {
                    self.mutable.insert(name.span, MutableLet { keyword, index });
                }
                if let ast::PatternKind::Array { rest: Some(rest), .. } = &pattern.kind
                    && let Some(name) = &**rest
                {
                    self.mutable.insert(name.span, MutableLet { keyword, index });
                }
                syntax_children(&pattern.kind, &mut open);
            }
        }
    }
}

/// The patterns of an expression's `let`s that take parameters apart.
fn parameter_patterns(function: &Function, kind: &ExprKind) -> Vec<PatternId> {
    let ExprKind::Block(stmts, _) = kind else { return Vec::new() };
    let lets = stmts.iter().filter_map(|stmt| match stmt {
        crate::hir::Stmt::Let { pattern, value, .. } if is_parameter(function, *value) => Some(*pattern),
        _ => None,
    });
    lets.collect()
}

/// Whether a value is a parameter without a name: one that a pattern takes apart.
pub(super) fn is_parameter(function: &Function, value: crate::hir::ExprId) -> bool {
    match function.exprs.get(value.0 as usize).map(|expr| &expr.kind) {
        Some(ExprKind::Local(local)) => {
            local.0 < function.params
                && function.locals.get(local.0 as usize).is_some_and(|local| local.name == sayso_base::names::EMPTY)
        }
        _ => false,
    }
}

/// Calls `f` with each variable that a pattern binds.
pub(super) fn each_binding(function: &Function, pattern: PatternId, mut f: impl FnMut(LocalId)) {
    let mut open: SmallVec<[PatternId; 8]> = SmallVec::new();
    open.push(pattern);
    while let Some(pattern) = open.pop().and_then(|id| function.patterns.get(id.0 as usize)) {
        match &pattern.kind {
            PatternKind::Bind(local, _) | PatternKind::Array { rest: Some(Some(local)), .. } => f(*local),
            _ => {}
        }
        walk::pattern_children(pattern, |part| open.push(part));
    }
}

fn syntax_children(kind: &ast::PatternKind, open: &mut Vec<ast::PatternId>) {
    match kind {
        ast::PatternKind::Bind { pattern, .. } => open.extend(pattern),
        ast::PatternKind::Or(parts)
        | ast::PatternKind::Tuple(parts)
        | ast::PatternKind::Variant { args: parts, .. } => open.extend(parts),
        ast::PatternKind::Array { before, after, .. } => open.extend(before.iter().chain(after)),
        ast::PatternKind::Struct { fields, .. } => open.extend(fields.iter().map(|field| field.pattern)),
        ast::PatternKind::Error
        | ast::PatternKind::Wildcard
        | ast::PatternKind::Typed { .. }
        | ast::PatternKind::Literal(_)
        | ast::PatternKind::Range { .. }
        | ast::PatternKind::Path(_) => {}
    }
}
