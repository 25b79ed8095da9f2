//! Assignment. The target is evaluated once, before the value.

use super::body::Body;
use super::frame::LocalKind;
use super::goal::{Goal, Place, PlaceKind};
use super::scope::Binding;
use crate::hir::{self, ExprId, ExprKind, FieldAccess, GlobalId, LocalId, PatternKind, Stmt};
use crate::tables::Found;
use sayso_base::{Diagnostic, Name, Span, names};
use sayso_syntax::ast::{self, AssignOp};
use sayso_types::{TypeId, TypeKind};
use thin_vec::thin_vec;

/// Where an assignment stores.
#[derive(Clone, Copy, Debug)]
enum Target {
    Local(LocalId),
    Global(GlobalId),
    Field(ExprId, FieldAccess),
    Index(ExprId, ExprId),
    /// `_ = value`: nowhere.
    Nowhere,
}

/// A target that has been read: what it holds and where that is declared.
struct Resolved {
    target: Target,
    ty: TypeId,
    place: Place,
    binding: Option<Binding>,
}

impl Body<'_, '_> {
    pub fn assign(
        &mut self,
        target: ast::ExprId,
        (op, sign): (AssignOp, Span),
        value: ast::ExprId,
        span: Span,
    ) -> ExprId {
        let mut stmts = Vec::new();
        let Some(target) = self.target(target, op, &mut stmts) else {
            self.read_and_drop(value);
            return self.push(ExprKind::Error, TypeId::VOID, span);
        };
        let made = match op {
            AssignOp::Set => {
                let value = match target.target {
                    Target::Nowhere => self.infer(value, Goal::Free),
                    _ => self.check(value, target.ty, target.place),
                };
                self.store(&target, value, span)
            }
            AssignOp::Binary(op) => {
                let old = self.load(&target, span);
                let new = self.compound(op, sign, old, value, span);
                let new = self.coerce(new, target.ty, target.place);
                self.store(&target, new, span)
            }
            AssignOp::Coalesce => self.coalesce_into(&target, value, span),
        };
        if let Some(binding) = target.binding {
            self.flow.forget(binding.frame, binding.local);
        }
        if let Target::Global(global) = target.target {
            let place = super::condition::Narrowable::global(global);
            self.flow.forget(place.frame, place.local);
        }
        if stmts.is_empty() {
            return made;
        }
        stmts.push(Stmt::Expr(made));
        self.push(ExprKind::block(stmts, None), TypeId::VOID, span)
    }

    fn compound(&mut self, op: ast::BinaryOp, op_span: Span, old: ExprId, value: ast::ExprId, span: Span) -> ExprId {
        let ty = self.read_as_known(self.ty(old));
        let goal = if matches!(ty, TypeId::F64 | TypeId::BYTE) && self.is_number_literal(value) {
            Goal::Hint(ty)
        } else {
            Goal::Free
        };
        let value = self.infer(value, goal);
        self.binary(op, op_span, old, value, span)
    }

    /// `target ??= value`: stores `Some(value)` if it is `None`.
    fn coalesce_into(&mut self, target: &Resolved, value: ast::ExprId, span: Span) -> ExprId {
        let old = self.load(target, span);
        let held = self.known(target.ty, span);
        let (Some(inner), Some(none), Some(some)) = (
            if held == TypeId::ANY { Some(TypeId::ANY) } else { self.option_element(held) },
            self.cx.types.well_known.none,
            self.cx.types.well_known.some,
        ) else {
            if held != TypeId::ERROR {
                let shown = self.show(held);
                self.report(
                    Diagnostic::error(
                        "not-optional",
                        span,
                        format!("`??=` needs an `Option` on its left, and this is `{shown}`"),
                    )
                    .label("always has a value"),
                );
            }
            self.read_and_drop(value);
            return self.push(ExprKind::Error, TypeId::VOID, span);
        };
        let before = self.flow.clone();
        let value = self.check(value, inner, Place { kind: PlaceKind::Fallback, declared: target.place.declared });
        let wrapped_type = self.cx.types.nominal(some, &[inner]);
        let wrapped = self.push(ExprKind::new_record(some, vec![(0, value)], None), wrapped_type, span);
        let stored = self.store(target, wrapped, span);
        let after = std::mem::take(&mut self.flow);
        self.flow = self.join(before, after);
        let old_type = self.ty(old);
        let pattern = self.frame.push_pattern(PatternKind::Nominal(none, Vec::new()), old_type, span);
        let condition = self.push(ExprKind::Let(pattern, old), TypeId::BOOL, span);
        self.push(ExprKind::If(condition, stored, None), TypeId::VOID, span)
    }

    fn load(&mut self, target: &Resolved, span: Span) -> ExprId {
        match target.target {
            Target::Local(local) => {
                let fact = target.binding.and_then(|binding| self.flow.get(binding.frame, binding.local));
                let ty = fact.unwrap_or(target.ty);
                self.push(ExprKind::Local(local), ty, span)
            }
            Target::Global(global) => self.read_global(global, span),
            Target::Field(object, access) => {
                let object = self.again(object);
                self.push(ExprKind::Field(object, access), target.ty, span)
            }
            Target::Index(object, index) => {
                let (object, index) = (self.again(object), self.again(index));
                self.read_index(object, index, span)
            }
            Target::Nowhere => self.error(span),
        }
    }

    /// Another reading of a hidden variable or constant.
    fn again(&mut self, id: ExprId) -> ExprId {
        let (ty, span) = (self.ty(id), self.span(id));
        match self.frame.kind_of(id) {
            Some(ExprKind::Local(local)) => {
                let kind = ExprKind::Local(*local);
                self.push(kind, ty, span)
            }
            Some(ExprKind::Constant(constant)) => {
                let kind = ExprKind::Constant(constant.clone());
                self.push(kind, ty, span)
            }
            _ => id,
        }
    }

    fn store(&mut self, target: &Resolved, value: ExprId, span: Span) -> ExprId {
        let kind = match target.target {
            Target::Local(local) => {
                self.mark_assigned(local);
                ExprKind::SetLocal(local, value)
            }
            Target::Global(global) => ExprKind::SetGlobal(global, value),
            Target::Field(object, access) => ExprKind::SetField(object, access, value),
            Target::Index(object, index) => return self.write_index(object, index, value, span),
            Target::Nowhere => return self.push(ExprKind::block(vec![Stmt::Expr(value)], None), TypeId::VOID, span),
        };
        self.push(kind, TypeId::VOID, span)
    }

    fn write_index(&mut self, object: ExprId, index: ExprId, value: ExprId, span: Span) -> ExprId {
        let ty = self.read_as_known(self.ty(object));
        if let TypeKind::Array(element) | TypeKind::FixedArray(element, _) = self.kind(ty) {
            let element = *element;
            if self.ty(index) == TypeId::I64
                && let Some(function) = self.index_function(names::SET_INDEX, false)
            {
                return self.call(function, thin_vec![element], thin_vec![object, index, value], TypeId::VOID, span);
            }
        }
        if let Some((key, held)) = self.table_at(ty, index)
            && let Some(function) = self.index_function(names::SET_INDEX, true)
        {
            return self.call(function, thin_vec![key, held], thin_vec![object, index, value], TypeId::VOID, span);
        }
        self.core_call(names::SET_INDEX, &[object, index, value], TypeId::VOID, span)
    }

    // ---- targets

    /// Reads a target. For compound assignment what it is made of is kept in hidden variables.
    fn target(&mut self, target: ast::ExprId, op: AssignOp, stmts: &mut Vec<Stmt>) -> Option<Resolved> {
        let expr = self.ast.expr(target);
        let span = expr.span;
        match &expr.kind {
            ast::ExprKind::Name(names::UNDERSCORE) if op == AssignOp::Set => Some(Resolved {
                target: Target::Nowhere,
                ty: TypeId::ANY,
                place: Place::new(PlaceKind::Variable(names::UNDERSCORE)),
                binding: None,
            }),
            ast::ExprKind::Name(name) => self.name_target(*name, op == AssignOp::Set, span),
            ast::ExprKind::Field(object, name) => match self.static_member(target) {
                Found::Nothing => self.field_target(*object, *name, op, stmts),
                Found::Global(global) => self.global_target(global, name.name, span),
                _ => {
                    let text = self.cx.sources.text(span).to_owned();
                    self.report(
                        Diagnostic::error("not-assignable", span, format!("`{text}` is no variable"))
                            .note("only variables declared by `let mut` can be assigned"),
                    );
                    None
                }
            },
            ast::ExprKind::Index(object, index) => self.index_target(*object, *index, op, stmts),
            ast::ExprKind::OptionalField(..) => {
                self.read_and_drop(target);
                self.not_assignable(span, "a place behind `?.` may not exist: use `if let Some(x) = …`");
                None
            }
            ast::ExprKind::Error => None,
            _ => {
                self.read_and_drop(target);
                self.not_assignable(span, "variables, fields and indices can be assigned");
                None
            }
        }
    }

    fn not_assignable(&mut self, span: Span, note: &str) {
        self.report(Diagnostic::error("not-assignable", span, "this cannot be assigned to").note(note));
    }

    fn name_target(&mut self, name: Name, plain: bool, span: Span) -> Option<Resolved> {
        if let Some(binding) = self.scopes.lookup(name) {
            return self.local_target(binding, name, span);
        }
        match self.lookup(name) {
            Found::Global(global) => self.global_target(global, name, span),
            Found::Nothing => {
                self.unknown_variable(name, plain, span);
                None
            }
            Found::Functions(_) | Found::Type { .. } | Found::Object(_) | Found::Variants(_) | Found::Ambiguous(_) => {
                let text = self.text(name).to_owned();
                self.report(
                    Diagnostic::error("not-assignable", span, format!("`{text}` is no variable"))
                        .note("only variables declared by `let mut` can be assigned"),
                );
                None
            }
        }
    }

    fn unknown_variable(&mut self, name: Name, plain: bool, span: Span) {
        let text = self.text(name).to_owned();
        let near = self.near_names(&text);
        let diagnostic = Diagnostic::error("unknown-name", span, format!("there is no variable `{text}` here"));
        let diagnostic = if self.self_has_field(name) {
            diagnostic.suggest("a field is reached through `self`", span.at_start(), "self.")
        } else if let Some(near) = near.first() {
            diagnostic.suggest(format!("did you mean `{near}`?"), span, near.as_str())
        } else if plain {
            // What follows is read as if it had been declared.
            self.declare(name, TypeId::ERROR, LocalKind::Hidden, true, span);
            diagnostic.suggest("declare it", span.at_start(), "let ")
        } else {
            diagnostic.label("not found")
        };
        self.report(diagnostic);
    }

    fn local_target(&mut self, binding: Binding, name: Name, span: Span) -> Option<Resolved> {
        let local = self.capture(binding, span)?;
        let known = *self.frame.local(local)?;
        if !known.mutable {
            self.immutable_variable(name, known.span, known.origin_kind, span);
        }
        Some(Resolved {
            target: Target::Local(local),
            ty: known.ty,
            place: Place::at(PlaceKind::Variable(name), known.span),
            binding: Some(binding),
        })
    }

    fn immutable_variable(&mut self, name: Name, declared: Span, kind: LocalKind, span: Span) {
        let text = self.text(name).to_owned();
        let diagnostic = Diagnostic::error(
            "immutable",
            span,
            format!("`{text}` cannot be assigned: it is not declared by `let mut`"),
        )
        .label("assigned here")
        .also(declared, "declared here");
        let diagnostic = match kind {
            LocalKind::Let(place) => diagnostic.suggest("let it be assigned", place.at_start(), "mut "),
            LocalKind::Param => diagnostic
                .note(format!("a parameter is never assigned: `let mut {text} = {text}` makes a variable of it")),
            LocalKind::Pattern => diagnostic.note(format!("`let mut {text} = {text}` makes a variable of it")),
            LocalKind::Hidden => diagnostic,
        };
        self.report(diagnostic);
    }

    fn global_target(&mut self, global: GlobalId, name: Name, span: Span) -> Option<Resolved> {
        let ty = self.type_of_global(global);
        let info = self.cx.globals.get(global.0 as usize)?;
        let (mutable, declared, pattern) = (info.mutable, info.span, info.pattern);
        if !mutable {
            // `mut` stands before the whole pattern of the `let`.
            let ast = self.cx.modules.get(info.module.0 as usize).map(|module| &module.ast);
            let whole = ast.and_then(|ast| match ast.body.get(info.stmt).map(|stmt| &stmt.kind) {
                Some(ast::StmtKind::Let { pattern, .. }) => Some(ast.pattern(*pattern).span),
                _ => None,
            });
            let kind = pattern.map_or(LocalKind::Hidden, |_| LocalKind::Let(whole.unwrap_or(declared)));
            self.immutable_variable(name, declared, kind, span);
        }
        Some(Resolved {
            target: Target::Global(global),
            ty,
            place: Place::at(PlaceKind::Variable(name), declared),
            binding: None,
        })
    }

    /// Keeps a value in a hidden variable if it will be read twice.
    fn keep(&mut self, value: ExprId, op: AssignOp, stmts: &mut Vec<Stmt>) -> ExprId {
        if op == AssignOp::Set || self.is_simple(value) {
            return value;
        }
        let span = self.span(value);
        let (stmt, local) = self.bind_hidden(value, span);
        stmts.push(stmt);
        self.read_local(local, span)
    }

    fn field_target(
        &mut self,
        object: ast::ExprId,
        name: ast::Ident,
        op: AssignOp,
        stmts: &mut Vec<Stmt>,
    ) -> Option<Resolved> {
        if let Some(path) = self.static_path(object) {
            let named: Vec<Name> = path.iter().map(|part| part.name).collect();
            if self.is_namespace(&named) {
                self.unknown_member(&named, name);
                return None;
            }
        }
        let object = self.infer(object, Goal::Free);
        let ty = self.known(self.ty(object), self.span(object));
        if ty == TypeId::ERROR || ty == TypeId::NEVER {
            return None;
        }
        let object = self.keep(object, op, stmts);
        if ty == TypeId::ANY {
            let access = FieldAccess::Name(name.name);
            let place = Place::new(PlaceKind::Field(name.name));
            return Some(Resolved { target: Target::Field(object, access), ty: TypeId::ANY, place, binding: None });
        }
        let Some(member) = self.member(ty, name.name) else {
            self.unknown_field(ty, name);
            return None;
        };
        let declared = self.field_span(member.access);
        if !member.mutable {
            self.immutable_field(ty, name, declared, member.access);
        }
        let place = Place { kind: PlaceKind::Field(name.name), declared };
        Some(Resolved { target: Target::Field(object, member.access), ty: member.ty, place, binding: None })
    }

    /// Where a field is declared.
    pub fn field_span(&self, access: FieldAccess) -> Option<Span> {
        match access {
            FieldAccess::Slot(decl, slot) => {
                let info = self.cx.decls.get(decl.0 as usize)?;
                info.defaults.get(slot as usize).map(|default| default.span)
            }
            FieldAccess::Name(_) | FieldAccess::Tuple(_) => None,
        }
    }

    fn immutable_field(&mut self, ty: TypeId, name: ast::Ident, declared: Option<Span>, access: FieldAccess) {
        let text = self.text(name.name).to_owned();
        let shown = self.show(ty);
        let diagnostic = if matches!(access, FieldAccess::Tuple(_)) {
            Diagnostic::error("immutable", name.span, "a tuple's elements cannot be assigned")
                .note("make a new tuple, or a struct with `mut` fields")
        } else {
            Diagnostic::error(
                "immutable",
                name.span,
                format!("the field `{text}` of `{shown}` cannot be assigned: it is not `mut`"),
            )
        };
        let diagnostic = match declared {
            Some(declared) => {
                diagnostic.also(declared, "declared here").suggest("let it be assigned", declared.at_start(), "mut ")
            }
            None => diagnostic,
        };
        self.report(diagnostic);
    }

    fn index_target(
        &mut self,
        object: ast::ExprId,
        index: ast::ExprId,
        op: AssignOp,
        stmts: &mut Vec<Stmt>,
    ) -> Option<Resolved> {
        let object = self.infer(object, Goal::Free);
        let ty = self.known(self.ty(object), self.span(object));
        let object = self.keep(object, op, stmts);
        let index = match self.key_type(ty) {
            Some((want, kind)) => self.check(index, want, Place::new(kind)),
            None => self.infer(index, Goal::Free),
        };
        let index = self.keep(index, op, stmts);
        if ty == TypeId::ERROR || ty == TypeId::NEVER {
            return None;
        }
        let value = match self.kind(ty) {
            TypeKind::Array(element) | TypeKind::FixedArray(element, _) => *element,
            TypeKind::Table(_, value) => *value,
            TypeKind::Any => TypeId::ANY,
            TypeKind::Str | TypeKind::List(_) | TypeKind::Map(..) | TypeKind::Tuple(_) => {
                let shown = self.show(ty);
                let at = self.span(object);
                self.report(
                    Diagnostic::error(
                        "immutable",
                        at,
                        format!("{} never changes, so nothing in it can be assigned", super::suggest::a(&shown)),
                    )
                    .note("make a new one with the change"),
                );
                return None;
            }
            // What `set_index` takes is decided by overload resolution.
            _ => TypeId::ANY,
        };
        let place = Place::new(PlaceKind::Element);
        Some(Resolved { target: Target::Index(object, index), ty: value, place, binding: None })
    }

    /// A hidden `let` for a statement list.
    pub fn hidden_let(&mut self, value: ExprId) -> (hir::Stmt, ExprId) {
        let span = self.span(value);
        let (stmt, local) = self.bind_hidden(value, span);
        (stmt, self.read_local(local, span))
    }
}
