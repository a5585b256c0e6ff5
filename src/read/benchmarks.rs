//! Benchmarks: what the same measure came to elsewhere. A file beside the exports that people keep by hand; a
//! council without one compares itself with nobody.

use std::path::Path;

use serde::Deserialize;

use crate::calendar::Period;
use crate::definitions::Definitions;
use crate::read::register::Register;
use crate::read::{InputFile, ReadError};
use crate::statistics::Decimal;

/// The name of the file.
pub const BENCHMARKS: &str = "benchmarks.csv";

/// Whom a council compares itself with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Peers {
    /// Councils that are like it.
    Neighbours,
    /// Its region.
    Region,
    /// All of England.
    England,
    /// Where the best quarter of councils begins.
    BestQuartile,
}

impl Peers {
    /// All, in the order of tables, each with its word in the file and those on the page.
    pub const ALL: [(Self, &'static str, &'static str); 4] = [
        (Self::Neighbours, "neighbours", "Statistical neighbours"),
        (Self::Region, "region", "Region"),
        (Self::England, "england", "England"),
        (Self::BestQuartile, "best_quartile", "Best quartile from"),
    ];

    fn of(word: &str) -> Option<Self> {
        Self::ALL.iter().find(|(_, known, _)| *known == word).map(|(peers, ..)| *peers)
    }
}

/// What a measure came to elsewhere.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Benchmark {
    /// The measure.
    pub measure: String,
    /// Where.
    pub peers: Peers,
    /// In which period.
    pub period: Period,
    /// What it came to, as the measure is printed: a share in per cent.
    pub value: Decimal,
    /// Where that was published.
    pub source: String,
}

/// A line of the file.
#[derive(Deserialize)]
struct Line {
    measure: String,
    peers: String,
    period: String,
    value: String,
    source: String,
}

/// The file as a register.
const FILE: Register = Register { file: BENCHMARKS, of: "a benchmark" };

/// The benchmarks of a folder, in the order of the file, and the file for the manifest.
///
/// # Errors
/// When the file is there and cannot be read.
pub(super) fn read(
    definitions: &Definitions,
    folder: &Path,
    files: &mut Vec<InputFile>,
) -> Result<Vec<Benchmark>, ReadError> {
    let known = |measure: &str| definitions.measure(measure).is_some();
    FILE.read(folder, files, |row, line| benchmark(row, line, known))
}

/// The benchmark of a line, of a measure that is known.
fn benchmark(row: u64, line: Line, known: impl Fn(&str) -> bool) -> Result<Benchmark, ReadError> {
    let wrong = |what: &str| FILE.wrong(row, what);
    if !known(&line.measure) {
        return Err(FILE.stranger(row));
    }
    let peers = Peers::of(&line.peers).ok_or_else(|| {
        wrong("has none of neighbours, region, england, best_quartile in `peers`")
    })?;
    let period = Period::parse(&line.period)
        .ok_or_else(|| wrong("has no period like 2025-26 or 2026-27-Q1 in `period`"))?;
    let value = number(&line.value).ok_or_else(|| wrong("has no number like 23.4 in `value`"))?;
    if line.source.is_empty() {
        return Err(wrong("does not say in `source` where it was published"));
    }
    Ok(Benchmark { measure: line.measure, peers, period, value, source: line.source })
}

/// A number with as many places as it is written with.
fn number(text: &str) -> Option<Decimal> {
    let places = text.split_once('.').map_or(0, |(_, places)| places.len());
    let plain = text.bytes().all(|b| b.is_ascii_digit() || matches!(b, b'.' | b'-'));
    let value = plain.then(|| text.parse::<f64>().ok()).flatten()?;
    Decimal::nearest(value, u8::try_from(places).ok().filter(|places| *places <= 6)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(lines: &str) -> Result<Vec<Benchmark>, String> {
        let known = |measure: &str| measure == "reopened";
        let text = format!("measure,peers,period,value,source\n{lines}");
        let found = FILE.parsed(&text, |row, line| benchmark(row, line, known));
        found.map_err(|e| e.to_string())
    }

    #[test]
    fn a_benchmark_keeps_the_places_that_it_was_published_with() {
        let found = of("reopened,england,2025-26,21.50,National tables\n").expect("sound");
        assert_eq!(
            (found[0].peers, found[0].value.to_string().as_str()),
            (Peers::England, "21.50")
        );
        assert_eq!(of("").expect("nobody to compare with"), []);
    }

    #[test]
    fn what_is_wrong_is_told_by_its_line_and_what_belongs_there() {
        for (line, says) in [
            ("unknown,england,2025-26,21.5,Tables\n", "a measure that there is not"),
            ("reopened,wales,2025-26,21.5,Tables\n", "none of neighbours"),
            ("reopened,england,last year,21.5,Tables\n", "no period like"),
            ("reopened,england,2025-26,about 20,Tables\n", "no number like"),
            ("reopened,england,2025-26,21.5,\n", "where it was published"),
            ("reopened,england\n", "the columns of a benchmark"),
        ] {
            let said = of(line).expect_err("it is wrong");
            assert!(said.contains(says) && said.contains("line 1 of benchmarks.csv"), "{said}");
        }
    }
}
