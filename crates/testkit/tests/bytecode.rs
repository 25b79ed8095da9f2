//! What the emitter promises: the instructions of the functions in `tests/bytecode/CASE.say` stand in `CASE.txt`.
//!
//! `main` is left out, and so are numbers in tables that depend on the rest of the program. `SAYSO_BLESS=1` rewrites the
//! listings. What takes more code than one likes to read is generated here.

use sayso::stages::bytecode::{Constant, Insn, Module, Op, disassemble_function};
use sayso::stages::vm::Engine as Interpreter;
use sayso::{Engine, Host, Limits, Program, SharedBuffer};
use std::collections::BTreeSet;
use std::fmt::Write as _;

fn compile(name: &str, text: &str) -> Program {
    let limits = Limits { memory: 512 << 20, ..Limits::default() };
    let engine = Engine::builder().limits(limits).build();
    engine.compile(name, text).unwrap_or_else(|error| panic!("{name}: {error:?}"))
}

/// What a program prints, the same in both engines.
fn output(program: &Program) -> String {
    let run = |engine| {
        let output = SharedBuffer::new();
        let mut vm = program.instantiate_with(Host { stdout: Box::new(output.clone()), ..Host::default() }).unwrap();
        vm.set_engine(engine);
        vm.run_main(&[]).unwrap_or_else(|error| panic!("{error}"));
        output.text()
    };
    let plain = run(Interpreter::Plain);
    assert_eq!(run(Interpreter::Threaded), plain);
    plain
}

/// Functions of the program's own modules but `main` and what initialises modules.
fn functions(module: &Module) -> impl Iterator<Item = u32> {
    let own = |function: &u32| {
        let function = &module.functions[*function as usize];
        !module.modules[function.module as usize].library && &*module.names[function.name as usize] != "main"
    };
    let first = module.modules.iter().map(|info| info.init).collect::<BTreeSet<_>>();
    (0..module.functions.len() as u32).filter(own).filter(move |function| !first.contains(function))
}

/// A listing without what depends on the rest of the program: numbers in tables, variables, the file's name.
fn focused(listing: &str, name: &str) -> String {
    let mut text = String::new();
    for line in listing.lines().filter(|line| !line.starts_with("  ;")) {
        let line = match line.strip_prefix("fn ") {
            Some(_) => line.split("  ; fn:").next().unwrap_or(line).to_string(),
            None => line.replace(&format!("{name}:"), "line "),
        };
        let mut rest = line.as_str();
        while let Some(at) = rest.find(':') {
            let (before, after) = rest.split_at(at + 1);
            let word = before.trim_end_matches(':').rsplit(|c: char| !c.is_ascii_lowercase()).next().unwrap_or("");
            let indexed = matches!(word, "const" | "type" | "fn" | "global" | "native" | "site" | "layout" | "table");
            let number = after.find(|c: char| !c.is_ascii_digit()).unwrap_or(after.len());
            text.push_str(before);
            if indexed && number > 0 {
                text.push('_');
                rest = &after[number..];
            } else {
                rest = after;
            }
        }
        text.push_str(rest);
        text.push('\n');
    }
    text
}

#[test]
fn functions_compile_to_what_is_promised() {
    let folder = sayso_testkit::root().join("tests/bytecode");
    let bless = std::env::var_os("SAYSO_BLESS").is_some();
    let mut wrong = String::new();
    let files = sayso_testkit::files(&folder, ".say");
    assert!(!files.is_empty());
    for file in files {
        let name = file.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let text = std::fs::read_to_string(&file).unwrap();
        let program = compile(&name, &text);
        output(&program);
        let listings: Vec<String> = functions(program.module())
            .map(|function| focused(&disassemble_function(program.module(), function, Some(program.sources())), &name))
            .collect();
        let found = listings.join("\n");
        let golden = file.with_extension("txt");
        if bless {
            std::fs::write(&golden, &found).unwrap();
        } else if std::fs::read_to_string(&golden).unwrap_or_default() != found {
            let _ = writeln!(wrong, "{name} compiles to\n\n{found}");
        }
    }
    assert!(wrong.is_empty(), "see with `SAYSO_BLESS=1 … && git diff`\n{wrong}");
}

fn code(module: &Module) -> impl Iterator<Item = &Insn> {
    functions(module).flat_map(|function| &module.functions[function as usize].code)
}

fn count(module: &Module, op: Op) -> usize {
    code(module).filter(|insn| insn.op_bits() == op as u16).count()
}

#[test]
fn each_constant_is_there_once_and_used() {
    let text = r#"
let NAMES: [str] = ["one", "two"]
fn twice(x: f64) -> f64 { x * 1.25 + 1.25 }
fn folded() -> str { "left" + "right" }
fn folded_away(x: i64) -> i64 { if "a" == "b" { len("never seen") } else { x } }
fn large() -> i64 { 5_000_000_000 + 5_000_000_000 }
fn main() { println("{twice(2.0)} {folded()} {folded_away(1)} {large()} {NAMES[0]} {["two", "three"][1]}") }
"#;
    let program = compile("constants.say", text);
    assert_eq!(output(&program), "3.75 leftright 1 10000000000 one three\n");
    let module = program.module();
    let mut used = BTreeSet::new();
    for code in module.functions.iter().map(|function| &function.code) {
        for (at, insn) in code.iter().enumerate() {
            match Op::from_bits(insn.op_bits()) {
                Some(Op::LoadConst | Op::Fault) => used.insert(insn.k()),
                Some(Op::AddF64Const | Op::SubF64Const | Op::MulF64Const | Op::DivF64Const) => {
                    used.insert(insn.c().into())
                }
                Some(Op::ArrayConst | Op::Cast) => used.insert(code[at + 1].k()),
                _ => false,
            };
        }
    }
    for constant in &module.constants {
        match constant {
            Constant::Array(_, parts)
            | Constant::Record(_, _, parts)
            | Constant::Tuple(_, parts)
            | Constant::Table(_, parts)
            | Constant::Shape(_, parts) => used.extend(parts.iter().copied()),
            _ => {}
        }
    }
    let holes: Vec<_> = (0..module.constants.len() as u32).filter(|index| !used.contains(index)).collect();
    assert_eq!(holes, Vec::<u32>::new(), "nothing loads these: {:?}", module.constants);
    for (index, constant) in module.constants.iter().enumerate() {
        assert!(!module.constants[..index].contains(constant), "twice: {constant:?}");
    }
}

#[test]
fn functions_with_many_registers() {
    let mut text = String::from("fn many(x: i64) -> i64 {\n");
    for index in 0..300 {
        let _ = writeln!(text, "    let v{index} = x + {index}");
    }
    let sum: Vec<String> = (0..300).map(|index| format!("v{index}")).collect();
    let _ = writeln!(text, "    {}\n}}\nfn main() {{ println(\"{{many(1)}}\") }}", sum.join(" + "));
    let program = compile("registers.say", &text);
    assert_eq!(output(&program), format!("{}\n", 300 + 299 * 300 / 2));
    let registers = functions(program.module()).map(|f| program.module().functions[f as usize].registers).max();
    assert!(registers > Some(300), "{registers:?}");
}

#[test]
fn more_constants_than_short_operands_reach() {
    let mut text = String::new();
    let functions = 700;
    for function in 0..functions {
        let _ = writeln!(text, "fn f{function}(x: f64) -> f64 {{\n    let mut y = x");
        for index in 0..100 {
            let _ = writeln!(text, "    y = y + {}.5", function * 100 + index);
        }
        text.push_str("    y\n}\n");
    }
    let _ = writeln!(text, "fn main() {{\n    let mut sum = 0.0");
    for function in 0..functions {
        let _ = writeln!(text, "    sum = f{function}(sum)");
    }
    text.push_str("    println(\"{sum}\")\n}\n");
    let program = compile("constants.say", &text);
    let expected = 70_000.0 * 69_999.0 / 2.0 + 35_000.0;
    assert_eq!(output(&program), format!("{expected}\n"));
    let module = program.module();
    assert!(module.constants.len() > 70_000);
    let short = count(module, Op::AddF64Const);
    assert!(short > 60_000 && short <= 1 << 16, "{short} within reach");
    assert_eq!(count(module, Op::AddF64) + short, 70_000);
}

#[test]
fn jumps_longer_than_their_operand() {
    let mut text = String::from("fn long(n: i64) -> i64 {\n    let mut x = 0\n    let mut i = 0\n    while i < n {\n");
    text.push_str("        if i % 2 == 0 {\n");
    text.push_str(&"            x = x * 3 % 1000003 + i\n".repeat(12_000));
    text.push_str("        }\n        i += 1\n    }\n    for k in 0..n {\n        if k == 1 { continue }\n");
    text.push_str(&"        x = x * 3 % 1000003 + k\n".repeat(12_000));
    text.push_str("    }\n    x\n}\nfn main() { println(\"{long(4)}\") }\n");
    let program = compile("long.say", &text);
    let mut x = 0i64;
    for i in [0, 2].into_iter().chain([0, 2, 3]) {
        for _ in 0..12_000 {
            x = x * 3 % 1_000_003 + i;
        }
    }
    assert_eq!(output(&program), format!("{x}\n"));
    let far = |op: Op| code(program.module()).any(|i| i.op_bits() == op as u16 && i.sk().abs() > i32::from(i16::MAX));
    assert!(far(Op::Jump), "conditions and loops reach over a long jump");
    assert_eq!(count(program.module(), Op::ForRange), 1);
}
