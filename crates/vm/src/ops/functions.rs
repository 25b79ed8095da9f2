//! Closures and cells.

use crate::context::Context;
use crate::engine::Flow;
use crate::errors::Thrown;
use crate::ops::records::{CLASSES, cell, fill};
use sayso_bytecode::FaultKind;
use sayso_heap::object::LOG;
use sayso_heap::{Kind, Ref, Value};
use sayso_types::TypeId;

op!(NewClosure, fast(pc, regs, context, i) {
    let count = i.c() as usize;
    if count > 14 {
        return Flow::Slow;
    }
    let class = CLASSES[count + 1];
    let cell = cell!(context, class, sayso_heap::class_bytes(class as usize));
    *cell = sayso_heap::object::header(TypeId::ANY.0, Kind::Closure as u8, 0, 0, 0);
    *cell.add(1) = u64::from((*pc.add(1)).k()) | (count as u64) << 32;
    let mut index = 0;
    while index < count {
        *cell.add(2 + index) = *regs.add(i.b() as usize + index);
        index += 1;
    }
    *regs.add(i.a() as usize) = cell as usize as u64;
    Flow::Next(pc.add(2), regs)
} slow(context, i) {
    let (function, captures) = (context.ext(), context.window(i.b(), i.c() as usize));
    let closure = context.alloc(|heap| heap.new_closure(TypeId::ANY.0, function, captures))?;
    context.set_object(i.a(), closure);
    Ok(())
});
op!(GetCapture, fast(pc, regs, context, i) {
    let closure = Ref::from_bits_unchecked(get!(regs, i.b()));
    if !closure.is(Kind::Closure) || i.c() as usize >= closure.capture_count() {
        return Flow::Slow;
    }
    set_next!(pc, regs, i.a(), *closure.as_ptr().cast::<u64>().add(2 + i.c() as usize))
} slow(context, _i) { Err(context.fault(FaultKind::Cast, "there is no captured value of this number")) });
op!(NewCell, fast(pc, regs, context, i) {
    const CLASS: usize = 0;
    let cell = cell!(context, CLASS, sayso_heap::class_bytes(CLASS));
    let header = sayso_heap::object::header(TypeId::ANY.0, Kind::Cell as u8, 1, 1, 0);
    fill!(regs, cell, header, i.b(), 1);
    set_next!(pc, regs, i.a(), cell as usize as u64)
} slow(context, i) {
    let slots = context.window(i.b(), 1);
    let cell = context.alloc(|heap| heap.new_slots(Kind::Cell, TypeId::ANY.0, 1, slots, 0))?;
    context.set_object(i.a(), cell);
    Ok(())
});

fn no_cell(context: &mut Context) -> Thrown {
    context.fault(FaultKind::Cast, "expected a shared variable")
}
op!(CellGet, fast(pc, regs, context, i) {
    let cell = Ref::from_bits_unchecked(get!(regs, i.b()));
    if !cell.is(Kind::Cell) {
        return Flow::Slow;
    }
    set_next!(pc, regs, i.a(), *cell.as_ptr().cast::<u64>().add(1))
} slow(context, _i) { Err(no_cell(context)) });
op!(CellSet, fast(pc, regs, context, i) {
    let cell = Ref::from_bits_unchecked(get!(regs, i.a()));
    if !cell.is(Kind::Cell) || cell.kind_byte() & LOG != 0 {
        return Flow::Slow;
    }
    *cell.as_ptr().cast::<u64>().add(1) = get!(regs, i.b());
    Flow::Next(pc.add(1), regs)
} slow(context, i) {
    let (cell, value) = (context.object(i.a()), Value(context.reg(i.b())));
    if cell.is(Kind::Cell) && context.heap.set_ref_slot(cell, 0, value) { Ok(()) } else { Err(no_cell(context)) }
});
