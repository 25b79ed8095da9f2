//! Markdown files whose `sayso` blocks are tests.
//!
//! A block that opens with a file's name behind `sayso` is a module, which the blocks behind it may import.

/// A block of code in a document.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Block {
    /// The line on which its code begins, from 1.
    pub line: u32,
    /// The code.
    pub code: String,
    /// For a module: its file.
    pub file: Option<String>,
}

/// The blocks marked `sayso`.
pub fn blocks(text: &str) -> Vec<Block> {
    let mut found = Vec::new();
    let mut open: Option<Block> = None;
    for (index, line) in text.lines().enumerate() {
        match &mut open {
            None => {
                let info = line.strip_prefix("```sayso").filter(|info| info.is_empty() || info.starts_with(' '));
                if let Some(info) = info.map(str::trim) {
                    let file = (!info.is_empty()).then(|| info.to_owned());
                    open = Some(Block { line: index as u32 + 2, code: String::new(), file });
                }
            }
            Some(_) if line.starts_with("```") => found.extend(open.take()),
            Some(block) => {
                block.code.push_str(line);
                block.code.push('\n');
            }
        }
    }
    found
}

/// The types that a block's `reveal(…)  // type` comments say, by line of the block.
pub fn reveals(code: &str) -> Vec<(u32, String)> {
    code.lines()
        .enumerate()
        .filter(|(_, line)| line.contains("reveal("))
        .filter_map(|(index, line)| {
            let comment = line.split("// ").last()?.trim();
            (!comment.starts_with("error:")).then(|| (index as u32 + 1, comment.to_owned()))
        })
        .collect()
}
