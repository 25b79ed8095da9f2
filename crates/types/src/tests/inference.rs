use super::ZOO;
use crate::testing::World;
use crate::{Inference, Known, TypeId};

/// Constraints `A <= B` and `A = B` in turn, then what types count as. `_0`, `_1`, … are variables.
fn infers(constraints: &[&str], results: &[(&str, &str)]) {
    let mut world = World::new(ZOO);
    let mut inference = Inference::new();
    for _ in 0..5 {
        inference.fresh();
    }
    for constraint in constraints {
        let (constraint, expected) = match constraint.strip_prefix("not ") {
            Some(rest) => (rest, false),
            None => (*constraint, true),
        };
        let before = inference.snapshot();
        let holds = match constraint.split_once(" <= ") {
            Some((a, b)) => {
                let (a, b) = (world.ty(a), world.ty(b));
                inference.constrain_subtype(&mut world.store, a, b)
            }
            None => {
                let (a, b) = constraint.split_once(" = ").unwrap();
                let (a, b) = (world.ty(a), world.ty(b));
                inference.unify(&mut world.store, a, b)
            }
        };
        assert_eq!(holds, expected, "{constraint} in {constraints:?}");
        if !holds {
            inference.rollback(before);
        }
    }
    for (ty, expected) in results {
        let open = world.ty(ty);
        let found = inference.resolve(&mut world.store, open);
        assert_eq!(world.show(found), *expected, "{ty} after {constraints:?}");
    }
    assert!(!world.store.over_budget());
}

#[test]
fn what_flows_in_joins() {
    infers(&["i64 <= _0"], &[("_0", "i64"), ("[_0]", "[i64]")]);
    infers(&["i64 <= _0", "str <= _0"], &[("_0", "i64 | str")]);
    infers(&["Fox <= _0", "Animal <= _0"], &[("_0", "Animal")]);
    infers(&["never <= _0"], &[("_0", "_")]);
    infers(&["[_1] <= _0", "[i64] <= _0"], &[("_0", "[i64]"), ("_1", "i64")]);
    infers(&["[i64] <= _0", "[_1] <= _0"], &[("_0", "[i64]"), ("_1", "i64")]);
    infers(&["[i64] <= _0", "[str] <= _0"], &[("_0", "[i64] | [str]")]);
    infers(&["None<_1> <= _0", "Some<i64> <= _0"], &[("_0", "None | Some<i64>")]);
    infers(&["_1? <= _0", "Some<i64> <= _0"], &[("_0", "i64?")]);
}

#[test]
fn what_is_expected_flows_out() {
    infers(&["_0 <= i64"], &[("_0", "i64")]);
    infers(&["_0 <= any"], &[("_0", "_")]);
    infers(&["[_0] <= [Animal]"], &[("_0", "Animal")]);
    infers(&["[_0] <= [any]"], &[("_0", "any")]);
    infers(&["_0 <= Animal", "Fox <= _0"], &[("_0", "Fox")]);
    infers(&["_0 <= Animal", "not i64 <= _0"], &[("_0", "Animal")]);
    infers(&["Fox <= _0", "_0 <= Animal"], &[("_0", "Fox")]);
    infers(&["i64 <= _0", "not _0 <= str"], &[("_0", "i64")]);
    infers(&["_0 <= Animal", "_0 <= Swimmer"], &[("_0", "Animal & Swimmer")]);
    infers(&["_0 <= i64", "not _0 <= str"], &[]);
    infers(&["List<_0> <= List<Animal>", "Fox <= _0", "Carp <= _0"], &[("_0", "Fox | Carp")]);
}

#[test]
fn a_fixed_variable_does_not_widen() {
    infers(&["_0 = i64", "not str <= _0", "i64 <= _0"], &[("_0", "i64")]);
    infers(&["i64 <= _0", "[_0] <= [i64 | str]", "str <= _0"], &[("_0", "i64 | str")]);
    infers(&["i64 <= _0", "not [_0] <= [str]"], &[("_0", "i64")]);
    infers(&["[_0] = [i64]", "not [_0] = [str]"], &[("_0", "i64")]);
    infers(&["_0 = Animal", "Fox <= _0"], &[("_0", "Animal")]);
}

#[test]
fn variables_that_meet_are_one() {
    infers(&["_0 = _1", "_1 = i64"], &[("_0", "i64")]);
    infers(&["_0 <= _1", "i64 <= _0"], &[("_1", "i64")]);
    infers(&["i64 <= _0", "str <= _1", "_0 <= _1"], &[("_0", "i64 | str"), ("_1", "i64 | str")]);
    infers(&["_0 = _1", "_1 = _2", "_2 = _0", "str <= _1"], &[("_2", "str")]);
    infers(&["_0 <= Fox", "str <= _1", "not _0 = _1"], &[("_0", "Fox"), ("_1", "str")]);
    infers(&["_0 = i64", "_1 = str", "not _0 = _1"], &[]);
}

#[test]
fn structure_is_matched() {
    infers(&["(_0, [_1]) = (i64, [str])"], &[("_0", "i64"), ("_1", "str")]);
    infers(&["fn(_0) -> _1 <= fn(i64) -> str"], &[("_0", "i64"), ("_1", "str")]);
    infers(&["fn(i64) -> str <= fn(_0) -> _1"], &[("_0", "i64"), ("_1", "str")]);
    infers(&["not fn(_0) -> _1 <= fn() -> str"], &[]);
    infers(&["fn(i64) -> str is pure <= fn(_0) -> _1"], &[("_1", "str")]);
    infers(&["[str: i64] <= [_0: _1]"], &[("_0", "str"), ("_1", "i64")]);
    infers(&["Map<str, Fox> <= Map<_0, Animal>"], &[("_0", "str")]);
    infers(&["[Fox] <= Seq<_0>"], &[("_0", "Fox")]);
    infers(&["Range <= Seq<_0>"], &[("_0", "i64")]);
    infers(&["Hold<Fox> <= Source<_0>"], &[("_0", "Fox")]);
    infers(&["Some<_0> <= i64?"], &[("_0", "i64")]);
    infers(&["Some<i64> <= _0?"], &[("_0", "i64")]);
    infers(&["Ok<i64, _0> <= Result<_1, str>"], &[("_1", "i64"), ("_0", "str")]);
    infers(&["Person <= %{ name: _0 }"], &[("_0", "str")]);
    infers(&["%{ a: _0, b: i64 } <= %{ a: str }"], &[("_0", "str")]);
    infers(&["Type<_0> <= Type<i64>"], &[("_0", "i64")]);
    infers(&["A <= _0"], &[("_0", "A")]);
    infers(&["[F] <= Seq<_0>"], &[("_0", "F")]);
    infers(&["not (_0, i64) = (i64,)"], &[]);
    infers(&["_0 = #a", "not _0 = i64"], &[("_0", "#a")]);
}

#[test]
fn unions_with_open_parts() {
    infers(&["i64 <= _0 | str"], &[("_0", "i64")]);
    infers(&["str <= _0 | str"], &[("_0", "_")]);
    infers(&["i64 | str <= _0 | str"], &[("_0", "i64")]);
    infers(&["[i64] <= [_0] | str"], &[("_0", "i64")]);
    infers(&["_0 | i64 <= i64 | str"], &[("_0", "i64 | str")]);
    infers(&["not bool <= [_0] | str"], &[]);
    infers(&["_0 <= _0 | i64", "_0 & Named <= _0", "_0 | i64 <= _0"], &[("_0", "i64")]);
    infers(&["_0 <= Animal & Swimmer", "Carp <= _0", "not Fox <= _0"], &[("_0", "Carp")]);
}

#[test]
fn no_type_contains_itself() {
    infers(&["not [_0] = _0", "not _0 = (_0, i64)", "not [_0] <= _0", "not _0 <= List<_0>"], &[("_0", "_")]);
    infers(&["[_1] <= _0", "not _1 = List<_0>", "not [_0] <= _1"], &[("_0", "[_]")]);
    infers(&["_0 = _1", "not _0 = [_1]"], &[]);
}

#[test]
fn a_snapshot_takes_everything_back() {
    let mut world = World::new("");
    let mut inference = Inference::new();
    let first = inference.fresh_type(&mut world.store);
    assert!(inference.constrain_subtype(&mut world.store, TypeId::I64, first));
    let before = inference.snapshot();
    let second = inference.fresh_type(&mut world.store);
    assert!(inference.unify(&mut world.store, first, second));
    assert!(inference.constrain_subtype(&mut world.store, TypeId::STR, second));
    let both = inference.resolve(&mut world.store, first);
    assert_eq!(world.show(both), "i64 | str");
    inference.rollback(before);
    assert_eq!(inference.resolve(&mut world.store, first), TypeId::I64);
    assert_eq!(inference.known(crate::InferId(0)), Known::Between(TypeId::I64, TypeId::ANY));
    assert_eq!(inference.known(crate::InferId(7)), Known::Nothing);
}

#[test]
fn generic_signatures_are_instantiated() {
    let mut world = World::new(ZOO);
    let mut inference = Inference::new();
    let signature = world.signature("<T, U>(Seq<T>, fn(T) -> U)");
    let (vars, params) = inference.instantiate(&mut world.store, &signature);
    let args = world.types("[i64], fn(i64) -> str is pure");
    for (&arg, &param) in args.iter().zip(&params) {
        assert!(inference.constrain_subtype(&mut world.store, arg, param));
    }
    let types: Vec<TypeId> = vars.iter().map(|&var| inference.resolve(&mut world.store, var)).collect();
    assert_eq!(world.show_all(&types), "i64, str");
    let open = inference.fresh_type(&mut world.store);
    assert_eq!(inference.resolve_with(&mut world.store, open, TypeId::ANY), TypeId::ANY);
}
