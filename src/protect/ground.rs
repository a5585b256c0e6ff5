//! What definitions say of figures that no figure says: which measures count the same units on the same
//! day, what their conditions and breakdowns are about, and which periods add up.

use std::collections::{BTreeMap, BTreeSet};

use crate::calendar::Period;
use crate::definitions::Definitions;
use crate::definitions::expression::{Checked, Expr};
use crate::definitions::measure::{AskedOfPeriod, Counted, Measure, MeasureKind};
use crate::definitions::population::{conjuncts, headline_of_needs, one_of, own_column};
use crate::measure::{TableRequest, Within, merged};

/// Units of one kind that count on the same day: unit, and the column of the day.
pub(super) type Kind<'a> = (&'a str, String);

/// Some words of a column.
pub(super) type Words = BTreeSet<String>;

/// Columns, each with the words of which one has to stand in it.
pub(super) type Conditions = Vec<(String, Words)>;

/// What is needed to see how figures go together.
#[derive(Debug, Default)]
pub struct Ground<'a> {
    measures: BTreeMap<&'a str, &'a Measure>,
    /// The column of each breakdown whose levels are its words; others are columns of their own.
    columns: BTreeMap<String, String>,
    within: Within,
    /// Measures of which each period counts for itself.
    own_periods: BTreeSet<&'a str>,
    /// Measures at the head of a pack.
    headlines: BTreeSet<&'a str>,
    /// Measures of which no answer is ever outstanding.
    never_wait: BTreeSet<&'a str>,
}

impl<'a> Ground<'a> {
    /// From measures alone: their breakdowns are columns, and none is finer than another.
    #[must_use]
    pub fn new(measures: &'a [Measure]) -> Self {
        let measures = measures.iter().map(|m| (m.id.as_str(), m)).collect();
        Self { measures, ..Self::default() }
    }

    /// From definitions, for tables of these requests.
    #[must_use]
    pub fn of(definitions: &'a Definitions, requests: &[TableRequest]) -> Self {
        let plain = definitions.breakdowns.iter().filter(|b| b.bands.is_empty());
        let columns = plain.map(|b| (b.id.clone(), b.column.clone())).collect();
        let asked = requests.iter().filter_map(|r| definitions.measure(&r.measure));
        let headlines = headline_of_needs(definitions, asked);
        let within = [(("need".to_owned(), "headline".to_owned()), headlines)].into();
        let own = definitions.measures.iter().filter(|m| {
            m.counted == Counted::AtPeriodEnd
                && definitions.asked_of_period(m) == AskedOfPeriod::Start
        });
        let own_periods = own.map(|m| m.id.as_str()).collect();
        let never_wait = definitions.measures.iter().filter(|m| definitions.never_waits(m));
        let at_the_head = definitions.packs.iter().flat_map(|pack| &pack.headlines);
        Self {
            columns,
            within,
            own_periods,
            headlines: at_the_head.map(String::as_str).collect(),
            never_wait: never_wait.map(|m| m.id.as_str()).collect(),
            ..Self::new(&definitions.measures)
        }
    }

    /// With what was found of places that lie within others.
    #[must_use]
    pub fn with_places(mut self, within: Within) -> Self {
        self.within.extend(within);
        self
    }

    /// A measure by name.
    pub(super) fn measure(&self, id: &str) -> Option<&'a Measure> {
        self.measures.get(id).copied()
    }

    /// Whether no answer to a measure is ever outstanding.
    pub(super) fn never_waits(&self, measure: &str) -> bool {
        self.never_wait.contains(measure)
    }

    /// Whether a measure stands at the head of a pack.
    pub(super) fn is_headline(&self, measure: &str) -> bool {
        self.headlines.contains(measure)
    }

    /// The measures whose counts a measure shows: its own, or those that a ratio divides.
    pub(super) fn counts_of<'m>(&self, measure: &'m str) -> Vec<&'m str>
    where
        'a: 'm,
    {
        match self.measure(measure).map(|m| &m.kind) {
            Some(MeasureKind::Ratio { over, under }) => vec![over, under],
            _ => vec![measure],
        }
    }

    /// The finest periods that a figure of a period is the sum of: its months; of a stock the last one;
    /// or itself, where each kind of period asks for itself.
    pub(super) fn pieces(&self, measure: &str, period: Period) -> Vec<Period> {
        let stock = self.measure(measure).is_some_and(|m| m.counted == Counted::AtPeriodEnd);
        if self.own_periods.contains(measure) {
            vec![period]
        } else if stock {
            vec![period.last_month()]
        } else {
            period.months()
        }
    }

    /// What has to be measured besides the tables of these requests, so that they can be protected: the
    /// finest counts behind every period, and the parts of every ratio.
    #[must_use]
    pub fn behind(&self, requests: &[TableRequest]) -> Vec<TableRequest> {
        let mut wanted = Vec::new();
        for request in requests {
            for id in self.counts_of(&request.measure) {
                let periods = request.periods.iter().flat_map(|p| self.pieces(id, *p)).collect();
                let measure = id.to_owned();
                wanted.push(TableRequest { measure, by: request.by.clone(), periods });
            }
        }
        merged(wanted)
    }

    /// Measures that count units of the same kind on the same day: only they have pieces in common.
    pub(super) fn kind(&self, measure: &'a str) -> Kind<'a> {
        match self.measure(measure) {
            Some(m) => match &m.counted {
                Counted::On { column, parent } => (&m.unit, format!("{column} {parent}")),
                Counted::AtPeriodEnd => (&m.unit, String::new()),
                Counted::FromParts => (measure, String::new()),
            },
            None => (measure, String::new()),
        }
    }

    /// The column whose words are the levels of a breakdown.
    pub(super) fn column<'b>(&'b self, breakdown: &'b str) -> &'b str {
        self.columns.get(breakdown).map_or(breakdown, String::as_str)
    }

    /// Which columns say those of others.
    pub(super) fn within(&self) -> &Within {
        &self.within
    }

    /// Whether each level of a breakdown is said to lie within a word of a coarser column.
    pub(super) fn lies_within(&self, breakdown: &str, coarse: &str) -> bool {
        let fine = self.column(breakdown).to_owned();
        self.within.contains_key(&(fine, coarse.to_owned()))
    }

    /// The word of a coarser column that goes with the word of a finer one; nothing if that is not said.
    pub(super) fn coarser(&self, fine: (&str, &str), coarse: &str) -> Option<&str> {
        let words = self.within.get(&(fine.0.to_owned(), coarse.to_owned()))?;
        words.get(fine.1).map(String::as_str)
    }

    /// The conditions on the population of a measure. What is not about words of a column is its own
    /// column, of which the word is "yes". A measure that nobody described has its own population.
    pub(super) fn population(&self, measure: &str) -> Conditions {
        match self.measure(measure) {
            Some(m) => m.population.as_ref().map(conditions).unwrap_or_default(),
            None => vec![yes(measure.to_owned())],
        }
    }

    /// The column that a distribution counts the words of.
    pub(super) fn categories(&self, measure: &str) -> Option<&'a str> {
        match self.measure(measure).map(|m| &m.kind) {
            Some(MeasureKind::Distribution { value, .. }) => own_column(&value.expr),
            _ => None,
        }
    }

    /// The words that the numerator of a proportion asks for, if it asks for nothing else.
    pub(super) fn numerator(&self, measure: &str) -> Option<Conditions> {
        match self.measure(measure).map(|m| &m.kind) {
            Some(MeasureKind::Proportion { numerator }) => words_only(numerator),
            _ => None,
        }
    }

    /// What the numerator of a proportion asks for where that is not words alone, as a column of its own: those of
    /// whom it was found to hold are the same, whichever measure asks.
    pub(super) fn found_to_hold(&self, measure: &str) -> Option<Conditions> {
        match self.measure(measure).map(|m| &m.kind) {
            Some(MeasureKind::Proportion { numerator }) if words_only(numerator).is_none() => {
                Some(vec![yes(format!("found: {:?}", numerator.expr))])
            }
            _ => None,
        }
    }

    /// The words for which a measure leaves units out, if that is its one reason.
    pub(super) fn left_out(&self, measure: &str) -> Option<Conditions> {
        let measure = self.measure(measure)?;
        match (measure.exclude.as_slice(), measure.except.as_slice()) {
            ([only], []) => words_only(&only.when),
            _ => None,
        }
    }
}

fn yes(rule: String) -> (String, Words) {
    (rule, ["yes".to_owned()].into())
}

fn words(condition: &Expr) -> Option<(String, Words)> {
    let (column, words) = one_of(condition)?;
    Some((column.to_owned(), words.into_iter().collect()))
}

fn conditions(checked: &Checked) -> Conditions {
    let condition = |part: &Expr| words(part).unwrap_or_else(|| yes(format!("{part:?}")));
    conjuncts(&checked.expr).into_iter().map(condition).collect()
}

fn words_only(checked: &Checked) -> Option<Conditions> {
    conjuncts(&checked.expr).into_iter().map(words).collect()
}
