//! Writes the table of the library's modules: of each file under `src/say/` its text and the outline of this very text,
//! so that a starting program does not have to look for what the library declares.

use sayso_syntax::outline::Outline;
use std::error::Error;
use std::fmt::Write as _;
use std::path::PathBuf;
use std::{env, fs};

fn main() -> Result<(), Box<dyn Error>> {
    let folder = PathBuf::from(env::var("CARGO_MANIFEST_DIR")?).join("src/say");
    let out = PathBuf::from(env::var("OUT_DIR")?);
    println!("cargo::rerun-if-changed={}", folder.display());
    let mut files = Vec::new();
    for entry in fs::read_dir(&folder)? {
        let file = entry?.path();
        if file.extension().is_some_and(|ending| ending == "say") {
            files.push(file);
        }
    }
    files.sort();
    let mut modules = String::new();
    let mut paths = String::new();
    for file in files {
        let path = file.file_stem().and_then(|stem| stem.to_str()).ok_or("a module's name must be text")?;
        let text = fs::read_to_string(&file)?;
        // The text is embedded from a copy: what is in the program is what was outlined.
        let copy = out.join(format!("{path}.say"));
        fs::write(&copy, &text)?;
        let outline = Outline::of(&text).written();
        writeln!(modules, "    Module {{ path: {path:?}, text: include_str!({copy:?}), outline: {outline} }},")?;
        write!(paths, "{path:?}, ")?;
    }
    let table = format!("static MODULES: &[Module] = &[\n{modules}];\nconst PATHS: &[&str] = &[{paths}];\n");
    fs::write(out.join("modules.rs"), table)?;
    Ok(())
}
