//! `[allow.…]`: a warning that is accepted for a while, with a reason and an end.

use crate::calendar::Day;
use crate::definitions::diagnostic::{Diagnostic, Severity, WARNINGS, nearest_or_list};
use crate::definitions::load::folder::Folder;
use crate::definitions::load::keys;
use crate::definitions::load::owners::Owner;
use crate::definitions::load::reader::{Text, Value};

/// Takes the allowed warnings out of what was found, and gives them.
///
/// An exemption past its last day allows nothing any more, and says so.
pub(super) fn take_out(
    folder: &Folder<'_>,
    as_at: Day,
    found: &mut Vec<(Diagnostic, Option<Owner>)>,
) -> Vec<Diagnostic> {
    let mut allowed = Vec::new();
    let sound = found.iter().all(|(d, _)| d.severity == Severity::Warning);
    for (key, value) in folder.each("allow") {
        let Some(exemption) = Exemption::read(folder, &key, value) else { continue };
        let mut meant = |(d, owner): &(Diagnostic, Option<Owner>)| {
            d.severity == Severity::Warning
                && d.code == exemption.warning
                && owner.as_ref().is_some_and(|o| exemption.rules.iter().any(|r| o.is_meant_by(r)))
        };
        let silences = found.iter().any(&mut meant);
        if !silences && sound {
            let message = format!("there is no warning `{}` for these", exemption.warning);
            folder.log().push(
                Diagnostic::warning("unused", &key.place, message)
                    .mend("take the exemption away, or correct its `rules`"),
            );
        } else if silences && exemption.until < as_at {
            let message = format!("this exemption ended on {}", exemption.until);
            folder.log().push(
                Diagnostic::warning("allow", &exemption.place, message)
                    .mend("do what it was waiting for, or agree on a new end"),
            );
        } else if silences {
            let (those, others) = std::mem::take(found).into_iter().partition(meant);
            *found = others;
            let those: Vec<(Diagnostic, Option<Owner>)> = those;
            allowed.extend(those.into_iter().map(|(d, _)| d));
        }
    }
    allowed
}

struct Exemption {
    warning: String,
    rules: Vec<String>,
    until: Day,
    place: crate::definitions::place::Place,
}

impl Exemption {
    fn read(folder: &Folder<'_>, key: &Text, value: Value<'_>) -> Option<Self> {
        let what = format!("exemption `{}`", key.text);
        let table = value.table(&what, &key.place, keys::ALLOW)?;
        let warning = table.text("warning").unwrap_or_else(|| key.clone());
        if !WARNINGS.contains(&warning.text.as_str()) {
            let message = format!("there is no warning `{}`", warning.text);
            folder.log().push(
                Diagnostic::error("reference", &warning.place, message)
                    .mend(nearest_or_list(&warning.text, &WARNINGS)),
            );
        }
        let rules = table.required("rules").map(|v| v.texts());
        let why = table.words("why");
        let until = table.required("until");
        let day = until.and_then(|v| v.date());
        why?;
        Some(Self {
            warning: warning.text,
            rules: rules?.into_iter().map(|r| r.text).collect(),
            until: day?,
            place: until?.place(),
        })
    }
}
