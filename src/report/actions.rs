//! Actions and what became of them: what somebody decided to do about a measure, whether it is due, and
//! whether the measure has moved since. Never that the action moved it.

use crate::calendar::{Day, Period, PeriodKind};
use crate::definitions::Definitions;
use crate::definitions::measure::Measure;
use crate::measure::Level;
use crate::protect::PublishedCell;
use crate::read::Action;
use crate::report::About;
use crate::report::document::{Block, Head, Row, Section, Table, TableCell};
use crate::report::figures::Cells;
use crate::report::headlines::FEW;
use crate::report::plan::Plan;
use crate::report::reading::Reading;
use crate::report::sentences::{change, made_of, spoken};

/// The actions that answer what a series signals, those of its own level last, each kind from the oldest on: of the
/// same measure and level, or of a level's whole measure, and noted since the signal began, or still open.
pub(super) fn answering<'a>(
    reading: &Reading<'_>,
    register: &'a [Action],
) -> impl Iterator<Item = &'a Action> {
    let points = reading.series.points();
    let began = reading.current().and_then(|now| points.get(now.first)).map(|p| p.period.start());
    let own = reading.series.by().first().zip(reading.series.level().first());
    let own = own.map(|(by, level)| (by.clone(), level.code.clone()));
    let measure = reading.measure.id.as_str();
    let mut found: Vec<&Action> = register
        .iter()
        .filter(|a| a.measure == measure)
        .filter(|a| a.done_on.is_none() || began.is_some_and(|day| a.noted_on >= day))
        .filter(|a| a.of.is_none() || a.of == own)
        .collect();
    found.sort_by_key(|a| (a.of.is_some(), a.noted_on));
    found.into_iter()
}

/// Where an action stands, in a word or two.
fn state(action: &Action, as_at: Day) -> String {
    match action.done_on {
        Some(day) if action.review <= as_at => format!("Done on {day}; review is due"),
        Some(day) => format!("Done on {day}"),
        None if action.due < as_at => "Overdue".to_owned(),
        None => "Open".to_owned(),
    }
}

/// What is done, by whom and until when; of a whole measure beside a signal of one level, that it is for all.
pub(super) fn line(action: &Action, as_at: Day, of_level: bool) -> String {
    let for_all = if of_level && action.of.is_none() { " For the whole council." } else { "" };
    format!(
        "{}: {}. Due {}, review {}. {}.{for_all}",
        action.owner,
        action.action.trim_end_matches('.'),
        action.due,
        action.review,
        state(action, as_at)
    )
}

/// What the measure was in the period of this kind in which the action was noted, and what it is now.
pub(super) fn since(
    plan: &Plan<'_>,
    cells: Cells<'_>,
    measure: &Measure,
    (by, level, kind): (&[String], &[Level], PeriodKind),
    action: &Action,
) -> Option<String> {
    let (noted, noun) = match kind {
        PeriodKind::Quarter => (Period::quarter_of(action.noted_on), "quarters"),
        _ => (Period::month_of(action.noted_on), "months"),
    };
    let newest = plan.ripe(&measure.id, noted.kind);
    if newest.number() <= noted.number() {
        return Some(format!("Nothing is known yet of the {noun} after {}.", spoken(noted)));
    }
    let all = cells.table(&measure.id, by)?.cells();
    let at = |period| all.iter().find(|c| c.period() == period && c.level() == level);
    let (then, now) = (at(noted)?, at(newest)?);
    let few = |cell: &PublishedCell| cell.denominator().number().is_some_and(|n| n.as_f64() < FEW);
    if few(then) || few(now) {
        return Some(format!(
            "Too few to tell: fewer than ten in {}.",
            if few(now) { spoken(newest) } else { spoken(noted) }
        ));
    }
    let moved = change(now, then).words().unwrap_or("Side by side");
    Some(format!(
        "{moved}: {}, {} when the action was noted.",
        figure(measure, now),
        figure(measure, then)
    ))
}

/// What the measure is now, where it is not shown month by month. That of the whole says nothing of one level.
fn today(plan: &Plan<'_>, cells: Cells<'_>, measure: &Measure, action: &Action) -> Option<String> {
    if action.of.is_some() {
        return None;
    }
    let now = cells.whole(&measure.id, plan.ripe(&measure.id, plan.pack.headline_period))?;
    Some(format!("{}.", figure(measure, now)))
}

/// A value with what it is made of, where that says more, and when it was.
pub(super) fn figure(measure: &Measure, cell: &PublishedCell) -> String {
    let of = made_of(measure, "", cell).filter(|of| of.contains(" of "));
    let of = of.map(|of| format!(" ({of})")).unwrap_or_default();
    format!("{}{of} in {}", cell.value(), spoken(cell.period()))
}

/// The same of the level that an action is about, in the shortest period in which that is shown.
fn since_of(
    plan: &Plan<'_>,
    cells: Cells<'_>,
    measure: &Measure,
    action: &Action,
) -> Option<String> {
    let Some((by, code)) = &action.of else {
        return since(plan, cells, measure, (&[], &[], PeriodKind::Month), action);
    };
    let by = std::slice::from_ref(by);
    let all = cells.table(&measure.id, by)?.cells();
    let is_it = |c: &&PublishedCell| c.level().first().is_some_and(|level| level.code == *code);
    let level = all.iter().find(is_it)?.level();
    let in_kind = |kind| since(plan, cells, measure, (by, level, kind), action);
    in_kind(PeriodKind::Quarter).or_else(|| in_kind(PeriodKind::Month))
}

/// Which level an action is about, where it is about one.
fn of_level(definitions: &Definitions, action: &Action) -> String {
    let Some((by, level)) = &action.of else { return String::new() };
    let title = definitions.breakdown(by).map_or(by.as_str(), |b| b.title.as_str());
    format!(", for one {}: {level}", title.to_lowercase())
}

/// Actions as a table, those that are open first: what each was meant to move, and whether it moved.
fn table<'a>(
    definitions: &Definitions,
    plan: &Plan<'_>,
    cells: Cells<'_>,
    actions: impl Iterator<Item = &'a Action>,
    caption: &str,
) -> Option<Block> {
    let as_at = definitions.project.as_at;
    let mut actions: Vec<&Action> = actions.collect();
    actions.sort_by_key(|a| (a.done_on.is_some(), a.due));
    let rows = actions.into_iter().filter_map(|action| {
        let measure = definitions.measure(&action.measure)?;
        let after = action.audit.as_ref().map(|theme| format!(" after an audit: {theme}"));
        let (what, after) = (action.action.trim_end_matches('.'), after.unwrap_or_default());
        let since = since_of(plan, cells, measure, action);
        let cells = [
            format!("{what}. Noted {}{after}{}.", action.noted_on, of_level(definitions, action)),
            format!("{}: due {}, review {}", action.owner, action.due, action.review),
            state(action, as_at),
            since
                .or_else(|| today(plan, cells, measure, action))
                .unwrap_or_else(|| "Not shown".to_owned()),
        ];
        Some(Row {
            head: measure.title.clone(),
            cells: cells.into_iter().map(TableCell::Words).collect(),
        })
    });
    let rows: Vec<Row> = rows.collect();
    // Few columns, because each holds words.
    let heads = ["Measure", "Action", "Who, and by when", "State", "The measure since"];
    let table = Table {
        caption: caption.to_owned(),
        head: heads.map(|text| Head::of(text, false)).into(),
        rows,
    };
    (!table.rows.is_empty()).then_some(Block::Table(table))
}

/// Actions that were decided after audits.
pub(super) fn after_audits(
    definitions: &Definitions,
    plan: &Plan<'_>,
    cells: Cells<'_>,
    about: &About<'_>,
) -> Option<Block> {
    let actions = about.actions.iter().filter(|action| action.audit.is_some());
    let caption = "Decided after audits, and what the measure did that it was meant to move";
    table(definitions, plan, cells, actions, caption)
}

/// Every action in the register, those that are open first, and what else there is to decide or to know of.
pub(super) fn section(
    definitions: &Definitions,
    plan: &Plan<'_>,
    cells: Cells<'_>,
    about: &About<'_>,
    others: Vec<Block>,
) -> Option<Section> {
    let caption = "Actions, those that are open first";
    let actions = table(definitions, plan, cells, about.actions.iter(), caption);
    let blocks: Vec<Block> = actions.into_iter().chain(others).collect();
    (!blocks.is_empty()).then(|| Section {
        id: "actions".to_owned(),
        title: "What was decided, and which definitions have changed?".to_owned(),
        intro: "From the register of actions, and from the definitions that are in force. What a measure did after an action says nothing of why: there is no comparison group.".to_owned(),
        blocks,
    })
}
