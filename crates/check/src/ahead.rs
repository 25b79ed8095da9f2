//! Reading ahead: half of a large program's functions is inferred by a second checker, on another thread.
//!
//! It starts as a copy, so what was known by then has the same numbers in both. What it makes afterwards (types, functions
//! that fill in defaults, closures) is made once more in the first, and functions are rewritten to the numbers there. A
//! function that mentions something without an equal is read again.
//! So the second may do whatever inference does, and nothing rests on it but time.
//!
//! Always true: what comes out depends on the program alone, as the halves do, and not on how many threads there are.

use crate::hir::{self, ComptimeId, ExprKind, FnId, FunctionKind, GlobalId, ModuleId, MultiId};
use crate::input::NoModules;
use crate::parallel;
use crate::renumber::Renumber;
use crate::tables::{CallShape, Checker, FnDeclId, FnDeclKind, Hidden, MultiKind, ResultType};
use rustc_hash::FxHashMap;
use sayso_base::{Name, Severity, Span};
use sayso_types::{DeclId, TypeId, TypeKind, TypeStore, VarId};
use std::sync::Mutex;

/// What a function weighs beside its body, in bytes of source.
const LIGHTEST: usize = 16;

/// How many tables held how much when the copy was made: what is below is the same in both checkers.
#[derive(Clone, Copy)]
struct Marks {
    names: usize,
    types: usize,
    vars: usize,
    decls: usize,
    modules: usize,
    globals: usize,
    functions: usize,
    multis: usize,
    hir: usize,
    diagnostics: usize,
}

impl Marks {
    fn of(cx: &Checker<'_>) -> Marks {
        Marks {
            names: cx.names.len(),
            types: cx.types.type_count(),
            vars: cx.types.var_count(),
            decls: cx.types.decl_count(),
            modules: cx.modules.len(),
            globals: cx.globals.len(),
            functions: cx.functions.len(),
            multis: cx.multis.len(),
            hir: cx.hir.len(),
            diagnostics: cx.diagnostics.len(),
        }
    }
}

impl Checker<'_> {
    /// Checks what is on the work list, half of it ahead if there is much. Gives the second checker, which nobody needs
    /// any more.
    pub(crate) fn drain_halves(&mut self) -> Option<Checker<'static>> {
        let batch = std::mem::take(&mut self.work);
        if batch.len() < self.options.ahead {
            self.work = batch;
            return None;
        }
        let (first, second) = batch.split_at(self.middle(&batch));
        let marks = Marks::of(self);
        let copy = Mutex::new(Some(self.fork(&NoModules, self.options.clone())));
        let read_ahead = || {
            let mut copy = copy.lock().ok().and_then(|mut copy| copy.take())?;
            second.iter().for_each(|function| copy.check_reached(*function));
            Some(copy)
        };
        let (mut copy, ()) =
            parallel::join(read_ahead, || first.iter().for_each(|function| self.check_reached(*function)));
        if let Some(copy) = &mut copy {
            self.take_over(copy, marks, second);
        }
        second.iter().for_each(|function| self.check_reached(*function));
        copy
    }

    /// How many of these functions make up half of the work: as a rule that is in the bodies that are written.
    fn middle(&self, functions: &[FnId]) -> usize {
        let weight = |function: &FnId| {
            let decl = self.declared.get(function.0 as usize).copied().flatten();
            let decl = decl.and_then(|decl| self.functions.get(decl.0 as usize));
            let written = decl.and_then(|decl| {
                let (FnDeclKind::Body(body) | FnDeclKind::Init(_, body)) = decl.kind else { return None };
                self.modules.get(decl.module.0 as usize)?.ast.blocks.get(body.0 as usize)
            });
            LIGHTEST + written.map_or(0, |body| body.span.end.saturating_sub(body.span.start) as usize)
        };
        let weights: Vec<usize> = functions.iter().map(weight).collect();
        let half = weights.iter().sum::<usize>() / 2;
        let mut so_far = 0;
        let light = weights.iter().take_while(|weight| {
            so_far += **weight;
            so_far < half
        });
        light.count()
    }

    /// Takes over what a copy has found out about these functions.
    fn take_over(&mut self, copy: &mut Checker<'_>, marks: Marks, functions: &[FnId]) {
        let new = copy.diagnostics.split_off(marks.diagnostics.min(copy.diagnostics.len()));
        // Messages about errors list what there is, which the first checker knows best.
        if copy.types.lost_type() || new.iter().any(|one| one.severity == Severity::Error) {
            return;
        }
        self.diagnostics.extend(new);
        let mut taken = std::mem::take(&mut copy.hir);
        let mut same = Same {
            types: vec![None; copy.types.type_count()],
            woken: FxHashMap::default(),
            listed: marks.functions,
            copy,
            marks,
        };
        for function in functions {
            same.take_function(self, &mut taken, *function);
        }
        // What is used by functions that were not taken is found again.
        for function in &copy.work {
            if let Some(function) = same.function(self, *function) {
                self.use_function(function);
            }
        }
        let mut used: Vec<(MultiId, u32)> = Vec::new();
        for (multi, arities) in &copy.used_arities {
            used.extend(arities.iter().map(|arity| (*multi, *arity)));
        }
        used.sort_unstable();
        for (multi, arity) in used {
            let shaped = copy.multis.get(multi.0 as usize).is_some_and(|of| matches!(of.kind, MultiKind::Shaped(..)));
            if let (Some(multi), false) = (same.multi(self, multi), shaped) {
                self.use_multi(multi, &CallShape::plain(arity));
            }
        }
        for module in &copy.needed_modules {
            if (module.0 as usize) < marks.modules {
                self.need_module(*module);
            }
        }
    }
}

/// Finds the equals of what the copy made.
struct Same<'c, 'l> {
    copy: &'c Checker<'l>,
    marks: Marks,
    /// By [`TypeId`] of the copy: the equal type, once it is known.
    types: Vec<Option<TypeId>>,
    /// Functions that woke in the first checker, by name and place, and up to where they are listed here.
    woken: FxHashMap<(Name, Span), FnId>,
    listed: usize,
}

impl Same<'_, '_> {
    fn take_function(&mut self, cx: &mut Checker<'_>, taken: &mut [hir::Function], id: FnId) {
        let declared = cx.declared.get(id.0 as usize).copied().flatten();
        let Some(decl) = declared.and_then(|decl| cx.functions.get(decl.0 as usize)) else { return };
        let read = matches!(decl.kind, FnDeclKind::Body(_) | FnDeclKind::Init(..));
        let open = matches!(decl.result, ResultType::NotStarted);
        let waits = cx.hir.get(id.0 as usize).is_some_and(|function| function.kind == FunctionKind::Unused);
        if !read || !waits {
            return;
        }
        // The function and all closures inside it, each with what it is in the copy.
        let mut parts: Vec<hir::Function> = Vec::new();
        let mut ids: Vec<FnId> = vec![id];
        while let Some(next) = ids.get(parts.len()).copied() {
            let Some(part) = taken.get_mut(next.0 as usize) else { return };
            let mut part = hir::Function {
                type_vars: std::mem::take(&mut part.type_vars),
                locals: std::mem::take(&mut part.locals),
                exprs: std::mem::take(&mut part.exprs),
                patterns: std::mem::take(&mut part.patterns),
                kind: std::mem::replace(&mut part.kind, FunctionKind::Unused),
                ..*part
            };
            if !matches!(part.kind, FunctionKind::Body(_)) || self.rewrite(cx, &mut part, &mut ids).is_none() {
                return;
            }
            parts.push(part);
        }
        if let (Some(decl), true) = (declared, open) {
            let Some(result) = parts.first().map(|function| function.result) else { return };
            cx.finish_result(decl, result);
        }
        let first_closure = cx.hir.len();
        for (index, mut part) in parts.into_iter().enumerate() {
            for expr in &mut part.exprs {
                if let ExprKind::Closure(closure, _) = &mut expr.kind
                    && let Some(place) = ids.iter().position(|known| known == closure)
                {
                    *closure = FnId((first_closure + place - 1) as u32);
                }
            }
            let place = if index == 0 { id } else { cx.new_function(part.name, part.module, part.span) };
            if let Some(reached) = cx.reached.get_mut(place.0 as usize) {
                *reached = true;
            }
            if let Some(target) = cx.hir.get_mut(place.0 as usize) {
                let (effects, memo) = (target.effects, target.memo);
                *target = hir::Function { effects, memo, ..part };
            }
        }
    }

    /// Rewrites a function of the copy; the closures that it makes go to `closures`, under their old numbers.
    fn rewrite(&mut self, cx: &mut Checker<'_>, function: &mut hir::Function, closures: &mut Vec<FnId>) -> Option<()> {
        function.name = self.name(cx, function.name);
        function.type_vars.iter().try_for_each(|var| self.var(*var))?;
        function.result = self.ty(cx, function.result)?;
        for local in &mut function.locals {
            local.name = self.name(cx, local.name);
            local.ty = self.ty(cx, local.ty)?;
        }
        let mut taking = Taking { same: self, cx, closures };
        for expr in &mut function.exprs {
            taking.ty(&mut expr.ty)?;
            taking.expr(&mut expr.kind)?;
        }
        for pattern in &mut function.patterns {
            taking.ty(&mut pattern.ty)?;
            taking.pattern(&mut pattern.kind)?;
        }
        Some(())
    }

    /// Names are equal if their texts are.
    fn name(&self, cx: &mut Checker<'_>, name: Name) -> Name {
        if (name.0 as usize) < self.marks.names { name } else { cx.names.intern_unasked(self.copy.names.text(name)) }
    }

    fn decl(&self, decl: DeclId) -> Option<()> {
        below(decl.0, self.marks.decls)
    }

    fn var(&self, var: VarId) -> Option<()> {
        below(var.0, self.marks.vars)
    }

    /// A function that is called: declared, or one that fills in defaults.
    fn function(&mut self, cx: &mut Checker<'_>, id: FnId) -> Option<FnId> {
        if (id.0 as usize) < self.marks.hir {
            return Some(id);
        }
        if let Some(Some(decl)) = self.copy.declared.get(id.0 as usize) {
            return self.woken_function(cx, *decl);
        }
        match self.copy.hidden.get(&id)? {
            Hidden::Thunk(decl, shape) => {
                below(decl.0, self.marks.functions)?;
                let shape = self.shape(cx, shape);
                cx.thunk_for(*decl, &shape)
            }
            Hidden::ParamDefault(decl, index) => {
                below(decl.0, self.marks.functions)?;
                cx.param_default(*decl, *index)
            }
            Hidden::FieldDefault(decl, slot) => {
                self.decl(*decl)?;
                cx.field_default(*decl, *slot)
            }
            Hidden::Init(_) | Hidden::Block(..) => None,
        }
    }

    /// A function of the library that woke in the copy: wakes it.
    fn woken_function(&mut self, cx: &mut Checker<'_>, decl: FnDeclId) -> Option<FnId> {
        let woken = self.copy.functions.get(decl.0 as usize)?;
        below(woken.module.0, self.marks.modules)?;
        if matches!(woken.kind, FnDeclKind::Constructor(_)) || !self.copy.is_library(woken.module) {
            return None;
        }
        let name = self.wake(cx, woken.name);
        for decl in cx.functions.get(self.listed..).unwrap_or(&[]) {
            if !matches!(decl.kind, FnDeclKind::Constructor(_)) {
                self.woken.insert((decl.name, decl.head_span), decl.function);
            }
        }
        self.listed = cx.functions.len();
        self.woken.get(&(name, woken.head_span)).copied()
    }

    /// Wakes what the library calls so; gives the name as the first checker knows it.
    fn wake(&self, cx: &mut Checker<'_>, name: Name) -> Name {
        let name = cx.names.intern(self.copy.names.text(name));
        cx.ask_for(name);
        name
    }

    fn multi(&mut self, cx: &mut Checker<'_>, id: MultiId) -> Option<MultiId> {
        if (id.0 as usize) < self.marks.multis {
            return Some(id);
        }
        let multi = self.copy.multis.get(id.0 as usize)?;
        match &multi.kind {
            MultiKind::Module if self.copy.is_library(multi.module) => {
                below(multi.module.0, self.marks.modules)?;
                let name = self.wake(cx, multi.name);
                cx.module_multis.get(&(multi.module, name)).copied()
            }
            MultiKind::Shaped(of, shape) => {
                below(of.0, self.marks.multis)?;
                let shape = self.shape(cx, shape);
                Some(cx.use_multi(*of, &shape))
            }
            MultiKind::Module
            | MultiKind::Static(_)
            | MultiKind::Block(_)
            | MultiKind::Variant(_)
            | MultiKind::Dynamic => None,
        }
    }

    fn shape(&self, cx: &mut Checker<'_>, shape: &CallShape) -> CallShape {
        let named = shape.named.iter().map(|name| self.name(cx, *name)).collect();
        CallShape { positional: shape.positional, named }
    }

    fn ty(&mut self, cx: &mut Checker<'_>, ty: TypeId) -> Option<TypeId> {
        let index = ty.0 as usize;
        if index < self.marks.types {
            return Some(ty);
        }
        if let Some(Some(known)) = self.types.get(index) {
            return Some(*known);
        }
        let made = self.make_type(cx, ty)?;
        if let Some(place) = self.types.get_mut(index) {
            *place = Some(made);
        }
        Some(made)
    }

    /// No type is deep, so neither is this.
    fn make_type(&mut self, cx: &mut Checker<'_>, ty: TypeId) -> Option<TypeId> {
        let copy: &TypeStore = &self.copy.types;
        let kind = match copy.kind(ty) {
            TypeKind::Symbol(name) => TypeKind::Symbol(self.name(cx, *name)),
            TypeKind::Array(part) => TypeKind::Array(self.ty(cx, *part)?),
            TypeKind::FixedArray(part, length) => TypeKind::FixedArray(self.ty(cx, *part)?, *length),
            TypeKind::Seq(part) => TypeKind::Seq(self.ty(cx, *part)?),
            TypeKind::Table(key, value) => TypeKind::Table(self.ty(cx, *key)?, self.ty(cx, *value)?),
            TypeKind::List(part) => TypeKind::List(self.ty(cx, *part)?),
            TypeKind::Map(key, value) => TypeKind::Map(self.ty(cx, *key)?, self.ty(cx, *value)?),
            TypeKind::Set(part) => TypeKind::Set(self.ty(cx, *part)?),
            TypeKind::Tuple(parts) => TypeKind::Tuple(self.parts(cx, parts)?.into()),
            TypeKind::Shape(fields) => {
                let mut made = Vec::with_capacity(fields.len());
                for (name, part) in fields {
                    made.push((self.name(cx, *name), self.ty(cx, *part)?));
                }
                return Some(cx.types.shape(&made));
            }
            TypeKind::Function { params, result, effects } => {
                let params = self.parts(cx, params)?.into();
                TypeKind::Function { params, result: self.ty(cx, *result)?, effects: *effects }
            }
            TypeKind::Union(parts) => {
                let parts = self.parts(cx, parts)?;
                return Some(cx.types.union(&parts));
            }
            TypeKind::Intersection(parts) => {
                let parts = self.parts(cx, parts)?;
                return Some(cx.types.intersection(&parts));
            }
            TypeKind::Nominal(decl, args) => {
                self.decl(*decl)?;
                TypeKind::Nominal(*decl, self.parts(cx, args)?.into())
            }
            TypeKind::Var(var) => {
                self.var(*var)?;
                TypeKind::Var(*var)
            }
            TypeKind::Type(part) => TypeKind::Type(self.ty(cx, *part)?),
            TypeKind::Infer(_) => return None,
            // They are in every store from the beginning.
            TypeKind::Any
            | TypeKind::Never
            | TypeKind::Error
            | TypeKind::I64
            | TypeKind::F64
            | TypeKind::Bool
            | TypeKind::Byte
            | TypeKind::Str
            | TypeKind::AnyFunction => return Some(ty),
        };
        Some(cx.types.intern(kind))
    }

    fn parts(&mut self, cx: &mut Checker<'_>, parts: &[TypeId]) -> Option<Vec<TypeId>> {
        parts.iter().map(|part| self.ty(cx, *part)).collect()
    }
}

/// Writes the first checker's numbers into a function of the copy.
struct Taking<'t, 'c, 'l, 'p> {
    same: &'t mut Same<'c, 'l>,
    cx: &'t mut Checker<'p>,
    /// The closures that the function makes, under their old numbers.
    closures: &'t mut Vec<FnId>,
}

impl Renumber for Taking<'_, '_, '_, '_> {
    fn ty(&mut self, ty: &mut TypeId) -> Option<()> {
        *ty = self.same.ty(self.cx, *ty)?;
        Some(())
    }

    fn global(&mut self, global: &mut GlobalId) -> Option<()> {
        below(global.0, self.same.marks.globals)
    }

    fn function(&mut self, function: &mut FnId) -> Option<()> {
        *function = self.same.function(self.cx, *function)?;
        Some(())
    }

    fn closure(&mut self, function: &mut FnId) -> Option<()> {
        self.closures.push(*function);
        Some(())
    }

    fn multi(&mut self, multi: &mut MultiId) -> Option<()> {
        *multi = self.same.multi(self.cx, *multi)?;
        Some(())
    }

    fn module(&mut self, module: &mut ModuleId) -> Option<()> {
        below(module.0, self.same.marks.modules)
    }

    fn decl(&mut self, decl: &mut DeclId) -> Option<()> {
        self.same.decl(*decl)
    }

    fn name(&mut self, name: &mut Name) -> Option<()> {
        *name = self.same.name(self.cx, *name);
        Some(())
    }

    /// They are numbered in the order in which they run.
    fn comptime(&mut self, _: &mut ComptimeId) -> Option<()> {
        None
    }
}

fn below(number: u32, mark: usize) -> Option<()> {
    ((number as usize) < mark).then_some(())
}
