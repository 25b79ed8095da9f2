//! Tests on values made by hand, of a small program with a struct or two, an enum and a class.

mod calls;
mod display;
mod equality;
mod format;
mod limits;
mod numbers;
mod order;
mod random;

use super::*;
use sayso_bytecode::module::DeclLayout;
use sayso_bytecode::{Class, Function, Multi, MultiCandidate};
use sayso_heap::Kind;
use sayso_types::{Decl, DeclId, DeclKind, Field, TypeId, TypeKind};

const LIMIT: usize = 64 << 20;
const WORK: u64 = 50_000_000;

/// A program's tables and a heap.
struct World {
    heap: Heap,
    module: Module,
    types: TypeStore,
    names: Interner,
    prepared: Prepared,
    work: u64,
    depth: usize,
}

fn decl(names: &mut Interner, kind: DeclKind, name: &str, fields: &[(&str, TypeId)]) -> Decl {
    let fields = fields.iter().map(|(name, ty)| Field {
        name: names.intern(name),
        ty: *ty,
        mutable: false,
        open: false,
        has_default: false,
    });
    Decl {
        kind,
        fields: fields.collect(),
        name: names.intern(name),
        module: names.intern("main"),
        span: None,
        params: Vec::new(),
        supers: Vec::new(),
        variants: Vec::new(),
        members: Vec::new(),
        by_reference: false,
    }
}

impl World {
    fn new() -> World {
        World::with(|_, _, _| ())
    }

    /// A world whose module `change` has completed.
    fn with(change: impl FnOnce(&mut Module, &mut TypeStore, &mut Interner)) -> World {
        let mut names = Interner::new();
        let mut types = TypeStore::new();
        let mut add = |kind, name: &str, fields: &[(&str, TypeId)]| {
            let decl = decl(&mut names, kind, name, fields);
            types.add_decl(decl)
        };
        let (i64_, f64_, str_, any) = (TypeId::I64, TypeId::F64, TypeId::STR, TypeId::ANY);
        add(DeclKind::Struct, "Point", &[("x", i64_), ("y", f64_)]);
        add(DeclKind::Struct, "Empty", &[]);
        let shape = add(DeclKind::Enum, "Figure", &[]);
        add(DeclKind::Variant { of: shape, index: 0 }, "Circle", &[("0", f64_)]);
        add(DeclKind::Variant { of: shape, index: 1 }, "Rect", &[("w", i64_), ("tag", any)]);
        add(DeclKind::Variant { of: shape, index: 2 }, "Dot", &[]);
        let option = add(DeclKind::Enum, "Option", &[]);
        add(DeclKind::Variant { of: option, index: 1 }, "Some", &[("0", any)]);
        add(DeclKind::Class, "Counter", &[("count", i64_), ("name", str_)]);
        add(
            DeclKind::Struct,
            "Person",
            &[("alive", TypeId::BOOL), ("name", str_), ("grade", TypeId::BYTE), ("extra", any)],
        );
        add(DeclKind::Struct, "Aardvark", &[("x", i64_), ("y", f64_)]);
        let person = types.decl_count() - 2;
        let mut module = Module::default();
        // One layout as the emitter makes it; the others follow the rule.
        module.layouts.push(DeclLayout {
            decl: DeclId(person as u32),
            ty: TypeId::ANY,
            refs: 2,
            classes: vec![Class::Dyn, Class::Dyn, Class::Bool, Class::Byte],
            slots: vec![2, 0, 3, 1],
            variant: 0,
        });
        change(&mut module, &mut types, &mut names);
        module.names = (0..names.len()).map(|index| names.shared(sayso_base::Name(index as u32))).collect();
        let prepared = Prepared::new(&module, &types, &names);
        World { heap: Heap::new(LIMIT), module, types, names, prepared, work: WORK, depth: 200_000 }
    }

    fn cx(&mut self) -> Context<'_> {
        Context {
            heap: &mut self.heap,
            types: &self.types,
            names: &self.names,
            module: &self.module,
            prepared: &self.prepared,
            work: self.work,
            depth: self.depth,
        }
    }

    fn show(&mut self, value: Value) -> String {
        super::display(&mut self.cx(), value, false).unwrap()
    }
    fn debug(&mut self, value: Value) -> String {
        super::display(&mut self.cx(), value, true).unwrap()
    }
    fn equal(&mut self, a: Value, b: Value) -> bool {
        super::equal(&mut self.cx(), a, b).unwrap()
    }
    fn compare(&mut self, a: Value, b: Value) -> Ordering {
        super::compare(&mut self.cx(), a, b).unwrap()
    }
    fn hash(&mut self, value: Value) -> u64 {
        super::hash(&mut self.cx(), value).unwrap()
    }

    // ---- values

    fn int(&mut self, i: i64) -> Value {
        self.heap.int(i).unwrap()
    }
    fn str(&mut self, text: &str) -> Value {
        Value::object(self.heap.new_str(TypeId::STR.0, text).unwrap())
    }
    fn symbol(&mut self, text: &str) -> Value {
        Value::symbol(self.names.intern(text).0)
    }
    fn array(&mut self, items: &[Value]) -> Value {
        let bits: Vec<u64> = items.iter().map(|item| item.0).collect();
        Value::object(self.heap.new_array_from(Kind::ArrayDyn, 0, &bits).unwrap())
    }
    fn ints(&mut self, items: &[i64]) -> Value {
        let bits: Vec<u64> = items.iter().map(|item| *item as u64).collect();
        Value::object(self.heap.new_array_from(Kind::ArrayI64, 0, &bits).unwrap())
    }
    fn floats(&mut self, items: &[f64]) -> Value {
        let bits: Vec<u64> = items.iter().map(|item| item.to_bits()).collect();
        Value::object(self.heap.new_array_from(Kind::ArrayF64, 0, &bits).unwrap())
    }
    fn bytes(&mut self, kind: Kind, items: &[u8]) -> Value {
        Value::object(self.heap.new_byte_array(kind, 0, items).unwrap())
    }
    fn tuple(&mut self, items: &[Value]) -> Value {
        if items.is_empty() {
            return Value::UNIT;
        }
        let bits: Vec<u64> = items.iter().map(|item| item.0).collect();
        Value::object(self.heap.new_slots(Kind::Tuple, 0, bits.len(), &bits, 0).unwrap())
    }
    fn table(&mut self, entries: &[(Value, Value)]) -> Value {
        let table = self.heap.new_table(0, 0).unwrap();
        for (key, value) in entries {
            let found = super::find(&mut self.cx(), table, *key).unwrap();
            assert_eq!(found.position, None, "a key twice");
            self.heap.table_insert(table, found.hash, *key, *value).unwrap();
        }
        Value::object(table)
    }
    fn shape(&mut self, fields: &[(&str, Value)]) -> Value {
        let mut named: Vec<_> = fields.iter().map(|(name, value)| (self.names.intern(name), value.0)).collect();
        named.sort_by_key(|field| field.0);
        let types: Vec<_> = named.iter().map(|field| (field.0, TypeId::ANY)).collect();
        let ty = self.types.intern(TypeKind::Shape(types.into()));
        let bits: Vec<u64> = named.iter().map(|field| field.1).collect();
        Value::object(self.heap.new_slots(Kind::Shape, ty.0, bits.len(), &bits, 0).unwrap())
    }
    fn range(&mut self, start: Option<i64>, end: Option<i64>, inclusive: bool) -> Value {
        Value::object(self.heap.new_range(0, start, end, inclusive).unwrap())
    }
    fn closure(&mut self, function: u32, captures: &[u64]) -> Value {
        Value::object(self.heap.new_closure(TypeId::FUNCTION.0, function, captures).unwrap())
    }
    /// A record; `refs` and `raw` are its slots.
    fn record(&mut self, name: &str, refs: &[Value], raw: &[u64]) -> Value {
        let name = self.names.intern(name);
        let id = (0..self.types.decl_count() as u32).map(DeclId).find(|id| self.types.decl(*id).name == name).unwrap();
        let ty = self.types.nominal(id, &[]);
        let slots: Vec<u64> = refs.iter().map(|value| value.0).chain(raw.iter().copied()).collect();
        Value::object(self.heap.new_slots(Kind::Record, ty.0, refs.len(), &slots, 0).unwrap())
    }
    fn point(&mut self, x: i64, y: f64) -> Value {
        self.record("Point", &[], &[x as u64, y.to_bits()])
    }
    fn some(&mut self, value: Value) -> Value {
        self.record("Some", &[value], &[])
    }
    fn circle(&mut self, radius: f64) -> Value {
        self.record("Circle", &[], &[radius.to_bits()])
    }
    fn rect(&mut self, w: i64, tag: Value) -> Value {
        self.record("Rect", &[tag], &[w as u64])
    }
    fn counter(&mut self, count: i64, name: &str) -> Value {
        let name = self.str(name);
        self.record("Counter", &[name], &[count as u64])
    }
    /// An array that holds an integer and itself.
    fn cycle(&mut self) -> Value {
        let one = self.int(1);
        let array = self.array(&[one]);
        self.heap.array_push(array.as_object().unwrap(), array.0).unwrap();
        array
    }
    /// Arrays inside each other.
    fn nested(&mut self, levels: usize, inner: Value) -> Value {
        (0..levels).fold(inner, |value, _| self.array(&[value]))
    }
}

fn int(i: i64) -> Value {
    Value::small_int(i).unwrap()
}

/// Adds a function of this name to a module.
fn add_function(module: &mut Module, names: &mut Interner, name: &str) -> u32 {
    module.functions.push(Function {
        name: names.intern(name).0,
        module: 0,
        params: Vec::new(),
        result: Class::Dyn,
        type_vars: Vec::new(),
        registers: 0,
        entry_cost: 1,
        closure: true,
        captures: 0,
        code: Vec::new(),
        handlers: Vec::new(),
        debug: Default::default(),
        span: None,
    });
    module.functions.len() as u32 - 1
}

/// Says that the program has a function of its own behind a hook, for these parameters.
fn specialise(module: &mut Module, hook: Hook, params: &[TypeId]) {
    let candidate = |params: &[TypeId]| MultiCandidate {
        vars: Vec::new(),
        params: params.to_vec(),
        function: None,
        takes_types: false,
        shown: "".into(),
    };
    module.hooks[hook as usize] = Some(module.multis.len() as u32);
    module.multis.push(Multi {
        name: 0,
        arity: params.len() as u16,
        params: vec![Class::Dyn; params.len()],
        result: Class::Dyn,
        candidates: vec![candidate(&vec![TypeId::ANY; params.len()]), candidate(params)],
    });
}
