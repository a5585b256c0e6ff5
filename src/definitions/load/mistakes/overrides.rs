//! What an override, and the register of decisions, can have wrong.

use super::finds_in;

/// A framework of its own with the register, sound.
const DISCRETION: &str = r#"
[file]
language = 1
id = "discretion"
title = "Discretion"
[headline.home]
title = "Home"
[need.away]
headline = "home"
title = "Away"
[need.away.test.now]
when = "closed_on is null"
[outcome.back]
need = "away"
title = "Back"
[outcome.back.test.now]
when = "closed_on is not null"
[no_feed]
overrides = "The town decides nothing"
[override.accepted]
why = "Judgement has its place"
title = "Accepted"
decides = "outcome"
only = ["back"]
verdict = "met"
roles = ["head"]
window = { after = "closed_on", for = "2 years" }
[source.overrides]
columns = { reason = { type = "text" }, verdict = { type = "code", codes = ["met", "not_met"] }, role = { type = "code", codes = ["head", "auditor"] }, case_id = { type = "id", of = "case" }, definition = { type = "text" }, decided_on = { type = "date" } }
title = "Decisions"
shape = "event"
about = "case"
key = ["case_id", "definition", "decided_on"]
date = "decided_on"
no_rows = "none"
[allow.reference_unchecked_here]
warning = "reference_unchecked"
rules = ["discretion.*"]
why = "The town is not a real one"
until = 2026-12-31
[allow.no_example_here]
warning = "no_example"
rules = ["discretion.*"]
why = "One story is enough"
until = 2026-12-31
"#;

#[test]
fn the_sound_register_has_no_fault() {
    let loaded = super::with_file("discretion", DISCRETION);
    assert!(loaded.diagnostics.is_empty(), "{}", super::render(&loaded.diagnostics, false));
    let definitions = loaded.definitions.expect("definitions");
    let framework = definitions.framework("discretion").expect("the framework");
    assert_eq!(framework.overrides.len(), 1);
    assert_eq!(framework.overrides[0].roles, [0]);
}

mistakes_in! { "discretion", DISCRETION;
    a_role_that_nobody_has: "roles = [\"head\"]" => "roles = [⟨\"haed\"⟩]", "code", "did you mean `head`?";
    nobody_who_may_decide: "roles = [\"head\"]" => "roles = ⟨[]⟩", "value", "name a role";
    an_outcome_that_does_not_exist: "only = [\"back\"]" => "only = [⟨\"bakc\"⟩]", "reference", "did you mean `back`?";
    an_outcome_named_twice: "only = [\"back\"]" => "only = [\"back\", ⟨\"back\"⟩]", "twice", "list it once";
    a_verdict_that_nobody_decides: "verdict = \"met\"" => "verdict = ⟨\"unknown\"⟩", "value", "choose from `met`, `not_met`";
    something_that_has_no_rule: "decides = \"outcome\"" => "decides = ⟨\"measure\"⟩", "value", "`outcome`, `claim`";
    a_time_that_hangs_from_nothing: "after = \"closed_on\"" => "after = ⟨\"closd_on\"⟩", "anchor", "did you mean `closed_on`?";
    a_time_of_spells: "window = { after = \"closed_on\", for = \"2 years\" }" => "window = ⟨{ after = \"closed_on\", for = \"2 years\", spells = \"starting\" }⟩", "window", "take `spells` away";
    discretion_without_a_why: "[override.accepted]\nwhy = \"Judgement has its place\"\n" => "[override.⟨accepted⟩]\n", "required", "why";
    a_second_way_to_the_same_verdict: "[source.overrides]\n" => "[override.⟨again⟩]\ntitle = \"Again\"\ndecides = \"outcome\"\nverdict = \"met\"\nroles = [\"auditor\"]\nwindow = { on = \"closed_on\" }\nwhy = \"Twice\"\n[source.overrides]\n", "twice", "`accepted` may already decide that `back` is met";
    a_register_without_a_reason: "[source.overrides]\ncolumns = { reason" => "[source.⟨overrides⟩]\ncolumns = { cause", "reference", "no code or text `reason`";
    a_register_of_other_verdicts: "[source.overrides]\ncolumns = { reason = { type = \"text\" }, verdict = { type = \"code\", codes = [\"met\"" => "[source.⟨overrides⟩]\ncolumns = { reason = { type = \"text\" }, verdict = { type = \"code\", codes = [\"maybe\"", "reference", "no code of met and not_met `verdict`";
    a_register_that_nothing_feeds: "[no_feed]\noverrides = \"The town decides nothing\"\n[override.accepted]" => "[override.⟨accepted⟩]", "mapping", "does not feed it";
}
