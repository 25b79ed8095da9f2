//! Natives: arguments, results, callbacks, specialised display and comparison.

use super::build::*;
use crate::Datum::{self, *};
use crate::native::*;
use crate::{Host, Limits, Vm};
use sayso_bytecode::{Class, FaultKind, Multi, MultiCandidate, NativeRef};
use sayso_heap::{HostObject, Marker};
use sayso_types::{DeclKind, TypeId};
use std::sync::Arc;

/// A module with one native, called by function 1 with the arguments of that.
fn with_native(native: &Native, more: &str) -> Build {
    let params: Vec<&str> = native.params.iter().map(|class| class.name()).collect();
    let count = params.len().max(1);
    let mut b = Build::new(&format!(
        "fn f({}) -> {}, registers {count}\n call_native r0, native:0\n return r0\n{more}",
        params.join(", "),
        native.result.name()
    ));
    let key = b.name(native.key);
    let (params, result) = (native.params.to_vec(), native.result);
    b.module.natives.push(NativeRef { key, params, result, result_type: TypeId::ANY, type_vars: vec![] });
    b
}

fn call(native: Native, args: &[Datum]) -> Result<Datum, String> {
    let b = with_native(&native, "");
    b.run_with(&[native], args).map_err(|error| error.to_string())
}

#[test]
fn arguments_and_results_of_every_class() {
    fn all(context: &mut NativeContext<'_>, args: Args<'_>) -> NativeResult {
        let text = args.str(4).unwrap_or("?");
        let shown = format!("{} {} {} {} {text}", args.int(0), args.float(1), args.bool(2), args.byte(3));
        context.str(&shown).into()
    }
    let native =
        Native::new("test.all", &[Class::I64, Class::F64, Class::Bool, Class::Byte, Class::Ref], Class::Ref, all);
    let args = [Int(1), Float(2.5), Bool(true), Byte(4), Str("five".into())];
    assert_eq!(call(native, &args), Ok(Str("1 2.5 true 4 five".into())));
}

#[test]
fn what_a_native_makes_stays_alive() {
    fn make(context: &mut NativeContext<'_>, args: Args<'_>) -> NativeResult {
        fn build(context: &mut NativeContext<'_>, n: i64) -> Result<Handle, Thrown> {
            let ty = context.types().array(TypeId::ANY);
            let array = context.array(ty, 0)?;
            for i in 0..n {
                let text = context.str(&i.to_string())?;
                let big = context.int(i << 55)?;
                let pair = context.tuple(None, &[text, big])?;
                context.array_push(array, pair)?;
            }
            let table_type = context.types().intern(sayso_types::TypeKind::Table(TypeId::ANY, TypeId::ANY));
            let table = context.table(table_type, 0)?;
            let key = context.str("key")?;
            context.table_set(table, key, array)?;
            let popped = context.growable(array)?.pop()?;
            let text = context.str("filler")?;
            context.table_set(table, text, popped.unwrap_or(Handle::UNIT))?;
            Ok(table)
        }
        build(context, args.int(0)).into()
    }
    use crate::Thrown;
    let native = Native::new("test.make", &[Class::I64], Class::Ref, make);
    let shown = "[key: [(0, 0), (1, 36028797018963968)], filler: (2, 72057594037927936)]";
    assert_eq!(call(native, &[Int(3)]), Ok(Str(shown.into())));
}

#[test]
fn faults_and_wrong_results_are_errors() {
    fn fault(context: &mut NativeContext<'_>, _: Args<'_>) -> NativeResult {
        context.fault(FaultKind::Value, "no").into()
    }
    assert_eq!(call(Native::new("t", &[], Class::I64, fault), &[]), Err("ValueError: no".into()));
    fn wrong(_: &mut NativeContext<'_>, _: Args<'_>) -> NativeResult {
        NativeResult::Return(Slot::int(5).min_value())
    }
    trait MinValue {
        fn min_value(self) -> Slot;
    }
    impl MinValue for Slot {
        fn min_value(self) -> Slot {
            ().into_slot()
        }
    }
    let error = call(Native::new("t", &[], Class::Ref, wrong), &[]).unwrap_err();
    assert!(error.contains("gave no object"), "{error}");
}

#[test]
fn missing_and_other_natives_are_refused() {
    fn nothing(_: &mut NativeContext<'_>, _: Args<'_>) -> NativeResult {
        NativeResult::Return(Slot::int(0))
    }
    let wanted = Native::new("t", &[Class::I64], Class::I64, nothing);
    let program = with_native(&wanted, "").program();
    let make = |natives: &[Native]| Vm::new(program.clone(), natives, Host::default(), Limits::default()).map(|_| ());
    let error = make(&[]).unwrap_err().to_string();
    assert_eq!(error, "SetupError: the program needs the native `t`, which there is not");
    for (params, result) in
        [(&[Class::F64][..], Class::I64), (&[], Class::I64), (&[Class::I64], Class::F64), (&[Class::I64], Class::Ref)]
    {
        assert!(make(&[Native::new("t", params, result, nothing)]).is_err());
    }
    assert!(make(&[wanted]).is_ok());
}

struct Repeat {
    function: Handle,
    left: i64,
    sum: Handle,
}
impl Resumable for Repeat {
    fn resume(mut self: Box<Self>, context: &mut NativeContext<'_>, result: Slot) -> NativeResult {
        self.sum = Handle(sayso_heap::Value(result.0));
        self.step(context)
    }
    fn trace(&self, marker: &mut Marker<'_>) {
        marker.value(self.function.0);
        marker.value(self.sum.0);
    }
}
impl Repeat {
    fn step(mut self: Box<Self>, _: &mut NativeContext<'_>) -> NativeResult {
        if self.left == 0 {
            return NativeResult::Return(self.sum.into_slot());
        }
        self.left -= 1;
        let (callee, args) = (Callee::Value(self.function.0), vec![self.sum.0.0]);
        NativeResult::Call(Box::new(CallRequest { callee, args, then: self }))
    }
}
fn repeat(context: &mut NativeContext<'_>, args: Args<'_>) -> NativeResult {
    Box::new(Repeat { function: args.value(0), left: args.int(1), sum: args.value(2) }).step(context)
}

#[test]
fn natives_call_functions_without_nesting() {
    let native = Native::new("test.repeat", &[Class::Ref, Class::I64, Class::Dyn], Class::Dyn, repeat);
    let more = "
    fn grow(ref, dyn) -> dyn, registers 4, closure, captures 1
        to_ref r1, r1
        get_capture r2, r0, 0
        to_ref r2, r2
        concat r1, r1, r2
        return r1
    fn main(i64, dyn, dyn) -> dyn, registers 8
        new_closure r3, [r1, 1], fn:2
        move r4, r0
        move r5, r2
        call_native r3, native:0
        return r3";
    let b = with_native(&native, more);
    let args = [Int(50), Str("ab".into()), Str(">".into())];
    assert_eq!(b.run_with(std::slice::from_ref(&native), &args), Ok(Str(format!(">{}", "ab".repeat(50)))));
    // Errors of the function pass by the native.
    let b = with_native(&native, more);
    let error = b.run_with(&[native], &[Int(50), Int(1), Str(">".into())]).unwrap_err();
    assert_eq!(error.class, "CastError");
}

#[test]
fn deep_nesting_of_natives_and_functions_is_a_depth_error() {
    let native = Native::new("test.repeat", &[Class::Ref, Class::I64, Class::Dyn], Class::Dyn, repeat);
    let more = "
    fn again(ref, dyn) -> dyn, registers 6, closure, captures 0
        move r2, r0
        load_int r3, 1
        move r4, r1
        call_native r2, native:0
        return r2
    fn main(dyn) -> dyn, registers 8
        new_closure r3, [r0, 0], fn:2
        load_int r4, 1
        move r5, r0
        call_native r3, native:0
        return r3";
    let (mut vm, _) = with_native(&native, more).vm(&[native], Limits::default());
    let error = vm.call(3, &[Unit]).unwrap_err();
    assert_eq!(error.class, "DepthError");
    vm.verify_heap().unwrap();
}

#[test]
fn host_objects_are_found_and_reported() {
    struct Counter(i64);
    impl HostObject for Counter {
        fn name(&self) -> &str {
            "counter"
        }
        fn finalize(&mut self) -> Option<String> {
            Some(format!("a counter was dropped at {}", self.0))
        }
        fn as_any(&mut self) -> &mut dyn std::any::Any {
            self
        }
    }
    fn make(context: &mut NativeContext<'_>, args: Args<'_>) -> NativeResult {
        context
            .host_object(TypeId::ANY, Box::new(Counter(args.int(0))))
            .inspect(|counter| {
                if let Some(data) = context.host_data::<Counter>(*counter) {
                    data.0 += 1;
                }
            })
            .into()
    }
    let native = Native::new("test.counter", &[Class::I64], Class::Ref, make);
    let (mut vm, _) = with_native(&native, "").vm(&[native], Limits::default());
    let counter = vm.call(1, &[Int(4)]).unwrap();
    assert_eq!(vm.display(&counter), Ok("<counter>".into()));
    vm.collect();
    assert_eq!(vm.take_leaks(), Vec::<String>::new());
    drop(counter);
    vm.collect();
    assert_eq!(vm.take_leaks(), ["a counter was dropped at 5"]);
}

/// A struct `Word { text: str }` of type 10 whose functions are hooks.
fn with_hooks(listing: &str, hooks: &[(usize, u32, &[Class], Class)]) -> Build {
    let mut b = Build::new(listing);
    let mut word = super::objects::decl(DeclKind::Struct, "Word", &[("from", TypeId::STR)]);
    word.name = sayso_base::Name(b.name("Word"));
    let id = b.module.types.add_decl(word);
    let ty = b.module.types.nominal(id, &[]);
    assert_eq!(ty.0, 10);
    b.module.types.tuple(&[TypeId::ANY, TypeId::ANY]);
    b.module.types.intern(sayso_types::TypeKind::Table(TypeId::ANY, TypeId::ANY));
    b.module.layouts.push(sayso_bytecode::DeclLayout {
        decl: id,
        ty,
        refs: 1,
        classes: vec![Class::Ref],
        slots: vec![0],
        variant: 0,
    });
    let name = b.name("library");
    b.module.modules.push(sayso_bytecode::ModuleInfo { name, init: 0, file: name, library: true });
    for (hook, function, params, result) in hooks {
        let own = MultiCandidate {
            vars: vec![],
            params: vec![ty; params.len()],
            function: Some(*function),
            takes_types: false,
            shown: Arc::from("own"),
        };
        let general = MultiCandidate {
            vars: vec![],
            params: vec![TypeId::ANY; params.len()],
            function: Some(function + 1),
            takes_types: false,
            shown: Arc::from("general"),
        };
        b.module.functions[*function as usize + 1].module = 1;
        b.module.hooks[*hook] = Some(b.module.multis.len() as u32);
        b.module.multis.push(Multi {
            name,
            arity: params.len() as u16,
            params: params.to_vec(),
            result: *result,
            candidates: vec![own, general],
        });
    }
    b
}

#[test]
fn nested_values_are_shown_by_the_programs_own_function() {
    let listing = "
    fn own(dyn) -> ref, registers 4
        to_ref r1, r0
        get_ref r1, r1, 0
        concat r1, r1, r1
        return r1
    fn general(dyn) -> ref, registers 2
        dyn_to_str r1, r0, 0
        return r1
    fn f(ref) -> ref, registers 6
        new r1, [r0], layout:0
        move r2, r0
        new_tuple r1, [r1, 2], type:11
        move r2, r1
        new_tuple r1, [r1, 2], type:11
        dyn_to_str r1, r1, 0
        return r1";
    let b = with_hooks(listing, &[(0, 1, &[Class::Dyn], Class::Ref)]);
    assert_eq!(b.run(&[Str("a".into())]), Ok(Str("((aa, a), (aa, a))".into())));
}

#[test]
fn keys_are_found_by_the_programs_own_functions() {
    // Words are equal if they are of one length, and hash by it.
    let listing = "
    fn equal(dyn, dyn) -> bool, registers 6
        to_ref r2, r0
        get_ref r2, r2, 0
        str_len r2, r2
        to_ref r3, r1
        get_ref r3, r3, 0
        str_len r3, r3
        eq_int r2, r2, r3
        return r2
    fn general_equal(dyn, dyn) -> bool, registers 3
        eq_dyn r2, r0, r1
        return r2
    fn hash(dyn) -> i64, registers 3
        to_ref r1, r0
        get_ref r1, r1, 0
        str_len r1, r1
        return r1
    fn general_hash(dyn) -> i64, registers 2
        load_int r1, 0
        return r1
    fn f(ref, ref) -> dyn, registers 10
        load_type r2, type:12
        new_table r2, r2, 0
        new r3, [r0], layout:0
        new r4, [r1], layout:0
        table_set r2, r3, r0
        table_set r2, r4, r1
        table_get r5, r2, r3
        move r6, r3
        move r7, r5
        new_tuple r6, [r6, 2], type:11
        table_set r2, r6, r0
        move r7, r4
        move r8, r1
        new_tuple r7, [r7, 2], type:11
        eq_dyn r8, r6, r7
        box_bool r8, r8
        table_set r2, r7, r8
        return r2";
    let b = with_hooks(listing, &[(2, 1, &[Class::Dyn; 2], Class::Bool), (4, 3, &[Class::Dyn], Class::I64)]);
    let shown = "[Word { from: ab }: cd, (Word { from: ab }, cd): true]";
    assert_eq!(b.run(&[Str("ab".into()), Str("cd".into())]), Ok(Str(shown.into())));
}

#[test]
fn order_asks_the_programs_own_less() {
    // Longer words come first.
    let listing = "
    fn less(dyn, dyn) -> bool, registers 6
        to_ref r2, r0
        get_ref r2, r2, 0
        str_len r2, r2
        to_ref r3, r1
        get_ref r3, r3, 0
        str_len r3, r3
        lt_int r2, r3, r2
        return r2
    fn general(dyn, dyn) -> bool, registers 3
        load_bool r2, 0
        return r2
    fn f(ref, ref) -> i64, registers 10
        new r2, [r0], layout:0
        move r3, r0
        new_tuple r2, [r2, 2], type:11
        new r3, [r1], layout:0
        move r4, r0
        new_tuple r3, [r3, 2], type:11
        cmp_dyn r4, r2, r3
        return r4";
    for (a, b, expected) in [("a", "bb", 1), ("aa", "b", -1), ("a", "b", 0)] {
        let build = with_hooks(listing, &[(3, 1, &[Class::Dyn; 2], Class::Bool)]);
        assert_eq!(build.run(&[Str(a.into()), Str(b.into())]), Ok(Int(expected)));
    }
}
