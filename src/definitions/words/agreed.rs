//! The numbers that somebody agreed on and that a measure counts with: points of a weighting, days allowed.

use std::collections::BTreeSet;

use super::conditions::Voice;
use super::explain::asked_by;
use crate::definitions::Definitions;
use crate::definitions::expression::{Checked, Expr, Name};
use crate::definitions::measure::{Fact, Measure, MeasureKind};

/// The parameters that a measure reads, itself, through its facts, and through the measures that it divides.
pub(crate) fn parameters_of(
    measure: &Measure,
    facts: &[Fact],
    measures: &[Measure],
) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    let parts = match &measure.kind {
        MeasureKind::Ratio { over, under } => vec![over, under],
        _ => Vec::new(),
    };
    let parts = measures.iter().filter(|m| parts.contains(&&m.id));
    for checked in std::iter::once(measure).chain(parts).flat_map(Measure::expressions) {
        read_in(checked, &mut found);
        for name in checked.expr.names() {
            let fact = facts.iter().find(|f| matches!(&name, Name::Fact(id) if *id == f.id));
            for asked in fact.into_iter().flat_map(|f| asked_by(&f.test)) {
                read_in(asked, &mut found);
            }
        }
    }
    found
}

/// Adds the parameters that an expression reads.
pub(super) fn read_in(checked: &Checked, found: &mut BTreeSet<String>) {
    checked.expr.walk(&mut |e| {
        if let Expr::Parameter(name, _) = e {
            found.insert(name.clone());
        }
    });
}

/// They in words, in the order of the project, with the version of those that have one: "Points of every open case: 2;
/// points of each child: 1. Version 1." Nothing where a measure reads none.
pub(super) fn agreed(measure: &Measure, definitions: &Definitions) -> Option<String> {
    let names = parameters_of(measure, &definitions.facts, &definitions.measures);
    let read = || definitions.project.parameters.iter().filter(|p| names.contains(&p.id));
    let voice = Voice::of_unit(definitions, &measure.unit);
    let each = read().map(|p| {
        format!("{}: {}", p.title, voice.value(&Expr::Parameter(p.id.clone(), p.value.clone())))
    });
    let each: Vec<String> = each.collect();
    let versions: BTreeSet<&String> = read().filter_map(|p| p.version.as_ref()).collect();
    let versions = versions.into_iter().map(|version| format!(" Version {version}."));
    (!each.is_empty()).then(|| format!("{}.{}", each.join("; "), versions.collect::<String>()))
}
