//! Bodies: from the typed view of expressions, statements and patterns to typed HIR.
//!
//! Types flow both ways: what is expected flows inward ([`goal`]), what is found flows outward. What neither decides at
//! once (`let xs = []`) is an inference variable until the body's uses decide it. If something was needed before that,
//! the body is read again with what the first reading found out, so the order of uses does not matter.
//!
//! | file | holds |
//! |---|---|
//! | `body` | the state of a body, small operations |
//! | `expr` | the dispatch over expressions |
//! | `literal` `collection` `construct` | literals |
//! | `operator` `condition` `flow` | operators, narrowing |
//! | `block` `branch` `loops` `assign` | statements and control flow |
//! | `pattern` `nominal` | patterns |
//! | `names` `fields` `scope` `frame` `closure` | names, fields, variables, closures |
//! | `call` `overload` `apply` `spread` `value` `callerr` | calls and function values |
//! | `unify` `env` `purity` | types; the program around; effects of closures |
//! | `results` `entry` `finish` | inferred results, the ways in, the way out |
//! | `scan` `suggest` | questions about syntax; near names |
//!
//! Always true: no Ast is cloned; native recursion follows the nesting of the source, which is bounded, and nothing
//! else (functions whose results depend on others are put off past a depth); an expression of type `Error` is silent.

mod apply;
mod assign;
mod block;
mod body;
mod branch;
mod call;
mod callerr;
mod closure;
mod collection;
mod condition;
mod construct;
mod entry;
mod env;
mod expr;
mod fields;
mod finish;
mod flow;
mod frame;
mod goal;
mod literal;
mod loops;
mod names;
mod nominal;
mod operator;
mod overload;
mod pattern;
mod purity;
mod results;
mod scan;
mod scope;
mod spread;
pub(crate) mod suggest;
mod unify;
mod value;

pub(crate) use entry::{check_block, check_default, check_field_default, check_function, check_init};
pub(crate) use results::{infer_global, infer_result};

use crate::hir::{FnId, GlobalId, MultiId};
use rustc_hash::{FxHashMap, FxHashSet};
use sayso_base::Name;
use sayso_types::{Inference, TypeId};

/// What bodies share: tables that are filled once, and results that are being inferred.
#[derive(Default)]
pub struct State {
    names: env::CoreNames,
    named: bool,
    spare_scopes: Vec<scope::Scopes>,
    spare_buffers: Vec<frame::Buffers>,
    inference: Inference,
    /// How many bodies are being read, one inside the other.
    open_bodies: u32,
    fast: operator::FastTable,
    unary: [operator::Fast; 2],
    not: Option<FnId>,
    index_functions: [Option<Option<FnId>>; 4],
    core_multis: FxHashMap<Name, MultiId>,
    /// By module: whether its file has a `yield`.
    yields: Vec<Option<bool>>,
    field_names: Option<FxHashSet<Name>>,
    interface_calls: Option<(usize, FxHashSet<Name>)>,
    assigned_in_functions: Option<FxHashSet<Name>>,
    /// Functions and globals whose types are being inferred, outermost first.
    stack: Vec<results::Entry>,
    /// Results that hold only as long as those further out on the stack are what is assumed of them.
    provisional: FxHashMap<results::Need, results::Provisional>,
    /// What the last turn found for functions that lead to each other.
    assumed: FxHashMap<results::Need, TypeId>,
    /// What is needed before anything else can go on.
    needs: Option<results::Need>,
    /// How many expressions are open, one in the other, over all bodies.
    depth: u32,
    /// Modules whose statements are being read.
    open_inits: Vec<crate::hir::ModuleId>,
    /// Globals of a module's statements that are being read, with their types so far.
    open_globals: Vec<(GlobalId, TypeId)>,
}
