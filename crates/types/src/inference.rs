//! Inference variables: what the checker has still to find out while it checks one function.
//!
//! The rules. A variable has a lower bound (what has flowed into it) and an upper bound (what it has flowed into), or
//! is *fixed*. It counts as: its type if fixed; else its lower bound if something flowed in; else its upper bound;
//! else itself.
//! - [`Inference::unify`] fixes it: if what flowed in fits, it is that type from then on.
//! - [`Inference::constrain_subtype`] with it on the right lets a type flow in. The lower bound widens to the union,
//!   within the upper bound: so `[1, "a"]` gets elements `i64 | str`, and branches join. A fixed one does not widen.
//! - [`Inference::constrain_subtype`] with it on the left lowers the upper bound. `any` says nothing.
//! - Two variables that meet become one.
//! - Under an invariant constructor (`[T]`), its argument is fixed.
//!
//! A variable never stands for a type that contains it. Everything can be taken back to a [`Snapshot`], so that
//! overload candidates can be tried.

mod constrain;

use crate::dispatch::Signature;
use crate::memo::Parts;
use crate::store::{InferId, TypeId, TypeKind, TypeStore};
use crate::substitute::Substitution;
use rustc_hash::FxHashMap;

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Slot {
    /// Between bounds: `never` and `any` if nothing is known.
    Open {
        lower: TypeId,
        upper: TypeId,
    },
    Fixed(TypeId),
    /// The same as another.
    Same(InferId),
}

const UNKNOWN: Slot = Slot::Open { lower: TypeId::NEVER, upper: TypeId::ANY };
/// How deep bindings are followed into one another.
const MAX_CHAIN: u32 = 150;

/// A state to go back to.
#[derive(Clone, Copy, Debug)]
pub struct Snapshot {
    slots: usize,
    trail: usize,
}

/// What is known of an inference variable.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Known {
    /// Nothing.
    Nothing,
    /// It is this type.
    Fixed(TypeId),
    /// This has flowed in ([`TypeId::NEVER`] if nothing), and it has to stay within that ([`TypeId::ANY`] if free).
    Between(TypeId, TypeId),
}

/// The table of inference variables.
#[derive(Clone, Debug, Default)]
pub struct Inference {
    slots: Vec<Slot>,
    /// How deep trees of [`Slot::Same`] below a variable may be: the deeper one stays the root, so all are shallow.
    ranks: Vec<u8>,
    trail: Vec<(InferId, Slot)>,
    depth: u32,
}

impl Inference {
    /// An empty table.
    pub fn new() -> Inference {
        Inference::default()
    }

    /// A new variable.
    pub fn fresh(&mut self) -> InferId {
        self.slots.push(UNKNOWN);
        self.ranks.push(0);
        InferId(self.slots.len() as u32 - 1)
    }

    /// A new variable as a type.
    pub fn fresh_type(&mut self, store: &mut TypeStore) -> TypeId {
        let id = self.fresh();
        store.intern(TypeKind::Infer(id))
    }

    /// Parameter types of a generic signature with fresh variables in place of its own: first the variables, then the
    /// parameter types. Bounds become upper and lower bounds where they are free of the signature's variables.
    pub fn instantiate(&mut self, store: &mut TypeStore, signature: &Signature) -> (Vec<TypeId>, Vec<TypeId>) {
        let types: Vec<TypeId> = signature.vars.iter().map(|_| self.fresh_type(store)).collect();
        let with = Substitution::from_vars(&signature.vars, &types);
        let params = signature.params.iter().map(|&param| store.substitute(param, &with)).collect();
        (types, params)
    }

    /// The state now.
    pub fn snapshot(&self) -> Snapshot {
        Snapshot { slots: self.slots.len(), trail: self.trail.len() }
    }

    /// Takes back everything since the snapshot; variables made since are gone.
    pub fn rollback(&mut self, snapshot: Snapshot) {
        while self.trail.len() > snapshot.trail {
            let Some((id, old)) = self.trail.pop() else { break };
            if let Some(slot) = self.slots.get_mut(id.0 as usize) {
                *slot = old;
            }
        }
        self.slots.truncate(snapshot.slots);
        self.ranks.truncate(snapshot.slots);
    }

    fn root(&self, mut id: InferId) -> InferId {
        while let Some(Slot::Same(next)) = self.slots.get(id.0 as usize) {
            id = *next;
        }
        id
    }

    /// The root that stays and the one that goes when two are made one.
    fn by_rank(&mut self, a: InferId, b: InferId) -> (InferId, InferId) {
        let rank = |id: InferId| self.ranks.get(id.0 as usize).copied().unwrap_or(0);
        let (stays, goes) = if (rank(b), a) > (rank(a), b) { (b, a) } else { (a, b) };
        let rank = rank(goes).saturating_add(1);
        if let Some(place) = self.ranks.get_mut(stays.0 as usize) {
            *place = rank.max(*place);
        }
        (stays, goes)
    }

    fn slot(&self, root: InferId) -> Slot {
        self.slots.get(root.0 as usize).copied().unwrap_or(UNKNOWN)
    }

    fn set(&mut self, root: InferId, new: Slot) {
        if let Some(slot) = self.slots.get_mut(root.0 as usize)
            && *slot != new
        {
            self.trail.push((root, *slot));
            *slot = new;
        }
    }

    /// What is known of a variable.
    pub fn known(&self, id: InferId) -> Known {
        match self.slot(self.root(id)) {
            Slot::Fixed(ty) => Known::Fixed(ty),
            UNKNOWN | Slot::Same(_) => Known::Nothing,
            Slot::Open { lower, upper } => Known::Between(lower, upper),
        }
    }

    /// What a type counts as at its outermost constructor: an inference variable's type, as far as it is known.
    pub fn shallow(&self, store: &mut TypeStore, ty: TypeId) -> TypeId {
        let mut ty = ty;
        for _ in 0..MAX_CHAIN {
            let TypeKind::Infer(id) = store.kind(ty) else { return ty };
            let root = self.root(*id);
            ty = match self.slot(root) {
                Slot::Fixed(ty) => ty,
                Slot::Open { lower, .. } if lower != TypeId::NEVER => lower,
                Slot::Open { upper, .. } if upper != TypeId::ANY => upper,
                Slot::Open { .. } | Slot::Same(_) => return store.intern(TypeKind::Infer(root)),
            };
        }
        store.memo.exhausted();
        TypeId::ERROR
    }

    /// The type with all that is known put in. Variables of which nothing is known stay.
    pub fn resolve(&self, store: &mut TypeStore, ty: TypeId) -> TypeId {
        self.resolve_or(store, ty, None)
    }

    /// The type with all that is known put in, and `unknown` where nothing is.
    pub fn resolve_with(&self, store: &mut TypeStore, ty: TypeId, unknown: TypeId) -> TypeId {
        self.resolve_or(store, ty, Some(unknown))
    }

    fn resolve_or(&self, store: &mut TypeStore, ty: TypeId, unknown: Option<TypeId>) -> TypeId {
        if !store.has_infer(ty) {
            return ty;
        }
        if matches!(store.kind(ty), TypeKind::Infer(_)) {
            let outer = self.shallow(store, ty);
            if !store.has_infer(outer) {
                return outer;
            }
        }
        Resolver { inference: self, done: FxHashMap::default(), unknown, depth: 0 }.resolve(store, ty)
    }

    /// Whether the variable occurs in the type, through bindings too.
    fn occurs(&self, store: &mut TypeStore, root: InferId, ty: TypeId) -> bool {
        if !store.has_infer(ty) {
            return false;
        }
        let resolved = self.resolve(store, ty);
        let mut open = vec![resolved];
        while let Some(ty) = open.pop() {
            if !store.has_infer(ty) {
                continue;
            }
            match store.kind(ty) {
                TypeKind::Infer(id) if self.root(*id) == root => return true,
                TypeKind::Infer(_) => {}
                _ => open.extend(store.parts_of(ty)),
            }
        }
        false
    }
}

struct Resolver<'i> {
    inference: &'i Inference,
    done: FxHashMap<TypeId, TypeId>,
    unknown: Option<TypeId>,
    depth: u32,
}

impl Resolver<'_> {
    fn resolve(&mut self, store: &mut TypeStore, ty: TypeId) -> TypeId {
        if !store.has_infer(ty) {
            return ty;
        }
        if let Some(&done) = self.done.get(&ty) {
            return done;
        }
        if self.depth >= MAX_CHAIN {
            store.memo.exhausted();
            return TypeId::ERROR;
        }
        self.depth += 1;
        let resolved = if matches!(store.kind(ty), TypeKind::Infer(_)) {
            let outer = self.inference.shallow(store, ty);
            if matches!(store.kind(outer), TypeKind::Infer(_)) {
                self.unknown.unwrap_or(outer)
            } else {
                self.resolve(store, outer)
            }
        } else {
            let mut parts: Parts = store.parts_of(ty);
            for part in &mut parts {
                *part = self.resolve(store, *part);
            }
            store.with_parts(ty, &parts)
        };
        self.depth -= 1;
        self.done.insert(ty, resolved);
        resolved
    }
}
