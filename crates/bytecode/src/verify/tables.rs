//! The tables of a module: indices from one into another, layouts, multi-functions, functions' heads, debug tables.

use super::{Mismatch, Place, VerifyError, check_index, mismatch};
use crate::module::{Class, DeclLayout, Function, FunctionId, Module, Multi, MultiCandidate, NativeRef, TestInfo};
use sayso_base::Span;
use sayso_types::{TypeId, VarId};

/// How many arguments the functions of [`Module::hooks`] take.
const HOOK_ARITIES: [u16; 5] = [1, 1, 2, 2, 1];

pub(super) fn check(module: &Module) -> Result<(), VerifyError> {
    let tables = Tables { module };
    each("global", &module.globals, |global| {
        tables.name(global.name)?;
        tables.ty(global.ty)
    })?;
    each("native", &module.natives, |native| tables.native(native))?;
    each("layout", &module.layouts, |layout| tables.layout(layout))?;
    each("multi-function", &module.multis, |multi| tables.multi(multi))?;
    each("call site", &module.sites, |site| check_index("multi-function", site.multi, module.multis.len()))?;
    each("source module", &module.modules, |info| {
        tables.name(info.name)?;
        tables.name(info.file)?;
        tables.takes_nothing(info.init)
    })?;
    each("compile-time expression", &module.comptimes, |(id, class)| {
        let function = tables.function(*id)?;
        same_class("result", function.result, *class)
    })?;
    each("test", &module.tests, |test| tables.test(test))?;
    each("bench", &module.benches, |bench| tables.test(bench))?;
    each("export", &module.exports, |(name, function)| {
        tables.name(*name)?;
        tables.function(*function).map(|_| ())
    })?;
    each("hook", &module.hooks.iter().zip(HOOK_ARITIES).collect::<Vec<_>>(), |(hook, arity)| match hook {
        Some(multi) => tables.hook(*multi, *arity),
        None => Ok(()),
    })?;
    each("main module", &[module.main_module], |index| {
        if module.modules.is_empty() && *index == 0 {
            return Ok(());
        }
        check_index("source module", *index, module.modules.len())
    })?;
    each("main function", module.main.as_slice(), |(function, takes_arguments, result)| {
        tables.main(*function, *takes_arguments, *result)
    })?;
    for (index, function) in module.functions.iter().enumerate() {
        tables
            .head(function)
            .map_err(|mismatch| super::CodeError { offset: None, mismatch }.locate(module, index as u32))?;
    }
    Ok(())
}

/// Checks all entries of a table.
pub(super) fn each<T>(
    table: &'static str,
    entries: &[T],
    check: impl Fn(&T) -> Result<(), Mismatch>,
) -> Result<(), VerifyError> {
    for (index, entry) in entries.iter().enumerate() {
        check(entry).map_err(|mismatch| VerifyError {
            place: Place::Entry { table, index: index as u32 },
            found: mismatch.found,
            expected: mismatch.expected,
        })?;
    }
    Ok(())
}

fn same_class(what: &str, found: Class, expected: Class) -> Result<(), Mismatch> {
    if found == expected {
        return Ok(());
    }
    mismatch(format_args!("{what} of class {}", found.name()), expected.name())
}

fn shown(classes: &[Class]) -> String {
    let names: Vec<&str> = classes.iter().map(|class| class.name()).collect();
    format!("({})", names.join(", "))
}

struct Tables<'m> {
    module: &'m Module,
}

impl<'m> Tables<'m> {
    fn name(&self, index: u32) -> Result<(), Mismatch> {
        check_index("name", index, self.module.names.len())
    }

    fn ty(&self, ty: TypeId) -> Result<(), Mismatch> {
        check_index("type", ty.0, self.module.types.type_count())
    }

    fn vars(&self, vars: &[VarId]) -> Result<(), Mismatch> {
        vars.iter().try_for_each(|var| check_index("type variable", var.0, self.module.types.var_count()))
    }

    fn function(&self, id: FunctionId) -> Result<&'m Function, Mismatch> {
        check_index("function", id, self.module.functions.len())?;
        match self.module.functions.get(id as usize) {
            Some(function) => Ok(function),
            None => mismatch(format_args!("function {id}"), "a function"),
        }
    }

    fn takes_nothing(&self, id: FunctionId) -> Result<(), Mismatch> {
        match self.function(id)?.params.len() {
            0 => Ok(()),
            count => mismatch(format_args!("function {id}, which takes {count} arguments"), "one without parameters"),
        }
    }

    fn span(&self, span: Span) -> Result<(), Mismatch> {
        if span.start > span.end {
            return mismatch(format_args!("a span from {} to {}", span.start, span.end), "an end behind the start");
        }
        match self.module.files.len() {
            0 => Ok(()),
            files => check_index("source file", span.file.0, files),
        }
    }

    fn test(&self, test: &TestInfo) -> Result<(), Mismatch> {
        check_index("source module", test.module, self.module.modules.len())?;
        self.span(test.span)?;
        self.takes_nothing(test.function)
    }

    fn hook(&self, multi: u32, arity: u16) -> Result<(), Mismatch> {
        check_index("multi-function", multi, self.module.multis.len())?;
        match self.module.multis.get(multi as usize) {
            Some(multi) if multi.arity != arity => {
                mismatch(format_args!("a multi-function of {} arguments", multi.arity), arity)
            }
            _ => Ok(()),
        }
    }

    fn main(&self, id: FunctionId, takes_arguments: bool, result: Option<TypeId>) -> Result<(), Mismatch> {
        result.map_or(Ok(()), |ty| self.ty(ty))?;
        match (takes_arguments, self.function(id)?.params.as_slice()) {
            (false, []) | (true, [Class::Ref | Class::Dyn]) => Ok(()),
            (false, params) => mismatch(format_args!("parameters {}", shown(params)), "none"),
            (true, params) => mismatch(format_args!("parameters {}", shown(params)), "(ref) or (dyn)"),
        }
    }

    fn native(&self, native: &NativeRef) -> Result<(), Mismatch> {
        self.name(native.key)?;
        self.ty(native.result_type)?;
        self.vars(&native.type_vars)?;
        type_arguments_first(&native.params, native.type_vars.len())
    }

    fn layout(&self, layout: &DeclLayout) -> Result<(), Mismatch> {
        let types = &self.module.types;
        check_index("declaration", layout.decl.0, types.decl_count())?;
        self.ty(layout.ty)?;
        let refs = layout.classes.iter().take_while(|class| !class.is_raw()).count();
        if refs != layout.refs as usize || layout.classes.iter().skip(refs).any(|class| !class.is_raw()) {
            let found = format_args!("{} reference slots of {}", layout.refs, shown(&layout.classes));
            return mismatch(found, "the number of reference slots, which are first");
        }
        if layout.classes.len() > u16::MAX as usize {
            return mismatch(format_args!("{} slots", layout.classes.len()), format_args!("at most {}", u16::MAX));
        }
        let fields = types.decl(layout.decl).fields.len();
        if layout.slots.len() != fields {
            return mismatch(format_args!("slots of {} fields", layout.slots.len()), format_args!("{fields} fields"));
        }
        let mut taken = vec![false; layout.classes.len()];
        for slot in &layout.slots {
            match taken.get_mut(*slot as usize) {
                None => return check_index("slot", u32::from(*slot), layout.classes.len()),
                Some(taken) if *taken => return mismatch(format_args!("slot {slot} twice"), "a slot for each field"),
                Some(taken) => *taken = true,
            }
        }
        Ok(())
    }

    fn multi(&self, multi: &Multi) -> Result<(), Mismatch> {
        self.name(multi.name)?;
        if multi.params.len() != multi.arity as usize {
            return mismatch(format_args!("classes {}", shown(&multi.params)), format_args!("{} classes", multi.arity));
        }
        multi.candidates.iter().try_for_each(|candidate| self.candidate(multi, candidate))
    }

    fn candidate(&self, multi: &Multi, candidate: &MultiCandidate) -> Result<(), Mismatch> {
        let shown_as = &candidate.shown;
        self.vars(&candidate.vars)?;
        candidate.params.iter().try_for_each(|ty| self.ty(*ty))?;
        if candidate.params.len() != multi.arity as usize {
            let found = format_args!("candidate `{shown_as}` with {} parameters", candidate.params.len());
            return mismatch(found, multi.arity);
        }
        let Some(id) = candidate.function else { return Ok(()) };
        let function = self.function(id)?;
        let types = if candidate.takes_types { candidate.vars.len() } else { 0 };
        let mut params = vec![Class::I64; types];
        params.extend(&multi.params);
        let agree = |(index, (found, given)): (usize, (&Class, &Class))| {
            let object = (Class::Ref, Class::Dyn) == (*found, *given);
            found == given || object && index >= types && candidate.takes_objects(&self.module.types, index - types)
        };
        if function.params.len() != params.len() || !function.params.iter().zip(&params).enumerate().all(agree) {
            let found = format_args!("candidate `{shown_as}` with parameters {}", shown(&function.params));
            return mismatch(found, shown(&params));
        }
        same_class("result", function.result, multi.result)
    }

    /// All of a function but its code.
    fn head(&self, function: &Function) -> Result<(), Mismatch> {
        self.name(function.name)?;
        check_index("source module", function.module, self.module.modules.len())?;
        self.vars(&function.type_vars)?;
        if function.params.len() > function.registers as usize {
            let found = format_args!("{} registers", function.registers);
            return mismatch(found, format_args!("at least {}, as many as parameters", function.params.len()));
        }
        // Until a jump backwards charges again, a call runs each instruction once at most.
        if (function.entry_cost as usize) < function.code.len().max(1) {
            let expected = format_args!("at least {}, the number of instructions", function.code.len().max(1));
            return mismatch(format_args!("entry cost {}", function.entry_cost), expected);
        }
        if function.closure {
            let dynamic = function.params.iter().skip(1).all(|class| *class == Class::Dyn);
            if function.params.first() != Some(&Class::Ref) || !dynamic || function.result != Class::Dyn {
                let found = format_args!("closure {} -> {}", shown(&function.params), function.result.name());
                return mismatch(found, "(ref, dyn, …) -> dyn");
            }
        } else {
            type_arguments_first(&function.params, function.type_vars.len())?;
            if function.captures != 0 {
                return mismatch(format_args!("{} captures", function.captures), "none, since it is no closure");
            }
        }
        self.debug(function)
    }

    fn debug(&self, function: &Function) -> Result<(), Mismatch> {
        let length = function.code.len() as u32;
        function.span.map_or(Ok(()), |span| self.span(span))?;
        let mut next = 0;
        for (start, span) in &function.debug.spans {
            if *start < next || *start >= length {
                return mismatch(
                    format_args!("a source span at offset {start}"),
                    format_args!("ascending offsets below {length}"),
                );
            }
            next = start + 1;
            self.span(*span)?;
        }
        for local in &function.debug.locals {
            self.name(local.name)?;
            self.ty(local.ty)?;
            check_index("register of a variable: r", u32::from(local.register), function.registers as usize)?;
            if local.start >= local.end || local.end > length {
                let found = format_args!("a variable at {}..{}", local.start, local.end);
                return mismatch(found, format_args!("a range that is not empty, up to {length}"));
            }
        }
        Ok(())
    }
}

fn type_arguments_first(params: &[Class], types: usize) -> Result<(), Mismatch> {
    let leading = params.iter().take(types).take_while(|class| **class == Class::I64).count();
    if leading == types {
        return Ok(());
    }
    mismatch(format_args!("parameters {}", shown(params)), format_args!("{types} type arguments of class i64 first"))
}
