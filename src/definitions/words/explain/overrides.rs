//! Discretion in words: what may be decided otherwise than its rule says, by whom and when.

use super::{Page, window_in_words};
use crate::definitions::framework::Framework;
use crate::definitions::overrides::{Override, Ruled};
use crate::definitions::words::capital;
use crate::definitions::words::conditions::{Voice, spaced};

impl Page<'_> {
    pub(super) fn override_of(&mut self, name: &str, framework: &Framework, by: &Override) {
        self.head(&by.title, name);
        self.line(format!("It is there because: {}.", by.why.trim_end_matches('.')));
        let voice = Voice::of_unit(self.definitions, "case");
        self.line(format!(
            "{} may decide that {} is {}, {}.",
            capital(&self.roles_in_words(by)),
            match by.decides {
                Ruled::Need => "a need",
                Ruled::Outcome => "an outcome",
                Ruled::Claim => "a claim",
            },
            spaced(by.verdict.word()),
            window_in_words(&by.window, &voice),
        ));
        self.dates("The time for it", &by.window, &voice);
        self.line("A decision counts once every window behind the rule is over, and never where the framework or the need is not there. It has to have a reason; of several the latest stands. Whatever counts is counted apart and listed first for audit.");
        let of_kind = match by.decides {
            Ruled::Need => framework.needs.len(),
            Ruled::Outcome => framework.outcomes.len(),
            Ruled::Claim => framework.claims.len(),
        };
        let kind = by.decides.word();
        self.line(if by.only.len() == of_kind {
            format!("It is about every {kind} of {}.", framework.title)
        } else {
            format!("It is about the {kind}s {}.", by.only.join(", "))
        });
    }

    /// Which decisions may stand in the place of a rule.
    pub(super) fn discretion(&mut self, framework: &Framework, kind: Ruled, id: &str) {
        for by in framework.overrides_of(kind, id) {
            let said = format!(
                "{} may decide that it is {}: see {}.override.{}.",
                capital(&self.roles_in_words(by)),
                spaced(by.verdict.word()),
                framework.id,
                by.id
            );
            self.line(said);
        }
    }

    fn roles_in_words(&self, by: &Override) -> String {
        let list = self.definitions.roles();
        let words = by.roles.iter().filter_map(|role| list?.word(*role)).map(spaced);
        words.collect::<Vec<_>>().join(" or ")
    }
}
