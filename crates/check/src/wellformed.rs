//! What can be wrong with declared types once all are known: variance, `open`, structs that contain themselves,
//! contradictory supertypes, demanded fields that are missing, fields that clash with functions.

use crate::declare::{type_params, type_span};
use crate::hir::ModuleId;
use crate::tables::{Checker, FnDeclId};
use rustc_hash::{FxHashMap, FxHashSet};
use sayso_base::{Diagnostic, Name, Span};
use sayso_syntax::ast::{Ast, ItemKind, Payload};
use sayso_types::{DeclId, DeclKind, Substitution, TypeId, TypeKind, TypeParam, Variance};
use smallvec::SmallVec;
use std::sync::Arc;

impl Checker<'_> {
    /// Checks the declared types from `first` on, and the functions from `first_function` on against their fields.
    pub(crate) fn check_declarations(&mut self, first: usize, first_function: usize) {
        for index in first..self.decls.len() {
            let decl = DeclId(index as u32);
            let Some(info) = self.decls.get(index) else { continue };
            let module = info.module;
            if self.is_library(module) && !self.options.whole_library {
                continue;
            }
            let Some(ast) = self.ast_of(module) else { continue };
            if !self.types.decl(decl).params.is_empty() {
                self.check_variance(&ast, decl);
                self.check_open_params(&ast, decl);
            }
            if !self.types.decl(decl).supers.is_empty() {
                self.check_conflicts(decl);
                self.check_demands(decl);
            }
        }
        self.check_containment(first);
        for index in first_function..self.functions.len() {
            self.check_field_clash(FnDeclId(index as u32));
        }
    }

    // ---- variance

    /// The places where a declaration writes a type, each with the variance that variables may have there.
    fn check_variance(&mut self, ast: &Arc<Ast>, decl: DeclId) {
        let data = self.types.decl(decl);
        let params: SmallVec<[TypeParam; 2]> = data.params.iter().copied().collect();
        if params.iter().all(|param| param.variance == Variance::Invariant) {
            return;
        }
        let spans = self.super_spans(ast, decl);
        let supers = if matches!(data.kind, DeclKind::Variant { .. }) { Vec::new() } else { data.supers.clone() };
        for (index, ty) in supers.into_iter().enumerate() {
            let span = spans.get(index).copied().unwrap_or_else(|| self.decl_name_span(decl));
            self.check_position(decl, &params, ty, span, false, "a supertype");
        }
        let fields: Vec<(TypeId, bool)> =
            self.types.decl(decl).fields.iter().map(|field| (field.ty, field.mutable)).collect();
        for (slot, (ty, mutable)) in fields.into_iter().enumerate() {
            let default = self.decls.get(decl.0 as usize).and_then(|info| info.defaults.get(slot));
            if default.is_none_or(|default| default.declared_in.0 != decl) {
                continue;
            }
            let span = self.field_type_span(ast, decl, slot);
            let place = if mutable { "a field that can be assigned" } else { "a field" };
            self.check_position(decl, &params, ty, span, mutable, place);
        }
        let members: Vec<(Name, SmallVec<[TypeId; 4]>, TypeId)> = self
            .types
            .decl(decl)
            .members
            .iter()
            .map(|member| (member.name, member.params.iter().skip(1).copied().collect(), member.result))
            .collect();
        for (name, wanted, result) in members {
            let span = self.decl_name_span(decl);
            let (gives, takes) = {
                let name = self.names.text(name);
                (format!("the result of `{name}`"), format!("a parameter of `{name}`"))
            };
            self.check_position(decl, &params, result, span, false, &gives);
            for ty in wanted {
                let function = self.types.function(&[ty], TypeId::VOID, sayso_types::Effects::PURE);
                self.check_position(decl, &params, function, span, false, &takes);
            }
        }
    }

    fn check_position(
        &mut self,
        decl: DeclId,
        params: &[TypeParam],
        ty: TypeId,
        span: Span,
        mutable: bool,
        place: &str,
    ) {
        for param in params {
            let Some(found) = self.types.position_of(param.var, ty) else { continue };
            let fits = match param.variance {
                Variance::Invariant => true,
                Variance::Covariant | Variance::Contravariant => found == param.variance && !mutable,
            };
            if fits {
                continue;
            }
            let text = self.names.text(self.types.var(param.var).name).to_string();
            let (sign, word) = match param.variance {
                Variance::Covariant => ("+", "covariant"),
                Variance::Contravariant | Variance::Invariant => ("-", "contravariant"),
            };
            let how = match (mutable, found) {
                (true, _) => "may be both read and written there",
                (false, Variance::Covariant) => "is given out there",
                (false, Variance::Contravariant) => "is taken in there",
                (false, Variance::Invariant) => "must be exact there",
            };
            let declared = self.type_param_span(decl, param.var);
            let mut diagnostic = Diagnostic::error(
                "variance",
                span,
                format!("`{text}` is declared {word} (`{sign}{text}`) and cannot stand in {place} like this"),
            )
            .label(format!("`{text}` {how}"))
            .note(format!("declare it without `{sign}`, or take it out of here"));
            if let Some(declared) = declared {
                diagnostic = diagnostic.also(declared, "declared here");
            }
            self.report(diagnostic);
        }
    }

    fn type_param_span(&self, decl: DeclId, var: sayso_types::VarId) -> Option<Span> {
        let info = self.decls.get(decl.0 as usize)?;
        let ast = self.modules.get(info.module.0 as usize)?.ast.clone();
        let index = info.vars.iter().position(|(_, own)| *own == var)?;
        let params = type_params(&ast.items.get(info.item.0 as usize)?.kind)?;
        params.get(index).map(|param| param.name.span)
    }

    /// Where the supertypes of a declaration are written, in the order of its list (as long as none was dropped).
    fn super_spans(&self, ast: &Ast, decl: DeclId) -> Vec<Span> {
        let Some(info) = self.decls.get(decl.0 as usize) else { return Vec::new() };
        match ast.items.get(info.item.0 as usize).map(|item| &item.kind) {
            Some(ItemKind::Struct { supers, .. } | ItemKind::Enum { supers, .. } | ItemKind::Trait { supers, .. }) => {
                supers.iter().map(|ty| type_span(ast, *ty)).collect()
            }
            Some(ItemKind::Class { supers, base, .. }) => {
                base.iter().chain(supers).map(|ty| type_span(ast, *ty)).collect()
            }
            _ => Vec::new(),
        }
    }

    fn field_type_span(&self, ast: &Ast, decl: DeclId, slot: usize) -> Span {
        let name = self.decl_name_span(decl);
        let Some(info) = self.decls.get(decl.0 as usize) else { return name };
        let own_slot = |slot: usize| {
            let inherited = info.defaults.iter().take_while(|default| default.declared_in.0 != decl).count();
            slot.checked_sub(inherited)
        };
        let written = match ast.items.get(info.item.0 as usize).map(|item| &item.kind) {
            Some(
                ItemKind::Struct { fields, .. } | ItemKind::Class { fields, .. } | ItemKind::Interface { fields, .. },
            ) => own_slot(slot).and_then(|slot| fields.get(slot)).and_then(|field| field.ty),
            Some(ItemKind::Enum { variants, .. }) => match self.types.decl(decl).kind {
                DeclKind::Variant { index, .. } => match variants.get(index as usize).map(|variant| &variant.payload) {
                    Some(Payload::Positional(types)) => types.get(slot).copied(),
                    Some(Payload::Named(fields)) => fields.get(slot).and_then(|field| field.ty),
                    Some(Payload::None) | None => None,
                },
                _ => None,
            },
            _ => None,
        };
        let own = info.defaults.get(slot).map_or(name, |default| default.span);
        written.map_or(own, |ty| type_span(ast, ty))
    }

    // ---- open

    fn check_open_params(&mut self, ast: &Arc<Ast>, decl: DeclId) {
        if matches!(self.types.decl(decl).kind, DeclKind::Variant { .. }) {
            return;
        }
        let params: SmallVec<[TypeParam; 2]> = self.types.decl(decl).params.iter().copied().collect();
        for param in params.iter().filter(|param| param.open) {
            let Some(span) = self.type_param_span(decl, param.var) else { continue };
            let name = self.names.text(self.types.var(param.var).name).to_string();
            let mut problem: Option<(Span, &str)> = None;
            let kind = self.types.decl(decl).kind;
            if param.variance != Variance::Covariant {
                problem = Some((span, "it must be covariant: `open +T`"));
            } else if self.types.var(param.var).lower != TypeId::NEVER {
                problem = Some((span, "it must not have a lower bound"));
            } else if !matches!(kind, DeclKind::Struct | DeclKind::Enum | DeclKind::Object) {
                problem = Some((span, "only structs and enums have such parameters"));
            }
            let owners: SmallVec<[DeclId; 8]> = match kind {
                DeclKind::Enum => self.types.decl(decl).variants.iter().copied().collect(),
                DeclKind::Struct
                | DeclKind::Object
                | DeclKind::Variant { .. }
                | DeclKind::Trait
                | DeclKind::Interface
                | DeclKind::Class
                | DeclKind::Opaque => SmallVec::from_slice(&[decl]),
            };
            let mut seen = 0;
            for owner in owners {
                for slot in 0..self.types.decl(owner).fields.len() {
                    let Some(field) = self.types.decl(owner).fields.get(slot).copied() else { continue };
                    let count = self.occurrences(param.var, field.ty, false);
                    if count.total == 0 {
                        continue;
                    }
                    seen += count.total;
                    let place = self.field_type_span(ast, owner, slot);
                    let wrong = match () {
                        // Its variance has been complained of already.
                        () if field.mutable => None,
                        () if count.in_union > 0 => Some("it must not stand inside `|` or `&`"),
                        () if seen > 1 => Some("it must occur once only"),
                        () => None,
                    };
                    problem = problem.or(wrong.map(|why| (place, why)));
                }
            }
            if let Some((place, why)) = problem {
                let message = format!("the type parameter `{name}` cannot be `open`");
                let diagnostic = Diagnostic::error("open-parameter", place, message)
                    .note(why)
                    .note("at run time an `open` parameter is the type of the value in its field");
                self.report(if place == span { diagnostic } else { diagnostic.also(span, "declared here") });
            }
        }
    }

    fn occurrences(&self, var: sayso_types::VarId, ty: TypeId, inside: bool) -> Occurrences {
        let mut found = Occurrences::default();
        let mut waiting: SmallVec<[(TypeId, bool); 8]> = SmallVec::new();
        waiting.push((ty, inside));
        while let Some((ty, inside)) = waiting.pop() {
            if !self.types.has_var(ty) {
                continue;
            }
            match self.types.kind(ty) {
                TypeKind::Var(own) if *own == var => {
                    found.total += 1;
                    found.in_union += usize::from(inside);
                }
                TypeKind::Union(parts) | TypeKind::Intersection(parts) => {
                    waiting.extend(parts.iter().map(|part| (*part, true)));
                }
                TypeKind::Array(part)
                | TypeKind::FixedArray(part, _)
                | TypeKind::Seq(part)
                | TypeKind::List(part)
                | TypeKind::Set(part)
                | TypeKind::Type(part) => waiting.push((*part, inside)),
                TypeKind::Table(a, b) | TypeKind::Map(a, b) => waiting.extend([(*a, inside), (*b, inside)]),
                TypeKind::Tuple(parts) | TypeKind::Nominal(_, parts) => {
                    waiting.extend(parts.iter().map(|part| (*part, inside)));
                }
                TypeKind::Shape(fields) => waiting.extend(fields.iter().map(|field| (field.1, inside))),
                TypeKind::Function { params, result, .. } => {
                    waiting.extend(params.iter().chain([result]).map(|part| (*part, inside)));
                }
                TypeKind::Any
                | TypeKind::Never
                | TypeKind::Error
                | TypeKind::I64
                | TypeKind::F64
                | TypeKind::Bool
                | TypeKind::Byte
                | TypeKind::Str
                | TypeKind::Symbol(_)
                | TypeKind::AnyFunction
                | TypeKind::Var(_)
                | TypeKind::Infer(_) => {}
            }
        }
        found
    }

    // ---- structs that contain themselves

    /// Follows fields through structs, tuples and shapes, which hold their parts; a struct that is met inside itself
    /// would be of endless size. `Option`, enums, collections, unions and classes end the search: they need not hold a
    /// value. Depth first with a stack of its own, each type once.
    fn check_containment(&mut self, first: usize) {
        let mut open: FxHashMap<DeclId, u32> = FxHashMap::default();
        let mut done: FxHashSet<TypeId> = FxHashSet::default();
        let mut reported: FxHashSet<DeclId> = FxHashSet::default();
        let mut steps = 16 * self.decls.len() + 10_000;
        for root in first..self.decls.len() {
            let Some(info) = self.decls.get(root) else { continue };
            let mut stack: Vec<OpenStruct> = Vec::new();
            self.open_struct(info.self_type, &mut stack, &mut open, &done);
            while let Some((ty, decl, parts)) = stack.last_mut() {
                let (ty, decl) = (*ty, *decl);
                let Some((part, slot)) = parts.pop().filter(|_| steps > 0) else {
                    done.insert(ty);
                    open.remove(&decl);
                    stack.pop();
                    continue;
                };
                steps -= 1;
                open.insert(decl, slot);
                match self.types.decl_of(part).filter(|of| open.contains_key(of)) {
                    Some(of) => {
                        if reported.insert(of) {
                            let slot = open.get(&of).copied().unwrap_or(slot);
                            self.report_containment(of, slot);
                        }
                    }
                    None => self.open_struct(part, &mut stack, &mut open, &done),
                }
            }
        }
    }

    /// Puts a struct type and the structs that it holds on the stack; nothing else.
    fn open_struct(
        &mut self,
        ty: TypeId,
        stack: &mut Vec<OpenStruct>,
        open: &mut FxHashMap<DeclId, u32>,
        done: &FxHashSet<TypeId>,
    ) {
        let TypeKind::Nominal(decl, args) = self.types.kind(ty) else { return };
        let decl = *decl;
        let data = self.types.decl(decl);
        if !matches!(data.kind, DeclKind::Struct | DeclKind::Object) || done.contains(&ty) {
            return;
        }
        let with = Substitution::from_params(&data.params, args);
        let fields: SmallVec<[TypeId; 8]> = data.fields.iter().map(|field| field.ty).collect();
        let mut parts = Vec::new();
        for (slot, field) in fields.into_iter().enumerate() {
            let field = self.types.substitute(field, &with);
            let mut waiting: SmallVec<[TypeId; 4]> = SmallVec::new();
            waiting.push(field);
            while let Some(part) = waiting.pop() {
                match self.types.kind(part) {
                    TypeKind::Tuple(inner) => waiting.extend(inner.iter().copied()),
                    TypeKind::Shape(inner) => waiting.extend(inner.iter().map(|field| field.1)),
                    TypeKind::Nominal(..) => parts.push((part, slot as u32)),
                    _ => {}
                }
            }
        }
        parts.reverse();
        open.insert(decl, 0);
        stack.push((ty, decl, parts));
    }

    fn report_containment(&mut self, decl: DeclId, slot: u32) {
        let name = self.names.text(self.types.decl(decl).name).to_string();
        let field = self.types.decl(decl).fields.get(slot as usize).map_or(Name(0), |field| field.name);
        let field = self.names.text(field).to_string();
        let info = self.decls.get(decl.0 as usize);
        let span = info.and_then(|info| info.defaults.get(slot as usize)).map(|default| default.span);
        let span = span.unwrap_or_else(|| self.decl_name_span(decl));
        let diagnostic = Diagnostic::error("infinite-struct", span, format!("struct `{name}` contains itself"))
            .label(format!("field `{field}` would hold another `{name}`, and so on without end"))
            .note(format!(
                "let it be missing (`{name}?`), several (`[{name}]`), or make `{name}` an `enum` or a `class`"
            ));
        self.report(diagnostic);
    }

    // ---- supertypes

    fn check_conflicts(&mut self, decl: DeclId) {
        if matches!(self.types.decl(decl).kind, DeclKind::Variant { .. }) {
            return;
        }
        for conflict in self.types.inheritance_conflicts(decl) {
            let name = self.names.text(self.types.decl(decl).name).to_string();
            let (first, second) = (self.show(conflict.first), self.show(conflict.second));
            let message = format!("`{name}` has both `{first}` and `{second}` above it");
            let diagnostic = Diagnostic::error("inheritance-conflict", self.decl_name_span(decl), message)
                .note("a type parameter without `+` or `-` must have the same argument wherever it is reached");
            self.report(diagnostic);
        }
    }

    /// Traits may demand fields: whoever has such a trait above must have them.
    fn check_demands(&mut self, decl: DeclId) {
        let kind = self.types.decl(decl).kind;
        let holders: SmallVec<[DeclId; 4]> = match kind {
            DeclKind::Struct | DeclKind::Object | DeclKind::Class => SmallVec::from_slice(&[decl]),
            DeclKind::Enum => self.types.decl(decl).variants.iter().copied().collect(),
            DeclKind::Variant { .. } | DeclKind::Trait | DeclKind::Interface | DeclKind::Opaque => return,
        };
        let own = self.decls.get(decl.0 as usize).map_or(TypeId::ERROR, |info| info.self_type);
        for above in self.types.ancestors(own) {
            let TypeKind::Shape(fields) = self.types.kind(above) else { continue };
            let fields: SmallVec<[(Name, TypeId); 4]> = fields.iter().copied().collect();
            for (name, wanted) in fields {
                for holder in &holders {
                    self.check_demand(*holder, name, wanted, above);
                }
            }
        }
    }

    fn check_demand(&mut self, holder: DeclId, name: Name, wanted: TypeId, shape: TypeId) {
        let found = self.types.decl(holder).fields.iter().find(|field| field.name == name).copied();
        let (owner, field) =
            (self.names.text(self.types.decl(holder).name).to_string(), self.names.text(name).to_string());
        let span = self.decl_name_span(holder);
        let demanded = self.show(shape);
        match found {
            None => {
                let ty = self.show(wanted);
                let diagnostic = Diagnostic::error("missing-field", span, format!("`{owner}` has no field `{field}`"))
                    .note(format!("a supertype of it demands `{demanded}`"))
                    .note(format!("add `{field}: {ty}`"));
                self.report(diagnostic);
            }
            Some(found) if !self.is_subtype(found.ty, wanted) => {
                let (is, ty) = (self.show(found.ty), self.show(wanted));
                let diagnostic = Diagnostic::error(
                    "missing-field",
                    span,
                    format!("field `{field}` of `{owner}` is of type `{is}`, and must be of type `{ty}`"),
                )
                .note(format!("a supertype of `{owner}` demands `{demanded}`"));
                self.report(diagnostic);
            }
            Some(_) => {}
        }
    }

    // ---- fields and functions

    /// A field of a type and, in its module, a function of that name for that very type: `x.f(…)` could mean both.
    fn check_field_clash(&mut self, id: FnDeclId) {
        let Some(decl) = self.functions.get(id.0 as usize) else { return };
        if decl.multis.is_empty() || matches!(decl.kind, crate::tables::FnDeclKind::Constructor(_)) {
            return;
        }
        let Some(of) = decl.params.first().and_then(|param| self.types.decl_of(param.ty)) else { return };
        let (name, module, span): (Name, ModuleId, Span) = (decl.name, decl.module, decl.name_span);
        let Some(info) = self.decls.get(of.0 as usize).filter(|info| info.module == module) else { return };
        let slot = self.types.decl(of).fields.iter().position(|field| field.name == name);
        let Some(default) = slot.and_then(|slot| info.defaults.get(slot)) else { return };
        let (field, text) = (default.span, self.names.text(name).to_string());
        let owner = self.names.text(self.types.decl(of).name);
        let diagnostic = Diagnostic::error(
            "field-function-clash",
            span,
            format!("`{owner}` has a field `{text}`, so `x.{text}(…)` could not mean this function"),
        )
        .also(field, "the field")
        .note("give one of them another name");
        self.report(diagnostic);
    }
}

/// A struct that is looked into: its type, its declaration, what it holds still to be looked at, with the slots.
type OpenStruct = (TypeId, DeclId, Vec<(TypeId, u32)>);

#[derive(Default)]
struct Occurrences {
    total: usize,
    in_union: usize,
}
