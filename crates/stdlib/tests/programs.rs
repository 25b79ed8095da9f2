//! Runs the `test` items of the programs beside this file, on a host whose files are in memory.

use sayso::Engine;
use sayso::stages::{base, vm};
use std::collections::BTreeMap;
use std::io;
use std::path::Path;
use std::sync::{Arc, Mutex};

type Files = Arc<Mutex<BTreeMap<String, Option<Vec<u8>>>>>;

/// Files and folders (`None`) by path.
struct Memory(Files);

struct MemoryFile {
    files: Files,
    path: String,
    at: usize,
}

fn missing<T>() -> io::Result<T> {
    Err(io::ErrorKind::NotFound.into())
}

impl vm::HostFile for MemoryFile {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let files = self.files.lock().unwrap();
        let Some(Some(bytes)) = files.get(&self.path) else { return missing() };
        let rest = &bytes[self.at.min(bytes.len())..];
        let len = rest.len().min(into.len());
        into[..len].copy_from_slice(&rest[..len]);
        self.at += len;
        Ok(len)
    }
    fn write_all(&mut self, bytes: &[u8]) -> io::Result<()> {
        match self.files.lock().unwrap().get_mut(&self.path) {
            Some(Some(own)) => own.extend_from_slice(bytes),
            _ => return missing(),
        }
        Ok(())
    }
    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl vm::FileSystem for Memory {
    fn open(&mut self, path: &str, mode: vm::OpenMode) -> io::Result<Box<dyn vm::HostFile>> {
        let mut files = self.0.lock().unwrap();
        match mode {
            vm::OpenMode::Read if !matches!(files.get(path), Some(Some(_))) => return missing(),
            vm::OpenMode::Read => {}
            vm::OpenMode::Append => {
                files.entry(path.into()).or_insert_with(|| Some(Vec::new()));
            }
            vm::OpenMode::Write | vm::OpenMode::Create => {
                files.insert(path.into(), Some(Vec::new()));
            }
        }
        Ok(Box::new(MemoryFile { files: self.0.clone(), path: path.into(), at: 0 }))
    }
    fn info(&mut self, path: &str) -> io::Result<vm::FileInfo> {
        match self.0.lock().unwrap().get(path) {
            Some(file) => Ok(vm::FileInfo { folder: file.is_none(), len: file.as_ref().map_or(0, |b| b.len() as u64) }),
            None => missing(),
        }
    }
    fn list(&mut self, path: &str) -> io::Result<Vec<String>> {
        let files = self.0.lock().unwrap();
        if !matches!(files.get(path), Some(None)) {
            return missing();
        }
        let inside = format!("{path}/");
        Ok(files
            .keys()
            .filter_map(|own| own.strip_prefix(&inside))
            .filter(|name| !name.contains('/'))
            .map(str::to_owned)
            .collect())
    }
    fn create_dir(&mut self, path: &str) -> io::Result<()> {
        let mut files = self.0.lock().unwrap();
        for (at, _) in path.match_indices('/') {
            files.insert(path[..at].into(), None);
        }
        files.insert(path.into(), None);
        Ok(())
    }
    fn remove(&mut self, path: &str) -> io::Result<()> {
        self.0.lock().unwrap().remove(path).map_or_else(missing, |_| Ok(()))
    }
    fn rename(&mut self, from: &str, to: &str) -> io::Result<()> {
        let mut files = self.0.lock().unwrap();
        match files.remove(from) {
            Some(file) => {
                files.insert(to.into(), file);
                Ok(())
            }
            None => missing(),
        }
    }
}

struct Variables;

impl vm::Environment for Variables {
    fn get(&self, name: &str) -> Option<String> {
        (name == "NAME").then(|| "value".into())
    }
    fn names(&self) -> Vec<String> {
        vec!["NAME".into()]
    }
}

fn host(out: &vm::SharedBuffer, err: &vm::SharedBuffer) -> vm::Host {
    let mut host = vm::Host::new();
    host.stdout = Box::new(out.clone());
    host.stderr = Box::new(err.clone());
    host.stdin = Box::new(io::Cursor::new("first\nsecond\r\nthird\n"));
    host.args = vec!["one".into(), "two".into()];
    host.files = Some(Box::new(Memory(Files::default())));
    host.environment = Some(Box::new(Variables));
    host
}

/// What went wrong in the tests of a program.
fn run(path: &Path, stress: bool) -> Vec<String> {
    let text = std::fs::read_to_string(path).unwrap();
    let limits = vm::Limits { fuel: None, ..vm::Limits::default() };
    let engine = Engine::builder().limits(limits).tests(true).build();
    let name = path.file_name().unwrap().to_string_lossy().into_owned();
    // A program of a module's own name would hide it.
    let program = match engine.compile(&format!("tests_of_{name}"), text) {
        Ok(program) => program,
        Err(error) => return vec![error.render(base::Style::Plain)],
    };
    let (out, err) = (vm::SharedBuffer::new(), vm::SharedBuffer::new());
    let mut machine = program.instantiate_with(host(&out, &err)).unwrap();
    machine.set_stress(stress);
    let mut failed = Vec::new();
    if let Err(error) = machine.run_init() {
        failed.push(format!("{name}: {error}"));
    }
    for test in &program.module().tests {
        if let Err(error) = machine.call(test.function, &[]) {
            let line = error.trace.iter().rev().find_map(|frame| frame.span);
            let line = line.and_then(|span| Some(program.sources().get(span.file)?.line_column(span.start).line));
            failed.push(format!("{name}:{}: {:?}: {error}", line.unwrap_or(0), test.name));
        }
    }
    if name == "files.say" {
        assert_eq!((out.text().as_str(), err.text().as_str()), ("out!\n", "err"));
    }
    failed
}

fn all(stress: bool) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/programs");
    let mut paths: Vec<_> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    assert!(paths.len() >= 10);
    let failed: Vec<String> = paths.iter().flat_map(|path| run(path, stress)).collect();
    assert!(failed.is_empty(), "{} tests fail:\n{}", failed.len(), failed.join("\n"));
}

#[test]
fn programs_hold() {
    all(false);
}

#[test]
fn programs_hold_when_every_allocation_collects() {
    all(true);
}
