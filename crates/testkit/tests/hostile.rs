//! Code that was tampered with is refused by the verifier, or runs safely: it ends, in a result or an error, within its
//! limits, and leaves a heap that is in order.
//!
//! The programs are the examples and some scripts of the conformance suite. `SAYSO_HOSTILE_ROUNDS` says how often each
//! is changed, `SAYSO_HOSTILE_FILE` which are (part of the path), `SAYSO_HOSTILE_SEED` begins elsewhere,
//! `SAYSO_HOSTILE_SHOW` prints each change before it is tried.

use sayso::stages::bytecode::{Class, FunctionId, Insn, Module, Op};
use sayso::stages::{stdlib, vm};
use sayso::{Host, Limits};
use sayso_testkit::run::engine;
use sayso_testkit::{files, root};

/// Numbers that look random and are the same in every run (xorshift64*, Vigna 2016).
struct Numbers(u64);

impl Numbers {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        self.0.wrapping_mul(0x2545_f491_4f6c_dd1d)
    }

    fn below(&mut self, end: usize) -> usize {
        (self.next() >> 16) as usize % end.max(1)
    }
}

/// Changes one instruction: another operation, an operand a little off or anything, or a copy of another instruction.
/// Says what it did.
fn tamper(module: &mut Module, numbers: &mut Numbers) -> String {
    let bodies: Vec<usize> =
        (0..module.functions.len()).filter(|index| module.functions[*index].code.len() > 1).collect();
    let Some(&function) = bodies.get(numbers.below(bodies.len())) else { return String::new() };
    let code = &mut module.functions[function].code;
    let at = numbers.below(code.len());
    let other = code[numbers.below(code.len())];
    let word = code[at].0;
    let shift = 16 * (1 + numbers.below(3));
    code[at] = match numbers.below(5) {
        0 => {
            let op = Op::ALL[numbers.below(Op::ALL.len())];
            Insn((word & !0xffff) | Insn::abc(op, 0, 0, 0).0 & 0xffff)
        }
        1 => Insn(word.wrapping_add(1 << shift)),
        2 => Insn(word.wrapping_sub(1 << shift)),
        3 => Insn((word & !(0xffff << shift)) | ((numbers.next() & 0xf) << shift)),
        _ => other,
    };
    format!("function {function}, instruction {at}: {} for {}", shown(code[at]), shown(Insn(word)))
}

/// Changes something beside the instructions: a class, an index, a type, or a record put in another's place.
fn tamper_with_tables(module: &mut Module, numbers: &mut Numbers) -> String {
    const CLASSES: [Class; 6] = [Class::I64, Class::F64, Class::Bool, Class::Byte, Class::Ref, Class::Dyn];
    let class = CLASSES[numbers.below(CLASSES.len())];
    let (by, small) = (1u32.wrapping_sub(numbers.below(3) as u32), numbers.below(8) as u16);
    let (functions, constants) = (module.functions.len(), module.constants.len());
    let function = numbers.below(functions) as FunctionId;
    let index = |numbers: &mut Numbers, len: usize| (len > 0).then(|| numbers.below(len));
    let what = numbers.below(16);
    match what {
        0 => {
            let (a, b) = (numbers.below(constants), numbers.below(constants));
            if constants > 0 {
                module.constants.swap(a, b);
            }
        }
        1..=3 => {
            let Some(layout) = index(numbers, module.layouts.len()).map(|at| &mut module.layouts[at]) else {
                return String::new();
            };
            match what {
                1 => layout.refs = layout.refs.wrapping_add(by as u16),
                2 => index(numbers, layout.classes.len()).into_iter().for_each(|at| layout.classes[at] = class),
                _ => index(numbers, layout.slots.len()).into_iter().for_each(|at| layout.slots[at] = small),
            }
        }
        4 => index(numbers, module.globals.len()).into_iter().for_each(|at| module.globals[at].class = class),
        5 | 6 => {
            let Some(native) = index(numbers, module.natives.len()).map(|at| &mut module.natives[at]) else {
                return String::new();
            };
            match index(numbers, native.params.len()) {
                Some(at) if what == 5 => native.params[at] = class,
                _ => native.result = class,
            }
        }
        7 => {
            if let Some(at) = index(numbers, module.natives.len()) {
                let other = module.natives[numbers.below(module.natives.len())].key;
                module.natives[at].key = other;
            }
        }
        8 | 9 => {
            let Some(multi) = index(numbers, module.multis.len()).map(|at| &mut module.multis[at]) else {
                return String::new();
            };
            match index(numbers, multi.candidates.len()) {
                Some(at) if what == 8 => multi.candidates[at].function = Some(function),
                Some(at) => multi.candidates[at].params.reverse(),
                None => multi.result = class,
            }
        }
        10 => index(numbers, module.sites.len()).into_iter().for_each(|at| {
            module.sites[at].multi = module.sites[at].multi.wrapping_add(by);
        }),
        11 => index(numbers, module.jump_tables.len()).into_iter().for_each(|at| {
            module.jump_tables[at].1 = module.jump_tables[at].1.wrapping_add(by as i32);
        }),
        _ => {
            let one = &mut module.functions[function as usize];
            match what {
                12 => index(numbers, one.params.len()).into_iter().for_each(|at| one.params[at] = class),
                13 => one.result = class,
                14 => match numbers.below(4) {
                    0 => one.registers = one.registers.wrapping_add(by as u16),
                    1 => one.captures = one.captures.wrapping_add(by as u16),
                    2 => one.closure = !one.closure,
                    _ => drop(one.type_vars.pop()),
                },
                _ => index(numbers, one.handlers.len()).into_iter().for_each(|at| {
                    let handler = &mut one.handlers[at];
                    match numbers.below(4) {
                        0 => handler.start = handler.start.wrapping_add(by),
                        1 => handler.end = handler.end.wrapping_add(by),
                        2 => handler.target = handler.target.wrapping_add(by),
                        _ => handler.register = small,
                    }
                }),
            }
        }
    }
    format!("tables, {what}: function {function}, class {}, by {by}, small {small}", class.name())
}

fn shown(insn: Insn) -> String {
    let name = Op::from_bits(insn.op_bits()).map_or("?", |op| op.mnemonic());
    format!("{name} {} {} {}", insn.a(), insn.b(), insn.c())
}

/// A setting from the environment.
fn setting(name: &str) -> Option<u64> {
    std::env::var(name).ok().and_then(|text| text.parse().ok())
}

#[test]
fn changed_code_is_refused_or_runs_safely() {
    let rounds = setting("SAYSO_HOSTILE_ROUNDS").unwrap_or(40);
    let only = std::env::var("SAYSO_HOSTILE_FILE").unwrap_or_default();
    let mut programs = files(&root().join("examples"), ".say");
    for area in ["generics", "dispatch", "generators", "defer", "try_catch", "closures", "match", "tables"] {
        programs.extend(files(&root().join("tests/spec").join(area), ".say"));
    }
    let limits = Limits { fuel: Some(200_000), memory: 16 << 20, depth: 2_000, deadline: None };
    let (mut refused, mut ran) = (0, 0);
    for file in programs.iter().filter(|file| file.display().to_string().contains(&only)) {
        let text = std::fs::read_to_string(file).unwrap();
        // Some of the scripts have errors on purpose.
        let Ok(program) = engine(file).compile(&file.display().to_string(), text.as_str()) else { continue };
        let seed = text.bytes().fold(setting("SAYSO_HOSTILE_SEED").unwrap_or(1), |seed, byte| {
            (seed ^ u64::from(byte)).wrapping_mul(0x100_0000_01b3)
        });
        let mut numbers = Numbers(seed | 1);
        for round in 0..rounds {
            let mut module = program.module().clone();
            let count = 1 + numbers.below(2);
            let change = |numbers: &mut Numbers, module: &mut Module| match numbers.below(4) {
                0 => tamper_with_tables(module, numbers),
                _ => tamper(module, numbers),
            };
            let changes: Vec<String> = (0..count).map(|_| change(&mut numbers, &mut module)).collect();
            // The last change is known even if the process does not survive it.
            if setting("SAYSO_HOSTILE_SHOW").is_some() {
                eprintln!("{}, change {round}: {}", file.display(), changes.join("; "));
            }
            let Ok(code) = vm::Program::new(module) else {
                refused += 1;
                continue;
            };
            ran += 1;
            let Ok(mut machine) = vm::Vm::new(code, &stdlib::natives(), Host::new(), limits.clone()) else { continue };
            machine.set_engine(if round % 2 == 0 { vm::Engine::Plain } else { vm::Engine::Threaded });
            machine.set_stress(round % 4 == 3);
            let _ = machine.run_main(&[]);
            if let Err(problem) = machine.verify_heap() {
                panic!("{}, change {round}: {problem}\n{}", file.display(), changes.join("\n"));
            }
        }
    }
    assert!(!only.is_empty() || (refused > 100 && ran > 100), "{refused} were refused, {ran} ran");
}
