use super::ZOO;
use crate::testing::World;
use crate::{FieldAccess, Substitution, TypeId, TypeKind, Variance};

/// `slot 0: T`, `dynamic: T`, with ` mut`; or `none`.
fn field(world: &mut World, ty: &str, name: &str) -> String {
    let (ty, name) = (world.ty(ty), world.name(name));
    let Some(found) = world.store.field(ty, name) else { return "none".to_owned() };
    let ty = world.show(found.ty());
    let mutable = if found.mutable() { " mut" } else { "" };
    match found {
        FieldAccess::Slot { index, .. } => format!("slot {index}: {ty}{mutable}"),
        FieldAccess::Dynamic { .. } => format!("dynamic: {ty}{mutable}"),
    }
}

#[test]
fn fields() {
    let mut world = World::new(&format!(
        "{ZOO}\ntrait Aged: Named, %{{ age: i64 }}\ntrait Tagged: %{{ name: any }}, Named\nstruct P2 {{ mut name: str }}\nvar N: Aged"
    ));
    for (ty, name, expected) in [
        ("Person", "age", "slot 1: i64"),
        ("Person", "height", "none"),
        ("Dog", "name", "slot 0: str mut"),
        ("Puppy", "name", "slot 0: str mut"),
        ("Puppy", "toy", "slot 1: Fox"),
        ("Hold<Fox>", "value", "slot 0: Fox"),
        ("Named", "name", "dynamic: str"),
        ("Aged", "name", "dynamic: str"),
        ("Aged", "age", "dynamic: i64"),
        ("Tagged", "name", "dynamic: str"),
        ("N", "age", "dynamic: i64"),
        ("HasX", "x", "dynamic: i64"),
        ("%{ a: i64 }", "a", "dynamic: i64"),
        ("Shape.Square", "side", "slot 0: f64"),
        ("Shape", "side", "none"),
        ("Shape.Square | Shape.Rect", "side", "dynamic: f64"),
        ("Person | Dog", "name", "dynamic: str"),
        ("P2 | Dog", "name", "dynamic: str mut"),
        ("Person | Hold<i64>", "name", "none"),
        ("Dog & %{ name: str, age: i64 }", "age", "dynamic: i64"),
        ("Dog & Named", "name", "slot 0: str"),
        ("Dog & %{ age: i64 }", "name", "slot 0: str mut"),
        ("Hold<Animal> & %{ value: Swimmer }", "value", "slot 0: Animal & Swimmer"),
        ("any", "name", "none"),
        ("i64", "name", "none"),
        ("error", "name", "dynamic: {error} mut"),
    ] {
        assert_eq!(field(&mut world, ty, name), expected, "{ty}.{name}");
    }
}

#[test]
fn views_as_supertypes() {
    let mut world = World::new(ZOO);
    for (ty, decl, expected) in [
        ("Var<Fox>", "Source", "Source<Fox>"),
        ("Var<Fox>", "Cell", "Cell<Fox>"),
        ("Var<Fox>", "Var", "Var<Fox>"),
        ("Some<Fox>", "Option", "Fox?"),
        ("Hold<Fox> | Var<Carp>", "Source", "Source<Fox | Carp>"),
        ("Eat<Fox> | Var<Animal>", "Sink", "Sink<Fox>"),
        ("Var<Fox> | Var<Carp>", "Var", "none"),
        ("A", "Animal", "Animal"),
        ("Fox", "Swimmer", "none"),
        ("i64", "Animal", "none"),
        ("Animal & Source<i64>", "Source", "Source<i64>"),
    ] {
        let (ty, decl) = (world.ty(ty), world.decl(decl));
        let view = world.store.supertype_view(ty, decl);
        assert_eq!(view.map_or("none".to_owned(), |view| world.show(view)), expected);
    }
}

#[test]
fn variants_and_their_enums() {
    let mut world = World::new(ZOO);
    let option = world.ty("Fox?");
    let variants = world.store.variants(option);
    assert_eq!(world.show_all(&variants), "Some<Fox>, None<Fox>");
    assert_eq!(world.store.enum_of(variants[0]), Some(option));
    assert_eq!(world.store.enum_of(option), None);
    assert!(world.store.variants(TypeId::I64).is_empty());
    let wide = world.ty("Some<Fox> | Shape.Circle | i64");
    let wide = world.store.widen_variants(wide);
    assert_eq!(world.show(wide), "i64 | Shape | Fox?");
}

#[test]
fn direct_subtypes_follow_declarations() {
    let mut world = World::new(ZOO);
    let fish = world.decl("Fish");
    let names = |world: &mut World| {
        let below = world.store.direct_subtypes(fish);
        below.iter().map(|decl| world.interner.text(world.store.decl(*decl).name).to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(names(&mut world), ["Carp", "Unicorn"]);
    let (sun, ty) = (world.decl("Sun"), world.ty("Fish"));
    world.store.decl_mut(sun).supers.push(ty);
    assert_eq!(names(&mut world), ["Carp", "Unicorn", "Sun"]);
    let animal = world.decl("Animal");
    assert!(world.store.inherits(sun, animal));
    assert!(!world.store.inherits(fish, sun));
}

#[test]
fn abstract_types() {
    let mut world = World::new(ZOO);
    for (text, expected) in [
        ("i64", false),
        ("any", false),
        ("T", false),
        ("Animal", true),
        ("Shape", true),
        ("Shape.Circle", false),
        ("Show", true),
        ("Dog", false),
        ("Fox", false),
        ("i64 | str", true),
        ("Seq<i64>", true),
        ("[Animal]", false),
        ("(i64, Animal)", true),
        ("(i64, Fox)", false),
        ("%{ a: i64 }", false),
        ("Animal & %{ a: i64 }", true),
        ("Animal & Swimmer", true),
        ("Dog & Swimmer", false),
        ("fn(Animal) -> Animal", false),
    ] {
        let ty = world.ty(text);
        assert_eq!(world.store.is_abstract(ty), expected, "{text}");
        assert_eq!(world.store.is_concrete(ty), !expected, "{text}");
    }
}

#[test]
fn values_and_references() {
    let mut world =
        World::new(&format!("{ZOO}\nstruct Deep {{ items: [i64] }}\nstruct Node {{ next: Node?, label: str }}"));
    for (text, by_value, immutable) in [
        ("i64", true, true),
        ("str", true, true),
        ("Fox", true, true),
        ("Dog", false, false),
        ("[i64]", false, false),
        ("List<i64>", true, true),
        ("List<[i64]>", true, false),
        ("(i64, str)", true, true),
        ("(i64, [str])", true, false),
        ("Var<i64>", false, false),
        ("Deep", true, false),
        ("Node", true, true),
        ("Shape", true, true),
        ("[i64]?", true, false),
        ("any", false, false),
        ("Animal", false, false),
        ("fn() -> i64", false, false),
        ("i64 | str", true, true),
        ("i64 | Dog", false, false),
        ("Range", true, true),
    ] {
        let ty = world.ty(text);
        assert_eq!(world.store.by_value(ty), by_value, "{text} by value");
        assert_eq!(world.store.is_immutable(ty), immutable, "{text} immutable");
    }
}

#[test]
fn exact_types_have_nothing_below_them() {
    let mut world = World::new(ZOO);
    for (text, expected) in [
        ("i64", true),
        ("[Animal]", true),
        ("[T]", false),
        ("(i64, str)", true),
        ("(i64, any)", false),
        ("Fox", true),
        ("Dog", false),
        ("Animal", false),
        ("Some<i64>", true),
        ("Some<Animal>", false),
        ("None<i64>", false),
        ("None<never>", true),
        ("List<i64>", false),
        ("Var<Animal>", true),
    ] {
        let ty = world.ty(text);
        assert_eq!(world.store.is_exact(ty), expected, "{text}");
    }
}

#[test]
fn substitution() {
    let mut world = World::new(ZOO);
    let with = Substitution::from_vars(&[world.var("T"), world.var("U")], &[TypeId::I64, TypeId::STR]);
    for (text, expected) in [
        ("T", "i64"),
        ("A", "A"),
        ("[T]", "[i64]"),
        ("fn(T) -> U is pure", "fn(i64) -> str is pure"),
        ("(T, U, A)", "(i64, str, A)"),
        ("%{ a: T }", "%{ a: i64 }"),
        ("T | i64", "i64"),
        ("T | U | bool", "i64 | bool | str"),
        ("T & U", "never"),
        ("[T: U]", "[i64: str]"),
        ("Map<T, Hold<U>>", "Map<i64, Hold<str>>"),
        ("T?", "i64?"),
        ("Type<T>", "Type<i64>"),
        ("[U; 3]", "[str; 3]"),
    ] {
        let ty = world.ty(text);
        let result = world.store.substitute(ty, &with);
        assert_eq!(world.show(result), expected, "{text}");
    }
    let ty = world.ty("fn(U) -> [T: U]");
    assert_eq!(world.store.free_vars(ty), [world.var("U"), world.var("T")]);
    assert!(world.store.mentions(ty, &[world.var("T")]));
    assert!(!world.store.mentions(ty, &[world.var("A")]));
}

#[test]
fn positions_of_variables() {
    let mut world = World::new(ZOO);
    for (text, expected) in [
        ("T", Some(Variance::Covariant)),
        ("i64", None),
        ("[T]", Some(Variance::Invariant)),
        ("List<T>", Some(Variance::Covariant)),
        ("fn(T) -> i64", Some(Variance::Contravariant)),
        ("fn(fn(T) -> i64) -> T", Some(Variance::Covariant)),
        ("fn(T) -> T", Some(Variance::Invariant)),
        ("Sink<T>", Some(Variance::Contravariant)),
        ("Sink<Sink<T>>", Some(Variance::Covariant)),
        ("Map<T, i64>", Some(Variance::Invariant)),
        ("Map<i64, T>", Some(Variance::Covariant)),
        ("[T] | List<T>", Some(Variance::Invariant)),
    ] {
        let ty = world.ty(text);
        let var = world.var("T");
        assert_eq!(world.store.position_of(var, ty), expected, "{text}");
    }
}

#[test]
fn types_are_shown_as_they_are_written() {
    let mut world = World::new(ZOO);
    for text in [
        "any",
        "never",
        "i64",
        "void",
        "(i64,)",
        "(i64, str)",
        "#ok",
        "[i64]",
        "[i64; 4]",
        "[str: i64]",
        "Seq<i64>",
        "List<i64>",
        "Map<str, i64>",
        "Set<i64>",
        "fn(i64) -> bool is pure",
        "fn(i64) -> bool",
        "fn() -> i64 is io.fs + panic",
        "fn(fn() -> i64) -> fn() -> str",
        "(fn() -> i64)?",
        "Function",
        "%{ x: i64 }",
        "%{}",
        "i64?",
        "Option<i64?>",
        "(i64 | str)?",
        "[i64 | str]",
        "Shape.Circle",
        "Some<Fox>",
        "Result<i64, str>",
        "Type<i64>",
        "Animal & Swimmer",
        "i64 | Animal & Swimmer",
        "(Animal & Swimmer)?",
        "Hold<Var<i64>>",
        "fn() -> i64 | str",
        "(fn() -> i64) & T",
        "fn() -> (fn() -> i64 is pure) is io",
    ] {
        let ty = world.ty(text);
        let expected = if text == "%{}" { "%{ }" } else { text };
        assert_eq!(world.show(ty), expected);
    }
    let infer = world.ty("[_3]");
    assert_eq!(world.show(infer), "[_]");
    let list = world.types("i64, [str]");
    assert_eq!(world.store.display_list(&list, &world.interner), "(i64, [str])");
}

#[test]
fn long_types_are_cut_short() {
    let mut world = World::new("");
    let mut ty = TypeId::I64;
    for _ in 0..12 {
        ty = world.store.tuple(&[ty, ty]);
    }
    let text = world.show(ty);
    assert!(text.len() < 600, "{}", text.len());
    assert!(text.contains('…'));
    let many: Vec<TypeId> = (0..500)
        .map(|number| {
            let name = world.name(&format!("symbol{number}"));
            world.store.intern(TypeKind::Symbol(name))
        })
        .collect();
    let union = world.store.union(&many);
    let text = world.show(union);
    assert!(text.len() < 600 && text.ends_with('…'), "{text}");
}
