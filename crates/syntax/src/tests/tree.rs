//! The tree: it prints back, its nodes nest, and its dump shows them.

use super::parse;
use crate::tree::{Child, Tree};

/// Every node's range lies inside its parent's, and siblings do not overlap.
pub(super) fn verify(tree: &Tree) {
    // Open nodes: index behind the subtree, end, and where the next child may begin.
    let mut open: Vec<(u32, u32, u32)> = Vec::new();
    for (index, node) in tree.nodes().iter().enumerate() {
        while open.last().is_some_and(|&(next, ..)| next as usize <= index) {
            open.pop();
        }
        assert!(node.first <= node.end && node.next as usize > index, "node {index}: {node:?}");
        if let Some((next, end, free)) = open.last_mut() {
            assert!(node.next <= *next, "node {index} outlives its parent: {node:?}");
            assert!(
                *free <= node.first && node.end <= *end,
                "node {index} leaves its parent: {node:?} in {free}..{end}"
            );
            *free = node.end;
        } else {
            assert_eq!(index, 0, "only the file has no parent");
        }
        open.push((node.next, node.end, node.first));
    }
}

#[test]
fn children_are_nodes_and_tokens_in_order() {
    let (parse, _) = parse("let x = 1 + y // end\n");
    let tree = &parse.tree;
    let show = |child: Child| match child {
        Child::Node(node) => tree.nodes()[node as usize].kind.name().to_string(),
        Child::Token(token) => format!("{:?}", tree.token_text(token)),
    };
    let file: Vec<String> = tree.children(0).map(show).collect();
    assert_eq!(file, ["LetStmt", "\" \"", "\"// end\"", "\"\\n\""]);
    let statement: Vec<String> = tree.children(1).map(show).collect();
    assert_eq!(statement, ["\"let\"", "\" \"", "BindPattern", "\" \"", "\"=\"", "\" \"", "BinaryExpr"]);
}

#[test]
fn dump_shows_nodes_and_significant_tokens() {
    let (parse, _) = parse("f(1) + // one\n  -x\n");
    let expected = "File 0..19\n  ExprStmt 0..18\n    BinaryExpr 0..18\n      CallExpr 0..4\n        NameExpr 0..1\n          \"f\"\n        Args 1..4\n          \"(\"\n          Arg 2..3\n            IntExpr 2..3\n              \"1\"\n          \")\"\n      \"+\"\n      UnaryExpr 16..18\n        \"-\"\n        NameExpr 17..18\n          \"x\"\n";
    assert_eq!(parse.tree.to_string(), expected);
}

#[test]
fn dump_of_tokens_shows_every_byte() {
    let (parse, _) = parse("x // y\n");
    assert_eq!(
        parse.tree.dump_tokens(),
        "0..1 Name \"x\"\n1..2 Whitespace \" \"\n2..6 LineComment \"// y\"\n6..7 Whitespace \"\\n\"\n"
    );
}

#[test]
fn a_deep_tree_is_printed_and_dropped_without_recursion() {
    let text = format!("x{}", " + x".repeat(200_000));
    let thread = std::thread::Builder::new().stack_size(256 << 10).spawn(move || {
        let (parse, _) = parse(&text);
        let copy = parse.tree.clone();
        drop(parse);
        assert!(copy.nodes().len() > 400_000);
        assert_eq!(copy.children(0).count(), 1);
    });
    thread.expect("a thread starts").join().expect("no panic");
}

#[test]
fn the_tree_can_be_shared_between_threads() {
    fn shared<T: Send + Sync>() {}
    shared::<crate::Parse>();
    shared::<Tree>();
}
