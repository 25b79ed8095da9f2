//! Interned names: equality of names is equality of integers.
//!
//! The names that the language itself knows have fixed ids ([`names`]), the same in every interner.

use rustc_hash::FxHashMap;
use std::sync::Arc;

/// An interned string; meaningful with the [`Interner`] that made it.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub struct Name(pub u32);

/// A table of distinct strings.
#[derive(Clone, Debug)]
pub struct Interner {
    map: FxHashMap<Arc<str>, Name>,
    strings: Vec<Arc<str>>,
    /// Whether each name was asked for.
    asked: Vec<bool>,
    /// Those that were asked for since [`Interner::take_fresh`].
    fresh: Vec<Name>,
}

impl Default for Interner {
    fn default() -> Self {
        Interner::new()
    }
}

impl Interner {
    /// A table that holds the names in [`names`] at their fixed ids.
    pub fn new() -> Interner {
        let mut interner = Interner {
            map: FxHashMap::with_capacity_and_hasher(1000, Default::default()),
            strings: Vec::with_capacity(1000),
            asked: Vec::new(),
            fresh: Vec::new(),
        };
        for text in names::ALL {
            interner.intern_unasked(text);
        }
        interner
    }

    /// Counts a name as asked for, as if its text had been interned.
    pub fn mention(&mut self, name: Name) {
        if let Some(asked) = self.asked.get_mut(name.0 as usize).filter(|asked| !**asked) {
            *asked = true;
            self.fresh.push(name);
        }
    }

    /// Whether [`Interner::take_fresh`] has something to give.
    pub fn has_fresh(&self) -> bool {
        !self.fresh.is_empty()
    }

    /// The names that were asked for since the last call and never before, in order.
    pub fn take_fresh(&mut self) -> Vec<Name> {
        std::mem::take(&mut self.fresh)
    }

    /// The name of `text`, new or known.
    pub fn intern(&mut self, text: &str) -> Name {
        let name = self.intern_unasked(text);
        self.mention(name);
        name
    }

    /// The same for a text that the program does not hold, so that nobody has asked for the name yet.
    pub fn intern_unasked(&mut self, text: &str) -> Name {
        match self.map.get(text) {
            Some(name) => *name,
            None => self.add(Arc::from(text)),
        }
    }

    /// The names in `texts` as they are numbered there, if they begin with those that have fixed ids. A text that is
    /// there twice gets something invisible behind it.
    pub fn numbered(texts: &[Arc<str>]) -> Interner {
        let mut interner = Interner::new();
        for (index, text) in texts.iter().enumerate() {
            match names::ALL.get(index) {
                Some(fixed) if **fixed == **text => {}
                Some(_) => {
                    interner.intern_unasked(text);
                }
                None => {
                    let mut text = text.clone();
                    while interner.len() <= index && interner.map.contains_key(&text) {
                        text = Arc::from(format!("{text}\u{200B}"));
                    }
                    interner.intern_unasked_shared(text);
                }
            }
        }
        interner
    }

    fn intern_unasked_shared(&mut self, text: Arc<str>) {
        if !self.map.contains_key(&text) {
            self.add(text);
        }
    }

    fn add(&mut self, text: Arc<str>) -> Name {
        let name = Name(self.strings.len() as u32);
        self.strings.push(text.clone());
        self.asked.push(false);
        self.map.insert(text, name);
        name
    }

    /// The name of `text` if it was interned before.
    pub fn lookup(&self, text: &str) -> Option<Name> {
        self.map.get(text).copied()
    }

    /// The text of a name; `"?"` for a name of another table.
    pub fn text(&self, name: Name) -> &str {
        self.strings.get(name.0 as usize).map_or("?", |s| s)
    }

    /// The text of a name, shared.
    pub fn shared(&self, name: Name) -> Arc<str> {
        self.strings.get(name.0 as usize).cloned().unwrap_or_else(|| Arc::from("?"))
    }

    /// How many names there are; ids are below it.
    pub fn len(&self) -> usize {
        self.strings.len()
    }

    /// Never true: the well-known names are always there.
    pub fn is_empty(&self) -> bool {
        self.strings.is_empty()
    }
}

macro_rules! well_known {
    ($($constant:ident = $text:literal),* $(,)?) => {
        /// Names with fixed ids, known to the compiler.
        pub mod names {
            use super::Name;
            #[allow(non_camel_case_types, clippy::upper_case_acronyms)]
            enum Index { $($constant),* }
            $(#[doc = concat!("`", $text, "`")] pub const $constant: Name = Name(Index::$constant as u32);)*
            /// The texts, in the order of their ids.
            pub const ALL: &[&str] = &[$($text),*];
        }
    };
}

well_known! {
    EMPTY = "", UNDERSCORE = "_", SELF = "self", SUPER = "super", INIT = "init", MAIN = "main",
    ANY = "any", NEVER = "never", I64 = "i64", F64 = "f64", BOOL = "bool", BYTE = "byte", STR = "str",
    VOID = "void", SEQ = "Seq", LIST = "List", MAP = "Map", SET = "Set", TABLE = "Table", OPTION = "Option",
    SOME = "Some", NONE = "None", RESULT = "Result", OK = "Ok", ERR = "Err", ITER = "Iter", RANGE = "Range",
    TASK = "Task", ERROR = "Error", TYPE = "Type", FUNCTION = "Function", GENERATOR = "Generator",
    ADD = "add", SUB = "sub", MUL = "mul", DIV = "div", REM = "rem", POW = "pow", NEG = "neg", NOT = "not",
    SHL = "shl", SHR = "shr", BIT_AND = "bit_and", BIT_XOR = "bit_xor", BOR = "bor",
    EQUAL = "equal?", LESS = "less?", COMPARE = "compare", CONTAINS = "contains?", HASH = "hash",
    TO_STR = "to_str", DEBUG = "debug", INDEX = "index", SET_INDEX = "set_index", SLICE = "slice",
    ITER_FN = "iter", NEXT = "next", LEN = "len", PUSH = "push", POP = "pop", GET = "get", PRINT = "print",
    PRINTLN = "println", TO = "to", PARSE = "parse", TYPE_OF = "type_of", TYPE_FN = "type", ASSERT = "assert",
    PANIC = "panic", CORE = "core", PRELUDE = "prelude", ARRAY = "array", OPEN = "open", CLOSE = "close",
    MESSAGE = "message", LOCATION = "location", TRACE = "trace", CAUSE = "cause",
    NATIVE = "native", INTRINSIC = "intrinsic", MEMO = "memo", INLINE = "inline", DEPRECATED = "deprecated",
    ALLOW = "allow", EXPORT = "export", FORMAT = "format", SORT = "sort", CHANNEL = "channel",
    SLEEP = "sleep", SELECT = "select", READ_ALL = "read_all", FILE = "File",
    PURE = "pure", IO = "io", ALLOC = "alloc", MUT = "mut", ASYNC = "async", CONSOLE = "console", FS = "fs",
    NET = "net", ENV = "env", CLOCK = "clock", RANDOM = "random", FROM = "from", AS = "as", OBJECT = "object",
    TEST = "test", BENCH = "bench", UNWRAP = "unwrap", GET_BANG = "get!", REVEAL = "reveal",
    TO_FORMAT = "_to_format", DEBUG_TO_FORMAT = "_debug_to_format",
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn well_known_names_keep_their_ids() {
        let mut interner = Interner::new();
        for (index, text) in names::ALL.iter().enumerate() {
            assert_eq!(interner.intern(text), Name(index as u32), "{text} appears twice");
        }
    }

    #[test]
    fn names_are_fresh_once() {
        let mut interner = Interner::new();
        assert!(!interner.has_fresh());
        let own = interner.intern("own");
        interner.intern("add");
        interner.mention(names::ADD);
        assert_eq!(interner.take_fresh(), [own, names::ADD]);
        interner.intern("add");
        interner.intern("own");
        assert!(!interner.has_fresh() && interner.take_fresh().is_empty());
    }
}
