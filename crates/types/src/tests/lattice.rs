use super::ZOO;
use crate::TypeId;
use crate::testing::World;

/// Each pair is the same type; the second is how it is shown.
fn simplified(cases: &[(&str, &str)]) {
    let mut world = World::new(ZOO);
    for (written, expected) in cases {
        let (ty, same) = (world.ty(written), world.ty(expected));
        assert_eq!(world.show(ty), *expected, "{written}");
        assert_eq!(ty, same, "{written}");
    }
    assert!(!world.store.over_budget());
}

#[test]
fn unions_are_simplified() {
    simplified(&[
        ("i64 | i64", "i64"),
        ("i64 | never", "i64"),
        ("i64 | any", "any"),
        ("(i64 | str) | (str | bool)", "i64 | bool | str"),
        ("Fox | Animal", "Animal"),
        ("Fox | Carp | Fish", "Fish | Fox"),
        ("[i64] | Seq<any>", "Seq<any>"),
        ("[i64] | [str]", "[i64] | [str]"),
        ("(i64, Fox) | (i64, Animal)", "(i64, Animal)"),
        ("%{ name: str } | Named", "%{ name: str }"),
        ("fn() -> i64 | str", "fn() -> i64 | str"),
        ("(fn() -> i64) | str", "str | (fn() -> i64)"),
        ("Animal & Swimmer | Animal", "Animal"),
        ("A | Animal", "Animal"),
    ]);
}

#[test]
fn an_enum_stands_for_all_its_variants() {
    simplified(&[
        ("Shape.Circle | Shape.Square | Shape.Rect", "Shape"),
        ("Shape.Rect | i64 | Shape.Square | Shape.Circle", "i64 | Shape"),
        ("Shape.Circle | Shape.Rect", "Shape.Circle | Shape.Rect"),
        ("Shape | Shape.Circle", "Shape"),
        ("Some<Fox> | None<Fox>", "Fox?"),
        ("Some<Fox> | None<never>", "Some<Fox> | None<never>"),
        ("Some<Fox> | None<Fox> | i64 | Some<Animal>", "i64 | None<Fox> | Some<Animal>"),
        ("Shape | %{ side: f64 }", "Shape.Circle | %{ side: f64 }"),
        ("One.Only | i64", "i64 | One.Only"),
    ]);
}

#[test]
fn intersections_are_simplified() {
    simplified(&[
        ("i64 & any", "i64"),
        ("i64 & never", "never"),
        ("i64 & str", "never"),
        ("Fox & Animal", "Fox"),
        ("Fox & Swimmer", "never"),
        ("Fox & Carp", "never"),
        ("Dog & Fox", "never"),
        ("Dog & Swimmer", "Swimmer & Dog"),
        ("Dog & Puppy", "Puppy"),
        ("Animal & i64", "never"),
        ("Animal & [i64]", "never"),
        ("[i64] & [str]", "never"),
        ("[i64] & Seq<any>", "[i64]"),
        ("[i64] & Seq<str>", "never"),
        ("(i64, any) & (any, str)", "(i64, any) & (any, str)"),
        ("(i64, any) & (str, any)", "never"),
        ("(i64,) & (i64, i64)", "never"),
        ("%{ name: str } & %{ age: i64 }", "%{ name: str, age: i64 }"),
        ("%{ a: Animal } & %{ a: Swimmer }", "%{ a: Animal & Swimmer }"),
        ("%{ a: i64 } & %{ a: str }", "never"),
        ("Named & %{ name: str }", "Named"),
        ("Named & %{ name: str, age: i64 }", "Named & %{ age: i64 }"),
        ("Fox & %{ age: i64 }", "never"),
        ("Person & %{ age: i64 }", "Person"),
        ("Person & %{ age: str }", "never"),
        ("(i64 | str) & (str | bool)", "str"),
        ("(Fox | Dog) & Swimmer", "Swimmer & Dog"),
        ("Shape & Shape.Circle", "Shape.Circle"),
        ("Shape & %{ side: f64 }", "Shape.Square | Shape.Rect"),
        ("Shape & (Shape.Circle | i64)", "Shape.Circle"),
        ("Fox? & Some<any>", "Some<Fox>"),
        ("#a & #b", "never"),
        ("#a & str", "never"),
        ("Function & (fn() -> i64)", "fn() -> i64"),
    ]);
}

#[test]
fn errors_absorb() {
    let mut world = World::new(ZOO);
    for text in ["error | i64", "i64 & error", "error | any", "never & error"] {
        assert_eq!(world.ty(text), TypeId::ERROR, "{text}");
    }
}

#[test]
fn variables_stay_in_intersections_unless_their_bounds_exclude_it() {
    let mut world = World::new(ZOO);
    for (text, disjoint) in [("T & i64", false), ("A & i64", true), ("A & Fox", false), ("F & Fox", true)] {
        let ty = world.ty(text);
        assert_eq!(ty == TypeId::NEVER, disjoint, "{text}");
    }
}

#[test]
fn subtraction_takes_parts_and_variants() {
    let mut world = World::new(ZOO);
    for (a, b, expected) in [
        ("i64 | str | bool", "str", "i64 | bool"),
        ("i64 | str", "i64 | str", "never"),
        ("i64", "str", "i64"),
        ("Shape", "Shape.Circle", "Shape.Square | Shape.Rect"),
        ("Shape", "i64", "Shape"),
        ("Shape | i64", "%{ side: f64 }", "i64 | Shape.Circle"),
        ("Fox?", "None<Fox>", "Some<Fox>"),
        ("Animal", "Fox", "Animal"),
        ("any", "i64", "any"),
        ("Fox | Carp | i64", "Animal", "i64"),
    ] {
        let (x, y) = (world.ty(a), world.ty(b));
        let rest = world.store.subtract(x, y);
        assert_eq!(world.show(rest), expected, "{a} without {b}");
    }
}

#[test]
fn types_built_too_early_are_mended() {
    let mut world = World::new("trait Late\nstruct S");
    let (late, s) = (world.ty("Late"), world.ty("S"));
    let union = world.store.union(&[late, s]);
    let pair = world.store.tuple(&[union, TypeId::I64]);
    let decl = world.decl("S");
    world.store.decl_mut(decl).supers.push(late);
    let mended = world.store.resimplify(pair);
    assert_eq!(world.show(mended), "(Late, i64)");
}

#[test]
fn disjointness() {
    let mut world = World::new(&format!(
        "{ZOO}\nstruct Tree {{ left: Tree?, value: i64 }}\nclass Cat: Animal\nclass Kept: Cell<i64>\nenum Loud: Animal {{ Lion, Cow }}"
    ));
    for (a, b, expected) in [
        ("i64", "any", false),
        ("never", "any", true),
        ("i64", "f64", true),
        ("i64", "error", false),
        ("i64 | str", "bool | str", false),
        ("i64 | str", "bool | byte", true),
        ("Dog", "Cat", true),
        ("Dog", "Puppy", false),
        ("Dog", "Fish", false),
        ("Animal", "Swimmer", false),
        ("Fox", "Swimmer", true),
        ("Loud", "Animal", false),
        ("Loud", "Swimmer", true),
        ("Loud.Lion", "Animal", false),
        ("Kept", "Cell<str>", true),
        ("Kept", "Source<str>", false),
        ("[i64]", "[T]", false),
        ("[i64]", "[A]", true),
        ("[Fox]", "[A]", false),
        ("[[i64]]", "[[T]]", false),
        ("[[i64]]", "[List<T>]", true),
        ("List<i64>", "List<str>", false),
        ("Map<i64, any>", "Map<str, any>", true),
        ("Some<i64>", "Some<str>", true),
        ("i64?", "str?", false),
        ("Some<i64>", "str?", true),
        ("None<i64>", "str?", false),
        ("Hold<i64>", "Hold<str>", true),
        ("Hold<Animal>", "Hold<Swimmer>", false),
        ("Tree", "%{ left: Tree? }", false),
        ("fn() -> i64", "fn(i64) -> i64", true),
        ("fn(i64) -> i64", "fn(str) -> str", false),
        ("Function", "fn() -> i64", false),
        ("Function", "i64", true),
        ("Show", "i64", false),
        ("Show", "Fox", false),
        ("Type<i64>", "Type<str>", true),
        ("Type", "Type<str>", false),
        ("Range", "Seq<i64>", false),
        ("Range", "Seq<str>", true),
        ("Range", "[i64]", true),
        ("_0", "i64", false),
        ("Shape.Circle", "Shape.Square", true),
        ("Shape.Circle", "Shape", false),
        ("Shape", "One", true),
        ("%{ x: i64 }", "i64", true),
        ("%{ x: i64 }", "%{ y: i64 }", false),
        ("%{ x: i64 }", "%{ x: str }", true),
    ] {
        let (x, y) = (world.ty(a), world.ty(b));
        assert_eq!(world.store.disjoint(x, y), expected, "{a} and {b}");
        assert_eq!(world.store.disjoint(y, x), expected, "{b} and {a}");
    }
    assert!(!world.store.over_budget());
}
