// Word count: a generated text is split into lines and words, the words counted and ranked.
"use strict";

const WORDS = 1_500_000;
const VOCABULARY = 8_000;
const WORDS_PER_LINE = 12;
const SHOWN = 10;
const SYLLABLES = ["ba", "co", "du", "fe", "gi", "ka", "lo", "mu", "ne", "pi", "ra", "so", "tu", "ve", "zi"];

class Lcg {
  constructor(state) {
    this.state = state;
  }

  draw(limit) {
    this.state = (this.state * 48271) % 2147483647;
    return this.state % limit;
  }
}

function makeWord(lcg) {
  let word = "";
  const syllables = 2 + lcg.draw(3);
  for (let i = 0; i < syllables; i++) {
    word += SYLLABLES[lcg.draw(SYLLABLES.length)];
  }
  return word;
}

// The smaller of two draws makes early words more frequent, as in real text.
function makeText(lcg) {
  const vocabulary = [];
  for (let i = 0; i < VOCABULARY; i++) {
    vocabulary.push(makeWord(lcg));
  }
  let text = "";
  for (let i = 1; i <= WORDS; i++) {
    const a = lcg.draw(VOCABULARY);
    const b = lcg.draw(VOCABULARY);
    text += vocabulary[a < b ? a : b];
    text += i % WORDS_PER_LINE === 0 ? "\n" : " ";
  }
  return text;
}

function countWords(text) {
  const counts = new Map();
  for (const line of text.trimEnd().split("\n")) {
    for (const word of line.split(" ")) {
      counts.set(word, (counts.get(word) ?? 0) + 1);
    }
  }
  return counts;
}

const counts = countWords(makeText(new Lcg(42)));
const ranked = [];
let total = 0;
for (const [word, n] of counts) {
  ranked.push([word, n]);
  total += n;
}
ranked.sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1));
console.log(`${total} words, ${counts.size} different`);
for (const [word, n] of ranked.slice(0, SHOWN)) {
  console.log(`${word} ${n}`);
}
