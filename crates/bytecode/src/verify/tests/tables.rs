//! The tables of a module: each rule broken once.

use super::*;
use crate::module::*;
use crate::testing::at;
use sayso_base::{FileId, Span};
use sayso_types::{DeclId, TypeId, VarId};
use std::sync::Arc;

/// Changes the sample in one place and expects a message with these parts.
#[track_caller]
fn broken(change: impl FnOnce(&mut Module), found: &str, expected: &str) {
    let mut module = sample();
    change(&mut module);
    check_message(verify(&module).map_err(|error| error.to_string()), "the changed sample", found, expected);
}

#[track_caller]
fn sound(change: impl FnOnce(&mut Module)) {
    let mut module = sample();
    change(&mut module);
    assert_eq!(verify(&module), Ok(()));
}

const FAR: u32 = 5_000;

#[test]
fn indices_between_tables() {
    broken(|m| m.globals[0].name = FAR, "global 0: name 5000", "less than");
    broken(|m| m.globals[0].ty = TypeId(FAR), "type 5000", "less than");
    broken(|m| m.natives[1].key = FAR, "native 1: name 5000", "less than");
    broken(|m| m.natives[1].result_type = TypeId(FAR), "type 5000", "less than");
    broken(|m| m.natives[1].type_vars[0] = VarId(FAR), "type variable 5000", "less than");
    broken(|m| m.sites[0].multi = FAR, "call site 0: multi-function 5000", "less than");
    broken(|m| m.modules[0].name = FAR, "source module 0: name 5000", "less than");
    broken(|m| m.modules[0].file = FAR, "name 5000", "less than");
    broken(|m| m.modules[0].init = FAR, "function 5000", "less than");
    broken(|m| m.comptimes[0].0 = FAR, "function 5000", "less than");
    broken(|m| m.exports[0].0 = FAR, "export 0: name 5000", "less than");
    broken(|m| m.exports[0].1 = FAR, "function 5000", "less than");
    broken(|m| m.main_module = 1, "source module 1", "less than 1");
    broken(|m| m.hooks[0] = Some(FAR), "hook 0: multi-function 5000", "less than");
    broken(|m| m.functions[1].name = FAR, "function 1 `?`: name 5000", "less than");
    broken(|m| m.functions[1].module = 1, "source module 1", "less than");
    broken(|m| m.functions[4].type_vars[0] = VarId(1), "type variable 1", "less than 1");
}

#[test]
fn layouts() {
    let point = at::LAYOUT_POINT as usize;
    broken(|m| m.layouts[point].decl = DeclId(FAR), "layout 0: declaration 5000", "less than");
    broken(|m| m.layouts[point].ty = TypeId(FAR), "type 5000", "less than");
    broken(|m| m.layouts[point].refs = 2, "2 reference slots of (ref, f64)", "first");
    broken(|m| m.layouts[point].classes.swap(0, 1), "1 reference slots of (f64, ref)", "first");
    broken(|m| m.layouts[point].classes.extend([Class::I64, Class::Dyn]), "1 reference slots", "first");
    broken(|m| m.layouts[point].slots[0] = 2, "slot 2", "less than 2");
    broken(|m| m.layouts[point].slots[0] = 0, "slot 0 twice", "each field");
    broken(|m| m.layouts[point].slots.truncate(1), "slots of 1 fields", "2 fields");
    broken(|m| m.layouts[point].decl = DeclId(1), "slots of 2 fields", "0 fields");
    sound(|m| {
        m.layouts[point].classes = vec![Class::Ref, Class::Dyn, Class::F64];
        m.layouts[point].refs = 2;
        m.constants.truncate(14);
        m.constants.extend([Constant::Unit, Constant::Unit, Constant::Unit, Constant::Unit]);
    });
}

#[test]
fn a_function_that_takes_an_object_may_be_dispatched_to_dynamically() {
    let with = |m: &mut Module, ty: TypeId| {
        let mut multi = m.multis[0].clone();
        let closure = &m.functions[at::FN_CLOSURE as usize];
        multi.params = vec![Class::Dyn, Class::Dyn];
        multi.result = closure.result;
        multi.candidates.truncate(1);
        multi.candidates[0].function = Some(at::FN_CLOSURE);
        multi.candidates[0].params = vec![ty, TypeId::ANY];
        m.multis.push(multi);
    };
    sound(|m| with(m, TypeId::STR));
    broken(|m| with(m, TypeId::ANY), "parameters (ref, dyn)", "(dyn, dyn)");
    broken(|m| with(m, TypeId::I64), "parameters (ref, dyn)", "(dyn, dyn)");
}

#[test]
fn multi_functions() {
    broken(|m| m.multis[0].name = FAR, "multi-function 0: name 5000", "less than");
    broken(|m| m.multis[0].arity = 3, "(i64, dyn)", "3 classes");
    broken(|m| m.multis[0].params[0] = Class::F64, "candidate", "(f64, dyn)");
    broken(|m| m.multis[0].result = Class::F64, "result of class i64", "f64");
    broken(|m| m.multis[0].candidates[0].params.truncate(1), "1 parameters", "2");
    broken(|m| m.multis[0].candidates[0].params[0] = TypeId(FAR), "type 5000", "less than");
    broken(|m| m.multis[0].candidates[0].function = Some(FAR), "function 5000", "less than");
    broken(|m| m.multis[0].candidates[0].function = Some(at::FN_CLOSURE), "parameters (ref, dyn)", "(i64, dyn)");
    broken(|m| m.multis[0].candidates[2].takes_types = false, "parameters (i64, i64, dyn)", "(i64, dyn)");
    broken(|m| m.multis[0].candidates[2].vars[0] = VarId(9), "type variable 9", "less than 1");
    broken(|m| m.hooks[2] = Some(1), "hook 2: a multi-function of 1 arguments", "2");
    broken(|m| m.hooks[4] = Some(0), "hook 4: a multi-function of 2 arguments", "1");
}

#[test]
fn what_takes_nothing() {
    broken(|m| m.modules[0].init = at::FN_PLAIN, "function 1, which takes 2 arguments", "without parameters");
    broken(|m| m.tests[0].function = at::FN_PLAIN, "test 0: function 1", "without parameters");
    broken(|m| m.benches[0].function = at::FN_CAPTURING, "bench 0: function 3", "without parameters");
    broken(|m| m.tests[0].module = 1, "source module 1", "less than 1");
}

#[test]
fn main_takes_nothing_or_its_arguments() {
    broken(|m| m.main = Some((at::FN_PLAIN, false, None)), "parameters (i64, dyn)", "none");
    broken(|m| m.main = Some((at::FN_PLAIN, true, None)), "parameters (i64, dyn)", "(ref) or (dyn)");
    broken(|m| m.main = Some((at::FN_INIT, true, None)), "parameters ()", "(ref) or (dyn)");
    broken(|m| m.main = Some((at::FN_INIT, false, Some(TypeId(FAR)))), "type 5000", "less than");
    broken(|m| m.main = Some((FAR, false, None)), "main function 0: function 5000", "less than");
    sound(|m| m.main = Some((at::FN_CAPTURING, true, None)));
    sound(|m| m.main = None);
}

#[test]
fn heads_of_functions() {
    broken(|m| m.functions[1].registers = 1, "1 registers", "at least 2");
    broken(|m| m.functions[1].entry_cost = 0, "entry cost 0", "at least 1");
    broken(|m| m.functions[0].entry_cost = 1, "entry cost 1", "at least 2");
    broken(|m| m.functions[1].captures = 1, "1 captures", "no closure");
    broken(|m| m.functions[3].params[0] = Class::Dyn, "closure (dyn) -> dyn", "(ref, dyn, …) -> dyn");
    broken(|m| m.functions[2].params[1] = Class::I64, "closure (ref, i64) -> dyn", "(ref, dyn, …) -> dyn");
    broken(|m| m.functions[3].params.clear(), "closure () -> dyn", "(ref, dyn, …) -> dyn");
    broken(|m| m.functions[3].result = Class::I64, "-> i64", "-> dyn");
    broken(|m| m.functions[0].type_vars.push(VarId(0)), "parameters ()", "1 type arguments");
    broken(|m| m.natives[1].params[0] = Class::Dyn, "parameters (dyn, dyn)", "1 type arguments");
    broken(|m| m.comptimes[0].1 = Class::F64, "result of class i64", "f64");
}

#[test]
fn debug_tables() {
    let span = |start, end| Span::new(FileId(0), start, end);
    broken(|m| m.functions[6].debug.spans.push((99, span(0, 1))), "offset 99", "ascending offsets below");
    broken(|m| m.functions[6].debug.spans.push((2, span(0, 1))), "offset 2", "ascending");
    broken(|m| m.functions[6].debug.spans[0].1.file = FileId(2), "source file 2", "less than 2");
    broken(|m| m.functions[6].span = Some(span(5, 4)), "a span from 5 to 4", "an end behind");
    broken(|m| m.tests[0].span.file = FileId(9), "source file 9", "less than 2");
    broken(|m| m.functions[6].debug.locals[0].register = 3, "r 3", "less than 3");
    broken(|m| m.functions[6].debug.locals[0].name = FAR, "name 5000", "less than");
    broken(|m| m.functions[6].debug.locals[0].ty = TypeId(FAR), "type 5000", "less than");
    broken(|m| m.functions[6].debug.locals[0].end = 0, "a variable at 0..0", "not empty");
    broken(|m| m.functions[6].debug.locals[0].end = 99, "a variable at 0..99", "up to");
    sound(|m| {
        m.files.clear();
        m.functions[6].debug.spans[0].1.file = FileId(2);
    });
}

fn arc<T: Clone>(items: &[T]) -> Arc<[T]> {
    items.into()
}

#[test]
fn constants_refer_to_earlier_ones_of_their_kind() {
    let (strings, pair) = (TypeId(at::TYPE_ARRAY_STR), TypeId(at::TYPE_PAIR));
    #[track_caller]
    fn one(constant: Constant, found: &str, expected: &str) {
        broken(|m| m.constants.push(constant), found, expected);
    }
    one(Constant::Symbol(FAR), "constant 18: name 5000", "less than");
    one(Constant::Type(TypeId(FAR)), "type 5000", "less than");
    one(Constant::Function(FAR), "function 5000", "less than");
    one(Constant::Function(at::FN_PLAIN), "function 1", "a closure without captures");
    one(Constant::Function(at::FN_CAPTURING), "function 3", "a closure without captures");
    one(Constant::Nullary(FAR), "layout 5000", "less than");
    one(Constant::Nullary(at::LAYOUT_POINT), "layout 0 with 2 slots", "without slots");
    one(Constant::Array(strings, arc(&[18])), "constant 18 in it", "before it");
    one(Constant::Array(strings, arc(&[FAR])), "constant 5000 in it", "before it");
    one(Constant::Array(pair, arc(&[])), "type 12", "an array type");
    one(Constant::Array(TypeId(at::TYPE_ARRAY_I64), arc(&[0])), "elements of class i64", "any but i64");
    one(Constant::ArrayI64(strings, arc(&[])), "elements of class dyn", "i64");
    one(Constant::ArrayI64(TypeId(at::TYPE_THREE), arc(&[1, 2])), "2 elements", "3");
    one(Constant::ArrayF64(TypeId(at::TYPE_ARRAY_I64), arc(&[])), "elements of class i64", "f64");
    one(Constant::ArrayByte(TypeId(at::TYPE_ARRAY_F64), arc(&[])), "elements of class f64", "byte or bool");
    one(Constant::ArrayByte(TypeId(at::TYPE_ARRAY_BOOL), arc(&[2])), "a bool 2", "0 or 1");
    one(Constant::ArrayF64(TypeId(FAR), arc(&[])), "type 5000", "less than");
    one(Constant::Record(FAR, pair, arc(&[])), "layout 5000", "less than");
    one(Constant::Record(0, pair, arc(&[2])), "1 parts", "2");
    one(Constant::Record(0, pair, arc(&[0, 1])), "constant 0 in slot 0", "a ref");
    one(Constant::Record(0, pair, arc(&[2, 0])), "constant 0 in slot 1", "a f64");
    one(Constant::Record(0, TypeId(FAR), arc(&[2, 1])), "type 5000", "less than");
    one(Constant::Tuple(pair, arc(&[1])), "1 parts", "2");
    one(Constant::Tuple(strings, arc(&[1])), "type 11", "a tuple type");
    one(Constant::Shape(TypeId(at::TYPE_SHAPE), arc(&[1])), "1 parts", "2");
    one(Constant::Shape(pair, arc(&[1, 1])), "type 12", "a shape type");
    one(Constant::Table(TypeId(at::TYPE_TABLE), arc(&[1])), "1 keys and values", "an even number");
    one(Constant::Table(pair, arc(&[])), "type 12", "a table type");
    one(Constant::Memory(pair), "type 12", "a table type");
}
