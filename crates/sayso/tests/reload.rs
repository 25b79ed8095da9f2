//! A VM that goes on with another program: what it keeps, what it refuses.

use sayso::{Datum, Engine, Host, Vm};
use std::sync::Arc;

fn code(text: &str) -> Arc<sayso::stages::vm::Program> {
    let program = Engine::builder().build().compile("m.say", text).unwrap_or_else(|error| panic!("{error}"));
    sayso::stages::vm::Program::new(program.module().clone()).expect("verified")
}

fn vm(text: &str) -> Vm {
    let limits = sayso::Limits::default();
    let mut vm = Vm::new(code(text), &sayso::stages::stdlib::natives(), Host::new(), limits).expect("a VM");
    vm.set_stress(true);
    vm.run_init().expect("it runs");
    vm
}

fn reload(vm: &mut Vm, text: &str) -> Result<(), String> {
    vm.reload(code(text), &sayso::stages::stdlib::natives(), None).map_err(|error| error.message)
}

fn ask(vm: &mut Vm, function: &str) -> Datum {
    let id = vm.export(function).expect("exported");
    vm.call(id, &[]).expect("it returns")
}

const BEFORE: &str = "\
struct P { x: i64, name: str }
let mut count = 1
let p = P { x: 5, name: \"five\" }
let all = [#red, #green]
fn bump() -> i64 { count += 1; count }
fn name() -> str { p.name }
";

#[test]
fn variables_and_objects_stay_while_code_changes() {
    let mut vm = vm(BEFORE);
    assert_eq!(ask(&mut vm, "bump"), Datum::Int(2));
    let after = BEFORE.replace("count += 1", "count += 10").replace("p.name", "\"{p.name} {all}\"");
    reload(&mut vm, &format!("struct New {{ z: f64 }}\n{after}\nfn more() -> New {{ New {{ z: 1.5 }} }}\n"))
        .expect("it fits");
    assert_eq!(ask(&mut vm, "bump"), Datum::Int(12));
    assert_eq!(ask(&mut vm, "name"), Datum::Str("five [#red, #green]".into()));
    vm.verify_heap().expect("a sound heap");
}

#[test]
fn what_the_host_holds_stays() {
    let mut vm = vm("class C { n: i64 = 3 }\nlet c = C()\nfn get() -> C { c }\nfn read(c: C) -> i64 { c.n }\n");
    let held = ask(&mut vm, "get");
    reload(&mut vm, "class A { }\nclass C { n: i64 = 3 }\nfn read(c: C) -> i64 { c.n * 100 }\n").expect("it fits");
    let read = vm.export("read").expect("exported");
    assert_eq!(vm.call(read, &[held]).expect("it returns"), Datum::Int(300));
}

#[test]
fn a_program_that_lacks_what_is_alive_is_refused_and_nothing_changes() {
    let mut vm = vm(BEFORE);
    for (text, lacks) in [
        (BEFORE.replace("struct P { x: i64, name: str }", "struct P { name: str, x: i64 }"), "P"),
        (BEFORE.replace("struct P { x: i64, name: str }", "struct P { x: i64, name: str, more: i64 = 0 }"), "P"),
        (
            BEFORE
                .replace("let mut count = 1", "let mut count = 1.5")
                .replace("-> i64 { count += 1; count }", "-> f64 { count }"),
            "count",
        ),
        (BEFORE.replace("let p =", "let q =").replace("P ", "Q ").replace("p.name", "\"\""), "P"),
    ] {
        let message = reload(&mut vm, &text).expect_err(&text);
        assert!(message.contains(lacks), "{message}");
        assert_eq!(ask(&mut vm, "name"), Datum::Str("five".into()));
        vm.verify_heap().expect("a sound heap");
    }
    assert_eq!(ask(&mut vm, "bump"), Datum::Int(2));
}

#[test]
fn a_function_that_a_value_refers_to_must_be_there() {
    let text = "fn inc(x: i64) -> i64 { x + 1 }\nlet fs = [inc]\nfn run() -> i64 { let f = fs[0]; f(1) }\n";
    let mut vm = vm(text);
    assert!(
        reload(&mut vm, "fn run() -> i64 { 1 }\nlet fs: [fn(i64) -> i64] = []\n")
            .expect_err("lacks it")
            .contains("inc")
    );
    assert_eq!(ask(&mut vm, "run"), Datum::Int(2));
    // At its place in the source, with another body.
    reload(&mut vm, &text.replace("x + 1", "x * 9")).expect("it fits");
    assert_eq!(ask(&mut vm, "run"), Datum::Int(9));
}

#[test]
fn a_generator_whose_code_changed_cannot_go_on() {
    let text = "fn up() { for i in 0..9 { yield i } }\nlet g = up()\nfn run() -> i64 { g.next() ?? -1 }\n";
    let mut vm = vm(text);
    assert_eq!(ask(&mut vm, "run"), Datum::Int(0));
    reload(&mut vm, &format!("{text}fn other() -> i64 {{ 1 }}\n")).expect("it fits");
    assert_eq!(ask(&mut vm, "run"), Datum::Int(1));
    let changed = text.replace("yield i }", "yield 0 }");
    assert_eq!(changed.len(), text.len());
    reload(&mut vm, &changed).expect("it fits");
    let run = vm.export("run").expect("exported");
    let error = vm.call(run, &[]).expect_err("it cannot go on");
    assert_eq!(error.class, "StateError");
}

#[test]
fn tables_find_their_keys_in_the_new_program_or_it_is_refused() {
    let text = "let t: [any: i64] = [#a: 1, (2, #b): 3]\nfn find() -> i64 { t[#a] * 10 + t[(2, #b)] }\n\
                fn rebuilt(t: [any: any]) -> [any: any] { let r: [any: any] = [:]; for (k, v) in t { r[k] = v }; r }\n";
    let mut vm = vm(text);
    let after = code(&format!("let first = [#zero, #one]\n{text}"));
    let natives = sayso::stages::stdlib::natives();
    let refused = vm.reload(after.clone(), &natives, None).expect_err("keys would be lost");
    assert!(refused.message.contains("tables"), "{}", refused.message);
    assert_eq!(ask(&mut vm, "find"), Datum::Int(13));
    let rebuilt = after.module().exports.iter().find(|(name, _)| after.name(*name) == "rebuilt").expect("exported").1;
    vm.reload(after, &natives, Some(rebuilt)).expect("it fits");
    assert_eq!(ask(&mut vm, "find"), Datum::Int(13));
    vm.verify_heap().expect("a sound heap");
}
