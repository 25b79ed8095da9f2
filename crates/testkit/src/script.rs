//! What a script's comments expect of it.
//!
//! | comment | meaning |
//! |---|---|
//! | `// expect: text` | the next line of standard output |
//! | `// error: part` | an error whose primary span begins on this line and whose message contains `part` |
//! | `// warning: part` | a warning, likewise |
//! | `// fault: Class: part` | it ends by this uncaught error, whose message contains `part`; behind code: on this line |
//! | `// status: n` | its exit status |
//! | `// args: a b` | its arguments |
//! | `// stdin: text` | a line of its standard input |
//!
//! Several may stand on one line, separated by `;`, where each begins with its word again. They are found as text,
//! wherever they stand.

/// A diagnostic that is expected.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Expected {
    /// The line, from 1.
    pub line: u32,
    /// Part of its message.
    pub part: String,
}

/// What a script expects.
#[derive(Clone, Default, PartialEq, Eq, Debug)]
pub struct Expectations {
    /// Lines of standard output.
    pub output: Vec<String>,
    /// Errors: compilation fails with exactly these.
    pub errors: Vec<Expected>,
    /// Warnings that must be among those given.
    pub warnings: Vec<Expected>,
    /// Class and part of the message of the error that it ends by.
    pub fault: Option<(String, String)>,
    /// The line of it, if the comment stands behind code.
    pub fault_line: Option<u32>,
    /// Exit status; 1 with errors or a fault, else 0, if it is not said.
    pub status: Option<i32>,
    /// Arguments.
    pub args: Vec<String>,
    /// Standard input.
    pub input: String,
}

/// Reads the comments of a script.
pub fn expectations(text: &str) -> Expectations {
    let mut all = Expectations::default();
    for (index, line) in text.lines().enumerate() {
        let line_number = index as u32 + 1;
        let Some(at) = find_comment(line) else { continue };
        let comment = line.get(at + 3..).unwrap_or("");
        // Several diagnostics on one line.
        let several = comment.starts_with("error:") || comment.starts_with("warning:");
        let parts: Vec<&str> = if several { split(comment) } else { vec![comment] };
        for part in parts {
            let (word, rest) = part.split_once(':').unwrap_or((part, ""));
            let rest = rest.strip_prefix(' ').unwrap_or(rest);
            let expected = || Expected { line: line_number, part: rest.trim().to_owned() };
            match word {
                "expect" => all.output.push(rest.to_owned()),
                "error" => all.errors.push(expected()),
                "warning" => all.warnings.push(expected()),
                "fault" => {
                    let (class, message) = rest.split_once(':').unwrap_or((rest, ""));
                    all.fault = Some((class.trim().to_owned(), message.trim().to_owned()));
                    let code = line.get(..at).unwrap_or("").trim();
                    all.fault_line = (!code.is_empty()).then_some(line_number);
                }
                "status" => all.status = rest.trim().parse().ok(),
                "args" => all.args = rest.split_whitespace().map(str::to_owned).collect(),
                "stdin" => {
                    all.input.push_str(rest);
                    all.input.push('\n');
                }
                _ => {}
            }
        }
    }
    all
}

const WORDS: &[&str] = &["expect:", "error:", "warning:", "fault:", "status:", "args:", "stdin:"];

/// Where a comment begins that says something.
fn find_comment(line: &str) -> Option<usize> {
    line.match_indices("// ").map(|(at, _)| at).find(|at| {
        let rest = line.get(at + 3..).unwrap_or("");
        WORDS.iter().any(|word| rest.starts_with(word))
    })
}

fn split(comment: &str) -> Vec<&str> {
    let mut parts = Vec::new();
    let mut rest = comment;
    loop {
        let next = rest.match_indices(';').find(|(at, _)| {
            let behind = rest.get(at + 1..).unwrap_or("").trim_start().trim_start_matches("// ");
            behind.starts_with("error:") || behind.starts_with("warning:")
        });
        match next {
            Some((at, _)) => {
                parts.push(rest.get(..at).unwrap_or("").trim());
                rest = rest.get(at + 1..).unwrap_or("").trim_start().trim_start_matches("// ");
            }
            None => {
                parts.push(rest);
                return parts;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn comments_are_found_wherever_they_stand() {
        let all = expectations("println(1) // expect: 1\n// expect:\nlet x // error: a; error: b\n// args: p q\n");
        assert_eq!(all.output, ["1", ""]);
        let errors: Vec<_> = all.errors.iter().map(|e| (e.line, e.part.as_str())).collect();
        assert_eq!(errors, [(3, "a"), (3, "b")]);
        assert_eq!(all.args, ["p", "q"]);
    }
}
