// Linked lists: singly linked chains built, reversed in place, thinned out and summed.
"use strict";

const SIZE = 10_000;
const ROUNDS = 250;

class Node {
  constructor(value, next) {
    this.value = value;
    this.next = next;
  }
}

function build(size) {
  let head = null;
  for (let value = 0; value < size; value++) {
    head = new Node(value, head);
  }
  return head;
}

function reverse(chain) {
  let rest = chain;
  let reversed = null;
  while (rest !== null) {
    const node = rest;
    rest = node.next;
    node.next = reversed;
    reversed = node;
  }
  return reversed;
}

// Drops every node but the first whose value divides by three.
function thinOut(head) {
  let last = head;
  while (last.next !== null) {
    const node = last.next;
    if (node.value % 3 === 0) {
      last.next = node.next;
    } else {
      last = node;
    }
  }
}

function sum(chain) {
  let total = 0;
  for (let rest = chain; rest !== null; rest = rest.next) {
    total += rest.value;
  }
  return total;
}

let checksum = 0;
for (let round = 1; round <= ROUNDS; round++) {
  const chain = reverse(build(SIZE));
  checksum += sum(chain) * round;
  if (chain !== null) {
    thinOut(chain);
  }
  checksum += sum(reverse(chain));
}
console.log(`checksum ${checksum}`);
