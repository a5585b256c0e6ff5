//! What stands in the folder of one audience: the published figures, and what they are.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use serde::de::IgnoredAny;

use crate::calendar::Period;
use crate::report::Structure;

/// Between the breakdowns, and the levels, of a crossing.
const CROSSED: char = '*';

/// What one audience was given by one run.
#[derive(Debug, Clone)]
pub struct Release {
    /// Where it stands.
    pub folder: PathBuf,
    /// What the figures are.
    pub structure: Structure,
    /// The figures.
    pub figures: Vec<Figure>,
    /// What stood behind them, where it is kept: an outsider is told of it which figures have not been revised since,
    /// and nothing else.
    pub(super) behind: BTreeMap<Name, Behind>,
}

/// Which figure: measure, period, breakdowns with levels.
pub(super) type Name = (String, Period, Vec<(String, String)>);

/// The counts of a figure, and those beside it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Behind {
    /// Numerator and denominator, or the one count.
    pub(super) counts: Vec<i64>,
    /// Pending and unknown, and what else.
    pub(super) beside: Vec<i64>,
}

/// One row of the published figures.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Figure {
    /// The measure.
    pub measure: String,
    /// The period.
    pub period: Period,
    /// Breakdown and level; empty for the whole council.
    pub levels: Vec<(String, String)>,
    /// What is printed of numerator, denominator, value, lower and upper limit, pending and unknown.
    pub numerator: Option<Printed>,
    /// The denominator.
    pub denominator: Option<Printed>,
    /// The value.
    pub value: Option<Printed>,
    /// The lower end of the interval.
    pub lower: Option<Printed>,
    /// The upper end of the interval.
    pub upper: Option<Printed>,
    /// Those not counted yet.
    pub pending: Option<Printed>,
    /// Those about whom nobody can know.
    pub unknown: Option<Printed>,
    /// Whether it is marked as confidential.
    pub hidden: bool,
}

/// A number as it is printed: so many units of the last digit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Printed {
    /// The digits without the point.
    pub units: i64,
    /// How many of them stand behind the point.
    pub places: u32,
}

impl Printed {
    /// Reads digits with or without a point.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let (whole, behind) = text.split_once('.').unwrap_or((text, ""));
        let units = format!("{whole}{behind}").parse().ok()?;
        Some(Self { units, places: u32::try_from(behind.len()).ok()? })
    }

    /// A whole number.
    #[must_use]
    pub fn whole(self) -> Option<i64> {
        (self.places == 0).then_some(self.units)
    }
}

/// The audiences below a run, or the one audience whose folder this is; in order of name.
///
/// # Errors
/// When there are none, or what they were given cannot be read, in words.
pub fn releases(path: &Path) -> Result<Vec<Release>, String> {
    let mut folders = Vec::new();
    if path.join(CELLS).is_file() {
        folders.push(path.to_owned());
    } else {
        let entries = fs::read_dir(path).map_err(|e| {
            format!(
                "{}: {e}\n  mend: name the folder of a finished run, or of one audience in it",
                path.display()
            )
        })?;
        let found = entries.flatten().map(|entry| entry.path());
        folders.extend(found.filter(|folder| folder.join(CELLS).is_file()));
    }
    folders.sort();
    if folders.is_empty() {
        return Err(format!(
            "{} holds no published figures\n  mend: name the folder of a finished run, or of one audience in it",
            path.display()
        ));
    }
    folders.into_iter().map(release).collect()
}

const CELLS: &str = "data/cells.csv";
const STRUCTURE: &str = "data/structure.json";
/// What the ledger keeps beside a release, and no reader has.
const KEPT: &str = "restricted/figures.jsonl";

fn release(folder: PathBuf) -> Result<Release, String> {
    let read = |name: &str| {
        let path = folder.join(name);
        fs::read(&path).map_err(|e| format!("{}: {e}\n  mend: make the run again", path.display()))
    };
    let (cells, structure) = (read(CELLS)?, read(STRUCTURE)?);
    let said = |e: String| format!("{}: {e}", folder.display());
    let mut release = Release::of(&cells, &structure, folder.clone()).map_err(said)?;
    if let Ok(kept) = fs::read_to_string(folder.join(KEPT)) {
        release.behind = behind(&kept).map_err(said)?;
    }
    Ok(release)
}

/// What the ledger keeps of the figures of a release, as far as it concerns revisions.
fn behind(lines: &str) -> Result<BTreeMap<Name, Behind>, String> {
    type Line =
        ((String, String, Vec<String>, Vec<String>), Vec<i64>, Vec<i64>, IgnoredAny, IgnoredAny);
    let read = |(number, line): (usize, &str)| {
        let wrong = |what: String| format!("{KEPT}, line {}: {what}", number + 1);
        let ((measure, period, by, levels), counts, beside, ..): Line =
            serde_json::from_str(line).map_err(|e| wrong(e.to_string()))?;
        let period = Period::parse(&period).ok_or_else(|| wrong("that is no period".to_owned()))?;
        Ok(((measure, period, by.into_iter().zip(levels).collect()), Behind { counts, beside }))
    };
    lines.lines().enumerate().map(read).collect()
}

impl Release {
    /// Whether it prints another number than an earlier one for the same figure.
    pub(super) fn restates(&self, earlier: &Self) -> bool {
        fn name(figure: &Figure) -> (&str, Period, &[(String, String)]) {
            (&figure.measure, figure.period, &figure.levels)
        }
        let printed = |figure: &Figure| [figure.numerator, figure.denominator];
        let before: BTreeMap<_, _> =
            earlier.figures.iter().map(|figure| (name(figure), printed(figure))).collect();
        self.figures.iter().any(|figure| {
            let then = before.get(&name(figure)).into_iter().flatten();
            then.zip(printed(figure)).any(|(then, now)| then.zip(now).is_some_and(|(a, b)| a != b))
        })
    }

    /// Whether it is given to the same audience and prints the same figures.
    #[must_use]
    pub fn says_the_same(&self, other: &Self) -> bool {
        (&self.structure, &self.figures) == (&other.structure, &other.figures)
    }

    /// From the two files.
    ///
    /// # Errors
    /// When one of them is not what it should be, in words.
    pub fn of(cells: &[u8], structure: &[u8], folder: PathBuf) -> Result<Self, String> {
        let structure: Structure =
            serde_json::from_slice(structure).map_err(|e| format!("{STRUCTURE}: {e}"))?;
        let mut reader = csv::Reader::from_reader(cells);
        let head = reader.headers().map_err(|e| format!("{CELLS}: {e}"))?.clone();
        let column = |name: &str| {
            let at = head.iter().position(|column| column == name);
            at.ok_or_else(|| format!("{CELLS} has no column `{name}`"))
        };
        let [measure, period, breakdown, level, symbol] =
            ["measure", "period", "breakdown", "level", "symbol"].map(column);
        let (measure, period, breakdown, level, symbol) =
            (measure?, period?, breakdown?, level?, symbol?);
        let numbers = ["numerator", "denominator", "value", "lower", "upper", "pending", "unknown"]
            .map(column);
        let numbers: Vec<usize> = numbers.into_iter().collect::<Result<_, _>>()?;
        let mut figures = Vec::new();
        for (line, record) in reader.records().enumerate() {
            let wrong = |what: &str| format!("{CELLS}, row {}: {what}", line + 1);
            let record = record.map_err(|e| wrong(&e.to_string()))?;
            let field = |at: usize| record.get(at).unwrap_or_default();
            let number =
                |place: usize| numbers.get(place).and_then(|at| Printed::parse(field(*at)));
            let levels = match field(breakdown) {
                "all" => Vec::new(),
                crossed => {
                    let by = crossed.split(CROSSED).map(str::to_owned);
                    by.zip(field(level).split(CROSSED).map(str::to_owned)).collect()
                }
            };
            figures.push(Figure {
                measure: field(measure).to_owned(),
                period: Period::parse(field(period)).ok_or_else(|| wrong("that is no period"))?,
                levels,
                numerator: number(0),
                denominator: number(1),
                value: number(2),
                lower: number(3),
                upper: number(4),
                pending: number(5),
                unknown: number(6),
                hidden: field(symbol) == "c",
            });
        }
        Ok(Self { folder, structure, figures, behind: BTreeMap::new() })
    }
}
