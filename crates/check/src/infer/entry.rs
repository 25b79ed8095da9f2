//! The ways in: functions, module initialisers, defaults, tests.
//!
//! A body is read at most three times: what is needed before it is known makes another reading, which starts with what
//! the one before found out; the last one takes `any` for what is still unknown. Only the last counts, with its
//! diagnostics.

use super::body::{Body, Site};
use super::finish::{self, Function};
use super::goal::{Goal, Place, PlaceKind};
use super::pattern::Binds;
use super::scan;
use crate::hir::{self, ExprId, ExprKind, FnId, GlobalId, ModuleId, Stmt};
use crate::tables::{Checker, FnDeclId, FnDeclKind, ParamDefault, ResultType, ScopeId, TypeHead};
use rustc_hash::FxHashMap;
use sayso_base::{Diagnostic, Name, Severity, Span, names};
use sayso_syntax::ast::{self, Ast, ItemKind, StmtKind};
use sayso_types::{DeclId, DeclKind, TypeId};
use std::sync::Arc;
use thin_vec::ThinVec;

/// A body that has been read: not part of the program yet.
pub(crate) struct Reading {
    pub result: TypeId,
    pub function: FnId,
    pub module: ModuleId,
    pub functions: Vec<Function>,
    pub diagnostics: Vec<Diagnostic>,
}

impl Reading {
    /// Makes it part of the program.
    pub fn commit(self, cx: &mut Checker<'_>) {
        cx.diagnostics.extend(self.diagnostics);
        finish::commit(cx, self.function, self.module, self.functions);
    }
}

/// Where a body stands.
struct Source<'b> {
    ast: &'b Ast,
    module: ModuleId,
    scope: ScopeId,
    function: FnId,
    span: Span,
    /// The largest part of the syntax that belongs to it.
    root: Option<scan::Node>,
}

/// How often a body is read at most.
const READINGS: u32 = 3;

/// Reads a body as often as it takes. `read` fills the frame of a fresh body and gives the result's type.
fn read(
    cx: &mut Checker<'_>,
    place: &Source<'_>,
    mut fill: impl FnMut(&mut Body<'_, '_>) -> TypeId,
) -> Option<Reading> {
    let mut known_sites: FxHashMap<Site, TypeId> = FxHashMap::default();
    let yields = may_yield(cx, place.module, place.ast);
    let mut turn = 0;
    let mut informed = false;
    while turn < READINGS {
        turn += 1;
        let name = cx.hir.get(place.function.0 as usize).map_or(names::EMPTY, |function| function.name);
        let mut body = Body::new(cx, place.ast, place.module, place.scope, name, place.span);
        body.known_sites = std::mem::take(&mut known_sites);
        body.last_reading = turn == READINGS;
        body.roots.extend(place.root);
        body.may_yield = yields;
        let result = fill(&mut body);
        let again = body.guessed && !body.last_reading;
        if again {
            known_sites = body.found_sites();
            body.give_up_globals();
        }
        // Messages list what there is, and say what is known of types: they are made when all of the library is awake,
        // by a reading that has what the first found.
        let failed = body.diagnostics.iter().any(|one| one.severity == Severity::Error);
        if failed && !informed && !again && body.cx.bodies.needs.is_none() {
            informed = true;
            known_sites = body.found_sites();
            body.give_up_globals();
            body.close();
            cx.wake_all();
            turn -= 1;
            continue;
        }
        if again || body.cx.bodies.needs.is_some() {
            body.close();
            if cx.bodies.needs.is_some() {
                return None;
            }
            continue;
        }
        let result = body.finish_types(result);
        body.say_reveals();
        body.finish_globals();
        let diagnostics = std::mem::take(&mut body.diagnostics);
        let functions = body.take_functions();
        return Some(Reading { result, function: place.function, module: place.module, functions, diagnostics });
    }
    None
}

fn ast_of(cx: &Checker<'_>, module: ModuleId) -> Option<Arc<Ast>> {
    cx.modules.get(module.0 as usize).map(|module| module.ast.clone())
}

/// Whether a file has a `yield` at all: most have not, which saves a walk over each function.
fn may_yield(cx: &mut Checker<'_>, module: ModuleId, ast: &Ast) -> bool {
    let index = module.0 as usize;
    if cx.modules.get(index).is_some_and(|data| data.outlined) {
        return true;
    }
    if let Some(Some(known)) = cx.bodies.yields.get(index) {
        return *known;
    }
    let found = ast.exprs.iter().any(|expr| matches!(expr.kind, ast::ExprKind::Yield(_)));
    if cx.bodies.yields.len() <= index {
        cx.bodies.yields.resize(index + 1, None);
    }
    if let Some(slot) = cx.bodies.yields.get_mut(index) {
        *slot = Some(found);
    }
    found
}

fn is_done(cx: &Checker<'_>, function: FnId) -> bool {
    cx.hir.get(function.0 as usize).is_none_or(|function| function.kind != hir::FunctionKind::Unused)
}

/// Checks a declared function.
pub(crate) fn check_function(cx: &mut Checker<'_>, id: FnDeclId) {
    let Some(decl) = cx.functions.get(id.0 as usize) else { return };
    let (function, result) = (decl.function, decl.result);
    if is_done(cx, function) {
        return;
    }
    if matches!(result, ResultType::NotStarted | ResultType::InProgress(_)) {
        super::infer_result(cx, id);
        if is_done(cx, function) {
            return;
        }
    }
    if let Some(reading) = read_function(cx, id) {
        reading.commit(cx);
    }
}

/// Reads the body of a declared function.
pub(crate) fn read_function(cx: &mut Checker<'_>, id: FnDeclId) -> Option<Reading> {
    let decl = cx.functions.get(id.0 as usize)?;
    if let FnDeclKind::Body(block) = decl.kind {
        cx.read_body(decl.module, block);
    }
    let decl = cx.functions.get(id.0 as usize)?;
    let (block, class) = match decl.kind {
        FnDeclKind::Body(block) => (block, None),
        FnDeclKind::Init(class, block) => (block, Some(class)),
        FnDeclKind::Abstract | FnDeclKind::Native(_) | FnDeclKind::Intrinsic(_) | FnDeclKind::Constructor(_) => {
            return None;
        }
    };
    let owner_class = match decl.owner {
        Some(TypeHead::Decl(owner)) if cx.types.decl(owner).kind == DeclKind::Class => Some(owner),
        _ => None,
    };
    let class = class.or(owner_class);
    let (module, scope, function, span) = (decl.module, decl.scope, decl.function, decl.head_span);
    let (vars, type_vars, result, item) = (decl.vars.clone(), decl.type_vars.clone(), decl.result, decl.item);
    let name = decl.name;
    let params: Vec<(Option<ast::PatternId>, Name, TypeId, Span)> =
        decl.params.iter().map(|param| (param.pattern, param.name, param.ty, param.span)).collect();
    let ast = ast_of(cx, module)?;
    let root = scan::Node::Block(block);
    let place = Source { ast: &ast, module, scope, function, span, root: Some(root) };
    let annotation = item.and_then(|item| match &ast.item(item).kind {
        ItemKind::Fn(function) => function.result.map(|ty| ast.ty(ty).span),
        _ => None,
    });
    let generator = may_yield(cx, module, &ast) && scan::yields(&ast, root);
    let block_span = ast.block(block).span;
    read(cx, &place, |body| {
        body.decl = Some(id);
        body.class = class;
        body.type_names = vars.clone();
        body.frame.type_vars = type_vars.to_vec();
        body.frame.returns.place = PlaceKind::Result(name);
        body.frame.returns.annotation = annotation;
        body.frame.generator = generator;
        let mark = body.scopes.mark();
        let stmts = body.declare_params(&params);
        match result {
            ResultType::Annotated(ty) => body.demand_result(ty),
            ResultType::Done(ty) => body.frame.returns.expected = (ty != TypeId::ERROR).then_some(ty),
            ResultType::NotStarted | ResultType::InProgress(_) => {}
        }
        let goal = body.body_goal();
        let value = body.block(block, goal, block_span);
        let value = body.body_value(value, goal, block_span);
        let value = body.wrap(stmts, value, block_span);
        body.scopes.leave(mark);
        body.frame.body = Some(value);
        let result = body.frame_result(span);
        body.frame.result = result;
        result
    })
}

/// Checks the body of a `test` or `bench`.
pub(crate) fn check_block(cx: &mut Checker<'_>, module: ModuleId, block: ast::BlockId, function: FnId) {
    if is_done(cx, function) {
        return;
    }
    let (Some(ast), Some(scope)) = (ast_of(cx, module), cx.modules.get(module.0 as usize).map(|m| m.scope)) else {
        return;
    };
    let span = ast.block(block).span;
    let place = Source { ast: &ast, module, scope, function, span, root: Some(scan::Node::Block(block)) };
    let reading = read(cx, &place, |body| {
        body.demand_result(TypeId::VOID);
        let value = body.block(block, Goal::Discard, span);
        let value = body.body_value(value, Goal::Discard, span);
        body.frame.body = Some(value);
        body.frame.result = TypeId::VOID;
        TypeId::VOID
    });
    if let Some(reading) = reading {
        reading.commit(cx);
    }
}

/// Checks the default of a parameter: a function of the parameters before it.
pub(crate) fn check_default(cx: &mut Checker<'_>, id: FnDeclId, index: u32, function: FnId) {
    if is_done(cx, function) {
        return;
    }
    let Some(decl) = cx.functions.get(id.0 as usize) else { return };
    let Some(param) = decl.params.get(index as usize) else { return };
    let ParamDefault::Expr(expr) = param.default else { return };
    let (module, scope, want, name, at) = (decl.module, decl.scope, param.ty, param.name, param.span);
    let (vars, type_vars, of) = (decl.vars.clone(), decl.type_vars.clone(), decl.name);
    let skipped = usize::from(matches!(decl.kind, FnDeclKind::Init(..)));
    let params: Vec<(Option<ast::PatternId>, Name, TypeId, Span)> = decl
        .params
        .iter()
        .take(index as usize)
        .skip(skipped)
        .map(|param| (None, param.name, param.ty, param.span))
        .collect();
    let Some(ast) = ast_of(cx, module) else { return };
    let span = ast.expr(expr).span;
    let place = Source { ast: &ast, module, scope, function, span, root: Some(scan::Node::Expr(expr)) };
    let reading = read(cx, &place, |body| {
        body.type_names = vars.clone();
        body.frame.type_vars = type_vars.to_vec();
        body.returns_allowed = false;
        let mark = body.scopes.mark();
        body.declare_params(&params);
        let kind = PlaceKind::Argument { function: of, param: name };
        let value = body.check(expr, want, super::goal::Place::at(kind, at));
        body.scopes.leave(mark);
        body.frame.body = Some(value);
        body.frame.result = want;
        want
    });
    if let Some(reading) = reading {
        reading.commit(cx);
    }
}

/// Checks the default of a field, and gives its type.
pub(crate) fn check_field_default(cx: &mut Checker<'_>, decl: DeclId, slot: u32, function: FnId) -> TypeId {
    let known = cx.hir.get(function.0 as usize).filter(|function| function.kind != hir::FunctionKind::Unused);
    if let Some(known) = known {
        return known.result;
    }
    let Some(info) = cx.decls.get(decl.0 as usize) else { return TypeId::ERROR };
    let Some(default) = info.defaults.get(slot as usize).copied() else { return TypeId::ERROR };
    let Some(expr) = default.expr else { return TypeId::ERROR };
    let Some(field) = cx.types.decl(decl).fields.get(slot as usize).copied() else { return TypeId::ERROR };
    let (vars, scope, module) = (info.vars.clone(), info.scope, default.module);
    let Some(ast) = ast_of(cx, module) else { return TypeId::ERROR };
    let span = ast.expr(expr).span;
    let place = Source { ast: &ast, module, scope, function, span, root: Some(scan::Node::Expr(expr)) };
    let reading = read(cx, &place, |body| {
        body.type_names = vars.clone();
        body.frame.type_vars = vars.iter().map(|(_, var)| *var).collect();
        body.returns_allowed = false;
        let (value, ty) = if default.annotated {
            let place = Place::at(PlaceKind::Field(field.name), default.span);
            (body.check(expr, field.ty, place), field.ty)
        } else {
            let value = body.infer(expr, Goal::Free);
            let found = body.ty(value);
            (value, body.widen(found))
        };
        body.frame.body = Some(value);
        body.frame.result = ty;
        ty
    });
    match reading {
        Some(reading) => {
            let result = reading.result;
            reading.commit(cx);
            result
        }
        None => TypeId::ERROR,
    }
}

// ---- modules

/// Checks the top-level statements of a module.
pub(crate) fn check_init(cx: &mut Checker<'_>, module: ModuleId) {
    let Some(data) = cx.modules.get(module.0 as usize) else { return };
    let (ast, scope, function) = (data.ast.clone(), data.scope, data.init);
    if is_done(cx, function) || cx.bodies.open_inits.contains(&module) {
        return;
    }
    let (imports, objects) = (data.imports.clone(), data.objects.clone());
    let span = cx.hir.get(function.0 as usize).map_or_else(|| Span::new(ast.file, 0, 0), |function| function.span);
    let place = Source { ast: &ast, module, scope, function, span, root: None };
    cx.bodies.open_inits.push(module);
    let reading = read(cx, &place, |body| {
        body.roots.extend(ast.body.iter().filter_map(|stmt| match &stmt.kind {
            StmtKind::Let { value, .. } => Some(scan::Node::Expr(*value)),
            StmtKind::Expr { expr, .. } | StmtKind::Defer(expr) => Some(scan::Node::Expr(*expr)),
            StmtKind::Item(_) | StmtKind::Error => None,
        }));
        body.returns_allowed = false;
        let mut stmts = Vec::with_capacity(ast.body.len());
        for import in &imports {
            let init = body.push(ExprKind::InitModule(*import), TypeId::VOID, span);
            stmts.push(Stmt::Expr(init));
        }
        for (global, constructor) in &objects {
            body.object_instance(*global, *constructor, span, &mut stmts);
        }
        body.toplevel(&ast.body, &mut stmts);
        let value = body.push(ExprKind::block(stmts, None), TypeId::VOID, span);
        body.frame.body = Some(value);
        body.frame.result = TypeId::VOID;
        TypeId::VOID
    });
    cx.bodies.open_inits.retain(|open| *open != module);
    if let Some(reading) = reading {
        reading.commit(cx);
    }
}

/// The type of what a top-level `let` binds, read alone, and whether something of it is open.
pub(crate) fn lone_global(cx: &mut Checker<'_>, id: GlobalId) -> Option<(TypeId, bool)> {
    let global = cx.globals.get(id.0 as usize)?;
    let (module, stmt, pattern) = (global.module, global.stmt, global.pattern);
    let data = cx.modules.get(module.0 as usize)?;
    let (ast, scope, function) = (data.ast.clone(), data.scope, data.init);
    let StmtKind::Let { pattern: whole, mutable, ty, value, .. } = ast.body.get(stmt)?.kind else { return None };
    let span = ast.expr(value).span;
    let name = cx.hir.get(function.0 as usize).map_or(names::EMPTY, |function| function.name);
    let mut body = Body::new(cx, &ast, module, scope, name, span);
    body.roots.push(scan::Node::Expr(value));
    body.may_yield = true;
    body.returns_allowed = false;
    body.toplevel_stmt = Some(stmt);
    let (_, bound) = body.let_value(whole, mutable, ty, value);
    let mut found = bound;
    let simple = pattern == Some(whole) && !matches!(ast.pattern(whole).kind, ast::PatternKind::Array { .. });
    if !simple {
        body.pattern(whole, bound, Binds::Fixed);
        let own = pattern.and_then(|pattern| body.pattern_name(pattern));
        let local = own.and_then(|name| body.scopes.lookup(name)).and_then(|binding| body.frame.local(binding.local));
        found = local.map_or(TypeId::ERROR, |local| local.ty);
    }
    let known = body.fix(found);
    let open = body.cx.types.has_infer(known) || body.guessed;
    let ty = body.finish_types(known);
    // What is wrong is said when the module's statements are read.
    body.close();
    Some((ty, open))
}

impl Body<'_, '_> {
    /// Makes the one instance of an object.
    fn object_instance(&mut self, global: GlobalId, constructor: FnDeclId, span: Span, stmts: &mut Vec<Stmt>) {
        let Some(decl) = self.cx.functions.get(constructor.0 as usize) else { return };
        let function = decl.function;
        let ty = self.cx.result_of(constructor);
        self.cx.use_function(function);
        let made = self.call(function, ThinVec::new(), ThinVec::new(), ty, span);
        let set = self.push(ExprKind::SetGlobal(global, made), TypeId::VOID, span);
        stmts.push(Stmt::Expr(set));
    }

    /// Top-level statements: their `let`s are the module's variables.
    fn toplevel(&mut self, body: &[ast::Stmt], stmts: &mut Vec<Stmt>) {
        for (index, stmt) in body.iter().enumerate() {
            self.toplevel_stmt = Some(index);
            let live = !self.flow.dead;
            match &stmt.kind {
                StmtKind::Let { pattern, mutable, ty, value, otherwise } => {
                    self.toplevel_let(*pattern, *mutable, *ty, *value, *otherwise, stmts);
                }
                // Imports run before all statements.
                StmtKind::Item(_) | StmtKind::Error => {}
                StmtKind::Expr { .. } | StmtKind::Defer(_) => self.statement(stmt, stmts),
            }
            if live
                && self.flow.dead
                && let Some(next) = body
                    .get(index + 1..)
                    .and_then(|rest| rest.iter().find(|next| !matches!(next.kind, StmtKind::Item(_) | StmtKind::Error)))
            {
                self.warn_unreachable(next.span, stmt.span);
            }
        }
    }

    fn global_of(&self, pattern: ast::PatternId) -> Option<GlobalId> {
        self.cx.modules.get(self.module.0 as usize)?.global_of.get(&pattern).copied()
    }

    fn toplevel_let(
        &mut self,
        pattern: ast::PatternId,
        mutable: bool,
        ty: Option<ast::TypeId>,
        value: ast::ExprId,
        otherwise: Option<ast::BlockId>,
        stmts: &mut Vec<Stmt>,
    ) {
        let simple = match &self.ast.pattern(pattern).kind {
            ast::PatternKind::Bind { name, pattern: None } => self.global_of(pattern).map(|global| (global, name.name)),
            _ => None,
        };
        if let (Some((global, name)), None) = (simple, otherwise) {
            let value = self.global_value(global, name, mutable, value);
            let span = self.span(value);
            let set = self.push(ExprKind::SetGlobal(global, value), TypeId::VOID, span);
            stmts.push(Stmt::Expr(set));
            return;
        }
        let (value, bound) = self.let_value(pattern, mutable, ty, value);
        let otherwise = otherwise.map(|block| self.let_else(block));
        let mark = self.scopes.mark();
        let made = self.pattern(pattern, bound, if mutable { Binds::Mutable } else { Binds::Fixed });
        stmts.push(Stmt::Let { pattern: made, value, otherwise });
        self.store_bound(pattern, mark, stmts);
        self.scopes.leave(mark);
    }

    /// The value of a top-level variable, whose type may be known already.
    fn global_value(&mut self, global: GlobalId, name: Name, mutable: bool, value: ast::ExprId) -> ExprId {
        let info = self.cx.globals.get(global.0 as usize).map(|info| (info.ty, info.span));
        match info {
            Some((ResultType::Annotated(want) | ResultType::Done(want), span)) => {
                self.check(value, want, Place::at(PlaceKind::Variable(name), span))
            }
            _ => {
                let made = self.infer(value, Goal::Free);
                let found = self.ty(made);
                let ty = if mutable { self.widen(found) } else { self.widen_fixed(found) };
                self.set_global(global, ty);
                made
            }
        }
    }

    /// The type of a top-level variable, found: at once, or open until the end of the statements.
    fn set_global(&mut self, global: GlobalId, ty: TypeId) {
        let state = self.cx.globals.get(global.0 as usize).map(|info| info.ty);
        if !matches!(state, Some(ResultType::NotStarted | ResultType::InProgress(_))) {
            return;
        }
        let fixed = self.zonk(ty);
        if !self.cx.types.has_infer(fixed) {
            self.cx.finish_global(global, fixed);
            return;
        }
        if let Some(info) = self.cx.globals.get_mut(global.0 as usize) {
            info.ty = ResultType::InProgress(TypeId::ERROR);
        }
        self.own_globals.push((global, ty));
        self.cx.bodies.open_globals.push((global, ty));
    }

    /// Stores what a pattern bound in the module's variables.
    fn store_bound(&mut self, pattern: ast::PatternId, mark: super::scope::Mark, stmts: &mut Vec<Stmt>) {
        let bound: Vec<(Name, hir::LocalId)> =
            self.scopes.since(mark).iter().map(|binding| (binding.name, binding.local)).collect();
        for id in self.bound_patterns(pattern) {
            let (Some(global), Some(name)) = (self.global_of(id), self.pattern_name(id)) else { continue };
            let Some((_, local)) = bound.iter().find(|(known, _)| *known == name) else { continue };
            let span = self.ast.pattern(id).span;
            let read = self.read_local(*local, span);
            let ty = self.ty(read);
            let ty = self.widen(ty);
            self.set_global(global, ty);
            let set = self.push(ExprKind::SetGlobal(global, read), TypeId::VOID, span);
            stmts.push(Stmt::Expr(set));
        }
    }

    fn pattern_name(&self, id: ast::PatternId) -> Option<Name> {
        match &self.ast.pattern(id).kind {
            ast::PatternKind::Bind { name, .. } | ast::PatternKind::Typed { name, .. } => Some(name.name),
            // The variable of the rest is known by the pattern around it.
            ast::PatternKind::Array { rest: Some(rest), .. } => rest.map(|name| name.name),
            _ => None,
        }
    }

    /// A pattern and all patterns in it.
    fn bound_patterns(&self, root: ast::PatternId) -> Vec<ast::PatternId> {
        let mut all = Vec::new();
        let mut open = vec![root];
        while let Some(id) = open.pop() {
            all.push(id);
            match &self.ast.pattern(id).kind {
                ast::PatternKind::Bind { pattern: Some(inner), .. } => open.push(*inner),
                ast::PatternKind::Or(items) | ast::PatternKind::Tuple(items) => open.extend(items.iter().rev()),
                ast::PatternKind::Variant { args, .. } => open.extend(args.iter().rev()),
                ast::PatternKind::Struct { fields, .. } => open.extend(fields.iter().rev().map(|field| field.pattern)),
                ast::PatternKind::Array { before, after, .. } => {
                    open.extend(after.iter().rev());
                    open.extend(before.iter().rev());
                }
                ast::PatternKind::Error
                | ast::PatternKind::Wildcard
                | ast::PatternKind::Bind { pattern: None, .. }
                | ast::PatternKind::Typed { .. }
                | ast::PatternKind::Literal(_)
                | ast::PatternKind::Range { .. }
                | ast::PatternKind::Path(_) => {}
            }
        }
        all
    }

    // ---- the end

    /// What this reading found out about the variables that arose in it.
    fn found_sites(&mut self) -> FxHashMap<Site, TypeId> {
        let mut found = FxHashMap::default();
        for (site, ty, _) in std::mem::take(&mut self.sites) {
            let ty = self.zonk(ty);
            if !self.cx.types.has_infer(ty) && !self.cx.types.has_error(ty) {
                found.insert(site, ty);
            }
        }
        found
    }

    /// Forgets globals that another reading will find out.
    fn give_up_globals(&mut self) {
        let own = std::mem::take(&mut self.own_globals);
        for (global, _) in own {
            self.cx.bodies.open_globals.retain(|(known, _)| *known != global);
            if let Some(info) = self.cx.globals.get_mut(global.0 as usize)
                && matches!(info.ty, ResultType::InProgress(_))
            {
                info.ty = ResultType::NotStarted;
            }
        }
    }

    /// Decides what is still open, and gives the result without inference variables.
    fn finish_types(&mut self, result: TypeId) -> TypeId {
        for (_, ty, unknown) in std::mem::take(&mut self.sites) {
            let fixed = self.fix(ty);
            if matches!(self.kind(fixed), sayso_types::TypeKind::Infer(_)) {
                self.decide(fixed, unknown);
            }
        }
        self.closed(result)
    }

    fn say_reveals(&mut self) {
        for (value, frame, span) in std::mem::take(&mut self.reveals) {
            let ty = if frame == self.frame_id {
                self.frame.ty(value)
            } else {
                self.done.iter().find(|(id, _)| *id == frame).map_or(TypeId::ERROR, |(_, frame)| frame.ty(value))
            };
            let ty = self.closed(ty);
            let shown = self.show(ty);
            self.report(Diagnostic::warning("reveal", span, shown));
        }
    }

    fn finish_globals(&mut self) {
        for (global, ty) in std::mem::take(&mut self.own_globals) {
            self.cx.bodies.open_globals.retain(|(known, _)| *known != global);
            let ty = self.closed(ty);
            self.cx.finish_global(global, ty);
        }
    }

    /// Gives back what the body borrowed from the checker.
    fn close(self) {
        let Body { cx, mut scopes, .. } = self;
        scopes.clear();
        cx.bodies.spare_scopes.push(scopes);
        cx.bodies.open_bodies = cx.bodies.open_bodies.saturating_sub(1);
        if cx.bodies.open_bodies == 0 {
            cx.bodies.inference = sayso_types::Inference::new();
        }
    }

    fn take_functions(mut self) -> Vec<Function> {
        let mut frames = std::mem::take(&mut self.done);
        frames.reserve_exact(1);
        let root = std::mem::replace(
            &mut self.frame,
            super::frame::Frame::new(
                super::frame::FrameKind::Function,
                None,
                names::EMPTY,
                Span::new(self.ast.file, 0, 0),
            ),
        );
        frames.push((self.frame_id, root));
        frames.sort_by_key(|(id, _)| id.0);
        let functions = finish::functions(self.cx, frames, self.open_types);
        self.close();
        functions
    }
}
