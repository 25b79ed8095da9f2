//! How the values of a type fall into cases, and which cases a pattern fits.
//!
//! Two kinds of cases exist. *Structural* ones take a closed type apart: variants of an enum, parts of a union, lengths of
//! arrays, pieces of an ordered type. Together they hold all values of the type. Where a type cannot be taken apart far
//! enough to decide a pattern (`any` and traits against anything; `Option<any>` against `x: Option<i64>`), the pattern's
//! own type is a *test*: a case of the values of that type, which belong to some structural case too. So values that are
//! missing are looked for in structural cases alone, and a pattern that is undecided there counts as taking nothing.

use super::matrix::{Cell, Row, Search};
use super::ordered::{self, Cut, Extent, Pieces};
use crate::hir::{Constant, PatternId, PatternKind};
use rustc_hash::FxHashSet;
use sayso_types::{DeclId, DeclKind, TypeId, TypeKind};
use smallvec::SmallVec;
use std::rc::Rc;

/// Places of elements counted from the back lie above this.
const FROM_BACK: u64 = u64::MAX / 2;

impl Form {
    /// Whether it is one of finitely many that the type lists.
    pub fn is_closed(&self) -> bool {
        match self {
            Form::Narrow { .. } | Form::Bool(_) | Form::Symbol | Form::Nominal(_) | Form::Tuple => true,
            Form::Array { .. } | Form::Piece(..) | Form::Rest => false,
        }
    }
}

/// A part of a type's values.
#[derive(Clone, Debug)]
pub(super) enum Form {
    /// Those of a smaller type, the case's: `part` if it is a part of a union.
    Narrow { part: bool },
    /// One of two.
    Bool(bool),
    /// The one value of a symbol's type.
    Symbol,
    /// A record of this declaration (or of a class below it), its parts by slot.
    Nominal(DeclId),
    /// Tuples of one length, parts by index.
    Tuple,
    /// Arrays of `least` elements or, unless `exact`, more, parts by index or from the back.
    Array { least: u64, exact: bool },
    /// What lies between two cuts.
    Piece(Cut, Cut),
    /// Whatever else there is.
    Rest,
}

/// A case of a type.
#[derive(Clone, Debug)]
pub(super) struct Case {
    pub form: Form,
    /// Its values are of this type.
    pub ty: TypeId,
    /// Whether its values are missing if no row takes them.
    pub collect: bool,
}

/// All cases of a type: tests first.
pub(super) struct Split {
    pub cases: Vec<Case>,
    pub tests: usize,
    /// For ordered types; the piece of index `i` is the case `tests + i`.
    pub pieces: Option<Pieces>,
    /// The type.
    pub ty: TypeId,
    /// Structural cases keep what they do not decide.
    pub keeps: bool,
}

/// A case that a cell fits, and what it asks of the case's parts.
pub(super) struct Hit {
    pub case: usize,
    pub sure: bool,
    pub parts: Parts,
}

pub(super) type Parts = SmallVec<[(u64, Cell); 2]>;

/// What a cell asks, taken apart.
pub(super) enum Head<'p> {
    Type(TypeId, Option<PatternId>),
    Other(&'p PatternKind),
}

impl<'a> Search<'a> {
    /// Divides a type so that every cell of the column fits a case or does not.
    pub fn cases(&mut self, ty: TypeId, rows: &[Rc<Row>], column: u32) -> Split {
        let mut pieces = None;
        let mut keeps = false;
        let structural = match self.types.kind(ty).clone() {
            TypeKind::Union(parts) => {
                keeps = true;
                let case = |part: &TypeId| Case { form: Form::Narrow { part: true }, ty: *part, collect: true };
                parts.iter().map(case).collect()
            }
            TypeKind::Bool => [true, false].map(|value| Case { form: Form::Bool(value), ty, collect: true }).into(),
            TypeKind::Symbol(_) => vec![Case { form: Form::Symbol, ty, collect: true }],
            TypeKind::Tuple(_) => vec![Case { form: Form::Tuple, ty, collect: true }],
            TypeKind::I64 | TypeKind::F64 | TypeKind::Byte | TypeKind::Str => {
                let made = self.pieces(ty, rows, column);
                let cases = piece_cases(&made, ty);
                pieces = Some(made);
                cases
            }
            TypeKind::Array(_) | TypeKind::List(_) | TypeKind::Seq(_) => self.lengths(ty, None, rows, column),
            TypeKind::FixedArray(_, length) => self.lengths(ty, Some(length), rows, column),
            TypeKind::Nominal(decl, _) => self.nominal_cases(ty, decl, rows, column),
            TypeKind::Var(_) | TypeKind::Intersection(_) => match self.main_part(ty) {
                Some(part) => {
                    keeps = true;
                    vec![Case { form: Form::Narrow { part: false }, ty: part, collect: true }]
                }
                None => vec![rest(ty)],
            },
            TypeKind::Any
            | TypeKind::Never
            | TypeKind::Error
            | TypeKind::Infer(_)
            | TypeKind::Table(..)
            | TypeKind::Map(..)
            | TypeKind::Set(_)
            | TypeKind::Shape(_)
            | TypeKind::Function { .. }
            | TypeKind::AnyFunction
            | TypeKind::Type(_) => vec![rest(ty)],
        };
        let mut split = Split { cases: structural, tests: 0, pieces, ty, keeps };
        let tests = if keeps { Vec::new() } else { self.tests(&split, rows, column) };
        split.tests = tests.len();
        let tests = tests.into_iter().map(|ty| Case { form: Form::Narrow { part: false }, ty, collect: false });
        split.cases.splice(0..0, tests);
        split
    }

    fn nominal_cases(&mut self, ty: TypeId, decl: DeclId, rows: &[Rc<Row>], column: u32) -> Vec<Case> {
        if self.types.well_known.range == Some(decl) {
            return self.lengths(ty, None, rows, column);
        }
        match self.types.decl(decl).kind {
            DeclKind::Enum => {
                let variants = self.types.variants(ty);
                let decls = self.types.decl(decl).variants.clone();
                let mut cases = Vec::with_capacity(variants.len());
                for (variant, decl) in variants.into_iter().zip(decls) {
                    let collect = self.has_values(variant, decl);
                    cases.push(Case { form: Form::Nominal(decl), ty: variant, collect });
                }
                cases
            }
            DeclKind::Struct | DeclKind::Object | DeclKind::Variant { .. } | DeclKind::Class => {
                vec![Case { form: Form::Nominal(decl), ty, collect: self.has_values(ty, decl) }]
            }
            DeclKind::Trait | DeclKind::Interface | DeclKind::Opaque => vec![rest(ty)],
        }
    }

    /// Whether a record can exist: none of its fields is of type `never`.
    fn has_values(&mut self, ty: TypeId, decl: DeclId) -> bool {
        let slots = self.types.decl(decl).fields.len() as u64;
        self.spend(slots as usize);
        self.impossible_too || (0..slots).all(|slot| self.field_type(ty, decl, slot) != TypeId::NEVER)
    }

    pub fn field_type(&mut self, ty: TypeId, decl: DeclId, slot: u64) -> TypeId {
        let field = usize::try_from(slot).ok().and_then(|slot| self.types.decl(decl).fields.get(slot));
        let Some(name) = field.map(|field| field.name) else { return TypeId::ERROR };
        self.types.field(ty, name).map_or(TypeId::ERROR, |field| field.ty())
    }

    /// What a variable's or intersection's values are known to be; none if that takes nothing apart.
    fn main_part(&mut self, ty: TypeId) -> Option<TypeId> {
        match self.types.kind(ty) {
            TypeKind::Var(var) => Some(self.types.var(*var).upper).filter(|upper| !self.is_open(*upper)),
            TypeKind::Intersection(parts) => parts.iter().copied().find(|part| !self.is_open(*part)),
            _ => None,
        }
    }

    /// Whether a type says nothing of what its values are made of.
    pub fn is_open(&self, ty: TypeId) -> bool {
        match self.types.kind(ty) {
            TypeKind::Any
            | TypeKind::Never
            | TypeKind::Error
            | TypeKind::Infer(_)
            | TypeKind::Table(..)
            | TypeKind::Map(..)
            | TypeKind::Set(_)
            | TypeKind::Shape(_)
            | TypeKind::Function { .. }
            | TypeKind::AnyFunction
            | TypeKind::Type(_) => true,
            TypeKind::Var(var) => self.is_open(self.types.var(*var).upper),
            TypeKind::Intersection(parts) => parts.iter().all(|part| self.is_open(*part)),
            TypeKind::Nominal(decl, _) => match self.types.decl(*decl).kind {
                DeclKind::Trait | DeclKind::Interface => true,
                DeclKind::Opaque => self.types.well_known.range != Some(*decl),
                DeclKind::Struct | DeclKind::Object | DeclKind::Enum | DeclKind::Variant { .. } | DeclKind::Class => {
                    false
                }
            },
            TypeKind::I64
            | TypeKind::F64
            | TypeKind::Bool
            | TypeKind::Byte
            | TypeKind::Str
            | TypeKind::Symbol(_)
            | TypeKind::Array(_)
            | TypeKind::FixedArray(..)
            | TypeKind::Seq(_)
            | TypeKind::List(_)
            | TypeKind::Tuple(_)
            | TypeKind::Union(_) => false,
        }
    }

    fn pieces(&mut self, ty: TypeId, rows: &[Rc<Row>], column: u32) -> Pieces {
        let mut cuts = Vec::new();
        for row in rows {
            if let Some(Head::Other(kind)) = row.cell(column).and_then(|cell| self.head(cell))
                && let Extent::Between(from, to) = ordered::extent(kind, ty)
            {
                cuts.extend([from, to]);
            }
        }
        self.spend(cuts.len());
        Pieces::new(cuts)
    }

    /// The cases of an array: lengths that patterns tell apart.
    fn lengths(&mut self, ty: TypeId, fixed: Option<u64>, rows: &[Rc<Row>], column: u32) -> Vec<Case> {
        if let Some(length) = fixed {
            return vec![Case { form: Form::Array { least: length, exact: true }, ty, collect: true }];
        }
        let mut bounds = vec![0u64];
        let (mut front, mut back) = (0, 0);
        for row in rows {
            let Some(Head::Other(PatternKind::Array { before, rest, after })) =
                row.cell(column).and_then(|cell| self.head(cell))
            else {
                continue;
            };
            let least = (before.len() + after.len()) as u64;
            bounds.push(least);
            match rest {
                None => bounds.push(least + 1),
                Some(_) => {
                    front = front.max(before.len());
                    back = back.max(after.len());
                }
            }
        }
        // Where elements counted from the front and from the back are the same ones, each length is its own case.
        if front > 0 && back > 0 {
            self.spend(front + back);
            bounds.extend(0..=(front + back) as u64);
        }
        bounds.sort_unstable();
        bounds.dedup();
        let next = bounds.iter().copied().skip(1).map(Some).chain([None]);
        let cases = bounds.iter().zip(next).map(|(least, next)| {
            let exact = next == Some(least + 1);
            Case { form: Form::Array { least: *least, exact }, ty, collect: true }
        });
        cases.collect()
    }

    /// The type of a part of a case.
    pub fn part_type(&mut self, case: &Case, place: u64) -> TypeId {
        match &case.form {
            Form::Narrow { .. } => case.ty,
            Form::Nominal(decl) => self.field_type(case.ty, *decl, place),
            Form::Tuple => match self.types.kind(case.ty) {
                TypeKind::Tuple(elements) => {
                    usize::try_from(place).ok().and_then(|place| elements.get(place)).copied().unwrap_or(TypeId::ERROR)
                }
                _ => TypeId::ERROR,
            },
            Form::Array { .. } => match self.types.kind(case.ty) {
                TypeKind::Array(element)
                | TypeKind::FixedArray(element, _)
                | TypeKind::List(element)
                | TypeKind::Seq(element) => *element,
                TypeKind::Nominal(..) => TypeId::I64,
                _ => TypeId::ERROR,
            },
            Form::Bool(_) | Form::Symbol | Form::Piece(..) | Form::Rest => TypeId::ERROR,
        }
    }

    pub fn head(&self, cell: Cell) -> Option<Head<'a>> {
        let function = self.function;
        match cell {
            Cell::Test(ty) => Some(Head::Type(ty, None)),
            Cell::Pattern(id) => Some(match &function.patterns.get(id.0 as usize)?.kind {
                PatternKind::Type(ty, inner) => Head::Type(*ty, Some(*inner)),
                kind => Head::Other(kind),
            }),
        }
    }

    // ---- tests

    /// The types that cells ask for and that the structural cases do not decide; those inside another left out.
    fn tests(&mut self, split: &Split, rows: &[Rc<Row>], column: u32) -> Vec<TypeId> {
        let mut found: Vec<TypeId> = Vec::new();
        let mut seen: FxHashSet<TypeId> = FxHashSet::default();
        for row in rows {
            let Some(cell) = row.cell(column) else { continue };
            let Some(head) = self.head(cell) else { continue };
            let own = match head {
                Head::Type(wanted, inner) => self.undecided(split, wanted, inner),
                Head::Other(kind) => self.tests_of(kind, split.ty),
            };
            for ty in own {
                if ty == split.ty || ty == TypeId::ERROR {
                    // Nothing smaller to look at: the row may take something.
                    self.give_up(row);
                } else if ty != TypeId::NEVER && seen.insert(ty) {
                    found.push(ty);
                }
            }
            if self.outcome.exhausted {
                return Vec::new();
            }
        }
        let mut greatest = Vec::with_capacity(found.len());
        for (index, &ty) in found.iter().enumerate() {
            let inside = |search: &mut Search<'a>, (other, &above): (usize, &TypeId)| {
                other != index && search.is_below(ty, above) && (other < index || !search.is_below(above, ty))
            };
            if !found.iter().enumerate().any(|other| inside(self, other)) {
                greatest.push(ty);
            }
            if self.outcome.exhausted {
                return Vec::new();
            }
        }
        greatest
    }

    /// The test for a type pattern if some structural case holds values of the type and others.
    fn undecided(&mut self, split: &Split, wanted: TypeId, inner: Option<PatternId>) -> SmallVec<[TypeId; 3]> {
        let mut open = false;
        for case in &split.cases {
            open = !self.is_below(case.ty, wanted)
                && !self.is_disjoint(case.ty, wanted)
                && self.by_parts(case, wanted, inner).is_none();
            if open || matches!(case.form, Form::Piece(..)) {
                break;
            }
        }
        if !open {
            return SmallVec::new();
        }
        let both = self.types.intersection(&[split.ty, wanted]);
        [both].into_iter().collect()
    }

    /// The types of values that a pattern may fit where the type says nothing of its values, or is a class above the
    /// pattern's.
    fn tests_of(&mut self, kind: &PatternKind, ty: TypeId) -> SmallVec<[TypeId; 3]> {
        let wanted: SmallVec<[TypeId; 3]> = match kind {
            PatternKind::Nominal(decl, _) if self.is_open(ty) || self.is_class_above(ty, *decl) => {
                [self.types.own_type(*decl)].into_iter().collect()
            }
            _ if self.is_open(ty) => self.own_types(kind),
            _ => SmallVec::new(),
        };
        wanted.into_iter().filter(|wanted| !self.is_disjoint(*wanted, ty)).collect()
    }

    /// Whether a type is a class that a declaration is below, without being it.
    fn is_class_above(&mut self, ty: TypeId, decl: DeclId) -> bool {
        match self.types.kind(ty) {
            TypeKind::Nominal(own, _) => {
                let own = *own;
                self.types.decl(own).kind == DeclKind::Class
                    && own != decl
                    && !self.types.inherits(own, decl)
                    && self.types.inherits(decl, own)
            }
            _ => false,
        }
    }

    /// The types of values that a pattern may fit.
    pub fn own_types(&mut self, kind: &PatternKind) -> SmallVec<[TypeId; 3]> {
        let numbers = [TypeId::I64, TypeId::F64, TypeId::BYTE];
        match kind {
            PatternKind::Constant(constant) => match constant {
                // Numbers compare by value.
                Constant::Int(_) | Constant::Float(_) | Constant::Byte(_) => numbers.into_iter().collect(),
                Constant::Bool(_) => [TypeId::BOOL].into_iter().collect(),
                Constant::Str(_) => [TypeId::STR].into_iter().collect(),
                Constant::Symbol(name) => [self.types.intern(TypeKind::Symbol(*name))].into_iter().collect(),
                Constant::Unit => [TypeId::VOID].into_iter().collect(),
                Constant::Type(_) => [TypeId::ANY].into_iter().collect(),
            },
            PatternKind::Range(start, end, _) => {
                start.iter().chain(end).filter_map(ordered::constant_type).take(1).collect()
            }
            PatternKind::Tuple(parts) => {
                self.spend(parts.len());
                [self.types.tuple(&vec![TypeId::ANY; parts.len()])].into_iter().collect()
            }
            PatternKind::Array { .. } => [self.types.intern(TypeKind::Seq(TypeId::ANY))].into_iter().collect(),
            PatternKind::Nominal(decl, _) => [self.types.own_type(*decl)].into_iter().collect(),
            PatternKind::Error
            | PatternKind::Wildcard
            | PatternKind::Bind(..)
            | PatternKind::Or(_)
            | PatternKind::Type(..)
            | PatternKind::Equal(..) => [TypeId::ANY].into_iter().collect(),
        }
    }
}

fn rest(ty: TypeId) -> Case {
    Case { form: Form::Rest, ty, collect: !matches!(ty, TypeId::NEVER | TypeId::ERROR) }
}

fn piece_cases(pieces: &Pieces, ty: TypeId) -> Vec<Case> {
    let mut cases: Vec<Case> = (0..pieces.len())
        .filter_map(|index| pieces.piece(index))
        .map(|(from, to)| Case { form: Form::Piece(from, to), ty, collect: true })
        .collect();
    if ty == TypeId::F64 {
        // `NaN`
        cases.push(rest(ty));
    }
    cases
}

/// A place as an index from the front, or, `Err`, from the back (1 is the last).
pub(super) fn place_in_array(place: u64) -> Result<u64, u64> {
    if place > FROM_BACK { Err(u64::MAX - place) } else { Ok(place) }
}
