//! Statements, and what is said when one does not end where it should.

use super::Parser;
use super::layout::Head;
use crate::ast::*;
use crate::token::TokenKind;
use crate::tree::NodeKind;
use sayso_base::Diagnostic;

/// Words of other languages at the start of a statement, and what is written instead.
const FOREIGN_WORDS: &[(&str, &str)] = &[
    ("var", "a variable is declared by `let mut`, one that never changes by `let`"),
    ("const", "what never changes is declared by `let`"),
    ("val", "what never changes is declared by `let`"),
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
    ("assert", "a call has parentheses: `assert(condition)`"),
];

impl Parser<'_> {
    pub(super) fn statement(&mut self) -> Stmt {
        let mark = self.mark();
        let kind = match self.cur {
            TokenKind::Let => self.let_statement(),
            TokenKind::Defer => self.defer_statement(),
            TokenKind::Else | TokenKind::Catch => self.clause_without_head(),
            _ if self.at_item() => {
                let item = self.item();
                self.node(NodeKind::ItemStmt, mark);
                return Stmt { kind: StmtKind::Item(item), span: self.span(mark) };
            }
            _ => {
                let expr = self.expression(0, true);
                self.node(NodeKind::ExprStmt, mark);
                StmtKind::Expr { expr, semicolon: false }
            }
        };
        match &kind {
            StmtKind::Let { .. } => self.node(NodeKind::LetStmt, mark),
            StmtKind::Defer(_) => self.node(NodeKind::DeferStmt, mark),
            StmtKind::Expr { .. } | StmtKind::Item(_) | StmtKind::Error => {}
        }
        Stmt { kind, span: self.span(mark) }
    }

    fn let_statement(&mut self) -> StmtKind {
        let start = self.at;
        self.bump();
        let mutable = self.eat(TokenKind::Mut);
        let pattern = self.pattern_before_annotation();
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

    /// `: T` behind a pattern or name.
    pub(super) fn annotation(&mut self) -> Option<TypeId> {
        if !self.at(TokenKind::Colon) {
            return None;
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

    fn let_without_value(&mut self) {
        let place = self.missing_place();
        let found = self.found();
        self.error(
            Diagnostic::error("expected", place, format!("expected `=` and a value, found {found}"))
                .note("every variable has a value from the beginning; one to be set later may begin as `None`"),
        );
    }

    /// `a = b = c`
    pub(super) fn no_second_assignment(&mut self) {
        if self.cur.assignment(self.here()).is_some() {
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

    /// What is to be said if the name before the current token is a keyword of another language.
    pub(super) fn foreign_word_before(&self) -> Option<Diagnostic> {
        let index = self.at.checked_sub(1)?;
        let before = self.token_text(index);
        let (word, instead) = FOREIGN_WORDS.iter().find(|(word, _)| *word == before && self.previous().is_name())?;
        let place = self.token_span(index);
        if *word == "not" {
            return Some(
                Diagnostic::error("foreign-word", place, "`not` stands only before `in` and behind `is`").suggest(
                    "negation is written",
                    place,
                    "!",
                ),
            );
        }
        Some(Diagnostic::error("foreign-word", place, format!("`{word}` is not a keyword")).note(*instead))
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
            diagnostic = diagnostic.note("a choice is written `if condition { a } else { b }`; `e?` hands an error on");
            if self.token_at(self.at.saturating_sub(2)).kind == TokenKind::Question {
                diagnostic = diagnostic.note("the operator `??` needs white space before it; `e??` is two tries");
            }
        } else {
            diagnostic = match self.cur {
                TokenKind::If => diagnostic.note("a choice is written `if condition { a } else { b }`"),
                TokenKind::FatArrow => diagnostic.note("a function value is written `|x| x + 1`"),
                TokenKind::Colon => diagnostic.note("a variable is declared by `let name: Type = value`"),
                TokenKind::Name if self.token_text(self.at) == "and" => diagnostic.suggest("write", span, "&&"),
                _ if self.at_operand() => {
                    diagnostic.note("statements on one line are separated by `;`, arguments by `,`")
                }
                _ => diagnostic,
            };
        }
        self.error(diagnostic);
    }
}
