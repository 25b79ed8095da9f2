//! Cases as text (`tests/cases.txt`), and what is not said well as a case.

mod definition;
mod world;

use super::check;
use crate::hir::{ExprKind, LoopId, Program, Stmt};
use crate::library_files::LibraryFiles;
use crate::{Input, Options};
use sayso_base::{Diagnostic, Interner, Severity, SourceMap};
use std::fmt::Write as _;
use world::World;

struct Checked {
    diagnostics: Vec<Diagnostic>,
    sources: SourceMap,
    text: String,
}

fn run(program: Program, names: &Interner, sources: SourceMap, text: &str) -> Checked {
    let mut diagnostics = Vec::new();
    let mut types = program.types.clone();
    check(&program, &mut types, names, &sources, &mut diagnostics, |_, _| {});
    Checked { diagnostics, sources, text: text.to_owned() }
}

/// Checks `match x { … }` with these arms on a value of a type, of which `narrow` is known.
fn check_text(declarations: &[&str], ty: &str, narrow: &str, text: &str) -> Checked {
    let mut world = World::new(declarations);
    let (ty, narrow) = (world.type_of(ty), world.type_of(narrow));
    let program = world.program(text, ty, narrow);
    run(program, &world.names, world.sources, text)
}

fn on_lines(arms: &[String]) -> String {
    let mut text = "match x {\n".to_owned();
    for arm in arms {
        let _ = writeln!(text, "    {arm} => 1");
    }
    text.push_str("}\n");
    text
}

impl Checked {
    /// The diagnostics in the words of `cases.txt`.
    fn summary(&self) -> Vec<String> {
        let mut lines = Vec::new();
        for diagnostic in &self.diagnostics {
            let at = |span| self.sources.text(span).to_owned();
            let here = at(diagnostic.primary.span);
            let by: Vec<String> = diagnostic.secondary.iter().map(|label| at(label.span)).collect();
            let by = if by.is_empty() { String::new() } else { format!(" by {}", by.join(" and ")) };
            lines.push(match (diagnostic.severity, diagnostic.code) {
                (Severity::Error, "missing-arm") => {
                    let message = diagnostic.message.replace('`', "");
                    match message.strip_prefix("this match does not cover ") {
                        Some(rest) if rest.starts_with("every ") => "missing: _".to_owned(),
                        Some(rest) => format!("missing: {rest}"),
                        None => message,
                    }
                }
                (Severity::Error, code) => format!("error: {code}"),
                (Severity::Warning, "unreachable_arm") => format!("unreachable: {here}{by}"),
                (Severity::Warning, "unreachable_alternative") => format!("alternative: {here}{by}"),
                (Severity::Warning, code) => format!("warning: {code}"),
            });
        }
        if lines.is_empty() {
            lines.push("ok".to_owned());
        }
        lines
    }

    /// The text with the suggestion of the first diagnostic of a code carried out.
    fn mended(&self, code: &str) -> Option<String> {
        let found = self.diagnostics.iter().find(|diagnostic| diagnostic.code == code)?;
        let mut text = self.text.clone();
        for edit in found.suggestion.as_ref()?.edits.iter().rev() {
            text.replace_range(edit.span.start as usize..edit.span.end as usize, &edit.text);
        }
        Some(text)
    }
}

struct Case<'t> {
    title: &'t str,
    declarations: Vec<&'t str>,
    ty: &'t str,
    narrow: &'t str,
    arms: Vec<String>,
    expected: Vec<&'t str>,
}

fn read_cases(text: &str) -> Vec<Case<'_>> {
    let mut cases: Vec<Case<'_>> = Vec::new();
    for line in text.lines().filter(|line| !line.trim().is_empty() && !line.starts_with("//")) {
        if let Some(title) = line.strip_prefix("== ") {
            let empty = Vec::new();
            cases.push(Case { title, declarations: empty, ty: "", narrow: "", arms: Vec::new(), expected: Vec::new() });
            continue;
        }
        let case = cases.last_mut().expect("a title first");
        if let Some(ty) = line.strip_prefix("match ") {
            let (ty, narrow) = ty.split_once(" known to be ").unwrap_or((ty, ty));
            (case.ty, case.narrow) = (ty, narrow);
        } else if let Some(arm) = line.strip_prefix("  ") {
            case.arms.push(arm.to_owned());
        } else if case.ty.is_empty() {
            case.declarations.push(line);
        } else {
            case.expected.push(line);
        }
    }
    cases
}

#[test]
fn cases_are_as_they_say() {
    let cases = read_cases(include_str!("tests/cases.txt"));
    assert!(cases.len() >= 100, "{} cases", cases.len());
    let mut failures = String::new();
    for case in &cases {
        let checked = check_text(&case.declarations, case.ty, case.narrow, &on_lines(&case.arms));
        let found = checked.summary();
        if found != case.expected {
            let _ = writeln!(failures, "== {}\nexpected {:#?}\nfound {found:#?}\n", case.title, case.expected);
        }
    }
    assert!(failures.is_empty(), "{failures}");
}

/// Every suggested arm is one that was missing, in a form that is read again.
#[test]
fn suggested_arms_complete_the_match() {
    for case in &read_cases(include_str!("tests/cases.txt")) {
        let mut texts = vec![on_lines(&case.arms)];
        if !case.arms.is_empty() {
            texts.push(format!("match x {{ {} => 1 }}", case.arms.join(" => 1, ")));
        }
        for text in texts {
            let checked = check_text(&case.declarations, case.ty, case.narrow, &text);
            let Some(mended) = checked.mended("missing-arm") else { continue };
            let again = check_text(&case.declarations, case.ty, case.narrow, &mended);
            let left = again.summary().join("; ");
            assert!(!left.contains("missing"), "== {}\n{mended}\n{left}", case.title);
        }
    }
}

/// What a suggestion removes leaves nothing unreachable, and nothing else unread.
#[test]
fn suggested_removals_remove_what_is_unreachable() {
    let mut removed = 0;
    for case in &read_cases(include_str!("tests/cases.txt")) {
        let checked = check_text(&case.declarations, case.ty, case.narrow, &on_lines(&case.arms));
        for code in ["unreachable_arm", "unreachable_alternative"] {
            let Some(mended) = checked.mended(code) else { continue };
            let again = check_text(&case.declarations, case.ty, case.narrow, &mended);
            assert!(again.diagnostics.len() < checked.diagnostics.len(), "== {}\n{mended}", case.title);
            removed += 1;
        }
    }
    assert!(removed >= 10, "{removed} removals");
}

#[test]
fn messages_say_what_to_write() {
    let checked =
        check_text(&["enum Color { Red, Green, Blue }"], "Color", "Color", "match x { Red => 1, Green => 2 }");
    let [found] = checked.diagnostics.as_slice() else { panic!("{:?}", checked.diagnostics) };
    assert_eq!(found.message, "this `match` does not cover `Blue`");
    assert_eq!(found.primary.text, "this `Color` may be that too");
    assert_eq!(
        checked.mended("missing-arm").as_deref(),
        Some("match x { Red => 1, Green => 2, Blue => panic(\"not handled\") }")
    );
}

#[test]
fn arms_are_added_in_the_form_of_those_before() {
    let mended = |text: &str| check_text(&[], "i64", "i64", text).mended("missing-arm").expect("a suggestion");
    assert_eq!(
        mended("match x {\n    1 => 1,\n    2 => 2,\n}\n"),
        "match x {\n    1 => 1,\n    2 => 2,\n    _ => panic(\"not handled\")\n}\n"
    );
    assert_eq!(mended("match x { 1 => 1, }"), "match x { 1 => 1, _ => panic(\"not handled\") }");
    assert_eq!(mended("match x { }"), "match x { _ => panic(\"not handled\") }");
}

// ---- single patterns

fn single(declarations: &[&str], ty: &str, text: &str, form: &str) -> Vec<String> {
    let mut world = World::new(declarations);
    let ty = world.type_of(ty);
    let program = world.single(text, ty, |pattern, value, unit| match form {
        "let" => ExprKind::block(vec![Stmt::Let { pattern, value: unit, otherwise: None }], None),
        "let else" => ExprKind::block(vec![Stmt::Let { pattern, value: unit, otherwise: Some(unit) }], None),
        "parameter" => ExprKind::block(vec![Stmt::Let { pattern, value, otherwise: None }], None),
        "if let" => ExprKind::Let(pattern, value),
        _ => ExprKind::ForArray { id: LoopId(0), pattern, array: value, body: unit },
    });
    run(program, &world.names, world.sources, text).summary()
}

#[test]
fn a_let_may_fail() {
    assert_eq!(single(&[], "i64?", "Some(x)", "let"), ["ok"]);
    assert_eq!(single(&[], "[i64]", "[a, b]", "let"), ["ok"]);
    assert_eq!(single(&[], "i64?", "Some(x)", "let else"), ["ok"]);
    assert_eq!(single(&[], "i64?", "Some(x)", "if let"), ["ok"]);
}

#[test]
fn an_else_or_a_condition_that_decides_nothing_is_warned_of() {
    assert_eq!(single(&[], "(i64, str)", "(a, b)", "let else"), ["warning: irrefutable_pattern"]);
    assert_eq!(single(&[], "i64", "x", "if let"), ["warning: irrefutable_pattern"]);
    assert_eq!(single(&[], "Result<i64, never>", "Ok(x)", "if let"), ["ok"], "the error's type is never by accident");
}

#[test]
fn a_for_or_parameter_fits_what_closed_types_hold() {
    for form in ["for", "parameter"] {
        assert_eq!(single(&[], "i64?", "Some(x)", form), ["error: refutable-pattern"], "{form}");
        assert_eq!(single(&[], "(i64, bool)", "(n, true)", form), ["error: refutable-pattern"], "{form}");
        assert_eq!(single(&[], "(i64, str)", "(a, b)", form), ["ok"], "{form}");
        assert_eq!(single(&["struct P { x: i64 }"], "P", "P { x: a }", form), ["ok"], "{form}");
        // Lengths, numbers and what is `any` are seen when it runs.
        assert_eq!(single(&[], "[i64]", "[a, b]", form), ["ok"], "{form}");
        assert_eq!(single(&[], "any", "(a, b)", form), ["ok"], "{form}");
    }
}

#[test]
fn alternatives_of_a_single_pattern_are_looked_at() {
    assert_eq!(single(&[], "i64", "1 | 2 | 1", "if let"), ["alternative: 1 by 1"]);
}

// ---- real programs

/// The library's own matches, as far as a program reaches them.
#[test]
fn the_library_has_no_missing_or_unreachable_arms() {
    let main = "
import io
import fs
let words = \"a b c\".split(\" \").map(|w| w.trim()).collect()
let table = [\"a\": 1]
println(words, table.get(\"a\"), parse(i64, \"1\"), [3, 1, 2].sort(), words.join(\", \"), math_of([1.5]))
println(io.stdin().read_all(), fs.read(\"a\"), [1, 2, 3].iter().zip([4, 5].iter()).collect(), (0..3).window(2).collect())
fn math_of(xs: [f64]) -> f64? { xs.iter().map(|x| x * 2.0).reduce(|a, b| a + b) }
";
    let input =
        Input { name: "main.say".into(), text: main.into(), loader: &LibraryFiles, options: Options::default() };
    let output = crate::check(input);
    assert!(output.diagnostics.is_empty(), "{:#?}", output.diagnostics);
    let mut found = Vec::new();
    let matches = |program: &Program| {
        let exprs = program.functions.iter().flat_map(|function| &function.exprs);
        exprs.filter(|expr| matches!(expr.kind, ExprKind::Match(..))).count()
    };
    assert!(matches(&output.program) > 10, "{}", matches(&output.program));
    let mut types = output.program.types.clone();
    super::check_modules(&output.program, &mut types, &output.names, &output.sources, &mut found, true, |_, _| {});
    assert!(found.is_empty(), "{found:#?}");
}

// ---- bounds

/// A tuple pattern of this many parts of two alternatives each.
#[test]
fn exponential_matches_end_with_one_error() {
    let width = 40;
    let ty = format!("({})", vec!["bool"; width].join(", "));
    let arm = |index: usize| {
        let parts: Vec<&str> = (0..width)
            .map(|at| {
                if at == index {
                    "true"
                } else if at == width - 1 - index {
                    "false"
                } else {
                    "_"
                }
            })
            .collect();
        format!("({})", parts.join(", "))
    };
    let arms: Vec<String> = (0..width).map(arm).collect();
    let start = std::time::Instant::now();
    let checked = check_text(&[], &ty, &ty, &on_lines(&arms));
    assert_eq!(checked.summary(), ["error: check-budget"]);
    assert!(start.elapsed().as_secs() < 20, "{:?}", start.elapsed());
}

#[test]
fn an_exponential_match_with_a_last_arm_is_no_error() {
    let width = 40;
    let ty = format!("({})", vec!["bool"; width].join(", "));
    let alternatives = format!("({})", vec!["true | false"; width].join(", "));
    let checked = check_text(&[], &ty, &ty, &on_lines(&[alternatives, "_".to_owned()]));
    assert_eq!(checked.summary(), ["ok"]);
}

#[test]
fn long_matches_cost_little() {
    let mut arms: Vec<String> = (0..20_000).map(|index| (index * 2).to_string()).collect();
    arms.push("_".to_owned());
    let start = std::time::Instant::now();
    assert_eq!(check_text(&[], "i64", "i64", &on_lines(&arms)).summary(), ["ok"]);
    let names: Vec<String> = (0..2_000).map(|index| format!("V{index}")).collect();
    let declaration = format!("enum E {{ {} }}", names.join(", "));
    assert_eq!(check_text(&[&declaration], "E", "E", &on_lines(&names)).summary(), ["ok"]);
    assert_eq!(check_text(&[&declaration], "E", "E", &on_lines(&names[1..])).summary(), ["missing: V0"]);
    assert!(start.elapsed().as_secs() < 20, "{:?}", start.elapsed());
}

#[test]
fn wide_and_deep_patterns_need_no_deep_stack() {
    let body = || {
        let wide = format!("[{}, ..]", (0..3_000).map(|index| index.to_string()).collect::<Vec<_>>().join(", "));
        assert_eq!(check_text(&[], "[i64]", "[i64]", &on_lines(&[wide, "_".to_owned()])).summary(), ["ok"]);
        let mut deep = "x".to_owned();
        for _ in 0..150 {
            deep = format!("Next({deep})");
        }
        let declaration = "enum Chain { Next(Chain), End }";
        let found = check_text(&[declaration], "Chain", "Chain", &on_lines(&[deep])).summary();
        assert!(found[0].starts_with("missing: End"), "{found:?}");
    };
    std::thread::Builder::new().stack_size(512 << 10).spawn(body).unwrap().join().unwrap();
}
