//! The plan of case audits by theme, and what each was found to ask for: a file beside the exports that people keep by
//! hand, for those who work with the council. A council without one tells of no theme.
//!
//! It is free text for readers outside: what looks as if it could say who somebody is, is refused.

use std::path::Path;

use serde::Deserialize;

use crate::calendar::Day;
use crate::read::own_words::could_identify;
use crate::read::register::Register;
use crate::read::{InputFile, ReadError};

/// A theme, the days on which cases are audited for it, and what was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuditTheme {
    /// What the audits look at.
    pub theme: String,
    /// The first day of its audits.
    pub begins: Day,
    /// The last.
    pub ends: Day,
    /// What has to become better, what is becoming so, and what is as good as before; empty before the audits are done.
    pub found: [String; 3],
}

/// A line of the file.
#[derive(Deserialize)]
struct Line {
    theme: String,
    begins: String,
    ends: String,
    #[serde(default)]
    to_develop: String,
    #[serde(default)]
    improving: String,
    #[serde(default)]
    continued: String,
}

/// The file as a register.
const FILE: Register = Register { file: "audit_themes.csv", of: "a plan of audits" };

/// The themes of a folder by their first days, and the file for the manifest.
///
/// # Errors
/// When the file is there and cannot be read as a register, when two themes share a day, or when words look as if they
/// could say who somebody is.
pub(super) fn read(
    folder: &Path,
    files: &mut Vec<InputFile>,
) -> Result<Vec<AuditTheme>, ReadError> {
    in_order(FILE.read(folder, files, theme)?)
}

fn in_order(mut themes: Vec<AuditTheme>) -> Result<Vec<AuditTheme>, ReadError> {
    themes.sort_by_key(|theme| theme.begins);
    let overlap = (1..).zip(themes.windows(2)).find(|(_, pair)| match pair {
        [one, other] => one.ends >= other.begins,
        _ => false,
    });
    match overlap {
        Some(_) => Err(FILE.wrong(0, "has two themes for one day")),
        None => Ok(themes),
    }
}

fn theme(row: u64, line: Line) -> Result<AuditTheme, ReadError> {
    let wrong = |what: &str| FILE.wrong(row, what);
    let day = |text: &str, column: &str| {
        let day = Day::parse_iso(text);
        day.ok_or_else(|| wrong(&format!("has no day like 2026-09-30 in `{column}`")))
    };
    let (begins, ends) = (day(&line.begins, "begins")?, day(&line.ends, "ends")?);
    if begins > ends {
        return Err(wrong("ends before it begins"));
    }
    if line.theme.is_empty() {
        return Err(wrong("has no theme"));
    }
    let found = [line.to_develop, line.improving, line.continued];
    if let Some(what) = found.iter().find_map(|words| could_identify(words)) {
        return Err(wrong(what));
    }
    Ok(AuditTheme { theme: line.theme, begins, ends, found })
}

#[cfg(test)]
mod tests {
    use super::*;

    const HEAD: &str = "theme,begins,ends,to_develop,improving,continued\n";

    fn of(lines: &str) -> Result<Vec<AuditTheme>, String> {
        let found = FILE.parsed(&format!("{HEAD}{lines}"), theme).and_then(in_order);
        found.map_err(|e| e.to_string())
    }

    #[test]
    fn themes_come_in_order_of_their_days_and_may_wait_for_what_is_found() {
        let found = of(
            "Fathers,2026-10-01,2026-12-31,,,\nPlans,2026-07-01,2026-09-30,Dates,Aims,Reviews\n",
        );
        let found = found.expect("sound");
        assert_eq!([found[0].theme.as_str(), found[1].theme.as_str()], ["Plans", "Fathers"]);
        assert_eq!(found[0].found, ["Dates", "Aims", "Reviews"].map(str::to_owned));
        assert_eq!(found[1].found, [const { String::new() }; 3]);
        let day = of("Plans,2026-07-01,2026-07-01,,,\nFathers,2026-07-02,2026-12-31,,,\n");
        assert_eq!(day.expect("one after the other").len(), 2);
    }

    #[test]
    fn what_is_no_plan_or_could_say_who_somebody_is_is_refused() {
        for (line, says) in [
            ("Plans,2026-07-01,2026-06-30,,,\n", "ends before it begins"),
            ("Plans,2026-07-01,soon,,,\n", "`ends`"),
            (",2026-07-01,2026-07-31,,,\n", "no theme"),
            ("Plans,2026-07-01,2026-07-31,Three of 12 plans,,\n", "a number"),
            ("Plans,2026-07-01,2026-07-31,,,It was like this for Kit\n", "a capital letter"),
            ("Plans,2026-07-01,2026-07-31,,,\nFathers,2026-07-31,2026-09-30,,,\n", "one day"),
        ] {
            let error = of(line).expect_err("it is refused");
            assert!(error.contains(says), "{error}");
        }
    }
}
