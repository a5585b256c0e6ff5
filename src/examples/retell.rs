//! A failing example told as a timeline: its rows, the windows, what came and why.

use polars::prelude::PolarsResult;

use crate::definitions::Definitions;
use crate::definitions::expression::Literal;
use crate::definitions::test::{Test, TestKind};
use crate::definitions::words;
use crate::evaluate::fact_column;
use crate::examples::{given_day, identified_by, judged, name, settings, subject};
use crate::explain::timeline::{Marks, dates_of, timeline};
use crate::explain::{Mark, Timeline};

/// The timelines of the units of an example that stand in its expectations, with the definition that
/// it is about and every row given to a source that the definition reads.
///
/// # Errors
/// When a date lies beyond the table of bank holidays, or the data frame library refuses.
pub fn retell(definitions: &mut Definitions, number: usize) -> PolarsResult<Vec<Timeline>> {
    let Some(example) = definitions.examples.get(number) else { return Ok(Vec::new()) };
    let of = example.of.clone();
    let as_at = example.as_at;
    let units: Vec<String> = example.expect.keys().cloned().collect();
    let Some((unit, _)) = subject(definitions, &of) else { return Ok(Vec::new()) };
    let Some((setting, _)) = settings(definitions, &[number]).pop_first() else {
        return Ok(Vec::new());
    };
    let judged = judged(definitions, &setting, &[number], &|_, _| Ok(()))?;
    let today = std::mem::replace(&mut definitions.project.as_at, as_at);
    let mut told = Vec::new();
    let marks = marks(definitions, &of, number);
    for id in units {
        let (Some(kind), Some(frame)) = (definitions.unit(&unit), judged.units.get(&unit)) else {
            continue;
        };
        let Some(key) = identified_by(definitions, kind) else { continue };
        let full = name(number, &id);
        let rings = &judged.linked.inputs.rings;
        let place = rings.entities.values().find_map(|ring| ring.find(&full));
        let ids = frame.column(key)?.as_materialized_series().u32()?.clone();
        let Some(row) = place.and_then(|p| ids.iter().position(|i| i == Some(p))) else { continue };
        let heading = format!("{} {id}", words::capital(&unit));
        let is_it = |name: &str, _| name == of || of.ends_with(&format!(".{name}"));
        told.extend(timeline(definitions, &judged, (&unit, row), &heading, &marks, &is_it)?);
    }
    definitions.project.as_at = today;
    Ok(told)
}

/// The given rows of each test's source, with everything that stands in them: nobody is real.
fn marks(definitions: &Definitions, of: &str, number: usize) -> Marks {
    let mut marks = Marks::new();
    let Some(example) = definitions.examples.get(number) else { return marks };
    for (key, test) in tests_of(definitions, of) {
        let TestKind::Rows(rows) = &test.kind else { continue };
        let Some(source) = definitions.source(&rows.source) else { continue };
        let given = example.given.get(&rows.source).into_iter().flatten();
        let of_test = marks.entry(key).or_default();
        for row in given {
            let day = |column: &str| given_day(definitions, source, column, row);
            let (from, to) = dates_of(source, day);
            let label = source
                .columns
                .iter()
                .filter_map(|c| Some((c, row.get(&c.name)?)))
                .filter(|(_, value)| !matches!(value, Literal::Date(_)))
                .map(|(c, value)| format!("{} {}", c.name, words::literal(value)))
                .collect::<Vec<_>>()
                .join(", ");
            of_test.push(Mark { from, to, label: format!("{}: {label}", source.id) });
        }
        of_test.sort();
    }
    marks
}

/// The tests of a definition by the keys under which their verdicts stand.
fn tests_of<'d>(definitions: &'d Definitions, of: &str) -> Vec<(String, &'d Test)> {
    let keyed =
        |tests: &'d [Test]| tests.iter().map(|t| (format!("{of}.{}", t.id), t)).collect::<Vec<_>>();
    let parts: Vec<&str> = of.split('.').collect();
    match parts.as_slice() {
        [framework, kind, id] => {
            let Some(f) = definitions.framework(framework) else { return Vec::new() };
            match *kind {
                "need" => f.needs.iter().find(|n| n.id == *id).map(|n| keyed(&n.tests)),
                "outcome" => f.outcomes.iter().find(|o| o.id == *id).map(|o| keyed(&o.tests)),
                _ => f.claims.iter().find(|c| c.id == *id).map(|c| keyed(&c.tests)),
            }
            .unwrap_or_default()
        }
        [.., id] => {
            definitions.fact(id).map(|f| vec![(fact_column(&f.id), &f.test)]).unwrap_or_default()
        }
        [] => Vec::new(),
    }
}
