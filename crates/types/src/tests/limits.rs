//! Hostile input: everything ends soon, and says that a limit was met.

use crate::testing::World;
use crate::{Inference, Signature, Substitution, TypeId, TypeKind, TypeStore, VarId};
use std::time::{Duration, Instant};

fn soon(act: impl FnOnce()) {
    let start = Instant::now();
    act();
    assert!(start.elapsed() < Duration::from_secs(10), "{:?}", start.elapsed());
}

#[test]
fn deep_types_are_refused() {
    let mut store = TypeStore::new();
    let mut ty = TypeId::I64;
    for _ in 0..crate::MAX_DEPTH - 1 {
        ty = store.array(ty);
    }
    assert!(!store.over_budget());
    assert_ne!(ty, TypeId::ERROR);
    assert!(store.is_subtype(ty, ty));
    ty = store.array(ty);
    assert_eq!(ty, TypeId::ERROR);
    assert!(store.over_budget());
    store.reset_budget();
    assert!(!store.over_budget());
}

#[test]
fn large_types_are_refused() {
    let mut store = TypeStore::new();
    let mut ty = TypeId::I64;
    for _ in 0..40 {
        ty = store.tuple(&[ty, ty]);
    }
    assert!(store.has_error(ty));
    assert!(store.over_budget());
}

#[test]
fn substitution_cannot_explode() {
    let mut store = TypeStore::new();
    let mut world = World::new("var T");
    std::mem::swap(&mut store, &mut world.store);
    let t = store.variable(VarId(world.var("T").0));
    let mut ty = store.tuple(&[t, t]);
    let pair = ty;
    for _ in 0..64 {
        let with = Substitution::from_vars(&[world.var("T")], &[pair]);
        ty = store.substitute(ty, &with);
    }
    assert!(store.over_budget());
}

#[test]
fn unions_have_a_limit() {
    soon(|| {
        let mut world = World::new("");
        let symbols: Vec<TypeId> = (0..crate::MAX_PARTS + 1)
            .map(|number| {
                let name = world.name(&format!("s{number}"));
                world.store.intern(TypeKind::Symbol(name))
            })
            .collect();
        let fits = world.store.union(&symbols[1..]);
        assert_ne!(fits, TypeId::ERROR);
        assert!(!world.store.over_budget());
        assert_eq!(world.store.union(&symbols), TypeId::ERROR);
        assert!(world.store.over_budget());
    });
}

#[test]
fn distribution_has_a_limit() {
    soon(|| {
        let declarations: String = (0..40).map(|number| format!("trait T{number}\n")).collect();
        let mut world = World::new(&declarations);
        let factors: Vec<TypeId> = (0..20).map(|n| world.ty(&format!("T{} | T{}", 2 * n, 2 * n + 1))).collect();
        let all = world.store.intersection(&factors);
        assert_eq!(all, TypeId::ERROR);
        assert!(world.store.over_budget());
    });
}

#[test]
fn the_number_of_types_has_a_limit() {
    let mut store = TypeStore::new();
    store.set_type_limit(store.type_count() as u32 + 2);
    assert_ne!(store.array(TypeId::I64), TypeId::ERROR);
    assert_ne!(store.array(TypeId::STR), TypeId::ERROR);
    assert_eq!(store.array(TypeId::F64), TypeId::ERROR);
    assert_ne!(store.array(TypeId::I64), TypeId::ERROR);
    assert!(store.over_budget());
}

#[test]
fn supertypes_that_grow_without_end() {
    soon(|| {
        let mut world = World::new("trait B<T>\ntrait C<T>\nclass A<T>: B<A<A<T>>>, C<A<A<T>>>\ntrait Other\nvar T");
        let (a, other) = (world.ty("A<i64>"), world.ty("Other"));
        assert!(!world.store.is_subtype(a, other));
        let b = world.ty("B<A<A<i64>>>");
        assert!(world.store.is_subtype(a, b));
        world.store.is_immutable(a);
        let signature = world.signature("<T>(B<T>)");
        assert!(world.store.fit(&[a], &signature).is_some());
    });
}

#[test]
fn contravariant_supertypes_that_ask_themselves() {
    soon(|| {
        let mut world = World::new("trait N<-Z>\nclass C: N<N<C>>\nclass D<+T>: N<N<D<D<T>>>>");
        let (c, nc) = (world.ty("C"), world.ty("N<C>"));
        assert!(!world.store.is_subtype(c, nc));
        let (d, nd) = (world.ty("D<i64>"), world.ty("N<D<i64>>"));
        world.store.is_subtype(d, nd);
    });
}

#[test]
fn declarations_and_bounds_in_circles() {
    soon(|| {
        let mut world = World::new("trait X\ntrait Y: X\nclass K\nvar T\nvar U: T\nvar V: V\nvar W\nvar Z\ntrait Q");
        let (x, y, t, u, v) = (world.ty("X"), world.ty("Y"), world.ty("T"), world.ty("U"), world.ty("V"));
        let (k, w, z) = (world.ty("K"), world.ty("W"), world.ty("Z"));
        world.store.decl_mut(world.decl("X")).supers.push(y);
        world.store.var_mut(world.var("T")).upper = u;
        // `W: W | i64` and `Z: Z & Q`.
        let (around_w, q) = (world.store.union(&[w, TypeId::I64]), world.ty("Q"));
        let around_z = world.store.intersection(&[z, q]);
        world.store.var_mut(world.var("W")).upper = around_w;
        world.store.var_mut(world.var("Z")).upper = around_z;
        let nameless = crate::VarInfo { name: sayso_base::names::EMPTY, upper: TypeId::ANY, lower: TypeId::NEVER };
        let var = world.store.add_var(nameless);
        let n = world.store.variable(var);
        world.store.var_mut(var).upper = n;
        let name = world.name("f");
        for a in [x, y, t, u, v, k, w, z, around_w, around_z, n] {
            let _ = world.show(a);
            for b in [x, y, t, u, v, k, w, z, around_w, around_z, n, TypeId::I64] {
                world.store.is_subtype(a, b);
                world.store.disjoint(a, b);
                world.store.union(&[a, b]);
                world.store.intersection(&[a, b]);
            }
            world.store.field(a, name);
            world.store.by_value(a);
            world.store.is_immutable(a);
            world.store.supertype_view(a, crate::DeclId(0));
            world.store.missing_cases(&[Signature::plain(&[a])], 0);
            world.store.may_run(&[a], &[Signature::plain(&[a]), Signature::plain(&[TypeId::I64])]);
            world.store.fit(&[a], &Signature { vars: vec![world.var("T"), world.var("V")], params: vec![t] });
        }
    });
}

#[test]
fn chains_of_inference_variables() {
    soon(|| {
        let mut store = TypeStore::new();
        let mut inference = Inference::new();
        let mut last = inference.fresh_type(&mut store);
        let first = last;
        for _ in 0..20_000 {
            let next = inference.fresh_type(&mut store);
            let list = store.intern(TypeKind::List(last));
            assert!(inference.unify(&mut store, next, list));
            last = next;
        }
        let resolved = inference.resolve(&mut store, last);
        assert!(store.has_error(resolved));
        assert!(store.over_budget());
        let _ = inference.constrain_subtype(&mut store, last, first);
        // Each is a pair of the one before.
        let mut pair = inference.fresh_type(&mut store);
        for _ in 0..60 {
            let next = inference.fresh_type(&mut store);
            let both = store.tuple(&[pair, pair]);
            assert!(inference.unify(&mut store, next, both));
            pair = next;
        }
        let resolved = inference.resolve(&mut store, pair);
        assert!(store.has_error(resolved));
        // All of them the same.
        let deepening: Vec<TypeId> = (0..20_000).map(|_| inference.fresh_type(&mut store)).collect();
        for two in deepening.windows(2).rev() {
            assert!(inference.unify(&mut store, two[0], two[1]));
        }
        let many: Vec<TypeId> = (0..20_000).map(|_| inference.fresh_type(&mut store)).collect();
        for two in many.windows(2) {
            assert!(inference.unify(&mut store, two[1], two[0]));
        }
        assert!(inference.unify(&mut store, many[19_999], TypeId::I64));
        assert_eq!(inference.resolve(&mut store, many[0]), TypeId::I64);
    });
}

#[test]
fn coverage_has_a_budget() {
    soon(|| {
        let mut declarations = String::from("trait Big\n");
        (0..60).for_each(|number| declarations.push_str(&format!("struct S{number}: Big\n")));
        let mut world = World::new(&declarations);
        let signatures = world.signatures(&["(Big, Big, Big)", "(S0, Big, Big)"]);
        world.store.missing_cases(&signatures, 0);
        assert!(world.store.over_budget());
    });
}

#[test]
fn many_functions_are_compared_in_time() {
    soon(|| {
        let mut declarations = String::from("trait Big\n");
        (0..300).for_each(|number| declarations.push_str(&format!("struct S{number}: Big\n")));
        let mut world = World::new(&declarations);
        let texts: Vec<String> =
            (0..300).map(|n| if n % 2 == 0 { format!("(S{n}, any)") } else { format!("(any, S{n})") }).collect();
        let signatures: Vec<Signature> = texts.iter().map(|text| world.signature(text)).collect();
        assert_eq!(world.store.ambiguities(&signatures).len(), 150 * 150);
        let args = world.types("any, any");
        assert_eq!(world.store.may_run(&args, &signatures).len(), 300);
    });
}

#[test]
fn layers_of_diamonds() {
    soon(|| {
        let mut declarations = String::from("trait A0\ntrait B0\ntrait Other\nvar T\n");
        for layer in 1..40 {
            let below = layer - 1;
            declarations.push_str(&format!("trait A{layer}: A{below}, B{below}\ntrait B{layer}: A{below}, B{below}\n"));
        }
        let mut world = World::new(&declarations);
        let signatures = world.signatures(&["(A0, any)", "(any, B0)", "(A1, any)"]);
        assert!(world.store.ambiguities(&signatures).is_empty());
        assert!(world.store.missing_cases(&signatures, 0).is_empty());
        let (top, bottom, other) = (world.ty("A0"), world.ty("B39"), world.ty("Other"));
        assert!(world.store.is_subtype(bottom, top));
        assert!(!world.store.is_subtype(bottom, other));
        assert!(!world.store.over_budget());
    });
}

#[test]
fn foreign_ids_do_no_harm() {
    let mut world = World::new(super::ZOO);
    let strange = [TypeId(u32::MAX), TypeId(1 << 20)];
    let name = world.name("x");
    let foreign_var = world.store.intern(TypeKind::Var(VarId(u32::MAX)));
    let foreign_decl = world.store.nominal(crate::DeclId(u32::MAX), &[TypeId::I64]);
    let too_few = world.store.nominal(world.decl("Hold"), &[]);
    let odd = [strange[0], strange[1], foreign_var, foreign_decl, too_few];
    let known = world.types("Fox, Shape, Source<i64>, T, %{ value: i64 }, Option<i64>, Var<str>");
    for &a in odd.iter().chain(&known) {
        for &b in odd.iter().chain(&known) {
            world.store.is_subtype(a, b);
            world.store.union(&[a, b]);
            world.store.intersection(&[a, b]);
            world.store.subtract(a, b);
            world.store.disjoint(a, b);
            world.store.fit(&[a], &Signature { vars: vec![VarId(u32::MAX)], params: vec![b] });
        }
        world.store.field(a, name);
        world.store.variants(a);
        world.store.is_exact(a);
        world.store.is_immutable(a);
        let _ = world.show(a);
    }
    world.store.decl_mut(crate::DeclId(u32::MAX)).variants.push(crate::DeclId(0));
    world.store.var_mut(VarId(u32::MAX)).upper = TypeId::I64;
    world.store.direct_subtypes(crate::DeclId(u32::MAX));
}

#[test]
fn the_deepest_types_need_little_stack() {
    let act = || {
        let mut world = World::new(super::ZOO);
        let depth = usize::from(crate::MAX_DEPTH) - 2;
        let mut types = Vec::new();
        for core in ["i64", "any", "T", "_0", "Fox?"] {
            let mut ty = world.ty(core);
            for level in 0..depth - 2 {
                ty = match level % 3 {
                    0 => world.store.intern(TypeKind::List(ty)),
                    1 => world.store.tuple(&[ty]),
                    _ => world.store.function(&[], ty, crate::Effects::ALL),
                };
            }
            types.push(ty);
        }
        let with = Substitution::from_vars(&[world.var("T")], &[TypeId::I64]);
        assert_eq!(world.store.substitute(types[2], &with), types[0]);
        let signature = Signature { vars: vec![world.var("T")], params: vec![types[2]] };
        assert_eq!(world.store.fit(&[types[0]], &signature), Some(vec![TypeId::I64]));
        world.store.more_specific(&Signature::plain(&[types[1]]), &signature);
        let mut inference = Inference::new();
        inference.fresh();
        assert!(inference.constrain_subtype(&mut world.store, types[0], types[3]));
        assert_eq!(inference.resolve(&mut world.store, types[3]), types[0]);
        for &a in &types {
            for &b in &types {
                world.store.is_subtype(a, b);
                world.store.union(&[a, b]);
                world.store.intersection(&[a, b]);
            }
            world.store.resimplify(a);
            assert!(world.store.display_up_to(a, &world.interner, usize::MAX).len() > 100);
        }
        assert!(!world.store.over_budget());
    };
    // A thread's stack is 2 MiB by default; a host may give less.
    std::thread::Builder::new().stack_size(512 << 10).spawn(act).unwrap().join().unwrap();
}

#[test]
fn stores_may_be_shared_between_threads() {
    fn shared<T: Send + Sync>() {}
    shared::<TypeStore>();
}
