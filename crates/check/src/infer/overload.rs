//! Overload resolution: which function a call means, by the static types of its arguments.
//!
//! Arguments that need no context are read first. What they leave open of the others (closures without annotations,
//! empty collections, names of functions) is a wildcard; if one function remains, it tells the others what is expected
//! of them. The expected result never takes part. Where the static types leave a choice to run time, the call
//! dispatches, and its type is the union of what the functions that may run give.

use super::apply::Applied;
use super::body::Body;
use super::call::{Args, Operand, Targets};
use super::goal::Goal;
use crate::hir::{Callee, CastReason, Constant, ExprId, ExprKind, MultiId};
use crate::tables::{CallShape, Candidates, FnDeclKind};
use sayso_base::{Name, Span, names};
use sayso_syntax::ast;
use sayso_types::{Dispatch, Signature, TypeId, TypeKind};
use smallvec::SmallVec;
use std::sync::Arc;
use thin_vec::ThinVec;

/// A multi-function and those of its functions that accept the form of a call.
pub(crate) struct Group {
    pub multi: MultiId,
    pub candidates: Arc<Candidates>,
}

/// What the argument types select in one multi-function.
enum Selected {
    /// One function, for all values or all but those that a more specific one takes.
    One(usize),
    /// A function for each combination of the parts of unions.
    Split,
    /// An `any` among the arguments: what fits is found at run time.
    Dynamic,
}

/// Why nothing is selected.
enum Failure {
    NoFit,
    Ambiguous,
}

/// The arguments of a call as far as they are read.
pub(crate) struct Given<'s> {
    pub args: Args<'s>,
    pub made: SmallVec<[Option<ExprId>; 4]>,
}

impl Body<'_, '_> {
    /// A call of functions by name.
    pub fn call_functions(
        &mut self,
        id: ast::ExprId,
        targets: &Targets,
        name_span: Span,
        args: Args<'_>,
        goal: Goal,
        span: Span,
    ) -> ExprId {
        if args.spreads() {
            return self.spread_call(id, targets, name_span, args, goal, span);
        }
        let shape = args.shape();
        let mut made: SmallVec<[Option<ExprId>; 4]> = SmallVec::from_elem(None, args.len());
        if let (Some(slot), Some(first)) = (made.first_mut(), args.first) {
            *slot = Some(first);
        }
        let mut given = Given { args, made };
        let tiers = self.groups(targets, &shape);
        let mut all = tiers.iter().flatten();
        match (all.next(), all.next()) {
            (None, _) => {
                self.read_args(args);
                self.wrong_arity(targets, name_span, args);
                self.error(span)
            }
            (Some(group), None) if group.candidates.list.len() == 1 && !self.cx.is_interface_call(targets.name) => {
                self.call_one(id, group, 0, &shape, &mut given, goal, targets.name, span)
            }
            _ => self.call_chosen(id, targets, &tiers, &shape, &mut given, goal, name_span, span),
        }
    }

    /// The multi-functions of each tier that accept the form of the call. A function that is reached in two ways counts
    /// once.
    fn groups(&mut self, targets: &Targets, shape: &CallShape) -> SmallVec<[SmallVec<[Group; 2]>; 2]> {
        let mut tiers: SmallVec<[SmallVec<[Group; 2]>; 2]> = SmallVec::new();
        for tier in &targets.tiers {
            let mut groups: SmallVec<[Group; 2]> = SmallVec::new();
            for multi in tier {
                let candidates = self.cx.candidates(*multi, shape);
                if candidates.list.is_empty() {
                    continue;
                }
                let known = |group: &Group| {
                    group.multi == *multi
                        || candidates
                            .list
                            .iter()
                            .all(|own| group.candidates.list.iter().any(|old| old.decl == own.decl))
                };
                if tiers.iter().flatten().any(known) || groups.iter().any(known) {
                    continue;
                }
                groups.push(Group { multi: *multi, candidates });
            }
            if !groups.is_empty() {
                tiers.push(groups);
            }
        }
        tiers
    }

    /// A call of values by multi-functions of `core`: operators and what the language itself calls.
    pub fn call_values(&mut self, multis: &[MultiId], args: &[ExprId], operand: Option<Operand>, span: Span) -> ExprId {
        let name =
            multis.first().and_then(|multi| self.cx.multis.get(multi.0 as usize)).map_or(names::EMPTY, |m| m.name);
        let mut tiers: SmallVec<[SmallVec<[MultiId; 2]>; 2]> = SmallVec::new();
        tiers.push(multis.iter().copied().collect());
        let targets = Targets { name, tiers, nearest_wins: true };
        let shape = CallShape { positional: args.len() as u32, named: SmallVec::new() };
        let groups = self.groups(&targets, &shape);
        let mut given =
            Given { args: Args { first: None, rest: &[], span }, made: args.iter().map(|arg| Some(*arg)).collect() };
        let types: SmallVec<[TypeId; 4]> = args.iter().map(|arg| self.ty(*arg)).collect();
        if types.contains(&TypeId::ERROR) || types.contains(&TypeId::NEVER) {
            let ty = if types.contains(&TypeId::ERROR) { TypeId::ERROR } else { TypeId::NEVER };
            return self.push(ExprKind::Error, ty, span);
        }
        self.choose_and_call(None, &targets, &groups, &shape, &mut given, Goal::Free, operand, span, span)
    }

    fn call_chosen(
        &mut self,
        id: ast::ExprId,
        targets: &Targets,
        tiers: &[SmallVec<[Group; 2]>],
        shape: &CallShape,
        given: &mut Given<'_>,
        goal: Goal,
        name_span: Span,
        span: Span,
    ) -> ExprId {
        for index in 0..given.made.len() {
            if given.made.get(index).is_some_and(Option::is_some) {
                continue;
            }
            let Some(arg) = given.args.written(index).copied() else { continue };
            if self.needs_context(arg.value) {
                continue;
            }
            let hint = self.agreed_param(tiers, index);
            let value = self.infer(arg.value, Goal::of_hint(hint.and_then(|hint| Goal::Hint(hint).hint())));
            if let Some(slot) = given.made.get_mut(index) {
                *slot = Some(value);
            }
        }
        self.choose_and_call(Some(id), targets, tiers, shape, given, goal, None, name_span, span)
    }

    /// The type that all candidates want of an argument, if it is one and the same.
    fn agreed_param(&self, tiers: &[SmallVec<[Group; 2]>], index: usize) -> Option<TypeId> {
        let mut agreed = None;
        for candidate in tiers.iter().flatten().flat_map(|group| &group.candidates.list) {
            let param = *candidate.params.get(index)?;
            if self.cx.types.has_var(param) || agreed.is_some_and(|known| known != param) {
                return None;
            }
            agreed = Some(param);
        }
        agreed
    }

    /// Whether an argument's type depends on what is expected of it.
    fn needs_context(&mut self, id: ast::ExprId) -> bool {
        match &self.ast.expr(id).kind {
            ast::ExprKind::Closure { params, .. } => params.iter().any(|param| param.ty.is_none()),
            ast::ExprKind::Array(elements) | ast::ExprKind::List(elements) => {
                elements.is_empty()
                    || elements.iter().any(|element| !element.spread && self.needs_context(element.value))
            }
            ast::ExprKind::Table(pairs) | ast::ExprKind::Map(pairs) => pairs.is_empty(),
            ast::ExprKind::Try(inner) => self.question_name(*inner).is_some(),
            ast::ExprKind::Name(name) => {
                self.scopes.lookup(*name).is_none()
                    && !matches!(
                        self.cx.lookup_value(self.scope, *name),
                        crate::tables::Found::Global(_)
                            | crate::tables::Found::Object(_)
                            | crate::tables::Found::Type { .. }
                    )
            }
            ast::ExprKind::Field(..) => self.static_path(id).is_some_and(|path| {
                let parts: SmallVec<[Name; 4]> = path.iter().map(|part| part.name).collect();
                parts.split_last().is_some_and(|(_, before)| self.is_namespace(before))
            }),
            _ => false,
        }
    }

    fn choose_and_call(
        &mut self,
        id: Option<ast::ExprId>,
        targets: &Targets,
        tiers: &[SmallVec<[Group; 2]>],
        shape: &CallShape,
        given: &mut Given<'_>,
        goal: Goal,
        operand: Option<Operand>,
        name_span: Span,
        span: Span,
    ) -> ExprId {
        let mut types = self.argument_types(given, span);
        if self.guessed && types.contains(&TypeId::ERROR) && given.made.iter().all(Option::is_some) {
            return self.error(span);
        }
        let mut chosen = self.choose(targets, tiers, given, &mut types);
        if chosen.is_err() && given.made.iter().any(Option::is_none) {
            // What is expected of the others does not follow from these: they are read as they are.
            self.read_postponed(given);
            types = self.argument_types(given, span);
            chosen = self.choose(targets, tiers, given, &mut types);
        }
        if chosen.is_err() && self.adapt_literals(tiers, given, &types) {
            types = self.argument_types(given, span);
            chosen = self.choose(targets, tiers, given, &mut types);
        }
        if chosen.is_err() {
            if let Some(made) = self.call_interface(targets, shape, given, &types, span) {
                return made;
            }
            if let Some(made) = self.call_open_variable(tiers, shape, given, &types, targets.name, span) {
                return made;
            }
        }
        match chosen {
            Ok((group, selected)) => {
                self.call_selected(id, group, selected, shape, given, &types, goal, targets.name, operand, span)
            }
            Err(failure) => {
                self.read_postponed(given);
                let types = self.argument_types(given, span);
                let failed = types.contains(&TypeId::ERROR);
                if !failed {
                    match failure {
                        Failure::NoFit => self.no_fit(targets, name_span, &types, shape, operand, span),
                        Failure::Ambiguous => self.ambiguous_call(targets, tiers, name_span, &types, operand),
                    }
                }
                self.error(span)
            }
        }
    }

    /// A call of what an interface lists: some function takes each value that belongs to it.
    fn call_interface(
        &mut self,
        targets: &Targets,
        shape: &CallShape,
        given: &mut Given<'_>,
        types: &[TypeId],
        span: Span,
    ) -> Option<ExprId> {
        if !shape.named.is_empty() {
            return None;
        }
        let receiver = *types.first()?;
        let Some(found) = self.cx.interface_call(receiver, targets.name, types.len()) else {
            return self.never_implemented(receiver, targets.name, types.len(), span);
        };
        let (multi, params, result) = (found.multi, found.params, found.result);
        let mut args = ThinVec::with_capacity(params.len());
        for (index, param) in params.iter().enumerate() {
            let place = super::goal::Place::new(super::goal::PlaceKind::ArgumentAt {
                function: targets.name,
                index: index as u32,
            });
            let value = match given.made.get(index).copied().flatten() {
                Some(made) => made,
                None => {
                    let arg = given.args.written(index).copied()?;
                    self.infer(arg.value, Goal::Hint(*param))
                }
            };
            args.push(if index == 0 { value } else { self.coerce(value, *param, place) });
        }
        let own = self.cx.use_multi(multi, shape);
        self.ended(result);
        Some(self.push(ExprKind::Call { callee: Callee::Dispatch(own), type_args: ThinVec::new(), args }, result, span))
    }

    /// A call that an interface lists and no type of the program takes: no value of the interface can exist.
    pub fn never_implemented(&mut self, receiver: TypeId, name: Name, arity: usize, span: Span) -> Option<ExprId> {
        let mut open: SmallVec<[TypeId; 4]> = SmallVec::new();
        open.push(receiver);
        let mut result = None;
        let mut steps = 0;
        while let Some(ty) = open.pop() {
            steps += 1;
            match self.kind(ty) {
                TypeKind::Var(var) if steps < 100 => open.push(self.cx.types.var(*var).upper),
                TypeKind::Intersection(parts) => open.extend(parts.iter().copied()),
                TypeKind::Nominal(decl, args) => {
                    let info = self.cx.types.decl(*decl);
                    let with = sayso_types::Substitution::from_params(&info.params, args);
                    let listed = |member: &&sayso_types::Member| member.name == name && member.params.len() == arity;
                    if let Some(found) = info.members.iter().find(listed).map(|member| member.result) {
                        result = Some(self.cx.types.substitute(found, &with));
                    }
                }
                _ => {}
            }
        }
        let result = result?;
        let class = self.constant(Constant::Str("DispatchError".into()), TypeId::STR, span);
        let text = format!("no function `{}` exists", self.text(name));
        let message = self.constant(Constant::Str(text.as_str().into()), TypeId::STR, span);
        let live = self.flow.clone();
        let fault = self.cx.bodies.names.fault;
        let fault = self.core_call(fault, &[class, message], TypeId::NEVER, span);
        self.flow = live;
        Some(self.push(ExprKind::Cast(fault, CastReason::Boundary(text.into())), result, span))
    }

    /// A call whose argument types depend on type variables without bounds: what these are at run time decides.
    fn call_open_variable(
        &mut self,
        tiers: &[SmallVec<[Group; 2]>],
        shape: &CallShape,
        given: &mut Given<'_>,
        types: &[TypeId],
        name: Name,
        span: Span,
    ) -> Option<ExprId> {
        if !types.iter().any(|ty| self.has_free_variable(*ty)) {
            return None;
        }
        let wild: SmallVec<[TypeId; 4]> = types
            .iter()
            .map(|ty| if *ty == TypeId::ANY || self.has_free_variable(*ty) { TypeId::ERROR } else { *ty })
            .collect();
        for group in tiers.iter().flatten() {
            let may_run = self.cx.settled(|cx| cx.types.may_run(types, &group.candidates.signatures));
            if may_run.is_empty() {
                continue;
            }
            let outcomes = self.dispatch_parts(&wild, &group.candidates.signatures);
            if outcomes.iter().any(|(_, outcome)| *outcome == Dispatch::None) {
                continue;
            }
            return Some(self.call_dispatch(group, shape, given, types, true, name, span));
        }
        None
    }

    /// Whether a type variable without upper bound occurs in a type.
    fn has_free_variable(&self, ty: TypeId) -> bool {
        self.cx.types.has_var(ty)
            && self.cx.types.free_vars(ty).into_iter().any(|var| self.cx.types.var(var).upper == TypeId::ANY)
    }

    fn read_postponed(&mut self, given: &mut Given<'_>) {
        for index in 0..given.made.len() {
            if given.made.get(index).is_some_and(Option::is_none)
                && let Some(arg) = given.args.written(index).copied()
            {
                let value = self.infer(arg.value, Goal::Free);
                if let Some(slot) = given.made.get_mut(index) {
                    *slot = Some(value);
                }
            }
        }
    }

    /// The types of the arguments that are read; `Error`, which fits all, for the others.
    fn argument_types(&mut self, given: &Given<'_>, span: Span) -> SmallVec<[TypeId; 4]> {
        let mut types: SmallVec<[TypeId; 4]> = SmallVec::new();
        for made in &given.made {
            types.push(match made {
                Some(value) => {
                    let ty = self.ty(*value);
                    self.known(ty, span)
                }
                None => TypeId::ERROR,
            });
        }
        types
    }

    fn choose<'g>(
        &mut self,
        targets: &Targets,
        tiers: &'g [SmallVec<[Group; 2]>],
        given: &Given<'_>,
        types: &mut SmallVec<[TypeId; 4]>,
    ) -> Result<(&'g Group, Selected), Failure> {
        let mut failure = Failure::NoFit;
        for tier in tiers {
            let mut found: Option<(&Group, Selected)> = None;
            for group in tier {
                self.fuel = self.fuel.saturating_sub(group.candidates.list.len() as u64);
                match self.select(group, given, types) {
                    Ok(selected) => {
                        if found.is_some() {
                            return Err(Failure::Ambiguous);
                        }
                        found = Some((group, selected));
                        if targets.nearest_wins {
                            break;
                        }
                    }
                    Err(Failure::NoFit) => {}
                    Err(ambiguous) => failure = ambiguous,
                }
            }
            if let Some(found) = found {
                return Ok(found);
            }
        }
        Err(failure)
    }

    fn select(
        &mut self,
        group: &Group,
        given: &Given<'_>,
        types: &mut SmallVec<[TypeId; 4]>,
    ) -> Result<Selected, Failure> {
        let candidates = &group.candidates;
        let viable = self.viable(candidates, given);
        if types.iter().any(|ty| self.cx.types.has_infer(*ty)) {
            match self.select_open(candidates, &viable, types) {
                Ok(index) => return Ok(Selected::One(index)),
                Err(Failure::NoFit) => return Err(Failure::NoFit),
                Err(Failure::Ambiguous) => {
                    // What is open decides: it becomes what is known of it now.
                    let all: SmallVec<[TypeId; 4]> = types.clone();
                    for (slot, ty) in types.iter_mut().zip(all) {
                        *slot = self.known_deep(ty, given.args.span);
                    }
                }
            }
        }
        let wild: SmallVec<[TypeId; 4]> =
            types.iter().map(|ty| if *ty == TypeId::ANY { TypeId::ERROR } else { *ty }).collect();
        let open = types.contains(&TypeId::ANY);
        let owned: Vec<Signature>;
        let mut numbers: Vec<usize> = Vec::new();
        let signatures: &[Signature] = if viable.iter().all(|own| *own) {
            &candidates.signatures
        } else {
            numbers = viable.iter().enumerate().filter(|(_, own)| **own).map(|(index, _)| index).collect();
            owned = numbers.iter().filter_map(|index| candidates.signatures.get(*index)).cloned().collect();
            &owned
        };
        let number =
            |index: usize| if numbers.is_empty() { index } else { numbers.get(index).copied().unwrap_or(index) };
        let combinations = self.dispatch_parts(&wild, signatures);
        let mut indices: SmallVec<[usize; 4]> = SmallVec::new();
        for (_, outcome) in &combinations {
            match outcome {
                Dispatch::One(index, _) => {
                    let index = number(*index);
                    if !indices.contains(&index) {
                        indices.push(index);
                    }
                }
                Dispatch::None => return Err(Failure::NoFit),
                Dispatch::Ambiguous(_) if !open => return Err(Failure::Ambiguous),
                Dispatch::Ambiguous(_) => {}
            }
        }
        if open && !self.takes_any(candidates, &indices, types) {
            return Ok(Selected::Dynamic);
        }
        match indices.as_slice() {
            [] => Err(Failure::NoFit),
            [single] => Ok(Selected::One(*single)),
            _ => Ok(Selected::Split),
        }
    }

    /// What dispatch finds for each combination of the parts of the argument types; enums count as their variants where
    /// nothing takes the whole.
    pub fn dispatch_parts(&mut self, types: &[TypeId], signatures: &[Signature]) -> Vec<(Vec<TypeId>, Dispatch)> {
        let whole = self.cx.settled(|cx| cx.types.dispatch_split(types, signatures));
        if !whole.iter().any(|(_, outcome)| *outcome == Dispatch::None) {
            return whole;
        }
        let mut all = Vec::with_capacity(whole.len());
        for (combination, outcome) in whole {
            if outcome != Dispatch::None {
                all.push((combination, outcome));
                continue;
            }
            match self.with_variants(&combination) {
                Some(finer) => {
                    for types in finer {
                        let outcome = self.cx.settled(|cx| cx.types.dispatch(&types, signatures));
                        all.push((types, outcome));
                    }
                }
                None => all.push((combination, outcome)),
            }
        }
        all
    }

    /// The combinations with enums replaced by each of their variants; none if there are no enums or too many.
    fn with_variants(&mut self, types: &[TypeId]) -> Option<Vec<Vec<TypeId>>> {
        let mut all: Vec<Vec<TypeId>> = vec![Vec::with_capacity(types.len())];
        let mut split = false;
        for ty in types {
            let variants = match self.kind(*ty) {
                TypeKind::Nominal(decl, _) if self.cx.types.decl(*decl).kind == sayso_types::DeclKind::Enum => {
                    self.cx.types.variants(*ty)
                }
                _ => Vec::new(),
            };
            split |= !variants.is_empty();
            let parts = if variants.is_empty() { vec![*ty] } else { variants };
            if all.len() * parts.len() > 256 {
                return None;
            }
            let mut next = Vec::with_capacity(all.len() * parts.len());
            for prefix in &all {
                for part in &parts {
                    let mut longer = prefix.clone();
                    longer.push(*part);
                    next.push(longer);
                }
            }
            all = next;
        }
        split.then_some(all)
    }

    /// Whether the one function that is selected takes an `any` wherever one is given, and no other takes part there:
    /// then an `any` decides nothing.
    fn takes_any(&self, candidates: &Candidates, indices: &[usize], types: &[TypeId]) -> bool {
        let [single] = indices else { return false };
        let Some(own) = candidates.list.get(*single) else { return false };
        types.iter().zip(&own.params).all(|(ty, param)| {
            *ty != TypeId::ANY || *param == TypeId::ANY || matches!(self.kind(*param), TypeKind::Var(_))
        })
    }

    /// Which candidates can take the closures among the arguments, by their number of parameters.
    fn viable(&self, candidates: &Candidates, given: &Given<'_>) -> SmallVec<[bool; 8]> {
        let mut viable: SmallVec<[bool; 8]> = SmallVec::from_elem(true, candidates.list.len());
        for (index, made) in given.made.iter().enumerate() {
            if made.is_some() {
                continue;
            }
            let Some(arg) = given.args.written(index) else { continue };
            for (own, candidate) in viable.iter_mut().zip(&candidates.list) {
                let Some(param) = candidate.params.get(index) else { continue };
                *own &= self.may_take(*param, arg.value);
            }
        }
        viable
    }

    /// Whether a parameter of this type may take an argument that is not read yet.
    fn may_take(&self, param: TypeId, arg: ast::ExprId) -> bool {
        match &self.ast.expr(arg).kind {
            ast::ExprKind::Closure { params, .. } => match self.kind(param) {
                TypeKind::Function { params: wanted, .. } => wanted.len() == params.len(),
                TypeKind::Any | TypeKind::AnyFunction | TypeKind::Var(_) | TypeKind::Union(_) | TypeKind::Error => true,
                TypeKind::Nominal(decl, _) => self.cx.types.decl(*decl).kind == sayso_types::DeclKind::Interface,
                _ => false,
            },
            ast::ExprKind::Array(_) => {
                matches!(
                    self.kind(param),
                    TypeKind::Array(_)
                        | TypeKind::FixedArray(..)
                        | TypeKind::Seq(_)
                        | TypeKind::Any
                        | TypeKind::Var(_)
                        | TypeKind::Union(_)
                        | TypeKind::Error
                ) || self.is_abstract_nominal(param)
            }
            ast::ExprKind::Table(_) => {
                matches!(
                    self.kind(param),
                    TypeKind::Table(..) | TypeKind::Any | TypeKind::Var(_) | TypeKind::Union(_) | TypeKind::Error
                ) || self.is_abstract_nominal(param)
            }
            _ => true,
        }
    }

    fn is_abstract_nominal(&self, ty: TypeId) -> bool {
        matches!(self.kind(ty), TypeKind::Nominal(..)) && self.cx.types.is_abstract(ty)
    }

    /// Selection where argument types have open variables: candidates are tried by inference and taken back.
    fn select_open(&mut self, candidates: &Candidates, viable: &[bool], types: &[TypeId]) -> Result<usize, Failure> {
        let mut fitting: SmallVec<[usize; 4]> = SmallVec::new();
        for (index, signature) in candidates.signatures.iter().enumerate() {
            if viable.get(index).copied().unwrap_or(false) && self.fits_open(signature, types) {
                fitting.push(index);
            }
        }
        let mut best: SmallVec<[usize; 4]> = SmallVec::new();
        for &own in &fitting {
            let beaten = fitting.iter().any(|&other| {
                other != own
                    && match (candidates.signatures.get(other), candidates.signatures.get(own)) {
                        (Some(better), Some(own)) => self.cx.types.more_specific(better, own),
                        _ => false,
                    }
            });
            if !beaten {
                best.push(own);
            }
        }
        match best.as_slice() {
            [] => Err(Failure::NoFit),
            [single] => Ok(*single),
            _ => Err(Failure::Ambiguous),
        }
    }

    fn fits_open(&mut self, signature: &Signature, types: &[TypeId]) -> bool {
        let crate::tables::Checker { bodies, types: store, .. } = &mut *self.cx;
        let before = bodies.inference.snapshot();
        let (_, params) = bodies.inference.instantiate(store, signature);
        let fits = types
            .iter()
            .zip(&params)
            .all(|(ty, param)| *ty == TypeId::ANY || bodies.inference.constrain_subtype(store, *ty, *param));
        bodies.inference.rollback(before);
        fits
    }

    /// Integer literals take the number type of the only function that they could be meant for.
    fn adapt_literals(&mut self, tiers: &[SmallVec<[Group; 2]>], given: &mut Given<'_>, types: &[TypeId]) -> bool {
        let literal: SmallVec<[bool; 4]> = given
            .made
            .iter()
            .map(|made| {
                made.is_some_and(|made| matches!(self.frame.kind_of(made), Some(ExprKind::Constant(Constant::Int(_)))))
            })
            .collect();
        if !literal.contains(&true) {
            return false;
        }
        let wild: SmallVec<[TypeId; 4]> = types
            .iter()
            .zip(&literal)
            .map(|(ty, literal)| if *literal || *ty == TypeId::ANY { TypeId::ERROR } else { *ty })
            .collect();
        for group in tiers.iter().flatten() {
            let outcome = self.cx.settled(|cx| cx.types.dispatch(&wild, &group.candidates.signatures));
            let index = match outcome {
                Dispatch::One(index, _) => index,
                Dispatch::None => continue,
                Dispatch::Ambiguous(several) => {
                    // Numbers alone may be meant.
                    let mut numeric = several.into_iter().filter(|index| {
                        group.candidates.list.get(*index).is_some_and(|own| {
                            own.params
                                .iter()
                                .zip(&literal)
                                .all(|(param, literal)| !literal || matches!(*param, TypeId::F64 | TypeId::BYTE))
                        })
                    });
                    match (numeric.next(), numeric.next()) {
                        (Some(index), None) => index,
                        _ => continue,
                    }
                }
            };
            let Some(candidate) = group.candidates.list.get(index) else { continue };
            let mut changed = false;
            for ((made, param), literal) in given.made.iter().zip(&candidate.params).zip(&literal) {
                if let (Some(made), true) = (made, *literal) {
                    let wanted = self.number_type(*param);
                    changed |= self.convert_literal(*made, wanted);
                }
            }
            if changed {
                return true;
            }
        }
        false
    }

    // ---- what is selected

    fn call_selected(
        &mut self,
        id: Option<ast::ExprId>,
        group: &Group,
        selected: Selected,
        shape: &CallShape,
        given: &mut Given<'_>,
        types: &[TypeId],
        goal: Goal,
        name: Name,
        operand: Option<Operand>,
        span: Span,
    ) -> ExprId {
        match selected {
            Selected::One(index) => {
                let Some(candidate) = group.candidates.list.get(index) else { return self.error(span) };
                let applied = self.apply(id, candidate, given, goal, name, span);
                self.call_applied(group, index, shape, applied, name, span)
            }
            Selected::Split => self.call_dispatch(group, shape, given, types, false, name, span),
            Selected::Dynamic => {
                self.read_postponed(given);
                let types = self.argument_types(given, span);
                let types: SmallVec<[TypeId; 4]> = types.into_iter().map(|ty| self.known_deep(ty, span)).collect();
                let may_run = self.cx.settled(|cx| cx.types.may_run(&types, &group.candidates.signatures));
                match may_run.as_slice() {
                    [single] if self.can_cast(group, *single, &types) => {
                        let Some(candidate) = group.candidates.list.get(*single) else { return self.error(span) };
                        let applied = self.apply(id, candidate, given, goal, name, span);
                        self.call_applied(group, *single, shape, applied, name, span)
                    }
                    _ => {
                        let uniform = operand.is_some() || id.is_none();
                        self.call_dispatch(group, shape, given, &types, uniform, name, span)
                    }
                }
            }
        }
    }

    /// Whether an `any` given to this function can be checked against the parameter's type alone.
    fn can_cast(&self, group: &Group, index: usize, types: &[TypeId]) -> bool {
        let Some(candidate) = group.candidates.list.get(index) else { return false };
        types.iter().zip(&candidate.params).all(|(ty, param)| *ty != TypeId::ANY || !self.cx.types.has_var(*param))
    }

    /// A call of the only function that accepts the form of the call.
    fn call_one(
        &mut self,
        id: ast::ExprId,
        group: &Group,
        index: usize,
        shape: &CallShape,
        given: &mut Given<'_>,
        goal: Goal,
        name: Name,
        span: Span,
    ) -> ExprId {
        let Some(candidate) = group.candidates.list.get(index) else { return self.error(span) };
        let applied = self.apply(Some(id), candidate, given, goal, name, span);
        self.call_applied(group, index, shape, applied, name, span)
    }

    /// The call of a selected function: direct if no run-time types could choose another.
    fn call_applied(
        &mut self,
        group: &Group,
        index: usize,
        shape: &CallShape,
        applied: Applied,
        name: Name,
        span: Span,
    ) -> ExprId {
        let Some(candidate) = group.candidates.list.get(index) else { return self.error(span) };
        let kind = self.cx.functions.get(candidate.decl.0 as usize).map(|decl| decl.kind);
        if applied.failed {
            return self.push(ExprKind::Error, applied.result, span);
        }
        if let Some(FnDeclKind::Constructor(decl)) = kind
            && let Some(made) = self.construct(decl, candidate, &applied, span)
        {
            return made;
        }
        let is_abstract = kind == Some(FnDeclKind::Abstract);
        if applied.dynamic || is_abstract || !self.is_sole(group, index, &applied) {
            return self.dispatch_applied(group, index, shape, applied, name, span);
        }
        let Some(function) = self.cx.thunk_for(candidate.decl, shape) else { return self.error(span) };
        self.ended(applied.result);
        self.call(function, applied.type_args, applied.args, applied.result, span)
    }

    /// Whether every run-time tuple below the argument types selects this function.
    fn is_sole(&mut self, group: &Group, index: usize, applied: &Applied) -> bool {
        let candidates = &group.candidates;
        if candidates.list.len() == 1 && !applied.strict {
            return true;
        }
        let mut types: SmallVec<[TypeId; 4]> = SmallVec::new();
        for arg in &applied.args {
            let ty = self.ty(*arg);
            types.push(self.zonk(ty));
        }
        if types.iter().all(|ty| self.cx.types.is_exact(*ty)) {
            return true;
        }
        if self.cx.settled(|cx| cx.types.sole_target(&types, &candidates.signatures)) == Some(index) {
            return true;
        }
        // A function value's own type may be narrower than the static one (`fn(any) -> i64` for `fn(i64) -> any`), in
        // ways that single type variables cannot follow. That must not make a call fail whose only target is known.
        types.iter().any(|ty| matches!(self.cx.types.kind(*ty), TypeKind::Function { .. }))
            && self.cx.settled(|cx| cx.types.may_run(&types, &candidates.signatures)) == [index]
    }

    /// The call of a selected function, or of more specific ones where these fit at run time.
    fn dispatch_applied(
        &mut self,
        group: &Group,
        index: usize,
        shape: &CallShape,
        applied: Applied,
        name: Name,
        span: Span,
    ) -> ExprId {
        let mut types: SmallVec<[TypeId; 4]> = SmallVec::new();
        for arg in &applied.args {
            let ty = self.ty(*arg);
            types.push(self.zonk(ty));
        }
        let candidates = group.candidates.clone();
        let (sum, certain) = self.results(&candidates, &types, &[index], applied.result);
        self.push_dispatch(group, shape, applied.args, sum, certain, name, span)
    }

    /// A call whose functions are all found at run time.
    fn call_dispatch(
        &mut self,
        group: &Group,
        shape: &CallShape,
        given: &mut Given<'_>,
        types: &[TypeId],
        uniform: bool,
        name: Name,
        span: Span,
    ) -> ExprId {
        self.read_postponed(given);
        let candidates = group.candidates.clone();
        let may_run = self.cx.settled(|cx| cx.types.may_run(types, &candidates.signatures));
        let args: ThinVec<ExprId> = given.made.iter().flatten().copied().collect();
        if uniform {
            let ty = self.common_result(&candidates, &may_run);
            return self.push_dispatch(group, shape, args, ty, true, name, span);
        }
        let (chosen, sum) = self.results_of_parts(&candidates, types);
        let (sum, certain) = self.results(&candidates, types, &chosen, sum);
        self.push_dispatch(group, shape, args, sum, certain, name, span)
    }

    /// The functions that the parts of the argument types choose, and what these give.
    fn results_of_parts(&mut self, candidates: &Candidates, types: &[TypeId]) -> (SmallVec<[usize; 4]>, TypeId) {
        let mut chosen: SmallVec<[usize; 4]> = SmallVec::new();
        let mut sum = TypeId::NEVER;
        if types.contains(&TypeId::ANY) {
            return (chosen, sum);
        }
        let outcomes = self.dispatch_parts(types, &candidates.signatures);
        for (_, outcome) in outcomes {
            let Dispatch::One(index, vars) = outcome else { continue };
            let Some(candidate) = candidates.list.get(index) else { continue };
            if !chosen.contains(&index) {
                chosen.push(index);
            }
            let result = self.cx.result_of(candidate.decl);
            let with = sayso_types::Substitution::from_vars(&candidate.vars, &vars);
            let result = self.cx.types.substitute(result, &with);
            sum = self.merge_types(sum, result);
        }
        (chosen, sum)
    }

    /// What a call gives that statically chooses some functions, whose results are `sum`, and at run time these or more
    /// specific ones; and whether that is certain. What an annotated result promises, specialisations keep.
    fn results(&mut self, candidates: &Candidates, types: &[TypeId], chosen: &[usize], sum: TypeId) -> (TypeId, bool) {
        let may_run = self.cx.settled(|cx| cx.types.may_run(types, &candidates.signatures));
        let (mut sum, mut certain) = (sum, true);
        for other in may_run.into_iter().filter(|other| !chosen.contains(other)) {
            // What is chosen fits whatever comes: another runs only if it is more specific.
            if !chosen.is_empty() && !chosen.iter().any(|own| self.beats(candidates, other, *own)) {
                continue;
            }
            let promised = chosen.iter().copied().find(|own| self.promises(candidates, *own, other));
            if let Some(own) = promised {
                certain &= self.keeps_promise(candidates, own, other, types, sum);
                continue;
            }
            let (ty, sure) = self.result_for(candidates, other, types);
            certain &= sure;
            sum = self.merge_types(sum, ty);
        }
        (sum, certain)
    }

    /// Whether a function is more specific than another.
    fn beats(&mut self, candidates: &Candidates, other: usize, own: usize) -> bool {
        match (candidates.signatures.get(other), candidates.signatures.get(own)) {
            (Some(other), Some(own)) => self.cx.settled(|cx| cx.types.more_specific(other, own)),
            _ => false,
        }
    }

    /// Whether a function's annotated result binds another, which specialises it.
    fn promises(&mut self, candidates: &Candidates, own: usize, other: usize) -> bool {
        let annotated = candidates.list.get(own).is_some_and(|candidate| {
            let decl = self.cx.functions.get(candidate.decl.0 as usize);
            decl.is_some_and(|decl| matches!(decl.result, crate::tables::ResultType::Annotated(_)))
        });
        if !annotated {
            return false;
        }
        match (candidates.signatures.get(other), candidates.signatures.get(own)) {
            (Some(other), Some(own)) => self.cx.types.at_least_as_specific(other, own),
            _ => false,
        }
    }

    /// Whether what a specialisation gives certainly belongs to what the general function gives here: not where a type
    /// variable, which is the run-time type in the specialisation, stands in an invariant place of the result.
    fn keeps_promise(
        &mut self,
        candidates: &Candidates,
        own: usize,
        other: usize,
        types: &[TypeId],
        sum: TypeId,
    ) -> bool {
        let Some(candidate) = candidates.list.get(own) else { return true };
        let result = self.cx.result_of(candidate.decl);
        let invariant = candidate
            .vars
            .iter()
            .any(|var| self.cx.types.position_of(*var, result) == Some(sayso_types::Variance::Invariant));
        if !invariant {
            return true;
        }
        let (ty, sure) = self.result_for(candidates, other, types);
        sure && self.sub(ty, sum)
    }

    fn push_dispatch(
        &mut self,
        group: &Group,
        shape: &CallShape,
        args: ThinVec<ExprId>,
        ty: TypeId,
        certain: bool,
        name: Name,
        span: Span,
    ) -> ExprId {
        let multi = self.cx.use_multi(group.multi, shape);
        let own = if certain { ty } else { TypeId::ANY };
        self.ended(ty);
        let call = ExprKind::Call { callee: Callee::Dispatch(multi), type_args: ThinVec::new(), args };
        let call = self.push(call, own, span);
        if certain || ty == TypeId::ANY {
            return call;
        }
        let text = format!("the result of `{}`", self.text(name));
        self.push(ExprKind::Cast(call, CastReason::Boundary(text.into())), ty, span)
    }

    /// The one type that all these functions give, else `any`.
    pub fn common_result(&mut self, candidates: &Candidates, may_run: &[usize]) -> TypeId {
        let mut common: Option<TypeId> = None;
        for index in may_run {
            let Some(candidate) = candidates.list.get(*index) else { continue };
            let result = self.cx.result_of(candidate.decl);
            if result == TypeId::NEVER {
                continue;
            }
            if self.cx.types.has_var(result) || common.is_some_and(|known| known != result) {
                return TypeId::ANY;
            }
            common = Some(result);
        }
        common.unwrap_or(TypeId::NEVER)
    }

    /// What a function gives if it runs for arguments of these types, and whether that is certain: a variable that the
    /// static types do not fix may be anything in an invariant place.
    pub fn result_for(&mut self, candidates: &Candidates, index: usize, types: &[TypeId]) -> (TypeId, bool) {
        let (Some(candidate), Some(signature)) = (candidates.list.get(index), candidates.signatures.get(index)) else {
            return (TypeId::NEVER, true);
        };
        let result = self.cx.result_of(candidate.decl);
        if candidate.vars.is_empty() || !self.cx.types.has_var(result) {
            return (result, true);
        }
        if let Some(fitted) = self.cx.types.fit(types, signature) {
            let with = sayso_types::Substitution::from_vars(&candidate.vars, &fitted);
            return (self.cx.types.substitute(result, &with), true);
        }
        let crate::tables::Checker { bodies, types: store, .. } = &mut *self.cx;
        let before = bodies.inference.snapshot();
        let (vars, params) = bodies.inference.instantiate(store, signature);
        for (ty, param) in types.iter().zip(&params) {
            let attempt = bodies.inference.snapshot();
            if bodies.inference.constrain_subtype(store, *ty, *param) {
                continue;
            }
            bodies.inference.rollback(attempt);
            // The value is of both types: the variable is what the static one allows.
            let attempt = bodies.inference.snapshot();
            if !bodies.inference.constrain_subtype(store, *param, *ty) {
                bodies.inference.rollback(attempt);
            }
        }
        let known: SmallVec<[TypeId; 4]> =
            vars.iter().map(|var| bodies.inference.resolve_with(store, *var, TypeId::ANY)).collect();
        bodies.inference.rollback(before);
        // A variable is at most what is known of it: in invariant places the type around it gives way.
        let with = sayso_types::Substitution::from_vars(&candidate.vars, &known);
        (self.at_most(result, &candidate.vars, &with), true)
    }

    /// A type that holds all that a type is for variables that are at most what `with` says.
    fn at_most(&mut self, ty: TypeId, vars: &[sayso_types::VarId], with: &sayso_types::Substitution) -> TypeId {
        let invariant = vars.iter().any(|var| {
            matches!(
                self.cx.types.position_of(*var, ty),
                Some(sayso_types::Variance::Invariant | sayso_types::Variance::Contravariant)
            )
        });
        if !invariant {
            return self.cx.types.substitute(ty, with);
        }
        match self.kind(ty) {
            TypeKind::Array(element) | TypeKind::FixedArray(element, _) => {
                let element = *element;
                let element = self.at_most(element, vars, with);
                self.cx.types.intern(TypeKind::Seq(element))
            }
            TypeKind::Union(_) => {
                let mut sum = TypeId::NEVER;
                for part in self.parts(ty) {
                    let part = self.at_most(part, vars, with);
                    sum = self.union(sum, part);
                }
                sum
            }
            TypeKind::Tuple(elements) => {
                let elements = elements.to_vec();
                let elements: Vec<TypeId> = elements.into_iter().map(|part| self.at_most(part, vars, with)).collect();
                self.cx.types.tuple(&elements)
            }
            TypeKind::List(element) => {
                let element = *element;
                let element = self.at_most(element, vars, with);
                self.cx.types.intern(TypeKind::List(element))
            }
            TypeKind::Nominal(decl, args) => {
                let (decl, args) = (*decl, args.to_vec());
                let all_covariant = self
                    .cx
                    .types
                    .decl(decl)
                    .params
                    .iter()
                    .all(|param| param.variance == sayso_types::Variance::Covariant);
                if !all_covariant {
                    return self.supertype_at_most(ty, vars, with);
                }
                let args: Vec<TypeId> = args.into_iter().map(|arg| self.at_most(arg, vars, with)).collect();
                self.cx.types.nominal(decl, &args)
            }
            _ => TypeId::ANY,
        }
    }

    /// Of a type that is invariant, a supertype that is not: `ArrayIter<T>` is an `Iter<T>`.
    fn supertype_at_most(
        &mut self,
        ty: TypeId,
        vars: &[sayso_types::VarId],
        with: &sayso_types::Substitution,
    ) -> TypeId {
        let above = self.cx.types.direct_supertypes(ty);
        match above.first() {
            Some(above) => {
                let above = *above;
                self.at_most(above, vars, with)
            }
            None => TypeId::ANY,
        }
    }
}
