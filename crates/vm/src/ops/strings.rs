//! Strings and display.

use crate::context::Context;
use crate::display::Display;
use crate::engine::Flow;
use crate::errors::Thrown;
use crate::numbers::{self, Formatted};
use sayso_bytecode::FaultKind;
use sayso_bytecode::module::FormatSpec;
use sayso_heap::value::Unpacked;
use sayso_heap::{Kind, Ref, Value};
use sayso_types::TypeId;

/// A string in a register, or a fault.
fn string(context: &mut Context, register: u16) -> Result<Ref, Thrown> {
    let object = context.object(register);
    if object.is_str() {
        return Ok(object);
    }
    let found = context.shown_type_of(Value::object(object));
    Err(context.fault(FaultKind::Cast, format!("expected a value of type `str`, found `{found}`")))
}

op!(Concat, slow(context, i) {
    let (left, right) = (string(context, i.b())?, string(context, i.c())?);
    context.charge(right.str_len() as u64 / 16)?;
    let joined = context.alloc(|heap| heap.str_concat(left, right))?;
    context.set_object(i.a(), joined);
    Ok(())
});
op!(ConcatN, slow(context, i) {
    let mut len = 0;
    for register in i.b()..i.b() + i.c() {
        len += string(context, register)?.str_len() as u64;
    }
    context.charge(len / 16)?;
    let strings = context.window(i.b(), i.c() as usize);
    let joined = match strings {
        [] => context.string("")?,
        _ => context.alloc(|heap| heap.str_concat_all(TypeId::STR.0, strings))?,
    };
    context.set_object(i.a(), joined);
    Ok(())
});
op!(StrLen, fast(pc, regs, context, i) {
    let string = Ref::from_bits_unchecked(get!(regs, i.b()));
    if !string.is_str() {
        return Flow::Slow;
    }
    set_next!(pc, regs, i.a(), string.str_chars() as u64)
} slow(context, i) { string(context, i.b()).map(|_| ()) });

fn give(context: &mut Context, register: u16, text: &str) -> Result<(), Thrown> {
    let string = context.string(text)?;
    context.set_object(register, string);
    Ok(())
}

op!(I64ToStr, slow(context, i) {
    let mut digits = [0u8; 20];
    let text = decimal(context.reg(i.b()) as i64, &mut digits);
    give(context, i.a(), text)
});
op!(F64ToStr, slow(context, i) {
    let text = numbers::float_text(f64::from_bits(context.reg(i.b())), false);
    give(context, i.a(), &text)
});
op!(BoolToStr, slow(context, i) {
    let text = if context.reg(i.b()) & 1 != 0 { "true" } else { "false" };
    give(context, i.a(), text)
});
op!(ByteToStr, slow(context, i) {
    let mut digits = [0u8; 20];
    let text = decimal((context.reg(i.b()) & 255) as i64, &mut digits);
    give(context, i.a(), text)
});

/// An integer's digits, written into a buffer from behind.
fn decimal(value: i64, digits: &mut [u8; 20]) -> &str {
    let mut rest = value.unsigned_abs();
    let mut at = digits.len();
    loop {
        at -= 1;
        digits[at] = b'0' + (rest % 10) as u8;
        rest /= 10;
        if rest == 0 {
            break;
        }
    }
    if value < 0 {
        at -= 1;
        digits[at] = b'-';
    }
    std::str::from_utf8(&digits[at..]).unwrap_or("")
}

op!(DynToStr, slow(context, i) {
    let value = context.value(i.b());
    if let (0, Some(object)) = (i.c(), value.as_object().filter(|object| object.is_str())) {
        context.set_object(i.a(), object);
        return Ok(());
    }
    let display = Display::new(value, i.c() == 1);
    context.run_machine(display, Vec::new(), |context, text| context.str(&text).into())
});
op!(Format, slow(context, i) {
    let spec: FormatSpec = match context.program.module().formats.get(context.ext() as usize) {
        Some(spec) => *spec,
        None => return Err(context.internal_error("a format is missing")),
    };
    let value = context.value(i.b());
    let most = spec.width.unwrap_or(0).max(spec.precision.unwrap_or(0));
    context.charge(u64::from(most) / 8)?;
    if most as usize > context.heap.limit().saturating_sub(context.heap.committed()) {
        return Err(context.out_of_memory());
    }
    let debug = spec.kind == Some('?');
    let text = match value.unpack() {
        Unpacked::Int(int) => numbers::format(&Formatted::Int(int), &spec),
        Unpacked::Float(float) => numbers::format(&Formatted::Float(float), &spec),
        Unpacked::Byte(byte) if !debug => numbers::format(&Formatted::Byte(byte), &spec),
        Unpacked::Object(object) if object.is(Kind::BoxedInt) => {
            numbers::format(&Formatted::Int(object.boxed_int()), &spec)
        }
        // Quoted already, if it is to be.
        Unpacked::Object(object) if object.is_str() => {
            // SAFETY: the string is in a register, and its text is used only here.
            numbers::format(&Formatted::Text(unsafe { object.str_text() }), &spec)
        }
        _ => {
            let text = context.text_of(value, debug)?;
            numbers::format(&Formatted::Text(&text), &spec)
        }
    };
    give(context, i.a(), &text)
});

#[cfg(test)]
mod tests {
    #[test]
    fn integers_are_shown_in_decimal() {
        for value in [0, 7, -7, 10, 1234567890, i64::MAX, i64::MIN] {
            assert_eq!(super::decimal(value, &mut [0; 20]), value.to_string());
        }
    }
}
