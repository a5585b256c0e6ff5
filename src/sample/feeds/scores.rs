//! Scale scores: low at the start, better on average at the end, noisy, and often missing for
//! families who did badly or left.
//!
//! A score is a true level plus chance, drawn anew each time. So a family that scored unusually low
//! by chance scores higher next time: regression to the mean needs no rule of its own.

use crate::calendar::Day;
use crate::sample::draw::Draw;
use crate::sample::export::Export;
use crate::sample::family::Person;
use crate::sample::needs::Need;
use crate::sample::story::{Case, Fate, Story, known};

/// A domain with the needs that pull it down, in tenths of a point.
type Domain = (&'static str, &'static [(Need, i32)]);

const FAMILY_SCALE: [Domain; 10] = [
    ("physical_health", &[(Need::Substance, 12), (Need::AdultMental, 6)]),
    ("wellbeing", &[(Need::AdultMental, 26), (Need::DomesticAbuse, 8)]),
    ("emotional_needs", &[(Need::Parenting, 24), (Need::ChildMental, 8)]),
    ("safety", &[(Need::DomesticAbuse, 26), (Need::Missing, 16), (Need::Statutory, 12)]),
    ("social_networks", &[(Need::Conflict, 14), (Need::AdultMental, 8)]),
    ("education", &[(Need::Attendance, 27)]),
    ("boundaries", &[(Need::Parenting, 26), (Need::YouthCrime, 10)]),
    ("family_routine", &[(Need::Parenting, 25), (Need::Attendance, 6)]),
    ("home_and_money", &[(Need::Housing, 20), (Need::Debt, 20)]),
    ("progress_to_work", &[(Need::Workless, 32)]),
];

const WORKER_SCALE: [Domain; 5] = [
    ("parenting", &[(Need::Parenting, 13)]),
    ("relationships", &[(Need::Conflict, 11), (Need::DomesticAbuse, 6)]),
    ("safety", &[(Need::DomesticAbuse, 11), (Need::Missing, 7), (Need::Statutory, 6)]),
    ("home", &[(Need::Housing, 11), (Need::Debt, 5)]),
    ("school", &[(Need::Attendance, 13), (Need::ChildMental, 4)]),
];

/// The moments of scoring.
#[derive(Clone, Copy)]
struct Point {
    word: &'static str,
    on: Day,
    /// How much of the change has come about, in a thousand.
    reached: i32,
}

/// All scores of one case.
pub(super) fn case(story: &Story, case: &Case, draw: &mut Draw, out: &mut Export) {
    let points = points(case, draw);
    let (Some(carer), child) = (story.family.carer(), index_child(story, case)) else { return };
    for point in &points {
        let who = if draw.chance(550) { "Both" } else { "Family" };
        family_scale(story, case, carer, *point, who, draw, out);
        if let Some(child) = child
            && draw.chance(760)
        {
            worker_scale(story, case, child, *point, draw, out);
        }
    }
    let visit = case.ends.plus_days(draw.between(60, 165));
    let followed_up = case.fate == Fate::NeedsMet && draw.chance(640);
    if followed_up && case.problem(Need::Parenting).is_some() {
        let point = Point { word: "Review", on: visit, reached: 1000 };
        for domain in FAMILY_SCALE.iter().filter(|d| d.1.iter().any(|n| n.0 == Need::Parenting)) {
            domain_score(story, case, carer, "FS10", domain, point, "Family", draw, out);
        }
    }
    difficulties(story, case, &points, followed_up.then_some(visit), draw, out);
}

/// Start, perhaps a review, and the end if it was scored.
fn points(case: &Case, draw: &mut Draw) -> Vec<Point> {
    let mut points = Vec::new();
    let by = case.assessed.map_or(24, |done| done.0 - case.started.0).clamp(1, 60);
    let on = case.started.plus_days(draw.between(by / 2, by));
    if draw.chance(if case.assessed.is_some() { 950 } else { 380 }) {
        points.push(Point { word: "Start", on, reached: 0 });
    }
    let middle = case.turned().plus_days(draw.between(50, 90));
    if middle < case.ends.plus_days(-30) && draw.chance(300) {
        points.push(Point { word: "Review", on: middle, reached: 450 });
    }
    let unresolved = case.problems.iter().filter(|p| !p.resolved).count();
    let worse = i32::try_from(unresolved).unwrap_or(0) * 35;
    if draw.chance(case.fate.paperwork() - worse) {
        let on = case.ends.plus_days(-draw.between(0, 12)).max(on.plus_days(1));
        points.push(Point { word: "Close", on, reached: 1000 });
    }
    points.retain(|p| known(p.on).is_some());
    points
}

/// The child whom the worker's scale is about: the one with most needs, else the eldest.
fn index_child<'a>(story: &'a Story, case: &Case) -> Option<&'a Person> {
    let needs = |p: &&Person| case.problems.iter().filter(|n| n.people.contains(&p.number)).count();
    story.family.children(case.identified, 0, 17).max_by_key(needs)
}

fn family_scale(
    story: &Story,
    case: &Case,
    carer: &Person,
    point: Point,
    who: &str,
    draw: &mut Draw,
    out: &mut Export,
) {
    for domain in &FAMILY_SCALE {
        if draw.chance(970) {
            domain_score(story, case, carer, "FS10", domain, point, who, draw, out);
        }
    }
}

fn worker_scale(
    story: &Story,
    case: &Case,
    child: &Person,
    point: Point,
    draw: &mut Draw,
    out: &mut Export,
) {
    for domain in &WORKER_SCALE {
        if domain.0 != "school" || child.age(case.started) >= 4 {
            domain_score(story, case, child, "WS5", domain, point, "Worker", draw, out);
        }
    }
}

#[expect(clippy::too_many_arguments, reason = "a score is about all of these")]
fn domain_score(
    story: &Story,
    case: &Case,
    person: &Person,
    tool: &str,
    domain: &Domain,
    point: Point,
    who: &str,
    draw: &mut Draw,
    out: &mut Export,
) {
    let (best, per_severity, noise) = if tool == "FS10" { (67, 3, 10) } else { (38, 1, 4) };
    let mut level = best - (story.family.severity - 50) * per_severity / 10;
    for (need, pull) in domain.1 {
        let Some(problem) = case.problem(*need) else { continue };
        let eased = if problem.resolved { pull * 13 / 10 } else { pull / 8 };
        level -= pull - eased * point.reached / 1000;
    }
    let general = if case.fate == Fate::NeedsMet { best / 14 } else { 0 };
    level += general * point.reached / 1000 + draw.bell(0, noise);
    let score = if tool == "FS10" {
        ((level + 5) / 10).clamp(0, 10).to_string()
    } else {
        half_points((level * 2 + 5) / 10)
    };
    let row = out.scores.row().id("EH", case.number).id("P", person.number).text(tool);
    row.text(domain.0).text(who).text(point.word).text(&score).day(point.on).end();
}

/// A number of halves from 1 to 5, as the worker's scale is written.
fn half_points(halves: i32) -> String {
    let halves = halves.clamp(2, 10);
    format!("{}{}", halves / 2, if halves % 2 == 1 { ".5" } else { "" })
}

/// Strengths and difficulties totals of children from 4 to 17, asked for with the assessment.
fn difficulties(
    story: &Story,
    case: &Case,
    points: &[Point],
    visit: Option<Day>,
    draw: &mut Draw,
    out: &mut Export,
) {
    let problem = case.problem(Need::ChildMental);
    let start = points.iter().find(|p| p.word == "Start");
    for child in story.family.children(case.identified, 4, 17) {
        let troubled = problem.filter(|p| p.people.contains(&child.number));
        if !draw.chance(if troubled.is_some() { 800 } else { 160 }) {
            continue;
        }
        let (level, change) = match troubled {
            Some(p) if p.resolved => (draw.bell(21, 3), -9),
            Some(_) => (draw.bell(22, 4), -1),
            None => (draw.bell(10, 3), -1),
        };
        let mut write = |word: &str, on: Day, total: i32| {
            if known(on).is_some() {
                let row = out.scores.row().id("EH", case.number).id("P", child.number).text("SDQ");
                let row = row.text("total").text("Family").text(word);
                row.number(total.clamp(0, 40)).day(on).end();
            }
        };
        let screened = case.identified.plus_days(draw.between(1, 45)).min(case.last_day());
        write("Start", start.map_or(screened, |p| p.on), level + draw.bell(0, 2));
        for close in points.iter().filter(|p| p.word == "Close") {
            write("Close", close.on, level + change + draw.bell(0, 3));
        }
        if let Some(visit) = visit {
            write("Review", visit, level + change + draw.bell(0, 3));
        }
    }
}
