//! Generates the project that the front end is measured on: always the same for the same number of lines.
//!
//! A module is a series of sections, made of the templates in turn. In a template, `@K` is the section's number in its
//! module, which keeps names apart, `@A` to `@D` are small numbers, and `@I`, `@J`, `@L`, `@M` are modules that it imports.
//! Modules import modules before them only, so that the project has no cycles and a main module that reaches all.

use std::fmt::Write;
use std::fs;
use std::path::Path;

use crate::failure::{Context, Result};

/// The main module's file name.
pub const MAIN_FILE: &str = "main.say";

/// About as long as a hand-written module.
const LINES_PER_MODULE: usize = 500;

/// Keeps folders as small as hand-made ones are.
const MODULES_PER_FOLDER: usize = 20;

/// How many modules each imports, if so many are before it.
const IMPORTS: usize = 4;

/// The sections in turn. `calls` is last, as it uses what the others declare.
const TEMPLATES: [&str; 8] = [
    include_str!("templates/arithmetic.say.in"),
    include_str!("templates/records.say.in"),
    include_str!("templates/variants.say.in"),
    include_str!("templates/text.say.in"),
    include_str!("templates/generics.say.in"),
    include_str!("templates/collections.say.in"),
    include_str!("templates/closures.say.in"),
    include_str!("templates/calls.say.in"),
];

/// The placeholders of imported modules in the template of calls.
const IMPORT_PLACEHOLDERS: [&str; IMPORTS] = ["@I", "@J", "@L", "@M"];

/// The size of a generated project.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Project {
    /// Lines of all files.
    pub lines: usize,
    /// Bytes of all files.
    pub bytes: usize,
    /// Files, the main module's among them.
    pub modules: usize,
}

impl Project {
    fn add(&mut self, text: &str) {
        self.lines += text.lines().count();
        self.bytes += text.len();
        self.modules += 1;
    }
}

/// Writes a project of at least `lines` lines into `folder`.
pub fn write(folder: &Path, lines: usize) -> Result<Project> {
    let mut project = Project::default();
    let mut index = 0;
    while project.lines < lines || index < IMPORTS {
        let text = module(index);
        write_file(&folder.join(folder_name(index)), &format!("{}.say", module_name(index)), &text)?;
        project.add(&text);
        index += 1;
    }
    let text = main_module(index);
    write_file(folder, MAIN_FILE, &text)?;
    project.add(&text);
    Ok(project)
}

fn write_file(folder: &Path, name: &str, text: &str) -> Result<()> {
    fs::create_dir_all(folder).context(|| format!("cannot make {}", folder.display()))?;
    let path = folder.join(name);
    fs::write(&path, text).context(|| format!("cannot write {}", path.display()))
}

fn folder_name(index: usize) -> String {
    format!("area_{:02}", index / MODULES_PER_FOLDER)
}

fn module_name(index: usize) -> String {
    format!("part_{index:03}")
}

fn import_line(index: usize) -> String {
    format!("import {}.{}\n", folder_name(index), module_name(index))
}

/// The modules that module `index` imports: some before it, at growing distances, without repetition.
fn imports(index: usize) -> Vec<usize> {
    let mut found = Vec::new();
    for distance in [1, 2, 7, 31] {
        if distance <= index {
            found.push(index - distance);
        }
    }
    found
}

fn module(index: usize) -> String {
    let mut random = Lcg { state: index as u64 + 1 };
    let imported = imports(index);
    let mut text = format!("//! Part {index} of a generated project.\n\n");
    imported.iter().for_each(|&other| text += &import_line(other));
    let mut section = 0;
    // Every module gets a whole turn of sections, so that others can call what each of them declares.
    while section % TEMPLATES.len() != 0 || text.lines().count() < LINES_PER_MODULE {
        let round = section / TEMPLATES.len();
        text.push('\n');
        text += &instance(TEMPLATES[section % TEMPLATES.len()], round, &imported, &mut random);
        section += 1;
    }
    text
}

/// A template with its placeholders filled. A module with too few imports calls its own functions instead.
fn instance(template: &str, round: usize, imported: &[usize], random: &mut Lcg) -> String {
    let mut text = template.replace("@K", &round.to_string());
    for placeholder in ["@A", "@B", "@C", "@D"] {
        text = text.replace(placeholder, &random.between(2, 97).to_string());
    }
    for (position, placeholder) in IMPORT_PLACEHOLDERS.iter().enumerate() {
        let prefix = imported.get(position).map_or(String::new(), |&other| format!("{}.", module_name(other)));
        text = text.replace(&format!("{placeholder}."), &prefix);
    }
    text
}

/// Imports the last module of each folder, and with it in turn all others.
fn main_module(modules: usize) -> String {
    let ends: Vec<usize> =
        (0..modules).filter(|index| (index + 1) % MODULES_PER_FOLDER == 0 || index + 1 == modules).collect();
    let mut text = "//! The main module of a generated project.\n\n".to_string();
    ends.iter().for_each(|&end| text += &import_line(end));
    text += "\nfn main() {\n    let mut total = 0\n";
    for end in ends {
        // Writing to a string cannot fail.
        let _ = writeln!(text, "    total += {}.relay_0({end})", module_name(end));
    }
    text + "    println(\"total {total}\")\n}\n"
}

/// A linear congruential generator (Lehmer's, multiplier 48271): the same numbers on every machine.
struct Lcg {
    state: u64,
}

impl Lcg {
    fn between(&mut self, low: u64, high: u64) -> u64 {
        self.state = self.state * 48271 % 2_147_483_647;
        low + self.state % (high - low)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn modules_are_about_as_long_as_said() {
        for index in [0, 1, 50, 399] {
            let lines = module(index).lines().count();
            assert!((LINES_PER_MODULE..2 * LINES_PER_MODULE).contains(&lines), "module {index} has {lines} lines");
        }
    }

    #[test]
    fn the_same_module_is_generated_every_time() {
        assert_eq!(module(40), module(40));
        assert_ne!(module(40), module(41));
    }

    #[test]
    fn no_placeholder_is_left() {
        assert!(!module(0).contains('@') && !module(100).contains('@'));
    }

    #[test]
    fn all_imports_are_used() {
        let text = module(100);
        for other in imports(100) {
            let name = module_name(other);
            assert!(text.contains(&import_line(other)) && text.contains(&format!("{name}.")), "{name}");
        }
    }

    #[test]
    fn the_main_module_reaches_every_module() {
        let modules = 403;
        let main = main_module(modules);
        let mut reached: Vec<bool> = (0..modules).map(|index| main.contains(&import_line(index))).collect();
        for index in (0..modules).rev() {
            if reached[index] {
                imports(index).into_iter().for_each(|other| reached[other] = true);
            }
        }
        assert!(reached.into_iter().all(|reached| reached));
    }
}
