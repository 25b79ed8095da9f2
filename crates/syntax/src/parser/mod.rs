//! The parser: recursive descent, with a Pratt loop for operators.
//!
//! It makes the tree and the typed view in one pass: whoever adds an expression, pattern, type or item to the view adds
//! its node to the tree by the same call. It sees the tokens through the layout (`layout.rs`), which stands between the
//! two because which colon ends a head, and whether a head still lacks its block, only the parser knows.
//!
//! Mistakes: a function that cannot go on reports once and sets `recovering`, which silences what follows until the
//! parser stands at the next statement, list element, member or arm. Nothing loops without taking a token.
//!
//! Depth: `enter` counts levels; past `MAX_DEPTH` one error is reported and the nested text is passed over without
//! recursion. `deepest` is the depth of the deepest node of the operand being built, since a node put around it (a
//! call, a field) moves all of it down by one.

mod block;
mod control;
mod expr;
mod item;
mod layout;
mod members;
mod pattern;
mod postfix;
mod primary;
mod recover;
mod statement;
mod string;
mod types;

use crate::Parse;
use crate::ast::*;
use crate::lexer::{self, Significant};
use crate::token::TokenKind;
use crate::tree::{NodeKind, TreeBuilder};
use layout::Frame;
use sayso_base::{Diagnostic, FileId, Interner, Name, Span};
use smallvec::SmallVec;
use std::sync::Arc;
use thin_vec::ThinVec;

/// How a text ends, for the interactive session.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Ending {
    /// With a statement.
    Complete,
    /// In an indented block, which more lines may continue.
    OpenBlock,
    /// In the middle of something.
    Incomplete,
}

/// What an expression may not be where it stands.
#[derive(Clone, Copy, Default)]
struct Restrict {
    /// In a head: `P {` begins the block.
    no_struct: bool,
    /// `name:` is no label here.
    no_label: bool,
    /// The value of a `let` in a condition ends at `&&`.
    no_and: bool,
    /// A `let` may stand here.
    let_ok: bool,
}

/// What a list is gathered in until it is known how long it is: few are longer, and what is nested in them needs the
/// stack.
type List<T> = SmallVec<[T; 4]>;

/// A list as it stands in the view, which has many: without room for more.
fn listed<T>(list: List<T>) -> ThinVec<T> {
    let mut exact = ThinVec::with_capacity(list.len());
    exact.extend(list);
    exact
}

/// A place from which a node will be made.
#[derive(Clone, Copy)]
struct Mark {
    /// Position in the tree builder.
    node: u32,
    /// Index of the first token.
    token: usize,
}

/// Where names come from.
pub(crate) enum Names<'a> {
    /// They are interned as they are met.
    Open(&'a mut Interner),
    /// They were interned before: by index of the token.
    Known { interner: &'a Interner, of_token: Vec<Name>, missed: bool },
}

impl Names<'_> {
    fn intern(&mut self, text: &str) -> Name {
        match self {
            Names::Open(interner) => interner.intern(text),
            Names::Known { interner, missed, .. } => interner.lookup(text).unwrap_or_else(|| {
                *missed = true;
                sayso_base::names::EMPTY
            }),
        }
    }

    /// The name of something where it is declared, which asks for no other thing of that name.
    fn intern_unasked(&mut self, text: &str) -> Name {
        match self {
            Names::Open(interner) => interner.intern_unasked(text),
            Names::Known { .. } => self.intern(text),
        }
    }

    /// Asks for what a keyword needs.
    fn mention(&mut self, name: Name) {
        match self {
            Names::Open(interner) => interner.mention(name),
            // `intern_tokens` did.
            Names::Known { .. } => {}
        }
    }

    fn lookup(&self, text: &str) -> Option<Name> {
        match self {
            Names::Open(interner) => interner.lookup(text),
            Names::Known { interner, .. } => interner.lookup(text),
        }
    }

    fn text(&self, name: Name) -> &str {
        match self {
            Names::Open(interner) => interner.text(name),
            Names::Known { interner, .. } => interner.text(name),
        }
    }
}

struct Parser<'a> {
    text: &'a str,
    file: FileId,
    interner: Names<'a>,
    kinds: Vec<TokenKind>,
    starts: Vec<u32>,
    tokens: Vec<Significant>,
    at: usize,
    /// The current token as the layout shows it.
    cur: TokenKind,
    frame: Frame,
    /// No bracket or brace is open, so indentation counts.
    free: bool,
    /// A token that belongs to the statement although it begins a line.
    joined: usize,
    /// The token behind a `;;`.
    resumed: usize,
    /// The indentations of the open blocks.
    indents: Vec<u16>,
    /// The token at which a mistake of indentation was reported last.
    layout_reported: usize,
    tab_reported: bool,
    open_block_at_end: bool,
    /// The closing brackets awaited.
    brackets: Vec<TokenKind>,
    depth: usize,
    deepest: usize,
    depth_reported: bool,
    restrict: Restrict,
    labels: Vec<Name>,
    recovering: bool,
    /// The token at which an error was reported last.
    error_at: usize,
    /// The first `{` and `}` whose lines are indented differently.
    suspect: Option<(usize, usize)>,
    unfinished: bool,
    /// How many of the diagnostics are the lexer's.
    lexical: usize,
    /// None if no tree is wanted.
    builder: Option<TreeBuilder>,
    ast: Ast,
    diagnostics: Vec<Diagnostic>,
    /// Where lines begin; made when the first message names a line.
    line_starts: Vec<u32>,
}

/// Parses a text.
pub(crate) fn parse(file: FileId, text: &str, interner: &mut Interner) -> (Parse, Ending) {
    let lexed = lexer::lex(file, text);
    let allows = allows(text, interner, &lexed);
    let nodes = TreeBuilder::with_capacity(lexed.significant.len());
    let mut parser = Parser::new(file, text, Names::Open(interner), lexed);
    parser.builder = Some(nodes);
    parser.file();
    let ending = parser.ending();
    let Parser { builder, ast, mut diagnostics, kinds, starts, .. } = parser;
    diagnostics.sort_by_key(|diagnostic| diagnostic.primary.span.start);
    let tree = builder.unwrap_or_default().build(text, kinds, starts);
    (Parse { tree, ast, diagnostics, allows }, ending)
}

/// Parses a text without making its tree. None if a name turns up that was not interned.
pub(crate) fn parse_view(
    text: &str,
    names: Names<'_>,
    file: FileId,
    lexed: lexer::Lexed,
) -> Option<(Ast, Vec<Diagnostic>)> {
    let mut parser = Parser::new(file, text, names, lexed);
    parser.file();
    let Parser { ast, mut diagnostics, interner, .. } = parser;
    diagnostics.sort_by_key(|diagnostic| diagnostic.primary.span.start);
    match interner {
        Names::Known { missed: true, .. } => None,
        Names::Known { .. } | Names::Open(_) => Some((ast, diagnostics)),
    }
}

/// Interns all names among the tokens of a text; gives them by index of the token.
pub(crate) fn intern_tokens(text: &str, interner: &mut Interner, lexed: &lexer::Lexed) -> Vec<Name> {
    let of = |token: &Significant| text.get(token.start as usize..token.end as usize).unwrap_or("");
    let mut known = Vec::with_capacity(lexed.significant.len());
    let mut behind_dot = false;
    for (index, token) in lexed.significant.iter().enumerate() {
        known.push(match token.kind {
            kind if kind.is_name() => {
                // `empty?` where no call follows.
                if let Some(mark) = lexed.significant.get(index + 1)
                    && matches!(mark.kind, TokenKind::Question | TokenKind::Bang)
                    && !mark.spaced()
                {
                    interner.intern(text.get(token.start as usize..mark.end as usize).unwrap_or(""));
                }
                interner.intern(of(token))
            }
            kind if asked_by(kind).is_some() => {
                asked_by(kind).into_iter().for_each(|name| interner.mention(name));
                sayso_base::names::EMPTY
            }
            TokenKind::Symbol => interner.intern(of(token).get(1..).unwrap_or("")),
            // An element of a tuple.
            TokenKind::Int if behind_dot => interner.intern(of(token)),
            _ => sayso_base::names::EMPTY,
        });
        behind_dot = matches!(token.kind, TokenKind::Dot | TokenKind::QuestionDot);
    }
    interner.intern_unasked(UNWRITABLE);
    known
}

/// The type of `core` that a keyword needs: what is caught may be an error of the machine's, what yields gives an
/// iterator, what is spawned a task.
fn asked_by(keyword: TokenKind) -> Option<Name> {
    match keyword {
        TokenKind::Catch => Some(sayso_base::names::ERROR),
        TokenKind::Yield => Some(sayso_base::names::ITER),
        TokenKind::Spawn => Some(sayso_base::names::TASK),
        _ => None,
    }
}

/// The name of a parameter that cannot be written.
const UNWRITABLE: &str = "_.";

/// The names in the `allow` comments, with their lines.
pub(crate) fn allows(text: &str, interner: &mut Interner, lexed: &lexer::Lexed) -> Vec<(u32, Name)> {
    let name = |start: u32, end: u32| text.get(start as usize..end as usize).unwrap_or("");
    lexed.allows.iter().map(|&(line, start, end)| (line, interner.intern(name(start, end)))).collect()
}

/// Parses statements into a view that exists: they go behind its others.
pub(crate) fn parse_statements(
    ast: &mut Ast,
    text: &str,
    interner: &mut Interner,
    lexed: lexer::Lexed,
) -> Vec<Diagnostic> {
    let mut parser = Parser::going_on(ast, text, interner, lexed);
    let stmts = parser.file_body();
    parser.ast.body.extend(stmts);
    parser.give_back(ast)
}

/// Parses the body of a function into a view that exists.
pub(crate) fn parse_body(
    ast: &mut Ast,
    text: &str,
    interner: &mut Interner,
    lexed: lexer::Lexed,
) -> (Option<BlockId>, Vec<Diagnostic>) {
    let mut parser = Parser::going_on(ast, text, interner, lexed);
    parser.frame = Frame::Indent(parser.token().indent);
    parser.refresh();
    let body = parser.function_body(layout::Head { start: 0, what: "the body of the function" });
    (body, parser.give_back(ast))
}

impl<'a> Parser<'a> {
    fn new(file: FileId, text: &'a str, interner: Names<'a>, lexed: lexer::Lexed) -> Parser<'a> {
        let count = lexed.significant.len();
        let ast = Ast {
            exprs: Vec::with_capacity(count / 2),
            blocks: Vec::with_capacity(count / 20),
            patterns: Vec::with_capacity(count / 10),
            types: Vec::with_capacity(count / 20),
            ..crate::outline::empty_view(file)
        };
        Parser::with_ast(ast, text, interner, lexed)
    }

    /// For more of a file of which `ast` is the view so far; see [`Parser::give_back`].
    fn going_on(ast: &mut Ast, text: &'a str, interner: &'a mut Interner, lexed: lexer::Lexed) -> Parser<'a> {
        let empty = crate::outline::empty_view(ast.file);
        Parser::with_ast(std::mem::replace(ast, empty), text, Names::Open(interner), lexed)
    }

    /// Ends what [`Parser::going_on`] began.
    fn give_back(mut self, ast: &mut Ast) -> Vec<Diagnostic> {
        self.diagnostics.sort_by_key(|diagnostic| diagnostic.primary.span.start);
        *ast = self.ast;
        self.diagnostics
    }

    fn with_ast(ast: Ast, text: &'a str, interner: Names<'a>, lexed: lexer::Lexed) -> Parser<'a> {
        let file = ast.file;
        Parser {
            text,
            file,
            interner,
            kinds: lexed.kinds,
            starts: lexed.starts,
            tokens: lexed.significant,
            at: 0,
            cur: TokenKind::Eof,
            frame: Frame::Brace,
            free: true,
            joined: usize::MAX,
            resumed: usize::MAX,
            indents: Vec::new(),
            layout_reported: usize::MAX,
            tab_reported: false,
            open_block_at_end: false,
            brackets: Vec::new(),
            depth: 0,
            deepest: 0,
            depth_reported: false,
            restrict: Restrict::default(),
            labels: Vec::new(),
            recovering: false,
            error_at: usize::MAX,
            suspect: None,
            unfinished: lexed.unfinished,
            lexical: lexed.diagnostics.len(),
            builder: None,
            ast,
            diagnostics: lexed.diagnostics,
            line_starts: Vec::new(),
        }
    }

    fn file(&mut self) {
        self.ast.docs = self.module_docs();
        let body = self.file_body();
        self.ast.body = body;
    }

    fn ending(&self) -> Ending {
        if self.unfinished {
            Ending::Incomplete
        } else if self.open_block_at_end {
            Ending::OpenBlock
        } else {
            Ending::Complete
        }
    }

    // ---- tokens

    /// The current token as it is in the text, whatever the layout says.
    fn token(&self) -> Significant {
        self.token_at(self.at)
    }

    /// A token by index; the final `Eof` past the end.
    fn token_at(&self, index: usize) -> Significant {
        match self.tokens.get(index) {
            Some(token) => *token,
            None => self.tokens.last().copied().unwrap_or(Significant {
                start: 0,
                end: 0,
                raw: 0,
                indent: 0,
                kind: TokenKind::Eof,
                flags: 0,
            }),
        }
    }

    /// The kind of the token `offset` behind the current one, whatever the layout says.
    fn nth(&self, offset: usize) -> TokenKind {
        self.tokens.get(self.at + offset).map_or(TokenKind::Eof, |token| token.kind)
    }

    /// The kind of the token before the current one.
    fn previous(&self) -> TokenKind {
        self.at.checked_sub(1).map_or(TokenKind::Newline, |index| self.token_at(index).kind)
    }

    fn at(&self, kind: TokenKind) -> bool {
        self.cur == kind
    }

    /// Takes the current token.
    fn bump(&mut self) {
        if self.at + 1 < self.tokens.len() {
            self.at += 1;
        }
        self.refresh();
    }

    /// Takes the current token if it is of this kind.
    fn eat(&mut self, kind: TokenKind) -> bool {
        let found = self.cur == kind;
        if found {
            self.bump();
        }
        found
    }

    /// Whether the next token follows the current one without white space.
    fn next_is_adjacent(&self) -> bool {
        !self.token_at(self.at + 1).spaced()
    }

    fn token_text(&self, index: usize) -> &'a str {
        let token = self.token_at(index);
        self.text.get(token.start as usize..token.end as usize).unwrap_or("")
    }

    fn token_span(&self, index: usize) -> Span {
        let token = self.token_at(index);
        Span::new(self.file, token.start, token.end)
    }

    /// Where the current token stands.
    fn here(&self) -> Span {
        self.token_span(self.at)
    }

    /// The empty place behind the token before the current one.
    fn behind(&self) -> Span {
        match self.at.checked_sub(1) {
            Some(index) => self.token_span(index).at_end(),
            None => self.here().at_start(),
        }
    }

    // ---- nodes

    fn mark(&self) -> Mark {
        Mark { node: self.builder.as_ref().map_or(0, TreeBuilder::position), token: self.at }
    }

    /// What was taken since the mark; the empty place before the current token if that is nothing.
    fn span(&self, mark: Mark) -> Span {
        let start = self.token_at(mark.token).start;
        match self.at.checked_sub(1) {
            Some(last) if last >= mark.token => Span::new(self.file, start, self.token_at(last).end),
            _ => self.behind(),
        }
    }

    /// Adds a node over what was taken since the mark.
    fn node(&mut self, kind: NodeKind, mark: Mark) {
        if self.builder.is_none() {
            return;
        }
        let end = self.at.checked_sub(1).map_or(0, |last| self.token_at(last).raw + 1);
        // A node of nothing stands behind what was taken last, within its parent.
        let first = if self.at > mark.token { self.token_at(mark.token).raw } else { end };
        if let Some(builder) = &mut self.builder {
            builder.finish(kind, mark.node, first, end);
        }
    }

    fn expr_node(&mut self, kind: ExprKind, mark: Mark) -> ExprId {
        self.node(expr_node_kind(&kind), mark);
        let span = self.span(mark);
        self.ast.exprs.push(Expr { kind, span });
        ExprId(self.ast.exprs.len() as u32 - 1)
    }

    fn pattern_node(&mut self, kind: PatternKind, mark: Mark) -> PatternId {
        let node = match &kind {
            PatternKind::Error => NodeKind::ErrorPattern,
            PatternKind::Wildcard => NodeKind::WildcardPattern,
            PatternKind::Bind { .. } => NodeKind::BindPattern,
            PatternKind::Typed { .. } => NodeKind::TypedPattern,
            PatternKind::Literal(_) => NodeKind::LiteralPattern,
            PatternKind::Range { .. } => NodeKind::RangePattern,
            PatternKind::Or(_) => NodeKind::OrPattern,
            PatternKind::Tuple(_) => NodeKind::TuplePattern,
            PatternKind::Array { .. } => NodeKind::ArrayPattern,
            PatternKind::Struct { .. } => NodeKind::StructPattern,
            PatternKind::Variant { .. } => NodeKind::VariantPattern,
            PatternKind::Path(_) => NodeKind::PathPattern,
        };
        self.node(node, mark);
        let span = self.span(mark);
        self.ast.patterns.push(Pattern { kind, span });
        PatternId(self.ast.patterns.len() as u32 - 1)
    }

    fn type_node(&mut self, kind: TypeExprKind, mark: Mark) -> TypeId {
        let node = match &kind {
            TypeExprKind::Error => NodeKind::ErrorType,
            TypeExprKind::Path(..) => NodeKind::PathType,
            TypeExprKind::Symbol(_) => NodeKind::SymbolType,
            TypeExprKind::Array(_) => NodeKind::ArrayType,
            TypeExprKind::FixedArray(..) => NodeKind::FixedArrayType,
            TypeExprKind::Table(..) => NodeKind::TableType,
            TypeExprKind::Tuple(_) => NodeKind::TupleType,
            TypeExprKind::Shape(_) => NodeKind::ShapeType,
            TypeExprKind::Function { .. } => NodeKind::FunctionType,
            TypeExprKind::Union(_) => NodeKind::UnionType,
            TypeExprKind::Intersection(_) => NodeKind::IntersectionType,
            TypeExprKind::Option(_) => NodeKind::OptionType,
        };
        self.node(node, mark);
        let span = self.span(mark);
        self.ast.types.push(TypeExpr { kind, span });
        TypeId(self.ast.types.len() as u32 - 1)
    }

    // ---- names

    /// The current token as an identifier; it must be a name.
    fn take_name(&mut self) -> Ident {
        let known = match &self.interner {
            Names::Known { of_token, .. } => {
                of_token.get(self.at).copied().filter(|name| *name != sayso_base::names::EMPTY)
            }
            Names::Open(_) => None,
        };
        let name = known.unwrap_or_else(|| self.interner.intern(self.token_text(self.at)));
        let span = self.here();
        self.bump();
        Ident { name, span }
    }

    /// The current token as the name of a field or parameter that is declared here.
    fn take_declared_name(&mut self) -> Ident {
        match &self.interner {
            Names::Known { .. } => self.take_name(),
            Names::Open(_) => {
                let name = self.interner.intern_unasked(self.token_text(self.at));
                let span = self.here();
                self.bump();
                Ident { name, span }
            }
        }
    }

    /// The current name with a `?` or `!` that follows directly: where a name is declared or imported, no operator can
    /// be meant.
    fn take_marked_name(&mut self) -> Ident {
        let first = self.at;
        let ident = self.take_name();
        if matches!(self.cur, TokenKind::Question | TokenKind::Bang) && !self.token().spaced() {
            self.bump();
            let span = ident.span.to(self.token_span(self.at - 1));
            let text = format!("{}{}", self.token_text(first), self.token_text(self.at - 1));
            return Ident { name: self.interner.intern(&text), span };
        }
        ident
    }

    /// Asks for what the current keyword needs.
    fn ask_for_keyword(&mut self) {
        if let Some(name) = asked_by(self.cur) {
            self.interner.mention(name);
        }
    }

    /// A name for something that messages call `what`; reports if there is none.
    fn expect_name(&mut self, what: &str) -> Option<Ident> {
        if self.cur.is_name() {
            return Some(self.take_name());
        }
        self.name_missing(what);
        None
    }

    /// An identifier that stands for one that is missing.
    fn missing_ident(&self) -> Ident {
        Ident { name: sayso_base::names::EMPTY, span: self.behind() }
    }

    // ---- depth

    /// Goes one level down; false, after reporting, if that is too deep.
    fn enter(&mut self) -> bool {
        // The last level is kept for the node that stands for what is too deep.
        if self.depth + 1 >= MAX_DEPTH {
            self.deepest = self.deepest.max(self.depth + 1);
            self.report_depth();
            return false;
        }
        self.depth += 1;
        self.deepest = self.deepest.max(self.depth);
        true
    }

    fn leave(&mut self) {
        self.depth -= 1;
        if self.depth == 0 {
            self.depth_reported = false;
        }
    }

    // ---- comments

    /// The `//!` comments of the file.
    fn module_docs(&self) -> Option<Arc<str>> {
        let mut lines = Vec::new();
        // They stand before the first token, so that a file of other comments is not searched.
        let end = self.tokens.first().map_or(0, |token| token.raw as usize);
        for (index, kind) in self.kinds.iter().enumerate().take(end) {
            if *kind == TokenKind::ModuleDoc {
                lines.push(doc_line(self.raw_text(index)));
            }
        }
        join_docs(lines)
    }

    /// The `///` comments before a token.
    fn docs_before(&self, token: usize) -> Option<Arc<str>> {
        let mut raw = self.token_at(token).raw as usize;
        let mut lines = Vec::new();
        while let Some(index) = raw.checked_sub(1) {
            match self.kinds.get(index) {
                Some(TokenKind::Doc) => lines.push(doc_line(self.raw_text(index))),
                Some(kind) if kind.is_trivia() => {}
                _ => break,
            }
            raw = index;
        }
        lines.reverse();
        join_docs(lines)
    }

    fn raw_text(&self, index: usize) -> &'a str {
        let start = self.starts.get(index).map_or(self.text.len(), |&start| start as usize);
        let end = self.starts.get(index + 1).map_or(self.text.len(), |&end| end as usize);
        self.text.get(start..end).unwrap_or("")
    }
}

/// A doc comment's text: without its marker and one blank behind it.
fn doc_line(comment: &str) -> &str {
    let text = comment.get(3..).unwrap_or("");
    text.strip_prefix(' ').unwrap_or(text).trim_end()
}

fn join_docs(lines: Vec<&str>) -> Option<Arc<str>> {
    if lines.is_empty() { None } else { Some(Arc::from(lines.join("\n"))) }
}

fn expr_node_kind(kind: &ExprKind) -> NodeKind {
    match kind {
        ExprKind::Error => NodeKind::ErrorExpr,
        ExprKind::Int(_) => NodeKind::IntExpr,
        ExprKind::Float(_) => NodeKind::FloatExpr,
        ExprKind::Bool(_) => NodeKind::BoolExpr,
        ExprKind::Byte(_) => NodeKind::ByteExpr,
        ExprKind::Str(_) => NodeKind::StrExpr,
        ExprKind::Symbol(_) => NodeKind::SymbolExpr,
        ExprKind::Name(_) => NodeKind::NameExpr,
        ExprKind::Array(_) => NodeKind::ArrayExpr,
        ExprKind::Repeat { .. } => NodeKind::RepeatExpr,
        ExprKind::Table(_) => NodeKind::TableExpr,
        ExprKind::List(_) => NodeKind::ListExpr,
        ExprKind::Map(_) => NodeKind::MapExpr,
        ExprKind::Tuple(_) => NodeKind::TupleExpr,
        ExprKind::Shape(_) => NodeKind::ShapeExpr,
        ExprKind::Range { .. } => NodeKind::RangeExpr,
        ExprKind::Struct(_) => NodeKind::StructExpr,
        ExprKind::Unary(..) => NodeKind::UnaryExpr,
        ExprKind::Binary(..) => NodeKind::BinaryExpr,
        ExprKind::Cast(..) => NodeKind::CastExpr,
        ExprKind::Is { .. } => NodeKind::IsExpr,
        ExprKind::In { .. } => NodeKind::InExpr,
        ExprKind::Coalesce(..) => NodeKind::CoalesceExpr,
        ExprKind::OrElse(..) => NodeKind::OrElseExpr,
        ExprKind::Pipe(..) => NodeKind::PipeExpr,
        ExprKind::Assign { .. } => NodeKind::AssignExpr,
        ExprKind::Try(_) => NodeKind::TryExpr,
        ExprKind::Field(..) => NodeKind::FieldExpr,
        ExprKind::OptionalField(..) => NodeKind::OptionalFieldExpr,
        ExprKind::Call { .. } => NodeKind::CallExpr,
        ExprKind::Fixed(..) => NodeKind::FixedExpr,
        ExprKind::Index(..) => NodeKind::IndexExpr,
        ExprKind::TypeValue(_) => NodeKind::TypeValueExpr,
        ExprKind::Block(_) => NodeKind::BlockExpr,
        ExprKind::If { .. } => NodeKind::IfExpr,
        ExprKind::Let { .. } => NodeKind::LetExpr,
        ExprKind::Match { .. } => NodeKind::MatchExpr,
        ExprKind::Loop { .. } => NodeKind::LoopExpr,
        ExprKind::While { .. } => NodeKind::WhileExpr,
        ExprKind::For { .. } => NodeKind::ForExpr,
        ExprKind::TryCatch { .. } => NodeKind::TryCatchExpr,
        ExprKind::Closure { .. } => NodeKind::ClosureExpr,
        ExprKind::Return(_) => NodeKind::ReturnExpr,
        ExprKind::Break { .. } => NodeKind::BreakExpr,
        ExprKind::Continue { .. } => NodeKind::ContinueExpr,
        ExprKind::Throw(_) => NodeKind::ThrowExpr,
        ExprKind::Yield(_) => NodeKind::YieldExpr,
        ExprKind::Spawn(_) => NodeKind::SpawnExpr,
        ExprKind::Comptime(_) => NodeKind::ComptimeExpr,
        ExprKind::Expect(_) => NodeKind::ExpectExpr,
    }
}
