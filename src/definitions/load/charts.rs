//! The words for forms of figure, and which measure each of them suits. A form that does not suit is an
//! error with the form that does: a chart that can be drawn can still mislead.

use crate::calendar::PeriodKind;
use crate::definitions::audience::{Beside, ChartForm, FigureSpec};
use crate::definitions::diagnostic::Diagnostic;
use crate::definitions::load::ground::Ground;
use crate::definitions::load::reader::Text;
use crate::definitions::measure::{Breakdown, Interval, Measure, MeasureKind};
use crate::definitions::place::Place;
use crate::definitions::signal::SignalRule;
use crate::definitions::unit::UnitRows;

/// The forms of figure.
pub(super) const CHARTS: [(&str, ChartForm); 15] = [
    ("line", ChartForm::Line),
    ("spc", ChartForm::Control),
    ("bars", ChartForm::Bars),
    ("shares", ChartForm::Shares),
    ("stacked", ChartForm::Stacked),
    ("funnel", ChartForm::Funnel),
    ("heat", ChartForm::Heat),
    ("flows", ChartForm::Flows),
    ("pyramid", ChartForm::Pyramid),
    ("dumbbell", ChartForm::Dumbbell),
    ("rate_index", ChartForm::RateIndex),
    ("scatter", ChartForm::Scatter),
    ("survival", ChartForm::Survival),
    ("small_multiples", ChartForm::Multiples),
    ("table", ChartForm::Table),
];

/// What may stand beside a share, or a mean change, in a table of levels.
pub(super) const COLUMNS: [(&str, Beside); 3] = [
    ("interval", Beside::Interval),
    ("not_known", Beside::NotKnown),
    ("effect_size", Beside::EffectSize),
];

/// What speaks against a form, and the mend.
type Objection = (String, &'static str);

impl Ground<'_> {
    /// Reports what speaks against the form of a figure of this measure.
    pub(super) fn check_form(
        &self,
        figure: &FigureSpec,
        pack: Option<PeriodKind>,
        measure: &Measure,
        measures: &[Measure],
        (breakdowns, place): (&[Breakdown], &Place),
    ) {
        let found = self
            .wrong_kind(figure, measure)
            .or_else(|| wrong_splits(figure, breakdowns))
            .or_else(|| wrong_period(figure, pack, measure))
            .or_else(|| wrong_extent(figure, measure))
            .or_else(|| wrong_company(figure, measure, measures));
        if let Some((message, mend)) = found {
            self.log.push(Diagnostic::error("chart", place, message).mend(mend));
        }
    }

    fn wrong_kind(&self, figure: &FigureSpec, measure: &Measure) -> Option<Objection> {
        let id = &measure.id;
        let say = |message: &str, mend| Some((format!("`{id}` {message}"), mend));
        let kind = &measure.kind;
        match figure.chart {
            ChartForm::Shares | ChartForm::Stacked
                if !matches!(kind, MeasureKind::Distribution { .. }) =>
            {
                say(
                    "is not a distribution, so it has no shares that make a whole",
                    "use chart = \"bars\" or \"line\"",
                )
            }
            ChartForm::Funnel if !matches!(kind, MeasureKind::Proportion { .. }) => say(
                "is not a proportion, so chance alone gives it no limits by size",
                "use chart = \"bars\"",
            ),
            ChartForm::Funnel if self.together(measure) => say(
                "counts several units of one family, which go together: the limits of a funnel would be too narrow",
                "use chart = \"bars\", or a measure that counts each family once",
            ),
            ChartForm::Survival if !matches!(kind, MeasureKind::Proportion { .. }) => say(
                "is not a proportion, so there is no share that is left",
                "name proportions of the same units",
            ),
            ChartForm::Dumbbell if !matches!(kind, MeasureKind::Mean { .. }) => {
                say("is not a mean, so it has no place on a scale", "use chart = \"bars\"")
            }
            ChartForm::RateIndex if !matches!(kind, MeasureKind::Count) => {
                say("is not a count, so it is no rate of people", "use chart = \"bars\"")
            }
            ChartForm::Scatter if !is_whole(measure) => say(
                "is neither a count nor a sum, so how much of it each level has cannot be set against another",
                "use chart = \"bars\"",
            ),
            ChartForm::Flows if !matches!(kind, MeasureKind::Count) => {
                say("is not a count, so its flows have no width", "use chart = \"heat\"")
            }
            ChartForm::Pyramid if !matches!(kind, MeasureKind::Count) => {
                say("is not a count, so its bands are no people", "use chart = \"bars\"")
            }
            ChartForm::Heat | ChartForm::Multiples
                if matches!(kind, MeasureKind::Distribution { .. }) =>
            {
                say("has several values for each level", "use chart = \"stacked\"")
            }
            ChartForm::Control if measure.signal.is_none() => say(
                "is not watched: nothing says what it usually does",
                "add `signal = { method = … }` to the measure, or use chart = \"line\"",
            ),
            _ => None,
        }
    }

    /// Whether several of a measure's units can belong to one family.
    fn together(&self, measure: &Measure) -> bool {
        self.unit(&measure.unit).is_some_and(|unit| !matches!(unit.rows, UnitRows::Source(_)))
    }
}

fn wrong_splits(figure: &FigureSpec, breakdowns: &[Breakdown]) -> Option<Objection> {
    let wanted = match figure.chart {
        ChartForm::Control | ChartForm::Survival => 0..=0,
        ChartForm::Funnel
        | ChartForm::Dumbbell
        | ChartForm::RateIndex
        | ChartForm::Scatter
        | ChartForm::Multiples => 1..=1,
        ChartForm::Heat | ChartForm::Flows | ChartForm::Pyramid => 2..=2,
        ChartForm::Stacked => 0..=1,
        _ => return None,
    };
    if !wanted.contains(&figure.by.len()) {
        let mend = match wanted.end() {
            0 => "take `by` away",
            1 => "name one breakdown in `by`",
            _ => "name two breakdowns in `by`: that of the rows, and that of the columns",
        };
        let message = format!("this form is not made for {} breakdowns", figure.by.len());
        return Some((message, mend));
    }
    let sides = figure.by.get(1).filter(|_| figure.chart == ChartForm::Pyramid)?;
    let sides = breakdowns.iter().find(|b| b.id == *sides)?;
    (sides.order.len() != 2).then(|| {
        let message = format!("a pyramid has two sides, and `{}` has no order of two", sides.id);
        (message, "write the two codes into `order` of the second breakdown")
    })
}

fn wrong_period(
    figure: &FigureSpec,
    pack: Option<PeriodKind>,
    measure: &Measure,
) -> Option<Objection> {
    let watched = figure.chart == ChartForm::Control;
    let kind = figure.period.or(pack).filter(|kind| watched && !SignalRule::watches(*kind))?;
    let message = format!(
        "one `{}` of `{}` shares months with the next, so that every rule would take what they have in common for a change",
        kind.word(),
        measure.id
    );
    Some((message, "use a month, quarter or financial year, or chart = \"line\""))
}

/// How much of time, how many levels, and which columns a figure shows.
fn wrong_extent(figure: &FigureSpec, measure: &Measure) -> Option<Objection> {
    if !figure.columns.is_empty() && (figure.by.is_empty() || !figure.is_side_by_side()) {
        let message = "only a table of several measures by level has columns beside its shares";
        return Some((message.to_owned(), "take `columns` away"));
    }
    let multiples = figure.chart == ChartForm::Multiples;
    let cohorts = figure.chart == ChartForm::Survival;
    let too_much = figure.history.is_some() && !cohorts || figure.most.is_some();
    if !multiples && too_much {
        let message = "this form shows the periods of the pack and every level";
        return Some((message.to_owned(), "take `history` and `most` away"));
    }
    let overlaps = |kind: PeriodKind| kind.months() > kind.step();
    if cohorts && figure.history.is_some_and(|n| n > 4) {
        let message = "more than four, and all together, cannot be told apart";
        return Some((message.to_owned(), "write history = 4, or less"));
    }
    if cohorts && figure.history.is_some() && figure.period.is_some_and(overlaps) {
        let message = "these periods overlap, so that a case would be in several of the cohorts";
        return Some((message.to_owned(), "write period = \"quarter\", or take `history` away"));
    }
    (figure.most.is_some() && !matches!(measure.kind, MeasureKind::Count)).then(|| {
        let message = format!("`{}` is not a count, so no level of it has the most", measure.id);
        (message, "take `most` away")
    })
}

/// The further measures of a figure.
fn wrong_company(
    figure: &FigureSpec,
    measure: &Measure,
    measures: &[Measure],
) -> Option<Objection> {
    let with = || figure.with.iter().filter_map(|id| measures.iter().find(|m| m.id == *id));
    let alike = |other: &Measure| {
        other.unit == measure.unit
            && std::mem::discriminant(&other.kind) == std::mem::discriminant(&measure.kind)
            && figure.by.iter().all(|by| other.by.contains(by))
    };
    let stranger = with().find(|other| !alike(other));
    if figure.is_side_by_side() {
        return wrong_columns(figure, std::iter::once(measure).chain(with()));
    }
    if figure.is_bars_of_measures() {
        return wrong_bars(figure, measure, with().find(|other| !alike(other)));
    }
    if figure.title.is_some() && figure.chart != ChartForm::Survival {
        let message = "a chart says in its title what it shows";
        return Some((message.to_owned(), "take `title` away"));
    }
    let fits = match (figure.with.len(), with().next()) {
        (1, Some(other)) => is_whole(other) && figure.by.iter().all(|by| other.by.contains(by)),
        _ => false,
    };
    match figure.chart {
        ChartForm::RateIndex => {
            let message = "an index needs one measure of how many people each level has";
            (!fits).then(|| (message.to_owned(), A_WHOLE_BESIDE))
        }
        ChartForm::Scatter => {
            let message = "a scatter sets one other measure against this one";
            (!fits).then(|| (message.to_owned(), A_WHOLE_BESIDE))
        }
        ChartForm::Dumbbell if figure.with.len() != 1 => Some((
            "a dumbbell joins two measures: that of the start, and that of the end".to_owned(),
            "name the measure of the end: with = [\"…\"]",
        )),
        ChartForm::Survival
            if figure.times.len() != figure.with.len() + 1
                || figure.times.windows(2).any(|pair| matches!(pair, [a, b] if a >= b)) =>
        {
            Some((
                "each measure of a survival line needs the months after which it asks".to_owned(),
                "write times = [3, 6, …]: one for the measure and one for each in `with`, in order",
            ))
        }
        ChartForm::Dumbbell | ChartForm::Survival => {
            stranger.map(|other| not_alike(measure, other))
        }
        _ if !figure.with.is_empty() || !figure.times.is_empty() => {
            Some(("this form shows one measure".to_owned(), "take `with` and `times` away"))
        }
        _ => None,
    }
}

/// What an index, and a scatter, lack.
const A_WHOLE_BESIDE: &str = "name a count or sum that is split alike: with = [\"…\"]";

/// Whether a measure says how much of something there is.
fn is_whole(measure: &Measure) -> bool {
    matches!(measure.kind, MeasureKind::Count | MeasureKind::Sum { .. })
}

/// Two measures that cannot stand on one axis.
fn not_alike(measure: &Measure, other: &Measure) -> Objection {
    let message = format!(
        "`{}` and `{}` do not measure the same units in the same form",
        measure.id, other.id
    );
    (message, "name measures of one kind, unit and breakdown")
}

/// What speaks against measures as bars of one chart.
fn wrong_bars(
    figure: &FigureSpec,
    measure: &Measure,
    stranger: Option<&Measure>,
) -> Option<Objection> {
    if figure.title.is_none() {
        let message = "bars of several measures need a name of their own";
        return Some((message.to_owned(), "add title = \"…\""));
    }
    if matches!(measure.kind, MeasureKind::Distribution { .. }) || !figure.times.is_empty() {
        let message = format!("`{}` has no single value for its bar", measure.id);
        return Some((message, "name measures with one value each, and no `times`"));
    }
    stranger.map(|other| not_alike(measure, other))
}

/// What speaks against measures side by side in a table.
fn wrong_columns<'m>(
    figure: &FigureSpec,
    all: impl Iterator<Item = &'m Measure>,
) -> Option<Objection> {
    if figure.title.is_none() {
        let message = "a table of several measures needs a name of its own";
        return Some((message.to_owned(), "add title = \"…\""));
    }
    if figure.by.len() > 1 || !figure.times.is_empty() {
        let message = "measures stand side by side for each period or each level of one breakdown";
        return Some((message.to_owned(), "name one breakdown at most, and no `times`"));
    }
    let unfit = |m: &Measure| {
        matches!(m.kind, MeasureKind::Distribution { .. })
            || !figure.by.iter().all(|by| m.by.contains(by))
    };
    let all: Vec<&Measure> = all.collect();
    if figure.columns.contains(&Beside::EffectSize) && !are_means_of_pairs(&all) {
        let message = "how large a change is follows from three means with their t intervals: of the change, before, and after";
        return Some((
            message.to_owned(),
            "name the mean change first, then with = [\"before\", \"after\"]",
        ));
    }
    all.into_iter().find(|m| unfit(m)).map(|m| {
        let message = format!("`{}` has no single value for each row", m.id);
        (message, "name measures that are split by the breakdown, and no distributions")
    })
}

/// Whether these are a mean change and the means before and after, of the same units, each with an interval.
fn are_means_of_pairs(all: &[&Measure]) -> bool {
    let is_mean =
        |m: &&Measure| matches!(m.kind, MeasureKind::Mean { .. }) && m.interval == Interval::T;
    let alike = all.windows(2).all(|pair| matches!(pair, [a, b] if a.unit == b.unit));
    all.len() == 3 && alike && all.iter().all(is_mean)
}

/// The measures that are drawn with another one, as they are written.
pub(super) fn named(texts: Vec<Text>) -> Vec<String> {
    texts.into_iter().map(|text| text.text).collect()
}
