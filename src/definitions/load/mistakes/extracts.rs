//! What the loader says about mistakes in saved extracts.

use super::{finds_in, with_file};
use crate::definitions::diagnostic::render;
use crate::definitions::extract::DateForm;

const SOUND: &str = r#"
[file]
language = 1
id = "lists"
title = "Lists"
[audience.archive]
title = "Archive"
disclosure = "open"
row_level = true
[extract.cases]
title = "Cases"
unit = "case"
where = "need.missing"
date = "closed_on"
last = "6 months"
or_open = true
dates = "day_first"
audience = "archive"
columns = [
  { header = "Case", value = "case_id" },
  { header = "Why closed", value = "reason", codes = { met = "a) Met" }, missing = "b) Open" },
  { header = "Days", value = "days(identified_on, as_at)" },
]
[[example]]
of = "extract.cases"
says = "Nobody went missing"
cast = "lees"
gives = []
"#;

mistakes_in! { "lists", SOUND;
    an_example_of_another_column: "gives = []" => "gives = [{ ⟨Cas⟩ = \"C1\" }]", "key", "did you mean `Case`?";
    an_example_that_gives_a_number: "gives = []" => "gives = [{ Days = ⟨3⟩ }]", "value", "between double quotes";
    rows_about_cases_for_those_who_may_not_see_them: r#"audience = "archive""# => r#"audience = ⟨"police"⟩"#, "audience", "row_level = true";
    a_column_of_another_source: r#"value = "case_id""# => r#"value = "⟨case_idd⟩""#, "reference", "did you mean `case_id`?";
    first_by_what_is_no_condition: "where = \"need.missing\"\n" => "where = \"need.missing\"\nfirst = \"⟨closed_on⟩\"\n", "type", "yes or no";
    a_code_that_is_none: r#"met = "a) Met""# => r#"⟨mett⟩ = "a) Met""#, "reference", "did you mean `met`?";
    a_date_that_is_none: r#"date = "closed_on""# => r#"date = ⟨"closd_on"⟩"#, "when", "did you mean `closed_on`?";
    how_long_without_a_date: "date = \"closed_on\"\nlast = \"6 months\"\nor_open = true\n" => "⟨last⟩ = \"6 months\"\n", "when", "says nothing without a `date`";
    a_form_of_date_that_is_none: r#"dates = "day_first""# => r#"dates = ⟨"month_first"⟩"#, "value", "`day_first`";
    a_list_for_a_page_whose_readers_may_not_have_it: "[[example]]" => "[pack.quarter]\ntitle = \"Q\"\naudience = \"police\"\nperiod = \"quarter\"\n[pack.quarter.section.one]\ntitle = \"One\"\nfigures = []\nlists = [⟨\"cases\"⟩]\n[[example]]", "audience", "take it out of the section";
    the_age_of_a_family: "days(identified_on, as_at)" => "⟨age_on(as_at)⟩", "scope", "is not about one person";
}

#[test]
fn a_sound_extract_keeps_its_columns_in_order() {
    let sound = with_file("lists", SOUND);
    assert_eq!(render(&sound.diagnostics, false), "");
    let extracts = sound.definitions.expect("definitions").extracts;
    let headers: Vec<&str> = extracts[0].columns.iter().map(|c| c.header.as_str()).collect();
    assert_eq!(headers, ["Case", "Why closed", "Days"]);
    assert_eq!(extracts[0].dates, DateForm::DayFirst);
    assert!(extracts[0].recent.as_ref().is_some_and(|r| r.or_open && !r.parent));
}
