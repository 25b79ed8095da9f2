//! `disjoint_comparison`: `==` between values that never are equal, because their types have none in common.
//!
//! Equality takes any two values, so that generic code can compare; written out, a number against an Option or a text
//! against a symbol is a slip. Equality is structural and sees no type arguments, so only what a value is at all counts:
//! collections of different elements may both be empty. Nothing is said where the program itself says what equality is.

use super::{Context, Lint, Run, body};
use crate::hir::{ExprId, ExprKind, FnId};
use crate::infer::suggest::a;
use crate::walk;
use rustc_hash::FxHashSet;
use sayso_base::{Diagnostic, Span, names};
use sayso_types::{DeclId, DeclKind, TypeId, TypeKind, TypeStore};

pub(super) const LINT: Lint = Lint {
    name: "disjoint_comparison",
    doc: "A comparison by `==` of values whose types have nothing in common.",
    run: Run::Function(run),
};

/// What a value is, as far as equality tells.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
enum Sort {
    Number,
    Byte,
    Bool,
    Text,
    Symbol(sayso_base::Name),
    /// Arrays, lists, ranges.
    Sequence,
    Table,
    Map,
    Set,
    Tuple(usize),
    Function,
    /// A struct, object, enum or class that no class is above or below.
    Declared(DeclId),
    Type,
}

struct Found {
    span: Span,
    left: TypeId,
    right: TypeId,
    negated: bool,
}

fn run(context: &mut Context<'_, '_>, id: FnId) {
    for found in look_through(context, id) {
        report(context, &found);
    }
}

fn look_through(context: &Context<'_, '_>, id: FnId) -> Vec<Found> {
    let mut found = Vec::new();
    let Some(function) = context.function(id) else { return found };
    let Some(root) = body(function) else { return found };
    let mut negated: FxHashSet<ExprId> = FxHashSet::default();
    walk::reach(function, root, |at, expr, _| {
        let ExprKind::Call { callee, args, .. } = &expr.kind else { return };
        if args.len() > 2 {
            return;
        }
        let Some(callees) = context.callees(callee, args.len()) else { return };
        let is_named = |name| {
            !callees.is_empty()
                && callees.iter().all(|callee| {
                    context.is_library(*callee) && context.function(*callee).is_some_and(|callee| callee.name == name)
                })
        };
        match args.as_slice() {
            [inner] if is_named(names::NOT) => {
                // `a != b` is the negation at the same place.
                let same = function.exprs.get(inner.0 as usize).is_some_and(|inner| inner.span == expr.span);
                if same {
                    negated.insert(*inner);
                }
            }
            [left, right] if is_named(names::EQUAL) => {
                let type_of = |id: &ExprId| function.exprs.get(id.0 as usize).map(|expr| expr.ty);
                let (Some(left), Some(right)) = (type_of(left), type_of(right)) else { return };
                let types = &context.program.types;
                let (Some(a), Some(b)) = (sorts(types, left), sorts(types, right)) else { return };
                if !a.iter().any(|sort| b.contains(sort)) {
                    found.push(Found { span: expr.span, left, right, negated: negated.contains(&at) });
                }
            }
            _ => {}
        }
    });
    found
}

/// What values of a type may be; none if that is not known.
fn sorts(types: &TypeStore, ty: TypeId) -> Option<Vec<Sort>> {
    let mut found = Vec::new();
    let parts: &[TypeId] = match types.kind(ty) {
        TypeKind::Union(parts) => parts,
        _ => std::slice::from_ref(&ty),
    };
    for part in parts {
        found.push(sort(types, *part)?);
    }
    Some(found)
}

fn sort(types: &TypeStore, ty: TypeId) -> Option<Sort> {
    Some(match types.kind(ty) {
        TypeKind::I64 | TypeKind::F64 => Sort::Number,
        TypeKind::Byte => Sort::Byte,
        TypeKind::Bool => Sort::Bool,
        TypeKind::Str => Sort::Text,
        TypeKind::Symbol(name) => Sort::Symbol(*name),
        TypeKind::Array(_) | TypeKind::FixedArray(..) | TypeKind::List(_) | TypeKind::Seq(_) => Sort::Sequence,
        TypeKind::Table(..) => Sort::Table,
        TypeKind::Map(..) => Sort::Map,
        TypeKind::Set(_) => Sort::Set,
        TypeKind::Tuple(parts) => Sort::Tuple(parts.len()),
        TypeKind::Function { .. } | TypeKind::AnyFunction => Sort::Function,
        TypeKind::Type(_) => Sort::Type,
        TypeKind::Nominal(decl, _) => match types.decl(*decl).kind {
            DeclKind::Struct | DeclKind::Object | DeclKind::Enum => Sort::Declared(*decl),
            DeclKind::Variant { of, .. } => Sort::Declared(of),
            DeclKind::Opaque if types.well_known.range == Some(*decl) => Sort::Sequence,
            DeclKind::Opaque | DeclKind::Class | DeclKind::Trait | DeclKind::Interface => return None,
        },
        TypeKind::Any
        | TypeKind::Never
        | TypeKind::Error
        | TypeKind::Infer(_)
        | TypeKind::Var(_)
        | TypeKind::Shape(_)
        | TypeKind::Union(_)
        | TypeKind::Intersection(_) => return None,
    })
}

fn report(context: &mut Context<'_, '_>, found: &Found) {
    let types = &context.program.types;
    let show = |ty| types.display(ty, context.names());
    let (left, right) = (show(found.left), show(found.right));
    let outcome = if found.negated { "true" } else { "false" };
    let mut diagnostic = Diagnostic::warning(LINT.name, found.span, format!("this comparison is always {outcome}"))
        .label(format!("no `{left}` equals {}", a(&right)));
    let holds = |option: TypeId, other: TypeId| match types.kind(option) {
        TypeKind::Nominal(decl, args) if types.well_known.option == Some(*decl) => args.first() == Some(&other),
        _ => false,
    };
    if holds(found.left, found.right) || holds(found.right, found.left) {
        diagnostic = diagnostic.note("compare with `Some(…)`, or take the value out of the Option before");
    }
    context.report(diagnostic);
}
