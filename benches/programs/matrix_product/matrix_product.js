// Matrix product of two square matrices held as arrays of rows, the second one transposed first.
"use strict";

const SIZE = 400;

function zeros(size) {
  return Array.from({ length: size }, () => new Float64Array(size));
}

function generated(size, seed) {
  const rows = zeros(size);
  const scale = seed / (size * size);
  for (let i = 0; i < size; i++) {
    for (let j = 0; j < size; j++) {
      rows[i][j] = scale * ((i - j) * (i + j));
    }
  }
  return rows;
}

function transposed(matrix) {
  const size = matrix.length;
  const result = zeros(size);
  for (let i = 0; i < size; i++) {
    const row = matrix[i];
    for (let j = 0; j < size; j++) {
      result[j][i] = row[j];
    }
  }
  return result;
}

function dot(a, b) {
  let sum = 0.0;
  for (let i = 0; i < a.length; i++) {
    sum += a[i] * b[i];
  }
  return sum;
}

function product(a, b) {
  const size = a.length;
  const columns = transposed(b);
  const result = zeros(size);
  for (let i = 0; i < size; i++) {
    const row = a[i];
    for (let j = 0; j < size; j++) {
      result[i][j] = dot(row, columns[j]);
    }
  }
  return result;
}

const result = product(generated(SIZE, 1.0), generated(SIZE, 2.0));
let trace = 0.0;
for (let i = 0; i < SIZE; i++) {
  trace += result[i][i];
}
console.log(`centre ${result[SIZE / 2][SIZE / 2].toFixed(9)}, trace ${trace.toFixed(9)}`);
