//! Blocks and statements.

use super::body::Body;
use super::goal::{Goal, Place, PlaceKind};
use super::pattern::Binds;
use crate::hir::{self, ExprId, ExprKind};
use sayso_base::{Diagnostic, Span, names};
use sayso_syntax::ast::{self, ItemKind, StmtKind};
use sayso_types::TypeId;

impl Body<'_, '_> {
    /// A block with a scope of its own.
    pub fn block(&mut self, id: ast::BlockId, goal: Goal, span: Span) -> ExprId {
        let mark = self.scopes.mark();
        let scope = self.scope;
        if let Some(own) = self.cx.block_scope(self.module, id) {
            self.scope = own;
        }
        let value = self.block_in_scope(id, goal, span);
        self.scope = scope;
        self.scopes.leave(mark);
        value
    }

    fn block_in_scope(&mut self, id: ast::BlockId, goal: Goal, span: Span) -> ExprId {
        let ast = self.ast;
        let block = ast.block(id);
        let (last, before) = match block.stmts.split_last() {
            Some((ast::Stmt { kind: StmtKind::Expr { expr, semicolon: false }, .. }, before)) => (Some(*expr), before),
            _ => (None, block.stmts.as_slice()),
        };
        let mut stmts = Vec::with_capacity(block.stmts.len());
        let mut live = !self.flow.dead;
        for (index, stmt) in before.iter().enumerate() {
            self.statement(stmt, &mut stmts);
            if live && self.flow.dead {
                live = false;
                let next = before.get(index + 1).map(|stmt| stmt.span).or(last.map(|last| ast.expr(last).span));
                if let Some(next) = next {
                    self.warn_unreachable(next, stmt.span);
                }
            }
        }
        let ended = !live;
        match last {
            Some(expr) => self.block_value(stmts, expr, ended, goal, span),
            None => self.block_end(id, stmts, goal, span),
        }
    }

    fn block_value(
        &mut self,
        mut stmts: Vec<hir::Stmt>,
        expr: ast::ExprId,
        ended: bool,
        goal: Goal,
        span: Span,
    ) -> ExprId {
        // Behind what never ends no value is wanted.
        let goal = if ended { Goal::Discard } else { goal };
        if matches!(goal, Goal::Discard) {
            let value = self.infer(expr, Goal::Discard);
            let ty = if self.flow.dead { TypeId::NEVER } else { TypeId::VOID };
            if stmts.is_empty() && self.ty(value) == ty {
                return value;
            }
            stmts.push(hir::Stmt::Expr(value));
            return self.push(ExprKind::block(stmts, None), ty, span);
        }
        let value = self.infer(expr, goal);
        if stmts.is_empty() {
            return value;
        }
        let ty = if ended { TypeId::NEVER } else { self.ty(value) };
        self.push(ExprKind::block(stmts, Some(value)), ty, span)
    }

    /// A block without a value.
    fn block_end(&mut self, id: ast::BlockId, stmts: Vec<hir::Stmt>, goal: Goal, span: Span) -> ExprId {
        let ty = if self.flow.dead { TypeId::NEVER } else { TypeId::VOID };
        let block = self.push(ExprKind::block(stmts, None), ty, span);
        match goal {
            Goal::Must(want, place) if ty == TypeId::VOID && !self.sub(TypeId::VOID, want) => {
                self.missing_value(id, want, place, span);
                self.push(ExprKind::Error, TypeId::ERROR, span)
            }
            _ => block,
        }
    }

    /// A way through the program that ends without the value that is wanted.
    fn missing_value(&mut self, id: ast::BlockId, want: TypeId, place: Place, span: Span) {
        let ast = self.ast;
        let shown = self.show(want);
        let place_text = self.place_text(place);
        let last = ast.block(id).stmts.last();
        let at = last.map_or(span.at_end(), |last| last.span);
        let mut diagnostic =
            Diagnostic::error("missing-value", at, format!("{place_text} must be `{shown}`, and this way gives none"));
        diagnostic = match last.map(|last| &last.kind) {
            Some(StmtKind::Expr { semicolon: true, .. }) => {
                diagnostic.label("the `;` discards this value").note("leave the `;` out to give the value")
            }
            Some(StmtKind::Let { .. }) => diagnostic.label("a `let` gives no value"),
            Some(_) => diagnostic.label("nothing follows this"),
            None => diagnostic.label("this block is empty"),
        };
        if let Some(declared) = place.declared {
            diagnostic = diagnostic.also(declared, format!("`{shown}` is wanted because of this"));
        }
        self.report(diagnostic);
    }

    pub fn statement(&mut self, stmt: &ast::Stmt, stmts: &mut Vec<hir::Stmt>) {
        match &stmt.kind {
            StmtKind::Let { pattern, mutable, ty, value, otherwise } => {
                self.let_stmt(*pattern, *mutable, *ty, *value, *otherwise, stmts);
            }
            StmtKind::Expr { expr, .. } => {
                let value = self.infer(*expr, Goal::Discard);
                stmts.push(hir::Stmt::Expr(value));
            }
            StmtKind::Defer(expr) => self.defer(*expr, stmts),
            StmtKind::Item(item) => self.item_stmt(*item, stmts),
            StmtKind::Error => {}
        }
    }

    fn let_stmt(
        &mut self,
        pattern: ast::PatternId,
        mutable: bool,
        ty: Option<ast::TypeId>,
        value: ast::ExprId,
        otherwise: Option<ast::BlockId>,
        stmts: &mut Vec<hir::Stmt>,
    ) {
        let (value, bound) = self.let_value(pattern, mutable, ty, value);
        let otherwise = otherwise.map(|block| self.let_else(block));
        let place = self.ast.pattern(pattern).span;
        let binds = if mutable { Binds::Mutable } else { Binds::Let(place) };
        let pattern = self.pattern(pattern, bound, binds);
        stmts.push(hir::Stmt::Let { pattern, value, otherwise });
    }

    /// The value of a `let` and the type that its pattern sees.
    pub fn let_value(
        &mut self,
        pattern: ast::PatternId,
        mutable: bool,
        ty: Option<ast::TypeId>,
        value: ast::ExprId,
    ) -> (ExprId, TypeId) {
        match ty {
            Some(written) => {
                let want = self.written_type(written);
                let name = match &self.ast.pattern(pattern).kind {
                    ast::PatternKind::Bind { name, .. } => name.name,
                    _ => names::UNDERSCORE,
                };
                let place = Place::at(PlaceKind::Variable(name), self.ast.ty(written).span);
                (self.check(value, want, place), want)
            }
            None => {
                let value = self.infer(value, Goal::Free);
                let found = self.ty(value);
                (value, if mutable { self.widen(found) } else { self.widen_fixed(found) })
            }
        }
    }

    /// The block behind `let … else`: it must leave.
    pub fn let_else(&mut self, block: ast::BlockId) -> ExprId {
        let live = self.flow.clone();
        let span = self.ast.block(block).span;
        let value = self.block(block, Goal::Discard, span);
        if !self.flow.dead && self.ty(value) != TypeId::ERROR {
            self.report(
                Diagnostic::error("else-must-leave", span, "the `else` of a `let` must not come to its end")
                    .label("goes on behind this")
                    .note("end it by `return`, `break`, `continue` or `throw`: behind it the names have no value"),
            );
        }
        self.flow = live;
        value
    }

    fn defer(&mut self, expr: ast::ExprId, stmts: &mut Vec<hir::Stmt>) {
        let live = self.flow.clone();
        self.frame.defer_depth += 1;
        let value = self.infer(expr, Goal::Discard);
        self.frame.defer_depth -= 1;
        // It runs when the block is left, with what is known then.
        self.flow = live;
        self.forget_assigned(super::scan::Node::Expr(expr));
        stmts.push(hir::Stmt::Defer(value));
    }

    /// Items of a block are declared before it is read; only imports do something where they stand.
    fn item_stmt(&mut self, item: ast::ItemId, stmts: &mut Vec<hir::Stmt>) {
        let ast = self.ast;
        let found = ast.item(item);
        if !matches!(found.kind, ItemKind::Import { .. } | ItemKind::FromImport { .. }) {
            return;
        }
        let target = self.cx.modules.get(self.module.0 as usize).and_then(|module| module.import_targets.get(&item));
        if let Some(Some(target)) = target.copied() {
            self.cx.use_module(target);
            let init = self.push(ExprKind::InitModule(target), TypeId::VOID, found.span);
            stmts.push(hir::Stmt::Expr(init));
        }
    }

    /// Forgets what is known about the variables that a part of the program assigns.
    pub fn forget_assigned(&mut self, root: super::scan::Node) {
        if self.flow.is_empty() {
            return;
        }
        let assigned = super::scan::assigned_names(self.ast, root);
        for name in assigned {
            if let Some(binding) = self.scopes.lookup(name) {
                self.flow.forget(binding.frame, binding.local);
            } else if let crate::tables::Found::Global(global) = self.lookup(name) {
                let place = super::condition::Narrowable::global(global);
                self.flow.forget(place.frame, place.local);
            }
        }
    }
}
