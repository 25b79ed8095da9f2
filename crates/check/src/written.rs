//! What written types mean, and every mistake that can be made in writing one.
//!
//! A mistake is reported once and gives [`TypeId::ERROR`], about which later stages are silent. Unions and
//! intersections are simplified by the store when they are built, so this is asked only when the supertypes of what
//! they mention are known (see `declare.rs` for the order).

use crate::hir::ModuleId;
use crate::infer::suggest::{alternatives, nearest};
use crate::tables::{Alias, AliasId, Checker, GenericType, PendingBound, ScopeId, State, TypeDef};
use sayso_base::{Diagnostic, Name, Span, names};
use sayso_syntax::ast::{self, Ast, ItemKind, TypeExprKind};
use sayso_types::{DeclKind, Effects, Substitution, TypeId, TypeKind, VarId};
use smallvec::SmallVec;
use std::fmt::Write as _;
use std::sync::Arc;

/// Type variables in sight, by name; the first of a name counts.
pub(crate) type Vars = [(Name, VarId)];

/// Types and the aliases that they lead to may nest this deep together, so that the stack is bounded.
const MOST_DEPTH: usize = 2 * ast::MAX_DEPTH;

impl Checker<'_> {
    /// The type that a written type means in a scope with these type variables in sight; mistakes are reported, and give
    /// [`TypeId::ERROR`].
    pub fn type_of_annotation(&mut self, scope: ScopeId, vars: &[(Name, VarId)], ty: ast::TypeId) -> TypeId {
        let Some(ast) = self.ast_of(self.module_of(scope)) else { return TypeId::ERROR };
        self.lower_type(&ast, scope, vars, ty)
    }

    /// The effects that a written bound means; unknown names are reported.
    pub fn effects_of_annotation(&mut self, effects: &ast::Effects) -> Effects {
        let mut all = Effects::PURE;
        for path in &effects.parts {
            let text = self.path_text(path);
            match Effects::from_name(&text) {
                Some(effect) => all = all.union(effect),
                None => {
                    let known = Effects::NAMES.iter().map(|(name, _)| *name).chain(["io", "pure"]);
                    let near = nearest(&text, known);
                    let mut diagnostic =
                        Diagnostic::error("unknown-effect", path.span(), format!("there is no effect `{text}`")).note(
                            "the effects are `io` (with `io.console io.fs io.net io.env io.clock io.random`), `alloc`, \
                             `mut`, `panic` and `async`; `pure` is none",
                        );
                    if let Some(first) = near.first() {
                        let message = format!("did you mean {}?", alternatives(&near));
                        diagnostic = diagnostic.suggest(message, path.span(), *first);
                    } else {
                        let parts = Effects::NAMES.iter().filter_map(|(name, _)| name.strip_prefix("io."));
                        if let Some(part) = nearest(text.as_str(), parts.clone())
                            .first()
                            .copied()
                            .or_else(|| parts.clone().find(|part| *part == text))
                        {
                            let whole = format!("io.{part}");
                            diagnostic = diagnostic.suggest(format!("did you mean `{whole}`?"), path.span(), whole);
                        }
                    }
                    self.report(diagnostic);
                    // Whatever was meant: so that nothing is said against the body.
                    all = Effects::ALL;
                }
            }
        }
        all
    }

    /// As [`Checker::type_of_annotation`], for a view at hand.
    pub(crate) fn lower_type(&mut self, ast: &Arc<Ast>, scope: ScopeId, vars: &Vars, id: ast::TypeId) -> TypeId {
        if self.type_depth >= MOST_DEPTH {
            let span = ast.types.get(id.0 as usize).map_or(Span::new(ast.file, 0, 0), |written| written.span);
            self.report_type_budget(span);
            return TypeId::ERROR;
        }
        self.type_depth += 1;
        let ty = self.lower_bounded(ast, scope, vars, id);
        self.type_depth -= 1;
        ty
    }

    fn lower_bounded(&mut self, ast: &Arc<Ast>, scope: ScopeId, vars: &Vars, id: ast::TypeId) -> TypeId {
        let Some(written) = ast.types.get(id.0 as usize) else { return TypeId::ERROR };
        let ty = match &written.kind {
            TypeExprKind::Error => return TypeId::ERROR,
            TypeExprKind::Path(path, args) => return self.lower_path(ast, scope, vars, path, args, written.span),
            TypeExprKind::Symbol(name) => self.types.intern(TypeKind::Symbol(*name)),
            TypeExprKind::Array(element) => {
                let element = self.lower_type(ast, scope, vars, *element);
                self.types.array(element)
            }
            TypeExprKind::FixedArray(element, length) => {
                let element = self.lower_type(ast, scope, vars, *element);
                self.types.intern(TypeKind::FixedArray(element, *length))
            }
            TypeExprKind::Table(key, value) => {
                let key = self.lower_type(ast, scope, vars, *key);
                let value = self.lower_type(ast, scope, vars, *value);
                self.types.intern(TypeKind::Table(key, value))
            }
            TypeExprKind::Tuple(parts) => {
                let parts = self.lower_types(ast, scope, vars, parts);
                self.types.tuple(&parts)
            }
            TypeExprKind::Shape(fields) => {
                let mut lowered: SmallVec<[(Name, TypeId); 4]> = SmallVec::new();
                for (index, (name, ty)) in fields.iter().enumerate() {
                    let ty = self.lower_type(ast, scope, vars, *ty);
                    lowered.push((name.name, ty));
                    let first = fields.get(..index).and_then(|before| before.iter().find(|o| o.0.name == name.name));
                    if let Some(first) = first {
                        let message = format!("two fields are named `{}`", self.names.text(name.name));
                        self.report(crate::collect::duplicate(name.span, message, first.0.span));
                    }
                }
                self.types.shape(&lowered)
            }
            TypeExprKind::Function { params, result, effects } => {
                let params = self.lower_types(ast, scope, vars, params);
                let result = result.map_or(TypeId::VOID, |result| self.lower_type(ast, scope, vars, result));
                let effects = effects.as_ref().map_or(Effects::ALL, |written| self.effects_of_annotation(written));
                self.types.function(&params, result, effects)
            }
            TypeExprKind::Union(parts) => {
                let parts = self.lower_types(ast, scope, vars, parts);
                if parts.contains(&TypeId::ERROR) { TypeId::ERROR } else { self.types.union(&parts) }
            }
            TypeExprKind::Intersection(parts) => {
                let lowered = self.lower_types(ast, scope, vars, parts);
                if lowered.contains(&TypeId::ERROR) {
                    return TypeId::ERROR;
                }
                self.types.intersection(&lowered)
            }
            TypeExprKind::Option(value) => {
                let value = self.lower_type(ast, scope, vars, *value);
                self.types.option_of(value)
            }
        };
        if ty == TypeId::ERROR && self.types.over_budget() {
            self.report_type_budget(written.span);
        }
        ty
    }

    /// Says that a type is too large, once for each time that the store met a limit.
    pub(crate) fn report_type_budget(&mut self, span: Span) {
        self.types.reset_budget();
        self.report(
            Diagnostic::error("type-too-large", span, "this type is larger or deeper than the checker can deal with")
                .note("give its parts names of their own: a `struct`, `enum` or `trait` counts as one"),
        );
    }

    fn lower_types(
        &mut self,
        ast: &Arc<Ast>,
        scope: ScopeId,
        vars: &Vars,
        ids: &[ast::TypeId],
    ) -> SmallVec<[TypeId; 4]> {
        ids.iter().map(|id| self.lower_type(ast, scope, vars, *id)).collect()
    }

    fn lower_path(
        &mut self,
        ast: &Arc<Ast>,
        scope: ScopeId,
        vars: &Vars,
        path: &ast::Path,
        args: &[ast::TypeId],
        span: Span,
    ) -> TypeId {
        let lowered = self.lower_types(ast, scope, vars, args);
        if let [single] = path.parts()
            && let Some((_, var)) = vars.iter().find(|(name, _)| *name == single.name)
        {
            if !args.is_empty() {
                let text = self.names.text(single.name);
                let message = format!("the type parameter `{text}` takes no arguments");
                self.report(Diagnostic::error("type-arguments", span, message));
                return TypeId::ERROR;
            }
            return self.types.variable(*var);
        }
        match self.find_type_path(scope, path) {
            Some(def) => self.apply_type(def, &lowered, span),
            None => {
                self.report_unknown_type(scope, vars, path, lowered.is_empty());
                TypeId::ERROR
            }
        }
    }

    /// The type that a dotted path names, without a word if there is none.
    pub(crate) fn find_type_path(&mut self, scope: ScopeId, path: &ast::Path) -> Option<TypeDef> {
        let parts: SmallVec<[Name; 4]> = path.parts().iter().map(|part| part.name).collect();
        let (last, before) = parts.split_last()?;
        let Some((of, modules)) = before.split_last() else { return self.lookup_type(scope, *last) };
        let from = self.module_of(scope);
        let owner = match modules {
            [] => self.lookup_type(scope, *of),
            _ => self.lookup_module(scope, modules).and_then(|module| self.module_type(module, *of, from)),
        };
        if let Some(variant) = owner.and_then(|def| self.variant_named(def, *last)) {
            return Some(TypeDef::Decl(variant));
        }
        let module = self.lookup_module(scope, before)?;
        self.module_type(module, *last, from)
    }

    /// A type with arguments, which must be as many as it has parameters.
    pub(crate) fn apply_type(&mut self, def: TypeDef, args: &[TypeId], span: Span) -> TypeId {
        match def {
            TypeDef::Builtin(ty) => {
                if self.argument_count(def, args, 0, span) {
                    ty
                } else {
                    TypeId::ERROR
                }
            }
            TypeDef::Var(var) => {
                if self.argument_count(def, args, 0, span) {
                    self.types.variable(var)
                } else {
                    TypeId::ERROR
                }
            }
            TypeDef::Generic(generic) => self.apply_generic(def, generic, args, span),
            TypeDef::Decl(decl) => {
                if let (Some(known), [arg]) = (self.types.well_known.any_type, args)
                    && known == decl
                {
                    return self.types.intern(TypeKind::Type(*arg));
                }
                let vars: SmallVec<[VarId; 2]> = self.types.decl(decl).params.iter().map(|param| param.var).collect();
                if !self.argument_count(def, args, vars.len(), span) {
                    return TypeId::ERROR;
                }
                if args.contains(&TypeId::ERROR) {
                    return TypeId::ERROR;
                }
                let of = self.types.decl(decl).name;
                self.want_bounds(&vars, args, span, of);
                self.types.nominal(decl, args)
            }
            TypeDef::Alias(alias) => {
                let Some(data) = self.aliases.get(alias.0 as usize) else { return TypeId::ERROR };
                let (name, vars): (Name, SmallVec<[VarId; 2]>) =
                    (data.name, data.vars.iter().map(|(_, var)| *var).collect());
                if !self.argument_count(def, args, vars.len(), span) {
                    return TypeId::ERROR;
                }
                let ty = self.alias_type(alias, span);
                if ty == TypeId::ERROR || args.contains(&TypeId::ERROR) {
                    return TypeId::ERROR;
                }
                self.want_bounds(&vars, args, span, name);
                let with = Substitution::from_vars(&vars, args);
                let ty = self.types.substitute(ty, &with);
                if ty == TypeId::ERROR && self.types.over_budget() {
                    self.report_type_budget(span);
                }
                ty
            }
        }
    }

    fn apply_generic(&mut self, def: TypeDef, generic: GenericType, args: &[TypeId], span: Span) -> TypeId {
        let wanted = match generic {
            GenericType::Seq | GenericType::List | GenericType::Set => 1,
            GenericType::Type if args.is_empty() => 0,
            GenericType::Type => 1,
            GenericType::Map => 2,
        };
        if !self.argument_count(def, args, wanted, span) {
            return TypeId::ERROR;
        }
        let kind = match (generic, args) {
            (GenericType::Seq, [element]) => TypeKind::Seq(*element),
            (GenericType::List, [element]) => TypeKind::List(*element),
            (GenericType::Set, [element]) => TypeKind::Set(*element),
            (GenericType::Map, [key, value]) => TypeKind::Map(*key, *value),
            (GenericType::Type, [of]) => TypeKind::Type(*of),
            (GenericType::Type, []) => {
                return match self.types.well_known.any_type {
                    Some(decl) => self.types.nominal(decl, &[]),
                    None => TypeId::ANY,
                };
            }
            (GenericType::Seq | GenericType::List | GenericType::Set | GenericType::Map | GenericType::Type, _) => {
                return TypeId::ERROR;
            }
        };
        self.types.intern(kind)
    }

    fn argument_count(&mut self, def: TypeDef, args: &[TypeId], wanted: usize, span: Span) -> bool {
        if args.len() == wanted {
            return true;
        }
        let name = self.type_def_name(def);
        let text = self.names.text(name).to_string();
        let plural = |count: usize| if count == 1 { "argument" } else { "arguments" };
        let message = match (wanted, args.len()) {
            (0, _) => format!("`{text}` takes no type arguments"),
            (_, 0) => format!("`{text}` needs {wanted} type {}", plural(wanted)),
            (_, given) => format!("`{text}` takes {wanted} type {}, not {given}", plural(wanted)),
        };
        let mut diagnostic = Diagnostic::error("type-arguments", span, message);
        if args.is_empty() {
            let mut example = format!("{text}<");
            for index in 0..wanted {
                let _ = write!(example, "{}any", if index > 0 { ", " } else { "" });
            }
            example.push('>');
            diagnostic =
                diagnostic.suggest("write them in angle brackets, such as", span.at_end(), &example[text.len()..]);
        }
        self.report(diagnostic);
        false
    }

    /// The name of a type as declared.
    pub(crate) fn type_def_name(&self, def: TypeDef) -> Name {
        match def {
            TypeDef::Decl(decl) => self.types.decl(decl).name,
            TypeDef::Alias(alias) => self.aliases.get(alias.0 as usize).map_or(names::EMPTY, |alias| alias.name),
            TypeDef::Builtin(ty) => builtin_name(self.types.kind(ty)),
            TypeDef::Generic(generic) => match generic {
                GenericType::Seq => names::SEQ,
                GenericType::List => names::LIST,
                GenericType::Map => names::MAP,
                GenericType::Set => names::SET,
                GenericType::Type => names::TYPE,
            },
            TypeDef::Var(var) => self.types.var(var).name,
        }
    }

    /// What an alias stands for, in terms of its own parameters.
    pub(crate) fn alias_type(&mut self, id: AliasId, span: Span) -> TypeId {
        let Some(alias) = self.aliases.get(id.0 as usize) else { return TypeId::ERROR };
        match alias.state {
            State::Done => return alias.ty,
            State::InProgress => {
                let (declared, text) = (alias.span, self.names.text(alias.name));
                let diagnostic =
                    Diagnostic::error("recursive-alias", declared, format!("the alias `{text}` stands for itself"))
                        .also(span, "here it is needed to know what it is")
                        .note("a type that contains itself is declared by `enum`, `class` or `struct`");
                self.report(diagnostic);
                self.finish_alias(id, TypeId::ERROR);
                return TypeId::ERROR;
            }
            State::NotStarted => {}
        }
        let Alias { module, scope, item, vars, .. } = alias.clone();
        self.set_alias_state(id, State::InProgress);
        let Some(ast) = self.ast_of(module) else { return TypeId::ERROR };
        let Some(ItemKind::TypeAlias { ty, type_params, .. }) = ast.items.get(item.0 as usize).map(|item| &item.kind)
        else {
            return TypeId::ERROR;
        };
        self.lower_bounds(&ast, scope, &vars, &vars, type_params);
        let lowered = self.lower_type(&ast, scope, &vars, *ty);
        // A cycle has settled it already.
        if self.aliases.get(id.0 as usize).is_some_and(|alias| alias.state == State::InProgress) {
            self.finish_alias(id, lowered);
        }
        self.aliases.get(id.0 as usize).map_or(TypeId::ERROR, |alias| alias.ty)
    }

    fn set_alias_state(&mut self, id: AliasId, state: State) {
        if let Some(alias) = self.aliases.get_mut(id.0 as usize) {
            alias.state = state;
        }
    }

    fn finish_alias(&mut self, id: AliasId, ty: TypeId) {
        if let Some(alias) = self.aliases.get_mut(id.0 as usize) {
            alias.state = State::Done;
            alias.ty = ty;
        }
    }

    /// Reads the bounds of type parameters, `own`, which with all that is in sight are `vars`.
    pub(crate) fn lower_bounds(
        &mut self,
        ast: &Arc<Ast>,
        scope: ScopeId,
        vars: &Vars,
        own: &Vars,
        params: &[ast::TypeParam],
    ) {
        for (param, (_, var)) in params.iter().zip(own) {
            let var = *var;
            let upper = param.upper.map(|bound| self.lower_type(ast, scope, vars, bound));
            let lower = param.lower.map(|bound| self.lower_type(ast, scope, vars, bound));
            if upper.is_none() && lower.is_none() {
                continue;
            }
            let info = self.types.var_mut(var);
            info.upper = upper.filter(|bound| *bound != TypeId::ERROR).unwrap_or(TypeId::ANY);
            info.lower = lower.filter(|bound| *bound != TypeId::ERROR).unwrap_or(TypeId::NEVER);
            if let Some(bound) = param.upper.filter(|_| self.bound_leads_to_itself(var)) {
                let span = ast.types.get(bound.0 as usize).map_or(param.name.span, |written| written.span);
                let text = self.names.text(param.name.name);
                let message = format!("the bound of `{text}` leads to `{text}` itself");
                self.types.var_mut(var).upper = TypeId::ANY;
                self.report(Diagnostic::error("recursive-bound", span, message));
            }
        }
    }

    /// Whether a chain of bounds that are variables themselves is a cycle.
    fn bound_leads_to_itself(&self, var: VarId) -> bool {
        let mut at = var;
        for _ in 0..self.types.var_count() {
            match self.types.kind(self.types.var(at).upper) {
                TypeKind::Var(next) if *next == var => return true,
                TypeKind::Var(next) => at = *next,
                _ => return false,
            }
        }
        true
    }

    /// Checks that arguments are within the bounds of their parameters: now, or when all supertypes are known.
    fn want_bounds(&mut self, vars: &[VarId], args: &[TypeId], span: Span, of: Name) {
        for (var, arg) in vars.iter().zip(args) {
            let info = self.types.var(*var);
            if self.lattice_ready && info.upper == TypeId::ANY && info.lower == TypeId::NEVER {
                continue;
            }
            let with = vars.iter().copied().zip(args.iter().copied()).collect();
            let pending = PendingBound { var: *var, with, arg: *arg, span, of };
            if self.lattice_ready {
                self.check_bound(&pending);
            } else {
                self.pending_bounds.push(pending);
            }
        }
    }

    /// Checks the bounds that had to wait.
    pub(crate) fn check_pending_bounds(&mut self) {
        for pending in std::mem::take(&mut self.pending_bounds) {
            self.check_bound(&pending);
        }
    }

    fn check_bound(&mut self, pending: &PendingBound) {
        let info = *self.types.var(pending.var);
        if info.upper == TypeId::ANY && info.lower == TypeId::NEVER {
            return;
        }
        let mut with = Substitution::new();
        for (var, arg) in &pending.with {
            with.insert(*var, *arg);
        }
        let upper = self.types.substitute(info.upper, &with);
        let lower = self.types.substitute(info.lower, &with);
        let (fails, bound, relation) = if !self.is_subtype(pending.arg, upper) {
            (true, upper, "no")
        } else {
            (!self.is_subtype(lower, pending.arg), lower, "no supertype of")
        };
        if fails {
            let (arg, bound) = (self.show(pending.arg), self.show(bound));
            let (param, of) = (self.names.text(info.name), self.names.text(pending.of));
            let message = format!("`{arg}` is {relation} `{bound}`, as the type parameter `{param}` of `{of}` demands");
            let declared = self.types.decl_of(pending.arg).and_then(|decl| self.types.decl(decl).span);
            let mut diagnostic = Diagnostic::error("type-bound", pending.span, message);
            if let Some(span) = declared {
                diagnostic = diagnostic.also(span, format!("`{arg}` is declared here"));
            }
            self.report(diagnostic);
        }
    }

    pub(crate) fn path_text(&self, path: &ast::Path) -> String {
        let mut text = String::new();
        for (index, part) in path.parts().iter().enumerate() {
            if index > 0 {
                text.push('.');
            }
            text.push_str(self.names.text(part.name));
        }
        text
    }

    /// Reports a type that there is not; whether it is written without type arguments.
    fn report_unknown_type(&mut self, scope: ScopeId, vars: &Vars, path: &ast::Path, bare: bool) {
        let text = self.path_text(path);
        let mut diagnostic = Diagnostic::error("unknown-type", path.span(), format!("there is no type `{text}`"));
        if let [single] = path.parts() {
            let visible = self.visible_types(scope, vars);
            let near = nearest(&text, visible.iter().map(|name| self.names.text(*name)));
            if let Some(own) = foreign_type(&text) {
                diagnostic = diagnostic.suggest(format!("the type is called `{own}`"), path.span(), own);
            } else if let Some(note) = foreign_collection(&text) {
                diagnostic = diagnostic.label("not found").note(note);
            } else if let Some(variant) = self.variant_in_scope(scope, single.name) {
                let of = match self.types.decl(variant).kind {
                    DeclKind::Variant { of, .. } => self.types.decl(of).name,
                    _ => names::EMPTY,
                };
                let wanted = self.types.decl(variant).params.len();
                let args =
                    if bare && wanted > 0 { format!("<{}>", vec!["any"; wanted].join(", ")) } else { String::new() };
                let full = format!("{}.{text}{args}", self.names.text(of));
                diagnostic = diagnostic.suggest("a variant's type is written with its enum", path.span(), full);
            } else if let Some(first) = near.first() {
                diagnostic = diagnostic.suggest(format!("did you mean {}?", alternatives(&near)), path.span(), *first);
            } else if let Some(module) = self.module_that_has_type(single.name) {
                let module = self.modules.get(module.0 as usize).map_or(names::EMPTY, |data| data.path);
                let module = self.names.text(module);
                diagnostic = diagnostic.note(format!("module `{module}` has one: `from {module} import {text}`"));
            } else if self.lookup_module(scope, &[single.name]).is_some() {
                diagnostic = diagnostic.label("a module, not a type");
            } else {
                diagnostic = match self.lookup_value(scope, single.name) {
                    crate::tables::Found::Functions(_) => diagnostic.label("a function, not a type"),
                    crate::tables::Found::Global(_) => diagnostic.label("a variable, not a type"),
                    _ => diagnostic.label("not found"),
                };
            }
        } else if let Some((last, before)) = path.parts().split_last() {
            let parts: SmallVec<[Name; 4]> = before.iter().map(|part| part.name).collect();
            if let Some(module) = self.lookup_module(scope, &parts) {
                let candidates = self.public_names(module);
                let wanted = self.names.text(last.name);
                let near = nearest(wanted, candidates.iter().map(|name| self.names.text(*name)));
                if let Some(first) = near.first() {
                    diagnostic =
                        diagnostic.suggest(format!("did you mean {}?", alternatives(&near)), last.span, *first);
                }
            } else if let [owner] = before {
                let name = self.names.text(owner.name);
                diagnostic = match self.lookup_type(scope, owner.name) {
                    Some(def) => {
                        let variants = self.alias_target(def).map_or(&[][..], |decl| &self.types.decl(decl).variants);
                        let texts: Vec<&str> =
                            variants.iter().map(|variant| self.names.text(self.types.decl(*variant).name)).collect();
                        let near = nearest(self.names.text(last.name), texts);
                        match near.first() {
                            Some(first) => {
                                diagnostic.suggest(format!("did you mean {}?", alternatives(&near)), last.span, *first)
                            }
                            None => diagnostic.note(format!("`{name}` has no variant of that name")),
                        }
                    }
                    None => diagnostic.note(format!("neither a module nor an enum is named `{name}` here")),
                };
            }
        }
        self.report(diagnostic);
    }

    /// The names of types in sight, in a fixed order.
    pub(crate) fn visible_types(&self, scope: ScopeId, vars: &Vars) -> Vec<Name> {
        let mut found: Vec<Name> = Vec::new();
        let mut at = Some(scope);
        while let Some(data) = at.and_then(|scope| self.scopes.get(scope.0 as usize)) {
            found.extend(data.types.keys());
            at = data.parent;
        }
        for prelude in &self.prelude {
            found.extend(self.scopes.get(prelude.0 as usize).into_iter().flat_map(|data| data.types.keys()));
        }
        found.extend(BUILTIN_NAMES);
        found.sort();
        found.dedup();
        let mut all: Vec<Name> = vars.iter().map(|(name, _)| *name).collect();
        all.extend(found);
        all
    }

    fn module_that_has_type(&self, name: Name) -> Option<ModuleId> {
        let has = |data: &crate::tables::ModuleData| {
            self.scopes
                .get(data.scope.0 as usize)
                .and_then(|scope| scope.types.get(&name))
                .is_some_and(|bound| !bound.imported)
        };
        self.modules.iter().position(has).map(|index| ModuleId(index as u32))
    }
}

/// Names of types that the language itself knows.
pub(crate) const BUILTIN_NAMES: [Name; 14] = [
    names::ANY,
    names::NEVER,
    names::I64,
    names::F64,
    names::BOOL,
    names::BYTE,
    names::STR,
    names::VOID,
    names::FUNCTION,
    names::SEQ,
    names::LIST,
    names::MAP,
    names::SET,
    names::TYPE,
];

/// The type that the language itself knows under a name.
pub(crate) fn builtin_type(name: Name) -> Option<TypeDef> {
    Some(match name {
        names::ANY => TypeDef::Builtin(TypeId::ANY),
        names::NEVER => TypeDef::Builtin(TypeId::NEVER),
        names::I64 => TypeDef::Builtin(TypeId::I64),
        names::F64 => TypeDef::Builtin(TypeId::F64),
        names::BOOL => TypeDef::Builtin(TypeId::BOOL),
        names::BYTE => TypeDef::Builtin(TypeId::BYTE),
        names::STR => TypeDef::Builtin(TypeId::STR),
        names::VOID => TypeDef::Builtin(TypeId::VOID),
        names::FUNCTION => TypeDef::Builtin(TypeId::FUNCTION),
        names::SEQ => TypeDef::Generic(GenericType::Seq),
        names::LIST => TypeDef::Generic(GenericType::List),
        names::MAP => TypeDef::Generic(GenericType::Map),
        names::SET => TypeDef::Generic(GenericType::Set),
        names::TYPE => TypeDef::Generic(GenericType::Type),
        _ => return None,
    })
}

fn builtin_name(kind: &TypeKind) -> Name {
    match kind {
        TypeKind::Any => names::ANY,
        TypeKind::Never => names::NEVER,
        TypeKind::I64 => names::I64,
        TypeKind::F64 => names::F64,
        TypeKind::Bool => names::BOOL,
        TypeKind::Byte => names::BYTE,
        TypeKind::Str => names::STR,
        TypeKind::AnyFunction => names::FUNCTION,
        _ => names::VOID,
    }
}

/// How the type of a collection of other languages is written here.
fn foreign_collection(name: &str) -> Option<&'static str> {
    Some(match name {
        "Array" | "array" | "Vec" | "list" | "vector" => "the type of an array of `T` is `[T]`",
        "dict" | "Dict" | "HashMap" | "Table" | "table" => "the type of a table from `K` to `V` is `[K: V]`",
        "Tuple" | "tuple" => "the type of a tuple is `(A, B)`",
        "Optional" | "Maybe" => "the type of what may be missing is `T?`",
        "Iterator" | "Iterable" | "Generator" => "what gives values of `T` one after another is an `Iter<T>`",
        "null" | "nil" | "undefined" => "what may be missing is of the type `T?`",
        "Exception" => "errors are of classes below `Error`",
        _ => return None,
    })
}

/// What a type of other languages is called here.
fn foreign_type(name: &str) -> Option<&'static str> {
    Some(match name {
        "int" | "Int" | "integer" | "Integer" | "i32" | "u32" | "u64" | "usize" | "isize" | "long" | "Int64" => "i64",
        "float" | "Float" | "double" | "Double" | "f32" | "number" | "Float64" => "f64",
        "string" | "String" | "text" | "Str" | "char" => "str",
        "boolean" | "Boolean" | "Bool" => "bool",
        "u8" | "Byte" | "UInt8" => "byte",
        "unit" | "Unit" | "nothing" | "Nothing" => "void",
        "Any" | "object" | "Object" | "dynamic" => "any",
        "Never" => "never",
        "callable" | "Callable" | "func" | "function" => "Function",
        _ => return None,
    })
}
