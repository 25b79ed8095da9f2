// Sorting records with a comparison that the program supplies.
"use strict";

const SIZE = 300_000;

class Record {
  constructor(id, group, score) {
    this.id = id;
    this.group = group;
    this.score = score;
  }
}

class Lcg {
  constructor(state) {
    this.state = state;
  }

  draw(limit) {
    this.state = (this.state * 48271) % 2147483647;
    return this.state % limit;
  }
}

// By group, then from the highest score down, then by id, so that no two records are equal.
function compare(a, b) {
  if (a.group !== b.group) {
    return a.group - b.group;
  }
  if (a.score !== b.score) {
    return b.score - a.score;
  }
  return a.id - b.id;
}

const lcg = new Lcg(42);
const records = [];
for (let id = 0; id < SIZE; id++) {
  records.push(new Record(id, lcg.draw(100), lcg.draw(10_000) / 16.0));
}
records.sort(compare);
let checksum = 0;
for (let i = 0; i < SIZE; i++) {
  checksum = (checksum + records[i].id * (i + 1)) % 1_000_000_007;
}
console.log(`first ${records[0].id}, last ${records[SIZE - 1].id}, checksum ${checksum}`);
