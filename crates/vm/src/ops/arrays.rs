//! Arrays and tables.

use crate::context::Context;
use crate::engine::Flow;
use crate::errors::Thrown;
use crate::native::{NativeResult, Slot};
use crate::sequences::{FREE_STEPS, element_class};
use crate::structural::FindKey;
use sayso_bytecode::{Class, FaultKind, Insn};
use sayso_heap::object::{FIXED, FROZEN, KIND_MASK, LOG};
use sayso_heap::table::fast_hash;
use sayso_heap::{Kind, Ref, Value};
use sayso_types::{TypeId, TypeKind};

op!(NewArray, slow(context, i) {
    let ty = context.checked_type(context.reg(i.b()))?;
    let array = context.new_array(ty, i.c() as usize)?;
    context.set_object(i.a(), array);
    Ok(())
});
op!(ArrayOf, slow(context, i) {
    let ty = TypeId(context.ext());
    let kind = context.array_kind(ty)?;
    let elements = context.window(i.b(), i.c() as usize);
    let array = context.alloc(|heap| heap.new_array_from(kind, ty.0, elements))?;
    if matches!(context.types.store.kind(ty), TypeKind::FixedArray(..)) {
        array.fix(ty.0);
    }
    context.set_object(i.a(), array);
    Ok(())
});
op!(ArrayConst, slow(context, i) {
    let bits = context.constant(context.ext())?;
    let Some(from) = Value(bits).as_object().filter(|object| object.kind().is_array()) else {
        return Err(context.internal_error("the constant is no array"));
    };
    context.charge(from.array_len() as u64 / 8)?;
    let ty = from.type_number();
    let array = context.alloc(|heap| heap.copy_array(from, ty, 0, from.array_len()))?;
    if from.is_fixed() {
        array.fix(ty);
    }
    context.set_object(i.a(), array);
    Ok(())
});
op!(ArrayLen, fast(pc, regs, context, i) {
    let array = Ref::from_bits_unchecked(get!(regs, i.b()));
    if !is_array(array) {
        return Flow::Slow;
    }
    set_next!(pc, regs, i.a(), array.array_len() as u64)
} slow(context, i) {
    let len = context.seq_len(context.value(i.b()))?;
    context.set_reg(i.a(), len as u64);
    Ok(())
});

/// Kinds of arrays with elements of 8 bytes.
const DYN: u8 = Kind::ArrayDyn as u8;
const I64: u8 = Kind::ArrayI64 as u8;
const F64: u8 = Kind::ArrayF64 as u8;

#[inline(always)]
fn is_array(object: Ref) -> bool {
    object.kind_bits().wrapping_sub(Kind::ArrayI64 as u8) <= Kind::ArrayDyn as u8 - Kind::ArrayI64 as u8
}

// ---- reading

/// Reads an element as a class from whatever sequence it is.
fn get_slowly(context: &mut Context, a: u16, b: u16, c: u16, class: Class) -> Result<(), Thrown> {
    let value = context.seq_get(context.value(b), context.reg(c) as i64)?;
    match Context::unbox_slot(class, value) {
        Some(bits) => {
            context.set_reg(a, bits);
            Ok(())
        }
        None => {
            let found = context.shown_type_of(value);
            Err(context.fault(FaultKind::Cast, format!("an element is of type `{found}`, which was not expected")))
        }
    }
}

macro_rules! array_get {
    ($name:ident, $kind:ident, $element:ty, $class:ident) => {
        op!($name, fast(pc, regs, context, i) {
            let array = Ref::from_bits_unchecked(get!(regs, i.b()));
            let index = get!(regs, i.c());
            if array.kind_byte() & KIND_MASK != Kind::$kind as u8 || index >= array.array_len() as u64 {
                return Flow::Slow;
            }
            let bits = *array.array_data().cast::<$element>().add(index as usize);
            set_next!(pc, regs, i.a(), u64::from(bits))
        } slow(context, i) { get_slowly(context, i.a(), i.b(), i.c(), Class::$class) });
    };
}
array_get!(ArrayGetI64, ArrayI64, u64, I64);
array_get!(ArrayGetF64, ArrayF64, u64, F64);
array_get!(ArrayGetBool, ArrayBool, u8, Bool);
array_get!(ArrayGetByte, ArrayByte, u8, Byte);

op!(ArrayGetRef, fast(pc, regs, context, i) {
    let array = Ref::from_bits_unchecked(get!(regs, i.b()));
    let index = get!(regs, i.c());
    if array.kind_byte() & KIND_MASK != Kind::ArrayDyn as u8 || index >= array.array_len() as u64 {
        return Flow::Slow;
    }
    let bits = *array.array_data().cast::<u64>().add(index as usize);
    if !Value(bits).is_object() {
        return Flow::Slow;
    }
    set_next!(pc, regs, i.a(), bits)
} slow(context, i) { get_slowly(context, i.a(), i.b(), i.c(), Class::Ref) });
op!(ArrayGetDyn, fast(pc, regs, context, i) {
    let array = Ref::from_bits_unchecked(get!(regs, i.b()));
    let (kind, index) = (array.kind_byte() & KIND_MASK, get!(regs, i.c()));
    if !matches!(kind, DYN | I64 | F64) || index >= array.array_len() as u64 {
        return Flow::Slow;
    }
    let bits = *array.array_data().cast::<u64>().add(index as usize);
    if kind == DYN {
        return set_next!(pc, regs, i.a(), bits);
    }
    if kind == F64 {
        return set_next!(pc, regs, i.a(), Value::float(f64::from_bits(bits)).0);
    }
    match Value::small_int(bits as i64) {
        Some(value) => set_next!(pc, regs, i.a(), value.0),
        None => Flow::Slow,
    }
} slow(context, i) { get_slowly(context, i.a(), i.b(), i.c(), Class::Dyn) });

// ---- writing

/// An array that may change, whose elements are of this class; or why it is none.
fn typed_array(context: &mut Context, register: u16, class: Class) -> Result<Ref, Thrown> {
    let array = context.changeable_array(context.value(register))?;
    if element_class(array.kind()) == class {
        return Ok(array);
    }
    let ty = context.shown_type(TypeId(array.type_number()));
    Err(context.fault(FaultKind::Cast, format!("an array of type `{ty}` was not expected")))
}

macro_rules! array_set {
    ($name:ident, $kind:ident, $element:ty, $class:ident) => {
        op!($name, fast(pc, regs, context, i) {
            let array = Ref::from_bits_unchecked(get!(regs, i.a()));
            let index = get!(regs, i.b());
            if array.kind_byte() & (KIND_MASK | FROZEN) != Kind::$kind as u8 || index >= array.array_len() as u64 {
                return Flow::Slow;
            }
            *array.array_data().cast::<$element>().add(index as usize) = get!(regs, i.c()) as $element;
            Flow::Next(pc.add(1), regs)
        } slow(context, i) {
            let array = typed_array(context, i.a(), Class::$class)?;
            let index = context.reg(i.b()) as i64;
            Err(context.index_fault(index, array.array_len()))
        });
    };
}
array_set!(ArraySetI64, ArrayI64, u64, I64);
array_set!(ArraySetF64, ArrayF64, u64, F64);
array_set!(ArraySetBool, ArrayBool, u8, Bool);
array_set!(ArraySetByte, ArrayByte, u8, Byte);

op!(ArraySetDyn, fast(pc, regs, context, i) {
    let array = Ref::from_bits_unchecked(get!(regs, i.a()));
    let index = get!(regs, i.b());
    if array.kind_byte() & (KIND_MASK | FROZEN | LOG) != Kind::ArrayDyn as u8 || index >= array.array_len() as u64 {
        return Flow::Slow;
    }
    *array.array_data().cast::<u64>().add(index as usize) = get!(regs, i.c());
    Flow::Next(pc.add(1), regs)
} slow(context, i) {
    context.array_set_value(context.value(i.a()), context.reg(i.b()) as i64, context.value(i.c()))
});

macro_rules! array_push {
    ($name:ident, $kind:ident, $element:ty, $class:ident, $flags:expr) => {
        op!($name, fast(pc, regs, context, i) {
            let array = Ref::from_bits_unchecked(get!(regs, i.a()));
            if array.kind_byte() & (KIND_MASK | $flags) != Kind::$kind as u8 {
                return Flow::Slow;
            }
            let len = array.array_len();
            if len >= array.array_capacity() {
                return Flow::Slow;
            }
            *array.array_data().cast::<$element>().add(len) = get!(regs, i.b()) as $element;
            *array.as_ptr().cast::<u64>().add(sayso_heap::array::LEN) = len as u64 + 1;
            Flow::Next(pc.add(1), regs)
        } slow(context, i) { push_slowly(context, i.a(), i.b(), Class::$class) });
    };
}
array_push!(ArrayPushI64, ArrayI64, u64, I64, FROZEN | FIXED);
array_push!(ArrayPushF64, ArrayF64, u64, F64, FROZEN | FIXED);
array_push!(ArrayPushBool, ArrayBool, u8, Bool, FROZEN | FIXED);
array_push!(ArrayPushByte, ArrayByte, u8, Byte, FROZEN | FIXED);

op!(ArrayPushDyn, fast(pc, regs, context, i) {
    let (array, value) = (Ref::from_bits_unchecked(get!(regs, i.a())), Value(get!(regs, i.b())));
    let byte = array.kind_byte();
    let bits = match byte & KIND_MASK {
        DYN if byte & LOG == 0 => value.0,
        I64 if value.is_small_int() => value.as_small_int() as u64,
        F64 if value.is_float() => value.as_float().to_bits(),
        _ => return Flow::Slow,
    };
    if byte & (FROZEN | FIXED) != 0 {
        return Flow::Slow;
    }
    let len = array.array_len();
    if len >= array.array_capacity() {
        return Flow::Slow;
    }
    *array.array_data().cast::<u64>().add(len) = bits;
    *array.as_ptr().cast::<u64>().add(sayso_heap::array::LEN) = len as u64 + 1;
    Flow::Next(pc.add(1), regs)
} slow(context, i) { push_slowly(context, i.a(), i.b(), Class::Dyn) });

fn push_slowly(context: &mut Context, array: u16, value: u16, class: Class) -> Result<(), Thrown> {
    if class == Class::Dyn {
        return context.array_push_value(context.value(array), context.value(value));
    }
    let bits = context.reg(value);
    context.growable_array(context.value(array))?;
    let array = typed_array(context, array, class)?;
    context.alloc(|heap| heap.array_push(array, bits))
}

op!(ArrayFill, slow(context, i) {
    let (count, value) = (context.reg(i.b()) as i64, context.value(i.c()));
    let array = context.growable_array(context.value(i.a()))?;
    let Ok(count) = usize::try_from(count) else {
        return Err(context.fault(FaultKind::Value, format!("a value cannot be repeated {count} times")));
    };
    let bits = context.element_bits(array, value)?;
    context.charge(count as u64 / 8)?;
    context.alloc(|heap| heap.array_reserve(array, count))?;
    for _ in 0..count {
        context.heap.array_push(array, bits).map_err(|_| context.out_of_memory())?;
    }
    Ok(())
});
op!(ArrayExtend, slow(context, i) {
    let array = context.growable_array(context.value(i.a()))?;
    let from = context.value(i.b());
    let len = context.seq_len(from)?;
    context.charge(len as u64 / 8)?;
    if let Some(from) = from.as_object().filter(|from| from.kind() == array.kind()) {
        return context.alloc(|heap| heap.array_extend(array, from));
    }
    for index in 0..len {
        let element = context.seq_get(from, index)?;
        context.array_push_value(Value::object(array), element)?;
    }
    Ok(())
});
op!(ArrayCopy, slow(context, i) {
    let (from, start, end) = (context.value(i.b()), context.reg(i.c()) as i64, context.reg(i.c() + 1) as i64);
    let ty = context.growable_type_of(from)?;
    let copy = context.slice_sequence(from, ty, start, end)?;
    context.set_object(i.a(), copy);
    Ok(())
});
op!(ArrayFix, slow(context, i) {
    let ty = context.checked_type(context.reg(i.c()))?;
    let array = context.changeable_array(context.value(i.b()))?;
    let (wanted, length) = (context.array_kind(ty)?, match context.types.store.kind(ty) {
        TypeKind::FixedArray(_, length) => Some(*length),
        _ => None,
    });
    let len = array.array_len();
    match length {
        Some(length) if length == len as u64 && wanted == array.kind() => {
            array.fix(ty.0);
            context.set_object(i.a(), array);
            Ok(())
        }
        Some(length) if wanted == array.kind() => {
            Err(context.fault(FaultKind::Value, format!("an array of {length} elements was expected, this one has {len}")))
        }
        _ => Err(context.fault(FaultKind::Cast, "an array of other elements was expected")),
    }
});

impl Context {
    /// The type of growable arrays with a sequence's elements.
    fn growable_type_of(&mut self, sequence: Value) -> Result<TypeId, Thrown> {
        let Some(object) = sequence.as_object() else { return Ok(TypeId::ANY) };
        if object.is(Kind::Range) {
            return Ok(self.types.store.array(TypeId::I64));
        }
        let ty = TypeId(object.type_number());
        Ok(match self.types.store.kind(ty) {
            TypeKind::FixedArray(element, _) => {
                let element = *element;
                self.types.store.array(element)
            }
            _ => ty,
        })
    }
}

// ---- tables

op!(NewTable, slow(context, i) {
    let ty = context.checked_type(context.reg(i.b()))?;
    if !matches!(context.types.store.kind(ty), TypeKind::Table(..)) {
        let shown = context.shown_type(ty);
        return Err(context.fault(FaultKind::Cast, format!("`{shown}` is no table type")));
    }
    let table = context.alloc(|heap| heap.new_table(ty.0, i.c() as usize))?;
    context.set_object(i.a(), table);
    Ok(())
});
/// The value of a key that is hashed and compared without a look inside; unset if there is none, [`Value::DELETED`] if the
/// slow form has to find out, since the key is another or the search takes so long that it has to be charged for.
#[inline(never)]
fn get_fast(table: Ref, key: Value) -> Value {
    let mut steps = 0;
    let Some(hash) = fast_hash(key) else { return Value::DELETED };
    let position = table.table_search_fast(key, hash, &mut steps);
    if steps > FREE_STEPS {
        return Value::DELETED;
    }
    position.and_then(|position| table.table_entry(position)).map_or(Value::UNSET, |entry| entry.1)
}

op!(TableGet, fast(pc, regs, context, i) {
    let table = Ref::from_bits_unchecked(get!(regs, i.b()));
    if !table.is(Kind::Table) {
        return Flow::Slow;
    }
    let value = get_fast(table, Value(get!(regs, i.c())));
    if value == Value::UNSET || value == Value::DELETED {
        return Flow::Slow;
    }
    set_next!(pc, regs, i.a(), value.0)
} slow(context, i) { look_up(context, i, |context, key| Err(context.key_fault(key))) });
op!(TableFind, fast(pc, regs, context, i) {
    let table = Ref::from_bits_unchecked(get!(regs, i.b()));
    if !table.is(Kind::Table) {
        return Flow::Slow;
    }
    let value = get_fast(table, Value(get!(regs, i.c())));
    if value == Value::DELETED {
        return Flow::Slow;
    }
    set_next!(pc, regs, i.a(), value.0)
} slow(context, i) { look_up(context, i, |_, _| Ok(Value::UNSET)) });

/// Looks a key up; `missing` says what becomes of one that is not there.
fn look_up(
    context: &mut Context,
    i: Insn,
    missing: fn(&mut Context, Value) -> Result<Value, Thrown>,
) -> Result<(), Thrown> {
    let (table, key) = (context.table_of(context.value(i.b()))?, context.value(i.c()));
    if let Some(hash) = fast_hash(key) {
        let found = context.table_search(table, key, hash)?.and_then(|position| table.table_entry(position));
        let value = match found {
            Some((_, value)) => value,
            None => missing(context, key)?,
        };
        context.set_reg(i.a(), value.0);
        return Ok(());
    }
    context.run_machine(FindKey::new(table, key), Vec::new(), move |context, found| {
        match found.position.and_then(|position| table.table_entry(position)) {
            Some((_, value)) => NativeResult::Return(Slot(value.0)),
            None => match missing(context.context, key) {
                Ok(value) => NativeResult::Return(Slot(value.0)),
                Err(thrown) => NativeResult::Throw(thrown),
            },
        }
    })
}

op!(TableSet, fast(pc, regs, context, i) {
    let (table, key) = (Ref::from_bits_unchecked(get!(regs, i.a())), Value(get!(regs, i.b())));
    if table.kind_byte() & (KIND_MASK | FROZEN | LOG) != Kind::Table as u8 {
        return Flow::Slow;
    }
    match set_fast(table, key, Value(get!(regs, i.c()))) {
        true => Flow::Next(pc.add(1), regs),
        false => Flow::Slow,
    }
} slow(context, i) {
    let (object, key, value) = (context.object(i.a()), context.value(i.b()), context.value(i.c()));
    let table = context.changeable_table(Value::object(object))?;
    if let Some(hash) = fast_hash(key) {
        if let Some(position) = context.table_search(table, key, hash)? {
            context.heap.table_set_value(table, position, value);
            return Ok(());
        }
        return context.alloc(|heap| heap.table_insert(table, hash, key, value));
    }
    // The result of this instruction is none: what stands in its first register stays.
    let held = vec![Value::object(table), key, value];
    context.run_machine(FindKey::new(table, key), held, move |context, found| {
        match context.context.table_put(table, found, key, value) {
            Ok(()) => NativeResult::Return(Slot(table.bits())),
            Err(thrown) => NativeResult::Throw(thrown),
        }
    })
});

/// Replaces a value in a table that needs no barrier; false if that does not do it.
#[inline(never)]
fn set_fast(table: Ref, key: Value, value: Value) -> bool {
    let mut steps = 0;
    match fast_hash(key).and_then(|hash| table.table_search_fast(key, hash, &mut steps)) {
        Some(position) if steps <= FREE_STEPS => table.table_replace_logged(position, value),
        _ => false,
    }
}

op!(TableLen, fast(pc, regs, context, i) {
    let table = Ref::from_bits_unchecked(get!(regs, i.b()));
    if !table.is(Kind::Table) {
        return Flow::Slow;
    }
    set_next!(pc, regs, i.a(), table.table_len() as u64)
} slow(context, i) { context.table_of(context.value(i.b())).map(|_| ()) });
