//! Values, objects, allocation and collection.
//!
//! One [`Heap`] belongs to one VM; nothing here is shared or static. Objects never move. The heap never collects by
//! itself: allocation answers [`OutOfMemory`] when its limit is met, and whoever knows the roots calls
//! [`Heap::collect`] and tries again. So within this crate no reference ever goes stale.
//!
//! What callers owe (the `SAFETY` comments name these by number):
//! 1. A [`Ref`] or an address inside a [`Value`] came from this heap, and has been reachable from the roots given to
//!    every [`Heap::collect`] since.
//! 2. A reference stored into an object that existed before goes through [`Heap::barrier`].
//! 3. An object's kind was checked before a function for that kind is called on it.
//! 4. A slice into an object's data is not held while that object is changed, or across a collection that may free it.
//!
//! Unsafe code is needed because objects are raw memory whose layout the interpreter and native code share.
#![allow(unsafe_code)]

pub mod array;
mod block;
mod collect;
pub mod hash;
#[allow(clippy::module_inception)]
mod heap;
pub mod object;
mod rewrite;
pub mod string;
pub mod table;
pub mod value;
mod verify;

pub use block::{BLOCK_SIZE, CLASS_COUNT, MAX_CELL, class_bytes, size_class};
pub use collect::{Marker, Statistics};
pub use heap::{Bump, GeneratorState, Heap, HostObject, OutOfMemory};
pub use object::{Kind, Ref};
pub use rewrite::Renumber;
pub use value::Value;

#[cfg(test)]
mod tests;
