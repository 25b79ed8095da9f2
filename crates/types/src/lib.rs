//! The type lattice, shared by the checker and the VM.
//!
//! Types are hash-consed: a [`TypeId`] stands for one meaning-normalised type of its [`TypeStore`], so equality is an
//! integer compare. A store may extend a frozen one ([`TypeStore::extend`]): ids of the base stay valid, new types get
//! ids behind them. So a program's types are shared by all VMs, and each VM adds those that arise at run time.
//!
//! Nothing here panics or fails to end on any input: types are bounded in size and depth, questions in the number of
//! further questions they lead to. Where a bound is met, the answer is the cautious one and
//! [`TypeStore::over_budget`] says so.

mod codec;
mod decl;
mod disjoint;
mod dispatch;
mod display;
mod effects;
mod fields;
mod inference;
mod lattice;
mod memo;
mod meta;
mod nominal;
mod properties;
mod store;
mod substitute;
mod subtype;
#[cfg(test)]
mod testing;
#[cfg(test)]
mod tests;

pub use codec::DecodeError;
pub use decl::{Decl, DeclId, DeclKind, Field, Member, TypeParam, Variance};
pub use dispatch::{Dispatch, Signature};
pub use effects::Effects;
pub use fields::FieldAccess;
pub use inference::{Inference, Known, Snapshot};
pub use memo::{MAX_PARTS, WellKnown};
pub use meta::{MAX_DEPTH, MAX_SIZE};
pub use nominal::InheritanceConflict;
pub use store::{InferId, TypeId, TypeKind, TypeStore, VarId, VarInfo};
pub use substitute::Substitution;
