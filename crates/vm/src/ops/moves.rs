//! Moves, constants, globals, and values between slot classes.

use crate::context::{ComptimeState, Context};
use crate::engine::Flow;
use crate::errors::Thrown;
use crate::native::{CallRequest, Callee, NativeContext, NativeResult, Resumable, Slot};
use sayso_bytecode::{FaultKind, Insn};
use sayso_heap::table::as_int;
use sayso_heap::{Marker, Value};
use sayso_types::{MAX_DEPTH, MAX_SIZE, TypeId};

op!(Nop, fast(pc, regs, context, i) { Flow::Next(pc.add(1), regs) });
op!(Ext, slow(context, _i) { Err(context.internal_error("`ext` was executed")) });
op!(Move, fast(pc, regs, context, i) { set_next!(pc, regs, i.a(), get!(regs, i.b())) });
op!(LoadInt, fast(pc, regs, context, i) { set_next!(pc, regs, i.a(), i64::from(i.sk()) as u64) });
op!(LoadBool, fast(pc, regs, context, i) { set_next!(pc, regs, i.a(), u64::from(i.k() != 0)) });
op!(LoadByte, fast(pc, regs, context, i) { set_next!(pc, regs, i.a(), u64::from(i.k() & 255)) });
op!(LoadUnit, fast(pc, regs, context, i) { set_next!(pc, regs, i.a(), Value::UNIT.0) });
op!(LoadType, fast(pc, regs, context, i) { set_next!(pc, regs, i.a(), u64::from(i.k())) });

op!(LoadRawConst, fast(pc, regs, context, i) {
    set_next!(pc, regs, i.a(), *(*context).constants.add(i.k() as usize))
});
op!(LoadConst, fast(pc, regs, context, i) {
    let bits = *(*context).constants.add(i.k() as usize);
    if bits == 0 {
        return Flow::Slow;
    }
    set_next!(pc, regs, i.a(), bits)
} slow(context, i) {
    let bits = context.constant(i.k())?;
    context.set_reg(i.a(), bits);
    Ok(())
});

op!(GetGlobal, fast(pc, regs, context, i) {
    let bits = *(*context).globals.add(i.k() as usize);
    if bits == 0 {
        return Flow::Slow;
    }
    set_next!(pc, regs, i.a(), bits)
} slow(context, i) { Err(unset_global(context, i)) });
op!(SetGlobal, fast(pc, regs, context, i) {
    *(*context).globals.add(i.k() as usize) = get!(regs, i.a());
    Flow::Next(pc.add(1), regs)
});
op!(GetRawGlobal, fast(pc, regs, context, i) {
    if *(*context).globals_set.add(i.k() as usize) == 0 {
        return Flow::Slow;
    }
    set_next!(pc, regs, i.a(), *(*context).globals.add(i.k() as usize))
} slow(context, i) { Err(unset_global(context, i)) });
op!(SetRawGlobal, fast(pc, regs, context, i) {
    *(*context).globals.add(i.k() as usize) = get!(regs, i.a());
    *(*context).globals_set.add(i.k() as usize) = 1;
    Flow::Next(pc.add(1), regs)
});

fn unset_global(context: &mut Context, i: Insn) -> Thrown {
    let program = context.program();
    let name = program.module().globals.get(i.k() as usize).map_or("?", |global| program.name(global.name));
    context.fault(FaultKind::State, format!("`{name}` has no value yet"))
}

op!(SubstType, slow(context, i) {
    let program = context.program();
    let ty = TypeId(context.ext());
    let Some(function) = program.module().functions.get(context.function_id() as usize) else {
        return Err(context.internal_error("no function runs"));
    };
    let args = context.window(i.b(), function.type_vars.len());
    let types: Vec<TypeId> = args.iter().map(|bits| TypeId(*bits as u32)).collect();
    let done = context.types.substitute(ty, &function.type_vars, &types);
    if done == TypeId::ERROR {
        return Err(too_large_a_type(context, ty));
    }
    context.set_reg(i.a(), u64::from(done.0));
    Ok(())
});

#[cold]
fn too_large_a_type(context: &mut Context, ty: TypeId) -> Thrown {
    let wanted = context.shown_type(ty);
    let message = format!(
        "the type `{wanted}` would be too large here: it may have {MAX_DEPTH} levels and {MAX_SIZE} parts; does a function \
         call itself with ever larger types?"
    );
    context.fault(FaultKind::Depth, message)
}

// ---- values computed when compiling

/// Waits for a compile-time expression.
struct Comptime(u32);

impl Resumable for Comptime {
    fn resume(self: Box<Self>, context: &mut NativeContext<'_>, result: Slot) -> NativeResult {
        context.context.comptimes[self.0 as usize] = ComptimeState::Done(result.0);
        NativeResult::Return(result)
    }
    fn trace(&self, _marker: &mut Marker<'_>) {}
    fn abandoned(&mut self, context: &mut NativeContext<'_>) {
        context.context.comptimes[self.0 as usize] = ComptimeState::New;
    }
}

op!(LoadComptime, slow(context, i) {
    let index = i.k() as usize;
    match context.comptimes.get(index).copied() {
        Some(ComptimeState::Done(bits)) => {
            context.set_reg(i.a(), bits);
            Ok(())
        }
        Some(ComptimeState::Running) => {
            Err(context.fault(FaultKind::State, "a compile-time expression needs its own value"))
        }
        Some(ComptimeState::New) => {
            let function = context.program.module().comptimes[index].0;
            context.comptimes[index] = ComptimeState::Running;
            let then = Box::new(Comptime(i.k()));
            let request = CallRequest { callee: Callee::Function(function), args: Vec::new(), then };
            let pc = context.pc;
            let called = context.finish_native(NativeResult::Call(Box::new(request)), pc);
            if called.is_err() {
                context.comptimes[index] = ComptimeState::New;
            }
            called
        }
        None => Err(context.internal_error("a compile-time expression is missing")),
    }
});

// ---- boxing

op!(BoxI64, fast(pc, regs, context, i) {
    match Value::small_int(get!(regs, i.b()) as i64) {
        Some(value) => set_next!(pc, regs, i.a(), value.0),
        None => Flow::Slow,
    }
} slow(context, i) {
    let value = context.int(context.reg(i.b()) as i64)?;
    context.set_reg(i.a(), value.0);
    Ok(())
});
op!(BoxF64, fast(pc, regs, context, i) {
    set_next!(pc, regs, i.a(), Value::float(f64::from_bits(get!(regs, i.b()))).0)
});
op!(BoxBool, fast(pc, regs, context, i) { set_next!(pc, regs, i.a(), Value::bool(get!(regs, i.b()) & 1 != 0).0) });
op!(BoxByte, fast(pc, regs, context, i) { set_next!(pc, regs, i.a(), Value::byte(get!(regs, i.b()) as u8).0) });

/// The fault of a value that is not what a register wants.
#[cold]
fn wrong_class(context: &mut Context, value: Value, wanted: &str) -> Thrown {
    let found = context.shown_type_of(value);
    context.fault(FaultKind::Cast, format!("expected a value of type `{wanted}`, found `{found}`"))
}

op!(UnboxI64, fast(pc, regs, context, i) {
    let value = Value(get!(regs, i.b()));
    if !value.is_small_int() {
        return Flow::Slow;
    }
    set_next!(pc, regs, i.a(), value.as_small_int() as u64)
} slow(context, i) {
    let value = context.value(i.b());
    match as_int(value) {
        Some(int) => {
            context.set_reg(i.a(), int as u64);
            Ok(())
        }
        None => Err(wrong_class(context, value, "i64")),
    }
});
op!(UnboxF64, fast(pc, regs, context, i) {
    let value = Value(get!(regs, i.b()));
    if !value.is_float() {
        return Flow::Slow;
    }
    set_next!(pc, regs, i.a(), value.as_float().to_bits())
} slow(context, i) { let value = context.value(i.b()); Err(wrong_class(context, value, "f64")) });
op!(UnboxBool, fast(pc, regs, context, i) {
    let value = Value(get!(regs, i.b()));
    if !value.is_bool() {
        return Flow::Slow;
    }
    set_next!(pc, regs, i.a(), value.0 & 1)
} slow(context, i) { let value = context.value(i.b()); Err(wrong_class(context, value, "bool")) });
op!(UnboxByte, fast(pc, regs, context, i) {
    let value = Value(get!(regs, i.b()));
    if !value.is_byte() {
        return Flow::Slow;
    }
    set_next!(pc, regs, i.a(), value.0 & 255)
} slow(context, i) { let value = context.value(i.b()); Err(wrong_class(context, value, "byte")) });
op!(ToRef, fast(pc, regs, context, i) {
    let value = Value(get!(regs, i.b()));
    if !value.is_object() {
        return Flow::Slow;
    }
    set_next!(pc, regs, i.a(), value.0)
} slow(context, i) {
    let value = context.value(i.b());
    let found = context.shown_type_of(value);
    Err(context.fault(FaultKind::Cast, format!("expected an object, found a value of type `{found}`")))
});

op!(ByteToI64, fast(pc, regs, context, i) { set_next!(pc, regs, i.a(), get!(regs, i.b()) & 255) });
op!(I64ToByte, fast(pc, regs, context, i) {
    let value = get!(regs, i.b());
    if value > 255 {
        return Flow::Slow;
    }
    set_next!(pc, regs, i.a(), value)
} slow(context, i) {
    let value = context.reg(i.b()) as i64;
    Err(context.fault(FaultKind::Overflow, format!("overflow: {value} is no byte")))
});
op!(I64ToF64, fast(pc, regs, context, i) { set_next!(pc, regs, i.a(), (get!(regs, i.b()) as i64 as f64).to_bits()) });
op!(F64ToI64, fast(pc, regs, context, i) {
    const LIMIT: f64 = 9_223_372_036_854_775_808.0;
    let value = f64::from_bits(get!(regs, i.b()));
    if !(-LIMIT..LIMIT).contains(&value) {
        return Flow::Slow;
    }
    set_next!(pc, regs, i.a(), value as i64 as u64)
} slow(context, i) {
    let shown = crate::numbers::float_text(f64::from_bits(context.reg(i.b())), false);
    Err(context.fault(FaultKind::Overflow, format!("overflow: {shown} does not fit an i64")))
});
