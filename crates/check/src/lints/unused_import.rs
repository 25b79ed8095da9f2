//! `unused_import`: an imported name that the file does not mention.
//!
//! Decided by what is written alone: a name that occurs anywhere else in the file (as a value, a type, a method, in a
//! pattern) counts as used. An import may be there for what it does: a module with statements of its own, or one that
//! adds functions to other modules, is not reported; nor is a name that another module imports from here.

use super::{Context, Lint, Run};
use crate::hir::ModuleId;
use crate::tables::ModuleData;
use rustc_hash::{FxHashMap, FxHashSet};
use sayso_base::{Diagnostic, Name, Span};
use sayso_syntax::ast::{self, Ast, ExprKind, ItemKind, PatternKind, StmtKind, TypeExprKind};

pub(super) const LINT: Lint =
    Lint { name: "unused_import", doc: "An imported name that the file does not mention.", run: Run::Whole(run) };

/// What the program's own modules mention of names and of each other.
struct Mentions {
    /// By module, outside of imports.
    names: FxHashMap<ModuleId, FxHashSet<Name>>,
    /// By module, what `from` imports name.
    imported: FxHashMap<ModuleId, FxHashSet<Name>>,
    /// The modules that import a module.
    importers: FxHashMap<ModuleId, Vec<ModuleId>>,
}

fn run(context: &mut Context<'_, '_>) {
    let cx = context.cx;
    let own = || cx.modules.iter().enumerate().filter(|(_, module)| !module.library);
    let own = || own().map(|(index, module)| (ModuleId(index as u32), module));
    if own().all(|(_, module)| module.import_targets.is_empty()) {
        return;
    }
    let mut all = Mentions {
        names: own().map(|(id, module)| (id, mentions(&module.ast))).collect(),
        imported: own().map(|(id, module)| (id, imported_names(&module.ast))).collect(),
        importers: FxHashMap::default(),
    };
    for (id, module) in own() {
        for target in module.import_targets.values().flatten() {
            all.importers.entry(*target).or_default().push(id);
        }
    }
    let mut found = Vec::new();
    for (id, module) in own() {
        look_at(context, id, module, &all, &mut found);
    }
    found.into_iter().for_each(|diagnostic| context.report(diagnostic));
}

fn look_at(context: &Context<'_, '_>, id: ModuleId, module: &ModuleData, all: &Mentions, found: &mut Vec<Diagnostic>) {
    let mentions = |name: Name| all.names.get(&id).is_some_and(|names| names.contains(&name));
    for (index, item) in module.ast.items.iter().enumerate() {
        match &item.kind {
            ItemKind::Import { path, alias } => {
                let Some(bound) = alias.or(path.parts().last().copied()) else { continue };
                let first = path.parts().first().filter(|_| alias.is_none());
                let used = mentions(bound.name)
                    || first.is_some_and(|first| mentions(first.name))
                    || path.parts().last().is_some_and(|last| mentions(last.name));
                let target = module.import_targets.get(&ast::ItemId(index as u32)).copied().flatten();
                let target = target.and_then(|target| context.cx.modules.get(target.0 as usize));
                if !used && target.is_some_and(only_declares) {
                    found.push(whole_import(context, bound, item));
                }
            }
            ItemKind::FromImport { names, .. } => {
                for (position, name) in names.iter().enumerate() {
                    let bound = name.alias.unwrap_or(name.name);
                    if !mentions(bound.name) && !is_passed_on(all, id, bound.name) {
                        found.push(single_name(context, names, position, bound, item));
                    }
                }
            }
            _ => {}
        }
    }
}

fn whole_import(context: &Context<'_, '_>, bound: ast::Ident, item: &ast::Item) -> Diagnostic {
    let text = context.names().text(bound.name);
    let diagnostic = Diagnostic::warning(LINT.name, bound.span, format!("the imported module `{text}` is never used"))
        .label("nothing here mentions it");
    match whole_line(context, item.span) {
        Some(line) => diagnostic.suggest("remove the import", line, ""),
        None => diagnostic,
    }
}

fn single_name(
    context: &Context<'_, '_>,
    names: &[ast::ImportName],
    position: usize,
    bound: ast::Ident,
    item: &ast::Item,
) -> Diagnostic {
    let text = context.names().text(bound.name);
    let diagnostic = Diagnostic::warning(LINT.name, bound.span, format!("the imported name `{text}` is never used"))
        .label("nothing here mentions it");
    let span_of = |name: &ast::ImportName| name.alias.map_or(name.name.span, |alias| name.name.span.to(alias.span));
    let own = names.get(position).map(span_of);
    let before = position.checked_sub(1).and_then(|before| names.get(before)).map(span_of);
    let next = names.get(position + 1).map(span_of);
    let edit = match (own, before, next) {
        (Some(_), None, None) => whole_line(context, item.span),
        (Some(own), _, Some(next)) if own.start <= next.start => Some(Span::new(own.file, own.start, next.start)),
        (Some(own), Some(before), None) if before.end <= own.end => Some(Span::new(own.file, before.end, own.end)),
        _ => None,
    };
    match edit {
        Some(edit) => diagnostic.suggest("remove it", edit, ""),
        None => diagnostic,
    }
}

/// The line of an import that has it to itself.
fn whole_line(context: &Context<'_, '_>, span: Span) -> Option<Span> {
    let indentation = context.indentation(span)?;
    let file = context.cx.sources.get(span.file)?;
    let behind = file.text.get(span.end as usize..)?;
    let line = behind.split('\n').next().unwrap_or("");
    if !line.trim().is_empty() {
        return None;
    }
    let end = span.end as usize + line.len() + usize::from(behind.len() > line.len());
    let start = span.start - u32::try_from(indentation.len()).ok()?;
    Some(Span::new(span.file, start, u32::try_from(end).ok()?))
}

/// Whether a module does nothing to others, as none of the library does: no statements, no functions added to other
/// modules or to foreign types, no imports, which are not looked into.
fn only_declares(module: &ModuleData) -> bool {
    if module.library {
        return true;
    }
    let ast = &module.ast;
    let declared: FxHashSet<Name> = ast.items.iter().filter_map(|item| type_name(&item.kind)).collect();
    let statements = ast.body.iter().all(|stmt| matches!(stmt.kind, StmtKind::Item(_)));
    let quiet = |item: &ast::Item| match &item.kind {
        ItemKind::Fn(function) => match &function.owner {
            None => true,
            Some(owner) => matches!(owner.parts(), [single] if declared.contains(&single.name)),
        },
        ItemKind::Import { .. } | ItemKind::FromImport { .. } => false,
        _ => true,
    };
    statements && ast.items.iter().all(quiet)
}

fn type_name(kind: &ItemKind) -> Option<Name> {
    match kind {
        ItemKind::Struct { name, .. }
        | ItemKind::Enum { name, .. }
        | ItemKind::Trait { name, .. }
        | ItemKind::Interface { name, .. }
        | ItemKind::Class { name, .. } => Some(name.name),
        ItemKind::TypeAlias { .. }
        | ItemKind::Fn(_)
        | ItemKind::Import { .. }
        | ItemKind::FromImport { .. }
        | ItemKind::Test { .. }
        | ItemKind::Bench { .. }
        | ItemKind::Error => None,
    }
}

/// Whether another module imports a module and mentions this name.
fn is_passed_on(all: &Mentions, module: ModuleId, name: Name) -> bool {
    let mut importers = all.importers.get(&module).into_iter().flatten();
    importers.any(|other| {
        let mentions =
            |names: &FxHashMap<ModuleId, FxHashSet<Name>>| names.get(other).is_some_and(|names| names.contains(&name));
        mentions(&all.imported) || mentions(&all.names)
    })
}

fn imported_names(ast: &Ast) -> FxHashSet<Name> {
    let names = ast.items.iter().filter_map(|item| match &item.kind {
        ItemKind::FromImport { names, .. } => Some(names),
        _ => None,
    });
    names.flatten().map(|name| name.name.name).collect()
}

/// All names that a file mentions outside of its imports.
fn mentions(ast: &Ast) -> FxHashSet<Name> {
    let mut found = FxHashSet::default();
    for expr in &ast.exprs {
        match &expr.kind {
            ExprKind::Name(name) => {
                found.insert(*name);
            }
            ExprKind::Field(_, name) | ExprKind::OptionalField(_, name) => {
                found.insert(name.name);
            }
            ExprKind::Struct(literal) => found.extend(literal.path.parts().iter().map(|part| part.name)),
            _ => {}
        }
    }
    for pattern in &ast.patterns {
        match &pattern.kind {
            PatternKind::Bind { name, .. } => {
                found.insert(name.name);
            }
            PatternKind::Struct { path, .. } | PatternKind::Variant { path, .. } => {
                found.extend(path.parts().iter().map(|part| part.name));
            }
            PatternKind::Path(path) => {
                found.extend(path.parts().iter().map(|part| part.name));
            }
            _ => {}
        }
    }
    for ty in &ast.types {
        if let TypeExprKind::Path(path, _) = &ty.kind {
            found.extend(path.parts().iter().map(|part| part.name));
        }
    }
    for item in &ast.items {
        if let ItemKind::Fn(function) = &item.kind {
            found.extend(function.owner.iter().flat_map(|owner| owner.parts()).map(|part| part.name));
        }
    }
    found
}
