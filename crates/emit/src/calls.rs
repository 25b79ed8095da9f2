//! Calls, function values, and the small functions between two calling conventions.
//!
//! A function is called directly with its arguments in the classes of its parameters. As a value it is called with
//! dynamic arguments and gives a dynamic result. A multi-function is called with the classes that all its functions
//! agree on, or dynamically where the caller knows no more. Where a function's own classes differ, a [`Thunk`] stands between.

use crate::function::{FunctionEmitter, Reg, Value};
use crate::link::ConstantKey;
use sayso_bytecode::{Class, FaultKind, Function, Insn, Op};
use sayso_check::hir::{Callee, ExprId, FnId, FunctionKind, LocalId, MultiId};
use sayso_types::{Substitution, TypeId, TypeKind, VarId};

/// A function made by the emitter.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub(crate) enum Thunk {
    /// A function with the classes of its multi-function, type arguments first if it takes them.
    Joint { function: FnId, params: Vec<Class>, result: Class },
    /// A function as a value; its type arguments have no variables.
    Value { function: FnId, type_args: Vec<TypeId> },
    /// A generic function as a value that captures its type arguments.
    OpenValue { function: FnId },
    /// A multi-function as a value of a type; it captures the type arguments for these variables.
    Multi { multi: MultiId, arity: u16, origin: FnId, ty: TypeId, vars: Vec<VarId> },
}

impl Thunk {
    /// The function whose name, module and place it has.
    pub(crate) fn function(&self) -> FnId {
        match self {
            Thunk::Joint { function, .. }
            | Thunk::Value { function, .. }
            | Thunk::OpenValue { function }
            | Thunk::Multi { origin: function, .. } => *function,
        }
    }
}

impl FunctionEmitter<'_, '_> {
    /// Where a call's window begins: at the destination if that is the topmost register, so that the result needs no
    /// move.
    fn call_base(&mut self, dest: Reg) -> Reg {
        if u32::from(dest) + 1 == self.next { dest } else { self.next as Reg }
    }

    /// Evaluates arguments into the window; the first goes to `base + offset`.
    fn arguments(&mut self, args: &[ExprId], classes: &[Class], base: Reg, offset: u16) {
        for (index, arg) in args.iter().enumerate() {
            let reg = u32::from(base) + u32::from(offset) + index as u32;
            self.next = reg + 1;
            self.reach(self.next);
            let class = classes.get(index).copied().unwrap_or(Class::Dyn);
            self.into(*arg, reg as Reg, class);
        }
    }

    pub(crate) fn call(&mut self, expr: ExprId, callee: &Callee, type_args: &[TypeId], args: &[ExprId], dest: Reg) {
        let natural = self.natural(expr);
        let mark = self.next;
        let base = self.call_base(dest);
        self.next = u32::from(base) + 1;
        self.reach(self.next);
        let got = match callee {
            Callee::Function(function) => self.call_function(*function, type_args, args, base),
            Callee::Dispatch(multi) => self.call_multi(expr, *multi, args, base),
            Callee::Value(value) => {
                self.into(*value, base, Class::Dyn);
                self.arguments(args, &[], base, 1);
                self.put(Insn::ak(Op::CallValue, base, args.len() as u32));
                Class::Dyn
            }
        };
        self.next = mark;
        if self.hir.expr(expr).ty == TypeId::NEVER {
            if !self.dead {
                self.fault_constant(FaultKind::State, "a call that never returns has returned");
            }
            return;
        }
        self.convert(base, got, dest, natural);
    }

    /// Gives the class of the result.
    fn call_function(&mut self, function: FnId, type_args: &[TypeId], args: &[ExprId], base: Reg) -> Class {
        let hir = self.linker.program.function(function);
        let classes = self.linker.param_classes(function);
        let result = self.linker.class(hir.result);
        let mut offset = 0;
        if self.linker.takes_types(function) {
            for ty in type_args.iter().take(hir.type_vars.len()) {
                let reg = base + offset;
                self.next = u32::from(reg) + 1;
                self.reach(self.next);
                self.load_type(*ty, reg);
                offset += 1;
            }
        }
        self.arguments(args, &classes, base, offset);
        match &hir.kind {
            FunctionKind::Native(key) => {
                let native = self.linker.native(function, *key);
                self.put(Insn::ak(Op::CallNative, base, native));
            }
            FunctionKind::Body(_) => {
                let target = self.linker.function(function);
                self.put(Insn::ak(Op::Call, base, target));
            }
            FunctionKind::Intrinsic(name) => {
                let text = self.linker.interner.text(*name).to_owned();
                self.error("internal-error", self.span, format!("the operation `{text}` is not known"));
            }
            FunctionKind::Abstract | FunctionKind::Unused => {
                let shown = self.linker.interner.text(hir.name).to_owned();
                let message = format!("`{shown}` has no body for these arguments");
                self.fault_constant(FaultKind::Dispatch, &message);
            }
        }
        result
    }

    fn call_multi(&mut self, expr: ExprId, multi: MultiId, args: &[ExprId], base: Reg) -> Class {
        let mut dynamic = 0;
        for (index, arg) in args.iter().enumerate().take(64) {
            if self.natural(*arg) == Class::Dyn {
                dynamic |= 1 << index;
            }
        }
        let Some(target) = self.linker.multi(multi, args.len() as u16, dynamic) else {
            let span = self.hir.expr(expr).span;
            self.error("internal-error", span, "a call names a multi-function without functions of its arity");
            return Class::Dyn;
        };
        let (classes, result) = {
            let multi = &self.linker.module.multis[target as usize];
            (multi.params.clone(), multi.result)
        };
        self.arguments(args, &classes, base, 0);
        let site = self.linker.site(target);
        self.put(Insn::ak(Op::CallSite, base, site));
        result
    }

    pub(crate) fn function_value(&mut self, expr: ExprId, callee: &Callee, type_args: &[TypeId], dest: Reg) {
        match callee {
            Callee::Function(function) => {
                if type_args.iter().any(|ty| self.linker.open(*ty)) {
                    let first = self.next as Reg;
                    for ty in type_args {
                        let reg = self.alloc();
                        self.load_type(*ty, reg);
                        self.put(Insn::abc(Op::BoxI64, reg, reg, 0));
                    }
                    let thunk = self.linker.thunk(Thunk::OpenValue { function: *function });
                    self.put_ext(Insn::abc(Op::NewClosure, dest, first, type_args.len() as u16), thunk);
                    return;
                }
                let thunk = self.linker.thunk(Thunk::Value { function: *function, type_args: type_args.to_vec() });
                self.load_constant(ConstantKey::Function(thunk), dest);
            }
            Callee::Dispatch(multi) => {
                let ty = self.hir.expr(expr).ty;
                let arity = match self.linker.module.types.kind(ty) {
                    TypeKind::Function { params, .. } => params.len() as u16,
                    _ => self.first_arity(*multi),
                };
                let Some(origin) = self.first_function(*multi, arity) else {
                    self.fault_constant(FaultKind::Dispatch, "no function has this arity");
                    return;
                };
                let vars = if self.linker.open(ty) { self.hir.type_vars.clone() } else { Vec::new() };
                let count = vars.len();
                let thunk = self.linker.thunk(Thunk::Multi { multi: *multi, arity, origin, ty, vars });
                if count == 0 {
                    self.load_constant(ConstantKey::Function(thunk), dest);
                    return;
                }
                let first = self.next as Reg;
                self.own_types(count);
                self.put_ext(Insn::abc(Op::NewClosure, dest, first, count as u16), thunk);
            }
            Callee::Value(value) => self.into(*value, dest, Class::Ref),
        }
    }

    fn first_arity(&self, multi: MultiId) -> u16 {
        let multi = self.linker.program.multis.get(multi.0 as usize);
        multi.and_then(|multi| multi.arities.first()).map_or(0, |(arity, _)| *arity as u16)
    }

    fn first_function(&self, multi: MultiId, arity: u16) -> Option<FnId> {
        let multi = self.linker.program.multis.get(multi.0 as usize)?;
        let (_, candidates) = multi.arities.iter().find(|(n, _)| *n == u32::from(arity))?;
        candidates.first().map(|candidate| candidate.function)
    }

    /// The first type arguments of this function, for a closure to capture.
    fn own_types(&mut self, count: usize) {
        for index in 0..count {
            let reg = self.alloc();
            match self.type_base {
                Some(base) => self.put(Insn::abc(Op::BoxI64, reg, base.wrapping_add(index as u16), 0)),
                None => self.put(Insn::abc(Op::LoadUnit, reg, 0, 0)),
            }
        }
    }

    pub(crate) fn closure(&mut self, function: FnId, captures: &[LocalId], dest: Reg) {
        let program = self.linker.program;
        let target = self.linker.function(function);
        let first = self.next as Reg;
        let mut count = 0;
        if self.linker.takes_types(function) {
            let types = program.function(function).type_vars.len();
            self.own_types(types);
            count += types as u16;
        }
        for local in captures {
            let reg = self.alloc();
            let Some(place) = self.place(*local) else {
                self.fault_constant(FaultKind::State, "a closure captures a variable before it is bound");
                return;
            };
            let class = if self.hir.local(*local).boxed { Class::Ref } else { self.local_class(*local) };
            self.convert(place, class, reg, Class::Dyn);
            count += 1;
        }
        if count == 0 {
            self.load_constant(ConstantKey::Function(target), dest);
        } else {
            self.put_ext(Insn::abc(Op::NewClosure, dest, first, count), target);
        }
    }

    pub(crate) fn spawn(&mut self, expr: ExprId, callee: &Callee, type_args: &[TypeId], args: &[ExprId], dest: Reg) {
        let natural = self.natural(expr);
        let base = self.next as Reg;
        self.next += 1;
        self.reach(self.next);
        match callee {
            Callee::Value(value) => self.into(*value, base, Class::Dyn),
            Callee::Dispatch(multi) => match self.first_function(*multi, args.len() as u16) {
                Some(origin) => {
                    let thunk = Thunk::Multi {
                        multi: *multi,
                        arity: args.len() as u16,
                        origin,
                        ty: TypeId::FUNCTION,
                        vars: Vec::new(),
                    };
                    let thunk = self.linker.thunk(thunk);
                    self.load_constant(ConstantKey::Function(thunk), base);
                }
                None => self.fault_constant(FaultKind::Dispatch, "no function has this arity"),
            },
            Callee::Function(_) => self.function_value(expr, callee, type_args, base),
        }
        self.arguments(args, &[], base, 1);
        self.put(Insn::abc(Op::Spawn, dest, base, args.len() as u16));
        self.convert(dest, Class::Dyn, dest, natural);
    }

    /// The code of a thunk.
    pub(crate) fn thunk(mut self, thunk: &Thunk) -> Function {
        let name = self.hir.name.0;
        let span = Some(self.hir.span);
        match thunk {
            Thunk::Joint { function, params, result } => {
                let takes_types = self.linker.takes_types(*function);
                let types = if takes_types { self.hir.type_vars.len() as u16 } else { 0 };
                let mut classes = vec![Class::I64; types as usize];
                classes.extend(params.iter().copied());
                self.next = classes.len() as u32;
                self.reach(self.next);
                self.result = *result;
                let sources: Vec<Value> = params
                    .iter()
                    .enumerate()
                    .map(|(index, class)| Value { reg: types.wrapping_add(index as u16), class: *class })
                    .collect();
                let type_sources = (0..types).collect::<Vec<_>>();
                self.forward(*function, &type_sources, &[], &sources);
                self.finish(classes, false, 0, Vec::new(), name, span)
            }
            Thunk::Value { function, type_args } => {
                let own = self.value_type_of(self.hir);
                let types = Substitution::from_vars(&self.hir.type_vars, type_args);
                self.value_type = self.linker.module.types.substitute(own, &types);
                let count = self.hir.params as u16;
                let sources = self.value_prologue(count);
                self.forward(*function, &[], type_args, &sources);
                self.finish(vec_of_closure(count), true, 0, Vec::new(), name, span)
            }
            Thunk::OpenValue { function } => {
                self.value_type = self.value_type_of(self.hir);
                let count = self.hir.params as u16;
                let sources = self.value_prologue(count);
                let captures = self.hir.type_vars.len() as u16;
                let mut types = Vec::new();
                for slot in 0..captures {
                    let reg = self.alloc();
                    self.put(Insn::abc(Op::GetCapture, reg, 0, slot));
                    self.put(Insn::abc(Op::UnboxI64, reg, reg, 0));
                    types.push(reg);
                }
                self.forward(*function, &types, &[], &sources);
                let vars = self.hir.type_vars.clone();
                self.finish(vec_of_closure(count), true, captures, vars, name, span)
            }
            Thunk::Multi { multi, arity, ty, vars, .. } => {
                self.value_type = *ty;
                let sources = self.value_prologue(*arity);
                let base = self.next as Reg;
                if let Some(target) = self.linker.multi(*multi, *arity, u64::MAX) {
                    let (classes, result) = {
                        let multi = &self.linker.module.multis[target as usize];
                        (multi.params.clone(), multi.result)
                    };
                    for (source, class) in sources.iter().zip(&classes) {
                        let reg = self.alloc();
                        self.convert(source.reg, source.class, reg, *class);
                    }
                    self.reach(u32::from(base) + 1);
                    let site = self.linker.site(target);
                    self.put(Insn::ak(Op::CallSite, base, site));
                    self.convert(base, result, base, Class::Dyn);
                    self.put(Insn::abc(Op::Return, base, 0, 0));
                    self.dead = true;
                }
                self.finish(vec_of_closure(*arity), true, vars.len() as u16, vars.clone(), name, span)
            }
        }
    }

    /// The closure and its dynamic arguments; gives where the arguments are.
    fn value_prologue(&mut self, count: u16) -> Vec<Value> {
        self.result = Class::Dyn;
        self.next = u32::from(count) + 1;
        self.reach(self.next);
        (1..=count).map(|reg| Value { reg, class: Class::Dyn }).collect()
    }

    /// Calls the function with values from registers and returns what it gives.
    fn forward(&mut self, function: FnId, type_regs: &[Reg], type_args: &[TypeId], sources: &[Value]) {
        let hir = self.linker.program.function(function);
        let result = self.linker.class(hir.result);
        if let FunctionKind::Intrinsic(name) = hir.kind {
            let dest = self.alloc();
            let types: Vec<TypeId> = hir.locals.iter().take(hir.params as usize).map(|local| local.ty).collect();
            // First in the classes of its own parameters: `f64 + i64` takes its operands apart by them.
            let mut operands = Vec::with_capacity(sources.len());
            for (source, ty) in sources.iter().zip(&types) {
                let class = self.linker.class(*ty);
                operands.push(Value { reg: self.value_in(*source, class), class });
            }
            let given = self.intrinsic_on(name, &operands, &types, hir.result, dest);
            match given {
                Some(class) => {
                    self.convert(dest, class, dest, self.result);
                    self.put(Insn::abc(Op::Return, dest, 0, 0));
                    self.dead = true;
                }
                None => {
                    let text = self.linker.interner.text(name).to_owned();
                    self.error("internal-error", hir.span, format!("the operation `{text}` is not known"));
                }
            }
            return;
        }
        let base = self.next as Reg;
        if self.linker.takes_types(function) {
            for reg in type_regs {
                let to = self.alloc();
                self.put(Insn::abc(Op::Move, to, *reg, 0));
            }
            for ty in type_args {
                let to = self.alloc();
                self.put(Insn::ak(Op::LoadType, to, ty.0));
            }
        }
        let classes = self.linker.param_classes(function);
        for (source, class) in sources.iter().zip(&classes) {
            let to = self.alloc();
            self.convert(source.reg, source.class, to, *class);
        }
        self.reach(u32::from(base) + 1);
        match &hir.kind {
            FunctionKind::Native(key) => {
                let native = self.linker.native(function, *key);
                self.put(Insn::ak(Op::CallNative, base, native));
            }
            FunctionKind::Body(_) => {
                let target = self.linker.function(function);
                self.put(Insn::ak(Op::Call, base, target));
            }
            FunctionKind::Abstract | FunctionKind::Unused | FunctionKind::Intrinsic(_) => {
                self.fault_constant(FaultKind::Dispatch, "this function has no body");
                return;
            }
        }
        if hir.result == TypeId::NEVER {
            self.fault_constant(FaultKind::State, "a call that never returns has returned");
            return;
        }
        self.convert(base, result, base, self.result);
        self.put(Insn::abc(Op::Return, base, 0, 0));
        self.dead = true;
    }
}

/// Classes of the parameters of a function that is called as a value.
fn vec_of_closure(count: u16) -> Vec<Class> {
    let mut classes = vec![Class::Ref];
    classes.extend((0..count).map(|_| Class::Dyn));
    classes
}
