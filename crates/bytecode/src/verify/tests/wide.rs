//! Large functions: many registers, many blocks, many constants, far jumps, and how long they take.

use super::*;
use crate::builder::FunctionBuilder;
use crate::module::{Constant, Function, HandlerKind};
use std::time::Instant;

/// The sample with a function of this code; it takes a bool, an i64 and a ref.
fn with_code(registers: u16, builder: FunctionBuilder) -> Module {
    let mut module = sample();
    assemble(&mut module, "fn wide(bool, i64, ref) -> ref, registers 3\nreturn r2").unwrap();
    let assembled = builder.finish(module.jump_tables.len() as u32).unwrap();
    let function: &mut Function = module.functions.last_mut().unwrap();
    function.entry_cost = assembled.code.len() as u32;
    function.code = assembled.code;
    function.handlers = assembled.handlers;
    function.registers = registers;
    module.jump_tables.extend(assembled.jump_tables);
    module
}

fn emit(b: &mut FunctionBuilder, op: Op, x: u16, y: u16, z: u16) {
    b.emit(Insn::abc(op, x, y, z));
}

#[test]
fn registers_beyond_a_byte_and_up_to_the_last() {
    for last in [255, 256, 257, 2_047, 2_048, 65_534] {
        let mut b = FunctionBuilder::new();
        emit(&mut b, Op::Move, last, 2, 0);
        let label = b.new_label();
        b.jump(Op::JumpIf, 0, 0, label);
        emit(&mut b, Op::Move, last - 1, 1, 0);
        b.bind(label);
        emit(&mut b, Op::Return, last, 0, 0);
        let mut module = with_code(last + 1, b);
        assert_eq!(verify(&module), Ok(()), "{last}");
        let code = &mut module.functions.last_mut().unwrap().code;
        *code.last_mut().unwrap() = Insn::abc(Op::Return, last - 1, 0, 0);
        let message = verify(&module).unwrap_err().to_string();
        assert!(message.contains(&format!("r{} is unset", last - 1)), "{message}");
    }
}

#[test]
fn constants_beyond_two_bytes() {
    let mut b = FunctionBuilder::new();
    b.emit(Insn::ak(Op::LoadConst, 3, 69_999));
    emit(&mut b, Op::Return, 3, 0, 0);
    let mut module = with_code(4, b);
    module.constants.resize(69_999, Constant::I64(5));
    assert!(verify(&module).unwrap_err().to_string().contains("index 69999 into constants"));
    module.constants.push(Constant::Str("the last".into()));
    assert_eq!(verify(&module), Ok(()));
}

#[test]
fn long_jumps() {
    let mut b = FunctionBuilder::new();
    let (head, exit) = (b.here(), b.new_label());
    b.jump(Op::JumpEqImm, 1, 7, exit);
    for _ in 0..40_000 {
        emit(&mut b, Op::AddI64Imm, 1, 1, 1);
    }
    b.jump(Op::ForRange, 1, 1, head);
    b.jump(Op::JumpLtImm, 1, 9, head);
    b.bind(exit);
    emit(&mut b, Op::Return, 2, 0, 0);
    assert_eq!(verify(&with_code(3, b)), Ok(()));
}

/// 65,535 registers, all set, and 330,000 blocks, each of which sets another one anew.
fn many_registers_and_blocks() -> Module {
    let mut b = FunctionBuilder::new();
    for register in 3..u16::MAX {
        emit(&mut b, Op::Move, register, 2, 0);
    }
    for block in 0..330_000u32 {
        let label = b.new_label();
        b.jump(Op::JumpIf, 0, 0, label);
        let register = 3 + (block.wrapping_mul(7_919) % 65_000) as u16;
        emit(&mut b, Op::Move, register, if block % 3 == 0 { 1 } else { 2 }, 0);
        b.bind(label);
        emit(&mut b, Op::Nop, 0, 0, 0);
    }
    emit(&mut b, Op::Return, 2, 0, 0);
    with_code(u16::MAX, b)
}

#[test]
fn a_million_instructions_with_all_registers_take_little_time() {
    let module = many_registers_and_blocks();
    let start = Instant::now();
    assert_eq!(verify(&module), Ok(()));
    assert!(start.elapsed().as_secs() < 5, "{:?}", start.elapsed());
}

/// A loop whose registers lose their class one a round.
#[test]
fn a_function_that_would_take_quadratic_time_is_refused() {
    let mut b = FunctionBuilder::new();
    for register in 3..u16::MAX {
        emit(&mut b, Op::Move, register, 2, 0);
    }
    let head = b.here();
    for register in (4..u16::MAX).rev() {
        emit(&mut b, Op::Move, register, register - 1, 0);
    }
    emit(&mut b, Op::BoxI64, 3, 1, 0);
    b.jump(Op::Jump, 0, 0, head);
    let module = with_code(u16::MAX, b);
    let start = Instant::now();
    let message = verify(&module).unwrap_err().to_string();
    assert!(message.contains("too intricate"), "{message}");
    assert!(start.elapsed().as_secs() < 10, "{:?}", start.elapsed());
}

/// Many states that differ everywhere meet at many blocks.
#[test]
fn merges_of_unlike_states_are_bounded() {
    let mut b = FunctionBuilder::new();
    let labels: Vec<_> = (0..100_000).map(|_| b.new_label()).collect();
    let other = b.new_label();
    b.jump(Op::JumpIf, 0, 0, other);
    for (source, order) in [(1, 7u32), (2, 11)] {
        if source == 2 {
            b.bind(other);
        }
        for register in 3..u16::MAX {
            emit(&mut b, Op::Move, register, source, 0);
        }
        for (index, label) in labels.iter().enumerate() {
            let register = 3 + (index as u32).wrapping_mul(2_654_435_761).rotate_left(order) as u16 % 65_000;
            emit(&mut b, Op::Move, register, 3 - source, 0);
            b.jump(Op::JumpIf, 0, 0, *label);
        }
        emit(&mut b, Op::Return, 2, 0, 0);
    }
    for label in labels {
        b.bind(label);
        emit(&mut b, Op::Return, 2, 0, 0);
    }
    let module = with_code(u16::MAX, b);
    let start = Instant::now();
    let _ = verify(&module);
    assert!(start.elapsed().as_secs() < 10, "{:?}", start.elapsed());
}

#[test]
fn many_nested_handlers() {
    let mut b = FunctionBuilder::new();
    let starts: Vec<_> = (0..2_000)
        .map(|_| {
            let start = b.here();
            emit(&mut b, Op::AddI64Imm, 1, 1, 1);
            start
        })
        .collect();
    let ends: Vec<_> = (0..2_000)
        .map(|_| {
            emit(&mut b, Op::AddI64Imm, 1, 1, 1);
            b.here()
        })
        .collect();
    let target = b.here();
    emit(&mut b, Op::Return, 2, 0, 0);
    for (start, end) in starts.iter().rev().zip(&ends) {
        b.handler(*start, *end, target, 3, HandlerKind::Catch);
    }
    assert_eq!(verify(&with_code(5, b)), Ok(()));
}
