//! How the headline measures compare with elsewhere. A benchmark is taken as exact, and the council's own figure
//! as far as it is known: where the whole interval lies on one side, it is clearly higher or lower.

use crate::definitions::Definitions;
use crate::definitions::measure::{Measure, MeasureKind};
use crate::protect::PublishedCell;
use crate::read::{Benchmark, Peers};
use crate::report::document::{Head, Row, Table, TableCell};
use crate::report::headlines::Headline;
use crate::report::sentences::clustered;

/// The table, if there is a benchmark of any of these measures. Of each the newest that is no later than the
/// council's own period stands there, with its period.
pub(super) fn table(
    definitions: &Definitions,
    all: &[Headline<'_>],
    benchmarks: &[Benchmark],
) -> Option<Table> {
    let newest = |headline: &Headline<'_>, peers: Peers| {
        let theirs =
            benchmarks.iter().filter(|b| b.measure == headline.measure.id && b.peers == peers);
        let known = theirs.filter(|b| b.period.end() <= headline.now.period().end());
        known.max_by_key(|b| b.period.end())
    };
    let shown: Vec<(Peers, &str)> = Peers::ALL
        .iter()
        .filter(|(peers, ..)| all.iter().any(|h| newest(h, *peers).is_some()))
        .map(|(peers, _, title)| (*peers, *title))
        .collect();
    if shown.is_empty() {
        return None;
    }
    let row = |headline: &Headline<'_>| {
        let found: Vec<Option<&Benchmark>> =
            shown.iter().map(|(peers, _)| newest(headline, *peers)).collect();
        found.iter().any(Option::is_some).then(|| {
            let own = [
                TableCell::Figure(headline.now.value()),
                TableCell::Words(headline.now.period().label()),
            ];
            let told = found.into_iter().map(|benchmark| {
                let words = benchmark.map(|b| told(definitions, headline.measure, headline.now, b));
                TableCell::Words(words.unwrap_or_else(|| "None".to_owned()))
            });
            Row {
                head: headline.measure.title.clone(),
                cells: own.into_iter().chain(told).collect(),
            }
        })
    };
    let head = Head::of;
    let fixed = [head("Measure", false), head("Here", true), head("Period", false)];
    let theirs = shown.iter().map(|(_, title)| head(title, false));
    Some(Table {
        caption: "How the headline measures compare with elsewhere".to_owned(),
        head: fixed.into_iter().chain(theirs).collect(),
        rows: all.iter().filter_map(row).collect(),
    })
}

/// A benchmark with its period and source, and how the council's figure compares with it.
fn told(
    definitions: &Definitions,
    measure: &Measure,
    now: &PublishedCell,
    benchmark: &Benchmark,
) -> String {
    let unit = if matches!(measure.kind, MeasureKind::Proportion { .. }) { "%" } else { "" };
    // Units that go together make an interval look surer than it is.
    let limits = now.lower().number().zip(now.upper().number());
    let limits = limits.filter(|_| !clustered(definitions, measure));
    let theirs = benchmark.value.as_f64();
    let compared = match (limits, now.value().number()) {
        (Some((low, _)), _) if low.as_f64() > theirs => "clearly higher here",
        (Some((_, high)), _) if high.as_f64() < theirs => "clearly lower here",
        (Some(_), _) => "no clear difference",
        (None, Some(_)) => "how sure cannot be said",
        (None, None) => "not shown here",
    };
    let Benchmark { value, period, source, .. } = benchmark;
    let value = value.grouped();
    format!("{value}{unit} in {}: {compared} ({source})", period.label())
}
