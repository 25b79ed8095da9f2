//! Literals: numbers take the type that is expected of them, strings check their holes.

use super::body::Body;
use super::goal::{Goal, Place, PlaceKind};
use crate::hir::{Constant, ExprId, ExprKind, StrPart};
use sayso_base::{Diagnostic, Span, names};
use sayso_syntax::ast::{self, FormatKind, FormatSpec};
use sayso_types::{TypeId, TypeKind};
use std::sync::Arc;

/// 2⁶³: the only integer literal that is valid only behind a minus.
const MIN_MAGNITUDE: u64 = 1 << 63;

impl Body<'_, '_> {
    pub fn literal(&mut self, expr: &ast::Expr, hint: Option<TypeId>) -> ExprId {
        let span = expr.span;
        match &expr.kind {
            ast::ExprKind::Int(value) => self.int_literal(*value, false, hint, span),
            ast::ExprKind::Float(value) => self.constant(Constant::Float(*value), TypeId::F64, span),
            ast::ExprKind::Bool(value) => self.constant(Constant::Bool(*value), TypeId::BOOL, span),
            ast::ExprKind::Byte(value) => self.constant(Constant::Byte(*value), TypeId::BYTE, span),
            ast::ExprKind::Symbol(name) => {
                let ty = self.cx.types.intern(TypeKind::Symbol(*name));
                self.constant(Constant::Symbol(*name), ty, span)
            }
            ast::ExprKind::Str(parts) => self.string(parts, span),
            _ => self.error(span),
        }
    }

    /// An integer literal, with the minus before it if there is one.
    pub fn int_literal(&mut self, value: Option<u64>, negative: bool, hint: Option<TypeId>, span: Span) -> ExprId {
        let Some(magnitude) = value.filter(|value| *value <= MIN_MAGNITUDE) else {
            return self.number_too_large(negative, span);
        };
        match hint.map_or(TypeId::I64, |hint| self.number_type(hint)) {
            TypeId::F64 => {
                let float = magnitude as f64;
                let float = if negative { -float } else { float };
                self.constant(Constant::Float(float), TypeId::F64, span)
            }
            TypeId::BYTE => match u8::try_from(magnitude) {
                Ok(byte) if !negative || byte == 0 => self.constant(Constant::Byte(byte), TypeId::BYTE, span),
                _ => {
                    self.report(
                        Diagnostic::error("literal-range", span, "this number is no `byte`: bytes are 0 to 255")
                            .label("out of range"),
                    );
                    self.constant(Constant::Byte(0), TypeId::BYTE, span)
                }
            },
            _ => match signed(magnitude, negative) {
                Some(int) => self.constant(Constant::Int(int), TypeId::I64, span),
                None => self.number_too_large(negative, span),
            },
        }
    }

    fn number_too_large(&mut self, negative: bool, span: Span) -> ExprId {
        let limit = if negative { "-9223372036854775808" } else { "9223372036854775807" };
        let which = if negative { "smallest" } else { "largest" };
        self.report(
            Diagnostic::error("literal-range", span, format!("this number is no `i64`: the {which} is {limit}"))
                .label("out of range")
                .note("a number with a point or an exponent, as in `1e19`, is an `f64`"),
        );
        self.constant(Constant::Int(0), TypeId::I64, span)
    }

    /// The type that an integer literal takes where this is expected: `i64` unless only `f64` or `byte` can be meant.
    pub fn number_type(&mut self, hint: TypeId) -> TypeId {
        let hint = self.shallow(hint);
        match self.kind(hint) {
            TypeKind::F64 => TypeId::F64,
            TypeKind::Byte => TypeId::BYTE,
            TypeKind::Union(parts) if !parts.contains(&TypeId::I64) => {
                match (parts.contains(&TypeId::F64), parts.contains(&TypeId::BYTE)) {
                    (true, false) => TypeId::F64,
                    (false, true) => TypeId::BYTE,
                    _ => TypeId::I64,
                }
            }
            _ => TypeId::I64,
        }
    }

    fn string(&mut self, parts: &[ast::StrPart], span: Span) -> ExprId {
        match parts {
            [] => return self.constant(Constant::Str(Arc::from("")), TypeId::STR, span),
            [ast::StrPart::Text(text)] => return self.constant(Constant::Str(text.clone()), TypeId::STR, span),
            _ => {}
        }
        let mut pieces = Vec::with_capacity(parts.len());
        for part in parts {
            match part {
                ast::StrPart::Text(text) => pieces.push(StrPart::Text(text.clone())),
                ast::StrPart::Hole { expr, spec, span } => {
                    let (value, spec) = self.hole(*expr, *spec, *span);
                    pieces.push(StrPart::Value(value, spec));
                }
            }
        }
        self.push(ExprKind::Interpolate(pieces), TypeId::STR, span)
    }

    /// A hole's value, turned to text unless the machine formats its type itself, and the format that is left to do.
    fn hole(&mut self, id: ast::ExprId, mut spec: FormatSpec, span: Span) -> (ExprId, FormatSpec) {
        let mut value = self.infer(id, Goal::Free);
        let mut ty = self.known(self.ty(value), self.span(value));
        if self.check_spec(ty, &spec, span) {
            let wants = self.formatted_by(spec.kind);
            value = self.coerce(value, wants, Place::new(PlaceKind::Formatted));
            ty = self.ty(value);
        }
        let debug = spec.kind == FormatKind::Debug;
        let text = debug || spec.kind == FormatKind::Display;
        let plain = text && FormatSpec { kind: FormatKind::Display, ..spec } == FormatSpec::default();
        match ty {
            TypeId::I64 | TypeId::F64 | TypeId::BOOL | TypeId::BYTE | TypeId::ERROR | TypeId::NEVER => {}
            TypeId::STR if !debug => {}
            // What turns out to be a number is formatted as one, so it may not be text by then.
            _ if !plain && self.may_be_number(ty) => {
                let function = if debug { names::DEBUG_TO_FORMAT } else { names::TO_FORMAT };
                value = self.core_call(function, &[value], TypeId::ANY, span);
            }
            _ => {
                let function = if debug { names::DEBUG } else { names::TO_STR };
                value = self.core_call(function, &[value], TypeId::STR, span);
                spec.kind = FormatKind::Display;
            }
        }
        (value, spec)
    }

    fn may_be_number(&mut self, ty: TypeId) -> bool {
        [TypeId::I64, TypeId::F64, TypeId::BYTE].into_iter().any(|number| !self.cx.types.disjoint(ty, number))
    }

    /// What a format with a letter is for.
    fn formatted_by(&mut self, kind: FormatKind) -> TypeId {
        let integer = self.cx.types.union(&[TypeId::I64, TypeId::BYTE]);
        match kind {
            FormatKind::Exponent => self.cx.types.union(&[integer, TypeId::F64]),
            _ => integer,
        }
    }

    /// Reports a format that is not for values of this type; whether it is for some of them only, which are then to be
    /// told from the others at run time.
    fn check_spec(&mut self, ty: TypeId, spec: &FormatSpec, span: Span) -> bool {
        let integers = self.formatted_by(FormatKind::LowerHex);
        let numbers = self.formatted_by(FormatKind::Exponent);
        let integer = ty != TypeId::NEVER && self.cx.types.is_subtype(ty, integers);
        let number = integer || self.cx.types.is_subtype(ty, numbers);
        // Of these anything may come out at run time.
        let open = matches!(ty, TypeId::ANY | TypeId::ERROR | TypeId::NEVER);
        let letter = match spec.kind {
            FormatKind::Display | FormatKind::Debug => None,
            FormatKind::LowerHex => Some(('x', integer)),
            FormatKind::UpperHex => Some(('X', integer)),
            FormatKind::Binary => Some(('b', integer)),
            FormatKind::Octal => Some(('o', integer)),
            FormatKind::Exponent => Some(('e', number)),
        };
        let fault = match letter {
            Some((_, false)) if open => return ty == TypeId::ANY,
            Some((letter, false)) => {
                let wants = if letter == 'e' { "numbers" } else { "`i64` and `byte`" };
                Some(format!("the format `{letter}` is for {wants}"))
            }
            _ if spec.plus && !number && !open => Some("the format `+` is for numbers".to_owned()),
            _ if spec.precision.is_some() && integer && !open => Some("a precision is for `f64` and text".to_owned()),
            _ => None,
        };
        if let Some(message) = fault {
            let shown = self.show(ty);
            self.report(
                Diagnostic::error("format-spec", span, format!("{message}, and this is `{shown}`"))
                    .label(format!("holds `{shown}`")),
            );
        }
        false
    }
}

/// The value of a magnitude up to 2⁶³, if it is an `i64`.
pub(crate) fn signed(magnitude: u64, negative: bool) -> Option<i64> {
    if negative {
        // 2⁶³ wraps to the smallest integer, which is its own negation.
        (magnitude <= MIN_MAGNITUDE).then(|| (magnitude as i64).wrapping_neg())
    } else {
        i64::try_from(magnitude).ok()
    }
}
