//! Mandelbrot: the number of steps in which each point of a square grid escapes.

const SIZE: i64 = 600;
const LIMIT: i64 = 300;

fn escape_time(cr: f64, ci: f64) -> i64 {
    let mut zr = 0.0;
    let mut zi = 0.0;
    for step in 0..LIMIT {
        let zr2 = zr * zr;
        let zi2 = zi * zi;
        if zr2 + zi2 > 4.0 {
            return step;
        }
        zi = 2.0 * zr * zi + ci;
        zr = zr2 - zi2 + cr;
    }
    LIMIT
}

fn main() {
    let mut inside = 0;
    let mut steps = 0;
    for y in 0..SIZE {
        let ci = 2.0 * y as f64 / SIZE as f64 - 1.0;
        for x in 0..SIZE {
            let cr = 3.0 * x as f64 / SIZE as f64 - 2.0;
            let time = escape_time(cr, ci);
            steps += time;
            if time == LIMIT {
                inside += 1;
            }
        }
    }
    println!("inside {inside}, steps {steps}");
}
