//! What a call of each function may do, as a fixed point over the call graph.

use super::DeclaredEffects;
use super::choices::Choices;
use super::roots::{OUTSIDE, Roots, is_plain};
use crate::hir::{
    Callee, ExprId, ExprKind, FnId, Function, FunctionKind, LocalId, MultiId, PatternKind, Program, Stmt,
};
use crate::walk;
use rustc_hash::FxHashMap;
use sayso_base::Interner;
use sayso_types::{Effects, TypeKind};
use std::cell::OnceCell;

/// Changes to things that were given.
const CHANGES: Effects = Effects(Effects::ALLOC.0 | Effects::MUT.0);

/// What a call of a function may do.
#[derive(Clone, Default, PartialEq, Eq, Debug)]
pub(crate) struct Summary {
    /// What it does whatever it is given.
    pub(crate) own: Effects,
    /// Parameters and captured variables that hold functions it calls; ascending.
    pub(crate) calls: Vec<u32>,
    /// Parameters and captured variables whose objects it changes, and how; ascending.
    pub(crate) changes: Vec<(u32, Effects)>,
    /// Captured variables that it assigns; ascending.
    pub(crate) assigns: Vec<u32>,
    /// Whether it makes the object that it gives.
    pub(crate) fresh: bool,
}

impl Summary {
    /// The effects as a signature has them: those of functions that it is given do not count.
    pub(crate) fn total(&self) -> Effects {
        let changed = self.changes.iter().fold(Effects::PURE, |all, (_, effects)| all.union(*effects));
        let assigned = if self.assigns.is_empty() { Effects::PURE } else { Effects::MUT };
        self.own.union(changed).union(assigned)
    }

    fn change(&mut self, root: u32, effects: Effects) {
        match self.changes.binary_search_by_key(&root, |(root, _)| *root) {
            Ok(at) => {
                if let Some((_, known)) = self.changes.get_mut(at) {
                    *known = known.union(effects);
                }
            }
            Err(at) => self.changes.insert(at, (root, effects)),
        }
    }
}

fn add(list: &mut Vec<u32>, value: u32) {
    if let Err(at) = list.binary_search(&value) {
        list.insert(at, value);
    }
}

/// All summaries of a program.
pub(crate) struct Analysis {
    summaries: Vec<Summary>,
    declared: Vec<Option<DeclaredEffects>>,
    choices: Choices,
}

/// One place that contributes effects to a function.
pub(crate) struct Contribution {
    pub(crate) at: ExprId,
    pub(crate) effects: Effects,
    /// Whose call it is.
    pub(crate) callee: Option<FnId>,
    /// What is called, if it is a function value: a variable or field.
    pub(crate) value: Option<sayso_base::Name>,
}

impl Analysis {
    pub(crate) fn run(
        program: &Program,
        names: &Interner,
        declared: &[Option<DeclaredEffects>],
        choices: Choices,
    ) -> Analysis {
        let count = program.functions.len();
        let mut analysis =
            Analysis { summaries: vec![Summary::default(); count], declared: declared.to_vec(), choices };
        analysis.declared.resize(count, None);
        for (index, function) in program.functions.iter().enumerate() {
            if !analysis.by_body(program, index) {
                analysis.summaries[index] = bodiless(program, function, analysis.declared[index]);
            }
        }
        let (order, callers) = call_order(program);
        let mut waiting = vec![true; count];
        let mut queue: std::collections::VecDeque<u32> = order.into_iter().collect();
        while let Some(index) = queue.pop_front() {
            waiting[index as usize] = false;
            let function = &program.functions[index as usize];
            let FunctionKind::Body(body) = function.kind else { continue };
            if !analysis.by_body(program, index as usize) {
                continue;
            }
            let next = summarise(program, names, &analysis, FnId(index), body, Effects::PURE, &mut |_| {});
            if analysis.summaries[index as usize] == next {
                continue;
            }
            analysis.summaries[index as usize] = next;
            for caller in callers.of(index) {
                if !std::mem::replace(&mut waiting[*caller as usize], true) {
                    queue.push_back(*caller);
                }
            }
        }
        analysis
    }

    /// Whether a function's effects are found in its body. The library's own annotations are trusted: a lazy adapter is
    /// charged for the function that it will call where it is made, before it calls it.
    fn by_body(&self, program: &Program, index: usize) -> bool {
        let Some(function) = program.functions.get(index) else { return false };
        let library = program.modules.get(function.module.0 as usize).is_some_and(|module| module.library);
        let annotated = self.declared.get(index).is_some_and(Option::is_some);
        matches!(function.kind, FunctionKind::Body(_)) && !(library && annotated)
    }

    pub(crate) fn summary(&self, function: FnId) -> &Summary {
        static NOTHING: Summary =
            Summary { own: Effects::PURE, calls: Vec::new(), changes: Vec::new(), assigns: Vec::new(), fresh: true };
        self.summaries.get(function.0 as usize).unwrap_or(&NOTHING)
    }

    pub(crate) fn declared(&self, function: FnId) -> Option<DeclaredEffects> {
        self.declared.get(function.0 as usize).copied().flatten()
    }

    /// What callers see: the annotation bounds what is known of the body.
    fn seen(&self, function: FnId) -> Summary {
        let mut summary = self.summary(function).clone();
        if let Some(declared) = self.declared(function) {
            let bound = declared.effects;
            summary.own = bound.minus(CHANGES).union(Effects(summary.own.0 & CHANGES.0 & bound.0));
            summary.changes.iter_mut().for_each(|(_, effects)| *effects = Effects(effects.0 & bound.0));
            summary.changes.retain(|(_, effects)| !effects.is_pure());
        }
        summary
    }

    /// Walks one function again and tells where those of its effects come from that are wanted.
    pub(crate) fn contributions(
        &self,
        program: &Program,
        names: &Interner,
        function: FnId,
        wanted: Effects,
    ) -> Vec<Contribution> {
        let mut found = Vec::new();
        if let Some(FunctionKind::Body(body)) = program.functions.get(function.0 as usize).map(|one| &one.kind) {
            summarise(program, names, self, function, *body, wanted, &mut |one| found.push(one));
        }
        found
    }

    /// The effects of calling a function value of a function, and the variable of that function whose value it calls, if
    /// what that does is for a caller to say: then they are all.
    pub(crate) fn value_effects(
        &self,
        program: &Program,
        names: &Interner,
        id: FnId,
        value: ExprId,
    ) -> (Effects, Option<LocalId>) {
        let FunctionKind::Body(body) = program.function(id).kind else { return (Effects::ALL, None) };
        let mut pass = Pass::new(program, names, self, id, body);
        pass.call_value(value, &[], value);
        match pass.summary.calls.first() {
            Some(given) => (Effects::ALL, Some(LocalId(*given))),
            None => (pass.summary.total(), None),
        }
    }
}

/// The summary of a function without a body in the language.
fn bodiless(program: &Program, function: &Function, declared: Option<DeclaredEffects>) -> Summary {
    let effects = match (&function.kind, declared) {
        (_, Some(declared)) => declared.effects,
        // Abstract: what its cases do counts where it is dispatched.
        (FunctionKind::Abstract | FunctionKind::Intrinsic(_) | FunctionKind::Unused, None) => Effects::PURE,
        (_, None) => function.effects,
    };
    let mut summary = Summary { own: effects.minus(CHANGES), fresh: true, ..Summary::default() };
    let changed = Effects(effects.0 & CHANGES.0);
    if !changed.is_pure() {
        if function.params == 0 {
            summary.own = effects;
        } else {
            // Natives and operations change their first argument.
            summary.change(0, changed);
        }
    }
    for (index, local) in function.locals.iter().take(function.params as usize).enumerate() {
        if matches!(program.types.kind(local.ty), TypeKind::Function { .. }) {
            add(&mut summary.calls, index as u32);
        }
    }
    summary
}

/// Callees before callers where that is possible, and who calls whom.
fn call_order(program: &Program) -> (Vec<u32>, Callers) {
    let count = program.functions.len();
    let mut callees: Vec<Vec<u32>> = vec![Vec::new(); count];
    for (index, function) in program.functions.iter().enumerate() {
        let mut targets: Vec<u32> = Vec::new();
        for expr in &function.exprs {
            match &expr.kind {
                ExprKind::Call { callee, .. }
                | ExprKind::FunctionValue { callee, .. }
                | ExprKind::Spawn { callee, .. } => match callee {
                    Callee::Function(target) => targets.push(target.0),
                    Callee::Dispatch(multi) => targets.extend(multi_functions(program, *multi, None)),
                    Callee::Value(_) => {}
                },
                ExprKind::Closure(target, _) => targets.push(target.0),
                ExprKind::InitModule(module) => {
                    targets.extend(program.modules.get(module.0 as usize).map(|module| module.init.0));
                }
                _ => {}
            }
        }
        targets.retain(|target| (*target as usize) < count);
        targets.sort_unstable();
        targets.dedup();
        callees[index] = targets;
    }
    let mut order = Vec::with_capacity(count);
    let mut seen = vec![false; count];
    for start in 0..count {
        let mut stack = vec![(start, 0)];
        while let Some((at, next)) = stack.pop() {
            if next == 0 && std::mem::replace(&mut seen[at], true) {
                continue;
            }
            match callees[at].get(next) {
                Some(callee) => {
                    stack.push((at, next + 1));
                    if seen.get(*callee as usize) == Some(&false) {
                        stack.push((*callee as usize, 0));
                    }
                }
                None => order.push(at as u32),
            }
        }
    }
    (order, Callers::of_calls(&callees))
}

/// Who calls each function: the lists of all functions in one.
struct Callers {
    /// Where each function's list begins, and where the last ends.
    starts: Vec<u32>,
    lists: Vec<u32>,
}

impl Callers {
    /// From the functions that each calls.
    fn of_calls(callees: &[Vec<u32>]) -> Callers {
        let mut starts = vec![0; callees.len() + 1];
        for target in callees.iter().flatten() {
            starts[*target as usize + 1] += 1;
        }
        for index in 0..callees.len() {
            starts[index + 1] += starts[index];
        }
        let mut next = starts.clone();
        let mut lists = vec![0; starts[callees.len()] as usize];
        for (index, targets) in callees.iter().enumerate() {
            for target in targets {
                let place = &mut next[*target as usize];
                lists[*place as usize] = index as u32;
                *place += 1;
            }
        }
        Callers { starts, lists }
    }

    /// In ascending order.
    fn of(&self, function: u32) -> &[u32] {
        let index = function as usize;
        &self.lists[self.starts[index] as usize..self.starts[index + 1] as usize]
    }
}

fn multi_functions(program: &Program, multi: MultiId, arity: Option<usize>) -> Vec<u32> {
    let Some(multi) = program.multis.get(multi.0 as usize) else { return Vec::new() };
    let chosen = multi.arities.iter().filter(|(n, _)| arity.is_none_or(|arity| arity == *n as usize));
    chosen.flat_map(|(_, candidates)| candidates.iter().map(|candidate| candidate.function.0)).collect()
}

fn summarise(
    program: &Program,
    names: &Interner,
    analysis: &Analysis,
    id: FnId,
    body: ExprId,
    wanted: Effects,
    report: &mut dyn FnMut(Contribution),
) -> Summary {
    let function = program.function(id);
    let mut pass = Pass::new(program, names, analysis, id, body);
    let mut exprs = Vec::new();
    walk::reach(function, body, |id, _, caught| exprs.push((id, caught)));
    let mut fresh = pass.is_fresh(body);
    for (id, caught) in exprs {
        let before = pass.summary.total();
        pass.caught = caught;
        pass.expression(id);
        let gained = pass.summary.total().minus(before);
        if let (false, ExprKind::Return(Some(value))) = (!fresh, &function.expr(id).kind) {
            fresh = pass.is_fresh(*value);
        }
        let told = Effects(gained.0 & wanted.0);
        if !told.is_pure() {
            let callee = pass.contributor(id, told);
            let value = pass.called_value(id);
            report(Contribution { at: id, effects: told, callee, value });
        }
    }
    pass.summary.fresh = fresh;
    pass.summary
}

/// The expressions that variables of a function get their values from, of those that have one.
fn definitions(function: &Function) -> FxHashMap<LocalId, ExprId> {
    let mut definitions = FxHashMap::default();
    for expr in &function.exprs {
        if let ExprKind::Block(stmts, _) = &expr.kind {
            for stmt in stmts {
                if let Stmt::Let { pattern, value, .. } = stmt {
                    if let PatternKind::Bind(local, None) = function.pattern(*pattern).kind {
                        definitions.insert(local, *value);
                    }
                }
            }
        }
    }
    for expr in &function.exprs {
        if let ExprKind::SetLocal(local, _) = expr.kind {
            definitions.remove(&local);
        }
    }
    definitions
}

/// The walk over one function.
struct Pass<'p> {
    program: &'p Program,
    analysis: &'p Analysis,
    id: FnId,
    function: &'p Function,
    roots: Box<dyn Fn(ExprId) -> Vec<u32> + 'p>,
    /// The one expression that a variable gets its value from, where there is one; ask [`Pass::definition`].
    definitions: OnceCell<FxHashMap<LocalId, ExprId>>,
    summary: Summary,
    caught: bool,
}

impl<'p> Pass<'p> {
    fn new(program: &'p Program, names: &'p Interner, analysis: &'p Analysis, id: FnId, body: ExprId) -> Pass<'p> {
        let function = program.function(id);
        let fresh = move |callee: &Callee| match callee {
            Callee::Function(target) => analysis.summary(*target).fresh,
            Callee::Dispatch(multi) => {
                multi_functions(program, *multi, None).into_iter().all(|target| analysis.summary(FnId(target)).fresh)
            }
            Callee::Value(_) => false,
        };
        // Found only when asked for: most functions change nothing.
        let roots = OnceCell::new();
        let roots = move |expr: ExprId| {
            let roots = roots.get_or_init(|| Roots::find(program, names, function, body, fresh));
            roots.origin(expr).object.to_vec()
        };
        Pass {
            program,
            analysis,
            id,
            function,
            roots: Box::new(roots),
            definitions: OnceCell::new(),
            summary: Summary::default(),
            caught: false,
        }
    }

    fn definition(&self, local: LocalId) -> Option<ExprId> {
        self.definitions.get_or_init(|| definitions(self.function)).get(&local).copied()
    }

    fn is_fresh(&self, value: ExprId) -> bool {
        is_plain(&self.program.types, self.function.expr(value).ty) || (self.roots)(value).is_empty()
    }

    fn given(&self, local: LocalId) -> bool {
        local.0 < self.function.params + self.function.captures
    }

    fn add(&mut self, effects: Effects) {
        let effects = if self.caught { effects.minus(Effects::PANIC) } else { effects };
        self.summary.own = self.summary.own.union(effects);
    }

    /// The object that an expression gives is changed.
    fn change(&mut self, object: ExprId, effects: Effects) {
        for root in (self.roots)(object) {
            if root == OUTSIDE {
                self.add(effects);
            } else {
                self.summary.change(root, effects);
            }
        }
    }

    fn expression(&mut self, id: ExprId) {
        let function = self.function;
        match &function.expr(id).kind {
            ExprKind::Throw(_) => self.add(Effects::PANIC),
            ExprKind::SetGlobal(..) => self.add(Effects::MUT),
            ExprKind::SetLocal(local, _) if function.closure && self.given(*local) && local.0 >= function.params => {
                add(&mut self.summary.assigns, local.0);
            }
            ExprKind::SetField(object, ..) => self.change(*object, Effects::MUT),
            ExprKind::Call { callee, args, .. } => self.call(callee, args, id),
            ExprKind::Spawn { callee, args, .. } => {
                self.add(Effects::ASYNC);
                self.call(callee, args, id);
            }
            ExprKind::InitModule(module) => {
                if let Some(module) = self.program.modules.get(module.0 as usize) {
                    let seen = self.analysis.seen(module.init);
                    // Initialising a module's own variables is no effect on others.
                    self.add(seen.total().minus(Effects::MUT));
                }
            }
            _ => {}
        }
    }

    fn call(&mut self, callee: &Callee, args: &[ExprId], id: ExprId) {
        match callee {
            Callee::Function(target) => {
                let summary = self.analysis.seen(*target);
                self.apply(&summary, args);
            }
            Callee::Dispatch(multi) => {
                for target in self.chosen(*multi, args, id) {
                    let summary = self.analysis.seen(target);
                    self.apply(&summary, args);
                }
            }
            Callee::Value(value) => self.call_value(*value, args, id),
        }
    }

    /// The functions that a dispatch may choose.
    fn chosen(&self, multi: MultiId, args: &[ExprId], call: ExprId) -> Vec<FnId> {
        if let Some(chosen) = self.analysis.choices.of(self.id, call) {
            return chosen.to_vec();
        }
        let Some(multi) = self.program.multis.get(multi.0 as usize) else { return Vec::new() };
        let chosen = multi.arities.iter().filter(|(arity, _)| *arity as usize == args.len());
        chosen.flat_map(|(_, candidates)| candidates.iter().map(|candidate| candidate.function)).collect()
    }

    /// What a call with these arguments adds.
    fn apply(&mut self, summary: &Summary, args: &[ExprId]) {
        self.add(summary.own);
        for (parameter, effects) in &summary.changes {
            match args.get(*parameter as usize) {
                Some(arg) => self.change(*arg, *effects),
                None => self.add(*effects),
            }
        }
        for parameter in &summary.calls {
            match args.get(*parameter as usize) {
                Some(arg) => self.call_value(*arg, &[], *arg),
                None => self.add(Effects::ALL),
            }
        }
    }

    /// A function value is called.
    fn call_value(&mut self, value: ExprId, args: &[ExprId], _at: ExprId) {
        let function = self.function;
        match &function.expr(value).kind {
            ExprKind::Closure(target, captures) => {
                let summary = self.analysis.seen(*target);
                self.apply_closure(*target, &summary, captures, args);
            }
            ExprKind::FunctionValue { callee, .. } => match callee {
                Callee::Function(target) => self.unbound(*target, args),
                Callee::Dispatch(multi) => {
                    for target in multi_functions(self.program, *multi, None) {
                        self.unbound(FnId(target), args);
                    }
                }
                Callee::Value(value) => self.call_value(*value, args, *value),
            },
            ExprKind::Local(local) if self.given(*local) => match self.bound_of(value) {
                Some(effects) => self.add(effects),
                None if self.is_function(value) => add(&mut self.summary.calls, local.0),
                // What an `any` does when called is not known to anybody.
                None => self.add(Effects::ALL),
            },
            ExprKind::Local(local) => match self.definition(*local) {
                Some(definition) if definition != value => self.call_value(definition, args, definition),
                _ => self.add(self.bound_of(value).unwrap_or(Effects::ALL)),
            },
            ExprKind::Block(_, Some(inner)) => self.call_value(*inner, args, *inner),
            ExprKind::If(_, then, Some(otherwise)) => {
                self.call_value(*then, args, *then);
                self.call_value(*otherwise, args, *otherwise);
            }
            _ => self.add(self.bound_of(value).unwrap_or(Effects::ALL)),
        }
    }

    fn is_function(&self, value: ExprId) -> bool {
        matches!(self.program.types.kind(self.function.expr(value).ty), TypeKind::Function { .. })
    }

    /// The effects that a value's function type states; none if it states none.
    fn bound_of(&self, value: ExprId) -> Option<Effects> {
        match self.program.types.kind(self.function.expr(value).ty) {
            TypeKind::Function { effects, .. } if *effects != Effects::ALL => Some(*effects),
            _ => None,
        }
    }

    /// A named function called as a value, perhaps by someone else with arguments of theirs.
    fn unbound(&mut self, target: FnId, args: &[ExprId]) {
        let summary = self.analysis.seen(target);
        if args.is_empty() {
            self.add(summary.total());
            if !summary.calls.is_empty() {
                self.add(Effects::ALL);
            }
        } else {
            self.apply(&summary, args);
        }
    }

    fn apply_closure(&mut self, target: FnId, summary: &Summary, captures: &[LocalId], args: &[ExprId]) {
        let params = self.program.functions.get(target.0 as usize).map_or(0, |function| function.params);
        let captured = |number: u32| number.checked_sub(params).and_then(|slot| captures.get(slot as usize)).copied();
        self.add(summary.own);
        for (number, effects) in &summary.changes {
            match (captured(*number), args.get(*number as usize)) {
                (Some(local), _) => self.change_local(local, *effects),
                (None, Some(arg)) => self.change(*arg, *effects),
                // Whoever calls it passes the object: what it does to that is the caller's.
                (None, None) => self.add(*effects),
            }
        }
        for number in &summary.assigns {
            if let Some(local) = captured(*number).filter(|local| self.given(*local)) {
                add(&mut self.summary.assigns, local.0);
            }
        }
        for number in &summary.calls {
            match (captured(*number), args.get(*number as usize)) {
                (Some(local), _) if self.given(local) => add(&mut self.summary.calls, local.0),
                (Some(local), _) => match self.definition(local) {
                    Some(definition) => self.call_value(definition, &[], definition),
                    None => self.add(Effects::ALL),
                },
                (None, Some(arg)) => self.call_value(*arg, &[], *arg),
                (None, None) => self.add(Effects::ALL),
            }
        }
    }

    /// The object in a variable is changed.
    fn change_local(&mut self, local: LocalId, effects: Effects) {
        // Any expression that reads the variable tells where its object comes from.
        let function = self.function;
        let read = function.exprs.iter().position(|expr| matches!(expr.kind, ExprKind::Local(own) if own == local));
        match read {
            Some(index) => self.change(ExprId(index as u32), effects),
            None if self.given(local) => self.summary.change(local.0, effects),
            None => {
                if let Some(definition) = self.definition(local) {
                    self.change(definition, effects);
                }
            }
        }
    }

    /// The name of the variable or field whose function an expression calls.
    fn called_value(&self, id: ExprId) -> Option<sayso_base::Name> {
        let ExprKind::Call { callee: Callee::Value(value), .. } = &self.function.expr(id).kind else { return None };
        match &self.function.expr(*value).kind {
            ExprKind::Local(local) => self.function.locals.get(local.0 as usize).map(|local| local.name),
            ExprKind::Field(_, crate::hir::FieldAccess::Name(name)) => Some(*name),
            ExprKind::Field(_, crate::hir::FieldAccess::Slot(decl, slot)) => {
                self.program.types.decl(*decl).fields.get(*slot as usize).map(|field| field.name)
            }
            _ => None,
        }
    }

    /// The function whose call brought an effect.
    fn contributor(&self, id: ExprId, effects: Effects) -> Option<FnId> {
        let ExprKind::Call { callee, args, .. } = &self.function.expr(id).kind else { return None };
        let has = |target: &FnId| !Effects(self.analysis.seen(*target).total().0 & effects.0).is_pure();
        let of_value = |value: ExprId| match &self.function.expr(value).kind {
            ExprKind::Closure(target, _) => Some(*target),
            ExprKind::FunctionValue { callee: Callee::Function(target), .. } => Some(*target),
            ExprKind::Local(local) => match &self.function.expr(self.definition(*local)?).kind {
                ExprKind::Closure(target, _) => Some(*target),
                _ => None,
            },
            _ => None,
        };
        let direct = match callee {
            Callee::Function(target) => Some(*target).filter(has),
            Callee::Dispatch(multi) => self.chosen(*multi, args, id).into_iter().find(has),
            Callee::Value(value) => of_value(*value),
        };
        direct.or_else(|| args.iter().filter_map(|arg| of_value(*arg)).find(has))
    }
}
