//! Values that no arm takes, as patterns in the form in which a user would write them.

use super::cases::{Case, Form, place_in_array};
use super::matrix::{Decision, Search};
use super::ordered::{self, Cut};
use rustc_hash::FxHashMap;
use sayso_types::{DeclId, DeclKind, TypeId, TypeKind};

/// How deep patterns are written out; what is deeper is `_`.
const MAX_DEPTH: u32 = 12;
/// The most elements of an array or tuple that are written out.
const MAX_ELEMENTS: u64 = 12;

/// Patterns and how many there are, those beyond the ones given included.
pub(super) struct Witnesses {
    pub texts: Vec<String>,
    pub count: usize,
}

impl Witnesses {
    fn one(text: impl Into<String>) -> Witnesses {
        Witnesses { texts: vec![text.into()], count: 1 }
    }
}

impl Search<'_> {
    /// The patterns of what the decisions of a path leave of the subject: `path` gives the decision of a column.
    pub fn witnesses(&self, path: &FxHashMap<u32, u32>, room: usize) -> Witnesses {
        self.column_witnesses(0, path, room, 0)
    }

    fn column_witnesses(&self, column: u32, path: &FxHashMap<u32, u32>, room: usize, depth: u32) -> Witnesses {
        let decision = path.get(&column).and_then(|index| self.decisions.get(*index as usize));
        let Some(decision) = decision.filter(|decision| depth < MAX_DEPTH && !decision.cases.is_empty()) else {
            return Witnesses::one("_");
        };
        if is_most_of_an_order(&decision.cases) {
            return Witnesses::one("_");
        }
        let mut all = Witnesses { texts: Vec::new(), count: 0 };
        for case in decision.cases.iter() {
            let own = self.case_witnesses(case, decision, path, room, depth);
            all.count = all.count.saturating_add(own.count);
            for text in own.texts {
                if all.texts.len() < room.max(1) && !all.texts.contains(&text) {
                    all.texts.push(text);
                }
            }
        }
        // A catch-all stands for the others.
        if all.texts.iter().any(|text| text == "_") { Witnesses::one("_") } else { all }
    }

    fn case_witnesses(
        &self,
        case: &Case,
        decision: &Decision,
        path: &FxHashMap<u32, u32>,
        room: usize,
        depth: u32,
    ) -> Witnesses {
        let mut combined: Vec<Vec<(u64, String)>> = vec![Vec::new()];
        let mut count = 1usize;
        for &(place, column) in decision.parts.iter() {
            let own = self.column_witnesses(column, path, room, depth + 1);
            count = count.saturating_mul(own.count);
            let mut next = Vec::new();
            for before in &combined {
                for text in &own.texts {
                    if next.len() < room.max(1) {
                        let mut with = before.clone();
                        with.push((place, text.clone()));
                        next.push(with);
                    }
                }
            }
            combined = next;
        }
        let texts = combined.into_iter().map(|parts| self.case_text(case, &parts)).collect();
        Witnesses { texts, count }
    }

    fn case_text(&self, case: &Case, parts: &[(u64, String)]) -> String {
        match &case.form {
            Form::Narrow { part } => match parts.first() {
                Some((_, inner)) if inner != "_" => inner.clone(),
                _ if *part => self.type_text(case.ty),
                _ => "_".to_owned(),
            },
            Form::Bool(value) => value.to_string(),
            Form::Symbol => self.type_text(case.ty),
            Form::Nominal(decl) => self.nominal_text(*decl, parts),
            Form::Tuple => self.tuple_text(case.ty, parts),
            Form::Array { least, exact } => array_text(*least, *exact, parts),
            Form::Piece(from, to) => ordered::shown(from, to).unwrap_or_else(|| "_".to_owned()),
            Form::Rest => "_".to_owned(),
        }
    }

    /// A pattern for all values of a part of a union.
    fn type_text(&self, ty: TypeId) -> String {
        match self.types.kind(ty) {
            TypeKind::Symbol(name) => format!("#{}", self.names.text(*name)),
            TypeKind::Tuple(elements) if elements.is_empty() => "()".to_owned(),
            TypeKind::Nominal(decl, _) => match self.types.decl(*decl).kind {
                DeclKind::Variant { .. } | DeclKind::Object => self.nominal_text(*decl, &[]),
                DeclKind::Struct
                | DeclKind::Enum
                | DeclKind::Trait
                | DeclKind::Interface
                | DeclKind::Class
                | DeclKind::Opaque => format!("_: {}", self.types.display(ty, self.names)),
            },
            _ => format!("_: {}", self.types.display(ty, self.names)),
        }
    }

    fn nominal_text(&self, id: DeclId, parts: &[(u64, String)]) -> String {
        let decl = self.types.decl(id);
        let name = self.names.text(decl.name);
        if decl.fields.is_empty() {
            return match decl.kind {
                DeclKind::Struct | DeclKind::Class => format!("{name} {{ .. }}"),
                _ => name.to_owned(),
            };
        }
        let field_name = |slot: usize| decl.fields.get(slot).map_or("", |field| self.names.text(field.name));
        let asked = |slot: usize| {
            let part = parts.iter().find(|part| part.0 == slot as u64).map(|part| part.1.as_str());
            part.filter(|text| *text != "_")
        };
        let positional = field_name(0).starts_with(|c: char| c.is_ascii_digit());
        let count = decl.fields.len();
        let last = (0..count).rev().find(|slot| asked(*slot).is_some());
        let mut text = name.to_owned();
        if positional {
            text.push('(');
            let short = count as u64 > 3;
            let written = if short { last.map_or(0, |last| last + 1) } else { count };
            for slot in 0..written {
                text.push_str(if slot > 0 { ", " } else { "" });
                text.push_str(asked(slot).unwrap_or("_"));
            }
            if written < count {
                text.push_str(if written > 0 { ", .." } else { ".." });
            }
            text.push(')');
            return text;
        }
        text.push_str(" { ");
        let mut all = true;
        for slot in 0..count {
            match asked(slot) {
                Some(part) => {
                    text.push_str(field_name(slot));
                    text.push_str(": ");
                    text.push_str(part);
                    text.push_str(", ");
                }
                None => all = false,
            }
        }
        if all {
            text.truncate(text.len().saturating_sub(2));
        } else {
            text.push_str("..");
        }
        text.push_str(" }");
        text
    }

    fn tuple_text(&self, ty: TypeId, parts: &[(u64, String)]) -> String {
        let length = match self.types.kind(ty) {
            TypeKind::Tuple(elements) => elements.len() as u64,
            _ => 0,
        };
        if length > MAX_ELEMENTS && parts.iter().all(|part| part.1 == "_") {
            return "_".to_owned();
        }
        let at = |place: u64| parts.iter().find(|part| part.0 == place).map_or("_", |part| part.1.as_str());
        let inner: Vec<&str> = (0..length).map(at).collect();
        if length == 1 { format!("({},)", inner.join(", ")) } else { format!("({})", inner.join(", ")) }
    }
}

/// Whether cases are all but some pieces in the middle of an ordered type: nobody lists the others.
fn is_most_of_an_order(cases: &[Case]) -> bool {
    cases.len() > 1
        && matches!(cases.first().map(|case| &case.form), Some(Form::Piece(Cut::Start, _)))
        && cases.iter().any(|case| matches!(case.form, Form::Piece(_, Cut::End)))
}

/// `[_, 1]`, `[1, ..]`, `[1, .., 2]`; elements far from both ends are left out.
fn array_text(least: u64, exact: bool, parts: &[(u64, String)]) -> String {
    let short = exact && least <= MAX_ELEMENTS;
    let mut front: Vec<(u64, &str)> = Vec::new();
    let mut back: Vec<(u64, &str)> = Vec::new();
    for (place, text) in parts {
        match place_in_array(*place) {
            Ok(index) if short || index < MAX_ELEMENTS => front.push((index, text)),
            Ok(index) => back.push((least.saturating_sub(index), text)),
            Err(from_end) => back.push((from_end, text)),
        }
    }
    back.retain(|(from_end, _)| *from_end <= MAX_ELEMENTS);
    let at = |list: &[(u64, &str)], place: u64| {
        list.iter().find(|part| part.0 == place).map_or_else(|| "_".to_owned(), |part| part.1.to_owned())
    };
    let behind = back.iter().map(|part| part.0).max().unwrap_or(0);
    let asked = front.iter().map(|part| part.0 + 1).max().unwrap_or(0);
    // At least so many: those that are not asked for are written as `_`.
    let written = if short { least } else { asked.max(least.saturating_sub(behind).min(MAX_ELEMENTS)) };
    let mut texts: Vec<String> = (0..written).map(|index| at(&front, index)).collect();
    if !short {
        texts.push("..".to_owned());
    }
    texts.extend((1..=behind).rev().map(|from_end| at(&back, from_end)));
    format!("[{}]", texts.join(", "))
}
