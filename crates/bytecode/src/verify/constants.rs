//! Constants: each refers to constants before it only, so they have no cycles and a machine can build them in their
//! order without recursion; and each has parts as its type or layout asks for.

use super::tables::each;
use super::{Mismatch, VerifyError, check_index, form, mismatch};
use crate::module::{Class, Constant, Module};
use sayso_types::{TypeId, TypeKind};

pub(super) fn check(module: &Module) -> Result<(), VerifyError> {
    let constants: Vec<(u32, &Constant)> = (0..).zip(&module.constants).collect();
    each("constant", &constants, |(index, constant)| Check { module, index: *index }.constant(constant))
}

struct Check<'m> {
    module: &'m Module,
    index: u32,
}

impl Check<'_> {
    fn constant(&self, constant: &Constant) -> Result<(), Mismatch> {
        let module = self.module;
        match constant {
            Constant::I64(_) | Constant::F64(_) | Constant::Str(_) => Ok(()),
            Constant::Unit | Constant::Bool(_) | Constant::Byte(_) => Ok(()),
            Constant::Symbol(name) => check_index("name", *name, module.names.len()),
            Constant::Type(ty) => self.ty(*ty),
            Constant::Function(id) => {
                check_index("function", *id, module.functions.len())?;
                match module.functions.get(*id as usize) {
                    Some(function) if function.closure && function.captures == 0 => Ok(()),
                    _ => mismatch(format_args!("function {id}"), "a closure without captures"),
                }
            }
            Constant::Nullary(layout) => match self.slots(*layout)? {
                [] => Ok(()),
                slots => mismatch(format_args!("layout {layout} with {} slots", slots.len()), "a layout without slots"),
            },
            Constant::Array(ty, parts) => {
                self.array(*ty, parts.len(), &[Class::Dyn], "any but i64, f64, bool and byte")?;
                self.parts(parts)
            }
            Constant::ArrayI64(ty, values) => self.array(*ty, values.len(), &[Class::I64], "i64"),
            Constant::ArrayF64(ty, values) => self.array(*ty, values.len(), &[Class::F64], "f64"),
            Constant::ArrayByte(ty, values) => {
                self.array(*ty, values.len(), &[Class::Byte, Class::Bool], "byte or bool")?;
                match values.iter().find(|value| **value > 1) {
                    Some(value) if form::element_class(module, *ty) == Class::Bool => {
                        mismatch(format_args!("a bool {value}"), "0 or 1")
                    }
                    _ => Ok(()),
                }
            }
            Constant::Record(layout, ty, parts) => {
                self.ty(*ty)?;
                self.parts(parts)?;
                self.record(*layout, parts)
            }
            Constant::Tuple(ty, parts) => {
                self.ty(*ty)?;
                self.parts(parts)?;
                match module.types.kind(*ty) {
                    TypeKind::Tuple(elements) => same_count(parts.len(), elements.len()),
                    _ => mismatch(format_args!("type {}", ty.0), "a tuple type"),
                }
            }
            Constant::Shape(ty, parts) => {
                self.ty(*ty)?;
                self.parts(parts)?;
                match module.types.kind(*ty) {
                    TypeKind::Shape(fields) => same_count(parts.len(), fields.len()),
                    _ => mismatch(format_args!("type {}", ty.0), "a shape type"),
                }
            }
            Constant::Memory(ty) => {
                self.ty(*ty)?;
                match module.types.kind(*ty) {
                    TypeKind::Table(..) => Ok(()),
                    _ => mismatch(format_args!("type {}", ty.0), "a table type"),
                }
            }
            Constant::Table(ty, parts) => {
                self.ty(*ty)?;
                self.parts(parts)?;
                match module.types.kind(*ty) {
                    TypeKind::Table(..) if parts.len() % 2 == 0 => Ok(()),
                    TypeKind::Table(..) => mismatch(format_args!("{} keys and values", parts.len()), "an even number"),
                    _ => mismatch(format_args!("type {}", ty.0), "a table type"),
                }
            }
        }
    }

    fn ty(&self, ty: TypeId) -> Result<(), Mismatch> {
        check_index("type", ty.0, self.module.types.type_count())
    }

    /// Parts stand before the whole.
    fn parts(&self, parts: &[u32]) -> Result<(), Mismatch> {
        match parts.iter().find(|part| **part >= self.index) {
            Some(part) => mismatch(format_args!("constant {part} in it"), "constants before it"),
            None => Ok(()),
        }
    }

    fn slots(&self, layout: u32) -> Result<&[Class], Mismatch> {
        check_index("layout", layout, self.module.layouts.len())?;
        Ok(self.module.layouts.get(layout as usize).map_or(&[], |layout| &layout.classes))
    }

    fn array(&self, ty: TypeId, length: usize, classes: &[Class], elements: &str) -> Result<(), Mismatch> {
        self.ty(ty)?;
        match self.module.types.kind(ty) {
            TypeKind::FixedArray(_, fixed) if usize::try_from(*fixed) != Ok(length) => {
                return mismatch(format_args!("{length} elements"), fixed);
            }
            TypeKind::Array(_) | TypeKind::FixedArray(..) => {}
            _ => return mismatch(format_args!("type {}", ty.0), "an array type"),
        }
        let class = form::element_class(self.module, ty);
        if classes.contains(&class) {
            return Ok(());
        }
        mismatch(format_args!("elements of class {}", class.name()), elements)
    }

    fn record(&self, layout: u32, parts: &[u32]) -> Result<(), Mismatch> {
        let slots = self.slots(layout)?;
        same_count(parts.len(), slots.len())?;
        for (slot, (class, part)) in slots.iter().zip(parts).enumerate() {
            let Some(constant) = self.module.constants.get(*part as usize) else { continue };
            let fits = match class {
                Class::I64 => matches!(constant, Constant::I64(_)),
                Class::F64 => matches!(constant, Constant::F64(_)),
                Class::Bool => matches!(constant, Constant::Bool(_)),
                Class::Byte => matches!(constant, Constant::Byte(_)),
                Class::Ref => constant.class() == Class::Ref,
                Class::Dyn => true,
            };
            if !fits {
                return mismatch(format_args!("constant {part} in slot {slot}"), format_args!("a {}", class.name()));
            }
        }
        Ok(())
    }
}

fn same_count(found: usize, expected: usize) -> Result<(), Mismatch> {
    if found == expected { Ok(()) } else { mismatch(format_args!("{found} parts"), expected) }
}
