//! Whose objects a function changes.
//!
//! For each variable of a function: which of the things that it was given (parameters, captured variables, or things
//! from outside of it) the object in it may be ([`Roots::object`]), and which of them may be found inside of that
//! object ([`Roots::inside`]). An object without such a root was made by the function itself: changing it is no effect.
//! The analysis does not follow the order of statements; variables that may hold parts of each other share what is
//! inside.

use crate::hir::{
    Callee, Expr, ExprId, ExprKind, Function, FunctionKind, LocalId, PatternId, PatternKind, Program, Stmt,
};
use crate::walk;
use sayso_base::Interner;
use sayso_types::{TypeId, TypeKind, TypeStore};
use smallvec::SmallVec;
use std::cell::Cell;

/// Something given: a parameter or captured variable by its number, or [`OUTSIDE`].
pub(crate) type Root = u32;

/// Something that lives outside of the function: a top-level variable, or what an unknown call gave.
pub(crate) const OUTSIDE: Root = u32::MAX;

/// Ascending, without repetition.
pub(crate) type RootSet = SmallVec<[Root; 4]>;

pub(crate) fn add(set: &mut RootSet, root: Root) -> bool {
    match set.binary_search(&root) {
        Ok(_) => false,
        Err(at) => {
            set.insert(at, root);
            true
        }
    }
}

fn add_all(set: &mut RootSet, from: &RootSet) -> bool {
    let mut changed = false;
    for root in from {
        changed |= add(set, *root);
    }
    changed
}

/// What a value may be and hold.
#[derive(Clone, Default, Debug)]
pub(crate) struct Origin {
    pub(crate) object: RootSet,
    pub(crate) inside: RootSet,
    /// Variables whose contents it may share.
    shared: SmallVec<[LocalId; 4]>,
}

impl Origin {
    fn join(&mut self, other: Origin) {
        add_all(&mut self.object, &other.object);
        add_all(&mut self.inside, &other.inside);
        self.shared.extend(other.shared);
    }

    /// The origin of a part of it.
    fn part(mut self) -> Origin {
        self.object = self.inside.clone();
        self
    }

    /// As the contents of something new.
    fn contained(self) -> Origin {
        let mut inside = self.object;
        add_all(&mut inside, &self.inside);
        Origin { object: RootSet::new(), inside, shared: self.shared }
    }
}

/// Where the objects of one function come from.
pub(crate) struct Roots<'p, F: Fn(&Callee) -> bool> {
    program: &'p Program,
    names: &'p Interner,
    function: &'p Function,
    /// Whether the result of a call is made by it.
    fresh: F,
    object: Vec<RootSet>,
    inside: Vec<RootSet>,
    group: Vec<u32>,
    changed: bool,
    /// How deep [`Roots::origin`] is in an expression.
    depth: Cell<u32>,
}

/// How deep an expression is looked into for where its value comes from; what lies deeper, in chains of thousands of
/// operators, is taken to come from outside.
const DEEPEST: u32 = 400;

/// How often the constraints are walked before everything that still changes is taken to come from outside.
const ROUNDS: usize = 12;

impl<'p, F: Fn(&Callee) -> bool> Roots<'p, F> {
    pub(crate) fn find(
        program: &'p Program,
        names: &'p Interner,
        function: &'p Function,
        body: ExprId,
        fresh: F,
    ) -> Self {
        let count = function.locals.len();
        let given = (function.params + function.captures) as usize;
        let own = |index: usize| if index < given { RootSet::from_elem(index as Root, 1) } else { RootSet::new() };
        let mut roots = Roots {
            program,
            names,
            function,
            fresh,
            object: (0..count).map(own).collect(),
            inside: (0..count).map(own).collect(),
            group: (0..count as u32).collect(),
            changed: true,
            depth: Cell::new(0),
        };
        let mut order = Vec::new();
        walk::reach(function, body, |id, _, _| order.push(id));
        for round in 0..ROUNDS {
            if !std::mem::take(&mut roots.changed) {
                break;
            }
            for id in &order {
                roots.constrain(*id);
            }
            if round + 1 == ROUNDS && roots.changed {
                roots.give_up();
            }
        }
        roots
    }

    fn give_up(&mut self) {
        for set in self.object.iter_mut().chain(&mut self.inside) {
            add(set, OUTSIDE);
        }
    }

    fn find_group(&self, local: LocalId) -> usize {
        let mut at = local.0;
        while let Some(&up) = self.group.get(at as usize) {
            if up == at {
                break;
            }
            at = up;
        }
        at as usize
    }

    fn share(&mut self, a: LocalId, b: LocalId) {
        let (a, b) = (self.find_group(a), self.find_group(b));
        if a == b {
            return;
        }
        let (low, high) = (a.min(b), a.max(b));
        if let Some(group) = self.group.get_mut(high) {
            *group = low as u32;
        }
        let moved = self.inside.get(high).cloned().unwrap_or_default();
        if let Some(inside) = self.inside.get_mut(low) {
            add_all(inside, &moved);
        }
        self.changed = true;
    }

    fn add_inside(&mut self, local: LocalId, set: &RootSet) {
        let group = self.find_group(local);
        if let Some(inside) = self.inside.get_mut(group) {
            self.changed |= add_all(inside, set);
        }
    }

    fn plain(&self, ty: TypeId) -> bool {
        is_plain(&self.program.types, ty)
    }

    /// Where a value may come from.
    pub(crate) fn origin(&self, id: ExprId) -> Origin {
        let expr = self.function.expr(id);
        if self.plain(expr.ty) {
            return Origin::default();
        }
        if self.depth.get() >= DEEPEST {
            return outside();
        }
        self.depth.set(self.depth.get() + 1);
        let origin = self.origin_of_kind(expr);
        self.depth.set(self.depth.get() - 1);
        origin
    }

    fn origin_of_kind(&self, expr: &Expr) -> Origin {
        let contents = |list: &mut dyn Iterator<Item = ExprId>| {
            let mut all = Origin::default();
            for part in list {
                all.join(self.origin(part).contained());
            }
            all
        };
        match &expr.kind {
            ExprKind::Local(local) => {
                let object = self.object.get(local.0 as usize).cloned().unwrap_or_default();
                let inside = self.inside.get(self.find_group(*local)).cloned().unwrap_or_default();
                Origin { object, inside, shared: SmallVec::from_elem(*local, 1) }
            }
            ExprKind::Field(object, _) | ExprKind::Try(object) => self.origin(*object).part(),
            ExprKind::OrElse(value, fallback) => {
                let mut all = self.origin(*value).part();
                all.join(self.origin(*fallback));
                all
            }
            ExprKind::Cast(value, _) => self.origin(*value),
            ExprKind::Block(_, Some(value)) => self.origin(*value),
            ExprKind::If(_, then, otherwise) => {
                let mut all = self.origin(*then);
                otherwise.iter().for_each(|expr| all.join(self.origin(*expr)));
                all
            }
            ExprKind::Match(_, arms) => {
                let mut all = Origin::default();
                arms.iter().for_each(|arm| all.join(self.origin(arm.body)));
                all
            }
            ExprKind::TryCatch(body, catches) => {
                let mut all = self.origin(*body);
                catches.iter().for_each(|catch| all.join(self.origin(catch.body)));
                all
            }
            ExprKind::OptionalChain { body, flatten, .. } => {
                let value = self.origin(*body);
                if *flatten { value } else { value.contained() }
            }
            ExprKind::Array(elements) | ExprKind::List(elements) => {
                contents(&mut elements.iter().map(|element| element.value))
            }
            ExprKind::Table(entries) | ExprKind::Map(entries) => {
                contents(&mut entries.iter().flat_map(|(key, value)| [*key, *value]))
            }
            ExprKind::Tuple(elements) => contents(&mut elements.iter().copied()),
            ExprKind::Shape(fields) => contents(&mut fields.iter().map(|(_, value)| *value)),
            ExprKind::New { fields, base, .. } => contents(&mut fields.iter().map(|(_, value)| *value).chain(*base)),
            ExprKind::Repeat(value, _) => self.origin(*value).contained(),
            ExprKind::Call { callee, args, .. } => self.call_origin(callee, args),
            ExprKind::Loop(..) | ExprKind::Global(_) => outside(),
            _ => Origin::default(),
        }
    }

    fn call_origin(&self, callee: &Callee, args: &[ExprId]) -> Origin {
        if let (Some("seq_index" | "table_index"), Some(first)) = (self.intrinsic(callee), args.first()) {
            return self.origin(*first).part();
        }
        let mut all = Origin::default();
        for arg in args {
            all.join(self.origin(*arg));
        }
        let mut result = all.contained();
        if !(self.fresh)(callee) {
            result.object = result.inside.clone();
            add(&mut result.object, OUTSIDE);
            add(&mut result.inside, OUTSIDE);
        }
        result
    }

    /// What an intrinsic does, of those that matter here.
    fn intrinsic(&self, callee: &Callee) -> Option<&'static str> {
        let Callee::Function(function) = callee else { return None };
        match self.program.functions.get(function.0 as usize)?.kind {
            FunctionKind::Intrinsic(name) => Some(intrinsic_kind(self.names.text(name))),
            _ => None,
        }
    }

    fn constrain(&mut self, id: ExprId) {
        let function = self.function;
        let expr: &Expr = function.expr(id);
        match &expr.kind {
            ExprKind::Block(stmts, _) => {
                for stmt in stmts {
                    if let Stmt::Let { pattern, value, .. } = stmt {
                        let origin = self.origin(*value);
                        self.bind(*pattern, &origin);
                    }
                }
            }
            ExprKind::Let(pattern, value) => {
                let origin = self.origin(*value);
                self.bind(*pattern, &origin);
            }
            ExprKind::Match(value, arms) => {
                let origin = self.origin(*value);
                for arm in arms {
                    self.bind(arm.pattern, &origin);
                }
            }
            ExprKind::ForArray { pattern, array, .. } => {
                let origin = self.origin(*array).part();
                self.bind(*pattern, &origin);
            }
            ExprKind::ForIter(of) => {
                let origin = self.origin(of.init);
                self.bind_local(of.iterator, &origin);
                self.bind(of.pattern, &origin.part());
            }
            ExprKind::OptionalChain { receiver, local, .. } => {
                let origin = self.origin(*receiver).part();
                self.bind_local(*local, &origin);
            }
            ExprKind::SetLocal(local, value) => {
                let origin = self.origin(*value);
                self.bind_local(*local, &origin);
            }
            ExprKind::SetField(object, _, value) => self.store(*object, *value),
            ExprKind::Call { callee, args, .. } => match (self.intrinsic(callee), args.as_slice()) {
                (Some("array_set" | "table_set"), [object, key, value]) => {
                    self.store(*object, *key);
                    self.store(*object, *value);
                }
                (Some("array_push"), [object, value]) => self.store(*object, *value),
                (Some(_), _) => {}
                // Any other call may put its arguments into each other.
                (None, args) => {
                    let open: Vec<ExprId> =
                        args.iter().copied().filter(|arg| !self.plain(function.expr(*arg).ty)).collect();
                    for object in &open {
                        for value in open.iter().filter(|value| *value != object) {
                            self.store(*object, *value);
                        }
                    }
                }
            },
            _ => {}
        }
    }

    /// A value becomes part of an object.
    fn store(&mut self, object: ExprId, value: ExprId) {
        let value = self.origin(value);
        let object = self.origin(object);
        let contents = value.clone().contained();
        for local in &object.shared {
            self.add_inside(*local, &contents.inside);
            for other in &value.shared {
                self.share(*local, *other);
            }
        }
        // What is stored in something given can be reached by others from then on.
        for local in value.shared {
            if let Some(set) = self.object.get_mut(local.0 as usize) {
                self.changed |= add_all(set, &object.object);
            }
            self.add_inside(local, &object.object);
        }
    }

    fn bind_local(&mut self, local: LocalId, origin: &Origin) {
        let Some(info) = self.function.locals.get(local.0 as usize) else { return };
        if self.plain(info.ty) {
            return;
        }
        if let Some(object) = self.object.get_mut(local.0 as usize) {
            self.changed |= add_all(object, &origin.object);
        }
        self.add_inside(local, &origin.inside);
        for other in &origin.shared {
            self.share(local, *other);
        }
    }

    fn bind(&mut self, pattern: PatternId, origin: &Origin) {
        let mut waiting = vec![(pattern, origin.clone())];
        while let Some((id, origin)) = waiting.pop() {
            let pattern = self.function.pattern(id);
            match &pattern.kind {
                PatternKind::Bind(local, inner) => {
                    self.bind_local(*local, &origin);
                    waiting.extend(inner.iter().map(|inner| (*inner, origin.clone())));
                }
                PatternKind::Equal(local, _) => self.bind_local(*local, &origin),
                PatternKind::Or(parts) => waiting.extend(parts.iter().map(|part| (*part, origin.clone()))),
                PatternKind::Type(_, inner) => waiting.push((*inner, origin)),
                PatternKind::Tuple(parts) => waiting.extend(parts.iter().map(|part| (*part, origin.clone().part()))),
                PatternKind::Nominal(_, fields) => {
                    waiting.extend(fields.iter().map(|(_, part)| (*part, origin.clone().part())));
                }
                PatternKind::Array { before, rest, after } => {
                    let part = origin.part();
                    waiting.extend(before.iter().chain(after).map(|inner| (*inner, part.clone())));
                    if let Some(Some(local)) = rest {
                        self.bind_local(*local, &part.contained());
                    }
                }
                PatternKind::Error | PatternKind::Wildcard | PatternKind::Constant(_) | PatternKind::Range(..) => {}
            }
        }
    }
}

/// Whether values of a type have no parts that could change.
pub(crate) fn is_plain(types: &TypeStore, ty: TypeId) -> bool {
    match types.kind(ty) {
        TypeKind::I64
        | TypeKind::F64
        | TypeKind::Bool
        | TypeKind::Byte
        | TypeKind::Str
        | TypeKind::Symbol(_)
        | TypeKind::Never
        | TypeKind::Error
        | TypeKind::Type(_)
        | TypeKind::Function { .. }
        | TypeKind::AnyFunction => true,
        TypeKind::Tuple(parts) => parts.iter().all(|part| is_plain(types, *part)),
        _ => false,
    }
}

fn outside() -> Origin {
    let set = RootSet::from_elem(OUTSIDE, 1);
    Origin { object: set.clone(), inside: set, shared: SmallVec::new() }
}

/// The intrinsics that read or change collections, and `other` for all else: machine values or new text.
fn intrinsic_kind(text: &str) -> &'static str {
    match text {
        "seq_index" => "seq_index",
        "table_index" => "table_index",
        "array_set" => "array_set",
        "table_set" => "table_set",
        "array_push" => "array_push",
        _ => "other",
    }
}
