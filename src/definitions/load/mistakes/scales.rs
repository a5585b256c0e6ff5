//! What the loader says about mistakes in scales.

use super::{finds_in, with_file};
use crate::definitions::diagnostic::{Severity, render};
use crate::definitions::load::Loaded;

const SOUND: &str = r#"
[file]
language = 1
id = "scales"
title = "Scales"
[scale.mood]
title = "Mood"
range = [1, 4]
step = 0.5
better = "low"
bands = [{ name = "fine", from = 1, to = 1.5 }, { name = "low", from = 2, to = 4 }]
total = { method = "sum", items = 4, min_answered = 3, proration = "scale_up" }
pairs = { rule = "first_latest", baseline = "first", min_gap_days = 7 }
cut_off = { score = 2, why = "Agreed" }
[scale.mood.reliable_change]
method = "jacobson_truax"
sd = 0.9
reliability = 0.8
why = "Norms"
reference = "The manual"
[scale.mood.added_value]
constant = 1.0
start = { mood = 0.5 }
[scale.raw]
title = "Raw"
range = [0, 2]
better = "high"
[scale.raw.metric]
0 = 0.5
1 = 1.25
2 = 3
"#;

fn loaded(text: &str) -> Loaded {
    with_file("scales", text)
}

const LOW: &str = r#"{ name = "low", from = 2, to = 4 }"#;

mistakes_in! { "scales", SOUND;
    a_gap_of_one_step: LOW => r#"⟨{ name = "low", from = 2.5, to = 4 }⟩"#, "bands", "let it start from 2";
    an_overlap: LOW => r#"⟨{ name = "low", from = 1.5, to = 4 }⟩"#, "bands", "overlaps the one before it";
    bands_that_stop_short: LOW => r#"⟨{ name = "low", from = 2, to = 3.5 }⟩"#, "bands", "let the last band end with 4";
    bands_that_begin_late: r#"{ name = "fine", from = 1, to = 1.5 }"# => r#"⟨{ name = "fine", from = 1.5, to = 1.5 }⟩"#, "bands", "let it start from 1";
    a_band_with_the_name_of_another: LOW => r#"⟨{ name = "fine", from = 2, to = 4 }⟩"#, "bands", "another name";
    a_cut_off_that_parts_nobody: "score = 2" => "score = ⟨1⟩", "value", "does not part the range";
    a_total_of_too_few_without_a_rule: r#"{ method = "sum", items = 4, min_answered = 3, proration = "scale_up" }"# => r#"⟨{ method = "sum", items = 4, min_answered = 3 }⟩"#, "total", "ask for all 4 answers";
    a_sum_made_up_like_a_mean: r#""scale_up""# => r#"⟨"mean_of_answered"⟩"#, "value", "scale_up";
    more_answers_than_questions: "min_answered = 3" => "min_answered = ⟨5⟩", "value", "from 1 to 4";
    first_and_latest_on_one_day: "min_gap_days = 7" => "min_gap_days = ⟨0⟩", "value", "from 1";
    the_lower_of_two_where_low_is_good: r#""first""# => r#"⟨"lower_of_first_two"⟩"#, "value", "the better one";
    respondents_that_nobody_recorded: "min_gap_days = 7" => r#"same_informant = [[⟨"mum"⟩]]"#, "reference", "no informant `mum`";
    a_change_beyond_the_range: "sd = 0.9" => "sd = ⟨9⟩", "value", "that far apart";
    a_fixed_step_beside_norms: "sd = 0.9" => "sd = 0.9\n⟨change⟩ = 1", "unused", "no use for `change`";
    added_value_from_a_scale_that_is_not_there: "mood = 0.5" => "⟨mod⟩ = 0.5", "reference", "did you mean `mood`?";
    a_score_without_a_metric: "[scale.raw.metric]\n0 = 0.5\n1 = 1.25\n" => "⟨[scale.raw.metric]⟩\n0 = 0.5\n", "metric", "add 1 = …";
    a_metric_of_no_score: "2 = 3" => "2 = 3\n⟨3⟩ = 4", "metric", "scores from 0 to 2";
    a_metric_that_falls: "2 = 3" => "2 = ⟨1⟩", "metric", "higher metric value";
}

#[test]
fn sound_scales_are_sound_and_norms_without_a_reference_are_a_warning() {
    let sound = loaded(SOUND);
    assert_eq!(render(&sound.diagnostics, false), "");
    let scales = sound.definitions.expect("definitions").scales;
    let (points, inclusive) = scales[0].reliable.as_ref().expect("a change").threshold();
    assert!((points - 1.1156).abs() < 1e-4 && !inclusive, "{points}");
    assert_eq!(scales[1].counted_as(1.0), Some(1.25));
    let uncited = loaded(&SOUND.replace("reference = \"The manual\"\n", ""));
    let [found] = uncited.diagnostics.as_slice() else { panic!("one finding is due") };
    assert_eq!((found.severity, found.code), (Severity::Warning, "uncited"));
    assert!(uncited.definitions.is_some());
}

#[test]
fn an_example_that_nothing_would_run_is_an_error() {
    let example = "[[score_example]]\nof = \"mood\"\nsays = \"Low\"\nscores = []\npairs = []\n";
    let loaded = loaded(&format!("{SOUND}{example}"));
    let [found] = loaded.diagnostics.as_slice() else { panic!("one finding is due") };
    assert_eq!(found.code, "reference");
    assert!(found.message.contains("proves nothing"), "{}", found.message);
}
