//! Statements, and what is said when one does not end where it should.

use super::Parser;
use super::layout::Head;
use crate::ast::*;
use crate::token::TokenKind;
use crate::tree::NodeKind;
use sayso_base::{Diagnostic, Edit, Suggestion};

/// Words of other languages at the start of a statement, and what is written instead.
const FOREIGN_WORDS: &[(&str, &str)] = &[
    ("var", "a variable is declared by `let mut`, one that never changes by `let`"),
    ("const", "what never changes is declared by `let`"),
    ("val", "what never changes is declared by `let`"),
    ("local", "a variable is declared by `let mut`, one that never changes by `let`"),
    ("lambda", "a function value is written `|x| x + 1`"),
    ("def", "a function is declared by `fn`"),
    ("func", "a function is declared by `fn`"),
    ("function", "a function is declared by `fn`"),
    ("fun", "a function is declared by `fn`"),
    ("elif", "write `else if`"),
    ("elsif", "write `else if`"),
    ("elseif", "write `else if`"),
    ("switch", "write `match value { pattern => … }`"),
    ("case", "arms of a `match` are written `pattern => …`"),
    ("foreach", "write `for x in xs { … }`"),
    ("unless", "write `if !condition { … }`"),
    ("until", "write `while !condition { … }`"),
    ("do", "write `loop { … }` or `while condition { … }`"),
    ("print", "a call has parentheses: `print(value)`"),
    ("println", "a call has parentheses: `println(value)`"),
    ("echo", "write `println(value)`"),
    ("use", "write `import a.b` or `from a.b import x`"),
    ("using", "write `import a.b` or `from a.b import x`"),
    ("include", "write `import a.b`"),
    ("require", "write `import a.b`"),
    ("export", "every name of a module can be imported, but those that begin with `_`"),
    ("pub", "every name of a module can be imported, but those that begin with `_`"),
    ("public", "every name of a module can be imported, but those that begin with `_`"),
    ("private", "a name that begins with `_` stays inside its module"),
    ("static", "a function without `self` belongs to its type: `fn Point.origin() { … }`"),
    ("impl", "methods are declared by `fn Type.name(self)` or inside the type"),
    ("new", "an object is made by calling its class: `Counter(1)`"),
    ("async", "no mark is needed: a call that must wait suspends its task"),
    ("await", "no mark is needed: a call that must wait suspends its task"),
    ("raise", "write `throw error`"),
    ("except", "write `catch e: Type { … }`"),
    ("finally", "write `defer { … }` before what may fail"),
    ("pass", "a block that does nothing is written `{}`"),
    ("and", "write `&&`"),
    ("not", "write `!`"),
    ("mod", "a file is a module; write `import name`"),
    ("module", "a file is a module; write `import name`"),
    ("record", "write `struct`"),
    ("data", "write `struct`"),
    ("repeat", "write `loop { … }`, which a `break` leaves: `if condition { break }`"),
    ("typeof", "write `type_of(value)`"),
    ("del", "write `table.remove(key)` or `array.remove(index)`"),
    ("delete", "write `table.remove(key)` or `array.remove(index)`"),
    ("global", "functions read and assign the variables around them; `let mut` declares them"),
    ("nonlocal", "functions read and assign the variables around them; `let mut` declares them"),
    ("with", "write `let file = …` and, behind it, `defer file.close()`"),
    ("namespace", "a file is a module; write `import name`"),
    ("end", "a block ends with its `}`, or where its indentation does"),
    ("assert", "a call has parentheses: `assert(condition)`"),
];

/// Of `f"…"`, as some languages write strings with holes.
pub(super) const LETTERED_STRING: &str =
    "every string takes in values, as in `\"{value}\"`, without a letter before it; a raw one is `r\"…\"`";

/// The annotation that a type of another language is meant as.
fn annotation(word: &str) -> String {
    match word {
        "auto" => String::new(),
        "int" | "Int" | "long" | "short" | "i32" => ": i64".to_string(),
        "float" | "Float" | "double" | "f32" => ": f64".to_string(),
        "string" | "String" | "char" => ": str".to_string(),
        "boolean" | "Bool" => ": bool".to_string(),
        _ => format!(": {word}"),
    }
}

impl Parser<'_> {
    pub(super) fn statement(&mut self) -> Stmt {
        let mark = self.mark();
        let kind = match self.cur {
            TokenKind::Let => self.let_statement(),
            TokenKind::Defer => self.defer_statement(),
            TokenKind::Else | TokenKind::Catch => self.clause_without_head(),
            kind if kind.is_name() && self.nth(1) == TokenKind::Colon && self.nth(2) == TokenKind::Eq => {
                self.let_without_word()
            }
            _ if self.at_item() => {
                let item = self.item();
                self.node(NodeKind::ItemStmt, mark);
                return Stmt { kind: StmtKind::Item(item), span: self.span(mark) };
            }
            _ => match self.foreign_declaration() {
                Some(kind) => kind,
                None => {
                    let expr = self.expression(0, true);
                    self.node(NodeKind::ExprStmt, mark);
                    StmtKind::Expr { expr, semicolon: false }
                }
            },
        };
        match &kind {
            StmtKind::Let { .. } => self.node(NodeKind::LetStmt, mark),
            StmtKind::Defer(_) => self.node(NodeKind::DeferStmt, mark),
            StmtKind::Item(_) => self.node(NodeKind::ItemStmt, mark),
            StmtKind::Expr { .. } | StmtKind::Error => {}
        }
        Stmt { kind, span: self.span(mark) }
    }

    fn let_statement(&mut self) -> StmtKind {
        let start = self.at;
        self.bump();
        let mutable = self.eat(TokenKind::Mut);
        let begin = self.at;
        let pattern = self.pattern_before_annotation();
        // `let (mut a, b)` was reported, and means this.
        let mutable = mutable || (begin..self.at).any(|index| self.token_at(index).kind == TokenKind::Mut);
        let ty = self.annotation();
        let value = if self.at(TokenKind::Eq) {
            self.bump_joining();
            self.expression(0, false)
        } else {
            self.let_without_value();
            self.error_expr()
        };
        self.no_second_assignment();
        let otherwise = if self.at(TokenKind::Else) {
            let head = Head { start, what: "the block of `else`" };
            self.bump();
            Some(self.block(head))
        } else {
            None
        };
        StmtKind::Let { pattern, mutable, ty, value, otherwise }
    }

    /// A declaration as other languages have it: `def f()`, `pub fn f()`, `var x = 1`, `int x = 1`. It is reported and
    /// then read as what is meant, so that its name is known.
    fn foreign_declaration(&mut self) -> Option<StmtKind> {
        use TokenKind::{Class, Colon, Comptime, Enum, Eq, Fn, Interface, LParen, Let, Lt, Struct, Trait, Type};
        if !self.cur.is_name() || self.token_at(self.at + 1).begins_line() {
            return None;
        }
        let (word, span) = (self.token_text(self.at), self.here());
        let foreign = |note: &'static str| {
            Diagnostic::error("foreign-word", span, format!("`{word}` is not a keyword")).note(note)
        };
        let note = FOREIGN_WORDS.iter().find(|(foreign, _)| *foreign == word).map(|(_, note)| *note);
        match (note, self.nth(1), self.nth(2)) {
            (Some(note), Fn | Struct | Enum | Trait | Class | Interface | Type | Let | Comptime, _) => {
                self.report(foreign(note).suggest("leave it out", self.with_blank(), ""));
                self.bump();
                if self.at(Let) {
                    return Some(self.let_statement());
                }
                self.at_item().then(|| StmtKind::Item(self.item()))
            }
            (Some(note), name, LParen | Lt) if name.is_name() && note.ends_with("`fn`") => {
                self.report(foreign(note).suggest("write", span, "fn"));
                let mark = self.mark();
                let docs = self.docs_before(self.at);
                let function = self.function(true);
                self.node(NodeKind::FnItem, mark);
                Some(StmtKind::Item(self.add_item(ItemKind::Fn(Box::new(function)), docs, Vec::new(), mark)))
            }
            (Some(note), name, Eq | Colon) if name.is_name() && matches!(word, "var" | "val" | "const" | "local") => {
                let mended = if matches!(word, "var" | "local") { "let mut" } else { "let" };
                self.report(foreign(note).suggest("write", span, mended));
                Some(self.changing_let())
            }
            (None, name, Eq) if name.is_name() => {
                let whole = span.to(self.token_span(self.at + 1));
                let name = self.token_text(self.at + 1);
                self.report(
                    Diagnostic::error("expected", whole, format!("expected the end of the statement, found `{name}`"))
                        .note("a variable is declared by `let`, its type stands behind its name")
                        .suggest("write", whole, format!("let {name}{}", annotation(word))),
                );
                Some(self.changing_let())
            }
            _ => None,
        }
    }

    /// A `let` statement behind another word than `let`; assignments to its variable are let pass.
    fn changing_let(&mut self) -> StmtKind {
        let mut kind = self.let_statement();
        if let StmtKind::Let { mutable, .. } = &mut kind {
            *mutable = true;
        }
        kind
    }

    /// `name := value` of other languages, read as a `let mut`.
    fn let_without_word(&mut self) -> StmtKind {
        let start = self.here().at_start();
        let sign = self.token_span(self.at + 1).to(self.token_span(self.at + 2));
        let mut diagnostic = Diagnostic::error("unknown-sign", sign, "`:=` is not an operator");
        let edits = vec![Edit { span: start, text: "let ".to_string() }, Edit { span: sign, text: "=".to_string() }];
        diagnostic.suggestion = Some(Suggestion { message: "a variable is declared by `let`".to_string(), edits });
        self.report(diagnostic);
        let pattern = self.pattern_before_annotation();
        self.bump();
        self.bump_joining();
        let value = self.expression(0, false);
        StmtKind::Let { pattern, mutable: true, ty: None, value, otherwise: None }
    }

    /// `: T` behind a pattern or name.
    pub(super) fn annotation(&mut self) -> Option<TypeId> {
        if !self.at(TokenKind::Colon) {
            return self.annotation_without_colon();
        }
        if self.nth(1) == TokenKind::Eq && self.next_is_adjacent() {
            let span = self.here().to(self.token_span(self.at + 1));
            self.report(Diagnostic::error("unknown-sign", span, "`:=` is not an operator").suggest(
                "`let` takes",
                span,
                "=",
            ));
            self.bump();
            return None;
        }
        self.bump();
        Some(self.ty())
    }

    /// `x i64`, as some languages write it.
    fn annotation_without_colon(&mut self) -> Option<TypeId> {
        let goes_on = matches!(self.nth(1), TokenKind::Eq | TokenKind::Comma | TokenKind::RParen | TokenKind::Question);
        if !self.cur.is_name() || !self.previous().is_name() || !goes_on || self.recovering {
            return None;
        }
        let (place, found) = (self.behind(), self.found());
        self.report(
            Diagnostic::error("expected", self.here(), format!("expected `:` before the type, found {found}"))
                .suggest("write", place, ":"),
        );
        Some(self.ty())
    }

    fn let_without_value(&mut self) {
        let place = self.missing_place();
        let found = self.found();
        let note = match self.cur {
            TokenKind::Comma => "several variables are taken from a tuple: `let (a, b) = (1, 2)`",
            TokenKind::LBracket => {
                "the type of an array is written `[T]`, that of a table `[K: V]`, other arguments `P<T>`"
            }
            _ => "every variable has a value from the beginning; one to be set later may begin as `None`",
        };
        self.error(Diagnostic::error("expected", place, format!("expected `=` and a value, found {found}")).note(note));
    }

    /// `a = b = c`
    pub(super) fn no_second_assignment(&mut self) {
        if self.cur.assignment().is_some() {
            let sign = self.token_text(self.at).to_string();
            let span = self.here();
            self.error(
                Diagnostic::error(
                    "assignment-value",
                    span,
                    format!("an assignment has no value, so `{sign}` cannot follow"),
                )
                .note("write two assignments, or `==` to compare"),
            );
            self.skip_statement();
        }
    }

    fn defer_statement(&mut self) -> StmtKind {
        let head = Head { start: self.at, what: "the block of `defer`" };
        self.bump();
        let mark = self.mark();
        let block = self.at(TokenKind::LBrace)
            || self.at(TokenKind::Colon)
            || (self.at(TokenKind::Newline) && self.token().kind == TokenKind::LBrace);
        if block {
            if !self.enter() {
                return StmtKind::Defer(self.too_deep_operand(mark));
            }
            let block = self.block(head);
            self.leave();
            return StmtKind::Defer(self.expr_node(ExprKind::Block(block), mark));
        }
        StmtKind::Defer(self.expression(0, true))
    }

    /// `else` or `catch` where no `if` or `try` precedes.
    fn clause_without_head(&mut self) -> StmtKind {
        let mark = self.mark();
        let (word, head) = if self.at(TokenKind::Else) { ("else", "if") } else { ("catch", "try") };
        let span = self.here();
        // The `if` around was reported at its `elif`.
        let known = self.diagnostics.last().is_some_and(|one| {
            let mended = one.suggestion.iter().flat_map(|suggestion| &suggestion.edits);
            one.code == "foreign-word" && mended.into_iter().any(|edit| edit.text == "else if")
        });
        if word == "else" && known {
            self.recovering = true;
        }
        self.error(
            Diagnostic::error("stray-clause", span, format!("this `{word}` belongs to no `{head}`"))
                .note(format!("it stands directly behind the block of its `{head}`, indented like it")),
        );
        self.bump();
        // Its block is read, so that the mistakes in it are found too and its lines are not taken for others.
        self.skip_to_block();
        let opens = self.at(TokenKind::LBrace) || self.at(TokenKind::Colon);
        if opens {
            self.recovering = false;
            self.block(Head { start: mark.token, what: "the block" });
        }
        self.node(NodeKind::Skipped, mark);
        StmtKind::Error
    }

    /// Whether a string follows a name of one letter that other languages put before some strings.
    pub(super) fn at_lettered_string(&self) -> bool {
        matches!(self.cur, TokenKind::Str | TokenKind::StrOpen)
            && matches!(self.token_text(self.at.saturating_sub(1)), "f" | "s" | "u")
    }

    /// The tokens before the current one on its line, the nearest first; of a long line not all.
    fn line_before(&self) -> impl Iterator<Item = TokenKind> {
        const MOST: usize = 64;
        let begins = |index: usize| self.token_at(index).begins_line();
        let count = (0..MOST.min(self.at)).find(|back| begins(self.at - back)).unwrap_or(MOST.min(self.at));
        (1..=count).map(|back| self.token_at(self.at - back).kind)
    }

    /// Whether the line begins with `--`, as comments of some languages do.
    fn behind_dashes(&self) -> bool {
        let mut last = [TokenKind::Newline; 2];
        self.line_before().for_each(|kind| last = [kind, last[0]]);
        last == [TokenKind::Minus; 2]
    }

    /// What is to be said if the name before the current token is a keyword of another language.
    pub(super) fn foreign_word_before(&self) -> Option<Diagnostic> {
        let index = self.at.checked_sub(1)?;
        let before = self.token_text(index);
        let (word, instead) = FOREIGN_WORDS.iter().find(|(word, _)| *word == before && self.previous().is_name())?;
        let place = self.token_span(index);
        let begins = index == 0 || self.token_at(index).begins_line() || {
            use TokenKind::{FatArrow, LBrace, Semi};
            matches!(self.token_at(index - 1).kind, Semi | LBrace | FatArrow)
        };
        if instead.starts_with("a call has") && !begins {
            return None;
        }
        if *word == "not" {
            return Some(
                Diagnostic::error("foreign-word", place, "`not` stands only before `in` and behind `is`").suggest(
                    "negation is written `!`",
                    place.to(self.here().at_start()),
                    "!",
                ),
            );
        }
        let diagnostic = Diagnostic::error("foreign-word", place, format!("`{word}` is not a keyword"));
        Some(match *word {
            "elif" | "elsif" | "elseif" => diagnostic.suggest("write", place, "else if"),
            _ => diagnostic.note(*instead),
        })
    }

    /// What may be meant by a colon behind a statement.
    fn colon_hint(&self) -> &'static str {
        let before = |offset: usize| self.at.checked_sub(offset).map(|index| self.token_at(index).kind);
        match (before(3), before(2), before(1)) {
            (_, _, Some(TokenKind::Question)) => {
                "a choice is written `if condition { a } else { b }`, a fallback for what is missing `a ?? b`"
            }
            (Some(name), Some(TokenKind::LBrace), _) if name.is_name() => {
                "in the head of `if`, `while`, `for` and `match` a struct literal needs parentheses around it"
            }
            (_, Some(TokenKind::LBrace), _) => {
                "a value with fields is written `%{ x: 1 }`, a table `[\"x\": 1]`, a struct's value with its name"
            }
            _ => "a variable is declared by `let name: Type = value`",
        }
    }

    /// Something stands behind a complete statement on its line.
    pub(super) fn statement_goes_on(&mut self) {
        let found = self.found();
        let span = self.here();
        let mut diagnostic =
            Diagnostic::error("expected", span, format!("expected the end of the statement, found {found}"));
        if let Some(foreign) = self.foreign_word_before() {
            diagnostic = foreign;
        } else if self.previous() == TokenKind::Question && self.at_operand() {
            let before = self.at.saturating_sub(2);
            diagnostic = if self.token_at(before).kind == TokenKind::Question {
                diagnostic.note("`e??` is two tries; the operator `??` needs white space before it").suggest(
                    "write",
                    self.token_span(before).at_start(),
                    " ",
                )
            } else {
                diagnostic.note("a choice is written `if condition { a } else { b }`; `e?` hands an error on")
            };
        } else {
            diagnostic = match self.cur {
                TokenKind::If => diagnostic.note("a choice is written `if condition { a } else { b }`"),
                TokenKind::FatArrow => diagnostic.note("a function value is written `|x| x + 1`"),
                TokenKind::Colon => diagnostic.note(self.colon_hint()),
                TokenKind::LBrace if matches!(self.token_text(self.at.saturating_sub(1)), "test" | "bench") => {
                    diagnostic.note("it has a name, as in `test \"sums\" { … }`")
                }
                _ if matches!(self.token_text(self.at), "extends" | "implements") => {
                    diagnostic.note("a class names its base in parentheses, traits behind a colon: `class B(A): T`")
                }
                _ if self.token_text(self.at) == "instanceof" => diagnostic.suggest("write", span, "is"),
                TokenKind::Comma if self.line_before().any(|kind| kind == TokenKind::Bar) => diagnostic
                    .note("among the parameters of a closure a union stands in parentheses: `|x: (A | B), y| …`"),
                TokenKind::Comma => diagnostic
                    .note("several values make a tuple, in parentheses: `(1, 2)`; an array is written `[1, 2]`"),
                _ if self.behind_dashes() => diagnostic.note("a comment begins with `//`"),
                TokenKind::Name if self.token_text(self.at) == "and" => diagnostic.suggest("write", span, "&&"),
                _ if self.at_lettered_string() => diagnostic.note(LETTERED_STRING),
                _ if self.at_operand() => {
                    diagnostic.note("statements on one line are separated by `;`, arguments by `,`")
                }
                _ => diagnostic,
            };
        }
        self.error(diagnostic);
    }
}
