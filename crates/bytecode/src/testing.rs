//! A module with something in every table, for tests.

use crate::assemble::assemble;
use crate::module::*;
use sayso_base::{FileId, Name, Span};
use sayso_types::{Decl, DeclId, DeclKind, Effects, Field, TypeId, TypeKind, TypeStore, VarInfo};
use std::sync::Arc;

/// Indices of the sample's entries, by what they are. Constants and globals are numbered as listed there.
pub(crate) mod at {
    pub(crate) const TYPE_ARRAY_I64: u32 = 10;
    pub(crate) const TYPE_ARRAY_STR: u32 = 11;
    pub(crate) const TYPE_PAIR: u32 = 12;
    pub(crate) const TYPE_SHAPE: u32 = 13;
    pub(crate) const TYPE_TABLE: u32 = 14;
    pub(crate) const TYPE_VAR: u32 = 15;
    pub(crate) const TYPE_THREE: u32 = 16;
    pub(crate) const TYPE_POINT: u32 = 17;
    pub(crate) const TYPE_ARRAY_BOOL: u32 = 19;
    pub(crate) const TYPE_ARRAY_F64: u32 = 20;

    pub(crate) const LAYOUT_POINT: u32 = 0;
    pub(crate) const LAYOUT_EMPTY: u32 = 1;

    pub(crate) const FN_INIT: u32 = 0;
    pub(crate) const FN_PLAIN: u32 = 1;
    pub(crate) const FN_CLOSURE: u32 = 2;
    pub(crate) const FN_CAPTURING: u32 = 3;
    pub(crate) const FN_GENERIC: u32 = 4;
}

fn arc<T: Clone>(items: &[T]) -> Arc<[T]> {
    items.into()
}

fn types() -> TypeStore {
    let mut types = TypeStore::new();
    assert_eq!(types.array(TypeId::I64).0, at::TYPE_ARRAY_I64);
    assert_eq!(types.array(TypeId::STR).0, at::TYPE_ARRAY_STR);
    assert_eq!(types.tuple(&[TypeId::I64, TypeId::STR]).0, at::TYPE_PAIR);
    let shape = TypeKind::Shape(Box::new([(Name(1), TypeId::F64), (Name(2), TypeId::ANY)]));
    assert_eq!(types.intern(shape).0, at::TYPE_SHAPE);
    assert_eq!(types.intern(TypeKind::Table(TypeId::STR, TypeId::ANY)).0, at::TYPE_TABLE);
    let var = types.add_var(VarInfo { name: Name(3), upper: TypeId::ANY, lower: TypeId::NEVER });
    assert_eq!(types.intern(TypeKind::Var(var)).0, at::TYPE_VAR);
    assert_eq!(types.intern(TypeKind::FixedArray(TypeId::I64, 3)).0, at::TYPE_THREE);
    let field = |name, ty| Field { name: Name(name), ty, mutable: false, open: false, has_default: false };
    let decl = |name, fields| Decl {
        kind: DeclKind::Struct,
        name: Name(name),
        module: Name(0),
        span: None,
        params: Vec::new(),
        supers: Vec::new(),
        fields,
        variants: Vec::new(),
        members: Vec::new(),
        by_reference: false,
    };
    let point = types.add_decl(decl(4, vec![field(1, TypeId::F64), field(2, TypeId::STR)]));
    let empty = types.add_decl(decl(5, Vec::new()));
    assert_eq!(types.nominal(point, &[]).0, at::TYPE_POINT);
    types.nominal(empty, &[]);
    assert_eq!(types.array(TypeId::BOOL).0, at::TYPE_ARRAY_BOOL);
    assert_eq!(types.array(TypeId::F64).0, at::TYPE_ARRAY_F64);
    types.function(&[TypeId::ANY], TypeId::VOID, Effects::MUT);
    types
}

fn constants() -> Vec<Constant> {
    vec![
        Constant::I64(-7),
        Constant::F64(1.5),
        Constant::Str("text".into()),
        Constant::Symbol(3),
        Constant::Function(at::FN_CLOSURE),
        Constant::Nullary(at::LAYOUT_EMPTY),
        Constant::Type(TypeId::I64),
        Constant::Unit,
        Constant::Bool(true),
        Constant::Byte(9),
        Constant::Array(TypeId(at::TYPE_ARRAY_STR), arc(&[2, 2])),
        Constant::ArrayI64(TypeId(at::TYPE_THREE), arc(&[1, -2, i64::MIN])),
        Constant::ArrayF64(TypeId(at::TYPE_ARRAY_F64), arc(&[f64::NAN.to_bits(), 0])),
        Constant::ArrayByte(TypeId(at::TYPE_ARRAY_BOOL), arc(&[0, 1])),
        Constant::Record(at::LAYOUT_POINT, TypeId(at::TYPE_POINT), arc(&[2, 1])),
        Constant::Tuple(TypeId(at::TYPE_PAIR), arc(&[0, 2])),
        Constant::Table(TypeId(at::TYPE_TABLE), arc(&[2, 0])),
        Constant::Shape(TypeId(at::TYPE_SHAPE), arc(&[1, 15])),
    ]
}

/// A module that is sound, with functions to call from [`at`].
pub(crate) fn sample() -> Module {
    use Class::*;
    let span = Span::new(FileId(0), 3, 8);
    let mut module = Module {
        names: ["geometry", "x", "y", "T", "Point", "Empty", "math.sin", "area"].map(Arc::from).to_vec(),
        types: types(),
        constants: constants(),
        natives: vec![
            NativeRef { key: 6, params: vec![F64], result: F64, result_type: TypeId::F64, type_vars: vec![] },
            NativeRef {
                key: 6,
                params: vec![I64, Dyn],
                result: Dyn,
                result_type: TypeId(at::TYPE_VAR),
                type_vars: vec![sayso_types::VarId(0)],
            },
        ],
        globals: [I64, F64, Bool, Byte, Ref, Dyn].map(|class| Global { name: 1, class, ty: TypeId::ANY }).to_vec(),
        sites: vec![Site { multi: 0 }],
        layouts: vec![
            DeclLayout {
                decl: DeclId(0),
                ty: TypeId(at::TYPE_POINT),
                refs: 1,
                classes: vec![Ref, F64],
                slots: vec![1, 0],
                variant: 0,
            },
            DeclLayout {
                decl: DeclId(1),
                ty: TypeId(at::TYPE_POINT + 1),
                refs: 0,
                classes: vec![],
                slots: vec![],
                variant: 0,
            },
        ],
        formats: vec![FormatSpec { fill: Some('·'), align: Some(1), width: Some(8), ..FormatSpec::default() }],
        files: vec![
            SourceText { name: "geometry.say".into(), text: Some("fn area(p) {\n    p.x\n}\n".into()) },
            SourceText { name: "secret.say".into(), text: None },
        ],
        modules: vec![ModuleInfo { name: 0, init: at::FN_INIT, file: 0, library: false }],
        comptimes: vec![(at::FN_PLAIN, I64)],
        exports: vec![(7, at::FN_PLAIN)],
        ..Module::default()
    };
    let functions = "
        fn init() -> dyn, registers 1
            load_unit r0
            return r0
        fn plain(i64, dyn) -> i64, registers 2
            return r0
        fn closure(ref, dyn) -> dyn, registers 2, closure
            return r1
        fn capturing(ref) -> dyn, registers 1, closure, captures 2
            get_capture r0, r0, 1
            return r0
        fn generic(i64, i64, dyn) -> i64, registers 3, vars 0
            return r1
        fn test() -> dyn, registers 1
            load_unit r0
            return r0
        fn branches(bool, i64) -> i64, registers 3, cost 12
        again:
            jump_if_not r0, out
            switch r1, [one, two], out
        one:
            add_i64_imm r1, r1, -1
            jump again
        two:
            call_native r2, native:9999
        out:
            return r1
        catch one..two to out, r2
    ";
    let functions = functions.replace("call_native r2, native:9999", "load_const r2, const:2");
    assemble(&mut module, &functions).expect("the sample assembles");
    let candidate = |function, takes_types: bool| MultiCandidate {
        vars: if takes_types { vec![sayso_types::VarId(0)] } else { vec![] },
        params: vec![TypeId::I64, TypeId::ANY],
        function,
        takes_types,
        shown: "area(n: i64, p)".into(),
    };
    module.multis = vec![
        Multi {
            name: 7,
            arity: 2,
            params: vec![I64, Dyn],
            result: I64,
            candidates: vec![
                candidate(Some(at::FN_PLAIN), false),
                candidate(None, false),
                candidate(Some(at::FN_GENERIC), true),
            ],
        },
        Multi { name: 7, arity: 1, params: vec![Dyn], result: Dyn, candidates: vec![] },
    ];
    module.hooks = [Some(1), None, Some(0), None, Some(1)];
    module.main = Some((5, false, Some(TypeId::VOID)));
    let test = |name: &str| TestInfo { name: name.into(), module: 0, function: 5, span };
    module.tests = vec![test("adds")];
    module.benches = vec![test("runs")];
    if let Some(function) = module.functions.get_mut(6) {
        function.span = Some(span);
        function.debug = DebugInfo {
            spans: vec![(0, span), (2, Span::new(FileId(0), 17, 20))],
            locals: vec![LocalInfo { name: 1, register: 1, ty: TypeId::I64, boxed: false, start: 0, end: 5 }],
        };
    }
    module
}
