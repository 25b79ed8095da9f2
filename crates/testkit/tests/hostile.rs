//! Code that was tampered with is refused by the verifier, or runs safely: it ends, in a result or an error, within its
//! limits, and leaves a heap that is in order.
//!
//! The programs are the examples and some scripts of the conformance suite. `SAYSO_HOSTILE_ROUNDS` says how often each
//! is changed, `SAYSO_HOSTILE_FILE` which are (part of the path), `SAYSO_HOSTILE_SEED` begins elsewhere.

use sayso::stages::bytecode::{Insn, Module, Op};
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

fn shown(insn: Insn) -> String {
    let name = Op::from_bits(insn.op_bits()).map_or("?", |op| op.mnemonic());
    format!("{name} {} {} {}", insn.a(), insn.b(), insn.c())
}

/// A setting from the environment.
fn setting(name: &str) -> Option<u64> {
    std::env::var(name).ok().and_then(|text| text.parse().ok())
}

#[test]
fn changed_instructions_are_refused_or_run_safely() {
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
            let changes: Vec<String> = (0..count).map(|_| tamper(&mut module, &mut numbers)).collect();
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
