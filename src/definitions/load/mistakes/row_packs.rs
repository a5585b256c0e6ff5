//! What the loader says about mistakes in row-level packs.

use super::{finds_in, with_file};
use crate::definitions::diagnostic::render;
use crate::definitions::row_pack::Evidence;

const SOUND: &str = r#"
[file]
language = 1
id = "lists"
title = "Lists"
[audience.archive]
title = "Archive"
disclosure = "open"
row_level = true
[audience.audit]
title = "Audit"
disclosure = "open"
row_level = true
[extract.cases]
title = "Cases"
unit = "case"
where = "claim.success"
audience = ["audit"]
columns = [{ header = "Case", value = "case_id" }]
[pack.claims]
title = "Claims"
audience = "audit"
period = "quarter"
kind = "row_level"
claims = ["success"]
evidence = ["status", "rows"]
extracts = ["cases"]
"#;

mistakes_in! { "lists", SOUND;
    cases_for_those_who_may_not_see_them: "audience = \"audit\"\nperiod" => "audience = [\"audit\", ⟨\"police\"⟩]\nperiod", "audience", "may not see rows about single cases";
    an_extract_that_is_not_for_them: "audience = \"audit\"\nperiod = \"quarter\"\nkind = \"row_level\"\nclaims = [\"success\"]\nevidence = [\"status\", \"rows\"]\nextracts = [\"cases\"]" => "audience = \"archive\"\nperiod = \"quarter\"\nkind = \"row_level\"\nclaims = [\"success\"]\nextracts = [⟨\"cases\"⟩]", "audience", "is not for archive";
    a_claim_that_is_none: "claims = [\"success\"]" => "claims = [⟨\"sucess\"⟩]", "reference", "did you mean `success`?";
    a_claim_of_another_framework: "claims = [\"success\"]" => "claims = [⟨\"rule.success\"⟩]", "reference", "did you mean `rules.success`?";
    an_extract_that_is_none: "extracts = [\"cases\"]" => "extracts = [⟨\"casses\"⟩]", "reference", "did you mean `cases`?";
    evidence_of_another_kind: "\"status\", \"rows\"" => "\"status\", ⟨\"row\"⟩", "value", "did you mean `rows`?";
    a_kind_of_pack_that_is_none: "\"row_level\"\nclaims = [\"success\"]\nevidence = [\"status\", \"rows\"]\nextracts = [\"cases\"]" => "⟨\"rows\"⟩", "value", "`row_level`";
    figures_among_cases: "period = \"quarter\"" => "period = \"quarter\"\n⟨headlines⟩ = [\"closed\"]", "kind", "this pack has no figures";
    cases_among_figures: "kind = \"row_level\"\nclaims = [\"success\"]\nevidence = [\"status\", \"rows\"]\nextracts = [\"cases\"]" => "⟨claims⟩ = [\"success\"]", "kind", "kind = \"row_level\"";
    a_pack_of_nothing: "[pack.claims]\ntitle = \"Claims\"\naudience = \"audit\"\nperiod = \"quarter\"\nkind = \"row_level\"\nclaims = [\"success\"]\nevidence = [\"status\", \"rows\"]\nextracts = [\"cases\"]" => "[pack.⟨claims⟩]\ntitle = \"Claims\"\naudience = \"audit\"\nperiod = \"quarter\"\nkind = \"row_level\"", "required", "claims = […]";
    evidence_of_nothing: "claims = [\"success\"]\nevidence = [\"status\", \"rows\"]" => "⟨evidence⟩ = [\"status\"]", "unused", "this pack lists none";
}

#[test]
fn a_sound_pack_knows_its_claims_by_their_whole_names() {
    let sound = with_file("lists", SOUND);
    assert_eq!(render(&sound.diagnostics, false), "");
    let definitions = sound.definitions.expect("definitions");
    let [pack] = definitions.row_packs.as_slice() else { panic!("one row-level pack") };
    assert_eq!(pack.claims, ["rules.success"]);
    assert_eq!(pack.evidence, [Evidence::Status, Evidence::Rows]);
    assert!(definitions.packs.iter().all(|p| p.id != "claims"), "it is no pack of figures");
}
