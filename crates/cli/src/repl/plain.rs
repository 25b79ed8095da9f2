//! Entries from a pipe or a file.

use super::{Conversation, Next};
use sayso::stages::syntax::is_complete;
use std::io::{BufRead, Read};
use std::process::ExitCode;

/// The longest entry that is read, in bytes.
const LONGEST: usize = 16 << 20;

/// Answers all entries of standard input.
pub fn run(conversation: &mut Conversation<'_>) -> ExitCode {
    let mut entry = String::new();
    let mut line = Vec::new();
    let mut input = std::io::stdin().lock();
    loop {
        line.clear();
        // A line is not read further than an entry may be long; what is behind that begins the next.
        match input.by_ref().take(LONGEST as u64 + 1).read_until(b'\n', &mut line) {
            Ok(0) => break,
            Ok(_) => {}
            Err(error) => {
                conversation.show().error(&format!("cannot read the standard input: {error}"));
                return ExitCode::FAILURE;
            }
        }
        let Ok(text) = std::str::from_utf8(&line) else {
            conversation.show().error("a line that is no UTF-8 text was left out");
            continue;
        };
        entry.push_str(text);
        if entry.len() > LONGEST {
            conversation.show().error("an entry is longer than 16 MiB");
            entry.clear();
        } else if entry.trim_start().starts_with(':') || is_complete(&entry) {
            if conversation.answer(&std::mem::take(&mut entry)) == Next::Quit {
                return ExitCode::SUCCESS;
            }
        }
    }
    conversation.answer(&entry);
    ExitCode::SUCCESS
}
