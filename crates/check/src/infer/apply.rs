//! Arguments against the parameters of one function, and what comes out: type arguments, result.

use super::body::Body;
use super::goal::{Goal, Place, PlaceKind};
use super::overload::Given;
use crate::hir::{ExprId, ExprKind};
use crate::tables::{Candidate, FnDeclId, FnDeclKind};
use sayso_base::{Diagnostic, Name, Span, names};
use sayso_syntax::ast;
use sayso_types::{DeclId, DeclKind, Substitution, TypeId, TypeKind, VarId, Variance};
use smallvec::SmallVec;
use thin_vec::ThinVec;

/// A function with its arguments in place.
pub(crate) struct Applied {
    /// In the order of the call.
    pub args: ThinVec<ExprId>,
    pub type_args: ThinVec<TypeId>,
    pub result: TypeId,
    /// An `any` stands where a type variable has to be found at run time.
    pub dynamic: bool,
    /// A type variable stands for several arguments, whose run-time types have to be equal: they may not be.
    pub strict: bool,
    /// Something was reported.
    pub failed: bool,
}

impl Body<'_, '_> {
    /// Checks arguments against a candidate's parameters. Those that are not read yet are read now, with what is
    /// expected of them.
    pub fn apply(
        &mut self,
        id: Option<ast::ExprId>,
        candidate: &Candidate,
        given: &mut Given<'_>,
        goal: Goal,
        name: Name,
        span: Span,
    ) -> Applied {
        self.warn_deprecated(candidate.decl, span);
        if candidate.vars.is_empty() {
            return self.apply_plain(candidate, given, name, span);
        }
        self.apply_generic(id, candidate, given, goal, name, span)
    }

    fn apply_plain(&mut self, candidate: &Candidate, given: &mut Given<'_>, name: Name, span: Span) -> Applied {
        let mut args = ThinVec::with_capacity(candidate.params.len());
        for (index, param) in candidate.params.iter().enumerate() {
            let place = self.argument_place(candidate, index, name);
            args.push(self.argument(given, index, *param, place, span));
        }
        let result = self.cx.result_of(candidate.decl);
        Applied { args, type_args: ThinVec::new(), result, dynamic: false, strict: false, failed: false }
    }

    fn argument(&mut self, given: &mut Given<'_>, index: usize, want: TypeId, place: Place, span: Span) -> ExprId {
        match given.made.get(index).copied().flatten() {
            Some(made) => self.coerce(made, want, place),
            None => match given.args.written(index) {
                Some(arg) => self.check(arg.value, want, place),
                None => self.error(span),
            },
        }
    }

    /// What an argument is called in messages.
    pub fn argument_place(&self, candidate: &Candidate, index: usize, function: Name) -> Place {
        let decl = self.cx.functions.get(candidate.decl.0 as usize);
        let slot = candidate.slots.get(index).copied().unwrap_or(index as u32);
        let param = decl.and_then(|decl| decl.params.get(slot as usize));
        let function = match decl {
            Some(decl) if function == names::EMPTY => decl.name,
            _ => function,
        };
        match param {
            Some(param) => {
                let numbered = self.cx.names.text(param.name).starts_with(|c: char| c.is_ascii_digit());
                let kind = if param.name == names::EMPTY || numbered {
                    PlaceKind::ArgumentAt { function, index: index as u32 }
                } else {
                    PlaceKind::Argument { function, param: param.name }
                };
                let library = decl.is_some_and(|decl| self.cx.is_library(decl.module));
                if library { Place::new(kind) } else { Place::at(kind, param.span) }
            }
            None => Place::new(PlaceKind::ArgumentAt { function, index: index as u32 }),
        }
    }

    fn apply_generic(
        &mut self,
        id: Option<ast::ExprId>,
        candidate: &Candidate,
        given: &mut Given<'_>,
        goal: Goal,
        name: Name,
        span: Span,
    ) -> Applied {
        let declared = self.cx.result_of(candidate.decl);
        let constructed = self.constructed(candidate.decl);
        let mut vars: SmallVec<[TypeId; 4]> = SmallVec::new();
        for (index, var) in candidate.vars.iter().enumerate() {
            let unknown = match constructed {
                Some(_) if self.cx.types.position_of(*var, declared) == Some(Variance::Covariant) => TypeId::NEVER,
                _ => TypeId::ANY,
            };
            let site = id.unwrap_or(ast::ExprId(u32::MAX));
            vars.push(if id.is_some() { self.fresh((site, index as u32), unknown) } else { self.loose() });
        }
        let with = Substitution::from_vars(&candidate.vars, &vars);
        let params: SmallVec<[TypeId; 4]> =
            candidate.params.iter().map(|param| self.cx.types.substitute(*param, &with)).collect();
        let result = self.cx.types.substitute(declared, &with);
        if constructed.is_some() {
            // What is expected of the whole is expected of its parts.
            if let Some(hint) = goal.hint() {
                self.expect_of(result, hint);
            }
        }
        let mut args: Vec<Option<ExprId>> = vec![None; params.len()];
        let mut dynamic = false;
        for late in [false, true] {
            for (index, param) in params.iter().enumerate() {
                let unread = given.made.get(index).is_some_and(Option::is_none);
                let waits = unread && given.args.written(index).is_some_and(|arg| self.waits(arg.value));
                if waits != late {
                    continue;
                }
                let declared = candidate.params.get(index).copied().unwrap_or(TypeId::ERROR);
                let made = self.generic_argument(
                    candidate,
                    given,
                    index,
                    (declared, *param),
                    name,
                    constructed.is_some(),
                    span,
                );
                dynamic |= made.1;
                if let Some(slot) = args.get_mut(index) {
                    *slot = Some(made.0);
                }
            }
        }
        if let Some(hint) = goal.hint()
            && self.cx.types.has_infer(result)
        {
            self.expect_of(result, hint);
        }
        let args: ThinVec<ExprId> = args.into_iter().map(|arg| arg.unwrap_or_else(|| self.error(span))).collect();
        let type_args: ThinVec<TypeId> = vars.iter().map(|var| self.fix(*var)).collect();
        let mut failed = args.iter().any(|arg| matches!(self.frame.kind_of(*arg), Some(ExprKind::Error)));
        failed |= !failed && !self.check_bounds(candidate, &vars, &with, name, span);
        let result = self.zonk(result);
        let repeated = self.repeated(candidate);
        let strict = constructed.is_none() && repeated.iter().any(|var| self.is_strict(candidate, *var, declared));
        if strict && !failed && !dynamic {
            failed = !self.check_strict(candidate, &args, name, span);
        }
        let result = if failed && self.cx.types.has_infer(result) { TypeId::ERROR } else { result };
        Applied { args, type_args, result, dynamic, strict, failed }
    }

    /// Makes a result that is still open what is expected, as far as the variant or its enum goes.
    pub fn expect_of(&mut self, result: TypeId, hint: TypeId) {
        // What is open on both sides would become one, and be fixed with the first.
        let hint = self.zonk(hint);
        if !self.cx.types.has_infer(hint) {
            self.try_sub(result, hint);
        }
    }

    /// The declaration that a constructor makes a value of.
    fn constructed(&self, decl: FnDeclId) -> Option<DeclId> {
        match self.cx.functions.get(decl.0 as usize)?.kind {
            FnDeclKind::Constructor(decl) => Some(decl),
            _ => None,
        }
    }

    /// Whether an argument is read behind the others, because they tell what is expected of it.
    fn waits(&mut self, id: ast::ExprId) -> bool {
        match &self.ast.expr(id).kind {
            ast::ExprKind::Closure { params, .. } => params.iter().any(|param| param.ty.is_none()),
            ast::ExprKind::Try(inner) => self.question_name(*inner).is_some(),
            ast::ExprKind::Name(name) => {
                self.scopes.lookup(*name).is_none()
                    && matches!(self.cx.lookup_value(self.scope, *name), crate::tables::Found::Functions(_))
            }
            _ => false,
        }
    }

    fn generic_argument(
        &mut self,
        candidate: &Candidate,
        given: &mut Given<'_>,
        index: usize,
        (declared, param): (TypeId, TypeId),
        name: Name,
        constructs: bool,
        span: Span,
    ) -> (ExprId, bool) {
        let place = self.argument_place(candidate, index, name);
        let bare = matches!(self.kind(declared), TypeKind::Var(_)) || !self.cx.types.has_var(declared);
        if bare {
            let made = self.argument(given, index, param, place, span);
            if let TypeKind::Var(var) = self.kind(declared) {
                // What a collection holds is the enum, not the one variant that was given.
                let var = *var;
                let held = candidate
                    .params
                    .iter()
                    .any(|other| self.cx.types.position_of(var, *other) == Some(Variance::Invariant));
                if held {
                    let found = self.ty(made);
                    let wide = self.widen(found);
                    self.sub(wide, param);
                }
            }
            return (made, false);
        }
        let read = match given.made.get(index).copied().flatten() {
            Some(made) => made,
            None => match given.args.written(index).copied() {
                Some(arg) => self.infer(arg.value, Goal::Must(param, place).open_hint(self, param)),
                None => return (self.error(span), false),
            },
        };
        let ty = self.ty(read);
        let ty = self.shallow(ty);
        if ty == TypeId::ANY && !constructs {
            return (read, true);
        }
        if ty == TypeId::ANY {
            for var in self.open_vars(param) {
                let _ = self.try_sub(TypeId::ANY, var);
            }
        }
        (self.coerce(read, param, place), false)
    }

    fn open_vars(&self, ty: TypeId) -> Vec<TypeId> {
        let mut open = vec![ty];
        let mut found = Vec::new();
        while let Some(ty) = open.pop() {
            if !self.cx.types.has_infer(ty) {
                continue;
            }
            match self.kind(ty) {
                TypeKind::Infer(_) => found.push(ty),
                kind => open.extend(super::unify::direct_parts(kind)),
            }
        }
        found
    }

    // ---- bounds

    /// Whether the type arguments lie within their bounds.
    fn check_bounds(
        &mut self,
        candidate: &Candidate,
        vars: &[TypeId],
        with: &Substitution,
        name: Name,
        span: Span,
    ) -> bool {
        for (var, ty) in candidate.vars.iter().zip(vars) {
            let info = *self.cx.types.var(*var);
            if info.upper == TypeId::ANY && info.lower == TypeId::NEVER {
                continue;
            }
            let upper = self.cx.types.substitute(info.upper, with);
            let lower = self.cx.types.substitute(info.lower, with);
            let found = self.zonk(*ty);
            let (upper, lower) = (self.zonk(upper), self.zonk(lower));
            let below = self.sub(found, upper);
            if below && self.sub(lower, found) {
                continue;
            }
            if found == TypeId::ERROR {
                return false;
            }
            let (found, upper, lower) = (self.show(found), self.show(upper), self.show(lower));
            let (var, name) = (self.text(info.name).to_owned(), self.text(name).to_owned());
            let message = if below {
                format!("`{found}` does not hold `{lower}`, as `{var}` of `{name}` has to")
            } else {
                format!("`{found}` is no `{upper}`, as `{var}` of `{name}` has to be")
            };
            let mut diagnostic = Diagnostic::error("bound", span, message).label(format!("`{var}` is `{found}` here"));
            if let Some(decl) = self.cx.functions.get(candidate.decl.0 as usize)
                && !self.cx.is_library(decl.module)
            {
                diagnostic = diagnostic.also(decl.head_span, "the bound is written here");
            }
            self.report(diagnostic);
            return false;
        }
        true
    }

    /// Type variables that occur in several parameters.
    fn repeated(&self, candidate: &Candidate) -> SmallVec<[VarId; 2]> {
        let twice = |var: &&VarId| {
            candidate.params.iter().filter(|param| self.cx.types.mentions(**param, &[**var])).nth(1).is_some()
        };
        candidate.vars.iter().filter(twice).copied().collect()
    }

    /// Whether the arguments that a variable stands for must have one run-time type: no invariant place fixes it, and
    /// the result does not hold it in one.
    fn is_strict(&self, candidate: &Candidate, var: VarId, result: TypeId) -> bool {
        let types = &self.cx.types;
        if matches!(types.position_of(var, result), Some(Variance::Invariant)) {
            return false;
        }
        let mut covariant = 0;
        for param in &candidate.params {
            match types.position_of(var, *param) {
                Some(Variance::Invariant) => return false,
                Some(Variance::Covariant) => covariant += 1,
                Some(Variance::Contravariant) | None => {}
            }
        }
        covariant > 1
    }

    fn check_strict(&mut self, candidate: &Candidate, args: &[ExprId], name: Name, span: Span) -> bool {
        let mut types: SmallVec<[TypeId; 4]> = SmallVec::new();
        for arg in args {
            let ty = self.ty(*arg);
            types.push(self.zonk(ty));
        }
        if types.iter().any(|ty| self.cx.types.has_infer(*ty) || self.cx.types.has_error(*ty)) {
            return true;
        }
        let signature = sayso_types::Signature { vars: candidate.vars.to_vec(), params: candidate.params.to_vec() };
        if self.cx.settled(|cx| cx.types.fit(&types, &signature)).is_some() {
            return true;
        }
        let shown = self.cx.types.display_list(&types, &self.cx.names);
        let text = self.text(name).to_owned();
        let mut diagnostic = Diagnostic::error("no-function-fits", span, format!("`{text}` does not take {shown}"))
            .note("a type parameter that stands for several arguments is one type: that of each of them");
        if let Some(decl) = self.cx.functions.get(candidate.decl.0 as usize)
            && !self.cx.is_library(decl.module)
        {
            diagnostic = diagnostic.also(decl.head_span, "declared here");
        }
        self.report(diagnostic);
        false
    }

    fn warn_deprecated(&mut self, decl: FnDeclId, span: Span) {
        let Some(info) = self.cx.functions.get(decl.0 as usize) else { return };
        let Some(reason) = info.deprecated.clone() else { return };
        let name = self.text(info.name).to_owned();
        let mut diagnostic = Diagnostic::warning("deprecated", span, format!("`{name}` is deprecated"));
        if !reason.is_empty() {
            diagnostic = diagnostic.note(reason.to_string());
        }
        self.report(diagnostic);
    }

    // ---- construction

    /// A struct or variant made in place; none for a class, whose constructor is called.
    pub fn construct(&mut self, decl: DeclId, candidate: &Candidate, applied: &Applied, span: Span) -> Option<ExprId> {
        let kind = self.cx.types.decl(decl).kind;
        if !matches!(kind, DeclKind::Struct | DeclKind::Variant { .. }) {
            return None;
        }
        let mut fields: Vec<(u32, ExprId)> =
            candidate.slots.iter().copied().zip(applied.args.iter().copied()).collect();
        let count = self.cx.types.decl(decl).fields.len() as u32;
        for slot in 0..count {
            if !fields.iter().any(|(known, _)| *known == slot) {
                let default = self.default_value(decl, slot, applied.result, span)?;
                fields.push((slot, default));
            }
        }
        Some(self.push(ExprKind::new_record(decl, fields, None), applied.result, span))
    }

    /// The call that gives a field's default.
    pub fn default_value(&mut self, decl: DeclId, slot: u32, ty: TypeId, span: Span) -> Option<ExprId> {
        let function = self.cx.field_default(decl, slot)?;
        let own: Vec<TypeId> = match self.kind(ty) {
            TypeKind::Nominal(_, args) => args.to_vec(),
            _ => Vec::new(),
        };
        let name = self.cx.types.decl(decl).fields.get(slot as usize)?.name;
        let field = self.cx.types.field(ty, name)?.ty();
        let type_args = self.cx.default_type_args(decl, slot, &own);
        Some(self.call(function, type_args.into(), ThinVec::new(), field, span))
    }
}

impl Goal {
    /// The same for an argument whose expected type may still be open: what does not fit is said by who coerces.
    fn open_hint(self, body: &Body<'_, '_>, param: TypeId) -> Goal {
        if body.cx.types.has_infer(param) { Goal::of_hint(Goal::Hint(param).hint()) } else { self }
    }
}
