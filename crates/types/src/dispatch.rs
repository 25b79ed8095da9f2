//! Multiple dispatch by its definition: which functions fit, which one is most specific, which may run.
//!
//! This is the meaning of dispatch. The VM's decision trees and caches must agree with it; it is not meant to be fast
//! enough for a call.

mod ambiguity;
mod bound;
mod coverage;
mod fit;
mod may_run;
mod order;

pub(crate) use coverage::ANY_LENGTH;

use crate::store::{TypeId, VarId};

/// A function's type variables and parameter types, as dispatch sees it.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Signature {
    /// Its type parameters; each occurs in a parameter's type.
    pub vars: Vec<VarId>,
    /// The types of its parameters.
    pub params: Vec<TypeId>,
}

impl Signature {
    /// A signature without type parameters.
    pub fn plain(params: &[TypeId]) -> Signature {
        Signature { vars: Vec::new(), params: params.to_vec() }
    }
}

/// What dispatch on argument types finds.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Dispatch {
    /// One function is more specific than every other that fits: its index, and the types of its variables.
    One(usize, Vec<TypeId>),
    /// Nothing fits.
    None,
    /// Several fit, and none of these is more specific than each other of them: their indices.
    Ambiguous(Vec<usize>),
}
