//! The records of a module, field by field, and its sections.
//!
//! A record's line here is its encoding and its decoding: the fields in this order. Adding a field to a record of
//! [`crate::module`] means adding it here (the compiler insists) and a new [`super::VERSION`].

use super::DecodeError;
use super::wire::{Reader, Wire};
use crate::module::*;
use crate::op::Insn;
use sayso_base::{FileId, Span, Text};
use sayso_types::{DeclId, TypeId, VarId};
use std::sync::Arc;

macro_rules! records {
    ($($record:ident { $($field:ident: $ty:ty),* $(,)? })*) => {
        $(impl Wire for $record {
            const LEAST: usize = 0 $(+ <$ty>::LEAST)*;
            fn put(&self, out: &mut Vec<u8>) {
                $(self.$field.put(out);)*
            }
            fn get(reader: &mut Reader) -> Result<Self, DecodeError> {
                Ok($record { $($field: <$ty>::get(reader)?),* })
            }
        })*
    };
}

macro_rules! numbers {
    ($($ty:ident)*) => {
        $(impl Wire for $ty {
            const LEAST: usize = 1;
            fn put(&self, out: &mut Vec<u8>) {
                self.0.put(out);
            }
            fn get(reader: &mut Reader) -> Result<Self, DecodeError> {
                u32::get(reader).map($ty)
            }
        })*
    };
}

/// Enumerations without fields.
macro_rules! cases {
    ($($ty:ident: $what:literal [$($case:ident),*];)*) => {
        $(impl Wire for $ty {
            const LEAST: usize = 1;
            fn put(&self, out: &mut Vec<u8>) {
                out.push(match self { $($ty::$case => $ty::$case as u8),* });
            }
            fn get(reader: &mut Reader) -> Result<Self, DecodeError> {
                const ALL: &[$ty] = &[$($ty::$case),*];
                let case = reader.case($what, ALL.len() as u8)?;
                ALL.get(case as usize).copied().map_or_else(|| reader.error(case, $what), Ok)
            }
        })*
    };
}

/// Enumerations whose cases have fields: number, case, fields.
macro_rules! sums {
    ($($ty:ident: $what:literal { $($number:literal $case:ident ($($field:ident: $field_ty:ty),*);)* })*) => {
        $(impl Wire for $ty {
            const LEAST: usize = 1;
            fn put(&self, out: &mut Vec<u8>) {
                match self {
                    $(sums!(@pattern $ty $case $($field)*) => {
                        out.push($number);
                        $($field.put(out);)*
                    })*
                }
            }
            fn get(reader: &mut Reader) -> Result<Self, DecodeError> {
                match reader.byte()? {
                    $($number => {
                        $(let $field = <$field_ty>::get(reader)?;)*
                        Ok(sums!(@pattern $ty $case $($field)*))
                    })*
                    other => reader.error(format_args!("{} {other}", $what), concat!("a ", $what)),
                }
            }
        })*
    };
    (@pattern $ty:ident $case:ident) => { $ty::$case };
    (@pattern $ty:ident $case:ident $($field:ident)+) => { $ty::$case($($field),+) };
}

numbers! { TypeId DeclId VarId FileId }

cases! {
    Class: "class" [I64, F64, Bool, Byte, Ref, Dyn];
    HandlerKind: "kind of handler" [Catch, Cleanup];
}

sums! {
    Constant: "constant" {
        0 I64(value: i64);
        1 F64(value: f64);
        2 Str(value: Arc<str>);
        3 Symbol(name: u32);
        4 Function(function: u32);
        5 Nullary(layout: u32);
        6 Type(value: TypeId);
        7 Unit();
        8 Bool(value: bool);
        9 Byte(value: u8);
        10 Array(ty: TypeId, parts: Arc<[u32]>);
        11 ArrayI64(ty: TypeId, values: Arc<[i64]>);
        12 ArrayF64(ty: TypeId, values: Arc<[u64]>);
        13 ArrayByte(ty: TypeId, values: Arc<[u8]>);
        14 Record(layout: u32, ty: TypeId, slots: Arc<[u32]>);
        15 Tuple(ty: TypeId, parts: Arc<[u32]>);
        16 Table(ty: TypeId, parts: Arc<[u32]>);
        17 Shape(ty: TypeId, parts: Arc<[u32]>);
        18 Memory(ty: TypeId);
    }
}

records! {
    DeclLayout { decl: DeclId, ty: TypeId, refs: u16, classes: Vec<Class>, slots: Vec<u16>, variant: u32 }
    Global { name: u32, class: Class, ty: TypeId }
    NativeRef { key: u32, params: Vec<Class>, result: Class, result_type: TypeId, type_vars: Vec<VarId> }
    MultiCandidate {
        vars: Vec<VarId>, params: Vec<TypeId>, function: Option<u32>, takes_types: bool, shown: Arc<str>
    }
    Multi { name: u32, arity: u16, params: Vec<Class>, result: Class, candidates: Vec<MultiCandidate> }
    Site { multi: u32 }
    Handler { start: u32, end: u32, target: u32, register: u16, kind: HandlerKind }
    LocalInfo { name: u32, register: u16, ty: TypeId, boxed: bool, start: u32, end: u32 }
    DebugInfo { spans: Spans, locals: Vec<LocalInfo> }
    Function {
        name: u32, module: u32, params: Vec<Class>, result: Class, type_vars: Vec<VarId>, registers: u16,
        entry_cost: u32, closure: bool, captures: u16, value_type: TypeId, code: Vec<Insn>, handlers: Vec<Handler>, debug: DebugInfo,
        span: Option<Span>,
    }
    ModuleInfo { name: u32, init: u32, file: u32, library: bool }
    TestInfo { name: Arc<str>, module: u32, function: u32, span: Span }
    SourceText { name: Arc<str>, text: Option<Text> }
    FormatSpec {
        fill: Option<char>, align: Option<Align>, plus: bool, alternate: bool, zero: bool, width: Option<u32>,
        precision: Option<u32>, kind: Option<char>,
    }
    Span { file: FileId, start: u32, end: u32 }
}

type Spans = Vec<(u32, Span)>;
type Align = i8;

impl Wire for i8 {
    const LEAST: usize = 1;
    fn put(&self, out: &mut Vec<u8>) {
        out.push(self.cast_unsigned());
    }
    fn get(reader: &mut Reader) -> Result<Self, DecodeError> {
        reader.byte().map(u8::cast_signed)
    }
}

impl Wire for f64 {
    const LEAST: usize = 8;
    fn put(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(&self.to_bits().to_le_bytes());
    }
    fn get(reader: &mut Reader) -> Result<Self, DecodeError> {
        Insn::get(reader).map(|word| f64::from_bits(word.0))
    }
}

impl Wire for Insn {
    const LEAST: usize = 8;
    fn put(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(&self.0.to_le_bytes());
    }
    fn get(reader: &mut Reader) -> Result<Self, DecodeError> {
        let bytes = reader.bytes(8)?.as_array();
        bytes.map_or_else(|| reader.error("fewer bytes", 8), |bytes| Ok(Insn(u64::from_le_bytes(*bytes))))
    }
}

/// Calls `$m` with the sections: number, name, field of [`Module`], type. The types come second, since they are named
/// by the names.
macro_rules! for_each_section {
    ($m:ident) => {
        $m! {
            1 "names" names: Vec<Arc<str>>;
            2 "types" types: Types;
            3 "files" files: Vec<SourceText>;
            4 "constants" constants: Vec<Constant>;
            5 "natives" natives: Vec<NativeRef>;
            6 "globals" globals: Vec<Global>;
            7 "multi-functions" multis: Vec<Multi>;
            8 "call sites" sites: Vec<Site>;
            9 "layouts" layouts: Vec<DeclLayout>;
            10 "jump tables" jump_tables: Vec<(Vec<i32>, i32)>;
            11 "formats" formats: Vec<FormatSpec>;
            12 "source modules" modules: Vec<ModuleInfo>;
            13 "functions" functions: Vec<Function>;
            14 "compile-time expressions" comptimes: Vec<(u32, Class)>;
            15 "main module" main_module: u32;
            16 "main function" main: Option<(u32, bool, Option<TypeId>)>;
            17 "tests" tests: Vec<TestInfo>;
            18 "benches" benches: Vec<TestInfo>;
            19 "exports" exports: Vec<(u32, u32)>;
            20 "hooks" hooks: [Option<u32>; 5];
        }
    };
}
pub(super) use for_each_section;
