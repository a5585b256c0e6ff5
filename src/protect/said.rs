//! What an audience was told by an earlier run, beside what it is told now: figures that were restated. Both are
//! published to the same audience, so setting them side by side gives nothing away.

use std::collections::BTreeMap;

use crate::calendar::Period;
use crate::measure::Level;
use crate::protect::published::{
    NumberKind, PublishedCell, PublishedNumber, PublishedTable, Shown, Symbol,
};
use crate::statistics::Decimal;

/// Which figure: measure, period, breakdowns and levels, as the tidy file writes them.
type Key = [String; 4];

/// Figures as an earlier run published them to an audience.
#[derive(Debug, Default)]
pub struct Said {
    cells: BTreeMap<Key, SaidCell>,
}

/// One of them.
#[derive(Debug)]
struct SaidCell {
    value: String,
    numerator: String,
    denominator: String,
    /// How many answers were still outstanding; nothing where that may not be said.
    pending: Option<String>,
}

/// What share of the records of each check an earlier run told an audience to be in order.
#[derive(Debug, Default)]
pub struct SaidChecks(BTreeMap<String, String>);

impl SaidChecks {
    /// Reads the file of an earlier run about data checks; what cannot be understood is passed over.
    #[must_use]
    pub fn read(checks: &[u8]) -> Self {
        let mut reader = csv::Reader::from_reader(checks);
        let Ok(header) = reader.headers().cloned() else { return Self::default() };
        let place = |name: &str| header.iter().position(|column| column == name);
        let columns = ["check", "breakdown", "in_order"].map(place);
        let of_all = |record: csv::StringRecord| {
            let [check, breakdown, in_order] = columns.map(|at| Some(record.get(at?)?.to_owned()));
            (breakdown? == crossing(std::iter::empty())).then_some((check?, in_order?))
        };
        Self(reader.records().flatten().filter_map(of_all).collect())
    }

    /// The share of one check; nothing where none was told.
    #[must_use]
    pub fn in_order(&self, check: &str) -> Option<Shown> {
        again(self.0.get(check)?, NumberKind::Percent).map(Shown::Number)
    }
}

/// Why a figure reads differently, as far as the figures themselves tell.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Moved {
    /// More units are counted in a period that was over: rows came late.
    MoreRows,
    /// Fewer units are counted: rows were taken out, or put into another period.
    FewerRows,
    /// As many units: what was recorded of them was changed.
    OtherAnswers,
}

/// A figure that was settled when it was published, and reads differently now.
#[derive(Debug, Clone)]
pub struct Restated {
    /// The measure.
    pub measure: String,
    /// The period.
    pub period: Period,
    /// The levels; none for the whole council.
    pub level: Vec<Level>,
    /// What it was.
    pub was: Shown,
    /// What it was counted out of; not applicable to a count.
    pub was_of: Shown,
    /// What it is.
    pub is: Shown,
    /// What it is counted out of.
    pub is_of: Shown,
    /// What of its counts moved.
    pub moved: Moved,
}

impl Said {
    /// Reads the tidy file of an earlier run; rows that cannot be understood are passed over, since another
    /// version of the engine may have written them.
    #[must_use]
    pub fn read(cells: &[u8]) -> Self {
        let mut reader = csv::Reader::from_reader(cells);
        let Ok(header) = reader.headers().cloned() else { return Self::default() };
        let place = |name: &str| header.iter().position(|column| column == name);
        let columns = ["measure", "period", "breakdown", "level"].map(place);
        let counts = ["value", "numerator", "denominator", "pending"].map(place);
        let row = |record: csv::StringRecord| {
            let field = |at: Option<usize>| Some(record.get(at?)?.to_owned());
            let [measure, period, breakdown, level] = columns.map(field);
            let [value, numerator, denominator, pending] = counts.map(field);
            let key = [measure?, period?, breakdown?, level?];
            let cell = SaidCell {
                value: value?,
                numerator: numerator?,
                denominator: denominator?,
                pending: pending.filter(|pending| !pending.is_empty()),
            };
            Some((key, cell))
        };
        Self { cells: reader.records().flatten().filter_map(row).collect() }
    }

    /// Those of its figures that were settled and read differently in these tables, in their order. Figures that
    /// were still open have to change: they are no restatements. Where it may not be said whether they were, those
    /// of measures that are `never_waits` were settled.
    #[must_use]
    pub fn restated(
        &self,
        tables: &[PublishedTable],
        never_waits: &dyn Fn(&str) -> bool,
    ) -> Vec<Restated> {
        let of_table = |table: &PublishedTable| {
            let settled = never_waits(table.measure());
            let cells = table.cells().iter();
            cells.filter_map(|cell| self.moved(table, cell, settled)).collect::<Vec<_>>()
        };
        tables.iter().flat_map(of_table).collect()
    }

    fn moved(
        &self,
        table: &PublishedTable,
        cell: &PublishedCell,
        never_waits: bool,
    ) -> Option<Restated> {
        let key = [
            table.measure().to_owned(),
            cell.period().code(),
            crossing(table.by().iter().map(String::as_str)),
            crossing(cell.level().iter().map(|level| level.code.as_str())),
        ];
        let settled =
            |said: &&SaidCell| said.pending.as_ref().map_or(never_waits, |pending| pending == "0");
        let said = self.cells.get(&key).filter(settled)?;
        let now = cell.value().number()?;
        let then = again(&said.value, now.kind())?;
        let is = [cell.value(), cell.numerator(), cell.denominator()];
        let texts = is.map(|shown| shown.number().map_or_else(String::new, PublishedNumber::plain));
        if texts == [&said.value, &said.numerator, &said.denominator].map(String::clone) {
            return None;
        }
        // What is counted altogether: of a count the count itself.
        let units = |[above, below]: [&str; 2]| {
            Decimal::parse(if below.is_empty() { above } else { below }).map(Decimal::as_f64)
        };
        let [_, above, below] = &texts;
        let before = units([&said.numerator, &said.denominator]);
        let moved = match before.zip(units([above, below])) {
            Some((before, after)) if after > before => Moved::MoreRows,
            Some((before, after)) if after < before => Moved::FewerRows,
            _ => Moved::OtherAnswers,
        };
        let of = cell.denominator().number().map_or(NumberKind::Count, PublishedNumber::kind);
        let none = Shown::Symbol(Symbol::NotApplicable);
        Some(Restated {
            measure: table.measure().to_owned(),
            period: cell.period(),
            level: cell.level().to_vec(),
            was: Shown::Number(then),
            was_of: again(&said.denominator, of).map_or(none, Shown::Number),
            is: cell.value(),
            is_of: cell.denominator(),
            moved,
        })
    }
}

/// A number that was published before, as the tidy file has it.
fn again(text: &str, kind: NumberKind) -> Option<PublishedNumber> {
    Some(PublishedNumber { decimal: Decimal::parse(text)?, kind })
}

/// Breakdowns, or levels, of a crossing as one field of the tidy file; `all` where nothing is crossed.
pub(crate) fn crossing<'a>(names: impl Iterator<Item = &'a str>) -> String {
    let names: Vec<&str> = names.collect();
    if names.is_empty() { "all".to_owned() } else { names.join("*") }
}

#[cfg(test)]
mod tests {
    use super::*;

    const EARLIER: &str = "measure,period,breakdown,level,numerator,denominator,value,pending
contacts,2026-04,all,all,6,,6,0
contacts,2026-07,all,all,40,,40,0
contacts,2026-08,all,all,40,,40,0
contacts,2026-07,locality,Northmoor,9,,9,
met,2026-05,all,all,,,,0
met,2026-06,all,all,10,20,50.0,0
met,2026-07,all,all,10,20,50.0,0
met,2026-08,all,all,1,2,50.0,18
met,2026-09,all,all,1,2,50.0,
";

    fn cell(month: &str, level: &[&str], shown: [&str; 3]) -> PublishedCell {
        let number = |text: &str| {
            let kind = if text.contains('.') { NumberKind::Percent } else { NumberKind::Count };
            again(text, kind).map_or(Shown::Symbol(Symbol::NotApplicable), Shown::Number)
        };
        let [n, of, value] = shown.map(number);
        let none = Shown::Symbol(Symbol::NotApplicable);
        let level = level.iter().map(|code| Level { code: (*code).into(), title: (*code).into() });
        let period = Period::parse(month).expect("a month");
        PublishedCell::for_tests(period, level.collect(), [n, of, value, none, none, none, none])
    }

    #[test]
    fn what_was_settled_and_reads_differently_is_a_restatement() {
        let said = Said::read(EARLIER.as_bytes());
        let contacts = [
            cell("2026-07", &[], ["44", "", "44"]),
            cell("2026-08", &[], ["40", "", "40"]),
            cell("2026-09", &[], ["50", "", "50"]),
            cell("2026-04", &[], ["", "", ""]),
        ];
        let places = [cell("2026-07", &["Northmoor"], ["8", "", "8"])];
        let met = [
            // Hidden then, or hidden now: the two are never set side by side.
            cell("2026-05", &[], ["7", "20", "35.0"]),
            cell("2026-06", &[], ["11", "22", "50.0"]),
            cell("2026-07", &[], ["12", "20", "60.0"]),
            cell("2026-08", &[], ["15", "20", "75.0"]),
            cell("2026-09", &[], ["15", "20", "75.0"]),
        ];
        let tables = [
            PublishedTable::for_tests("contacts", "contacts", &[], contacts.to_vec()),
            PublishedTable::for_tests("contacts", "contacts", &["locality"], places.to_vec()),
            PublishedTable::for_tests("met", "cases", &[], met.to_vec()),
        ];
        let told: Vec<String> = said
            .restated(&tables, &|measure| measure == "contacts")
            .iter()
            .map(|r| {
                let [was, was_of, is, is_of] =
                    [r.was, r.was_of, r.is, r.is_of].map(|shown| shown.to_string());
                let period = r.period.code();
                format!("{} {period} {was}/{was_of} → {is}/{is_of} {:?}", r.measure, r.moved)
            })
            .collect();
        assert_eq!(
            told,
            [
                "contacts 2026-07 40/[z] → 44/[z] MoreRows",
                "contacts 2026-07 9/[z] → 8/[z] FewerRows",
                "met 2026-06 50.0%/20 → 50.0%/22 MoreRows",
                "met 2026-07 50.0%/20 → 60.0%/20 OtherAnswers",
            ]
        );
    }

    #[test]
    fn a_file_of_something_else_says_nothing() {
        assert!(Said::read(b"a,b\n1,2\n").cells.is_empty());
        assert!(Said::read(b"").cells.is_empty());
    }
}
