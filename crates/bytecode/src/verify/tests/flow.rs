//! What the data flow proves across jumps, calls and handlers.

use super::*;
use crate::module::{Handler, HandlerKind};

#[test]
fn code_must_not_run_off_its_end() {
    refuse("nop", "the end of the code", "a jump, return");
    refuse("jump_if r2, 0\nnop", "the end of the code", "a jump, return");
    refuse("", "the end of the code", "a jump, return");
    refuse("array_const r6, const:10", "the end of the code", "a jump, return");
    accept("a:\njump a");
    accept("throw r5");
    accept("rethrow r5");
}

#[test]
fn code_that_is_not_reached_is_checked_for_form_only() {
    accept("return r5\nadd_i64 r6, r1, r7");
    refuse("return r5\nadd_i64 r6, r1, r12", "r12", "below");
}

#[test]
fn a_register_is_set_where_all_paths_set_it_alike() {
    accept("jump_if r2, a\nmove r6, r5\njump b\na:\nmove r6, r5\nb:\nreturn r6");
    refuse("jump_if r2, a\nmove r6, r5\na:\nreturn r6", "r6 is unset", "dyn");
    refuse("jump_if r2, a\nmove r6, r0\njump b\na:\nmove r6, r5\nb:\nnop\nreturn r6", "r6 is unset", "dyn");
}

#[test]
fn an_object_and_a_dynamic_value_meet_as_dynamic() {
    let meet = |end: &str| format!("jump_if r2, a\nmove r6, r4\njump b\na:\nmove r6, r5\nb:\n{end}");
    accept(&meet("return r6"));
    refuse(&meet("array_len r7, r6\nreturn r5"), "r6 is dyn", "ref");
}

#[test]
fn a_loop_takes_away_what_it_changes() {
    accept("a:\nadd_i64_imm r0, r0, 1\njump_if r2, a\nreturn r5");
    refuse("a:\nadd_i64 r6, r0, r0\nmove r0, r1\njump a", "r0 is unset", "i64");
    refuse("move r6, r4\na:\narray_len r7, r6\nmove r6, r5\njump a", "r6 is dyn", "ref");
    // Two rounds pass before it shows.
    refuse("move r6, r4\nmove r7, r4\na:\narray_len r8, r6\nmove r6, r7\nmove r7, r5\njump a", "r6 is dyn", "ref");
}

#[test]
fn a_switch_carries_the_state_to_all_its_targets() {
    accept("move r6, r5\nswitch r0, [a, b], c\na:\nreturn r6\nb:\nreturn r6\nc:\nreturn r6");
    refuse("switch r0, [a, b], c\na:\nmove r6, r5\nb:\nreturn r6\nc:\nreturn r5", "r6 is unset", "dyn");
}

#[test]
fn for_loops_go_on_behind_themselves() {
    accept("move r6, r0\na:\nfor_range r0, r6, a\nreturn r5");
    accept("a:\nfor_array r0, r4, a\nreturn r5");
    refuse("a:\nfor_array r0, r5, a\nreturn r5", "r5 is dyn", "ref");
}

#[test]
fn after_a_call_the_registers_from_its_window_on_are_unset_but_the_result() {
    refuse("move r7, r5\ncall r6, fn:0\nreturn r7", "r7 is unset", "dyn");
    accept("move r7, r5\ncall r8, fn:0\nreturn r7");
    accept("call r6, fn:0\nreturn r6");
}

#[test]
fn a_handler_is_entered_with_what_holds_all_over_its_range() {
    let within = |body: &str, handler: &str| format!("a:\n{body}\nb:\nreturn r5\nh:\n{handler}\ncatch a..b to h, r8");
    accept(&within("call r9, fn:0", "return r8"));
    accept(&within("call r9, fn:0", "array_len r6, r4\nreturn r5"));
    refuse(&within("move r9, r5\ncall r10, fn:0", "return r9"), "r9 is unset", "dyn");
    refuse(&within("move r6, r5\ncall r9, fn:0", "return r6"), "r6 is unset", "dyn");
    refuse(&within("move r4, r5\ncall r9, fn:0", "array_len r6, r4\nreturn r5"), "r4 is dyn", "ref");
}

#[test]
fn the_last_write_in_a_range_does_not_count_for_its_handler() {
    // The write is the range's last instruction: before it `r4` is an object.
    accept("a:\ncall r9, fn:0\nmove r4, r5\nb:\nreturn r5\nh:\narray_len r6, r4\nreturn r8\ncatch a..b to h, r8");
    refuse(
        "a:\ncall r9, fn:0\nmove r4, r5\nnop\nb:\nreturn r5\nh:\narray_len r6, r4\nreturn r8\ncatch a..b to h, r8",
        "r4 is dyn",
        "ref",
    );
}

#[test]
fn a_write_before_a_range_counts_for_its_handler() {
    accept("move r6, r4\na:\ncall r9, fn:0\nb:\nreturn r5\nh:\narray_len r7, r6\nreturn r8\ncatch a..b to h, r8");
}

#[test]
fn a_call_that_fails_has_overwritten_its_window() {
    refuse(
        "move r6, r5\nmove r7, r5\na:\ncall r6, fn:0\nb:\nreturn r5\nh:\nreturn r6\ncatch a..b to h, r8",
        "r6 is unset",
        "dyn",
    );
}

#[test]
fn a_handler_covers_blocks_entered_by_jumps() {
    refuse(
        "jump_if r2, in\nmove r6, r5\na:\nnop\nin:\ncall r9, fn:0\nb:\nreturn r5\nh:\nreturn r6\ncatch a..b to h, r8",
        "r6 is unset",
        "dyn",
    );
}

#[test]
fn an_outer_handler_sees_what_an_inner_one_sees() {
    let code = |body: &str, outer: &str| {
        format!(
            "move r6, r4\no:\nnop\na:\n{body}\ncall r9, fn:0\nb:\nreturn r5\nh:\nreturn r8\np:\nreturn r5\ng:\n{outer}\nreturn r5
            catch a..b to h, r8\ncleanup o..p to g, r7"
        )
    };
    accept(&code("nop", "array_len r8, r6"));
    refuse(&code("move r6, r5", "array_len r8, r6"), "r6 is dyn", "ref");
    accept(&code("move r6, r5", "move r7, r6"));
}

#[test]
fn handlers_must_nest_and_lead_forwards() {
    let code = |handlers: &str| format!("a:\nnop\nb:\nnop\nc:\nnop\nd:\nnop\ne:\nreturn r5\n{handlers}");
    accept(&code("catch b..c to e, r8\ncatch a..d to e, r8"));
    accept(&code("catch a..c to e, r8\ncatch a..c to e, r8"));
    accept(&code("catch a..b to e, r8\ncatch b..c to e, r8\ncatch a..c to e, r9\ncatch c..d to e, r7"));
    refuse(&code("catch a..c to e, r8\ncatch b..d to e, r8"), "overlap", "apart");
    refuse(&code("catch a..d to e, r8\ncatch b..c to e, r8"), "handler 1 inside the range of handler 0", "inner");
    refuse(&code("catch b..c to a, r8"), "at 0", "behind its range");
    refuse(&code("catch b..d to c, r8"), "at 2", "behind its range");
    refuse(&code("catch a..c to e, r12"), "r12", "below");
}

#[test]
fn handlers_must_be_in_the_code() {
    let with = |start, end, target| {
        let mut module = sample();
        assemble(&mut module, "fn code(dyn) -> dyn, registers 2\nload_unit r0\narray_const r1, const:10\nreturn r0")
            .unwrap();
        let handler = Handler { start, end, target, register: 1, kind: HandlerKind::Catch };
        module.functions.last_mut().unwrap().handlers.push(handler);
        verify(&module).map_err(|error| error.to_string())
    };
    assert_eq!(with(0, 1, 3), Ok(()));
    check_message(with(0, 0, 3), "", "for 0..0", "not empty");
    check_message(with(2, 1, 3), "", "for 2..1", "not empty");
    check_message(with(0, 5, 3), "", "for 0..5", "up to 4");
    check_message(with(0, 1, 4), "", "at 4", "below 4");
    check_message(with(0, 1, 2), "", "an `ext` word", "an instruction");
    check_message(with(0, 2, 3), "", "an `ext` word", "an instruction");
    check_message(with(2, 3, 3), "", "an `ext` word", "an instruction");
}
