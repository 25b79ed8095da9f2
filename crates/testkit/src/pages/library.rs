//! `docs/library`: a page for each module of the library, and an index.
//!
//! The order, the texts and the sections (`// ---- title`) are those of the module's source; signatures are the
//! checker's, with inferred results and effects put in. Names that begin with `_` are left out, and so are the `next`
//! and `close` of iterators.

use super::Page;
use sayso::stages::base::{SourceFile, Span};
use sayso::stages::check::hir::{FnId, Function, Module, Program};
use sayso::stages::check::{Input, Loaded, Loader, Options, Output, check};
use sayso::stages::stdlib;
use sayso::stages::syntax::ast::{Ast, FieldDecl, FnItem, Item, ItemKind, PatternKind, StmtKind};
use sayso::stages::types::TypeId;
use std::collections::{BTreeMap, HashMap};
use std::fmt::Write as _;
use std::path::PathBuf;

struct Library;

impl Loader for Library {
    fn load(&self, path: &str) -> Loaded {
        match stdlib::source(path) {
            Some(text) => Loaded::Source { name: format!("{path}.say"), text: text.into(), library: true },
            None => Loaded::Missing,
        }
    }

    fn load_library(&self, path: &str) -> Loaded {
        self.load(path)
    }
}

/// What one heading of a page is about: the declarations of one name that stand together.
struct Entry {
    name: String,
    /// As written under the heading.
    signatures: Vec<String>,
    /// Texts of the doc comments, in order.
    docs: Vec<String>,
    /// For classes: fields with their texts.
    fields: Vec<(String, String)>,
}

/// Entries below a `// ---- title`.
struct Section {
    title: String,
    entries: Vec<Entry>,
}

struct ModulePage {
    name: String,
    docs: String,
    sections: Vec<Section>,
    /// Types of iterators, which have no text of their own.
    iterators: Vec<String>,
    /// Names of other modules that are this one's too.
    imported: Vec<(String, Vec<String>)>,
}

pub(super) fn pages() -> Result<Vec<Page>, String> {
    let modules = modules()?;
    let mut pages: Vec<Page> = modules
        .iter()
        .map(|module| Page { path: PathBuf::from(format!("docs/library/{}.md", module.name)), text: page(module) })
        .collect();
    pages.push(Page { path: PathBuf::from("docs/library/README.md"), text: index(&modules) });
    Ok(pages)
}

/// Entries without a text, and those without an example that are not types.
pub(super) fn gaps() -> Result<Vec<String>, String> {
    let mut found = Vec::new();
    for module in modules()? {
        for entry in module.sections.iter().flat_map(|section| &section.entries) {
            let name = format!("{}.{}", module.name, entry.name);
            if entry.docs.is_empty() {
                found.push(format!("{name}: no text"));
            } else if entry.signatures.iter().any(|one| one.starts_with("fn "))
                && !entry.docs.iter().any(|text| text.contains("```"))
            {
                found.push(format!("{name}: no example"));
            }
        }
    }
    Ok(found)
}

fn modules() -> Result<Vec<ModulePage>, String> {
    let imports: String = stdlib::modules().iter().map(|path| format!("import {path}\n")).collect();
    let options = Options { tests: false, whole_library: true, ..Options::default() };
    let output = check(Input { name: "library".into(), text: imports.into(), loader: &Library, options });
    if !output.is_ok() {
        let messages: Vec<&str> = output.diagnostics.iter().map(|one| one.message.as_str()).collect();
        return Err(format!("the library is not free of errors: {}", messages.join("; ")));
    }
    let reader = Reader::new(&output);
    Ok(stdlib::modules().iter().filter_map(|path| reader.module(path)).collect())
}

struct Reader<'a> {
    output: &'a Output,
    program: &'a Program,
    /// Functions by the place of their head.
    functions: HashMap<(u32, u32), FnId>,
}

impl<'a> Reader<'a> {
    fn new(output: &'a Output) -> Reader<'a> {
        let program = &output.program;
        let place =
            |id: &FnId| program.functions.get(id.0 as usize).map(|one| ((one.span.file.0, one.span.start), *id));
        Reader { output, program, functions: output.declared.iter().filter_map(place).collect() }
    }

    fn module(&self, path: &str) -> Option<ModulePage> {
        let named = |module: &&(usize, &Module)| self.output.names.text(module.1.name) == path;
        let all: Vec<(usize, &Module)> = self.program.modules.iter().enumerate().collect();
        let (index, module) = all.iter().find(named)?;
        let (ast, file) = (self.output.asts.get(*index)?, self.output.sources.get(module.file)?);
        let mut page = ModulePage {
            name: path.to_string(),
            docs: ast.docs.as_deref().unwrap_or("").trim().to_string(),
            sections: vec![Section { title: String::new(), entries: Vec::new() }],
            iterators: Vec::new(),
            imported: Vec::new(),
        };
        let mut at = 0;
        for stmt in &ast.body {
            for title in titles(file, at, stmt.span.start) {
                page.sections.push(Section { title, entries: Vec::new() });
            }
            at = stmt.span.start;
            match &stmt.kind {
                StmtKind::Item(id) => self.item(ast, file, ast.item(*id), &mut page),
                StmtKind::Let { pattern, .. } => {
                    let PatternKind::Bind { name, .. } = &ast.pattern(*pattern).kind else { continue };
                    let name = self.output.names.text(name.name);
                    let ty = self.global(module, name).map_or_else(String::new, |ty| self.ty(ty));
                    let docs = docs_above(file, stmt.span.start);
                    add(&mut page, name, format!("let {name}: {ty}"), docs);
                }
                StmtKind::Expr { .. } | StmtKind::Defer(_) | StmtKind::Error => {}
            }
        }
        page.sections.retain(|section| !section.entries.is_empty());
        Some(page)
    }

    fn ty(&self, ty: TypeId) -> String {
        self.program.types.display(ty, &self.output.names)
    }

    fn global(&self, module: &Module, name: &str) -> Option<TypeId> {
        let own = |one: &&sayso::stages::check::hir::Global| {
            self.program.modules.get(one.module.0 as usize).is_some_and(|owner| owner.name == module.name)
                && self.output.names.text(one.name) == name
        };
        self.program.globals.iter().find(own).map(|global| global.ty)
    }

    fn item(&self, ast: &Ast, file: &SourceFile, item: &Item, page: &mut ModulePage) {
        let names = &self.output.names;
        let docs = item.docs.as_deref().map(str::to_string);
        match &item.kind {
            ItemKind::Fn(function) => self.function(ast, function, docs, page),
            ItemKind::Struct { name, object, supers, .. } => {
                let word = if *object { "object" } else { "struct" };
                let head = head(file, word, name.span);
                let iterator = supers.iter().any(|ty| self.output.sources.text(ast.ty(*ty).span).starts_with("Iter<"));
                if iterator && docs.is_none() {
                    page.iterators.push(head);
                } else {
                    add(page, names.text(name.name), head, docs);
                }
            }
            ItemKind::Enum { name, .. } => {
                let text = self.output.sources.text(Span::new(item.span.file, name.span.start, item.span.end));
                add(page, names.text(name.name), format!("enum {text}"), docs);
            }
            ItemKind::Trait { name, .. } => add(page, names.text(name.name), head(file, "trait", name.span), docs),
            ItemKind::Interface { name, .. } => {
                add(page, names.text(name.name), head(file, "interface", name.span), docs);
            }
            ItemKind::Class { name, fields, .. } => {
                add(page, names.text(name.name), head(file, "class", name.span), docs);
                let entry = page.sections.last_mut().and_then(|section| section.entries.last_mut());
                if let Some(entry) = entry {
                    entry.fields = fields.iter().map(|field| self.field(ast, field)).collect();
                }
            }
            ItemKind::TypeAlias { name, ty, .. } => {
                let text = self.output.sources.text(ast.ty(*ty).span);
                add(page, names.text(name.name), format!("type {} = {text}", names.text(name.name)), docs);
            }
            ItemKind::FromImport { path, names: imported } => {
                let from = self.output.sources.text(path.span()).to_string();
                let shown = imported.iter().map(|one| names.text(one.alias.unwrap_or(one.name).name).to_string());
                let shown: Vec<String> = shown.filter(|name| !name.starts_with('_')).collect();
                if !shown.is_empty() {
                    page.imported.push((from, shown));
                }
            }
            ItemKind::Import { .. } | ItemKind::Test { .. } | ItemKind::Bench { .. } | ItemKind::Error => {}
        }
    }

    fn field(&self, ast: &Ast, field: &FieldDecl) -> (String, String) {
        let ty = field.ty.map_or("", |ty| self.output.sources.text(ast.ty(ty).span));
        let docs = field.docs.as_deref().unwrap_or("").to_string();
        (format!("{}: {ty}", self.output.names.text(field.name.name)), docs)
    }

    fn function(&self, ast: &Ast, item: &FnItem, docs: Option<String>, page: &mut ModulePage) {
        let short = self.output.names.text(item.name.name);
        let name = match &item.owner {
            Some(owner) => format!("{}.{short}", self.output.sources.text(owner.span())),
            None => short.to_string(),
        };
        let of_an_iterator = item.owner.is_some() && docs.is_none() && matches!(short, "next" | "close");
        let place = (item.head_span.file.0, item.head_span.start);
        let function = self.functions.get(&place).and_then(|id| self.program.functions.get(id.0 as usize));
        if let Some(function) = function.filter(|_| !short.starts_with('_') && !of_an_iterator) {
            add(page, &name, self.signature(ast, item, &name, function), docs);
        }
    }

    /// `fn name<T>(a: A, b: B = 0, *rest: [C]) -> R is e`, types and effects as the checker has them.
    fn signature(&self, ast: &Ast, item: &FnItem, name: &str, function: &Function) -> String {
        let mut vars = Vec::new();
        for var in &function.type_vars {
            let info = self.program.types.var(*var);
            let mut text = self.output.names.text(info.name).to_string();
            if info.upper != TypeId::ANY {
                let _ = write!(text, ": {}", self.ty(info.upper));
            }
            if info.lower != TypeId::NEVER {
                let _ = write!(text, " >: {}", self.ty(info.lower));
            }
            vars.push(text);
        }
        let vars = if vars.is_empty() { String::new() } else { format!("<{}>", vars.join(", ")) };
        let mut params = Vec::new();
        for (param, local) in item.params.iter().zip(&function.locals) {
            let star = if param.rest { "*" } else { "" };
            let pattern = self.output.sources.text(ast.pattern(param.pattern).span);
            let mut text = format!("{star}{pattern}: {}", self.ty(local.ty));
            if pattern == "self" {
                text = "self".to_string();
            }
            if let Some(default) = param.default {
                let _ = write!(text, " = {}", self.output.sources.text(ast.expr(default).span));
            }
            params.push(text);
        }
        let result =
            if function.result == TypeId::VOID { String::new() } else { format!(" -> {}", self.ty(function.result)) };
        format!("fn {name}{vars}({}){result} is {}", params.join(", "), function.effects)
    }
}

/// A declaration from its name to its body.
fn head(file: &SourceFile, word: &str, name: Span) -> String {
    let rest = file.text.get(name.start as usize..).unwrap_or("");
    let line = rest.lines().next().unwrap_or("");
    let end = line.match_indices('{').map(|(at, _)| at).find(|at| !line.get(..*at).unwrap_or("").ends_with('%'));
    format!("{word} {}", line.get(..end.unwrap_or(line.len())).unwrap_or(line).trim_end())
}

/// Puts a declaration into the entry of its name, or begins one. Private names are left out.
fn add(page: &mut ModulePage, name: &str, signature: String, docs: Option<String>) {
    if name.starts_with('_') {
        return;
    }
    let Some(section) = page.sections.last_mut() else { return };
    match section.entries.last_mut().filter(|entry| entry.name == name) {
        Some(entry) => {
            entry.signatures.push(signature);
            entry.docs.extend(docs);
        }
        None => section.entries.push(Entry {
            name: name.to_string(),
            signatures: vec![signature],
            docs: docs.into_iter().collect(),
            fields: Vec::new(),
        }),
    }
}

/// The `// ---- title` lines between two places.
fn titles(file: &SourceFile, from: u32, to: u32) -> Vec<String> {
    let text = file.text.get(from as usize..to as usize).unwrap_or("");
    text.lines().filter_map(|line| line.strip_prefix("// ---- ")).map(str::to_string).collect()
}

/// The `///` lines right above a place.
fn docs_above(file: &SourceFile, at: u32) -> Option<String> {
    let before = file.text.get(..at as usize).unwrap_or("");
    let mut lines: Vec<&str> = before.lines().rev().map_while(|line| line.strip_prefix("///")).collect();
    lines.reverse();
    let lines: Vec<&str> = lines.into_iter().map(|line| line.strip_prefix(' ').unwrap_or(line)).collect();
    (!lines.is_empty()).then(|| lines.join("\n"))
}

const MADE: &str = "<!-- Made by `cargo xtask docs` from crates/stdlib/src/say; edit the doc comments there. -->";

fn page(module: &ModulePage) -> String {
    let mut text = format!("# `{}`\n\n{MADE}\n\n{}\n", module.name, module.docs);
    if !matches!(module.name.as_str(), "core" | "prelude") {
        let _ = write!(text, "\n`import {0}` makes its names reachable as `{0}.name`.\n", module.name);
    }
    for section in &module.sections {
        if !section.title.is_empty() {
            let _ = write!(text, "\n## {}\n", title_case(&section.title));
        } else if module.sections.len() > 1 {
            text.push_str("\n## General\n");
        }
        for entry in &section.entries {
            let _ = write!(text, "\n### {}\n\n```text\n{}\n```\n", heading(&entry.name), entry.signatures.join("\n"));
            for docs in &entry.docs {
                let _ = write!(text, "\n{}\n", marked(docs));
            }
            if !entry.fields.is_empty() {
                text.push_str("\n| field | |\n|---|---|\n");
                for (field, docs) in &entry.fields {
                    let _ = writeln!(text, "| `{field}` | {docs} |");
                }
            }
        }
    }
    if !module.iterators.is_empty() {
        text.push_str("\n## Iterators\n\nWhat the functions above give; their names show in types and messages.\n\n");
        let _ = write!(text, "```text\n{}\n```\n", module.iterators.join("\n"));
    }
    if !module.imported.is_empty() {
        text.push_str("\n## From other modules\n\n");
        for (from, names) in &module.imported {
            let names: Vec<String> = names.iter().map(|name| format!("`{name}`")).collect();
            let _ = writeln!(text, "- {} of [`{from}`]({from}.md)", names.join(", "));
        }
    }
    text
}

fn title_case(title: &str) -> String {
    let mut letters = title.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

fn heading(name: &str) -> String {
    format!("`{name}`")
}

/// A doc comment as Markdown: its code is Sayso.
fn marked(docs: &str) -> String {
    let mut open = false;
    let mut out = Vec::new();
    for line in docs.trim().lines() {
        if line.trim_end() == "```" {
            open = !open;
            out.push(if open { "```sayso" } else { "```" });
        } else {
            out.push(line);
        }
    }
    out.join("\n")
}

const INDEX: &str = "\
The modules of the library. The names of [`core`](core.md) and [`prelude`](prelude.md) are there without import; the
others need one: `import math`, then `math.floor(x)`, or `from math import floor`. The functions of a value's own module
are found without import where they are called on it: `xs.sort()`, `text.lines()`, `result.unwrap_or(0)`.

How to read a signature:

- All functions of one name are one: a call picks the most specific of them for all its arguments.
- What stands behind `is` are the [effects](../reference/effects.md). `is pure` on a function that takes another one means
  pure apart from that one: `map(f)` has the effects of `f`.
- A name ending in `?` asks a question and gives a `bool`; one ending in `!` gives up if its caller was wrong.
- `Seq<T>` is anything with a length and an index: arrays of both kinds and ranges. `Iter<T>` gives its values one after
  another.
- Every example is run as a test; `expect` says what holds.
";

fn index(modules: &[ModulePage]) -> String {
    let mut text = format!("# The library\n\n{MADE}\n\n{INDEX}\n| module | holds |\n|---|---|\n");
    for module in modules {
        let first = module.docs.split("\n\n").next().unwrap_or("").replace('\n', " ");
        let sentence = first.split_once(". ").map_or(first.as_str(), |(sentence, _)| sentence);
        let sentence = sentence.trim_end_matches('.').replace('|', "\\|");
        let _ = writeln!(text, "| [`{0}`]({0}.md) | {sentence} |", module.name);
    }
    text.push_str("\n## All names\n\n");
    let mut all: BTreeMap<String, BTreeMap<&str, String>> = BTreeMap::new();
    for module in modules {
        let mut anchors: HashMap<String, usize> = HashMap::new();
        for section in &module.sections {
            // Headings of sections have anchors as well.
            let title = if section.title.is_empty() { "General" } else { &section.title };
            let _ = anchor(title, &mut anchors);
            for entry in &section.entries {
                let anchor = anchor(&entry.name, &mut anchors);
                all.entry(entry.name.clone()).or_default().entry(&module.name).or_insert(anchor);
            }
        }
    }
    let mut sorted: Vec<(String, BTreeMap<&str, String>)> = all.into_iter().collect();
    sorted.sort_by_key(|(name, _)| name.to_lowercase());
    for (name, places) in sorted {
        let links: Vec<String> =
            places.iter().map(|(module, anchor)| format!("[{module}]({module}.md#{anchor})")).collect();
        let _ = writeln!(text, "- `{name}`: {}", links.join(", "));
    }
    text
}

/// The anchor that a heading gets: lower case, without signs; repeated ones are numbered.
fn anchor(heading: &str, seen: &mut HashMap<String, usize>) -> String {
    let plain = heading.to_lowercase().replace(' ', "-");
    let plain: String =
        plain.chars().filter(|letter| letter.is_alphanumeric() || matches!(letter, '-' | '_')).collect();
    let count = seen.entry(plain.clone()).or_insert(0);
    *count += 1;
    if *count == 1 { plain } else { format!("{plain}-{}", *count - 1) }
}
