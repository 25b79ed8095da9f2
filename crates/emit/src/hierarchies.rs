//! Where the fields of classes lie.
//!
//! Code of a base class reaches its fields in instances of all classes below it, by the same slots. Records keep
//! reference slots before raw ones, and a class may add fields of both kinds: so all classes below the first that has a
//! raw field have as many reference slots as the one of them with the most, and raw fields begin behind these. What a
//! class does not use of them stays empty.

use crate::link::Linker;
use rustc_hash::FxHashMap;
use sayso_bytecode::Class;
use sayso_types::{DeclId, DeclKind, TypeKind, TypeStore};

/// The number of reference slots of classes that have raw fields.
#[derive(Default)]
pub(crate) struct Hierarchies {
    references: FxHashMap<DeclId, usize>,
}

/// The class that a class is derived from.
fn base_of(types: &TypeStore, decl: DeclId) -> Option<DeclId> {
    let class = |decl: &DeclId| matches!(types.decl(*decl).kind, DeclKind::Class);
    types.decl(decl).supers.iter().find_map(|ty| match types.kind(*ty) {
        TypeKind::Nominal(up, _) => Some(*up).filter(class),
        TypeKind::Intersection(parts) => parts.iter().find_map(|part| types.decl_of(*part).filter(class)),
        _ => None,
    })
}

impl Linker<'_> {
    /// The slot class of each field. An inherited field has the one that it has where it is declared, also if its type
    /// is a more special one here.
    pub(crate) fn field_classes(&mut self, decl: DeclId) -> Vec<Class> {
        let mut chain = vec![decl];
        if matches!(self.module.types.decl(decl).kind, DeclKind::Class) {
            while let Some(base) = chain.last().and_then(|last| base_of(&self.module.types, *last)) {
                chain.push(base);
            }
        }
        let mut classes: Vec<Class> = Vec::new();
        for decl in chain.into_iter().rev() {
            let fields = &self.module.types.decl(decl).fields;
            let own: Vec<_> = fields.iter().skip(classes.len()).map(|field| field.ty).collect();
            classes.extend(own.into_iter().map(|ty| self.class(ty)));
        }
        classes
    }

    /// How many reference slots records of a declaration have, of whose fields so many are references.
    pub(crate) fn reference_slots(&mut self, decl: DeclId, own: usize) -> usize {
        if !matches!(self.module.types.decl(decl).kind, DeclKind::Class) {
            return own;
        }
        if self.hierarchies.is_none() {
            self.hierarchies = Some(self.find_hierarchies());
        }
        let known = self.hierarchies.as_ref().and_then(|known| known.references.get(&decl));
        known.copied().unwrap_or(own)
    }

    fn find_hierarchies(&mut self) -> Hierarchies {
        let count = self.module.types.decl_count();
        // For each class the first above it, or itself, that has raw fields.
        let mut groups: Vec<(DeclId, DeclId)> = Vec::new();
        let mut most: FxHashMap<DeclId, usize> = FxHashMap::default();
        for index in 0..count {
            let decl = DeclId(index as u32);
            if !matches!(self.module.types.decl(decl).kind, DeclKind::Class) {
                continue;
            }
            let classes = self.field_classes(decl);
            let Some(first_raw) = classes.iter().position(|class| class.is_raw()) else { continue };
            let mut top = decl;
            while let Some(base) = base_of(&self.module.types, top) {
                if self.module.types.decl(base).fields.len() <= first_raw {
                    break;
                }
                top = base;
            }
            let references = classes.iter().filter(|class| !class.is_raw()).count();
            let most = most.entry(top).or_default();
            *most = references.max(*most);
            groups.push((decl, top));
        }
        let references = groups.into_iter().filter_map(|(decl, top)| Some((decl, *most.get(&top)?))).collect();
        Hierarchies { references }
    }
}
