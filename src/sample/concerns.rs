//! What partners and practitioners also know of a family: concerns beyond the problems that drive its
//! story.
//!
//! They cluster with those problems (a child who goes missing is likelier to be exploited), and help
//! resolves them about as often. They come from a stream of draws of their own, so that they change
//! nothing else about a family.

use crate::sample::draw::Draw;
use crate::sample::family::{Family, Person};
use crate::sample::needs::{Need, Problem};
use crate::sample::story::Case;

/// A kind of concern.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    OutOfEducation,
    Send,
    NewParent,
    EarlyHealth,
    EarlyDevelopment,
    Disability,
    YoungSubstance,
    ChildViolence,
    Carer,
    Sexual,
    Criminal,
    Radicalisation,
    Harm,
    CrimeRisk,
    Abuser,
    ChildOfAbuse,
    Excluded,
    Neet,
}

impl Kind {
    /// The code that a practitioner records, where the concern is recorded at all: what a partner's
    /// feed tells is not written down twice.
    pub(super) fn code(self) -> Option<&'static str> {
        Some(match self {
            Self::Send => "SEND",
            Self::NewParent => "NEWPARENT",
            Self::Disability => "DISABILITY",
            Self::YoungSubstance => "YSUBSTANCE",
            Self::ChildViolence => "CPV",
            Self::Carer => "CARER",
            Self::Harm => "HARM",
            Self::CrimeRisk => "YRISK",
            Self::Abuser => "DAPERP",
            Self::ChildOfAbuse => "DACHILD",
            Self::Excluded => "EXCLUDED",
            _ => return None,
        })
    }
}

/// How common a concern is where somebody is of an age to have it (in a thousand), the ages, and which
/// problems make it likelier by how much.
struct Pattern {
    kind: Kind,
    common: i32,
    ages: (i32, i32),
    after: &'static [(Need, i32)],
}

const PATTERNS: [Pattern; 18] = [
    pattern(Kind::OutOfEducation, 15, (5, 15), &[(Need::Attendance, 45)]),
    pattern(Kind::Send, 70, (4, 16), &[(Need::Attendance, 60), (Need::ChildMental, 60)]),
    pattern(Kind::NewParent, 130, (-1, 1), &[(Need::AdultMental, 120)]),
    pattern(Kind::EarlyHealth, 90, (0, 5), &[(Need::Parenting, 60)]),
    pattern(Kind::EarlyDevelopment, 130, (1, 5), &[(Need::Parenting, 80)]),
    pattern(Kind::Disability, 60, (3, 17), &[(Need::ChildMental, 30)]),
    pattern(Kind::YoungSubstance, 20, (13, 17), &[(Need::YouthCrime, 130), (Need::Missing, 60)]),
    pattern(Kind::ChildViolence, 40, (9, 17), &[(Need::DomesticAbuse, 50), (Need::Parenting, 20)]),
    pattern(Kind::Carer, 25, (7, 17), &[(Need::Substance, 90), (Need::AdultMental, 60)]),
    pattern(Kind::Sexual, 12, (11, 17), &[(Need::Missing, 140), (Need::ChildMental, 15)]),
    pattern(Kind::Criminal, 12, (11, 17), &[(Need::YouthCrime, 150), (Need::Missing, 90)]),
    pattern(Kind::Radicalisation, 6, (12, 17), &[]),
    pattern(Kind::Harm, 35, (9, 17), &[(Need::ChildMental, 45), (Need::Attendance, 20)]),
    pattern(Kind::CrimeRisk, 40, (11, 17), &[(Need::Attendance, 40), (Need::YouthCrime, 90)]),
    pattern(Kind::Abuser, 0, (18, 90), &[(Need::DomesticAbuse, 330)]),
    pattern(Kind::ChildOfAbuse, 0, (0, 17), &[(Need::DomesticAbuse, 450)]),
    pattern(Kind::Excluded, 40, (16, 17), &[(Need::Conflict, 60), (Need::YouthCrime, 60)]),
    pattern(Kind::Neet, 90, (16, 17), &[(Need::Workless, 60), (Need::Attendance, 60)]),
];

const fn pattern(
    kind: Kind,
    common: i32,
    ages: (i32, i32),
    after: &'static [(Need, i32)],
) -> Pattern {
    Pattern { kind, common, ages, after }
}

/// One concern in one case.
#[derive(Debug, Clone)]
pub(super) struct Concern {
    /// What it is.
    pub(super) kind: Kind,
    /// Whose it is: a person's number. New parents are named by the carer, an abuser is the second
    /// adult.
    pub(super) person: u32,
    /// Whether help resolves it and it stays so.
    pub(super) resolved: bool,
}

/// The concerns of a case. They resolve with the problems: mostly where all of these do.
pub(super) fn concerns(family: &Family, case: &Case, draw: &mut Draw) -> Vec<Concern> {
    let resolved = case.problems.iter().filter(|p| p.resolved).count();
    let share = resolved * 1000 / case.problems.len().max(1);
    let luck = if share == 1000 { 930 } else { 150 + i32::try_from(share).unwrap_or(0) * 6 / 10 };
    let mut found = Vec::new();
    for p in &PATTERNS {
        let problem = |need: Need| -> Option<&Problem> { case.problem(need) };
        let harder: i32 =
            p.after.iter().filter(|(need, _)| problem(*need).is_some()).map(|a| a.1).sum();
        let wanted = draw.chance(p.common + harder);
        let lucky = draw.chance(luck);
        let person = whose(p, family, case, draw);
        if let Some(person) = person.filter(|_| wanted) {
            // An abuser who stopped and a child who is safe are two sides of the same abuse.
            let of_abuse = matches!(p.kind, Kind::Abuser | Kind::ChildOfAbuse);
            let abuse = problem(Need::DomesticAbuse).filter(|_| of_abuse);
            let resolved = abuse.map_or(lucky, |abuse| abuse.resolved);
            found.push(Concern { kind: p.kind, person, resolved });
        }
    }
    found
}

/// Somebody of the age for a concern, if there is anybody.
fn whose(pattern: &Pattern, family: &Family, case: &Case, draw: &mut Draw) -> Option<u32> {
    let on = case.identified;
    let (from, to) = pattern.ages;
    match pattern.kind {
        Kind::Abuser => family.adults(on).nth(1).map(|p| p.number),
        Kind::NewParent => {
            let young = family.people.iter().any(|p| (from..=to).contains(&p.age(on)));
            family.carer().filter(|_| young).map(|p| p.number)
        }
        _ => {
            let able: Vec<&Person> = family.children(on, from, to).collect();
            able.get(draw.index(able.len())).map(|p| p.number)
        }
    }
}
