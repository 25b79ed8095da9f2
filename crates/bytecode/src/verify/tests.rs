//! One accepted and at least one refused use of every operation, and what each table must keep to.

use super::*;
use crate::assemble::assemble;
use crate::module::Class;
use crate::op::{Format, Insn, OperandRule};
use crate::testing::sample;

mod agreement;
mod flow;
mod operations;
mod tables;
mod wide;

/// Verifies the sample with one more function.
fn verify_function(text: &str) -> Result<(), String> {
    let mut module = sample();
    assemble(&mut module, text).unwrap_or_else(|error| panic!("{error}\n{text}"));
    verify(&module).map_err(|error| error.to_string())
}

/// Verifies code with parameters `r0`: i64, `r1`: f64, `r2`: bool, `r3`: byte, `r4`: ref, `r5`: dyn and result dyn.
fn verify_code(code: &str) -> Result<(), String> {
    verify_function(&format!("fn code(i64, f64, bool, byte, ref, dyn) -> dyn, registers 12\n{code}"))
}

#[track_caller]
fn accept(code: &str) {
    if let Err(error) = verify_code(code) {
        panic!("{code}\n{error}");
    }
}

/// The message must contain both parts.
#[track_caller]
fn refuse(code: &str, found: &str, expected: &str) {
    check_message(verify_code(code), code, found, expected);
}

#[track_caller]
fn check_message(result: Result<(), String>, input: &str, found: &str, expected: &str) {
    match result {
        Ok(()) => panic!("accepted:\n{input}"),
        Err(message) => {
            let (left, right) = message.split_once("; expected ").expect(&message);
            assert!(left.contains(found) && right.contains(expected), "{input}\n{message}");
        }
    }
}

#[test]
fn the_sample_is_sound() {
    assert_eq!(verify(&sample()), Ok(()));
}

#[test]
fn an_empty_module_is_sound() {
    assert_eq!(verify(&Module::default()), Ok(()));
}

#[test]
fn an_error_names_function_offset_and_operation() {
    let message = verify_code("nop\nadd_i64 r6, r0, r1\nreturn r5").unwrap_err();
    assert_eq!(message, "function 7 `code`, offset 1, `add_i64`: r1 is f64; expected i64");
}

#[test]
fn a_message_of_a_table_names_the_entry() {
    let mut module = sample();
    module.globals[2].name = 99;
    let names = module.names.len();
    assert_eq!(verify(&module).unwrap_err().to_string(), format!("global 2: name 99; expected less than {names}"));
}
