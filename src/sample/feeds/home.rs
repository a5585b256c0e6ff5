//! Housing: one situation after another, without gaps.

use crate::calendar::Day;
use crate::sample::county::AS_AT;
use crate::sample::draw::Draw;
use crate::sample::export::Export;
use crate::sample::needs::Need;
use crate::sample::story::Story;

/// The housing situations of a family. One family in sixteen is not known to the housing system.
pub(super) fn housing(story: &Story, draw: &mut Draw, out: &mut Export) {
    if draw.chance(60) {
        return;
    }
    let since = story.noticed.plus_days(-draw.between(600, 3000));
    let mut changes: Vec<(Day, &str)> = vec![(since, "Secure tenancy/owner")];
    for case in &story.cases {
        let Some(problem) = case.problem(Need::Housing) else { continue };
        let secure = changes.last().is_some_and(|c| c.1 == "Secure tenancy/owner");
        if secure {
            let bad = draw.weighted(&[
                ("Temporary accommodation", 34),
                ("Notice served", 28),
                ("Homeless", 8),
                ("Overcrowded/unsuitable", 30),
            ]);
            changes.push((case.identified.plus_days(-draw.between(20, 260)), bad));
        }
        let length = (case.ends.0 - case.started.0).max(12);
        if problem.resolved {
            let on = case.started.plus_days(draw.between(length / 3, length - 2));
            changes.push((on, "Secure tenancy/owner"));
        } else if draw.chance(350) {
            changes.push((case.ends.plus_days(draw.between(20, 400)), "Secure tenancy/owner"));
        }
    }
    let in_order = |c: &&(Day, &str)| c.0 <= AS_AT;
    changes.sort_by_key(|c| c.0);
    let changes: Vec<(Day, &str)> = changes.iter().filter(in_order).copied().collect();
    for (at, (began, situation)) in changes.iter().enumerate() {
        let next = changes.get(at + 1).map(|c| c.0);
        if next == Some(*began) {
            continue;
        }
        let row = out.housing.row().id("F", story.family.number).text(situation).day(*began);
        row.maybe(next.map(|n| n.plus_days(-1))).end();
    }
}
