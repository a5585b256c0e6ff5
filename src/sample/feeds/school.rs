//! Schools: attendance by term, suspensions and exclusions.

use std::collections::BTreeMap;

use crate::calendar::Day;
use crate::sample::county::{AS_AT, County, School};
use crate::sample::draw::Draw;
use crate::sample::export::Export;
use crate::sample::family::{Person, Role};
use crate::sample::feeds::pupil_number;
use crate::sample::needs::Need;
use crate::sample::story::Story;

/// A term: name, first day (1970-based), last day, half-day sessions.
/// The names and dates are those of the project's calendar `terms`.
struct Term {
    name: &'static str,
    start: Day,
    end: Day,
    sessions: i32,
}

const fn term(name: &'static str, start: i32, end: i32, sessions: i32) -> Term {
    Term { name, start: Day(start), end: Day(end), sessions }
}

const TERMS: [Term; 12] = [
    term("2022-23 autumn", 19_240, 19_346, 140),
    term("2022-23 spring", 19_361, 19_447, 116),
    term("2022-23 summer", 19_464, 19_559, 122),
    term("2023-24 autumn", 19_604, 19_712, 144),
    term("2023-24 spring", 19_730, 19_810, 108),
    term("2023-24 summer", 19_828, 19_923, 126),
    term("2024-25 autumn", 19_968, 20_077, 146),
    term("2024-25 spring", 20_094, 20_182, 118),
    term("2024-25 summer", 20_200, 20_287, 114),
    term("2025-26 autumn", 20_332, 20_441, 146),
    term("2025-26 spring", 20_458, 20_539, 110),
    term("2025-26 summer", 20_556, 20_651, 126),
];

/// Whether the person was a pupil in at least one of the terms.
pub(super) fn was_pupil(person: &Person) -> bool {
    person.role == Role::Child && TERMS.iter().any(|t| person.school_age(t.start))
}

/// At which school each child of a family was, from the first day of each term on.
#[derive(Default)]
pub(super) struct Schools(BTreeMap<u32, Vec<(Day, u32)>>);

impl Schools {
    /// The number of a child's school on a day: that of the last term that had begun. Nothing before the first.
    pub(super) fn of(&self, child: u32, on: Day) -> Option<u32> {
        last_begun(self.0.get(&child)?, on).map(|(_, school)| school)
    }

    /// The school that knows a family on a day: that of the child who was at one last.
    pub(super) fn of_family(&self, on: Day) -> Option<u32> {
        let last = self.0.values().filter_map(|terms| last_begun(terms, on));
        last.max_by_key(|(start, _)| *start).map(|(_, school)| school)
    }
}

fn last_begun(terms: &[(Day, u32)], on: Day) -> Option<(Day, u32)> {
    terms.iter().rfind(|(start, _)| *start <= on).copied()
}

/// Attendance and exclusions of every child of the family, and their schools.
pub(super) fn children(
    story: &Story,
    county: &County,
    draw: &mut Draw,
    out: &mut Export,
) -> Schools {
    let mut schools = Schools::default();
    let first = county.wards.get(story.family.ward).map_or(0, |w| w.first_school);
    for child in story.family.people.iter().filter(|p| was_pupil(p)) {
        let school = |on: Day, pick: usize| {
            let at = if child.age(on) < 11 { pick % 4 } else { 4 + pick % 2 };
            county.schools.get(first + at)
        };
        let pick = draw.index(4);
        let usual = draw.bell(950, 17).clamp(890, 990);
        let severe = draw.chance(140);
        let upn = pupil_number(child.number);
        for term in TERMS.iter().filter(|t| child.school_age(t.start)) {
            let Some(school) = school(term.start, pick) else { continue };
            schools.0.entry(child.number).or_default().push((term.start, school.number));
            let rate = attendance(story, child, term, usual, severe, draw);
            let attended = (term.sessions * rate + 500) / 1000;
            let absent = term.sessions - attended;
            let unauthorised = absent * draw.between(if rate < 900 { 35 } else { 5 }, 70) / 100;
            let row = out.attendance.row().text(&upn).text(term.name).number(school.number);
            row.number(term.sessions).number(attended).number(unauthorised).end();
        }
        exclusions(story, child, &upn, |on| school(on, pick), draw, out);
    }
    schools
}

/// Attendance in thousandths: low before help and, if help did not work, after it.
fn attendance(
    story: &Story,
    child: &Person,
    term: &Term,
    usual: i32,
    severe: bool,
    draw: &mut Draw,
) -> i32 {
    let case = story.cases.iter().rfind(|c| c.identified.plus_days(-430) <= term.start);
    let problem = case
        .and_then(|c| c.problem(Need::Attendance).map(|p| (c, p)))
        .filter(|(_, p)| p.people.contains(&child.number));
    let low = if severe { 440 } else { 805 };
    let rate = match problem {
        None => draw.bell(usual, 14),
        Some((case, p)) if term.start > case.turned() => {
            if p.resolved {
                draw.bell(usual.max(930), 13)
            } else {
                draw.bell(low + 45, 45)
            }
        }
        Some((case, _)) if term.start > case.started => draw.bell(low + 50, 40),
        Some((case, _)) if term.end > case.identified.plus_days(-290) => draw.bell(low, 35),
        Some(_) => draw.bell(low + 70, 35),
    };
    rate.clamp(40, 1000)
}

fn exclusions<'a>(
    story: &Story,
    child: &Person,
    upn: &str,
    school: impl Fn(Day) -> Option<&'a School>,
    draw: &mut Draw,
    out: &mut Export,
) {
    let mut write = |on: Day, kind: &str, days: i32| {
        let in_term = TERMS.iter().any(|t| (t.start..=t.end).contains(&on));
        if on <= AS_AT
            && in_term
            && child.school_age(on)
            && let Some(school) = school(on)
        {
            let row = out.exclusions.row().text(upn).text(&school.name).day(on).text(kind);
            if kind == "PEX" { row.text("").end() } else { row.number(days).end() }
        }
    };
    for case in &story.cases {
        let troubled = [Need::YouthCrime, Need::ChildMental, Need::Attendance]
            .iter()
            .any(|need| case.problem(*need).is_some_and(|p| p.people.contains(&child.number)));
        if !troubled || child.age(case.identified) < 8 || !draw.chance(300) {
            continue;
        }
        for back in [draw.between(10, 120), draw.between(130, 300)] {
            write(case.identified.plus_days(-back), "SUSP", draw.between(1, 5));
        }
        if draw.chance(350) {
            write(case.turned().plus_days(draw.between(20, 200)), "SUSP", draw.between(1, 3));
        }
        if draw.chance(30) {
            write(case.identified.plus_days(-draw.between(5, 9)), "PEX", 0);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_terms_are_those_of_the_project_file() {
        let project = include_str!("../../../outcome-definitions/project.toml");
        for term in &TERMS {
            let line = format!(
                "\"{}\" = {{ start = {}, end = {} }}",
                term.name,
                term.start.iso(),
                term.end.iso()
            );
            assert!(project.contains(&line), "{line}");
        }
    }
}
