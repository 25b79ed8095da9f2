//! Results and types that are not written: found out when first asked for, by `crate::infer`, which looks through
//! functions that lead to each other.

use crate::hir::{GlobalId, ModuleId};
use crate::infer;
use crate::tables::{Checker, FnDeclId, ResultType};
use sayso_types::TypeId;

impl Checker<'_> {
    /// The result type of a function; infers it if need be. While it is being inferred, what [`Checker::start_result`]
    /// was given.
    pub fn result_of(&mut self, id: FnDeclId) -> TypeId {
        let Some(decl) = self.functions.get(id.0 as usize) else { return TypeId::ERROR };
        match decl.result {
            ResultType::Annotated(ty) | ResultType::Done(ty) => ty,
            ResultType::NotStarted | ResultType::InProgress(_) => infer::infer_result(self, id),
        }
    }

    /// What recursive calls see as the result of a function that is to be inferred.
    pub fn start_result(&mut self, id: FnDeclId, meanwhile: TypeId) {
        if let Some(decl) = self.functions.get_mut(id.0 as usize)
            && decl.result == ResultType::NotStarted
        {
            decl.result = ResultType::InProgress(meanwhile);
        }
    }

    /// The inferred result.
    pub fn finish_result(&mut self, id: FnDeclId, result: TypeId) {
        let Some(decl) = self.functions.get_mut(id.0 as usize) else { return };
        match decl.result {
            ResultType::Annotated(_) => {}
            ResultType::NotStarted | ResultType::InProgress(_) | ResultType::Done(_) => {
                decl.result = ResultType::Done(result);
                let function = decl.function;
                if let Some(function) = self.hir.get_mut(function.0 as usize) {
                    function.result = result;
                }
            }
        }
    }

    /// The type of a top-level variable; infers it if need be. `Error`, with a diagnostic, for one that depends on
    /// itself. A variable of the library needs its module's statements to have run.
    pub fn global_type(&mut self, id: GlobalId) -> TypeId {
        let Some(global) = self.globals.get(id.0 as usize) else { return TypeId::ERROR };
        let (module, state) = (global.module, global.ty);
        if self.is_library(module) {
            self.need_module(module);
        }
        match state {
            ResultType::Annotated(ty) | ResultType::Done(ty) => ty,
            ResultType::NotStarted | ResultType::InProgress(_) => infer::infer_global(self, id),
        }
    }

    /// The inferred type of a top-level variable.
    pub fn finish_global(&mut self, id: GlobalId, ty: TypeId) {
        if let Some(global) = self.globals.get_mut(id.0 as usize) {
            match global.ty {
                ResultType::Annotated(_) => {}
                ResultType::NotStarted | ResultType::InProgress(_) | ResultType::Done(_) => {
                    global.ty = ResultType::Done(ty);
                }
            }
        }
    }

    /// Says that what is reached needs a library module's statements to have run.
    pub fn need_module(&mut self, module: ModuleId) {
        if !self.needed_modules.contains(&module) {
            self.needed_modules.push(module);
            self.use_module(module);
        }
    }

    /// Says that a module's statements may run: they will be checked.
    pub fn use_module(&mut self, module: ModuleId) {
        if let Some(data) = self.modules.get(module.0 as usize) {
            let init = data.init;
            self.use_function(init);
        }
    }
}
