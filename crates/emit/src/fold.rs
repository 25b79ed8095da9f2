//! Constant folding.
//!
//! An operation of the machine on constants is a constant. Overflow there is an error of the program; what else faults
//! (`1 / 0`) is left to run time. Long chains of operators are folded from the innermost on, without recursion.

use crate::function::FunctionEmitter;
use sayso_check::hir::{Constant, ExprId, ExprKind};
use std::sync::Arc;

/// What is known of an expression.
#[derive(Clone, Debug)]
pub(crate) enum Folded {
    /// Not looked at yet.
    Unknown,
    /// Not a constant.
    No,
    /// This constant.
    Yes(Constant),
}

/// Strings longer than this are not joined when compiling.
const LONGEST_TEXT: usize = 4_096;

impl FunctionEmitter<'_, '_> {
    /// The constant that an expression is.
    pub(crate) fn fold(&mut self, expr: ExprId) -> Option<Constant> {
        match self.folded.get(expr.0 as usize) {
            Some(Folded::Yes(constant)) => return Some(constant.clone()),
            Some(Folded::No) | None => return None,
            Some(Folded::Unknown) => {}
        }
        // The chain of first arguments that are not looked at yet, outermost first.
        let mut chain = vec![expr];
        let mut at = expr;
        while let Some(first) = self.first_operand(at) {
            if !matches!(self.folded.get(first.0 as usize), Some(Folded::Unknown)) {
                break;
            }
            at = first;
            chain.push(at);
        }
        while let Some(expr) = chain.pop() {
            let result = self.fold_one(expr);
            if let Some(place) = self.folded.get_mut(expr.0 as usize) {
                *place = result.map_or(Folded::No, Folded::Yes);
            }
        }
        match self.folded.get(expr.0 as usize) {
            Some(Folded::Yes(constant)) => Some(constant.clone()),
            _ => None,
        }
    }

    /// What an operation is applied to first.
    fn first_operand(&self, expr: ExprId) -> Option<ExprId> {
        match &self.hir.expr(expr).kind {
            ExprKind::Call { callee, args, .. } if self.intrinsic_name(callee).is_some() => args.first().copied(),
            ExprKind::And(left, _) | ExprKind::Or(left, _) => Some(*left),
            _ => None,
        }
    }

    /// One expression, whose first argument has been looked at.
    fn fold_one(&mut self, expr: ExprId) -> Option<Constant> {
        let hir = self.hir;
        match &hir.expr(expr).kind {
            ExprKind::Constant(Constant::Type(_)) => None,
            ExprKind::Constant(constant) => Some(constant.clone()),
            ExprKind::Block(stmts, Some(value)) if stmts.is_empty() => self.fold(*value),
            ExprKind::And(left, right) => match self.fold(*left)? {
                Constant::Bool(true) => self.fold(*right),
                other => Some(other),
            },
            ExprKind::Or(left, right) => match self.fold(*left)? {
                Constant::Bool(false) => self.fold(*right),
                other => Some(other),
            },
            ExprKind::Call { callee, args, .. } => {
                let name = self.intrinsic_name(callee)?;
                let mut values = Vec::with_capacity(args.len());
                for arg in args {
                    values.push(self.fold(*arg)?);
                }
                let interner = self.linker.interner;
                match evaluate(interner.text(name), &values) {
                    Ok(value) => value,
                    Err(what) => {
                        let span = hir.expr(expr).span;
                        self.linker.diagnostics.push(
                            sayso_base::Diagnostic::error(
                                "constant-overflow",
                                span,
                                format!("this constant expression overflows: {what}"),
                            )
                            .note(if what.ends_with("`byte`") {
                                "`byte` holds 0 to 255"
                            } else {
                                "`i64` holds -9223372036854775808 to 9223372036854775807"
                            }),
                        );
                        None
                    }
                }
            }
            _ => None,
        }
    }
}

/// The value of an operation on constants; an error text if it overflows.
fn evaluate(operation: &str, args: &[Constant]) -> Result<Option<Constant>, String> {
    use Constant::{Bool, Byte, Float, Int, Str};
    let checked = |value: Option<i64>, sign: &str, a: i64, b: i64| match value {
        Some(value) => Ok(Some(Int(value))),
        None => Err(format!("{a} {sign} {b}")),
    };
    Ok(match (operation, args) {
        ("add_i64", [Int(a), Int(b)]) => return checked(a.checked_add(*b), "+", *a, *b),
        ("sub_i64", [Int(a), Int(b)]) => return checked(a.checked_sub(*b), "-", *a, *b),
        ("mul_i64", [Int(a), Int(b)]) => return checked(a.checked_mul(*b), "*", *a, *b),
        ("div_i64", [Int(_), Int(0)]) | ("rem_i64", [Int(_), Int(0)]) => None,
        ("div_i64", [Int(a), Int(b)]) => return checked(a.checked_div(*b), "/", *a, *b),
        ("rem_i64", [Int(a), Int(b)]) => Some(Int(a.wrapping_rem(*b))),
        ("pow_i64", [Int(a), Int(b)]) => match u32::try_from(*b) {
            Ok(power) => return checked(a.checked_pow(power), "**", *a, *b),
            Err(_) => None,
        },
        ("neg_i64", [Int(a)]) => match a.checked_neg() {
            Some(value) => Some(Int(value)),
            None => return Err(format!("-({a})")),
        },
        ("and_i64", [Int(a), Int(b)]) => Some(Int(a & b)),
        ("or_i64", [Int(a), Int(b)]) => Some(Int(a | b)),
        ("xor_i64", [Int(a), Int(b)]) => Some(Int(a ^ b)),
        ("shl_i64", [Int(a), Int(b @ 0..=63)]) => Some(Int(a.wrapping_shl(*b as u32))),
        ("shr_i64", [Int(a), Int(b @ 0..=63)]) => Some(Int(a.wrapping_shr(*b as u32))),
        ("neg_f64", [Float(a)]) => Some(Float(-a)),
        ("add_f64" | "sub_f64" | "mul_f64" | "div_f64" | "rem_f64", [a, b]) => {
            let (Some(a), Some(b)) = (number(a), number(b)) else { return Ok(None) };
            Some(Float(match operation {
                "add_f64" => a + b,
                "sub_f64" => a - b,
                "mul_f64" => a * b,
                "div_f64" => a / b,
                _ => a % b,
            }))
        }
        ("not", [Bool(a)]) => Some(Bool(!a)),
        ("eq_int", [a, b]) => whole(a).zip(whole(b)).map(|(a, b)| Bool(a == b)),
        ("lt_int", [a, b]) => whole(a).zip(whole(b)).map(|(a, b)| Bool(a < b)),
        ("le_int", [a, b]) => whole(a).zip(whole(b)).map(|(a, b)| Bool(a <= b)),
        ("eq_f64", [Float(a), Float(b)]) => Some(Bool(a == b)),
        ("lt_f64", [Float(a), Float(b)]) => Some(Bool(a < b)),
        ("le_f64", [Float(a), Float(b)]) => Some(Bool(a <= b)),
        ("eq_str", [Str(a), Str(b)]) => Some(Bool(a == b)),
        ("concat", [Str(a), Str(b)]) if a.len() + b.len() <= LONGEST_TEXT => {
            let joined: Arc<str> = Arc::from(format!("{a}{b}"));
            Some(Str(joined))
        }
        ("add_byte", [Byte(a), Byte(b)]) => match a.checked_add(*b) {
            Some(value) => Some(Byte(value)),
            None => return Err(format!("{a} + {b} as `byte`")),
        },
        _ => None,
    })
}

fn number(constant: &Constant) -> Option<f64> {
    match constant {
        Constant::Float(value) => Some(*value),
        Constant::Int(value) => Some(*value as f64),
        _ => None,
    }
}

fn whole(constant: &Constant) -> Option<i64> {
    match constant {
        Constant::Int(value) => Some(*value),
        Constant::Bool(value) => Some(i64::from(*value)),
        Constant::Byte(value) => Some(i64::from(*value)),
        _ => None,
    }
}
