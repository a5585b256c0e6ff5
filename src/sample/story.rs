//! What happens to a family: its cases, how each of them goes, and how it ends.

use crate::calendar::Day;
use crate::sample::county::{AS_AT, County, LIVE};
use crate::sample::draw::Draw;
use crate::sample::family::Family;
use crate::sample::needs::{Need, Problem, problems};

/// How a case ends, or will.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Fate {
    NeedsMet,
    SteppedUp,
    Withdrew,
    MovedAway,
    Other,
}

impl Fate {
    /// How often help resolves a problem in a case that ends like this, in a thousand.
    fn luck(self) -> i32 {
        match self {
            Self::NeedsMet => 905,
            Self::SteppedUp => 110,
            Self::Withdrew => 330,
            Self::MovedAway => 470,
            Self::Other => 520,
        }
    }

    /// How often the forms at the end are filled in, in a thousand.
    pub(super) fn paperwork(self) -> i32 {
        match self {
            Self::NeedsMet => 930,
            Self::SteppedUp => 480,
            Self::Withdrew => 260,
            Self::MovedAway => 330,
            Self::Other => 620,
        }
    }

    /// Days from start to end: mean, spread and least.
    fn length(self) -> (i32, i32, i32) {
        match self {
            Self::NeedsMet => (262, 66, 110),
            Self::SteppedUp => (165, 60, 40),
            Self::Withdrew => (155, 50, 45),
            Self::MovedAway => (160, 70, 40),
            Self::Other => (210, 70, 60),
        }
    }

    /// How often the family comes back, in a thousand.
    fn returns(self) -> i32 {
        match self {
            Self::NeedsMet => 90,
            Self::SteppedUp => 220,
            Self::Withdrew => 270,
            Self::MovedAway => 0,
            Self::Other => 170,
        }
    }
}

/// How much help a case gives.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Tier {
    UniversalPlus,
    Targeted,
    Intensive,
}

/// One case. Days after the end of the exports are not in it.
#[derive(Debug)]
pub(super) struct Case {
    pub(super) number: u32,
    pub(super) identified: Day,
    pub(super) started: Day,
    pub(super) assessed: Option<Day>,
    pub(super) planned: Option<Day>,
    pub(super) closed: Option<Day>,
    /// The day it closes, known or not yet.
    pub(super) ends: Day,
    pub(super) fate: Fate,
    pub(super) tier: Tier,
    pub(super) team: usize,
    pub(super) worker: Option<u32>,
    pub(super) problems: Vec<Problem>,
}

impl Case {
    /// The problem of this kind, if the case has it.
    pub(super) fn problem(&self, need: Need) -> Option<&Problem> {
        self.problems.iter().find(|p| p.need == need)
    }

    /// The last day on which the case was open, as far as the exports know.
    pub(super) fn last_day(&self) -> Day {
        self.closed.unwrap_or(AS_AT)
    }

    /// When help began to work: the plan, or what would have been its day.
    pub(super) fn turned(&self) -> Day {
        self.planned.unwrap_or_else(|| self.started.plus_days(60))
    }
}

/// A family with its cases, oldest first. A family without cases was only ever in contact.
#[derive(Debug)]
pub(super) struct Story {
    pub(super) family: Family,
    /// The day by which the family came to notice.
    pub(super) noticed: Day,
    pub(super) cases: Vec<Case>,
}

impl Story {
    /// The story of the family with this number.
    pub(super) fn new(number: u32, county: &County, draw: &mut Draw) -> Self {
        let noticed = notice_day(county, draw);
        let family = Family::new(number, noticed, county, draw);
        let mut story = Self { family, noticed, cases: Vec::new() };
        if draw.chance(60) {
            return story;
        }
        let mut from = Some(noticed);
        while let Some(identified) = from.filter(|_| story.cases.len() < 3) {
            let case = story.case(identified, county, draw);
            from = comes_back(&case, county, draw);
            story.cases.push(case);
        }
        story
    }

    fn case(&self, identified: Day, county: &County, draw: &mut Draw) -> Case {
        let severity = self.family.severity;
        let hard = u32::try_from(severity).unwrap_or(50);
        let fate = draw.weighted(&[
            (Fate::NeedsMet, 820 - hard * 3),
            (Fate::Withdrew, 60 + hard * 3 / 2),
            (Fate::SteppedUp, hard * 2),
            (Fate::MovedAway, 45),
            (Fate::Other, 50),
        ]);
        let team = county.wards.get(self.family.ward).map_or(0, |w| w.team);
        let effect = county.teams.get(team).map_or(0, |t| t.effect);
        let luck = fate.luck() + self.family.response + effect - (severity - 50);
        let before = self.cases.last().map(|c| c.problems.as_slice());
        let problems = problems(&self.family, identified, luck, before, draw);

        let wait = draw.weighted(&[(0, 20), (3, 30), (7, 25), (12, 15), (21, 10)]);
        let started = county.working_day(identified.plus_days(wait));
        let started = if started > AS_AT { identified } else { started };
        let (mean, spread, least) = fate.length();
        let longer = i32::try_from(problems.len()).unwrap_or(3) * 6 - 18;
        let drift = if draw.chance(60) { draw.between(60, 200) } else { 0 };
        let ends = (draw.bell(mean + longer, spread) + drift).clamp(least, 540);
        let ends = county.working_day(started.plus_days(ends));
        let (assessed, planned) = milestones(started, ends, fate, county, draw);
        let closed = known(ends);
        let number = self.family.number * 10 + u32::try_from(self.cases.len()).unwrap_or(0) + 1;
        let tier = match severity + draw.bell(0, 12) {
            ..43 => Tier::UniversalPlus,
            43..63 => Tier::Targeted,
            _ => Tier::Intensive,
        };
        let worker = county.worker(team, started, draw);
        Case {
            number,
            identified,
            started,
            assessed,
            planned,
            closed,
            ends,
            fate,
            tier,
            team,
            worker,
            problems,
        }
    }
}

/// The day, if the exports reach so far.
pub(super) fn known(day: Day) -> Option<Day> {
    (day <= AS_AT).then_some(day)
}

/// When the assessment was complete and the plan agreed. A family that goes early may have neither.
fn milestones(
    started: Day,
    ends: Day,
    fate: Fate,
    county: &County,
    draw: &mut Draw,
) -> (Option<Day>, Option<Day>) {
    let never = match fate {
        Fate::Withdrew => 260,
        Fate::SteppedUp | Fate::MovedAway => 120,
        _ => 12,
    };
    if draw.chance(never) {
        return (None, None);
    }
    let takes =
        if draw.chance(840) { draw.bell(36, 12).clamp(8, 60) } else { draw.between(64, 110) };
    let assessed = county.working_day(started.plus_days(takes));
    let planned = county.working_day(assessed.plus_days(draw.between(1, 18)));
    let in_case = |day: Day| known(day).filter(|d| *d < ends);
    (in_case(assessed), in_case(planned))
}

/// The first day of a new case, if the family comes back while the exports last.
fn comes_back(case: &Case, county: &County, draw: &mut Draw) -> Option<Day> {
    let unresolved = case.problems.iter().filter(|p| !p.resolved).count();
    let pull = i32::try_from(unresolved).unwrap_or(0) * 35;
    let closed = case.closed?;
    let back =
        draw.chance(case.fate.returns() + if case.fate == Fate::MovedAway { 0 } else { pull });
    let after = draw.weighted(&[(50, 20), (100, 25), (160, 25), (240, 18), (340, 12)]);
    let day = county.working_day(closed.plus_days(after + draw.between(0, 50)));
    if back { known(day.plus_days(7)).map(|_| day) } else { None }
}

/// The day on which a family comes to notice: steady through the period, busier after the move to
/// the new system and in the autumn, quieter in August and at Christmas.
fn notice_day(county: &County, draw: &mut Draw) -> Day {
    loop {
        let day = LIVE.plus_days(draw.between(0, AS_AT.0 - LIVE.0 - 6));
        let busy = match day.month() {
            8 => 175,
            12 => 220,
            9..=11 => 300,
            _ => 265,
        };
        let moving = if day.0 - LIVE.0 < 70 { 560 } else { 0 };
        if draw.chance(busy + moving) {
            return county.working_day(day);
        }
    }
}
