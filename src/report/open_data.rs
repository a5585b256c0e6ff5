//! Published cells in the shape of the Department for Education's open data standards, as Explore Education
//! Statistics takes them: one file for each measure and kind of period, one column for each filter, every
//! filter with its total, and no combination left out.
//!
//! Only for audiences from whom small counts are hidden, and only where the project file names the local
//! authority by its codes: what is not protected is not for release.

use std::collections::{BTreeMap, BTreeSet};

use crate::calendar::{MONTHS, Period, PeriodKind};
use crate::definitions::Definitions;
use crate::definitions::audience::DisclosurePolicy;
use crate::definitions::measure::{Measure, MeasureKind};
use crate::definitions::project::LocalAuthority;
use crate::measure::Level;
use crate::protect::{NumberKind, PublishedCell, PublishedTable, Shown, Symbol};

/// What an audience may release.
#[derive(Debug, Clone)]
pub struct OpenData {
    /// Who publishes it.
    pub council: String,
    /// Where it is about.
    pub authority: LocalAuthority,
    /// The files, in order of name.
    pub files: Vec<DataFile>,
}

/// One data file and what its columns are.
#[derive(Debug, Clone)]
pub struct DataFile {
    /// Its name without an ending: `cases_closed_monthly`.
    pub name: String,
    /// What it holds.
    pub title: String,
    /// The columns that rows are chosen by.
    pub filters: Vec<Filter>,
    /// The columns of figures.
    pub indicators: Vec<Indicator>,
    /// Its rows, period by period.
    pub rows: Vec<DataRow>,
}

/// A column that rows are chosen by.
#[derive(Debug, Clone)]
pub struct Filter {
    /// Its name.
    pub column: String,
    /// What it is.
    pub label: String,
    /// Whether it only puts the items of the next one into groups.
    pub groups_next: bool,
}

/// A column of figures.
#[derive(Debug, Clone)]
pub struct Indicator {
    /// Its name.
    pub column: String,
    /// What it is.
    pub label: String,
    /// Whether the figures are percentages.
    pub percent: bool,
    /// With how many decimals they are published.
    pub places: usize,
}

/// One row.
#[derive(Debug, Clone)]
pub struct DataRow {
    /// `2026` or `202627`.
    pub time_period: String,
    /// What kind of period it is: `September`, `Financial year Q2`.
    pub time_identifier: &'static str,
    /// An item of each filter.
    pub items: Vec<String>,
    /// A figure of each indicator.
    pub figures: Vec<Shown>,
}

/// The item that stands for all others of a filter.
pub const TOTAL: &str = "Total";

/// The open data made of these tables; none where they are not for release.
#[must_use]
pub fn open_data(
    definitions: &Definitions,
    tables: &[PublishedTable],
    policy: &DisclosurePolicy,
) -> Option<OpenData> {
    let authority = definitions.project.local_authority.clone()?;
    if policy.suppress_below == 0 {
        return None;
    }
    let mut of_measure: BTreeMap<&str, Vec<&PublishedTable>> = BTreeMap::new();
    for table in tables {
        of_measure.entry(table.measure()).or_default().push(table);
    }
    let mut files = Vec::new();
    for (id, tables) in of_measure {
        let Some(measure) = definitions.measure(id) else { continue };
        for kind in Family::ALL {
            let crossed = tables.iter().map(|t| t.by()).filter(|by| by.len() > 1);
            let crossed: BTreeSet<&[String]> = crossed.collect();
            for by in std::iter::once(&[] as &[String]).chain(crossed) {
                files.extend(file(definitions, measure, &tables, kind, by));
            }
        }
    }
    files.sort_by(|a, b| a.name.cmp(&b.name));
    Some(OpenData { council: definitions.project.council.clone(), authority, files })
}

/// Kinds of period that may stand in one file together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Family {
    Month,
    Quarter,
    Year,
    HalfYear,
    /// Twelve months that end with the same month of each year.
    ReportingYear,
}

impl Family {
    const ALL: [Self; 5] =
        [Self::Month, Self::Quarter, Self::Year, Self::HalfYear, Self::ReportingYear];

    /// The word in the name of the file.
    fn word(self) -> &'static str {
        match self {
            Self::Month => "monthly",
            Self::Quarter => "quarterly",
            Self::Year => "financial_year",
            Self::HalfYear => "half_year",
            Self::ReportingYear => "reporting_year",
        }
    }
}

/// How the standard writes a period: its family, digits and identifier. It has no words for a year to date
/// that is not half a year.
fn time(period: Period) -> Option<(Family, String, &'static str)> {
    let end = period.end();
    let calendar_year = || end.year().to_string();
    let financial_year = || {
        let first = if end.month() >= 4 { end.year() } else { end.year() - 1 };
        format!("{first}{:02}", (first + 1) % 100)
    };
    let month = MONTHS.get(end.month() as usize - 1)?;
    Some(match period.kind {
        PeriodKind::Month => (Family::Month, calendar_year(), month),
        PeriodKind::Quarter => {
            let name = match end.month() {
                6 => "Financial year Q1",
                9 => "Financial year Q2",
                12 => "Financial year Q3",
                _ => "Financial year Q4",
            };
            (Family::Quarter, financial_year(), name)
        }
        PeriodKind::FinancialYear => (Family::Year, financial_year(), "Financial year"),
        PeriodKind::FinancialYearToDate if end.month() == 9 => {
            (Family::HalfYear, financial_year(), "Part 1 (April to September)")
        }
        PeriodKind::FinancialYearToDate => return None,
        PeriodKind::Rolling12Months => (Family::ReportingYear, calendar_year(), "Reporting year"),
    })
}

/// The file of a measure for one kind of period: with all its single breakdowns, or with one crossing.
fn file(
    definitions: &Definitions,
    measure: &Measure,
    tables: &[&PublishedTable],
    family: Family,
    crossed: &[String],
) -> Option<DataFile> {
    let within = |by: &[String]| {
        if crossed.is_empty() { by.len() <= 1 } else { by.iter().all(|b| crossed.contains(b)) }
    };
    let tables: Vec<&PublishedTable> = tables.iter().copied().filter(|t| within(t.by())).collect();
    let of_family = |cell: &&PublishedCell| time(cell.period()).is_some_and(|(f, ..)| f == family);
    let main = tables.iter().filter(|t| crossed.is_empty() || t.by() == crossed);
    let split = |table: &&&PublishedTable| !table.by().is_empty();
    // Years that end with the same month do not overlap. Which month is that of what is split furthest.
    let newest = |tables: &mut dyn Iterator<Item = &&PublishedTable>| {
        tables.flat_map(|t| t.cells()).filter(of_family).map(PublishedCell::period).max()
    };
    let newest = newest(&mut main.clone().filter(split)).or_else(|| newest(&mut main.clone()))?;
    let wanted = |period: Period| {
        let (same, ..) = time(period)?;
        let ends = period.end().month() == newest.end().month();
        (same == family && (family != Family::ReportingYear || ends)).then_some(period)
    };
    let topics: Vec<&str> = crossed.iter().map(|by| title(definitions, by)).collect();
    let mut cells: BTreeMap<(Period, Vec<String>), &PublishedCell> = BTreeMap::new();
    let mut items: Vec<Vec<String>> = Vec::new();
    for table in &tables {
        for cell in table.cells() {
            let Some(period) = wanted(cell.period()) else { continue };
            let item = if crossed.is_empty() {
                single(definitions, table.by(), cell.level())
            } else {
                crossed.iter().map(|by| level_of(table.by(), cell.level(), by)).collect()
            };
            if !items.contains(&item) {
                items.push(item.clone());
            }
            cells.insert((period, item), cell);
        }
    }
    let mut filters = Vec::new();
    if !crossed.is_empty() {
        items = every_combination(&items, crossed.len());
        filters.extend(crossed.iter().zip(&topics).map(|(by, label)| Filter {
            column: by.clone(),
            label: (*label).to_owned(),
            groups_next: false,
        }));
    } else if items.iter().any(|item| item.iter().any(|part| part != TOTAL)) {
        let filter = |column: &str, label: &str, groups_next| Filter {
            column: column.to_owned(),
            label: label.to_owned(),
            groups_next,
        };
        filters.push(filter("breakdown_topic", "Breakdown", true));
        filters.push(filter("breakdown", "Level", false));
        let whole = vec![TOTAL.to_owned(); 2];
        items.retain(|item| *item != whole);
        items.insert(0, whole);
    } else {
        items = vec![Vec::new()];
        cells = cells.into_iter().map(|((period, _), cell)| ((period, Vec::new()), cell)).collect();
    }
    let unit = tables.first().map_or("", |table| table.unit());
    let mut indicators = indicators(measure, unit);
    let periods: BTreeSet<Period> = cells.keys().map(|(period, _)| *period).collect();
    let mut rows = Vec::new();
    for period in periods {
        let (_, time_period, time_identifier) = time(period)?;
        for item in &items {
            let cell = cells.get(&(period, item.clone()));
            let figures = indicators.iter_mut().map(|(indicator, get)| {
                let shown = cell.map_or(Shown::Symbol(Symbol::NotAvailable), |cell| get(cell));
                if let Some(number) = shown.number() {
                    indicator.places = indicator.places.max(usize::from(number.places()));
                    indicator.percent = number.kind() == NumberKind::Percent;
                }
                shown
            });
            let figures = figures.collect();
            let time_period = time_period.clone();
            rows.push(DataRow { time_period, time_identifier, items: item.clone(), figures });
        }
    }
    let by = crossed.iter().map(|by| format!("_{by}")).collect::<String>();
    let title = match (family, topics.as_slice()) {
        (Family::ReportingYear, _) => {
            let month = MONTHS.get(newest.end().month() as usize - 1)?;
            format!("{}, twelve months to the end of {month}", measure.title)
        }
        _ => measure.title.clone(),
    };
    let title =
        if topics.is_empty() { title } else { format!("{title}, by {}", topics.join(" and ")) };
    Some(DataFile {
        name: format!("{}{by}_{}", measure.id, family.word()),
        title,
        filters,
        indicators: indicators.into_iter().map(|(indicator, _)| indicator).collect(),
        rows,
    })
}

fn title<'d>(definitions: &'d Definitions, by: &str) -> &'d str {
    definitions.breakdown(by).map_or("Category", |breakdown| &breakdown.title)
}

/// The topic and the item of a cell that is split by one breakdown at most.
fn single(definitions: &Definitions, by: &[String], level: &[Level]) -> Vec<String> {
    match (by.first(), level.first()) {
        (Some(by), Some(level)) => vec![title(definitions, by).to_owned(), level.title.clone()],
        _ => vec![TOTAL.to_owned(); 2],
    }
}

/// The item of one breakdown of a crossing, or its total.
fn level_of(by: &[String], level: &[Level], wanted: &str) -> String {
    let place = by.iter().position(|b| b == wanted);
    place.and_then(|at| level.get(at)).map_or_else(|| TOTAL.to_owned(), |l| l.title.clone())
}

/// Every item of each column with every item of the others, totals first.
fn every_combination(items: &[Vec<String>], columns: usize) -> Vec<Vec<String>> {
    let mut all: Vec<Vec<String>> = vec![Vec::new()];
    for column in 0..columns {
        let mut of_column = vec![TOTAL.to_owned()];
        for item in items.iter().filter_map(|item| item.get(column)) {
            if !of_column.contains(item) {
                of_column.push(item.clone());
            }
        }
        let longer = all.iter().flat_map(|begun| {
            of_column.iter().map(move |item| begun.iter().chain([item]).cloned().collect())
        });
        all = longer.collect();
    }
    all
}

type Getter = fn(&PublishedCell) -> Shown;

/// The columns of figures of a measure: named after what is counted, then what is said of it.
fn indicators(measure: &Measure, unit: &str) -> Vec<(Indicator, Getter)> {
    let mut context: String = unit
        .to_lowercase()
        .split(|c: char| !c.is_ascii_alphanumeric())
        .filter(|word| !word.is_empty())
        .collect::<Vec<_>>()
        .join("_");
    context.truncate(30);
    let column = |word: &str, label: &str, get: Getter| {
        let label = format!("{}: {label}", crate::definitions::words::capital(unit));
        let column = format!("{context}_{word}");
        (Indicator { column, label, percent: false, places: 0 }, get)
    };
    let interval = [
        column("lower", "lower end of the 95% interval", PublishedCell::lower),
        column("upper", "upper end of the 95% interval", PublishedCell::upper),
    ];
    let mut all = match measure.kind {
        MeasureKind::Count => vec![column("count", "number", PublishedCell::value)],
        MeasureKind::Sum { .. } => vec![column("sum", "sum", PublishedCell::value)],
        MeasureKind::Proportion { .. } | MeasureKind::Distribution { .. } => vec![
            column("percent", "per cent", PublishedCell::value),
            column("count", "number", PublishedCell::numerator),
            column("out_of", "out of", PublishedCell::denominator),
        ],
        MeasureKind::Mean { .. } => vec![
            column("mean", "mean", PublishedCell::value),
            column("measured", "number measured", PublishedCell::denominator),
        ],
        MeasureKind::Quartile { which, .. } => vec![
            column(which.word(), which.words(), PublishedCell::value),
            column("measured", "number measured", PublishedCell::denominator),
        ],
        MeasureKind::Ratio { .. } => vec![
            column("ratio", "ratio", PublishedCell::value),
            column("above", "number above", PublishedCell::numerator),
            column("below", "number below", PublishedCell::denominator),
        ],
    };
    if !matches!(measure.kind, MeasureKind::Count | MeasureKind::Sum { .. }) {
        all.extend(interval);
    }
    if measure.kind.asks_each_unit() {
        all.push(column("pending", "not yet known", PublishedCell::pending));
        all.push(column("unknown", "no data", PublishedCell::unknown));
    }
    all
}
