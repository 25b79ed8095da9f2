//! Sets at hand-written places, and in functions with many registers. Agreement with a plain data flow is tested with
//! the verifier's.

use super::*;
use crate::assemble::assemble;
use crate::testing::sample;

fn maps(text: &str) -> ReferenceMaps {
    let mut module = sample();
    assemble(&mut module, text).unwrap();
    crate::verify::verify(&module).unwrap();
    reference_maps(&module, module.functions.len() as u32 - 1)
}

fn at(maps: &ReferenceMaps, pc: u32) -> Vec<u16> {
    maps.at(pc).iter().collect()
}

#[test]
fn parameters_and_results_are_in_the_sets() {
    let maps = maps(
        "fn f(i64, ref, dyn) -> dyn, registers 8
            move r3, r1
            box_i64 r4, r0
            move r3, r0
            call r4, fn:0
            return r4",
    );
    assert_eq!(at(&maps, 0), [1, 2]);
    assert_eq!(at(&maps, 1), [1, 2, 3]);
    assert_eq!(at(&maps, 2), [1, 2, 3, 4]);
    assert_eq!(at(&maps, 3), [1, 2, 4]);
    assert_eq!(at(&maps, 4), [1, 2, 4]);
    assert!(maps.at(1).contains(3) && !maps.at(1).contains(0) && !maps.at(1).contains(4));
}

#[test]
fn a_set_can_be_cut_at_a_callee_s_window() {
    let maps = maps("fn f(ref, dyn) -> dyn, registers 4\nmove r2, r1\nmove r3, r1\nreturn r3");
    let below = |limit| maps.at(2).below(limit).collect::<Vec<u16>>();
    assert_eq!(below(0), []);
    assert_eq!(below(2), [0, 1]);
    assert_eq!(below(3), [0, 1, 2]);
    assert_eq!(below(60_000), [0, 1, 2, 3]);
}

#[test]
fn an_ext_word_and_what_is_not_reached_have_the_set_before() {
    let maps = maps("fn f(dyn) -> dyn, registers 2\narray_const r1, const:10\nreturn r1\nmove r0, r1\nreturn r1");
    assert_eq!(at(&maps, 0), [0]);
    assert_eq!(at(&maps, 1), [0]);
    assert_eq!(at(&maps, 2), [0, 1]);
    assert_eq!(at(&maps, 3), [0, 1]);
}

#[test]
fn registers_in_many_words() {
    for registers in [33u32, 256, 257, 2_049, 65_535] {
        let last = registers - 1;
        let maps = maps(&format!(
            "fn f(ref) -> ref, registers {registers}
                move r{last}, r0
                move r31, r0
                move r32, r{last}
                return r0"
        ));
        let expected: Vec<u16> = if last == 32 { vec![0, 31, 32] } else { vec![0, 31, 32, last as u16] };
        assert_eq!(at(&maps, 3), expected, "{registers}");
        assert_eq!(at(&maps, 1), [0, last as u16], "{registers}");
        assert!(maps.at(1).contains(last as u16));
        assert!(!maps.at(0).contains(last as u16));
        assert_eq!(maps.at(3).below(last as u16).collect::<Vec<u16>>(), expected[..expected.len() - 1]);
    }
}

#[test]
fn equal_sets_are_shared() {
    let mut text = "fn f(ref, i64) -> ref, registers 4000\n".to_string();
    for _ in 0..1_000 {
        text.push_str("move r3000, r0\nmove r3000, r1\n");
    }
    text.push_str("return r0");
    let maps = maps(&text);
    assert_eq!(maps.starts.len(), 2_001);
    assert!(maps.nodes.len() <= 10, "{}", maps.nodes.len());
}

#[test]
fn a_function_that_is_not_there_has_no_references() {
    let maps = reference_maps(&sample(), 99);
    assert_eq!(at(&maps, 0), []);
    assert!(!maps.at(7).contains(65_535));
}
