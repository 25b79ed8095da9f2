//! The verifier: proves before a program runs what the machine does not check while it runs.
//!
//! What is checked, in this order:
//! 1. `tables`: every index from one table of the module into another; layouts (reference slots first, one slot for
//!    each field); multi-functions (arities, candidates' classes); what takes nothing (tests, top-level code); debug
//!    tables. `constants`: they refer only to constants before them, and their kinds are those of their types.
//! 2. `form`, for all code: opcodes, `ext` words, unused operands, register numbers, windows, table indices, numbers
//!    within their limits, jump targets, that loop operations lead backwards, handlers
//!    (nested, leading forwards).
//! 3. `flow`, for code that can be reached: what each register holds where it is read, by a forward data flow; calls'
//!    arguments and results; that execution never runs off the end.
//!
//! Nothing here recurses over the input, allocates more than a small multiple of it, or takes more than linear time: the
//! data flow has a budget far above what any compiled function needs, past which a function is refused.

use crate::module::Module;
use crate::op::Op;
use std::fmt;

mod constants;
pub(crate) mod flow;
pub(crate) mod form;
pub(crate) mod rules;
pub(crate) mod state;
mod tables;
#[cfg(test)]
mod tests;

/// Where a module is wrong.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Place {
    /// An entry of a table of the module.
    Entry {
        /// The table's name.
        table: &'static str,
        /// Which entry.
        index: u32,
    },
    /// A function as a whole.
    Function {
        /// Its index.
        index: u32,
        /// Its name.
        name: String,
    },
    /// An instruction.
    Instruction {
        /// The function's index.
        function: u32,
        /// The function's name.
        name: String,
        /// The instruction's offset in the function's code.
        offset: u32,
        /// The operation, if it is one.
        op: Option<Op>,
    },
}

/// Why a module was refused: the first thing that is wrong with it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct VerifyError {
    /// Where.
    pub place: Place,
    /// What is there, as in `r3 is unset`.
    pub found: String,
    /// What would be right, as in `i64`.
    pub expected: String,
}

impl fmt::Display for VerifyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.place {
            Place::Entry { table, index } => write!(f, "{table} {index}")?,
            Place::Function { index, name } => write!(f, "function {index} `{name}`")?,
            Place::Instruction { function, name, offset, op } => {
                write!(f, "function {function} `{name}`, offset {offset}")?;
                if let Some(op) = op {
                    write!(f, ", `{}`", op.mnemonic())?;
                }
            }
        }
        write!(f, ": {}; expected {}", self.found, self.expected)
    }
}

impl std::error::Error for VerifyError {}

/// What is wrong with one item, before it is known which: found, expected.
pub(crate) struct Mismatch {
    pub(crate) found: String,
    pub(crate) expected: String,
}

/// The error of a check that failed.
#[cold]
pub(crate) fn mismatch<T>(found: impl fmt::Display, expected: impl fmt::Display) -> Result<T, Mismatch> {
    Err(Mismatch { found: found.to_string(), expected: expected.to_string() })
}

/// Checks an index into a table of `len` entries.
pub(crate) fn check_index(what: &str, index: u32, len: usize) -> Result<(), Mismatch> {
    if (index as usize) < len {
        Ok(())
    } else {
        mismatch(format_args!("{what} {index}"), format_args!("less than {len}"))
    }
}

/// What is wrong in a function: the instruction, or none for the function as a whole.
pub(crate) struct CodeError {
    pub(crate) offset: Option<u32>,
    pub(crate) mismatch: Mismatch,
}

impl CodeError {
    fn locate(self, module: &Module, index: u32) -> VerifyError {
        let function = module.functions.get(index as usize);
        let name = function.and_then(|function| module.names.get(function.name as usize));
        let name = name.map_or_else(|| "?".to_string(), |name| name.to_string());
        let place = match self.offset {
            None => Place::Function { index, name },
            Some(offset) => {
                let insn = function.and_then(|function| function.code.get(offset as usize));
                let op = insn.and_then(|insn| Op::from_bits(insn.op_bits()));
                Place::Instruction { function: index, name, offset, op }
            }
        };
        VerifyError { place, found: self.mismatch.found, expected: self.mismatch.expected }
    }
}

/// Refuses a module that is not sound; see the module's documentation for what is checked.
///
/// Of several errors the first is reported, tables before code, functions in their order.
pub fn verify(module: &Module) -> Result<(), VerifyError> {
    tables::check(module)?;
    constants::check(module)?;
    let mut flow = flow::Flow::new(module);
    let mut form = form::Form::new(module);
    for (index, function) in module.functions.iter().enumerate() {
        let at = |error: CodeError| error.locate(module, index as u32);
        form.check(function).map_err(at)?;
        flow.check(function, &form.layout).map_err(at)?;
    }
    Ok(())
}
