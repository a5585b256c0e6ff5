//! Audiences, the disclosure policy that each carries, and the packs they are given.

use crate::calendar::{Day, Length, Period, PeriodKind};
use crate::definitions::feedback::Feedback;
use crate::definitions::place::Place;

/// What may be shown of small numbers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DisclosurePolicy {
    /// Its name.
    pub id: String,
    /// Its title.
    pub title: String,
    /// Counts from 1 to one less than this are hidden; 0 hides nothing.
    pub suppress_below: u64,
    /// Whether a true zero is shown.
    pub show_zero: bool,
    /// Published counts are rounded to this; 1 does not round.
    pub round_to: u64,
    /// A hidden count that may be small must be possible from one value to another at least so far above
    /// it; as wide as the threshold itself leaves it, if nothing is said.
    pub width: Option<u64>,
    /// Whether a share that holds for everybody or for nobody is hidden: it says something about each
    /// of them.
    pub hide_full_and_empty: bool,
    /// What its readers would miss, most first: where one of several figures has to be hidden to protect
    /// others, what is missed least goes.
    pub last_to_go: Vec<Missed>,
    /// Whether windows that overlap, such as twelve months, end with a quarter where they are split by anything. One
    /// that moves on by a month tells of two months by itself: of the one that came and the one that went.
    pub windows_end_with_quarter: bool,
    /// Counts are changed by the keys of those whom they count, and none is hidden.
    pub cell_key: Option<CellKey>,
}

/// How counts are changed in the place of hiding some.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CellKey {
    /// The most by which a count is changed.
    pub most: u64,
    /// What nobody outside can guess.
    pub secret: String,
}

/// What readers would miss.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Missed {
    /// Figures at the head of a pack, for the whole council; most of all those of the newest period, which go
    /// only when nothing else helps.
    Headlines,
    /// Figures of the newest period of its kind.
    Newest,
    /// Figures that are split by less.
    Totals,
    /// Figures of longer periods.
    Longest,
    /// Figures that count more.
    Largest,
}

impl Missed {
    /// What holds if a policy says nothing.
    pub const DEFAULT: [Self; 5] =
        [Self::Headlines, Self::Newest, Self::Totals, Self::Longest, Self::Largest];
}

impl DisclosurePolicy {
    /// How far apart two possible values of a hidden count that may be small must at least be. If nothing is said, so far
    /// that counts hidden together never add up to a small one: where noughts are shown, two that add up
    /// to 6 can each be 1 or 5.
    #[must_use]
    pub fn width(&self) -> u64 {
        let sure = if self.show_zero { 2 } else { 0 };
        self.width.unwrap_or_else(|| self.suppress_below.saturating_sub(sure).max(1))
    }

    /// The policy that hides nothing.
    #[must_use]
    pub fn open() -> Self {
        Self {
            id: String::new(),
            title: String::new(),
            suppress_below: 0,
            show_zero: true,
            round_to: 1,
            width: None,
            hide_full_and_empty: false,
            last_to_go: Missed::DEFAULT.to_vec(),
            windows_end_with_quarter: false,
            cell_key: None,
        }
    }
}

/// Somebody who is given outputs.
#[derive(Debug, Clone)]
pub struct Audience {
    /// Its name, also the name of its folder.
    pub id: String,
    /// Who they are.
    pub title: String,
    /// The policy's name.
    pub disclosure: String,
    /// Whether they may see rows about single cases.
    pub row_level: bool,
    /// The breakdowns by which their questions may be split. Those from whom nothing is hidden may ask by all.
    pub query_by: Vec<String>,
    /// Whether everybody may see what they are given.
    pub is_public: bool,
    /// Whose outputs they may lay beside their own, besides those for everybody; all others', if nothing is
    /// said. Partners sit at one table, and nobody can see to it that they show each other nothing.
    pub beside: Option<Vec<String>>,
    /// The agreement by which they are told what became of their own referrals, if there is one.
    pub feedback: Option<Feedback>,
}

impl Audience {
    /// Whether they may lay what an audience is given beside their own.
    #[must_use]
    pub fn may_lay_beside(&self, other: &str) -> bool {
        let is_named = |named: &Vec<String>| named.iter().any(|id| id == other);
        self.beside.as_ref().is_none_or(is_named)
    }
}

/// Which measures, for which audience, in which order.
#[derive(Debug)]
pub struct Pack {
    /// Its name.
    pub id: String,
    /// Its title.
    pub title: String,
    /// Whether it is a report, about all that the service does, rather than a pack for partners.
    pub is_report: bool,
    /// Those who get it; each from its own protection.
    pub audiences: Vec<String>,
    /// What it asks of those who get it.
    pub asked: AskedOf,
    /// What stands on its cover besides its title.
    pub cover: Cover,
    /// The kind of period it is made for.
    pub period: PeriodKind,
    /// How many periods of history it shows, the current one included.
    pub history: usize,
    /// Measures of the table at its head.
    pub headlines: Vec<String>,
    /// The kind of period that they are shown for.
    pub headline_period: PeriodKind,
    /// Its sections in order.
    pub sections: Vec<Section>,
    /// Where it is defined.
    pub place: Place,
}

/// What a pack asks of those who get it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AskedOf {
    /// How many questions its own figures may raise at most.
    pub questions: usize,
    /// The sources that they feed.
    pub feeds: Vec<String>,
}

/// What stands on the cover of a pack, and whether it is also a PDF.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Cover {
    /// Whether it is also written as PDF.
    pub pdf: bool,
    /// How long after its period it may be passed on, if not at once.
    pub embargo: Option<Length>,
    /// The period of its first issue, from which issues are counted.
    pub first_issue: Option<Period>,
    /// Who is to sign it off: role and name.
    pub sign_off: Vec<(String, String)>,
}

impl Cover {
    /// The first day on which the issue for a period may be passed on; nothing where it may be at once.
    #[must_use]
    pub fn passed_on_from(&self, period: Period) -> Option<Day> {
        self.embargo?.after(period.end())
    }

    /// The number of the issue for a period, from 1; nothing before the first, and where no first is named.
    #[must_use]
    pub fn issue(&self, period: Period) -> Option<u32> {
        let first = self.first_issue?;
        let step = i32::try_from(period.kind.step()).ok()?;
        let after = period.number().checked_sub(first.number())?.checked_div(step)?;
        u32::try_from(after).ok().map(|after| after + 1)
    }
}

/// One question of a pack and the figures that answer it.
#[derive(Debug)]
pub struct Section {
    /// Its name.
    pub id: String,
    /// The question, as a heading.
    pub title: String,
    /// What the section shows, in a sentence or two.
    pub intro: String,
    /// Its figures, in order.
    pub figures: Vec<FigureSpec>,
    /// Lists of single cases that go with it, for those of its audiences that are given them.
    pub lists: Vec<String>,
    /// Whether the actions stand in it that were decided after audits.
    pub audit_actions: bool,
    /// Whether the themes of audits stand in it.
    pub audit_themes: bool,
    /// What families said in their own words, if it stands in it.
    pub words: Option<WordsSpec>,
    /// Whether the register of claims stands in it, for those from whom nothing is hidden.
    pub claims: bool,
}

/// What of families' own words stands in a section.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WordsSpec {
    /// How many lines at most.
    pub most: usize,
    /// Those of the pack's audiences who are given them.
    pub audiences: Vec<String>,
}

/// A figure to be drawn.
#[derive(Debug, Clone)]
pub struct FigureSpec {
    /// What a table, the bars, or the steps of several measures are called.
    pub title: Option<String>,
    /// What has to be known to read it, printed under it.
    pub note: Option<String>,
    /// The measure.
    pub measure: String,
    /// Measures that are drawn with it, or stand beside it in a table, in order.
    pub with: Vec<String>,
    /// The months after which the measure, and those that are drawn with it, ask.
    pub times: Vec<u32>,
    /// The form.
    pub chart: ChartForm,
    /// The breakdowns crossed in it; empty for the whole council. At most two.
    pub by: Vec<String>,
    /// The kind of period, if not the pack's.
    pub period: Option<PeriodKind>,
    /// Small multiples: how many periods they show, up to the newest that is known, if not those of the pack. A
    /// survival line: of how many periods of closing, if not of the one that is known at every time.
    pub history: Option<u32>,
    /// Small multiples: how many levels are drawn, those with the most; all of them if not said.
    pub most: Option<usize>,
    /// What stands beside the first share in a table of several measures by level, or beside a mean change and the
    /// means before and after.
    pub columns: Vec<Beside>,
    /// The audiences of the pack that are given this figure; empty for all of them.
    pub audiences: Vec<String>,
}

/// What may stand beside a share, or a mean change, in a table of several measures by level.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Beside {
    /// Its interval.
    Interval,
    /// How many answers are not in yet, and how many can never be.
    NotKnown,
    /// How large the mean change is, in standard deviations.
    EffectSize,
}

/// The forms of figure.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ChartForm {
    /// One value over time.
    Line,
    /// One value over time with what it usually does, for a measure that is watched.
    Control,
    /// One value for each level, or for each of several measures, in the latest period.
    Bars,
    /// Shares of a distribution in the latest period.
    Shares,
    /// The same, with those of whom nothing is recorded as a part of their own.
    Stacked,
    /// A proportion of each level by its size, within what chance allows.
    Funnel,
    /// Two breakdowns crossed, shaded.
    Heat,
    /// Flows from the levels of a breakdown to those of another; the table where one may not be seen.
    Flows,
    /// Bands of a breakdown, the two levels of another back to back.
    Pyramid,
    /// Two means joined for each level: the start and the end.
    Dumbbell,
    /// How many times as often each level is counted as all others, by how many people there are.
    RateIndex,
    /// Two counts or sums of each level: one across, the other up.
    Scatter,
    /// What is left after so many months.
    Survival,
    /// A line for each level, each in a panel of its own.
    Multiples,
    /// Only the table: of the levels in the latest period, or without a breakdown of the periods.
    Table,
}

impl FigureSpec {
    /// The measure and those that come with it, in order.
    pub fn measures(&self) -> impl Iterator<Item = &String> {
        std::iter::once(&self.measure).chain(&self.with)
    }

    /// Whether it sets measures side by side in a table that has a name of its own. With mistakes in the others
    /// there may be one that is left.
    #[must_use]
    pub fn is_side_by_side(&self) -> bool {
        self.chart == ChartForm::Table && (self.title.is_some() || !self.with.is_empty())
    }
}

impl FigureSpec {
    /// Whether it tells something apart: levels, categories, or measures of which each is some of the same units.
    #[must_use]
    pub fn is_split(&self) -> bool {
        let by_category = matches!(self.chart, ChartForm::Shares | ChartForm::Stacked);
        !self.by.is_empty() || by_category || self.is_bars_of_measures()
    }

    /// Whether its bars are measures, rather than the levels of one.
    #[must_use]
    pub fn is_bars_of_measures(&self) -> bool {
        self.chart == ChartForm::Bars && self.by.is_empty() && !self.with.is_empty()
    }
}

impl ChartForm {
    /// Whether it shows what a series usually does.
    #[must_use]
    pub fn is_watched(self) -> bool {
        matches!(self, Self::Control | Self::Multiples)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn issues_are_counted_from_the_first() {
        let period = |code: &str| Period::parse(code).expect("a period");
        let cover = Cover { first_issue: Some(period("2025-26-Q3")), ..Cover::default() };
        let issues = ["2025-26-Q2", "2025-26-Q3", "2025-26-Q4", "2026-27-Q2"]
            .map(|code| cover.issue(period(code)));
        assert_eq!(issues, [None, Some(1), Some(2), Some(4)]);
        assert_eq!(Cover::default().issue(period("2026-27-Q2")), None);
    }

    #[test]
    fn an_embargo_is_counted_from_the_last_day_of_the_period() {
        let period = Period::parse("2026-27-Q2").expect("a period");
        let from = |embargo: Option<&str>| {
            let embargo = embargo.and_then(Length::parse);
            Cover { embargo, ..Cover::default() }.passed_on_from(period).map(Day::iso)
        };
        assert_eq!(from(Some("6 weeks")).as_deref(), Some("2026-11-11"));
        assert_eq!(from(None), None);
    }
}
