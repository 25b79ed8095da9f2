//! Expressions: the Pratt loop and prefix operators.

use super::{Mark, Parser};
use crate::ast::*;
use crate::token::{Assoc, Meaning, Operator, RANGE, TokenKind};
use sayso_base::{Diagnostic, Span, names};

impl Parser<'_> {
    /// An expression of any kind but an assignment.
    pub(super) fn expr(&mut self) -> ExprId {
        self.expression(0, false)
    }

    /// An expression whose operators bind at least as tightly as `min`; with `assign`, perhaps an assignment.
    pub(super) fn expression(&mut self, min: u8, assign: bool) -> ExprId {
        if !self.enter() {
            return self.too_deep();
        }
        let outer_deepest = std::mem::replace(&mut self.deepest, self.depth);
        let let_ok = std::mem::take(&mut self.restrict.let_ok);
        let mark = self.mark();
        let mut left = if self.at(TokenKind::Let) { self.let_condition(let_ok) } else { self.operand() };
        // The operator before, if it does not chain, and its right operand.
        let mut chain: Option<(u8, Span)> = None;
        let mut chain_reported = false;
        while let Some(operator) = self.operator() {
            let ends_let = self.restrict.no_and && matches!(operator.token, TokenKind::AmpAmp | TokenKind::BarBar);
            if operator.precedence < min || ends_let {
                break;
            }
            if let Some((precedence, middle)) = chain
                && precedence == operator.precedence
                && !std::mem::replace(&mut chain_reported, true)
            {
                self.report_chain(operator, middle);
            }
            if operator.token != TokenKind::AmpAmp && self.holds_let(left) {
                self.report_joined_let(operator);
            }
            left = self.infix(mark, left, operator, let_ok);
            chain = (operator.assoc == Assoc::None).then(|| (operator.precedence, self.right_of(left)));
        }
        if self.at(TokenKind::Bar) {
            left = self.bar_between_values(mark, left);
        }
        if assign && let Some(op) = self.cur.assignment() {
            left = self.assignment(mark, left, op);
        }
        self.deepest = self.deepest.max(outer_deepest);
        self.leave();
        left
    }

    /// Whether an expression is a `let` condition, alone or joined by `&&`.
    fn holds_let(&self, expr: ExprId) -> bool {
        let mut at = expr;
        loop {
            match self.kind_of(at) {
                Some(ExprKind::Let { .. }) => return true,
                Some(ExprKind::Binary(BinaryOp::And, _, left, right)) => {
                    if matches!(self.kind_of(*right), Some(ExprKind::Let { .. })) {
                        return true;
                    }
                    at = *left;
                }
                _ => return false,
            }
        }
    }

    /// `let Some(x) = y || z`: the names of the pattern would have no value where only `z` holds.
    fn report_joined_let(&mut self, operator: Operator) {
        let span = self.here();
        let sign = operator.token.text();
        self.report(
            Diagnostic::error("misplaced-let", span, format!("a `let` condition cannot be joined by `{sign}`"))
                .note("its names have values only where it holds: conditions are joined to it by `&&`"),
        );
    }

    fn too_deep(&mut self) -> ExprId {
        let mark = self.mark();
        self.skip_nested();
        self.expr_node(ExprKind::Error, mark)
    }

    /// An expression that could not be read; nothing is taken.
    pub(super) fn error_expr(&mut self) -> ExprId {
        let mark = self.mark();
        self.expr_node(ExprKind::Error, mark)
    }

    /// Moves the operand just read one level down, for a node around it; false, after reporting, if that is too deep.
    pub(super) fn sink(&mut self) -> bool {
        self.deepest += 1;
        if self.deepest > MAX_DEPTH {
            self.report_depth();
            self.deepest = self.depth;
            return false;
        }
        true
    }

    /// Adds the node around an operand, or an error in its place if it nests too deeply.
    pub(super) fn wrap(&mut self, kind: ExprKind, mark: Mark) -> ExprId {
        let kind = if self.sink() { kind } else { ExprKind::Error };
        self.expr_node(kind, mark)
    }

    /// The binary operator at the current token; `>>`, `>=` and `not in` are glued of two tokens.
    fn operator(&self) -> Option<Operator> {
        let kind = match self.cur {
            TokenKind::Gt if self.next_is_adjacent() => match self.nth(1) {
                TokenKind::Gt => TokenKind::Shr,
                TokenKind::Eq => TokenKind::GtEq,
                _ => TokenKind::Gt,
            },
            TokenKind::Not if self.nth(1) == TokenKind::In => TokenKind::NotIn,
            kind => kind,
        };
        kind.operator()
    }

    /// Takes an operator; gives its place.
    fn take_operator(&mut self, operator: Operator) -> Span {
        let first = self.here();
        self.bump();
        let glued = matches!(operator.token, TokenKind::Shr | TokenKind::GtEq | TokenKind::NotIn);
        let span = if glued { first.to(self.here()) } else { first };
        if glued {
            self.bump();
        }
        self.join_line();
        span
    }

    fn infix(&mut self, mark: Mark, left: ExprId, operator: Operator, let_ok: bool) -> ExprId {
        let binary = matches!(operator.meaning, Meaning::Binary(_));
        let chained = binary && matches!(self.kind_of(left), Some(ExprKind::Binary(..)));
        let fits = chained || self.sink();
        let span = self.take_operator(operator);
        let right_min = if operator.assoc == Assoc::Right { operator.precedence } else { operator.precedence + 1 };
        let kind = match operator.meaning {
            Meaning::Binary(op) => {
                self.restrict.let_ok = let_ok && operator.token == TokenKind::AmpAmp;
                let right = self.expression(right_min, false);
                self.restrict.let_ok = false;
                ExprKind::Binary(op, span, left, right)
            }
            Meaning::Cast => ExprKind::Cast(left, self.operand_type(false)),
            Meaning::Is => {
                let negated = self.eat(TokenKind::Not);
                ExprKind::Is { value: left, ty: self.operand_type(true), negated }
            }
            Meaning::In | Meaning::NotIn => ExprKind::In {
                value: left,
                container: self.expression(right_min, false),
                negated: operator.meaning == Meaning::NotIn,
            },
            Meaning::Coalesce => ExprKind::Coalesce(left, self.expression(right_min, false)),
            Meaning::Pipe => ExprKind::Pipe(left, self.expression(right_min, false)),
            Meaning::OrElse => ExprKind::OrElse(left, self.expression(right_min, false)),
            Meaning::Range | Meaning::RangeInclusive => {
                let inclusive = operator.meaning == Meaning::RangeInclusive;
                ExprKind::Range { start: Some(left), end: self.range_end(inclusive), inclusive }
            }
        };
        self.expr_node(if fits { kind } else { ExprKind::Error }, mark)
    }

    /// Where the right operand of a binary operation stands.
    fn right_of(&self, binary: ExprId) -> Span {
        match self.kind_of(binary) {
            Some(ExprKind::Binary(_, _, _, right)) => {
                self.ast.exprs.get(right.0 as usize).map_or(self.behind(), |right| right.span)
            }
            _ => self.behind(),
        }
    }

    pub(super) fn kind_of(&self, expr: ExprId) -> Option<&ExprKind> {
        self.ast.exprs.get(expr.0 as usize).map(|expr| &expr.kind)
    }

    /// What stands behind `..`, if something does.
    fn range_end(&mut self, inclusive: bool) -> Option<ExprId> {
        let block = self.restrict.no_struct && self.at(TokenKind::LBrace);
        if self.at_operand() && !block {
            return Some(self.expression(RANGE + 1, false));
        }
        if inclusive {
            self.expected("the last value of the range behind `..=`");
        }
        None
    }

    /// `..b`, `..=b`, `..`
    pub(super) fn prefix_range(&mut self) -> ExprId {
        let mark = self.mark();
        let inclusive = self.at(TokenKind::DotDotEq);
        self.bump();
        let end = self.range_end(inclusive);
        self.expr_node(ExprKind::Range { start: None, end, inclusive }, mark)
    }

    /// `-e`, `!e`. A `**` binds tighter than the minus on its left.
    pub(super) fn unary(&mut self) -> ExprId {
        let mark = self.mark();
        let op = if self.at(TokenKind::Minus) { UnaryOp::Neg } else { UnaryOp::Not };
        let first = self.at;
        self.bump();
        if !self.enter() {
            return self.too_deep();
        }
        if !self.at_operand() {
            self.operand_missing_behind_sign(first);
        }
        let operand_mark = self.mark();
        let mut operand = self.operand();
        if op == UnaryOp::Neg
            && self.at(TokenKind::StarStar)
            && let Some(power) = self.operator()
        {
            operand = self.infix(operand_mark, operand, power, false);
        }
        self.leave();
        self.expr_node(ExprKind::Unary(op, operand), mark)
    }

    fn operand_missing_behind_sign(&mut self, sign: usize) {
        let doubled = sign > 0 && self.token_at(sign - 1).kind == TokenKind::Minus && !self.token_at(sign).spaced();
        if doubled {
            let span = self.token_span(sign - 1).to(self.token_span(sign));
            let diagnostic = Diagnostic::error("unknown-sign", span, "there is no operator `--`");
            self.error(self.step_hint(diagnostic, sign, span, " -= 1"));
        }
    }

    /// What to write for `x++` and `x--`; `last` is the second sign. Alone on its line a variable is stepped.
    fn step_hint(&self, diagnostic: Diagnostic, last: usize, span: Span, step: &str) -> Diagnostic {
        let next = self.token_at(last + 1);
        let ends = next.begins_line() || next.kind == TokenKind::Eof || next.kind.is_closer();
        let name = last.checked_sub(2).map(|name| self.token_at(name)).filter(|name| name.kind.is_name());
        if ends && name.is_some_and(|name| name.begins_line()) {
            return diagnostic.suggest("write", span, step);
        }
        diagnostic.note(format!("a variable is changed by a statement of its own: `x{step}`"))
    }

    /// A `+` before an operand.
    pub(super) fn unary_plus(&mut self) -> ExprId {
        let span = self.here();
        let doubled = self.previous() == TokenKind::Plus && !self.token().spaced();
        if doubled {
            let span = self.token_span(self.at - 1).to(span);
            let diagnostic = Diagnostic::error("unknown-sign", span, "there is no operator `++`");
            self.error(self.step_hint(diagnostic, self.at, span, " += 1"));
        } else {
            self.report(
                Diagnostic::error("unknown-sign", span, "a plus sign stands between two values, not before one")
                    .suggest("leave it out", self.with_blank(), ""),
            );
        }
        self.bump();
        if !self.at_operand() {
            return self.error_expr();
        }
        if !self.enter() {
            return self.too_deep();
        }
        let operand = self.operand();
        self.leave();
        operand
    }

    fn assignment(&mut self, mark: Mark, target: ExprId, op: AssignOp) -> ExprId {
        self.check_target(target);
        let fits = self.sink();
        let sign = self.here();
        self.bump_joining();
        let value = self.expression(0, false);
        self.no_second_assignment();
        self.expr_node(if fits { ExprKind::Assign { target, op, sign, value } } else { ExprKind::Error }, mark)
    }

    /// Variables, fields and elements can be assigned.
    fn check_target(&mut self, target: ExprId) {
        let Some(expr) = self.ast.exprs.get(target.0 as usize) else { return };
        let span = expr.span;
        let what = match &expr.kind {
            ExprKind::Error | ExprKind::Field(..) | ExprKind::Index(..) => return,
            ExprKind::Name(names::SELF) => "`self`",
            ExprKind::Name(names::SUPER) => "`super`",
            ExprKind::Name(_) => return,
            ExprKind::Call { .. } => "the result of a call",
            ExprKind::Tuple(_) | ExprKind::Array(_) => "several variables at once",
            ExprKind::OptionalField(..) => "a field that may be missing",
            ExprKind::Int(_) | ExprKind::Float(_) | ExprKind::Str(_) | ExprKind::Bool(_) => "a literal",
            _ => "this expression",
        };
        let mut diagnostic = Diagnostic::error("assignment-target", span, format!("cannot assign to {what}"))
            .note("variables, fields and elements can be assigned: `x = 1`, `p.x = 1`, `xs[0] = 1`");
        if matches!(self.kind_of(target), Some(ExprKind::Tuple(_) | ExprKind::Array(_))) {
            diagnostic = diagnostic.note("new variables are taken from a tuple by `let (a, b) = pair`");
        }
        self.report(diagnostic);
    }

    /// `let pattern = value` in a condition.
    fn let_condition(&mut self, allowed: bool) -> ExprId {
        let mark = self.mark();
        if !allowed {
            let span = self.here();
            self.error(
                Diagnostic::error("misplaced-let", span, "`let` is no expression here")
                    .note("it begins a statement, or a condition of `if` or `while`, alone or joined by `&&`"),
            );
            self.skip_nested();
            return self.expr_node(ExprKind::Error, mark);
        }
        self.bump();
        let pattern = self.pattern();
        let value = if self.at(TokenKind::Eq) {
            self.bump_joining();
            let no_and = std::mem::replace(&mut self.restrict.no_and, true);
            let value = self.expression(0, false);
            self.restrict.no_and = no_and;
            value
        } else {
            self.expected("`=` and the value to be taken apart");
            self.error_expr()
        };
        self.expr_node(ExprKind::Let { pattern, value }, mark)
    }

    /// `a | b` between values.
    fn bar_between_values(&mut self, mark: Mark, left: ExprId) -> ExprId {
        let span = self.here();
        let begins_line = self.token().begins_line();
        let (message, note) = if begins_line {
            (
                "a line that begins with `|` goes on with the line before, and `|` is no operator on values",
                "a closure that begins a line needs parentheses around it",
            )
        } else {
            (
                "`|` is no operator on values",
                "it builds types and closures; the bits of two integers are joined by `bor(a, b)`, conditions by `||`",
            )
        };
        let mut diagnostic = Diagnostic::error("bar-operator", span, message).note(note);
        if begins_line {
            // Nothing can be told about what was meant.
        } else if let (Some(a), false) = (self.ast.exprs.get(left.0 as usize), self.recovering) {
            let text = self.text.get(a.span.start as usize..a.span.end as usize).unwrap_or("");
            if text.len() < 30 && self.nth(1) == TokenKind::Int {
                let right = self.token_text(self.at + 1);
                let whole = a.span.to(self.token_span(self.at + 1));
                diagnostic = diagnostic.suggest("write", whole, format!("bor({text}, {right})"));
            }
        }
        self.error(diagnostic);
        self.skip_nested();
        self.expr_node(ExprKind::Error, mark)
    }

    /// `a < b < c`, `0..1..2`
    fn report_chain(&mut self, operator: Operator, middle: Span) {
        let span = self.here();
        if operator.precedence == RANGE {
            self.report(
                Diagnostic::error("range-chain", span, "ranges do not chain: a range has two ends")
                    .note("steps are taken by `iter.step_by`: `iter.step_by(0..10, 2)`, behind `import iter`"),
            );
            return;
        }
        let argument = self.nth(1) == TokenKind::LParen && self.next_is_adjacent();
        if operator.token == TokenKind::Gt && argument {
            self.report(
                Diagnostic::error(
                    "comparison-chain",
                    span,
                    "calls have no type arguments, and comparisons do not chain",
                )
                .note(
                    "types follow from the values: `f(x)`; some functions take a type as a value: `parse(i64, text)`",
                ),
            );
            return;
        }
        let text = self.text.get(middle.start as usize..middle.end as usize).unwrap_or("").to_string();
        let mut diagnostic =
            Diagnostic::error("comparison-chain", span, "comparisons do not chain: this one would compare a `bool`");
        if text.len() <= 40 && !text.contains('\n') {
            diagnostic = diagnostic.suggest("compare twice", middle.at_end(), format!(" && {text}"));
        }
        self.report(diagnostic);
    }

    /// The condition of an `if` or `while`.
    pub(super) fn condition(&mut self) -> ExprId {
        let outer = self.restrict;
        self.restrict = super::Restrict { no_struct: true, no_label: true, no_and: false, let_ok: true };
        let condition = self.expression(0, false);
        self.restrict = outer;
        condition
    }

    /// The value in the head of a `match` or `for`.
    pub(super) fn head_value(&mut self) -> ExprId {
        let outer = self.restrict;
        self.restrict = super::Restrict { no_struct: true, no_label: true, no_and: false, let_ok: false };
        let value = self.expression(0, false);
        self.restrict = outer;
        value
    }
}
