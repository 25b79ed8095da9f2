//! Subtyping with interfaces: which types accept the calls that an interface lists.
//!
//! The lattice does not know functions. It notes pairs of a type and an interface that it was asked about; here they are
//! found out, and the question is asked again. A pair that leads back to itself holds (the greatest fixed point).

use crate::hir::MultiId;
use crate::tables::{CallShape, Checker};
use sayso_base::Name;
use sayso_types::{DeclKind, Dispatch, Effects, Signature, Substitution, TypeId, TypeKind};
use smallvec::SmallVec;

/// How often one question may turn up new pairs.
const MOST_ROUNDS: usize = 1_000;
/// How many parts of a receiver's type are looked at.
const MOST_PARTS: usize = 1_000;
/// How many pairs may be open at once; further ones count as not belonging.
const MOST_PAIRS: usize = 4_000;

/// What a call on a value of an interface type is: the interface promises that it resolves.
#[derive(Clone, Debug)]
pub struct InterfaceCall {
    /// The multi-function to dispatch on: what types that belong to the interface may bring along.
    pub multi: MultiId,
    /// The types of all arguments; the first is the receiver's.
    pub params: Vec<TypeId>,
    /// The result that the interface promises.
    pub result: TypeId,
    /// The bound of effects that it promises.
    pub effects: Effects,
}

impl Checker<'_> {
    /// The call `receiver.name(…)` with this many arguments (the receiver among them), if the receiver's type is an
    /// interface that lists it, or a variable or intersection that has one above it.
    pub fn interface_call(&mut self, receiver: TypeId, name: Name, arity: usize) -> Option<InterfaceCall> {
        let mut waiting: SmallVec<[TypeId; 4]> = SmallVec::new();
        waiting.push(receiver);
        let mut steps = 0;
        while let Some(ty) = waiting.pop() {
            steps += 1;
            if steps > self.types.var_count() + MOST_PARTS {
                return None;
            }
            match self.types.kind(ty) {
                TypeKind::Var(var) => waiting.push(self.types.var(*var).upper),
                TypeKind::Intersection(parts) => waiting.extend(parts.iter().rev().copied()),
                TypeKind::Nominal(decl, args) => {
                    let decl = *decl;
                    let data = self.types.decl(decl);
                    if !matches!(data.kind, DeclKind::Interface) {
                        continue;
                    }
                    let with = Substitution::from_params(&data.params, args);
                    let member = data.members.iter().find(|m| m.name == name && m.params.len() == arity).cloned();
                    let Some(member) = member else { continue };
                    let scope = self.decls.get(decl.0 as usize)?.scope;
                    let multi = self.dynamic_method(scope, name)?;
                    let mut params: Vec<TypeId> =
                        member.params.iter().map(|param| self.types.substitute(*param, &with)).collect();
                    if let Some(first) = params.first_mut() {
                        *first = receiver;
                    }
                    let result = self.types.substitute(member.result, &with);
                    return Some(InterfaceCall { multi, params, result, effects: member.effects });
                }
                _ => {}
            }
        }
        None
    }

    /// Whether every value of `a` is one of `b`.
    pub fn is_subtype(&mut self, a: TypeId, b: TypeId) -> bool {
        for _ in 0..MOST_ROUNDS {
            let holds = self.types.is_subtype(a, b);
            if !self.settle_conformance() {
                return holds;
            }
        }
        false
    }

    /// Finds out about the pairs of types and interfaces that the lattice was asked about since the last time. If there
    /// were any (`true`), ask again.
    ///
    /// All pairs are taken to hold at first; those that do not are struck out until nothing changes. Questions that come
    /// up on the way join the list, so nothing here recurses.
    pub fn settle_conformance(&mut self) -> bool {
        if self.types.unknown_conformance.is_empty() {
            return false;
        }
        if !self.lattice_ready {
            self.types.unknown_conformance.clear();
            return false;
        }
        let mut open: Vec<(TypeId, TypeId)> = Vec::new();
        let mut news = false;
        loop {
            let before = open.len();
            for (ty, interface) in std::mem::take(&mut self.types.unknown_conformance) {
                if self.types.known_conformance(ty, interface).is_none() {
                    let possible = open.len() < MOST_PAIRS;
                    self.types.set_conformance(ty, interface, possible);
                    news = true;
                    if possible {
                        open.push((ty, interface));
                    }
                }
            }
            let mut changed = open.len() > before;
            let mut index = 0;
            while let Some((ty, interface)) = open.get(index).copied() {
                index += 1;
                if !self.conforms(ty, interface) && self.types.unknown_conformance.is_empty() {
                    self.types.set_conformance(ty, interface, false);
                    index -= 1;
                    open.swap_remove(index);
                    changed = true;
                }
            }
            if !changed && self.types.unknown_conformance.is_empty() {
                return news;
            }
        }
    }

    fn conforms(&mut self, ty: TypeId, interface: TypeId) -> bool {
        let TypeKind::Nominal(decl, args) = self.types.kind(interface) else { return false };
        let decl = *decl;
        let data = self.types.decl(decl);
        if !matches!(data.kind, DeclKind::Interface) {
            return false;
        }
        let with = Substitution::from_params(&data.params, args);
        let (fields, members) = (data.fields.clone(), data.members.clone());
        for field in fields {
            let wanted = self.types.substitute(field.ty, &with);
            let Some(found) = self.types.field(ty, field.name) else { return false };
            if !self.types.is_subtype(found.ty(), wanted) || (field.mutable && !found.mutable()) {
                return false;
            }
        }
        let Some(scope) = self.decls.get(decl.0 as usize).map(|info| info.scope) else { return false };
        for member in members {
            let mut wanted: SmallVec<[TypeId; 4]> = SmallVec::new();
            wanted.push(ty);
            for param in member.params.iter().skip(1) {
                wanted.push(self.types.substitute(*param, &with));
            }
            let result = self.types.substitute(member.result, &with);
            if !self.accepts_call(scope, member.name, &wanted, result) {
                return false;
            }
        }
        true
    }

    /// Whether a uniform call resolves for these argument types and gives what is wanted.
    fn accepts_call(&mut self, scope: crate::tables::ScopeId, name: Name, args: &[TypeId], result: TypeId) -> bool {
        let Some(receiver) = args.first().copied() else { return false };
        let shape = CallShape::plain(args.len() as u32);
        for multi in self.method_candidates(scope, receiver, name) {
            let candidates = self.candidates(multi, &shape);
            let signatures: &[Signature] = &candidates.signatures;
            let split = self.types.dispatch_split(args, signatures);
            let resolved = !split.is_empty() && split.iter().all(|(_, found)| matches!(found, Dispatch::One(..)));
            if !resolved {
                continue;
            }
            let mut fits = true;
            for (_, found) in split {
                let Dispatch::One(index, types) = found else { continue };
                let Some(candidate) = candidates.list.get(index) else { continue };
                let given = self.result_of(candidate.decl);
                let given = self.types.substitute(given, &Substitution::from_vars(&candidate.vars, &types));
                fits &= given == TypeId::ERROR || self.types.is_subtype(given, result);
            }
            if fits {
                return true;
            }
        }
        false
    }
}
