//! What bodies ask of the program as a whole: functions of `core`, names of fields.

use super::body::Body;
use super::scan;
use crate::hir::{ExprId, ExprKind, FnId, GlobalId, LocalId, ModuleId, MultiId};
use crate::tables::{CallShape, Checker};
use rustc_hash::FxHashSet;
use sayso_base::{Interner, Name, Span, names};
use sayso_syntax::ast;
use sayso_types::{Dispatch, TypeId, TypeKind};

/// Names that the body pass makes or looks for.
#[derive(Clone, Copy, Debug)]
pub(crate) struct CoreNames {
    pub closure: Name,
    pub comptime: Name,
    pub less_equal: Name,
    pub identical: Name,
    pub expect_failed: Name,
    pub fault: Name,
    pub collect: Name,
    pub collect_any: Name,
    pub collect_seq: Name,
    pub iter: Name,
}

impl Default for CoreNames {
    fn default() -> Self {
        let none = names::EMPTY;
        CoreNames {
            closure: none,
            comptime: none,
            less_equal: none,
            identical: none,
            expect_failed: none,
            fault: none,
            collect: none,
            collect_any: none,
            collect_seq: none,
            iter: none,
        }
    }
}

impl CoreNames {
    pub fn new(interner: &mut Interner) -> CoreNames {
        CoreNames {
            closure: interner.intern_unasked("closure"),
            comptime: interner.intern_unasked("comptime"),
            less_equal: interner.intern_unasked("less_equal?"),
            identical: interner.intern_unasked("identical?"),
            expect_failed: interner.intern_unasked("expect_failed"),
            fault: interner.intern_unasked("_fault"),
            collect: interner.intern_unasked("collect"),
            collect_any: interner.intern_unasked("_collect_any"),
            collect_seq: interner.intern_unasked("_collect_seq"),
            iter: interner.intern_unasked("iter"),
        }
    }
}

impl Checker<'_> {
    /// The multi-function of that name in `core`.
    pub(crate) fn core_multi(&mut self, name: Name) -> Option<MultiId> {
        if let Some(known) = self.bodies.core_multis.get(&name) {
            return Some(*known);
        }
        self.ask_for(name);
        let core = self.library_module(names::CORE)?;
        let multi = *self.module_multis.get(&(core, name))?;
        self.bodies.core_multis.insert(name, multi);
        Some(multi)
    }

    /// Whether any function at all has the name.
    pub(crate) fn has_function_named(&self, name: Name) -> bool {
        self.by_name.contains_key(&name)
    }

    /// Whether some interface lists a call of that name.
    pub(crate) fn is_interface_call(&mut self, name: Name) -> bool {
        let count = self.types.decl_count();
        if self.bodies.interface_calls.as_ref().is_none_or(|(known, _)| *known != count) {
            let mut found: FxHashSet<Name> = FxHashSet::default();
            for index in 0..count {
                let decl = self.types.decl(sayso_types::DeclId(index as u32));
                found.extend(decl.members.iter().map(|member| member.name));
            }
            self.bodies.interface_calls = Some((count, found));
        }
        self.bodies.interface_calls.as_ref().is_some_and(|(_, names)| names.contains(&name))
    }

    /// Names that the functions and closures of the program assign: what is known of top-level variables of these names
    /// may be lost at any call.
    fn assigned_in_functions(&mut self) -> &FxHashSet<Name> {
        if self.bodies.assigned_in_functions.is_none() {
            let mut found: FxHashSet<Name> = FxHashSet::default();
            for module in self.modules.iter().filter(|module| !module.library) {
                let ast = &*module.ast;
                for item in &ast.items {
                    let body = match &item.kind {
                        ast::ItemKind::Fn(function) => function.body,
                        ast::ItemKind::Test { body, .. } | ast::ItemKind::Bench { body, .. } => Some(*body),
                        _ => None,
                    };
                    if let Some(body) = body {
                        found.extend(scan::assigned_names(ast, scan::Node::Block(body)));
                    }
                }
                for expr in &ast.exprs {
                    match &expr.kind {
                        ast::ExprKind::Closure { body, .. } => {
                            found.extend(scan::assigned_names(ast, scan::Node::Expr(*body)));
                        }
                        // `module.name = value`
                        ast::ExprKind::Assign { target, .. } => {
                            if let ast::ExprKind::Field(_, name) = &ast.expr(*target).kind {
                                found.insert(name.name);
                            }
                        }
                        _ => {}
                    }
                }
            }
            self.bodies.assigned_in_functions = Some(found);
        }
        self.bodies.assigned_in_functions.get_or_insert_default()
    }

    /// Names of all fields that a value of any type may have.
    fn field_names(&mut self) -> &FxHashSet<Name> {
        if self.bodies.field_names.is_none() {
            let mut found: FxHashSet<Name> = FxHashSet::default();
            for index in 0..self.types.decl_count() {
                let decl = self.types.decl(sayso_types::DeclId(index as u32));
                found.extend(decl.fields.iter().map(|field| field.name));
            }
            for module in &self.modules {
                for expr in &module.ast.exprs {
                    if let ast::ExprKind::Shape(fields) = &expr.kind {
                        found.extend(fields.iter().map(|field| field.name.name));
                    }
                }
            }
            self.bodies.field_names = Some(found);
        }
        self.bodies.field_names.get_or_insert_default()
    }
}

impl Body<'_, '_> {
    pub fn core_multi(&mut self, name: Name) -> Option<MultiId> {
        self.cx.core_multi(name)
    }

    /// Whether what is known of a top-level variable stays true until its module's statements assign it.
    pub fn global_is_narrowable(&mut self, global: GlobalId) -> bool {
        let Some(info) = self.cx.globals.get(global.0 as usize) else { return false };
        let (mutable, name, module) = (info.mutable, info.name, info.module);
        if !mutable {
            return true;
        }
        let at_top = self.toplevel_stmt.is_some() && self.outer.is_empty() && module == self.module;
        at_top && !self.cx.assigned_in_functions().contains(&name)
    }

    /// Whether some type in the program has a field of that name.
    pub fn any_field_named(&mut self, name: Name) -> bool {
        self.cx.field_names().contains(&name)
    }

    /// The library's function behind `xs[i]` or `xs[i] = v` of arrays or tables, unless the program specialises it for
    /// something that may be one.
    pub fn index_function(&mut self, name: Name, of_table: bool) -> Option<FnId> {
        let slot = usize::from(name == names::SET_INDEX) + 2 * usize::from(of_table);
        if let Some(Some(known)) = self.cx.bodies.index_functions.get(slot) {
            return *known;
        }
        let found = self.find_index_function(name, of_table);
        if let Some(entry) = self.cx.bodies.index_functions.get_mut(slot) {
            *entry = Some(found);
        }
        found
    }

    fn find_index_function(&mut self, name: Name, of_table: bool) -> Option<FnId> {
        let multi = self.core_multi(name)?;
        let shape = CallShape::plain(if name == names::SET_INDEX { 3 } else { 2 });
        let candidates = self.cx.candidates(multi, &shape);
        let mut found = None;
        for candidate in &candidates.list {
            let first = *candidate.params.first()?;
            let own = match self.kind(first) {
                TypeKind::Array(_) | TypeKind::Seq(_) => !of_table && candidate.vars.len() == 1,
                TypeKind::Table(..) => of_table && candidate.vars.len() == 2,
                _ => false,
            };
            let library =
                self.cx.functions.get(candidate.decl.0 as usize).is_some_and(|f| self.cx.is_library(f.module));
            if own && library && found.is_none() {
                found = Some(candidate.decl);
                continue;
            }
            let apart = match self.kind(first) {
                TypeKind::Table(..) => !of_table,
                TypeKind::Array(_) | TypeKind::FixedArray(..) | TypeKind::Seq(_) => of_table,
                TypeKind::Nominal(decl, _) => {
                    let info = self.cx.types.decl(*decl);
                    self.cx.types.well_known.range == Some(*decl)
                        || !matches!(info.kind, sayso_types::DeclKind::Interface | sayso_types::DeclKind::Trait)
                }
                TypeKind::Any | TypeKind::Var(_) | TypeKind::Union(_) | TypeKind::Intersection(_) => false,
                _ => true,
            };
            if !apart {
                return None;
            }
        }
        self.cx.thunk_for(found?, &shape)
    }

    /// The call that closes an iterator when a loop is left, if there is one for its type.
    pub fn closing_call(&mut self, iterator: LocalId, ty: TypeId, span: Span) -> Option<ExprId> {
        if ty == TypeId::ERROR || ty == TypeId::NEVER {
            return None;
        }
        let multi = self.core_multi(names::CLOSE)?;
        let candidates = self.cx.candidates(multi, &CallShape::plain(1));
        let open = ty == TypeId::ANY;
        let asked = if open { TypeId::ERROR } else { ty };
        let outcome = self.cx.settled(|cx| cx.types.dispatch_split(&[asked], &candidates.signatures));
        let fits = outcome.iter().all(|(_, found)| matches!(found, Dispatch::One(..)) || open);
        if !fits || candidates.list.is_empty() {
            return None;
        }
        let receiver = self.push(ExprKind::Local(iterator), ty, span);
        Some(self.call_values(&[multi], &[receiver], None, span))
    }

    /// The multi-function of that name in a module of the library.
    pub fn library_multi(&mut self, module: Name, name: Name) -> Option<MultiId> {
        self.cx.ask_for(name);
        let module: ModuleId = self.cx.library_module(module)?;
        self.cx.module_multis.get(&(module, name)).copied()
    }
}
