//! All of the library checks, whether a program reaches it or not, and each public function is documented.

use sayso::stages::{base, check, stdlib};

struct Library;

impl check::Loader for Library {
    fn load(&self, path: &str) -> check::Loaded {
        self.load_library(path)
    }
    fn load_library(&self, path: &str) -> check::Loaded {
        match stdlib::source(path) {
            Some(text) => check::Loaded::Source { name: format!("{path}.say"), text: text.into(), library: true },
            None => check::Loaded::Missing,
        }
    }
}

#[test]
fn the_whole_library_checks() {
    let imports: String = stdlib::modules().iter().map(|module| format!("import {module}\n")).collect();
    let options = check::Options { whole_library: true, ..check::Options::default() };
    let input = check::Input { name: "all.say".into(), text: imports.into(), loader: &Library, options };
    let output = check::check(input);
    let own = |diagnostic: &&base::Diagnostic| {
        output.sources.get(diagnostic.primary.span.file).is_some_and(|file| file.name != "all.say")
    };
    let found: String = output
        .diagnostics
        .iter()
        .filter(own)
        .map(|diagnostic| base::render(diagnostic, &output.sources, base::Style::Plain))
        .collect();
    assert!(found.is_empty(), "{found}");
}

/// The name of the function that a line declares.
fn declared(line: &str) -> Option<&str> {
    let line = match line.strip_prefix('@') {
        Some(attribute) => attribute.split_once(") ")?.1,
        None => line,
    };
    let rest = line.strip_prefix("fn ")?;
    rest.split(['(', '<']).next()
}

#[test]
fn public_functions_are_documented() {
    let mut missing = Vec::new();
    for module in stdlib::modules() {
        let text = stdlib::source(module).unwrap_or("");
        let (mut documented, mut last) = (false, "");
        for line in text.lines() {
            if line.starts_with("///") {
                documented = true;
            } else if let Some(name) = declared(line) {
                // Further functions of a name follow the first, iterators' own are those of `core`.
                if !documented && name != last && !name.starts_with('_') && !name.contains('.') {
                    missing.push(format!("{module}.{name}"));
                }
                (documented, last) = (false, name);
            } else if !line.starts_with([' ', '}']) {
                documented = false;
            }
        }
    }
    assert!(missing.is_empty(), "without documentation: {missing:?}");
}

/// The library is read by its outline, so its files must be written as an outline wants them.
#[test]
fn outlines_find_what_the_parser_does() {
    use sayso_syntax::ast::{ItemKind, StmtKind};
    use sayso_syntax::outline::{Outline, PieceKind, empty_view, name_hash, parse_body, parse_piece};
    for module in stdlib::modules() {
        let text = stdlib::source(module).unwrap_or("");
        let mut names = base::Interner::new();
        let file = base::FileId(0);
        let whole = sayso_syntax::parse(file, text, &mut names);
        let mut expected = Vec::new();
        for stmt in &whole.ast.body {
            let StmtKind::Item(item) = &stmt.kind else {
                expected.push(("other", String::new(), stmt.span.end));
                continue;
            };
            let item = whole.ast.item(*item);
            let (what, name) = match &item.kind {
                ItemKind::Fn(function) if function.body.is_some() => ("fn", function.name.name),
                ItemKind::Fn(function) => ("head", function.name.name),
                ItemKind::Struct { name, .. }
                | ItemKind::Enum { name, .. }
                | ItemKind::Trait { name, .. }
                | ItemKind::Interface { name, .. }
                | ItemKind::Class { name, .. }
                | ItemKind::TypeAlias { name, .. } => ("type", name.name),
                ItemKind::FromImport { names, .. } => ("import", names[0].name.name),
                ItemKind::Import { .. } => ("other", base::names::EMPTY),
                ItemKind::Test { .. } | ItemKind::Bench { .. } => ("test", base::names::EMPTY),
                ItemKind::Error => panic!("{module} cannot be read"),
            };
            expected.push((what, names.text(name).to_string(), item.span.end));
        }
        let outline = Outline::of(text);
        assert_eq!(stdlib::outline(module), Some(&outline), "{module} is embedded with another outline");
        // An import is read whole, whichever of its names is wanted.
        let mut pieces = outline.pieces().to_vec();
        pieces.dedup_by(|next, piece| next.range == piece.range);
        let of = |range: &std::ops::Range<u32>| text[range.start as usize..range.end as usize].to_string();
        let shown: Vec<(&str, String)> = pieces
            .iter()
            .map(|piece| match &piece.kind {
                PieceKind::Function { name, body: Some(_), .. } => ("fn", of(name)),
                PieceKind::Function { name, .. } => ("head", of(name)),
                PieceKind::Type { name } => ("type", of(name)),
                PieceKind::Import { name, .. } => ("import", of(name)),
                PieceKind::Test => ("test", String::new()),
                PieceKind::Other => ("other", String::new()),
            })
            .collect();
        let wanted: Vec<(&str, String)> = expected.iter().map(|(what, name, _)| (*what, name.clone())).collect();
        assert_eq!(shown, wanted, "{module}");
        for (number, piece) in (0..).zip(outline.pieces()) {
            let name = match &piece.kind {
                PieceKind::Function { name, .. } | PieceKind::Type { name } => name,
                PieceKind::Import { name, alias, .. } => alias.as_ref().unwrap_or(name),
                PieceKind::Test | PieceKind::Other => continue,
            };
            assert!(outline.named(name_hash(&of(name))).any(|found| found == number), "{module}: {}", of(name));
        }
        let mut single =
            (0..).zip(outline.pieces()).filter(|(_, piece)| !matches!(piece.kind, PieceKind::Import { .. }));
        for stmt in &whole.ast.body {
            let StmtKind::Item(item) = &stmt.kind else { continue };
            let kind = &whole.ast.item(*item).kind;
            if matches!(kind, ItemKind::FromImport { .. }) {
                continue;
            }
            let (number, piece) = single.next().unwrap();
            let is_abstract = matches!(piece.kind, PieceKind::Function { is_abstract: true, .. });
            for name in read_for(&whole.ast, kind, is_abstract) {
                let name = names.text(name);
                let found = outline.named(name_hash(name)).any(|found| found == number);
                assert!(found, "{module}: piece {number} is not read for `{name}`");
            }
        }
        // Piece by piece the same is read as at once.
        let mut ast = empty_view(file);
        for (piece, (.., end)) in pieces.iter().zip(&expected) {
            assert!(piece.range.contains(&(end - 1)), "{module}: {:?} ends at {end}", piece);
            let body = match piece.kind {
                PieceKind::Function { body, .. } => body,
                _ => None,
            };
            let first = ast.items.len();
            let mistakes = parse_piece(&mut ast, text, piece.range.clone(), body, &mut names);
            assert!(mistakes.is_empty(), "{module}: {mistakes:?}");
            if let Some(ItemKind::Fn(function)) = ast.items.get(first).map(|item| &item.kind)
                && let Some(block) = function.body.filter(|_| body.is_some())
            {
                let mistakes = parse_body(&mut ast, text, block, &mut names);
                assert!(mistakes.is_empty(), "{module}: {mistakes:?}");
            }
        }
        let of = |ast: &sayso_syntax::ast::Ast| {
            let stmts: usize = ast.blocks.iter().map(|block| block.stmts.len()).sum();
            (ast.exprs.len(), ast.patterns.len(), ast.types.len(), ast.items.len(), ast.body.len(), stmts)
        };
        assert_eq!(of(&ast), of(&whole.ast), "{module}");
    }
}

/// The types for whose sake an item is read besides its name: its supertypes; of an abstract function those of its
/// parameters.
fn read_for(ast: &sayso_syntax::ast::Ast, kind: &sayso_syntax::ast::ItemKind, is_abstract: bool) -> Vec<base::Name> {
    use sayso_syntax::ast::{ItemKind, TypeExprKind};
    let named = |id: &sayso_syntax::ast::TypeId| match &ast.ty(*id).kind {
        TypeExprKind::Path(path, _) => path.parts().last().map(|part| part.name),
        _ => None,
    };
    match kind {
        ItemKind::Struct { supers, .. } | ItemKind::Enum { supers, .. } | ItemKind::Trait { supers, .. } => {
            supers.iter().filter_map(named).collect()
        }
        ItemKind::Class { supers, base, .. } => supers.iter().chain(base).filter_map(named).collect(),
        ItemKind::Fn(function) if is_abstract => {
            function.params.iter().filter_map(|param| param.ty.as_ref()).filter_map(named).collect()
        }
        _ => Vec::new(),
    }
}
