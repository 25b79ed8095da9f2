//! What a program on the command line may use: the process's own streams, files, environment and clock.

use sayso::stages::vm::{Clock, Environment, FileInfo, FileSystem, Host, HostFile, OpenMode};
use std::fs::File;
use std::io::{self, BufReader, BufWriter, IsTerminal, Read, Write};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

/// The host of `sayso run`. Output to a terminal appears line by line, other output in blocks.
pub fn host(args: Vec<String>) -> Host {
    let stdout: Box<dyn Write + Send> = if io::stdout().is_terminal() {
        Box::new(io::stdout())
    } else {
        Box::new(BufWriter::with_capacity(1 << 16, io::stdout()))
    };
    let mut host = Host::new();
    host.stdout = stdout;
    host.stderr = Box::new(io::stderr());
    host.stdin = Box::new(BufReader::new(io::stdin()));
    host.args = args;
    host.clock = Some(Box::new(RealClock { start: Instant::now() }));
    host.files = Some(Box::new(RealFiles));
    host.environment = Some(Box::new(RealEnvironment));
    host.seed = Some(seed());
    host
}

/// Different in each run.
fn seed() -> u64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    since.as_nanos() as u64 ^ (u64::from(std::process::id()) << 32)
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

struct RealEnvironment;

impl Environment for RealEnvironment {
    fn get(&self, name: &str) -> Option<String> {
        // A name that the system could not hold has no value.
        let sound = !name.is_empty() && !name.contains(['=', '\0']);
        sound.then(|| std::env::var_os(name)).flatten().map(|value| value.to_string_lossy().into_owned())
    }
    fn names(&self) -> Vec<String> {
        let mut names: Vec<String> = std::env::vars_os().map(|(name, _)| name.to_string_lossy().into_owned()).collect();
        names.sort();
        names
    }
}

struct RealFiles;

impl FileSystem for RealFiles {
    fn open(&mut self, path: &str, mode: OpenMode) -> io::Result<Box<dyn HostFile>> {
        let file = match mode {
            OpenMode::Read => {
                let file = File::open(path)?;
                if file.metadata()?.is_dir() {
                    return Err(io::Error::other("it is a folder"));
                }
                return Ok(Box::new(Reader(BufReader::new(file))));
            }
            OpenMode::Write => File::create(path)?,
            OpenMode::Append => File::options().append(true).create(true).open(path)?,
            OpenMode::Create => File::create_new(path)?,
        };
        Ok(Box::new(Writer(BufWriter::new(file))))
    }
    fn info(&mut self, path: &str) -> io::Result<FileInfo> {
        let data = std::fs::metadata(path)?;
        Ok(FileInfo { folder: data.is_dir(), len: data.len() })
    }
    fn list(&mut self, path: &str) -> io::Result<Vec<String>> {
        let mut names = Vec::new();
        for entry in std::fs::read_dir(path)? {
            names.push(entry?.file_name().to_string_lossy().into_owned());
        }
        names.sort();
        Ok(names)
    }
    fn create_dir(&mut self, path: &str) -> io::Result<()> {
        std::fs::create_dir_all(path)
    }
    fn remove(&mut self, path: &str) -> io::Result<()> {
        if std::fs::symlink_metadata(path)?.is_dir() { std::fs::remove_dir(path) } else { std::fs::remove_file(path) }
    }
    fn rename(&mut self, from: &str, to: &str) -> io::Result<()> {
        std::fs::rename(from, to)
    }
}

struct Reader(BufReader<File>);

impl HostFile for Reader {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        self.0.read(into)
    }
    fn write_all(&mut self, _bytes: &[u8]) -> io::Result<()> {
        Err(io::Error::other("the file was opened to be read"))
    }
    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

struct Writer(BufWriter<File>);

impl HostFile for Writer {
    fn read(&mut self, _into: &mut [u8]) -> io::Result<usize> {
        Err(io::Error::other("the file was opened to be written"))
    }
    fn write_all(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.0.write_all(bytes)
    }
    fn flush(&mut self) -> io::Result<()> {
        self.0.flush()
    }
}
