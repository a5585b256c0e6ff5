//! What the loader says about lists for agencies and the agreements on them: whatever could tell one agency of
//! another's rows, or of whom a row is about, is refused.

use super::{finds_in, with_file};
use crate::calendar::Day;
use crate::definitions::diagnostic::render;

const SOUND: &str = r#"
[file]
language = 1
id = "lists"
title = "Lists"
[audience.constables]
title = "Constables"
disclosure = "open"
feedback = { agreement = "Agreement of 2025", until = 2026-12-31, list = "own", of = "police" }
[audience.teachers]
title = "Teachers"
disclosure = "open"
[audience.everybody]
title = "Everybody"
disclosure = "open"
public = true
[source.calls]
title = "Calls"
shape = "event"
about = "family"
key = ["call_id"]
date = "received_on"
no_rows = "none"
[source.calls.columns]
call_id = { type = "id", of = "call" }
family_id = { type = "id", of = "family" }
received_on = { type = "date" }
caller = { type = "code", codes = ["police", "school", "other"] }
their_number = { type = "text", optional = true }
place = { type = "text", optional = true }
[unit.call]
title = "A call"
plural = "calls"
source = "calls"
[unit.call.anchor]
received_on = "received_on"
[map.calls]
from = "calls.csv"
complete_to = 2026-09-30
[map.calls.columns]
call_id = { column = "Id" }
family_id = { column = "Family" }
received_on = { column = "On" }
caller = { column = "Who", codes = "callers" }
their_number = { column = "Number" }
place = { column = "Place" }
[codes.callers]
unmapped = "other"
[codes.callers.map]
"Police" = "police"
"School" = "school"
[extract.own]
title = "Own"
unit = "call"
agencies = { by = "caller", reference = "Yours" }
columns = [
  { header = "Yours", value = "their_number" },
  { header = "On", value = "received_on" },
]
[extract.all]
title = "All"
unit = "call"
audience = []
columns = [{ header = "On", value = "received_on" }]
"#;

mistakes_in! { "lists", SOUND;
    rows_of_two_agencies_for_one: "[audience.teachers]\ntitle = \"Teachers\"\ndisclosure = \"open\"" => "[audience.teachers]\ntitle = \"Teachers\"\ndisclosure = \"open\"\nfeedback = { agreement = \"A\", list = \"own\", of = [\"school\", ⟨\"police\"⟩] }", "feedback", "`teachers` would be told of rows of `constables`";
    rows_of_anybody: "of = \"police\"" => "of = [\"police\", ⟨\"other\"⟩]", "feedback", "these may be anybody's rows";
    an_agency_that_is_none: "of = \"police\"" => "of = ⟨\"polce\"⟩", "reference", "did you mean `police`?";
    a_whole_list_given_away: "list = \"own\"" => "list = ⟨\"all\"⟩", "feedback", "the whole list would be given away";
    a_list_that_is_none: "list = \"own\"" => "list = ⟨\"onw\"⟩", "reference", "did you mean `own`?";
    no_agreement: "feedback = { agreement = \"Agreement of 2025\", until = 2026-12-31, list = \"own\", of = \"police\" }" => "feedback = ⟨{ list = \"own\", of = \"police\" }⟩", "required", "add `agreement = …`";
    for_everybody_to_see: "public = true" => "public = true\nfeedback = ⟨{ agreement = \"A\", list = \"own\", of = \"school\" }⟩", "feedback", "everybody may see";
    whom_a_row_is_about: "{ header = \"On\", value = \"received_on\" },\n]\n[extract.all]" => "⟨{ header = \"Family\", value = \"family_id\" }⟩,\n]\n[extract.all]", "feedback", "could tell an agency whom a row is about";
    free_words_about_them: "{ header = \"On\", value = \"received_on\" },\n]\n[extract.all]" => "⟨{ header = \"Place\", value = \"place\" }⟩,\n]\n[extract.all]", "feedback", "could tell an agency whom a row is about";
    agencies_in_free_words: "by = \"caller\"" => "by = ⟨\"place\"⟩", "feedback", "has to be a code";
    a_reference_in_no_column: "reference = \"Yours\"" => "reference = ⟨\"Your\"⟩", "reference", "did you mean `Yours`?";
    words_for_no_reference: "reference = \"Yours\" }\ncolumns = [\n  { header = \"Yours\", value = \"their_number\" }" => "reference = ⟨\"Yours\"⟩ }\ncolumns = [\n  { header = \"Yours\", value = \"their_number\", missing = \"none\" }", "feedback", "counted and not listed";
}

#[test]
fn an_agreement_is_read_with_the_list_and_the_agencies_that_it_is_about() {
    let sound = with_file("lists", SOUND);
    assert_eq!(render(&sound.diagnostics, false), "");
    let definitions = sound.definitions.expect("definitions");
    let feedback = |id: &str| definitions.audience(id).and_then(|a| a.feedback.clone());
    let constables = feedback("constables").expect("an agreement");
    assert_eq!(
        (constables.list.as_str(), constables.of.as_slice()),
        ("own", &["police".to_owned()][..])
    );
    let last = Day::from_ymd(2026, 12, 31).expect("a day");
    assert!(constables.holds_on(last) && !constables.holds_on(last.plus_days(1)));
    assert!(constables.is_own(Some("police")) && !constables.is_own(Some("school")));
    assert!(!constables.is_own(None), "rows of nobody are nobody's own");
    assert_eq!(feedback("teachers"), None);
}
