//! What was published before and reads differently now: was, is, why; and which definitions have changed since.

use std::collections::{BTreeMap, BTreeSet};

use crate::calendar::PeriodKind;
use crate::definitions::Definitions;
use crate::definitions::words::{Changed, definitions_behind};
use crate::protect::{Moved, Restated, SaidChecks, Shown};
use crate::report::document::{Block, Head, Question, Row, Table, TableCell};
use crate::report::figures::distinct;
use crate::report::sentences::{capital, in_words, listed, spoken};

/// What has changed since the last published run of the same series, for an audience that was given it.
#[derive(Debug)]
pub struct SinceLast {
    /// The name of that run.
    run: String,
    /// Settled figures of it that read differently now.
    restated: Vec<Restated>,
    /// Definitions behind its figures that say something else now.
    changed: Vec<Changed>,
    /// What share of the records was in order then.
    checks: SaidChecks,
    /// What its readers were asked.
    asked: Vec<Question>,
    /// Of each measure that was restated: its title, and the definitions behind it that have changed.
    because: BTreeMap<String, (String, Vec<String>)>,
}

impl SinceLast {
    /// Sets what was restated beside the definitions that have changed since that run.
    #[must_use]
    pub fn new(
        run: String,
        restated: Vec<Restated>,
        changed: Vec<Changed>,
        definitions: &Definitions,
    ) -> Self {
        let measures: BTreeSet<&str> = restated.iter().map(|r| r.measure.as_str()).collect();
        let because =
            measures.into_iter().filter_map(|id| definitions.measure(id)).map(|measure| {
                let behind = definitions_behind(measure, definitions);
                let changed = changed.iter().map(|c| c.name.clone());
                let changed = changed.filter(|name| behind.contains(name)).collect();
                (measure.id.clone(), (measure.title.clone(), changed))
            });
        let checks = SaidChecks::default();
        Self { because: because.collect(), run, restated, changed, checks, asked: Vec::new() }
    }

    /// The same with what that run said of the records.
    #[must_use]
    pub fn with_checks(self, checks: SaidChecks) -> Self {
        Self { checks, ..self }
    }

    /// The same with what that run asked its readers.
    #[must_use]
    pub fn with_questions(self, asked: Vec<Question>) -> Self {
        Self { asked, ..self }
    }

    /// What its readers were asked.
    pub(super) fn asked(&self) -> &[Question] {
        &self.asked
    }

    /// What share of the records of a check was in order then, where it was told.
    pub(super) fn in_order(&self, check: &str) -> Option<Shown> {
        self.checks.in_order(check)
    }

    fn title<'a>(&'a self, measure: &'a str) -> &'a str {
        self.because.get(measure).map_or(measure, |(title, _)| title)
    }

    /// The definitions behind a measure that have changed.
    fn changed_behind(&self, measure: &str) -> &[String] {
        self.because.get(measure).map_or(&[], |(_, changed)| changed)
    }

    /// Why a figure reads differently, as far as its counts and the definitions tell.
    fn why(&self, restated: &Restated) -> String {
        match (self.changed_behind(&restated.measure), restated.moved) {
            ([], Moved::MoreRows) => "Rows came in late for a time that was over".to_owned(),
            ([], Moved::FewerRows) => "Rows were corrected or taken out".to_owned(),
            ([], Moved::OtherAnswers) => "What was recorded was corrected".to_owned(),
            ([only], _) => format!("A definition has changed: {only}"),
            ([first, rest @ ..], _) => {
                format!("Definitions have changed: {first} and {} more", in_words(rest.len()))
            }
        }
    }

    /// What a signal of a measure has to be read with: which of its figures were restated.
    pub(super) fn of_measure(&self, measure: &str) -> Option<String> {
        let own: Vec<&Restated> = self.restated.iter().filter(|r| r.measure == measure).collect();
        let whole = own.iter().filter(|r| r.level.is_empty());
        let newest = whole.max_by_key(|r| (r.period.kind == PeriodKind::Month, r.period.number()));
        let many = in_words(own.len());
        Some(match newest {
            Some(r) => format!(
                "Restated since the last report: {many} of its figures; {} was {}, is {}.",
                spoken(r.period),
                r.was,
                r.is
            ),
            None if own.is_empty() => return None,
            None => format!("Restated since the last report: {many} of its parts."),
        })
    }

    /// For the page on trust: the restatements, in words and as a table.
    pub(super) fn restatements(&self) -> Vec<Block> {
        let Self { run, restated, .. } = self;
        if restated.is_empty() {
            let words = format!("Every settled figure that “{run}” gave reads the same today.");
            return vec![Block::Note(words)];
        }
        // Parts are counted, not listed: a late batch moves every split of a measure.
        let (whole, parts): (Vec<_>, Vec<_>) = restated.iter().partition(|r| r.level.is_empty());
        let mut findings = Vec::new();
        if !whole.is_empty() {
            let measures = distinct(whole.iter().map(|r| r.measure.as_str())).len();
            findings.push(format!(
                "{} settled {} that “{run}” gave for the whole council {} differently now, of {} {}.",
                capital(&in_words(whole.len())),
                if whole.len() == 1 { "figure" } else { "figures" },
                if whole.len() == 1 { "reads" } else { "read" },
                in_words(measures),
                if measures == 1 { "measure" } else { "measures" },
            ));
        }
        if !parts.is_empty() {
            let also = if whole.is_empty() { "Only figures" } else { "So do figures" };
            findings.push(format!(
                "{also} of localities, teams, needs or other parts: {} of them.",
                in_words(parts.len())
            ));
        }
        let late = self.late(&whole);
        if !late.is_empty() {
            findings.push(format!(
                "Rows for months that were over came in after the last report: {}.",
                listed(&late)
            ));
        }
        let table = self.table(&whole);
        let table = (!table.rows.is_empty()).then_some(Block::Table(table));
        std::iter::once(Block::Findings(findings)).chain(table).collect()
    }

    fn table(&self, whole: &[&Restated]) -> Table {
        let row = |r: &&Restated| Row {
            head: self.title(&r.measure).to_owned(),
            cells: vec![
                TableCell::Words(capital(&spoken(r.period))),
                TableCell::Figure(r.was),
                TableCell::Figure(r.was_of),
                TableCell::Figure(r.is),
                TableCell::Figure(r.is_of),
                TableCell::Words(self.why(r)),
            ],
        };
        let heads = [
            ("Measure", false),
            ("Period", false),
            ("Was", true),
            ("Was out of", true),
            ("Is", true),
            ("Is out of", true),
            ("Why", false),
        ];
        Table {
            caption: format!(
                "Figures for the whole council that “{}” gave and that read differently now",
                self.run
            ),
            head: heads.map(|(text, numeric)| Head::of(text, numeric)).into(),
            rows: whole.iter().map(row).collect(),
        }
    }

    /// Measures of which more units are counted in single months that were over, with no definition changed.
    fn late(&self, whole: &[&Restated]) -> Vec<String> {
        let late = |r: &&&Restated| {
            let month = r.period.kind == PeriodKind::Month && r.moved == Moved::MoreRows;
            month && self.changed_behind(&r.measure).is_empty()
        };
        let late: Vec<&&Restated> = whole.iter().filter(late).collect();
        let words = |id: &str| {
            let own = late.iter().filter(|r| r.measure == id);
            let months: Vec<String> = own.map(|r| spoken(r.period)).collect();
            format!("“{}” in {}", self.title(id), listed(&months))
        };
        distinct(late.iter().map(|r| r.measure.as_str())).into_iter().map(words).collect()
    }

    /// Which definitions have changed since, and how many figures rest on each.
    pub(super) fn definitions_changed(&self) -> Block {
        let Self { run, restated, changed, .. } = self;
        if changed.is_empty() {
            return Block::Note(format!(
                "No definition behind these figures has changed since “{run}”."
            ));
        }
        let moved = |name: &String| {
            restated.iter().filter(|r| self.changed_behind(&r.measure).contains(name)).count()
        };
        let said = |lines: &[String]| {
            let lines: Vec<&str> = lines.iter().map(|line| line.trim()).collect();
            TableCell::Words(if lines.is_empty() { "Nothing".to_owned() } else { lines.join(" ") })
        };
        let row = |change: &Changed| Row {
            head: change.name.clone(),
            cells: vec![
                said(&change.before),
                said(&change.after),
                TableCell::Words(capital(&in_words(moved(&change.name)))),
            ],
        };
        let heads = ["Definition", "Said", "Says", "Settled figures that moved"];
        Block::Table(Table {
            caption: format!("Definitions that have changed since “{run}”"),
            head: heads.map(|text| Head::of(text, false)).into(),
            rows: changed.iter().map(row).collect(),
        })
    }
}

/// Where there is nothing to compare with.
pub(super) fn nothing_before() -> Block {
    Block::Note(
        "There is no earlier report of this series beside this one, as it was written, so nothing is compared with what was said before.".to_owned(),
    )
}
