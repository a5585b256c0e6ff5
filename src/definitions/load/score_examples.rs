//! Reads worked examples of scales: a few scores, and the pairs that must come of them.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::definitions::diagnostic::Diagnostic;
use crate::definitions::example::ScoreExample;
use crate::definitions::expression::{Literal, Type};
use crate::definitions::load::ground::Ground;
use crate::definitions::load::keys;
use crate::definitions::load::reader::{Text, Value};
use crate::definitions::scale::{SCORES, TOTAL, pair_columns};
use crate::definitions::source::Source;
use crate::definitions::unit::UnitRows;

impl Ground<'_> {
    pub(super) fn score_examples(&self) -> Vec<ScoreExample> {
        let files = self.folder.files.iter();
        let found: Vec<Value<'_>> = files
            .flat_map(|f| f.root.get("score_example").map(|v| v.list()).unwrap_or_default())
            .collect();
        let paired = self.units.iter().any(|unit| unit.rows == UnitRows::ScorePairs);
        let Some(source) = self.source(SCORES).filter(|_| paired) else {
            // They would never be run, and nobody would know.
            for value in found {
                let message = "nothing pairs scores, so this example proves nothing";
                self.log.push(
                    Diagnostic::error("reference", &value.place(), message).mend(
                        "define the source `scores` and a unit with derived = \"score_pairs\"",
                    ),
                );
            }
            return Vec::new();
        };
        found.into_iter().filter_map(|value| self.score_example(value, source)).collect()
    }

    fn score_example(&self, value: Value<'_>, source: &Source) -> Option<ScoreExample> {
        let table = value.table("a score example", &value.place(), keys::SCORE_EXAMPLE)?;
        let of = table.required_text("of").filter(|of| self.refers("scale", of));
        let says = table.words("says");
        let (scores, pairs) = (table.required("scores")?.list(), table.required("pairs")?.list());
        let of = of?;
        let scores: Option<Vec<_>> =
            scores.into_iter().map(|row| self.scored(row, source, &of).map(Arc::new)).collect();
        let pairs: Option<Vec<_>> =
            pairs.into_iter().map(|pair| self.expected_pair(pair, source)).collect();
        Some(ScoreExample {
            of: of.text,
            says: says?,
            scores: scores?,
            pairs: pairs?,
            place: of.place,
        })
    }

    /// A row of scores. What an example does not say is the same in all its rows: one child of one
    /// case, the total of the scale it is about.
    fn scored(
        &self,
        value: Value<'_>,
        source: &Source,
        of: &Text,
    ) -> Option<BTreeMap<String, Literal>> {
        let columns: Vec<&str> = source.columns.iter().map(|c| c.name.as_str()).collect();
        let place = value.place();
        let table = value.table("a score", &place, &columns)?;
        let mut row = BTreeMap::new();
        for column in &source.columns {
            let unsaid = match column.name.as_str() {
                "case_id" => Some("C1"),
                "person_id" => Some("Kit"),
                "scale" => Some(of.text.as_str()),
                "domain" => Some(TOTAL),
                _ => None,
            };
            let cell = match (table.get(&column.name), unsaid, &column.ty) {
                (Some(said), _, ty) => Some(self.cell(said, ty)?),
                (None, Some(word), Type::Code(list)) => {
                    list.index_of(word).map(|at| Literal::Code(at, std::sync::Arc::clone(list)))
                }
                (None, Some(word), _) => Some(Literal::Text(word.to_owned())),
                (None, None, _) if column.optional => None,
                (None, None, _) => {
                    table.missing(&column.name);
                    None
                }
            };
            row.extend(cell.map(|cell| (column.name.clone(), cell)));
        }
        Some(row)
    }

    /// Some columns of a pair, with `nothing` for those that have to be empty.
    fn expected_pair(
        &self,
        value: Value<'_>,
        source: &Source,
    ) -> Option<BTreeMap<String, Literal>> {
        let columns = pair_columns(Some(source), &self.scales);
        let mut keys: Vec<&str> = columns.iter().map(|(name, _)| *name).collect();
        keys.push("nothing");
        let table = value.table("a pair", &value.place(), &keys)?;
        let mut pair = BTreeMap::new();
        for (name, value) in table.entries() {
            if let Some((_, ty)) = columns.iter().find(|(column, _)| *column == name.text) {
                pair.insert(name.text.clone(), self.cell(*value, ty)?);
            }
        }
        for empty in table.get("nothing").map(|v| v.texts()).unwrap_or_default() {
            if !columns.iter().any(|(column, _)| *column == empty.text) {
                let message = format!("a pair has no column `{}`", empty.text);
                self.log.push(
                    Diagnostic::error("reference", &empty.place, message)
                        .mend(format!("one of: {}", keys.join(", "))),
                );
                return None;
            }
            pair.insert(empty.text, Literal::Null);
        }
        Some(pair)
    }
}
