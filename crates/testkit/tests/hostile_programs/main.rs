//! Hostile programs, end to end: each ends soon, in a clear error or a result, in little memory, on the stack that a
//! thread has by default. Nothing here may panic, hang or overflow a stack.

mod harness;
mod length;
mod limits;
mod modules;
mod nesting;
mod types;
mod values;
