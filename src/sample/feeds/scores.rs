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
    let Some(carer) = story.family.carer() else { return };
    let mut form = Form { story, case, draw, out };
    for point in &points {
        let who = if form.draw.chance(550) { "Both" } else { "Family" };
        form.family_scale(carer, *point, who);
        if let Some(child) = index_child(story, case)
            && form.draw.chance(760)
        {
            form.worker_scale(child, *point);
        }
    }
    let visit = known(case.ends.plus_days(form.draw.between(60, 165)));
    let visit = visit.filter(|_| case.fate == Fate::NeedsMet && form.draw.chance(640));
    if let Some(on) = visit.filter(|_| case.problem(Need::Parenting).is_some()) {
        let point = Point { word: "Review", on, reached: 1000 };
        for domain in FAMILY_SCALE.iter().filter(|d| d.1.iter().any(|n| n.0 == Need::Parenting)) {
            form.domain(carer, "FS10", domain, point, "Family");
        }
    }
    form.difficulties(&points, visit);
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

/// The forms of one case.
struct Form<'a> {
    story: &'a Story,
    case: &'a Case,
    draw: &'a mut Draw,
    out: &'a mut Export,
}

impl Form<'_> {
    fn family_scale(&mut self, carer: &Person, point: Point, who: &str) {
        for domain in &FAMILY_SCALE {
            if self.draw.chance(970) {
                self.domain(carer, "FS10", domain, point, who);
            }
        }
    }

    fn worker_scale(&mut self, child: &Person, point: Point) {
        for domain in &WORKER_SCALE {
            if domain.0 != "school" || child.age(self.case.started) >= 4 {
                self.domain(child, "WS5", domain, point, "Worker");
            }
        }
    }

    fn domain(&mut self, person: &Person, tool: &str, domain: &Domain, point: Point, who: &str) {
        let case = self.case;
        let (best, per_severity, noise) = if tool == "FS10" { (67, 3, 10) } else { (38, 1, 4) };
        let mut level = best - (self.story.family.severity - 50) * per_severity / 10;
        for (need, pull) in domain.1 {
            let Some(problem) = case.problem(*need) else { continue };
            let eased = if problem.resolved { pull * 13 / 10 } else { pull / 8 };
            level -= pull - eased * point.reached / 1000;
        }
        let general = if case.fate == Fate::NeedsMet { best / 14 } else { 0 };
        level += general * point.reached / 1000 + self.draw.bell(0, noise);
        let score = if tool == "FS10" {
            ((level + 5) / 10).clamp(0, 10).to_string()
        } else {
            half_points((level * 2 + 5) / 10)
        };
        self.write(person, tool, domain.0, who, point, &score);
    }

    fn write(
        &mut self,
        person: &Person,
        tool: &str,
        area: &str,
        who: &str,
        point: Point,
        score: &str,
    ) {
        let row = self.out.scores.row().id("EH", self.case.number).id("P", person.number);
        let row = row.text(tool).text(area).text(who).text(point.word);
        row.text(score).day(point.on).end();
    }

    /// Strengths and difficulties totals of children from 4 to 17, asked for with the assessment.
    fn difficulties(&mut self, points: &[Point], visit: Option<Day>) {
        let (story, case) = (self.story, self.case);
        let problem = case.problem(Need::ChildMental);
        let at = |word: &str| points.iter().find(|p| p.word == word).copied();
        for child in story.family.children(case.identified, 4, 17) {
            let troubled = problem.filter(|p| p.people.contains(&child.number));
            if !self.draw.chance(if troubled.is_some() { 800 } else { 160 }) {
                continue;
            }
            let (level, change) = match troubled {
                Some(p) if p.resolved => (self.draw.bell(21, 3), -9),
                Some(_) => (self.draw.bell(22, 4), -1),
                None => (self.draw.bell(10, 3), -1),
            };
            let screened = case.identified.plus_days(self.draw.between(1, 45)).min(case.last_day());
            let screened = Point { word: "Start", on: screened, reached: 0 };
            let later = visit.map(|on| Point { word: "Review", on, reached: 1000 });
            for point in
                [Some(at("Start").unwrap_or(screened)), at("Close"), later].into_iter().flatten()
            {
                let total = level + change * point.reached / 1000 + self.draw.bell(0, 3);
                let total = total.clamp(0, 40).to_string();
                self.write(child, "SDQ", "total", "Family", point, &total);
            }
        }
    }
}

/// A number of halves from 1 to 5, as the worker's scale is written.
fn half_points(halves: i32) -> String {
    let halves = halves.clamp(2, 10);
    format!("{}{}", halves / 2, if halves % 2 == 1 { ".5" } else { "" })
}
