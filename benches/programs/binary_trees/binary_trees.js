// Binary trees: many short-lived complete trees of several depths beside one that lives on.
"use strict";

const MIN_DEPTH = 4;
const MAX_DEPTH = 16;

class Tree {
  constructor(left, right) {
    this.left = left;
    this.right = right;
  }
}

function grow(depth) {
  return depth === 0 ? new Tree(null, null) : new Tree(grow(depth - 1), grow(depth - 1));
}

function count(tree) {
  let total = 1;
  if (tree.left !== null) {
    total += count(tree.left);
  }
  if (tree.right !== null) {
    total += count(tree.right);
  }
  return total;
}

console.log(`stretch tree of depth ${MAX_DEPTH + 1}: ${count(grow(MAX_DEPTH + 1))} nodes`);
const longLived = grow(MAX_DEPTH);
for (let depth = MIN_DEPTH; depth <= MAX_DEPTH; depth += 4) {
  const trees = 1 << (MAX_DEPTH - depth + MIN_DEPTH);
  let nodes = 0;
  for (let i = 0; i < trees; i++) {
    nodes += count(grow(depth));
  }
  console.log(`${trees} trees of depth ${depth}: ${nodes} nodes`);
}
console.log(`long-lived tree of depth ${MAX_DEPTH}: ${count(longLived)} nodes`);
