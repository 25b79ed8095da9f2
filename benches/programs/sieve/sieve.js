// Sieve of Eratosthenes: one flat array of booleans.
"use strict";

const LIMIT = 8_000_000;

function primesBelow(limit) {
  const prime = new Uint8Array(limit).fill(1);
  prime[0] = 0;
  prime[1] = 0;
  for (let n = 2; n * n < limit; n++) {
    if (prime[n]) {
      for (let multiple = n * n; multiple < limit; multiple += n) {
        prime[multiple] = 0;
      }
    }
  }
  return prime;
}

const prime = primesBelow(LIMIT);
let count = 0;
let largest = 0;
for (let n = 0; n < LIMIT; n++) {
  if (prime[n]) {
    count += 1;
    largest = n;
  }
}
console.log(`${count} primes below ${LIMIT}, the largest ${largest}`);
