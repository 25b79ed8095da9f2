//! Third pass: what the declared types are: supertypes, bounds, fields, what interfaces ask for.
//!
//! The order matters, because the store simplifies unions by what it knows of their parts: supertypes of all
//! declarations first, then bounds, then fields. What is wrong in itself (cycles, variance, …) is found afterwards, in
//! `wellformed.rs`.

use crate::collect::duplicate;
use crate::hir::GlobalId;
use crate::tables::{Checker, FieldDefault, GlobalDecl, ResultType, State, TypeDef};
use rustc_hash::FxHashMap;
use sayso_base::{Diagnostic, Name, Span, names};
use sayso_syntax::ast::{self, Ast, ExprKind, ItemKind, Payload};
use sayso_types::{DeclId, DeclKind, Effects, Field, Member, Substitution, TypeId, TypeKind, VarId};
use smallvec::SmallVec;
use std::sync::Arc;

/// How many levels of types may be above a type.
const MOST_LEVELS: u32 = 200;
/// Each class lists the fields that it inherits; so many entries of this kind may a program have.
const MOST_INHERITED: usize = 1_000_000;

impl Checker<'_> {
    /// Completes the declared types from `first` on.
    pub(crate) fn declare_types(&mut self, first: usize) {
        let decls = || (first..).map(|index| DeclId(index as u32));
        let count = self.decls.len() - first.min(self.decls.len());
        for decl in decls().take(count) {
            self.declare_supers(decl);
        }
        self.break_inheritance_cycles(first);
        self.measure_depths(first);
        self.cut_deep_inheritance(first);
        for decl in decls().take(count) {
            self.declare_bounds(decl);
        }
        for decl in decls().take(count) {
            self.resimplify_supers(decl);
        }
        for decl in decls().take(count) {
            self.declare_fields(decl);
        }
    }

    pub(crate) fn set_well_known(&mut self) {
        let Some(core) = self.library_module(names::CORE) else { return };
        let scope = self.scope_of(core);
        let decl = |checker: &Self, name: Name| {
            let found = checker.scopes.get(scope.0 as usize)?.types.get(&name)?;
            checker.alias_target(found.item)
        };
        let (option, result) = (decl(self, names::OPTION), decl(self, names::RESULT));
        let variant = |checker: &Self, of: Option<DeclId>, name: Name| {
            of.and_then(|of| checker.variant_named(TypeDef::Decl(of), name))
        };
        let mut known = self.types.well_known;
        known.option = option;
        known.some = variant(self, option, names::SOME);
        known.none = variant(self, option, names::NONE);
        known.result = result;
        known.ok = variant(self, result, names::OK);
        known.err = variant(self, result, names::ERR);
        known.iter = decl(self, names::ITER);
        known.range = decl(self, names::RANGE);
        known.task = decl(self, names::TASK);
        known.error = decl(self, names::ERROR);
        known.any_type = decl(self, names::TYPE);
        known.generator = decl(self, names::GENERATOR);
        self.types.well_known = known;
    }

    fn declare_supers(&mut self, decl: DeclId) {
        let Some(info) = self.decls.get_mut(decl.0 as usize) else { return };
        info.supers_state = State::Done;
        let (module, scope, item, vars) = (info.module, info.scope, info.item, info.vars.clone());
        if let DeclKind::Variant { of, .. } = self.types.decl(decl).kind {
            let of = self.decls.get(of.0 as usize).map_or(TypeId::ERROR, |info| info.self_type);
            self.types.decl_mut(decl).supers = vec![of];
            return;
        }
        let Some(ast) = self.ast_of(module) else { return };
        let (written, base) = match ast.items.get(item.0 as usize).map(|item| &item.kind) {
            Some(ItemKind::Struct { supers, .. } | ItemKind::Enum { supers, .. } | ItemKind::Trait { supers, .. }) => {
                (supers.as_slice(), None)
            }
            Some(ItemKind::Class { supers, base, .. }) => (supers.as_slice(), *base),
            _ => (&[][..], None),
        };
        let mut lowered = Vec::new();
        if let Some(base) = base {
            let ty = self.lower_type(&ast, scope, &vars, base);
            if self.is_class(ty) {
                lowered.push(ty);
            } else if ty != TypeId::ERROR {
                let shown = self.show(ty);
                let name = self.names.text(self.types.decl(decl).name);
                let message = format!("the base of class `{name}` must be a class, and `{shown}` is none");
                let span = type_span(&ast, base);
                let diagnostic = Diagnostic::error("bad-base", span, message)
                    .note(format!("traits are written behind a colon: `class {name}: {shown}`"));
                self.report(diagnostic);
            }
        }
        for written in written {
            let ty = self.lower_type(&ast, scope, &vars, *written);
            if ty != TypeId::ERROR && self.may_be_supertype(decl, ty, type_span(&ast, *written)) {
                lowered.push(ty);
            }
        }
        if !lowered.is_empty() {
            self.types.decl_mut(decl).supers = lowered;
        }
    }

    fn is_class(&self, ty: TypeId) -> bool {
        let decl = self.types.decl_of(ty);
        decl.is_some_and(|decl| matches!(self.types.decl(decl).kind, DeclKind::Class))
    }

    /// Whether a type may stand behind the colon of a declaration: traits, shapes, and intersections of these (for a
    /// type of the library without form, also `Seq`).
    fn may_be_supertype(&mut self, decl: DeclId, ty: TypeId, span: Span) -> bool {
        let own = self.types.decl(decl).kind;
        let hint = match self.types.kind(ty) {
            TypeKind::Shape(_) => return true,
            TypeKind::Seq(_) if self.is_library_decl(decl) => return true,
            TypeKind::Intersection(parts) => {
                let parts: SmallVec<[TypeId; 4]> = parts.iter().copied().collect();
                return parts.into_iter().all(|part| self.may_be_supertype(decl, part, span));
            }
            TypeKind::Nominal(of, _) => match self.types.decl(*of).kind {
                DeclKind::Trait => return true,
                DeclKind::Interface => {
                    "a type belongs to an interface by the calls that it accepts: it is not named here"
                }
                DeclKind::Class if own == DeclKind::Class => {
                    "the base class is written in parentheses: `class C(Base)`"
                }
                DeclKind::Class => "only classes have classes above them",
                DeclKind::Enum => "an enum is the sum of its variants, and they are declared in it",
                DeclKind::Struct | DeclKind::Object | DeclKind::Variant { .. } => {
                    "structs, objects and variants are final"
                }
                DeclKind::Opaque => "it is a type of the library that cannot be extended",
            },
            _ => "only traits and shapes can be declared as supertypes",
        };
        let shown = self.show(ty);
        let name = self.names.text(self.types.decl(decl).name);
        let message = format!("`{shown}` cannot be a supertype of `{name}`");
        self.report(Diagnostic::error("bad-supertype", span, message).label("not a trait or shape").note(hint));
        false
    }

    fn is_library_decl(&self, decl: DeclId) -> bool {
        self.decls.get(decl.0 as usize).is_some_and(|info| self.is_library(info.module))
    }

    /// Takes supertypes away from declarations that are their own ancestors, and reports them. Depth first with a stack
    /// of its own: chains may be long.
    fn break_inheritance_cycles(&mut self, first: usize) {
        const WHITE: u8 = 0;
        const GREY: u8 = 1;
        const BLACK: u8 = 2;
        let mut color = vec![BLACK; self.decls.len()];
        for entry in color.iter_mut().skip(first) {
            *entry = WHITE;
        }
        for root in first..self.decls.len() {
            if color.get(root) != Some(&WHITE) {
                continue;
            }
            let mut stack: Vec<(DeclId, Vec<(usize, DeclId)>)> = vec![(DeclId(root as u32), Vec::new())];
            self.open_decl(DeclId(root as u32), &mut color, &mut stack);
            while let Some((decl, above)) = stack.last_mut() {
                let decl = *decl;
                let Some((index, next)) = above.pop() else {
                    if let Some(entry) = color.get_mut(decl.0 as usize) {
                        *entry = BLACK;
                    }
                    stack.pop();
                    continue;
                };
                match color.get(next.0 as usize).copied() {
                    Some(WHITE) => {
                        stack.push((next, Vec::new()));
                        self.open_decl(next, &mut color, &mut stack);
                    }
                    Some(GREY) => self.report_inheritance_cycle(decl, index, next),
                    _ => {}
                }
            }
        }
    }

    /// Marks the top of the stack as open and lists what is above it, last first.
    fn open_decl(&self, decl: DeclId, color: &mut [u8], stack: &mut [(DeclId, Vec<(usize, DeclId)>)]) {
        if let Some(entry) = color.get_mut(decl.0 as usize) {
            *entry = 1;
        }
        let mut above = Vec::new();
        for (index, ty) in self.types.decl(decl).supers.iter().enumerate() {
            match self.types.kind(*ty) {
                TypeKind::Nominal(next, _) => above.push((index, *next)),
                TypeKind::Intersection(parts) => {
                    above.extend(parts.iter().filter_map(|part| Some((index, self.types.decl_of(*part)?))));
                }
                _ => {}
            }
        }
        above.reverse();
        if let Some(top) = stack.last_mut() {
            top.1 = above;
        }
    }

    fn report_inheritance_cycle(&mut self, decl: DeclId, index: usize, next: DeclId) {
        // The index is that of the list as it was; entries are neutralised rather than removed.
        if let Some(entry) = self.types.decl_mut(decl).supers.get_mut(index) {
            *entry = TypeId::ANY;
        }
        let name = self.names.text(self.types.decl(next).name);
        let span = self.decl_name_span(next);
        let mut diagnostic = Diagnostic::error("inheritance-cycle", span, format!("`{name}` is its own supertype"));
        if next != decl {
            let other = self.names.text(self.types.decl(decl).name);
            diagnostic = diagnostic
                .label(format!("leads up to `{other}`"))
                .also(self.decl_name_span(decl), format!("which has `{name}` above it"));
        }
        self.report(diagnostic);
    }

    /// What is above a type is walked again and again, so it must not be too much.
    fn cut_deep_inheritance(&mut self, first: usize) {
        for index in first..self.decls.len() {
            let depth = self.depths.get(index).copied().unwrap_or(0);
            if depth <= MOST_LEVELS {
                continue;
            }
            let decl = DeclId(index as u32);
            self.types.decl_mut(decl).supers.clear();
            if depth == MOST_LEVELS + 1 {
                let name = self.names.text(self.types.decl(decl).name);
                let message = format!("`{name}` has too many levels of types above it");
                let diagnostic = Diagnostic::error("inheritance-depth", self.decl_name_span(decl), message)
                    .note(format!("at most {MOST_LEVELS} are possible"));
                self.report(diagnostic);
            }
        }
    }

    fn declare_bounds(&mut self, decl: DeclId) {
        if matches!(self.types.decl(decl).kind, DeclKind::Variant { .. }) {
            return;
        }
        let Some(info) = self.decls.get(decl.0 as usize) else { return };
        if info.vars.is_empty() {
            return;
        }
        let (module, scope, item, vars) = (info.module, info.scope, info.item, info.vars.clone());
        let Some(ast) = self.ast_of(module) else { return };
        if let Some(params) = ast.items.get(item.0 as usize).and_then(|item| type_params(&item.kind)) {
            self.lower_bounds(&ast, scope, &vars, &vars, params);
        }
    }

    /// Supertypes were read before others were known: their unions are built anew. Those that a cycle took away go.
    fn resimplify_supers(&mut self, decl: DeclId) {
        let old = self.types.decl(decl).supers.clone();
        let mut new = Vec::with_capacity(old.len());
        for ty in &old {
            if *ty != TypeId::ANY {
                new.push(self.types.resimplify(*ty));
            }
        }
        if new != old {
            self.types.decl_mut(decl).supers = new;
        }
    }

    /// Reads the fields of a declaration, those of its bases first (a base is read before what derives from it).
    fn declare_fields(&mut self, decl: DeclId) {
        let mut chain = vec![decl];
        while let Some(last) = chain.last().copied() {
            match self.base_of(last) {
                Some(base) if self.fields_state(base) == State::NotStarted && chain.len() <= self.decls.len() => {
                    chain.push(base);
                }
                _ => break,
            }
        }
        while let Some(decl) = chain.pop() {
            if self.fields_state(decl) == State::NotStarted {
                self.declare_own_fields(decl);
            }
        }
    }

    fn fields_state(&self, decl: DeclId) -> State {
        self.decls.get(decl.0 as usize).map_or(State::Done, |info| info.fields_state)
    }

    /// The class above a class.
    pub(crate) fn base_of(&self, decl: DeclId) -> Option<DeclId> {
        let data = self.types.decl(decl);
        if !matches!(data.kind, DeclKind::Class) {
            return None;
        }
        let base = data.supers.first().and_then(|ty| self.types.decl_of(*ty))?;
        matches!(self.types.decl(base).kind, DeclKind::Class).then_some(base)
    }

    fn declare_own_fields(&mut self, decl: DeclId) {
        let Some(info) = self.decls.get_mut(decl.0 as usize) else { return };
        info.fields_state = State::Done;
        let (module, item) = (info.module, info.item);
        let Some(ast) = self.ast_of(module) else { return };
        let Some(item) = ast.items.get(item.0 as usize) else { return };
        let kind = self.types.decl(decl).kind;
        match &item.kind {
            ItemKind::Struct { fields, .. } | ItemKind::Class { fields, .. } => self.add_fields(&ast, decl, fields),
            ItemKind::Enum { variants, .. } => {
                let DeclKind::Variant { index, .. } = kind else { return };
                match variants.get(index as usize).map(|variant| &variant.payload) {
                    Some(Payload::Positional(types)) => self.add_positional(&ast, decl, types),
                    Some(Payload::Named(fields)) => self.add_fields(&ast, decl, fields),
                    Some(Payload::None) | None => {}
                }
            }
            ItemKind::Interface { fields, functions, .. } => {
                self.add_fields(&ast, decl, fields);
                self.add_members(&ast, decl, functions);
            }
            ItemKind::Fn(_)
            | ItemKind::Trait { .. }
            | ItemKind::TypeAlias { .. }
            | ItemKind::Import { .. }
            | ItemKind::FromImport { .. }
            | ItemKind::Test { .. }
            | ItemKind::Bench { .. }
            | ItemKind::Error => {}
        }
    }

    fn add_positional(&mut self, ast: &Arc<Ast>, decl: DeclId, types: &[ast::TypeId]) {
        let Some(info) = self.decls.get(decl.0 as usize) else { return };
        let (module, scope, vars) = (info.module, info.scope, info.vars.clone());
        let mut fields = Vec::with_capacity(types.len());
        let mut defaults = Vec::with_capacity(types.len());
        for (index, written) in types.iter().enumerate() {
            let ty = self.lower_type(ast, scope, &vars, *written);
            let name = self.names.intern(&index.to_string());
            fields.push(Field { name, ty, mutable: false, open: false, has_default: false });
            defaults.push(FieldDefault {
                module,
                declared_in: (decl, index as u32),
                expr: None,
                function: None,
                annotated: true,
                span: type_span(ast, *written),
            });
        }
        self.types.decl_mut(decl).fields = fields;
        if let Some(info) = self.decls.get_mut(decl.0 as usize) {
            info.defaults = defaults;
        }
    }

    fn add_fields(&mut self, ast: &Arc<Ast>, decl: DeclId, written: &[ast::FieldDecl]) {
        let Some(info) = self.decls.get(decl.0 as usize) else { return };
        let (module, scope, vars) = (info.module, info.scope, info.vars.clone());
        let is_class = matches!(self.types.decl(decl).kind, DeclKind::Class);
        let (mut fields, mut defaults) = self.inherited_fields(decl);
        let mut seen: FxHashMap<Name, Span> =
            fields.iter().zip(&defaults).map(|(field, default)| (field.name, default.span)).collect();
        for field in written {
            let name = field.name;
            if let Some(first) = seen.insert(name.name, name.span) {
                let text = self.names.text(name.name);
                let inherited = fields.len() > defaults.len() || fields.iter().any(|f| f.name == name.name && is_class);
                let message = format!("two fields are named `{text}`");
                let mut diagnostic = duplicate(name.span, message, first);
                if inherited && self.base_of(decl).is_some() {
                    diagnostic = diagnostic.note("a class has the fields of its base too");
                }
                self.report(diagnostic);
                continue;
            }
            let slot = fields.len() as u32;
            let ty = match (field.ty, field.default) {
                (Some(ty), _) => self.lower_type(ast, scope, &vars, ty),
                (None, Some(default)) if is_class => match literal_type(ast, default) {
                    Some(ty) => ty,
                    None => {
                        self.untyped_fields.push((decl, slot));
                        TypeId::ANY
                    }
                },
                (None, _) if is_class => TypeId::ANY,
                // The parser has asked for a type.
                (None, _) => TypeId::ERROR,
            };
            fields.push(Field {
                name: name.name,
                ty,
                mutable: field.mutable || is_class,
                open: field.open,
                has_default: field.default.is_some(),
            });
            defaults.push(FieldDefault {
                module,
                declared_in: (decl, slot),
                expr: field.default,
                function: None,
                annotated: field.ty.is_some(),
                span: name.span,
            });
        }
        if fields.is_empty() {
            return;
        }
        let data = self.types.decl_mut(decl);
        data.by_reference |= fields.iter().any(|field| field.mutable);
        data.fields = fields;
        if let Some(info) = self.decls.get_mut(decl.0 as usize) {
            info.defaults = defaults;
        }
        self.place_object(decl);
    }

    /// The fields that a class has of its base, with the base's arguments put in.
    fn inherited_fields(&mut self, decl: DeclId) -> (Vec<Field>, Vec<FieldDefault>) {
        let Some(base) = self.base_of(decl) else { return (Vec::new(), Vec::new()) };
        let Some(base_type) = self.types.decl(decl).supers.first().copied() else { return (Vec::new(), Vec::new()) };
        let with = match self.types.kind(base_type) {
            TypeKind::Nominal(_, args) => Substitution::from_params(&self.types.decl(base).params, args),
            _ => Substitution::new(),
        };
        self.inherited += self.types.decl(base).fields.len();
        if self.inherited > MOST_INHERITED {
            if self.inherited <= MOST_INHERITED + self.types.decl(base).fields.len() {
                let message = "the classes of this program have too many inherited fields";
                self.report(Diagnostic::error("inheritance-depth", self.decl_name_span(decl), message));
            }
            return (Vec::new(), Vec::new());
        }
        let mut fields = self.types.decl(base).fields.clone();
        for field in &mut fields {
            field.ty = self.types.substitute(field.ty, &with);
        }
        let mut defaults = self.decls.get(base.0 as usize).map(|info| info.defaults.clone()).unwrap_or_default();
        for default in &mut defaults {
            default.function = None;
        }
        (fields, defaults)
    }

    /// An object with fields lives in a variable of its module.
    fn place_object(&mut self, decl: DeclId) {
        if !matches!(self.types.decl(decl).kind, DeclKind::Object) {
            return;
        }
        let Some(info) = self.decls.get_mut(decl.0 as usize) else { return };
        let global = GlobalId(self.globals.len() as u32);
        info.instance = Some(global);
        self.globals.push(GlobalDecl {
            name: self.types.decl(decl).name,
            module: info.module,
            ty: ResultType::Annotated(info.self_type),
            mutable: false,
            span: info.name_span,
            stmt: 0,
            pattern: None,
            object: Some(decl),
        });
        let missing: Vec<(Name, Span)> = self
            .types
            .decl(decl)
            .fields
            .iter()
            .zip(&info.defaults)
            .filter(|(field, _)| !field.has_default)
            .map(|(field, default)| (field.name, default.span))
            .collect();
        for (name, span) in missing {
            let text = self.names.text(name);
            let message = format!("field `{text}` of an object has no value");
            let diagnostic = Diagnostic::error("missing-default", span, message)
                .note("nobody constructs an object, so each of its fields needs `= value`");
            self.report(diagnostic);
        }
    }

    fn add_members(&mut self, ast: &Arc<Ast>, decl: DeclId, functions: &[ast::ItemId]) {
        let Some(info) = self.decls.get(decl.0 as usize) else { return };
        let (scope, vars, self_type) = (info.scope, info.vars.clone(), info.self_type);
        let mut members = Vec::with_capacity(functions.len());
        for id in functions {
            let Some(ItemKind::Fn(function)) = ast.items.get(id.0 as usize).map(|item| &item.kind) else { continue };
            if !crate::collect::starts_with_self(ast, function) {
                let text = self.names.text(function.name.name);
                let message = format!("`{text}` of an interface has no `self`");
                let diagnostic = Diagnostic::error("interface-member", function.head_span, message)
                    .note("an interface lists calls on its values: `fn f(self, …) -> R`");
                self.report(diagnostic);
                continue;
            }
            if let (Some(first), Some(_)) = (function.type_params.first(), function.type_params.last()) {
                let diagnostic = Diagnostic::error(
                    "interface-member",
                    first.name.span,
                    "a call of an interface has type parameters",
                )
                .note("give them to the interface itself: `interface I<T> { … }`");
                self.report(diagnostic);
                continue;
            }
            let mut params = Vec::with_capacity(function.params.len());
            for (index, param) in function.params.iter().enumerate() {
                params.push(match param.ty {
                    _ if index == 0 => self_type,
                    Some(ty) => self.lower_type(ast, scope, &vars, ty),
                    None => TypeId::ANY,
                });
            }
            let result = function.result.map_or(TypeId::ANY, |ty| self.lower_type(ast, scope, &vars, ty));
            let effects = function.effects.as_ref().map_or(Effects::ALL, |written| self.effects_of_annotation(written));
            members.push(Member { name: function.name.name, params, result, effects });
        }
        if !members.is_empty() {
            self.types.decl_mut(decl).members = members;
        }
    }

    /// A type as it is written in messages.
    pub fn show(&self, ty: TypeId) -> String {
        self.types.display(ty, &self.names)
    }
}

/// The type of a literal that stands as a class field's default.
fn literal_type(ast: &Ast, expr: ast::ExprId) -> Option<TypeId> {
    match &ast.exprs.get(expr.0 as usize)?.kind {
        ExprKind::Int(_) => Some(TypeId::I64),
        ExprKind::Float(_) => Some(TypeId::F64),
        ExprKind::Bool(_) => Some(TypeId::BOOL),
        ExprKind::Byte(_) => Some(TypeId::BYTE),
        ExprKind::Str(_) => Some(TypeId::STR),
        _ => None,
    }
}

pub(crate) fn type_span(ast: &Ast, ty: ast::TypeId) -> Span {
    ast.types.get(ty.0 as usize).map_or(Span::new(ast.file, 0, 0), |written| written.span)
}

/// The type parameters of an item that declares a type.
pub(crate) fn type_params(item: &ItemKind) -> Option<&[ast::TypeParam]> {
    match item {
        ItemKind::Struct { type_params, .. }
        | ItemKind::Enum { type_params, .. }
        | ItemKind::Trait { type_params, .. }
        | ItemKind::Interface { type_params, .. }
        | ItemKind::Class { type_params, .. }
        | ItemKind::TypeAlias { type_params, .. } => Some(type_params),
        ItemKind::Fn(_)
        | ItemKind::Import { .. }
        | ItemKind::FromImport { .. }
        | ItemKind::Test { .. }
        | ItemKind::Bench { .. }
        | ItemKind::Error => None,
    }
}

/// The variables of a declaration, without names.
pub(crate) fn var_ids(vars: &[(Name, VarId)]) -> SmallVec<[VarId; 2]> {
    vars.iter().map(|(_, var)| *var).collect()
}
