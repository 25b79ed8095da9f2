//! The library: modules written in Sayso, and the natives behind them.
//!
//! A module is one file under `say/`, embedded here. What Sayso cannot do, or not fast enough, is a native: a Rust
//! function under a key (`math.sin`), named by `@native("math.sin")` on a function without body whose signature and
//! effects are written in Sayso. Natives never call back into a program: whatever takes a function is written in Sayso.

mod host;
mod natives;
mod plain;
mod sources;

pub use host::real_host;
pub use natives::natives;
pub use sources::{modules, outline, source};

#[cfg(test)]
mod tests;
