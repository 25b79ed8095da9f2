//! What must hold for all types, tried on random ones.

use super::ZOO;
use crate::testing::World;
use crate::{Dispatch, Inference, Signature, Substitution, TypeId, TypeStore};
use proptest::prelude::*;
use std::sync::OnceLock;

/// How many cases are tried, times `SAYSO_LAWS` if that is set.
fn cases(usual: u32) -> u32 {
    let times = std::env::var("SAYSO_LAWS").ok().and_then(|text| text.parse().ok()).unwrap_or(1);
    usual.saturating_mul(times)
}

/// Random types as text. `never` occurs only where types make it so.
fn types() -> impl Strategy<Value = String> {
    let leaf = prop::sample::select(vec![
        "any",
        "i64",
        "str",
        "bool",
        "#ok",
        "#no",
        "Animal",
        "Swimmer",
        "Fish",
        "Named",
        "Fox",
        "Carp",
        "Unicorn",
        "Person",
        "Dog",
        "Puppy",
        "Sun",
        "Shape",
        "Shape.Circle",
        "Shape.Square",
        "Shape.Rect",
        "One",
        "One.Only",
        "Range",
        "Function",
        "T",
        "A",
        "F",
        "L",
        "%{ name: str }",
        "%{ side: f64 }",
        "Error",
    ])
    .prop_map(str::to_owned);
    leaf.prop_recursive(4, 24, 3, |inner| {
        prop_oneof![
            4 => (inner.clone(), inner.clone()).prop_map(|(a, b)| format!("({a} | {b})")),
            4 => (inner.clone(), inner.clone()).prop_map(|(a, b)| format!("({a} & {b})")),
            2 => (inner.clone(), inner.clone()).prop_map(|(a, b)| format!("({a}, {b})")),
            1 => (inner.clone(), inner.clone()).prop_map(|(a, b)| format!("(fn({a}) -> {b} is pure)")),
            1 => (inner.clone(), inner.clone()).prop_map(|(a, b)| format!("Map<{a}, {b}>")),
            1 => (inner.clone(), inner.clone()).prop_map(|(a, b)| format!("%{{ name: {a}, side: {b} }}")),
            1 => inner.clone().prop_map(|a| format!("%{{ age: {a} }}")),
            6 => (
                inner,
                prop::sample::select(vec![
                    ("[", "]"), ("Seq<", ">"), ("List<", ">"), ("Source<", ">"), ("Sink<", ">"), ("Cell<", ">"),
                    ("Hold<", ">"), ("Eat<", ">"), ("Var<", ">"), ("Option<", ">"), ("Some<", ">"), ("None<", ">"),
                    ("Set<", ">"), ("Type<", ">"), ("[", "; 2]"), ("Iter<", ">"),
                ])
            )
                .prop_map(|(a, (open, close))| format!("{open}{a}{close}")),
        ]
    })
}

fn zoo() -> World {
    static WORLD: OnceLock<World> = OnceLock::new();
    WORLD.get_or_init(|| World::new(ZOO)).clone()
}

/// Whether `never` stands inside the type: such types may have no values and not be known as `never`.
fn hides_never(store: &TypeStore, ty: TypeId) -> bool {
    store.parts_of(ty).iter().any(|&part| part == TypeId::NEVER || hides_never(store, part))
}

fn read<const N: usize>(world: &mut World, texts: [&String; N]) -> Option<[TypeId; N]> {
    let all = texts.map(|text| world.ty(text));
    (!all.iter().any(|&ty| hides_never(&world.store, ty)) && !world.store.over_budget()).then_some(all)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: cases(2_000), failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn subtyping_is_an_order(a in types(), b in types(), c in types()) {
        let mut world = zoo();
        let Some(all) = read(&mut world, [&a, &b, &c]) else { return Ok(()) };
        let store = &mut world.store;
        for x in all {
            prop_assert!(store.is_subtype(x, x));
            prop_assert!(store.is_subtype(TypeId::NEVER, x) && store.is_subtype(x, TypeId::ANY));
            for y in all {
                if store.is_subtype(x, y) && store.is_subtype(y, x) {
                    prop_assert_eq!(x, y);
                }
                for z in all {
                    if store.is_subtype(x, y) && store.is_subtype(y, z) {
                        prop_assert!(store.is_subtype(x, z));
                    }
                }
            }
        }
    }

    #[test]
    fn related_types_are_ordered(a in types(), b in types(), c in types()) {
        // Random types are seldom related; these are by construction.
        let mut world = zoo();
        let Some([a, b, c]) = read(&mut world, [&a, &b, &c]) else { return Ok(()) };
        let store = &mut world.store;
        let low = store.intersection(&[a, b]);
        let high = store.union(&[b, c]);
        let wide = store.union(&[high, a]);
        if hides_never(store, low) {
            return Ok(());
        }
        prop_assert!(store.is_subtype(low, b) && store.is_subtype(low, a));
        prop_assert!(store.is_subtype(b, high) && store.is_subtype(low, high));
        prop_assert!(store.is_subtype(high, wide) && store.is_subtype(low, wide));
    }

    #[test]
    fn unions_are_least_upper_bounds(a in types(), b in types(), c in types()) {
        let mut world = zoo();
        let Some([a, b, c]) = read(&mut world, [&a, &b, &c]) else { return Ok(()) };
        let store = &mut world.store;
        let ab = store.union(&[a, b]);
        prop_assert_eq!(ab, store.union(&[b, a]));
        prop_assert_eq!(store.union(&[a, a]), a);
        prop_assert!(store.is_subtype(a, ab) && store.is_subtype(b, ab));
        let left = store.union(&[ab, c]);
        let bc = store.union(&[b, c]);
        prop_assert_eq!(left, store.union(&[a, bc]));
        prop_assert_eq!(left, store.union(&[a, b, c]));
        if store.is_subtype(a, c) && store.is_subtype(b, c) {
            prop_assert!(store.is_subtype(ab, c));
        }
        prop_assert_eq!(store.is_subtype(a, b), ab == b);
    }

    #[test]
    fn intersections_are_greatest_lower_bounds(a in types(), b in types(), c in types()) {
        let mut world = zoo();
        let Some([a, b, c]) = read(&mut world, [&a, &b, &c]) else { return Ok(()) };
        let store = &mut world.store;
        let ab = store.intersection(&[a, b]);
        let bc = store.intersection(&[b, c]);
        if hides_never(store, ab) && !hides_never(store, bc) {
            return Ok(());
        }
        prop_assert_eq!(ab, store.intersection(&[b, a]));
        prop_assert_eq!(store.intersection(&[a, a]), a);
        prop_assert!(store.is_subtype(ab, a) && store.is_subtype(ab, b));
        let left = store.intersection(&[ab, c]);
        if hides_never(store, left) {
            return Ok(());
        }
        prop_assert_eq!(left, store.intersection(&[a, bc]));
        prop_assert_eq!(left, store.intersection(&[a, b, c]));
        if store.is_subtype(c, a) && store.is_subtype(c, b) {
            prop_assert!(store.is_subtype(c, ab));
        }
        prop_assert_eq!(store.is_subtype(a, b), ab == a);
    }

    #[test]
    fn unions_and_intersections_absorb_and_distribute(a in types(), b in types(), c in types()) {
        let mut world = zoo();
        let Some([a, b, c]) = read(&mut world, [&a, &b, &c]) else { return Ok(()) };
        let store = &mut world.store;
        let (or, and) = (store.union(&[a, b]), store.intersection(&[a, b]));
        if hides_never(store, and) {
            return Ok(());
        }
        prop_assert_eq!(store.intersection(&[a, or]), a);
        prop_assert_eq!(store.union(&[a, and]), a);
        let (ac, bc) = (store.intersection(&[a, c]), store.intersection(&[b, c]));
        if hides_never(store, ac) && !hides_never(store, bc) {
            return Ok(());
        }
        let (left, right) = (store.intersection(&[or, c]), store.union(&[ac, bc]));
        prop_assert_eq!(left, right);
    }

    #[test]
    fn disjoint_types_have_nothing_below_both(a in types(), b in types(), c in types()) {
        let mut world = zoo();
        let Some([a, b, c]) = read(&mut world, [&a, &b, &c]) else { return Ok(()) };
        let store = &mut world.store;
        let disjoint = store.disjoint(a, b);
        prop_assert_eq!(disjoint, store.disjoint(b, a));
        if disjoint {
            prop_assert_eq!(store.intersection(&[a, b]), TypeId::NEVER);
            prop_assert!(c == TypeId::NEVER || !store.is_subtype(c, a) || !store.is_subtype(c, b));
        }
        if a != TypeId::NEVER && store.is_subtype(a, b) {
            prop_assert!(!disjoint);
        }
    }

    #[test]
    fn what_is_left_and_what_is_common_make_the_whole(a in types(), b in types()) {
        // An enum of one variant is more than that variant by name alone.
        if a.contains("One") {
            return Ok(());
        }
        let mut world = zoo();
        let Some([a, b]) = read(&mut world, [&a, &b]) else { return Ok(()) };
        let store = &mut world.store;
        let rest = store.subtract(a, b);
        prop_assert!(store.is_subtype(rest, a));
        let common = store.intersection(&[a, b]);
        if hides_never(store, common) {
            return Ok(());
        }
        prop_assert_eq!(store.union(&[rest, common]), a);
        prop_assert_eq!(store.is_subtype(a, b), rest == TypeId::NEVER);
    }

    #[test]
    fn simplified_types_stay_as_they_are(a in types()) {
        let mut world = zoo();
        let ty = world.ty(&a);
        prop_assert_eq!(world.store.resimplify(ty), ty);
        let shown = world.store.display_up_to(ty, &world.interner, usize::MAX);
        prop_assert_eq!(world.ty(&shown), ty, "{}", shown);
    }

    #[test]
    fn a_decoded_store_is_the_same(all in prop::collection::vec(types(), 1..6)) {
        let mut world = zoo();
        let ids: Vec<TypeId> = all.iter().map(|text| world.ty(text)).collect();
        let mut bytes = Vec::new();
        world.store.encode(&mut bytes);
        let mut store = TypeStore::decode(&bytes, &mut sayso_base::Name).unwrap();
        let mut again = Vec::new();
        store.encode(&mut again);
        prop_assert_eq!(&bytes, &again);
        for &a in &ids {
            prop_assert_eq!(store.kind(a), world.store.kind(a));
            for &b in &ids {
                prop_assert_eq!(store.is_subtype(a, b), world.store.is_subtype(a, b));
                prop_assert_eq!(store.union(&[a, b]), world.store.union(&[a, b]));
            }
        }
    }

    #[test]
    fn bytes_that_were_tampered_with_never_panic(all in prop::collection::vec(types(), 1..3), at in 0usize..4000, byte in any::<u8>(), cut in any::<bool>()) {
        let mut world = zoo();
        let ids: Vec<TypeId> = all.iter().map(|text| world.ty(text)).collect();
        let mut bytes = Vec::new();
        world.store.encode(&mut bytes);
        let at = at % bytes.len();
        if cut { bytes.truncate(at) } else { bytes[at] = byte }
        if let Ok(mut store) = TypeStore::decode(&bytes, &mut sayso_base::Name) {
            let last = TypeId(store.type_count() as u32 - 1);
            for ty in ids {
                store.is_subtype(ty, last);
                store.intersection(&[ty, last]);
                store.display(last, &world.interner);
            }
        }
    }

    #[test]
    fn inference_agrees_with_subtyping(a in types(), b in types()) {
        let mut world = zoo();
        let Some([a, b]) = read(&mut world, [&a, &b]) else { return Ok(()) };
        let store = &mut world.store;
        let mut inference = Inference::new();
        let (x, y) = (inference.fresh_type(store), inference.fresh_type(store));
        let flows = inference.constrain_subtype(store, a, x) && inference.constrain_subtype(store, x, b);
        prop_assert_eq!(flows, store.is_subtype(a, b));
        if flows && a != TypeId::NEVER {
            prop_assert_eq!(inference.resolve(store, x), a);
        }
        prop_assert!(inference.unify(store, y, b));
        prop_assert_eq!(inference.constrain_subtype(store, a, y), store.is_subtype(a, b));
    }
}

/// Types that values have at run time.
const RUNTIME: [&str; 20] = [
    "i64",
    "str",
    "#ok",
    "Fox",
    "Carp",
    "Unicorn",
    "Person",
    "Dog",
    "Puppy",
    "Shape.Circle",
    "Shape.Square",
    "[i64]",
    "[Animal]",
    "List<Fox>",
    "List<i64>",
    "Hold<Fox>",
    "(i64, Fox)",
    "Some<Fox>",
    "Var<i64>",
    "%{ name: str }",
];

const PARAMS: [&str; 36] = [
    "any",
    "any",
    // The same variable in both places is seldom otherwise.
    "T",
    "T",
    "T",
    "T",
    "i64",
    "Animal",
    "Swimmer",
    "Fish",
    "Fox",
    "Dog",
    "Named",
    "%{ name: str }",
    "Shape",
    "Shape.Circle",
    "[i64]",
    "[T]",
    "Seq<T>",
    "Seq<any>",
    "List<T>",
    "List<Animal>",
    "T",
    "U",
    "A",
    "F",
    "i64 | str",
    "T | i64",
    "(T, U)",
    "(any, Animal)",
    "Hold<T>",
    "Source<T>",
    "T?",
    "Animal & Swimmer",
    "Unicorn | Carp",
    "Source<Animal>",
];

fn signature() -> impl Strategy<Value = (&'static str, &'static str)> {
    (prop::sample::select(&PARAMS[..]), prop::sample::select(&PARAMS[..]))
}

fn signatures(world: &mut World, texts: &[(&str, &str)]) -> Vec<Signature> {
    let mut all = Vec::new();
    for (a, b) in texts {
        let params = vec![world.ty(a), world.ty(b)];
        let mut vars = Vec::new();
        for &param in &params {
            for var in world.store.free_vars(param) {
                if !vars.contains(&var) {
                    vars.push(var);
                }
            }
        }
        all.push(Signature { vars, params });
    }
    all
}

fn runtime_tuples(world: &mut World) -> Vec<Vec<TypeId>> {
    let types: Vec<TypeId> = RUNTIME.iter().map(|text| world.ty(text)).collect();
    types.iter().flat_map(|&a| types.iter().map(move |&b| vec![a, b])).collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: cases(200), failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn specificity_is_inclusion_of_runtime_tuples(a in signature(), b in signature()) {
        let mut world = zoo();
        let all = signatures(&mut world, &[a, b]);
        let narrower = world.store.at_least_as_specific(&all[0], &all[1]);
        for tuple in runtime_tuples(&mut world) {
            let (first, second) = (world.store.fit(&tuple, &all[0]), world.store.fit(&tuple, &all[1]));
            if first.is_some() && second.is_none() {
                prop_assert!(!narrower, "{:?}", world.show_all(&tuple));
            }
        }
    }

    #[test]
    fn dispatch_is_its_definition(texts in prop::collection::vec(signature(), 1..6)) {
        let mut world = zoo();
        let all = signatures(&mut world, &texts);
        let tuples = runtime_tuples(&mut world);
        // Which signatures each tuple fits; specificity by these sets alone is an upper bound of the real one.
        let fits: Vec<Vec<usize>> = tuples
            .iter()
            .map(|tuple| (0..all.len()).filter(|&i| world.store.fit(tuple, &all[i]).is_some()).collect())
            .collect();
        let below = |i: usize, j: usize| fits.iter().all(|set| !set.contains(&i) || set.contains(&j));
        for (tuple, fitting) in tuples.iter().zip(&fits) {
            match world.store.dispatch(tuple, &all) {
                Dispatch::None => prop_assert!(fitting.is_empty()),
                Dispatch::One(chosen, _) => {
                    prop_assert!(fitting.contains(&chosen));
                    prop_assert!(fitting.iter().all(|&other| below(chosen, other)));
                }
                Dispatch::Ambiguous(best) => {
                    prop_assert!(best.len() > 1 && best.iter().all(|i| fitting.contains(i)));
                    for &i in fitting {
                        let wins = fitting.iter().all(|&j| i == j || world.store.more_specific(&all[i], &all[j]));
                        prop_assert!(!wins);
                    }
                }
            }
        }
    }

    #[test]
    fn what_runs_was_among_what_may_run(
        texts in prop::collection::vec(signature(), 1..6),
        statics in (prop::sample::select(&PARAMS[..]), prop::sample::select(&PARAMS[..])),
        stand_in in prop::sample::select(&["i64", "any", "Animal", "Fox", "i64 | str", "[i64]", "Fish", "Shape"][..]),
    ) {
        let mut world = zoo();
        let all = signatures(&mut world, &texts);
        let statics = vec![world.ty(statics.0), world.ty(statics.1)];
        let may_run = world.store.may_run(&statics, &all);
        let sole = world.store.sole_target(&statics, &all);
        // Inside of a generic function its type parameters stand for some types, of which the checker knows nothing.
        let stand_in = world.ty(stand_in);
        let mut given = Substitution::default();
        let vars: Vec<_> = statics.iter().flat_map(|&ty| world.store.free_vars(ty)).collect();
        for var in vars {
            let upper = world.store.var(var).upper;
            if !world.store.is_subtype(stand_in, upper) {
                return Ok(());
            }
            given.insert(var, stand_in);
        }
        let seen: Vec<TypeId> = statics.iter().map(|&ty| world.store.substitute(ty, &given)).collect();
        for tuple in runtime_tuples(&mut world) {
            if !tuple.iter().zip(&seen).all(|(&own, &wide)| world.store.is_subtype(own, wide)) {
                continue;
            }
            let found = world.store.dispatch(&tuple, &all);
            if let Dispatch::One(chosen, types) = &found {
                let bounds = world.store.upper_assignment(&statics, &all[*chosen]);
                for (&ty, bound) in types.iter().zip(bounds) {
                    let bound = world.store.substitute(bound, &given);
                    prop_assert!(world.store.is_subtype(ty, bound), "{} of {}", world.show(bound), world.show(ty));
                }
                prop_assert!(may_run.contains(chosen), "{} runs {chosen}", world.show_all(&tuple));
            }
            if let Some(sole) = sole {
                prop_assert!(matches!(found, Dispatch::One(chosen, _) if chosen == sole));
            }
        }
    }

    #[test]
    fn covered_functions_never_run_themselves(texts in prop::collection::vec(signature(), 1..7)) {
        let mut world = zoo();
        let all = signatures(&mut world, &texts);
        if !(all[0].params.iter().any(|&ty| world.store.is_abstract(ty))) {
            return Ok(());
        }
        let missing = world.store.missing_cases(&all, 0);
        for tuple in runtime_tuples(&mut world) {
            if world.store.fit(&tuple, &all[0]).is_none() {
                continue;
            }
            let covered = (1..all.len()).any(|i| {
                world.store.fit(&tuple, &all[i]).is_some() && world.store.more_specific(&all[i], &all[0])
            });
            if missing.is_empty() {
                prop_assert!(covered, "{}", world.show_all(&tuple));
            }
        }
    }

    #[test]
    fn witnesses_are_ambiguous(texts in prop::collection::vec(signature(), 2..6)) {
        let mut world = zoo();
        let all = signatures(&mut world, &texts);
        for (i, j, witness) in world.store.ambiguities(&all) {
            match world.store.dispatch(&witness, &all) {
                Dispatch::Ambiguous(best) => prop_assert!(best.contains(&i) && best.contains(&j)),
                other => prop_assert!(false, "{other:?}"),
            }
        }
    }
}
