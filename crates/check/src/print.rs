//! The typed program as text, for people who work on the checker or the emitter: `sayso dump hir`, `sayso dump types`.
//!
//! Chains of operators may nest without limit, so the printer keeps a list of what is still to be written instead of
//! recursing.

use crate::hir::{
    Arm, Callee, CastReason, Constant, ExprId, ExprKind, FieldAccess, FnId, Function, FunctionKind, LocalId, MultiId,
    PatternId, PatternKind, Program, Stmt, StrPart,
};
use crate::input::Output;
use sayso_base::{Interner, Name};
use sayso_types::{DeclKind, TypeId};
use std::fmt::Write as _;

/// Deeper lines are not indented further, so that the text stays linear in the size of the program.
const MOST_INDENT: usize = 40;

/// What is still to be written.
enum Piece {
    Text(String),
    Word(&'static str),
    Line(usize),
    Expr(ExprId, usize),
    Pattern(PatternId, usize),
}

struct Printer<'a> {
    program: &'a Program,
    names: &'a Interner,
    function: &'a Function,
    out: String,
    waiting: Vec<Piece>,
}

/// The functions of the program's own modules (all that are reached, with `library`), each with its body.
pub fn dump_hir(program: &Program, names: &Interner, library: bool) -> String {
    let mut out = String::new();
    for (index, function) in program.functions.iter().enumerate() {
        let foreign = program.modules.get(function.module.0 as usize).is_none_or(|module| module.library);
        if (foreign && !library) || function.kind == FunctionKind::Unused {
            continue;
        }
        out.push_str(&dump_function(program, names, FnId(index as u32)));
        out.push('\n');
    }
    out
}

/// One function with its body.
pub fn dump_function(program: &Program, names: &Interner, id: FnId) -> String {
    let Some(function) = program.functions.get(id.0 as usize) else { return String::new() };
    let mut printer = Printer { program, names, function, out: String::new(), waiting: Vec::new() };
    let _ = write!(printer.out, "#{} ", id.0);
    let head = head(program, names, function);
    printer.out.push_str(&head);
    match function.kind {
        FunctionKind::Body(body) => {
            for (index, local) in function.locals.iter().enumerate().skip(function.params as usize) {
                let capture = index < (function.params + function.captures) as usize;
                let word = if capture { "captured" } else { "local" };
                let ty = program.types.display(local.ty, names);
                let boxed = if local.boxed { " boxed" } else { "" };
                let name = printer.local_name(LocalId(index as u32));
                let _ = write!(printer.out, "\n    {word} {name}: {ty}{boxed}");
            }
            printer.waiting.extend([Piece::Expr(body, 1), Piece::Line(1)]);
            printer.run();
        }
        FunctionKind::Abstract => printer.out.push_str(" abstract"),
        FunctionKind::Native(key) => {
            let _ = write!(printer.out, " native {}", names.text(key));
        }
        FunctionKind::Intrinsic(name) => {
            let _ = write!(printer.out, " intrinsic {}", names.text(name));
        }
        FunctionKind::Unused => printer.out.push_str(" unused"),
    }
    printer.out.push('\n');
    printer.out
}

/// `fn name<T>(a: A) -> R is e`.
fn head(program: &Program, names: &Interner, function: &Function) -> String {
    let mut out = String::new();
    let _ = write!(out, "fn {}", names.text(function.name));
    if !function.type_vars.is_empty() {
        let vars: Vec<String> = function
            .type_vars
            .iter()
            .map(|var| {
                let info = program.types.var(*var);
                let mut text = names.text(info.name).to_string();
                if info.upper != TypeId::ANY {
                    let _ = write!(text, ": {}", program.types.display(info.upper, names));
                }
                if info.lower != TypeId::NEVER {
                    let _ = write!(text, " >: {}", program.types.display(info.lower, names));
                }
                text
            })
            .collect();
        let _ = write!(out, "<{}>", vars.join(", "));
    }
    let params: Vec<String> = function
        .locals
        .iter()
        .take(function.params as usize)
        .map(|local| {
            let name = names.text(local.name);
            let name = if name.is_empty() { "_" } else { name };
            format!("{name}: {}", program.types.display(local.ty, names))
        })
        .collect();
    let _ = write!(out, "({})", params.join(", "));
    let _ = write!(out, " -> {}", program.types.display(function.result, names));
    let _ = write!(out, " is {}", function.effects);
    out
}

/// The signatures of all functions and the types of all top-level variables of the program's own modules, in the order
/// of their places.
pub fn dump_types(output: &Output) -> String {
    let program = &output.program;
    let mut lines: Vec<(sayso_base::Span, String)> = Vec::new();
    let own = |module: crate::hir::ModuleId| program.modules.get(module.0 as usize).is_some_and(|m| !m.library);
    for id in &output.declared {
        let Some(function) = program.functions.get(id.0 as usize).filter(|function| own(function.module)) else {
            continue;
        };
        lines.push((function.span, head(program, &output.names, function)));
    }
    // The variable that holds an object is not written as one.
    let object = |global: &crate::hir::Global| {
        let decl = program.types.decl_of(global.ty).map(|decl| program.types.decl(decl));
        decl.is_some_and(|decl| decl.kind == DeclKind::Object && decl.name == global.name)
    };
    for global in program.globals.iter().filter(|global| own(global.module) && !object(global)) {
        let word = if global.mutable { "let mut" } else { "let" };
        let ty = program.types.display(global.ty, &output.names);
        lines.push((global.span, format!("{word} {}: {ty}", output.names.text(global.name))));
    }
    lines.sort_by_key(|(span, _)| (span.file, span.start, span.end));
    let mut out = String::new();
    let mut file = None;
    for (span, line) in lines {
        if file != Some(span.file) {
            let name = output.sources.get(span.file).map_or("", |file| file.name.as_str());
            let _ = writeln!(out, "{}{name}:", if file.is_some() { "\n" } else { "" });
            file = Some(span.file);
        }
        let _ = writeln!(out, "    {line}");
    }
    out
}

impl Printer<'_> {
    fn run(&mut self) {
        while let Some(piece) = self.waiting.pop() {
            match piece {
                Piece::Text(text) => self.out.push_str(&text),
                Piece::Word(text) => self.out.push_str(text),
                Piece::Line(indent) => {
                    self.out.push('\n');
                    for _ in 0..indent.min(MOST_INDENT) {
                        self.out.push_str("    ");
                    }
                }
                Piece::Expr(id, indent) => {
                    let pieces = self.expr(id, indent);
                    self.waiting.extend(pieces.into_iter().rev());
                }
                Piece::Pattern(id, indent) => {
                    let pieces = self.pattern(id, indent);
                    self.waiting.extend(pieces.into_iter().rev());
                }
            }
        }
    }

    fn text(&self, name: Name) -> &str {
        self.names.text(name)
    }

    fn ty(&self, ty: TypeId) -> String {
        self.program.types.display(ty, self.names)
    }

    fn local_name(&self, id: LocalId) -> String {
        let name = self.function.locals.get(id.0 as usize).map_or("", |local| self.text(local.name));
        format!("{name}%{}", id.0)
    }

    fn function_name(&self, id: FnId) -> String {
        let name = self.program.functions.get(id.0 as usize).map_or("?", |function| self.text(function.name));
        format!("{name}#{}", id.0)
    }

    fn multi_name(&self, id: MultiId) -> String {
        let name = self.program.multis.get(id.0 as usize).map_or("?", |multi| self.text(multi.name));
        format!("dispatch {name}")
    }

    fn global_name(&self, id: crate::hir::GlobalId) -> String {
        let name = self.program.globals.get(id.0 as usize).map_or("?", |global| self.text(global.name));
        format!("{name}@{}", id.0)
    }

    fn access(&self, access: FieldAccess) -> String {
        match access {
            FieldAccess::Slot(decl, slot) => {
                let field = self.program.types.decl(decl).fields.get(slot as usize);
                format!(".{}", field.map_or("?", |field| self.text(field.name)))
            }
            FieldAccess::Name(name) => format!("?.{}", self.text(name)),
            FieldAccess::Tuple(index) => format!(".{index}"),
        }
    }

    fn constant(&self, constant: &Constant) -> String {
        match constant {
            Constant::Unit => "()".into(),
            Constant::Int(value) => value.to_string(),
            Constant::Float(value) => format!("{value:?}"),
            Constant::Bool(value) => value.to_string(),
            Constant::Byte(value) => format!("b{value}"),
            Constant::Str(text) => format!("{text:?}"),
            Constant::Symbol(name) => format!("#{}", self.text(*name)),
            Constant::Type(ty) => format!("type({})", self.ty(*ty)),
        }
    }

    fn callee(&self, callee: &Callee, type_args: &[TypeId], indent: usize) -> Vec<Piece> {
        let mut pieces = match callee {
            Callee::Function(id) => vec![Piece::Text(self.function_name(*id))],
            Callee::Dispatch(id) => vec![Piece::Text(self.multi_name(*id))],
            Callee::Value(value) => vec![Piece::Word("value "), Piece::Expr(*value, indent)],
        };
        if !type_args.is_empty() {
            let args: Vec<String> = type_args.iter().map(|ty| self.ty(*ty)).collect();
            pieces.push(Piece::Text(format!("<{}>", args.join(", "))));
        }
        pieces
    }

    fn expr(&self, id: ExprId, indent: usize) -> Vec<Piece> {
        let Some(expr) = self.function.exprs.get(id.0 as usize) else { return vec![Piece::Word("?")] };
        let one =
            |word: &'static str, value: &ExprId| vec![Piece::Word(word), Piece::Expr(*value, indent), Piece::Word(")")];
        match &expr.kind {
            ExprKind::Error => vec![Piece::Word("<error>")],
            ExprKind::Constant(constant) => vec![Piece::Text(self.constant(constant))],
            ExprKind::Local(local) => vec![Piece::Text(self.local_name(*local))],
            ExprKind::Global(global) => vec![Piece::Text(self.global_name(*global))],
            ExprKind::SetLocal(local, value) => {
                vec![Piece::Text(format!("{} = ", self.local_name(*local))), Piece::Expr(*value, indent)]
            }
            ExprKind::SetGlobal(global, value) => {
                vec![Piece::Text(format!("{} = ", self.global_name(*global))), Piece::Expr(*value, indent)]
            }
            ExprKind::SetField(object, access, value) => vec![
                Piece::Expr(*object, indent),
                Piece::Text(format!("{} = ", self.access(*access))),
                Piece::Expr(*value, indent),
            ],
            ExprKind::Block(stmts, value) => self.block(stmts, *value, indent),
            ExprKind::If(condition, then, otherwise) => {
                let mut pieces = vec![Piece::Word("if "), Piece::Expr(*condition, indent), Piece::Word(" then ")];
                pieces.push(Piece::Expr(*then, indent));
                if let Some(otherwise) = otherwise {
                    pieces.extend([Piece::Word(" else "), Piece::Expr(*otherwise, indent)]);
                }
                pieces
            }
            ExprKind::Let(pattern, value) => vec![
                Piece::Word("let "),
                Piece::Pattern(*pattern, indent),
                Piece::Word(" = "),
                Piece::Expr(*value, indent),
            ],
            ExprKind::And(a, b) => vec![Piece::Expr(*a, indent), Piece::Word(" && "), Piece::Expr(*b, indent)],
            ExprKind::Or(a, b) => vec![Piece::Expr(*a, indent), Piece::Word(" || "), Piece::Expr(*b, indent)],
            ExprKind::Match(value, arms) => self.arms(*value, arms, indent),
            ExprKind::Loop(id, body) => {
                vec![Piece::Text(format!("loop '{} ", id.0)), Piece::Expr(*body, indent)]
            }
            ExprKind::While(id, condition, body) => vec![
                Piece::Text(format!("while '{} ", id.0)),
                Piece::Expr(*condition, indent),
                Piece::Word(" "),
                Piece::Expr(*body, indent),
            ],
            ExprKind::ForRange { id, pattern, start, end, inclusive, body } => {
                let mut pieces = vec![Piece::Text(format!("for '{} ", id.0)), Piece::Pattern(*pattern, indent)];
                pieces.extend([Piece::Word(" in range "), Piece::Expr(*start, indent)]);
                pieces.push(Piece::Word(if *inclusive { "..=" } else { ".." }));
                pieces.extend(end.map(|end| Piece::Expr(end, indent)));
                pieces.extend([Piece::Word(" "), Piece::Expr(*body, indent)]);
                pieces
            }
            ExprKind::ForArray { id, pattern, array, body } => vec![
                Piece::Text(format!("for '{} ", id.0)),
                Piece::Pattern(*pattern, indent),
                Piece::Word(" in array "),
                Piece::Expr(*array, indent),
                Piece::Word(" "),
                Piece::Expr(*body, indent),
            ],
            ExprKind::ForIter(of) => {
                let mut pieces = vec![Piece::Text(format!("for '{} ", of.id.0)), Piece::Pattern(of.pattern, indent)];
                pieces.push(Piece::Text(format!(" in {} = ", self.local_name(of.iterator))));
                pieces.extend([Piece::Expr(of.init, indent), Piece::Word("; "), Piece::Expr(of.next, indent)]);
                if let Some(close) = of.close {
                    pieces.extend([Piece::Word("; close "), Piece::Expr(close, indent)]);
                }
                pieces.extend([Piece::Word(" "), Piece::Expr(of.body, indent)]);
                pieces
            }
            ExprKind::Break(id, value) => {
                let mut pieces = vec![Piece::Text(format!("break '{} ", id.0))];
                pieces.extend(value.map(|value| Piece::Expr(value, indent)));
                pieces
            }
            ExprKind::Continue(id) => vec![Piece::Text(format!("continue '{}", id.0))],
            ExprKind::Return(value) => {
                let mut pieces = vec![Piece::Word("return ")];
                pieces.extend(value.map(|value| Piece::Expr(value, indent)));
                pieces
            }
            ExprKind::Throw(value) => one("throw(", value),
            ExprKind::TryCatch(body, catches) => {
                let mut pieces = vec![Piece::Word("try "), Piece::Expr(*body, indent)];
                for catch in catches {
                    let name = catch.local.map_or_else(String::new, |local| format!(" {}", self.local_name(local)));
                    let ty = catch.ty.map_or_else(String::new, |ty| format!(": {}", self.ty(ty)));
                    pieces.push(Piece::Text(format!(" catch{name}{ty} ")));
                    pieces.push(Piece::Expr(catch.body, indent));
                }
                pieces
            }
            ExprKind::Try(value) => one("try?(", value),
            ExprKind::OrElse(a, b) => vec![Piece::Expr(*a, indent), Piece::Word(" or "), Piece::Expr(*b, indent)],
            ExprKind::OptionalChain { receiver, local, body, flatten } => vec![
                Piece::Word("chain "),
                Piece::Expr(*receiver, indent),
                Piece::Text(format!(" as {} {}", self.local_name(*local), if *flatten { "flatten " } else { "" })),
                Piece::Expr(*body, indent),
            ],
            ExprKind::Call { callee, type_args, args } => {
                let mut pieces = self.callee(callee, type_args, indent);
                pieces.extend(self.list("(", args, ")", indent));
                pieces
            }
            ExprKind::FunctionValue { callee, type_args } => {
                let mut pieces = vec![Piece::Word("function ")];
                pieces.extend(self.callee(callee, type_args, indent));
                pieces
            }
            ExprKind::Closure(function, captures) => {
                let captures: Vec<String> = captures.iter().map(|local| self.local_name(*local)).collect();
                vec![Piece::Text(format!("closure {}[{}]", self.function_name(*function), captures.join(", ")))]
            }
            ExprKind::Array(elements) | ExprKind::List(elements) => {
                let list = matches!(expr.kind, ExprKind::List(_));
                let mut pieces = vec![Piece::Word(if list { "#[" } else { "[" })];
                for (index, element) in elements.iter().enumerate() {
                    pieces.push(Piece::Word(if index > 0 { ", " } else { "" }));
                    pieces.push(Piece::Word(if element.spread { ".." } else { "" }));
                    pieces.push(Piece::Expr(element.value, indent));
                }
                pieces.push(Piece::Text(format!("]: {}", self.ty(expr.ty))));
                pieces
            }
            ExprKind::Repeat(value, count) => vec![
                Piece::Word("["),
                Piece::Expr(*value, indent),
                Piece::Word("; "),
                Piece::Expr(*count, indent),
                Piece::Word("]"),
            ],
            ExprKind::Table(entries) | ExprKind::Map(entries) => {
                let map = matches!(expr.kind, ExprKind::Map(_));
                let mut pieces = vec![Piece::Word(if map { "#[" } else { "[" })];
                for (index, (key, value)) in entries.iter().enumerate() {
                    pieces.push(Piece::Word(if index > 0 { ", " } else { "" }));
                    pieces.push(Piece::Expr(*key, indent));
                    pieces.push(Piece::Word(if map { " -> " } else { ": " }));
                    pieces.push(Piece::Expr(*value, indent));
                }
                pieces.push(Piece::Text(format!("]: {}", self.ty(expr.ty))));
                pieces
            }
            ExprKind::Tuple(parts) => self.list("(", parts, ",)", indent),
            ExprKind::Shape(fields) => {
                let mut pieces = vec![Piece::Word("%{ ")];
                for (index, (name, value)) in fields.iter().enumerate() {
                    let comma = if index > 0 { ", " } else { "" };
                    pieces.push(Piece::Text(format!("{comma}{}: ", self.text(*name))));
                    pieces.push(Piece::Expr(*value, indent));
                }
                pieces.push(Piece::Word(" }"));
                pieces
            }
            ExprKind::Range(start, end, inclusive) => {
                let mut pieces = vec![Piece::Word("range(")];
                pieces.extend(start.map(|start| Piece::Expr(start, indent)));
                pieces.push(Piece::Word(if *inclusive { "..=" } else { ".." }));
                pieces.extend(end.map(|end| Piece::Expr(end, indent)));
                pieces.push(Piece::Word(")"));
                pieces
            }
            ExprKind::New { decl, fields, base } => {
                let decl = self.program.types.decl(*decl);
                let mut pieces = vec![Piece::Text(format!("new {} {{ ", self.ty(expr.ty)))];
                for (index, (slot, value)) in fields.iter().enumerate() {
                    let name = decl.fields.get(*slot as usize).map_or("?", |field| self.text(field.name));
                    pieces.push(Piece::Text(format!("{}{name}: ", if index > 0 { ", " } else { "" })));
                    pieces.push(Piece::Expr(*value, indent));
                }
                if let Some(base) = base {
                    pieces.extend([Piece::Word(" .."), Piece::Expr(*base, indent)]);
                }
                pieces.push(Piece::Word(" }"));
                pieces
            }
            ExprKind::Field(object, access) => {
                vec![Piece::Expr(*object, indent), Piece::Text(self.access(*access))]
            }
            ExprKind::Is(value, ty) => {
                vec![Piece::Expr(*value, indent), Piece::Text(format!(" is {}", self.ty(*ty)))]
            }
            ExprKind::Cast(value, reason) => {
                let why = match reason {
                    CastReason::As => String::new(),
                    CastReason::Boundary(place) => format!(", for {place}"),
                };
                vec![
                    Piece::Word("cast("),
                    Piece::Expr(*value, indent),
                    Piece::Text(format!(" to {}{why})", self.ty(expr.ty))),
                ]
            }
            ExprKind::Interpolate(parts) => {
                let mut pieces = vec![Piece::Word("text(")];
                for (index, part) in parts.iter().enumerate() {
                    pieces.push(Piece::Word(if index > 0 { ", " } else { "" }));
                    pieces.push(match part {
                        StrPart::Text(text) => Piece::Text(format!("{text:?}")),
                        StrPart::Value(value, _) => Piece::Expr(*value, indent),
                    });
                }
                pieces.push(Piece::Word(")"));
                pieces
            }
            ExprKind::Comptime(id) => vec![Piece::Text(format!("comptime {}", id.0))],
            ExprKind::InitModule(module) => {
                let name = self.program.modules.get(module.0 as usize).map_or("?", |module| self.text(module.name));
                vec![Piece::Text(format!("init {name}"))]
            }
            ExprKind::Yield(value) => one("yield(", value),
            ExprKind::Spawn { callee, type_args, args } => {
                let mut pieces = vec![Piece::Word("spawn ")];
                pieces.extend(self.callee(callee, type_args, indent));
                pieces.extend(self.list("(", args, ")", indent));
                pieces
            }
        }
    }

    fn list(&self, open: &'static str, parts: &[ExprId], close: &'static str, indent: usize) -> Vec<Piece> {
        let mut pieces = vec![Piece::Word(open)];
        for (index, part) in parts.iter().enumerate() {
            pieces.push(Piece::Word(if index > 0 { ", " } else { "" }));
            pieces.push(Piece::Expr(*part, indent));
        }
        pieces.push(Piece::Word(close));
        pieces
    }

    fn block(&self, stmts: &[Stmt], value: Option<ExprId>, indent: usize) -> Vec<Piece> {
        let mut pieces = vec![Piece::Word("{")];
        for stmt in stmts {
            pieces.push(Piece::Line(indent + 1));
            match stmt {
                Stmt::Expr(expr) => pieces.extend([Piece::Expr(*expr, indent + 1), Piece::Word(";")]),
                Stmt::Let { pattern, value, otherwise } => {
                    pieces.extend([Piece::Word("let "), Piece::Pattern(*pattern, indent + 1), Piece::Word(" = ")]);
                    pieces.push(Piece::Expr(*value, indent + 1));
                    if let Some(otherwise) = otherwise {
                        pieces.extend([Piece::Word(" else "), Piece::Expr(*otherwise, indent + 1)]);
                    }
                    pieces.push(Piece::Word(";"));
                }
                Stmt::Defer(expr) => {
                    pieces.extend([Piece::Word("defer "), Piece::Expr(*expr, indent + 1), Piece::Word(";")]);
                }
            }
        }
        if let Some(value) = value {
            pieces.extend([Piece::Line(indent + 1), Piece::Expr(value, indent + 1)]);
        }
        pieces.extend([Piece::Line(indent), Piece::Word("}")]);
        pieces
    }

    fn arms(&self, value: ExprId, arms: &[Arm], indent: usize) -> Vec<Piece> {
        let mut pieces = vec![Piece::Word("match "), Piece::Expr(value, indent), Piece::Word(" {")];
        for arm in arms {
            pieces.extend([Piece::Line(indent + 1), Piece::Pattern(arm.pattern, indent + 1)]);
            if let Some(guard) = arm.guard {
                pieces.extend([Piece::Word(" if "), Piece::Expr(guard, indent + 1)]);
            }
            pieces.extend([Piece::Word(" => "), Piece::Expr(arm.body, indent + 1)]);
        }
        pieces.extend([Piece::Line(indent), Piece::Word("}")]);
        pieces
    }

    fn pattern(&self, id: PatternId, indent: usize) -> Vec<Piece> {
        let Some(pattern) = self.function.patterns.get(id.0 as usize) else { return vec![Piece::Word("?")] };
        let join = |parts: &[PatternId], between: &'static str| {
            let mut pieces = Vec::new();
            for (index, part) in parts.iter().enumerate() {
                pieces.push(Piece::Word(if index > 0 { between } else { "" }));
                pieces.push(Piece::Pattern(*part, indent));
            }
            pieces
        };
        match &pattern.kind {
            PatternKind::Error => vec![Piece::Word("<error>")],
            PatternKind::Wildcard => vec![Piece::Word("_")],
            PatternKind::Bind(local, inner) => {
                let mut pieces = vec![Piece::Text(self.local_name(*local))];
                pieces.extend(inner.iter().flat_map(|inner| [Piece::Word(" @ "), Piece::Pattern(*inner, indent)]));
                pieces
            }
            PatternKind::Constant(constant) => vec![Piece::Text(self.constant(constant))],
            PatternKind::Range(start, end, inclusive) => {
                let text = |end: &Option<Constant>| end.as_ref().map_or_else(String::new, |end| self.constant(end));
                let dots = if *inclusive { "..=" } else { ".." };
                vec![Piece::Text(format!("{}{dots}{}", text(start), text(end)))]
            }
            PatternKind::Or(parts) => join(parts, " | "),
            PatternKind::Tuple(parts) => {
                let mut pieces = vec![Piece::Word("(")];
                pieces.extend(join(parts, ", "));
                pieces.push(Piece::Word(",)"));
                pieces
            }
            PatternKind::Array { before, rest, after } => {
                let mut pieces = vec![Piece::Word("[")];
                pieces.extend(join(before, ", "));
                if let Some(rest) = rest {
                    let name = rest.map_or_else(String::new, |local| self.local_name(local));
                    pieces.push(Piece::Text(format!("; ..{name}; ")));
                }
                pieces.extend(join(after, ", "));
                pieces.push(Piece::Word("]"));
                pieces
            }
            PatternKind::Nominal(decl, fields) => {
                let decl = self.program.types.decl(*decl);
                let mut pieces = vec![Piece::Text(format!("{} {{ ", self.text(decl.name)))];
                for (index, (slot, inner)) in fields.iter().enumerate() {
                    let name = decl.fields.get(*slot as usize).map_or("?", |field| self.text(field.name));
                    pieces.push(Piece::Text(format!("{}{name}: ", if index > 0 { ", " } else { "" })));
                    pieces.push(Piece::Pattern(*inner, indent));
                }
                pieces.push(Piece::Word(" }"));
                pieces
            }
            PatternKind::Type(ty, inner) => {
                vec![Piece::Pattern(*inner, indent), Piece::Text(format!(": {}", self.ty(*ty)))]
            }
            PatternKind::Equal(local, expr) => {
                vec![Piece::Text(format!("{} if ", self.local_name(*local))), Piece::Expr(*expr, indent)]
            }
        }
    }
}
