//! String building: one long string by appending formatted pieces, another by joining a vector of strings.

const PIECES: i64 = 700_000;
const STRIDE: usize = 7;

struct Lcg {
    state: i64,
}

impl Lcg {
    fn draw(&mut self, limit: i64) -> i64 {
        self.state = self.state * 48271 % 2147483647;
        self.state % limit
    }
}

fn appended(lcg: &mut Lcg) -> String {
    let mut text = String::new();
    for i in 0..PIECES {
        text += &format!("{i}:{};", lcg.draw(1000));
    }
    text
}

fn joined(lcg: &mut Lcg) -> String {
    let parts: Vec<String> = (0..PIECES).map(|_| format!("p{}", lcg.draw(100))).collect();
    parts.join(", ")
}

fn checksum(text: &str) -> i64 {
    let mut sum = 0;
    for byte in text.bytes().step_by(STRIDE) {
        sum = (sum * 31 + i64::from(byte)) % 1_000_003;
    }
    sum
}

fn main() {
    let mut lcg = Lcg { state: 42 };
    let first = appended(&mut lcg);
    let second = joined(&mut lcg);
    println!(
        "lengths {} and {}, checksums {} and {}",
        first.len(),
        second.len(),
        checksum(&first),
        checksum(&second)
    );
}
