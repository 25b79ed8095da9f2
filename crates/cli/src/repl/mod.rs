//! `sayso repl`: a program entered piece by piece.
//!
//! In a terminal with line editing, history, completion and colours ([`terminal`]); from a pipe or file the entries are
//! read as they come and nothing but output, values and messages is shown. An entry goes on over as many lines as it
//! takes to be complete; an indented block ends at an empty line.

mod plain;
mod terminal;

use crate::arguments::Repl;
use crate::files;
use crate::output::{Show, out};
use crate::run::{engine, set_up};
use sayso::stages::stdlib::real_host;
use sayso::{Engine, Entered, EntryError, ErrorKind, FailedEntry, Session};
use std::io::{IsTerminal, Write};
use std::path::Path;
use std::process::ExitCode;

const HELP: &str = "\
Type statements, declarations or expressions; a value is shown with its type and kept in `it`.
An entry goes on until its brackets are closed; an indented block ends at an empty line.
  :type EXPRESSION   shows a type without running anything
  :names             lists what has been declared
  :load FILE         enters a file
  :reset             forgets everything
  :help              shows this
  :quit              ends, as does the end of input
";

/// Runs the session.
pub fn repl(options: &Repl, show: Show) -> ExitCode {
    let engine = match engine(Path::new("-"), &options.limits, options.grant.as_deref()) {
        Ok(engine) => engine,
        Err(message) => {
            show.error(&message);
            return ExitCode::from(2);
        }
    };
    let mut repl = match Conversation::new(engine, options, show) {
        Ok(repl) => repl,
        Err(message) => {
            show.error(&message);
            return ExitCode::FAILURE;
        }
    };
    if std::io::stdin().is_terminal() && std::io::stdout().is_terminal() {
        terminal::run(&mut repl)
    } else {
        plain::run(&mut repl)
    }
}

/// Whether to go on.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Next {
    /// With the next entry.
    Entry,
    /// Not at all.
    Quit,
}

/// The session and how its answers are shown.
pub struct Conversation<'o> {
    engine: Engine,
    options: &'o Repl,
    show: Show,
    session: Session,
}

impl<'o> Conversation<'o> {
    fn new(engine: Engine, options: &'o Repl, show: Show) -> Result<Conversation<'o>, String> {
        let session = start(&engine, options)?;
        Ok(Conversation { engine, options, show, session })
    }

    /// The session.
    pub fn session(&self) -> &Session {
        &self.session
    }

    /// How messages are shown.
    pub fn show(&self) -> Show {
        self.show
    }

    /// Answers a command or an entry.
    pub fn answer(&mut self, text: &str) -> Next {
        let trimmed = text.trim();
        if let Some(command) = trimmed.strip_prefix(':') {
            return self.command(command);
        }
        if !trimmed.is_empty() {
            self.enter(text);
        }
        Next::Entry
    }

    fn command(&mut self, command: &str) -> Next {
        let (name, rest) = command.split_once(char::is_whitespace).unwrap_or((command, ""));
        let rest = rest.trim();
        match (name, rest) {
            ("quit" | "q" | "exit", "") => return Next::Quit,
            ("help" | "h" | "?", "") => out(HELP),
            ("names", "") => self.session.own_names().iter().for_each(|name| out(&format!("{name}\n"))),
            ("reset", "") => match start(&self.engine, self.options) {
                Ok(session) => self.session = session,
                Err(message) => self.show.error(&message),
            },
            ("type" | "t", "") => self.show.error("say of what: `:type 1 + 2`"),
            ("type" | "t", expression) => match self.session.type_of(expression) {
                Ok(Some(ty)) => out(&format!("{ty}\n")),
                Ok(None) => self.show.error("this has no value, so it has no type"),
                Err(error) => self.show.diagnostics(&error.diagnostics, &error.sources),
            },
            ("load", "") => self.show.error("say what: `:load program.say`"),
            ("load", file) => {
                let file = Path::new(file);
                match files::read(file).and_then(|bytes| files::text(file, bytes)) {
                    Ok(text) => self.enter(&text),
                    Err(message) => self.show.error(&message),
                }
            }
            ("quit" | "q" | "exit" | "help" | "h" | "?" | "names" | "reset", _) => {
                self.show.error(&format!("nothing stands behind `:{name}`"));
            }
            (name, _) => self.show.error(&format!("there is no command `:{name}`; `:help` lists them")),
        }
        Next::Entry
    }

    fn enter(&mut self, text: &str) {
        self.session.abort_handle().reset();
        let result = self.session.enter(text);
        let host = self.session.vm().host();
        let _ = host.stdout.flush();
        let _ = host.stderr.flush();
        match result {
            Ok(Entered { value, warnings, sources }) => {
                self.show.diagnostics(&warnings, &sources);
                if let Some((value, ty)) = value {
                    out(&format!("{value} : {ty}\n"));
                }
            }
            Err(EntryError::Refused(error)) => self.show.diagnostics(&error.diagnostics, &error.sources),
            Err(EntryError::Failed(failed)) => {
                let FailedEntry { error, warnings, sources } = *failed;
                self.show.diagnostics(&warnings, &sources);
                if error.kind == ErrorKind::Setup {
                    self.show.error(&error.message);
                } else if error.kind == ErrorKind::Limit(sayso::stages::vm::Excess::Abort) {
                    self.show.error("interrupted; what had been done stays");
                } else {
                    self.show.failure(&error, &sources);
                }
            }
        }
        for leak in self.session.vm().take_leaks() {
            self.show.warning(&leak.to_string());
        }
        let _ = std::io::stdout().flush();
    }
}

fn start(engine: &Engine, options: &Repl) -> Result<Session, String> {
    let mut session = Session::new(engine, real_host(Vec::new())).map_err(|error| error.to_string())?;
    set_up(session.vm(), &options.limits);
    Ok(session)
}
