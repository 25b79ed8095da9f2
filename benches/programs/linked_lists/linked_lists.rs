//! Linked lists: singly linked chains built, reversed in place, thinned out and summed.

const SIZE: i64 = 10_000;
const ROUNDS: i64 = 250;

type Chain = Option<Box<Node>>;

struct Node {
    value: i64,
    next: Chain,
}

fn build(size: i64) -> Chain {
    let mut head = None;
    for value in 0..size {
        head = Some(Box::new(Node { value, next: head }));
    }
    head
}

fn reverse(chain: Chain) -> Chain {
    let mut rest = chain;
    let mut reversed = None;
    while let Some(mut node) = rest {
        rest = node.next;
        node.next = reversed;
        reversed = Some(node);
    }
    reversed
}

/// Drops every node but the first whose value divides by three.
fn thin_out(head: &mut Node) {
    let mut link = &mut head.next;
    loop {
        match link {
            None => break,
            Some(node) if node.value % 3 == 0 => *link = node.next.take(),
            Some(node) => link = &mut node.next,
        }
    }
}

fn sum(chain: &Chain) -> i64 {
    let mut total = 0;
    let mut rest = chain;
    while let Some(node) = rest {
        total += node.value;
        rest = &node.next;
    }
    total
}

fn main() {
    let mut checksum = 0;
    for round in 1..=ROUNDS {
        let mut chain = reverse(build(SIZE));
        checksum += sum(&chain) * round;
        if let Some(head) = &mut chain {
            thin_out(head);
        }
        checksum += sum(&reverse(chain));
    }
    println!("checksum {checksum}");
}
