//! Mistakes in ratios of two measures.

use super::{Loaded, folder};
use crate::definitions::diagnostic::{Severity, render};

/// The sound folder with a sum and a ratio with these keys, and another policy.
fn with(keys: &str, policy: &str) -> Loaded {
    let words =
        |name: &str| format!("title = \"{name}\"\ndescription = \"{name}\"\nwhy = \"To know\"\n");
    let sum = "unit = \"case\"\nkind = \"sum\"\nvalue = \"youngest\"\ncounted_on = \"closed_on\"\n";
    let both = format!(
        "[measure.years]\n{}{sum}[measure.each]\n{}kind = \"ratio\"\nunder = \"closed\"\n{keys}\n[measure.closed]\n",
        words("Years"),
        words("Each"),
    );
    folder(|_, text| {
        text.replace("[measure.closed]\n", &both).replace("suppress_below = 0", policy)
    })
}

const OPEN: &str = "suppress_below = 0";
const HIDING: &str = "suppress_below = 6";

#[test]
fn a_ratio_says_what_it_cannot_be_made_of() {
    for (keys, says) in [
        ("over = \"met\"", "divides a count or a sum"),
        ("over = \"closed\"\nby = [\"age\"]", "`closed` is not split by `age`"),
        ("over = \"closed\"\nby = [\"aera\"]", "did you mean `area`?"),
        ("over = \"years\"", "what is above the line is no count"),
    ] {
        let mut found = with(keys, OPEN).diagnostics;
        found.retain(|d| d.severity == Severity::Error);
        let told = render(&found, false);
        assert!(found.len() == 1 && told.contains(says), "{keys}: {told}");
    }
}

#[test]
fn a_ratio_that_is_split_or_of_a_sum_is_for_those_from_whom_nothing_is_hidden() {
    let none = "interval = { method = \"none\" }\nover =";
    let (split, of_sum) =
        (format!("{none} \"closed\"\nby = [\"area\"]"), format!("{none} \"years\""));
    for (keys, sound) in [(format!("{none} \"closed\""), true), (split, false), (of_sum, false)] {
        assert!(with(&keys, OPEN).definitions.is_some(), "{keys}");
        assert_eq!(with(&keys, HIDING).definitions.is_some(), sound, "{keys}");
    }
}
