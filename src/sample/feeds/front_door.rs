//! Contacts at the front door: before a case, between cases, and without any.

use crate::calendar::Day;
use crate::sample::county::{AS_AT, County, LIVE};
use crate::sample::draw::Draw;
use crate::sample::export::Export;
use crate::sample::feeds::referrer;
use crate::sample::feeds::school::Schools;
use crate::sample::needs::Need;
use crate::sample::story::{Case, Fate, Story};

/// A contact as it stands on the front door's form.
pub(super) struct Contact {
    number: u32,
    received: Day,
    decided: Option<Day>,
    decision: &'static str,
    source: &'static str,
    reason: &'static str,
    consent: &'static str,
    reference: String,
    returned: &'static str,
}

/// Every contact about a family, and the days on which one was passed to social care. What the form also
/// says about a contact, and what the police tell besides, is drawn from `notes`; what referrers write on it
/// and are answered, from `referrers`.
pub(super) fn contacts(
    story: &Story,
    county: &County,
    draw: &mut Draw,
    (notes, referrers): (&mut Draw, &mut Draw),
) -> (Vec<Contact>, Vec<Day>) {
    let (contacts, passed_on) = (Vec::new(), Vec::new());
    let mut door = Door { story, county, notes, referrers, contacts, passed_on };
    let Some(first) = story.cases.first() else {
        let decision = draw.weighted(&[("Signposted", 46), ("NFA", 38), ("To social care", 16)]);
        door.contact(story.noticed, decision, None, draw);
        if draw.chance(300) {
            let later = story.noticed.plus_days(draw.between(20, 400));
            door.contact(later, "NFA", None, draw);
        }
        return (door.contacts, door.passed_on);
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
            door.contact(on, decision, Some(first), draw);
        }
    }
    for case in &story.cases {
        let on = case.identified.plus_days(-draw.weighted(&[(0, 15), (1, 30), (3, 30), (8, 25)]));
        door.contact(on, "To early help", Some(case), draw);
        let unresolved = case.problems.iter().filter(|p| !p.resolved).count();
        let pull = 180 + i32::try_from(unresolved).unwrap_or(0) * 70;
        if draw.chance(pull) && case.fate != Fate::MovedAway {
            let on = case.ends.plus_days(draw.between(15, 330));
            let decision =
                draw.weighted(&[("NFA", 35), ("Signposted", 30), ("To social care", 35)]);
            door.contact(on, decision, Some(case), draw);
        }
    }
    for case in &story.cases {
        door.notifications(case);
    }
    (door.contacts, door.passed_on)
}

/// Writes the contacts of a family. Those that a school made name it.
pub(super) fn write(
    contacts: &[Contact],
    story: &Story,
    county: &County,
    schools: &Schools,
    out: &mut Export,
) {
    let family = &story.family;
    let locality = county.wards.get(family.ward).map_or("", |w| w.locality);
    for contact in contacts {
        let by_school = Some(contact.received).filter(|_| contact.source == SCHOOL);
        let school = by_school.and_then(|on| schools.of_family(on));
        let school = school.map(|number| number.to_string()).unwrap_or_default();
        let row = out.contacts.row().id("C", contact.number).id("F", family.number);
        let row = row.day(contact.received).maybe(contact.decided);
        let row = row.text(if contact.decided.is_some() { contact.decision } else { "" });
        let row = row.text(contact.source).text(locality).text(contact.reason);
        let row = row.text(contact.consent).text(&contact.reference).text(contact.returned);
        row.text(&school).end();
    }
}

struct Door<'a> {
    story: &'a Story,
    county: &'a County,
    notes: &'a mut Draw,
    referrers: &'a mut Draw,
    contacts: Vec<Contact>,
    /// The days on which a contact was passed to social care.
    passed_on: Vec<Day>,
}

/// The police, as the front door writes them.
const POLICE: &str = "Police";

/// A school, likewise.
const SCHOOL: &str = "School";

impl Door<'_> {
    fn contact(&mut self, on: Day, decision: &'static str, case: Option<&Case>, draw: &mut Draw) {
        let received = self.county.working_day(on);
        if received > AS_AT {
            return;
        }
        let wait = draw.weighted(&[(0, 47), (1, 42), (2, 6), (3, 3), (6, 2)]);
        let decided = self.county.after_working_days(received, wait);
        let decided = (decided <= AS_AT).then_some(decided);
        let has = |need| case.is_some_and(|c| c.problem(need).is_some());
        let police = if has(Need::DomesticAbuse) || has(Need::YouthCrime) { 26 } else { 5 };
        let school = if has(Need::Attendance) || has(Need::ChildMental) { 44 } else { 24 };
        let source = draw.weighted(&[
            (SCHOOL, school),
            ("Health visitor", 9),
            ("GP", 8),
            (POLICE, police),
            ("Self", 14),
            ("Housing officer", 5),
            ("Voluntary org", 3),
            ("Jobcentre", 1),
            ("Other", 2),
        ]);
        self.note(received, decided, decision, source, case);
    }

    /// The police tell of each call to abuse in the home, so that some families are told of again and again.
    fn notifications(&mut self, case: &Case) {
        let Some(abuse) = case.problem(Need::DomesticAbuse) else { return };
        let calls = self.notes.weighted(&[(0, 52), (1, 28), (2, 14), (3, 6)]);
        for _ in 0..calls {
            let until = if abuse.resolved { case.ends.0 - case.identified.0 } else { 500 };
            let on = case.identified.plus_days(self.notes.between(-200, until.max(0)));
            let received = self.county.working_day(on);
            if received < LIVE || received > AS_AT || self.contacts.len() >= 9 {
                continue;
            }
            let wait = self.notes.weighted(&[(0, 38), (1, 41), (2, 12), (4, 9)]);
            let decided = self.county.after_working_days(received, wait);
            let decided = (decided <= AS_AT).then_some(decided);
            let decision =
                self.notes.weighted(&[("NFA", 46), ("Signposted", 36), ("To social care", 18)]);
            self.note(received, decided, decision, POLICE, Some(case));
        }
    }

    fn note(
        &mut self,
        received: Day,
        decided: Option<Day>,
        decision: &'static str,
        source: &'static str,
        case: Option<&Case>,
    ) {
        let reason = self.reason(source, case);
        let consent = self.consent(source);
        if let Some(decided) = decided.filter(|_| decision == "To social care") {
            self.passed_on.push(decided);
        }
        let nth = u32::try_from(self.contacts.len()).unwrap_or(0) + 1;
        let number = self.story.family.number * 10 + nth;
        let reference = referrer::reference(source, number, received, self.referrers);
        let returned = match decision {
            "NFA" | "Signposted" if decided.is_some() => {
                referrer::why_returned(decision, consent, self.referrers)
            }
            _ => "",
        };
        self.contacts.push(Contact {
            number,
            received,
            decided,
            decision,
            source,
            reason,
            consent,
            reference,
            returned,
        });
    }

    /// What the contact is about, as far as somebody wrote it down.
    fn reason(&mut self, source: &str, case: Option<&Case>) -> &'static str {
        let has = |need| case.is_some_and(|c| c.problem(need).is_some());
        let abuse = has(Need::DomesticAbuse);
        let (at_home, at_school) =
            (if abuse { 30 } else { 4 }, if has(Need::Attendance) { 40 } else { 8 });
        let young = if has(Need::ChildMental) { 30 } else { 8 };
        match source {
            POLICE if abuse => self.notes.weighted(&[("DA", 86), ("Missing", 6), ("Neglect", 8)]),
            POLICE => {
                self.notes.weighted(&[("DA", 48), ("Missing", 18), ("Neglect", 18), ("Other", 16)])
            }
            _ => self.notes.weighted(&[
                ("DA", at_home),
                ("Attendance", at_school),
                ("Child MH", young),
                ("Parenting", 34),
                ("Neglect", 12),
                ("Home and money", 14),
                ("", 5),
            ]),
        }
    }

    /// Whether the family agreed to being spoken about.
    fn consent(&mut self, source: &str) -> &'static str {
        match source {
            "Self" => self.notes.weighted(&[("Yes", 97), ("", 3)]),
            POLICE => self.notes.weighted(&[
                ("Yes", 34),
                ("Refused", 7),
                ("Not asked", 25),
                ("Not needed", 24),
                ("", 10),
            ]),
            _ => self.notes.weighted(&[
                ("Yes", 79),
                ("Refused", 5),
                ("Not asked", 8),
                ("Not needed", 3),
                ("", 5),
            ]),
        }
    }
}
