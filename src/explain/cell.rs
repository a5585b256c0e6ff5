//! The way to one figure: every unit that was considered, where it went, and what is left over as
//! denominator and numerator. Nothing in it is protected: it is for those who may see single cases.

use std::collections::BTreeMap;

use polars::prelude::{DataFrame, PolarsResult};
use serde_json::{Value, json};

use crate::calendar::Period;
use crate::definitions::Definitions;
use crate::definitions::expression::Type;
use crate::definitions::measure::{ImmatureCounts, Measure, MeasureKind, UnknownCounts};
use crate::definitions::words;
use crate::evaluate::Evaluated;
use crate::link::own_identifier;
use crate::measure::{
    Amount, CATEGORY, Cell, Flow, Level, Measurer, Table, TableRequest, Whereabouts,
};
use crate::protect::{PublishedCell, unhidden};

/// One cell with everything behind it.
#[derive(Debug)]
pub struct Waterfall {
    /// The measure.
    pub measure: String,
    /// The question in words.
    pub question: String,
    /// The steps from the units considered to the figure: what, and how many.
    pub steps: Vec<(String, u64)>,
    /// The figure with its interval, in words: one line, or one for each category.
    pub values: Vec<String>,
    /// The units behind each step, by identifier.
    pub behind: Vec<(String, Vec<String>)>,
}

/// A cell as it was computed, and as it is shown.
type CellShown<'a> = (&'a Cell, &'a PublishedCell);

/// The waterfalls of the cells of a measure in a period, one for each chosen level, for an audience
/// that may see single cases. `chosen` has levels by code or title; none of a breakdown means all.
/// A ratio gives the waterfalls of its two parts.
///
/// # Errors
/// When a date lies beyond the table of bank holidays, or the data frame library refuses.
pub fn waterfalls(
    definitions: &Definitions,
    evaluated: &Evaluated,
    measure: &Measure,
    by: &[String],
    chosen: &[(String, String)],
    period: Period,
) -> PolarsResult<Vec<Waterfall>> {
    let mut all = Vec::new();
    let mut measurer = Measurer::new(definitions, evaluated);
    if let MeasureKind::Ratio { over, under } = &measure.kind {
        for part in [over, under].into_iter().filter_map(|id| definitions.measure(id)) {
            all.extend(waterfalls(definitions, evaluated, part, &[], &[], period)?);
        }
    }
    let request =
        TableRequest { measure: measure.id.clone(), by: by.to_vec(), periods: vec![period] };
    let tables = measurer.tables(&[request])?;
    let published = unhidden(&tables, &definitions.measures);
    for (table, published) in tables.iter().zip(&published) {
        // The categories of a distribution have one denominator between them.
        let mut rows: Vec<(Vec<Level>, Vec<CellShown<'_>>)> = Vec::new();
        for (cell, shown) in table.cells.iter().zip(published.cells()) {
            let level: Vec<Level> = cell.level.iter().take(by.len()).cloned().collect();
            match rows.iter_mut().find(|(l, _)| *l == level) {
                Some((_, cells)) => cells.push((cell, shown)),
                None => rows.push((level, vec![(cell, shown)])),
            }
        }
        for (level, cells) in rows {
            let is_chosen = chosen.iter().all(|(breakdown, wanted)| {
                let at = by.iter().position(|b| b == breakdown).and_then(|at| level.get(at));
                at.is_some_and(|l| l.code == *wanted || l.title == *wanted)
            });
            if !is_chosen {
                continue;
            }
            let codes: Vec<String> = level.iter().map(|l| l.code.clone()).collect();
            let units = measurer.units_behind(&measure.id, by, &codes, period)?;
            let names = Names::of(definitions, evaluated, &measure.unit);
            all.push(waterfall(measure, table, &level, &cells, period, &units, &names));
        }
    }
    Ok(all)
}

fn waterfall(
    measure: &Measure,
    table: &Table,
    level: &[Level],
    cells: &[CellShown<'_>],
    period: Period,
    units: &[(u32, Whereabouts)],
    names: &Names<'_>,
) -> Waterfall {
    let levels: Vec<&str> = level.iter().map(|l| l.title.as_str()).collect();
    let of = if levels.is_empty() { String::new() } else { format!(", {}", levels.join(", ")) };
    let question = format!("{}, {period}{of}", measure.title);
    let nothing = Flow::default();
    let flow = cells.first().map_or(&nothing, |(cell, _)| &cell.flow);
    let mut steps = Vec::new();
    if !matches!(measure.kind, MeasureKind::Ratio { .. }) {
        steps.push((format!("{} considered", table.unit), flow.considered));
        for (number, (reason, count)) in measure.reasons().zip(&flow.left_out).enumerate() {
            steps.push((format!("{} ({})", words::reason(measure, number), reason.why), *count));
        }
        let waiting = flow.pending.saturating_sub(flow.pending_as_not_met);
        steps.push(("not due yet".to_owned(), waiting));
        let asks = !matches!(measure.kind, MeasureKind::Count);
        let as_not_met = flow.unknown.saturating_sub(flow.unknown_left_out);
        let counts_unknown = matches!(measure.kind, MeasureKind::Proportion { .. })
            && measure.unknown == UnknownCounts::AsNotMet;
        if asks && !counts_unknown {
            steps.push(("left out: nobody can know".to_owned(), flow.unknown_left_out));
        }
        steps.push(("counted".to_owned(), flow.counted));
        if counts_unknown {
            let what = "of these, counted as not met because nobody can know";
            steps.push((what.to_owned(), as_not_met));
        }
        if flow.overridden > 0 {
            let what = "of these, resting on a decision in the place of a rule";
            steps.push((what.to_owned(), flow.overridden));
        }
        if measure.immature == ImmatureCounts::AsNotMet {
            let what = "of these, counted as not met because they are not due yet";
            steps.push((what.to_owned(), flow.pending_as_not_met));
        }
    }
    let mut values = Vec::new();
    for (cell, shown) in cells {
        if let (Amount::Proportion { numerator, .. }, None) = (cell.amount, category(table, cell)) {
            steps.push(("in the numerator".to_owned(), numerator));
        }
        let interval = match (shown.lower().number(), shown.upper().number()) {
            (Some(lower), Some(upper)) => format!(" ({lower} to {upper})"),
            _ => String::new(),
        };
        let what = category(table, cell).map_or_else(|| "value".to_owned(), |l| l.title.clone());
        values.push(format!("{what}: {}{interval}", shown.value()));
    }
    let mut behind: BTreeMap<Whereabouts, Vec<String>> = BTreeMap::new();
    for (unit, whereabouts) in units {
        behind.entry(*whereabouts).or_default().push(names.name(*unit));
    }
    let behind = behind
        .into_iter()
        .map(|(whereabouts, names)| (where_words(whereabouts, measure), names))
        .collect();
    Waterfall { measure: measure.id.clone(), question, steps, values, behind }
}

fn category<'c>(table: &Table, cell: &'c Cell) -> Option<&'c Level> {
    if table.by.last().is_some_and(|b| b == CATEGORY) { cell.level.last() } else { None }
}

fn where_words(whereabouts: Whereabouts, measure: &Measure) -> String {
    let proportion = matches!(measure.kind, MeasureKind::Proportion { .. });
    match whereabouts {
        Whereabouts::Numerator => "in the numerator".to_owned(),
        Whereabouts::Counted if proportion => "counted, not in the numerator".to_owned(),
        Whereabouts::Counted => "counted".to_owned(),
        Whereabouts::UnknownAsNotMet => "counted as not met, nobody can know".to_owned(),
        Whereabouts::UnknownLeftOut => "left out, nobody can know".to_owned(),
        Whereabouts::Pending => "not due yet".to_owned(),
        Whereabouts::PendingAsNotMet => "counted as not met, not due yet".to_owned(),
        Whereabouts::LeftOut(place) => words::reason(measure, place),
    }
}

/// What to call a unit: its case first, then its own identifier, then what else tells it apart.
struct Names<'a> {
    evaluated: &'a Evaluated,
    frame: Option<&'a DataFrame>,
    columns: Vec<(String, Option<String>)>,
}

impl<'a> Names<'a> {
    fn of(definitions: &Definitions, evaluated: &'a Evaluated, unit: &str) -> Self {
        let frame = evaluated.units.get(unit);
        let own = definitions.unit(unit).and_then(|u| own_identifier(definitions, u));
        let entity = |column: &str| {
            definitions.sources.iter().find_map(|s| match s.column(column).map(|c| &c.ty) {
                Some(Type::Id(entity)) => Some(entity.clone()),
                _ => None,
            })
        };
        let mut columns: Vec<(String, Option<String>)> = Vec::new();
        let parent = definitions.unit(unit).and_then(|u| definitions.unit(u.of.as_deref()?));
        let parents = parent.and_then(|parent| own_identifier(definitions, parent));
        let candidates = ["case_id"].into_iter().chain(own).chain(parents);
        let candidates = candidates.chain(["person_id", "need", "domain"]);
        for column in candidates {
            let there = frame.is_some_and(|f| f.column(column).is_ok());
            let enough = own.is_some_and(|own| columns.iter().any(|(c, _)| c == own));
            if there && !enough && !columns.iter().any(|(c, _)| c == column) {
                columns.push((column.to_owned(), entity(column)));
            }
        }
        Self { evaluated, frame, columns }
    }

    fn name(&self, unit: u32) -> String {
        let rings = &self.evaluated.linked.inputs.rings;
        let part = |(column, entity): &(String, Option<String>)| {
            let series = self.frame?.column(column).ok()?.as_materialized_series().clone();
            let place = series.u32().ok()?.get(unit as usize)?;
            match entity {
                Some(entity) => rings.identifier(entity, place).map(str::to_owned),
                None => rings.text.word(place).map(str::to_owned),
            }
        };
        let parts: Vec<String> = self.columns.iter().filter_map(part).collect();
        if parts.is_empty() { format!("number {}", unit + 1) } else { parts.join(" ") }
    }
}

impl Waterfall {
    /// For the terminal.
    #[must_use]
    pub fn text(&self) -> String {
        let mut text = format!("{}\n", self.question);
        for (what, count) in &self.steps {
            text.push_str(&format!("  {count:>8}  {what}\n"));
        }
        for value in &self.values {
            text.push_str(&format!("  {value}\n"));
        }
        for (what, units) in &self.behind {
            text.push_str(&format!("  {} {what}:\n", units.len()));
            for line in units.chunks(6) {
                text.push_str(&format!("    {}\n", line.join(", ")));
            }
        }
        text
    }

    /// For programs.
    #[must_use]
    pub fn json(&self) -> Value {
        let steps = self.steps.iter().map(|(what, count)| json!({ "what": what, "count": count }));
        let behind =
            self.behind.iter().map(|(what, units)| json!({ "what": what, "units": units }));
        json!({
            "measure": self.measure,
            "question": self.question,
            "steps": steps.collect::<Vec<_>>(),
            "values": self.values,
            "behind": behind.collect::<Vec<_>>(),
        })
    }
}
