//! `io`: the standard streams and open files, as the host gives them.

use super::file::{OpenFile, with_file};
use super::{charge_bytes, native, optional_text, table_of::*};
use sayso_vm::OpenMode;
use std::io::{self, Write};

pub(super) fn natives() -> Vec<Native> {
    vec![
        native("io.print", &[Dyn], Dyn, |c, a| print(c, a, b"").into()),
        native("io.println", &[Dyn], Dyn, |c, a| print(c, a, b"\n").into()),
        native("io.write_stderr", &[Dyn], Dyn, |c, a| write_stderr(c, a).into()),
        native("io.flush_stdout", &[], Dyn, |c, _| {
            let flushed = c.host().stdout.flush();
            output(c, flushed).into()
        }),
        native("io.read_stdin", &[Dyn, I64], Ref, |c, a| read_stdin(c, a).into()),
        native("io.read_stdin_line", &[Dyn], Ref, |c, a| read_stdin_line(c, a).into()),
        native("io.open", &[Dyn], Ref, |c, a| {
            let opened = a.text(c, 0).map(|path| OpenFile::open(c, path, OpenMode::Read));
            opened.and_then(|file| make_file(c, a, file)).into()
        }),
        native("io.file_close", &[Dyn], Dyn, |c, a| with_file(c, a.value(0), OpenFile::close).into()),
        native("io.file_read", &[Dyn, Dyn, I64], Ref, |c, a| file_read(c, a).into()),
        native("io.file_line", &[Dyn, Dyn], Ref, |c, a| file_line(c, a).into()),
        native("io.file_write", &[Dyn, Dyn], Ref, |c, a| {
            let text = a.text(c, 1);
            text.and_then(|text| written(c, a.value(0), text.as_bytes())).into()
        }),
        native("io.file_write_bytes", &[Dyn, Dyn], Ref, |c, a| {
            let bytes = c.bytes(a.value(1)).unwrap_or_default();
            written(c, a.value(0), &bytes).into()
        }),
        native("io.file_flush", &[Dyn], Ref, |c, a| {
            let flushed = with_file(c, a.value(0), OpenFile::flush);
            flushed.and_then(|flushed| outcome(c, flushed)).into()
        }),
    ]
}

/// A file as an object of the native's result type.
pub(super) fn make_file(c: &mut NativeContext<'_>, a: Args<'_>, file: OpenFile) -> Result<Handle, Thrown> {
    let ty = c.result_type(a);
    c.host_object(ty, Box::new(file))
}

/// `None`, or what went wrong.
pub(super) fn outcome(c: &mut NativeContext<'_>, outcome: Result<(), String>) -> Result<Handle, Thrown> {
    optional_text(c, outcome.err().as_deref())
}

// ---- standard output

fn output(c: &mut NativeContext<'_>, written: io::Result<()>) -> Result<(), Thrown> {
    written.map_err(|error| c.fault(FaultKind::Io, format!("cannot write to the standard output: {error}")))
}

fn print(c: &mut NativeContext<'_>, a: Args<'_>, end: &[u8]) -> Result<(), Thrown> {
    let text = a.text(c, 0)?;
    charge_bytes(c, text.len())?;
    let out = &mut c.host().stdout;
    let written =
        out.write_all(text.as_bytes()).and_then(|()| if end.is_empty() { Ok(()) } else { out.write_all(end) });
    output(c, written)
}

fn write_stderr(c: &mut NativeContext<'_>, a: Args<'_>) -> Result<(), Thrown> {
    let text = a.text(c, 0)?;
    charge_bytes(c, text.len())?;
    // What was printed before comes first. A failure on this stream has nowhere to be said.
    let _ = c.host().stdout.flush();
    let _ = c.host().stderr.write_all(text.as_bytes());
    Ok(())
}

// ---- standard input

/// Appends to an array of bytes, charged.
fn append(c: &mut NativeContext<'_>, array: Handle, bytes: &[u8]) -> Result<(), Thrown> {
    charge_bytes(c, bytes.len())?;
    if c.growable(array)?.extend_bytes(bytes)? {
        return Ok(());
    }
    Err(c.fault(FaultKind::Cast, "no array of bytes"))
}

/// The next bytes of the standard input, taken from it: up to `most`, up to a line's end if asked for.
fn stdin_part(c: &mut NativeContext<'_>, most: usize, line: bool) -> io::Result<(Vec<u8>, bool)> {
    // Whoever is asked for input should see the question.
    let _ = c.host().stdout.flush();
    let input = &mut c.host().stdin;
    let available = loop {
        match input.fill_buf() {
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
            Ok(_) => break input.fill_buf()?,
        }
    };
    let mut len = available.len().min(most);
    let mut ended = len == 0;
    if line && let Some(end) = available.iter().position(|b| *b == b'\n') {
        len = end + 1;
        ended = true;
    }
    let part = available.get(..len).unwrap_or(&[]).to_vec();
    input.consume(len);
    Ok((part, ended))
}

fn input_problem(error: &io::Error) -> String {
    format!("cannot read the standard input: {error}")
}

fn read_stdin(c: &mut NativeContext<'_>, a: Args<'_>) -> Result<Handle, Thrown> {
    let mut left = usize::try_from(a.int(1)).unwrap_or(usize::MAX);
    while left > 0 {
        match stdin_part(c, left, false) {
            Ok((part, false)) => {
                append(c, a.value(0), &part)?;
                left -= part.len();
            }
            Ok((_, true)) => break,
            Err(error) => return outcome(c, Err(input_problem(&error))),
        }
    }
    c.none()
}

fn read_stdin_line(c: &mut NativeContext<'_>, a: Args<'_>) -> Result<Handle, Thrown> {
    loop {
        match stdin_part(c, usize::MAX, true) {
            Ok((part, ended)) => {
                append(c, a.value(0), &part)?;
                if ended {
                    return c.none();
                }
            }
            Err(error) => return outcome(c, Err(input_problem(&error))),
        }
    }
}

// ---- files

fn file_read(c: &mut NativeContext<'_>, a: Args<'_>) -> Result<Handle, Thrown> {
    let mut left = usize::try_from(a.int(2)).unwrap_or(usize::MAX);
    loop {
        let part = with_file(c, a.value(0), |file| file.read(left).map(<[u8]>::to_vec))?;
        match part {
            Ok(part) if part.is_empty() => return c.none(),
            Ok(part) => {
                append(c, a.value(1), &part)?;
                left -= part.len();
            }
            Err(problem) => return outcome(c, Err(problem)),
        }
    }
}

fn file_line(c: &mut NativeContext<'_>, a: Args<'_>) -> Result<Handle, Thrown> {
    loop {
        let part = with_file(c, a.value(0), |file| file.read_line_part().map(|(part, ended)| (part.to_vec(), ended)))?;
        match part {
            Ok((part, ended)) => {
                append(c, a.value(1), &part)?;
                if ended {
                    return c.none();
                }
            }
            Err(problem) => return outcome(c, Err(problem)),
        }
    }
}

fn written(c: &mut NativeContext<'_>, file: Handle, bytes: &[u8]) -> Result<Handle, Thrown> {
    charge_bytes(c, bytes.len())?;
    let written = with_file(c, file, |file| file.write(bytes))?;
    outcome(c, written)
}
