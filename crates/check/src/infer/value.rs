//! Functions as values: multi-functions, `f::[A, B]`, functions bound to a value.

use super::body::Body;
use super::call::{Args, Targets};
use super::frame::FrameKind;
use super::goal::{Goal, Place, PlaceKind};
use super::scope::Binding;
use crate::hir::{Callee, ExprId, ExprKind, MultiId};
use crate::tables::{CallShape, Found, FoundFunctions};
use sayso_base::{Diagnostic, Name, Span, names};
use sayso_syntax::ast;
use sayso_types::{Dispatch, Effects, Substitution, TypeId, TypeKind};
use smallvec::SmallVec;
use thin_vec::ThinVec;

impl Body<'_, '_> {
    /// A function's name where no call follows.
    pub fn function_value(
        &mut self,
        functions: &FoundFunctions,
        name: Name,
        hint: Option<TypeId>,
        span: Span,
    ) -> ExprId {
        let targets = Targets::of(name, functions);
        let wanted = hint.and_then(|hint| self.function_part(hint));
        if let Some(wanted) = wanted
            && let TypeKind::Function { params, effects, .. } = self.kind(wanted)
        {
            let (params, effects) = (params.to_vec(), *effects);
            return self.value_for(&targets, &params, effects, span);
        }
        self.value_alone(&targets, span)
    }

    /// The function value for calls with these parameter types.
    fn value_for(&mut self, targets: &Targets, params: &[TypeId], effects: Effects, span: Span) -> ExprId {
        let params: Vec<TypeId> = params.iter().map(|param| self.fix(*param)).collect();
        if params.iter().any(|param| self.cx.types.has_infer(*param))
            && let Some(made) = self.lone_value(targets, params.len(), effects, span)
        {
            return made;
        }
        let params: Vec<TypeId> = params.into_iter().map(|param| self.known_deep(param, span)).collect();
        let shape = CallShape { positional: params.len() as u32, named: SmallVec::new() };
        let wild: Vec<TypeId> =
            params.iter().map(|param| if *param == TypeId::ANY { TypeId::ERROR } else { *param }).collect();
        for multi in targets.tiers.iter().flatten() {
            let candidates = self.cx.candidates(*multi, &shape);
            if candidates.list.is_empty() {
                continue;
            }
            let outcomes = self.cx.settled(|cx| cx.types.dispatch_split(&wild, &candidates.signatures));
            let open = wild.contains(&TypeId::ERROR);
            let fits = outcomes.iter().all(|(_, found)| match found {
                Dispatch::One(..) => true,
                Dispatch::Ambiguous(_) => open,
                Dispatch::None => false,
            });
            if !fits {
                continue;
            }
            if let Some(made) = self.multi_value(*multi, &params, effects, &shape, span) {
                return made;
            }
        }
        let name = targets.name;
        let text = self.text(name).to_owned();
        if params.iter().any(|param| self.cx.types.has_error(*param)) {
            return self.error(span);
        }
        let shown = self.cx.types.display_list(&params, &self.cx.names);
        let mut diagnostic = Diagnostic::error(
            "no-function-fits",
            span,
            format!("a function that takes {shown} is expected, and no `{text}` does"),
        );
        let functions: Vec<_> = targets
            .tiers
            .iter()
            .flatten()
            .filter_map(|multi| self.cx.multis.get(multi.0 as usize))
            .flat_map(|multi| multi.functions.iter().copied())
            .take(4)
            .collect();
        for function in functions {
            diagnostic = diagnostic.note(format!("`{}`", self.head_text(function)));
        }
        self.report(diagnostic);
        self.error(span)
    }

    fn multi_value(
        &mut self,
        multi: MultiId,
        params: &[TypeId],
        effects: Effects,
        shape: &CallShape,
        span: Span,
    ) -> Option<ExprId> {
        let candidates = self.cx.candidates(multi, shape);
        let sole = self.cx.settled(|cx| cx.types.sole_target(params, &candidates.signatures));
        if let Some(candidate) = sole.and_then(|index| candidates.list.get(index)) {
            let signature = sole.and_then(|index| candidates.signatures.get(index))?;
            if let Some(types) = self.cx.types.fit(params, signature) {
                let result = self.cx.result_of(candidate.decl);
                let result = self.cx.types.substitute(result, &Substitution::from_vars(&candidate.vars, &types));
                let function = self.cx.thunk_for(candidate.decl, shape)?;
                let ty = self.cx.types.function(params, result, effects);
                let callee = Callee::Function(function);
                return Some(self.push(ExprKind::FunctionValue { callee, type_args: types.into() }, ty, span));
            }
        }
        let may_run = self.cx.settled(|cx| cx.types.may_run(params, &candidates.signatures));
        let mut result = TypeId::NEVER;
        for index in may_run {
            let (ty, certain) = self.result_for(&candidates, index, params);
            let ty = if certain { ty } else { TypeId::ANY };
            result = self.union(result, ty);
        }
        let own = self.cx.use_multi(multi, shape);
        let ty = self.cx.types.function(params, result, effects);
        Some(self.push(ExprKind::FunctionValue { callee: Callee::Dispatch(own), type_args: ThinVec::new() }, ty, span))
    }

    /// The only function of a name and arity that has no type parameters: its own types decide.
    fn lone_value(&mut self, targets: &Targets, arity: usize, effects: Effects, span: Span) -> Option<ExprId> {
        let shape = CallShape { positional: arity as u32, named: SmallVec::new() };
        let mut found = None;
        for multi in targets.tiers.iter().flatten() {
            let candidates = self.cx.candidates(*multi, &shape);
            for candidate in &candidates.list {
                if found.is_some() || !candidate.vars.is_empty() {
                    return None;
                }
                found = Some(candidate.clone());
            }
        }
        let candidate = found?;
        let result = self.cx.result_of(candidate.decl);
        let function = self.cx.thunk_for(candidate.decl, &shape)?;
        let ty = self.cx.types.function(&candidate.params, result, effects);
        let callee = Callee::Function(function);
        Some(self.push(ExprKind::FunctionValue { callee, type_args: ThinVec::new() }, ty, span))
    }

    /// A function's name where nothing is expected: the nearest functions of the name are meant.
    fn value_alone(&mut self, targets: &Targets, span: Span) -> ExprId {
        let nearest = Targets { tiers: targets.tiers.iter().take(1).cloned().collect(), ..targets.clone() };
        let targets = &nearest;
        let mut arities: Vec<u32> = Vec::new();
        let mut count = 0;
        let mut first = None;
        for multi in targets.tiers.iter().flatten() {
            let functions = self.cx.multis.get(multi.0 as usize).map_or(&[][..], |multi| multi.functions.as_slice());
            for id in functions {
                let Some(decl) = self.cx.functions.get(id.0 as usize) else { continue };
                let arity = decl.params.len() as u32;
                if !arities.contains(&arity) {
                    arities.push(arity);
                }
                first = first.or(Some(*multi));
                count += 1;
            }
        }
        let (Some(multi), [arity]) = (first, arities.as_slice()) else {
            let text = self.text(targets.name).to_owned();
            self.report(
                Diagnostic::error(
                    "function-value",
                    span,
                    format!("functions `{text}` take different numbers of arguments"),
                )
                .label("which is meant?")
                .note("annotate the type that is wanted, as in `let f: fn(i64) -> i64 = …`, or write a closure"),
            );
            return self.error(span);
        };
        let arity = *arity;
        if count == 1
            && let Some(made) = self.lone_value(targets, arity as usize, Effects::ALL, span)
        {
            return made;
        }
        let params = vec![TypeId::ANY; arity as usize];
        let shape = CallShape { positional: arity, named: SmallVec::new() };
        let own = self.cx.use_multi(multi, &shape);
        let ty = self.cx.types.function(&params, TypeId::ANY, Effects::ALL);
        self.push(ExprKind::FunctionValue { callee: Callee::Dispatch(own), type_args: ThinVec::new() }, ty, span)
    }

    // ---- f::[A, B]

    fn fixed_targets(&mut self, function: ast::ExprId) -> Option<Targets> {
        let expr = self.ast.expr(function);
        let (found, name) = match &expr.kind {
            ast::ExprKind::Name(name) if self.scopes.lookup(*name).is_none() => (self.lookup(*name), *name),
            ast::ExprKind::Field(_, name) => (self.static_member(function), name.name),
            _ => (Found::Nothing, names::EMPTY),
        };
        match found {
            Found::Functions(functions) => Some(Targets::of(name, &functions)),
            Found::Type { constructors, .. } => Some(Targets::of(name, &constructors)),
            Found::Nothing if matches!(expr.kind, ast::ExprKind::Name(_)) && self.scopes.lookup(name).is_none() => {
                self.unknown_name(name, expr.span);
                None
            }
            _ => {
                self.report(
                    Diagnostic::error("fixed-function", expr.span, "`::[…]` chooses among the functions of a name")
                        .label("no name of functions"),
                );
                None
            }
        }
    }

    /// The function that static dispatch on these types chooses.
    fn choose_fixed(
        &mut self,
        targets: &Targets,
        types: &[TypeId],
        span: Span,
    ) -> Option<(crate::tables::Candidate, Vec<TypeId>, CallShape)> {
        let shape = CallShape { positional: types.len() as u32, named: SmallVec::new() };
        if types.iter().any(|ty| self.cx.types.has_error(*ty)) {
            return None;
        }
        for multi in targets.tiers.iter().flatten() {
            let candidates = self.cx.candidates(*multi, &shape);
            match self.cx.settled(|cx| cx.types.dispatch(types, &candidates.signatures)) {
                Dispatch::One(index, vars) => {
                    let candidate = candidates.list.get(index)?.clone();
                    return Some((candidate, vars, shape));
                }
                Dispatch::Ambiguous(_) => {
                    let shown = self.cx.types.display_list(types, &self.cx.names);
                    let text = self.text(targets.name).to_owned();
                    self.report(Diagnostic::error(
                        "ambiguous-call",
                        span,
                        format!("several functions `{text}` take {shown}, and none is more specific than the others"),
                    ));
                    return None;
                }
                Dispatch::None => {}
            }
        }
        self.no_fit(targets, span, types, &shape, None, span);
        None
    }

    pub fn fixed(&mut self, function: ast::ExprId, types: &[ast::TypeId], span: Span) -> ExprId {
        let types: Vec<TypeId> = types.iter().map(|ty| self.written_type(*ty)).collect();
        let Some(targets) = self.fixed_targets(function) else { return self.error(span) };
        let Some((candidate, vars, shape)) = self.choose_fixed(&targets, &types, span) else { return self.error(span) };
        let result = self.cx.result_of(candidate.decl);
        let result = self.cx.types.substitute(result, &Substitution::from_vars(&candidate.vars, &vars));
        let Some(own) = self.cx.thunk_for(candidate.decl, &shape) else { return self.error(span) };
        let ty = self.cx.types.function(&types, result, Effects::ALL);
        self.push(ExprKind::FunctionValue { callee: Callee::Function(own), type_args: vars.into() }, ty, span)
    }

    pub fn call_fixed(&mut self, function: ast::ExprId, types: &[ast::TypeId], args: Args<'_>, span: Span) -> ExprId {
        let types: Vec<TypeId> = types.iter().map(|ty| self.written_type(*ty)).collect();
        let Some(targets) = self.fixed_targets(function) else {
            self.read_args(args);
            return self.error(span);
        };
        let Some((candidate, vars, shape)) = self.choose_fixed(&targets, &types, span) else {
            self.read_args(args);
            return self.error(span);
        };
        if args.len() != types.len() || args.rest.iter().any(|arg| arg.name.is_some() || arg.spread) {
            self.read_args(args);
            let plural = if types.len() == 1 { "argument" } else { "arguments" };
            self.report(Diagnostic::error(
                "wrong-arity",
                args.span,
                format!("the function chosen takes {} {plural} by position, and {} are given", types.len(), args.len()),
            ));
            return self.error(span);
        }
        let mut given = ThinVec::with_capacity(types.len());
        for (index, want) in types.iter().enumerate() {
            let place = self.argument_place(&candidate, index, targets.name);
            given.push(match (args.first, index) {
                (Some(first), 0) => self.coerce(first, *want, place),
                _ => match args.written(index) {
                    Some(arg) => self.check(arg.value, *want, place),
                    None => self.error(span),
                },
            });
        }
        let result = self.cx.result_of(candidate.decl);
        let result = self.cx.types.substitute(result, &Substitution::from_vars(&candidate.vars, &vars));
        let Some(own) = self.cx.thunk_for(candidate.decl, &shape) else { return self.error(span) };
        self.ended(result);
        self.call(own, vars.into(), given, result, span)
    }

    // ---- x.f as a value

    /// `x.f` without a call, where `f` is no field: a closure that calls `f` with `x` as its first argument.
    pub fn bound_function(
        &mut self,
        object: ExprId,
        ty: TypeId,
        name: ast::Ident,
        hint: Option<TypeId>,
        span: Span,
    ) -> Option<ExprId> {
        let multis = self.cx.method_candidates(self.scope, ty, name.name);
        if multis.is_empty() {
            return None;
        }
        let params = self.bound_params(&multis, ty, hint)?;
        if !self.cx.types.is_concrete(ty) {
            let (text, shown) = (self.text(name.name).to_owned(), self.show(ty));
            self.report(
                Diagnostic::error(
                    "bound-function",
                    name.span,
                    format!("`{text}` of {} cannot be bound: the type is abstract", super::suggest::a(&shown)),
                )
                .note(format!("write a closure: `|…| x.{text}(…)`")),
            );
            return Some(self.error(span));
        }
        let at = self.span(object);
        let (stmt, local) = self.bind_hidden(object, at);
        let binding = Binding::hidden(self.frame_id, local);
        let saved = self.begin_closure(FrameKind::Closure, self.cx.bodies.names.closure, span);
        let own: Vec<_> = params.iter().map(|param| self.frame.hidden(*param, span)).collect();
        self.frame.params = own.len() as u32;
        let receiver = self.read_binding(binding, at);
        let mut all = vec![receiver];
        for local in own {
            all.push(self.read_local(local, span));
        }
        let tiers = multis.iter().map(|multi| std::iter::once(*multi).collect()).collect();
        let targets = Targets { name: name.name, tiers, nearest_wins: true };
        let multis: Vec<MultiId> = targets.tiers.iter().flatten().copied().collect();
        let value = self.call_values(&multis, &all, None, span);
        self.frame.body = Some(value);
        let result = self.ty(value);
        let result = self.widen(result);
        self.frame.result = result;
        let effects = match hint.map(|hint| self.kind(hint)) {
            Some(TypeKind::Function { effects, .. }) => *effects,
            _ => Effects::ALL,
        };
        let ty = self.cx.types.function(&params, result, effects);
        let closure = self.end_closure(saved, ty, span);
        Some(self.wrap(vec![stmt], closure, span))
    }

    /// The parameters behind the first: those expected, or those of the only function that takes the value.
    fn bound_params(&mut self, multis: &[MultiId], ty: TypeId, hint: Option<TypeId>) -> Option<Vec<TypeId>> {
        if let Some(hint) = hint.and_then(|hint| self.function_part(hint))
            && let TypeKind::Function { params, .. } = self.kind(hint)
        {
            let params = params.to_vec();
            return Some(params.into_iter().map(|param| self.fix(param)).collect());
        }
        let mut found: Option<Vec<TypeId>> = None;
        let mut seen = Vec::new();
        for multi in multis {
            let functions = self.cx.multis.get(multi.0 as usize)?.functions.clone();
            for id in functions {
                if seen.contains(&id) {
                    continue;
                }
                seen.push(id);
                let Some(decl) = self.cx.functions.get(id.0 as usize) else { continue };
                let types: Vec<TypeId> = decl.params.iter().map(|param| param.ty).collect();
                let Some((first, rest)) = types.split_first() else { continue };
                let signature = sayso_types::Signature { vars: decl.type_vars.to_vec(), params: vec![*first] };
                let Some(vars) = self.cx.settled(|cx| cx.types.fit(&[ty], &signature)) else { continue };
                let with = Substitution::from_vars(&signature.vars, &vars);
                let own: Vec<TypeId> = rest.iter().map(|param| self.cx.types.substitute(*param, &with)).collect();
                found = match found {
                    None => Some(own),
                    Some(before) if before == own => Some(before),
                    // Several: what is common is unknown.
                    Some(before) if before.len() == own.len() => Some(vec![TypeId::ANY; own.len()]),
                    Some(_) => return None,
                };
            }
        }
        found
    }

    // ---- super

    /// The base of the class around this function, as a type.
    fn base_class(&mut self, span: Span) -> Option<(sayso_types::DeclId, TypeId)> {
        let found = self.class.and_then(|class| {
            let base = self.cx.base_of(class)?;
            let own = self.cx.decls.get(class.0 as usize)?.self_type;
            let view = self.cx.types.supertype_view(own, base)?;
            Some((base, view))
        });
        if found.is_none() {
            let message = if self.class.is_some() { "this class has no base" } else { "`super` stands in no class" };
            self.report(Diagnostic::error("misplaced-super", span, message));
        }
        found
    }

    fn self_value(&mut self, span: Span) -> Option<ExprId> {
        match self.scopes.lookup(names::SELF) {
            Some(binding) => Some(self.read_binding(binding, span)),
            None => {
                self.report(Diagnostic::error("misplaced-super", span, "`super` needs a `self`"));
                None
            }
        }
    }

    /// `super(…)` in `init`: the base's `init`, or its fields.
    pub fn super_init(&mut self, args: Args<'_>, span: Span) -> ExprId {
        let in_init = self
            .decl
            .and_then(|decl| self.cx.functions.get(decl.0 as usize))
            .is_some_and(|decl| matches!(decl.kind, crate::tables::FnDeclKind::Init(..)));
        if !in_init {
            self.report(
                Diagnostic::error("misplaced-super", span, "`super(…)` stands only in `init`")
                    .note("`super.name(…)` calls a function of the base"),
            );
            self.read_args(args);
            return self.error(span);
        }
        let base = self.base_class(span);
        let Some(((base, _), object)) = base.and_then(|base| Some((base, self.self_value(span)?))) else {
            self.read_args(args);
            return self.error(span);
        };
        match self.cx.init_of(base) {
            Some(init) => self.super_function(init, object, args, span),
            None => self.super_fields(base, object, args, span),
        }
    }

    fn super_function(&mut self, init: crate::tables::FnDeclId, object: ExprId, args: Args<'_>, span: Span) -> ExprId {
        let with = Args { first: Some(object), ..args };
        let shape = with.shape();
        let Some(candidate) = self.cx.candidate_of(init, &shape) else {
            self.read_args(args);
            self.wrong_super(init, args);
            return self.error(span);
        };
        let mut made: SmallVec<[Option<ExprId>; 4]> = SmallVec::from_elem(None, with.len());
        if let Some(slot) = made.first_mut() {
            *slot = Some(object);
        }
        let mut given = super::overload::Given { args: with, made };
        let applied = self.apply(None, &candidate, &mut given, Goal::Free, names::SUPER, span);
        let Some(function) = self.cx.thunk_for(init, &shape) else { return self.error(span) };
        self.call(function, applied.type_args, applied.args, TypeId::VOID, span)
    }

    fn wrong_super(&mut self, init: crate::tables::FnDeclId, args: Args<'_>) {
        let head = self.head_text(init);
        let mut diagnostic =
            Diagnostic::error("wrong-arity", args.span, "the `init` of the base does not take these arguments")
                .note(format!("`{head}`"));
        if let Some(decl) = self.cx.functions.get(init.0 as usize)
            && !self.cx.is_library(decl.module)
        {
            diagnostic = diagnostic.also(decl.head_span, "declared here");
        }
        self.report(diagnostic);
    }

    /// A base without `init`: its fields without defaults are set.
    fn super_fields(&mut self, base: sayso_types::DeclId, object: ExprId, args: Args<'_>, span: Span) -> ExprId {
        let constructor = self.cx.decls.get(base.0 as usize).and_then(|info| info.constructor);
        let shape = args.shape();
        let candidate = constructor.and_then(|constructor| self.cx.candidate_of(constructor, &shape));
        let (Some(candidate), Some(constructor)) = (candidate, constructor) else {
            self.read_args(args);
            if let Some(constructor) = constructor {
                self.wrong_super(constructor, args);
            }
            return self.error(span);
        };
        let names_of: Vec<Name> = self.cx.functions.get(constructor.0 as usize).map_or_else(Vec::new, |decl| {
            candidate.slots.iter().filter_map(|slot| decl.params.get(*slot as usize)).map(|param| param.name).collect()
        });
        let object_type = self.ty(object);
        let mut stmts = Vec::new();
        for (index, name) in names_of.into_iter().enumerate() {
            let Some(member) = self.member(object_type, name) else { continue };
            let Some(arg) = args.written(index).copied() else { continue };
            let place = Place::new(PlaceKind::Field(name));
            let value = self.check(arg.value, member.ty, place);
            let Some(own) = self.self_value(span) else { continue };
            let set = self.push(ExprKind::SetField(own, member.access, value), TypeId::VOID, span);
            stmts.push(crate::hir::Stmt::Expr(set));
        }
        self.push(ExprKind::block(stmts, None), TypeId::VOID, span)
    }

    /// `super.name(…)`: what static dispatch on the base chooses.
    pub fn super_call(&mut self, id: ast::ExprId, name: ast::Ident, args: Args<'_>, goal: Goal, span: Span) -> ExprId {
        let base = self.base_class(span);
        let Some(((_, view), object)) = base.and_then(|base| Some((base, self.self_value(span)?))) else {
            self.read_args(args);
            return self.error(span);
        };
        let multis = self.cx.method_candidates(self.scope, view, name.name);
        let with = Args { first: Some(object), ..args };
        let shape = with.shape();
        let mut made: SmallVec<[Option<ExprId>; 4]> = SmallVec::from_elem(None, with.len());
        let mut types: Vec<TypeId> = vec![view];
        for index in 1..with.len() {
            let Some(arg) = with.written(index).copied() else { continue };
            let value = self.infer(arg.value, Goal::Free);
            let ty = self.known_deep(self.ty(value), span);
            types.push(ty);
            if let Some(slot) = made.get_mut(index) {
                *slot = Some(value);
            }
        }
        if let Some(slot) = made.first_mut() {
            *slot = Some(object);
        }
        let wild: Vec<TypeId> = types.iter().map(|ty| if *ty == TypeId::ANY { TypeId::ERROR } else { *ty }).collect();
        for multi in &multis {
            let candidates = self.cx.candidates(*multi, &shape);
            let outcome = self.cx.settled(|cx| cx.types.dispatch(&wild, &candidates.signatures));
            let Dispatch::One(index, _) = outcome else { continue };
            let Some(candidate) = candidates.list.get(index) else { continue };
            let mut given = super::overload::Given { args: with, made: made.clone() };
            let applied = self.apply(Some(id), candidate, &mut given, goal, name.name, span);
            let Some(function) = self.cx.thunk_for(candidate.decl, &shape) else { continue };
            self.ended(applied.result);
            return self.call(function, applied.type_args, applied.args, applied.result, span);
        }
        let text = self.text(name.name).to_owned();
        let shown = self.show(view);
        self.report(Diagnostic::error(
            "unknown-method",
            name.span,
            format!("the base `{shown}` has no function `{text}` for these arguments"),
        ));
        self.error(span)
    }
}
