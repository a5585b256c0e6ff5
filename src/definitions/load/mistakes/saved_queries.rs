//! What the loader says about mistakes in saved questions.

use super::{finds_in, with_file};
use crate::definitions::diagnostic::render;
use crate::definitions::saved_query::AnsweredBy;

const SOUND: &str = r#"
[file]
language = 1
id = "questions"
title = "Questions"
[audience.archive]
title = "Archive"
disclosure = "open"
row_level = true
[extract.cases]
title = "Cases"
unit = "case"
audience = "archive"
columns = [{ header = "Case", value = "case_id" }]
[query.list]
title = "Which cases?"
audience = "archive"
extract = "cases"
"#;

mistakes_in! { "questions", SOUND;
    a_list_for_those_who_may_not_see_cases: "audience = \"archive\"\nextract" => "audience = ⟨\"police\"⟩\nextract = \"cases\" #", "audience", "row_level = true";
    an_extract_that_is_none: "extract = \"cases\"" => "extract = ⟨\"case\"⟩", "reference", "did you mean `cases`?";
    nothing_that_answers: "[query.list]\ntitle = \"Which cases?\"\naudience = \"archive\"\nextract = \"cases\"" => "[query.⟨list⟩]\ntitle = \"Which cases?\"\naudience = \"archive\"", "required", "write one of them";
    a_list_that_is_split: "extract = \"cases\"" => "extract = \"cases\"\n⟨by⟩ = [\"team\"]", "unused", "the extract says which rows";
}

#[test]
fn a_sound_question_is_answered_by_what_it_names() {
    let sound = with_file("questions", SOUND);
    assert_eq!(render(&sound.diagnostics, false), "");
    let queries = sound.definitions.expect("definitions").queries;
    assert!(matches!(&queries[0].answer, AnsweredBy::Extract(id) if id == "cases"));
}
