//! What the loader says about mistakes.
//!
//! Each takes a small sound folder, puts one mistake into it between ⟨ and ⟩, and asks that exactly
//! these bytes are underlined, with the code and the words that an author needs.

use std::path::Path;

use super::{Loaded, load_texts};
use crate::definitions::diagnostic::{Severity, render, to_json};
use crate::definitions::expression::{Comparison, Expr, Literal, Name};
use crate::definitions::test::{Asks, TestKind};

/// One test for each line, of a file that is added to the sound folder: its `id` and text, then
/// `name: sound text => mistaken text, code, words of the message or mend`.
macro_rules! mistakes_in {
    ($id:expr, $text:expr; $($name:ident: $sound:expr => $mistaken:expr, $code:expr, $says:expr;)*) => {
        $(#[test] fn $name() { finds_in($id, $text, ($sound, $mistaken), $code, $says); })*
    };
}

mod audits;
mod data_checks;
mod extracts;
mod feedback;
mod moves;
mod overrides;
mod ratios;
mod row_packs;
mod saved_queries;
mod scales;
pub(crate) mod town;

/// Loads the sound folder with some of its files changed.
fn folder(change: impl Fn(&str, &str) -> String) -> Loaded {
    let files = town::FILES.map(|(name, sound)| (name, change(name, sound)));
    let files: Vec<(&str, &str)> =
        files.iter().map(|(name, text)| (*name, text.as_str())).collect();
    load_texts(Path::new("town"), &files)
}

/// Loads it with one replacement, which has to be possible.
fn with(sound: &str, mistaken: &str) -> Loaded {
    let found: usize = town::FILES.iter().map(|(_, text)| text.matches(sound).count()).sum();
    assert_eq!(found, 1, "`{sound}` has to stand in the sound folder once");
    folder(|_, text| text.replace(sound, mistaken))
}

/// Loads it with one more sound file, called like its `id`.
fn with_file(id: &str, text: &str) -> Loaded {
    let project = town::PROJECT.replace("\"stories\"]", &format!("\"stories\", \"{id}\"]"));
    let name = format!("{id}.toml");
    let others = town::FILES.iter().filter(|(_, text)| *text != town::PROJECT);
    let mut files = vec![(name.as_str(), text), ("project.toml", project.as_str())];
    files.extend(others.copied());
    load_texts(Path::new("town"), &files)
}

/// As [`finds`], of a file that is added to the folder.
#[track_caller]
fn finds_in(id: &str, text: &str, (sound, mistaken): (&str, &str), code: &str, says: &str) {
    assert_eq!(text.matches(sound).count(), 1, "`{sound}` has to stand in the sound file once");
    let marked = text.replace(sound, mistaken);
    let start = marked.find('⟨').expect("an opening mark");
    let end = marked.find('⟩').expect("a closing mark") - '⟨'.len_utf8();
    let loaded = with_file(id, &marked.replace(['⟨', '⟩'], ""));
    let shown = render(&loaded.diagnostics, false);
    let [found] = loaded.diagnostics.as_slice() else { panic!("one finding is due:\n{shown}") };
    let place = found.place.as_ref().expect("a place");
    assert_eq!((found.code, place.span.clone()), (code, start..end), "{shown}");
    let said = format!("{} {}", found.message, found.mend.as_deref().unwrap_or_default());
    assert!(said.contains(says), "`{says}` is not in: {said}");
}

/// Replaces `sound` by `mistaken`, in which ⟨…⟩ marks what has to be underlined, and asks for exactly
/// one finding, there, with this code, whose message or mend says `says`.
#[track_caller]
fn finds(sound: &str, mistaken: &str, code: &str, says: &str) {
    let (file, text) =
        town::FILES.iter().find(|(_, text)| text.contains(sound)).expect("the sound text");
    let marked = text.replace(sound, mistaken);
    let start = marked.find('⟨').expect("an opening mark");
    let end = marked.find('⟩').expect("a closing mark") - '⟨'.len_utf8();
    let loaded = with(sound, &mistaken.replace(['⟨', '⟩'], ""));
    let shown = render(&loaded.diagnostics, false);
    let [found] = loaded.diagnostics.as_slice() else { panic!("one finding is due:\n{shown}") };
    assert!(loaded.definitions.is_none(), "no definitions when there is an error");
    let place = found.place.as_ref().expect("a place");
    assert_eq!((found.code, place.span.clone()), (code, start..end), "{shown}");
    assert_eq!(place.path(), Path::new("town").join(file), "{shown}");
    let said = format!("{} {}", found.message, found.mend.as_deref().unwrap_or_default());
    assert!(said.contains(says), "`{says}` is not in: {said}");
}

/// One test for each line: `name: sound text => mistaken text, code, words of the message or mend`.
macro_rules! mistakes {
    ($($name:ident: $sound:expr => $mistaken:expr, $code:expr, $says:expr;)*) => {
        $(#[test] fn $name() { finds($sound, $mistaken, $code, $says); })*
    };
}

// Here, where the macro is known.
mod figures;

// What files, tables and keys can have wrong.
mistakes! {
    a_slip_in_a_key: r#"= "count(*) = 0""# => "= \"count(*) = 0\"\n⟨expcet⟩ = \"count(*) = 0\"", "key", "did you mean `expect`?";
    a_kind_of_definition_that_does_not_exist: "[pack.monthly]\n" => "[⟨packs⟩.x]\n[pack.monthly]\n", "key", "did you mean `pack`?";
    a_title_that_is_missing: "[measure.closed]\ntitle = \"Cases closed\"" => "[measure.⟨closed⟩]", "required", "add `title";
    a_length_of_time_in_words: r#"for = "12 months""# => r#"for = ⟨"twelve months"⟩"#, "length", "a whole number and days, weeks";
    a_number_between_quotes: "round_to = 1" => r#"round_to = ⟨"1"⟩"#, "value", "without quotes";
    a_file_that_is_not_there: r#""stories"]"# => r#""stories", ⟨"figurs"⟩]"#, "reference", "no file in the folder has the id `figurs`";
    a_language_of_another_engine: "language = 1\nid = \"core\"" => "language = ⟨2⟩\nid = \"core\"", "language", "this engine reads version 1";
    a_file_without_a_name: "language = 1\nid = \"core\"\ntitle" => "language = ⟨\"1\"⟩\nid = \"core\"\ntitle", "value", "a whole number is needed here";
    a_name_that_means_something_else: "date_of_birth = { type = \"date\" }" => "date_of_birth = { type = \"date\" }\n⟨interval⟩ = { type = \"text\" }", "name", "another name";
    a_year_that_starts_in_january: "[parameter.regular]" => "[calendar.year]\nkind = \"year\"\nstarts = ⟨\"01-01\"⟩\n[parameter.regular]", "calendar", "04-01";
    a_parameter_beyond_its_type: "value = 0.9" => "value = ⟨90⟩", "unit", "90% is 0.9";
    a_split_by_no_column: r#"expect = "count(*) = 0""# => "split_by = [⟨\"kid\"⟩]\nexpect = \"count(*) = 0\"", "reference", "did you mean `kind`?";
    a_split_by_a_number: r#"expect = "every(share >= param.regular)""# => "split_by = [⟨\"attended\"⟩]\nexpect = \"every(share >= param.regular)\"", "type", "too fine";
    so_many_parts_of_nothing: r#"expect = "count(*) = 0""# => "⟨at_least⟩ = 2\nexpect = \"count(*) = 0\"", "unused", "split_by";
    a_number_for_each_person: "[measure.closed]" => "[fact.each]\ntitle = \"Each\"\nunit = \"case\"\nsource = \"police\"\nwho = \"children\"\n⟨combine⟩ = \"any\"\nwindow = { on = \"closed_on\" }\nvalue = \"count(*)\"\n[measure.closed]", "who", "pools their rows";
    episodes_of_events: "[source.police.columns]" => "episodes = ⟨{ per = [\"person_id\"], overlap = \"merge\" }⟩\n[source.police.columns]", "shape", "only spells";
    episodes_of_nobody: "[source.cases.columns]" => "episodes = { ⟨per⟩ = [], overlap = \"merge\" }\n[source.cases.columns]", "value", "whose the spells are";
    episodes_by_no_column: "[source.cases.columns]" => "episodes = { per = [⟨\"famly_id\"⟩], overlap = \"merge\" }\n[source.cases.columns]", "reference", "did you mean `family_id`?";
    a_gap_that_is_not_merged: "[source.cases.columns]" => "episodes = { per = [\"family_id\"], overlap = \"drop_contained\", ⟨merge_gap_days⟩ = 3 }\n[source.cases.columns]", "unused", "about spells that are merged";
    terms_that_overlap: "spring = { start = 2026-01-05" => "⟨spring⟩ = { start = 2025-12-01", "calendar", "before `autumn` has ended";
    a_place_within_itself: "[breakdown.area]" => "[breakdown.area]\nwithin = ⟨\"area\"⟩", "within", "the coarser of the two";
    a_level_that_is_no_measure: "[breakdown.area]" => "[breakdown.⟨area⟩]\nof_measures = true\norder = [\"closed\", \"clsoed\"]", "breakdown", "a level `clsoed`, which is no measure";
    a_place_within_nothing: "[breakdown.area]" => "[breakdown.area]\nwithin = ⟨\"areas\"⟩", "reference", "did you mean `area`?";
    a_claim_that_does_not_go_with_none: "rule = \"needs_identified >= 1" => "not_with = ⟨\"sucess\"⟩\nrule = \"needs_identified >= 1", "reference", "did you mean `success`?";
    a_secret_that_can_be_guessed: "suppress_below = 0\nround_to = 1" => "suppress_below = 6\nround_to = 1\ncell_key = { most = 3, secret = ⟨\"secret\"⟩ }", "cell_key", "16 characters";
    a_gap_between_bands: r#"{ name = "older", from = 5, to = 17 }"# => r#"⟨{ name = "older", from = 6, to = 17 }⟩"#, "bands", "let it start from 5";
}

// What one definition says of another.
mistakes! {
    a_headline_that_does_not_exist: r#"headline = "safety""# => r#"headline = ⟨"safty"⟩"#, "reference", "did you mean `safety`?";
    a_need_that_does_not_exist: r#"need = "missing""# => r#"need = ⟨"mising"⟩"#, "reference", "did you mean `missing`?";
    a_unit_that_does_not_exist: "unit = \"case\"\nsource" => "unit = ⟨\"cases\"⟩\nsource", "reference", "did you mean `case`?";
    a_policy_that_does_not_exist: "title = \"Police\"\ndisclosure = \"open\"" => "title = \"Police\"\ndisclosure = ⟨\"opn\"⟩", "reference", "did you mean `open`?";
    an_example_of_nothing: r#"of = "rules.outcome.found""# => r#"of = ⟨"rules.outcome.fund"⟩"#, "reference", "did you mean `rules.outcome.found`?";
    an_anchor_that_the_unit_does_not_have: r#"after = "closed_on""# => r#"after = ⟨"clsoed_on"⟩"#, "anchor", "did you mean `closed_on`?";
    an_anchor_of_the_parent: "[group.children]\n" => "[source.visits]\ntitle = \"Visits\"\nshape = \"event\"\nabout = \"case\"\nkey = [\"visit_id\"]\ndate = \"made_on\"\nno_rows = \"none\"\n[source.visits.columns]\nvisit_id = { type = \"id\", of = \"visit\" }\ncase_id = { type = \"id\", of = \"case\" }\nmade_on = { type = \"date\" }\n[unit.visit]\ntitle = \"A visit\"\nplural = \"visits\"\nsource = \"visits\"\nof = \"case\"\n[unit.visit.anchor]\nmade_on = \"made_on\"\n[fact.calm]\ntitle = \"Calm\"\nunit = \"visit\"\nsource = \"police\"\nwho = \"children\"\ncombine = \"any\"\nwindow = { after = ⟨\"closed_on\"⟩, for = \"6 months\" }\nexpect = \"count(*) = 0\"\n[group.children]\n", "anchor", "a date of its own (`made_on`)";
    a_thing_that_is_listed_twice: r#"periods = ["month", "quarter"]
by = ["area"]"# => "periods = [\"month\", \"quarter\"]\nby = [\"area\", ⟨\"area\"⟩]", "twice", "list it once";
    a_measure_for_another_period: "title = \"Monthly\"\naudience = \"inside\"\nperiod = \"month\"\nheadlines = [\"closed\"]" => "title = \"Monthly\"\naudience = \"inside\"\nperiod = \"month\"\nheadlines = [\"closed\"]\n[pack.yearly]\ntitle = \"Yearly\"\naudience = \"inside\"\nperiod = \"rolling_12_months\"\nheadlines = [⟨\"closed\"⟩]\n[pack.yearly.section]\n[pack.monthly.section]", "period", "add the period to `periods`";
    a_chart_of_shares_of_no_whole: r#"{ measure = "met", chart = "bars", by = ["area"] }"# => r#"⟨{ measure = "met", chart = "shares", by = ["area"] }⟩"#, "chart", "\"bars\" or";
    a_key_for_another_kind_of_measure: "title = \"Cases closed\"" => "title = \"Cases closed\"\n⟨value⟩ = \"youngest\"", "kind", "has no `value`";
    a_date_for_a_source_without_one: "shape = \"entity\"" => "shape = \"entity\"\n⟨date⟩ = \"date_of_birth\"", "shape", "take the key away";
    a_figure_split_in_a_way_the_measure_is_not: r#"chart = "bars", by = ["area"]"# => r#"chart = "bars", by = [⟨"age"⟩]"#, "breakdown", "is not split by `age`";
}

// Tests, windows and rules.
mistakes! {
    a_window_that_says_two_things: r#"{ after = "closed_on", for = "6 months" }"# => r#"⟨{ after = "closed_on", before = "closed_on" }⟩"#, "window", "{ after, for }";
    a_declared_length_that_no_window_has: r#"sustained = "6 months""# => r#"sustained = ⟨"12 months"⟩"#, "sustained", "the windows are 6 months long";
    silence_as_success_without_a_reason: r#""count(*) = 0""# => "\"count(*) = 0\"\nmissing = ⟨\"met\"⟩", "missing", "add `missing_why";
    people_without_a_way_to_combine_them: "who = \"children\"\ncombine = \"any\"" => "who = ⟨\"children\"⟩", "who", "add combine";
    rows_about_people_without_saying_whose: "source = \"police\"\nwho = \"children\"\ncombine = \"any\"" => "source = ⟨\"police\"⟩", "who", "add `who` and `combine`";
    those_with_the_need_outside_its_outcome: "who = \"children\"\ncombine = \"any\"" => "who = ⟨\"with_this_need\"⟩\ncombine = \"any\"", "scope", "only the tests of an outcome";
    two_tests_without_a_rule: "[outcome.found]\n" => "[outcome.found.test.open]\nwhen = \"closed_on is null\"\n[outcome.⟨found⟩]\n", "rule", "open and none";
    a_test_that_the_rule_forgets: "and closed\"\n[claim.success.test.closed]" => "\"\n[claim.success.test.⟨closed⟩]", "rule", "does not use the test `closed`";
    a_window_as_long_as_no_parameter: "after = \"closed_on\", for = \"6 months\"" => "after = \"closed_on\", for = ⟨\"param.lastng\"⟩", "reference", "did you mean `param.lasting`?";
    a_window_as_long_as_a_share: "after = \"closed_on\", for = \"6 months\"" => "after = \"closed_on\", for = ⟨\"param.regular\"⟩", "type", "a unit";
    so_many_terms_as_months: "{ last = 2, of = \"terms\"" => "{ last = ⟨\"param.lasting\"⟩, of = \"terms\"", "unit", "not of terms";
    a_baseline_that_nothing_reads: r#""count(*) = 0""# => "\"count(*) = 0\"\n⟨baseline⟩ = { before = \"identified_on\", for = \"6 months\" }", "unused", "put `baseline.` before a function";
}

// Expressions: names, types, units.
mistakes! {
    a_code_that_is_not_on_the_list: "reason = 'moved'" => "reason = ⟨'moed'⟩", "code", "did you mean `moved`?";
    codes_without_an_order: "reason = 'moved'" => "⟨reason >= 'moved'⟩", "code", "have no order";
    ninety_as_a_proportion: "share >= param.regular" => "share >= ⟨90⟩", "unit", "90% is 0.9";
    days_against_working_days: "outcome.found and attending" => "⟨days(identified_on, closed_on) <= param.limit⟩", "unit", "count both the same way";
    a_date_less_a_date_against_working_days: "outcome.found and attending" => "⟨closed_on - identified_on <= param.limit⟩", "unit", "a number of days";
    text_against_a_date: "reason = 'moved'" => "⟨closed_on > '2024-01-01'⟩", "type", "date '2026-09-30'";
    text_against_a_code: "reason = 'moved'" => "⟨reason = area⟩", "type", "text do not compare";
    a_comparison_with_null: "reason = 'moved'" => "reason = ⟨null⟩", "type", "is null";
    a_bare_column_in_an_expect: "every(share >= param.regular)" => "⟨share⟩ >= param.regular", "scope", "last(share)";
    a_baseline_that_is_not_there: "count(*) = 0" => "count(*) <= ⟨baseline.count(*)⟩", "scope", "add `baseline";
    covered_days_of_events: "count(*) = 0" => "⟨days_covered()⟩ = 0", "shape", "`police` has none";
    a_function_over_rows_in_a_numerator: "outcome.found and attending" => "⟨count(*)⟩ >= 1", "scope", "make a fact of it";
    the_age_of_nobody: "outcome.found and attending" => "⟨age_on(closed_on)⟩ >= 18", "scope", "[group.…]";
    a_function_that_does_not_exist: "count(*) = 0" => "⟨cuont(*)⟩ = 0", "function", "did you mean `count`?";
    a_column_that_is_misspelt: "reason = 'moved'" => "⟨reson⟩ = 'moved'", "reference", "did you mean `reason`?";
    an_outcome_that_is_misspelt: "outcome.found and attending" => "⟨outcome.fond⟩ and attending", "reference", "did you mean `found`?";
    an_event_counted_by_a_column: "count(*) = 0" => "⟨count(person_id)⟩ = 0", "form", "count(*)";
    a_query_inside_a_condition: "count(*) = 0" => "count(*) = (⟨select 1⟩)", "form", "choose rows with `where`";
    any_for_has: "count(*) = 0" => "count(*) = 0 ⟨or⟩ any(kind = 'missing')", "syntax", "has(";
    a_quote_that_is_not_closed: "reason = 'moved'" => "reason = ⟨'⟩moved", "syntax", "not closed";
    like: "reason = 'moved'" => "⟨area like 'N%'⟩", "form", "`like`";
    half_an_expression: "outcome.found and attending" => "outcome.found an⟨d⟩", "syntax", "stops before it is whole";
    two_conditions_side_by_side: "outcome.found and attending" => "outcome.found ⟨attending⟩", "syntax", "`and` or `or`";
    a_formula_that_needs_itself: r#"formula = "attended / possible""# => r#"formula = ⟨"share"⟩"#, "circle", "share needs share";
    a_formula_of_another_unit: r#"formula = "attended / possible""# => r#"formula = "⟨attended - possible⟩""#, "unit", "a number of sessions";
}

// Where the caret points: letters of several bytes, strings of many lines, escapes.
mistakes! {
    after_letters_of_several_bytes: "reason = 'moved'" => "area = 'Łódź – ü' and reason = ⟨'mövd'⟩", "code", "not one of the codes";
    in_a_string_of_many_lines: r#""outcome.found and attending""# => "\"\"\"\n  outcome.found -- ü\n  and ⟨atending⟩\n\"\"\"", "reference", "did you mean `attending`?";
    in_a_string_of_many_lines_from_windows: r#""outcome.found and attending""# => "'''outcome.found and\r\n  ⟨atending⟩'''", "reference", "did you mean `attending`?";
    after_letters_of_four_bytes_in_many_lines: r#""outcome.found and attending""# => "\"\"\"\n  -- 𝒜 ü 家\n  outcome.found and /* 🏠 */ ⟨atending⟩\n\"\"\"", "reference", "did you mean `attending`?";
    in_a_string_of_one_line_after_tabs: "reason = 'moved'" => "\tarea = 'ÅÄÖ'\tand ⟨reson⟩ = 'moved'", "reference", "did you mean `reason`?";
    at_a_backslash: "outcome.found and attending" => "outcome.found and ⟨\\⟩u0061ttending", "escape", "without `\\`";
}

// Measures, mappings and examples.
mistakes! {
    a_measure_counted_on_a_code: "kind = \"count\"\ncounted_on = \"closed_on\"" => "kind = \"count\"\ncounted_on = ⟨\"reason\"⟩", "when", "`reason` is not a date";
    a_measure_of_no_period: "[measure.closed]\ntitle = \"Cases closed\"\ndescription = \"Cases closed\"\nwhy = \"To know\"\nunit = \"case\"\nkind = \"count\"\ncounted_on = \"closed_on\"" => "[measure.⟨closed⟩]\ntitle = \"Cases closed\"\ndescription = \"Cases closed\"\nwhy = \"To know\"\nunit = \"case\"\nkind = \"count\"", "when", "stock";
    an_exclusion_without_a_reason: r#"{ name = "moved", when = "reason = 'moved'", why = "Nobody can know" }"# => r#"⟨{ name = "moved", when = "reason = 'moved'" }⟩"#, "required", "`why`";
    a_column_that_nothing_feeds: "[map.police]\nfrom = \"police.csv\"\ncomplete_to = { newest = \"happened_on\", less = \"2 months\" }\n[map.police.columns]\nincident_id = { column = \"URN\" }" => "[map.⟨police⟩]\nfrom = \"police.csv\"\ncomplete_to = { newest = \"happened_on\", less = \"2 months\" }\n[map.police.columns]", "mapping", "where `incident_id` comes from";
    a_code_map_to_an_undeclared_code: r#""Needs met" = "met""# => r#""Needs met" = ⟨"mett"⟩"#, "code", "did you mean `met`?";
    an_example_row_with_an_unknown_code: r#"kind = "missing" }]"# => r#"kind = ⟨"mising"⟩ }]"#, "code", "did you mean `missing`?";
    an_example_that_expects_no_verdict: r#"{ C1 = "pending" }"# => r#"{ C1 = ⟨"pendng"⟩ }"#, "value", "did you mean `pending`?";
}

#[test]
fn the_sound_folder_is_sound() {
    let loaded = folder(|_, text| text.to_owned());
    assert_eq!(render(&loaded.diagnostics, false), "");
    let definitions = loaded.definitions.expect("definitions");
    let outcome = &definitions.frameworks[0].outcomes[0];
    assert_eq!(outcome.rule.text, "none");
    assert_eq!(outcome.reference.document.as_deref(), Some("The guidance"));
    let example = &definitions.examples[0];
    assert_eq!((example.given.len(), example.as_at), (2, definitions.project.as_at));
    let files: Vec<&str> = definitions.files.iter().map(|f| f.name.as_str()).collect();
    let in_order_of_use =
        ["project.toml", "core.toml", "rules.toml", "figures.toml", "feeds.toml", "stories.toml"];
    assert_eq!(files, in_order_of_use);
}

#[test]
fn names_codes_and_parameters_are_resolved() {
    let definitions = town::definitions();
    let fact = definitions.fact("attending").expect("the fact");
    let TestKind::Rows(test) = &fact.test.kind else { panic!("a test of rows") };
    let Asks::Expect(expect) = &test.asks else { panic!("an expect") };
    let mut parameters = Vec::new();
    expect.expr.walk(&mut |e| {
        if let Expr::Parameter(name, value) = e {
            parameters.push((name.clone(), value.clone()));
        }
    });
    assert_eq!(parameters, [("regular".to_owned(), Literal::Number(0.9))]);
    let measure = definitions.measure("met").expect("the measure");
    let Expr::Compare(Comparison::Equal, left, right) = &measure.exclude[0].when.expr else {
        panic!("a comparison")
    };
    assert_eq!(**left, Expr::Name(Name::Unit("reason".into())));
    assert!(matches!(&**right, Expr::Literal(Literal::Code(1, _))));
    let population = measure.population.as_ref().expect("a population");
    assert_eq!(population.expr, Expr::Name(Name::Need("rules.missing".into())));
}

#[test]
fn a_window_may_be_as_long_as_a_parameter_says() {
    let with_parameter = with(
        "after = \"closed_on\", for = \"6 months\"",
        "after = \"closed_on\", for = \"param.lasting\"",
    );
    let shown = render(&with_parameter.diagnostics, false);
    let definitions = with_parameter.definitions.expect(&shown);
    let TestKind::Rows(test) = &definitions.frameworks[0].outcomes[0].tests[0].kind else {
        panic!("a test of rows")
    };
    let found = super::frameworks::window_length(&test.window);
    assert_eq!(found.map(|l| l.to_string()).as_deref(), Some("6 months"));
}

#[test]
fn the_nearest_name_is_never_the_word_itself_nor_something_far_away() {
    use crate::definitions::diagnostic::nearest;
    assert_eq!(nearest("close_reason", ["close_reason", "closed_on"]), None);
    assert_eq!(nearest("Family Ref", ["FAMILY_REF", "PERSON_ID"]), Some("FAMILY_REF"));
    assert_eq!(nearest("kind", ["mind", "kinds", "sort"]), Some("kinds"));
    assert_eq!(nearest("x", ["completely_different"]), None);
}

#[test]
fn a_date_less_a_date_is_a_number_of_days() {
    let loaded = with("outcome.found and attending", "closed_on - identified_on <= 30");
    assert!(loaded.definitions.is_some(), "{}", render(&loaded.diagnostics, false));
}

#[test]
fn broken_toml_is_one_finding_however_much_hangs_on_that_file() {
    let loaded = with("headline = \"safety\"", "headline = safety");
    let [found] = loaded.diagnostics.as_slice() else {
        panic!("one finding is due:\n{}", render(&loaded.diagnostics, false))
    };
    let place = found.place.as_ref().expect("a place");
    assert_eq!((found.code, place.line_and_column()), ("toml", (11, 12)));
}

#[test]
fn all_mistakes_of_all_files_are_found_in_one_run() {
    let loaded =
        folder(|_, text| text.replace("'missing'", "'mising'").replace("regular)", "reglar)"));
    let found: Vec<_> = loaded
        .diagnostics
        .iter()
        .map(|d| (d.code, d.place.as_ref().expect("a place").line_and_column().0))
        .collect();
    assert_eq!(found, [("reference", 18), ("code", 17), ("code", 28)]);
}

#[test]
fn a_pack_shows_nobody_what_was_not_released_to_them() {
    let loaded = with("audience = \"inside\"", "audience = [\"inside\", \"police\"]");
    let found: Vec<_> = loaded.diagnostics.iter().map(|d| (d.code, d.message.as_str())).collect();
    let headline = ("audience", "the measure `closed` is not released to police");
    let figure = ("audience", "the measure `met` is not released to police");
    assert_eq!(found, [headline, figure]);
}

#[test]
fn a_file_that_the_project_does_not_use_is_a_warning() {
    let loaded = with(", \"stories\"", "");
    assert!(loaded.definitions.is_some());
    let [found] = loaded.diagnostics.as_slice() else { panic!("one finding is due") };
    assert_eq!((found.severity, found.code), (Severity::Warning, "unused"));
}

#[test]
fn an_empty_folder_and_a_missing_folder_say_what_to_do() {
    let empty = load_texts(Path::new("town"), &[]);
    let missing = super::load(Path::new("no-such-folder-anywhere"));
    for (loaded, says) in [(empty, "no file in town has"), (missing, "cannot be read")] {
        let [found] = loaded.diagnostics.as_slice() else { panic!("one finding is due") };
        assert!(found.message.contains(says), "{}", found.message);
        assert!(found.place.is_none() && found.mend.is_some() && loaded.definitions.is_none());
    }
}

#[test]
fn a_file_cut_off_anywhere_is_reported_and_not_a_panic() {
    for (name, sound) in town::FILES {
        let cuts = sound.char_indices().map(|(at, _)| at).step_by(23).chain([sound.len() - 2]);
        for cut in cuts {
            let cut_off = |file: &str, text: &str| {
                if file == name { sound[..cut].to_owned() } else { text.to_owned() }
            };
            let loaded = folder(cut_off);
            assert_eq!(
                loaded.definitions.is_none(),
                render(&loaded.diagnostics, true).contains("error")
            );
        }
    }
}

#[test]
fn people_see_a_caret_and_machines_a_line_and_a_column() {
    let found = with("share >= param.regular", "share >= 90").diagnostics;
    let shown = render(&found, false);
    let title = "error[unit]: a proportion runs from 0 to 1, but is compared with 90";
    assert!(shown.contains(title), "{shown}");
    assert!(shown.contains("town/figures.toml:18:26") && shown.contains("^^"), "{shown}");
    assert!(shown.contains("help: 90% is 0.9"), "{shown}");
    let json = to_json(&found);
    assert_eq!((&json[0]["line"], &json[0]["end_line"]), (&18.into(), &18.into()));
    assert_eq!((&json[0]["column"], &json[0]["end_column"]), (&26.into(), &28.into()));
    assert_eq!(json[0]["severity"], "error");
    assert_eq!((&json[0]["code"], &json[0]["help"]), (&"unit".into(), &"90% is 0.9".into()));
    assert_eq!(json[0]["file"], "town/figures.toml");
}

/// A check runs while somebody types: it has to stay quick when the files grow. A release build
/// takes a tenth of the time of a test build, and this limit is ten times what a test build takes.
#[test]
fn checking_three_times_as_much_as_is_shipped_takes_no_time_worth_mentioning() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("outcome-definitions");
    let mut files = Vec::new();
    for entry in std::fs::read_dir(&folder).expect("the folder") {
        let path = entry.expect("an entry").path();
        if path.extension().is_some_and(|e| e == "toml") {
            let name = path.file_name().expect("a name").to_string_lossy().into_owned();
            files.push((name, std::fs::read_to_string(path).expect("the file")));
        }
    }
    files.sort();
    let (_, examples) = files.iter_mut().find(|(n, _)| n == "examples.toml").expect("examples");
    let from = examples.find("[[example]]").expect("an example");
    let others = examples.get(from..).unwrap_or_default().to_owned();
    let cast = others.find("\n[cast").unwrap_or(others.len());
    let those = others.get(..cast).unwrap_or_default();
    let times = 3 * others.matches("[[example]]").count() / those.matches("[[example]]").count();
    examples.push_str(&format!("\n{those}").repeat(times));
    let files: Vec<(&str, &str)> = files.iter().map(|(n, t)| (n.as_str(), t.as_str())).collect();
    let begun = worked();
    let loaded = load_texts(&folder, &files);
    let took = worked() - begun;
    assert!(loaded.definitions.is_some(), "{}", render(&loaded.diagnostics, false));
    assert!(took.as_secs_f64() < 3.0, "it took {took:?}");
}

/// How long this thread has worked so far. Where the system tells it, without the time that it waited
/// for others on a busy machine.
fn worked() -> std::time::Duration {
    static BEGUN: std::sync::LazyLock<std::time::Instant> =
        std::sync::LazyLock::new(std::time::Instant::now);
    let told = std::fs::read_to_string("/proc/thread-self/schedstat").ok();
    let nanoseconds = told.and_then(|t| t.split(' ').next()?.parse().ok());
    nanoseconds.map_or_else(|| BEGUN.elapsed(), std::time::Duration::from_nanos)
}

/// The council's own definitions, which every command reads, have to load without an error.
#[test]
fn the_definitions_of_this_repository_are_sound() {
    let loaded = super::load(&Path::new(env!("CARGO_MANIFEST_DIR")).join("outcome-definitions"));
    // Until all files that the project uses stand in the folder, only what is there is judged.
    let mut errors = loaded.diagnostics;
    errors.retain(|d| {
        d.severity == Severity::Error && !d.message.starts_with("no file in the folder")
    });
    assert_eq!(render(&errors, false), "");
}
