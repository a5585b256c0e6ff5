//! Units are looked at as they stand at the end of a period only for the periods that are shown: judging a large
//! council at the end of every month since its exports begin takes longer than all else, and one page shows a
//! third of them.

use std::collections::BTreeSet;

use crate::EngineError;
use crate::calendar::Period;
use crate::definitions::Definitions;
use crate::definitions::audience::Pack;
use crate::evaluate::Evaluated;
use crate::measure::{Measurer, TableRequest, periods_to_judge};
use crate::release::circles;
use crate::report::Plan;
use crate::run::Place;
use crate::run::releases::ReleaseLedger;

/// Judges units at the end of all periods that packs show, and of those that their readers hold by the ledger, as far
/// as measures ask about the period itself.
///
/// # Errors
/// When something cannot be computed, or what was released before cannot be told.
pub(crate) fn take_stock(
    definitions: &Definitions,
    evaluated: &mut Evaluated,
    packs: &[&Pack],
    place: &Place<'_>,
    ledger: &ReleaseLedger,
    progress: &mut dyn FnMut(&str),
) -> Result<(), EngineError> {
    let mut certain: Vec<TableRequest> = Vec::new();
    for circle in circles(definitions, packs) {
        for (audience, packs) in circle.members() {
            let early =
                |pack: &&Pack| Plan::early_requests(definitions, pack, audience, place.period);
            certain.extend(packs.iter().flat_map(early));
        }
        certain.extend(circle.held(definitions, ledger)?);
    }
    evaluated.judge_in_periods(definitions, &asked_about(definitions, &certain), progress)?;
    // What is known late is shown further back than it would be if all were known.
    let mut planned: Vec<TableRequest> = Vec::new();
    let mut measurer = Measurer::new(definitions, evaluated);
    for circle in circles(definitions, packs) {
        for (audience, packs) in circle.members() {
            for pack in packs {
                let company = in_company_of_stocks(definitions, pack);
                let plan =
                    Plan::new(definitions, pack, audience, place.period, |measure, periods| {
                        match definitions.asks_about_period(measure) || company.contains(measure) {
                            true => measurer.newest_ripe(measure, periods),
                            false => Ok(None),
                        }
                    })?;
                planned.extend(plan.requests(definitions));
            }
        }
    }
    Ok(evaluated.judge_in_periods(definitions, &asked_about(definitions, &planned), progress)?)
}

/// The periods that these requests ask about. What lies behind a stock is of the same.
fn asked_about(definitions: &Definitions, requests: &[TableRequest]) -> BTreeSet<Period> {
    requests.iter().flat_map(|request| periods_to_judge(definitions, request)).collect()
}

/// The measures of a pack that decide which period of such a stock is shown: those that stand in one figure with one,
/// or whose completeness one is.
fn in_company_of_stocks<'d>(definitions: &'d Definitions, pack: &'d Pack) -> BTreeSet<&'d str> {
    let asks = |measure: &String| definitions.asks_about_period(measure);
    let figures = pack.sections.iter().flat_map(|section| &section.figures);
    let mut found = BTreeSet::new();
    for figure in figures.filter(|figure| figure.measures().any(asks)) {
        found.extend(figure.measures().map(String::as_str));
    }
    for headline in &pack.headlines {
        let measure = definitions.measure(headline);
        if measure.and_then(|m| m.completeness.as_ref()).is_some_and(asks) {
            found.insert(headline);
        }
    }
    found
}
