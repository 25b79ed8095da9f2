//! First pass: which names a module declares. Nothing is resolved yet, so the order of items and modules is free.
//!
//! Items inside blocks are declared here too, each block with items getting a scope of its own: all types and functions
//! of a program are known before the first body is looked at.

use crate::hir::{GlobalId, ModuleId, MultiId};
use crate::tables::{
    Alias, AliasId, Bound, Checker, DeclInfo, FnDecl, FnDeclId, FnDeclKind, GlobalDecl, MultiDecl, MultiKind,
    ResultType, Scope, ScopeId, State, TypeDef, TypeHead, ValueDef,
};
use rustc_hash::FxHashMap;
use sayso_base::{Diagnostic, Name, Span, names};
use sayso_syntax::ast::{self, Ast, FnItem, Item, ItemId, ItemKind, PatternKind, StmtKind};
use sayso_types::{Decl, DeclId, DeclKind, TypeId, TypeParam, VarId, VarInfo, Variance};
use smallvec::{SmallVec, smallvec};
use std::sync::Arc;

/// Where an item stands.
#[derive(Clone, Copy)]
struct Place {
    module: ModuleId,
    scope: ScopeId,
    nested: bool,
}

impl Checker<'_> {
    /// Declares the names of a module.
    pub(crate) fn collect_module(&mut self, module: ModuleId) {
        let Some(data) = self.modules.get(module.0 as usize) else { return };
        let (ast, scope) = (data.ast.clone(), data.scope);
        let place = Place { module, scope, nested: false };
        self.reserve(&ast, scope);
        for (index, stmt) in ast.body.iter().enumerate() {
            match &stmt.kind {
                StmtKind::Item(item) => self.collect_item(&ast, place, *item),
                StmtKind::Let { pattern, mutable, .. } => self.collect_globals(&ast, place, *pattern, *mutable, index),
                StmtKind::Expr { .. } | StmtKind::Defer(_) | StmtKind::Error => {}
            }
        }
        self.collect_blocks(&ast, module, scope, None, 0);
    }

    /// Declares the names of an item at the top level of its module.
    pub(crate) fn collect_top_item(&mut self, module: ModuleId, item: ItemId) {
        let Some(data) = self.modules.get(module.0 as usize) else { return };
        let (ast, scope) = (data.ast.clone(), data.scope);
        self.collect_item(&ast, Place { module, scope, nested: false }, item);
    }

    /// Makes room for what a module declares, so that tables need not grow step by step.
    fn reserve(&mut self, ast: &Ast, scope: ScopeId) {
        let (mut functions, mut types) = (0, 0);
        for item in &ast.items {
            match &item.kind {
                ItemKind::Fn(_) => functions += 1,
                ItemKind::Enum { variants, .. } => types += 1 + variants.len(),
                ItemKind::Struct { .. } | ItemKind::Trait { .. } | ItemKind::Interface { .. } => types += 1,
                ItemKind::Class { .. } => types += 1,
                ItemKind::TypeAlias { .. }
                | ItemKind::Import { .. }
                | ItemKind::FromImport { .. }
                | ItemKind::Test { .. }
                | ItemKind::Bench { .. }
                | ItemKind::Error => {}
            }
        }
        // Each function and each constructor has a declaration and a function of the program.
        self.functions.reserve(functions + types);
        self.hir.reserve(functions + types);
        self.declared.reserve(functions + types);
        self.reached.reserve(functions + types);
        self.multis.reserve(functions + types);
        self.decls.reserve(types);
        self.module_multis.reserve(functions + types);
        if let Some(scope) = self.scopes.get_mut(scope.0 as usize) {
            scope.values.reserve(functions + types);
            scope.types.reserve(types);
        }
    }

    /// Gives each block that holds items a scope: `one` and those from `first` on. Blocks contain each other as their
    /// spans do.
    pub(crate) fn collect_blocks(
        &mut self,
        ast: &Ast,
        module: ModuleId,
        root: ScopeId,
        one: Option<ast::BlockId>,
        first: usize,
    ) {
        let holds_items = |block: &ast::Block| block.stmts.iter().any(|s| matches!(s.kind, StmtKind::Item(_)));
        let mut blocks: Vec<(Span, u32)> = Vec::new();
        let one = one.and_then(|id| ast.blocks.get(id.0 as usize).map(|block| (id.0 as usize, block)));
        for (index, block) in one.into_iter().chain(ast.blocks.iter().enumerate().skip(first)) {
            if holds_items(block) {
                blocks.push((block.span, index as u32));
            }
        }
        if blocks.is_empty() {
            return;
        }
        blocks.sort_by_key(|(span, index)| (span.start, std::cmp::Reverse(span.end), *index));
        let mut around: Vec<(u32, ScopeId)> = Vec::new();
        for (span, index) in blocks {
            while around.last().is_some_and(|(end, _)| *end <= span.start) {
                around.pop();
            }
            let parent = around.last().map_or(root, |(_, scope)| *scope);
            let scope = ScopeId(self.scopes.len() as u32);
            self.scopes.push(Scope { module: Some(module), parent: Some(parent), ..Scope::default() });
            self.block_scopes.insert((module, ast::BlockId(index)), scope);
            around.push((span.end, scope));
            let place = Place { module, scope, nested: true };
            for stmt in ast.blocks.get(index as usize).map_or(&[][..], |block| &block.stmts) {
                if let StmtKind::Item(item) = &stmt.kind {
                    self.collect_item(ast, place, *item);
                }
            }
        }
    }

    fn collect_item(&mut self, ast: &Ast, place: Place, id: ItemId) {
        let Some(item) = ast.items.get(id.0 as usize) else { return };
        match &item.kind {
            ItemKind::Fn(function) => {
                let decl = self.collect_function(ast, place, id, item, function, None);
                if function.owner.is_none() && !starts_with_self(ast, function) {
                    let multi = self.own_multi(place.scope, function.name.name, function.name.span);
                    self.join_multi(decl, multi);
                }
            }
            ItemKind::Struct { name, type_params, functions, object, .. } => {
                let kind = match (opaque(item), object) {
                    (true, _) if self.is_library(place.module) => DeclKind::Opaque,
                    (_, true) => DeclKind::Object,
                    (_, false) => DeclKind::Struct,
                };
                let decl = self.collect_decl(place, id, *name, kind, type_params, None);
                if *object {
                    self.declare_value(place.scope, name.name, ValueDef::Object(decl), name.span);
                }
                self.collect_functions(ast, place, functions, decl);
            }
            ItemKind::Enum { name, type_params, variants, functions, .. } => {
                let decl = self.collect_decl(place, id, *name, DeclKind::Enum, type_params, None);
                self.collect_variants(place, id, decl, type_params, variants);
                self.collect_functions(ast, place, functions, decl);
            }
            ItemKind::Trait { name, type_params, functions, .. } => {
                let decl = self.collect_decl(place, id, *name, DeclKind::Trait, type_params, None);
                self.collect_functions(ast, place, functions, decl);
            }
            ItemKind::Interface { name, type_params, .. } => {
                self.collect_decl(place, id, *name, DeclKind::Interface, type_params, None);
            }
            ItemKind::Class { name, type_params, functions, init, .. } => {
                let kind =
                    if opaque(item) && self.is_library(place.module) { DeclKind::Opaque } else { DeclKind::Class };
                let decl = self.collect_decl(place, id, *name, kind, type_params, None);
                if let Some(init) = init {
                    self.collect_init(ast, place, *init, decl);
                }
                self.collect_functions(ast, place, functions, decl);
            }
            ItemKind::TypeAlias { name, type_params, .. } => {
                let vars = self.declare_vars(type_params);
                let alias = AliasId(self.aliases.len() as u32);
                self.aliases.push(Alias {
                    name: name.name,
                    module: place.module,
                    scope: place.scope,
                    item: id,
                    span: name.span,
                    vars,
                    ty: TypeId::ERROR,
                    state: State::NotStarted,
                });
                self.declare_type(place.scope, *name, TypeDef::Alias(alias));
            }
            ItemKind::Import { .. } | ItemKind::FromImport { .. } => self.defer_import(place.scope, place.module, id),
            ItemKind::Test { .. } | ItemKind::Bench { .. } => {
                if place.nested {
                    self.report(
                        Diagnostic::error("misplaced-item", item.span, "a `test` or `bench` stands inside a block")
                            .note("they belong to the module: move it to the top level"),
                    );
                }
            }
            ItemKind::Error => {}
        }
    }

    fn collect_variants(
        &mut self,
        place: Place,
        item: ItemId,
        decl: DeclId,
        type_params: &[ast::TypeParam],
        variants: &[ast::VariantDecl],
    ) {
        let mut seen: FxHashMap<Name, Span> = FxHashMap::default();
        let mut all = Vec::with_capacity(variants.len());
        for (index, variant) in variants.iter().enumerate() {
            let name = variant.name;
            if let Some(first) = seen.get(&name.name).copied() {
                let message = format!("two variants are named `{}`", self.names.text(name.name));
                self.report(duplicate(name.span, message, first));
            }
            let first = seen.insert(name.name, name.span).is_none();
            // A second variant of one name is declared all the same, so that variants and items keep step.
            let kind = DeclKind::Variant { of: decl, index: index as u32 };
            let variant = self.collect_decl(place, item, name, kind, type_params, Some(decl));
            all.push(variant);
            if first && let Some(scope) = self.scopes.get_mut(place.scope.0 as usize) {
                scope.variants.entry(name.name).or_default().push(variant);
            }
        }
        self.types.decl_mut(decl).variants = all;
    }

    /// The functions written inside a type.
    fn collect_functions(&mut self, ast: &Ast, place: Place, functions: &[ItemId], decl: DeclId) {
        for id in functions {
            let Some(item) = ast.items.get(id.0 as usize) else { continue };
            if let ItemKind::Fn(function) = &item.kind {
                let function = self.collect_function(ast, place, *id, item, function, Some(decl));
                if let Some(info) = self.decls.get_mut(decl.0 as usize) {
                    info.functions.push(function);
                }
            }
        }
    }

    fn collect_init(&mut self, ast: &Ast, place: Place, id: ItemId, decl: DeclId) {
        let Some(item) = ast.items.get(id.0 as usize) else { return };
        let ItemKind::Fn(function) = &item.kind else { return };
        let init = self.collect_function(ast, place, id, item, function, Some(decl));
        if !starts_with_self(ast, function) {
            let diagnostic = Diagnostic::error("bad-init", function.head_span, "`init` has no `self`")
                .note("it gets the new object first: `init(self, …)`");
            self.report(diagnostic);
            return;
        }
        let kind = match function.body {
            Some(body) => FnDeclKind::Init(decl, body),
            None => FnDeclKind::Abstract,
        };
        if let Some(declared) = self.functions.get_mut(init.0 as usize) {
            declared.kind = kind;
        }
        if let Some(info) = self.decls.get_mut(decl.0 as usize) {
            info.init = Some(init);
        }
    }

    /// Makes the declaration of a function; its head is read by a later pass.
    fn collect_function(
        &mut self,
        ast: &Ast,
        place: Place,
        id: ItemId,
        item: &Item,
        function: &FnItem,
        owner: Option<DeclId>,
    ) -> FnDeclId {
        let name = match owner {
            Some(decl) => self.dotted(self.types.decl(decl).name, function.name.name),
            None => match &function.owner {
                Some(path) => match path.parts().last() {
                    Some(last) => self.dotted(last.name, function.name.name),
                    None => function.name.name,
                },
                None => function.name.name,
            },
        };
        let hir = self.new_function(name, place.module, function.head_span);
        let decl = FnDeclId(self.functions.len() as u32);
        self.functions.push(FnDecl {
            name: function.name.name,
            module: place.module,
            scope: place.scope,
            vars: SmallVec::new(),
            type_vars: SmallVec::new(),
            owner: owner.map(TypeHead::Decl),
            has_self: starts_with_self(ast, function),
            item: Some(id),
            function: hir,
            params: Arc::from([]),
            result: ResultType::NotStarted,
            effects: None,
            kind: function.body.map_or(FnDeclKind::Abstract, FnDeclKind::Body),
            comptime: function.comptime,
            nested: place.nested,
            multis: SmallVec::new(),
            deprecated: None,
            docs: item.docs.clone(),
            name_span: function.name.span,
            head_span: function.head_span,
            broken: false,
        });
        self.set_declared(hir, decl);
        if let Some(data) = self.modules.get_mut(place.module.0 as usize)
            && let Some(entry) = data.function_of.get_mut(id.0 as usize)
        {
            *entry = Some(decl);
        }
        decl
    }

    fn collect_decl(
        &mut self,
        place: Place,
        item: ItemId,
        name: ast::Ident,
        kind: DeclKind,
        type_params: &[ast::TypeParam],
        variant_of: Option<DeclId>,
    ) -> DeclId {
        // A variant's parameters are those of its enum, so that both are read with the same names in sight.
        let (vars, params) = match variant_of {
            Some(of) => {
                let vars = self.decls.get(of.0 as usize).map(|info| info.vars.clone()).unwrap_or_default();
                (vars, self.types.decl(of).params.clone())
            }
            None => {
                let vars = self.declare_vars(type_params);
                let params = vars
                    .iter()
                    .zip(type_params)
                    .map(|((_, var), written)| TypeParam {
                        var: *var,
                        variance: variance(written.variance),
                        open: written.open,
                    })
                    .collect();
                (vars, params)
            }
        };
        let module_path = self.modules.get(place.module.0 as usize).map_or(names::EMPTY, |data| data.path);
        let decl = self.types.add_decl(Decl {
            kind,
            name: name.name,
            module: module_path,
            span: Some(name.span),
            params,
            supers: Vec::new(),
            fields: Vec::new(),
            variants: Vec::new(),
            members: Vec::new(),
            by_reference: matches!(kind, DeclKind::Class | DeclKind::Opaque),
        });
        let args: SmallVec<[TypeId; 2]> = vars.iter().map(|(_, var)| self.types.variable(*var)).collect();
        let self_type = self.types.nominal(decl, &args);
        self.decls.push(DeclInfo {
            module: place.module,
            item,
            scope: place.scope,
            name_span: name.span,
            vars,
            self_type,
            constructor: None,
            constructors: None,
            init: None,
            functions: Vec::new(),
            defaults: Vec::new(),
            instance: None,
            supers_state: State::NotStarted,
            fields_state: State::NotStarted,
        });
        if variant_of.is_none() {
            self.declare_type(place.scope, name, TypeDef::Decl(decl));
            if let Some(data) = self.modules.get_mut(place.module.0 as usize)
                && let Some(entry) = data.decl_of.get_mut(item.0 as usize)
            {
                *entry = Some(decl);
            }
        }
        decl
    }

    /// Makes the variables of a list of type parameters; their bounds are read later.
    pub(crate) fn declare_vars(&mut self, params: &[ast::TypeParam]) -> SmallVec<[(Name, VarId); 2]> {
        let mut vars: SmallVec<[(Name, VarId); 2]> = SmallVec::new();
        for param in params {
            let name = param.name.name;
            if let Some(index) = vars.iter().position(|(other, _)| *other == name) {
                let text = self.names.text(name);
                let message = format!("two type parameters are named `{text}`");
                let first = params.get(index).map_or(param.name.span, |first| first.name.span);
                self.report(duplicate(param.name.span, message, first));
            }
            let var = self.types.add_var(VarInfo { name, upper: TypeId::ANY, lower: TypeId::NEVER });
            vars.push((name, var));
        }
        vars
    }

    /// The variables that a top-level `let` binds. `let NAME = …` binds whatever the name looks like; inside a larger
    /// pattern a capitalised bare name is a constant to compare with.
    fn collect_globals(&mut self, ast: &Ast, place: Place, pattern: ast::PatternId, mutable: bool, stmt: usize) {
        let mut open: SmallVec<[(ast::PatternId, bool); 4]> = smallvec![(pattern, true)];
        while let Some((id, outermost)) = open.pop() {
            let Some(node) = ast.patterns.get(id.0 as usize) else { continue };
            let bind = |checker: &mut Self, ident: ast::Ident| {
                if ident.name != names::UNDERSCORE {
                    checker.add_global(place, ident, id, mutable, stmt);
                }
            };
            match &node.kind {
                PatternKind::Bind { name, pattern } => {
                    if outermost || pattern.is_some() || !self.is_capitalised(name.name) {
                        bind(self, *name);
                    }
                    open.extend(pattern.iter().map(|inner| (*inner, false)));
                }
                PatternKind::Typed { name, .. } => bind(self, *name),
                PatternKind::Or(parts) => open.extend(parts.first().map(|first| (*first, false))),
                PatternKind::Tuple(parts) => open.extend(parts.iter().rev().map(|part| (*part, false))),
                PatternKind::Array { before, rest, after } => {
                    if let Some(Some(name)) = rest.as_deref() {
                        bind(self, *name);
                    }
                    open.extend(after.iter().rev().chain(before.iter().rev()).map(|part| (*part, false)));
                }
                PatternKind::Struct { fields, .. } => {
                    open.extend(fields.iter().rev().map(|field| (field.pattern, false)));
                }
                PatternKind::Variant { args, .. } => open.extend(args.iter().rev().map(|part| (*part, false))),
                PatternKind::Error
                | PatternKind::Wildcard
                | PatternKind::Literal(_)
                | PatternKind::Range { .. }
                | PatternKind::Path(_) => {}
            }
        }
    }

    fn add_global(&mut self, place: Place, ident: ast::Ident, pattern: ast::PatternId, mutable: bool, stmt: usize) {
        let global = GlobalId(self.globals.len() as u32);
        self.globals.push(GlobalDecl {
            name: ident.name,
            module: place.module,
            ty: ResultType::NotStarted,
            mutable,
            span: ident.span,
            stmt,
            pattern: Some(pattern),
            object: None,
        });
        if let Some(data) = self.modules.get_mut(place.module.0 as usize) {
            data.global_of.insert(pattern, global);
        }
        self.declare_value(place.scope, ident.name, ValueDef::Global(global), ident.span);
    }

    /// Puts a type's name into a scope.
    fn declare_type(&mut self, scope: ScopeId, name: ast::Ident, def: TypeDef) {
        if is_fixed_type_name(name.name) {
            let text = self.names.text(name.name);
            let message = format!("`{text}` is a type of the language and cannot be declared anew");
            self.report(Diagnostic::error("duplicate-definition", name.span, message));
            return;
        }
        let Some(data) = self.scopes.get_mut(scope.0 as usize) else { return };
        match data.types.get(&name.name) {
            Some(first) => {
                let first = first.span;
                let text = self.names.text(name.name);
                let message = format!("two types are named `{text}`");
                self.report(duplicate(name.span, message, first));
            }
            None => {
                data.types.insert(name.name, Bound { item: def, span: name.span, imported: false });
            }
        }
    }

    /// Puts a value's name into a scope. Functions gather in one multi-function; a top-level variable hides an earlier
    /// one of its name; anything else of one name is an error.
    pub(crate) fn declare_value(&mut self, scope: ScopeId, name: Name, def: ValueDef, span: Span) {
        let Some(data) = self.scopes.get_mut(scope.0 as usize) else { return };
        let known = data.values.entry(name).or_default();
        // What is there already may share the name among itself, so the last tells it of all.
        let clash = known.iter().rev().find(|other| !other.imported).is_some_and(|last| !may_share(last.item, def));
        if clash && let Some(first) = known.iter().find(|other| !other.imported).copied() {
            let text = self.names.text(name);
            let message = match (first.item, def) {
                (ValueDef::Multi(_), _) | (_, ValueDef::Multi(_)) => {
                    format!("`{text}` is declared both as a function and as something else")
                }
                _ => format!("`{text}` is declared twice"),
            };
            self.report(duplicate(span, message, first.span));
            return;
        }
        known.push(Bound { item: def, span, imported: false });
    }

    /// The multi-function of a name in a scope, new or known.
    pub(crate) fn own_multi(&mut self, scope: ScopeId, name: Name, span: Span) -> MultiId {
        let Some(data) = self.scopes.get(scope.0 as usize) else { return MultiId(0) };
        let module = data.module.unwrap_or(ModuleId(0));
        let nested = self.scope_of(module) != scope;
        if !nested {
            if let Some(known) = self.module_multis.get(&(module, name)) {
                return *known;
            }
        } else if let Some(known) = data.values.get(&name) {
            let own = known.iter().find_map(|bound| match bound.item {
                ValueDef::Multi(multi) if !bound.imported => Some(multi),
                _ => None,
            });
            if let Some(own) = own {
                return own;
            }
        }
        let kind = if nested { MultiKind::Block(scope) } else { MultiKind::Module };
        let multi = self.new_multi(MultiDecl { name, module, kind, functions: SmallVec::new() });
        if !nested {
            self.module_multis.insert((module, name), multi);
        }
        self.declare_value(scope, name, ValueDef::Multi(multi), span);
        multi
    }

    pub(crate) fn new_multi(&mut self, multi: MultiDecl) -> MultiId {
        self.multis.push(multi);
        MultiId(self.multis.len() as u32 - 1)
    }

    /// Makes a function one of a multi-function's.
    pub(crate) fn join_multi(&mut self, decl: FnDeclId, multi: MultiId) {
        let Some(function) = self.functions.get_mut(decl.0 as usize) else { return };
        if function.multis.contains(&multi) {
            return;
        }
        function.multis.push(multi);
        if let Some(data) = self.multis.get_mut(multi.0 as usize) {
            data.functions.push(decl);
        }
    }

    pub(crate) fn is_library(&self, module: ModuleId) -> bool {
        self.modules.get(module.0 as usize).is_some_and(|data| data.library)
    }

    pub(crate) fn decl_name_span(&self, decl: DeclId) -> Span {
        let own = self.decls.get(decl.0 as usize).map(|info| info.name_span);
        own.unwrap_or(Span::new(sayso_base::FileId(0), 0, 0))
    }

    /// `a.b` as a name.
    pub(crate) fn dotted(&mut self, first: Name, second: Name) -> Name {
        let text = format!("{}.{}", self.names.text(first), self.names.text(second));
        self.names.intern(&text)
    }

    pub(crate) fn is_capitalised(&self, name: Name) -> bool {
        self.names.text(name).chars().next().is_some_and(char::is_uppercase)
    }

    pub(crate) fn report(&mut self, diagnostic: Diagnostic) {
        self.diagnostics.push(diagnostic);
    }

    /// The view of a module.
    pub(crate) fn ast_of(&self, module: ModuleId) -> Option<Arc<Ast>> {
        self.modules.get(module.0 as usize).map(|data| data.ast.clone())
    }
}

/// Whether two things of one scope may have one name.
fn may_share(first: ValueDef, second: ValueDef) -> bool {
    match (first, second) {
        (ValueDef::Multi(a), ValueDef::Multi(b)) => a != b,
        (ValueDef::Global(_), ValueDef::Global(_)) => true,
        (ValueDef::Multi(_) | ValueDef::Global(_) | ValueDef::Object(_), _) => false,
    }
}

/// Types whose names cannot be declared anew.
fn is_fixed_type_name(name: Name) -> bool {
    matches!(
        name,
        names::ANY | names::NEVER | names::I64 | names::F64 | names::BOOL | names::BYTE | names::STR | names::VOID
    )
}

pub(crate) fn duplicate(span: Span, message: String, first: Span) -> Diagnostic {
    Diagnostic::error("duplicate-definition", span, message).label("again here").also(first, "first declared here")
}

pub(crate) fn variance(written: ast::Variance) -> Variance {
    match written {
        ast::Variance::Invariant => Variance::Invariant,
        ast::Variance::Covariant => Variance::Covariant,
        ast::Variance::Contravariant => Variance::Contravariant,
    }
}

/// Whether a function's first parameter is `self`.
pub(crate) fn starts_with_self(ast: &Ast, function: &FnItem) -> bool {
    let first = function.params.first().and_then(|param| ast.patterns.get(param.pattern.0 as usize));
    first.is_some_and(
        |pattern| matches!(&pattern.kind, PatternKind::Bind { name, pattern: None } if name.name == names::SELF),
    )
}

/// `@native(…)` on a type: it has no form in the language.
fn opaque(item: &Item) -> bool {
    item.attributes.iter().any(|attribute| attribute.name.name == names::NATIVE)
}
