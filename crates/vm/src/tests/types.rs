//! Types at run time and dispatch.

use super::build::*;
use crate::Datum::{self, *};
use sayso_base::Name;
use sayso_bytecode::{Class, Multi, MultiCandidate, Site};
use sayso_types::{TypeId, TypeKind, VarInfo};
use std::sync::Arc;

#[test]
fn casts_name_their_place() {
    let listing = "
    fn f(dyn) -> dyn, registers 3
        load_type r1, type:3
        cast r2, r0, r1, const:0
        return r2";
    for (place, expected) in [
        ("", "CastError: expected a value of type `i64`, found `str`"),
        ("argument `x` of `f`", "CastError: argument `x` of `f` is to be a value of type `i64`, found `str`"),
    ] {
        let mut b = Build::new(listing);
        b.str(place);
        assert_eq!(b.run(&[Str("s".into())]).unwrap_err().to_string(), expected);
    }
    let mut b = Build::new(listing);
    b.str("");
    assert_eq!(b.run(&[Int(i64::MAX)]), Ok(Int(i64::MAX)));
}

#[test]
fn values_know_their_types() {
    let of = |datum: Datum| {
        let listing = "fn f(dyn) -> dyn, registers 4
            type_of r1, r0
            type_value r1, r1
            type_number r2, r1
            is r3, r0, r2
            jump_if r3, yes
            load_unit r1
        yes:
            return r1";
        run(listing, &[datum])
    };
    for (datum, expected) in [
        (Int(1), "i64"),
        (Int(i64::MIN), "i64"),
        (Float(1.0), "f64"),
        (Bool(true), "bool"),
        (Byte(1), "byte"),
        (Str("x".into()), "str"),
        (Symbol("add".into()), "#add"),
    ] {
        assert_eq!(of(datum), Ok(Str(expected.into())));
    }
}

#[test]
fn tuples_take_their_types_from_their_elements() {
    let listing = "
    fn f(dyn, dyn) -> dyn, registers 6
        new_tuple r2, [r0, 2], type:10
        type_of r3, r2
        type_value r3, r3
        return r3";
    let mut b = Build::new(listing);
    b.module.types.tuple(&[TypeId::ANY, TypeId::ANY]);
    assert_eq!(b.run(&[Int(1), Str("x".into())]), Ok(Str("(i64, str)".into())));
}

#[test]
fn wrong_type_numbers_are_refused() {
    for line in ["is r3, r0, r1", "cast r3, r0, r1, const:0", "type_value r3, r1"] {
        let mut b = Build::new(&format!("fn f(dyn, i64) -> dyn, registers 4\n {line}\n load_unit r2\n return r2"));
        b.str("");
        assert!(b.run(&[Int(1), Int(-5)]).unwrap_err().to_string().starts_with("CastError"), "{line}");
    }
    assert!(
        fails("fn f(dyn) -> i64, registers 2\n type_number r1, r0\n return r1", &[Int(1)]).starts_with("CastError")
    );
}

#[test]
fn type_variables_are_replaced() {
    let mut b = Build::new(
        "fn f(i64) -> dyn, registers 3, vars 0
            subst_type r1, [r0], type:11
            type_value r1, r1
            return r1",
    );
    let var = b.module.types.add_var(VarInfo { name: Name(0), upper: TypeId::ANY, lower: TypeId::NEVER });
    let ty = b.module.types.variable(var);
    assert_eq!(b.module.types.array(ty).0, 11);
    assert_eq!(b.run(&[Int(i64::from(TypeId::STR.0))]), Ok(Str("[str]".into())));
}

fn candidate(params: &[TypeId], function: Option<u32>, shown: &str) -> MultiCandidate {
    MultiCandidate { vars: vec![], params: params.to_vec(), function, takes_types: false, shown: Arc::from(shown) }
}

fn dispatching(candidates: Vec<MultiCandidate>, args: &[Datum]) -> Result<Datum, String> {
    let mut b = Build::new(
        "fn one(dyn, dyn) -> i64, registers 3\n load_int r2, 1\n return r2
         fn two(dyn, dyn) -> i64, registers 3\n load_int r2, 2\n return r2
         fn three(dyn, dyn) -> i64, registers 3\n load_int r2, 3\n return r2
         fn f(dyn, dyn) -> i64, registers 8
            load_int r2, 0
        again:
            move r3, r0
            move r4, r1
            call_site r3, site:0
            add_i64_imm r2, r2, 1
            jump_eq_imm r2, 3, done
            jump again
        done:
            return r3",
    );
    let name = b.name("pick");
    b.module.multis.push(Multi { name, arity: 2, params: vec![Class::Dyn; 2], result: Class::I64, candidates });
    b.module.sites.push(Site { multi: 0 });
    b.run(args).map_err(|error| error.to_string())
}

#[test]
fn the_most_specific_function_is_called() {
    let all = || {
        vec![
            candidate(&[TypeId::ANY, TypeId::ANY], Some(1), "pick(any, any)"),
            candidate(&[TypeId::I64, TypeId::ANY], Some(2), "pick(i64, any)"),
            candidate(&[TypeId::I64, TypeId::STR], Some(3), "pick(i64, str)"),
        ]
    };
    assert_eq!(dispatching(all(), &[Str("a".into()), Int(1)]), Ok(Int(1)));
    assert_eq!(dispatching(all(), &[Int(1), Int(1)]), Ok(Int(2)));
    assert_eq!(dispatching(all(), &[Int(1 << 55), Str("a".into())]), Ok(Int(3)));
}

#[test]
fn failures_list_types_and_candidates() {
    let none = vec![candidate(&[TypeId::I64, TypeId::ANY], Some(1), "pick(a: i64, b: any)")];
    assert_eq!(
        dispatching(none, &[Bool(true), Unit]),
        Err("DispatchError: cannot call `pick` with (bool, void): no function fits; there are pick(a: i64, b: any)"
            .into())
    );
    let two = vec![
        candidate(&[TypeId::I64, TypeId::ANY], Some(1), "pick(i64, any)"),
        candidate(&[TypeId::ANY, TypeId::I64], Some(2), "pick(any, i64)"),
    ];
    let error = dispatching(two, &[Int(1), Int(2)]).unwrap_err();
    assert!(error.contains("`pick(i64, any)` and `pick(any, i64)` fit equally well"), "{error}");
    let without_body = vec![candidate(&[TypeId::ANY, TypeId::ANY], None, "pick(any, any)")];
    assert!(dispatching(without_body, &[Int(1), Int(2)]).unwrap_err().contains("has no body"));
}

#[test]
fn generic_functions_get_their_type_arguments() {
    let mut b = Build::new(
        "fn generic(i64, dyn, dyn) -> dyn, registers 4, vars 0
            type_value r0, r0
            new_tuple r3, [r0, 3], type:12
            return r3
         fn f(dyn, dyn) -> dyn, registers 6
            move r2, r0
            move r3, r1
            call_site r2, site:0
            return r2",
    );
    let var = b.module.types.add_var(VarInfo { name: Name(0), upper: TypeId::ANY, lower: TypeId::NEVER });
    let ty = b.module.types.variable(var);
    let array = b.module.types.intern(TypeKind::Seq(ty));
    let _ = array;
    assert_eq!(b.module.types.tuple(&[TypeId::ANY; 3]).0, 12);
    let name = b.name("pick");
    let candidates = vec![MultiCandidate {
        vars: vec![var],
        params: vec![ty, ty],
        function: Some(1),
        takes_types: true,
        shown: Arc::from("pick(T, T)"),
    }];
    b.module.multis.push(Multi { name, arity: 2, params: vec![Class::Dyn; 2], result: Class::Dyn, candidates });
    b.module.sites.push(Site { multi: 0 });
    assert_eq!(b.run(&[Str("a".into()), Str("b".into())]), Ok(Str("(str, a, b)".into())));
}
