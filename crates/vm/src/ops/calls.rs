//! Calls, returns, errors, modules, generators.

use crate::context::{Frame, ModuleState};
use crate::dispatch::{quick_type, shared_place};
use crate::engine::Flow;
use sayso_bytecode::{Constant, FaultKind};
use sayso_heap::object::KIND_MASK;
use sayso_heap::{Kind, Value};
use std::sync::Arc;

/// Enters a function whose arguments are in place, or declines.
macro_rules! enter {
    ($pc:ident, $regs:ident, $context:ident, $i:ident, $info:ident, $function:expr) => {{
        let base = $regs.add($i.a() as usize);
        let frame = (*$context).frame.add(1);
        let fuel = (*$context).fuel - i64::from((*$info).entry_cost);
        if base.wrapping_add((*$info).registers as usize) > (*$context).stack_end
            || frame >= (*$context).frame_end
            || fuel < 0
        {
            return Flow::Slow;
        }
        (*$context).fuel = fuel;
        *frame = Frame { ret: $pc.add(1), caller: $regs, function: $function };
        (*$context).frame = frame;
        Flow::Next((*$info).code, base)
    }};
}

op!(Call, fast(pc, regs, context, i) {
    let info = (*context).functions.add(i.k() as usize);
    enter!(pc, regs, context, i, info, i.k())
} slow(context, i) {
    let base = context.regs.wrapping_add(i.a() as usize);
    let ret = context.next;
    context.enter(i.k(), base, ret)
});

op!(CallValue, fast(pc, regs, context, i) {
    let value = Value(get!(regs, i.a()));
    let Some(object) = value.as_object() else { return Flow::Slow };
    if object.kind_byte() & KIND_MASK != Kind::Closure as u8 {
        return Flow::Slow;
    }
    let function = object.closure_function();
    let info = (*context).functions.add(function as usize);
    if (*info).value_arity != i.k() + 1 {
        return Flow::Slow;
    }
    enter!(pc, regs, context, i, info, function)
} slow(context, i) {
    let function = context.function_of_value(context.value(i.a()), i.k() as usize)?;
    let base = context.regs.wrapping_add(i.a() as usize);
    let ret = context.next;
    context.enter(function, base, ret)
});

op!(CallSite, fast(pc, regs, context, i) {
    let site = (*context).sites.add(i.k() as usize);
    let count = (*site).count;
    if count > 3 {
        return Flow::Slow;
    }
    let mut key = [0u32; 3];
    let mut place = 0;
    while place < count as usize {
        let register = i.a() as usize + (&(*site).deciding)[place] as usize;
        match quick_type(Value(*regs.add(register))) {
            Some(ty) => key[place] = ty,
            None => return Flow::Slow,
        }
        place += 1;
    }
    let mut function = (*site).function;
    if (*site).key != key {
        let multi = (*site).multi;
        let shared = (*context).shared_choices.add(shared_place(multi, key));
        if (*shared).multi != multi || (*shared).key != key {
            return Flow::Slow;
        }
        function = (*shared).function;
    }
    let info = (*context).functions.add(function as usize);
    enter!(pc, regs, context, i, info, function)
} slow(context, i) { context.call_site(i.k(), i.a()) });
op!(CallNative, slow(context, i) { context.call_native(i.k(), i.a()) });

op!(Return, fast(pc, regs, context, i) {
    *regs = get!(regs, i.a());
    let frame = (*context).frame;
    (*context).frame = frame.sub(1);
    Flow::Next((*frame).ret, (*frame).caller)
});

op!(ResumeNative, slow(context, _i) { context.resume_native() });
op!(GeneratorDone, slow(context, _i) { context.generator_done() });

// ---- errors

op!(Throw, slow(context, i) { Err(context.throw(context.value(i.a()))) });
op!(Rethrow, slow(context, i) { Err(context.rethrow(i.a())) });
op!(Fault, slow(context, i) {
    let message: Arc<str> = match context.program.module().constants.get(i.k() as usize) {
        Some(Constant::Str(text)) => text.clone(),
        _ => Arc::from(""),
    };
    let kind = FaultKind::from_bits(i.a()).unwrap_or(FaultKind::Error);
    Err(context.fault(kind, &*message))
});
op!(NoMatch, slow(context, i) {
    let shown = context.brief(context.value(i.a()))?;
    Err(context.fault(FaultKind::Match, format!("{shown} does not fit this pattern")))
});
op!(CheckDepth, fast(pc, regs, context, i) { Flow::Next(pc.add(1), regs) });

// ---- modules

op!(InitModule, slow(context, i) {
    let index = i.k() as usize;
    match context.modules.get(index) {
        Some(ModuleState::New) => {
            let init = context.program.module().modules[index].init;
            let base = context.regs.wrapping_add(i.a() as usize);
            let ret = context.next;
            context.enter(init, base, ret)?;
            context.modules[index] = ModuleState::Running;
            Ok(())
        }
        Some(_) => Ok(()),
        None => Err(context.internal_error("a module is missing")),
    }
});
op!(ModuleDone, slow(context, i) {
    if let Some(state) = context.modules.get_mut(i.k() as usize) {
        *state = if i.a() == 1 { ModuleState::Done } else { ModuleState::New };
    }
    Ok(())
});

// ---- generators and tasks

op!(Yield, slow(context, i) { context.yield_value(i.a()) });
op!(NewGenerator, slow(context, i) {
    let function = context.ext();
    let generator = context.new_generator(function, i.b(), i.c() as usize)?;
    context.set_object(i.a(), generator);
    Ok(())
});
op!(Spawn, slow(context, _i) { Err(context.fault(FaultKind::State, "tasks are not available yet")) });
