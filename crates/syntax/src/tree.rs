//! The lossless tree: every byte of the file, and what the parser made of it.
//!
//! A flat list of nodes in preorder, each with its range of tokens and the index behind its subtree; no pointers, so
//! building, walking, copying and dropping it need no recursion, however deep the program nests. A node owns the tokens
//! of its range that no child owns, comments and white space included. Printing the tokens gives the file back, byte
//! for byte, whatever was wrong with it.

use crate::token::TokenKind;
use std::fmt::{self, Write as _};
use std::sync::Arc;

macro_rules! node_kinds {
    ($($(#[$doc:meta])* $kind:ident),* $(,)?) => {
        /// What a node of the tree is.
        #[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
        #[repr(u8)]
        #[allow(missing_docs)]
        pub enum NodeKind { $($(#[$doc])* $kind),* }

        impl NodeKind {
            /// The kind's name.
            pub fn name(self) -> &'static str {
                match self { $(NodeKind::$kind => stringify!($kind)),* }
            }
        }
    };
}

node_kinds! {
    File,
    /// Tokens that were passed over after a mistake.
    Skipped,
    // Statements.
    Block, LetStmt, ExprStmt, DeferStmt, ItemStmt,
    // Expressions.
    ErrorExpr, IntExpr, FloatExpr, BoolExpr, ByteExpr, StrExpr, SymbolExpr, NameExpr, ArrayExpr, RepeatExpr, TableExpr,
    ListExpr, MapExpr, TupleExpr, ShapeExpr, RangeExpr, StructExpr, UnaryExpr, BinaryExpr, CastExpr, IsExpr, InExpr,
    CoalesceExpr, OrElseExpr, PipeExpr, AssignExpr, TryExpr, FieldExpr, OptionalFieldExpr, CallExpr, FixedExpr,
    IndexExpr, TypeValueExpr, BlockExpr, IfExpr, LetExpr, MatchExpr, LoopExpr, WhileExpr, ForExpr, TryCatchExpr,
    ClosureExpr, ReturnExpr, BreakExpr, ContinueExpr, ThrowExpr, YieldExpr, SpawnExpr, ComptimeExpr, ExpectExpr,
    // Pieces of expressions.
    ParenExpr, Hole, Args, Arg, Element, Entry, FieldInit, Branch, Arms, Arm, Catch,
    // Patterns.
    ErrorPattern, WildcardPattern, BindPattern, TypedPattern, LiteralPattern, RangePattern, OrPattern, TuplePattern,
    ArrayPattern, StructPattern, VariantPattern, PathPattern, FieldPattern,
    // Types.
    ErrorType, PathType, SymbolType, ArrayType, FixedArrayType, TableType, TupleType, ShapeType, FunctionType,
    UnionType, IntersectionType, OptionType, Effects,
    // Declarations.
    FnItem, StructItem, EnumItem, TraitItem, InterfaceItem, ClassItem, TypeAliasItem, ImportItem, FromImportItem,
    TestItem, BenchItem, ErrorItem, Attribute, TypeParams, TypeParam, Params, Param, Supers, Members, Field, Variant,
    ImportName, Path,
}

/// A node: its kind, its tokens, and where its subtree ends.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Node {
    /// What it is.
    pub kind: NodeKind,
    /// Index of its first token.
    pub first: u32,
    /// One past the index of its last token.
    pub end: u32,
    /// Index of the first node behind its subtree.
    pub next: u32,
}

/// A node or token below a node.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Child {
    /// Index of a node.
    Node(u32),
    /// Index of a token.
    Token(u32),
}

/// A whole file.
#[derive(Clone, Debug)]
pub struct Tree {
    text: Arc<str>,
    kinds: Vec<TokenKind>,
    starts: Vec<u32>,
    nodes: Vec<Node>,
}

impl Tree {
    /// The nodes in preorder; the first is the file.
    pub fn nodes(&self) -> &[Node] {
        &self.nodes
    }

    /// How many tokens there are.
    pub fn token_count(&self) -> usize {
        self.kinds.len()
    }

    /// The kind of a token; `Eof` past the end.
    pub fn token_kind(&self, token: u32) -> TokenKind {
        self.kinds.get(token as usize).copied().unwrap_or(TokenKind::Eof)
    }

    /// Where a token stands in the text, in bytes; empty past the end.
    pub fn token_range(&self, token: u32) -> std::ops::Range<usize> {
        let end = self.text.len();
        let at = |index: usize| self.starts.get(index).map_or(end, |&start| start as usize);
        at(token as usize)..at(token as usize + 1)
    }

    /// The text of a token.
    pub fn token_text(&self, token: u32) -> &str {
        self.text.get(self.token_range(token)).unwrap_or("")
    }

    /// The text of a node, trivia inside it included.
    pub fn node_text(&self, node: &Node) -> &str {
        self.text.get(self.token_range(node.first).start..self.token_range(node.end).start).unwrap_or("")
    }

    /// What stands directly below a node, in order.
    pub fn children(&self, node: u32) -> Children<'_> {
        let (token, end, next) = self.nodes.get(node as usize).map_or((0, 0, 0), |n| (n.first, n.end, n.next));
        Children { tree: self, token, end, node: node + 1, next }
    }

    /// The file: all tokens, one after the other.
    pub fn source(&self) -> String {
        (0..self.kinds.len()).map(|token| self.token_text(token as u32)).collect()
    }

    /// One line for each token: its place in bytes, its kind and its text.
    pub fn dump_tokens(&self) -> String {
        let mut out = String::new();
        for token in 0..self.kinds.len() as u32 {
            let range = self.token_range(token);
            let kind = self.token_kind(token);
            let _ = writeln!(out, "{}..{} {kind:?} {:?}", range.start, range.end, self.token_text(token));
        }
        out
    }
}

/// Lists the children of a node.
pub struct Children<'a> {
    tree: &'a Tree,
    token: u32,
    end: u32,
    node: u32,
    next: u32,
}

impl Iterator for Children<'_> {
    type Item = Child;

    fn next(&mut self) -> Option<Child> {
        if self.node < self.next
            && let Some(node) = self.tree.nodes.get(self.node as usize)
            && node.first <= self.token
        {
            let child = Child::Node(self.node);
            self.token = self.token.max(node.end);
            self.node = node.next;
            return Some(child);
        }
        if self.token < self.end {
            self.token += 1;
            return Some(Child::Token(self.token - 1));
        }
        None
    }
}

impl fmt::Display for Tree {
    /// The nodes and their significant tokens, a line each, indented by depth.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Open nodes, by the index behind their subtree and the token behind their last.
        let mut open: Vec<(u32, u32)> = Vec::new();
        let mut token = 0u32;
        for index in 0..=self.nodes.len() {
            let (first, kind) = match self.nodes.get(index) {
                Some(node) => (node.first, Some(node)),
                None => (self.kinds.len() as u32, None),
            };
            while let Some(&(next, end)) = open.last() {
                let closes = next as usize <= index;
                token = self.write_tokens(f, token, if closes { end } else { first }, open.len())?;
                if !closes {
                    break;
                }
                open.pop();
            }
            if let Some(node) = kind {
                let range = self.token_range(node.first).start..self.token_range(node.end).start;
                indent(f, open.len())?;
                writeln!(f, "{} {}..{}", node.kind.name(), range.start, range.end)?;
                open.push((node.next, node.end));
            }
        }
        Ok(())
    }
}

impl Tree {
    /// Writes the tokens `from..to` but trivia; returns the first not written.
    fn write_tokens(&self, f: &mut fmt::Formatter<'_>, from: u32, to: u32, depth: usize) -> Result<u32, fmt::Error> {
        for token in from..to {
            if !self.token_kind(token).is_trivia() {
                indent(f, depth)?;
                writeln!(f, "{:?}", self.token_text(token))?;
            }
        }
        Ok(from.max(to))
    }
}

fn indent(f: &mut fmt::Formatter<'_>, depth: usize) -> fmt::Result {
    // Past a hundred levels the width no longer helps anyone and would make the dump quadratic.
    write!(f, "{:width$}", "", width = depth.min(100) * 2)
}

/// Collects nodes as the parser finishes them: children before parents.
#[derive(Default)]
pub(crate) struct TreeBuilder {
    nodes: Vec<Finished>,
}

#[derive(Clone, Copy)]
struct Finished {
    kind: NodeKind,
    first: u32,
    end: u32,
    /// How many nodes its subtree has, itself included.
    size: u32,
}

impl TreeBuilder {
    pub(crate) fn with_capacity(nodes: usize) -> TreeBuilder {
        TreeBuilder { nodes: Vec::with_capacity(nodes) }
    }

    /// A position from which a later node can take in everything finished since.
    pub(crate) fn position(&self) -> u32 {
        self.nodes.len() as u32
    }

    /// Adds a node over the tokens `first..end` whose children are the nodes finished since `position`.
    pub(crate) fn finish(&mut self, kind: NodeKind, position: u32, first: u32, end: u32) {
        let size = self.position() - position + 1;
        // An empty child may stand before the first token of its parent: what is missing at its beginning.
        let first = self.nodes.get(position as usize).map_or(first, |child| first.min(child.first));
        self.nodes.push(Finished { kind, first, end, size });
    }

    /// The tree, its nodes brought into preorder.
    ///
    /// In postorder, the nodes before a subtree are those that end before it begins; in preorder its ancestors come
    /// before it as well. So a node's index in preorder is where its subtree begins in postorder plus its depth.
    pub(crate) fn build(mut self, text: &str, kinds: Vec<TokenKind>, starts: Vec<u32>) -> Tree {
        let all = kinds.len() as u32;
        self.finish(NodeKind::File, 0, 0, all);
        let file = Node { kind: NodeKind::File, first: 0, end: all, next: self.nodes.len() as u32 };
        let mut nodes = vec![file; self.nodes.len()];
        // Where the subtrees of the ancestors begin; walking backwards, parents come first.
        let mut ancestors: Vec<u32> = Vec::new();
        for (index, node) in self.nodes.iter().enumerate().rev() {
            let begin = index as u32 + 1 - node.size;
            while ancestors.last().is_some_and(|&start| (index as u32) < start) {
                ancestors.pop();
            }
            let position = begin + ancestors.len() as u32;
            if let Some(slot) = nodes.get_mut(position as usize) {
                *slot = Node { kind: node.kind, first: node.first, end: node.end, next: position + node.size };
            }
            ancestors.push(begin);
        }
        Tree { text: Arc::from(text), kinds, starts, nodes }
    }
}
