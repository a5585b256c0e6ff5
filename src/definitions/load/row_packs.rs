//! Reads row-level packs. Nobody is given one who may not see rows about single cases.

use crate::definitions::audience::Audience;
use crate::definitions::diagnostic::{Diagnostic, nearest_or_list};
use crate::definitions::extract::Extract;
use crate::definitions::load::ground::Ground;
use crate::definitions::load::measures::PERIODS;
use crate::definitions::load::reader::{Table, Text};
use crate::definitions::row_pack::{Evidence, RowPack};

/// The words for what can be told of a clause.
pub(super) const EVIDENCE: [(&str, Evidence); 5] = [
    (Evidence::Status.word(), Evidence::Status),
    (Evidence::Reason.word(), Evidence::Reason),
    (Evidence::Window.word(), Evidence::Window),
    (Evidence::Rows.word(), Evidence::Rows),
    (Evidence::Values.word(), Evidence::Values),
];

/// What a pack is read with that was read before it.
#[derive(Clone, Copy)]
pub(super) struct ForCases<'a> {
    pub(super) audiences: &'a [Audience],
    pub(super) extracts: &'a [Extract],
}

impl Ground<'_> {
    /// The row-level packs, in file order.
    pub(super) fn row_packs(&self, with: ForCases<'_>) -> Vec<RowPack> {
        let each = self.each_pack(true);
        each.into_iter().filter_map(|(key, _, table)| self.row_pack(&key, &table, with)).collect()
    }

    fn row_pack(&self, key: &Text, table: &Table<'_>, with: ForCases<'_>) -> Option<RowPack> {
        let title = table.words("title");
        let named = table.required("audience").map(|v| v.one_or_more_texts()).unwrap_or_default();
        self.check_they_may_see_cases(&named, with.audiences);
        let audiences = self.references("audience", named);
        let period = table.required("period").and_then(|v| v.one_of(&PERIODS));
        let claims = table.get("claims").map(|v| v.texts()).unwrap_or_default();
        let claims = claims.iter().filter_map(|claim| self.claim_named(claim)).collect();
        let extracts = table.get("extracts").map(|v| v.texts()).unwrap_or_default();
        let extracts = self.extracts_released(extracts, &audiences, with);
        let evidence = match table.get("evidence") {
            Some(told) => told.list().iter().filter_map(|v| v.one_of(&EVIDENCE)).collect(),
            None => Evidence::ALL.to_vec(),
        };
        if !table.has("claims") && !table.has("extracts") {
            let message = "this pack lists nothing";
            self.log.push(
                Diagnostic::error("required", table.place(), message)
                    .mend("name claims whose cases are listed, claims = […], or extracts = […]"),
            );
        }
        if let (Some(told), false) = (table.key("evidence"), table.has("claims")) {
            let message = "`evidence` is about claims, and this pack lists none";
            self.log.push(
                Diagnostic::error("unused", &told.place, message)
                    .mend("take the key away, or name the claims: claims = […]"),
            );
        }
        Some(RowPack {
            id: key.text.clone(),
            title: title?,
            audiences,
            period: period?,
            claims,
            evidence,
            extracts,
            place: key.place.clone(),
        })
    }

    /// The claim that is meant: `sf2022.successful_family`, or its bare name where only one framework
    /// has it.
    pub(super) fn claim_named(&self, named: &Text) -> Option<String> {
        if self.folder.is_left_out("claim", &named.text) {
            return None;
        }
        let all = self.of_frameworks("claim");
        let whole = |(framework, id): &(String, String)| format!("{framework}.{id}");
        let meant = |claim: &&(String, String)| claim.1 == named.text || whole(claim) == named.text;
        let found: Vec<String> = all.iter().filter(meant).map(whole).collect();
        if let [only] = found.as_slice() {
            return Some(only.clone());
        }
        let (message, mend) = if found.is_empty() {
            let known: Vec<String> = all.iter().map(whole).collect();
            let bare = all.iter().map(|(_, id)| id.as_str());
            let known: Vec<&str> = known.iter().map(String::as_str).chain(bare).collect();
            (format!("there is no claim `{}`", named.text), nearest_or_list(&named.text, &known))
        } else {
            let message = format!("several frameworks have a claim `{}`", named.text);
            (message, format!("say which is meant: {}", found.join(" or ")))
        };
        self.log.push(Diagnostic::error("reference", &named.place, message).mend(mend));
        None
    }

    /// The extracts that may go to the audiences of a pack.
    fn extracts_released(
        &self,
        named: Vec<Text>,
        to: &[String],
        with: ForCases<'_>,
    ) -> Vec<String> {
        // Of those who may see no cases at all it has been said already.
        let to: Vec<&str> = (with.audiences.iter())
            .filter(|a| a.row_level && to.contains(&a.id))
            .map(|a| a.id.as_str())
            .collect();
        for text in &named {
            let extract = with.extracts.iter().find(|e| e.id == text.text);
            let Some(extract) = extract else { continue };
            let released = |to: &str| extract.audiences.iter().any(|a| a == to);
            let without: Vec<&str> = to.iter().copied().filter(|a| !released(a)).collect();
            if !without.is_empty() {
                let message =
                    format!("the extract `{}` is not for {}", text.text, without.join(", "));
                self.log.push(
                    Diagnostic::error("audience", &text.place, message)
                        .mend("add them to its `audience`, or take it out of the pack"),
                );
            }
        }
        let left = |text: &Text| self.folder.is_left_out("extract", &text.text);
        self.references("extract", named.into_iter().filter(|text| !left(text)).collect())
    }
}
