//! Benefits and jobs of the adults.

use crate::calendar::Day;
use crate::sample::county::AS_AT;
use crate::sample::draw::Draw;
use crate::sample::export::Export;
use crate::sample::needs::Need;
use crate::sample::story::{Story, known};

/// Out-of-work benefits and employment of each adult.
pub(super) fn adults(story: &Story, draw: &mut Draw, out: &mut Export) {
    for adult in story.family.adults(story.noticed) {
        let case = story.cases.iter().find_map(|c| {
            let problem = c.problem(Need::Workless)?;
            problem.people.contains(&adult.number).then_some((c, problem))
        });
        let Some((case, problem)) = case else {
            if draw.chance(560) {
                let began = story.noticed.plus_days(-draw.between(100, 2600));
                let left = draw.chance(120).then(|| story.noticed.plus_days(draw.between(30, 900)));
                job(adult.number, began, left, draw, out);
            }
            continue;
        };
        let began = case.identified.plus_days(-draw.between(60, 1500));
        let works = problem.resolved && known(case.turned()).is_some();
        if !works {
            let ends = draw.chance(130).then(|| case.ends.plus_days(draw.between(30, 400)));
            claim(adult.number, began, ends, draw, out);
            if draw.chance(120) {
                // A job that did not last.
                let start = case.turned().plus_days(draw.between(30, 200));
                job(adult.number, start, Some(start.plus_days(draw.between(14, 75))), draw, out);
            }
            continue;
        }
        let start = case.turned().plus_days(draw.between(25, 240));
        claim(adult.number, began, Some(start.plus_days(draw.between(0, 20))), draw, out);
        let left = draw.chance(180).then(|| start.plus_days(draw.between(120, 500)));
        job(adult.number, start, left, draw, out);
        if let Some(left) = left.filter(|_| draw.chance(600)) {
            claim(adult.number, left.plus_days(draw.between(3, 30)), None, draw, out);
        }
    }
}

fn claim(person: u32, began: Day, ended: Option<Day>, draw: &mut Draw, out: &mut Export) {
    if began > AS_AT {
        return;
    }
    let benefit = draw.weighted(&[
        ("UC - no work requirements", 42),
        ("UC - searching for work", 38),
        ("JSA", 4),
        ("ESA", 13),
        ("IS", 3),
    ]);
    let row = out.benefits.row().id("P", person).text(benefit).day(began);
    row.maybe(ended.and_then(known)).end();
}

fn job(person: u32, began: Day, ended: Option<Day>, draw: &mut Draw, out: &mut Export) {
    if began > AS_AT {
        return;
    }
    let hours = draw.weighted(&[(12, 10), (16, 30), (20, 18), (25, 12), (30, 14), (37, 16)]);
    let row = out.employment.row().id("P", person).day(began).maybe(ended.and_then(known));
    row.number(hours).end();
}
