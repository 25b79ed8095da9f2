// Mandelbrot: the number of steps in which each point of a square grid escapes.
"use strict";

const SIZE = 600;
const LIMIT = 300;

function escapeTime(cr, ci) {
  let zr = 0.0;
  let zi = 0.0;
  for (let step = 0; step < LIMIT; step++) {
    const zr2 = zr * zr;
    const zi2 = zi * zi;
    if (zr2 + zi2 > 4.0) {
      return step;
    }
    zi = 2.0 * zr * zi + ci;
    zr = zr2 - zi2 + cr;
  }
  return LIMIT;
}

let inside = 0;
let steps = 0;
for (let y = 0; y < SIZE; y++) {
  const ci = (2.0 * y) / SIZE - 1.0;
  for (let x = 0; x < SIZE; x++) {
    const cr = (3.0 * x) / SIZE - 2.0;
    const time = escapeTime(cr, ci);
    steps += time;
    if (time === LIMIT) {
      inside += 1;
    }
  }
}
console.log(`inside ${inside}, steps ${steps}`);
