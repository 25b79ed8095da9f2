//! Which variable a name means here: a stack of bindings with constant-time look-up.
//!
//! One stack serves all frames of a body; each binding remembers its frame, so that a use in an inner frame is seen to
//! be a capture. The table of heads is indexed by name id and lives as long as the checker, so a body costs nothing but
//! its own bindings.

use super::frame::FrameId;
use crate::hir::LocalId;
use sayso_base::Name;

/// A variable in scope.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Binding {
    pub name: Name,
    pub frame: FrameId,
    pub local: LocalId,
    /// The binding of the same name that this one hides, plus one; 0 if none.
    previous: u32,
}

impl Binding {
    /// A variable that the checker made, which no name finds.
    pub fn hidden(frame: FrameId, local: LocalId) -> Binding {
        Binding { name: sayso_base::names::EMPTY, frame, local, previous: 0 }
    }
}

/// The bindings in scope, innermost last.
#[derive(Debug, Default)]
pub(crate) struct Scopes {
    heads: Vec<u32>,
    bindings: Vec<Binding>,
}

/// A place to return to.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Mark(usize);

impl Scopes {
    pub fn mark(&self) -> Mark {
        Mark(self.bindings.len())
    }

    /// Drops all bindings made since.
    pub fn leave(&mut self, mark: Mark) {
        while self.bindings.len() > mark.0 {
            let Some(binding) = self.bindings.pop() else { return };
            if let Some(head) = self.heads.get_mut(binding.name.0 as usize) {
                *head = binding.previous;
            }
        }
    }

    pub fn bind(&mut self, name: Name, frame: FrameId, local: LocalId) {
        let index = name.0 as usize;
        if index >= self.heads.len() {
            self.heads.resize(index + 1, 0);
        }
        let next = self.bindings.len() as u32 + 1;
        if let Some(head) = self.heads.get_mut(index) {
            self.bindings.push(Binding { name, frame, local, previous: *head });
            *head = next;
        }
    }

    pub fn lookup(&self, name: Name) -> Option<Binding> {
        let head = *self.heads.get(name.0 as usize)?;
        self.bindings.get((head as usize).checked_sub(1)?).copied()
    }

    /// Forgets all bindings.
    pub fn clear(&mut self) {
        self.leave(Mark(0));
    }

    /// The names in scope, innermost first, hidden ones included.
    pub fn visible(&self) -> impl Iterator<Item = Name> + '_ {
        self.bindings.iter().rev().map(|binding| binding.name)
    }

    /// Whether a name was bound since the mark.
    pub fn bound_since(&self, name: Name, mark: Mark) -> Option<Binding> {
        self.bindings.get(mark.0..)?.iter().rev().find(|binding| binding.name == name).copied()
    }

    /// The bindings made since the mark.
    pub fn since(&self, mark: Mark) -> &[Binding] {
        self.bindings.get(mark.0..).unwrap_or(&[])
    }
}
