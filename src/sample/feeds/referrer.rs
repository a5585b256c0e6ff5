//! Those who refer: by which reference they know a referral, and what they are told when it is returned.

use crate::calendar::Day;
use crate::sample::draw::Draw;
use crate::sample::feeds::scrambled;

/// What the referrer's own system calls the referral, where somebody wrote it on the form. Families who ask
/// for themselves have no system.
pub(super) fn reference(source: &str, contact: u32, received: Day, draw: &mut Draw) -> String {
    let (name, written) = match source {
        "Police" => ("MP", 890),
        "Housing officer" => ("HSG", 820),
        "Jobcentre" => ("JCP", 700),
        "School" => ("SCH", 610),
        "Health visitor" | "GP" => ("NHS", 560),
        "Voluntary org" => ("VCS", 480),
        _ => return String::new(),
    };
    if !draw.chance(written) {
        return String::new();
    }
    format!("{name}/{:06}/{:02}", scrambled(contact, 731_993) % 1_000_000, received.year() % 100)
}

/// Why a referral was returned, as far as somebody wrote it down.
pub(super) fn why_returned(decision: &str, consent: &str, draw: &mut Draw) -> &'static str {
    match (decision, consent) {
        (_, "Refused") => draw.weighted(&[("No consent", 91), ("", 9)]),
        ("Signposted", _) => draw.weighted(&[
            ("Other service better placed", 74),
            ("Below threshold", 12),
            ("Already helped", 6),
            ("", 8),
        ]),
        _ => draw.weighted(&[
            ("Below threshold", 52),
            ("Information only", 21),
            ("Already helped", 12),
            ("No consent", 4),
            ("", 11),
        ]),
    }
}
