//! Deep nesting: at most a clear error, on a native stack of 1 MiB, and a view that is never too deep.

use super::parse;
use crate::ast::*;

/// Runs on a thread with a stack of 1 MiB.
fn on_small_stack(run: impl FnOnce() + Send + 'static) {
    let thread = std::thread::Builder::new().stack_size(1 << 20).spawn(run).expect("a thread starts");
    thread.join().expect("no panic");
}

/// Parses `text`, whose nesting must give exactly one message, or none.
#[track_caller]
fn nests(name: &'static str, text: String, messages: usize) {
    on_small_stack(move || {
        let (parse, _) = parse(&text);
        let found: Vec<_> = parse.diagnostics.iter().map(|d| d.message.clone()).take(5).collect();
        assert_eq!(parse.diagnostics.len(), messages, "{name}: {found:?}");
        if messages == 1 {
            assert!(found.iter().all(|m| m.contains("nests deeper")), "{name}: {found:#?}");
        }
        assert!(depth_of(&parse.ast) <= MAX_DEPTH, "{name}: depth {}", depth_of(&parse.ast));
    });
}

const MANY: usize = 1_000_000;
/// For what differs little from something tested with [`MANY`].
const SOME: usize = 50_000;

#[test]
fn a_million_open_brackets() {
    for (open, close) in [("(", ")"), ("[", "]"), ("#[", "]"), ("%{ x: ", "}"), ("f(", ")"), ("x[", "]"), ("{", "}")] {
        let count = if matches!(open, "(" | "{") { MANY } else { SOME };
        nests("closed", format!("{}1{}", open.repeat(count), close.repeat(count)), 1);
    }
    // Open ones are one mistake more at most.
    on_small_stack(|| {
        let (parse, _) = parse(&"(".repeat(MANY));
        assert!((1..=2).contains(&parse.diagnostics.len()), "{}", parse.diagnostics.len());
    });
}

#[test]
fn a_million_heads() {
    nests("braces", format!("{}{}", "if a { ".repeat(MANY), "}".repeat(MANY)), 1);
    nests("one line", format!("{}x()", "if a: ".repeat(MANY)), 1);
    nests("match", format!("{}1{}", "match x { _ => ".repeat(SOME), "}".repeat(SOME)), 1);
    nests("loop", format!("{}1{}", "loop { ".repeat(SOME), "}".repeat(SOME)), 1);
    // One message more, for the `catch` that none of them has.
    nests("try", format!("{}1", "try: ".repeat(SOME)), 2);
    nests("for", format!("{}1{}", "for x in xs { ".repeat(SOME), "}".repeat(SOME)), 1);
    nests("functions", format!("{}{}", "fn f() { ".repeat(SOME), "}".repeat(SOME)), 1);
    nests("classes", format!("{}{}", "class C { fn f() { ".repeat(SOME / 2), "} }".repeat(SOME / 2)), 1);
    nests("comptime", format!("{}1{}", "comptime { ".repeat(SOME), "}".repeat(SOME)), 1);
    nests("defer", format!("{}1{}", "defer { ".repeat(SOME), "}".repeat(SOME)), 1);
}

#[test]
fn a_thousand_indented_heads() {
    let mut text = String::new();
    for level in 0..1000 {
        text.push_str(&" ".repeat(level));
        text.push_str("if a:\n");
    }
    text.push_str(&" ".repeat(1000));
    text.push_str("x()\ny()\n");
    nests("indented", text, 1);
}

#[test]
fn a_million_prefix_operators() {
    for prefix in
        ["!", "-", "comptime ", "|x| ", "|| ", "throw ", "return ", "spawn ", "expect ", "- !", ".. ", "2 ** ", "a ?? "]
    {
        let count = if matches!(prefix, "!" | "|x| ") { MANY } else { SOME };
        nests(prefix, format!("{}x", prefix.repeat(count)), 1);
    }
}

#[test]
fn a_million_levels_of_types() {
    for (open, close) in [("[", "]"), ("(", ",)"), ("List<", ">"), ("%{ a: ", "}"), ("fn() -> ", ""), ("fn(", ")")] {
        let count = if open == "[" { MANY } else { SOME };
        nests(open, format!("let x: {}i64{} = 1", open.repeat(count), close.repeat(count)), 1);
    }
    nests("?", format!("let x: i64{} = 1", "?".repeat(MANY)), 1);
    nests("|", format!("let x: i64{} = 1", " | i64".repeat(MANY)), 0);
    nests("&", format!("let x: i64{} = 1", " & i64".repeat(MANY)), 0);
}

#[test]
fn a_million_levels_of_patterns() {
    for (open, close) in [("(", ",)"), ("[", "]"), ("Some(", ")"), ("P { x: ", "}"), ("x @ ", "")] {
        let count = if open == "(" { MANY } else { SOME };
        nests(open, format!("match v {{ {}y{} => 1 }}", open.repeat(count), close.repeat(count)), 1);
    }
    nests("|", format!("match v {{ 0{} => 1 }}", " | 1".repeat(MANY)), 0);
}

#[test]
fn a_million_postfix_operators() {
    for postfix in [".x", "()", "[0]", "?", " as T", " |> f", " is T", " in x", "::[T]", " or ..x"] {
        let count = if postfix == "()" { MANY } else { SOME };
        nests(postfix, format!("x{}", postfix.repeat(count)), 1);
    }
}

#[test]
fn strings_in_holes_of_strings() {
    nests("strings", format!("{}x{}", "\"{".repeat(MANY), "}\"".repeat(MANY)), 1);
}

#[test]
fn long_chains_are_no_nesting() {
    for operator in [" + ", " && ", " || ", " * ", " - ", " ^ "] {
        let count = if operator == " + " { MANY } else { SOME };
        nests("chain", format!("x{}", format!("{operator}x").repeat(count)), 0);
    }
    nests("else if", format!("if a {{ 1 }}{}", " else if a { 1 }".repeat(MANY)), 0);
    nests("else if lines", format!("if a: 1\n{}", "else if a: 1\n".repeat(SOME)), 0);
    nests("array", format!("[{}]", "x, ".repeat(SOME)), 0);
    nests("catch", format!("try: 1\n{}", "catch e: T: 1\n".repeat(SOME)), 0);
}

#[test]
fn what_nests_within_the_limit_is_understood() {
    nests("parentheses", format!("{}1{}", "(".repeat(MAX_DEPTH - 2), ")".repeat(MAX_DEPTH - 2)), 0);
    nests("ifs", format!("{}x(){}", "if a { ".repeat(MAX_DEPTH / 2 - 2), " }".repeat(MAX_DEPTH / 2 - 2)), 0);
    nests("fields", format!("x{}", ".x".repeat(MAX_DEPTH - 2)), 0);
    nests("two regions", format!("{0}1{1}; {0}1{1}", "(".repeat(MAX_DEPTH * 2), ")".repeat(MAX_DEPTH * 2)), 2);
}

/// The depth of the view: the nodes on the longest path, the left operands of a chain counted as one.
pub(super) fn depth_of(ast: &Ast) -> usize {
    Depth { ast }.stmts(&ast.body)
}

struct Depth<'a> {
    ast: &'a Ast,
}

impl Depth<'_> {
    fn stmts(&self, stmts: &[Stmt]) -> usize {
        let one = |stmt: &Stmt| match &stmt.kind {
            StmtKind::Let { pattern, ty, value, otherwise, .. } => {
                let block = otherwise.map_or(0, |block| self.block(block));
                self.pattern(*pattern).max(self.ty(*ty)).max(self.expr(*value)).max(block)
            }
            StmtKind::Expr { expr, .. } | StmtKind::Defer(expr) => self.expr(*expr),
            StmtKind::Item(item) => self.item(*item),
            StmtKind::Error => 0,
        };
        stmts.iter().map(one).max().unwrap_or(0)
    }

    fn block(&self, id: BlockId) -> usize {
        1 + self.stmts(&self.ast.block(id).stmts)
    }

    fn item(&self, id: ItemId) -> usize {
        match &self.ast.item(id).kind {
            ItemKind::Fn(function) => {
                let params = function.params.iter().map(|p| self.ty(p.ty).max(self.pattern(p.pattern))).max();
                function.body.map_or(0, |body| self.block(body)).max(params.unwrap_or(0))
            }
            ItemKind::Class { functions, .. } => functions.iter().map(|&f| 1 + self.item(f)).max().unwrap_or(0),
            _ => 0,
        }
    }

    fn expr(&self, id: ExprId) -> usize {
        let mut rights = 0;
        let mut at = id;
        while let ExprKind::Binary(_, _, left, right) = self.ast.expr(at).kind {
            rights = rights.max(1 + self.expr(right));
            at = left;
        }
        let spine = usize::from(at != id);
        rights.max(spine + self.plain(at))
    }

    fn all(&self, exprs: impl IntoIterator<Item = ExprId>) -> usize {
        exprs.into_iter().map(|e| self.expr(e)).max().unwrap_or(0)
    }

    fn plain(&self, id: ExprId) -> usize {
        1 + match &self.ast.expr(id).kind {
            ExprKind::Str(parts) => self.all(parts.iter().filter_map(|part| match part {
                StrPart::Hole { expr, .. } => Some(*expr),
                StrPart::Text(_) => None,
            })),
            ExprKind::Array(es) | ExprKind::List(es) => self.all(es.iter().map(|e| e.value)),
            ExprKind::Repeat { value, count } => self.all([*value, *count]),
            ExprKind::Table(es) | ExprKind::Map(es) => self.all(es.iter().flat_map(|&(k, v)| [k, v])),
            ExprKind::Tuple(es) => self.all(es.iter().copied()),
            ExprKind::Shape(fs) => self.all(fs.iter().map(|f| f.value)),
            ExprKind::Struct(literal) => self.all(literal.fields.iter().map(|f| f.value)),
            ExprKind::Range { start, end, .. } => self.all(start.iter().chain(end).copied()),
            ExprKind::Unary(_, e) | ExprKind::Try(e) | ExprKind::Field(e, _) | ExprKind::OptionalField(e, _) => {
                self.expr(*e)
            }
            ExprKind::Throw(e) | ExprKind::Spawn(e) | ExprKind::Comptime(e) | ExprKind::Expect(e) => self.expr(*e),
            ExprKind::Cast(e, t) | ExprKind::Is { value: e, ty: t, .. } => self.expr(*e).max(self.ty(Some(*t))),
            ExprKind::Coalesce(a, b) | ExprKind::OrElse(a, b) | ExprKind::Pipe(a, b) | ExprKind::Index(a, b) => {
                self.all([*a, *b])
            }
            ExprKind::In { value: a, container: b, .. } | ExprKind::Assign { target: a, value: b, .. } => {
                self.all([*a, *b])
            }
            ExprKind::Call { callee, args, .. } => self.expr(*callee).max(self.all(args.iter().map(|a| a.value))),
            ExprKind::Fixed(e, _) => self.expr(*e),
            ExprKind::TypeValue(t) => self.ty(Some(*t)),
            ExprKind::Block(block) | ExprKind::Loop { body: block, .. } => self.block(*block),
            ExprKind::If { branches, otherwise } => {
                let branch = |b: &Branch| self.expr(b.condition).max(self.block(b.body));
                let last = otherwise.map_or(0, |block| self.block(block));
                branches.iter().map(branch).max().unwrap_or(0).max(last)
            }
            ExprKind::Let { pattern, value } => self.pattern(*pattern).max(self.expr(*value)),
            ExprKind::Match { value, arms } => {
                let arm = |a: &Arm| self.pattern(a.pattern).max(self.expr(a.body)).max(self.all(a.guard));
                arms.iter().map(arm).max().unwrap_or(0).max(self.expr(*value))
            }
            ExprKind::While { condition, body, .. } => self.expr(*condition).max(self.block(*body)),
            ExprKind::For { pattern, iterable, body, .. } => {
                self.pattern(*pattern).max(self.expr(*iterable)).max(self.block(*body))
            }
            ExprKind::TryCatch { body, catches } => {
                let catch = |c: &Catch| self.block(c.body).max(self.ty(c.ty));
                catches.iter().map(catch).max().unwrap_or(0).max(self.block(*body))
            }
            ExprKind::Closure { params, body, .. } => {
                let param = |p: &Param| self.pattern(p.pattern).max(self.ty(p.ty));
                params.iter().map(param).max().unwrap_or(0).max(self.expr(*body))
            }
            ExprKind::Return(e) | ExprKind::Yield(e) | ExprKind::Break { value: e, .. } => self.all(*e),
            ExprKind::Binary(..) => 0,
            ExprKind::Error | ExprKind::Int(_) | ExprKind::Float(_) | ExprKind::Bool(_) | ExprKind::Byte(_) => 0,
            ExprKind::Symbol(_) | ExprKind::Name(_) | ExprKind::Continue { .. } => 0,
        }
    }

    fn pattern(&self, id: PatternId) -> usize {
        let all = |ids: &[PatternId]| ids.iter().map(|&p| self.pattern(p)).max().unwrap_or(0);
        1 + match &self.ast.pattern(id).kind {
            PatternKind::Bind { pattern, .. } => pattern.map_or(0, |p| self.pattern(p)),
            PatternKind::Or(ps) | PatternKind::Tuple(ps) | PatternKind::Variant { args: ps, .. } => all(ps),
            PatternKind::Array { before, after, .. } => all(before).max(all(after)),
            PatternKind::Struct { fields, .. } => fields.iter().map(|f| self.pattern(f.pattern)).max().unwrap_or(0),
            PatternKind::Typed { ty, .. } => self.ty(Some(*ty)),
            PatternKind::Literal(e) => self.expr(*e),
            PatternKind::Range { start, end, .. } => self.all(start.iter().chain(end).copied()),
            PatternKind::Error | PatternKind::Wildcard | PatternKind::Path(_) => 0,
        }
    }

    fn ty(&self, id: Option<TypeId>) -> usize {
        let Some(id) = id else { return 0 };
        let all = |ids: &[TypeId]| ids.iter().map(|&t| self.ty(Some(t))).max().unwrap_or(0);
        1 + match &self.ast.ty(id).kind {
            TypeExprKind::Path(_, args) => all(args),
            TypeExprKind::Array(t) | TypeExprKind::FixedArray(t, _) | TypeExprKind::Option(t) => self.ty(Some(*t)),
            TypeExprKind::Table(k, v) => all(&[*k, *v]),
            TypeExprKind::Tuple(ts) | TypeExprKind::Union(ts) | TypeExprKind::Intersection(ts) => all(ts),
            TypeExprKind::Shape(fields) => fields.iter().map(|f| self.ty(Some(f.1))).max().unwrap_or(0),
            TypeExprKind::Function { params, result, .. } => all(params).max(self.ty(*result)),
            TypeExprKind::Error | TypeExprKind::Symbol(_) => 0,
        }
    }
}
