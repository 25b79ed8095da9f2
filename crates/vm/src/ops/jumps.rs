//! Jumps. A jump backwards charges its distance in instructions.

use crate::context::Context;
use crate::engine::{Flow, Pc};
use crate::errors::Thrown;
use sayso_heap::object::{BIG, KIND_MASK};
use sayso_heap::{Ref, Value};

/// Jumps by an offset, forwards or back, from the instruction behind.
macro_rules! jump {
    ($pc:ident, $regs:ident, $context:ident, $offset:expr) => {{
        let offset = $offset as isize;
        if offset < 0 {
            let fuel = (*$context).fuel + offset as i64;
            if fuel < 0 {
                return Flow::Slow;
            }
            (*$context).fuel = fuel;
        }
        Flow::Next($pc.offset(offset + 1), $regs)
    }};
}

/// The slow form of a jump that is taken: charges what the fast one could not, which polls.
fn jump_slowly(context: &mut Context, offset: isize) -> Result<(), Thrown> {
    let target: Pc = context.pc.wrapping_offset(offset + 1);
    if offset < 0 {
        context.charge(offset.unsigned_abs() as u64)?;
    }
    context.next = target;
    Ok(())
}

op!(Jump, fast(pc, regs, context, i) { jump!(pc, regs, context, i.sk()) }
    slow(context, i) { jump_slowly(context, i.sk() as isize) });
op!(JumpIf, fast(pc, regs, context, i) {
    if get!(regs, i.a()) & 1 != 0 { jump!(pc, regs, context, i.sk()) } else { Flow::Next(pc.add(1), regs) }
} slow(context, i) { jump_slowly(context, i.sk() as isize) });
op!(JumpIfNot, fast(pc, regs, context, i) {
    if get!(regs, i.a()) & 1 == 0 { jump!(pc, regs, context, i.sk()) } else { Flow::Next(pc.add(1), regs) }
} slow(context, i) { jump_slowly(context, i.sk() as isize) });

op!(JumpUnset, fast(pc, regs, context, i) {
    if get!(regs, i.a()) == Value::UNSET.0 { jump!(pc, regs, context, i.sk()) } else { Flow::Next(pc.add(1), regs) }
} slow(context, i) { jump_slowly(context, i.sk() as isize) });

macro_rules! branch {
    ($name:ident, $regs:ident, $i:ident, $condition:expr) => {
        op!($name, fast(pc, $regs, context, $i) {
            if $condition { jump!(pc, $regs, context, $i.sc()) } else { Flow::Next(pc.add(1), $regs) }
        } slow(context, i) { jump_slowly(context, i.sc() as isize) });
    };
}
branch!(JumpEqInt, regs, i, get!(regs, i.a()) == get!(regs, i.b()));
branch!(JumpNeInt, regs, i, get!(regs, i.a()) != get!(regs, i.b()));
branch!(JumpLtInt, regs, i, (get!(regs, i.a()) as i64) < get!(regs, i.b()) as i64);
branch!(JumpLeInt, regs, i, get!(regs, i.a()) as i64 <= get!(regs, i.b()) as i64);
branch!(JumpEqImm, regs, i, get!(regs, i.a()) as i64 == i64::from(i.sb()));
branch!(JumpNeImm, regs, i, get!(regs, i.a()) as i64 != i64::from(i.sb()));
branch!(JumpLtImm, regs, i, (get!(regs, i.a()) as i64) < i64::from(i.sb()));
branch!(JumpLeImm, regs, i, get!(regs, i.a()) as i64 <= i64::from(i.sb()));
branch!(JumpGtImm, regs, i, get!(regs, i.a()) as i64 > i64::from(i.sb()));
branch!(JumpGeImm, regs, i, get!(regs, i.a()) as i64 >= i64::from(i.sb()));
branch!(JumpEqF64, regs, i, f64::from_bits(get!(regs, i.a())) == f64::from_bits(get!(regs, i.b())));
branch!(JumpNeF64, regs, i, f64::from_bits(get!(regs, i.a())) != f64::from_bits(get!(regs, i.b())));
branch!(JumpLtF64, regs, i, f64::from_bits(get!(regs, i.a())) < f64::from_bits(get!(regs, i.b())));
branch!(JumpLeF64, regs, i, f64::from_bits(get!(regs, i.a())) <= f64::from_bits(get!(regs, i.b())));
#[allow(clippy::neg_cmp_op_on_partial_ord)]
mod unordered {
    use super::*;
    branch!(JumpNltF64, regs, i, !(f64::from_bits(get!(regs, i.a())) < f64::from_bits(get!(regs, i.b()))));
    branch!(JumpNleF64, regs, i, !(f64::from_bits(get!(regs, i.a())) <= f64::from_bits(get!(regs, i.b()))));
}

/// Whether an object's header says that it is a record of so many slots that its variant stands elsewhere.
#[inline(always)]
fn is_big(header: u64) -> bool {
    (header >> 32) as u8 & BIG != 0 && (header >> 32) as u8 & KIND_MASK <= 4
}
macro_rules! variant {
    ($name:ident, $operator:tt) => {
        op!($name, fast(pc, regs, context, i) {
            let header = Ref::from_bits_unchecked(get!(regs, i.a())).header();
            if is_big(header) {
                return Flow::Slow;
            }
            if (header >> 56) $operator u64::from(i.b()) {
                jump!(pc, regs, context, i.sc())
            } else {
                Flow::Next(pc.add(1), regs)
            }
        } slow(context, i) {
            if context.object(i.a()).variant() $operator u32::from(i.b()) {
                jump_slowly(context, i.sc() as isize)
            } else {
                Ok(())
            }
        });
    };
}
variant!(JumpVariant, ==);
variant!(JumpNotVariant, !=);

op!(ForRange, fast(pc, regs, context, i) {
    let next = (get!(regs, i.a()) as i64).wrapping_add(1);
    if next < get!(regs, i.b()) as i64 {
        let offset = i.sc() as isize;
        let fuel = (*context).fuel - offset.unsigned_abs() as i64;
        if fuel < 0 {
            return Flow::Slow;
        }
        (*context).fuel = fuel;
        *regs.add(i.a() as usize) = next as u64;
        Flow::Next(pc.offset(offset + 1), regs)
    } else {
        set_next!(pc, regs, i.a(), next as u64)
    }
} slow(context, i) {
    context.charge((i.sc() as isize).unsigned_abs() as u64)?;
    let next = (context.reg(i.a()) as i64).wrapping_add(1);
    context.set_reg(i.a(), next as u64);
    context.next = context.pc.wrapping_offset(i.sc() as isize + 1);
    Ok(())
});
op!(ForRangeTo, fast(pc, regs, context, i) {
    let at = get!(regs, i.a()) as i64;
    if at < get!(regs, i.b()) as i64 {
        let offset = i.sc() as isize;
        let fuel = (*context).fuel - offset.unsigned_abs() as i64;
        if fuel < 0 {
            return Flow::Slow;
        }
        (*context).fuel = fuel;
        *regs.add(i.a() as usize) = (at + 1) as u64;
        Flow::Next(pc.offset(offset + 1), regs)
    } else {
        Flow::Next(pc.add(1), regs)
    }
} slow(context, i) {
    context.charge((i.sc() as isize).unsigned_abs() as u64)?;
    let next = (context.reg(i.a()) as i64).wrapping_add(1);
    context.set_reg(i.a(), next as u64);
    context.next = context.pc.wrapping_offset(i.sc() as isize + 1);
    Ok(())
});
op!(ForArray, fast(pc, regs, context, i) {
    let array = Ref::from_bits_unchecked(get!(regs, i.b()));
    if !array.kind().is_array() {
        return Flow::Slow;
    }
    let next = (get!(regs, i.a()) as i64).wrapping_add(1);
    if next < array.array_len() as i64 {
        let offset = i.sc() as isize;
        let fuel = (*context).fuel - offset.unsigned_abs() as i64;
        if fuel < 0 {
            return Flow::Slow;
        }
        (*context).fuel = fuel;
        *regs.add(i.a() as usize) = next as u64;
        Flow::Next(pc.offset(offset + 1), regs)
    } else {
        set_next!(pc, regs, i.a(), next as u64)
    }
} slow(context, i) {
    let next = (context.reg(i.a()) as i64).wrapping_add(1);
    let len = context.seq_len(context.value(i.b()))?;
    if next < len {
        context.charge((i.sc() as isize).unsigned_abs() as u64)?;
        context.next = context.pc.wrapping_offset(i.sc() as isize + 1);
    }
    context.set_reg(i.a(), next as u64);
    Ok(())
});
op!(Switch, fast(pc, regs, context, i) {
    let program: *const crate::program::Program = &*(*context).program;
    let Some((offsets, default)) = (*program).module().jump_tables.get(i.k() as usize) else { return Flow::Slow };
    let offset = offsets.get(get!(regs, i.a()) as usize).unwrap_or(default);
    Flow::Next(pc.offset(*offset as isize + 1), regs)
});
