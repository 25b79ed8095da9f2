//! `sayso repl`.

use crate::arguments::Repl;
use crate::output::Show;
use std::process::ExitCode;

/// Starts a session.
pub fn repl(_options: &Repl, show: Show) -> ExitCode {
    show.error("sessions need a terminal");
    ExitCode::FAILURE
}
