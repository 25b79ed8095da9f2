//! Every operation: ordinary operands by the instruction table, others by hand.

use super::*;

const CLASSES: [Class; 6] = [Class::I64, Class::F64, Class::Bool, Class::Byte, Class::Ref, Class::Dyn];

/// The parameter of the test function that has a class.
fn parameter(class: Class) -> u16 {
    CLASSES.iter().position(|c| *c == class).unwrap() as u16
}

fn allowed(rule: OperandRule) -> Vec<Class> {
    let fits = |class: &Class| match rule {
        OperandRule::Read(Class::Dyn) => matches!(class, Class::Dyn | Class::Ref),
        OperandRule::Read(wanted) => *class == wanted,
        OperandRule::ReadInt => matches!(class, Class::I64 | Class::Bool | Class::Byte),
        OperandRule::ReadRaw => class.is_raw(),
        OperandRule::ReadAny => true,
        _ => false,
    };
    CLASSES.into_iter().filter(fits).collect()
}

fn is_read(rule: OperandRule) -> bool {
    !allowed(rule).is_empty()
}

/// Operations without rules of their own, and a word for each that is right.
fn regular() -> Vec<(Op, [u32; 4])> {
    let mut found = Vec::new();
    for op in Op::ALL.iter().copied() {
        let rules = op.operands();
        if rules.contains(&OperandRule::Special) || BY_HAND.iter().any(|(by_hand, ..)| *by_hand == op) {
            continue;
        }
        let loops = matches!(op, Op::ForRange | Op::ForRangeTo | Op::ForArray);
        let operands = [rules[0], rules[1], rules[2], op.ext()].map(|rule| match rule {
            OperandRule::Write(_) => 6,
            OperandRule::Jump16 if loops => -2i16 as u16 as u32,
            OperandRule::Imm | OperandRule::Index(_) => 0,
            rule => allowed(rule).first().map_or(0, |class| u32::from(parameter(*class))),
        });
        found.push((op, operands));
    }
    found
}

/// `nop`, the word, `return`.
fn check(op: Op, operands: [u32; 4]) -> Result<(), String> {
    let [a, b, c, ext] = operands;
    let mut words = vec![Insn::abc(Op::Nop, 0, 0, 0)];
    words.push(match op.format() {
        Format::ABC => Insn::abc(op, a as u16, b as u16, c as u16),
        Format::AK => Insn::ak(op, a as u16, b),
    });
    if op.has_ext() {
        words.push(Insn::ak(Op::Ext, 0, ext));
    }
    let words: Vec<String> = words.iter().map(|word| format!("word {:#x}\n", word.0)).collect();
    verify_code(&format!("{}return r5\nreturn r5", words.concat()))
}

#[track_caller]
fn check_refused(op: Op, operands: [u32; 4], found: &str) {
    let result = check(op, operands);
    check_message(result, &format!("{op:?} {operands:?}"), found, "");
}

fn with(mut operands: [u32; 4], index: usize, value: u32) -> [u32; 4] {
    operands[index] = value;
    operands
}

#[test]
fn each_regular_operation_is_accepted() {
    for (op, operands) in regular() {
        assert_eq!(check(op, operands), Ok(()), "{op:?}");
    }
}

#[test]
fn registers_that_are_read_must_hold_the_class() {
    for (op, operands) in regular() {
        for (index, rule) in op.operands().into_iter().enumerate().filter(|(_, rule)| is_read(*rule)) {
            for class in CLASSES {
                let operands = with(operands, index, u32::from(parameter(class)));
                if allowed(rule).contains(&class) {
                    assert_eq!(check(op, operands), Ok(()), "{op:?} {operands:?}");
                } else {
                    check_refused(op, operands, &format!("r{} is {}", parameter(class), class.name()));
                }
            }
            check_refused(op, with(operands, index, 7), "r7 is unset");
        }
    }
}

#[test]
fn registers_must_be_in_the_window() {
    for (op, operands) in regular() {
        for (index, rule) in op.operands().into_iter().enumerate() {
            if is_read(rule) || matches!(rule, OperandRule::Write(_)) {
                check_refused(op, with(operands, index, 12), "r12");
                check_refused(op, with(operands, index, 65_535), "r65535");
            }
        }
    }
}

#[test]
fn what_is_written_has_the_class_afterwards() {
    for (op, operands) in regular() {
        let OperandRule::Write(class) = op.operands()[0] else { continue };
        let [a, b, c, ext] = operands;
        let word = match op.format() {
            Format::ABC => Insn::abc(op, a as u16, b as u16, c as u16),
            Format::AK => Insn::ak(op, a as u16, b),
        };
        let ext = if op.has_ext() { format!("word {:#x}\n", Insn::ak(Op::Ext, 0, ext).0) } else { String::new() };
        let global = parameter(class);
        accept(&format!("word {:#x}\n{ext}set_global r6, global:{global}\nreturn r5", word.0));
        let other = if class == Class::I64 { 1 } else { 0 };
        let code = format!("word {:#x}\n{ext}set_global r6, global:{other}\nreturn r5", word.0);
        refuse(&code, &format!("r6 is {}", class.name()), "");
    }
}

#[test]
fn operands_that_are_not_used_must_be_zero() {
    for (op, operands) in regular() {
        for (index, rule) in op.operands().into_iter().enumerate() {
            if rule == OperandRule::None && (op.format() == Format::ABC || index == 0) {
                check_refused(op, with(operands, index, 1), "word");
            }
        }
    }
}

#[test]
fn indices_must_be_in_their_tables() {
    for (op, operands) in regular() {
        for (index, rule) in [op.operands()[1], op.ext()].into_iter().enumerate() {
            if let OperandRule::Index(_) = rule {
                let place = if index == 0 { 1 } else { 3 };
                check_refused(op, with(operands, place, 1_000), "index 1000");
                check_refused(op, with(operands, place, u32::MAX), "index");
            }
        }
    }
}

#[test]
fn jumps_must_lead_to_instructions() {
    for (op, operands) in regular() {
        let (place, far) = match op.operands() {
            [_, OperandRule::Jump32, _] => (1, u32::MAX - 99),
            [_, _, OperandRule::Jump16] => (2, 0xff00),
            _ => continue,
        };
        check_refused(op, with(operands, place, far), "a jump to offset");
        check_refused(op, with(operands, place, 100), "a jump to offset 102");
    }
}

#[test]
fn all_jumps_lead_backwards_and_loops_only_so() {
    for (op, operands) in regular() {
        let (place, back) = match op.operands() {
            [_, OperandRule::Jump32, _] => (1, -2i32 as u32),
            [_, _, OperandRule::Jump16] => (2, -2i16 as u16 as u32),
            _ => continue,
        };
        match op {
            Op::Jump => {}
            Op::ForRange | Op::ForRangeTo | Op::ForArray => {
                check_refused(op, with(operands, place, 0), "a jump forwards");
            }
            _ => assert_eq!(check(op, with(operands, place, back)), Ok(()), "{op:?}"),
        }
    }
}

#[test]
fn an_ext_word_must_follow_and_nothing_else_may_be_one() {
    for op in Op::ALL.iter().copied().filter(|op| op.has_ext()) {
        let word = Insn::abc(op, 0, 0, 0).0;
        refuse(&format!("word {word:#x}\nnop\nreturn r5"), "behind it", "an `ext` word");
        refuse(&format!("return r5\nword {word:#x}"), "the end of the code", "an `ext` word");
        let bad = Insn::ak(Op::Ext, 1, 0).0;
        refuse(&format!("word {word:#x}\nword {bad:#x}\nreturn r5"), "behind it", "a = 0");
    }
    refuse("nop\next 5\nreturn r5", "an `ext` word of no instruction", "an instruction");
    refuse("jump 1\narray_const r6, const:10\nreturn r5", "offset 2, an `ext` word", "an instruction");
}

#[test]
fn an_opcode_must_exist() {
    let count = Op::ALL.len();
    refuse(&format!("word {count:#x}\nreturn r5"), &format!("opcode {count}"), "less than");
    refuse("word 0xffff\nreturn r5", "opcode 65535", "less than");
}

/// Operations with rules of their own: code that is right; code that is wrong, what is found, what is expected.
type Wrong = (&'static str, &'static str, &'static str);
const BY_HAND: &[(Op, &[&str], &[Wrong])] = &[
    (Op::Ext, &["array_const r6, const:10"], &[("ext 0", "`ext` word of no instruction", "an instruction")]),
    (
        Op::Move,
        &["move r6, r0\nset_global r6, global:0", "move r6, r4\nset_global r6, global:4", "move r0, r5\nreturn r0"],
        &[
            ("move r6, r7", "r7 is unset", "any value"),
            ("move r6, r0\nreturn r6", "r6 is i64", "dyn or ref"),
            ("move r12, r0", "r12", "below r12"),
        ],
    ),
    (
        Op::LoadConst,
        &[
            "load_const r6, const:0\nset_global r6, global:0",
            "load_const r6, const:1\nset_global r6, global:1",
            "load_const r6, const:2\nset_global r6, global:4",
            "load_const r6, const:8\nreturn r6",
        ],
        &[
            ("load_const r6, const:18", "index 18 into constants", "less than 18"),
            ("load_const r6, const:8\nset_global r6, global:2", "r6 is dyn", "bool"),
            ("load_const r12, const:0", "r12", "below"),
        ],
    ),
    (
        Op::LoadType,
        &["load_type r6, type:10\nset_global r6, global:0"],
        &[("load_type r6, type:15", "has variables", "without"), ("load_type r6, type:99", "index 99", "less than")],
    ),
    (
        Op::SubstType,
        &["subst_type r6, r12, type:15\nset_global r6, global:0"],
        &[
            ("subst_type r6, r13, type:15", "from r13", "below r12"),
            ("subst_type r6, r0, type:99", "index 99", "less than"),
        ],
    ),
    (
        Op::LoadComptime,
        &["load_comptime r6, comptime:0\nset_global r6, global:0"],
        &[
            ("load_comptime r6, comptime:1", "index 1", "less than 1"),
            ("load_comptime r6, comptime:0\nreturn r6", "r6 is i64", "dyn"),
        ],
    ),
    (
        Op::GetGlobal,
        &["get_global r6, global:1\nset_global r6, global:1", "get_global r6, global:4\nreturn r6"],
        &[
            ("get_global r6, global:1\nset_global r6, global:0", "r6 is f64", "i64"),
            ("get_global r6, global:6", "index 6", "less than 6"),
            ("get_global r12, global:0", "r12", "below"),
        ],
    ),
    (
        Op::SetGlobal,
        &["set_global r3, global:3", "set_global r4, global:5"],
        &[
            ("set_global r5, global:4", "r5 is dyn", "ref"),
            ("set_global r6, global:4", "r6 is unset", "ref"),
            ("set_global r0, global:9", "index 9", "less than"),
        ],
    ),
    (
        Op::WrapI64,
        &["wrap_i64 r6, r0, r0, 2"],
        &[
            ("wrap_i64 r6, r0, r0, 3", "operation 3", "at most 2"),
            ("wrap_i64 r6, r0, r1, 0", "r1 is f64", "i64"),
            ("wrap_i64 r6, r0, r12, 0", "r12", "below"),
        ],
    ),
    (
        Op::DivI64Imm,
        &["div_i64_imm r6, r0, -2"],
        &[
            ("div_i64_imm r6, r0, 0", "division by 0", "neither"),
            ("div_i64_imm r6, r0, -1", "division by -1", "neither"),
        ],
    ),
    (
        Op::RemI64Imm,
        &["rem_i64_imm r6, r0, 10"],
        &[("rem_i64_imm r6, r0, 0", "division by 0", "neither"), ("rem_i64_imm r6, r0, -1", "by -1", "neither")],
    ),
    (Op::ShlI64Imm, &["shl_i64_imm r6, r0, 63"], &[("shl_i64_imm r6, r0, 64", "a shift by 64", "at most 63")]),
    (Op::ShrI64Imm, &["shr_i64_imm r6, r0, 63"], &[("shr_i64_imm r6, r0, 64", "a shift by 64", "at most 63")]),
    (
        Op::AddF64Const,
        &["add_f64_const r6, r1, const:1"],
        &[("add_f64_const r6, r1, const:0", "constant 0", "a float"), ("add_f64_const r6, r1, 99", "99", "less than")],
    ),
    (Op::SubF64Const, &["sub_f64_const r6, r1, const:1"], &[("sub_f64_const r6, r1, 0", "constant 0", "a float")]),
    (Op::MulF64Const, &["mul_f64_const r6, r1, const:1"], &[("mul_f64_const r6, r1, 2", "constant 2", "a float")]),
    (Op::DivF64Const, &["div_f64_const r6, r1, const:1"], &[("div_f64_const r6, r0, 1", "r0 is i64", "f64")]),
    (
        Op::Switch,
        &["switch r0, [a, b], c\na:\nnop\nb:\nnop\nc:"],
        &[
            ("a:\nnop\nswitch r0, [a], b\nb:", "a jump to offset 0", "from 2"),
            ("switch r1, [], a\na:", "r1 is f64", "i64"),
        ],
    ),
    (
        Op::Call,
        &["move r6, r0\nmove r7, r4\ncall r6, fn:1\nset_global r6, global:0", "call r6, fn:0\nreturn r6"],
        &[
            ("move r6, r0\ncall r6, fn:1", "r7 is unset", "dyn or ref"),
            ("move r6, r4\nmove r7, r4\ncall r6, fn:1", "r6 is ref", "i64"),
            ("call r11, fn:1", "2 registers from r11", "below r12"),
            ("call r12, fn:0", "r12", "below r12"),
            ("call r6, fn:99", "index 99 into functions", "less than"),
            ("call r0, fn:0\nreturn r5", "r5 is unset", "dyn"),
        ],
    ),
    (
        Op::CallNative,
        &["move r6, r1\ncall_native r6, native:0\nset_global r6, global:1"],
        &[
            ("move r6, r0\ncall_native r6, native:0", "r6 is i64", "f64"),
            ("call_native r11, native:1", "2 registers from r11", "below"),
            ("call_native r6, native:2", "index 2", "less than 2"),
        ],
    ),
    (
        Op::CallValue,
        &["move r6, r4\nmove r7, r5\ncall_value r6, 1\nreturn r6", "call_value r5, 0\nreturn r5"],
        &[
            ("move r6, r4\nmove r7, r0\ncall_value r6, 1", "r7 is i64", "dyn"),
            ("call_value r0, 0", "r0 is i64", "dyn"),
            ("call_value r6, 6", "7 registers from r6", "below"),
            ("call_value r6, 4294967295", "registers from r6", "below"),
        ],
    ),
    (
        Op::CallSite,
        &["move r6, r0\nmove r7, r5\ncall_site r6, site:0\nset_global r6, global:0"],
        &[
            ("move r6, r5\nmove r7, r5\ncall_site r6, site:0", "r6 is dyn", "i64"),
            ("call_site r11, site:0", "2 registers", "below"),
            ("call_site r6, site:1", "index 1", "less than 1"),
        ],
    ),
    (
        Op::Return,
        &["return r5", "return r4"],
        &[("return r0", "r0 is i64", "dyn"), ("return r6", "r6 is unset", "dyn"), ("return r12", "r12", "below")],
    ),
    (
        Op::Fault,
        &["fault 15, const:2"],
        &[("fault 16, const:2", "fault 16", "at most 15"), ("fault 0, const:1", "constant 1", "a string")],
    ),
    (Op::NoMatch, &["no_match r5"], &[("no_match r0", "r0 is i64", "dyn"), ("no_match r12", "r12", "below")]),
    (
        Op::New,
        &["move r6, r4\nmove r7, r1\nnew r8, r6, layout:0\nreturn r8", "new r6, r12, layout:1"],
        &[
            ("move r6, r5\nmove r7, r1\nnew r8, r6, layout:0", "r6 is dyn", "ref"),
            ("move r6, r4\nnew r8, r6, layout:0", "r7 is unset", "f64"),
            ("new r6, r11, layout:0", "2 registers from r11", "below"),
            ("new r6, r6, layout:2", "index 2", "less than 2"),
        ],
    ),
    (
        Op::NewTyped,
        &["move r6, r4\nmove r7, r1\nnew_typed r8, r6, r0, layout:0\nreturn r8"],
        &[
            ("new_typed r8, r6, r1, layout:1", "r1 is f64", "i64"),
            ("new_typed r8, r6, r0, layout:0", "r6 is unset", "ref"),
        ],
    ),
    (
        Op::NewTuple,
        &["new_tuple r6, r4, 2, type:12\nreturn r6", "new_tuple r6, r12, 0, type:8"],
        &[
            ("new_tuple r6, r4, 1, type:12", "1 values", "2, as type 12"),
            ("new_tuple r6, r4, 2, type:10", "type 10", "a tuple type"),
            ("new_tuple r6, r3, 2, type:12", "r3 is byte", "dyn"),
            ("new_tuple r6, r11, 2, type:12", "2 registers from r11", "below"),
        ],
    ),
    (
        Op::NewShape,
        &["new_shape r6, r4, 2, type:13\nreturn r6"],
        &[
            ("new_shape r6, r4, 3, type:13", "3 values", "2, as type 13"),
            ("new_shape r6, r4, 2, type:12", "type 12", "a shape type"),
            ("new_shape r6, r5, 2, type:13", "r6 is unset", "dyn"),
        ],
    ),
    (
        Op::NewRange,
        &["new_range r6, r4, 1\nreturn r6"],
        &[
            ("new_range r6, r4, 2", "c = 2", "at most 1"),
            ("new_range r6, r5, 0", "r6 is unset", "dyn"),
            ("new_range r6, r11, 0", "2 registers from r11", "below"),
        ],
    ),
    (
        Op::ArrayOf,
        &[
            "array_of r6, r0, 1, type:10\nreturn r6",
            "array_of r6, r4, 2, type:11",
            "array_of r6, r2, 1, type:19",
            "array_of r6, r1, 1, type:20",
            "move r1, r0\nmove r2, r0\narray_of r6, r0, 3, type:16",
        ],
        &[
            ("array_of r6, r1, 1, type:10", "r1 is f64", "i64"),
            ("array_of r6, r0, 1, type:11", "r0 is i64", "dyn"),
            ("array_of r6, r0, 1, type:16", "1 values", "3, as type 16"),
            ("array_of r6, r0, 1, type:12", "type 12", "an array type"),
        ],
    ),
    (
        Op::ArrayConst,
        &[
            "array_const r6, const:10",
            "array_const r6, const:11",
            "array_const r6, const:12",
            "array_const r6, const:13",
        ],
        &[
            ("array_const r6, const:14", "constant 14", "an array"),
            ("array_const r6, const:18", "index 18", "less than"),
        ],
    ),
    (
        Op::ArrayCopy,
        &["move r6, r0\nmove r7, r0\narray_copy r8, r4, r6\nreturn r8"],
        &[
            ("array_copy r8, r4, r0", "r1 is f64", "i64"),
            ("array_copy r8, r4, r11", "2 registers from r11", "below"),
            ("array_copy r8, r5, r6", "r5 is dyn", "ref"),
        ],
    ),
    (
        Op::ConcatN,
        &["move r6, r4\nmove r7, r4\nconcat_n r6, r6, 2\nreturn r6", "concat_n r6, r12, 0"],
        &[("concat_n r6, r4, 2", "r5 is dyn", "ref"), ("concat_n r6, r11, 65535", "65535 registers", "below")],
    ),
    (
        Op::DynToStr,
        &["dyn_to_str r6, r5, 1"],
        &[("dyn_to_str r6, r5, 2", "c = 2", "at most 1"), ("dyn_to_str r6, r0, 0", "r0 is i64", "dyn")],
    ),
    (
        Op::NewClosure,
        &["new_closure r6, r4, 2, fn:3\nreturn r6", "new_closure r6, r12, 0, fn:2"],
        &[
            ("new_closure r6, r4, 1, fn:3", "1 captured values", "2, as function 3"),
            ("new_closure r6, r3, 2, fn:3", "r3 is byte", "dyn"),
            ("new_closure r6, r4, 2, fn:1", "function 1", "a closure"),
            ("new_closure r6, r11, 2, fn:3", "2 registers from r11", "below"),
        ],
    ),
    (
        Op::Cast,
        &["cast r6, r5, r0, const:2"],
        &[("cast r6, r5, r0, const:3", "constant 3", "a string"), ("cast r6, r5, r1, const:2", "r1 is f64", "i64")],
    ),
    (
        Op::InitModule,
        &["init_module r6, module:0\nreturn r5"],
        &[
            ("init_module r5, module:0\nreturn r5", "r5 is unset", "dyn"),
            ("init_module r12, module:0", "r12", "below"),
            ("init_module r6, module:1", "index 1", "less than 1"),
        ],
    ),
    (Op::ModuleDone, &["module_done 1, module:0"], &[("module_done 2, module:0", "a = 2", "at most 1")]),
    (
        Op::NewGenerator,
        &["move r6, r0\nmove r7, r5\nload_type r8, type:0\nnew_generator r6, r6, 2, fn:1\nreturn r6"],
        &[
            ("new_generator r6, r6, 1, fn:1", "1 arguments", "2, as function 1"),
            ("new_generator r6, r4, 2, fn:1", "r4 is ref", "i64"),
            ("new_generator r6, r11, 2, fn:1", "3 registers from r11", "below"),
        ],
    ),
    (
        Op::Spawn,
        &["spawn r6, r4, 1\nreturn r6"],
        &[
            ("spawn r6, r5, 1", "r6 is unset", "dyn"),
            ("spawn r6, r0, 0", "r0 is i64", "dyn"),
            ("spawn r6, r11, 1", "2 registers from r11", "below"),
        ],
    ),
];

#[test]
fn each_operation_with_rules_of_its_own_is_accepted_and_refused() {
    for (op, right, wrong) in BY_HAND {
        assert!(!right.is_empty() && !wrong.is_empty(), "{op:?}");
        for code in *right {
            assert!(code.contains(op.mnemonic()) || *op == Op::Ext, "{op:?}: {code}");
            accept(&format!("{code}\nreturn r5").replace("return r6\nreturn r5", "return r6"));
        }
        for (code, found, expected) in *wrong {
            refuse(&format!("{code}\nreturn r5"), found, expected);
        }
    }
}

#[test]
fn every_operation_is_covered() {
    for op in Op::ALL {
        let regular = regular().iter().any(|(other, _)| other == op);
        let by_hand = BY_HAND.iter().any(|(other, ..)| other == op);
        assert!(regular != by_hand, "{op:?}");
    }
}

#[test]
fn a_subst_type_reads_as_many_types_as_the_function_has_variables() {
    let function =
        |code: &str| verify_function(&format!("fn generic(i64, dyn) -> dyn, registers 4, vars 0\n{code}\nreturn r1"));
    assert_eq!(function("subst_type r2, r0, type:15"), Ok(()));
    check_message(function("subst_type r2, r1, type:15"), "", "r1 is dyn", "i64");
    check_message(function("subst_type r2, r4, type:15"), "", "1 registers from r4", "below r4");
}

#[test]
fn a_jump_table_must_exist() {
    let word = Insn::ak(Op::Switch, 0, 99).0;
    refuse(&format!("word {word:#x}\nreturn r5"), "index 99 into jumptables", "less than 1");
}

#[test]
fn a_jump_table_belongs_to_one_switch() {
    let mut module = sample();
    let table = module.jump_tables.len() as u32;
    let word = Insn::ak(Op::Switch, 0, table).0;
    let text = format!("fn code(i64) -> i64, registers 1\nswitch r0, [a], a\na:\nword {word:#x}\nreturn r0\nreturn r0");
    assemble(&mut module, &text).unwrap();
    check_message(verify(&module).map_err(|error| error.to_string()), &text, "another switch", "a table of its own");
}

#[test]
fn each_offset_of_a_jump_table_leads_to_an_instruction() {
    for (offsets, default, found) in [
        (vec![0, 1], 2, "a jump to offset 3"),
        (vec![9], 0, "a jump to offset 10"),
        (vec![-1], 0, "a jump to offset 0"),
        (vec![i32::MAX], 0, "a jump to offset"),
        (vec![], i32::MIN, "a jump to offset"),
        (vec![0, 2], 0, "a jump to offset 3"),
    ] {
        let mut module = sample();
        let text = "fn code(i64) -> i64, registers 1\nswitch r0, [a], a\na:\nnop\narray_const r0, const:10\nload_int r0, 1\nreturn r0";
        assemble(&mut module, text).unwrap();
        *module.jump_tables.last_mut().unwrap() = (offsets, default);
        check_message(verify(&module).map_err(|error| error.to_string()), text, found, "");
    }
}
