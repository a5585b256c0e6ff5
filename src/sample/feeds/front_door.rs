//! Contacts at the front door: before a case, between cases, and without any.

use crate::calendar::Day;
use crate::sample::county::{AS_AT, County, LIVE};
use crate::sample::draw::Draw;
use crate::sample::export::Export;
use crate::sample::needs::Need;
use crate::sample::story::{Case, Fate, Story};

/// Every contact about a family, oldest first.
pub(super) fn contacts(story: &Story, county: &County, draw: &mut Draw, out: &mut Export) {
    let mut door = Door { story, county, written: 0 };
    let Some(first) = story.cases.first() else {
        let decision = draw.weighted(&[("Signposted", 46), ("NFA", 38), ("To social care", 16)]);
        door.contact(story.noticed, decision, None, draw, out);
        if draw.chance(300) {
            let later = story.noticed.plus_days(draw.between(20, 400));
            door.contact(later, "NFA", None, draw, out);
        }
        return;
    };
    for _ in 0..draw.weighted(&[(0, 52), (1, 30), (2, 13), (3, 5)]) {
        let on = if draw.chance(400) {
            first.identified.plus_days(-draw.between(30, 220))
        } else {
            LIVE.plus_days(draw.between(0, AS_AT.0 - LIVE.0))
        };
        let decision = draw.weighted(&[("NFA", 45), ("Signposted", 45), ("To social care", 10)]);
        // The front door's own system also began on the day the case system did.
        if on >= LIVE {
            door.contact(on, decision, Some(first), draw, out);
        }
    }
    for case in &story.cases {
        let on = case.identified.plus_days(-draw.weighted(&[(0, 15), (1, 30), (3, 30), (8, 25)]));
        door.contact(on, "To early help", Some(case), draw, out);
        let unresolved = case.problems.iter().filter(|p| !p.resolved).count();
        let pull = 180 + i32::try_from(unresolved).unwrap_or(0) * 70;
        if draw.chance(pull) && case.fate != Fate::MovedAway {
            let on = case.ends.plus_days(draw.between(15, 330));
            let decision =
                draw.weighted(&[("NFA", 35), ("Signposted", 30), ("To social care", 35)]);
            door.contact(on, decision, Some(case), draw, out);
        }
    }
}

struct Door<'a> {
    story: &'a Story,
    county: &'a County,
    written: u32,
}

impl Door<'_> {
    fn contact(
        &mut self,
        on: Day,
        decision: &str,
        case: Option<&Case>,
        draw: &mut Draw,
        out: &mut Export,
    ) {
        let received = self.county.working_day(on);
        if received > AS_AT {
            return;
        }
        self.written += 1;
        let wait = draw.weighted(&[(0, 47), (1, 42), (2, 6), (3, 3), (6, 2)]);
        let decided = self.county.after_working_days(received, wait);
        let decided = (decided <= AS_AT).then_some(decided);
        let has = |need| case.is_some_and(|c| c.problem(need).is_some());
        let police = if has(Need::DomesticAbuse) || has(Need::YouthCrime) { 26 } else { 5 };
        let school = if has(Need::Attendance) || has(Need::ChildMental) { 44 } else { 24 };
        let source = draw.weighted(&[
            ("School", school),
            ("Health visitor", 9),
            ("GP", 8),
            ("Police", police),
            ("Self", 14),
            ("Housing officer", 5),
            ("Other", 6),
        ]);
        let family = &self.story.family;
        let locality = self.county.wards.get(family.ward).map_or("", |w| w.locality);
        let row = out.contacts.row().id("C", family.number * 10 + self.written);
        let row = row.id("F", family.number).day(received).maybe(decided);
        row.text(if decided.is_some() { decision } else { "" }).text(source).text(locality).end();
    }
}
