//! Generators.

use super::build::*;
use crate::Datum::*;
use sayso_bytecode::{Class, NativeRef};
use sayso_types::TypeId;

/// Natives 0 and 1 are `next` and `close`. Function 1 counts from its argument to 3; the last is to be called.
fn go(main: &str) -> Result<crate::Datum, String> {
    let mut b = Build::new(
        "fn count(i64, ref) -> dyn, registers 4
        start:
        again:
            i64_to_str r2, r0
            yield r2
            add_i64_imm r0, r0, 1
            jump_gt_imm r0, 3, done
            jump again
        done:
            load_unit r2
            return r2
        end:
        clean:
            i64_to_str r3, r0
            array_push_dyn r1, r3
            rethrow r2
            cleanup start..end to clean, r2
         fn recursive(ref) -> dyn, registers 6
            array_len r1, r0
            load_int r2, 0
            array_get_ref r3, r0, r2
            load_int r2, 0
            call_native r2, native:0
            return r2
         fn fails(i64) -> dyn, registers 4
            load_unit r1
            yield r1
            div_i64 r0, r0, r0
            return r1",
    );
    b.add(main);
    let next = b.name("core.generator_next");
    let close = b.name("core.generator_close");
    let native = |key, params: &[Class], result| NativeRef {
        key,
        params: params.to_vec(),
        result,
        result_type: TypeId::ANY,
        type_vars: vec![],
    };
    b.module.natives.push(native(next, &[Class::I64, Class::Ref], Class::Dyn));
    b.module.natives.push(native(close, &[Class::Ref], Class::Dyn));
    b.module.types.array(TypeId::ANY);
    let mut natives = crate::generator_natives();
    for native in &mut natives {
        native.result = Class::Dyn;
    }
    b.run_with(&natives, &[]).map_err(|error| error.to_string())
}

const NEXT: &str = "
    load_int r4, 0
    move r5, r3
    call_native r4, native:0
    array_push_dyn r1, r4";

#[test]
fn values_come_one_by_one() {
    let main = format!(
        "fn f() -> dyn, registers 8
            load_type r1, type:10
            new_array r1, r1, 0
            load_int r2, 1
            move r3, r1
            load_type r4, type:10
            new_generator r3, [r2, 2], fn:1
            {NEXT}
            {NEXT}
            {NEXT}
            {NEXT}
            {NEXT}
            return r1"
    );
    assert_eq!(go(&main), Ok(Str("[1, 2, 3, (), ()]".into())));
}

#[test]
fn closing_runs_deferred_code() {
    let main = format!(
        "fn f() -> dyn, registers 8
            load_type r1, type:10
            new_array r1, r1, 0
            load_int r2, 1
            move r3, r1
            load_type r4, type:10
            new_generator r3, [r2, 2], fn:1
            {NEXT}
            {NEXT}
            move r4, r3
            call_native r4, native:1
            array_push_dyn r1, r4
            move r4, r3
            call_native r4, native:1
            {NEXT}
            return r1"
    );
    assert_eq!(go(&main), Ok(Str("[1, 2, 2, (), ()]".into())));
}

#[test]
fn closing_before_the_start_runs_nothing() {
    let main = format!(
        "fn f() -> dyn, registers 8
            load_type r1, type:10
            new_array r1, r1, 0
            load_int r2, 1
            move r3, r1
            load_type r4, type:10
            new_generator r3, [r2, 2], fn:1
            move r4, r3
            call_native r4, native:1
            {NEXT}
            return r1"
    );
    assert_eq!(go(&main), Ok(Str("[()]".into())));
}

#[test]
fn errors_end_a_generator() {
    let main = format!(
        "fn f() -> dyn, registers 8
            load_type r1, type:10
            new_array r1, r1, 0
            load_int r2, 0
            load_type r3, type:10
            new_generator r3, [r2, 1], fn:3
            {NEXT}
        start:
            {NEXT}
            return r1
        end:
        handler:
            {NEXT}
            return r1
            catch start..end to handler, r4"
    );
    assert_eq!(go(&main), Ok(Str("[(), ()]".into())));
}

#[test]
fn a_running_generator_cannot_be_resumed() {
    let main = format!(
        "fn f() -> dyn, registers 8
            load_type r1, type:10
            new_array r1, r1, 0
            load_type r2, type:10
            new_generator r3, [r1, 1], fn:2
            array_push_dyn r1, r3
            {NEXT}
            return r1"
    );
    assert_eq!(go(&main), Err("StateError: a generator cannot go on while it is running".into()));
}

#[test]
fn a_yield_outside_is_a_fault() {
    let main = "fn f() -> dyn, registers 2\n load_int r0, 0\n call r0, fn:3\n return r0";
    assert_eq!(go(main), Err("StateError: `yield` outside of a generator".into()));
}

#[test]
fn other_objects_are_no_generators() {
    let main = "fn f() -> dyn, registers 3\n load_int r0, 0\n i64_to_str r1, r0\n call_native r0, native:0\n return r0";
    assert!(go(main).unwrap_err().starts_with("CastError"));
}
