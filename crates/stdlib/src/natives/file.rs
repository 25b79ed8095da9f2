//! What a `File` of the language holds.

use super::table_of::*;
use sayso_vm::HostObject;
use sayso_vm::{HostFile, OpenMode};
use std::any::Any;
use std::io;

/// Bytes read at once.
const CHUNK: usize = 16 << 10;

/// A file that is open, closed, or could not be opened.
pub(super) struct OpenFile {
    path: String,
    state: State,
}

enum State {
    Open {
        file: Box<dyn HostFile>,
        /// Read from the file and not handed on yet, from `at` on.
        buffer: Vec<u8>,
        at: usize,
    },
    Failed(String),
    Closed,
}

impl HostObject for OpenFile {
    fn finalize(&mut self) -> Option<String> {
        match &mut self.state {
            State::Open { file, .. } => {
                // Nobody is left to hear of a failure.
                let _ = file.flush();
                Some(format!("the file `{}` was never closed", self.path))
            }
            State::Failed(_) | State::Closed => None,
        }
    }
    fn name(&self) -> &str {
        "file"
    }
    fn size(&self) -> usize {
        128 + self.path.len() + CHUNK
    }
    fn as_any(&mut self) -> &mut dyn Any {
        self
    }
}

/// Why something could not be done with a path.
pub(super) fn problem(what: &str, path: &str, error: &io::Error) -> String {
    format!("cannot {what} `{path}`: {}", reason(error))
}

fn reason(error: &io::Error) -> String {
    match error.kind() {
        io::ErrorKind::NotFound => "there is no such file or folder".into(),
        io::ErrorKind::PermissionDenied => "permission denied".into(),
        io::ErrorKind::AlreadyExists => "it exists already".into(),
        io::ErrorKind::IsADirectory => "it is a folder".into(),
        io::ErrorKind::NotADirectory => "a part of the path is no folder".into(),
        io::ErrorKind::DirectoryNotEmpty => "the folder is not empty".into(),
        io::ErrorKind::StorageFull => "no space is left".into(),
        io::ErrorKind::BrokenPipe => "nobody reads it any more".into(),
        io::ErrorKind::Unsupported => "the host does not allow it".into(),
        _ => error.to_string(),
    }
}

/// What all operations on files give where the host has none.
pub(super) fn no_files() -> io::Error {
    io::Error::from(io::ErrorKind::Unsupported)
}

impl OpenFile {
    /// Opens a file; a failure is kept for the first use.
    pub(super) fn open(c: &mut NativeContext<'_>, path: &str, mode: OpenMode) -> OpenFile {
        let opened = match c.host().files.as_mut() {
            Some(files) => files.open(path, mode),
            None => Err(no_files()),
        };
        let state = match opened {
            Ok(file) => State::Open { file, buffer: Vec::new(), at: 0 },
            Err(error) => State::Failed(problem("open", path, &error)),
        };
        OpenFile { path: path.to_string(), state }
    }

    /// Why it cannot be used, if it cannot.
    pub(super) fn problem(&self) -> Option<String> {
        match &self.state {
            State::Open { .. } => None,
            State::Failed(problem) => Some(problem.clone()),
            State::Closed => Some(format!("the file `{}` is closed", self.path)),
        }
    }

    /// The next bytes, at least one, at most `most`; none at the end.
    pub(super) fn read(&mut self, most: usize) -> Result<&[u8], String> {
        self.fill()?;
        let State::Open { buffer, at, .. } = &mut self.state else { return Ok(&[]) };
        let start = *at;
        *at = start + most.min(buffer.len() - start);
        Ok(buffer.get(start..*at).unwrap_or(&[]))
    }

    /// The next bytes of a line, with its end if that was reached (`true`).
    pub(super) fn read_line_part(&mut self) -> Result<(&[u8], bool), String> {
        self.fill()?;
        let State::Open { buffer, at, .. } = &mut self.state else { return Ok((&[], true)) };
        let start = *at;
        let rest = buffer.get(start..).unwrap_or(&[]);
        let (len, ended) = match rest.iter().position(|b| *b == b'\n') {
            Some(end) => (end + 1, true),
            None => (rest.len(), rest.is_empty()),
        };
        *at = start + len;
        Ok((buffer.get(start..*at).unwrap_or(&[]), ended))
    }

    fn fill(&mut self) -> Result<(), String> {
        if let Some(problem) = self.problem() {
            return Err(problem);
        }
        let State::Open { file, buffer, at } = &mut self.state else { return Ok(()) };
        if *at < buffer.len() {
            return Ok(());
        }
        buffer.resize(CHUNK, 0);
        *at = 0;
        let read = loop {
            match file.read(buffer) {
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                other => break other,
            }
        };
        match read {
            Ok(len) => {
                buffer.truncate(len);
                Ok(())
            }
            Err(error) => {
                buffer.clear();
                Err(problem("read", &self.path, &error))
            }
        }
    }

    /// Writes all bytes.
    pub(super) fn write(&mut self, bytes: &[u8]) -> Result<(), String> {
        self.with("write to", |file| file.write_all(bytes))
    }

    /// Hands on what was written.
    pub(super) fn flush(&mut self) -> Result<(), String> {
        self.with("write to", |file| file.flush())
    }

    fn with(&mut self, what: &str, action: impl FnOnce(&mut dyn HostFile) -> io::Result<()>) -> Result<(), String> {
        if let Some(problem) = self.problem() {
            return Err(problem);
        }
        let State::Open { file, .. } = &mut self.state else { return Ok(()) };
        action(file.as_mut()).map_err(|error| problem(what, &self.path, &error))
    }

    /// Closes it. One that could not be opened stays so.
    pub(super) fn close(&mut self) {
        if let State::Open { file, .. } = &mut self.state {
            // What could not be written is known to those who flush before.
            let _ = file.flush();
            self.state = State::Closed;
        }
    }
}

/// Does something with the file in an object of the language.
pub(super) fn with_file<T>(
    c: &mut NativeContext<'_>,
    object: Handle,
    action: impl FnOnce(&mut OpenFile) -> T,
) -> Result<T, Thrown> {
    if let Some(file) = c.host_data::<OpenFile>(object) {
        return Ok(action(file));
    }
    Err(c.fault(FaultKind::Cast, "no file"))
}
