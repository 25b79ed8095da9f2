//! What the host supplies: limits, a clock, streams, files, environment. Nothing here does input or output by itself.

use std::any::{Any, TypeId};
use std::collections::HashMap;
use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

/// Bounds of a VM. Each excess but that of depth ends the run; depth is an error that a program may catch.
#[derive(Clone, Debug)]
pub struct Limits {
    /// Units of work; none for no bound.
    pub fuel: Option<u64>,
    /// Bytes of objects, stacks and what natives hold.
    pub memory: usize,
    /// Activations.
    pub depth: u32,
    /// How long a run may take, by the host's clock.
    pub deadline: Option<Duration>,
}

impl Default for Limits {
    /// A billion units of fuel, 64 MiB, 200,000 activations, no deadline.
    fn default() -> Self {
        Limits { fuel: Some(1_000_000_000), memory: 64 << 20, depth: 200_000, deadline: None }
    }
}

/// Ends a run from any thread.
#[derive(Clone, Debug, Default)]
pub struct AbortHandle(Arc<AtomicBool>);

impl AbortHandle {
    /// A handle that has not been used.
    pub fn new() -> AbortHandle {
        AbortHandle::default()
    }
    /// The runs that know this handle end soon, now and later, until [`AbortHandle::reset`].
    pub fn abort(&self) {
        self.0.store(true, Ordering::Relaxed);
    }
    /// Runs may go on again.
    pub fn reset(&self) {
        self.0.store(false, Ordering::Relaxed);
    }
    /// Whether it was used.
    pub fn is_aborted(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }
}

/// Tells time.
pub trait Clock: Send {
    /// Since some moment before, never going back.
    fn monotonic(&self) -> Duration;
    /// Since the beginning of 1970.
    fn wall(&self) -> Duration;
}

/// How a file is opened.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum OpenMode {
    /// To be read.
    Read,
    /// To be written, what was there is lost.
    Write,
    /// To be written at its end.
    Append,
    /// To be written; there must be none of this name.
    Create,
}

/// An open file. Dropping it closes it.
pub trait HostFile: Send {
    /// Reads some bytes; 0 at the end.
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize>;
    /// Writes all bytes.
    fn write_all(&mut self, bytes: &[u8]) -> io::Result<()>;
    /// Hands what was written on to the system.
    fn flush(&mut self) -> io::Result<()>;
}

/// What stands at a path.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct FileInfo {
    /// Whether it is a folder.
    pub folder: bool,
    /// Its length in bytes.
    pub len: u64,
}

/// Files.
pub trait FileSystem: Send {
    /// Opens a file.
    fn open(&mut self, path: &str, mode: OpenMode) -> io::Result<Box<dyn HostFile>>;
    /// What stands at a path.
    fn info(&mut self, path: &str) -> io::Result<FileInfo>;
    /// The names in a folder, sorted.
    fn list(&mut self, path: &str) -> io::Result<Vec<String>>;
    /// Makes a folder, and those it lies in.
    fn create_dir(&mut self, path: &str) -> io::Result<()>;
    /// Removes a file or an empty folder.
    fn remove(&mut self, path: &str) -> io::Result<()>;
    /// Gives a file or folder another name.
    fn rename(&mut self, from: &str, to: &str) -> io::Result<()>;
}

/// The process's environment.
pub trait Environment: Send {
    /// A variable.
    fn get(&self, name: &str) -> Option<String>;
    /// The names of all variables, sorted.
    fn names(&self) -> Vec<String>;
}

/// A host without anything: what is written is lost, there is no clock, no file, no argument.
pub struct Host {
    /// Standard output.
    pub stdout: Box<dyn io::Write + Send>,
    /// Standard error.
    pub stderr: Box<dyn io::Write + Send>,
    /// Standard input.
    pub stdin: Box<dyn io::BufRead + Send>,
    /// The program's arguments, without its name.
    pub args: Vec<String>,
    /// The clock.
    pub clock: Option<Box<dyn Clock>>,
    /// Files.
    pub files: Option<Box<dyn FileSystem>>,
    /// The environment.
    pub environment: Option<Box<dyn Environment>>,
    /// Where random numbers begin unless a program sets it; none if there is no randomness.
    pub seed: Option<u64>,
    /// Things that the host's natives find by their type.
    pub extensions: Extensions,
}

/// At most one thing of each type.
#[derive(Default)]
pub struct Extensions(HashMap<TypeId, Box<dyn Any + Send>>);

impl Default for Host {
    fn default() -> Self {
        Host {
            stdout: Box::new(io::sink()),
            stderr: Box::new(io::sink()),
            stdin: Box::new(io::empty()),
            args: Vec::new(),
            clock: None,
            files: None,
            environment: None,
            seed: None,
            extensions: Extensions::default(),
        }
    }
}

impl Host {
    /// A host without anything.
    pub fn new() -> Host {
        Host::default()
    }
}

impl Extensions {
    /// Puts a thing in, in place of another of its type.
    pub fn insert<T: Any + Send>(&mut self, thing: T) {
        self.0.insert(TypeId::of::<T>(), Box::new(thing));
    }
    /// The thing of this type.
    pub fn get<T: Any + Send>(&mut self) -> Option<&mut T> {
        self.0.get_mut(&TypeId::of::<T>())?.downcast_mut()
    }
}

/// Bytes that may be read while a VM holds the writer: for tests and tools.
#[derive(Clone, Default, Debug)]
pub struct SharedBuffer(Arc<std::sync::Mutex<Vec<u8>>>);

impl SharedBuffer {
    /// An empty one.
    pub fn new() -> SharedBuffer {
        SharedBuffer::default()
    }
    /// What was written so far, as text.
    pub fn text(&self) -> String {
        let bytes = self.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        String::from_utf8_lossy(&bytes).into_owned()
    }
    /// Takes what was written so far.
    pub fn take(&self) -> Vec<u8> {
        std::mem::take(&mut self.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner))
    }
}

impl io::Write for SharedBuffer {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner).extend_from_slice(bytes);
        Ok(bytes.len())
    }
    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
