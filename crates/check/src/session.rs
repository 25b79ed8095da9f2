//! Interactive sessions: programs that are entered piece by piece.
//!
//! Each entry is a module of its own whose scope lies inside that of the entry before, as a block's lies inside that of
//! the block around it: an entry sees all names before it, may hide them, and never changes what earlier entries mean.
//! So nothing that was accepted can become wrong, and functions and values of earlier entries stay what they are.

use crate::hir::{self, ModuleId, MultiId};
use crate::lookup::multis_of;
use crate::tables::{Checker, FnDeclId, Scope, ScopeId, ValueDef};
use sayso_base::{Name, Severity, Text, names};
use sayso_syntax::ast::{self, ExprId, ExprKind, PatternKind, StmtKind};
use std::sync::Arc;

/// An accepted entry of a session.
#[derive(Clone, Debug)]
pub struct Entry {
    /// What messages call it; also its module's name.
    pub name: String,
    /// Its text.
    pub text: Text,
    /// Top-level variables that never got a value, since the entry's statements failed: later entries do not see them.
    pub unset: Vec<String>,
}

/// The variable that holds the value of an entry's last expression.
pub const RESULT: &str = "it";

impl Checker<'_> {
    /// Loads the entries before the one that is to be checked.
    pub(crate) fn load_earlier(&mut self, earlier: &[Entry]) {
        for entry in earlier {
            self.load_main(&entry.name, entry.text.clone());
            self.bind_result();
        }
    }

    /// Makes `let it = e` of an expression `e` that ends the main module, if it may have a value.
    pub(crate) fn bind_result(&mut self) {
        let result = self.names.intern(RESULT);
        let Some(data) = self.modules.get_mut(self.main_module.0 as usize) else { return };
        let Some(ast) = Arc::get_mut(&mut data.ast) else { return };
        let Some(StmtKind::Expr { expr, semicolon: false }) = ast.body.last().map(|stmt| &stmt.kind) else { return };
        let expr = *expr;
        if !may_have_value(ast, expr) {
            return;
        }
        let span = ast.expr(expr).span;
        let pattern = ast::PatternId(ast.patterns.len() as u32);
        let name = ast::Ident { name: result, span };
        ast.patterns.push(ast::Pattern { kind: PatternKind::Bind { name, pattern: None }, span });
        if let Some(last) = ast.body.last_mut() {
            last.kind = StmtKind::Let { pattern, mutable: false, ty: None, value: expr, otherwise: None };
        }
    }

    /// Puts each entry's scope inside that of the one before. The entries are the modules from `first` on.
    pub(crate) fn nest_entries(&mut self, first: usize, count: usize) {
        for index in first + 1..=first + count {
            let (outer, inner) = (self.scope_of(ModuleId(index as u32 - 1)), self.scope_of(ModuleId(index as u32)));
            self.put_inside(inner, outer);
        }
    }

    fn put_inside(&mut self, inner: ScopeId, outer: ScopeId) {
        if let Some(scope) = self.scopes.get_mut(inner.0 as usize) {
            scope.parent = Some(outer);
        }
    }

    /// Lets each entry's functions stand beside those of their names in earlier entries, where these take other parameters:
    /// what dispatches in the entry, and in later ones, chooses among all of them.
    pub(crate) fn gather_overloads(&mut self, first: usize, count: usize) {
        for index in first + 1..=first + count {
            let module = ModuleId(index as u32);
            let named = self.module_multis.iter().filter(|((of, _), _)| *of == module);
            let mut own: Vec<(MultiId, Name)> = named.map(|((_, name), multi)| (*multi, *name)).collect();
            own.sort();
            for (multi, name) in own {
                for function in self.earlier_functions(module, name) {
                    if !self.replaced_in(multi, function) {
                        self.join_multi(function, multi);
                    }
                }
            }
        }
    }

    /// The functions that a name stands for outside of an entry.
    fn earlier_functions(&self, module: ModuleId, name: Name) -> Vec<FnDeclId> {
        for scope in self.scopes_from(self.scope_of(module)).skip(1) {
            let values = scope.values.get(&name).map_or(&[][..], |values| values.as_slice());
            if values.iter().any(|bound| !matches!(bound.item, ValueDef::Multi(_))) {
                return Vec::new();
            }
            let multis: Vec<MultiId> = multis_of(scope, name).collect();
            if !multis.is_empty() {
                let multis = multis.iter().filter_map(|multi| self.multis.get(multi.0 as usize));
                return multis.flat_map(|multi| multi.functions.iter().copied()).collect();
            }
        }
        Vec::new()
    }

    /// Whether a multi-function has a function of the same parameters.
    fn replaced_in(&self, multi: MultiId, function: FnDeclId) -> bool {
        let types = |id: &FnDeclId| {
            let decl = self.functions.get(id.0 as usize);
            decl.map(|decl| decl.params.iter().map(|param| param.ty).collect::<Vec<_>>())
        };
        let wanted = types(&function);
        let own = self.multis.get(multi.0 as usize).map_or(&[][..], |multi| multi.functions.as_slice());
        own.iter().any(|id| types(id) == wanted)
    }

    /// Hides variables without a value from later entries: these get a copy of the scope without them to look into.
    pub(crate) fn hide_unset(&mut self, first: usize, earlier: &[Entry]) {
        for (index, entry) in earlier.iter().enumerate().filter(|(_, entry)| !entry.unset.is_empty()) {
            let scope = self.scope_of(ModuleId((first + index) as u32));
            let Some(mut seen) = self.scopes.get(scope.0 as usize).map(copy) else { continue };
            for name in &entry.unset {
                let Some(name) = self.names.lookup(name) else { continue };
                if let Some(values) = seen.values.get_mut(&name) {
                    values.retain(|bound| !matches!(bound.item, ValueDef::Global(_)));
                    if values.is_empty() {
                        seen.values.remove(&name);
                    }
                }
            }
            let copied = ScopeId(self.scopes.len() as u32);
            self.scopes.push(seen);
            let next = self.scope_of(ModuleId((first + index + 1) as u32));
            self.put_inside(next, copied);
        }
    }

    /// Drops warnings about earlier entries, which were given when they were entered, and about imports and
    /// variables that are there for the entries to come.
    pub(crate) fn drop_old_warnings(&self, program: &hir::Program, diagnostics: &mut Vec<sayso_base::Diagnostic>) {
        let own = self.modules.get(self.main_module.0 as usize).map(|data| data.file);
        diagnostics.retain(|one| {
            let span = one.primary.span;
            let later = match one.code {
                "unused_import" => true,
                "unused_mut" => program.globals.iter().any(|global| global.span == span),
                _ => false,
            };
            one.severity == Severity::Error || (Some(span.file) == own && !later)
        });
    }
}

fn copy(scope: &Scope) -> Scope {
    Scope {
        module: scope.module,
        parent: scope.parent,
        types: scope.types.clone(),
        values: scope.values.clone(),
        methods: scope.methods.clone(),
        modules: scope.modules.clone(),
        paths: scope.paths.clone(),
        variants: scope.variants.clone(),
    }
}

/// Whether an expression may have a value that is worth a name: loops, assignments, jumps and an `if` without `else` have
/// none.
fn may_have_value(ast: &ast::Ast, expr: ExprId) -> bool {
    match &ast.expr(expr).kind {
        ExprKind::Error
        | ExprKind::Assign { .. }
        | ExprKind::While { .. }
        | ExprKind::For { .. }
        | ExprKind::Let { .. }
        | ExprKind::Return(_)
        | ExprKind::Break { .. }
        | ExprKind::Continue { .. } => false,
        ExprKind::If { otherwise, .. } => otherwise.is_some(),
        ExprKind::Name(name) => *name != names::UNDERSCORE,
        _ => true,
    }
}
