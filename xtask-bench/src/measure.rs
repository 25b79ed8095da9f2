//! Measures: runs of all languages take turns, so that whatever slows the machine for a while slows all of them;
//! of each measure the median counts, and a language's start-up time is measured apart.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use clap::ValueEnum;

use crate::failure::{Context, Failure, Result};
use crate::language::{Language, Tool};
use crate::process::{self, Run};
use crate::program::{Program, difference};

/// Which time counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Clock {
    /// Processor time of all threads: steady on a busy machine, but counts the work of helper threads.
    Cpu,
    /// Time on the wall.
    Wall,
}

/// How to measure.
#[derive(Debug, Clone)]
pub struct Settings {
    /// How often each program runs in each language.
    pub runs: usize,
    /// Which time counts.
    pub clock: Clock,
    /// How long one run may take.
    pub timeout: Duration,
    /// Where compiled and generated programs go.
    pub build_folder: PathBuf,
}

impl Settings {
    fn time(&self, run: &Run) -> Duration {
        match self.clock {
            Clock::Cpu => run.cpu,
            Clock::Wall => run.wall,
        }
    }
}

/// The medians of one program in one language.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Cost {
    /// Milliseconds, start-up included.
    pub milliseconds: f64,
    /// Peak memory in MiB.
    pub mebibytes: f64,
}

/// What came of one program in one language.
#[derive(Debug, Clone, PartialEq)]
pub enum Outcome {
    /// It ran and printed what it should.
    Measured(Cost),
    /// It did not.
    Failed(Failure),
}

/// What the start of a language costs.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct StartUp {
    /// Milliseconds of the whole of an empty program, by the clock that counts.
    pub empty: f64,
    /// Milliseconds on the wall from the start of the process to the first byte that a program prints at once.
    pub first_output: f64,
}

/// Runs one program in all languages, taking turns; every output must equal the first language's.
/// The outcomes are in the order of `tools`.
pub fn program(program: &Program, tools: &[Tool], settings: &Settings) -> Vec<Outcome> {
    let mut racers: Vec<Racer> = tools.iter().map(|tool| Racer::new(program, tool, settings)).collect();
    let mut reference: Option<(Language, String)> = None;
    for _ in 0..settings.runs {
        for racer in &mut racers {
            racer.run(settings, &mut reference);
        }
    }
    racers.into_iter().map(Racer::outcome).collect()
}

/// One language's runs of one program.
struct Racer<'a> {
    tool: &'a Tool,
    runnable: Result<PathBuf>,
    milliseconds: Vec<f64>,
    mebibytes: Vec<f64>,
}

impl<'a> Racer<'a> {
    fn new(program: &Program, tool: &'a Tool, settings: &Settings) -> Racer<'a> {
        let runnable = program.prepare(tool, &settings.build_folder);
        Racer { tool, runnable, milliseconds: Vec::new(), mebibytes: Vec::new() }
    }

    /// One more run, unless one has failed already. The first output of all becomes the one that others must equal.
    fn run(&mut self, settings: &Settings, reference: &mut Option<(Language, String)>) {
        let Ok(runnable) = &self.runnable else { return };
        let mut command = self.tool.command(runnable);
        let run = process::run(&mut command, settings.timeout).and_then(Run::succeeded);
        match run.and_then(|run| self.check(run, reference)) {
            Ok(run) => {
                self.milliseconds.push(milliseconds(settings.time(&run)));
                self.mebibytes.push(run.peak_memory as f64 / (1024.0 * 1024.0));
            }
            Err(failure) => self.runnable = Err(failure),
        }
    }

    fn check(&self, run: Run, reference: &mut Option<(Language, String)>) -> Result<Run> {
        let language = self.tool.language;
        let (by, expected) = reference.get_or_insert_with(|| (language, run.output.clone()));
        match difference(by.name(), expected, language.name(), &run.output) {
            None => Ok(run),
            Some(difference) => Err(Failure::new(difference)),
        }
    }

    fn outcome(self) -> Outcome {
        match self.runnable {
            Ok(_) => {
                Outcome::Measured(Cost { milliseconds: median(self.milliseconds), mebibytes: median(self.mebibytes) })
            }
            Err(failure) => Outcome::Failed(failure),
        }
    }
}

/// What the start of each language costs, in the order of `tools`.
pub fn start_up(tools: &[Tool], settings: &Settings) -> Vec<Result<StartUp>> {
    let mut starters: Vec<Starter> = tools.iter().map(|tool| Starter::new(tool, settings)).collect();
    for _ in 0..settings.runs.max(MINIMUM_START_UP_RUNS) {
        for starter in &mut starters {
            starter.run(settings);
        }
    }
    starters.into_iter().map(Starter::result).collect()
}

/// Start-ups are short and vary much, so a few runs do not give a median worth having.
const MINIMUM_START_UP_RUNS: usize = 15;

/// One language's starts.
struct Starter<'a> {
    tool: &'a Tool,
    runnables: Result<StartUpPrograms>,
    empty_times: Vec<f64>,
    first_outputs: Vec<f64>,
}

struct StartUpPrograms {
    empty: PathBuf,
    ready: PathBuf,
}

impl<'a> Starter<'a> {
    fn new(tool: &'a Tool, settings: &Settings) -> Starter<'a> {
        Starter {
            tool,
            runnables: start_up_programs(tool, settings),
            empty_times: Vec::new(),
            first_outputs: Vec::new(),
        }
    }

    /// One more start of each program, unless one has failed already.
    fn run(&mut self, settings: &Settings) {
        let Ok(programs) = &self.runnables else { return };
        let run = |program| process::run(&mut self.tool.command(program), settings.timeout).and_then(Run::succeeded);
        match run(&programs.empty).and_then(|empty| Ok((empty, run(&programs.ready)?))) {
            Ok((_, ready)) if ready.output.trim_end() != "ready" => {
                let message = format!("it prints `{}` instead of `ready`", ready.output.trim_end());
                self.runnables = Err(Failure::new(message));
            }
            Ok((empty, ready)) => {
                self.empty_times.push(milliseconds(settings.time(&empty)));
                self.first_outputs.push(milliseconds(ready.first_output.unwrap_or(ready.wall)));
            }
            Err(failure) => self.runnables = Err(failure),
        }
    }

    fn result(self) -> Result<StartUp> {
        let (empty, first_output) = (median(self.empty_times), median(self.first_outputs));
        self.runnables.map(|_| StartUp { empty, first_output })
    }
}

fn start_up_programs(tool: &Tool, settings: &Settings) -> Result<StartUpPrograms> {
    let folder = settings.build_folder.join("start_up");
    Ok(StartUpPrograms {
        empty: generated("empty", tool.language.empty_program(), tool, &folder)?,
        ready: generated("ready", tool.language.ready_program(), tool, &folder)?,
    })
}

/// Writes a program and gives what `tool` runs.
fn generated(name: &str, source: &str, tool: &Tool, folder: &Path) -> Result<PathBuf> {
    let program = Program::new(name, folder);
    let path = program.source(tool.language);
    fs::create_dir_all(folder).context(|| format!("cannot make {}", folder.display()))?;
    fs::write(&path, source).context(|| format!("cannot write {}", path.display()))?;
    program.prepare(tool, folder)
}

/// A duration in milliseconds.
pub fn milliseconds(duration: Duration) -> f64 {
    duration.as_secs_f64() * 1000.0
}

/// The middle value, or the mean of the two in the middle; 0 of nothing.
pub fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    let upper = values.len() / 2;
    let lower = values.len().saturating_sub(1) / 2;
    match (values.get(lower), values.get(upper)) {
        (Some(a), Some(b)) => (a + b) / 2.0,
        _ => 0.0,
    }
}

/// The geometric mean; none of nothing.
pub fn geometric_mean(values: &[f64]) -> Option<f64> {
    if values.is_empty() {
        return None;
    }
    let logarithms: f64 = values.iter().map(|value| value.ln()).sum();
    Some((logarithms / values.len() as f64).exp())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_median_is_the_middle_value() {
        assert_eq!(median(vec![9.0, 1.0, 5.0]), 5.0);
    }

    #[test]
    fn the_median_of_an_even_count_is_between_the_two_middle_values() {
        assert_eq!(median(vec![4.0, 1.0, 2.0, 9.0]), 3.0);
    }

    #[test]
    fn the_geometric_mean_multiplies() {
        assert_eq!(geometric_mean(&[]), None);
        assert!(geometric_mean(&[2.0, 8.0]).is_some_and(|mean| (mean - 4.0).abs() < 1e-12));
    }
}
