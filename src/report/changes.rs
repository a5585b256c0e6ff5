//! What changed, for whom, how sure, and what follows: the findings of a headlines page, and for each
//! signal the seven lines that somebody who has to act needs. A line that nobody can fill says so.

use crate::calendar::Day;
use crate::definitions::Definitions;
use crate::definitions::expression::Name;
use crate::definitions::measure::{Measure, MeasureKind, UnknownCounts};
use crate::definitions::test::TestKind;
use crate::protect::{PublishedCell, PublishedTable, Shown};
use crate::report::chart::Sense;
use crate::report::document::{Block, Group, SoWhat};
use crate::report::figures::{Cells, distinct};
use crate::report::headlines::Headline;
use crate::report::plan::Plan;
use crate::report::reading::Reading;
use crate::report::sentences::{capital, in_words, listed, spoken};
use crate::report::{About, actions};
use crate::statistics::Rule;

/// So many of each kind are told on the headlines page.
const MOST: usize = 3;

/// A share of the answers so small is not worth a word: one in so many.
const NOTABLE: f64 = 10.0;

/// The signals of all series that are watched, the gravest rule first.
pub(super) fn signals<'r, 'd>(all: &'r [Reading<'d>]) -> Vec<&'r Reading<'d>> {
    let mut found: Vec<&Reading<'_>> = all.iter().filter(|r| r.current().is_some()).collect();
    let order = |r: &&Reading<'_>| match r.current().map(|now| now.rule) {
        Some(Rule::Outside) => 0,
        Some(Rule::Trend) => 1,
        Some(Rule::Run) => 2,
        _ => 3,
    };
    found.sort_by_key(order);
    found
}

/// What the page says first: what became better, what worse, and what rests on poor data.
pub(super) fn findings(readings: &[Reading<'_>], all: &[Headline<'_>]) -> Vec<Block> {
    let (watched, too_few): (Vec<_>, Vec<_>) = readings.iter().partition(|r| r.can_tell());
    let told = signals(readings);
    let mut blocks = Vec::new();
    if !watched.is_empty() {
        blocks.push(Block::Findings(vec![summary(&watched, told.len(), too_few.len())]));
    }
    for (title, sense) in [
        ("Better than usual", Sense::Better),
        ("Worse than usual", Sense::Worse),
        ("Changed; nobody has said which way is good", Sense::Neither),
    ] {
        let these = told.iter().filter(|r| r.current().is_some_and(|now| now.sense == sense));
        let mut findings: Vec<String> = these.take(MOST).map(|r| r.finding()).collect();
        // That nothing became better, or worse, is news too; where nobody watches, nothing can be said.
        if findings.is_empty() && sense != Sense::Neither && !watched.is_empty() {
            findings.push("None.".to_owned());
        }
        if !findings.is_empty() {
            blocks.push(Block::Group(Group { title: title.to_owned(), findings }));
        }
    }
    let poor = poor_data(all);
    if !poor.is_empty() {
        blocks.push(Block::Group(Group { title: "Poor data".to_owned(), findings: poor }));
    }
    blocks
}

/// How many measures are watched, how many changed, and how many of these chance may have made.
fn summary(watched: &[&Reading<'_>], changed: usize, too_few: usize) -> String {
    let hundredths: u32 = watched.iter().map(|r| r.series.rule().false_alarms()).sum();
    let many = in_words(watched.len());
    let start = match changed {
        0 => format!("No clear change in any of the {many} series that are watched."),
        1 => format!("One of the {many} series that are watched has changed."),
        n => {
            format!("{} of the {many} series that are watched have changed.", capital(&in_words(n)))
        }
    };
    let chance = match hundredths {
        0 => String::new(),
        h if h < 100 => format!(
            " If nothing had changed at all, up to one report in {} would still show a signal, by chance.",
            in_words(usize::try_from((100 / h).max(2)).unwrap_or(2))
        ),
        h => format!(
            " If nothing had changed at all, up to {} would still show a signal, by chance.",
            in_words(usize::try_from(h.div_ceil(100)).unwrap_or(1))
        ),
    };
    let untold = match too_few {
        0 => String::new(),
        n => format!(" Of {} more too few figures are known or shown to tell.", in_words(n)),
    };
    format!("{start}{untold}{chance}")
}

/// Measures of which much is not recorded, the worst first.
fn poor_data(all: &[Headline<'_>]) -> Vec<String> {
    let mut found: Vec<(f64, String)> = Vec::new();
    for headline in all {
        if let Some((complete, cell)) = headline.completeness
            && let Some(share) = cell.value().number()
            && share.as_f64() < 100.0 - 100.0 / NOTABLE
        {
            found.push((
                100.0 - share.as_f64(),
                format!(
                    "{} rests on records that are not complete: “{}” is {share} ({} of {}) in {}.",
                    headline.measure.title,
                    complete.title,
                    cell.numerator(),
                    cell.denominator(),
                    spoken(cell.period())
                ),
            ));
        }
        let asks = headline.measure.kind.asks_each_unit();
        let (Some(unknown), Some(counted), true) = (
            headline.now.unknown().number(),
            headline.now.denominator().number(),
            asks && headline.now.value().number().is_some(),
        ) else {
            continue;
        };
        let inside = matches!(headline.measure.kind, MeasureKind::Proportion { .. })
            && headline.measure.unknown == UnknownCounts::AsNotMet;
        let all_there = counted.as_f64() + if inside { 0.0 } else { unknown.as_f64() };
        if unknown.as_f64() * NOTABLE < all_there || unknown.is_zero() {
            continue;
        }
        let unit = headline.table.unit();
        let words = if inside {
            format!("nothing is recorded of {unknown} of {counted} {unit}, which count as not met")
        } else {
            format!("nothing is recorded of {unknown} {unit} beside the {counted} that count")
        };
        found.push((
            100.0 * unknown.as_f64() / all_there,
            format!("{}: {words}, in {}.", headline.measure.title, spoken(headline.now.period())),
        ));
    }
    found.sort_by(|a, b| b.0.total_cmp(&a.0));
    found.into_iter().take(MOST).map(|(_, words)| words).collect()
}

/// The block of seven lines for each signal.
pub(super) fn so_what(
    definitions: &Definitions,
    cells: Cells<'_>,
    plan: &Plan<'_>,
    (readings, all): (&[Reading<'_>], &[Headline<'_>]),
    about: &About<'_>,
) -> Vec<Block> {
    let block = |reading: &&Reading<'_>| {
        let measure = reading.measure;
        let headline = all.iter().find(|h| h.measure.id == measure.id);
        let line = |label: &str, text: String| (label.to_owned(), text);
        let mut lines = vec![line("What changed", reading.finding())];
        let whom = alone(definitions, readings, reading);
        let whom = whom.unwrap_or_else(|| for_whom(definitions, cells, reading));
        lines.push(line("For whom", whom));
        let mut sure = reading.how_sure();
        if let Some((complete, cell)) = headline.and_then(|h| h.completeness) {
            let before = cells.whole(&complete.id, cell.period().a_year_before());
            let before = before.filter(|then| then.value().number().is_some());
            let before = before
                .map(|then| format!(", {} in {}", then.value(), spoken(then.period())))
                .unwrap_or_default();
            sure = format!(
                "{sure} “{}”: {} in {}{before}.",
                complete.title,
                cell.value(),
                spoken(cell.period())
            );
        }
        if let Some(words) = interval(cells, reading) {
            sure = format!("{sure} {words}");
        }
        lines.push(line("How sure", sure));
        lines.push(line("Could it be the data?", could_be_data(definitions, measure, about)));
        // The newest action on what is signalled; none is known to whom the register is not given.
        let action = actions::answering(reading, about.actions).last();
        let unsaid = match about.register {
            Some(_) => "Owner to say.",
            None => "In the register of actions, which these readers are not given.",
        };
        let answers = format!("{} answers for the figure.", measure.owner);
        let who = action.filter(|a| !a.who.is_empty()).map(|a| a.who.as_str());
        let who = who.map_or(unsaid.to_owned(), |who| format!("{who}."));
        lines.push(line("Who can act", format!("{who} {answers}")));
        let comment = action.and_then(|a| a.comment.clone());
        lines.extend(comment.map(|text| line("The owner says", text)));
        let as_at = definitions.project.as_at;
        let of_level = !reading.series.level().is_empty();
        let done = action.map(|action| actions::line(action, as_at, of_level));
        lines.push(line("Action, due, review", done.unwrap_or_else(|| unsaid.to_owned())));
        let later = match (action, about.register) {
            (Some(action), _) => {
                let kind = reading.series.kind().unwrap_or(plan.pack.period);
                let of = (reading.series.by(), reading.series.level(), kind);
                let since = actions::since(plan, cells, measure, of, action);
                since.unwrap_or_else(|| "Not shown period by period.".to_owned())
            }
            (None, Some(_)) => "No action has been noted since it began.".to_owned(),
            (None, None) => unsaid.to_owned(),
        };
        lines.push(line("Since then", later));
        Block::SoWhat(SoWhat { title: reading.statement(), lines })
    };
    signals(readings).iter().map(block).collect()
}

/// Between which ends the newest value may lie by chance alone.
fn interval(cells: Cells<'_>, reading: &Reading<'_>) -> Option<String> {
    let (_, newest) = reading.series.newest()?;
    let table = cells.table(&reading.measure.id, reading.series.by())?;
    let mut of_series = table.cells().iter().filter(|c| c.level() == reading.series.level());
    let cell = of_series.find(|c| c.period() == newest.period)?;
    let (lower, upper) = (cell.lower().number()?, cell.upper().number()?);
    let of = cell.denominator().number().map(|of| format!(", out of {of}")).unwrap_or_default();
    Some(format!("The newest value has a 95% interval from {lower} to {upper}{of}."))
}

/// Of a series of one level: whether the others left their usual range to the same side too.
fn alone(
    definitions: &Definitions,
    readings: &[Reading<'_>],
    reading: &Reading<'_>,
) -> Option<String> {
    let level = reading.series.level().first()?;
    let breakdown = definitions.breakdown(reading.series.by().first()?)?.title.to_lowercase();
    let side = reading.current()?.side;
    let same = |r: &&Reading<'_>| {
        r.measure.id == reading.measure.id && r.series.by() == reading.series.by() && r.can_tell()
    };
    let others: Vec<&Reading<'_>> = readings
        .iter()
        .filter(same)
        .filter(|r| r.series.level() != reading.series.level())
        .collect();
    let with = others.iter().filter(|r| r.current().is_some_and(|now| now.side == side));
    let with: Vec<String> =
        with.filter_map(|r| Some(format!("“{}”", r.series.level().first()?.title))).collect();
    Some(match with.as_slice() {
        [] => format!(
            "“{}” ({breakdown}) alone: none of {} others left its usual range to this side.",
            level.title,
            in_words(others.len())
        ),
        with => format!("“{}” ({breakdown}), and {} too.", level.title, listed(with)),
    })
}

/// The level of a breakdown that accounts for most of a change, with its own figures; or that none does; or why
/// that is not told.
fn for_whom(definitions: &Definitions, cells: Cells<'_>, reading: &Reading<'_>) -> String {
    if !is_sum_of_parts(reading.measure) {
        return "Not told: what its groups have does not add up to it.".to_owned();
    }
    let mut looked_at = Vec::new();
    let mut best: Option<(f64, String)> = None;
    for id in &reading.measure.by {
        let Some(breakdown) = definitions.breakdown(id) else { continue };
        let by = std::slice::from_ref(id);
        let Some(table) = cells.table(&reading.measure.id, by) else { continue };
        let Some(part) = most_of_it(reading, table) else { continue };
        looked_at.push(breakdown.title.to_lowercase());
        if best.as_ref().is_none_or(|(most, _)| part.share > *most) {
            best = Some((part.share, part.words(&breakdown.title.to_lowercase())));
        }
    }
    let Some((share, words)) = best else {
        return "Not broken down for these readers over the time of the change.".to_owned();
    };
    if share >= 0.5 {
        return words;
    }
    format!(
        "Spread evenly, as far as can be seen: no single {} accounts for half of it.",
        listed(&looked_at).replace(" and ", " or ")
    )
}

/// Whether what the levels of a breakdown have makes up the whole.
fn is_sum_of_parts(measure: &Measure) -> bool {
    matches!(measure.kind, MeasureKind::Count | MeasureKind::Proportion { .. })
}

/// One level's part in a change.
struct Part<'a> {
    share: f64,
    now: &'a PublishedCell,
    then: &'a PublishedCell,
}

impl Part<'_> {
    fn words(&self, breakdown: &str) -> String {
        let level =
            self.now.level().iter().map(|l| l.title.as_str()).collect::<Vec<_>>().join(", ");
        let figure = |cell: &PublishedCell| {
            let of = match (cell.numerator().number(), cell.denominator().number()) {
                (Some(above), Some(below)) => format!(" ({above} of {below})"),
                _ => String::new(),
            };
            format!("{}{of} in {}", cell.value(), spoken(cell.period()))
        };
        format!(
            "Mostly “{level}” ({breakdown}): {}, {} before.",
            figure(self.now),
            figure(self.then)
        )
    }
}

/// Units above the line and below it; of a plain count one period each.
fn counts(cell: &PublishedCell) -> Option<(f64, f64)> {
    let above = cell.numerator().number()?.as_f64();
    match cell.denominator() {
        Shown::Number(below) => Some((above, below.as_f64())),
        Shown::Symbol(_) => Some((above, 1.0)),
    }
}

/// The level with the largest part in the change: how many more (or fewer) units it has since the change
/// than at its own rate before it, over the same of all levels. Only levels that are shown throughout.
fn most_of_it<'a>(reading: &Reading<'_>, table: &'a PublishedTable) -> Option<Part<'a>> {
    let points = reading.series.points();
    let now = reading.current()?;
    let since = points.get(now.first)?.period;
    let (first, newest) = (points.first()?.period, points.get(now.last)?.period);
    let of_time = |c: &&PublishedCell| {
        c.period().kind == since.kind
            && (first.number()..=newest.number()).contains(&c.period().number())
    };
    let mut parts = Vec::new();
    for level in distinct(table.cells().iter().filter(of_time).map(PublishedCell::level)) {
        let own: Vec<&PublishedCell> =
            table.cells().iter().filter(of_time).filter(|c| c.level() == level).collect();
        let sum = |cells: &[&PublishedCell]| {
            cells.iter().try_fold((0.0, 0.0), |(x, n), cell| {
                let (above, below) = counts(cell)?;
                Some((x + above, n + below))
            })
        };
        let (then, later): (Vec<_>, Vec<_>) =
            own.iter().copied().partition(|c| c.period().number() < since.number());
        let (Some((x, n)), Some((y, m))) = (sum(&then), sum(&later)) else { continue };
        let at =
            |period: crate::calendar::Period| own.iter().find(|c| c.period() == period).copied();
        let compared = at(newest.a_year_before()).filter(|c| c.period().number() < since.number());
        let compared = compared.or_else(|| then.last().copied());
        if let (true, Some(now), Some(then)) = (then.len() >= 3 && n > 0.0, at(newest), compared) {
            parts.push((y - x / n * m, now, then));
        }
    }
    let whole: f64 = parts.iter().map(|(excess, ..)| excess).sum();
    if parts.len() < 2 || whole == 0.0 {
        return None;
    }
    let most =
        parts.into_iter().map(|(excess, now, then)| Part { share: excess / whole, now, then });
    most.max_by(|a, b| a.share.total_cmp(&b.share))
}

/// What may have made the change beside the families: late feeds, new codes, restated figures and changed
/// definitions behind it.
fn could_be_data(definitions: &Definitions, measure: &Measure, about: &About<'_>) -> String {
    let as_at = definitions.project.as_at;
    let behind = sources_behind(definitions, measure);
    let late: Vec<String> = about
        .feeds
        .iter()
        .filter(|f| behind.as_ref().is_none_or(|sources| sources.contains(&f.source.as_str())))
        .filter_map(|f| {
            let complete: Day = f.complete_to.filter(|day| *day < as_at)?;
            let feed = about.ledger.feeds().iter().find(|l| l.source() == f.source)?;
            Some(format!("{} (complete to {complete})", feed.title()))
        })
        .collect();
    let amended: Vec<String> = definitions
        .amendments_of(&format!("measure.{}", measure.id))
        .map(|amendment| amendment.reason())
        .collect();
    let mut said = Vec::new();
    if !late.is_empty() {
        said.push(format!("Late: {}.", listed(&late)));
    }
    if !amended.is_empty() {
        said.push(format!("Its definition was changed locally: {}", amended.join(" ")));
    }
    said.extend(about.since_last.and_then(|since| since.of_measure(&measure.id)));
    let unknown_codes: Vec<String> = about
        .ledger
        .feeds()
        .iter()
        .filter(|f| behind.as_ref().is_none_or(|sources| sources.contains(&f.source())))
        .filter(|f| f.has_unknown_codes())
        .map(|f| f.title().to_owned())
        .collect();
    if !unknown_codes.is_empty() {
        said.push(format!(
            "Words that no code map knows, so that their rows are set aside: {}.",
            listed(&unknown_codes)
        ));
    }
    if said.is_empty() {
        let restated = if about.since_last.is_some() { "nothing restated, " } else { "" };
        said.push(format!(
            "Nothing known: no late feed behind it, no new codes, {restated}and its definition was not changed locally."
        ));
    }
    if about.since_last.is_none() {
        said.push("Not compared with an earlier report, because there is none.".to_owned());
    }
    said.join(" ")
}

/// The sources that a measure reads; nothing if it may read any, because needs or outcomes are in it.
fn sources_behind<'d>(definitions: &'d Definitions, measure: &'d Measure) -> Option<Vec<&'d str>> {
    let unit = definitions.unit(&measure.unit)?;
    let mut sources = vec![definitions.source_of(unit)?.id.as_str()];
    for name in measure.expressions().flat_map(|e| e.expr.names()) {
        match name {
            Name::Need(_) | Name::Outcome(_) | Name::Claim(_) => return None,
            Name::Fact(id) => {
                let fact = definitions.facts.iter().find(|f| f.id == id)?;
                if let TestKind::Rows(rows) = &fact.test.kind {
                    sources.push(&rows.source);
                }
            }
            _ => {}
        }
    }
    Some(sources)
}
