//! Blocks and the sequences of statements in them.

use super::layout::{Body, Form, Forms, Head};
use super::{List, Parser, listed};
use crate::ast::*;
use crate::token::TokenKind;
use crate::tree::NodeKind;
use sayso_base::Diagnostic;
use thin_vec::ThinVec;

impl Parser<'_> {
    /// The statements of the file.
    pub(super) fn file_body(&mut self) -> ThinVec<Stmt> {
        let mut body = self.open_file();
        let stmts = self.statements(&mut body);
        self.close_body(body);
        stmts
    }

    /// The block of a head.
    pub(super) fn block(&mut self, head: Head) -> BlockId {
        let mark = self.mark();
        if !self.enter() {
            self.skip_block(head);
            return self.block_node(ThinVec::new(), mark);
        }
        let mut body = self.open_body(head, Forms::All);
        let stmts = self.statements(&mut body);
        self.close_body(body);
        self.leave();
        self.block_node(stmts, mark)
    }

    /// The lines of a match arm as a block, if they are one.
    pub(super) fn arm_lines(&mut self, head: Head) -> Option<BlockId> {
        let mark = self.mark();
        let mut body = self.open_arm_lines(head)?;
        let stmts = if self.enter() {
            let stmts = self.statements(&mut body);
            self.leave();
            stmts
        } else {
            self.skip_lines(head);
            ThinVec::new()
        };
        self.close_body(body);
        Some(self.block_node(stmts, mark))
    }

    fn block_node(&mut self, stmts: ThinVec<Stmt>, mark: super::Mark) -> BlockId {
        self.node(NodeKind::Block, mark);
        let span = self.span(mark);
        self.ast.blocks.push(Block { stmts, span });
        BlockId(self.ast.blocks.len() as u32 - 1)
    }

    /// Passes over a block that nests too deeply.
    fn skip_block(&mut self, head: Head) {
        if self.at(TokenKind::Colon) && self.token_at(self.at + 1).begins_line() {
            self.skip_lines(head);
            return self.refresh();
        }
        if self.cur == TokenKind::Newline && self.token().kind == TokenKind::LBrace {
            self.accept_line();
        }
        self.skip_nested();
    }

    pub(super) fn statements(&mut self, body: &mut Body) -> ThinVec<Stmt> {
        let mut stmts = List::new();
        let mut semicolon = false;
        while !self.body_ends(body) {
            self.recovering = false;
            if self.eat(TokenKind::Semi) {
                continue;
            }
            let before = self.at;
            let stmt = self.statement();
            stmts.push(stmt);
            semicolon = self.end_statement(body.form);
            self.excuse_lines(body);
            if self.at == before {
                self.force_progress();
            }
        }
        self.end_recovery();
        if let Some(Stmt { kind: StmtKind::Expr { semicolon: discarded, .. }, .. }) = stmts.last_mut() {
            *discarded = semicolon;
        }
        listed(stmts)
    }

    /// Passes over a token that no rule took, so that no loop stands still.
    pub(super) fn force_progress(&mut self) {
        let mark = self.mark();
        self.accept_line();
        self.bump();
        self.node(NodeKind::Skipped, mark);
    }

    /// Checks that a statement ends where it may; says whether it ends in a `;`.
    fn end_statement(&mut self, form: Form) -> bool {
        match self.cur {
            TokenKind::Newline | TokenKind::Eof => {}
            TokenKind::Semi => {
                self.bump();
                return true;
            }
            TokenKind::SemiSemi if form == Form::OneLine => {}
            TokenKind::SemiSemi => self.stray_semi_semi(),
            TokenKind::Comma | TokenKind::FatArrow | TokenKind::HoleSpec if form == Form::OneLine => {}
            TokenKind::Else | TokenKind::Catch if form == Form::OneLine => self.clause_without_semi_semi(),
            kind if kind.is_closer() || kind == TokenKind::HoleClose => {}
            // They are reported as what begins the next statement.
            TokenKind::Else | TokenKind::Catch if self.token().begins_line() => {}
            // A block ends a statement, and so does what `;;` closed.
            _ if self.previous() == TokenKind::RBrace || self.resumed == self.at => {}
            _ => {
                self.statement_goes_on();
                self.skip_statement();
                if self.at(TokenKind::Semi) {
                    self.bump();
                }
            }
        }
        false
    }

    fn stray_semi_semi(&mut self) {
        let span = self.here();
        self.report(
            Diagnostic::error("stray-double-semicolon", span, "`;;` closes a one-line block, and none is open here")
                .label("found outside a block of the form `if x: …`")
                .suggest("a single semicolon separates statements", span, ";"),
        );
        self.bump();
        if self.recovering {
            return self.skip_statement();
        }
        // What follows on the line is a statement of its own.
        self.resumed = self.at;
    }

    /// `else` or `catch` on the line of a one-line block.
    fn clause_without_semi_semi(&mut self) {
        let word = self.token_text(self.at).to_string();
        let span = self.here();
        let place = self.behind();
        self.report(
            Diagnostic::error(
                "unclosed-one-line-block",
                span,
                format!("`;;` must close the one-line block before this `{word}`"),
            )
            .suggest(format!("close it; or put the `{word}` on a line of its own"), place, ";;"),
        );
    }
}
