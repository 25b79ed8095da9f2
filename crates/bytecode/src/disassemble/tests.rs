//! Listings as they are promised, and that they can be read back.

use super::*;
use crate::assemble::assemble;
use crate::testing::sample;

#[test]
fn a_function_with_jumps_handlers_and_variables() {
    let module = sample();
    let listing = disassemble_function(&module, 6, None);
    assert_eq!(
        listing,
        "fn branches(bool, i64) -> i64, registers 3, cost 12  ; fn:6
L0:
     0  jump_if_not        r0, L5
     1  switch             r1:x, [L2, L4], L5
L2:
     2  add_i64_imm        r1:x, r1:x, -1
     3  jump               L0
L4:
     4  load_const         r2, const:2                ; \"text\"
L5:
     5  return             r1
  catch L2..L4 to L5, r2
  ; r1 is x: i64 at 0..5
"
    );
}

#[test]
fn source_lines_stand_before_the_code_they_became() {
    let module = sample();
    let listing = disassemble_function(&module, 6, Some(&module.source_map()));
    let lines: Vec<&str> = listing.lines().filter(|line| line.starts_with("; ")).collect();
    assert_eq!(lines, ["; geometry.say:1: fn area(p) {", "; geometry.say:2: p.x"]);
}

#[test]
fn notes_say_what_indices_mean() {
    let mut module = sample();
    let code = "fn code(i64, f64, ref, dyn) -> dyn, registers 8
        load_const r4, const:14
        load_const r4, const:16
        load_type r4, type:14
        get_global r4, global:0
        call r4, fn:1
        call_native r4, native:0
        call_site r4, site:0
        new r4, r2, layout:0
        get_named r4, r3, name:1
        format r4, r3, format:0
        load_int r4, -5
        jump_eq_imm r0, -1, L
        add_f64_const r4, r1, const:1
    L:
        return r4";
    assemble(&mut module, code).unwrap();
    let listing = disassemble_function(&module, 7, None);
    let notes: Vec<&str> = listing.lines().filter_map(|line| line.split_once("  ; ").map(|(_, note)| note)).collect();
    assert_eq!(
        notes,
        [
            "fn:7",
            "Point { \"text\", 1.5 }",
            "[\"text\", -7] [str: any]",
            "[str: any]",
            "x",
            "plain(i64, dyn) -> i64",
            "math.sin(f64) -> f64",
            "area(i64, dyn) -> i64",
            "Point(ref, f64)",
            "x",
            "·>8",
            "1.5"
        ]
    );
}

#[test]
fn a_listing_can_be_read_back() {
    let module = sample();
    let mut again = sample();
    again.functions.clear();
    again.jump_tables.clear();
    assemble(&mut again, &disassemble(&module, Some(&module.source_map()))).unwrap();
    assert_eq!(again.functions.len(), module.functions.len());
    assert_eq!(again.jump_tables, module.jump_tables);
    for (function, expected) in again.functions.iter().zip(&module.functions) {
        assert_eq!(function.code, expected.code);
        assert_eq!(function.handlers, expected.handlers);
        assert_eq!((&function.params, function.result), (&expected.params, expected.result));
        assert_eq!((function.registers, function.entry_cost), (expected.registers, expected.entry_cost));
        assert_eq!((function.closure, function.captures), (expected.closure, expected.captures));
        assert_eq!(function.type_vars, expected.type_vars);
    }
}

#[test]
fn every_operation_can_be_listed_and_read_back() {
    for op in Op::ALL.iter().copied().filter(|op| !matches!(op, Op::Switch | Op::Ext)) {
        let jump = operands(op).contains(&Operand::Jump);
        let mut text = format!("fn f() -> i64, registers 9\nL0:\n{}", op.mnemonic());
        for (index, operand) in operands(op).into_iter().enumerate() {
            text.push_str(&match operand {
                Operand::Unused => String::new(),
                Operand::Register => format!(" r{}", index + 1),
                Operand::Unsigned | Operand::Signed => format!(" {}", index + 1),
                Operand::Index(table) => format!(" {}:{index}", prefix(table)),
                Operand::Jump => " L0".to_string(),
            });
        }
        let mut module = sample();
        assemble(&mut module, &text).unwrap_or_else(|error| panic!("{error}\n{text}"));
        let listing = disassemble_function(&module, 7, None);
        let mut again = sample();
        assemble(&mut again, &listing).unwrap_or_else(|error| panic!("{error}\n{listing}"));
        if !jump || op.operands()[0] != OperandRule::None {
            assert_eq!(again.functions[7].code, module.functions[7].code, "{listing}");
        }
    }
}

#[test]
fn words_that_are_no_instructions_are_listed_as_words() {
    let mut module = sample();
    module.functions[0].code = vec![Insn(0xffff), Insn::abc(Op::New, 1, 2, 3), Insn::ak(Op::Ext, 0, 9)];
    let listing = disassemble_function(&module, 0, None);
    assert!(listing.contains("     0  word 0x000000000000ffff\n"), "{listing}");
    assert!(listing.contains("new                r1, r2, layout:9"), "{listing}");
    module.functions[0].code = vec![Insn::abc(Op::New, 1, 2, 3)];
    assert!(disassemble_function(&module, 0, None).contains("new                r1, r2, layout:0"));
    module.functions[0].code = vec![Insn::ak(Op::Jump, 0, i32::MIN as u32), Insn::ak(Op::Switch, 0, 999)];
    assert!(disassemble_function(&module, 0, None).contains("table:999"));
}

#[test]
fn what_is_no_listing_is_refused_with_its_line() {
    let message = |text: &str| assemble(&mut sample(), text).unwrap_err().to_string();
    assert_eq!(message("nop"), "line 1: expected `fn`");
    assert_eq!(message("fn f() -> i64, registers 1\n  fly r0"), "line 2: unknown operation `fly`");
    assert_eq!(message("fn f() -> i64, registers 1\nmove r0"), "line 2: `move` has more operands");
    assert_eq!(message("fn f() -> i64, registers 1\nnop r0"), "line 2: `nop` has no operand `r0`");
    assert_eq!(message("fn f() -> i64, registers 1\njump out"), "line 2: label 0 is used but not bound");
    assert_eq!(message("fn f(int) -> i64"), "line 1: unknown class `int`");
}

#[test]
fn constants_that_hold_one_another_many_times_stay_short() {
    let mut module = sample();
    let ty = sayso_types::TypeId(crate::testing::at::TYPE_ARRAY_STR);
    for _ in 0..40 {
        let last = module.constants.len() as u32 - 1;
        module.constants.push(crate::Constant::Array(ty, vec![last; 8].into()));
    }
    module.functions[0].code = vec![Insn::ak(Op::LoadConst, 0, module.constants.len() as u32 - 1)];
    assert!(disassemble_function(&module, 0, None).len() < 1_000);
}
