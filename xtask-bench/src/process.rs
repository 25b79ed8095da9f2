//! Runs one process to its end and says what it printed and what it cost.
//!
//! Processor time and peak memory come from the kernel's accounting at the wait, so they cover all threads of the
//! process and lose nothing to polling. On Linux the peak also covers the short time before the new program replaces
//! the copy of this one, so nothing below this harness's own few MiB can be seen.

use std::io::{ErrorKind, Read};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc;
use std::thread;
use std::time::{Duration, Instant};

use wait4::Wait4;

use crate::failure::{Context, Failure, Result};

/// What one run of a process printed and cost.
#[derive(Debug)]
pub struct Run {
    /// How it ended.
    pub status: ExitStatus,
    /// What it wrote to standard output.
    pub output: String,
    /// What it wrote to standard error.
    pub errors: String,
    /// From before the process was made to after it had ended.
    pub wall: Duration,
    /// Processor time of all its threads, in user mode and in the kernel.
    pub cpu: Duration,
    /// From before the process was made to its first byte of output, if it wrote any.
    pub first_output: Option<Duration>,
    /// Its largest resident set, in bytes.
    pub peak_memory: u64,
}

/// Enough for a message with its excerpt, not so much that it hides what comes before it.
const SHOWN_ERROR_LINES: usize = 20;

impl Run {
    /// The run, or a failure that shows the end of what it wrote to standard error.
    pub fn succeeded(self) -> Result<Run> {
        if self.status.success() {
            return Ok(self);
        }
        let lines: Vec<&str> = self.errors.lines().collect();
        let last = lines[lines.len().saturating_sub(SHOWN_ERROR_LINES)..].iter();
        let shown: String = last.map(|line| format!("\n    {line}")).collect();
        Err(Failure::new(format!("{}{shown}", self.status)))
    }
}

/// Runs `command` to its end, or kills it after `timeout`.
pub fn run(command: &mut Command, timeout: Duration) -> Result<Run> {
    let name = command.get_program().to_string_lossy().into_owned();
    let started = Instant::now();
    let mut child = command
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .context(|| format!("cannot start `{name}`"))?;
    let outcome = collect(&mut child, started, timeout);
    if outcome.is_err() {
        // It may have ended by itself meanwhile; then there is nothing left to kill.
        let _ = child.kill();
    }
    let used = child.wait4().context(|| format!("cannot wait for `{name}`"))?;
    let wall = started.elapsed();
    let (output, errors) = outcome.context(|| format!("`{name}`"))?;
    Ok(Run {
        status: used.status,
        output: text(output.bytes, &name)?,
        errors: String::from_utf8_lossy(&errors.bytes).into_owned(),
        wall,
        cpu: used.rusage.utime + used.rusage.stime,
        first_output: output.first_byte,
        peak_memory: used.rusage.maxrss,
    })
}

/// All that came through one pipe.
struct Stream {
    bytes: Vec<u8>,
    first_byte: Option<Duration>,
}

/// Reads both pipes to their ends, each on a thread of its own, as a full pipe would stop the process.
fn collect(child: &mut Child, started: Instant, timeout: Duration) -> Result<(Stream, Stream)> {
    let output = reader(child.stdout.take(), started);
    let errors = reader(child.stderr.take(), started);
    let too_slow = |_| Failure::new(format!("still running after {} s", timeout.as_secs()));
    let output = output.recv_timeout(timeout).map_err(too_slow)??;
    let errors = errors.recv_timeout(timeout).map_err(too_slow)??;
    Ok((output, errors))
}

fn reader(pipe: Option<impl Read + Send + 'static>, started: Instant) -> mpsc::Receiver<Result<Stream>> {
    let (sender, receiver) = mpsc::channel();
    thread::spawn(move || {
        let stream = read_all(pipe, started);
        // The receiver is gone only after a timeout, when nobody wants the answer any more.
        let _ = sender.send(stream);
    });
    receiver
}

fn read_all(pipe: Option<impl Read>, started: Instant) -> Result<Stream> {
    let mut pipe = pipe.ok_or_else(|| Failure::new("no pipe to its output"))?;
    let mut stream = Stream { bytes: Vec::new(), first_byte: None };
    let mut buffer = [0; 8192];
    loop {
        match pipe.read(&mut buffer) {
            Ok(0) => return Ok(stream),
            Ok(count) => {
                stream.first_byte.get_or_insert_with(|| started.elapsed());
                stream.bytes.extend_from_slice(&buffer[..count]);
            }
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            Err(error) => return Err(error).context(|| "cannot read its output".to_string()),
        }
    }
}

fn text(bytes: Vec<u8>, name: &str) -> Result<String> {
    String::from_utf8(bytes).context(|| format!("`{name}` printed something that is not UTF-8"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shell(script: &str) -> Command {
        let mut command = Command::new("sh");
        command.args(["-c", script]);
        command
    }

    #[test]
    fn output_and_cost_are_reported() -> Result<()> {
        let run = run(&mut shell("echo out; echo err >&2"), Duration::from_secs(10))?.succeeded()?;
        assert_eq!((run.output.as_str(), run.errors.as_str()), ("out\n", "err\n"));
        assert!(run.first_output.is_some_and(|first| first <= run.wall));
        assert!(run.peak_memory > 0);
        Ok(())
    }

    #[test]
    fn a_failed_run_shows_its_errors() {
        let run = run(&mut shell("echo broken >&2; exit 3"), Duration::from_secs(10)).and_then(Run::succeeded);
        assert!(run.is_err_and(|failure| failure.to_string().contains("broken")));
    }

    #[test]
    fn a_run_that_takes_too_long_is_killed() {
        let run = run(&mut shell("exec sleep 30"), Duration::from_millis(50));
        assert!(run.is_err_and(|failure| failure.to_string().contains("still running")));
    }
}
