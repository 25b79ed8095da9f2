//! Throwing, catching, cleaning up, traces.

use super::build::*;
use crate::Datum::*;
use crate::{ErrorKind, Excess, Limits};
use sayso_base::{FileId, Span};

#[test]
fn thrown_values_arrive_in_the_handler_of_a_caller() {
    let listing = "
    fn inner(dyn) -> dyn, registers 1
        throw r0
    fn f(dyn) -> dyn, registers 4
    start:
        move r1, r0
        call r1, fn:1
        return r1
    end:
    handler:
        return r2
        catch start..end to handler, r2";
    assert_eq!(run(listing, &[Int(i64::MAX)]), Ok(Int(i64::MAX)));
}

#[test]
fn what_nobody_catches_names_its_places() {
    let mut b = Build::new(
        "fn inner(i64) -> i64, registers 2\n div_i64 r1, r0, r0\n return r1
         fn f(i64) -> i64, registers 2\n call r0, fn:1\n return r0",
    );
    b.module.functions[1].debug.spans = vec![(0, Span::new(FileId(0), 5, 9))];
    let error = b.run(&[Int(0)]).unwrap_err();
    assert_eq!(error.to_string(), "DivisionError: division of 0 by zero");
    assert_eq!(error.kind, ErrorKind::Thrown);
    let names: Vec<_> = error.trace.iter().map(|frame| frame.function.as_str()).collect();
    assert_eq!(names, ["inner", "f"]);
    assert_eq!(error.span(), Some(Span::new(FileId(0), 5, 9)));
}

#[test]
fn any_value_can_be_thrown() {
    let error = run("fn f(dyn) -> dyn, registers 1\n throw r0", &[Str("no".into())]).unwrap_err();
    assert_eq!((error.class.as_str(), error.message.as_str()), ("str", "no"));
}

#[test]
fn inner_handlers_come_first_and_siblings_do_not_catch() {
    let listing = "
    fn f(i64) -> i64, registers 4
        load_int r1, 0
    outer_start:
    start:
        div_i64 r2, r0, r0
        return r2
    end:
    handler:
        add_i64_imm r1, r1, 1
        div_i64 r3, r0, r0
        return r3
    outer_end:
    outer:
        add_i64_imm r1, r1, 10
        return r1
        catch start..end to handler, r2
        catch outer_start..outer_end to outer, r2";
    assert_eq!(run(listing, &[Int(0)]), Ok(Int(11)));
}

#[test]
fn cleanup_runs_and_the_error_goes_on() {
    let listing = "
    fn inner(i64, ref) -> dyn, registers 4
    start:
        div_i64 r2, r0, r0
        load_unit r2
        return r2
    end:
    clean:
        load_int r3, 1
        array_push_i64 r1, r3
        rethrow r2
        cleanup start..end to clean, r2
    fn f(i64) -> dyn, registers 6
        load_type r1, type:10
        new_array r1, r1, 0
    start:
        move r2, r0
        move r3, r1
        call r2, fn:1
        return r2
    end:
    handler:
        array_len r3, r1
        box_i64 r3, r3
        return r3
        catch start..end to handler, r2";
    let mut b = Build::new(listing);
    b.module.types.array(sayso_types::TypeId::I64);
    assert_eq!(b.run(&[Int(0)]), Ok(Int(1)));
}

#[test]
fn an_error_in_deferred_code_is_attached_to_the_first() {
    let mut b = Build::new(
        "
    fn f(i64) -> i64, registers 4
    outer_start:
    start:
        fault 3, const:0
    end:
    clean:
        fault 4, const:1
    outer_end:
    outer:
        load_int r3, 7
        rethrow r1
        cleanup start..end to clean, r2
        cleanup outer_start..outer_end to outer, r1",
    );
    b.str("first");
    b.str("second");
    let error = b.run(&[Int(0)]).unwrap_err();
    assert_eq!(error.to_string(), "IndexError: first");
    let attached: Vec<_> = error.attached.iter().map(|error| error.to_string()).collect();
    assert_eq!(attached, ["KeyError: second"]);
}

#[test]
fn what_deferred_code_catches_itself_is_not_attached() {
    let mut b = Build::new(
        "
    fn f(i64) -> i64, registers 6
    start:
        fault 3, const:0
    end:
    clean:
    inner_start:
        fault 4, const:1
    inner_end:
    inner:
        rethrow r2
        cleanup start..end to clean, r2
        catch inner_start..inner_end to inner, r3",
    );
    b.str("first");
    b.str("second");
    let error = b.run(&[Int(0)]).unwrap_err();
    assert_eq!(error.to_string(), "IndexError: first");
    assert_eq!(error.attached, []);
}

#[test]
fn rethrowing_keeps_the_trace() {
    let mut b = Build::new(
        "
    fn inner() -> dyn, registers 1
        fault 3, const:0
    fn f() -> dyn, registers 3
    start:
        call r0, fn:1
        return r0
    end:
    handler:
        rethrow r0
        catch start..end to handler, r0",
    );
    b.str("first");
    let error = b.run(&[]).unwrap_err();
    let names: Vec<_> = error.trace.iter().map(|frame| frame.function.as_str()).collect();
    assert_eq!(names, ["inner", "f"]);
}

#[test]
fn depth_is_an_error_that_can_be_caught() {
    let listing = "
    fn down(i64) -> i64, registers 2
        add_i64_imm r1, r0, 1
        call r1, fn:1
        return r1
    fn f() -> i64, registers 3
    start:
        load_int r0, 0
        call r0, fn:1
        return r0
    end:
    handler:
        load_int r1, -1
        return r1
        catch start..end to handler, r0";
    assert_eq!(run(listing, &[]), Ok(Int(-1)));
    let (mut vm, _) = Build::new(listing).vm(&[], Limits { depth: 10, ..Limits::default() });
    let error = vm.call(1, &[Int(0)]).unwrap_err();
    assert_eq!(error.to_string(), "DepthError: calls are nested deeper than 10");
    assert_eq!(error.trace.len(), 10);
    let (mut vm, _) = Build::new(listing).vm(&[], Limits { depth: 5000, ..Limits::default() });
    let error = vm.call(1, &[Int(0)]).unwrap_err();
    assert!(error.omitted > 4000, "{}", error.omitted);
}

#[test]
fn limits_pass_by_catch_but_not_by_cleanup() {
    let listing = "
    fn f(ref) -> i64, registers 6
    outer_start:
    start:
        load_int r1, 0
    again:
        add_i64_imm r1, r1, 1
        jump again
    end:
    clean:
        load_int r4, 5
        array_push_i64 r0, r4
        rethrow r2
    outer_end:
    outer:
        load_int r3, 7
        return r3
        cleanup start..end to clean, r2
        catch outer_start..outer_end to outer, r1
    fn new() -> ref, registers 1
        load_type r0, type:10
        new_array r0, r0, 0
        return r0";
    let mut b = Build::new(listing);
    b.module.types.array(sayso_types::TypeId::I64);
    let (mut vm, _) = b.vm(&[], Limits { fuel: Some(10_000), ..Limits::default() });
    let array = vm.call(2, &[]).unwrap();
    let error = vm.call(1, std::slice::from_ref(&array)).unwrap_err();
    assert_eq!(error.kind, ErrorKind::Limit(Excess::Fuel));
    assert!(vm.display(&array).is_err(), "what deferred code left of its reserve is nobody's");
    // The VM stays usable.
    vm.set_fuel(Some(100));
    assert_eq!(vm.display(&array), Ok("[5]".into()));
    assert!(vm.call(2, &[]).is_ok());
}
