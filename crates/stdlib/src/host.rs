//! The real host: the process's streams, files, environment and clock. Only what is given such a host reaches them.

use sayso_vm::{Clock, Environment, FileInfo, FileSystem, Host, HostFile, OpenMode};
use std::fs;
use std::io::{self, BufReader, BufWriter, IsTerminal, LineWriter, Read, Write};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

/// Bytes of output held back where nobody watches.
const OUTPUT_BUFFER: usize = 64 << 10;

/// A host with all that the process has. `args` are the program's arguments, without its name.
pub fn real_host(args: Vec<String>) -> Host {
    let mut host = Host::new();
    host.stdout = if io::stdout().is_terminal() {
        Box::new(LineWriter::new(io::stdout()))
    } else {
        Box::new(BufWriter::with_capacity(OUTPUT_BUFFER, io::stdout()))
    };
    host.stderr = Box::new(io::stderr());
    host.stdin = Box::new(BufReader::new(io::stdin()));
    host.args = args;
    // `wasm32-unknown-unknown` has no clock: asking for the time would panic.
    if cfg!(not(all(target_family = "wasm", target_os = "unknown"))) {
        host.clock = Some(Box::new(RealClock { start: Instant::now() }));
    }
    host.files = Some(Box::new(RealFiles));
    host.environment = Some(Box::new(RealEnvironment));
    host.seed = Some(seed());
    host
}

/// A number that differs from run to run.
fn seed() -> u64 {
    use std::hash::{BuildHasher, Hasher, RandomState};
    RandomState::new().build_hasher().finish()
}

struct RealClock {
    start: Instant,
}

impl Clock for RealClock {
    fn monotonic(&self) -> Duration {
        self.start.elapsed()
    }
    fn wall(&self) -> Duration {
        SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default()
    }
}

struct RealFile {
    file: fs::File,
    /// Written and not handed on yet.
    waiting: Vec<u8>,
}

impl HostFile for RealFile {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        self.file.read(into)
    }
    fn write_all(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.waiting.extend_from_slice(bytes);
        if self.waiting.len() >= OUTPUT_BUFFER { self.flush() } else { Ok(()) }
    }
    fn flush(&mut self) -> io::Result<()> {
        let waiting = std::mem::take(&mut self.waiting);
        self.file.write_all(&waiting)
    }
}

impl Drop for RealFile {
    fn drop(&mut self) {
        // Whoever wants to know of a failure flushes before.
        let _ = self.flush();
    }
}

struct RealFiles;

impl FileSystem for RealFiles {
    fn open(&mut self, path: &str, mode: OpenMode) -> io::Result<Box<dyn HostFile>> {
        let mut options = fs::OpenOptions::new();
        match mode {
            OpenMode::Read => options.read(true),
            OpenMode::Write => options.write(true).create(true).truncate(true),
            OpenMode::Append => options.append(true).create(true),
            OpenMode::Create => options.write(true).create_new(true),
        };
        let file = options.open(path)?;
        if mode == OpenMode::Read && file.metadata()?.is_dir() {
            return Err(io::ErrorKind::IsADirectory.into());
        }
        Ok(Box::new(RealFile { file, waiting: Vec::new() }))
    }
    fn info(&mut self, path: &str) -> io::Result<FileInfo> {
        let metadata = fs::metadata(path)?;
        Ok(FileInfo { folder: metadata.is_dir(), len: metadata.len() })
    }
    fn list(&mut self, path: &str) -> io::Result<Vec<String>> {
        let mut names = Vec::new();
        for entry in fs::read_dir(path)? {
            names.push(entry?.file_name().to_string_lossy().into_owned());
        }
        names.sort();
        Ok(names)
    }
    fn create_dir(&mut self, path: &str) -> io::Result<()> {
        fs::create_dir_all(path)
    }
    fn remove(&mut self, path: &str) -> io::Result<()> {
        if fs::symlink_metadata(path)?.is_dir() { fs::remove_dir(path) } else { fs::remove_file(path) }
    }
    fn rename(&mut self, from: &str, to: &str) -> io::Result<()> {
        fs::rename(from, to)
    }
}

struct RealEnvironment;

impl Environment for RealEnvironment {
    fn get(&self, name: &str) -> Option<String> {
        if name.is_empty() || name.contains(['=', '\0']) { None } else { std::env::var(name).ok() }
    }
    fn names(&self) -> Vec<String> {
        let mut names: Vec<String> = std::env::vars_os()
            .filter_map(|(name, value)| value.to_str().and(name.to_str().map(str::to_owned)))
            .collect();
        names.sort();
        names
    }
}
