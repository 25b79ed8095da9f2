//! Word count: a generated text is split into lines and words, the words counted and ranked.

use std::collections::HashMap;

const WORDS: usize = 1_500_000;
const VOCABULARY: usize = 8_000;
const WORDS_PER_LINE: usize = 12;
const SHOWN: usize = 10;
const SYLLABLES: [&str; 15] =
    ["ba", "co", "du", "fe", "gi", "ka", "lo", "mu", "ne", "pi", "ra", "so", "tu", "ve", "zi"];

struct Lcg {
    state: usize,
}

impl Lcg {
    fn draw(&mut self, limit: usize) -> usize {
        self.state = self.state * 48271 % 2147483647;
        self.state % limit
    }
}

fn make_word(lcg: &mut Lcg) -> String {
    let mut word = String::new();
    for _ in 0..2 + lcg.draw(3) {
        word += SYLLABLES[lcg.draw(SYLLABLES.len())];
    }
    word
}

/// The smaller of two draws makes early words more frequent, as in real text.
fn make_text(lcg: &mut Lcg) -> String {
    let vocabulary: Vec<String> = (0..VOCABULARY).map(|_| make_word(lcg)).collect();
    let mut text = String::new();
    for i in 1..=WORDS {
        let a = lcg.draw(VOCABULARY);
        let b = lcg.draw(VOCABULARY);
        text += &vocabulary[a.min(b)];
        text += if i % WORDS_PER_LINE == 0 { "\n" } else { " " };
    }
    text
}

fn count_words(text: &str) -> HashMap<&str, i64> {
    let mut counts = HashMap::new();
    for line in text.lines() {
        for word in line.split(' ') {
            *counts.entry(word).or_insert(0) += 1;
        }
    }
    counts
}

fn main() {
    let text = make_text(&mut Lcg { state: 42 });
    let counts = count_words(&text);
    let mut ranked: Vec<(&str, i64)> = counts.iter().map(|(&word, &n)| (word, n)).collect();
    ranked.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(b.0)));
    println!("{} words, {} different", counts.values().sum::<i64>(), counts.len());
    for (word, n) in &ranked[..SHOWN] {
        println!("{word} {n}");
    }
}
