//! Mutations of program images.
//!
//! Bytes changed at random hardly ever pass the verifier. So most mutations are made on the decoded module: an operand,
//! an instruction, a table entry; what they give is encoded again.

use crate::tokens::Random;
use libfuzzer_sys::fuzzer_mutate;
use sayso::stages::bytecode::{Class, Constant, Function, HandlerKind, Insn, Module, Op, format};

/// libFuzzer's custom mutator over images.
pub fn mutate(data: &mut [u8], size: usize, max_size: usize, seed: u32) -> usize {
    let mut random = Random::new(seed);
    if random.below(4) != 0 {
        let mended = format::mended(data.get(..size).unwrap_or(&[]));
        if let Ok(mut module) = Module::decode(&mended) {
            for _ in 0..1 + random.below(3) {
                change(&mut module, &mut random);
            }
            let bytes = module.encode();
            if let (true, Some(place)) = (bytes.len() <= max_size, data.get_mut(..bytes.len())) {
                place.copy_from_slice(&bytes);
                return bytes.len();
            }
        }
    }
    fuzzer_mutate(data, size, max_size)
}

fn class(random: &mut Random) -> Class {
    [Class::I64, Class::F64, Class::Bool, Class::Byte, Class::Ref, Class::Dyn][random.below(6)]
}

/// A number near another, or a small one, or a great one.
fn near(number: u64, random: &mut Random) -> u64 {
    match random.below(8) {
        0 | 1 => number.wrapping_add(1),
        2 | 3 => number.wrapping_sub(1),
        4 | 5 => random.below(12) as u64,
        6 => number ^ 1 << random.below(64),
        _ => [0, 1, 0xff, 0x7fff, 0xffff, 0x7fff_ffff, 0xffff_ffff, u64::MAX][random.below(8)],
    }
}

fn near_u32(number: &mut u32, random: &mut Random) {
    *number = near(u64::from(*number), random) as u32;
}

fn near_u16(number: &mut u16, random: &mut Random) {
    *number = near(u64::from(*number), random) as u16;
}

fn one<'a, T>(from: &'a mut [T], random: &mut Random) -> Option<&'a mut T> {
    let index = random.below(from.len());
    from.get_mut(index)
}

/// One change somewhere.
fn change(module: &mut Module, random: &mut Random) {
    let functions = module.functions.len();
    match random.below(24) {
        0..=14 => {
            let donor = module.functions.get(random.below(functions)).map_or(Vec::new(), |f| f.code.clone());
            if let Some(function) = one(&mut module.functions, random) {
                code(function, &donor, random);
            }
        }
        15 | 16 => {
            if let Some(function) = one(&mut module.functions, random) {
                frame(function, random);
            }
        }
        17 => {
            let count = module.constants.len() as u32;
            if let Some(constant) = one(&mut module.constants, random) {
                *constant = new_constant(constant, count, functions as u32, random);
            }
        }
        18 => {
            if let Some(native) = one(&mut module.natives, random) {
                match random.below(3) {
                    0 => native.result = class(random),
                    1 => native.params.push(class(random)),
                    _ => drop(native.params.pop()),
                }
            }
        }
        19 => {
            if let Some(layout) = one(&mut module.layouts, random) {
                match random.below(4) {
                    0 => near_u16(&mut layout.refs, random),
                    1 => drop(one(&mut layout.classes, random).map(|one| *one = class(random))),
                    2 => drop(one(&mut layout.slots, random).map(|slot| near_u16(slot, random))),
                    _ => near_u32(&mut layout.variant, random),
                }
            }
        }
        20 => {
            if let Some(multi) = one(&mut module.multis, random) {
                let candidates = multi.candidates.len();
                match random.below(5) {
                    0 => multi.result = class(random),
                    1 => drop(one(&mut multi.params, random).map(|one| *one = class(random))),
                    2 => multi.candidates.swap(random.below(candidates), 0),
                    3 => drop(one(&mut multi.candidates, random).map(|one| one.takes_types ^= true)),
                    _ => drop(one(&mut multi.candidates, random).map(|candidate| {
                        candidate.function = Some(random.below(functions) as u32);
                    })),
                }
            }
        }
        21 => match random.below(3) {
            0 => drop(one(&mut module.globals, random).map(|global| global.class = class(random))),
            1 => drop(one(&mut module.jump_tables, random).map(|(offsets, default)| {
                *one(offsets, random).unwrap_or(default) = random.below(40) as i32 - 20;
            })),
            _ => drop(one(&mut module.sites, random).map(|site| near_u32(&mut site.multi, random))),
        },
        22 => {
            if let Some(format) = one(&mut module.formats, random) {
                match random.below(4) {
                    0 => format.width = Some(near(8, random) as u32),
                    1 => format.precision = Some(near(8, random) as u32),
                    2 => format.kind = ['?', 'x', 'X', 'b', 'o', 'e'].get(random.below(7)).copied(),
                    _ => format.zero ^= true,
                }
            }
        }
        _ => match random.below(3) {
            0 => drop(one(&mut module.hooks, random).map(|hook| *hook = Some(random.below(4) as u32))),
            1 => module.main = Some((random.below(functions) as u32, random.below(2) == 0, None)),
            _ => drop(one(&mut module.modules, random).map(|module| module.init = random.below(functions) as u32)),
        },
    }
}

fn code(function: &mut Function, donor: &[Insn], random: &mut Random) {
    let length = function.code.len();
    if length == 0 {
        return;
    }
    let at = random.below(length);
    let insn = function.code[at];
    let (op, a, b, c) = (insn.op_bits(), insn.a(), insn.b(), insn.c());
    let with = |op: u16, a: u16, b: u16, c: u16| {
        Insn(u64::from(op) | u64::from(a) << 16 | u64::from(b) << 32 | u64::from(c) << 48)
    };
    match random.below(12) {
        0 | 1 => {
            let mut a = a;
            near_u16(&mut a, random);
            function.code[at] = with(op, a, b, c);
        }
        2 | 3 => {
            let mut b = b;
            near_u16(&mut b, random);
            function.code[at] = with(op, a, b, c);
        }
        4 | 5 => {
            let mut c = c;
            near_u16(&mut c, random);
            function.code[at] = with(op, a, b, c);
        }
        6 => function.code[at] = with(Op::ALL[random.below(Op::ALL.len())] as u16, a, b, c),
        7 => function.code.swap(at, random.below(length)),
        8 => function.code[at] = function.code[random.below(length)],
        9 => {
            if let Some(other) = donor.get(random.below(donor.len())) {
                function.code[at] = *other;
            }
        }
        10 => {
            let new = donor.get(random.below(donor.len())).copied().unwrap_or(insn);
            function.code.insert(at, new);
        }
        _ => drop(function.code.remove(at)),
    }
    function.entry_cost = function.entry_cost.max(function.code.len() as u32);
}

fn frame(function: &mut Function, random: &mut Random) {
    let code = function.code.len();
    match random.below(10) {
        0 => near_u16(&mut function.registers, random),
        1 => drop(one(&mut function.params, random).map(|one| *one = class(random))),
        2 => function.params.push(class(random)),
        3 => drop(function.params.pop()),
        4 => function.result = class(random),
        5 => near_u32(&mut function.entry_cost, random),
        6 => function.closure ^= true,
        7 => near_u16(&mut function.captures, random),
        8 => near_u32(&mut function.value_type.0, random),
        _ => {
            if let Some(handler) = one(&mut function.handlers, random) {
                match random.below(5) {
                    0 => handler.start = random.below(code) as u32,
                    1 => handler.end = random.below(code + 1) as u32,
                    2 => handler.target = random.below(code) as u32,
                    3 => near_u16(&mut handler.register, random),
                    _ => {
                        handler.kind = match handler.kind {
                            HandlerKind::Catch => HandlerKind::Cleanup,
                            HandlerKind::Cleanup => HandlerKind::Catch,
                        }
                    }
                }
            }
        }
    }
}

fn new_constant(old: &Constant, constants: u32, functions: u32, random: &mut Random) -> Constant {
    match random.below(4) {
        0 => Constant::I64(near(7, random) as i64),
        1 => Constant::Str("mutated".into()),
        2 => Constant::Function(random.below(functions as usize) as u32),
        _ => match old {
            Constant::I64(number) => Constant::I64(near(*number as u64, random) as i64),
            Constant::F64(number) => Constant::F64(f64::from_bits(near(number.to_bits(), random))),
            Constant::Symbol(name) => Constant::Symbol(near(u64::from(*name), random) as u32),
            Constant::Nullary(layout) => Constant::Nullary(near(u64::from(*layout), random) as u32),
            Constant::Record(layout, ty, slots) => {
                let mut slots = slots.to_vec();
                if let Some(slot) = one(&mut slots, random) {
                    *slot = random.below(constants as usize) as u32;
                }
                Constant::Record(*layout, *ty, slots.into())
            }
            Constant::Array(ty, slots) => {
                let mut slots = slots.to_vec();
                slots.push(random.below(constants as usize) as u32);
                Constant::Array(*ty, slots.into())
            }
            other => other.clone(),
        },
    }
}
