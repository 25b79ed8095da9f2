//! The kinds of run-time errors that the machine itself raises.

macro_rules! faults {
    ($($variant:ident $class:literal),* $(,)?) => {
        /// A kind of fault; its class in the language is [`FaultKind::class_name`].
        #[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
        #[repr(u16)]
        pub enum FaultKind { $(#[doc = $class] $variant),* }

        impl FaultKind {
            /// All kinds in the order of their numbers.
            pub const ALL: &'static [FaultKind] = &[$(FaultKind::$variant),*];
            /// The kind with this number.
            pub fn from_bits(bits: u16) -> Option<FaultKind> {
                FaultKind::ALL.get(bits as usize).copied()
            }
            /// The name of its class.
            pub fn class_name(self) -> &'static str {
                match self { $(FaultKind::$variant => $class),* }
            }
        }
    };
}

faults! {
    Error "Error", Overflow "OverflowError", Division "DivisionError", Index "IndexError", Key "KeyError",
    Cast "CastError", Dispatch "DispatchError", Field "FieldError", Depth "DepthError", Assert "AssertError",
    State "StateError", Io "IoError", Value "ValueError", Match "MatchError", Deadlock "DeadlockError",
    Cancelled "CancelledError",
}
