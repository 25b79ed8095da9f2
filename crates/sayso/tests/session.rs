//! Sessions: what entries see of each other, what stays, what failures leave behind.

use sayso::{Engine, EntryError, Host, Session};

struct Talk {
    session: Session,
    output: sayso::SharedBuffer,
}

impl Talk {
    fn new() -> Talk {
        let output = sayso::SharedBuffer::new();
        let mut host = Host::new();
        host.stdout = Box::new(output.clone());
        Talk { session: Session::new(&Engine::builder().build(), host).expect("a session"), output }
    }

    /// Enters something that succeeds; the value as `value : type`, or nothing.
    fn say(&mut self, text: &str) -> String {
        self.session.vm().set_stress(true);
        match self.session.enter(text) {
            Ok(entered) => entered.value.map_or(String::new(), |(value, ty)| format!("{value} : {ty}")),
            Err(error) => panic!("`{text}`: {error}"),
        }
    }

    /// Enters something that is refused or fails; the message.
    fn fail(&mut self, text: &str) -> String {
        match self.session.enter(text) {
            Ok(entered) => panic!("`{text}` gave {:?}", entered.value),
            Err(EntryError::Refused(error)) => error.diagnostics[0].message.clone(),
            Err(EntryError::Failed(failed)) => format!("{}: {}", failed.error.class, failed.error.message),
        }
    }

    fn printed(&mut self) -> String {
        let _ = self.session.vm().host().stdout.flush();
        String::from_utf8(self.output.take()).expect("text")
    }
}

#[test]
fn values_are_shown_with_their_types_and_kept() {
    let mut talk = Talk::new();
    assert_eq!(talk.say("1 + 2"), "3 : i64");
    assert_eq!(talk.say("it * 10"), "30 : i64");
    assert_eq!(talk.say("\"a\" + \"b\""), "\"ab\" : str");
    assert_eq!(talk.say("[1.5, 2.0]"), "[1.5, 2.0] : [f64]");
    assert_eq!(talk.say("println(\"x\")"), "");
    assert_eq!(talk.printed(), "x\n");
    // What has no value leaves `it` alone.
    assert_eq!(talk.say("it"), "[1.5, 2.0] : [f64]");
}

/// Known: the slots of a class with raw fields depend on the reference fields of all classes below it.
#[test]
fn an_heir_with_more_references_than_there_is_room_for_is_refused() {
    let mut talk = Talk::new();
    talk.say("class Base { id: i64; fn show(self) -> str { \"base{self.id}\" } }\nlet b = Base(7)");
    let message = talk.fail("class Named(Base) { name: str = \"n\" }\nNamed(3).show()");
    assert!(message.contains("`Base`") && message.contains("as it was"), "{message}");
    talk.say("class Scaled(Base) { factor: f64 = 1.0 }");
    assert_eq!(talk.say("Scaled(3).show() + b.show()"), "\"base3base7\" : str");
}

#[test]
fn variables_keep_what_they_hold_and_are_changed_by_later_entries() {
    let mut talk = Talk::new();
    talk.say("let mut count = 0\nlet xs = [1]");
    talk.say("count += 5");
    talk.say("push(xs, 2)\nxs.push(3)");
    assert_eq!(talk.say("(count, xs)"), "(5, [1, 2, 3]) : (i64, [i64])");
}

#[test]
fn an_entry_is_run_once() {
    let mut talk = Talk::new();
    talk.say("println(\"once\")");
    talk.say("1");
    talk.say("2");
    assert_eq!(talk.printed(), "once\n");
}

#[test]
fn functions_see_earlier_names_and_are_seen_later() {
    let mut talk = Talk::new();
    talk.say("let rate = 3");
    talk.say("fn scale(x: i64) -> i64 { x * rate }");
    assert_eq!(talk.say("scale(4)"), "12 : i64");
    // A new variable of the name does not change what the function means.
    talk.say("let rate = \"high\"");
    assert_eq!(talk.say("scale(4)"), "12 : i64");
    assert_eq!(talk.say("rate"), "\"high\" : str");
}

#[test]
fn a_name_may_be_bound_anew_from_its_old_value() {
    let mut talk = Talk::new();
    talk.say("let x = 1");
    talk.say("let x = x + 1");
    assert_eq!(talk.say("let x = \"{x}!\"\nx"), "\"2!\" : str");
}

#[test]
fn a_function_of_other_parameters_stands_beside_the_old_one() {
    let mut talk = Talk::new();
    talk.say("fn size(x: i64) -> str { \"number\" }");
    talk.say("fn size(x: str) -> str { \"text\" }");
    assert_eq!(talk.say("(size(1), size(\"a\"))"), "(\"number\", \"text\") : (str, str)");
    talk.say("fn any_size(x) { size(x) }");
    assert_eq!(talk.say("(any_size(1), any_size(\"a\"))"), "(\"number\", \"text\") : (str, str)");
    talk.say("fn size(x: i64) -> str { \"new\" }");
    assert_eq!(talk.say("(size(1), size(\"a\"))"), "(\"new\", \"text\") : (str, str)");
}

#[test]
fn types_and_their_values_live_on() {
    let mut talk = Talk::new();
    talk.say("struct Point { x: i64, y: i64 }\nlet p = Point { x: 1, y: 2 }");
    talk.say("enum Shape { Circle(f64), Empty }\nlet shapes = [Circle(1.5), Empty]");
    assert_eq!(talk.say("p"), "Point { x: 1, y: 2 } : Point");
    talk.say("fn to_str(p: Point) -> str { \"<{p.x}|{p.y}>\" }");
    talk.say("println(p, shapes)");
    assert_eq!(talk.say("p is Point"), "true : bool");
    talk.say("struct Point { name: str }");
    assert_eq!(talk.say("p is Point"), "false : bool");
    assert_eq!(talk.say("p.x"), "1 : i64");
    assert_eq!(talk.say("for s in shapes { match s { Circle(r) => println(r), Empty => println(\"empty\") } }"), "");
    assert!(talk.printed().ends_with("1.5\nempty\n"));
}

#[test]
fn closures_and_function_values_go_on() {
    let mut talk = Talk::new();
    talk.say("fn counter() -> fn() -> i64 is mut { let mut n = 0; || { n += 1; n } }");
    talk.say("let next = counter()");
    talk.say("fn twice<T>(f: fn(T) -> T, x: T) -> T { f(f(x)) }");
    assert_eq!(talk.say("next()"), "1 : i64");
    assert_eq!(talk.say("next()"), "2 : i64");
    talk.say("let double = |x: i64| x * 2\nlet table = [\"d\": double]");
    assert_eq!(talk.say("twice(table[\"d\"], 5)"), "20 : i64");
}

#[test]
fn classes_keep_their_objects_and_identity() {
    let mut talk = Talk::new();
    talk.say("class Account { balance: i64 = 0; fn pay(self, n: i64) { self.balance += n } }");
    talk.say("let a = Account()\nlet same = a");
    talk.say("a.pay(5)");
    assert_eq!(talk.say("(same.balance, same == a)"), "(5, true) : (i64, bool)");
}

#[test]
fn tables_find_their_keys_again() {
    let mut talk = Talk::new();
    talk.say("struct Key { a: i64, kind: #left | #right }");
    talk.say("let t: [any: i64] = [:]\nfor i in 0..100 { t[Key { a: i, kind: #left }] = i; t[(i, #right)] = -i }\nt[#right] = 7");
    // Other names and types come before those that the table was made with.
    talk.say("struct Another { z: f64 }\nlet s = [#up, #down]\nimport math");
    assert_eq!(talk.say("t[Key { a: 42, kind: #left }]"), "42 : i64");
    assert_eq!(talk.say("(t[(17, #right)], t[#right], t.len())"), "(-17, 7, 201) : (i64, i64, i64)");
}

#[test]
fn generators_go_on_where_they_were() {
    let mut talk = Talk::new();
    talk.say("fn up(n: i64) { for i in 0..n { yield i * i } }");
    talk.say("let g = up(10)");
    talk.say("g.next()");
    assert_eq!(talk.say("g.next()"), "Some(1) : i64?");
    assert_eq!(talk.say("g.next()"), "Some(4) : i64?");
}

#[test]
fn a_refused_entry_changes_nothing() {
    let mut talk = Talk::new();
    talk.say("let x = 1");
    assert!(talk.fail("let x = \"a\"\nlet y = nowhere").contains("nowhere"));
    assert_eq!(talk.say("x"), "1 : i64");
    assert!(talk.fail("y").contains('y'));
    assert!(talk.fail("let z = (1").len() > 3);
    assert_eq!(talk.say("x + 1"), "2 : i64");
}

#[test]
fn a_failed_entry_keeps_what_it_did() {
    let mut talk = Talk::new();
    talk.say("let zero = 0\nlet b = \"old\"");
    let message =
        talk.fail("println(\"before\")\nlet a = 1\nfn f() -> i64 { a }\nlet b = a / zero\nprintln(\"after\")");
    assert!(message.starts_with("DivisionError"), "{message}");
    assert_eq!(talk.printed(), "before\n");
    assert_eq!(talk.say("a + f()"), "2 : i64");
    // The variable that got no value hides nothing.
    assert_eq!(talk.say("b"), "\"old\" : str");
}

#[test]
fn limits_end_an_entry_and_not_the_session() {
    let limits = sayso::Limits { fuel: Some(100_000), memory: 8 << 20, depth: 500, deadline: None };
    let engine = Engine::builder().limits(limits).build();
    let mut session = Session::new(&engine, Host::new()).expect("a session");
    session.enter("let mut n = 0").expect("accepted");
    for text in [
        "while true { n += 1 }",
        "fn deep(x: i64) -> i64 { 1 + deep(x) }\ndeep(0)",
        "let xs = [0]\nwhile true { push(xs, 1) }",
    ] {
        assert!(matches!(session.enter(text), Err(EntryError::Failed(_))), "{text}");
    }
    let entered = session.enter("n > 100").expect("accepted");
    assert_eq!(entered.value, Some(("true".into(), "bool".into())));
}

#[test]
fn types_can_be_asked_for_without_running() {
    let mut talk = Talk::new();
    talk.say("fn f(x: i64) -> [i64] { println(x); [x] }");
    assert_eq!(talk.session.type_of("f(1)").expect("typed"), Some("[i64]".into()));
    assert_eq!(talk.session.type_of("let z = 1").expect("typed"), None);
    assert!(talk.session.type_of("g(1)").is_err());
    assert_eq!(talk.printed(), "");
}

#[test]
fn imports_and_names_last() {
    let mut talk = Talk::new();
    talk.say("import math\nfrom str import trim");
    assert_eq!(talk.say("math.floor(2.5)"), talk.say("math.floor(2.7)"));
    assert_eq!(talk.say("trim(\" a \")"), "\"a\" : str");
    talk.say("let apples = 1\nfn pears() -> i64 { 2 }\nstruct Plum { n: i64 }");
    let names = talk.session.own_names();
    assert_eq!(names, ["Plum", "apples", "it", "pears"]);
    assert!(talk.session.names().iter().any(|name| name == "println"));
}

#[test]
fn a_hundred_entries_stay_cheap_and_sound() {
    let mut talk = Talk::new();
    talk.say("let log: [str] = []");
    for i in 0..100 {
        talk.say(&format!("fn f{i}(x: i64) -> i64 {{ x + {i} }}\nlog.push(\"{{f{i}(1)}}\")"));
    }
    assert_eq!(talk.say("(log.len(), log[99], f3(0))"), "(100, \"100\", 3) : (i64, str, i64)");
    talk.session.vm().verify_heap().expect("a sound heap");
}
