//! Checks of multi-functions as they are declared: duplicates, abstract functions and what covers them, ambiguous pairs,
//! results of specialisations.
//!
//! Pairs of functions are compared. Those whose first parameters are of different structs, scalars or enums cannot fit
//! the same arguments, so functions are grouped by that first ([`Checker::groups`]), and a multi-function with a
//! function for each of a thousand structs costs no more than it should. Groups past [`MOST_COMPARED`] are left out.

use crate::hir::MultiId;
use crate::tables::{CallShape, Candidates, Checker, FnDeclId, FnDeclKind, MultiKind, ResultType, TypeHead};
use rustc_hash::{FxHashMap, FxHashSet};
use sayso_base::Diagnostic;
use sayso_types::{DeclId, DeclKind, Dispatch, Signature, Substitution, TypeId, TypeKind};
use std::fmt::Write as _;
use std::sync::Arc;

/// Larger groups are not compared pair by pair.
const MOST_COMPARED: usize = 400;
/// How many pairs are compared for one multi-function and arity.
const MOST_PAIRS: usize = 200_000;
/// How many missing inputs a message lists.
const MOST_LISTED: usize = 6;

impl Checker<'_> {
    /// Checks all multi-functions that the program has a hand in, as far as heads alone show.
    pub(crate) fn check_multis(&mut self, first_decl: usize) {
        for index in 0..self.multis.len() {
            let id = MultiId(index as u32);
            let mut reported: FxHashSet<(FnDeclId, FnDeclId)> = FxHashSet::default();
            for (arity, candidates) in self.own_arities(id) {
                self.check_duplicates(&candidates, arity, &mut reported);
                self.check_ambiguities(&candidates, &reported);
            }
        }
        let below_library = self.extends_library(first_decl);
        for index in 0..self.functions.len() {
            let id = FnDeclId(index as u32);
            if self.functions.get(index).is_some_and(|decl| decl.kind == FnDeclKind::Abstract && !decl.broken)
                && (below_library || self.is_own(id))
            {
                self.check_abstract(id);
            }
        }
    }

    /// Whether one of the declarations from `first` on has a type of the library above it.
    fn extends_library(&self, first: usize) -> bool {
        (first..self.decls.len()).any(|index| {
            let above = self.with_ancestors(DeclId(index as u32));
            above.iter().any(|up| self.decls.get(up.0 as usize).is_some_and(|info| self.is_library(info.module)))
        })
    }

    /// The program's own types among those of an input.
    fn own_types(&self, input: &[TypeId]) -> impl Iterator<Item = DeclId> {
        input
            .iter()
            .filter_map(|ty| self.types.decl_of(*ty))
            .filter(|decl| self.decls.get(decl.0 as usize).is_some_and(|info| !self.is_library(info.module)))
    }

    /// Checks annotated results against those of specialisations, which are known when bodies are checked.
    pub(crate) fn check_specialisations(&mut self) {
        for index in 0..self.multis.len() {
            for (_, candidates) in self.own_arities(MultiId(index as u32)) {
                for group in self.groups(&candidates) {
                    self.check_results(&candidates, &group);
                }
            }
        }
    }

    /// The arities at which a multi-function that the program adds to has at least two functions, with these.
    fn own_arities(&mut self, id: MultiId) -> Vec<(u32, Arc<Candidates>)> {
        let Some(multi) = self.multis.get(id.0 as usize) else { return Vec::new() };
        match multi.kind {
            MultiKind::Module | MultiKind::Static(_) | MultiKind::Block(_) => {}
            MultiKind::Variant(_) | MultiKind::Dynamic | MultiKind::Shaped(..) => return Vec::new(),
        }
        if multi.functions.len() < 2 || !multi.functions.iter().any(|id| self.is_own(*id)) {
            return Vec::new();
        }
        let mut arities: Vec<u32> = Vec::new();
        for function in &multi.functions {
            let Some((least, most)) = self.arity_range(*function) else { continue };
            if self.is_own(*function) {
                arities.extend(least..=most);
            }
        }
        arities.sort_unstable();
        arities.dedup();
        let mut found = Vec::new();
        for arity in arities {
            let candidates = self.candidates(id, &CallShape::plain(arity));
            if candidates.list.len() > 1 {
                found.push((arity, candidates));
            }
        }
        found
    }

    /// How few and how many arguments a function takes by position; of a rest parameter one is counted.
    pub(crate) fn arity_range(&self, id: FnDeclId) -> Option<(u32, u32)> {
        let decl = self.functions.get(id.0 as usize)?;
        let needed = |param: &crate::tables::Param| !param.rest && param.default == crate::tables::ParamDefault::None;
        let least = decl.params.iter().rposition(needed).map_or(0, |index| index + 1);
        Some((least as u32, decl.params.len() as u32))
    }

    /// Whether a function is the program's, not the library's.
    pub(crate) fn is_own(&self, id: FnDeclId) -> bool {
        self.functions.get(id.0 as usize).is_some_and(|decl| !self.is_library(decl.module))
    }

    /// Indices of candidates that may fit the same arguments, group by group: those for one struct, scalar or enum as
    /// first argument, with all that are not so particular; and the latter for themselves. Groups without a function of
    /// the program are left out.
    fn groups(&self, candidates: &Candidates) -> Vec<Vec<usize>> {
        let mut particular: FxHashMap<TypeHead, Vec<usize>> = FxHashMap::default();
        let mut order: Vec<TypeHead> = Vec::new();
        let mut general: Vec<usize> = Vec::new();
        for (index, signature) in candidates.signatures.iter().enumerate() {
            match signature.params.first().and_then(|first| self.particular_head(*first)) {
                Some(head) => {
                    let group = particular.entry(head).or_default();
                    if group.is_empty() {
                        order.push(head);
                    }
                    group.push(index);
                }
                None => general.push(index),
            }
        }
        let own = |group: &[usize]| {
            group.iter().any(|index| candidates.list.get(*index).is_some_and(|candidate| self.is_own(candidate.decl)))
        };
        let own_general = own(&general);
        let mut groups = Vec::new();
        let mut pairs = 0;
        for head in order {
            let Some(mut group) = particular.remove(&head) else { continue };
            if !own_general && !own(&group) {
                continue;
            }
            group.extend(&general);
            group.sort_unstable();
            pairs += group.len() * group.len();
            if group.len() > 1 && group.len() <= MOST_COMPARED && pairs <= MOST_PAIRS {
                groups.push(group);
            }
        }
        if own_general && general.len() > 1 && general.len() <= MOST_COMPARED {
            groups.push(general);
        }
        groups
    }

    /// What tells a type from all others that have another such head: the declaration of a struct, object or enum (for
    /// a variant its enum's), or a scalar.
    pub(crate) fn particular_head(&self, ty: TypeId) -> Option<TypeHead> {
        match self.head_of(ty)? {
            TypeHead::Decl(decl) => match self.types.decl(decl).kind {
                DeclKind::Struct | DeclKind::Object | DeclKind::Enum => Some(TypeHead::Decl(decl)),
                DeclKind::Variant { of, .. } => Some(TypeHead::Decl(of)),
                DeclKind::Trait | DeclKind::Interface | DeclKind::Class | DeclKind::Opaque => None,
            },
            head @ (TypeHead::I64 | TypeHead::F64 | TypeHead::Bool | TypeHead::Byte | TypeHead::Str) => Some(head),
            TypeHead::Any
            | TypeHead::Symbol
            | TypeHead::Array
            | TypeHead::Seq
            | TypeHead::Table
            | TypeHead::List
            | TypeHead::Map
            | TypeHead::Set
            | TypeHead::Tuple
            | TypeHead::Shape
            | TypeHead::Function
            | TypeHead::Type => None,
        }
    }

    fn check_duplicates(
        &mut self,
        candidates: &Candidates,
        arity: u32,
        reported: &mut FxHashSet<(FnDeclId, FnDeclId)>,
    ) {
        let mut pairs = equal_pairs(&candidates.signatures);
        for group in self.groups(candidates) {
            let signatures = pick(&candidates.signatures, &group);
            let found = self.settled(|checker| checker.types.duplicates(&signatures));
            pairs.extend(found.into_iter().filter_map(|(a, b)| Some((*group.get(a)?, *group.get(b)?))));
        }
        pairs.sort_unstable();
        pairs.dedup();
        for (first, second) in pairs {
            let (Some(first), Some(second)) = (candidates.list.get(first), candidates.list.get(second)) else {
                continue;
            };
            let (first, second) = (first.decl, second.decl);
            if !(self.is_own(first) || self.is_own(second)) || !reported.insert((first, second)) {
                continue;
            }
            let (Some(a), Some(b)) = (self.functions.get(first.0 as usize), self.functions.get(second.0 as usize))
            else {
                continue;
            };
            let unknown = |decl: &crate::tables::FnDecl| decl.params.iter().any(|param| self.types.has_error(param.ty));
            if a.broken || b.broken || unknown(a) || unknown(b) {
                continue;
            }
            let name = self.names.text(b.name);
            let (whole_a, whole_b) = (a.params.len() as u32 == arity, b.params.len() as u32 == arity);
            let mut diagnostic = Diagnostic::error(
                "duplicate-function",
                b.head_span,
                format!("two functions `{name}` take the same arguments"),
            )
            .also(a.head_span, "the first is here");
            if !(whole_a && whole_b) {
                let plural = if arity == 1 { "argument" } else { "arguments" };
                diagnostic = diagnostic.note(format!(
                    "called with {arity} {plural}, both fit, since parameters with defaults can be left out"
                ));
            } else {
                diagnostic = diagnostic.note("no call could tell them apart: change the types of one, or drop it");
            }
            self.report(diagnostic);
        }
    }

    fn check_ambiguities(&mut self, candidates: &Candidates, duplicates: &FxHashSet<(FnDeclId, FnDeclId)>) {
        let mut pairs: Vec<(usize, usize, Vec<TypeId>)> = Vec::new();
        let groups = self.groups(candidates);
        let several = groups.len() > 1;
        for group in groups {
            let signatures = pick(&candidates.signatures, &group);
            let found = self.settled(|checker| checker.types.ambiguities(&signatures));
            for (a, b, witness) in found {
                let (Some(a), Some(b)) = (group.get(a), group.get(b)) else { continue };
                if pairs.iter().any(|(first, second, _)| (first, second) == (a, b)) {
                    continue;
                }
                // A function of another group may be the one for these types.
                let settles = several
                    && !matches!(
                        self.settled(|checker| checker.types.dispatch(&witness, &candidates.signatures)),
                        Dispatch::Ambiguous(_)
                    );
                if !settles {
                    pairs.push((*a, *b, witness));
                }
            }
        }
        pairs.sort_unstable();
        for (first, second, witness) in pairs {
            let (Some(first), Some(second)) = (candidates.list.get(first), candidates.list.get(second)) else {
                continue;
            };
            let (first, second) = (first.decl, second.decl);
            if !(self.is_own(first) || self.is_own(second)) || duplicates.contains(&(first, second)) {
                continue;
            }
            let (Some(a), Some(b)) = (self.functions.get(first.0 as usize), self.functions.get(second.0 as usize))
            else {
                continue;
            };
            let name = self.names.text(b.name).to_string();
            let (head_a, head_b) = (a.head_span, b.head_span);
            let types = self.types.display_list(&witness, &self.names);
            let diagnostic = Diagnostic::warning(
                "ambiguous-functions",
                head_b,
                format!("`{name}` could not be called with `{types}`: neither of two functions is more specific"),
            )
            .also(head_a, "the other is here")
            .note(format!("add `fn {name}` for exactly these types, which then is the one"));
            self.report(diagnostic);
        }
    }

    fn check_abstract(&mut self, id: FnDeclId) {
        let Some(decl) = self.functions.get(id.0 as usize) else { return };
        let (name, span, own) = (decl.name, decl.head_span, self.is_own(id));
        let params: Vec<TypeId> = decl.params.iter().map(|param| param.ty).collect();
        let multis = decl.multis.clone();
        let concrete = !params.iter().any(|param| self.is_abstract_input(*param));
        let text = self.names.text(name).to_string();
        if concrete {
            if own {
                let diagnostic = Diagnostic::error(
                    "abstract-concrete",
                    span,
                    format!("`{text}` has no body and nothing can cover it"),
                )
                .label("a body `{ … }` is missing")
                .note(
                    "a function without body stands for the functions of the types below its parameters' types; \
                     no parameter here is of a trait, enum, union or interface",
                );
                self.report(diagnostic);
            }
            return;
        }
        let shape = CallShape::plain(params.len() as u32);
        let mut missing: Option<Vec<Vec<TypeId>>> = None;
        for multi in multis {
            let candidates = self.candidates(multi, &shape);
            let Some(index) = candidates.list.iter().position(|candidate| candidate.decl == id) else { continue };
            let found = self.settled(|checker| checker.types.missing_cases(&candidates.signatures, index));
            if missing.as_ref().is_none_or(|known| found.len() < known.len()) {
                missing = Some(found);
            }
        }
        let mut missing = missing.unwrap_or_default();
        // The library's functions are looked at for what the program adds below its types, and there it is reported.
        let mut place = span;
        if !own {
            missing.retain(|input| self.own_types(input).next().is_some());
            if let Some(decl) = missing.first().and_then(|input| self.own_types(input).next()) {
                place = self.decl_name_span(decl);
            }
        }
        if missing.is_empty() {
            return;
        }
        let mut listed = String::new();
        for (index, input) in missing.iter().take(MOST_LISTED).enumerate() {
            let types = self.types.display_list(input, &self.names);
            let _ = write!(listed, "{}`{text}{types}`", if index > 0 { ", " } else { "" });
        }
        if missing.len() > MOST_LISTED {
            let _ = write!(listed, " and {} more", missing.len() - MOST_LISTED);
        }
        let mut diagnostic = Diagnostic::error("not-covered", place, format!("no function covers {listed}"))
            .note(format!("`{text}` without a body is abstract: each concrete input needs a function of its own"));
        if place != span {
            diagnostic = diagnostic.also(span, "without body here");
        }
        for input in missing.iter().take(MOST_LISTED) {
            for ty in input {
                let declared = self.types.decl_of(*ty).and_then(|decl| self.types.decl(decl).span);
                if let Some(declared) = declared.filter(|at| diagnostic.secondary.iter().all(|l| l.span != *at)) {
                    let shown = self.show(*ty);
                    diagnostic = diagnostic.also(declared, format!("`{shown}` is declared here"));
                }
            }
        }
        if let Some(first) = missing.first() {
            let types = self.types.display_list(first, &self.names);
            diagnostic = diagnostic.note(format!("write such as `fn {text}{}`", parameters(&types)));
        }
        self.report(diagnostic);
    }

    /// Whether a parameter of this type leaves something to be covered. A variable stands for what is below its bound.
    fn is_abstract_input(&self, ty: TypeId) -> bool {
        let mut ty = ty;
        for _ in 0..=self.types.var_count() {
            match self.types.kind(ty) {
                TypeKind::Var(var) => ty = self.types.var(*var).upper,
                _ => break,
            }
        }
        ty == TypeId::ERROR || self.types.is_abstract(ty)
    }

    fn check_results(&mut self, candidates: &Candidates, group: &[usize]) {
        let members = || {
            group.iter().filter_map(|index| Some((candidates.list.get(*index)?, candidates.signatures.get(*index)?)))
        };
        for (general, signature) in members() {
            let Some(decl) = self.functions.get(general.decl.0 as usize) else { continue };
            let ResultType::Annotated(promised) = decl.result else { continue };
            if promised == TypeId::ANY || decl.broken {
                continue;
            }
            for (special, other) in members() {
                if special.decl == general.decl || !self.is_own(special.decl) && !self.is_own(general.decl) {
                    continue;
                }
                if !self.settled(|checker| checker.types.more_specific(other, signature)) {
                    continue;
                }
                self.check_result(general.decl, signature, promised, special.decl, other);
            }
        }
    }

    fn check_result(
        &mut self,
        general: FnDeclId,
        signature: &Signature,
        promised: TypeId,
        special: FnDeclId,
        other: &Signature,
    ) {
        let given = self.result_of(special);
        let types = self.settled(|checker| checker.types.fit(&other.params, signature));
        let wanted = match types {
            Some(types) => self.types.substitute(promised, &Substitution::from_vars(&signature.vars, &types)),
            None => promised,
        };
        if self.types.has_error(given) || self.types.has_error(wanted) || self.is_subtype(given, wanted) {
            return;
        }
        let (Some(a), Some(b)) = (self.functions.get(general.0 as usize), self.functions.get(special.0 as usize))
        else {
            return;
        };
        let (name, head_a, head_b) = (self.names.text(b.name).to_string(), a.head_span, b.head_span);
        let (given_text, wanted_text) = (self.show(given), self.show(wanted));
        let inferred = !matches!(b.result, ResultType::Annotated(_));
        let mut diagnostic = Diagnostic::error(
            "specialisation-result",
            head_b,
            format!(
                "this `{name}` gives `{given_text}`, and the function that it specialises promises `{wanted_text}`"
            ),
        )
        .also(head_a, "the promise");
        if inferred {
            diagnostic = diagnostic.note(format!(
                "write ` -> {wanted_text}` behind its parameters to have its body checked against the promise"
            ));
        }
        self.report(diagnostic);
    }

    /// Asks the lattice, once more if interfaces turn up that had to be looked at first.
    pub(crate) fn settled<T>(&mut self, mut ask: impl FnMut(&mut Self) -> T) -> T {
        for _ in 0..64 {
            let answer = ask(self);
            if !self.settle_conformance() {
                return answer;
            }
        }
        ask(self)
    }
}

fn pick(signatures: &[Signature], group: &[usize]) -> Vec<Signature> {
    group.iter().filter_map(|index| signatures.get(*index)).cloned().collect()
}

/// Pairs of signatures that are written the same.
fn equal_pairs(signatures: &[Signature]) -> Vec<(usize, usize)> {
    let mut seen: FxHashMap<&[TypeId], usize> = FxHashMap::default();
    let mut pairs = Vec::new();
    for (index, signature) in signatures.iter().enumerate().filter(|(_, signature)| signature.vars.is_empty()) {
        match seen.get(signature.params.as_slice()) {
            Some(first) => pairs.push((*first, index)),
            None => {
                seen.insert(&signature.params, index);
            }
        }
    }
    pairs
}

/// `(A, B)` as `(a: A, b: B)`.
fn parameters(types: &str) -> String {
    let mut text = String::new();
    let mut depth = 0;
    let mut letter = b'a';
    let mut fresh = false;
    for character in types.chars() {
        if fresh && !character.is_whitespace() && character != ')' {
            let _ = write!(text, "{}: ", char::from(letter));
            letter = if letter < b'z' { letter + 1 } else { b'a' };
            fresh = false;
        }
        match character {
            '(' | '[' | '<' | '{' => {
                fresh |= depth == 0;
                depth += 1;
            }
            ')' | ']' | '>' | '}' => depth -= 1,
            ',' if depth == 1 => fresh = true,
            _ => {}
        }
        text.push(character);
    }
    text
}
