use super::ZOO;
use crate::testing::World;
use crate::{Effects, TypeId};

fn check(cases: &[(&str, &str, bool)]) {
    let mut world = World::new(ZOO);
    for (a, b, expected) in cases {
        let (x, y) = (world.ty(a), world.ty(b));
        assert_eq!(world.store.is_subtype(x, y), *expected, "{a} <= {b}");
        assert_eq!(world.store.is_subtype(x, y), *expected, "{a} <= {b}, asked again");
    }
    assert!(!world.store.over_budget());
}

#[test]
fn ends_and_scalars() {
    check(&[
        ("never", "i64", true),
        ("never", "never", true),
        ("i64", "any", true),
        ("any", "any", true),
        ("any", "i64", false),
        ("any", "never", false),
        ("any", "i64 | str", false),
        ("i64", "never", false),
        ("i64", "f64", false),
        ("i64", "i64", true),
        ("byte", "i64", false),
        ("void", "()", true),
        ("void", "i64", false),
        ("#ok", "#ok", true),
        ("#ok", "#no", false),
        ("#ok", "str", false),
        ("error", "i64", true),
        ("i64", "error", true),
        ("[error]", "[i64]", true),
        ("[i64]", "[error]", true),
        ("[error]", "i64", false),
    ]);
}

#[test]
fn collections() {
    check(&[
        ("[i64]", "[i64]", true),
        ("[i64]", "[any]", false),
        ("[Fox]", "[Animal]", false),
        ("[i64; 2]", "[i64; 2]", true),
        ("[i64; 2]", "[i64; 3]", false),
        ("[i64; 2]", "[i64]", false),
        ("[i64]", "[i64; 2]", false),
        ("[Fox]", "Seq<Animal>", true),
        ("[Fox; 2]", "Seq<Animal>", true),
        ("List<Fox>", "Seq<Animal>", true),
        ("Seq<Fox>", "Seq<Animal>", true),
        ("Seq<Animal>", "Seq<Fox>", false),
        ("Seq<Fox>", "[Fox]", false),
        ("Range", "Seq<i64>", true),
        ("Range", "Seq<any>", true),
        ("Range", "Seq<str>", false),
        ("Fox", "Seq<any>", false),
        ("[str: i64]", "[str: i64]", true),
        ("[str: i64]", "[str: any]", false),
        ("[str: i64]", "Seq<any>", false),
        ("List<Fox>", "List<Animal>", true),
        ("List<Animal>", "List<Fox>", false),
        ("Map<str, Fox>", "Map<str, Animal>", true),
        ("Map<Fox, i64>", "Map<Animal, i64>", false),
        ("Set<Fox>", "Set<Animal>", true),
        ("Type<i64>", "Type<i64>", true),
        ("Type<Fox>", "Type<Animal>", false),
        ("Type<Fox>", "Type", true),
        ("Type", "Type<Fox>", false),
    ]);
}

#[test]
fn tuples_and_functions() {
    check(&[
        ("(Fox, i64)", "(Animal, any)", true),
        ("(Fox, i64)", "(Fox,)", false),
        ("(Fox,)", "(Fox, any)", false),
        ("(Fox,)", "Fox", false),
        ("(i64 | str, Fox)", "(i64, Fox) | (str, Fox)", false),
        ("(i64, Fox) | (str, Fox)", "(i64 | str, Fox)", true),
        ("(never, i64)", "never", true),
        ("fn(Animal) -> Fox", "fn(Fox) -> Animal", true),
        ("fn(Fox) -> Fox", "fn(Animal) -> Fox", false),
        ("fn(Fox) -> Animal", "fn(Fox) -> Fox", false),
        ("fn() -> i64", "fn(i64) -> i64", false),
        ("fn() -> i64 is pure", "fn() -> i64", true),
        ("fn() -> i64", "fn() -> i64 is pure", false),
        ("fn() -> i64 is io.fs", "fn() -> i64 is io", true),
        ("fn() -> i64 is io", "fn() -> i64 is io.fs + panic", false),
        ("fn() -> i64", "Function", true),
        ("Function", "fn() -> i64", false),
        ("Function", "any", true),
        ("fn(fn(Fox) -> i64) -> i64", "fn(fn(Animal) -> i64) -> i64", true),
        ("fn(fn(Animal) -> i64) -> i64", "fn(fn(Fox) -> i64) -> i64", false),
        ("fn(fn(Fox) -> any) -> i64", "fn(fn(Animal) -> i64) -> i64", true),
    ]);
}

#[test]
fn unions_and_intersections() {
    check(&[
        ("i64", "i64 | str", true),
        ("i64 | str", "str | bool | i64", true),
        ("i64 | str", "i64", false),
        ("i64 | str", "any", true),
        ("Fox | Carp", "Animal", true),
        ("Animal", "Fox | Carp", false),
        ("Fish", "Animal & Swimmer", true),
        ("Animal & Swimmer", "Fish", false),
        ("Animal & Swimmer", "Animal", true),
        ("Animal & Named", "Named & Animal", true),
        ("Animal & Swimmer & Named", "Animal & Named", true),
        ("Animal & Named", "Animal & Swimmer & Named", false),
        ("Dog & Swimmer", "Animal & Swimmer", true),
        ("Animal & (Swimmer | Named)", "Animal & Swimmer | Animal & Named", true),
        ("Animal & Swimmer | Animal & Named", "Animal & (Swimmer | Named)", true),
        ("Animal & Swimmer | Animal & Named", "Animal", true),
        ("Animal | Swimmer & Named", "(Animal | Swimmer) & (Animal | Named)", true),
        ("(Animal | Swimmer) & (Animal | Named)", "Animal | Swimmer & Named", true),
    ]);
}

#[test]
fn declared_types() {
    check(&[
        ("Fox", "Animal", true),
        ("Carp", "Animal", true),
        ("Carp", "Swimmer", true),
        ("Animal", "Fox", false),
        ("Fox", "Swimmer", false),
        ("Puppy", "Dog", true),
        ("Puppy", "Animal", true),
        ("Dog", "Puppy", false),
        ("Sun", "Sun", true),
        ("Sun", "Animal", false),
        ("Shape.Circle", "Shape", true),
        ("Shape", "Shape.Circle", false),
        ("Shape.Circle", "Shape.Square", false),
        ("Shape", "Shape.Circle | Shape.Square | Shape.Rect", true),
        ("Shape", "Shape.Circle | Shape.Square", false),
        ("One.Only", "One", true),
        ("One", "One.Only", false),
        ("Some<Fox>", "Animal?", true),
        ("Some<Fox>", "Some<Animal>", true),
        ("Fox?", "Animal?", true),
        ("Animal?", "Fox?", false),
        ("None<never>", "Fox?", true),
        ("Some<Fox> | None<never>", "Fox?", true),
        ("Ok<Fox, never>", "Result<Animal, str>", true),
        ("Iter<Fox>", "Iter<Animal>", true),
        ("Fox", "Seq<any>", false),
    ]);
}

#[test]
fn variance_of_declared_types() {
    check(&[
        ("Source<Fox>", "Source<Animal>", true),
        ("Source<Animal>", "Source<Fox>", false),
        ("Sink<Animal>", "Sink<Fox>", true),
        ("Sink<Fox>", "Sink<Animal>", false),
        ("Cell<Fox>", "Cell<Animal>", false),
        ("Cell<Fox>", "Source<Animal>", true),
        ("Cell<Animal>", "Sink<Fox>", true),
        ("Cell<Fox>", "Sink<Animal>", false),
        ("Hold<Fox>", "Source<Animal>", true),
        ("Eat<Animal>", "Sink<Fox>", true),
        ("Var<Fox>", "Source<any>", true),
        ("Var<Fox>", "Cell<any>", false),
        ("Hold<Sink<any>>", "Source<Sink<i64>>", true),
        ("Sink<Source<any>>", "Sink<Source<i64>>", true),
        ("Sink<Sink<i64>>", "Sink<Sink<any>>", true),
    ]);
}

#[test]
fn shapes() {
    check(&[
        ("%{ a: i64, b: str }", "%{ a: i64 }", true),
        ("%{ a: i64 }", "%{ a: i64, b: str }", false),
        ("%{ a: Fox }", "%{ a: Animal }", true),
        ("%{ a: Animal }", "%{ a: Fox }", false),
        ("%{ a: i64 }", "%{}", true),
        ("Person", "%{ name: str }", true),
        ("Person", "%{ name: str, age: any }", true),
        ("Person", "%{ name: i64 }", false),
        ("Person", "%{ height: i64 }", false),
        ("Named", "%{ name: str }", true),
        ("Named", "%{ name: str, age: i64 }", false),
        ("Dog", "%{ name: str }", true),
        ("Puppy", "%{ name: str, toy: Animal }", true),
        ("Hold<Fox>", "%{ value: Animal }", true),
        ("Shape.Square", "%{ side: f64 }", true),
        ("Shape.Square | Shape.Rect", "%{ side: f64 }", true),
        ("Shape", "%{ side: f64 }", false),
        ("Shape", "%{}", true),
        ("Fox", "%{}", true),
        ("i64", "%{}", false),
        ("[i64]", "%{}", false),
        ("Animal & %{ age: i64 }", "%{ age: i64 }", true),
        ("Named & %{ age: i64 }", "%{ name: str, age: i64 }", true),
        ("Person", "Named & %{ age: i64 }", true),
        ("HasX", "%{ x: i64 }", true),
        ("Show", "%{}", false),
    ]);
}

#[test]
fn variables() {
    check(&[
        ("T", "T", true),
        ("T", "U", false),
        ("T", "any", true),
        ("A", "Animal", true),
        ("A", "Fish", false),
        ("F", "Animal & Swimmer", true),
        ("B", "A", true),
        ("B", "Animal", true),
        ("A", "B", false),
        ("Fox", "L", true),
        ("Carp", "L", false),
        ("Fox", "T", false),
        ("[T]", "[T]", true),
        ("[F]", "Seq<Animal>", true),
        ("T", "T | i64", true),
        ("A", "Animal | i64", true),
        ("A & Swimmer", "Animal", true),
        ("A & T", "T", true),
        ("_0", "_0", true),
        ("_0", "_1", false),
        ("_0", "any", true),
        ("[_0]", "[_0]", true),
        ("i64", "_0", false),
    ]);
}

#[test]
fn a_variable_bounded_by_a_union() {
    let mut world = World::new("enum E { X, Y }\nvar V: i64 | str\nvar W: E");
    for (a, b) in [("V", "i64 | str | bool"), ("W", "E.X | E.Y | i64"), ("W", "E"), ("[V]", "Seq<i64 | str>")] {
        let (a, b) = (world.ty(a), world.ty(b));
        assert!(world.store.is_subtype(a, b));
        assert!(!world.store.is_subtype(b, a));
    }
}

#[test]
fn inherited_arguments_merge_by_variance() {
    let mut world = World::new(
        "trait Out<+T>\ntrait In<-T>\ntrait Both<T>\ntrait A\ntrait B\ntrait C
         struct S: Out<A>, Out<B>\nstruct R: In<A>, In<B>\nstruct Q: Both<A>\ntrait P: Out<A>, In<A>\nstruct O: P, Out<C>, In<C>
         struct X: Both<A>, Both<B>",
    );
    for (a, b, expected) in [
        ("S", "Out<A>", true),
        ("S", "Out<B>", true),
        ("S", "Out<A & B>", true),
        ("S", "Out<A & B & C>", false),
        ("R", "In<A | B>", true),
        ("R", "In<A>", true),
        ("R", "In<any>", false),
        ("Q", "Both<A>", true),
        ("Q", "Both<A | B>", false),
        ("O", "Out<A & C>", true),
        ("O", "In<A | C>", true),
    ] {
        let (x, y) = (world.ty(a), world.ty(b));
        assert_eq!(world.store.is_subtype(x, y), expected, "{a} <= {b}");
    }
    let x = world.decl("X");
    let conflicts = world.store.inheritance_conflicts(x);
    assert_eq!(conflicts.len(), 1);
    let (first, second) = (world.show(conflicts[0].first), world.show(conflicts[0].second));
    assert_eq!((first.as_str(), second.as_str()), ("Both<A>", "Both<B>"));
    let o = world.decl("O");
    assert!(world.store.inheritance_conflicts(o).is_empty());
}

#[test]
fn interfaces_by_facts() {
    let mut world = World::new(ZOO);
    let (fox, show, dog) = (world.ty("Fox"), world.ty("Show"), world.ty("Dog"));
    let fox_or_dog = world.ty("Fox | Dog");
    assert!(!world.store.is_subtype(fox, show));
    assert_eq!(world.store.unknown_conformance, vec![(fox, show)]);
    world.store.unknown_conformance.clear();
    world.store.set_conformance(fox, show, true);
    assert!(world.store.is_subtype(fox, show));
    assert!(!world.store.is_subtype(fox_or_dog, show));
    assert_eq!(world.store.unknown_conformance, vec![(dog, show)]);
    world.store.set_conformance(dog, show, true);
    assert!(world.store.is_subtype(fox_or_dog, show));
    assert!(world.store.is_subtype(show, show));
    world.store.set_conformance(dog, show, false);
    assert!(!world.store.is_subtype(fox_or_dog, show));
}

#[test]
fn a_store_on_a_frozen_one_agrees() {
    let mut world = World::new(ZOO);
    let texts =
        ["Fox", "Animal", "Fox | i64", "[Fox]", "Seq<Animal>", "Shape", "Shape.Circle", "Person", "%{ name: str }"];
    let before: Vec<TypeId> = texts.iter().map(|text| world.ty(text)).collect();
    let mut answers = Vec::new();
    for &a in &before {
        for &b in &before {
            answers.push(world.store.is_subtype(a, b));
        }
    }
    let mut extended = world.clone();
    extended.store = crate::TypeStore::extend(std::sync::Arc::new(world.store));
    let after: Vec<TypeId> = texts.iter().map(|text| extended.ty(text)).collect();
    assert_eq!(before, after);
    let mut again = Vec::new();
    for &a in &after {
        for &b in &after {
            again.push(extended.store.is_subtype(a, b));
        }
    }
    assert_eq!(answers, again);
    let new = extended.ty("Map<str, [Fox]>");
    assert!(new.0 as usize >= extended.store.type_count() - 2);
    assert_eq!(extended.show(new), "Map<str, [Fox]>");
}

#[test]
fn effects_order_functions() {
    let mut store = crate::TypeStore::new();
    let all: Vec<Effects> = (0..32).map(|bits| Effects((bits * 37) & 0x7ff)).collect();
    for &x in &all {
        for &y in &all {
            let a = store.function(&[], TypeId::I64, x);
            let b = store.function(&[], TypeId::I64, y);
            assert_eq!(store.is_subtype(a, b), x.within(y));
        }
    }
}
