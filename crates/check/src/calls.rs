//! Which functions a call of some form may mean, and what is called then: the function itself, or a hidden one that
//! fills in defaults, gathers the rest and puts named arguments into place.
//!
//! Hidden functions are made known here by id and built in `hidden.rs` when the work list reaches them: by then the
//! results of what they call are inferred.

use crate::hir::{FnId, MultiId};
use crate::tables::{
    CallShape, Candidate, Candidates, Checker, FnDeclId, FnDeclKind, Hidden, MultiDecl, MultiKind, Param, ParamDefault,
    TypeHead,
};
use rustc_hash::FxHashMap;
use sayso_base::{Span, names};
use sayso_types::{DeclId, Signature, TypeId};
use smallvec::SmallVec;
use std::sync::Arc;

/// From this many candidates on they are sorted by what they want first.
const MANY_CANDIDATES: usize = 12;

impl CallShape {
    /// A call with this many arguments and no names.
    pub fn plain(positional: u32) -> CallShape {
        CallShape { positional, named: SmallVec::new() }
    }

    /// How many arguments there are.
    pub fn arity(&self) -> u32 {
        self.positional + self.named.len() as u32
    }
}

impl Checker<'_> {
    /// The functions of a multi-function that accept calls of this form.
    pub fn candidates(&mut self, multi: MultiId, shape: &CallShape) -> Arc<Candidates> {
        let known = match shape.named.as_slice() {
            [] => self.plain_shapes.get(&(multi, shape.positional)),
            _ => self.shapes.get(&(multi, shape.clone())),
        };
        if let Some(known) = known {
            return known.clone();
        }
        let functions = self.multis.get(multi.0 as usize).map_or(&[][..], |multi| multi.functions.as_slice());
        let mut found = Candidates::default();
        for id in functions {
            if let Some(candidate) = self.candidate_of(*id, shape) {
                found.signatures.push(Signature { vars: candidate.vars.to_vec(), params: candidate.params.to_vec() });
                found.list.push(candidate);
            }
        }
        let found = Arc::new(found);
        match shape.named.as_slice() {
            [] => self.plain_shapes.insert((multi, shape.positional), found.clone()),
            _ => self.shapes.insert((multi, shape.clone()), found.clone()),
        };
        found
    }

    /// As [`Checker::candidates`], without those that no first argument of this type can fit: of a multi-function with a
    /// function for each of a thousand structs, those for one. It is a whole for every call whose first argument is of
    /// the type, at run time too.
    pub fn candidates_for(&mut self, multi: MultiId, shape: &CallShape, first: TypeId) -> Arc<Candidates> {
        let all = self.candidates(multi, shape);
        if all.list.len() < MANY_CANDIDATES {
            return all;
        }
        let Some(head) = self.particular_head(first) else { return all };
        let key = (multi, shape.clone(), head);
        if let Some(known) = self.narrowed.get(&key) {
            return known.clone();
        }
        if !self.narrowed.contains_key(&(multi, shape.clone(), TypeHead::Any)) {
            self.narrow(multi, shape, &all);
        }
        let found = self.narrowed.get(&key).or_else(|| self.narrowed.get(&(multi, shape.clone(), TypeHead::Any)));
        found.cloned().unwrap_or(all)
    }

    /// Sorts candidates by what they want first; under [`TypeHead::Any`] stand those that are not particular.
    fn narrow(&mut self, multi: MultiId, shape: &CallShape, all: &Candidates) {
        let heads: Vec<Option<TypeHead>> = all
            .signatures
            .iter()
            .map(|signature| signature.params.first().and_then(|first| self.particular_head(*first)))
            .collect();
        let mut of_head: FxHashMap<TypeHead, Vec<usize>> = FxHashMap::default();
        let mut general: Vec<usize> = Vec::new();
        for (index, head) in heads.iter().enumerate() {
            match head {
                Some(head) => of_head.entry(*head).or_default().push(index),
                None => general.push(index),
            }
        }
        let part = |indices: &[usize]| {
            let mut part = Candidates::default();
            for index in indices {
                part.list.extend(all.list.get(*index).cloned());
                part.signatures.extend(all.signatures.get(*index).cloned());
            }
            Arc::new(part)
        };
        for (head, mut indices) in of_head {
            indices.extend(&general);
            indices.sort_unstable();
            self.narrowed.insert((multi, shape.clone(), head), part(&indices));
        }
        self.narrowed.insert((multi, shape.clone(), TypeHead::Any), part(&general));
    }

    /// A function as calls of this form see it; none if it does not accept them.
    pub fn candidate_of(&self, id: FnDeclId, shape: &CallShape) -> Option<Candidate> {
        let decl = self.functions.get(id.0 as usize)?;
        let count = decl.params.len();
        let fixed = if decl.params.last().is_some_and(|param| param.rest) { count - 1 } else { count };
        let given = shape.positional as usize;
        if given > fixed && fixed == count {
            return None;
        }
        let mut slots: SmallVec<[u32; 4]> = (0..given).map(|index| index.min(fixed) as u32).collect();
        for name in &shape.named {
            let index = decl.params.iter().position(|param| param.name == *name && *name != names::EMPTY)?;
            if index >= fixed || slots.contains(&(index as u32)) {
                return None;
            }
            slots.push(index as u32);
        }
        let mut params: SmallVec<[TypeId; 4]> = SmallVec::new();
        for slot in &slots {
            let param = decl.params.get(*slot as usize)?;
            params.push(if param.rest { param.element.unwrap_or(TypeId::ERROR) } else { param.ty });
        }
        let filled = slots.len() == count && fixed == count;
        let missing = |(index, param): (usize, &Param)| {
            !param.rest && param.default == ParamDefault::None && !slots.contains(&(index as u32))
        };
        if !filled && decl.params.iter().enumerate().skip(given).any(missing) {
            return None;
        }
        let direct = filled && slots.iter().enumerate().all(|(index, slot)| index as u32 == *slot);
        Some(Candidate { decl: id, vars: decl.type_vars.clone(), params, slots, direct })
    }

    /// The multi-function to dispatch on for calls of this form: itself when no names are given, else one of functions
    /// that put the arguments into place. Marks it as used.
    pub fn use_multi(&mut self, multi: MultiId, shape: &CallShape) -> MultiId {
        if shape.named.is_empty() {
            self.use_arity(multi, shape, multi);
            return multi;
        }
        let key = (multi, shape.clone());
        let own = match self.shaped.get(&key) {
            Some(own) => *own,
            None => {
                let Some(data) = self.multis.get(multi.0 as usize) else { return multi };
                let (name, module) = (data.name, data.module);
                let kind = MultiKind::Shaped(multi, shape.clone());
                let own = self.new_multi(MultiDecl { name, module, kind, functions: SmallVec::new() });
                self.shaped.insert(key, own);
                own
            }
        };
        self.use_arity(multi, shape, own);
        own
    }

    fn use_arity(&mut self, multi: MultiId, shape: &CallShape, own: MultiId) {
        let arities = self.used_arities.entry(own).or_default();
        let arity = shape.arity();
        let Err(place) = arities.binary_search(&arity) else { return };
        arities.insert(place, arity);
        // Those that do not accept such calls have none.
        let functions = self.multis.get(multi.0 as usize).map(|multi| multi.functions.clone()).unwrap_or_default();
        for function in functions {
            self.thunk_for(function, shape);
        }
    }

    /// The function to call for a candidate: itself, or a hidden one that fills in defaults and collects the rest.
    /// Marks it as used.
    pub fn thunk_for(&mut self, decl: FnDeclId, shape: &CallShape) -> Option<FnId> {
        let data = self.functions.get(decl.0 as usize)?;
        let (function, span) = (data.function, data.head_span);
        let plain = shape.named.is_empty()
            && shape.positional as usize == data.params.len()
            && !data.params.last().is_some_and(|param| param.rest);
        if plain {
            self.use_function(function);
            return Some(function);
        }
        let key = (decl, shape.clone());
        if let Some(known) = self.thunks.get(&key) {
            return Some(*known);
        }
        let candidate = self.candidate_of(decl, shape)?;
        if candidate.direct {
            self.use_function(function);
            return Some(function);
        }
        let module = data_module(self, decl)?;
        let name = self.hir.get(function.0 as usize).map_or(names::EMPTY, |function| function.name);
        let thunk = self.new_function(name, module, span);
        self.thunks.insert(key, thunk);
        self.hidden.insert(thunk, Hidden::Thunk(decl, shape.clone()));
        self.use_function(thunk);
        Some(thunk)
    }

    /// Says that a function is used: it will be checked.
    pub fn use_function(&mut self, function: FnId) {
        if let Some(reached) = self.reached.get_mut(function.0 as usize)
            && !std::mem::replace(reached, true)
        {
            self.work.push(function);
        }
    }

    /// The function that gives a field's default, if it has one. Marks it as used.
    pub fn field_default(&mut self, decl: DeclId, slot: u32) -> Option<FnId> {
        let default = *self.decls.get(decl.0 as usize)?.defaults.get(slot as usize)?;
        default.expr?;
        // An inherited field's is that of the class that declares it.
        let (of, of_slot) = default.declared_in;
        let known = self.decls.get(of.0 as usize)?.defaults.get(of_slot as usize)?.function;
        let function = match known {
            Some(function) => function,
            None => {
                let field = self.types.decl(of).fields.get(of_slot as usize)?.name;
                let name = self.dotted(self.types.decl(of).name, field);
                let function = self.new_function(name, default.module, default.span);
                let info = self.decls.get_mut(of.0 as usize)?;
                let vars = crate::declare::var_ids(&info.vars);
                info.defaults.get_mut(of_slot as usize)?.function = Some(function);
                self.hidden.insert(function, Hidden::FieldDefault(of, of_slot));
                if let Some(head) = self.hir.get_mut(function.0 as usize) {
                    head.type_vars = vars.to_vec();
                }
                function
            }
        };
        self.use_function(function);
        Some(function)
    }

    /// The function that gives a parameter's default, as a function of the parameters before it (`self` of an `init` is
    /// none of them). Marks it as used.
    pub fn param_default(&mut self, decl: FnDeclId, index: u32) -> Option<FnId> {
        let data = self.functions.get(decl.0 as usize)?;
        let param = data.params.get(index as usize)?;
        let ParamDefault::Expr(_) = param.default else { return None };
        if let Some(known) = self.param_defaults.get(&(decl, index)) {
            return Some(*known);
        }
        let (module, span, type_vars, ty) = (data.module, param.span, data.type_vars.clone(), param.ty);
        let skipped = usize::from(matches!(data.kind, FnDeclKind::Init(..)));
        let before: Vec<(sayso_base::Name, TypeId, Span)> = data
            .params
            .iter()
            .take(index as usize)
            .skip(skipped)
            .map(|param| (param.name, param.ty, param.span))
            .collect();
        let own = self.hir.get(data.function.0 as usize).map_or(data.name, |function| function.name);
        let param_name = param.name;
        let name = self.dotted(own, param_name);
        let function = self.new_function(name, module, span);
        self.param_defaults.insert((decl, index), function);
        if let Some(head) = self.hir.get_mut(function.0 as usize) {
            head.type_vars = type_vars.to_vec();
            head.params = before.len() as u32;
            head.result = ty;
            head.locals =
                before.into_iter().map(|(name, ty, span)| crate::hir::Local { name, ty, boxed: false, span }).collect();
        }
        self.hidden.insert(function, Hidden::ParamDefault(decl, index));
        self.use_function(function);
        Some(function)
    }
}

fn data_module(checker: &Checker<'_>, decl: FnDeclId) -> Option<crate::hir::ModuleId> {
    checker.functions.get(decl.0 as usize).map(|decl| decl.module)
}
