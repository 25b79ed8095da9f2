//! Fourth pass: heads of functions: whose they are, their type parameters, parameters, results, effects, attributes.

use crate::collect::duplicate;
use crate::declare::type_span;
use crate::hir::{self, FnId, FunctionKind, ModuleId};
use crate::tables::{Checker, FnDeclId, FnDeclKind, Param, ParamDefault, ResultType, TypeDef, TypeHead};
use rustc_hash::FxHashMap;
use sayso_base::{Diagnostic, Name, Span, names};
use sayso_syntax::ast::{self, Ast, Attribute, ExprKind, FnItem, Item, ItemKind, PatternKind, StrPart, TypeExprKind};
use sayso_types::{DeclKind, Effects, TypeId, TypeKind, VarId};
use smallvec::{SmallVec, smallvec};
use std::sync::Arc;

/// What stands before the dot of `fn owner.name`.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Owner {
    /// Nothing.
    None,
    /// A type; with the type that an unannotated `self` has, if that is clear.
    Type(TypeHead, Option<TypeId>),
    /// Another module.
    Module(ModuleId),
    /// Something unknown, which has been reported.
    Error,
}

impl Checker<'_> {
    /// Reads the heads of the functions from `first` on. Gives the functions that belong to other modules.
    pub(crate) fn read_signatures(&mut self, first: usize) -> Vec<(FnDeclId, ModuleId)> {
        let mut foreign = Vec::new();
        for index in first..self.functions.len() {
            let id = FnDeclId(index as u32);
            let Some(decl) = self.functions.get(index) else { continue };
            let (module, Some(item)) = (decl.module, decl.item) else { continue };
            let Some(ast) = self.ast_of(module) else { continue };
            let Some(item) = ast.items.get(item.0 as usize) else { continue };
            let ItemKind::Fn(function) = &item.kind else { continue };
            let owner = self.read_owner(id, function);
            if let Owner::Module(module) = owner {
                foreign.push((id, module));
            }
            self.read_head(&ast, id, function, owner);
            self.read_attributes(&ast, id, item, function);
            self.finish_head(id);
        }
        foreign
    }

    fn read_owner(&mut self, id: FnDeclId, function: &FnItem) -> Owner {
        let Some(decl) = self.functions.get(id.0 as usize) else { return Owner::Error };
        let (scope, module, has_self) = (decl.scope, decl.module, decl.has_self);
        if let Some(TypeHead::Decl(of)) = decl.owner {
            let self_type = self.decls.get(of.0 as usize).map(|info| info.self_type);
            return Owner::Type(TypeHead::Decl(of), self_type);
        }
        let Some(path) = &function.owner else { return Owner::None };
        if let Some(def) = self.find_type_path(scope, path) {
            let (head, self_type) = self.owner_type(def, path.span());
            self.check_no_init(head, function);
            return match head {
                Some(head) => Owner::Type(head, self_type),
                None => self.bad_owner(id, path.span(), "it is no type that functions could belong to"),
            };
        }
        let parts: SmallVec<[Name; 4]> = path.parts().iter().map(|part| part.name).collect();
        let target = self.lookup_module(scope, &parts).or_else(|| self.imported_path(module, &parts));
        match target {
            Some(_) if has_self => {
                self.bad_owner(id, path.span(), "it is a module, and `self` needs a type before the dot")
            }
            Some(target) => Owner::Module(target),
            None => {
                let text = self.path_text(path);
                let visible = self.visible_types(scope, &[]);
                let near = crate::infer::suggest::nearest(&text, visible.iter().map(|name| self.names.text(*name)));
                let why = match near.first() {
                    Some(near) => {
                        format!("neither a type nor an imported module has that name here; perhaps `{near}` is meant")
                    }
                    None => "neither a type nor an imported module has that name here".to_string(),
                };
                self.bad_owner(id, path.span(), &why)
            }
        }
    }

    /// `fn C.init` is not how a class is initialised.
    fn check_no_init(&mut self, head: Option<TypeHead>, function: &FnItem) {
        let Some(TypeHead::Decl(decl)) = head else { return };
        if function.name.name == names::INIT && matches!(self.types.decl(decl).kind, DeclKind::Class) {
            let diagnostic =
                Diagnostic::error("fn-init", function.head_span, "the constructor of a class is no function beside it")
                    .note("write `init(self, …) { … }` inside the class, without `fn`");
            self.report(diagnostic);
        }
    }

    /// A module that is imported under another name only (`import a.b as c`): functions may still be added to `a.b`.
    fn imported_path(&self, module: ModuleId, path: &[Name]) -> Option<ModuleId> {
        let texts: SmallVec<[&str; 4]> = path.iter().map(|name| self.names.text(*name)).collect();
        let dotted = self.names.lookup(&texts.join("."))?;
        let data = self.modules.get(module.0 as usize)?;
        let is_it = |target: &ModuleId| self.modules.get(target.0 as usize).is_some_and(|other| other.path == dotted);
        data.imports.iter().copied().find(|target| is_it(target))
    }

    fn bad_owner(&mut self, id: FnDeclId, span: Span, why: &str) -> Owner {
        let text = self.functions.get(id.0 as usize).map_or("", |decl| self.names.text(decl.name));
        let message = format!("`{text}` cannot be declared on `{}`", self.sources.text(span));
        self.report(Diagnostic::error("bad-owner", span, message).note(why));
        if let Some(decl) = self.functions.get_mut(id.0 as usize) {
            decl.broken = true;
        }
        Owner::Error
    }

    /// The head of a type that functions are declared on, and the type of an unannotated `self`.
    fn owner_type(&mut self, def: TypeDef, span: Span) -> (Option<TypeHead>, Option<TypeId>) {
        match def {
            TypeDef::Decl(decl) => {
                let self_type = self.decls.get(decl.0 as usize).map(|info| info.self_type);
                (Some(TypeHead::Decl(decl)), self_type)
            }
            TypeDef::Alias(alias) => {
                let ty = self.alias_type(alias, span);
                let plain = self.aliases.get(alias.0 as usize).is_some_and(|alias| alias.vars.is_empty());
                (self.head_of(ty), plain.then_some(ty))
            }
            TypeDef::Builtin(ty) => (self.head_of(ty), Some(ty)),
            TypeDef::Generic(_) => (self.head_of_def(def), None),
            TypeDef::Var(_) => (None, None),
        }
    }

    fn read_head(&mut self, ast: &Arc<Ast>, id: FnDeclId, function: &FnItem, owner: Owner) {
        let own = self.declare_vars(&function.type_params);
        let Some(decl) = self.functions.get(id.0 as usize) else { return };
        let (scope, has_self) = (decl.scope, decl.has_self);
        let mut vars = own.clone();
        let mut of_owner: SmallVec<[VarId; 2]> = SmallVec::new();
        if let Owner::Type(TypeHead::Decl(of), _) = owner
            && let Some(info) = self.decls.get(of.0 as usize)
        {
            vars.extend(info.vars.iter().copied());
            of_owner = crate::declare::var_ids(&info.vars);
        }
        self.lower_bounds(ast, scope, &vars, &own, &function.type_params);
        let mut params = Vec::with_capacity(function.params.len());
        for (index, param) in function.params.iter().enumerate() {
            params.push(self.read_param(ast, id, &vars, owner, param, index));
        }
        self.check_param_names(ast, function);
        self.check_rest(function);
        let result = match function.result {
            Some(written) => ResultType::Annotated(self.lower_type(ast, scope, &vars, written)),
            None => ResultType::NotStarted,
        };
        let is_init = self.functions.get(id.0 as usize).is_some_and(|decl| matches!(decl.kind, FnDeclKind::Init(..)));
        if let (true, Some(written)) = (is_init, function.result) {
            let diagnostic = Diagnostic::error("bad-init", type_span(ast, written), "`init` has a result")
                .note("what it makes is the object that it was given");
            self.report(diagnostic);
        }
        let effects = function.effects.as_ref().map(|written| self.effects_of_annotation(written));
        of_owner.retain(|var| params.iter().any(|param| self.types.mentions(param.ty, &[*var])));
        let broken = self.check_type_params(ast, id, function, &own, &params, &of_owner, result);
        let mut type_vars = of_owner;
        type_vars.extend(own.iter().map(|(_, var)| *var));
        let Some(decl) = self.functions.get_mut(id.0 as usize) else { return };
        decl.has_self = has_self && !matches!(owner, Owner::Module(_) | Owner::Error);
        decl.vars = vars;
        decl.type_vars = type_vars;
        decl.params = params.into();
        decl.result = result;
        decl.effects = effects;
        decl.broken |= broken;
        decl.owner = match owner {
            Owner::Type(head, _) => Some(head),
            // `fn f(self: T)` is the same as `fn T.f(self)`.
            Owner::None if has_self => None,
            Owner::None | Owner::Module(_) | Owner::Error => None,
        };
        if let (Owner::None, true) = (owner, has_self) {
            let first = self.functions.get(id.0 as usize).and_then(|decl| decl.params.first()).map(|param| param.ty);
            let head = first.and_then(|ty| self.head_of(ty));
            if let Some(decl) = self.functions.get_mut(id.0 as usize) {
                decl.owner = head;
            }
        }
    }

    fn read_param(
        &mut self,
        ast: &Arc<Ast>,
        id: FnDeclId,
        vars: &[(Name, VarId)],
        owner: Owner,
        param: &ast::Param,
        index: usize,
    ) -> Param {
        let scope = self.functions.get(id.0 as usize).map_or(crate::tables::ScopeId(0), |decl| decl.scope);
        let name = match ast.patterns.get(param.pattern.0 as usize).map(|pattern| &pattern.kind) {
            Some(PatternKind::Bind { name, pattern: None } | PatternKind::Typed { name, .. }) => name.name,
            Some(_) | None => names::EMPTY,
        };
        let written = param.ty.or(match ast.patterns.get(param.pattern.0 as usize).map(|pattern| &pattern.kind) {
            Some(PatternKind::Typed { ty, .. }) => Some(*ty),
            _ => None,
        });
        let mut annotated = written.is_some();
        let mut ty = match written {
            Some(written) => self.lower_type(ast, scope, vars, written),
            None => TypeId::ANY,
        };
        if name == names::SELF {
            ty = self.self_type(id, owner, written.map(|_| ty), param.span, index);
            annotated = true;
        }
        let mut element = None;
        if param.rest {
            (ty, element) = self.rest_type(ty, annotated, param.span);
        }
        Param {
            name,
            pattern: Some(param.pattern),
            ty,
            element,
            annotated,
            default: param.default.map_or(ParamDefault::None, ParamDefault::Expr),
            rest: param.rest,
            effect_polymorphic: written.is_some_and(|written| polymorphic(ast, written)),
            span: param.span,
        }
    }

    fn self_type(&mut self, id: FnDeclId, owner: Owner, written: Option<TypeId>, span: Span, index: usize) -> TypeId {
        if index > 0 {
            let message = "`self` must be the first parameter";
            self.report(Diagnostic::error("misplaced-self", span, message));
            return written.unwrap_or(TypeId::ERROR);
        }
        let (head, own) = match owner {
            Owner::Type(head, own) => (head, own),
            Owner::None => {
                if let Some(written) = written {
                    return written;
                }
                let name = self.functions.get(id.0 as usize).map_or("", |decl| self.names.text(decl.name)).to_string();
                let diagnostic = Diagnostic::error("missing-type", span, "`self` needs a type here")
                    .note(format!("write `fn T.{name}(self)` with the type that it is for, or `self: T`"));
                self.report(diagnostic);
                return TypeId::ERROR;
            }
            Owner::Module(_) | Owner::Error => return written.unwrap_or(TypeId::ERROR),
        };
        match (written, own) {
            (Some(written), _) => {
                if written != TypeId::ERROR && self.head_of(written) != Some(head) {
                    let shown = self.show(written);
                    let diagnostic = Diagnostic::error(
                        "bad-self",
                        span,
                        format!("`self` is of type `{shown}`, which is not the type that the function is declared on"),
                    );
                    self.report(diagnostic);
                }
                written
            }
            (None, Some(own)) => own,
            (None, None) => {
                let diagnostic = Diagnostic::error("missing-type", span, "`self` needs its type with arguments here")
                    .note("write such as `fn List.second<T>(self: List<T>) -> T`");
                self.report(diagnostic);
                TypeId::ERROR
            }
        }
    }

    /// The array type of a rest parameter, and what its elements are.
    fn rest_type(&mut self, ty: TypeId, annotated: bool, span: Span) -> (TypeId, Option<TypeId>) {
        if !annotated {
            return (self.types.array(TypeId::ANY), Some(TypeId::ANY));
        }
        match self.types.kind(ty) {
            TypeKind::Array(element) => (ty, Some(*element)),
            TypeKind::Error => (ty, Some(TypeId::ERROR)),
            _ => {
                let shown = self.show(ty);
                let diagnostic =
                    Diagnostic::error("bad-rest", span, format!("a rest parameter is an array, not `{shown}`"))
                        .note(format!("it gathers the further arguments: write `[{shown}]`"));
                self.report(diagnostic);
                (TypeId::ERROR, Some(TypeId::ERROR))
            }
        }
    }

    /// Two parameters of one name, names inside patterns included.
    fn check_param_names(&mut self, ast: &Ast, function: &FnItem) {
        if function.params.len() < 2 && !function.params.iter().any(|param| is_compound(ast, param.pattern)) {
            return;
        }
        let mut seen: FxHashMap<Name, Span> = FxHashMap::default();
        for param in &function.params {
            for ident in bound_names(ast, param.pattern) {
                if ident.name == names::UNDERSCORE {
                    continue;
                }
                if let Some(first) = seen.insert(ident.name, ident.span) {
                    let text = self.names.text(ident.name);
                    let message = format!("two parameters are named `{text}`");
                    self.report(duplicate(ident.span, message, first));
                }
            }
        }
    }

    fn check_rest(&mut self, function: &FnItem) {
        for (index, param) in function.params.iter().enumerate() {
            if param.rest && index + 1 < function.params.len() {
                let diagnostic = Diagnostic::error("misplaced-rest", param.span, "a rest parameter must be the last")
                    .note("it takes all arguments that are left");
                self.report(diagnostic);
            }
            if let (true, Some(_)) = (param.rest, param.default) {
                let diagnostic = Diagnostic::error("misplaced-rest", param.span, "a rest parameter has a default")
                    .note("without further arguments it is an empty array");
                self.report(diagnostic);
            }
        }
    }

    /// Every type parameter must be known from the arguments. Gives whether one is not.
    #[allow(clippy::too_many_arguments)]
    fn check_type_params(
        &mut self,
        ast: &Ast,
        id: FnDeclId,
        function: &FnItem,
        own: &[(Name, VarId)],
        params: &[Param],
        of_owner: &[VarId],
        result: ResultType,
    ) -> bool {
        let mut broken = false;
        let unknown = params.iter().any(|param| param.ty == TypeId::ERROR);
        for ((name, var), written) in own.iter().zip(&function.type_params) {
            if unknown || params.iter().any(|param| self.types.mentions(param.ty, &[*var])) {
                continue;
            }
            broken = true;
            if own.iter().take_while(|(_, other)| other != var).any(|(other, _)| other == name) {
                // The second of one name: said already.
                continue;
            }
            let text = self.names.text(*name);
            let message = format!("the type parameter `{text}` occurs in no parameter's type");
            let mut diagnostic = Diagnostic::error("unused-type-parameter", written.name.span, message)
                .note("what it stands for is known from the arguments of a call, and from nothing else")
                .note(format!("to pass a type, take it as a value: `of: Type<{text}>`"));
            if of_owner.iter().any(|var| self.types.var(*var).name == *name) {
                diagnostic = diagnostic
                    .note(format!("`{text}` of the type that it belongs to is in sight: drop the `<{text}>`"));
            }
            self.report(diagnostic);
        }
        // A function without `self` sees the parameters of its type, but must not promise them from nothing.
        if let (ResultType::Annotated(ty), Some(written)) = (result, function.result) {
            let known = |var: &VarId| own.iter().any(|(_, own)| own == var) || of_owner.contains(var);
            let free = self.types.free_vars(ty);
            if let Some(var) = free.into_iter().find(|var| !known(var)) {
                broken = true;
                let text = self.names.text(self.types.var(var).name);
                let message = format!("`{text}` cannot be known from the arguments");
                let diagnostic = Diagnostic::error("unused-type-parameter", type_span(ast, written), message)
                    .note(format!("take the type as a value: `of: Type<{text}>`"));
                self.report(diagnostic);
            }
        }
        if broken && let Some(decl) = self.functions.get_mut(id.0 as usize) {
            decl.broken = true;
        }
        broken
    }

    fn read_attributes(&mut self, ast: &Ast, id: FnDeclId, item: &Item, function: &FnItem) {
        let Some(decl) = self.functions.get(id.0 as usize) else { return };
        let (hir, module) = (decl.function, decl.module);
        for attribute in &item.attributes {
            let text = first_text(ast, attribute);
            match attribute.name.name {
                names::NATIVE | names::INTRINSIC => {
                    self.read_native(id, attribute, text, module, function);
                }
                names::MEMO => {
                    if let Some(function) = self.hir.get_mut(hir.0 as usize) {
                        function.memo = true;
                    }
                }
                names::DEPRECATED => {
                    if let Some(decl) = self.functions.get_mut(id.0 as usize) {
                        decl.deprecated = Some(text.unwrap_or_else(|| Arc::from("")));
                    }
                }
                _ => {}
            }
        }
    }

    fn read_native(
        &mut self,
        id: FnDeclId,
        attribute: &Attribute,
        text: Option<Arc<str>>,
        module: ModuleId,
        function: &FnItem,
    ) {
        let word = self.names.text(attribute.name.name).to_string();
        if !self.is_library(module) {
            if let Some(decl) = self.functions.get_mut(id.0 as usize) {
                decl.broken = true;
            }
            let message = format!("`@{word}` may stand only in modules of the library or of a host");
            self.report(Diagnostic::error("misplaced-attribute", attribute.span, message));
            return;
        }
        let Some(text) = text else {
            let message = format!("`@{word}` needs a text: the name of what implements the function");
            self.report(Diagnostic::error("bad-attribute", attribute.span, message));
            return;
        };
        if function.body.is_some() {
            let message = format!("a function with `@{word}` has a body as well");
            self.report(Diagnostic::error("bad-attribute", attribute.span, message));
            return;
        }
        let key = self.names.intern_unasked(&text);
        let native = attribute.name.name == names::NATIVE;
        if let Some(decl) = self.functions.get_mut(id.0 as usize) {
            decl.kind = if native { FnDeclKind::Native(key) } else { FnDeclKind::Intrinsic(key) };
            if decl.result == ResultType::NotStarted {
                decl.result = ResultType::Annotated(TypeId::VOID);
            }
        }
    }

    /// What follows from the head alone: the result of functions without body, and the function of the program.
    fn finish_head(&mut self, id: FnDeclId) {
        let Some(decl) = self.functions.get_mut(id.0 as usize) else { return };
        match decl.kind {
            // Nothing comes of it itself; what a call gives is up to its specialisations.
            FnDeclKind::Abstract if decl.result == ResultType::NotStarted => {
                decl.result = ResultType::Done(TypeId::NEVER)
            }
            FnDeclKind::Init(..) => decl.result = ResultType::Annotated(TypeId::VOID),
            FnDeclKind::Body(_)
            | FnDeclKind::Abstract
            | FnDeclKind::Native(_)
            | FnDeclKind::Intrinsic(_)
            | FnDeclKind::Constructor(_) => {}
        }
        let Some(decl) = self.functions.get(id.0 as usize) else { return };
        if let Some(function) = self.hir.get_mut(decl.function.0 as usize) {
            function.effects = decl.effects.unwrap_or(Effects::PURE);
            if let ResultType::Annotated(ty) | ResultType::Done(ty) = decl.result {
                function.result = ty;
            }
        }
    }

    /// Copies the head of a declaration that has no body to its function of the program.
    pub(crate) fn write_head(&mut self, id: FnDeclId, kind: FunctionKind) {
        let Some(decl) = self.functions.get(id.0 as usize) else { return };
        let Some(function) = self.hir.get_mut(decl.function.0 as usize) else { return };
        function.type_vars = decl.type_vars.to_vec();
        function.params = decl.params.len() as u32;
        function.locals = decl
            .params
            .iter()
            .map(|param| hir::Local { name: param.name, ty: param.ty, boxed: false, span: param.span })
            .collect();
        function.kind = kind;
    }

    /// Adds a function that has no declaration (a closure, the body of a `comptime`): an empty one, to be filled.
    pub fn new_function(&mut self, name: Name, module: ModuleId, span: Span) -> FnId {
        let id = FnId(self.hir.len() as u32);
        self.hir.push(hir::Function {
            name,
            module,
            span,
            type_vars: Vec::new(),
            params: 0,
            result: TypeId::VOID,
            effects: Effects::PURE,
            value_effects: Effects::PURE,
            kind: FunctionKind::Unused,
            locals: Vec::new(),
            captures: 0,
            exprs: Vec::new(),
            patterns: Vec::new(),
            loops: 0,
            closure: false,
            generator: false,
            memo: false,
        });
        self.declared.push(None);
        self.reached.push(false);
        id
    }

    pub(crate) fn set_declared(&mut self, function: FnId, decl: FnDeclId) {
        if let Some(entry) = self.declared.get_mut(function.0 as usize) {
            *entry = Some(decl);
        }
    }
}

/// Whether a written parameter type is a function type without effects, alone or as a part of a union or option.
fn polymorphic(ast: &Ast, ty: ast::TypeId) -> bool {
    match ast.types.get(ty.0 as usize).map(|written| &written.kind) {
        Some(TypeExprKind::Function { effects, .. }) => effects.is_none(),
        Some(TypeExprKind::Option(inner)) => polymorphic(ast, *inner),
        Some(TypeExprKind::Union(parts)) => parts.iter().any(|part| polymorphic(ast, *part)),
        Some(_) | None => false,
    }
}

fn is_compound(ast: &Ast, pattern: ast::PatternId) -> bool {
    !matches!(
        ast.patterns.get(pattern.0 as usize).map(|pattern| &pattern.kind),
        Some(PatternKind::Bind { pattern: None, .. } | PatternKind::Wildcard | PatternKind::Typed { .. }) | None
    )
}

/// The names that a pattern binds, in order.
pub(crate) fn bound_names(ast: &Ast, pattern: ast::PatternId) -> SmallVec<[ast::Ident; 2]> {
    let mut found = SmallVec::new();
    let mut open: SmallVec<[ast::PatternId; 4]> = smallvec![pattern];
    while let Some(id) = open.pop() {
        match ast.patterns.get(id.0 as usize).map(|pattern| &pattern.kind) {
            Some(PatternKind::Bind { name, pattern }) => {
                found.push(*name);
                open.extend(*pattern);
            }
            Some(PatternKind::Typed { name, .. }) => found.push(*name),
            // The alternatives bind the same names.
            Some(PatternKind::Or(parts)) => open.extend(parts.first().copied()),
            Some(PatternKind::Tuple(parts)) => open.extend(parts.iter().rev().copied()),
            Some(PatternKind::Array { before, rest, after }) => {
                found.extend(rest.as_deref().copied().flatten());
                open.extend(after.iter().rev().chain(before.iter().rev()).copied());
            }
            Some(PatternKind::Struct { fields, .. }) => open.extend(fields.iter().rev().map(|field| field.pattern)),
            Some(PatternKind::Variant { args, .. }) => open.extend(args.iter().rev().copied()),
            Some(
                PatternKind::Error
                | PatternKind::Wildcard
                | PatternKind::Literal(_)
                | PatternKind::Range { .. }
                | PatternKind::Path(_),
            )
            | None => {}
        }
    }
    found
}

/// The first argument of an attribute, if it is a plain text.
fn first_text(ast: &Ast, attribute: &Attribute) -> Option<Arc<str>> {
    let expr = ast.exprs.get(attribute.args.first()?.0 as usize)?;
    match &expr.kind {
        ExprKind::Str(parts) => match parts.as_slice() {
            [] => Some(Arc::from("")),
            [StrPart::Text(text)] => Some(text.clone()),
            _ => None,
        },
        _ => None,
    }
}
