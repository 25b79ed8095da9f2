//! What is wanted of an expression, and where its value goes.

use sayso_base::{Name, Span};
use sayso_types::TypeId;

/// What the surroundings want of an expression's value. Compound expressions (blocks, branches, loops) hand it on to
/// the expressions that give their value, so a mismatch is reported where that value is made.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Goal {
    /// Nothing is known.
    Free,
    /// The value is not used.
    Discard,
    /// Literals, closures and the like take this type where they can; what comes out may be another.
    Hint(TypeId),
    /// The value must belong to this type.
    Must(TypeId, Place),
}

impl Goal {
    /// The expected type. An expected `any` is no expectation.
    pub fn hint(self) -> Option<TypeId> {
        match self {
            Goal::Free | Goal::Discard => None,
            Goal::Hint(ty) | Goal::Must(ty, _) => (ty != TypeId::ANY && ty != TypeId::ERROR).then_some(ty),
        }
    }

    /// What is wanted of a part of the value.
    pub fn part(self, ty: TypeId, kind: PlaceKind) -> Goal {
        match self {
            Goal::Free | Goal::Discard => Goal::Free,
            Goal::Hint(_) => Goal::of_hint(Goal::Hint(ty).hint()),
            Goal::Must(_, place) => Goal::Must(ty, Place { kind, declared: place.declared }),
        }
    }

    pub fn of_hint(hint: Option<TypeId>) -> Goal {
        hint.map_or(Goal::Free, Goal::Hint)
    }
}

/// A place that values flow to: said in messages, and by the check at run time when an `any` flows there.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Place {
    pub kind: PlaceKind,
    /// Where its type was written or found.
    pub declared: Option<Span>,
}

/// The kinds of places.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum PlaceKind {
    /// Parameter `name` of a function.
    Argument {
        function: Name,
        param: Name,
    },
    /// The n-th parameter, from 0, of a function value or of a function whose parameter has no name.
    ArgumentAt {
        function: Name,
        index: u32,
    },
    /// A variable that is declared or assigned.
    Variable(Name),
    /// A field.
    Field(Name),
    /// What a function gives.
    Result(Name),
    /// What a closure gives.
    ClosureResult,
    Element,
    Key,
    Value,
    Yield,
    Condition,
    Guard,
    /// The operand of this operator.
    Operand(&'static str),
    Index,
    /// The end of a range.
    RangeEnd,
    /// How often `[v; n]` repeats.
    Count,
    /// What stands behind `or` or `??`.
    Fallback,
    /// The tested expression of `expect`.
    Expect,
    /// A value whose format is for some types only.
    Formatted,
}

impl Place {
    pub fn new(kind: PlaceKind) -> Place {
        Place { kind, declared: None }
    }

    pub fn at(kind: PlaceKind, declared: Span) -> Place {
        Place { kind, declared: Some(declared) }
    }
}

impl PlaceKind {
    /// As in "argument `x` of `f`".
    pub fn text(self, name: impl Fn(Name) -> String) -> String {
        match self {
            PlaceKind::Argument { function, param } => format!("argument `{}` of `{}`", name(param), name(function)),
            PlaceKind::ArgumentAt { function, index } if function == sayso_base::names::EMPTY => {
                format!("argument {} of the function", index + 1)
            }
            PlaceKind::ArgumentAt { function, index } => format!("argument {} of `{}`", index + 1, name(function)),
            PlaceKind::Variable(variable) => format!("variable `{}`", name(variable)),
            PlaceKind::Field(field) => format!("field `{}`", name(field)),
            PlaceKind::Result(function) if function == sayso_base::names::EMPTY => "the result".to_owned(),
            PlaceKind::Result(function) => format!("the result of `{}`", name(function)),
            PlaceKind::ClosureResult => "the result of the closure".to_owned(),
            PlaceKind::Element => "an element".to_owned(),
            PlaceKind::Key => "a key".to_owned(),
            PlaceKind::Value => "a value".to_owned(),
            PlaceKind::Yield => "what is yielded".to_owned(),
            PlaceKind::Condition => "a condition".to_owned(),
            PlaceKind::Guard => "a guard".to_owned(),
            PlaceKind::Operand(operator) => format!("an operand of `{operator}`"),
            PlaceKind::Index => "an index".to_owned(),
            PlaceKind::RangeEnd => "an end of a range".to_owned(),
            PlaceKind::Count => "the length of an array".to_owned(),
            PlaceKind::Fallback => "the fallback".to_owned(),
            PlaceKind::Expect => "what is expected".to_owned(),
            PlaceKind::Formatted => "what is formatted so".to_owned(),
        }
    }
}
