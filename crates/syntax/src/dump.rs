//! The typed view as text: one expression with parentheses per node, for tests and for looking at what was understood.
//!
//! `1 + 2 * x` is `(+ 1 (* 2 x))`, `if a { b }` is `(if a {b})`. The text is not the language's; it is only unambiguous.

use crate::ast::*;
use sayso_base::{Interner, Name, names};
use std::fmt::Write as _;

/// The whole view, a line for each statement of the file.
pub fn dump(ast: &Ast, interner: &Interner) -> String {
    let mut dumper = Dumper { ast, interner, out: String::new() };
    for stmt in &ast.body {
        dumper.stmt(stmt);
        dumper.out.push('\n');
    }
    dumper.out
}

struct Dumper<'a> {
    ast: &'a Ast,
    interner: &'a Interner,
    out: String,
}

impl Dumper<'_> {
    fn text(&mut self, text: &str) {
        self.out.push_str(text);
    }

    fn name(&mut self, name: Name) {
        let text = if name == names::EMPTY { "<missing>" } else { self.interner.text(name) };
        self.out.push_str(text);
    }

    fn path(&mut self, path: &Path) {
        for (index, part) in path.parts().iter().enumerate() {
            if index > 0 {
                self.text(".");
            }
            self.name(part.name);
        }
    }

    /// `(head …)`
    fn list(&mut self, head: &str, rest: impl FnOnce(&mut Self)) {
        let _ = write!(self.out, "({head}");
        rest(self);
        self.text(")");
    }

    /// A blank, then what `write` writes.
    fn also(&mut self, write: impl FnOnce(&mut Self)) {
        self.text(" ");
        write(self);
    }

    fn exprs(&mut self, head: &str, exprs: &[ExprId]) {
        self.list(head, |d| exprs.iter().for_each(|&e| d.also(|d| d.expr(e))));
    }

    fn types(&mut self, head: &str, types: &[TypeId]) {
        self.list(head, |d| types.iter().for_each(|&t| d.also(|d| d.ty(t))));
    }

    fn patterns(&mut self, patterns: &[PatternId]) {
        patterns.iter().for_each(|&p| self.also(|d| d.pattern(p)));
    }

    // ---- statements

    fn block(&mut self, id: BlockId) {
        self.text("{");
        for (index, stmt) in self.ast.block(id).stmts.iter().enumerate() {
            if index > 0 {
                self.text("; ");
            }
            self.stmt(stmt);
        }
        self.text("}");
    }

    fn stmt(&mut self, stmt: &Stmt) {
        match &stmt.kind {
            StmtKind::Let { pattern, mutable, ty, value, otherwise } => {
                self.list(if *mutable { "let mut" } else { "let" }, |d| {
                    d.also(|d| d.pattern(*pattern));
                    d.annotation(*ty);
                    d.also(|d| d.expr(*value));
                    if let Some(block) = otherwise {
                        d.text(" else ");
                        d.block(*block);
                    }
                });
            }
            StmtKind::Expr { expr, semicolon } => {
                self.expr(*expr);
                if *semicolon {
                    self.text(";");
                }
            }
            StmtKind::Defer(expr) => self.exprs("defer", &[*expr]),
            StmtKind::Item(item) => self.item(*item),
            StmtKind::Error => self.text("<error>"),
        }
    }

    fn annotation(&mut self, ty: Option<TypeId>) {
        if let Some(ty) = ty {
            self.text(": ");
            self.ty(ty);
        }
    }

    // ---- expressions

    fn expr(&mut self, id: ExprId) {
        // The left operands of a chain are written outside in, without recursion.
        let mut spine = Vec::new();
        let mut at = id;
        while let ExprKind::Binary(op, _, left, right) = self.ast.expr(at).kind {
            let _ = write!(self.out, "({} ", binary_sign(op));
            spine.push(right);
            at = left;
        }
        self.plain_expr(at);
        while let Some(right) = spine.pop() {
            self.also(|d| d.expr(right));
            self.text(")");
        }
    }

    fn plain_expr(&mut self, id: ExprId) {
        match &self.ast.expr(id).kind {
            ExprKind::Error => self.text("<error>"),
            ExprKind::Int(Some(value)) => {
                let _ = write!(self.out, "{value}");
            }
            ExprKind::Int(None) => self.text("<too large>"),
            ExprKind::Float(value) => {
                let _ = write!(self.out, "{value:?}");
            }
            ExprKind::Bool(value) => self.text(if *value { "true" } else { "false" }),
            ExprKind::Byte(value) => {
                let _ = write!(self.out, "b{value}");
            }
            ExprKind::Str(parts) => self.string(parts),
            ExprKind::Symbol(name) => {
                self.text("#");
                self.name(*name);
            }
            ExprKind::Name(name) => self.name(*name),
            ExprKind::Array(elements) => self.elements("array", elements),
            ExprKind::Repeat { value, count } => self.exprs("repeat", &[*value, *count]),
            ExprKind::Table(entries) => self.entries("table", entries),
            ExprKind::List(elements) => self.elements("list", elements),
            ExprKind::Map(entries) => self.entries("map", entries),
            ExprKind::Tuple(items) => self.exprs("tuple", items),
            ExprKind::Shape(fields) => self.list("shape", |d| d.fields(fields)),
            ExprKind::Range { start, end, inclusive } => {
                self.list(if *inclusive { "..=" } else { ".." }, |d| {
                    d.also(|d| d.optional(*start));
                    d.also(|d| d.optional(*end));
                });
            }
            ExprKind::Struct(literal) => {
                self.list("struct ", |d| {
                    d.path(&literal.path);
                    d.fields(&literal.fields);
                    if let Some(base) = literal.base {
                        d.text(" ..");
                        d.expr(base);
                    }
                });
            }
            ExprKind::Unary(UnaryOp::Not, operand) => self.exprs("!", &[*operand]),
            ExprKind::Unary(UnaryOp::Neg, operand) => self.exprs("-", &[*operand]),
            ExprKind::Binary(op, _, left, right) => self.exprs(binary_sign(*op), &[*left, *right]),
            ExprKind::Cast(value, ty) => self.with_type("as", *value, *ty),
            ExprKind::Is { value, ty, negated } => self.with_type(if *negated { "is-not" } else { "is" }, *value, *ty),
            ExprKind::In { value, container, negated } => {
                self.exprs(if *negated { "not-in" } else { "in" }, &[*value, *container]);
            }
            ExprKind::Coalesce(left, right) => self.exprs("??", &[*left, *right]),
            ExprKind::OrElse(left, right) => self.exprs("or", &[*left, *right]),
            ExprKind::Pipe(left, right) => self.exprs("|>", &[*left, *right]),
            ExprKind::Assign { target, op, value, .. } => {
                let sign = match op {
                    AssignOp::Set => "=".to_string(),
                    AssignOp::Coalesce => "??=".to_string(),
                    AssignOp::Binary(op) => format!("{}=", binary_sign(*op)),
                };
                self.exprs(&sign, &[*target, *value]);
            }
            ExprKind::Try(value) => self.exprs("?", &[*value]),
            ExprKind::Field(base, name) => self.with_name(".", *base, *name),
            ExprKind::OptionalField(base, name) => self.with_name("?.", *base, *name),
            ExprKind::Call { callee, args, .. } => self.list("call", |d| {
                d.also(|d| d.expr(*callee));
                args.iter().for_each(|arg| d.also(|d| d.arg(arg)));
            }),
            ExprKind::Fixed(callee, types) => self.list("::", |d| {
                d.also(|d| d.expr(*callee));
                types.iter().for_each(|&t| d.also(|d| d.ty(t)));
            }),
            ExprKind::Index(base, index) => self.exprs("index", &[*base, *index]),
            ExprKind::TypeValue(ty) => self.types("type", &[*ty]),
            ExprKind::Block(block) => self.block(*block),
            ExprKind::If { branches, otherwise } => self.list("if", |d| {
                for branch in branches {
                    d.also(|d| d.expr(branch.condition));
                    d.also(|d| d.block(branch.body));
                }
                if let Some(block) = otherwise {
                    d.text(" else ");
                    d.block(*block);
                }
            }),
            ExprKind::Let { pattern, value } => self.list("let", |d| {
                d.also(|d| d.pattern(*pattern));
                d.also(|d| d.expr(*value));
            }),
            ExprKind::Match { value, arms } => self.list("match", |d| {
                d.also(|d| d.expr(*value));
                arms.iter().for_each(|arm| d.also(|d| d.arm(arm)));
            }),
            ExprKind::Loop { label, body } => self.list("loop", |d| {
                d.label(label);
                d.also(|d| d.block(*body));
            }),
            ExprKind::While { label, condition, body } => self.list("while", |d| {
                d.label(label);
                d.also(|d| d.expr(*condition));
                d.also(|d| d.block(*body));
            }),
            ExprKind::For { label, pattern, iterable, body } => self.list("for", |d| {
                d.label(label);
                d.also(|d| d.pattern(*pattern));
                d.also(|d| d.expr(*iterable));
                d.also(|d| d.block(*body));
            }),
            ExprKind::TryCatch { body, catches } => self.list("try", |d| {
                d.also(|d| d.block(*body));
                catches.iter().for_each(|catch| d.also(|d| d.catch(catch)));
            }),
            ExprKind::Closure { params, result, body } => self.list("closure", |d| {
                d.also(|d| d.params(params));
                if let Some(result) = result {
                    d.text(" -> ");
                    d.ty(*result);
                }
                d.also(|d| d.expr(*body));
            }),
            ExprKind::Return(value) => self.jump("return", &None, *value),
            ExprKind::Break { label, value } => self.jump("break", label, *value),
            ExprKind::Continue { label } => self.jump("continue", label, None),
            ExprKind::Throw(value) => self.exprs("throw", &[*value]),
            ExprKind::Yield(value) => self.jump("yield", &None, *value),
            ExprKind::Spawn(value) => self.exprs("spawn", &[*value]),
            ExprKind::Comptime(value) => self.exprs("comptime", &[*value]),
            ExprKind::Expect(value) => self.exprs("expect", &[*value]),
        }
    }

    fn optional(&mut self, expr: Option<ExprId>) {
        match expr {
            Some(expr) => self.expr(expr),
            None => self.text("_"),
        }
    }

    fn with_type(&mut self, head: &str, value: ExprId, ty: TypeId) {
        self.list(head, |d| {
            d.also(|d| d.expr(value));
            d.also(|d| d.ty(ty));
        });
    }

    fn with_name(&mut self, head: &str, base: ExprId, name: Ident) {
        self.list(head, |d| {
            d.also(|d| d.expr(base));
            d.also(|d| d.name(name.name));
        });
    }

    fn jump(&mut self, head: &str, label: &Option<Box<Ident>>, value: Option<ExprId>) {
        self.list(head, |d| {
            d.label(label);
            if let Some(value) = value {
                d.also(|d| d.expr(value));
            }
        });
    }

    fn label(&mut self, label: &Option<Box<Ident>>) {
        if let Some(label) = label {
            self.text(" '");
            self.name(label.name);
        }
    }

    fn string(&mut self, parts: &[StrPart]) {
        match parts {
            [] => self.text("\"\""),
            [StrPart::Text(text)] => {
                let _ = write!(self.out, "{text:?}");
            }
            _ => self.list("str", |d| {
                for part in parts {
                    match part {
                        StrPart::Text(text) => {
                            let _ = write!(d.out, " {text:?}");
                        }
                        StrPart::Hole { expr, spec, .. } => {
                            d.text(" {");
                            d.expr(*expr);
                            d.spec(*spec);
                            d.text("}");
                        }
                    }
                }
            }),
        }
    }

    fn spec(&mut self, spec: FormatSpec) {
        if spec == FormatSpec::default() {
            return;
        }
        self.text(":");
        if let Some(fill) = spec.fill {
            self.out.push(fill);
        }
        self.text(match spec.align {
            Some(Align::Left) => "<",
            Some(Align::Center) => "^",
            Some(Align::Right) => ">",
            None => "",
        });
        for (set, sign) in [(spec.plus, "+"), (spec.alternate, "#"), (spec.zero, "0")] {
            if set {
                self.text(sign);
            }
        }
        if let Some(width) = spec.width {
            let _ = write!(self.out, "{width}");
        }
        if let Some(precision) = spec.precision {
            let _ = write!(self.out, ".{precision}");
        }
        self.text(match spec.kind {
            FormatKind::Display => "",
            FormatKind::Debug => "?",
            FormatKind::LowerHex => "x",
            FormatKind::UpperHex => "X",
            FormatKind::Binary => "b",
            FormatKind::Octal => "o",
            FormatKind::Exponent => "e",
        });
    }

    fn elements(&mut self, head: &str, elements: &[Element]) {
        self.list(head, |d| {
            for element in elements {
                d.text(if element.spread { " .." } else { " " });
                d.expr(element.value);
            }
        });
    }

    fn entries(&mut self, head: &str, entries: &[(ExprId, ExprId)]) {
        self.list(head, |d| {
            for (key, value) in entries {
                d.also(|d| d.expr(*key));
                d.text("=>");
                d.expr(*value);
            }
        });
    }

    fn fields(&mut self, fields: &[FieldInit]) {
        for field in fields {
            self.text(" ");
            self.name(field.name.name);
            self.text("=");
            self.expr(field.value);
        }
    }

    fn arg(&mut self, arg: &Arg) {
        if let Some(name) = arg.name {
            self.name(name.name);
            self.text(":");
        }
        if arg.spread {
            self.text("..");
        }
        self.expr(arg.value);
    }

    fn arm(&mut self, arm: &Arm) {
        self.text("(");
        self.pattern(arm.pattern);
        if let Some(guard) = arm.guard {
            self.text(" if ");
            self.expr(guard);
        }
        self.text(" => ");
        self.expr(arm.body);
        self.text(")");
    }

    fn catch(&mut self, catch: &Catch) {
        self.list("catch", |d| {
            if let Some(name) = catch.name {
                d.also(|d| d.name(name.name));
            }
            d.annotation(catch.ty);
            d.also(|d| d.block(catch.body));
        });
    }

    fn params(&mut self, params: &[Param]) {
        self.text("(");
        for (index, param) in params.iter().enumerate() {
            if index > 0 {
                self.text(", ");
            }
            if param.rest {
                self.text("*");
            }
            self.pattern(param.pattern);
            self.annotation(param.ty);
            if let Some(default) = param.default {
                self.text(" = ");
                self.expr(default);
            }
        }
        self.text(")");
    }

    // ---- patterns

    fn pattern(&mut self, id: PatternId) {
        match &self.ast.pattern(id).kind {
            PatternKind::Error => self.text("<error>"),
            PatternKind::Wildcard => self.text("_"),
            PatternKind::Bind { name, pattern: None } => self.name(name.name),
            PatternKind::Bind { name, pattern: Some(pattern) } => self.list("@ ", |d| {
                d.name(name.name);
                d.also(|d| d.pattern(*pattern));
            }),
            PatternKind::Typed { name, ty } => self.list("", |d| {
                d.name(name.name);
                d.annotation(Some(*ty));
            }),
            PatternKind::Literal(expr) => self.expr(*expr),
            PatternKind::Range { start, end, inclusive } => {
                self.list(if *inclusive { "..=" } else { ".." }, |d| {
                    d.also(|d| d.optional(*start));
                    d.also(|d| d.optional(*end));
                });
            }
            PatternKind::Or(parts) => self.list("|", |d| d.patterns(parts)),
            PatternKind::Tuple(parts) => self.list("tuple", |d| d.patterns(parts)),
            PatternKind::Array { before, rest, after } => self.list("array", |d| {
                d.patterns(before);
                if let Some(rest) = rest {
                    d.text(" ..");
                    if let Some(name) = &**rest {
                        d.name(name.name);
                    }
                }
                d.patterns(after);
            }),
            PatternKind::Struct { path, fields, rest } => self.list("struct ", |d| {
                d.path(path);
                for field in fields {
                    d.text(" ");
                    d.name(field.name.name);
                    d.text("=");
                    d.pattern(field.pattern);
                }
                d.rest(*rest);
            }),
            PatternKind::Variant { path, args, rest } => self.list("variant ", |d| {
                d.path(path);
                d.patterns(args);
                d.rest(*rest);
            }),
            PatternKind::Path(path) => self.path(path),
        }
    }

    fn rest(&mut self, rest: bool) {
        if rest {
            self.text(" ..");
        }
    }

    // ---- types

    fn ty(&mut self, id: TypeId) {
        match &self.ast.ty(id).kind {
            TypeExprKind::Error => self.text("<error>"),
            TypeExprKind::Path(path, args) if args.is_empty() => self.path(path),
            TypeExprKind::Path(path, args) => self.list("", |d| {
                d.path(path);
                args.iter().for_each(|&t| d.also(|d| d.ty(t)));
            }),
            TypeExprKind::Symbol(name) => {
                self.text("#");
                self.name(*name);
            }
            TypeExprKind::Array(element) => self.types("array", &[*element]),
            TypeExprKind::FixedArray(element, length) => self.list("array", |d| {
                d.also(|d| d.ty(*element));
                let _ = write!(d.out, "; {length}");
            }),
            TypeExprKind::Table(key, value) => self.types("table", &[*key, *value]),
            TypeExprKind::Tuple(parts) => self.types("tuple", parts),
            TypeExprKind::Shape(fields) => self.list("shape", |d| {
                for (name, ty) in fields {
                    d.text(" ");
                    d.name(name.name);
                    d.annotation(Some(*ty));
                }
            }),
            TypeExprKind::Function { params, result, effects } => self.list("fn", |d| {
                d.also(|d| d.types("", params));
                d.signature_tail(*result, effects.as_deref());
            }),
            TypeExprKind::Union(parts) => self.types("|", parts),
            TypeExprKind::Intersection(parts) => self.types("&", parts),
            TypeExprKind::Option(inner) => self.types("?", &[*inner]),
        }
    }

    fn signature_tail(&mut self, result: Option<TypeId>, effects: Option<&Effects>) {
        if let Some(result) = result {
            self.text(" -> ");
            self.ty(result);
        }
        if let Some(effects) = effects {
            self.text(" is");
            if effects.parts.is_empty() {
                self.text(" pure");
            }
            effects.parts.iter().for_each(|part| self.also(|d| d.path(part)));
        }
    }

    fn type_params(&mut self, params: &[TypeParam]) {
        if params.is_empty() {
            return;
        }
        self.text("<");
        for (index, param) in params.iter().enumerate() {
            if index > 0 {
                self.text(", ");
            }
            self.text(if param.open { "open " } else { "" });
            self.text(match param.variance {
                Variance::Invariant => "",
                Variance::Covariant => "+",
                Variance::Contravariant => "-",
            });
            self.name(param.name.name);
            self.annotation(param.upper);
            if let Some(lower) = param.lower {
                self.text(" >: ");
                self.ty(lower);
            }
        }
        self.text(">");
    }

    // ---- declarations

    fn item(&mut self, id: ItemId) {
        let item = self.ast.item(id);
        if let Some(docs) = &item.docs {
            let _ = write!(self.out, "(doc {docs:?}) ");
        }
        for attribute in &item.attributes {
            self.text("@");
            self.name(attribute.name.name);
            if !attribute.args.is_empty() {
                self.exprs("", &attribute.args);
            }
            self.text(" ");
        }
        match &item.kind {
            ItemKind::Error => self.text("<error>"),
            ItemKind::Fn(function) => self.function(function),
            ItemKind::Struct { name, type_params, supers, fields, functions, object } => {
                self.list(if *object { "object " } else { "struct " }, |d| {
                    d.declaration(*name, type_params, supers);
                    d.field_decls(fields);
                    d.functions(functions);
                });
            }
            ItemKind::Enum { name, type_params, supers, variants, functions } => self.list("enum ", |d| {
                d.declaration(*name, type_params, supers);
                variants.iter().for_each(|variant| d.also(|d| d.variant(variant)));
                d.functions(functions);
            }),
            ItemKind::Trait { name, type_params, supers, functions } => self.list("trait ", |d| {
                d.declaration(*name, type_params, supers);
                d.functions(functions);
            }),
            ItemKind::Interface { name, type_params, functions, fields } => self.list("interface ", |d| {
                d.declaration(*name, type_params, &[]);
                d.field_decls(fields);
                d.functions(functions);
            }),
            ItemKind::Class { name, type_params, base, supers, fields, init, functions } => self.list("class ", |d| {
                d.declaration(*name, type_params, supers);
                if let Some(base) = base {
                    d.text(" base ");
                    d.ty(*base);
                }
                d.field_decls(fields);
                if let Some(init) = init {
                    d.text(" init ");
                    d.item(*init);
                }
                d.functions(functions);
            }),
            ItemKind::TypeAlias { name, type_params, ty } => self.list("type ", |d| {
                d.declaration(*name, type_params, &[]);
                d.also(|d| d.ty(*ty));
            }),
            ItemKind::Import { path, alias } => self.list("import ", |d| {
                d.path(path);
                d.alias(*alias);
            }),
            ItemKind::FromImport { path, names } => self.list("from ", |d| {
                d.path(path);
                for import in names {
                    d.text(" ");
                    d.name(import.name.name);
                    d.alias(import.alias);
                }
            }),
            ItemKind::Test { name, body } => self.named_block("test", name, *body),
            ItemKind::Bench { name, body } => self.named_block("bench", name, *body),
        }
    }

    fn named_block(&mut self, head: &str, name: &str, body: BlockId) {
        self.list(head, |d| {
            let _ = write!(d.out, " {name:?} ");
            d.block(body);
        });
    }

    fn alias(&mut self, alias: Option<Ident>) {
        if let Some(alias) = alias {
            self.text(" as ");
            self.name(alias.name);
        }
    }

    fn declaration(&mut self, name: Ident, type_params: &[TypeParam], supers: &[TypeId]) {
        self.name(name.name);
        self.type_params(type_params);
        if !supers.is_empty() {
            self.text(" ");
            self.types(":", supers);
        }
    }

    fn functions(&mut self, functions: &[ItemId]) {
        functions.iter().for_each(|&function| self.also(|d| d.item(function)));
    }

    fn field_decls(&mut self, fields: &[FieldDecl]) {
        fields.iter().for_each(|field| self.also(|d| d.field_decl(field)));
    }

    fn field_decl(&mut self, field: &FieldDecl) {
        self.list("field ", |d| {
            if let Some(docs) = &field.docs {
                let _ = write!(d.out, "(doc {docs:?}) ");
            }
            d.text(if field.mutable { "mut " } else { "" });
            d.text(if field.open { "open " } else { "" });
            d.name(field.name.name);
            d.annotation(field.ty);
            if let Some(default) = field.default {
                d.text(" = ");
                d.expr(default);
            }
        });
    }

    fn variant(&mut self, variant: &VariantDecl) {
        self.list("variant ", |d| {
            if let Some(docs) = &variant.docs {
                let _ = write!(d.out, "(doc {docs:?}) ");
            }
            d.name(variant.name.name);
            match &variant.payload {
                Payload::None => {}
                Payload::Positional(types) => types.iter().for_each(|&t| d.also(|d| d.ty(t))),
                Payload::Named(fields) => d.field_decls(fields),
            }
        });
    }

    fn function(&mut self, function: &FnItem) {
        self.list(if function.comptime { "comptime fn " } else { "fn " }, |d| {
            if let Some(owner) = &function.owner {
                d.path(owner);
                d.text(".");
            }
            d.name(function.name.name);
            d.type_params(&function.type_params);
            d.also(|d| d.params(&function.params));
            d.signature_tail(function.result, function.effects.as_ref());
            if let Some(body) = function.body {
                d.also(|d| d.block(body));
            }
        });
    }
}

fn binary_sign(op: BinaryOp) -> &'static str {
    match op {
        BinaryOp::Pow => "**",
        BinaryOp::Mul => "*",
        BinaryOp::Div => "/",
        BinaryOp::Rem => "%",
        BinaryOp::Add => "+",
        BinaryOp::Sub => "-",
        BinaryOp::Shl => "<<",
        BinaryOp::Shr => ">>",
        BinaryOp::BitAnd => "&",
        BinaryOp::BitXor => "^",
        BinaryOp::Eq => "==",
        BinaryOp::Ne => "!=",
        BinaryOp::Lt => "<",
        BinaryOp::Le => "<=",
        BinaryOp::Gt => ">",
        BinaryOp::Ge => ">=",
        BinaryOp::Identical => "===",
        BinaryOp::And => "&&",
        BinaryOp::Or => "||",
    }
}
