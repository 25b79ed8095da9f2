// Tables with string keys: counting under keys made on the spot, then looking up with keys made before.
"use strict";

const UPDATES = 1_000_000;
const KEYS = 40_000;
const ROUNDS = 60;

class Lcg {
  constructor(state) {
    this.state = state;
  }

  draw(limit) {
    this.state = (this.state * 48271) % 2147483647;
    return this.state % limit;
  }
}

const lcg = new Lcg(42);
const counts = new Map();
for (let i = 0; i < UPDATES; i++) {
  const key = `item ${lcg.draw(KEYS)}`;
  counts.set(key, (counts.get(key) ?? 0) + 1);
}

const names = Array.from({ length: KEYS }, (_, i) => `item ${i * 2}`);
let found = 0;
for (let round = 0; round < ROUNDS; round++) {
  for (const name of names) {
    const n = counts.get(name);
    if (n !== undefined) {
      found += n * round;
    }
  }
}

let checksum = 0;
for (const [name, n] of counts) {
  checksum += name.length * n;
}
console.log(`found ${found}, keys ${counts.size}, checksum ${checksum}`);
