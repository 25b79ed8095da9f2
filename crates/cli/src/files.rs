//! Programs and modules in the file system.

use sayso::{Loaded, ModuleLoader};
use std::io::Read;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// The greatest source that is read.
const LARGEST: u64 = 64 << 20;

/// A file's bytes; `-` is standard input.
pub fn read(path: &Path) -> Result<Vec<u8>, String> {
    let shown = path.display();
    let mut bytes = Vec::new();
    let read = if path == Path::new("-") {
        std::io::stdin().lock().take(LARGEST + 1).read_to_end(&mut bytes)
    } else {
        std::fs::File::open(path).and_then(|file| {
            // With room for all of it a file is read in a few steps instead of many.
            let length = file.metadata().map_or(0, |data| data.len()).min(LARGEST);
            bytes.reserve(length as usize + 1);
            file.take(LARGEST + 1).read_to_end(&mut bytes)
        })
    };
    match read {
        Err(error) => Err(format!("`{shown}` cannot be read: {error}")),
        Ok(_) if bytes.len() as u64 > LARGEST => Err(format!("`{shown}` is larger than {} MiB", LARGEST >> 20)),
        Ok(_) => Ok(bytes),
    }
}

/// Whether a file is a compiled program, by its name.
pub fn compiled(path: &Path) -> bool {
    path.extension().is_some_and(|ending| ending == "sayb")
}

/// Bytes as source text.
pub fn text(path: &Path, bytes: Vec<u8>) -> Result<String, String> {
    String::from_utf8(bytes).map_err(|error| {
        let valid = error.utf8_error().valid_up_to();
        let line = 1 + error.as_bytes().iter().take(valid).filter(|byte| **byte == b'\n').count();
        format!("`{}` is not UTF-8 text: line {line} (byte {valid}) holds bytes that are no character", path.display())
    })
}

/// What messages call a file.
pub fn shown(path: &Path) -> String {
    if path == Path::new("-") { "<stdin>".into() } else { path.display().to_string() }
}

/// Modules below the folder of the main program.
pub struct Folder {
    root: PathBuf,
}

impl Folder {
    /// The folder of this program; the current one for standard input.
    pub fn of(program: &Path) -> Folder {
        let parent = program.parent().filter(|parent| !parent.as_os_str().is_empty());
        let root = if program == Path::new("-") { None } else { parent };
        Folder { root: root.map_or_else(|| PathBuf::from("."), PathBuf::from) }
    }
}

impl ModuleLoader for Folder {
    fn load(&self, path: &str) -> Loaded {
        let relative: PathBuf = path.split('.').collect();
        let plain = self.root.join(&relative).with_extension("say");
        let nested = self.root.join(&relative).join("mod.say");
        for file in [plain, nested] {
            if !file.is_file() {
                continue;
            }
            let name = file.strip_prefix("./").unwrap_or(&file).display().to_string();
            return match read(&file).and_then(|bytes| text(&file, bytes)) {
                Ok(text) => Loaded::Source { name, text: Arc::from(text) },
                Err(reason) => Loaded::Failed(reason),
            };
        }
        Loaded::Missing
    }
}
