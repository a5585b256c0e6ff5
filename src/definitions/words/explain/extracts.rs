//! Says a saved extract in plain English.

use super::Page;
use crate::definitions::expression::Type;
use crate::definitions::extract::Extract;
use crate::definitions::words::conditions::{Voice, name_of_column, sentence};

impl Page<'_> {
    pub(super) fn extract(&mut self, name: &str, extract: &Extract) {
        self.head(&extract.title, name);
        let voice = Voice::of_unit(self.definitions, &extract.unit);
        let unit = self.definitions.unit(&extract.unit);
        let title = unit.map_or(extract.unit.as_str(), |u| u.title.as_str());
        self.line(format!("One row for: {}", sentence(title)));
        if let Some(recent) = &extract.recent {
            let open = if recent.or_open { ", or have no such date yet" } else { "" };
            self.line(format!(
                "Those whose {} lies in the last {} up to the day of judgement{open}.",
                name_of_column(&recent.date).trim_start_matches("the "),
                recent.last
            ));
        }
        if let Some(among) = &extract.among {
            self.line(format!("Only where {}.", voice.condition(&among.expr)));
        }
        if let Some(first) = &extract.first {
            self.line(format!("Those where {} come first.", voice.condition(&first.expr)));
        }
        self.line("Columns:");
        for column in &extract.columns {
            let said = match column.value.ty {
                Type::YesNo => voice.condition(&column.value.expr),
                _ => voice.value(&column.value.expr),
            };
            self.line(format!("  {}: {said}", column.header));
        }
        self.reference(&extract.reference);
        self.record_examples(name);
        if !extract.audiences.is_empty() {
            self.line(format!("Given to: {}.", extract.audiences.join(", ")));
        }
        self.own_rows(extract);
        let packs = self.definitions.row_packs.iter().filter(|p| p.extracts.contains(&extract.id));
        let packs: Vec<&str> = packs.map(|p| p.id.as_str()).collect();
        if !packs.is_empty() && !self.alone {
            self.line(format!("Part of the packs: {}.", packs.join(", ")));
        }
    }

    /// Who is given the rows of its own agency, and by which agreement.
    fn own_rows(&mut self, extract: &Extract) {
        let Some(agencies) = &extract.agencies else { return };
        let voice = Voice::of_unit(self.definitions, &extract.unit);
        self.line(format!(
            "Each row belongs to an agency, by {}. An audience is given those of its own agency alone, and only by agreement:",
            voice.value(&agencies.by.expr)
        ));
        for audience in &self.definitions.audiences {
            let feedback = audience.feedback.as_ref().filter(|f| f.list == extract.id);
            let Some(feedback) = feedback else { continue };
            let until = feedback.until.map(|day| format!(", until {day}")).unwrap_or_default();
            let of = feedback.of.join(", ");
            self.line(format!("  {} ({of}): {}{until}", audience.title, feedback.agreement));
        }
    }
}
