//! Binary trees: many short-lived complete trees of several depths beside one that lives on.

const MIN_DEPTH: u32 = 4;
const MAX_DEPTH: u32 = 16;

struct Tree {
    left: Option<Box<Tree>>,
    right: Option<Box<Tree>>,
}

fn grow(depth: u32) -> Tree {
    if depth == 0 {
        Tree { left: None, right: None }
    } else {
        Tree { left: Some(Box::new(grow(depth - 1))), right: Some(Box::new(grow(depth - 1))) }
    }
}

fn count(tree: &Tree) -> i64 {
    let mut total = 1;
    if let Some(left) = &tree.left {
        total += count(left);
    }
    if let Some(right) = &tree.right {
        total += count(right);
    }
    total
}

fn main() {
    println!("stretch tree of depth {}: {} nodes", MAX_DEPTH + 1, count(&grow(MAX_DEPTH + 1)));
    let long_lived = grow(MAX_DEPTH);
    for depth in (MIN_DEPTH..=MAX_DEPTH).step_by(4) {
        let trees = 1 << (MAX_DEPTH - depth + MIN_DEPTH);
        let mut nodes = 0;
        for _ in 0..trees {
            nodes += count(&grow(depth));
        }
        println!("{trees} trees of depth {depth}: {nodes} nodes");
    }
    println!("long-lived tree of depth {MAX_DEPTH}: {} nodes", count(&long_lived));
}
