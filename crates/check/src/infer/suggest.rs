//! "Did you mean": the names nearest to one that was not found.

/// How many nearby names a message lists at most.
const MOST: usize = 3;

/// Names longer than this are not compared: a message is not worth quadratic work on them.
const LONGEST: usize = 64;

/// The candidates near enough to `wanted` to be what was meant, nearest first, each once.
pub(crate) fn nearest<'t>(wanted: &str, candidates: impl IntoIterator<Item = &'t str>) -> Vec<&'t str> {
    if wanted.len() > LONGEST {
        return Vec::new();
    }
    let letters: Vec<char> = wanted.chars().collect();
    let limit = match letters.len() {
        0..=5 => 1,
        6..=8 => 2,
        _ => 3,
    };
    let mut found: Vec<(usize, &str)> = Vec::new();
    for candidate in candidates {
        if candidate.is_empty() || candidate == wanted || candidate.len() > LONGEST {
            continue;
        }
        let count = candidate.chars().count();
        if count.abs_diff(letters.len()) > limit {
            continue;
        }
        let distance = if candidate.eq_ignore_ascii_case(wanted) { 0 } else { distance(&letters, candidate, limit) };
        let longest = letters.len().max(count);
        if distance <= limit && distance < longest && !found.iter().any(|(_, known)| *known == candidate) {
            found.push((distance, candidate));
        }
    }
    found.sort();
    found.truncate(MOST);
    found.into_iter().map(|(_, name)| name).collect()
}

/// The number of insertions, deletions, substitutions and swaps of neighbours between two names (optimal string
/// alignment), or more than `limit` as soon as it is known to exceed that.
fn distance(a: &[char], b: &str, limit: usize) -> usize {
    let b: Vec<char> = b.chars().collect();
    let mut before: Vec<usize> = vec![0; b.len() + 1];
    let mut previous: Vec<usize> = (0..=b.len()).collect();
    for (i, left) in a.iter().enumerate() {
        let mut row = vec![i + 1];
        for (j, right) in b.iter().enumerate() {
            let get = |row: &[usize], at: usize| row.get(at).copied().unwrap_or(usize::MAX / 2);
            let mut best =
                (get(&previous, j) + usize::from(left != right)).min(get(&previous, j + 1) + 1).min(get(&row, j) + 1);
            let swapped = i > 0 && j > 0 && a.get(i - 1) == Some(right) && b.get(j - 1) == Some(left);
            if swapped {
                best = best.min(get(&before, j - 1) + 1);
            }
            row.push(best);
        }
        if row.iter().all(|cost| *cost > limit) {
            return limit + 1;
        }
        before = std::mem::replace(&mut previous, row);
    }
    previous.last().copied().unwrap_or(0)
}

/// `a`, `b` or `c`, each in back quotes.
pub(crate) fn alternatives(names: &[&str]) -> String {
    listed(names, " or ")
}

/// `a`, `b` and `c`, each in back quotes.
pub(crate) fn all(names: &[&str]) -> String {
    listed(names, " and ")
}

/// A type or other name in back quotes with its article.
pub(crate) fn a(text: &str) -> String {
    let spoken = text.trim_start_matches(|c: char| !c.is_alphanumeric());
    let vowel = spoken.starts_with(['a', 'e', 'i', 'o', 'A', 'E', 'I', 'O']) || spoken.starts_with("f64");
    let bracket = text.starts_with(|c: char| !c.is_alphanumeric());
    format!("{} `{text}`", if vowel && !bracket { "an" } else { "a" })
}

fn listed(names: &[&str], before_last: &str) -> String {
    let mut text = String::new();
    for (index, name) in names.iter().enumerate() {
        if index > 0 {
            text.push_str(if index + 1 == names.len() { before_last } else { ", " });
        }
        text.push('`');
        text.push_str(name);
        text.push('`');
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_with_a_swap_or_a_slip_are_near() {
        assert_eq!(nearest("lenght", ["height", "length", "len"]).first(), Some(&"length"));
        assert_eq!(nearest("pritnln", ["print", "println"]).first(), Some(&"println"));
        assert_eq!(nearest("POINT", ["Point"]), ["Point"]);
    }

    #[test]
    fn far_and_short_names_are_not() {
        assert!(nearest("x", ["y", "zz"]).is_empty());
        assert!(nearest("area", ["perimeter"]).is_empty());
    }
}
