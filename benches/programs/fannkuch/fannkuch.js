// Fannkuch: over all permutations of 0..SIZE, how often the prefix that the first element names can be reversed
// until a 0 leads.
"use strict";

const SIZE = 9;

function countFlips(start) {
  const deck = start.slice();
  let flips = 0;
  while (deck[0] !== 0) {
    let low = 0;
    let high = deck[0];
    while (low < high) {
      const card = deck[low];
      deck[low] = deck[high];
      deck[high] = card;
      low += 1;
      high -= 1;
    }
    flips += 1;
  }
  return flips;
}

// The next permutation in place, given how many rotations of each prefix are left; false after the last one.
function advance(deck, left) {
  for (let last = 1; last < deck.length; last++) {
    const first = deck[0];
    for (let i = 0; i < last; i++) {
      deck[i] = deck[i + 1];
    }
    deck[last] = first;
    left[last] -= 1;
    if (left[last] > 0) {
      return true;
    }
    left[last] = last + 1;
  }
  return false;
}

function fannkuch(size) {
  const deck = Array.from({ length: size }, (_, i) => i);
  const left = Array.from({ length: size }, (_, i) => i + 1);
  let checksum = 0;
  let most = 0;
  let even = true;
  do {
    const flips = countFlips(deck);
    if (flips > most) {
      most = flips;
    }
    checksum += even ? flips : -flips;
    even = !even;
  } while (advance(deck, left));
  return [checksum, most];
}

const [checksum, most] = fannkuch(SIZE);
console.log(`checksum ${checksum}, most flips ${most}`);
