//! The register of results that the council has claimed: what was asserted, when, and what became of it. Some were
//! claimed twice, under two frameworks, or for a family that had not got so far.

use crate::calendar::Day;
use crate::sample::county::{AS_AT, County};
use crate::sample::draw::Draw;
use crate::sample::export::Export;
use crate::sample::story::{Case, Fate, Story};

const SUPPORTING: &str = "sf2022.claim.successful_family";
const TROUBLED: &str = "tf2015.claim.tf_result";

/// Claims for the cases of one family. The draws are a stream of their own.
pub(super) fn claims(story: &Story, county: &County, draw: &mut Draw, out: &mut Export) {
    for case in &story.cases {
        let Some(closed) = case.closed.filter(|_| case.fate == Fate::NeedsMet) else { continue };
        let unresolved = case.problems.iter().filter(|p| !p.resolved).count();
        let likely = match (case.problems.len(), unresolved) {
            (3.., 0) => 720,
            (3.., 1) => 45,
            _ => 4,
        };
        if !draw.chance(likely) {
            continue;
        }
        // Claims are sent at the start of a quarter.
        let Some(on) = next_quarter(closed.plus_days(184 + draw.between(0, 60))) else { continue };
        let on = county.working_day(on);
        let framework = if draw.chance(860) { SUPPORTING } else { TROUBLED };
        write(case, 1, framework, on, draw, out);
        if draw.chance(22) {
            write(case, 2, framework, county.working_day(on.plus_days(91)), draw, out);
        }
        if draw.chance(30) {
            let other = if framework == SUPPORTING { TROUBLED } else { SUPPORTING };
            write(case, 3, other, on, draw, out);
        }
    }
}

/// The first day of the quarter after a day.
fn next_quarter(day: Day) -> Option<Day> {
    let first_of = |month: u32| (month - 1) / 3 * 3 + 1;
    match first_of(day.month()) + 3 {
        13 => Day::from_ymd(day.year() + 1, 1, 1),
        month => Day::from_ymd(day.year(), month, 1),
    }
}

fn write(case: &Case, nth: u32, claim: &str, on: Day, draw: &mut Draw, out: &mut Export) {
    if on > AS_AT {
        return;
    }
    let status = match AS_AT.0 - on.0 {
        // The last claims have not been looked at yet.
        ..=92 => "Sent",
        _ => draw.weighted(&[("Accepted", 91), ("Refused", 6), ("Withdrawn", 3)]),
    };
    let reason = match status {
        "Refused" => draw.weighted(&[
            ("Need not evidenced", 4),
            ("Outcome not sustained", 4),
            ("Claimed before", 1),
        ]),
        _ => "",
    };
    let row = out.claims.row().id("RC", case.number * 10 + nth).id("EH", case.number);
    row.text(claim).day(on).text(status).text(reason).end();
}
