//! The instruction table as Markdown: `docs/reference/bytecode.md` is this text.

use crate::op::{Format, Op, OperandRule, Table};
use std::fmt::Write as _;

/// Sections of the reference: title and first operation.
const SECTIONS: &[(&str, Op)] = &[
    ("General", Op::Nop),
    ("Moves and constants", Op::Move),
    ("Between classes", Op::BoxI64),
    ("Integers", Op::AddI64),
    ("Floats", Op::AddF64),
    ("Comparisons", Op::Not),
    ("Jumps", Op::Jump),
    ("Calls", Op::Call),
    ("Errors", Op::Throw),
    ("Records", Op::New),
    ("Tuples and shapes", Op::NewTuple),
    ("Arrays", Op::NewArray),
    ("Tables", Op::NewTable),
    ("Strings", Op::Concat),
    ("Functions", Op::NewClosure),
    ("Types at run time", Op::Is),
    ("Modules", Op::InitModule),
    ("Iteration over arrays", Op::ForArray),
    ("Generators and tasks", Op::Yield),
];

const INTRODUCTION: &str = "\
# Bytecode

<!-- Generated from the instruction table in crates/bytecode/src/op.rs. -->

An instruction is a word of 8 bytes: the opcode and three operands `a`, `b`, `c` of 16 bits each, of which the last two
may be one operand `k` of 32 bits. Some operations have a further operand of 32 bits, `ext`, in an `ext` word behind
them. Operands that are not used are 0.

Registers are numbered in the function's window, 8 bytes each. At each point a register is unset or holds a value of one
class: `i64`, `f64`, `bool`, `byte` (raw), `ref` (an object) or `dyn` (any value; a `ref` serves for it). The verifier
proves which, so the machine does not check it.

Arguments of a call are in the registers from `R[a]` on, its result is left in `R[a]`, and the registers above are unset
then. Jump offsets count from the instruction behind the jump. Jumps backwards charge fuel and poll.

Operands are listed as `operand: what it is`; `→` marks a register that is written.
";

/// The reference of all operations.
pub fn opcode_reference() -> String {
    let mut text = INTRODUCTION.to_string();
    for op in Op::ALL {
        if let Some((title, _)) = SECTIONS.iter().find(|(_, first)| first == op) {
            let _ = write!(text, "\n## {title}\n\n| no. | operation | operands | what it does |\n|--:|---|---|---|\n");
        }
        let doc = op.doc().replace('|', "\\|");
        let _ = writeln!(text, "| {} | `{}` | {} | {doc} |", *op as u16, op.mnemonic(), operands(*op));
    }
    text
}

fn operands(op: Op) -> String {
    let names = match op.format() {
        Format::ABC => ["a", "b", "c", "ext"],
        Format::AK => ["a", "k", "c", "ext"],
    };
    let [a, b, c] = op.operands();
    let shown = names.into_iter().zip([a, b, c, op.ext()]).filter_map(|(name, rule)| {
        let what = describe(rule);
        (!what.is_empty()).then(|| format!("`{name}`: {what}"))
    });
    shown.collect::<Vec<_>>().join(", ")
}

fn describe(rule: OperandRule) -> String {
    match rule {
        OperandRule::None => String::new(),
        OperandRule::Read(class) => class.name().to_string(),
        OperandRule::ReadInt => "i64, bool or byte".to_string(),
        OperandRule::ReadRaw => "raw".to_string(),
        OperandRule::ReadAny => "any class".to_string(),
        OperandRule::Write(class) => format!("→ {}", class.name()),
        OperandRule::Imm => "number".to_string(),
        OperandRule::Jump16 | OperandRule::Jump32 => "offset".to_string(),
        OperandRule::Index(table) => table_name(table).to_string(),
        OperandRule::Special => "see there".to_string(),
    }
}

fn table_name(table: Table) -> &'static str {
    match table {
        Table::Constants => "constant",
        Table::Globals => "global",
        Table::Functions => "function",
        Table::Natives => "native",
        Table::Sites => "call site",
        Table::Types => "type",
        Table::Layouts => "layout",
        Table::JumpTables => "jump table",
        Table::Formats => "format",
        Table::Names => "name",
        Table::Modules => "source module",
        Table::Comptimes => "compile-time expression",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_operation_has_one_row_with_four_cells() {
        let text = opcode_reference();
        for op in Op::ALL {
            let start = format!("| {} | `{}` |", *op as u16, op.mnemonic());
            let rows: Vec<&str> = text.lines().filter(|line| line.starts_with(&start)).collect();
            assert_eq!(rows.len(), 1, "{start}");
            assert_eq!(rows[0].replace("\\|", "").matches('|').count(), 5, "{}", rows[0]);
        }
    }

    #[test]
    fn each_section_begins_once_in_the_order_of_the_table() {
        assert!(SECTIONS.is_sorted_by_key(|(_, first)| *first as u16));
        assert_eq!(opcode_reference().matches("\n## ").count(), SECTIONS.len());
    }
}
