//! The data flow against a plain one: a state for every instruction, all paths followed until nothing changes.
//!
//! Programs are random, of registers that lie apart (in other leaves and nodes of the tree of states), each used mostly
//! for one class so that a good part of them is sound.

use super::*;
use crate::module::{Handler, HandlerKind};
use crate::reference_maps::reference_maps;
use crate::testing::at;
use proptest::prelude::*;

/// Registers that programs use, and the class that each mostly has. The first four are the parameters.
const REGISTERS: [(u16, Class); 12] = [
    (0, Class::I64),
    (1, Class::Bool),
    (2, Class::Ref),
    (3, Class::Dyn),
    (31, Class::Ref),
    (32, Class::Dyn),
    (33, Class::I64),
    (255, Class::Ref),
    (256, Class::Bool),
    (257, Class::Dyn),
    (2_100, Class::Ref),
    (2_200, Class::I64),
];
const COUNT: u16 = 2_210;

/// An instruction in terms of [`REGISTERS`].
#[derive(Clone, Copy, Debug)]
enum Step {
    Move(usize, usize),
    Load(usize),
    Read(usize),
    Box(usize, usize),
    Call(usize),
    JumpIf(usize),
    Jump(usize),
    Return(usize),
}

fn step(length: usize) -> impl Strategy<Value = Step> {
    let register = 0..REGISTERS.len();
    prop_oneof![
        4 => (register.clone(), register.clone()).prop_map(|(a, b)| Step::Move(a, b)),
        8 => register.clone().prop_map(Step::Load),
        4 => register.clone().prop_map(Step::Read),
        4 => (register.clone(), register.clone()).prop_map(|(a, b)| Step::Box(a, b)),
        2 => (4..REGISTERS.len()).prop_map(Step::Call),
        5 => (0..length).prop_map(Step::JumpIf),
        1 => (0..length).prop_map(Step::Jump),
        1 => register.prop_map(Step::Return),
    ]
}

type Program = (Vec<Step>, Vec<(usize, usize, usize, usize)>);

fn program() -> impl Strategy<Value = Program> {
    (3usize..28).prop_flat_map(|length| {
        let handler = (0..length, 1..length, 1..length, 4..REGISTERS.len());
        (prop::collection::vec(step(length), length), prop::collection::vec(handler, 0..4))
    })
}

/// The function of a program: sound as to form.
fn build((steps, handlers): &Program) -> Module {
    let mut module = sample();
    let text = format!("fn f(i64, bool, ref, dyn) -> dyn, registers {COUNT}\nreturn r3");
    assemble(&mut module, &text).unwrap();
    let function = module.functions.last_mut().unwrap();
    let register = |index: usize| REGISTERS[index].0;
    let class = |index: usize| REGISTERS[index].1;
    function.code.clear();
    for (pc, step) in steps.iter().enumerate() {
        let offset = |to: usize| (to as i32 - pc as i32 - 1) as u32;
        function.code.push(match *step {
            // Mostly of one class.
            Step::Move(a, b) if class(a) == class(b) || b % 3 == 0 => Insn::abc(Op::Move, register(a), register(b), 0),
            Step::Move(a, _) | Step::Load(a) => match class(a) {
                Class::I64 => Insn::ak(Op::LoadInt, register(a), 1),
                Class::Bool => Insn::ak(Op::LoadBool, register(a), 1),
                Class::Ref => Insn::ak(Op::LoadConst, register(a), 2),
                _ => Insn::abc(Op::LoadUnit, register(a), 0, 0),
            },
            Step::Read(a) => match class(a) {
                Class::I64 => Insn::abc(Op::AddI64Imm, register(a), register(a), 1),
                Class::Bool => Insn::abc(Op::Not, register(a), register(a), 0),
                Class::Ref => Insn::abc(Op::CellSet, register(a), register(a), 0),
                _ => Insn::abc(Op::CellSet, register(2), register(a), 0),
            },
            Step::Box(a, b) => Insn::abc(Op::BoxI64, register(a), register(if b % 2 == 0 { 0 } else { 6 }), 0),
            Step::Call(a) => Insn::ak(Op::Call, register(a), at::FN_INIT),
            Step::JumpIf(to) => Insn::ak(Op::JumpIf, register(1), offset(to)),
            Step::Jump(to) => Insn::ak(Op::Jump, 0, offset(to)),
            Step::Return(a) => Insn::abc(Op::Return, register(if a % 2 == 0 { 3 } else { a }), 0, 0),
        });
    }
    let end = function.code.len() as u32;
    function.entry_cost = end + 1;
    function.code.push(Insn::abc(Op::Return, 3, 0, 0));
    for (start, length, further, index) in handlers {
        let start = *start as u32;
        let stop = (start + *length as u32).min(end);
        let target = (stop + *further as u32 - 1).min(end);
        let handler = Handler { start, end: stop, target, register: register(*index), kind: HandlerKind::Catch };
        let apart =
            function.handlers.iter().all(|h| h.end <= start || stop <= h.start || start <= h.start && h.end <= stop);
        if start < stop && apart {
            function.handlers.push(handler);
        }
    }
    module
}

/// The bits of all registers, as sets of what they may be read as: dyn 1, ref 2, i64 4, bool 8.
type State = Vec<u8>;

fn value(class: Class) -> u8 {
    match class {
        Class::Ref => 3,
        Class::Dyn => 1,
        Class::I64 => 4,
        _ => 8,
    }
}

/// What holds before each instruction; none if something is read that is not there.
fn plain_flow(module: &Module) -> Option<Vec<Option<State>>> {
    let function = module.functions.last().unwrap();
    let mut states: Vec<Option<State>> = vec![None; function.code.len()];
    let mut start = vec![0; COUNT as usize];
    for (register, class) in function.params.iter().enumerate() {
        start[register] = value(*class);
    }
    let mut work = vec![(0usize, start)];
    while let Some((pc, incoming)) = work.pop() {
        let merged: State = match &states[pc] {
            None => incoming,
            Some(old) => old.iter().zip(&incoming).map(|(x, y)| x & y).collect(),
        };
        if states[pc].as_ref() == Some(&merged) {
            continue;
        }
        states[pc] = Some(merged.clone());
        let insn = function.code[pc];
        let op = Op::from_bits(insn.op_bits()).unwrap();
        let (a, b) = (insn.a() as usize, insn.b() as usize);
        for h in &function.handlers {
            if h.start as usize <= pc && pc < h.end as usize {
                let mut state = merged.clone();
                if op == Op::Call {
                    state[a..].fill(0);
                }
                state[h.register as usize..].fill(0);
                state[h.register as usize] = value(Class::Dyn);
                work.push((h.target as usize, state));
            }
        }
        let mut state = merged;
        let reads = |state: &State, register: usize, bit: u8| (state[register] & bit != 0).then_some(());
        match op {
            Op::Move => {
                reads(&state, b, 15)?;
                state[a] = state[b];
            }
            Op::LoadInt => state[a] = value(Class::I64),
            Op::LoadBool => state[a] = value(Class::Bool),
            Op::LoadConst => state[a] = value(Class::Ref),
            Op::LoadUnit => state[a] = value(Class::Dyn),
            Op::AddI64Imm => reads(&state, b, 4)?,
            Op::Not => reads(&state, b, 8)?,
            Op::CellSet => {
                reads(&state, a, 2)?;
                reads(&state, b, 1)?;
            }
            Op::BoxI64 => {
                reads(&state, b, 4)?;
                state[a] = value(Class::Dyn);
            }
            Op::Call => {
                state[a..].fill(0);
                state[a] = value(Class::Dyn);
            }
            Op::JumpIf | Op::Jump => {
                if op == Op::JumpIf {
                    reads(&state, a, 8)?;
                }
                work.push(((pc as i64 + 1 + i64::from(insn.sk())) as usize, state.clone()));
            }
            Op::Return => reads(&state, a, 1)?,
            _ => unreachable!(),
        }
        if !matches!(op, Op::Jump | Op::Return) {
            work.push((pc + 1, state));
        }
    }
    Some(states)
}

fn agree(program: &Program) -> bool {
    let module = build(program);
    let function = module.functions.len() as u32 - 1;
    let listing = || crate::disassemble::disassemble_function(&module, function, None);
    let verified = verify(&module);
    let Some(states) = plain_flow(&module) else {
        assert!(verified.is_err(), "accepted:\n{}", listing());
        return false;
    };
    assert_eq!(verified, Ok(()), "{}", listing());
    let maps = reference_maps(&module, function);
    for (pc, state) in states.iter().enumerate() {
        let Some(state) = state else { continue };
        let expected: Vec<u16> = (0..COUNT).filter(|register| state[*register as usize] & 1 != 0).collect();
        let found: Vec<u16> = maps.at(pc as u32).iter().collect();
        assert_eq!(found, expected, "offset {pc}\n{}", listing());
    }
    true
}

#[test]
fn the_data_flow_agrees_with_a_plain_one() {
    let cases = 4_000;
    let config = ProptestConfig { cases, ..ProptestConfig::default() };
    let sound = std::cell::Cell::new(0);
    let mut runner = proptest::test_runner::TestRunner::new(config);
    let result = runner.run(&program(), |program| {
        sound.set(sound.get() + u32::from(agree(&program)));
        Ok(())
    });
    let sound = sound.get();
    if let Err(error) = result {
        panic!("{error}");
    }
    assert!(sound * 10 > cases, "only {sound} of {cases} programs are sound");
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2_000, ..ProptestConfig::default() })]

    /// Instructions with any operands, most of them small.
    #[test]
    fn any_instructions_never_panic(
        words in prop::collection::vec((0..Op::ALL.len() as u16 + 2, 0u16..14, 0u16..14, prop_oneof![0u16..6, any::<u16>()]), 0..40),
        registers in 0u16..20,
        handler in (0u32..40, 0u32..40, 0u32..40, 0u16..14),
    ) {
        let mut module = sample();
        assemble(&mut module, "fn f(i64, dyn) -> dyn, registers 2\nreturn r1").unwrap();
        let function = module.functions.last_mut().unwrap();
        function.registers = registers.max(2);
        function.code.clear();
        for (op, a, b, c) in words {
            function.code.push(Insn(u64::from(op) | u64::from(a) << 16 | u64::from(b) << 32 | u64::from(c) << 48));
            if Op::from_bits(op).is_some_and(Op::has_ext) {
                function.code.push(Insn::ak(Op::Ext, 0, u32::from(b)));
            }
        }
        function.entry_cost = function.code.len().max(1) as u32;
        let (start, end, target, register) = handler;
        function.handlers.push(Handler { start, end, target, register, kind: HandlerKind::Cleanup });
        let _ = verify(&module);
        let _ = crate::disassemble::disassemble(&module, None);
        let _ = reference_maps(&module, module.functions.len() as u32 - 1);
    }
}
