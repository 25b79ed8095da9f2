//! The type lattice, shared by the checker and the VM.
//!
//! Types are hash-consed: a [`TypeId`] stands for one meaning-normalised type of its [`TypeStore`], so equality is an
//! integer compare. A store may extend a frozen one ([`TypeStore::extend`]): ids of the base stay valid, new types get
//! ids behind them. So a program's types are shared by all VMs, and each VM adds those that arise at run time.

mod decl;
mod effects;
mod store;

pub use decl::{Decl, DeclId, DeclKind, Field, Member, TypeParam, Variance};
pub use effects::Effects;
pub use store::{InferId, TypeId, TypeKind, TypeStore, VarId, VarInfo};
