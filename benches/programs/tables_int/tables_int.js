// Tables with integer keys: counting, looking up (half of the keys are absent), removing, walking.
"use strict";

const UPDATES = 3_000_000;
const KEYS = 200_000;
const SPREAD = 7919;

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
  const key = lcg.draw(KEYS) * SPREAD;
  counts.set(key, (counts.get(key) ?? 0) + 1);
}

let found = 0;
for (let i = 0; i < UPDATES; i++) {
  const n = counts.get(lcg.draw(2 * KEYS) * SPREAD);
  if (n !== undefined) {
    found += n;
  }
}

for (let i = 0; i < Math.floor(KEYS / 3); i++) {
  counts.delete(3 * i * SPREAD);
}

let checksum = 0;
for (const [key, n] of counts) {
  checksum += (key % 1009) * n;
}
console.log(`found ${found}, left ${counts.size}, checksum ${checksum}`);
