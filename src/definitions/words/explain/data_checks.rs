//! Says a data check in plain English.

use super::Page;
use crate::definitions::data_check::{DataCheck, Fault};
use crate::definitions::words::conditions::{Voice, listed, name_of_column, sentence, spaced};

impl Page<'_> {
    pub(super) fn data_check(&mut self, name: &str, check: &DataCheck) {
        self.head(&check.title, name);
        let voice = Voice::of_unit(self.definitions, "case").over_rows();
        let title = |source: &str| {
            let found = self.definitions.source(source);
            format!("\u{201c}{}\u{201d}", found.map_or(source, |s| s.title.as_str()))
        };
        let mut looks = format!("looks at the rows of {}", title(&check.source));
        if let Some(among) = &check.among {
            looks.push_str(&format!(" where {}", voice.condition(&among.expr)));
        }
        let columns = |columns: &[String]| {
            let names: Vec<String> = columns.iter().map(|c| name_of_column(c)).collect();
            listed(&names, "and")
        };
        let (wrong, chance) = match &check.fault {
            Fault::Holds { condition, by_chance } => {
                (format!("it is wrong that {}", voice.condition(&condition.expr)), *by_chance)
            }
            Fault::Repeated(same) => (
                format!("it is wrong that another of them has the same in {}", columns(same)),
                None,
            ),
            Fault::Overlapping(same) => {
                let said = format!(
                    "it is wrong that another of them with the same in {} lasts at the same time; one may begin on the day on which another ends",
                    columns(same)
                );
                (said, None)
            }
            Fault::Without(other) => {
                let there = other
                    .condition
                    .as_ref()
                    .map_or_else(String::new, |c| format!(" where {}", voice.condition(&c.expr)));
                let about = name_of_column(&other.columns.0);
                let said = format!(
                    "it is wrong that {} has no row for {about}{there}",
                    title(&other.source)
                );
                (said, None)
            }
        };
        self.line(sentence(&looks));
        self.line(sentence(&wrong));
        if let Some(usual) = chance {
            self.line(format!(
                "By chance that is so of {}% of them: it is a finding only when the share is surely higher (95%).",
                (usual * 10_000.0).round() / 100.0
            ));
        }
        self.parameters_of(check.conditions());
        self.line(format!("Grade: {}. About {}.", check.grade, spaced(check.quality.word())));
        self.line(format!("Why it matters: {}", sentence(&check.why)));
        self.line(format!("How to mend it: {} ({})", sentence(&check.mend), check.mended_by));
        if !check.by.is_empty() {
            self.line(format!("Split by: {}.", check.by.join(", ")));
        }
        self.record_examples(name);
        self.line(format!("Told to: {}.", check.audiences.join(", ")));
    }
}
