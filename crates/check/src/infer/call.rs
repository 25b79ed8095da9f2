//! Calls: what is called, and with what.
//!
//! Everything that is called by name becomes a list of multi-functions in tiers, nearest first; [`super::overload`]
//! chooses among their functions. Function values are called by [`Body::call_value`].

use super::body::Body;
use super::goal::{Goal, Place, PlaceKind};
use crate::hir::MultiId;
use crate::hir::{self, Callee, ExprId, ExprKind, FieldAccess};
use crate::tables::{CallShape, Found, FoundFunctions};
use sayso_base::{Diagnostic, Name, Span, names};
use sayso_syntax::ast;
use sayso_types::{TypeId, TypeKind};
use smallvec::SmallVec;
use thin_vec::{ThinVec, thin_vec};

/// An operator that stands for a call, for messages.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Operand {
    pub symbol: &'static str,
    pub span: Span,
    /// The operands change places in the call.
    pub swapped: bool,
}

/// The arguments of a call: what stands before the parentheses (a receiver, the left side of `|>`), and what is in them.
#[derive(Clone, Copy)]
pub(crate) struct Args<'s> {
    pub first: Option<ExprId>,
    pub rest: &'s [ast::Arg],
    /// From `(` to `)`.
    pub span: Span,
}

impl Args<'_> {
    pub fn len(&self) -> usize {
        usize::from(self.first.is_some()) + self.rest.len()
    }

    pub fn shape(&self) -> CallShape {
        let named: SmallVec<[Name; 2]> = self.rest.iter().filter_map(|arg| arg.name.map(|name| name.name)).collect();
        CallShape { positional: (self.len() - named.len()) as u32, named }
    }

    pub fn spreads(&self) -> bool {
        self.rest.iter().any(|arg| arg.spread)
    }

    /// The written argument of that position.
    pub fn written(&self, index: usize) -> Option<&ast::Arg> {
        match self.first {
            Some(_) => self.rest.get(index.checked_sub(1)?),
            None => self.rest.get(index),
        }
    }
}

/// Where a call by name looks: the nearest tier in which something can be meant counts.
#[derive(Clone, Debug)]
pub(crate) struct Targets {
    pub name: Name,
    pub tiers: SmallVec<[SmallVec<[MultiId; 2]>; 2]>,
    /// One multi-function in a tier may be chosen although others fit too.
    pub nearest_wins: bool,
}

impl Targets {
    pub fn of(name: Name, functions: &FoundFunctions) -> Targets {
        let mut tiers = SmallVec::new();
        if !functions.near.is_empty() {
            tiers.push(functions.near.clone());
        }
        if !functions.far.is_empty() {
            tiers.push(functions.far.clone());
        }
        Targets { name, tiers, nearest_wins: false }
    }

    pub fn single(name: Name, multi: MultiId) -> Targets {
        let mut tier: SmallVec<[MultiId; 2]> = SmallVec::new();
        tier.push(multi);
        let mut tiers = SmallVec::new();
        tiers.push(tier);
        Targets { name, tiers, nearest_wins: false }
    }
}

impl Body<'_, '_> {
    pub fn call_expr(
        &mut self,
        id: ast::ExprId,
        callee: ast::ExprId,
        args: &[ast::Arg],
        args_span: Span,
        goal: Goal,
        span: Span,
    ) -> ExprId {
        let args = Args { first: None, rest: args, span: args_span };
        if matches!(self.ast.expr(callee).kind, ast::ExprKind::OptionalField(..)) {
            return self.optional_call(id, callee, args, goal, span);
        }
        self.call_with(id, callee, args, goal, span)
    }

    /// A call of what an expression means, possibly with an argument before those written.
    pub fn call_with(
        &mut self,
        id: ast::ExprId,
        callee: ast::ExprId,
        args: Args<'_>,
        goal: Goal,
        span: Span,
    ) -> ExprId {
        let ast = self.ast;
        let expr = ast.expr(callee);
        match &expr.kind {
            ast::ExprKind::Name(names::SUPER) => self.super_init(args, span),
            ast::ExprKind::Name(name) => self.call_name(id, callee, *name, args, goal, span),
            ast::ExprKind::Field(object, name) => self.call_field(id, callee, *object, *name, args, goal, span),
            ast::ExprKind::Fixed(function, types) => self.call_fixed(*function, types, args, span),
            ast::ExprKind::Error => {
                self.read_args(args);
                self.error(span)
            }
            ast::ExprKind::Try(inner) if let Some((name, functions)) = self.question_name(*inner) => {
                self.call_found(id, Found::Functions(functions), name, expr.span, args, goal, span)
            }
            _ => {
                let hint = self.callee_hint(callee, args);
                let value = self.infer(callee, Goal::of_hint(hint));
                self.call_value(value, args, span)
            }
        }
    }

    /// What a closure that is called at once is given.
    fn callee_hint(&mut self, callee: ast::ExprId, args: Args<'_>) -> Option<TypeId> {
        let first = args.first.filter(|_| args.rest.is_empty())?;
        if !matches!(self.ast.expr(callee).kind, ast::ExprKind::Closure { .. }) {
            return None;
        }
        let ty = self.ty(first);
        let ty = self.widen(ty);
        Some(self.cx.types.function(&[ty], TypeId::ANY, sayso_types::Effects::ALL))
    }

    /// Reads arguments for their mistakes alone.
    pub fn read_args(&mut self, args: Args<'_>) {
        for arg in args.rest {
            self.infer(arg.value, Goal::Free);
        }
    }

    // ---- by name

    fn call_name(
        &mut self,
        id: ast::ExprId,
        callee: ast::ExprId,
        name: Name,
        args: Args<'_>,
        goal: Goal,
        span: Span,
    ) -> ExprId {
        let name_span = self.ast.expr(callee).span;
        if let Some(binding) = self.scopes.lookup(name) {
            let value = self.read_binding(binding, name_span);
            return self.call_value(value, args, span);
        }
        if name == names::REVEAL
            && let Found::Nothing = self.lookup(name)
        {
            return self.reveal(args, goal, span);
        }
        let found = self.lookup(name);
        self.call_found(id, found, name, name_span, args, goal, span)
    }

    /// A call of what a name means.
    fn call_found(
        &mut self,
        id: ast::ExprId,
        found: Found,
        name: Name,
        name_span: Span,
        args: Args<'_>,
        goal: Goal,
        span: Span,
    ) -> ExprId {
        match found {
            Found::Functions(functions) => {
                self.call_functions(id, &Targets::of(name, &functions), name_span, args, goal, span)
            }
            Found::Global(global) => {
                let value = self.read_global(global, name_span);
                self.call_value(value, args, span)
            }
            Found::Type { def, constructors } => {
                let targets = Targets::of(name, &constructors);
                if targets.tiers.is_empty() {
                    let ty = self.type_of_def(def, name_span);
                    return self.not_a_constructor(ty, name, name_span, args, span);
                }
                self.call_functions(id, &targets, name_span, args, goal, span)
            }
            Found::Variants(variants) => {
                let hint = goal.hint();
                let Some(decl) = self.choose_variant(&variants, hint, name_span) else {
                    self.read_args(args);
                    return self.error(span);
                };
                self.call_variant(id, decl, name_span, args, goal, span)
            }
            Found::Object(decl) => {
                let value = self.object(decl, name_span);
                self.call_value(value, args, span)
            }
            Found::Ambiguous(places) => {
                self.read_args(args);
                self.ambiguous_name(name, &places, name_span)
            }
            Found::Nothing => {
                self.read_args(args);
                self.unknown_function(name, name_span, args)
            }
        }
    }

    fn call_variant(
        &mut self,
        id: ast::ExprId,
        decl: sayso_types::DeclId,
        name_span: Span,
        args: Args<'_>,
        goal: Goal,
        span: Span,
    ) -> ExprId {
        if self.cx.types.decl(decl).fields.is_empty() && args.len() == 0 {
            return self.nullary_variant(id, decl, goal.hint(), span);
        }
        let name = self.cx.types.decl(decl).name;
        let multi = self.cx.decls.get(decl.0 as usize).and_then(|info| info.constructors);
        match multi {
            Some(multi) => self.call_functions(id, &Targets::single(name, multi), name_span, args, goal, span),
            None => {
                self.read_args(args);
                self.error(span)
            }
        }
    }

    fn not_a_constructor(&mut self, ty: TypeId, name: Name, name_span: Span, args: Args<'_>, span: Span) -> ExprId {
        self.read_args(args);
        if ty == TypeId::ERROR {
            return self.error(span);
        }
        let text = self.text(name).to_owned();
        let mut diagnostic =
            Diagnostic::error("not-callable", name_span, format!("the type `{text}` has no constructor"));
        if matches!(ty, TypeId::I64 | TypeId::F64 | TypeId::BYTE) && args.len() == 1 {
            if let Some(arg) = args.written(0) {
                let argument = self.ast.expr(arg.value);
                let source = self.cx.sources.text(argument.span).to_owned();
                diagnostic = if matches!(argument.kind, ast::ExprKind::Str(_)) {
                    diagnostic.suggest("read it from the text", span, format!("parse({text}, {source})"))
                } else {
                    diagnostic.suggest("convert it", span, format!("to({text}, {source})"))
                };
                diagnostic =
                    diagnostic.note(format!("`to({text}, x)` converts a number, `parse({text}, text)` reads one"));
            }
        } else if ty == TypeId::STR
            && args.len() == 1
            && let Some(arg) = args.written(0)
        {
            let source = self.cx.sources.text(self.ast.expr(arg.value).span).to_owned();
            diagnostic = diagnostic.suggest("convert it", span, format!("to_str({source})"));
        }
        self.report(diagnostic);
        self.error(span)
    }

    /// The module of the library that has a function of this name.
    fn module_with_function(&self, name: Name) -> Option<String> {
        let functions = self.cx.by_name.get(&name)?;
        functions.iter().find_map(|id| {
            let module = self.cx.modules.get(self.cx.functions.get(id.0 as usize)?.module.0 as usize)?;
            let text = self.text(module.path);
            (module.library && !text.is_empty()).then(|| text.to_owned())
        })
    }

    fn unknown_function(&mut self, name: Name, name_span: Span, args: Args<'_>) -> ExprId {
        let text = self.text(name).to_owned();
        let near = self.near_names(&text);
        let mut diagnostic =
            Diagnostic::error("unknown-name", name_span, format!("there is no function `{text}` here"));
        if let Some(note) = foreign_function(&text) {
            diagnostic = diagnostic.label("not found").note(note);
        } else if let Some(module) = self.module_with_function(name) {
            diagnostic = diagnostic.label("not found").note(format!(
                "module `{module}` has one: `x.{text}(…)` calls it on a value, and `{module}.{text}(…)` behind `import {module}`"
            ));
        } else if let Some(near) = near.first() {
            diagnostic = diagnostic.suggest(format!("did you mean `{near}`?"), name_span, near.as_str());
        } else {
            diagnostic = diagnostic.label("not found");
        }
        let _ = args;
        self.report(diagnostic);
        self.error(name_span)
    }

    /// `reveal(x)`: reports the type of `x`, and is `x`.
    fn reveal(&mut self, args: Args<'_>, goal: Goal, span: Span) -> ExprId {
        let Some(arg) = args.written(0) else { return self.error(span) };
        let value = self.infer(arg.value, Goal::of_hint(goal.hint()));
        self.reveals.push((value, self.frame_id, span));
        value
    }

    // ---- by a dotted name

    fn call_field(
        &mut self,
        id: ast::ExprId,
        callee: ast::ExprId,
        object: ast::ExprId,
        name: ast::Ident,
        args: Args<'_>,
        goal: Goal,
        span: Span,
    ) -> ExprId {
        if matches!(self.ast.expr(object).kind, ast::ExprKind::Name(names::SUPER)) {
            return self.super_call(id, name, args, goal, span);
        }
        let found = self.static_member(callee);
        if found != Found::Nothing {
            return self.call_found(id, found, name.name, name.span, args, goal, span);
        }
        if let Some(error) = self.missing_static(object, name) {
            self.read_args(args);
            return error;
        }
        let receiver = self.infer(object, Goal::Free);
        if args.first.is_some() {
            // `a |> x.f(b)` calls the field or bound function `f` of `x`.
            let value = self.field_of(receiver, name, None, span);
            return self.call_value(value, args, span);
        }
        self.uniform_call(id, receiver, name, args, goal, span)
    }

    /// `receiver.name(args)`: the field called, else a function with the receiver as its first argument.
    pub fn uniform_call(
        &mut self,
        id: ast::ExprId,
        receiver: ExprId,
        name: ast::Ident,
        args: Args<'_>,
        goal: Goal,
        span: Span,
    ) -> ExprId {
        let ty = self.known(self.ty(receiver), self.span(receiver));
        if ty == TypeId::ERROR || ty == TypeId::NEVER {
            self.read_args(args);
            return self.push(ExprKind::Error, ty, span);
        }
        if ty == TypeId::ANY {
            return self.dynamic_call(receiver, name, args, span);
        }
        if let Some(member) = self.member(ty, name.name) {
            let value = self.push(ExprKind::Field(receiver, member.access), member.ty, span);
            return self.call_value(value, args, span);
        }
        let multis = self.cx.method_candidates(self.scope, ty, name.name);
        let with = Args { first: Some(receiver), ..args };
        if multis.is_empty() {
            self.read_args(args);
            if let Some(made) = self.never_implemented(ty, name.name, with.len(), span) {
                return made;
            }
            self.unknown_method(ty, name, args);
            return self.error(span);
        }
        let tiers = multis.into_iter().map(|multi| std::iter::once(multi).collect()).collect();
        let targets = Targets { name: name.name, tiers, nearest_wins: true };
        self.call_functions(id, &targets, name.span, with, goal, span)
    }

    /// A call on an `any`: a field of that name called, if its run-time type has one, else what fits at run time among
    /// all functions that the name may mean.
    fn dynamic_call(&mut self, receiver: ExprId, name: ast::Ident, args: Args<'_>, span: Span) -> ExprId {
        let multi = self.cx.dynamic_method(self.scope, name.name);
        let may_be_field = self.any_field_named(name.name);
        let Some(multi) = multi else {
            if may_be_field {
                let field = self.push(ExprKind::Field(receiver, FieldAccess::Name(name.name)), TypeId::ANY, span);
                return self.call_value(field, args, span);
            }
            self.read_args(args);
            self.unknown_method(TypeId::ANY, name, args);
            return self.error(span);
        };
        if !may_be_field {
            return self.dispatch_dynamic(multi, name, receiver, args, span);
        }
        let mut stmts = Vec::new();
        let (stmt, receiver) = self.hidden_let(receiver);
        stmts.push(stmt);
        let mut given: ThinVec<ExprId> = ThinVec::with_capacity(args.rest.len());
        for arg in args.rest {
            let value = self.infer(arg.value, Goal::Free);
            let (stmt, value) = self.hidden_let(value);
            stmts.push(stmt);
            given.push(value);
        }
        let shape = self.cx.types.shape(&[(name.name, TypeId::ANY)]);
        let test = self.push(ExprKind::Is(receiver, shape), TypeId::BOOL, span);
        let object = self.reread(receiver);
        let field = self.push(ExprKind::Field(object, FieldAccess::Name(name.name)), TypeId::ANY, span);
        let called = ExprKind::Call { callee: Callee::Value(field), type_args: ThinVec::new(), args: given.clone() };
        let by_field = self.push(called, TypeId::ANY, span);
        let mut all = thin_vec![self.reread(receiver)];
        for value in &given {
            all.push(self.reread(*value));
        }
        let shape = CallShape { positional: all.len() as u32, named: SmallVec::new() };
        let candidates = self.cx.candidates(multi, &shape);
        if candidates.list.is_empty() {
            let value = self.wrap(stmts, by_field, span);
            return value;
        }
        let own = self.cx.use_multi(multi, &shape);
        let kind = ExprKind::Call { callee: Callee::Dispatch(own), type_args: ThinVec::new(), args: all };
        let by_name = self.push(kind, TypeId::ANY, span);
        let made = self.push(ExprKind::If(test, by_field, Some(by_name)), TypeId::ANY, span);
        self.wrap(stmts, made, span)
    }

    fn reread(&mut self, id: ExprId) -> ExprId {
        let (ty, span) = (self.ty(id), self.span(id));
        match self.frame.kind_of(id) {
            Some(ExprKind::Local(local)) => {
                let kind = ExprKind::Local(*local);
                self.push(kind, ty, span)
            }
            _ => id,
        }
    }

    fn dispatch_dynamic(
        &mut self,
        multi: MultiId,
        name: ast::Ident,
        receiver: ExprId,
        args: Args<'_>,
        span: Span,
    ) -> ExprId {
        let mut all = thin_vec![receiver];
        for arg in args.rest {
            all.push(self.infer(arg.value, Goal::Free));
        }
        let with = Args { first: Some(receiver), ..args };
        let shape = with.shape();
        let candidates = self.cx.candidates(multi, &shape);
        if candidates.list.is_empty() {
            let targets = Targets::single(name.name, multi);
            self.wrong_arity(&targets, name.span, with);
            return self.error(span);
        }
        let types: Vec<TypeId> = all.iter().map(|arg| self.ty(*arg)).collect();
        let types: Vec<TypeId> = types.into_iter().map(|ty| self.known_deep(ty, span)).collect();
        let may_run = self.cx.types.may_run(&types, &candidates.signatures);
        if may_run.is_empty() {
            self.no_fit(&Targets::single(name.name, multi), name.span, &types, &shape, None, span);
            return self.error(span);
        }
        let ty = self.common_result(&candidates, &may_run);
        let own = self.cx.use_multi(multi, &shape);
        self.push(ExprKind::Call { callee: Callee::Dispatch(own), type_args: ThinVec::new(), args: all }, ty, span)
    }

    // ---- values

    /// A call of a function value.
    pub fn call_value(&mut self, value: ExprId, args: Args<'_>, span: Span) -> ExprId {
        let ty = self.known(self.ty(value), self.span(value));
        match self.kind(ty) {
            TypeKind::Function { params, result, .. } => {
                let (params, result) = (params.to_vec(), *result);
                self.call_function_value(value, &params, result, args, span)
            }
            TypeKind::Any | TypeKind::AnyFunction => self.call_any(value, TypeId::ANY, args, span),
            TypeKind::Type(made) => {
                let made = *made;
                self.call_any(value, made, args, span)
            }
            TypeKind::Error | TypeKind::Never => {
                self.read_args(args);
                self.push(ExprKind::Error, ty, span)
            }
            TypeKind::Union(_) => self.call_union(value, ty, args, span),
            TypeKind::Var(var) => {
                let upper = self.cx.types.var(*var).upper;
                match self.kind(upper) {
                    TypeKind::Function { params, result, .. } => {
                        let (params, result) = (params.to_vec(), *result);
                        self.call_function_value(value, &params, result, args, span)
                    }
                    TypeKind::AnyFunction => self.call_any(value, TypeId::ANY, args, span),
                    _ => self.not_callable(value, ty, args, span),
                }
            }
            _ => self.not_callable(value, ty, args, span),
        }
    }

    fn call_function_value(
        &mut self,
        value: ExprId,
        params: &[TypeId],
        result: TypeId,
        args: Args<'_>,
        span: Span,
    ) -> ExprId {
        if !self.check_value_args(params.len(), args, value) {
            self.read_args(args);
            return self.push(ExprKind::Error, TypeId::ERROR, span);
        }
        let function = self.value_name(value);
        let mut given = ThinVec::with_capacity(params.len());
        for (index, param) in params.iter().enumerate() {
            let place = Place::new(PlaceKind::ArgumentAt { function, index: index as u32 });
            let arg = match (args.first, index) {
                (Some(first), 0) => self.coerce(first, *param, place),
                _ => match args.written(index) {
                    Some(arg) => self.check(arg.value, *param, place),
                    None => self.error(span),
                },
            };
            given.push(arg);
        }
        self.ended(result);
        self.push(ExprKind::Call { callee: Callee::Value(value), type_args: ThinVec::new(), args: given }, result, span)
    }

    /// The name of a function value, for messages.
    fn value_name(&self, value: ExprId) -> Name {
        match self.frame.kind_of(value) {
            Some(ExprKind::Local(local)) => self.frame.local(*local).map_or(names::EMPTY, |local| local.name),
            Some(ExprKind::Global(global)) => {
                self.cx.globals.get(global.0 as usize).map_or(names::EMPTY, |global| global.name)
            }
            Some(ExprKind::Field(_, FieldAccess::Name(name))) => *name,
            _ => names::EMPTY,
        }
    }

    fn check_value_args(&mut self, wanted: usize, args: Args<'_>, value: ExprId) -> bool {
        for arg in args.rest {
            if let Some(name) = arg.name {
                self.report(
                    Diagnostic::error("named-argument", name.span, "a function value takes no named arguments")
                        .note("the names of parameters belong to declared functions, not to values"),
                );
                return false;
            }
            if arg.spread {
                let at = self.ast.expr(arg.value).span;
                self.report(Diagnostic::error(
                    "spread-argument",
                    at,
                    "`..` cannot fill the parameters of a function value",
                ));
                return false;
            }
        }
        if args.len() == wanted {
            return true;
        }
        let ty = self.ty(value);
        let shown = self.show(ty);
        let plural = if wanted == 1 { "argument" } else { "arguments" };
        let is = if args.len() == 1 { "is" } else { "are" };
        self.report(
            Diagnostic::error(
                "wrong-arity",
                args.span,
                format!("this function takes {wanted} {plural}, and {} {is} given", args.len()),
            )
            .also(self.span(value), format!("this is `{shown}`")),
        );
        false
    }

    /// A call whose arguments are checked when it runs.
    fn call_any(&mut self, value: ExprId, result: TypeId, args: Args<'_>, span: Span) -> ExprId {
        let mut given: ThinVec<ExprId> = args.first.into_iter().collect();
        for arg in args.rest {
            if let Some(name) = arg.name {
                self.report(Diagnostic::error(
                    "named-argument",
                    name.span,
                    "named arguments need a function that is known when the program is compiled",
                ));
            }
            if arg.spread {
                let at = self.ast.expr(arg.value).span;
                self.report(Diagnostic::error(
                    "spread-argument",
                    at,
                    "`..` cannot fill the parameters of a function value",
                ));
            }
            given.push(self.infer(arg.value, Goal::Free));
        }
        self.push(ExprKind::Call { callee: Callee::Value(value), type_args: ThinVec::new(), args: given }, result, span)
    }

    /// A call of a value that is one of several kinds of functions.
    fn call_union(&mut self, value: ExprId, ty: TypeId, args: Args<'_>, span: Span) -> ExprId {
        let mut result = TypeId::NEVER;
        let mut params: Option<Vec<TypeId>> = None;
        for part in self.parts(ty) {
            match self.kind(part) {
                TypeKind::Function { params: own, result: gives, .. } => {
                    let (own, gives) = (own.to_vec(), *gives);
                    params = match params {
                        None => Some(own),
                        Some(before) if before.len() == own.len() => {
                            let both = before.iter().zip(&own).map(|(a, b)| self.cx.types.intersection(&[*a, *b]));
                            Some(both.collect())
                        }
                        Some(_) => return self.not_callable(value, ty, args, span),
                    };
                    result = self.union(result, gives);
                }
                TypeKind::AnyFunction | TypeKind::Any => return self.call_any(value, TypeId::ANY, args, span),
                _ => return self.not_callable(value, ty, args, span),
            }
        }
        match params {
            Some(params) => self.call_function_value(value, &params, result, args, span),
            None => self.not_callable(value, ty, args, span),
        }
    }

    fn not_callable(&mut self, value: ExprId, ty: TypeId, args: Args<'_>, span: Span) -> ExprId {
        self.read_args(args);
        let shown = self.show(ty);
        let at = self.span(value);
        let mut diagnostic =
            Diagnostic::error("not-callable", at, format!("{} cannot be called", super::suggest::a(&shown)))
                .label(format!("this is `{shown}`"));
        let name = self.value_name(value);
        if name != names::EMPTY && self.cx.has_function_named(name) {
            let text = self.text(name).to_owned();
            diagnostic = diagnostic.note(format!("the variable `{text}` hides the function of that name"));
        }
        self.report(diagnostic);
        self.error(span)
    }

    /// Behind a call that never returns nothing is reached.
    pub fn ended(&mut self, result: TypeId) {
        if result == TypeId::NEVER {
            self.flow = super::flow::Facts::dead();
        }
    }

    // ---- |> and ?.

    pub fn pipe(
        &mut self,
        id: ast::ExprId,
        value: ast::ExprId,
        function: ast::ExprId,
        goal: Goal,
        span: Span,
    ) -> ExprId {
        let ast = self.ast;
        let first = self.infer(value, Goal::Free);
        let expr = ast.expr(function);
        match &expr.kind {
            ast::ExprKind::Call { callee, args, paren } => {
                let args = Args { first: Some(first), rest: args, span: Span { start: *paren, ..expr.span } };
                self.call_with(id, *callee, args, goal, span)
            }
            _ => {
                let args = Args { first: Some(first), rest: &[], span: expr.span };
                self.call_with(id, function, args, goal, span)
            }
        }
    }

    /// `a?.name`.
    pub fn optional_chain(&mut self, id: ast::ExprId, goal: Goal) -> ExprId {
        let expr = self.ast.expr(id);
        let ast::ExprKind::OptionalField(object, name) = &expr.kind else { return self.error(expr.span) };
        let (object, name) = (*object, *name);
        let receiver = self.infer(object, Goal::Free);
        let span = expr.span;
        let Some((receiver, local)) = self.optional_receiver(receiver) else { return self.error(span) };
        let before = self.flow.clone();
        let object = self.read_local(local, span);
        let body = self.field_of(object, name, goal.hint(), span);
        self.end_optional(receiver, local, body, before, span)
    }

    fn optional_call(
        &mut self,
        id: ast::ExprId,
        callee: ast::ExprId,
        args: Args<'_>,
        goal: Goal,
        span: Span,
    ) -> ExprId {
        let ast::ExprKind::OptionalField(object, name) = &self.ast.expr(callee).kind else { return self.error(span) };
        let (object, name) = (*object, *name);
        let receiver = self.infer(object, Goal::Free);
        let Some((receiver, local)) = self.optional_receiver(receiver) else {
            self.read_args(args);
            return self.error(span);
        };
        let before = self.flow.clone();
        let object = self.read_local(local, self.ast.expr(callee).span);
        let _ = goal;
        let body = self.uniform_call(id, object, name, args, Goal::Free, span);
        self.end_optional(receiver, local, body, before, span)
    }

    fn optional_receiver(&mut self, receiver: ExprId) -> Option<(ExprId, hir::LocalId)> {
        let span = self.span(receiver);
        let ty = self.known(self.ty(receiver), span);
        if ty == TypeId::ERROR || ty == TypeId::NEVER {
            return None;
        }
        if ty == TypeId::ANY {
            let option = self.cx.types.option_of(TypeId::ANY);
            let receiver = self.coerce(receiver, option, Place::new(PlaceKind::Operand("?.")));
            let local = self.frame.hidden(TypeId::ANY, span);
            return Some((receiver, local));
        }
        if let Some(element) = self.option_element(ty) {
            let local = self.frame.hidden(element, span);
            return Some((receiver, local));
        }
        let shown = self.show(ty);
        let mut diagnostic = Diagnostic::error(
            "not-optional",
            span,
            format!("`?.` needs an `Option` on its left, and this is `{shown}`"),
        );
        if self.result_parts(ty).is_some() {
            diagnostic = diagnostic.note("take the value out of a `Result` with `?` or `or`");
        } else {
            diagnostic = diagnostic.label("always has a value").note("write `.` instead");
        }
        self.report(diagnostic);
        None
    }

    fn end_optional(
        &mut self,
        receiver: ExprId,
        local: hir::LocalId,
        body: ExprId,
        before: super::flow::Facts,
        span: Span,
    ) -> ExprId {
        let after = std::mem::take(&mut self.flow);
        self.flow = self.join(before, after);
        let found = self.known(self.ty(body), span);
        let found = self.widen(found);
        let flatten = found != TypeId::NEVER && found != TypeId::ERROR && self.option_element(found).is_some();
        let ty = match found {
            TypeId::ERROR => TypeId::ERROR,
            _ if flatten => found,
            _ => self.cx.types.option_of(found),
        };
        self.push(ExprKind::OptionalChain { receiver, local, body, flatten }, ty, span)
    }
}

/// What is written here for functions that other languages have.
fn foreign_function(name: &str) -> Option<&'static str> {
    Some(match name {
        "range" => "the numbers from `a` to below `b` are `a..b`, with `b` they are `a..=b`",
        "int" | "Int" | "parseInt" | "parse_int" | "tonumber" | "Number" => {
            "`to(i64, x)` makes an integer of a number, `parse(i64, text)` of text"
        }
        "float" | "Float" | "double" | "parseFloat" | "parse_float" => {
            "`to(f64, x)` makes a float of a number, `parse(f64, text)` of text"
        }
        "string" | "String" | "repr" | "tostring" | "toString" => "`to_str(x)`, or `\"{x}\"`, makes text of any value",
        "isinstance" | "instanceof" | "is_a" => "`x is T` asks whether `x` is a `T`",
        "typeof" => "`type_of(x)` gives the type of a value",
        "require" | "include" | "__import__" => "modules are imported by `import name` or `from name import x`",
        "input" | "readline" | "gets" => "`import io`, then `io.stdin().read_line()` reads a line",
        "printf" | "sprintf" | "format" => "every string takes in values: `\"{name}: {price:.2}\"`",
        "pairs" | "ipairs" => "`for (key, value) in table` and `for (i, x) in xs.enumerate()` walk over pairs",
        "dict" | "HashMap" | "Dict" => "a table is written `[\"a\": 1]`, an empty one `[:]`",
        "list" | "Array" | "Vec" => "an array is written `[1, 2]`; `xs.collect()` makes one of what `xs` gives",
        "pcall" | "xpcall" => "`try { … } catch e { … }` catches errors",
        "exit" => "the result of `fn main() -> i64` is the exit status",
        "setmetatable" => "`struct`, `class` and `trait` declare types",
        _ => return None,
    })
}
