//! The problems a family brings to a case: which, whose, and whether help resolves them.
//!
//! Problems share a cause, the family's severity, and feed one another: domestic abuse goes with
//! poor mental health, worklessness with debt and bad housing, poor mental health with absence.

use crate::calendar::Day;
use crate::sample::draw::Draw;
use crate::sample::family::{Family, Person};

/// A kind of problem.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Need {
    DomesticAbuse,
    AdultMental,
    Substance,
    Workless,
    Debt,
    Housing,
    Conflict,
    Parenting,
    ChildMental,
    Attendance,
    YouthCrime,
    AdultCrime,
    Missing,
    Statutory,
}

impl Need {
    /// The code that a practitioner records.
    pub(super) fn code(self) -> &'static str {
        match self {
            Self::DomesticAbuse => "DA",
            Self::AdultMental => "AMH",
            Self::Substance => "SUBSTANCE",
            Self::Workless => "WORK",
            Self::Debt => "DEBT",
            Self::Housing => "HOUSING",
            Self::Conflict => "CONFLICT",
            Self::Parenting => "PARENTING",
            Self::ChildMental => "CMH",
            Self::Attendance => "ATTEND",
            Self::YouthCrime => "YCRIME",
            Self::AdultCrime => "ACRIME",
            Self::Missing => "MISSING",
            Self::Statutory => "CSC",
        }
    }
}

/// How common a problem is in a family of middling severity (in a thousand), how much each point of
/// severity adds, how much more readily it resolves, and which problems make it likelier by how much.
struct Pattern {
    need: Need,
    common: i32,
    slope: i32,
    ease: i32,
    after: &'static [(Need, i32)],
}

const PATTERNS: [Pattern; 14] = [
    pattern(Need::DomesticAbuse, 270, 6, 20, &[]),
    pattern(Need::AdultMental, 300, 6, 10, &[(Need::DomesticAbuse, 180)]),
    pattern(Need::Substance, 90, 4, -120, &[(Need::DomesticAbuse, 90), (Need::AdultMental, 60)]),
    pattern(Need::Workless, 300, 7, -250, &[(Need::AdultMental, 120)]),
    pattern(Need::Debt, 150, 5, 0, &[(Need::Workless, 200)]),
    pattern(Need::Housing, 140, 5, 0, &[(Need::Workless, 110)]),
    pattern(Need::Conflict, 250, 2, 110, &[(Need::DomesticAbuse, -120)]),
    pattern(Need::Parenting, 430, 5, 20, &[(Need::AdultMental, 60)]),
    pattern(Need::ChildMental, 350, 3, 10, &[(Need::DomesticAbuse, 110), (Need::AdultMental, 60)]),
    pattern(Need::Attendance, 430, 6, 20, &[(Need::ChildMental, 130)]),
    pattern(Need::YouthCrime, 110, 5, 60, &[(Need::Attendance, 80)]),
    pattern(Need::AdultCrime, 80, 4, 60, &[(Need::Substance, 120), (Need::DomesticAbuse, 40)]),
    pattern(Need::Missing, 70, 4, 90, &[(Need::YouthCrime, 120), (Need::ChildMental, 40)]),
    pattern(Need::Statutory, 100, 5, 120, &[(Need::DomesticAbuse, 70), (Need::Substance, 90)]),
];

const fn pattern(
    need: Need,
    common: i32,
    slope: i32,
    ease: i32,
    after: &'static [(Need, i32)],
) -> Pattern {
    Pattern { need, common, slope, ease, after }
}

/// One problem in one case.
#[derive(Debug, Clone)]
pub(super) struct Problem {
    /// What it is.
    pub(super) need: Need,
    /// Whose it is: numbers of people.
    pub(super) people: Vec<u32>,
    /// Whether help resolves it and it stays so.
    pub(super) resolved: bool,
}

/// The problems of a family on a day. `luck` is how many times in a thousand help resolves a problem
/// of middling difficulty; `before` are the problems of the case before, if there was one.
pub(super) fn problems(
    family: &Family,
    on: Day,
    luck: i32,
    before: Option<&[Problem]>,
    draw: &mut Draw,
) -> Vec<Problem> {
    let mut found: Vec<Problem> = Vec::new();
    for p in &PATTERNS {
        let harder: i32 =
            p.after.iter().filter(|(n, _)| found.iter().any(|f| f.need == *n)).map(|a| a.1).sum();
        let chance = p.common + (family.severity - 50) * p.slope + harder;
        let chance = match before.map(|b| b.iter().find(|old| old.need == p.need)) {
            None => chance,
            Some(Some(old)) if !old.resolved => 800,
            Some(_) => chance / 2,
        };
        let people = whose(p.need, family, on, draw);
        if !people.is_empty() && draw.chance(chance) {
            let resolved = draw.chance(luck + p.ease);
            found.push(Problem { need: p.need, people, resolved });
        }
    }
    if found.is_empty()
        && let Some(carer) = family.carer()
    {
        let resolved = draw.chance(luck);
        found.push(Problem { need: Need::Parenting, people: vec![carer.number], resolved });
    }
    found
}

/// The people who would have the problem: at least one, if anybody can have it.
fn whose(need: Need, family: &Family, on: Day, draw: &mut Draw) -> Vec<u32> {
    let able: Vec<&Person> = match need {
        Need::DomesticAbuse | Need::Conflict | Need::Debt | Need::Housing => {
            return family.adults(on).take(2).map(|p| p.number).collect();
        }
        Need::Parenting => return family.carer().map(|p| p.number).into_iter().collect(),
        Need::AdultMental | Need::Substance | Need::Workless | Need::AdultCrime => {
            family.adults(on).collect()
        }
        Need::ChildMental => family.children(on, 5, 17).collect(),
        Need::Attendance => family.children(on, 5, 15).collect(),
        Need::YouthCrime => family.children(on, 11, 17).collect(),
        Need::Missing => family.children(on, 10, 17).collect(),
        Need::Statutory => return family.children(on, 0, 17).map(|p| p.number).collect(),
    };
    let sure = draw.index(able.len());
    let also = if need == Need::Attendance { 450 } else { 180 };
    let mut people = Vec::new();
    for (at, person) in able.iter().enumerate() {
        if at == sure || draw.chance(also) {
            people.push(person.number);
        }
    }
    people
}
