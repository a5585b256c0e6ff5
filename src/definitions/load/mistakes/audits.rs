//! What the loader says about mistakes in audits.

use super::{finds_in, with_file};
use crate::definitions::audit::Take;
use crate::definitions::diagnostic::render;

const SOUND: &str = r#"
[file]
language = 1
id = "audits"
title = "Audits"
[audience.archive]
title = "Archive"
disclosure = "open"
row_level = true
[unit.case_need]
title = "A need of a case"
plural = "needs"
derived = "needs"
[extract.met]
title = "Outcomes met"
unit = "case_need"
where = "outcome_verdict = 'met'"
audience = "archive"
columns = [{ header = "Case", value = "case_id" }]
[extract.cases]
title = "Cases"
unit = "case"
audience = "archive"
columns = [{ header = "Case", value = "case_id" }]
[audit.met]
title = "Outcomes met"
extract = "met"
question = "Is it so?"
reasons = { not_kept = "It was not kept" }
strata = [
  { id = "decided", title = "Decided", where = "overridden", take = "all" },
  { id = "late", title = "Late", just_over = "14 days", take = "10%" },
  { id = "police", title = "By the police", rests_on = [{ source = "police", where = "kind = 'missing'" }], take = 7 },
  { id = "others", title = "Others", take = 30 },
]
"#;

mistakes_in! { "audits", SOUND;
    rows_that_are_no_needs: "extract = \"met\"" => "extract = ⟨\"cases\"⟩", "reference", "derived from needs";
    an_extract_that_is_none: "extract = \"met\"" => "extract = ⟨\"mett\"⟩", "reference", "did you mean `met`?";
    nothing_for_the_rest: "{ id = \"others\", title = \"Others\", take = 30 }" => "⟨{ id = \"others\", title = \"Others\", where = \"overridden\", take = 30 }⟩", "strata", "belong to no stratum";
    a_share_that_is_none: "take = \"10%\"" => "take = ⟨\"110%\"⟩", "value", "30 or \"10%\"";
    none_drawn: "take = 7" => "take = ⟨0⟩", "value", "whole number from 1";
    by_what_is_no_condition: "where = \"overridden\"" => "where = \"⟨case_id⟩\"", "type", "yes or no";
    near_by_no_fixed_length: "\"14 days\"" => "⟨\"2 terms\"⟩", "length", "days, weeks or months";
    rows_of_no_source: "source = \"police\"" => "source = ⟨\"polic\"⟩", "reference", "did you mean `police`?";
    a_column_that_no_row_has: "kind = 'missing'" => "⟨kin⟩ = 'missing'", "reference", "did you mean `kind`?";
}

#[test]
fn a_sound_audit_takes_what_it_says() {
    let sound = with_file("audits", SOUND);
    assert_eq!(render(&sound.diagnostics, false), "");
    let audits = sound.definitions.expect("definitions").audits;
    let takes: Vec<Take> = audits[0].strata.iter().map(|s| s.take).collect();
    assert_eq!(takes, [Take::All, Take::PerCent(10), Take::Number(7), Take::Number(30)]);
}
