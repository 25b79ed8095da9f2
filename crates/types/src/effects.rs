//! Sets of effects.

/// A set of effects: what a call may do. Ordered by inclusion; `pure` is the empty set.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug, Default)]
pub struct Effects(pub u16);

impl Effects {
    /// Nothing.
    pub const PURE: Effects = Effects(0);
    /// Reads or writes standard streams.
    pub const IO_CONSOLE: Effects = Effects(1);
    /// Reads or writes files.
    pub const IO_FS: Effects = Effects(1 << 1);
    /// Uses the network.
    pub const IO_NET: Effects = Effects(1 << 2);
    /// Reads or writes the process's environment.
    pub const IO_ENV: Effects = Effects(1 << 3);
    /// Reads a clock.
    pub const IO_CLOCK: Effects = Effects(1 << 4);
    /// Uses randomness that a seed does not decide.
    pub const IO_RANDOM: Effects = Effects(1 << 5);
    /// Any other doing of the host.
    pub const IO_OTHER: Effects = Effects(1 << 6);
    /// All parts of `io`.
    pub const IO: Effects = Effects(0x7f);
    /// Grows or shrinks a collection that it was given.
    pub const ALLOC: Effects = Effects(1 << 7);
    /// Other writes to what it was given or what outlives the call.
    pub const MUT: Effects = Effects(1 << 8);
    /// May panic, assert, throw or unwrap.
    pub const PANIC: Effects = Effects(1 << 9);
    /// May suspend the task.
    pub const ASYNC: Effects = Effects(1 << 10);
    /// All effects.
    pub const ALL: Effects = Effects(0x7ff);

    /// The names of single effects as they are written, `io`'s parts before the others.
    pub const NAMES: &'static [(&'static str, Effects)] = &[
        ("io.console", Effects::IO_CONSOLE),
        ("io.fs", Effects::IO_FS),
        ("io.net", Effects::IO_NET),
        ("io.env", Effects::IO_ENV),
        ("io.clock", Effects::IO_CLOCK),
        ("io.random", Effects::IO_RANDOM),
        ("io.other", Effects::IO_OTHER),
        ("alloc", Effects::ALLOC),
        ("mut", Effects::MUT),
        ("panic", Effects::PANIC),
        ("async", Effects::ASYNC),
    ];

    /// Both.
    #[must_use]
    pub fn union(self, other: Effects) -> Effects {
        Effects(self.0 | other.0)
    }
    /// Those of `self` that are not in `other`.
    #[must_use]
    pub fn minus(self, other: Effects) -> Effects {
        Effects(self.0 & !other.0)
    }
    /// Whether every effect of `self` is in `other`.
    pub fn within(self, other: Effects) -> bool {
        self.0 & !other.0 == 0
    }
    /// Whether there is none.
    pub fn is_pure(self) -> bool {
        self.0 == 0
    }
    /// The effect of this written name (`pure`, `io`, `io.fs`, `alloc`, …).
    pub fn from_name(name: &str) -> Option<Effects> {
        match name {
            "pure" => Some(Effects::PURE),
            "io" => Some(Effects::IO),
            _ => Effects::NAMES.iter().find(|(text, _)| *text == name).map(|(_, effects)| *effects),
        }
    }
}

impl std::fmt::Display for Effects {
    /// `pure`, or the names joined by ` + `, with all of `io` as `io`.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        if self.is_pure() {
            return f.write_str("pure");
        }
        let mut rest = *self;
        let mut first = true;
        let mut item = |f: &mut std::fmt::Formatter<'_>, text: &str| -> std::fmt::Result {
            if !std::mem::take(&mut first) {
                f.write_str(" + ")?;
            }
            f.write_str(text)
        };
        if Effects::IO.within(rest) {
            item(f, "io")?;
            rest = rest.minus(Effects::IO);
        }
        for (text, effect) in Effects::NAMES {
            if effect.within(rest) {
                item(f, text)?;
            }
        }
        Ok(())
    }
}
