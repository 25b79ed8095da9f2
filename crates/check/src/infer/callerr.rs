//! What is said when no function takes a call.

use super::body::Body;
use super::call::{Args, Operand, Targets};
use super::overload::Group;
use super::suggest;
use crate::hir::MultiId;
use crate::tables::{CallShape, FnDeclId, FnDeclKind, ParamDefault};
use sayso_base::{Diagnostic, Name, Span, names};
use sayso_syntax::ast;
use sayso_types::{Signature, TypeId};
use smallvec::SmallVec;

/// How many candidates a message lists.
const LISTED: usize = 6;

impl Body<'_, '_> {
    /// The functions of the nearest name: those of the module itself hide those of the library.
    fn nearest_functions(&self, targets: &Targets) -> Vec<FnDeclId> {
        let nearest = targets.tiers.iter().find(|tier| !tier.is_empty());
        let near = |id: &FnDeclId| {
            nearest.is_none_or(|tier| {
                tier.iter()
                    .any(|multi| self.cx.multis.get(multi.0 as usize).is_some_and(|multi| multi.functions.contains(id)))
            })
        };
        self.functions_of(targets).into_iter().filter(near).collect()
    }

    fn functions_of(&self, targets: &Targets) -> Vec<FnDeclId> {
        let mut all: Vec<FnDeclId> = Vec::new();
        for multi in targets.tiers.iter().flatten() {
            let functions = self.cx.multis.get(multi.0 as usize).map_or(&[][..], |multi| multi.functions.as_slice());
            for id in functions {
                if !all.contains(id) {
                    all.push(*id);
                }
            }
        }
        all
    }

    /// A function's head, as in `area(s: Shape, scale: f64)`.
    pub fn head_text(&self, id: FnDeclId) -> String {
        let Some(decl) = self.cx.functions.get(id.0 as usize) else { return String::new() };
        let mut text = self.cx.names.text(decl.name).to_owned();
        text.push('(');
        for (index, param) in decl.params.iter().enumerate() {
            if index > 0 {
                text.push_str(", ");
            }
            if param.rest {
                text.push('*');
            }
            let name = self.cx.names.text(param.name);
            let named = !name.is_empty() && !name.starts_with(|c: char| c.is_ascii_digit());
            if named {
                text.push_str(name);
            }
            if param.name != names::SELF || index > 0 {
                if named {
                    text.push_str(": ");
                }
                text.push_str(&self.cx.types.display_up_to(param.ty, &self.cx.names, 60));
            }
            if param.default != ParamDefault::None {
                text.push_str(" = …");
            }
        }
        text.push(')');
        text
    }

    /// No function of the name takes so many arguments, or such names.
    pub fn wrong_arity(&mut self, targets: &Targets, name_span: Span, args: Args<'_>) {
        let functions = self.nearest_functions(targets);
        let name = self.text(targets.name).to_owned();
        if let [single] = functions.as_slice() {
            return self.wrong_arguments(*single, &name, name_span, args);
        }
        if let Some(unknown) = self.unknown_argument(&functions, args) {
            return self.report_unknown_argument(&functions, &name, unknown);
        }
        let mut arities: Vec<(u32, u32, bool)> = Vec::new();
        for id in &functions {
            let rest =
                self.cx.functions.get(id.0 as usize).is_some_and(|decl| decl.params.last().is_some_and(|p| p.rest));
            if let Some((least, most)) = self.cx.arity_range(*id) {
                arities.push((least, most, rest));
            }
        }
        arities.sort_unstable();
        arities.dedup();
        let texts: Vec<String> = arities
            .iter()
            .map(|(least, most, rest)| match (least == most, rest) {
                (_, true) => format!("{least} or more"),
                (true, false) => least.to_string(),
                (false, false) => format!("{least} to {most}"),
            })
            .collect();
        let given = args.len();
        let verb = if given == 1 { "is" } else { "are" };
        let plural = if given == 1 { "argument" } else { "arguments" };
        let diagnostic = Diagnostic::error(
            "wrong-arity",
            args.span,
            format!("no function `{name}` takes {given} {plural}; there are ones that take {}", texts.join(" or ")),
        )
        .label(format!("{given} {verb} given"));
        let diagnostic = self.list_heads(diagnostic, &functions);
        self.report(diagnostic);
    }

    fn list_heads(&self, mut diagnostic: Diagnostic, functions: &[FnDeclId]) -> Diagnostic {
        for id in functions.iter().take(LISTED) {
            diagnostic = diagnostic.note(format!("`{}`", self.head_text(*id)));
        }
        if functions.len() > LISTED {
            diagnostic = diagnostic.note(format!("and {} more", functions.len() - LISTED));
        }
        diagnostic
    }

    /// A named argument that no function has a parameter for.
    fn unknown_argument(&self, functions: &[FnDeclId], args: Args<'_>) -> Option<ast::Ident> {
        args.rest.iter().filter_map(|arg| arg.name).find(|name| {
            !functions.iter().any(|id| {
                let decl = self.cx.functions.get(id.0 as usize);
                decl.is_some_and(|decl| decl.params.iter().any(|param| param.name == name.name && !param.rest))
            })
        })
    }

    fn report_unknown_argument(&mut self, functions: &[FnDeclId], name: &str, unknown: ast::Ident) {
        let text = self.text(unknown.name).to_owned();
        let decls = || functions.iter().filter_map(|id| self.cx.functions.get(id.0 as usize));
        let rest = decls().any(|decl| decl.params.iter().any(|param| param.rest && param.name == unknown.name));
        if rest {
            let message = format!("the rest parameter `{text}` of `{name}` cannot be named");
            let diagnostic = Diagnostic::error("unknown-argument", unknown.span, message)
                .note("it takes the arguments that are left, by their position");
            return self.report(diagnostic);
        }
        let params: Vec<Name> =
            decls().flat_map(|decl| decl.params.iter().filter(|param| !param.rest).map(|param| param.name)).collect();
        let texts: Vec<&str> =
            params.iter().map(|name| self.cx.names.text(*name)).filter(|text| !text.is_empty()).collect();
        let near: Vec<String> = suggest::nearest(&text, texts.iter().copied()).into_iter().map(str::to_owned).collect();
        let mut diagnostic =
            Diagnostic::error("unknown-argument", unknown.span, format!("`{name}` has no parameter `{text}`"));
        diagnostic = match near.first() {
            Some(near) => diagnostic.suggest(format!("did you mean `{near}`?"), unknown.span, near.as_str()),
            None if !texts.is_empty() && texts.len() <= 8 => {
                diagnostic.note(format!("it has {}", suggest::all(&texts)))
            }
            None => diagnostic,
        };
        let diagnostic = match functions {
            [single] => self.point_at(diagnostic, *single, "declared here"),
            _ => diagnostic,
        };
        self.report(diagnostic);
    }

    /// Points at a function's head, unless it is the library's.
    fn point_at(&self, diagnostic: Diagnostic, id: FnDeclId, text: &str) -> Diagnostic {
        match self.cx.functions.get(id.0 as usize) {
            Some(decl) if self.cx.is_library(decl.module) => diagnostic.note(format!("`{}`", self.head_text(id))),
            Some(decl) => diagnostic.also(decl.head_span, text),
            None => diagnostic,
        }
    }

    /// The one function of the name does not take these arguments.
    fn wrong_arguments(&mut self, id: FnDeclId, name: &str, name_span: Span, args: Args<'_>) {
        if let Some(unknown) = self.unknown_argument(&[id], args) {
            return self.report_unknown_argument(&[id], name, unknown);
        }
        let Some(decl) = self.cx.functions.get(id.0 as usize) else { return };
        let positional = args.shape().positional as usize;
        let twice = args.rest.iter().filter_map(|arg| arg.name).find(|named| {
            decl.params.iter().position(|param| param.name == named.name).is_some_and(|index| index < positional)
                || args
                    .rest
                    .iter()
                    .filter(|other| other.name.is_some_and(|other| other.name == named.name))
                    .nth(1)
                    .is_some()
        });
        if let Some(twice) = twice {
            let text = self.text(twice.name).to_owned();
            let diagnostic = Diagnostic::error(
                "argument-twice",
                twice.span,
                format!("argument `{text}` of `{name}` is given twice"),
            );
            let diagnostic = self.point_at(diagnostic, id, "declared here");
            return self.report(diagnostic);
        }
        let named: SmallVec<[Name; 4]> = args.rest.iter().filter_map(|arg| arg.name.map(|name| name.name)).collect();
        let missing: Vec<String> = decl
            .params
            .iter()
            .enumerate()
            .skip(positional)
            .filter(|(_, param)| !param.rest && param.default == ParamDefault::None && !named.contains(&param.name))
            .map(|(index, param)| {
                let text = self.cx.names.text(param.name);
                if text.is_empty() || text.starts_with(|c: char| c.is_ascii_digit()) {
                    format!("{}", index + 1)
                } else {
                    format!("`{text}`")
                }
            })
            .collect();
        let total = decl.params.len();
        let is_constructor = matches!(decl.kind, FnDeclKind::Constructor(_));
        let _ = name_span;
        let diagnostic = if missing.is_empty() {
            let plural = if total == 1 { "argument" } else { "arguments" };
            let verb = if args.len() == 1 { "is" } else { "are" };
            let extra = args.written(total).map_or(args.span, |arg| self.ast.expr(arg.value).span);
            Diagnostic::error(
                "wrong-arity",
                extra,
                format!("`{name}` takes {total} {plural}, and {} {verb} given", args.len()),
            )
            .label("too many")
        } else {
            let list = missing.join(", ");
            let word = if missing.len() == 1 { "argument" } else { "arguments" };
            let verb = if missing.len() == 1 { "is" } else { "are" };
            Diagnostic::error("missing-argument", args.span, format!("{word} {list} of `{name}` {verb} missing"))
                .label(format!("{} given", args.len()))
        };
        let text = if is_constructor { "made of these fields" } else { "declared here" };
        let diagnostic = self.point_at(diagnostic, id, text);
        self.report(diagnostic);
    }

    // ---- types

    /// No function takes arguments of these types.
    pub fn no_fit(
        &mut self,
        targets: &Targets,
        name_span: Span,
        types: &[TypeId],
        shape: &CallShape,
        operand: Option<Operand>,
        span: Span,
    ) {
        if types.iter().any(|ty| self.cx.types.has_error(*ty)) {
            return;
        }
        if let Some(operand) = operand {
            return self.no_operator(operand, types);
        }
        // What the syntax calls, the program does not name.
        if name_span == span && self.no_hidden_function(targets.name, types, span) {
            return;
        }
        let types: Vec<TypeId> = types.iter().map(|ty| self.zonk(*ty)).collect();
        let name = self.text(targets.name).to_owned();
        let shown = self.cx.types.display_list(&types, &self.cx.names);
        let mut diagnostic =
            Diagnostic::error("no-function-fits", name_span, format!("no function `{name}` takes {shown}"));
        let mut listed = 0;
        let mut more = 0;
        let multis: Vec<MultiId> = targets.tiers.iter().flatten().copied().collect();
        let mut seen: Vec<FnDeclId> = Vec::new();
        for multi in multis {
            let candidates = self.cx.candidates(multi, shape);
            for (candidate, signature) in candidates.list.iter().zip(&candidates.signatures) {
                if seen.contains(&candidate.decl) {
                    continue;
                }
                seen.push(candidate.decl);
                if listed >= LISTED {
                    more += 1;
                    continue;
                }
                listed += 1;
                let head = self.head_text(candidate.decl);
                let why = self.why_not(signature, &types);
                diagnostic = diagnostic.note(format!("`{head}`: {why}"));
            }
        }
        if more > 0 {
            diagnostic = diagnostic.note(format!("and {more} more"));
        }
        if let Some(missing) = self.missing_part(targets, shape, &types) {
            diagnostic = diagnostic.label(format!("nothing takes {missing}"));
        }
        let _ = span;
        self.report(diagnostic);
    }

    /// A call that stands for a piece of syntax: `for`, `..`, `[ ]`, `in`; whether it was one.
    fn no_hidden_function(&mut self, name: Name, types: &[TypeId], span: Span) -> bool {
        let Some(first) = types.first().copied() else { return false };
        let (shown, called) = (self.show(first), self.text(name).to_owned());
        let diagnostic = match called.as_str() {
            "iter" | "collect" => {
                let what = if called == "iter" { "walked over" } else { "spread by `..`" };
                let diagnostic =
                    Diagnostic::error("not-iterable", span, format!("{} cannot be {what}", suggest::a(&shown)))
                        .label(format!("this is `{shown}`"));
                match first {
                    TypeId::I64 => diagnostic.note("numbers are walked over as a range: `0..n`"),
                    TypeId::STR => diagnostic.note("`s.chars()` walks over the characters of a text, `s.bytes()` over its bytes"),
                    _ if self.option_element(first).is_some() => {
                        diagnostic.note("take the value out of the `Option` first, with `?`, `??` or `match`")
                    }
                    _ if self.gives_without_arguments(first) => diagnostic.note("a function is called by `()` behind it"),
                    _ => diagnostic.note(
                        "arrays, lists, tables, ranges and iterators can be; so can a type with `fn T.iter(self)` that gives an `Iter`",
                    ),
                }
            }
            "index" | "set_index" | "slice" => {
                let diagnostic =
                    Diagnostic::error("no-operator", span, format!("{} has no elements to index", suggest::a(&shown)));
                let value = if called == "set_index" { ", value: any" } else { "" };
                match first {
                    TypeId::STR => diagnostic.note("parts of a text are `s.slice(a..b)`, `s.chars()` and `s.bytes()`"),
                    _ if self.option_element(first).is_some() => {
                        diagnostic.note("take the value out of the `Option` first, with `?`, `??` or `match`")
                    }
                    _ if self.result_parts(first).is_some() => {
                        diagnostic.note("take the value out of the `Result` first, with `?`, `or` or `match`")
                    }
                    _ if matches!(self.kind(first), sayso_types::TypeKind::Tuple(_)) => {
                        diagnostic.note("the elements of a tuple are its fields: `t.0`, `t.1`")
                    }
                    _ if self.cx.types.decl_of(first).is_some() => diagnostic.note(format!(
                        "`x[i]` calls `{called}`: `fn {shown}.{called}(self, i: i64{value})` defines it"
                    )),
                    _ => diagnostic,
                }
            }
            "contains?" => {
                Diagnostic::error("no-operator", span, format!("`in` cannot look into {}", suggest::a(&shown))).note(
                    "`x in c` calls `contains?`: `fn T.contains?(self, x: any) -> bool` on the type of `c` defines it",
                )
            }
            _ => return false,
        };
        self.report(diagnostic);
        true
    }

    /// The first argument that keeps a function from being called.
    fn why_not(&mut self, signature: &Signature, types: &[TypeId]) -> String {
        for (index, (ty, param)) in types.iter().zip(&signature.params).enumerate() {
            let alone = Signature { vars: signature.vars.clone(), params: vec![*param] };
            if *ty == TypeId::ANY || self.cx.settled(|cx| cx.types.fit(&[*ty], &alone)).is_some() {
                continue;
            }
            let (ty, param) = (self.show(*ty), self.show(*param));
            return format!("argument {} is `{ty}`, and not `{param}`", index + 1);
        }
        if signature.vars.is_empty() {
            "it does not take them together".to_owned()
        } else {
            "its type parameters fit no single types, or their bounds do not hold".to_owned()
        }
    }

    /// Of a call whose arguments are unions: the first combination that nothing takes.
    fn missing_part(&mut self, targets: &Targets, shape: &CallShape, types: &[TypeId]) -> Option<String> {
        let multi = targets.tiers.iter().flatten().next().copied()?;
        let candidates = self.cx.candidates(multi, shape);
        let wild: Vec<TypeId> = types.iter().map(|ty| if *ty == TypeId::ANY { TypeId::ERROR } else { *ty }).collect();
        let combinations = self.dispatch_parts(&wild, &candidates.signatures);
        if combinations.len() < 2 {
            return None;
        }
        let (missing, _) = combinations.into_iter().find(|(_, found)| *found == sayso_types::Dispatch::None)?;
        Some(self.cx.types.display_list(&missing, &self.cx.names))
    }

    fn no_operator(&mut self, operand: Operand, types: &[TypeId]) {
        let symbol = operand.symbol;
        let mut shown: Vec<String> = types.iter().map(|ty| self.show(*ty)).collect();
        if operand.swapped {
            shown.reverse();
        }
        let mut ordered: Vec<TypeId> = types.to_vec();
        if operand.swapped {
            ordered.reverse();
        }
        let message = match shown.as_slice() {
            [single] => format!("there is no `{symbol}` for `{single}`"),
            [left, right] => format!("there is no `{symbol}` for `{left}` and `{right}`"),
            _ => format!("there is no `{symbol}` for these"),
        };
        let mut diagnostic = Diagnostic::error("no-operator", operand.span, message);
        let has = |ty: TypeId| ordered.contains(&ty);
        let optional: Option<TypeId> = ordered.iter().copied().find(|ty| self.option_element(*ty).is_some());
        if symbol == "+" && has(TypeId::STR) {
            diagnostic = diagnostic.note("`+` joins two strings: `\"{x}\"`, or `to_str(x)`, makes one of any value");
        } else if let Some(optional) = optional {
            let shown = self.show(optional);
            diagnostic = diagnostic.note(format!("take the value out of the `{shown}` with `?`, `??` or `match`"));
        } else if let Some(result) = ordered.iter().copied().find(|ty| self.result_parts(*ty).is_some()) {
            let shown = self.show(result);
            diagnostic = diagnostic.note(format!("take the value out of the `{shown}` with `?`, `or` or `match`"));
        } else if symbol == "*" && has(TypeId::STR) && has(TypeId::I64) {
            diagnostic = diagnostic.note("`text.repeat(n)` puts a text behind itself");
        } else if symbol == "+" && ordered.iter().all(|ty| matches!(self.kind(*ty), sayso_types::TypeKind::Array(_))) {
            diagnostic = diagnostic.note("`[..xs, ..ys]` joins two arrays, `xs.extend(ys)` lengthens the first");
        } else if symbol == "!" {
            diagnostic = diagnostic.note("`!` is for `bool`; compare the value with something");
        } else if ordered.iter().any(|ty| matches!(*ty, TypeId::BYTE)) && ordered.contains(&TypeId::I64) {
            diagnostic = diagnostic.note("`to(i64, b)` makes an `i64` of a `byte`");
        } else if let Some(name) = function_name(symbol, ordered.len()) {
            let own = ordered.iter().copied().find(|ty| self.cx.types.decl_of(*ty).is_some());
            if let Some(own) = own {
                let own = self.show(own);
                let more = if ordered.len() > 1 {
                    format!(", other: {}", shown.get(1).map_or("any", String::as_str))
                } else {
                    String::new()
                };
                diagnostic = diagnostic
                    .note(format!("the operator calls `{name}`: `fn {own}.{name}(self{more}) -> {own}` defines it"));
            }
        }
        self.report(diagnostic);
    }

    /// Several functions fit equally well.
    pub fn ambiguous_call(
        &mut self,
        targets: &Targets,
        tiers: &[SmallVec<[Group; 2]>],
        name_span: Span,
        types: &[TypeId],
        operand: Option<Operand>,
    ) {
        let types: Vec<TypeId> = types.iter().map(|ty| self.zonk(*ty)).collect();
        if types.iter().any(|ty| self.cx.types.has_error(*ty)) {
            return;
        }
        let what = match operand {
            Some(operand) => operand.symbol.to_owned(),
            None => self.text(targets.name).to_owned(),
        };
        let shown = self.cx.types.display_list(&types, &self.cx.names);
        let mut fitting: Vec<FnDeclId> = Vec::new();
        let mut multis = 0;
        for group in tiers.iter().flatten() {
            let mut own = false;
            let combinations = self.cx.settled(|cx| cx.types.dispatch_split(&types, &group.candidates.signatures));
            for (_, outcome) in combinations {
                let indices: Vec<usize> = match outcome {
                    sayso_types::Dispatch::One(index, _) => vec![index],
                    sayso_types::Dispatch::Ambiguous(several) => several,
                    sayso_types::Dispatch::None => Vec::new(),
                };
                for index in indices {
                    if let Some(candidate) = group.candidates.list.get(index) {
                        own = true;
                        if !fitting.contains(&candidate.decl) {
                            fitting.push(candidate.decl);
                        }
                    }
                }
            }
            multis += usize::from(own);
        }
        let unknown = |id: &FnDeclId| {
            let decl = self.cx.functions.get(id.0 as usize);
            decl.is_some_and(|decl| decl.params.iter().any(|param| self.cx.types.has_error(param.ty)))
        };
        if fitting.iter().any(unknown) {
            // Which one it is depends on a type that was reported where it is written.
            return;
        }
        let mut diagnostic =
            Diagnostic::error("ambiguous-call", name_span, format!("several functions `{what}` take {shown}"));
        for id in fitting.iter().take(LISTED) {
            diagnostic = self.point_at(diagnostic, *id, "one of them");
        }
        diagnostic = if multis > 1 {
            diagnostic.note("they are of different modules: name the module, as in `module.name(…)`")
        } else {
            diagnostic.note(format!("none is more specific than the others: add a function for exactly {shown}"))
        };
        self.report(diagnostic);
    }

    /// A call `x.name(…)` that means nothing.
    pub fn unknown_method(&mut self, ty: TypeId, name: ast::Ident, args: Args<'_>) {
        let text = self.text(name.name).to_owned();
        let shown = self.show(ty);
        let message = if ty == TypeId::ANY {
            format!("there is no function `{text}` at all")
        } else {
            format!("`{shown}` has no field `{text}`, and no function of that name takes it")
        };
        let near = self.near_methods(&text, ty);
        let mut diagnostic = Diagnostic::error("unknown-method", name.span, message);
        diagnostic = match near.first() {
            _ if name.name == names::INIT => {
                diagnostic.note("`init` runs once, when an object is made, and is not called again")
            }
            Some(near) => diagnostic.suggest(format!("did you mean `{near}`?"), name.span, near.as_str()),
            None => diagnostic.label("not found"),
        };
        let inner = self.option_element(ty);
        if let Some(inner) = inner
            && (self.member(inner, name.name).is_some()
                || !self.cx.method_candidates(self.scope, inner, name.name).is_empty())
        {
            diagnostic.suggestion = None;
            diagnostic = diagnostic.note(format!("`?.{text}(…)` reaches into an `Option`"));
        } else if let Some((held, _)) = self.result_parts(ty)
            && (self.member(held, name.name).is_some()
                || !self.cx.method_candidates(self.scope, held, name.name).is_empty())
        {
            diagnostic.suggestion = None;
            diagnostic = diagnostic.note("take the value out of the `Result` first, with `?`, `or` or `match`");
        }
        let _ = args;
        self.report(diagnostic);
    }

    /// The functions with a name near to this that take such a value.
    fn near_methods(&mut self, text: &str, ty: TypeId) -> Vec<String> {
        let mut all: Vec<Name> = self.cx.by_name.keys().copied().collect();
        all.sort_unstable();
        let texts = all.iter().map(|name| self.cx.names.text(*name)).filter(|name| !name.starts_with('_'));
        let mut near: Vec<String> = foreign_method(text).iter().map(|name| (*name).to_owned()).collect();
        near.extend(suggest::nearest(text, texts).into_iter().map(str::to_owned));
        near.retain(|name| self.takes_first(name, ty));
        near
    }

    fn gives_without_arguments(&self, ty: TypeId) -> bool {
        matches!(self.kind(ty), sayso_types::TypeKind::Function { params, .. } if params.is_empty())
    }

    /// What a field of other languages is called as a function here.
    pub fn function_for_field(&mut self, text: &str, ty: TypeId) -> Option<&'static str> {
        let alone = |name: &&&str| matches!(**name, "len" | "to_str" | "to_upper" | "to_lower" | "empty?" | "sort");
        let name = foreign_method(text).iter().find(alone)?;
        self.takes_first(name, ty).then_some(*name)
    }

    /// Whether a function of this name takes a value of this type first.
    fn takes_first(&mut self, name: &str, ty: TypeId) -> bool {
        let Some(name) = self.cx.names.lookup(name) else { return false };
        let multis = self.cx.method_candidates(self.scope, ty, name);
        let functions: Vec<FnDeclId> = multis
            .iter()
            .filter_map(|multi| self.cx.multis.get(multi.0 as usize))
            .flat_map(|multi| multi.functions.iter().copied())
            .collect();
        functions.into_iter().any(|id| {
            let Some(decl) = self.cx.functions.get(id.0 as usize) else { return false };
            let Some(first) = decl.params.first().map(|param| param.ty) else { return false };
            let signature = Signature { vars: decl.type_vars.to_vec(), params: vec![first] };
            self.cx.settled(|cx| cx.types.fit(&[ty], &signature)).is_some()
        })
    }
}

/// What functions of other languages are called here.
fn foreign_method(text: &str) -> &'static [&'static str] {
    match text {
        "length" | "size" | "lenght" | "count" => &["len"],
        "append" | "add" | "push_back" => &["push"],
        "set" | "put" => &["insert"],
        "toString" | "to_string" | "str" => &["to_str"],
        "upper" | "toUpperCase" | "uppercase" => &["to_upper"],
        "lower" | "toLowerCase" | "lowercase" => &["to_lower"],
        "strip" => &["trim"],
        "contains" | "includes" | "has" | "hasKey" | "has_key" | "containsKey" | "contains_key" => &["contains?"],
        "startsWith" | "startswith" => &["starts_with?"],
        "endsWith" | "endswith" => &["ends_with?"],
        "isEmpty" | "is_empty" => &["empty?"],
        "indexOf" | "index" => &["index_of", "find"],
        "lastIndexOf" | "rfind" => &["last_index_of", "find_last"],
        "substring" | "substr" | "sub" => &["slice"],
        "charAt" | "at" => &["get"],
        "sorted" => &["sort"],
        "reversed" => &["reverse"],
        "forEach" | "for_each" => &["each"],
        "flatMap" => &["flat_map"],
        "toArray" | "to_array" | "to_list" | "to_vec" => &["collect"],
        _ => &[],
    }
}

/// The function that an operator calls.
fn function_name(symbol: &str, operands: usize) -> Option<&'static str> {
    Some(match symbol {
        "-" if operands == 1 => "neg",
        "+" => "add",
        "-" => "sub",
        "*" => "mul",
        "/" => "div",
        "%" => "rem",
        "**" => "pow",
        "<<" => "shl",
        ">>" => "shr",
        "&" => "bit_and",
        "^" => "bit_xor",
        _ => return None,
    })
}
