//! What the loader says about mistakes in data checks.

use std::path::Path;

use super::{finds_in, town, with_file};
use crate::definitions::data_check::{Fault, Grade};
use crate::definitions::diagnostic::render;
use crate::definitions::load::{Loaded, load_texts};

const SOUND: &str = r#"
[file]
language = 1
id = "checks"
title = "Checks"
[defaults.check]
audience = ["inside"]
by = ["area"]
[check.idle]
title = "Open, undecided and not attending"
source = "cases"
where = "closed_on is null and days(identified_on, as_at) > 30"
wrong = "decided_on is null and not attending"
quality = "timeliness"
grade = "high_priority"
why = "Nobody answers"
mend = "Decide"
mended_by = "Front door"
[check.young]
title = "A made-up birthday"
source = "people"
wrong = "day_of_month(date_of_birth) = 1"
by_chance = 0.033
quality = "validity"
grade = "warning"
why = "Ages are wrong"
mend = "Ask"
mended_by = "Business support"
[check.unborn]
title = "In trouble before birth"
source = "police"
wrong = "happened_on < person.date_of_birth or age_on(happened_on) > 110"
quality = "consistency"
grade = "error"
why = "The link is wrong"
mend = "Correct the link"
mended_by = "Police data team"
[check.doubled]
title = "Two cases at once"
source = "cases"
overlapping = ["family_id"]
quality = "uniqueness"
grade = "error"
why = "Counted twice"
mend = "Merge them"
mended_by = "Manager"
[check.unheard]
title = "A person of whom no school knows"
source = "people"
without = { source = "attendance", where = "attended > 0" }
quality = "completeness"
grade = "warning"
why = "Nobody sees the child"
mend = "Ask the school"
mended_by = "Schools"
[[example]]
of = "check.young"
says = "One of two"
given.people = [{ person_id = "P1", date_of_birth = 2014-03-01 }, { person_id = "P2", date_of_birth = 2014-03-02 }]
finds = [1]
"#;

fn loaded(text: &str) -> Loaded {
    with_file("checks", text)
}

mistakes_in! { "checks", SOUND;
    an_example_of_a_row_that_is_not_there: "finds = [1]" => "finds = [⟨3⟩]", "value", "from 1 to 2";
    an_example_that_says_nothing_of_rows: "of = \"check.young\"\nsays = \"One of two\"\ngiven.people = [{ person_id = \"P1\", date_of_birth = 2014-03-01 }, { person_id = \"P2\", date_of_birth = 2014-03-02 }]\nfinds = [1]" => "of = \"check.young\"\nsays = \"One of two\"\nfinds = []\n⟨expect⟩ = { P1 = \"met\" }", "key", "rows that a check finds in `finds`";
    an_example_of_a_check_that_is_none: "of = \"check.young\"" => "of = ⟨\"check.yong\"⟩", "reference", "did you mean `check.young`?";
    a_check_of_a_source_that_is_not_there: r#"source = "police""# => r#"source = ⟨"polise"⟩"#, "reference", "did you mean `police`?";
    a_slip_in_a_related_column: "person.date_of_birth" => "⟨person.date_of_brith⟩", "reference", "did you mean `date_of_birth`?";
    a_grade_that_is_none: r#"grade = "high_priority""# => r#"grade = ⟨"high"⟩"#, "value", "`high_priority`";
    nothing_that_is_wrong: "[check.doubled]\ntitle = \"Two cases at once\"\nsource = \"cases\"\noverlapping = [\"family_id\"]" => "[check.⟨doubled⟩]\ntitle = \"Two cases at once\"\nsource = \"cases\"", "form", "write one of `wrong`, `repeated`";
    two_things_that_are_wrong: "[check.doubled]\ntitle = \"Two cases at once\"" => "[check.⟨doubled⟩]\nrepeated = [\"family_id\"]\ntitle = \"Two cases at once\"", "form", "in 2 ways";
    chance_without_a_condition: r#"overlapping = ["family_id"]"# => "overlapping = [\"family_id\"]\n⟨by_chance⟩ = 0.1", "form", "belongs to `wrong`";
    a_share_of_more_than_all: "by_chance = 0.033" => "by_chance = ⟨3.3⟩", "value", "as a part of one";
    an_overlap_of_what_are_no_spells: "wrong = \"happened_on < person.date_of_birth or age_on(happened_on) > 110\"" => "overlapping = ⟨[\"person_id\"]⟩", "shape", "use `repeated`";
    a_column_to_compare_that_is_not_there: r#"["family_id"]"# => r#"[⟨"famly_id"⟩]"#, "reference", "did you mean `family_id`?";
    no_identifier_in_common: r#"source = "attendance", where = "attended > 0""# => r#"source = ⟨"cases"⟩"#, "reference", "no identifier of a person";
    a_condition_that_is_a_number: "day_of_month(date_of_birth) = 1" => "⟨day_of_month(date_of_birth)⟩", "type", "has to be a yes or no";
    a_split_that_the_rows_do_not_have: "source = \"police\"" => "source = \"police\"\nby = [⟨\"area\"⟩]", "breakdown", "no `area` to split by";
    a_check_that_nobody_is_told_of: "[defaults.check]\naudience = [\"inside\"]" => "[defaults.check]\naudience = [⟨\"insid\"⟩]", "reference", "did you mean `inside`?";
}

#[test]
fn sound_checks_are_read_with_the_usual_of_their_file() {
    let sound = loaded(SOUND);
    assert_eq!(render(&sound.diagnostics, false), "");
    let checks = sound.definitions.expect("definitions").checks;
    let idle = &checks[0];
    assert_eq!((idle.grade, idle.by.as_slice()), (Grade::HighPriority, &["area".to_owned()][..]));
    assert_eq!(idle.audiences, ["inside"]);
    assert!(checks[1].by.is_empty(), "people have no area, and the check does not ask for it");
    let Fault::Without(unheard) = &checks[4].fault else { panic!("it looks for rows elsewhere") };
    assert_eq!(unheard.columns, ("person_id".to_owned(), "person_id".to_owned()));
}

#[test]
fn examples_of_an_amended_check_may_be_ones_own() {
    let amended = |own_examples: bool| {
        let local = format!(
            "[file]\nlanguage = 1\nid = \"local\"\ntitle = \"Local\"\n[amend.\"check.young\"]\ngrade = \"error\"\nwhy = \"Graver here\"\nagreed_by = \"The board\"\nagreed_on = 2026-04-01\nown_examples = {own_examples}\n"
        );
        let project = town::PROJECT.replace("\"stories\"]", "\"stories\", \"checks\", \"local\"]");
        let own = [("checks.toml", SOUND), ("local.toml", &local), ("project.toml", &project)];
        let others = town::FILES.iter().filter(|(name, _)| *name != "project.toml").copied();
        let files: Vec<(&str, &str)> = others.chain(own).collect();
        load_texts(Path::new("town"), &files)
            .definitions
            .expect("definitions")
            .record_examples
            .len()
    };
    assert_eq!([amended(false), amended(true)], [1, 0]);
}
