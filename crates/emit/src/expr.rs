//! Expressions: where their values go.
//!
//! [`FunctionEmitter::value`] gives a register that holds the value, the local's own where it can;
//! [`FunctionEmitter::into`] computes it where it is wanted, in the class that is wanted;
//! [`FunctionEmitter::effect`] computes it for what it does.

use crate::function::{FunctionEmitter, Reg, Value};
use crate::link::ConstantKey;
use sayso_bytecode::{Class, FaultKind, Insn, Op};
use sayso_check::hir::{CastReason, Constant, Element, ExprId, ExprKind, FieldAccess, LocalId, StrPart};
use sayso_types::{DeclId, TypeId, TypeKind};

impl FunctionEmitter<'_, '_> {
    /// The value in its natural class. The register may be a local's: read it before anything can assign the local.
    pub(crate) fn value(&mut self, expr: ExprId) -> Value {
        if let ExprKind::Local(local) = self.hir.expr(expr).kind {
            if !self.hir.local(local).boxed {
                if let Some(reg) = self.place(local) {
                    let class = self.local_class(local);
                    let natural = self.natural(expr);
                    if class == natural || (class == Class::Ref && natural == Class::Dyn) {
                        return Value { reg, class };
                    }
                }
            }
        }
        let class = self.natural(expr);
        let reg = self.alloc();
        self.into(expr, reg, class);
        Value { reg, class }
    }

    pub(crate) fn local_class(&mut self, local: LocalId) -> Class {
        let ty = self.hir.local(local).ty;
        self.linker.class(ty)
    }

    /// The value in the given class, in whatever register.
    pub(crate) fn value_as(&mut self, expr: ExprId, class: Class) -> Reg {
        let value = self.value(expr);
        self.value_in(value, class)
    }

    pub(crate) fn value_in(&mut self, value: Value, class: Class) -> Reg {
        if value.class == class || (value.class == Class::Ref && class == Class::Dyn) {
            return value.reg;
        }
        let reg = self.alloc();
        self.convert(value.reg, value.class, reg, class);
        reg
    }

    /// As `value`, safe against assignments while the `later` expressions are evaluated.
    pub(crate) fn stable_value(&mut self, expr: ExprId, later: &[ExprId]) -> Value {
        let value = self.value(expr);
        if let ExprKind::Local(local) = self.hir.expr(expr).kind {
            let assigned = self.assigned.get(local.0 as usize).copied().unwrap_or(false);
            if assigned && later.iter().any(|later| !self.is_simple(*later, 4)) {
                let reg = self.alloc();
                self.put(Insn::abc(Op::Move, reg, value.reg, 0));
                return Value { reg, class: value.class };
            }
        }
        value
    }

    /// Whether evaluating it cannot assign a local.
    pub(crate) fn is_simple(&self, expr: ExprId, depth: u32) -> bool {
        match &self.hir.expr(expr).kind {
            ExprKind::Constant(_) | ExprKind::Local(_) | ExprKind::Global(_) => true,
            ExprKind::Field(object, _) => depth > 0 && self.is_simple(*object, depth - 1),
            ExprKind::Call { args, .. } => depth > 0 && args.iter().all(|arg| self.is_simple(*arg, depth - 1)),
            _ => false,
        }
    }

    /// Computes the value for its effect only.
    pub(crate) fn effect(&mut self, expr: ExprId) {
        if self.dead || self.is_full() {
            return;
        }
        let mark = self.next;
        let old = self.at(self.hir.expr(expr).span);
        match &self.hir.expr(expr).kind {
            ExprKind::Constant(_) | ExprKind::Local(_) | ExprKind::Closure(..) | ExprKind::FunctionValue { .. } => {}
            ExprKind::Block(stmts, value) => self.block(stmts, *value, None),
            ExprKind::If(condition, then, otherwise) => self.if_else(*condition, *then, *otherwise, None),
            ExprKind::Match(value, arms) => self.match_arms(expr, *value, arms, None),
            ExprKind::Loop(id, body) => self.loop_forever(*id, *body, None),
            ExprKind::TryCatch(body, catches) => self.try_catch(*body, catches, None),
            _ => {
                if !self.statement(expr) {
                    let class = self.natural(expr);
                    let reg = self.alloc();
                    self.into(expr, reg, class);
                }
            }
        }
        self.back_to(old);
        self.release(mark);
    }

    /// Expressions without a value of their own; false if it is none.
    fn statement(&mut self, expr: ExprId) -> bool {
        let hir = self.hir;
        match &hir.expr(expr).kind {
            ExprKind::SetLocal(local, value) => self.set_local(*local, *value),
            ExprKind::SetGlobal(global, value) => {
                let class = self.linker.module.globals.get(global.0 as usize).map_or(Class::Dyn, |g| g.class);
                let reg = self.value_as(*value, class);
                self.put(Insn::ak(Op::SetGlobal, reg, global.0));
            }
            ExprKind::SetField(object, access, value) => self.set_field(*object, *access, *value),
            ExprKind::While(id, condition, body) => self.while_loop(*id, *condition, *body),
            ExprKind::ForRange { id, pattern, start, end, inclusive, body } => {
                self.for_range(*id, *pattern, *start, *end, *inclusive, *body);
            }
            ExprKind::ForArray { id, pattern, array, body } => self.for_array(*id, *pattern, *array, *body),
            ExprKind::ForIter(of) => self.for_iter(of),
            ExprKind::Break(id, value) => self.break_loop(*id, *value),
            ExprKind::Continue(id) => self.continue_loop(*id),
            ExprKind::Return(value) => self.return_value(*value),
            ExprKind::Throw(value) => {
                let reg = self.value_as(*value, Class::Dyn);
                self.put(Insn::abc(Op::Throw, reg, 0, 0));
                self.dead = true;
            }
            ExprKind::InitModule(module) => {
                let base = self.alloc();
                self.put(Insn::ak(Op::InitModule, base, module.0));
            }
            ExprKind::Call { callee, type_args, args } => {
                if !self.intrinsic_statement(expr, callee, args) {
                    let base = self.alloc();
                    self.call(expr, callee, type_args, args, base);
                }
            }
            ExprKind::Error => self.fault_constant(FaultKind::State, "this expression did not compile"),
            _ => return false,
        }
        true
    }

    /// Computes the value into a register, in a class.
    pub(crate) fn into(&mut self, expr: ExprId, dest: Reg, class: Class) {
        if self.dead || self.is_full() {
            return;
        }
        if let Some(value) = self.take_ready(expr) {
            self.convert(value.reg, value.class, dest, class);
            return;
        }
        let hir = self.hir;
        let old = self.at(hir.expr(expr).span);
        let mark = self.next;
        if let Some(constant) = self.fold(expr) {
            self.constant(&constant, dest, class);
        } else {
            self.into_kind(expr, dest, class);
        }
        self.back_to(old);
        self.release(mark);
    }

    fn into_kind(&mut self, expr: ExprId, dest: Reg, class: Class) {
        let hir = self.hir;
        match &hir.expr(expr).kind {
            // Control flow computes its branches in the class that is wanted.
            ExprKind::Block(stmts, value) => self.block(stmts, *value, Some(Value { reg: dest, class })),
            ExprKind::If(condition, then, otherwise) => {
                self.if_else(*condition, *then, *otherwise, Some(Value { reg: dest, class }));
            }
            ExprKind::Match(value, arms) => self.match_arms(expr, *value, arms, Some(Value { reg: dest, class })),
            ExprKind::Loop(id, body) => self.loop_forever(*id, *body, Some(Value { reg: dest, class })),
            ExprKind::TryCatch(body, catches) => self.try_catch(*body, catches, Some(Value { reg: dest, class })),
            ExprKind::OrElse(value, fallback) => self.or_else(expr, *value, *fallback, dest, class),
            ExprKind::And(..) | ExprKind::Or(..) | ExprKind::Let(..) => {
                self.condition_value(expr, dest);
                self.convert(dest, Class::Bool, dest, class);
            }
            ExprKind::Local(local) => self.read_local(*local, dest, class),
            _ => {
                let natural = self.natural(expr);
                if !self.into_natural(expr, dest) {
                    // A statement: its value is (), or it never ends.
                    if self.statement(expr) && !self.dead {
                        self.put(Insn::abc(Op::LoadUnit, dest, 0, 0));
                        self.convert(dest, Class::Dyn, dest, class);
                    }
                    return;
                }
                if !self.dead {
                    self.convert(dest, natural, dest, class);
                }
            }
        }
    }

    fn read_local(&mut self, local: LocalId, dest: Reg, class: Class) {
        let Some(reg) = self.place(local) else {
            self.fault_constant(FaultKind::State, "a variable was read before it was bound");
            return;
        };
        let own = self.local_class(local);
        if self.hir.local(local).boxed {
            self.put(Insn::abc(Op::CellGet, dest, reg, 0));
            self.convert(dest, Class::Dyn, dest, own);
            self.convert(dest, own, dest, class);
        } else {
            self.convert(reg, own, dest, class);
        }
    }

    /// Computes the value in its natural class; false if it is a statement.
    fn into_natural(&mut self, expr: ExprId, dest: Reg) -> bool {
        let hir = self.hir;
        let ty = hir.expr(expr).ty;
        match &hir.expr(expr).kind {
            ExprKind::Constant(constant) => {
                let natural = self.natural(expr);
                self.constant(&constant.clone(), dest, natural);
            }
            ExprKind::Global(global) => {
                // The static type may be narrower here than where the variable is declared.
                let class = self.linker.module.globals.get(global.0 as usize).map_or(Class::Dyn, |g| g.class);
                let natural = self.natural(expr);
                self.put(Insn::ak(Op::GetGlobal, dest, global.0));
                self.convert(dest, class, dest, natural);
            }
            ExprKind::Field(object, access) => self.get_field(expr, *object, *access, dest),
            ExprKind::Call { callee, type_args, args } => {
                self.long_chain(expr);
                let mut never = ty == TypeId::NEVER;
                if !self.intrinsic(expr, callee, args, dest) {
                    self.call(expr, callee, type_args, args, dest);
                } else {
                    never = false;
                }
                if never && !self.dead {
                    self.fault_constant(FaultKind::State, "a call that never returns has returned");
                }
                self.ready = None;
            }
            ExprKind::FunctionValue { callee, type_args } => self.function_value(expr, callee, type_args, dest),
            ExprKind::Closure(function, captures) => self.closure(*function, captures, dest),
            ExprKind::Array(elements) => self.array(ty, elements, dest),
            ExprKind::Repeat(value, count) => self.repeat(ty, *value, *count, dest),
            ExprKind::Table(entries) => self.table(ty, entries, dest),
            ExprKind::Tuple(elements) => self.tuple(ty, elements, dest),
            ExprKind::Shape(fields) => self.shape(ty, fields, dest),
            ExprKind::Range(start, end, inclusive) => self.range(*start, *end, *inclusive, dest),
            ExprKind::New { decl, fields, base } => self.new_record(ty, *decl, fields, *base, dest),
            ExprKind::Is(value, wanted) => self.is_test(*value, *wanted, dest),
            ExprKind::Cast(value, reason) => {
                self.long_chain(expr);
                self.cast(expr, *value, reason, dest);
                self.ready = None;
            }
            ExprKind::Interpolate(parts) => self.interpolate(parts, dest),
            ExprKind::Comptime(id) => {
                self.put(Insn::ak(Op::LoadComptime, dest, id.0));
                if self.linker.class(ty) == Class::Dyn {
                    // Room for making the constant dynamic.
                    self.put(Insn::abc(Op::Nop, 0, 0, 0));
                }
            }
            ExprKind::Try(value) => self.try_value(expr, *value, dest),
            ExprKind::OptionalChain { receiver, local, body, flatten } => {
                self.optional_chain(*receiver, *local, *body, *flatten, dest);
            }
            ExprKind::Yield(value) => {
                let reg = self.value_as(*value, Class::Dyn);
                let some = self.alloc();
                self.some(reg, some);
                self.put(Insn::abc(Op::Yield, some, 0, 0));
                self.put(Insn::abc(Op::LoadUnit, dest, 0, 0));
            }
            ExprKind::Spawn { callee, type_args, args } => self.spawn(expr, callee, type_args, args, dest),
            ExprKind::List(_) | ExprKind::Map(_) => {
                self.error("not-yet", hir.expr(expr).span, "persistent lists and maps cannot be compiled yet");
                self.fault_constant(FaultKind::State, "persistent lists and maps cannot be compiled yet");
            }
            ExprKind::Error
            | ExprKind::Local(_)
            | ExprKind::SetLocal(..)
            | ExprKind::SetGlobal(..)
            | ExprKind::SetField(..)
            | ExprKind::Block(..)
            | ExprKind::If(..)
            | ExprKind::Let(..)
            | ExprKind::And(..)
            | ExprKind::Or(..)
            | ExprKind::Match(..)
            | ExprKind::Loop(..)
            | ExprKind::While(..)
            | ExprKind::ForRange { .. }
            | ExprKind::ForArray { .. }
            | ExprKind::ForIter(_)
            | ExprKind::Break(..)
            | ExprKind::Continue(_)
            | ExprKind::Return(_)
            | ExprKind::Throw(_)
            | ExprKind::TryCatch(..)
            | ExprKind::OrElse(..)
            | ExprKind::InitModule(_) => return false,
        }
        true
    }

    /// A constant into a register.
    pub(crate) fn constant(&mut self, constant: &Constant, dest: Reg, class: Class) {
        let own = match constant {
            Constant::Unit => {
                self.put(Insn::abc(Op::LoadUnit, dest, 0, 0));
                Class::Dyn
            }
            Constant::Int(value) => {
                match i32::try_from(*value) {
                    Ok(small) => self.put(Insn::ak(Op::LoadInt, dest, small as u32)),
                    Err(_) => self.load_constant(ConstantKey::I64(*value), dest),
                }
                Class::I64
            }
            Constant::Float(value) => {
                self.load_constant(ConstantKey::F64(value.to_bits()), dest);
                Class::F64
            }
            Constant::Bool(value) => {
                if class == Class::Dyn {
                    self.load_constant(ConstantKey::Bool(*value), dest);
                    return;
                }
                self.put(Insn::ak(Op::LoadBool, dest, u32::from(*value)));
                Class::Bool
            }
            Constant::Byte(value) => {
                if class == Class::Dyn {
                    self.load_constant(ConstantKey::Byte(*value), dest);
                    return;
                }
                self.put(Insn::ak(Op::LoadByte, dest, u32::from(*value)));
                Class::Byte
            }
            Constant::Str(text) => {
                self.load_constant(ConstantKey::Str(text.clone()), dest);
                Class::Ref
            }
            Constant::Symbol(name) => {
                self.load_constant(ConstantKey::Symbol(name.0), dest);
                Class::Dyn
            }
            Constant::Type(ty) => {
                if self.linker.open(*ty) {
                    self.load_type(*ty, dest);
                    self.put(Insn::abc(Op::TypeValue, dest, dest, 0));
                } else {
                    self.load_constant(ConstantKey::Type(*ty), dest);
                }
                Class::Dyn
            }
        };
        self.convert(dest, own, dest, class);
    }

    fn set_local(&mut self, local: LocalId, value: ExprId) {
        let Some(reg) = self.place(local) else {
            self.fault_constant(FaultKind::State, "a variable was assigned before it was bound");
            return;
        };
        let class = self.local_class(local);
        if self.hir.local(local).boxed {
            let boxed = self.value_as(value, Class::Dyn);
            self.put(Insn::abc(Op::CellSet, reg, boxed, 0));
            return;
        }
        if self.writes_last(value) && self.natural(value) == class {
            self.into(value, reg, class);
        } else {
            let result = self.value(value);
            self.convert(result.reg, result.class, reg, class);
        }
    }

    /// Whether the expression's code writes its destination only in its last instruction, so that it may be computed
    /// into a variable that it reads.
    fn writes_last(&self, expr: ExprId) -> bool {
        match &self.hir.expr(expr).kind {
            ExprKind::Constant(_) | ExprKind::Local(_) | ExprKind::Global(_) => true,
            ExprKind::Call { callee, args, .. } => self.is_intrinsic(callee) && args.len() <= 2,
            _ => false,
        }
    }

    fn get_field(&mut self, expr: ExprId, object: ExprId, access: FieldAccess, dest: Reg) {
        let natural = self.natural(expr);
        match access {
            FieldAccess::Slot(decl, field) => {
                let object = self.value_as(object, Class::Ref);
                self.get_slot(object, decl, field, dest, natural);
            }
            FieldAccess::Tuple(index) => {
                let object = self.value_as(object, Class::Ref);
                self.put(Insn::abc(Op::GetDyn, dest, object, index as u16));
                self.convert(dest, Class::Dyn, dest, natural);
            }
            FieldAccess::Name(name) => {
                let object = self.value_as(object, Class::Dyn);
                self.put_ext(Insn::abc(Op::GetNamed, dest, object, 0), name.0);
                self.convert(dest, Class::Dyn, dest, natural);
            }
        }
    }

    /// A declaration's field of an object in a register, in a class.
    pub(crate) fn get_slot(&mut self, object: Reg, decl: DeclId, field: u32, dest: Reg, wanted: Class) {
        let (class, slot) = self.linker.field_slot(decl, field);
        let (op, got) = match (class, wanted) {
            (Class::I64, _) => (Op::GetI64, Class::I64),
            (Class::F64, _) => (Op::GetF64, Class::F64),
            (Class::Bool, _) => (Op::GetBool, Class::Bool),
            (Class::Byte, _) => (Op::GetByte, Class::Byte),
            (Class::Ref | Class::Dyn, Class::Ref) => (Op::GetRef, Class::Ref),
            (Class::Ref | Class::Dyn, _) => (Op::GetDyn, Class::Dyn),
        };
        self.put(Insn::abc(op, dest, object, slot));
        self.convert(dest, got, dest, wanted);
    }

    fn set_field(&mut self, object: ExprId, access: FieldAccess, value: ExprId) {
        match access {
            FieldAccess::Slot(decl, field) => {
                let object = self.stable_value(object, &[value]);
                let object = self.value_in(object, Class::Ref);
                let (class, slot) = self.linker.field_slot(decl, field);
                if class.is_raw() {
                    let value = self.value_as(value, class);
                    self.put(Insn::abc(Op::SetRaw, object, slot, value));
                } else {
                    let value = self.value_as(value, Class::Dyn);
                    self.put(Insn::abc(Op::SetDyn, object, slot, value));
                }
            }
            FieldAccess::Name(name) => {
                let object = self.stable_value(object, &[value]);
                let object = self.value_in(object, Class::Dyn);
                let value = self.value_as(value, Class::Dyn);
                self.put_ext(Insn::abc(Op::SetNamed, object, value, 0), name.0);
            }
            FieldAccess::Tuple(_) => self.fault_constant(FaultKind::Field, "a tuple's elements cannot be assigned"),
        }
    }

    // ---- literals

    /// The register numbers from `next` on that hold these values in a class, one behind the other.
    pub(crate) fn run_of(&mut self, exprs: &[ExprId], class: Class) -> Reg {
        let first = self.next as Reg;
        for expr in exprs {
            let reg = self.alloc();
            self.into(*expr, reg, class);
        }
        first
    }

    fn element_type(&self, ty: TypeId) -> TypeId {
        match self.linker.module.types.kind(ty) {
            TypeKind::Array(element) | TypeKind::FixedArray(element, _) | TypeKind::Seq(element) => *element,
            _ => TypeId::ANY,
        }
    }

    /// The class in which arrays of an element type are handled: type variables and all that is no machine type are
    /// dynamic.
    pub(crate) fn element_class(&mut self, ty: TypeId) -> Class {
        let element = self.element_type(ty);
        let class = self.linker.class(element);
        if class == Class::Ref { Class::Dyn } else { class }
    }

    fn array(&mut self, ty: TypeId, elements: &[Element], dest: Reg) {
        if self.constant_array(ty, elements, dest) {
            return;
        }
        let class = self.element_class(ty);
        let small = elements.len() <= 16 && elements.iter().all(|element| !element.spread);
        if small && !elements.is_empty() && !self.linker.open(ty) {
            let values: Vec<ExprId> = elements.iter().map(|element| element.value).collect();
            let first = self.run_of(&values, class);
            self.put_ext(Insn::abc(Op::ArrayOf, dest, first, values.len() as u16), ty.0);
            return;
        }
        // A growable array is filled, then fixed if that is its type.
        let element = self.element_type(ty);
        let growable = self.linker.module.types.array(element);
        let fixed = growable != ty;
        let array = self.alloc();
        self.load_type(growable, array);
        self.put(Insn::abc(Op::NewArray, array, array, elements.len().min(u16::MAX as usize) as u16));
        let mark = self.next;
        for element in elements {
            if element.spread {
                let reg = self.value_as(element.value, Class::Ref);
                self.put(Insn::abc(Op::ArrayExtend, array, reg, 0));
            } else {
                let reg = self.value_as(element.value, class);
                self.put(Insn::abc(push_op(class), array, reg, 0));
            }
            self.release(mark);
        }
        if fixed {
            let number = self.alloc();
            self.load_type(ty, number);
            self.put(Insn::abc(Op::ArrayFix, dest, array, number));
        } else {
            self.put(Insn::abc(Op::Move, dest, array, 0));
        }
    }

    /// A literal of numbers is copied from a constant.
    fn constant_array(&mut self, ty: TypeId, elements: &[Element], dest: Reg) -> bool {
        use sayso_bytecode::Constant as Data;
        let class = self.element_class(ty);
        if elements.len() < 4 || self.linker.open(ty) || elements.iter().any(|element| element.spread) {
            return false;
        }
        let mut ints = Vec::new();
        let mut floats = Vec::new();
        let mut bytes = Vec::new();
        for element in elements {
            match (class, self.fold(element.value)) {
                (Class::I64, Some(Constant::Int(value))) => ints.push(value),
                (Class::F64, Some(Constant::Float(value))) => floats.push(value.to_bits()),
                (Class::Byte, Some(Constant::Byte(value))) => bytes.push(value),
                (Class::Bool, Some(Constant::Bool(value))) => bytes.push(u8::from(value)),
                _ => return false,
            }
        }
        let data = match class {
            Class::I64 => Data::ArrayI64(ty, ints.into()),
            Class::F64 => Data::ArrayF64(ty, floats.into()),
            _ => Data::ArrayByte(ty, bytes.into()),
        };
        let index = self.linker.push_constant(data);
        self.put_ext(Insn::abc(Op::ArrayConst, dest, 0, 0), index);
        true
    }

    /// `[value; count]`: a loop that pushes.
    fn repeat(&mut self, ty: TypeId, value: ExprId, count: ExprId, dest: Reg) {
        let class = self.element_class(ty);
        let element = self.element_type(ty);
        let growable = self.linker.module.types.array(element);
        let end = self.alloc();
        self.into(count, end, Class::I64);
        let array = self.alloc();
        self.load_type(growable, array);
        self.put(Insn::abc(Op::NewArray, array, array, 0));
        let index = self.alloc();
        self.put(Insn::ak(Op::LoadInt, index, 0));
        if let Some(constant) = self.fold(value) {
            // The same value each time: one instruction fills.
            let reg = self.alloc();
            self.constant(&constant, reg, class);
            let reg = self.value_in(Value { reg, class }, Class::Dyn);
            self.put(Insn::abc(Op::ArrayFill, array, end, reg));
        } else {
            let (body, done) = (self.label(), self.label());
            self.jump(Op::JumpLeInt, end, index, done);
            self.bind_loop(body);
            let mark = self.next;
            let reg = self.value_as(value, class);
            self.put(Insn::abc(push_op(class), array, reg, 0));
            self.release(mark);
            self.jump(Op::ForRange, index, end, body);
            self.bind(done);
        }
        if growable == ty {
            self.put(Insn::abc(Op::Move, dest, array, 0));
        } else {
            self.load_type(ty, index);
            self.put(Insn::abc(Op::ArrayFix, dest, array, index));
        }
    }

    fn table(&mut self, ty: TypeId, entries: &[(ExprId, ExprId)], dest: Reg) {
        let table = self.alloc();
        self.load_type(ty, table);
        self.put(Insn::abc(Op::NewTable, table, table, entries.len().min(u16::MAX as usize) as u16));
        let mark = self.next;
        for (key, value) in entries {
            let key = self.stable_value(*key, &[*value]);
            let key = self.value_in(key, Class::Dyn);
            let value = self.value_as(*value, Class::Dyn);
            self.put(Insn::abc(Op::TableSet, table, key, value));
            self.release(mark);
        }
        self.put(Insn::abc(Op::Move, dest, table, 0));
    }

    fn tuple(&mut self, ty: TypeId, elements: &[ExprId], dest: Reg) {
        if elements.is_empty() {
            self.put(Insn::abc(Op::LoadUnit, dest, 0, 0));
            return;
        }
        let first = self.run_of(elements, Class::Dyn);
        let ty = self.erased(ty);
        self.put_ext(Insn::abc(Op::NewTuple, dest, first, elements.len() as u16), ty.0);
    }

    /// Tuples and shapes take their run-time type from their contents: the header needs only the form.
    fn erased(&mut self, ty: TypeId) -> TypeId {
        if !self.linker.open(ty) {
            return ty;
        }
        let types = &mut self.linker.module.types;
        match types.kind(ty).clone() {
            TypeKind::Tuple(parts) => types.tuple(&vec![TypeId::ANY; parts.len()]),
            TypeKind::Shape(fields) => {
                let fields = fields.iter().map(|(name, _)| (*name, TypeId::ANY)).collect();
                types.intern(TypeKind::Shape(fields))
            }
            _ => ty,
        }
    }

    fn shape(&mut self, ty: TypeId, fields: &[(sayso_base::Name, ExprId)], dest: Reg) {
        let TypeKind::Shape(order) = self.linker.module.types.kind(ty).clone() else {
            self.fault_constant(FaultKind::State, "a shape value without a shape type");
            return;
        };
        let first = self.next as Reg;
        for _ in &*order {
            self.alloc();
        }
        for (name, value) in fields {
            if let Some(slot) = order.iter().position(|(own, _)| own == name) {
                self.into(*value, first.wrapping_add(slot as Reg), Class::Dyn);
            }
        }
        let ty = self.erased(ty);
        self.put_ext(Insn::abc(Op::NewShape, dest, first, order.len() as u16), ty.0);
    }

    fn range(&mut self, start: Option<ExprId>, end: Option<ExprId>, inclusive: bool, dest: Reg) {
        let first = self.next as Reg;
        for part in [start, end] {
            let reg = self.alloc();
            match part {
                Some(part) => self.into(part, reg, Class::Dyn),
                None => self.put(Insn::abc(Op::LoadUnit, reg, 0, 0)),
            }
        }
        self.put(Insn::abc(Op::NewRange, dest, first, u16::from(inclusive)));
    }

    fn new_record(&mut self, ty: TypeId, decl: DeclId, fields: &[(u32, ExprId)], base: Option<ExprId>, dest: Reg) {
        let open = self.linker.open(ty);
        let layout = self.linker.layout(decl, (!open).then_some(ty));
        let info = self.linker.module.layouts[layout as usize].clone();
        if info.classes.is_empty() {
            self.load_constant(ConstantKey::Nullary(layout), dest);
            return;
        }
        let first = self.next as Reg;
        for _ in &info.classes {
            self.alloc();
        }
        if info.slots.len() < info.classes.len() {
            // Slots that only other classes of the hierarchy use.
            for slot in (0..info.refs).filter(|slot| !info.slots.contains(slot)) {
                self.put(Insn::abc(Op::LoadUnit, first.wrapping_add(slot), 0, 0));
            }
        }
        let mut given = vec![false; info.slots.len()];
        for (field, value) in fields {
            if let Some(&slot) = info.slots.get(*field as usize) {
                let class = info.classes.get(slot as usize).copied().unwrap_or(Class::Dyn);
                self.into(*value, first.wrapping_add(slot), class);
                if let Some(given) = given.get_mut(*field as usize) {
                    *given = true;
                }
            }
        }
        if let Some(base) = base {
            let object = self.value_as(base, Class::Ref);
            for (field, _) in given.iter().enumerate().filter(|(_, given)| !**given) {
                let slot = info.slots.get(field).copied().unwrap_or(0);
                let class = info.classes.get(slot as usize).copied().unwrap_or(Class::Dyn);
                self.get_slot(object, decl, field as u32, first.wrapping_add(slot), class);
            }
        } else {
            for (field, _) in given.iter().enumerate().filter(|(_, given)| !**given) {
                // Only a class's fields before its `init` has set them.
                let slot = info.slots.get(field).copied().unwrap_or(0);
                let class = info.classes.get(slot as usize).copied().unwrap_or(Class::Dyn);
                self.unset_slot(first.wrapping_add(slot), class);
            }
        }
        let all_open = self.linker.module.types.decl(decl).params.iter().all(|param| param.open);
        if open && !all_open {
            let number = self.alloc();
            self.load_type(ty, number);
            self.put_ext(Insn::abc(Op::NewTyped, dest, first, number), layout);
        } else {
            self.put_ext(Insn::abc(Op::New, dest, first, 0), layout);
        }
    }

    fn unset_slot(&mut self, reg: Reg, class: Class) {
        match class {
            Class::I64 => self.put(Insn::ak(Op::LoadInt, reg, 0)),
            Class::F64 => self.load_constant(ConstantKey::F64(0), reg),
            Class::Bool => self.put(Insn::ak(Op::LoadBool, reg, 0)),
            Class::Byte => self.put(Insn::ak(Op::LoadByte, reg, 0)),
            // Some object: `init` replaces it before anything can read it.
            Class::Ref => self.load_constant(ConstantKey::Str("".into()), reg),
            Class::Dyn => self.put(Insn::abc(Op::LoadUnit, reg, 0, 0)),
        }
    }

    /// Whether a type is an enum's variant whose enum is `of`: then a test of the variant's number is enough.
    pub(crate) fn variant_number(&self, wanted: TypeId, of: TypeId) -> Option<u16> {
        let types = &self.linker.module.types;
        let TypeKind::Nominal(decl, args) = types.kind(wanted) else { return None };
        let sayso_types::DeclKind::Variant { of: owner, index } = types.decl(*decl).kind else { return None };
        match types.kind(of) {
            TypeKind::Nominal(known, own) if *known == owner && own == args => u16::try_from(index).ok(),
            _ => None,
        }
    }

    fn is_test(&mut self, value: ExprId, wanted: TypeId, dest: Reg) {
        let static_type = self.hir.expr(value).ty;
        if let Some(number) = self.variant_number(wanted, static_type) {
            let object = self.value_as(value, Class::Ref);
            let index = self.alloc();
            self.put(Insn::abc(Op::VariantIndex, index, object, 0));
            let constant = self.alloc();
            self.put(Insn::ak(Op::LoadInt, constant, u32::from(number)));
            self.put(Insn::abc(Op::EqInt, dest, index, constant));
            return;
        }
        let value = self.value_as(value, Class::Dyn);
        let number = self.alloc();
        self.load_type(wanted, number);
        self.put(Insn::abc(Op::Is, dest, value, number));
    }

    fn cast(&mut self, expr: ExprId, value: ExprId, reason: &CastReason, dest: Reg) {
        let natural = self.natural(expr);
        let wanted = self.hir.expr(expr).ty;
        let value = self.value_as(value, Class::Dyn);
        let number = self.alloc();
        self.load_type(wanted, number);
        let place = match reason {
            CastReason::As => "".into(),
            CastReason::Boundary(text) => text.clone(),
        };
        let place = self.linker.constant(ConstantKey::Str(place));
        self.put_ext(Insn::abc(Op::Cast, dest, value, number), place);
        self.convert(dest, Class::Dyn, dest, natural);
    }

    fn interpolate(&mut self, parts: &[StrPart], dest: Reg) {
        if let [part] = parts {
            self.text_part(part, dest);
            return;
        }
        let first = self.next as Reg;
        for part in parts {
            let reg = self.alloc();
            self.text_part(part, reg);
            self.release(u32::from(reg) + 1);
        }
        if parts.is_empty() {
            self.load_constant(ConstantKey::Str("".into()), dest);
        } else {
            self.put(Insn::abc(Op::ConcatN, dest, first, parts.len() as u16));
        }
    }

    fn text_part(&mut self, part: &StrPart, dest: Reg) {
        match part {
            StrPart::Text(text) => self.load_constant(ConstantKey::Str(text.clone()), dest),
            StrPart::Value(expr, spec) if *spec == Default::default() => self.to_text(*expr, dest),
            StrPart::Value(expr, spec) => {
                let format = self.linker.format(*spec);
                let value = self.value_as(*expr, Class::Dyn);
                self.put_ext(Insn::abc(Op::Format, dest, value, 0), format);
            }
        }
    }

    /// A value of a machine type or string as text.
    pub(crate) fn to_text(&mut self, expr: ExprId, dest: Reg) {
        let value = self.value(expr);
        let is_str = self.hir.expr(expr).ty == TypeId::STR;
        match value.class {
            Class::I64 => self.put(Insn::abc(Op::I64ToStr, dest, value.reg, 0)),
            Class::F64 => self.put(Insn::abc(Op::F64ToStr, dest, value.reg, 0)),
            Class::Bool => self.put(Insn::abc(Op::BoolToStr, dest, value.reg, 0)),
            Class::Byte => self.put(Insn::abc(Op::ByteToStr, dest, value.reg, 0)),
            Class::Ref if is_str => self.convert(value.reg, Class::Ref, dest, Class::Ref),
            Class::Ref | Class::Dyn => self.put(Insn::abc(Op::DynToStr, dest, value.reg, 0)),
        }
    }
}

/// The instruction that appends to an array.
pub(crate) fn push_op(class: Class) -> Op {
    match class {
        Class::I64 => Op::ArrayPushI64,
        Class::F64 => Op::ArrayPushF64,
        Class::Bool => Op::ArrayPushBool,
        Class::Byte => Op::ArrayPushByte,
        Class::Ref | Class::Dyn => Op::ArrayPushDyn,
    }
}
