//! Names as values: variables, captured ones too, top-level variables, objects, variants, types, functions.

use super::body::Body;
use super::frame::{FrameKind, Local};
use super::goal::Goal;
use super::scope::Binding;
use super::suggest;
use crate::hir::{CastReason, Constant, ExprId, ExprKind, GlobalId, LocalId};
use crate::tables::{Found, FoundFunctions, TypeDef};
use sayso_base::{Diagnostic, Name, Span, names};
use sayso_syntax::ast;
use sayso_types::{DeclId, TypeId, TypeKind};
use smallvec::SmallVec;

impl Body<'_, '_> {
    pub fn name_expr(&mut self, id: ast::ExprId, name: Name, hint: Option<TypeId>, span: Span) -> ExprId {
        if let Some(binding) = self.scopes.lookup(name) {
            return self.read_binding(binding, span);
        }
        if name == names::SUPER {
            self.report(
                Diagnostic::error("misplaced-super", span, "`super` alone is no value")
                    .note("write `super(…)` in `init`, or `super.name(…)` to call the base's function"),
            );
            return self.error(span);
        }
        let found = self.lookup(name);
        self.found_value(found, id, name, hint, span)
    }

    /// What a name that is no local variable means here.
    pub fn lookup(&mut self, name: Name) -> Found {
        if let Some(stmt) = self.toplevel_stmt
            && let Some(global) = self.cx.lookup_global_at(self.scope, name, stmt)
        {
            return Found::Global(global);
        }
        if self.toplevel_stmt.is_some()
            && let Some(found) = self.cx.lookup_in_earlier(self.scope, name)
        {
            return found;
        }
        self.cx.lookup_value(self.scope, name)
    }

    fn found_value(&mut self, found: Found, id: ast::ExprId, name: Name, hint: Option<TypeId>, span: Span) -> ExprId {
        match found {
            Found::Global(global) => self.read_global(global, span),
            Found::Object(decl) => self.object(decl, span),
            Found::Functions(functions) => self.function_value(&functions, name, hint, span),
            Found::Variants(variants) => self.variant_value(id, &variants, hint, span),
            Found::Type { def, constructors } => self.type_or_constructor(def, &constructors, name, hint, span),
            Found::Ambiguous(places) => self.ambiguous_name(name, &places, span),
            Found::Nothing => self.unknown_name(name, span),
        }
    }

    // ---- variables

    pub fn read_binding(&mut self, binding: Binding, span: Span) -> ExprId {
        let fact = self.flow.get(binding.frame, binding.local);
        let Some(local) = self.capture(binding, span) else { return self.error(span) };
        let ty = fact.or_else(|| self.frame.local(local).map(|local| local.ty)).unwrap_or(TypeId::ERROR);
        self.push(ExprKind::Local(local), ty, span)
    }

    /// The local of the current frame for a variable, which may belong to a frame around it.
    pub fn capture(&mut self, binding: Binding, span: Span) -> Option<LocalId> {
        if binding.frame == self.frame_id {
            return Some(binding.local);
        }
        let owner = self.outer.iter().position(|(id, _)| *id == binding.frame)?;
        let crossed = self.outer.iter().skip(owner + 1).map(|(_, frame)| frame.kind).chain([self.frame.kind]);
        if crossed.into_iter().any(|kind| kind == FrameKind::Comptime) {
            self.comptime_variable(binding, span);
            return None;
        }
        let mut at = binding.local;
        let mut known = {
            let (_, frame) = self.outer.get_mut(owner)?;
            let local = frame.locals.get_mut(at.0 as usize)?;
            local.captured = true;
            *local
        };
        let depth = self.outer.len();
        for index in owner + 1..=depth {
            let frame = match self.outer.get_mut(index) {
                Some((_, frame)) => frame,
                None => &mut self.frame,
            };
            at = captured_in(frame, at, known);
            known = *frame.locals.get(at.0 as usize)?;
            if let Some(local) = frame.locals.get_mut(at.0 as usize) {
                local.captured |= index < depth;
            }
        }
        Some(at)
    }

    fn comptime_variable(&mut self, binding: Binding, span: Span) {
        let text = self.text(binding.name).to_owned();
        self.report(
            Diagnostic::error("comptime-variable", span, format!("`{text}` has no value when the program is compiled"))
                .label("known only at run time")
                .note("a `comptime` expression sees functions and constants, no variables of the function around it"),
        );
    }

    /// Says that a variable is assigned behind its declaration.
    pub fn mark_assigned(&mut self, local: LocalId) {
        let mut at = local;
        let mut index = self.outer.len();
        loop {
            let frame = match self.outer.get_mut(index) {
                Some((_, frame)) => frame,
                None => &mut self.frame,
            };
            let Some(local) = frame.locals.get_mut(at.0 as usize) else { return };
            local.assigned = true;
            match (local.origin, index.checked_sub(1)) {
                (Some(origin), Some(around)) => {
                    at = origin;
                    index = around;
                }
                _ => return,
            }
        }
    }

    pub fn read_global(&mut self, global: GlobalId, span: Span) -> ExprId {
        let place = super::condition::Narrowable::global(global);
        let ty = self.type_of_global(global);
        let read = self.push(ExprKind::Global(global), ty, span);
        match self.flow.get(place.frame, place.local) {
            Some(known) if known != ty => self.push(ExprKind::Cast(read, CastReason::As), known, span),
            _ => read,
        }
    }

    // ---- objects and types

    /// The one value of an object.
    pub fn object(&mut self, decl: DeclId, span: Span) -> ExprId {
        match self.cx.decls.get(decl.0 as usize).and_then(|info| info.instance) {
            Some(global) => {
                let ty = self.cx.types.nominal(decl, &[]);
                self.push(ExprKind::Global(global), ty, span)
            }
            None => {
                let ty = self.cx.types.nominal(decl, &[]);
                self.push(ExprKind::new_record(decl, Vec::new(), None), ty, span)
            }
        }
    }

    /// A type's name as a value: its constructor where a function is expected, else the type itself.
    fn type_or_constructor(
        &mut self,
        def: TypeDef,
        constructors: &FoundFunctions,
        name: Name,
        hint: Option<TypeId>,
        span: Span,
    ) -> ExprId {
        let callable = !constructors.near.is_empty() || !constructors.far.is_empty();
        if callable && hint.is_some_and(|hint| self.function_part(hint).is_some()) {
            return self.function_value(constructors, name, hint, span);
        }
        let ty = self.type_of_def(def, span);
        self.type_constant(ty, span)
    }

    /// A type as a value.
    pub fn type_constant(&mut self, ty: TypeId, span: Span) -> ExprId {
        let own = self.cx.types.intern(TypeKind::Type(ty));
        self.constant(Constant::Type(ty), own, span)
    }

    /// `type([i64])`.
    pub fn type_value(&mut self, ty: ast::TypeId, span: Span) -> ExprId {
        let ty = self.written_type(ty);
        self.type_constant(ty, span)
    }

    /// The type that a name alone stands for.
    pub fn type_of_def(&mut self, def: TypeDef, span: Span) -> TypeId {
        self.cx.apply_type(def, &[], span)
    }

    // ---- variants

    /// A variant's name as a value.
    pub fn variant_value(&mut self, id: ast::ExprId, variants: &[DeclId], hint: Option<TypeId>, span: Span) -> ExprId {
        let Some(decl) = self.choose_variant(variants, hint, span) else { return self.error(span) };
        if self.cx.types.decl(decl).fields.is_empty() {
            return self.nullary_variant(id, decl, hint, span);
        }
        let constructors = self.cx.decls.get(decl.0 as usize).and_then(|info| info.constructors);
        let name = self.cx.types.decl(decl).name;
        match constructors {
            Some(multi) => {
                let functions = FoundFunctions { near: [multi].into_iter().collect(), far: SmallVec::new() };
                self.function_value(&functions, name, hint, span)
            }
            None => self.error(span),
        }
    }

    /// Of variants with one name, that of the enum that is expected.
    pub fn choose_variant(&mut self, variants: &[DeclId], hint: Option<TypeId>, span: Span) -> Option<DeclId> {
        if let [single] = variants {
            return Some(*single);
        }
        let first = variants.first()?;
        let name = self.cx.types.decl(*first).name;
        if let Some(expected) = hint.and_then(|hint| self.variant_of(hint, name))
            && variants.contains(&expected)
        {
            return Some(expected);
        }
        self.ambiguous_variant(span, variants);
        None
    }

    /// A variant without payload. Its arguments are those expected, or found out from how it is used.
    pub fn nullary_variant(&mut self, id: ast::ExprId, decl: DeclId, hint: Option<TypeId>, span: Span) -> ExprId {
        let ty = self.fresh_nominal(id, decl);
        if let Some(hint) = hint {
            self.try_sub(ty, hint);
        }
        self.push(ExprKind::new_record(decl, Vec::new(), None), ty, span)
    }

    /// A declared type with its arguments still to be found.
    pub fn fresh_nominal(&mut self, id: ast::ExprId, decl: DeclId) -> TypeId {
        let params: SmallVec<[sayso_types::Variance; 4]> =
            self.cx.types.decl(decl).params.iter().map(|param| param.variance).collect();
        let mut args: SmallVec<[TypeId; 4]> = SmallVec::new();
        for (index, variance) in params.into_iter().enumerate() {
            let unknown = match variance {
                sayso_types::Variance::Covariant => TypeId::NEVER,
                sayso_types::Variance::Invariant | sayso_types::Variance::Contravariant => TypeId::ANY,
            };
            args.push(self.fresh((id, index as u32), unknown));
        }
        self.cx.types.nominal(decl, &args)
    }

    // ---- what is not found

    pub fn ambiguous_name(&mut self, name: Name, places: &[Span], span: Span) -> ExprId {
        let text = self.text(name).to_owned();
        let mut diagnostic =
            Diagnostic::error("ambiguous-name", span, format!("`{text}` is imported from several modules"))
                .note("import it under another name: `from a import x as y`");
        for place in places {
            diagnostic = diagnostic.also(*place, "one of them");
        }
        self.report(diagnostic);
        self.error(span)
    }

    pub fn unknown_name(&mut self, name: Name, span: Span) -> ExprId {
        let text = self.text(name).to_owned();
        if text == "?" || text.is_empty() {
            return self.error(span);
        }
        let near = self.near_names(&text);
        let mut diagnostic = Diagnostic::error("unknown-name", span, format!("there is no `{text}` here"));
        diagnostic = if name == names::SELF {
            diagnostic.label("no `self` here").note("only functions with `self` as their first parameter have it")
        } else if self.cx.lookup_module(self.scope, &[name]).is_some() {
            diagnostic.message = format!("the module `{text}` is no value");
            diagnostic.label("a module").note(format!("name something of it, as in `{text}.name`"))
        } else if self.self_has_field(name) {
            diagnostic.suggest("a field is reached through `self`", span.at_start(), "self.")
        } else if let Some((instead, note)) = foreign_value(&text) {
            match instead {
                Some(instead) => diagnostic.suggest(note, span, instead),
                None => diagnostic.note(note),
            }
        } else if self.cx.loader.known().contains(&text) {
            let start = Span::new(span.file, 0, 0);
            diagnostic.label("a module that is not imported").suggest("import it", start, format!("import {text}\n"))
        } else if let Some(near) = near.first() {
            diagnostic.suggest(format!("did you mean `{near}`?"), span, near.as_str())
        } else if self.in_nested_function() {
            diagnostic
                .label("not found")
                .note("a function inside another does not see its variables: pass them, or write a closure `|…| …`")
        } else {
            diagnostic.label("not found")
        };
        self.report(diagnostic);
        self.error(span)
    }

    /// Whether `self` is in sight and has a field of this name.
    pub fn self_has_field(&mut self, name: Name) -> bool {
        let Some(binding) = self.scopes.lookup(names::SELF) else { return false };
        let known =
            if binding.frame == self.frame_id { self.frame.local(binding.local).map(|local| local.ty) } else { None };
        known.is_some_and(|ty| self.cx.types.field(ty, name).is_some())
    }

    /// Whether the function that is checked is declared inside a block.
    fn in_nested_function(&self) -> bool {
        let decl = self.decl.and_then(|decl| self.cx.functions.get(decl.0 as usize));
        decl.is_some_and(|decl| decl.nested)
    }

    /// Names in scope near to a text.
    pub fn near_names(&self, text: &str) -> Vec<String> {
        let locals = self.scopes.visible().map(|name| self.cx.names.text(name));
        let others = self.cx.visible_values(self.scope).into_iter().map(|name| self.cx.names.text(name));
        suggest::nearest(text, locals.chain(others)).into_iter().map(str::to_owned).collect()
    }

    /// A dotted name whose first part is no variable: a module's or type's member.
    pub fn static_path(&self, id: ast::ExprId) -> Option<SmallVec<[ast::Ident; 4]>> {
        let mut parts: SmallVec<[ast::Ident; 4]> = SmallVec::new();
        let mut current = id;
        loop {
            let expr = self.ast.expr(current);
            match &expr.kind {
                ast::ExprKind::Field(object, name) => {
                    parts.push(*name);
                    current = *object;
                }
                ast::ExprKind::Name(name) => {
                    if *name == names::SUPER || self.scopes.lookup(*name).is_some() {
                        return None;
                    }
                    parts.push(ast::Ident { name: *name, span: expr.span });
                    parts.reverse();
                    return Some(parts);
                }
                _ => return None,
            }
        }
    }

    /// `module.name`, `Type.name`, `Enum.Variant` as what they mean; `Nothing` if the path is not of that kind.
    pub fn static_member(&mut self, id: ast::ExprId) -> Found {
        let Some(parts) = self.static_path(id) else { return Found::Nothing };
        let named: SmallVec<[Name; 4]> = parts.iter().map(|part| part.name).collect();
        self.static_member_at(&named)
    }

    /// The same for a path of names.
    pub fn static_member_at(&mut self, named: &[Name]) -> Found {
        let Some((last, before)) = named.split_last() else { return Found::Nothing };
        if before.is_empty() {
            return Found::Nothing;
        }
        if let Some(module) = self.cx.lookup_module(self.scope, before) {
            let shadowed = matches!(before, [single] if matches!(
                self.cx.lookup_value(self.scope, *single),
                Found::Global(_) | Found::Object(_)
            ));
            let found = self.cx.module_value(module, *last, self.module);
            if !shadowed || found != Found::Nothing {
                return found;
            }
        }
        if let Some(def) = self.type_at(before) {
            let found = self.cx.type_member(def, *last);
            if found != Found::Nothing {
                return found;
            }
        }
        Found::Nothing
    }

    /// The type that a dotted path names.
    pub fn type_at(&self, path: &[Name]) -> Option<TypeDef> {
        let (last, before) = path.split_last()?;
        if before.is_empty() {
            return self.cx.lookup_type(self.scope, *last);
        }
        if let Some(module) = self.cx.lookup_module(self.scope, before) {
            return self.cx.module_type(module, *last, self.module);
        }
        let owner = self.type_at(before)?;
        self.cx.variant_named(owner, *last).map(TypeDef::Decl)
    }

    /// A static member as a value.
    pub fn static_value(
        &mut self,
        id: ast::ExprId,
        found: Found,
        name: ast::Ident,
        hint: Option<TypeId>,
        span: Span,
    ) -> ExprId {
        self.found_value(found, id, name.name, hint, span)
    }

    /// Whether a path's beginning names a module or type, so that a member that is not found is an error of the path.
    pub fn is_namespace(&self, path: &[Name]) -> bool {
        match path {
            [single] => {
                let value = self.cx.lookup_value(self.scope, *single);
                !matches!(value, Found::Global(_) | Found::Object(_))
                    && (self.cx.lookup_module(self.scope, path).is_some() || self.type_at(path).is_some())
            }
            _ => self.cx.lookup_module(self.scope, path).is_some() || self.type_at(path).is_some(),
        }
    }

    /// A member that a module or type does not have.
    pub fn unknown_member(&mut self, path: &[Name], name: ast::Ident) -> ExprId {
        let text = self.text(name.name).to_owned();
        let owner: Vec<&str> = path.iter().map(|part| self.cx.names.text(*part)).collect();
        let owner = owner.join(".");
        let (what, candidates): (&str, Vec<Name>) = match self.cx.lookup_module(self.scope, path) {
            Some(module) => ("module", self.cx.module_names(module)),
            None => ("type", self.type_at(path).map_or_else(Vec::new, |def| self.member_names(def))),
        };
        let texts: Vec<&str> = candidates.iter().map(|name| self.cx.names.text(*name)).collect();
        let near: Vec<String> = suggest::nearest(&text, texts.iter().copied()).into_iter().map(str::to_owned).collect();
        let mut diagnostic =
            Diagnostic::error("unknown-name", name.span, format!("the {what} `{owner}` has no `{text}`"));
        diagnostic = match near.first() {
            Some(near) => diagnostic.suggest(format!("did you mean `{near}`?"), name.span, near.as_str()),
            None if text.starts_with('_') && what == "module" => {
                diagnostic.label("not found").note("names that begin with `_` stay inside their module")
            }
            None if what == "type" && !texts.is_empty() && texts.len() <= 8 => {
                diagnostic.label("not found").note(format!("it has {}", suggest::all(&texts)))
            }
            None => diagnostic.label("not found"),
        };
        self.report(diagnostic);
        self.error(name.span)
    }

    fn member_names(&self, def: TypeDef) -> Vec<Name> {
        let Some(decl) = self.cx.alias_target(def) else { return Vec::new() };
        let info = self.cx.types.decl(decl);
        let variants = info.variants.iter().map(|variant| self.cx.types.decl(*variant).name);
        let functions = self.cx.decls.get(decl.0 as usize).into_iter().flat_map(|info| info.functions.iter());
        let functions = functions
            .filter_map(|id| self.cx.functions.get(id.0 as usize))
            .filter(|function| !function.has_self)
            .map(|function| function.name);
        variants.chain(functions).collect()
    }

    /// Reads an expression for its mistakes alone.
    pub fn read_and_drop(&mut self, id: ast::ExprId) {
        self.infer(id, Goal::Free);
    }
}

/// What values of other languages are here: what to write instead, if it is one word, and what to say.
fn foreign_value(text: &str) -> Option<(Option<&'static str>, &'static str)> {
    Some(match text {
        "null" | "nil" | "undefined" | "NULL" | "nullptr" => {
            (None, "a value that may be missing is an `Option`: `None`, or `Some(x)`")
        }
        "True" | "TRUE" => (Some("true"), "write"),
        "False" | "FALSE" => (Some("false"), "write"),
        "this" | "Self" => (Some("self"), "the value that a method is called on is"),
        "pass" => (Some("{}"), "a block that does nothing is written"),
        _ => return None,
    })
}

/// The local of a frame for a variable of the frame around it; made if it is the first use.
fn captured_in(frame: &mut super::frame::Frame, outer: LocalId, known: Local) -> LocalId {
    let existing = frame
        .captures
        .iter()
        .copied()
        .find(|own| frame.locals.get(own.0 as usize).is_some_and(|local| local.origin == Some(outer)));
    if let Some(existing) = existing {
        return existing;
    }
    let id = LocalId(frame.locals.len() as u32);
    frame.locals.push(Local { captured: false, assigned: known.assigned, origin: Some(outer), ..known });
    frame.captures.push(id);
    id
}
