use super::ZOO;
use crate::testing::World;
use crate::{Dispatch, Signature, TypeId};

fn fits(cases: &[(&str, &str, &str)]) {
    let mut world = World::new(ZOO);
    for (args, signature, expected) in cases {
        let (args, signature) = (world.types(args), world.signature(signature));
        let found = world.store.fit(&args, &signature);
        let shown = found.map_or("no".to_owned(), |types| world.show_all(&types));
        assert_eq!(shown, *expected, "{} to {}", world.show_all(&args), world.show_all(&signature.params));
    }
    assert!(!world.store.over_budget());
}

#[test]
fn fit_without_variables_is_subtyping() {
    fits(&[
        ("i64", "(i64)", ""),
        ("i64", "(str)", "no"),
        ("Fox, Carp", "(Animal, Swimmer)", ""),
        ("Fox", "(Animal, Animal)", "no"),
        ("", "()", ""),
        ("never", "(i64)", ""),
    ]);
}

#[test]
fn variables_take_the_pieces_they_meet() {
    fits(&[
        ("i64", "<T>(T)", "i64"),
        ("[i64]", "<T>([T])", "i64"),
        ("i64", "<T>([T])", "no"),
        ("[i64; 3]", "<T>([T; 3])", "i64"),
        ("[i64; 3]", "<T>([T; 2])", "no"),
        ("[i64]", "<T>(Seq<T>)", "i64"),
        ("[i64; 2]", "<T>(Seq<T>)", "i64"),
        ("List<str>", "<T>(Seq<T>)", "str"),
        ("Range", "<T>(Seq<T>)", "i64"),
        ("[str: Fox]", "<T, U>([T: U])", "str, Fox"),
        ("Map<str, Fox>", "<T, U>(Map<T, U>)", "str, Fox"),
        ("(i64, str)", "<T, U>((T, U))", "i64, str"),
        ("(i64, str, str)", "<T, U>((T, U))", "no"),
        ("fn(i64) -> str", "<T, U>(fn(T) -> U)", "i64, str"),
        ("fn(i64, i64) -> str", "<T, U>(fn(T) -> U)", "no"),
        ("Function", "<T, U>(fn(T) -> U)", "no"),
        ("Type<i64>", "<T>(Type<T>)", "i64"),
        ("Type<i64>, str", "<T>(Type<T>, str)", "i64"),
        ("Hold<Fox>", "<T>(Hold<T>)", "Fox"),
        ("Hold<Fox>", "<T>(Source<T>)", "Fox"),
        ("Var<Fox>", "<T>(Sink<T>)", "Fox"),
        ("Some<Fox>", "<T>(T?)", "Fox"),
        ("Some<Fox> | None<never>", "<T>(T?)", "Fox"),
        ("Person", "<T>(%{ name: T })", "str"),
        ("Person", "<T>(%{ height: T })", "no"),
        ("%{ name: Fox, age: i64 }", "<T>(%{ name: T })", "Fox"),
        ("List<List<i64>>", "<T>(List<List<T>>)", "i64"),
        ("A", "<T>(T)", "A"),
        ("[F]", "<T>(Seq<T>)", "F"),
        ("_0", "<T>(T)", "_"),
        ("[_0]", "<T>([T])", "_"),
        ("_0", "<T>([T])", "no"),
    ]);
}

#[test]
fn repeated_variables_must_meet_equal_types() {
    fits(&[
        ("i64, i64", "<T>(T, T)", "i64"),
        ("i64, f64", "<T>(T, T)", "no"),
        ("Fox, Animal", "<T>(T, T)", "no"),
        ("Animal, Animal", "<T>(T, T)", "Animal"),
        ("[i64], i64", "<T>([T], T)", "i64"),
        ("[any], i64", "<T>([T], T)", "any"),
        ("[Animal], Fox", "<T>([T], T)", "Animal"),
        ("[Fox], Animal", "<T>([T], T)", "no"),
        ("List<Fox>, Fox", "<T>(List<T>, T)", "Fox"),
        ("List<Animal>, Fox", "<T>(List<T>, T)", "no"),
        ("(i64, i64)", "<T>((T, T))", "i64"),
        ("(i64, str)", "<T>((T, T))", "no"),
        ("i64 | str, i64 | str", "<T>(T, T)", "i64 | str"),
        ("error, i64", "<T>(T, T)", "{error}"),
    ]);
}

#[test]
fn bounds_are_checked_after_substitution() {
    fits(&[
        ("Fox", "<A>(A)", "Fox"),
        ("i64", "<A>(A)", "no"),
        ("[Fox], Fox", "<A, B>([A], B)", "Fox, Fox"),
        ("[Animal], Fox", "<A, B>([A], B)", "Animal, Fox"),
        ("[Fox], Animal", "<A, B>([A], B)", "no"),
        ("Animal", "<L>(L)", "Animal"),
        ("Fox", "<L>(L)", "Fox"),
        ("Carp", "<L>(L)", "no"),
        ("any", "<L>(L)", "any"),
        ("T", "<L>(L)", "no"),
    ]);
}

#[test]
fn never_and_the_empty_collection_fit() {
    fits(&[
        ("[never]", "<T>([T])", "never"),
        ("never", "<T>([T])", "never"),
        ("never, i64", "<T>([T], T)", "i64"),
        ("never", "<L>(List<L>)", "Fox"),
        ("error", "<T>([T])", "{error}"),
    ]);
}

#[test]
fn variables_in_unions_take_what_the_fixed_parts_leave() {
    fits(&[
        ("i64 | str", "<T>(T | i64)", "str"),
        ("i64", "<T>(T | i64)", "never"),
        ("str", "<T>(T | i64)", "str"),
        ("i64 | str | bool", "<T>(T | i64)", "bool | str"),
        ("[str]", "<T>([T] | i64)", "str"),
        ("i64", "<T>([T] | i64)", "never"),
        ("bool", "<T>([T] | i64)", "no"),
        ("[str] | i64", "<T>([T] | i64)", "str"),
        ("[str] | bool", "<T, U>([T] | U)", "str, bool"),
        ("List<i64> | List<str> | bool", "<T>(List<T> | bool)", "i64 | str"),
        ("[i64] | [str]", "<T>([T] | bool)", "no"),
        ("i64 | str, str", "<T>(T | i64, T)", "str"),
        ("i64, str", "<T>(T | i64, T)", "str"),
        ("i64 | bool, str", "<T>(T | i64, T)", "no"),
        ("Shape", "<T>(T | Shape.Circle)", "Shape.Square | Shape.Rect"),
        ("List<Fox> | List<Carp>", "<T>(List<T>)", "Fox | Carp"),
        ("[Fox] | [Carp]", "<T>([T])", "no"),
        ("[Fox] | List<Carp>", "<T>(Seq<T>)", "Fox | Carp"),
        ("Hold<Fox> | Var<Carp>", "<T>(Source<T>)", "Fox | Carp"),
        ("Fox & %{ age: i64 } | i64", "<T>(T | i64)", "never"),
        ("Animal & Swimmer", "<T>(T & Swimmer)", "Animal & Swimmer"),
        ("Fox", "<T>(T & Swimmer)", "no"),
    ]);
}

#[test]
fn specificity() {
    let mut world = World::new(ZOO);
    for (a, b, forward, backward) in [
        ("(i64)", "(any)", true, false),
        ("(Fox)", "(Animal)", true, false),
        ("(Animal)", "(Swimmer)", false, false),
        ("(Animal, any)", "(any, Animal)", false, false),
        ("(i64, i64)", "(any, any)", true, false),
        ("<T>(T, T)", "(any, any)", true, false),
        ("<T, U>(T, U)", "(any, any)", true, true),
        ("<T, U>(T, U)", "<T>(T, T)", false, true),
        ("<A>(A)", "(Animal)", true, true),
        ("<A>(A, A)", "(Animal, Animal)", true, false),
        ("(Fox)", "<A>(A)", true, false),
        ("(Person)", "(%{ name: str })", true, false),
        ("([i64])", "<T>([T])", true, false),
        ("<T>([T])", "<T>(Seq<T>)", true, false),
        ("<T>([T])", "(any)", true, false),
        ("<T>(Seq<T>)", "(Seq<any>)", true, true),
        ("<T>(List<T>, List<T>)", "(List<any>, List<any>)", true, false),
        ("<T>(Seq<T>, Seq<T>)", "(Seq<any>, Seq<any>)", true, false),
        ("<T>(Hold<T>, T)", "(Hold<any>, any)", true, false),
        ("(Shape.Circle)", "(Shape)", true, false),
        ("(i64 | str)", "(i64 | str | bool)", true, false),
        ("<T>(T, i64)", "<T>(i64, T)", false, false),
        ("<A, B>(A, B)", "<A, U>(A, U)", true, false),
        ("<T>((T, T))", "((any, any))", true, false),
        ("(i64, i64)", "<T>(T, T)", true, false),
        ("(Animal, Animal)", "<T>(T, T)", false, false),
        ("(Function)", "(any)", true, false),
        ("<T, U>(fn(T) -> U)", "(Function)", true, false),
        // The array decides; what the other place takes may be of any type below.
        ("<T>(Seq<T>, [T])", "<T>(Seq<T>, Seq<T>)", false, false),
        ("<T>(Seq<T>, [T])", "<T, U>(Seq<T>, Seq<U>)", true, false),
        ("<T>(T, [T])", "<T>(T, Seq<T>)", false, false),
        ("<T>(T, [T])", "<U>(U, [U])", true, true),
        ("<T>(T | i64, [T])", "<T>(T, [T])", false, true),
        ("<T>(T, T, fn(T) -> bool)", "<T>(T, T, any)", false, false),
        ("<T>(T, T, fn(T) -> bool)", "<U>(U, U, fn(U) -> bool)", true, true),
    ] {
        let (x, y) = (world.signature(a), world.signature(b));
        assert_eq!(world.store.at_least_as_specific(&x, &y), forward, "{a} as specific as {b}");
        assert_eq!(world.store.at_least_as_specific(&y, &x), backward, "{b} as specific as {a}");
        assert_eq!(world.store.more_specific(&x, &y), forward && !backward, "{a} more specific than {b}");
    }
}

fn dispatch(signatures: &[&str], cases: &[(&str, &str)]) {
    let mut world = World::new(ZOO);
    let signatures = world.signatures(signatures);
    for (args, expected) in cases {
        let types = world.types(args);
        let shown = match world.store.dispatch(&types, &signatures) {
            Dispatch::One(index, _) => index.to_string(),
            Dispatch::None => "none".to_owned(),
            Dispatch::Ambiguous(indices) => format!("ambiguous {indices:?}"),
        };
        assert_eq!(shown, *expected, "{args}");
    }
}

#[test]
fn the_most_specific_function_is_called() {
    dispatch(
        &["(any)", "(Animal)", "(Fish)", "(Carp)", "(i64)", "<T>([T])", "([i64])"],
        &[
            ("str", "0"),
            ("Fox", "1"),
            ("Fish", "2"),
            ("Unicorn", "2"),
            ("Carp", "3"),
            ("i64", "4"),
            ("[str]", "5"),
            ("[i64]", "6"),
            ("i64 | str", "0"),
            ("Animal", "1"),
            ("any", "0"),
        ],
    );
}

#[test]
fn equal_arguments_prefer_the_repeated_variable() {
    dispatch(
        &["(any, any)", "<T>(T, T)", "(i64, i64)"],
        &[("i64, str", "0"), ("str, str", "1"), ("i64, i64", "2"), ("Fox, Animal", "0"), ("any, any", "1")],
    );
}

#[test]
fn no_single_best_function_is_ambiguous() {
    dispatch(
        &["(Animal, any)", "(any, Animal)", "(Fox, Fox)", "(Swimmer, Swimmer)"],
        &[
            ("Fox, i64", "0"),
            ("Fox, Fox", "2"),
            ("Fox, Dog", "ambiguous [0, 1]"),
            ("Carp, Carp", "ambiguous [0, 1, 3]"),
            ("i64, str", "none"),
            ("Fox", "none"),
        ],
    );
}

#[test]
fn a_function_reached_by_two_paths_is_not_ambiguous() {
    dispatch(&["(any)", "(Animal)", "(Swimmer)", "(Animal & Swimmer)"], &[("Carp", "3"), ("Puppy", "3"), ("Fox", "1")]);
    dispatch(&["(any)", "(Animal)", "(Swimmer)", "(Fish)"], &[("Carp", "3"), ("Puppy", "ambiguous [1, 2]")]);
}

#[test]
fn structs_are_more_specific_than_their_shapes() {
    dispatch(
        &["(%{ name: str })", "(Person)", "(%{ name: str, age: i64 })"],
        &[("Person", "1"), ("Unicorn", "0"), ("%{ name: str, age: i64, x: bool }", "2")],
    );
}

#[test]
fn duplicates_are_found() {
    let mut world = World::new(ZOO);
    let signatures =
        world.signatures(&["(any, any)", "<T, U>(T, U)", "(i64, any)", "<T>(i64, T)", "<A>(A)", "(Animal)"]);
    assert_eq!(world.store.duplicates(&signatures), [(0, 1), (2, 3), (4, 5)]);
}

#[test]
fn what_may_run() {
    let mut world = World::new(ZOO);
    type Case<'a> = (&'a str, &'a [usize], Option<usize>);
    let sets: &[(&[&str], &[Case])] = &[
        (
            &["(any)", "(Animal)", "(Fish)", "(i64)"],
            &[
                ("any", &[0, 1, 2, 3], None),
                ("i64", &[3], Some(3)),
                ("str", &[0], Some(0)),
                ("Animal", &[1, 2], None),
                ("Fox", &[1], Some(1)),
                ("Fish", &[2], Some(2)),
                ("Dog", &[1, 2], None),
                ("i64 | str", &[0, 3], None),
                ("i64 | Fox", &[1, 3], None),
                ("A", &[1, 2], None),
                ("T", &[0, 1, 2, 3], None),
            ],
        ),
        (
            &["(Shape)", "(Shape.Circle)", "(Shape.Square)", "(Shape.Rect)"],
            &[
                ("Shape", &[1, 2, 3], None),
                ("Shape.Circle", &[1], Some(1)),
                ("Shape.Circle | Shape.Rect", &[1, 3], None),
            ],
        ),
        (
            &["(any, any)", "<T>(T, T)"],
            &[
                ("i64, i64", &[1], Some(1)),
                ("i64, str", &[0], Some(0)),
                ("any, any", &[0, 1], None),
                ("Animal, Animal", &[0, 1], None),
                ("Fox, Fox", &[1], Some(1)),
                // Of one type parameter's values each is of a run-time type of its own.
                ("T, T", &[0, 1], None),
            ],
        ),
        (&["<U>(U, U)"], &[("T, T", &[0], None), ("i64, i64", &[0], Some(0)), ("A, A", &[0], None)]),
        (&["<U>([U], U)"], &[("[T], T", &[0], Some(0)), ("[A], A", &[0], Some(0)), ("[Animal], Fox", &[0], Some(0))]),
        (
            &["(i64)", "(f64)"],
            &[
                ("i64", &[0], Some(0)),
                ("i64 | f64", &[0, 1], None),
                ("i64 | str", &[0], None),
                ("str", &[], None),
                ("any", &[0, 1], None),
            ],
        ),
        (&["(any)"], &[("any", &[0], Some(0)), ("i64", &[0], Some(0)), ("never", &[], None)]),
        (
            &["<T>([T])", "(Seq<any>)"],
            &[("[i64]", &[0], Some(0)), ("Seq<i64>", &[0, 1], None), ("List<i64>", &[1], Some(1))],
        ),
    ];
    for (signatures, cases) in sets {
        let signatures = world.signatures(signatures);
        for (args, may_run, sole) in *cases {
            let types = world.types(args);
            assert_eq!(world.store.may_run(&types, &signatures), *may_run, "{args}");
            assert_eq!(world.store.sole_target(&types, &signatures), *sole, "{args}");
        }
    }
}

#[test]
fn unions_are_split() {
    let mut world = World::new(ZOO);
    let signatures = world.signatures(&["(i64)", "(str)"]);
    let args = world.types("i64 | str | bool");
    let found: Vec<String> = world
        .store
        .dispatch_split(&args, &signatures)
        .into_iter()
        .map(|(types, dispatch)| format!("{} {dispatch:?}", world.show_all(&types)))
        .collect();
    assert_eq!(found, ["i64 One(0, [])", "bool None", "str One(1, [])"]);
}

fn missing(declarations: &str, signatures: &[&str]) -> Vec<String> {
    let mut world = World::new(declarations);
    let signatures = world.signatures(signatures);
    let missing = world.store.missing_cases(&signatures, 0);
    assert!(!world.store.over_budget());
    missing.iter().map(|types| world.show_all(types)).collect()
}

#[test]
fn abstract_functions_must_be_covered() {
    assert_eq!(missing(ZOO, &["(Shape)"]), ["Shape.Circle", "Shape.Square", "Shape.Rect"]);
    assert_eq!(missing(ZOO, &["(Shape)", "(Shape.Circle)", "(%{ side: f64 })"]), ["Shape.Square", "Shape.Rect"]);
    assert_eq!(missing(ZOO, &["(Shape)", "(Shape.Circle)", "(Shape & %{ side: f64 })"]), [""; 0]);
    assert_eq!(missing(ZOO, &["(Animal)", "(Fish)", "(Dog)"]), ["Fox"]);
    assert_eq!(missing(ZOO, &["(Animal)", "(Animal & Swimmer)"]), ["Fox", "Dog"]);
    assert_eq!(missing(ZOO, &["(Animal)", "<A>(A)"]), ["Carp", "Unicorn", "Fox", "Dog"]);
    assert_eq!(missing(ZOO, &["(i64 | str)", "(i64)"]), ["str"]);
    assert_eq!(
        missing(ZOO, &["(Shape, bool)", "(Shape.Circle, any)"]),
        ["Shape.Circle, bool", "Shape.Square, bool", "Shape.Rect, bool"]
    );
    assert_eq!(missing(ZOO, &["(Shape, bool)", "(Shape.Circle, bool)", "(Shape.Square | Shape.Rect, bool)"]), [""; 0]);
    assert_eq!(
        missing(ZOO, &["((Shape, i64))", "((Shape.Circle, i64))"]),
        ["(Shape.Square, i64)", "(Shape.Rect, i64)"]
    );
    assert_eq!(missing("trait Empty", &["(Empty)"]), [""; 0]);
    assert_eq!(missing(ZOO, &["(Animal & Swimmer)", "(Puppy)"]), ["Carp", "Unicorn"]);
    assert_eq!(missing(ZOO, &["(Show)"]), ["Show"]);
}

#[test]
fn pairs_of_abstract_inputs() {
    assert_eq!(
        missing(
            ZOO,
            &["(Shape, Shape)", "(Shape.Circle, Shape)", "(Shape, Shape.Circle)", "(Shape.Square, Shape.Square)"]
        ),
        ["Shape.Square, Shape.Rect", "Shape.Rect, Shape.Square", "Shape.Rect, Shape.Rect"]
    );
}

#[test]
fn a_sibling_does_not_cover() {
    let world = "trait X\ntrait Y\nstruct S: X, Y";
    assert_eq!(missing(world, &["(X)", "(Y)"]), ["S"]);
    assert_eq!(missing(world, &["(X)", "(Y)", "(X & Y)"]), [""; 0]);
}

#[test]
fn generic_inputs_are_covered_by_their_most_general_instances() {
    let world = "trait Box<+T>\nstruct Full<+T>: Box<T>\nstruct Empty<+T>: Box<T>\nstruct Ints: Box<i64>\ntrait Cell<T>\nstruct Ref<T>: Cell<T>\nstruct Text: Cell<str>\nvar T";
    assert_eq!(missing(world, &["<T>(Box<T>)", "<T>(Full<T>)"]), ["Empty<any>", "Ints"]);
    assert_eq!(missing(world, &["(Box<str>)", "(Full<str>)"]), ["Empty<str>"]);
    assert_eq!(missing(world, &["(Box<i64>)", "(Full<i64>)"]), ["Empty<i64>", "Ints"]);
    assert_eq!(missing(world, &["(Cell<i64>)"]), ["Ref<i64>"]);
    assert_eq!(missing(world, &["(Cell<str>)", "(Ref<str>)"]), ["Text"]);
}

#[test]
fn variables_that_invariant_places_decide_stay_variables() {
    // `[T]` is an array of anything, not of `any` alone; what stands beside it is of any type below.
    assert_eq!(missing(ZOO, &["<T>(T | i64, [T])", "<T>(T, [T])"]), ["i64, [any]"]);
    assert_eq!(missing(ZOO, &["<T>(T | i64, [T])", "<T>(T, [T])", "<T>(i64, [T])"]), [""; 0]);
    assert_eq!(missing(ZOO, &["<F>(F, [F])", "<F>(F & Carp, [F])", "<F>(F & Unicorn, [F])"]), [""; 0]);
    assert_eq!(missing(ZOO, &["<F>(F, [F])", "<F>(F & Carp, [F])"]), ["Unicorn, [Fish]"]);
}

#[test]
fn sequences_are_arrays_lists_and_ranges() {
    assert_eq!(missing(ZOO, &["(Seq<i64>)"]), ["[i64]", "[i64; _]", "List<i64>", "Range"]);
    assert_eq!(missing(ZOO, &["(Seq<str>)", "<T>(List<T>)"]).len(), 3);
    assert_eq!(missing(ZOO, &["<T>(Seq<T>)", "<T>([T])", "(List<any>)", "(Range)"]), ["[any; _]"]);
}

fn ambiguous(declarations: &str, signatures: &[&str]) -> Vec<String> {
    let mut world = World::new(declarations);
    let signatures = world.signatures(signatures);
    let found = world.store.ambiguities(&signatures);
    found.iter().map(|(i, j, types)| format!("{i} {j}: {}", world.show_all(types))).collect()
}

#[test]
fn ambiguities_need_a_declared_type() {
    assert_eq!(ambiguous(ZOO, &["(Animal)", "(Swimmer)"]), ["0 1: Carp"]);
    assert_eq!(ambiguous(ZOO, &["(Animal)", "(Swimmer)", "(Fish)"]), ["0 1: Puppy"]);
    assert_eq!(ambiguous(ZOO, &["(Animal)", "(Swimmer)", "(Fish)", "(Puppy)"]), [""; 0]);
    assert_eq!(ambiguous(ZOO, &["(Animal)", "(Source<i64>)"]), [""; 0]);
    assert_eq!(ambiguous(ZOO, &["(i64, any)", "(any, i64)"]), ["0 1: i64, i64"]);
    assert_eq!(ambiguous(ZOO, &["(i64, any)", "(any, i64)", "(i64, i64)"]), [""; 0]);
    assert_eq!(ambiguous(ZOO, &["(i64, any)", "(any, str)", "(i64, str)"]), [""; 0]);
    assert_eq!(
        ambiguous(ZOO, &["(Shape, Shape.Circle)", "(Shape.Circle, Shape)"]),
        ["0 1: Shape.Circle, Shape.Circle"]
    );
    assert_eq!(ambiguous(ZOO, &["<T>(T, T)", "(i64, any)"]), ["0 1: i64, i64"]);
    assert_eq!(ambiguous(ZOO, &["<T>(T, T)", "(i64, any)", "(i64, i64)"]), [""; 0]);
    assert_eq!(ambiguous(ZOO, &["(Named)", "(%{ age: i64 })"]), ["0 1: Person"]);
    assert_eq!(ambiguous(ZOO, &["((Animal, any))", "((any, Animal))"]).len(), 1);
}

#[test]
fn signatures_of_other_arity_never_meet() {
    let mut world = World::new(ZOO);
    let signatures = [Signature::plain(&[TypeId::ANY]), Signature::plain(&[TypeId::I64, TypeId::I64])];
    assert_eq!(world.store.may_run(&[TypeId::I64], &signatures), [0]);
    assert!(world.store.ambiguities(&signatures).is_empty());
    assert!(world.store.duplicates(&signatures).is_empty());
    assert!(world.store.missing_cases(&signatures, 9).is_empty());
}

#[test]
fn variables_of_functions_for_narrower_arguments_are_bounded() {
    let mut world = World::new(ZOO);
    for (args, signature, expected) in [
        ("Seq<Animal>", "<T>([T])", "Animal"),
        ("Seq<Animal>", "<T>(Seq<T>)", "Animal"),
        ("any", "<T>([T])", "any"),
        ("any", "<A>(A)", "Animal"),
        ("Swimmer", "<A>(A)", "Animal & Swimmer"),
        ("Fox?", "<T>(Some<T>)", "Fox"),
        ("[i64] | [str] | bool", "<T>([T])", "i64 | str"),
        ("[i64] | any", "<T>([T])", "any"),
        ("Source<Fox>", "<T>(Hold<T>)", "Fox"),
        ("Source<Fox>", "<T>(Var<T>)", "Fox"),
        ("(Seq<Fox>, any)", "<T, U>(([T], U))", "Fox, any"),
        ("Animal, any", "<T>(T, T)", "Animal"),
        ("[A], Animal", "<A, B>([A], B)", "A, A"),
        ("any, any", "<A, B>([A], B)", "Animal, Animal"),
        ("Named", "<T>(%{ name: T, age: i64 })", "str"),
        ("Sink<Fox>", "<T>(Eat<T>)", "any"),
        ("A", "<F>(F)", "Fish & A"),
        ("Fish, any", "<T>(T, [T])", "any"),
        ("Fish, Seq<Animal>", "<T>(T, [T])", "Animal"),
        ("Fox, any, any", "<T>(T, T, fn(T) -> bool)", "any"),
        ("Fox, Carp, any", "<T>(T, T, fn(T) -> bool)", "Fox | Carp"),
        ("Fish, any", "<T>(T, T | [T])", "any"),
    ] {
        let (args, signature) = (world.types(args), world.signature(signature));
        let types = world.store.upper_assignment(&args, &signature);
        assert_eq!(
            world.show_all(&types),
            expected,
            "{} to {}",
            world.show_all(&args),
            world.show_all(&signature.params)
        );
    }
}

#[test]
fn one_variable_cannot_be_two_disjoint_types() {
    let mut world = World::new(ZOO);
    let signatures = world.signatures(&["(any, any)", "<T>(T, T)"]);
    let args = world.types("Animal, i64");
    assert_eq!(world.store.may_run(&args, &signatures), [0]);
    assert_eq!(world.store.sole_target(&args, &signatures), Some(0));
}
