//! Puts measurements into a document, between two comments that mark their place; the rest is left alone.

use std::fs;
use std::path::Path;

use crate::failure::{Context, Failure, Result};

/// Replaces what stands between the two comments of the section `name` in the file.
pub fn write(path: &Path, name: &str, content: &str) -> Result<()> {
    let document = fs::read_to_string(path).context(|| format!("cannot read {}", path.display()))?;
    let document = replaced(&document, name, content).context(|| path.display().to_string())?;
    fs::write(path, document).context(|| format!("cannot write {}", path.display()))
}

fn replaced(document: &str, name: &str, content: &str) -> Result<String> {
    let start = format!("<!-- {name}:start -->");
    let end = format!("<!-- {name}:end -->");
    let missing = || Failure::new(format!("the lines `{start}` and `{end}` are needed, in this order"));
    let (before, rest) = document.split_once(&start).ok_or_else(missing)?;
    let (_, after) = rest.split_once(&end).ok_or_else(missing)?;
    Ok(format!("{before}{start}\n\n{}\n\n{end}{after}", content.trim()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_stands_between_the_comments_is_replaced() -> Result<()> {
        let document = "# T\n\n<!-- bench:start -->\nold\n<!-- bench:end -->\n\nmore\n";
        let expected = "# T\n\n<!-- bench:start -->\n\nnew\n\n<!-- bench:end -->\n\nmore\n";
        assert_eq!(replaced(document, "bench", "new\n")?, expected);
        assert_eq!(replaced(expected, "bench", "new\n")?, expected);
        Ok(())
    }

    #[test]
    fn a_document_without_the_comments_is_refused() {
        assert!(replaced("# T\n", "bench", "new").is_err());
        assert!(replaced("<!-- bench:end --> <!-- bench:start -->", "bench", "new").is_err());
    }
}
