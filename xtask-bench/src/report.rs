//! Makes tables of what was measured, as aligned text or as Markdown.
//!
//! Times are those of the programs alone: the language's own start-up is taken off. Ratios are to Rust.

use std::fmt::Write;

use crate::language::{Language, Tool};
use crate::measure::{Clock, Outcome, Settings, StartUp, geometric_mean};

/// Below this many milliseconds a difference of two times says nothing.
const SHORTEST: f64 = 0.1;

/// All that was measured: a row of outcomes per program, each row in the order of `tools`.
#[derive(Debug, Clone)]
pub struct Report {
    /// The languages.
    pub tools: Vec<Tool>,
    /// What their starts cost, in their order.
    pub start_up: Vec<StartUp>,
    /// Programs and their outcomes.
    pub rows: Vec<(String, Vec<Outcome>)>,
}

impl Report {
    /// Everything for the terminal.
    pub fn text(&self) -> String {
        self.tables().iter().map(|(title, table)| format!("{title}\n\n{}\n", table.text())).collect()
    }

    /// Everything as Markdown, with a word on how it was measured.
    pub fn markdown(&self, settings: &Settings) -> String {
        let clock = match settings.clock {
            Clock::Cpu => "processor time of all threads",
            Clock::Wall => "time on the wall",
        };
        let mut out = format!(
            "Medians of {} interleaved runs, {clock}, less the time of an empty program. Measured on {} with:\n\n",
            settings.runs,
            machine()
        );
        for tool in &self.tools {
            // Writing to a string cannot fail.
            let _ = writeln!(out, "- {}: {}", tool.language.name(), tool.version);
        }
        for (title, table) in self.tables() {
            let _ = write!(out, "\n### {title}\n\n{}", table.markdown());
        }
        out
    }

    /// Programs on which Sayso takes more than twice as long as Rust, or longer than the fastest of the others.
    pub fn verdicts(&self) -> Vec<String> {
        let mut verdicts = Vec::new();
        for (name, outcomes) in &self.rows {
            let Some(sayso) = self.time(Language::Sayso, outcomes) else { continue };
            if let Some(rust) = self.time(Language::Rust, outcomes).filter(|rust| sayso > 2.0 * rust) {
                verdicts.push(format!("{name}: {} times as long as Rust", ratio(sayso / rust)));
            }
            if let Some((peer, time)) = self.best_peer(outcomes).filter(|(_, time)| sayso > *time) {
                verdicts.push(format!("{name}: {} times as long as {}", ratio(sayso / time), peer.name()));
            }
        }
        verdicts
    }

    fn tables(&self) -> Vec<(String, Table)> {
        vec![
            ("Milliseconds".to_string(), self.times()),
            ("Ratios to Rust".to_string(), self.ratios()),
            ("Peak memory, MiB".to_string(), self.memory()),
            ("Start-up, milliseconds".to_string(), self.starts()),
        ]
    }

    fn times(&self) -> Table {
        let mut table = self.table("program", &[]);
        for (name, outcomes) in &self.rows {
            table.row(name, self.cells(outcomes, |language| self.time(language, outcomes).map(time)));
        }
        table
    }

    fn ratios(&self) -> Table {
        let compared = self.has(Language::Sayso) && self.has(Language::Lua);
        let mut table = self.table("program", if compared { &["sayso/lua"] } else { &[] });
        let mut columns: Vec<Vec<f64>> = vec![Vec::new(); self.tools.len()];
        let mut sayso_to_lua = Vec::new();
        for (name, outcomes) in &self.rows {
            let rust = self.time(Language::Rust, outcomes);
            let to_rust = |language| Some(self.time(language, outcomes)? / rust?);
            for (tool, column) in self.tools.iter().zip(&mut columns) {
                column.extend(to_rust(tool.language));
            }
            let mut cells = self.cells(outcomes, |language| to_rust(language).map(ratio));
            if compared {
                let times = self.time(Language::Sayso, outcomes).zip(self.time(Language::Lua, outcomes));
                let value = times.map(|(sayso, lua)| sayso / lua);
                sayso_to_lua.extend(value);
                cells.push(value.map_or("–".to_string(), ratio));
            }
            table.row(name, cells);
        }
        if compared {
            columns.push(sayso_to_lua);
        }
        let means = columns.iter().map(|column| geometric_mean(column).map_or("–".to_string(), ratio));
        table.row("geometric mean", means.collect());
        table
    }

    fn memory(&self) -> Table {
        let mut table = self.table("program", &[]);
        for (name, outcomes) in &self.rows {
            let cells = self.cells(outcomes, |language| match self.outcome(language, outcomes)? {
                Outcome::Measured(cost) => Some(format!("{:.1}", cost.mebibytes)),
                Outcome::Failed(_) => None,
            });
            table.row(name, cells);
        }
        table
    }

    fn starts(&self) -> Table {
        let mut table = self.table("", &[]);
        table.row("empty program", self.start_up.iter().map(|start| time(start.empty)).collect());
        table.row("to first output (wall)", self.start_up.iter().map(|start| time(start.first_output)).collect());
        table
    }

    fn table(&self, first: &str, more: &[&str]) -> Table {
        let languages = self.tools.iter().map(|tool| tool.language.name());
        Table::new([first].into_iter().chain(languages).chain(more.iter().copied()))
    }

    /// A cell per language: what `show` makes of it, or why there is nothing to show.
    fn cells(&self, outcomes: &[Outcome], show: impl Fn(Language) -> Option<String>) -> Vec<String> {
        let cell = |(tool, outcome): (&Tool, &Outcome)| match outcome {
            Outcome::Failed(_) => "failed".to_string(),
            Outcome::Measured(_) => show(tool.language).unwrap_or("–".to_string()),
        };
        self.tools.iter().zip(outcomes).map(cell).collect()
    }

    fn has(&self, language: Language) -> bool {
        self.tools.iter().any(|tool| tool.language == language)
    }

    fn position(&self, language: Language) -> Option<usize> {
        self.tools.iter().position(|tool| tool.language == language)
    }

    fn outcome<'a>(&self, language: Language, outcomes: &'a [Outcome]) -> Option<&'a Outcome> {
        outcomes.get(self.position(language)?)
    }

    /// Milliseconds of a program in a language, start-up taken off.
    fn time(&self, language: Language, outcomes: &[Outcome]) -> Option<f64> {
        let start = self.start_up.get(self.position(language)?)?;
        match self.outcome(language, outcomes)? {
            Outcome::Measured(cost) => Some((cost.milliseconds - start.empty).max(SHORTEST)),
            Outcome::Failed(_) => None,
        }
    }

    fn best_peer(&self, outcomes: &[Outcome]) -> Option<(Language, f64)> {
        let peers = self.tools.iter().map(|tool| tool.language);
        let peers = peers.filter(|peer| peer.is_peer());
        peers.filter_map(|peer| Some((peer, self.time(peer, outcomes)?))).min_by(|(_, a), (_, b)| a.total_cmp(b))
    }
}

fn time(milliseconds: f64) -> String {
    if milliseconds < 100.0 { format!("{milliseconds:.1}") } else { format!("{milliseconds:.0}") }
}

fn ratio(value: f64) -> String {
    if value < 10.0 { format!("{value:.2}") } else { format!("{value:.1}") }
}

/// The processor, as far as the system tells.
fn machine() -> String {
    let cores = std::thread::available_parallelism().map_or(1, |cores| cores.get());
    let model = std::fs::read_to_string("/proc/cpuinfo").ok().and_then(|text| {
        let line = text.lines().find(|line| line.starts_with("model name"))?;
        Some(line.split_once(':')?.1.trim().to_string())
    });
    format!("{} ({cores} cores)", model.unwrap_or_else(|| std::env::consts::ARCH.to_string()))
}

/// A table whose first column holds names and whose others hold numbers.
#[derive(Debug, Clone)]
struct Table {
    lines: Vec<Vec<String>>,
}

impl Table {
    fn new<'a>(header: impl Iterator<Item = &'a str>) -> Table {
        Table { lines: vec![header.map(str::to_string).collect()] }
    }

    fn row(&mut self, name: &str, cells: Vec<String>) {
        self.lines.push([vec![name.to_string()], cells].concat());
    }

    fn widths(&self) -> Vec<usize> {
        let mut widths = Vec::new();
        for line in &self.lines {
            widths.resize(widths.len().max(line.len()), 3);
            for (width, cell) in widths.iter_mut().zip(line) {
                *width = cell.chars().count().max(*width);
            }
        }
        widths
    }

    fn padded(&self, line: &[String]) -> Vec<String> {
        let pad = |(column, (cell, width)): (usize, (&String, usize))| {
            if column == 0 { format!("{cell:<width$}") } else { format!("{cell:>width$}") }
        };
        line.iter().zip(self.widths()).enumerate().map(pad).collect()
    }

    fn text(&self) -> String {
        self.lines.iter().map(|line| format!("{}\n", self.padded(line).join("  ").trim_end())).collect()
    }

    fn markdown(&self) -> String {
        let mut out = String::new();
        for (number, line) in self.lines.iter().enumerate() {
            let _ = writeln!(out, "| {} |", self.padded(line).join(" | "));
            if number == 0 {
                let rule = |(column, width): (usize, usize)| match column {
                    0 => "-".repeat(width),
                    _ => format!("{}:", "-".repeat(width - 1)),
                };
                let rules: Vec<String> = self.widths().into_iter().enumerate().map(rule).collect();
                let _ = writeln!(out, "| {} |", rules.join(" | "));
            }
        }
        out
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table() -> Table {
        let mut table = Table::new(["program", "rust", "lua"].into_iter());
        table.row("fib", vec!["1.0".into(), "123".into()]);
        table
    }

    #[test]
    fn text_is_aligned() {
        assert_eq!(table().text(), "program  rust  lua\nfib       1.0  123\n");
    }

    #[test]
    fn markdown_aligns_numbers_to_the_right() {
        let expected = "| program | rust | lua |\n| ------- | ---: | --: |\n| fib     |  1.0 | 123 |\n";
        assert_eq!(table().markdown(), expected);
    }
}
