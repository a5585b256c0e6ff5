//! Audits of practice: when they were planned, what two auditors found, what was agreed, and what managers decided.

use crate::calendar::Day;
use crate::sample::county::{AS_AT, County};
use crate::sample::draw::Draw;
use crate::sample::export::Export;
use crate::sample::story::{Case, known};

/// The grades, from the lowest up.
const GRADES: [&str; 4] = ["Inadequate", "Requires improvement", "Good", "Outstanding"];

/// What auditors look at, a quarter each.
const THEMES: [&str; 4] =
    ["Chronologies", "Voice of the child", "Plans that fit the need", "Working with fathers"];

/// The audit of a case, if there is one. What was added to the form is drawn from `auditors`.
pub(super) fn case(
    case: &Case,
    county: &County,
    draw: &mut Draw,
    auditors: &mut Draw,
    out: &mut Export,
) {
    if !draw.chance(390) {
        missed(case, county, auditors, out);
        return;
    }
    let length = case.ends.0 - case.started.0;
    let on = county.working_day(case.started.plus_days(draw.between(30, length + 50)));
    if on > AS_AT {
        return;
    }
    // Practice has been getting better, a little every year.
    let years = u32::try_from((on.0 - AS_AT.0 + 1400) / 365).unwrap_or(0);
    let grade = draw.weighted(&[(0, 7), (1, 33 - years * 3), (2, 50 + years * 3), (3, 8)]);
    let heard = if grade >= 2 { 870 } else { 520 };
    let row = out.audits.row().id("AU", case.number).id("EH", case.number).day(on);
    let row = row.text(named(grade)).yes(draw.chance(heard));
    let planned =
        on.plus_days(-auditors.weighted(&[(0, 20), (6, 30), (14, 30), (27, 12), (48, 8)]));
    // Two auditors mostly agree; where they do not, they are a grade apart.
    let second = auditors.chance(300).then(|| match auditors.between(0, 99) {
        0..74 => grade,
        74..88 => grade.saturating_sub(1),
        _ => (grade + 1).min(GRADES.len() - 1),
    });
    // A case is audited again where it was not good the first time.
    let before = auditors.chance(160).then(|| auditors.weighted(&[(0, 25), (1, 60), (2, 15)]));
    let row = row.day(planned).text(theme(planned));
    row.text(second.map_or("", named)).text(before.map_or("", named)).end();
    action(case, (grade, theme(planned)), on, auditors, out);
}

/// An audit that was planned, and that nobody has done.
fn missed(case: &Case, county: &County, auditors: &mut Draw, out: &mut Export) {
    let planned = county.working_day(case.started.plus_days(auditors.between(40, 200)));
    if auditors.chance(30) && planned <= case.last_day() {
        let row = out.audits.row().id("AU", case.number).id("EH", case.number).text("");
        row.text("").text("").day(planned).text(theme(planned)).text("").text("").end();
    }
}

/// What auditor and worker agree on, most often where the practice was not good.
fn action(
    case: &Case,
    (grade, theme): (usize, &str),
    on: Day,
    auditors: &mut Draw,
    out: &mut Export,
) {
    if !auditors.chance(if grade >= 2 { 300 } else { 880 }) {
        return;
    }
    let agreed = on.plus_days(auditors.between(2, 9));
    let due = agreed.plus_days(auditors.pick(&[28, 42, 56]));
    let took = auditors.weighted(&[(-20, 30), (-6, 30), (0, 14), (9, 12), (35, 8), (900, 6)]);
    if agreed <= AS_AT {
        let row = out.audit_actions.row().id("AU", case.number).id("EH", case.number);
        let row = row.day(agreed).day(due).maybe(known(due.plus_days(took).max(agreed)));
        row.text(to_move(case.number, theme)).end();
    }
}

fn named(grade: usize) -> &'static str {
    GRADES.get(grade).copied().unwrap_or_default()
}

/// What an action is to move goes with what the audit looked at. Not everybody says.
fn to_move(case: u32, theme: &str) -> &'static str {
    match (case % 8, theme) {
        (0, _) => "",
        (1, _) => "Supervision",
        (_, "Voice of the child") => "Child's voice",
        (_, "Plans that fit the need") => "Reviews",
        (_, "Working with fathers") => "Scores at the end",
        _ => "Good practice",
    }
}

/// The theme of the quarter in which an audit was planned.
fn theme(planned: Day) -> &'static str {
    let quarter = (planned.month() - 1) / 3;
    THEMES.get(quarter as usize).copied().unwrap_or_default()
}

/// What managers have decided to do about measures, after audits and otherwise.
pub(super) fn actions(out: &mut Export) {
    for line in [
        [
            "audits_good",
            "2026-03-16",
            "Council",
            "Principal social worker",
            "Workshops on chronologies for every team",
            "2026-05-29",
            "2026-09-01",
            "2026-05-22",
            "Chronologies",
            "",
            "partnership",
            "",
            "",
        ],
        [
            "assessments_in_45_days",
            "2026-04-20",
            "Council",
            "Service manager for assessment",
            "A weekly look at assessments that are older than thirty days",
            "2026-06-30",
            "2026-09-15",
            "2026-06-24",
            "",
            "Two assessors were away over the summer. Both are back.",
            "",
            "",
            "",
        ],
        [
            "both_scores_recorded",
            "2026-05-11",
            "Council",
            "Practice lead",
            "The closing form asks for the closing score",
            "2026-07-31",
            "2026-10-15",
            "2026-07-30",
            "",
            "",
            "voluntary partnership",
            "",
            "",
        ],
        [
            "child_voice",
            "2026-06-15",
            "Council",
            "Principal social worker",
            "Direct work with each child is planned at the first visit",
            "2026-08-31",
            "2026-12-01",
            "",
            "Voice of the child",
            "",
            "",
            "",
            "",
        ],
        [
            "first_review_in_6_weeks",
            "2026-07-06",
            "Council",
            "Team managers",
            "The date of the first review is set when a case is allocated",
            "2026-09-18",
            "2026-11-16",
            "2026-09-11",
            "Plans that fit the need",
            "",
            "",
            "",
            "",
        ],
        [
            "contacts_decided_1_day",
            "2026-08-10",
            "Partners",
            "Front door manager",
            "Schools and police send what a decision needs with the contact",
            "2026-10-30",
            "2026-12-15",
            "",
            "",
            "We ask the front door to say what is missing on the same day.",
            "partnership schools police",
            "",
            "",
        ],
        [
            "assessments_in_45_days",
            "2026-08-24",
            "Council",
            "Service manager for assessment",
            "A second assessor works with the team until the oldest are done",
            "2026-10-30",
            "2026-12-15",
            "",
            "",
            "One post was empty from July on; it is filled from October.",
            "",
            "team",
            "Northmoor Hill",
        ],
    ] {
        let row = line.into_iter().fold(out.actions.row(), |row, field| row.text(field));
        row.end();
    }
}
