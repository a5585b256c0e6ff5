//! Levels in the newest ripe period: one bar for each, or the shares of a distribution.

use super::{Drawing, Kind, distinct, level_title, nobody, point, spoken};
use crate::definitions::audience::ChartForm;
use crate::definitions::case_need::OutcomeState;
use crate::definitions::measure::MeasureKind;
use crate::measure::NOT_RECORDED;
use crate::protect::{PublishedCell, Shown, Symbol};
use crate::report::chart::{Bar, Chart, ReferenceLine};
use crate::report::document::Figure;
use crate::report::sentences::{Change, apart, clustered, in_words, listed, made_of};

/// From so many levels on, those without anybody are left out of bars.
const MANY: usize = 12;

/// So many levels are named in a title; of more it says how many there are.
const FEW: usize = 2;

/// The parts of a whole of which nothing is known: they come last, and are drawn as a gap.
const UNKNOWN: [&str; 2] = [NOT_RECORDED, OutcomeState::NotEvidenced.word()];

impl Drawing<'_> {
    /// One value for each level in the newest ripe period.
    pub(super) fn bars(&self, kind: Kind) -> Option<Figure> {
        let period = self.plan.newest(self.spec, &self.measure.id);
        let shown: Vec<&PublishedCell> =
            self.own_cells().filter(|c| c.period() == period && c.level().len() == 1).collect();
        if shown.is_empty() {
            return None;
        }
        let whole = self.total().zip(self.cells.whole(&self.measure.id, period));
        let breakdown = self.definitions.breakdown(self.spec.by.first()?)?;
        let is_share = !matches!(self.measure.kind, MeasureKind::Count | MeasureKind::Sum { .. });
        let title =
            if is_share { self.compared(&shown, whole.map(|w| w.1)) } else { self.ranked(&shown) };
        let subtitle =
            format!("{} by {}, {period}.", self.measure.title, breakdown.title.to_lowercase());
        let rows = shown.iter().map(|c| (level_title(c), *c));
        let total = whole.map(|(all, c)| (all.to_owned(), c));
        let table = self.cells_table(subtitle.clone(), &breakdown.title, rows.chain(total));
        let table = self.without_noughts(table);
        let reference = match whole.and_then(|(all, c)| Some((all, c.value().number()?))) {
            Some((all, value)) if is_share => {
                Some(ReferenceLine { label: format!("{all}: {value}"), at: value.as_f64() })
            }
            _ => None,
        };
        // Of many levels those that have nobody would only make the others hard to find.
        let is_empty = |c: &&PublishedCell| match c.value() {
            Shown::Number(number) => number.is_zero(),
            Shown::Symbol(symbol) => symbol == Symbol::NotApplicable,
        };
        let drawn: Vec<&PublishedCell> = if shown.len() > MANY {
            shown.iter().copied().filter(|c| !is_empty(c)).collect()
        } else {
            shown.clone()
        };
        let mut caveats = self.caveats(&drawn);
        if drawn.len() < shown.len() {
            // A row for each bar, and that of the whole.
            let too = table.rows.len() <= drawn.len() + 1;
            let words = if too {
                "Those with none are left out."
            } else {
                "Those with none are in the table alone."
            };
            caveats.push(words.to_owned());
        }
        let hidden = drawn.iter().filter(|c| c.value().number().is_none()).count();
        let hidden = if hidden > 0 { format!(" {hidden} not shown.") } else { String::new() };
        Some(Figure {
            id: self.id(kind),
            alt: format!("Bar chart of {} bars. {}{hidden}", drawn.len(), spoken(&drawn)),
            title,
            subtitle,
            chart: Chart::Bars {
                bars: drawn
                    .iter()
                    .map(|c| Bar {
                        label: level_title(c),
                        point: point(c),
                        note: made_of(self.measure, self.table.unit(), c)
                            .filter(|_| c.value().number().is_some())
                            .unwrap_or_default(),
                    })
                    .collect(),
                axis: self.axis(),
                reference,
            },
            table,
            caveats,
            source: self.source(),
        })
    }

    /// Which levels differ clearly from the whole council; where that or all of them are hidden, nothing is said.
    fn compared(&self, shown: &[&PublishedCell], whole: Option<&PublishedCell>) -> String {
        let is_shown = |cell: &PublishedCell| cell.value().number().is_some();
        let some_are = shown.iter().any(|cell| is_shown(cell));
        let Some(whole) = whole.filter(|whole| some_are && is_shown(whole)) else {
            return self.measure.title.clone();
        };
        let that = |wanted: Change| -> Vec<String> {
            shown.iter().filter(|c| apart(c, whole) == wanted).map(|c| level_title(c)).collect()
        };
        let (above, below) = (that(Change::Higher), that(Change::Lower));
        let all = self.in_all();
        let clearly = if clustered(self.definitions, self.measure) { "" } else { "clearly " };
        // A title that names many is no title: the chart shows which they are.
        let named = above.len() + below.len() <= FEW;
        let part = |levels: &[String], word: &str| match levels.len() {
            0 => None,
            _ if named => Some(format!("{} {clearly}{word}", listed(levels))),
            many => Some(format!("{} {clearly}{word}", in_words(many))),
        };
        let parts: Vec<String> = [part(&above, &format!("above {all}")), part(&below, "below")]
            .into_iter()
            .flatten()
            .collect();
        match parts.as_slice() {
            [] => {
                format!("{}: no clear difference from {all}", self.measure.title)
            }
            [only] if above.is_empty() => {
                format!("{}: {only} {all}", self.measure.title)
            }
            parts => format!("{}: {}", self.measure.title, parts.join("; ")),
        }
    }

    /// The level with most, among those shown.
    fn ranked(&self, shown: &[&PublishedCell]) -> String {
        let values = || shown.iter().filter_map(|c| Some((level_title(c), c.value().number()?)));
        let top = values().max_by(|a, b| a.1.as_f64().total_cmp(&b.1.as_f64()));
        let Some((level, most)) = top else { return self.measure.title.clone() };
        let shared = values().filter(|(_, v)| v.as_f64() >= most.as_f64()).count() > 1;
        let among = if values().count() < shown.len() { " among those shown" } else { "" };
        if shared || most.is_zero() {
            return self.measure.title.clone();
        }
        format!("{}: most for {level}{among} ({most})", self.measure.title)
    }

    /// Shares of a distribution in the newest ripe period.
    pub(super) fn shares(&self, kind: Kind) -> Option<Figure> {
        let period = self.plan.newest(self.spec, &self.measure.id);
        let cells = self.table.cells().iter().filter(|c| c.period() == period);
        let mut shown: Vec<&PublishedCell> = cells.filter(|c| !nobody(c)).collect();
        // Those of whom nothing is known come last in each row.
        let unknown = |c: &PublishedCell| {
            c.level().last().is_some_and(|l| UNKNOWN.contains(&l.code.as_str()))
        };
        let row = |c: &PublishedCell| c.level().split_last().map(|(_, row)| row.to_vec());
        let order = distinct(shown.iter().map(|c| row(c)));
        shown.sort_by_key(|c| (order.iter().position(|r| *r == row(c)), unknown(c)));
        let category =
            |c: &PublishedCell| c.level().last().map(|l| l.title.clone()).unwrap_or_default();
        let mut categories: Vec<String> = Vec::new();
        let mut rows: Vec<(String, Vec<Shown>)> = Vec::new();
        for cell in &shown {
            let name = category(cell);
            if !categories.contains(&name) {
                categories.push(name);
            }
            let row = match cell.level() {
                [first, _] => first.title.clone(),
                _ => "Whole council".to_owned(),
            };
            match rows.last_mut() {
                Some((last, shares)) if *last == row => shares.push(cell.value()),
                _ => rows.push((row, vec![cell.value()])),
            }
        }
        // Those of whom nothing is recorded come last, as a part of their own.
        let unknown = shown
            .iter()
            .filter_map(|c| c.level().last())
            .any(|l| UNKNOWN.contains(&l.code.as_str()));
        let stacked = self.spec.chart == ChartForm::Stacked && unknown;
        let subtitle = format!("{}, {period}.", self.measure.title);
        let most = shown
            .iter()
            .filter_map(|c| Some((category(c), c.value().number()?)))
            .max_by(|a, b| a.1.as_f64().total_cmp(&b.1.as_f64()));
        let hidden = shown.iter().any(|c| c.value().number().is_none());
        let title = match most {
            Some((name, share)) if rows.len() == 1 && !share.is_zero() => {
                format!(
                    "{}: “{}” is the largest share{} ({share})",
                    self.measure.title,
                    name.to_lowercase(),
                    if hidden { " of those shown" } else { "" },
                )
            }
            _ => self.most_of_first(&shown),
        };
        let head = |c: &PublishedCell| {
            c.level().iter().map(|l| l.title.clone()).collect::<Vec<_>>().join(", ")
        };
        let table =
            self.cells_table(subtitle.clone(), "Category", shown.iter().map(|c| (head(c), *c)));
        // A full bar cannot be drawn of some of its parts: those that are shown stand by themselves.
        let apart = rows.len() == 1 && hidden;
        let bar =
            |c: &&PublishedCell| Bar { label: category(c), point: point(c), note: String::new() };
        Some(Figure {
            id: self.id(kind),
            alt: format!(
                "{} of shares. {}",
                if apart { "Bar chart" } else { "Stacked bar" },
                spoken(&shown)
            ),
            title,
            subtitle,
            chart: if apart {
                let bars = shown.iter().map(bar).collect();
                Chart::Bars { bars, axis: self.axis(), reference: None }
            } else {
                Chart::Shares { categories, rows, unknown_last: stacked }
            },
            table,
            caveats: self.caveats(&shown),
            source: self.source(),
        })
    }

    /// Of several rows of shares: the one with most of the first category.
    fn most_of_first(&self, shown: &[&PublishedCell]) -> String {
        let first = shown.first().and_then(|c| c.level().last());
        let of_first = shown.iter().filter(|c| c.level().len() == 2 && c.level().last() == first);
        let known = of_first.filter_map(|c| Some((c.level().first()?, c.value().number()?)));
        let most = known.max_by(|a, b| a.1.as_f64().total_cmp(&b.1.as_f64()));
        match (most, first) {
            (Some((level, share)), Some(first)) if !share.is_zero() => format!(
                "{}: the share of “{}” is largest for {} ({share})",
                self.measure.title,
                first.title.to_lowercase(),
                level.title
            ),
            _ => self.measure.title.clone(),
        }
    }
}
