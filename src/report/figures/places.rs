//! Places and crossings in the newest ripe period: the funnel, the heat table and the pyramid.

use super::{Drawing, Kind, distinct, level_title};
use crate::measure::Level;
use crate::protect::{PublishedCell, PublishedLimits, Shown, Symbol, funnel};
use crate::report::chart::{
    Chart, Funnel, FunnelLimits, FunnelPlace, FunnelStanding, Heat, Pyramid,
};
use crate::report::document::Figure;
use crate::report::sentences::{capital, in_words, listed};
use crate::statistics::Confidence;

const NONE: Shown = Shown::Symbol(Symbol::NotAvailable);

fn at_size(PublishedLimits { size, near, far }: PublishedLimits) -> FunnelLimits {
    FunnelLimits { size, near, far }
}

impl Drawing<'_> {
    /// The cells of the newest ripe period.
    fn newest(&self) -> (crate::calendar::Period, Vec<&PublishedCell>) {
        let period = self.plan.newest(self.spec, &self.measure.id);
        let cells = self.own_cells().filter(|c| c.period() == period);
        (period, cells.collect())
    }

    /// Places by their size, within what chance allows; bars where the whole is not shown.
    pub(super) fn funnel(&self, kind: Kind) -> Option<Figure> {
        let (period, shown) = self.newest();
        let whole = self.cells.whole(&self.measure.id, period);
        let drawn = whole.and_then(|whole| Some((whole, funnel(whole, &shown)?)));
        let Some((whole, limits)) = drawn else { return self.bars(kind) };
        let breakdown = self.definitions.breakdown(self.spec.by.first()?)?;
        let places: Vec<FunnelPlace> = shown
            .iter()
            .zip(limits.places)
            .map(|(cell, (limits, beyond))| FunnelPlace {
                label: level_title(cell),
                value: cell.value(),
                limits: at_size(limits),
                standing: match (cell.value().number(), beyond) {
                    (None, _) => FunnelStanding::NotTold,
                    (_, None) => FunnelStanding::Within,
                    (_, Some(Confidence::P95)) => FunnelStanding::Beyond95,
                    (_, Some(Confidence::P998)) => FunnelStanding::Beyond998,
                },
            })
            .collect();
        let known = places.iter().filter(|p| p.value.number().is_some()).count();
        let beyond: Vec<String> = places
            .iter()
            .filter(|p| p.standing.is_beyond())
            .filter_map(|p| {
                let (value, all) = (p.value.number()?, whole.value().number()?);
                let side = if value.as_f64() > all.as_f64() { "above" } else { "below" };
                let limits = if p.standing == FunnelStanding::Beyond998 { "99.8%" } else { "95%" };
                Some(format!("{} {side} the {limits} limits", p.label))
            })
            .collect();
        let title = match beyond.as_slice() {
            [] => format!(
                "{}: none of {} is beyond the 95% limits of chance",
                self.measure.title,
                in_words(known)
            ),
            beyond => {
                format!("{}: {}", self.measure.title, listed(beyond))
            }
        };
        let subtitle =
            format!("{} by {}, {period}.", self.measure.title, breakdown.title.to_lowercase());
        let chart = Chart::Funnel(Funnel {
            size: capital(self.table.unit()),
            value: self.measure.title.clone(),
            whole: whole.value(),
            places,
            limits: limits.lines.into_iter().map(at_size).collect(),
            axis: self.axis(),
        });
        let mut caveats = vec![format!(
            "About one place in twenty lies beyond the 95% limits by chance, two in a thousand beyond those of 99.8%. Ask why before judging: places differ in whom they serve. {}: {}.",
            self.total().unwrap_or("All"),
            whole.value()
        )];
        caveats.extend(self.caveats(&shown));
        Some(Figure {
            id: self.id(kind),
            alt: format!("Funnel plot of {known} places. {}", super::spoken(&shown)),
            title,
            table: chart.table(subtitle.clone()),
            subtitle,
            chart,
            caveats,
            source: self.source(),
        })
    }

    /// The cell of two levels, and of one level alone.
    fn crossed<'c>(
        &self,
        shown: &[&'c PublishedCell],
        down: &Level,
        across: &Level,
    ) -> Option<&'c PublishedCell> {
        let at = |n: usize, cell: &PublishedCell| cell.level().get(n).cloned();
        let both = |c: &&&PublishedCell| {
            at(0, c).as_ref() == Some(down) && at(1, c).as_ref() == Some(across)
        };
        shown.iter().find(both).copied()
    }

    fn margin(&self, period: crate::calendar::Period, by: &str, level: &Level) -> Shown {
        let table = self.cells.table(&self.measure.id, &[by.to_owned()]);
        let cell = table.and_then(|t| {
            t.cells().iter().find(|c| c.period() == period && c.level().first() == Some(level))
        });
        cell.map_or(NONE, PublishedCell::value)
    }

    /// Two breakdowns crossed, every number in its cell, the shade only a guide.
    pub(super) fn heat(&self, kind: Kind) -> Option<Figure> {
        let (period, shown) = self.newest();
        let (down, across) = (
            distinct(shown.iter().filter_map(|c| c.level().first())),
            distinct(shown.iter().filter_map(|c| c.level().get(1))),
        );
        let [first, second] = self.spec.by.as_slice() else { return None };
        let titles: Vec<String> = [first, second]
            .into_iter()
            .filter_map(|b| Some(self.definitions.breakdown(b)?.title.to_lowercase()))
            .collect();
        let value =
            |d: &Level, a: &Level| self.crossed(&shown, d, a).map_or(NONE, PublishedCell::value);
        let whole = self.cells.whole(&self.measure.id, period).map_or(NONE, PublishedCell::value);
        let mut column_totals: Vec<Shown> =
            across.iter().map(|a| self.margin(period, second, a)).collect();
        column_totals.push(whole);
        let heat = Heat {
            columns: across.iter().map(|l| l.title.clone()).collect(),
            rows: down
                .iter()
                .map(|d| (d.title.clone(), across.iter().map(|a| value(d, a)).collect()))
                .collect(),
            total: "All".to_owned(),
            row_totals: down.iter().map(|d| self.margin(period, first, d)).collect(),
            column_totals,
            axis: self.axis(),
            shade: format!("Shade: {} in all cells", self.table.unit()),
        };
        let most = shown
            .iter()
            .filter_map(|c| Some((c, c.value().number()?)))
            .max_by(|a, b| a.1.as_f64().total_cmp(&b.1.as_f64()));
        let title = match most {
            Some((cell, most)) if !most.is_zero() => format!(
                "{}: most for {} ({most})",
                self.measure.title,
                cell.level().iter().map(|l| l.title.as_str()).collect::<Vec<_>>().join(" in ")
            ),
            _ => self.measure.title.clone(),
        };
        let subtitle = format!("{} by {}, {period}.", self.measure.title, listed(&titles));
        let hidden = shown.iter().filter(|c| c.value().number().is_none()).count();
        let chart = Chart::Heat(heat);
        Some(Figure {
            id: self.id(kind),
            alt: format!(
                "Table of {} rows and {} columns, shaded by value. {hidden} cells not shown.",
                down.len(),
                across.len()
            ),
            title,
            table: self.headed(chart.table(subtitle.clone())),
            subtitle,
            chart,
            caveats: self.caveats(&[]),
            source: self.source(),
        })
    }

    /// Bands of one breakdown, two levels of another back to back.
    pub(super) fn pyramid(&self, kind: Kind) -> Option<Figure> {
        let (period, shown) = self.newest();
        let [first, second] = self.spec.by.as_slice() else { return None };
        let sides = &self.definitions.breakdown(second)?.order;
        let bands = distinct(shown.iter().filter_map(|c| c.level().first()));
        let across = distinct(shown.iter().filter_map(|c| c.level().get(1)));
        let side = |n: usize| across.iter().find(|l| sides.get(n) == Some(&l.code)).copied();
        let (left, right) = (side(0)?, side(1)?);
        let value = |band: &Level, side: &Level| {
            self.crossed(&shown, band, side).map_or(NONE, PublishedCell::value)
        };
        let others: Vec<String> = across
            .iter()
            .filter(|l| ***l != *left && ***l != *right)
            .map(|l| {
                let count = self.margin(period, second, l);
                format!("“{}”: {count} {}, not drawn.", l.title, self.table.unit())
            })
            .collect();
        let chart = Chart::Pyramid(Pyramid {
            sides: [left.title.clone(), right.title.clone()],
            bands: bands
                .iter()
                .map(|band| (band.title.clone(), [value(band, left), value(band, right)]))
                .collect(),
            axis: self.axis(),
        });
        let age = self.definitions.breakdown(first)?.title.to_lowercase();
        let most = bands
            .iter()
            .filter_map(|band| Some((band, self.margin(period, first, band).number()?)))
            .max_by(|a, b| a.1.as_f64().total_cmp(&b.1.as_f64()));
        let title = match most {
            Some((band, most)) if !most.is_zero() => {
                format!("{}: most with {age} {} ({most})", self.measure.title, band.title)
            }
            _ => self.measure.title.clone(),
        };
        let subtitle = format!("{}, {period}.", self.measure.title);
        Some(Figure {
            id: self.id(kind),
            alt: format!(
                "Pyramid of {} bands, {} to the left and {} to the right. {}",
                bands.len(),
                left.title,
                right.title,
                super::spoken(&shown)
            ),
            title,
            table: chart.table(subtitle.clone()),
            subtitle,
            chart,
            caveats: others.into_iter().chain(self.caveats(&[])).collect(),
            source: self.source(),
        })
    }
}
