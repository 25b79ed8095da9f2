//! Matrix product of two square matrices held as vectors of rows, the second one transposed first.

const SIZE: usize = 400;

fn generated(size: usize, seed: f64) -> Vec<Vec<f64>> {
    let scale = seed / (size * size) as f64;
    let cell = |i: usize, j: usize| scale * ((i as i64 - j as i64) * (i + j) as i64) as f64;
    (0..size).map(|i| (0..size).map(|j| cell(i, j)).collect()).collect()
}

fn transposed(matrix: &[Vec<f64>]) -> Vec<Vec<f64>> {
    let size = matrix.len();
    let mut result = vec![vec![0.0; size]; size];
    for (i, row) in matrix.iter().enumerate() {
        for (j, &x) in row.iter().enumerate() {
            result[j][i] = x;
        }
    }
    result
}

fn dot(a: &[f64], b: &[f64]) -> f64 {
    let mut sum = 0.0;
    for (x, y) in a.iter().zip(b) {
        sum += x * y;
    }
    sum
}

fn product(a: &[Vec<f64>], b: &[Vec<f64>]) -> Vec<Vec<f64>> {
    let columns = transposed(b);
    a.iter().map(|row| columns.iter().map(|column| dot(row, column)).collect()).collect()
}

fn main() {
    let result = product(&generated(SIZE, 1.0), &generated(SIZE, 2.0));
    let mut trace = 0.0;
    for (i, row) in result.iter().enumerate() {
        trace += row[i];
    }
    println!("centre {:.9}, trace {trace:.9}", result[SIZE / 2][SIZE / 2]);
}
