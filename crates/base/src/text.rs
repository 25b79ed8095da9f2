//! Text that many share: that of source files.
//!
//! The library's text is part of the executable, and every process reads some of it: it is used where it lies. All other
//! text is counted.

use std::fmt;
use std::ops::Deref;
use std::sync::Arc;

/// Text that does not change; cheap to clone.
#[derive(Clone)]
pub struct Text(Kept);

#[derive(Clone)]
enum Kept {
    Fixed(&'static str),
    Shared(Arc<str>),
}

impl Text {
    /// Text of the executable, which is not copied.
    pub const fn fixed(text: &'static str) -> Text {
        Text(Kept::Fixed(text))
    }
}

impl Deref for Text {
    type Target = str;

    fn deref(&self) -> &str {
        match &self.0 {
            Kept::Fixed(text) => text,
            Kept::Shared(text) => text,
        }
    }
}

impl Default for Text {
    fn default() -> Text {
        Text::fixed("")
    }
}

impl From<Arc<str>> for Text {
    fn from(text: Arc<str>) -> Text {
        Text(Kept::Shared(text))
    }
}

impl From<&str> for Text {
    fn from(text: &str) -> Text {
        Text(Kept::Shared(Arc::from(text)))
    }
}

impl From<String> for Text {
    fn from(text: String) -> Text {
        Text(Kept::Shared(Arc::from(text)))
    }
}

impl PartialEq for Text {
    fn eq(&self, other: &Text) -> bool {
        **self == **other
    }
}

impl Eq for Text {}

impl fmt::Debug for Text {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        (**self).fmt(f)
    }
}
