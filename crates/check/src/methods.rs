//! Uniform calls: which multi-functions `receiver.name(…)` may mean.
//!
//! Those in scope, and without import those of the modules that declare the receiver's type and its supertypes. The
//! types that the language itself knows have home modules in the library: `array` for arrays, `str` for strings, and so
//! on. An `any` receiver is decided at run time, so for it the functions of all such modules come together in one
//! multi-function; only functions for a type of their own module are among them.

use crate::hir::{ModuleId, MultiId};
use crate::lookup::multis_of;
use crate::tables::{Checker, FnDeclId, MultiDecl, MultiKind, ScopeId, TypeHead};
use sayso_base::{Name, names};
use sayso_types::{TypeId, TypeKind};
use smallvec::SmallVec;

impl Checker<'_> {
    /// Multi-functions that `receiver.name(…)` may mean, nearest first: those in scope, then those of the modules that
    /// declare the receiver's type and its supertypes. Not for `any`: see [`Checker::dynamic_method`].
    pub fn method_candidates(&mut self, scope: ScopeId, receiver: TypeId, name: Name) -> SmallVec<[MultiId; 4]> {
        let mut found: SmallVec<[MultiId; 4]> = SmallVec::new();
        for data in self.scopes_from(scope).chain(self.prelude_scopes()) {
            for multi in multis_of(data, name) {
                if !found.contains(&multi) {
                    found.push(multi);
                }
            }
        }
        let from = self.module_of(scope);
        let private = self.is_private(name);
        let mut heads: SmallVec<[TypeHead; 8]> = SmallVec::new();
        self.heads_of(receiver, &mut heads);
        for head in heads {
            for module in self.home_modules(head) {
                if private && module != from {
                    continue;
                }
                let Some(data) = self.scopes.get(self.scope_of(module).0 as usize) else { continue };
                for multi in multis_of(data, name) {
                    if !found.contains(&multi) {
                        found.push(multi);
                    }
                }
            }
        }
        found
    }

    /// The multi-function of all functions that `x.name(…)` on an `any` may mean; none if there is none.
    pub fn dynamic_method(&mut self, scope: ScopeId, name: Name) -> Option<MultiId> {
        let nearest = self.scope_with_function(scope, name);
        if let Some(known) = self.dynamic_methods.get(&(nearest, name)) {
            return Some(*known);
        }
        let mut sources: SmallVec<[MultiId; 4]> = SmallVec::new();
        for data in self.scopes_from(nearest).chain(self.prelude_scopes()) {
            sources.extend(multis_of(data, name));
        }
        let mut functions: SmallVec<[FnDeclId; 2]> = SmallVec::new();
        for multi in &sources {
            functions.extend(
                self.multis.get(multi.0 as usize).into_iter().flat_map(|multi| multi.functions.iter().copied()),
            );
        }
        let from = self.module_of(scope);
        let private = self.is_private(name);
        for id in self.by_name.get(&name).cloned().unwrap_or_default() {
            let Some(decl) = self.functions.get(id.0 as usize) else { continue };
            let (module, first) = (decl.module, decl.params.first().map(|param| param.ty));
            if private && module != from {
                continue;
            }
            let mut heads: SmallVec<[TypeHead; 8]> = SmallVec::new();
            if let Some(first) = first {
                self.own_heads(first, &mut heads);
            }
            if heads.into_iter().any(|head| self.home_modules(head).contains(&module)) {
                functions.push(id);
            }
        }
        functions.sort();
        functions.dedup();
        let whole = sources.iter().copied().find(|multi| {
            self.multis.get(multi.0 as usize).is_some_and(|multi| {
                multi.functions.len() == functions.len() && multi.functions.iter().all(|id| functions.contains(id))
            })
        });
        let multi = match whole {
            Some(multi) => multi,
            None if functions.is_empty() => return None,
            None => self.new_multi(MultiDecl { name, module: from, kind: MultiKind::Dynamic, functions }),
        };
        self.dynamic_methods.insert((nearest, name), multi);
        Some(multi)
    }

    /// The innermost scope that has functions of a name, or the outermost.
    fn scope_with_function(&self, scope: ScopeId, name: Name) -> ScopeId {
        let mut at = scope;
        while let Some(data) = self.scopes.get(at.0 as usize) {
            match data.parent {
                Some(parent) if multis_of(data, name).next().is_none() => at = parent,
                _ => break,
            }
        }
        at
    }

    /// The constructors of a type, of its parts and of the supertypes of all these.
    fn heads_of(&self, ty: TypeId, heads: &mut SmallVec<[TypeHead; 8]>) {
        let mut own: SmallVec<[TypeHead; 8]> = SmallVec::new();
        self.own_heads(ty, &mut own);
        let mut add = |head: TypeHead| {
            if !heads.contains(&head) {
                heads.push(head);
            }
        };
        for head in own {
            match head {
                TypeHead::Decl(decl) => {
                    self.with_ancestors(decl).into_iter().for_each(|up| add(TypeHead::Decl(up)));
                }
                TypeHead::Array | TypeHead::List => {
                    add(head);
                    add(TypeHead::Seq);
                }
                TypeHead::Any
                | TypeHead::I64
                | TypeHead::F64
                | TypeHead::Bool
                | TypeHead::Byte
                | TypeHead::Str
                | TypeHead::Symbol
                | TypeHead::Seq
                | TypeHead::Table
                | TypeHead::Map
                | TypeHead::Set
                | TypeHead::Tuple
                | TypeHead::Shape
                | TypeHead::Function
                | TypeHead::Type => add(head),
            }
        }
    }

    /// The constructors of a type and of its parts, without supertypes.
    fn own_heads(&self, ty: TypeId, heads: &mut SmallVec<[TypeHead; 8]>) {
        let mut open: SmallVec<[TypeId; 8]> = SmallVec::new();
        open.push(ty);
        // Bounds may lead from variable to variable; more steps than variables would be a circle.
        let mut steps = self.types.var_count() + 1;
        while let Some(ty) = open.pop() {
            match self.types.kind(ty) {
                TypeKind::Union(parts) | TypeKind::Intersection(parts) => open.extend(parts.iter().rev().copied()),
                TypeKind::Var(var) if steps > 0 => {
                    steps -= 1;
                    open.push(self.types.var(*var).upper);
                }
                _ => heads.extend(self.head_of(ty)),
            }
        }
    }

    /// The modules whose functions belong to a type: its own, and the library's for types that the language knows.
    fn home_modules(&mut self, head: TypeHead) -> SmallVec<[ModuleId; 2]> {
        if let Some(known) = self.homes.get(&head) {
            return known.clone();
        }
        let mut found: SmallVec<[ModuleId; 2]> = SmallVec::new();
        let extra: &[&str] = match head {
            TypeHead::Decl(decl) => {
                let module = self.decls.get(decl.0 as usize).map(|info| info.module);
                found.extend(module);
                if module == self.library_module(names::CORE) { self.library_homes(decl) } else { &[] }
            }
            TypeHead::Any | TypeHead::Symbol | TypeHead::Tuple | TypeHead::Shape | TypeHead::Function => &[],
            TypeHead::Type => &["reflect"],
            TypeHead::I64 | TypeHead::F64 | TypeHead::Byte | TypeHead::Bool => &["math"],
            TypeHead::Str => &["str"],
            TypeHead::Array | TypeHead::Seq => &["array", "iter"],
            TypeHead::Table => &["table", "iter"],
            TypeHead::List => &["list"],
            TypeHead::Map => &["map", "iter"],
            TypeHead::Set => &["set", "iter"],
        };
        for path in extra {
            if let Some(module) = self.names.lookup(path).and_then(|name| self.library_module(name)) {
                found.push(module);
            }
        }
        self.homes.insert(head, found.clone());
        found
    }

    /// Library modules for types that `core` declares.
    fn library_homes(&self, decl: sayso_types::DeclId) -> &'static [&'static str] {
        match self.names.text(self.types.decl(decl).name) {
            "Option" | "Some" | "None" => &["option"],
            "Result" | "Ok" | "Err" => &["result"],
            "Iter" => &["iter"],
            "Range" => &["range", "array", "iter"],
            "File" | "Stdin" | "Stdout" => &["io"],
            "Task" => &["task"],
            "Channel" => &["channel"],
            "Error" => &["error"],
            _ => &[],
        }
    }
}
