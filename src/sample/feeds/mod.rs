//! A family's story told by each of the council's and partners' systems.

mod audit_themes;
mod audits;
mod benchmarks;
mod claims;
mod closing;
mod course;
mod decisions;
mod front_door;
mod home;
mod learning;
mod own_words;
mod partners;
mod police;
mod practice;
mod referrer;
mod register;
mod school;
mod scores;
mod social_care;
mod work;

use crate::sample::concerns;
use crate::sample::county::County;
use crate::sample::draw::Draw;
use crate::sample::export::Export;
use crate::sample::story::Story;

pub(super) use decisions::Register as Decisions;
pub(super) use register::county;

/// Streams from which those who write on forms that were added later draw: with another one of them, nothing
/// else would change.
pub(super) struct Besides {
    /// What is written down besides.
    pub(super) notes: Draw,
    /// What auditors add.
    pub(super) auditors: Draw,
    /// What referrers add, and are answered.
    pub(super) referrers: Draw,
    /// Which results are claimed.
    pub(super) claims: Draw,
    /// Which plans run when the exports end.
    pub(super) plans: Draw,
}

/// Writes every row about one family.
pub(super) fn family(
    story: &Story,
    county: &County,
    draw: &mut Draw,
    besides: Besides,
    out: &mut Export,
) {
    let Besides { mut notes, mut auditors, mut referrers, mut claims, mut plans } = besides;
    let in_police = police::incidents(story, draw, out);
    let on_forms = (&mut notes, &mut referrers);
    let (contacts, passed_on) = front_door::contacts(story, county, draw, on_forms);
    for case in &story.cases {
        register::case(story, case, county, draw, out);
        course::case(case, county, draw, &mut auditors, out);
        scores::case(story, case, draw, out);
        closing::case(case, county, draw, out);
        practice::case(case, county, &mut notes, out);
    }
    let schools = school::children(story, county, draw, out);
    register::family(story, county, &in_police, &schools, out);
    front_door::write(&contacts, story, county, &schools, out);
    social_care::spells(story, county, &passed_on, draw, &mut notes, out);
    social_care::still_running(story, county, &mut plans, out);
    work::adults(story, draw, out);
    home::housing(story, draw, out);
    claims::claims(story, county, &mut claims, out);
}

/// Writes what partners also know of one family. The draws are a stream of their own: with another
/// one, nothing that [`family`] writes would change.
pub(super) fn partners(story: &Story, draw: &mut Draw, out: &mut Export) {
    let concerns: Vec<_> =
        story.cases.iter().map(|c| concerns::concerns(&story.family, c, draw)).collect();
    let cases: Vec<learning::Known<'_>> =
        story.cases.iter().zip(&concerns).map(|(case, of_case)| (case, &**of_case)).collect();
    for (case, concerns) in &cases {
        partners::practitioners(case, concerns, draw, out);
        partners::panel(case, concerns, draw, out);
        partners::orders(case, draw, out);
        partners::treatment(case, concerns, draw, out);
    }
    if !cases.is_empty() {
        learning::statuses(story, &cases, draw, out);
        learning::sen(story, &cases, draw, out);
        learning::early_years(story, &cases, draw, out);
        partners::rent(story, draw, out);
    }
}

/// The number of a nominal in the police system. It tells nothing about ours.
fn nominal(person: u32) -> String {
    format!("NM{:09}", scrambled(person, 412_345_679))
}

/// A pupil number in a fictional authority, with the check letter that such numbers carry.
fn pupil_number(person: u32) -> String {
    const LETTERS: &[u8; 23] = b"ABCDEFGHJKLMNPQRTUVWXYZ";
    let digits = format!("999{:09}", scrambled(person, 268_435_399));
    let sum: u32 = digits.bytes().zip(2..).map(|(d, weight)| u32::from(d - b'0') * weight).sum();
    format!("{}{digits}", char::from(LETTERS[(sum % 23) as usize]))
}

/// A number below 10⁹ that no other person shares: multiplication modulo a prime is one to one.
fn scrambled(person: u32, by: u64) -> u64 {
    (u64::from(person) * by) % 999_999_937
}
