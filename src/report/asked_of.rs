//! What a pack asks of those who get it: a few questions that its own figures raise, and the records that are missing.
//!
//! A question names what is published and asks what its reader knows of it. It never says why something is so.

use crate::calendar::Day;
use crate::definitions::Definitions;
use crate::definitions::audience::AskedOf;
use crate::definitions::measure::{GoodIs, Measure};
use crate::definitions::source::{Shape, Source};
use crate::protect::{PublishedCell, PublishedSeries, Shown};
use crate::report::chart::Sense;
use crate::report::document::{Block, Group, Question, Section};
use crate::report::figures::Cells;
use crate::report::headlines::Headline;
use crate::report::plan::Plan;
use crate::report::reading::good_end;
use crate::report::sentences::{
    Change, capital, change, clustered, in_words, made_of, provisional, spoken, standing,
    target_words,
};
use crate::report::{About, SinceLast};

/// What is asked for, by packs that ask for something: the section, and the questions by themselves.
pub(super) fn section(
    definitions: &Definitions,
    plan: &Plan<'_>,
    cells: Cells<'_>,
    series: &[PublishedSeries],
    about: &About<'_>,
) -> Option<(Section, Vec<Question>)> {
    let asked = &plan.pack.asked;
    if *asked == AskedOf::default() {
        return None;
    }
    let headlines = &Headline::all(definitions, plan, cells, series);
    let mut blocks = Vec::new();
    let mut raised = Vec::new();
    if asked.questions > 0 {
        blocks.extend(about.since_last.and_then(|since| asked_before(since, headlines)));
        raised = questions(definitions, headlines, asked.questions);
        let questions: Vec<String> = raised.iter().map(|q| q.words.clone()).collect();
        let judged = headlines.iter().filter(|h| h.now.value().number().is_some()).count();
        if !questions.is_empty() {
            let title = match questions.len() {
                1 => "One question that these figures raise".to_owned(),
                n => format!("{} questions that these figures raise", capital(&in_words(n))),
            };
            blocks.push(Block::Group(Group { title, findings: questions }));
        } else if judged > 0 {
            // Of those that are hidden nothing is said.
            blocks.push(Block::Note(format!(
                "Of the {} headlines that are shown none stands out to ask about.",
                in_words(judged)
            )));
        }
    }
    let missing = missing(definitions, (asked, cells), headlines, about);
    let missing_some = !missing.is_empty();
    if missing_some {
        let title = "What we need from you".to_owned();
        blocks.push(Block::Group(Group { title, findings: missing }));
    }
    let intro = if missing_some {
        "For the next meeting: what you see of these families that our figures do not, and the records that would make the figures better."
    } else {
        "For the next meeting: what you see of these families that our figures do not."
    };
    let section = (!blocks.is_empty()).then(|| Section {
        id: "asked-of-you".to_owned(),
        title: "What do we ask of you?".to_owned(),
        intro: intro.to_owned(),
        blocks,
    });
    Some((section?, raised))
}

/// What the last issue asked, and what the figures say now. Never that an answer made the difference.
fn asked_before(since: &SinceLast, headlines: &[Headline<'_>]) -> Option<Block> {
    let now = |question: &Question| {
        let Some(headline) = headlines.iter().find(|h| h.measure.id == question.measure) else {
            return "It is no longer among the headlines.".to_owned();
        };
        let period = headline.now.period();
        if period.code() == question.period {
            return "Nothing newer is known yet.".to_owned();
        }
        let of = made_of(headline.measure, headline.table.unit(), headline.now);
        let of = of.map(|of| format!(" ({of})")).unwrap_or_default();
        match headline.now.value() {
            Shown::Number(value) => format!("Now: {value}{of} in {}.", spoken(period)),
            Shown::Symbol(_) => format!("Now: not shown for {}.", spoken(period)),
        }
    };
    let lines = since.asked().iter().map(|q| format!("We asked: “{}” {}", q.words, now(q)));
    let findings: Vec<String> = lines.collect();
    let title = "What we asked last time, and what the figures say now".to_owned();
    (!findings.is_empty()).then_some(Block::Group(Group { title, findings }))
}

/// How much a question matters: what got worse comes first.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
enum Weight {
    Worse,
    Changed,
    OffTarget,
    Better,
    NoChange,
}

fn questions(definitions: &Definitions, headlines: &[Headline<'_>], most: usize) -> Vec<Question> {
    let raised = |headline: &Headline<'_>| {
        let (weight, words) = question(definitions, headline)?;
        let (measure, period) = (headline.measure.id.clone(), headline.now.period().code());
        Some((weight, Question { measure, period, words }))
    };
    let mut all: Vec<(Weight, Question)> = headlines.iter().filter_map(raised).collect();
    // What weighs the same stays in the order of the headlines.
    all.sort_by(|(a, _), (b, _)| a.cmp(b));
    all.into_iter().take(most).map(|(_, question)| question).collect()
}

fn question(definitions: &Definitions, headline: &Headline<'_>) -> Option<(Weight, String)> {
    let Shown::Number(value) = headline.now.value() else { return None };
    let (measure, title) = (headline.measure, &headline.measure.title);
    let of = made_of(measure, headline.table.unit(), headline.now);
    let of = of.map(|of| format!(" ({of})")).unwrap_or_default();
    let when = spoken(headline.now.period());
    let told = format!("{title}: {value}{of} in {when}");
    if let Some(reading) = &headline.reading
        && let Some(now) = reading.current()
    {
        let (weight, ask) = asked_about(now.sense);
        return Some((weight, format!("{told}. {}. {ask}", reading.judged())));
    }
    // A series that is watched is not told by one year against another.
    let compares = headline.reading.is_none() && !clustered(definitions, measure);
    let clearly = headline.before.filter(|_| compares).and_then(|before| {
        let higher = match change(headline.now, before) {
            Change::Higher => true,
            Change::Lower => false,
            Change::NotClear | Change::NotKnown => return None,
        };
        let word = if higher { "higher" } else { "lower" };
        let (weight, ask) = asked_about(sense(headline, higher));
        let then = format!("in {} ({})", spoken(before.period()), before.value());
        Some((weight, format!("{told}, clearly {word} than {then}. {ask}")))
    });
    if clearly.is_some() {
        return clearly;
    }
    let percent = headline.is_percent();
    let target = measure.target(headline.now.period()).filter(|_| headline.may_be_judged());
    let off = target.filter(|target| {
        !provisional(headline.now)
            && standing(target, value, if percent { 100.0 } else { 1.0 }) == "Off target"
    });
    if let Some(target) = off {
        let wanted = target_words(target, percent);
        let words = format!("{told}; the target is {wanted}. What would help, as you see it?");
        return Some((Weight::OffTarget, words));
    }
    // Where nothing stands out, what the figures say is held against what their readers see.
    let before = headline.before.filter(|before| before.value().number().is_some())?;
    let then = format!("{} in {}", before.value(), spoken(before.period()));
    Some((Weight::NoChange, format!("{told}; {then}. Is that what you see yourselves?")))
}

/// How much a change weighs, and what is asked about it.
fn asked_about(sense: Sense) -> (Weight, &'static str) {
    match sense {
        Sense::Worse => (
            Weight::Worse,
            "What do you see of these families that could tell us more, and what could each of us do next?",
        ),
        Sense::Neither => {
            (Weight::Changed, "Do you see the same, and what does it mean for your work?")
        }
        Sense::Better => (Weight::Better, "What was done that should be kept?"),
    }
}

/// Whether higher, or lower, is welcome, if anybody has said so.
fn sense(headline: &Headline<'_>, higher: bool) -> Sense {
    match (good_end(headline.measure, headline.now.period()), higher) {
        (Some(GoodIs::High), true) | (Some(GoodIs::Low), false) => Sense::Better,
        (Some(_), _) => Sense::Worse,
        (None, _) => Sense::Neither,
    }
}

/// Feeds that are late, headlines that rest on records with gaps, and those that say how complete the records are.
fn missing(
    definitions: &Definitions,
    (asked, cells): (&AskedOf, Cells<'_>),
    headlines: &[Headline<'_>],
    about: &About<'_>,
) -> Vec<String> {
    let feeds = asked.feeds.iter().filter_map(|source| {
        let source = definitions.source(source)?;
        let feed = about.feeds.iter().find(|f| f.source == source.id);
        late(definitions, source, feed.and_then(|f| f.complete_to))
    });
    let gap = |(complete, cell): (&Measure, &PublishedCell), of_what: &Measure| {
        let Shown::Number(share) = cell.value() else { return None };
        let of = made_of(complete, "", cell).map(|of| format!(" ({of})")).unwrap_or_default();
        (share.as_f64() < 100.0).then(|| {
            format!(
                "{}: {share}{of} in {}. It decides how far “{}” can be trusted.",
                complete.title,
                spoken(cell.period()),
                of_what.title
            )
        })
    };
    let gaps = headlines.iter().filter_map(|it| gap(it.completeness?, it.measure));
    let is_said =
        |id: &str| headlines.iter().any(|it| it.completeness.is_some_and(|c| c.0.id == id));
    // What is said beside what rests on it is not said again.
    let themselves = headlines.iter().filter(|it| !is_said(&it.measure.id)).filter_map(|it| {
        // Nobody is asked for the sake of a figure that they are not given.
        let given = |m: &Measure| cells.0.iter().any(|table| table.measure() == m.id);
        let rests_on = |m: &&Measure| m.completeness.as_ref() == Some(&it.measure.id) && given(m);
        gap((it.measure, it.now), definitions.measures.iter().find(rests_on)?)
    });
    feeds.chain(gaps).chain(themselves).collect()
}

/// What is asked about a feed that is late: of one by terms, when it lacks a term that has ended; of others, when
/// it ends four weeks or more before the day of judgement.
fn late(definitions: &Definitions, source: &Source, complete_to: Option<Day>) -> Option<String> {
    let as_at = definitions.project.as_at;
    let title = &source.title;
    let due = match &source.shape {
        Shape::Period { calendar, .. } => {
            let named = definitions.project.calendars().named.get(calendar);
            named.and_then(|named| named.last(1, as_at)).map(|(_, last)| last)
        }
        _ => Some(as_at.plus_days(-LATE)),
    };
    // A feed without any row ends before all days.
    match complete_to.filter(|day| day.year() >= 1900) {
        None => Some(format!("{title}: nothing has come. Outcomes that rest on it are not known.")),
        Some(day) if due.is_some_and(|due| day < due) => Some(format!(
            "{title}: complete to {day} only. Please send what has come since; outcomes that rest on it wait."
        )),
        Some(_) => None,
    }
}

/// How many days a feed may end before the day of judgement.
const LATE: i32 = 28;
