//! The session in a terminal: line editing, history, completion, colours.

use super::{Conversation, Next};
use nu_ansi_term::{Color, Style};
use reedline::{
    Completer, CompletionResult, DefaultHinter, EditCommand, Emacs, FileBackedHistory, Highlighter, IdeMenu, KeyCode,
    KeyModifiers, MenuBuilder, Prompt, PromptEditMode, PromptHistorySearch, Reedline, ReedlineEvent, ReedlineMenu,
    Signal, Span, StyledText, Suggestion, ValidationResult, Validator, default_emacs_keybindings,
};
use sayso::AbortHandle;
use sayso::stages::base::FileId;
use sayso::stages::syntax;
use sayso::stages::syntax::token::{TokenClass, TokenKind};
use std::borrow::Cow;
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::{Arc, Mutex, PoisonError};

const MENU: &str = "completion";
const HISTORY: usize = 10_000;

/// Talks until the end of input.
pub fn run(conversation: &mut Conversation<'_>) -> ExitCode {
    println!("Sayso {}: `:help` explains, `:quit` ends", env!("CARGO_PKG_VERSION"));
    let names: Shared<Vec<String>> = Arc::default();
    let running: Shared<Option<AbortHandle>> = Arc::default();
    let interrupted = running.clone();
    // Without a handler Ctrl-C ends the process, as it does elsewhere.
    let _ = ctrlc::set_handler(move || match &*lock(&interrupted) {
        Some(handle) => handle.abort(),
        None => std::process::exit(130),
    });
    let mut editor = editor(conversation.show().colored(), names.clone());
    loop {
        *lock(&names) = conversation.session().names().to_vec();
        match editor.read_line(&Ask) {
            Ok(Signal::Success(text)) => {
                *lock(&running) = Some(conversation.session().abort_handle());
                let next = conversation.answer(&text);
                *lock(&running) = None;
                if next == Next::Quit {
                    return ExitCode::SUCCESS;
                }
            }
            // What was typed is given up; the session goes on.
            Ok(Signal::CtrlC) => {}
            Ok(Signal::CtrlD) => return ExitCode::SUCCESS,
            Ok(_) => {}
            Err(error) => {
                conversation.show().error(&format!("the terminal cannot be used: {error}"));
                return ExitCode::FAILURE;
            }
        }
    }
}

type Shared<T> = Arc<Mutex<T>>;

fn lock<T>(shared: &Shared<T>) -> std::sync::MutexGuard<'_, T> {
    shared.lock().unwrap_or_else(PoisonError::into_inner)
}

fn editor(colored: bool, names: Shared<Vec<String>>) -> Reedline {
    let mut keys = default_emacs_keybindings();
    let complete = ReedlineEvent::UntilFound(vec![ReedlineEvent::Menu(MENU.to_owned()), ReedlineEvent::MenuNext]);
    keys.add_binding(KeyModifiers::NONE, KeyCode::Tab, complete);
    keys.add_binding(KeyModifiers::ALT, KeyCode::Enter, ReedlineEvent::Edit(vec![EditCommand::InsertNewline]));
    let menu = ReedlineMenu::EngineCompleter(Box::new(IdeMenu::default().with_name(MENU)));
    let mut editor = Reedline::create()
        .with_edit_mode(Box::new(Emacs::new(keys)))
        .with_validator(Box::new(Complete))
        .with_completer(Box::new(Names(names)))
        .with_menu(menu)
        .with_ansi_colors(colored);
    if colored {
        editor = editor
            .with_highlighter(Box::new(Colors))
            .with_hinter(Box::new(DefaultHinter::default().with_style(Style::new().fg(Color::DarkGray))));
    } else {
        editor = editor.with_highlighter(Box::new(NoColors));
    }
    let history = history_file().and_then(|file| FileBackedHistory::with_file(HISTORY, file).ok());
    match history {
        Some(history) => editor.with_history(Box::new(history)),
        None => editor,
    }
}

/// `$SAYSO_HISTORY`, else `sayso/history` in the folder for programs' states. None if there is no home.
fn history_file() -> Option<PathBuf> {
    if let Some(file) = std::env::var_os("SAYSO_HISTORY") {
        return (!file.is_empty()).then(|| PathBuf::from(file));
    }
    let states = std::env::var_os("XDG_STATE_HOME").filter(|path| !path.is_empty()).map(PathBuf::from);
    let home = std::env::var_os("HOME").or_else(|| std::env::var_os("USERPROFILE"));
    let states = states.or_else(|| home.map(|home| PathBuf::from(home).join(".local").join("state")))?;
    Some(states.join("sayso").join("history"))
}

struct Ask;

impl Prompt for Ask {
    fn render_prompt_left(&self) -> Cow<'_, str> {
        Cow::Borrowed("sayso")
    }
    fn render_prompt_right(&self) -> Cow<'_, str> {
        Cow::Borrowed("")
    }
    fn render_prompt_indicator(&self, _mode: PromptEditMode) -> Cow<'_, str> {
        Cow::Borrowed("> ")
    }
    fn render_prompt_multiline_indicator(&self) -> Cow<'_, str> {
        Cow::Borrowed("  ...> ")
    }
    fn render_prompt_history_search_indicator(&self, search: PromptHistorySearch) -> Cow<'_, str> {
        Cow::Owned(format!("search `{}`> ", search.term))
    }
}

/// Enter ends an entry that is complete; else it begins a new line.
struct Complete;

impl Validator for Complete {
    fn validate(&self, text: &str) -> ValidationResult {
        let complete = text.trim_start().starts_with(':') || text.trim().is_empty() || syntax::is_complete(text);
        if complete { ValidationResult::Complete } else { ValidationResult::Incomplete }
    }
}

struct Names(Shared<Vec<String>>);

impl Completer for Names {
    fn complete(&mut self, line: &str, position: usize) -> CompletionResult {
        let Some(before) = line.get(..position) else { return CompletionResult::fresh(Vec::new()) };
        let word = |c: char| c.is_alphanumeric() || "_?!".contains(c);
        let start = before.char_indices().rev().find(|(_, c)| !word(*c)).map_or(0, |(at, c)| at + c.len_utf8());
        let prefix = before.get(start..).unwrap_or("");
        if prefix.is_empty() {
            return CompletionResult::fresh(Vec::new());
        }
        let names = lock(&self.0);
        let keywords = TokenKind::ALL.iter().filter(|kind| kind.class() == TokenClass::Keyword);
        let known = names.iter().map(String::as_str).chain(keywords.map(|kind| kind.text()));
        let mut found: Vec<&str> = known.filter(|name| name.starts_with(prefix)).collect();
        found.sort_unstable();
        found.dedup();
        let span = Span::new(start, position);
        let suggestion =
            |name: &str| Suggestion { value: name.to_owned(), span, append_whitespace: false, ..Suggestion::default() };
        CompletionResult::fresh(found.into_iter().map(suggestion).collect::<Vec<_>>())
    }
}

struct NoColors;

impl Highlighter for NoColors {
    fn highlight(&self, line: &str, _cursor: usize) -> StyledText {
        let mut text = StyledText::new();
        text.push((Style::new(), line.to_owned()));
        text
    }
}

struct Colors;

impl Highlighter for Colors {
    fn highlight(&self, line: &str, _cursor: usize) -> StyledText {
        let mut text = StyledText::new();
        let lexed = syntax::lexer::lex(FileId(0), line);
        let ends = lexed.starts.iter().skip(1).map(|start| *start as usize).chain([line.len()]);
        for ((kind, start), end) in lexed.kinds.iter().zip(&lexed.starts).zip(ends) {
            if let Some(piece) = line.get(*start as usize..end) {
                text.push((style(*kind), piece.to_owned()));
            }
        }
        text
    }
}

fn style(kind: TokenKind) -> Style {
    match kind {
        TokenKind::Int | TokenKind::Float | TokenKind::Byte | TokenKind::Symbol => Style::new().fg(Color::Cyan),
        TokenKind::Str
        | TokenKind::RawStr
        | TokenKind::StrOpen
        | TokenKind::StrText
        | TokenKind::StrClose
        | TokenKind::HoleSpec => Style::new().fg(Color::Green),
        TokenKind::Error | TokenKind::Stray => Style::new().fg(Color::Red),
        TokenKind::LineComment | TokenKind::BlockComment | TokenKind::Doc | TokenKind::ModuleDoc => {
            Style::new().fg(Color::DarkGray)
        }
        kind if kind.class() == TokenClass::Keyword => Style::new().fg(Color::Purple),
        _ => Style::new(),
    }
}
