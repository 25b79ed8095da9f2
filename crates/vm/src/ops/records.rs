//! Records, tuples, shapes, ranges, and types at run time.

use crate::context::Context;
use crate::engine::Flow;
use crate::errors::Thrown;
use sayso_bytecode::{Constant, FaultKind};
use sayso_heap::object::{BIG, FROZEN, KIND_MASK, LOG};
use sayso_heap::{Kind, Ref, Value};
use sayso_types::TypeId;

/// A cell of a class from the interval at hand, or declines.
macro_rules! cell {
    ($context:ident, $class:expr, $bytes:expr) => {{
        let bump = (&raw mut (*$context).heap.bump).cast::<sayso_heap::Bump>().add($class as usize);
        let cell = (*bump).cursor;
        if cell >= (*bump).end {
            return Flow::Slow;
        }
        (*bump).cursor = cell.wrapping_add($bytes as usize);
        cell.cast::<u64>()
    }};
}
pub(super) use cell;

/// Writes an object of a header and the registers from `first` on.
macro_rules! fill {
    ($regs:ident, $cell:ident, $header:expr, $first:expr, $count:expr) => {{
        *$cell = $header;
        let from = $regs.add($first as usize);
        let mut index = 0;
        while index < $count as usize {
            *$cell.add(1 + index) = *from.add(index);
            index += 1;
        }
    }};
}
pub(super) use fill;

op!(New, fast(pc, regs, context, i) {
    let layout = (*context).layouts.add((*pc.add(1)).k() as usize);
    let header = (*layout).header;
    if header == 0 {
        return Flow::Slow;
    }
    let cell = cell!(context, (*layout).class, (*layout).bytes);
    fill!(regs, cell, header, i.b(), (header >> 48) as u8);
    *regs.add(i.a() as usize) = cell as usize as u64;
    Flow::Next(pc.add(2), regs)
} slow(context, i) {
    let record = new_record(context, i.b(), None)?;
    context.set_object(i.a(), record);
    Ok(())
});
op!(NewTyped, slow(context, i) {
    let ty = context.checked_type(context.reg(i.c()))?;
    let record = new_record(context, i.b(), Some(ty))?;
    context.set_object(i.a(), record);
    Ok(())
});

fn new_record(context: &mut Context, first: u16, ty: Option<TypeId>) -> Result<Ref, Thrown> {
    let layout = context.ext() as usize;
    let (kind, own, refs, slots, variant) = {
        let layout = &context.program.layouts[layout];
        (layout.kind, layout.ty, layout.refs, layout.slots, layout.variant)
    };
    let slots = context.window(first, slots);
    context.alloc(|heap| heap.new_slots(kind, ty.unwrap_or(own).0, refs, slots, variant))
}

op!(CopyRecord, slow(context, i) {
    let from = context.object(i.b());
    let layout = context.program.layouts[context.ext() as usize].clone();
    let same = from.kind() == layout.kind
        && from.ref_count() == layout.refs
        && from.slot_count() == layout.slots
        && context.types.decl_of(TypeId(from.type_number())) == Some(layout.decl);
    if !same {
        let (found, wanted) = (context.shown_type_of(Value::object(from)), context.shown_type(layout.ty));
        return Err(context.fault(FaultKind::Cast, format!("expected a value of type `{wanted}`, found `{found}`")));
    }
    let copy = context.alloc(|heap| heap.copy_slots(from))?;
    context.set_object(i.a(), copy);
    Ok(())
});

/// The fault of an access to a slot that is not there, or that has no value yet.
#[cold]
fn bad_slot(context: &mut Context, object: Ref, index: u16) -> Thrown {
    if object.ref_slot(index as usize).is_some_and(|value| !value.is_object()) {
        return context.fault(FaultKind::State, "a field has no value yet");
    }
    let found = context.shown_type_of(Value::object(object));
    context.fault(FaultKind::Cast, format!("a value of type `{found}` has no such field"))
}

/// The bits of header that say how many reference slots there are.
#[inline(always)]
fn refs_of(header: u64) -> u64 {
    header >> 40 & 255
}
#[inline(always)]
fn slots_of(header: u64) -> u64 {
    header >> 48 & 255
}

op!(GetDyn, fast(pc, regs, context, i) {
    let object = Ref::from_bits_unchecked(get!(regs, i.b()));
    if u64::from(i.c()) >= refs_of(object.header()) {
        return Flow::Slow;
    }
    set_next!(pc, regs, i.a(), *object.as_ptr().cast::<u64>().add(1 + i.c() as usize))
} slow(context, i) {
    let object = context.object(i.b());
    match object.ref_slot(i.c() as usize) {
        Some(value) => {
            context.set_reg(i.a(), value.0);
            Ok(())
        }
        None => Err(bad_slot(context, object, i.c())),
    }
});
op!(GetRef, fast(pc, regs, context, i) {
    let object = Ref::from_bits_unchecked(get!(regs, i.b()));
    if u64::from(i.c()) >= refs_of(object.header()) {
        return Flow::Slow;
    }
    let bits = *object.as_ptr().cast::<u64>().add(1 + i.c() as usize);
    if !Value(bits).is_object() {
        return Flow::Slow;
    }
    set_next!(pc, regs, i.a(), bits)
} slow(context, i) {
    let object = context.object(i.b());
    match object.ref_slot(i.c() as usize).filter(|value| value.is_object()) {
        Some(value) => {
            context.set_reg(i.a(), value.0);
            Ok(())
        }
        None => Err(bad_slot(context, object, i.c())),
    }
});

macro_rules! get_raw {
    ($name:ident, $mask:expr) => {
        op!($name, fast(pc, regs, context, i) {
            let object = Ref::from_bits_unchecked(get!(regs, i.b()));
            if u64::from(i.c()) >= slots_of(object.header()) {
                return Flow::Slow;
            }
            set_next!(pc, regs, i.a(), *object.as_ptr().cast::<u64>().add(1 + i.c() as usize) & $mask)
        } slow(context, i) {
            let object = context.object(i.b());
            match object.slot(i.c() as usize) {
                Some(bits) => {
                    context.set_reg(i.a(), bits & $mask);
                    Ok(())
                }
                None => Err(bad_slot(context, object, i.c())),
            }
        });
    };
}
get_raw!(GetI64, u64::MAX);
get_raw!(GetF64, u64::MAX);
get_raw!(GetBool, 1);
get_raw!(GetByte, 255);

op!(SetDyn, fast(pc, regs, context, i) {
    let object = Ref::from_bits_unchecked(get!(regs, i.a()));
    let header = object.header();
    if u64::from(i.b()) >= refs_of(header) || (header >> 32) as u8 & (LOG | FROZEN) != 0 {
        return Flow::Slow;
    }
    *object.as_ptr().cast::<u64>().add(1 + i.b() as usize) = get!(regs, i.c());
    Flow::Next(pc.add(1), regs)
} slow(context, i) {
    let (object, value) = (context.object(i.a()), context.value(i.c()));
    if context.heap.set_ref_slot(object, i.b() as usize, value) {
        return Ok(());
    }
    Err(if object.is_frozen() { context.frozen() } else { bad_slot(context, object, i.b()) })
});
op!(SetRaw, fast(pc, regs, context, i) {
    let object = Ref::from_bits_unchecked(get!(regs, i.a()));
    let header = object.header();
    let slot = u64::from(i.b());
    if slot < refs_of(header) || slot >= slots_of(header) || (header >> 32) as u8 & FROZEN != 0 {
        return Flow::Slow;
    }
    *object.as_ptr().cast::<u64>().add(1 + i.b() as usize) = get!(regs, i.c());
    Flow::Next(pc.add(1), regs)
} slow(context, i) {
    let (object, bits) = (context.object(i.a()), context.reg(i.c()));
    if object.is_frozen() {
        return Err(context.frozen());
    }
    if object.set_raw_slot(i.b() as usize, bits) { Ok(()) } else { Err(bad_slot(context, object, i.b())) }
});

op!(GetNamed, slow(context, i) {
    let (value, name) = (context.value(i.b()), context.ext());
    match context.get_field(value, name)? {
        Some(Value::UNSET) => Err(context.fault(FaultKind::State, "a field has no value yet")),
        Some(found) => {
            context.set_reg(i.a(), found.0);
            Ok(())
        }
        None => Err(context.no_field(value, name)),
    }
});
op!(SetNamed, slow(context, i) {
    let (value, name, new) = (context.value(i.a()), context.ext(), context.value(i.b()));
    context.set_field(value, name, new)
});
op!(VariantIndex, fast(pc, regs, context, i) {
    let header = Ref::from_bits_unchecked(get!(regs, i.b())).header();
    let byte = (header >> 32) as u8;
    if byte & BIG != 0 || byte & KIND_MASK > Kind::Record as u8 {
        return Flow::Slow;
    }
    set_next!(pc, regs, i.a(), header >> 56)
} slow(context, i) {
    let object = context.object(i.b());
    if !object.kind().has_slots() {
        return Err(bad_slot(context, object, u16::MAX));
    }
    context.set_reg(i.a(), u64::from(object.variant()));
    Ok(())
});

// ---- tuples, shapes, ranges

/// Size classes of objects with so many slots.
pub(super) const CLASSES: [u8; 16] = {
    let mut classes = [0; 16];
    let mut count = 0;
    while count < 16 {
        if let Some(class) = sayso_heap::size_class(8 + count * 8) {
            classes[count] = class as u8;
        }
        count += 1;
    }
    classes
};

op!(NewTuple, fast(pc, regs, context, i) {
    let count = i.c() as usize;
    if count > 15 {
        return Flow::Slow;
    }
    let class = CLASSES[count];
    let cell = cell!(context, class, sayso_heap::class_bytes(class as usize));
    let header = sayso_heap::object::header((*pc.add(1)).k(), Kind::Tuple as u8, count as u8, count as u8, 0);
    fill!(regs, cell, header, i.b(), count);
    *regs.add(i.a() as usize) = cell as usize as u64;
    Flow::Next(pc.add(2), regs)
} slow(context, i) {
    let (ty, slots) = (context.ext(), context.window(i.b(), i.c() as usize));
    let tuple = context.alloc(|heap| heap.new_slots(Kind::Tuple, ty, slots.len(), slots, 0))?;
    context.set_object(i.a(), tuple);
    Ok(())
});
op!(NewShape, slow(context, i) {
    let (ty, slots) = (context.ext(), context.window(i.b(), i.c() as usize));
    let shape = context.alloc(|heap| heap.new_slots(Kind::Shape, ty, slots.len(), slots, 0))?;
    context.set_object(i.a(), shape);
    Ok(())
});
op!(NewRange, slow(context, i) {
    let mut bounds = [None; 2];
    for (place, bits) in context.window(i.b(), 2).iter().enumerate() {
        let value = Value(*bits);
        bounds[place] = match sayso_heap::table::as_int(value) {
            None if value != Value::UNIT => {
                let found = context.shown_type_of(value);
                return Err(context.fault(FaultKind::Cast, format!("a range's bound is an `i64`, not `{found}`")));
            }
            bound => bound,
        };
    }
    let ty = context.program.known.range.unwrap_or(TypeId::ANY);
    let range = context.alloc(|heap| heap.new_range(ty.0, bounds[0], bounds[1], i.c() == 1))?;
    context.set_object(i.a(), range);
    Ok(())
});

// ---- types at run time

op!(Is, slow(context, i) {
    let ty = context.checked_type(context.reg(i.c()))?;
    let answer = context.is(context.value(i.b()), ty)?;
    context.set_reg(i.a(), u64::from(answer));
    Ok(())
});
op!(Cast, slow(context, i) {
    let ty = context.checked_type(context.reg(i.c()))?;
    let value = context.value(i.b());
    if context.is(value, ty)? {
        context.set_reg(i.a(), value.0);
        return Ok(());
    }
    let (wanted, found) = (context.shown_type(ty), context.shown_type_of(value));
    let place = match context.program.module().constants.get(context.ext() as usize) {
        Some(Constant::Str(place)) if !place.is_empty() => format!("{place} is to be"),
        _ => "expected".into(),
    };
    Err(context.fault(FaultKind::Cast, format!("{place} a value of type `{wanted}`, found `{found}`")))
});
op!(TypeOf, slow(context, i) {
    let ty = context.type_of(context.value(i.b()))?;
    context.set_reg(i.a(), u64::from(ty.0));
    Ok(())
});
op!(TypeValue, slow(context, i) {
    let ty = context.checked_type(context.reg(i.b()))?;
    context.set_reg(i.a(), Value::type_number(ty.0).0);
    Ok(())
});
op!(TypeNumber, slow(context, i) {
    let value = context.value(i.b());
    if !value.is_type() {
        let found = context.shown_type_of(value);
        return Err(context.fault(FaultKind::Cast, format!("expected a type, found a value of type `{found}`")));
    }
    context.set_reg(i.a(), u64::from(value.payload()));
    Ok(())
});
