//! Mistakes in levels of help that children move between.

use crate::definitions::load::mistakes::finds_in;

const MOVES: &str = r#"
[file]
language = 1
id = "ladder"
title = "Ladder"
[unit.move]
title = "A move"
plural = "moves"
derived = "moves"
lasts = "30 days"
levels = [
  { name = "door", source = "police", where = "kind = 'missing'", helps = false },
  { name = "help", source = "cases" },
]
"#;

mistakes_in! {
    "ladder", MOVES;
    moves_without_levels: "[unit.move]\ntitle = \"A move\"\nplural = \"moves\"\nderived = \"moves\"\nlasts = \"30 days\"\nlevels = [\n  { name = \"door\", source = \"police\", where = \"kind = 'missing'\", helps = false },\n  { name = \"help\", source = \"cases\" },\n]\n" => "[unit.⟨move⟩]\ntitle = \"A move\"\nplural = \"moves\"\nderived = \"moves\"\nlasts = \"30 days\"\n", "required", "levels";
    one_level: "levels = [\n  { name = \"door\", source = \"police\", where = \"kind = 'missing'\", helps = false },\n  { name = \"help\", source = \"cases\" },\n]" => "levels = ⟨[{ name = \"help\", source = \"cases\" }]⟩", "levels", "nothing to move between";
    a_level_by_readings: "source = \"police\", where = \"kind = 'missing'\"" => "⟨source⟩ = \"attendance\"", "shape", "no events or spells";
    a_level_called_none: "name = \"door\"" => "name = ⟨\"none\"⟩", "levels", "at no other";
    a_level_at_two_places: "  { name = \"help\", source = \"cases\" },\n" => "  { name = \"help\", source = \"cases\" },\n  { name = \"care\", source = \"cases\" },\n  { name = ⟨\"help\"⟩, source = \"cases\" },\n", "levels", "one after the other";
    a_level_that_helps_and_does_not: "  { name = \"help\"" => "  { name = ⟨\"door\"⟩, source = \"police\" },\n  { name = \"help\"", "levels", "does not by the other";
    a_front_door_above_help: "  { name = \"help\", source = \"cases\" },\n" => "  { name = \"help\", source = \"cases\" },\n  { name = ⟨\"back\"⟩, source = \"police\", helps = false },\n", "levels", "first";
    a_condition_on_another_source: "kind = 'missing'" => "⟨kid⟩ = 'missing'", "reference", "did you mean `kind`?";
    a_level_that_lasts_for_terms: "lasts = \"30 days\"" => "lasts = ⟨\"2 terms\"⟩", "length", "no fixed length";
    how_long_levels_of_needs_last: "derived = \"moves\"\nlasts" => "derived = \"score_pairs\"\nof = \"case\"\n⟨lasts⟩", "key", "only moves";
    moves_of_a_case: "derived = \"moves\"\n" => "derived = \"moves\"\n⟨of⟩ = \"case\"\n", "key", "belongs to a child";
}
