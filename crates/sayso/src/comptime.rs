//! Compile-time expressions: run on the same machine, under a budget, without any effects; their values become
//! constants.

use sayso_base::Diagnostic;
use sayso_bytecode::{Class, Constant, Insn, Module, Op};
use sayso_check::hir::Comptime;
use sayso_vm::{Host, Limits, Vm, VmError};
use std::time::Duration;

/// Units of fuel that all compile-time expressions of a program have together.
const FUEL: u64 = 50_000_000;
/// Bytes that they may use.
const MEMORY: usize = 64 << 20;
/// How deep their calls may nest.
const DEPTH: u32 = 10_000;

/// Runs all compile-time expressions and puts their values into the module.
pub(crate) fn run(module: &mut Module, expressions: &[Comptime]) -> Result<(), Vec<Diagnostic>> {
    if module.comptimes.is_empty() {
        return Ok(());
    }
    let count = module.comptimes.len();
    let mut values: Vec<Option<u32>> = vec![None; count];
    let mut errors = Vec::new();
    let mut constants = module.constants.clone();
    match machine(module.clone()) {
        Ok(mut vm) => {
            let mut order: Vec<(usize, &Comptime)> = expressions.iter().enumerate().take(count).collect();
            order.sort_by_key(|(_, expression)| expression.span);
            for (index, expression) in order {
                match vm.run_comptime(index as u32, &mut constants) {
                    Ok(Some(constant)) => values[index] = Some(constant),
                    Ok(None) => errors.push(
                        Diagnostic::error("comptime-value", expression.span, "this value cannot become a constant")
                            .note("numbers, texts, symbols, arrays, tables, tuples and structs of such can"),
                    ),
                    Err(error) => {
                        errors.push(failure(expression, &error));
                        if error.kind != sayso_vm::ErrorKind::Thrown {
                            // What is used up is so for the others too.
                            break;
                        }
                    }
                }
            }
        }
        Err(message) => {
            if let Some(first) = expressions.first() {
                errors.push(Diagnostic::error("internal-error", first.span, message));
            }
        }
    }
    if !errors.is_empty() {
        return Err(errors);
    }
    module.constants = constants;
    patch(module, &values);
    module.comptimes.clear();
    Ok(())
}

fn machine(module: Module) -> Result<Vm, String> {
    let program = sayso_vm::Program::new(module).map_err(|error| error.to_string())?;
    let limits = Limits { fuel: Some(FUEL), memory: MEMORY, depth: DEPTH, deadline: None::<Duration> };
    Vm::new(program, &sayso_stdlib::natives(), Host::new(), limits).map_err(|error| error.to_string())
}

fn failure(expression: &Comptime, error: &VmError) -> Diagnostic {
    let message = format!("this compile-time expression fails: {}: {}", error.class, error.message);
    let mut one = Diagnostic::error("comptime-failed", expression.span, message);
    if error.kind != sayso_vm::ErrorKind::Thrown {
        one = one.note(format!(
            "compile-time expressions of a program have {FUEL} units of fuel and {MEMORY} bytes together"
        ));
    }
    for frame in error.trace.iter().take(6) {
        if let Some(span) = frame.span.filter(|span| *span != expression.span) {
            one = one.also(span, format!("in `{}`", frame.function));
        }
    }
    one
}

/// Replaces the loads of compile-time values by loads of constants.
fn patch(module: &mut Module, values: &[Option<u32>]) {
    let classes: Vec<Class> = module.comptimes.iter().map(|(_, class)| *class).collect();
    let constants = &module.constants;
    for function in &mut module.functions {
        let mut at = 0;
        while let Some(&insn) = function.code.get(at) {
            let op = Op::from_bits(insn.op_bits());
            if op == Some(Op::LoadComptime) {
                let index = insn.k() as usize;
                let class = classes.get(index).copied().unwrap_or(Class::Dyn);
                let constant = values.get(index).copied().flatten().unwrap_or(0);
                let (load, then) = load(insn.a(), class, constant, constants);
                function.code[at] = load;
                if let (Some(then), Some(next)) = (then, function.code.get_mut(at + 1)) {
                    *next = then;
                }
            }
            at += if op.is_some_and(Op::has_ext) { 2 } else { 1 };
        }
    }
}

/// The load of a constant into a register of a class, and what must follow it in the place kept free.
fn load(register: u16, class: Class, index: u32, constants: &[Constant]) -> (Insn, Option<Insn>) {
    let plain = Insn::ak(Op::LoadConst, register, index);
    match (class, constants.get(index as usize)) {
        (Class::Bool, Some(Constant::Bool(value))) => (Insn::ak(Op::LoadBool, register, u32::from(*value)), None),
        (Class::Byte, Some(Constant::Byte(value))) => (Insn::ak(Op::LoadByte, register, u32::from(*value)), None),
        (Class::Dyn, Some(Constant::I64(_))) => (plain, Some(Insn::abc(Op::BoxI64, register, register, 0))),
        (Class::Dyn, Some(Constant::F64(_))) => (plain, Some(Insn::abc(Op::BoxF64, register, register, 0))),
        _ => (plain, None),
    }
}
