//! Spectral norm of the infinite matrix a(i, j) = 1 / ((i + j) (i + j + 1) / 2 + i + 1), cut to SIZE rows,
//! by the power method.

const SIZE: usize = 800;
const ROUNDS: usize = 10;

fn element(i: usize, j: usize) -> f64 {
    1.0 / ((i + j) * (i + j + 1) / 2 + i + 1) as f64
}

fn multiply(v: &[f64], result: &mut [f64]) {
    for (i, slot) in result.iter_mut().enumerate() {
        let mut sum = 0.0;
        for (j, x) in v.iter().enumerate() {
            sum += element(i, j) * x;
        }
        *slot = sum;
    }
}

fn multiply_transposed(v: &[f64], result: &mut [f64]) {
    for (i, slot) in result.iter_mut().enumerate() {
        let mut sum = 0.0;
        for (j, x) in v.iter().enumerate() {
            sum += element(j, i) * x;
        }
        *slot = sum;
    }
}

fn main() {
    let mut u = vec![1.0; SIZE];
    let mut v = vec![0.0; SIZE];
    let mut scratch = vec![0.0; SIZE];
    for _ in 0..ROUNDS {
        multiply(&u, &mut scratch);
        multiply_transposed(&scratch, &mut v);
        multiply(&v, &mut scratch);
        multiply_transposed(&scratch, &mut u);
    }
    let (mut uv, mut vv) = (0.0, 0.0);
    for (a, b) in u.iter().zip(&v) {
        uv += a * b;
        vv += b * b;
    }
    println!("{:.9}", f64::sqrt(uv / vv));
}
