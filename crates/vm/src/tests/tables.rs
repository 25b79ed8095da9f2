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
