//! What the fuzz targets share: small stacks, the library, runs that are compared, mutations of token sequences.
//!
//! A target fails by a panic. Everything that must hold for any input is asserted here or in the target.

#![feature(cfg_sanitize)]

pub mod image;
pub mod run;
pub mod tokens;

use sayso::stages::check::{self, Input, Library, Options, Output};
use std::cell::RefCell;
use std::sync::{OnceLock, mpsc};

/// The stack that a thread of a Rust program has unless it asks for another. Frames are several times as large with the
/// address sanitizer.
pub const STACK: usize = if cfg!(sanitize = "address") { 16 << 20 } else { 2 << 20 };

/// Work for the worker.
type Work = Box<dyn FnOnce() + Send>;

/// Runs `work` on a thread with a stack of [`STACK`] bytes, the same each time. A stack overflow ends the process before
/// libFuzzer can save `input`; so it is written to the file that `SAYSO_FUZZ_LAST` names, if that is set.
pub fn on_worker(input: &[u8], work: impl FnOnce() + Send + 'static) {
    static LAST: OnceLock<Option<std::ffi::OsString>> = OnceLock::new();
    if let Some(file) = LAST.get_or_init(|| std::env::var_os("SAYSO_FUZZ_LAST")) {
        std::fs::write(file, input).expect("the file for the last input can be written");
    }
    thread_local! {
        static WORKER: (mpsc::SyncSender<Work>, mpsc::Receiver<()>) = start_worker();
    }
    WORKER.with(|(sender, done)| {
        sender.send(Box::new(work)).expect("the worker waits for work");
        // A panic has ended the process before: libFuzzer's hook aborts.
        done.recv().expect("the worker finishes");
    });
}

fn start_worker() -> (mpsc::SyncSender<Work>, mpsc::Receiver<()>) {
    let (sender, work) = mpsc::sync_channel::<Work>(0);
    let (finished, done) = mpsc::sync_channel(0);
    let serve = move || {
        for one in work {
            one();
            if finished.send(()).is_err() {
                break;
            }
        }
    };
    std::thread::Builder::new().stack_size(STACK).spawn(serve).expect("a thread starts");
    (sender, done)
}

/// The library's modules, and none besides.
struct LibraryOnly;

impl check::Loader for LibraryOnly {
    fn load(&self, path: &str) -> check::Loaded {
        self.load_library(path)
    }

    fn load_library(&self, path: &str) -> check::Loaded {
        match sayso::stages::stdlib::source(path) {
            Some(text) => {
                check::Loaded::Source { name: format!("<library>/{path}.say"), text: text.into(), library: true }
            }
            None => check::Loaded::Missing,
        }
    }

    fn known(&self) -> Vec<String> {
        sayso::stages::stdlib::modules().iter().map(|path| (*path).to_owned()).collect()
    }
}

/// Checks a program, on a library that is read once.
pub fn check(text: &str) -> Output {
    thread_local! {
        static LIBRARY: RefCell<Option<Library>> = const { RefCell::new(None) };
    }
    LIBRARY.with_borrow_mut(|library| {
        let library = library.get_or_insert_with(|| Library::new(&LibraryOnly, Options::default()));
        let input = Input {
            name: "input.say".to_owned(),
            text: text.into(),
            loader: &LibraryOnly,
            options: Options::default(),
        };
        library.check(input)
    })
}
