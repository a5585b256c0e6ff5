//! Matching by tiers: a pupil number, else a name with a date of birth, and so on. The first tier that
//! knows exactly one of ours decides. One that knows several decides nothing: to choose among them
//! would be to guess.

use crate::columns::Ring;
use crate::definitions::mapping::{IdCheck, Tier};
use crate::read::dates::{DateForm, iso_day};
use crate::read::folding::folded;
use crate::read::texts::passes;

/// A crosswalk with tiers, ready to be asked.
pub(super) struct Tiers {
    /// The columns of the crosswalk that some tier compares, each once.
    columns: Vec<String>,
    tiers: Vec<Known>,
    ours: Ring,
}

/// One tier and whom it knows.
struct Known {
    title: String,
    /// Places in [`Tiers::columns`].
    key: Vec<usize>,
    check: Option<IdCheck>,
    keys: Ring,
    /// The place of ours for each key; nothing where the key is that of several.
    ours_of: Vec<Option<u32>>,
}

/// What a tier says to a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Answer {
    /// It knows exactly one of ours.
    One,
    /// It knows several.
    Several,
}

impl Tiers {
    /// Tiers that know nobody yet.
    pub(super) fn new(tiers: &[Tier]) -> Self {
        let mut columns: Vec<String> = Vec::new();
        let mut known = Vec::new();
        for tier in tiers {
            let mut key = Vec::new();
            for column in &tier.key {
                let at = columns.iter().position(|c| c == column).unwrap_or(columns.len());
                if at == columns.len() {
                    columns.push(column.clone());
                }
                key.push(at);
            }
            known.push(Known {
                title: tier.title.clone(),
                key,
                check: tier.check,
                keys: Ring::default(),
                ours_of: Vec::new(),
            });
        }
        Self { columns, tiers: known, ours: Ring::default() }
    }

    /// The columns of the crosswalk that are compared.
    pub(super) fn columns(&self) -> &[String] {
        &self.columns
    }

    /// What the tiers are called.
    pub(super) fn titles(&self) -> Vec<&str> {
        self.tiers.iter().map(|t| t.title.as_str()).collect()
    }

    /// Takes in a row of the crosswalk: the texts of its columns, in order, and ours.
    pub(super) fn add(&mut self, parts: &[Option<&str>], ours: &str, forms: &[String]) {
        let ours = self.ours.place(ours);
        for tier in &mut self.tiers {
            let Some(key) = tier.key_of(parts, forms) else { continue };
            let at = tier.keys.place(&key) as usize;
            match tier.ours_of.get_mut(at) {
                None => tier.ours_of.push(Some(ours)),
                Some(known) if *known != Some(ours) => *known = None,
                Some(_) => {}
            }
        }
    }

    /// Ours of a row with these texts, in the order of the columns. `told` hears which tier knew one
    /// or several.
    pub(super) fn find(
        &self,
        parts: &[Option<&str>],
        forms: &[String],
        mut told: impl FnMut(usize, Answer),
    ) -> Option<&str> {
        for (at, tier) in self.tiers.iter().enumerate() {
            let Some(key) = tier.key_of(parts, forms) else { continue };
            let Some(place) = tier.keys.find(&key) else { continue };
            match tier.ours_of.get(place as usize).copied().flatten() {
                Some(ours) => {
                    told(at, Answer::One);
                    return self.ours.word(ours);
                }
                None => told(at, Answer::Several),
            }
        }
        None
    }
}

impl Known {
    /// What this tier compares of a row; nothing when a part is missing, or fails its check.
    fn key_of(&self, parts: &[Option<&str>], forms: &[String]) -> Option<String> {
        let mut key = String::new();
        for (n, &at) in self.key.iter().enumerate() {
            let part = parts.get(at).copied().flatten()?.trim();
            if part.is_empty() || (n == 0 && self.check.is_some_and(|check| !passes(check, part))) {
                return None;
            }
            key.push('\u{1f}');
            key.push_str(&compared(part, forms));
        }
        Some(key)
    }
}

/// A text as it is compared: days as days, whatever their form; other words folded.
fn compared(part: &str, forms: &[String]) -> String {
    let day = forms.iter().find_map(|form| DateForm::new(form).day(part));
    match day.or_else(|| iso_day(part)) {
        Some(day) if part.len() >= 8 => day.iso(),
        _ => folded(part),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn people() -> Tiers {
        let tier = |title: &str, key: &[&str], check| Tier {
            title: title.into(),
            key: key.iter().map(|&k| k.into()).collect(),
            check,
        };
        let mut tiers = Tiers::new(&[
            tier("UPN", &["UPN"], Some(IdCheck::Upn)),
            tier("name and date of birth", &["NAME", "DOB"], None),
        ]);
        let forms = ["%d/%m/%Y".to_owned()];
        for (upn, name, born, ours) in [
            ("T004199988970", "O\u{2019}Neil", "04/05/2015", "P1"),
            ("", "Smith", "01/02/2016", "P2"),
            ("A00000000000X", "Smith", "01/02/2016", "P3"),
            ("B000000000000", "Khan", "09/09/2014", "P4"),
        ] {
            tiers.add(&[Some(upn), Some(name), Some(born)], ours, &forms);
        }
        tiers
    }

    #[test]
    fn the_first_tier_that_knows_exactly_one_decides() {
        let tiers = people();
        let forms = ["%Y-%m-%d".to_owned()];
        let ask = |parts: [&str; 3]| {
            let mut told = Vec::new();
            let found = tiers.find(&parts.map(Some), &forms, |at, answer| told.push((at, answer)));
            (found, told)
        };
        assert_eq!(ask(["T004199988970", "?", "?"]), (Some("P1"), vec![(0, Answer::One)]));
        // A wrong check letter is no identifier, even where the crosswalk holds the same.
        assert_eq!(ask(["B000000000000", "?", "?"]), (None, vec![]));
        assert_eq!(ask(["", "o'neil ", "2015-05-04"]), (Some("P1"), vec![(1, Answer::One)]));
        assert_eq!(ask(["", "SMITH", "2016-02-01"]), (None, vec![(1, Answer::Several)]));
        assert_eq!(ask(["", "Khan", "2014-09-08"]), (None, vec![]));
    }
}
