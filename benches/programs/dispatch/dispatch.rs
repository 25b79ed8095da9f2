//! Dynamic dispatch: two methods over a vector that mixes five shapes.

const SHAPES: usize = 1_000;
const ROUNDS: usize = 10_000;
const PI: f64 = 3.141592653589793;

trait Shape {
    fn area(&self) -> f64;
    fn corners(&self) -> i64;
}

struct Circle {
    radius: f64,
}

struct Square {
    side: f64,
}

struct Rectangle {
    width: f64,
    height: f64,
}

struct Triangle {
    base: f64,
    height: f64,
}

struct Diamond {
    across: f64,
    along: f64,
}

impl Shape for Circle {
    fn area(&self) -> f64 {
        PI * self.radius * self.radius
    }
    fn corners(&self) -> i64 {
        0
    }
}

impl Shape for Square {
    fn area(&self) -> f64 {
        self.side * self.side
    }
    fn corners(&self) -> i64 {
        4
    }
}

impl Shape for Rectangle {
    fn area(&self) -> f64 {
        self.width * self.height
    }
    fn corners(&self) -> i64 {
        4
    }
}

impl Shape for Triangle {
    fn area(&self) -> f64 {
        0.5 * self.base * self.height
    }
    fn corners(&self) -> i64 {
        3
    }
}

impl Shape for Diamond {
    fn area(&self) -> f64 {
        0.5 * self.across * self.along
    }
    fn corners(&self) -> i64 {
        4
    }
}

struct Lcg {
    state: i64,
}

impl Lcg {
    fn draw(&mut self, limit: i64) -> i64 {
        self.state = self.state * 48271 % 2147483647;
        self.state % limit
    }
}

fn make_shape(lcg: &mut Lcg) -> Box<dyn Shape> {
    let a = (1 + lcg.draw(100)) as f64 / 8.0;
    let b = (1 + lcg.draw(100)) as f64 / 8.0;
    match lcg.draw(5) {
        0 => Box::new(Circle { radius: a }),
        1 => Box::new(Square { side: a }),
        2 => Box::new(Rectangle { width: a, height: b }),
        3 => Box::new(Triangle { base: a, height: b }),
        _ => Box::new(Diamond { across: a, along: b }),
    }
}

fn main() {
    let mut lcg = Lcg { state: 42 };
    let shapes: Vec<Box<dyn Shape>> = (0..SHAPES).map(|_| make_shape(&mut lcg)).collect();
    let mut total_area = 0.0;
    let mut total_corners = 0;
    for _ in 0..ROUNDS {
        for shape in &shapes {
            total_area += shape.area();
            total_corners += shape.corners();
        }
    }
    println!("area {total_area:.3}, corners {total_corners}");
}
