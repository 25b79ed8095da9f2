//! What is known about variables at a point of the program, beyond their types.
//!
//! A test such as `x is Fox` narrows a variable in the part of the program that only runs when the test holds. The
//! facts of a point are a small list of variables and their narrower types; where two ways meet, a fact survives if
//! both ways have one. A point that nothing reaches knows everything: it is `dead` and vanishes at joins.

use super::frame::FrameId;
use crate::hir::LocalId;
use sayso_types::TypeId;
use smallvec::SmallVec;

/// A variable and what it is known to be.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Fact {
    pub frame: FrameId,
    pub local: LocalId,
    pub ty: TypeId,
}

/// The facts of one point.
#[derive(Clone, Debug, Default)]
pub(crate) struct Facts {
    entries: SmallVec<[Fact; 2]>,
    /// Nothing reaches this point.
    pub dead: bool,
}

impl Facts {
    /// The facts of a point that nothing reaches.
    pub fn dead() -> Facts {
        Facts { entries: SmallVec::new(), dead: true }
    }

    pub fn get(&self, frame: FrameId, local: LocalId) -> Option<TypeId> {
        self.entries.iter().find(|fact| fact.frame == frame && fact.local == local).map(|fact| fact.ty)
    }

    pub fn set(&mut self, frame: FrameId, local: LocalId, ty: TypeId) {
        match self.entries.iter_mut().find(|fact| fact.frame == frame && fact.local == local) {
            Some(fact) => fact.ty = ty,
            None => self.entries.push(Fact { frame, local, ty }),
        }
    }

    /// Forgets what is known about a variable: it may have been assigned.
    pub fn forget(&mut self, frame: FrameId, local: LocalId) {
        self.entries.retain(|fact| fact.frame != frame || fact.local != local);
    }

    pub fn iter(&self) -> impl Iterator<Item = Fact> + '_ {
        self.entries.iter().copied()
    }

    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// What holds where this way and another meet; `union` joins two types, unless that is not
    /// worth knowing.
    pub fn join(self, other: Facts, mut union: impl FnMut(TypeId, TypeId) -> Option<TypeId>) -> Facts {
        if self.dead {
            return other;
        }
        if other.dead {
            return self;
        }
        let mut entries = SmallVec::new();
        for fact in self.entries {
            if let Some(ty) = other.get(fact.frame, fact.local) {
                let both = if ty == fact.ty { Some(ty) } else { union(fact.ty, ty) };
                entries.extend(both.map(|ty| Fact { ty, ..fact }));
            }
        }
        Facts { entries, dead: false }
    }
}

/// An expression that may tell something about variables.
#[derive(Debug)]
pub(crate) struct Condition {
    pub expr: crate::hir::ExprId,
    /// What is known where it holds and where it does not; none if that is the same.
    pub split: Option<Box<Split>>,
}

/// What is known where a condition holds and where it does not.
#[derive(Debug)]
pub(crate) struct Split {
    pub holds: Facts,
    pub fails: Facts,
}
