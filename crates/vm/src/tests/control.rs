//! Jumps, loops, calls, globals, modules.

use super::build::*;
use crate::Datum::*;
use crate::{ExitValue, Limits};
use sayso_bytecode::{Class, Constant, Global};
use sayso_types::TypeId;

pub(super) const FIB: &str = "
fn fib(i64) -> i64, registers 4
    jump_ge_imm r0, 2, more
    return r0
more:
    add_i64_imm r1, r0, -1
    call r1, fn:1
    add_i64_imm r2, r0, -2
    call r2, fn:1
    add_i64 r1, r1, r2
    return r1";

#[test]
fn calls_return_to_their_callers() {
    assert_eq!(run(FIB, &[Int(15)]), Ok(Int(610)));
}

#[test]
fn a_long_loop_does_not_grow_the_native_stack() {
    let listing = "
    fn loop() -> i64, registers 2
        load_int r0, 0
        load_int r1, 20000000
    again:
        for_range r0, r1, again
        return r0";
    assert_eq!(run(listing, &[]), Ok(Int(20_000_000)));
}

#[test]
fn every_branch_goes_both_ways() {
    let taken = |line: &str, args: &[crate::Datum], classes: &str| {
        let listing = format!(
            "fn f({classes}) -> i64, registers 3\n {line}, yes\n load_int r2, 0\n return r2\nyes:\n load_int r2, 1\n return r2"
        );
        run(&listing, args) == Ok(Int(1))
    };
    for (op, pairs) in [
        ("jump_eq_int", [(1, 1, true), (1, 2, false), (2, 1, false)]),
        ("jump_ne_int", [(1, 1, false), (1, 2, true), (2, 1, true)]),
        ("jump_lt_int", [(1, 1, false), (1, 2, true), (2, 1, false)]),
        ("jump_le_int", [(1, 1, true), (1, 2, true), (2, 1, false)]),
    ] {
        for (a, b, expected) in pairs {
            assert_eq!(taken(&format!("{op} r0, r1"), &[Int(a), Int(b)], "i64, i64"), expected, "{op} {a} {b}");
        }
    }
    for (op, three) in [
        ("jump_eq_imm", [false, true, false]),
        ("jump_ne_imm", [true, false, true]),
        ("jump_lt_imm", [true, false, false]),
        ("jump_le_imm", [true, true, false]),
        ("jump_gt_imm", [false, false, true]),
        ("jump_ge_imm", [false, true, true]),
    ] {
        for (a, expected) in [-6, -5, -4].into_iter().zip(three) {
            assert_eq!(taken(&format!("{op} r0, -5"), &[Int(a)], "i64"), expected, "{op} {a}");
        }
    }
    let nan = f64::NAN;
    for (op, pairs) in [
        ("jump_eq_f64", [(1.0, 1.0, true), (1.0, 2.0, false), (nan, nan, false)]),
        ("jump_ne_f64", [(1.0, 1.0, false), (1.0, 2.0, true), (nan, nan, true)]),
        ("jump_lt_f64", [(1.0, 1.0, false), (1.0, 2.0, true), (nan, 1.0, false)]),
        ("jump_le_f64", [(1.0, 1.0, true), (2.0, 1.0, false), (nan, 1.0, false)]),
        ("jump_nlt_f64", [(1.0, 1.0, true), (1.0, 2.0, false), (nan, 1.0, true)]),
        ("jump_nle_f64", [(1.0, 1.0, false), (2.0, 1.0, true), (nan, 1.0, true)]),
    ] {
        for (a, b, expected) in pairs {
            assert_eq!(taken(&format!("{op} r0, r1"), &[Float(a), Float(b)], "f64, f64"), expected, "{op} {a} {b}");
        }
    }
    assert!(taken("jump_if r0", &[Bool(true)], "bool") && !taken("jump_if r0", &[Bool(false)], "bool"));
    assert!(!taken("jump_if_not r0", &[Bool(true)], "bool") && taken("jump_if_not r0", &[Bool(false)], "bool"));
}

#[test]
fn loops_count_to_their_end() {
    let inclusive = "
    fn f(i64, i64) -> i64, registers 3
        load_int r2, 0
    again:
        add_i64_imm r2, r2, 1
        for_range_to r0, r1, again
        return r2";
    assert_eq!(run(inclusive, &[Int(i64::MAX - 4), Int(i64::MAX)]), Ok(Int(5)));
    let backwards = "
    fn f(i64) -> i64, registers 2
        load_int r1, 0
    again:
        jump_le_imm r0, 0, done
        add_i64 r1, r1, r0
        add_i64_imm r0, r0, -1
        jump again
    done:
        return r1";
    assert_eq!(run(backwards, &[Int(100)]), Ok(Int(5050)));
}

#[test]
fn switches_have_a_default() {
    let listing = "
    fn f(i64) -> i64, registers 2
        switch r0, zero, one, other
    zero:
        load_int r1, 100
        return r1
    one:
        load_int r1, 101
        return r1
    other:
        load_int r1, -1
        return r1";
    for (value, expected) in [(0, 100), (1, 101), (2, -1), (-1, -1), (i64::MIN, -1)] {
        assert_eq!(run(listing, &[Int(value)]), Ok(Int(expected)));
    }
}

#[test]
fn function_values_check_their_arity() {
    let listing = "
    fn inner(ref, dyn) -> dyn, registers 3, closure, captures 1
        get_capture r2, r0, 0
        unbox_i64 r2, r2
        unbox_i64 r1, r1
        add_i64 r1, r1, r2
        box_i64 r1, r1
        return r1
    fn outer(dyn, i64) -> dyn, registers 6
        new_closure r2, [r0, 1], fn:1
        box_i64 r3, r1
        move r4, r3
        ARGS
        return r2";
    let with = |args: &str| run(&listing.replace("ARGS", args), &[Int(40), Int(2)]);
    assert_eq!(with("call_value r2, 1"), Ok(Int(42)));
    let error = with("call_value r2, 2").unwrap_err().to_string();
    assert_eq!(error, "DispatchError: `inner` takes 1 argument, not 2");
    let listing = "fn f(dyn) -> dyn, registers 2\n call_value r0, 0\n return r0";
    assert!(fails(listing, &[Str("x".into())]).starts_with("CastError"));
    assert!(fails(listing, &[Int(3)]).starts_with("CastError"));
}

#[test]
fn cells_are_shared() {
    let listing = "
    fn add(ref, dyn) -> dyn, registers 5, closure, captures 1
        get_capture r2, r0, 0
        to_ref r2, r2
        cell_get r3, r2
        unbox_i64 r3, r3
        unbox_i64 r4, r1
        add_i64 r3, r3, r4
        box_i64 r3, r3
        cell_set r2, r3
        return r3
    fn f(dyn) -> dyn, registers 6
        new_cell r1, r0
        new_closure r2, [r1, 1], fn:1
        move r3, r2
        move r4, r0
        call_value r3, 1
        move r3, r2
        move r4, r0
        call_value r3, 1
        cell_get r0, r1
        return r0";
    assert_eq!(run(listing, &[Int(1 << 50)]), Ok(Int(3 << 50)));
    let wrong = "fn f(ref) -> dyn, registers 2\n cell_get r1, r0\n return r1";
    assert!(fails(wrong, &[Str("x".into())]).starts_with("CastError"));
    let wrong = "fn f(ref) -> dyn, registers 2\n load_unit r1\n cell_set r0, r1\n return r1";
    assert!(fails(wrong, &[Str("x".into())]).starts_with("CastError"));
    let wrong = "fn f(ref) -> dyn, registers 2\n get_capture r1, r0, 0\n return r1";
    assert!(fails(wrong, &[Str("x".into())]).starts_with("CastError"));
}

#[test]
fn globals_have_no_value_before_the_first_assignment() {
    for (class, datum) in [(Class::I64, Int(0)), (Class::Dyn, Int(0)), (Class::Ref, Str(String::new()))] {
        let text = class.name();
        let mut b = Build::new(&format!(
            "fn set({text}) -> {text}, registers 1
                set_global r0, global:0
                get_global r0, global:0
                return r0
             fn get() -> {text}, registers 1
                get_global r0, global:0
                return r0"
        ));
        let name = b.name("main.limit");
        b.module.globals.push(Global { name, class, ty: TypeId::ANY });
        let (mut vm, _) = b.vm(&[], Limits::default());
        let error = vm.call(2, &[]).unwrap_err();
        assert_eq!(error.to_string(), "StateError: `main.limit` has no value yet");
        assert_eq!(vm.call(1, std::slice::from_ref(&datum)), Ok(datum.clone()));
        vm.collect();
        assert_eq!(vm.call(2, &[]), Ok(datum));
    }
}

#[test]
fn modules_run_once_unless_they_fail() {
    let listing = "
    fn other() -> dyn, registers 2
        get_global r0, global:0
        add_i64_imm r0, r0, 1
        set_global r0, global:0
        jump_eq_imm r0, 2, fine
        fault 10, const:0
    fine:
        module_done 1, module:1
        load_unit r0
        return r0
    fn f() -> i64, registers 2
        load_int r0, 0
        set_global r0, global:0
    first:
        init_module r1, module:1
        jump on
    end:
    failed:
        module_done 0, module:1
    on:
        init_module r1, module:1
        init_module r1, module:1
        get_global r0, global:0
        return r0
        catch first..end to failed, r1";
    let mut b = Build::new(listing);
    b.str("failed");
    let name = b.name("main.count");
    b.module.globals.push(Global { name, class: Class::I64, ty: TypeId::I64 });
    b.module.modules.push(sayso_bytecode::ModuleInfo { name, init: 1, file: name, library: false });
    assert_eq!(b.run(&[]), Ok(Int(2)));
}

#[test]
fn main_runs_behind_its_module() {
    let mut b = Build::new("fn main(ref) -> i64, registers 2\n array_len r1, r0\n return r1");
    b.module.main = Some((1, true, Some(TypeId::I64)));
    let (mut vm, _) = b.vm(&[], Limits::default());
    assert_eq!(vm.run_main(&["a".into(), "b".into()]), Ok(ExitValue::Status(2)));
}

#[test]
fn constants_of_every_kind() {
    let kinds: Vec<(Constant, &str, crate::Datum)> = vec![
        (Constant::I64(0), "i64", Int(0)),
        (Constant::F64(0.0), "f64", Float(0.0)),
        (Constant::Str("text".into()), "ref", Str("text".into())),
        (Constant::Symbol(30), "dyn", Symbol(sayso_base::names::ALL[30].into())),
        (Constant::Type(TypeId::I64), "dyn", Str("i64".into())),
        (Constant::Unit, "dyn", Unit),
        (Constant::Bool(true), "dyn", Bool(true)),
        (Constant::Byte(7), "dyn", Byte(7)),
    ];
    for (constant, class, expected) in kinds {
        let mut b = Build::new(&format!("fn f() -> {class}, registers 1\n load_const r0, const:0\n return r0"));
        b.constant(constant);
        assert_eq!(b.run(&[]), Ok(expected));
    }
}

#[test]
fn compile_time_expressions_are_computed_once() {
    let listing = "
    fn slow() -> i64, registers 2
        get_global r0, global:0
        add_i64_imm r0, r0, 1
        set_global r0, global:0
        return r0
    fn own() -> i64, registers 1
        load_comptime r0, comptime:1
        return r0
    fn f() -> i64, registers 3
        load_int r2, 0
        set_global r2, global:0
        load_comptime r0, comptime:0
        load_comptime r1, comptime:0
        add_i64 r0, r0, r1
        add_i64 r0, r0, r2
        return r0
    fn cyclic() -> i64, registers 1
        load_comptime r0, comptime:1
        return r0";
    let mut b = Build::new(listing);
    let name = b.name("main.count");
    b.module.globals.push(Global { name, class: Class::I64, ty: TypeId::I64 });
    b.module.comptimes = vec![(1, Class::I64), (2, Class::I64)];
    let (mut vm, _) = b.vm(&[], Limits::default());
    assert_eq!(vm.call(3, &[]), Ok(Int(2)));
    let error = vm.call(4, &[]).unwrap_err().to_string();
    assert_eq!(error, "StateError: a compile-time expression needs its own value");
    let mut constants = Vec::new();
    assert_eq!(vm.run_comptime(0, &mut constants), Ok(Some(0)));
    assert_eq!(constants, [Constant::I64(1)]);
}

#[test]
fn many_arguments_and_registers_move_the_stack() {
    // Each activation needs 1000 registers, so the stack grows several times with live references in it.
    let listing = "
    fn deep(i64, ref) -> ref, registers 1000
        jump_gt_imm r0, 0, more
        return r1
    more:
        add_i64_imm r998, r0, -1
        move r999, r1
        i64_to_str r1, r0
        concat r999, r999, r1
        move r2, r998
        move r3, r999
        call r2, fn:1
        return r2";
    assert_eq!(run(listing, &[Int(12), Str(">".into())]), Ok(Str(">121110987654321".into())));
}
