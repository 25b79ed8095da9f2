//! The embedded modules.

macro_rules! modules {
    ($($name:literal),* $(,)?) => {
        /// The modules' paths and texts, by path.
        const MODULES: &[(&str, &str)] = &[$(($name, include_str!(concat!("say/", $name, ".say")))),*];
        /// The paths alone.
        const PATHS: &[&str] = &[$($name),*];
    };
}

modules! {
    "array", "core", "env", "fmt", "fs", "io", "iter", "json", "math", "option", "prelude", "reflect", "result", "str",
    "table", "test",
}

/// The text of the library's module at a path.
pub fn source(path: &str) -> Option<&'static str> {
    MODULES.iter().find(|(name, _)| *name == path).map(|(_, text)| *text)
}

/// The paths of the library's modules, sorted.
pub fn modules() -> &'static [&'static str] {
    PATHS
}
