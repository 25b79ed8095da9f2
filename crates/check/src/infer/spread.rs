//! Calls with `..xs` among the arguments.
//!
//! Into a rest parameter the spread values go as an array. Elsewhere their number is known at run time only: they are
//! matched by length against the arities that there are.

use super::body::Body;
use super::call::{Args, Targets};
use super::goal::{Goal, Place, PlaceKind};
use crate::hir::{Arm, Constant, Element, ExprId, ExprKind, PatternKind, Stmt};
use crate::tables::{FnDeclId, ParamDefault};
use sayso_base::{Diagnostic, Span};
use sayso_syntax::ast;
use sayso_types::TypeId;
use smallvec::SmallVec;
use thin_vec::ThinVec;

/// The largest number of arguments that a spread is matched against.
const MOST: u32 = 16;

impl Body<'_, '_> {
    pub fn spread_call(
        &mut self,
        id: ast::ExprId,
        targets: &Targets,
        name_span: Span,
        args: Args<'_>,
        goal: Goal,
        span: Span,
    ) -> ExprId {
        if let Some(named) = args.rest.iter().find_map(|arg| arg.name) {
            self.read_args(args);
            self.report(Diagnostic::error("spread-argument", named.span, "a call with `..` takes no named arguments"));
            return self.error(span);
        }
        let plain = usize::from(args.first.is_some()) + args.rest.iter().take_while(|arg| !arg.spread).count();
        if let Some(function) = self.rest_function(targets, plain) {
            return self.call_rest(function, targets, args, plain, span);
        }
        if args.rest.iter().filter(|arg| arg.spread).count() > 1 || args.rest.last().is_none_or(|arg| !arg.spread) {
            self.read_args(args);
            self.report(Diagnostic::error(
                "spread-argument",
                args.span,
                "without a rest parameter, `..` stands once and last",
            ));
            return self.error(span);
        }
        let _ = (id, goal);
        self.call_by_length(targets, name_span, args, plain, span)
    }

    /// The function whose rest parameter takes the spread values.
    fn rest_function(&self, targets: &Targets, plain: usize) -> Option<FnDeclId> {
        let mut found = None;
        for multi in targets.tiers.iter().flatten() {
            for id in &self.cx.multis.get(multi.0 as usize)?.functions {
                let decl = self.cx.functions.get(id.0 as usize)?;
                if decl.params.last().is_some_and(|param| param.rest) && decl.params.len() <= plain + 1 {
                    if found.is_some_and(|known| known != *id) {
                        return None;
                    }
                    found = Some(*id);
                }
            }
        }
        found
    }

    fn call_rest(&mut self, id: FnDeclId, targets: &Targets, args: Args<'_>, plain: usize, span: Span) -> ExprId {
        let Some(decl) = self.cx.functions.get(id.0 as usize) else { return self.error(span) };
        let fixed = decl.params.len().saturating_sub(1);
        let params: Vec<(TypeId, Option<TypeId>)> = decl.params.iter().map(|param| (param.ty, param.element)).collect();
        let (vars, function, declared) = (decl.type_vars.clone(), decl.function, decl.head_span);
        let library = self.cx.is_library(decl.module);
        let name = targets.name;
        let types: Vec<TypeId> = vars.iter().map(|_| self.loose()).collect();
        let with = sayso_types::Substitution::from_vars(&vars, &types);
        let mut given = ThinVec::with_capacity(params.len());
        for (index, (ty, _)) in params.iter().take(fixed).enumerate() {
            let want = self.cx.types.substitute(*ty, &with);
            let place = Place::new(PlaceKind::ArgumentAt { function: name, index: index as u32 });
            given.push(self.spread_argument(args, index, want, place, span));
        }
        let (rest_type, element) = params.last().copied().unwrap_or((TypeId::ERROR, None));
        let rest_type = self.cx.types.substitute(rest_type, &with);
        let element = self.cx.types.substitute(element.unwrap_or(TypeId::ERROR), &with);
        let place = match library {
            true => Place::new(PlaceKind::Element),
            false => Place::at(PlaceKind::Element, declared),
        };
        let mut elements = Vec::new();
        for index in fixed..args.len() {
            let spread = args.written(index).is_some_and(|arg| arg.spread);
            let value = match args.written(index).copied().filter(|arg| arg.spread) {
                Some(arg) => {
                    let value = self.spread(arg.value, Some(element));
                    self.check_spread(value, element, place);
                    value
                }
                None => self.spread_argument(args, index, element, place, span),
            };
            elements.push(Element { spread, value });
        }
        let _ = plain;
        given.push(self.push(ExprKind::Array(elements), rest_type, args.span));
        let type_args: ThinVec<TypeId> = types.iter().map(|ty| self.fix(*ty)).collect();
        let result = self.cx.result_of(id);
        let result = self.cx.types.substitute(result, &with);
        let result = self.zonk(result);
        self.cx.use_function(function);
        self.ended(result);
        self.call(function, type_args, given, result, span)
    }

    fn spread_argument(&mut self, args: Args<'_>, index: usize, want: TypeId, place: Place, span: Span) -> ExprId {
        match (args.first, index) {
            (Some(first), 0) => self.coerce(first, want, place),
            _ => match args.written(index).copied() {
                Some(arg) => self.check(arg.value, want, place),
                None => self.error(span),
            },
        }
    }

    /// Whether what is spread holds what is wanted.
    fn check_spread(&mut self, value: ExprId, want: TypeId, place: Place) {
        let ty = self.ty(value);
        let Some(element) = self.sequence_element(ty) else { return };
        if element == TypeId::ANY || self.sub(element, want) {
            return;
        }
        let (element, want) = (self.show(element), self.show(want));
        let at = self.span(value);
        let mut diagnostic =
            Diagnostic::error("type-mismatch", at, format!("each of these must be `{want}`, and they are `{element}`"));
        if let Some(declared) = place.declared {
            diagnostic = diagnostic.also(declared, format!("`{want}` is wanted because of this"));
        }
        self.report(diagnostic);
    }

    /// A call with as many arguments as turn out to be there.
    fn call_by_length(
        &mut self,
        targets: &Targets,
        name_span: Span,
        args: Args<'_>,
        plain: usize,
        span: Span,
    ) -> ExprId {
        let mut stmts: Vec<Stmt> = Vec::new();
        let mut leading: Vec<ExprId> = Vec::new();
        for index in 0..plain {
            let value = match (args.first, index) {
                (Some(first), 0) => first,
                _ => match args.written(index).copied() {
                    Some(arg) => self.infer(arg.value, Goal::Free),
                    None => self.error(span),
                },
            };
            let (stmt, value) = self.hidden_let(value);
            stmts.push(stmt);
            leading.push(value);
        }
        let Some(last) = args.rest.last().copied() else { return self.error(span) };
        let array = self.spread(last.value, None);
        let array_type = self.known_deep(self.ty(array), span);
        let Some(element) = self.sequence_element(array_type) else { return self.error(span) };
        let arities = self.spread_arities(targets, plain as u32);
        if arities.is_empty() {
            self.wrong_arity(targets, name_span, args);
            return self.error(span);
        }
        let mut arms: Vec<Arm> = Vec::new();
        let mut ty = TypeId::NEVER;
        let multis: Vec<_> = targets.tiers.iter().flatten().copied().collect();
        for arity in arities {
            let extra = arity as usize - plain;
            let mut all: SmallVec<[Option<ExprId>; 4]> = SmallVec::new();
            for value in &leading {
                let (own, at) = (self.ty(*value), self.span(*value));
                if let Some(ExprKind::Local(local)) = self.frame.kind_of(*value) {
                    let kind = ExprKind::Local(*local);
                    all.push(Some(self.push(kind, own, at)));
                }
            }
            let mut before = Vec::with_capacity(extra);
            for _ in 0..extra {
                let local = self.frame.hidden(element, span);
                before.push(self.frame.push_pattern(PatternKind::Bind(local, None), element, span));
                all.push(Some(self.read_local(local, span)));
            }
            let given: Vec<ExprId> = all.into_iter().flatten().collect();
            let body = self.call_values(&multis, &given, None, span);
            let own = self.ty(body);
            let own = self.widen(own);
            ty = self.merge_types(ty, own);
            let kind = PatternKind::Array { before, rest: None, after: Vec::new() };
            let pattern = self.frame.push_pattern(kind, array_type, span);
            arms.push(Arm { pattern, guard: None, body });
        }
        let pattern = self.frame.push_pattern(PatternKind::Wildcard, array_type, span);
        let text = self.text(targets.name).to_owned();
        let class = self.constant(Constant::Str("DispatchError".into()), TypeId::STR, span);
        let message = format!("no function `{text}` takes as many arguments as were spread");
        let message = self.constant(Constant::Str(message.into()), TypeId::STR, span);
        let live = self.flow.clone();
        let fault = self.cx.bodies.names.fault;
        let body = self.core_call(fault, &[class, message], TypeId::NEVER, span);
        self.flow = live;
        arms.push(Arm { pattern, guard: None, body });
        let value = self.push(ExprKind::Match(array, arms), ty, span);
        self.wrap(stmts, value, span)
    }

    /// How many arguments the functions take, from a least number on.
    fn spread_arities(&self, targets: &Targets, least: u32) -> Vec<u32> {
        let mut all: Vec<u32> = Vec::new();
        for multi in targets.tiers.iter().flatten() {
            let functions = self.cx.multis.get(multi.0 as usize).map_or(&[][..], |multi| multi.functions.as_slice());
            for id in functions {
                let Some(decl) = self.cx.functions.get(id.0 as usize) else { continue };
                let needed =
                    decl.params.iter().filter(|param| !param.rest && param.default == ParamDefault::None).count();
                for arity in (needed as u32).max(least)..=(decl.params.len() as u32).min(MOST) {
                    all.push(arity);
                }
            }
        }
        all.sort_unstable();
        all.dedup();
        all
    }
}
