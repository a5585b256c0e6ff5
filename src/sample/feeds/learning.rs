//! Places in education, employment and training; special educational needs; early years.

use crate::calendar::Day;
use crate::sample::concerns::{Concern, Kind};
use crate::sample::county::AS_AT;
use crate::sample::draw::Draw;
use crate::sample::export::Export;
use crate::sample::family::{Person, Role};
use crate::sample::feeds::{pupil_number, school};
use crate::sample::story::{Case, Story, known};

/// A case of the family with its concerns.
pub(super) type Known<'a> = (&'a Case, &'a [Concern]);

/// From which day, in which status, and whether it is suitable.
type Step = (Day, &'static str, bool);

/// The status of each child of school age or older, one after another without gaps. A few children
/// are not on the tracker.
pub(super) fn statuses(story: &Story, cases: &[Known<'_>], draw: &mut Draw, out: &mut Export) {
    for child in story.family.people.iter().filter(|p| p.role == Role::Child) {
        let Some(school) = first_of_september(child.born, 4) else { continue };
        let mut steps: Vec<Step> = vec![(school, "FT", true)];
        let after = draw.weighted(&[("FT", 78), ("TRN", 13), ("EMP", 9)]);
        steps.extend(first_of_september(child.born, 15).map(|on| (on, after, true)));
        for (case, concerns) in cases {
            let theirs = |k| concerns.iter().find(|c| c.person == child.number && c.kind == k);
            if let Some(concern) = theirs(Kind::OutOfEducation) {
                let bad = draw.weighted(&[("CME", 38), ("PT", 34), ("EHE", 28)]);
                steps.push((case.identified.plus_days(-draw.between(15, 150)), bad, bad == "PT"));
                let back = match concern.resolved {
                    true => case.turned().plus_days(-draw.between(0, 14)).max(case.started),
                    false => case.turned().plus_days(draw.between(90, 420)),
                };
                steps.push((back, "FT", true));
            }
            if let Some(concern) = theirs(Kind::Neet) {
                let began = case.identified.plus_days(-draw.between(20, 200));
                steps.push((began, "NEET", false));
                let found = draw.weighted(&[("TRN", 40), ("FT", 35), ("EMP", 25)]);
                let back = case.turned().plus_days(match concern.resolved {
                    true => draw.between(10, 150),
                    false => draw.between(280, 600),
                });
                steps.push((back, found, true));
            }
        }
        let silent = draw.chance(40);
        steps.sort_by_key(|s| s.0);
        steps.retain(|s| s.0 <= AS_AT);
        for (at, (began, status, suitable)) in steps.iter().enumerate().filter(|_| !silent) {
            let next = steps.get(at + 1).map(|s| s.0);
            if next == Some(*began) {
                continue;
            }
            let row = out.education_status.row().id("P", child.number).text(status).yes(*suitable);
            row.day(*began).maybe(next.map(|n| n.plus_days(-1))).end();
        }
    }
}

/// The register of special educational needs: children whose needs a case found, and some others.
pub(super) fn sen(story: &Story, cases: &[Known<'_>], draw: &mut Draw, out: &mut Export) {
    for child in story.family.people.iter().filter(|p| school::was_pupil(p)) {
        let found = cases.iter().find_map(|(case, concerns)| {
            let mut theirs = concerns.iter().filter(|c| c.kind == Kind::Send);
            theirs.find(|c| c.person == child.number).map(|c| (case, c.resolved))
        });
        let kind = draw.weighted(&[("K", 72), ("E", 28)]);
        let (chance, began) = match found {
            Some((case, resolved)) => {
                let took = draw.between(5, 80);
                (if resolved { 940 } else { 330 }, case.turned().plus_days(took))
            }
            None => (70, story.noticed.plus_days(-draw.between(100, 1500))),
        };
        let born = child.born.plus_months(12 * 4);
        if draw.chance(chance) && began <= AS_AT && began > born {
            let ended = draw.chance(60).then(|| began.plus_days(draw.between(200, 900)));
            let row = out.sen_register.row().text(&pupil_number(child.number)).text(kind);
            row.day(began).maybe(ended.and_then(known)).end();
        }
    }
}

/// What health visitors and nurseries see of children up to five, before the plan and after it.
pub(super) fn early_years(story: &Story, cases: &[Known<'_>], draw: &mut Draw, out: &mut Export) {
    for (case, concerns) in cases {
        for child in story.family.children(case.identified, 0, 5) {
            let mut visits = Visits { child, case, draw, out };
            for (kind, words) in [
                (Kind::EarlyHealth, ["Mandated contact", "Imms check"]),
                (Kind::EarlyDevelopment, ["2-2.5 yr review", "ASQ-3"]),
            ] {
                let of_kind = concerns.iter().find(|c| c.person == child.number && c.kind == kind);
                visits.seen(words, of_kind);
            }
            visits.nursery();
        }
    }
}

struct Visits<'a> {
    child: &'a Person,
    case: &'a Case,
    draw: &'a mut Draw,
    out: &'a mut Export,
}

impl Visits<'_> {
    fn seen(&mut self, words: [&'static str; 2], concern: Option<&Concern>) {
        let before = self.case.identified.plus_days(-self.draw.between(3, 330));
        let word = self.draw.pick(&words);
        if self.draw.chance(if concern.is_some() { 1000 } else { 640 }) {
            self.write(before.max(self.child.born.plus_days(10)), word, concern.is_none());
        }
        let (better, held) = match concern {
            Some(c) if c.resolved => (930, 930),
            Some(_) => (90, 700),
            None => (960, 450),
        };
        let after = self.case.turned().plus_days(self.draw.between(60, 330));
        let on_track = self.draw.chance(better);
        let word = self.draw.pick(&words);
        if self.draw.chance(held) {
            self.write(after, word, on_track);
        }
    }

    /// The headcount of each term in which a child of two or more might have a place.
    fn nursery(&mut self) {
        for back in [100, 220, 340] {
            let on = self.case.turned().plus_days(back - self.draw.between(0, 60));
            let (counted, there) = (self.draw.chance(820), self.draw.chance(880));
            if counted && (2..=4).contains(&self.child.age(on)) {
                self.write(on, "Nursery place", there);
            }
        }
    }

    /// The health visitors' feed knows nothing of September.
    fn write(&mut self, on: Day, word: &str, on_track: bool) {
        if on <= AS_AT.plus_days(-30) && on > self.child.born {
            let row = self.out.early_years.row().id("P", self.child.number).text(word);
            row.yes(on_track).day(on).end();
        }
    }
}

/// The first of September on or after the day on which somebody is so many years old.
fn first_of_september(born: Day, years: i32) -> Option<Day> {
    let turns = born.plus_months(12 * years);
    let year = if turns.month() >= 9 { turns.year() + 1 } else { turns.year() };
    Day::from_ymd(year, 9, 1)
}
