//! From the typed program to bytecode.
//!
//! Emission is whole-program and starts from the roots (module initialisers, `main`, tests, exports): a function that
//! nothing reaches is not emitted. Registers are allocated as a stack: locals of open blocks, then temporaries, then
//! outgoing arguments, which become the callee's window. Optimisation here is what needs no analysis beyond the
//! expression at hand: constants are folded, conditions become compare-and-branch, small constants become immediates,
//! results are computed where they are wanted. The rest is the native compiler's.
//!
//! The same program gives the same bytes: nothing depends on addresses or on the order of hash tables.

mod calls;
mod classes;
mod cleanup;
mod control;
mod expr;
mod fold;
mod function;
mod hierarchies;
mod intrinsics;
mod link;
mod pattern;
mod reified;

pub use link::{Emitted, emit};
