//! Which tables a pack asks for: everything that one audience is given from one run.

use std::collections::BTreeMap;

use crate::calendar::{Day, Period, PeriodKind};
use crate::definitions::Definitions;
use crate::definitions::audience::{Audience, ChartForm, FigureSpec, Pack, Section};
use crate::definitions::measure::Measure;
use crate::definitions::signal::SignalRule;
use crate::measure::TableRequest;

/// The periods that a pack for a given period shows.
#[derive(Debug)]
pub struct Plan<'d> {
    /// The pack.
    pub pack: &'d Pack,
    /// For whom.
    pub audience: &'d Audience,
    /// The period it is made for.
    pub period: Period,
    /// Whether the audience is shown everything, so that a figure more costs it no other.
    open: bool,
    /// Whether windows that overlap end with a quarter where they are split.
    by_quarter: bool,
    /// The first day that the exports cover, if that is known.
    begins: Option<Day>,
    /// For each measure and kind of period: the newest period that is ripe.
    ripe: BTreeMap<(String, PeriodKind), Period>,
}

impl<'d> Plan<'d> {
    /// The plan of a pack for an audience. `ripe` says which of some periods is the newest whose
    /// figures are all known.
    ///
    /// # Errors
    /// When `ripe` fails.
    pub fn new<E>(
        definitions: &Definitions,
        pack: &'d Pack,
        audience: &'d Audience,
        period: Period,
        mut ripe: impl FnMut(&str, &[Period]) -> Result<Option<Period>, E>,
    ) -> Result<Self, E> {
        let mut plan = Self::unripe(definitions, pack, audience, period);
        for (measure, kind, among) in plan.ripening(definitions) {
            if let Some(period) = ripe(&measure, &among)? {
                plan.ripe.insert((measure, kind), period);
            }
        }
        Ok(plan)
    }

    /// A plan of which nobody has said yet what is ripe: everything is of the newest period.
    fn unripe(
        definitions: &Definitions,
        pack: &'d Pack,
        audience: &'d Audience,
        period: Period,
    ) -> Self {
        let policy = definitions.policies.get(&audience.disclosure);
        let open = policy.is_some_and(|policy| policy.suppress_below == 0);
        let by_quarter = policy.is_some_and(|policy| policy.windows_end_with_quarter);
        let begins = definitions.project.begins;
        Self { pack, audience, period, open, by_quarter, begins, ripe: BTreeMap::new() }
    }

    /// What a plan asks for before it is known what is ripe, and what decides that: nearly all that it
    /// asks for then. Counted in one go, the splits of a measure share its fates.
    #[must_use]
    pub fn early_requests(
        definitions: &Definitions,
        pack: &'d Pack,
        audience: &'d Audience,
        period: Period,
    ) -> Vec<TableRequest> {
        let plan = Self::unripe(definitions, pack, audience, period);
        let mut requests = plan.requests(definitions);
        for (measure, _, periods) in plan.ripening(definitions) {
            requests.push(TableRequest { measure, by: Vec::new(), periods });
        }
        requests
    }

    /// The measures that are shown, each with the kinds of periods, and the periods among which the
    /// newest that is ripe is looked for.
    fn ripening(&self, definitions: &Definitions) -> Vec<(String, PeriodKind, Vec<Period>)> {
        let mut wanted: Vec<(String, PeriodKind)> =
            self.figures().map(|f| (f.measure.clone(), self.kind(f))).collect();
        let company = |f: &'d FigureSpec| f.with.iter().map(move |m| (m.clone(), f));
        wanted.extend(self.figures().flat_map(company).map(|(m, f)| (m, self.kind(f))));
        let moved = self.figures().flat_map(|f| self.levels_that_are_measures(definitions, f));
        wanted.extend(moved.map(|measure| (measure.id.clone(), PeriodKind::Quarter)));
        let kind = self.pack.headline_period;
        wanted.extend(self.pack.headlines.iter().map(|m| (m.clone(), kind)));
        wanted.sort();
        wanted.dedup();
        let among = |(measure, kind): (String, PeriodKind)| {
            let newest = Period::last_complete(kind, self.period.end());
            // A measure that is known late is watched over a longer time than the pack shows.
            let long = self.periods_of_signal(definitions.measure(&measure)?, kind, newest);
            let history = self.history(kind);
            let among = if long.len() > history.len() { long } else { history };
            Some((measure, kind, among))
        };
        wanted.into_iter().filter_map(among).collect()
    }

    /// The figures that this audience is given, in order.
    pub fn figures(&self) -> impl Iterator<Item = &'d FigureSpec> + '_ {
        self.pack.sections.iter().flat_map(|s| self.figures_of(s))
    }

    /// Those of one section.
    pub fn figures_of(
        &self,
        section: &'d Section,
    ) -> impl Iterator<Item = &'d FigureSpec> + use<'d> {
        let audience = &self.audience.id;
        let given = move |f: &&FigureSpec| f.audiences.is_empty() || f.audiences.contains(audience);
        section.figures.iter().filter(given)
    }

    /// The kind of period of a figure.
    #[must_use]
    pub fn kind(&self, figure: &FigureSpec) -> PeriodKind {
        figure.period.unwrap_or(self.pack.period)
    }

    /// The periods of a kind that lines show, oldest first: those of the pack's history.
    #[must_use]
    pub fn history(&self, kind: PeriodKind) -> Vec<Period> {
        // The history is a stretch of time: as many months of any kind of period.
        let months = u32::try_from(self.pack.history).unwrap_or(1) * self.pack.period.months();
        let newest = Period::last_complete(kind, self.period.end());
        self.up_to(newest, months.div_ceil(self.months_apart(kind)).max(1))
    }

    /// The periods of a line of one measure: as many as the pack's history has. What is not yet known stands at its
    /// end as far as a quarter of it; of more there is no line left to see.
    #[must_use]
    pub fn line(&self, measure: &str, kind: PeriodKind) -> Vec<Period> {
        let history = self.history(kind);
        // Where small counts are hidden, older years than the other figures have would leave less to hide them behind.
        let Some(newest) = history.last().filter(|_| self.open) else { return history };
        let length = u32::try_from(history.len()).unwrap_or(1);
        let open = i32::try_from(self.months_apart(kind) * (length / 4)).unwrap_or(0);
        let furthest = self.ripe(measure, kind).number().saturating_add(open);
        self.up_to(Period::from_number(kind, furthest.min(newest.number())), length)
    }

    /// How many months lie between the periods of a kind that are shown one after the other.
    fn months_apart(&self, kind: PeriodKind) -> u32 {
        // Twelve months are shown as often as the pack comes: windows that overlap more than they
        // must would have to be hidden, because one can be subtracted from the other.
        match kind {
            PeriodKind::Rolling12Months | PeriodKind::FinancialYearToDate => {
                self.pack.period.step()
            }
            kind => kind.step(),
        }
    }

    /// So many periods up to this one, oldest first; none that begins before the exports do.
    fn up_to(&self, last: Period, length: u32) -> Vec<Period> {
        let apart = self.months_apart(last.kind) / last.kind.step();
        let all = (0..length).rev().map(|back| last.earlier(back * apart));
        all.filter(|period| *period == last || self.is_covered(*period)).collect()
    }

    /// Whether the exports reach back to its first day.
    fn is_covered(&self, period: Period) -> bool {
        self.begins.is_none_or(|day| period.start() >= day)
    }

    /// The periods over which a measure is watched, oldest first, up to the newest ripe one: what is not
    /// yet known says nothing. None if it is not watched, or not over periods of this kind.
    #[must_use]
    pub fn watched(&self, measure: &Measure, kind: PeriodKind) -> Vec<Period> {
        self.periods_of_signal(measure, kind, self.ripe(&measure.id, kind))
    }

    /// The periods that lines for each level show, those that are known: as many as the figure says; else
    /// the pack's history, and what the measure is watched over where that is asked for.
    #[must_use]
    pub fn known(&self, figure: &FigureSpec, measure: &Measure) -> Vec<Period> {
        let kind = self.kind(figure);
        let ripe = self.ripe(&measure.id, kind);
        if let Some(length) = figure.history {
            return self.up_to(ripe, length);
        }
        let shown = [self.history(kind), self.asked_for(measure, kind)].concat();
        let known = |p: &Period| p.number() <= ripe.number();
        let mut periods: Vec<Period> = shown.into_iter().filter(known).collect();
        periods.sort();
        periods.dedup();
        periods
    }

    /// Which of these are asked for so that the measure can be watched. Where small counts are hidden that
    /// is none: months that nobody looks at would give away the longer periods that they lie in, and cost
    /// figures that are looked at. There a series is made from what is shown for its own sake.
    fn asked_for(&self, measure: &Measure, kind: PeriodKind) -> Vec<Period> {
        if self.open { self.watched(measure, kind) } else { Vec::new() }
    }

    fn periods_of_signal(
        &self,
        measure: &Measure,
        kind: PeriodKind,
        newest: Period,
    ) -> Vec<Period> {
        let Some(rule) = measure.signal.filter(|_| SignalRule::watches(kind)) else {
            return Vec::new();
        };
        let length = u32::try_from(rule.periods).unwrap_or(u32::MAX);
        let all = (0..length).rev().map(|back| newest.earlier(back));
        all.filter(|period| self.is_covered(*period)).collect()
    }

    /// The newest ripe period of a measure; the newest at all if none is.
    #[must_use]
    pub fn ripe(&self, measure: &str, kind: PeriodKind) -> Period {
        let newest = Period::last_complete(kind, self.period.end());
        self.ripe.get(&(measure.to_owned(), kind)).copied().unwrap_or(newest)
    }

    /// The newest period of a measure in a figure: the newest that is ripe, or, where windows that are split end with
    /// a quarter, the last before it that does.
    #[must_use]
    pub fn newest(&self, figure: &FigureSpec, measure: &str) -> Period {
        let ripe = self.ripe(measure, self.kind(figure));
        if self.by_quarter && figure.is_split() { ripe.with_its_quarter() } else { ripe }
    }

    /// Whether nearly all is known of a measure in a period, as it is of all before the newest that is ripe.
    #[must_use]
    pub fn is_ripe(&self, measure: &str, period: Period) -> bool {
        period.number() <= self.ripe(measure, period.kind).number()
    }

    /// The periods of a table of several measures: those of the pack's history, or where levels go down, the
    /// newest that is ripe for all of them.
    #[must_use]
    pub fn side_by_side(&self, figure: &FigureSpec) -> Vec<Period> {
        let kind = self.kind(figure);
        if figure.by.is_empty() {
            return self.history(kind);
        }
        self.ripe_for_all(figure).into_iter().collect()
    }

    /// The newest period that is ripe for a figure's measure and for all that come with it.
    #[must_use]
    pub fn ripe_for_all(&self, figure: &FigureSpec) -> Option<Period> {
        let newest = figure.measures().map(|m| self.newest(figure, m));
        newest.min_by_key(|p| p.number())
    }

    /// The newest quarter that is ripe for a measure, after the same of a year before.
    #[must_use]
    pub fn year_of_quarters(&self, measure: &str) -> [Period; 2] {
        let newest = self.ripe(measure, PeriodKind::Quarter);
        [newest.a_year_before(), newest]
    }

    /// The measures that the levels of a figure's breakdown name, as far as the audience is given them.
    fn levels_that_are_measures<'m>(
        &self,
        definitions: &'m Definitions,
        figure: &FigureSpec,
    ) -> impl Iterator<Item = &'m Measure> {
        let by = figure.by.first().and_then(|by| definitions.breakdown(by));
        let codes = by.filter(|b| b.of_measures).map(|b| b.order.as_slice()).unwrap_or_default();
        let found = codes.iter().filter_map(|code| definitions.measure(code));
        found.filter(|measure| measure.audiences.contains(&self.audience.id))
    }

    /// The periods of closing of a survival line, oldest first: the newest that is ripe for its longest time; or as
    /// many as the figure says, up to the newest that is ripe for its shortest.
    #[must_use]
    pub fn cohorts(&self, figure: &FigureSpec) -> Vec<Period> {
        match figure.history {
            Some(length) => self.up_to(self.ripe(&figure.measure, self.kind(figure)), length),
            None => self.ripe_for_all(figure).into_iter().collect(),
        }
    }

    /// Those for each measure of the figure in order: a cohort is asked only after times that have passed for it.
    fn cohorts_asked(&self, figure: &FigureSpec) -> impl Iterator<Item = Vec<Period>> {
        let all = self.cohorts(figure);
        figure.measures().map(move |measure| {
            all.iter().copied().filter(|period| self.is_ripe(measure, *period)).collect()
        })
    }

    /// Every table that the audience is given; a table may be asked for more than once.
    #[must_use]
    pub fn requests(&self, definitions: &Definitions) -> Vec<TableRequest> {
        let mut wanted: Vec<TableRequest> = Vec::new();
        let mut want = |measure: &str, by: &[String], periods: Vec<Period>| {
            wanted.push(TableRequest { measure: measure.to_owned(), by: by.to_vec(), periods });
        };
        for measure in &self.pack.headlines {
            // The newest ripe period may lie so far back that its year before is out of the history.
            let ripe = self.ripe(measure, self.pack.headline_period);
            if self.pack.headline_period == self.pack.period {
                want(measure, &[], self.history(self.pack.period));
            }
            want(measure, &[], vec![ripe.a_year_before(), ripe]);
            if let Some(found) = definitions.measure(measure) {
                want(measure, &[], self.asked_for(found, self.pack.headline_period));
                if let Some(completeness) = &found.completeness {
                    want(completeness, &[], vec![ripe]);
                }
            }
        }
        for figure in self.figures() {
            let kind = self.kind(figure);
            let ripe = self.newest(figure, &figure.measure);
            for moved in self.levels_that_are_measures(definitions, figure) {
                want(&moved.id, &[], self.year_of_quarters(&moved.id).to_vec());
            }
            match figure.chart {
                ChartForm::Line => {
                    want(&figure.measure, &figure.by, self.line(&figure.measure, kind));
                }
                ChartForm::Survival => {
                    for (measure, periods) in figure.measures().zip(self.cohorts_asked(figure)) {
                        want(measure, &[], periods);
                    }
                }
                // Measures of one chart are of the same period.
                _ if figure.is_bars_of_measures() => {
                    let period = self.ripe_for_all(figure);
                    for measure in figure.measures() {
                        want(measure, &[], period.into_iter().collect());
                    }
                }
                ChartForm::Scatter => {
                    let period: Vec<Period> = self.ripe_for_all(figure).into_iter().collect();
                    for measure in figure.measures() {
                        want(measure, &figure.by, period.clone());
                        want(measure, &[], period.clone());
                    }
                    continue;
                }
                ChartForm::Dumbbell | ChartForm::RateIndex => {
                    for measure in figure.measures() {
                        want(measure, &figure.by, vec![ripe]);
                    }
                }
                ChartForm::Multiples => {
                    if let Some(found) = definitions.measure(&figure.measure) {
                        let known = self.known(figure, found);
                        want(&figure.measure, &figure.by, known.clone());
                        want(&figure.measure, &[], known);
                    }
                }
                ChartForm::Control => {
                    want(&figure.measure, &figure.by, self.history(kind));
                    if let Some(found) = definitions.measure(&figure.measure) {
                        want(&figure.measure, &figure.by, self.asked_for(found, kind));
                    }
                }
                // Measures side by side are of the same periods.
                ChartForm::Table if figure.is_side_by_side() => {
                    let periods = self.side_by_side(figure);
                    for measure in figure.measures() {
                        want(measure, &figure.by, periods.clone());
                        want(measure, &[], periods.clone());
                        // What is known late has its year before further back than the table goes.
                        if self.open && figure.by.is_empty() {
                            let ripe = self.ripe(measure, kind);
                            want(measure, &[], vec![ripe.a_year_before(), ripe]);
                        }
                    }
                    continue;
                }
                // A table without a breakdown goes down the periods, as that behind a line does.
                ChartForm::Table if figure.by.is_empty() => {
                    want(&figure.measure, &[], self.line(&figure.measure, kind));
                }
                _ => want(&figure.measure, &figure.by, vec![ripe]),
            }
            // The whole council stands beside every breakdown, and the margins beside a crossing.
            if !figure.by.is_empty() {
                want(&figure.measure, &[], vec![ripe]);
            }
            if figure.by.len() > 1 {
                for by in &figure.by {
                    want(&figure.measure, std::slice::from_ref(by), vec![ripe]);
                }
            }
        }
        if self.audience.row_level {
            self.everything(definitions, &mut want);
        }
        wanted
    }

    /// Those who may see rows get every measure by every breakdown, for their own questions.
    fn everything(
        &self,
        definitions: &Definitions,
        want: &mut impl FnMut(&str, &[String], Vec<Period>),
    ) {
        let theirs =
            definitions.measures.iter().filter(|m| m.audiences.contains(&self.audience.id));
        for measure in theirs {
            for &kind in &measure.periods {
                want(&measure.id, &[], self.history(kind));
                let released = |by: &&String| {
                    definitions.breakdown(by).is_some_and(|b| b.released_to(&self.audience.id))
                };
                for by in measure.by.iter().filter(released) {
                    want(&measure.id, std::slice::from_ref(by), self.history(kind));
                }
            }
        }
    }
}
