//! Functions that are built without a body in the source: constructors, and those that fill in what a call leaves out.

use crate::hir::{
    Callee, Element, Expr, ExprId, ExprKind, FnId, Function, FunctionKind, Local, LocalId, Pattern, PatternId,
    PatternKind, Stmt,
};
use crate::tables::{CallShape, Checker, FnDeclId, ParamDefault, TypeHead};
use sayso_base::{Name, Span, names};
use sayso_types::{DeclId, DeclKind, Substitution, TypeId, TypeKind, VarId};
use smallvec::SmallVec;
use thin_vec::{ThinVec, thin_vec};

/// A function under construction.
struct Builder {
    span: Span,
    locals: Vec<Local>,
    exprs: Vec<Expr>,
    patterns: Vec<Pattern>,
    stmts: Vec<Stmt>,
}

impl Builder {
    fn new(span: Span) -> Builder {
        Builder { span, locals: Vec::new(), exprs: Vec::new(), patterns: Vec::new(), stmts: Vec::new() }
    }

    fn local(&mut self, name: Name, ty: TypeId) -> LocalId {
        self.locals.push(Local { name, ty, boxed: false, span: self.span });
        LocalId(self.locals.len() as u32 - 1)
    }

    fn expr(&mut self, kind: ExprKind, ty: TypeId) -> ExprId {
        self.exprs.push(Expr { kind, ty, span: self.span });
        ExprId(self.exprs.len() as u32 - 1)
    }

    fn read(&mut self, local: LocalId) -> ExprId {
        let ty = self.locals.get(local.0 as usize).map_or(TypeId::ERROR, |local| local.ty);
        self.expr(ExprKind::Local(local), ty)
    }

    /// `let` of a new local.
    fn bind(&mut self, name: Name, ty: TypeId, value: ExprId) -> LocalId {
        let local = self.local(name, ty);
        self.patterns.push(Pattern { kind: PatternKind::Bind(local, None), ty, span: self.span });
        let pattern = PatternId(self.patterns.len() as u32 - 1);
        self.stmts.push(Stmt::Let { pattern, value, otherwise: None });
        local
    }

    fn call(&mut self, function: FnId, type_args: ThinVec<TypeId>, args: ThinVec<ExprId>, ty: TypeId) -> ExprId {
        self.expr(ExprKind::Call { callee: Callee::Function(function), type_args, args }, ty)
    }

    /// The body: the statements so far, then the value.
    fn finish(mut self, function: &mut Function, params: usize, type_vars: &[VarId], result: TypeId, value: ExprId) {
        let body = if self.stmts.is_empty() {
            value
        } else {
            let stmts = std::mem::take(&mut self.stmts);
            self.expr(ExprKind::block(stmts, Some(value)), result)
        };
        function.type_vars = type_vars.to_vec();
        function.params = params as u32;
        function.result = result;
        function.locals = self.locals;
        function.exprs = self.exprs;
        function.patterns = self.patterns;
        function.kind = FunctionKind::Body(body);
    }
}

impl Checker<'_> {
    /// Builds the function that calls a function with the arguments of a call of this form.
    pub(crate) fn build_thunk(&mut self, thunk: FnId, id: FnDeclId, shape: &CallShape) {
        let Some(candidate) = self.candidate_of(id, shape) else { return };
        let Some(decl) = self.functions.get(id.0 as usize) else { return };
        let (target, span, type_vars) = (decl.function, decl.head_span, decl.type_vars.clone());
        let skipped = usize::from(matches!(decl.kind, crate::tables::FnDeclKind::Init(..)));
        let params: Vec<(Name, TypeId, Option<TypeId>, bool)> =
            decl.params.iter().map(|param| (param.name, param.ty, param.element, param.rest)).collect();
        let result = self.result_of(id);
        let mut builder = Builder::new(span);
        // The parameters are the arguments of the call, in its order.
        let mut given: Vec<Option<LocalId>> = vec![None; params.len()];
        let mut rest: Vec<LocalId> = Vec::new();
        for (slot, ty) in candidate.slots.iter().zip(&candidate.params) {
            let Some((name, _, _, is_rest)) = params.get(*slot as usize).copied() else { continue };
            let local = builder.local(if is_rest { names::EMPTY } else { name }, *ty);
            if is_rest {
                rest.push(local);
            } else if let Some(entry) = given.get_mut(*slot as usize) {
                *entry = Some(local);
            }
        }
        let arity = builder.locals.len();
        let vars: Vec<TypeId> = type_vars.iter().map(|var| self.types.variable(*var)).collect();
        for (index, (name, ty, _, is_rest)) in params.iter().copied().enumerate() {
            if given.get(index).is_none_or(Option::is_some) {
                continue;
            }
            let value = if is_rest {
                let elements =
                    rest.iter().map(|local| Element { spread: false, value: builder.read(*local) }).collect();
                builder.expr(ExprKind::Array(elements), ty)
            } else {
                let before: SmallVec<[LocalId; 4]> =
                    given.iter().take(index).skip(skipped).flatten().copied().collect();
                self.build_default(&mut builder, id, index as u32, &before, &vars, ty)
            };
            let local = builder.bind(name, ty, value);
            if let Some(entry) = given.get_mut(index) {
                *entry = Some(local);
            }
        }
        let args = given.into_iter().flatten().map(|local| builder.read(local)).collect();
        self.use_function(target);
        let call = builder.call(target, vars.into(), args, result);
        if let Some(function) = self.hir.get_mut(thunk.0 as usize) {
            builder.finish(function, arity, &type_vars, result, call);
        }
    }

    /// A parameter's default as a call.
    fn build_default(
        &mut self,
        builder: &mut Builder,
        id: FnDeclId,
        index: u32,
        before: &[LocalId],
        vars: &[TypeId],
        ty: TypeId,
    ) -> ExprId {
        let default = self
            .functions
            .get(id.0 as usize)
            .and_then(|decl| decl.params.get(index as usize))
            .map_or(ParamDefault::None, |param| param.default);
        let (function, type_args, args) = match default {
            ParamDefault::None => (None, Vec::new(), &[][..]),
            ParamDefault::Expr(_) => (self.param_default(id, index), vars.to_vec(), before),
            ParamDefault::Field(decl, slot) => (self.field_default(decl, slot), vars.to_vec(), &[][..]),
            ParamDefault::Init(init, slot) => {
                let of = self.functions.get(id.0 as usize).and_then(|decl| decl.owner);
                let type_args = self.init_type_args(of, init);
                (self.param_default(init, slot), type_args, before)
            }
        };
        match function {
            Some(function) => {
                let args = args.iter().map(|local| builder.read(*local)).collect();
                builder.call(function, type_args.into(), args, ty)
            }
            None => builder.expr(ExprKind::Error, ty),
        }
    }

    /// What the variables of an `init` are for values of a class that it constructs.
    fn init_type_args(&mut self, class: Option<TypeHead>, init: FnDeclId) -> Vec<TypeId> {
        let Some(declared) = self.functions.get(init.0 as usize) else { return Vec::new() };
        let (of, vars) = (declared.owner, declared.type_vars.clone());
        let mut with = Substitution::new();
        if let (Some(TypeHead::Decl(class)), Some(TypeHead::Decl(of))) = (class, of)
            && class != of
        {
            let own = self.decls.get(class.0 as usize).map_or(TypeId::ERROR, |info| info.self_type);
            let view = self.types.supertype_view(own, of);
            if let Some(TypeKind::Nominal(_, args)) = view.map(|view| self.types.kind(view)) {
                with = Substitution::from_params(&self.types.decl(of).params, args);
            }
        }
        vars.iter().map(|var| with.get(*var).unwrap_or_else(|| self.types.variable(*var))).collect()
    }

    /// Builds a constructor: a value with the fields given, or one with the defaults alone that `init` then completes.
    pub(crate) fn build_constructor(&mut self, id: FnDeclId, of: DeclId) {
        let Some(decl) = self.functions.get(id.0 as usize) else { return };
        let (function, span, type_vars) = (decl.function, decl.head_span, decl.type_vars.clone());
        let params: Vec<(Name, TypeId)> = decl.params.iter().map(|param| (param.name, param.ty)).collect();
        let self_type = self.decls.get(of.0 as usize).map_or(TypeId::ERROR, |info| info.self_type);
        let kind = self.types.decl(of).kind;
        let init = if kind == DeclKind::Class { self.init_of(of) } else { None };
        let mut builder = Builder::new(span);
        let given: Vec<LocalId> = params.iter().map(|(name, ty)| builder.local(*name, *ty)).collect();
        let vars = self.decls.get(of.0 as usize).map(|info| crate::declare::var_ids(&info.vars)).unwrap_or_default();
        let own: Vec<TypeId> = vars.iter().map(|var| self.types.variable(*var)).collect();
        let mut fields: Vec<(u32, ExprId)> = Vec::new();
        let layout: Vec<(Name, TypeId, bool)> =
            self.types.decl(of).fields.iter().map(|field| (field.name, field.ty, field.has_default)).collect();
        let takes_all = init.is_none() && !matches!(kind, DeclKind::Class | DeclKind::Object);
        let mut next = given.iter().copied();
        for (slot, (_, ty, has_default)) in layout.iter().enumerate() {
            let slot = slot as u32;
            let value = if init.is_none() && (takes_all || !has_default) {
                next.next().map(|local| builder.read(local))
            } else if *has_default {
                self.field_default(of, slot).map(|default| {
                    let type_args = self.default_type_args(of, slot, &own);
                    builder.call(default, type_args.into(), ThinVec::new(), *ty)
                })
            } else {
                None
            };
            fields.extend(value.map(|value| (slot, value)));
        }
        let made = builder.expr(ExprKind::new_record(of, fields, None), self_type);
        let value = match init {
            None => made,
            Some(init) => {
                let object = builder.bind(names::EMPTY, self_type, made);
                let mut args = thin_vec![builder.read(object)];
                args.extend(given.iter().map(|local| builder.read(*local)));
                let type_args = self.init_type_args(Some(TypeHead::Decl(of)), init);
                let target = self.functions.get(init.0 as usize).map(|decl| decl.function);
                if let Some(target) = target {
                    self.use_function(target);
                    let call = builder.call(target, type_args.into(), args, TypeId::VOID);
                    builder.stmts.push(Stmt::Expr(call));
                }
                builder.read(object)
            }
        };
        if let Some(function) = self.hir.get_mut(function.0 as usize) {
            builder.finish(function, params.len(), &type_vars, self_type, value);
        }
    }

    /// The type arguments of the function of a field's default, which is one of the class that declares the field.
    pub fn default_type_args(&mut self, decl: DeclId, slot: u32, own: &[TypeId]) -> Vec<TypeId> {
        let declared_in = self
            .decls
            .get(decl.0 as usize)
            .and_then(|info| info.defaults.get(slot as usize))
            .map_or(decl, |default| default.declared_in.0);
        if declared_in == decl {
            return own.to_vec();
        }
        let ty = self.types.nominal(decl, own);
        let view = self.types.supertype_view(ty, declared_in);
        match view.map(|view| self.types.kind(view)) {
            Some(TypeKind::Nominal(_, args)) => args.to_vec(),
            _ => Vec::new(),
        }
    }

    /// Builds the initialiser of a module without statements, objects and imports.
    pub(crate) fn build_empty_init(&mut self, init: FnId) {
        let span = self.hir.get(init.0 as usize).map(|function| function.span);
        let Some(span) = span else { return };
        let mut builder = Builder::new(span);
        let value = builder.expr(ExprKind::Constant(crate::hir::Constant::Unit), TypeId::VOID);
        if let Some(function) = self.hir.get_mut(init.0 as usize) {
            builder.finish(function, 0, &[], TypeId::VOID, value);
        }
    }

    /// Puts library modules that something reached needs before the rest of the main module's initialiser.
    pub(crate) fn prepend_needed_modules(&mut self, init: FnId) {
        let needed = self.needed_modules.clone();
        let Some(function) = self.hir.get_mut(init.0 as usize) else { return };
        let FunctionKind::Body(body) = function.kind else { return };
        if needed.is_empty() {
            return;
        }
        let span = function.span;
        let mut stmts = Vec::with_capacity(needed.len());
        for module in needed {
            function.exprs.push(Expr { kind: ExprKind::InitModule(module), ty: TypeId::VOID, span });
            stmts.push(Stmt::Expr(ExprId(function.exprs.len() as u32 - 1)));
        }
        function.exprs.push(Expr { kind: ExprKind::block(stmts, Some(body)), ty: TypeId::VOID, span });
        function.kind = FunctionKind::Body(ExprId(function.exprs.len() as u32 - 1));
    }
}
