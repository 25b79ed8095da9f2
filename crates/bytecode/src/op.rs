//! The instruction table.
//!
//! An instruction is 8 bytes: opcode `u16`, then three `u16` operands `a`, `b`, `c`, of which the last two may be read
//! as one 32-bit operand `k` (`b` is its low half). Some operations need a further 32-bit operand: it stands in the `k`
//! of an [`Op::Ext`] word directly behind them (jumps never lead to it).
//!
//! Registers are numbered in the frame's window, 8 bytes each. At each point of the code a register is unset or holds a
//! value of one slot class ([`crate::Class`]); the verifier proves which. Register-transfer lines below read
//! `R[a] = R[b] + R[c]`; `faults` names the errors that may be raised; `safepoint` says that a collection, a call or a
//! suspension may happen there.
//!
//! Calls: the arguments stand in `R[a], R[a+1], …`, the callee's window begins at `R[a]`, its result is left in `R[a]`;
//! what was in registers above is gone. A function with type variables gets their run-time types (class `i64`, the
//! number of the type) as its first arguments. A function called as a value gets the closure itself as first argument,
//! then (closures see no type arguments but those they captured) the others, all of class `dyn`; its result is `dyn`.
//!
//! Jump offsets are counted in instructions from the instruction behind the jump. Every jump may lead backwards; then it
//! charges its distance and polls, which makes it a safepoint.
//!
//! Fuel: a call charges the callee's [`crate::Function::entry_cost`], a jump backwards charges its distance in
//! instructions; natives charge for their work. So the same program uses the same fuel in every tier.

/// An instruction word.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
#[repr(transparent)]
pub struct Insn(pub u64);

impl Insn {
    /// From opcode and three operands.
    #[inline]
    pub const fn abc(op: Op, a: u16, b: u16, c: u16) -> Insn {
        Insn(op as u64 | (a as u64) << 16 | (b as u64) << 32 | (c as u64) << 48)
    }
    /// From opcode, register and 32-bit operand.
    #[inline]
    pub const fn ak(op: Op, a: u16, k: u32) -> Insn {
        Insn(op as u64 | (a as u64) << 16 | (k as u64) << 32)
    }
    /// The raw opcode.
    #[inline(always)]
    pub const fn op_bits(self) -> u16 {
        self.0 as u16
    }
    /// First operand.
    #[inline(always)]
    pub const fn a(self) -> u16 {
        (self.0 >> 16) as u16
    }
    /// Second operand.
    #[inline(always)]
    pub const fn b(self) -> u16 {
        (self.0 >> 32) as u16
    }
    /// Third operand.
    #[inline(always)]
    pub const fn c(self) -> u16 {
        (self.0 >> 48) as u16
    }
    /// Second operand, signed.
    #[inline(always)]
    pub const fn sb(self) -> i16 {
        self.b() as i16
    }
    /// Third operand, signed.
    #[inline(always)]
    pub const fn sc(self) -> i16 {
        self.c() as i16
    }
    /// 32-bit operand.
    #[inline(always)]
    pub const fn k(self) -> u32 {
        (self.0 >> 32) as u32
    }
    /// 32-bit operand, signed.
    #[inline(always)]
    pub const fn sk(self) -> i32 {
        self.k() as i32
    }
}

/// How the operands of an instruction are laid out.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Format {
    /// `a`, `b`, `c`.
    ABC,
    /// `a` and a 32-bit `k`.
    AK,
}

/// What the verifier demands of an operand and what it becomes.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum OperandRule {
    /// Not used; must be 0.
    None,
    /// A register that is read, of this class (`Ref` serves for `Dyn`).
    Read(crate::Class),
    /// A register that is read, of class `i64`, `bool` or `byte`.
    ReadInt,
    /// A register that is read, of a raw class (`i64`, `f64`, `bool`, `byte`).
    ReadRaw,
    /// A register that is read, of whatever class.
    ReadAny,
    /// A register that is written with this class.
    Write(crate::Class),
    /// A number, not checked against anything.
    Imm,
    /// A signed 16-bit jump offset in `c`.
    Jump16,
    /// A signed 32-bit jump offset in `k`.
    Jump32,
    /// An index into a table of the module, named here.
    Index(Table),
    /// Checked by a rule of its own in the verifier (register windows, class of a constant, …).
    Special,
}

/// Tables of a module that operands index.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Table {
    /// [`crate::Module::constants`]
    Constants,
    /// [`crate::Module::globals`]
    Globals,
    /// [`crate::Module::functions`]
    Functions,
    /// [`crate::Module::natives`]
    Natives,
    /// [`crate::Module::sites`]
    Sites,
    /// Type ids of [`crate::Module::types`]
    Types,
    /// [`crate::Module::layouts`]
    Layouts,
    /// [`crate::Module::jump_tables`]
    JumpTables,
    /// [`crate::Module::formats`]
    Formats,
    /// [`crate::Module::names`]
    Names,
    /// [`crate::Module::modules`]
    Modules,
    /// [`crate::Module::comptimes`]
    Comptimes,
}

/// Calls the macro `$m` with every instruction:
/// `Variant "mnemonic" Format (rule of a, rule of b, rule of c or k) [ext rule] "doc";`
#[macro_export]
macro_rules! for_each_op {
    ($m:ident) => {
        $m! {
            Nop "nop" ABC (None, None, None) [None] "Nothing.";
            Ext "ext" AK (None, Special, None) [None] "Carries a 32-bit operand for the instruction before it; never executed by itself.";
            // ---- moves and constants
            Move "move" ABC (Special, ReadAny, None) [None] "R[a] = R[b], of the same class.";
            LoadInt "load_int" AK (Write(I64), Imm, None) [None] "R[a] = k, sign-extended.";
            LoadBool "load_bool" AK (Write(Bool), Imm, None) [None] "R[a] = k ≠ 0.";
            LoadByte "load_byte" AK (Write(Byte), Imm, None) [None] "R[a] = k & 255.";
            LoadUnit "load_unit" ABC (Write(Dyn), None, None) [None] "R[a] = ().";
            LoadConst "load_const" AK (Special, Index(Constants), None) [None] "R[a] = constant k, of that constant's class.";
            LoadType "load_type" AK (Write(I64), Index(Types), None) [None] "R[a] = the number of type k, which has no variables.";
            SubstType "subst_type" ABC (Write(I64), Special, None) [Index(Types)] "R[a] = the number of type `ext` with the variables of this function replaced by the types in R[b], R[b+1], …. safepoint.";
            LoadComptime "load_comptime" AK (Special, Index(Comptimes), None) [None] "R[a] = the value of compile-time expression k; only while compiling. safepoint.";
            GetGlobal "get_global" AK (Special, Index(Globals), None) [None] "R[a] = global k; faults StateError if it has no value yet.";
            SetGlobal "set_global" AK (Special, Index(Globals), None) [None] "global k = R[a].";
            // ---- between classes
            BoxI64 "box_i64" ABC (Write(Dyn), Read(I64), None) [None] "R[a] = R[b] as a dynamic value; safepoint (large integers are allocated).";
            BoxF64 "box_f64" ABC (Write(Dyn), Read(F64), None) [None] "R[a] = R[b] as a dynamic value.";
            BoxBool "box_bool" ABC (Write(Dyn), Read(Bool), None) [None] "R[a] = R[b] as a dynamic value.";
            BoxByte "box_byte" ABC (Write(Dyn), Read(Byte), None) [None] "R[a] = R[b] as a dynamic value.";
            UnboxI64 "unbox_i64" ABC (Write(I64), Read(Dyn), None) [None] "R[a] = the integer R[b]; faults CastError if it is none.";
            UnboxF64 "unbox_f64" ABC (Write(F64), Read(Dyn), None) [None] "R[a] = the float R[b]; faults CastError if it is none.";
            UnboxBool "unbox_bool" ABC (Write(Bool), Read(Dyn), None) [None] "R[a] = the bool R[b]; faults CastError if it is none.";
            UnboxByte "unbox_byte" ABC (Write(Byte), Read(Dyn), None) [None] "R[a] = the byte R[b]; faults CastError if it is none.";
            ToRef "to_ref" ABC (Write(Ref), Read(Dyn), None) [None] "R[a] = the object R[b]; faults CastError if it is an immediate value.";
            ByteToI64 "byte_to_i64" ABC (Write(I64), Read(Byte), None) [None] "R[a] = R[b] widened.";
            I64ToByte "i64_to_byte" ABC (Write(Byte), Read(I64), None) [None] "R[a] = R[b]; faults OverflowError outside 0..=255.";
            I64ToF64 "i64_to_f64" ABC (Write(F64), Read(I64), None) [None] "R[a] = R[b] rounded to nearest.";
            F64ToI64 "f64_to_i64" ABC (Write(I64), Read(F64), None) [None] "R[a] = R[b] truncated; faults OverflowError out of range or NaN.";
            // ---- integers
            AddI64 "add_i64" ABC (Write(I64), Read(I64), Read(I64)) [None] "R[a] = R[b] + R[c]; faults OverflowError.";
            SubI64 "sub_i64" ABC (Write(I64), Read(I64), Read(I64)) [None] "R[a] = R[b] - R[c]; faults OverflowError.";
            MulI64 "mul_i64" ABC (Write(I64), Read(I64), Read(I64)) [None] "R[a] = R[b] * R[c]; faults OverflowError.";
            DivI64 "div_i64" ABC (Write(I64), Read(I64), Read(I64)) [None] "R[a] = R[b] / R[c] truncated; faults DivisionError, OverflowError.";
            RemI64 "rem_i64" ABC (Write(I64), Read(I64), Read(I64)) [None] "R[a] = R[b] % R[c], of the dividend's sign; faults DivisionError.";
            PowI64 "pow_i64" ABC (Write(I64), Read(I64), Read(I64)) [None] "R[a] = R[b] ** R[c]; faults OverflowError, ValueError.";
            AndI64 "and_i64" ABC (Write(I64), Read(I64), Read(I64)) [None] "R[a] = R[b] & R[c].";
            OrI64 "or_i64" ABC (Write(I64), Read(I64), Read(I64)) [None] "R[a] = bor(R[b], R[c]).";
            XorI64 "xor_i64" ABC (Write(I64), Read(I64), Read(I64)) [None] "R[a] = R[b] ^ R[c].";
            ShlI64 "shl_i64" ABC (Write(I64), Read(I64), Read(I64)) [None] "R[a] = R[b] << R[c], bits shifted out are lost; faults ValueError outside 0..=63.";
            ShrI64 "shr_i64" ABC (Write(I64), Read(I64), Read(I64)) [None] "R[a] = R[b] >> R[c], arithmetic; faults ValueError outside 0..=63.";
            AddI64Imm "add_i64_imm" ABC (Write(I64), Read(I64), Imm) [None] "R[a] = R[b] + c (signed); faults OverflowError.";
            MulI64Imm "mul_i64_imm" ABC (Write(I64), Read(I64), Imm) [None] "R[a] = R[b] * c (signed); faults OverflowError.";
            DivI64Imm "div_i64_imm" ABC (Write(I64), Read(I64), Imm) [None] "R[a] = R[b] / c (signed, neither 0 nor -1).";
            RemI64Imm "rem_i64_imm" ABC (Write(I64), Read(I64), Imm) [None] "R[a] = R[b] % c (signed, neither 0 nor -1).";
            AndI64Imm "and_i64_imm" ABC (Write(I64), Read(I64), Imm) [None] "R[a] = R[b] & c (signed).";
            ShlI64Imm "shl_i64_imm" ABC (Write(I64), Read(I64), Imm) [None] "R[a] = R[b] << c (0..=63).";
            ShrI64Imm "shr_i64_imm" ABC (Write(I64), Read(I64), Imm) [None] "R[a] = R[b] >> c (0..=63).";
            NegI64 "neg_i64" ABC (Write(I64), Read(I64), None) [None] "R[a] = -R[b]; faults OverflowError.";
            WrapI64 "wrap_i64" ABC (Write(I64), Read(I64), Special) [Imm] "R[a] = R[b] op R[c] modulo 2⁶⁴; `ext` 0: +, 1: -, 2: *.";
            // ---- floats
            AddF64 "add_f64" ABC (Write(F64), Read(F64), Read(F64)) [None] "R[a] = R[b] + R[c].";
            SubF64 "sub_f64" ABC (Write(F64), Read(F64), Read(F64)) [None] "R[a] = R[b] - R[c].";
            MulF64 "mul_f64" ABC (Write(F64), Read(F64), Read(F64)) [None] "R[a] = R[b] * R[c].";
            DivF64 "div_f64" ABC (Write(F64), Read(F64), Read(F64)) [None] "R[a] = R[b] / R[c].";
            RemF64 "rem_f64" ABC (Write(F64), Read(F64), Read(F64)) [None] "R[a] = R[b] % R[c], of the dividend's sign.";
            PowF64 "pow_f64" ABC (Write(F64), Read(F64), Read(F64)) [None] "R[a] = R[b] ** R[c].";
            NegF64 "neg_f64" ABC (Write(F64), Read(F64), None) [None] "R[a] = -R[b].";
            SqrtF64 "sqrt_f64" ABC (Write(F64), Read(F64), None) [None] "R[a] = √R[b].";
            AbsF64 "abs_f64" ABC (Write(F64), Read(F64), None) [None] "R[a] = |R[b]|.";
            FloorF64 "floor_f64" ABC (Write(F64), Read(F64), None) [None] "R[a] = ⌊R[b]⌋.";
            AddF64Const "add_f64_const" ABC (Write(F64), Read(F64), Special) [None] "R[a] = R[b] + constant c (a float).";
            SubF64Const "sub_f64_const" ABC (Write(F64), Read(F64), Special) [None] "R[a] = R[b] - constant c (a float).";
            MulF64Const "mul_f64_const" ABC (Write(F64), Read(F64), Special) [None] "R[a] = R[b] * constant c (a float).";
            MulAddF64 "mul_add_f64" ABC (Read(F64), Read(F64), Read(F64)) [None] "R[a] += R[b] * R[c], rounded twice.";
            MulSubF64 "mul_sub_f64" ABC (Read(F64), Read(F64), Read(F64)) [None] "R[a] -= R[b] * R[c], rounded twice.";
            DivF64Const "div_f64_const" ABC (Write(F64), Read(F64), Special) [None] "R[a] = R[b] / constant c (a float).";
            // ---- comparisons to bool
            Not "not" ABC (Write(Bool), Read(Bool), None) [None] "R[a] = !R[b].";
            EqInt "eq_int" ABC (Write(Bool), ReadInt, ReadInt) [None] "R[a] = R[b] == R[c].";
            LtInt "lt_int" ABC (Write(Bool), ReadInt, ReadInt) [None] "R[a] = R[b] < R[c].";
            LeInt "le_int" ABC (Write(Bool), ReadInt, ReadInt) [None] "R[a] = R[b] <= R[c].";
            EqF64 "eq_f64" ABC (Write(Bool), Read(F64), Read(F64)) [None] "R[a] = R[b] == R[c].";
            LtF64 "lt_f64" ABC (Write(Bool), Read(F64), Read(F64)) [None] "R[a] = R[b] < R[c].";
            LeF64 "le_f64" ABC (Write(Bool), Read(F64), Read(F64)) [None] "R[a] = R[b] <= R[c].";
            CmpI64F64 "cmp_i64_f64" ABC (Write(I64), Read(I64), Read(F64)) [None] "R[a] = -1, 0, 1 for R[b] <, ==, > R[c], exactly; 2 for NaN.";
            EqStr "eq_str" ABC (Write(Bool), Read(Ref), Read(Ref)) [None] "R[a] = the strings R[b] and R[c] are equal; faults CastError on other objects.";
            CmpStr "cmp_str" ABC (Write(I64), Read(Ref), Read(Ref)) [None] "R[a] = -1, 0, 1 by code points.";
            Same "same" ABC (Write(Bool), Read(Dyn), Read(Dyn)) [None] "R[a] = R[b] === R[c]: one object, or equal immediate values.";
            EqDyn "eq_dyn" ABC (Write(Bool), Read(Dyn), Read(Dyn)) [None] "R[a] = R[b] == R[c], structural, where nobody specialised `equal?`; faults DepthError on cycles. safepoint.";
            CmpDyn "cmp_dyn" ABC (Write(I64), Read(Dyn), Read(Dyn)) [None] "R[a] = -1, 0, 1: the default order of R[b] and R[c], where nobody specialised `less?`. safepoint.";
            // ---- jumps
            Jump "jump" AK (None, Jump32, None) [None] "Jumps.";
            JumpIf "jump_if" AK (Read(Bool), Jump32, None) [None] "Jumps if R[a].";
            JumpIfNot "jump_if_not" AK (Read(Bool), Jump32, None) [None] "Jumps unless R[a].";
            JumpUnset "jump_unset" AK (Read(Dyn), Jump32, None) [None] "Jumps if R[a] has no value.";
            JumpEqInt "jump_eq_int" ABC (ReadInt, ReadInt, Jump16) [None] "Jumps if R[a] == R[b].";
            JumpNeInt "jump_ne_int" ABC (ReadInt, ReadInt, Jump16) [None] "Jumps if R[a] != R[b].";
            JumpLtInt "jump_lt_int" ABC (ReadInt, ReadInt, Jump16) [None] "Jumps if R[a] < R[b].";
            JumpLeInt "jump_le_int" ABC (ReadInt, ReadInt, Jump16) [None] "Jumps if R[a] <= R[b].";
            JumpEqImm "jump_eq_imm" ABC (ReadInt, Imm, Jump16) [None] "Jumps if R[a] == b (signed).";
            JumpNeImm "jump_ne_imm" ABC (ReadInt, Imm, Jump16) [None] "Jumps if R[a] != b (signed).";
            JumpLtImm "jump_lt_imm" ABC (ReadInt, Imm, Jump16) [None] "Jumps if R[a] < b (signed).";
            JumpLeImm "jump_le_imm" ABC (ReadInt, Imm, Jump16) [None] "Jumps if R[a] <= b (signed).";
            JumpGtImm "jump_gt_imm" ABC (ReadInt, Imm, Jump16) [None] "Jumps if R[a] > b (signed).";
            JumpGeImm "jump_ge_imm" ABC (ReadInt, Imm, Jump16) [None] "Jumps if R[a] >= b (signed).";
            JumpEqF64 "jump_eq_f64" ABC (Read(F64), Read(F64), Jump16) [None] "Jumps if R[a] == R[b].";
            JumpNeF64 "jump_ne_f64" ABC (Read(F64), Read(F64), Jump16) [None] "Jumps unless R[a] == R[b].";
            JumpLtF64 "jump_lt_f64" ABC (Read(F64), Read(F64), Jump16) [None] "Jumps if R[a] < R[b].";
            JumpLeF64 "jump_le_f64" ABC (Read(F64), Read(F64), Jump16) [None] "Jumps if R[a] <= R[b].";
            JumpNltF64 "jump_nlt_f64" ABC (Read(F64), Read(F64), Jump16) [None] "Jumps unless R[a] < R[b].";
            JumpNleF64 "jump_nle_f64" ABC (Read(F64), Read(F64), Jump16) [None] "Jumps unless R[a] <= R[b].";
            JumpVariant "jump_variant" ABC (Read(Ref), Imm, Jump16) [None] "Jumps if R[a] is variant number b of its enum.";
            JumpNotVariant "jump_not_variant" ABC (Read(Ref), Imm, Jump16) [None] "Jumps unless R[a] is variant number b of its enum.";
            ForRange "for_range" ABC (Read(I64), Read(I64), Jump16) [None] "R[a] += 1; jumps (backwards) if R[a] < R[b].";
            ForRangeTo "for_range_to" ABC (Read(I64), Read(I64), Jump16) [None] "If R[a] < R[b]: R[a] += 1 and jumps (backwards).";
            Switch "switch" AK (Read(I64), Index(JumpTables), None) [None] "Jumps by entry R[a] of jump table k, or by its default if there is none.";
            // ---- calls
            Call "call" AK (Special, Index(Functions), None) [None] "Calls function k with arguments from R[a]; faults DepthError. safepoint.";
            CallNative "call_native" AK (Special, Index(Natives), None) [None] "Calls native k with arguments from R[a]. safepoint.";
            CallValue "call_value" AK (Special, Imm, None) [None] "Calls the function value in R[a] with k arguments from R[a+1], all dyn; faults DispatchError on another arity, CastError on what is no function. safepoint.";
            CallSite "call_site" AK (Special, Index(Sites), None) [None] "Calls the function of site k's multi-function that fits the arguments from R[a] best; faults DispatchError. safepoint.";
            Return "return" ABC (Special, None, None) [None] "Returns R[a].";
            // ---- errors
            Throw "throw" ABC (Read(Dyn), None, None) [None] "Throws R[a].";
            Rethrow "rethrow" ABC (Read(Dyn), None, None) [None] "Goes on unwinding with R[a], which a handler was entered with; its trace stays. In a cleanup handler also ends what an error in the deferred code interrupted.";
            Fault "fault" AK (Imm, Index(Constants), None) [None] "Raises the fault of kind a with message constant k (a string).";
            NoMatch "no_match" ABC (Read(Dyn), None, None) [None] "Raises the MatchError of R[a], which a pattern does not fit.";
            CheckDepth "check_depth" ABC (None, None, None) [None] "Nothing now; kept for generators.";
            // ---- records: structs, variants, objects
            New "new" ABC (Write(Ref), Special, None) [Index(Layouts)] "R[a] = a new record of layout `ext`, whose slots are R[b], R[b+1], … of the layout's classes. safepoint.";
            NewTyped "new_typed" ABC (Write(Ref), Special, Read(I64)) [Index(Layouts)] "The same, with run-time type R[c] instead of the layout's own. safepoint.";
            CopyRecord "copy_record" ABC (Write(Ref), Read(Ref), None) [Index(Layouts)] "R[a] = a copy of record R[b], which is of layout `ext` (else CastError). safepoint.";
            GetDyn "get_dyn" ABC (Write(Dyn), Read(Ref), Imm) [None] "R[a] = reference slot c of record R[b]; faults CastError if there is none.";
            GetRef "get_ref" ABC (Write(Ref), Read(Ref), Imm) [None] "The same, which must hold an object.";
            GetI64 "get_i64" ABC (Write(I64), Read(Ref), Imm) [None] "R[a] = raw slot c of record R[b]; faults CastError if there is none.";
            GetF64 "get_f64" ABC (Write(F64), Read(Ref), Imm) [None] "The same for a float.";
            GetBool "get_bool" ABC (Write(Bool), Read(Ref), Imm) [None] "The same for a bool.";
            GetByte "get_byte" ABC (Write(Byte), Read(Ref), Imm) [None] "The same for a byte.";
            SetDyn "set_dyn" ABC (Read(Ref), Imm, Read(Dyn)) [None] "Reference slot b of record R[a] = R[c], with write barrier.";
            SetRaw "set_raw" ABC (Read(Ref), Imm, ReadRaw) [None] "Raw slot b of record R[a] = R[c].";
            GetNamed "get_named" ABC (Write(Dyn), Read(Dyn), None) [Index(Names)] "R[a] = field `ext` of R[b], whatever it is; faults FieldError. safepoint.";
            SetNamed "set_named" ABC (Read(Dyn), Read(Dyn), None) [Index(Names)] "Field `ext` of R[a] = R[b], checked against the field's type; faults FieldError, CastError. safepoint.";
            VariantIndex "variant_index" ABC (Write(I64), Read(Ref), None) [None] "R[a] = the number of R[b]'s variant.";
            // ---- tuples and shapes (all elements dynamic)
            NewTuple "new_tuple" ABC (Write(Ref), Special, Imm) [Index(Types)] "R[a] = a tuple of static type `ext` of the c values R[b], R[b+1], …. safepoint.";
            NewShape "new_shape" ABC (Write(Ref), Special, Imm) [Index(Types)] "R[a] = a shape value whose fields, in the type's order, are R[b], …. safepoint.";
            NewRange "new_range" ABC (Write(Ref), Special, Imm) [None] "R[a] = a range from R[b] to R[b+1] (dynamic values: integers, or () for an open end); c = 1: the end belongs to it. safepoint.";
            // ---- arrays
            NewArray "new_array" ABC (Write(Ref), Read(I64), Imm) [None] "R[a] = an empty array of type R[b] (its number), room for c elements. safepoint.";
            ArrayOf "array_of" ABC (Write(Ref), Special, Imm) [Index(Types)] "R[a] = an array of type `ext` (no variables) of the c values R[b], …, of the element's class. safepoint.";
            ArrayConst "array_const" ABC (Write(Ref), None, None) [Index(Constants)] "R[a] = a new array with the contents of constant `ext`. safepoint.";
            ArrayLen "array_len" ABC (Write(I64), Read(Ref), None) [None] "R[a] = the length of array R[b].";
            ArrayGetI64 "array_get_i64" ABC (Write(I64), Read(Ref), Read(I64)) [None] "R[a] = R[b][R[c]]; faults IndexError, CastError for an array of other elements.";
            ArrayGetF64 "array_get_f64" ABC (Write(F64), Read(Ref), Read(I64)) [None] "The same for floats.";
            ArrayGetBool "array_get_bool" ABC (Write(Bool), Read(Ref), Read(I64)) [None] "The same for bools.";
            ArrayGetByte "array_get_byte" ABC (Write(Byte), Read(Ref), Read(I64)) [None] "The same for bytes.";
            ArrayGetRef "array_get_ref" ABC (Write(Ref), Read(Ref), Read(I64)) [None] "The same for objects.";
            ArrayGetDyn "array_get_dyn" ABC (Write(Dyn), Read(Ref), Read(I64)) [None] "The same for any array; the element becomes dynamic. safepoint.";
            ArraySetI64 "array_set_i64" ABC (Read(Ref), Read(I64), Read(I64)) [None] "R[a][R[b]] = R[c]; faults IndexError, CastError.";
            ArraySetF64 "array_set_f64" ABC (Read(Ref), Read(I64), Read(F64)) [None] "The same for floats.";
            ArraySetBool "array_set_bool" ABC (Read(Ref), Read(I64), Read(Bool)) [None] "The same for bools.";
            ArraySetByte "array_set_byte" ABC (Read(Ref), Read(I64), Read(Byte)) [None] "The same for bytes.";
            ArraySetDyn "array_set_dyn" ABC (Read(Ref), Read(I64), Read(Dyn)) [None] "The same for any array, whose element class decides; with write barrier.";
            ArrayPushI64 "array_push_i64" ABC (Read(Ref), Read(I64), None) [None] "Appends R[b] to R[a]; faults CastError for fixed or other arrays. safepoint.";
            ArrayPushF64 "array_push_f64" ABC (Read(Ref), Read(F64), None) [None] "The same for floats. safepoint.";
            ArrayPushBool "array_push_bool" ABC (Read(Ref), Read(Bool), None) [None] "The same for bools. safepoint.";
            ArrayPushByte "array_push_byte" ABC (Read(Ref), Read(Byte), None) [None] "The same for bytes. safepoint.";
            ArrayPushDyn "array_push_dyn" ABC (Read(Ref), Read(Dyn), None) [None] "The same for any array, whose element class decides. safepoint.";
            ArrayFill "array_fill" ABC (Read(Ref), Read(I64), Read(Dyn)) [None] "Appends R[c] to array R[a], R[b] times, as `array_push_dyn` would; faults ValueError for a negative count. safepoint.";
            ArrayExtend "array_extend" ABC (Read(Ref), Read(Ref), None) [None] "Appends all elements of array R[b] to array R[a], as they were before. safepoint.";
            ArrayCopy "array_copy" ABC (Write(Ref), Read(Ref), Special) [None] "R[a] = the elements R[c]..R[c+1] of array R[b] (two i64 registers) as a growable array; faults IndexError. safepoint.";
            ArrayFix "array_fix" ABC (Write(Ref), Read(Ref), Read(I64)) [None] "R[a] = array R[b], from now on a fixed array of type R[c]; faults ValueError if its length is another.";
            // ---- tables
            NewTable "new_table" ABC (Write(Ref), Read(I64), Imm) [None] "R[a] = an empty table of type R[b] (its number), room for c entries. safepoint.";
            TableGet "table_get" ABC (Write(Dyn), Read(Ref), Read(Dyn)) [None] "R[a] = R[b][R[c]]; faults KeyError. safepoint.";
            TableFind "table_find" ABC (Write(Dyn), Read(Ref), Read(Dyn)) [None] "R[a] = R[b][R[c]], or no value if there is no such entry: `jump_unset` asks. safepoint.";
            TableSet "table_set" ABC (Read(Ref), Read(Dyn), Read(Dyn)) [None] "R[a][R[b]] = R[c]. safepoint.";
            TableLen "table_len" ABC (Write(I64), Read(Ref), None) [None] "R[a] = how many entries table R[b] has.";
            // ---- strings
            Concat "concat" ABC (Write(Ref), Read(Ref), Read(Ref)) [None] "R[a] = string R[b] followed by string R[c]. safepoint.";
            ConcatN "concat_n" ABC (Write(Ref), Special, Imm) [None] "R[a] = the c strings R[b], R[b+1], … joined. safepoint.";
            StrLen "str_len" ABC (Write(I64), Read(Ref), None) [None] "R[a] = how many code points string R[b] has.";
            I64ToStr "i64_to_str" ABC (Write(Ref), Read(I64), None) [None] "R[a] = R[b] as text. safepoint.";
            F64ToStr "f64_to_str" ABC (Write(Ref), Read(F64), None) [None] "R[a] = R[b] as text. safepoint.";
            BoolToStr "bool_to_str" ABC (Write(Ref), Read(Bool), None) [None] "R[a] = R[b] as text. safepoint.";
            ByteToStr "byte_to_str" ABC (Write(Ref), Read(Byte), None) [None] "R[a] = R[b] as text (its number). safepoint.";
            DynToStr "dyn_to_str" ABC (Write(Ref), Read(Dyn), Imm) [None] "R[a] = R[b] as text, where nobody specialised `to_str`; c = 1: as `debug`. safepoint.";
            Format "format" ABC (Write(Ref), Read(Dyn), None) [Index(Formats)] "R[a] = the number, bool, byte or string R[b] as text by format `ext`; a string is quoted before, if it is to be. safepoint.";
            // ---- functions
            NewClosure "new_closure" ABC (Write(Ref), Special, Imm) [Index(Functions)] "R[a] = a closure of function `ext` over the c dynamic values R[b], R[b+1], …. safepoint.";
            GetCapture "get_capture" ABC (Write(Dyn), Read(Ref), Imm) [None] "R[a] = captured value c of closure R[b]; faults CastError if there is none.";
            NewCell "new_cell" ABC (Write(Ref), Read(Dyn), None) [None] "R[a] = a new cell that holds R[b]. safepoint.";
            CellGet "cell_get" ABC (Write(Dyn), Read(Ref), None) [None] "R[a] = what cell R[b] holds; faults CastError if it is none.";
            CellSet "cell_set" ABC (Read(Ref), Read(Dyn), None) [None] "Cell R[a] holds R[b] now, with write barrier.";
            // ---- types at run time
            Is "is" ABC (Write(Bool), Read(Dyn), Read(I64)) [None] "R[a] = R[b] belongs to the type numbered R[c]. safepoint.";
            Cast "cast" ABC (Write(Dyn), Read(Dyn), Read(I64)) [Index(Constants)] "R[a] = R[b] if it belongs to the type numbered R[c]; else faults CastError, whose message names the place `ext` (a string; empty for a written `as`). safepoint.";
            TypeOf "type_of" ABC (Write(I64), Read(Dyn), None) [None] "R[a] = the number of R[b]'s run-time type. safepoint.";
            TypeValue "type_value" ABC (Write(Dyn), Read(I64), None) [None] "R[a] = the type numbered R[b] as a value.";
            TypeNumber "type_number" ABC (Write(I64), Read(Dyn), None) [None] "R[a] = the number of the type that R[b] is; faults CastError if it is none.";
            // ---- modules
            InitModule "init_module" AK (Special, Index(Modules), None) [None] "Runs the top-level statements of module k (window from R[a]) unless they have run or are running. safepoint.";
            ModuleDone "module_done" AK (Imm, Index(Modules), None) [None] "a = 1: module k has run; a = 0: it failed and may be tried again.";
            // ---- iteration over arrays
            ForArray "for_array" ABC (Read(I64), Read(Ref), Jump16) [None] "R[a] += 1; jumps (backwards) if R[a] < the length of array R[b].";
            // ---- generators and tasks
            Yield "yield" ABC (Read(Dyn), None, None) [None] "Suspends the generator this frame belongs to; R[a] is what its `next` gives. safepoint.";
            NewGenerator "new_generator" ABC (Write(Ref), Special, Imm) [Index(Functions)] "R[a] = a generator of type R[b + c] (its number) over function `ext` with the c arguments R[b], …. safepoint.";
            Spawn "spawn" ABC (Write(Dyn), Special, Imm) [None] "R[a] = a task that will call the function value R[b] with the c dynamic arguments R[b+1], …. safepoint.";
        }
    };
}

macro_rules! make_enum {
    ($($variant:ident $text:literal $format:ident ($a:expr, $b:expr, $c:expr) [$ext:expr] $doc:literal;)*) => {
        /// An opcode. Numbers are those of this version of the format.
        #[allow(rustdoc::broken_intra_doc_links)]
        #[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
        #[repr(u16)]
        pub enum Op { $(#[doc = $doc] $variant),* }

        impl Op {
            /// All opcodes in the order of their numbers.
            pub const ALL: &'static [Op] = &[$(Op::$variant),*];

            /// The opcode with this number.
            pub fn from_bits(bits: u16) -> Option<Op> {
                Op::ALL.get(bits as usize).copied()
            }

            /// The name in listings.
            pub const fn mnemonic(self) -> &'static str {
                match self { $(Op::$variant => $text),* }
            }

            /// What it does.
            pub fn doc(self) -> &'static str {
                match self { $(Op::$variant => $doc),* }
            }

            /// How its operands are laid out.
            pub const fn format(self) -> Format {
                match self { $(Op::$variant => Format::$format),* }
            }

            /// The rules of `a`, `b` (or `k`) and `c`.
            pub const fn operands(self) -> [OperandRule; 3] {
                #[allow(unused_imports)]
                use {OperandRule::*, Table::*, crate::Class::*};
                match self { $(Op::$variant => [$a, $b, $c]),* }
            }

            /// The rule of the operand in the [`Op::Ext`] word behind it; `None` if it has no such word.
            pub const fn ext(self) -> OperandRule {
                #[allow(unused_imports)]
                use {OperandRule::*, Table::*};
                match self { $(Op::$variant => $ext),* }
            }

            /// Whether an [`Op::Ext`] word follows it.
            pub const fn has_ext(self) -> bool {
                !matches!(self.ext(), OperandRule::None)
            }
        }
    };
}
for_each_op!(make_enum);
