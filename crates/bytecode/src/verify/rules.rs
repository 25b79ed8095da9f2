//! The instruction table in the form that the verifier reads: one [`Rule`] for each opcode, computed at compile time.
//!
//! What a register holds is a set of bits, so chosen that merging two paths is `&` and that a read is allowed when the
//! register's bits and the operand's accepted bits meet: an object (`ref`) has the bit of `dyn` too, and nothing left
//! means unset.

use crate::module::Class;
use crate::op::{Format, Op, OperandRule, Table};

/// Bits of a register that holds nothing, or different things on different paths.
pub(crate) const UNSET: u8 = 0;
const I64: u8 = 1;
const F64: u8 = 2;
const BOOL: u8 = 4;
const BYTE: u8 = 8;
/// The bit of whatever may be an object.
pub(crate) const DYN: u8 = 16;
const REF_ONLY: u8 = 32;

/// The bits of a register that holds a class.
pub(crate) const fn bits(class: Class) -> u8 {
    match class {
        Class::I64 => I64,
        Class::F64 => F64,
        Class::Bool => BOOL,
        Class::Byte => BYTE,
        Class::Dyn => DYN,
        Class::Ref => DYN | REF_ONLY,
    }
}

/// The bits of which one must be there for a read as a class.
pub(crate) const fn accepts(class: Class) -> u8 {
    match class {
        Class::Ref => REF_ONLY,
        other => bits(other),
    }
}

/// What a register with these bits holds, for messages.
pub(crate) fn held(bits: u8) -> &'static str {
    match bits {
        UNSET => "unset",
        I64 => "i64",
        F64 => "f64",
        BOOL => "bool",
        BYTE => "byte",
        DYN => "dyn",
        _ => "ref",
    }
}

/// What these accepted bits ask for, for messages.
pub(crate) fn wanted(accept: u8) -> &'static str {
    const INT: u8 = I64 | BOOL | BYTE;
    const RAW: u8 = INT | F64;
    match accept {
        I64 => "i64",
        F64 => "f64",
        BOOL => "bool",
        BYTE => "byte",
        DYN => "dyn or ref",
        REF_ONLY => "ref",
        INT => "i64, bool or byte",
        RAW => "a raw value",
        _ => "any value",
    }
}

/// How many kinds of table there are, and no table.
pub(crate) const TABLES: usize = 13;

/// The place of a table's length among the limits; 0 is no table.
pub(crate) const fn table_number(table: Table) -> u8 {
    match table {
        Table::Constants => 1,
        Table::Globals => 2,
        Table::Functions => 3,
        Table::Natives => 4,
        Table::Sites => 5,
        Table::Types => 6,
        Table::Layouts => 7,
        Table::JumpTables => 8,
        Table::Formats => 9,
        Table::Names => 10,
        Table::Modules => 11,
        Table::Comptimes => 12,
    }
}

/// How an instruction goes on.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Control {
    /// With the next.
    Next,
    /// With the next, or at an offset in `c`.
    Branch16,
    /// With the next, or at an offset in `k`.
    Branch32,
    /// At an offset in `k`.
    Jump,
    /// By a jump table.
    Switch,
    /// Nowhere in this function, but perhaps in a handler.
    End,
}

/// What is known of an opcode.
#[derive(Clone, Copy)]
pub(crate) struct Rule {
    pub(crate) op: Op,
    /// Accepted bits of `a`, `b`, `c` as registers that are read; 0 for what is not read.
    pub(crate) read: [u8; 3],
    /// Bits that `a` has afterwards; 0 if it is not written by this rule.
    pub(crate) write: u8,
    /// All ones for those of `a`, `b`, `c` that are registers.
    pub(crate) registers: [u32; 3],
    /// Bits of the word that must be zero.
    pub(crate) zero: u64,
    /// The table that `k` indexes.
    pub(crate) k_table: u8,
    /// The table that the `ext` word indexes.
    pub(crate) ext_table: u8,
    pub(crate) has_ext: bool,
    /// Whether [`super::form`] has a rule of its own for it.
    pub(crate) special_form: bool,
    /// Whether [`super::flow`] has a rule of its own for it.
    pub(crate) special_flow: bool,
    pub(crate) control: Control,
    /// Whether it leads only backwards.
    pub(crate) only_backwards: bool,
    /// Whether it hands the registers from `a` on to a callee.
    pub(crate) calls: bool,
}

const fn is_read(rule: OperandRule) -> u8 {
    match rule {
        OperandRule::Read(class) => accepts(class),
        OperandRule::ReadInt => I64 | BOOL | BYTE,
        OperandRule::ReadRaw => I64 | F64 | BOOL | BYTE,
        OperandRule::ReadAny => 0x3f,
        _ => 0,
    }
}

/// Operands with rules of their own that are single registers all the same: which of `a`, `b`, `c`.
const fn special_register(op: Op, operand: usize) -> bool {
    match op {
        Op::Move | Op::LoadConst | Op::LoadComptime | Op::GetGlobal | Op::SetGlobal | Op::Return => operand == 0,
        Op::Call | Op::CallNative | Op::CallValue | Op::CallSite | Op::InitModule => operand == 0,
        Op::WrapI64 | Op::ArrayCopy => operand == 2,
        _ => false,
    }
}

const fn rule(op: Op) -> Rule {
    let operands = op.operands();
    let words: [u64; 3] = match op.format() {
        Format::ABC => [0xffff << 16, 0xffff << 32, 0xffff << 48],
        Format::AK => [0xffff << 16, 0xffff_ffff << 32, 0],
    };
    let mut rule = Rule {
        op,
        read: [0; 3],
        write: 0,
        registers: [0; 3],
        zero: 0,
        k_table: 0,
        ext_table: 0,
        has_ext: op.has_ext(),
        special_form: false,
        special_flow: false,
        control: Control::Next,
        only_backwards: false,
        calls: false,
    };
    let mut i = 0;
    while i < 3 {
        rule.read[i] = is_read(operands[i]);
        match operands[i] {
            OperandRule::None => rule.zero |= words[i],
            OperandRule::Write(class) => rule.write = bits(class),
            OperandRule::Jump16 => rule.control = Control::Branch16,
            OperandRule::Jump32 => rule.control = Control::Branch32,
            OperandRule::Index(table) => rule.k_table = table_number(table),
            OperandRule::Special => rule.special_flow = true,
            _ => {}
        }
        let writes = matches!(operands[i], OperandRule::Write(_));
        if rule.read[i] != 0 || writes || special_register(op, i) {
            rule.registers[i] = 0xffff_ffff;
        }
        i += 1;
    }
    if let OperandRule::Index(table) = op.ext() {
        rule.ext_table = table_number(table);
    }
    match op {
        Op::Jump => rule.control = Control::Jump,
        Op::Switch => rule.control = Control::Switch,
        Op::Return | Op::Throw | Op::Rethrow | Op::Fault | Op::NoMatch => rule.control = Control::End,
        _ => {}
    }
    rule.only_backwards = matches!(op, Op::ForRange | Op::ForRangeTo | Op::ForArray);
    rule.calls = matches!(op, Op::Call | Op::CallNative | Op::CallValue | Op::CallSite | Op::InitModule);
    rule.special_form = rule.special_flow
        || matches!(rule.control, Control::Switch)
        || matches!(
            op,
            Op::LoadType
                | Op::DivI64Imm
                | Op::RemI64Imm
                | Op::ShlI64Imm
                | Op::ShrI64Imm
                | Op::Fault
                | Op::Cast
                | Op::ArrayConst
                | Op::DynToStr
                | Op::ModuleDone
        );
    rule
}

const COUNT: usize = Op::ALL.len();

static RULES: [Rule; COUNT] = {
    let mut rules = [rule(Op::Nop); COUNT];
    let mut i = 0;
    while i < COUNT {
        rules[i] = rule(Op::ALL[i]);
        i += 1;
    }
    rules
};

/// The rule of an opcode by its number.
#[inline(always)]
pub(crate) fn rule_of(op_bits: u16) -> Option<&'static Rule> {
    RULES.get(op_bits as usize)
}
