// Recursive Fibonacci: the cost of a call.
"use strict";

const SIZE = 36;

function fib(n) {
  return n < 2 ? n : fib(n - 1) + fib(n - 2);
}

console.log(`fib(${SIZE}) = ${fib(SIZE)}`);
