//! The register of decisions: where a head of service accepted other progress as equivalent, and what
//! internal audit did not find borne out. Some decisions are such as have to be refused.

use crate::calendar::Day;
use crate::sample::county::AS_AT;
use crate::sample::draw::Draw;
use crate::sample::export::Export;
use crate::sample::needs::Need;
use crate::sample::story::{Case, Story, known};
use crate::sample::truth::PlantedRows;

/// The name by which the register calls an outcome.
fn outcome(need: Need) -> Option<&'static str> {
    Some(match need {
        Need::DomesticAbuse => "sf2022.outcome.no_domestic_abuse",
        Need::AdultMental => "sf2022.outcome.adult_mental_health_improved",
        Need::Substance => "sf2022.outcome.adult_substance_use_reduced",
        Need::Workless => "sf2022.outcome.adult_in_work",
        Need::Debt => "sf2022.outcome.debt_under_control",
        Need::Conflict => "sf2022.outcome.parental_conflict_reduced",
        Need::Parenting => "sf2022.outcome.parenting_improved",
        Need::ChildMental => "sf2022.outcome.child_mental_health_improved",
        Need::Attendance => "sf2022.outcome.attendance_90",
        Need::YouthCrime => "sf2022.outcome.no_youth_crime",
        Need::AdultCrime => "sf2022.outcome.no_adult_crime",
        Need::Missing => "sf2022.outcome.not_missing",
        Need::Statutory => "sf2022.outcome.plan_ended_and_not_reopened",
        Need::Housing => return None,
    })
}

/// What is wrong with a decision.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Fault {
    None,
    /// By somebody who may not decide this.
    Role,
    /// By somebody whom the mapping does not know.
    UnknownRole,
    /// Later than it may be made.
    TooLate,
    /// Dated after the day of judgement.
    AfterAsAt,
}

/// Whoever keeps the register: what has been written so far, and what of it is planted.
#[derive(Default)]
pub(in crate::sample) struct Register {
    written: u64,
    planted: Vec<PlantedRows>,
}

impl Register {
    /// Decisions about the cases of one family. The draws are a stream of their own.
    pub(in crate::sample) fn family(&mut self, story: &Story, draw: &mut Draw, out: &mut Export) {
        for case in &story.cases {
            for problem in &case.problems {
                // Now and then somebody decides what the rule will find anyway.
                let decided = draw.chance(if problem.resolved { 6 } else { 60 });
                if let (Some(about), true) = (outcome(problem.need), decided) {
                    self.accepted(case, about, draw, out);
                }
            }
            if draw.chance(8) {
                let about = "sf2022.claim.successful_family";
                if let Some(on) = after_closing(case, draw.between(250, 500)) {
                    self.write(
                        case,
                        [about, "Does not count", "Internal Audit", "Not borne out"],
                        on,
                        out,
                    );
                }
            }
        }
    }

    fn accepted(&mut self, case: &Case, about: &str, draw: &mut Draw, out: &mut Export) {
        let fault = draw.weighted(&[
            (Fault::None, 76),
            (Fault::Role, 7),
            (Fault::UnknownRole, 5),
            (Fault::TooLate, 8),
            (Fault::AfterAsAt, 4),
        ]);
        let reason = draw.weighted(&[
            ("Equivalent progress", 62),
            ("Evidence elsewhere", 28),
            ("Family moved abroad", 10),
        ]);
        let role = match fault {
            Fault::Role => "Team Manager",
            Fault::UnknownRole => "Business Support",
            _ => "Head of Service",
        };
        let on = match fault {
            Fault::AfterAsAt => case.closed.map(|_| AS_AT.plus_days(draw.between(1, 60))),
            Fault::TooLate => after_closing(case, draw.between(740, 900)),
            _ => after_closing(case, draw.between(190, 430)),
        };
        let Some(on) = on else { return };
        // The first that is sound but for it lacks its reason.
        let unexplained = fault == Fault::None && !self.has_planted("decision_without_reason");
        let reason = if unexplained { "" } else { reason };
        self.write(case, [about, "Counts as met", role, reason], on, out);
        match fault {
            _ if unexplained => self.plant("decision_without_reason"),
            Fault::None => {}
            Fault::Role | Fault::UnknownRole => self.plant("decision_by_no_approved_role"),
            Fault::TooLate => self.plant("decision_too_late"),
            Fault::AfterAsAt => self.plant("decision_after_as_at"),
        }
    }

    fn write(&mut self, case: &Case, words: [&str; 4], on: Day, out: &mut Export) {
        let [about, decision, role, reason] = words;
        let row = out.decisions.row().id("EH", case.number).text(about).text(decision);
        row.text(role).day(on).text(reason).end();
        self.written += 1;
    }

    fn has_planted(&self, kind: &str) -> bool {
        self.planted.iter().any(|p| p.kind == kind)
    }

    /// Notes the row written last as planted. It is read like any other, and then refused.
    fn plant(&mut self, kind: &str) {
        match self.planted.iter_mut().find(|p| p.kind == kind) {
            Some(planted) => planted.rows.push(self.written),
            None => self.planted.push(PlantedRows {
                kind: kind.to_owned(),
                file: "decisions.csv".to_owned(),
                rows: vec![self.written],
                quarantine: false,
            }),
        }
    }

    /// What was planted.
    pub(in crate::sample) fn planted(self) -> Vec<PlantedRows> {
        self.planted
    }
}

/// So many days after a case closed, if the exports reach so far.
fn after_closing(case: &Case, days: i32) -> Option<Day> {
    known(case.closed?.plus_days(days))
}
