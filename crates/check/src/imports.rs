//! Second pass: names that `import` and `from` bring into a scope.
//!
//! `from m import x` gives what `m` declares as `x`, or has itself by a `from`: such chains are followed in a loop, so
//! neither their length nor a cycle of imports matters. Types are bound before function heads are read; values after
//! it is known which multi-functions methods belong to.

use crate::collect::duplicate;
use crate::hir::ModuleId;
use crate::infer::suggest::{alternatives, nearest};
use crate::tables::{Bound, Checker, PendingImport, Scope, ScopeId, TypeDef, ValueDef};
use rustc_hash::FxHashMap;
use sayso_base::{Diagnostic, Name, Span};
use sayso_syntax::ast::{Ident, ImportName, ItemKind, Path};
use sayso_types::DeclKind;
use smallvec::SmallVec;

/// More imports than this one after another are taken for a cycle.
const LONGEST_CHAIN: usize = 10_000;

/// For each module, what a name that it has by `from` is called where it comes from.
type Chains = FxHashMap<(ModuleId, Name), SmallVec<[(ModuleId, Name); 1]>>;

impl Checker<'_> {
    /// Binds modules and types of all pending imports.
    pub(crate) fn bind_imported_types(&mut self) {
        let chains = self.chains();
        for import in self.pending_imports.clone() {
            let Some(ast) = self.ast_of(import.module) else { continue };
            match ast.items.get(import.item.0 as usize).map(|item| &item.kind) {
                Some(ItemKind::Import { path, alias }) => self.bind_module(import, path, *alias),
                Some(ItemKind::FromImport { names, .. }) => {
                    for name in names {
                        self.bind_type(import, name, &chains);
                    }
                }
                _ => {}
            }
        }
    }

    /// Binds the values of all pending imports, and reports names that are nothing at all.
    pub(crate) fn bind_imported_values(&mut self) {
        let chains = self.chains();
        for import in std::mem::take(&mut self.pending_imports) {
            let Some(ast) = self.ast_of(import.module) else { continue };
            if let Some(ItemKind::FromImport { names, .. }) = ast.items.get(import.item.0 as usize).map(|i| &i.kind) {
                for name in names {
                    self.bind_value(import, name, &chains);
                }
            }
        }
    }

    fn bind_module(&mut self, import: PendingImport, path: &Path, alias: Option<Ident>) {
        let Some(last) = alias.or(path.parts().last().copied()) else { return };
        let bound = Bound { item: import.target, span: last.span, imported: true };
        let dotted = self.modules.get(import.target.0 as usize).map(|data| data.path);
        let Some(scope) = self.scopes.get_mut(import.scope.0 as usize) else { return };
        match scope.modules.get(&last.name) {
            Some(first) if first.item != import.target => {
                let first = first.span;
                let text = self.names.text(last.name);
                let message = format!("two modules are named `{text}` here");
                let diagnostic =
                    duplicate(last.span, message, first).note("give one of them another name: `import a.b as c`");
                self.report(diagnostic);
            }
            Some(_) => {}
            None => {
                scope.modules.insert(last.name, bound);
            }
        }
        if let (None, Some(dotted), Some(scope)) = (alias, dotted, self.scopes.get_mut(import.scope.0 as usize)) {
            scope.paths.entry(dotted).or_insert(bound);
        }
    }

    fn bind_type(&mut self, import: PendingImport, name: &ImportName, chains: &Chains) {
        if self.is_private(name.name.name) && import.target != import.module {
            return;
        }
        let Some(def) = self.exported_type(import.target, name.name.name, chains) else { return };
        let own = name.alias.unwrap_or(name.name);
        let variants = self.variants_of(def);
        let Some(scope) = self.scopes.get_mut(import.scope.0 as usize) else { return };
        match scope.types.get(&own.name).copied() {
            Some(first) if first.item != def => {
                let text = self.names.text(own.name);
                let message = format!("two types are named `{text}` here");
                let diagnostic = duplicate(own.span, message, first.span)
                    .note("give the imported one another name: `from a import T as U`");
                self.report(diagnostic);
                return;
            }
            Some(_) => {}
            None => {
                scope.types.insert(own.name, Bound { item: def, span: own.span, imported: true });
            }
        }
        for (name, variant) in variants {
            if let Some(scope) = self.scopes.get_mut(import.scope.0 as usize) {
                let known = scope.variants.entry(name).or_default();
                if !known.contains(&variant) {
                    known.push(variant);
                }
            }
        }
    }

    /// The variants that a type brings with it.
    fn variants_of(&self, def: TypeDef) -> Vec<(Name, sayso_types::DeclId)> {
        let TypeDef::Decl(decl) = def else { return Vec::new() };
        let data = self.types.decl(decl);
        match data.kind {
            DeclKind::Enum => data.variants.iter().map(|of| (self.types.decl(*of).name, *of)).collect(),
            DeclKind::Struct
            | DeclKind::Object
            | DeclKind::Variant { .. }
            | DeclKind::Trait
            | DeclKind::Interface
            | DeclKind::Class
            | DeclKind::Opaque => Vec::new(),
        }
    }

    fn bind_value(&mut self, import: PendingImport, name: &ImportName, chains: &Chains) {
        let wanted = name.name;
        if self.is_private(wanted.name) && import.target != import.module {
            let text = self.names.text(wanted.name);
            let diagnostic = Diagnostic::error("private-name", wanted.span, format!("`{text}` is private"))
                .label("begins with `_`")
                .note("names that begin with `_` stay inside their module");
            self.report(diagnostic);
            return;
        }
        let own = name.alias.unwrap_or(wanted);
        let values = self.exported_values(import.target, wanted.name, chains);
        let known_type = self.exported_type(import.target, wanted.name, chains).is_some();
        if values.is_empty() && !known_type {
            let variants = self.exported_variants(import.target, wanted.name);
            if variants.is_empty() {
                self.report_unknown_import(import.target, wanted);
                return;
            }
            if let Some(scope) = self.scopes.get_mut(import.scope.0 as usize) {
                let known = scope.variants.entry(own.name).or_default();
                for variant in variants {
                    if !known.contains(&variant) {
                        known.push(variant);
                    }
                }
            }
            return;
        }
        for value in values {
            let Some(scope) = self.scopes.get_mut(import.scope.0 as usize) else { return };
            let known = scope.values.entry(own.name).or_default();
            let two_variables = |other: ValueDef| matches!((other, value), (ValueDef::Global(one), ValueDef::Global(two)) if one != two);
            let clash = known
                .iter()
                .find(|other| {
                    (!other.imported && !both_functions(other.item, value))
                        || (other.imported && two_variables(other.item))
                })
                .copied();
            if known.iter().any(|other| other.item == value) {
                continue;
            }
            match clash {
                None => known.push(Bound { item: value, span: own.span, imported: true }),
                Some(first) => {
                    let text = self.names.text(own.name);
                    let message = if first.imported {
                        format!("`{text}` is imported from two modules")
                    } else {
                        format!("`{text}` is both declared here and imported")
                    };
                    let diagnostic = duplicate(own.span, message, first.span)
                        .note("give the imported one another name: `from a import x as y`");
                    self.report(diagnostic);
                }
            }
        }
    }

    fn report_unknown_import(&mut self, target: ModuleId, name: Ident) {
        let text = self.names.text(name.name).to_string();
        let module = self.modules.get(target.0 as usize).map_or("", |data| self.names.text(data.path)).to_string();
        let mut diagnostic =
            Diagnostic::error("unknown-import", name.span, format!("module `{module}` has no `{text}`"))
                .label("not found there");
        let candidates = self.public_names(target);
        let near = nearest(&text, candidates.iter().map(|name| self.names.text(*name)));
        if let Some(first) = near.first() {
            diagnostic = diagnostic.suggest(format!("did you mean {}?", alternatives(&near)), name.span, *first);
        } else if !matches!(self.loader.load(&format!("{module}.{text}")), crate::input::Loaded::Missing) {
            diagnostic = diagnostic.note(format!("it is a module of its own: `import {module}.{text}`"));
        }
        self.report(diagnostic);
    }

    /// The names that other modules may use, in the order of their ids.
    pub(crate) fn public_names(&self, module: ModuleId) -> Vec<Name> {
        let Some(scope) = self.scopes.get(self.scope_of(module).0 as usize) else { return Vec::new() };
        let mut found: Vec<Name> =
            scope.types.keys().chain(scope.values.keys()).chain(scope.methods.keys()).copied().collect();
        found.retain(|name| !self.is_private(*name));
        found.sort();
        found.dedup();
        found
    }

    pub(crate) fn is_private(&self, name: Name) -> bool {
        self.names.text(name).starts_with('_')
    }

    /// What each module's own scope has by `from` and still has to bind.
    fn chains(&self) -> Chains {
        let mut chains = Chains::default();
        for import in &self.pending_imports {
            let Some(ast) = self.ast_of(import.module) else { continue };
            if self.scope_of(import.module) != import.scope {
                continue;
            }
            let Some(ItemKind::FromImport { names, .. }) = ast.items.get(import.item.0 as usize).map(|i| &i.kind)
            else {
                continue;
            };
            for name in names {
                let own = name.alias.unwrap_or(name.name).name;
                chains.entry((import.module, own)).or_default().push((import.target, name.name.name));
            }
        }
        chains
    }

    /// What the scopes that a name of a module leads to answer. They are asked for all that they have under the name,
    /// or, where imports of it are pending still, for their own alone (`true`).
    fn follow<T>(
        &self,
        module: ModuleId,
        name: Name,
        chains: &Chains,
        answer: impl Fn(&Scope, Name, bool) -> Option<T>,
    ) -> Vec<T> {
        let mut found = Vec::new();
        let mut open: SmallVec<[(ModuleId, Name); 4]> = SmallVec::new();
        open.push((module, name));
        let mut steps = 0;
        while let Some((module, name)) = open.pop() {
            steps += 1;
            if steps > LONGEST_CHAIN {
                break;
            }
            let next = chains.get(&(module, name));
            let scope = self.scopes.get(self.scope_of(module).0 as usize);
            found.extend(scope.and_then(|scope| answer(scope, name, next.is_some())));
            open.extend(next.map_or(&[][..], |next| next.as_slice()).iter().rev().copied());
        }
        found
    }

    fn exported_type(&self, module: ModuleId, name: Name, chains: &Chains) -> Option<TypeDef> {
        let found = self.follow(module, name, chains, |scope, name, own| {
            scope.types.get(&name).filter(|bound| !own || !bound.imported).map(|bound| bound.item)
        });
        found.first().copied()
    }

    fn exported_values(&self, module: ModuleId, name: Name, chains: &Chains) -> SmallVec<[ValueDef; 2]> {
        let found = self.follow(module, name, chains, |scope, name, own| {
            let values = scope.values.get(&name).map_or(&[][..], |values| values.as_slice());
            let kept: SmallVec<[Bound<ValueDef>; 2]> =
                values.iter().filter(|bound| !own || !bound.imported).copied().collect();
            let mut all = exported(&kept);
            if all.iter().all(|value| matches!(value, ValueDef::Multi(_))) {
                all.extend(scope.methods.get(&name).into_iter().flatten().map(|multi| ValueDef::Multi(*multi)));
            }
            Some(all)
        });
        let mut values: SmallVec<[ValueDef; 2]> = SmallVec::new();
        for value in found.into_iter().flatten() {
            if !values.contains(&value) {
                values.push(value);
            }
        }
        values
    }

    /// Variants that a module declares: `from m import Circle`.
    fn exported_variants(&self, module: ModuleId, name: Name) -> SmallVec<[sayso_types::DeclId; 1]> {
        let scope = self.scopes.get(self.scope_of(module).0 as usize);
        scope.and_then(|scope| scope.variants.get(&name)).cloned().unwrap_or_default()
    }

    /// The scope's module, or the first.
    pub(crate) fn module_of(&self, scope: ScopeId) -> ModuleId {
        self.scopes.get(scope.0 as usize).and_then(|data| data.module).unwrap_or(ModuleId(0))
    }
}

/// What others see of several values under one name: the last top-level variable, all functions.
pub(crate) fn exported(values: &[Bound<ValueDef>]) -> SmallVec<[ValueDef; 2]> {
    let last_global = values.iter().rposition(|bound| matches!(bound.item, ValueDef::Global(_)));
    let mut seen: SmallVec<[ValueDef; 2]> = SmallVec::new();
    for (index, bound) in values.iter().enumerate() {
        let hidden = matches!(bound.item, ValueDef::Global(_)) && last_global.is_some_and(|last| index < last);
        if !hidden && !seen.contains(&bound.item) {
            seen.push(bound.item);
        }
    }
    seen
}

fn both_functions(first: ValueDef, second: ValueDef) -> bool {
    matches!((first, second), (ValueDef::Multi(_), ValueDef::Multi(_)))
}

/// Where two imports or declarations of one name stand.
pub(crate) fn places(values: &[Bound<ValueDef>]) -> Vec<Span> {
    values.iter().map(|bound| bound.span).collect()
}
