//! Runs a case on a small stack and says what became of it.

use sayso::{Engine, ErrorKind, Limits, SharedBuffer, Style};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

/// The stack of a thread that does not ask for another.
pub const STACK: usize = 2 << 20;
/// How long a case may take in a debug build on a busy machine.
pub const SOON: Duration = Duration::from_secs(30);

/// What became of a program.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum End {
    /// It was refused, with these messages.
    Refused(Vec<String>),
    /// It ran; this is what it printed.
    Done(String),
    /// It ended by an error: class, message, what it printed before.
    Failed(String, String, String),
    /// It met a limit: the class, what it printed before.
    Limited(String, String),
}

impl End {
    /// Whether it was refused with a message that has this part; few messages, each of some length at most.
    #[track_caller]
    pub fn refused(&self, part: &str) {
        let End::Refused(messages) = self else { panic!("expected to be refused ({part}), but it was {self:.300?}") };
        assert!(messages.iter().any(|message| message.contains(part)), "expected `{part}` in {messages:.600?}");
        assert!(messages.len() <= 2_100, "{} messages", messages.len());
        assert!(messages.iter().all(|message| message.len() < 20_000), "a message of great length");
    }
    /// Whether it ran and printed this.
    #[track_caller]
    pub fn printed(&self, text: &str) {
        let End::Done(output) = self else { panic!("expected the output {text:.100?}, but it was {self:.300?}") };
        assert_eq!(output.trim_end(), text);
    }
    /// Whether it ended by this error.
    #[track_caller]
    pub fn failed(&self, class: &str, part: &str) {
        let End::Failed(found, message, _) = self else { panic!("expected {class}, but it was {self:.300?}") };
        assert_eq!(found, class, "{message:.300}");
        assert!(message.contains(part), "expected `{part}` in {message:.300?}");
    }
    /// Whether it met this limit.
    #[track_caller]
    pub fn limited(&self, class: &str) {
        let End::Limited(found, _) = self else { panic!("expected the limit {class}, but it was {self:.300?}") };
        assert!(found.contains(class), "expected {class}, found {found}");
    }
    /// Whether it ended in any orderly way: what matters is that it did.
    #[track_caller]
    pub fn any(&self) {}
}

/// Limits in which what is meant to work works.
pub fn limits() -> Limits {
    Limits { fuel: Some(200_000_000), memory: 256 << 20, ..Limits::default() }
}

/// Runs `work` on a thread with a stack of [`STACK`] bytes; fails if it takes long, or much memory. One at a time, so
/// that both can be measured.
#[track_caller]
pub fn soon<R: Send>(name: &str, work: impl FnOnce() -> R + Send) -> R {
    static ONE: Mutex<()> = Mutex::new(());
    let _one = ONE.lock().unwrap_or_else(PoisonError::into_inner);
    let start = Instant::now();
    let result = std::thread::scope(|scope| {
        let thread = std::thread::Builder::new().stack_size(STACK).spawn_scoped(scope, work).expect("a thread starts");
        thread.join()
    });
    let took = start.elapsed();
    println!("{name:.60}: {took:.1?}, {} MiB", most_memory() >> 20);
    assert!(took < SOON, "{name:.60} took {took:?}");
    assert!(most_memory() < 4 << 30, "{name:.60}: {} MiB", most_memory() >> 20);
    result.unwrap_or_else(|_| panic!("{name:.60} panicked"))
}

/// The most memory that this process ever had, where the system tells.
fn most_memory() -> usize {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let kibibytes = line.and_then(|line| line.trim().trim_end_matches("kB").trim().parse::<usize>().ok());
    kibibytes.unwrap_or(0) << 10
}

/// Compiles and runs a program within limits.
#[track_caller]
pub fn run_within(name: &str, text: String, limits: Limits) -> End {
    soon(name, move || {
        let engine = Engine::builder().limits(limits).build();
        run_by(&engine, text)
    })
}

/// Compiles and runs a program.
pub fn run_by(engine: &Engine, text: String) -> End {
    let program = match engine.compile("hostile.say", text) {
        Ok(program) => program,
        Err(error) => {
            assert!(error.stage != sayso::Stage::Verify, "{error}");
            assert!(!error.render(Style::Plain).is_empty(), "messages can be shown");
            return End::Refused(error.diagnostics.iter().map(|one| one.message.clone()).collect());
        }
    };
    let output = SharedBuffer::new();
    let mut host = sayso::Host::new();
    host.stdout = Box::new(output.clone());
    let mut machine = match program.instantiate_with(host) {
        Ok(machine) => machine,
        Err(error) => return End::Limited(error.to_string(), String::new()),
    };
    match machine.run_main(&[]) {
        Ok(_) => End::Done(output.text()),
        Err(error) => {
            assert!(!sayso::render_error(&error, program.sources(), Style::Plain).is_empty());
            match error.kind {
                ErrorKind::Limit(_) => End::Limited(error.class.clone(), output.text()),
                _ => End::Failed(error.class.clone(), error.message.clone(), output.text()),
            }
        }
    }
}

/// Compiles and runs a program in generous limits.
#[track_caller]
pub fn run(name: &str, text: String) -> End {
    run_within(name, text, limits())
}
