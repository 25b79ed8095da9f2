//! Labels, long forms, and what the peephole may take back.

use super::*;
use sayso_base::FileId;

const LOOPS: [Op; 3] = [Op::ForRange, Op::ForRangeTo, Op::ForArray];

fn nops(b: &mut FunctionBuilder, count: usize) {
    for _ in 0..count {
        b.emit(Insn::abc(Op::Nop, 0, 0, 0));
    }
}

fn ret(b: &mut FunctionBuilder) {
    b.emit(Insn::abc(Op::Return, 0, 0, 0));
}

/// Follows unconditional jumps from `at`.
fn resolve(code: &[Insn], at: i64) -> i64 {
    let insn = code[at as usize];
    if insn.op_bits() == Op::Jump as u16 { at + 1 + i64::from(insn.sk()) } else { at }
}

#[test]
fn forward_and_backward_offsets_count_from_the_next_instruction() {
    let mut b = FunctionBuilder::new();
    let head = b.here();
    let exit = b.new_label();
    b.jump(Op::JumpIfNot, 3, 0, exit);
    b.jump(Op::Jump, 0, 0, head);
    b.bind(exit);
    ret(&mut b);
    let code = b.finish(0).unwrap().code;
    assert_eq!(code[0], Insn::ak(Op::JumpIfNot, 3, 1));
    assert_eq!(code[1], Insn::ak(Op::Jump, 0, -2i32 as u32));
}

#[test]
fn comparisons_jump_backwards_themselves() {
    let mut b = FunctionBuilder::new();
    let head = b.here();
    nops(&mut b, 1);
    b.jump(Op::JumpLtInt, 0, 1, head);
    ret(&mut b);
    let code = b.finish(0).unwrap().code;
    assert_eq!(code[1], Insn::abc(Op::JumpLtInt, 0, 1, -2i16 as u16));
}

#[test]
fn a_jump_to_the_next_instruction_is_none() {
    let mut b = FunctionBuilder::new();
    let (first, second, end) = (b.new_label(), b.new_label(), b.new_label());
    b.jump(Op::JumpIf, 0, 0, second);
    b.jump(Op::Jump, 0, 0, first);
    b.bind(second);
    b.jump(Op::Jump, 0, 0, end);
    b.bind(first);
    b.jump(Op::Jump, 0, 0, end);
    b.bind(end);
    nops(&mut b, 1);
    ret(&mut b);
    let code = b.finish(0).unwrap().code;
    // `first` and `second` are where `end` is.
    assert_eq!(code[0], Insn::ak(Op::JumpIf, 0, 1));
    assert_eq!(resolve(&code, 1), 2);
    assert_eq!(code[2].op_bits(), Op::Nop as u16);
    assert_eq!(code.len(), 4);
}

#[test]
fn a_jump_to_a_return_returns() {
    let mut b = FunctionBuilder::new();
    let (other, end) = (b.new_label(), b.new_label());
    b.jump(Op::JumpIf, 0, 0, other);
    b.jump(Op::Jump, 0, 0, end);
    b.bind(other);
    nops(&mut b, 1);
    b.bind(end);
    b.emit(Insn::abc(Op::Return, 7, 0, 0));
    let code = b.finish(0).unwrap().code;
    assert_eq!(code[0], Insn::ak(Op::JumpIf, 0, 1));
    assert_eq!(code[1], Insn::abc(Op::Return, 7, 0, 0));
}

#[test]
fn the_longest_short_jumps_stay_short() {
    let mut b = FunctionBuilder::new();
    let exit = b.new_label();
    b.jump(Op::JumpEqImm, 0, 7, exit);
    nops(&mut b, i16::MAX as usize);
    b.bind(exit);
    ret(&mut b);
    let code = b.finish(0).unwrap().code;
    assert_eq!(code[0], Insn::abc(Op::JumpEqImm, 0, 7, i16::MAX as u16));
}

#[test]
fn a_far_conditional_jump_is_inverted_over_a_jump() {
    for op in Op::ALL.iter().copied().filter(|op| inverse(*op).is_some()) {
        let mut b = FunctionBuilder::new();
        let exit = b.new_label();
        b.jump(op, 4, 5, exit);
        nops(&mut b, 40_000);
        b.bind(exit);
        ret(&mut b);
        let code = b.finish(0).unwrap().code;
        let (inverted, swap) = inverse(op).unwrap();
        assert_eq!(inverse(inverted), Some((op, swap)), "{op:?}");
        let (x, y) = if swap { (5, 4) } else { (4, 5) };
        assert_eq!(code[0], Insn::abc(inverted, x, y, 1), "{op:?}");
        assert_eq!(resolve(&code, 1), 40_002, "{op:?}");
        assert_eq!(code[40_002].op_bits(), Op::Return as u16);
    }
}

#[test]
fn every_jump_with_a_short_offset_has_a_long_form() {
    for op in Op::ALL.iter().copied() {
        if op.operands()[2] == OperandRule::Jump16 {
            assert!(inverse(op).is_some() || LOOPS.contains(&op), "{op:?}");
        }
    }
}

#[test]
fn a_far_loop_jumps_backwards_to_a_jump_before_it() {
    for op in LOOPS {
        let mut b = FunctionBuilder::new();
        let head = b.here();
        nops(&mut b, 50_000);
        b.jump(op, 1, 2, head);
        ret(&mut b);
        let code = b.finish(0).unwrap().code;
        assert_eq!(resolve(&code, 50_000), 50_002);
        assert_eq!(resolve(&code, 50_001), 0);
        assert_eq!(code[50_002], Insn::abc(op, 1, 2, -2i16 as u16));
    }
}

#[test]
fn a_jump_that_grows_moves_others_out_of_range() {
    // `near` fits exactly until `far`, which lies in between, becomes long.
    let mut b = FunctionBuilder::new();
    let (near, far) = (b.new_label(), b.new_label());
    b.jump(Op::JumpEqImm, 0, 1, near);
    b.jump(Op::JumpEqImm, 0, 2, far);
    nops(&mut b, i16::MAX as usize - 1);
    b.bind(near);
    nops(&mut b, 10);
    b.bind(far);
    ret(&mut b);
    let code = b.finish(0).unwrap().code;
    assert_eq!(code[0], Insn::abc(Op::JumpNeImm, 0, 1, 1));
    assert_eq!(resolve(&code, 1), 4 + i64::from(i16::MAX) - 1);
    assert_eq!(code[2], Insn::abc(Op::JumpNeImm, 0, 2, 1));
    assert_eq!(resolve(&code, 3), code.len() as i64 - 1);
}

#[test]
fn a_long_chain_of_growth_ends_soon() {
    // Jump i fits unless jump i + 1 is long; the last is.
    let mut b = FunctionBuilder::new();
    let labels: Vec<Label> = (0..20_000).map(|_| b.new_label()).collect();
    for label in &labels {
        b.jump(Op::JumpEqImm, 0, 1, *label);
    }
    nops(&mut b, i16::MAX as usize - 19_999);
    for label in &labels {
        b.bind(*label);
        nops(&mut b, 1);
    }
    nops(&mut b, 1);
    ret(&mut b);
    let code = b.finish(0).unwrap().code;
    assert!(code.len() > 33_000);
    let mut at = 0;
    let end = code.iter().position(|insn| insn.op_bits() == Op::Nop as u16).unwrap();
    while at < end {
        let long = code[at].op_bits() == Op::JumpNeImm as u16;
        let target = if long { resolve(&code, at as i64 + 1) } else { at as i64 + 1 + i64::from(code[at].sc()) };
        assert_eq!(code[target as usize].op_bits(), Op::Nop as u16);
        at += if long { 2 } else { 1 };
    }
}

#[test]
fn switches_number_their_tables_from_the_given_one() {
    let mut b = FunctionBuilder::new();
    let (x, y) = (b.new_label(), b.new_label());
    b.switch(2, &[x, y, x], y);
    b.bind(x);
    nops(&mut b, 1);
    b.bind(y);
    ret(&mut b);
    let assembled = b.finish(9).unwrap();
    assert_eq!(assembled.code[0], Insn::ak(Op::Switch, 2, 9));
    assert_eq!(assembled.jump_tables, [(vec![0, 1, 0], 1)]);
}

#[test]
fn spans_handlers_and_locals_move_with_the_code() {
    let span = |start| Span::new(FileId(0), start, start + 1);
    let mut b = FunctionBuilder::new();
    let far = b.new_label();
    b.set_span(span(1));
    b.jump(Op::JumpEqImm, 0, 1, far);
    let start = b.here();
    b.set_span(span(2));
    nops(&mut b, 40_000);
    let end = b.here();
    b.set_span(span(2));
    nops(&mut b, 1);
    b.bind(far);
    b.set_span(span(3));
    ret(&mut b);
    b.handler(start, end, far, 5, HandlerKind::Catch);
    b.handler(end, end, far, 5, HandlerKind::Catch);
    b.local(LocalRange { name: 0, register: 1, ty: TypeId::I64, boxed: false, start, end });
    let assembled = b.finish(0).unwrap();
    assert_eq!(assembled.spans, [(0, span(1)), (2, span(2)), (40_003, span(3))]);
    assert_eq!(assembled.handlers.len(), 1);
    assert_eq!((assembled.handlers[0].start, assembled.handlers[0].end), (2, 40_002));
    assert_eq!(assembled.handlers[0].target, 40_003);
    assert_eq!((assembled.locals[0].start, assembled.locals[0].end), (2, 40_002));
}

#[test]
fn the_peephole_sees_only_what_it_may_take_back() {
    let mut b = FunctionBuilder::new();
    assert_eq!(b.last(), None);
    let insn = Insn::abc(Op::Move, 1, 2, 0);
    b.emit(insn);
    assert_eq!(b.last(), Some(insn));
    assert_eq!(b.pop(), Some(insn));
    assert!(b.is_empty());
    let at = b.emit(insn);
    let label = b.here();
    assert_eq!(b.last(), None, "a label is bound behind it");
    b.jump(Op::JumpIf, 0, 0, label);
    assert_eq!(b.last(), None, "a jump");
    b.emit_ext(Insn::abc(Op::ArrayConst, 1, 0, 0), 3);
    assert_eq!(b.last(), None, "an ext word");
    b.switch(0, &[], label);
    assert_eq!(b.last(), None, "a switch");
    b.patch(at, Insn::abc(Op::Move, 3, 4, 0));
    assert_eq!(b.get(at), Some(Insn::abc(Op::Move, 3, 4, 0)));
}

#[test]
fn mistakes_are_reported_by_finish() {
    let mut b = FunctionBuilder::new();
    let label = b.new_label();
    b.jump(Op::Jump, 0, 0, label);
    assert_eq!(b.finish(0).unwrap_err(), BuildError::UnboundLabel(label));
    let mut b = FunctionBuilder::new();
    let label = b.here();
    b.bind(label);
    assert_eq!(b.finish(0).unwrap_err(), BuildError::BoundTwice(label));
    let mut b = FunctionBuilder::new();
    let label = b.here();
    b.jump(Op::AddI64, 0, 0, label);
    assert_eq!(b.finish(0).unwrap_err(), BuildError::NoJump(Op::AddI64));
}
