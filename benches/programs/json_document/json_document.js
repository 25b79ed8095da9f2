// JSON: a generated document is parsed, walked and printed again, several times over.
"use strict";

const ITEMS = 3_000;
const ROUNDS = 10;
const COLOURS = ["red", "green", "blue", "black"];

class Lcg {
  constructor(state) {
    this.state = state;
  }

  draw(limit) {
    this.state = (this.state * 48271) % 2147483647;
    return this.state % limit;
  }
}

function makeItem(lcg, id) {
  const price = `${lcg.draw(1000)}.${25 + 50 * lcg.draw(2)}`;
  const active = lcg.draw(2) === 0;
  const first = COLOURS[lcg.draw(4)];
  const second = COLOURS[lcg.draw(4)];
  const parent = id % 3 === 0 ? "null" : `{"id":${Math.floor(id / 3)},"depth":${lcg.draw(9)}}`;
  return (
    `{"id":${id},"name":"item \\"${id}\\"","price":${price},"active":${active},` +
    `"tags":["${first}","${second}"],"parent":${parent},"note":"line ${id}\\nend\\\\"}`
  );
}

function makeDocument(lcg) {
  const items = Array.from({ length: ITEMS }, (_, id) => makeItem(lcg, id));
  return `{"version":3,"title":"catalogue","items":[${items.join(",")}]}`;
}

function walk(document) {
  let total = 0;
  for (const item of document.items) {
    if (item.active) {
      total += item.id;
    }
    total += item.price * 4;
    for (const tag of item.tags) {
      total += tag.length;
    }
  }
  return total;
}

// Does not depend on the order of an object's members.
function byteSum(text) {
  let sum = 0;
  for (let i = 0; i < text.length; i++) {
    sum += text.charCodeAt(i);
  }
  return sum;
}

let text = makeDocument(new Lcg(42));
let total = 0;
for (let round = 0; round < ROUNDS; round++) {
  const document = JSON.parse(text);
  total += walk(document);
  text = JSON.stringify(document);
}
console.log(`total ${total}, length ${text.length}, byte sum ${byteSum(text)}`);
