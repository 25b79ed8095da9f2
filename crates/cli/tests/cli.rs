//! The command line as a user meets it: output, messages, exit statuses.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};

/// A folder that is removed in the end.
struct Folder(PathBuf);

impl Folder {
    fn new() -> Folder {
        static NEXT: AtomicU32 = AtomicU32::new(0);
        let name = format!("sayso-cli-{}-{}", std::process::id(), NEXT.fetch_add(1, Ordering::Relaxed));
        let path = std::env::temp_dir().join(name);
        std::fs::create_dir_all(&path).expect("a folder");
        Folder(path)
    }
    fn file(&self, name: &str, content: impl AsRef<[u8]>) -> PathBuf {
        let path = self.0.join(name);
        std::fs::write(&path, content).expect("a file");
        path
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

fn sayso(args: &[&str], input: &str) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_sayso"));
    command.args(args).env_remove("NO_COLOR").stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().expect("the command line starts");
    // A program that does not read its input may have ended already.
    let _ = child.stdin.take().expect("piped").write_all(input.as_bytes());
    child.wait_with_output().expect("it ends")
}

fn status(output: &Output) -> i32 {
    output.status.code().expect("it ended by itself")
}

fn stdout(output: &Output) -> &str {
    std::str::from_utf8(&output.stdout).expect("text")
}

fn stderr(output: &Output) -> &str {
    std::str::from_utf8(&output.stderr).expect("text")
}

/// Runs a program from standard input.
fn run(program: &str) -> Output {
    sayso(&["run", "-"], program)
}

fn text(path: &Path) -> &str {
    path.to_str().expect("a path that is text")
}

#[test]
fn a_program_runs_from_a_file_and_from_standard_input() {
    let folder = Folder::new();
    let program = "fn main(args: [str]) { println(\"hello\", args) }\n";
    let file = folder.file("hello.say", program);
    let output = sayso(&["run", text(&file), "a", "--flag"], "");
    assert_eq!((status(&output), stdout(&output)), (0, "hello [a, --flag]\n"));
    let output = sayso(&["run", "-", "b"], program);
    assert_eq!((status(&output), stdout(&output), stderr(&output)), (0, "hello [b]\n", ""));
}

#[test]
fn the_status_of_main_is_the_exit_status() {
    assert_eq!(status(&run("fn main() -> i64 { 7 }")), 7);
    assert_eq!(status(&run("fn main() { 7 }")), 0);
    let output = run("fn main() -> Result<i64, str> { Err(\"no luck\") }");
    assert_eq!((status(&output), stderr(&output)), (1, "error: no luck\n"));
    assert_eq!(status(&run("fn main() -> Result<i64, str> { Ok(3) }")), 3);
}

#[test]
fn a_refused_program_has_status_1_and_runs_nothing() {
    let output = run("println(\"never\")\nlet x: i64 = \"text\"\n");
    assert_eq!((status(&output), stdout(&output)), (1, ""));
    assert!(stderr(&output).contains("error[type-mismatch]"), "{}", stderr(&output));
    assert!(stderr(&output).contains("-:2:14") || stderr(&output).contains("<stdin>:2:14"), "{}", stderr(&output));
}

#[test]
fn a_fault_has_status_1_and_output_stays() {
    let output = run("fn half(x: i64) -> i64 { 10 / x }\nprintln(\"before\")\nprintln(half(0))\nprintln(\"after\")\n");
    assert_eq!((status(&output), stdout(&output)), (1, "before\n"));
    for part in ["DivisionError", "10 / x", "half", "calls, innermost first"] {
        assert!(stderr(&output).contains(part), "{part} in {}", stderr(&output));
    }
}

#[test]
fn a_cause_says_where_it_was_raised() {
    let program = "fn low(n: i64) -> i64 { [1, 2][n] }
fn high(n: i64) -> i64 { try { low(n) } catch e: IndexError { throw Error(\"failed\", Some(e)) } }
println(high(5))
";
    let output = sayso(&["run", "-"], program);
    assert!(stderr(&output).contains("its cause:\nerror: IndexError"), "{}", stderr(&output));
    assert!(stderr(&output).contains("--> <stdin>:1:25"), "{}", stderr(&output));
}

#[test]
fn wrong_usage_has_status_2() {
    for args in [
        &["frobnicate"][..],
        &["run"],
        &["run", "--memory", "lots", "-"],
        &["run", "--deadline", "nan", "-"],
        &["run", "--grant", "flying", "-"],
    ] {
        assert_eq!(status(&sayso(args, "")), 2, "{args:?}");
    }
}

#[test]
fn a_file_that_is_not_there_is_named() {
    let output = sayso(&["run", "nowhere/nothing.say"], "");
    assert_eq!(status(&output), 1);
    assert!(stderr(&output).contains("nowhere/nothing.say"), "{}", stderr(&output));
}

#[test]
fn what_is_no_text_is_refused() {
    let folder = Folder::new();
    let file = folder.file("bad.say", b"println(1)\n\xFF\xFE\n");
    let output = sayso(&["run", text(&file)], "");
    assert_eq!((status(&output), stdout(&output)), (1, ""));
    assert!(stderr(&output).contains("UTF-8"), "{}", stderr(&output));
}

#[test]
fn modules_are_found_beside_the_program() {
    let folder = Folder::new();
    folder.file("geometry.say", "fn area(w: i64, h: i64) -> i64 { w * h }\n");
    let file = folder.file("main.say", "import geometry\nprintln(geometry.area(3, 4))\n");
    assert_eq!(stdout(&sayso(&["run", text(&file)], "")), "12\n");
}

#[test]
fn bytecode_is_written_and_run_and_the_same_each_time() {
    let folder = Folder::new();
    let file = folder.file("p.say", "fn main(args: [str]) -> i64 { println(args.len()); 4 }\n");
    let (one, two) = (folder.0.join("one.sayb"), folder.0.join("two.sayb"));
    for out in [&one, &two] {
        assert_eq!(status(&sayso(&["build", text(&file), "-o", text(out)], "")), 0);
    }
    assert_eq!(std::fs::read(&one).expect("written"), std::fs::read(&two).expect("written"));
    let output = sayso(&["run", text(&one), "x", "y"], "");
    assert_eq!((status(&output), stdout(&output)), (4, "2\n"));
    assert_eq!(status(&sayso(&["build", text(&file)], "")), 0);
    assert!(folder.0.join("p.sayb").is_file());
}

#[test]
fn bytecode_that_was_changed_is_refused() {
    let folder = Folder::new();
    let file = folder.file("p.say", "println(1 + 2)\n");
    let built = folder.0.join("p.sayb");
    assert_eq!(status(&sayso(&["build", text(&file)], "")), 0);
    let bytes = std::fs::read(&built).expect("written");
    for (name, changed) in [
        ("flipped", {
            let mut b = bytes.clone();
            let at = b.len() / 2;
            b[at] ^= 0x10;
            b
        }),
        ("cut", bytes[..bytes.len() / 2].to_vec()),
        ("empty", Vec::new()),
        ("text", b"println(1)".to_vec()),
    ] {
        let file = folder.file(&format!("{name}.sayb"), changed);
        let output = sayso(&["run", text(&file)], "");
        assert_eq!((status(&output), stdout(&output)), (1, ""), "{name}");
        assert!(stderr(&output).starts_with("error: "), "{name}: {}", stderr(&output));
    }
}

#[test]
fn colours_come_when_asked_for() {
    let program = "let x: i64 = \"text\"\n";
    assert!(!stderr(&sayso(&["check", "-"], program)).contains('\x1b'));
    assert!(stderr(&sayso(&["--color", "always", "check", "-"], program)).contains('\x1b'));
    assert!(!stderr(&sayso(&["--color", "never", "check", "-"], program)).contains('\x1b'));
}

#[test]
fn messages_can_be_json() {
    let output = sayso(&["--message-format", "json", "check", "-"], "let x: i64 = \"text\"\nlet y = nowhere\n");
    assert_eq!(status(&output), 1);
    let lines: Vec<serde_json::Value> =
        stderr(&output).lines().map(|line| serde_json::from_str(line).expect("JSON")).collect();
    assert_eq!(lines.len(), 2);
    assert_eq!(lines[0]["severity"], "error");
    assert_eq!(lines[0]["code"], "type-mismatch");
    assert_eq!(lines[0]["primary"]["place"]["start"]["line"], 1);
    assert_eq!(lines[1]["code"], "unknown-name");
}

#[test]
fn errors_of_a_run_can_be_json() {
    let program =
        "fn f(n: i64) -> i64 { try { [1][n] } catch e: IndexError { throw Error(\"failed\", Some(e)) } }\nf(3)\n";
    let output = sayso(&["run", "--message-format", "json", "-"], program);
    assert_eq!(status(&output), 1);
    let errors: Vec<serde_json::Value> = stderr(&output)
        .lines()
        .map(|line| serde_json::from_str(line).expect("JSON"))
        .filter(|line: &serde_json::Value| line["severity"] == "error")
        .collect();
    let [error] = errors.as_slice() else { panic!("one error, and not {errors:?}") };
    assert_eq!((&error["code"], &error["message"]), (&"Error".into(), &"failed".into()));
    assert_eq!(error["primary"]["place"]["start"]["line"], 1);
    assert_eq!(error["trace"][0]["function"], "f");
    assert_eq!(error["trace"][1]["place"]["start"]["line"], 2);
    assert_eq!(error["cause"]["code"], "IndexError");
    assert_eq!(error["cause"]["cause"], serde_json::Value::Null);
    let output = sayso(&["run", "--message-format", "json", "nowhere.say"], "");
    let line: serde_json::Value = serde_json::from_str(stderr(&output).trim()).expect("JSON");
    for field in ["severity", "code", "message", "notes", "primary", "secondary", "suggestion"] {
        assert!(line.get(field).is_some(), "{field}: {line}");
    }
}

#[test]
fn compiled_programs_are_taken_by_run_alone() {
    let folder = Folder::new();
    let file = folder.file("p.say", "println(1)\n");
    assert_eq!(status(&sayso(&["build", text(&file)], "")), 0);
    let built = folder.0.join("p.sayb");
    for command in [&["check"][..], &["test"], &["bench"], &["build"], &["dump", "hir"]] {
        let arguments: Vec<&str> = command.iter().copied().chain([text(&built)]).collect();
        let output = sayso(&arguments, "");
        assert_eq!(status(&output), 2, "{command:?}");
        assert!(stderr(&output).contains("is a compiled program"), "{command:?}: {}", stderr(&output));
    }
}

#[test]
fn errors_of_a_stripped_program_name_no_line() {
    let folder = Folder::new();
    let file = folder.file("p.say", "fn f(n: i64) -> i64 { [1][n] }\n\nprintln(f(3))\n");
    let out = folder.0.join("p.sayb");
    assert_eq!(status(&sayso(&["build", "--strip", text(&file), "-o", text(&out)], "")), 0);
    let output = sayso(&["run", text(&out)], "");
    assert_eq!(status(&output), 1);
    let shown = stderr(&output);
    assert!(shown.starts_with("error: IndexError: index 3 is out of bounds"), "{shown}");
    assert!(shown.contains("p.say\n") && shown.contains("f in "), "{shown}");
    assert!(!shown.contains("p.say:"), "{shown}");
}

#[cfg(target_os = "linux")]
#[test]
fn what_cannot_be_written_is_no_crash() {
    let full = || std::fs::OpenOptions::new().write(true).open("/dev/full").expect("/dev/full");
    let folder = Folder::new();
    let fails =
        folder.file("fails.say", "test \"a\" { expect 1 == 2 }\nfn main() { let unused = 1; println([1][3]) }\n");
    for command in ["run", "check", "test"] {
        let status = Command::new(env!("CARGO_BIN_EXE_sayso"))
            .args([command, text(&fails)])
            .stdout(full())
            .stderr(full())
            .status()
            .expect("it runs");
        assert!(matches!(status.code(), Some(0 | 1)), "{command}: {status}");
    }
}

#[test]
fn check_prints_effects() {
    let output = sayso(&["check", "--effects", "-"], "fn f(x: i64) -> i64 { x }\nfn g() { println(f(1)) }\n");
    assert_eq!(status(&output), 0);
    let table = stdout(&output);
    let line = |name: &str| table.lines().find(|line| line.contains(name)).unwrap_or_default().to_owned();
    assert!(line("f(").contains("pure") || line("f").contains("pure"), "{table}");
    assert!(line("g").contains("console"), "{table}");
}

#[test]
fn warnings_do_not_stop_a_program() {
    let output = run("fn main() { let unused = 1; println(\"ran\") }\n");
    assert_eq!((status(&output), stdout(&output)), (0, "ran\n"));
    assert!(stderr(&output).contains("warning"), "{}", stderr(&output));
}

#[test]
fn every_stage_can_be_dumped() {
    let program = "fn double(x: i64) -> i64 { x + x }\nprintln(double(4))\n";
    for (stage, part) in [
        ("tokens", "Fn"),
        ("tree", "double"),
        ("hir", "double"),
        ("types", "i64"),
        ("effects", "double"),
        ("bytecode", "add_i64"),
    ] {
        let output = sayso(&["dump", stage, "-"], program);
        assert_eq!(status(&output), 0, "{stage}: {}", stderr(&output));
        assert!(stdout(&output).contains(part), "{stage}: {}", stdout(&output));
    }
}

#[test]
fn tests_report_each_and_fail_as_a_whole() {
    let program = "fn one() -> i64 { 1 }\ntest \"right\" { expect one() == 1 }\ntest \"wrong\" { expect one() == 2 }\n";
    let output = sayso(&["test", "-"], program);
    assert_eq!(status(&output), 1);
    assert!(stdout(&output).contains("ok      right") && stdout(&output).contains("FAILED  wrong"));
    assert!(stdout(&output).contains("1 passed, 1 failed"));
    assert!(stderr(&output).contains("one() == 2"), "{}", stderr(&output));
    let output = sayso(&["test", "--filter", "right", "-"], program);
    assert_eq!(status(&output), 0, "{}", stdout(&output));
}

#[test]
fn benches_print_a_time() {
    let output =
        sayso(&["bench", "-"], "bench \"sum\" { let mut n = 0; for i in 0..100 { n += i }; expect n == 4950 }\n");
    assert_eq!(status(&output), 0, "{}", stderr(&output));
    assert!(stdout(&output).starts_with("sum: median "), "{}", stdout(&output));
}

#[test]
fn limits_end_a_run_with_a_message() {
    for (option, value, program, part) in [
        ("--fuel", "100000", "while true { }", "fuel"),
        ("--deadline", "0.05", "while true { }", "DeadlineError"),
        ("--depth", "100", "fn f(x: i64) -> i64 { 1 + f(x) }\nprintln(f(1))", "DepthError"),
        ("--memory", "4M", "let xs = [0]\nwhile true { push(xs, 1) }", "memory"),
    ] {
        let output = sayso(&["run", option, value, "-"], &format!("println(\"begun\")\n{program}\n"));
        assert_eq!((status(&output), stdout(&output)), (1, "begun\n"), "{option}");
        assert!(stderr(&output).contains(part), "{option}: {}", stderr(&output));
    }
}

#[test]
fn effects_that_are_not_granted_are_refused() {
    let program = "import fs\nprintln(fs.exists?(\"secret\"))\n";
    let output = sayso(&["run", "--grant", "console", "-"], program);
    assert_eq!((status(&output), stdout(&output)), (1, ""));
    assert!(stderr(&output).contains("io.fs"), "{}", stderr(&output));
    assert_eq!(status(&sayso(&["run", "--grant", "console,fs", "-"], program)), 0);
}

#[test]
fn a_session_keeps_its_state_and_goes_on_after_mistakes() {
    let input = "let mut n = 1\nn += 41\nn\nnowhere\n1 / (n - 42)\nfn f(x: i64) -> i64 {\n    x * 2\n}\nf(n)\n\
                 for i in 0..2:\n    println(i)\n\n:type [n]\n:nonsense\nit\n";
    let output = sayso(&["repl"], input);
    assert_eq!(status(&output), 0);
    assert_eq!(stdout(&output), "42 : i64\n84 : i64\n0\n1\n[i64]\n84 : i64\n");
    for part in ["unknown-name", "DivisionError", "`:nonsense`"] {
        assert!(stderr(&output).contains(part), "{part}: {}", stderr(&output));
    }
}

#[test]
fn types_of_one_name_are_told_apart() {
    let input = "struct P { x: i64 }\nlet p = P(1)\nstruct P { y: i64 }\nfn f(p: P) -> i64 { p.y }\nf(p)\n:names x\n";
    let output = sayso(&["repl"], input);
    assert!(stderr(&output).contains("there are two types `P`"), "{}", stderr(&output));
    assert!(stderr(&output).contains("nothing stands behind `:names`"), "{}", stderr(&output));
}

#[test]
fn variables_of_a_session_may_be_assigned_later() {
    let output = sayso(&["repl"], "let mut n = 1\nn += 1\nn\n");
    assert_eq!((stdout(&output), stderr(&output)), ("2 : i64\n", ""));
    let output = sayso(&["repl"], "fn f() -> i64 { let mut n = 1; n }\n");
    assert!(stderr(&output).contains("unused_mut"), "{}", stderr(&output));
}

#[test]
fn a_session_can_load_reset_and_quit() {
    let folder = Folder::new();
    let file = folder.file("lib.say", "fn answer() -> i64 { 42 }\nprintln(\"loaded\")\n");
    let input = format!(":load {}\nanswer()\n:names\n:reset\nanswer()\n:quit\nprintln(\"never\")\n", text(&file));
    let output = sayso(&["repl"], &input);
    assert_eq!((status(&output), stdout(&output)), (0, "loaded\n42 : i64\nanswer\nit\n"));
    assert!(stderr(&output).contains("`answer`"), "{}", stderr(&output));
}

#[test]
fn a_session_shows_what_an_open_end_lacks() {
    let output = sayso(&["repl"], "fn f() {\n");
    assert_eq!(status(&output), 0);
    assert!(stderr(&output).contains("error"), "{}", stderr(&output));
}
