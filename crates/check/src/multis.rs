//! Fifth pass: which multi-function each function belongs to, and the constructors of declared types.
//!
//! Free functions of one name in one module are one multi-function (the first pass has seen to that). A method, which is
//! a function whose first parameter is `self`, joins those that its type's supertypes have a function of that name in,
//! and that of `core`; only if there is none, its own module's. So overriding works across modules, and operators and
//! display are specialised by plain methods. A function without `self` belongs to its type.

use crate::hir::{ModuleId, MultiId};
use crate::tables::{
    Checker, FnDecl, FnDeclId, FnDeclKind, MultiDecl, MultiKind, Param, ParamDefault, ResultType, TypeHead, ValueDef,
};
use rustc_hash::FxHashSet;
use sayso_base::{Diagnostic, Name, names};
use sayso_types::{DeclId, DeclKind, TypeId};
use smallvec::SmallVec;

/// Lists up to this length are searched from end to end.
const FEW: usize = 32;

impl Checker<'_> {
    /// Assigns the functions from `first` on; `foreign` are those that name another module.
    pub(crate) fn assign_multis(&mut self, first: usize, foreign: &[(FnDeclId, ModuleId)]) {
        for (id, module) in foreign {
            self.assign_to_module(*id, *module);
        }
        let mut methods: Vec<(usize, FnDeclId)> = Vec::new();
        for index in first..self.functions.len() {
            let id = FnDeclId(index as u32);
            let Some(decl) = self.functions.get(index) else { continue };
            if !decl.multis.is_empty() || matches!(decl.kind, FnDeclKind::Init(..) | FnDeclKind::Constructor(_)) {
                continue;
            }
            match decl.owner {
                Some(head) if !decl.has_self => self.assign_to_type(id, head),
                _ if decl.has_self => {
                    // What a method overrides is assigned first: above a type there are fewer types than above it.
                    let depth = decl.params.first().map_or(0, |param| self.depth_of(param.ty));
                    methods.push((depth, id));
                }
                _ => {}
            }
        }
        methods.sort_by_key(|(depth, id)| (*depth, *id));
        for (_, id) in methods {
            self.assign_method(id);
        }
        for index in first..self.functions.len() {
            let Some(decl) = self.functions.get(index) else { continue };
            let takes_part = !decl.multis.is_empty()
                && !matches!(decl.kind, FnDeclKind::Init(..) | FnDeclKind::Constructor(_))
                && (decl.has_self || decl.owner.is_none());
            if takes_part {
                self.by_name.entry(decl.name).or_default().push(FnDeclId(index as u32));
            }
        }
    }

    fn depth_of(&self, ty: TypeId) -> usize {
        self.types.decl_of(ty).map_or(0, |decl| self.depths.get(decl.0 as usize).copied().unwrap_or(0) as usize)
    }

    /// How many steps the longest way up from each declaration from `first` on has. Supertypes have no cycles.
    pub(crate) fn measure_depths(&mut self, first: usize) {
        self.depths.resize(self.decls.len(), 0);
        let mut stack: Vec<(DeclId, bool)> =
            (first..self.decls.len()).rev().map(|i| (DeclId(i as u32), false)).collect();
        let mut done = vec![false; self.decls.len()];
        while let Some((decl, opened)) = stack.pop() {
            let index = decl.0 as usize;
            if index < first || done.get(index).copied().unwrap_or(true) {
                continue;
            }
            let above: SmallVec<[DeclId; 4]> = self.decls_above(decl);
            if opened {
                let depth = above.iter().map(|up| self.depths.get(up.0 as usize).copied().unwrap_or(0) + 1).max();
                if let (Some(entry), Some(depth)) = (self.depths.get_mut(index), depth) {
                    *entry = depth;
                }
                if let Some(entry) = done.get_mut(index) {
                    *entry = true;
                }
                continue;
            }
            stack.push((decl, true));
            stack.extend(above.into_iter().map(|up| (up, false)));
        }
    }

    /// The declarations right above one.
    pub(crate) fn decls_above(&self, decl: DeclId) -> SmallVec<[DeclId; 4]> {
        let mut above: SmallVec<[DeclId; 4]> = SmallVec::new();
        for ty in &self.types.decl(decl).supers {
            match self.types.kind(*ty) {
                sayso_types::TypeKind::Nominal(up, _) => above.push(*up),
                sayso_types::TypeKind::Intersection(parts) => {
                    above.extend(parts.iter().filter_map(|part| self.types.decl_of(*part)));
                }
                _ => {}
            }
        }
        above
    }

    /// A declaration and all above it, nearest first, each once.
    pub(crate) fn with_ancestors(&self, decl: DeclId) -> SmallVec<[DeclId; 8]> {
        let mut found: SmallVec<[DeclId; 8]> = SmallVec::new();
        // Few are above a type, as a rule; for many a set is asked instead.
        let mut many: FxHashSet<DeclId> = FxHashSet::default();
        found.push(decl);
        let mut next = 0;
        while let Some(at) = found.get(next).copied() {
            next += 1;
            for up in self.decls_above(at) {
                if found.len() == FEW {
                    many.extend(found.iter().copied());
                }
                let new = if found.len() < FEW { !found.contains(&up) } else { many.insert(up) };
                if new {
                    found.push(up);
                }
            }
        }
        found
    }

    fn assign_to_module(&mut self, id: FnDeclId, module: ModuleId) {
        let Some(decl) = self.functions.get(id.0 as usize) else { return };
        let (name, span, from) = (decl.name, decl.name_span, decl.module);
        let found = match self.module_value(module, name, from) {
            crate::tables::Found::Functions(functions) => functions.near.first().copied(),
            _ => self.module_multis.get(&(module, name)).copied(),
        };
        let private = module != from && self.is_private(name);
        match found.filter(|_| !private) {
            Some(multi) => self.join_multi(id, multi),
            None => {
                let text = self.names.text(name);
                let path = self.modules.get(module.0 as usize).map_or("", |data| self.names.text(data.path));
                let message = format!("module `{path}` has no function `{text}` to add to");
                self.report(
                    Diagnostic::error("unknown-function", span, message).note(format!(
                        "only functions that it has can be added to; `fn {text}(…)` is one of this module"
                    )),
                );
                // It must belong somewhere, or its body would never be seen.
                let multi = self.own_multi(self.scope_of(from), name, span);
                self.join_multi(id, multi);
            }
        }
    }

    fn assign_to_type(&mut self, id: FnDeclId, head: TypeHead) {
        let Some(decl) = self.functions.get(id.0 as usize) else { return };
        let (name, module) = (decl.name, decl.module);
        let multi = match self.statics.get(&(head, name)) {
            Some(multi) => *multi,
            None => {
                let kind = MultiKind::Static(head);
                let multi = self.new_multi(MultiDecl { name, module, kind, functions: SmallVec::new() });
                self.statics.insert((head, name), multi);
                multi
            }
        };
        self.join_multi(id, multi);
    }

    fn assign_method(&mut self, id: FnDeclId) {
        let Some(decl) = self.functions.get(id.0 as usize) else { return };
        let (name, scope, module) = (decl.name, decl.scope, decl.module);
        let self_type = decl.params.first().map_or(TypeId::ERROR, |param| param.ty);
        let mut joined: SmallVec<[MultiId; 2]> = SmallVec::new();
        if let Some(owner) = self.types.decl_of(self_type) {
            for above in self.with_ancestors(owner).into_iter().skip(1) {
                self.multis_of_supertype(above, name, self_type, &mut joined);
            }
        }
        let core = self.library_module(names::CORE).and_then(|core| self.module_multis.get(&(core, name)));
        if let Some(core) = core
            && !joined.contains(core)
        {
            joined.push(*core);
        }
        if joined.is_empty() {
            let own_scope = self.scope_of(module);
            let multi = match self.module_multis.get(&(module, name)) {
                Some(multi) => *multi,
                None => {
                    let kind = MultiKind::Module;
                    let multi = self.new_multi(MultiDecl { name, module, kind, functions: SmallVec::new() });
                    self.module_multis.insert((module, name), multi);
                    multi
                }
            };
            joined.push(multi);
            self.declare_method(own_scope, name, multi);
        }
        for multi in joined {
            self.join_multi(id, multi);
            self.declare_method(scope, name, multi);
        }
    }

    fn declare_method(&mut self, scope: crate::tables::ScopeId, name: Name, multi: MultiId) {
        let Some(data) = self.scopes.get_mut(scope.0 as usize) else { return };
        let is_value = data
            .values
            .get(&name)
            .is_some_and(|values| values.iter().any(|bound| bound.item == ValueDef::Multi(multi) && !bound.imported));
        let known = data.methods.entry(name).or_default();
        if !is_value && !known.contains(&multi) {
            known.push(multi);
        }
    }

    /// The multi-functions of a name that a supertype has a function in: its own methods, and functions of its module
    /// that take it.
    fn multis_of_supertype(&self, above: DeclId, name: Name, self_type: TypeId, joined: &mut SmallVec<[MultiId; 2]>) {
        let Some(info) = self.decls.get(above.0 as usize) else { return };
        let mut add = |multi: MultiId| {
            if !joined.contains(&multi) {
                joined.push(multi);
            }
        };
        for id in &info.functions {
            if let Some(decl) = self.functions.get(id.0 as usize).filter(|decl| decl.name == name && decl.has_self) {
                decl.multis.iter().copied().for_each(&mut add);
            }
        }
        let _ = self_type;
        if let Some(multi) = self.module_multis.get(&(info.module, name)) {
            let functions = self.multis.get(multi.0 as usize).map_or(&[][..], |multi| multi.functions.as_slice());
            let takes_it = |id: &FnDeclId| {
                let first = self.functions.get(id.0 as usize).and_then(|decl| decl.params.first());
                first.is_some_and(|param| self.types.decl_of(param.ty) == Some(above))
            };
            if functions.iter().any(takes_it) {
                add(*multi);
            }
        }
    }

    /// Makes the constructors of the declarations from `first` on.
    pub(crate) fn declare_constructors(&mut self, first: usize) {
        for index in first..self.decls.len() {
            let decl = DeclId(index as u32);
            match self.types.decl(decl).kind {
                DeclKind::Struct | DeclKind::Variant { .. } | DeclKind::Class => self.declare_constructor(decl),
                DeclKind::Object => {
                    if self.decls.get(index).is_some_and(|info| info.instance.is_some()) {
                        self.declare_constructor(decl);
                    }
                }
                DeclKind::Enum | DeclKind::Trait | DeclKind::Interface | DeclKind::Opaque => {}
            }
        }
    }

    fn declare_constructor(&mut self, decl: DeclId) {
        let data = self.types.decl(decl);
        let (name, kind) = (data.name, data.kind);
        let Some(info) = self.decls.get(decl.0 as usize) else { return };
        let (module, scope, span, self_type) = (info.module, info.scope, info.name_span, info.self_type);
        let vars = info.vars.clone();
        let mut type_vars = crate::declare::var_ids(&vars);
        let init = if kind == DeclKind::Class { self.init_of(decl) } else { None };
        let params = match init {
            Some(init) => {
                self.check_inits(decl, init);
                self.params_of_init(decl, init, &mut type_vars)
            }
            None => self.params_of_fields(decl, kind),
        };
        let hir_name = match kind {
            DeclKind::Variant { of, .. } => self.dotted(self.types.decl(of).name, name),
            DeclKind::Struct
            | DeclKind::Object
            | DeclKind::Enum
            | DeclKind::Trait
            | DeclKind::Interface
            | DeclKind::Class
            | DeclKind::Opaque => name,
        };
        let function = self.new_function(hir_name, module, span);
        let id = FnDeclId(self.functions.len() as u32);
        self.functions.push(FnDecl {
            name,
            module,
            scope,
            vars,
            type_vars,
            owner: Some(TypeHead::Decl(decl)),
            has_self: false,
            item: None,
            function,
            params: params.into(),
            result: ResultType::Annotated(self_type),
            effects: None,
            kind: FnDeclKind::Constructor(decl),
            comptime: false,
            nested: false,
            multis: SmallVec::new(),
            deprecated: None,
            docs: None,
            name_span: span,
            head_span: span,
            broken: false,
        });
        self.set_declared(function, id);
        let multi = match kind {
            DeclKind::Struct | DeclKind::Class => Some(self.own_multi(scope, name, span)),
            DeclKind::Variant { .. } => {
                let kind = MultiKind::Variant(decl);
                Some(self.new_multi(MultiDecl { name, module, kind, functions: SmallVec::new() }))
            }
            DeclKind::Object | DeclKind::Enum | DeclKind::Trait | DeclKind::Interface | DeclKind::Opaque => None,
        };
        if let Some(multi) = multi {
            self.join_multi(id, multi);
        }
        if let Some(info) = self.decls.get_mut(decl.0 as usize) {
            info.constructor = Some(id);
            info.constructors = multi;
            if let (None, Some(instance)) = (multi, info.instance)
                && let Some(data) = self.modules.get_mut(module.0 as usize)
            {
                data.objects.push((instance, id));
            }
        }
    }

    /// The `init` that constructs values of a class: its own or the nearest above.
    pub(crate) fn init_of(&self, decl: DeclId) -> Option<FnDeclId> {
        let mut at = Some(decl);
        for _ in 0..=self.decls.len() {
            let info = self.decls.get(at?.0 as usize)?;
            if info.init.is_some() {
                return info.init;
            }
            at = self.base_of(at?);
        }
        None
    }

    /// A class without `init` under a base with one must not have fields that nobody sets.
    fn check_inits(&mut self, decl: DeclId, init: FnDeclId) {
        let Some(info) = self.decls.get(decl.0 as usize) else { return };
        if info.init.is_some() {
            return;
        }
        let unset = self
            .types
            .decl(decl)
            .fields
            .iter()
            .zip(&info.defaults)
            .find(|(field, default)| default.declared_in.0 == decl && !field.has_default);
        let Some((field, default)) = unset else { return };
        let (field, span) = (self.names.text(field.name), default.span);
        let class = self.names.text(self.types.decl(decl).name);
        let above = self.functions.get(init.0 as usize).map(|decl| decl.head_span);
        let message = format!("nothing sets field `{field}` of class `{class}`");
        let mut diagnostic = Diagnostic::error("missing-init", span, message)
            .note(format!("`{class}` is made by the `init` of its base, which does not know the field"))
            .note(format!("give it a default, or `{class}` an `init` of its own that calls `super(…)`"));
        if let Some(above) = above {
            diagnostic = diagnostic.also(above, "made by this");
        }
        self.report(diagnostic);
    }

    /// The parameters of a class's constructor: those of its `init` behind `self`.
    fn params_of_init(
        &mut self,
        decl: DeclId,
        init: FnDeclId,
        type_vars: &mut SmallVec<[sayso_types::VarId; 2]>,
    ) -> Vec<Param> {
        let Some(declared) = self.functions.get(init.0 as usize) else { return Vec::new() };
        let mut params: Vec<Param> = declared.params.iter().skip(1).cloned().collect();
        for (index, param) in params.iter_mut().enumerate() {
            param.pattern = None;
            if param.default != ParamDefault::None {
                param.default = ParamDefault::Init(init, index as u32 + 1);
            }
        }
        let of = declared.owner;
        let own: SmallVec<[sayso_types::VarId; 2]> = declared.type_vars.clone();
        if of == Some(TypeHead::Decl(decl)) {
            type_vars.extend(own.into_iter().filter(|var| !type_vars.contains(var)).collect::<Vec<_>>());
            return params;
        }
        // The `init` of a base: its types are in terms of the base's variables.
        let Some(TypeHead::Decl(base)) = of else { return params };
        let own_type = self.decls.get(decl.0 as usize).map_or(TypeId::ERROR, |info| info.self_type);
        if let Some(view) = self.types.supertype_view(own_type, base)
            && let sayso_types::TypeKind::Nominal(_, args) = self.types.kind(view)
        {
            let args: SmallVec<[TypeId; 4]> = args.iter().copied().collect();
            let with = sayso_types::Substitution::from_params(&self.types.decl(base).params, &args);
            for param in &mut params {
                param.ty = self.types.substitute(param.ty, &with);
                param.element = param.element.map(|element| self.types.substitute(element, &with));
            }
        }
        params
    }

    /// The parameters of a constructor that takes fields: all of a struct or variant; of a class without `init` those
    /// without default, the base's first; of an object none.
    fn params_of_fields(&self, decl: DeclId, kind: DeclKind) -> Vec<Param> {
        let Some(info) = self.decls.get(decl.0 as usize) else { return Vec::new() };
        let mut params = Vec::new();
        for (slot, (field, default)) in self.types.decl(decl).fields.iter().zip(&info.defaults).enumerate() {
            let left_out = match kind {
                DeclKind::Object => true,
                DeclKind::Class => field.has_default,
                DeclKind::Struct
                | DeclKind::Variant { .. }
                | DeclKind::Enum
                | DeclKind::Trait
                | DeclKind::Interface
                | DeclKind::Opaque => false,
            };
            if left_out {
                continue;
            }
            params.push(Param {
                name: field.name,
                pattern: None,
                ty: field.ty,
                element: None,
                annotated: true,
                default: if field.has_default { ParamDefault::Field(decl, slot as u32) } else { ParamDefault::None },
                rest: false,
                effect_polymorphic: false,
                span: default.span,
            });
        }
        params
    }
}
