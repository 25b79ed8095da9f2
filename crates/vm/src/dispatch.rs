//! Dispatch at run time: which function of a multi-function takes these arguments.
//!
//! A site remembers the last types it saw and the function chosen; behind it stands one table for all sites; behind
//! that the definition ([`sayso_types::TypeStore::dispatch`]). Arguments of a raw class, and parameters that are `any` in
//! every function, do not decide and are not looked at.

use crate::context::Context;
use crate::errors::Thrown;
use crate::program::Program;
use crate::types::MAX_DEPTH;
use rustc_hash::FxHashMap;
use sayso_bytecode::{Class, FaultKind};
use sayso_heap::{Kind, Value};
use sayso_types::{Dispatch, Signature, TypeId};
use smallvec::SmallVec;
use std::sync::Arc;

/// So many deciding types fit a site's own memory.
const KEY: usize = 3;
/// When so many choices are remembered, all are forgotten.
const MAX_CHOICES: usize = 1 << 18;

type Key = SmallVec<[u32; 4]>;

/// What was chosen.
#[derive(Clone, Debug)]
pub(crate) struct Choice {
    pub function: u32,
    /// The type arguments that go before the others.
    pub types: SmallVec<[TypeId; 2]>,
}

/// What a site remembers.
#[repr(C)]
#[derive(Clone, Copy)]
pub(crate) struct SiteCache {
    /// Types of the arguments that decide.
    pub key: [u32; KEY],
    /// Their positions.
    pub deciding: [u16; KEY],
    /// How many of them; [`UNREADY`] if nothing is remembered or the function takes type arguments.
    pub count: u16,
    /// The function.
    pub function: u32,
    pub multi: u32,
    choice: u32,
}

/// A choice that any site may have made: most sites that see several types find them here.
#[repr(C)]
#[derive(Clone, Copy)]
pub(crate) struct SharedChoice {
    pub key: [u32; KEY],
    pub multi: u32,
    pub function: u32,
}

/// How many of them, by the hash of their types.
pub(crate) const SHARED: usize = 4096;
const EMPTY_SHARED: SharedChoice = SharedChoice { key: [u32::MAX; KEY], multi: u32::MAX, function: 0 };

/// The place of these types of a multi-function in the table of shared choices.
#[inline(always)]
pub(crate) fn shared_place(multi: u32, key: [u32; KEY]) -> usize {
    let low = u64::from(key[0]) | u64::from(key[1]) << 32;
    let high = u64::from(key[2]) | u64::from(multi) << 32;
    let mixed = (low ^ high.rotate_left(21)).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    (mixed >> 52) as usize
}

/// See [`SiteCache::count`].
pub(crate) const UNREADY: u16 = u16::MAX;
const EMPTY_SITE: SiteCache =
    SiteCache { key: [u32::MAX; KEY], deciding: [0; KEY], count: UNREADY, function: 0, multi: 0, choice: u32::MAX };

/// The number of a value's run-time type, if it can be told at once.
#[inline(always)]
pub(crate) fn quick_type(value: Value) -> Option<u32> {
    if let Some(object) = value.as_object() {
        let header = object.header();
        let kind = (header >> 32) as u8 & sayso_heap::object::KIND_MASK;
        return match kind {
            k if k >= Kind::Record as u8 && k <= Kind::Table as u8 => Some(header as u32),
            k if k == Kind::Str as u8 || k == Kind::View as u8 => Some(TypeId::STR.0),
            _ => None,
        };
    }
    if value.is_small_int() {
        Some(TypeId::I64.0)
    } else if value.is_float() {
        Some(TypeId::F64.0)
    } else {
        None
    }
}

/// What dispatch on a multi-function needs.
struct MultiInfo {
    signatures: Arc<[Signature]>,
    /// Positions of the arguments that decide.
    deciding: SmallVec<[u16; 4]>,
}

/// Caches of one VM.
pub(crate) struct Dispatcher {
    sites: Box<[SiteCache]>,
    shared: Box<[SharedChoice]>,
    multis: Box<[Option<MultiInfo>]>,
    choices: Vec<Choice>,
    known: FxHashMap<(u32, Key), u32>,
    /// The bytes of lists in choices and keys that are kept outside of them.
    list_bytes: usize,
}

impl Dispatcher {
    pub fn new(program: &Program) -> Dispatcher {
        let module = program.module();
        Dispatcher {
            sites: vec![EMPTY_SITE; module.sites.len()].into(),
            shared: vec![EMPTY_SHARED; if module.sites.is_empty() { 0 } else { SHARED }].into(),
            multis: module.multis.iter().map(|_| None).collect(),
            choices: Vec::new(),
            known: FxHashMap::default(),
            list_bytes: 0,
        }
    }

    /// About how many bytes the choices take that were made.
    pub fn bytes(&self) -> usize {
        self.choices.capacity() * size_of::<Choice>()
            + self.known.capacity() * (size_of::<((u32, Key), u32)>() + 1)
            + self.list_bytes
    }

    /// Forgets all choices.
    pub fn forget(&mut self) {
        self.choices = Vec::new();
        self.known = FxHashMap::default();
        self.list_bytes = 0;
        self.sites.fill(EMPTY_SITE);
        self.shared.fill(EMPTY_SHARED);
    }

    /// The sites' memories, which stay where they are.
    pub fn sites_ptr(&mut self) -> *mut SiteCache {
        self.sites.as_mut_ptr()
    }

    /// The shared choices, which stay where they are; there are [`SHARED`] if there is a site.
    pub fn shared_ptr(&mut self) -> *mut SharedChoice {
        self.shared.as_mut_ptr()
    }

    fn prepare(&mut self, program: &Program, multi: u32) {
        let place = &mut self.multis[multi as usize];
        if place.is_some() {
            return;
        }
        let multi = &program.module().multis[multi as usize];
        let signatures = multi
            .candidates
            .iter()
            .map(|candidate| Signature { vars: candidate.vars.clone(), params: candidate.params.clone() })
            .collect();
        let deciding = (0..multi.arity)
            .filter(|position| {
                let index = *position as usize;
                let raw = multi.params.get(index).is_some_and(|class| class.is_raw());
                !raw && multi.candidates.iter().any(|c| c.params.get(index).is_none_or(|param| *param != TypeId::ANY))
            })
            .collect();
        *place = Some(MultiInfo { signatures, deciding });
    }
}

impl Context {
    /// Chooses for a site whose arguments begin at register `first`; the choice's number.
    fn choose(&mut self, site: u32, first: u16) -> Result<u32, Thrown> {
        let program = self.program();
        let multi = program.module().sites[site as usize].multi;
        self.dispatcher.prepare(program, multi);
        let Some(info) = &self.dispatcher.multis[multi as usize] else {
            return Err(self.internal_error("no dispatch"));
        };
        let count = info.deciding.len();
        if count <= KEY {
            let mut key = [0u32; KEY];
            for place in 0..count {
                let position = self.dispatcher.multis[multi as usize].as_ref().map_or(0, |info| info.deciding[place]);
                key[place] = self.type_at(self.value(first + position), MAX_DEPTH).0;
            }
            let cached = self.dispatcher.sites[site as usize];
            if cached.key == key && cached.choice != u32::MAX {
                return Ok(cached.choice);
            }
            let choice = self.choose_by_types(multi, Key::from_slice(&key[..count]), self.window_args(multi, first))?;
            let mut deciding = [0u16; KEY];
            if let Some(info) = &self.dispatcher.multis[multi as usize] {
                deciding[..count].copy_from_slice(&info.deciding);
            }
            let chosen = &self.dispatcher.choices[choice as usize];
            let (function, plain) = (chosen.function, chosen.types.is_empty());
            if plain {
                self.dispatcher.shared[shared_place(multi, key)] = SharedChoice { key, multi, function };
            }
            let count = if plain { count as u16 } else { UNREADY };
            self.dispatcher.sites[site as usize] = SiteCache { key, deciding, count, function, multi, choice };
            return Ok(choice);
        }
        let deciding = info.deciding.clone();
        let key = deciding.iter().map(|position| self.type_at(self.value(first + position), MAX_DEPTH).0).collect();
        self.choose_by_types(multi, key, self.window_args(multi, first))
    }

    fn window_args<'a>(&self, multi: u32, first: u16) -> &'a [u64] {
        self.window(first, self.program.module().multis[multi as usize].arity as usize)
    }

    fn choose_by_types(&mut self, multi: u32, key: Key, args: &[u64]) -> Result<u32, Thrown> {
        let known = (multi, key);
        if let Some(choice) = self.dispatcher.known.get(&known) {
            return Ok(*choice);
        }
        let choice = self.decide(multi, args)?;
        if self.dispatcher.choices.len() >= MAX_CHOICES {
            self.dispatcher.forget();
        }
        for (list, spilled) in [(choice.types.len(), choice.types.spilled()), (known.1.len(), known.1.spilled())] {
            self.dispatcher.list_bytes += if spilled { 16 + 4 * list } else { 0 };
        }
        let index = self.dispatcher.choices.len() as u32;
        self.dispatcher.choices.push(choice);
        self.dispatcher.known.insert(known, index);
        Ok(index)
    }

    /// Dispatch by its definition.
    #[cold]
    fn decide(&mut self, multi: u32, args: &[u64]) -> Result<Choice, Thrown> {
        let program = self.program();
        let info = &program.module().multis[multi as usize];
        let types: Vec<TypeId> =
            info.params.iter().zip(args).map(|(class, bits)| self.type_of_slot(*class, *bits)).collect();
        let Some(signatures) = self.dispatcher.multis[multi as usize].as_ref().map(|info| info.signatures.clone())
        else {
            return Err(self.internal_error("no dispatch"));
        };
        self.charge(50 * signatures.len() as u64)?;
        let found = self.settled(|store| store.dispatch(&types, &signatures));
        let reason = match found {
            Dispatch::One(index, vars) => {
                let candidate = &info.candidates[index];
                match candidate.function {
                    Some(function) => {
                        let types = if candidate.takes_types { vars.into_iter().collect() } else { SmallVec::new() };
                        return Ok(Choice { function, types });
                    }
                    None => format!("`{}` has no body", candidate.shown),
                }
            }
            Dispatch::None => "no function fits".to_string(),
            Dispatch::Ambiguous(several) => {
                let shown: Vec<String> = several
                    .iter()
                    .filter_map(|at| info.candidates.get(*at))
                    .map(|c| format!("`{}`", c.shown))
                    .collect();
                format!("{} fit equally well", shown.join(" and "))
            }
        };
        let shown = self.types.store.display_list(&types, program.names());
        let mut message = format!("cannot call `{}` with {shown}: {reason}", program.name(info.name));
        if !info.candidates.is_empty() {
            message.push_str("; there are ");
            let all: Vec<&str> = info.candidates.iter().take(8).map(|candidate| &*candidate.shown).collect();
            message.push_str(&all.join(", "));
            if info.candidates.len() > 8 {
                message.push_str(&format!(" and {} more", info.candidates.len() - 8));
            }
        }
        Err(self.fault(FaultKind::Dispatch, message))
    }

    pub(crate) fn type_of_slot(&mut self, class: Class, bits: u64) -> TypeId {
        match class {
            Class::I64 => TypeId::I64,
            Class::F64 => TypeId::F64,
            Class::Bool => TypeId::BOOL,
            Class::Byte => TypeId::BYTE,
            Class::Ref | Class::Dyn => self.type_at(Value(bits), MAX_DEPTH),
        }
    }

    /// Dispatches on arguments that are not in registers. They must be kept alive by the caller.
    pub(crate) fn dispatch_slots(&mut self, multi: u32, args: &[u64]) -> Result<Choice, Thrown> {
        let program = self.program();
        if program.module().multis.get(multi as usize).is_none_or(|info| info.arity as usize != args.len()) {
            return Err(self.internal_error("a multi-function of another arity"));
        }
        self.dispatcher.prepare(program, multi);
        let params = &program.module().multis[multi as usize].params;
        let Some(info) = &self.dispatcher.multis[multi as usize] else {
            return Err(self.internal_error("no dispatch"));
        };
        let deciding = info.deciding.clone();
        let key = deciding
            .iter()
            .map(|position| self.type_of_slot(params[*position as usize], args[*position as usize]).0)
            .collect();
        let choice = self.choose_by_types(multi, key, args)?;
        Ok(self.dispatcher.choices[choice as usize].clone())
    }

    /// `call_site`: dispatches and enters the function.
    pub(crate) fn call_site(&mut self, site: u32, first: u16) -> Result<(), Thrown> {
        let number = self.choose(site, first)?;
        let choice = &self.dispatcher.choices[number as usize];
        let (function, shift) = (choice.function, choice.types.len());
        let base = self.regs.wrapping_add(first as usize);
        let ret = self.pc.wrapping_add(1);
        if shift == 0 {
            return self.enter(function, base, ret);
        }
        let types = choice.types.clone();
        let arity = self.program.functions[function as usize].params as usize - shift;
        let base = self.ready(function, base)?;
        // SAFETY: the window has room for all parameters; the arguments stand at its beginning.
        unsafe {
            std::ptr::copy(base, base.add(shift), arity);
            for (place, ty) in types.iter().enumerate() {
                *base.add(place) = u64::from(ty.0);
            }
        }
        self.push_frame(function, base, ret);
        Ok(())
    }

    /// The function of a value that is called with so many arguments.
    pub(crate) fn function_of_value(&mut self, value: Value, args: usize) -> Result<u32, Thrown> {
        match value.as_object() {
            Some(object) if object.is(Kind::Closure) => {
                let function = object.closure_function();
                let arity = self.program.functions.get(function as usize).map_or(u32::MAX, |info| info.value_arity);
                if arity == args as u32 + 1 {
                    return Ok(function);
                }
                let name = match self.program.module().functions.get(function as usize) {
                    Some(info) => self.program.name(info.name).to_string(),
                    None => "?".into(),
                };
                let wanted = arity.wrapping_sub(1);
                Err(self.fault(FaultKind::Dispatch, format!("`{name}` takes {}, not {args}", arguments(wanted))))
            }
            _ => {
                let found = self.shown_type_of(value);
                Err(self.fault(FaultKind::Cast, format!("a value of type `{found}` is no function")))
            }
        }
    }
}

fn arguments(count: u32) -> String {
    if count == 1 { "1 argument".into() } else { format!("{count} arguments") }
}
