//! What silences warnings: `// sayso: allow(name)` on the line before, `@allow(name)` on the item around.

use super::LINTS;
use crate::infer::suggest::nearest;
use crate::tables::{Checker, ModuleData};
use rustc_hash::{FxHashMap, FxHashSet};
use sayso_base::{Diagnostic, FileId, Name, Severity, SourceFile, Span, names};
use sayso_syntax::ast::ExprKind;

/// What is silenced in one file.
struct Allowed {
    /// By line and lint.
    lines: FxHashSet<(u32, String)>,
    /// Items and lints.
    items: Vec<(Span, String)>,
}

/// Takes out the warnings that are silenced, and warns of names that are no lints.
pub(crate) fn silence(cx: &Checker<'_>, diagnostics: &mut Vec<Diagnostic>) {
    let own = cx.modules.iter().filter(|module| !module.library);
    let mut files: FxHashMap<FileId, Allowed> = FxHashMap::default();
    for module in own {
        let Some(file) = cx.sources.get(module.file) else { continue };
        let items = item_allows(module);
        if module.allows.is_empty() && items.is_empty() {
            continue;
        }
        let mut lines = FxHashSet::default();
        for (line, name) in &module.allows {
            let text = cx.names.text(*name);
            if let Some(span) = unknown(text).then(|| name_in_line(file, module.file, *line, text)) {
                diagnostics.push(unknown_lint(text, span));
            }
            lines.insert((silenced_line(file, *line), lint_name(text)));
        }
        for (_, name, span) in &items {
            let text = cx.names.text(*name);
            if unknown(text) {
                diagnostics.push(unknown_lint(text, *span));
            }
        }
        let items = items.into_iter().map(|(item, name, _)| (item, lint_name(cx.names.text(name)))).collect();
        files.insert(module.file, Allowed { lines, items });
    }
    if files.is_empty() {
        return;
    }
    diagnostics.retain(|diagnostic| {
        let span = diagnostic.primary.span;
        let Some(allowed) = files.get(&span.file).filter(|_| diagnostic.severity == Severity::Warning) else {
            return true;
        };
        let name = lint_name(diagnostic.code);
        let line = cx.sources.get(span.file).map_or(0, |file| file.line(span.start));
        let in_item = |(item, lint): &(Span, String)| {
            *lint == name && item.file == span.file && item.start <= span.start && span.start < item.end
        };
        !allowed.items.iter().any(in_item) && !allowed.lines.contains(&(line, name.clone()))
    });
}

/// The name that silences a warning of this code.
fn lint_name(code: &str) -> String {
    code.replace('-', "_")
}

fn unknown(name: &str) -> bool {
    let name = lint_name(name);
    !LINTS.iter().any(|lint| lint.name == name)
}

/// The items with `@allow(…)`: their place, the lint, the place of its name.
fn item_allows(module: &ModuleData) -> Vec<(Span, Name, Span)> {
    let ast = &module.ast;
    let mut found = Vec::new();
    for item in &ast.items {
        for attribute in item.attributes.iter().filter(|attribute| attribute.name.name == names::ALLOW) {
            for arg in attribute.args.iter().filter_map(|arg| ast.exprs.get(arg.0 as usize)) {
                if let ExprKind::Name(name) = arg.kind {
                    found.push((item.span, name, arg.span));
                }
            }
        }
    }
    found
}

/// The line that a comment silences: the next one that holds anything but comments.
fn silenced_line(file: &SourceFile, comment: u32) -> u32 {
    let mut line = comment + 1;
    while (line as usize) < file.line_count() {
        let text = file.line_text(line).trim_start();
        if !text.is_empty() && !text.starts_with("//") {
            break;
        }
        line += 1;
    }
    line
}

fn name_in_line(file: &SourceFile, id: FileId, line: u32, name: &str) -> Span {
    let text = file.line_text(line);
    let start = (text.as_ptr() as usize).checked_sub(file.text.as_ptr() as usize);
    let start = start.filter(|start| *start <= file.text.len()).unwrap_or(0);
    let at = text.find("allow").map_or(0, |at| at + text.get(at..).and_then(|rest| rest.find(name)).unwrap_or(0));
    let start = (start + at) as u32;
    Span::new(id, start, start + name.len() as u32)
}

fn unknown_lint(name: &str, span: Span) -> Diagnostic {
    let known = lint_name(name);
    let near = nearest(&known, LINTS.iter().map(|lint| lint.name));
    let diagnostic = Diagnostic::warning("unknown_lint", span, format!("there is no lint `{name}`"));
    match near.first() {
        Some(near) => diagnostic.suggest(format!("did you mean `{near}`?"), span, *near),
        None => {
            let all: Vec<&str> = LINTS.iter().map(|lint| lint.name).collect();
            diagnostic.note(format!("the lints are {}", all.join(", ")))
        }
    }
}
