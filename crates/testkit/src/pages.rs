//! Pages of the documentation that are made from the sources: the library's, and tables of the language reference.
//!
//! [`pages`] gives each with the text that it should have; `tests/pages.rs` compares, and rewrites under
//! `SAYSO_BLESS=1` (`cargo xtask docs`). What is made depends on the sources alone.

mod library;
mod tables;

use std::path::PathBuf;

/// A page as it should be.
pub struct Page {
    /// From the repository's folder.
    pub path: PathBuf,
    /// Its whole text.
    pub text: String,
}

/// All pages that are made, wholly or in part.
///
/// # Errors
/// A table has no place on its page, or the library cannot be checked.
pub fn pages() -> Result<Vec<Page>, String> {
    let mut pages = library::pages()?;
    pages.extend(tables::pages()?);
    Ok(pages)
}

/// What the library's documentation lacks: public items without a text or without an example.
///
/// # Errors
/// The library cannot be checked.
pub fn gaps() -> Result<Vec<String>, String> {
    library::gaps()
}
