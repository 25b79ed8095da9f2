// Closures: map, filter and reduce over a million elements, each step making its array.
"use strict";

const SIZE = 1_000_000;
const ROUNDS = 5;

const values = [];
for (let i = 0; i < SIZE; i++) {
  values.push(i);
}
let checksum = 0;
for (let round = 1; round <= ROUNDS; round++) {
  checksum += values
    .map((x) => x * round + 3)
    .filter((x) => x % 7 < round)
    .reduce((sum, x) => (sum + x) % 1_000_000_007, 0);
}
console.log(`checksum ${checksum}`);
