// Spectral norm of the infinite matrix a(i, j) = 1 / ((i + j) (i + j + 1) / 2 + i + 1), cut to SIZE rows,
// by the power method.
"use strict";

const SIZE = 800;
const ROUNDS = 10;

function element(i, j) {
  return 1.0 / (((i + j) * (i + j + 1)) / 2 + i + 1);
}

function multiply(v, result) {
  for (let i = 0; i < v.length; i++) {
    let sum = 0.0;
    for (let j = 0; j < v.length; j++) {
      sum += element(i, j) * v[j];
    }
    result[i] = sum;
  }
}

function multiplyTransposed(v, result) {
  for (let i = 0; i < v.length; i++) {
    let sum = 0.0;
    for (let j = 0; j < v.length; j++) {
      sum += element(j, i) * v[j];
    }
    result[i] = sum;
  }
}

const u = new Float64Array(SIZE).fill(1.0);
const v = new Float64Array(SIZE);
const scratch = new Float64Array(SIZE);
for (let round = 0; round < ROUNDS; round++) {
  multiply(u, scratch);
  multiplyTransposed(scratch, v);
  multiply(v, scratch);
  multiplyTransposed(scratch, u);
}
let uv = 0.0;
let vv = 0.0;
for (let i = 0; i < SIZE; i++) {
  uv += u[i] * v[i];
  vv += v[i] * v[i];
}
console.log(Math.sqrt(uv / vv).toFixed(9));
