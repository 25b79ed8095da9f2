//! How names are found: scopes from the inside out, then the prelude; members of modules and of types.

use crate::hir::{GlobalId, ModuleId, MultiId};
use crate::imports::{exported, places};
use crate::tables::{
    Bound, Checker, Found, FoundFunctions, GenericType, Resolved, Scope, ScopeId, State, TypeDef, TypeHead, ValueDef,
};
use crate::written::builtin_type;
use sayso_base::{Name, names};
use sayso_syntax::ast;
use sayso_types::{DeclId, DeclKind, TypeId, TypeKind};
use smallvec::{SmallVec, smallvec};

impl Checker<'_> {
    /// The scope of a block, if it holds items; else the scope around it goes on.
    pub fn block_scope(&self, module: ModuleId, block: ast::BlockId) -> Option<ScopeId> {
        self.block_scopes.get(&(module, block)).copied()
    }

    fn scope(&self, scope: ScopeId) -> Option<&Scope> {
        self.scopes.get(scope.0 as usize)
    }

    /// A scope and those around it, innermost first.
    pub(crate) fn scopes_from(&self, scope: ScopeId) -> impl Iterator<Item = &Scope> {
        let mut at = Some(scope);
        std::iter::from_fn(move || {
            let data = self.scope(at?)?;
            at = data.parent;
            Some(data)
        })
    }

    pub(crate) fn prelude_scopes(&self) -> impl Iterator<Item = &Scope> {
        self.prelude.iter().filter_map(|scope| self.scope(*scope))
    }

    /// The type under a name.
    pub fn lookup_type(&self, scope: ScopeId, name: Name) -> Option<TypeDef> {
        let own = self.scopes_from(scope).find_map(|data| data.types.get(&name));
        if let Some(bound) = own {
            return Some(bound.item);
        }
        let prelude = || self.prelude_scopes().find_map(|data| data.types.get(&name)).map(|bound| bound.item);
        builtin_type(name).or_else(prelude)
    }

    /// What a name means as a value. Local variables come before; they are the body pass's own.
    pub fn lookup_value(&self, scope: ScopeId, name: Name) -> Found {
        let mut scopes = self.scopes_from(scope);
        while let Some(data) = scopes.next() {
            let mut found = self.found_in(data, name);
            match &mut found {
                Found::Nothing => continue,
                Found::Functions(functions) => {
                    let outer = scopes.flat_map(|data| multis_of(data, name));
                    let prelude = self.prelude_scopes().flat_map(|data| multis_of(data, name));
                    for multi in outer.chain(prelude) {
                        if !functions.near.contains(&multi) && !functions.far.contains(&multi) {
                            functions.far.push(multi);
                        }
                    }
                }
                Found::Global(_) | Found::Object(_) | Found::Variants(_) | Found::Type { .. } | Found::Ambiguous(_) => {
                }
            }
            return found;
        }
        self.found_in_prelude(name)
    }

    /// The top-level variable that a name means in the module's statement of this index: the last one that an earlier
    /// statement binds. In functions the last of all counts, as [`Checker::lookup_value`] says.
    pub fn lookup_global_at(&self, scope: ScopeId, name: Name, stmt: usize) -> Option<GlobalId> {
        let values = self.scope(scope)?.values.get(&name)?;
        // Variables of one name stand in the order of their statements, and nothing imported stands among them.
        let end = values.partition_point(|bound| match bound.item {
            ValueDef::Global(global) if !bound.imported => {
                self.globals.get(global.0 as usize).is_some_and(|data| data.stmt < stmt || data.object.is_some())
            }
            ValueDef::Global(_) | ValueDef::Multi(_) | ValueDef::Object(_) => true,
        });
        values.get(..end)?.iter().rev().find_map(|bound| match bound.item {
            ValueDef::Global(global) => Some(global),
            ValueDef::Multi(_) | ValueDef::Object(_) => None,
        })
    }

    /// In a session: what earlier entries have under a name that the entry's own statements bind only later.
    pub(crate) fn lookup_in_earlier(&self, scope: ScopeId, name: Name) -> Option<Found> {
        let data = self.scope(scope)?;
        let only_variables =
            data.values.get(&name)?.iter().all(|bound| matches!(bound.item, ValueDef::Global(_)) && !bound.imported);
        let found = self.lookup_value(data.parent.filter(|_| only_variables)?, name);
        (!matches!(found, Found::Nothing)).then_some(found)
    }

    fn found_in_prelude(&self, name: Name) -> Found {
        if let Some(def) = builtin_type(name) {
            let constructors = FoundFunctions { near: self.prelude_multis(name), far: SmallVec::new() };
            return Found::Type { def, constructors };
        }
        let mut near = SmallVec::new();
        for data in self.prelude_scopes() {
            match self.found_in(data, name) {
                Found::Nothing => {}
                Found::Functions(functions) => {
                    for multi in functions.near {
                        if !near.contains(&multi) {
                            near.push(multi);
                        }
                    }
                }
                found @ (Found::Global(_)
                | Found::Object(_)
                | Found::Variants(_)
                | Found::Type { .. }
                | Found::Ambiguous(_)) => return found,
            }
        }
        if near.is_empty() { Found::Nothing } else { Found::Functions(FoundFunctions { near, far: SmallVec::new() }) }
    }

    fn prelude_multis(&self, name: Name) -> SmallVec<[MultiId; 2]> {
        let mut found: SmallVec<[MultiId; 2]> = SmallVec::new();
        for multi in self.prelude_scopes().flat_map(|data| multis_of(data, name)) {
            if !found.contains(&multi) {
                found.push(multi);
            }
        }
        found
    }

    /// What one scope has under a name.
    fn found_in(&self, data: &Scope, name: Name) -> Found {
        let values = data.values.get(&name).map_or(&[][..], |values| values.as_slice());
        if let Some(bound) = data.types.get(&name)
            && values.iter().all(|value| matches!(value.item, ValueDef::Multi(_)))
        {
            return self.found_type(bound.item, values);
        }
        if !values.is_empty() {
            let mut found = self.found_values(values);
            if let (Found::Functions(functions), Some(methods)) = (&mut found, data.methods.get(&name)) {
                functions.near.extend(methods.iter().copied());
            }
            return found;
        }
        if let Some(methods) = data.methods.get(&name) {
            let near = methods.iter().copied().collect();
            return Found::Functions(FoundFunctions { near, far: SmallVec::new() });
        }
        match data.variants.get(&name) {
            Some(variants) if !variants.is_empty() => Found::Variants(variants.clone()),
            _ => Found::Nothing,
        }
    }

    fn found_values(&self, values: &[Bound<ValueDef>]) -> Found {
        let seen = exported(values);
        match seen.as_slice() {
            [ValueDef::Global(global)] => Found::Global(*global),
            [ValueDef::Object(decl)] => Found::Object(*decl),
            several => {
                let multis: SmallVec<[MultiId; 2]> = several
                    .iter()
                    .filter_map(|value| match value {
                        ValueDef::Multi(multi) => Some(*multi),
                        ValueDef::Global(_) | ValueDef::Object(_) => None,
                    })
                    .collect();
                if multis.len() == several.len() {
                    Found::Functions(FoundFunctions { near: multis, far: SmallVec::new() })
                } else {
                    Found::Ambiguous(places(values))
                }
            }
        }
    }

    fn found_type(&self, def: TypeDef, values: &[Bound<ValueDef>]) -> Found {
        let target = self.alias_target(def);
        if let Some(decl) = target
            && matches!(self.types.decl(decl).kind, DeclKind::Object)
        {
            return Found::Object(decl);
        }
        let mut near: SmallVec<[MultiId; 2]> = SmallVec::new();
        for value in exported(values) {
            if let ValueDef::Multi(multi) = value {
                near.push(multi);
            }
        }
        if let Some(constructors) = target.and_then(|decl| self.decls.get(decl.0 as usize)?.constructors)
            && !near.contains(&constructors)
        {
            near.push(constructors);
        }
        Found::Type { def, constructors: FoundFunctions { near, far: SmallVec::new() } }
    }

    /// The declaration behind a type's name, through aliases.
    pub(crate) fn alias_target(&self, def: TypeDef) -> Option<DeclId> {
        match def {
            TypeDef::Decl(decl) => Some(decl),
            TypeDef::Alias(alias) => {
                let alias = self.aliases.get(alias.0 as usize)?;
                match alias.state {
                    State::Done => self.types.decl_of(alias.ty),
                    State::NotStarted | State::InProgress => None,
                }
            }
            TypeDef::Builtin(_) | TypeDef::Generic(_) | TypeDef::Var(_) => None,
        }
    }

    /// The module that a dotted prefix names (`b` or `a.b`), if it was imported.
    pub fn lookup_module(&self, scope: ScopeId, path: &[Name]) -> Option<ModuleId> {
        let found = match path {
            [] => None,
            [single] => self.scopes_from(scope).find_map(|data| data.modules.get(single)),
            _ => {
                let texts: SmallVec<[&str; 4]> = path.iter().map(|name| self.names.text(*name)).collect();
                let dotted = self.names.lookup(&texts.join("."))?;
                self.scopes_from(scope).find_map(|data| data.paths.get(&dotted))
            }
        };
        match (found, path) {
            (Some(bound), _) => Some(bound.item),
            (None, [names::CORE]) => self.library_module(names::CORE),
            (None, _) => None,
        }
    }

    /// A module of the library, by its path.
    pub(crate) fn library_module(&self, path: Name) -> Option<ModuleId> {
        self.module_ids.get(&(path, true)).copied()
    }

    /// `module.name` as a value, as seen from another module (`from`): private names are `Nothing`.
    pub fn module_value(&self, module: ModuleId, name: Name, from: ModuleId) -> Found {
        if module != from && self.is_private(name) {
            return Found::Nothing;
        }
        self.scope(self.scope_of(module)).map_or(Found::Nothing, |data| self.found_in(data, name))
    }

    /// `module.Name` as a type.
    pub fn module_type(&self, module: ModuleId, name: Name, from: ModuleId) -> Option<TypeDef> {
        if module != from && self.is_private(name) {
            return None;
        }
        self.scope(self.scope_of(module))?.types.get(&name).map(|bound| bound.item)
    }

    /// `Enum.Name`: the variant.
    pub(crate) fn variant_named(&self, def: TypeDef, name: Name) -> Option<DeclId> {
        let decl = self.alias_target(def)?;
        self.types.decl(decl).variants.iter().copied().find(|variant| self.types.decl(*variant).name == name)
    }

    /// A variant that a scope knows by its bare name.
    pub(crate) fn variant_in_scope(&self, scope: ScopeId, name: Name) -> Option<DeclId> {
        let own = self.scopes_from(scope).find_map(|data| data.variants.get(&name));
        let found = own.or_else(|| self.prelude_scopes().find_map(|data| data.variants.get(&name)));
        found.and_then(|variants| variants.first()).copied()
    }

    /// `Type.name`: a variant, or functions without `self` of the type or (classes) its bases.
    pub fn type_member(&self, def: TypeDef, name: Name) -> Found {
        if let Some(variant) = self.variant_named(def, name) {
            return Found::Variants(smallvec![variant]);
        }
        let Some(head) = self.head_of_def(def) else { return Found::Nothing };
        let mut at = head;
        for _ in 0..=self.decls.len() {
            if let Some(multi) = self.statics.get(&(at, name)) {
                let functions = FoundFunctions { near: smallvec![*multi], far: SmallVec::new() };
                return Found::Functions(functions);
            }
            let TypeHead::Decl(decl) = at else { break };
            let data = self.types.decl(decl);
            let next = match data.kind {
                DeclKind::Variant { of, .. } => Some(of),
                DeclKind::Class => data.supers.first().and_then(|base| self.types.decl_of(*base)),
                DeclKind::Struct
                | DeclKind::Object
                | DeclKind::Enum
                | DeclKind::Trait
                | DeclKind::Interface
                | DeclKind::Opaque => None,
            };
            match next {
                Some(next) => at = TypeHead::Decl(next),
                None => break,
            }
        }
        Found::Nothing
    }

    /// A written path of an expression or pattern (`P`, `Shape.Circle`, `geometry.Point`). Says nothing if it fails.
    pub fn resolve_path(&self, scope: ScopeId, path: &[Name]) -> Option<Resolved> {
        let (last, before) = path.split_last()?;
        let from = self.module_of(scope);
        if before.is_empty() {
            return resolved(self.lookup_value(scope, *last));
        }
        // The longest prefix that is a module counts; what is behind it are members.
        let modules = (1..=before.len()).rev().find_map(|length| {
            let module = self.lookup_module(scope, path.get(..length)?)?;
            Some((length, module))
        });
        let by_type = match before {
            [owner] => self.lookup_type(scope, *owner).and_then(|def| resolved(self.type_member(def, *last))),
            _ => None,
        };
        if by_type.is_some() {
            return by_type;
        }
        let (length, module) = modules?;
        match path.get(length..)? {
            [name] => resolved(self.module_value(module, *name, from)),
            [owner, name] => {
                let def = self.module_type(module, *owner, from)?;
                resolved(self.type_member(def, *name))
            }
            _ => None,
        }
    }

    /// The names of values in sight, in a fixed order.
    pub fn visible_values(&self, scope: ScopeId) -> Vec<Name> {
        let mut found: Vec<Name> = Vec::new();
        for data in self.scopes_from(scope).chain(self.prelude_scopes()) {
            found.extend(data.values.keys().chain(data.methods.keys()).chain(data.types.keys()));
            found.extend(data.variants.keys());
        }
        found.sort();
        found.dedup();
        found
    }

    /// The names that other modules may use, in a fixed order.
    pub fn module_names(&self, module: ModuleId) -> Vec<Name> {
        self.public_names(module)
    }

    /// The type constructor behind a type's name.
    pub(crate) fn head_of_def(&self, def: TypeDef) -> Option<TypeHead> {
        match def {
            TypeDef::Decl(decl) => Some(TypeHead::Decl(decl)),
            TypeDef::Alias(alias) => {
                let alias = self.aliases.get(alias.0 as usize)?;
                self.head_of(alias.ty)
            }
            TypeDef::Builtin(ty) => self.head_of(ty),
            TypeDef::Generic(generic) => Some(match generic {
                GenericType::Seq => TypeHead::Seq,
                GenericType::List => TypeHead::List,
                GenericType::Map => TypeHead::Map,
                GenericType::Set => TypeHead::Set,
                GenericType::Type => TypeHead::Type,
            }),
            TypeDef::Var(_) => None,
        }
    }

    /// The type constructor of a type; none for unions, intersections, variables and the like.
    pub(crate) fn head_of(&self, ty: TypeId) -> Option<TypeHead> {
        Some(match self.types.kind(ty) {
            TypeKind::Any => TypeHead::Any,
            TypeKind::I64 => TypeHead::I64,
            TypeKind::F64 => TypeHead::F64,
            TypeKind::Bool => TypeHead::Bool,
            TypeKind::Byte => TypeHead::Byte,
            TypeKind::Str => TypeHead::Str,
            TypeKind::Symbol(_) => TypeHead::Symbol,
            TypeKind::Array(_) | TypeKind::FixedArray(..) => TypeHead::Array,
            TypeKind::Seq(_) => TypeHead::Seq,
            TypeKind::Table(..) => TypeHead::Table,
            TypeKind::List(_) => TypeHead::List,
            TypeKind::Map(..) => TypeHead::Map,
            TypeKind::Set(_) => TypeHead::Set,
            TypeKind::Tuple(_) => TypeHead::Tuple,
            TypeKind::Shape(_) => TypeHead::Shape,
            TypeKind::Function { .. } | TypeKind::AnyFunction => TypeHead::Function,
            TypeKind::Nominal(decl, _) => TypeHead::Decl(*decl),
            TypeKind::Type(_) => TypeHead::Type,
            TypeKind::Never
            | TypeKind::Error
            | TypeKind::Union(_)
            | TypeKind::Intersection(_)
            | TypeKind::Var(_)
            | TypeKind::Infer(_) => return None,
        })
    }
}

/// The multi-functions of a name that a scope has, whatever else has the name.
pub(crate) fn multis_of(data: &Scope, name: Name) -> impl Iterator<Item = MultiId> {
    let values = data.values.get(&name).map_or(&[][..], |values| values.as_slice());
    let functions = values.iter().filter_map(|bound| match bound.item {
        ValueDef::Multi(multi) => Some(multi),
        ValueDef::Global(_) | ValueDef::Object(_) => None,
    });
    functions.chain(data.methods.get(&name).into_iter().flatten().copied())
}

/// A path that names a type, or a variant, means that; else the value.
fn resolved(found: Found) -> Option<Resolved> {
    match found {
        Found::Nothing => None,
        Found::Type { def, .. } => Some(Resolved::Type(def)),
        Found::Object(decl) => Some(Resolved::Type(TypeDef::Decl(decl))),
        Found::Variants(variants) => match variants.as_slice() {
            [variant] => Some(Resolved::Type(TypeDef::Decl(*variant))),
            _ => Some(Resolved::Value(Found::Variants(variants))),
        },
        Found::Functions(_) | Found::Global(_) | Found::Ambiguous(_) => Some(Resolved::Value(found)),
    }
}
