//! Declared types: structs, enums and their variants, traits, interfaces, classes, and the library's own.

use crate::store::{TypeId, VarId};
use sayso_base::{Name, Span};

/// The index of a declared type in its store.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub struct DeclId(pub u32);

/// The variance of a type parameter.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Variance {
    /// Arguments must be equal.
    Invariant,
    /// `+`: smaller arguments, smaller type.
    Covariant,
    /// `-`: larger arguments, smaller type.
    Contravariant,
}

/// A type parameter of a declared type.
#[derive(Clone, Copy, Debug)]
pub struct TypeParam {
    /// The variable that stands for it in the declaration's own types; its bounds are in [`crate::VarInfo`].
    pub var: VarId,
    /// Declared variance.
    pub variance: Variance,
    /// `open`: the argument at run time is that of the value's own field.
    pub open: bool,
}

/// A field; its position in [`Decl::fields`] is its slot.
#[derive(Clone, Copy, Debug)]
pub struct Field {
    /// The name; positional payloads are named `0`, `1`, ….
    pub name: Name,
    /// The type, in terms of the declaration's variables.
    pub ty: TypeId,
    /// May be assigned.
    pub mutable: bool,
    /// `open`
    pub open: bool,
    /// Has a default value.
    pub has_default: bool,
}

/// What kind of declaration it is.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum DeclKind {
    /// A record, final.
    Struct,
    /// A singleton record.
    Object,
    /// A closed sum; its variants are [`Decl::variants`].
    Enum,
    /// A variant of `of`, its `index`-th. Its type parameters correspond to those of the enum, one to one.
    Variant {
        /// The enum.
        of: DeclId,
        /// The position, from 0.
        index: u32,
    },
    /// A nominal abstract type.
    Trait,
    /// A structural one: `members` lists what it asks for ([`Decl::members`]).
    Interface,
    /// A mutable object with single inheritance.
    Class,
    /// A type of the library that has no declaration in the language (`Iter`, `Range`, `Task`, `Type`, …).
    Opaque,
}

/// A call that an interface asks for: `name(self, params…) -> result`.
#[derive(Clone, Debug)]
pub struct Member {
    /// The function's name.
    pub name: Name,
    /// All parameters; `self` is the interface's own type.
    pub params: Vec<TypeId>,
    /// The result.
    pub result: TypeId,
    /// Its effects' bound.
    pub effects: crate::Effects,
}

/// A declared type.
#[derive(Clone, Debug)]
pub struct Decl {
    /// What it is.
    pub kind: DeclKind,
    /// Its name, without module.
    pub name: Name,
    /// Its module, dotted (`geometry.plane`); stable across reloads.
    pub module: Name,
    /// Where it is declared.
    pub span: Option<Span>,
    /// Its type parameters.
    pub params: Vec<TypeParam>,
    /// Direct supertypes in terms of its variables: traits, shapes, intersections; for a class its base first; for a
    /// variant its enum.
    pub supers: Vec<TypeId>,
    /// Own and inherited fields (a class's base's first).
    pub fields: Vec<Field>,
    /// An enum's variants.
    pub variants: Vec<DeclId>,
    /// An interface's calls.
    pub members: Vec<Member>,
    /// Whether values are compared by identity and live by reference (classes, structs with `mut` fields).
    pub by_reference: bool,
}
