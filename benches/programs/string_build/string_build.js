// String building: one long string by appending formatted pieces, another by joining an array of strings.
"use strict";

const PIECES = 700_000;
const STRIDE = 7;

class Lcg {
  constructor(state) {
    this.state = state;
  }

  draw(limit) {
    this.state = (this.state * 48271) % 2147483647;
    return this.state % limit;
  }
}

function appended(lcg) {
  let text = "";
  for (let i = 0; i < PIECES; i++) {
    text += `${i}:${lcg.draw(1000)};`;
  }
  return text;
}

function joined(lcg) {
  const parts = [];
  for (let i = 0; i < PIECES; i++) {
    parts.push(`p${lcg.draw(100)}`);
  }
  return parts.join(", ");
}

function checksum(text) {
  let sum = 0;
  for (let i = 0; i < text.length; i += STRIDE) {
    sum = (sum * 31 + text.charCodeAt(i)) % 1_000_003;
  }
  return sum;
}

const lcg = new Lcg(42);
const first = appended(lcg);
const second = joined(lcg);
console.log(
  `lengths ${first.length} and ${second.length}, checksums ${checksum(first)} and ${checksum(second)}`,
);
