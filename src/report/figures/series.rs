//! Several series or ends together: small multiples, and before and after.

use super::{Drawing, Kind, distinct, level_title, nobody, point};
use crate::calendar::Period;
use crate::measure::Level;
use crate::protect::{PublishedCell, PublishedSeries, PublishedTable, Shown, Symbol};
use crate::report::chart::{AxisKind, Chart, Dumbbell, DumbbellRow, Multiples, Point, Series};
use crate::report::document::Figure;
use crate::report::reading::Reading;
use crate::report::sentences::{Change, apart, capital, in_words, lower, spoken};

const NONE: Shown = Shown::Symbol(Symbol::NotAvailable);

/// The levels that a table by one breakdown has in these periods: all in their order, or those with the most,
/// from the most down. Only what is published decides, so that the order gives nothing away.
pub(in crate::report) fn levels_over<'t>(
    table: &'t PublishedTable,
    periods: &[Period],
    most: Option<usize>,
) -> Vec<&'t Level> {
    let of_time = |c: &&PublishedCell| periods.contains(&c.period());
    let cells = || table.cells().iter().filter(of_time);
    let mut levels = distinct(cells().filter_map(|c| c.level().first()));
    if let Some(most) = most {
        let shown = |level: &Level| -> f64 {
            let own = cells().filter(|c| c.level().first() == Some(level));
            own.filter_map(|c| Some(c.value().number()?.as_f64())).sum()
        };
        levels.sort_by(|a, b| shown(b).total_cmp(&shown(a)));
        levels.truncate(most);
    }
    levels
}

impl Drawing<'_> {
    /// A line for each level on one scale, the council as a whole behind it where that is on the same
    /// scale; with what each does where the measure is watched.
    pub(super) fn multiples(&self, kind: Kind) -> Option<Figure> {
        let history = self.plan.known(self.spec, self.measure);
        let (first, last) = (history.first()?, history.last()?);
        let mut levels = levels_over(self.table, &history, self.spec.most);
        // What has left its usual range is drawn, however little it has.
        let own = |s: &&PublishedSeries| {
            s.measure() == self.measure.id && s.by() == self.spec.by && s.kind() == Some(kind)
        };
        let all = self.series.iter().filter(own).map(|s| Reading::of(self.measure, s));
        let mut readings: Vec<Reading<'_>> = all.collect();
        let told = readings.iter().filter(|r| r.current().is_some());
        for level in told.filter_map(|r| r.series.level().first()) {
            if !levels.contains(&level) {
                levels.push(level);
            }
        }
        readings.retain(|r| r.series.level().first().is_some_and(|level| levels.contains(&level)));
        let at = |level: &[Level], period: Period| {
            let table = if level.is_empty() {
                self.cells.whole(&self.measure.id, period)
            } else {
                let mut cells = self.table.cells().iter();
                cells.find(|c| c.period() == period && c.level() == level)
            };
            table.map_or(Point { value: NONE, lower: NONE, upper: NONE, provisional: false }, point)
        };
        let points = |level: &[Level]| history.iter().map(|p| at(level, *p)).collect::<Vec<_>>();
        let words = |level: &Level| {
            let own = readings.iter().find(|r| r.series.level().first() == Some(level));
            own.filter(|r| r.current().is_some()).map(Reading::judged)
        };
        let panels: Vec<Series> = levels
            .iter()
            .map(|level| Series {
                name: match words(level) {
                    Some(words) => {
                        format!("{}: {}", level.title, lower(&words))
                    }
                    None => level.title.clone(),
                },
                points: points(std::slice::from_ref(*level)),
            })
            .collect();
        let breakdown = self.definitions.breakdown(self.spec.by.first()?)?.title.to_lowercase();
        let told = readings.iter().filter(|r| r.can_tell()).count();
        let changed: Vec<String> = levels
            .iter()
            .filter_map(|l| Some(format!("{}: {}", l.title, lower(&words(l)?))))
            .collect();
        let title = match (told, changed.len()) {
            (0, _) => format!("{}, by {breakdown}", self.measure.title),
            (_, 0) if self.spec.most.is_some() => {
                let most = in_words(levels.len());
                format!("{}: no clear change in the {most} with the most", self.measure.title)
            }
            (_, 0) => format!("{}: no clear change in any {breakdown}", self.measure.title),
            (_, 1) => format!("{}, {}", self.measure.title, changed.first()?),
            (of, n) => format!(
                "{}: {} of {} have left their usual range",
                self.measure.title,
                in_words(n),
                in_words(of)
            ),
        };
        let counted = matches!(self.axis(), AxisKind::Count);
        let whole = Series { name: "Whole council".to_owned(), points: points(&[]) };
        let chart = Chart::Multiples(Multiples {
            labels: history.iter().map(|p| p.label()).collect(),
            panels,
            // The sum of all would dwarf its parts.
            whole: (!counted).then_some(whole),
            axis: self.axis(),
        });
        let stretch = format!("{} to {}", spoken(*first), spoken(*last));
        let mut caveats = Vec::new();
        if let (Some(reading), true) = (readings.first(), told > 0) {
            let watched = match readings.len() {
                all if all == told => format!("All {} lines are watched.", in_words(all)),
                all => format!(
                    "{} of the {} lines have enough figures to be watched.",
                    capital(&in_words(told)),
                    in_words(all)
                ),
            };
            caveats.push(format!("{watched} {}", reading.how_sure()));
        }
        caveats.extend(self.caveats(&[]));
        let said = if changed.is_empty() {
            "No clear change in any.".to_owned()
        } else {
            format!("{}.", changed.join(". "))
        };
        Some(Figure {
            id: self.id(kind),
            alt: format!(
                "Small line charts, one for each of {} levels, {stretch}. {said}",
                levels.len()
            ),
            title,
            table: chart.table(format!("{} by {breakdown}, {stretch}", self.measure.title)),
            subtitle: format!(
                "{} by {breakdown}, {stretch}. All on one scale.{}",
                self.measure.title,
                match self.spec.most {
                    Some(_) => " From the most in that time down, by what is published.",
                    None => "",
                }
            ),
            chart,
            caveats,
            source: self.source(),
        })
    }

    /// Two means joined for each level, sorted by how far they lie apart.
    pub(super) fn dumbbell(&self, kind: Kind) -> Option<Figure> {
        let period = self.plan.newest(self.spec, &self.measure.id);
        let end = self.cells.table(self.spec.with.first()?, &self.spec.by)?;
        let other = self.definitions.measure(self.spec.with.first()?)?;
        let starts = self.table.cells().iter().filter(|c| c.period() == period);
        let mut pairs: Vec<(&PublishedCell, &PublishedCell)> = starts
            .filter_map(|start| {
                let mut ends = end.cells().iter();
                Some((start, ends.find(|c| c.period() == period && c.level() == start.level())?))
            })
            .filter(|(start, _)| !nobody(start))
            .collect();
        let far = |(start, end): &(&PublishedCell, &PublishedCell)| {
            Some(end.value().number()?.as_f64() - start.value().number()?.as_f64())
        };
        pairs.sort_by(|a, b| far(b).unwrap_or(f64::MIN).total_cmp(&far(a).unwrap_or(f64::MIN)));
        let moved = |wanted: Change| pairs.iter().filter(|(s, e)| apart(e, s) == wanted).count();
        let (up, down) = (moved(Change::Higher), moved(Change::Lower));
        let row = |(start, end): &(&PublishedCell, &PublishedCell)| DumbbellRow {
            label: level_title(start),
            before: start.value(),
            after: end.value(),
            note: match (start.denominator().number(), apart(end, start)) {
                (None, _) => String::new(),
                (Some(n), Change::Higher) => format!("{n} pairs; clearly higher"),
                (Some(n), Change::Lower) => format!("{n} pairs; clearly lower"),
                (Some(n), _) => format!("{n} pairs; no clear change"),
            },
        };
        let breakdown = self.definitions.breakdown(self.spec.by.first()?)?.title.to_lowercase();
        let title = match (up, down) {
            (0, 0) => format!("no clear difference from the start in any {breakdown}"),
            (up, 0) if up == pairs.len() => {
                format!("all {} are clearly higher than at the start", in_words(up))
            }
            (up, 0) => format!(
                "{} of {} are clearly higher than at the start",
                in_words(up),
                in_words(pairs.len())
            ),
            (up, down) => format!(
                "{} of {} are clearly higher than at the start, {} clearly lower",
                in_words(up),
                in_words(pairs.len()),
                in_words(down)
            ),
        };
        let title = format!("{}: {title}", other.title);
        let chart = Chart::Dumbbell(Dumbbell {
            ends: [self.measure.title.clone(), other.title.clone()],
            rows: pairs.iter().map(row).collect(),
            axis: self.axis(),
            to: None,
        });
        let subtitle =
            format!("{} and {} by {breakdown}, {period}.", self.measure.title, lower(&other.title));
        let shown: Vec<&PublishedCell> = pairs.iter().map(|(start, _)| *start).collect();
        let mut caveats = vec!["“Clearly” means that the two 95% intervals do not meet; the same people were scored at both ends, so that this is a cautious reading.".to_owned()];
        caveats.extend(self.caveats(&shown));
        let said =
            pairs.iter().map(|(s, e)| format!("{} {} to {}", level_title(s), s.value(), e.value()));
        Some(Figure {
            id: self.id(kind),
            title,
            alt: format!(
                "Two joined marks for each of {} levels. {}.",
                pairs.len(),
                said.collect::<Vec<_>>().join(", ")
            ),
            table: self.headed(chart.table(subtitle.clone())),
            subtitle,
            chart,
            caveats,
            source: self.source(),
        })
    }
}
