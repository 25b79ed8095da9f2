//! Arithmetic and comparisons to bool.

use crate::context::Context;
use crate::engine::Flow;
use crate::errors::Thrown;
use crate::native::{NativeResult, Slot};
use crate::structural::{Compare, Mode};
use sayso_bytecode::FaultKind;
use sayso_heap::table::{compare_int_float, fast_equal};
use sayso_heap::{Ref, Value};
use std::cmp::Ordering;

fn overflow(context: &mut Context, what: String) -> Thrown {
    context.fault(FaultKind::Overflow, format!("overflow: {what} does not fit an i64"))
}

/// `$name` computes `$checked` of two integers or overflows.
macro_rules! checked {
    ($name:ident, $method:ident, $sign:literal) => {
        op!($name, fast(pc, regs, context, i) {
            let (b, c) = (get!(regs, i.b()) as i64, get!(regs, i.c()) as i64);
            match b.$method(c) {
                Some(value) => set_next!(pc, regs, i.a(), value as u64),
                None => Flow::Slow,
            }
        } slow(context, i) {
            let (b, c) = (context.reg(i.b()) as i64, context.reg(i.c()) as i64);
            Err(overflow(context, format!("{b} {} {c}", $sign)))
        });
    };
}
checked!(AddI64, checked_add, "+");
checked!(SubI64, checked_sub, "-");
checked!(MulI64, checked_mul, "*");

macro_rules! checked_immediate {
    ($name:ident, $method:ident, $sign:literal) => {
        op!($name, fast(pc, regs, context, i) {
            match (get!(regs, i.b()) as i64).$method(i64::from(i.sc())) {
                Some(value) => set_next!(pc, regs, i.a(), value as u64),
                None => Flow::Slow,
            }
        } slow(context, i) {
            let b = context.reg(i.b()) as i64;
            Err(overflow(context, format!("{b} {} {}", $sign, i.sc())))
        });
    };
}
checked_immediate!(AddI64Imm, checked_add, "+");
checked_immediate!(MulI64Imm, checked_mul, "*");

op!(DivI64, fast(pc, regs, context, i) {
    match (get!(regs, i.b()) as i64).checked_div(get!(regs, i.c()) as i64) {
        Some(value) => set_next!(pc, regs, i.a(), value as u64),
        None => Flow::Slow,
    }
} slow(context, i) {
    let (b, c) = (context.reg(i.b()) as i64, context.reg(i.c()) as i64);
    if c == 0 {
        return Err(context.fault(FaultKind::Division, format!("division of {b} by zero")));
    }
    Err(overflow(context, format!("{b} / {c}")))
});
op!(RemI64, fast(pc, regs, context, i) {
    let c = get!(regs, i.c()) as i64;
    if c == 0 {
        return Flow::Slow;
    }
    set_next!(pc, regs, i.a(), (get!(regs, i.b()) as i64).wrapping_rem(c) as u64)
} slow(context, i) {
    let b = context.reg(i.b()) as i64;
    Err(context.fault(FaultKind::Division, format!("remainder of {b} divided by zero")))
});
op!(DivI64Imm, fast(pc, regs, context, i) {
    set_next!(pc, regs, i.a(), (get!(regs, i.b()) as i64).wrapping_div(i64::from(i.sc())) as u64)
});
op!(RemI64Imm, fast(pc, regs, context, i) {
    set_next!(pc, regs, i.a(), (get!(regs, i.b()) as i64).wrapping_rem(i64::from(i.sc())) as u64)
});

op!(PowI64, slow(context, i) {
    let (b, c) = (context.reg(i.b()) as i64, context.reg(i.c()) as i64);
    if c < 0 {
        return Err(context.fault(FaultKind::Value, format!("{b} ** {c}: the exponent of an integer is negative")));
    }
    let value = match u32::try_from(c) {
        Ok(exponent) => b.checked_pow(exponent),
        Err(_) => match b {
            0 | 1 => Some(b),
            -1 => Some(if c % 2 == 0 { 1 } else { -1 }),
            _ => None,
        },
    };
    match value {
        Some(value) => {
            context.set_reg(i.a(), value as u64);
            Ok(())
        }
        None => Err(overflow(context, format!("{b} ** {c}"))),
    }
});

macro_rules! bits {
    ($name:ident, $operator:tt) => {
        op!($name, fast(pc, regs, context, i) {
            set_next!(pc, regs, i.a(), get!(regs, i.b()) $operator get!(regs, i.c()))
        });
    };
}
bits!(AndI64, &);
bits!(OrI64, |);
bits!(XorI64, ^);
op!(AndI64Imm, fast(pc, regs, context, i) { set_next!(pc, regs, i.a(), get!(regs, i.b()) & i64::from(i.sc()) as u64) });

fn shift_fault(context: &mut Context, by: i64) -> Thrown {
    context.fault(FaultKind::Value, format!("shift by {by}, which is not in 0..=63"))
}
op!(ShlI64, fast(pc, regs, context, i) {
    let by = get!(regs, i.c());
    if by > 63 {
        return Flow::Slow;
    }
    set_next!(pc, regs, i.a(), get!(regs, i.b()) << by)
} slow(context, i) { let by = context.reg(i.c()) as i64; Err(shift_fault(context, by)) });
op!(ShrI64, fast(pc, regs, context, i) {
    let by = get!(regs, i.c());
    if by > 63 {
        return Flow::Slow;
    }
    set_next!(pc, regs, i.a(), (get!(regs, i.b()) as i64 >> by) as u64)
} slow(context, i) { let by = context.reg(i.c()) as i64; Err(shift_fault(context, by)) });
op!(ShlI64Imm, fast(pc, regs, context, i) { set_next!(pc, regs, i.a(), get!(regs, i.b()) << (i.c() & 63)) });
op!(ShrI64Imm, fast(pc, regs, context, i) {
    set_next!(pc, regs, i.a(), (get!(regs, i.b()) as i64 >> (i.c() & 63)) as u64)
});
op!(NegI64, fast(pc, regs, context, i) {
    match (get!(regs, i.b()) as i64).checked_neg() {
        Some(value) => set_next!(pc, regs, i.a(), value as u64),
        None => Flow::Slow,
    }
} slow(context, i) { let b = context.reg(i.b()) as i64; Err(overflow(context, format!("-({b})"))) });
op!(WrapI64, fast(pc, regs, context, i) {
    let (b, c) = (get!(regs, i.b()), get!(regs, i.c()));
    let value = match (*pc.add(1)).k() {
        0 => b.wrapping_add(c),
        1 => b.wrapping_sub(c),
        _ => b.wrapping_mul(c),
    };
    *regs.add(i.a() as usize) = value;
    Flow::Next(pc.add(2), regs)
});

// ---- floats

macro_rules! float {
    ($name:ident, $operator:tt) => {
        op!($name, fast(pc, regs, context, i) {
            let (b, c) = (f64::from_bits(get!(regs, i.b())), f64::from_bits(get!(regs, i.c())));
            set_next!(pc, regs, i.a(), (b $operator c).to_bits())
        });
    };
}
float!(AddF64, +);
float!(SubF64, -);
float!(MulF64, *);
float!(DivF64, /);

macro_rules! float_product {
    ($name:ident, $operator:tt) => {
        op!($name, fast(pc, regs, context, i) {
            let product = f64::from_bits(get!(regs, i.b())) * f64::from_bits(get!(regs, i.c()));
            set_next!(pc, regs, i.a(), (f64::from_bits(get!(regs, i.a())) $operator product).to_bits())
        });
    };
}
float_product!(MulAddF64, +);
float_product!(MulSubF64, -);

macro_rules! float_const {
    ($name:ident, $operator:tt) => {
        op!($name, fast(pc, regs, context, i) {
            let b = f64::from_bits(get!(regs, i.b()));
            let c = f64::from_bits(*(*context).constants.add(i.c() as usize));
            set_next!(pc, regs, i.a(), (b $operator c).to_bits())
        });
    };
}
float_const!(AddF64Const, +);
float_const!(SubF64Const, -);
float_const!(MulF64Const, *);
float_const!(DivF64Const, /);

op!(RemF64, slow(context, i) {
    let (b, c) = (f64::from_bits(context.reg(i.b())), f64::from_bits(context.reg(i.c())));
    context.set_reg(i.a(), (b % c).to_bits());
    Ok(())
});
op!(PowF64, slow(context, i) {
    let (b, c) = (f64::from_bits(context.reg(i.b())), f64::from_bits(context.reg(i.c())));
    context.set_reg(i.a(), b.powf(c).to_bits());
    Ok(())
});
op!(NegF64, fast(pc, regs, context, i) { set_next!(pc, regs, i.a(), get!(regs, i.b()) ^ 1 << 63) });
op!(SqrtF64, fast(pc, regs, context, i) { set_next!(pc, regs, i.a(), f64::from_bits(get!(regs, i.b())).sqrt().to_bits()) });
op!(AbsF64, fast(pc, regs, context, i) { set_next!(pc, regs, i.a(), get!(regs, i.b()) & !(1 << 63)) });
op!(FloorF64, slow(context, i) {
    let b = f64::from_bits(context.reg(i.b()));
    context.set_reg(i.a(), b.floor().to_bits());
    Ok(())
});

// ---- comparisons to bool

op!(Not, fast(pc, regs, context, i) { set_next!(pc, regs, i.a(), (get!(regs, i.b()) ^ 1) & 1) });

macro_rules! compare_ints {
    ($name:ident, $operator:tt) => {
        op!($name, fast(pc, regs, context, i) {
            set_next!(pc, regs, i.a(), u64::from((get!(regs, i.b()) as i64) $operator (get!(regs, i.c()) as i64)))
        });
    };
}
compare_ints!(EqInt, ==);
compare_ints!(LtInt, <);
compare_ints!(LeInt, <=);

macro_rules! compare_floats {
    ($name:ident, $operator:tt) => {
        op!($name, fast(pc, regs, context, i) {
            let (b, c) = (f64::from_bits(get!(regs, i.b())), f64::from_bits(get!(regs, i.c())));
            set_next!(pc, regs, i.a(), u64::from(b $operator c))
        });
    };
}
compare_floats!(EqF64, ==);
compare_floats!(LtF64, <);
compare_floats!(LeF64, <=);

fn ordering_bits(ordering: Ordering) -> u64 {
    ordering as i64 as u64
}

op!(CmpI64F64, slow(context, i) {
    let (b, c) = (context.reg(i.b()) as i64, f64::from_bits(context.reg(i.c())));
    context.set_reg(i.a(), compare_int_float(b, c).map_or(2, ordering_bits));
    Ok(())
});

/// Two strings in registers, or a fault.
fn strings(context: &mut Context, b: u16, c: u16) -> Result<(Ref, Ref), Thrown> {
    for register in [b, c] {
        if !context.object(register).is_str() {
            let found = context.shown_type_of(context.value(register));
            return Err(context.fault(FaultKind::Cast, format!("expected a value of type `str`, found `{found}`")));
        }
    }
    Ok((context.object(b), context.object(c)))
}

op!(EqStr, fast(pc, regs, context, i) {
    let (b, c) = (Ref::from_bits_unchecked(get!(regs, i.b())), Ref::from_bits_unchecked(get!(regs, i.c())));
    if !b.is_str() || !c.is_str() {
        return Flow::Slow;
    }
    if b == c {
        return set_next!(pc, regs, i.a(), 1);
    }
    if b.str_len() != c.str_len() {
        return set_next!(pc, regs, i.a(), 0);
    }
    Flow::Slow
} slow(context, i) {
    let (b, c) = strings(context, i.b(), i.c())?;
    context.set_reg(i.a(), u64::from(b.str_equal(c)));
    Ok(())
});
op!(CmpStr, slow(context, i) {
    let (b, c) = strings(context, i.b(), i.c())?;
    // SAFETY: both strings are in registers.
    let ordering = unsafe { b.str_bytes().cmp(c.str_bytes()) };
    context.set_reg(i.a(), ordering_bits(ordering));
    Ok(())
});
op!(Same, slow(context, i) {
    let (b, c) = (context.value(i.b()), context.value(i.c()));
    // Integers are immediate values to programs, even those that need an object, and so are numbers alike.
    let same = b.0 == c.0 || match (b.as_object(), c.as_object()) {
        (Some(x), Some(y)) => {
            x.is(sayso_heap::Kind::BoxedInt) && y.is(sayso_heap::Kind::BoxedInt) && x.boxed_int() == y.boxed_int()
        }
        _ => false,
    };
    context.set_reg(i.a(), u64::from(same && !(b.is_float() && b.as_float().is_nan())));
    Ok(())
});
op!(EqDyn, fast(pc, regs, context, i) {
    let (b, c) = (Value(get!(regs, i.b())), Value(get!(regs, i.c())));
    if b.is_small_int() && c.is_small_int() {
        return set_next!(pc, regs, i.a(), u64::from(b.0 == c.0));
    }
    Flow::Slow
} slow(context, i) {
    let (b, c) = (context.value(i.b()), context.value(i.c()));
    if let Some(answer) = fast_equal(b, c) {
        context.set_reg(i.a(), u64::from(answer));
        return Ok(());
    }
    context.run_machine(Compare::new(b, c, Mode::Equal), Vec::new(), |_, ordering| {
        NativeResult::Return(Slot::bool(ordering == Ordering::Equal))
    })
});
op!(CmpDyn, slow(context, i) {
    let (b, c) = (context.value(i.b()), context.value(i.c()));
    context.run_machine(Compare::new(b, c, Mode::Order), Vec::new(), |_, ordering| {
        NativeResult::Return(Slot(ordering_bits(ordering)))
    })
});
