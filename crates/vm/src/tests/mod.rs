//! Tests on small modules made of listings, each run by both engines, with and without collecting at every allocation.

mod arrays;
mod build;
mod control;
mod errors;
mod generators;
mod limits;
mod natives;
mod numbers;
mod objects;
mod strings;
mod tables;
mod types;
