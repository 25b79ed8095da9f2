//! Token kinds and operators, each declared once.
//!
//! A row of `tokens!` gives a kind, its fixed spelling (or what it is called in messages) and its class; the enum,
//! the keyword look-up and the texts of messages are expansions of it. A row of `operators!` gives a binary operator
//! with how tight it binds and what it means; the Pratt loop of the parser reads nothing else.
//!
//! The lexer never makes `>>` or `>=`: a `>` may close a type, so the parser glues two adjacent tokens where it looks
//! for an operator. `not in` is glued likewise.

use crate::ast::{AssignOp, BinaryOp};

/// What a kind of token is, for the few questions that are asked of whole groups.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum TokenClass {
    /// Blank space and comments: never seen by the parser.
    Trivia,
    /// A name, a literal or a piece of one.
    Value,
    /// A reserved word.
    Keyword,
    /// A word that is a keyword only where one is expected, else a name.
    Contextual,
    /// A sign.
    Sign,
    /// Made by the layout, without text.
    Virtual,
}

macro_rules! tokens {
    ($($(#[$doc:meta])* $kind:ident $text:literal $class:ident),* $(,)?) => {
        /// A kind of token.
        #[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, PartialOrd, Ord)]
        #[repr(u8)]
        pub enum TokenKind { $($(#[$doc])* #[doc = concat!("`", $text, "`")] $kind),* }

        impl TokenKind {
            /// Every kind, in order of declaration.
            pub const ALL: &'static [TokenKind] = &[$(TokenKind::$kind),*];

            /// The spelling of signs and words; for the rest what messages call it.
            pub const fn text(self) -> &'static str {
                match self { $(TokenKind::$kind => $text),* }
            }

            /// The group it belongs to.
            pub const fn class(self) -> TokenClass {
                match self { $(TokenKind::$kind => TokenClass::$class),* }
            }
        }
    };
}

tokens! {
    // Trivia.
    Whitespace "white space" Trivia,
    LineComment "comment" Trivia,
    BlockComment "comment" Trivia,
    /// `/// …`
    Doc "doc comment" Trivia,
    /// `//! …`
    ModuleDoc "module doc comment" Trivia,
    /// A character that means nothing and can be passed over: it was reported by the lexer.
    Stray "stray character" Trivia,

    // Virtual.
    /// The end of a statement, put before the first token of a line (or behind `;;`) that does not continue it.
    Newline "end of the line" Virtual,
    Eof "end of the file" Virtual,

    // Values.
    /// What the lexer could not read, and has reported.
    Error "unreadable text" Value,
    Name "name" Value,
    Int "number" Value,
    Float "number" Value,
    Byte "byte" Value,
    Symbol "symbol" Value,
    /// A string without holes.
    Str "string" Value,
    RawStr "raw string" Value,
    /// `"` or `"""` of a string in pieces.
    StrOpen "string" Value,
    /// Text of a string between its quotes and holes.
    StrText "text of a string" Value,
    HoleOpen "hole" Value,
    /// From the colon to the brace.
    HoleSpec "format specification" Value,
    HoleClose "end of the hole" Value,
    StrClose "end of the string" Value,

    // Keywords.
    Fn "fn" Keyword,
    Let "let" Keyword,
    Mut "mut" Keyword,
    If "if" Keyword,
    Else "else" Keyword,
    While "while" Keyword,
    For "for" Keyword,
    In "in" Keyword,
    Return "return" Keyword,
    Break "break" Keyword,
    Continue "continue" Keyword,
    Defer "defer" Keyword,
    Match "match" Keyword,
    Struct "struct" Keyword,
    Enum "enum" Keyword,
    Trait "trait" Keyword,
    Interface "interface" Keyword,
    Class "class" Keyword,
    Type "type" Keyword,
    Import "import" Keyword,
    Is "is" Keyword,
    Or "or" Keyword,
    True "true" Keyword,
    False "false" Keyword,
    SelfWord "self" Keyword,
    Super "super" Keyword,
    Loop "loop" Keyword,
    Try "try" Keyword,
    Catch "catch" Keyword,
    Throw "throw" Keyword,
    Yield "yield" Keyword,
    Spawn "spawn" Keyword,
    Comptime "comptime" Keyword,
    Expect "expect" Keyword,
    Underscore "_" Keyword,

    // Contextual keywords.
    Init "init" Contextual,
    Test "test" Contextual,
    Bench "bench" Contextual,
    Open "open" Contextual,
    Object "object" Contextual,
    From "from" Contextual,
    As "as" Contextual,
    Not "not" Contextual,

    // Signs.
    LParen "(" Sign,
    RParen ")" Sign,
    LBracket "[" Sign,
    RBracket "]" Sign,
    LBrace "{" Sign,
    RBrace "}" Sign,
    HashBracket "#[" Sign,
    PercentBrace "%{" Sign,
    Comma "," Sign,
    Semi ";" Sign,
    SemiSemi ";;" Sign,
    Colon ":" Sign,
    ColonColon "::" Sign,
    Dot "." Sign,
    DotDot ".." Sign,
    DotDotEq "..=" Sign,
    Question "?" Sign,
    QuestionDot "?." Sign,
    At "@" Sign,
    Arrow "->" Sign,
    FatArrow "=>" Sign,
    Bar "|" Sign,
    BarBar "||" Sign,
    Pipe "|>" Sign,
    Amp "&" Sign,
    AmpAmp "&&" Sign,
    Caret "^" Sign,
    Bang "!" Sign,
    Plus "+" Sign,
    Minus "-" Sign,
    Star "*" Sign,
    StarStar "**" Sign,
    Slash "/" Sign,
    Percent "%" Sign,
    Eq "=" Sign,
    EqEq "==" Sign,
    EqEqEq "===" Sign,
    NotEq "!=" Sign,
    Lt "<" Sign,
    LtEq "<=" Sign,
    Shl "<<" Sign,
    Gt ">" Sign,
    Coalesce "??" Sign,
    PlusEq "+=" Sign,
    MinusEq "-=" Sign,
    StarEq "*=" Sign,
    SlashEq "/=" Sign,
    PercentEq "%=" Sign,
    StarStarEq "**=" Sign,
    CoalesceEq "??=" Sign,

    // Glued by the parser.
    GtEq ">=" Virtual,
    Shr ">>" Virtual,
    NotIn "not in" Virtual,
}

impl TokenKind {
    /// White space, comments and stray characters.
    pub fn is_trivia(self) -> bool {
        self <= TokenKind::Stray
    }

    /// A name, or a contextual keyword, which may stand for one.
    pub fn is_name(self) -> bool {
        self == TokenKind::Name || (TokenKind::Init..=TokenKind::Not).contains(&self)
    }

    /// A reserved word.
    pub fn is_keyword(self) -> bool {
        (TokenKind::Fn..=TokenKind::Underscore).contains(&self)
    }

    /// The closing bracket of an opening one.
    pub fn closer(self) -> Option<TokenKind> {
        match self {
            TokenKind::LParen => Some(TokenKind::RParen),
            TokenKind::LBracket | TokenKind::HashBracket => Some(TokenKind::RBracket),
            TokenKind::LBrace | TokenKind::PercentBrace => Some(TokenKind::RBrace),
            TokenKind::HoleOpen => Some(TokenKind::HoleClose),
            _ => None,
        }
    }

    /// `)`, `]` or `}`.
    pub fn is_closer(self) -> bool {
        matches!(self, TokenKind::RParen | TokenKind::RBracket | TokenKind::RBrace)
    }

    /// What a message calls it: `` `fn` ``, `a name`, `the end of the line`.
    pub fn describe(self) -> String {
        match self.class() {
            TokenClass::Sign | TokenClass::Keyword | TokenClass::Contextual => format!("`{}`", self.text()),
            TokenClass::Virtual if self <= TokenKind::Eof => format!("the {}", self.text()),
            TokenClass::Virtual => format!("`{}`", self.text()),
            TokenClass::Value | TokenClass::Trivia => match self {
                TokenKind::Error | TokenKind::StrText | TokenKind::Whitespace => self.text().to_string(),
                TokenKind::HoleClose | TokenKind::StrClose => format!("the {}", self.text()),
                _ => format!("a {}", self.text()),
            },
        }
    }

    /// The keyword spelled `text`, or `Name`.
    pub fn of_word(text: &str) -> TokenKind {
        let bytes = text.as_bytes();
        match WORDS.get(word_slot(bytes)) {
            Some(&kind) if kind.text().as_bytes() == bytes => kind,
            _ => TokenKind::Name,
        }
    }

    /// Whether a line that begins with this token goes on with the statement of the line before (section
    /// "Statements" of the reference). `not` does so only before `in`, which the layout checks.
    pub fn continues_a_line(self) -> bool {
        use TokenKind::*;
        matches!(
            self,
            Dot | QuestionDot
                | Pipe
                | Bar
                | BarBar
                | AmpAmp
                | Coalesce
                | CoalesceEq
                | StarStar
                | Star
                | Slash
                | Percent
                | Plus
                | EqEq
                | NotEq
                | EqEqEq
                | Lt
                | LtEq
                | Gt
                | Shl
                | Amp
                | Caret
                | DotDot
                | DotDotEq
                | Is
                | In
                | As
                | Or
                | Else
                | Catch
                | FatArrow
                | Arrow
                | Eq
        )
    }
}

/// Keywords by [`word_slot`]; `Name` where there is none.
static WORDS: [TokenKind; 256] = {
    let mut table = [TokenKind::Name; 256];
    let mut index = 0;
    while index < TokenKind::ALL.len() {
        let kind = TokenKind::ALL[index];
        if matches!(kind.class(), TokenClass::Keyword | TokenClass::Contextual) {
            let slot = word_slot(kind.text().as_bytes());
            assert!(matches!(table[slot], TokenKind::Name), "two keywords share a slot: choose other factors");
            table[slot] = kind;
        }
        index += 1;
    }
    table
};

/// A perfect hash of the keywords (checked when compiling): most names then cost one look-up.
const fn word_slot(bytes: &[u8]) -> usize {
    let len = bytes.len();
    if len == 0 {
        return 0;
    }
    let third = if len > 2 { bytes[2] } else { bytes[len - 1] };
    (bytes[0] as usize * 25 + bytes[len - 1] as usize * 125 + len * 8 + third as usize * 229) & 255
}

/// How operators of one precedence group.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Assoc {
    /// `(a - b) - c`
    Left,
    /// `a ** (b ** c)`
    Right,
    /// `a < b < c` is an error.
    None,
}

/// What a binary operator makes.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Meaning {
    /// A call of a function of `core`, or `&&`, `||`.
    Binary(BinaryOp),
    /// `as`
    Cast,
    /// `..`
    Range,
    /// `..=`
    RangeInclusive,
    /// `is`
    Is,
    /// `in`
    In,
    /// `not in`
    NotIn,
    /// `??`
    Coalesce,
    /// `|>`
    Pipe,
    /// `or`
    OrElse,
}

/// One row of the operator table.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Operator {
    /// Its token (glued ones too).
    pub token: TokenKind,
    /// Higher binds tighter.
    pub precedence: u8,
    /// How it groups.
    pub assoc: Assoc,
    /// What it makes.
    pub meaning: Meaning,
}

macro_rules! operators {
    ($($token:ident $precedence:literal $assoc:ident $meaning:expr),* $(,)?) => {
        /// All binary operators, tight to loose.
        pub const OPERATORS: &[Operator] = &[$(Operator {
            token: TokenKind::$token, precedence: $precedence, assoc: Assoc::$assoc, meaning: $meaning,
        }),*];

        impl TokenKind {
            /// The binary operator that this token is.
            pub fn operator(self) -> Option<Operator> {
                match self {
                    $(TokenKind::$token => Some(Operator {
                        token: TokenKind::$token, precedence: $precedence, assoc: Assoc::$assoc, meaning: $meaning,
                    }),)*
                    _ => None,
                }
            }
        }
    };
}

operators! {
    As         15 Left  Meaning::Cast,
    StarStar   14 Right Meaning::Binary(BinaryOp::Pow),
    Star       13 Left  Meaning::Binary(BinaryOp::Mul),
    Slash      13 Left  Meaning::Binary(BinaryOp::Div),
    Percent    13 Left  Meaning::Binary(BinaryOp::Rem),
    Plus       12 Left  Meaning::Binary(BinaryOp::Add),
    Minus      12 Left  Meaning::Binary(BinaryOp::Sub),
    Shl        11 Left  Meaning::Binary(BinaryOp::Shl),
    Shr        11 Left  Meaning::Binary(BinaryOp::Shr),
    Amp        10 Left  Meaning::Binary(BinaryOp::BitAnd),
    Caret       9 Left  Meaning::Binary(BinaryOp::BitXor),
    DotDot      8 None  Meaning::Range,
    DotDotEq    8 None  Meaning::RangeInclusive,
    Is          7 Left  Meaning::Is,
    In          7 Left  Meaning::In,
    NotIn       7 Left  Meaning::NotIn,
    EqEq        6 None  Meaning::Binary(BinaryOp::Eq),
    NotEq       6 None  Meaning::Binary(BinaryOp::Ne),
    Lt          6 None  Meaning::Binary(BinaryOp::Lt),
    LtEq        6 None  Meaning::Binary(BinaryOp::Le),
    Gt          6 None  Meaning::Binary(BinaryOp::Gt),
    GtEq        6 None  Meaning::Binary(BinaryOp::Ge),
    EqEqEq      6 None  Meaning::Binary(BinaryOp::Identical),
    AmpAmp      5 Left  Meaning::Binary(BinaryOp::And),
    BarBar      4 Left  Meaning::Binary(BinaryOp::Or),
    Coalesce    3 Right Meaning::Coalesce,
    Pipe        2 Left  Meaning::Pipe,
    Or          1 Right Meaning::OrElse,
}

/// How tight ranges bind.
pub const RANGE: u8 = 8;
impl TokenKind {
    /// The assignment that this token is.
    pub fn assignment(self) -> Option<AssignOp> {
        let op = match self {
            TokenKind::Eq => return Some(AssignOp::Set),
            TokenKind::CoalesceEq => return Some(AssignOp::Coalesce),
            TokenKind::PlusEq => BinaryOp::Add,
            TokenKind::MinusEq => BinaryOp::Sub,
            TokenKind::StarEq => BinaryOp::Mul,
            TokenKind::SlashEq => BinaryOp::Div,
            TokenKind::PercentEq => BinaryOp::Rem,
            TokenKind::StarStarEq => BinaryOp::Pow,
            _ => return None,
        };
        Some(AssignOp::Binary(op))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_found_by_their_spelling() {
        for &kind in TokenKind::ALL {
            if matches!(kind.class(), TokenClass::Keyword | TokenClass::Contextual) {
                assert_eq!(TokenKind::of_word(kind.text()), kind);
            }
        }
        assert_eq!(TokenKind::of_word("fnord"), TokenKind::Name);
    }

    #[test]
    fn operators_are_sorted_tight_to_loose() {
        for pair in OPERATORS.windows(2) {
            assert!(pair[0].precedence >= pair[1].precedence, "{:?}", pair);
        }
        for op in OPERATORS {
            assert_eq!(op.token.operator(), Some(*op));
        }
    }
}
