//! Tables.

use super::build::*;
use crate::Datum::{self, *};
use sayso_types::{TypeId, TypeKind};

/// Type 10 is a table, 11 a pair.
fn go(listing: &str, args: &[Datum]) -> Result<Datum, String> {
    let mut b = Build::new(listing);
    b.module.types.intern(TypeKind::Table(TypeId::ANY, TypeId::ANY));
    assert_eq!(b.module.types.tuple(&[TypeId::ANY, TypeId::ANY]).0, 11);
    b.run(args).map_err(|error| error.to_string())
}

#[test]
fn keys_are_equal_by_meaning() {
    let listing = "
    fn f(dyn, dyn) -> dyn, registers 6
        load_type r2, type:10
        new_table r2, r2, 0
        new_tuple r3, [r0, 2], type:11
        table_set r2, r0, r1
        table_set r2, r3, r0
        new_tuple r4, [r0, 2], type:11
        table_get r5, r2, r4
        table_set r2, r4, r5
        return r2";
    assert_eq!(go(listing, &[Str("k".into()), Int(1)]), Ok(Str("[k: 1, (k, 1): k]".into())));
    assert_eq!(go(listing, &[Int(5), Float(5.0)]), Ok(Str("[5: 5, (5, 5): 5]".into())));
}

#[test]
fn a_missing_key_is_named() {
    let listing = "
    fn f(dyn) -> dyn, registers 3
        load_type r1, type:10
        new_table r1, r1, 4
        table_get r2, r1, r0
        return r2";
    assert_eq!(go(listing, &[Str("zebra".into())]), Err("KeyError: there is no key \"zebra\"".into()));
    assert_eq!(go(listing, &[Float(f64::NAN)]), Err("KeyError: there is no key NaN".into()));
}

#[test]
fn many_entries_stay_in_order() {
    let listing = "
    fn f(i64) -> i64, registers 8
        load_type r1, type:10
        new_table r1, r1, 0
        load_int r2, 0
    again:
        mul_i64_imm r3, r2, 7
        rem_i64_imm r3, r3, 1009
        box_i64 r4, r3
        i64_to_str r5, r2
        table_set r1, r4, r5
        table_set r1, r5, r4
        for_range r2, r0, again
        table_len r2, r1
        return r2";
    assert_eq!(go(listing, &[Int(2000)]), Ok(Int(3009)));
}

#[test]
fn tables_are_equal_whatever_their_order() {
    let listing = "
    fn f(dyn, dyn) -> bool, registers 6
        load_type r2, type:10
        new_table r3, r2, 0
        new_table r4, r2, 0
        table_set r3, r0, r1
        table_set r3, r1, r0
        table_set r4, r1, r0
        table_set r4, r0, r1
        eq_dyn r5, r3, r4
        return r5";
    assert_eq!(go(listing, &[Str("a".into()), Int(1)]), Ok(Bool(true)));
}

#[test]
fn a_search_says_whether_there_is_a_value() {
    // The first argument is put in under a key, the second is looked for; a tuple as a key is compared inside.
    let listing = "
    fn f(dyn, dyn, bool) -> dyn, registers 8
        load_type r3, type:10
        new_table r3, r3, 0
        jump_if r2, tuples
        table_set r3, r0, r0
        table_find r4, r3, r1
        jump r
    tuples:
        move r5, r0
        move r6, r0
        new_tuple r5, [r5, 2], type:11
        table_set r3, r5, r0
        move r5, r1
        move r6, r1
        new_tuple r5, [r5, 2], type:11
        table_find r4, r3, r5
    r:
        jump_unset r4, missing
        return r4
    missing:
        load_unit r4
        return r4";
    for tuples in [false, true] {
        let find = |put: Datum, sought: Datum| go(listing, &[put, sought, Bool(tuples)]);
        assert_eq!(find(Int(7), Int(7)), Ok(Int(7)));
        assert_eq!(find(Int(7), Float(7.0)), Ok(Int(7)));
        assert_eq!(find(Int(1 << 62), Int(1 << 62)), Ok(Int(1 << 62)));
        assert_eq!(find(Str("seven".into()), Str("seven".into())), Ok(Str("seven".into())));
        assert_eq!(find(Int(7), Int(8)), Ok(Unit));
        assert_eq!(find(Str("seven".into()), Str("eleven".into())), Ok(Unit));
        assert_eq!(find(Float(f64::NAN), Float(f64::NAN)), Ok(Unit));
    }
}

#[test]
fn keys_made_to_collide_cost_fuel() {
    // Keys whose hashes have the same low bits: all searches look at the same places.
    let colliding: Vec<i64> =
        (0..).filter(|i| sayso_heap::table::fast_hash(small(*i)).map(place) == Some(0)).take(2000).collect();
    let plain: Vec<i64> = (0..2000).collect();
    let fuel = |keys: &[i64]| {
        let listing = "
        fn f(dyn) -> dyn, registers 6
            load_type r1, type:10
            new_table r1, r1, 0
            to_ref r2, r0
            load_int r3, -1
            jump next
        again:
            array_get_dyn r4, r2, r3
            table_set r1, r4, r4
        next:
            for_array r3, r2, again
            load_unit r1
            return r1";
        let mut b = Build::new(listing);
        b.module.types.intern(TypeKind::Table(TypeId::ANY, TypeId::ANY));
        let array = b.module.types.array(TypeId::I64);
        let constant = b.constant(sayso_bytecode::Constant::ArrayI64(array, keys.into()));
        b.add(&format!("fn g() -> dyn, registers 2\n load_const r0, const:{constant}\n call r0, fn:1\n return r0"));
        let (mut vm, _) = b.vm(&[], Default::default());
        vm.call(2, &[]).unwrap();
        vm.usage().fuel
    };
    let (cheap, dear) = (fuel(&plain), fuel(&colliding));
    assert!(dear > cheap + 2000 * 4, "{cheap} and {dear}");
}

fn small(i: i64) -> sayso_heap::Value {
    sayso_heap::Value::small_int(i).unwrap()
}
/// The low bits of what tables make of a hash.
fn place(hash: u64) -> u64 {
    (hash ^ hash >> 32) & 0xfff
}
