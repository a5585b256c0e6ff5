//! What is left after so many months: of one cohort, or of several and of all of them together.

use super::{Drawing, Kind, point};
use crate::calendar::Period;
use crate::definitions::measure::Counted;
use crate::protect::{Followed, PublishedCell, Shown, Symbol, followed};
use crate::report::chart::{Chart, Point, StepSeries, Steps};
use crate::report::document::Figure;
use crate::report::sentences::{capital, in_words, spoken};

const NONE: Shown = Shown::Symbol(Symbol::NotAvailable);

/// One cohort: its cell at each time that has passed for it, from the first on.
type Cohort<'c> = (Period, Vec<&'c PublishedCell>);

impl Drawing<'_> {
    /// What is left, each time from its own measure. All are asked of one and the same cohort where the figure
    /// names no history; else each cohort is asked as far as it has been followed.
    pub(super) fn survival(&self, kind: Kind) -> Option<Figure> {
        let cohorts: Vec<Cohort<'_>> =
            self.plan.cohorts(self.spec).into_iter().map(|period| self.cohort(period)).collect();
        let cohorts: Vec<Cohort<'_>> =
            cohorts.into_iter().filter(|(_, cells)| !cells.is_empty()).collect();
        match cohorts.as_slice() {
            [] => None,
            [(period, cells)] => self.of_one(kind, *period, cells),
            several => self.of_several(kind, several),
        }
    }

    fn cohort(&self, period: Period) -> Cohort<'_> {
        let known = self.spec.measures().take_while(|id| self.plan.is_ripe(id, period));
        (period, known.map_while(|id| self.cells.whole(id, period)).collect())
    }

    fn share(&self) -> String {
        self.spec.title.clone().unwrap_or_else(|| "Share left".to_owned())
    }

    /// What the months are counted from, as a noun, and as what the cohort did.
    fn beginning(&self) -> [&'static str; 2] {
        match &self.measure.counted {
            Counted::On { column, .. } if column == "closed_on" => ["closing", "closed"],
            Counted::On { column, .. } if column == "ended_on" => ["the end", "ended"],
            _ => ["the beginning", "begun"],
        }
    }

    /// The measure of the longest time: what has to be known of it has to be known of them all.
    fn longest(&self) -> (&str, Vec<String>) {
        let newest = self.spec.with.last().and_then(|id| self.definitions.measure(id));
        let newest = newest.unwrap_or(self.measure);
        (&newest.title, newest.caveats.iter().cloned().collect())
    }

    fn of_one(&self, kind: Kind, period: Period, cells: &[&PublishedCell]) -> Option<Figure> {
        let times = self.spec.times.get(..cells.len())?;
        let (last_time, last) = (*times.last()?, *cells.last()?);
        let (share, [noun, did]) = (self.share(), self.beginning());
        let chart = Chart::Steps(Steps {
            unit: format!("Months after {noun}"),
            times: times.to_vec(),
            series: vec![of_cohort(share.clone(), times.len(), cells)],
        });
        let each = times.iter().zip(cells);
        let each: Vec<String> =
            each.map(|(time, cell)| format!("{} after {time} months", made_of(cell))).collect();
        let (longest, caveats) = self.longest();
        let subtitle = format!(
            "{share} {} to {last_time} months after {noun}, {did} in {}.",
            times.first()?,
            spoken(period)
        );
        Some(Figure {
            id: self.id(kind),
            title: format!("{longest}: {}", made_of(last)),
            alt: format!("Step line. {}.", each.join(", ")),
            table: chart.table(subtitle.clone()),
            subtitle,
            chart,
            caveats: self.caveats_after(caveats, cells),
            source: self.source(),
        })
    }

    fn of_several(&self, kind: Kind, cohorts: &[Cohort<'_>]) -> Option<Figure> {
        let (times, [noun, did]) = (&self.spec.times, self.beginning());
        let own: Vec<Vec<&PublishedCell>> =
            cohorts.iter().map(|(_, cells)| cells.clone()).collect();
        let all = followed(&own, times);
        let (first, last) = (cohorts.first()?.0, cohorts.last()?.0);
        let stretch = format!("{} to {}", first.label(), last.label());
        let of_each =
            cohorts.iter().map(|(period, cells)| of_cohort(period.label(), times.len(), cells));
        let of_all = all.as_ref().map(|all| StepSeries {
            name: "All together".to_owned(),
            points: all.iter().map(estimate).collect(),
            at_risk: all.iter().map(|at| at.so_many).collect(),
        });
        let chart = Chart::Steps(Steps {
            unit: format!("Months after {noun}"),
            times: times.clone(),
            series: of_all.into_iter().chain(of_each).collect(),
        });
        let (longest, _) = self.longest();
        let mut caveats: Vec<String> = self.measure.caveats.iter().cloned().collect();
        let estimates = all.iter().flatten().zip(times);
        let newest = estimates.filter(|(at, _)| at.share.number().is_some()).last();
        let title = match newest {
            Some((at, time)) => format!(
                "{}: {} after {time} months, as far as families have been followed",
                self.share(),
                at.share
            ),
            None => format!("{longest}: {}", made_of(cohorts.first()?.1.last()?)),
        };
        if all.is_some() {
            caveats.push("“All together” counts each family for as long as its cohort has been followed (Kaplan–Meier, with 95% limits on the log-log scale): those who closed lately say what came of the first months, those who closed earlier what came after.".to_owned());
        }
        caveats
            .push("A line ends where its families have not been followed for longer. The scale need not begin at nought. “Followed” is how many have been seen for so long, those who came back among them.".to_owned());
        let said = cohorts.iter().map(|(period, cells)| {
            let each = times.iter().zip(cells);
            let each = each.map(|(time, cell)| format!("{} after {time} months", made_of(cell)));
            format!(
                "{} in {}: {}",
                capital(did),
                spoken(*period),
                each.collect::<Vec<_>>().join(", ")
            )
        });
        let alt = format!(
            "Step lines of {} cohorts{}. {}.",
            in_words(cohorts.len()),
            if all.is_some() { " and of all together" } else { "" },
            said.collect::<Vec<_>>().join(". ")
        );
        let subtitle = format!(
            "{} {} to {} months after {noun}, by the period in which they {did}, {stretch}.",
            self.share(),
            times.first()?,
            times.last()?,
        );
        let shown: Vec<&PublishedCell> = own.concat();
        Some(Figure {
            id: format!("{}-by-cohort", self.id(kind)),
            title,
            alt,
            table: chart.table(subtitle.clone()),
            subtitle,
            chart,
            caveats: self.caveats_after(caveats, &shown),
            source: self.source(),
        })
    }
}

/// The line of one cohort. What has not passed for it is not known.
fn of_cohort(name: String, length: usize, cells: &[&PublishedCell]) -> StepSeries {
    let later = length.saturating_sub(cells.len());
    let unknown = Point { value: NONE, lower: NONE, upper: NONE, provisional: false };
    StepSeries {
        name,
        points: cells.iter().map(|c| point(c)).chain(vec![unknown; later]).collect(),
        at_risk: cells.iter().map(|c| c.denominator()).chain(vec![NONE; later]).collect(),
    }
}

fn estimate(at: &Followed) -> Point {
    Point { value: at.share, lower: at.lower, upper: at.upper, provisional: false }
}

fn made_of(cell: &PublishedCell) -> String {
    match cell.value().number() {
        Some(value) => format!("{value} ({} of {})", cell.numerator(), cell.denominator()),
        None => cell.value().to_string(),
    }
}
